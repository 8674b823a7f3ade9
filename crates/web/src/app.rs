//! From a request to an answer: admit (limits, who asks, how they read), the doors, and dress (page, JSON
//! or problem).
//!
//! ```text
//! serve ─ headers ─ gzip ─ admit ─┬─ dress ─ access ─ handler
//!                                 └─ panels and refused forms come through dress again, in process
//! ```

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE,
};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use kernel::{Kind, Problem, Scope};

use crate::answer::{Done, Prepared, Refusal, Refused};
use crate::asks::{Access, Asking, Reader, Theme, Ticket};
use crate::frame;
use crate::input::{self, BodyKind, form};
use crate::moment::RefusedForm;
use crate::nav::{KNOWN, Nav};
use crate::routes::{API, Routes, Shape, Through};
use crate::site::Site;
use crate::text::Language;
use crate::{cookie, csrf};

/// The longest address that is read, in bytes; browsers and proxies stop near it too.
const MAX_ADDRESS: usize = 8 * 1024;
/// The cookie that keeps a language for who has not signed in.
pub(crate) const LANGUAGE_COOKIE: &str = "tend-language";
/// The cookie that keeps the theme.
pub(crate) const THEME_COOKIE: &str = "tend-theme";
/// The cookie with the text that is shown once on the next screen.
pub(crate) const SAY_COOKIE: &str = "tend-say";

/// The body that was read, for whoever needs it a second time.
#[derive(Clone)]
pub(crate) struct Buffered(pub bytes::Bytes);

/// The whole screen of these doors. Adds the doors of `web` itself.
pub fn app(site: &Site, routes: Routes) -> Router {
    let routes = routes.merge(crate::own::routes());
    let _ = site.joined.nav.set(nav_of(&routes));
    let _ = site.joined.rows.set(routes.rows.clone());
    let _ = site.joined.signals.set(routes.signals.clone());
    let inner = routes
        .router
        .fallback(async || Refusal(Problem::not_found("address")))
        .method_not_allowed_fallback(async || Refusal(Problem::new(Kind::WrongMethod, "wrong-method")))
        .layer(from_fn_with_state(site.clone(), dress))
        .with_state(site.clone());
    let _ = site.joined.inner.set(inner.clone());
    let gzip = tower_http::compression::CompressionLayer::new().gzip(true);
    Router::new()
        .fallback_service(inner)
        .layer(from_fn_with_state(site.clone(), admit))
        .layer(gzip)
        .layer(from_fn_with_state(site.clone(), headers))
}

/// The entries of the sidebar: those that were registered, and the known ones whose screen exists.
fn nav_of(routes: &Routes) -> Vec<Nav> {
    let there = |href: &str| routes.rows.iter().any(|row| row.path == href && row.shape == Shape::Screen);
    let known = KNOWN.iter().filter(|known| !routes.nav.iter().any(|own| own.area == known.area)).cloned();
    let mut nav: Vec<Nav> = routes.nav.iter().cloned().chain(known).filter(|nav| there(nav.href)).collect();
    nav.sort_by_key(|entry| entry.order);
    crate::nav::give_keys(&mut nav);
    nav
}

// -- the outermost layer

