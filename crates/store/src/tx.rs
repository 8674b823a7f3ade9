//! The named write transaction: the only way to write.

use futures::TryStreamExt as _;
use kernel::{About, Actor, ClientId, Fact, FactId, Id, Problem, Recorded, Scope};
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use crate::db::{Pools, lite_args, pg_args};
use crate::error::problem;
use crate::{Args, Db, Row, args, audit, facts};

/// The key of the lock under which PostgreSQL transactions write, one at a time. Any number will do; it must
/// only stay the same for all nodes ("tend" in ASCII).
const PG_WRITER: i64 = 0x7465_6e64;

enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A write under way. Dropping it undoes it.
pub struct Tx {
    db: Db,
    scope: Scope,
    name: &'static str,
    audited: bool,
    open: Open,
    recorded: Vec<Recorded>,
}

impl Tx {
    pub(crate) async fn begin(
        db: &Db,
        name: &'static str,
        scope: &Scope,
        audited: bool,
    ) -> Result<Tx, Problem> {
        if let Some(fuse) = db.fuse() {
            fuse.holds().await;
        }
        let open = match db.pools() {
            Pools::Sqlite { writer, .. } => {
                Open::Sqlite(writer.begin_with("begin immediate").await.map_err(problem)?)
            }
            Pools::Postgres(pool) => {
                let mut tx = pool.begin().await.map_err(problem)?;
                sqlx::query("select pg_advisory_xact_lock($1)")
                    .bind(PG_WRITER)
                    .execute(&mut *tx)
                    .await
                    .map_err(problem)?;
                Open::Postgres(tx)
            }
        };
        Ok(Tx { db: db.clone(), scope: scope.clone(), name, audited, open, recorded: Vec::new() })
    }

    /// The database it writes to.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The scope it writes for.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Every row of a query, as this transaction sees it.
    pub async fn all<T>(
        &mut self,
        text: &str,
        mut args: Args,
        mut each: impl FnMut(&Row<'_>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let ready = self.db.ready(text, args.len(), &self.scope, None)?;
        args.extend(ready.added);
        let mut out = Vec::new();
        match &mut self.open {
            Open::Sqlite(tx) => {
                let mut rows = sqlx::query_with(AssertSqlSafe(ready.text), lite_args(args)?).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(problem)? {
                    out.push(each(&Row::Lite(&row))?);
                }
            }
            Open::Postgres(tx) => {
                let mut rows = sqlx::query_with(AssertSqlSafe(ready.text), pg_args(args)?).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(problem)? {
                    out.push(each(&Row::Pg(&row))?);
                }
            }
        }
        Ok(out)
    }

    /// The first row of a query.
    pub async fn one<T>(
        &mut self,
        text: &str,
        args: Args,
        each: impl FnMut(&Row<'_>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        Ok(self.all(text, args, each).await?.into_iter().next())
    }

    /// Runs a statement; returns how many rows it touched.
    pub async fn exec(&mut self, text: &str, args: Args) -> Result<u64, Problem> {
        self.run(None, text, args).await
    }

    /// Runs a statement within one client's wall; `{client}` is that client. A client that the scope does not
    /// see, whole or in part, is not found.
    pub async fn exec_in(&mut self, client: ClientId, text: &str, args: Args) -> Result<u64, Problem> {
        self.check_client(client)?;
        self.run(Some(client), text, args).await
    }

    /// The same statement for many rows.
    pub async fn exec_many(&mut self, text: &str, rows: Vec<Args>) -> Result<u64, Problem> {
        let mut touched = 0;
        for args in rows {
            touched += self.run(None, text, args).await?;
        }
        Ok(touched)
    }

    /// The same statement for many rows of one client.
    pub async fn exec_many_in(
        &mut self,
        client: ClientId,
        text: &str,
        rows: Vec<Args>,
    ) -> Result<u64, Problem> {
        self.check_client(client)?;
        let mut touched = 0;
        for args in rows {
            touched += self.run(Some(client), text, args).await?;
        }
        Ok(touched)
    }

    fn check_client(&self, client: ClientId) -> Result<(), Problem> {
        let seen = match self.scope.wall() {
            kernel::Wall::Open => true,
            kernel::Wall::Within { clients, services } => {
                clients.contains(&client) || services.iter().any(|(of, _)| *of == client)
            }
        };
        if seen { Ok(()) } else { Err(Problem::not_found("client")) }
    }

    async fn run(&mut self, client: Option<ClientId>, text: &str, mut args: Args) -> Result<u64, Problem> {
        let client = client.map(|client| client.to_string());
        let ready = self.db.ready(text, args.len(), &self.scope, client.as_deref())?;
        args.extend(ready.added);
        Ok(match &mut self.open {
            Open::Sqlite(tx) => sqlx::query_with(AssertSqlSafe(ready.text), lite_args(args)?)
                .execute(&mut **tx)
                .await
                .map_err(problem)?
                .rows_affected(),
            Open::Postgres(tx) => sqlx::query_with(AssertSqlSafe(ready.text), pg_args(args)?)
                .execute(&mut **tx)
                .await
                .map_err(problem)?
                .rows_affected(),
        })
    }

    /// The one insert into a walled table whose client may be none.
    pub(crate) async fn insert_fact(&mut self, text: &str, args: Args) -> Result<(), Problem> {
        match &mut self.open {
            Open::Sqlite(tx) => {
                sqlx::query_with(AssertSqlSafe(text.to_owned()), lite_args(args)?)
                    .execute(&mut **tx)
                    .await
                    .map_err(problem)?;
            }
            Open::Postgres(tx) => {
                sqlx::query_with(AssertSqlSafe(text.to_owned()), pg_args(args)?)
                    .execute(&mut **tx)
                    .await
                    .map_err(problem)?;
            }
        }
        Ok(())
    }

    /// Several statements without arguments: schema steps.
    pub(crate) async fn script(&mut self, text: &str) -> Result<(), Problem> {
        match &mut self.open {
            Open::Sqlite(tx) => {
                sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut **tx).await.map_err(problem)?;
            }
            Open::Postgres(tx) => {
                sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut **tx).await.map_err(problem)?;
            }
        }
        Ok(())
    }

