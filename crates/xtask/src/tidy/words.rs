//! Rules about words in Rust code: what may not be named where.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::repo::Repo;
use super::source::Source;

/// Ways to open a connection outward.
static OUTWARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(TcpStream::connect|TcpSocket::|UdpSocket::|UnixStream::connect|reqwest::|hyper::client|client::legacy|lettre::|surge_ping::)",
    )
});
/// Input, output, waiting and clocks.
static IMPURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\basync\b|\.await\b|\b(tokio|sqlx|tracing|futures)::|std::(fs|env|process|thread|io)\b|\b(TcpStream|TcpListener|UdpSocket|SystemTime|Instant)\b|\b(Db|Tx)\b|\b(Timestamp|Zoned)::now\b|\b(print|println|eprint|eprintln)!",
    )
});
/// A rule takes the time as `now`, also where it takes a scope to ask who may what.
static ASKS_TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.(now|random|clock|dice)(::<.*>)?\(\)"));
/// The system's clock and dice.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(SystemTime::now|Instant::now|Timestamp::now|Zoned::now|getrandom::|rand::|OsRng|thread_rng)")
});
/// Routes made past the table of routes.
static ROUTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\bRouter::new|\baxum::(Router|routing)\b|\bMethodRouter\b"));
/// Lint exceptions without a reason.
static ALLOW: LazyLock<Regex> = LazyLock::new(|| pattern(r"#!?\[\s*allow\("));
/// Work left for later. Put together from halves, or this file would break its own rule.
static LATER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(r"\b(TO", r"DO|FIX", r"ME|XX", r"X|HA", r"CK)\b|\b(to", r"do|unimpl", r"emented)!"))
});
/// A line of the closed list of facts, and a fact in use.
static FACT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s+(?:Signal|Fact|Evaluate|Act|Report) ([A-Z]\w+) \{"));
static FACT_USED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bFact::([A-Z]\w+)"));
/// Waiting by the clock.
static SLEEP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bsleep(_until)?\("));
/// The same in browser stories.
static JS_SLEEP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(setTimeout|waitForTimeout)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant")
}

/// Only the world opens a connection outward. Tests may reach what they started themselves.
pub fn outward(repo: &Repo) -> Vec<Finding> {
    // The workshop measures from outside and ships nothing; the demonstration's service is somebody else's
    // program and asks its own bank on loopback.
    let others = repo.sources.iter().filter(|source| !["world", "xtask", "demo"].contains(&source.krate()));
    shipped(
        others,
        &OUTWARD,
        |word| format!("opens a connection outward (`{word}`)"),
        "ask `kernel::world::World`",
    )
}

/// The kernel and every `rules.rs` only compute.
pub fn pure(repo: &Repo) -> Vec<Finding> {
    let is_rules = |source: &Source| source.path.ends_with("/rules.rs") || source.path.contains("/rules/");
    let say = |word: &str| format!("is to compute only, but names `{word}`");
    let rules = || repo.sources.iter().filter(|source| is_rules(source));
    let kernel = repo.sources.iter().filter(|source| source.krate() == "kernel");
    let instead =
        "let tasks.rs or pages.rs gather it first and hand it in as a value; the time comes in as `now`";
    let mut findings = shipped(rules(), &IMPURE, say, instead);
    findings.extend(shipped(rules(), &ASKS_TIME, say, instead));
    findings.extend(shipped(kernel, &IMPURE, say, "put it into the crate that does it"));
    findings
}

/// Only `tend` knows what time it is. The doors and a feature's tasks may measure how long something takes by the
/// executor's clock, which a test can hold; the doors also by the system's, with a reason.
pub fn clock_and_dice(repo: &Repo) -> Vec<Finding> {
    const DOORS: &[&str] = &["store", "lake", "world", "web", "server", "demo"];
    const EXCEPTED: &[&str] = &["tend", "xtask"];
    let mut findings = Vec::new();
    for source in repo.sources.iter().filter(|source| !EXCEPTED.contains(&source.krate())) {
        let door = DOORS.contains(&source.krate());
        let held = source.uncommented.iter().any(|text| text.contains("tokio::time"));
        let spans = held && (door || source.path.contains("/tasks"));
        for (line, code) in source.shipped() {
            let Some(found) = CLOCK.find(code) else { continue };
            if !(spans && found.as_str() == "Instant::now" || door && excused(source, line)) {
                let what = format!("reads the system's clock or dice (`{}`)", found.as_str());
                let instead = "ask the scope: `scope.now()`, `scope.random()`";
                findings.push(Finding::new(&source.path, line, what, instead));
            }
        }
    }
    findings
}

/// Whether a lint exception with a reason stands at the head of the file or shortly above the line.
fn excused(source: &Source, line: usize) -> bool {
    /// As far above as an exception on a function of ordinary length stands.
    const NEAR: usize = 40;
    let exception = |text: &String| text.contains("disallowed_methods");
    let near = source.uncommented[line.saturating_sub(NEAR)..line].iter().any(exception);
    near || source.uncommented.iter().filter(|text| text.trim_start().starts_with("#!")).any(exception)
}

/// Routes are made by `web::Routes`, whose every method asks who may come in.
pub fn access(repo: &Repo) -> Vec<Finding> {
    // The demonstration's web service is somebody else's program.
    let features =
        repo.sources.iter().filter(|source| !["web", "server", "demo", "xtask"].contains(&source.krate()));
    shipped(
        features,
        &ROUTER,
        |word| format!("makes a route without an access row (`{word}`)"),
        "use `web::Routes`",
    )
}

/// A lint exception gives its reason.
pub fn exceptions(repo: &Repo) -> Vec<Finding> {
    let instead = "write `#[expect(lint, reason = \"..\")]`, which also tells when it is no longer needed";
    let mut findings = Vec::new();
    for source in &repo.sources {
        for (at, code) in source.code.iter().enumerate() {
            if ALLOW.is_match(code) && !reasoned(source, at) {
                findings.push(Finding::new(
                    &source.path,
                    at + 1,
                    "a lint exception without a reason",
                    instead,
                ));
            }
        }
    }
    findings
}

/// Whether the attribute that starts on a line, from 0, gives a reason before it closes.
fn reasoned(source: &Source, at: usize) -> bool {
    let rest = source.code[at..].iter().enumerate();
    let close = rest.into_iter().find(|(_, line)| line.contains(")]")).map_or(at, |(more, _)| at + more);
    source.code[at..=close].iter().any(|line| line.contains("reason ="))
}

/// Nothing is left for later.
pub fn unfinished(repo: &Repo) -> Vec<Finding> {
    const KINDS: &[&str] =
        &["rs", "toml", "html", "ftl", "sql", "md", "js", "mjs", "css", "yml", "yaml", "sh"];
    let mut findings = Vec::new();
    for file in
        repo.files.iter().filter(|file| KINDS.iter().any(|kind| file.path.ends_with(&format!(".{kind}"))))
    {
        for (line, text) in file.lines() {
            if let Some(found) = LATER.find(text) {
                let what = format!("left for later (`{}`)", found.as_str());
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "do it, or file it as an issue and say nothing here",
                ));
            }
        }
    }
    // The lints name the macros that they refuse.
    findings.retain(|finding| !finding.file.ends_with("tidy/crates.rs"));
    findings
}

