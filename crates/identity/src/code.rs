//! The operator, clients, people and teams as they stand in files: shape, check, apply, export.
//!
//! - A client is known by its name, a team by client and name, a person by mail address (or by name, when the
//!   address is new and the person was declared before).
//! - Clients and people that are no longer declared stay: they become such that are kept on screen. What a file
//!   gave a person (roles, contact methods) goes; teams go.
//! - Methods that a file declares count as proved: the operator answers for them. A person's address counts as
//!   declared too, unless other mail is declared for them.
//! - Rules in a file replace those on screen; without rules in the file, people keep their own.

use std::collections::{BTreeMap, BTreeSet};

use kernel::code::{Applying, Declared, Mistake, Names, Place, Seen, differs};
use kernel::{ClientId, Grant, PersonId, Problem, Role, Scope, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use crate::deliver::SmsGateway;
use crate::model::{Channel, Client, MAX_METHODS, MAX_RULES, Method, Proof};
use crate::rules::{self, RuleLine};
use crate::store::people::{NewPerson, Person, Profile};
use crate::store::{clients, contact, operator, people, roles, teams};

/// A text with its place.
pub type Word = Spanned<String>;

/// The operator in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorPart {
    /// Its name, also that of its own client.
    pub name: Word,
    /// The gateway for text messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<SmsPart>,
}

/// The gateway for text messages in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmsPart {
    /// The address; `{number}` and `{text}` are filled in.
    pub url: Word,
    /// `POST` (when not said), `PUT` or `GET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Word>,
    /// Headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; `{number}` and `{text}` are filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Word>,
}

impl SmsPart {
    fn gateway(&self) -> SmsGateway {
        SmsGateway {
            url: self.url.value.clone(),
            method: self
                .method
                .as_ref()
                .map_or_else(|| "POST".to_owned(), |method| method.value.to_uppercase()),
            headers: self.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            body: self.body.as_ref().map(|body| body.value.clone()).unwrap_or_default(),
        }
    }

    fn place(&self, entry: &Place, field: &str) -> Place {
        match field {
            "method" => self.method.as_ref().map_or_else(|| place(entry, &self.url), |w| place(entry, w)),
            "body" => self.body.as_ref().map_or_else(|| place(entry, &self.url), |w| place(entry, w)),
            _ => place(entry, &self.url),
        }
    }
}

/// A client in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClientPart {
    /// Its name.
    pub name: Word,
}

/// A person in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PersonPart {
    /// As they want to be called.
    pub name: Word,
    /// The address they sign in with.
    pub email: Word,
    /// `en` (when not said) or `nl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Word>,
    /// The IANA name of their time zone; UTC when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Word>,
    /// What they may do and see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RolePart>,
    /// How they are reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<ContactPart>,
    /// When to use which way: `mail at once`, `push after 3m`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Word>,
}

/// A role in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RolePart {
    /// Its word.
    pub role: Spanned<Role>,
    /// The client it holds for; every client when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Word>,
    /// The only service of that client it holds for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Word>,
}

/// A contact method in a file: one of the four, and for push a token if it wants one.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ContactPart {
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Word>,
    /// The address of a chat's incoming webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<Word>,
    /// The address of an ntfy topic, or Gotify's `/message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Word>,
    /// The token that goes with `push`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Word>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<Word>,
}

impl ContactPart {
    /// The channel with the word that names its address, or what is wrong.
    fn channel(&self) -> Result<(Channel, &Word), &'static str> {
        let token = self.token.as_ref().map(|token| token.value.clone());
        let mut found = Vec::new();
        if let Some(word) = &self.mail {
            found.push((Channel::Mail { address: word.value.clone() }, word));
        }
        if let Some(word) = &self.chat {
            found.push((Channel::Chat { url: word.value.clone() }, word));
        }
        if let Some(word) = &self.push {
            found.push((Channel::Push { url: word.value.clone(), token: token.clone() }, word));
        }
        if let Some(word) = &self.sms {
            found.push((Channel::Sms { number: word.value.clone() }, word));
        }
        match (found.len(), found.pop()) {
            (1, Some(_)) if token.is_some() && self.push.is_none() => Err("a token goes with push only"),
            (1, Some(one)) => Ok(one),
            _ => Err("a contact method is one of mail, chat, push and sms"),
        }
    }
}

