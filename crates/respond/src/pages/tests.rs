use jiff::Timestamp;
use web::{Language, Pages, Part, Reader};

use super::*;

/// The features whose texts and templates these screens use.
pub(super) fn parts() -> Vec<Part> {
    vec![
        Part { name: "estate", templates: estate::pages::TEMPLATES, texts: estate::pages::TEXTS },
        Part { name: "respond", templates: TEMPLATES, texts: TEXTS },
    ]
}

fn now() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

#[test]
fn every_sample_renders_in_every_language() {
    let pages = Pages::new(&parts()).unwrap();
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let reader = Reader { language, ..Reader::default() };
        for sample in samples().iter().chain(&crate::letters()) {
            if let Err(problem) = pages.example(sample, &reader, now()) {
                let mut text = format!("{problem}");
                let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&problem);
                while let Some(one) = cause {
                    text.push_str(&format!(": {one}"));
                    cause = one.source();
                }
                wrong.push(text);
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_languages_have_the_same_keys() {
    let keys = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split(" =").next().map(str::to_owned))
            .collect()
    };
    assert_eq!(keys(TEXTS.en), keys(TEXTS.nl));
}
