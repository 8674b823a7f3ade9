//! People at work on a degraded service.

use jiff::{SignedDuration, Timestamp};
use kernel::{AlertId, ClientId, IncidentId, ObjectiveId, PersonId, ProbeId, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad it is: 1 is worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Severity(u8);

impl Severity {
    /// From 1 (worst) to 4; what lies outside is moved to the nearest.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Severity(number.clamp(1, 4))
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// The worse of two.
    #[must_use]
    pub fn worse(self, other: Severity) -> Severity {
        self.min(other)
    }
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody has taken it on.
    Open,
    /// Somebody has.
    Acknowledged {
        /// Who; none for a program without a person.
        by: Option<PersonId>,
        /// When.
        at: Timestamp,
        /// It climbs again then.
        until: Timestamp,
    },
    /// It works again.
    Resolved {
        /// Who said so; none for us.
        by: Option<PersonId>,
        /// When.
        at: Timestamp,
        /// Why, in words of the person or a code of ours (`alerts-cleared`).
        reason: String,
    },
}

/// What came of a wish to move to another state: the new state, or the old one because nothing was to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It moved.
    Moved(State),
    /// It was there already.
    Already(State),
    /// Not from here.
    Refused(State),
}

impl State {
    /// The word in the database and the API.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            State::Open => "open",
            State::Acknowledged { .. } => "acknowledged",
            State::Resolved { .. } => "resolved",
        }
    }

    /// Whether people may still have to work on it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self, State::Resolved { .. })
    }

    /// Somebody takes it on. Taking it on again holds it longer; two clicks of one person are one.
    #[must_use]
    pub fn acknowledge(self, by: Option<PersonId>, now: Timestamp, span: SignedDuration) -> Stage {
        let until = now + span;
        match self {
            State::Open => Stage::Moved(State::Acknowledged { by, at: now, until }),
            State::Acknowledged { by: held, at, until: held_until } if held == by => {
                Stage::Already(State::Acknowledged { by, at, until: held_until.max(until) })
            }
            State::Acknowledged { .. } => Stage::Moved(State::Acknowledged { by, at: now, until }),
            State::Resolved { .. } => Stage::Refused(self),
        }
    }

    /// Whoever took it on lets it go: it climbs again.
    #[must_use]
    pub fn expire(self) -> Stage {
        match self {
            State::Acknowledged { .. } => Stage::Moved(State::Open),
            State::Open => Stage::Already(self),
            State::Resolved { .. } => Stage::Refused(self),
        }
    }

    /// It works again.
    #[must_use]
    pub fn resolve(self, by: Option<PersonId>, now: Timestamp, reason: String) -> Stage {
        match self {
            State::Open | State::Acknowledged { .. } => Stage::Moved(State::Resolved { by, at: now, reason }),
            State::Resolved { .. } => Stage::Already(self),
        }
    }

    /// It does not, after all.
    #[must_use]
    pub fn reopen(self) -> Stage {
        match self {
            State::Resolved { .. } => Stage::Moved(State::Open),
            State::Open | State::Acknowledged { .. } => Stage::Already(self),
        }
    }
}

/// The last climb of an incident's escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Climb {
    /// Which time through the steps, from 0.
    pub round: u32,
    /// Which step, from 0; as many as there are steps means the fallback.
    pub step: u32,
    /// When.
    pub at: Timestamp,
}

/// How far the escalation of an incident has come since it was last set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Paging {
    /// How many times it was set off: by opening, reopening, an expired acknowledgement.
    pub cycle: u32,
    /// The last climb of this cycle.
    pub last: Option<Climb>,
    /// All steps were climbed and nobody came.
    pub exhausted_at: Option<Timestamp>,
    /// Since when nobody at all could be found to page.
    pub nobody_since: Option<Timestamp>,
}

impl Paging {
    /// Set off again, from the first step.
    #[must_use]
    pub fn again(self) -> Paging {
        Paging { cycle: self.cycle + 1, ..Paging::default() }
    }
}

/// People at work on a degraded service.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// Whose service it is.
    pub client_id: ClientId,
    /// The service.
    pub service_id: ServiceId,
    /// Its number in this installation.
    pub number: u64,
    /// What is the matter, for people.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// What groups alerts into it.
    pub cause: String,
    /// Opened by an alert (true) or by hand.
    pub by_us: bool,
    /// Since when users feel it.
    pub since: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// When somebody first took it on.
    pub first_acknowledged_at: Option<Timestamp>,
    /// Since when every alert of it is cleared.
    pub quiet_since: Option<Timestamp>,
    /// When the next update for the public is promised.
    pub next_update_at: Option<Timestamp>,
    /// How far its escalation has come.
    #[serde(skip)]
    #[schemars(skip)]
    pub paging: Paging,
}

impl Incident {
    /// How long it lasted, or lasts by now; never negative, whatever the clock does.
    #[must_use]
    pub fn duration(&self, now: Timestamp) -> SignedDuration {
        let end = match &self.state {
            State::Resolved { at, .. } => *at,
            State::Open | State::Acknowledged { .. } => now,
        };
        end.duration_since(self.since).max(SignedDuration::ZERO)
    }
}

/// An alert that belongs to an incident.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The probe that raised it.
    pub probe_id: Option<ProbeId>,
    /// The objective that raised it.
    pub objective_id: Option<ObjectiveId>,
    /// What is the matter.
    pub title: String,
    /// How it was found out.
    pub reason: String,
    /// How bad.
    pub severity: Severity,
    /// Since when.
    pub since: Timestamp,
    /// When it was cleared.
    pub cleared_at: Option<Timestamp>,
}
