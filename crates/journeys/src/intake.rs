//! Signals in, from the clients that are already out there.

pub mod otlp;

use std::sync::Arc;

use kernel::task::Task;
use store::Ground;
use web::{Routes, Sample};

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("intake")
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    Vec::new()
}

/// What happens by itself.
#[must_use]
pub fn tasks(_: &Ground) -> Vec<Arc<dyn Task>> {
    Vec::new()
}
