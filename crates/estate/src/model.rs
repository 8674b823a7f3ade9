//! What is run, and what it is made of: services with the phase of their life, components, environments and
//! what depends on what.

use jiff::civil::Date;
use kernel::{ClientId, ComponentId, DependencyId, EnvironmentId, PersonId, ServiceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest name of anything here, in characters: it still fits on a line of a phone in two.
pub const MAX_NAME: usize = 120;
/// The longest description, note or reason, in characters.
pub const MAX_TEXT: usize = 4_000;
/// The most components of one service: beyond it a picture says nothing and a split is due.
pub const MAX_COMPONENTS: usize = 200;
/// The most environments of one service.
pub const MAX_ENVIRONMENTS: usize = 20;
/// The most dependencies that leave one service and its components.
pub const MAX_DEPENDENCIES: usize = 500;

/// Where a service is in its life (MAP 1 and 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Is there a problem worth solving?
    Discovery,
    /// Trying out how.
    Alpha,
    /// Real users, few or many, and still learning.
    Beta,
    /// In use, run and improved; the lasting one.
    Live,
    /// On its way out: users and data are being moved.
    Retiring,
    /// Over; kept to be looked at.
    Archived,
}

/// A phase that cannot follow another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a service in {} cannot enter {}", from.word(), to.word())]
pub struct PhaseRefused {
    /// Where it is.
    pub from: Phase,
    /// Where it was to go.
    pub to: Phase,
}

impl Phase {
    /// Every phase in the order of a life.
    pub const ALL: [Phase; 6] =
        [Phase::Discovery, Phase::Alpha, Phase::Beta, Phase::Live, Phase::Retiring, Phase::Archived];

    /// The word used in files, the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Phase::Discovery => "discovery",
            Phase::Alpha => "alpha",
            Phase::Beta => "beta",
            Phase::Live => "live",
            Phase::Retiring => "retiring",
            Phase::Archived => "archived",
        }
    }

    /// The phase of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.word() == word)
    }

    /// What may follow. One step on; one step back while it is being built, because that is what a failed
    /// assessment means; straight to the archive when it is stopped before it was live; and from retiring
    /// back to live when the decision is reversed. Nothing follows the archive.
    #[must_use]
    pub fn next(self) -> &'static [Phase] {
        match self {
            Phase::Discovery => &[Phase::Alpha, Phase::Archived],
            Phase::Alpha => &[Phase::Beta, Phase::Discovery, Phase::Archived],
            Phase::Beta => &[Phase::Live, Phase::Alpha, Phase::Retiring, Phase::Archived],
            Phase::Live => &[Phase::Retiring],
            Phase::Retiring => &[Phase::Archived, Phase::Live],
            Phase::Archived => &[],
        }
    }

    /// Leaves this phase for another, if that one may follow.
    pub fn enter(self, to: Phase) -> Result<Phase, PhaseRefused> {
        if self.next().contains(&to) { Ok(to) } else { Err(PhaseRefused { from: self, to }) }
    }

    /// Whether users may be harmed when it does not work: these come first on every screen.
    #[must_use]
    pub fn has_users(self) -> bool {
        match self {
            Phase::Beta | Phase::Live | Phase::Retiring => true,
            Phase::Discovery | Phase::Alpha | Phase::Archived => false,
        }
    }
}

/// Who owns the service and what was made for it, and so decides whether it may move (MAP 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The client: it may take the service elsewhere.
    Client,
    /// The operator: its own product, offered to clients.
    Operator,
    /// Both, as their contract says.
    Shared,
}

impl Ownership {
    /// Every kind.
    pub const ALL: [Ownership; 3] = [Ownership::Client, Ownership::Operator, Ownership::Shared];

    /// The word used in files, the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Ownership::Client => "client",
            Ownership::Operator => "operator",
            Ownership::Shared => "shared",
        }
    }

    /// The ownership of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Ownership> {
        Ownership::ALL.into_iter().find(|ownership| ownership.word() == word)
    }
}

/// What is run live for users: the record everything hangs off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Whose it is: the wall.
    pub client_id: ClientId,
    /// Its name, unique within the client.
    pub name: String,
    /// Its short name in addresses, unique in the installation.
    pub slug: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// Since when.
    pub phase_since: Timestamp,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// Who owns it and what was made for it.
    pub ownership: Ownership,
    /// Who uses what it offers, in words.
    pub consumers: String,
    /// The day it ends, when that is known: a contract lapses, a product is replaced.
    pub end_of_life: Option<Date>,
    /// `file.yml:12` when it is declared in a file, and then read-only on screen.
    pub declared_in: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it, its parts or its phase last changed.
    pub changed_at: Timestamp,
}

/// A phase that a service entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PhaseEntry {
    /// The phase.
    pub phase: Phase,
    /// The one before; none for the first.
    pub from: Option<Phase>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A place where a service's components run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// Whose.
    pub service_id: ServiceId,
    /// Its name, unique within the service.
    pub name: String,
    /// Where it is declared.
    pub declared_in: Option<String>,
}

/// A declared part of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// Whose.
    pub service_id: ServiceId,
    /// Its name, unique within the service.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Where it runs, when it runs in one place only.
    pub environment_id: Option<EnvironmentId>,
    /// Where it is declared.
    pub declared_in: Option<String>,
}

/// One end of a dependency: a service as a whole, or one component of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct End {
    /// The service.
    pub service: ServiceId,
    /// The component; none for the service as a whole.
    pub component: Option<ComponentId>,
}

/// `from` needs `to` to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dependency {
    /// Its id.
    pub id: DependencyId,
    /// What depends.
    pub from: End,
    /// What it depends on.
    pub to: End,
    /// Where it is declared.
    pub declared_in: Option<String>,
}

/// What a service is, as written by a person or a file; checked before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose it is.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// Who owns it.
    pub ownership: Ownership,
    /// Who uses what it offers.
    pub consumers: String,
    /// The day it ends.
    pub end_of_life: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_goes_forward_and_only_where_it_may_back() {
        let allowed: Vec<String> = Phase::ALL
            .into_iter()
            .flat_map(|from| Phase::ALL.into_iter().map(move |to| (from, to)))
            .filter(|(from, to)| from.enter(*to).is_ok())
            .map(|(from, to)| format!("{}>{}", from.word(), to.word()))
            .collect();
        assert_eq!(
            allowed.join(" "),
            "discovery>alpha discovery>archived alpha>discovery alpha>beta alpha>archived beta>alpha \
             beta>live beta>retiring beta>archived live>retiring retiring>live retiring>archived"
        );
        let refused = Phase::Archived.enter(Phase::Live).unwrap_err();
        assert_eq!(refused.to_string(), "a service in archived cannot enter live");
    }

    #[test]
    fn words_read_back() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from_word(phase.word()), Some(phase));
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.word());
        }
        for ownership in Ownership::ALL {
            assert_eq!(Ownership::from_word(ownership.word()), Some(ownership));
            assert_eq!(serde_json::to_value(ownership).unwrap(), ownership.word());
        }
    }
}
