//! Rotas, escalations and status pages as they stand in files: shape, check, apply, export.
//!
//! - A rota or escalation is known by its client and name; one that is no longer declared is removed, unless an
//!   escalation made on screen still needs the rota: then it stays, kept on screen.
//! - `on_call: [Noor Kaya]` on a service is an escalation of its own with one step; `escalation: Permits` names one.
//!   A service that says neither keeps what was chosen on screen, and loses what a file gave it.
//! - Stand-ins are made on screen and never touched by files.

use std::collections::{BTreeSet, HashMap};

pub use identity::code::Word;
use identity::code::{place as at, value, word};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kernel::code::{Applying, Declared, Mistake, Names, Place, Seen, differs};
use kernel::units::{parse_span, show_span};
use kernel::{
    About, ClientId, EscalationId, Fact, Id, PersonId, Problem, RotaId, Scope, ServiceId, StatusPageId,
    TeamId,
};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use crate::model::{Day, Layer, Policy, PolicyRow, Rota, Rotation, Rung, Target, Window};
use crate::pages::limits::{MAX_LAYERS, MAX_PEOPLE, MAX_REPEAT, MAX_STEPS, MAX_TARGETS, feed_key, is_slug};
use crate::rules::escalation::ACKNOWLEDGEMENT;
use crate::store::status::StatusPage;
use crate::store::{escalation, rota, status};

/// The longest name, characters.
const MAX_NAME: usize = 120;
/// The wait and repeat of the shorthand `on_call`.
const SHORTHAND_WAIT_S: i64 = 300;
const SHORTHAND_REPEAT: u32 = 2;
/// The longest wait or acknowledgement: a day.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// A rota in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RotaPart {
    /// Its name.
    pub name: Word,
    /// Whose it is; the operator's own when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Word>,
    /// An IANA time zone.
    pub zone: Word,
    /// From the bottom to the top.
    pub layers: Vec<LayerPart>,
}

/// A layer in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LayerPart {
    /// `weekly`, `daily`, `hourly`, or `{ every: 12h }`.
    pub rotation: RotationPart,
    /// The day of a weekly hand-off; the day of `start` when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Word>,
    /// The first day.
    pub start: Word,
    /// When one hands over to the next.
    pub handoff: Word,
    /// Who, in order.
    #[serde(default)]
    pub people: Vec<Word>,
    /// When it counts; always when not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<WindowPart>,
}

/// How people take turns, in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum RotationPart {
    /// `weekly`, `daily` or `hourly`.
    Word(String),
    /// Every so many whole hours or days.
    Every {
        /// `12h`, `2d`.
        every: String,
    },
}

/// Part of the day in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPart {
    /// `mon`, `[mon, wed]`, `[mon..fri]`; every day when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<DaysPart>,
    /// From.
    pub from: Word,
    /// Until; not after `from` means on the next day.
    pub to: Word,
}

/// Days in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum DaysPart {
    /// `mon` or `mon..fri`.
    One(String),
    /// Several of these.
    Many(Vec<String>),
}

/// An escalation in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationPart {
    /// Its name.
    pub name: Word,
    /// Whose it is; the operator's own when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Word>,
    /// How many times to start again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Spanned<u32>>,
    /// How long an acknowledgement holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Word>,
    /// In order.
    pub steps: Vec<StepPart>,
    /// Whom to page when no step has anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<TargetPart>,
}

/// A step in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StepPart {
    /// How long it waits before the next.
    pub wait: Word,
    /// Whom it pages.
    pub page: Vec<TargetPart>,
}

/// Whom to page, in a file: one of the three.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TargetPart {
    /// Whoever is on call there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rota: Option<Word>,
    /// This person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Word>,
    /// Everybody in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Word>,
}

/// The keys of a service's entry that are this feature's.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OnCallPart {
    /// People to page at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_call: Vec<Word>,
    /// The escalation of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Word>,
    /// The public page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_page: Option<StatusPart>,
}

/// A public page in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatusPart {
    /// The last part of its address.
    pub slug: Word,
    /// What users call the service; its name when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Word>,
    /// Whether everybody may see it.
    #[serde(default)]
    pub public: bool,
}

/// What a service's entry says of paging and of its public page.
#[derive(Debug, Clone)]
pub struct ServiceOnCall {
    /// The service's client, when its entry names one.
    pub client: Option<String>,
    /// The service's name.
    pub service: String,
    /// What it says.
    pub part: Declared<OnCallPart>,
}

/// Everything of this feature in a folder.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Rotas.
    pub rotas: Vec<Declared<RotaPart>>,
    /// Escalations.
    pub escalations: Vec<Declared<EscalationPart>>,
    /// One for each service in the folder.
    pub services: Vec<ServiceOnCall>,
}

