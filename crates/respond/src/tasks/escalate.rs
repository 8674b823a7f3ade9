//! `respond.escalate`: gathers who is on call, decides by the rules, and summons.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use identity::model::Reachable;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::task::{Answer, Status, Task};
use kernel::{
    About, DeliveryId, EscalationId, Fact, Id, PageId, PersonId, Problem, RotaId, Scope, ServiceId, Stage,
    TeamId,
};
use store::{Db, Tx};

use crate::below::{Below, Served};
use crate::model::{Incident, Policy, Rota, Rung, Target};
use crate::rules::delivery::deadline;
use crate::rules::escalation::{self as rules, Move, OnCall};
use crate::rules::rota::{Plan, on_call_at};
use crate::store::delivery::{self, Delivery, DeliveryKind, DeliveryState, PageState, Summons};
use crate::store::{escalation, incident, rota};

/// Incidents climbed in one transaction.
const BATCH: u32 = 500;
/// How long the owner of a service without an escalation has before being summoned again.
const OWNER_WAIT_S: i64 = 300;
/// How often the owner is summoned again.
const OWNER_REPEAT: u32 = 2;

/// Climbs.
pub struct Escalate {
    /// The database.
    pub db: Db,
    /// Who people are.
    pub below: Arc<dyn Below>,
    /// The domain of `Message-ID`s.
    pub mail_domain: String,
}

/// Everything that decides who is summoned, read before anything is written.
#[derive(Default)]
pub struct Gathered {
    policies: HashMap<EscalationId, Policy>,
    of_service: HashMap<ServiceId, EscalationId>,
    services: HashMap<ServiceId, Served>,
    on_call: HashMap<RotaId, Option<PersonId>>,
    teams: HashMap<TeamId, Vec<PersonId>>,
    people: HashMap<PersonId, Reachable>,
}

impl Gathered {
    /// Reads all of it for these services.
    pub async fn read(
        db: &Db,
        below: &dyn Below,
        scope: &Scope,
        services: &BTreeSet<ServiceId>,
    ) -> Result<Gathered, Problem> {
        let now = scope.now();
        let mut gathered = Gathered {
            of_service: escalation::by_service(db, scope).await?.into_iter().collect(),
            services: below.services(scope, services).await?,
            policies: escalation::all(db, scope).await?.into_iter().map(|row| (row.id, row.policy)).collect(),
            ..Gathered::default()
        };
        let targets: BTreeSet<Target> =
            services.iter().flat_map(|service| targets_of(&gathered.policy_of(*service))).collect();
        if targets.iter().any(|target| matches!(target, Target::Rota(_))) {
            gathered.on_call =
                rota::all(db, scope, now).await?.iter().map(|rota| (rota.id, person_at(rota, now))).collect();
        }
        let teams = targets.iter().filter_map(|target| match target {
            Target::Team(team) => Some(*team),
            Target::Rota(_) | Target::Person(_) => None,
        });
        gathered.teams = below.teams(scope, &teams.collect()).await?;
        let people = targets.iter().flat_map(|target| gathered.people_of(*target)).collect();
        gathered.people = below.people(scope, &people).await?;
        Ok(gathered)
    }

    /// The policy of a service; without one its owner is summoned.
    #[must_use]
    pub fn policy_of(&self, service: ServiceId) -> Policy {
        let assigned = self.of_service.get(&service).and_then(|id| self.policies.get(id));
        assigned.cloned().unwrap_or_else(|| owner_policy(self.services.get(&service).and_then(|s| s.owner)))
    }

    /// The escalation that somebody gave the service.
    #[must_use]
    pub fn escalation_of(&self, service: ServiceId) -> Option<EscalationId> {
        self.of_service.get(&service).copied()
    }

    /// Who would be paged next about an incident, and when, if nobody acts.
    #[must_use]
    pub fn next(&self, incident: &Incident) -> Option<(Timestamp, Vec<PersonId>)> {
        let last = incident.paging.last.filter(|_| incident.state == crate::model::State::Open)?;
        if incident.paging.exhausted_at.is_some() {
            return None;
        }
        let policy = self.policy_of(incident.service_id);
        let (at, step) = rules::next_climb(&policy, last)?;
        let people = self.on_call(&policy).steps.get(step as usize).cloned().unwrap_or_default();
        (!people.is_empty()).then_some((at, people))
    }

    fn people_of(&self, target: Target) -> Vec<PersonId> {
        match target {
            Target::Rota(rota) => self.on_call.get(&rota).copied().flatten().into_iter().collect(),
            Target::Person(person) => vec![person],
            Target::Team(team) => self.teams.get(&team).cloned().unwrap_or_default(),
        }
    }

    /// Who of the targets can be reached, without doubles.
    fn reachable(&self, targets: &[Target]) -> Vec<PersonId> {
        let mut seen = BTreeSet::new();
        targets
            .iter()
            .flat_map(|target| self.people_of(*target))
            .filter(|person| self.people.get(person).is_some_and(|one| !one.plan().is_empty()))
            .filter(|person| seen.insert(*person))
            .collect()
    }

    /// Who the steps of a policy are at this moment.
    #[must_use]
    pub fn on_call(&self, policy: &Policy) -> OnCall {
        OnCall {
            steps: policy.steps.iter().map(|rung| self.reachable(&rung.page)).collect(),
            fallback: self.reachable(&policy.fallback),
        }
    }
}

/// What holds for a service that nobody gave an escalation: its owner, three times.
#[must_use]
pub fn owner_policy(owner: Option<PersonId>) -> Policy {
    let steps = owner.map(|owner| Rung { wait_s: OWNER_WAIT_S, page: vec![Target::Person(owner)] });
    Policy {
        steps: steps.into_iter().collect(),
        repeat: OWNER_REPEAT,
        acknowledgement_s: rules::ACKNOWLEDGEMENT.as_secs(),
        fallback: Vec::new(),
    }
}

