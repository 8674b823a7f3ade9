//! The Service screen: the page a service owner keeps open.

use std::collections::HashMap;

use kernel::{
    ClientId, ComponentId, DependencyId, EnvironmentId, Grant, Paging, Problem, Right, Role, Scope,
    ServiceId, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Cell, Path, Refusal, Shown, ShownColumn, Site, State, Text, View};

use super::timeline::{Entry, entries};
use super::{Choice, Heading, Named, STATE_COLUMN, brief, told};
use crate::graph::{self, Component, Dependency, End, Names};
use crate::model::PhaseEntry;
use crate::rules::picture;
use crate::services::{self, Phase, Service};

/// Entries of the timeline that stand on the screen itself.
const ENTRIES: u32 = 12;

/// A cell of another feature with its heading.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Shows {
    /// Its name in addresses and JSON.
    pub key: String,
    /// The heading.
    pub title: Text,
    /// The cell.
    pub cell: Option<Cell>,
}

/// A component in the table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComponentRow {
    /// Its id.
    pub id: ComponentId,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Where it runs.
    pub environment: Option<String>,
    /// Its state, if it is watched.
    pub state: Option<String>,
    /// The cells of other features' columns, in the order of the headings.
    pub cells: Vec<Option<Cell>>,
    /// Where it is declared.
    pub declared_in: Option<String>,
}

/// An environment in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EnvironmentRow {
    /// Its id.
    pub id: EnvironmentId,
    /// Its name.
    pub name: String,
    /// How many components run in it.
    pub components: usize,
    /// Where it is declared.
    pub declared_in: Option<String>,
}

/// One end of a dependency as people read it; without name and address when it may not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EndShown {
    /// `Bank`, `payment`, `Maps/tiles`.
    pub name: Option<String>,
    /// Where it is shown.
    pub href: Option<String>,
}

/// A dependency in the table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DependencyRow {
    /// Its id.
    pub id: DependencyId,
    /// What depends.
    pub from: EndShown,
    /// On what.
    pub to: EndShown,
    /// Where it is declared.
    pub declared_in: Option<String>,
    /// Whether it starts at this service, and so may be changed here.
    pub ours: bool,
}

/// A box of the picture.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoxShown {
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// What stands in it, cut to fit.
    pub name: String,
    /// The whole name, for whoever points at it or hears it.
    pub title: String,
    /// Whether it is another service, or a component of one.
    pub outside: bool,
    /// The service it belongs to, for a component of another one.
    pub of: Option<String>,
    /// Where it leads.
    pub href: String,
    /// Its state, if it is watched.
    pub state: Option<String>,
}

/// The picture of what depends on what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Picture {
    /// Width of the whole.
    pub width: i32,
    /// Height of the whole.
    pub height: i32,
    /// Whether it needs the width of the screen rather than that of a column.
    pub wide: bool,
    /// Width of a box.
    pub box_width: i32,
    /// Height of a box.
    pub box_height: i32,
    /// The boxes.
    pub boxes: Vec<BoxShown>,
    /// The lines, as the `d` of SVG paths.
    pub lines: Vec<String>,
}

/// The Service screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServiceView {
    /// The service itself.
    pub service: Service,
    /// Its client's name.
    pub client: String,
    /// Who answers for it.
    pub owner: Option<Named>,
    /// Its state, if it is watched.
    pub state: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// One short sentence about who is doing what, if something is wrong.
    pub say: Option<Text>,
    /// What other features say of it in a few numbers.
    pub shows: Vec<Shows>,
    /// The headings of other features' columns on components.
    pub component_columns: Vec<Heading>,
    /// What it is made of.
    pub components: Vec<ComponentRow>,
    /// Where that runs.
    pub environments: Vec<EnvironmentRow>,
    /// What it and its components depend on, and what depends on them.
    pub dependencies: Vec<DependencyRow>,
    /// How many services depend on it, as far as the asker sees.
    pub needed_by: usize,
    /// The same as a picture; none when there is nothing to see or too much.
    pub picture: Option<Picture>,
    /// The phases it passed, newest first.
    pub phases: Vec<PhaseEntry>,
    /// People with a part in it: name and role word.
    pub people: Vec<(Named, String)>,
    /// The newest entries of its timeline.
    pub entries: Vec<Entry>,
    /// The phases that may follow.
    pub next_phases: Vec<Phase>,
    /// What a dependency may start at.
    pub starts: Vec<Choice>,
    /// What a dependency may be on.
    pub targets: Vec<Choice>,
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
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServiceView>, Refusal> {
    Ok(Shown(view(&site, &scope, id).await?))
}

