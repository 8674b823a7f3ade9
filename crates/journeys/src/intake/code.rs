//! Sources as they stand in files, within the entry of their service: shape, check, apply, export.
//!
//! - A source is known by its service and name. A renamed one is a new one, with a key of its own.
//! - A source that was declared and no longer is, is removed; what it told stays. One that was made on screen stays, and a
//!   file that declares one of the same name takes it over, with its key.

use std::collections::{BTreeMap, BTreeSet};

use kernel::code::{Applying, Declared, Mistake, Place};
use kernel::units::parse_span;
use kernel::{ClientId, Problem, Scope, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use super::sources::{self, Identity, MAX_SOURCES, Source, SourceDraft, domain_of};

/// A text with its place.
pub type Word = Spanned<String>;

/// The key of a service's entry under which its sources stand.
pub const KEY: &str = "sources";

/// A source in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct SourcePart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Word>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respect_signals: Option<bool>,
}

/// The sources that one service declares.
#[derive(Debug, Clone)]
pub struct ServiceSources {
    /// The service's client, when its entry names one.
    pub client: Option<String>,
    /// The service's name.
    pub service: String,
    /// Its sources.
    pub sources: Vec<Declared<SourcePart>>,
}

fn at<T>(place: &Place, word: Option<&Spanned<T>>) -> Place {
    word.map_or_else(|| place.clone(), |word| place.at(word.referenced.line(), word.referenced.column()))
}

fn name_of(part: &SourcePart) -> String {
    part.name.as_ref().map(|word| word.value.trim().to_owned()).unwrap_or_default()
}

/// What a part says, and what is wrong with it.
fn read(part: &Declared<SourcePart>) -> (SourceDraft, Vec<Mistake>) {
    let (place, said) = (&part.place, &part.value);
    let mut mistakes = Vec::new();
    let mut draft = SourceDraft {
        name: name_of(said),
        domains: said.domains.iter().map(|word| domain_of(&word.value)).collect(),
        also: said.also.iter().map(|word| word.value.trim().to_owned()).collect(),
        declared_in: Some(place.declared_in()),
        ..SourceDraft::default()
    };
    draft.respects_signals = said.respect_signals.unwrap_or(true);
    if let Some(word) = &said.identity {
        match Identity::from_word(word.value.trim()) {
            Some(level) => draft.identity = level,
            None => {
                let message =
                    format!("no identity is called {:?}; it is none, daily or declared", word.value);
                mistakes.push(Mistake::new(at(place, Some(word)), message));
            }
        }
    }
    if let Some(word) = &said.keep {
        match parse_span(&word.value) {
            Ok(span) => draft.keep_days = Some(u32::try_from(span.as_hours() / 24).unwrap_or(u32::MAX)),
            Err(why) => mistakes.push(Mistake::new(at(place, Some(word)), why)),
        }
    }
    for wrong in sources::wrong(&draft) {
        let word = match wrong.field {
            "name" => said.name.as_ref(),
            "keep" => said.keep.as_ref(),
            "domains" => place_of(&said.domains, &wrong.value, domain_of),
            _ => place_of(&said.also, &wrong.value, |word| word.trim().to_owned()),
        };
        mistakes.push(Mistake::new(at(place, word), wrong.sentence()));
    }
    (draft, mistakes)
}

fn place_of<'a>(words: &'a [Word], value: &str, plain: fn(&str) -> String) -> Option<&'a Word> {
    words.iter().find(|word| plain(&word.value) == value)
}

