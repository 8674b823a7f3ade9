//! Probes: what Tend does on purpose to see whether something works, and what it makes of the answers.

pub mod model;
pub mod rules;
pub mod sketch;
