//! People, teams and clients in the search box.

use std::sync::Arc;

use kernel::task::Answer;
use kernel::{Paging, Problem, Scope};
use web::{Found, SearchSource, Site, Text};

use crate::store::{clients, people, teams};

/// What this feature finds.
#[must_use]
pub fn search() -> Vec<Arc<dyn SearchSource>> {
    vec![Arc::new(People), Arc::new(Clients), Arc::new(Teams)]
}

fn first(limit: u32) -> Paging {
    Paging { after: None, limit: Some(limit) }
}

struct People;

impl SearchSource for People {
    fn title(&self) -> Text {
        Text::key("people")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let filter = people::Filter { q: Some(words.to_owned()), ..people::Filter::default() };
            let page = people::list(&site.db, scope, &filter, &first(limit)).await?;
            let found = page.items.into_iter().map(|person| Found {
                href: format!("/people/{}", person.id),
                title: person.name,
                hint: person.mail,
                state: None,
            });
            Ok(found.collect())
        })
    }
}

struct Clients;

impl SearchSource for Clients {
    fn title(&self) -> Text {
        Text::key("clients")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let page = clients::list(&site.db, scope, Some(words), &first(limit)).await?;
            let found = page.items.into_iter().map(|client| Found {
                href: format!("/clients/{}", client.id),
                title: client.name,
                hint: String::new(),
                state: None,
            });
            Ok(found.collect())
        })
    }
}

struct Teams;

impl SearchSource for Teams {
    fn title(&self) -> Text {
        Text::key("teams")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let page = teams::list(&site.db, scope, Some(words), None, &first(limit)).await?;
            let names = clients::names(&site.db, scope).await?;
            let found = page.items.into_iter().map(|line| Found {
                href: format!("/teams/{}", line.team.id),
                title: line.team.name,
                hint: names.get(&line.team.client_id).cloned().unwrap_or_default(),
                state: None,
            });
            Ok(found.collect())
        })
    }
}
