use store::testing::each_db;

use super::*;

mod guide;

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    let source = |(file, text): &(&str, &str)| Source { file: (*file).into(), text: (*text).to_owned() };
    files.iter().map(source).collect()
}

fn checked(files: &[(&str, &str)]) -> Checked {
    check_sources(sources(files), Vec::new(), Some(&Names::default()))
}

fn said(files: &[(&str, &str)]) -> Vec<String> {
    checked(files).mistakes.iter().map(ToString::to_string).collect()
}

const TOWN: &str = include_str!("tests/town.yml");

#[test]
fn the_town_has_no_mistakes() {
    assert_eq!(said(&[("town.yml", TOWN)]), [] as [&str; 0]);
    assert_eq!(checked(&[("town.yml", TOWN)]).report(), "no mistakes\n");
}

#[test]
fn every_kind_of_mistake_is_found_at_once_in_every_file() {
    let text = "\
clents: []
clients: [{ name: Lindehaven }]
people:
  - { name: Noor Kaya, email: noor@kustwerk.example, zone: Europe/Amsterdm, roles: [{ role: enginer }] }
  - { name: Ben Smit, email: ben@kustwerk.example, zone: Europe/Amsterdm, colour: red }
services:
  - name: Parking
    client: Lindehaven
    phaze: live
    components: { name: web }
  - Maps
  - name: Maps
    client: Lindehaven
    owner: Ben Smitt
";
    assert_eq!(
        said(&[
            ("a.yml", text),
            ("b.yml", "services:\n\t- name: X\n"),
            ("c.yml", "- name: X\n"),
            ("d.yml", "")
        ]),
        [
            "a.yml:1:1: unknown key \"clents\"; did you mean \"clients\"?",
            "a.yml:4:93: \"enginer\" is not known here; did you mean \"engineer\"?",
            "a.yml:5:58: no time zone is called \"Europe/Amsterdm\"; write for example Europe/Amsterdam",
            "a.yml:5:75: unknown key \"colour\"; known are name, email, language, zone, roles, contact, rules",
            "a.yml:9:5: unknown key \"phaze\"; did you mean \"phase\"?",
            "a.yml:10:17: expected a list, found a map of keys",
            "a.yml:11:5: expected keys (name, client, phase, owner, ownership, description, consumers, end_of_life, \
             environments, components, depends_on), found \"Maps\"",
            "a.yml:14:12: no person is called \"Ben Smitt\"; did you mean \"Ben Smit\"?",
            "b.yml:2:1: a tab indents this line; YAML wants spaces",
            "c.yml:1:1: a file holds sections: operator, clients, people, teams, services, rotas, escalations",
        ]
    );
}

#[test]
fn a_report_shows_the_line_and_a_caret() {
    let checked = checked(&[("town.yml", "services:\n  - name: A\n    phaze: live\n")]);
    assert_eq!(
        checked.report(),
        "\
mistake: unknown key \"phaze\"; did you mean \"phase\"?
  --> town.yml:3:5
  |
3 |     phaze: live
  |     ^

1 mistake
"
    );
}

#[test]
fn names_may_stand_in_other_files_and_in_the_database() {
    let clients = ("a.yml", "clients: [{ name: Lindehaven }]");
    let service = ("b.yml", "services: [{ name: A, client: Lindehaven, owner: Noor Kaya }]");
    assert_eq!(said(&[clients, service]), ["b.yml:1:50: no person is called \"Noor Kaya\""]);
    let mut stored = Names::default();
    stored.add("person", "Noor Kaya");
    let with = check_sources(sources(&[clients, service]), Vec::new(), Some(&stored));
    assert_eq!(with.mistakes, []);
    let without = check_sources(sources(&[clients, service]), Vec::new(), None);
    assert_eq!(without.mistakes, [], "nobody asked the database");
}

#[test]
fn a_bomb_and_a_flood_end_soon() {
    let bomb = "a: &a [x]\nb: &b [*a, *a]\nservices: [*b, *b]\n";
    let mistakes = said(&[("bomb.yml", bomb)]);
    assert!(mistakes.iter().any(|one| one.contains("aliases")), "{mistakes:?}");
    let flood = "services:\n".to_owned() + &"  - { nam: x }\n".repeat(20_000);
    assert_eq!(said(&[("flood.yml", &flood)]).len(), yaml::MAX_FAULTS);
}

fn lines(outcome: &Outcome) -> Vec<String> {
    outcome.changes.iter().map(ToString::to_string).collect()
}

async fn applied(db: &Db, scope: &Scope, text: &str) -> Outcome {
    let names = stored_names(db, scope).await.unwrap();
    let checked = check_sources(sources(&[("town.yml", text)]), Vec::new(), Some(&names));
    assert_eq!(checked.mistakes, [], "{}", checked.report());
    apply(db, scope, &checked.folder).await.unwrap()
}

const SCHEMAS: &[&store::Schema] =
    &[&identity::SCHEMA, &estate::SCHEMA, &watch::SCHEMA, &journeys::SCHEMA, &respond::SCHEMA];

#[tokio::test]
async fn a_plan_says_what_applying_does_and_changes_nothing() {
    each_db(SCHEMAS, async |db, scope| {
        let checked = checked(&[("town.yml", TOWN)]);
        let planned = plan(&db, &scope, &checked.folder).await.unwrap();
        assert!(estate::services::all(&db, &scope).await.unwrap().is_empty());
        assert!(db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.is_empty());
        let applied = apply(&db, &scope, &checked.folder).await.unwrap();
        assert_eq!((lines(&planned), planned.mistakes), (lines(&applied), applied.mistakes.clone()));
        assert!(applied.count(Action::Add) > 0 && applied.count(Action::Remove) == 0);
        let newest = db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.remove(0);
        let added = u32::try_from(applied.count(Action::Add)).unwrap();
        let changed = u32::try_from(applied.count(Action::Change)).unwrap();
        assert_eq!(newest.fact, Fact::DeclarationApplied { added, changed, removed: 0 });
    })
    .await;
}

#[tokio::test]
async fn applied_twice_there_is_nothing_to_change() {
    each_db(SCHEMAS, async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let facts = db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.len();
        assert_eq!(applied(&db, &scope, TOWN).await.report(), "nothing to change\n");
        assert_eq!(db.facts(&scope, &kernel::Paging::default()).await.unwrap().items.len(), facts);
    })
    .await;
}

#[tokio::test]
async fn what_is_exported_applies_as_no_change() {
    each_db(SCHEMAS, async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let text = export(&db, &scope).await.unwrap();
        assert_eq!(applied(&db, &scope, &text).await.report(), "nothing to change\n", "{text}");
        assert_eq!(export(&db, &scope).await.unwrap(), text);
    })
    .await;
}

#[tokio::test]
async fn a_mistake_found_while_applying_leaves_everything_as_it_was() {
    each_db(SCHEMAS, async |db, scope| {
        applied(&db, &scope, TOWN).await;
        let before = export(&db, &scope).await.unwrap();
        let text = TOWN.replace("phase: live", "phase: alpha").replace("Waste calendar", "Waste");
        let checked = checked(&[("town.yml", &text)]);
        let outcome = apply(&db, &scope, &checked.folder).await.unwrap();
        assert!(outcome.mistakes[0].message.starts_with("a service in live cannot enter alpha"));
        assert_eq!(export(&db, &scope).await.unwrap(), before);
    })
    .await;
}
