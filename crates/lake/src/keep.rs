//! What happens by itself: rows go from the log into files, small files become one, old ones go.
//!
//! Each step changes the manifest in one transaction and what questions see in one moment, in this order: new
//! files are on disk, the manifest names them, questions see them instead of what they replace, and only then what
//! was replaced goes: the segments of the log at once, files with their last reader. A process that dies between
//! two of these finds at its next start either the old or the new, never both.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::RecordBatch;
use kernel::lake::Table;
use kernel::task::Status;
use kernel::{ClientId, Problem, Right, Scope, ServiceId, SignedDuration, Timestamp};
use store::{Engine, args};
use tokio::sync::oneshot;

use crate::buffer::{DAY, Place};
use crate::dedupe;
use crate::engine::{Folders, Lake};
use crate::erase::Gone;
use crate::files::{self, io_problem};
use crate::manifest::{self, Change, DayChange, File, Files, Meta};
use crate::merge::Run;
use crate::shared::{Made, Sealing};
use crate::table;
use crate::writer::{Job, lock};

/// A day's files become one when there are so many of about one size: each rewriting makes them eight times
/// larger, so a row is rewritten once per factor of eight.
const TIER: usize = 8;
/// The smallest size that is told apart: below it a file is mostly footer.
const SMALLEST: u64 = 256 << 10;
/// How long after its last file a day that has passed becomes one file.
const SETTLED: SignedDuration = SignedDuration::from_mins(30);
/// How long the lease of the housekeeping is held.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// Files that are uploaded, and objects that are removed, in one run.
const AT_ONCE: usize = 64;

impl Lake {
    /// One run of the housekeeping: seals what waited long enough, and does one thing of the rest.
    pub(crate) async fn keep(&self, scope: &Scope) -> Result<Status, Problem> {
        match self.keep_all(scope).await {
            Err(problem) if problem.code == manifest::HELD => {
                Ok(Status { note: "waits for a backup that copies the files".into(), ..Status::default() })
            }
            other => other,
        }
    }

    async fn keep_all(&self, scope: &Scope) -> Result<Status, Problem> {
        self.refresh(scope).await?;
        let sealed = self.seal_when_due(scope).await?;
        let _keeping = self.0.keeping.lock().await;
        let uploaded = self.upload(scope).await?;
        let mut status = Status::default();
        let (mut compacted, mut expired) = (0, 0);
        if self.leads(scope).await? {
            expired = self.expire(scope).await?;
            if let Some((place, files)) = self.compactable(scope.now()) {
                compacted = files.len() as u64;
                self.compact(scope, place, files).await?;
                status.left = u64::from(self.compactable(scope.now()).is_some());
            }
            self.sweep(scope).await?;
        }
        self.evict();
        status.done = sealed + uploaded + compacted + expired;
        status.note = match status.done {
            0 => String::new(),
            _ => format!(
                "{sealed} rows sealed, {compacted} files compacted, {expired} expired, {uploaded} uploaded"
            ),
        };
        let since = self.0.shared.state().open.since;
        let due = since.and_then(|since| since.checked_add(self.0.shared.limits.seal_after).ok());
        Ok(status.next_at(due))
    }

    /// What a node does for itself, whoever runs the round: seals its own log and uploads its own files.
    pub async fn keep_own(&self, scope: &Scope) -> Result<(), Problem> {
        self.refresh(scope).await?;
        self.seal_when_due(scope).await?;
        let _keeping = self.0.keeping.lock().await;
        self.upload(scope).await.map(|_| ())
    }

