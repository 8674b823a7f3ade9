//! The permit site as visitors see it: start, form, payment, done, and what machines ask of it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Form, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::{Clock, Dice};
use minijinja::{Value, context};
use serde::Deserialize;
use serde_json::json;

use super::bank;
use super::faults::{Fault, Faults};
use super::permit::{self, Application, Draft, MONTHS, Permits, Wrong, Zone, euros};
use crate::language::{self, Language};
use crate::pages::{Pages, headers, value};

/// The largest form read, bytes.
const FORM: usize = 16 * 1024;

/// The permit site and all it needs.
pub(crate) struct Site {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) pages: Pages,
    pub(crate) faults: Arc<Faults>,
    pub(crate) bank: SocketAddr,
    /// What the fault "slow" adds to a page.
    pub(crate) slowness: Duration,
    pub(crate) started_at: Timestamp,
    pub(crate) permits: Mutex<Permits>,
}

type Here = State<Arc<Site>>;

impl Site {
    fn permits(&self) -> MutexGuard<'_, Permits> {
        self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, reference: &str) -> Option<Application> {
        self.permits().find(&reference.trim().to_uppercase()).cloned()
    }

    fn page(&self, name: &str, language: Language, back: &str, view: Value) -> Response {
        self.answer(StatusCode::OK, name, language, back, view)
    }

    fn answer(
        &self,
        status: StatusCode,
        name: &str,
        language: Language,
        back: &str,
        view: Value,
    ) -> Response {
        self.pages.show(status, name, language, context! { back => back, ..view })
    }

    fn trouble(&self, status: StatusCode, language: Language, back: &str, kind: &str) -> Response {
        let paying = kind != "missing";
        self.answer(
            status,
            "permit/trouble.html",
            language,
            back,
            context! { kind => kind, paying => paying },
        )
    }
}

/// The site's pages.
pub(crate) fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/apply", get(form).post(submit))
        .route("/apply/not-eligible", get(not_eligible))
        .route("/apply/{reference}/payment", get(payment).post(pay))
        .route("/apply/{reference}/done", get(done))
        .route("/payment", get(ways))
        .route("/about", get(about))
        .route("/language", get(language::choose))
        .route("/health", get(health))
        .route("/api/status", get(status))
        .fallback(missing)
        .layer(middleware::from_fn_with_state(Arc::clone(&site), broken))
        .route("/site.css", get(style))
        .route("/told.js", get(told))
        .route("/favicon.svg", get(icon))
        .layer(DefaultBodyLimit::max(FORM))
        .with_state(site)
}

/// Where the faults bite that do not close a port.
async fn broken(State(site): Here, language: Language, request: Request, next: Next) -> Response {
    if site.faults.has(Fault::Slow) {
        tokio::time::sleep(site.slowness).await;
    }
    let path = request.uri().path();
    if path.ends_with("/payment") {
        if site.faults.has(Fault::ServerError) {
            return site.trouble(StatusCode::INTERNAL_SERVER_ERROR, language, "/", "server");
        }
        if site.faults.has(Fault::WrongAnswer) {
            return site.trouble(StatusCode::OK, language, "/", "wrong");
        }
    }
    next.run(request).await
}

async fn style() -> Response {
    (headers("text/css; charset=utf-8"), include_str!("../../static/site.css")).into_response()
}

async fn told() -> Response {
    (headers("text/javascript; charset=utf-8"), include_str!("../../static/told.js")).into_response()
}

async fn icon() -> Response {
    (headers("image/svg+xml"), include_str!("../../static/linden.svg")).into_response()
}

async fn start(State(site): Here, language: Language) -> Response {
    let comma = language == Language::Nl;
    let tariffs: Vec<_> = Zone::ALL
        .into_iter()
        .map(|zone| context! { zone => zone.word(), month => euros(zone.price(1), comma), year => euros(zone.price(12), comma) })
        .collect();
    site.page("permit/start.html", language, "/", context! { tariffs => tariffs })
}

fn form_view(draft: &Draft, wrong: &[Wrong], language: Language) -> Value {
    let zones: Vec<_> = Zone::ALL
        .into_iter()
        .map(|zone| context! { word => zone.word(), month => euros(zone.price(1), language == Language::Nl) })
        .collect();
    context! { draft => value(draft), wrong => value(wrong), zones => zones, months => MONTHS }
}

async fn form(State(site): Here, language: Language) -> Response {
    site.page("permit/form.html", language, "/apply", form_view(&Draft::default(), &[], language))
}

async fn submit(State(site): Here, language: Language, Form(draft): Form<Draft>) -> Response {
    let asked = match permit::check(&draft) {
        Ok(asked) => asked,
        Err(wrong) => {
            let view = form_view(&draft, &wrong, language);
            return site.answer(
                StatusCode::UNPROCESSABLE_ENTITY,
                "permit/form.html",
                language,
                "/apply",
                view,
            );
        }
    };
    if !permit::is_resident(&asked) {
        return Redirect::to("/apply/not-eligible").into_response();
    }
    let mut random = [0u8; 8];
    site.dice.fill(&mut random);
    let reference = permit::reference(random);
    let made_at = site.clock.now();
    let state = permit::State::Unpaid;
    site.permits().add(Application { reference: reference.clone(), asked, made_at, state });
    Redirect::to(&format!("/apply/{reference}/payment")).into_response()
}

