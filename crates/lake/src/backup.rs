//! The lake's part of a backup, taken beside a running Tend, by another process.
//!
//! For a moment nobody may change the manifest (a lease that every change asks for). In that moment the rows of the
//! state database stand still, and every file and segment that they name gets a second name in a folder of its own.
//! Then everything goes on, and what was replaced meanwhile is still there under its second name until it is
//! copied. The segment that is written to is copied as far as it went in that moment.

use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use kernel::{Id as _, Problem, RequestId, Scope, SignedDuration};
use store::Db;
use store::backup::{Attached, Counted};

use crate::engine::Folders;
use crate::files::io_problem;
use crate::manifest::HOLD;

/// How long the manifest may stand still at most; a process that dies in between holds it no longer.
const HELD_FOR: SignedDuration = SignedDuration::from_mins(2);
/// How a folder of second names begins.
const PREFIX: &str = "backup-";
/// What the files are called in the backup.
const IN_BACKUP: &str = "lake/";

/// Removes second names that a backup left which did not come to its end.
pub(crate) fn clean(folders: &Folders) -> io::Result<()> {
    for entry in std::fs::read_dir(&folders.root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Gives every file of a folder a second name below another one; returns them with their lengths.
fn link(from: &Path, to: &Path, name: &str, out: &mut Vec<Attached>) -> io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let own = entry.file_name();
        let path = to.join(&own);
        let name = format!("{name}{}", own.to_string_lossy());
        if entry.file_type()?.is_dir() {
            link(&entry.path(), &path, &format!("{name}/"), out)?;
            continue;
        }
        // A file system without second names gets copies.
        let linked = std::fs::hard_link(entry.path(), &path)
            .or_else(|_| std::fs::copy(entry.path(), &path).map(|_| ()));
        match linked {
            Ok(()) => {}
            // Replaced a moment ago, and gone with its last reader.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        }
        let bytes = std::fs::metadata(&path)?.len();
        out.push(Attached { name, path, bytes });
    }
    Ok(())
}

fn second_names(folders: &Folders, to: &Path) -> io::Result<Vec<Attached>> {
    let mut out = Vec::new();
    if !folders.root.join("node").exists() {
        return Ok(out);
    }
    for (folder, name) in [(&folders.log, "log"), (&folders.files, "files"), (&folders.keys, "keys")] {
        link(folder, &to.join(name), &format!("{IN_BACKUP}{name}/"), &mut out)?;
    }
    let node = to.join("node");
    std::fs::copy(folders.root.join("node"), &node)?;
    let bytes = std::fs::metadata(&node)?.len();
    out.push(Attached { name: format!("{IN_BACKUP}node"), path: node, bytes });
    Ok(out)
}

/// Backs up the state database and the lake of a folder into one file, as they are at one moment.
pub async fn backup(db: &Db, scope: &Scope, folder: &Path, file: &Path) -> Result<Counted, Problem> {
    let folders = Folders::of(folder);
    let holder = RequestId::new(scope).to_string();
    let links = folders.root.join(format!("{PREFIX}{holder}"));
    let held = db.lease(scope, &holder, HOLD, HELD_FOR).await?;
    if held.is_none() {
        return Err(Problem::conflict("lake-held"));
    }
    let attach = async || {
        let (from, to) = (folders.clone(), links.clone());
        let found = tokio::task::spawn_blocking(move || second_names(&from, &to)).await;
        // From here on everything may change again.
        db.lease(scope, &holder, HOLD, SignedDuration::ZERO).await?;
        found.map_err(Problem::fault)?.map_err(io_problem)
    };
    let done = db.backup_with(scope, file, attach).await;
    if done.is_err() {
        db.lease(scope, &holder, HOLD, SignedDuration::ZERO).await?;
    }
    match std::fs::remove_dir_all(&links) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the second names of the backup stay until the next start");
        }
        _ => {}
    }
    done
}

/// Where a file of a backup belongs; none when it is not one of the lake's.
fn place_of(folder: &Path, name: &str) -> Option<PathBuf> {
    let below = Path::new(name.strip_prefix(IN_BACKUP)?);
    let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && below.components().next().is_some()).then(|| folder.join(below))
}

/// Puts a backup back: the rows into an empty database, the lake into a folder that holds none.
pub async fn restore(
    db: &Db,
    scope: &Scope,
    folder: &Path,
    file: &Path,
    schemas: &[&store::Schema],
) -> Result<Counted, Problem> {
    if folder.join("node").exists() {
        return Err(Problem::conflict("restore-not-empty").with("table", folder.display()).with("rows", 1));
    }
    let folder = folder.to_owned();
    db.restore_with(scope, file, schemas, &mut |name, bytes| {
        let Some(path) = place_of(&folder, name) else {
            return Err(Problem::new(kernel::Kind::Malformed, "backup-unreadable")
                .because(format!("{name} is no file of the lake")));
        };
        put_back(&path, bytes).map_err(io_problem)
    })
    .await
}

fn put_back(path: &Path, bytes: &mut dyn Read) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::File::create(path)?;
    io::copy(bytes, &mut file)?;
    file.sync_all()
}
