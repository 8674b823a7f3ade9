//! Clients: the walls.

use std::collections::HashMap;

use kernel::{About, ClientId, Fact, Id as _, Page, Paging, Problem, Scope};
use store::{Db, Row, Tx, args};

use crate::rules;

pub use crate::model::Client;

/// Clients read at once where a list has no pages.
pub const MAX_CLIENTS: i64 = 10_000;

const COLUMNS: &str = "client_id, name, is_operator, added_at, declared_in";

fn read(row: &Row<'_>) -> Result<Client, Problem> {
    Ok(Client {
        id: row.get(0)?,
        name: row.get(1)?,
        is_operator: row.get(2)?,
        added_at: row.get(3)?,
        declared_in: row.get(4)?,
    })
}

/// The client with an id, if the asker may see it, whole or in part.
pub async fn client(db: &Db, scope: &Scope, id: ClientId) -> Result<Client, Problem> {
    let sql = format!("select {COLUMNS} from clients where client_id = $1 and {{wall client_id}}");
    db.one(scope, &sql, args![id], read).await?.ok_or_else(|| Problem::not_found("client"))
}

/// Every client the asker may see, whole or in part, by name.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Client>, Problem> {
    let sql = format!("select {COLUMNS} from clients where {{wall client_id}} order by name_key limit $1");
    db.all(scope, &sql, args![MAX_CLIENTS], read).await
}

/// The names of all clients the asker may see, by id.
pub async fn names(db: &Db, scope: &Scope) -> Result<HashMap<ClientId, String>, Problem> {
    Ok(all(db, scope).await?.into_iter().map(|client| (client.id, client.name)).collect())
}

/// A page of clients by name; `q` is part of a name.
pub async fn list(db: &Db, scope: &Scope, q: Option<&str>, paging: &Paging) -> Result<Page<Client>, Problem> {
    let after = match &paging.after {
        Some(after) => after.parts::<1>()?[0].clone(),
        None => String::new(),
    };
    let sql = format!(
        "select {COLUMNS} from clients where {{wall client_id}} and name_key like $1 escape '!' and name_key > $2
         order by name_key limit $3"
    );
    let part = super::people::like(q.unwrap_or_default().trim());
    let rows = db.all(scope, &sql, args![part, after, paging.read_limit()], read).await?;
    Ok(paging.page(rows, |client| vec![client.name.to_lowercase()]))
}

/// The client of a name, capitals not counted.
pub async fn by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<Client>, Problem> {
    let sql = format!("select {COLUMNS} from clients where name_key = $1 and {{wall client_id}}");
    db.one(scope, &sql, args![name.trim().to_lowercase()], read).await
}

/// The operator's own client, under which its own services stand; none before the first start.
pub async fn operators(db: &Db, scope: &Scope) -> Result<Option<Client>, Problem> {
    let sql = format!("select {COLUMNS} from clients where is_operator = 1 and {{wall client_id}}");
    db.one(scope, &sql, args![], read).await
}

/// Every client, as a transaction sees them.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<Client>, Problem> {
    let sql = format!("select {COLUMNS} from clients where {{wall client_id}} order by name_key");
    tx.all(&sql, args![], read).await
}

async fn refuse_taken(tx: &mut Tx, name: &str, but: Option<ClientId>) -> Result<(), Problem> {
    // Names are unique over the whole installation, seen or not; who may add a client sees them all.
    let sql = "select client_id from clients where name_key = $1 and {wall client_id}";
    let other = tx.one(sql, args![name.to_lowercase()], |row| row.get::<ClientId>(0)).await?;
    match other {
        Some(id) if Some(id) != but => Err(Problem::invalid().field("name", "field-taken")),
        _ => Ok(()),
    }
}

/// Adds a client.
pub async fn add(
    tx: &mut Tx,
    name: &str,
    is_operator: bool,
    declared_in: Option<String>,
) -> Result<Client, Problem> {
    let name = rules::clean_name(name).map_err(|code| Problem::invalid().field("name", code))?;
    refuse_taken(tx, &name, None).await?;
    let scope = tx.scope().clone();
    let id = ClientId::new(&scope);
    tx.exec_in(
        id,
        "insert into clients (client_id, name, name_key, is_operator, added_at, declared_in)
         values ({client}, $1, $2, $3, $4, $5)",
        args![&name, name.to_lowercase(), is_operator, scope.now(), declared_in.clone()],
    )
    .await?;
    tx.record(About::client(id), Fact::ClientAdded { client: id, name: name.clone() }).await?;
    Ok(Client { id, name, is_operator, added_at: scope.now(), declared_in })
}

/// Renames a client, or moves where it is declared; says whether anything that people see changed.
pub async fn change(
    tx: &mut Tx,
    before: &Client,
    name: &str,
    declared_in: Option<String>,
) -> Result<bool, Problem> {
    let name = rules::clean_name(name).map_err(|code| Problem::invalid().field("name", code))?;
    let renamed = name != before.name;
    if !renamed && declared_in == before.declared_in {
        return Ok(false);
    }
    refuse_taken(tx, &name, Some(before.id)).await?;
    tx.exec(
        "update clients set name = $1, name_key = $2, declared_in = $3 where client_id = $4 and {wall client_id}",
        args![&name, name.to_lowercase(), declared_in, before.id],
    )
    .await?;
    if renamed {
        let fact = Fact::ClientChanged { client: before.id, changed: vec!["name".into()] };
        tx.record(About::client(before.id), fact).await?;
    }
    Ok(renamed)
}