fn targets_of(policy: &Policy) -> Vec<Target> {
    policy.steps.iter().flat_map(|rung| rung.page.iter()).chain(&policy.fallback).copied().collect()
}

fn person_at(rota: &Rota, now: Timestamp) -> Option<PersonId> {
    let zone = TimeZone::get(&rota.zone).unwrap_or(TimeZone::UTC);
    let plan = Plan { zone: &zone, layers: &rota.layers, overrides: &rota.overrides };
    on_call_at(&plan, now).map(|(person, _)| person)
}

impl Escalate {
    async fn climb(&self, scope: &Scope) -> Result<(u64, u64), Problem> {
        let services = incident::services_climbing(&self.db, scope, scope.now()).await?;
        if services.is_empty() {
            return Ok((0, 0));
        }
        let gathered = Gathered::read(&self.db, &*self.below, scope, &services).await?;
        let mut tx = self.db.write("respond.escalate", scope).await?;
        let now = scope.now();
        let due = incident::climbing(&mut tx, now, BATCH).await?;
        let (mut moved, mut left) = (0, u64::from(due.len() == BATCH as usize));
        for incident in due {
            if !services.contains(&incident.service_id) {
                left += 1;
                continue;
            }
            moved += self.decide(&mut tx, &gathered, incident, now).await?;
        }
        tx.commit().await?;
        Ok((moved, left))
    }

    async fn decide(
        &self,
        tx: &mut Tx,
        gathered: &Gathered,
        mut incident: Incident,
        now: Timestamp,
    ) -> Result<u64, Problem> {
        let policy = gathered.policy_of(incident.service_id);
        let on_call = gathered.on_call(&policy);
        let decision = rules::decide(&policy, incident.state.clone(), incident.paging, &on_call, now);
        incident.state = decision.state;
        incident.paging = decision.paging;
        let count = decision.moves.len() as u64;
        for one in decision.moves {
            self.apply(tx, gathered, &incident, one, now).await?;
        }
        incident::save(tx, &incident, decision.due_at).await?;
        Ok(count)
    }

    async fn apply(
        &self,
        tx: &mut Tx,
        gathered: &Gathered,
        incident: &Incident,
        one: Move,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let about = About::service(incident.client_id, incident.service_id);
        let id = incident.id;
        let fact = match one {
            Move::Expire { by } => Fact::AcknowledgementExpired { incident: id, person: by },
            Move::Skip { round, step } => Fact::StepSkipped { incident: id, step, round },
            Move::NobodyOnCall { fallback } => Fact::NobodyOnCall { incident: id, fallback },
            Move::Exhaust => {
                delivery::end_pages(tx, id, PageState::Escalated, now).await?;
                Fact::EscalationExhausted { incident: id }
            }
            Move::Climb { round, step, people } => {
                delivery::end_pages(tx, id, PageState::Escalated, now).await?;
                let paged = delivery::paged_in_round(tx, id, incident.paging.cycle, round).await?;
                let people = rules::not_yet_paged(&people, &paged);
                tx.record(
                    about,
                    Fact::EscalationClimbed { incident: id, step, round, people: people.clone() },
                )
                .await?;
                for person in people {
                    if let Some(reach) = gathered.people.get(&person) {
                        self.summon(tx, incident, reach, (round, step), now).await?;
                    }
                }
                return Ok(());
            }
        };
        tx.record(about, fact).await?;
        Ok(())
    }

    async fn summon(
        &self,
        tx: &mut Tx,
        incident: &Incident,
        reach: &Reachable,
        (round, step): (u32, u32),
        now: Timestamp,
    ) -> Result<(), Problem> {
        let page = Summons {
            id: PageId::new(tx.scope()),
            incident_id: incident.id,
            person_id: reach.person.id,
            cycle: incident.paging.cycle,
            round,
            step,
            requested_at: now,
            state: PageState::Waiting,
        };
        if !delivery::insert_page(tx, incident.client_id, incident.service_id, &page).await? {
            return Ok(());
        }
        delivery::supersede(tx, incident.id, page.person_id, page.id).await?;
        let deliveries: Vec<Delivery> = reach
            .plan()
            .into_iter()
            .map(|(after, method)| {
                let id = DeliveryId::new(tx.scope());
                let planned_at = now + after;
                Delivery {
                    id,
                    client_id: incident.client_id,
                    service_id: incident.service_id,
                    incident_id: incident.id,
                    page_id: Some(page.id),
                    person_id: page.person_id,
                    method_id: method.id,
                    kind: DeliveryKind::Page,
                    made_at: now,
                    planned_at,
                    next_at: planned_at,
                    deadline_at: planned_at + deadline(method.channel.kind()),
                    channel: method.channel,
                    state: DeliveryState::Planned,
                    attempts: 0,
                    tried_at: None,
                    said: None,
                    message_id: format!("{id}@{}", self.mail_domain),
                }
            })
            .collect();
        delivery::insert(tx, incident.client_id, &deliveries).await?;
        let fact = Fact::PageRequested { incident: incident.id, page: page.id, person: page.person_id };
        tx.record(About::service(incident.client_id, incident.service_id), fact).await?;
        Ok(())
    }
}

impl Task for Escalate {
    fn name(&self) -> &'static str {
        "respond.escalate"
    }

    fn stage(&self) -> Stage {
        Stage::Act
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let (moved, left) = self.climb(scope).await?;
            let next = incident::next_due(&self.db, scope).await?;
            Ok(Status::done(moved, format!("{moved} moves")).left(left).next_at(next))
        })
    }
}
