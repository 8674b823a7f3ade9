//! One value over both databases.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use futures::TryStreamExt as _;
use kernel::{Kind, Problem, Recorded, Scope, SignedDuration, Timestamp};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgTypeInfo};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, SqliteConnection};
use tokio::sync::broadcast;

use crate::error::problem;
use crate::schema::{OWN, Schema, migrate};
use crate::testing::Fuse;
use crate::tx::Tx;
use crate::{Args, Keys, Row, Value, args, seal, sql};

/// SQLite connections that only read. More than the cores of a small machine helps nobody.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL, of which one writes at a time.
const PG_CONNECTIONS: u32 = 10;
/// How long a statement waits for a connection or a lock before the asker gets "busy".
const WAIT: Duration = Duration::from_secs(10);
/// Commits a slow reader of [`Db::changes`] may lag behind before it is told that it missed some.
const CHANGES_KEPT: usize = 1024;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite: one file, one writer, many readers.
    Sqlite,
    /// PostgreSQL: several nodes of Tend on one database.
    Postgres,
}

/// How to open the database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:PATH`, a path, or `postgres://..`.
    pub url: String,
    /// Never more pages than this in a SQLite file; a full disk for tests.
    pub max_pages: Option<u32>,
    /// Kills the process after so many durable steps; for tests of what a crash leaves behind.
    pub fuse: Option<Arc<Fuse>>,
    /// The keys that secrets are sealed with; without any they stand in the clear.
    pub keys: Option<Keys>,
}

impl Options {
    /// The database at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Options { url: url.into(), max_pages: None, fuse: None, keys: None }
    }
}

pub(crate) enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool, path: PathBuf },
    Postgres(PgPool),
}

struct Inner {
    pools: Pools,
    walled: RwLock<HashSet<&'static str>>,
    tables: RwLock<Vec<&'static str>>,
    changes: broadcast::Sender<Arc<[Recorded]>>,
    fuse: Option<Arc<Fuse>>,
    keys: Option<Keys>,
}

/// The state database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

/// Proof that this process runs a task until the lease ends.
#[derive(Debug)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// Until when.
    pub until: Timestamp,
}

