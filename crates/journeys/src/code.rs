//! Journeys as they stand in files, within the entry of their service: shape, check, apply, export.
//!
//! - A journey is known by its service and name; a renamed one is a new one, with days of its own.
//! - A journey that was declared and no longer is, is removed. One that was drawn on screen stays, and a file that
//!   declares one of the same name takes it over.
//! - What a file does not say is as usual: visits, two hours, ordered, and the zone of its owner.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use kernel::code::{Applying, Declared, Mistake, Names, Place};
use kernel::lake::{Channel, Ending, Looks, Match, Order, Test, Unit, Where};
use kernel::units::{parse_span, show_span};
use kernel::{ClientId, ComponentId, PersonId, Problem, Scope, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use crate::model::{
    Definition, Draft, EndingRule, Exclusion, Journey, MAX_JOURNEYS, Step, Targets, USUAL_WINDOW, ending_of,
    ending_word, usual_segments,
};
use crate::rules::{faults, looks};
use crate::store as tables;

/// A text with its place.
pub type Word = Spanned<String>;

/// The key of a service's entry under which its journeys stand.
pub const KEY: &str = "journeys";

/// One or several values, each as text: `ideal`, `[ideal, card]`, `2`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(pub Vec<String>);

struct WordsVisitor;

impl<'de> serde::de::Visitor<'de> for WordsVisitor {
    type Value = Vec<String>;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a number, true or false, or a list of them")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Words(words)) = items.next_element()? {
            all.extend(words);
        }
        Ok(all)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(WordsVisitor).map(Words)
    }
}

impl Serialize for Words {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [one] => s.serialize_str(one),
            all => s.collect_seq(all),
        }
    }
}

/// A journey in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct JourneyPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Spanned<Unit>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Spanned<Order>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Spanned<StepPart>>,
    /// Each is one ending with what tells of it: `{ not_eligible: { path: /apply/no } }`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endings: Vec<Spanned<BTreeMap<String, LooksPart>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Spanned<ExclusionPart>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Spanned<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Spanned<TargetsPart>>,
}

/// A step in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct StepPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub tests: BTreeMap<String, Words>,
    /// Alternatives, any of which fits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<LooksPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Spanned<Channel>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Word>,
}

/// What is looked for, in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct LooksPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub tests: BTreeMap<String, Words>,
}

/// What ends an attempt, in a file; steps by their names.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct ExclusionPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub tests: BTreeMap<String, Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Word>,
}

/// What a journey promises, in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct TargetsPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Word>,
}

/// The journeys that one service declares.
#[derive(Debug, Clone)]
pub struct ServiceJourneys {
    /// The service's client, when its entry names one.
    pub client: Option<String>,
    /// The service's name.
    pub service: String,
    /// Its journeys.
    pub journeys: Vec<Declared<JourneyPart>>,
}

fn at<T>(place: &Place, word: Option<&Spanned<T>>) -> Place {
    word.map_or_else(|| place.clone(), |word| place.at(word.referenced.line(), word.referenced.column()))
}

fn said(word: Option<&Word>) -> Option<&str> {
    word.map(|word| word.value.trim()).filter(|text| !text.is_empty())
}

fn tests_of(tests: &BTreeMap<String, Words>) -> Where {
    let test = |(field, words): (&String, &Words)| Test {
        field: looks::field_of(field),
        is: match &words.0[..] {
            [one] => looks::match_of(one),
            many => Match::Is(many.to_vec()),
        },
    };
    tests.iter().map(test).collect()
}

fn looks_of(path: Option<&String>, event: Option<&String>, tests: &BTreeMap<String, Words>) -> Where {
    looks::plain(path.map(String::as_str), event.map(String::as_str), tests_of(tests))
}

/// A share as people write it: `65%`, `99.9%`.
pub(crate) fn share(text: &str) -> Option<f64> {
    let number = text.trim().strip_suffix('%')?.trim().parse::<f64>().ok()?;
    // Rounded, so that 99.9% is 0.999 and not a hair beside it.
    (0.0..=100.0).contains(&number).then(|| (number * 1e6).round() / 1e8)
}

