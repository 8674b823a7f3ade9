//! Service as code, in the words that every feature shares: where something is declared ([`Place`]), what is
//! wrong with a declaration ([`Mistake`]), and what applying it does ([`Change`]).
//!
//! A feature's `code` module holds the shapes of its own parts and two functions: `check` (pure; what is
//! wrong, all of it) and `apply` (in the one transaction; what changed). The files are read, and the parts
//! joined, in `server::code`.

use std::fmt;
use std::sync::Arc;

/// Where something is declared. Lines and columns count from 1; a column counts characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
pub struct Place {
    /// The file, relative to the folder of declarations, with `/` between its parts.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Place {
    /// A place in a file.
    #[must_use]
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Place { file: file.into(), line, column }
    }

    /// Another place in the same file; this one when the other is unknown (line 0), which happens inside
    /// shapes that are read twice (untagged and flattened ones).
    #[must_use]
    pub fn at(&self, line: u64, column: u64) -> Self {
        match (u32::try_from(line), u32::try_from(column)) {
            (Ok(line), Ok(column)) if line > 0 => Place { file: Arc::clone(&self.file), line, column },
            _ => self.clone(),
        }
    }

    /// What stands in a row's `declared_in`: `town/parking.yml:12`.
    #[must_use]
    pub fn declared_in(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Written out here because serde's own support for shared text is a feature that all crates would get.
fn as_text<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// One entry of a file, with the place where it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared<T> {
    /// Where it starts.
    pub place: Place,
    /// The entry itself.
    pub value: T,
}

impl<T> Declared<T> {
    /// An entry at a place.
    pub fn new(place: Place, value: T) -> Self {
        Declared { place, value }
    }
}

/// What is wrong in a file, said to the person who wrote it. In English, as all of the command line is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong and, where it is known, what would be right. A sentence without a full stop.
    pub message: String,
}

impl Mistake {
    /// A mistake at a place.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Mistake { place, message: message.into() }
    }

    /// A name that nothing in the files or the database has: `no person is called "Nor Kaya"; did you mean
    /// "Noor Kaya"?`.
    #[must_use]
    pub fn unknown<'a>(
        place: Place,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let message = match closest(name, known) {
            Some(close) => format!("no {what} is called {name:?}; did you mean {close:?}?"),
            None => format!("no {what} is called {name:?}"),
        };
        Mistake { place, message }
    }

    /// A name that was given twice.
    #[must_use]
    pub fn twice(place: Place, what: &str, name: &str, first: &Place) -> Self {
        Mistake { place, message: format!("{what} {name:?} is already declared at {first}") }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// What applying did, or would do, to one thing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was not there.
    Add,
    /// It was there and is different now.
    Change,
    /// It was declared in files and no longer is.
    Remove,
}

impl Action {
    /// The sign in front of a line of a plan.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Action::Add => '+',
            Action::Change => '~',
            Action::Remove => '-',
        }
    }
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Change {
    /// What happens to it.
    pub action: Action,
    /// The noun of WORDS.md: `service`, `probe`, `rota`.
    pub kind: &'static str,
    /// Its name, with what it belongs to in front where names repeat: `Parking permits/payment`.
    pub name: String,
    /// What differs, a short phrase each: `phase: beta -> live`.
    pub details: Vec<String>,
}

impl Change {
    /// Something new.
    #[must_use]
    pub fn add(kind: &'static str, name: impl Into<String>) -> Self {
        Change { action: Action::Add, kind, name: name.into(), details: Vec::new() }
    }

    /// Something that differs; none when nothing does.
    #[must_use]
    pub fn changed(kind: &'static str, name: impl Into<String>, details: Vec<String>) -> Option<Self> {
        (!details.is_empty()).then(|| Change { action: Action::Change, kind, name: name.into(), details })
    }

    /// Something that is no longer declared.
    #[must_use]
    pub fn remove(kind: &'static str, name: impl Into<String>) -> Self {
        Change { action: Action::Remove, kind, name: name.into(), details: Vec::new() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.action.sign(), self.kind, self.name)?;
        if !self.details.is_empty() {
            write!(f, " ({})", self.details.join(", "))?;
        }
        Ok(())
    }
}

/// Adds `name: before -> after` to the details when the two differ.
pub fn differs<T: PartialEq + fmt::Display>(details: &mut Vec<String>, name: &str, before: &T, after: &T) {
    if before != after {
        details.push(format!("{name}: {before} -> {after}"));
    }
}

/// Longer words are not compared: a name is at most 200 characters, and this is quadratic.
const MAX_COMPARED: usize = 200;

/// The known word that `word` was probably meant to be: the closest one, if it is close enough (a third of
/// the letters differ at most, capitals not counted).
#[must_use]
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().take(MAX_COMPARED).flat_map(char::to_lowercase).collect();
    let most = (letters.len() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&letters, candidate), candidate))
        .filter(|(steps, _)| *steps <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions, deletions,
/// replacements and swaps of neighbours, each one step.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().take(MAX_COMPARED).flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, other) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_word_is_found_when_it_is_close() {
        let known = ["Noor Kaya", "Ben Smit", "retries", "timeout", "environment"];
        for (word, meant) in [
            ("Nor Kaya", Some("Noor Kaya")),
            ("noor kaya", Some("Noor Kaya")),
            ("retrise", Some("retries")),
            ("time_out", Some("timeout")),
            ("enviroment", Some("environment")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(closest(word, known), meant, "{word}");
        }
    }

    #[test]
    fn a_swap_is_one_step_and_everything_else_counts_letters() {
        let steps = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        for (a, b, expected) in
            [("", "", 0), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "", 3), ("", "abc", 3)]
        {
            assert_eq!(steps(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn mistakes_and_changes_read_as_sentences() {
        let place = Place::new("town.yml", 3, 12);
        assert_eq!(
            Mistake::unknown(place.clone(), "person", "Nor Kaya", ["Noor Kaya"]).to_string(),
            r#"town.yml:3:12: no person is called "Nor Kaya"; did you mean "Noor Kaya"?"#
        );
        assert_eq!(place.at(0, 0), place);
        assert_eq!(place.at(7, 1).declared_in(), "town.yml:7");
        let mut details = Vec::new();
        differs(&mut details, "phase", &"beta", &"live");
        differs(&mut details, "owner", &"Ben", &"Ben");
        assert_eq!(
            Change::changed("service", "Parking permits", details).map(|change| change.to_string()),
            Some("~ service Parking permits (phase: beta -> live)".into())
        );
        assert_eq!(Change::changed("service", "Parking permits", Vec::new()), None);
    }
}
