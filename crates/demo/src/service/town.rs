//! Two quiet neighbours that nobody breaks: the waste calendar of Duinzicht and its address look-up.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use kernel::Clock;
use minijinja::context;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::language::{self, Language};
use crate::pages::{Pages, headers};

struct Town {
    clock: Arc<dyn Clock>,
    pages: Pages,
}

/// Both services, each under its own path.
pub(crate) fn router(clock: Arc<dyn Clock>, pages: Pages) -> Router {
    Router::new()
        .route("/waste", get(waste))
        .route("/waste/api/next", get(next))
        .route("/addresses/health", get(async || Json(json!({ "status": "ok", "addresses": STREETS.len() }))))
        .route("/addresses/v1/find", get(find))
        .route("/language", get(language::choose))
        .route("/site.css", get(style))
        .route("/favicon.svg", get(icon))
        .with_state(Arc::new(Town { clock, pages }))
}

async fn style() -> Response {
    (headers("text/css; charset=utf-8"), include_str!("../../static/site.css")).into_response()
}

async fn icon() -> Response {
    (headers("image/svg+xml"), include_str!("../../static/dune.svg")).into_response()
}

/// The next collections: paper on Mondays, garden waste on Wednesdays, the rest on Fridays.
fn collections(town: &Town) -> Vec<(String, &'static str)> {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let today = town.clock.now().to_zoned(zone).date();
    (0..14)
        .filter_map(|ahead| {
            let day = today.checked_add(ahead.days()).ok()?;
            let kind = match day.weekday() {
                jiff::civil::Weekday::Monday => "paper",
                jiff::civil::Weekday::Wednesday => "garden",
                jiff::civil::Weekday::Friday => "rest",
                _ => return None,
            };
            Some((day.strftime("%d-%m-%Y").to_string(), kind))
        })
        .collect()
}

async fn waste(State(town): State<Arc<Town>>, language: Language) -> Response {
    let days: Vec<_> =
        collections(&town).into_iter().map(|(day, kind)| context! { day => day, kind => kind }).collect();
    town.pages.show(StatusCode::OK, "waste.html", language, context! { days => days, back => "/waste" })
}

async fn next(State(town): State<Arc<Town>>) -> Json<Value> {
    let next = collections(&town).into_iter().next();
    Json(json!({ "status": "ok", "next": next.map(|(day, kind)| json!({ "day": day, "kind": kind })) }))
}

const STREETS: [(&str, &str); 4] =
    [("2204AA", "Helmgras"), ("2204AB", "Duindoornlaan"), ("2204AC", "Zeereep"), ("2204AD", "Strandopgang")];

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    postcode: String,
}

async fn find(Query(asked): Query<Asked>) -> Response {
    let code: String =
        asked.postcode.chars().filter(|c| *c != ' ').take(6).collect::<String>().to_uppercase();
    match STREETS.iter().find(|(postcode, _)| *postcode == code) {
        Some((postcode, street)) => Json(json!({ "postcode": postcode, "street": street })).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "error": "no such postcode" }))).into_response(),
    }
}
