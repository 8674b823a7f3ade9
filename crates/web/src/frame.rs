//! The frame around a screen: who, where, what else there is; and problems as pages or JSON.

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use kernel::{Kind, Problem};
use minijinja::{Value, context};

use crate::answer::AnyView;
use crate::app::{Asked, SAY_COOKIE, within};
use crate::asks::{Asking, Reader};
use crate::moment::{Moment, RefusedForm};
use crate::site::Site;
use crate::text::Text;
use crate::words::{field_text, problem_text};
use crate::{cookie, csrf};

/// Topics one screen listens to; the address of the event stream must stay short.
const MAX_TOPICS: usize = 40;
/// The longest text that is carried to the next screen.
const MAX_SAY: usize = 1024;

/// What a screen is shown with.
pub(crate) struct Show<'a> {
    pub site: &'a Site,
    pub asking: &'a Asking,
    pub reader: &'a Reader,
    pub headers: &'a HeaderMap,
}

impl Show<'_> {
    /// A whole screen.
    pub async fn screen(
        &self,
        view: &dyn AnyView,
        here: &str,
        refused: Option<RefusedForm>,
    ) -> Result<Response, Problem> {
        let (nav, panels) = futures::join!(self.nav(view.area()), self.panels(view));
        let say = cookie::read(self.headers, SAY_COOKIE).filter(|value| !value.is_empty());
        let toast = say.and_then(unpack).map(|text| self.text(&text));
        let seal = csrf::seal(self.site, self.asking, self.headers);
        let moment = Moment {
            here: here.to_owned(),
            csrf: seal.field,
            refused: refused.clone(),
            ..Moment::new(self.reader.clone(), self.asking.scope.now())
        };
        let frame = FrameParts { nav, toast, here };
        let value = |problem| {
            let frame = self.frame(view, &frame, problem);
            context! { frame, panels => Value::from_safe_string(panels.clone()), ..view.value() }
        };
        let (mut html, seen) = self.site.pages.render_seen(view.template(), value(None), moment.clone())?;
        if let Some(refused) = refused.filter(|_| !seen.refused_shown) {
            // A form of one button has no place for its error: then it stands above everything.
            let told = problem_value(self.site, self.reader, &refused.problem);
            html = self.site.pages.render(view.template(), value(Some(told)), moment)?;
        }
        let mut response = html_answer(StatusCode::OK, html);
        let clear =
            say.map(|_| cookie::line(&self.site.settings, SAY_COOKIE, "", SignedDuration::ZERO, true));
        for line in clear.into_iter().chain(seal.cookie.filter(|_| seen.sealed)) {
            if let Ok(line) = HeaderValue::from_str(&line) {
                response.headers_mut().append(SET_COOKIE, line);
            }
        }
        Ok(response)
    }

    /// A fragment for another screen.
    pub async fn panel(&self, view: &dyn AnyView, here: &str) -> Result<Response, Problem> {
        let seal = csrf::seal(self.site, self.asking, self.headers);
        let id: String =
            here.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let moment = Moment {
            here: here.to_owned(),
            csrf: seal.field,
            ..Moment::new(self.reader.clone(), self.asking.scope.now())
        };
        let frame = context! {
            id => format!("panel{id}"), here, title => self.text(&view.title()), live => topics(view),
        };
        let html = self.site.pages.render(view.template(), context! { frame, ..view.value() }, moment)?;
        Ok(html_answer(StatusCode::OK, html))
    }

    fn text(&self, text: &Text) -> String {
        self.site.pages.text(text, self.reader.language)
    }

    fn frame(&self, view: &dyn AnyView, parts: &FrameParts, problem: Option<Value>) -> Value {
        let crumbs: Vec<Value> =
            view.crumbs().iter().map(|(text, href)| context! { text => self.text(text), href }).collect();
        context! {
            lang => self.reader.language.tag(),
            theme => self.reader.theme.word(),
            area => view.area(),
            title => self.text(&view.title()),
            operator => self.site.settings.operator.clone(),
            crumbs,
            nav => parts.nav.clone(),
            person => self.asking.caller.as_ref().map(|caller| caller.name.clone()),
            profile => door(self.site, "/me"),
            sign_out => door(self.site, "/sign-out"),
            live => topics(view),
            toast => parts.toast.clone(),
            problem,
            here => parts.here,
        }
    }

    /// The entries that the asker may open, each with its number.
    async fn nav(&self, area: &str) -> Vec<Value> {
        if self.asking.caller.is_none() {
            return Vec::new();
        }
        let all = self.site.joined.nav.get().map(Vec::as_slice).unwrap_or_default();
        let rows = self.site.joined.rows.get().map(Vec::as_slice).unwrap_or_default();
        let open = all.iter().filter(|entry| {
            let row = rows.iter().find(|row| row.path == entry.href && row.method == http::Method::GET);
            row.is_some_and(|row| row.access.check(&self.asking.scope).is_ok())
        });
        let shown = open.map(async |entry| {
            let count = match &entry.count {
                None => None,
                Some(source) => source.count(self.site, &self.asking.scope).await.unwrap_or_else(|problem| {
                    tracing::warn!(area = entry.area, %problem, "{} cannot be counted", entry.area);
                    None
                }),
            };
            context! {
                area => entry.area,
                key => entry.key.to_string(),
                text => self.text(&Text::key(format!("nav-{}", entry.area))),
                href => entry.href,
                icon => entry.icon,
                count => count.filter(|count| *count > 0),
                lit => entry.area == area,
            }
        });
        join_all(shown).await
    }

    /// The panels of a screen, fetched at once and shown in order. One that fails says so in its place; one
    /// that is not for the asker is left out.
    async fn panels(&self, view: &dyn AnyView) -> String {
        let wanted = view.panels();
        let fetched = wanted.iter().map(async |address| {
            let response = within(self.site, self.asking, self.reader, address, None).await?;
            match response.status() {
                StatusCode::OK => {
                    let body = axum::body::to_bytes(response.into_body(), MAX_PANEL).await.ok()?;
                    String::from_utf8(body.to_vec()).ok()
                }
                StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => None,
                _ => Some(self.failed_panel(address)),
            }
        });
        join_all(fetched).await.into_iter().flatten().collect()
    }

    fn failed_panel(&self, address: &str) -> String {
        let moment = Moment::new(self.reader.clone(), self.asking.scope.now());
        let value = context! { address };
        self.site.pages.render("failed-panel.html", value, moment).unwrap_or_default()
    }
}