/// A team in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TeamPart {
    /// Its name.
    pub name: Word,
    /// Whose it is; the operator's own when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Word>,
    /// Who is in it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Word>,
}

/// Everything of this feature in a folder of files.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The operator; more than one is a mistake.
    pub operator: Vec<Declared<OperatorPart>>,
    /// Clients.
    pub clients: Vec<Declared<ClientPart>>,
    /// People.
    pub people: Vec<Declared<PersonPart>>,
    /// Teams.
    pub teams: Vec<Declared<TeamPart>>,
}

/// Where a value of an entry stands.
#[must_use]
pub fn place<T>(entry: &Place, word: &Spanned<T>) -> Place {
    entry.at(word.referenced.line(), word.referenced.column())
}

// -- names

/// Adds the names that these parts give to things: clients, people, teams.
pub fn names(parts: &Parts, names: &mut Names) {
    for part in &parts.operator {
        names.add("client", part.value.name.value.as_str());
    }
    for part in &parts.clients {
        names.add("client", part.value.name.value.as_str());
    }
    for part in &parts.people {
        names.add("person", part.value.name.value.as_str());
    }
    for part in &parts.teams {
        names.add("team", part.value.name.value.as_str());
    }
}

/// Adds the names of what is in the database.
pub async fn stored_names(tx: &mut Tx, names: &mut Names) -> Result<(), Problem> {
    for client in clients::all_in(tx).await? {
        names.add("client", client.name);
    }
    for person in people::all_in(tx).await? {
        names.add("person", person.name);
    }
    for team in teams::all_in(tx).await? {
        names.add("team", team.name);
    }
    Ok(())
}

// -- check

/// Everything that is wrong with these parts, as far as files and names tell.
#[must_use]
pub fn check(parts: &Parts, names: &Names) -> Vec<Mistake> {
    let mut checking = Checking { names, mistakes: Vec::new() };
    let mut seen = BTreeMap::new();
    for part in &parts.operator {
        let at = place(&part.place, &part.value.name);
        if let Some(first) = seen.insert("operator".to_owned(), at.clone()) {
            checking.wrong(at, format!("the operator is already declared at {first}"));
        }
        checking.name(&part.place, &part.value.name);
        if let Some(sms) = &part.value.sms {
            for (field, code) in sms.gateway().mistakes() {
                checking.wrong(sms.place(&part.place, field), format!("{field}: {}", said(code)));
            }
        }
    }
    let mut seen = Seen::default();
    for part in &parts.clients {
        checking.name(&part.place, &part.value.name);
        checking.once(&mut seen, "client", &part.place, &part.value.name);
    }
    let (mut by_name, mut by_mail) = (Seen::default(), Seen::default());
    for part in &parts.people {
        checking.once(&mut by_name, "person", &part.place, &part.value.name);
        checking.once(&mut by_mail, "the address", &part.place, &part.value.email);
        checking.person(&part.place, &part.value);
    }
    let mut seen = Seen::default();
    for part in &parts.teams {
        checking.team(&mut seen, &part.place, &part.value);
    }
    checking.mistakes
}

/// A field's text key as an English phrase, for the author of a file.
fn said(code: &str) -> String {
    match code {
        "field-required" => "is empty".into(),
        "field-too-long" => "is too long".into(),
        "field-bad-characters" => "has characters that cannot be seen or turn text around".into(),
        "field-bad-mail" => "is not a mail address".into(),
        "field-bad-url" => "is not an address that begins with http:// or https://".into(),
        "field-bad-number" => "is not a telephone number; write it like +31612345678".into(),
        "field-bad-method" => "is not POST, PUT or GET".into(),
        "field-sms-number-missing" => "{number} stands neither in the address nor in the body".into(),
        "field-sms-text-missing" => "{text} stands neither in the address nor in the body".into(),
        "field-bad-json" => "is not JSON once it is filled in".into(),
        "field-bad-header" => "has a name or value that no header can have".into(),
        other => other.trim_start_matches("field-").replace('-', " "),
    }
}

