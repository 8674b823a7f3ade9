//! The mailbox in a browser.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use futures::Stream;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Clock;
use minijinja::{Value, context};
use serde::Deserialize;
use serde_json::json;

use super::mailbox::{Mail, Mailbox};
use crate::gate::Gate;
use crate::guard;
use crate::language::{self, Language};
use crate::pages::{Pages, headers, value};

/// The largest form read, bytes.
const FORM: usize = 1024;
/// How often an open live connection proves that it is open.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// The mail's own page: no script, no form, nothing fetched, links open beside it.
const MAIL_POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; \
                           base-uri 'none'; frame-ancestors 'self'; \
                           sandbox allow-popups allow-popups-to-escape-sandbox";

/// The mailbox and its switch.
pub(super) struct Post {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) smtp: Arc<Gate>,
    pub(super) off_since: Mutex<Option<Timestamp>>,
    pub(super) pages: Pages,
    pub(super) tend: Option<String>,
}

type Here = State<Arc<Post>>;

impl Post {
    fn off_since(&self) -> Option<Timestamp> {
        *self.off_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_off(&self, since: Option<Timestamp>) {
        let mut off = self.off_since.lock().unwrap_or_else(PoisonError::into_inner);
        *off = since.map(|since| off.unwrap_or(since));
    }
}

/// The mailbox's pages.
pub(super) fn router(post_office: Arc<Post>) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/mail/{number}", get(mail))
        .route("/mail/{number}/html", get(html))
        .route("/mail/{number}/source", get(source))
        .route("/mails.json", get(mails))
        .route("/events", get(events))
        .route("/delete", post(delete))
        .route("/server/off", post(off))
        .route("/server/on", post(on))
        .route("/language", get(language::choose))
        .route("/tools.css", get(style))
        .route("/mailbox.js", get(script))
        .route("/favicon.svg", get(icon))
        .layer(middleware::from_fn(guard::same_origin))
        .layer(DefaultBodyLimit::max(FORM))
        .with_state(post_office)
}

async fn style() -> Response {
    (headers("text/css; charset=utf-8"), include_str!("../../static/tools.css")).into_response()
}

async fn script() -> Response {
    (headers("text/javascript; charset=utf-8"), include_str!("../../static/mailbox.js")).into_response()
}

async fn icon() -> Response {
    (headers("image/svg+xml"), include_str!("../../static/envelope.svg")).into_response()
}

#[derive(Deserialize)]
struct Chosen {
    to: Option<String>,
}

fn shown_at(at: Timestamp, now: Timestamp) -> String {
    let zone = TimeZone::system();
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let form = if at.date() == now.date() { "%H:%M:%S" } else { "%d-%m %H:%M" };
    at.strftime(form).to_string()
}

fn row(mail: &Mail, now: Timestamp) -> Value {
    context! {
        number => mail.number,
        subject => mail.seen.subject.clone(),
        to => mail.envelope.to.clone(),
        preview => mail.seen.preview.clone(),
        at => shown_at(mail.received_at, now),
        exact => mail.received_at.to_string(),
        read => mail.read,
    }
}

fn view(post: &Post, to: Option<&str>, open: Option<&Mail>, format: &str) -> Value {
    let now = post.clock.now();
    let mails: Vec<Value> = post.mailbox.list(to).iter().map(|mail| row(mail, now)).collect();
    let counts = post.mailbox.recipients();
    let unread = post.mailbox.list(None).iter().filter(|mail| !mail.read).count();
    let open = open.map(|mail| {
        context! {
            from => mail.seen.from.clone(),
            header_to => mail.seen.to.clone(),
            text => mail.seen.text.clone(),
            html => mail.seen.html.is_some(),
            bytes => mail.raw.len(),
            ..row(mail, now)
        }
    });
    let address = open.as_ref().map_or_else(|| "/".to_owned(), |_| String::new());
    context! {
        back => address,
        mails => mails,
        recipients => counts.into_iter().map(|(address, count)| context! { address => address, ..value(count) }).collect::<Vec<_>>(),
        unread => unread,
        to => to,
        open => open,
        format => format,
        off => post.off_since().map(|since| shown_at(since, now)),
        smtp => post.smtp.address().to_string(),
        tend => post.tend.clone(),
    }
}

