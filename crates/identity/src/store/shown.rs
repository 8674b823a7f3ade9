//! Secrets that are shown once: a new token, codes to recover with. They wait a few minutes, sealed with a key
//! that stands only in the address of the screen that shows them.

use jiff::SignedDuration;
use kernel::{PersonId, Problem, Scope};
use store::{Db, Tx, args};

use crate::secrets;

/// How long they can be shown: long enough to copy them and to reload by mistake.
pub const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// Puts a secret away for its one screen; returns the key for the address.
pub async fn put(tx: &mut Tx, person: PersonId, secret: &str) -> Result<String, Problem> {
    let scope = tx.scope().clone();
    let key = secrets::fresh(&scope);
    tx.exec(
        "insert into shown_once (hash, person_id, sealed, expires_at) values ($1, $2, $3, $4)",
        args![secrets::kept(&key), person, secrets::seal(&key, secret), scope.now() + HOLDS],
    )
    .await?;
    Ok(key)
}

/// The secret of a key, for the person it was put away for.
pub async fn get(db: &Db, scope: &Scope, person: PersonId, key: &str) -> Result<String, Problem> {
    let sql = "select sealed from shown_once where hash = $1 and person_id = $2 and expires_at > $3";
    let found = db
        .one(scope, sql, args![secrets::kept(key), person, scope.now()], |row| row.get::<String>(0))
        .await?;
    found
        .and_then(|sealed| secrets::unseal(key, &sealed))
        .ok_or_else(|| Problem::new(kernel::Kind::Gone, "shown-before"))
}

/// Removes what is past its time; returns how much.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<u64, Problem> {
    let now = tx.scope().now();
    tx.exec("delete from shown_once where expires_at <= $1", args![now]).await
}
