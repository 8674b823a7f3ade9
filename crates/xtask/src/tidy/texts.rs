//! Rules about what people read: templates and translations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::repo::{File, Repo};

/// Words that are the same in every language.
const NAMES: &[&str] =
    &["Tend", "UTC", "JSON", "RSS", "iCal", "CSV", "API", "TOTP", "HTTP", "English", "Nederlands"];
/// What is inside these is not prose: commands, keys, addresses.
const NOT_PROSE: &[&str] = &["code", "kbd", "pre", "samp", "script", "style"];
/// Attributes that people read or hear.
const READ: &[&str] = &["aria-label", "title", "placeholder", "alt", "aria-description", "label"];

static EXPRESSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->"));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)\{#.*?#\}"));
static TAG: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?s)<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|<![^>]*>"#));
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"([a-zA-Z-]+)\s*=\s*"([^"]*)""#));
static ENTITY: LazyLock<Regex> = LazyLock::new(|| pattern(r"&#?\w+;"));
static LETTERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{L}{2,}"));
static CLASS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[a-z]+(-[a-z0-9]+)+$"));
static INLINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)<script(?:\s[^>]*)?>|<style[\s>]|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:"#)
});
static MESSAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(-?[a-zA-Z][\w-]*)\s*="));
static PART: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s+\.([a-zA-Z][\w-]*)\s*="));
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\$([a-zA-Z][\w-]*)"));
static KEY_IN_TEMPLATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\bt\(\s*["']([A-Za-z][\w.-]*)["']\s*[,)]"#));
static KEY_IN_CODE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\b(?:Text::key|\.say)\(\s*"([A-Za-z][\w.-]*)""#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant")
}

/// The templates of our own screens and letters; the demonstration's service is somebody else's.
fn templates(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files.iter().filter(|file| {
        file.path.starts_with("crates/")
            && file.path.contains("/templates/")
            && !file.path.starts_with("crates/demo/")
            && [".html", ".txt"].iter().any(|kind| file.path.ends_with(kind))
    })
}

/// Every text in a template is a key.
pub fn literals(repo: &Repo) -> Vec<Finding> {
    let instead = "make it a key in texts/en.ftl and texts/nl.ftl and write {{ t(\"key\") }}";
    let mut findings = Vec::new();
    // The gallery of components shows made-up data.
    for file in templates(repo).filter(|file| !file.path.ends_with("/kitchen.html")) {
        for (line, text) in literal_texts(&file.text) {
            findings.push(Finding::new(
                &file.path,
                line,
                format!("a text that is no key: \"{text}\""),
                instead,
            ));
        }
    }
    findings
}

/// The texts in a template that are not expressions, with their lines.
fn literal_texts(template: &str) -> Vec<(usize, String)> {
    let plain = EXPRESSION.replace_all(template, |found: &regex::Captures<'_>| blank(&found[0]));
    let mut found = Vec::new();
    let mut skipped: Option<String> = None;
    let mut at = 0;
    for tag in TAG.captures_iter(&plain) {
        let whole = tag.get(0).expect("a match has a whole");
        if skipped.is_none() {
            note(&plain, at, whole.start(), &mut found);
        }
        at = whole.end();
        let name = tag.get(2).map_or(String::new(), |name| name.as_str().to_lowercase());
        let closing = tag.get(1).is_some_and(|slash| !slash.as_str().is_empty());
        if skipped.as_deref() == Some(name.as_str()) && closing {
            skipped = None;
        } else if skipped.is_none() && !closing && NOT_PROSE.contains(&name.as_str()) {
            skipped = Some(name);
        }
        if let Some(attributes) = tag.get(3) {
            note_attributes(&plain, attributes, &mut found);
        }
    }
    note(&plain, at, plain.len(), &mut found);
    found
}

fn note_attributes(plain: &str, attributes: regex::Match<'_>, found: &mut Vec<(usize, String)>) {
    for attribute in ATTRIBUTE.captures_iter(attributes.as_str()) {
        let value = attribute.get(2).expect("the pattern has a value");
        if READ.contains(&attribute[1].to_lowercase().as_str()) {
            note(plain, attributes.start() + value.start(), attributes.start() + value.end(), found);
        }
    }
}

fn note(plain: &str, from: usize, to: usize, found: &mut Vec<(usize, String)>) {
    // A macro that writes attributes has them where a text would stand.
    let text = ATTRIBUTE.replace_all(&plain[from..to], |found: &regex::Captures<'_>| blank(&found[0]));
    let text = ENTITY.replace_all(&text, |found: &regex::Captures<'_>| blank(&found[0]));
    let words = LETTERS.find_iter(&text).filter(|word| !NAMES.contains(&word.as_str()));
    let Some(first) = words.map(|word| word.start()).next() else { return };
    // The name of a class that a block adds to its frame.
    if CLASS.is_match(text.trim()) {
        return;
    }
    let before = plain[..from].matches('\n').count() + text[..first].matches('\n').count();
    found
        .push((before + 1, text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect()));
}

fn blank(text: &str) -> String {
    text.chars().map(|one| if one == '\n' { '\n' } else { ' ' }).collect()
}

/// The pages hold under a policy that allows no inline script or style.
pub fn inline(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Letters carry their style in themselves: mail programs know no style sheets.
    for file in templates(repo).filter(|file| !file.path.contains("letter")) {
        for (line, text) in file.lines() {
            // A script by address, or data, which no browser runs.
            let fine = text.contains("<script")
                && (text.contains("src=") || text.contains("type=\"application/json\""));
            if let Some(found) = INLINE.find(text).filter(|_| !fine) {
                let what = format!("inline script or style (`{}`)", found.as_str().trim());
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "use a class and the bundled script of `web`",
                ));
            }
        }
    }
    findings
}

/// One language's messages: key to line and variables.
type Messages = BTreeMap<String, (usize, BTreeSet<String>)>;

fn messages(text: &str) -> Messages {
    let mut all = Messages::new();
    let (mut head, mut key) = (String::new(), None::<String>);
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        if let Some(found) = MESSAGE.captures(line) {
            head = found[1].to_owned();
            key = Some(head.clone());
        } else if let Some(found) = PART.captures(line) {
            key = Some(format!("{head}.{}", &found[1]));
        }
        if let Some(key) = &key {
            let entry = all.entry(key.clone()).or_insert_with(|| (at + 1, BTreeSet::new()));
            entry.1.extend(VARIABLE.captures_iter(line).map(|found| found[1].to_owned()));
        }
    }
    all
}

fn translations<'a>(repo: &'a Repo, language: &'a str) -> impl Iterator<Item = &'a File> {
    let is = move |path: &str| {
        let name = path.rsplit('/').next().unwrap_or("").strip_suffix(".ftl");
        name.is_some_and(|name| name == language || name.ends_with(&format!(".{language}")))
    };
    repo.files.iter().filter(move |file| file.path.contains("/texts/") && is(&file.path))
}

/// English and Dutch say the same things; no two crates say the same key.
pub fn languages(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for english in translations(repo, "en") {
        let path = english.path.replace("en.ftl", "nl.ftl");
        let Some(dutch) = repo.file(&path) else {
            findings.push(Finding::new(&path, 0, "the Dutch texts are missing", "translate en.ftl"));
            continue;
        };
        let (en, nl) = (messages(&english.text), messages(&dutch.text));
        findings.extend(compare(&english.path, &en, &dutch.path, &nl));
        findings.extend(repeated(english));
        findings.extend(repeated(dutch));
        // The demonstration's service has texts of its own, which meet none of ours.
        if english.krate() == Some("demo") {
            continue;
        }
        for (key, (line, _)) in &en {
            if let Some(other) = owners.insert(key.clone(), english.path.clone()) {
                let what = format!("`{key}` is also a key of {other}");
                findings.push(Finding::new(
                    &english.path,
                    *line,
                    what,
                    "give it the feature's name in front",
                ));
            }
        }
    }
    findings
}

fn compare(en_path: &str, en: &Messages, nl_path: &str, nl: &Messages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (here, mine, there, theirs) in [(en_path, en, nl_path, nl), (nl_path, nl, en_path, en)] {
        for (key, (line, variables)) in mine {
            match theirs.get(key) {
                None => {
                    let instead = format!("say it in {there} too");
                    findings.push(Finding::new(
                        here,
                        *line,
                        format!("`{key}` is said in one language only"),
                        instead,
                    ));
                }
                Some((_, others)) if here == en_path && others != variables => {
                    let what =
                        format!("`{key}` has other variables in {there}: {variables:?} and {others:?}");
                    findings.push(Finding::new(here, *line, what, "name the same variables in both"));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

fn repeated(file: &File) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (line, text) in file.lines() {
        if let Some(found) = MESSAGE.captures(text).filter(|found| !seen.insert(found[1].to_owned())) {
            findings.push(Finding::new(
                &file.path,
                line,
                format!("`{}` is said twice", &found[1]),
                "keep one",
            ));
        }
    }
    findings
}

/// Every key that is named exists.
pub fn known_keys(repo: &Repo) -> Vec<Finding> {
    let known: BTreeSet<String> =
        translations(repo, "en").flat_map(|file| messages(&file.text).into_keys()).collect();
    let instead = "add it to texts/en.ftl and texts/nl.ftl of the crate";
    let mut findings = Vec::new();
    let mut look = |path: &str, line: usize, text: &str, keys: &Regex| {
        for found in keys.captures_iter(text) {
            if !known.contains(&found[1]) {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("no text has the key `{}`", &found[1]),
                    instead,
                ));
            }
        }
    };
    for file in templates(repo) {
        // Examples in a comment name keys that nobody has.
        let plain = COMMENT.replace_all(&file.text, |found: &regex::Captures<'_>| blank(&found[0]));
        for (at, text) in plain.lines().enumerate() {
            look(&file.path, at + 1, text, &KEY_IN_TEMPLATE);
        }
    }
    for source in repo.sources.iter().filter(|source| !["xtask", "demo"].contains(&source.krate())) {
        for (at, text) in source.uncommented.iter().enumerate().filter(|(at, _)| !source.is_test(at + 1)) {
            look(&source.path, at + 1, text, &KEY_IN_CODE);
        }
    }
    findings
}

#[cfg(test)]
mod tests;