/// A share as [`share`] reads it.
pub(crate) fn share_text(share: f64) -> String {
    let percent = (share * 1e8).round() / 1e6;
    format!("{percent}%")
}

/// A reading of one part: what it comes to, and what is wrong with it.
struct Reading<'a> {
    place: &'a Place,
    part: &'a JourneyPart,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    fn span(&mut self, word: Option<&Word>) -> Option<SignedDuration> {
        let word = word?;
        let read = parse_span(&word.value);
        if let Err(why) = &read {
            self.wrong(at(self.place, Some(word)), why.clone());
        }
        read.ok()
    }

    fn share(&mut self, word: Option<&Word>) -> Option<f64> {
        let word = word?;
        let read = share(&word.value);
        if read.is_none() {
            let message = format!("{:?} is not a share; write for example 65%", word.value);
            self.wrong(at(self.place, Some(word)), message);
        }
        read
    }

    fn targets(&mut self) -> Targets {
        let Some(targets) = self.part.targets.as_ref().map(|targets| targets.value.clone()) else {
            return Targets::default();
        };
        Targets {
            completion: self.share(targets.completion.as_ref()),
            within_seconds: self.span(targets.within.as_ref()).map(|span| span.as_secs()),
            latency_ms: self
                .span(targets.latency.as_ref())
                .and_then(|span| i64::try_from(span.as_millis()).ok()),
            errors: self.share(targets.errors.as_ref()),
        }
    }

    fn step(&mut self, part: &Spanned<StepPart>) -> Step {
        let step = &part.value;
        let own = looks_of(step.path.as_ref(), step.event.as_ref(), &step.tests);
        let mut any: Vec<Where> = Vec::new();
        if step.any.is_empty() || !own.is_empty() {
            any.push(own);
        }
        any.extend(step.any.iter().map(|one| looks_of(one.path.as_ref(), one.event.as_ref(), &one.tests)));
        Step {
            name: said(step.name.as_ref()).unwrap_or_default().to_owned(),
            looks: Looks { any },
            optional: step.optional.unwrap_or(false),
            channel: step.channel.as_ref().map_or(Channel::Web, |channel| channel.value),
            component: None,
        }
    }

    fn endings(&mut self) -> Vec<EndingRule> {
        let mut all = Vec::new();
        for entry in &self.part.endings {
            for (word, tells) in &entry.value {
                let known = [Ending::NotEligible, Ending::Failed, Ending::Abandoned];
                let Some(ending) = ending_of(word).filter(|ending| known.contains(ending)) else {
                    let message = format!("{word:?} is no ending; one of not_eligible, failed and abandoned");
                    self.wrong(at(self.place, Some(entry)), message);
                    continue;
                };
                let tests = looks_of(tells.path.as_ref(), tells.event.as_ref(), &tells.tests);
                all.push(EndingRule { ending, looks: Looks { any: vec![tests] } });
            }
        }
        all
    }

    fn exclusions(&mut self, steps: &[Step]) -> Vec<Exclusion> {
        let mut all = Vec::new();
        for entry in &self.part.exclusions {
            let part = &entry.value;
            let mut place_of = |word: Option<&Word>, usual: usize| {
                let Some(word) = word else { return u8::try_from(usual).unwrap_or(0) };
                let found = steps.iter().position(|step| step.name == word.value.trim());
                if found.is_none() {
                    let known = steps.iter().map(|step| step.name.as_str());
                    let mistake = Mistake::unknown(at(self.place, Some(word)), "step", &word.value, known);
                    self.mistakes.push(mistake);
                }
                u8::try_from(found.unwrap_or(usual)).unwrap_or(0)
            };
            let after = place_of(part.after.as_ref(), 0);
            let before = place_of(part.before.as_ref(), steps.len().saturating_sub(1));
            let tests = looks_of(part.path.as_ref(), part.event.as_ref(), &part.tests);
            all.push(Exclusion { looks: Looks { any: vec![tests] }, after, before });
        }
        all
    }

    fn fault_place(&self, fault: &faults::Fault) -> Place {
        let part = self.part;
        let entry = |count: Option<usize>| count.unwrap_or(usize::MAX);
        match fault.field {
            "name" => at(self.place, part.name.as_ref()),
            "window" => at(self.place, part.window.as_ref()),
            "zone" => at(self.place, part.zone.as_ref()),
            "segments" => at(self.place, part.segments.as_ref()),
            "targets" => at(self.place, part.targets.as_ref()),
            "steps" => at(self.place, part.steps.get(entry(fault.at))),
            "endings" => at(self.place, part.endings.get(entry(fault.at))),
            "exclusions" => at(self.place, part.exclusions.get(entry(fault.at))),
            _ => self.place.clone(),
        }
    }
}

