use store::testing::each_db;

use super::*;

const GOOD: &str = r#"
name: Permits
zone: Europe/Amsterdam
layers:
  - { rotation: weekly, on: monday, start: "2026-11-02", handoff: "09:00", people: [Noor Kaya, Ben Smit] }
  - rotation: { every: 12h }
    start: "2026-11-02"
    handoff: "08:00"
    people: [Ada Vos]
    only: [{ days: [mon..fri, sun], from: "09:00", to: "17:00" }]
"#;

const STEPS: &str = r#"
name: Permits
repeat: 1
acknowledgement: 45m
steps:
  - { wait: 5m, page: [{ rota: Permits }] }
  - { wait: 20s, page: [{ person: Ben Smit }] }
"#;

fn rota_of(text: &str) -> Declared<RotaPart> {
    Declared::new(Place::new("town.yml", 3, 5), serde_saphyr::from_str(text).unwrap())
}

fn steps_of(text: &str) -> Declared<EscalationPart> {
    Declared::new(Place::new("town.yml", 30, 5), serde_saphyr::from_str(text).unwrap())
}

fn parts(service: &str) -> Parts {
    Parts {
        rotas: vec![rota_of(GOOD)],
        escalations: vec![steps_of(STEPS)],
        services: vec![ServiceOnCall {
            client: None,
            service: "Parking permits".into(),
            part: Declared::new(Place::new("town.yml", 50, 5), serde_saphyr::from_str(service).unwrap()),
        }],
    }
}

fn known() -> Names {
    let mut names = Names::default();
    names.complete = true;
    for person in ["Noor Kaya", "Ben Smit", "Ada Vos"] {
        names.add("person", person);
    }
    super::names(&parts("{}"), &mut names);
    names
}

#[track_caller]
fn wrong(parts: &Parts, expected: &[&str]) {
    let said: Vec<String> = check(parts, &known()).iter().map(ToString::to_string).collect();
    assert_eq!(said, expected);
}

#[test]
fn a_good_folder_has_no_mistakes() {
    wrong(&parts("{ escalation: Permits, status_page: { slug: parking-permits, public: true } }"), &[]);
    wrong(&parts("{ on_call: [Noor Kaya] }"), &[]);
}

#[test]
fn each_mistake_is_said_with_its_place() {
    let with =
        |from: &str, to: &str| Parts { rotas: vec![rota_of(&GOOD.replace(from, to))], ..Parts::default() };
    wrong(
        &with("Europe/Amsterdam", "Europe/Amsterdan"),
        &["town.yml:3:7: no time zone is called \"Europe/Amsterdan\"; did you mean \"Europe/Amsterdam\"?"],
    );
    wrong(
        &with("Noor Kaya", "Nor Kaya"),
        &["town.yml:5:85: no person is called \"Nor Kaya\"; did you mean \"Noor Kaya\"?"],
    );
    for (from, to, says) in [
        ("on: monday", "on: mondag", "is not a day of the week"),
        ("handoff: \"09:00\"", "handoff: \"25:00\"", "is not a time of day"),
        ("start: \"2026-11-02\", h", "start: \"2026-13-02\", h", "is not a day"),
        ("every: 12h", "every: 90m", "whole hours or days"),
        ("rotation: weekly, on: monday", "rotation: monthly", "write weekly, daily, hourly"),
        ("rotation: weekly", "rotation: daily", "`on` belongs to a weekly rotation"),
        ("mon..fri", "mon..fry", "is not a day of the week"),
    ] {
        let said = check(&with(from, to), &known());
        assert!(said.len() == 1 && said[0].message.contains(says), "{to}: {said:?}");
    }
    let twice = Parts { rotas: vec![rota_of(GOOD), rota_of(GOOD)], ..Parts::default() };
    assert!(check(&twice, &known())[0].message.contains("already declared"));
}

