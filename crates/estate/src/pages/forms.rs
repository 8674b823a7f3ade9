//! Adding and changing services and their parts on screen.

use jiff::civil::Date;
use kernel::{ClientId, DependencyId, EnvironmentId, PersonId, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Query, Refusal, Shown, Site, State, Text, View};

use super::component::ComponentInput;
use super::{Choice, undeclared};
use crate::graph::{self, End, Names};
use crate::services::{self, Draft, Ownership, Phase, Service};

/// The form of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServiceFormView {
    /// The service; none for a new one.
    pub service: Option<Service>,
    /// The client that is chosen at first.
    pub client: Option<ClientId>,
    /// Clients for which the asker may add services.
    pub clients: Vec<Choice>,
    /// People who may answer for it.
    pub people: Vec<Choice>,
    /// Phases to begin in.
    pub phases: Vec<Phase>,
    /// Kinds of ownership.
    pub ownerships: Vec<Ownership>,
}

/// What a link to the form may choose beforehand.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Beforehand {
    /// The client.
    #[serde(default)]
    pub client: Option<ClientId>,
}

/// The form for a new service.
pub async fn new(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(beforehand): Query<Beforehand>,
) -> Result<Shown<ServiceFormView>, Refusal> {
    Ok(Shown(form(&site, &scope, None, beforehand.client).await?))
}

/// The form for one that is there.
pub async fn edit(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServiceFormView>, Refusal> {
    let service = managed(&site, &scope, id).await?;
    undeclared(service.declared_in.as_deref())?;
    let client = service.client_id;
    Ok(Shown(form(&site, &scope, Some(service), Some(client)).await?))
}

async fn form(
    site: &Site,
    scope: &Scope,
    service: Option<Service>,
    client: Option<ClientId>,
) -> Result<ServiceFormView, Problem> {
    let choice = |value: String, name: String| Choice { value, name, group: String::new() };
    let clients = identity::clients::all(&site.db, scope).await?;
    let people = identity::people::all(&site.db, scope).await?;
    Ok(ServiceFormView {
        service,
        client,
        clients: clients
            .into_iter()
            .filter(|one| scope.may(Right::Manage, one.id, None))
            .map(|one| choice(one.id.to_string(), one.name))
            .collect(),
        people: people.into_iter().map(|one| choice(one.id.to_string(), one.name)).collect(),
        phases: Phase::ALL.to_vec(),
        ownerships: Ownership::ALL.to_vec(),
    })
}

/// A service as a form says it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ServiceInput {
    /// Whose it is; needed for a new one, and kept for one that is there.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<PersonId>,
    /// Who owns it and what was made for it; the client when not said.
    #[serde(default)]
    pub ownership: Option<Ownership>,
    /// Who uses what it offers.
    #[serde(default)]
    pub consumers: Option<String>,
    /// The day it ends, as `2029-12-31`.
    #[serde(default)]
    pub end_of_life: Option<String>,
    /// The phase a new one begins in; live when not said.
    #[serde(default)]
    pub phase: Option<Phase>,
}

impl ServiceInput {
    fn draft(&self, client_id: ClientId) -> Result<Draft, Problem> {
        let day = self.end_of_life.as_deref().map(str::trim).filter(|day| !day.is_empty());
        let end_of_life = match day.map(str::parse::<Date>) {
            None => None,
            Some(Ok(day)) => Some(day),
            Some(Err(_)) => return Err(Problem::invalid().field("end_of_life", "field-estate-bad-day")),
        };
        Ok(Draft {
            client_id,
            name: self.name.clone().unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
            owner: self.owner,
            ownership: self.ownership.unwrap_or(Ownership::Client),
            consumers: self.consumers.clone().unwrap_or_default(),
            end_of_life,
        })
    }
}

