//! What clients that are already out there send lands in the lake, and they get the answer they take for success.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::lake::{Among, CountAsk, Field, Group, People, Question, Unit, Where};
use kernel::{ClientId, ServiceId, SignedDuration};
use serde_json::Value;
use testkit::{Town, minutes};
use tower::ServiceExt as _;

use crate::town::KUSTWERK;

/// Requests of real clients, as they came over the wire.
const CASES: &str = include_str!("../../../journeys/cases/tracker-requests.jsonl");

/// The answer each of them takes for success, in their order: status, content type, and how the body begins.
const ANSWERS: [(u16, &str, &str); 20] = [
    (400, "application/json", r#"{"errors":{"domain":["can't be blank"]"#),
    (200, "application/json", r#"{"status":"Ok"}"#),
    (200, "application/json", r#"{"status":"Ok"}"#),
    (200, "application/json", r#"{"status":"Ok"}"#),
    (200, "text/plain; charset=utf-8", "ok"),
    (200, "text/plain; charset=utf-8", "ok"),
    (200, "image/gif", "GIF89a"),
    (200, "application/json", r#"{"status":"Ok"}"#),
    (200, "application/json", r#"{"cache":""#),
    (200, "application/json", r#"{"cache":""#),
    (200, "application/json", r#"{"cache":""#),
    (200, "image/gif", "GIF89a"),
    (200, "application/json", r#"{"status":"success","tracked":2,"invalid":0}"#),
    (200, "text/plain; charset=utf-8", "ok"),
    (202, "text/plain; charset=utf-8", "ok"),
    (202, "text/plain; charset=utf-8", "ok"),
    (202, "text/plain; charset=utf-8", "ok"),
    (202, "text/plain; charset=utf-8", "ok"),
    (200, "application/json", r#"{"status":"Ok"}"#),
    (200, "application/json", r#"{"status":"Ok"}"#),
];

/// The town with a source that answers to what the recorded clients send.
fn town() -> String {
    let service = "  - name: Checkout\n    client: Lindehaven\n";
    let source = "    sources:\n      - { name: website, domains: [svc.example], identity: declared, \
                  also: [phc_test, app, 11111111-1111-4111-8111-111111111111] }\n";
    KUSTWERK.replace(service, &format!("{service}{source}"))
}

fn cases() -> Vec<Value> {
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a line is JSON");
    CASES.lines().map(read).filter(|case| case["path"] != "/v1/traces").collect()
}

fn request(case: &Value) -> Request<Body> {
    let mut request = Request::builder()
        .method(case["m"].as_str().unwrap_or_default())
        .uri(case["path"].as_str().unwrap_or_default());
    for (name, value) in case["h"].as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "content-length" | "connection" | "accept-encoding") {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
    }
    let body = case["body"].as_str().unwrap_or_default().as_bytes();
    let body = if case["magic"] == "1f8b0800" {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(body).expect("memory takes it");
        packed.finish().expect("memory takes it")
    } else {
        body.to_vec()
    };
    request.body(Body::from(body)).expect("a recorded request is one")
}

async fn place(town: &Town) -> (ClientId, ServiceId) {
    let tend = town.tend();
    let services = estate::services::all(&tend.app().site().db, &tend.operator()).await;
    let services = services.expect("the database answers");
    let service = services.iter().find(|service| service.name == "Checkout").expect("the service is there");
    (service.client_id, service.id)
}

async fn among(town: &Town, people: People, only: Where) -> Among {
    let (client, service) = place(town).await;
    let now = town.tend().operator().now();
    let day = SignedDuration::from_hours(24);
    Among { client, service, from: now - day, until: now + day, people, only }
}

/// How many events there are of each value of a field.
async fn counted(town: &Town, people: People, by: Field) -> Vec<(String, u64)> {
    let ask = CountAsk {
        among: among(town, people, Vec::new()).await,
        looks: None,
        unit: Unit::Visit,
        cells: Vec::new(),
        by: Some(by),
        top: 50,
        distinct: false,
    };
    let lake = town.tend().lake().shared();
    let reply = lake.ask(&town.tend().operator(), Question::Count(ask)).await.expect("the lake answers");
    let named = |counted: kernel::lake::Counted| match counted.group {
        Group::Value(value) => Some((value, counted.events)),
        Group::All | Group::Rest => None,
    };
    let mut found: Vec<_> = reply.count().into_iter().filter_map(named).collect();
    found.sort();
    found
}

#[tokio::test]
async fn requests_of_real_clients_land_in_the_lake() {
    Town::tells(&town(), async |town| {
        let cases = cases();
        assert_eq!(cases.len(), ANSWERS.len());
        for (case, (status, kind, begins)) in cases.iter().zip(ANSWERS) {
            let response = town.tend().router().oneshot(request(case)).await.expect("the program answers");
            let told = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
            assert_eq!((response.status().as_u16(), told), (status, Some(kind)), "{case}");
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a short answer");
            assert!(body.starts_with(begins.as_bytes()), "{case}: {}", String::from_utf8_lossy(&body));
        }
        let doors = |people| counted(town, people, Field::Origin);
        let people: &[(&str, u64)] = &[("matomo", 1), ("posthog", 3), ("snowplow", 4), ("umami", 2)];
        let programs: &[(&str, u64)] = &[("matomo", 2), ("plausible", 4), ("posthog", 2)];
        let plain = |found: &[(&str, u64)]| -> Vec<(String, u64)> {
            found.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        assert_eq!(doors(People::People).await, plain(people));
        assert_eq!(doors(People::Bots).await, plain(programs));
        // The same requests once more: what has an id is met once.
        for case in &cases {
            let again = town.tend().router().oneshot(request(case)).await.expect("the program answers");
            assert_ne!(again.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
        let twice: &[(&str, u64)] = &[("matomo", 2), ("posthog", 3), ("snowplow", 4), ("umami", 4)];
        assert_eq!(doors(People::People).await, plain(twice));
    })
    .await;
}

/// Somebody looks at a page.
async fn looks_at(town: &Town, path: &str) {
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
    let case = serde_json::json!({
        "m": "POST", "path": "/api/event", "magic": "", "h": { "user-agent": firefox },
        "body": format!(r#"{{"n":"pageview","u":"https://svc.example{path}","d":"svc.example"}}"#),
    });
    let answer = town.tend().router().oneshot(request(&case)).await.expect("the program answers");
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_visit_goes_on_after_a_crash() {
    Town::tells(&town(), async |town| {
        looks_at(town, "/cart").await;
        town.passes(minutes(10)).await;
        town.is_killed().await;
        town.starts().await;
        looks_at(town, "/pay").await;
        let count = CountAsk {
            among: among(town, People::People, Vec::new()).await,
            looks: None,
            unit: Unit::Visit,
            cells: Vec::new(),
            by: None,
            top: 0,
            distinct: true,
        };
        let lake = town.tend().lake().shared();
        let reply = lake.ask(&town.tend().operator(), Question::Count(count)).await;
        let counted = reply.expect("the lake answers").count();
        let all = counted.first().expect("there is a count");
        assert_eq!((all.events, all.visits), (2, Some(1)), "{counted:?}");
    })
    .await;
}
