//! What the runner tells of itself, as Prometheus text. One set per process: several runners (tests) add up.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::sketch::Sketch;

/// Counters of the runner.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) probes: AtomicU64,
    pub(crate) checks: [AtomicU64; 4],
    pub(crate) missed: AtomicU64,
    pub(crate) in_flight: AtomicI64,
    pub(crate) batches: AtomicU64,
    pub(crate) failed_batches: AtomicU64,
    pub(crate) lateness: Mutex<Sketch>,
    pub(crate) writes: Mutex<Sketch>,
}

static METRICS: std::sync::OnceLock<Metrics> = std::sync::OnceLock::new();

/// The counters of this process.
pub fn metrics() -> &'static Metrics {
    METRICS.get_or_init(Metrics::default)
}

pub(crate) fn note(sketch: &Mutex<Sketch>, micros: u64) {
    sketch.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(micros);
}

fn seconds(sketch: &Mutex<Sketch>, q: f64) -> Option<f64> {
    let told = sketch.lock().unwrap_or_else(std::sync::PoisonError::into_inner).quantile(q);
    told.map(|micros| micros as f64 / 1e6)
}

/// What the engine does, in a line for `/system/tasks`.
pub(crate) fn line() -> String {
    let m = metrics();
    let checks: u64 = m.checks.iter().map(|count| count.load(Ordering::Relaxed)).sum();
    let (probes, missed) = (m.probes.load(Ordering::Relaxed), m.missed.load(Ordering::Relaxed));
    let late = seconds(&m.lateness, 0.99).map_or_else(|| "–".into(), |s| format!("{:.0} ms", s * 1e3));
    format!(
        "the engine runs: {probes} probes, {checks} checks, {missed} slots missed, 99 % begin within {late}"
    )
}

/// The counters as Prometheus text (version 0.0.4).
#[must_use]
pub fn metrics_text() -> String {
    let m = metrics();
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut out = String::with_capacity(2_048);
    let mut head = |name: &str, kind: &str, help: &str, lines: Vec<(String, String)>| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in lines {
            let _ = writeln!(out, "{name}{labels} {value}");
        }
    };
    let one = |value: u64| vec![(String::new(), value.to_string())];
    head("tend_probes", "gauge", "Probes in memory.", one(read(&m.probes)));
    let verdicts = ["good", "poor", "bad", "unknown"].iter().zip(&m.checks);
    let lines = verdicts.map(|(word, n)| (format!("{{verdict=\"{word}\"}}"), read(n).to_string())).collect();
    head("tend_checks_total", "counter", "Checks made, by what they came to.", lines);
    head(
        "tend_check_slots_missed_total",
        "counter",
        "Slots in which no check could begin.",
        one(read(&m.missed)),
    );
    let flying = m.in_flight.load(Ordering::Relaxed).to_string();
    head("tend_checks_in_flight", "gauge", "Checks under way.", vec![(String::new(), flying)]);
    for (name, help, sketch) in [
        ("tend_check_lateness_seconds", "From when a check was due to when it began.", &m.lateness),
        ("tend_check_write_seconds", "How long writing a batch of results took.", &m.writes),
    ] {
        let quantile =
            |q: f64| seconds(sketch, q).map(|s| (format!("{{quantile=\"{q}\"}}"), format!("{s:.6}")));
        let lines = [0.5, 0.95, 0.99, 1.0].into_iter().filter_map(quantile).collect();
        head(name, "summary", help, lines);
    }
    head("tend_check_batches_total", "counter", "Batches of results written.", one(read(&m.batches)));
    let failed = one(read(&m.failed_batches));
    head(
        "tend_check_batches_failed_total",
        "counter",
        "Batches that the database refused; they are tried again.",
        failed,
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_has_its_type_and_reads_as_a_number() {
        note(&metrics().lateness, 1_500);
        let text = metrics_text();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let bare = name.split('{').next().expect("a name");
            assert!(text.contains(&format!("# TYPE {bare} ")), "{bare}");
        }
    }
}
