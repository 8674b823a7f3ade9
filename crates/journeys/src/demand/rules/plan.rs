//! What to add, how much of it, and before which day (MAP 105, 108, 109).
//!
//! 1. What may be used of a capacity is what it serves less its headroom; what is needed is the upper limit of the
//!    forecast, because one in ten is above it.
//! 2. The day on which it is not enough: the first within the forecast whose upper limit reaches what may be used;
//!    beyond the forecast, the day on which the trend of daily peaks does (see [`super::capacity`]).
//! 3. The last day to decide is that day less the lead time. What scales by itself needs no decision until its limit.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{self, MIN_DAYS, Saturation};
use super::forecast::{DAY, Expected};
use crate::demand::model::{Capacity, How, Per};

/// A day that is too far ahead to plan for: the trend of some weeks says nothing about it.
const FAR: f64 = 730.0;

/// When it is full, or why no day can be told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Full {
    /// It is not enough now: the last days reached it.
    Now,
    /// Within the forecast, so many days from its first hour.
    Forecast {
        /// Whole days from today.
        days: u32,
    },
    /// By the trend of daily peaks.
    Trend(Saturation),
    /// There are too few days for a trend.
    TooFew {
        /// Days that were measured.
        have: usize,
        /// Days that are needed.
        need: usize,
    },
    /// It does not grow for certain.
    NotGrowing,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Nothing; there is room.
    Nothing,
    /// It scales by itself.
    ByItself {
        /// To so many pieces.
        pieces: u32,
    },
    /// People must add some.
    Add {
        /// So many more; none when it does not come in pieces.
        more: Option<u32>,
        /// Days from today on which to decide at the latest; below zero when that day is over.
        within: i64,
    },
    /// It is at its limit: another kind of capacity is needed.
    AtLimit {
        /// How many pieces are needed.
        needs: u32,
        /// How many there may be.
        most: u32,
    },
}

/// What is known of one capacity.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Outlook {
    /// What it serves now, in one of its periods.
    pub serves: f64,
    /// What may be used of it.
    pub usable: f64,
    /// The upper limit of the busiest period ahead; none without a forecast.
    pub busiest: Option<f64>,
    /// The share that is left then, of what it serves; below zero when it is not enough.
    pub headroom: Option<f64>,
    /// When it is full.
    pub full: Full,
    /// What is to be done.
    pub does: Does,
    /// What the pieces to be added cost, in hundredths, each time.
    pub costs: Option<i64>,
}

/// Sums of an hourly forecast in the periods of a capacity: minutes are an even share of their hour; the limits of a
/// day are those of its hours together, which is the cautious end.
fn periods(per: Per, hours: &[Expected]) -> Vec<Expected> {
    let times = |one: &Expected, by: f64| Expected {
        middle: one.middle * by,
        low: one.low * by,
        high: one.high * by,
    };
    let add = |sum: Expected, one: &Expected| Expected {
        middle: sum.middle + one.middle,
        low: sum.low + one.low,
        high: sum.high + one.high,
    };
    match per {
        Per::Hour => hours.to_vec(),
        Per::Minute => hours.iter().map(|one| times(one, 1.0 / 60.0)).collect(),
        Per::Day => hours
            .chunks_exact(DAY)
            .map(|day| day.iter().fold(Expected { middle: 0.0, low: 0.0, high: 0.0 }, add))
            .collect(),
    }
}

/// The busiest period of each of the last days, oldest first; none of a day without a measurement.
fn peaks(per: Per, hours: &[Option<f64>]) -> Vec<Option<f64>> {
    let whole = hours.len() / DAY * DAY;
    let days = hours[hours.len() - whole..].chunks_exact(DAY);
    days.map(|day| {
        let known = day.iter().flatten().copied();
        match per {
            Per::Hour => known.max_by(f64::total_cmp),
            Per::Minute => known.max_by(f64::total_cmp).map(|most| most / 60.0),
            // A day with holes is less than it was.
            Per::Day => (day.iter().all(Option::is_some)).then(|| known.sum()),
        }
    })
    .collect()
}

