//! The doors of the protocols: from a request to a decoder, to [`super::receive`], and to the answer that the client of that
//! protocol takes for success. Every door is public, so each request is bounded in size, number and memory.

pub mod matomo;
pub mod posthog;
pub mod snowplow;
pub mod umami;

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::header::{
    ACCEPT_LANGUAGE, ACCESS_CONTROL_REQUEST_HEADERS, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER, USER_AGENT, VARY,
};
use http::{HeaderMap, StatusCode};
use kernel::lake::Origin;
use kernel::{Kind, Problem};
use tokio::sync::OwnedSemaphorePermit;
use web::{From, IntoResponse as _, Response, Site, State as Reach};

use super::incoming::{Asked, Decoded, Incoming, MAX_EVENTS, Reason, Reject, Sent, clip};
use super::memory::{self, Memory};
use super::receive::{Taken, receive};
use super::sources::Source;
use super::tally::What;
use super::{own, plausible};

/// The largest body as it is sent: PostHog's clients cut their batches at 5 MB at the latest.
pub const MAX_BODY: usize = 6 * 1024 * 1024;
/// The largest body when it is unpacked (PostHog's limit for a batch).
pub const MAX_UNPACKED: usize = 20 * 1024 * 1024;
/// Bytes that are unpacked at a time, each step paid for before.
const STEP: usize = 256 * 1024;
/// The content type of JSON.
const JSON: &str = "application/json";
/// Why something was not counted, for whoever looks at the answers of their tracker.
const IGNORED: HeaderName = HeaderName::from_static("x-tend-ignored");
/// Why something was counted apart from people.
const APART: HeaderName = HeaderName::from_static("x-tend-apart");
/// What Plausible's server says of events that are not counted.
const DROPPED: HeaderName = HeaderName::from_static("x-plausible-dropped");

/// A request that arrived: unpacked, and what it says by itself.
pub struct Arrived {
    /// What a decoder needs of the head.
    pub query: String,
    /// The content type.
    pub content_type: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Bytes,
    /// What the request says by itself.
    pub asked: Asked,
    _memory: Option<OwnedSemaphorePermit>,
}

/// Why a request was not even read.
#[derive(Debug)]
pub enum Trouble {
    /// It is the sender's fault.
    Reject(Reject),
    /// Not now: too much is in hand, or the lake does not take it.
    Busy(Problem),
}

impl std::convert::From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Trouble::Busy(problem)
    }
}

impl std::convert::From<Reject> for Trouble {
    fn from(reject: Reject) -> Self {
        Trouble::Reject(reject)
    }
}

impl Trouble {
    /// The status: 503 and 429 ask to come again, the rest does not.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Trouble::Reject(reject) => match reject.reason {
                Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                Reason::TooOften => StatusCode::TOO_MANY_REQUESTS,
                Reason::UnknownKey => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            },
            Trouble::Busy(problem) => match problem.kind {
                Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    /// In words, for who programs the sender.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Trouble::Reject(reject) => reject.detail.clone(),
            Trouble::Busy(_) => "nothing was taken; send it again later".to_owned(),
        }
    }

    /// The reason, when there is one to count.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Trouble::Reject(reject) => Some(reject.reason),
            Trouble::Busy(_) => None,
        }
    }
}

/// Reads a request that came by a door.
pub async fn arrive(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
    origin: Origin,
) -> Result<Arrived, Trouble> {
    let memory = memory::of(site);
    let (parts, body) = request.into_parts();
    if !memory.admits(from) {
        memory.tally.stray(origin, Reason::TooOften, "", memory.scope.now(), 1);
        return Err(Reject::new(Reason::TooOften, "too many requests from one address").into());
    }
    // It was read within its limit before any door was opened.
    let body = axum::body::to_bytes(body, MAX_BODY).await;
    let body = body.map_err(|_| Reject::new(Reason::TooLarge, "the body is too large"))?;
    let text = |name: HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (body, permit) = unpack(&memory, body, &text(CONTENT_ENCODING))?;
    let is_one = |name: &'static str| text(HeaderName::from_static(name)).trim() == "1";
    let asked = Asked {
        origin,
        from,
        user_agent: text(USER_AGENT),
        language: first_language(&text(ACCEPT_LANGUAGE)),
        opted_out: is_one("dnt") || is_one("sec-gpc"),
    };
    Ok(Arrived {
        query: parts.uri.query().unwrap_or_default().to_owned(),
        content_type: text(CONTENT_TYPE),
        headers: parts.headers,
        body,
        asked,
        _memory: permit,
    })
}

