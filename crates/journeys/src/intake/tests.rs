//! Requests of real clients, replayed; and whatever else may come to a public door.

use std::io::Write as _;

use flate2::Compression;
use kernel::lake::Origin;
use proptest::prelude::*;
use serde_json::Value;
use web::testing::{Got, Visitor};

use super::testing::Ground;
use super::*;

const CASES: &str = include_str!("../../cases/tracker-requests.jsonl");

/// The requests that come to these doors; telemetry has its own.
fn cases() -> Vec<Value> {
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a line is JSON");
    CASES.lines().map(read).filter(|case| case["path"] != "/v1/traces").collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

async fn replay(ground: &Ground, case: &Value) -> Got {
    let mut visitor = ground.stage.stranger();
    let mut kind = None;
    for (name, value) in case["h"].as_object().expect("headers") {
        match (name.as_str(), value.as_str().unwrap_or_default()) {
            ("content-length" | "transfer-encoding" | "accept-encoding" | "connection", _) => {}
            ("content-type", value) => kind = Some(value),
            (name, value) => visitor = visitor.with(name, value),
        }
    }
    let body = case["body"].as_str().unwrap_or_default().as_bytes();
    let body = if case["magic"] == "1f8b0800" { gzip(body) } else { body.to_vec() };
    let path = case["path"].as_str().expect("a path");
    visitor.ask(case["m"].as_str().expect("a method"), path, kind, body).await
}

/// A source that answers to what the recorded clients send.
async fn recorded(ground: &Ground) -> Source {
    ground
        .source(Identity::Declared, |draft| {
            let known = ["phc_test", "app", "11111111-1111-4111-8111-111111111111"];
            draft.also = known.iter().map(|key| (*key).to_owned()).collect();
        })
        .await
}

const GIF: &str = "GIF89a";

#[tokio::test]
async fn requests_of_real_clients_get_the_answer_they_take_for_success() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    recorded(&ground).await;
    let blank =
        r#"{"errors":{"domain":["can't be blank"],"event_name":["can't be blank"],"url":["is required"]}}"#;
    let expected = [
        (400, "application/json", blank),
        (200, "application/json", r#"{"status":"Ok"}"#),
        (200, "application/json", r#"{"status":"Ok"}"#),
        (200, "application/json", r#"{"status":"Ok"}"#),
        (200, "text/plain; charset=utf-8", "ok"),
        (200, "text/plain; charset=utf-8", "ok"),
        (200, "image/gif", GIF),
        (200, "application/json", r#"{"status":"Ok"}"#),
        (200, "application/json", r#"{"cache":""#),
        (200, "application/json", r#"{"cache":""#),
        (200, "application/json", r#"{"cache":""#),
        (200, "image/gif", GIF),
        (200, "application/json", r#"{"status":"success","tracked":2,"invalid":0}"#),
        (200, "text/plain; charset=utf-8", "ok"),
        (202, "text/plain; charset=utf-8", "ok"),
        (202, "text/plain; charset=utf-8", "ok"),
        (202, "text/plain; charset=utf-8", "ok"),
        (202, "text/plain; charset=utf-8", "ok"),
        (200, "application/json", r#"{"status":"Ok"}"#),
        (200, "application/json", r#"{"status":"Ok"}"#),
    ];
    let cases = cases();
    assert_eq!(cases.len(), expected.len());
    for (place, (case, (status, kind, body))) in cases.iter().zip(expected).enumerate() {
        let got = replay(&ground, case).await;
        let told = (got.status.as_u16(), got.header("content-type"), got.body.get(..body.len()));
        assert_eq!(told, (status, kind, Some(body)), "request {place}: {case} answered {}", got.body);
        assert!(
            body == GIF || body.ends_with('"') || got.body.len() == body.len(),
            "request {place}: {}",
            got.body
        );
        assert!(!got.header("access-control-allow-origin").is_empty(), "request {place}");
    }
    let line = |event: &kernel::lake::Event| {
        format!("{} {} {}{} {}", event.origin.word(), event.name, event.host, event.path, event.bot)
    };
    let landed: Vec<String> = ground.pond.events().iter().map(line).collect();
    let expected = [
        "posthog page viewed svc.example/apply ",
        "posthog submitted  ",
        "snowplow pageview svc.example/apply ",
        "snowplow submit  ",
        "snowplow pageview svc.example/apply ",
        "posthog page viewed svc.example/apply ",
        "umami pageview svc.example/apply ",
        "umami signup  ",
        "matomo pageview svc.example/apply ",
        "matomo pageview svc.example/a empty",
        "matomo pageview svc.example/b empty",
        "snowplow pageview svc.example/apply ",
        "plausible pageview svc.example/apply headless",
        "plausible signup svc.example/apply headless",
        "plausible pageview svc.example/apply agent",
        "plausible Submit application svc.example/apply agent",
        "posthog pageview svc.example/apply headless",
        "posthog submit svc.example/apply headless",
    ];
    assert_eq!(landed, expected);
}

#[tokio::test]
async fn what_lands_of_a_recorded_request_is_what_was_said() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    recorded(&ground).await;
    for case in cases() {
        replay(&ground, &case).await;
    }
    let events = ground.pond.events();
    // posthog-python: u1 is the same declared user in both of its events, and the clock was right.
    assert!(events[0].user != 0 && events[0].user == events[1].user && events[0].user != events[5].user);
    let step = ("step".to_owned(), "1".to_owned());
    assert_eq!(events[0].props, [step]);
    // The sender's clock said that 3.7 ms passed between the event and the request.
    assert_eq!(events[0].received_at.duration_since(events[0].at).as_micros(), 3_715);
    // Snowplow's Python tracker sends before it happened, by a rounded clock: never in the future.
    assert_eq!(events[2].at, events[2].received_at);
    let sale = events.iter().find(|event| event.name == "Submit application").expect("landed");
    assert_eq!((sale.value, sale.source.as_str(), sale.campaign.as_str()), (Some(12.5), "nl", "spring"));
    assert_eq!(sale.referrer, "gov.uk");
    let browser = events.last().expect("landed");
    assert_eq!((browser.browser.as_str(), browser.os.as_str(), browser.user), ("Safari", "Linux", 0));
    assert_eq!(browser.props, [("form".to_owned(), "apply".to_owned())]);
    // The same again changes nothing where events have ids.
    let before = ground.pond.events().iter().filter(|event| event.key != 0).count();
    for case in cases() {
        replay(&ground, &case).await;
    }
    assert_eq!(ground.pond.events().iter().filter(|event| event.key != 0).count(), before);
    // Nothing of it says who it was.
    let text = format!("{events:?}");
    for word in ["Mozilla", "01a1ff5b-8c9b", "u1\"", "phc_test"] {
        assert!(!text.contains(word), "{word} is in the lake");
    }
}

#[tokio::test]
async fn a_wrong_key_gets_the_answer_of_its_protocol() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    let stranger = ground.stage.stranger();
    let post = async |path: &str, body: &str| {
        stranger.ask("POST", path, Some("application/json"), body.into()).await
    };
    let view = r#"{"n":"pageview","u":"https://other.example/","d":"other.example"}"#;
    let got = post("/api/event", view).await;
    assert_eq!((got.status.as_u16(), got.body.as_str()), (202, "ok"));
    assert_eq!((got.header("x-plausible-dropped"), got.header("x-tend-ignored")), ("1", "unknown-key"));
    let message =
        r#"{"type":"event","payload":{"website":"22222222-2222-4222-8222-222222222222","url":"/"}}"#;
    let got = post("/api/send", message).await;
    assert_eq!(got.status.as_u16(), 400);
    assert_eq!(got.json()["error"]["message"], "Website not found.");
    let got = post("/api/batch", &format!("[{message}]")).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["errors"], &got.json()["size"]),
        (200, &1.into(), &1.into())
    );
    let got = post("/batch/", r#"{"api_key":"phc_x","batch":[{"event":"a","distinct_id":"d"}]}"#).await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (401, "text/plain; charset=utf-8"));
    let got = stranger.get("/matomo.php?idsite=77&rec=1&url=/").await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (400, "image/gif"));
    let got = post("/matomo.php", r#"{"requests":["?idsite=77&rec=1"]}"#).await;
    assert_eq!(got.body, r#"{"status":"success","tracked":0,"invalid":1}"#);
    let got = post("/com.snowplowanalytics.snowplow/tp2", r#"{"data":[{"e":"pv","aid":"x"}]}"#).await;
    assert_eq!(got.status.as_u16(), 401);
    let got = post("/api/v1/events", r#"{"name":"a"}"#).await;
    assert_eq!((got.status.as_u16(), &got.json()["error"]), (401, &"unknown-key".into()));
    assert!(ground.pond.events().is_empty());
    // The screen of what is ignored knows them.
    let memory = memory::of(ground.site());
    memory.tally.flush(&ground.site().db, &ground.scope()).await.expect("written");
    let strays = tally::strays(&ground.site().db, &ground.scope(), 0, 100).await.expect("read");
    assert!(
        strays.iter().any(|stray| stray.word == "other.example" && stray.reason == "unknown-key"),
        "{strays:?}"
    );
}

#[tokio::test]
async fn our_own_door_takes_many_and_says_what_it_did_not() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    let source = ground.source(Identity::Declared, |_| {}).await;
    let program = ground.stage.stranger().with("authorization", &format!("Bearer {}", source.key));
    let body = r#"{"sent_at":"2026-11-21T18:26:00Z","events":[
        {"name":"paid","user":"u1","case":"A-1","id":"e1","value":12.5,"props":{"method":"ideal"}},
        {"name":"paid","user":"u1","id":"e1"},
        {"name":"late","at":"1970-01-01T00:00:00Z"},
        {"name":"early","at":"2099-01-01T00:00:00Z"},
        {"path":"/apply","session":"s1","channel":"counter"}]}"#;
    let got = program.ask("POST", "/api/v1/events", Some("application/json"), gzip(body.as_bytes())).await;
    assert_eq!(got.status.as_u16(), 200, "{}", got.body);
    let told = got.json();
    assert_eq!((&told["kept"], &told["duplicates"], &told["ignored"]), (&2.into(), &1.into(), &2.into()));
    let reasons: Vec<_> =
        told["reasons"].as_array().expect("reasons").iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, ["too-old", "future"]);
    assert_eq!(got.header("x-tend-ignored"), "future, too-old");
    let by_page = ground.stage.stranger();
    let got = by_page
        .ask("POST", &format!("/api/v1/events?key={}", source.key), Some("text/plain"), b"{}".into())
        .await;
    assert_eq!(got.status.as_u16(), 200);
    let got = program.post_json("/api/v1/events", &serde_json::json!({ "nme": "x" })).await;
    assert_eq!((got.status.as_u16(), &got.json()["error"]), (400, &"malformed".into()));
    ground.pond.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let got = program.post_json("/api/v1/events", &serde_json::json!({ "name": "x" })).await;
    assert_eq!((got.status.as_u16(), got.header("retry-after")), (503, "7"));
}

#[tokio::test]
async fn a_page_of_another_host_may_send() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    for path in ["/api/event", "/e/", "/matomo.php", "/api/v1/events", "/com.snowplowanalytics.snowplow/tp2"]
    {
        let page = ground.stage.stranger().with("origin", "https://svc.example");
        let page = page.with("access-control-request-headers", "content-type,x-funky");
        let got = page.ask("OPTIONS", path, None, Vec::new()).await;
        assert_eq!(got.status.as_u16(), 204, "{path}");
        assert_eq!(got.header("access-control-allow-origin"), "https://svc.example", "{path}");
        assert_eq!(got.header("access-control-allow-headers"), "content-type,x-funky", "{path}");
    }
    let got = ground.stage.stranger().get("/array/phc_test/config.js").await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(ground.stage.stranger().get("/array/x%22;alert(1)/config.js").await.status.as_u16(), 404);
    let got = ground.stage.stranger().ask("POST", "/flags/?v=2", Some("text/plain"), Vec::new()).await;
    assert_eq!((got.status.as_u16(), &got.json()["flags"]), (200, &serde_json::json!({})));
}

const POSTS: [&str; 7] = [
    "/api/event",
    "/api/send",
    "/api/batch",
    "/e/",
    "/matomo.php",
    "/com.snowplowanalytics.snowplow/tp2",
    "/api/v1/events",
];

async fn posts(visitor: &Visitor<'_>, path: &str, body: Vec<u8>) -> Got {
    visitor.ask("POST", path, Some("application/json"), body).await
}

#[tokio::test]
async fn bombs_and_floods_are_refused_by_every_door() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    let source = recorded(&ground).await;
    let visitor = ground.stage.stranger().with("x-tend-key", &source.key);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..40 {
        bomb.write_all(&vec![b'['; 1024 * 1024]).expect("memory takes it");
    }
    let bomb = bomb.finish().expect("memory takes it");
    for path in POSTS {
        let got = posts(&visitor, path, bomb.clone()).await;
        assert_eq!(got.status.as_u16(), 413, "{path}: {}", got.body);
        let got = posts(&visitor, path, vec![b'['; doors::MAX_BODY + 1]).await;
        assert_eq!(got.status.as_u16(), 413, "{path}");
        let mut torn = gzip(&[b'x'; 10_000]);
        torn.truncate(40);
        let got = posts(&visitor, path, torn).await;
        assert_eq!(got.status.as_u16(), 400, "{path}: {}", got.body);
    }
    assert_eq!(
        memory::of(ground.site()).unpacked.available_permits(),
        96 * 1024,
        "all memory was given back"
    );
}

#[tokio::test]
async fn every_recorded_body_can_be_cut_anywhere() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    recorded(&ground).await;
    for case in cases().iter().filter(|case| case["m"] == "POST") {
        let whole = case["body"].as_str().unwrap_or_default();
        for end in (0..whole.len()).step_by(37) {
            let mut case = case.clone();
            case["body"] = whole.get(..end).unwrap_or_default().into();
            let got = replay(&ground, &case).await;
            assert!(got.status.as_u16() < 500, "{case}: {}", got.body);
        }
    }
}

#[tokio::test]
async fn one_address_cannot_keep_the_doors_busy() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    let memory = memory::of(ground.site());
    let from = Some("192.0.2.1".parse().expect("an address"));
    while memory.admits(from) {}
    let request = axum::extract::Request::new(axum::body::Body::empty());
    let refused = doors::arrive(ground.site(), from, request, Origin::Plausible).await;
    assert_eq!(refused.err().expect("refused").status().as_u16(), 429);
}

#[tokio::test]
async fn a_user_who_asks_is_erased_with_the_key() {
    let ground = Ground::at("2026-11-21T18:26:00Z").await;
    let source = ground.source(Identity::Declared, |_| {}).await;
    let event =
        |user: &str| Incoming { name: "paid".into(), user: user.into(), told: true, ..Incoming::default() };
    let asked = Asked::by(Origin::Tend);
    ground.takes(&source, &asked, vec![event("ana"), event("ben"), event("ana")]).await;
    let number = ground.pond.events()[0].user;
    let run = async |named: &str| {
        let whose = erase::Whose::User;
        erase::erase(ground.site(), &ground.scope(), source.client, source.service, whose, named).await
    };
    assert_eq!(run("nobody").await.expect("asked"), None);
    assert_eq!(run("ana").await.expect("erased").map(|erased| erased.rows), Some(2));
    assert_eq!(ground.pond.events().len(), 1);
    assert_eq!(run("ana").await.expect("asked"), None, "the key is gone");
    ground.takes(&source, &asked, vec![event("ana")]).await;
    assert_ne!(ground.pond.events()[1].user, number, "whoever comes back is somebody new");
}

/// Every decoder, on whatever bytes.
fn decode_all(body: &[u8], text: &str) {
    for content_type in ["", "application/json", "application/x-www-form-urlencoded"] {
        let sent = Sent { query: text, content_type, body };
        let _ = plausible::decode(&sent);
        let _ = umami::decode_one(&sent);
        let _ = umami::decode_many(&sent);
        let _ = posthog::decode(&sent);
        let _ = matomo::decode(&sent);
        let _ = snowplow::decode(&sent);
        let _ = snowplow::decode_address(&sent);
        let _ = own::decode(&sent);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(body in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,200}") {
        decode_all(&body, &text);
    }

    #[test]
    fn no_damage_to_a_real_request_makes_a_decoder_panic(
        case in 0usize..20,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let cases = cases();
        let mut body = cases[case % cases.len()]["body"].as_str().unwrap_or_default().as_bytes().to_vec();
        if body.is_empty() {
            body = cases[case % cases.len()]["path"].as_str().unwrap_or_default().as_bytes().to_vec();
        }
        for (place, byte) in damage {
            let place = place.index(body.len());
            body[place] = byte;
        }
        body.truncate(cut.index(body.len() + 1));
        let text = String::from_utf8_lossy(&body).into_owned();
        decode_all(&body, &text);
    }

    #[test]
    fn no_event_makes_an_address_or_an_agent_panic(text in ".{0,300}") {
        let _ = incoming::address(&text);
        let _ = incoming::instant(&text);
        let _ = agents::agent_of(&text);
        let _ = sources::domain_of(&text);
    }
}