// ---------------------------------------------------------------------------------------------- names

/// Adds the names that these parts give to things.
pub fn names(parts: &Parts, names: &mut Names) {
    for part in &parts.rotas {
        names.add("rota", part.value.name.value.as_str());
    }
    for part in &parts.escalations {
        names.add("escalation", part.value.name.value.as_str());
    }
}

/// Adds the names of what is in the database.
pub async fn stored_names(tx: &mut Tx, names: &mut Names) -> Result<(), Problem> {
    let now = tx.scope().now();
    for rota in rota::all_in(tx, now).await? {
        names.add("rota", rota.name);
    }
    for row in escalation::all_in(tx).await? {
        names.add("escalation", row.name);
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------- read

/// Reads the values of parts, and says what is wrong with them.
struct Reading<'a> {
    entry: &'a Place,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    fn name(&mut self, word: &Word) {
        match word.value.trim().chars().count() {
            0 => self.wrong(at(self.entry, word), "a name is empty"),
            n if n > MAX_NAME => {
                self.wrong(at(self.entry, word), format!("longer than {MAX_NAME} characters"));
            }
            _ => {}
        }
    }

    fn span(&mut self, word: &Word) -> Option<SignedDuration> {
        match parse_span(&word.value) {
            Ok(span) if span < SignedDuration::from_secs(1) || span > MAX_WAIT => {
                self.wrong(at(self.entry, word), "between 1s and 24h");
                None
            }
            Ok(span) => Some(span),
            Err(why) => {
                self.wrong(at(self.entry, word), why);
                None
            }
        }
    }

    fn time(&mut self, word: &Word) -> Option<Time> {
        // `24:00` is how people write the end of a day.
        let text = if word.value.trim() == "24:00" { "00:00" } else { word.value.trim() };
        let read = text.parse::<Time>().ok().filter(|_| text.contains(':'));
        if read.is_none() {
            self.wrong(
                at(self.entry, word),
                format!("{:?} is not a time of day; write for example \"09:00\"", word.value),
            );
        }
        read
    }

    fn day(&mut self, place: Place, text: &str) -> Option<Day> {
        let day = Day::from_word(text);
        if day.is_none() {
            self.wrong(place, format!("{text:?} is not a day of the week; write for example mon or monday"));
        }
        day
    }

    fn days(&mut self, part: Option<&DaysPart>, place: &Place) -> Vec<Day> {
        let words: Vec<&str> = match part {
            None => return Vec::new(),
            Some(DaysPart::One(word)) => vec![word],
            Some(DaysPart::Many(words)) => words.iter().map(String::as_str).collect(),
        };
        let mut days = BTreeSet::new();
        for word in words {
            match word.split_once("..") {
                None => days.extend(self.day(place.clone(), word)),
                Some((first, last)) => {
                    let (Some(first), Some(last)) =
                        (self.day(place.clone(), first), self.day(place.clone(), last))
                    else {
                        continue;
                    };
                    // `fri..mon` goes through the weekend.
                    let steps = (last.after_monday() - first.after_monday()).rem_euclid(7);
                    days.extend((0..=steps).filter_map(|step| {
                        let place = (first.after_monday() + step).rem_euclid(7);
                        Day::ALL.get(usize::try_from(place).ok()?).copied()
                    }));
                }
            }
        }
        days.into_iter().collect()
    }

    fn rotation(&mut self, part: &LayerPart, start: Option<Date>) -> Option<Rotation> {
        let place = at(self.entry, &part.start);
        match &part.rotation {
            RotationPart::Word(word) if word == "weekly" => {
                let on = match &part.on {
                    Some(on) => self.day(at(self.entry, on), &on.value)?,
                    None => Day::of(start?),
                };
                Some(Rotation::Weekly { on })
            }
            RotationPart::Word(word) if word == "daily" => Some(Rotation::Daily { days: 1 }),
            RotationPart::Word(word) if word == "hourly" => Some(Rotation::Hourly { hours: 1 }),
            RotationPart::Word(word) => {
                self.wrong(
                    place,
                    format!("rotation {word:?}; write weekly, daily, hourly or {{ every: 12h }}"),
                );
                None
            }
            RotationPart::Every { every } => {
                let hours = parse_span(every).ok().map(|span| (span.as_secs(), span.as_secs() / 3_600));
                match hours {
                    Some((seconds, hours)) if hours > 0 && seconds % 3_600 == 0 => {
                        let days = u16::try_from(hours / 24).ok().filter(|_| hours % 24 == 0);
                        let hours = u16::try_from(hours).ok();
                        days.map(|days| Rotation::Daily { days })
                            .or(hours.map(|hours| Rotation::Hourly { hours }))
                    }
                    _ => {
                        self.wrong(
                            place,
                            format!("every {every:?}; write whole hours or days, for example 12h or 2d"),
                        );
                        None
                    }
                }
            }
        }
    }

    fn layer(&mut self, part: &LayerPart) -> Option<Layer> {
        let start = part.start.value.parse::<Date>().ok();
        if start.is_none() {
            self.wrong(
                at(self.entry, &part.start),
                format!("{:?} is not a day; write for example 2026-11-02", part.start.value),
            );
        }
        if part.on.is_some() && !matches!(&part.rotation, RotationPart::Word(word) if word == "weekly") {
            self.wrong(at(self.entry, &part.start), "`on` belongs to a weekly rotation");
        }
        if part.people.len() > MAX_PEOPLE {
            self.wrong(at(self.entry, &part.start), format!("more than {MAX_PEOPLE} people"));
        }
        let rotation = self.rotation(part, start);
        let handoff = self.time(&part.handoff);
        let mut only = Vec::new();
        for window in &part.only {
            let place = at(self.entry, &window.from);
            let days = self.days(window.days.as_ref(), &place);
            if let (Some(from), Some(to)) = (self.time(&window.from), self.time(&window.to)) {
                only.push(Window { days, from, to });
            }
        }
        Some(Layer { rotation: rotation?, start: start?, handoff: handoff?, people: Vec::new(), only })
    }

    fn rota(&mut self, part: &RotaPart) -> Vec<Layer> {
        self.name(&part.name);
        if TimeZone::get(&part.zone.value).is_err() {
            let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let place = at(self.entry, &part.zone);
            self.mistakes.push(Mistake::unknown(
                place,
                "time zone",
                &part.zone.value,
                known.iter().map(String::as_str),
            ));
        }
        if part.layers.is_empty() {
            self.wrong(at(self.entry, &part.name), "a rota has at least one layer");
        }
        if part.layers.len() > MAX_LAYERS {
            self.wrong(at(self.entry, &part.name), format!("more than {MAX_LAYERS} layers"));
        }
        part.layers.iter().filter_map(|layer| self.layer(layer)).collect()
    }

    fn targets(&mut self, parts: &[TargetPart], place: &Place) {
        if parts.len() > MAX_TARGETS {
            self.wrong(place.clone(), format!("more than {MAX_TARGETS} to page"));
        }
        for part in parts {
            let said = [&part.rota, &part.person, &part.team].iter().filter(|word| word.is_some()).count();
            if said != 1 {
                self.wrong(place.clone(), "each to page is one of rota, person and team");
            }
        }
    }

    /// Waits of the steps in seconds, and how long an acknowledgement holds.
    fn escalation(&mut self, part: &EscalationPart) -> (Vec<i64>, i64) {
        self.name(&part.name);
        if part.steps.is_empty() || part.steps.len() > MAX_STEPS {
            self.wrong(at(self.entry, &part.name), format!("an escalation has 1 to {MAX_STEPS} steps"));
        }
        if let Some(repeat) = part.repeat.as_ref().filter(|repeat| repeat.value > MAX_REPEAT) {
            self.wrong(at(self.entry, repeat), format!("at most {MAX_REPEAT}"));
        }
        let mut waits = Vec::with_capacity(part.steps.len());
        for step in &part.steps {
            let place = at(self.entry, &step.wait);
            waits.extend(self.span(&step.wait).map(|wait| wait.as_secs()));
            if step.page.is_empty() {
                self.wrong(place.clone(), "a step pages somebody");
            }
            self.targets(&step.page, &place);
        }
        self.targets(&part.fallback, &at(self.entry, &part.name));
        let acknowledgement = part.acknowledgement.as_ref().and_then(|word| self.span(word));
        (waits, acknowledgement.unwrap_or(ACKNOWLEDGEMENT).as_secs())
    }
}