/// What a part says, as a draft without owner and components, and what is wrong with it. A zone that is not said is
/// empty.
fn read(part: &Declared<JourneyPart>) -> (Draft, Vec<Mistake>) {
    let mut reading = Reading { place: &part.place, part: &part.value, mistakes: Vec::new() };
    let value = &part.value;
    let window = reading.span(value.window.as_ref()).unwrap_or(USUAL_WINDOW);
    let steps: Vec<Step> = value.steps.iter().map(|step| reading.step(step)).collect();
    let endings = reading.endings();
    let exclusions = reading.exclusions(&steps);
    let targets = reading.targets();
    let segments = value.segments.as_ref().map_or_else(usual_segments, |words| {
        words.value.iter().map(|word| looks::field_of(word.trim())).collect()
    });
    let shape = Definition {
        unit: value.unit.as_ref().map_or(Unit::Visit, |unit| unit.value),
        window,
        order: value.order.as_ref().map_or(Order::Ordered, |order| order.value),
        steps,
        endings,
        exclusions,
        segments,
        zone: said(value.zone.as_ref()).unwrap_or("UTC").to_owned(),
    };
    let name = said(value.name.as_ref()).unwrap_or_default().to_owned();
    let declared_in = Some(part.place.declared_in());
    let mut draft = Draft { name, shape, owner: None, targets, declared_in };
    if reading.mistakes.is_empty() {
        for fault in faults::wrong(&draft) {
            let place = reading.fault_place(&fault);
            reading.wrong(place, fault.sentence);
        }
    }
    if value.zone.is_none() {
        draft.shape.zone = String::new();
    }
    (draft, reading.mistakes)
}

fn name_of(part: &JourneyPart) -> &str {
    said(part.name.as_ref()).unwrap_or_default()
}

/// Adds the names that these services give to journeys.
pub fn names(parts: &[ServiceJourneys], names: &mut Names) {
    for part in parts {
        for journey in &part.journeys {
            names.add("journey", format!("{}/{}", part.service, name_of(&journey.value)));
        }
    }
}

/// Everything that is wrong with these journeys, as far as files and names tell.
#[must_use]
pub fn check(parts: &[ServiceJourneys], names: &Names) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for service in parts {
        let mut first: BTreeMap<String, Place> = BTreeMap::new();
        if let Some(over) = service.journeys.get(MAX_JOURNEYS) {
            mistakes.push(Mistake::new(over.place.clone(), format!("more than {MAX_JOURNEYS} journeys")));
        }
        for journey in service.journeys.iter().take(MAX_JOURNEYS) {
            mistakes.extend(read(journey).1);
            let (name, value) = (name_of(&journey.value), &journey.value);
            let place = at(&journey.place, value.name.as_ref());
            if let Some(first) = first.get(&name.to_lowercase()) {
                mistakes.push(Mistake::twice(place, "journey", name, first));
            } else {
                first.insert(name.to_lowercase(), place);
            }
            if let Some(owner) = &value.owner {
                let place = at(&journey.place, Some(owner));
                mistakes.extend(names.refer(place, "person", owner.value.trim()));
            }
            for word in value.steps.iter().filter_map(|step| step.value.component.as_ref()) {
                let full = format!("{}/{}", service.service, word.value.trim());
                mistakes.extend(names.refer(at(&journey.place, Some(word)), "component", &full));
            }
        }
    }
    mistakes
}