struct Checking<'a> {
    names: &'a Names,
    mistakes: Vec<Mistake>,
}

impl Checking<'_> {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    fn name(&mut self, entry: &Place, word: &Word) {
        if let Err(code) = rules::clean_name(&word.value) {
            self.wrong(place(entry, word), format!("the name {}", said(code)));
        }
    }

    fn once(&mut self, seen: &mut Seen<String>, what: &str, entry: &Place, word: &Word) {
        let key = word.value.trim().to_lowercase();
        self.mistakes.extend(seen.again(key, what, &word.value, place(entry, word)));
    }

    fn refer(&mut self, entry: &Place, kind: &'static str, word: &Word) {
        self.mistakes.extend(self.names.refer(place(entry, word), kind, &word.value));
    }

    fn person(&mut self, entry: &Place, person: &PersonPart) {
        self.name(entry, &person.name);
        if let Err(code) = rules::clean_mail(&person.email.value) {
            self.wrong(place(entry, &person.email), format!("{:?} {}", person.email.value, said(code)));
        }
        if let Some(language) =
            person.language.as_ref().filter(|word| !matches!(word.value.as_str(), "en" | "nl"))
        {
            self.wrong(place(entry, language), format!("{:?} is neither en nor nl", language.value));
        }
        if let Some(zone) = person.zone.as_ref().filter(|word| !people::is_zone(&word.value)) {
            let message =
                format!("no time zone is called {:?}; write for example Europe/Amsterdam", zone.value);
            self.wrong(place(entry, zone), message);
        }
        for role in &person.roles {
            if let Some(client) = &role.client {
                self.refer(entry, "client", client);
            }
            match (&role.service, &role.client) {
                (Some(service), Some(_)) => self.refer(entry, "service", service),
                (Some(service), None) => {
                    self.wrong(place(entry, service), "a role on a service names its client too")
                }
                (None, _) => {}
            }
        }
        self.contact(entry, person);
    }

    fn contact(&mut self, entry: &Place, person: &PersonPart) {
        let mut seen = Seen::default();
        let mut declared = Vec::new();
        for part in &person.contact {
            match part.channel() {
                Err(message) => {
                    let word = [&part.mail, &part.chat, &part.push, &part.sms, &part.token]
                        .into_iter()
                        .flatten()
                        .next();
                    self.wrong(word.map_or_else(|| entry.clone(), |word| place(entry, word)), message);
                }
                Ok((channel, word)) => {
                    self.once(&mut seen, channel.word(), entry, word);
                    let kind = channel.kind();
                    if let Err(code) = rules::clean_channel(channel) {
                        self.wrong(place(entry, word), format!("{:?} {}", word.value, said(code)));
                    }
                    declared.push(kind);
                }
            }
        }
        if declared.len() > MAX_METHODS {
            self.wrong(entry.clone(), format!("more than {MAX_METHODS} contact methods"));
        }
        if !declared.contains(&crate::model::ChannelKind::Mail) {
            declared.push(crate::model::ChannelKind::Mail);
        }
        for word in &person.rules {
            match rules::parse_rule(&word.value) {
                Err(message) => self.wrong(place(entry, word), message),
                Ok(line) if declared.iter().filter(|kind| **kind == line.kind).count() < line.nth => {
                    let message =
                        format!("{:?} speaks of a method that is not declared for this person", word.value);
                    self.wrong(place(entry, word), message);
                }
                Ok(_) => {}
            }
        }
        if let Some(word) = person.rules.get(MAX_RULES) {
            self.wrong(place(entry, word), format!("more than {MAX_RULES} rules"));
        }
    }

    fn team(&mut self, seen: &mut Seen<(String, String)>, entry: &Place, team: &TeamPart) {
        self.name(entry, &team.name);
        let client = team.client.as_ref().map(|word| word.value.to_lowercase()).unwrap_or_default();
        let (key, at) = ((client, team.name.value.to_lowercase()), place(entry, &team.name));
        self.mistakes.extend(seen.again(key, "team", &team.name.value, at));
        if let Some(client) = &team.client {
            self.refer(entry, "client", client);
        }
        let mut members = Seen::default();
        for member in &team.members {
            self.refer(entry, "person", member);
            self.once(&mut members, "the member", entry, member);
        }
    }
}