fn words_of(targets: &[TargetPart]) -> impl Iterator<Item = (&'static str, &Word)> {
    targets.iter().flat_map(|part| {
        let rota = part.rota.iter().map(|word| ("rota", word));
        let person = part.person.iter().map(|word| ("person", word));
        rota.chain(person).chain(part.team.iter().map(|word| ("team", word)))
    })
}

// ---------------------------------------------------------------------------------------------- check

/// Everything that is wrong with these parts, as far as files and names tell.
#[must_use]
pub fn check(parts: &Parts, names: &Names) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut seen = Seen::default();
    for part in &parts.rotas {
        let mut reading = Reading { entry: &part.place, mistakes: Vec::new() };
        reading.rota(&part.value);
        let rota = &part.value;
        let people = rota.layers.iter().flat_map(|layer| &layer.people).map(|word| ("person", word));
        let client = rota.client.iter().map(|word| ("client", word));
        refer(&mut reading, names, people.chain(client));
        twice(&mut reading, &mut seen, "rota", rota.client.as_ref(), &rota.name);
        mistakes.append(&mut reading.mistakes);
    }
    for part in &parts.escalations {
        let mut reading = Reading { entry: &part.place, mistakes: Vec::new() };
        reading.escalation(&part.value);
        let one = &part.value;
        let targets = one.steps.iter().flat_map(|step| words_of(&step.page)).chain(words_of(&one.fallback));
        refer(&mut reading, names, targets.chain(one.client.iter().map(|word| ("client", word))));
        twice(&mut reading, &mut seen, "escalation", one.client.as_ref(), &one.name);
        mistakes.append(&mut reading.mistakes);
    }
    let mut slugs = Seen::default();
    for service in &parts.services {
        let part = &service.part.value;
        let mut reading = Reading { entry: &service.part.place, mistakes: Vec::new() };
        let people = part.on_call.iter().map(|word| ("person", word));
        refer(&mut reading, names, people.chain(part.escalation.iter().map(|word| ("escalation", word))));
        if let Some(word) = part.escalation.as_ref().filter(|_| !part.on_call.is_empty()) {
            reading.wrong(at(reading.entry, word), "say either on_call or escalation, not both");
        }
        if let Some(page) = &part.status_page {
            if !is_slug(&page.slug.value) {
                reading.wrong(
                    at(reading.entry, &page.slug),
                    format!(
                        "{:?} is no part of an address; small letters, digits and single hyphens",
                        page.slug.value
                    ),
                );
            }
            page.title.iter().for_each(|title| reading.name(title));
            twice(&mut reading, &mut slugs, "status page", None, &page.slug);
        }
        mistakes.append(&mut reading.mistakes);
    }
    mistakes
}