/// The same asker, who looks at one service only: other features' columns then read one service's rows.
pub(super) fn narrowed(scope: &Scope, client: ClientId, service: ServiceId) -> Scope {
    let grant = Grant { role: Role::Reader, client: Some(client), service: Some(service) };
    scope.recognised(scope.actor().clone(), vec![grant])
}

/// What was read for the screen.
struct Read {
    service: Service,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
    all: Vec<Service>,
    names: Names,
    component_columns: Vec<ShownColumn>,
}

async fn view(site: &Site, scope: &Scope, id: ServiceId) -> Result<ServiceView, Problem> {
    let service = services::expect(&site.db, scope, id).await?;
    let narrow = narrowed(scope, service.client_id, id);
    let all = services::all(&site.db, scope).await?;
    let every_component = graph::all_components(&site.db, scope).await?;
    let names = Names::new(&all, &every_component);
    let components: Vec<Component> = every_component.into_iter().filter(|one| one.service_id == id).collect();
    let may_manage = scope.may(Right::Manage, service.client_id, Some(id));
    let read = Read {
        dependencies: graph::dependencies(&site.db, scope, id).await?,
        component_columns: site.columns("components", &narrow).await,
        service,
        components,
        all,
        names,
    };
    let columns = site.columns("services", &narrow).await;
    let newest = Paging { after: None, limit: Some(ENTRIES) };
    let recorded = site.db.facts_of_service(scope, id, &newest).await?.items;
    let people = people(site, scope, &read.service).await?;
    let owner = match read.service.owner {
        Some(owner) => identity::people::names(&site.db, scope, [owner])
            .await?
            .remove(&owner)
            .map(|name| Named { id: owner, name }),
        None => None,
    };
    let environments = environments(site, scope, &read).await?;
    let brief = brief(&columns, &id.to_string());
    Ok(ServiceView {
        client: identity::clients::names(&site.db, scope)
            .await?
            .remove(&read.service.client_id)
            .unwrap_or_default(),
        owner,
        state: brief.state,
        since: brief.since,
        say: brief.say,
        shows: shows(&columns, &id.to_string()),
        component_columns: headings(&read.component_columns),
        components: component_rows(&read, &environments),
        dependencies: dependency_rows(&read),
        needed_by: needed_by(&read),
        picture: picture(&read),
        phases: services::phases(&site.db, scope, id).await?,
        people,
        entries: entries(site, scope, &recorded).await?,
        next_phases: read.service.phase.next().to_vec(),
        starts: if may_manage { starts(&read) } else { Vec::new() },
        targets: if may_manage { targets(site, scope, &read).await? } else { Vec::new() },
        may_manage,
        panels: site.panels("service", &[("id", id.to_string())]),
        environments,
        service: read.service,
    })
}

async fn people(site: &Site, scope: &Scope, service: &Service) -> Result<Vec<(Named, String)>, Problem> {
    let roles = [Role::ServiceOwner, Role::Engineer, Role::Agent];
    let found =
        identity::roles::people_with(&site.db, scope, &roles, service.client_id, Some(service.id)).await?;
    let mut people: Vec<(Named, String)> = Vec::new();
    for (person, role) in found {
        let one = (Named { id: person.id, name: person.name }, role.word().to_owned());
        if !people.contains(&one) {
            people.push(one);
        }
    }
    Ok(people)
}

