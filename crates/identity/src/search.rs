//! People, teams and clients in the search box.

use std::sync::Arc;

use kernel::{Paging, Problem, Scope};
use web::{Found, SearchSource, Site, finds};

use crate::store::{clients, people, teams};

/// What this feature finds.
#[must_use]
pub fn search() -> Vec<Arc<dyn SearchSource>> {
    vec![
        finds("people", |site, scope, words, limit| Box::pin(found_people(site, scope, words, limit))),
        finds("clients", |site, scope, words, limit| Box::pin(found_clients(site, scope, words, limit))),
        finds("teams", |site, scope, words, limit| Box::pin(found_teams(site, scope, words, limit))),
    ]
}

fn first(limit: u32) -> Paging {
    Paging { after: None, limit: Some(limit) }
}

async fn found_people(site: &Site, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    let filter = people::Filter { q: Some(words.to_owned()), ..people::Filter::default() };
    let page = people::list(&site.db, scope, &filter, &first(limit)).await?;
    let found = page.items.into_iter().map(|person| Found {
        href: format!("/people/{}", person.id),
        title: person.name,
        hint: person.mail,
        state: None,
    });
    Ok(found.collect())
}

async fn found_clients(site: &Site, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    let page = clients::list(&site.db, scope, Some(words), &first(limit)).await?;
    let found = page.items.into_iter().map(|client| Found {
        href: format!("/clients/{}", client.id),
        title: client.name,
        hint: String::new(),
        state: None,
    });
    Ok(found.collect())
}

async fn found_teams(site: &Site, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    let page = teams::list(&site.db, scope, Some(words), None, &first(limit)).await?;
    let names = clients::names(&site.db, scope).await?;
    let found = page.items.into_iter().map(|line| Found {
        href: format!("/teams/{}", line.team.id),
        title: line.team.name,
        hint: names.get(&line.team.client_id).cloned().unwrap_or_default(),
        state: None,
    });
    Ok(found.collect())
}
