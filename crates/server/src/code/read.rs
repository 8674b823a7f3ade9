//! A folder of declarations as texts, and a mistake as a few lines a person can act on.

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kernel::code::{Mistake, Place};

/// The largest file: forty services fill about 60 KB, so this is far beyond what people keep in one file.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The most files in one folder, all levels together.
pub const MAX_FILES: usize = 1_000;
/// The deepest folder in the folder.
pub const MAX_FOLDERS_DEEP: usize = 8;
/// The most characters of a line that are shown under a mistake.
const SHOWN: usize = 120;

/// One file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path within the folder, with `/` between the parts.
    pub file: Arc<str>,
    /// What stands in it.
    pub text: String,
}

/// Reads every `*.yml` and `*.yaml` in the folder and the folders in it, in the order of their names. Hidden
/// files and folders are skipped, and links to folders are not followed. A path to a single file reads that.
pub fn folder(path: &Path) -> (Vec<Source>, Vec<Mistake>) {
    let mut reading = Reading { sources: Vec::new(), mistakes: Vec::new(), full: false };
    match fs::metadata(path) {
        Ok(what) if what.is_dir() => reading.inside(path, "", 0),
        Ok(_) => {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            reading.file(path, &name);
        }
        Err(error) => reading.mistake(&path.to_string_lossy(), format!("cannot be read: {error}")),
    }
    if reading.sources.is_empty() && reading.mistakes.is_empty() {
        reading.mistake(&path.to_string_lossy(), "there is no .yml file here".into());
    }
    (reading.sources, reading.mistakes)
}

struct Reading {
    sources: Vec<Source>,
    mistakes: Vec<Mistake>,
    full: bool,
}

impl Reading {
    fn mistake(&mut self, file: &str, message: String) {
        self.mistakes.push(Mistake::new(Place::new(file, 1, 1), message));
    }

    fn inside(&mut self, path: &Path, prefix: &str, depth: usize) {
        let mut entries: Vec<_> = match fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).collect(),
            Err(error) => return self.mistake(prefix, format!("this folder cannot be read: {error}")),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || self.full {
                continue;
            }
            let shown = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth >= MAX_FOLDERS_DEEP {
                self.mistake(&shown, format!("folders deeper than {MAX_FOLDERS_DEEP} levels are not read"));
            } else if is_folder {
                self.inside(&entry.path(), &shown, depth + 1);
            } else if name.ends_with(".yml") || name.ends_with(".yaml") {
                self.file(&entry.path(), &shown);
            }
        }
    }

    fn file(&mut self, path: &Path, shown: &str) {
        if self.sources.len() >= MAX_FILES {
            self.full = true;
            return self.mistake(shown, format!("more than {MAX_FILES} files; the rest is not read"));
        }
        match bytes(path) {
            Err(error) => self.mistake(shown, format!("cannot be read: {error}")),
            Ok(bytes) if bytes.len() as u64 > MAX_FILE_BYTES => {
                self.mistake(shown, format!("larger than {} KiB", MAX_FILE_BYTES / 1024));
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => self.sources.push(Source { file: shown.into(), text }),
                Err(error) => self.mistakes.push(not_text(shown, &error)),
            },
        }
    }
}

/// Reads one byte more than is allowed at most, so that an endless file ends.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn not_text(file: &str, error: &std::string::FromUtf8Error) -> Mistake {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let good = String::from_utf8_lossy(good);
    let line = good.matches('\n').count() + 1;
    let column = good.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    let fits = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Mistake::new(Place::new(file, fits(line), fits(column)), "this is not UTF-8 text from here on")
}

/// A mistake with the line it stands in and a caret under the place, as compilers show it.
#[must_use]
pub fn shown(mistake: &Mistake, sources: &[Source]) -> String {
    let place = &mistake.place;
    let mut out = format!("mistake: {}\n  --> {place}\n", mistake.message);
    let line = sources
        .iter()
        .find(|source| source.file == place.file)
        .and_then(|source| source.text.lines().nth(place.line.saturating_sub(1) as usize));
    let Some(line) = line else { return out };
    let column = place.column.saturating_sub(1) as usize;
    let from = (column + SHOWN / 2).saturating_sub(SHOWN);
    let text: String = line.chars().skip(from).take(SHOWN).map(visible).collect();
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let caret = " ".repeat(column - from);
    let _ = write!(out, "{margin} |\n{number} | {text}\n{margin} | {caret}^\n");
    out
}

/// Control characters would move the caret, or worse, the terminal.
fn visible(letter: char) -> char {
    match letter {
        '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_folder(files: &[(&str, &[u8])]) -> (Vec<Source>, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let (sources, mistakes) = folder(dir.path());
        let root = dir.path().to_string_lossy().into_owned();
        (sources, mistakes.iter().map(|m| m.to_string().replace(&root, "DIR")).collect())
    }

    #[test]
    fn files_are_read_in_order_and_hidden_ones_are_not() {
        let (sources, mistakes) =
            in_folder(&[("b.yml", b"b"), ("a/c.yaml", b"c"), (".git/d.yml", b"d"), ("readme.md", b"e")]);
        let names: Vec<&str> = sources.iter().map(|s| &*s.file).collect();
        assert_eq!((names, mistakes), (vec!["a/c.yaml", "b.yml"], vec![]));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_the_rest_is_read() {
        let at_limit = vec![b'#'; MAX_FILE_BYTES as usize];
        let large = vec![b'#'; 10 * 1024 * 1024];
        let (sources, mistakes) = in_folder(&[
            ("at-limit.yml", &at_limit),
            ("large.yml", &large),
            ("latin.yml", b"clients:\n  - name: Caf\xe9\n"),
            ("x/1/2/3/4/5/6/7/8/deep.yml", b"a"),
        ]);
        assert_eq!(sources.len(), 1);
        assert_eq!(
            mistakes,
            [
                "large.yml:1:1: larger than 1024 KiB",
                "latin.yml:2:14: this is not UTF-8 text from here on",
                "x/1/2/3/4/5/6/7/8:1:1: folders deeper than 8 levels are not read",
            ]
        );
    }

    #[test]
    fn an_empty_or_absent_folder_is_said() {
        assert_eq!(in_folder(&[]).1, ["DIR:1:1: there is no .yml file here"]);
        let (_, mistakes) = folder(Path::new("/nonexistent/folder"));
        assert!(mistakes[0].message.starts_with("cannot be read"));
    }

    #[test]
    fn a_thousand_files_are_read_and_one_more_is_refused() {
        let names: Vec<String> = (0..=MAX_FILES).map(|n| format!("{n:04}.yml")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"a"[..])).collect();
        let (sources, mistakes) = in_folder(&files);
        assert_eq!((sources.len(), mistakes.len()), (MAX_FILES, 1));
    }

    #[test]
    fn a_mistake_points_at_its_place() {
        let sources = [Source { file: "town.yml".into(), text: "a:\n  retrise: 3\n".into() }];
        let mistake = Mistake::new(Place::new("town.yml", 2, 3), "unknown key");
        assert_eq!(
            shown(&mistake, &sources),
            "mistake: unknown key\n  --> town.yml:2:3\n  |\n2 |   retrise: 3\n  |   ^\n"
        );
        let long = [Source { file: "l.yml".into(), text: format!("{}x\u{7}", "é".repeat(5_000)) }];
        let text = shown(&Mistake::new(Place::new("l.yml", 1, 5_001), "here"), &long);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[3].chars().position(|c| c == 'x'), rows[4].chars().position(|c| c == '^'));
        assert!(rows[3].chars().count() < 140 && !text.contains('\u{7}'));
    }
}
