//! Who asks, what they may see and do, what time it is, and where chance comes from.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::{ClientId, Id, PersonId, Problem, RequestId, ServiceId, Timestamp, TokenId};

/// Tells the time. The only implementation that reads the system's clock is made in `tend`.
pub trait Clock: Send + Sync {
    /// The time now, UTC.
    fn now(&self) -> Timestamp;
}

/// Rolls dice. The only implementation that reads the system's random source is made in `tend`.
pub trait Dice: Send + Sync {
    /// Fills `bytes` with random bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// A program with a key that a person made for it.
    Token(TokenId, PersonId),
    /// Anybody: the public, before or without sign-in.
    Public,
    /// A task of the round, by name (`respond.escalate`).
    Task(&'static str),
    /// Whoever sits at the command line of the installation.
    Operator,
}

impl Actor {
    /// The person behind the actor, if there is one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Person(person) | Actor::Token(_, person) => Some(*person),
            Actor::Public | Actor::Task(_) | Actor::Operator => None,
        }
    }
}

impl fmt::Display for Actor {
    /// The form kept in facts and audit lines: `per_…`, `tok_…`, `public`, `task:NAME`, `operator`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Person(person) => write!(f, "{person}"),
            Actor::Token(token, _) => write!(f, "{token}"),
            Actor::Public => f.write_str("public"),
            Actor::Task(name) => write!(f, "task:{name}"),
            Actor::Operator => f.write_str("operator"),
        }
    }
}

/// What a person may do and see, within a client or service. Ordered from most to least.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, people and settings included.
    Admin,
    /// Answers for a service: its declaration, promises and people on it.
    ServiceOwner,
    /// Builds and runs it: acknowledges, resolves, changes probes and rotas.
    Engineer,
    /// Helps users: sees all, writes notes and updates, may open an incident.
    Agent,
    /// The client's own staff: sees the client's services, writes nothing inside.
    ClientContact,
    /// Sees.
    Reader,
}

impl Role {
    /// Every role, from most to least.
    pub const ALL: [Role; 6] =
        [Role::Admin, Role::ServiceOwner, Role::Engineer, Role::Agent, Role::ClientContact, Role::Reader];

    /// The word used in files, the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::ServiceOwner => "service_owner",
            Role::Engineer => "engineer",
            Role::Agent => "agent",
            Role::ClientContact => "client_contact",
            Role::Reader => "reader",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the role has the right.
    #[must_use]
    pub fn has(self, right: Right) -> bool {
        match right {
            Right::See => true,
            Right::Write => self <= Role::Agent,
            Right::Respond => self <= Role::Engineer,
            Right::Manage => self <= Role::ServiceOwner,
            Right::Administer => self == Role::Admin,
        }
    }
}

/// What somebody wants to do. Each right includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at it.
    See,
    /// Write notes, open an incident, publish an update.
    Write,
    /// Acknowledge, resolve, change probes, rotas and shifts.
    Respond,
    /// Change the service itself, its people and its promises.
    Manage,
    /// People, roles, tokens of others, settings.
    Administer,
}

/// One role somebody holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The client it holds for; none means every client, now and later.
    pub client: Option<ClientId>,
    /// The only service of that client it holds for; none means all of them.
    pub service: Option<ServiceId>,
}

/// Which rows may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wall {
    /// All clients: the operator's own people and tasks.
    Open,
    /// Only these: whole clients, and single services of other clients.
    Within {
        /// Clients seen whole.
        clients: BTreeSet<ClientId>,
        /// Single services, each with its client.
        services: BTreeSet<(ClientId, ServiceId)>,
    },
}

