//! The event lake as features see it: typed rows in, named questions out. The real one is the crate `lake`;
//! features link neither it nor what it stands on.
//!
//! An append is acknowledged after it is on disk, and what is acknowledged can be asked about at once. Rows are
//! never changed; they end by retention or by [`Lake::erase`]. A question is plain data, so that the same one can
//! be asked of one machine or of many. The wall is held by the lake: a question about a client or service that
//! the asker may not see is answered as if it did not exist.

mod ask;
mod reply;
mod rows;

pub use ask::{
    AfterAsk, Among, CasesAsk, CountAsk, Ending, EndingAsk, ExclusionAsk, Field, FunnelAsk, Looks, MAX_CASES,
    MAX_GROUPS, MAX_STEPS, MAX_TESTS, Match, MeasureAsk, Measured, Order, PathsAsk, People, Period, Question,
    RetentionAsk, StepAsk, Test, TopAsk, TopSort, Unit, UnitsAsk, VisitAsk, Where,
};
pub use reply::{
    After, CaseLine, Cases, Cohort, Counted, DayState, Edge, Flow, FunnelCell, FunnelCounts, Group, Measure,
    Reply, Seen, Sketch, SpanCounts, Stood, Top, UnitLine,
};
pub use rows::{
    Channel, Check, Device, Event, Kept, LogLine, MAX_APPEND, MAX_NAME, MAX_PATH, MAX_PROP, MAX_PROPS,
    Metric, Origin, Rows, Span, Table, Vital, VitalName,
};

use std::sync::Arc;

use crate::task::{Answer, Status};
use crate::{ClientId, Problem, Scope, ServiceId};

/// Where events are kept and asked about.
pub trait Lake: Send + Sync {
    /// Keeps rows. Resolves when they are on disk and can be asked about; a row that was seen before (same
    /// service and same key within 48 hours) is counted and not kept again. Refuses more than [`MAX_APPEND`]
    /// rows, and answers `busy` (503) when the disk is full or too much waits to be written.
    fn append<'a>(&'a self, scope: &'a Scope, rows: Rows) -> Answer<'a, Result<Kept, Problem>>;

    /// Answers a question. Refuses what the asker may not see as not found, and what would take more memory than
    /// a question may with what to narrow.
    fn ask<'a>(&'a self, scope: &'a Scope, question: Question) -> Answer<'a, Result<Reply, Problem>>;

    /// Erases every row of one unit of a service (an erasure request), rewrites the files that held it, and says
    /// what was rewritten. After it answered, no file and no log on this machine holds the unit.
    fn erase<'a>(&'a self, scope: &'a Scope, whose: Erase) -> Answer<'a, Result<Erased, Problem>>;

    /// How long rows of a table of a service are kept, in days; none is for ever. Expiry happens in `tend`.
    fn retain<'a>(
        &'a self,
        scope: &'a Scope,
        client: ClientId,
        service: ServiceId,
        table: Table,
        days: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>>;

    /// Seals, compacts and expires what is due, a bounded amount. Called by the round.
    fn tend<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>>;

    /// What it holds, for metrics and `/system`.
    fn standing(&self) -> Standing;
}

/// Whose rows are erased: every row of the service where one of these columns holds the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// Which kind of unit.
    pub unit: Unit,
    /// The number the unit has in the lake.
    pub number: u64,
}

/// What an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Erased {
    /// Rows that are gone.
    pub rows: u64,
    /// Files that were read to look for them.
    pub files_read: u64,
    /// Files that were written anew without them.
    pub files_rewritten: u64,
    /// SHA-256 of each file that was destroyed, as hexadecimal: the evidence.
    pub destroyed: Vec<String>,
}

/// What the lake holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Standing {
    /// Rows that are in the log and not yet in a file.
    pub open_rows: u64,
    /// Bytes of the log on disk.
    pub log_bytes: u64,
    /// Files.
    pub files: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    /// Rows in the files.
    pub file_rows: u64,
    /// Duplicates that were not kept since the program started.
    pub duplicates: u64,
    /// Why it does not take rows at the moment, when it does not.
    pub refuses: Option<String>,
}

/// An installation without a lake: what is asked of it answers that it is not there. For tests that need none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLake;

impl NoLake {
    /// As the face.
    #[must_use]
    pub fn shared() -> Arc<dyn Lake> {
        Arc::new(NoLake)
    }
}

fn absent<T: Send + 'static>() -> Answer<'static, Result<T, Problem>> {
    Box::pin(std::future::ready(Err(Problem::not_found("lake"))))
}

impl Lake for NoLake {
    fn append<'a>(&'a self, _: &'a Scope, _: Rows) -> Answer<'a, Result<Kept, Problem>> {
        absent()
    }

    fn ask<'a>(&'a self, _: &'a Scope, _: Question) -> Answer<'a, Result<Reply, Problem>> {
        absent()
    }

    fn erase<'a>(&'a self, _: &'a Scope, _: Erase) -> Answer<'a, Result<Erased, Problem>> {
        absent()
    }

    fn retain<'a>(
        &'a self,
        _: &'a Scope,
        _: ClientId,
        _: ServiceId,
        _: Table,
        _: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>> {
        absent()
    }

    fn tend<'a>(&'a self, _: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(std::future::ready(Ok(Status::idle())))
    }

    fn standing(&self) -> Standing {
        Standing::default()
    }
}

/// SQL for people, where the program was built with it.
pub trait Sql: Send + Sync {
    /// Runs one read-only statement within what the asker may see. `tables` are rows of the state database that
    /// can be joined, already within the asker's walls. Refuses writing, what takes too long and what takes
    /// too much memory, each with a sentence.
    fn query<'a>(
        &'a self,
        scope: &'a Scope,
        statement: String,
        tables: Vec<StateTable>,
        limits: SqlLimits,
    ) -> Answer<'a, Result<SqlTable, Problem>>;

    /// The tables of the lake with their columns, in the order in which people look for them.
    fn tables(&self) -> Vec<SqlColumns>;
}

/// A table and its columns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct SqlColumns {
    /// Its name in SQL.
    pub name: &'static str,
    /// Names of the columns and what they hold.
    pub columns: Vec<(&'static str, SqlKind)>,
}

/// Rows of the state database that a query may join.
#[derive(Debug, Clone, PartialEq)]
pub struct StateTable {
    /// Its name in SQL.
    pub name: &'static str,
    /// Names of the columns, with whether each is a number, an instant or a text.
    pub columns: Vec<(&'static str, SqlKind)>,
    /// The rows.
    pub rows: Vec<Vec<serde_json::Value>>,
}

/// What a column of SQL holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SqlKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// An instant.
    Time,
    /// True or false.
    Bool,
    /// Anything else, shown as text.
    #[default]
    Other,
}

/// What a query may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlLimits {
    /// Rows of the answer; the rest is cut off and said to be.
    pub rows: usize,
    /// Time.
    pub time: jiff::SignedDuration,
    /// Bytes of memory.
    pub bytes: usize,
    /// Whether the answer should come as a Parquet file instead of rows.
    pub parquet: bool,
}

/// What a query answered.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct SqlTable {
    /// Names of the columns and what they hold.
    pub columns: Vec<(String, SqlKind)>,
    /// The rows; none when a file was asked for.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there was more.
    pub cut: bool,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// The rows as a Parquet file, when asked for.
    #[serde(skip)]
    pub parquet: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests;
