use jiff::Timestamp;
use kernel::{Id, Role, Scope};
use web::testing::Stage;
use web::{Language, Pages, Part, Reader};

use super::*;

/// The features whose texts and templates these screens use.
pub(super) fn parts() -> Vec<Part> {
    vec![
        Part { name: "estate", templates: estate::pages::TEMPLATES, texts: estate::pages::TEXTS },
        Part { name: "respond", templates: TEMPLATES, texts: TEXTS },
    ]
}

fn now() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

#[test]
fn every_sample_renders_in_every_language() {
    let pages = Pages::new(&parts()).unwrap();
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let reader = Reader { language, ..Reader::default() };
        for sample in samples().iter().chain(&crate::letters()) {
            if let Err(problem) = pages.example(sample, &reader, now()) {
                let mut text = format!("{problem}");
                let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&problem);
                while let Some(one) = cause {
                    text.push_str(&format!(": {one}"));
                    cause = one.source();
                }
                wrong.push(text);
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_languages_have_the_same_keys() {
    let keys = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split(" =").next().map(str::to_owned))
            .collect()
    };
    assert_eq!(keys(TEXTS.en), keys(TEXTS.nl));
}

/// A site with one service, its owner and an incident for which the owner was paged.
struct Town {
    stage: Stage,
    scope: Scope,
    client: kernel::ClientId,
    service: kernel::ServiceId,
    noor: kernel::PersonId,
    incident: kernel::IncidentId,
    link: String,
}

async fn town() -> Town {
    let schemas = [&identity::SCHEMA, &estate::SCHEMA, &watch::SCHEMA, &crate::SCHEMA];
    let stage = Stage::new(routes(), &parts(), &schemas).await;
    // Other dice than the site's, which would give the same ids again.
    let dice = std::sync::Arc::new(store::testing::SeededDice::new(99));
    let scope = Scope::task("test", stage.site.clock.clone(), dice);
    let db = stage.site.db.clone();
    let mut tx = db.write("test", &scope).await.unwrap();
    let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.unwrap().id;
    let new = identity::people::NewPerson {
        name: "Noor Kaya".into(),
        mail: "noor@kustwerk.example".into(),
        language: "en".into(),
        zone: "Europe/Amsterdam".into(),
        declared_in: None,
    };
    let noor = identity::people::add(&mut tx, new).await.unwrap().id;
    let draft = estate::model::Draft {
        client_id: client,
        name: "Parking permits".into(),
        description: String::new(),
        owner: Some(noor),
        ownership: estate::model::Ownership::Client,
        consumers: String::new(),
        end_of_life: None,
    };
    let live = estate::model::Phase::Live;
    let service = estate::services::add(&mut tx, &draft, live, "", None).await.unwrap().id;
    let about = kernel::About::service(client, service);
    let fact = kernel::Fact::AlertRaised {
        alert: Id::from_u128(1),
        probe: None,
        title: "payment is down".into(),
        reason: "status 502".into(),
        severity: 1,
        cause: "payment".into(),
        since: scope.now(),
        objective: None,
    };
    tx.record(about, fact).await.unwrap();
    tx.commit().await.unwrap();
    let ground = store::Ground {
        db: db.clone(),
        world: stage.site.world.clone(),
        lake: kernel::lake::NoLake::shared(),
        clock: scope.clock(),
        dice: scope.dice(),
    };
    for task in crate::tasks(&ground, &stage.site.post(), &crate::Settings::default()) {
        task.run(&scope).await.unwrap();
    }
    let incident = crate::open_incidents(&db, &scope, service).await.unwrap()[0].id;
    let page = crate::store::delivery::pages_of(&db, &scope, incident).await.unwrap()[0].id;
    let until = scope.now() + crate::tasks::LINK_HOLDS;
    let token = stage.site.signer.sign(crate::tasks::ACKNOWLEDGE, &page.to_string(), until);
    Town { stage, scope, client, service, noor, incident, link: format!("/a/{token}") }
}

#[tokio::test]
async fn the_link_shows_and_only_the_button_acknowledges() {
    let town = town().await;
    let stranger = town.stage.stranger();
    let page = stranger.get(&town.link).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("payment is down"));
    let api = format!("/api/v1{}", town.link);
    assert_eq!(stranger.get(&api).await.json()["state"], "open", "looking does not act");
    let done = stranger.fills_in(&town.link, &town.link, "").await;
    assert_eq!(done.status, 303, "{}", done.body);
    let shown = stranger.get(&api).await.json();
    assert_eq!((shown["state"].as_str(), shown["mine"].as_bool()), (Some("acknowledged"), Some(true)));
    let again = stranger.fills_in(&town.link, &town.link, "").await;
    assert!(again.status.is_success() || again.status.is_redirection(), "twice is once: {}", again.status);
    let engineer = town.stage.program(Role::Engineer);
    let room = format!("/api/v1/incidents/{}", town.incident);
    let json = engineer.get(&room).await.json();
    assert_eq!(json["by"], "Noor Kaya");
    let resolved = engineer.post_json(&format!("{room}/resolve"), &serde_json::json!({"reason": "ok"})).await;
    assert_eq!(resolved.status, 200, "{}", resolved.body);
    let late = stranger.post_json(&api, &serde_json::json!({})).await;
    assert!(late.status == 409 || late.status == 403, "resolved meanwhile: {} {}", late.status, late.body);
}

