//! What is run: services and the phase of their life, what they are made of, and what depends on what.
//!
//! Who lives here: [`services`] (the record everything hangs off, with its client, owner and history of phases),
//! [`graph`] (components, environments, dependencies and the picture of them), and [`code`] (their shapes in files).
//! What comes in: people's forms and folders of declarations. What goes out: facts (`ServiceAdded`, `PhaseEntered`,
//! ..), the Services and Service screens, which show other features as columns and panels without knowing them.
//!
//! Promised: no dependency closes a circle; a phase is entered only from one it may follow; what is declared in a
//! file is changed only there; nothing of another client shows, not even as the end of a dependency.

pub mod code;
pub mod model;
pub mod pages;
pub mod rules;
mod store;

pub use crate::pages::search::sources as search;
pub use crate::pages::{TEMPLATES, TEXTS, routes, samples};
pub use crate::store::{SCHEMA, graph, services};
