//! Everything that can happen, as one closed list in the past tense.
//!
//! A fact is recorded in the transaction that made it true (`tx.record`), together with its audit line,
//! and never rewritten. A service's timeline is its facts. Whoever must react reads facts in its own task.
//! Read top to bottom, the list tells what the product does.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AlertId, CapacityId, ClientId, ComponentId, ContactMethodId, DeliveryId, DependencyId, EnvironmentId,
    FactId, IncidentId, JourneyId, MaintenanceId, NoteId, ObjectiveId, OverrideId, PageId, PersonId, ProbeId,
    Role, RotaId, ServiceId, SourceId, TeamId, TokenId,
};

/// Where something stands in the direction of the data.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Something arrives from outside.
    Signal,
    /// It becomes rows that state what happened.
    Fact,
    /// What is true now.
    Evaluate,
    /// What is done about it.
    Act,
    /// What is shown of it.
    Report,
}

impl Stage {
    /// Every stage in the order of the round.
    pub const ALL: [Stage; 5] = [Stage::Signal, Stage::Fact, Stage::Evaluate, Stage::Act, Stage::Report];
}

/// What a fact is about: decides who sees it, and on which timeline it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// The client within whose wall it happened; none for the installation as a whole.
    pub client: Option<ClientId>,
    /// The service it happened to.
    pub service: Option<ServiceId>,
}

/// The cause of alerts about a part of a service: what groups alerts into one incident, whichever feature raised
/// them.
#[must_use]
pub fn cause_of_part(service: ServiceId, part: ComponentId) -> String {
    format!("{service}/{part}")
}

impl About {
    /// The installation as a whole; only operator-level people see it.
    #[must_use]
    pub fn installation() -> Self {
        About::default()
    }

    /// A client as a whole.
    #[must_use]
    pub fn client(client: ClientId) -> Self {
        About { client: Some(client), service: None }
    }

