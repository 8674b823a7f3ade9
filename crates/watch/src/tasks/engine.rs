//! The checks in production: one loop that owns the runner, many checks at once, one writer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use kernel::Fact;
use kernel::{Problem, Scope};
use store::{Db, Ground};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{EngineRuns, NEWS};
use crate::check::{Job, WayOut, check};
use crate::metrics::{metrics, note};
use crate::model::{Details, Reason, Seen, Verdict, What};
use crate::runner::Runner;
use crate::store::{self as tables, Batch};

/// Checks under way at once. Each holds a socket; systems allow 1,024 or more by default, and a check that waits
/// for a slot is late, not lost.
const SLOTS: usize = 2_000;
/// Counts wait at most this long to be written together.
const WRITE_EVERY: Duration = Duration::from_millis(250);
/// After the database refused a batch, the next try waits this long.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// How often the loop looks around when nothing is due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often changes made by other processes, and their jobs' calls, are looked for.
const SYNC_EVERY: Duration = Duration::from_secs(2);
/// When the loop itself comes so much too late, timed-out checks of that time prove nothing.
const HELD_UP: Duration = Duration::from_secs(2);
/// How much longer than its time-out a check may take before it is given up as our own fault.
const SLACK: Duration = Duration::from_secs(5);
/// How long this process may run checks before it must say again that it is the one that does.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);
/// How often it says so.
const LEASE_EVERY: Duration = Duration::from_secs(10);
/// How long a stop waits for checks under way.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Makes the checks of an installation.
pub struct Engine {
    ground: Ground,
}

struct Loop {
    ground: Ground,
    scope: Scope,
    runner: Runner,
    way_out: Arc<WayOut>,
    done: mpsc::UnboundedSender<(Job, Seen)>,
    flying: usize,
    writing: Option<JoinHandle<(Batch, Result<(), Problem>)>>,
    write_at: Instant,
    sync_at: Instant,
    lease_at: Instant,
    holds: bool,
    looked: Instant,
}

impl Engine {
    /// For an installation.
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        Engine { ground }
    }

    /// Runs until `stop` is done; then what was counted is written, and it returns.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let _runs = EngineRuns::of(&self.ground);
        let (done, results) = mpsc::unbounded_channel();
        let now = Instant::now();
        let mut this = Loop {
            scope: self.ground.scope("watch.checks"),
            ground: self.ground,
            runner: Runner::default(),
            way_out: Arc::default(),
            done,
            flying: 0,
            writing: None,
            write_at: now,
            sync_at: now,
            lease_at: now,
            holds: false,
            looked: now,
        };
        this.run(results, stop).await;
    }
}

impl Loop {
    async fn run(
        &mut self,
        mut results: mpsc::UnboundedReceiver<(Job, Seen)>,
        stop: impl Future<Output = ()> + Send,
    ) {
        let mut changes = self.ground.db.changes();
        tokio::pin!(stop);
        loop {
            self.look_around().await;
            let wait = self.wait();
            tokio::select! {
                biased;
                () = &mut stop => break,
                written = written(&mut self.writing), if self.writing.is_some() => self.was_written(written),
                Some((job, seen)) = results.recv() => {
                    self.take(job, seen);
                    // Whatever else has come in meanwhile is judged with it, so that it is written with it.
                    while let Ok((job, seen)) = results.try_recv() {
                        self.take(job, seen);
                    }
                }
                told = changes.recv() => {
                    if told.is_ok_and(|facts| facts.iter().any(|fact| concerns(&fact.fact))) {
                        self.sync_at = Instant::now();
                    }
                }
                () = NEWS.notified() => self.sync_at = Instant::now(),
                () = tokio::time::sleep(wait) => {}
            }
            self.write();
        }
        self.stop(&mut results).await;
    }

    fn take(&mut self, job: Job, seen: Seen) {
        self.flying = self.flying.saturating_sub(1);
        self.runner.finish(&job, seen, &self.scope);
    }

    async fn look_around(&mut self) {
        let now = Instant::now();
        if now.duration_since(self.looked) > LOOK_EVERY + HELD_UP {
            self.runner.was_held_up(self.scope.now());
        }
        self.looked = now;
        if now >= self.lease_at {
            self.keep_lease().await;
            self.lease_at = now + LEASE_EVERY;
        }
        if !self.holds {
            return;
        }
        if now >= self.sync_at {
            self.sync_at = now + SYNC_EVERY;
            if let Err(problem) = self.sync().await {
                tracing::warn!(%problem, "watch: probes could not be read; the ones in memory go on");
            }
        }
        self.runner.tick(&self.scope);
        for job in self.runner.take_due(self.scope.now(), SLOTS.saturating_sub(self.flying)) {
            self.start(job);
        }
    }

    /// With one database file there is one process. With several nodes on one server, a lease says whose turn it
    /// is; a node that takes over reads everything anew.
    async fn keep_lease(&mut self) {
        if self.ground.db.engine() == store::Engine::Sqlite {
            self.holds = true;
            return;
        }
        let holder = self.scope.request().to_string();
        let held = self.ground.db.lease(&self.scope, &holder, "watch.checks", LEASE).await;
        let holds = matches!(held, Ok(Some(_)));
        if holds && !self.holds {
            self.runner = Runner::default();
            self.sync_at = Instant::now();
        }
        self.holds = holds;
    }

