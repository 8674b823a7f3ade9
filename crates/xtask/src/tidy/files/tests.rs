use super::super::tests::{places, repo_of, with_packages};
use super::*;

#[test]
fn foreign_browser_code_is_found() {
    let check = |path: &str, text: &str| browser_code(&repo_of(&[(path, text)])).len();
    assert_eq!(check("crates/web/assets/app.js", "import 'htmx.org';\n"), 0);
    assert_eq!(check("crates/web/assets/htmx.js", "x"), 1);
    assert_eq!(check("crates/web/assets/chart.min.js", "x"), 1);
    assert_eq!(check("crates/web/assets/a.css", "a{}\n/*# sourceMappingURL=a.css.map */"), 1);
    assert_eq!(check("crates/web/assets/a.js", &"a;".repeat(3_000)), 1, "a line that no hand wrote");
    assert_eq!(check("e2e/node_modules/x/LICENSE", "x"), 1);
}

#[test]
fn lock_files_with_addresses_are_found() {
    let cargo = ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n");
    let npm = |text| lock_files(&repo_of(&[cargo, ("e2e/package-lock.json", text)])).len();
    assert_eq!(npm("{\n  \"version\": \"1.0.0\",\n  \"integrity\": \"sha512-x\"\n}"), 0);
    assert_eq!(npm("{\n  \"resolved\": \"https://registry.example/x.tgz\"\n}"), 1);
    let git = repo_of(&[("Cargo.lock", "source = \"git+https://example.org/x\"\n")]);
    assert_eq!(places(&lock_files(&git)), ["Cargo.lock:1"]);
    assert_eq!(lock_files(&repo_of(&[])).len(), 1);
}

#[test]
fn schema_steps_have_no_holes() {
    let code = "include_str!(\"../schema/0001_a.sql\"); include_str!(\"../schema/0002_b.sql\");
        include_str!(\"../schema/0002_b.postgres.sql\"); include_str!(\"../schema/0003_c.sql\")";
    let check = |names: &[&str]| {
        let paths: Vec<_> = names.iter().map(|name| format!("crates/watch/schema/{name}")).collect();
        let mut files: Vec<_> = paths.iter().map(|path| (path.as_str(), "")).collect();
        files.push(("crates/watch/src/store.rs", code));
        schema(&repo_of(&files)).len()
    };
    assert_eq!(check(&["0001_a.sql", "0002_b.postgres.sql", "0002_b.sql", "0003_c.sql"]), 0);
    assert_eq!(check(&["0001_a.sql", "0003_c.sql"]), 1);
    assert_eq!(check(&["0002_b.sql"]), 1);
    assert_eq!(check(&["0001_a.sql", "0002_b.postgres.sql"]), 1, "a variant without its step");
    assert_eq!(check(&["0001_a.sql", "0002_unused.sql"]), 1);
    assert_eq!(check(&["1_a.sql"]), 2);
}

#[test]
fn the_map_names_every_crate() {
    let packages: &[(&str, &[&str])] = &[("kernel", &[]), ("watch", &[])];
    let map = |text| architecture(&with_packages(&[("ARCHITECTURE.md", text)], packages)).len();
    assert_eq!(map("| words | `kernel` |\n| signals | `watch` |"), 0);
    assert_eq!(map("`kernel` and the watch"), 1);
    assert_eq!(architecture(&with_packages(&[], packages)).len(), 1);
}

#[test]
fn ci_runs_the_gate() {
    assert!(gate(&repo_of(&[(".ci/run", "exec cargo xtask test </dev/null\n")])).is_empty());
    assert_eq!(gate(&repo_of(&[(".ci/run", "true\n")])).len(), 1);
}
