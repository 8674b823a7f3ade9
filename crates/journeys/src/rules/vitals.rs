//! Whether pages are quick enough for users (journeys reference 3.5; thresholds of web-vitals 6).
//!
//! 1. The score of a measurement is its 75th percentile of page loads, phones and computers apart.
//! 2. At most the first threshold is good, above the second is poor, between them needs improvement.
//! 3. A page passes when LCP, INP and CLS are all good. Below 50 loads nothing is said.

use kernel::lake::{Sketch, VitalName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Below so many page loads a 75th percentile says more about chance than about the page.
pub const FEWEST: u64 = 50;

/// What a measurement is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// Quick.
    Good,
    /// Between quick and slow.
    NeedsImprovement,
    /// Slow.
    Poor,
}

/// Good up to here, poor beyond there; ms, and for CLS no unit.
#[must_use]
pub fn thresholds(name: VitalName) -> (f64, f64) {
    match name {
        VitalName::Lcp => (2_500.0, 4_000.0),
        VitalName::Inp => (200.0, 500.0),
        VitalName::Cls => (0.1, 0.25),
        VitalName::Fcp => (1_800.0, 3_000.0),
        VitalName::Ttfb => (800.0, 1_800.0),
    }
}

/// What a value is worth.
#[must_use]
pub fn rate(name: VitalName, value: f64) -> Rating {
    let (good, poor) = thresholds(name);
    match value {
        value if value <= good => Rating::Good,
        value if value > poor => Rating::Poor,
        _ => Rating::NeedsImprovement,
    }
}

/// What was measured of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// Page loads.
    pub n: u64,
    /// The 75th percentile, ms (CLS: no unit); null below [`FEWEST`] loads.
    pub p75: Option<f64>,
    /// What it is worth; null below [`FEWEST`] loads.
    pub rating: Option<Rating>,
}

/// The score of a measurement.
#[must_use]
pub fn score(name: VitalName, sketch: &Sketch) -> Score {
    let p75 = (sketch.count >= FEWEST).then(|| sketch.quantile(0.75)).flatten();
    Score { n: sketch.count, p75, rating: p75.map(|value| rate(name, value)) }
}

/// Whether a page passes: all three that count are good. None when one of them is not known.
#[must_use]
pub fn passes(scores: &[(VitalName, Score)]) -> Option<bool> {
    let counted = [VitalName::Lcp, VitalName::Inp, VitalName::Cls];
    let rating = |wanted: VitalName| scores.iter().find(|(name, _)| *name == wanted)?.1.rating;
    let ratings: Option<Vec<Rating>> = counted.into_iter().map(rating).collect();
    ratings.map(|all| all.iter().all(|rating| *rating == Rating::Good))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_inclusive_below_and_exclusive_above() {
        for (name, value, rating) in [
            (VitalName::Lcp, 2_500.0, Rating::Good),
            (VitalName::Lcp, 2_501.0, Rating::NeedsImprovement),
            (VitalName::Lcp, 4_000.0, Rating::NeedsImprovement),
            (VitalName::Lcp, 4_001.0, Rating::Poor),
            (VitalName::Inp, 200.0, Rating::Good),
            (VitalName::Cls, 0.1, Rating::Good),
            (VitalName::Cls, 0.26, Rating::Poor),
            (VitalName::Ttfb, 1_800.0, Rating::NeedsImprovement),
        ] {
            assert_eq!(rate(name, value), rating, "{name:?} {value}");
        }
    }

    #[test]
    fn few_loads_say_nothing() {
        let mut sketch = Sketch::default();
        sketch.add_many(1_000.0, FEWEST - 1);
        assert_eq!(score(VitalName::Lcp, &sketch), Score { n: 49, p75: None, rating: None });
        sketch.add(1_000.0);
        assert_eq!(score(VitalName::Lcp, &sketch).rating, Some(Rating::Good));
    }

    #[test]
    fn a_page_passes_when_all_three_are_good() {
        let score = |rating| Score { n: 100, p75: Some(1.0), rating };
        let good = |name| (name, score(Some(Rating::Good)));
        let all = [good(VitalName::Lcp), good(VitalName::Inp), good(VitalName::Cls)];
        assert_eq!(passes(&all), Some(true));
        assert_eq!(passes(&all[..2]), None);
        let poor = [all[0], all[1], (VitalName::Cls, score(Some(Rating::Poor)))];
        assert_eq!(passes(&poor), Some(false));
    }
}
