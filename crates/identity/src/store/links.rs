//! Links that may be used once.

use jiff::Timestamp;
use kernel::{Id as _, InviteId, Kind, PersonId, Problem, Scope};
use store::{Db, Row, Tx, args};

use crate::model::{Link, LinkPurpose};
use crate::secrets;

/// Makes a link; older ones of the same purpose and person stop working.
pub async fn make(tx: &mut Tx, purpose: LinkPurpose, person: Option<PersonId>) -> Result<String, Problem> {
    let scope = tx.scope().clone();
    let now = scope.now();
    withdraw(tx, purpose, person).await?;
    let secret = secrets::fresh(&scope);
    tx.exec(
        "insert into links (id, hash, purpose, person_id, made_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        args![
            InviteId::new(&scope),
            secrets::kept(&secret),
            purpose.word(),
            person,
            now,
            purpose.lifetime().map(|life| now + life)
        ],
    )
    .await?;
    Ok(secret)
}

/// Stops the links of a purpose and person.
pub async fn withdraw(tx: &mut Tx, purpose: LinkPurpose, person: Option<PersonId>) -> Result<(), Problem> {
    let now = tx.scope().now();
    let person = person.map(|id| id.to_string()).unwrap_or_default();
    tx.exec(
        "update links set used_at = $1 where purpose = $2 and coalesce(person_id, '') = $3 and used_at is null",
        args![now, purpose.word(), person],
    )
    .await?;
    Ok(())
}

/// Stops every link of somebody.
pub(crate) async fn withdraw_all(tx: &mut Tx, person: PersonId) -> Result<(), Problem> {
    let now = tx.scope().now();
    tx.exec("update links set used_at = $1 where person_id = $2 and used_at is null", args![now, person])
        .await?;
    Ok(())
}

const FIND: &str = "select id, person_id, expires_at, used_at from links where hash = $1 and purpose = $2";

fn read(row: &Row<'_>, purpose: LinkPurpose) -> Result<Link, Problem> {
    Ok(Link {
        id: row.get(0)?,
        person_id: row.get(1)?,
        purpose,
        expires_at: row.get(2)?,
        used_at: row.get(3)?,
    })
}

fn usable(link: Option<Link>, now: Timestamp) -> Result<Link, Problem> {
    let link = link.ok_or_else(|| Problem::not_found("link"))?;
    if link.used_at.is_some() {
        return Err(Problem::new(Kind::Gone, "link-used"));
    }
    if link.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::new(Kind::Gone, "link-expired"));
    }
    Ok(link)
}

/// Looks at a link without using it: 404 for one that we never gave out, 410 for one used or expired.
pub async fn look(db: &Db, scope: &Scope, purpose: LinkPurpose, secret: &str) -> Result<Link, Problem> {
    if secret.len() > 200 {
        return Err(Problem::not_found("link"));
    }
    let found =
        db.one(scope, FIND, args![secrets::kept(secret), purpose.word()], |row| read(row, purpose)).await?;
    usable(found, scope.now())
}

/// Uses a link. Writes are one line, so of two who click at once one gets 410.
pub async fn take(tx: &mut Tx, purpose: LinkPurpose, secret: &str) -> Result<Link, Problem> {
    if secret.len() > 200 {
        return Err(Problem::not_found("link"));
    }
    let found = tx.one(FIND, args![secrets::kept(secret), purpose.word()], |row| read(row, purpose)).await?;
    let now = tx.scope().now();
    let link = usable(found, now)?;
    tx.exec("update links set used_at = $1 where id = $2", args![now, link.id]).await?;
    Ok(link)
}

/// When an invitation that somebody has not taken yet stops working, if one is out.
pub async fn invited_until(db: &Db, scope: &Scope, person: PersonId) -> Result<Option<Timestamp>, Problem> {
    let sql = "select max(expires_at) from links where person_id = $1 and purpose = $2 and used_at is null";
    let found = db
        .one(scope, sql, args![person, LinkPurpose::Invite.word()], |row| row.get::<Option<Timestamp>>(0))
        .await?;
    Ok(found.flatten().filter(|at| *at > scope.now()))
}

/// Removes links that have been over for a month; returns how many.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<u64, Problem> {
    let month_ago = tx.scope().now() - jiff::SignedDuration::from_hours(30 * 24);
    tx.exec(
        "delete from links where (used_at is not null and used_at < $1) or (expires_at is not null and expires_at < $1)",
        args![month_ago],
    )
    .await
}
