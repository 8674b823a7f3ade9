//! The one thread that writes the log.
//!
//! Appends come in a queue. The writer takes what is there, up to [`GROUP_BYTES`], drops what it has seen before,
//! writes and syncs all of it at once, makes it visible to questions, and only then tells whoever waits. While it
//! syncs, the next group gathers. When the last group had several appends it waits a moment for more, because a
//! sync costs the same for one as for a hundred.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use kernel::lake::{Kept, Rows};
use kernel::{Kind, Problem, Timestamp};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::buffer::{Chunk, Place, without};
use crate::dedupe::{Key, Seen};
use crate::log::{Segment, frame};
use crate::shared::{Sealing, Shared};

/// Bytes that are written at once at the latest.
const GROUP_BYTES: usize = 256 * 1024;
/// The longest a group waits for more, when the last one had several appends; well under the 5 ms that a sync
/// may be put off.
const LINGER: Duration = Duration::from_millis(2);

/// What the writer is asked to do.
pub(crate) enum Job {
    /// Keep these rows.
    Append(Append),
    /// Begin a new segment; what came until now is handed out to be sealed. None when there is nothing.
    Turn(oneshot::Sender<io::Result<Option<Arc<Sealing>>>>),
    /// End.
    Stop,
}

/// One append.
pub(crate) struct Append {
    pub(crate) rows: Rows,
    pub(crate) frame: Vec<u8>,
    pub(crate) at: Timestamp,
    pub(crate) done: oneshot::Sender<Result<Kept, Problem>>,
}

/// The writer.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) segment: Segment,
    pub(crate) seen: Seen,
    pub(crate) jobs: Receiver<Job>,
    pub(crate) runtime: tokio::runtime::Handle,
}

/// An append after its duplicates are dropped.
struct Ready {
    rows: Rows,
    frame: Vec<u8>,
    at: Timestamp,
    kept: Kept,
    fingerprints: Vec<u64>,
    done: oneshot::Sender<Result<Kept, Problem>>,
}

impl Writer {
    /// Works until told to stop, or until nobody can tell it anything any more.
    pub(crate) fn run(mut self) {
        let mut before = 1;
        while let Ok(job) = self.jobs.recv() {
            let mut group = Vec::new();
            let last = match job {
                Job::Append(append) => {
                    let mut bytes = append.frame.len();
                    group.push(append);
                    self.gather(&mut group, &mut bytes, before > 1)
                }
                other => Some(other),
            };
            if !group.is_empty() {
                before = group.len();
                self.commit(group);
            }
            match last {
                None | Some(Job::Append(_)) => {}
                Some(Job::Turn(done)) => {
                    // Nobody waiting means that the round was stopped; the next one finds what was turned.
                    let _ = done.send(self.turn());
                }
                Some(Job::Stop) => return,
            }
        }
    }

    /// Takes more appends for the group; returns a job of another kind that came.
    fn gather(&self, group: &mut Vec<Append>, bytes: &mut usize, linger: bool) -> Option<Job> {
        let until = linger.then(|| Instant::now() + LINGER);
        while *bytes < GROUP_BYTES {
            let next = match self.jobs.try_recv() {
                Ok(job) => job,
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {
                    let left = until?.checked_duration_since(Instant::now())?;
                    match self.jobs.recv_timeout(left) {
                        Ok(job) => job,
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
                    }
                }
            };
            match next {
                Job::Append(append) => {
                    *bytes += append.frame.len();
                    group.push(append);
                }
                other => return Some(other),
            }
        }
        None
    }

    fn commit(&mut self, group: Vec<Append>) {
        let queued: usize = group.iter().map(|append| append.frame.len()).sum();
        let ready: Vec<Ready> = group.into_iter().map(|append| self.without_duplicates(append)).collect();
        let frames: Vec<&[u8]> =
            ready.iter().map(|one| one.frame.as_slice()).filter(|frame| !frame.is_empty()).collect();
        let written = if frames.is_empty() { Ok(()) } else { self.segment.append(&frames) };
        match written {
            Ok(()) => self.kept(ready),
            Err(error) => self.refused(ready, &error),
        }
        self.shared.unqueue(queued);
    }

