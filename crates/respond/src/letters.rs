//! What is written to people who are summoned.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Problem;
use schemars::JsonSchema;
use serde::Serialize;

use web::{Language, Letter, Post, Sample, Text, letters_of};

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

impl Letter for PageLetter {
    const TEMPLATE: &'static str = "respond/page.letter.html";

    /// What and which state come first, because a phone shows forty characters.
    fn subject(&self) -> Text {
        let key = if self.resolved { "letter-subject-resolved" } else { "letter-subject-open" };
        Text::key(key).with("title", &self.title).with("service", &self.service).with("number", self.number)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at: Timestamp = "2026-11-21T03:01:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let open = PageLetter {
            resolved: false,
            number: 14,
            title: "payment: status 502, expected 200".into(),
            service: "Parking permits".into(),
            severity: Severity::new(1),
            state: "open".into(),
            since: at,
            lasted_s: 60,
            person: "Noor Kaya".into(),
            zone: "Europe/Amsterdam".into(),
            others: vec!["Ben Smit".into()],
            failed: vec![Failed { title: "payment".into(), reason: "status 502, expected 200".into() }],
            changes: vec![Changed { at, what: "change-declaration".into(), name: "3".into() }],
            acknowledge_url: Some("https://tend.example/a/x".into()),
            incident_url: "https://tend.example/incidents/inc_x".into(),
            reason: String::new(),
            since_text: "2026-11-21 04:01 CET".into(),
            again: false,
        };
        let bare = PageLetter {
            others: Vec::new(),
            failed: Vec::new(),
            changes: Vec::new(),
            again: true,
            ..open.clone()
        };
        let resolved = PageLetter {
            resolved: true,
            state: "resolved".into(),
            acknowledge_url: None,
            reason: "alerts-cleared".into(),
            lasted_s: 754,
            ..open.clone()
        };
        let by_person = PageLetter { reason: "The bank rolled back.".into(), ..resolved.clone() };
        vec![
            ("open", open),
            ("bare, again", bare),
            ("resolved", resolved),
            ("resolved by a person", by_person),
        ]
    }
}

/// Every letter with its samples.
#[must_use]
pub fn letters() -> Vec<Sample> {
    letters_of::<PageLetter>()
}

/// Writes letters with the templates and texts of this installation.
pub struct Writer {
    /// Templates, texts, links.
    pub post: Post,
}

impl Writes for Writer {
    fn write(&self, letter: &PageLetter, language: &str) -> Result<Words, Problem> {
        let language = Language::from_tag(language).unwrap_or_default();
        let zone = TimeZone::get(&letter.zone).unwrap_or(TimeZone::UTC);
        let written = self.post.pages.letter_in(letter, language, &zone)?;
        Ok(Words { subject: written.subject, text: written.text, html: Some(written.html) })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.post.settings.base_url)
    }

    fn sign(&self, purpose: &str, payload: &str, until: Timestamp) -> String {
        self.post.signer.sign(purpose, payload, until)
    }
}
