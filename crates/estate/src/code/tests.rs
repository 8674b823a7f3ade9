use kernel::code::{Applying, Declared, Names, Place};
use kernel::{ClientId, Id, PersonId};
use store::Db;
use store::testing::each_db;

use super::*;
use crate::SCHEMA;

fn parts(text: &str) -> Vec<Declared<ServicePart>> {
    let read: Vec<Spanned<ServicePart>> = serde_saphyr::from_str(text).unwrap();
    let at = |one: &Spanned<ServicePart>| {
        Place::new("town.yml", 1, 1).at(one.referenced.line(), one.referenced.column())
    };
    read.into_iter().map(|one| Declared::new(at(&one), one.value)).collect()
}

fn said(text: &str) -> Vec<String> {
    let parts = parts(text);
    let mut known = Names::default();
    known.complete = true;
    known.add("client", "Lindehaven");
    known.add("person", "Noor Kaya");
    names(&parts, &mut known);
    check(&parts, &known).iter().map(ToString::to_string).collect()
}

const TOWN: &str = "
- name: Parking permits
  client: Lindehaven
  phase: beta
  owner: Noor Kaya
  ownership: shared
  description: Residents ask for a permit.
  end_of_life: 2029-12-31
  environments: [production, staging]
  components:
    - { name: web, environment: production, depends_on: [payment, Maps/tiles] }
    - { name: payment, description: Takes money. }
  depends_on: [Maps]
- name: Maps
  components: [{ name: tiles }]
";

#[test]
fn a_town_without_mistakes_has_none() {
    assert_eq!(said(TOWN), [] as [&str; 0]);
}

#[test]
fn every_mistake_is_found_where_it_stands() {
    assert_eq!(
        said(
            "
- name: Parking
  client: Lindenhaven
  owner: Noor Kaia
  end_of_life: 2029-02-30
  environments: [production, Production]
  components:
    - { name: web, environment: prodution, depends_on: [paymet, Mops, Maps/tile] }
    - { name: payment, depends_on: [web] }
    - { name: a/b }
  depends_on: [Maps, Maps]
- name: parking
  client: Lindenhaven
- name: Maps
  components: [{ name: tiles }]
- name: ''
"
        ),
        [
            "town.yml:3:11: no client is called \"Lindenhaven\"; did you mean \"Lindehaven\"?",
            "town.yml:4:10: no person is called \"Noor Kaia\"; did you mean \"Noor Kaya\"?",
            "town.yml:5:16: \"2029-02-30\" is not a day; write it like 2029-12-31",
            "town.yml:6:30: environment \"Production\" is already declared at town.yml:6:18",
            "town.yml:8:33: no environment of this service is called \"prodution\"; did you mean \"production\"?",
            "town.yml:8:57: no component or service is called \"paymet\"; did you mean \"payment\"?",
            "town.yml:8:65: no component or service is called \"Mops\"; did you mean \"Maps\"?",
            "town.yml:8:71: no component or service is called \"Maps/tile\"; did you mean \"Maps/tiles\"?",
            "town.yml:10:15: a name holds no slash; it stands between a service and its component",
            "town.yml:11:22: dependency \"Maps\" is already declared at town.yml:11:16",
            "town.yml:12:9: service \"parking\" is already declared at town.yml:2:9",
            "town.yml:13:11: no client is called \"Lindenhaven\"; did you mean \"Lindehaven\"?",
            "town.yml:16:9: a name is empty",
        ]
    );
}

#[test]
fn circles_are_named() {
    assert_eq!(
        said(
            "
- name: A
  components: [{ name: x, depends_on: [y] }, { name: y, depends_on: [x] }]
  depends_on: [B]
- name: B
  depends_on: [C]
- name: C
  depends_on: [A]
- name: D
  depends_on: [D]
"
        ),
        [
            "town.yml:3:70: this dependency closes a circle: A/y -> A/x -> A/y",
            "town.yml:8:16: this dependency closes a circle: C -> A -> B -> C",
            "town.yml:10:16: this dependency closes a circle: D -> D",
        ]
    );
}

async fn applied(db: &Db, scope: &kernel::Scope, text: &str) -> Applying {
    let mut applying = Applying::default();
    applying.ids.operator = Some(ClientId::from_u128(1));
    applying.ids.clients.insert("Kustwerk".into(), ClientId::from_u128(1));
    applying.ids.clients.insert("Lindehaven".into(), ClientId::from_u128(2));
    applying.ids.people.insert("Noor Kaya".into(), PersonId::from_u128(9));
    let mut tx = db.write("test", scope).await.unwrap();
    apply(&mut tx, &parts(text), &mut applying).await.unwrap();
    if applying.mistakes.is_empty() {
        tx.commit().await.unwrap();
    }
    applying
}

