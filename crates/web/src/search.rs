//! Search: one box over what every feature knows.

use std::sync::Arc;

use kernel::task::Answer;
use kernel::{Problem, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use axum::extract::State;

use crate::answer::{Refusal, Shown, View};
use crate::asks::Asks;
use crate::input::Query;
use crate::site::Site;
use crate::text::Text;

/// Finds things of one feature by words.
pub trait SearchSource: Send + Sync {
    /// The heading of its group.
    fn title(&self) -> Text;
    /// The best matches, at most `limit`, best first. Only what the scope may see.
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>>;
}

/// A source made of the key of its heading and the function that answers.
pub fn finds<F>(title: &'static str, find: F) -> Arc<dyn SearchSource>
where
    F: for<'a> Fn(&'a Site, &'a Scope, &'a str, u32) -> Answer<'a, Result<Vec<Found>, Problem>>
        + Send
        + Sync
        + 'static,
{
    Arc::new(Source { title, find })
}

struct Source<F> {
    title: &'static str,
    find: F,
}

impl<F> SearchSource for Source<F>
where
    F: for<'a> Fn(&'a Site, &'a Scope, &'a str, u32) -> Answer<'a, Result<Vec<Found>, Problem>> + Send + Sync,
{
    fn title(&self) -> Text {
        Text::key(self.title)
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        (self.find)(site, scope, words, limit)
    }
}

/// One thing found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Found {
    /// What it is called.
    pub title: String,
    /// What tells it from others of that name: its client, its service.
    pub hint: String,
    /// Its address.
    pub href: String,
    /// Its state word, if it has one (`up`, `down`, ..).
    pub state: Option<String>,
}

/// Matches of one source on the screen; the palette shows fewer.
const MAX_MATCHES: u32 = 20;
/// The longest question, in characters; longer ones find nothing anyway.
const MAX_WORDS: usize = 200;

/// What was searched for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Asked {
    /// The words.
    q: Option<String>,
}

/// What was found, by kind.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SearchView {
    /// The words.
    q: String,
    /// How many were found.
    count: usize,
    /// By source, empty ones left out.
    groups: Vec<Group>,
}

/// The matches of one source.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Group {
    /// The heading.
    title: Text,
    /// The matches, best first.
    found: Vec<Found>,
}

impl View for SearchView {
    const TEMPLATE: &'static str = "search.html";
    const AREA: &'static str = "search";
    fn title(&self) -> Text {
        if self.q.is_empty() { Text::key("search") } else { Text::key("search-title").with("q", &self.q) }
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let found = |title: &str, hint: &str, state: Option<&str>| Found {
            title: title.into(),
            hint: hint.into(),
            href: "/services/x".into(),
            state: state.map(str::to_owned),
        };
        vec![
            ("unasked", SearchView { q: String::new(), count: 0, groups: Vec::new() }),
            ("nothing", SearchView { q: "pakring".into(), count: 0, groups: Vec::new() }),
            (
                "many",
                SearchView {
                    q: "parking".into(),
                    count: 3,
                    groups: vec![
                        Group {
                            title: Text::key("nav-services"),
                            found: vec![
                                found("Parking permits", "Municipality of Lindehaven", Some("degraded")),
                                found("Parking garages", "Municipality of Lindehaven", Some("up")),
                            ],
                        },
                        Group {
                            title: Text::key("nav-people"),
                            found: vec![found("Noor Kaya", "Engineer, Parking permits", None)],
                        },
                    ],
                },
            ),
        ]
    }
}

/// `GET /search?q=`.
pub(crate) async fn search(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(asked): Query<Asked>,
) -> Result<Shown<SearchView>, Refusal> {
    let q: String = asked.q.unwrap_or_default().trim().chars().take(MAX_WORDS).collect();
    let mut groups = Vec::new();
    if !q.is_empty() {
        let all = site.joined.search.iter();
        let read = all.map(async |source| match source.find(&site, &scope, &q, MAX_MATCHES).await {
            Ok(found) => Group { title: source.title(), found },
            Err(problem) => {
                tracing::error!(%problem, "a search source failed: {problem}");
                Group { title: source.title(), found: Vec::new() }
            }
        });
        groups = futures::future::join_all(read).await;
        groups.retain(|group| !group.found.is_empty());
    }
    let count = groups.iter().map(|group| group.found.len()).sum();
    Ok(Shown(SearchView { q, count, groups }))
}
