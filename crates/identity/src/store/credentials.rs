//! What people prove themselves with.

use jiff::Timestamp;
use kernel::{About, Fact, PersonId, Problem, Scope};
use store::{Db, Tx, args};

use crate::secrets;

/// What is kept of somebody's proofs. Never shown, never in a view.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The password, hashed.
    pub password: Option<String>,
    /// When it was set.
    pub password_at: Option<Timestamp>,
    /// The secret of the authenticator app as it is kept: see [`open_totp`].
    pub totp: Option<String>,
    /// Since when the app is asked for.
    pub totp_at: Option<Timestamp>,
    /// The last step whose code was used; it and those before it are refused.
    pub totp_step: Option<u64>,
    /// A secret that was shown and not yet confirmed with a code, as it is kept.
    pub totp_pending: Option<String>,
}

const READ: &str = "select password, password_at, totp, totp_at, totp_step, totp_pending from credentials where person_id = $1";

fn read(row: &store::Row<'_>) -> Result<Credentials, Problem> {
    Ok(Credentials {
        password: row.get(0)?,
        password_at: row.get(1)?,
        totp: row.get(2)?,
        totp_at: row.get(3)?,
        totp_step: row.get(4)?,
        totp_pending: row.get(5)?,
    })
}

/// What is kept of somebody's proofs; nothing for nobody.
pub async fn of(db: &Db, scope: &Scope, person: PersonId) -> Result<Credentials, Problem> {
    Ok(db.one(scope, READ, args![person], read).await?.unwrap_or_default())
}

/// What is kept of somebody's proofs, as a transaction sees it.
pub async fn of_in(tx: &mut Tx, person: PersonId) -> Result<Credentials, Problem> {
    Ok(tx.one(READ, args![person], read).await?.unwrap_or_default())
}

/// Keeps a password that was hashed.
pub async fn set_password(tx: &mut Tx, person: PersonId, hash: &str) -> Result<(), Problem> {
    let now = tx.scope().now();
    tx.exec(
        "insert into credentials (person_id, password, password_at) values ($1, $2, $3)
         on conflict (person_id) do update set password = excluded.password, password_at = excluded.password_at",
        args![person, hash, now],
    )
    .await?;
    tx.record(About::installation(), Fact::PasswordSet { person }).await?;
    Ok(())
}

/// Keeps the same password under new parameters; nothing that people would call a change.
pub(crate) async fn renew_password(tx: &mut Tx, person: PersonId, hash: &str) -> Result<(), Problem> {
    tx.exec("update credentials set password = $1 where person_id = $2", args![hash, person]).await?;
    Ok(())
}

fn about(person: PersonId) -> String {
    format!("totp {person}")
}

/// The secret of an authenticator app, of what is kept of it.
pub fn open_totp(db: &Db, person: PersonId, kept: &str) -> Result<String, Problem> {
    db.unseal(&about(person), kept)
}

/// Seals secrets that were kept before there was a key; says how many. Safe to repeat.
pub async fn seal_old(tx: &mut Tx) -> Result<u64, Problem> {
    if !tx.db().seals() {
        return Ok(0);
    }
    let (db, scope) = (tx.db().clone(), tx.scope().clone());
    let kept = tx
        .all("select person_id, totp, totp_pending from credentials", args![], |row| {
            Ok((row.get::<PersonId>(0)?, row.get::<Option<String>>(1)?, row.get::<Option<String>>(2)?))
        })
        .await?;
    let mut sealed = 0;
    for (person, totp, pending) in kept {
        for (column, kept) in [("totp", totp), ("totp_pending", pending)] {
            let Some(plain) = kept.filter(|kept| !store::seal::is_sealed(kept)) else { continue };
            let kept = db.seal(&scope, &about(person), &plain)?;
            let sql = format!("update credentials set {column} = $1 where person_id = $2 and {column} = $3");
            sealed += tx.exec(&sql, args![kept, person, plain]).await?;
        }
    }
    Ok(sealed)
}

