use super::super::tests::{places, repo_of};
use super::*;

fn found(rule: fn(&Repo) -> Vec<Finding>, path: &str, text: &str) -> Vec<String> {
    places(&rule(&repo_of(&[(path, text)])))
}

const WATCH: &str = "crates/watch/src/tasks.rs";

#[test]
fn connections_outward_are_found_in_what_ships() {
    let text = "use tokio::net::TcpStream;\nasync fn a() { TcpStream::connect(at).await; }\n";
    assert_eq!(found(outward, WATCH, text), ["crates/watch/src/tasks.rs:2"]);
    assert!(found(outward, "crates/world/src/tcp.rs", text).is_empty());
    assert!(
        found(outward, "crates/server/src/slow/tests.rs", text).is_empty(),
        "tests reach what they started"
    );
    assert!(found(outward, WATCH, "// TcpStream::connect\nlet a = \"TcpStream::connect\";\n").is_empty());
    let inline = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { TcpStream::connect(x); }\n}\n";
    assert!(found(outward, WATCH, inline).is_empty());
    let after = format!("{inline}fn c() {{ TcpStream::connect(y); }}\n");
    assert_eq!(found(outward, WATCH, &after), ["crates/watch/src/tasks.rs:6"]);
}

#[test]
fn rules_only_compute() {
    let rules = "crates/watch/src/rules.rs";
    for impure in [
        "pub async fn a() {}",
        "let a = b.await;",
        "let a = std::fs::read(b);",
        "fn a(db: &Db) {}",
        "let r = scope.random::<8>();",
        "let t = clock.now();",
        "tracing::info!(x);",
        "std::env::var(x)",
    ] {
        assert_eq!(found(pure, rules, impure).len(), 1, "{impure}");
        assert!(found(pure, WATCH, impure).is_empty(), "{impure}");
    }
    let clean = "//! No async here.\npub fn decide(facts: &[Fact], now: Timestamp) -> Verdict { Verdict::of(facts, now) }\n";
    assert!(found(pure, rules, clean).is_empty());
    assert!(
        found(pure, "crates/kernel/src/scope.rs", "pub fn now(&self) -> T { self.clock.now() }").is_empty()
    );
    assert_eq!(found(pure, "crates/kernel/src/scope.rs", "use tokio::sync::Mutex;").len(), 1);
    assert_eq!(found(pure, "crates/respond/src/rules/rota.rs", "async fn a() {}").len(), 1);
}

#[test]
fn the_clock_is_read_by_the_program_alone() {
    let text = "fn a() {\n    let t = jiff::Timestamp::now();\n}\n";
    assert_eq!(found(clock_and_dice, WATCH, text), ["crates/watch/src/tasks.rs:2"]);
    assert!(found(clock_and_dice, "crates/tend/src/clock.rs", text).is_empty());
    let excused = "#[expect(clippy::disallowed_methods, reason = \"measures real waiting\")]\nfn a() { Instant::now() }\n";
    assert!(found(clock_and_dice, "crates/world/src/http.rs", excused).is_empty());
    assert_eq!(found(clock_and_dice, WATCH, excused).len(), 1, "no feature is excused");
    assert_eq!(found(clock_and_dice, "crates/world/src/http.rs", "fn a() { Instant::now() }").len(), 1);
    let held = "use tokio::time::Instant;\nfn a() { Instant::now() }";
    assert!(found(clock_and_dice, "crates/world/src/http.rs", held).is_empty());
    assert!(found(clock_and_dice, WATCH, held).is_empty(), "a task may measure a span");
    assert_eq!(found(clock_and_dice, "crates/watch/src/pages.rs", held).len(), 1);
    assert_eq!(found(clock_and_dice, WATCH, "getrandom::fill(&mut b)").len(), 1);
    assert!(found(clock_and_dice, WATCH, "let t = scope.now();").is_empty());
}

#[test]
fn routes_are_made_by_the_table() {
    assert_eq!(found(access, "crates/respond/src/pages.rs", "axum::Router::new()").len(), 1);
    assert_eq!(found(access, "crates/respond/src/pages.rs", "use axum::routing::get;").len(), 1);
    assert!(found(access, "crates/respond/src/pages.rs", "web::Routes::new(\"respond\")").is_empty());
    assert!(found(access, "crates/web/src/routes.rs", "axum::Router::new()").is_empty());
}

#[test]
fn exceptions_give_a_reason() {
    assert_eq!(found(exceptions, WATCH, "#[allow(dead_code)]\nfn a() {}").len(), 1);
    assert_eq!(found(exceptions, WATCH, "#![allow(clippy::x)]").len(), 1);
    assert!(found(exceptions, WATCH, "#[expect(dead_code, reason = \"the next issue uses it\")]").is_empty());
    assert!(found(exceptions, WATCH, "#[allow(\n    dead_code,\n    reason = \"x\"\n)]").is_empty());
    assert!(found(exceptions, WATCH, "/// Not `#[allow(x)]`.").is_empty());
}

#[test]
fn work_left_for_later_is_found() {
    assert_eq!(found(unfinished, WATCH, concat!("// TO", "DO: later")).len(), 1);
    assert_eq!(found(unfinished, "docs/guide.md", concat!("FIX", "ME")).len(), 1);
    assert_eq!(found(unfinished, WATCH, concat!("to", "do!()")).len(), 1);
    assert!(found(unfinished, WATCH, "let todos = list; // methods").is_empty());
}

#[test]
fn tests_do_not_sleep() {
    let test = "#[test]\nfn a() {\n    std::thread::sleep(x);\n}\n";
    assert_eq!(found(no_sleep, WATCH, test), ["crates/watch/src/tasks.rs:3"]);
    assert_eq!(found(no_sleep, "crates/testkit/src/town.rs", "tokio::time::sleep(x).await;").len(), 1);
    assert!(
        found(no_sleep, WATCH, "async fn a() { tokio::time::sleep(x).await; }").is_empty(),
        "a task may wait"
    );
    assert_eq!(found(no_sleep, "e2e/story.mjs", concat!("await page.wait", "ForTimeout(100);")).len(), 1);
    assert!(found(no_sleep, "e2e/story.mjs", "await page.waitForSelector('h1');").is_empty());
}

#[test]
fn a_fact_that_nobody_records_is_found() {
    let list = (
        "crates/kernel/src/fact.rs",
        "facts! {\n    /// Up.\n    Act PageSent { page: PageId }\n    Fact ClientAdded {}\n}\n",
    );
    let check = |code| places(&facts(&repo_of(&[list, ("crates/respond/src/tasks.rs", code)])));
    assert!(check("tx.record(Fact::PageSent { page }); tx.record(Fact::ClientAdded {})").is_empty());
    assert_eq!(check("tx.record(Fact::PageSent { page })"), ["crates/kernel/src/fact.rs:4"]);
    assert_eq!(check("// Fact::PageSent\nFact::ClientAdded {}"), ["crates/kernel/src/fact.rs:3"]);
}