#[tokio::test]
async fn forged_and_expired_links_are_refused() {
    let town = town().await;
    let stranger = town.stage.stranger();
    assert_eq!(stranger.get("/a/forged").await.status, 404);
    let mut forged = town.link.clone();
    forged.pop();
    forged.push(if town.link.ends_with('A') { 'B' } else { 'A' });
    assert_eq!(stranger.get(&forged).await.status, 404);
    let expired = town.stage.site.signer.sign(crate::tasks::ACKNOWLEDGE, "pag_x", town.scope.now());
    assert_eq!(stranger.get(&format!("/a/{expired}")).await.status, 410);
    let later = town.scope.now() + jiff::SignedDuration::from_hours(1);
    let other = town.stage.site.signer.sign("identity.link", "pag_x", later);
    assert_eq!(stranger.get(&format!("/a/{other}")).await.status, 404, "made for something else");
    let unknown = kernel::PageId::from_u128(9).to_string();
    let unknown = town.stage.site.signer.sign(crate::tasks::ACKNOWLEDGE, &unknown, later);
    assert_eq!(stranger.get(&format!("/a/{unknown}")).await.status, 404);
}

#[tokio::test]
async fn every_screen_opens_for_an_engineer_and_none_for_a_stranger() {
    let town = town().await;
    let engineer = town.stage.person(Role::Admin);
    let stranger = town.stage.stranger();
    for path in [
        "/incidents".to_owned(),
        "/incidents?state=now&severity=1&q=pay".to_owned(),
        "/incidents/new".to_owned(),
        format!("/incidents/{}", town.incident),
        format!("/incidents/panel/service/{}", town.service),
        "/on-call".to_owned(),
        format!("/on-call/panel/service/{}", town.service),
        "/rotas/new".to_owned(),
        "/escalations".to_owned(),
        "/escalations/new".to_owned(),
        format!("/status-pages/{}", town.service),
    ] {
        let page = engineer.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let refused = stranger.get(&path).await.status;
        assert!(refused == 401 || refused.is_redirection(), "{path}: {refused}");
    }
}

#[tokio::test]
async fn people_work_in_the_room() {
    let town = town().await;
    let engineer = town.stage.program(Role::Engineer);
    let room = format!("/api/v1/incidents/{}", town.incident);
    let post = async |what: &str, body: serde_json::Value| {
        engineer.post_json(&format!("{room}/{what}"), &body).await.status.as_u16()
    };
    assert_eq!(post("note", serde_json::json!({"body": "<b>look</b>"})).await, 200);
    assert_eq!(post("note", serde_json::json!({"body": " "})).await, 422);
    assert_eq!(post("severity", serde_json::json!({"severity": 3, "reason": "few"})).await, 200);
    assert_eq!(post("severity", serde_json::json!({"severity": 9})).await, 422);
    assert_eq!(post("rename", serde_json::json!({"title": "Paying does not work"})).await, 200);
    assert_eq!(
        post("update", serde_json::json!({"body": "We look.", "state": "identified", "next_min": 30})).await,
        200
    );
    assert_eq!(post("update", serde_json::json!({"body": "x", "state": "great"})).await, 422);
    assert_eq!(post("acknowledge", serde_json::json!({})).await, 200);
    assert_eq!(post("resolve", serde_json::json!({})).await, 200);
    assert_eq!(post("acknowledge", serde_json::json!({})).await, 409);
    assert_eq!(post("reopen", serde_json::json!({"reason": "no"})).await, 200);
    let page = town.stage.person(Role::Admin).get(&format!("/incidents/{}", town.incident)).await;
    assert!(page.body.contains("&lt;b&gt;look&lt;") && !page.body.contains("<b>look"), "{}", page.body);
    let reader = town.stage.program(Role::Reader);
    assert_eq!(reader.get(&room).await.status, 200);
    let refused = reader.post_json(&format!("{room}/acknowledge"), &serde_json::json!({})).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_rota_is_made_stood_in_for_and_subscribed_to() {
    let town = town().await;
    let admin = town.stage.program(Role::Admin);
    let rota = serde_json::json!({
        "client": town.client, "name": "Permits", "zone": "Europe/Amsterdam",
        "layers": [{"rotation": "weekly", "on": "monday", "start": "2026-02-23", "handoff": "09:00", "people": [town.noor]}],
    });
    let made = admin.post_json("/api/v1/rotas/save", &rota).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.post_json("/api/v1/rotas/save", &rota).await.status, 422, "the name is taken");
    let mut wrong = rota.clone();
    wrong["zone"] = "Mars/Olympus".into();
    assert_eq!(admin.post_json("/api/v1/rotas/save", &wrong).await.status, 422);
    let path = format!("/api/v1/rotas/{id}/overrides");
    let over = async |from: &str, until: &str| {
        let body = serde_json::json!({"person": town.noor, "from": from, "until": until});
        admin.post_json(&path, &body).await.status.as_u16()
    };
    assert_eq!(over("2026-03-02T09:00", "2026-03-02T17:00").await, 200);
    assert_eq!(over("2026-03-02T17:00", "2026-03-02T09:00").await, 422, "reversed");
    assert_eq!(over("2026-02-02T17:00", "2026-02-03T09:00").await, 422, "over already");
    assert_eq!(over("soon", "2026-03-02T09:00").await, 422);
    let person = town.stage.person(Role::Admin);
    for span in ["week", "month"] {
        let page = person.get(&format!("/rotas/{id}?span={span}&from=2026-03-04")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("Noor Kaya"));
    }
    assert_eq!(person.get(&format!("/rotas/{id}/edit")).await.status, 200);
    let feed =
        admin.get(&format!("/api/v1/rotas/{id}")).await.json()["feed_url"].as_str().unwrap().to_owned();
    let path = feed.split("8080").nth(1).unwrap().to_owned();
    let calendar = town.stage.stranger().get(&path).await;
    assert_eq!(calendar.status, 200);
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\n") && calendar.body.contains("Permits: Noor Kaya"));
    assert_eq!(town.stage.stranger().get("/on-call/feed/0000.ics").await.status, 404);
    let policy = serde_json::json!({
        "client": town.client, "name": "Permits", "repeat": 1,
        "steps": [{"wait_min": 5, "page": [format!("rota:{id}")]}],
    });
    let made = admin.post_json("/api/v1/escalations/save", &policy).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let escalation = made.json()["id"].as_str().unwrap().to_owned();
    let assign = serde_json::json!({"service": town.service, "escalation": escalation});
    assert!(admin.post_json("/api/v1/escalations/assign", &assign).await.status.is_success());
    let on_call = admin.get("/api/v1/on-call").await.json();
    assert_eq!(on_call["services"][0]["steps"][0]["people"][0], "Noor Kaya");
    let remove = serde_json::json!({"confirm": "Permits"});
    let refused = admin.post_json(&format!("/api/v1/rotas/{id}/remove"), &remove).await;
    assert_eq!(refused.status, 409, "an escalation needs it");
    assert_eq!(person.get(&format!("/escalations/{escalation}/edit")).await.status, 200);
    assert_eq!(person.get("/escalations").await.status, 200);
}

