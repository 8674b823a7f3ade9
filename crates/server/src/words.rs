//! Problems in words, for the command line.

use kernel::Problem;
use web::{Language, Pages, Text};

/// The texts of every feature, in English.
pub struct Words(Option<Pages>);

/// The texts of every feature. A misfit among them is found by a test; here the code itself is shown then.
#[must_use]
pub fn texts() -> Words {
    Words(crate::app::pages().ok())
}

impl Words {
    /// What happened, what to do, and which fields are wrong.
    #[must_use]
    pub fn problem_in_words(&self, problem: &Problem) -> String {
        let Some(pages) = &self.0 else { return problem.to_string() };
        let own = format!("problem-{}", problem.code);
        let key = if pages.has(&format!("{own}.title")) {
            own
        } else {
            format!("problem-kind-{}", problem.kind.status())
        };
        let say = |attribute: &str| {
            let mut text = Text::key(format!("{key}.{attribute}"));
            for (name, value) in &problem.args {
                text = text.with(*name, value.clone());
            }
            let has = pages.has(&format!("{key}.{attribute}"));
            has.then(|| pages.text(&text, Language::En))
        };
        let mut said: Vec<String> = ["title", "detail", "next"].iter().filter_map(|part| say(part)).collect();
        if let Some(title) = said.first_mut().filter(|title| !title.ends_with(['.', '?', '!'])) {
            title.push('.');
        }
        for wrong in &problem.fields {
            let mut text = Text::key(wrong.code);
            for (name, value) in &wrong.args {
                text = text.with(*name, value.clone());
            }
            said.push(format!("{}: {}", wrong.field, pages.text(&text, Language::En)));
        }
        if said.is_empty() { problem.to_string() } else { said.join(" ") }
    }
}
