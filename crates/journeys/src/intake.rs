//! Signals in, from the clients that are already out there.
//!
//! Who lives here, in the order in which data moves: [`doors`] (a request becomes bytes that may be looked at), one decoder
//! per protocol ([`plausible`], [`own`], ..; pure functions from bytes to [`Incoming`]), [`receive`] (time, programs, identity,
//! visits; then the lake), [`sources`] (to whom a signal belongs), [`memory`] and [`tally`] (what is held and counted), and the
//! screens. What comes in: requests of browsers and programs, and files. What goes out: rows of the lake.
//!
//! Promised: an answer that means success is given when the rows are on disk. What is not taken is counted with a
//! reason that people can read. No address, user agent, cookie or name reaches the lake or the state database.

pub mod otlp;

use std::sync::Arc;

use kernel::task::Task;
use store::Ground;
use web::{Method, Routes, Sample};

pub mod agents;
pub mod doors;
pub mod identity;
pub mod incoming;
pub mod memory;
pub mod own;
pub mod plausible;
pub mod sources;
pub mod tally;
pub mod visits;

mod receive;
#[cfg(test)]
pub(crate) mod testing;

pub use incoming::{Asked, Decoded, Incoming, Reason, Reject, Sent};
pub use receive::{Taken, happened, receive};
pub use sources::{Identity, Source};

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("intake")
        .signal(Method::POST, "/api/event", doors::MAX_BODY, doors::plausible_event)
        .signal(Method::OPTIONS, "/api/event", doors::MAX_BODY, doors::preflight)
        .signal(Method::POST, "/api/v1/events", doors::MAX_BODY, doors::own_events)
        .signal(Method::OPTIONS, "/api/v1/events", doors::MAX_BODY, doors::preflight)
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