// -- apply

/// Makes operator, clients, people and teams so. Roles follow with [`apply_roles`], once the services are there.
pub async fn apply(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    apply_operator(tx, parts, applying).await?;
    apply_clients(tx, parts, applying).await?;
    apply_people(tx, parts, applying).await?;
    apply_teams(tx, parts, applying).await
}

/// What a field refusal says, as a mistake instead of a failure.
fn refused(applying: &mut Applying, place: &Place, problem: Problem) -> Result<(), Problem> {
    if problem.fields.is_empty() {
        return Err(problem);
    }
    for wrong in &problem.fields {
        applying.mistake(place, format!("{} {}", wrong.field, said(wrong.code)));
    }
    Ok(())
}

async fn apply_operator(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let before = operator::prepare(tx).await?;
    match parts.operator.first() {
        Some(part) => {
            let declared_in = Some(part.place.declared_in());
            let mut details = Vec::new();
            differs(&mut details, "name", &before.name, &part.value.name.value);
            if let Err(problem) = operator::rename(tx, &part.value.name.value, declared_in).await {
                refused(applying, &part.place, problem)?;
            }
            if let Some(sms) = &part.value.sms
                && operator::set_sms(tx, Some(&sms.gateway())).await?
            {
                details.push("sms".into());
            }
            applying.changed("operator", part.value.name.value.as_str(), details);
        }
        None if before.declared_in.is_some() => {
            operator::rename(tx, &before.name, None).await?;
            applying.changed("operator", before.name.as_str(), vec![STAYS.into()]);
        }
        None => {}
    }
    Ok(())
}

const STAYS: &str = "no longer declared; it stays, kept on screen";

async fn apply_clients(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let held = clients::all_in(tx).await?;
    let mut kept: BTreeSet<ClientId> = BTreeSet::new();
    for part in &parts.clients {
        let name = &part.value.name.value;
        let same = held.iter().find(|client| client.name.to_lowercase() == name.trim().to_lowercase());
        let declared_in = Some(part.place.declared_in());
        match same {
            Some(before) => {
                kept.insert(before.id);
                let mut details = Vec::new();
                differs(&mut details, "name", &before.name, name);
                clients::change(tx, before, name, declared_in).await?;
                applying.changed("client", name.as_str(), details);
            }
            None => match clients::add(tx, name, false, declared_in).await {
                Ok(client) => {
                    kept.insert(client.id);
                    applying.added("client", client.name);
                }
                Err(problem) => refused(applying, &part.place, problem)?,
            },
        }
    }
    for client in held.iter().filter(|client| !client.is_operator && !kept.contains(&client.id)) {
        if client.declared_in.is_some() {
            clients::change(tx, client, &client.name, None).await?;
            applying.changed("client", client.name.as_str(), vec![STAYS.into()]);
        }
    }
    for client in clients::all_in(tx).await? {
        if client.is_operator {
            applying.ids.operator = Some(client.id);
        }
        applying.ids.clients.insert(client.name, client.id);
    }
    // Files may write a name with other capitals than the database has it.
    for part in &parts.clients {
        let key = part.value.name.value.to_lowercase();
        let same =
            applying.ids.clients.iter().find(|(name, _)| name.to_lowercase() == key).map(|(_, id)| *id);
        if let Some(id) = same {
            applying.ids.clients.insert(part.value.name.value.clone(), id);
        }
    }
    Ok(())
}

