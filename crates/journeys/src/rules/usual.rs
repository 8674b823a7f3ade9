//! What is usual at an hour, and whether an hour was less.
//!
//! 1. Usual is the median of the same hour of the same weekday over the last weeks, where at least two of them were
//!    counted. A median, because one holiday or outage must not move it.
//! 2. Counts scatter like a Poisson variable; Anscombe's square root (1948) makes that scatter the same everywhere:
//!    `2·√(x + 3/8)` has variance one. An hour is less than usual when it lies more than three below it.
//! 3. Below five an hour nothing is said: nobody coming is then as likely as not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Weeks that are looked back upon.
pub const WEEKS: usize = 4;
/// The least usual count at which an hour is judged.
const FEWEST: u64 = 5;
/// So many standard deviations below the usual is less: once in 700 hours by chance.
const FAR: f64 = 3.0;

/// How an hour compares with the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As usual, or more.
    Usual,
    /// Less than usual by more than chance.
    Less,
    /// Not known: too little is usual, or too little is known of what is.
    Unknown,
}

/// The median of the same hour of earlier weeks; none of fewer than two.
#[must_use]
pub fn usual(earlier: &[u64]) -> Option<u64> {
    if earlier.len() < 2 {
        return None;
    }
    let mut sorted = earlier.to_vec();
    sorted.sort_unstable();
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    Some(low.midpoint(high))
}

/// How a count compares with the usual.
#[must_use]
pub fn compare(count: u64, usual: Option<u64>) -> Standing {
    let root = |x: u64| 2.0 * (x as f64 + 0.375).sqrt();
    match usual {
        Some(usual) if usual >= FEWEST => {
            if root(count) < root(usual) - FAR {
                Standing::Less
            } else {
                Standing::Usual
            }
        }
        _ => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_is_the_median_of_what_is_known() {
        for (earlier, expected) in [
            (&[][..], None),
            (&[3], None),
            (&[3, 5], Some(4)),
            (&[1, 100, 3], Some(3)),
            (&[4, 4, 4, 0], Some(4)),
        ] {
            assert_eq!(usual(earlier), expected, "{earlier:?}");
        }
    }

    #[test]
    fn less_is_less_by_more_than_chance() {
        for (count, usual, expected) in [
            (0, Some(4), Standing::Unknown),
            (0, None, Standing::Unknown),
            (0, Some(5), Standing::Less),
            (1, Some(5), Standing::Usual),
            (70, Some(100), Standing::Less),
            (75, Some(100), Standing::Usual),
            (150, Some(100), Standing::Usual),
        ] {
            assert_eq!(compare(count, usual), expected, "{count} of {usual:?}");
        }
    }
}
