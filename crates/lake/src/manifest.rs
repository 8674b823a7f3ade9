//! Which files there are, in the state database: the only truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::lake::Table;
use kernel::{ClientId, Kind, Problem, Scope, ServiceId, Timestamp};
use store::{Db, Row, Schema, Step, Table as Kept, args};
use tokio::sync::oneshot;

use crate::buffer::Place;

/// The lake's tables in the state database.
pub const SCHEMA: Schema = Schema {
    feature: "lake",
    steps: &[Step::new("0001_lake", include_str!("../schema/0001_lake.sql"))
        .sample(include_str!("../schema/0001_lake.sample.sql"))],
    tables: &[
        Kept::walled("lake_files"),
        Kept::walled("lake_days"),
        Kept::open("lake_logs", "where each node's log begins; it holds nobody's data"),
        Kept::walled("lake_retention"),
        Kept::walled("lake_erasures"),
        Kept::open("lake_doomed", "names of objects without content"),
        Kept::open("lake_meta", "a counter"),
    ],
};

/// Whoever holds this lease keeps files and logs from going: a backup.
pub(crate) const HOLD: &str = "lake.hold";
/// What is answered meanwhile.
pub(crate) const HELD: &str = "lake-held";

/// What a file is, as the manifest has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) sha256: String,
    pub(crate) node: String,
    pub(crate) made_at: Timestamp,
}

impl Meta {
    /// Where it is, below the folder of files and in the object store.
    pub(crate) fn path(&self) -> String {
        let day = self.place.midnight().strftime("%Y-%m-%d").to_string();
        format!("{}/{}/{day}/{}.parquet", self.place.table.word(), self.place.service, self.id)
    }
}

/// A file, for as long as somebody may read it. When it is doomed, it goes with its last reader.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) meta: Meta,
    /// Where its local copy is, or would be.
    pub(crate) local: PathBuf,
    /// Whether the object store has it.
    pub(crate) remote: AtomicBool,
    /// Questions that read the local copy now.
    pub(crate) pins: AtomicU32,
    /// When it was last asked for, for the cache.
    pub(crate) asked: AtomicI64,
    doomed: Mutex<Option<oneshot::Sender<()>>>,
}

impl File {
    pub(crate) fn new(meta: Meta, folder: &Path, remote: bool) -> Arc<File> {
        let local = folder.join(meta.path());
        Arc::new(File {
            meta,
            local,
            remote: AtomicBool::new(remote),
            pins: AtomicU32::new(0),
            asked: AtomicI64::new(0),
            doomed: Mutex::new(None),
        })
    }

    /// The local copy goes with the last reader; resolves when it is gone.
    pub(crate) fn doom(&self) -> oneshot::Receiver<()> {
        let (gone, told) = oneshot::channel();
        *self.doomed.lock().unwrap_or_else(PoisonError::into_inner) = Some(gone);
        told
    }

    pub(crate) fn is_remote(&self) -> bool {
        self.remote.load(Ordering::SeqCst)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let doomed = self.doomed.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(gone) = doomed.take() {
            if let Err(error) = crate::disk::remove(&self.local) {
                // It is not in the manifest, so the next start removes it.
                tracing::warn!(file = %self.local.display(), %error, "a replaced file cannot be removed");
            }
            let _ = gone.send(());
        }
    }
}

/// Files of a table of a service.
pub(crate) type Area = (Table, ClientId, ServiceId);

/// What files a day holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) rows: u64,
    pub(crate) version: u64,
}

/// All files at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    pub(crate) areas: BTreeMap<Area, Vec<Arc<File>>>,
    pub(crate) days: BTreeMap<Place, Day>,
    /// Of the manifest.
    pub(crate) version: i64,
}

impl Files {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<File>> {
        self.areas.values().flatten()
    }

    fn add(&mut self, file: Arc<File>) {
        let place = file.meta.place;
        self.areas.entry((place.table, place.client, place.service)).or_default().push(file);
    }
}

/// How the rows of a day change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayChange {
    pub(crate) place: Place,
    pub(crate) rows: i64,
    pub(crate) version: u64,
}

/// One change of the manifest: all of it becomes true, or nothing.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) add: Vec<Meta>,
    pub(crate) remove: Vec<Arc<File>>,
    pub(crate) days: Vec<DayChange>,
    /// Days that hold nothing any more and are forgotten.
    pub(crate) forget: Vec<Place>,
    /// Of this node's log, the first segment that is still needed.
    pub(crate) low: Option<u64>,
}

/// Where a node's log begins; none for a node that this database has never seen.
pub(crate) async fn low_of(db: &Db, scope: &Scope, node: &str) -> Result<Option<u64>, Problem> {
    db.one(scope, "select low from lake_logs where node = $1", args![node], |row| row.get(0)).await
}

/// Notes a new node.
pub(crate) async fn begin(db: &Db, scope: &Scope, node: &str) -> Result<(), Problem> {
    let mut tx = db.write_unaudited("lake.begin", scope).await?;
    let text = "insert into lake_logs (node, low, changed_at) values ($1, 0, $2)";
    tx.exec(text, args![node, scope.now()]).await?;
    tx.commit().await
}

