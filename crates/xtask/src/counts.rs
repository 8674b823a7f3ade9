//! How many tests ran, read from the closing lines of the runners.

use std::ops::AddAssign;
use std::process::ExitCode;
use std::sync::LazyLock;

use regex::Regex;

/// Tests that passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Held.
    pub passed: u64,
    /// Did not hold.
    pub failed: u64,
    /// Not run.
    pub skipped: u64,
}

impl Counts {
    /// How a program with these counts ends.
    pub fn exit(&self) -> ExitCode {
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tests: {} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The counts of a nextest run: its last `Summary [..] N tests run: ..` line.
pub fn of_nextest(lines: &[String]) -> Option<Counts> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(\d+) (passed|failed|timed out|exec failed|skipped)\b").expect("the pattern is constant")
    });
    let line = lines.iter().rev().find(|line| line.contains("Summary [") && line.contains(" run: "))?;
    let mut counts = Counts::default();
    let tail = line.split_once(" run: ")?.1;
    for found in WORD.captures_iter(tail) {
        let number: u64 = found[1].parse().ok()?;
        match &found[2] {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

/// The counts of node's test runner: its closing `# pass N` or `ℹ pass N` lines.
pub fn of_node(lines: &[String]) -> Option<Counts> {
    let last = |word: &str| {
        lines.iter().rev().find_map(|line| {
            let rest = line.trim().strip_prefix('#').or_else(|| line.trim().strip_prefix('ℹ'))?;
            rest.trim().strip_prefix(word)?.trim().parse::<u64>().ok()
        })
    };
    Some(Counts {
        passed: last("pass ")?,
        failed: last("fail ")? + last("cancelled ").unwrap_or(0),
        skipped: last("skipped ").unwrap_or(0) + last("todo ").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests;