    /// Keeps house for this node until told to stop: whenever the log is large enough, and every few seconds.
    pub async fn runs(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        /// Far shorter than the wait for a seal.
        const EVERY: std::time::Duration = std::time::Duration::from_secs(5);
        while !*stop.borrow() {
            let scope = self.scope("lake.keep");
            if let Err(problem) = self.keep_own(&scope).await
                && problem.code != manifest::HELD
            {
                tracing::warn!(error = %crate::chain(&problem), "the lake could not keep house; it tries again");
            }
            tokio::select! {
                () = self.0.shared.wants_seal.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Of several nodes, one compacts and expires.
    async fn leads(&self, scope: &Scope) -> Result<bool, Problem> {
        if self.0.db.engine() == Engine::Sqlite {
            return Ok(true);
        }
        Ok(self.0.db.lease(scope, &self.0.node, "lake.keep", LEASE).await?.is_some())
    }

    async fn seal_when_due(&self, scope: &Scope) -> Result<u64, Problem> {
        if !self.seal_is_due(scope) {
            return Ok(0);
        }
        let _keeping = self.0.keeping.lock().await;
        // Whoever kept house meanwhile may have done it.
        if self.seal_is_due(scope) { self.seal_all(scope).await } else { Ok(0) }
    }

    fn seal_is_due(&self, scope: &Scope) -> bool {
        let limits = &self.0.shared.limits;
        let state = self.0.shared.state();
        let old =
            state.open.since.is_some_and(|since| scope.now().duration_since(since) >= limits.seal_after);
        state.sealing.is_some() || old || state.open.bytes >= limits.seal_bytes
    }

    /// Puts everything that is in the log into files. Returns how many rows.
    pub async fn seal(&self, scope: &Scope) -> Result<u64, Problem> {
        let _keeping = self.0.keeping.lock().await;
        self.seal_all(scope).await
    }

    /// As [`Lake::seal`], by somebody who keeps house already.
    pub(crate) async fn seal_all(&self, scope: &Scope) -> Result<u64, Problem> {
        let left_over = self.0.shared.state().sealing.is_some();
        let mut sealed = self.seal_one(scope).await?;
        if left_over {
            // What came after the seal that did not succeed.
            sealed += self.seal_one(scope).await?;
        }
        Ok(sealed)
    }

    async fn turn(&self) -> Result<Option<Arc<Sealing>>, Problem> {
        let (done, told) = oneshot::channel();
        let jobs = self.0.jobs.clone();
        // The queue may be full; the writer empties it.
        tokio::task::spawn_blocking(move || jobs.send(Job::Turn(done)))
            .await
            .map_err(Problem::fault)?
            .map_err(|_| Problem::fault("the writer of the log is gone"))?;
        told.await.map_err(Problem::fault)?.map_err(io_problem)
    }

    async fn seal_one(&self, scope: &Scope) -> Result<u64, Problem> {
        let Some(sealing) = self.turn().await? else { return Ok(0) };
        // A commit whose answer was lost counts: the manifest tells.
        if manifest::low_of(&self.0.db, scope, &self.0.node).await?.unwrap_or(0) < sealing.low {
            let made = lock(&sealing.made).clone();
            let made = match made {
                Some(made) => made,
                None => self.write_sealed(scope, &sealing).await?,
            };
            let change = Change {
                add: made.iter().filter_map(|made| made.meta.clone()).collect(),
                days: made.iter().map(day_of).collect(),
                low: Some(sealing.low),
                ..Change::default()
            };
            manifest::change(&self.0.db, scope, &self.0.node, &change).await?;
        }
        let before = Arc::clone(&self.0.shared.state().files);
        let files = self.loaded(scope, &before).await?;
        {
            // One moment: the rows are in files and no longer in the buffer.
            let mut state = self.0.shared.state();
            state.files = Arc::new(files);
            state.sealing = None;
        }
        log_dropped(&self.0.folders, sealing.low);
        Ok(sealing.rows)
    }

    /// The manifest as it is now. With one node, what it said before and what was changed since would do, but
    /// reading it is the truth, and takes milliseconds.
    async fn loaded(&self, scope: &Scope, before: &Files) -> Result<Files, Problem> {
        manifest::load(&self.0.db, scope, &self.0.folders.files, Some(before)).await
    }

    async fn write_sealed(&self, scope: &Scope, sealing: &Arc<Sealing>) -> Result<Vec<Made>, Problem> {
        let gone = self.erased_since(scope, sealing.since).await?;
        let ids: Vec<String> = sealing.places.iter().map(|_| self.new_id()).collect();
        let (lake, held, now) = (self.clone(), Arc::clone(sealing), scope.now());
        let made = tokio::task::spawn_blocking(move || {
            let mut all = Vec::with_capacity(ids.len());
            for ((place, (chunks, rows)), id) in held.places.iter().zip(ids) {
                let batches: Result<Vec<RecordBatch>, Problem> = chunks
                    .iter()
                    .map(|chunk| chunk.batch().map(|batch| RecordBatch::clone(&batch)))
                    .collect();
                let batches =
                    gone.iter().filter(|one| one.is_of(place)).try_fold(batches?, |rest, one| {
                        rest.iter()
                            .map(|batch| one.without(place.table, batch))
                            .collect::<Result<Vec<_>, _>>()
                    })?;
                // The keys have a place of their own; in files they would be half of what an event costs.
                let apart = |batch: RecordBatch| match place.table {
                    Table::Events => table::without_keys(&batch),
                    _ => batch,
                };
                let runs = batches.into_iter().map(|batch| files::run_of(vec![apart(batch)])).collect();
                let meta = lake.write_file(id, *place, runs, now)?;
                let kept = meta.as_ref().map_or(0, |meta| meta.rows);
                all.push(Made { place: *place, meta, erased: rows.saturating_sub(kept) });
            }
            dedupe::save(&lake.0.disk, &lake.0.folders.keys, &held.keys, now).map_err(io_problem)?;
            Ok::<_, Problem>(all)
        });
        let made = made.await.map_err(Problem::fault)??;
        *lock(&sealing.made) = Some(made.clone());
        Ok(made)
    }

    pub(crate) fn new_id(&self) -> String {
        let mut random = [0u8; 16];
        self.0.dice.fill(&mut random);
        files::hex(&random)
    }

    /// Writes a file of a place. None when there is nothing to write.
    pub(crate) fn write_file(
        &self,
        id: String,
        place: Place,
        runs: Vec<Run>,
        now: Timestamp,
    ) -> Result<Option<Meta>, Problem> {
        let folders = &self.0.folders;
        let mut meta = Meta {
            id,
            place,
            rows: 0,
            bytes: 0,
            from: 0,
            until: 0,
            sha256: String::new(),
            node: self.0.node.clone(),
            made_at: now,
        };
        let temporary = folders.temporary.join(format!("{}.parquet", meta.id));
        let path = folders.files.join(meta.path());
        let Some(written) = files::write(&self.0.disk, &temporary, &path, place.table, runs)? else {
            return Ok(None);
        };
        (meta.rows, meta.bytes) = (written.rows, written.bytes);
        (meta.from, meta.until, meta.sha256) = (written.from, written.until, written.sha256);
        Ok(Some(meta))
    }

    /// The next files that should become one.
    fn compactable(&self, now: Timestamp) -> Option<(Place, Vec<Arc<File>>)> {
        let files = Arc::clone(&self.0.shared.state().files);
        let mut places: BTreeMap<Place, Vec<&Arc<File>>> = BTreeMap::new();
        for file in files.all() {
            // A file of another node that is not in the object store yet cannot be read here.
            if file.is_remote() || file.meta.node == self.0.node {
                places.entry(file.meta.place).or_default().push(file);
            }
        }
        let limit = self.0.shared.limits.compact_bytes;
        places.into_iter().filter(|(_, files)| files.len() > 1).find_map(|(place, files)| {
            let sizes: Vec<Size> = files
                .iter()
                .map(|file| Size { bytes: file.meta.bytes, age: now.duration_since(file.meta.made_at) })
                .collect();
            let passed = place.day.saturating_add(1).saturating_mul(DAY) <= now.as_microsecond();
            let picked = pick(&sizes, passed, limit)?;
            Some((place, picked.into_iter().map(|at| Arc::clone(files[at])).collect()))
        })
    }

    async fn compact(&self, scope: &Scope, place: Place, old: Vec<Arc<File>>) -> Result<(), Problem> {
        let mut pins = Vec::with_capacity(old.len());
        for file in &old {
            pins.push(self.pinned(Arc::clone(file)).await?);
        }
        let (lake, id, now) = (self.clone(), self.new_id(), scope.now());
        let meta = tokio::task::spawn_blocking(move || {
            let runs = pins.iter().map(|pin| files::read(&pin.0.local)).collect::<Result<Vec<_>, _>>()?;
            lake.write_file(id, place, runs, now)
        });
        let meta = meta.await.map_err(Problem::fault)??;
        let rows: u64 = old.iter().map(|file| file.meta.rows).sum();
        if meta.as_ref().is_none_or(|meta| meta.rows != rows) {
            // Never swap what does not hold exactly the same rows.
            return Err(Problem::fault("a compacted file does not hold the rows of those it was made of")
                .with("place", place.table.word()));
        }
        let change = Change { add: meta.into_iter().collect(), remove: old, ..Change::default() };
        self.apply(scope, &change).await.map(|_| ())
    }

    /// Makes a change true, in the manifest and for questions. Returns a promise for each replaced file that
    /// its local copy is gone.
    pub(crate) async fn apply(
        &self,
        scope: &Scope,
        change: &Change,
    ) -> Result<Vec<oneshot::Receiver<()>>, Problem> {
        let changed = manifest::change(&self.0.db, scope, &self.0.node, change).await;
        if let Err(problem) = changed {
            // Whether or not it became true (an answer may be lost), what is loaded now is.
            self.reload(scope).await?;
            let files = Arc::clone(&self.0.shared.state().files);
            let named = |meta: &Meta| files.all().any(|file| file.meta.id == meta.id);
            if change.add.is_empty() || !change.add.iter().all(named) {
                for meta in &change.add {
                    let _ = crate::disk::remove(&self.0.folders.files.join(meta.path()));
                }
                return Err(problem);
            }
        }
        let before = Arc::clone(&self.0.shared.state().files);
        let files = self.loaded(scope, &before).await?;
        let gone = change.remove.iter().map(|file| file.doom()).collect();
        self.0.shared.state().files = Arc::new(files);
        Ok(gone)
    }

    /// How long rows are kept. Face of [`kernel::lake::Lake::retain`].
    pub(crate) async fn retain_rows(
        &self,
        scope: &Scope,
        client: ClientId,
        service: ServiceId,
        table: Table,
        days: Option<u32>,
    ) -> Result<(), Problem> {
        if !scope.sees(client, Some(service)) {
            return Err(Problem::not_found("service"));
        }
        scope.require(Right::Manage, "service", client, Some(service))?;
        let mut tx = self.0.db.write_unaudited("lake.retain", scope).await?;
        match days {
            None => {
                let text = "delete from lake_retention where {wall} and service_id = $1 and table_name = $2";
                tx.exec(text, args![service, table.word()]).await?;
            }
            Some(days) => {
                let text = "insert into lake_retention (client_id, service_id, table_name, days, changed_at)
                    values ({client}, $1, $2, $3, $4) on conflict (service_id, table_name)
                    do update set days = excluded.days, changed_at = excluded.changed_at";
                tx.exec_in(client, text, args![service, table.word(), days, scope.now()]).await?;
            }
        }
        tx.commit().await
    }

    /// Removes files whose whole day is older than is kept. Returns how many.
    async fn expire(&self, scope: &Scope) -> Result<u64, Problem> {
        let text = "select service_id, table_name, days from lake_retention where {wall}";
        let kept = self
            .0
            .db
            .all(scope, text, args![], |row| {
                Ok(((row.get::<ServiceId>(0)?, row.get::<String>(1)?), row.get::<i64>(2)?))
            })
            .await?;
        let kept: BTreeMap<(ServiceId, String), i64> = kept.into_iter().collect();
        if kept.is_empty() {
            return Ok(0);
        }
        let today = scope.now().as_microsecond().div_euclid(DAY);
        let is_over = |place: &Place| {
            let days = kept.get(&(place.service, place.table.word().to_owned()));
            // A day is over when its last microsecond is older than is kept.
            days.is_some_and(|days| place.day < today.saturating_sub(*days))
        };
        let files = Arc::clone(&self.0.shared.state().files);
        let remove: Vec<Arc<File>> = files.all().filter(|file| is_over(&file.meta.place)).cloned().collect();
        let forget: Vec<Place> = files.days.keys().copied().filter(is_over).collect();
        drop(files);
        if remove.is_empty() && forget.is_empty() {
            return Ok(0);
        }
        let count = remove.len() as u64;
        self.apply(scope, &Change { remove, forget, ..Change::default() }).await?;
        Ok(count)
    }

    /// Uploads files that only this machine has. Returns how many.
    async fn upload(&self, scope: &Scope) -> Result<u64, Problem> {
        let Some(remote) = &self.0.remote else { return Ok(0) };
        let files = Arc::clone(&self.0.shared.state().files);
        let mine =
            |file: &&Arc<File>| !file.is_remote() && file.meta.node == self.0.node && file.local.exists();
        let waiting: Vec<Arc<File>> = files.all().filter(mine).take(AT_ONCE).cloned().collect();
        drop(files);
        for file in &waiting {
            remote.put(&file.meta.path(), &file.local).await?;
            let mut tx = self.0.db.write_unaudited("lake.uploaded", scope).await?;
            let text = "update lake_files set remote = 1 where {wall} and id = $1";
            let named = tx.exec(text, args![file.meta.id.as_str()]).await? == 1;
            if !named {
                let text =
                    "insert into lake_doomed (path, doomed_at) values ($1, $2) on conflict (path) do nothing";
                tx.exec(text, args![file.meta.path(), scope.now()]).await?;
            }
            let text = "update lake_meta set value = value + 1 where name = 'manifest'";
            tx.exec(text, args![]).await?;
            tx.commit().await?;
            file.remote.store(named, Ordering::SeqCst);
        }
        Ok(waiting.len() as u64)
    }

    /// Removes objects that no file names any more. Returns how many are left.
    pub(crate) async fn sweep(&self, scope: &Scope) -> Result<u64, Problem> {
        let Some(remote) = &self.0.remote else { return Ok(0) };
        let text = "select path from lake_doomed order by doomed_at, path limit $1";
        let doomed = self.0.db.all(scope, text, args![AT_ONCE], |row| row.get::<String>(0)).await?;
        for path in &doomed {
            remote.remove(path).await?;
            let mut tx = self.0.db.write_unaudited("lake.swept", scope).await?;
            tx.exec("delete from lake_doomed where path = $1", args![path.as_str()]).await?;
            tx.commit().await?;
        }
        let text = "select count(*) from lake_doomed";
        Ok(self.0.db.one(scope, text, args![], |row| row.get(0)).await?.unwrap_or(0))
    }

    /// Removes local copies of files that the object store has, those asked for longest ago first, until the
    /// cache is small enough.
    fn evict(&self) {
        if self.0.remote.is_none() {
            return;
        }
        let files = Arc::clone(&self.0.shared.state().files);
        let mut copies: Vec<&Arc<File>> =
            files.all().filter(|file| file.is_remote() && file.local.exists()).collect();
        let mut bytes: u64 = copies.iter().map(|file| file.meta.bytes).sum();
        copies.sort_by_key(|file| (file.asked.load(Ordering::Relaxed), file.meta.from));
        for file in copies {
            if bytes <= self.0.shared.limits.cache_bytes {
                return;
            }
            if file.pins.load(Ordering::SeqCst) == 0 && crate::disk::remove(&file.local).is_ok() {
                bytes -= file.meta.bytes;
            }
        }
    }

    /// Units of this node's open rows that were erased after these rows began to come: another node may have been
    /// asked.
    async fn erased_since(&self, scope: &Scope, since: Option<Timestamp>) -> Result<Vec<Gone>, Problem> {
        /// A row may be on its way while its unit is erased.
        const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(15);
        let Some(since) = since.and_then(|since| since.checked_sub(ON_ITS_WAY).ok()) else {
            return Ok(Vec::new());
        };
        let text = "select client_id, service_id, unit, number, asked_at from lake_erasures
            where {wall} and asked_at >= $1";
        self.0.db.all(scope, text, args![since], Gone::read).await
    }
}

fn log_dropped(folders: &Folders, low: u64) {
    if let Err(error) = crate::log::drop_below(&folders.log, low) {
        // The next seal, or the next start, removes them.
        tracing::warn!(%error, "sealed segments of the log cannot be removed");
    }
}

/// What a sealed place changes of its day. Rows that were left out were added once and erased once.
fn day_of(made: &Made) -> DayChange {
    let kept = made.meta.as_ref().map_or(0, |meta| meta.rows);
    DayChange {
        place: made.place,
        rows: i64::try_from(kept).unwrap_or(i64::MAX),
        version: kept + 2 * made.erased,
    }
}

/// A file of a day, for the choice of what to compact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    pub(crate) age: SignedDuration,
}

/// Which files of a day become one:
///
/// 1. Never more than the limit in one file; files that are nearly that large are left alone.
/// 2. When the day has passed and nothing came for a while, as many as fit.
/// 3. Before that, eight of about one size.
pub(crate) fn pick(sizes: &[Size], passed: bool, limit: u64) -> Option<Vec<usize>> {
    let fitting = |wanted: &dyn Fn(&Size) -> bool| {
        let mut picked: Vec<usize> =
            (0..sizes.len()).filter(|at| sizes[*at].bytes < limit / 2 && wanted(&sizes[*at])).collect();
        picked.sort_by_key(|at| sizes[*at].bytes);
        let mut bytes = 0u64;
        picked.retain(|at| {
            bytes = bytes.saturating_add(sizes[*at].bytes);
            bytes <= limit
        });
        picked
    };
    let settled = passed && sizes.iter().all(|size| size.age >= SETTLED);
    if settled {
        let all = fitting(&|_| true);
        return (all.len() > 1).then_some(all);
    }
    let tier = |bytes: u64| {
        let times = (bytes / SMALLEST).max(1);
        times.ilog(TIER as u64)
    };
    let tiers: std::collections::BTreeSet<u32> = sizes.iter().map(|size| tier(size.bytes)).collect();
    tiers.into_iter().find_map(|wanted| {
        let alike = fitting(&|size| tier(size.bytes) == wanted);
        (alike.len() >= TIER).then_some(alike)
    })
}
