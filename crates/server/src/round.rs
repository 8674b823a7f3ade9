//! The round: everything that happens by itself, in the direction of the data.
//!
//! 1. Tasks stand in the order signal, fact, evaluate, act, report, and run one after the other, so what one
//!    made true is seen by the next in the same turn.
//! 2. A task runs when its time has come, or when something happened (a nudge: any fact, any write by a person).
//! 3. A task that takes long is left running and the turn goes on without it: a mail relay that hangs does not
//!    hold up who is paged next. It is not started a second time meanwhile.
//! 4. With several nodes on one database, the one that holds the lease runs the round. Correctness never
//!    rests on that: every task is safe to repeat.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use kernel::task::{Status, Task};
use kernel::{Problem, Scope, SignedDuration, Stage, Timestamp};
use store::{Engine, Ground};
use tokio::sync::{Notify, watch};

/// How long a turn waits for a task before it goes on without it.
const PATIENCE: Duration = Duration::from_millis(150);
/// The longest the round sleeps: a clock that was set forwards, or a fact written by another node, is seen
/// after this long.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// How long the lease of the round is held; taken again at half of it.
const LEASE: SignedDuration = SignedDuration::from_secs(20);
/// A turn that keeps finding work is cut after this many passes, so that a task which nudges itself for ever
/// shows as busy and not as a hang.
const MOST_PASSES: u32 = 10_000;

/// What people read about a task at `/system/tasks`.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct TaskReport {
    /// Its name.
    pub name: String,
    /// Where it stands in the round.
    pub stage: Stage,
    /// Its usual span between runs, seconds.
    pub every_seconds: f64,
    /// How many times it ran since the start.
    pub runs: u64,
    /// How many of them failed.
    pub failures: u64,
    /// When it last began.
    pub last_at: Option<Timestamp>,
    /// How long the last run took, milliseconds.
    pub last_ms: Option<f64>,
    /// When it runs next at the latest.
    pub next_at: Option<Timestamp>,
    /// Whether it is running now.
    pub running: bool,
    /// What the last run did.
    pub status: Option<Status>,
    /// Why the last run failed, if it did.
    pub error: Option<String>,
}

#[derive(Default)]
struct Memory {
    runs: u64,
    failures: u64,
    last_at: Option<Timestamp>,
    last_ms: Option<f64>,
    next_at: Option<Timestamp>,
    status: Option<Status>,
    error: Option<String>,
}

struct Slot {
    task: Arc<dyn Task>,
    scope: Scope,
    running: AtomicBool,
    memory: Mutex<Memory>,
}

impl Slot {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let memory = self.memory();
        match (memory.next_at, memory.last_at) {
            (Some(next), Some(last)) => next <= now || last > now, // the clock was set back: ask the task again
            _ => true,
        }
    }

    async fn run(self: Arc<Self>) {
        let now = self.scope.now();
        let started = tokio::time::Instant::now();
        let outcome = AssertUnwindSafe(self.task.run(&self.scope))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Problem::fault("the task panicked; its next round starts afresh")));
        let took = started.elapsed();
        let after = self.scope.now();
        let usual = after.checked_add(self.task.every()).unwrap_or(after);
        let mut memory = self.memory();
        memory.runs += 1;
        memory.last_at = Some(now);
        memory.last_ms = Some(took.as_secs_f64() * 1000.0);
        match outcome {
            Ok(status) => {
                let soonest = if status.left > 0 { Some(after) } else { status.next_at };
                memory.next_at = Some(soonest.map_or(usual, |at| at.min(usual)));
                memory.status = Some(status);
                memory.error = None;
            }
            Err(problem) => {
                memory.failures += 1;
                memory.next_at = Some(usual);
                let cause = chain(&problem);
                tracing::error!(task = self.task.name(), error = %cause, "task {} failed: {cause}", self.task.name());
                memory.error = Some(cause);
            }
        }
        drop(memory);
        self.running.store(false, Ordering::SeqCst);
    }
}

/// An error with everything it came from, for logs and the system screen.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// What a turn left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// How many tasks ran.
    pub ran: usize,
    /// When something is certainly due, if known.
    pub next_at: Option<Timestamp>,
    /// Whether this node held the round.
    pub ours: bool,
}

/// Everything that happens by itself.
#[derive(Clone)]
pub struct Round(Arc<Inner>);

struct Inner {
    ground: Ground,
    slots: Vec<Arc<Slot>>,
    nudge: Notify,
    holder: String,
    lease_until: Mutex<Option<Timestamp>>,
    ours: watch::Sender<bool>,
}

impl Round {
    /// The round of these tasks; their order among one stage is kept.
    #[must_use]
    pub fn new(ground: Ground, tasks: Vec<Arc<dyn Task>>) -> Self {
        let mut slots: Vec<Arc<Slot>> = tasks
            .into_iter()
            .map(|task| {
                let scope = ground.scope(task.name());
                Arc::new(Slot { task, scope, running: AtomicBool::new(false), memory: Mutex::default() })
            })
            .collect();
        slots.sort_by_key(|slot| slot.task.stage());
        let scope = ground.scope("server.round");
        let holder = scope.random::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
        let (ours, _) = watch::channel(false);
        Round(Arc::new(Inner {
            ground,
            slots,
            nudge: Notify::new(),
            holder,
            lease_until: Mutex::default(),
            ours,
        }))
    }