async fn apply_people(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let held = people::all_in(tx).await?;
    let mut kept: BTreeMap<String, PersonId> = BTreeMap::new();
    for part in &parts.people {
        let mail = part.value.email.value.trim().to_lowercase();
        let name = part.value.name.value.trim().to_lowercase();
        let same = held.iter().find(|person| person.mail == mail).or_else(|| {
            held.iter().find(|person| person.declared_in.is_some() && person.name.to_lowercase() == name)
        });
        let done = match same {
            Some(before) => change_person(tx, before, part, applying).await,
            None => add_person(tx, part, applying).await,
        };
        match done {
            Ok(id) => {
                kept.insert(part.value.name.value.clone(), id);
            }
            Err(problem) => refused(applying, &part.place, problem)?,
        }
    }
    for person in held.iter().filter(|person| !kept.values().any(|id| *id == person.id)) {
        if person.declared_in.is_some() {
            let profile = profile_of(person, None);
            people::change(tx, person, profile).await?;
            drop_declared_methods(tx, person.id, &[]).await?;
            applying.changed("person", person.name.as_str(), vec![STAYS.into()]);
        }
    }
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let now = people::all_in(tx).await?;
    for person in &now {
        *count.entry(person.name.clone()).or_default() += 1;
    }
    for person in now {
        // A name that two people share means nobody, unless the files say who.
        if count.get(&person.name) == Some(&1) {
            applying.ids.people.insert(person.name, person.id);
        }
    }
    applying.ids.people.extend(kept);
    Ok(())
}

fn profile_of(person: &Person, declared_in: Option<String>) -> Profile {
    Profile {
        name: person.name.clone(),
        mail: person.mail.clone(),
        language: person.language.clone(),
        zone: person.zone.clone(),
        theme: person.theme,
        declared_in,
    }
}

async fn add_person(
    tx: &mut Tx,
    part: &Declared<PersonPart>,
    applying: &mut Applying,
) -> Result<PersonId, Problem> {
    let word = |word: &Option<Word>, otherwise: &str| {
        word.as_ref().map_or_else(|| otherwise.to_owned(), |word| word.value.clone())
    };
    let new = NewPerson {
        name: part.value.name.value.clone(),
        mail: part.value.email.value.clone(),
        language: word(&part.value.language, "en"),
        zone: word(&part.value.zone, "UTC"),
        declared_in: Some(part.place.declared_in()),
    };
    let person = people::add(tx, new).await?;
    applying.added("person", person.name.as_str());
    apply_contact(tx, person.id, part).await?;
    Ok(person.id)
}

async fn change_person(
    tx: &mut Tx,
    before: &Person,
    part: &Declared<PersonPart>,
    applying: &mut Applying,
) -> Result<PersonId, Problem> {
    let mut profile = profile_of(before, Some(part.place.declared_in()));
    profile.name = part.value.name.value.clone();
    profile.mail = part.value.email.value.trim().to_lowercase();
    if let Some(language) = &part.value.language {
        profile.language = language.value.clone();
    }
    if let Some(zone) = &part.value.zone {
        profile.zone = zone.value.clone();
    }
    let mut details = Vec::new();
    differs(&mut details, "name", &before.name, &profile.name);
    differs(&mut details, "email", &before.mail, &profile.mail);
    differs(&mut details, "language", &before.language, &profile.language);
    differs(&mut details, "zone", &before.zone, &profile.zone);
    people::change(tx, before, profile).await?;
    details.extend(apply_contact(tx, before.id, part).await?);
    applying.changed("person", part.value.name.value.as_str(), details);
    Ok(before.id)
}

