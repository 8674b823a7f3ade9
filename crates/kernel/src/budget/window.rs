//! Windows: over which time a target is meant.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Grid;
use crate::units::{parse_span, show_span};

/// The shortest window: below an hour a budget is noise.
const MIN: SignedDuration = SignedDuration::from_hours(1);
/// The longest window: a year and a day.
const MAX: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A period of the calendar, as a zone has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// From Monday.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

/// Over which time a target is meant. Written `28d`, or `week`, `month`, `quarter`, `year`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// The time that has just passed, this long.
    Rolling(SignedDuration),
    /// The period in which we are; its budget is there in full from the first day.
    Calendar(Period),
}

impl Default for Window {
    /// Four weeks: as many Mondays as Sundays, whichever day it is.
    fn default() -> Self {
        Window::Rolling(SignedDuration::from_hours(24 * 28))
    }
}

impl Window {
    /// Reads what people write.
    pub fn parse(text: &str) -> Result<Window, String> {
        let text = text.trim();
        Ok(match text {
            "week" => Window::Calendar(Period::Week),
            "month" => Window::Calendar(Period::Month),
            "quarter" => Window::Calendar(Period::Quarter),
            "year" => Window::Calendar(Period::Year),
            _ => {
                let length = parse_span(text)
                    .map_err(|_| format!("{text:?} is not a window; write for example 28d or month"))?;
                if length < MIN || length > MAX {
                    return Err(format!("{text:?} is not a window; it lasts from 1h to 366d"));
                }
                Window::Rolling(length)
            }
        })
    }

    /// All of it, with its end ahead when it follows the calendar.
    #[must_use]
    pub fn whole(self, now: Timestamp, zone: &TimeZone) -> Grid {
        match self {
            Window::Rolling(length) => Grid::back(now, length),
            Window::Calendar(period) => {
                period.around(now, zone).unwrap_or_else(|| Grid::back(now, period.usual()))
            }
        }
    }

    /// The part of it that has passed, not before the objective's own begin.
    #[must_use]
    pub fn passed(self, now: Timestamp, zone: &TimeZone, since: Timestamp) -> Grid {
        let whole = self.whole(now, zone);
        Grid { from: whole.from.max(since).min(now), until: now }
    }

    /// How long it is at that time.
    #[must_use]
    pub fn length(self, now: Timestamp, zone: &TimeZone) -> SignedDuration {
        self.whole(now, zone).length()
    }

    /// How long it usually is: alert rules do not change with the length of the month.
    #[must_use]
    pub fn usual(self) -> SignedDuration {
        match self {
            Window::Rolling(length) => length,
            Window::Calendar(period) => period.usual(),
        }
    }
}

impl Period {
    fn usual(self) -> SignedDuration {
        SignedDuration::from_hours(24)
            * match self {
                Period::Week => 7,
                Period::Month => 30,
                Period::Quarter => 91,
                Period::Year => 365,
            }
    }

    /// The period of the zone's calendar that holds the instant; none at the ends of time.
    fn around(self, now: Timestamp, zone: &TimeZone) -> Option<Grid> {
        let today = now.to_zoned(zone.clone()).start_of_day().ok()?;
        let first = |day: &Zoned, month: i8| day.with().month(month).day(1).build().ok();
        let (from, until) = match self {
            Period::Week => {
                let back = i64::from(today.weekday().to_monday_zero_offset());
                let monday = today.checked_sub(back.days()).ok()?;
                (monday.clone(), monday.checked_add(1.week()).ok()?)
            }
            Period::Month => {
                let from = first(&today, today.month())?;
                (from.clone(), from.checked_add(1.month()).ok()?)
            }
            Period::Quarter => {
                let from = first(&today, (today.month() - 1) / 3 * 3 + 1)?;
                (from.clone(), from.checked_add(3.months()).ok()?)
            }
            Period::Year => {
                let from = first(&today, 1)?;
                (from.clone(), from.checked_add(1.year()).ok()?)
            }
        };
        // Midnight may not exist on the day (Cairo, Santiago); the day then begins later.
        let begin = |day: Zoned| day.start_of_day().and_then(|day| day.round(Unit::Second)).ok();
        Some(Grid { from: begin(from)?.timestamp(), until: begin(until)?.timestamp() })
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Window::Rolling(length) => f.write_str(&show_span(*length)),
            Window::Calendar(Period::Week) => f.write_str("week"),
            Window::Calendar(Period::Month) => f.write_str("month"),
            Window::Calendar(Period::Quarter) => f.write_str("quarter"),
            Window::Calendar(Period::Year) => f.write_str("year"),
        }
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Window::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Window {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["28d", "month"] })
    }
}
