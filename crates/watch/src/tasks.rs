//! What happens by itself: checks, and folding what they counted into days.
//!
//! [`Checks`] runs what is due when it is asked to: stories move time and run the round. [`Engine`] does the same
//! with the same [`Runner`] in production, where time does not wait: a loop that starts checks in their slots,
//! judges results as they come, and writes them a few times a second, or at once when a state changed.

mod checks;
mod engine;
mod fold;

pub use checks::Checks;
pub use engine::Engine;
pub use fold::{Fold, day_row};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kernel::task::Task;
use store::Ground;
use tokio::sync::Notify;

/// What the task and the engine of one process share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The engine runs; the task leaves the checks to it.
    pub engine: AtomicBool,
}

/// Woken when a job called, or a probe was added or changed, in this process.
pub(crate) static NEWS: Notify = Notify::const_new();

/// The tasks, when the round itself makes the checks: stories, and small installations.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    production(ground).0
}

/// The tasks, and the engine that makes the checks once [`Engine::run`] is awaited; while it runs, the task
/// `watch.checks` only tells what it does.
#[must_use]
pub fn production(ground: &Ground) -> (Vec<Arc<dyn Task>>, Engine) {
    let shared = Arc::new(Shared::default());
    let checks = Checks::new(ground.clone(), Arc::clone(&shared));
    let tasks: Vec<Arc<dyn Task>> = vec![Arc::new(checks), Arc::new(Fold::new(ground.db.clone()))];
    (tasks, Engine::new(ground.clone(), shared))
}

#[cfg(test)]
mod tests;
