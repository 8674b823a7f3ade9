//! The wall between clients, and the rights within one, proved for every door.
//!
//! `doors.txt` lists every door with who may come. A door that is not on the list fails, so that nobody
//! opens one without saying for whom; so does one that changed. The list of exceptions may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use testkit::persona::find;
use testkit::{Browser, Seen, Town, minutes};
use web::{Access, Row, Shape};

use crate::town::KUSTWERK;

/// Every door with who may come: `METHOD path access`.
const DOORS: &str = include_str!("doors.txt");

/// Words that only the people of Lindehaven may read.
const SECRETS: [&str; 5] = ["Lindehaven", "Checkout", "checkout.example", "Night watch", "start page"];

/// Doors at which a stranger reads one of these words all the same, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Doors that lead to what the town of this story does not have, or to what is one's own.
const UNFILLED: &[&str] = &[
    "/a/{token}",
    "/array/{token}/{file}",
    "/beat/{secret}",
    "/beat/{secret}/fail",
    "/beat/{secret}/start",
    "/first/{secret}",
    "/invite/{secret}",
    "/journeys/{id}/visits/{number}",
    "/maintenances/{id}/end",
    "/me/contact/{id}/code",
    "/me/contact/{id}/remove",
    "/me/contact/{id}/test",
    "/me/contact/{id}/verify",
    "/me/sessions/{id}/end",
    "/me/shown/{key}",
    "/me/tokens/{id}/revoke",
    "/on-call/feed/{file}",
    "/people/{id}/tokens/{token}/revoke",
    "/rotas/{id}/overrides/{over}/remove",
    "/sign-in/link/{secret}",
    "/status/{slug}/api/v2/{file}",
    "/status/{slug}/api/v2/{folder}/{file}",
    "/t/{file}",
];

/// Doors that answer only what is asked of them, and nothing where the program was built without SQL; who is
/// answered what is told in the stories of SQL.
const ASKED: &[&str] = &["/explore/sql.csv", "/explore/sql.parquet"];

/// More of Lindehaven than other stories need, so that every door leads to something.
fn town() -> String {
    let service = "  - name: Checkout\n    client: Lindehaven\n";
    let more = format!(
        "{service}    environments: [production]\n    components: [{{ name: payment }}]\n    depends_on: [Bank]\n    journeys: [{{ name: Pay, steps: [{{ name: cart, path: /cart }}, {{ name: paid, path: /paid }}], targets: {{ completion: 65%, within: 28d }} }}]\n    sources: [{{ name: website, domains: [checkout.example] }}]\n    capacities: [{{ name: gateway, serves: 25 }}]\n"
    );
    let bank = "  - name: Bank\n    client: Lindehaven\nescalations:\n";
    KUSTWERK.replace(service, &more).replace("escalations:\n", bank)
        + r#"
teams: [{ name: Lindehaven people, client: Lindehaven, members: [Ana] }]
rotas:
  - name: Lindehaven nights
    client: Lindehaven
    zone: Europe/Amsterdam
    layers: [{ rotation: weekly, start: 2026-01-05, handoff: "09:00", on: monday, people: [Ana, Ben] }]
"#
}

/// What stands in a path for one of its `{parameters}`.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// Finds one thing of every kind by reading, as the administrator, every list there is, and then every
    /// screen that they lead to.
    async fn of(olga: &Browser, rows: &[Row]) -> Things {
        let mut things = Things(BTreeMap::new());
        for (word, path, name) in [("client", "/clients", "Lindehaven"), ("people", "/people", "Ana")] {
            let list = olga.reads(path).await.json();
            let named =
                find(&list, &|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {list:#}"));
            things.0.insert(word, named["id"].as_str().unwrap_or_default().to_owned());
        }
        let ana = things.0.get("people").cloned().unwrap_or_default();
        things.0.insert("person", ana);
        things.0.insert("slug", "checkout".into());
        things.0.insert("month", "2026-01".into());
        for _ in 0..2 {
            for row in rows.iter().filter(|row| row.method == Method::GET && row.shape != Shape::Raw) {
                let (path, whole) = things.fill(&row.path);
                if !whole {
                    continue;
                }
                for id in ids(&olga.reads(&path).await.body) {
                    let kind = KINDS.iter().find(|(_, prefix)| id.starts_with(prefix));
                    if let Some((word, _)) = kind {
                        things.0.entry(word).or_insert(id);
                    }
                }
            }
        }
        // The public figures have the address of their service.
        let service = things.0.get("service").cloned().unwrap_or_default();
        things.0.insert("kpi", service);
        things
    }

    /// The path with something of Lindehaven in every place, and whether all places were filled.
    fn fill(&self, path: &str) -> (String, bool) {
        let mut whole = true;
        let mut before = "";
        let filled = path.split('/').map(|part| {
            let word = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let text = match word {
                None => part.to_owned(),
                Some(word) => {
                    let thing = self.0.get(word).or_else(|| self.0.get(before.trim_end_matches('s')));
                    whole &= thing.is_some();
                    thing.cloned().unwrap_or_else(|| "x".to_owned())
                }
            };
            before = part;
            text
        });
        let filled = filled.collect::<Vec<_>>().join("/");
        (filled, whole)
    }
}

/// The word in a path (in the singular) and the prefix of the ids that follow it.
const KINDS: &[(&str, &str)] = &[
    ("service", "svc_"),
    ("incident", "inc_"),
    ("probe", "prb_"),
    ("rota", "rta_"),
    ("escalation", "esc_"),
    ("client", "cli_"),
    ("team", "tea_"),
    ("component", "cmp_"),
    ("environment", "env_"),
    ("dependencie", "dep_"),
    ("role", "rol_"),
    ("journey", "jny_"),
    ("objective", "obj_"),
    ("source", "src_"),
    ("objective", "obj_"),
    ("capacitie", "cap_"),
];

fn ids(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.len() == 30 && word.as_bytes()[3] == b'_')
        .map(str::to_owned)
        .collect()
}