    /// States that something happened. The fact, its audit line and its place in every subscriber's feed
    /// become true with this transaction, or not at all.
    pub async fn record(&mut self, about: About, fact: Fact) -> Result<FactId, Problem> {
        let id = FactId::new(&self.scope);
        // Its place is given at commit, when nobody else can take it.
        let recorded =
            Recorded { seq: 0, id, at: self.scope.now(), actor: self.scope.actor().to_string(), about, fact };
        self.recorded.push(recorded);
        Ok(id)
    }

    /// What was recorded so far.
    #[must_use]
    pub fn recorded(&self) -> &[Recorded] {
        &self.recorded
    }

    /// Moves a subscriber's cursor: everything up to `seq` has been handled.
    pub async fn advance(&mut self, subscriber: &str, seq: i64) -> Result<(), Problem> {
        self.exec(
            "insert into cursors (subscriber, seq) values ($1, $2)
             on conflict (subscriber) do update set seq = excluded.seq where cursors.seq < excluded.seq",
            args![subscriber, seq],
        )
        .await?;
        Ok(())
    }

    /// Makes it so.
    pub async fn commit(mut self) -> Result<(), Problem> {
        let mut recorded = std::mem::take(&mut self.recorded);
        let by_somebody = !matches!(self.scope.actor(), Actor::Task(_));
        if !recorded.is_empty() {
            // With the asker's eyes, a reader within a wall would not see the last number.
            let scope = self.scope.clone();
            self.scope = scope.on_behalf(self.name);
            let next: i64 = self
                .one("select coalesce(max(seq), 0) + 1 from facts where {wall}", args![], |row| row.get(0))
                .await?
                .unwrap_or(1);
            for (fact, seq) in recorded.iter_mut().zip(next..) {
                fact.seq = seq;
            }
            facts::insert(&mut self, &recorded).await?;
            self.scope = scope;
        }
        if !recorded.is_empty() || (self.audited && by_somebody) {
            let scope = self.scope.clone();
            let name = self.name;
            audit::append(&mut self, name, &scope, &recorded).await?;
        }
        match self.open {
            Open::Sqlite(tx) => tx.commit().await.map_err(problem)?,
            Open::Postgres(tx) => tx.commit().await.map_err(problem)?,
        }
        // Measurements aside: a process killed between two of them has lost nothing but time.
        if let Some(fuse) = self.db.fuse().filter(|_| self.audited || !recorded.is_empty()) {
            fuse.step().await;
        }
        tracing::debug!(transaction = self.name, facts = recorded.len(), "{} committed", self.name);
        if !recorded.is_empty() || by_somebody {
            self.db.tell(recorded);
        }
        Ok(())
    }
}
