//! Questions answered over files and what is not in a file yet.

mod count;
mod filter;
mod funnel;
mod glob;
mod parts;
mod scan;
mod units;
mod visit;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::RecordBatch;
use kernel::lake::{Question, Reply};
use kernel::{Problem, Timestamp};

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

/// Answers a question. Blocking; `Question::Days` is answered by the engine and never comes here. The caller
/// keeps the files from being removed until it has an answer.
///
/// # Errors
/// When the question makes no sense, takes more memory than it may, or nobody waits for it any more; and when a
/// file cannot be read.
pub fn run(question: &Question, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
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
        Question::Measure(_)
        | Question::Retention(_)
        | Question::Paths(_)
        | Question::Spans { .. }
        | Question::Edges { .. }
        | Question::Days { .. } => Err(Problem::not_found("lake")),
    }
}

#[cfg(test)]
mod tests;
