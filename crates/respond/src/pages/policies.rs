//! Escalations: the steps by which a page climbs, and which service has which.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ClientId, EscalationId, Fact, Id, PersonId, Problem, Right, RotaId, Scope, ServiceId, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State, Text, View};

use super::common::{Names, sample};
use super::rotas::{choices, taken};
use crate::model::{Policy, PolicyRow, Rung, Target};
use crate::store::{escalation, rota};

/// Steps of one escalation; a longer climb takes longer than anybody waits.
pub(crate) const MAX_STEPS: usize = 10;
/// Targets of one step.
pub(crate) const MAX_TARGETS: usize = 20;
/// Places for targets that the form offers beyond those that are filled.
const FREE_TARGETS: usize = 2;
/// The longest wait of a step, minutes: a day.
const MAX_WAIT_MIN: u32 = 1_440;
/// The most times to start again.
pub(crate) const MAX_REPEAT: u32 = 20;
/// The longest an acknowledgement may hold, minutes: a day.
const MAX_ACK_MIN: u32 = 1_440;

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownStep {
    wait_s: i64,
    /// Kind (`rota`, `person`, `team`) and name of each.
    targets: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownPolicy {
    id: EscalationId,
    name: String,
    client: String,
    only_service: bool,
    steps: Vec<ShownStep>,
    repeat: u32,
    acknowledgement_s: i64,
    fallback: Vec<(String, String)>,
    services: Vec<(ServiceId, String)>,
    declared_in: Option<String>,
    may_change: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Policies {
    items: Vec<ShownPolicy>,
    /// Services without one: their owner is paged.
    without: Vec<(ServiceId, String)>,
    /// What one may give a service: id and name.
    choices: Vec<(String, String)>,
    services: Vec<(String, String)>,
    may_change: bool,
}

impl View for Policies {
    const TEMPLATE: &'static str = "respond/policies.html";
    const AREA: &'static str = "on-call";
    fn title(&self) -> Text {
        Text::key("escalations-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("on-call-title"), "/on-call".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let word = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
        let policy = ShownPolicy {
            id: sample::id(1),
            name: "Permits".into(),
            client: "Municipality of Lindehaven".into(),
            only_service: false,
            steps: vec![
                ShownStep { wait_s: 300, targets: vec![word("rota", "Permits")] },
                ShownStep {
                    wait_s: 600,
                    targets: vec![word("person", "Ben Smit"), word("team", "Permits team")],
                },
            ],
            repeat: 1,
            acknowledgement_s: 1_800,
            fallback: vec![word("team", "Permits team")],
            services: vec![(sample::id(1), "Parking permits".into())],
            declared_in: None,
            may_change: true,
        };
        let only = ShownPolicy {
            only_service: true,
            declared_in: Some("town/parking.yml:30".into()),
            fallback: Vec::new(),
            repeat: 0,
            may_change: false,
            ..policy.clone()
        };
        let empty = Policies {
            items: Vec::new(),
            without: Vec::new(),
            choices: Vec::new(),
            services: Vec::new(),
            may_change: true,
        };
        let many = Policies {
            items: vec![policy, only],
            without: vec![(sample::id(2), "Waste calendar".into())],
            choices: vec![(sample::id::<EscalationId>(1).to_string(), "Permits".into())],
            services: vec![(sample::id::<ServiceId>(2).to_string(), "Waste calendar".into())],
            may_change: true,
        };
        vec![("empty", empty), ("many", many)]
    }
}

/// Names of whatever may be a target.
struct Targets {
    rotas: BTreeMap<RotaId, String>,
    teams: BTreeMap<TeamId, String>,
    people: BTreeMap<PersonId, String>,
}

impl Targets {
    async fn read(site: &Site, scope: &Scope, policies: &[PolicyRow]) -> Result<Targets, Problem> {
        let people: BTreeSet<PersonId> = policies
            .iter()
            .flat_map(|row| row.policy.steps.iter().flat_map(|step| &step.page).chain(&row.policy.fallback))
            .filter_map(|target| match target {
                Target::Person(person) => Some(*person),
                Target::Rota(_) | Target::Team(_) => None,
            })
            .collect();
        Ok(Targets {
            rotas: rota::all(&site.db, scope, scope.now())
                .await?
                .into_iter()
                .map(|rota| (rota.id, rota.name))
                .collect(),
            teams: identity::teams::all(&site.db, scope)
                .await?
                .into_iter()
                .map(|team| (team.id, team.name))
                .collect(),
            people: identity::people::names(&site.db, scope, people).await?.into_iter().collect(),
        })
    }

    fn shown(&self, target: Target) -> (String, String) {
        let (kind, name) = match target {
            Target::Rota(id) => ("rota", self.rotas.get(&id)),
            Target::Team(id) => ("team", self.teams.get(&id)),
            Target::Person(id) => ("person", self.people.get(&id)),
        };
        (kind.to_owned(), name.cloned().unwrap_or_else(|| "–".to_owned()))
    }
}

pub(super) async fn list(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<Policies>, Refusal> {
    let rows = escalation::all(&site.db, &scope).await?;
    let assigned: BTreeMap<ServiceId, EscalationId> =
        escalation::by_service(&site.db, &scope).await?.into_iter().collect();
    let targets = Targets::read(&site, &scope, &rows).await?;
    let names = Names::read(&site, &scope, []).await?;
    let clients = identity::clients::names(&site.db, &scope).await?;
    let mut without: Vec<(ServiceId, String)> = names
        .services
        .values()
        .filter(|service| !assigned.contains_key(&service.id) && service.phase.has_users())
        .map(|service| (service.id, service.name.clone()))
        .collect();
    without.sort_by(|a, b| a.1.cmp(&b.1));
    let mut services: Vec<(String, String)> = names
        .services
        .values()
        .filter(|service| scope.may(Right::Manage, service.client_id, Some(service.id)))
        .map(|service| (service.id.to_string(), service.name.clone()))
        .collect();
    services.sort_by(|a, b| a.1.cmp(&b.1));
    let shown_all = |list: &[Target]| list.iter().map(|target| targets.shown(*target)).collect::<Vec<_>>();
    Ok(Shown(Policies {
        choices: rows
            .iter()
            .filter(|row| row.only_service.is_none())
            .map(|row| (row.id.to_string(), row.name.clone()))
            .collect(),
        items: rows
            .iter()
            .map(|row| ShownPolicy {
                id: row.id,
                name: row.name.clone(),
                client: clients.get(&row.client_id).cloned().unwrap_or_default(),
                only_service: row.only_service.is_some(),
                steps: row
                    .policy
                    .steps
                    .iter()
                    .map(|step| ShownStep { wait_s: step.wait_s, targets: shown_all(&step.page) })
                    .collect(),
                repeat: row.policy.repeat,
                acknowledgement_s: row.policy.acknowledgement_s,
                fallback: shown_all(&row.policy.fallback),
                services: assigned
                    .iter()
                    .filter(|(_, policy)| **policy == row.id)
                    .map(|(service, _)| (*service, names.service(*service)))
                    .collect(),
                declared_in: row.declared_in.clone(),
                may_change: row.declared_in.is_none()
                    && scope.may(Right::Manage, row.client_id, row.only_service),
            })
            .collect(),
        without,
        services,
        may_change: scope.may_somewhere(Right::Manage),
    }))
}

// ------------------------------------------------------------------------------------------ the form

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct StepFields {
    wait_min: i64,
    /// `rota:rta_…`, `person:per_…`, `team:tea_…`, or empty.
    page: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct PolicyForm {
    id: Option<EscalationId>,
    name: String,
    client: String,
    clients: Vec<(String, String)>,
    steps: Vec<StepFields>,
    repeat: u32,
    acknowledgement_min: i64,
    fallback: Vec<String>,
    /// Value, name and group of everything that can be paged.
    rotas: Vec<(String, String)>,
    people: Vec<(String, String)>,
    teams: Vec<(String, String)>,
}

impl View for PolicyForm {
    const TEMPLATE: &'static str = "respond/policy_form.html";
    const AREA: &'static str = "on-call";
    fn title(&self) -> Text {
        Text::key(if self.id.is_some() { "escalation-edit-title" } else { "escalation-new-title" })
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::key("on-call-title"), "/on-call".into()),
            (Text::key("escalations-title"), "/escalations".into()),
        ]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let fresh = PolicyForm {
            id: None,
            name: String::new(),
            client: "c".into(),
            clients: vec![("c".into(), "Kustwerk".into())],
            steps: vec![blank_step()],
            repeat: 1,
            acknowledgement_min: 30,
            fallback: vec![String::new()],
            rotas: vec![("rota:r".into(), "Permits".into())],
            people: vec![("person:p".into(), "Noor Kaya".into())],
            teams: Vec::new(),
        };
        let edit = PolicyForm {
            id: Some(sample::id(1)),
            name: "Permits".into(),
            steps: vec![
                StepFields { wait_min: 5, page: vec!["rota:r".into(), String::new()] },
                StepFields { wait_min: 10, page: vec!["person:p".into(), String::new()] },
                blank_step(),
            ],
            ..fresh.clone()
        };
        vec![("new", fresh), ("edit", edit)]
    }
}

fn blank_step() -> StepFields {
    StepFields { wait_min: 5, page: vec![String::new(); FREE_TARGETS] }
}

fn word_of(target: Target) -> String {
    match target {
        Target::Rota(id) => format!("rota:{id}"),
        Target::Person(id) => format!("person:{id}"),
        Target::Team(id) => format!("team:{id}"),
    }
}

fn target_of(word: &str) -> Option<Target> {
    let (kind, id) = word.split_once(':')?;
    match kind {
        "rota" => id.parse().ok().map(Target::Rota),
        "person" => id.parse().ok().map(Target::Person),
        "team" => id.parse().ok().map(Target::Team),
        _ => None,
    }
}

async fn blank(site: &Site, scope: &Scope) -> Result<PolicyForm, Problem> {
    let clients = identity::clients::all(&site.db, scope).await?;
    let clients: Vec<(String, String)> = clients
        .into_iter()
        .filter(|client| scope.may(Right::Manage, client.id, None))
        .map(|client| (client.id.to_string(), client.name))
        .collect();
    let people = choices(site, scope).await?;
    let prefixed = |kind: &str, id: String, name: String| (format!("{kind}:{id}"), name);
    Ok(PolicyForm {
        id: None,
        name: String::new(),
        client: clients.first().map(|(id, _)| id.clone()).unwrap_or_default(),
        clients,
        steps: vec![blank_step(), blank_step()],
        repeat: 1,
        acknowledgement_min: 30,
        fallback: vec![String::new()],
        rotas: rota::all(&site.db, scope, scope.now())
            .await?
            .into_iter()
            .map(|rota| prefixed("rota", rota.id.to_string(), rota.name))
            .collect(),
        people: people.into_iter().map(|(id, name)| prefixed("person", id, name)).collect(),
        teams: identity::teams::all(&site.db, scope)
            .await?
            .into_iter()
            .map(|team| prefixed("team", team.id.to_string(), team.name))
            .collect(),
    })
}

pub(super) async fn new(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<PolicyForm>, Refusal> {
    Ok(Shown(blank(&site, &scope).await?))
}

async fn changeable(site: &Site, scope: &Scope, id: EscalationId) -> Result<PolicyRow, Problem> {
    let row =
        escalation::policy(&site.db, scope, id).await?.ok_or_else(|| Problem::not_found("escalation"))?;
    scope.require(Right::Manage, "escalation", row.client_id, row.only_service)?;
    match &row.declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(row),
    }
}

pub(super) async fn edit(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<EscalationId>,
) -> Result<Shown<PolicyForm>, Refusal> {
    let row = changeable(&site, &scope, id).await?;
    let words = |targets: &[Target], free: usize| -> Vec<String> {
        let filled = targets.iter().map(|target| word_of(*target));
        filled.chain(std::iter::repeat_n(String::new(), free)).collect()
    };
    let mut steps: Vec<StepFields> = row
        .policy
        .steps
        .iter()
        .map(|step| StepFields { wait_min: step.wait_s / 60, page: words(&step.page, FREE_TARGETS) })
        .collect();
    if steps.len() < MAX_STEPS {
        steps.push(blank_step());
    }
    Ok(Shown(PolicyForm {
        id: Some(id),
        name: row.name,
        client: row.client_id.to_string(),
        steps,
        repeat: row.policy.repeat,
        acknowledgement_min: row.policy.acknowledgement_s / 60,
        fallback: words(&row.policy.fallback, 1),
        ..blank(&site, &scope).await?
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct StepInput {
    #[serde(default)]
    wait_min: Option<u32>,
    #[serde(default)]
    page: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SavePolicy {
    #[serde(default)]
    id: Option<EscalationId>,
    client: ClientId,
    name: String,
    #[serde(default)]
    steps: Vec<StepInput>,
    #[serde(default)]
    repeat: Option<u32>,
    #[serde(default)]
    acknowledgement_min: Option<u32>,
    #[serde(default)]
    fallback: Vec<String>,
}

fn targets_of(field: &str, words: &[String]) -> Result<Vec<Target>, Problem> {
    if words.len() > MAX_TARGETS {
        return Err(Problem::invalid().field(field, "field-range"));
    }
    let filled = words.iter().filter(|word| !word.is_empty());
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for word in filled {
        let target = target_of(word).ok_or_else(|| Problem::invalid().field(field, "field-choice"))?;
        if seen.insert(target) {
            out.push(target);
        }
    }
    Ok(out)
}

fn policy_of(form: &SavePolicy) -> Result<Policy, Problem> {
    let mut steps = Vec::new();
    if form.steps.len() > MAX_STEPS {
        return Err(Problem::invalid().field("steps", "field-range"));
    }
    for (at, step) in form.steps.iter().enumerate() {
        let page = targets_of(&format!("steps[{at}].page"), &step.page)?;
        let wait = step.wait_min.unwrap_or(5);
        if !(1..=MAX_WAIT_MIN).contains(&wait) {
            return Err(Problem::invalid().field(format!("steps[{at}].wait_min"), "field-range"));
        }
        if !page.is_empty() {
            steps.push(Rung { wait_s: i64::from(wait) * 60, page });
        }
    }
    if steps.is_empty() {
        return Err(Problem::invalid().field("steps[0].page", "field-required"));
    }
    let repeat = form.repeat.unwrap_or(0);
    let acknowledgement = form.acknowledgement_min.unwrap_or(30);
    if repeat > MAX_REPEAT {
        return Err(Problem::invalid().field("repeat", "field-range"));
    }
    if !(1..=MAX_ACK_MIN).contains(&acknowledgement) {
        return Err(Problem::invalid().field("acknowledgement_min", "field-range"));
    }
    Ok(Policy {
        steps,
        repeat,
        acknowledgement_s: i64::from(acknowledgement) * 60,
        fallback: targets_of("fallback", &form.fallback)?,
    })
}

pub(super) async fn save(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<SavePolicy>,
) -> Result<Done, Refusal> {
    let before = match form.id {
        Some(id) => Some(changeable(&site, &scope, id).await?),
        None => None,
    };
    let client = before.as_ref().map_or(form.client, |row| row.client_id);
    let only_service = before.as_ref().and_then(|row| row.only_service);
    scope.require(Right::Manage, "client", client, only_service)?;
    let name = crate::acts::clean("name", &form.name, 120, false)?;
    let row = PolicyRow {
        id: before.as_ref().map_or_else(|| EscalationId::new(&scope), |row| row.id),
        client_id: client,
        name: name.clone(),
        only_service,
        policy: policy_of(&form)?,
        declared_in: None,
    };
    let mut tx = site.db.write("respond.escalation", &scope).await?;
    escalation::save(&mut tx, &row).await.map_err(|problem| taken(problem, "name"))?;
    let changed = vec![if before.is_some() { "steps" } else { "added" }.to_owned()];
    tx.record(kernel::About::client(client), Fact::EscalationChanged { name, changed }).await?;
    tx.commit().await?;
    Ok(Done::to("/escalations").say("escalation-said-saved").value(&row))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Assign {
    service: ServiceId,
    /// None: the owner is paged.
    #[serde(default)]
    escalation: Option<EscalationId>,
}

pub(super) async fn assign(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Assign>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, form.service).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(service.id))?;
    let mut tx = site.db.write("respond.assign", &scope).await?;
    let name = match form.escalation {
        Some(id) => {
            let row = escalation::policy(&site.db, &scope, id)
                .await?
                .ok_or_else(|| Problem::not_found("escalation"))?;
            escalation::assign(&mut tx, service.client_id, service.id, id).await?;
            row.name
        }
        None => {
            escalation::unassign(&mut tx, service.id).await?;
            String::new()
        }
    };
    let about = kernel::About::service(service.client_id, service.id);
    tx.record(about, Fact::EscalationChanged { name, changed: vec!["service".to_owned()] }).await?;
    tx.commit().await?;
    Ok(Done::to("/escalations").say("escalation-said-assigned"))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Confirm {
    #[serde(default)]
    confirm: Option<String>,
}

pub(super) async fn remove(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<EscalationId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let row = changeable(&site, &scope, id).await?;
    if form.confirm.as_deref() != Some(row.name.as_str()) {
        return Err(Problem::invalid().field("confirm", "field-respond-not-the-name").into());
    }
    let mut tx = site.db.write("respond.escalation-remove", &scope).await?;
    escalation::remove(&mut tx, id).await?;
    let fact = Fact::EscalationChanged { name: row.name, changed: vec!["removed".to_owned()] };
    tx.record(kernel::About::client(row.client_id), fact).await?;
    tx.commit().await?;
    Ok(Done::to("/escalations").say("escalation-said-removed"))
}
