use super::super::tests::{places, with_packages};
use super::*;

fn breaks(uses: (&str, &[&str])) -> usize {
    levels(&with_packages(&[], &[uses])).len()
}

#[test]
fn a_crate_may_ask_down() {
    assert_eq!(breaks(("respond", &["kernel", "store", "web", "identity", "estate", "watch"])), 0);
    assert_eq!(breaks(("tend", &["server", "demo", "world"])), 0);
    assert_eq!(breaks(("testkit", &["world", "server", "respond"])), 0);
}

#[test]
fn a_crate_may_not_ask_up_or_beside() {
    assert_eq!(breaks(("watch", &["respond"])), 1);
    assert_eq!(breaks(("respond", &["desk"])), 1);
    assert_eq!(breaks(("store", &["world"])), 1);
    assert_eq!(breaks(("kernel", &["store"])), 1);
    assert_eq!(breaks(("watch", &["dev:testkit"])), 1, "not even in its tests");
    assert_eq!(breaks(("server", &["tend"])), 1);
}

#[test]
fn the_arrows_within_a_level_go_one_way() {
    assert_eq!(breaks(("web", &["store"])), 0);
    assert_eq!(breaks(("store", &["web"])), 1);
    assert_eq!(breaks(("estate", &["identity"])), 0);
    assert_eq!(breaks(("identity", &["estate"])), 1);
    for (from, to, _) in BESIDE {
        assert!(!BESIDE.iter().any(|(a, b, _)| a == to && b == from), "{from} and {to} ask each other");
        assert_eq!(level(from), level(to), "{from} and {to} do not stand beside each other");
    }
}

#[test]
fn a_crate_without_a_level_is_found() {
    assert_eq!(breaks(("novelty", &[])), 1);
    assert_eq!(breaks(("tend", &["novelty"])), 1);
}

#[test]
fn a_finding_points_at_the_line_of_the_dependency() {
    let manifest = "[dependencies]\nkernel.workspace = true\nrespond-x = \"1\"\nrespond.workspace = true\n";
    let repo = with_packages(&[("crates/watch/Cargo.toml", manifest)], &[("watch", &["respond"])]);
    assert_eq!(places(&levels(&repo)), ["crates/watch/Cargo.toml:4"]);
}

#[test]
fn a_door_is_known_by_its_keeper_alone() {
    let check = |name: &str, uses: &[&str]| doors(&with_packages(&[], &[(name, uses)])).len();
    assert_eq!(check("store", &["@sqlx"]), 0);
    assert_eq!(check("watch", &["@sqlx"]), 1);
    assert_eq!(check("watch", &["@sqlx-core"]), 1);
    assert_eq!(check("watch", &["dev:@reqwest"]), 1);
    assert_eq!(check("world", &["@reqwest", "@lettre", "@hickory-resolver", "@surge-ping"]), 0);
    assert_eq!(check("respond", &["@lettre"]), 1);
    assert_eq!(check("respond", &["@minijinja"]), 1);
    assert_eq!(check("demo", &["@minijinja", "@tokio-rustls"]), 0);
    assert_eq!(check("lake", &["@arrow-array", "@parquet"]), 0);
    assert_eq!(check("lake", &["@datafusion"]), 1);
    assert_eq!(check("identity", &["@randomizer"]), 0, "only whole names and their families");
}

#[test]
fn features_do_not_link_the_real_world() {
    let check = |name: &str, uses: &[&str]| real_world(&with_packages(&[], &[(name, uses)])).len();
    assert_eq!(check("tend", &["world"]), 0);
    assert_eq!(check("testkit", &["world"]), 0);
    assert_eq!(check("watch", &["dev:world"]), 1);
    assert_eq!(check("server", &["world"]), 1);
}

#[test]
fn a_crate_without_face_or_lints_is_found() {
    let good = "[package]\n[lints]\nworkspace = true\n[dependencies]\n";
    let files = [("crates/watch/Cargo.toml", good), ("crates/watch/src/lib.rs", "//! Watches.\n")];
    assert!(faces(&with_packages(&files, &[("watch", &[])])).is_empty());
    let bad = "[package]\n[lints]\n[dependencies.x]\nworkspace = true\n";
    let files = [
        ("crates/watch/Cargo.toml", bad),
        ("crates/watch/src/lib.rs", "pub mod a;\n"),
        ("crates/watch/README.md", "hello"),
    ];
    assert_eq!(faces(&with_packages(&files, &[("watch", &[])])).len(), 3);
}

#[test]
fn a_lint_that_was_taken_away_is_found() {
    let full = "unsafe_code missing_docs unwrap_used todo dbg_macro disallowed_methods unimplemented";
    let bans = "SystemTime::now Instant::now Timestamp::now Zoned::now getrandom::fill thread::sleep";
    assert!(lints(&with_packages(&[("Cargo.toml", full), ("clippy.toml", bans)], &[])).is_empty());
    let files = [("Cargo.toml", "unsafe_code"), ("clippy.toml", bans)];
    assert_eq!(lints(&with_packages(&files, &[])).len(), 6);
}
