//! What people do on these screens, and what programs get.

use estate::model::{Draft, Ownership, Phase};
use kernel::Role;
use web::testing::Stage;
use web::{Language, Pages, Part};

use super::*;
use crate::store::SCHEMA;

const PART: Part = Part { name: "watch", templates: TEMPLATES, texts: TEXTS };

#[test]
fn every_example_renders_in_every_language() {
    let pages = Pages::new(&[PART]).expect("the pages fit together");
    let now = "2026-11-21T03:10:00Z".parse().expect("an instant");
    for sample in samples() {
        for language in Language::ALL {
            let reader = web::Reader { language, ..web::Reader::default() };
            let shown = pages.example(&sample, &reader, now);
            let shown =
                shown.unwrap_or_else(|error| panic!("{} {}: {error:?}", sample.template, sample.case));
            assert!(
                !shown.html.contains("watch-"),
                "{}: a key shows: {}",
                shown.name,
                around(&shown.html, "watch-")
            );
        }
    }
}

fn around<'a>(text: &'a str, word: &str) -> &'a str {
    let at = text.find(word).unwrap_or(0);
    &text[at.saturating_sub(60)..(at + 60).min(text.len())]
}

async fn stage() -> (Stage, kernel::ServiceId) {
    let schemas = [&identity::SCHEMA, &estate::SCHEMA, &SCHEMA];
    let stage = Stage::new(routes(), &[PART], &schemas).await;
    let scope = kernel::Scope::task("test", stage.site.clock.clone(), stage.site.dice.clone());
    let mut tx = stage.site.db.write("test", &scope).await.unwrap();
    let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.unwrap();
    let draft = Draft {
        client_id: client.id,
        name: "Parking permits".into(),
        description: String::new(),
        owner: None,
        ownership: Ownership::Client,
        consumers: String::new(),
        end_of_life: None,
    };
    let service = estate::services::add(&mut tx, &draft, Phase::Live, "", None).await.unwrap();
    tx.commit().await.unwrap();
    (stage, service.id)
}

#[tokio::test]
async fn an_engineer_adds_a_probe_changes_it_and_removes_it() {
    let (stage, service) = stage().await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/probes/new");
    let fields =
        "kind=http&name=start+page&http=https%3A%2F%2Fpermits.example%2F&every=30s&severity=2&verify_tls=on";
    let made = ana.fills_in(&new, &new, fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let probe = made.header("location").to_owned();
    let shown = ana.get(&probe).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.body.contains("start page is being checked."));
    let wrong = fields.replace("30s", "2s");
    let edit = format!("{probe}/edit");
    let refused = ana.fills_in(&edit, &edit, &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("The shortest interval is 5 seconds."), "{}", refused.body);
    let changed = ana.fills_in(&edit, &edit, &fields.replace("30s", "45s")).await;
    assert_eq!(changed.status, 303, "{}", changed.body);
    let twin = ana.get(&format!("/api/v1{probe}")).await;
    assert_eq!(twin.json()["plan"]["every"], "45s");
    let list = ana.get("/probes?q=permits").await;
    assert!(list.body.contains("start page"));
    assert!(ana.get("/probes?kind=dns").await.body.contains("No probe matches"));
    let panel = ana.get(&format!("/probes/panel/service/{service}")).await;
    assert!(panel.body.contains("start page"), "{}", panel.body);
    let csv = ana.get(&format!("{probe}/history.csv")).await;
    assert!(
        csv.body.starts_with("state,since,until,seconds,reason\r\npending,2026-03-01T03:00:00Z,,0,"),
        "{}",
        csv.body
    );
    let remove = format!("{probe}/remove");
    assert_eq!(ana.fills_in(&probe, &remove, "confirm=no").await.status, 422);
    assert_eq!(ana.fills_in(&probe, &remove, "confirm=start+page").await.status, 303);
    assert_eq!(ana.get(&probe).await.status, 404);
}

