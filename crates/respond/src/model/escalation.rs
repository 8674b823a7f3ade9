//! The steps by which a page climbs.

use jiff::SignedDuration;
use kernel::{ClientId, EscalationId, PersonId, RotaId, ServiceId, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom a step pages. Who that is gets decided at the moment of the climb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Whoever is on call in this rota.
    Rota(RotaId),
    /// This person.
    Person(PersonId),
    /// Everybody in this team.
    Team(TeamId),
}

/// One step: whom it pages, and how long it waits before the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rung {
    /// Seconds to wait for an acknowledgement.
    pub wait_s: i64,
    /// Whom to page.
    pub page: Vec<Target>,
}

impl Rung {
    /// How long it waits before the next.
    #[must_use]
    pub fn wait(&self) -> SignedDuration {
        SignedDuration::from_secs(self.wait_s)
    }
}

/// How a page climbs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// In order.
    pub steps: Vec<Rung>,
    /// How many times to start again after the last step.
    pub repeat: u32,
    /// Seconds after which an acknowledgement expires.
    pub acknowledgement_s: i64,
    /// Whom to page when no step has anybody.
    pub fallback: Vec<Target>,
}

impl Policy {
    /// How long an acknowledgement holds.
    #[must_use]
    pub fn acknowledgement(&self) -> SignedDuration {
        SignedDuration::from_secs(self.acknowledgement_s)
    }
}

/// A policy as it stands in the database.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PolicyRow {
    /// Its id.
    pub id: EscalationId,
    /// Whose it is.
    pub client_id: ClientId,
    /// Its name, unique within the client.
    pub name: String,
    /// The only service it is for: made by the shorthand `on_call`.
    pub only_service: Option<ServiceId>,
    /// How it climbs.
    #[serde(flatten)]
    pub policy: Policy,
    /// Where it is declared, if it is.
    pub declared_in: Option<String>,
}
