//! Services and components in the search box.

use std::sync::Arc;

use kernel::{Problem, Scope};
use web::{Found, SearchSource, Site, finds};

use crate::graph::{self, Names};
use crate::services;

/// What the search box finds here.
#[must_use]
pub fn sources() -> Vec<Arc<dyn SearchSource>> {
    vec![
        finds("services-title", |site, scope, words, limit| {
            Box::pin(found_services(site, scope, words, limit))
        }),
        finds("components-title", |site, scope, words, limit| {
            Box::pin(found_components(site, scope, words, limit))
        }),
    ]
}

async fn found_services(site: &Site, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    let clients = identity::clients::names(&site.db, scope).await?;
    let found = services::found(&site.db, scope, words, limit).await?;
    let found = found.into_iter().map(|service| Found {
        hint: clients.get(&service.client_id).cloned().unwrap_or_default(),
        href: format!("/services/{}", service.id),
        title: service.name,
        state: None,
    });
    Ok(found.collect())
}

async fn found_components(
    site: &Site,
    scope: &Scope,
    words: &str,
    limit: u32,
) -> Result<Vec<Found>, Problem> {
    let names = Names::read(&site.db, scope).await?;
    let found = graph::found(&site.db, scope, words, limit).await?;
    let found = found.into_iter().map(|component| Found {
        hint: names.service(component.service_id).unwrap_or_default().to_owned(),
        href: format!("/components/{}", component.id),
        title: component.name,
        state: None,
    });
    Ok(found.collect())
}
