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

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::task::Task;
use store::Ground;
use tokio::sync::Notify;

/// The installations of this process whose checks an engine makes; the task leaves them to it. An installation is
/// known by its clock, which is made once for each and shared by all that belongs to it.
static ENGINES: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

fn known_by(ground: &Ground) -> usize {
    Arc::as_ptr(&ground.clock).cast::<()>().addr()
}

/// Whether an engine makes the checks of this installation.
pub(crate) fn engine_runs(ground: &Ground) -> bool {
    ENGINES.lock().unwrap_or_else(PoisonError::into_inner).contains(&known_by(ground))
}

/// While it lives, an engine makes the checks of an installation.
pub(crate) struct EngineRuns(usize);

impl EngineRuns {
    pub(crate) fn of(ground: &Ground) -> Self {
        let place = known_by(ground);
        ENGINES.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        EngineRuns(place)
    }
}

impl Drop for EngineRuns {
    fn drop(&mut self) {
        ENGINES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Woken when a job called, or a probe was added or changed, in this process.
pub(crate) static NEWS: Notify = Notify::const_new();

/// The tasks of the round. While an [`engine`] runs for the same installation, the task `watch.checks` only tells
/// what it does; without one (stories) it makes the checks itself.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    vec![Arc::new(Checks::new(ground.clone())), Arc::new(Fold::new(ground.db.clone()))]
}

/// Makes the checks of an installation in production, until `stop` turns true or its sender is gone.
pub async fn engine(ground: Ground, mut stop: tokio::sync::watch::Receiver<bool>) {
    let stopped = async move {
        // An error means that nobody can say stop any more, which is a way of saying it.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    Engine::new(ground).run(stopped).await;
}

#[cfg(test)]
mod tests;