/// Everything that is wrong with these sources, as far as files tell.
#[must_use]
pub fn check(parts: &[ServiceSources]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut words: BTreeMap<String, Place> = BTreeMap::new();
    for service in parts {
        let mut first: BTreeMap<String, Place> = BTreeMap::new();
        if let Some(over) = service.sources.get(MAX_SOURCES) {
            mistakes.push(Mistake::new(over.place.clone(), format!("more than {MAX_SOURCES} sources")));
        }
        for source in service.sources.iter().take(MAX_SOURCES) {
            mistakes.extend(read(source).1);
            let name = name_of(&source.value);
            let place = at(&source.place, source.value.name.as_ref());
            match first.get(&name.to_lowercase()) {
                Some(first) => mistakes.push(Mistake::twice(place, "source", &name, first)),
                None => drop(first.insert(name.to_lowercase(), place)),
            }
            let domains = source.value.domains.iter().map(|word| (word, domain_of(&word.value), "domain"));
            let also = source.value.also.iter().map(|word| (word, word.value.trim().to_lowercase(), "key"));
            for (word, plain, what) in domains.chain(also) {
                let place = at(&source.place, Some(word));
                match words.get(&plain) {
                    Some(first) => mistakes.push(Mistake::twice(place, what, &word.value, first)),
                    None => drop(words.insert(plain, place)),
                }
            }
        }
    }
    mistakes
}

/// Makes the database what these sources say. The services must have been applied before.
pub async fn apply(tx: &mut Tx, parts: &[ServiceSources], applying: &mut Applying) -> Result<(), Problem> {
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
    for source in sources::declared_in(tx).await? {
        if !declared.contains(&source.service) {
            sources::remove(tx, &source).await?;
            applying.removed("source", source.name.as_str());
        }
    }
    Ok(())
}

async fn apply_service(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    part: &ServiceSources,
    applying: &mut Applying,
) -> Result<(), Problem> {
    let held = sources::of_service_in(tx, service).await?;
    let drafts: Vec<_> = part.sources.iter().map(|declared| (declared, read(declared))).collect();
    let named = |source: &Source| {
        drafts.iter().any(|(_, (draft, _))| draft.name.to_lowercase() == source.name.to_lowercase())
    };
    // First, so that what is no longer declared gives its domains back to what is.
    for source in held.iter().filter(|source| source.declared_in.is_some() && !named(source)) {
        sources::remove(tx, source).await?;
        applying.removed("source", format!("{}/{}", part.service, source.name));
    }
    for (declared, (draft, mistakes)) in drafts {
        if !mistakes.is_empty() {
            applying.mistakes.extend(mistakes);
            continue;
        }
        let before = held.iter().find(|source| source.name.to_lowercase() == draft.name.to_lowercase());
        if let Some((field, word)) = sources::word_taken(tx, &draft, before.map(|source| source.id)).await? {
            let words = if field == "domains" { &declared.value.domains } else { &declared.value.also };
            let place = at(&declared.place, words.iter().find(|held| held.value.contains(word.as_str())));
            applying.mistake(&place, format!("another source has the {} {word:?}", what_of(field)));
            continue;
        }
        let shown = format!("{}/{}", part.service, draft.name);
        match before {
            Some(before) => {
                let details = sources::change(tx, before, &draft).await?;
                applying.changed("source", shown, details);
            }
            None => {
                applying.added("source", shown);
                sources::add(tx, client, service, &draft).await?;
            }
        }
    }
    Ok(())
}

fn what_of(field: &str) -> &'static str {
    if field == "domains" { "domain" } else { "key" }
}

fn word(text: impl Into<String>) -> Word {
    Spanned::new(text.into(), serde_saphyr::Location::UNKNOWN, serde_saphyr::Location::UNKNOWN)
}

/// The sources of a service as they would stand in its entry.
pub async fn export(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<SourcePart>, Problem> {
    let held = sources::of_service(db, scope, service).await?;
    Ok(held
        .into_iter()
        .map(|source| SourcePart {
            name: Some(word(source.name)),
            domains: source.domains.into_iter().map(word).collect(),
            also: source.also.into_iter().map(word).collect(),
            identity: Some(word(source.identity.word())),
            keep: source.keep_days.map(|days| word(format!("{days}d"))),
            respect_signals: (!source.respects_signals).then_some(false),
        })
        .collect())
}

#[cfg(test)]
mod tests;
