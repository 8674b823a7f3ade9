//! Decisions: pure functions of what was read and of `now`. Each part states its rules in plain sentences.

pub mod calendar;
pub mod delivery;
pub mod escalation;
pub mod incident;
pub mod rota;
pub mod status;