async fn owner_is_seen(site: &Site, scope: &Scope, owner: Option<PersonId>) -> Result<(), Problem> {
    let Some(owner) = owner else { return Ok(()) };
    let known = identity::people::all(&site.db, scope).await?;
    if known.iter().any(|person| person.id == owner) {
        Ok(())
    } else {
        Err(Problem::invalid().field("owner", "field-estate-unknown-person"))
    }
}

/// Adds a service.
pub async fn add(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(input): Input<ServiceInput>,
) -> Result<Done, Refusal> {
    let client = input.client.ok_or_else(|| Problem::invalid().field("client", "field-required"))?;
    scope.require(Right::Manage, "client", client, None)?;
    identity::clients::client(&site.db, &scope, client).await?;
    owner_is_seen(&site, &scope, input.owner).await?;
    let draft = input.draft(client)?;
    let mut tx = site.db.write("estate.add-service", &scope).await?;
    let phase = input.phase.unwrap_or(Phase::Live);
    let service = services::add(&mut tx, &draft, phase, "", None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}", service.id)).say("service-added").value(&service))
}

async fn managed(site: &Site, scope: &Scope, id: ServiceId) -> Result<Service, Problem> {
    let service = services::expect(&site.db, scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    Ok(service)
}

/// Makes a service what the form says.
pub async fn change(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(input): Input<ServiceInput>,
) -> Result<Done, Refusal> {
    let before = managed(&site, &scope, id).await?;
    undeclared(before.declared_in.as_deref())?;
    owner_is_seen(&site, &scope, input.owner.filter(|owner| before.owner != Some(*owner))).await?;
    let draft = input.draft(input.client.unwrap_or(before.client_id))?;
    let mut tx = site.db.write("estate.change-service", &scope).await?;
    services::change(&mut tx, &before, &draft, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}")).say("service-changed"))
}

/// Another phase, with the reason.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PhaseInput {
    /// Where it goes.
    pub phase: Phase,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Enters another phase.
pub async fn enter(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(input): Input<PhaseInput>,
) -> Result<Done, Refusal> {
    let service = managed(&site, &scope, id).await?;
    undeclared(service.declared_in.as_deref())?;
    let reason = input.reason.unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Problem::invalid().field("reason", "field-required").into());
    }
    let mut tx = site.db.write("estate.enter-phase", &scope).await?;
    services::enter(&mut tx, &service, input.phase, &reason).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}")).say("phase-entered"))
}

/// A name for something new.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct NameInput {
    /// The name.
    pub name: String,
}

/// Adds an environment.
pub async fn add_environment(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(input): Input<NameInput>,
) -> Result<Done, Refusal> {
    let service = managed(&site, &scope, id).await?;
    let mut tx = site.db.write("estate.add-environment", &scope).await?;
    let environment = graph::add_environment(&mut tx, &service, &input.name, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}#environments")).say("environment-added").value(&environment))
}

/// Removes an environment.
pub async fn remove_environment(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<EnvironmentId>,
) -> Result<Done, Refusal> {
    let mut tx = site.db.write("estate.remove-environment", &scope).await?;
    let held = graph::all_environments_in(&mut tx).await?;
    let environment =
        held.into_iter().find(|one| one.id == id).ok_or_else(|| Problem::not_found("environment"))?;
    let service = services::expect_in(&mut tx, environment.service_id).await?;
    scope.require(Right::Manage, "environment", service.client_id, Some(service.id))?;
    undeclared(environment.declared_in.as_deref())?;
    graph::remove_environment(&mut tx, &service, &environment).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}#environments", service.id)).say("environment-removed"))
}

/// Adds a component.
pub async fn add_component(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(input): Input<ComponentInput>,
) -> Result<Done, Refusal> {
    let service = managed(&site, &scope, id).await?;
    let mut tx = site.db.write("estate.add-component", &scope).await?;
    let environment = input.environment(&mut tx, id).await?;
    let description = input.description.clone().unwrap_or_default();
    let component =
        graph::add_component(&mut tx, &service, &input.name, &description, environment, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}#components")).say("component-added").value(&component))
}

