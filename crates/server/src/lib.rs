//! Joins the features: the router, the round of tasks, the order of schema steps, panels per screen.

pub mod code;
pub mod round;

pub use round::{Round, TaskReport, chain};
