//! Live screens: server-sent events that say which things changed.
//!
//! An event carries no data but ids that the asker listens to and may see; the screen then fetches itself
//! anew, through the same door and wall as before.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use kernel::{Kind, Problem, Recorded, Scope};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use crate::answer::Refusal;
use crate::asks::Asks;
use crate::input::Query;
use crate::site::Site;

/// Listeners at once; each holds a connection and a place in the queue of changes.
const MAX_LISTENERS: usize = 2_000;
/// Topics of one listener.
const MAX_TOPICS: usize = 100;
/// A stream ends after this long and the browser comes back, so that a session that ended meanwhile, or a
/// role that was taken, stops the events too.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// Whoever listens to this topic is told so often that something may have changed: what users do makes no fact.
const PULSE: &str = "pulse";
/// Often enough to be called live, seldom enough that a screen left open costs next to nothing.
const BEAT: Duration = Duration::from_secs(10);
/// A comment is sent so often, so that proxies keep the connection and a browser notices a dead one.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How many listeners there are, and how they are told to go.
pub(crate) struct Seats(AtomicUsize, watch::Sender<bool>);

impl Default for Seats {
    fn default() -> Self {
        Seats(AtomicUsize::new(0), watch::channel(false).0)
    }
}

impl Site {
    /// Ends every live stream, now and from now on; browsers come back by themselves. Called when the
    /// server stops, because an open stream would hold the stop up for the whole drain time.
    pub fn end_live(&self) {
        self.joined.live.1.send_replace(true);
    }
}

/// One listener's seat; given back when the stream ends.
struct Seat(Site);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.joined.live.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn take_seat(site: &Site) -> Result<Seat, Problem> {
    let seats = &site.joined.live.0;
    let taken = seats.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
        (held < MAX_LISTENERS).then_some(held + 1)
    });
    match taken {
        Ok(_) => Ok(Seat(site.clone())),
        Err(_) => Err(Problem::new(Kind::Unavailable, "busy").retry_after(30)),
    }
}

/// What to listen to.
#[derive(Deserialize, schemars::JsonSchema)]
pub(crate) struct Listen {
    /// Ids with commas between them.
    topics: Option<String>,
}

/// `GET /live?topics=svc_…,inc_…`.
pub(crate) async fn listen(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(listen): Query<Listen>,
) -> Result<Response, Refusal> {
    let topics = listen.topics.unwrap_or_default();
    let topics: HashSet<String> =
        topics.split(',').filter(|topic| !topic.is_empty()).map(str::to_owned).collect();
    if topics.len() > MAX_TOPICS {
        return Err(Refusal(
            Problem::invalid().field("topics", "field-too-many").field_with("limit", MAX_TOPICS),
        ));
    }
    let seat = take_seat(&site)?;
    let changes = site.db.changes();
    let mut response = Sse::new(events(seat, scope, topics, changes))
        .keep_alive(KeepAlive::new().interval(HEARTBEAT).text("still here"))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would hold events back until its buffer is full.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

fn events(
    seat: Seat,
    scope: Scope,
    topics: HashSet<String>,
    changes: broadcast::Receiver<Arc<[Recorded]>>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let ends = tokio::time::Instant::now() + LONGEST;
    let first = Event::default().event("ready").data("");
    let start = stream::once(std::future::ready(Ok(first)));
    let over = seat.0.joined.live.1.subscribe();
    let pulse = topics.contains(PULSE);
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let rest = stream::unfold((seat, scope, topics, changes, over, beat), move |mut held| async move {
        loop {
            let next = tokio::select! {
                _ = held.4.wait_for(|over| *over) => return None,
                at = held.5.tick(), if pulse => if at >= ends { return None } else { None },
                next = tokio::time::timeout_at(ends, held.3.recv()) => Some(next.ok()?),
            };
            let Some(next) = next else {
                return Some((Ok(Event::default().event("change").data(PULSE)), held));
            };
            let event = match next {
                Ok(facts) => {
                    let touched = touched(&held.1, &held.2, &facts);
                    if touched.is_empty() {
                        continue;
                    }
                    Event::default().event("change").data(touched.join(","))
                }
                // Too slow to be told everything: fetch everything.
                Err(RecvError::Lagged(_)) => Event::default().event("change").data("*"),
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(event), held));
        }
    });
    futures::StreamExt::chain(start, rest)
}

/// The topics that these facts mention, of facts the asker may see.
fn touched(scope: &Scope, topics: &HashSet<String>, facts: &[Recorded]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for recorded in facts.iter().filter(|recorded| may_see(scope, recorded)) {
        mentions(recorded, &mut |id| {
            if topics.contains(id) && !found.iter().any(|held| held == id) {
                found.push(id.to_owned());
            }
        });
    }
    found
}

fn may_see(scope: &Scope, recorded: &Recorded) -> bool {
    match recorded.about.client {
        Some(client) => scope.sees(client, recorded.about.service),
        None => matches!(scope.wall(), kernel::Wall::Open),
    }
}

/// Every id in a fact, and whom it is about.
fn mentions(recorded: &Recorded, tell: &mut impl FnMut(&str)) {
    fn walk(value: &serde_json::Value, tell: &mut impl FnMut(&str)) {
        match value {
            serde_json::Value::String(text) if text.as_bytes().get(3) == Some(&b'_') => tell(text),
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, tell)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| walk(field, tell)),
            _ => {}
        }
    }
    if let Some(client) = recorded.about.client {
        tell(&client.to_string());
    }
    if let Some(service) = recorded.about.service {
        tell(&service.to_string());
    }
    // The kind of fact is a topic too: a list listens to `fact:incident_opened`.
    tell(&format!("fact:{}", recorded.fact.name()));
    if let Ok(json) = serde_json::to_value(&recorded.fact) {
        walk(&json, tell);
    }
}

#[cfg(test)]
mod tests;
