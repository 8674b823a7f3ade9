//! The only door to event storage.
//!
//! Who lives here: [`Lake`], the engine, which takes rows, keeps them and answers questions; its log, buffer,
//! manifest and housekeeping; [`table`], rows as columns; [`query`], the answers to named questions; [`funnel`], the
//! kernel that says how far a unit came.
//!
//! What comes in: typed rows. An append is encoded by whoever brings it, queued, written with others by one thread,
//! synced, put into the buffer and only then acknowledged. What goes out: answers over buffer and files as they
//! were at one moment.
//!
//! Promised: nothing acknowledged is lost or doubled, by `kill -9` at any byte, by a full disk, or by a seal or
//! compaction beside a question. The manifest in the state database is the only truth about files: what it does
//! not name does not exist, and what it names is there whole. Memory is bounded: the queue, the buffer, the keys
//! and each question have a limit of their own ([`Limits`]).

pub mod backup;
mod buffer;
mod codec;
mod dedupe;
mod disk;
pub mod doctor;
mod engine;
mod erase;
mod files;
pub mod funnel;
mod keep;
mod log;
mod manifest;
mod merge;
mod parts;
pub mod query;
mod remote;
mod shared;
pub mod table;
mod writer;

pub use disk::Faults;
pub use engine::{Lake, Options};
pub use manifest::SCHEMA;
pub use parts::{Opened, Part};
pub use remote::Settings as ObjectStore;
pub use shared::Limits;

#[cfg(test)]
mod tests;

/// A problem with everything it came from, in one line.
pub(crate) fn chain(problem: &kernel::Problem) -> String {
    let mut out = problem.to_string();
    let mut cause = std::error::Error::source(problem);
    while let Some(error) = cause {
        out.push_str(": ");
        out.push_str(&error.to_string());
        cause = error.source();
    }
    out
}
