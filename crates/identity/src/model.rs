//! The nouns: people and how to reach them, clients, teams, roles, sessions, tokens, links.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    ClientId, ContactMethodId, InviteId, PersonId, Role, RoleId, ServiceId, SessionId, TeamId, TokenId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest name of a person, client or team, in characters: longer ones are mistakes or attacks.
pub const MAX_NAME: usize = 120;
/// The longest mail address, bytes (RFC 5321 section 4.5.3.1.3: a path of 256 with its brackets).
pub const MAX_MAIL: usize = 254;
/// The longest address of a hook, bytes: what browsers and proxies take without trouble.
pub const MAX_URL: usize = 2000;
/// Contact methods of one person.
pub const MAX_METHODS: usize = 12;
/// Rules of one person.
pub const MAX_RULES: usize = 12;
/// Tokens of one person that are not withdrawn.
pub const MAX_TOKENS: usize = 50;
/// Roles of one person.
pub const MAX_ROLES: usize = 500;
/// Members of one team.
pub const MAX_MEMBERS: usize = 500;

/// Whether somebody may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Named, but never signed in yet: an invitation is out, or none was sent.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in, is not paged, and none of their tokens or sessions works.
    Suspended {
        /// Since when.
        at: Timestamp,
        /// Why, in the words of whoever did it.
        reason: String,
    },
}

impl Standing {
    /// The word in the database, in filters and in text keys.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Invited => "invited",
            Standing::Active => "active",
            Standing::Suspended { .. } => "suspended",
        }
    }
}

/// Which colours a person wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the browser says.
    #[default]
    System,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the choice.
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// The word in the database and in text keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of that word; the browser's choice for an unknown one.
    #[must_use]
    pub fn from_word(word: &str) -> Theme {
        Theme::ALL.into_iter().find(|theme| theme.word() == word).unwrap_or_default()
    }
}

/// Somebody with a name in Tend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// As they want to be called.
    pub name: String,
    /// The address they sign in with, in lower case.
    pub mail: String,
    /// `en` or `nl`.
    pub language: String,
    /// The IANA name of the time zone they live in.
    pub zone: String,
    /// Which colours they want.
    pub theme: Theme,
    /// Whether they may sign in.
    pub standing: Standing,
    /// When they were given a name in Tend.
    pub added_at: Timestamp,
    /// When they were last seen, to the nearest few minutes.
    pub seen_at: Option<Timestamp>,
    /// The file and line that declare them, if a file does.
    pub declared_in: Option<String>,
}

/// An organisation whose services are run: the wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its name, unique.
    pub name: String,
    /// Whether it is the operator itself, whose own services stand under this name.
    pub is_operator: bool,
    /// When it was added.
    pub added_at: Timestamp,
    /// The file and line that declare it, if a file does.
    pub declared_in: Option<String>,
}

/// People who answer for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The client within whose wall it stands.
    pub client_id: ClientId,
    /// Its name, unique within the client.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// The file and line that declare it, if a file does.
    pub declared_in: Option<String>,
}

/// A role of one person within a client or service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Held {
    /// Its id.
    pub id: RoleId,
    /// Who holds it.
    pub person_id: PersonId,
    /// The role.
    pub role: Role,
    /// The client it holds for; none means every client.
    pub client_id: Option<ClientId>,
    /// The only service it holds for; none means all services of the client.
    pub service_id: Option<ServiceId>,
    /// When it was given.
    pub granted_at: Timestamp,
    /// Who gave it, in the form of [`kernel::Actor`]'s text.
    pub granted_by: String,
    /// The file and line that declare it, if a file does.
    pub declared_in: Option<String>,
}

impl Held {
    /// The same as what a scope is made of.
    #[must_use]
    pub fn grant(&self) -> kernel::Grant {
        kernel::Grant { role: self.role, client: self.client_id, service: self.service_id }
    }
}

/// A way to reach a person, with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum Channel {
    /// A mail, through the operator's relay.
    Mail {
        /// The address.
        address: String,
    },
    /// An incoming webhook in the shape that Slack and Mattermost share.
    Chat {
        /// The secret address of the hook.
        url: String,
    },
    /// A push message: an ntfy topic, or Gotify when the address ends in `/message`.
    Push {
        /// The topic's address, or Gotify's `/message`.
        url: String,
        /// ntfy's access token where the topic wants one; Gotify's application token.
        token: Option<String>,
    },
    /// A text message, through the operator's HTTP gateway.
    Sms {
        /// The number in international form, `+` and digits (ITU-T E.164).
        number: String,
    },
}

/// The kind of a [`Channel`], without its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// See [`Channel::Mail`].
    Mail,
    /// See [`Channel::Push`].
    Push,
    /// See [`Channel::Chat`].
    Chat,
    /// See [`Channel::Sms`].
    Sms,
}

impl ChannelKind {
    /// Every kind, in the order in which a person without rules is reached.
    pub const ALL: [ChannelKind; 4] =
        [ChannelKind::Mail, ChannelKind::Push, ChannelKind::Chat, ChannelKind::Sms];