fn refer<'w>(
    reading: &mut Reading<'_>,
    names: &Names,
    words: impl Iterator<Item = (&'static str, &'w Word)>,
) {
    for (kind, word) in words {
        reading.mistakes.extend(names.refer(at(reading.entry, word), kind, &word.value));
    }
}

fn twice<'p>(
    reading: &mut Reading<'_>,
    seen: &mut Seen<(&'static str, Option<&'p str>, String)>,
    what: &'static str,
    client: Option<&'p Word>,
    name: &Word,
) {
    let place = at(reading.entry, name);
    let key = (what, client.map(|word| word.value.as_str()), name.value.to_lowercase());
    reading.mistakes.extend(seen.again(key, what, &name.value, place));
}

// ---------------------------------------------------------------------------------------------- apply

/// Makes the database what these parts say.
pub async fn apply(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let now = tx.scope().now();
    let held_rotas = rota::all_in(tx, now).await?;
    let held_policies = escalation::all_in(tx).await?;
    for held in &held_rotas {
        applying.ids.rotas.insert((held.client_id, held.name.clone()), held.id);
    }
    for held in &held_policies {
        applying.ids.escalations.insert((held.client_id, held.name.clone()), held.id);
    }
    let mut kept_rotas = BTreeSet::new();
    for part in &parts.rotas {
        kept_rotas.extend(apply_rota(tx, &held_rotas, part, applying).await?);
    }
    let mut kept_policies = BTreeSet::new();
    for part in &parts.escalations {
        kept_policies.extend(apply_escalation(tx, &held_policies, part, applying).await?);
    }
    for part in &parts.services {
        kept_policies.extend(apply_service(tx, &held_policies, part, applying).await?);
    }
    apply_status_pages(tx, parts, applying).await?;
    remove_policies(tx, &held_policies, &kept_policies, applying).await?;
    remove_rotas(tx, &held_rotas, &kept_rotas, applying).await
}

fn client_of(entry: &Place, word: Option<&Word>, applying: &mut Applying) -> Option<ClientId> {
    let found = applying.ids.client(word.map(|word| word.value.as_str()));
    if found.is_none() {
        match word {
            Some(word) => applying.mistakes.push(Mistake::unknown(
                at(entry, word),
                "client",
                &word.value,
                applying.ids.clients.keys().map(String::as_str),
            )),
            None => applying.mistake(
                entry,
                "no client is named, and the operator has none of its own; add `operator: { name: .. }`",
            ),
        }
    }
    found
}

