//! `bench probes`: many HTTP probes every 30 seconds against nginx.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::numbers::{quantile, series, spread};
use super::program::Program;
use super::site::{Asked, Site};
use super::{Found, Goal};
use crate::need;

/// How often each probe runs, seconds.
pub const EVERY: u64 = 30;
/// Probes of one service, as in a service with a few components.
const PER_SERVICE: usize = 10;
/// The goal for the lateness of checks, seconds.
const GOAL_LATENESS: f64 = 1.0;
/// By how much Tend itself puts a check off within its slot, seconds: no lateness.
const JITTER: f64 = 0.5;

/// Measures.
pub fn measure(binary: &Path, probes: usize, seconds: u64) -> Result<Found> {
    need::debian(&[&need::NGINX])?;
    let site = Site::start()?;
    let program = Program::new(binary)?;
    program.apply(HEAD, &services(&site, probes))?;
    let running = program.start(&[])?;
    // Everything runs once before anything is counted.
    std::thread::sleep(Duration::from_secs(EVERY + 5));
    let (before, counted_before) = (running.used()?, site.asked()?.len());
    std::thread::sleep(Duration::from_secs(seconds));
    let (after, asked, metrics) = (running.used()?, site.asked()?, running.metrics()?);
    let checks = asked.len() - counted_before;
    let cpu = after.cpu_seconds - before.cpu_seconds;
    // Of the whole life of the process: the burst after the start is in it.
    let late =
        |quantile: &str| series(&metrics, &format!("tend_check_lateness_seconds{{quantile=\"{quantile}\"}}"));
    let drift = drifts(&asked[counted_before..]);
    Ok(Found {
        data: json!({
            "probes": probes, "every_seconds": EVERY, "services": probes.div_ceil(PER_SERVICE), "measured_seconds": seconds,
            "checks_expected": probes as u64 * seconds / EVERY,
        }),
        figures: json!({
            "checks": checks,
            "cpu_seconds_per_1000_checks": cpu * 1000.0 / checks as f64,
            "cpu_share_of_one_core": cpu / seconds as f64,
            "rss_bytes": after.rss,
            "rss_peak_bytes": after.rss_peak,
            "lateness_seconds_since_start": { "p50": late("0.5"), "p95": late("0.95"), "p99": late("0.99"), "max": late("1") },
            "slots_missed": series(&metrics, "tend_check_slots_missed_total"),
            "drift_seconds_seen_by_nginx": spread(&drift),
            "database_bytes": program.database_bytes()?,
        }),
        goals: vec![
            Goal::at_most("lateness of checks, p99, seconds, by /metrics", GOAL_LATENESS, late("0.99")),
            Goal::at_most(
                "lateness of checks, p99, seconds, by nginx's log",
                GOAL_LATENESS,
                quantile(&drift, 0.99),
            ),
        ],
    })
}

/// The installation that the probes belong to.
pub const HEAD: &str = "operator: { name: Bench }\nclients: [{ name: Town }]\n";

/// Services with so many probes of the site between them, as YAML.
pub fn services(site: &Site, probes: usize) -> Vec<String> {
    let mut services = Vec::new();
    for first in (0..probes).step_by(PER_SERVICE) {
        let service = first / PER_SERVICE;
        let mut yaml = format!("  - name: Service {service:04}\n    client: Town\n    probes:\n");
        for at in first..probes.min(first + PER_SERVICE) {
            let url = site.url(&format!("/ok/{at}"));
            let expect = "expect: { status: 200 }";
            writeln!(
                yaml,
                "      - {{ name: probe {at:05}, http: \"{url}\", every: {EVERY}s, timeout: 10s, {expect} }}"
            )
            .expect("a String takes all");
        }
        services.push(yaml);
    }
    services
}

/// By how much the time between two checks of a probe differs from what was asked for, as nginx saw it, beyond
/// what Tend puts off on purpose; seconds.
fn drifts(asked: &[Asked]) -> Vec<f64> {
    let mut last: HashMap<&str, f64> = HashMap::new();
    let mut drifts = Vec::new();
    for one in asked {
        if let Some(before) = last.insert(&one.path, one.at) {
            let between = one.at - before;
            // The first checks after a start do not wait for their slot.
            if between > EVERY as f64 / 2.0 {
                drifts.push(((between - EVERY as f64).abs() - JITTER).max(0.0));
            }
        }
    }
    drifts
}
