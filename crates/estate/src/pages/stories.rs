use kernel::{ClientId, Role, Scope};
use serde_json::{Value, json};
use web::testing::{Stage, clock_and_dice};
use web::{Part, StatusCode};

use super::*;
use crate::graph::{self, End};
use crate::services::{self, Draft, Ownership, Phase, Service};

struct Town {
    stage: Stage,
    scope: Scope,
    client: ClientId,
}

impl Town {
    async fn new() -> Town {
        let part = Part { name: "estate", templates: TEMPLATES, texts: TEXTS };
        let stage = Stage::new(routes(), &[part], &[&identity::SCHEMA, &crate::SCHEMA]).await;
        let (clock, dice) = clock_and_dice();
        let scope = Scope::task("test", clock, dice);
        let mut tx = stage.site.db.write("test", &scope).await.unwrap();
        let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.unwrap();
        tx.commit().await.unwrap();
        Town { stage, scope, client: client.id }
    }

    async fn service(&self, name: &str, declared_in: Option<&str>) -> Service {
        let draft = Draft {
            client_id: self.client,
            name: name.into(),
            description: String::new(),
            owner: None,
            ownership: Ownership::Client,
            consumers: String::new(),
            end_of_life: None,
        };
        let mut tx = self.stage.site.db.write("test", &self.scope).await.unwrap();
        let service = services::add(&mut tx, &draft, Phase::Live, "", declared_in).await.unwrap();
        tx.commit().await.unwrap();
        service
    }
}

#[tokio::test]
async fn a_service_is_added_on_screen_and_stands_in_the_list() {
    let town = Town::new().await;
    let admin = town.stage.person(Role::Admin);
    let empty = admin.get("/").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.body.contains("There is no service yet") && empty.body.contains("tend apply DIR"));
    let fields = format!("client={}&name=Parking+permits&phase=beta&ownership=shared", town.client);
    let added = admin.fills_in("/services/new", "/services/new", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let shown = admin.get(added.header("location")).await;
    assert!(shown.body.contains("Parking permits is not watched yet"), "{}", shown.body);
    let list: Value = town.stage.program(Role::Reader).get("/api/v1/services").await.json();
    assert_eq!(list["answer"]["total"], 1);
    assert_eq!(list["rows"][0]["phase"], "beta");
    assert_eq!(list["may_add"], false, "a reader may look");
}

