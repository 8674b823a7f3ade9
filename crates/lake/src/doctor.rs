//! What `tend doctor` asks of the lake: whether every file is there and whole, and whether the log reads.
//! Changes nothing, and works beside a running Tend.

use std::collections::HashSet;
use std::path::Path;

use kernel::{Problem, Scope};
use store::Db;
use store::doctor::Finding;

use crate::engine::Folders;
use crate::files;
use crate::manifest;
use crate::remote::{Remote, Settings};

/// Files of which the hash is compared; of the others size and footer are. Reading everything would take hours.
const HASHED: usize = 50;
/// Names that are said; the rest is counted.
const SAID: usize = 3;

fn finding(what: &'static str, well: bool, said: String) -> Finding {
    Finding { what, well, said }
}

fn some(names: &[String]) -> String {
    let said = names.iter().take(SAID).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SAID) {
        0 => said,
        more => format!("{said} and {more} more"),
    }
}

/// Looks the lake of a folder over.
pub async fn examine(
    folder: &Path,
    db: &Db,
    scope: &Scope,
    object_store: Option<&Settings>,
) -> Result<Vec<Finding>, Problem> {
    let folders = Folders::of(folder);
    let manifest = manifest::load(db, scope, &folders.files, None).await?;
    let node = std::fs::read_to_string(folders.root.join("node")).unwrap_or_default();
    let node = node.trim().to_owned();
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let mut damaged = Vec::new();
    let mut elsewhere = 0u64;
    let mut objects = Vec::new();
    let mut newest: Vec<_> = manifest.all().cloned().collect();
    newest.sort_by_key(|file| std::cmp::Reverse(file.meta.made_at));
    for (at, file) in newest.iter().enumerate() {
        let name = file.meta.path();
        if !file.local.exists() {
            if file.is_remote() {
                objects.push((name, file.meta.bytes));
            } else if file.meta.node == node {
                missing.push(name);
            } else {
                elsewhere += 1;
            }
            continue;
        }
        let (file, deep) = (std::sync::Arc::clone(file), at < HASHED);
        let well = tokio::task::spawn_blocking(move || {
            let size = std::fs::metadata(&file.local).map(|meta| meta.len()).unwrap_or(0);
            size == file.meta.bytes
                && files::rows_of(&file.local).is_ok_and(|rows| rows == file.meta.rows)
                && (!deep || files::sha256_of(&file.local).is_ok_and(|hash| hash == file.meta.sha256))
        });
        if !well.await.map_err(Problem::fault)? {
            damaged.push(name);
        }
    }
    // A file that went while it was looked at was replaced: that is no loss.
    let again = manifest::load(db, scope, &folders.files, None).await?;
    let named: HashSet<String> = again.all().map(|file| file.meta.path()).collect();
    missing.retain(|name| named.contains(name));
    damaged.retain(|name| named.contains(name));
    let rows: u64 = manifest.all().map(|file| file.meta.rows).sum();
    let bytes: u64 = manifest.all().map(|file| file.meta.bytes).sum();
    found.push(finding("event files", missing.is_empty() && damaged.is_empty(), {
        let all = format!("{} files, {rows} rows, {:.1} MB", newest.len(), bytes as f64 / 1_000_000.0);
        match (missing.is_empty(), damaged.is_empty()) {
            (true, true) => all,
            (false, _) => format!(
                "{all}; missing: {}; put them back into {} from a backup",
                some(&missing),
                folders.files.display()
            ),
            (true, false) => format!(
                "{all}; changed since they were written: {}; put them back from a backup and look at the disk",
                some(&damaged)
            ),
        }
    }));
    if elsewhere > 0 {
        found.push(finding(
            "files of other nodes",
            false,
            format!("{elsewhere} are only on another node; several nodes need an object store (--lake-url)"),
        ));
    }
    if let Some(settings) = object_store {
        found.push(in_store(settings, &objects).await);
    } else if !objects.is_empty() {
        found.push(finding(
            "object store",
            false,
            format!("{} files are in an object store, and none is set (--lake-url)", objects.len()),
        ));
    }
    found.push(the_log(&folders, db, scope, &node).await?);
    Ok(found)
}

async fn in_store(settings: &Settings, objects: &[(String, u64)]) -> Finding {
    let remote = match Remote::open(settings) {
        Ok(remote) => remote,
        Err(problem) => return finding("object store", false, crate::chain(&problem)),
    };
    let mut missing = Vec::new();
    for (name, bytes) in objects {
        match remote.size(name).await {
            Ok(Some(size)) if size == *bytes => {}
            Ok(_) => missing.push(name.clone()),
            Err(problem) => {
                let said = format!("{}; look at address, keys and network", crate::chain(&problem));
                return finding("object store", false, said);
            }
        }
    }
    let said = match missing.is_empty() {
        true => format!("{} files are only there, all whole", objects.len()),
        false => format!("missing there: {}; put them back from a backup of the bucket", some(&missing)),
    };
    finding("object store", missing.is_empty(), said)
}

async fn the_log(folders: &Folders, db: &Db, scope: &Scope, node: &str) -> Result<Finding, Problem> {
    if node.is_empty() {
        return Ok(finding("event log", true, "no lake has been opened here yet".into()));
    }
    let Some(low) = manifest::low_of(db, scope, node).await? else {
        return Ok(finding(
            "event log",
            false,
            format!("{} belongs to another database; name the right one", folders.root.display()),
        ));
    };
    let log = folders.log.clone();
    let read = tokio::task::spawn_blocking(move || {
        let mut rows = 0u64;
        crate::log::read(&log, low, &mut |_, more, _| rows += more.len() as u64).map(|read| (read, rows))
    });
    Ok(match read.await.map_err(Problem::fault)? {
        Ok((read, rows)) if read.damaged.is_empty() => {
            finding("event log", true, format!("{rows} rows wait for a file"))
        }
        Ok((read, _)) => {
            let places: Vec<String> = read
                .damaged
                .iter()
                .map(|(segment, at)| format!("segment {segment} from byte {at}"))
                .collect();
            let said = format!("damaged: {}; what follows there is lost; look at the disk", some(&places));
            finding("event log", false, said)
        }
        Err(error) => finding("event log", false, format!("it cannot be read: {error}")),
    })
}
