//! The engine: opens what is there, takes rows, answers questions. What happens by itself is in `keep`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use kernel::lake::{
    Among, DayState, Erase, Erased, Kept, MAX_APPEND, Measured, Question, Reply, Rows, Standing, Table,
};
use kernel::task::{Answer, Status};
use kernel::{ClientId, Clock, Dice, Kind, Problem, Scope, ServiceId, Timestamp};
use store::{Db, Engine};
use tokio::sync::{Semaphore, oneshot};

use crate::buffer::{Chunk, DAY, Generation, Place, owners};
use crate::dedupe::Seen;
use crate::disk::{Disk, Faults};
use crate::log::{self, Segment};
use crate::manifest::{self, File, Files};
use crate::query::{FileSource, Limits as QueryLimits, Source, run};
use crate::remote::Remote;
use crate::shared::{Limits, Shared, State};
use crate::writer::{Append, Job, Writer, encode, lock};

/// How to open a lake.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder: log, files, keys.
    pub folder: PathBuf,
    /// An object store for the files, as `s3://bucket/prefix`.
    pub object_store: Option<crate::remote::Settings>,
    /// Sizes.
    pub limits: Limits,
    /// A disk that fails when told, for tests.
    pub faults: Option<Arc<Faults>>,
}

impl Options {
    /// A lake in this folder, with files on this machine.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Options { folder: folder.into(), object_store: None, limits: Limits::default(), faults: None }
    }
}

/// The folders of a lake.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    pub(crate) root: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) files: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) temporary: PathBuf,
}

impl Folders {
    pub(crate) fn of(root: &Path) -> Folders {
        Folders {
            root: root.to_owned(),
            log: root.join("log"),
            files: root.join("files"),
            keys: root.join("keys"),
            temporary: root.join("temporary"),
        }
    }

    fn make(&self) -> std::io::Result<()> {
        for folder in [&self.log, &self.files, &self.keys, &self.temporary] {
            std::fs::create_dir_all(folder)?;
        }
        Ok(())
    }
}

/// The event lake of this node. Cheap to clone.
#[derive(Clone)]
pub struct Lake(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) node: String,
    pub(crate) folders: Folders,
    pub(crate) disk: Disk,
    pub(crate) shared: Arc<Shared>,
    pub(crate) remote: Option<Remote>,
    /// Whoever seals, compacts, expires or erases; one at a time.
    pub(crate) keeping: tokio::sync::Mutex<()>,
    questions: Arc<Semaphore>,
    pub(crate) jobs: SyncSender<Job>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

fn unopened(folder: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::new(Kind::Unavailable, "lake-path").with("path", folder.display()).because(error)
}

/// The name of this node, made at the first opening: 32 hexadecimal digits.
fn node_of(disk: &Disk, folders: &Folders, dice: &dyn Dice) -> std::io::Result<String> {
    let path = folders.root.join("node");
    match std::fs::read_to_string(&path) {
        Ok(name) if name.trim().len() == 32 => Ok(name.trim().to_owned()),
        Ok(_) => Err(std::io::Error::other("the file `node` is damaged; put it back from a backup")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut random = [0u8; 16];
            dice.fill(&mut random);
            let name = crate::files::hex(&random);
            crate::disk::write_whole(disk, &path, name.as_bytes())?;
            Ok(name)
        }
        Err(error) => Err(error),
    }
}

/// Whether a folder holds neither log nor files.
fn is_empty(folders: &Folders) -> std::io::Result<bool> {
    Ok(log::numbers(&folders.log)?.is_empty() && std::fs::read_dir(&folders.files)?.next().is_none())
}