/// The first language of `Accept-Language`, without its weight; `*` is none.
fn first_language(text: &str) -> String {
    let first = text.split([',', ';']).next().unwrap_or_default().trim();
    if first == "*" { String::new() } else { clip(first, 35).to_owned() }
}

impl Arrived {
    /// As decoders see it.
    #[must_use]
    pub fn sent(&self) -> Sent<'_> {
        Sent { query: &self.query, content_type: &self.content_type, body: &self.body }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
    }

    /// The key of a source in `Authorization: Bearer KEY` or `X-Tend-Key: KEY`; empty when there is none.
    #[must_use]
    pub fn header_key(&self) -> &str {
        let bearer = self.header(AUTHORIZATION.as_str()).split_once(' ');
        match bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
            Some((_, key)) => key.trim(),
            None => self.header("x-tend-key"),
        }
    }
}

/// Unpacks a body that is packed, whatever its header says: new PostHog clients send gzip without saying so.
fn unpack(
    memory: &Memory,
    body: Bytes,
    encoding: &str,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Trouble> {
    if body.starts_with(&[0x1f, 0x8b]) {
        return grow(memory, flate2::read::MultiGzDecoder::new(&body[..]));
    }
    if encoding.eq_ignore_ascii_case("deflate") && !body.is_empty() {
        return grow(memory, flate2::read::ZlibDecoder::new(&body[..]));
    }
    if body.len() <= STEP {
        return Ok((body, None));
    }
    // What is decoded of it takes about as much again.
    let kib = u32::try_from(body.len() / 1024).unwrap_or(u32::MAX);
    let permit = Arc::clone(&memory.unpacked).try_acquire_many_owned(kib).map_err(|_| busy())?;
    Ok((body, Some(permit)))
}

fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "busy").retry_after(2)
}

/// Reads what is packed, each step after its memory was granted: a bomb costs its sender no more than the limit costs us.
fn grow(
    memory: &Memory,
    mut packed: impl std::io::Read,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Trouble> {
    let mut out = Vec::new();
    let mut permit: Option<OwnedSemaphorePermit> = None;
    loop {
        let kib = u32::try_from(STEP / 1024).unwrap_or(u32::MAX);
        let more = Arc::clone(&memory.unpacked).try_acquire_many_owned(kib);
        let more = more.map_err(|_| busy())?;
        match &mut permit {
            Some(held) => held.merge(more),
            None => permit = Some(more),
        }
        let before = out.len();
        let read = packed.by_ref().take(STEP as u64).read_to_end(&mut out);
        if let Err(error) = read {
            return Err(Reject::malformed(format!("the body cannot be unpacked: {error}")).into());
        }
        if out.len() > MAX_UNPACKED {
            return Err(Reject::new(Reason::TooLarge, "the body is too large when it is unpacked").into());
        }
        if out.len() - before < STEP {
            return Ok((out.into(), permit));
        }
    }
}

/// What became of a request.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What each source took.
    pub taken: Vec<(Arc<Source>, Taken)>,
    /// What was not taken, by its place in the request.
    pub refused: Vec<(usize, Reject)>,
    /// How many events were sent.
    pub sent: usize,
}

