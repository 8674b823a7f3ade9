//! What a journey promises, what is left of it, and which component spends it.

use std::sync::Arc;

use kernel::task::Task;
use store::Ground;
use web::{PanelSpec, Routes, Sample, Site};

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("objectives")
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
pub fn tasks(_: &Ground, _: &Site) -> Vec<Arc<dyn Task>> {
    Vec::new()
}
