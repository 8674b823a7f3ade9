//! The doors of `web` itself.

use axum::extract::State;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Done, Refusal};
use crate::app::{LANGUAGE_COOKIE, THEME_COOKIE, local};
use crate::asks::{Access, Theme};
use crate::input::Input;
use crate::routes::Routes;
use crate::site::Site;
use crate::text::Language;
use crate::{cookie, kitchen, live, openapi, problems, search};

/// Everything that belongs to no feature.
pub(crate) fn routes() -> Routes {
    Routes::new("web")
        .raw(Method::GET, "/assets/{name}", Access::Public, crate::assets::serve)
        .raw(Method::GET, "/favicon.svg", Access::Public, crate::assets::favicon)
        .raw(Method::GET, "/live", Access::SignedIn, live::listen)
        .raw(Method::GET, "/api/v1/openapi.json", Access::SignedIn, openapi::document)
        .screen("/api", Access::SignedIn, openapi::reference)
        .screen("/api/problems", Access::Public, problems::problems)
        .action("/look", Access::Public, look)
        .screen("/search", Access::See, search::search)
        .screen("/system/components", Access::Administer, kitchen::kitchen)
}

/// How somebody wants to read.
#[derive(Deserialize, JsonSchema)]
struct Look {
    /// `auto`, `light` or `dark`.
    theme: Option<String>,
    /// `en` or `nl`.
    language: Option<Language>,
    /// The screen to come back to.
    back: Option<String>,
}

/// Cookies of taste are kept for a year.
const YEAR: jiff::SignedDuration = jiff::SignedDuration::from_hours(365 * 24);

async fn look(State(site): State<Site>, Input(look): Input<Look>) -> Result<Done, Refusal> {
    let back = look.back.filter(|back| local(back)).unwrap_or_else(|| "/".into());
    let mut done = Done::to(back);
    if let Some(theme) = look.theme {
        let word = Theme::from_word(&theme).word();
        done = done.cookie(cookie::line(&site.settings, THEME_COOKIE, word, YEAR, false));
    }
    if let Some(language) = look.language {
        done = done.cookie(cookie::line(&site.settings, LANGUAGE_COOKIE, language.tag(), YEAR, false));
    }
    Ok(done)
}
