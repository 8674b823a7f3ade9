//! The screens: all probes, one probe, its form, maintenance of a service, the address that jobs call, and what
//! other screens show of probes (a panel on the service, a column in the list of services).

mod beat;
mod column;
mod form;
mod list;
mod maintenance;
mod panel;
mod shared;
mod show;

use std::sync::Arc;

use web::{Access, Column, Method, Nav, PanelSpec, Routes, Sample, SearchSource, Texts, samples_of};

pub use form::ProbeFormView;
pub use list::ProbesView;
pub use maintenance::MaintenanceView;
pub use panel::ServicePanel;
pub use show::ProbeView;

/// Templates by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("watch/probes.html", include_str!("../templates/probes.html")),
    ("watch/probe.html", include_str!("../templates/probe.html")),
    ("watch/form.html", include_str!("../templates/form.html")),
    ("watch/panel.html", include_str!("../templates/panel.html")),
    ("watch/cell.html", include_str!("../templates/cell.html")),
    ("watch/component-cell.html", include_str!("../templates/component-cell.html")),
    ("watch/maintenance.html", include_str!("../templates/maintenance.html")),
];

/// Texts.
pub const TEXTS: Texts = Texts { en: include_str!("../texts/en.ftl"), nl: include_str!("../texts/nl.ftl") };

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    let mut routes = Routes::new("watch")
        .nav(Nav::new("probes", "/probes", "probes", 40))
        .screen("/probes", Access::See, list::show)
        .screen("/probes/{id}", Access::See, show::show)
        .screen("/probes/{id}/edit", Access::Respond, form::edit)
        .action("/probes/{id}/edit", Access::Respond, form::change)
        .action("/probes/{id}/try", Access::Respond, form::try_changed)
        .action("/probes/{id}/pause", Access::Respond, form::pause)
        .action("/probes/{id}/resume", Access::Respond, form::resume)
        .action("/probes/{id}/remove", Access::Respond, form::remove)
        .raw(Method::GET, "/probes/{id}/history.csv", Access::See, show::csv)
        .panel("/probes/panel/service/{id}", Access::See, panel::show)
        .screen("/services/{id}/probes/new", Access::Respond, form::new)
        .action("/services/{id}/probes/new", Access::Respond, form::add)
        .action("/services/{id}/probes/try", Access::Respond, form::try_new)
        .screen("/services/{id}/maintenance", Access::See, maintenance::show)
        .action("/services/{id}/maintenance", Access::Respond, maintenance::plan)
        .action("/maintenances/{id}/end", Access::Respond, maintenance::end);
    for (path, said) in
        ["/beat/{secret}", "/beat/{secret}/start", "/beat/{secret}/fail"].into_iter().zip(beat::SAYS)
    {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let hear =
                move |site: web::State<web::Site>, secret: web::Path<String>, body: axum::body::Bytes| {
                    beat::hear(site, secret, body, said)
                };
            routes = routes.raw(method, path, Access::Public, hear);
        }
    }
    routes
}

/// Examples of every screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<ProbesView>(),
        samples_of::<ProbeView>(),
        samples_of::<ProbeFormView>(),
        samples_of::<ServicePanel>(),
        samples_of::<MaintenanceView>(),
    ]
    .concat()
}

/// What the screens of other features show of probes.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![PanelSpec { on: "service", url: "/probes/panel/service/{id}", order: 10 }]
}

/// What lists of other features show of probes.
#[must_use]
pub fn columns() -> Vec<Column> {
    vec![
        Column { on: "services", key: "state", order: 10, source: Arc::new(column::StateColumn) },
        Column { on: "components", key: "state", order: 10, source: Arc::new(column::ComponentColumn) },
    ]
}

/// Finds probes.
#[must_use]
pub fn search() -> Vec<Arc<dyn SearchSource>> {
    vec![web::finds("watch-probes", |site, scope, words, limit| {
        Box::pin(list::found(site, scope, words, limit))
    })]
}

#[cfg(test)]
mod tests;