fn person_of(entry: &Place, word: &Word, applying: &mut Applying) -> Option<PersonId> {
    let found = applying.ids.people.get(&word.value).copied();
    if found.is_none() {
        let known = applying.ids.people.keys().map(String::as_str);
        applying.mistakes.push(Mistake::unknown(at(entry, word), "person", &word.value, known));
    }
    found
}

async fn apply_rota(
    tx: &mut Tx,
    held: &[Rota],
    part: &Declared<RotaPart>,
    applying: &mut Applying,
) -> Result<Option<RotaId>, Problem> {
    let Some(client) = client_of(&part.place, part.value.client.as_ref(), applying) else { return Ok(None) };
    let mut reading = Reading { entry: &part.place, mistakes: Vec::new() };
    let mut layers = reading.rota(&part.value);
    if !reading.mistakes.is_empty() {
        applying.mistakes.append(&mut reading.mistakes);
        return Ok(None);
    }
    for (layer, written) in layers.iter_mut().zip(&part.value.layers) {
        layer.people =
            written.people.iter().filter_map(|word| person_of(&part.place, word, applying)).collect();
    }
    let name = part.value.name.value.trim().to_owned();
    let before =
        held.iter().find(|one| one.client_id == client && one.name.to_lowercase() == name.to_lowercase());
    let after = Rota {
        id: before.map_or_else(|| RotaId::new(tx.scope()), |one| one.id),
        client_id: client,
        name: name.clone(),
        zone: part.value.zone.value.clone(),
        layers,
        overrides: Vec::new(),
        declared_in: Some(part.place.declared_in()),
        feed_key: before.map_or_else(|| feed_key(tx.scope()), |one| one.feed_key.clone()),
    };
    match before {
        None => applying.added("rota", name.as_str()),
        Some(before) => {
            let mut details = Vec::new();
            differs(&mut details, "name", &before.name, &after.name);
            differs(&mut details, "zone", &before.zone, &after.zone);
            if before.layers != after.layers {
                details.push("layers".to_owned());
            }
            if before.declared_in.is_none() {
                details.push("now declared".to_owned());
            }
            if details.is_empty() && before.declared_in == after.declared_in {
                return Ok(Some(after.id));
            }
            applying.changed("rota", name.as_str(), details);
        }
    }
    rota::save(tx, &after).await?;
    let changed = crate::pages::limits::changed_parts(before, &after);
    if !changed.is_empty() {
        tx.record(About::client(client), Fact::RotaChanged { rota: after.id, name: name.clone(), changed })
            .await?;
    }
    applying.ids.rotas.insert((client, name), after.id);
    Ok(Some(after.id))
}

fn targets(entry: &Place, client: ClientId, parts: &[TargetPart], applying: &mut Applying) -> Vec<Target> {
    let mut out = Vec::new();
    for (kind, word) in words_of(parts) {
        let found = match kind {
            "rota" => applying.ids.rota(client, &word.value).map(Target::Rota),
            "team" => applying.ids.team(client, &word.value).map(Target::Team),
            _ => applying.ids.people.get(&word.value).copied().map(Target::Person),
        };
        match found {
            Some(target) => out.push(target),
            None => applying.mistakes.push(Mistake::unknown(at(entry, word), kind, &word.value, [])),
        }
    }
    out
}

async fn apply_escalation(
    tx: &mut Tx,
    held: &[PolicyRow],
    part: &Declared<EscalationPart>,
    applying: &mut Applying,
) -> Result<Option<EscalationId>, Problem> {
    let one = &part.value;
    let Some(client) = client_of(&part.place, one.client.as_ref(), applying) else { return Ok(None) };
    let mut reading = Reading { entry: &part.place, mistakes: Vec::new() };
    let (waits, acknowledgement_s) = reading.escalation(one);
    if !reading.mistakes.is_empty() {
        applying.mistakes.append(&mut reading.mistakes);
        return Ok(None);
    }
    let steps = one
        .steps
        .iter()
        .zip(waits)
        .map(|(step, wait_s)| Rung { wait_s, page: targets(&part.place, client, &step.page, applying) });
    let steps = steps.collect();
    let policy = Policy {
        steps,
        repeat: one.repeat.as_ref().map_or(0, |repeat| repeat.value),
        acknowledgement_s,
        fallback: targets(&part.place, client, &one.fallback, applying),
    };
    let name = one.name.value.trim().to_owned();
    let declared_in = part.place.declared_in();
    let id = save_policy(tx, held, client, name, None, policy, declared_in, applying).await?;
    Ok(Some(id))
}

