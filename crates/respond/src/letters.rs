//! What is written to people who are summoned.

use jiff::Timestamp;
use kernel::Problem;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Severity;

/// Something that failed, for a letter.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Failed {
    /// What is the matter.
    pub title: String,
    /// How it was found out.
    pub reason: String,
}

/// Something that changed lately.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// The key of the text that says what (`change-…`).
    pub what: String,
    /// What it speaks of.
    pub name: String,
}

/// A letter to somebody about an incident.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PageLetter {
    /// It works again; otherwise: you are needed.
    pub resolved: bool,
    /// The incident's number.
    pub number: u64,
    /// What is the matter.
    pub title: String,
    /// The service's name.
    pub service: String,
    /// How bad.
    pub severity: Severity,
    /// Where it stands: `open`, `acknowledged`, `resolved`.
    pub state: String,
    /// Since when users feel it.
    pub since: Timestamp,
    /// Seconds it lasted.
    pub lasted_s: i64,
    /// Whose letter this is.
    pub person: String,
    /// Their time zone.
    pub zone: String,
    /// Who else was summoned.
    pub others: Vec<String>,
    /// What failed.
    pub failed: Vec<Failed>,
    /// What changed lately.
    pub changes: Vec<Changed>,
    /// Where to take it on without signing in; none once it is over.
    pub acknowledge_url: Option<String>,
    /// The incident.
    pub incident_url: String,
    /// Why it is over, for a resolved one.
    pub reason: String,
    /// The day in `since`, as the reader's clock shows it.
    pub since_text: String,
    /// Sent again after a stop in between: it may arrive twice.
    pub again: bool,
}

/// A letter as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// As text.
    pub text: String,
    /// As HTML.
    pub html: Option<String>,
}

/// Writes letters in a language.
pub trait Writes: Send + Sync {
    /// The letter in this language (`en`, `nl`).
    fn write(&self, letter: &PageLetter, language: &str) -> Result<Words, Problem>;
    /// The address of a path.
    fn url(&self, path: &str) -> String;
    /// A token for one purpose that holds until then.
    fn sign(&self, purpose: &str, payload: &str, until: Timestamp) -> String;
}
