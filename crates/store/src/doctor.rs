//! What `tend doctor` asks of the database.

use kernel::{Problem, Scope};

use crate::{Db, Engine, args};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// Whether it is as it should be.
    pub well: bool,
    /// What was found, and what to do when it is not well.
    pub said: String,
}

fn finding(what: &'static str, well: bool, said: impl Into<String>) -> Finding {
    Finding { what, well, said: said.into() }
}

impl Db {
    /// Looks the database over: its own checks, the audit chain, the subscribers, its size.
    pub async fn examine(&self, scope: &Scope) -> Result<Vec<Finding>, Problem> {
        let mut found = Vec::new();
        if self.engine() == Engine::Sqlite {
            let said =
                self.all(scope, "pragma integrity_check(20)", args![], |row| row.get::<String>(0)).await?;
            let well = said.len() == 1 && said[0] == "ok";
            let text =
                if well { "ok".into() } else { format!("{}; restore the last backup", said.join("; ")) };
            found.push(finding("database file", well, text));
            let broken =
                self.all(scope, "pragma foreign_key_check", args![], |row| row.get::<String>(0)).await?;
            found.push(finding(
                "references",
                broken.is_empty(),
                match broken.first() {
                    None => "every reference leads somewhere".into(),
                    Some(table) => format!("{} rows refer to nothing, the first in {table}", broken.len()),
                },
            ));
        }
        let audit = self.verify_audit(scope).await?;
        found.push(match audit.broken {
            None => finding("audit chain", true, format!("{} lines, head {}", audit.lines, audit.head)),
            Some((line, reason)) => finding(
                "audit chain",
                false,
                format!("line {line}: {reason}; compare with a backup from before"),
            ),
        });
        let newest: i64 = self
            .one(scope, "select coalesce(max(seq), 0) from facts where {wall}", args![], |row| row.get(0))
            .await?
            .unwrap_or(0);
        let cursors = self
            .all(scope, "select subscriber, seq from cursors order by subscriber", args![], |row| {
                Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
            })
            .await?;
        let ahead: Vec<&str> =
            cursors.iter().filter(|(_, seq)| *seq > newest).map(|(name, _)| name.as_str()).collect();
        found.push(finding(
            "subscribers",
            ahead.is_empty(),
            if ahead.is_empty() {
                let behind = cursors.iter().map(|(_, seq)| newest - seq).max().unwrap_or(0);
                format!("{} read the facts, the slowest is {behind} behind", cursors.len())
            } else {
                format!(
                    "{} stand beyond the newest fact; was an older backup restored over a newer database?",
                    ahead.join(", ")
                )
            },
        ));
        let size = self.size(scope).await?;
        found.push(finding("size", true, format!("{:.1} MB", size as f64 / 1_000_000.0)));
        Ok(found)
    }
}
