//! The database says no, and we translate it here.

use kernel::{Kind, Problem};

/// SQLite's result code for a full disk (`SQLITE_FULL`), and for an I/O error while writing.
const SQLITE_FULL: &str = "13";
/// PostgreSQL's SQLSTATE for a full disk.
const PG_DISK_FULL: &str = "53100";

pub(crate) fn problem(error: sqlx::Error) -> Problem {
    match &error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default().into_owned();
            // Extended SQLite codes carry the primary one in the low byte.
            let primary = code.parse::<i64>().map_or(code.clone(), |n| (n & 0xff).to_string());
            if refusal.is_unique_violation() {
                Problem::new(Kind::Conflict, "taken").because(error)
            } else if refusal.is_foreign_key_violation() {
                Problem::new(Kind::Conflict, "still-used").because(error)
            } else if primary == SQLITE_FULL || code == PG_DISK_FULL || primary == "10" {
                Problem::new(Kind::Unavailable, "disk-full").retry_after(60).because(error)
            } else if primary == "5"
                || primary == "6"
                || primary == "8"
                || code.starts_with("57")
                || code.starts_with("08")
            {
                Problem::new(Kind::Unavailable, "store-busy").retry_after(5).because(error)
            } else {
                Problem::fault(error)
            }
        }
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed => {
            Problem::new(Kind::Unavailable, "store-busy").retry_after(5).because(error)
        }
        _ => Problem::fault(error),
    }
}