/// Removes what no manifest names: files that were written when the process died, and files that were replaced.
fn clean(folders: &Folders, files: &Files) -> std::io::Result<u64> {
    let mut removed = 0;
    for entry in std::fs::read_dir(&folders.temporary)? {
        std::fs::remove_file(entry?.path())?;
        removed += 1;
    }
    crate::backup::clean(folders)?;
    let known: std::collections::HashSet<&Path> = files.all().map(|file| file.local.as_path()).collect();
    let mut folders_left = vec![folders.files.clone()];
    while let Some(folder) = folders_left.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders_left.push(entry.path());
            } else if !known.contains(entry.path().as_path()) {
                std::fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

impl Lake {
    /// Opens the lake in its folder: makes what is missing, cuts a torn tail of the log, takes back what was
    /// acknowledged, and removes files that the manifest does not name. A folder that another process has
    /// open is refused. The database's schema must be up to date ([`crate::SCHEMA`]).
    pub async fn open(
        options: Options,
        db: Db,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Lake, Problem> {
        let folders = Folders::of(&options.folder);
        let disk = Disk(options.faults.clone());
        let scope = Scope::task("lake.open", Arc::clone(&clock), Arc::clone(&dice));
        folders.make().map_err(|error| unopened(&folders.root, error))?;
        let lock_file = std::fs::File::create(folders.root.join("lock"))
            .and_then(|file| file.try_lock().map(|()| file).map_err(std::io::Error::from))
            .map_err(|error| {
                Problem::conflict("lake-locked").with("path", folders.root.display()).because(error)
            })?;
        let node = node_of(&disk, &folders, &*dice).map_err(|error| unopened(&folders.root, error))?;
        let files = manifest::load(&db, &scope, &folders.files, None).await?;
        let low = match manifest::low_of(&db, &scope, &node).await? {
            Some(low) => low,
            None if is_empty(&folders).map_err(|error| unopened(&folders.root, error))? => {
                manifest::begin(&db, &scope, &node).await?;
                0
            }
            // Whatever is in it would be taken for left-overs and removed.
            None => {
                return Err(Problem::conflict("lake-foreign").with("path", folders.root.display()));
            }
        };
        let removed = clean(&folders, &files).map_err(|error| unopened(&folders.root, error))?;
        if removed > 0 {
            tracing::info!(removed, "{removed} files that the manifest does not name were removed");
        }
        let seed = u64::from_str_radix(&node[..16], 16).unwrap_or_default();
        let (recovered, now) = (folders.clone(), scope.now());
        let most = options.limits.keys;
        let (seen, open, segment) = {
            let disk = disk.clone();
            tokio::task::spawn_blocking(move || recover(&recovered, &disk, low, seed, most, now))
                .await
                .map_err(Problem::fault)?
                .map_err(|error| unopened(&folders.root, error))?
        };
        let questions = Arc::new(Semaphore::new(options.limits.questions));
        let (jobs, queue) = sync_channel(options.limits.queue);
        let state = State { open, sealing: None, files: Arc::new(files) };
        let shared = Shared::new(options.limits, state, lock_file);
        let writer = Writer {
            shared: Arc::clone(&shared),
            segment,
            seen,
            jobs: queue,
            runtime: tokio::runtime::Handle::current(),
        };
        let thread = std::thread::Builder::new()
            .name("lake-log".into())
            .spawn(move || writer.run())
            .map_err(Problem::fault)?;
        let remote = options.object_store.as_ref().map(Remote::open).transpose()?;
        Ok(Lake(Arc::new(Inner {
            db,
            clock,
            dice,
            node,
            folders,
            disk,
            shared,
            remote,
            keeping: tokio::sync::Mutex::new(()),
            questions,
            jobs,
            writer: Mutex::new(Some(thread)),
        })))
    }

    /// As features see it.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn kernel::lake::Lake> {
        Arc::new(self.clone())
    }

    /// Ends: what was acknowledged is on disk already; what waits in the queue is still written. Seals nothing:
    /// the log is read back at the next start.
    pub async fn close(&self) {
        let thread = lock(&self.0.writer).take();
        let Some(thread) = thread else { return };
        let jobs = self.0.jobs.clone();
        let ended = tokio::task::spawn_blocking(move || {
            let _ = jobs.send(Job::Stop);
            thread.join()
        });
        if !matches!(ended.await, Ok(Ok(()))) {
            tracing::error!("the writer of the log did not end as it should");
        }
        // Whoever keeps house finishes first.
        let _keeping = self.0.keeping.lock().await;
        self.0.shared.lets_go();
    }

    pub(crate) fn scope(&self, name: &'static str) -> Scope {
        Scope::task(name, Arc::clone(&self.0.clock), Arc::clone(&self.0.dice))
    }

    /// Sees what other nodes changed. On one machine there is nobody else.
    pub(crate) async fn refresh(&self, scope: &Scope) -> Result<(), Problem> {
        if self.0.db.engine() == Engine::Sqlite {
            return Ok(());
        }
        let known = self.0.shared.state().files.version;
        if manifest::version(&self.0.db, scope).await? == known {
            return Ok(());
        }
        // Housekeeping changes files and buffer together; reading between the two would count rows twice.
        let _keeping = self.0.keeping.lock().await;
        self.reload(scope).await
    }

    /// Reads the manifest anew. Only while nobody else keeps house.
    pub(crate) async fn reload(&self, scope: &Scope) -> Result<(), Problem> {
        let before = Arc::clone(&self.0.shared.state().files);
        let mut files = manifest::load(&self.0.db, scope, &self.0.folders.files, Some(&before)).await?;
        while manifest::version(&self.0.db, scope).await? != files.version {
            files = manifest::load(&self.0.db, scope, &self.0.folders.files, Some(&before)).await?;
        }
        self.swap(files, &before);
        Ok(())
    }

    /// Questions see these files from now on; those that are no longer named go with their last reader.
    pub(crate) fn swap(&self, files: Files, before: &Files) {
        let kept: std::collections::HashSet<&str> = files.all().map(|file| file.meta.id.as_str()).collect();
        for file in before.all().filter(|file| !kept.contains(file.meta.id.as_str())) {
            drop(file.doom());
        }
        self.0.shared.state().files = Arc::new(files);
    }

    async fn append_rows(&self, scope: &Scope, rows: Rows) -> Result<Kept, Problem> {
        if rows.is_empty() {
            return Ok(Kept::default());
        }
        if rows.len() > MAX_APPEND {
            return Err(Problem::new(Kind::TooLarge, "lake-too-many").with("most", MAX_APPEND));
        }
        if !matches!(scope.wall(), kernel::Wall::Open)
            && !owners(&rows).into_iter().all(|(client, service)| scope.sees(client, Some(service)))
        {
            return Err(Problem::not_found("service"));
        }
        let shared = &self.0.shared;
        {
            let state = shared.state();
            let waiting = state.open.bytes + state.sealing.as_ref().map_or(0, |sealing| sealing.bytes);
            if waiting >= shared.limits.buffer_bytes {
                shared.wants_seal.notify_one();
                return Err(busy());
            }
        }
        let at = scope.now();
        let frame = encode(&rows, at);
        let bytes = frame.len();
        if !shared.queue(bytes) {
            return Err(busy());
        }
        let (done, told) = oneshot::channel();
        match self.0.jobs.try_send(Job::Append(Append { rows, frame, at, done })) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                shared.unqueue(bytes);
                return Err(busy());
            }
            Err(TrySendError::Disconnected(_)) => {
                shared.unqueue(bytes);
                return Err(Problem::fault("the writer of the log is gone"));
            }
        }
        told.await.map_err(|_| busy())?
    }

    async fn answer(&self, scope: &Scope, question: Question) -> Result<Reply, Problem> {
        let needs = Needs::of(&question);
        if !scope.sees(needs.client, Some(needs.service)) {
            return Err(Problem::not_found("service"));
        }
        self.refresh(scope).await?;
        if let Question::Days { .. } = question {
            return Ok(Reply::Days(self.days(&needs)));
        }
        let _turn = Arc::clone(&self.0.questions).acquire_owned().await.map_err(Problem::fault)?;
        let (chunks, files) = self.snapshot(&needs);
        let mut read = Vec::with_capacity(files.len());
        for file in files {
            read.push(self.pinned(file).await?);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let limits = QueryLimits { bytes: self.0.shared.limits.question_bytes, stop: Arc::clone(&stop) };
        let _ends = StopsAtEnd(stop);
        let work = move || {
            let mut sources: Vec<Source> = read.iter().map(|pin| Source::File(source_of(&pin.0))).collect();
            for chunk in &chunks {
                sources.push(Source::Batch(chunk.batch()?));
            }
            let reply = run(&question, &sources, &limits);
            // The files may go only now.
            drop(read);
            reply
        };
        tokio::task::spawn_blocking(work).await.map_err(Problem::fault)?
    }

    /// What a question reads, all of it at one moment.
    pub(crate) fn snapshot(&self, needs: &Needs) -> (Vec<Arc<Chunk>>, Vec<Arc<File>>) {
        let mut chunks = Vec::new();
        let mut state = self.0.shared.state();
        for (place, partition) in &mut state.open.partitions {
            if needs.includes(place) {
                chunks.extend(partition.chunks());
            }
        }
        if let Some(sealing) = &state.sealing {
            let wanted = sealing.places.iter().filter(|(place, _)| needs.includes(place));
            chunks.extend(wanted.flat_map(|(_, (chunks, _))| chunks.iter().cloned()));
        }
        let area = (needs.table, needs.client, needs.service);
        let files = state.files.areas.get(&area).into_iter().flatten();
        let files = files.filter(|file| needs.overlaps(file.meta.from, file.meta.until)).cloned().collect();
        (chunks, files)
    }

    /// Rows of a day in files and in the log. The version counts rows that were ever added or erased, so it is the
    /// same before and after a seal.
    fn days(&self, needs: &Needs) -> Vec<DayState> {
        let mut days: BTreeMap<i64, (Timestamp, u64, u64)> = BTreeMap::new();
        let mut add = |place: &Place, rows: u64, version: u64| {
            if needs.includes(place) {
                let day = days.entry(place.day).or_insert((place.midnight(), 0, 0));
                day.1 += rows;
                day.2 += version;
            }
        };
        let state = self.0.shared.state();
        for (place, day) in &state.files.days {
            add(place, day.rows, day.version);
        }
        for (place, partition) in &state.open.partitions {
            add(place, partition.rows, partition.rows);
        }
        for (place, (_, rows)) in state.sealing.iter().flat_map(|sealing| &sealing.places) {
            add(place, *rows, *rows);
        }
        drop(state);
        days.into_values().map(|(day, rows, version)| DayState { day, rows, version }).collect()
    }

    /// The file with a local copy that stays while it is read.
    pub(crate) async fn pinned(&self, file: Arc<File>) -> Result<Pin, Problem> {
        let pin = Pin::of(file);
        pin.0.asked.store(self.0.clock.now().as_microsecond(), Ordering::Relaxed);
        if !pin.0.local.exists() {
            match &self.0.remote {
                Some(remote) if pin.0.is_remote() => remote.fetch(&self.0, &pin.0).await?,
                _ => {
                    return Err(Problem::new(Kind::Unavailable, "lake-file-missing")
                        .with("file", pin.0.meta.path())
                        .because("the manifest names a file that is not on this machine; run tend doctor"));
                }
            }
        }
        Ok(pin)
    }

    pub(crate) fn stands(&self) -> Standing {
        let shared = &self.0.shared;
        let state = shared.state();
        let sealing = state.sealing.as_ref();
        let files = Arc::clone(&state.files);
        let standing = Standing {
            open_rows: state.open.rows + sealing.map_or(0, |sealing| sealing.rows),
            log_bytes: state.open.bytes + sealing.map_or(0, |sealing| sealing.bytes),
            duplicates: shared.duplicates(),
            refuses: shared.why_refuses(),
            ..Standing::default()
        };
        drop(state);
        files.all().fold(standing, |sum, file| Standing {
            files: sum.files + 1,
            file_bytes: sum.file_bytes + file.meta.bytes,
            file_rows: sum.file_rows + file.meta.rows,
            ..sum
        })
    }
}

fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "busy").retry_after(1)
}

/// Sets a flag when whoever waited is gone.
struct StopsAtEnd(Arc<AtomicBool>);

impl Drop for StopsAtEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A file whose local copy stays while this lives.
pub(crate) struct Pin(pub(crate) Arc<File>);

impl Pin {
    fn of(file: Arc<File>) -> Pin {
        file.pins.fetch_add(1, Ordering::SeqCst);
        Pin(file)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.pins.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn source_of(file: &File) -> FileSource {
    FileSource {
        path: file.local.clone(),
        bytes: file.meta.bytes,
        rows: file.meta.rows,
        from: instant(file.meta.from),
        until: instant(file.meta.until),
    }
}

/// Reads the log back and begins a new segment behind it.
fn recover(
    folders: &Folders,
    disk: &Disk,
    low: u64,
    seed: u64,
    most: usize,
    now: Timestamp,
) -> std::io::Result<(Seen, Generation, Segment)> {
    log::drop_below(&folders.log, low)?;
    let mut seen = Seen::new(seed, most);
    seen.load(&folders.keys, now)?;
    let mut open = Generation::default();
    let read = log::read(&folders.log, low, &mut |at, rows, bytes| {
        if let Rows::Events(events) = &rows {
            for event in events.iter().filter(|event| event.key != 0) {
                let key = Seen::key(seen.fingerprint(event.service, event.key), at);
                seen.came(key);
                open.keys.push(key);
            }
        }
        open.take(rows, at, bytes);
    })?;
    for (number, at) in &read.damaged {
        tracing::error!(
            segment = number,
            at,
            "the log segment {number} is damaged from byte {at} on: the disk changed what was acknowledged; \
             keep the file and look at the disk"
        );
    }
    if read.torn > 0 {
        tracing::info!(bytes = read.torn, "{} bytes of a torn tail of the log are cut", read.torn);
    }
    let next = log::numbers(&folders.log)?.last().map_or(low.max(1), |last| last + 1);
    let segment = Segment::begin(&folders.log, next, read.good, disk)?;
    Ok((seen, open, segment))
}

/// What a question reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needs {
    pub(crate) client: ClientId,
    pub(crate) service: ServiceId,
    pub(crate) table: Table,
    from: i64,
    /// Exclusive.
    until: i64,
}

impl Needs {
    /// All rows of a table of a service.
    pub(crate) fn everything(client: ClientId, service: ServiceId, table: Table) -> Needs {
        Needs { client, service, table, from: i64::MIN, until: i64::MAX }
    }

