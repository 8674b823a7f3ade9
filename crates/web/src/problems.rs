//! Every problem there is, with what to do: where the `type` of RFC 9457 points to.

use axum::extract::State;
use fluent_syntax::ast::{Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Refusal, Shown, View};
use crate::site::Site;
use crate::text::Text;

/// How the key of a problem's texts begins.
const PREFIX: &str = "problem-";
/// Texts for problems that a feature forgot to write texts for; they are no codes.
const OF_A_KIND: &str = "kind-";
/// What stands for what only the moment knows: the name of what was not found, a limit.
const ANYTHING: &str = "…";

/// One problem.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Told {
    /// Its code, which is also the anchor.
    code: String,
    /// What happened.
    title: Text,
    /// More about it.
    detail: Option<Text>,
    /// What became of the data.
    safe: Option<Text>,
    /// What to do.
    next: Option<Text>,
}

/// Every problem, by code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Problems {
    /// The problems.
    items: Vec<Told>,
}

impl View for Problems {
    const TEMPLATE: &'static str = "problems.html";
    const AREA: &'static str = "";
    fn title(&self) -> Text {
        Text::key("problems-title")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("own", Problems { items: sorted(vec![crate::OWN.texts.en]) })]
    }
}

/// `GET /api/problems`.
pub(crate) async fn problems(State(site): State<Site>) -> Result<Shown<Problems>, Refusal> {
    Ok(Shown(Problems { items: site.pages.problems().to_vec() }))
}

/// The problems that these Fluent files speak of, by code.
pub(crate) fn sorted(files: Vec<&'static str>) -> Vec<Told> {
    let mut all: Vec<Told> = files.into_iter().flat_map(told).collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all
}

/// A file that cannot be read is refused where the texts are put together.
fn told(file: &'static str) -> Vec<Told> {
    let Ok(resource) = fluent_syntax::parser::parse(file) else { return Vec::new() };
    resource
        .body
        .iter()
        .filter_map(|entry| {
            let Entry::Message(message) = entry else { return None };
            let code = message.id.name.strip_prefix(PREFIX).filter(|code| !code.starts_with(OF_A_KIND))?;
            let part = |name: &str| {
                let found = message.attributes.iter().find(|one| one.id.name == name)?;
                Some(with_anything(message.id.name, found))
            };
            Some(Told {
                code: code.to_owned(),
                title: part("title")?,
                detail: part("detail"),
                safe: part("safe"),
                next: part("next"),
            })
        })
        .collect()
}

fn with_anything(key: &str, attribute: &Attribute<&str>) -> Text {
    let mut names = Vec::new();
    names_in(&attribute.value, &mut names);
    let text = Text::key(format!("{key}.{}", attribute.id.name));
    names.into_iter().fold(text, |text, name| text.with(name, ANYTHING))
}

fn names_in(pattern: &Pattern<&str>, names: &mut Vec<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                variants.iter().for_each(|variant| names_in(&variant.value, names));
                selector
            }
        };
        if let InlineExpression::VariableReference { id } = inline {
            names.push(id.name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_with_a_title_and_what_they_speak_of_is_left_open() {
        let file = "problem-next = What next\nproblem-kind-404 =\n    .title = Nothing\nproblem-b =\n    .title = No { $what }\n    .next = Wait { $n ->\n        [one] a second\n       *[other] { $n } seconds, { $who }\n    }\nproblem-a =\n    .title = A\n";
        let all = sorted(vec![file]);
        assert_eq!(all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(all[1].title, Text::key("problem-b.title").with("what", ANYTHING));
        let next = Text::key("problem-b.next").with("n", ANYTHING).with("who", ANYTHING);
        assert_eq!(all[1].next, Some(next));
        assert_eq!(all[0].next, None);
    }
}
