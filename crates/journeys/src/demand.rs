//! How much is asked of a service, how much will be, and what it costs.
//!
//! Who lives here: capacities and costs ([`model`], [`code`] for files), the series of what came ([`mod@series`]), what
//! follows from them ([`rules`]), one task that forecasts ([`tasks`]) and the screens ([`pages`]).

pub mod code;
pub mod model;
pub mod pages;
pub mod rules;
pub mod series;
pub mod store;
pub mod tasks;

use std::sync::Arc;

use ::store::Ground;
use kernel::task::Task;

pub use pages::{TEMPLATES, panels, routes, samples};

/// What happens by itself.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    tasks::tasks(ground)
}
