//! Whether what comes is what was expected (MAP 107).
//!
//! 1. Hours of incidents are not demand: they are masked before anything is fitted and are not judged.
//! 2. What comes is judged by a forecast that was made before it came and that stays for a day, so that growth is not
//!    explained away by fitting it. While demand is out of the interval, the forecast that said so stays to its end.
//! 3. One hour in ten lies above an interval of 80 %. [`OUT`] hours on end, all above it, are one case in ten
//!    thousand, and then somebody should know; [`BACK`] hours within it end that.

use jiff::{SignedDuration, Timestamp};
use kernel::{Fact, IncidentId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::forecast::{Expected, Forecast, Hour, NoForecast};

/// So many hours on end outside the interval are unexpected.
pub const OUT: usize = 4;
/// So many hours on end within it are usual again.
pub const BACK: usize = 2;
/// How long a forecast is what later hours are judged by.
pub const STANDS: SignedDuration = SignedDuration::from_hours(24);
/// So many more than the upper limit, in all, are worth a word: at a few an hour noise leaves any interval.
const WORTH: f64 = 5.0;
/// An hour.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Counts by the hour.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// When the first hour begins; none of an empty series.
    pub begins: Option<Timestamp>,
    /// Hour by hour, without a hole.
    pub hours: Vec<Hour>,
}

impl Series {
    /// When an hour begins.
    #[must_use]
    pub fn at(&self, hour: usize) -> Option<Timestamp> {
        let hours = i64::try_from(hour).ok()?;
        self.begins?.checked_add(SignedDuration::from_hours(hours)).ok()
    }

    /// The place of an instant, which may lie outside.
    fn place(&self, at: Timestamp) -> Option<i64> {
        Some(at.duration_since(self.begins?).as_secs().div_euclid(3_600))
    }

    /// What came in the hour that holds an instant.
    #[must_use]
    pub fn of(&self, at: Timestamp) -> Hour {
        let place = usize::try_from(self.place(at)?).ok()?;
        self.hours.get(place).copied().flatten()
    }

    /// The same without the hours that an incident touched.
    #[must_use]
    pub fn masked(&self, incidents: &[Stretch]) -> Series {
        let mut masked = self.clone();
        for one in incidents {
            let until = one.until.unwrap_or(Timestamp::MAX);
            let (Some(first), Some(last)) = (self.place(one.from), self.place(until)) else { continue };
            let first = usize::try_from(first.max(0)).unwrap_or(0);
            for (at, hour) in masked.hours.iter_mut().enumerate().skip(first) {
                if i64::try_from(at).is_ok_and(|at| at <= last) {
                    *hour = None;
                }
            }
        }
        masked
    }
}

/// How long an incident lasted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Stretch {
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
}

/// The start of the cause of alerts about demand itself.
pub const CAUSE: &str = "demand/";

/// Incidents from their facts, oldest first. What only says that demand is high hides no demand.
#[must_use]
pub fn incidents(facts: &[(Timestamp, Fact)]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (at, fact) in facts {
        match fact {
            Fact::IncidentOpened { incident, number, title, cause, .. } if !cause.starts_with(CAUSE) => {
                let title = title.clone();
                all.push(Stretch { incident: *incident, number: *number, title, from: *at, until: None });
            }
            Fact::IncidentResolved { incident, .. } => {
                if let Some(open) = all.iter_mut().find(|one| one.incident == *incident) {
                    open.until = Some(*at);
                }
            }
            Fact::IncidentReopened { incident, .. } => {
                if let Some(open) = all.iter_mut().find(|one| one.incident == *incident) {
                    open.until = None;
                }
            }
            // Every other fact is somebody else's.
            _ => {}
        }
    }
    all
}

/// What fitting came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// A forecast.
    Forecast(Forecast),
    /// Why there is none.
    None(NoForecast),
}

/// A forecast by which later hours are judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// Its first hour.
    pub from: Timestamp,
    /// Hour by hour.
    pub hours: Vec<Expected>,
}