/// Makes the declared methods and rules so; returns what changed.
async fn apply_contact(
    tx: &mut Tx,
    person: PersonId,
    part: &Declared<PersonPart>,
) -> Result<Vec<String>, Problem> {
    let declared_in = part.place.declared_in();
    let mut wanted = Vec::new();
    for contact in &part.value.contact {
        let (channel, _) =
            contact.channel().map_err(|why| Problem::fault(format!("checked before: {why}")))?;
        wanted.push(rules::clean_channel(channel).map_err(|code| Problem::invalid().field("contact", code))?);
    }
    if !wanted.iter().any(|channel| matches!(channel, Channel::Mail { .. })) {
        let address = rules::clean_mail(&part.value.email.value)
            .map_err(|code| Problem::invalid().field("email", code))?;
        wanted.insert(0, Channel::Mail { address });
    }
    let mut details = Vec::new();
    for channel in &wanted {
        let held = contact::methods_in(tx, person).await?;
        match held.iter().find(|method| method.channel == *channel) {
            None => {
                contact::add(tx, person, channel.clone(), Some(Proof::Declared), Some(declared_in.clone()))
                    .await?;
                details.push(format!("contact: + {}", channel.word()));
            }
            Some(method) => {
                contact::declare(tx, person, method.id, Some(&declared_in)).await?;
                contact::prove(tx, person, method.id, Proof::Declared).await?;
            }
        }
    }
    for kind in drop_declared_methods(tx, person, &wanted).await? {
        details.push(format!("contact: - {kind}"));
    }
    if !part.value.rules.is_empty() {
        let methods: Vec<Method> =
            contact::methods_in(tx, person).await?.iter().map(contact::Contact::method).collect();
        let ordered = in_declared_order(methods, &wanted);
        let mut lines = Vec::new();
        for word in &part.value.rules {
            let line = rules::parse_rule(&word.value).map_err(Problem::fault)?;
            lines.extend(rules::resolve_rule(&line, &ordered));
        }
        if contact::set_rules(tx, person, &lines).await? {
            details.push("rules".into());
        }
    }
    Ok(details)
}

/// Declared methods first, in the order of the file, so that "push 2" means the second one there.
fn in_declared_order(mut methods: Vec<Method>, wanted: &[Channel]) -> Vec<Method> {
    let place =
        |method: &Method| wanted.iter().position(|channel| *channel == method.channel).unwrap_or(usize::MAX);
    methods.sort_by_key(place);
    methods
}

async fn drop_declared_methods(
    tx: &mut Tx,
    person: PersonId,
    wanted: &[Channel],
) -> Result<Vec<&'static str>, Problem> {
    let mut dropped = Vec::new();
    for method in contact::methods_in(tx, person).await? {
        if method.declared_in.is_some() && !wanted.contains(&method.channel) {
            contact::take(tx, person, method.id).await?;
            dropped.push(method.kind.word());
        }
    }
    Ok(dropped)
}

async fn apply_teams(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let held = teams::all_in(tx).await?;
    let mut kept = BTreeSet::new();
    for part in &parts.teams {
        let client_name = part.value.client.as_ref().map(|word| word.value.as_str());
        let Some(client) = applying.ids.client(client_name) else {
            applying
                .mistake(&part.place, format!("no client is called {:?}", client_name.unwrap_or_default()));
            continue;
        };
        let mut members = Vec::new();
        for word in &part.value.members {
            match applying.ids.people.get(&word.value) {
                Some(id) => members.push(*id),
                None => {
                    let message = format!("no person, or more than one, is called {:?}", word.value);
                    applying.mistake(&place(&part.place, word), message);
                }
            }
        }
        let name = &part.value.name.value;
        let declared_in = Some(part.place.declared_in());
        let same = held
            .iter()
            .find(|team| team.client_id == client && team.name.to_lowercase() == name.trim().to_lowercase());
        let team = match same {
            Some(before) => {
                let changed = teams::change(tx, before, name, &members, declared_in).await?;
                applying.changed("team", name.as_str(), changed);
                before.clone()
            }
            None => {
                let team = teams::add(tx, client, name, declared_in.clone()).await?;
                teams::change(tx, &team, name, &members, declared_in).await?;
                applying.added("team", name.as_str());
                team
            }
        };
        kept.insert(team.id);
        applying.ids.teams.insert((client, name.clone()), team.id);
    }
    for team in held.iter().filter(|team| !kept.contains(&team.id)) {
        if team.declared_in.is_some() {
            teams::remove(tx, team).await?;
            applying.removed("team", team.name.as_str());
        } else {
            applying.ids.teams.insert((team.client_id, team.name.clone()), team.id);
        }
    }
    Ok(())
}