    fn among(among: &Among, table: Table) -> Needs {
        Needs {
            client: among.client,
            service: among.service,
            table,
            from: among.from.as_microsecond(),
            until: among.until.as_microsecond(),
        }
    }

    /// A funnel's later steps may lie a window beyond its range.
    fn beyond(mut self, window: jiff::SignedDuration) -> Needs {
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        // The window is inclusive.
        self.until = self.until.saturating_add(window).saturating_add(1);
        self
    }

    fn of(question: &Question) -> Needs {
        let events = |among| Needs::among(among, Table::Events);
        match question {
            Question::Funnel(ask) => events(&ask.among).beyond(ask.window),
            Question::Units(ask) => events(&ask.funnel.among).beyond(ask.funnel.window),
            Question::After(ask) => events(&ask.funnel.among).beyond(ask.funnel.window),
            Question::Visit(ask) => events(&ask.among),
            Question::Cases(ask) => events(&ask.among),
            Question::Count(ask) => events(&ask.among),
            Question::Top(ask) => events(&ask.among),
            Question::Retention(ask) => events(&ask.among),
            Question::Paths(ask) => events(&ask.among),
            Question::Measure(ask) => Needs::among(
                &ask.among,
                match ask.measured {
                    Measured::EventValue => Table::Events,
                    Measured::Vital(_) => Table::Vitals,
                    Measured::SpanMs => Table::Spans,
                    Measured::CheckMs => Table::Checks,
                    Measured::Metric(_) => Table::Metrics,
                },
            ),
            Question::Spans { among, .. } | Question::Edges { among } => Needs::among(among, Table::Spans),
            Question::Newest { among, table, .. } => Needs::among(among, *table),
            Question::Days { client, service, table } => Needs::everything(*client, *service, *table),
        }
    }

