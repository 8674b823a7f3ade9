//! How much is asked of a service, how much will be, and what it costs.

pub mod rules;

use std::sync::Arc;

use kernel::task::Task;
use store::Ground;
use web::{PanelSpec, Routes, Sample};

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("demand")
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    Vec::new()
}

/// What the screens of other features show of it.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    Vec::new()
}

/// What happens by itself.
#[must_use]
pub fn tasks(_: &Ground) -> Vec<Arc<dyn Task>> {
    Vec::new()
}