/// What every answer carries: nothing may be loaded, framed or sniffed that is not ours.
async fn headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
        frame-ancestors 'none'; base-uri 'none'";
    const FIXED: [(&str, &str); 6] = [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if site.settings.secure() {
        headers.insert(
            HeaderName::from_static("strict-transport-security"),
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}

// -- admit

/// Recognises the asker, reads the body within its limits, and bounds how long and how many.
async fn admit(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let public = Scope::public(Arc::clone(&site.clock), Arc::clone(&site.dice));
    let request_id = public.request();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut asking = Asking { scope: public, caller: None, ticket: None };
    let mut reader = reader_of(request.headers());
    let signal = site.joined.signals.get().and_then(|doors| doors.get(&path).copied());
    let checked = match signal {
        Some(limit) => check_signal(&site, &mut request, limit).await,
        None => check(&site, &mut request, &mut asking, &mut reader).await,
    };
    let refused = match checked {
        Ok(slot) => {
            request.extensions_mut().insert(asking.clone());
            request.extensions_mut().insert(reader.clone());
            let limit = site.settings.request_time.unsigned_abs();
            let answered = tokio::time::timeout(limit, next.run(request)).await;
            drop(slot);
            answered.map_err(|_| Problem::new(Kind::TimedOut, "timed-out").retry_after(10))
        }
        Err(problem) => {
            let headers = request.headers().clone();
            let asked = Asked::new(&method, request.uri(), &headers);
            Ok(problem_answer(&site, &asking, &reader, &asked, problem).await)
        }
    };
    let mut response = match refused {
        Ok(response) => response,
        Err(problem) => {
            let asked = Asked { json: path.starts_with(API), here: path.clone(), get: true, html: true };
            problem_answer(&site, &asking, &reader, &asked, problem).await
        }
    };
    finish(&site, &asking, &mut response);
    if signal.is_some() {
        // Thousands a second: they are counted by who takes them.
        return response;
    }
    let path = without_secrets(&path);
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        actor = %asking.scope.actor(),
        request = %request_id,
        "{method} {path} {}",
        response.status().as_u16()
    );
    response
}

/// A path as logs may hold it: links in letters carry secrets, and those are longer than any id or name of ours.
fn without_secrets(path: &str) -> String {
    const LONGEST_ID: usize = 36;
    let short = |part: &str| -> String {
        if part.len() > LONGEST_ID { part.chars().take(4).chain(['…']).collect() } else { part.to_owned() }
    };
    path.split('/').map(short).collect::<Vec<String>>().join("/")
}

/// Headers that depend on who asked.
fn finish(site: &Site, asking: &Asking, response: &mut Response) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&asking.scope.request().to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        let rule = if asking.caller.is_some() { "no-store" } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(rule));
    }
    if asking.caller.is_none() && matches!(asking.ticket, Some(Ticket::Cookie(_))) {
        // An ended session: the browser need not show it again, unless a new one was just given.
        let name = site.settings.session_cookie_name();
        let fresh =
            headers.get_all(SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(name.as_bytes()));
        if let (false, Ok(line)) = (fresh, HeaderValue::from_str(&site.settings.end_session_cookie())) {
            headers.append(SET_COOKIE, line);
        }
    }
}

/// What must hold before a door is opened. Gives the slot that bounds how many requests are worked on.
async fn check(
    site: &Site,
    request: &mut Request,
    asking: &mut Asking,
    reader: &mut Reader,
) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    readable_address(request.uri())?;
    let slot = slot(site)?;
    recognise(site, request.headers(), asking, reader).await?;
    if !request.method().is_safe() {
        buffer(site, request, site.settings.max_body).await?;
    }
    Ok(slot)
}

fn slot(site: &Site) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    let slots = Arc::clone(&site.joined.slots);
    slots.try_acquire_owned().map_err(|_| Problem::new(Kind::Unavailable, "busy").retry_after(2))
}

/// The same for a signal: nobody is recognised, and what an address holds is the protocol's to judge.
async fn check_signal(
    site: &Site,
    request: &mut Request,
    max_body: usize,
) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    let length = request.uri().path_and_query().map_or(1, |text| text.as_str().len());
    if length > MAX_ADDRESS {
        return Err(Problem::new(Kind::TooLarge, "address-too-long"));
    }
    let slot = slot(site)?;
    if !request.method().is_safe() {
        buffer(site, request, max_body).await?;
    }
    Ok(slot)
}

fn readable_address(uri: &http::Uri) -> Result<(), Problem> {
    let text = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    if text.len() > MAX_ADDRESS {
        return Err(Problem::new(Kind::TooLarge, "address-too-long"));
    }
    let utf8 = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().is_ok();
    let clean = !text.contains("%00");
    if clean && utf8(uri.path()) && utf8(uri.query().unwrap_or_default()) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Malformed, "malformed-text"))
    }
}