/// The largest panel that is put into a screen.
const MAX_PANEL: usize = 2 * 1024 * 1024;

struct FrameParts<'a> {
    nav: Vec<Value>,
    toast: Option<String>,
    here: &'a str,
}

fn topics(view: &dyn AnyView) -> Vec<String> {
    let mut topics = view.live();
    topics.truncate(MAX_TOPICS);
    topics
}

pub(crate) fn html_answer(status: StatusCode, html: String) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// A text on its way to the next screen, in a cookie.
pub(crate) fn pack(text: &Text) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    if json.len() > MAX_SAY { String::new() } else { URL_SAFE_NO_PAD.encode(json) }
}

fn unpack(value: &str) -> Option<Text> {
    let json = URL_SAFE_NO_PAD.decode(value).ok()?;
    let text: Text = serde_json::from_slice(&json).ok()?;
    // Only our own words: a cookie that somebody else set must not put sentences on the screen.
    matches!(text, Text::Key { .. }).then_some(text)
}

// -- problems

/// A problem as RFC 9457 JSON or as a page.
pub(crate) async fn problem(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    asked: &Asked,
    problem: &Problem,
    sent: Option<&[(String, String)]>,
) -> Response {
    let sign_in = problem.kind == Kind::Unauthenticated && asked.html && asked.get && has_sign_in(site);
    if sign_in {
        return axum::response::Redirect::to(&format!("/sign-in?next={}", crate::show::address(&asked.here)))
            .into_response();
    }
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if asked.html {
        match problem_page(site, asking, reader, asked, problem, sent).await {
            Ok(html) => html_answer(status, html),
            Err(worse) => {
                tracing::error!(%worse, "the problem page cannot be shown: {worse}");
                html_answer(status, LAST_RESORT.to_owned())
            }
        }
    } else {
        let body = problem_json(site, asking, reader, asked, problem).to_string();
        (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
    };
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.kind == Kind::Unauthenticated && !asked.html {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(http::header::WWW_AUTHENTICATE, scheme);
    }
    response
}

/// What is shown when even the problem page fails.
const LAST_RESORT: &str = "<!doctype html><html lang=\"en\"><title>Tend</title><h1>Something went wrong</h1>\
    <p>Nothing that was saved is lost. Go back and try again.</p></html>";

fn has_sign_in(site: &Site) -> bool {
    door(site, "/sign-in").is_some()
}

/// The address, if some feature opened a door there.
fn door(site: &Site, path: &'static str) -> Option<&'static str> {
    site.joined.rows.get()?.iter().any(|row| row.path == path).then_some(path)
}

/// The key of a problem's texts: its own, or those of its kind when a feature forgot to write them.
fn problem_key(site: &Site, problem: &Problem) -> String {
    let own = format!("problem-{}", problem.code);
    if site.pages.has(&format!("{own}.title")) {
        return own;
    }
    tracing::error!(code = problem.code, "there is no text for the problem {}", problem.code);
    format!("problem-kind-{}", problem.kind.status())
}

/// What happened, what is safe, what next; each where it has a text.
pub(crate) fn problem_value(site: &Site, reader: &Reader, problem: &Problem) -> Value {
    let key = problem_key(site, problem);
    let with = |text: Text| {
        problem.args.iter().fold(text, |text, (name, value)| {
            // What was not found is named by a noun of the feature.
            let noun = Text::key(format!("noun-{value}"));
            match *name == "what" && site.pages.has(&format!("noun-{value}")) {
                true => text.with(*name, site.pages.text(&noun, reader.language)),
                false => text.with(*name, value.as_str()),
            }
        })
    };
    let say = |part: &str| {
        let key = format!("{key}.{part}");
        site.pages.has(&key).then(|| site.pages.text(&with(Text::key(key.clone())), reader.language))
    };
    let errors: Vec<Value> = problem
        .fields
        .iter()
        .map(|field| {
            let text = site.pages.text(&field_text(field), reader.language);
            context! { field => field.field.clone(), text }
        })
        .collect();
    context! {
        status => problem.kind.status(),
        code => problem.code,
        title => say("title").unwrap_or_else(|| site.pages.text(&problem_text(problem), reader.language)),
        detail => say("detail"),
        safe => say("safe"),
        next => say("next"),
        errors,
    }
}

async fn problem_page(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    asked: &Asked,
    problem: &Problem,
    sent: Option<&[(String, String)]>,
) -> Result<String, Problem> {
    let headers = HeaderMap::new();
    let show = Show { site, asking, reader, headers: &headers };
    let told = problem_value(site, reader, problem);
    let sent: Vec<Value> = sent
        .unwrap_or_default()
        .iter()
        .filter(|(name, value)| !crate::input::OURS.contains(&name.as_str()) && !value.is_empty())
        .filter(|(name, _)| !name.contains("password") && !name.contains("secret") && !name.contains("code"))
        .map(|(name, value)| context! { name, value })
        .collect();
    let frame = context! {
        lang => reader.language.tag(),
        theme => reader.theme.word(),
        area => "",
        title => told.get_attr("title").unwrap_or_default(),
        operator => site.settings.operator.clone(),
        crumbs => Vec::<Value>::new(),
        nav => show.nav("").await,
        person => asking.caller.as_ref().map(|caller| caller.name.clone()),
        profile => door(site, "/me"),
        sign_out => door(site, "/sign-out"),
        live => Vec::<String>::new(),
        toast => (),
        problem => (),
        here => asked.here.clone(),
    };
    let value = context! {
        frame, panels => "", told, sent,
        request => asking.scope.request().to_string(),
        back => asked.get.then(|| asked.here.clone()),
        sign_in => problem.kind == Kind::Unauthenticated && has_sign_in(site),
    };
    let template = if asking.caller.is_some() { "problem.html" } else { "problem-bare.html" };
    site.pages.render(template, value, Moment::new(reader.clone(), asking.scope.now()))
}

/// RFC 9457, with the request's id and every wrong field.
fn problem_json(
    site: &Site,
    asking: &Asking,
    reader: &Reader,
    asked: &Asked,
    problem: &Problem,
) -> serde_json::Value {
    let told = problem_value(site, reader, problem);
    let say = |name: &str| told.get_attr(name).ok().and_then(|value| value.as_str().map(str::to_owned));
    let errors: Vec<serde_json::Value> = problem
        .fields
        .iter()
        .map(|field| {
            let detail = site.pages.text(&field_text(field), reader.language);
            serde_json::json!({ "field": field.field, "code": field.code, "detail": detail })
        })
        .collect();
    let detail: Vec<String> = ["detail", "safe", "next"].into_iter().filter_map(say).collect();
    let mut json = serde_json::json!({
        "type": format!("{}/api/problems#{}", site.settings.base_url, problem.code),
        "title": say("title"),
        "status": problem.kind.status(),
        "code": problem.code,
        "instance": asked.here,
        "request": asking.scope.request().to_string(),
    });
    if let Some(map) = json.as_object_mut() {
        if !detail.is_empty() {
            map.insert("detail".into(), detail.join(" ").into());
        }
        if !errors.is_empty() {
            map.insert("errors".into(), errors.into());
        }
        if let Some(seconds) = problem.retry_after {
            map.insert("retry_after".into(), seconds.into());
        }
    }
    json
}
