//! What the guides show is read by the program they speak of.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The YAML blocks of a guide, each with the line on which it begins.
fn blocks(path: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in text(path).lines().enumerate() {
        match (&mut open, line) {
            (None, "```yaml") => open = Some((at + 1, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => block.push_str(&format!("{line}\n")),
            (None, _) => {}
        }
    }
    blocks
}

#[test]
fn the_examples_have_no_mistakes() {
    for example in ["docs/examples/one-site.yml", "docs/examples/supplier"] {
        let checked = check_folder(&root().join(example), Some(&Names::default()));
        assert!(checked.mistakes.is_empty(), "{}", checked.report());
    }
}

#[test]
fn the_ten_lines_are_the_same_everywhere() {
    let lines = text("docs/examples/one-site.yml");
    assert_eq!(lines.lines().count(), 10);
    for guide in ["README.md", "docs/service-owner.md"] {
        assert!(blocks(guide).iter().any(|(_, block)| *block == lines), "{guide} shows other lines");
    }
}

#[test]
fn every_block_of_the_guides_can_be_read() {
    for guide in ["docs/service-as-code.md", "docs/operator.md", "docs/service-owner.md", "docs/journeys.md"]
    {
        for (line, block) in blocks(guide) {
            // A block is a part: it may refer to what stands in another, so names are not held against it.
            let checked = check_sources(sources(&[("block.yml", &block)]), Vec::new(), None);
            assert!(checked.mistakes.is_empty(), "{guide}, after line {line}:\n{}", checked.report());
        }
    }
}

#[test]
fn the_demonstration_declares_itself_without_mistakes() {
    let mut files = Vec::new();
    for name in ["kustwerk.yml", "lindehaven.yml", "duinzicht.yml"] {
        let mut file = text(&format!("crates/demo/declared/{name}")).replace("{monday}", "2026-11-16");
        for place in ["{site}", "{https}", "{bank}", "{town}"] {
            file = file.replace(place, "127.0.0.1:8611");
        }
        files.push((name, file));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, file)| (*name, file.as_str())).collect();
    assert_eq!(said(&files), [] as [&str; 0]);
}
