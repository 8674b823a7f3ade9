use std::collections::BTreeSet;

use super::*;
use crate::testing_texts as texts;

#[test]
fn the_own_pages_fit_together() {
    Pages::new(&[]).unwrap();
}

#[test]
fn every_text_exists_in_every_language_and_every_used_key_exists() {
    assert_eq!(texts::missing(&[]), Vec::<String>::new());
}

#[test]
fn a_missing_key_is_found() {
    let part = Part {
        name: "demo",
        templates: &[("demo.html", r#"{{ t("demo-no") }} {{ t('demo-en') }}"#)],
        texts: Texts { en: "demo-en = x", nl: "demo-nl = x" },
    };
    let missing = texts::missing(&[part]).join("\n");
    for told in ["demo-en", "demo-nl", "demo-no"] {
        assert!(missing.contains(told), "{told}: {missing}");
    }
}

#[test]
fn no_two_features_define_one_key() {
    let texts = Texts { en: "search = x", nl: "search = x" };
    let part = Part { name: "demo", templates: &[], texts };
    assert!(matches!(Pages::new(&[part]), Err(Misfit::Twice { feature: "demo", .. })));
}

#[test]
fn every_kind_of_problem_has_a_text() {
    let pages = Pages::new(&[]).unwrap();
    for kind in kernel::Kind::ALL {
        assert!(pages.has(&format!("problem-kind-{}.title", kind.status())), "{kind:?}");
    }
}

#[test]
fn every_known_area_has_a_name_and_an_icon() {
    let pages = Pages::new(&[]).unwrap();
    let icons: BTreeSet<&str> = crate::icons::icons().collect();
    for entry in crate::nav::KNOWN {
        assert!(pages.has(&format!("nav-{}", entry.area)) && icons.contains(entry.icon), "{}", entry.area);
    }
}

#[test]
fn every_sample_renders_in_every_language_and_theme() {
    let pages = Pages::new(&[]).unwrap();
    let now = "2026-11-21T11:26:00Z".parse().unwrap();
    for sample in crate::own_samples() {
        for language in Language::ALL {
            let reader = Reader { language, ..Reader::default() };
            let example = pages.example(&sample, &reader, now).unwrap();
            assert!(example.html.contains("</html>"), "{}", example.name);
            assert!(!example.html.contains(" style="), "{}: the policy forbids it", example.name);
        }
    }
}

#[test]
fn numbers_and_plurals_follow_the_language() {
    let pages = Pages::new(&[]).unwrap();
    let text = |n: u32| Text::key("time-minutes-ago").with("n", n);
    assert_eq!(pages.text(&text(1), Language::En), "1 minute ago");
    assert_eq!(pages.text(&text(1_234), Language::En), "1,234 minutes ago");
    assert_eq!(pages.text(&text(1_234), Language::Nl), "1.234 minuten geleden");
    assert_eq!(pages.text(&Text::key("no-such"), Language::Nl), "no-such");
    assert_eq!(pages.text(&Text::raw("Ada"), Language::Nl), "Ada");
}

#[test]
fn a_template_that_names_what_is_not_there_fails() {
    let part =
        Part { name: "demo", templates: &[("demo.html", "{{ nobody }}")], texts: Texts { en: "", nl: "" } };
    let pages = Pages::new(&[part]).unwrap();
    let shown =
        pages.fragment("demo.html", &serde_json::json!({}), &Reader::default(), Timestamp::UNIX_EPOCH);
    assert_eq!(shown.unwrap_err().kind, kernel::Kind::Fault);
}

#[derive(Serialize)]
struct Summons {
    service: String,
    at: Timestamp,
}

impl Letter for Summons {
    const TEMPLATE: &'static str = "demo.letter.html";
    fn subject(&self) -> Text {
        Text::raw(format!("{} is down", self.service))
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("one", Summons { service: "A & B".into(), at: "2026-11-21T09:42:00Z".parse().unwrap() })]
    }
}

#[test]
fn a_letter_is_text_and_html_of_the_same_words() {
    let source = r#"{% extends "letter.html" %}{% import "letters.html" as l %}{% block body %}
        {{ l.title(service) }}{{ l.facts([("Since", at|when)]) }}{{ l.button("Acknowledge", "https://x.example/a?b=1&c=2") }}{% endblock %}"#;
    let part = Part {
        name: "demo",
        templates: Box::leak(Box::new([("demo.letter.html", source)])),
        texts: Texts { en: "", nl: "" },
    };
    let pages = Pages::new(&[part]).unwrap();
    let (_, letter) = Summons::samples().remove(0);
    let written = pages.letter(&letter, Language::En).unwrap();
    assert_eq!(written.subject, "A & B is down");
    let lines: Vec<&str> = written.text.lines().collect();
    assert_eq!(
        lines,
        [
            "A & B",
            "",
            "Since: Sat 21 Nov 2026, 09:42:00 UTC",
            "",
            "Acknowledge:",
            "https://x.example/a?b=1&c=2",
            "",
            "--",
            "Sent by Tend."
        ]
    );
    assert!(written.html.contains("A &amp; B") && written.html.contains(r#"lang="en""#), "{}", written.html);
    assert!(written.html.contains("https://x.example/a?b=1&amp;c=2"));
}