async fn list(State(post): Here, language: Language, Query(chosen): Query<Chosen>) -> Response {
    let view = view(&post, chosen.to.as_deref(), None, "");
    post.pages.show(StatusCode::OK, "mailbox.html", language, view)
}

#[derive(Deserialize)]
struct Reading {
    to: Option<String>,
    #[serde(rename = "as")]
    format: Option<String>,
}

async fn mail(
    State(post): Here,
    language: Language,
    Path(number): Path<u64>,
    Query(reading): Query<Reading>,
) -> Response {
    post.mailbox.mark_read(number);
    let Some(mail) = post.mailbox.find(number) else { return Redirect::to("/").into_response() };
    let format = match reading.format.as_deref() {
        Some("text") => "text",
        _ if mail.seen.html.is_none() => "text",
        _ => "html",
    };
    let view = context! { back => format!("/mail/{number}"), ..view(&post, reading.to.as_deref(), Some(&mail), format) };
    post.pages.show(StatusCode::OK, "mailbox.html", language, view)
}

/// The HTML part as it came, in its own page, shut in.
async fn html(State(post): Here, Path(number): Path<u64>) -> Response {
    let Some(html) = post.mailbox.find(number).and_then(|mail| mail.seen.html) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (head, beside(&html)).into_response()
}

/// The first `base` of a page decides where links open: beside the mailbox, not in its frame. It goes after
/// the doctype, without which browsers lay pages out as in 1998.
fn beside(html: &str) -> String {
    let html = html.trim_start();
    let doctype = html.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
    let at = if doctype { html.find('>').map_or(0, |at| at + 1) } else { 0 };
    format!("{}<base target=\"_blank\">{}", &html[..at], &html[at..])
}

async fn source(State(post): Here, Path(number): Path<u64>) -> Response {
    let Some(mail) = post.mailbox.find(number) else { return StatusCode::NOT_FOUND.into_response() };
    (headers("text/plain; charset=utf-8"), String::from_utf8_lossy(&mail.raw).into_owned()).into_response()
}

/// The same for programs, newest first.
async fn mails(State(post): Here, Query(chosen): Query<Chosen>) -> Response {
    let mails: Vec<_> = post
        .mailbox
        .list(chosen.to.as_deref())
        .into_iter()
        .map(|mail| {
            json!({
                "number": mail.number, "received_at": mail.received_at, "from": mail.envelope.from,
                "to": mail.envelope.to, "subject": mail.seen.subject, "text": mail.seen.text,
                "html": mail.seen.html, "read": mail.read,
            })
        })
        .collect();
    Json(json!({ "mails": mails, "server_off_since": post.off_since() })).into_response()
}

/// Says `changed` whenever something did.
async fn events(State(post): Here) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = futures::stream::unfold(post.mailbox.changes(), async |mut changes| {
        changes.changed().await.ok()?;
        Some((Ok(Event::default().event("changed").data("1")), changes))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE_EVERY))
}

async fn delete(State(post): Here) -> Redirect {
    post.mailbox.clear();
    Redirect::to("/")
}

async fn off(State(post): Here) -> Redirect {
    post.set_off(Some(post.clock.now()));
    post.smtp.shut().await;
    Redirect::to("/")
}

async fn on(State(post): Here) -> Response {
    match post.smtp.reopen().await {
        Ok(()) => {
            post.set_off(None);
            Redirect::to("/").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the mail server's port could not be opened again");
            let said = format!("The mail server's port could not be opened again: {error}.\n");
            (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
    }
}
