//! Service as code, in the words that every feature shares: where something is declared ([`Place`]), what is
//! wrong with a declaration ([`Mistake`]), and what applying it does ([`Change`]).
//!
//! A feature's `code` module holds the shapes of its own parts and three functions. `check` is pure and says
//! all that is wrong: `check(parts: &[Declared<Part>], names: &Names) -> Vec<Mistake>`. `apply` makes it so in the one
//! transaction, in this order: identity (operator, clients, people, teams), estate (services), identity's roles,
//! watch, respond: `apply(tx: &mut Tx, parts: &[Declared<Part>], applying: &mut Applying) -> Result<(), Problem>`. It
//! leaves in [`Applying`] what changed, what is wrong after all, and the [`Ids`] of what it owns, for those after it.
//! Rows carry `declared_in` ([`Place::declared_in`]); a row that carries one and is no longer declared is removed.
//! `export` gives the parts back. A dry run is an `apply` that is not committed. The files are read, and the parts
//! joined, in `server::code`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::{
    ClientId, ComponentId, EnvironmentId, EscalationId, PersonId, ProbeId, RotaId, ServiceId, TeamId,
};

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

/// What was declared so far, by what must be unique about it, to find what is declared again.
#[derive(Debug)]
pub struct Seen<K>(BTreeMap<K, Place>);

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Seen(BTreeMap::new())
    }
}

impl<K: Ord> Seen<K> {
    /// Keeps where it stands; the mistake, if it stood somewhere before.
    pub fn again(&mut self, key: K, what: &str, name: &str, at: Place) -> Option<Mistake> {
        match self.0.entry(key) {
            Entry::Occupied(first) => Some(Mistake::twice(at, what, name, first.get())),
            Entry::Vacant(free) => {
                free.insert(at);
                None
            }
        }
    }
}

/// The names that declarations may refer to: those in the files, and those in the database if there is one at
/// hand. Kinds are the nouns of WORDS.md: `client`, `person`, `team`, `service`, `component` and `environment` (with
/// their service in front: `Parking permits/payment`), `rota`, `escalation`, `probe`.
#[derive(Debug, Clone, Default)]
pub struct Names {
    known: BTreeMap<&'static str, BTreeSet<String>>,
    /// Whether the database was asked as well. If not, a name that nothing has is believed to be in the
    /// database, unless it looks like a slip of one that is known.
    pub complete: bool,
}

impl Names {
    /// Adds a name.
    pub fn add(&mut self, kind: &'static str, name: impl Into<String>) {
        self.known.entry(kind).or_default().insert(name.into());
    }

    /// The known names of a kind.
    pub fn of(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.known.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// Whether the name is known.
    #[must_use]
    pub fn has(&self, kind: &str, name: &str) -> bool {
        self.known.get(kind).is_some_and(|names| names.contains(name))
    }

    /// The mistake, if nothing of the kind has that name.
    #[must_use]
    pub fn refer(&self, place: Place, kind: &str, name: &str) -> Option<Mistake> {
        let wrong = !self.has(kind, name) && (self.complete || closest(name, self.of(kind)).is_some());
        wrong.then(|| Mistake::unknown(place, kind, name, self.of(kind)))
    }
}

/// What names mean in the transaction that applies. Names within a client or a service have it in front.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    /// The operator's own client, to which belongs what names no client.
    pub operator: Option<ClientId>,
    /// Clients by name.
    pub clients: BTreeMap<String, ClientId>,
    /// People by name.
    pub people: BTreeMap<String, PersonId>,
    /// Teams by client and name.
    pub teams: BTreeMap<(ClientId, String), TeamId>,
    /// Services by client and name.
    pub services: BTreeMap<(ClientId, String), ServiceId>,
    /// Components by service and name.
    pub components: BTreeMap<(ServiceId, String), ComponentId>,
    /// Environments by service and name.
    pub environments: BTreeMap<(ServiceId, String), EnvironmentId>,
    /// Probes by service and name.
    pub probes: BTreeMap<(ServiceId, String), ProbeId>,
    /// Rotas by client and name.
    pub rotas: BTreeMap<(ClientId, String), RotaId>,
    /// Escalations by client and name.
    pub escalations: BTreeMap<(ClientId, String), EscalationId>,
}

impl Ids {
    /// The client of that name; the operator's own when none is named.
    #[must_use]
    pub fn client(&self, name: Option<&str>) -> Option<ClientId> {
        match name {
            Some(name) => self.clients.get(name).copied(),
            None => self.operator,
        }
    }