impl Db {
    /// Opens the database, making a SQLite file that is not there. Does not touch the schema.
    pub async fn open(options: &Options) -> Result<Db, Problem> {
        let pools = if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            open_postgres(&options.url).await?
        } else {
            let path = options.url.strip_prefix("sqlite:").unwrap_or(&options.url);
            open_sqlite(Path::new(path), options.max_pages).await?
        };
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let db = Db(Arc::new(Inner {
            pools,
            walled: RwLock::default(),
            tables: RwLock::default(),
            changes,
            fuse: options.fuse.clone(),
            keys: options.keys.clone(),
        }));
        db.register(&[&OWN]);
        Ok(db)
    }

    /// Applies the schema steps that are missing, the store's own first, and learns which tables are walled.
    /// Returns how many were applied.
    pub async fn migrate(&self, scope: &Scope, schemas: &[&Schema]) -> Result<u32, Problem> {
        self.register(schemas);
        migrate(self, scope, schemas, None).await
    }

    pub(crate) fn register(&self, schemas: &[&Schema]) {
        let mut walled = self.0.walled.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut tables = self.0.tables.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for table in schemas.iter().flat_map(|schema| schema.tables) {
            if !tables.contains(&table.name) {
                tables.push(table.name);
            }
            if table.open.is_none() {
                walled.insert(table.name);
            }
        }
    }

    /// Every table that was declared, in the order in which it may be restored.
    #[must_use]
    pub fn tables(&self) -> Vec<&'static str> {
        self.0.tables.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Which database it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// The file, for SQLite.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0.pools {
            Pools::Sqlite { path, .. } => Some(path),
            Pools::Postgres(_) => None,
        }
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    /// The fuse of a test that kills the process between two steps.
    pub(crate) fn fuse(&self) -> Option<&Fuse> {
        self.0.fuse.as_deref()
    }

    pub(crate) fn ready(
        &self,
        text: &str,
        count: usize,
        scope: &Scope,
        client: Option<&str>,
    ) -> Result<sql::Ready, Problem> {
        let walled = self.0.walled.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        sql::ready(text, count, scope, self.engine(), &walled, client)
    }

    /// Every row of a query.
    pub async fn all<T>(
        &self,
        scope: &Scope,
        text: &str,
        mut args: Args,
        mut each: impl FnMut(&Row<'_>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let ready = self.ready(text, args.len(), scope, None)?;
        args.extend(ready.added);
        let mut out = Vec::new();
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => {
                let mut rows = sqlx::query_with(AssertSqlSafe(ready.text), lite_args(args)?).fetch(readers);
                while let Some(row) = rows.try_next().await.map_err(problem)? {
                    out.push(each(&Row::Lite(&row))?);
                }
            }
            Pools::Postgres(pool) => {
                let mut rows = sqlx::query_with(AssertSqlSafe(ready.text), pg_args(args)?).fetch(pool);
                while let Some(row) = rows.try_next().await.map_err(problem)? {
                    out.push(each(&Row::Pg(&row))?);
                }
            }
        }
        Ok(out)
    }

    /// The first row of a query.
    pub async fn one<T>(
        &self,
        scope: &Scope,
        text: &str,
        args: Args,
        each: impl FnMut(&Row<'_>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        Ok(self.all(scope, text, args, each).await?.into_iter().next())
    }

    /// Begins a write. The name is the metric, the log field and the audit action. Dropping the transaction
    /// without committing undoes it.
    pub async fn write(&self, name: &'static str, scope: &Scope) -> Result<Tx, Problem> {
        Tx::begin(self, name, scope, true).await
    }

    /// A write that leaves no audit line of its own: schema steps, cursors' housekeeping, measurements.
    /// Facts recorded in it are audited all the same.
    pub async fn write_unaudited(&self, name: &'static str, scope: &Scope) -> Result<Tx, Problem> {
        Tx::begin(self, name, scope, false).await
    }

    /// The facts of every commit of this process, as they happen; empty when a person wrote something that is
    /// no fact. For nudges and live screens; whoever must not miss a fact reads the feed.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<[Recorded]>> {
        self.0.changes.subscribe()
    }

    pub(crate) fn tell(&self, facts: Vec<Recorded>) {
        // Nobody listening is fine.
        let _ = self.0.changes.send(facts.into());
    }

    /// Takes or keeps a lease, unless another process holds it. The holder is this process; a lease that
    /// ended may be taken by anyone. Correctness never rests on it alone.
    pub async fn lease(
        &self,
        scope: &Scope,
        holder: &str,
        name: &str,
        length: SignedDuration,
    ) -> Result<Option<Lease>, Problem> {
        let until = scope.now() + length;
        let mut tx = self.write_unaudited("store.lease", scope).await?;
        let taken = tx
            .exec(
                "insert into leases (name, holder, until) values ($1, $2, $3)
                 on conflict (name) do update set holder = excluded.holder, until = excluded.until
                 where leases.holder = excluded.holder or leases.until <= $4",
                args![name, holder, until, scope.now()],
            )
            .await?;
        tx.commit().await?;
        Ok((taken == 1).then(|| Lease { name: name.to_owned(), until }))
    }

    /// A secret of the installation, made at first use.
    pub async fn key(&self, scope: &Scope, name: &str) -> Result<[u8; 32], Problem> {
        let read = "select secret from secrets where name = $1";
        if let Some(secret) = self.one(scope, read, args![name], |row| row.get::<Vec<u8>>(0)).await? {
            return secret
                .try_into()
                .map_err(|_| Problem::fault(format!("the secret {name} is not 32 bytes")));
        }
        let mut tx = self.write_unaudited("store.key", scope).await?;
        tx.exec(
            "insert into secrets (name, secret, made_at) values ($1, $2, $3) on conflict (name) do nothing",
            args![name, scope.random::<32>(), scope.now()],
        )
        .await?;
        let secret = tx.one(read, args![name], |row| row.get::<Vec<u8>>(0)).await?;
        tx.commit().await?;
        secret
            .and_then(|secret| secret.try_into().ok())
            .ok_or_else(|| Problem::fault(format!("the secret {name} is not 32 bytes")))
    }

    /// Whether there is a key to seal secrets with.
    #[must_use]
    pub fn seals(&self) -> bool {
        self.0.keys.is_some()
    }

    /// Seals a secret for the thing that `about` names; as it is where there is no key.
    pub fn seal(&self, scope: &Scope, about: &str, plain: &str) -> Result<String, Problem> {
        match &self.0.keys {
            Some(keys) => keys.seal(scope, about, plain),
            None => Ok(plain.to_owned()),
        }
    }

    /// Opens what [`Db::seal`] gave; what was kept before there was a key stands as it is.
    pub fn unseal(&self, about: &str, kept: &str) -> Result<String, Problem> {
        seal::unseal(self.0.keys.as_ref(), about, kept)
    }

    /// Whether the database answers and takes writes.
    pub async fn is_ready(&self, scope: &Scope) -> Result<(), Problem> {
        self.all(scope, "select 1", args![], |row| row.get::<i64>(0)).await.map(|_| ())
    }

    pub(crate) async fn run_script(&self, text: &str) -> Result<(), Problem> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => {
                sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(writer).await.map_err(problem)?;
            }
            Pools::Postgres(pool) => {
                sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(pool).await.map_err(problem)?;
            }
        }
        Ok(())
    }

    /// Closes all connections after what is under way is done.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &Path, max_pages: Option<u32>) -> Result<Pools, Problem> {
    if let Some(folder) = path.parent()
        && !folder.as_os_str().is_empty()
    {
        std::fs::create_dir_all(folder).map_err(|wrong| {
            Problem::new(Kind::Unavailable, "store-path").with("path", folder.display()).because(wrong)
        })?;
    }
    let base = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What is acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT)
        .statement_cache_capacity(256)
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-8000")
        .pragma("journal_size_limit", "67108864");
    let mut write = base.clone();
    if let Some(pages) = max_pages {
        write = write.pragma("max_page_count", pages.to_string());
    }
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(without_transaction(connection)))
        .connect_with(write)
        .await
        .map_err(|wrong| {
            Problem::new(Kind::Unavailable, "store-path").with("path", path.display()).because(wrong)
        })?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .connect_with(base.read_only(true).create_if_missing(false))
        .await
        .map_err(problem)?;
    Ok(Pools::Sqlite { writer, readers, path: path.to_owned() })
}

