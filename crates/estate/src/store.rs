//! The estate's tables. Reading functions are for everybody who may see; writing functions take the
//! transaction of whoever decided (a screen, a folder of declarations), record their facts in it, and keep
//! the rules that need the rows: unique names, free slugs, no circles.

use store::{Schema, Step, Table};

pub mod graph;
pub mod services;

/// What the estate keeps in the database.
pub const SCHEMA: Schema = Schema {
    feature: "estate",
    steps: &[Step::new("0001_services", include_str!("../schema/0001_services.sql"))
        .sample(include_str!("../schema/0001_services.sample.sql"))],
    tables: &[
        Table::walled("services"),
        Table::walled("service_phases"),
        Table::walled("environments"),
        Table::walled("components"),
        Table::walled("dependencies"),
    ],
};

#[cfg(test)]
mod tests;