    fn without_duplicates(&mut self, append: Append) -> Ready {
        let Append { mut rows, mut frame, at, done } = append;
        let mut fingerprints = Vec::new();
        let mut twice = Vec::new();
        if let Rows::Events(events) = &rows {
            for (place, event) in events.iter().enumerate() {
                if event.key == 0 {
                    continue;
                }
                let fingerprint = self.seen.fingerprint(event.service, event.key);
                if self.seen.is_new(fingerprint, at) {
                    fingerprints.push(fingerprint);
                } else {
                    twice.push(place);
                }
            }
        }
        if !twice.is_empty() {
            rows = without(rows, &twice);
            frame = if rows.is_empty() { Vec::new() } else { crate::log::frame(&rows, at) };
        }
        let kept = Kept { kept: rows.len() as u64, duplicates: twice.len() as u64 };
        Ready { rows, frame, at, kept, fingerprints, done }
    }

    fn kept(&mut self, ready: Vec<Ready>) {
        let mut closed: Vec<Arc<Chunk>> = Vec::new();
        let mut waiting = Vec::with_capacity(ready.len());
        let wants_seal = {
            let mut state = self.shared.state();
            for one in ready {
                let keys = one.fingerprints.iter().map(|fingerprint| Seen::key(*fingerprint, one.at));
                state.open.keys.extend(keys);
                closed.extend(state.open.take(one.rows, one.at, one.frame.len() as u64));
                waiting.push((one.done, one.kept));
            }
            state.open.bytes >= self.shared.limits.seal_bytes
        };
        self.shared.takes();
        for (done, kept) in waiting {
            self.shared.count_duplicates(kept.duplicates);
            // Whoever no longer waits may send it again; the key tells.
            let _ = done.send(Ok(kept));
        }
        for chunk in closed {
            self.runtime.spawn_blocking(move || {
                // A failure comes back with the question or the seal that needs it.
                let _ = chunk.batch();
            });
        }
        if wants_seal {
            self.shared.wants_seal.notify_one();
        }
    }

    fn refused(&mut self, ready: Vec<Ready>, error: &io::Error) {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        self.shared.refuses(if full {
            "the disk is full: free some space, or let the lake write elsewhere".into()
        } else {
            format!("the log cannot be written: {error}")
        });
        for one in ready {
            for fingerprint in one.fingerprints {
                self.seen.forget(fingerprint, one.at);
            }
            let problem = if full {
                Problem::new(Kind::Unavailable, "disk-full").retry_after(60)
            } else {
                Problem::new(Kind::Unavailable, "busy").retry_after(5)
            };
            let _ = one.done.send(Err(problem.because(error.to_string())));
        }
    }

    fn turn(&mut self) -> io::Result<Option<Arc<Sealing>>> {
        {
            let state = self.shared.state();
            if let Some(sealing) = &state.sealing {
                return Ok(Some(Arc::clone(sealing)));
            }
            if state.open.rows == 0 {
                return Ok(None);
            }
        }
        self.segment.next()?;
        let mut state = self.shared.state();
        let open = std::mem::take(&mut state.open);
        let mut places: BTreeMap<Place, (Vec<Arc<Chunk>>, u64)> = BTreeMap::new();
        for (place, mut partition) in open.partitions {
            places.insert(place, (partition.chunks(), partition.rows));
        }
        let keys: Vec<Key> = open.keys;
        let sealing = Arc::new(Sealing {
            low: self.segment.number,
            places,
            keys,
            rows: open.rows,
            bytes: open.bytes,
            since: open.since,
            made: std::sync::Mutex::new(None),
        });
        state.sealing = Some(Arc::clone(&sealing));
        drop(state);
        self.seen.expire(sealing.since.unwrap_or(Timestamp::UNIX_EPOCH));
        Ok(Some(sealing))
    }
}

/// Encodes an append, for whoever is about to queue it.
pub(crate) fn encode(rows: &Rows, at: Timestamp) -> Vec<u8> {
    frame(rows, at)
}

/// A lock that is not poisoned by a panic of somebody who only read.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
