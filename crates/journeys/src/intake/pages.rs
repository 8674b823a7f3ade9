//! The screens: all sources, those of a service, one source, its form, and what the service's screen shows of them.

mod connect;
mod form;
mod list;
mod panel;
mod shared;
mod show;

use web::{Access, Nav, PanelSpec, Routes, Sample, samples_of};

pub use form::SourceFormView;
pub use list::SourcesView;
pub use panel::ServiceSourcesPanel;
pub use show::SourceView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("intake/sources.html", include_str!("../../templates/intake/sources.html")),
    ("intake/source.html", include_str!("../../templates/intake/source.html")),
    ("intake/form.html", include_str!("../../templates/intake/form.html")),
    ("intake/panel.html", include_str!("../../templates/intake/panel.html")),
];

/// The doors of the screens.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("intake")
        .nav(Nav::new("sources", "/sources", "signals", 47))
        .screen("/sources", Access::See, list::all)
        .screen("/sources/{id}", Access::See, show::show)
        .screen("/sources/{id}/edit", Access::Manage, form::edit)
        .action("/sources/{id}/edit", Access::Manage, form::change)
        .action("/sources/{id}/remove", Access::Manage, form::remove)
        .panel("/sources/panel/service/{id}", Access::See, panel::show)
        .screen("/services/{id}/sources", Access::See, list::of_service)
        .action("/services/{id}/sources/erase", Access::Manage, super::erase::act)
        .screen("/services/{id}/sources/new", Access::Manage, form::new)
        .action("/services/{id}/sources/new", Access::Manage, form::add)
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<SourcesView>(),
        samples_of::<SourceView>(),
        samples_of::<SourceFormView>(),
        samples_of::<ServiceSourcesPanel>(),
    ]
    .concat()
}

/// What the screens of other features show of sources.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![PanelSpec { on: "service", url: "/sources/panel/service/{id}", order: 45 }]
}

#[cfg(test)]
mod tests;
