//! All sources, and those of a service.

use kernel::{Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{
    DAY_HOURS, Named, SourceRow, crumbs, hour_of, rows, sample_client, sample_rows, sample_service, settle,
};
use crate::intake::sources;
use crate::intake::tally::{self, StrayLine};

/// Unknown keys that are shown.
const MOST_STRAYS: u32 = 20;

/// Sources.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SourcesView {
    /// The service, when only its sources are shown.
    pub service: Option<Named<ServiceId>>,
    /// Its client.
    pub client: Option<Named<kernel::ClientId>>,
    /// The sources, by name.
    pub sources: Vec<SourceRow>,
    /// Events of people a minute, over the last hour.
    pub per_minute: f64,
    /// How many sources were never heard.
    pub silent: usize,
    /// Signals of the last 24 hours that belong to no source, most first; only for the operator's people.
    pub strays: Vec<StrayLine>,
    /// The asker may add a source to this service.
    pub may_add: bool,
}

async fn view(site: &Site, scope: &Scope, held: Vec<sources::Source>) -> Result<SourcesView, Refusal> {
    let sources = rows(site, scope, held).await?;
    Ok(SourcesView {
        service: None,
        client: None,
        per_minute: sources.iter().map(|source| source.per_minute).sum(),
        silent: sources.iter().filter(|source| source.last_at.is_none()).count(),
        sources,
        strays: Vec::new(),
        may_add: false,
    })
}

/// Shows all.
pub async fn all(Reach(site): Reach<Site>, Asks(scope): Asks) -> Result<Shown<SourcesView>, Refusal> {
    settle(&site).await;
    let held = sources::all(&site.db, &scope).await?;
    let mut view = view(&site, &scope, held).await?;
    if scope.may_everywhere(Right::See) {
        let since = hour_of(scope.now()) - DAY_HOURS + 1;
        view.strays = tally::strays(&site.db, &scope, since, MOST_STRAYS).await?;
    }
    Ok(Shown(view))
}

/// Shows those of a service.
pub async fn of_service(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<SourcesView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    settle(&site).await;
    let held = sources::of_service(&site.db, &scope, id).await?;
    let mut view = view(&site, &scope, held).await?;
    let names = identity::clients::names(&site.db, &scope).await?;
    let client = names.get(&service.client_id).cloned().unwrap_or_default();
    view.may_add = scope.may(Right::Manage, service.client_id, Some(id));
    view.client = Some(Named { id: service.client_id, name: client });
    view.service = Some(Named { id, name: service.name });
    Ok(Shown(view))
}

impl View for SourcesView {
    const TEMPLATE: &'static str = "intake/sources.html";
    const AREA: &'static str = "sources";
    fn title(&self) -> Text {
        match &self.service {
            Some(service) => Text::key("intake-sources-of").with("service", &service.name),
            None => Text::key("intake-sources"),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        match (&self.client, &self.service) {
            (Some(client), Some(service)) => crumbs(client, service),
            _ => Vec::new(),
        }
    }
    fn live(&self) -> Vec<String> {
        let own = self.service.iter().map(|service| service.id.to_string());
        own.chain(self.sources.iter().map(|source| source.id.to_string())).take(90).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let stray = |door: &str, reason: &str, word: &str, amount| StrayLine {
            door: door.into(),
            reason: reason.into(),
            word: word.into(),
            amount,
            last_at: "2026-11-21T02:50:00Z".parse().expect("an instant"),
        };
        let many = SourcesView {
            service: None,
            client: None,
            sources: sample_rows(),
            per_minute: 14.4,
            silent: 1,
            strays: vec![
                stray("plausible", "unknown-key", "old.lindehaven.example", 312),
                stray("posthog", "malformed", "", 3),
            ],
            may_add: false,
        };
        let none =
            SourcesView { sources: vec![], strays: vec![], per_minute: 0.0, silent: 0, ..many.clone() };
        let service = SourcesView {
            service: Some(sample_service()),
            client: Some(sample_client()),
            strays: vec![],
            may_add: true,
            ..many.clone()
        };
        let service_none = SourcesView { sources: vec![], silent: 0, per_minute: 0.0, ..service.clone() };
        let reader_none = SourcesView { may_add: false, ..service_none.clone() };
        let one = SourcesView {
            sources: vec![sample_rows().remove(0)],
            silent: 0,
            per_minute: 14.2,
            ..service.clone()
        };
        vec![
            ("many", many),
            ("none", none),
            ("service", service),
            ("service-one", one),
            ("service-none", service_none),
            ("service-none-for-a-reader", reader_none),
        ]
    }
}