/// Who asks, which clients they may see, the clock, the dice, the request id.
///
/// Every function that reads or writes takes `&Scope` first.
#[derive(Clone)]
pub struct Scope {
    actor: Actor,
    grants: Arc<[Grant]>,
    wall: Arc<Wall>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    request: RequestId,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("actor", &self.actor)
            .field("grants", &self.grants)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl Scope {
    /// A scope for an actor with these grants.
    #[must_use]
    pub fn new(actor: Actor, grants: Vec<Grant>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        let wall = wall_of(&grants);
        let mut random = [0u8; 10];
        dice.fill(&mut random);
        let request = RequestId::from_u128(crate::id::bits_at(clock.now(), random));
        Scope { actor, grants: grants.into(), wall: Arc::new(wall), clock, dice, request }
    }

    /// The scope of a task, which sees every client and may do anything.
    #[must_use]
    pub fn task(name: &'static str, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self::new(Actor::Task(name), all(), clock, dice)
    }

    /// The scope of whoever sits at the command line.
    #[must_use]
    pub fn operator(clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self::new(Actor::Operator, all(), clock, dice)
    }

    /// The scope of the public, which sees nothing but what is published.
    #[must_use]
    pub fn public(clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self::new(Actor::Public, Vec::new(), clock, dice)
    }

    /// The same clock, dice and request, as a task that does what the asker may cause but not see
    /// (a public link that acknowledges a page, a heartbeat). The name goes into the audit.
    #[must_use]
    pub fn on_behalf(&self, name: &'static str) -> Self {
        Scope {
            actor: Actor::Task(name),
            grants: all().into(),
            wall: Arc::new(Wall::Open),
            clock: Arc::clone(&self.clock),
            dice: Arc::clone(&self.dice),
            request: self.request,
        }
    }

    /// The same request, asked by somebody who has been recognised.
    #[must_use]
    pub fn recognised(&self, actor: Actor, grants: Vec<Grant>) -> Self {
        Scope {
            actor,
            wall: Arc::new(wall_of(&grants)),
            grants: grants.into(),
            clock: Arc::clone(&self.clock),
            dice: Arc::clone(&self.dice),
            request: self.request,
        }
    }

    /// Who asks.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The roles the asker holds.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// What the asker may see.
    #[must_use]
    pub fn wall(&self) -> &Wall {
        &self.wall
    }

    /// The id of this request, in logs and error answers.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock itself, to hand on.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The dice themselves, to hand on.
    #[must_use]
    pub fn dice(&self) -> Arc<dyn Dice> {
        Arc::clone(&self.dice)
    }

    /// `N` random bytes fit for secrets.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        self.dice.fill(&mut bytes);
        bytes
    }

    /// Whether rows of this client, or of this one service of it, may be seen.
    #[must_use]
    pub fn sees(&self, client: ClientId, service: Option<ServiceId>) -> bool {
        match &*self.wall {
            Wall::Open => true,
            Wall::Within { clients, services } => {
                clients.contains(&client)
                    || service.is_some_and(|service| services.contains(&(client, service)))
            }
        }
    }

    /// Whether the asker has the right on this client, or on this one service of it.
    #[must_use]
    pub fn may(&self, right: Right, client: ClientId, service: Option<ServiceId>) -> bool {
        self.grants.iter().any(|grant| {
            grant.role.has(right)
                && grant.client.is_none_or(|held| held == client)
                && grant.service.is_none_or(|held| Some(held) == service)
        })
    }

    /// Whether the asker has the right on the installation as a whole (operator level).
    #[must_use]
    pub fn may_everywhere(&self, right: Right) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role.has(right) && grant.client.is_none() && grant.service.is_none())
    }

    /// Whether the asker has the right anywhere at all.
    #[must_use]
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.grants.iter().any(|grant| grant.role.has(right))
    }

    /// Refuses unless the asker has the right: 404 for what they may not see, 403 for what they may
    /// see but not do. `what` names the thing in the answer ("incident").
    pub fn require(
        &self,
        right: Right,
        what: &'static str,
        client: ClientId,
        service: Option<ServiceId>,
    ) -> Result<(), Problem> {
        if self.may(right, client, service) {
            Ok(())
        } else if self.sees(client, service) {
            Err(Problem::forbidden())
        } else {
            Err(Problem::not_found(what))
        }
    }
}

fn all() -> Vec<Grant> {
    vec![Grant { role: Role::Admin, client: None, service: None }]
}

fn wall_of(grants: &[Grant]) -> Wall {
    let mut clients = BTreeSet::new();
    let mut services = BTreeSet::new();
    for grant in grants {
        match (grant.client, grant.service) {
            (None, _) => return Wall::Open,
            (Some(client), None) => {
                clients.insert(client);
            }
            (Some(client), Some(service)) => {
                services.insert((client, service));
            }
        }
    }
    Wall::Within { clients, services }
}

#[cfg(test)]
mod tests;
