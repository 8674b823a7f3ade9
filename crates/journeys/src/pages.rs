//! The screens: journeys, one journey, who left and where to, one visit, explore, live, speed, what telemetry sees
//! of components, and what other screens show of journeys.

mod drill;
mod explore;
mod form;
mod gather;
mod list;
mod live;
mod panel;
pub(crate) mod shared;
mod show;
mod speed;
mod telemetry;

use std::sync::Arc;

use web::{Access, Method, Nav, PanelSpec, Routes, Sample, SearchSource, samples_of};

pub use drill::{AfterView, VisitView, VisitsView};
pub use explore::ExploreView;
pub use form::JourneyFormView;
pub use list::JourneysView;
pub use live::LiveView;
pub use panel::ServicePanel;
pub use show::JourneyView;
pub use speed::SpeedView;
pub use telemetry::TelemetryView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("journeys/journeys.html", include_str!("../templates/journeys.html")),
    ("journeys/journey.html", include_str!("../templates/journey.html")),
    ("journeys/panel.html", include_str!("../templates/panel.html")),
    ("journeys/after.html", include_str!("../templates/after.html")),
    ("journeys/visits.html", include_str!("../templates/visits.html")),
    ("journeys/visit.html", include_str!("../templates/visit.html")),
    ("journeys/speed.html", include_str!("../templates/speed.html")),
    ("journeys/explore.html", include_str!("../templates/explore.html")),
    ("journeys/live.html", include_str!("../templates/live.html")),
    ("journeys/telemetry.html", include_str!("../templates/telemetry.html")),
    ("journeys/form.html", include_str!("../templates/form.html")),
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
        .screen("/journeys/{id}/after", Access::See, drill::after)
        .screen("/journeys/{id}/visits", Access::See, drill::visits)
        .screen("/journeys/{id}/visits/{number}", Access::See, drill::visit)
        .screen("/journeys/{id}/speed", Access::See, speed::show)
        .screen("/journeys/{id}/edit", Access::Respond, form::edit)
        .action("/journeys/{id}/edit", Access::Respond, form::change)
        .action("/journeys/{id}/remove", Access::Respond, form::remove)
        .screen("/services/{id}/journeys/new", Access::Respond, form::new)
        .action("/services/{id}/journeys/new", Access::Respond, form::add)
        .screen("/services/{id}/explore", Access::See, explore::show)
        .raw(Method::GET, "/services/{id}/explore.csv", Access::See, explore::download)
        .screen("/services/{id}/live", Access::See, live::show)
        .screen("/services/{id}/telemetry", Access::See, telemetry::show)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<JourneysView>(),
        samples_of::<JourneyView>(),
        samples_of::<ServicePanel>(),
        samples_of::<AfterView>(),
        samples_of::<VisitsView>(),
        samples_of::<VisitView>(),
        samples_of::<SpeedView>(),
        samples_of::<ExploreView>(),
        samples_of::<LiveView>(),
        samples_of::<TelemetryView>(),
        samples_of::<JourneyFormView>(),
    ]
    .concat()
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
