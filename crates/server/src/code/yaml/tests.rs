use serde::Deserialize;
use serde_saphyr::Spanned;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: Spanned<String>,
    #[serde(default)]
    retries: Option<Spanned<u32>>,
    #[serde(default)]
    tags: Vec<Spanned<String>>,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    loose: Option<Loose>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Fast,
    Slow(Spanned<u32>),
    Both { left: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Loose {
    Number(u64),
    Text(String),
}

fn read(text: &str) -> (Option<Thing>, Vec<String>) {
    let (node, mut faults) = parse(text);
    let more = RefCell::new(Vec::new());
    let thing = node.as_ref().and_then(|node| shape(node, &["probes"], &more));
    faults.extend(more.into_inner());
    let said = faults.into_iter().map(|f| format!("{}:{} {}", f.at.line, f.at.column, f.message)).collect();
    (thing, said)
}

#[test]
fn a_comment_may_stand_anywhere() {
    let text = "# first\nname: # beside\n  # between a key and its value\n  a\ntags:\n  # before a list\n  - b # after\n  # within\n  - c\n# last\n";
    let (thing, faults) = read(text);
    assert_eq!(faults, [] as [&str; 0]);
    let thing = thing.expect("it is a thing");
    assert_eq!((thing.name.value.as_str(), thing.tags.len()), ("a", 2));
    assert_eq!(thing.name.referenced.line(), 4);
}

#[test]
fn a_shape_knows_where_its_values_stand() {
    let (thing, faults) = read("name: 007\nretries: 3\ntags: [é, b]\nmode: { slow: 4 }\nloose: no number\n");
    assert_eq!(faults, [] as [&str; 0]);
    let thing = thing.expect("it is a thing");
    let place = |l: serde_saphyr::Location| (l.line(), l.column());
    assert_eq!((thing.name.value.as_str(), place(thing.name.referenced)), ("007", (1, 7)));
    assert_eq!(thing.retries.map(|r| (r.value, place(r.defined))), Some((3, (2, 10))));
    assert_eq!(place(thing.tags[1].referenced), (3, 11), "columns count characters, not bytes");
    assert!(matches!(thing.mode, Some(Mode::Slow(n)) if n.value == 4 && place(n.referenced) == (4, 15)));
    assert_eq!(thing.loose, Some(Loose::Text("no number".into())));
    assert_eq!(read("name: a\nmode: fast").0.expect("fast").mode, Some(Mode::Fast));
    assert_eq!(read("name: a\nmode: {both: {left: 3}}").0.expect("both").mode, Some(Mode::Both { left: 3 }));
    assert_eq!(read("name: a\ntags:\nretries:\n").0.expect("nothing is empty").tags.len(), 0);
}

#[test]
fn every_mistake_has_its_place_and_says_what_would_be_right() {
    for (text, expected) in [
        (
            "name: a\nretrise: 3\ntag: [x]",
            &[
                "2:1 unknown key \"retrise\"; did you mean \"retries\"?",
                "3:1 unknown key \"tag\"; did you mean \"tags\"?",
            ][..],
        ),
        ("name: a\nprobe: 3", &["2:1 unknown key \"probe\"; did you mean \"probes\"?"]),
        (
            "name: a\ncolour: red",
            &["2:1 unknown key \"colour\"; known are name, retries, tags, mode, loose, probes"],
        ),
        ("retries: 3", &["1:1 the key \"name\" is missing"]),
        ("name: a\nretries: many", &["2:10 expected u32, found \"many\""]),
        ("name: a\nretries: -1", &["2:10 expected u32, found -1"]),
        ("name: a\nretries: \"3\"", &["2:10 expected u32, found \"3\""]),
        ("name: [a]", &["1:7 expected a string, found a list"]),
        ("name: {a: b}", &["1:7 expected a string, found a map of keys"]),
        ("name:\n", &["1:5 expected a string, found nothing"]),
        ("name: a\ntags: x", &["2:7 expected a list, found \"x\""]),
        ("name: a\nmode: fats", &["2:7 \"fats\" is not known here; did you mean \"fast\"?"]),
        (
            "name: a\nmode: { both: { lift: 3 } }",
            &["2:17 unknown key \"lift\"; did you mean \"left\"?", "2:15 the key \"left\" is missing"],
        ),
        ("- a", &["1:1 expected keys (name, retries, tags, mode, loose), found a list"]),
        ("name: a\nname: b", &["2:1 the key \"name\" is already given at line 1"]),
    ] {
        assert_eq!(read(text).1, expected, "{text}");
    }
}

#[test]
fn what_is_not_read_is_refused_in_plain_words() {
    for (text, place, part) in [
        ("name: a\n\tretries: 3", "2:", "a tab indents this line"),
        ("name: &x a\ntags: [*x]", "1:", "anchors (&) and aliases (*) are not read"),
        ("name: !!str a", "1:", "tags (!) are not read"),
        ("name: a\n---\nname: b", "2:", "a second document starts here"),
        ("name: \"a", "", "not YAML"),
        ("? [a, b]\n: c", "1:", "a key is a single word"),
        ("name: a\n  b: c", "2:", "not YAML"),
    ] {
        let said = read(text).1.join("\n");
        assert!(said.starts_with(place) && said.contains(part), "{text}: {said}");
    }
}

#[test]
fn bombs_stay_small() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (name, of) in
        ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 10].join(", ")));
    }
    let (node, faults) = parse(&bomb);
    assert!(faults.iter().all(|fault| fault.message.contains("aliases")) && !faults.is_empty());
    assert!(node.is_some(), "read as it stands, without unfolding");
    for deep in [format!("a: {}", "[".repeat(100_000)), "- ".repeat(50_000), "a: {b: ".repeat(40)] {
        let (_, faults) = parse(&deep);
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
    let many = (0..5_000).map(|n| format!("k: {n}\n")).collect::<String>();
    assert_eq!(parse(&many).1.len(), MAX_FAULTS);
}

#[test]
fn an_empty_file_declares_nothing() {
    for text in ["", "# only words\n", "---\n", "~"] {
        assert_eq!(parse(text), (None, Vec::new()), "{text:?}");
    }
}