fn lines(applying: &Applying) -> Vec<String> {
    applying.changes.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_is_declared_becomes_so_and_the_second_time_nothing_changes() {
    each_db(&[&SCHEMA], async |db, scope| {
        assert_eq!(
            lines(&applied(&db, &scope, TOWN).await),
            [
                "+ service Parking permits",
                "+ service Maps",
                "+ environment Parking permits/production",
                "+ environment Parking permits/staging",
                "+ component Parking permits/web",
                "+ component Parking permits/payment",
                "+ component Maps/tiles",
                "+ dependency Parking permits on Maps",
                "+ dependency Parking permits/web on Parking permits/payment",
                "+ dependency Parking permits/web on Maps/tiles",
            ]
        );
        let facts = db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.len();
        assert_eq!(lines(&applied(&db, &scope, TOWN).await), [] as [&str; 0]);
        assert_eq!(
            lines(&applied(&db, &scope, &format!("# moved down a line\n{TOWN}")).await),
            [] as [&str; 0]
        );
        assert_eq!(db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.len(), facts);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_longer_declared_goes_but_a_service_stays() {
    each_db(&[&SCHEMA], async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let after = "
- name: Parking permits
  client: Lindehaven
  phase: live
  description: Residents ask for a permit.
  ownership: shared
  environments: [production]
  components: [{ name: web }]
";
        assert_eq!(
            lines(&applied(&db, &scope, after).await),
            [
                "~ service Parking permits (owner: Noor Kaya -> nobody, end of life: 2029-12-31 -> none, phase: beta -> live)",
                "~ service Maps (no longer declared; it stays, kept on screen)",
                "~ component Parking permits/web (environment)",
                "- component Maps/tiles",
                "- component Parking permits/payment",
                "- environment Parking permits/staging",
                "- dependency Parking permits on Maps",
            ]
            .map(str::to_owned)
        );
        assert_eq!(lines(&applied(&db, &scope, after).await), [] as [&str; 0]);
        let maps = services::found(&db, &scope, "maps", 1).await.unwrap();
        assert_eq!(maps[0].declared_in, None);
    })
    .await;
}

#[tokio::test]
async fn what_people_made_on_screen_is_left_alone() {
    each_db(&[&SCHEMA], async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let maps = services::found(&db, &scope, "maps", 1).await.unwrap().remove(0);
        let mut tx = db.write("test", &scope).await.unwrap();
        graph::add_component(&mut tx, &maps, "by hand", "", None, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(lines(&applied(&db, &scope, TOWN).await), [] as [&str; 0]);
        assert_eq!(graph::components(&db, &scope, maps.id).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_phase_that_cannot_follow_and_a_circle_with_the_database_are_mistakes() {
    each_db(&[&SCHEMA], async |db, scope| {
        applied(&db, &scope, "- name: A\n  depends_on: [B]\n- name: B\n").await;
        let wrong = applied(&db, &scope, "- name: A\n  phase: alpha\n  depends_on: [B]\n- name: B\n").await;
        let said: Vec<String> = wrong.mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["town.yml:2:10: a service in live cannot enter alpha; from there it may enter retiring"]
        );
        let mut tx = db.write("test", &scope).await.unwrap();
        let all = services::all_in(&mut tx).await.unwrap();
        let c = services::add(
            &mut tx,
            &draft_of(&Service { name: "C".into(), ..all[0].clone() }),
            Phase::Live,
            "",
            None,
        )
        .await
        .unwrap();
        let end = |id| End { service: id, component: None };
        graph::add_dependency(&mut tx, end(c.id), end(all[0].id), None).await.unwrap();
        tx.commit().await.unwrap();
        let wrong =
            applied(&db, &scope, "- name: A\n  depends_on: [B]\n- name: B\n  depends_on: [C, D]\n").await;
        let said: Vec<String> = wrong.mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "town.yml:4:19: no component or service is called \"D\"; did you mean \"A\"?",
                "town.yml:4:16: this dependency closes a circle: B -> C -> A -> B",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_exported_applies_as_no_change() {
    each_db(&[&SCHEMA], async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let client = |id: ClientId| (id != ClientId::from_u128(1)).then(|| "Lindehaven".to_owned());
        let exported = export(&db, &scope, client, |_| Some("Noor Kaya".into())).await.unwrap();
        let list: Vec<ServicePart> = exported.into_iter().map(|(_, part)| part).collect();
        let text = serde_saphyr::to_string(&list).unwrap();
        assert_eq!(said(&text), [] as [&str; 0]);
        assert_eq!(lines(&applied(&db, &scope, &text).await), [] as [&str; 0], "{text}");
    })
    .await;
}
