//! What an incident costs the people who come: how many are there now against the usual, and how many applications
//! are lost.
//!
//! - The usual is the median of the same hours of the last weeks, without hours in which something was wrong. Where
//!   fewer than three such weeks are known, of the same hours of the last days; with fewer than three of those there is
//!   no usual.
//! - Lost is the usual minus what came. Its interval is a 95 % prediction interval of the usual: Student's t over the
//!   weeks, with the larger of their variance and Poisson's. Whether it reaches above zero says whether the incident
//!   can be told from an ordinary day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::budget::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::days;

/// Weeks that are looked at.
pub const WEEKS: i64 = 8;
/// Days that are looked at where weeks are too few.
const DAYS: i64 = 14;
/// Fewer than this are no usual.
const FEWEST: usize = 3;
/// How recent "now" is.
pub const NOW: SignedDuration = SignedDuration::from_mins(15);

/// Starts and completions per hour.
pub type Hours = BTreeMap<Timestamp, [u64; 2]>;

/// Folded days as hours, from the first in which anybody came: before it nobody was counted.
#[must_use]
pub fn hours(folded: &BTreeMap<Date, Vec<[u64; 2]>>, zone: &TimeZone) -> Hours {
    let each =
        folded.iter().flat_map(|(day, counts)| days::hours(*day, zone).into_iter().zip(counts.clone()));
    each.skip_while(|(_, counts)| *counts == [0, 0]).collect()
}

/// By what the usual was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The same hours of so many weeks.
    Weeks(u32),
    /// The same hours of so many days.
    Days(u32),
}

/// What usually comes in a stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Usual {
    /// How many: the median.
    pub count: f64,
    /// The standard deviation of one such stretch, at least Poisson's.
    pub spread: f64,
    /// By what it was made.
    pub basis: Basis,
}

/// What usually comes in a stretch of time. `place` is 0 for starts and 1 for completions; `masked` are stretches in
/// which something was wrong.
#[must_use]
pub fn usual(hours: &Hours, stretch: Grid, place: usize, masked: &[Grid], zone: &TimeZone) -> Option<Usual> {
    let back = |days_each: i64, many: i64| -> Vec<f64> {
        (1..=many)
            .filter_map(|n| count_in(hours, shifted(stretch, n * days_each, zone)?, place, masked))
            .collect()
    };
    let weeks = back(7, WEEKS);
    if weeks.len() >= FEWEST {
        return Some(summed(&weeks, Basis::Weeks(u32::try_from(weeks.len()).unwrap_or(0))));
    }
    let days = back(1, DAYS);
    (days.len() >= FEWEST).then(|| summed(&days, Basis::Days(u32::try_from(days.len()).unwrap_or(0))))
}

/// The same stretch so many days before, by the clock of the zone: at nine in summer as in winter.
fn shifted(stretch: Grid, days: i64, zone: &TimeZone) -> Option<Grid> {
    let zoned = stretch.from.to_zoned(zone.clone());
    let from = zoned.checked_sub(jiff::Span::new().try_days(days).ok()?).ok()?.timestamp();
    Some(Grid { from, until: from + stretch.length() })
}

/// What came in a stretch, by hours, of each the part that lies within; none where an hour is not known or something
/// was wrong in it.
fn count_in(hours: &Hours, stretch: Grid, place: usize, masked: &[Grid]) -> Option<f64> {
    let hour = SignedDuration::from_hours(1);
    let mut sum = 0.0;
    let mut covered = SignedDuration::ZERO;
    for (at, counts) in hours.range(stretch.from - hour..stretch.until) {
        let whole = Grid { from: *at, until: *at + hour };
        let within = overlap(whole, stretch);
        if within <= SignedDuration::ZERO {
            continue;
        }
        if masked.iter().any(|mask| overlap(*mask, whole) > SignedDuration::ZERO) {
            return None;
        }
        covered += within;
        sum += counts.get(place).copied().unwrap_or(0) as f64 * within.as_secs_f64() / hour.as_secs_f64();
    }
    (covered >= stretch.length() && covered > SignedDuration::ZERO).then_some(sum)
}

fn overlap(a: Grid, b: Grid) -> SignedDuration {
    a.until.min(b.until).duration_since(a.from.max(b.from)).max(SignedDuration::ZERO)
}

fn summed(each: &[f64], basis: Basis) -> Usual {
    let mut sorted = each.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let count = if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    };
    let mean = each.iter().sum::<f64>() / each.len() as f64;
    let variance = each.iter().map(|one| (one - mean).powi(2)).sum::<f64>()
        / (each.len().saturating_sub(1).max(1)) as f64;
    // Nobody can be counted more surely than chance allows, however alike the weeks were.
    Usual { count, spread: variance.max(count).max(1.0).sqrt(), basis }
}

/// How many are lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lost {
    /// The estimate; not below 0.
    pub count: f64,
    /// At least, with 95 %; not below 0.
    pub low: f64,
    /// At most.
    pub high: f64,
    /// Whether it is more than an ordinary day explains.
    pub certain: bool,
}

/// Student's t, 97.5 %, by degrees of freedom from 2.
const T: [f64; 12] = [4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160];

