//! What a journey is held to.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::budget::{Forecast, Level, Target, Window};
use kernel::{AlertId, ClientId, ComponentId, JourneyId, ObjectiveId, Ratio, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a slice is: the short window of the most urgent tier, so that it is at least one slice.
pub const SLICE: SignedDuration = SignedDuration::from_mins(5);
/// Slices of one row of the database: an hour.
pub const PER_ROW: usize = 12;
/// A row.
pub const ROW: SignedDuration = SignedDuration::from_hours(1);
/// Which share of a step must be in time when only the time is said: the p95 that people mean by "how long".
pub const IN_TIME: f64 = 0.95;
/// The newest measurement may be this old before nothing is said any more.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The share of those who start that comes to a proper end.
    Completion,
    /// The share that the service does not fail.
    Errors,
    /// The share that is in time.
    Latency,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Kind; 3] = [Kind::Completion, Kind::Errors, Kind::Latency];

    /// The word in files, the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Completion => "completion",
            Kind::Errors => "errors",
            Kind::Latency => "latency",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What an objective is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The funnel of the journey.
    Funnel,
    /// Spans of the step's component.
    Spans,
    /// Measurements in browsers on the step's pages.
    Vitals,
}

/// What a journey's targets ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What is held.
    pub kind: Kind,
    /// The step; none for the journey as a whole.
    pub step: Option<String>,
    /// The component that does the step.
    pub component: Option<ComponentId>,
    /// The share that must be good.
    pub target: Target,
    /// Over which time.
    pub window: Window,
    /// In time is at most this, ms.
    pub limit_ms: Option<i64>,
}

/// An objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its id.
    pub id: ObjectiveId,
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The journey.
    pub journey: JourneyId,
    /// What it promises.
    pub wanted: Wanted,
    /// Since when.
    pub created_at: Timestamp,
    /// What is known of it.
    pub standing: Standing,
}

impl Objective {
    /// What it is called in facts, letters and alerts: data, the same in every language.
    #[must_use]
    pub fn name(&self, journey: &str) -> String {
        match &self.wanted.step {
            Some(step) => format!("{journey}: {} ({step})", self.wanted.kind.word()),
            None => format!("{journey}: {}", self.wanted.kind.word()),
        }
    }

    /// How far back slices are needed: the window, and the longest window of the alert rules.
    #[must_use]
    pub fn needs_from(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let whole = self.wanted.window.whole(now, zone).from;
        let rules = now.checked_sub(SignedDuration::from_hours(73)).unwrap_or(whole);
        whole.min(rules)
    }
}

/// What is known of an objective between two rounds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Standing {
    /// Whether its budget burns.
    pub level: Level,
    /// The alert that is raised.
    pub alert: Option<AlertId>,
    /// The alert that says that it cannot be measured.
    pub blind: Option<AlertId>,
    /// What it was measured by last.
    pub source: Option<Source>,
    /// Everything since here was measured once.
    pub filled_from: Option<Timestamp>,
    /// Everything up to here was measured.
    pub measured_until: Option<Timestamp>,
    /// When everything that can still change was last measured again.
    pub swept_at: Option<Timestamp>,
    /// What was found in the window.
    pub summary: Option<Summary>,
    /// Whether its budget was said to be used up.
    pub spent: bool,
}

/// What was found when an objective was last judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// When.
    pub at: Timestamp,
    /// `observed`, `idle`, `sparse` or `stale`.
    pub seen: String,
    /// What was counted in the window.
    pub counts: Ratio,
    /// The part of the slices that was measured.
    pub coverage: Option<f64>,
    /// The part of the budget that is left, with its sign.
    pub left: Option<f64>,
    /// When it will be gone.
    pub forecast: Forecast,
}

/// What may have spent a budget: an incident or a maintenance; and alerts, by which components were down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its id, as text.
    pub id: String,
    /// Which kind.
    pub kind: TroubleKind,
    /// The number of an incident.
    pub number: Option<u64>,
    /// What it is called.
    pub title: String,
    /// What groups it.
    pub cause: String,
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
}

/// Which kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// People at work.
    Incident,
    /// Planned.
    Maintenance,
    /// A judged condition.
    Alert,
}

impl TroubleKind {
    /// The word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            TroubleKind::Incident => "incident",
            TroubleKind::Maintenance => "maintenance",
            TroubleKind::Alert => "alert",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<TroubleKind> {
        [TroubleKind::Incident, TroubleKind::Maintenance, TroubleKind::Alert]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}
