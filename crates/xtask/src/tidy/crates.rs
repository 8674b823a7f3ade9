//! Rules about crates: the levels as drawn are the dependencies as built.

use super::Finding;
use super::repo::{Package, Repo};

/// The levels of ARCHITECTURE.md from the bottom up. A crate may use what stands on a lower level; of its own
/// level it may use only those to its left *and* named in [`BESIDE`].
pub const LEVELS: &[(&str, &[&str])] = &[
    ("words", &["kernel"]),
    ("doors", &["store", "lake", "lake_sql", "world", "web"]),
    ("what and who", &["identity", "estate", "agreements"]),
    ("signals", &["watch", "journeys", "voice"]),
    ("action", &["respond", "desk", "delivery", "work", "training"]),
    ("report", &["reviews", "benefits", "retirement"]),
    ("program", &["demo", "server", "tend"]),
    ("workshop", &["testkit", "xtask"]),
];

/// The arrows within a level, each with its reason.
pub const BESIDE: &[(&str, &str, &str)] = &[
    ("web", "store", "a request is answered from the store, and the scope of a session is read from it"),
    ("lake", "store", "the manifest in the state database is the only truth about files"),
    ("lake_sql", "lake", "the same events through another engine"),
    ("estate", "identity", "a service has an owner"),
    ("agreements", "identity", "a contract has parties"),
    ("agreements", "estate", "a contract is about services"),
    ("server", "demo", "the demonstration is served by the same program"),
    ("tend", "server", "the command line starts it"),
    ("tend", "demo", "the command line starts it"),
];

/// Crates that stand behind one door: a prefix of their name, and who may know them.
const DOORS: &[(&str, &[&str], &str)] = &[
    ("sqlx", &["store"], "ask `store::Db`"),
    ("rusqlite", &["store"], "ask `store::Db`"),
    ("tokio-postgres", &["store"], "ask `store::Db`"),
    ("libsqlite3-sys", &["store"], "ask `store::Db`"),
    ("arrow", &["lake", "lake_sql"], "ask the lake through its face in the kernel"),
    ("parquet", &["lake", "lake_sql"], "ask the lake through its face in the kernel"),
    ("datafusion", &["lake_sql"], "ask the lake through its face in the kernel"),
    ("object_store", &["lake", "lake_sql"], "ask the lake through its face in the kernel"),
    ("reqwest", &["world"], "ask `kernel::world::World`"),
    // The screen's own listener is hyper's server; what goes outward with it is found by the rule of words.
    ("hyper", &["world", "web"], "ask `kernel::world::World`"),
    ("ureq", &["world"], "ask `kernel::world::World`"),
    ("lettre", &["world"], "ask `kernel::world::World`"),
    ("hickory", &["world"], "ask `kernel::world::World`"),
    ("surge-ping", &["world"], "ask `kernel::world::World`"),
    // The demonstration's own web service answers with a certificate that can expire; it opens nothing outward.
    ("tokio-rustls", &["world", "demo"], "ask `kernel::world::World`"),
    // The demonstration's web service is somebody else's program and brings its own pages.
    ("minijinja", &["web", "demo"], "implement `web::View`"),
    ("fluent", &["web", "demo"], "use `web::Text`"),
    ("anyhow", &["tend", "demo", "testkit", "xtask"], "give the feature's own error enum a variant"),
    ("clap", &["tend", "xtask"], "the command line lives in `tend`"),
    ("getrandom", &["tend"], "roll the scope's dice"),
    ("rand", &["tend"], "roll the scope's dice"),
];

/// A crate uses only what is below it.
pub fn levels(repo: &Repo) -> Vec<Finding> {
    repo.packages.iter().flat_map(|package| levels_of(repo, package)).collect()
}

fn levels_of(repo: &Repo, package: &Package) -> Vec<Finding> {
    let manifest = package.manifest.as_str();
    let Some(mine) = level(&package.name) else {
        let instead = "give it a place in LEVELS of crates/xtask/src/tidy/crates.rs and in ARCHITECTURE.md";
        return vec![Finding::new(manifest, 0, format!("`{}` stands on no level", package.name), instead)];
    };
    let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
    let wrong = ours.filter(|dependency| !allowed(&package.name, mine, &dependency.name));
    wrong
        .map(|dependency| {
            let what = format!(
                "`{}` ({}) may not use `{}` ({})",
                package.name,
                LEVELS[mine].0,
                dependency.name,
                level(&dependency.name).map_or("on no level", |at| LEVELS[at].0)
            );
            let instead =
                "ask down through a face of a lower level, or record a `Fact` and let whoever cares read it";
            Finding::new(manifest, line_in(repo, manifest, &dependency.name), what, instead)
        })
        .collect()
}