/// A proper end: who lives elsewhere cannot have a permit, and is told at once.
async fn not_eligible(State(site): Here, language: Language) -> Response {
    let view = context! { kind => "elsewhere", paying => false };
    site.page("permit/trouble.html", language, "/apply/not-eligible", view)
}

fn summary(application: &Application, language: Language) -> Value {
    let asked = &application.asked;
    context! {
        reference => application.reference.clone(),
        plate => asked.plate.clone(),
        name => asked.name.clone(),
        street => asked.street.clone(),
        postcode => asked.postcode.clone(),
        zone => asked.zone.word(),
        months => asked.months,
        price => euros(asked.zone.price(asked.months), language == Language::Nl),
    }
}

async fn payment(State(site): Here, language: Language, Path(reference): Path<String>) -> Response {
    let Some(application) = site.find(&reference) else { return missing(State(site), language).await };
    if matches!(application.state, permit::State::Paid { .. }) {
        return Redirect::to(&format!("/apply/{}/done", application.reference)).into_response();
    }
    let back = format!("/apply/{}/payment", application.reference);
    match bank::ask_methods(site.bank).await {
        Ok(methods) => {
            let view =
                context! { methods => value(methods), unchosen => false, ..summary(&application, language) };
            site.page("permit/payment.html", language, &back, view)
        }
        Err(error) => bank_trouble(&site, language, &back, &error),
    }
}

fn bank_trouble(site: &Site, language: Language, back: &str, error: &anyhow::Error) -> Response {
    tracing::warn!(error = format!("{error:#}"), "the bank gateway failed");
    site.trouble(StatusCode::BAD_GATEWAY, language, back, "bank")
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    method: String,
}

async fn pay(
    State(site): Here,
    language: Language,
    Path(reference): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    let Some(application) = site.find(&reference) else { return missing(State(site), language).await };
    let reference = application.reference.clone();
    let back = format!("/apply/{reference}/payment");
    if matches!(application.state, permit::State::Unpaid) {
        let methods = match bank::ask_methods(site.bank).await {
            Ok(methods) => methods,
            Err(error) => return bank_trouble(&site, language, &back, &error),
        };
        if !methods.iter().any(|method| method.id == chosen.method) {
            let view =
                context! { methods => value(methods), unchosen => true, ..summary(&application, language) };
            return site.answer(
                StatusCode::UNPROCESSABLE_ENTITY,
                "permit/payment.html",
                language,
                &back,
                view,
            );
        }
        let cents = application.asked.zone.price(application.asked.months);
        match bank::order(site.bank, cents, &chosen.method, &reference).await {
            Ok(payment) => site.permits().pay(&reference, payment, site.clock.now()),
            Err(error) => return bank_trouble(&site, language, &back, &error),
        }
    }
    Redirect::to(&format!("/apply/{reference}/done")).into_response()
}

async fn done(State(site): Here, language: Language, Path(reference): Path<String>) -> Response {
    let Some(application) = site.find(&reference) else { return missing(State(site), language).await };
    let permit::State::Paid { payment, at } = &application.state else {
        return Redirect::to(&format!("/apply/{}/payment", application.reference)).into_response();
    };
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let paid_at = at.to_zoned(zone).strftime("%d-%m-%Y %H:%M").to_string();
    let view = context! { payment => payment, paid_at => paid_at, ..summary(&application, language) };
    site.page("permit/done.html", language, &format!("/apply/{}/done", application.reference), view)
}

#[derive(Deserialize)]
struct Sought {
    #[serde(default)]
    reference: String,
}

/// Paying for an application made earlier, and the ways to pay; asks the bank, so it fails when the bank does.
async fn ways(State(site): Here, language: Language, Query(sought): Query<Sought>) -> Response {
    if let Some(application) = site.find(&sought.reference) {
        return Redirect::to(&format!("/apply/{}/payment", application.reference)).into_response();
    }
    match bank::ask_methods(site.bank).await {
        Ok(methods) => {
            let view = context! { methods => value(methods), reference => sought.reference };
            site.page("permit/ways.html", language, "/payment", view)
        }
        Err(error) => bank_trouble(&site, language, "/payment", &error),
    }
}

async fn about(State(site): Here, language: Language) -> Response {
    site.page("permit/about.html", language, "/about", context! {})
}

async fn missing(State(site): Here, language: Language) -> Response {
    site.trouble(StatusCode::NOT_FOUND, language, "/", "missing")
}

/// For probes and load balancers: 503 when what it needs does not answer.
async fn health(State(site): Here) -> Response {
    let bank = bank::ask_methods(site.bank).await.is_ok();
    let word = |good: bool| if good { "ok" } else { "unreachable" };
    let body = json!({
        "status": if bank { "ok" } else { "degraded" },
        "service": "parking permits",
        "checks": { "bank_gateway": word(bank) },
    });
    let status = if bank { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn status(State(site): Here) -> Response {
    let (applications, paid) = site.permits().count();
    let last_at = site.permits().last_at();
    let body = json!({
        "service": "parking permits",
        "municipality": "Lindehaven",
        "started_at": site.started_at,
        "applications": applications,
        "paid": paid,
        "last_application_at": last_at,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
