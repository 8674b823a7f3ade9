//! Rows that are in the log and not in a file yet, by table, client, service and day (UTC).
//!
//! New rows are put behind one another. As soon as there are many, or somebody asks, they become a batch in the
//! order of files: once, outside of the lock, by whoever needs it first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_array::RecordBatch;
use kernel::lake::{Rows, Table};
use kernel::{ClientId, Problem, ServiceId, Timestamp};
use rustc_hash::FxBuildHasher;

use crate::codec::{Row, each_table, join};
use crate::dedupe::Key;
use crate::{merge, table};

/// Rows that become a batch without being asked for: below it the batch costs more than its rows.
pub(crate) const BATCH_ROWS: usize = 16 * 1024;
/// Batches of a place above which they become one: each costs a question the same again.
const MOST_CHUNKS: usize = 24;
/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Where rows belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) table: Table,
    pub(crate) client: ClientId,
    pub(crate) service: ServiceId,
    /// Days since 1970.
    pub(crate) day: i64,
}

impl Place {
    /// The midnight of its day.
    pub(crate) fn midnight(&self) -> Timestamp {
        Timestamp::from_microsecond(self.day.saturating_mul(DAY)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

enum Stuff {
    Rows(Rows),
    Chunks(Vec<Arc<Chunk>>),
    Done,
}

/// Some rows that no longer grow.
pub(crate) struct Chunk {
    table: Table,
    stuff: Mutex<Stuff>,
    batch: OnceLock<Result<Arc<RecordBatch>, String>>,
}

impl Chunk {
    fn of(rows: Rows) -> Arc<Chunk> {
        let table = rows.table();
        Arc::new(Chunk { table, stuff: Mutex::new(Stuff::Rows(rows)), batch: OnceLock::new() })
    }

    /// The rows as a batch. Takes a while the first time.
    pub(crate) fn batch(&self) -> Result<Arc<RecordBatch>, Problem> {
        let made = self.batch.get_or_init(|| {
            let mut stuff = self.stuff.lock().unwrap_or_else(PoisonError::into_inner);
            let batch = match &*stuff {
                Stuff::Rows(rows) => Ok(table::batch(rows)),
                Stuff::Chunks(chunks) => chunks
                    .iter()
                    .map(|chunk| chunk.batch().map(|batch| RecordBatch::clone(&batch)))
                    .collect::<Result<Vec<_>, _>>()
                    .and_then(|batches| merge::to_one(self.table, &batches)),
                Stuff::Done => Err(Problem::fault("a chunk was made into a batch twice")),
            };
            if batch.is_ok() {
                *stuff = Stuff::Done;
            }
            batch.map(Arc::new).map_err(|problem| crate::chain(&problem))
        });
        made.clone().map_err(Problem::fault)
    }
}

/// The rows of one place.
#[derive(Default)]
pub(crate) struct Partition {
    fresh: Option<Rows>,
    chunks: Vec<Arc<Chunk>>,
    pub(crate) rows: u64,
}

impl Partition {
    /// Puts rows behind those that are there. Returns a chunk that is worth a batch.
    fn take(&mut self, rows: Rows) -> Option<Arc<Chunk>> {
        self.rows += rows.len() as u64;
        match &mut self.fresh {
            None => self.fresh = Some(rows),
            Some(fresh) => {
                join(fresh, rows);
            }
        }
        if self.fresh.as_ref().is_some_and(|fresh| fresh.len() >= BATCH_ROWS) { self.close() } else { None }
    }

    fn close(&mut self) -> Option<Arc<Chunk>> {
        let chunk = Chunk::of(self.fresh.take()?);
        if self.chunks.len() >= MOST_CHUNKS {
            let chunks = std::mem::take(&mut self.chunks);
            let table = chunk.table;
            let all = Chunk { table, stuff: Mutex::new(Stuff::Chunks(chunks)), batch: OnceLock::new() };
            self.chunks.push(Arc::new(all));
        }
        self.chunks.push(Arc::clone(&chunk));
        Some(chunk)
    }

    /// Everything as chunks.
    pub(crate) fn chunks(&mut self) -> Vec<Arc<Chunk>> {
        self.close();
        self.chunks.clone()
    }
}

/// The rows of some segments of the log.
#[derive(Default)]
pub(crate) struct Generation {
    pub(crate) partitions: HashMap<Place, Partition, FxBuildHasher>,
    /// Keys of its events.
    pub(crate) keys: Vec<Key>,
    pub(crate) rows: u64,
    /// Bytes of the log.
    pub(crate) bytes: u64,
    /// When its first rows came.
    pub(crate) since: Option<Timestamp>,
}

impl Generation {
    /// Takes the rows of one append. Returns chunks that are worth a batch.
    pub(crate) fn take(&mut self, rows: Rows, at: Timestamp, bytes: u64) -> Vec<Arc<Chunk>> {
        self.rows += rows.len() as u64;
        self.bytes += bytes;
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
        let mut closed = Vec::new();
        let partitions = &mut self.partitions;
        split(rows, &mut |place, rows| {
            closed.extend(partitions.entry(place).or_default().take(rows));
        });
        closed
    }
}

fn place_of<R: Row>(table: Table, row: &R) -> Place {
    let (client, service) = row.owner();
    Place { table, client, service, day: row.at().div_euclid(DAY) }
}

/// Takes rows apart by place. The usual case, everything in one place, moves nothing.
fn split(rows: Rows, each: &mut dyn FnMut(Place, Rows)) {
    let table = rows.table();
    macro_rules! list {
        ($list:expr, $variant:ident) => {{
            let list = $list;
            let Some(first) = list.first().map(|row| place_of(table, row)) else { return };
            if list.iter().all(|row| place_of(table, row) == first) {
                return each(first, Rows::$variant(list));
            }
            let mut apart: Vec<(Place, Vec<_>)> = Vec::new();
            for row in list {
                let place = place_of(table, &row);
                match apart.iter_mut().rev().find(|(known, _)| *known == place) {
                    Some((_, rows)) => rows.push(row),
                    None => apart.push((place, vec![row])),
                }
            }
            for (place, rows) in apart {
                each(place, Rows::$variant(rows));
            }
        }};
    }
    match rows {
        Rows::Events(list) => list!(list, Events),
        Rows::Checks(list) => list!(list, Checks),
        Rows::Vitals(list) => list!(list, Vitals),
        Rows::Spans(list) => list!(list, Spans),
        Rows::Metrics(list) => list!(list, Metrics),
        Rows::Logs(list) => list!(list, Logs),
    }
}

/// Whose rows these are, each once.
pub(crate) fn owners(rows: &Rows) -> Vec<(ClientId, ServiceId)> {
    let mut found = Vec::new();
    each_table!(rows, list => {
        for row in list {
            let owner = row.owner();
            if found.last() != Some(&owner) && !found.contains(&owner) {
                found.push(owner);
            }
        }
    });
    found
}

/// The rows that are not at these places, which are ascending.
pub(crate) fn without(rows: Rows, places: &[usize]) -> Rows {
    macro_rules! list {
        ($list:expr, $variant:ident) => {{
            let mut gone = places.iter().copied().peekable();
            let kept = $list.into_iter().enumerate().filter_map(|(at, row)| {
                if gone.peek() == Some(&at) {
                    gone.next();
                    None
                } else {
                    Some(row)
                }
            });
            Rows::$variant(kept.collect())
        }};
    }
    match rows {
        Rows::Events(list) => list!(list, Events),
        Rows::Checks(list) => list!(list, Checks),
        Rows::Vitals(list) => list!(list, Vitals),
        Rows::Spans(list) => list!(list, Spans),
        Rows::Metrics(list) => list!(list, Metrics),
        Rows::Logs(list) => list!(list, Logs),
    }
}
