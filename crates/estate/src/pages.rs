//! Screens: the Services list, one service, its parts, and the forms that change them. Other features appear as
//! columns (`services`, `components`) and panels (`service`, `component`) that `web` joins.
//!
//! What these screens understand of another feature's column is little and by name, in the data of its cells:
//! `state` (a state word) and `since` of the column `state`; `open` and `unacknowledged` (counts) of the column
//! `incidents`; `people` (names) of the column `on-call`. Everything else they show as it comes.

use kernel::{PersonId, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Access, Nav, Routes, Sample, Text, Texts, samples_of};

pub mod component;
pub mod forms;
pub mod search;
pub mod service;
pub mod services;
pub mod timeline;

/// The templates of the estate.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("estate/services.html", include_str!("../templates/services.html")),
    ("estate/service.html", include_str!("../templates/service.html")),
    ("estate/service-form.html", include_str!("../templates/service-form.html")),
    ("estate/component.html", include_str!("../templates/component.html")),
    ("estate/timeline.html", include_str!("../templates/timeline.html")),
    ("estate/parts.html", include_str!("../templates/parts.html")),
];

/// The texts of the estate.
pub const TEXTS: Texts = Texts { en: include_str!("../texts/en.ftl"), nl: include_str!("../texts/nl.ftl") };

/// The doors of the estate.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("estate")
        .nav(Nav::new("services", "/services", "services", 10))
        .screen("/", Access::SignedIn, services::show)
        .screen("/services", Access::SignedIn, services::show)
        .screen("/services/new", Access::Manage, forms::new)
        .action("/services/new", Access::Manage, forms::add)
        .screen("/services/{id}", Access::See, service::show)
        .screen("/services/{id}/timeline", Access::See, timeline::show)
        .screen("/services/{id}/edit", Access::Manage, forms::edit)
        .action("/services/{id}/edit", Access::Manage, forms::change)
        .action("/services/{id}/phase", Access::Manage, forms::enter)
        .action("/services/{id}/environments", Access::Manage, forms::add_environment)
        .action("/environments/{id}/remove", Access::Manage, forms::remove_environment)
        .action("/services/{id}/components", Access::Manage, forms::add_component)
        .screen("/components/{id}", Access::See, component::show)
        .action("/components/{id}/change", Access::Manage, component::change)
        .action("/components/{id}/remove", Access::Manage, component::remove)
        .action("/services/{id}/dependencies", Access::Manage, forms::add_dependency)
        .action("/dependencies/{id}/remove", Access::Manage, forms::remove_dependency)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<services::ServicesView>(),
        samples_of::<service::ServiceView>(),
        samples_of::<forms::ServiceFormView>(),
        samples_of::<component::ComponentView>(),
        samples_of::<timeline::TimelineView>(),
    ]
    .concat()
}

/// A person with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Its id.
    pub id: PersonId,
    /// Its name.
    pub name: String,
}

/// Something to choose from in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub name: String,
    /// What it stands under in the list.
    pub group: String,
}

/// The heading of a column of another feature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Heading {
    /// Its name in addresses and JSON.
    pub key: String,
    /// The heading.
    pub title: Text,
}

/// What a cell tells the answer of a screen.
#[derive(Debug, Clone, Default, Deserialize)]
struct Told {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    since: Option<kernel::Timestamp>,
    #[serde(default)]
    open: u64,
    #[serde(default)]
    unacknowledged: u64,
    #[serde(default)]
    people: Vec<String>,
}

/// One short sentence about who is doing what, from what incidents and the rota tell of a service.
fn who_is_on_it(incidents: &Told, on_call: &Told) -> Option<Text> {
    if incidents.open == 0 {
        return None;
    }
    Some(match (incidents.unacknowledged, on_call.people.as_slice()) {
        (0, _) => Text::key("service-in-hand"),
        (_, []) => Text::key("service-nobody-paged"),
        (_, people) => Text::key("service-paged").with("people", people.join(", ")),
    })
}

fn told(cell: &web::Cell) -> Told {
    // Cells are other features' data; what they do not tell is not known, and that is no fault.
    serde_json::from_value(cell.data.clone()).unwrap_or_default()
}

/// The column whose cells carry a row's state.
const STATE_COLUMN: &str = "state";
/// The column whose cells carry a service's open incidents.
const INCIDENTS_COLUMN: &str = "incidents";
/// The column whose cells carry who is on call.
const ON_CALL_COLUMN: &str = "on-call";

/// What the columns together tell of one row.
#[derive(Debug, Clone, Default)]
struct Brief {
    state: Option<String>,
    since: Option<kernel::Timestamp>,
    say: Option<Text>,
    open: u64,
    weight: i64,
}

fn brief(columns: &[web::ShownColumn], id: &str) -> Brief {
    let of = |key: &str| {
        let column = columns.iter().find(|column| column.key == key);
        column.and_then(|column| column.cells.get(id)).map(told).unwrap_or_default()
    };
    let (state, incidents, on_call) = (of(STATE_COLUMN), of(INCIDENTS_COLUMN), of(ON_CALL_COLUMN));
    let weights =
        columns.iter().filter_map(|column| column.cells.get(id)).map(|cell| cell.sort_weight.max(0));
    Brief {
        say: who_is_on_it(&incidents, &on_call),
        open: incidents.open,
        weight: weights.fold(0, i64::saturating_add),
        state: state.state,
        since: state.since,
    }
}

/// The refusal to change on screen what a file declares.
fn undeclared(declared_in: Option<&str>) -> Result<(), Problem> {
    match declared_in {
        None => Ok(()),
        Some(place) => Err(Problem::conflict("service-declared").with("place", place)),
    }
}

#[cfg(test)]
mod tests {
    use web::{Pages, Part};

    use super::*;

    fn pages() -> Pages {
        Pages::new(&[Part { name: "estate", templates: TEMPLATES, texts: TEXTS }]).unwrap()
    }

    #[test]
    fn every_text_in_the_templates_exists_in_every_language() {
        let pages = pages();
        for (name, source) in TEMPLATES {
            for piece in source.split(" t(\"").chain(source.split("(t(\"")).skip(1) {
                let key = piece.split('"').next().unwrap_or_default();
                // What ends in a hyphen is put together with a word; states are web's.
                if !key.ends_with('-')
                    && !key.starts_with("state-")
                    && key.len() < 60
                    && !key.contains(['<', ' '])
                {
                    assert!(pages.has(key), "{name} speaks of {key}");
                }
            }
        }
    }

    #[test]
    fn every_word_of_ours_has_a_text() {
        let pages = pages();
        let phases = crate::services::Phase::ALL.map(|phase| format!("phase-{}", phase.word()));
        let kinds = crate::services::Ownership::ALL.map(|one| format!("estate-ownership-{}", one.word()));
        let roles = kernel::Role::ALL.map(|role| format!("estate-role-{}", role.word().replace('_', "-")));
        for key in phases.into_iter().chain(kinds).chain(roles) {
            assert!(pages.has(&key), "{key}");
        }
    }
}

#[cfg(test)]
mod stories;
