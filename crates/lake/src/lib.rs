//! The only door to event storage.
//!
//! Who lives here: [`funnel`], the kernel that says how far a unit came; [`table`], rows as columns; [`query`],
//! the answers to named questions.

pub mod funnel;
pub mod query;
pub mod table;
