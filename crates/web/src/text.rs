//! Texts for people: a key in English and Dutch, never a literal in a template.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that Tend speaks.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Dutch.
    Nl,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::En, Language::Nl];

    /// The BCP 47 tag, as in `lang="…"`, cookies and the database.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Nl => "nl",
        }
    }

    /// The language of a tag such as `nl` or `nl-BE`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header.
    #[must_use]
    pub fn from_accept(header: &str) -> Option<Language> {
        header
            .split(',')
            .take(MAX_ACCEPTED)
            .filter_map(|part| {
                let mut pieces = part.split(';');
                let language = Language::from_tag(pieces.next()?.trim())?;
                let weight = pieces
                    .find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok())
                    .unwrap_or(1.0);
                (weight > 0.0).then_some((language, weight))
            })
            .fold(None, |best: Option<(Language, f32)>, next| match best {
                Some(held) if held.1 >= next.1 => Some(held),
                _ => Some(next),
            })
            .map(|(language, _)| language)
    }
}

/// So many parts of an `Accept-Language` header are read.
const MAX_ACCEPTED: usize = 20;

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Something a text speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum TextArg {
    /// A number; chooses the plural form and is shown with the language's separators.
    Number(f64),
    /// Data in words: a name, an address.
    Word(String),
}

impl From<&str> for TextArg {
    fn from(word: &str) -> Self {
        TextArg::Word(word.to_owned())
    }
}
impl From<String> for TextArg {
    fn from(word: String) -> Self {
        TextArg::Word(word)
    }
}
impl From<&String> for TextArg {
    fn from(word: &String) -> Self {
        TextArg::Word(word.clone())
    }
}
macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl From<$type> for TextArg {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "counts for people stay below 2^52")]
            fn from(number: $type) -> Self {
                TextArg::Number(number as f64)
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64, usize, i32, i64, f64);

/// A text for people, not yet in a language: a key of the Fluent files with what it speaks of, or plain
/// data (the name of a service) that is the same in every language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// A key with its arguments.
    Key {
        /// The key in the Fluent files.
        key: Cow<'static, str>,
        /// What the text speaks of.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        args: BTreeMap<Cow<'static, str>, TextArg>,
    },
    /// Data, shown as it is.
    Raw(String),
}

impl Text {
    /// The text of a key.
    #[must_use]
    pub fn key(key: impl Into<Cow<'static, str>>) -> Self {
        Text::Key { key: key.into(), args: BTreeMap::new() }
    }

    /// Data that is the same in every language.
    #[must_use]
    pub fn raw(data: impl Into<String>) -> Self {
        Text::Raw(data.into())
    }

    /// Adds something the text speaks of. Does nothing to raw data.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<TextArg>) -> Self {
        if let Text::Key { args, .. } = &mut self {
            args.insert(name.into(), value.into());
        }
        self
    }
}

/// The Fluent files of one feature.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// English.
    pub en: &'static str,
    /// Dutch.
    pub nl: &'static str,
}

impl Texts {
    /// The file of a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Nl => self.nl,
        }
    }
}