fn level(name: &str) -> Option<usize> {
    LEVELS.iter().position(|(_, crates)| crates.contains(&name))
}

fn allowed(name: &str, mine: usize, other: &str) -> bool {
    match level(other) {
        // The workshop is used by nobody, the test kit not even by tests of features.
        Some(theirs) => theirs < mine || BESIDE.iter().any(|(from, to, _)| *from == name && *to == other),
        None => false,
    }
}

/// Each heavy dependency stands behind one door.
pub fn doors(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &repo.packages {
        for dependency in package.dependencies.iter().filter(|d| d.path.is_none()) {
            let dev = dependency.kind.as_deref() == Some("dev");
            let Some((_, who, instead)) = door(&dependency.name) else { continue };
            // Tests of the workshop's level may look at the real thing from outside.
            if who.contains(&package.name.as_str()) || (dev && dependency.name == "getrandom") {
                continue;
            }
            let line = line_in(repo, &package.manifest, &dependency.name);
            let what = format!("`{}` knows `{}`; only {} may", package.name, dependency.name, who.join(", "));
            findings.push(Finding::new(&package.manifest, line, what, *instead));
        }
    }
    findings
}

fn door(name: &str) -> Option<&'static (&'static str, &'static [&'static str], &'static str)> {
    DOORS.iter().find(|(prefix, _, _)| {
        name == *prefix || name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['-', '_']))
    })
}

/// Only the program and the test kit link the real world and the lake.
pub fn real_world(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in repo.packages.iter().filter(|p| !["tend", "testkit"].contains(&p.name.as_str())) {
        for dependency in &package.dependencies {
            let door = ["world", "lake", "lake_sql"].contains(&dependency.name.as_str());
            // The lake's second engine stands on the first.
            if dependency.path.is_none() || !door || package.name == "lake_sql" {
                continue;
            }
            let line = line_in(repo, &package.manifest, &dependency.name);
            let what = format!("`{}` links `{}`", package.name, dependency.name);
            let instead = "take the small face from `kernel`; `tend` puts the real one in";
            findings.push(Finding::new(&package.manifest, line, what, instead));
        }
    }
    findings
}

/// Every crate introduces itself and takes the workspace's lints.
pub fn faces(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &repo.packages {
        let folder = format!("crates/{}", package.name);
        if package.manifest != format!("{folder}/Cargo.toml") {
            findings.push(Finding::new(
                &package.manifest,
                0,
                "folder and crate have different names",
                "rename one",
            ));
        }
        let manifest = repo.file(&package.manifest).map_or("", |file| file.text.as_str());
        let section = manifest.split("[lints]").nth(1).unwrap_or("").split('[').next().unwrap_or("");
        if !section.lines().any(|line| line.replace(' ', "") == "workspace=true") {
            let instead = "add\n    [lints]\n    workspace = true";
            findings.push(Finding::new(&package.manifest, 0, "does not take the workspace's lints", instead));
        }
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| format!("{folder}/{file}"));
        for root in roots.iter().filter_map(|path| repo.file(path)) {
            if !root.text.starts_with("//! ") {
                let instead =
                    "open with `//!`: who lives here, what comes in, what goes out, what is promised";
                findings.push(Finding::new(&root.path, 1, "the crate does not introduce itself", instead));
            }
        }
        for file in repo.files.iter().filter(|f| f.path.starts_with(&format!("{folder}/"))) {
            if file.path.to_lowercase().ends_with("readme.md") {
                let instead = "say it in the `//!` of lib.rs, where it is read";
                findings.push(Finding::new(&file.path, 0, "a crate has no README", instead));
            }
        }
    }
    findings
}

/// The lints of the workspace stand.
pub fn lints(repo: &Repo) -> Vec<Finding> {
    const WANTED: &[&str] = &[
        "unsafe_code",
        "missing_docs",
        "unwrap_used",
        "todo",
        "dbg_macro",
        "disallowed_methods",
        "unimplemented",
    ];
    const BANS: &[&str] = &[
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "getrandom::fill",
        "thread::sleep",
    ];
    let missing = |path: &str, wanted: &[&str]| -> Vec<Finding> {
        let text = repo.file(path).map_or("", |file| file.text.as_str());
        wanted
            .iter()
            .filter(|word| !text.contains(**word))
            .map(|word| Finding::new(path, 0, format!("no longer refuses `{word}`"), "put it back"))
            .collect()
    };
    let mut findings = missing("Cargo.toml", WANTED);
    findings.extend(missing("clippy.toml", BANS));
    findings
}

fn line_in(repo: &Repo, manifest: &str, dependency: &str) -> usize {
    let Some(file) = repo.file(manifest) else { return 0 };
    file.lines()
        .find(|(_, line)| line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with(['.', ' ', '='])))
        .map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests;