    /// The word in files, the database and text keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ChannelKind::Mail => "mail",
            ChannelKind::Push => "push",
            ChannelKind::Chat => "chat",
            ChannelKind::Sms => "sms",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<ChannelKind> {
        ChannelKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Channel {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ChannelKind {
        match self {
            Channel::Mail { .. } => ChannelKind::Mail,
            Channel::Chat { .. } => ChannelKind::Chat,
            Channel::Push { .. } => ChannelKind::Push,
            Channel::Sms { .. } => ChannelKind::Sms,
        }
    }

    /// The word of its kind: `mail`, `chat`, `push`, `sms`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.kind().word()
    }

    /// The address as it may be shown to its owner and administrators: hooks and topics are secrets, so
    /// of an address on the web only the host is shown.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Channel::Mail { address } => address.clone(),
            Channel::Sms { number } => number.clone(),
            Channel::Chat { url } | Channel::Push { url, .. } => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                format!("{}/…", host.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

/// How a contact method was proved to belong to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A code sent there came back.
    Code,
    /// The person signed in, or took an invitation, with a link sent there.
    Link,
    /// The operator declared it in a file, and answers for it.
    Declared,
}

impl Proof {
    /// The word in the database and text keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Proof::Code => "code",
            Proof::Link => "link",
            Proof::Declared => "declared",
        }
    }

    /// The proof of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Proof> {
        [Proof::Code, Proof::Link, Proof::Declared].into_iter().find(|proof| proof.word() == word)
    }
}

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Method {
    /// Its id.
    pub id: ContactMethodId,
    /// Where it goes.
    pub channel: Channel,
    /// Since when it is known to work; none while nobody proved it.
    pub verified_at: Option<Timestamp>,
}

/// One personal rule: this method, so long after being summoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rule {
    /// Which method.
    pub method: ContactMethodId,
    /// How long after the summons.
    #[schemars(with = "String")]
    pub after: SignedDuration,
}

/// A person with everything needed to reach them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reachable {
    /// Who.
    pub person: Person,
    /// Their methods, in the order in which they were added.
    pub methods: Vec<Method>,
    /// Their rules, in their order; may be empty.
    pub rules: Vec<Rule>,
}

impl Reachable {
    /// When to use which method, in order of time; see [`crate::rules::plan`]. Empty for somebody who is
    /// suspended or has no method at all.
    #[must_use]
    pub fn plan(&self) -> Vec<(SignedDuration, Method)> {
        match self.person.standing {
            Standing::Suspended { .. } => Vec::new(),
            Standing::Invited | Standing::Active => crate::rules::plan(&self.rules, &self.methods),
        }
    }
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Session {
    /// Its id, not the secret in the cookie.
    pub id: SessionId,
    /// Whose it is.
    pub person_id: PersonId,
    /// When it began.
    pub made_at: Timestamp,
    /// When it was last used, to the nearest few minutes.
    pub seen_at: Timestamp,
    /// What the browser calls itself.
    pub agent: String,
    /// The network address it began from.
    pub address: String,
    /// With what they signed in: `password`, `totp`, `recovery`, `link`, `invitation`, `first`
    pub with: String,
}

/// What a token may do at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenRight {
    /// Read.
    See,
    /// Also acknowledge, resolve, change probes and rotas.
    Respond,
    /// Also change services and apply declarations.
    Manage,
}

impl TokenRight {
    /// Every right a token can have, from least to most.
    pub const ALL: [TokenRight; 3] = [TokenRight::See, TokenRight::Respond, TokenRight::Manage];

    /// The word in the database, on the command line and in text keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            TokenRight::See => "see",
            TokenRight::Respond => "respond",
            TokenRight::Manage => "manage",
        }
    }

    /// The right of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<TokenRight> {
        TokenRight::ALL.into_iter().find(|right| right.word() == word)
    }

    /// The most a grant of the token may be.
    #[must_use]
    pub fn ceiling(self) -> Role {
        match self {
            TokenRight::See => Role::Reader,
            TokenRight::Respond => Role::Engineer,
            TokenRight::Manage => Role::ServiceOwner,
        }
    }
}

/// A place a token is limited to: a client, or one service of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The client.
    pub client: ClientId,
    /// The only service of it; none means all.
    pub service: Option<ServiceId>,
}

/// A key for programs, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// In whose name it acts.
    pub person_id: PersonId,
    /// What it is for.
    pub name: String,
    /// What it may do at most.
    pub right: TokenRight,
    /// Where; empty means wherever its person may.
    pub places: Vec<Place>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last used, to the nearest few minutes.
    pub used_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Makes the first administrator; valid until used or replaced.
    First,
    /// Takes an invitation.
    Invite,
    /// Signs in.
    SignIn,
    /// The second step of signing in: the password was right, the code is still to come.
    SecondStep,
}

impl LinkPurpose {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LinkPurpose::First => "first",
            LinkPurpose::Invite => "invite",
            LinkPurpose::SignIn => "sign_in",
            LinkPurpose::SecondStep => "second_step",
        }
    }

    /// How long such a link works; none means until used.
    #[must_use]
    pub fn lifetime(self) -> Option<SignedDuration> {
        match self {
            LinkPurpose::First => None,
            // A new colleague reads mail after a weekend and a holiday.
            LinkPurpose::Invite => Some(SignedDuration::from_hours(7 * 24)),
            // Long enough for a slow relay, short enough for an unattended mailbox.
            LinkPurpose::SignIn => Some(SignedDuration::from_mins(15)),
            LinkPurpose::SecondStep => Some(SignedDuration::from_mins(10)),
        }
    }
}

/// A link that may be used once, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: InviteId,
    /// Whose it is; none for the first administrator, who has no name yet.
    pub person_id: Option<PersonId>,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it stops working; none means until used.
    pub expires_at: Option<Timestamp>,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}