/// Makes the database what these journeys say. People and services must have been applied before.
pub async fn apply(tx: &mut Tx, parts: &[ServiceJourneys], applying: &mut Applying) -> Result<(), Problem> {
    let mut declared: BTreeSet<ServiceId> = BTreeSet::new();
    for part in parts {
        let client = applying.ids.client(part.client.as_deref());
        let Some((client, service)) = client.and_then(|client| applying.ids.service(client, &part.service))
        else {
            continue; // estate said what is wrong with the service itself
        };
        declared.insert(service);
        apply_service(tx, client, service, part, applying).await?;
    }
    for journey in tables::declared_in(tx).await? {
        if !declared.contains(&journey.service) {
            tables::remove(tx, &journey).await?;
            applying.removed("journey", journey.name.as_str());
        }
    }
    Ok(())
}

async fn apply_service(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    part: &ServiceJourneys,
    applying: &mut Applying,
) -> Result<(), Problem> {
    let held = tables::journeys_in(tx, service).await?;
    // Those that go make room for those that come.
    let names: BTreeSet<String> =
        part.journeys.iter().map(|journey| name_of(&journey.value).to_lowercase()).collect();
    for journey in held.iter().filter(|journey| journey.declared_in.is_some()) {
        if !names.contains(&journey.name.to_lowercase()) {
            tables::remove(tx, journey).await?;
            applying.removed("journey", format!("{}/{}", part.service, journey.name));
        }
    }
    for declared in &part.journeys {
        let Some(draft) = draft_of(tx, service, declared, applying).await? else { continue };
        let shown = format!("{}/{}", part.service, draft.name);
        match held.iter().find(|journey| journey.name.to_lowercase() == draft.name.to_lowercase()) {
            Some(before) => {
                let details = tables::change(tx, before, &draft).await?;
                applying.changed("journey", shown, details);
            }
            None => {
                tables::add(tx, client, service, &draft).await?;
                applying.added("journey", shown);
            }
        }
    }
    Ok(())
}

/// The draft with its owner, components and zone; none when something is wrong, which is said.
async fn draft_of(
    tx: &mut Tx,
    service: ServiceId,
    declared: &Declared<JourneyPart>,
    applying: &mut Applying,
) -> Result<Option<Draft>, Problem> {
    let (mut draft, mut mistakes) = read(declared);
    let part = &declared.value;
    if let Some(word) = &part.owner {
        draft.owner = applying.ids.people.get(word.value.trim()).copied();
        if draft.owner.is_none() {
            let known = applying.ids.people.keys().map(String::as_str);
            mistakes.push(Mistake::unknown(at(&declared.place, Some(word)), "person", &word.value, known));
        }
    }
    for (step, said) in draft.shape.steps.iter_mut().zip(&part.steps) {
        let Some(word) = &said.value.component else { continue };
        let key = (service, word.value.trim().to_owned());
        step.component = applying.ids.components.get(&key).copied();
        if step.component.is_none() {
            let known = applying.ids.components.keys().filter(|(of, _)| *of == service);
            let known: Vec<&str> = known.map(|(_, name)| name.as_str()).collect();
            let place = at(&declared.place, Some(word));
            mistakes.push(Mistake::unknown(place, "component", &word.value, known));
        }
    }
    if !mistakes.is_empty() {
        applying.mistakes.extend(mistakes);
        return Ok(None);
    }
    if draft.shape.zone.is_empty() {
        draft.shape.zone = usual_zone(tx, service, draft.owner).await?;
    }
    Ok(Some(draft))
}

/// The zone of whoever answers for the journey, else of whoever answers for the service, else UTC.
pub(crate) async fn usual_zone(
    tx: &mut Tx,
    service: ServiceId,
    owner: Option<PersonId>,
) -> Result<String, Problem> {
    let of_service = estate::services::expect_in(tx, service).await?.owner;
    match owner.or(of_service) {
        Some(person) => Ok(identity::people::person_in(tx, person).await?.zone),
        None => Ok("UTC".to_owned()),
    }
}

