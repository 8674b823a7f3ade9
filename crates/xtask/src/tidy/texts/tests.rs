use super::super::tests::{places, repo_of};
use super::*;

fn literal(template: &str) -> Vec<String> {
    literal_texts(template).into_iter().map(|(line, text)| format!("{line}: {text}")).collect()
}

#[test]
fn texts_that_are_no_keys_are_found() {
    assert_eq!(literal("<h1>Open incidents</h1>"), ["1: Open incidents"]);
    assert_eq!(literal("<p>\n  {{ n }} people\n</p>"), ["2: people"]);
    assert_eq!(literal("<button aria-label=\"Close it\">×</button>"), ["1: Close it"]);
    assert_eq!(literal("<input placeholder='x' title=\"Zoek\">"), ["1: Zoek"]);
    assert_eq!(literal("plain words in a letter"), ["1: plain words in a letter"]);
}

#[test]
fn keys_commands_and_marks_are_not_texts() {
    for fine in [
        "<h1>{{ t(\"incident-title\", number=n) }}</h1>",
        "{% if a > b and c < d %}<p>{{ x }}</p>{% endif %}",
        "<p>{{ n }} / {{ m }} &nbsp;·&nbsp; 90 %</p>",
        "<pre>curl -X POST {{ url }}</pre><kbd>ctrl</kbd><code>tend apply</code>",
        "{# A note to the next reader. #}<!-- and one in the page -->",
        "<button aria-label=\"{{ t('close') }}\">×</button>",
        "<a class=\"button primary\" href=\"/services\" data-key=\"enter\">{{ name }}</a>",
        "<title>{{ title }} · Tend</title>",
        "{% block card %} card-wide{% endblock %}",
        "{% macro m() %} aria-describedby=\"{{ x }}-hint\" aria-invalid=\"true\"{% endmacro %}",
        "<svg viewBox=\"0 0 10 10\"><path d=\"M0 0L10 10\"/></svg>",
    ] {
        assert_eq!(literal(fine), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn the_demonstration_has_its_own_texts() {
    assert!(literals(&repo_of(&[("crates/demo/templates/start.html", "<p>Apply here</p>")])).is_empty());
    assert_eq!(literals(&repo_of(&[("crates/watch/templates/probe.html", "<p>Apply here</p>")])).len(), 1);
}

#[test]
fn inline_script_and_style_are_found() {
    let check = |text: &str| inline(&repo_of(&[("crates/web/templates/a.html", text)])).len();
    assert_eq!(check("<script>go()</script>"), 1);
    assert_eq!(check("<p style=\"color: red\">"), 1);
    assert_eq!(check("<a onclick=\"go()\">"), 1);
    assert_eq!(check("<script type=\"module\" src=\"/assets/app.js\"></script>"), 0);
    assert_eq!(check("<script type=\"application/json\" id=\"words\">{{ words() }}</script>"), 0);
    assert_eq!(check("<link rel=\"stylesheet\" href=\"/assets/app.css\">"), 0);
    assert_eq!(check("<p class=\"style\" data-one=\"1\">"), 0);
    let letter = repo_of(&[("crates/web/templates/page.letter.html", "<p style=\"margin:0\">")]);
    assert!(inline(&letter).is_empty());
}

fn two(en: &str, nl: &str) -> Vec<String> {
    places(&languages(&repo_of(&[("crates/a/texts/en.ftl", en), ("crates/a/texts/nl.ftl", nl)])))
}

#[test]
fn both_languages_say_the_same_keys() {
    assert!(two("a = One\nb = { $n } two\n", "b = { $n } twee\na = Een\n").is_empty());
    assert_eq!(two("a = One\nb = Two\n", "a = Een\n"), ["crates/a/texts/en.ftl:2"]);
    assert_eq!(two("a = One\n", "a = Een\nb = Twee\n"), ["crates/a/texts/nl.ftl:2"]);
    assert_eq!(two("a = One { $n }\n", "a = Een { $aantal }\n"), ["crates/a/texts/en.ftl:1"]);
    assert_eq!(two("a = One\n    .title = T\n", "a = Een\n"), ["crates/a/texts/en.ftl:2"]);
    assert_eq!(two("a = One\na = Again\n", "a = Een\n"), ["crates/a/texts/en.ftl:2"]);
    let plural = "n = { $count ->\n    [one] one thing\n   *[other] { $count } things\n }\n";
    assert!(two(plural, "n = { $count } dingen\n").is_empty());
    assert_eq!(
        places(&languages(&repo_of(&[("crates/a/texts/en.ftl", "a = One\n")]))),
        ["crates/a/texts/nl.ftl:0"]
    );
}

#[test]
fn texts_may_stand_in_several_files() {
    let files = [("crates/a/texts/facts.en.ftl", "a = One\n"), ("crates/a/texts/facts.nl.ftl", "b = Een\n")];
    assert_eq!(languages(&repo_of(&files)).len(), 2);
    let used = ("crates/a/templates/x.html", "{{ t(\"a\") }}{{ t(\"b\") }}");
    assert_eq!(known_keys(&repo_of(&[files[0], files[1], used])).len(), 1);
}

#[test]
fn two_crates_do_not_say_the_same_key() {
    let files = ["a", "b"].into_iter().flat_map(|krate| {
        [
            (format!("crates/{krate}/texts/en.ftl"), "k = K\n"),
            (format!("crates/{krate}/texts/nl.ftl"), "k = K\n"),
        ]
    });
    let files: Vec<_> = files.collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    assert_eq!(places(&languages(&repo_of(&files))), ["crates/b/texts/en.ftl:1"]);
}

#[test]
fn a_key_that_nobody_wrote_is_found() {
    let texts = ("crates/a/texts/en.ftl", "known = Known\n");
    let check = |path: &str, text: &str| known_keys(&repo_of(&[texts, (path, text)])).len();
    assert_eq!(check("crates/a/templates/x.html", "{{ t(\"known\") }}{{ t('known', n=1) }}"), 0);
    assert_eq!(check("crates/a/templates/x.html", "{{ t(\"unknown\") }}"), 1);
    assert_eq!(
        check("crates/a/templates/x.html", "{{ t(\"state-\" ~ word) }}"),
        0,
        "put together at run time"
    );
    assert_eq!(check("crates/a/templates/x.html", "{# like {{ t(\"this\") }} #}"), 0);
    assert_eq!(check("crates/a/src/pages.rs", "Text::key(\"unknown\")"), 1);
    assert_eq!(check("crates/a/src/pages.rs", "Done::to(x).say(\"known\")"), 0);
    assert_eq!(check("crates/a/src/pages/tests.rs", "Text::key(\"unknown\")"), 0);
}
