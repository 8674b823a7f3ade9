//! What follows from counts over time: how many will come, when a capacity is full, what one costs, how the process does.
//! Pure; each rule names its source.

pub mod capacity;
pub mod costs;
pub mod forecast;
pub mod growth;
pub mod kpi;
pub mod plan;
pub mod process;
