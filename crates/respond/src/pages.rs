//! What people see of incidents and of who is on call.

mod acknowledge;
mod common;
mod incidents;
mod on_call;
mod panels;
mod policies;
mod room;
mod rotas;
mod status;

/// What forms and files are both held to.
pub(crate) mod limits {
    pub(crate) use super::policies::{MAX_REPEAT, MAX_STEPS, MAX_TARGETS};
    pub(crate) use super::rotas::{MAX_LAYERS, MAX_PEOPLE, changed_parts, feed_key};
    pub(crate) use super::status::is_slug;
}

use web::{Access, Method, Nav, PanelSpec, Routes, Sample, Texts, samples_of};

pub use panels::columns;

/// The templates of this feature.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("respond/incidents.html", include_str!("../templates/incidents.html")),
    ("respond/open.html", include_str!("../templates/open.html")),
    ("respond/room.html", include_str!("../templates/room.html")),
    ("respond/acknowledge.html", include_str!("../templates/acknowledge.html")),
    ("respond/on_call.html", include_str!("../templates/on_call.html")),
    ("respond/rota.html", include_str!("../templates/rota.html")),
    ("respond/rota_form.html", include_str!("../templates/rota_form.html")),
    ("respond/policies.html", include_str!("../templates/policies.html")),
    ("respond/policy_form.html", include_str!("../templates/policy_form.html")),
    ("respond/status.html", include_str!("../templates/status.html")),
    ("respond/status_settings.html", include_str!("../templates/status_settings.html")),
    ("respond/panel_incidents.html", include_str!("../templates/panel_incidents.html")),
    ("respond/panel_on_call.html", include_str!("../templates/panel_on_call.html")),
    ("respond/cell_incidents.html", include_str!("../templates/cell_incidents.html")),
    ("respond/cell_on_call.html", include_str!("../templates/cell_on_call.html")),
    ("respond/page.letter.html", include_str!("../templates/page.letter.html")),
];

/// The texts of this feature.
pub const TEXTS: Texts = Texts { en: include_str!("../texts/en.ftl"), nl: include_str!("../texts/nl.ftl") };

/// The doors of this feature.
#[must_use]
pub fn routes() -> Routes {
    let incidents = Nav::new("incidents", "/incidents", "incidents", 20)
        .count(std::sync::Arc::new(panels::OpenIncidents));
    Routes::new("respond")
        .nav(incidents)
        .nav(Nav::new("on-call", "/on-call", "on-call", 30))
        .screen("/incidents", Access::See, incidents::list)
        .screen("/incidents/new", Access::Write, incidents::form)
        .action("/incidents/open", Access::Write, incidents::open)
        .screen("/incidents/{id}", Access::See, room::show)
        .action("/incidents/{id}/acknowledge", Access::Respond, room::acknowledge)
        .action("/incidents/{id}/resolve", Access::Respond, room::resolve)
        .action("/incidents/{id}/reopen", Access::Respond, room::reopen)
        .action("/incidents/{id}/rename", Access::Write, room::rename)
        .action("/incidents/{id}/severity", Access::Respond, room::severity)
        .action("/incidents/{id}/note", Access::Write, room::note)
        .action("/incidents/{id}/update", Access::Write, room::publish)
        .screen("/a/{token}", Access::Public, acknowledge::show)
        .action("/a/{token}", Access::Public, acknowledge::acknowledge)
        .panel("/incidents/panel/service/{id}", Access::See, panels::incidents)
        .screen("/on-call", Access::See, on_call::show)
        .panel("/on-call/panel/service/{id}", Access::See, panels::on_call)
        .raw(Method::GET, "/on-call/feed/{file}", Access::Public, rotas::feed)
        .screen("/rotas/new", Access::Respond, rotas::new)
        .action("/rotas/save", Access::Respond, rotas::save)
        .screen("/rotas/{id}", Access::See, rotas::show)
        .screen("/rotas/{id}/edit", Access::Respond, rotas::edit)
        .action("/rotas/{id}/remove", Access::Respond, rotas::remove)
        .action("/rotas/{id}/overrides", Access::Respond, rotas::add_override)
        .action("/rotas/{id}/overrides/{over}/remove", Access::Respond, rotas::remove_override)
        .action("/rotas/{id}/new-feed", Access::Respond, rotas::new_feed)
        .screen("/escalations", Access::See, policies::list)
        .screen("/escalations/new", Access::Manage, policies::new)
        .screen("/escalations/{id}/edit", Access::Manage, policies::edit)
        .action("/escalations/save", Access::Manage, policies::save)
        .action("/escalations/assign", Access::Manage, policies::assign)
        .action("/escalations/{id}/remove", Access::Manage, policies::remove)
        .screen("/status-pages/{service}", Access::Manage, status::settings)
        .action("/status-pages/{service}/save", Access::Manage, status::save)
        .screen("/status/{slug}", Access::Public, status::show)
        .raw(Method::GET, "/status/{slug}/feed.rss", Access::Public, status::rss)
        .raw(Method::GET, "/status/{slug}/api/v2/{file}", Access::Public, status::api)
        .raw(Method::GET, "/status/{slug}/api/v2/{folder}/{file}", Access::Public, status::api_in)
}

/// What this feature shows on the screens of others.
#[must_use]
pub fn panels() -> Vec<PanelSpec> {
    vec![
        PanelSpec { on: "service", url: "/incidents/panel/service/{id}", order: 20 },
        PanelSpec { on: "service", url: "/on-call/panel/service/{id}", order: 30 },
    ]
}

/// Every screen with its samples.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        samples_of::<incidents::Incidents>(),
        samples_of::<incidents::OpenForm>(),
        samples_of::<room::Room>(),
        samples_of::<acknowledge::Link>(),
        samples_of::<on_call::OnCall>(),
        samples_of::<rotas::RotaScreen>(),
        samples_of::<rotas::RotaForm>(),
        samples_of::<policies::Policies>(),
        samples_of::<policies::PolicyForm>(),
        samples_of::<status::StatusScreen>(),
        samples_of::<status::StatusSettings>(),
        samples_of::<panels::IncidentsPanel>(),
        samples_of::<panels::OnCallPanel>(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests;
