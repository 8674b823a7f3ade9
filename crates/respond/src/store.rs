//! SQL on this feature's own tables.

pub mod delivery;
pub mod escalation;
pub mod incident;
pub mod rota;
pub mod status;

use store::{Schema, Step, Table};

/// What this feature keeps.
pub const SCHEMA: Schema = Schema {
    feature: "respond",
    steps: &[
        Step::new("0001_respond", include_str!("../schema/0001_respond.sql"))
            .sample(include_str!("../schema/0001_respond.sample.sql")),
        Step::new("0002_objectives", include_str!("../schema/0002_objectives.sql"))
            .sample(include_str!("../schema/0002_objectives.sample.sql")),
    ],
    tables: &[
        Table::open("incident_numbers", "one row: the last number of the installation"),
        Table::walled("incidents"),
        Table::walled("incident_alerts"),
        Table::walled("incident_notes"),
        Table::walled("pages"),
        Table::walled("deliveries"),
        Table::walled("escalations"),
        Table::walled("service_escalations"),
        Table::walled("rotas"),
        Table::walled("rota_overrides"),
        Table::walled("status_pages"),
    ],
};

/// `$1, $2, ..` for a list of ids, starting at a place, and the ids as arguments.
fn places<'a, T>(ids: impl IntoIterator<Item = &'a T>, first: usize) -> (String, store::Args)
where
    T: Copy + store::IntoValue + 'a,
{
    let args: store::Args = ids.into_iter().map(|id| (*id).into_value()).collect();
    let places = (first..first + args.len()).map(|place| format!("${place}")).collect::<Vec<_>>();
    (if places.is_empty() { "null".to_owned() } else { places.join(", ") }, args)
}