impl Outcome {
    /// Events that are kept, those of programs included.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.taken.iter().map(|(_, taken)| taken.kept + taken.bots + taken.duplicates + taken.vitals).sum()
    }

    /// The first refusal for a reason.
    #[must_use]
    pub fn because(&self, reason: Reason) -> Option<&Reject> {
        self.refused.iter().map(|(_, reject)| reject).find(|reject| reject.reason == reason)
    }

    /// Why the last event was taken for a program's; empty for people.
    #[must_use]
    pub fn bot(&self) -> &str {
        self.taken.last().map(|(_, taken)| taken.bot.as_str()).unwrap_or_default()
    }
}

/// Hands events to the sources they belong to.
pub async fn take(site: &Site, asked: &Asked, decoded: Decoded) -> Result<Outcome, Trouble> {
    let memory = memory::of(site);
    let now = memory.scope.now();
    let mut outcome = Outcome { sent: decoded.len(), ..Outcome::default() };
    if outcome.sent > MAX_EVENTS {
        return Err(Reject::new(Reason::TooLarge, format!("more than {MAX_EVENTS} events")).into());
    }
    for (at, key, reject) in decoded.refused {
        match memory.source(&key).await? {
            Some(source) => memory.tally.count(&source, now, &[(What::Ignored(reject.reason), 1)]),
            None => memory.tally.stray(asked.origin, reject.reason, &key, now, 1),
        }
        outcome.refused.push((at, reject));
    }
    for group in decoded.groups {
        let Some(source) = memory.source(&group.key).await? else {
            memory.tally.stray(asked.origin, Reason::UnknownKey, &group.key, now, group.events.len() as u64);
            let unknown = |(at, _)| (at, Reject::new(Reason::UnknownKey, "no source has this key"));
            outcome.refused.extend(group.events.into_iter().map(unknown));
            continue;
        };
        let (places, events): (Vec<usize>, Vec<Incoming>) = group.events.into_iter().unzip();
        let mut taken = receive(site, &source, asked, events).await?;
        for (at, reject) in taken.ignored.drain(..) {
            outcome.refused.push((places.get(at).copied().unwrap_or(at), reject));
        }
        outcome.taken.push((source, taken));
    }
    outcome.refused.sort_by_key(|(at, _)| *at);
    Ok(outcome)
}

/// Counts a request that could not be read.
pub async fn count_trouble(site: &Site, origin: Origin, key: &str, trouble: &Trouble) {
    let Some(reason) = trouble.reason().filter(|reason| *reason != Reason::TooOften) else { return };
    let memory = memory::of(site);
    let now = memory.scope.now();
    match memory.source(key).await {
        Ok(Some(source)) => memory.tally.count(&source, now, &[(What::Ignored(reason), 1)]),
        Ok(None) | Err(_) => memory.tally.stray(origin, reason, key, now, 1),
    }
}

// -- answers

/// An answer with a content type.
#[must_use]
pub fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, content_type)], body.into()).into_response()
}

/// An answer in JSON.
#[must_use]
pub fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    answer(status, JSON, body)
}

/// Says in headers why something was not counted, or counted apart.
pub fn explain(response: &mut Response, outcome: &Outcome) {
    let mut words: Vec<&str> = outcome.refused.iter().map(|(_, reject)| reject.reason.word()).collect();
    words.sort_unstable();
    words.dedup();
    if let (false, Ok(value)) = (words.is_empty(), HeaderValue::from_str(&words.join(", "))) {
        response.headers_mut().insert(IGNORED, value);
    }
    if let (false, Ok(value)) = (outcome.bot().is_empty(), HeaderValue::from_str(outcome.bot())) {
        response.headers_mut().insert(APART, value);
    }
}

