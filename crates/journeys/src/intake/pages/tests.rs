use kernel::Role;

use crate::intake::Identity;
use crate::intake::incoming::{Asked, Incoming};
use crate::intake::testing::Ground;
use kernel::lake::Origin;

#[tokio::test]
async fn a_source_is_added_changed_and_removed() {
    let ground = Ground::at("2026-11-21T12:00:00Z").await;
    let scope = ground.scope();
    let mut tx = ground.site().db.write("test", &scope).await.expect("a write");
    let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.expect("a client");
    let draft = estate::services::Draft {
        client_id: client.id,
        name: "Parking permits".into(),
        description: String::new(),
        owner: None,
        ownership: estate::services::Ownership::Client,
        consumers: String::new(),
        end_of_life: None,
    };
    let phase = estate::services::Phase::Live;
    let service = estate::services::add(&mut tx, &draft, phase, "", None).await.expect("a service");
    tx.commit().await.expect("committed");
    let owner = ground.stage.person(Role::ServiceOwner);
    let new = format!("/services/{}/sources/new", service.id);
    let got = owner
        .fills_in(
            &new,
            &new,
            "name=website&domains=www.svc.example&identity=daily&keep=400&respects_signals=on",
        )
        .await;
    assert_eq!(got.status.as_u16(), 303, "{}", got.body);
    let at = got.header("location").to_owned();
    let page = owner.get(&at).await;
    assert!(
        page.body.contains("website has told nothing yet") && page.body.contains("/t.js"),
        "{}",
        page.body
    );
    let got = owner.fills_in(&new, &new, "name=app&domains=svc.example&identity=daily").await;
    assert_eq!(got.status.as_u16(), 422);
    assert!(got.body.contains("Another source has svc.example already."), "{}", got.body);
    let edit = format!("{at}/edit");
    let got = owner.fills_in(&edit, &edit, "name=site&domains=new.example&identity=none&keep=").await;
    assert_eq!(got.status.as_u16(), 303, "{}", got.body);
    assert!(owner.get(&at).await.body.contains("new.example"));
    let got = owner.fills_in(&edit, &format!("{at}/remove"), "confirm=other").await;
    assert_eq!(got.status.as_u16(), 422);
    let got = owner.fills_in(&edit, &format!("{at}/remove"), "confirm=site").await;
    assert_eq!(got.status.as_u16(), 303, "{}", got.body);
    assert_eq!(owner.get(&at).await.status.as_u16(), 404);
    assert_eq!(ground.stage.person(Role::Engineer).get(&new).await.status.as_u16(), 403);
}

#[tokio::test]
async fn the_list_says_what_comes_in_and_what_does_not() {
    let ground = Ground::at("2026-11-21T12:30:00Z").await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let asked = Asked {
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0".into(),
        ..Asked::by(Origin::Plausible)
    };
    let event = Incoming { name: "pageview".into(), url: "/".into(), ..Incoming::default() };
    let late = Incoming { at: Some("1970-01-01T00:00:00Z".parse().expect("an instant")), ..event.clone() };
    ground.takes(&source, &asked, vec![event.clone(), event, late]).await;
    let admin = ground.stage.program(Role::Admin);
    let list = admin.get("/api/v1/sources").await.json();
    let row = &list["sources"][0];
    assert_eq!((&row["day"]["taken"], &row["day"]["ignored"]), (&2.into(), &1.into()));
    let one = admin.get(&format!("/api/v1/sources/{}", source.id)).await.json();
    assert_eq!((&one["reasons"][0]["reason"], &one["reasons"][0]["day"]), (&"too-old".into(), &1.into()));
    assert!(one["ways"][0]["snippet"].as_str().is_some_and(|text| text.contains(&source.key)));
}
