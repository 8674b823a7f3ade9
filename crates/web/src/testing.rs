//! For tests: a site without identity, and a way to ask it in process.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use kernel::task::Answer;
use kernel::world::{
    Connect, Connected, Fault, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt, Resolve, Resolved,
    Unreached, Why, World,
};
use kernel::{Actor, Clock, Dice, Grant, Id, PersonId, Problem, Role, Scope};
use store::testing::{Folder, SeededDice, TestClock};

use crate::asks::{Caller, Doorman, Ticket};
use crate::pages::{Pages, Part};
use crate::routes::Routes;
use crate::site::{Parts, Settings, Site};

/// A clock that stands at 1 March 2026, 03:00 UTC, and seeded dice.
#[must_use]
pub fn clock_and_dice() -> (Arc<dyn Clock>, Arc<dyn Dice>) {
    (Arc::new(TestClock::at("2026-03-01T03:00:00Z")), Arc::new(SeededDice::new(1)))
}

/// A world in which nothing is reached.
pub struct NoWorld;

fn unreached<'a, T: Send + 'a>() -> Answer<'a, Result<T, Unreached>> {
    let why = Unreached {
        fault: Fault::Ours,
        why: Why::Name,
        what: "this test has no world".into(),
        after: SignedDuration::ZERO,
    };
    Box::pin(std::future::ready(Err(why)))
}

fn unsent<'a>() -> Answer<'a, Result<Receipt, NotSent>> {
    Box::pin(std::future::ready(Err(NotSent { again: false, what: "this test has no world".into() })))
}

impl World for NoWorld {
    fn fetch<'a>(&'a self, _: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        unreached()
    }
    fn connect<'a>(&'a self, _: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        unreached()
    }
    fn resolve<'a>(&'a self, _: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        unreached()
    }
    fn ping<'a>(&'a self, _: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        unreached()
    }
    fn send_mail<'a>(&'a self, _: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        unsent()
    }
    fn call_hook<'a>(&'a self, _: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        unsent()
    }
    fn self_test(&self) -> Answer<'_, Result<(), Unreached>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A doorman who believes what the ticket says: a role's word lets in a person who holds that role
/// everywhere; anything else is unknown.
pub struct Trusting;

impl Doorman for Trusting {
    fn recognise<'a>(
        &'a self,
        _: &'a Scope,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<Option<Caller>, Problem>> {
        let (Ticket::Cookie(word) | Ticket::Bearer(word)) = ticket;
        let caller = Role::from_word(word).map(|role| {
            let person = PersonId::from_u128(7);
            let actor = match ticket {
                Ticket::Cookie(_) => Actor::Person(person),
                Ticket::Bearer(_) => Actor::Token(kernel::TokenId::from_u128(9), person),
            };
            Caller {
                actor,
                grants: vec![Grant { role, client: None, service: None }],
                name: "Noor Kaya".into(),
                language: None,
                zone: None,
                secret: [3; 32],
            }
        });
        Box::pin(std::future::ready(Ok(caller)))
    }
}

/// A site over a fresh database in a folder that goes away with it.
pub struct Stage {
    /// The site.
    pub site: Site,
    /// Its doors.
    pub app: Router,
    _folder: Folder,
}

impl Stage {
    /// A site with these doors and pages, over a database with these schemas; [`Trusting`] is at the door.
    pub async fn new(routes: Routes, pages: &[Part], schemas: &[&store::Schema]) -> Stage {
        Self::with(routes, pages, schemas, Settings::default()).await
    }

    /// The same with other settings.
    pub async fn with(
        routes: Routes,
        pages: &[Part],
        schemas: &[&store::Schema],
        settings: Settings,
    ) -> Stage {
        let (clock, _) = clock_and_dice();
        Self::over(routes, pages, schemas, settings, kernel::lake::NoLake::shared(), clock).await
    }

    /// The same over a lake, with a clock of one's own.
    pub async fn over(
        routes: Routes,
        pages: &[Part],
        schemas: &[&store::Schema],
        settings: Settings,
        lake: Arc<dyn kernel::lake::Lake>,
        clock: Arc<dyn Clock>,
    ) -> Stage {
        let folder = Folder::new();
        let (_, dice) = clock_and_dice();
        let db = open(&folder, schemas, &clock, &dice).await;
        let parts = Parts {
            db,
            world: Arc::new(NoWorld),
            lake,
            clock,
            dice,
            settings,
            pages: Pages::new(pages).expect("the pages of a test fit together"),
            doorman: Arc::new(Trusting),
            panels: Vec::new(),
            columns: Vec::new(),
            search: Vec::new(),
        };
        let site = Site::open(parts).await.expect("a fresh site opens");
        let app = crate::app(&site, routes);
        Stage { site, app, _folder: folder }
    }

