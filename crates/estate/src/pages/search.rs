//! Services and components in the search box.

use std::sync::Arc;

use kernel::task::Answer;
use kernel::{Problem, Scope};
use web::{Found, SearchSource, Site, Text};

use crate::graph::{self, Names};
use crate::services;

/// What the search box finds here.
#[must_use]
pub fn sources() -> Vec<Arc<dyn SearchSource>> {
    vec![Arc::new(Services), Arc::new(Components)]
}

struct Services;

impl SearchSource for Services {
    fn title(&self) -> Text {
        Text::key("services-title")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let clients = identity::clients::names(&site.db, scope).await?;
            let found = services::found(&site.db, scope, words, limit).await?;
            let found = found.into_iter().map(|service| Found {
                hint: clients.get(&service.client_id).cloned().unwrap_or_default(),
                href: format!("/services/{}", service.id),
                title: service.name,
                state: None,
            });
            Ok(found.collect())
        })
    }
}

struct Components;

impl SearchSource for Components {
    fn title(&self) -> Text {
        Text::key("components-title")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let names = Names::read(&site.db, scope).await?;
            let found = graph::found(&site.db, scope, words, limit).await?;
            let found = found.into_iter().map(|component| Found {
                hint: names.service(component.service_id).unwrap_or_default().to_owned(),
                href: format!("/components/{}", component.id),
                title: component.name,
                state: None,
            });
            Ok(found.collect())
        })
    }
}
