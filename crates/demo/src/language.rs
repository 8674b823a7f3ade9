//! Which language a page is in: what the visitor chose, else what the browser asks for, else English.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// A language the demo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    Nl,
}

impl Language {
    pub(crate) const ALL: [Language; 2] = [Language::En, Language::Nl];

    /// Its BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Nl => "nl",
        }
    }

    fn from_tag(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| tag.split('-').next() == Some(language.tag()))
    }

    fn of(headers: &HeaderMap) -> Language {
        chosen(headers).or_else(|| asked(headers)).unwrap_or(Language::En)
    }
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix("language="))?;
    Language::from_tag(value)
}

/// The first language of `Accept-Language` that we speak; browsers send them in order of preference.
fn asked(headers: &HeaderMap) -> Option<Language> {
    let wishes = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    wishes.split(',').find_map(|wish| Language::from_tag(wish.split(';').next().unwrap_or_default().trim()))
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Language::of(&parts.headers))
    }
}

/// What the language link carries.
#[derive(Deserialize)]
pub(crate) struct Choice {
    to: String,
    back: String,
}

/// `GET /language?to=nl&back=/apply`: remembers the choice and goes back to the page.
pub(crate) async fn choose(Query(choice): Query<Choice>) -> Response {
    let language = Language::from_tag(&choice.to).unwrap_or(Language::En);
    // Only a path of this site: `//host` and `/\host` lead elsewhere.
    let own = choice.back.starts_with('/') && !choice.back[1..].starts_with(['/', '\\']);
    let back = if own { choice.back.as_str() } else { "/" };
    let cookie = format!("language={}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly", language.tag());
    ([(header::SET_COOKIE, cookie)], Redirect::to(back)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cookie: &str, accept: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().expect("a header"));
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
        Language::of(&headers).tag()
    }

    #[test]
    fn the_choice_goes_before_the_browser_and_english_is_the_rest() {
        assert_eq!(check("", "nl-NL,nl;q=0.9,en;q=0.8"), "nl");
        assert_eq!(check("", "fr, en-GB;q=0.7, nl;q=0.3"), "en");
        assert_eq!(check("a=b; language=nl", "en"), "nl");
        assert_eq!(check("language=xx", "*"), "en");
    }
}