/// The most days a trend looks back.
const TREND_DAYS: usize = 60;

/// What is known of a capacity, from the (masked) hours of its demand and the forecast of it.
#[must_use]
pub fn outlook(capacity: &Capacity, hours: &[Option<f64>], ahead: Option<&[Expected]>) -> Outlook {
    let shape = &capacity.shape;
    let serves = capacity.serves_now();
    let usable = serves * (1.0 - shape.headroom);
    let expected = ahead.map(|ahead| periods(shape.per, ahead));
    let busiest = expected.as_ref().and_then(|all| all.iter().map(|one| one.high).max_by(f64::total_cmp));
    let in_day = if shape.per == Per::Day { 1 } else { DAY };
    let within = expected
        .as_ref()
        .and_then(|all| all.chunks(in_day).position(|day| day.iter().any(|one| one.high >= usable)));
    let full = match within {
        Some(0) => Full::Now,
        Some(days) => Full::Forecast { days: u32::try_from(days).unwrap_or(u32::MAX) },
        None => trend(&peaks(shape.per, hours), serves, 1.0 - shape.headroom),
    };
    let days = match full {
        Full::Now => Some(0.0),
        Full::Forecast { days } => Some(f64::from(days)),
        // The cautious end of the range: whoever waits for the middle is late every other time.
        Full::Trend(found) => Some(found.earliest),
        Full::TooFew { .. } | Full::NotGrowing => None,
    };
    let does = does(capacity, busiest.unwrap_or(usable), usable, days);
    let more = match does {
        Does::Add { more, .. } => Some(more.unwrap_or(1)),
        _ => None,
    };
    let price = shape.one_more.as_ref().map(|price| price.amount.minor);
    Outlook {
        serves,
        usable,
        busiest,
        headroom: busiest.filter(|_| serves > 0.0).map(|busiest| 1.0 - busiest / serves),
        full,
        does,
        costs: more.zip(price).map(|(more, price)| price.saturating_mul(i64::from(more))),
    }
}

fn trend(peaks: &[Option<f64>], serves: f64, share: f64) -> Full {
    let peaks = &peaks[peaks.len().saturating_sub(TREND_DAYS)..];
    let have = peaks.iter().flatten().count();
    if have < MIN_DAYS {
        return Full::TooFew { have, need: MIN_DAYS };
    }
    match capacity::days_to_full(peaks, serves, share) {
        Some(found) if found.days <= FAR => Full::Trend(found),
        _ => Full::NotGrowing,
    }
}

