//! Journeys: what people come to do, where they fail, and how many will come.
//!
//! Who lives here, in the order in which data moves: [`intake`] (signals of trackers, telemetry and files become
//! rows of the lake), the journeys themselves (declared steps and endings, funnels, roll-ups, screens),
//! [`objectives`] (targets of a journey, budgets, burn, and how they split over components) and [`demand`] (series,
//! forecasts, capacity, cost, the public KPIs).

pub mod code;
pub mod demand;
pub mod intake;
pub mod model;
pub mod objectives;
pub mod pages;
pub mod rules;
pub mod store;
pub mod tasks;

#[cfg(test)]
mod canned;
mod face;

pub use face::{SCHEMA, columns, panels, parts, routes, samples, search, tasks};