#[expect(clippy::too_many_arguments, reason = "each is one column of the row")]
async fn save_policy(
    tx: &mut Tx,
    held: &[PolicyRow],
    client: ClientId,
    name: String,
    only_service: Option<ServiceId>,
    policy: Policy,
    declared_in: String,
    applying: &mut Applying,
) -> Result<EscalationId, Problem> {
    let before = held.iter().find(|row| {
        row.client_id == client
            && match only_service {
                Some(_) => row.only_service == only_service,
                None => row.only_service.is_none() && row.name.to_lowercase() == name.to_lowercase(),
            }
    });
    let row = PolicyRow {
        id: before.map_or_else(|| EscalationId::new(tx.scope()), |row| row.id),
        client_id: client,
        name: name.clone(),
        only_service,
        policy,
        declared_in: Some(declared_in),
    };
    applying.ids.escalations.insert((client, name.clone()), row.id);
    if before == Some(&row) {
        return Ok(row.id);
    }
    let same = before.is_some_and(|before| before.policy == row.policy && before.name == row.name);
    escalation::save(tx, &row).await?;
    match before {
        None => applying.added("escalation", name.as_str()),
        Some(before) => {
            let mut details = Vec::new();
            differs(&mut details, "name", &before.name, &row.name);
            differs(&mut details, "repeat", &before.policy.repeat, &row.policy.repeat);
            if before.policy.steps != row.policy.steps {
                details.push("steps".to_owned());
            }
            if before.policy.fallback != row.policy.fallback {
                details.push("fallback".to_owned());
            }
            if before.policy.acknowledgement_s != row.policy.acknowledgement_s {
                details.push("acknowledgement".to_owned());
            }
            applying.changed("escalation", name.as_str(), details);
        }
    }
    if !same {
        let changed = vec![if before.is_some() { "steps" } else { "added" }.to_owned()];
        tx.record(About::client(client), Fact::EscalationChanged { name, changed }).await?;
    }
    Ok(row.id)
}

/// The client and id of a service of the folder.
fn service_of(service: &ServiceOnCall, applying: &Applying) -> Option<(ClientId, ServiceId)> {
    let client = applying.ids.client(service.client.as_deref())?;
    let id = applying.ids.services.get(&(client, service.service.trim().to_owned()))?;
    Some((client, *id))
}

async fn apply_service(
    tx: &mut Tx,
    held: &[PolicyRow],
    service: &ServiceOnCall,
    applying: &mut Applying,
) -> Result<Option<EscalationId>, Problem> {
    // A service that could not be applied has its own mistake already.
    let Some((client, id)) = service_of(service, applying) else { return Ok(None) };
    let part = &service.part.value;
    let entry = &service.part.place;
    let before = escalation::policy_of(tx, id).await?;
    let chosen = if let Some(word) = &part.escalation {
        let found = applying.ids.escalation(client, &word.value);
        if found.is_none() {
            applying.mistakes.push(Mistake::unknown(at(entry, word), "escalation", &word.value, []));
            return Ok(None);
        }
        found
    } else if part.on_call.is_empty() {
        // What a file gave goes with the file's word; what people chose on screen stays.
        if before.is_some_and(|row| row.declared_in.is_some()) {
            escalation::unassign(tx, id).await?;
            applying.changed("service", service.service.as_str(), vec!["escalation: none".to_owned()]);
        }
        return Ok(None);
    } else {
        let people: Vec<Target> = part
            .on_call
            .iter()
            .filter_map(|word| person_of(entry, word, applying).map(Target::Person))
            .collect();
        let policy = Policy {
            steps: vec![Rung { wait_s: SHORTHAND_WAIT_S, page: people }],
            repeat: SHORTHAND_REPEAT,
            acknowledgement_s: ACKNOWLEDGEMENT.as_secs(),
            fallback: Vec::new(),
        };
        let name = format!("{} (on call)", service.service.trim());
        Some(save_policy(tx, held, client, name, Some(id), policy, entry.declared_in(), applying).await?)
    };
    if let Some(policy) = chosen
        && before.as_ref().map(|row| row.id) != Some(policy)
    {
        escalation::assign(tx, client, id, policy).await?;
        if part.escalation.is_some() {
            let name = part.escalation.as_ref().map_or("", |word| word.value.as_str());
            applying.changed("service", service.service.as_str(), vec![format!("escalation: {name}")]);
        }
    }
    Ok(chosen)
}

