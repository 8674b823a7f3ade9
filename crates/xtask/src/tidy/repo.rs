//! The repository as the rules see it: its files, and its crates with what they depend on.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::source::Source;
use crate::shell;

/// Files larger than this are data, not text that a rule reads, bytes.
const LARGEST_FILE: u64 = 2 * 1024 * 1024;

/// A text file that belongs to the repository.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// The crate it lies in.
    pub fn krate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Its lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// A crate of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its manifest, from the root.
    pub manifest: String,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// A dependency as written in a manifest.
#[derive(Debug, Clone, Deserialize)]
pub struct Dependency {
    /// The crate depended on.
    pub name: String,
    /// Nothing for the crate itself, `dev` for its tests, `build` for its build script.
    pub kind: Option<String>,
    /// Set when it lies in this repository.
    pub path: Option<String>,
}

/// All of it.
pub struct Repo {
    /// Every text file.
    pub files: Vec<File>,
    /// Every Rust file, with comments and texts told apart.
    pub sources: Vec<Source>,
    /// Every crate.
    pub packages: Vec<Package>,
}

impl Repo {
    /// Reads what git knows or would add.
    ///
    /// # Errors
    /// When git or cargo cannot answer.
    pub fn read(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
        let list = shell::capture(&mut git)?;
        let mut files = Vec::new();
        for path in list.split('\0').filter(|path| !path.is_empty()) {
            let at = root.join(path);
            // Listed but deleted in the work tree, or too large to be text.
            if !std::fs::metadata(&at).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_FILE) {
                continue;
            }
            if let Ok(text) = String::from_utf8(std::fs::read(&at)?) {
                files.push(File { path: path.to_owned(), text });
            }
        }
        Ok(Self::from_parts(files, packages(root)?))
    }

    /// Puts one together from parts.
    pub fn from_parts(mut files: Vec<File>, packages: Vec<Package>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let sources =
            files.iter().filter(|f| f.path.ends_with(".rs")).map(|f| Source::new(&f.path, &f.text)).collect();
        Repo { files, sources, packages }
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn packages(root: &Path) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Raw>,
    }
    #[derive(Deserialize)]
    struct Raw {
        name: String,
        manifest_path: String,
        dependencies: Vec<Dependency>,
    }
    let mut cargo = shell::cargo();
    cargo.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(root);
    let metadata: Metadata = serde_json::from_str(&shell::capture(&mut cargo)?).context("cargo metadata")?;
    let relative = |path: &str| {
        Path::new(path).strip_prefix(root).map_or_else(|_| path.to_owned(), |rest| rest.display().to_string())
    };
    Ok(metadata
        .packages
        .into_iter()
        .map(|raw| Package {
            manifest: relative(&raw.manifest_path),
            name: raw.name,
            dependencies: raw.dependencies,
        })
        .collect())
}
