use super::repo::{Dependency, File, Package, Repo};
use super::*;

/// A repository of a few files, given as path and text.
pub fn repo_of(files: &[(&str, &str)]) -> Repo {
    with_packages(files, &[])
}

/// The same with crates: name, and what each uses as `other` (ours), `dev:other` or `@foreign`.
pub fn with_packages(files: &[(&str, &str)], packages: &[(&str, &[&str])]) -> Repo {
    let files =
        files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect();
    let packages = packages.iter().map(|(name, uses)| package(name, uses)).collect();
    Repo::from_parts(files, packages)
}

fn package(name: &str, uses: &[&str]) -> Package {
    let dependency = |text: &&str| {
        let (kind, rest) =
            text.split_once(':').map_or((None, *text), |(kind, rest)| (Some(kind.to_owned()), rest));
        let foreign = rest.starts_with('@');
        let name = rest.trim_start_matches('@').to_owned();
        Dependency { path: (!foreign).then(|| format!("/crates/{name}")), name, kind }
    };
    let manifest = format!("crates/{name}/Cargo.toml");
    Package { name: name.into(), manifest, dependencies: uses.iter().map(dependency).collect() }
}

/// Where the findings are, as `file:line`.
pub fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}:{}", finding.file, finding.line)).collect()
}

#[test]
fn a_finding_says_where_and_what_to_do() {
    let finding = Finding::new("crates/x/src/lib.rs", 7, "is wrong", "do right");
    assert_eq!(finding.to_string(), "crates/x/src/lib.rs:7: is wrong\n    do right");
    assert_eq!(Finding::new("a", 0, "b", "c").to_string(), "a: b\n    c");
}

#[test]
fn every_rule_has_its_own_name_and_a_promise() {
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| rule.promise.ends_with('.')));
}