#[tokio::test]
async fn the_public_page_tells_what_was_published_and_nothing_else() {
    let town = town().await;
    let admin = town.stage.program(Role::Admin);
    let stranger = town.stage.stranger();
    let save = format!("/api/v1/status-pages/{}/save", town.service);
    let page = |public: bool| serde_json::json!({"slug": "permits", "title": "Permits", "public": public});
    assert_eq!(admin.post_json(&save, &page(false)).await.status, 200);
    assert_eq!(stranger.get("/status/permits").await.status, 404, "not published");
    assert_eq!(town.stage.person(Role::Reader).get("/status/permits").await.status, 200, "a preview");
    assert_eq!(admin.post_json(&save, &page(true)).await.status, 200);
    let shown = stranger.get("/status/permits").await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(!shown.body.contains("payment is down"), "titles are ours until somebody publishes");
    assert!(shown.body.len() < 20_000 && !shown.body.contains("<script"), "{}", shown.body.len());
    let update = serde_json::json!({"body": "Paying <fails>.", "state": "identified"});
    let path = format!("/api/v1/incidents/{}/update", town.incident);
    assert_eq!(admin.post_json(&path, &update).await.status, 200);
    assert!(stranger.get("/status/permits").await.body.contains("Paying &lt;fails"));
    let summary = stranger.get("/status/permits/api/v2/summary.json").await.json();
    assert_eq!(summary["incidents"][0]["status"], "identified");
    assert_eq!(summary["incidents"][0]["impact"], "critical");
    assert_eq!(summary["incidents"][0]["incident_updates"][0]["body"], "Paying <fails>.");
    assert_eq!(summary["stale"], true, "nothing was ever measured");
    assert!(summary["page"]["name"] == "Permits" && summary["generated_at"].is_string());
    for file in [
        "status.json",
        "components.json",
        "incidents.json",
        "incidents/unresolved.json",
        "scheduled-maintenances.json",
        "scheduled-maintenances/active.json",
        "scheduled-maintenances/upcoming.json",
    ] {
        assert_eq!(stranger.get(&format!("/status/permits/api/v2/{file}")).await.status, 200, "{file}");
    }
    assert_eq!(stranger.get("/status/permits/api/v2/other.json").await.status, 404);
    let rss = stranger.get("/status/permits/feed.rss").await;
    assert!(
        rss.body.contains("<rss version=\"2.0\"") && rss.body.contains("Paying &lt;fails&gt;."),
        "{}",
        rss.body
    );
    assert_eq!(
        admin.post_json(&save, &serde_json::json!({"slug": "No Good", "title": "x"})).await.status,
        422
    );
}
