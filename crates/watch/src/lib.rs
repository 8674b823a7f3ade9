//! Probes: what Tend does on purpose to see whether something works, and what it makes of the answers.

pub mod check;
pub mod code;
pub mod metrics;
pub mod model;
pub mod pages;
pub mod rules;
pub mod runner;
pub mod seed;
pub mod sketch;
pub mod store;
pub mod tasks;

pub use metrics::metrics_text;
pub use pages::{TEMPLATES, TEXTS, columns, panels, routes, samples, search};
pub use store::{SCHEMA, probes_of};
pub use tasks::{engine, tasks};