async fn apply_status_pages(tx: &mut Tx, parts: &Parts, applying: &mut Applying) -> Result<(), Problem> {
    let held = status::all_in(tx).await?;
    let mut declared = BTreeSet::new();
    let wanted: Vec<(&ServiceOnCall, &StatusPart, ClientId, ServiceId)> = parts
        .services
        .iter()
        .filter_map(|service| {
            let page = service.part.value.status_page.as_ref()?;
            let (client, id) = service_of(service, applying)?;
            Some((service, page, client, id))
        })
        .collect();
    declared.extend(wanted.iter().map(|(_, _, _, id)| *id));
    // Those that go first give back their addresses.
    for page in held.iter().filter(|page| page.declared_in.is_some() && !declared.contains(&page.service_id))
    {
        status::remove(tx, page.service_id).await?;
        applying.removed("status page", page.slug.as_str());
        let about = About::service(page.client_id, page.service_id);
        tx.record(about, Fact::StatusPageChanged { changed: vec!["removed".to_owned()] }).await?;
    }
    for (service, part, client, id) in wanted {
        let slug = part.slug.value.as_str();
        let stands = |page: &&StatusPage| page.declared_in.is_none() || declared.contains(&page.service_id);
        let other = held.iter().filter(stands).find(|page| page.slug == slug && page.service_id != id);
        if other.is_some() {
            applying.mistake(&at(&service.part.place, &part.slug), format!("status page {slug:?} is taken"));
            continue;
        }
        let before = held.iter().find(|page| page.service_id == id);
        let title = part.title.as_ref().map_or(service.service.as_str(), |title| title.value.as_str());
        let after = StatusPage {
            id: before.map_or_else(|| StatusPageId::new(tx.scope()), |page| page.id),
            client_id: client,
            service_id: id,
            slug: slug.to_owned(),
            title: title.trim().to_owned(),
            public: part.public,
            declared_in: Some(at(&service.part.place, &part.slug).declared_in()),
        };
        save_status_page(tx, before, &after, applying).await?;
    }
    Ok(())
}

async fn save_status_page(
    tx: &mut Tx,
    before: Option<&StatusPage>,
    after: &StatusPage,
    applying: &mut Applying,
) -> Result<(), Problem> {
    if before == Some(after) {
        return Ok(());
    }
    status::save(tx, after).await?;
    let mut details = Vec::new();
    match before {
        None => applying.added("status page", after.slug.as_str()),
        Some(before) => {
            differs(&mut details, "slug", &before.slug, &after.slug);
            differs(&mut details, "title", &before.title, &after.title);
            differs(&mut details, "public", &before.public, &after.public);
            applying.changed("status page", after.slug.as_str(), details.clone());
            if details.is_empty() {
                return Ok(());
            }
        }
    }
    let changed = vec![if after.public { "published" } else { "hidden" }.to_owned()];
    let about = About::service(after.client_id, after.service_id);
    tx.record(about, Fact::StatusPageChanged { changed }).await?;
    Ok(())
}

async fn remove_policies(
    tx: &mut Tx,
    held: &[PolicyRow],
    kept: &BTreeSet<EscalationId>,
    applying: &mut Applying,
) -> Result<(), Problem> {
    for row in held.iter().filter(|row| row.declared_in.is_some() && !kept.contains(&row.id)) {
        escalation::unassign_all(tx, row.id).await?;
        escalation::remove(tx, row.id).await?;
        applying.ids.escalations.remove(&(row.client_id, row.name.clone()));
        applying.removed("escalation", row.name.as_str());
        let fact = Fact::EscalationChanged { name: row.name.clone(), changed: vec!["removed".to_owned()] };
        tx.record(About::client(row.client_id), fact).await?;
    }
    Ok(())
}

