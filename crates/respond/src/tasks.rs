//! What happens by itself: alerts become incidents, pages climb, pages go out.

mod alerts;
mod deliver;
mod escalate;

pub use alerts::Alerts;
pub(crate) use deliver::changes_of;
pub use deliver::{ACKNOWLEDGE, Deliver, LINK_HOLDS};
pub use escalate::{Escalate, Gathered};

#[cfg(test)]
mod tests;
