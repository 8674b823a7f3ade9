//! Questions answered over files and what is not in a file yet.

mod cases;
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
use kernel::lake::{FunnelAsk, Question, Reply};
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

/// Between which times the rows of a question lie, the end exclusive; none for what the engine answers by itself.
fn times(question: &Question) -> Option<(Timestamp, Timestamp)> {
    // Later steps lie up to a window beyond the last start.
    let beyond = |ask: &FunnelAsk| {
        let until = ask.among.until.checked_add(ask.window).unwrap_or(Timestamp::MAX);
        (ask.among.from, until.max(ask.among.until))
    };
    let among = match question {
        Question::Funnel(ask) => return Some(beyond(ask)),
        Question::Units(ask) => return Some(beyond(&ask.funnel)),
        Question::After(ask) => return Some(beyond(&ask.funnel)),
        Question::Visit(ask) => &ask.among,
        Question::Cases(ask) => &ask.among,
        Question::Count(ask) => &ask.among,
        Question::Top(ask) => &ask.among,
        Question::Measure(ask) => &ask.among,
        Question::Retention(ask) => &ask.among,
        Question::Paths(ask) => &ask.among,
        Question::Spans { among, .. } | Question::Edges { among } | Question::Newest { among, .. } => among,
        Question::Days { .. } => return None,
    };
    Some((among.from, among.until))
}

/// Answers a question. Blocking; `Question::Days` is answered by the engine and never comes here. The caller
/// keeps the files from being removed until it has an answer.
///
/// # Errors
/// When the question makes no sense, takes more memory than it may, or nobody waits for it any more; and when a
/// file cannot be read.
pub fn run(question: &Question, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    // A file that cannot hold anything is not even opened.
    let times = times(question);
    let near = |source: &&Source| match (source, times) {
        (Source::File(file), Some((from, until))) => file.until >= from && file.from < until,
        (Source::Batch(_), _) | (_, None) => true,
    };
    let sources: Vec<Source> = sources.iter().filter(near).cloned().collect();
    let sources = sources.as_slice();
    match question {
        Question::Funnel(ask) => funnel::funnel(ask, sources, limits),
        Question::Units(ask) => funnel::units(ask, sources, limits),
        Question::After(ask) => funnel::after(ask, sources, limits),
        Question::Visit(ask) => visit::visit(ask, sources, limits),
        Question::Cases(ask) => cases::cases(ask, sources, limits),
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
