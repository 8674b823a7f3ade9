//! A browser without script: it follows links and redirects, keeps cookies, and fills in forms it finds on
//! the page, hidden fields included. Personas act through it, so a story has no back door.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt as _;

/// Bytes read of a page; screens are far smaller.
const PAGE: usize = 4 << 20;
/// Redirects followed after a form; a form leads to its result.
const REDIRECTS: usize = 5;

/// What came back.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// Where the browser ended up.
    pub path: String,
}

impl Seen {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|wrong| panic!("{wrong} in {:?}", self.body))
    }

    /// The text of the page without markup and with single spaces, for looking up words.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = self.body.as_str();
        while let Some((before, after)) = rest.split_once('<') {
            text.push_str(before);
            text.push(' ');
            rest = after.split_once('>').map_or("", |(_, rest)| rest);
        }
        text.push_str(rest);
        let plain = unescaped(&text);
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The forms on the page.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        forms(&self.body)
    }
}

/// A form on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes; empty for the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Fields with the values they came with.
    pub fields: BTreeMap<String, String>,
}

/// A browser with its cookies, talking to the program's router in-process.
#[derive(Clone)]
pub struct Browser {
    router: Arc<Mutex<Router>>,
    origin: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    token: Option<String>,
    language: &'static str,
}

impl Browser {
    /// A browser of somebody who has not signed in. The router is shared, since the program may be
    /// restarted under an open browser.
    #[must_use]
    pub fn new(router: Arc<Mutex<Router>>, origin: &str) -> Self {
        Browser { router, origin: origin.to_owned(), cookies: Arc::default(), token: None, language: "en" }
    }

    /// The same, showing this API token instead of cookies.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Browser { token: Some(token.to_owned()), cookies: Arc::default(), ..self.clone() }
    }

    /// Fetches a page as it is, without following redirects.
    pub async fn asks(&self, method: Method, path: &str, accept: &str, body: Option<(&str, String)>) -> Seen {
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let path = if path.is_empty() { "/" } else { path };
        let host = self.origin.split("://").nth(1).unwrap_or("localhost");
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(HOST, host)
            .header("accept", accept)
            .header("accept-language", self.language);
        if method != Method::GET {
            request = request.header(ORIGIN, &self.origin).header("sec-fetch-site", "same-origin");
        }
        let cookies = self.cookie_line();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some((kind, _)) = &body {
            request = request.header(CONTENT_TYPE, *kind);
        }
        let body = body.map_or_else(Body::empty, |(_, text)| Body::from(text));
        let mut request = request.body(body).expect("a story's request is well formed");
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 40_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let router = self.router.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = router.oneshot(request).await.expect("a router cannot fail");
        self.keep_cookies(answer.headers());
        let (head, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, PAGE).await.unwrap_or_default();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Seen { status: head.status, headers: head.headers, body, path: path.to_owned() }
    }

    /// Opens a page, following redirects.
    pub async fn opens(&self, path: &str) -> Seen {
        let seen = self.asks(Method::GET, path, "text/html", None).await;
        self.follows(seen).await
    }

    /// Asks the JSON twin of a screen.
    pub async fn reads(&self, path: &str) -> Seen {
        let twin = if path == "/" { "/api/v1".to_owned() } else { format!("/api/v1{path}") };
        self.asks(Method::GET, &twin, "application/json", None).await
    }

    /// Does something through the API.
    pub async fn does(&self, path: &str, value: &serde_json::Value) -> Seen {
        let body = Some(("application/json", value.to_string()));
        self.asks(Method::POST, &format!("/api/v1{path}"), "application/json", body).await
    }

    /// Fills in the form on the page whose action contains `action`, and sends it.
    ///
    /// # Panics
    /// When there is no such form.
    pub async fn submits(&self, on: &Seen, action: &str, fill: &[(&str, &str)]) -> Seen {
        let fits = |form: &Form| {
            form.action.contains(action) || (form.action.is_empty() && on.path.contains(action))
        };
        self.sends(on, action, &fits, fill).await
    }

    /// Fills in the form on the page that asks for this field, and sends it.
    ///
    /// # Panics
    /// When there is no such form.
    pub async fn fills_in(&self, on: &Seen, field: &str, fill: &[(&str, &str)]) -> Seen {
        self.sends(on, field, &|form| form.fields.contains_key(field), fill).await
    }

    async fn sends(
        &self,
        on: &Seen,
        wanted: &str,
        fits: &dyn Fn(&Form) -> bool,
        fill: &[(&str, &str)],
    ) -> Seen {
        let forms = on.forms();
        let found = forms.iter().find(|form| form.method == "post" && fits(form));
        let Some(found) = found else {
            panic!("no form {wanted:?} on {} ({}): {forms:?}\n{}", on.path, on.status, on.text())
        };
        let mut form = found.clone();
        for (name, value) in fill {
            form.fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let to = if form.action.is_empty() { on.path.clone() } else { form.action.clone() };
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&form.fields);
        let body = Some(("application/x-www-form-urlencoded", body.finish()));
        let seen = self.asks(Method::POST, &to, "text/html", body).await;
        self.follows(seen).await
    }

    async fn follows(&self, mut seen: Seen) -> Seen {
        for _ in 0..REDIRECTS {
            let to = seen.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            let Some(to) = to.filter(|_| seen.status.is_redirection()) else { return seen };
            seen = self.asks(Method::GET, to, "text/html", None).await;
        }
        seen
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap_or_default();
            let Some((name, rest)) = line.split_once('=') else { continue };
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() || line.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The links in a text, as they stand in a letter.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '(' | ')'))
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|word| word.trim_end_matches(['.', ',']).to_owned())
        .collect()
}

fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut rest = page;
    let mut select: Option<String> = None;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(end) = tag_end(rest) else { break };
        let (tag, after) = rest.split_at(end);
        rest = &after[1..];
        let name = tag.split([' ', '\n', '\t', '/']).next().unwrap_or_default().to_ascii_lowercase();
        let has = |wanted: &str| {
            attributes(tag).into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
        };
        match (name.as_str(), forms.last_mut()) {
            ("form", _) => {
                let method = has("method").unwrap_or_else(|| "get".into()).to_ascii_lowercase();
                forms.push(Form { action: has("action").unwrap_or_default(), method, ..Form::default() });
                open = true;
            }
            ("", _) if tag.starts_with("/form") => open = false,
            ("", _) if tag.starts_with("/select") => select = None,
            ("input", Some(form)) if open => {
                let kind = has("type").unwrap_or_default();
                let ticked = has("checked").is_some();
                if let Some(field) = has("name")
                    .filter(|_| ticked || !matches!(kind.as_str(), "checkbox" | "radio" | "submit"))
                {
                    form.fields.insert(
                        field,
                        has("value").unwrap_or_else(|| if ticked { "on".into() } else { String::new() }),
                    );
                }
            }
            ("textarea", Some(form)) if open => {
                let text = rest.split_once("</textarea").map_or("", |(text, _)| text);
                if let Some(field) = has("name") {
                    form.fields.insert(field, unescaped(text));
                }
            }
            ("select", Some(_)) if open => select = has("name"),
            ("option", Some(form)) if open => {
                if let Some(field) = &select {
                    let value = has("value").unwrap_or_default();
                    if has("selected").is_some() || !form.fields.contains_key(field) {
                        form.fields.insert(field.clone(), value);
                    }
                }
            }
            _ => {}
        }
    }
    forms
}

/// Where a tag ends, counting quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, letter)| match (quote, letter) {
        (None, '>') => Some(at),
        (None, '"' | '\'') => {
            quote = Some(letter);
            None
        }
        (Some(open), _) if open == letter => {
            quote = None;
            None
        }
        _ => None,
    })
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = tag.split_once([' ', '\n', '\t']).map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start_matches([' ', '\n', '\t', '/', '\r']);
        if rest.is_empty() {
            return out;
        }
        let end = rest.find([' ', '\n', '\t', '=', '/']).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        if let Some(value) = rest.strip_prefix('=') {
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_once(' ').unwrap_or((value, "")),
            };
            out.push((name, unescaped(value)));
            rest = after;
        } else {
            out.push((name, String::new()));
            if end == 0 {
                rest = &rest[1..];
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_with_what_they_came_with() {
        let page = r#"<form method="post" action="/in?a=1&amp;b=2"><input type=hidden name="csrf" value="a&quot;b>c">
            <input type="checkbox" name="no"><input type="checkbox" name="yes" checked>
            <select name="zone"><option value="UTC">UTC</option><option value="Europe/Amsterdam" selected>A</option></select>
            <textarea name="note">x &lt; y</textarea><button>Go</button></form><input name="outside">"#;
        let found = forms(page);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].action.as_str(), found[0].method.as_str()), ("/in?a=1&b=2", "post"));
        let fields: Vec<_> =
            found[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [("csrf", "a\"b>c"), ("note", "x < y"), ("yes", "on"), ("zone", "Europe/Amsterdam")];
        assert_eq!(fields, expected);
    }

    #[test]
    fn links_are_found_in_a_letter() {
        let text = "Acknowledge: https://tend.example/a/abc.\n(see http://x.example/y)";
        assert_eq!(links(text), ["https://tend.example/a/abc", "http://x.example/y"]);
    }
}
