//! Joins the features: the router, the round of tasks, the order of schema steps, panels per screen.
//!
//! Who lives here: [`App`], Tend opened over a database; [`Round`], what happens by itself; [`code`], service as
//! code over all features; questions in SQL ([`explore`]); the system screens ([`system`]).

mod app;
pub mod code;
pub mod explore;
mod keep;
pub mod round;
pub mod system;
mod words;

pub use app::{App, Misapplied, PageFile, pages, render_samples, routes, samples, schemas};
pub use round::{Round, TaskReport, chain};
pub use words::{Words, texts};
