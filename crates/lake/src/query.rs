//! Questions answered over files and what is not in a file yet.

mod count;
mod edges;
mod filter;
mod funnel;
mod glob;
mod measure;
mod parts;
mod scan;
mod units;
mod visit;
mod ways;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::RecordBatch;
use kernel::lake::{Among, FunnelAsk, Question, Reply, Table};
use kernel::{ClientId, Problem, ServiceId, Timestamp};

/// One sorted run of rows of one table, client, service and day (UTC).
#[derive(Debug, Clone)]
pub enum Source {
    /// A Parquet file on this machine.
    File(FileSource),
    /// Rows that are not in a file yet, in the order of files.
    Batch(Arc<RecordBatch>),
}

/// A file.
#[derive(Debug, Clone)]
pub struct FileSource {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Its first row's time.
    pub from: Timestamp,
    /// Its last row's time, inclusive.
    pub until: Timestamp,
}

/// What a question may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of memory.
    pub bytes: usize,
    /// Set when nobody waits for the answer any more.
    pub stop: Arc<AtomicBool>,
}

/// Over which rows a question goes: the engine hands it the sources of this table that hold a row between these
/// times.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The table.
    pub table: Table,
    /// From here, inclusive.
    pub from: Timestamp,
    /// To here, exclusive.
    pub until: Timestamp,
}

/// Over which rows a question goes; none for what the engine answers by itself.
#[must_use]
pub fn reach(question: &Question) -> Option<Reach> {
    let of = |table: Table, among: &Among| Reach {
        client: among.client,
        service: among.service,
        table,
        from: among.from,
        until: among.until,
    };
    // Later steps lie up to a window beyond the last start.
    let beyond = |ask: &FunnelAsk| {
        let until = ask.among.until.checked_add(ask.window).unwrap_or(Timestamp::MAX);
        Reach { until: until.max(ask.among.until), ..of(Table::Events, &ask.among) }
    };
    Some(match question {
        Question::Funnel(ask) => beyond(ask),
        Question::Units(ask) => beyond(&ask.funnel),
        Question::After(ask) => beyond(&ask.funnel),
        Question::Visit(ask) => of(Table::Events, &ask.among),
        Question::Count(ask) => of(Table::Events, &ask.among),
        Question::Top(ask) => of(Table::Events, &ask.among),
        Question::Measure(ask) => of(measure::table_of(&ask.measured), &ask.among),
        Question::Retention(ask) => of(Table::Events, &ask.among),
        Question::Paths(ask) => of(Table::Events, &ask.among),
        Question::Spans { among, .. } | Question::Edges { among } => of(Table::Spans, among),
        Question::Newest { among, table, .. } => of(*table, among),
        Question::Days { .. } => return None,
    })
}

/// Answers a question. Blocking; `Question::Days` is answered by the engine and never comes here. The caller
/// keeps the files from being removed until it has an answer.
///
/// # Errors
/// When the question makes no sense, takes more memory than it may, or nobody waits for it any more; and when a
/// file cannot be read.
pub fn run(question: &Question, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    // A file that cannot hold anything is not even opened.
    let reach = reach(question);
    let near = |source: &&Source| match (source, &reach) {
        (Source::File(file), Some(reach)) => file.until >= reach.from && file.from < reach.until,
        (Source::Batch(_), _) | (_, None) => true,
    };
    let sources: Vec<Source> = sources.iter().filter(near).cloned().collect();
    let sources = sources.as_slice();
    match question {
        Question::Funnel(ask) => funnel::funnel(ask, sources, limits),
        Question::Units(ask) => funnel::units(ask, sources, limits),
        Question::After(ask) => funnel::after(ask, sources, limits),
        Question::Visit(ask) => visit::visit(ask, sources, limits),
        Question::Count(ask) => count::count(ask, sources, limits),
        Question::Top(ask) => count::top(ask, sources, limits),
        Question::Newest { among, table, origin, limit } => {
            visit::newest(among, *table, *origin, *limit, sources, limits)
        }
        Question::Measure(ask) => measure::measure(ask, sources, limits),
        Question::Retention(ask) => ways::retention(ask, sources, limits),
        Question::Paths(ask) => ways::paths(ask, sources, limits),
        Question::Spans { among, cells } => measure::spans(among, cells, sources, limits),
        Question::Edges { among } => edges::edges(among, sources, limits),
        Question::Days { .. } => Err(Problem::not_found("lake")),
    }
}

#[cfg(test)]
mod tests;
