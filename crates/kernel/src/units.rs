//! Counts that stay counts, and spans of time as people write them.

use jiff::SignedDuration;

/// Good out of total. Stored and added as counts; a share is computed only to be shown, because the
/// average of ratios is not the ratio of sums.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Ratio {
    /// How many were good.
    pub good: u64,
    /// How many there were.
    pub total: u64,
}

impl Ratio {
    /// The share of good ones from 0 to 1; none when nothing was counted, since null is never zero.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.total > 0).then(|| self.good as f64 / self.total as f64)
    }

    /// How many were bad.
    #[must_use]
    pub fn bad(self) -> u64 {
        self.total.saturating_sub(self.good)
    }
}

impl std::ops::Add for Ratio {
    type Output = Ratio;
    fn add(self, other: Ratio) -> Ratio {
        Ratio { good: self.good + other.good, total: self.total + other.total }
    }
}

impl std::iter::Sum for Ratio {
    fn sum<I: Iterator<Item = Ratio>>(all: I) -> Ratio {
        all.fold(Ratio::default(), std::ops::Add::add)
    }
}

/// Reads a span as people write it in files: `500ms`, `30s`, `5m`, `1h30m`, `7d` (a day is 24 hours).
/// Refuses signs, spaces, unknown units and what does not fit.
pub fn parse_span(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("{text:?} is not a span of time; write for example 30s, 5m, 1h30m or 7d");
    let mut rest = text.trim();
    let mut sum = SignedDuration::ZERO;
    if rest.is_empty() || rest.len() > 32 {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit_length = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let millis_each: i64 = match &rest[..unit_length] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return Err(wrong()),
        };
        let millis = number.checked_mul(millis_each).ok_or_else(wrong)?;
        sum = sum.checked_add(SignedDuration::from_millis(millis)).ok_or_else(wrong)?;
        rest = &rest[unit_length..];
    }
    Ok(sum)
}

/// Writes a span the way [`parse_span`] reads it, largest unit first.
#[must_use]
pub fn show_span(span: SignedDuration) -> String {
    let mut millis = span.as_millis().max(0);
    if millis == 0 {
        return "0s".into();
    }
    let mut text = String::new();
    for (unit, each) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if millis >= each {
            text.push_str(&format!("{}{unit}", millis / each));
            millis %= each;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_write() {
        for (text, millis) in
            [("500ms", 500), ("30s", 30_000), ("1h30m", 5_400_000), ("7d", 604_800_000), ("1m1s", 61_000)]
        {
            assert_eq!(parse_span(text).map(|s| s.as_millis()), Ok(millis), "{text}");
            assert_eq!(show_span(SignedDuration::from_millis(millis as i64)), text);
        }
        for bad in ["", "5", "m", "-5m", "5 m", "5x", "99999999999999999999s", "9223372036854775807w"] {
            assert!(parse_span(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_counted_is_not_zero() {
        assert_eq!(Ratio::default().share(), None);
        assert_eq!(Ratio { good: 0, total: 4 }.share(), Some(0.0));
    }
}