fn does(capacity: &Capacity, busiest: f64, usable: f64, days: Option<f64>) -> Does {
    let Some(days) = days else { return Does::Nothing };
    let shape = &capacity.shape;
    let within = days.floor() as i64 - i64::from(shape.lead_days);
    let Some((scales, pieces)) = shape.scales.zip(capacity.pieces()) else {
        return Does::Add { more: None, within };
    };
    let lacks = (busiest - usable).max(0.0) / (scales.each * (1.0 - shape.headroom));
    let more = (lacks.ceil() as u32).max(1);
    let needs = pieces.saturating_add(more);
    match (scales.how, needs > scales.to) {
        (_, true) => Does::AtLimit { needs, most: scales.to },
        (How::Itself, false) => Does::ByItself { pieces: needs },
        (How::Hand, false) => Does::Add { more: Some(more), within },
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{CapacityId, ClientId, Id as _, ServiceId};

    use super::*;
    use crate::demand::model::{Every, Money, Price, Scales, Shape};

    fn staff(serves: f64, per: Per) -> Capacity {
        Capacity {
            id: CapacityId::from_u128(1),
            client: ClientId::from_u128(1),
            service: ServiceId::from_u128(1),
            name: "counter staff".into(),
            shape: Shape {
                serves,
                per,
                journey: None,
                headroom: 0.2,
                scales: Some(Scales { from: 2, to: 4, each: 20.0, how: How::Hand }),
                lead_days: 30,
                one_more: Some(Price {
                    amount: Money { minor: 320_000, currency: "EUR".into() },
                    per: Every::Month,
                }),
            },
            units: None,
            scaled_at: None,
            declared_in: None,
            created_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn ahead(high: impl Fn(usize) -> f64) -> Vec<Expected> {
        (0..168).map(|at| Expected { middle: high(at) * 0.8, low: high(at) * 0.6, high: high(at) }).collect()
    }

    #[test]
    fn the_day_it_is_full_and_the_day_to_decide() {
        let busy = ahead(|at| if at / DAY == 4 { 45.0 } else { 20.0 });
        let found = outlook(&staff(40.0, Per::Hour), &[], Some(&busy));
        assert_eq!((found.serves, found.usable, found.busiest), (40.0, 32.0, Some(45.0)));
        assert_eq!(found.full, Full::Forecast { days: 4 });
        // 13 too many, and one piece may be used for 16.
        assert_eq!(found.does, Does::Add { more: Some(1), within: -26 });
        assert_eq!(found.costs, Some(320_000));
        assert!(found.headroom.is_some_and(|left| left < 0.0));
    }

    #[test]
    fn what_scales_by_itself_does_until_its_limit() {
        let mut one = staff(40.0, Per::Hour);
        one.shape.scales = Some(Scales { from: 2, to: 4, each: 20.0, how: How::Itself });
        let high = |most: f64| ahead(move |_| most);
        assert_eq!(outlook(&one, &[], Some(&high(60.0))).does, Does::ByItself { pieces: 4 });
        assert_eq!(outlook(&one, &[], Some(&high(90.0))).does, Does::AtLimit { needs: 6, most: 4 });
        assert_eq!(outlook(&one, &[], Some(&high(90.0))).full, Full::Now);
        one.units = Some(4);
        let roomy = outlook(&one, &[], Some(&high(60.0)));
        assert_eq!((roomy.serves, roomy.does), (80.0, Does::Nothing));
    }

    #[test]
    fn beyond_the_forecast_the_trend_tells_or_says_why_not() {
        let growing: Vec<Option<f64>> = (0..40 * DAY)
            .map(|at| Some(if at % DAY == 11 { 10.0 + (at / DAY) as f64 * 0.5 } else { 1.0 }))
            .collect();
        let low = ahead(|_| 30.0);
        let found = outlook(&staff(40.0, Per::Hour), &growing, Some(&low));
        let Full::Trend(full) = found.full else { panic!("{found:?}") };
        // The peak is 29.5 and grows by a half a day to 32.
        assert!((full.days - 5.0).abs() < 1e-6, "{full:?}");
        assert_eq!(found.does, Does::Add { more: Some(1), within: -25 });
        let flat = vec![Some(5.0); 40 * DAY];
        assert_eq!(outlook(&staff(40.0, Per::Hour), &flat, Some(&low)).full, Full::NotGrowing);
        let short = outlook(&staff(40.0, Per::Hour), &flat[..3 * DAY], None);
        assert_eq!(short.full, Full::TooFew { have: 3, need: MIN_DAYS });
        assert_eq!((short.busiest, short.does), (None, Does::Nothing));
    }

    #[test]
    fn minutes_and_days_are_shares_and_sums_of_hours() {
        let even = ahead(|_| 60.0);
        assert_eq!(outlook(&staff(2.0, Per::Minute), &[], Some(&even)).busiest, Some(1.0));
        let day = outlook(&staff(2_000.0, Per::Day), &[], Some(&even));
        assert_eq!((day.busiest, day.full), (Some(1_440.0), Full::TooFew { have: 0, need: MIN_DAYS }));
    }
}
