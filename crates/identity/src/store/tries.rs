//! Tries to sign in, counted where all nodes see them.

use jiff::{SignedDuration, Timestamp};
use kernel::{Kind, Problem, Scope};
use store::{Db, Tx, args};

use crate::rules::{FORGOTTEN_AFTER, Patience, Tries};
use crate::secrets;

/// What is counted apart from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What<'a> {
    /// Passwords and codes for an account, known or not.
    Account(&'a str),
    /// Anything from a network address.
    Address(&'a str),
    /// Mails with links to an account, known or not.
    Mailbox(&'a str),
}

impl What<'_> {
    /// The key; hashed, because people type passwords into the field of the name.
    fn key(self) -> String {
        secrets::kept(&match self {
            What::Account(mail) => format!("account {}", mail.trim().to_lowercase()),
            What::Address(address) => format!("address {address}"),
            What::Mailbox(mail) => format!("mailbox {}", mail.trim().to_lowercase()),
        })
    }
}

async fn read(tx: &mut Tx, key: &str) -> Result<Tries, Problem> {
    let sql = "select failed, last_at from tries where key = $1";
    let found = tx.one(sql, args![key], |row| {
        Ok(Tries { failed: row.get(0)?, last_at: Some(row.get::<Timestamp>(1)?) })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Counts a try under each key before it is known how it ends; 429 with the time to wait when it is one too
/// many, and then nothing is counted, so that waiting helps.
pub async fn count(db: &Db, scope: &Scope, what: &[(What<'_>, Patience)]) -> Result<(), Problem> {
    let mut tx = db.write_unaudited("identity.try", scope).await?;
    let now = scope.now();
    let mut counted = Vec::with_capacity(what.len());
    let mut longest: Option<SignedDuration> = None;
    for (what, patience) in what {
        let key = what.key();
        let tries = read(&mut tx, &key).await?;
        longest = longest.max(tries.wait(*patience, now));
        counted.push((key, tries.counted(now)));
    }
    if let Some(wait) = longest {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        return Err(Problem::new(Kind::TooMany, "too-many-tries")
            .with("seconds", seconds)
            .retry_after(seconds));
    }
    for (key, tries) in counted {
        tx.exec(
            "insert into tries (key, failed, last_at) values ($1, $2, $3)
             on conflict (key) do update set failed = excluded.failed, last_at = excluded.last_at",
            args![key, tries.failed, now],
        )
        .await?;
    }
    tx.commit().await
}

/// Takes back what a try cost that went well: the account's count, and one of the address's.
pub async fn forgive(tx: &mut Tx, account: &str, address: &str) -> Result<(), Problem> {
    tx.exec("delete from tries where key = $1", args![What::Account(account).key()]).await?;
    let sql = "update tries set failed = failed - 1 where key = $1 and failed > 0";
    tx.exec(sql, args![What::Address(address).key()]).await?;
    Ok(())
}

/// Removes what is forgotten; returns how much.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<u64, Problem> {
    let before = tx.scope().now() - FORGOTTEN_AFTER;
    tx.exec("delete from tries where last_at < $1", args![before]).await
}