/// No test waits by the clock.
pub fn no_sleep(repo: &Repo) -> Vec<Finding> {
    let instead = "wait for the thing itself: a line, a row, an answer; or move the clock by hand";
    let mut findings = Vec::new();
    for source in repo.sources.iter().filter(|source| source.krate() != "xtask") {
        for (line, code) in source.tests() {
            if SLEEP.is_match(code) {
                findings.push(Finding::new(&source.path, line, "a test sleeps", instead));
            }
        }
    }
    for file in repo.files.iter().filter(|file| file.path.starts_with("e2e/") && file.path.ends_with(".mjs"))
    {
        for (line, text) in file.lines() {
            if JS_SLEEP.is_match(text) {
                findings.push(Finding::new(&file.path, line, "a browser story sleeps", instead));
            }
        }
    }
    findings
}

/// What can happen is a closed list, and each of it does happen.
pub fn facts(repo: &Repo) -> Vec<Finding> {
    const LIST: &str = "crates/kernel/src/fact.rs";
    // `web` has a sentence for each and records none.
    let shipped = repo.sources.iter().filter(|source| !["kernel", "web"].contains(&source.krate()));
    let said: HashSet<String> = shipped
        .flat_map(|source| source.shipped().map(|(_, code)| code))
        .flat_map(|code| FACT_USED.captures_iter(code).map(|found| found[1].to_owned()))
        .collect();
    let Some(list) = repo.sources.iter().find(|source| source.path == LIST) else { return Vec::new() };
    let mut findings = Vec::new();
    for (line, code) in list.shipped() {
        let Some(name) = FACT.captures(code).map(|found| found[1].to_owned()) else { continue };
        if !said.contains(&name) {
            let what = format!("nobody records `{name}`");
            findings.push(Finding::new(
                LIST,
                line,
                what,
                "record it where it becomes true, or take it off the list",
            ));
        }
    }
    findings
}

fn shipped<'a>(
    sources: impl Iterator<Item = &'a Source>,
    pattern: &Regex,
    say: impl Fn(&str) -> String,
    instead: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for (line, code) in source.shipped() {
            if let Some(found) = pattern.find(code) {
                findings.push(Finding::new(&source.path, line, say(found.as_str()), instead));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
