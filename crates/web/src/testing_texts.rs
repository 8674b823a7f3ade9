//! Finds texts that are missing: for the test of every feature, and of all of them together.

use std::collections::BTreeSet;

use crate::pages::Part;
use crate::text::Language;

/// What is wrong with the texts of these features together with those of `web`: keys that one language
/// has and another has not, and keys that a template uses and nobody defines. Empty when all is well.
///
/// A key that a template puts together (`t("state-" ~ word)`) cannot be seen here; samples find those.
#[must_use]
pub fn missing(parts: &[Part]) -> Vec<String> {
    let all: Vec<Part> = std::iter::once(crate::OWN).chain(parts.iter().copied()).collect();
    let keys = |language: Language| -> BTreeSet<String> {
        all.iter().flat_map(|part| keys_of(part.texts.of(language))).collect()
    };
    let (en, nl) = (keys(Language::En), keys(Language::Nl));
    let mut wrong: Vec<String> = en.difference(&nl).map(|key| format!("{key} has no Dutch text")).collect();
    wrong.extend(nl.difference(&en).map(|key| format!("{key} has no English text")));
    for part in &all {
        for (name, source) in part.templates {
            for key in used_in(&without_comments(source)).filter(|key| !en.contains(*key)) {
                wrong.push(format!("{name} uses {key}, which has no text"));
            }
        }
    }
    wrong
}

/// The keys a Fluent file defines, with their attributes (`problem-x.title`).
fn keys_of(source: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut message = String::new();
    for line in source.lines() {
        let Some((left, _)) = line.split_once('=') else { continue };
        if let Some(attribute) = left.strip_prefix("    .") {
            keys.push(format!("{message}.{}", attribute.trim()));
        } else if left.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            message = left.trim().to_owned();
            keys.push(message.clone());
        }
    }
    keys
}

fn without_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    for (place, part) in source.split("{#").enumerate() {
        kept.push_str(if place == 0 { part } else { part.split_once("#}").map_or("", |(_, after)| after) });
    }
    kept
}

/// The keys in `t("key"` and `t('key'` that are whole, not the beginning of one.
fn used_in(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices("t(").filter_map(|(at, _)| {
        let before = source[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.') {
            return None;
        }
        let rest = &source[at + 2..];
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let key = rest[1..].split(quote).next()?;
        let after = rest[1 + key.len() + 1..].trim_start();
        (!after.starts_with('~')).then_some(key)
    })
}