/// Says in a header why a whole request was not taken, and when to come again.
pub fn explain_trouble(response: &mut Response, trouble: &Trouble) {
    if let Some(reason) = trouble.reason() {
        response.headers_mut().insert(IGNORED, HeaderValue::from_static(reason.word()));
    }
    if matches!(trouble.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        let seconds = match trouble {
            Trouble::Busy(problem) => problem.retry_after.unwrap_or(5),
            Trouble::Reject(_) => 5,
        };
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Trouble::Busy(problem) = trouble {
        tracing::warn!(%problem, "signals were not taken: {problem}");
    }
}

/// What lets a page of another host talk to a door, and read its answer.
pub fn allow(response: &mut Response, origin: Option<&HeaderValue>) {
    const FIXED: [(&str, &str); 3] = [
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-expose-headers", "x-tend-ignored, x-tend-apart, x-plausible-dropped"),
        ("timing-allow-origin", "*"),
    ];
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let allowed = HeaderName::from_static("access-control-allow-origin");
    match origin {
        Some(origin) => {
            headers.insert(allowed, origin.clone());
            headers.insert(
                HeaderName::from_static("access-control-allow-credentials"),
                HeaderValue::from_static("true"),
            );
            headers.append(VARY, HeaderValue::from_static("origin"));
        }
        None => drop(headers.insert(allowed, HeaderValue::from_static("*"))),
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Answers a browser that asks whether it may send. Anything may: a signal carries no rights.
pub async fn preflight(request: Request) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    allow(&mut response, request.headers().get(ORIGIN));
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let asked = asked
        .unwrap_or(HeaderValue::from_static("content-type, content-encoding, authorization, x-tend-key"));
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("access-control-allow-headers"), asked);
    headers.insert(
        HeaderName::from_static("access-control-allow-methods"),
        HeaderValue::from_static("GET, POST, OPTIONS"),
    );
    headers.insert(HeaderName::from_static("access-control-max-age"), HeaderValue::from_static("86400"));
    response
}

// -- Plausible

/// `POST /api/event`.
pub async fn plausible_event(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match plausible_taken(&site, from, request).await {
        Ok(outcome) => {
            let mut response = answer(StatusCode::ACCEPTED, "text/plain; charset=utf-8", "ok");
            explain(&mut response, &outcome);
            let apart = outcome.taken.iter().filter(|(_, taken)| !taken.bot.is_empty()).count();
            if outcome.refused.len() + apart > 0 {
                let dropped = HeaderValue::from(outcome.refused.len() + apart);
                response.headers_mut().insert(DROPPED, dropped);
            }
            response
        }
        Err((trouble, body)) => {
            count_trouble(&site, Origin::Plausible, "", &trouble).await;
            let body = body.unwrap_or_else(|| {
                serde_json::json!({ "errors": { "request": trouble.detail() } }).to_string()
            });
            let mut response = json(trouble.status(), body);
            explain_trouble(&mut response, &trouble);
            response
        }
    };
    allow(&mut response, origin.as_ref());
    response
}

async fn plausible_taken(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
) -> Result<Outcome, (Trouble, Option<String>)> {
    let arrived = arrive(site, from, request, Origin::Plausible).await.map_err(|trouble| (trouble, None))?;
    let decoded =
        plausible::decode(&arrived.sent()).map_err(|errors| (errors.reject().into(), Some(errors.body())))?;
    take(site, &arrived.asked, decoded).await.map_err(|trouble| (trouble, None))
}

// -- Tend

/// `POST /api/v1/events`.
pub async fn own_events(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match own_taken(&site, from, request).await {
        Ok(outcome) => {
            let mut response = json(StatusCode::OK, own_body(&outcome));
            explain(&mut response, &outcome);
            response
        }
        Err(trouble) => {
            let reason = trouble.reason().map_or("busy", Reason::word);
            let body = serde_json::json!({ "error": reason, "detail": trouble.detail() });
            let mut response = json(trouble.status(), body.to_string());
            explain_trouble(&mut response, &trouble);
            response
        }
    };
    allow(&mut response, origin.as_ref());
    response
}

fn own_body(outcome: &Outcome) -> String {
    let sum = |of: fn(&Taken) -> u64| -> u64 { outcome.taken.iter().map(|(_, taken)| of(taken)).sum() };
    let ignored: Vec<serde_json::Value> = outcome
        .refused
        .iter()
        .take(100)
        .map(|(at, reject)| {
            serde_json::json!({ "index": at, "reason": reject.reason.word(), "detail": reject.detail })
        })
        .collect();
    let mut body = serde_json::json!({
        "kept": sum(|taken| taken.kept),
        "bots": sum(|taken| taken.bots),
        "duplicates": sum(|taken| taken.duplicates),
        "vitals": sum(|taken| taken.vitals),
        "ignored": outcome.refused.len(),
    });
    if !ignored.is_empty() {
        body["reasons"] = ignored.into();
    }
    body.to_string()
}

async fn own_taken(site: &Site, from: Option<IpAddr>, request: Request) -> Result<Outcome, Trouble> {
    let memory = memory::of(site);
    let mut arrived = arrive_keyed(site, from, request).await?;
    arrived.asked.origin = file_origin(&arrived.query);
    let by_header = !arrived.header_key().is_empty();
    let query = own_key(&arrived.query);
    let key = if by_header { arrived.header_key() } else { query.as_str() };
    let now = memory.scope.now();
    let Some(source) = memory.source(key).await? else {
        if !memory.admits(from) {
            return Err(Reject::new(Reason::TooOften, "too many requests from one address").into());
        }
        memory.tally.stray(Origin::Tend, Reason::UnknownKey, key, now, 1);
        let how =
            "send the key of a source as \"Authorization: Bearer KEY\", \"X-Tend-Key: KEY\" or \"?key=KEY\"";
        return Err(Reject::new(Reason::UnknownKey, how).into());
    };
    let decoded = match own::decode(&arrived.sent()) {
        Ok(decoded) => decoded,
        Err(reject) => {
            memory.tally.count(&source, now, &[(What::Ignored(reject.reason), 1)]);
            return Err(reject.into());
        }
    };
    let mut outcome = Outcome { sent: decoded.len(), ..Outcome::default() };
    let mut events = Vec::with_capacity(decoded.len());
    let mut places = Vec::with_capacity(decoded.len());
    for (at, event) in decoded.into_iter().enumerate() {
        match event {
            Ok(mut event) => {
                // A header is set by programs; the request then says nothing of the user.
                event.told |= by_header;
                events.push(event);
                places.push(at);
            }
            Err(reject) => {
                memory.tally.count(&source, now, &[(What::Ignored(reject.reason), 1)]);
                outcome.refused.push((at, reject));
            }
        }
    }
    let mut taken = receive(site, &source, &arrived.asked, events).await?;
    for (at, reject) in taken.ignored.drain(..) {
        outcome.refused.push((places.get(at).copied().unwrap_or(at), reject));
    }
    outcome.refused.sort_by_key(|(at, _)| *at);
    outcome.taken.push((source, taken));
    Ok(outcome)
}

/// A program that shows a key may come as often as it likes: what it sends is bounded by what the lake takes.
async fn arrive_keyed(site: &Site, from: Option<IpAddr>, request: Request) -> Result<Arrived, Trouble> {
    let headers = request.headers();
    let keyed = headers.contains_key(AUTHORIZATION) || headers.contains_key("x-tend-key");
    arrive(site, if keyed { None } else { from }, request, Origin::Tend).await.map(|mut arrived| {
        arrived.asked.from = from;
        arrived
    })
}

/// By which door: `?origin=access_log` and `?origin=csv` say that a file is told of, which may be as old as it is.
fn file_origin(query: &str) -> Origin {
    let said = super::incoming::pairs(query).find(|(name, _)| name == "origin");
    let said = said.and_then(|(_, word)| Origin::from_word(&word));
    said.filter(|origin| matches!(origin, Origin::AccessLog | Origin::Csv)).unwrap_or_default()
}

fn own_key(query: &str) -> String {
    super::incoming::pairs(query).find(|(name, _)| name == "key").map(|(_, key)| key).unwrap_or_default()
}
