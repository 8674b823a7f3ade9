//! Decisions, as pure functions: [`state`] (what a check does to where a probe stands), [`expect`] (whether
//! what came back is what was wanted), [`schedule`] (when the next check is), [`beat`] (when a job is late), [`history`] (how long which
//! state lasted) and [`faults`] (what is wrong with a probe that somebody wrote).

pub mod beat;
pub mod expect;
pub mod faults;
pub mod history;
pub mod schedule;
pub mod state;
