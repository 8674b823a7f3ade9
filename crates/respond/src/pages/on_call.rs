//! Who is on call now and next, for every rota and every service.

use std::collections::{BTreeMap, BTreeSet};

use estate::model::Phase;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::{PersonId, Problem, Right, RotaId, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Refusal, Shown, Site, State, Text, View};

use super::common::{Names, sample};
use crate::model::{Rota, Shift};
use crate::rules::rota::{Plan, now_and_next};
use crate::store::{escalation, rota};
use crate::tasks::Gathered;

/// A person's stretch of on-call time; nobody is a gap.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Stretch {
    pub person: Option<String>,
    pub person_id: Option<PersonId>,
    pub from: Timestamp,
    pub until: Timestamp,
    /// It reaches further than was looked.
    pub open_ended: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct RotaLine {
    pub id: RotaId,
    pub name: String,
    pub zone: String,
    pub client: String,
    pub now: Option<Stretch>,
    pub next: Option<Stretch>,
    pub mine: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Step {
    pub people: Vec<String>,
    pub wait_s: i64,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ServiceLine {
    pub id: ServiceId,
    pub name: String,
    pub client: String,
    /// The name of its escalation; none means its owner is paged.
    pub escalation: Option<String>,
    pub steps: Vec<Step>,
    /// Nobody at all would be paged.
    pub nobody: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct OnCall {
    pub rotas: Vec<RotaLine>,
    pub services: Vec<ServiceLine>,
    /// Rotas in which nobody is on call now, and services for which nobody would be paged.
    pub gaps: u64,
    /// Until when you are on call, if you are.
    pub mine_until: Option<Timestamp>,
    pub mine: Vec<String>,
    pub may_change: bool,
}

impl View for OnCall {
    const TEMPLATE: &'static str = "respond/on_call.html";
    const AREA: &'static str = "on-call";
    fn title(&self) -> Text {
        Text::key("on-call-title")
    }
    fn live(&self) -> Vec<String> {
        self.rotas.iter().map(|rota| rota.id.to_string()).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let empty = OnCall {
            rotas: Vec::new(),
            services: Vec::new(),
            gaps: 0,
            mine_until: None,
            mine: Vec::new(),
            may_change: true,
        };
        let stretch = |person: Option<&str>, from: i64, until: i64| Stretch {
            person: person.map(str::to_owned),
            person_id: person.map(|_| sample::id(1)),
            from: sample::at(from),
            until: sample::at(until),
            open_ended: false,
        };
        let line = |number: u128, name: &str, now: Option<&str>, next: Option<&str>| RotaLine {
            id: sample::id(number),
            name: name.into(),
            zone: "Europe/Amsterdam".into(),
            client: "Municipality of Lindehaven".into(),
            now: Some(stretch(now, 4_000, -2_000)),
            next: Some(stretch(next, -2_000, -12_000)),
            mine: number == 1,
        };
        let service = |number: u128, name: &str, steps: Vec<Step>| ServiceLine {
            id: sample::id(number),
            name: name.into(),
            client: "Municipality of Lindehaven".into(),
            escalation: (number == 1).then(|| "Permits".into()),
            nobody: steps.iter().all(|step| step.people.is_empty()),
            steps,
        };
        let steps = || {
            vec![
                Step { people: vec!["Noor Kaya".into()], wait_s: 300 },
                Step { people: vec![], wait_s: 300 },
                Step { people: vec!["Ben Smit".into(), "Ada Vos".into()], wait_s: 600 },
            ]
        };
        let many = OnCall {
            rotas: vec![
                line(1, "Permits", Some("Noor Kaya"), Some("Ben Smit")),
                line(2, "Night", None, Some("Ada Vos")),
                line(3, "Office hours", Some("Ada Vos"), None),
            ],
            services: vec![
                service(1, "Parking permits", steps()),
                service(2, "Waste calendar", vec![Step { people: vec!["Ben Smit".into()], wait_s: 300 }]),
                service(3, "Old register", Vec::new()),
            ],
            gaps: 2,
            mine_until: Some(sample::at(-2_000)),
            mine: vec!["Permits".into()],
            may_change: true,
        };
        let calm = OnCall {
            rotas: vec![line(4, "Permits", Some("Ben Smit"), Some("Noor Kaya"))],
            services: vec![service(1, "Parking permits", steps())],
            gaps: 0,
            mine_until: None,
            mine: Vec::new(),
            may_change: false,
        };
        vec![("empty", empty), ("calm", calm), ("gaps, and it is me", many)]
    }
}

pub(super) fn stretch(shift: Shift, names: &Names, looked_until: Timestamp) -> Stretch {
    Stretch {
        person: shift.person.map(|person| names.person(person)),
        person_id: shift.person,
        from: shift.from,
        until: shift.until,
        open_ended: shift.until >= looked_until,
    }
}

pub(super) fn zone_of(rota: &Rota) -> TimeZone {
    TimeZone::get(&rota.zone).unwrap_or(TimeZone::UTC)
}

fn turns(rota: &Rota, now: Timestamp) -> (Option<Shift>, Option<Shift>) {
    let zone = zone_of(rota);
    now_and_next(&Plan { zone: &zone, layers: &rota.layers, overrides: &rota.overrides }, now)
}

/// The services whose users may be harmed, with who would be paged for them at this moment, step by step.
pub(super) async fn service_lines(
    site: &Site,
    scope: &Scope,
    names: &mut Names,
    clients: &std::collections::HashMap<kernel::ClientId, String>,
) -> Result<Vec<ServiceLine>, Problem> {
    let ids: BTreeSet<ServiceId> = names
        .services
        .values()
        .filter(|service| service.phase != Phase::Archived)
        .map(|service| service.id)
        .collect();
    let below = crate::below::Real { db: site.db.clone() };
    let look = scope.on_behalf("respond.look");
    let gathered = Gathered::read(&site.db, &below, &look, &ids).await?;
    let policies = escalation::all(&site.db, &look).await?;
    let policy_names: BTreeMap<_, _> = policies.iter().map(|row| (row.id, row.name.clone())).collect();
    let mut lines = Vec::with_capacity(ids.len());
    let resolved: Vec<_> = ids.iter().map(|id| (*id, gathered.policy_of(*id))).collect();
    let mut steps_of = Vec::with_capacity(resolved.len());
    let mut people = BTreeSet::new();
    for (id, policy) in &resolved {
        let on_call = gathered.on_call(policy);
        people.extend(on_call.steps.iter().flatten().copied());
        people.extend(on_call.fallback.iter().copied());
        steps_of.push((*id, on_call));
    }
    names.people.extend(identity::people::names(&site.db, &look, people).await?);
    for ((id, policy), (_, on_call)) in resolved.iter().zip(&steps_of) {
        let Some(service) = names.services.get(id) else { continue };
        lines.push(ServiceLine {
            id: *id,
            name: service.name.clone(),
            client: clients.get(&service.client_id).cloned().unwrap_or_default(),
            escalation: gathered.escalation_of(*id).and_then(|id| policy_names.get(&id).cloned()),
            nobody: on_call.steps.iter().all(Vec::is_empty) && on_call.fallback.is_empty(),
            steps: policy
                .steps
                .iter()
                .zip(&on_call.steps)
                .map(|(rung, people)| Step {
                    people: people.iter().map(|person| names.person(*person)).collect(),
                    wait_s: rung.wait_s,
                })
                .collect(),
        });
    }
    lines.sort_by(|a, b| (!a.nobody, &a.client, &a.name).cmp(&(!b.nobody, &b.client, &b.name)));
    Ok(lines)
}

pub(super) async fn show(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<OnCall>, Refusal> {
    let now = scope.now();
    let rotas = rota::all(&site.db, &scope, now).await?;
    let clients = identity::clients::names(&site.db, &scope).await?;
    let turns: Vec<_> = rotas.iter().map(|rota| turns(rota, now)).collect();
    let people = turns.iter().flat_map(|(now, next)| [now, next]).filter_map(|shift| shift.as_ref()?.person);
    let mut names = Names::read(&site, &scope, people).await?;
    let services = service_lines(&site, &scope, &mut names, &clients).await?;
    let me = scope.actor().person();
    let looked = now + crate::rules::rota::NEXT_WITHIN;
    let lines: Vec<RotaLine> = rotas
        .iter()
        .zip(turns)
        .map(|(rota, (current, next))| RotaLine {
            id: rota.id,
            name: rota.name.clone(),
            zone: rota.zone.clone(),
            client: clients.get(&rota.client_id).cloned().unwrap_or_default(),
            mine: me.is_some() && current.and_then(|shift| shift.person) == me,
            now: current.map(|shift| stretch(shift, &names, looked)),
            next: next.map(|shift| stretch(shift, &names, looked)),
        })
        .collect();
    let mine: Vec<&RotaLine> = lines.iter().filter(|line| line.mine).collect();
    let gaps = lines.iter().filter(|line| line.now.as_ref().is_none_or(|now| now.person.is_none())).count()
        + services.iter().filter(|line| line.nobody).count();
    Ok(Shown(OnCall {
        gaps: gaps as u64,
        mine_until: mine.iter().filter_map(|line| line.now.as_ref().map(|now| now.until)).max(),
        mine: mine.iter().map(|line| line.name.clone()).collect(),
        rotas: lines,
        services,
        may_change: scope.may_somewhere(Right::Respond),
    }))
}
