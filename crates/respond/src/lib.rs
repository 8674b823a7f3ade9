//! RESPOND: alerts in hand, incidents, on-call, escalation, paging, the public status page.

pub mod model;
pub mod rules;
pub mod store;
