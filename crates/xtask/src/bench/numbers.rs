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

/// The value of a series in the text format of Prometheus, named as it stands there with its labels.
pub fn series(metrics: &str, name: &str) -> Option<f64> {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.trim().parse().ok()
}