async fn remove_rotas(
    tx: &mut Tx,
    held: &[Rota],
    kept: &BTreeSet<RotaId>,
    applying: &mut Applying,
) -> Result<(), Problem> {
    let policies = escalation::all_in(tx).await?;
    for one in held.iter().filter(|one| one.declared_in.is_some() && !kept.contains(&one.id)) {
        let target = Target::Rota(one.id);
        let needed = policies.iter().any(|row| {
            row.policy.fallback.contains(&target)
                || row.policy.steps.iter().any(|step| step.page.contains(&target))
        });
        if needed {
            rota::save(tx, &Rota { declared_in: None, ..one.clone() }).await?;
            let why = "no longer declared; an escalation needs it, so it stays, kept on screen".to_owned();
            applying.changed("rota", one.name.as_str(), vec![why]);
            continue;
        }
        rota::remove(tx, one.id).await?;
        applying.ids.rotas.remove(&(one.client_id, one.name.clone()));
        applying.removed("rota", one.name.as_str());
        let fact =
            Fact::RotaChanged { rota: one.id, name: one.name.clone(), changed: vec!["removed".to_owned()] };
        tx.record(About::client(one.client_id), fact).await?;
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------- export

/// What the asker may see, as it would stand in a file.
#[derive(Debug, Default)]
pub struct Exported {
    /// Rotas.
    pub rotas: Vec<RotaPart>,
    /// Escalations that are for more than one service.
    pub escalations: Vec<EscalationPart>,
    /// What stands in the entries of services.
    pub services: HashMap<ServiceId, OnCallPart>,
}

fn clock(time: Time) -> Word {
    word(time.strftime("%H:%M").to_string())
}

/// Gives the parts back. `client` and `person` give names; a client's is none for the operator's own.
pub async fn export(
    db: &Db,
    scope: &Scope,
    client: impl Fn(ClientId) -> Option<String>,
    person: impl Fn(PersonId) -> Option<String>,
) -> Result<Exported, Problem> {
    let rotas = rota::all(db, scope, scope.now()).await?;
    let rows = escalation::all(db, scope).await?;
    let rota_names: HashMap<RotaId, String> = rotas.iter().map(|rota| (rota.id, rota.name.clone())).collect();
    let team_names: HashMap<TeamId, String> =
        identity::teams::all(db, scope).await?.into_iter().map(|team| (team.id, team.name)).collect();
    let target = |target: &Target| match target {
        Target::Rota(id) => TargetPart { rota: rota_names.get(id).map(word), ..TargetPart::default() },
        Target::Person(id) => TargetPart { person: person(*id).map(word), ..TargetPart::default() },
        Target::Team(id) => TargetPart { team: team_names.get(id).map(word), ..TargetPart::default() },
    };
    let mut exported = Exported {
        rotas: rotas.iter().map(|rota| rota_part(rota, client(rota.client_id), &person)).collect(),
        ..Exported::default()
    };
    for row in rows.iter().filter(|row| row.only_service.is_none()) {
        exported.escalations.push(EscalationPart {
            name: word(row.name.as_str()),
            client: client(row.client_id).map(word),
            repeat: Some(value(row.policy.repeat)),
            acknowledgement: Some(word(show_span(row.policy.acknowledgement()))),
            steps: row
                .policy
                .steps
                .iter()
                .map(|step| StepPart {
                    wait: word(show_span(step.wait())),
                    page: step.page.iter().map(target).collect(),
                })
                .collect(),
            fallback: row.policy.fallback.iter().map(target).collect(),
        });
    }
    for (service, id) in escalation::by_service(db, scope).await? {
        let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
        let part = exported.services.entry(service).or_default();
        if row.only_service.is_some() {
            let people = row.policy.steps.iter().flat_map(|step| &step.page).filter_map(|one| match one {
                Target::Person(id) => person(*id).map(word),
                Target::Rota(_) | Target::Team(_) => None,
            });
            part.on_call = people.collect();
        } else {
            part.escalation = Some(word(row.name.as_str()));
        }
    }
    for page in status::all(db, scope).await? {
        exported.services.entry(page.service_id).or_default().status_page =
            Some(StatusPart { slug: word(page.slug), title: Some(word(page.title)), public: page.public });
    }
    Ok(exported)
}

fn rota_part(rota: &Rota, client: Option<String>, person: impl Fn(PersonId) -> Option<String>) -> RotaPart {
    let layer = |layer: &Layer| LayerPart {
        rotation: match layer.rotation {
            Rotation::Weekly { .. } => RotationPart::Word("weekly".to_owned()),
            Rotation::Daily { days: 1 } => RotationPart::Word("daily".to_owned()),
            Rotation::Hourly { hours: 1 } => RotationPart::Word("hourly".to_owned()),
            Rotation::Daily { days } => RotationPart::Every { every: format!("{days}d") },
            Rotation::Hourly { hours } => RotationPart::Every { every: format!("{hours}h") },
        },
        on: match layer.rotation {
            Rotation::Weekly { on } => Some(word(on.word())),
            Rotation::Daily { .. } | Rotation::Hourly { .. } => None,
        },
        start: word(layer.start.to_string()),
        handoff: clock(layer.handoff),
        people: layer.people.iter().filter_map(|id| person(*id).map(word)).collect(),
        only: layer
            .only
            .iter()
            .map(|window| WindowPart {
                days: (!window.days.is_empty())
                    .then(|| DaysPart::Many(window.days.iter().map(|day| day.word().to_owned()).collect())),
                from: clock(window.from),
                to: clock(window.to),
            })
            .collect(),
    };
    RotaPart {
        name: word(rota.name.as_str()),
        client: client.map(word),
        zone: word(rota.zone.as_str()),
        layers: rota.layers.iter().map(layer).collect(),
    }
}

#[cfg(test)]
mod tests;