async fn recognise(
    site: &Site,
    headers: &HeaderMap,
    asking: &mut Asking,
    reader: &mut Reader,
) -> Result<(), Problem> {
    let bearer = headers.get(AUTHORIZATION).and_then(|line| line.to_str().ok()).and_then(|line| {
        let (scheme, token) = line.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    let ticket = match bearer {
        Some(token) => Some(Ticket::Bearer(token)),
        None => cookie::read(headers, site.settings.session_cookie_name())
            .filter(|value| !value.is_empty())
            .map(|value| Ticket::Cookie(value.to_owned())),
    };
    let Some(ticket) = ticket else { return Ok(()) };
    let known = site.doorman.recognise(&asking.scope, &ticket).await?;
    match (known, &ticket) {
        (Some(caller), _) => {
            asking.scope = asking.scope.recognised(caller.actor.clone(), caller.grants.clone());
            // What was chosen on this device wins over what the person prefers in general.
            if cookie::read(headers, LANGUAGE_COOKIE).and_then(Language::from_tag).is_none() {
                reader.language = caller.language.unwrap_or(reader.language);
            }
            reader.zone = caller.zone.clone().unwrap_or_else(|| reader.zone.clone());
            asking.caller = Some(Arc::new(caller));
        }
        // A program that shows a token wants to be that token; it must not go on as the public.
        (None, Ticket::Bearer(_)) => return Err(Problem::new(Kind::Unauthenticated, "token-unknown")),
        (None, Ticket::Cookie(_)) => {}
    }
    asking.ticket = Some(ticket);
    Ok(())
}

/// Reads the body once, within its size and time, so that the seal of a form can be checked and a refused
/// form can come back with what was typed.
async fn buffer(site: &Site, request: &mut Request, max_body: usize) -> Result<(), Problem> {
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let reading = input::read_body(body, max_body);
    let bytes = tokio::time::timeout(site.settings.body_time.unsigned_abs(), reading)
        .await
        .map_err(|_| Problem::new(Kind::TimedOut, "body-timed-out"))??;
    request.extensions_mut().insert(Buffered(bytes.clone()));
    *request.body_mut() = Body::from(bytes);
    Ok(())
}

/// How somebody reads before they are known: by cookie, else by what their browser says.
fn reader_of(headers: &HeaderMap) -> Reader {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = cookie::read(headers, LANGUAGE_COOKIE)
        .and_then(Language::from_tag)
        .or_else(|| accepted.and_then(Language::from_accept))
        .unwrap_or_default();
    let theme = cookie::read(headers, THEME_COOKIE).map_or(Theme::Auto, Theme::from_word);
    Reader { language, theme, ..Reader::default() }
}

// -- dress

/// How an answer is wanted.
pub(crate) struct Asked {
    /// As JSON.
    pub json: bool,
    /// Whether a person reads it in a browser.
    pub html: bool,
    /// Path and query.
    pub here: String,
    /// Whether it was a GET.
    pub get: bool,
}

impl Asked {
    pub fn new(method: &Method, uri: &http::Uri, headers: &HeaderMap) -> Asked {
        let path = uri.path();
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let twin = path == API || path.strip_prefix(API).is_some_and(|rest| rest.starts_with('/'));
        let html = accept.contains("text/html") || headers.contains_key("hx-request");
        let json = twin || (!html && accept.contains("json"));
        Asked {
            json,
            html: html && !twin,
            here: uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned(),
            get: method == Method::GET || method == Method::HEAD,
        }
    }
}

/// Makes a page, JSON or a problem of what a handler answered.
async fn dress(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(site.clone());
    let asked = Asked::new(request.method(), request.uri(), request.headers());
    let headers = request.headers().clone();
    let extensions = request.extensions();
    let asking = extensions.get::<Asking>().cloned().unwrap_or_else(|| Asking {
        scope: Scope::public(Arc::clone(&site.clock), Arc::clone(&site.dice)),
        caller: None,
        ticket: None,
    });
    let reader = extensions.get::<Reader>().cloned().unwrap_or_default();
    let refused = extensions.get::<RefusedForm>().cloned();
    let sent = sent_form(&request);
    let signal = site.joined.signals.get().is_some_and(|doors| doors.contains_key(request.uri().path()));
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Refusal(Problem::fault(panic_words(&*panic))).into_response(),
    };
    let through = response.extensions_mut().remove::<Through>();
    let shape = through.map_or(Shape::Raw, |through| through.shape);
    if let Some(Refused(problem)) = response.extensions_mut().remove::<Refused>() {
        let public = through.is_some_and(|through| through.access == Access::Public);
        return refusal(&site, &asking, &reader, &asked, problem, sent, public).await;
    }
    let dressed = if let Some(Prepared(view)) = response.extensions_mut().remove::<Prepared>() {
        let reader = match (&asking.caller, view.zone()) {
            (None, Some(zone)) => Reader { zone, ..reader.clone() },
            _ => reader.clone(),
        };
        let show = frame::Show { site: &site, asking: &asking, reader: &reader, headers: &headers };
        match (asked.json, shape) {
            (true, _) => view.json().map(json_answer).map_err(Problem::fault),
            (false, Shape::Panel) => show.panel(&*view, &asked.here).await,
            (false, _) => show.screen(&*view, &asked.here, refused).await,
        }
    } else if let Some(done) = response.extensions_mut().remove::<Done>() {
        Ok(done_answer(&site, &asked, done))
    } else if let Some(problem) = foreign_refusal(&response).filter(|_| !signal) {
        Err(problem)
    } else {
        Ok(response)
    };
    match dressed {
        Ok(response) => response,
        Err(problem) => problem_answer(&site, &asking, &reader, &asked, problem).await,
    }
}

/// The form of a request that a browser sent.
fn sent_form(request: &Request) -> Option<Arc<[(String, String)]>> {
    let Buffered(body) = request.extensions().get::<Buffered>()?;
    if BodyKind::of(request.headers()) != BodyKind::Form {
        return None;
    }
    form::pairs(body).ok().map(Arc::from)
}

fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    format!("a handler panicked: {words}")
}

