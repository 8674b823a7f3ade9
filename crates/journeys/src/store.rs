//! The SQL on this feature's own tables, one function per statement, named by intent.
//!
//! `journeys` holds what is declared or drawn. `journey_folds` says which days were folded, from what, and holds the
//! hours of the day (starts and completions); `journey_days` holds the counts of a day as a whole and told apart by
//! each configured field. `traffic_hours` counts page views and events of a service by the hour, for years. `call_edges`
//! holds who calls whom.

mod calls;
mod days;
mod journeys;

pub use calls::*;
pub use days::*;
pub use journeys::*;

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, kernel::Problem> {
    serde_json::from_str(text).map_err(kernel::Problem::fault)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, kernel::Problem> {
    serde_json::to_string(value).map_err(kernel::Problem::fault)
}

#[cfg(test)]
mod tests;