#[tokio::test]
async fn trying_shows_what_came_back_and_keeps_nothing() {
    let (stage, service) = stage().await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/probes/new");
    let fields = "kind=ping&name=host&ping=host.example&every=30s";
    let tried = ana.fills_in(&new, &format!("/services/{service}/probes/try"), fields).await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert!(tried.body.contains("Tend could not look") && tried.body.contains("value=\"host.example\""));
    assert!(ana.get("/api/v1/probes").await.json()["probes"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_reader_sees_and_changes_nothing() {
    let (stage, service) = stage().await;
    let reader = stage.person(Role::Reader);
    assert_eq!(reader.get("/probes").await.status, 200);
    assert_eq!(reader.get(&format!("/services/{service}/maintenance")).await.status, 200);
    assert_eq!(reader.get(&format!("/services/{service}/probes/new")).await.status, 403);
    assert_eq!(stage.stranger().with("accept", "application/json").get("/api/v1/probes").await.status, 401);
}

#[tokio::test]
async fn maintenance_is_planned_on_the_readers_clock_and_called_off() {
    let (stage, service) = stage().await;
    let ana = stage.person(Role::Engineer);
    let at = format!("/services/{service}/maintenance");
    let form = "title=new+database&zone=Europe%2FAmsterdam&from=2026-03-01T05%3A00&until=2026-03-01T06%3A00";
    assert_eq!(ana.fills_in(&at, &at, form).await.status, 303);
    let window = ana.get(&format!("/api/v1{at}")).await.json()["windows"][0].clone();
    assert_eq!(window["from"], "2026-03-01T04:00:00Z");
    let backwards = form.replace("T06", "T04");
    assert_eq!(ana.fills_in(&at, &at, &backwards).await.status, 422);
    let end = format!("/maintenances/{}/end", window["id"].as_str().unwrap());
    assert_eq!(ana.fills_in(&at, &end, "").await.status, 303);
    assert!(ana.get(&format!("/api/v1{at}")).await.json()["windows"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_job_calls_its_address_and_a_stranger_finds_nothing() {
    let (stage, service) = stage().await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/probes/new");
    let fields = "kind=heartbeat&name=nightly+import&every=1d&grace=1h";
    let made = ana.fills_in(&new, &new, fields).await;
    let probe = made.header("location").to_owned();
    let url = ana.get(&format!("/api/v1{probe}")).await.json()["beat_url"].as_str().unwrap().to_owned();
    let path = url[url.find("/beat/").unwrap()..].to_owned();
    let job = stage.stranger();
    for (method, path) in [("GET", path.clone()), ("HEAD", path.clone()), ("POST", format!("{path}/fail"))] {
        let body = if method == "POST" { b"disk full".to_vec() } else { Vec::new() };
        let answer = job.ask(method, &path, None, body).await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
    }
    let forged = format!("/beat/{}", "a".repeat(32));
    assert_eq!(job.get(&forged).await.status, 404);
    assert_eq!(job.get("/beat/short").await.status, 404);
    let reader = stage.person(Role::Reader);
    assert!(reader.get(&format!("/api/v1{probe}")).await.json()["beat_url"].is_null(), "a secret");
    let mut status = web::StatusCode::OK;
    for _ in 0..70 {
        status = job.get(&path).await.status;
    }
    assert_eq!(status, 429, "a job in a loop is told so");
}

#[tokio::test]
async fn lists_of_other_features_show_the_state_and_the_wall_holds() {
    use kernel::{Actor, Grant, PersonId};
    let (stage, service) = stage().await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/probes/new");
    let fields = "kind=ping&name=host&ping=host.example&every=30s";
    let made = ana.fills_in(&new, &new, fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let scope = kernel::Scope::task("test", stage.site.clock.clone(), stage.site.dice.clone());
    let cells = web::ColumnSource::cells(&column::StateColumn, &stage.site, &scope).await.unwrap();
    let cell = &cells[&service.to_string()];
    assert_eq!(cell.data["state"], "pending");
    let reader = web::Reader::default();
    stage.site.pages.fragment(&cell.template, &cell.data, &reader, scope.now()).expect("the cell renders");
    let stranger = Grant { role: Role::Admin, client: Some(kernel::Id::from_u128(99)), service: None };
    let stranger = scope.recognised(Actor::Person(<PersonId as kernel::Id>::from_u128(9)), vec![stranger]);
    assert!(web::ColumnSource::cells(&column::StateColumn, &stage.site, &stranger).await.unwrap().is_empty());
    let filter = crate::store::Filter::default();
    assert!(crate::store::lines(&stage.site.db, &stranger, &filter, 10).await.unwrap().is_empty());
    assert!(crate::store::probes_of(&stage.site.db, &stranger, service).await.unwrap().is_empty());
}
