//! Schema steps: numbered, append-only, each applied once and remembered with the hash of its text.

use std::collections::HashMap;

use kernel::{Problem, Scope};

use crate::{Db, Engine, args};

/// What one feature keeps in the database.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The feature's name, a crate.
    pub feature: &'static str,
    /// Its steps, oldest first.
    pub steps: &'static [Step],
    /// Its tables as they are after all steps.
    pub tables: &'static [Table],
}

/// One change of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// `0001_name`.
    pub name: &'static str,
    /// The statements. `{bytes}` stands for the type of byte columns.
    pub sql: &'static str,
    /// The statements for PostgreSQL, only where they must differ.
    pub postgres: Option<&'static str>,
    /// Rows that the upgrade test puts in after this step, so that later steps meet data.
    pub sample: Option<&'static str>,
}

impl Step {
    /// A step whose text serves both databases.
    #[must_use]
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Step { name, sql, postgres: None, sample: None }
    }

    /// Other statements for PostgreSQL.
    #[must_use]
    pub const fn postgres(mut self, sql: &'static str) -> Self {
        self.postgres = Some(sql);
        self
    }

    /// Rows for the upgrade test.
    #[must_use]
    pub const fn sample(mut self, sql: &'static str) -> Self {
        self.sample = Some(sql);
        self
    }

    fn text(&self, engine: Engine) -> String {
        let text = match engine {
            Engine::Sqlite => self.sql,
            Engine::Postgres => self.postgres.unwrap_or(self.sql),
        };
        text.replace(
            "{bytes}",
            match engine {
                Engine::Sqlite => "blob",
                Engine::Postgres => "bytea",
            },
        )
    }
}

/// A table, and whether it stands within the wall.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Why it has no client, for tables outside the wall.
    pub open: Option<&'static str>,
}

impl Table {
    /// A table whose rows belong to one client each (`client_id`).
    #[must_use]
    pub const fn walled(name: &'static str) -> Self {
        Table { name, open: None }
    }

    /// A table whose rows belong to no client, with the reason.
    #[must_use]
    pub const fn open(name: &'static str, reason: &'static str) -> Self {
        Table { name, open: Some(reason) }
    }
}

/// The store's own tables.
pub(crate) const OWN: Schema = Schema {
    feature: "store",
    steps: &[Step::new("0001_ground", include_str!("../schema/0001_ground.sql"))],
    tables: &[
        Table::walled("facts"),
        Table::open("fact_things", "an index of facts; read only joined with them"),
        Table::open("audit", "one chain over everything; read only by the operator"),
        Table::open("cursors", "how far a task has read"),
        Table::open("leases", "which process runs a task"),
        Table::open("secrets", "keys of the installation"),
    ],
};

pub(crate) const STEPS_TABLE: &str = "create table if not exists schema_steps (
    feature text not null, step text not null, hash text not null, applied_at bigint not null,
    primary key (feature, step))";

/// Applies what is missing. A step whose text changed after it was applied is refused: the next start of
/// another installation would otherwise differ from this one without anybody knowing.
pub(crate) async fn migrate(
    db: &Db,
    scope: &Scope,
    schemas: &[&Schema],
    upto: Option<&str>,
) -> Result<u32, Problem> {
    db.run_script(STEPS_TABLE).await?;
    let known: HashMap<(String, String), String> = db
        .all(scope, "select feature, step, hash from schema_steps", args![], |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
        })
        .await?
        .into_iter()
        .collect();
    // Only a whole list tells: the upgrade test hands in one feature after the other.
    if upto.is_none() {
        refuse_newer(&known, schemas)?;
    }
    let mut applied = 0;
    for schema in std::iter::once(&&OWN).chain(schemas) {
        for step in schema.steps {
            let hash = crate::audit::hex(&crate::audit::sha256(&[step.sql.as_bytes()]));
            match known.get(&(schema.feature.to_owned(), step.name.to_owned())) {
                Some(before) if *before == hash => {}
                Some(_) => {
                    return Err(Problem::fault(format!(
                        "schema step {}/{} was changed after it was applied to this database; \
                         put the old text back and add a new step",
                        schema.feature, step.name
                    )));
                }
                None => {
                    let mut tx = db.write_unaudited("store.migrate", scope).await?;
                    tx.script(&step.text(db.engine())).await.map_err(|wrong| {
                        Problem::fault(format!("schema step {}/{} failed", schema.feature, step.name))
                            .because(wrong)
                    })?;
                    tx.exec(
                        "insert into schema_steps (feature, step, hash, applied_at) values ($1, $2, $3, $4)",
                        args![schema.feature, step.name, hash, scope.now()],
                    )
                    .await?;
                    tx.commit().await?;
                    applied += 1;
                }
            }
            if upto == Some(step.name) {
                break;
            }
        }
    }
    Ok(applied)
}

/// A database that holds steps of these features that this program does not know was written by a newer one.
fn refuse_newer(known: &HashMap<(String, String), String>, schemas: &[&Schema]) -> Result<(), Problem> {
    for schema in std::iter::once(&&OWN).chain(schemas) {
        let unknown = known.keys().find(|(feature, step)| {
            feature == schema.feature && !schema.steps.iter().any(|own| own.name == step)
        });
        if let Some((feature, step)) = unknown {
            return Err(Problem::new(kernel::Kind::Conflict, "database-newer")
                .with("step", format!("{feature}/{step}")));
        }
    }
    Ok(())
}
