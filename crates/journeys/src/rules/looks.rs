//! What a step looks for, as people write it and back.
//!
//! - A path is a pattern: `*` within a segment, `**` anything, `?` one letter; it fits page views.
//! - An event is a name.
//! - A test is a field and a word: `ideal` (is), `not ideal`, `like /a/*`, `>= 5`, `<= 5`, `present`, `absent`;
//!   a list is any of its words. A field is one of Tend's own, or else a property of the event; `props.NAME` is
//!   always a property.

use kernel::lake::{Event, Field, Looks, Match, Test, Where};

/// The fields that have a column of their own, by their word.
pub const FIELDS: &[(&str, Field)] = &[
    ("path", Field::Path),
    ("host", Field::Host),
    ("referrer", Field::Referrer),
    ("source", Field::Source),
    ("medium", Field::Medium),
    ("campaign", Field::Campaign),
    ("device", Field::Device),
    ("browser", Field::Browser),
    ("os", Field::Os),
    ("language", Field::Language),
    ("channel", Field::Channel),
    ("release", Field::Release),
    ("origin", Field::Origin),
    ("name", Field::Name),
];

/// The name by which page views are known.
pub const PAGEVIEW: &str = "pageview";

/// The field of a word.
#[must_use]
pub fn field_of(word: &str) -> Field {
    if let Some(name) = word.strip_prefix("props.") {
        return Field::Prop(name.to_owned());
    }
    FIELDS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or_else(|| Field::Prop(word.to_owned()), |(_, field)| field.clone())
}

/// The word of a field.
#[must_use]
pub fn field_word(field: &Field) -> String {
    match field {
        Field::Prop(name) if FIELDS.iter().any(|(known, _)| known == name) => format!("props.{name}"),
        Field::Prop(name) => name.clone(),
        Field::Bot => "bot".into(),
        Field::Component => "component".into(),
        other => FIELDS
            .iter()
            .find(|(_, field)| field == other)
            .map_or_else(String::new, |(word, _)| (*word).to_owned()),
    }
}

/// What a field must be, from one word of a file or form.
#[must_use]
pub fn match_of(word: &str) -> Match {
    let word = word.trim();
    let number = |rest: &str| rest.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(number) = word.strip_prefix(">=").and_then(number) {
        return Match::AtLeast(number);
    }
    if let Some(number) = word.strip_prefix("<=").and_then(number) {
        return Match::AtMost(number);
    }
    match word.split_once(' ') {
        Some(("not", rest)) => return Match::Not(vec![rest.trim().to_owned()]),
        Some(("like", rest)) => return Match::Like(rest.trim().to_owned()),
        _ => {}
    }
    match word {
        "present" => Match::Present,
        "absent" => Match::Absent,
        word => Match::Is(vec![word.to_owned()]),
    }
}

/// What a field must be, as words: one, or several of which any fits.
#[must_use]
pub fn match_words(is: &Match) -> Vec<String> {
    match is {
        Match::Is(words) => words.clone(),
        Match::Not(words) => vec![format!("not {}", words.join(", "))],
        Match::Like(pattern) => vec![format!("like {pattern}")],
        Match::Present => vec!["present".into()],
        Match::Absent => vec!["absent".into()],
        Match::AtLeast(number) => vec![format!(">= {number}")],
        Match::AtMost(number) => vec![format!("<= {number}")],
    }
}

/// A page view of a path like this, or an event of this name, that fits further tests.
#[must_use]
pub fn plain(path: Option<&str>, event: Option<&str>, mut tests: Where) -> Where {
    let name = event.or(path.map(|_| PAGEVIEW));
    let mut all = Vec::new();
    if let Some(name) = name {
        all.push(Test { field: Field::Name, is: Match::Is(vec![name.to_owned()]) });
    }
    if let Some(path) = path {
        all.push(Test { field: Field::Path, is: Match::Like(path.to_owned()) });
    }
    all.append(&mut tests);
    all
}

