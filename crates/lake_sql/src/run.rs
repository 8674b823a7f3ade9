//! Runs a statement within its limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::catalog::MemTable;
use datafusion::common::DataFusionError;
use datafusion::config::Dialect;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use futures::StreamExt as _;
use kernel::lake::{Sql, SqlColumns, SqlLimits, SqlTable, StateTable, Table};
use kernel::task::Answer;
use kernel::{Kind, Problem, Scope};
use parquet::arrow::ArrowWriter;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::columns::{self, Names};
use crate::part::Parts;
use crate::stop::{Stop, stoppable};
use crate::table::LakeTable;
use crate::{cells, functions, guard, state, strings, wrong};

/// Statements that run at once; more wait.
const AT_ONCE: usize = 2;
/// Statements that wait at most; more are refused as busy.
const WAITING: usize = 16;
/// Bytes that all statements together may put on disk.
const MAX_SPILLED: u64 = 2 << 30;
/// The stack of a thread that plans and runs. Planning recurses through what is nested.
const STACK: usize = 64 << 20;
/// Consumers of memory that are named in the log when memory runs out.
const NAMED_CONSUMERS: std::num::NonZeroUsize = std::num::NonZeroUsize::new(5).expect("five is not zero");

/// Where the engine may put what does not fit into memory.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A folder of its own for what is spilled, emptied at the start; none uses no disk, and what does not fit is
    /// refused.
    pub spill: Option<PathBuf>,
    /// Threads; 0 takes as many as there are processors.
    pub threads: usize,
}

/// SQL over the lake.
pub struct Engine {
    parts: Arc<dyn Parts>,
    settings: Settings,
    /// Threads of its own: a statement that computes must not hold up whoever waits for a page.
    runtime: Option<Runtime>,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Engine {
    /// An engine over these parts.
    pub fn open(parts: Arc<dyn Parts>, settings: Settings) -> std::io::Result<Engine> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if settings.threads == 0 { cores } else { settings.threads };
        if let Some(folder) = &settings.spill {
            // What a process left that was killed.
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => std::fs::create_dir_all(folder)?,
            }
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_stack_size(STACK)
            .thread_name("sql")
            .enable_time()
            .build()?;
        Ok(Engine {
            parts,
            settings: Settings { threads, ..settings },
            runtime: Some(runtime),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        })
    }

    async fn answer(
        &self,
        scope: &Scope,
        statement: &str,
        tables: Vec<StateTable>,
        limits: SqlLimits,
    ) -> Result<SqlTable, Problem> {
        let _place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let began = scope.now();
        let time = Duration::try_from(limits.time).unwrap_or_default();
        let within = tokio::time::timeout(time, async {
            let _turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Problem::fault)?;
            let session = self.session(scope, tables, limits)?;
            let runtime = self.runtime.as_ref().ok_or_else(busy)?;
            // Whoever stops waiting stops the work.
            let stop = Stop::default();
            let work = work(session, statement.to_owned(), limits, Arc::clone(&stop));
            Stops(runtime.spawn(work), stop).done().await
        });
        let mut table = match within.await {
            Ok(answered) => answered?,
            Err(_) => {
                let seconds = limits.time.as_secs();
                return Err(Problem::new(Kind::TimedOut, "sql-took-too-long").with("seconds", seconds));
            }
        };
        table.took_ms = u64::try_from(scope.now().duration_since(began).as_millis()).unwrap_or_default();
        Ok(table)
    }

    fn session(
        &self,
        scope: &Scope,
        tables: Vec<StateTable>,
        limits: SqlLimits,
    ) -> Result<SessionContext, Problem> {
        let names = Arc::new(names(&tables));
        let state = self.state(scope, limits).map_err(|error| wrong::problem(&error))?;
        let session = SessionContext::new_with_state(state);
        for table in Table::ALL {
            let provider = LakeTable::new(scope, table, Arc::clone(&self.parts), Arc::clone(&names));
            register(&session, table.word(), Arc::new(provider))?;
        }
        for table in tables {
            let batch = state::batch(&table).map_err(|error| wrong::problem(&error))?;
            let rows = MemTable::try_new(batch.schema(), vec![vec![batch]]);
            register(&session, table.name, Arc::new(rows.map_err(|error| wrong::problem(&error))?))?;
        }
        Ok(session)
    }

    fn state(&self, scope: &Scope, limits: SqlLimits) -> Result<SessionState, DataFusionError> {
        let mut config = SessionConfig::new()
            .with_default_catalog_and_schema("tend", "public")
            .with_information_schema(true)
            .with_target_partitions(self.settings.threads);
        let options = config.options_mut();
        options.sql_parser.collect_spans = true;
        options.sql_parser.dialect = Dialect::Generic;
        options.execution.time_zone = Some("UTC".into());
        let mut state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(self.memory(limits)?)
            .with_default_features()
            .build();
        let known: Vec<Arc<ScalarUDF>> = state.scalar_functions().values().cloned().collect();
        let guarded = known.iter().map(strings::guarded);
        let ours = functions::scalars(scope.now());
        let mut planners = state.expr_planners().to_vec();
        planners.insert(0, Arc::new(strings::Joining::new()));
        let aggregates: Vec<_> =
            state.aggregate_functions().values().cloned().chain(functions::aggregates()).collect();
        let functions: Vec<_> = guarded.chain(ours).collect();
        state = SessionStateBuilder::new_from_existing(state)
            .with_expr_planners(planners)
            .with_scalar_functions(functions)
            .with_aggregate_functions(aggregates)
            .build();
        Ok(state)
    }

    fn memory(&self, limits: SqlLimits) -> Result<Arc<RuntimeEnv>, DataFusionError> {
        let pool = TrackConsumersPool::new(FairSpillPool::new(limits.bytes), NAMED_CONSUMERS);
        let mode = match &self.settings.spill {
            Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
            None => DiskManagerMode::Disabled,
        };
        let disk = DiskManagerBuilder::default()
            .with_mode(mode)
            .with_max_temp_directory_size(MAX_SPILLED / AT_ONCE as u64);
        RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build_arc()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // What still computes is let go; waiting for it could hold up the end of the program.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Sql for Engine {
    fn query<'a>(
        &'a self,
        scope: &'a Scope,
        statement: String,
        tables: Vec<StateTable>,
        limits: SqlLimits,
    ) -> Answer<'a, Result<SqlTable, Problem>> {
        Box::pin(async move { self.answer(scope, &statement, tables, limits).await })
    }

    fn tables(&self) -> Vec<SqlColumns> {
        let columns = |table| columns::all(table).map(|(name, kind)| (name, kind.kind())).collect();
        Table::ALL.map(|table| SqlColumns { name: table.word(), columns: columns(table) }).to_vec()
    }
}