    /// One service of a client.
    #[must_use]
    pub fn service(client: ClientId, service: ServiceId) -> Self {
        About { client: Some(client), service: Some(service) }
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])* $stage:ident $name:ident { $($(#[$fdoc:meta])* $field:ident : $type:ty),* $(,)? })*) => {
        /// What happened. Instants are in [`Recorded::at`]; texts in a fact are data, not sentences.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "fact", rename_all = "snake_case")]
        #[expect(missing_docs, reason = "a field of a fact is named for what it is; the variant says the rest")]
        pub enum Fact {
            $($(#[$doc])* $name { $($(#[$fdoc])* $field: $type),* },)*
        }

        impl Fact {
            /// The stage in which it comes into being.
            #[must_use]
            pub fn stage(&self) -> Stage {
                match self { $(Fact::$name { .. } => Stage::$stage,)* }
            }

            /// Its name, as in the database and the API (`alert_raised`).
            #[must_use]
            pub fn name(&self) -> String {
                snake(match self { $(Fact::$name { .. } => stringify!($name),)* })
            }

            /// Every name with its stage, in the order of the list.
            #[must_use]
            pub fn all() -> Vec<(String, Stage)> {
                vec![$((snake(stringify!($name)), Stage::$stage)),*]
            }
        }
    };
}

fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

facts! {
    // -- identity
    /// The installation was set up and waits for its first administrator.
    Fact InstallationPrepared {}
    /// A client was added.
    Fact ClientAdded { client: ClientId, name: String }
    /// A client's name or settings changed.
    Fact ClientChanged { client: ClientId, changed: Vec<String> }
    /// Somebody was given a name in Tend.
    Fact PersonAdded { person: PersonId, name: String }
    /// A person's own data changed.
    Fact PersonChanged { person: PersonId, changed: Vec<String> }
    /// A person may no longer sign in.
    Fact PersonSuspended { person: PersonId, reason: String }
    /// An invitation was sent.
    Fact PersonInvited { person: PersonId }
    /// The first administrator took the one-time link.
    Fact AdministratorMade { person: PersonId }
    /// Somebody signed in.
    Signal SignedIn { person: PersonId, with: String }
    /// A sign-in was refused; the name tried is not kept.
    Signal SignInRefused { person: Option<PersonId>, why: String }
    /// A link to sign in with was asked for, for somebody who exists.
    Signal SignInLinkAsked { person: PersonId }
    /// Somebody signed out, or was signed out.
    Signal SignedOut { person: PersonId }
    /// A password was set.
    Fact PasswordSet { person: PersonId }
    /// A second factor was switched on.
    Fact TotpSet { person: PersonId }
    /// A second factor was switched off.
    Fact TotpRemoved { person: PersonId }
    /// A role was given.
    Fact RoleGranted { person: PersonId, role: Role }
    /// A role was taken away.
    Fact RoleRevoked { person: PersonId, role: Role }
    /// A team was added.
    Fact TeamAdded { team: TeamId, name: String }
    /// A team's name or members changed.
    Fact TeamChanged { team: TeamId, changed: Vec<String> }
    /// A key for programs was made.
    Fact TokenMade { token: TokenId, person: PersonId, name: String }
    /// A key for programs was withdrawn.
    Fact TokenRevoked { token: TokenId, person: PersonId }
    /// A person added a way to reach them.
    Fact ContactMethodAdded { person: PersonId, method: ContactMethodId, channel: String }
    /// A way to reach a person was proved to work.
    Fact ContactMethodVerified { person: PersonId, method: ContactMethodId }
    /// A way to reach a person was removed.
    Fact ContactMethodRemoved { person: PersonId, method: ContactMethodId }
    /// A person changed how pages reach them.
    Fact ContactRulesChanged { person: PersonId }

    // -- estate
    /// A service was added.
    Fact ServiceAdded { service: ServiceId, name: String, phase: String }
    /// A service's data changed.
    Fact ServiceChanged { service: ServiceId, changed: Vec<String> }
    /// A service entered another phase of its life.
    Fact PhaseEntered { service: ServiceId, from: String, to: String, reason: String }
    /// A component was added.
    Fact ComponentAdded { component: ComponentId, name: String }
    /// A component changed.
    Fact ComponentChanged { component: ComponentId, name: String, changed: Vec<String> }
    /// A component was removed from the service.
    Fact ComponentRemoved { component: ComponentId, name: String }
    /// An environment was added.
    Fact EnvironmentAdded { environment: EnvironmentId, name: String }
    /// An environment was removed.
    Fact EnvironmentRemoved { environment: EnvironmentId, name: String }
    /// A dependency was declared.
    Fact DependencyAdded { dependency: DependencyId, from: String, to: String }
    /// A dependency was removed.
    Fact DependencyRemoved { dependency: DependencyId, from: String, to: String }
    /// A folder of declarations was applied.
    Fact DeclarationApplied { added: u32, changed: u32, removed: u32 }

    // -- watch
    /// A probe was added.
    Fact ProbeAdded { probe: ProbeId, name: String }
    /// A probe changed.
    Fact ProbeChanged { probe: ProbeId, name: String, changed: Vec<String> }
    /// A probe was removed.
    Fact ProbeRemoved { probe: ProbeId, name: String }
    /// A probe came into another state. `since` is the first check that showed it.
    Evaluate ProbeStateChanged { probe: ProbeId, name: String, from: String, to: String, since: Timestamp, reason: String }
    /// A condition that someone should know was judged true.
    Evaluate AlertRaised {
        alert: AlertId, probe: Option<ProbeId>, title: String, reason: String, severity: u8, cause: String,
        since: Timestamp,
        /// The objective that raised it; facts from before there were any have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        objective: Option<ObjectiveId>,
    }
    /// The condition is no longer true.
    Evaluate AlertCleared {
        alert: AlertId, probe: Option<ProbeId>, reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        objective: Option<ObjectiveId>,
    }
    /// A time without alerts was planned.
    Fact MaintenancePlanned { maintenance: MaintenanceId, title: String, from: Timestamp, until: Timestamp }
    /// A planned time without alerts was called off or cut short.
    Fact MaintenanceEnded { maintenance: MaintenanceId, title: String }
    /// Tend could not run checks for a while, through a fault of its own.
    Evaluate WatchBlind { since: Timestamp, reason: String }

    // -- respond
    /// People are asked to work on a degraded service.
    Act IncidentOpened { incident: IncidentId, number: u64, title: String, severity: u8, cause: String, by_us: bool }
    /// Another alert of the same cause joined an incident.
    Act AlertJoined { incident: IncidentId, alert: AlertId, title: String }
    /// An alert of an incident cleared.
    Act AlertLeft { incident: IncidentId, alert: AlertId, title: String }
    /// Somebody took it on.
    Act IncidentAcknowledged { incident: IncidentId, person: Option<PersonId>, through: String, until: Timestamp }
    /// Whoever took it on did not keep it alive, so it climbs again.
    Act AcknowledgementExpired { incident: IncidentId, person: Option<PersonId> }
    /// The severity changed.
    Act SeverityChanged { incident: IncidentId, from: u8, to: u8, reason: String }
    /// The title changed.
    Act IncidentRenamed { incident: IncidentId, title: String }
    /// Somebody wrote a note.
    Act NoteWritten { incident: IncidentId, note: NoteId }
    /// The public was told something.
    Act UpdatePublished { incident: IncidentId, note: NoteId, state: String }
    /// It works again.
    Act IncidentResolved { incident: IncidentId, person: Option<PersonId>, reason: String }
    /// It was declared resolved and was not.
    Act IncidentReopened { incident: IncidentId, reason: String }
    /// The page climbed to a step of the escalation.
    Act EscalationClimbed { incident: IncidentId, step: u32, round: u32, people: Vec<PersonId> }
    /// A step had nobody on call and was skipped at once.
    Act StepSkipped { incident: IncidentId, step: u32, round: u32 }
    /// No step had anybody; the fallback was paged.
    Act NobodyOnCall { incident: IncidentId, fallback: Vec<PersonId> }
    /// All steps were climbed and nobody acknowledged.
    Act EscalationExhausted { incident: IncidentId }
    /// A person was summoned.
    Act PageRequested { incident: IncidentId, page: PageId, person: PersonId }
    /// One attempt was taken by the next hop.
    Act PageSent { incident: IncidentId, page: PageId, delivery: DeliveryId, person: PersonId, channel: String, attempt: u32, said: String }
    /// One attempt failed.
    Act PageAttemptFailed { incident: IncidentId, page: PageId, delivery: DeliveryId, person: PersonId, channel: String, attempt: u32, why: String, final_try: bool }
    /// A person's pages for an incident came to an end without reaching anybody.
    Act PageExhausted { incident: IncidentId, page: PageId, person: PersonId }
    /// A rota changed.
    Fact RotaChanged { rota: RotaId, name: String, changed: Vec<String> }
    /// Somebody stands in for a while.
    Fact OverrideAdded { rota: RotaId, over: OverrideId, person: PersonId, from: Timestamp, until: Timestamp }
    /// A stand-in was called off.
    Fact OverrideRemoved { rota: RotaId, over: OverrideId }
    /// An escalation changed.
    Fact EscalationChanged { name: String, changed: Vec<String> }
    /// The public page of a service changed.
    Fact StatusPageChanged { changed: Vec<String> }

    // -- journeys
    /// A journey was declared or drawn.
    Fact JourneyAdded { journey: JourneyId, name: String }
    /// A journey changed.
    Fact JourneyChanged { journey: JourneyId, name: String, changed: Vec<String> }
    /// A journey was removed.
    Fact JourneyRemoved { journey: JourneyId, name: String }
    /// A place where signals come from was added to a service.
    Fact SourceAdded { source: SourceId, name: String }
    /// A source changed.
    Fact SourceChanged { source: SourceId, name: String, changed: Vec<String> }
    /// A source was removed.
    Fact SourceRemoved { source: SourceId, name: String }
    /// A journey got a target to be held to.
    Fact ObjectiveAdded { objective: ObjectiveId, name: String, target: String }
    /// A target, or what it is measured by, changed.
    Fact ObjectiveChanged { objective: ObjectiveId, name: String, changed: Vec<String> }
    /// A target is no longer held.
    Fact ObjectiveRemoved { objective: ObjectiveId, name: String }
    /// What an objective allows to go wrong was used up.
    Evaluate BudgetSpent { objective: ObjectiveId, name: String }
    /// There is budget again.
    Evaluate BudgetRestored { objective: ObjectiveId, name: String }
    /// What was known of one user or case was erased; who it was is not kept.
    Fact SubjectErased { service: ServiceId, kind: String, rows: u64 }
    /// What a service can carry was declared.
    Fact CapacityAdded { capacity: CapacityId, name: String }
    /// A capacity changed.
    Fact CapacityChanged { capacity: CapacityId, name: String, changed: Vec<String> }
    /// A capacity was removed.
    Fact CapacityRemoved { capacity: CapacityId, name: String }
    /// A capacity grew or shrank, by itself or by hand.
    Fact CapacityScaled { capacity: CapacityId, name: String, from: u32, to: u32, reason: String }
    /// Costs, budget or what is published of them changed.
    Fact CostsChanged { service: ServiceId, changed: Vec<String> }
}

/// A fact as it stands in the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its place in the order of everything; subscribers' cursors are such numbers.
    pub seq: i64,
    /// Its id.
    pub id: FactId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who did it, in the form of [`crate::Actor`]'s text.
    pub actor: String,
    /// What it is about.
    pub about: About,
    /// What happened.
    pub fact: Fact,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id as _;

    #[test]
    fn a_fact_reads_back_and_its_tag_is_its_name() {
        let fact = Fact::ClientAdded { client: crate::Id::from_u128(3), name: "Lindehaven".into() };
        let json = serde_json::to_value(&fact).expect("a fact is plain data");
        assert_eq!(json["fact"], fact.name());
        assert_eq!(serde_json::from_value::<Fact>(json).expect("reads back"), fact);
    }

    #[test]
    fn an_alert_from_before_there_were_objectives_reads() {
        let old = serde_json::json!({
            "fact": "alert_cleared", "alert": AlertId::from_u128(1), "probe": null, "reason": "",
        });
        let read: Fact = serde_json::from_value(old.clone()).expect("reads");
        assert!(matches!(read, Fact::AlertCleared { objective: None, .. }));
        assert_eq!(serde_json::to_value(read).expect("plain"), old, "and is written as it was");
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = Fact::all().into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(count, names.len());
    }
}
