//! What a journey promises, what is left of it, and which component spends it.
//!
//! Who lives here: [`model::Objective`] (what a journey's targets ask for), [`rules`] (what to measure when, what to
//! say, what an incident costs, how a target is divided over components), [`tasks`] (measuring and judging every
//! minute; reading facts for what troubled a service) and the screens. What comes in: counts from the lake, targets of
//! journeys, facts. What goes out: `AlertRaised` and `AlertCleared` as a probe records them, `BudgetSpent`,
//! `BudgetRestored`.
//!
//! Promised: counts per slice are kept, never ratios; a slice measured again replaces what it was. Who is still on the
//! way is not counted. What was not measured is not fine. The lines of a ledger add up to everything that was spent.

pub mod model;
mod pages;
pub mod rules;
mod store;
mod tasks;

use std::sync::Arc;

use ::store::Ground;
use kernel::budget::Grid;
use kernel::lake::{Among, People};
use kernel::task::Task;
use kernel::{ClientId, ServiceId};
use web::Site;

pub use pages::{TEMPLATES, panels, routes, samples};

/// What people did at a service within a stretch of time.
fn among(client: ClientId, service: ServiceId, grid: Grid) -> Among {
    Among { client, service, from: grid.from, until: grid.until, people: People::People, only: Vec::new() }
}

/// What happens by itself.
#[must_use]
pub fn tasks(ground: &Ground, _: &Site) -> Vec<Arc<dyn Task>> {
    vec![
        Arc::new(tasks::Troubles { db: ground.db.clone() }),
        Arc::new(tasks::Judge { db: ground.db.clone(), lake: Arc::clone(&ground.lake) }),
    ]
}

#[cfg(test)]
mod tests;
