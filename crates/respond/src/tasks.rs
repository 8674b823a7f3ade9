//! What happens by itself: alerts become incidents, pages climb, pages go out.

mod alerts;
mod deliver;
mod escalate;

pub use alerts::Alerts;
pub use deliver::Deliver;
pub use escalate::{Escalate, Gathered};

#[cfg(test)]
mod tests;