/// The parts of an alternative as [`plain`] takes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// The pattern of the path.
    pub path: Option<String>,
    /// The name of the event, when it is not a page view of a path.
    pub event: Option<String>,
    /// The other tests.
    pub tests: Where,
}

/// Takes an alternative apart.
#[must_use]
pub fn parts(tests: &Where) -> Parts {
    let mut parts = Parts::default();
    for test in tests {
        match (&test.field, &test.is) {
            (Field::Name, Match::Is(names)) if names.len() == 1 && parts.event.is_none() => {
                parts.event = Some(names[0].clone());
            }
            (Field::Path, Match::Like(pattern)) if parts.path.is_none() => parts.path = Some(pattern.clone()),
            _ => parts.tests.push(test.clone()),
        }
    }
    if parts.path.is_some() && parts.event.as_deref() == Some(PAGEVIEW) {
        parts.event = None;
    }
    parts
}

/// What a step looks for in one line: `/apply`, `payment started (method: ideal, card)`.
#[must_use]
pub fn shown(looks: &Looks) -> String {
    let one = |tests: &Where| {
        let parts = parts(tests);
        let mut text = match (&parts.path, &parts.event) {
            (Some(path), Some(event)) => format!("{event} {path}"),
            (Some(path), None) => path.clone(),
            (None, Some(event)) => event.clone(),
            (None, None) => String::new(),
        };
        if !parts.tests.is_empty() {
            let tests: Vec<String> = parts
                .tests
                .iter()
                .map(|test| format!("{}: {}", field_word(&test.field), match_words(&test.is).join(", ")))
                .collect();
            text.push_str(&format!("{}({})", if text.is_empty() { "" } else { " " }, tests.join("; ")));
        }
        text
    };
    looks.any.iter().map(one).collect::<Vec<_>>().join(" | ")
}

/// What a person typed: what begins with `/` is a path, anything else the name of an event.
#[must_use]
pub fn typed(text: &str) -> Option<Looks> {
    let alternatives: Vec<Where> = text
        .split('|')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| match part.starts_with('/') || part.starts_with('*') {
            true => plain(Some(part), None, Vec::new()),
            false => plain(None, Some(part), Vec::new()),
        })
        .collect();
    (!alternatives.is_empty()).then_some(Looks { any: alternatives })
}

/// Tests as people type them, one a line: `method: ideal, card`. The line that cannot be read is the error.
pub fn typed_tests(text: &str) -> Result<Where, String> {
    let mut tests = Vec::new();
    for line in text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty()) {
        let Some((field, words)) = line.split_once(':') else { return Err(line.to_owned()) };
        let words: Vec<&str> = words.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        let is = match words.as_slice() {
            [] => return Err(line.to_owned()),
            [one] => match_of(one),
            many => Match::Is(many.iter().map(|word| (*word).to_owned()).collect()),
        };
        tests.push(Test { field: field_of(field.trim()), is });
    }
    Ok(tests)
}

/// The tests of the first alternative as [`typed_tests`] reads them.
#[must_use]
pub fn tests_text(looks: &Looks) -> String {
    let parts = looks.any.first().map(parts).unwrap_or_default();
    let line = |test: &Test| format!("{}: {}", field_word(&test.field), match_words(&test.is).join(", "));
    parts.tests.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// The paths and names of the alternatives as [`typed`] reads them.
#[must_use]
pub fn typed_text(looks: &Looks) -> String {
    let one = |tests: &Where| {
        let parts = parts(tests);
        parts.path.or(parts.event).unwrap_or_default()
    };
    looks.any.iter().map(one).collect::<Vec<_>>().join(" | ")
}

/// What a field of an event holds; empty when nothing.
#[must_use]
pub fn value_of<'a>(event: &'a Event, field: &Field) -> &'a str {
    match field {
        Field::Name => &event.name,
        Field::Path => &event.path,
        Field::Host => &event.host,
        Field::Referrer => &event.referrer,
        Field::Source => &event.source,
        Field::Medium => &event.medium,
        Field::Campaign => &event.campaign,
        Field::Device => event.device.word(),
        Field::Browser => &event.browser,
        Field::Os => &event.os,
        Field::Language => &event.language,
        Field::Channel => event.channel.word(),
        Field::Release => &event.release,
        Field::Origin => event.origin.word(),
        Field::Bot => &event.bot,
        Field::Component => "",
        Field::Prop(name) => {
            event.props.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value.as_str())
        }
    }
}