/// Secrets that cannot be read with the keys there are, and all that are kept.
pub async fn unreadable(db: &Db, scope: &Scope) -> Result<(usize, usize), Problem> {
    let sql = "select person_id, totp from credentials where totp is not null";
    let read = |row: &store::Row<'_>| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?));
    let all = db.all(scope, sql, args![], read).await?;
    let shut = all.iter().filter(|(person, kept)| open_totp(db, *person, kept).is_err()).count();
    Ok((shut, all.len()))
}

/// Keeps a secret that is shown now and asked for once a code has come back.
pub async fn propose_totp(tx: &mut Tx, person: PersonId, secret: &str) -> Result<(), Problem> {
    let kept = tx.db().seal(tx.scope(), &about(person), secret)?;
    // Whoever signs in by mail has no row yet.
    let sql = "insert into credentials (person_id, totp_pending) values ($1, $2)
               on conflict (person_id) do update set totp_pending = excluded.totp_pending";
    tx.exec(sql, args![person, kept]).await?;
    Ok(())
}

/// Switches the second factor on, with new codes to recover, which are returned and not kept.
pub async fn set_totp(
    tx: &mut Tx,
    person: PersonId,
    secret: &str,
    step: u64,
) -> Result<Vec<String>, Problem> {
    let scope = tx.scope().clone();
    let kept = tx.db().seal(&scope, &about(person), secret)?;
    tx.exec(
        "update credentials set totp = $1, totp_at = $2, totp_step = $3, totp_pending = null where person_id = $4",
        args![kept, scope.now(), step, person],
    )
    .await?;
    let codes = renew_recovery(tx, person).await?;
    tx.record(About::installation(), Fact::TotpSet { person }).await?;
    Ok(codes)
}

/// Replaces the codes to recover; the new ones are returned and not kept.
pub async fn renew_recovery(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, Problem> {
    let codes = secrets::fresh_recovery(tx.scope());
    tx.exec("delete from recovery_codes where person_id = $1", args![person]).await?;
    let rows = codes.iter().map(|code| args![person, secrets::kept(code)]).collect();
    tx.exec_many("insert into recovery_codes (person_id, hash) values ($1, $2)", rows).await?;
    Ok(codes)
}

/// Switches the second factor off; false when it was off.
pub async fn remove_totp(tx: &mut Tx, person: PersonId) -> Result<bool, Problem> {
    let touched = tx
        .exec(
            "update credentials set totp = null, totp_at = null, totp_step = null, totp_pending = null
             where person_id = $1 and (totp is not null or totp_pending is not null)",
            args![person],
        )
        .await?;
    tx.exec("delete from recovery_codes where person_id = $1", args![person]).await?;
    if touched > 0 {
        tx.record(About::installation(), Fact::TotpRemoved { person }).await?;
    }
    Ok(touched > 0)
}

/// Uses the code of a step; refuses a step that was used, and those before it.
pub async fn use_step(tx: &mut Tx, person: PersonId, step: u64) -> Result<bool, Problem> {
    let sql = "update credentials set totp_step = $1 where person_id = $2 and (totp_step is null or totp_step < $1)";
    Ok(tx.exec(sql, args![step, person]).await? > 0)
}

/// Uses a code to recover; each works once.
pub async fn use_recovery(tx: &mut Tx, person: PersonId, code: &str) -> Result<bool, Problem> {
    let Some(code) = secrets::clean_recovery(code) else { return Ok(false) };
    let now = tx.scope().now();
    let sql = "update recovery_codes set used_at = $1 where person_id = $2 and hash = $3 and used_at is null";
    Ok(tx.exec(sql, args![now, person, secrets::kept(&code)]).await? > 0)
}

/// How many codes to recover somebody has left.
pub async fn recovery_left(db: &Db, scope: &Scope, person: PersonId) -> Result<u64, Problem> {
    let sql = "select count(*) from recovery_codes where person_id = $1 and used_at is null";
    Ok(db.one(scope, sql, args![person], |row| row.get::<u64>(0)).await?.unwrap_or(0))
}
