//! One component: what it needs, what needs it, what is known of it.

use kernel::{ComponentId, EnvironmentId, Paging, Problem, Right, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State, Text, View};

use super::service::{EndShown, Shows, end_shown, narrowed};
use super::timeline::{Entry, entries};
use super::{Choice, STATE_COLUMN, told, undeclared};
use crate::graph::{self, Component, End, Names};
use crate::services::{self, Service};

/// Entries of the timeline that stand on the screen.
const ENTRIES: u32 = 20;

/// The Component screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComponentView {
    /// The component itself.
    pub component: Component,
    /// The service it is part of.
    pub service: ServiceId,
    /// That service's name.
    pub service_name: String,
    /// Where it runs.
    pub environment: Option<String>,
    /// Its state, if it is watched.
    pub state: Option<String>,
    /// Since when.
    pub since: Option<kernel::Timestamp>,
    /// What other features say of it.
    pub shows: Vec<Shows>,
    /// What it depends on.
    pub needs: Vec<EndShown>,
    /// What depends on it, as far as the asker sees.
    pub needed_by: Vec<EndShown>,
    /// The newest entries of its timeline.
    pub entries: Vec<Entry>,
    /// Environments to choose from.
    pub environments: Vec<Choice>,
    /// Whether the asker may change it.
    pub may_manage: bool,
    /// Addresses of the panels of other features.
    #[serde(skip)]
    #[schemars(skip)]
    pub panels: Vec<String>,
}

/// Shows it.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ComponentId>,
) -> Result<Shown<ComponentView>, Refusal> {
    let component = graph::expect_component(&site.db, &scope, id).await?;
    let service = services::expect(&site.db, &scope, component.service_id).await?;
    let names = Names::read(&site.db, &scope).await?;
    let me = End { service: service.id, component: Some(id) };
    let all = graph::dependencies(&site.db, &scope, service.id).await?;
    let ends = |which: fn(&graph::Dependency) -> (End, End)| -> Vec<EndShown> {
        let fitting = all.iter().map(which).filter(|(here, _)| *here == me);
        fitting.map(|(_, there)| end_shown(&names, service.id, there)).collect()
    };
    let environments = graph::environments(&site.db, &scope, service.id).await?;
    let newest = Paging { after: None, limit: Some(ENTRIES) };
    let recorded = site.db.timeline(&scope, &id.to_string(), &newest).await?.items;
    let narrow = narrowed(&scope, service.client_id, service.id);
    let (mut state, mut since, mut shows) = (None, None, Vec::new());
    for column in site.columns("components", &narrow).await {
        let cell = column.cells.get(&id.to_string()).cloned();
        if column.key == STATE_COLUMN {
            let told = cell.as_ref().map(told).unwrap_or_default();
            (state, since) = (told.state, told.since);
        } else {
            shows.push(Shows { key: column.key, title: column.title, cell });
        }
    }
    Ok(Shown(ComponentView {
        needs: ends(|one| (one.from, one.to)),
        needed_by: ends(|one| (one.to, one.from)),
        environment: environments
            .iter()
            .find(|one| Some(one.id) == component.environment_id)
            .map(|one| one.name.clone()),
        state,
        since,
        shows,
        entries: entries(&site, &scope, &recorded).await?,
        environments: environments
            .iter()
            .map(|one| Choice { value: one.id.to_string(), name: one.name.clone(), group: String::new() })
            .collect(),
        may_manage: scope.may(Right::Manage, service.client_id, Some(service.id)),
        panels: site.panels("component", &[("id", id.to_string())]),
        service: service.id,
        service_name: service.name,
        component,
    }))
}

/// A component as a form says it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ComponentInput {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// Where it runs.
    #[serde(default)]
    pub environment: Option<EnvironmentId>,
}

impl ComponentInput {
    /// The environment, if it is one of this service.
    pub(super) async fn environment(
        &self,
        tx: &mut store::Tx,
        service: ServiceId,
    ) -> Result<Option<EnvironmentId>, Problem> {
        let Some(id) = self.environment else { return Ok(None) };
        let known = graph::all_environments_in(tx).await?;
        if known.iter().any(|one| one.id == id && one.service_id == service) {
            Ok(Some(id))
        } else {
            Err(Problem::invalid().field("environment", "field-estate-unknown-environment"))
        }
    }
}

async fn changeable(
    site: &Site,
    scope: &kernel::Scope,
    id: ComponentId,
) -> Result<(Component, Service), Problem> {
    let component = graph::expect_component(&site.db, scope, id).await?;
    let service = services::expect(&site.db, scope, component.service_id).await?;
    scope.require(Right::Manage, "component", service.client_id, Some(service.id))?;
    undeclared(component.declared_in.as_deref())?;
    Ok((component, service))
}

/// Makes it what the form says.
pub async fn change(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ComponentId>,
    Input(form): Input<ComponentInput>,
) -> Result<Done, Refusal> {
    let (before, service) = changeable(&site, &scope, id).await?;
    let mut tx = site.db.write("estate.change-component", &scope).await?;
    let after = Component {
        name: form.name.clone(),
        description: form.description.clone().unwrap_or_default(),
        environment_id: form.environment(&mut tx, service.id).await?,
        ..before.clone()
    };
    graph::change_component(&mut tx, &service, &before, &after).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/components/{id}")).say("component-changed"))
}

/// The name of the thing, typed to be sure.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Confirm {
    /// The name as it stands on the screen.
    pub confirm: String,
}

/// Removes it, and every dependency on or of it.
pub async fn remove(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ComponentId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let (component, service) = changeable(&site, &scope, id).await?;
    if form.confirm.trim() != component.name {
        return Err(Problem::invalid().field("confirm", "field-estate-not-the-name").into());
    }
    let mut tx = site.db.write("estate.remove-component", &scope).await?;
    graph::remove_component(&mut tx, &service, &component).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}", service.id)).say("component-removed"))
}

impl View for ComponentView {
    const TEMPLATE: &'static str = "estate/component.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::raw(self.component.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::raw(self.service_name.as_str()), format!("/services/{}", self.service))]
    }
    fn live(&self) -> Vec<String> {
        vec![self.component.id.to_string(), self.service.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        self.panels.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        use kernel::Id;
        let end = |name: &str| EndShown { name: Some(name.into()), href: Some("/components/x".into()) };
        let full = ComponentView {
            component: Component {
                id: ComponentId::from_u128(1),
                service_id: ServiceId::from_u128(1),
                name: "payment".into(),
                description: "Takes the money for a permit.".into(),
                environment_id: None,
                declared_in: None,
            },
            service: ServiceId::from_u128(1),
            service_name: "Parking permits".into(),
            environment: Some("production".into()),
            state: Some("degraded".into()),
            since: "2026-03-01T02:02:00Z".parse().ok(),
            shows: Vec::new(),
            needs: vec![end("bank gateway"), EndShown { name: None, href: None }],
            needed_by: vec![end("web")],
            entries: super::service::samples::moments(),
            environments: vec![Choice {
                value: "env".into(),
                name: "production".into(),
                group: String::new(),
            }],
            may_manage: true,
            panels: Vec::new(),
        };
        let mut declared = full.clone();
        declared.component.declared_in = Some("town/parking.yml:41".into());
        let mut bare = ComponentView {
            state: None,
            since: None,
            environment: None,
            needs: Vec::new(),
            needed_by: Vec::new(),
            entries: Vec::new(),
            may_manage: false,
            ..full.clone()
        };
        bare.component.description = String::new();
        vec![("full", full), ("declared", declared), ("bare-and-only-looked-at", bare)]
    }
}
