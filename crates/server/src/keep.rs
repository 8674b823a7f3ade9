//! The lake's housekeeping as a task: rows go from its log into files, small files become one, old ones go.

use std::sync::Arc;

use kernel::lake::Lake;
use kernel::task::{Answer, Status, Task};
use kernel::{Problem, Scope, SignedDuration, Stage};

/// Often enough that a seal is never late by much; the lake says itself when one is due.
const EVERY: SignedDuration = SignedDuration::from_secs(15);

/// Calls the lake's housekeeping.
pub(crate) struct Keep(pub(crate) Arc<dyn Lake>);

impl Task for Keep {
    fn name(&self) -> &'static str {
        "lake.tend"
    }

    fn stage(&self) -> Stage {
        // After everything that acts: files are for those who ask later.
        Stage::Report
    }

    fn every(&self) -> SignedDuration {
        EVERY
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        self.0.tend(scope)
    }
}
