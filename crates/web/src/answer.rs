//! What a handler answers: a screen, something done, or a refusal.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kernel::Problem;
use schemars::JsonSchema;
use serde::Serialize;

use crate::text::{Text, TextArg};

/// The data of one screen or panel: plain data with the template that shows it. The same value is the
/// answer of the JSON twin under `/api/v1`.
pub trait View: Serialize + JsonSchema + Send + Sync + Sized + 'static {
    /// The template's name, as registered (`respond/incident.html`).
    const TEMPLATE: &'static str;
    /// The sidebar entry it belongs to.
    const AREA: &'static str;
    /// The title: of the browser's tab, and the heading of a panel.
    fn title(&self) -> Text;
    /// Where it stands: client ▸ service, each with its address.
    fn crumbs(&self) -> Vec<(Text, String)> {
        Vec::new()
    }
    /// Ids; when a fact mentions one of them the screen refreshes itself.
    fn live(&self) -> Vec<String> {
        Vec::new()
    }
    /// Addresses of the panels of other features, fetched for the asker before the screen is shown.
    fn panels(&self) -> Vec<String> {
        Vec::new()
    }
    /// The time zone to write times in, when it is not the asker's own: a personal link read without a session.
    fn zone(&self) -> Option<jiff::tz::TimeZone> {
        None
    }
    /// Examples with a name each: empty, one, many, every enum variant.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// A view behind a plain pointer, so that generics stop at the boundary.
pub(crate) trait AnyView: Send + Sync {
    fn template(&self) -> &'static str;
    fn area(&self) -> &'static str;
    fn title(&self) -> Text;
    fn crumbs(&self) -> Vec<(Text, String)>;
    fn live(&self) -> Vec<String>;
    fn panels(&self) -> Vec<String>;
    fn zone(&self) -> Option<jiff::tz::TimeZone>;
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
    fn value(&self) -> minijinja::Value;
}

impl<V: View> AnyView for V {
    fn template(&self) -> &'static str {
        V::TEMPLATE
    }
    fn area(&self) -> &'static str {
        V::AREA
    }
    fn title(&self) -> Text {
        View::title(self)
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        View::crumbs(self)
    }
    fn live(&self) -> Vec<String> {
        View::live(self)
    }
    fn panels(&self) -> Vec<String> {
        View::panels(self)
    }
    fn zone(&self) -> Option<jiff::tz::TimeZone> {
        View::zone(self)
    }
    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
    fn value(&self) -> minijinja::Value {
        crate::pages::data(self)
    }
}

/// A screen to show. The page frame, the panels or the JSON twin are made further out, where it is known
/// how the asker wants it.
pub struct Shown<V>(pub V);

/// A view on its way out, in the response's extensions.
#[derive(Clone)]
pub(crate) struct Prepared(pub Arc<dyn AnyView>);

impl<V: View> IntoResponse for Shown<V> {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(Prepared(Arc::new(self.0)));
        response
    }
}

/// Something was done: a browser is sent on (303) with a word about it, a program gets the value (200) or
/// nothing (204).
#[derive(Debug, Clone, Default)]
pub struct Done {
    pub(crate) to: String,
    pub(crate) say: Option<Text>,
    pub(crate) value: Option<serde_json::Value>,
    pub(crate) cookies: Vec<String>,
}

impl Done {
    /// Done; a browser goes on to this address, a path within Tend.
    #[must_use]
    pub fn to(path: impl Into<String>) -> Self {
        Done { to: path.into(), ..Done::default() }
    }

    /// The key of a short text that is shown once on the next screen.
    #[must_use]
    pub fn say(mut self, key: &'static str) -> Self {
        self.say = Some(Text::key(key));
        self
    }

    /// What the text of [`Done::say`] speaks of.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<TextArg>) -> Self {
        self.say = self.say.map(|text| text.with(name, value));
        self
    }

    /// What a program gets.
    #[must_use]
    pub fn value(mut self, value: &impl Serialize) -> Self {
        self.value = serde_json::to_value(value).ok();
        self
    }

    /// Adds a `Set-Cookie` line; see [`crate::Settings::session_cookie`].
    #[must_use]
    pub fn cookie(mut self, line: impl Into<String>) -> Self {
        self.cookies.push(line.into());
        self
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem on its way out. `?` makes one from a [`Problem`] and from every error that becomes one.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal(error.into())
    }
}

/// A problem in the response's extensions.
#[derive(Clone)]
pub(crate) struct Refused(pub Arc<Problem>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Refused(Arc::new(self.0)));
        response
    }
}