fn register(
    session: &SessionContext,
    name: &str,
    table: Arc<dyn datafusion::catalog::TableProvider>,
) -> Result<(), Problem> {
    session.register_table(name, table).map(|_| ()).map_err(|error| wrong::problem(&error))
}

fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "sql-busy").retry_after(10)
}

/// The names of services and their clients, from the state table `services`.
fn names(tables: &[StateTable]) -> Names {
    let mut names = Names::default();
    let Some(services) = tables.iter().find(|table| table.name == "services") else { return names };
    let at = |wanted: &str| services.columns.iter().position(|(name, _)| *name == wanted);
    let (Some(id), Some(name), Some(client)) = (at("id"), at("name"), at("client")) else { return names };
    for row in &services.rows {
        let text = |column: usize| row.get(column).and_then(|cell| cell.as_str()).unwrap_or_default();
        if let Ok(id) = text(id).parse() {
            names.services.insert(id, (text(name).to_owned(), text(client).to_owned()));
        }
    }
    names
}

/// A task that ends when nobody waits for it.
struct Stops<T>(JoinHandle<T>, Stop);

impl<T> Stops<Result<T, Problem>> {
    async fn done(mut self) -> Result<T, Problem> {
        (&mut self.0).await.map_err(|error| match error.is_panic() {
            true => Problem::fault(format!("the engine of SQL panicked: {error}")),
            false => busy(),
        })?
    }
}

impl<T> Drop for Stops<T> {
    fn drop(&mut self) {
        self.1.store(true, Ordering::Relaxed);
        self.0.abort();
    }
}

/// All of it on a thread with a deep stack: reading the statement recurses, too.
async fn work(
    session: SessionContext,
    statement: String,
    limits: SqlLimits,
    stop: Stop,
) -> Result<SqlTable, Problem> {
    let statement = guard::one_reading(&statement)?;
    run(session, statement, limits, stop).await.map_err(|error| wrong::problem(&error))
}

async fn run(
    session: SessionContext,
    statement: Statement,
    limits: SqlLimits,
    stop: Stop,
) -> Result<SqlTable, DataFusionError> {
    let plan = session.state().statement_to_plan(statement).await?;
    let reads = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reads.verify_plan(&plan)?;
    let frame = session.execute_logical_plan(plan).await?;
    let schema: SchemaRef = Arc::clone(frame.schema().inner());
    let context = Arc::new(frame.task_ctx());
    let plan = stoppable(frame.create_physical_plan().await?, &stop)?;
    let mut stream = execute_stream(plan, context)?;
    let mut taken = Taken::new(&schema, limits);
    while let Some(batch) = stream.next().await {
        if taken.take(batch?) {
            break;
        }
    }
    taken.table()
}

/// Rows of the answer so far.
struct Taken {
    table: SqlTable,
    limits: SqlLimits,
    rows: usize,
    bytes: usize,
    schema: SchemaRef,
    /// For the Parquet file.
    batches: Vec<RecordBatch>,
}

impl Taken {
    fn new(schema: &SchemaRef, limits: SqlLimits) -> Self {
        let columns =
            schema.fields().iter().map(|field| (field.name().clone(), cells::kind(field.data_type())));
        let table = SqlTable { columns: columns.collect(), ..SqlTable::default() };
        Taken { table, limits, rows: 0, bytes: 0, schema: Arc::clone(schema), batches: Vec::new() }
    }

    /// Takes what fits; true when it is enough.
    fn take(&mut self, batch: RecordBatch) -> bool {
        let left = self.limits.rows - self.rows;
        self.bytes += batch.get_array_memory_size();
        // An answer of few rows can still be long. As cells it takes about three times what it takes as columns.
        self.table.cut = batch.num_rows() > left || self.bytes > self.limits.bytes / 4;
        let taken = batch.num_rows().min(left);
        self.rows += taken;
        match self.limits.parquet {
            true => self.batches.push(batch.slice(0, taken)),
            false => self.table.rows.extend(cells::rows(&batch, taken)),
        }
        self.table.cut
    }

    fn table(mut self) -> Result<SqlTable, DataFusionError> {
        if self.limits.parquet {
            let wrong = |error| DataFusionError::External(Box::new(error));
            let mut writer = ArrowWriter::try_new(Vec::new(), self.schema, None).map_err(wrong)?;
            for batch in &self.batches {
                writer.write(batch).map_err(wrong)?;
            }
            self.table.parquet = Some(writer.into_inner().map_err(wrong)?);
        }
        Ok(self.table)
    }
}
