//! The checks as a task of the round.

use futures::StreamExt as _;
use jiff::SignedDuration;
use kernel::task::{Answer, Status, Task};
use kernel::{Problem, Scope, Stage};
use store::Ground;
use tokio::sync::Mutex;

use crate::check::{Job, WayOut, check};
use crate::runner::Runner;
use crate::store as tables;

/// Checks that run side by side.
const AT_ONCE: usize = 200;
/// Checks in one run; more come back at once.
const PER_RUN: usize = 5_000;

/// Makes the checks that are due.
pub struct Checks {
    ground: Ground,
    runner: Mutex<Runner>,
    way_out: WayOut,
}

impl Checks {
    pub(crate) fn new(ground: Ground) -> Self {
        Checks { ground, runner: Mutex::default(), way_out: WayOut::default() }
    }

    pub(crate) async fn run_due(&self, scope: &Scope) -> Result<Status, Problem> {
        let db = &self.ground.db;
        let mut runner = self.runner.lock().await;
        runner.sync(db, scope).await?;
        runner.tick(scope);
        if runner.has_heartbeats() {
            let beats = tables::new_beats(db, scope).await?;
            runner.hear(beats, scope);
        }
        let jobs = runner.take_due(scope.now(), PER_RUN);
        let made = jobs.len() as u64;
        let clock = scope.clock();
        let (world, way_out) = (&*self.ground.world, &self.way_out);
        let one = async |job: Job| {
            let seen = check(world, &*clock, way_out, &job).await;
            (job, seen)
        };
        let mut seen: Vec<_> =
            futures::stream::iter(jobs.into_iter().map(one)).buffer_unordered(AT_ONCE).collect().await;
        // In the order in which they were due, whoever answered first: a story plays the same every time.
        seen.sort_by_key(|(job, _)| (job.due, job.probe.number));
        for (job, seen) in seen {
            runner.finish(&job, seen, scope);
        }
        if runner.has_batch() {
            let mut batch = runner.take_batch();
            if let Err(problem) = tables::write_batch(db, scope, &batch).await {
                runner.put_back(batch);
                return Err(problem);
            }
            tables::tell_lake(&*self.ground.lake, scope, std::mem::take(&mut batch.checks)).await;
        }
        let note = format!("{made} checks made, {} probes", runner.probes());
        let next = runner.next_due();
        let left = u64::from(made == PER_RUN as u64);
        Ok(Status::done(made, note).next_at(next).left(left))
    }
}

impl Task for Checks {
    fn name(&self) -> &'static str {
        "watch.checks"
    }

    fn stage(&self) -> Stage {
        Stage::Signal
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            if super::engine_runs(&self.ground) {
                return Ok(Status { note: crate::metrics::line(), ..Status::idle() });
            }
            self.run_due(scope).await
        })
    }
}
