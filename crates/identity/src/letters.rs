//! What this feature writes to people.

use jiff::{SignedDuration, Timestamp};
use kernel::Problem;
use serde::Serialize;
use store::Tx;
use web::{Language, Letter, Post, Text};

use crate::deliver::Content;
use crate::model::Channel;
use crate::store::outbox;
use crate::store::people::{self, Person};

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

/// What changed about how somebody signs in or is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// There is a new password.
    Password,
    /// The second factor is on.
    TotpOn,
    /// The second factor is off.
    TotpOff,
    /// There are new codes to recover.
    Recovery,
    /// There is one more way to be reached.
    Contact,
}

impl Change {
    /// Every change.
    pub const ALL: [Change; 5] =
        [Change::Password, Change::TotpOn, Change::TotpOff, Change::Recovery, Change::Contact];

    fn word(self) -> &'static str {
        match self {
            Change::Password => "password",
            Change::TotpOn => "totp-on",
            Change::TotpOff => "totp-off",
            Change::Recovery => "recovery",
            Change::Contact => "contact",
        }
    }
}

/// Word to somebody that how they sign in or are reached was changed, in case it was not they who did it.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeLetter {
    /// Whom it is for.
    pub name: String,
    /// The sentence that says so.
    pub what: Text,
    /// When.
    pub at: Timestamp,
    /// Who did it, when it was somebody else.
    pub by: Option<String>,
    /// The way to be reached that was added, without what is secret in it.
    pub way: Option<String>,
    /// Where it is changed back.
    pub url: String,
}

impl ChangeLetter {
    fn new(person: &Person, change: Change, at: Timestamp, base_url: &str) -> ChangeLetter {
        let path = if change == Change::Contact { "/me/contact" } else { "/me/security" };
        ChangeLetter {
            name: person.name.clone(),
            what: Text::key(format!("letter-change-{}", change.word())),
            at,
            by: None,
            way: None,
            url: format!("{base_url}{path}"),
        }
    }
}

impl Letter for ChangeLetter {
    const TEMPLATE: &'static str = "identity/change.letter.html";
    fn subject(&self) -> Text {
        self.what.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let noor = crate::pages::sample_noor();
        let letter = |change| ChangeLetter::new(&noor, change, noor.added_at, "https://tend.example");
        let [password, on, off, recovery, contact] = Change::ALL.map(letter);
        vec![
            ("password", password),
            ("second factor on", on),
            ("second factor off, by somebody", ChangeLetter { by: Some("Ada Admin".into()), ..off }),
            ("codes to recover", recovery),
            ("a way to be reached", ChangeLetter { way: Some("ntfy.example".into()), ..contact }),
        ]
    }
}

/// How long word of a change is worth sending.
const CHANGE_HOLDS: SignedDuration = SignedDuration::from_hours(48);

/// Tells somebody, at the address they sign in with, what was changed by this transaction. `way` is what was added.
pub(crate) async fn tell(
    post: &Post,
    tx: &mut Tx,
    person: &Person,
    change: Change,
    way: Option<String>,
) -> Result<(), Problem> {
    let scope = tx.scope().clone();
    let by = match scope.actor().person().filter(|actor| *actor != person.id) {
        Some(other) => Some(people::person_in(tx, other).await?.name),
        None => None,
    };
    let base_url = &post.settings.base_url;
    let letter = ChangeLetter { by, way, ..ChangeLetter::new(person, change, scope.now(), base_url) };
    let sending =
        Sending { purpose: "change", to: None, link: letter.url.clone(), give_up_after: CHANGE_HOLDS };
    send(post, tx, person, &letter, sending).await
}

/// How a letter goes out.
pub(crate) struct Sending {
    /// What it is for, a word with a text `message-WORD`.
    pub purpose: &'static str,
    /// Where to; none for the address that the person signs in with.
    pub to: Option<Channel>,
    /// Where it leads.
    pub link: String,
    /// After how long nobody wants it any more.
    pub give_up_after: SignedDuration,
}

/// Posts a letter to a person with this transaction, in their language and zone.
pub(crate) async fn send(
    post: &Post,
    tx: &mut Tx,
    person: &Person,
    letter: &impl Letter,
    sending: Sending,
) -> Result<(), Problem> {
    let message = outbox::Message {
        person: Some(person.id),
        purpose: sending.purpose,
        channel: sending.to.unwrap_or_else(|| Channel::Mail { address: person.mail.clone() }),
        content: content(post, letter, person, Some(sending.link))?,
        give_up_after: sending.give_up_after,
    };
    outbox::post(tx, message).await.map(|_| ())
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
