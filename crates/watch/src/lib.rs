//! Probes: what Tend does on purpose to see whether something works, and what it makes of the answers.
//!
//! Who lives here: [`model`] (a probe, what it expects, where it stands), [`rules`] (what a check does to that, as pure
//! functions), [`sketch`] (latencies as counts), [`check`] (one check), [`runner`] (which are due and what follows
//! from each), [`tasks`] (the engine and the task that drive it, and the days), [`code`] (probes in files), [`pages`].
//! What comes in: answers of the outside world, and calls of jobs. What goes out: facts. `ProbeStateChanged`,
//! `AlertRaised` and `AlertCleared` are recorded in the transaction that keeps the standing they follow from.
//!
//! Promised: a fault of Tend's own is unknown, never down. A first failure alone is no outage, and an outage counts
//! from its first failure. History tiles the time without gap or overlap. What was not measured is never counted as
//! good, bad or zero. After `kill -9` at most the counts of the last quarter of a second are lost, never a change of
//! state that was acted upon. An alert's `cause` is the component that the probe names, else the host it asks, each
//! within its service: one broken machine is one incident, however many probes see it.

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

mod face;

pub use face::{Day, ServiceState, days, state_of_service};
pub use metrics::metrics_text;
pub use model::cause_of_part;
pub use pages::{TEMPLATES, TEXTS, columns, panels, routes, samples, search};
pub use store::{SCHEMA, probes_of};
pub use tasks::{engine, tasks};
