//! Tend's own tracker: the script that pages load, and the door its batches come to.
//!
//! A batch is one JSON object, sent as `text/plain` so that browsers ask nobody first:
//!
//! ```json
//! {"k": "KEY", "s": 1772334180000, "i": "session", "d": "user", "h": "web", "x": "1.4.2", "l": "nl-NL",
//!  "e": [{"i": "load.0", "n": "pageview", "t": 1772334179000, "u": "https://svc.example/apply", "r": "", "c": "case",
//!         "p": {"step": "2"}, "v": 1.5},
//!        {"n": "lcp", "l": "load", "t": 1772334180000, "u": "https://svc.example/apply", "v": 1830.5}]}
//! ```
//!
//! `s` is when it was sent by the browser's clock, so that a wrong clock can be told. An event with `l` is a
//! measurement of that page load. The same event again (its `i`) is counted once, so the script may send again
//! what it is not sure of.

use axum::extract::Request;
use http::HeaderMap;
use http::header::ORIGIN;
use kernel::Problem;
use kernel::lake::{Channel, Origin, VitalName};
use serde::Deserialize;
use web::{
    Access, From, IntoResponse as _, Method, Path, Refusal, Response, Routes, Site, State, StatusCode,
};

use super::doors::{self, Outcome, Trouble};
use super::incoming::{Decoded, Incoming, Reason, Reject, Sent, instant_of, text_of};

/// The largest batch, in bytes; browsers let a page that closes send 64 KiB.
pub const MAX_BODY: usize = 128 * 1024;
/// The most events of a batch; the script sends 50, and the vitals of one load.
pub const MAX_EVENTS: usize = 100;

/// A batch as the script sends it.
#[derive(Deserialize)]
struct Batch {
    k: String,
    s: Option<f64>,
    #[serde(default)]
    i: Option<String>,
    #[serde(default)]
    d: Option<String>,
    #[serde(default)]
    h: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    l: Option<String>,
    e: Vec<serde_json::Value>,
}

/// One event of it.
#[derive(Deserialize)]
struct One {
    n: String,
    t: Option<f64>,
    #[serde(default)]
    i: Option<String>,
    #[serde(default)]
    u: Option<String>,
    #[serde(default)]
    r: Option<String>,
    #[serde(default)]
    c: Option<String>,
    #[serde(default)]
    l: Option<String>,
    #[serde(default)]
    p: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    v: Option<f64>,
}

/// Reads a batch.
///
/// # Errors
/// When it is none, or has more events than the script sends.
pub fn decode(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let batch: Batch =
        serde_json::from_slice(sent.body).map_err(|error| Reject::malformed(error.to_string()))?;
    if batch.e.len() > MAX_EVENTS {
        return Err(Reject::new(Reason::TooLarge, format!("more than {MAX_EVENTS} events in one batch")));
    }
    let mut decoded = Decoded::default();
    for (at, value) in batch.e.iter().enumerate() {
        let one = One::deserialize(value).map_err(|error| Reject::malformed(error.to_string()));
        decoded.take(at, &batch.k, one.map(|one| event(&batch, one)));
    }
    Ok(decoded)
}

fn event(batch: &Batch, one: One) -> Incoming {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut event = Incoming {
        url: one.u.unwrap_or_default(),
        referrer: one.r.unwrap_or_default(),
        at: one.t.and_then(instant_of),
        sent_at: batch.s.and_then(instant_of),
        id: one.i.unwrap_or_default(),
        user: said(&batch.d),
        session: said(&batch.i),
        case: one.c.unwrap_or_default(),
        release: said(&batch.x),
        language: said(&batch.l),
        channel: batch.h.as_deref().and_then(Channel::from_word).unwrap_or_default(),
        ..Incoming::default()
    };
    for (name, value) in &one.p {
        event.prop(name, text_of(value));
    }
    match (one.l, VitalName::from_word(&one.n), one.v) {
        (Some(load), Some(vital), Some(value)) => {
            event.vitals.push((vital, value));
            event.load = load;
        }
        _ => {
            event.name = one.n;
            event.value = one.v;
        }
    }
    event
}

// -- doors

/// The script, what it loads later, and where it sends to.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("intake")
        .raw(Method::GET, "/t.js", Access::Public, script)
        .raw(Method::GET, "/t/{file}", Access::Public, part)
        .signal(Method::POST, "/t", MAX_BODY, batch)
        .signal(Method::OPTIONS, "/t", MAX_BODY, doors::preflight)
}

/// `GET /t.js`.
async fn script(headers: HeaderMap) -> Result<Response, Refusal> {
    web::shared("t.js", &headers).ok_or_else(|| Problem::not_found("address").into())
}

/// `GET /t/{file}`.
async fn part(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    web::shared(&file, &headers).ok_or_else(|| Problem::not_found("address").into())
}

/// `POST /t`. The script sends again after 429 and 5xx and after nothing else; why something was not counted stands
/// in a header, and in the body when nothing was.
async fn batch(State(site): State<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let taken = async {
        let arrived = doors::arrive(&site, from, request, Origin::Tend).await?;
        let decoded = decode(&arrived.sent())?;
        doors::take(&site, &arrived.asked, decoded).await
    };
    let mut response = match taken.await {
        Ok(outcome) => answer(&outcome),
        Err(trouble) => {
            doors::count_trouble(&site, Origin::Tend, "", &trouble).await;
            refuse(&trouble)
        }
    };
    doors::allow(&mut response, origin.as_ref());
    response
}

fn answer(outcome: &Outcome) -> Response {
    if let Some(unknown) = outcome.because(Reason::UnknownKey).filter(|_| outcome.kept() == 0) {
        return refuse(&Trouble::Reject(unknown.clone()));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    doors::explain(&mut response, outcome);
    response
}

fn refuse(trouble: &Trouble) -> Response {
    let reason = trouble.reason().map_or("busy", Reason::word);
    let body = serde_json::json!({ "error": reason, "detail": trouble.detail() });
    let mut response = doors::json(trouble.status(), body.to_string());
    doors::explain_trouble(&mut response, trouble);
    response
}

#[cfg(test)]
mod tests;
