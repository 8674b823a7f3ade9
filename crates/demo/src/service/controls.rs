//! The control panel: breaks and heals the service with one click, and says how it stands.

use std::sync::{Arc, OnceLock};

use axum::extract::{DefaultBodyLimit, Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Clock;
use minijinja::{Value, context};
use serde::Deserialize;
use serde_json::json;

use super::Addresses;
use super::faults::{Fault, Faults};
use super::tls::Certificates;
use crate::gate::Gate;
use crate::guard;
use crate::language::{self, Language};
use crate::pages::{Pages, headers, value};

/// The largest form read, bytes.
const FORM: usize = 1024;

/// What the buttons work on.
pub(crate) struct Controls {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pages: Pages,
    pub(crate) faults: Arc<Faults>,
    pub(crate) certificates: Arc<Certificates>,
    pub(crate) site: Arc<Gate>,
    pub(crate) https: Arc<Gate>,
    pub(crate) bank: Arc<Gate>,
    /// Known once the panel itself listens.
    pub(crate) addresses: OnceLock<Addresses>,
    /// Where Tend is, if the panel should lead there.
    pub(crate) tend: Option<String>,
    /// One change at a time: two buttons pressed together must not leave a port half open.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

type Here = State<Arc<Controls>>;

/// The panel's pages.
pub(crate) fn router(controls: Arc<Controls>) -> Router {
    Router::new()
        .route("/", get(async || Redirect::to("/control")))
        .route("/control", get(panel))
        .route("/control/state.json", get(state))
        .route("/control/break", post(break_it))
        .route("/control/heal", post(heal))
        .route("/language", get(language::choose))
        .route("/controls.css", get(style))
        .route("/favicon.svg", get(icon))
        .layer(middleware::from_fn(guard::same_origin))
        .layer(DefaultBodyLimit::max(FORM))
        .with_state(controls)
}

impl Controls {
    async fn break_it(&self, fault: Fault) -> std::io::Result<()> {
        self.faults.add(fault, self.clock.now());
        self.arrange().await
    }

    async fn heal(&self, faults: &[Fault]) -> std::io::Result<()> {
        for fault in faults {
            self.faults.remove(*fault);
        }
        self.arrange().await
    }

    /// Makes ports and certificates agree with the faults there are; safe to repeat.
    async fn arrange(&self) -> std::io::Result<()> {
        let _turn = self.turn.lock().await;
        let expired = self.faults.has(Fault::ExpiredCertificate);
        if self.certificates.show_expired(expired) {
            // Connections that are open have seen the other certificate.
            self.https.shut().await;
        }
        if self.faults.has(Fault::Down) {
            self.site.shut().await;
            self.https.shut().await;
        } else {
            self.site.reopen().await?;
            self.https.reopen().await?;
        }
        if self.faults.has(Fault::BankDown) {
            self.bank.shut().await;
            Ok(())
        } else {
            self.bank.reopen().await
        }
    }
}

async fn style() -> Response {
    (headers("text/css; charset=utf-8"), include_str!("../../static/tools.css")).into_response()
}

async fn icon() -> Response {
    (headers("image/svg+xml"), include_str!("../../static/linden.svg")).into_response()
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

async fn panel(State(controls): Here, language: Language) -> Response {
    let now = controls.clock.now();
    let faults: Vec<Value> = Fault::ALL
        .into_iter()
        .map(|fault| {
            let since = controls.faults.since(fault);
            let seconds = since.map(|since| now.duration_since(since).as_secs().max(0));
            context! { word => fault.word(), since => since.map(clock), seconds => seconds }
        })
        .collect();
    let view = context! {
        back => "/control",
        faults => faults,
        broken => controls.faults.count(),
        now => clock(now),
        addresses => value(controls.addresses.get()),
        tend => controls.tend.clone(),
    };
    controls.pages.show(StatusCode::OK, "controls.html", language, view)
}

async fn state(State(controls): Here) -> Response {
    let faults: serde_json::Map<String, serde_json::Value> = Fault::ALL
        .into_iter()
        .filter_map(|fault| Some((fault.word().to_owned(), json!(controls.faults.since(fault)?))))
        .collect();
    Json(json!({ "healthy": faults.is_empty(), "faults": faults })).into_response()
}

#[derive(Deserialize)]
struct Pressed {
    #[serde(default)]
    fault: String,
}

async fn break_it(State(controls): Here, Form(pressed): Form<Pressed>) -> Response {
    let Some(fault) = Fault::from_word(&pressed.fault) else { return unknown() };
    finish(controls.break_it(fault).await)
}

async fn heal(State(controls): Here, Form(pressed): Form<Pressed>) -> Response {
    let one = Fault::from_word(&pressed.fault).map(|fault| vec![fault]);
    let Some(faults) = one.or_else(|| (pressed.fault == "all").then(|| Fault::ALL.to_vec())) else {
        return unknown();
    };
    finish(controls.heal(&faults).await)
}

fn unknown() -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, "There is no such fault.\n").into_response()
}

fn finish(done: std::io::Result<()>) -> Response {
    match done {
        Ok(()) => Redirect::to("/control").into_response(),
        Err(error) => {
            tracing::error!(%error, "a demo port could not be opened again");
            let said =
                format!("A port could not be opened again: {error}. Another program may have taken it.\n");
            (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
    }
}