    async fn sync(&mut self) -> Result<(), Problem> {
        let db = self.ground.db.clone();
        self.runner.sync(&db, &self.scope).await?;
        if self.runner.has_heartbeats() {
            let beats = tables::new_beats(&db, &self.scope).await?;
            self.runner.hear(beats, &self.scope);
        }
        Ok(())
    }

    fn start(&mut self, job: Job) {
        self.flying += 1;
        let (world, clock) = (Arc::clone(&self.ground.world), Arc::clone(&self.ground.clock));
        let (way_out, done) = (Arc::clone(&self.way_out), self.done.clone());
        let most = Duration::from_micros(job.probe.plan.timeout.micros().unsigned_abs()) + SLACK;
        tokio::spawn(async move {
            let at = clock.now();
            let seen = tokio::time::timeout(most, check(&*world, &*clock, &way_out, &job)).await;
            let seen = seen.unwrap_or_else(|_| given_up(at));
            // The loop is gone when Tend stops; then nobody waits for the result.
            let _ = done.send((job, seen));
        });
    }

    fn wait(&self) -> Duration {
        let now = self.scope.now();
        let due = self.runner.next_due().filter(|_| self.holds && self.flying < SLOTS);
        let until_due = due.map_or(LOOK_EVERY, |due| {
            Duration::from_micros(u64::try_from(due.duration_since(now).as_micros()).unwrap_or(0))
        });
        let clock = Instant::now();
        let until_sync = self.sync_at.saturating_duration_since(clock);
        let mut wait = until_due.min(until_sync).min(LOOK_EVERY);
        if self.writing.is_none() && self.runner.has_batch() {
            wait = wait.min(self.write_at.saturating_duration_since(clock));
        }
        // A millisecond at least, so that an instant that rounds to now does not spin.
        wait.max(Duration::from_millis(1))
    }

    fn write(&mut self) {
        let now = Instant::now();
        let due = self.runner.is_urgent() && self.write_at <= now + WRITE_EVERY || self.write_at <= now;
        if self.writing.is_some() || !self.runner.has_batch() || !due {
            return;
        }
        let (db, scope, mut batch): (Db, Scope, Batch) =
            (self.ground.db.clone(), self.scope.clone(), self.runner.take_batch());
        let lake = Arc::clone(&self.ground.lake);
        self.write_at = now + WRITE_EVERY;
        self.writing = Some(tokio::spawn(async move {
            let began = Instant::now();
            let result = tables::write_batch(&db, &scope, &batch).await;
            let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            note(&metrics().writes, took);
            if result.is_ok() {
                let checks = std::mem::take(&mut batch.checks);
                // The next batch does not wait for the lake.
                tokio::spawn(async move { tables::tell_lake(&*lake, &scope, checks).await });
            }
            (batch, result)
        }));
    }

    fn was_written(&mut self, result: Result<(Batch, Result<(), Problem>), tokio::task::JoinError>) {
        self.writing = None;
        match result {
            Ok((_, Ok(()))) => {
                metrics().batches.fetch_add(1, Ordering::Relaxed);
            }
            Ok((batch, Err(problem))) => {
                metrics().failed_batches.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%problem, "watch: results could not be written; they are kept and tried again");
                self.runner.put_back(batch);
                self.write_at = Instant::now() + WRITE_AGAIN;
            }
            Err(error) => tracing::error!(%error, "watch: the writer of results broke"),
        }
    }

    async fn stop(&mut self, results: &mut mpsc::UnboundedReceiver<(Job, Seen)>) {
        let until = Instant::now() + STOP_WITHIN;
        while self.flying > 0 {
            match tokio::time::timeout_at(until, results.recv()).await {
                Ok(Some((job, seen))) => self.take(job, seen),
                Ok(None) | Err(_) => break,
            }
        }
        if let Some(writing) = self.writing.take() {
            let written = writing.await;
            self.was_written(written);
        }
        if self.holds {
            self.runner.tick(&self.scope);
            let mut batch: Batch = self.runner.take_batch();
            match tables::write_batch(&self.ground.db, &self.scope, &batch).await {
                Ok(()) => {
                    let checks = std::mem::take(&mut batch.checks);
                    tables::tell_lake(&*self.ground.lake, &self.scope, checks).await;
                }
                Err(problem) => tracing::warn!(%problem, "watch: the last results could not be written"),
            }
        }
    }
}

async fn written(
    writing: &mut Option<JoinHandle<(Batch, Result<(), Problem>)>>,
) -> Result<(Batch, Result<(), Problem>), tokio::task::JoinError> {
    match writing {
        Some(handle) => handle.await,
        None => std::future::pending().await,
    }
}

fn given_up(at: Timestamp) -> Seen {
    let reason = Reason::new(What::Own, "", "the check did not end in time");
    let verdict = Verdict::Unknown(reason.clone());
    Seen { at, verdict, micros: None, findings: vec![reason], details: Details::default() }
}

fn concerns(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ProbeAdded { .. }
            | Fact::ProbeChanged { .. }
            | Fact::ProbeRemoved { .. }
            | Fact::MaintenancePlanned { .. }
            | Fact::MaintenanceEnded { .. }
    )
}