impl Baseline {
    /// What was expected of the hour that holds an instant.
    #[must_use]
    pub fn of(&self, at: Timestamp) -> Option<Expected> {
        let place = at.duration_since(self.from).as_secs().div_euclid(3_600);
        self.hours.get(usize::try_from(place).ok()?).copied()
    }
}

/// Whether what comes is what was expected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing to judge by yet.
    #[default]
    Unknown,
    /// Within the interval.
    Usual,
    /// More than expected for hours on end.
    More(Out),
    /// Less than expected for hours on end.
    Less(Out),
}

/// How far out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Out {
    /// Since this hour.
    pub since: Timestamp,
    /// For so many hours.
    pub hours: usize,
    /// So many an hour came.
    pub actual: f64,
    /// The limit that it passed, an hour.
    pub limit: f64,
}

/// What is kept of a series between fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The first hour that is not part of the series: where the forecast begins.
    pub ends: Timestamp,
    /// What fitting came to.
    pub fit: Fit,
    /// What later hours are judged by.
    #[serde(default)]
    pub baseline: Option<Baseline>,
    /// How what came compares.
    #[serde(default)]
    pub standing: Standing,
}

/// How the last measured hours of a (masked) series compare with what was expected of them. Stays as it was until
/// enough hours say otherwise.
#[must_use]
pub fn judge(before: Standing, baseline: Option<&Baseline>, series: &Series) -> Standing {
    let Some(baseline) = baseline else { return Standing::Unknown };
    let judged = series.hours.iter().enumerate().rev().filter_map(|(place, hour)| {
        let at = series.at(place)?;
        Some((at, (*hour)?, baseline.of(at)?))
    });
    let judged: Vec<(Timestamp, f64, Expected)> = judged.collect();
    let run = |fits: &dyn Fn(f64, &Expected) -> bool| {
        judged.iter().take_while(|(_, actual, expected)| fits(*actual, expected)).count()
    };
    let out = |many: usize, limit: &dyn Fn(&Expected) -> f64| {
        let hours = &judged[..many];
        let mean = |sum: f64| sum / many.max(1) as f64;
        Out {
            since: hours.last().map_or(baseline.from, |(at, ..)| *at),
            hours: many,
            actual: mean(hours.iter().map(|(_, actual, _)| actual).sum()),
            limit: mean(hours.iter().map(|(_, _, expected)| limit(expected)).sum()),
        }
    };
    let (above, below) = (run(&|actual, one| actual > one.high), run(&|actual, one| actual < one.low));
    if above >= OUT {
        let found = out(above, &|one| one.high);
        if (found.actual - found.limit) * above as f64 >= WORTH {
            return Standing::More(found);
        }
    }
    if below >= OUT {
        let found = out(below, &|one| one.low);
        if (found.limit - found.actual) * below as f64 >= WORTH {
            return Standing::Less(found);
        }
    }
    match before {
        Standing::More(_) | Standing::Less(_) => {
            let within = run(&|actual, one| (one.low..=one.high).contains(&actual));
            if within >= BACK { Standing::Usual } else { before }
        }
        Standing::Unknown | Standing::Usual if judged.is_empty() => Standing::Unknown,
        Standing::Unknown | Standing::Usual => Standing::Usual,
    }
}

/// The forecast by which hours are judged from now on.
#[must_use]
pub fn baseline(
    before: Option<Baseline>,
    standing: Standing,
    fit: &Fit,
    ends: Timestamp,
) -> Option<Baseline> {
    let fresh = match fit {
        Fit::Forecast(found) => Some(Baseline { from: ends, hours: found.hours.clone() }),
        Fit::None(_) => None,
    };
    let Some(held) = before else { return fresh };
    let age = ends.duration_since(held.from);
    let over =
        i64::try_from(held.hours.len()).is_ok_and(|hours| age >= HOUR * i32::try_from(hours).unwrap_or(0));
    let out = matches!(standing, Standing::More(_) | Standing::Less(_));
    if over || (age >= STANDS && !out) { fresh.or(Some(held)) } else { Some(held) }
}

