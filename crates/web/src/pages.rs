//! Templates and texts of all features in one place, strict about unknown names.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use kernel::Problem;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::answer::{AnyView, View};
use crate::asks::Reader;
use crate::moment::{self, Moment};
use crate::problems::Told;
use crate::text::{Language, Text, TextArg, Texts};

/// The templates and texts of one feature.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The feature's name, for messages.
    pub name: &'static str,
    /// Templates by name.
    pub templates: &'static [(&'static str, &'static str)],
    /// Texts.
    pub texts: Texts,
}

/// Templates and texts of all features. Cheap to clone.
#[derive(Clone)]
pub struct Pages(Arc<Inner>);

struct Inner {
    env: Environment<'static>,
    catalogue: Catalogue,
    problems: Vec<Told>,
}

/// The texts of every language.
pub(crate) struct Catalogue {
    bundles: BTreeMap<Language, FluentBundle<FluentResource>>,
}

/// Why the templates or texts of the features do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// A Fluent file cannot be read.
    #[error("the {language} texts of {feature} cannot be read: {why}")]
    Texts {
        /// Whose.
        feature: &'static str,
        /// In which language.
        language: Language,
        /// What is wrong with it.
        why: String,
    },
    /// Two features define the same key, or one does twice.
    #[error("the {language} texts of {feature} define a key again: {why}")]
    Twice {
        /// Whose.
        feature: &'static str,
        /// In which language.
        language: Language,
        /// Which.
        why: String,
    },
    /// A template cannot be read.
    #[error("the template {name} cannot be read")]
    Template {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        #[source]
        why: Box<minijinja::Error>,
    },
}

impl Pages {
    /// The pages of these features, with the frame and components of `web` itself.
    pub fn new(parts: &[Part]) -> Result<Pages, Misfit> {
        let all: Vec<Part> = std::iter::once(crate::OWN).chain(parts.iter().copied()).collect();
        let catalogue = Catalogue::new(&all)?;
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| AutoEscape::Html);
        let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        env.set_syntax(syntax.expect("trimming changes no delimiter"));
        // Like minijinja's own escaping, but leaves "/" alone: in quoted attributes it needs none, and addresses
        // stay readable.
        env.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html) => {
                out.write_str(&crate::words::escape(text)).map_err(minijinja::Error::from)
            }
            _ => minijinja::escape_formatter(out, state, value),
        });
        for part in &all {
            for (name, source) in part.templates {
                env.add_template(name, source)
                    .map_err(|why| Misfit::Template { name, why: Box::new(why) })?;
            }
        }
        crate::words::register(&mut env);
        let problems = crate::problems::sorted(all.iter().map(|part| part.texts.en).collect());
        let inner = Arc::new(Inner { env, catalogue, problems });
        Ok(Pages(inner))
    }

    /// A text in a language. A key without a text is logged and shown as itself.
    #[must_use]
    pub fn text(&self, text: &Text, language: Language) -> String {
        self.0.catalogue.text(text, language)
    }

    /// Whether every language has a text for this key (`problem-x` or `problem-x.title`).
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        Language::ALL.into_iter().all(|language| self.0.catalogue.find(key, language).is_some())
    }

    /// Every problem that the features have texts for, by code.
    pub(crate) fn problems(&self) -> &[Told] {
        &self.0.problems
    }

    /// A fragment of HTML from a template.
    pub fn fragment(
        &self,
        template: &str,
        value: &impl Serialize,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let value = data(value);
        self.render(template, value, Moment::new(reader.clone(), now))
    }

    /// A letter in a language, as text and HTML of the same content; times are in UTC.
    pub fn letter<L: Letter>(&self, letter: &L, language: Language) -> Result<Written, Problem> {
        self.letter_in(letter, language, &jiff::tz::TimeZone::UTC)
    }

    /// A letter in a language, with times in the reader's zone. Times in letters are always exact: nobody
    /// knows when a letter is read.
    pub fn letter_in<L: Letter>(
        &self,
        letter: &L,
        language: Language,
        zone: &jiff::tz::TimeZone,
    ) -> Result<Written, Problem> {
        let reader = Reader { language, zone: zone.clone(), ..Reader::default() };
        self.write(letter, Moment { letter: true, ..Moment::new(reader, Timestamp::UNIX_EPOCH) })
    }

    pub(crate) fn write(&self, letter: &dyn AnyLetter, moment: Moment) -> Result<Written, Problem> {
        let language = moment.reader.language;
        let subject = self.text(&letter.subject(), language);
        let value = minijinja::context! {
            letter => minijinja::context! { subject => subject.clone(), lang => language.tag() },
            ..letter.value()
        };
        let html = self.render(letter.template(), value.clone(), moment.clone())?;
        let text = self.render(letter.template(), value, Moment { plain: true, ..moment })?;
        Ok(Written { subject, text: crate::letters::plain(&text), html })
    }

    pub(crate) fn render(
        &self,
        template: &str,
        value: minijinja::Value,
        moment: Moment,
    ) -> Result<String, Problem> {
        Ok(self.render_seen(template, value, moment)?.0)
    }

    /// Renders, and tells what was seen to be used meanwhile.
    pub(crate) fn render_seen(
        &self,
        template: &str,
        value: minijinja::Value,
        moment: Moment,
    ) -> Result<(String, Moment), Problem> {
        let render = || self.0.env.get_template(template)?.render(value);
        let catalogue = self.clone();
        let lookup = move |text: &Text, language| catalogue.0.catalogue.try_text(text, language);
        let moment = Moment { lookup: Some(Arc::new(lookup)), ..moment };
        let (rendered, seen) = moment::within(moment, render);
        rendered.map(|html| (html, seen)).map_err(|error| {
            let mut told = format!("{template}: {error:#}");
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                told.push_str(&format!("; {inner}"));
                source = inner.source();
            }
            Problem::fault(told)
        })
    }

    /// The names and sources of all templates, for the test that every text exists.
    #[must_use]
    pub fn sources(&self) -> Vec<(String, String)> {
        self.0
            .env
            .templates()
            .map(|(name, template)| (name.to_owned(), template.source().to_owned()))
            .collect()
    }
}