async fn environments(site: &Site, scope: &Scope, read: &Read) -> Result<Vec<EnvironmentRow>, Problem> {
    let held = graph::environments(&site.db, scope, read.service.id).await?;
    let row = |one: graph::Environment| EnvironmentRow {
        components: read.components.iter().filter(|part| part.environment_id == Some(one.id)).count(),
        id: one.id,
        name: one.name,
        declared_in: one.declared_in,
    };
    Ok(held.into_iter().map(row).collect())
}

fn shows(columns: &[ShownColumn], id: &str) -> Vec<Shows> {
    let show = |column: &ShownColumn| Shows {
        key: column.key.clone(),
        title: column.title.clone(),
        cell: column.cells.get(id).cloned(),
    };
    // The state is the answer itself, and its days are in the panel of the probes.
    columns.iter().filter(|column| column.key != STATE_COLUMN).map(show).collect()
}

pub(super) fn headings(columns: &[ShownColumn]) -> Vec<Heading> {
    let others = columns.iter().filter(|column| column.key != STATE_COLUMN);
    others.map(|column| Heading { key: column.key.clone(), title: column.title.clone() }).collect()
}

/// The state of each component that is watched, by the column `state` on components.
fn states(columns: &[ShownColumn]) -> HashMap<&str, String> {
    let column = columns.iter().find(|column| column.key == STATE_COLUMN);
    let cells = column.into_iter().flat_map(|column| &column.cells);
    cells.filter_map(|(id, cell)| Some((id.as_str(), told(cell).state?))).collect()
}

fn component_rows(read: &Read, environments: &[EnvironmentRow]) -> Vec<ComponentRow> {
    let states = states(&read.component_columns);
    let row = |one: &Component| {
        let id = one.id.to_string();
        let others = read.component_columns.iter().filter(|column| column.key != STATE_COLUMN);
        ComponentRow {
            id: one.id,
            name: one.name.clone(),
            description: one.description.clone(),
            environment: environments
                .iter()
                .find(|held| Some(held.id) == one.environment_id)
                .map(|held| held.name.clone()),
            state: states.get(id.as_str()).cloned(),
            cells: others.map(|column| column.cells.get(&id).cloned()).collect(),
            declared_in: one.declared_in.clone(),
        }
    };
    read.components.iter().map(row).collect()
}

/// An end as people read it on the screen of a service: its own components without the service in front.
pub(super) fn end_shown(names: &Names, home: ServiceId, end: End) -> EndShown {
    let name = match end.component {
        Some(component) if end.service == home => names.component(component).map(str::to_owned),
        _ => names.end(end),
    };
    let href = name.is_some().then(|| address(end));
    EndShown { name, href }
}

fn address(end: End) -> String {
    match end.component {
        Some(component) => format!("/components/{component}"),
        None => format!("/services/{}", end.service),
    }
}

fn dependency_rows(read: &Read) -> Vec<DependencyRow> {
    let home = read.service.id;
    let row = |one: &Dependency| DependencyRow {
        id: one.id,
        from: end_shown(&read.names, home, one.from),
        to: end_shown(&read.names, home, one.to),
        declared_in: one.declared_in.clone(),
        ours: one.from.service == home,
    };
    let mut rows: Vec<DependencyRow> = read.dependencies.iter().map(row).collect();
    rows.sort_by(|a, b| (!a.ours, &a.from.name, &a.to.name).cmp(&(!b.ours, &b.from.name, &b.to.name)));
    rows
}

fn needed_by(read: &Read) -> usize {
    let home = read.service.id;
    let incoming = read.dependencies.iter().filter(|one| one.to.service == home && one.from.service != home);
    incoming.map(|one| one.from.service).collect::<std::collections::BTreeSet<_>>().len()
}

/// The longest name that fits a box of the picture.
const BOX_LETTERS: usize = 18;

/// What fits beside the narrow column of the screen, in CSS pixels: three columns of boxes.
const COLUMN_WIDTH: i32 = 700;

