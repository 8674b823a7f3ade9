//! The doors of OpenTelemetry: `/v1/traces`, `/v1/metrics` and `/v1/logs`.
//!
//! Whose signals they are is said by a key (`Authorization: Bearer KEY` or `X-Tend-Key: KEY`, set in
//! `OTEL_EXPORTER_OTLP_HEADERS`), or, where none is sent, by `service.name`: a source that answers to that name
//! takes them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, ORIGIN, RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use kernel::Problem;
use kernel::lake::{MAX_APPEND, Origin, Rows};
use web::{From, Method, Response, Routes, Site, State, StatusCode};

use super::doors::{self, Arrived, Trouble};
use super::incoming::{Reason, Reject};
use super::memory;
use super::otlp::{self, Encoding, Place, Rejected, Signal};
use super::sources::{MAX_KEEP_DAYS, Source};
use super::tally::What;

/// gRPC's codes, as far as answers use them.
const INVALID: i32 = 3;
const EXHAUSTED: i32 = 8;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("intake")
        .signal(Method::POST, "/v1/traces", doors::MAX_BODY, traces)
        .signal(Method::OPTIONS, "/v1/traces", doors::MAX_BODY, doors::preflight)
        .signal(Method::POST, "/v1/metrics", doors::MAX_BODY, metrics)
        .signal(Method::OPTIONS, "/v1/metrics", doors::MAX_BODY, doors::preflight)
        .signal(Method::POST, "/v1/logs", doors::MAX_BODY, logs)
        .signal(Method::OPTIONS, "/v1/logs", doors::MAX_BODY, doors::preflight)
}

async fn traces(State(site): State<Site>, From(from): From, request: Request) -> Response {
    export(&site, from, request, Signal::Traces).await
}

async fn metrics(State(site): State<Site>, From(from): From, request: Request) -> Response {
    export(&site, from, request, Signal::Metrics).await
}

async fn logs(State(site): State<Site>, From(from): From, request: Request) -> Response {
    export(&site, from, request, Signal::Logs).await
}

async fn export(site: &Site, from: Option<IpAddr>, request: Request, signal: Signal) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let encoding = Encoding::of(text(request.headers(), CONTENT_TYPE));
    let packed = text(request.headers(), CONTENT_ENCODING).to_ascii_lowercase();
    let readable = matches!(packed.as_str(), "" | "identity" | "gzip" | "deflate");
    let mut response = match encoding.filter(|_| readable) {
        // What is asked for in no known way is answered in the one that people can read.
        None => {
            let what = "send application/x-protobuf or application/json, plain or packed with gzip";
            refuse(encoding.unwrap_or(Encoding::Json), StatusCode::UNSUPPORTED_MEDIA_TYPE, INVALID, what)
        }
        Some(encoding) => match taken(site, from, request, signal, encoding).await {
            Ok(rejected) => {
                let body = otlp::answer(signal, encoding, &rejected);
                doors::answer(StatusCode::OK, encoding.content_type(), body)
            }
            Err(trouble) => {
                doors::count_trouble(site, Origin::Otlp, "", &trouble).await;
                troubled(encoding, &trouble)
            }
        },
    };
    doors::allow(&mut response, origin.as_ref());
    response
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

fn refuse(encoding: Encoding, status: StatusCode, code: i32, what: &str) -> Response {
    doors::answer(status, encoding.content_type(), otlp::refusal(encoding, code, what))
}

fn troubled(encoding: Encoding, trouble: &Trouble) -> Response {
    let code = match trouble.status() {
        StatusCode::UNAUTHORIZED => UNAUTHENTICATED,
        StatusCode::TOO_MANY_REQUESTS => EXHAUSTED,
        StatusCode::SERVICE_UNAVAILABLE => UNAVAILABLE,
        _ => INVALID,
    };
    let mut response = refuse(encoding, trouble.status(), code, &trouble.detail());
    doors::explain_trouble(&mut response, trouble);
    debug_assert!(code != UNAVAILABLE || response.headers().contains_key(RETRY_AFTER));
    response
}