impl Catalogue {
    fn new(parts: &[Part]) -> Result<Catalogue, Misfit> {
        let mut bundles = BTreeMap::new();
        for language in Language::ALL {
            let tag = language.tag().parse().expect("the tags of Language are BCP 47");
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(match language {
                Language::En => |value, _| show_number(value, Language::En),
                Language::Nl => |value, _| show_number(value, Language::Nl),
            }));
            for part in parts {
                let resource =
                    FluentResource::try_new(part.texts.of(language).to_owned()).map_err(|(_, errors)| {
                        Misfit::Texts { feature: part.name, language, why: format!("{errors:?}") }
                    })?;
                bundle.add_resource(resource).map_err(|errors| Misfit::Twice {
                    feature: part.name,
                    language,
                    why: format!("{errors:?}"),
                })?;
            }
            bundles.insert(language, bundle);
        }
        Ok(Catalogue { bundles })
    }

    fn find(
        &self,
        key: &str,
        language: Language,
    ) -> Option<(&FluentBundle<FluentResource>, &fluent_syntax::ast::Pattern<&str>)> {
        let bundle = self.bundles.get(&language)?;
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, name)| (id, Some(name)));
        let message = bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        Some((bundle, pattern))
    }

    /// The text in the language, else in English, else none.
    fn try_text(&self, text: &Text, language: Language) -> Option<String> {
        match text {
            Text::Raw(data) => Some(data.clone()),
            Text::Key { key, args } => {
                let (bundle, pattern) = self.find(key, language).or_else(|| self.find(key, Language::En))?;
                let mut given = FluentArgs::with_capacity(args.len());
                for (name, value) in args {
                    given.set(
                        name.clone(),
                        match value {
                            TextArg::Number(number) => FluentValue::from(*number),
                            TextArg::Word(word) => FluentValue::from(word.clone()),
                        },
                    );
                }
                let mut errors = Vec::new();
                let shown = bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned();
                if !errors.is_empty() {
                    tracing::warn!(key = %key, ?errors, "the text {key} lacks something it speaks of");
                    if moment::with(|moment| moment.strict) {
                        return None;
                    }
                }
                Some(shown)
            }
        }
    }

    fn text(&self, text: &Text, language: Language) -> String {
        self.try_text(text, language).unwrap_or_else(|| match text {
            Text::Key { key, .. } => {
                tracing::error!(key = %key, "there is no text for the key {key}");
                key.to_string()
            }
            Text::Raw(data) => data.clone(),
        })
    }
}

fn show_number(value: &FluentValue, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) => {
            let places = if value.fract() == 0.0 { 0 } else { 2 };
            Some(crate::show::number(*value, places, language))
        }
        _ => None,
    }
}

/// Plain data as a template's value.
pub(crate) fn data(value: &impl Serialize) -> minijinja::Value {
    minijinja::Value::from(minijinja::value::Serde(value))
}

/// The data of one letter with the template that writes it. Templates begin with
/// `{% extends "letter.html" %}` and speak through the macros of `letters.html`, from which both the HTML
/// and the text half are made.
pub trait Letter: Serialize + Send + Sync + Sized + 'static {
    /// The template's name, as registered (`respond/page.letter.html`).
    const TEMPLATE: &'static str;
    /// The subject.
    fn subject(&self) -> Text;
    /// Examples with a name each.
    fn samples() -> Vec<(&'static str, Self)>;
}

pub(crate) trait AnyLetter: Send + Sync {
    fn template(&self) -> &'static str;
    fn subject(&self) -> Text;
    fn value(&self) -> minijinja::Value;
}

impl<L: Letter> AnyLetter for L {
    fn template(&self) -> &'static str {
        L::TEMPLATE
    }
    fn subject(&self) -> Text {
        Letter::subject(self)
    }
    fn value(&self) -> minijinja::Value {
        data(self)
    }
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject.
    pub subject: String,
    /// The text half.
    pub text: String,
    /// The HTML half.
    pub html: String,
}

/// One example of a screen, panel or letter.
#[derive(Clone)]
pub struct Sample {
    /// The template.
    pub template: &'static str,
    /// The name of the example.
    pub case: &'static str,
    pub(crate) what: SampleOf,
}

#[derive(Clone)]
pub(crate) enum SampleOf {
    View(Arc<dyn AnyView>),
    Letter(Arc<dyn AnyLetter>),
}

/// The examples of a view.
#[must_use]
pub fn samples_of<V: View>() -> Vec<Sample> {
    V::samples()
        .into_iter()
        .map(|(case, view)| Sample { template: V::TEMPLATE, case, what: SampleOf::View(Arc::new(view)) })
        .collect()
}

/// The examples of a letter.
#[must_use]
pub fn letters_of<L: Letter>() -> Vec<Sample> {
    L::samples()
        .into_iter()
        .map(|(case, letter)| Sample {
            template: L::TEMPLATE,
            case,
            what: SampleOf::Letter(Arc::new(letter)),
        })
        .collect()
}

#[cfg(test)]
mod tests;
