//! The only door to event storage.
//!
//! Who lives here: [`funnel`], the kernel that says how far a unit came.

pub mod funnel;