/// The usual minus what came.
#[must_use]
pub fn lost(usual: &Usual, came: u64) -> Lost {
    let n = match usual.basis {
        Basis::Weeks(n) | Basis::Days(n) => n,
    };
    let t = T.get((n as usize).saturating_sub(3)).copied().unwrap_or(1.96);
    let half = t * usual.spread * (1.0 + 1.0 / f64::from(n.max(1))).sqrt();
    let count = usual.count - came as f64;
    Lost {
        count: count.max(0.0),
        low: (count - half).max(0.0),
        high: (count + half).max(0.0).min(usual.count + half),
        certain: count - half > 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").expect("a zone")
    }

    /// Ten weeks of hours with so many starts and completions by week before.
    fn past(now: Timestamp, by_week: impl Fn(i64) -> [u64; 2]) -> Hours {
        (1..24 * 70)
            .map(|hour| {
                let from =
                    days::hours(days::day_of(now, &zone()), &zone())[0] - SignedDuration::from_hours(hour);
                (from, by_week(hour / (24 * 7) + 1))
            })
            .collect()
    }

    fn hour(from: &str, minutes: i64) -> Grid {
        Grid { from: at(from), until: at(from) + SignedDuration::from_mins(minutes) }
    }

    #[test]
    fn the_usual_is_the_median_of_the_same_hours() {
        let now = at("2026-11-19T10:00:00Z");
        // One week with a burst does not move it.
        let held = past(now, |week| if week == 3 { [600, 500] } else { [60, 48] });
        let usual = usual(&held, hour("2026-11-19T10:00:00Z", 30), 1, &[], &zone()).expect("known");
        assert_eq!((usual.count, usual.basis), (24.0, Basis::Weeks(8)));
        assert!(usual.spread > 24.0_f64.sqrt(), "the burst widens the interval");
    }

    #[test]
    fn hours_in_which_something_was_wrong_are_left_out() {
        let now = at("2026-11-19T10:00:00Z");
        let held = past(now, |week| if week == 1 { [60, 0] } else { [60, 48] });
        let stretch = hour("2026-11-19T10:00:00Z", 60);
        let outage = hour("2026-11-12T10:30:00Z", 10);
        let with = usual(&held, stretch, 1, &[outage], &zone()).expect("known");
        assert_eq!(with.basis, Basis::Weeks(7));
        let lasted = Grid { from: at("2026-09-01T00:00:00Z"), until: at("2026-11-19T00:00:00Z") };
        assert_eq!(usual(&held, stretch, 1, &[lasted], &zone()), None);
    }

    #[test]
    fn with_few_weeks_the_days_are_asked_and_with_few_days_nothing_is_said() {
        let now = at("2026-11-19T10:00:00Z");
        let stretch = hour("2026-11-19T10:00:00Z", 60);
        let recent = |days: i64| -> Hours {
            past(now, |_| [60, 48])
                .into_iter()
                .filter(|(at, _)| now.duration_since(*at).as_hours() < days * 24 + 12)
                .collect()
        };
        let by_days = usual(&recent(5), stretch, 0, &[], &zone()).expect("known");
        assert_eq!((by_days.count, by_days.basis), (60.0, Basis::Days(5)));
        assert_eq!(usual(&recent(2), stretch, 0, &[], &zone()), None);
        assert_eq!(usual(&Hours::new(), stretch, 0, &[], &zone()), None);
    }

    #[test]
    fn hours_before_anybody_was_counted_are_not_known() {
        let day: Date = "2026-11-18".parse().expect("a day");
        let mut counts = vec![[0, 0]; 24];
        counts[9] = [5, 4];
        let held = hours(&BTreeMap::from([(day, counts)]), &zone());
        assert_eq!(
            (held.len(), held.first_key_value().map(|(at, _)| *at)),
            (15, Some(at("2026-11-18T08:00:00Z")))
        );
    }

    #[test]
    fn the_same_hour_is_by_the_clock_on_the_wall() {
        // Summer time ended on 25 October: nine o'clock was seven UTC before.
        let mut held = Hours::new();
        for week in 1..=8_i64 {
            let nine = shifted(hour("2026-11-19T08:00:00Z", 60), 7 * week, &zone()).expect("a time").from;
            held.insert(nine, [10, 10]);
        }
        assert!(held.contains_key(&at("2026-10-22T07:00:00Z")));
        let found = usual(&held, hour("2026-11-19T08:00:00Z", 60), 0, &[], &zone()).expect("known");
        assert_eq!(found.count, 10.0);
    }

    #[test]
    fn lost_has_an_interval_and_says_whether_it_can_be_told_from_an_ordinary_day() {
        let usual = Usual { count: 100.0, spread: 10.0, basis: Basis::Weeks(8) };
        let much = lost(&usual, 10);
        assert_eq!(much.count, 90.0);
        assert!(much.certain && (much.low - 64.9).abs() < 0.2 && (much.high - 115.1).abs() < 0.2, "{much:?}");
        let little = lost(&usual, 95);
        assert!(!little.certain && little.low == 0.0 && little.count == 5.0);
        let more = lost(&usual, 150);
        assert_eq!((more.count, more.low, more.certain), (0.0, 0.0, false));
        let few = lost(&Usual { basis: Basis::Weeks(3), ..usual.clone() }, 10);
        assert!(few.low < much.low, "fewer weeks say less");
    }
}
