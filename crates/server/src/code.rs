//! Service as code: a folder of YAML files becomes what it declares.
//!
//! The way of a folder: [`read`] takes the files in as texts, [`yaml`] makes trees that know their places, [`shapes`]
//! divides each entry among the features whose parts stand in it, the features check their parts against all names
//! ([`check_folder`]), and [`apply`] lets them make the database so, in one transaction and in the order of who
//! refers to whom. [`plan`] is the same transaction without its commit, so that a plan cannot differ from what
//! applying does. [`export`] writes what is there in the same shapes.
//!
//! One installation has one folder: what an earlier folder declared and this one does not is no longer declared.
//! Each feature says in its own `code` module what that means for its rows.

use std::path::Path;

use kernel::code::{Action, Applying, Change, Mistake, Names};
use kernel::{About, Fact, Problem, Scope};
use store::{Db, Tx};

pub mod export;
pub mod read;
pub mod shapes;
pub mod yaml;

pub use export::export;
pub use read::Source;
pub use shapes::Folder;

/// A folder that was read and looked over.
#[derive(Debug, Default)]
pub struct Checked {
    /// What it declares, as far as it could be read.
    pub folder: Folder,
    /// Everything that is wrong, in the order of files and lines.
    pub mistakes: Vec<Mistake>,
    /// The texts, to show where.
    pub sources: Vec<Source>,
}

impl Checked {
    /// Every mistake with the line it stands in.
    #[must_use]
    pub fn report(&self) -> String {
        report(&self.mistakes, &self.sources)
    }
}

/// Mistakes with the lines they stand in, and how many there are.
#[must_use]
pub fn report(mistakes: &[Mistake], sources: &[Source]) -> String {
    let mut text: String = mistakes.iter().map(|mistake| read::shown(mistake, sources) + "\n").collect();
    match mistakes.len() {
        0 => text.push_str("no mistakes\n"),
        1 => text.push_str("1 mistake\n"),
        n => text.push_str(&format!("{n} mistakes\n")),
    }
    text
}

/// Reads a folder, or a single file, and says everything that is wrong. With the names of what is in the database
/// ([`stored_names`]) whatever nothing is called is a mistake; without, only what looks like a slip.
#[must_use]
pub fn check_folder(path: &Path, stored: Option<&Names>) -> Checked {
    let (sources, mistakes) = read::folder(path);
    check_sources(sources, mistakes, stored)
}

/// The same for texts that were read already.
#[must_use]
pub fn check_sources(sources: Vec<Source>, mut mistakes: Vec<Mistake>, stored: Option<&Names>) -> Checked {
    let (folder, more) = shapes::parse(&sources);
    mistakes.extend(more);
    let mut names = stored.cloned().unwrap_or_default();
    folder.names(&mut names);
    // An entry that could not be read has given no name, so who refers to it is not to blame.
    names.complete = stored.is_some() && mistakes.is_empty();
    mistakes.extend(folder.check(&names));
    mistakes.sort();
    mistakes.dedup();
    Checked { folder, mistakes, sources }
}

/// The names of everything in the database.
pub async fn stored_names(db: &Db, scope: &Scope) -> Result<Names, Problem> {
    // A transaction only because the features read names in one; nothing is written, and nothing committed.
    let mut tx = db.write_unaudited("code.names", scope).await?;
    let mut names = Names::default();
    identity::code::stored_names(&mut tx, &mut names).await?;
    estate::code::stored_names(&mut tx, &mut names).await?;
    respond::code::stored_names(&mut tx, &mut names).await?;
    names.complete = true;
    Ok(names)
}

/// What applying did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What changed, in the order in which it did.
    pub changes: Vec<Change>,
    /// What is wrong after all; when there is one, nothing was changed.
    pub mistakes: Vec<Mistake>,
}

impl Outcome {
    /// How many of an action there are.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }

    /// The changes, a line each, and a last line that counts them.
    #[must_use]
    pub fn report(&self) -> String {
        if self.changes.is_empty() {
            return "nothing to change\n".into();
        }
        let mut text: String = self.changes.iter().map(|change| format!("{change}\n")).collect();
        let [added, changed, removed] =
            [Action::Add, Action::Change, Action::Remove].map(|one| self.count(one));
        text.push_str(&format!("{added} added, {changed} changed, {removed} removed\n"));
        text
    }
}

/// What applying the folder would do. Nothing is changed.
pub async fn plan(db: &Db, scope: &Scope, folder: &Folder) -> Result<Outcome, Problem> {
    let mut tx = db.write_unaudited("code.plan", scope).await?;
    run(&mut tx, folder).await
}

/// Makes the installation what the folder declares, in one transaction: all of it or nothing.
pub async fn apply(db: &Db, scope: &Scope, folder: &Folder) -> Result<Outcome, Problem> {
    let mut tx = db.write("code.apply", scope).await?;
    let outcome = run(&mut tx, folder).await?;
    if !outcome.mistakes.is_empty() {
        return Ok(outcome);
    }
    if !outcome.changes.is_empty() {
        let count = |action| u32::try_from(outcome.count(action)).unwrap_or(u32::MAX);
        let fact = Fact::DeclarationApplied {
            added: count(Action::Add),
            changed: count(Action::Change),
            removed: count(Action::Remove),
        };
        tx.record(About::installation(), fact).await?;
    }
    // Also without a change: lines may have moved, and rows say where they are declared.
    tx.commit().await?;
    Ok(outcome)
}

/// In the order of who refers to whom; after a step with mistakes those that build on it would only echo them.
async fn run(tx: &mut Tx, folder: &Folder) -> Result<Outcome, Problem> {
    let mut applying = Applying::default();
    identity::code::apply(tx, &folder.identity, &mut applying).await?;
    if applying.mistakes.is_empty() {
        estate::code::apply(tx, &folder.services, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        identity::code::apply_roles(tx, &folder.identity, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        watch::code::apply(tx, &folder.probes, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        journeys::code::apply(tx, &folder.journeys, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        journeys::intake::code::apply(tx, &folder.sources, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        journeys::demand::code::apply(tx, &folder.demand, &mut applying).await?;
    }
    if applying.mistakes.is_empty() {
        respond::code::apply(tx, &folder.respond, &mut applying).await?;
    }
    applying.mistakes.sort();
    Ok(Outcome { changes: applying.changes, mistakes: applying.mistakes })
}

#[cfg(test)]
mod tests;