#[tokio::test]
async fn a_refused_form_says_what_is_wrong_and_keeps_what_was_typed() {
    let town = Town::new().await;
    let admin = town.stage.person(Role::Admin);
    let fields = format!("client={}&name=Parking&end_of_life=soon&description=Kept", town.client);
    let refused = admin.fills_in("/services/new", "/services/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Write the day as 2029-12-31.") && refused.body.contains("Kept"));
    let api = town.stage.program(Role::Admin);
    let nameless = api.post_json("/api/v1/services/new", &json!({ "client": town.client })).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = api.post_json("/api/v1/services/new", &json!({ "name": "Parking" })).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_may_only_look_changes_nothing() {
    let town = Town::new().await;
    let service = town.service("Parking", None).await;
    for role in [Role::Reader, Role::ClientContact, Role::Agent, Role::Engineer] {
        let api = town.stage.program(role);
        assert_eq!(api.get(&format!("/api/v1/services/{}", service.id)).await.status, StatusCode::OK);
        let entered = api
            .post_json(
                &format!("/api/v1/services/{}/phase", service.id),
                &json!({"phase": "retiring", "reason": "x"}),
            )
            .await;
        assert_eq!(entered.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let stranger = town.stage.stranger().get(&format!("/services/{}", service.id)).await;
    assert_ne!(stranger.status, StatusCode::OK);
    let unknown =
        town.stage.program(Role::Admin).get("/api/v1/services/svc_00000000000000000000000009").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_file_declares_is_changed_in_the_file() {
    let town = Town::new().await;
    let service = town.service("Parking", Some("town.yml:3")).await;
    let admin = town.stage.program(Role::Admin);
    for (path, body) in
        [("edit", json!({ "name": "Permits" })), ("phase", json!({ "phase": "retiring", "reason": "over" }))]
    {
        let refused = admin.post_json(&format!("/api/v1/services/{}/{path}", service.id), &body).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{path}");
        assert!(refused.body.contains("town.yml:3"), "{}", refused.body);
    }
    let shown = town.stage.person(Role::Admin).get(&format!("/services/{}", service.id)).await;
    assert!(shown.body.contains("town.yml:3") && !shown.body.contains("/edit\""));
}

#[tokio::test]
async fn parts_are_added_and_a_circle_is_refused_by_name() {
    let town = Town::new().await;
    let service = town.service("Parking", None).await;
    let admin = town.stage.program(Role::Admin);
    let at = |path: &str| format!("/api/v1/services/{}/{path}", service.id);
    let environment = admin.post_json(&at("environments"), &json!({ "name": "production" })).await.json();
    let component = |name: &str| json!({ "name": name, "environment": environment["id"] });
    let web = admin.post_json(&at("components"), &component("web")).await.json();
    let pay = admin.post_json(&at("components"), &component("payment")).await.json();
    let end = |one: &Value| format!("{}.{}", service.id, one["id"].as_str().unwrap());
    let add = async |from: &Value, to: &Value| {
        admin.post_json(&at("dependencies"), &json!({ "from": end(from), "to": end(to) })).await
    };
    assert_eq!(add(&web, &pay).await.status, StatusCode::OK);
    let circle = add(&pay, &web).await;
    assert_eq!(circle.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(circle.body.contains("Parking/payment → Parking/web → Parking/payment"), "{}", circle.body);
    let shown = town.stage.person(Role::Reader).get(&format!("/services/{}", service.id)).await;
    assert!(shown.body.contains("<svg class=\"graph-picture\"") && shown.body.contains("payment"));
    let page =
        town.stage.person(Role::Admin).get(&format!("/components/{}", pay["id"].as_str().unwrap())).await;
    assert_eq!(page.status, StatusCode::OK);
    let remove = format!("/api/v1/components/{}/remove", pay["id"].as_str().unwrap());
    let unsure = admin.post_json(&remove, &json!({ "confirm": "web" })).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sure = admin.post_json(&remove, &json!({ "confirm": "payment" })).await;
    assert!(sure.status.is_success());
    let left = graph::dependencies(&town.stage.site.db, &town.scope, service.id).await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn a_dependency_cannot_be_forged_for_another_service() {
    let town = Town::new().await;
    let (ours, theirs) = (town.service("Ours", None).await, town.service("Theirs", None).await);
    let admin = town.stage.program(Role::Admin);
    let body = json!({ "from": theirs.id.to_string(), "to": ours.id.to_string() });
    let refused = admin.post_json(&format!("/api/v1/services/{}/dependencies", ours.id), &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut tx = town.stage.site.db.write("test", &town.scope).await.unwrap();
    let part = graph::add_component(&mut tx, &theirs, "part", "", None, None).await.unwrap();
    let mixed = End { service: ours.id, component: Some(part.id) };
    let wrong =
        graph::add_dependency(&mut tx, mixed, End { service: theirs.id, component: None }, None).await;
    assert!(wrong.is_err(), "a component of one service under the name of another");
}

#[tokio::test]
async fn the_timeline_tells_what_happened_and_narrows_to_a_kind() {
    let town = Town::new().await;
    let service = town.service("Parking", None).await;
    let admin = town.stage.program(Role::Admin);
    let phase = json!({ "phase": "retiring", "reason": "The contract lapses" });
    admin.post_json(&format!("/api/v1/services/{}/phase", service.id), &phase).await;
    let at = |query: &str| format!("/services/{}/timeline{query}", service.id);
    let all = town.stage.person(Role::Reader).get(&at("")).await;
    assert!(all.body.contains("The phase went from live to retiring: The contract lapses"), "{}", all.body);
    let watch = admin.get(&format!("/api/v1{}", at("?kind=watch"))).await.json();
    assert_eq!(watch["entries"], json!([]));
    let bad = admin.get(&format!("/api/v1{}", at("?kind=nonsense"))).await;
    assert!(bad.status.is_client_error());
}

#[tokio::test]
async fn search_finds_services_and_components() {
    let town = Town::new().await;
    let service = town.service("Parking permits", None).await;
    let mut tx = town.stage.site.db.write("test", &town.scope).await.unwrap();
    graph::add_component(&mut tx, &service, "park bench", "", None, None).await.unwrap();
    tx.commit().await.unwrap();
    let mut found = Vec::new();
    for source in search::sources() {
        let some = source.find(&town.stage.site, &town.scope, "park", 5).await.unwrap();
        found.extend(some.into_iter().map(|one| (one.title, one.hint)));
    }
    assert_eq!(
        found,
        [
            ("Parking permits".into(), "Lindehaven".into()),
            ("park bench".to_owned(), "Parking permits".to_owned())
        ]
    );
}