async fn ask(browser: &Browser, row: &Row, path: &str) -> Seen {
    match (row.shape, row.method == Method::GET) {
        (Shape::Raw, true) => browser.asks(Method::GET, path, "*/*", None).await,
        (Shape::Raw, false) => {
            browser.asks(row.method.clone(), path, "*/*", Some(("application/json", "{}".into()))).await
        }
        (_, true) => browser.reads(path).await,
        (_, false) => browser.does(path, &serde_json::json!({})).await,
    }
}

#[tokio::test]
async fn every_door_is_on_the_list_with_who_may_come() {
    Town::tells(KUSTWERK, async |town| {
        let line = |row: &Row| format!("{} {} {:?}", row.method, row.path, row.access);
        let mut open: Vec<String> = town.tend().doors().iter().map(line).collect();
        open.sort();
        let mut listed: Vec<&str> = DOORS.lines().filter(|line| !line.is_empty()).collect();
        listed.sort_unstable();
        let unlisted: Vec<_> = open.iter().filter(|line| !listed.contains(&line.as_str())).collect();
        let gone: Vec<_> = listed.iter().filter(|line| !open.iter().any(|open| open == *line)).collect();
        assert!(
            unlisted.is_empty() && gone.is_empty(),
            "not in doors.txt: {unlisted:#?}\nno longer there: {gone:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_a_stranger_and_a_reader_get_no_further_than_they_may() {
    Town::tells(&town(), async |town| {
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let nobody = town.passer_by();
        let olga = town.with_token("Olga").await;
        let stranger = town.with_token("Sanne").await;
        let reader = town.with_token("Cas").await;
        let rows = town.tend().doors();
        let things = Things::of(&olga, &rows).await;
        let mut wrong = Vec::new();
        let mut excepted = BTreeSet::new();
        for row in &rows {
            let (path, whole) = things.fill(&row.path);
            let door = format!("{} {}", row.method, row.path);
            if !whole && !UNFILLED.contains(&row.path.as_str()) {
                wrong.push(format!("{door} leads to nothing in this town: {path}"));
            }
            let seen = ask(&nobody, row, &path).await;
            let open = row.access == Access::Public && !row.path.starts_with("/status/");
            if let Some(word) = SECRETS.iter().find(|word| open && seen.body.contains(*word)) {
                wrong.push(format!("nobody at {door} reads {word:?}: {}", seen.body));
            }
            if row.access != Access::Public && seen.status != StatusCode::UNAUTHORIZED {
                wrong.push(format!("nobody at {door}: {}", seen.status));
            }
            let strange = ask(&stranger, row, &path).await;
            let about_something = row.path.contains('{') && whole && row.access != Access::Public;
            let own = row.path.contains("{client}") || row.path.contains("people");
            if about_something && !own && strange.status.is_success() {
                wrong.push(format!("a stranger at {door}: {}", strange.status));
            }
            let leak = SECRETS.iter().find(|word| strange.body.contains(*word));
            if let Some(word) = leak.filter(|_| row.access != Access::Public) {
                match EXCEPTIONS.iter().find(|(excepted, _)| *excepted == door) {
                    Some((door, _)) => drop(excepted.insert(*door)),
                    None => {
                        wrong.push(format!("a stranger at {door} ({path}) reads {word:?}: {}", strange.body))
                    }
                }
            }
            let read = ask(&reader, row, &path).await;
            match row.access {
                Access::See
                    if row.method == Method::GET
                        && whole
                        && !read.status.is_success()
                        && !ASKED.contains(&row.path.as_str()) =>
                {
                    wrong.push(format!("a reader at {door} ({path}): {}", read.status));
                }
                Access::Write | Access::Respond | Access::Manage | Access::Administer
                    if read.status != StatusCode::FORBIDDEN && read.status != StatusCode::NOT_FOUND =>
                {
                    wrong.push(format!("a reader at {door}: {}", read.status));
                }
                _ => {}
            }
            for (who, seen) in [("nobody", &seen), ("a stranger", &strange), ("a reader", &read)] {
                if seen.status.is_server_error() {
                    wrong.push(format!("{who} at {door} ({path}): {} {}", seen.status, seen.body));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {} doors: {wrong:#?}", wrong.len(), rows.len());
        let unneeded: Vec<_> = EXCEPTIONS.iter().filter(|(door, _)| !excepted.contains(door)).collect();
        assert!(unneeded.is_empty(), "no longer exceptions: {unneeded:?}");
        town.is_left_as_it_is();
    })
    .await;
}
