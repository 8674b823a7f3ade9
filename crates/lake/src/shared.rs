//! What the writer, the questions and the housekeeping have in common.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use kernel::Timestamp;
use tokio::sync::Notify;

use crate::buffer::{Chunk, Generation, Place};
use crate::dedupe::Key;
use crate::manifest::{Files, Meta};
use crate::writer::lock;

/// Sizes at which something happens. Each has a default that suits a small machine.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the log that are sealed without waiting: with 16 bytes an event in a file and about ten times that
    /// in the log, some megabytes of Parquet.
    pub seal_bytes: u64,
    /// Bytes of the log above which nothing more is taken until they are sealed. Bounds the memory of what is not
    /// in a file yet: about twice this.
    pub buffer_bytes: u64,
    /// Bytes that may wait for the writer.
    pub queue_bytes: usize,
    /// Appends that may wait for the writer.
    pub queue: usize,
    /// The largest file that compaction makes.
    pub compact_bytes: u64,
    /// What one question may take.
    pub question_bytes: usize,
    /// Questions that are computed at once; the rest waits its turn.
    pub questions: usize,
    /// Event ids that are kept to find duplicates: 20 to 40 bytes of memory each.
    pub keys: usize,
    /// Bytes of local copies when files are in an object store.
    pub cache_bytes: u64,
    /// How long rows wait for a file at most.
    pub seal_after: jiff::SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            seal_bytes: 64 << 20,
            buffer_bytes: 256 << 20,
            queue_bytes: 64 << 20,
            queue: 8_192,
            compact_bytes: 512 << 20,
            question_bytes: 256 << 20,
            questions: 2,
            keys: 8_000_000,
            cache_bytes: 20 << 30,
            seal_after: jiff::SignedDuration::from_mins(5),
        }
    }
}

/// Rows on their way from the log into files.
pub(crate) struct Sealing {
    /// The first segment of the log that does not belong to it.
    pub(crate) low: u64,
    pub(crate) places: BTreeMap<Place, (Vec<Arc<Chunk>>, u64)>,
    pub(crate) keys: Vec<Key>,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) since: Option<Timestamp>,
    /// Files that were written for it, when the manifest could not be changed yet.
    pub(crate) made: Mutex<Option<Vec<Made>>>,
}

/// A file that was written for a place; none when nothing was left for it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) place: Place,
    pub(crate) meta: Option<Meta>,
    /// Rows that were left out because their unit was erased meanwhile.
    pub(crate) erased: u64,
}

/// What questions see: all of it at one moment.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) open: Generation,
    pub(crate) sealing: Option<Arc<Sealing>>,
    pub(crate) files: Arc<Files>,
}

/// What the parts have in common.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) limits: Limits,
    pub(crate) wants_seal: Notify,
    queued: AtomicUsize,
    duplicates: AtomicU64,
    refuses: Mutex<Option<String>>,
    /// Held as long as this process may write here.
    lock: Mutex<Option<std::fs::File>>,
}

impl Shared {
    pub(crate) fn new(limits: Limits, state: State, held: std::fs::File) -> Arc<Shared> {
        Arc::new(Shared {
            state: Mutex::new(state),
            limits,
            wants_seal: Notify::new(),
            queued: AtomicUsize::new(0),
            duplicates: AtomicU64::new(0),
            refuses: Mutex::new(None),
            lock: Mutex::new(Some(held)),
        })
    }

    /// Lets others open the folder.
    pub(crate) fn lets_go(&self) {
        *lock(&self.lock) = None;
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Takes room in the queue; false when there is none.
    pub(crate) fn queue(&self, bytes: usize) -> bool {
        let before = self.queued.fetch_add(bytes, Ordering::SeqCst);
        if before > 0 && before + bytes > self.limits.queue_bytes {
            self.queued.fetch_sub(bytes, Ordering::SeqCst);
            return false;
        }
        true
    }

    pub(crate) fn unqueue(&self, bytes: usize) {
        self.queued.fetch_sub(bytes, Ordering::SeqCst);
    }

    pub(crate) fn refuses(&self, why: String) {
        let mut refuses = lock(&self.refuses);
        if refuses.as_ref() != Some(&why) {
            tracing::error!("the lake takes no rows: {why}");
        }
        *refuses = Some(why);
    }

    pub(crate) fn takes(&self) {
        let mut refuses = lock(&self.refuses);
        if refuses.take().is_some() {
            tracing::info!("the lake takes rows again");
        }
    }

    pub(crate) fn why_refuses(&self) -> Option<String> {
        lock(&self.refuses).clone()
    }

    pub(crate) fn count_duplicates(&self, count: u64) {
        self.duplicates.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }
}
