//! The Services screen: everything at a glance, what needs a person first.

use std::collections::{BTreeMap, HashMap};

use kernel::{ClientId, Cursor, Problem, Right, Scope, ServiceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Cell, Query, Refusal, Shown, ShownColumn, Site, State, Text, View};

use super::{Choice, Heading, brief};
use crate::services::{self, Phase, Service};

/// Rows without paging: 100 fit on a wall, and up to here a browser does not notice.
const ROWS: usize = 200;

/// What is wanted of the list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Filter {
    /// Part of the name or description.
    #[serde(default)]
    pub q: Option<String>,
    /// Only this client's.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// Only those in this phase; all but archived ones when not said.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Only those in this state (`down`, `up`, ..), or `attention` for all that need a person.
    #[serde(default)]
    pub state: Option<String>,
    /// `name`, `client`, `phase`, `changed` or the key of a column, with `-` in front to turn it round; by what
    /// needs a person when not said.
    #[serde(default)]
    pub sort: Option<String>,
    /// Start after this row.
    #[serde(default)]
    pub after: Option<Cursor>,
}

/// One service in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServiceRow {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub client: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// Its state, if it is watched.
    pub state: Option<String>,
    /// Since when it is in that state.
    pub since: Option<Timestamp>,
    /// One short sentence about who is doing what, if something is wrong.
    pub say: Option<Text>,
    /// How many incidents are open on it.
    pub open: u64,
    /// How much it needs a person; more is sorted first.
    pub weight: i64,
    /// The cells of other features' columns, in the order of the headings.
    pub cells: Vec<Option<Cell>>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl ServiceRow {
    /// Whether it is in a state that someone should look at.
    fn is_bad(&self) -> bool {
        self.phase != Phase::Archived
            && (matches!(self.state.as_deref(), Some("down" | "degraded")) || self.open > 0)
    }
}

/// How it is with all services, for the one sentence on top.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Answer {
    /// How many there are, archived ones not counted.
    pub total: usize,
    /// How many of them need a person.
    pub bad: usize,
    /// How many of them nothing is known of: without probes, or not yet measured.
    pub unwatched: usize,
    /// The worst of those that need a person, at most three.
    pub worst: Vec<ServiceRow>,
}

/// The Services screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServicesView {
    /// How it is with all of them.
    pub answer: Answer,
    /// The headings of other features' columns.
    pub columns: Vec<Heading>,
    /// The rows.
    pub rows: Vec<ServiceRow>,
    /// How many fit the filter.
    pub found: usize,
    /// Where the next page starts.
    pub next: Option<Cursor>,
    /// What was asked for.
    pub filter: Filter,
    /// Clients to choose from; empty when there is only one.
    pub clients: Vec<Choice>,
    /// Whether the asker may add a service.
    pub may_add: bool,
}

/// Shows the list.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
) -> Result<Shown<ServicesView>, Refusal> {
    Ok(Shown(view(&site, &scope, filter).await?))
}

async fn view(site: &Site, scope: &Scope, filter: Filter) -> Result<ServicesView, Problem> {
    let services = services::all(&site.db, scope).await?;
    let clients = identity::clients::names(&site.db, scope).await?;
    let columns = site.columns("services", scope).await;
    let rows: Vec<ServiceRow> = services.iter().map(|service| row(service, &clients, &columns)).collect();
    let answer = answer(&rows);
    let texts: HashMap<ServiceId, &str> =
        services.iter().map(|service| (service.id, service.description.as_str())).collect();
    let owners: HashMap<ServiceId, ClientId> = services.iter().map(|one| (one.id, one.client_id)).collect();
    let mut rows: Vec<ServiceRow> = rows
        .into_iter()
        .filter(|row| fits(&filter, row, owners.get(&row.id).copied(), texts.get(&row.id).copied()))
        .collect();
    let headings: Vec<Heading> = columns
        .iter()
        .map(|column| Heading { key: column.key.clone(), title: column.title.clone() })
        .collect();
    sort(&mut rows, filter.sort.as_deref(), &headings);
    let found = rows.len();
    let (rows, next) = page(rows, filter.after.as_ref())?;
    Ok(ServicesView {
        answer,
        columns: headings,
        rows,
        found,
        next,
        clients: choices(&services, &clients),
        filter,
        may_add: scope.may_somewhere(Right::Manage),
    })
}

fn row(service: &Service, clients: &HashMap<ClientId, String>, columns: &[ShownColumn]) -> ServiceRow {
    let id = service.id.to_string();
    let brief = brief(columns, &id);
    ServiceRow {
        id: service.id,
        name: service.name.clone(),
        client: clients.get(&service.client_id).cloned().unwrap_or_default(),
        phase: service.phase,
        state: brief.state,
        since: brief.since,
        say: brief.say,
        open: brief.open,
        weight: brief.weight,
        cells: columns.iter().map(|column| column.cells.get(&id).cloned()).collect(),
        changed_at: service.changed_at,
    }
}