async fn taken(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
    signal: Signal,
    encoding: Encoding,
) -> Result<Rejected, Trouble> {
    let headers = request.headers();
    // A program that shows a key may come as often as it likes: it is bounded by what the lake takes.
    let keyed = headers.contains_key(AUTHORIZATION) || headers.contains_key("x-tend-key");
    let arrived = doors::arrive(site, if keyed { None } else { from }, request, Origin::Otlp).await?;
    let sent = otlp::decode(signal, encoding, &arrived.body).map_err(Reject::malformed)?;
    let memory = memory::of(site);
    let now = memory.scope.now();
    let sources = sources_of(site, &arrived, &sent, keyed).await?;
    let places = sources.iter().map(|(name, source)| (name.clone(), place(source, now))).collect();
    let landed = otlp::land(sent, &places, now);
    let taken = by_source(&sources, &landed.rows);
    append(site, landed.rows).await?;
    for (source, count) in taken {
        memory.tally.count(source, now, &[(What::Taken, count)]);
    }
    // What was not taken is counted where the rest went: a row that was refused no longer says whose it was.
    if let Some(source) = sources.values().next() {
        for (refused, count) in &landed.rejected.0 {
            memory.tally.count(source, now, &[(What::Ignored(refused.reason()), *count)]);
        }
    }
    Ok(landed.rejected)
}

/// To whom the rows of each component belong.
async fn sources_of(
    site: &Site,
    arrived: &Arrived,
    sent: &otlp::Request,
    keyed: bool,
) -> Result<BTreeMap<String, Arc<Source>>, Trouble> {
    let memory = memory::of(site);
    let mut sources = BTreeMap::new();
    let components = sent.components();
    if keyed {
        let unknown = || Reject::new(Reason::UnknownKey, "no source has this key");
        let source = memory.source(arrived.header_key()).await?.ok_or_else(unknown)?;
        sources.extend(components.into_iter().map(|name| (name, Arc::clone(&source))));
        return Ok(sources);
    }
    for name in &components {
        if let Some(source) = memory.source(name).await? {
            sources.insert(name.clone(), source);
        }
    }
    if sources.is_empty() && !components.is_empty() {
        let names = components.into_iter().take(5).collect::<Vec<_>>().join(", ");
        let how = "send the key of a source as the header `Authorization: Bearer KEY`, or let a source also be \
                   known by the service.name";
        return Err(Reject::new(Reason::UnknownKey, format!("no source is known by {names}: {how}")).into());
    }
    Ok(sources)
}

fn place(source: &Source, now: Timestamp) -> Place {
    let days = i64::from(source.keep_days.unwrap_or(MAX_KEEP_DAYS));
    let oldest = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH);
    Place { client: source.client, service: source.service, oldest }
}

/// How many rows of each source there are.
fn by_source<'a>(sources: &'a BTreeMap<String, Arc<Source>>, rows: &Rows) -> Vec<(&'a Source, u64)> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    let mut add = |component| *counts.entry(component).or_default() += 1;
    match rows {
        Rows::Spans(all) => all.iter().for_each(|row| add(row.component.as_str())),
        Rows::Metrics(all) => all.iter().for_each(|row| add(row.component.as_str())),
        Rows::Logs(all) => all.iter().for_each(|row| add(row.component.as_str())),
        Rows::Events(_) | Rows::Checks(_) | Rows::Vitals(_) => {}
    }
    let of = |(name, count)| sources.get(name).map(|source| (source.as_ref(), count));
    counts.into_iter().filter_map(of).collect()
}

/// Keeps the rows, in as many appends as the lake wants. When a later one fails the sender is asked to send all of it
/// again: spans and points that are there twice do less harm than those that are lost.
async fn append(site: &Site, rows: Rows) -> Result<(), Problem> {
    let memory = memory::of(site);
    let parts: Vec<Rows> = match rows {
        Rows::Spans(all) => parts(all).into_iter().map(Rows::Spans).collect(),
        Rows::Metrics(all) => parts(all).into_iter().map(Rows::Metrics).collect(),
        Rows::Logs(all) => parts(all).into_iter().map(Rows::Logs).collect(),
        Rows::Events(_) | Rows::Checks(_) | Rows::Vitals(_) => Vec::new(),
    };
    for part in parts {
        site.lake.append(&memory.scope, part).await?;
    }
    Ok(())
}

/// Rows in parts that one append takes; nothing is no part.
fn parts<T>(mut rows: Vec<T>) -> Vec<Vec<T>> {
    let mut parts = Vec::new();
    while rows.len() > MAX_APPEND {
        let rest = rows.split_off(MAX_APPEND);
        parts.push(std::mem::replace(&mut rows, rest));
    }
    if !rows.is_empty() {
        parts.push(rows);
    }
    parts
}

#[cfg(test)]
mod tests;
