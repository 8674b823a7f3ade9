//! The screens: one objective with its ledger, how a journey's target is divided over components, and what other
//! screens show: objectives on a journey and a service, what an incident costs on its room.

mod impact;
mod lines;
mod show;
mod split;

use web::{Access, Method, PanelSpec, Routes, Sample, samples_of};

pub use impact::ImpactPanel;
pub use lines::{JourneyPanel, ServicePanel};
pub use show::ObjectiveView;
pub use split::SplitView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("objectives/journey_panel.html", include_str!("../../templates/objectives/journey_panel.html")),
    ("objectives/service_panel.html", include_str!("../../templates/objectives/service_panel.html")),
    ("objectives/impact.html", include_str!("../../templates/objectives/impact.html")),
    ("objectives/objective.html", include_str!("../../templates/objectives/objective.html")),
    ("objectives/split.html", include_str!("../../templates/objectives/split.html")),
    ("objectives/parts.html", include_str!("../../templates/objectives/parts.html")),
];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("objectives")
        .panel("/objectives/panel/journey/{id}", Access::See, lines::of_journey)
        .panel("/objectives/panel/service/{id}", Access::See, lines::of_service)
        .panel("/objectives/panel/incident/{id}", Access::See, impact::show)
        .screen("/objectives/{id}", Access::See, show::show)
        .screen("/journeys/{id}/split", Access::See, split::show)
        .raw(Method::GET, "/objectives/{id}/slices.csv", Access::See, show::csv)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<JourneyPanel>(),
        samples_of::<ServicePanel>(),
        samples_of::<ImpactPanel>(),
        samples_of::<ObjectiveView>(),
        samples_of::<SplitView>(),
    ]
    .concat()
}

/// What the screens of other features show of it.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![
        PanelSpec { on: "journey", url: "/objectives/panel/journey/{id}", order: 10 },
        PanelSpec { on: "service", url: "/objectives/panel/service/{id}", order: 8 },
        PanelSpec { on: "incident", url: "/objectives/panel/incident/{id}", order: 10 },
    ]
}
