//! The SQL on this feature's own tables, one function per statement, named by intent.
//!
//! Results stand in three grains: `watch_hours` (5-minute cells of the last two days), `watch_days` (one packed row
//! per probe and day) and `watch_strips` (one packed row per probe or service with all its days), and beside them
//! `watch_states`, the exact history. `watch_hours` and `watch_days` know a probe by its number alone, which keeps a
//! row small; they are reached only through rows within the wall.

mod batch;
mod probes;
mod results;

pub use batch::{
    AlertChange, Batch, Event, FailureRow, HourRow, OfProbe, StandingRow, StateRow, tell_lake, write_batch,
};
pub use probes::*;
pub use results::*;

use store::{Schema, Step, Table};

/// What this feature keeps in the database.
pub const SCHEMA: Schema = Schema {
    feature: "watch",
    steps: &[Step::new("0001_probes", include_str!("../schema/0001_probes.sql"))
        .sample(include_str!("../schema/0001_probes.sample.sql"))],
    tables: &[
        Table::walled("probes"),
        Table::walled("watch_standings"),
        Table::walled("watch_states"),
        Table::open("watch_hours", "counts by the number of a probe, which only a row within the wall tells"),
        Table::open("watch_days", "counts by the number of a probe, which only a row within the wall tells"),
        Table::walled("watch_strips"),
        Table::walled("watch_failures"),
        Table::walled("watch_beats"),
        Table::walled("maintenances"),
        Table::open("watch_meta", "counters of the installation"),
    ],
};
