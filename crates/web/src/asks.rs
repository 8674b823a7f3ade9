//! Who is asking.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::task::Answer;
use kernel::{Actor, Grant, Problem, Right, Scope};

use crate::answer::Refusal;
use crate::site::Site;
use crate::text::Language;

/// What a person must hold somewhere to come to a door at all. The fine check is in the handler, with
/// [`Scope::require`] on the thing itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody with a name in Tend.
    SignedIn,
    /// Whoever may look.
    See,
    /// Whoever may write notes.
    Write,
    /// Whoever may respond.
    Respond,
    /// Whoever may change services.
    Manage,
    /// Whoever may change people and settings.
    Administer,
}

impl Access {
    /// Every access, from least to most.
    pub const ALL: [Access; 7] = [
        Access::Public,
        Access::SignedIn,
        Access::See,
        Access::Write,
        Access::Respond,
        Access::Manage,
        Access::Administer,
    ];

    /// The right it asks for, if it asks for one.
    #[must_use]
    pub fn right(self) -> Option<Right> {
        match self {
            Access::Public | Access::SignedIn => None,
            Access::See => Some(Right::See),
            Access::Write => Some(Right::Write),
            Access::Respond => Some(Right::Respond),
            Access::Manage => Some(Right::Manage),
            Access::Administer => Some(Right::Administer),
        }
    }

    /// Lets the asker through, or says why not: 401 for a stranger, 403 for who holds the right nowhere.
    pub fn check(self, scope: &Scope) -> Result<(), Problem> {
        let named = scope.actor().person().is_some();
        match (self, self.right()) {
            (Access::Public, _) => Ok(()),
            _ if !named => Err(Problem::unauthenticated()),
            (_, Some(right)) if !scope.may_somewhere(right) => Err(Problem::forbidden()),
            _ => Ok(()),
        }
    }
}

/// What an asker showed to be recognised by.
#[derive(Clone, PartialEq, Eq)]
pub enum Ticket {
    /// The value of the session cookie.
    Cookie(String),
    /// The token of an `Authorization: Bearer` header.
    Bearer(String),
}

/// Somebody who was recognised.
#[derive(Clone)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The roles they hold.
    pub grants: Vec<Grant>,
    /// Their name, for the menu.
    pub name: String,
    /// The language they chose.
    pub language: Option<Language>,
    /// The time zone they chose.
    pub zone: Option<jiff::tz::TimeZone>,
    /// A secret of the session that their forms are bound to; all zero for tokens, which need no form.
    pub secret: [u8; 32],
}

/// Recognises people; identity implements it.
pub trait Doorman: Send + Sync {
    /// Who shows this ticket: none when it is unknown, expired or withdrawn. `scope` is the public's.
    fn recognise<'a>(
        &'a self,
        scope: &'a Scope,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<Option<Caller>, Problem>>;
}

/// A doorman who knows nobody: for tests, and before identity is there.
pub struct Nobody;

impl Doorman for Nobody {
    fn recognise<'a>(&'a self, _: &'a Scope, _: &'a Ticket) -> Answer<'a, Result<Option<Caller>, Problem>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// Who asks, in the request's extensions.
#[derive(Clone)]
pub(crate) struct Asking {
    pub scope: Scope,
    pub caller: Option<Arc<Caller>>,
    pub ticket: Option<Ticket>,
}

/// Takes the asker's [`Scope`].
pub struct Asks(pub Scope);

impl FromRequestParts<Site> for Asks {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        Ok(Asks(asking(parts, site).scope))
    }
}

/// Takes who asks: their name, language and zone, and what they showed; refuses the public.
pub struct Who {
    /// Who they are.
    pub caller: Arc<Caller>,
    /// What they showed.
    pub ticket: Ticket,
}

impl FromRequestParts<Site> for Who {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Refusal> {
        let asking = asking(parts, site);
        match (asking.caller, asking.ticket) {
            (Some(caller), Some(ticket)) => Ok(Who { caller, ticket }),
            _ => Err(Refusal(Problem::unauthenticated())),
        }
    }
}

fn asking(parts: &Parts, site: &Site) -> Asking {
    parts.extensions.get::<Asking>().cloned().unwrap_or_else(|| Asking {
        scope: Scope::public(Arc::clone(&site.clock), Arc::clone(&site.dice)),
        caller: None,
        ticket: None,
    })
}

/// How the reader reads: language, zone, theme. Made for every request: from the person, else the cookie,
/// else the browser.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language.
    pub language: Language,
    /// The time zone; UTC when nobody said.
    pub zone: jiff::tz::TimeZone,
    /// Light, dark, or as the device says.
    pub theme: Theme,
}

impl Default for Reader {
    fn default() -> Self {
        Reader { language: Language::En, zone: jiff::tz::TimeZone::UTC, theme: Theme::Auto }
    }
}

/// Light, dark, or as the device says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of a word; anything unknown is as the device says.
    #[must_use]
    pub fn from_word(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
}

/// Takes the [`Reader`], for handlers that write texts themselves (feeds, files).
pub struct Reading(pub Reader);

impl FromRequestParts<Site> for Reading {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Infallible> {
        Ok(Reading(parts.extensions.get::<Reader>().cloned().unwrap_or_default()))
    }
}
