//! The public pages of services.

use kernel::{ClientId, Problem, Scope, ServiceId, StatusPageId};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Db, Row, Tx, args};

/// The public page of a service.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatusPage {
    /// Its id.
    pub id: StatusPageId,
    /// Whose it is.
    pub client_id: ClientId,
    /// The service.
    pub service_id: ServiceId,
    /// The last part of its address.
    pub slug: String,
    /// What it is called for the public.
    pub title: String,
    /// Whether the public may see it.
    pub public: bool,
    /// Where it is declared, if it is.
    pub declared_in: Option<String>,
}

const COLUMNS: &str = "id, client_id, service_id, slug, title, public, declared_in";

fn read(row: &Row<'_>) -> Result<StatusPage, Problem> {
    Ok(StatusPage {
        id: row.get(0)?,
        client_id: row.get(1)?,
        service_id: row.get(2)?,
        slug: row.get(3)?,
        title: row.get(4)?,
        public: row.get(5)?,
        declared_in: row.get(6)?,
    })
}

/// The page with this address.
pub async fn by_slug(db: &Db, scope: &Scope, slug: &str) -> Result<Option<StatusPage>, Problem> {
    let text = format!("select {COLUMNS} from status_pages where {{wall}} and slug = $1");
    db.one(scope, &text, args![slug], read).await
}

/// The page of a service.
pub async fn of_service(db: &Db, scope: &Scope, service: ServiceId) -> Result<Option<StatusPage>, Problem> {
    let text = format!("select {COLUMNS} from status_pages where {{wall}} and service_id = $1");
    db.one(scope, &text, args![service], read).await
}

/// Every page, by title.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<StatusPage>, Problem> {
    let text = format!("select {COLUMNS} from status_pages where {{wall}} order by title limit 10000");
    db.all(scope, &text, args![], read).await
}

/// Every page, as the transaction sees it.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<StatusPage>, Problem> {
    let text = format!("select {COLUMNS} from status_pages where {{wall}} order by title limit 10000");
    tx.all(&text, args![], read).await
}

/// Adds or replaces the page of a service.
pub async fn save(tx: &mut Tx, page: &StatusPage) -> Result<(), Problem> {
    tx.exec_in(
        page.client_id,
        "insert into status_pages (service_id, id, client_id, slug, title, public, declared_in)
         values ($1, $2, {client}, $3, $4, $5, $6)
         on conflict (service_id) do update set slug = excluded.slug, title = excluded.title,
         public = excluded.public, declared_in = excluded.declared_in",
        args![
            page.service_id,
            page.id,
            page.slug.as_str(),
            page.title.as_str(),
            page.public,
            page.declared_in.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// Removes the page of a service.
pub async fn remove(tx: &mut Tx, service: ServiceId) -> Result<u64, Problem> {
    tx.exec("delete from status_pages where {wall} and service_id = $1", args![service]).await
}
