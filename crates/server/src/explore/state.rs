//! Rows of the state database that a question may join, read through the asker's walls.

use std::collections::HashMap;

use kernel::lake::{SqlKind, StateTable};
use kernel::{ClientId, Problem, Scope, ServiceId};
use serde_json::{Value, json};
use store::Db;

use SqlKind::{Int, Text, Time};

/// Rows of one table; the newest incidents come first, so those that are left out are the oldest.
const MAX_ROWS: i64 = 10_000;

/// The columns of a table.
pub type Columns = &'static [(&'static str, SqlKind)];

/// The tables with their columns. Their names and `services` (its columns `id`, `name` and `client`) are known
/// to the engine, which names services by it.
pub const NAMES: &[(&str, Columns)] = &[
    (
        "services",
        &[
            ("id", Text),
            ("name", Text),
            ("client", Text),
            ("client_id", Text),
            ("slug", Text),
            ("phase", Text),
            ("phase_since", Time),
            ("owner", Text),
            ("created_at", Time),
        ],
    ),
    (
        "incidents",
        &[
            ("id", Text),
            ("number", Int),
            ("service_id", Text),
            ("service", Text),
            ("title", Text),
            ("severity", Int),
            ("state", Text),
            ("since", Time),
            ("opened_at", Time),
            ("acknowledged_at", Time),
            ("resolved_at", Time),
        ],
    ),
    (
        "probes",
        &[
            ("id", Text),
            ("service_id", Text),
            ("service", Text),
            ("name", Text),
            ("kind", Text),
            ("state", Text),
            ("since", Time),
            ("severity", Int),
            ("environment", Text),
        ],
    ),
    (
        "journeys",
        &[
            ("id", Text),
            ("service_id", Text),
            ("service", Text),
            ("name", Text),
            ("slug", Text),
            ("steps", Int),
            ("window_s", Int),
            ("created_at", Time),
        ],
    ),
];

/// The tables. Of a table that the statement does not name only the columns: whoever does not ask for rows
/// does not wait for them.
pub async fn tables(db: &Db, scope: &Scope, statement: &str) -> Result<Vec<StateTable>, Problem> {
    let statement = statement.to_lowercase();
    let services = Services::of(db, scope).await?;
    let mut tables = Vec::with_capacity(NAMES.len());
    for (name, columns) in NAMES {
        let rows = match *name {
            "services" => services.rows.clone(),
            named if !statement.contains(named) => Vec::new(),
            "incidents" => incidents(db, scope, &services).await?,
            "probes" => probes(db, scope, &services).await?,
            _ => journeys(db, scope, &services).await?,
        };
        tables.push(StateTable { name, columns: columns.to_vec(), rows });
    }
    Ok(tables)
}

/// Services with their names, for all the others.
struct Services {
    names: HashMap<ServiceId, String>,
    rows: Vec<Vec<Value>>,
}

impl Services {
    async fn of(db: &Db, scope: &Scope) -> Result<Services, Problem> {
        let clients: HashMap<ClientId, String> = identity::clients::names(db, scope).await?;
        let all = estate::services::all(db, scope).await?;
        let people = identity::people::names(db, scope, all.iter().filter_map(|one| one.owner)).await?;
        let row = |one: &estate::model::Service| {
            vec![
                json!(one.id),
                json!(one.name),
                json!(clients.get(&one.client_id)),
                json!(one.client_id),
                json!(one.slug),
                json!(one.phase.word()),
                json!(one.phase_since),
                json!(one.owner.and_then(|owner| people.get(&owner))),
                json!(one.created_at),
            ]
        };
        let rows = all.iter().map(row).collect();
        Ok(Services { names: all.into_iter().map(|one| (one.id, one.name)).collect(), rows })
    }

    fn name(&self, id: ServiceId) -> Value {
        json!(self.names.get(&id))
    }
}

async fn incidents(db: &Db, scope: &Scope, services: &Services) -> Result<Vec<Vec<Value>>, Problem> {
    let mut rows = Vec::new();
    let mut paging = kernel::Paging { after: None, limit: Some(kernel::paging::MAX_LIMIT) };
    loop {
        let page = respond::store::incident::list(db, scope, &Default::default(), &paging).await?;
        rows.extend(page.items.iter().map(|one| {
            let resolved_at = match &one.state {
                respond::model::State::Resolved { at, .. } => Some(*at),
                _ => None,
            };
            vec![
                json!(one.id),
                json!(one.number),
                json!(one.service_id),
                services.name(one.service_id),
                json!(one.title),
                json!(one.severity.number()),
                json!(one.state.word()),
                json!(one.since),
                json!(one.opened_at),
                json!(one.first_acknowledged_at),
                json!(resolved_at),
            ]
        }));
        match page.next {
            Some(next) if (rows.len() as i64) < MAX_ROWS => paging.after = Some(next),
            _ => return Ok(rows),
        }
    }
}

async fn probes(db: &Db, scope: &Scope, services: &Services) -> Result<Vec<Vec<Value>>, Problem> {
    let all = ::watch::store::lines(db, scope, &Default::default(), MAX_ROWS).await?;
    let row = |one: ::watch::store::Line| {
        vec![
            json!(one.probe.id),
            json!(one.probe.service),
            services.name(one.probe.service),
            json!(one.probe.name),
            json!(one.probe.target.kind()),
            json!(one.state.word()),
            json!(one.since),
            json!(one.probe.severity),
            json!(one.probe.environment),
        ]
    };
    Ok(all.into_iter().map(row).collect())
}

async fn journeys(db: &Db, scope: &Scope, services: &Services) -> Result<Vec<Vec<Value>>, Problem> {
    let all = ::journeys::store::all(db, scope).await?;
    let row = |one: ::journeys::model::Journey| {
        vec![
            json!(one.id),
            json!(one.service),
            services.name(one.service),
            json!(one.name),
            json!(one.slug),
            json!(one.steps.len()),
            json!(one.window.as_secs()),
            json!(one.created_at),
        ]
    };
    Ok(all.into_iter().map(row).collect())
}