#[cfg(test)]
mod tests {
    use kernel::Id as _;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_772_334_000 / 3_600 * 3_600 + hour * 3_600).expect("a timestamp")
    }

    fn series(hours: &[i64]) -> Series {
        let hours = hours.iter().map(|one| (*one >= 0).then_some(*one as f64)).collect();
        Series { begins: Some(at(0)), hours }
    }

    fn expected() -> Baseline {
        Baseline { from: at(2), hours: vec![Expected { middle: 20.0, low: 10.0, high: 30.0 }; 48] }
    }

    #[test]
    fn four_hours_above_are_unexpected_and_two_within_end_it() {
        let judged = |before, hours: &[i64]| judge(before, Some(&expected()), &series(hours));
        assert_eq!(judged(Standing::Unknown, &[99, 99]), Standing::Unknown, "before the forecast");
        assert_eq!(judged(Standing::Unknown, &[20, 20, 40, 40, 40]), Standing::Usual);
        let more = judged(Standing::Usual, &[20, 20, 20, 40, 40, 50, 40]);
        let Standing::More(out) = more else { panic!("{more:?}") };
        assert_eq!((out.since, out.hours, out.actual, out.limit), (at(3), 4, 42.5, 30.0));
        // An hour that was not measured, or that an incident hid, neither adds nor ends.
        assert!(matches!(judged(more, &[20, 20, 20, 40, 40, 50, 40, -1]), Standing::More(_)));
        assert_eq!(judged(more, &[20, 20, 20, 40, 40, 50, 40, 25]), more);
        assert_eq!(judged(more, &[20, 20, 20, 40, 40, 50, 40, 25, 26]), Standing::Usual);
        assert!(matches!(judged(Standing::Usual, &[20, 20, 5, 5, 5, 4]), Standing::Less(_)));
        assert_eq!(judged(Standing::Usual, &[20, 20, 31, 31, 31, 31]), Standing::Usual, "hardly above");
    }

    #[test]
    fn growth_is_not_explained_away_while_it_lasts() {
        let fit = Fit::Forecast(Forecast {
            method: super::super::forecast::Method::SeasonalNaive,
            scores: super::super::forecast::Scores { naive: 1.0, seasons: None, hours: 1, within: 1 },
            season: 24,
            hours: vec![Expected { middle: 90.0, low: 80.0, high: 100.0 }; 168],
        });
        let out = Standing::More(Out { since: at(9), hours: 5, actual: 42.0, limit: 30.0 });
        let kept = |standing, hour| baseline(Some(expected()), standing, &fit, at(hour)).expect("one").from;
        assert_eq!(kept(Standing::Usual, 20), at(2));
        assert_eq!(kept(Standing::Usual, 26), at(26));
        assert_eq!(kept(out, 40), at(2));
        assert_eq!(kept(out, 50), at(50), "it has no more hours");
        let none = Fit::None(NoForecast::Nothing);
        assert_eq!(baseline(None, Standing::Unknown, &none, at(1)), None);
    }

    #[test]
    fn hours_of_incidents_are_masked_and_alerts_of_demand_hide_none() {
        let opened = |number, cause: &str| Fact::IncidentOpened {
            incident: IncidentId::from_u128(number),
            number: number as u64,
            title: "Paying fails".into(),
            severity: 2,
            cause: cause.into(),
            by_us: false,
        };
        let resolved = Fact::IncidentResolved {
            incident: IncidentId::from_u128(1),
            person: None,
            reason: "alerts-cleared".into(),
        };
        let half = SignedDuration::from_mins(30);
        let facts = [
            (at(1) + half, opened(1, "svc/payment")),
            (at(2), opened(2, "demand/svc")),
            (at(3) + half, resolved),
            (at(5), opened(3, "svc/web")),
        ];
        let found = incidents(&facts);
        assert_eq!(found.len(), 2);
        let masked = series(&[9; 7]).masked(&found);
        let known: Vec<bool> = masked.hours.iter().map(Option::is_some).collect();
        assert_eq!(known, [true, false, false, false, true, false, false]);
    }
}