/// Refusals that axum's own extractors made.
fn foreign_refusal(response: &Response) -> Option<Problem> {
    let plain =
        response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    if !plain {
        return None;
    }
    Some(match response.status() {
        StatusCode::BAD_REQUEST => Problem::new(Kind::Malformed, "malformed"),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "too-large").with("limit_kib", 1024),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Kind::WrongType, "wrong-type"),
        StatusCode::UNPROCESSABLE_ENTITY => Problem::invalid(),
        StatusCode::INTERNAL_SERVER_ERROR => Problem::fault("an extractor failed"),
        _ => return None,
    })
}

fn json_answer(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// A browser goes on with a word about it; a program gets the value.
fn done_answer(site: &Site, asked: &Asked, done: Done) -> Response {
    let mut response = if asked.json {
        match &done.value {
            Some(value) => json_answer(value.to_string().into_bytes()),
            None => StatusCode::NO_CONTENT.into_response(),
        }
    } else {
        let to = if local(&done.to) { done.to.as_str() } else { "/" };
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(to) = HeaderValue::from_str(to) {
            response.headers_mut().insert(http::header::LOCATION, to);
        }
        response
    };
    let mut cookies = done.cookies;
    if let (false, Some(say)) = (asked.json, &done.say) {
        let value = crate::frame::pack(say);
        let minute = jiff::SignedDuration::from_mins(1);
        cookies.push(cookie::line(&site.settings, SAY_COOKIE, &value, minute, true));
    }
    for line in cookies {
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, line);
        }
    }
    response
}

