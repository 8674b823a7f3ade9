//! Live screens: server-sent events that say which things changed.

use std::sync::atomic::AtomicUsize;

/// How many listeners there are.
#[derive(Default)]
pub(crate) struct Seats(pub AtomicUsize);
