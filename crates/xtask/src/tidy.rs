//! The walls that a compiler does not see, held by code.
//!
//! Each rule reads the repository and returns findings: where, what is wrong, and what to do. A rule
//! without findings counts as a passed test. Taste is not checked here, walls are.

mod crates;
mod files;
mod repo;
mod source;
mod texts;
mod words;

use std::process::ExitCode;

use anyhow::Result;

use crate::counts::Counts;
use repo::Repo;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root.
    pub file: String,
    /// From 1; 0 when it is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub instead: String,
}

impl Finding {
    fn new(file: &str, line: usize, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Finding { file: file.to_owned(), line, what: what.into(), instead: instead.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = if self.line == 0 { String::new() } else { format!(":{}", self.line) };
        write!(f, "{}{line}: {}\n    {}", self.file, self.what, self.instead)
    }
}

/// A rule: its name, the promise it holds, and how it is checked.
pub struct Rule {
    /// Short, for the list.
    pub name: &'static str,
    /// The promise in one sentence.
    pub promise: &'static str,
    check: fn(&Repo) -> Vec<Finding>,
}

const fn rule(name: &'static str, promise: &'static str, check: fn(&Repo) -> Vec<Finding>) -> Rule {
    Rule { name, promise, check }
}

/// Every rule, in the order in which the design names them.
pub const RULES: &[Rule] = &[
    rule("levels", "A crate uses only what is below it.", crates::levels),
    rule("doors", "Each heavy dependency stands behind one door.", crates::doors),
    rule("real world", "Only the program and the test kit link the real world.", crates::real_world),
    rule("outward", "Only the world opens a connection outward.", words::outward),
    rule(
        "pure",
        "The kernel and every rules.rs do no input or output, know no async and read no clock.",
        words::pure,
    ),
    rule(
        "clock and dice",
        "Time and chance are handed in; only the program makes them.",
        words::clock_and_dice,
    ),
    rule("access", "A route comes with its access row; there is no other way to make one.", words::access),
    rule("exceptions", "A lint exception says why.", words::exceptions),
    rule("unfinished", "Nothing is left for later in the code.", words::unfinished),
    rule("facts", "Everything on the closed list of facts is recorded by somebody.", words::facts),
    rule("no sleep", "No test waits by sleeping.", words::no_sleep),
    rule("faces", "Every crate introduces itself and takes the workspace's lints.", crates::faces),
    rule(
        "lints",
        "The workspace's lints refuse unwrap, unfinished code and the system clock.",
        crates::lints,
    ),
    rule("template texts", "Every text in a template is a key.", texts::literals),
    rule("strict pages", "No inline script or style in a template.", texts::inline),
    rule("languages", "English and Dutch have the same keys with the same variables.", texts::languages),
    rule("known keys", "Every key that code or a template names exists.", texts::known_keys),
    rule("browser code", "Third-party browser code is not checked in.", files::browser_code),
    rule("lock files", "Lock files carry no download addresses.", files::lock_files),
    rule("schema", "Schema steps are numbered without holes and all are used.", files::schema),
    rule("architecture", "ARCHITECTURE.md names every crate.", files::architecture),
    rule("gate", "CI runs the gate that people run.", files::gate),
];

/// Runs every rule and prints what it finds.
///
/// # Errors
/// When the repository cannot be read.
pub fn check() -> Result<Counts> {
    let repo = Repo::read(&crate::shell::root())?;
    let mut counts = Counts::default();
    for rule in RULES {
        let findings = (rule.check)(&repo);
        if findings.is_empty() {
            counts.passed += 1;
            println!("  ok    {:<16} {}", rule.name, rule.promise);
            continue;
        }
        counts.failed += 1;
        println!("  BREAK {:<16} {}", rule.name, rule.promise);
        for finding in &findings {
            println!("{finding}");
        }
    }
    Ok(counts)
}

/// The command: every rule, and whether all hold.
///
/// # Errors
/// When the repository cannot be read.
pub fn run() -> Result<ExitCode> {
    let counts = check()?;
    println!("{counts}");
    Ok(counts.exit())
}

#[cfg(test)]
mod tests;
