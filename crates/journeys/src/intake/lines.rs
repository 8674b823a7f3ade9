//! What files have in common: lines of bounded length, counted and numbered, and ids made of their content.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::incoming::{Reason, Reject};

/// How many lines of each reason are named by number in a report.
pub const NAMED: usize = 5;

/// The id of the event of a line: of its content and of how often the same content came before in this file.
#[must_use]
pub fn id(line: &str, again: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(line.as_bytes());
    hash.update(again.to_le_bytes());
    hash.finalize()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lines that are remembered at a time, to tell one that is there again; about 50 MB for both generations.
pub const REMEMBERED: usize = 1_000_000;

/// How often each line was there before, by a hash of 64 bits: that any two of a billion different lines share one has
/// a chance of three in a hundred, and then one of them would only get another number.
/// Lines that are the same stand near each other, because they hold a time; so only the last one to two million
/// are remembered, by the place in the file alone, so that the same file always gives the same ids.
#[derive(Debug, Default)]
pub struct Repeats {
    now: HashMap<u64, u32>,
    earlier: HashMap<u64, u32>,
}

impl Repeats {
    /// How often it was there before.
    pub fn before(&mut self, line: &str) -> u32 {
        let hash = Sha256::digest(line.as_bytes());
        let short = u64::from_le_bytes(hash[..8].try_into().expect("a digest has 32 bytes"));
        if self.now.len() >= REMEMBERED {
            self.earlier = std::mem::take(&mut self.now);
        }
        let earlier = self.earlier.get(&short).copied().unwrap_or(0);
        let seen = self.now.entry(short).or_insert(earlier);
        *seen += 1;
        *seen - 1
    }
}

/// What was not taken and why, with the numbers of the first lines of each reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct NotTaken(BTreeMap<String, Lines>);

/// Lines of one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Lines {
    /// How many.
    pub count: u64,
    /// The numbers of the first of them, beginning with 1.
    pub first: Vec<u64>,
}

impl NotTaken {
    /// Adds a line.
    pub fn add(&mut self, number: u64, reject: &Reject) {
        self.because(number, &reject.detail, reject.reason);
    }

    /// Adds a line by its reason.
    pub fn because(&mut self, number: u64, detail: &str, reason: Reason) {
        let said = if detail.is_empty() { reason.word().to_owned() } else { detail.to_owned() };
        let lines = self.0.entry(said).or_default();
        lines.count += 1;
        if lines.first.len() < NAMED {
            lines.first.push(number);
        }
    }

    /// Reasons with their lines.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, &Lines)> {
        self.0.iter().map(|(reason, lines)| (reason.as_str(), lines))
    }

    /// How many lines.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().map(|lines| lines.count).sum()
    }
}

#[cfg(test)]
mod tests;