/// Whether an event fits, to mark it in the list of one visit. Counting is the lake's business.
#[must_use]
pub fn fits(looks: &Looks, event: &Event) -> bool {
    let test = |test: &Test| {
        let value = value_of(event, &test.field);
        match &test.is {
            Match::Is(words) => words.iter().any(|word| word == value),
            Match::Not(words) => words.iter().all(|word| word != value),
            Match::Like(pattern) => like(pattern.as_bytes(), value.as_bytes()),
            Match::Present => !value.is_empty(),
            Match::Absent => value.is_empty(),
            Match::AtLeast(least) => value.parse::<f64>().is_ok_and(|number| number >= *least),
            Match::AtMost(most) => value.parse::<f64>().is_ok_and(|number| number <= *most),
        }
    };
    looks.any.iter().any(|tests| tests.iter().all(test))
}

/// `*` within a segment, `**` anything, `?` one byte. Patterns and paths are short, so trying again is cheap enough.
fn like(pattern: &[u8], text: &[u8]) -> bool {
    let mut places = vec![false; text.len() + 1];
    places[0] = true;
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        let deep = *first == b'*' && after.first() == Some(&b'*');
        rest = if deep { &after[1..] } else { after };
        let mut next = vec![false; text.len() + 1];
        let mut open = false;
        for at in 0..=text.len() {
            if *first == b'*' {
                open |= places[at];
                next[at] = open;
                open &= at < text.len() && (deep || text[at] != b'/');
            } else if at > 0 {
                next[at] = places[at - 1] && (*first == b'?' || *first == text[at - 1]);
            }
        }
        places = next;
    }
    places[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_reads_back() {
        for text in ["/apply", "payment started", "/apply/* | applied", "**"] {
            let looks = typed(text).expect("something");
            assert_eq!(typed_text(&looks), text);
        }
        assert_eq!(typed(" | "), None);
        assert_eq!(typed("/apply"), Some(Looks::at("/apply")));
        assert_eq!(typed("applied"), Some(Looks::named("applied")));
    }

    #[test]
    fn patterns_stop_at_a_slash_unless_doubled() {
        for (pattern, text, expected) in [
            ("/apply", "/apply", true),
            ("/apply", "/apply/x", false),
            ("/apply/*", "/apply/x", true),
            ("/apply/*", "/apply/x/y", false),
            ("/apply/**", "/apply/x/y", true),
            ("/a?c", "/abc", true),
            ("/*/done", "/apply/done", true),
            ("**done", "/a/b/done", true),
            ("*", "", true),
        ] {
            assert_eq!(like(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn tests_read_and_write() {
        for text in [
            "method: ideal, card",
            "amount: >= 5",
            "amount: <= 2.5",
            "release: not 2.1",
            "host: like *.example",
            "voucher: present",
            "voucher: absent",
            "props.device: 7",
            "device: mobile; method: ideal",
        ] {
            let tests = typed_tests(text).expect("tests");
            let looks = Looks { any: vec![plain(None, Some("paid"), tests)] };
            assert_eq!(tests_text(&looks), text);
            assert_eq!(shown(&looks), format!("paid ({text})"));
        }
        assert_eq!(typed_tests("method ideal"), Err("method ideal".into()));
        assert_eq!(typed_tests("method:"), Err("method:".into()));
    }
}