/// Whether an address stays within Tend: a path, and neither `//host` nor `/\host`.
pub(crate) fn local(to: &str) -> bool {
    to.starts_with('/')
        && !to.starts_with("//")
        && !to.starts_with("/\\")
        && to.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

/// A refused form comes back with its input; anything else becomes a problem.
async fn refusal(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    asked: &Asked,
    problem: Arc<Problem>,
    sent: Option<Arc<[(String, String)]>>,
    public: bool,
) -> Response {
    log(asking, &problem);
    let again = match problem.kind {
        Kind::Invalid | Kind::Conflict | Kind::TooMany | Kind::Gone => true,
        Kind::Unauthenticated => public, // a wrong password, not a session that ended
        _ => false,
    };
    if let (true, false, Some(fields)) = (again, asked.json, &sent) {
        let from = fields.iter().find(|(name, _)| name == "_page").map(|(_, page)| page.clone());
        if let Some(page) = from.filter(|page| local(page)) {
            let form = RefusedForm {
                action: asked.here.clone(),
                fields: Arc::clone(fields),
                problem: Arc::clone(&problem),
            };
            if let Some(response) = form_again(site, asking, reader, &page, form).await {
                return response;
            }
        }
    }
    frame::problem(site, asking, reader, asked, &problem, sent.as_deref()).await
}

/// The screen a form was on, with what was typed and what is wrong with it.
async fn form_again(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    page: &str,
    form: RefusedForm,
) -> Option<Response> {
    let status = StatusCode::from_u16(form.problem.kind.status()).ok()?;
    let retry_after = form.problem.retry_after;
    let mut response = within(site, asking, reader, page, Some(form)).await?;
    let html = response.headers().get(CONTENT_TYPE)?.as_bytes().starts_with(b"text/html");
    if response.status() != StatusCode::OK || !html {
        return None;
    }
    *response.status_mut() = status;
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Some(response)
}

/// Asks Tend itself for a page as the same asker, in process.
pub(crate) async fn within(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    address: &str,
    form: Option<RefusedForm>,
) -> Option<Response> {
    let inner = site.joined.inner.get()?.clone();
    let mut request = Request::builder().uri(address).header(ACCEPT, "text/html").body(Body::empty()).ok()?;
    request.extensions_mut().insert(asking.clone());
    request.extensions_mut().insert(reader.clone());
    if let Some(form) = form {
        request.extensions_mut().insert(form);
    }
    let answered: Result<Response, std::convert::Infallible> =
        tower::ServiceExt::oneshot(inner, request).await;
    answered.ok()
}

/// A problem as a page or as RFC 9457 JSON, logged once.
async fn problem_answer(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    asked: &Asked,
    problem: Problem,
) -> Response {
    log(asking, &problem);
    frame::problem(site, asking, reader, asked, &problem, None).await
}

fn log(asking: &Asking, problem: &Problem) {
    let request = asking.scope.request();
    let mut cause = String::new();
    let mut source = std::error::Error::source(problem);
    while let Some(inner) = source {
        cause.push_str(&format!("{inner}; "));
        source = inner.source();
    }
    match problem.kind {
        Kind::Fault => tracing::error!(%request, %problem, cause, "a fault of ours: {problem}: {cause}"),
        Kind::Unavailable | Kind::TimedOut => {
            tracing::warn!(%request, %problem, cause, "could not answer: {problem}: {cause}");
        }
        _ => tracing::debug!(%request, %problem, cause, "refused: {problem}"),
    }
}

/// Checks that an action was meant: the seal of the form, and where the browser says it comes from.
pub(crate) fn meant(site: &Site, request: &Request, shape: Shape) -> Result<(), Problem> {
    let by_cookie = request
        .extensions()
        .get::<Asking>()
        .is_some_and(|asking| asking.caller.is_some() && matches!(asking.ticket, Some(Ticket::Cookie(_))));
    let by_token = request
        .extensions()
        .get::<Asking>()
        .is_some_and(|asking| matches!(asking.ticket, Some(Ticket::Bearer(_))));
    let checked = match shape {
        Shape::Action => !by_token,
        // A raw door without a session acts for nobody, so nobody can be tricked into it.
        Shape::Raw => by_cookie,
        Shape::Screen | Shape::Panel => false,
    };
    if request.method().is_safe() || !checked {
        return Ok(());
    }
    csrf::check(site, request)
}

// -- where a request came from

/// The address of the client; behind a trusted proxy, the last one that the proxy did not add itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From(pub Option<IpAddr>);

/// The peer of the connection, put in by [`crate::serve`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub IpAddr);

impl FromRequestParts<Site> for From {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let Some(Peer(peer)) = parts.extensions.get::<Peer>().copied() else { return Ok(From(None)) };
        let trusted = |address: &IpAddr| site.settings.trusted_proxies.contains(address);
        if !trusted(&peer) {
            return Ok(From(Some(peer)));
        }
        let told = parts.headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        let told: Vec<IpAddr> =
            told.flat_map(|line| line.split(',')).filter_map(|one| one.trim().parse().ok()).collect();
        Ok(From(Some(told.into_iter().rev().find(|one| !trusted(one)).unwrap_or(peer))))
    }
}

#[cfg(test)]
mod tests;
