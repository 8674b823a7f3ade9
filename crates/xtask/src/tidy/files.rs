//! Rules about files: what is checked in, and what goes with what.

use std::collections::BTreeMap;

use super::Finding;
use super::repo::{File, Repo};

/// Our own browser code is written by hand; a single file larger than this was not, bytes.
const LARGEST_SCRIPT: usize = 80 * 1024;
/// Where the index of crates.io is said to be, in every lock file of cargo.
const CRATES_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Third-party browser code comes from npm when building.
pub fn browser_code(repo: &Repo) -> Vec<Finding> {
    let instead = "add it to package.json and let the build bundle it";
    let foreign = |file: &&File| {
        let path = file.path.to_lowercase();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let script = [".js", ".mjs", ".cjs", ".css"].iter().any(|kind| name.ends_with(kind));
        let minified = name.contains(".min.") || name.starts_with("htmx") || name.starts_with("jquery");
        let bundled =
            file.text.contains("sourceMappingURL=") || file.text.lines().any(|line| line.len() > 4_000);
        path.contains("node_modules/")
            || (script && (minified || bundled || file.text.len() > LARGEST_SCRIPT))
    };
    let foreign = repo.files.iter().filter(foreign);
    foreign
        .map(|file| Finding::new(&file.path, 0, "third-party browser code is checked in", instead))
        .collect()
}

/// Lock files say what, not where from.
pub fn lock_files(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repo.files.iter().filter(|file| file.path.ends_with("package-lock.json")) {
        for (line, text) in
            file.lines().filter(|(_, text)| text.contains("\"resolved\"") && text.contains("://"))
        {
            let what = format!("a download address: {}", text.trim());
            let instead = "npm install --package-lock-only --omit-lockfile-registry-resolved";
            findings.push(Finding::new(&file.path, line, what, instead));
        }
    }
    let Some(lock) = repo.file("Cargo.lock") else {
        return vec![Finding::new(
            "Cargo.lock",
            0,
            "is missing",
            "check it in: the program is built as tested",
        )];
    };
    for (line, text) in lock.lines() {
        if text.starts_with("source = ") && !text.contains(CRATES_INDEX) {
            let what = format!("not from crates.io: {text}");
            findings.push(Finding::new(&lock.path, line, what, "use a released version"));
        }
    }
    findings
}

/// Schema steps run in the order of their numbers, so the numbers have no holes; each is named by the code.
pub fn schema(repo: &Repo) -> Vec<Finding> {
    let mut crates: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in repo.files.iter().filter(|f| f.path.contains("/schema/") && f.path.ends_with(".sql")) {
        crates.entry(file.krate().unwrap_or("")).or_default().push(file);
    }
    crates.iter().flat_map(|(krate, files)| schema_of(repo, krate, files)).collect()
}

fn schema_of(repo: &Repo, krate: &str, files: &[&File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let code: String = repo.sources.iter().filter(|s| s.krate() == krate).map(|s| s.text.as_str()).collect();
    let (variants, steps): (Vec<&&File>, Vec<&&File>) =
        files.iter().partition(|file| step_of(file).is_some());
    for file in files {
        if !code.contains(&format!("schema/{}", name_of(file))) {
            let instead = "name it in the crate's SCHEMA";
            findings.push(Finding::new(&file.path, 0, "a schema file that no code uses", instead));
        }
    }
    for (at, file) in steps.iter().enumerate() {
        let wanted = format!("{:04}_", at + 1);
        if !name_of(file).starts_with(&wanted) {
            let what = format!("the step at place {} is called {}", at + 1, name_of(file));
            findings.push(Finding::new(&file.path, 0, what, format!("call it {wanted}name.sql")));
        }
    }
    for file in variants {
        if !steps.iter().any(|step| Some(name_of(step)) == step_of(file).as_deref()) {
            let instead = format!("call the step {}", step_of(file).unwrap_or_default());
            findings.push(Finding::new(&file.path, 0, "belongs to no step", instead));
        }
    }
    findings
}

fn name_of(file: &File) -> &str {
    file.path.rsplit('/').next().unwrap_or("")
}

/// The step that a file of rows, or of another database, belongs to.
fn step_of(file: &File) -> Option<String> {
    let name = name_of(file);
    let step =
        [".postgres.sql", ".sqlite.sql", ".sample.sql"].iter().find_map(|kind| name.strip_suffix(kind))?;
    Some(format!("{step}.sql"))
}

/// The map names every place.
pub fn architecture(repo: &Repo) -> Vec<Finding> {
    let Some(map) = repo.file("ARCHITECTURE.md") else {
        return vec![Finding::new(
            "ARCHITECTURE.md",
            0,
            "is missing",
            "two pages: floors, invariants, three walks",
        )];
    };
    let unnamed = repo.packages.iter().filter(|package| !map.text.contains(&format!("`{}`", package.name)));
    unnamed
        .map(|package| {
            let what = format!("does not name `{}`", package.name);
            Finding::new("ARCHITECTURE.md", 0, what, "put it on its level")
        })
        .collect()
}

/// CI runs what people run.
pub fn gate(repo: &Repo) -> Vec<Finding> {
    let script = repo.file(".ci/run").map_or("", |file| file.text.as_str());
    if script.lines().any(|line| line.contains("cargo xtask test")) {
        return Vec::new();
    }
    vec![Finding::new(".ci/run", 0, "does not run the gate", "let it call `cargo xtask test`")]
}

#[cfg(test)]
mod tests;
