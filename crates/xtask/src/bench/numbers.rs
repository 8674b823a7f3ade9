//! Figures from many measurements.

use serde_json::{Value, json};

/// The value below which this share of the values lies (nearest rank), or nothing without values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

/// Count, median, 95th and 99th percentile and the largest.
pub fn spread(values: &[f64]) -> Value {
    json!({
        "count": values.len(),
        "p50": quantile(values, 0.50),
        "p95": quantile(values, 0.95),
        "p99": quantile(values, 0.99),
        "max": quantile(values, 1.0),
    })
}

/// A histogram in the text format of Prometheus: upper bounds with cumulated counts.
pub type Histogram = Vec<(f64, f64)>;

/// The buckets of the first histogram whose name holds a word, summed over its labels.
pub fn histogram(metrics: &str, word: &str) -> Option<Histogram> {
    let mut buckets = Histogram::new();
    let mut name = None::<String>;
    for line in metrics.lines().filter(|line| !line.starts_with('#')) {
        let Some((series, value)) = line.rsplit_once(' ') else { continue };
        let Some((metric, labels)) = series.split_once('{') else { continue };
        let wanted = metric.ends_with("_bucket") && metric.contains(word);
        if !wanted || name.as_ref().is_some_and(|name| name != metric) {
            continue;
        }
        name = Some(metric.to_owned());
        let bound = labels.split("le=\"").nth(1)?.split('"').next()?;
        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
        let count: f64 = value.parse().ok()?;
        match buckets.iter_mut().find(|(known, _)| *known == bound) {
            Some((_, sum)) => *sum += count,
            None => buckets.push((bound, count)),
        }
    }
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    name.map(|_| buckets)
}

/// The upper bound of the bucket in which a share of what was counted between two looks lies.
pub fn bucket_quantile(before: &Histogram, after: &Histogram, share: f64) -> Option<f64> {
    let earlier =
        |bound: f64| before.iter().find(|(known, _)| *known == bound).map_or(0.0, |(_, count)| *count);
    let counted: Histogram = after.iter().map(|(bound, count)| (*bound, count - earlier(*bound))).collect();
    let total = counted.last()?.1;
    if total <= 0.0 {
        return None;
    }
    counted.iter().find(|(_, count)| *count >= share * total).map(|(bound, _)| *bound)
}