/// The number of the last change.
pub(crate) async fn version(db: &Db, scope: &Scope) -> Result<i64, Problem> {
    let text = "select value from lake_meta where name = 'manifest'";
    Ok(db.one(scope, text, args![], |row| row.get(0)).await?.unwrap_or(0))
}

fn place(row: &Row<'_>) -> Result<Place, Problem> {
    let word: String = row.get(2)?;
    let table = Table::from_word(&word).ok_or_else(|| Problem::fault(format!("no table {word}")))?;
    Ok(Place { client: row.get(0)?, service: row.get(1)?, table, day: row.get(3)? })
}

/// Reads all of it. Files that are in `known` are taken from there, so that they are the same to their readers.
pub(crate) async fn load(
    db: &Db,
    scope: &Scope,
    folder: &Path,
    known: Option<&Files>,
) -> Result<Files, Problem> {
    // First the number: a change that comes between is then seen as one more, never as none.
    let mut files = Files { version: version(db, scope).await?, ..Files::default() };
    let before: BTreeMap<&str, &Arc<File>> =
        known.into_iter().flat_map(Files::all).map(|file| (file.meta.id.as_str(), file)).collect();
    let text = "select client_id, service_id, table_name, day, id, rows, bytes, from_at, until_at, sha256,
        node, remote, made_at from lake_files where {wall} order by day, made_at, id";
    let found = db
        .all(scope, text, args![], |row| {
            let meta = Meta {
                place: place(row)?,
                id: row.get(4)?,
                rows: row.get(5)?,
                bytes: row.get(6)?,
                from: row.get(7)?,
                until: row.get(8)?,
                sha256: row.get(9)?,
                node: row.get(10)?,
                made_at: row.get(12)?,
            };
            Ok((meta, row.get::<bool>(11)?))
        })
        .await?;
    for (meta, remote) in found {
        let file = match before.get(meta.id.as_str()) {
            Some(file) => {
                file.remote.store(remote, Ordering::SeqCst);
                Arc::clone(file)
            }
            None => File::new(meta, folder, remote),
        };
        files.add(file);
    }
    let text = "select client_id, service_id, table_name, day, rows, version from lake_days where {wall}";
    let days = db
        .all(scope, text, args![], |row| Ok((place(row)?, Day { rows: row.get(4)?, version: row.get(5)? })))
        .await?;
    files.days = days.into_iter().collect();
    Ok(files)
}

/// Makes a change true. Refuses while a backup holds the files, and when another node was faster.
pub(crate) async fn change(db: &Db, scope: &Scope, node: &str, change: &Change) -> Result<(), Problem> {
    let mut tx = db.write_unaudited("lake.change", scope).await?;
    let held = "select until from leases where name = $1 and until > $2";
    if tx.one(held, args![HOLD, scope.now()], |row| row.get::<i64>(0)).await?.is_some() {
        return Err(Problem::new(Kind::Unavailable, HELD).retry_after(60));
    }
    for file in &change.remove {
        // What the row says counts: another node may have uploaded it since.
        let text = "delete from lake_files where {wall} and id = $1 returning remote";
        let gone = tx.one(text, args![file.meta.id.as_str()], |row| row.get::<bool>(0)).await?;
        let Some(remote) = gone else { return Err(Problem::conflict("changed-meanwhile")) };
        if remote {
            let text =
                "insert into lake_doomed (path, doomed_at) values ($1, $2) on conflict (path) do nothing";
            tx.exec(text, args![file.meta.path(), scope.now()]).await?;
        }
    }
    for meta in &change.add {
        let text = "insert into lake_files (id, client_id, service_id, table_name, day, rows, bytes, from_at,
            until_at, sha256, node, remote, made_at)
            values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)";
        let place = meta.place;
        let args = args![
            meta.id.as_str(),
            place.service,
            place.table.word(),
            place.day,
            meta.rows,
            meta.bytes,
            meta.from,
            meta.until,
            meta.sha256.as_str(),
            meta.node.as_str(),
            meta.made_at
        ];
        tx.exec_in(place.client, text, args).await?;
    }
    for day in &change.days {
        let text = "insert into lake_days (client_id, service_id, table_name, day, rows, version)
            values ({client}, $1, $2, $3, $4, $5)
            on conflict (service_id, table_name, day)
            do update set rows = lake_days.rows + excluded.rows, version = lake_days.version + excluded.version";
        let place = day.place;
        let args = args![place.service, place.table.word(), place.day, day.rows, day.version];
        tx.exec_in(place.client, text, args).await?;
    }
    for place in &change.forget {
        let text = "delete from lake_days where {wall} and service_id = $1 and table_name = $2 and day = $3";
        tx.exec(text, args![place.service, place.table.word(), place.day]).await?;
    }
    if let Some(low) = change.low {
        let text = "insert into lake_logs (node, low, changed_at) values ($1, $2, $3)
            on conflict (node) do update set low = excluded.low, changed_at = excluded.changed_at";
        tx.exec(text, args![node, low, scope.now()]).await?;
    }
    let text = "insert into lake_meta (name, value) values ('manifest', 1)
        on conflict (name) do update set value = lake_meta.value + 1";
    tx.exec(text, args![]).await?;
    tx.commit().await
}
