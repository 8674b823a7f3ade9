//! SQL for people over the lake: the same events through a general engine (DataFusion).
//!
//! Who lives here: [`Engine`], which answers one read-only statement; [`Parts`], where it gets rows; the tables as
//! people see them ([`columns`]); functions of our own ([`functions`], [`funnel`]), which wrap the kernels of `lake`
//! and are registered by name, so that another machine can run the same plan; [`guard`], what a statement may say.
//!
//! Promised: a statement reads only what its asker sees, because a table lists nothing else; it writes nothing
//! and names no file; it ends, by itself or by its limits of time and memory.

mod cells;
pub mod columns;
pub mod functions;
pub mod funnel;
pub mod guard;
mod part;
mod run;
mod state;
mod stop;
mod strings;
mod table;
mod wrong;

pub use part::{Opened, Part, Parts, Run};
pub use run::{Engine, Settings};

#[cfg(test)]
mod tests;
