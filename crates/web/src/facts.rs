//! Facts as sentences: one text per fact (`fact-alert-raised`), which speaks of the fact's own fields.

use std::collections::{BTreeSet, HashMap};

use kernel::{Fact, PersonId, Recorded};
use serde_json::Value;

use crate::text::{Text, TextArg};

/// What a fact says, as a sentence. People are named by `names`; who is not in it is "somebody". A field that is
/// absent or empty is the word `none`, so that a text can tell the cases apart (Fluent selects by words only).
#[must_use]
pub fn fact_text(fact: &Fact, names: &HashMap<PersonId, String>) -> Text {
    let mut text = Text::key(format!("fact-{}", fact.name().replace('_', "-")));
    let fields = serde_json::to_value(fact).unwrap_or_default();
    for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| *name != "fact") {
        text = text.with(name.clone(), arg(name, value, names));
    }
    text
}

/// Who did it, as words: a name, Tend itself, the command line, the public.
#[must_use]
pub fn actor_text(recorded: &Recorded, names: &HashMap<PersonId, String>) -> Text {
    match recorded.actor.as_str() {
        "public" => Text::key("actor-public"),
        "operator" => Text::key("actor-operator"),
        actor if actor.starts_with("task:") => Text::key("actor-tend"),
        actor if actor.starts_with("tok_") => Text::key("actor-token"),
        actor => match actor.parse::<PersonId>().ok().and_then(|id| names.get(&id)) {
            Some(name) => Text::raw(name.clone()),
            None => Text::key("actor-somebody"),
        },
    }
}

/// The people whom these facts mention, to look up their names in one question.
#[must_use]
pub fn people_in<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> BTreeSet<PersonId> {
    let mut people = BTreeSet::new();
    for recorded in facts {
        people.extend(recorded.actor.parse::<PersonId>().ok());
        let fields = serde_json::to_value(&recorded.fact).unwrap_or_default();
        for value in fields.as_object().into_iter().flatten().map(|(_, value)| value) {
            let texts = value
                .as_str()
                .into_iter()
                .chain(value.as_array().into_iter().flatten().filter_map(Value::as_str));
            people.extend(texts.filter_map(|text| text.parse::<PersonId>().ok()));
        }
    }
    people
}

/// Numbers that name a thing rather than count things are words: incident 1041 has no thousands.
const NAMING: &[&str] = &["number"];

fn arg(name: &str, value: &Value, names: &HashMap<PersonId, String>) -> TextArg {
    match value {
        Value::Number(number) if NAMING.contains(&name) => TextArg::Word(number.to_string()),
        // Steps are numbered from 0; people count from 1.
        Value::Number(number) if name == "step" => TextArg::Number(number.as_f64().unwrap_or_default() + 1.0),
        Value::Number(number) => TextArg::Number(number.as_f64().unwrap_or_default()),
        Value::Bool(yes) => TextArg::Word(yes.to_string()),
        Value::String(text) => TextArg::Word(or_none(word(text, names))),
        Value::Array(items) => {
            let words = items.iter().filter_map(Value::as_str).map(|text| word(text, names));
            TextArg::Word(or_none(words.collect::<Vec<_>>().join(", ")))
        }
        Value::Null | Value::Object(_) => TextArg::Word(or_none(String::new())),
    }
}

fn or_none(word: String) -> String {
    if word.is_empty() { "none".into() } else { word }
}

/// The longest word of a fact that stands in a sentence, in characters; reasons come from outside.
const MAX_WORD: usize = 400;