/// Makes the roles of declared people so; after the services, which roles may name. A role that a file gave and
/// no longer gives is taken away.
pub async fn apply_roles(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let mut declared = BTreeSet::new();
    for part in &parts.people {
        let Some(person) = applying.ids.people.get(&part.value.name.value).copied() else { continue };
        declared.insert(person);
        let held = roles::of_person_in(tx, person).await?;
        let mut wanted: Vec<Grant> = Vec::new();
        for role in &part.value.roles {
            if let Some(grant) = grant_of(&part.place, role, applying) {
                wanted.push(grant);
            }
        }
        let mut details = Vec::new();
        for grant in &wanted {
            if held.iter().any(|held| held.grant() == *grant) {
                continue;
            }
            match roles::grant(tx, person, grant, Some(part.place.declared_in())).await {
                Ok(_) => details.push(format!("role: + {}", grant.role.word())),
                Err(problem) => applying.mistake(&part.place, role_refused(&problem)),
            }
        }
        for role in held.iter().filter(|role| role.declared_in.is_some() && !wanted.contains(&role.grant())) {
            match roles::take(tx, role).await {
                Ok(()) => details.push(format!("role: - {}", role.role.word())),
                Err(problem) => applying.mistake(&part.place, role_refused(&problem)),
            }
        }
        applying.changed("person", part.value.name.value.as_str(), details);
    }
    for person in people::all_in(tx).await?.into_iter().filter(|person| !declared.contains(&person.id)) {
        let held = roles::of_person_in(tx, person.id).await?;
        for role in held.iter().filter(|role| role.declared_in.is_some()) {
            match roles::take(tx, role).await {
                Ok(()) => applying.changed(
                    "person",
                    person.name.as_str(),
                    vec![format!("role: - {}", role.role.word())],
                ),
                Err(problem) => {
                    let at = place_of(role.declared_in.as_deref().unwrap_or_default());
                    applying.mistake(&at, role_refused(&problem));
                }
            }
        }
    }
    Ok(())
}

/// The place that a row's `declared_in` names.
fn place_of(declared_in: &str) -> Place {
    match declared_in.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        Some((file, line)) => Place::new(file, line, 1),
        None => Place::new(declared_in, 1, 1),
    }
}

fn role_refused(problem: &Problem) -> String {
    match problem.code {
        "last-administrator" => "this would leave nobody who administers the installation".into(),
        "role-own" => "people do not change their own roles; let somebody else apply this".into(),
        "forbidden" => "roles are given by administrators of that client".into(),
        _ => problem.to_string(),
    }
}

fn grant_of(entry: &Place, part: &RolePart, applying: &mut Applying) -> Option<Grant> {
    let role = part.role.value;
    let Some(word) = &part.client else { return Some(Grant { role, client: None, service: None }) };
    let Some(client) = applying.ids.client(Some(&word.value)) else {
        applying.mistake(&place(entry, word), format!("no client is called {:?}", word.value));
        return None;
    };
    let Some(word) = &part.service else { return Some(Grant { role, client: Some(client), service: None }) };
    match applying.ids.services.get(&(client, word.value.clone())) {
        Some(service) => Some(Grant { role, client: Some(client), service: Some(*service) }),
        None => {
            applying.mistake(&place(entry, word), format!("the client has no service {:?}", word.value));
            None
        }
    }
}

// -- export