    fn includes(&self, place: &Place) -> bool {
        let first = place.day.saturating_mul(DAY);
        place.table == self.table
            && place.client == self.client
            && place.service == self.service
            && first < self.until
            && first.saturating_add(DAY) > self.from
    }

    fn overlaps(&self, from: i64, until: i64) -> bool {
        from < self.until && until >= self.from
    }
}

impl kernel::lake::Lake for Lake {
    fn append<'a>(&'a self, scope: &'a Scope, rows: Rows) -> Answer<'a, Result<Kept, Problem>> {
        Box::pin(self.append_rows(scope, rows))
    }

    fn ask<'a>(&'a self, scope: &'a Scope, question: Question) -> Answer<'a, Result<Reply, Problem>> {
        Box::pin(self.answer(scope, question))
    }

    fn erase<'a>(&'a self, scope: &'a Scope, whose: Erase) -> Answer<'a, Result<Erased, Problem>> {
        Box::pin(self.erase_unit(scope, whose))
    }

    fn retain<'a>(
        &'a self,
        scope: &'a Scope,
        client: ClientId,
        service: ServiceId,
        table: Table,
        days: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>> {
        Box::pin(self.retain_rows(scope, client, service, table, days))
    }

    fn tend<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.keep(scope))
    }

    fn standing(&self) -> Standing {
        self.stands()
    }
}