/// Whether the writer can begin. SQLite ends a transaction by itself when the disk is full or cannot be written, which
/// the driver does not notice: it goes on to count one open transaction, and every later one would be refused. Such a
/// connection is given up for a new one.
async fn without_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A roll-back that was asked for on the way out may still stand in the queue.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

async fn open_postgres(url: &str) -> Result<Pools, Problem> {
    let options: PgConnectOptions = url.parse().map_err(problem)?;
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_with(options.application_name("tend").options([("lock_timeout", "10s")]))
        .await
        .map_err(problem)?;
    Ok(Pools::Postgres(pool))
}

pub(crate) fn lite_args(args: Args) -> Result<SqliteArguments, Problem> {
    let mut out = SqliteArguments::default();
    for value in args {
        match value {
            Value::Null => out.add(None::<i64>),
            Value::Text(text) => out.add(text),
            Value::Int(int) => out.add(int),
            Value::Real(real) => out.add(real),
            Value::Bytes(bytes) => out.add(bytes),
        }
        .map_err(Problem::fault)?;
    }
    Ok(out)
}

/// A null whose type the server infers; a typed one would be refused by columns of another type.
struct Untyped;

impl sqlx::Type<sqlx::Postgres> for Untyped {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(sqlx::postgres::types::Oid(0))
    }
}

impl<'q> sqlx::Encode<'q, sqlx::Postgres> for Untyped {
    fn encode_by_ref(
        &self,
        _: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Ok(sqlx::encode::IsNull::Yes)
    }
}

pub(crate) fn pg_args(args: Args) -> Result<PgArguments, Problem> {
    let mut out = PgArguments::default();
    for value in args {
        match value {
            Value::Null => out.add(Untyped),
            Value::Text(text) => out.add(text),
            Value::Int(int) => out.add(int),
            Value::Real(real) => out.add(real),
            Value::Bytes(bytes) => out.add(bytes),
        }
        .map_err(Problem::fault)?;
    }
    Ok(out)
}