fn picture(read: &Read) -> Option<Picture> {
    let home = read.service.id;
    let mut ends: Vec<End> =
        read.components.iter().map(|one| End { service: home, component: Some(one.id) }).collect();
    let mut lines = Vec::new();
    let seen = |end: End| read.names.end(end).is_some();
    for one in read.dependencies.iter().filter(|one| seen(one.from) && seen(one.to)) {
        let mut place = |end: End| {
            ends.iter().position(|held| *held == end).unwrap_or_else(|| {
                ends.push(end);
                ends.len() - 1
            })
        };
        let line = (place(one.from), place(one.to));
        lines.push(line);
    }
    if ends.len() < 2 {
        return None;
    }
    let layout = picture::layout(ends.len(), &lines)?;
    let states = states(&read.component_columns);
    let boxes = ends.iter().zip(&layout.boxes).map(|(end, (x, y))| box_shown(read, &states, *end, *x, *y));
    Some(Picture {
        width: layout.width,
        height: layout.height,
        wide: layout.width > COLUMN_WIDTH,
        box_width: picture::BOX_WIDTH,
        box_height: picture::BOX_HEIGHT,
        boxes: boxes.collect(),
        lines: layout.lines.iter().map(|points| picture::curve(points)).collect(),
    })
}

fn box_shown(read: &Read, states: &HashMap<&str, String>, end: End, x: i32, y: i32) -> BoxShown {
    let of = if end.service == read.service.id { None } else { read.names.service(end.service) };
    let own =
        end.component.and_then(|id| read.names.component(id)).or_else(|| read.names.service(end.service));
    let name = own.unwrap_or_default();
    let cut = |text: &str| -> String {
        if text.chars().count() <= BOX_LETTERS {
            return text.to_owned();
        }
        text.chars().take(BOX_LETTERS - 1).chain(['…']).collect()
    };
    BoxShown {
        x,
        y,
        name: cut(name),
        title: read.names.end_or_dash(end),
        outside: of.is_some(),
        of: of.filter(|_| end.component.is_some()).map(cut),
        href: address(end),
        state: end.component.and_then(|id| states.get(id.to_string().as_str()).cloned()),
    }
}

/// How an end is written in a form: the service's id, or both with a dot between.
pub(super) fn written(end: End) -> String {
    match end.component {
        Some(component) => format!("{}.{component}", end.service),
        None => end.service.to_string(),
    }
}

fn starts(read: &Read) -> Vec<Choice> {
    let home = read.service.id;
    let whole = (End { service: home, component: None }, read.service.name.clone());
    let parts =
        read.components.iter().map(|one| (End { service: home, component: Some(one.id) }, one.name.clone()));
    std::iter::once(whole)
        .chain(parts)
        .map(|(end, name)| Choice { value: written(end), name, group: String::new() })
        .collect()
}

/// The most things to choose from as the end of a dependency; more makes the screen heavy, and the API takes any.
const MAX_TARGETS: usize = 500;

/// Own components first, then every service that may be seen with its components.
async fn targets(site: &Site, scope: &Scope, read: &Read) -> Result<Vec<Choice>, Problem> {
    let home = read.service.id;
    let own = read.components.iter().map(|one| Choice {
        value: written(End { service: home, component: Some(one.id) }),
        name: one.name.clone(),
        group: read.service.name.clone(),
    });
    let mut choices: Vec<Choice> = own.collect();
    let components = graph::all_components(&site.db, scope).await?;
    for service in read.all.iter().filter(|one| one.id != home && one.phase != Phase::Archived) {
        if choices.len() >= MAX_TARGETS {
            break;
        }
        let group = service.name.clone();
        let whole = End { service: service.id, component: None };
        choices.push(Choice { value: written(whole), name: service.name.clone(), group: group.clone() });
        for part in components.iter().filter(|one| one.service_id == service.id) {
            let end = End { service: service.id, component: Some(part.id) };
            choices.push(Choice {
                value: written(end),
                name: format!("{}/{}", service.name, part.name),
                group: group.clone(),
            });
        }
    }
    Ok(choices)
}

impl View for ServiceView {
    const TEMPLATE: &'static str = "estate/service.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::raw(self.service.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::raw(self.client.as_str()), format!("/services?client={}", self.service.client_id))]
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.id.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        self.panels.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::all()
    }
}

pub(super) mod samples;
#[cfg(test)]
mod tests;