    /// Says that something happened.
    pub fn nudge(&self) {
        self.0.nudge.notify_one();
    }

    /// Whether this node runs the round, as it changes.
    #[must_use]
    pub fn ours(&self) -> watch::Receiver<bool> {
        self.0.ours.subscribe()
    }

    /// What people read at `/system/tasks`.
    #[must_use]
    pub fn report(&self) -> Vec<TaskReport> {
        self.0
            .slots
            .iter()
            .map(|slot| {
                let memory = slot.memory();
                TaskReport {
                    name: slot.task.name().to_owned(),
                    stage: slot.task.stage(),
                    every_seconds: slot.task.every().as_secs_f64(),
                    runs: memory.runs,
                    failures: memory.failures,
                    last_at: memory.last_at,
                    last_ms: memory.last_ms,
                    next_at: memory.next_at,
                    running: slot.running.load(Ordering::SeqCst),
                    status: memory.status.clone(),
                    error: memory.error.clone(),
                }
            })
            .collect()
    }

    /// One pass over all tasks. With `everything`, every task runs; without, those whose time has come. With
    /// `patience`, each is waited for that long; without, to its end.
    pub async fn turn(&self, everything: bool, patience: Option<Duration>) -> Turn {
        let scope = self.0.ground.scope("server.round");
        let ours = self.holds_lease(&scope).await;
        self.0.ours.send_if_modified(|before| std::mem::replace(before, ours) != ours);
        if !ours {
            return Turn { ran: 0, next_at: None, ours: false };
        }
        let mut ran = 0;
        // The slots stand in the order of the stages, and within one in the order of the features.
        for slot in &self.0.slots {
            if (everything || slot.is_due(scope.now())) && !slot.running.swap(true, Ordering::SeqCst) {
                ran += 1;
                let run = Arc::clone(slot).run();
                match patience {
                    None => run.await,
                    Some(patience) => {
                        let mut running = tokio::spawn(run);
                        if tokio::time::timeout(patience, &mut running).await.is_err() {
                            let (round, slot) = (self.clone(), Arc::clone(slot));
                            tokio::spawn(async move {
                                let _ = running.await;
                                // Whoever comes after it did not see what it did.
                                if slot.memory().status.as_ref().is_some_and(|status| status.done > 0) {
                                    round.nudge();
                                }
                            });
                        }
                    }
                }
            }
        }
        Turn { ran, next_at: self.next_at(), ours: true }
    }

    /// Passes until nothing that is due is left. Returns when something is due next. For tests, where time
    /// moves when told.
    pub async fn until_quiet(&self) -> Option<Timestamp> {
        let mut changes = self.0.ground.db.changes();
        let mut everything = true;
        for _ in 0..MOST_PASSES {
            let turn = self.turn(everything, None).await;
            everything = false;
            while changes.try_recv().is_ok() {
                everything = true;
            }
            let now = self.0.ground.clock.now();
            if !everything && turn.next_at.is_none_or(|next| next > now) {
                return turn.next_at;
            }
        }
        tracing::error!("the round did not come to rest after {MOST_PASSES} passes");
        None
    }

    fn next_at(&self) -> Option<Timestamp> {
        self.0.slots.iter().filter_map(|slot| slot.memory().next_at).min()
    }

    async fn holds_lease(&self, scope: &Scope) -> bool {
        if self.0.ground.db.engine() == Engine::Sqlite {
            return true; // one process owns the file
        }
        let now = scope.now();
        let held = *self.0.lease_until.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some_and(|until| now + LEASE / 2 < until) {
            return true;
        }
        let lease = self.0.ground.db.lease(scope, &self.0.holder, "round", LEASE).await;
        let until = match lease {
            Ok(lease) => lease.map(|lease| lease.until),
            Err(problem) => {
                tracing::warn!(error = %chain(&problem), "the lease of the round could not be asked for");
                // What was taken holds until it ends, even when the database cannot be asked.
                held.filter(|until| now < *until)
            }
        };
        *self.0.lease_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        until.is_some()
    }

    /// Runs until told to stop; then lets what is under way come to its end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut changes = self.0.ground.db.changes();
        let nudging = self.clone();
        let listener = tokio::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => nudging.nudge(),
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        let mut everything = true;
        while !*stop.borrow() {
            let turn = self.turn(everything, Some(PATIENCE)).await;
            let now = self.0.ground.clock.now();
            let wait = match turn.next_at {
                Some(next) => {
                    Duration::try_from(next.duration_since(now)).unwrap_or_default().min(LONGEST_SLEEP)
                }
                None => LONGEST_SLEEP,
            };
            everything = tokio::select! {
                () = self.0.nudge.notified() => true,
                _ = stop.changed() => false,
                () = tokio::time::sleep(wait) => false,
            };
        }
        listener.abort();
        while self.0.slots.iter().any(|slot| slot.running.load(Ordering::SeqCst)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[cfg(test)]
mod tests;
