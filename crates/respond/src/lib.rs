//! RESPOND: alerts in hand, incidents, on-call, escalation, paging, the public status page.

pub mod acts;
pub mod below;
pub mod letters;
pub mod model;
pub mod rules;
pub mod store;
pub mod tasks;