    /// A visitor who shows nothing.
    #[must_use]
    pub fn stranger(&self) -> Visitor<'_> {
        Visitor { app: &self.app, headers: HeaderMap::new() }
    }

    /// A person with a role everywhere, by session.
    #[must_use]
    pub fn person(&self, role: Role) -> Visitor<'_> {
        self.stranger()
            .with("cookie", &format!("{}={}", self.site.settings.session_cookie_name(), role.word()))
    }

    /// A program with a role everywhere, by token.
    #[must_use]
    pub fn program(&self, role: Role) -> Visitor<'_> {
        let line = format!("Bearer {}", role.word());
        self.stranger().with(AUTHORIZATION.as_str(), &line).with(ACCEPT.as_str(), "application/json")
    }
}

async fn open(
    folder: &Folder,
    schemas: &[&store::Schema],
    clock: &Arc<dyn Clock>,
    dice: &Arc<dyn Dice>,
) -> store::Db {
    let scope = Scope::task("test", Arc::clone(clock), Arc::clone(dice));
    let options = store::Options::new(folder.path().join("tend.db").display().to_string());
    let db = store::Db::open(&options).await.expect("SQLite opens");
    db.migrate(&scope, schemas).await.expect("the schemas apply");
    db
}

/// Somebody who asks.
pub struct Visitor<'a> {
    app: &'a Router,
    headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Got {
    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The value of the first form's seal on the page.
    #[must_use]
    pub fn seal(&self) -> String {
        let after = self.body.split(r#"name="csrf" value=""#).nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default().to_owned()
    }

    /// The cookies that were set, as a `Cookie` line.
    #[must_use]
    pub fn cookies(&self) -> String {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        lines.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
    }
}

impl<'a> Visitor<'a> {
    /// Somebody who shows nothing, at these doors.
    #[must_use]
    pub fn new(app: &'a Router) -> Self {
        Visitor { app, headers: HeaderMap::new() }
    }
}

impl Visitor<'_> {
    /// With another header line.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name: http::HeaderName = name.parse().expect("a test names a header");
        let value = value.parse().expect("a test gives a header value");
        if name == COOKIE && self.headers.contains_key(COOKIE) {
            let held = self.headers[COOKIE].to_str().unwrap_or_default();
            let both = format!("{held}; {}", http::HeaderValue::to_str(&value).unwrap_or_default());
            self.headers.insert(COOKIE, both.parse().expect("two cookie lines are one"));
        } else {
            self.headers.insert(name, value);
        }
        self
    }

    /// Asks as a browser would.
    pub async fn get(&self, address: &str) -> Got {
        self.ask("GET", address, None, Vec::new()).await
    }

    /// Sends a form, as typed (`a=1&b=2`).
    pub async fn post_form(&self, address: &str, fields: &str) -> Got {
        self.ask("POST", address, Some("application/x-www-form-urlencoded"), fields.into()).await
    }

    /// Sends JSON.
    pub async fn post_json(&self, address: &str, value: &serde_json::Value) -> Got {
        self.ask("POST", address, Some("application/json"), value.to_string().into_bytes()).await
    }

    /// Opens a screen, takes the seal of its form, and sends the form like a person would.
    pub async fn fills_in(&self, screen: &str, action: &str, fields: &str) -> Got {
        let page = self.get(screen).await;
        let back = crate::show::address(screen);
        let body = format!("csrf={}&_page={back}&{fields}", page.seal());
        let visitor = Visitor { app: self.app, headers: self.headers.clone() };
        let visitor =
            if page.cookies().is_empty() { visitor } else { visitor.with("cookie", &page.cookies()) };
        visitor.post_form(action, &body).await
    }

    /// Anything.
    pub async fn ask(&self, method: &str, address: &str, kind: Option<&str>, body: Vec<u8>) -> Got {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.headers.contains_key(ACCEPT) {
            request = request.header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        }
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body)).expect("a test asks for a readable address");
        let response = tower::ServiceExt::oneshot(self.app.clone(), request).await;
        let response = response.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        Got {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}
