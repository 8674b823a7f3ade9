//! Rotas and stand-ins.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{ClientId, OverrideId, PersonId, Problem, RotaId, Scope};
use store::{Db, Row, Tx, args};

use crate::model::{Override, Rota};

/// Rotas that are read at once.
pub const MAX_ROTAS: u32 = 2_000;
/// Stand-ins that are read at once.
pub const MAX_OVERRIDES: u32 = 20_000;

const COLUMNS: &str = "id, client_id, name, zone, layers, feed_key, declared_in";
const OVER_COLUMNS: &str = "rota_id, id, person_id, from_at, until_at, made_at";

fn read(row: &Row<'_>) -> Result<Rota, Problem> {
    let layers: String = row.get(4)?;
    Ok(Rota {
        id: row.get(0)?,
        client_id: row.get(1)?,
        name: row.get(2)?,
        zone: row.get(3)?,
        layers: serde_json::from_str(&layers).map_err(Problem::fault)?,
        overrides: Vec::new(),
        feed_key: row.get(5)?,
        declared_in: row.get(6)?,
    })
}

fn read_override(row: &Row<'_>) -> Result<(RotaId, Override), Problem> {
    Ok((
        row.get(0)?,
        Override {
            id: row.get(1)?,
            person: row.get(2)?,
            from: row.get(3)?,
            until: row.get(4)?,
            made_at: row.get(5)?,
        },
    ))
}

fn with_overrides(rotas: Vec<Rota>, overrides: Vec<(RotaId, Override)>) -> Vec<Rota> {
    let mut by_rota: HashMap<RotaId, Vec<Override>> = HashMap::new();
    for (rota, over) in overrides {
        by_rota.entry(rota).or_default().push(over);
    }
    let mut rotas = rotas;
    for rota in &mut rotas {
        rota.overrides = by_rota.remove(&rota.id).unwrap_or_default();
    }
    rotas
}

fn all_text() -> String {
    format!("select {COLUMNS} from rotas where {{wall client_id}} order by name, id limit $1")
}

fn overrides_text() -> String {
    format!(
        "select {OVER_COLUMNS} from rota_overrides where {{wall client_id}} and until_at >= $1
         order by made_at, id limit $2"
    )
}

/// Every rota, by name, with the stand-ins that end after an instant.
pub async fn all(db: &Db, scope: &Scope, after: Timestamp) -> Result<Vec<Rota>, Problem> {
    let rotas = db.all(scope, &all_text(), args![MAX_ROTAS], read).await?;
    let overrides = db.all(scope, &overrides_text(), args![after, MAX_OVERRIDES], read_override).await?;
    Ok(with_overrides(rotas, overrides))
}

/// Every rota, as the transaction sees it, with the stand-ins that end after an instant.
pub async fn all_in(tx: &mut Tx, after: Timestamp) -> Result<Vec<Rota>, Problem> {
    let rotas = tx.all(&all_text(), args![MAX_ROTAS], read).await?;
    let overrides = tx.all(&overrides_text(), args![after, MAX_OVERRIDES], read_override).await?;
    Ok(with_overrides(rotas, overrides))
}

/// One rota with all its stand-ins.
pub async fn rota(db: &Db, scope: &Scope, id: RotaId) -> Result<Option<Rota>, Problem> {
    let text = format!("select {COLUMNS} from rotas where {{wall client_id}} and id = $1");
    let Some(rota) = db.one(scope, &text, args![id], read).await? else { return Ok(None) };
    let text = format!(
        "select {OVER_COLUMNS} from rota_overrides where {{wall client_id}} and rota_id = $1
         order by made_at, id limit $2"
    );
    let overrides = db.all(scope, &text, args![id, MAX_OVERRIDES], read_override).await?;
    Ok(with_overrides(vec![rota], overrides).pop())
}

/// The rota of a calendar feed's secret.
pub async fn by_feed_key(db: &Db, scope: &Scope, key: &str) -> Result<Option<RotaId>, Problem> {
    let text = "select id from rotas where {wall client_id} and feed_key = $1";
    db.one(scope, text, args![key], |row| row.get(0)).await
}

/// Adds or replaces a rota; its stand-ins and its feed's secret stay.
pub async fn save(tx: &mut Tx, rota: &Rota) -> Result<(), Problem> {
    let layers = serde_json::to_string(&rota.layers).map_err(Problem::fault)?;
    tx.exec_in(
        rota.client_id,
        "insert into rotas (id, client_id, name, zone, layers, feed_key, declared_in)
         values ($1, {client}, $2, $3, $4, $5, $6)
         on conflict (id) do update set name = excluded.name, zone = excluded.zone, layers = excluded.layers,
         feed_key = excluded.feed_key, declared_in = excluded.declared_in",
        args![
            rota.id,
            rota.name.as_str(),
            rota.zone.as_str(),
            layers,
            rota.feed_key.as_str(),
            rota.declared_in.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// Removes a rota with its stand-ins.
pub async fn remove(tx: &mut Tx, id: RotaId) -> Result<u64, Problem> {
    tx.exec("delete from rota_overrides where {wall client_id} and rota_id = $1", args![id]).await?;
    tx.exec("delete from rotas where {wall client_id} and id = $1", args![id]).await
}

/// Adds a stand-in.
pub async fn insert_override(
    tx: &mut Tx,
    client: ClientId,
    rota: RotaId,
    over: &Override,
    made_by: Option<PersonId>,
) -> Result<(), Problem> {
    tx.exec_in(
        client,
        "insert into rota_overrides (id, client_id, rota_id, person_id, from_at, until_at, made_by, made_at)
         values ($1, {client}, $2, $3, $4, $5, $6, $7)",
        args![over.id, rota, over.person, over.from, over.until, made_by, over.made_at],
    )
    .await?;
    Ok(())
}

/// Removes a stand-in; how many there were.
pub async fn remove_override(tx: &mut Tx, rota: RotaId, id: OverrideId) -> Result<u64, Problem> {
    let text = "delete from rota_overrides where {wall client_id} and rota_id = $1 and id = $2";
    tx.exec(text, args![rota, id]).await
}
