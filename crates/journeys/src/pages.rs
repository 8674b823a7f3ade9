//! The screens: journeys, one journey, who left and where to, one visit, explore, live, speed, what telemetry sees
//! of components, and what other screens show of journeys.

mod gather;
mod list;
mod panel;
mod shared;
mod show;

use std::sync::Arc;

use web::{Access, Method, Nav, PanelSpec, Routes, Sample, SearchSource, samples_of};

pub use list::JourneysView;
pub use panel::ServicePanel;
pub use show::JourneyView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("journeys/journeys.html", include_str!("../templates/journeys.html")),
    ("journeys/journey.html", include_str!("../templates/journey.html")),
    ("journeys/panel.html", include_str!("../templates/panel.html")),
    ("journeys/parts.html", include_str!("../templates/parts.html")),
];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("journeys")
        .nav(Nav::new("journeys", "/journeys", "journeys", 35))
        .screen("/journeys", Access::See, list::show)
        .screen("/services/{id}/journeys", Access::See, list::of_service)
        .panel("/journeys/panel/service/{id}", Access::See, panel::show)
        .screen("/journeys/{id}", Access::See, show::show)
        .raw(Method::GET, "/journeys/{id}/funnel.csv", Access::See, show::download)
        .raw(Method::GET, "/journeys/{id}/days.csv", Access::See, show::days)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [samples_of::<JourneysView>(), samples_of::<JourneyView>(), samples_of::<ServicePanel>()].concat()
}

/// What the screens of other features show of journeys.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![PanelSpec { on: "service", url: "/journeys/panel/service/{id}", order: 5 }]
}

/// Finds journeys.
#[must_use]
pub fn search() -> Vec<Arc<dyn SearchSource>> {
    vec![Arc::new(list::JourneySearch)]
}

#[cfg(test)]
mod tests;
