//! A real process that is really killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use kernel::lake::{Lake as _, Rows};
use store::testing::Folder;
use store::{Db, Options as DbOptions};

use super::{Place, event};
use crate::Limits;

/// Tells the test binary that it is the one to be killed, and where.
const FOLDER: &str = "TEND_LAKE_CHILD";
/// Rows of one append.
const EACH: u64 = 5;

/// Seals after a few appends, so that the process dies in the middle of one as often as not.
fn limits() -> Limits {
    Limits { seal_bytes: 3_000, compact_bytes: 64 << 20, ..Limits::default() }
}

async fn database(folder: &std::path::Path) -> Db {
    let path = folder.join("tend.db").display().to_string();
    let db = Db::open(&DbOptions::new(path)).await.expect("SQLite opens");
    db.migrate(&store::testing::scope_at(super::NOON), &[&crate::SCHEMA]).await.expect("the schema applies");
    db
}

/// Not a test by itself: the process that [`killed_at_any_moment_nothing_acknowledged_is_lost`] kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = std::path::PathBuf::from(folder);
    let place = Place::open(&database(&folder).await, &folder.join("lake"), limits()).await;
    let lake = place.lake.clone();
    let scope = place.scope();
    let keeping = async {
        loop {
            lake.tend(&scope).await.expect("it keeps house");
            tokio::task::yield_now().await;
        }
    };
    let taking = async {
        for round in 0..u64::MAX {
            let rows = (round * EACH..round * EACH + EACH).map(|number| {
                let mut one = event(number, place.now());
                one.key = u128::from(number) + 1;
                one
            });
            place.lake.append(&place.scope(), Rows::Events(rows.collect())).await.expect("it is kept");
            println!("kept {}", round * EACH + EACH);
        }
    };
    tokio::join!(keeping, taking);
}

/// Runs the child until it has acknowledged so many rows, and kills it. Returns what it acknowledged.
fn killed_after(folder: &std::path::Path, rows: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "tests::crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts");
    let out = BufReader::new(child.stdout.take().expect("it has an output"));
    let mut kept = 0;
    for line in out.lines() {
        let line = line.expect("a line");
        let Some(number) = line.split("kept ").nth(1).and_then(|rest| rest.trim().parse().ok()) else {
            continue;
        };
        kept = number;
        if kept >= rows && child.try_wait().expect("it can be asked").is_none() {
            // SIGKILL: nothing of it goes on. What it still said is in the pipe.
            child.kill().expect("it can be killed");
        }
    }
    child.wait().expect("it ends");
    kept
}

#[tokio::test]
async fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    for rows in [1, 30, 75, 160, 400] {
        let folder = Folder::new();
        let kept = killed_after(folder.path(), rows);
        assert!(kept >= rows, "the child ended by itself after {kept} rows");
        let db = database(folder.path()).await;
        let place = Place::open(&db, &folder.path().join("lake"), limits()).await;
        let found = place.numbers();
        for number in 0..kept {
            assert_eq!(found.get(&number), Some(&1), "killed after {kept}: row {number}");
        }
        // The append under way may be there, whole, and once.
        let more = found.range(kept..).map(|(_, times)| *times).collect::<Vec<_>>();
        assert!(more.iter().all(|times| *times == 1), "killed after {kept}: {more:?}");
        assert_eq!(more.len() as u64 % EACH, 0, "killed after {kept}: half an append");
        // Sent again, as a client does that was not answered: all of it is known.
        let again = (0..kept).map(|number| {
            let mut one = event(number, place.now());
            one.key = u128::from(number) + 1;
            one
        });
        let told =
            place.lake.append(&place.scope(), Rows::Events(again.collect())).await.expect("it is read");
        assert_eq!((told.kept, told.duplicates), (0, kept));
        let held = place.lake.standing();
        assert_eq!(held.open_rows + held.file_rows, found.len() as u64);
        // No file is there that the manifest does not name.
        assert_eq!(super::tree(&folder.path().join("lake/files")).len() as u64, held.files);
        place.lake.close().await;
        db.close().await;
    }
}
