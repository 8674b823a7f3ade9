//! Which days of a journey are folded, and where days begin.
//!
//! 1. A day begins at midnight in the journey's zone; on the days the clocks change it has 23 or 25 hours.
//! 2. A day that is over is folded once; again when the lake holds more rows of it than then (late events), when
//!    the journey counts something else now, and while windows of its starts have not all passed.
//! 3. A day whose rows have expired keeps its roll-up: what is known of it is the roll-up.
//! 4. Today is folded as far as it is, for lists; whoever looks at one journey is told by the lake itself.
//! 5. A unit is counted on every day on which it starts, and in the hour of its latest deepest attempt of that day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How often the day of a journey with a long window is folded again while its units may still go on: a 24th of
/// the window, but never more often than this ..
pub const SOONEST: SignedDuration = SignedDuration::from_mins(10);
/// .. and at least this often.
pub const LATEST: SignedDuration = SignedDuration::from_hours(24);

/// A day as it was folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The sum of the lake's versions of the days it was made from.
    pub version: u64,
    /// The fingerprint of the journey it was made for.
    pub fingerprint: String,
    /// When.
    pub at: Timestamp,
    /// Whether every window of its starts had passed by then.
    pub settled: bool,
}

/// When a day begins and ends.
#[must_use]
pub fn bounds(day: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let begins = |day: Date| {
        let midnight = day.to_zoned(zone.clone());
        midnight.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    };
    (begins(day), begins(day.saturating_add(1.day())))
}

/// The day of an instant.
#[must_use]
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The days from one to another, both included.
#[must_use]
pub fn days_between(first: Date, last: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let mut day = first;
    while day <= last && days.len() < MAX_DAYS {
        days.push(day);
        day = day.saturating_add(1.day());
    }
    days
}

/// The most days of one answer: ten years and a bit.
const MAX_DAYS: usize = 3_700;

/// The hours of a day: where each begins. 23 to 25 of them.
#[must_use]
pub fn hours(day: Date, zone: &TimeZone) -> Vec<Timestamp> {
    let (begins, ends) = bounds(day, zone);
    let mut hours = Vec::with_capacity(25);
    let mut at = begins;
    while at < ends && hours.len() < 26 {
        hours.push(at);
        at = at.saturating_add(SignedDuration::from_hours(1)).unwrap_or(ends);
    }
    hours
}

/// The sum of the lake's versions of all days (UTC) that a journey's day and the windows of its starts touch; none
/// when the lake holds nothing of them.
#[must_use]
pub fn version(
    lake: &BTreeMap<Timestamp, u64>,
    begins: Timestamp,
    ends: Timestamp,
    window: SignedDuration,
) -> Option<u64> {
    let day = SignedDuration::from_hours(24);
    let from = begins.saturating_sub(day).unwrap_or(begins);
    let until = ends.saturating_add(window).unwrap_or(ends);
    let touched: Vec<u64> = lake
        .range(from..=until)
        .filter(|(midnight, _)| midnight.saturating_add(day).unwrap_or(**midnight) > begins)
        .map(|(_, version)| *version)
        .collect();
    (!touched.is_empty()).then(|| touched.iter().sum())
}

/// Whether the lake holds rows of the day itself.
#[must_use]
pub fn has_rows(lake: &BTreeMap<Timestamp, u64>, begins: Timestamp, ends: Timestamp) -> bool {
    version(
        lake,
        begins,
        ends.saturating_sub(SignedDuration::from_micros(1)).unwrap_or(ends),
        SignedDuration::ZERO,
    )
    .is_some()
}

/// Whether a day is to be folded now.
#[must_use]
pub fn due(
    folded: Option<&Folded>,
    version: Option<u64>,
    fingerprint: &str,
    window: SignedDuration,
    now: Timestamp,
) -> bool {
    let Some(version) = version else { return false };
    let Some(folded) = folded else { return true };
    if folded.fingerprint != fingerprint || version > folded.version {
        return true;
    }
    let again = window.checked_div(24).unwrap_or(SOONEST).clamp(SOONEST, LATEST);
    !folded.settled && now.duration_since(folded.at) >= again
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn date(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn days_begin_at_midnight_in_the_zone_and_have_23_to_25_hours() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let (begins, ends) = bounds(date("2026-11-21"), &zone);
        assert_eq!((begins, ends), (at("2026-11-20T23:00:00Z"), at("2026-11-21T23:00:00Z")));
        for (day, count) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)] {
            assert_eq!(hours(date(day), &zone).len(), count, "{day}");
        }
        assert_eq!(day_of(at("2026-11-20T23:30:00Z"), &zone), date("2026-11-21"));
    }

    #[test]
    fn a_day_is_folded_again_only_for_a_reason() {
        let now = at("2026-11-22T03:00:00Z");
        let folded = |version, settled, minutes: i64| Folded {
            version,
            fingerprint: "a".into(),
            at: now - SignedDuration::from_mins(minutes),
            settled,
        };
        let two = SignedDuration::from_hours(2);
        let check = |folded: Option<Folded>, version, print: &str, expected: bool| {
            assert_eq!(due(folded.as_ref(), version, print, two, now), expected, "{folded:?} {version:?}");
        };
        check(None, None, "a", false);
        check(None, Some(1), "a", true);
        check(Some(folded(5, true, 600)), Some(5), "a", false);
        check(Some(folded(5, true, 600)), Some(6), "a", true);
        check(Some(folded(5, true, 600)), Some(5), "b", true);
        // Rows expired: the roll-up is all there is.
        check(Some(folded(5, true, 600)), Some(3), "a", false);
        check(Some(folded(5, true, 600)), None, "a", false);
        // Windows were open then: again after a while.
        check(Some(folded(5, false, 9)), Some(5), "a", false);
        check(Some(folded(5, false, 10)), Some(5), "a", true);
    }

    #[test]
    fn versions_of_all_days_that_matter_are_added_up() {
        let lake: BTreeMap<Timestamp, u64> = [
            ("2026-11-19T00:00:00Z", 1),
            ("2026-11-20T00:00:00Z", 10),
            ("2026-11-21T00:00:00Z", 100),
            ("2026-11-22T00:00:00Z", 1000),
        ]
        .map(|(day, version)| (at(day), version))
        .into();
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let (begins, ends) = bounds(date("2026-11-21"), &zone);
        assert_eq!(version(&lake, begins, ends, SignedDuration::from_mins(30)), Some(110));
        assert_eq!(version(&lake, begins, ends, SignedDuration::from_hours(2)), Some(1110));
        let (begins, ends) = bounds(date("2026-12-24"), &zone);
        assert_eq!(version(&lake, begins, ends, SignedDuration::from_hours(2)), None);
        assert!(!has_rows(&lake, begins, ends));
    }
}
