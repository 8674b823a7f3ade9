//! What happens by itself.
//!
//! Woken by time or by a nudge, a task takes no hint: it looks at the whole state, does what is missing,
//! a bounded amount of it, is safe to repeat, and returns a status that people can read. It never retries
//! in a loop: the next round is the retry.

use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};

use crate::{Problem, Scope, Stage};

/// The answer of something that takes time. Named here, run by whoever has an executor.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that happens by itself.
pub trait Task: Send + Sync {
    /// `feature.verb`, the name in the audit, in metrics and on `/system/tasks`.
    fn name(&self) -> &'static str;

    /// Where it stands in the round.
    fn stage(&self) -> Stage;

    /// At the latest this long after the last run; a nudge may come earlier.
    fn every(&self) -> SignedDuration;

    /// Runs once. The scope's actor is [`crate::Actor::Task`] with this task's name.
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>>;
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Status {
    /// How many things were done.
    pub done: u64,
    /// How many things are left that could be done at once: the round comes back without waiting.
    pub left: u64,
    /// When there will certainly be something to do, if that is known.
    pub next_at: Option<Timestamp>,
    /// A short sentence for people, in English ("3 pages sent, 1 put off").
    pub note: String,
}

impl Status {
    /// Nothing to do.
    #[must_use]
    pub fn idle() -> Self {
        Status::default()
    }

    /// So many things were done.
    #[must_use]
    pub fn done(done: u64, note: impl Into<String>) -> Self {
        Status { done, note: note.into(), ..Status::default() }
    }

    /// Says when there will be something to do.
    #[must_use]
    pub fn next_at(mut self, at: Option<Timestamp>) -> Self {
        self.next_at = at;
        self
    }

    /// Says that more could be done at once.
    #[must_use]
    pub fn left(mut self, left: u64) -> Self {
        self.left = left;
        self
    }
}