fn word(text: &str, names: &HashMap<PersonId, String>) -> String {
    match text.parse::<PersonId>() {
        Ok(person) => names.get(&person).cloned().unwrap_or_else(|| "?".into()),
        Err(_) if text.chars().count() > MAX_WORD => text.chars().take(MAX_WORD).chain(['…']).collect(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{About, FactId, Id, Timestamp};

    use super::*;
    use crate::{Language, Pages};

    /// Values to try for a field whose type is only known to the compiler.
    fn candidates() -> Vec<Value> {
        let ids = kernel::id::KINDS.iter().map(|(prefix, _)| format!("{prefix}_{:0>26}", 7).into());
        let plain = [2.into(), true.into(), "2026-03-01T03:00:00Z".into(), "live".into(), "engineer".into()];
        let lists = [serde_json::json!([]), serde_json::json!([PersonId::from_u128(7)])];
        plain.into_iter().chain(lists).chain(ids).collect()
    }

    /// A fact of that name, found by answering what the reader misses.
    fn example(name: &str) -> Fact {
        let mut fields = serde_json::json!({ "fact": name });
        let mut last = String::new();
        for _ in 0..200 {
            let error = match serde_json::from_value::<Fact>(fields.clone()) {
                Ok(fact) => return fact,
                Err(error) => error.to_string(),
            };
            let missing = error.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            last = missing.map_or(last, str::to_owned);
            let fits = candidates().into_iter().find(|candidate| {
                fields[&last] = candidate.clone();
                match serde_json::from_value::<Fact>(fields.clone()) {
                    Ok(_) => true,
                    Err(error) => error.to_string().starts_with("missing field"),
                }
            });
            fields[&last] = fits.unwrap_or_else(|| panic!("{name}.{last}: {error}"));
        }
        panic!("{name} was not read")
    }

    #[test]
    fn every_fact_is_a_sentence_in_every_language() {
        let pages = Pages::new(&[]).unwrap();
        let names = HashMap::from([(PersonId::from_u128(7), "Noor Kaya".to_owned())]);
        let mut told = BTreeSet::new();
        for (name, _) in Fact::all() {
            let text = fact_text(&example(&name), &names);
            let Text::Key { key, .. } = &text else { panic!("{name} has no key") };
            assert!(pages.has(key), "{key} has no text in every language");
            for language in Language::ALL {
                let said = pages.text(&text, language);
                assert!(!said.contains(['{', '$']), "{key} speaks of something the fact has not: {said}");
                assert!(said.chars().next().is_some_and(|c| !c.is_lowercase()), "{key}: {said}");
                assert!(!said.contains("_0000"), "{key} shows a bare id: {said}");
                assert!(told.insert((language, said)), "{key} says the same as another");
            }
        }
    }

    #[test]
    fn people_are_named_where_they_are_known() {
        let noor = PersonId::from_u128(7);
        let names = HashMap::from([(noor, "Noor Kaya".to_owned())]);
        let recorded = |actor: &str, fact: Fact| Recorded {
            seq: 1,
            id: FactId::from_u128(1),
            at: Timestamp::UNIX_EPOCH,
            actor: actor.into(),
            about: About::installation(),
            fact,
        };
        let one = recorded(&noor.to_string(), Fact::SignedOut { person: PersonId::from_u128(8) });
        assert_eq!(people_in([&one]), BTreeSet::from([noor, PersonId::from_u128(8)]));
        assert_eq!(actor_text(&one, &names), Text::raw("Noor Kaya"));
        assert_eq!(actor_text(&one, &HashMap::new()), Text::key("actor-somebody"));
        for (actor, key) in
            [("task:respond.page", "actor-tend"), ("public", "actor-public"), ("operator", "actor-operator")]
        {
            assert_eq!(actor_text(&recorded(actor, Fact::InstallationPrepared {}), &names), Text::key(key));
        }
    }

    #[test]
    fn a_long_reason_is_cut_and_a_number_that_names_keeps_its_digits() {
        let long = Fact::IncidentReopened { incident: Id::from_u128(1), reason: "x".repeat(5_000) };
        let Text::Key { args, .. } = fact_text(&long, &HashMap::new()) else { panic!("a key") };
        assert!(matches!(&args["reason"], TextArg::Word(reason) if reason.chars().count() == MAX_WORD + 1));
        assert_eq!(arg("number", &1041.into(), &HashMap::new()), TextArg::Word("1041".into()));
    }
}