/// Everything of this feature as parts, with the file that declares each, if one does; addresses of hooks and
/// tokens of push are in it, so whoever asks administers the installation.
pub async fn export(
    db: &Db,
    scope: &Scope,
    service: impl Fn(ServiceId) -> Option<String>,
) -> Result<Exported, Problem> {
    let held = clients::all(db, scope).await?;
    let own = |id: ClientId| held.iter().find(|client| client.id == id && !client.is_operator);
    let mut out = Exported::default();
    if let Some(operator) = operator::operator(db, scope).await? {
        let sms = operator.sms.map(|gateway| SmsPart {
            url: word(gateway.url),
            method: (gateway.method != "POST").then(|| word(gateway.method)),
            headers: gateway.headers.into_iter().collect(),
            body: (!gateway.body.is_empty()).then(|| word(gateway.body)),
        });
        out.operator = Some((operator.declared_in, OperatorPart { name: word(operator.name), sms }));
    }
    for client in held.iter().filter(|client| !client.is_operator) {
        out.clients.push((client.declared_in.clone(), ClientPart { name: word(client.name.as_str()) }));
    }
    for person in people::all(db, scope).await? {
        let part = export_person(db, scope, &person, &held, &service).await?;
        out.people.push((person.declared_in, part));
    }
    for team in teams::all(db, scope).await? {
        let members = teams::members(db, scope, team.id).await?;
        let part = TeamPart {
            name: word(team.name.as_str()),
            client: own(team.client_id).map(|client| word(client.name.as_str())),
            members: members.into_iter().map(|person| word(person.name)).collect(),
        };
        out.teams.push((team.declared_in, part));
    }
    Ok(out)
}

/// What [`export`] gives: each part with the place that declares it.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// The operator.
    pub operator: Option<(Option<String>, OperatorPart)>,
    /// Clients other than the operator's own.
    pub clients: Vec<(Option<String>, ClientPart)>,
    /// People.
    pub people: Vec<(Option<String>, PersonPart)>,
    /// Teams.
    pub teams: Vec<(Option<String>, TeamPart)>,
}

async fn export_person(
    db: &Db,
    scope: &Scope,
    person: &Person,
    clients: &[Client],
    service: &impl Fn(ServiceId) -> Option<String>,
) -> Result<PersonPart, Problem> {
    let name_of =
        |id: ClientId| clients.iter().find(|client| client.id == id).map(|client| word(client.name.as_str()));
    let mut roles: Vec<RolePart> = roles::of_person(db, scope, person.id)
        .await?
        .iter()
        .map(|held| RolePart {
            role: value(held.role),
            client: held.client_id.and_then(name_of),
            service: held.service_id.and_then(service).map(word),
        })
        .collect();
    // Roles given in one moment have ids in any order; a file has the same on every database.
    let name = |word: &Option<Word>| word.as_ref().map(|word| word.value.clone());
    roles.sort_by_cached_key(|part| (name(&part.client), name(&part.service), part.role.value.word()));
    let reachable = contact::reach(db, scope, person.id).await?;
    let contact = reachable.methods.iter().map(|method| contact_part(&method.channel)).collect();
    let written = |rule| rules::write_rule(rule, &reachable.methods);
    let lines: Vec<RuleLine> = reachable.rules.iter().filter_map(written).collect();
    Ok(PersonPart {
        name: word(person.name.as_str()),
        email: word(person.mail.as_str()),
        language: Some(word(person.language.as_str())),
        zone: Some(word(person.zone.as_str())),
        roles,
        contact,
        rules: lines.iter().map(|line| word(rules::show_rule(line))).collect(),
    })
}

fn contact_part(channel: &Channel) -> ContactPart {
    let mut part = ContactPart::default();
    match channel {
        Channel::Mail { address } => part.mail = Some(word(address.as_str())),
        Channel::Chat { url } => part.chat = Some(word(url.as_str())),
        Channel::Push { url, token } => {
            part.push = Some(word(url.as_str()));
            part.token = token.as_deref().map(word);
        }
        Channel::Sms { number } => part.sms = Some(word(number.as_str())),
    }
    part
}

/// A value without a place, for export.
pub fn value<T>(value: T) -> Spanned<T> {
    let nowhere = serde_saphyr::Location::UNKNOWN;
    Spanned::new(value, nowhere, nowhere)
}

/// A text without a place, for export.
#[must_use]
pub fn word(text: impl Into<String>) -> Word {
    value(text.into())
}

#[cfg(test)]
mod tests;