/// A dependency as a form says it: ends as `svc_..` or `svc_...cmp_..` with a dot between.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DependencyInput {
    /// What depends; the service as a whole when not said.
    #[serde(default)]
    pub from: Option<String>,
    /// On what.
    pub to: String,
}

fn end(text: &str, field: &'static str) -> Result<End, Problem> {
    let wrong = || Problem::invalid().field(field, "field-estate-unknown-part");
    let (service, component) = match text.split_once('.') {
        Some((service, component)) => (service, Some(component.parse().map_err(|_| wrong())?)),
        None => (text, None),
    };
    Ok(End { service: service.parse().map_err(|_| wrong())?, component })
}

/// Adds a dependency.
pub async fn add_dependency(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(input): Input<DependencyInput>,
) -> Result<Done, Refusal> {
    managed(&site, &scope, id).await?;
    let whole = End { service: id, component: None };
    let from = input.from.as_deref().map_or(Ok(whole), |from| end(from, "from"))?;
    if from.service != id {
        return Err(Problem::invalid().field("from", "field-estate-unknown-part").into());
    }
    let mut tx = site.db.write("estate.add-dependency", &scope).await?;
    let dependency = graph::add_dependency(&mut tx, from, end(&input.to, "to")?, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}#dependencies")).say("dependency-added").value(&dependency))
}

/// Removes a dependency.
pub async fn remove_dependency(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<DependencyId>,
) -> Result<Done, Refusal> {
    let dependency = graph::expect_dependency(&site.db, &scope, id).await?;
    let service = managed(&site, &scope, dependency.from.service).await?;
    undeclared(dependency.declared_in.as_deref())?;
    let mut tx = site.db.write("estate.remove-dependency", &scope).await?;
    let names = Names::read_in(&mut tx).await?;
    graph::remove_dependency(&mut tx, &dependency, &names).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}#dependencies", service.id)).say("dependency-removed"))
}

impl View for ServiceFormView {
    const TEMPLATE: &'static str = "estate/service-form.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        match &self.service {
            None => Text::key("service-new"),
            Some(service) => Text::key("service-edit").with("name", service.name.as_str()),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        match &self.service {
            None => vec![(Text::key("services-title"), "/services".into())],
            Some(service) => vec![(Text::raw(service.name.as_str()), format!("/services/{}", service.id))],
        }
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let choice = |name: &str| Choice { value: name.into(), name: name.into(), group: String::new() };
        let new = ServiceFormView {
            service: None,
            client: None,
            clients: vec![choice("Duinzicht"), choice("Lindehaven")],
            people: vec![choice("Ines Vermeer"), choice("Noor Kaya")],
            phases: Phase::ALL.to_vec(),
            ownerships: Ownership::ALL.to_vec(),
        };
        let edit = ServiceFormView {
            service: Some(super::service::samples::service(1, "Parking permits")),
            ..new.clone()
        };
        let nobody = ServiceFormView { clients: Vec::new(), people: Vec::new(), ..new.clone() };
        vec![("new", new), ("edit", edit), ("no-clients-yet", nobody)]
    }
}

#[cfg(test)]
mod tests {
    use kernel::{ComponentId, Id};

    use super::*;

    #[test]
    fn ends_are_read_as_they_are_written() {
        for component in [None, Some(ComponentId::from_u128(3))] {
            let one = End { service: ServiceId::from_u128(2), component };
            assert_eq!(end(&super::super::service::written(one), "to").ok(), Some(one));
        }
        for bad in
            ["", "svc_", "x.y", "svc_00000000000000000000000002.", "svc_00000000000000000000000002.svc_x"]
        {
            assert_eq!(
                end(bad, "to").map_err(|problem| problem.fields[0].code),
                Err("field-estate-unknown-part")
            );
        }
    }
}