#[test]
fn steps_are_checked() {
    for (from, to, says) in [
        ("wait: 5m", "wait: soon", "is not a span of time"),
        ("wait: 5m", "wait: 30h", "between 1s and 24h"),
        ("[{ rota: Permits }]", "[]", "a step pages somebody"),
        ("{ rota: Permits }", "{ rota: Permits, person: Ben Smit }", "one of rota, person and team"),
        ("rota: Permits", "rota: Permit", "did you mean \"Permits\"?"),
        ("repeat: 1", "repeat: 99", "at most 20"),
    ] {
        let parts = Parts { escalations: vec![steps_of(&STEPS.replace(from, to))], ..Parts::default() };
        let said = check(&parts, &known());
        assert!(said.len() == 1 && said[0].message.contains(says), "{to}: {said:?}");
    }
    for (service, says) in [
        ("{ on_call: [Noor Kaya], escalation: Permits }", "not both"),
        ("{ status_page: { slug: Parking Permits } }", "is no part of an address"),
        ("{ escalation: Permit }", "did you mean"),
    ] {
        let said = check(&parts(service), &known());
        assert!(said.len() == 1 && said[0].message.contains(says), "{service}: {said:?}");
    }
}

fn applying() -> Applying {
    let mut applying = Applying::default();
    let client = ClientId::from_u128(1);
    applying.ids.operator = Some(client);
    for (number, person) in [(1, "Noor Kaya"), (2, "Ben Smit"), (3, "Ada Vos")] {
        applying.ids.people.insert(person.into(), PersonId::from_u128(number));
    }
    applying.ids.services.insert((client, "Parking permits".into()), ServiceId::from_u128(1));
    applying
}

async fn run(db: &Db, scope: &Scope, parts: &Parts) -> Vec<String> {
    let mut applying = applying();
    let mut tx = db.write("test", scope).await.unwrap();
    apply(&mut tx, parts, &mut applying).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(applying.mistakes, []);
    applying.changes.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn applying_twice_changes_nothing_and_leaving_out_removes() {
    each_db(&[&crate::SCHEMA], async |db, scope| {
        let full = parts("{ escalation: Permits, status_page: { slug: parking-permits, public: true } }");
        assert_eq!(
            run(&db, &scope, &full).await,
            [
                "+ rota Permits",
                "+ escalation Permits",
                "~ service Parking permits (escalation: Permits)",
                "+ status page parking-permits"
            ]
        );
        assert_eq!(run(&db, &scope, &full).await, Vec::<String>::new());
        let rotas = rota::all(&db, &scope, scope.now()).await.unwrap();
        assert_eq!(rotas[0].layers[1].rotation, Rotation::Hourly { hours: 12 });
        assert_eq!(rotas[0].layers[1].only[0].days.len(), 6);
        assert_eq!(rotas[0].declared_in.as_deref(), Some("town.yml:3"));

        let mut changed = full.clone();
        changed.rotas = vec![rota_of(&GOOD.replace("09:00\", p", "10:00\", p"))];
        assert_eq!(run(&db, &scope, &changed).await, ["~ rota Permits (layers)"]);

        let shorthand = parts("{ on_call: [Ben Smit] }");
        assert_eq!(
            run(&db, &scope, &shorthand).await,
            [
                "~ rota Permits (layers)",
                "+ escalation Parking permits (on call)",
                "- status page parking-permits"
            ]
        );
        assert_eq!(run(&db, &scope, &shorthand).await, Vec::<String>::new());

        let nothing = Parts { services: parts("{}").services, ..Parts::default() };
        assert_eq!(
            run(&db, &scope, &nothing).await,
            [
                "~ service Parking permits (escalation: none)",
                "- escalation Parking permits (on call)",
                "- escalation Permits",
                "- rota Permits"
            ]
        );
        assert!(escalation::by_service(&db, &scope).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_taken_address_is_a_mistake_and_not_a_fault() {
    each_db(&[&crate::SCHEMA], async |db, scope| {
        let page = StatusPage {
            id: StatusPageId::from_u128(9),
            client_id: ClientId::from_u128(1),
            service_id: ServiceId::from_u128(9),
            slug: "parking-permits".into(),
            title: "Other".into(),
            public: true,
            declared_in: None,
        };
        let mut tx = db.write("test", &scope).await.unwrap();
        status::save(&mut tx, &page).await.unwrap();
        let mut applying = applying();
        let declared = parts("{ status_page: { slug: parking-permits } }");
        apply(&mut tx, &declared, &mut applying).await.unwrap();
        assert!(applying.mistakes[0].message.contains("is taken"));
    })
    .await;
}
