//! What happens by itself: days that are over are folded, and today as far as it is; hours of page views and events
//! are counted once and kept.

pub(crate) mod fold;

pub use fold::Fold;

use std::sync::Arc;

use kernel::task::Task;
use store::Ground;

/// The tasks of the round.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    vec![Arc::new(Fold::new(ground.clone()))]
}
