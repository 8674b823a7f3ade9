//! What the program joins: the parts of this crate as one feature.

use std::sync::Arc;

use kernel::task::Task;
use store::{Ground, Schema, Step, Table};
use web::{Column, PanelSpec, Part, Routes, Sample, SearchSource, Site, Texts};

use crate::{demand, intake, objectives, pages};

/// The tables.
pub const SCHEMA: Schema = Schema {
    feature: "journeys",
    steps: &[
        Step::new("0001_journeys", include_str!("../schema/0001_journeys.sql"))
            .sample(include_str!("../schema/0001_journeys.sample.sql")),
        Step::new("0002_sources", include_str!("../schema/0002_sources.sql"))
            .sample(include_str!("../schema/0002_sources.sample.sql")),
        Step::new("0003_objectives", include_str!("../schema/0003_objectives.sql"))
            .sample(include_str!("../schema/0003_objectives.sample.sql")),
        Step::new("0004_calls", include_str!("../schema/0004_calls.sql"))
            .sample(include_str!("../schema/0004_calls.sample.sql")),
        Step::new("0005_demand", include_str!("../schema/0005_demand.sql"))
            .sample(include_str!("../schema/0005_demand.sample.sql")),
    ],
    tables: &[
        Table::walled("journeys"),
        Table::walled("journey_folds"),
        Table::walled("journey_days"),
        Table::walled("traffic_hours"),
        Table::walled("traffic_folds"),
        Table::walled("call_edges"),
        Table::walled("call_folds"),
        Table::walled("sources"),
        Table::open(
            "source_words",
            "a key is public and is taken once in the installation; read only joined with sources",
        ),
        Table::open("intake_numbers", "counters of the installation"),
        Table::walled("intake_counts"),
        Table::open("intake_strays", "signals that belong to no source; read only by the operator"),
        Table::open("intake_salts", "random bytes of a day, sealed"),
        Table::walled("intake_subjects"),
        Table::walled("objectives"),
        Table::walled("objective_slices"),
        Table::walled("troubles"),
        Table::walled("capacities"),
        Table::walled("demand_plans"),
        Table::walled("demand_fits"),
    ],
};

/// Templates and texts, one part per area.
#[must_use]
pub fn parts() -> Vec<Part> {
    const TEXTS: Texts = Texts {
        en: concat!(
            include_str!("../texts/en.ftl"),
            "\n",
            include_str!("../texts/intake.en.ftl"),
            "\n",
            include_str!("../texts/objectives.en.ftl"),
            "\n",
            include_str!("../texts/demand.en.ftl"),
        ),
        nl: concat!(
            include_str!("../texts/nl.ftl"),
            "\n",
            include_str!("../texts/intake.nl.ftl"),
            "\n",
            include_str!("../texts/objectives.nl.ftl"),
            "\n",
            include_str!("../texts/demand.nl.ftl"),
        ),
    };
    const NONE: Texts = Texts { en: "", nl: "" };
    vec![
        Part { name: "journeys", templates: pages::TEMPLATES, texts: TEXTS },
        Part { name: "journeys.intake", templates: intake::TEMPLATES, texts: NONE },
        Part { name: "journeys.objectives", templates: objectives::TEMPLATES, texts: NONE },
        Part { name: "journeys.demand", templates: demand::TEMPLATES, texts: NONE },
    ]
}

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(intake::routes()).merge(objectives::routes()).merge(demand::routes())
}

/// Examples of every screen and letter.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [pages::samples(), intake::samples(), objectives::samples(), demand::samples()].concat()
}

/// What the screens of other features show of journeys.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    [pages::panels(), intake::panels(), objectives::panels(), demand::panels()].concat()
}

/// What lists of other features show of journeys.
#[must_use]
pub fn columns() -> Vec<Column> {
    Vec::new()
}

/// Finds journeys.
#[must_use]
pub fn search() -> Vec<Arc<dyn SearchSource>> {
    pages::search()
}

/// What happens by itself.
#[must_use]
pub fn tasks(ground: &Ground, site: &Site) -> Vec<Arc<dyn Task>> {
    [
        crate::tasks::tasks(ground),
        intake::tasks(ground, site),
        objectives::tasks(ground, site),
        demand::tasks(ground),
    ]
    .concat()
}
