//! What this feature writes to people.

use kernel::Problem;
use serde::Serialize;
use web::{Language, Letter, Post, Text};

use crate::deliver::Content;
use crate::store::people::Person;

/// A link to sign in with.
#[derive(Debug, Clone, Serialize)]
pub struct SignInLetter {
    /// Whom it is for.
    pub name: String,
    /// The link.
    pub url: String,
    /// How long it works.
    pub minutes: i64,
}

impl Letter for SignInLetter {
    const TEMPLATE: &'static str = "identity/sign_in.letter.html";
    fn subject(&self) -> Text {
        Text::key("letter-sign-in-subject")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let url = "https://tend.example/sign-in/link/2k7fq0".into();
        vec![("one", SignInLetter { name: "Noor Kaya".into(), url, minutes: 15 })]
    }
}

/// An invitation.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationLetter {
    /// Whom it is for.
    pub name: String,
    /// Who invites; none for the command line.
    pub by: Option<String>,
    /// The organisation that runs the installation.
    pub operator: String,
    /// The link.
    pub url: String,
    /// How long it works.
    pub days: i64,
}

impl Letter for InvitationLetter {
    const TEMPLATE: &'static str = "identity/invitation.letter.html";
    fn subject(&self) -> Text {
        Text::key("letter-invitation-subject").with("operator", self.operator.as_str())
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let letter = |by: Option<&str>| InvitationLetter {
            name: "Noor Kaya".into(),
            by: by.map(str::to_owned),
            operator: "Kustwerk".into(),
            url: "https://tend.example/invite/2k7fq0".into(),
            days: 7,
        };
        vec![("by somebody", letter(Some("Ada Admin"))), ("by the command line", letter(None))]
    }
}

/// A code that proves an address.
#[derive(Debug, Clone, Serialize)]
pub struct CodeLetter {
    /// Whom it is for.
    pub name: String,
    /// The code.
    pub code: String,
    /// Where to type it.
    pub url: String,
    /// How long it works.
    pub minutes: i64,
}

impl Letter for CodeLetter {
    const TEMPLATE: &'static str = "identity/code.letter.html";
    fn subject(&self) -> Text {
        Text::key("letter-code-subject").with("code", self.code.as_str())
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let url = "https://tend.example/me/contact".into();
        vec![("one", CodeLetter { name: "Noor Kaya".into(), code: "042917".into(), url, minutes: 30 })]
    }
}

/// A test, as a page would come.
#[derive(Debug, Clone, Serialize)]
pub struct TestLetter {
    /// Whom it is for.
    pub name: String,
    /// Where the rules are set.
    pub url: String,
}

impl Letter for TestLetter {
    const TEMPLATE: &'static str = "identity/test.letter.html";
    fn subject(&self) -> Text {
        Text::key("letter-test-subject")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("one", TestLetter { name: "Noor Kaya".into(), url: "https://tend.example/me/contact".into() })]
    }
}

/// A letter as content for any channel, in the person's language and zone.
pub fn content(
    post: &Post,
    letter: &impl Letter,
    person: &Person,
    link: Option<String>,
) -> Result<Content, Problem> {
    let language = Language::from_tag(&person.language).unwrap_or_default();
    let zone = jiff::tz::TimeZone::get(&person.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let written = post.pages.letter_in(letter, language, &zone)?;
    Ok(Content {
        message_id: format!("@{}", host(&post.settings.base_url)),
        subject: written.subject,
        text: written.text,
        html: Some(written.html),
        link,
        urgent: false,
        headers: Vec::new(),
    })
}

/// The host of an address, for message ids.
fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split(['/', ':']).next().filter(|host| !host.is_empty()).unwrap_or("tend.invalid")
}
