//! Decisions as pure functions: what is wrong with a journey, what a funnel says, which days are folded, how a
//! picture of paths is laid out, what is usual at an hour, whether a page is quick enough.

pub mod days;
pub mod faults;
pub mod funnel;
pub mod looks;
pub mod paths;
pub mod usual;
pub mod vitals;