fn word(text: impl Into<String>) -> Word {
    value(text.into())
}

fn value<T>(value: T) -> Spanned<T> {
    Spanned::new(value, serde_saphyr::Location::UNKNOWN, serde_saphyr::Location::UNKNOWN)
}

/// The journeys of a service as they would stand in its entry. `component` and `person` give names.
pub async fn export(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    component: impl Fn(ComponentId) -> Option<String>,
    person: impl Fn(PersonId) -> Option<String>,
) -> Result<Vec<JourneyPart>, Problem> {
    let journeys = tables::journeys_of(db, scope, service).await?;
    Ok(journeys.iter().map(|journey| part_of(journey, &component, &person)).collect())
}

fn words_of(tests: &Where) -> BTreeMap<String, Words> {
    let words = |test: &Test| (looks::field_word(&test.field), Words(looks::match_words(&test.is)));
    tests.iter().map(words).collect()
}

fn looks_part(tests: &Where) -> LooksPart {
    let parts = looks::parts(tests);
    LooksPart { path: parts.path, event: parts.event, tests: words_of(&parts.tests) }
}

/// A journey as it would stand in a file.
#[must_use]
pub fn part_of(
    journey: &Journey,
    component: impl Fn(ComponentId) -> Option<String>,
    person: impl Fn(PersonId) -> Option<String>,
) -> JourneyPart {
    let step = |step: &Step| {
        let mut part = StepPart {
            name: Some(word(step.name.as_str())),
            optional: step.optional.then_some(true),
            channel: (step.channel != Channel::Web).then(|| value(step.channel)),
            component: step.component.and_then(&component).map(word),
            ..StepPart::default()
        };
        match &step.looks.any[..] {
            [one] => {
                let looks = looks_part(one);
                (part.path, part.event, part.tests) = (looks.path, looks.event, looks.tests);
            }
            many => part.any = many.iter().map(looks_part).collect(),
        }
        value(part)
    };
    let ending = |one: &EndingRule| {
        let tells = one.looks.any.first().map(looks_part).unwrap_or_default();
        value(BTreeMap::from([(ending_word(one.ending).to_owned(), tells)]))
    };
    let step_name = |place: u8| journey.steps.get(usize::from(place)).map(|step| word(step.name.as_str()));
    let exclusion = |one: &Exclusion| {
        let looks = one.looks.any.first().map(looks_part).unwrap_or_default();
        let (after, before) = (step_name(one.after), step_name(one.before));
        value(ExclusionPart { path: looks.path, event: looks.event, tests: looks.tests, after, before })
    };
    let targets = &journey.targets;
    let targets_part = TargetsPart {
        completion: targets.completion.map(|share| word(share_text(share))),
        within: targets.within_seconds.map(|secs| word(show_span(SignedDuration::from_secs(secs)))),
        latency: targets.latency_ms.map(|ms| word(show_span(SignedDuration::from_millis(ms)))),
        errors: targets.errors.map(|share| word(share_text(share))),
    };
    let segments: Vec<String> = journey.segments.iter().map(looks::field_word).collect();
    JourneyPart {
        name: Some(word(journey.name.as_str())),
        unit: Some(value(journey.unit)),
        window: Some(word(show_span(journey.window))),
        order: (journey.order != Order::Ordered).then(|| value(journey.order)),
        steps: journey.steps.iter().map(step).collect(),
        endings: journey.endings.iter().map(ending).collect(),
        exclusions: journey.exclusions.iter().map(exclusion).collect(),
        segments: (journey.segments != usual_segments()).then(|| value(segments)),
        zone: Some(word(journey.zone.as_str())),
        owner: journey.owner.and_then(&person).map(word),
        targets: (*targets != Targets::default()).then(|| value(targets_part)),
    }
}

#[cfg(test)]
mod tests;
