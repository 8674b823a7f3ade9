//! Who calls whom, as telemetry saw it: kept for the estate when the spans themselves have long expired.

use jiff::Timestamp;
use kernel::lake::{Edge, Sketch};
use kernel::{ClientId, Problem, Scope, ServiceId};
use store::{Db, Tx, args};

use super::{from_json, json};

/// The most calls of one service that are kept: far beyond what a picture shows, and a bound for names that are
/// made up anew by every request.
pub const MAX_EDGES: usize = 500;

/// The calls of a service, most first, each with when it was seen first.
pub async fn call_edges(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
) -> Result<Vec<(Edge, Timestamp)>, Problem> {
    let text = "select from_name, to_name, calls, errors, took, first_at, last_at from call_edges
                where {wall} and service_id = $1 order by calls desc, from_name, to_name";
    db.all(scope, text, args![service], |row| {
        let took_ms: Sketch = from_json(&row.get::<String>(4)?)?;
        let edge = Edge {
            from: row.get(0)?,
            to: row.get(1)?,
            calls: row.get(2)?,
            errors: row.get(3)?,
            took_ms,
            last_at: row.get(6)?,
        };
        Ok((edge, row.get(5)?))
    })
    .await
}

/// The version of the newest day of spans from which the calls of a service were read.
pub async fn calls_folded(db: &Db, scope: &Scope, service: ServiceId) -> Result<Option<u64>, Problem> {
    let text = "select version from call_folds where {wall} and service_id = $1";
    db.one(scope, text, args![service], |row| row.get(0)).await
}

/// Keeps what a day of spans told; what was seen before stays.
pub async fn write_calls(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    version: u64,
    edges: &[Edge],
) -> Result<(), Problem> {
    let now = tx.scope().now();
    let mut rows = Vec::with_capacity(edges.len().min(MAX_EDGES));
    for edge in edges.iter().take(MAX_EDGES) {
        let took = json(&edge.took_ms)?;
        rows.push(args![
            service,
            edge.from.as_str(),
            edge.to.as_str(),
            edge.calls,
            edge.errors,
            took,
            now,
            edge.last_at
        ]);
    }
    tx.exec_many_in(
        client,
        "insert into call_edges (service_id, from_name, to_name, client_id, calls, errors, took, first_at, last_at)
         values ($1, $2, $3, {client}, $4, $5, $6, $7, $8)
         on conflict (service_id, from_name, to_name) do update set calls = excluded.calls,
         errors = excluded.errors, took = excluded.took, last_at = excluded.last_at",
        rows,
    )
    .await?;
    tx.exec_in(
        client,
        "insert into call_folds (service_id, client_id, version) values ($1, {client}, $2)
         on conflict (service_id) do update set version = excluded.version",
        args![service, version],
    )
    .await?;
    Ok(())
}
