//! The screens: how much is asked and how much will be, capacities, costs, the process, the public figures.

mod capacity;
mod costs;
mod demand;
mod kpis;
mod panel;
mod process;
mod shared;

use web::{Access, Method, PanelSpec, Routes, Sample, samples_of};

pub use capacity::CapacityFormView;
pub use costs::CostsView;
pub use demand::DemandView;
pub use kpis::{KpisView, MonthView, PublicKpis};
pub use panel::DemandPanel;
pub use process::ProcessView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("demand/demand.html", include_str!("../../templates/demand/demand.html")),
    ("demand/capacity.html", include_str!("../../templates/demand/capacity.html")),
    ("demand/costs.html", include_str!("../../templates/demand/costs.html")),
    ("demand/process.html", include_str!("../../templates/demand/process.html")),
    ("demand/kpis.html", include_str!("../../templates/demand/kpis.html")),
    ("demand/month.html", include_str!("../../templates/demand/month.html")),
    ("demand/public.html", include_str!("../../templates/demand/public.html")),
    ("demand/panel.html", include_str!("../../templates/demand/panel.html")),
    ("demand/parts.html", include_str!("../../templates/demand/parts.html")),
];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("demand")
        .screen("/services/{id}/demand", Access::See, demand::show)
        .raw(Method::GET, "/services/{id}/demand.csv", Access::See, demand::csv)
        .screen("/services/{id}/capacities/new", Access::Manage, capacity::new)
        .action("/services/{id}/capacities/new", Access::Manage, capacity::add)
        .screen("/capacities/{id}/edit", Access::Manage, capacity::edit)
        .action("/capacities/{id}/edit", Access::Manage, capacity::change)
        .action("/capacities/{id}/remove", Access::Manage, capacity::remove)
        .action("/capacities/{id}/scaled", Access::Respond, capacity::scaled)
        .screen("/services/{id}/costs", Access::See, costs::show)
        .action("/services/{id}/costs", Access::Manage, costs::add)
        .action("/services/{id}/costs/remove", Access::Manage, costs::remove)
        .action("/services/{id}/demand/settings", Access::Manage, costs::settings)
        .screen("/services/{id}/process", Access::See, process::show)
        .screen("/services/{id}/kpis", Access::See, kpis::show)
        .screen("/services/{id}/kpis/{month}", Access::See, kpis::month)
        .screen("/kpis/{id}", Access::Public, kpis::public)
        .raw(Method::GET, "/kpis/{id}/performance.json", Access::Public, kpis::performance)
        .panel("/demand/panel/service/{id}", Access::See, panel::show)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<DemandView>(),
        samples_of::<CapacityFormView>(),
        samples_of::<CostsView>(),
        samples_of::<ProcessView>(),
        samples_of::<KpisView>(),
        samples_of::<MonthView>(),
        samples_of::<PublicKpis>(),
        samples_of::<DemandPanel>(),
    ]
    .concat()
}

/// What the screens of other features show of demand.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![PanelSpec { on: "service", url: "/demand/panel/service/{id}", order: 7 }]
}

#[cfg(test)]
mod tests;
