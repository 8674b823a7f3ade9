//! When a capacity is full (journeys reference 7.2).
//!
//! 1. Of a resource that fills up (a disk, a register): the slope of its daily maxima by Theil and Sen, the median of all
//!    slopes between two days, which a clean-up or an outlier does not bend. Days to saturation are what is left below
//!    the headroom divided by the slope; the range takes the slope's 95 % confidence limits. A slope whose lower limit is not
//!    above zero gives no date.
//! 2. Of a resource that is asked for by the hour (counter staff, a gateway): the first day whose forecast upper limit
//!    reaches what can be served.
//! 3. Concurrency is throughput times residence time (Little 1961); so many workers at this utilisation are needed.
//! 4. Waiting for one of several servers follows Erlang C.

use schemars::JsonSchema;
use serde::Serialize;

use super::forecast::{DAY, Expected};

/// The fewest days for a slope.
pub const MIN_DAYS: usize = 7;

/// When it is full.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Saturation {
    /// Days from the last one; the middle estimate.
    pub days: f64,
    /// At the earliest.
    pub earliest: f64,
    /// At the latest; none when it may never be.
    pub latest: Option<f64>,
}

/// Days until the daily maxima reach `capacity * headroom`. None when there are too few days, when it does not grow for
/// certain, or when it is a matter of more than ten years. Days without a measurement are none.
#[must_use]
pub fn days_to_full(daily: &[Option<f64>], capacity: f64, headroom: f64) -> Option<Saturation> {
    let days: Vec<(f64, f64)> =
        daily.iter().enumerate().filter_map(|(at, value)| value.map(|value| (at as f64, value))).collect();
    if days.len() < MIN_DAYS {
        return None;
    }
    let mut slopes = Vec::with_capacity(days.len() * (days.len() - 1) / 2);
    for (at, (day, value)) in days.iter().enumerate() {
        for (later, other) in &days[at + 1..] {
            slopes.push((other - value) / (later - day));
        }
    }
    slopes.sort_by(f64::total_cmp);
    let (low, high) = limits(slopes.len(), days.len());
    let slope = median(&slopes);
    let (low, high) = (slopes[low], slopes[high]);
    if low <= 0.0 {
        return None;
    }
    let mut levels: Vec<f64> = days.iter().map(|(day, value)| value - slope * day).collect();
    levels.sort_by(f64::total_cmp);
    let last = (daily.len() - 1) as f64;
    let level = median(&levels) + slope * last;
    let left = (capacity * headroom - level).max(0.0);
    let found = Saturation { days: left / slope, earliest: left / high, latest: Some(left / low) };
    (found.days <= 3_650.0).then_some(found)
}

/// The ranks of the 95 % limits of the median slope (Sen 1968, by Kendall's variance without ties).
fn limits(slopes: usize, days: usize) -> (usize, usize) {
    let n = days as f64;
    let spread = 1.96 * (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let middle = slopes as f64 / 2.0;
    let low = (middle - spread / 2.0).floor().max(0.0) as usize;
    let high = ((middle + spread / 2.0).ceil() as usize).min(slopes - 1);
    (low, high)
}

fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (sorted[half - 1] + sorted[half]) / 2.0 } else { sorted[half] }
}

/// The first day, counted from 0, of which an hour's upper limit reaches what an hour can serve.
#[must_use]
pub fn first_day_over(hours: &[Expected], serves: f64) -> Option<usize> {
    hours.chunks(DAY).position(|day| day.iter().any(|hour| hour.high >= serves))
}

/// How much of what can be served is left at the busiest expected hour, as a share; below zero when it is not enough.
#[must_use]
pub fn headroom(hours: &[Expected], serves: f64) -> Option<f64> {
    let busiest = hours.iter().map(|hour| hour.high).max_by(f64::total_cmp)?;
    (serves > 0.0).then(|| 1.0 - busiest / serves)
}

/// How many are in the system at once: arrivals per second times seconds each stays (Little's law).
#[must_use]
pub fn concurrency(per_second: f64, seconds: f64) -> f64 {
    per_second * seconds
}

/// How many workers that needs when each may be busy this share of the time.
#[must_use]
pub fn workers(per_second: f64, seconds: f64, utilisation: f64) -> Option<u32> {
    let needed = concurrency(per_second, seconds) / utilisation;
    (utilisation > 0.0 && utilisation <= 1.0 && needed.is_finite()).then(|| needed.ceil() as u32)
}

/// The share of arrivals that must wait for one of `servers`, by Erlang C; none when they cannot keep up.
#[must_use]
pub fn must_wait(servers: u32, load: f64) -> Option<f64> {
    if servers == 0 || load >= f64::from(servers) || load < 0.0 {
        return None;
    }
    // Erlang B by its recursion, which does not overflow, and C from B.
    let blocked = (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let busy = load / f64::from(servers);
    Some(blocked / (1.0 - busy * (1.0 - blocked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_grows_by_two_a_day_is_full_when_the_rest_is_used() {
        let daily: Vec<Option<f64>> = (0..30).map(|day| Some(20.0 + 2.0 * f64::from(day))).collect();
        let found = days_to_full(&daily, 100.0, 0.9).expect("it grows");
        assert!((found.days - 6.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_clean_up_does_not_bend_the_slope_and_flat_gives_no_date() {
        let mut daily: Vec<Option<f64>> =
            (0..30).map(|day| Some(20.0 + f64::from(day) + f64::from(day % 3))).collect();
        daily[14] = Some(5.0);
        daily[20] = None;
        let found = days_to_full(&daily, 100.0, 0.8).expect("it grows");
        assert!((25.0..35.0).contains(&found.days), "{found:?}");
        assert!(found.earliest <= found.days && found.days <= found.latest.expect("bounded"));
        let flat: Vec<Option<f64>> = (0..30).map(|day| Some(50.0 + f64::from(day % 2))).collect();
        assert_eq!(days_to_full(&flat, 100.0, 0.8), None);
        assert_eq!(days_to_full(&daily[..5], 100.0, 0.8), None);
    }

    #[test]
    fn the_first_day_over_is_the_one_whose_upper_limit_reaches_it() {
        let hour = |high| Expected { middle: high - 2.0, low: 0.0, high };
        let hours: Vec<Expected> = (0..72).map(|at| hour(if at == 60 { 41.0 } else { 30.0 })).collect();
        assert_eq!(first_day_over(&hours, 40.0), Some(2));
        assert_eq!(first_day_over(&hours, 50.0), None);
        assert!((headroom(&hours, 50.0).expect("served") - 0.18).abs() < 1e-9);
    }

    #[test]
    fn little_and_erlang_agree_with_the_books() {
        assert_eq!(workers(2.0, 0.5, 0.8), Some(2));
        assert_eq!(workers(2.0, 0.5, 0.0), None);
        // One server is M/M/1: the share that waits is the utilisation.
        assert!((must_wait(1, 0.7).expect("keeps up") - 0.7).abs() < 1e-12);
        // Ten agents with a load of 8 Erlang: 0.4092 (Gans, Koole, Mandelbaum 2003, by the formula).
        assert!((must_wait(10, 8.0).expect("keeps up") - 0.4092).abs() < 1e-4);
        assert_eq!(must_wait(5, 5.0), None);
    }
}
