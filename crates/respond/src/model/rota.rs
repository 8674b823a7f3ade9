//! Who is on call over time.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use kernel::{ClientId, OverrideId, PersonId, RotaId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day of the week, as files and the API write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "seven well-known words")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// Monday first.
    pub const ALL: [Day; 7] =
        [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];

    /// The word: `monday`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Day::Monday => "monday",
            Day::Tuesday => "tuesday",
            Day::Wednesday => "wednesday",
            Day::Thursday => "thursday",
            Day::Friday => "friday",
            Day::Saturday => "saturday",
            Day::Sunday => "sunday",
        }
    }

    /// The day of a word, whole or its first three letters.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Day> {
        let word = word.trim().to_lowercase();
        Day::ALL.into_iter().find(|day| day.word() == word || day.word()[..3] == word)
    }

    /// The day of the calendar.
    #[must_use]
    pub fn of(date: Date) -> Day {
        Day::from_weekday(date.weekday())
    }

    fn from_weekday(weekday: Weekday) -> Day {
        Day::ALL[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// How many days after Monday.
    #[must_use]
    pub fn after_monday(self) -> i64 {
        Day::ALL.iter().position(|day| *day == self).map_or(0, |at| i64::try_from(at).unwrap_or(0))
    }
}

/// How the people of a layer take turns. All of it is wall-clock time in the rota's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// Every week on this day.
    Weekly {
        /// The day of the hand-off.
        on: Day,
    },
    /// Every so many calendar days.
    Daily {
        /// At least 1.
        days: u16,
    },
    /// Every so many hours on the wall clock.
    Hourly {
        /// At least 1.
        hours: u16,
    },
}

/// Part of the day, on some days, in which a layer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// On which days it begins; empty means every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// From this wall-clock time.
    #[schemars(with = "String")]
    pub from: Time,
    /// Until this wall-clock time; not after `from` means on the next day.
    #[schemars(with = "String")]
    pub to: Time,
}

/// People who take turns. A later layer of a rota lies on top of the earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Layer {
    /// How they take turns.
    pub rotation: Rotation,
    /// The first day.
    #[schemars(with = "String")]
    pub start: Date,
    /// When one hands over to the next, on the wall clock.
    #[schemars(with = "String")]
    pub handoff: Time,
    /// Who, in order. Empty leaves a gap.
    pub people: Vec<PersonId>,
    /// When it counts at all; empty means always.
    #[serde(default)]
    pub only: Vec<Window>,
}

/// Somebody who stands in, on top of every layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Override {
    /// Its id.
    pub id: OverrideId,
    /// Who stands in.
    pub person: PersonId,
    /// From.
    pub from: Timestamp,
    /// Until, which is later than `from`.
    pub until: Timestamp,
    /// When it was made; of two that overlap the later one counts.
    pub made_at: Timestamp,
}

/// A rota with everything that decides who is on call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rota {
    /// Its id.
    pub id: RotaId,
    /// Whose it is.
    pub client_id: ClientId,
    /// Its name, unique within the client.
    pub name: String,
    /// An IANA zone.
    pub zone: String,
    /// From the bottom to the top.
    pub layers: Vec<Layer>,
    /// In the order in which they were made.
    pub overrides: Vec<Override>,
    /// Where it is declared (`file.yml:12`), if it is.
    pub declared_in: Option<String>,
    /// The secret part of the address of its calendar feed.
    #[serde(skip)]
    #[schemars(skip)]
    pub feed_key: String,
}

/// Where a stretch of on-call time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A layer, counted from 0 at the bottom, and the number of the turn since its start.
    Layer {
        /// Which one.
        layer: u32,
        /// Which turn.
        turn: i64,
    },
    /// Somebody stands in.
    Override(OverrideId),
    /// Nobody.
    Nobody,
}

/// One stretch of time with at most one person on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shift {
    /// Who; none is a gap.
    pub person: Option<PersonId>,
    /// From.
    pub from: Timestamp,
    /// Until, later than `from`.
    pub until: Timestamp,
    /// Why this person.
    pub source: Source,
}