fn answer(rows: &[ServiceRow]) -> Answer {
    let counted: Vec<&ServiceRow> = rows.iter().filter(|row| row.phase != Phase::Archived).collect();
    let mut bad: Vec<&ServiceRow> = counted.iter().copied().filter(|row| row.is_bad()).collect();
    bad.sort_by(|a, b| by_need(a, b));
    let unwatched = |row: &&&ServiceRow| {
        !row.is_bad() && matches!(row.state.as_deref(), None | Some("pending" | "unknown"))
    };
    Answer {
        total: counted.len(),
        bad: bad.len(),
        unwatched: counted.iter().filter(unwatched).count(),
        worst: bad.into_iter().take(3).cloned().collect(),
    }
}

fn by_need(a: &ServiceRow, b: &ServiceRow) -> std::cmp::Ordering {
    let key = |row: &ServiceRow| (-row.weight, !row.phase.has_users(), row.name.to_lowercase(), row.id);
    key(a).cmp(&key(b))
}

fn fits(filter: &Filter, row: &ServiceRow, client: Option<ClientId>, description: Option<&str>) -> bool {
    let contains = |text: &str, words: &str| text.to_lowercase().contains(words);
    let words = filter.q.as_deref().map(|words| words.trim().to_lowercase()).unwrap_or_default();
    let named = words.is_empty()
        || contains(&row.name, &words)
        || contains(&row.client, &words)
        || contains(description.unwrap_or_default(), &words);
    let owned = filter.client.is_none() || filter.client == client;
    let phase = match filter.phase {
        Some(phase) => row.phase == phase,
        None => row.phase != Phase::Archived,
    };
    let state = match filter.state.as_deref() {
        None => true,
        Some("attention") => row.is_bad(),
        Some("none") => row.state.is_none(),
        Some(state) => row.state.as_deref() == Some(state),
    };
    named && owned && phase && state
}

fn sort(rows: &mut [ServiceRow], by: Option<&str>, headings: &[Heading]) {
    rows.sort_by(by_need);
    let Some(by) = by else { return };
    let (key, turned) = by.strip_prefix('-').map_or((by, false), |key| (key, true));
    match key {
        "name" => rows.sort_by_cached_key(|row| row.name.to_lowercase()),
        "client" => rows.sort_by_cached_key(|row| row.client.to_lowercase()),
        "phase" => rows.sort_by_key(|row| row.phase),
        "changed" => rows.sort_by_key(|row| std::cmp::Reverse(row.changed_at)),
        key => {
            let Some(at) = headings.iter().position(|heading| heading.key == key) else { return };
            let weight =
                |row: &ServiceRow| row.cells.get(at).and_then(Option::as_ref).map(|cell| cell.sort_weight);
            rows.sort_by_key(|row| std::cmp::Reverse(weight(row)));
        }
    }
    if turned {
        rows.reverse();
    }
}

/// The rows after the cursor. The order is made new for each page, so the cursor is the id of the last row; if
/// it is gone the list starts again.
fn page(rows: Vec<ServiceRow>, after: Option<&Cursor>) -> Result<(Vec<ServiceRow>, Option<Cursor>), Problem> {
    let from = match after {
        None => 0,
        Some(after) => {
            let [last] = after.parts::<1>()?;
            rows.iter().position(|row| row.id.to_string() == *last).map_or(0, |at| at + 1)
        }
    };
    let more = rows.len() > from + ROWS;
    let rows: Vec<ServiceRow> = rows.into_iter().skip(from).take(ROWS).collect();
    let next = rows.last().filter(|_| more).map(|last| Cursor::new(vec![last.id.to_string()]));
    Ok((rows, next))
}

fn choices(services: &[Service], clients: &HashMap<ClientId, String>) -> Vec<Choice> {
    let mut named: BTreeMap<String, ClientId> = BTreeMap::new();
    for service in services {
        if let Some(name) = clients.get(&service.client_id) {
            named.insert(name.clone(), service.client_id);
        }
    }
    if named.len() < 2 {
        return Vec::new();
    }
    let choice =
        |(name, id): (String, ClientId)| Choice { value: id.to_string(), name, group: String::new() };
    named.into_iter().map(choice).collect()
}

impl View for ServicesView {
    const TEMPLATE: &'static str = "estate/services.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("services-title")
    }
    fn live(&self) -> Vec<String> {
        self.rows.iter().map(|row| row.id.to_string()).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::all()
    }
}

mod samples;
#[cfg(test)]
mod tests;