    /// The service of that name: the client's own, or else the only one of any client.
    #[must_use]
    pub fn service(&self, client: ClientId, name: &str) -> Option<(ClientId, ServiceId)> {
        own_or_only(&self.services, client, name)
    }

    /// The team of that name: the client's own, or else the only one of any client.
    #[must_use]
    pub fn team(&self, client: ClientId, name: &str) -> Option<TeamId> {
        own_or_only(&self.teams, client, name).map(|(_, id)| id)
    }

    /// The rota of that name: the client's own, or else the only one of any client.
    #[must_use]
    pub fn rota(&self, client: ClientId, name: &str) -> Option<RotaId> {
        own_or_only(&self.rotas, client, name).map(|(_, id)| id)
    }

    /// The escalation of that name: the client's own, or else the only one of any client.
    #[must_use]
    pub fn escalation(&self, client: ClientId, name: &str) -> Option<EscalationId> {
        own_or_only(&self.escalations, client, name).map(|(_, id)| id)
    }
}

fn own_or_only<T: Copy>(
    all: &BTreeMap<(ClientId, String), T>,
    client: ClientId,
    name: &str,
) -> Option<(ClientId, T)> {
    if let Some(own) = all.get(&(client, name.to_owned())) {
        return Some((client, *own));
    }
    let mut named = all.iter().filter(|((_, held), _)| held == name);
    match (named.next(), named.next()) {
        (Some(((client, _), id)), None) => Some((*client, *id)),
        _ => None,
    }
}

/// An apply under way: what the features leave for each other and for whoever asked.
#[derive(Debug, Clone, Default)]
pub struct Applying {
    /// What names mean.
    pub ids: Ids,
    /// What changed, in the order in which it did.
    pub changes: Vec<Change>,
    /// What turned out to be wrong; when there is one, nothing is committed.
    pub mistakes: Vec<Mistake>,
}

impl Applying {
    /// Something was added.
    pub fn added(&mut self, kind: &'static str, name: impl Into<String>) {
        self.changes.push(Change::add(kind, name));
    }

    /// Something differs, if the details say how.
    pub fn changed(&mut self, kind: &'static str, name: impl Into<String>, details: Vec<String>) {
        self.changes.extend(Change::changed(kind, name, details));
    }

    /// Something is no longer declared, and gone.
    pub fn removed(&mut self, kind: &'static str, name: impl Into<String>) {
        self.changes.push(Change::remove(kind, name));
    }

    /// Something is wrong after all.
    pub fn mistake(&mut self, place: &Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place.clone(), message));
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
        .min_by_key(|(steps, _)| *steps)
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
    fn what_stands_twice_is_told_where_it_stood_first() {
        let mut seen = Seen::default();
        assert_eq!(seen.again("noor", "person", "Noor", Place::new("a", 1, 1)), None);
        assert_eq!(seen.again("ben", "person", "Ben", Place::new("a", 2, 1)), None);
        let first = Place::new("a", 1, 1);
        for line in [3, 4] {
            let at = Place::new("a", line, 1);
            let again = Mistake::twice(at.clone(), "person", "NOOR", &first);
            assert_eq!(seen.again("noor", "person", "NOOR", at), Some(again));
        }
    }

    #[test]
    fn without_the_database_only_a_slip_is_a_mistake() {
        let mut names = Names::default();
        names.add("person", "Noor Kaya");
        let wrong = |names: &Names, name: &str| names.refer(Place::new("a", 1, 1), "person", name).is_some();
        assert_eq!(["Noor Kaya", "Nor Kaya", "Ben"].map(|name| wrong(&names, name)), [false, true, false]);
        names.complete = true;
        assert!(wrong(&names, "Ben"));
    }

    #[test]
    fn a_name_is_the_clients_own_or_the_only_one() {
        use crate::Id;
        let (a, b, c) = (ClientId::from_u128(1), ClientId::from_u128(2), ClientId::from_u128(3));
        let mut ids = Ids { operator: Some(c), ..Ids::default() };
        for (client, name, service) in [(a, "Bank", 1), (b, "Bank", 2), (b, "Maps", 3)] {
            ids.services.insert((client, name.into()), ServiceId::from_u128(service));
        }
        let found = |client, name| ids.service(client, name).map(|(_, id)| id.to_u128());
        assert_eq!(
            [found(a, "Bank"), found(b, "Bank"), found(c, "Bank"), found(a, "Maps"), found(a, "Post")],
            [Some(1), Some(2), None, Some(3), None]
        );
        assert_eq!((ids.client(None), ids.client(Some("x"))), (Some(c), None));
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
