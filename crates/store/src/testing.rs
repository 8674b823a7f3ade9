//! Both databases for tests, with a clock that moves when told and dice that fall the same every time.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Dice, Scope};

use crate::{Db, Options, Schema};

/// A clock that moves when told.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at a time, written like `2026-03-01T03:00:00Z`.
    ///
    /// # Panics
    /// When the text is not a time.
    #[must_use]
    pub fn at(text: &str) -> Self {
        let at: Timestamp = text.parse().expect("a time like 2026-03-01T03:00:00Z");
        TestClock(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves it forwards, or backwards with a negative span.
    pub fn moves(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Dice that fall the same way every time (SplitMix64). Not fit for secrets.
#[derive(Debug)]
pub struct SeededDice(Mutex<u64>);

impl SeededDice {
    /// Dice from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        SeededDice(Mutex::new(seed))
    }
}

impl Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// The scope of a task named `test` at a time.
///
/// # Panics
/// When the text is not a time.
#[must_use]
pub fn scope_at(text: &str) -> Scope {
    Scope::task("test", Arc::new(TestClock::at(text)), Arc::new(SeededDice::new(1)))
}

/// Kills the process of a test, as a power cut would, after so many durable steps: commits (those of
/// [`Db::write_unaudited`] that record no fact aside), and whatever else counts its steps here (a mail that the relay took). The step itself is done; whoever did it never
/// learns so, because nothing of the killed process goes on. The test awaits [`Fuse::blown`] and then drops
/// all of the process.
#[derive(Debug)]
pub struct Fuse {
    left: AtomicI64,
    blown: tokio::sync::watch::Sender<bool>,
}

impl Fuse {
    /// A fuse that blows with the step after `steps` more steps.
    #[must_use]
    pub fn after(steps: u32) -> Arc<Self> {
        Arc::new(Fuse {
            left: AtomicI64::new(i64::from(steps)),
            blown: tokio::sync::watch::Sender::new(false),
        })
    }

    /// A fuse that never blows but counts.
    #[must_use]
    pub fn counting() -> Arc<Self> {
        Self::after(u32::MAX)
    }

    /// How many steps were counted, for a fuse that only counts.
    #[must_use]
    pub fn counted(&self) -> u32 {
        u32::try_from(i64::from(u32::MAX) - self.left.load(Ordering::SeqCst)).unwrap_or(0)
    }

    /// A durable step was made. Returns, unless it was the last one.
    pub async fn step(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            self.blown.send_replace(true);
        }
        self.holds().await;
    }

    /// Returns while the process lives; a dead one begins nothing.
    pub async fn holds(&self) {
        if *self.blown.borrow() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the process is dead.
    pub async fn blown(&self) {
        let mut watching = self.blown.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = watching.wait_for(|blown| *blown).await;
    }
}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A folder of its own, removed at the end.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new empty folder under the system's temporary one.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it makes a folder; a default should not")]
    pub fn new() -> Self {
        let name = format!("tend-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary folder takes a new folder");
        Folder(path)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The address of a PostgreSQL server where tests may make databases, if there is one.
#[must_use]
pub fn postgres() -> Option<String> {
    std::env::var("TEND_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A fresh database on the test server; dropped by [`drop_database`].
///
/// # Panics
/// When the server refuses.
pub async fn fresh_postgres(server: &str) -> String {
    let name = format!("tend_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let admin = Db::open(&Options::new(server)).await.expect("the test server answers");
    admin
        .run_script(&format!("drop database if exists {name} with (force)"))
        .await
        .expect("an old test database goes");
    admin.run_script(&format!("create database {name}")).await.expect("the test server makes a database");
    admin.close().await;
    let (base, query) =
        server.split_once('?').map_or((server, String::new()), |(base, query)| (base, format!("?{query}")));
    let cut = base.rfind('/').filter(|at| !base[..*at].ends_with('/')).unwrap_or(base.len());
    format!("{}/{name}{query}", &base[..cut])
}

/// Drops a database made by [`fresh_postgres`].
pub async fn drop_database(server: &str, url: &str) {
    let name = url.rsplit('/').next().unwrap_or("").split('?').next().unwrap_or("");
    if let Ok(admin) = Db::open(&Options::new(server)).await {
        let _ = admin.run_script(&format!("drop database if exists {name} with (force)")).await;
        admin.close().await;
    }
}

fn keys() -> crate::Keys {
    crate::Keys::parse(&crate::Keys::fresh([5; 32])).expect("it is a key")
}

/// Runs a test on SQLite, and on PostgreSQL when `TEND_TEST_POSTGRES` names a server.
///
/// # Panics
/// When a database cannot be made or migrated.
pub async fn each_db<F: AsyncFn(Db, Scope)>(schemas: &[&Schema], test: F) {
    let folder = Folder::new();
    let path = folder.path().join("tend.db");
    let options = |url: String| Options { keys: Some(keys()), ..Options::new(url) };
    let db = Db::open(&options(path.display().to_string())).await.expect("SQLite opens");
    let scope = scope_at("2026-03-01T03:00:00Z");
    db.migrate(&scope, schemas).await.expect("the schema applies on SQLite");
    test(db.clone(), scope).await;
    db.close().await;
    let Some(server) = postgres() else { return };
    let url = fresh_postgres(&server).await;
    let db = Db::open(&options(url.clone())).await.expect("PostgreSQL opens");
    let scope = scope_at("2026-03-01T03:00:00Z");
    db.migrate(&scope, schemas).await.expect("the schema applies on PostgreSQL");
    test(db.clone(), scope).await;
    db.close().await;
    drop_database(&server, &url).await;
}

/// Runs all steps over all samples on both databases: each step's sample goes in right after it, so that
/// every later step meets data.
///
/// # Panics
/// When a step or a sample fails.
pub async fn upgrades(schemas: &[&Schema]) {
    async fn run(db: &Db, schemas: &[&Schema]) {
        let scope = scope_at("2026-03-01T03:00:00Z");
        db.register(schemas);
        for (at, schema) in schemas.iter().enumerate() {
            for step in schema.steps {
                crate::schema::migrate(db, &scope, &schemas[..=at], Some(step.name))
                    .await
                    .expect("the step applies");
                if let Some(sample) = step.sample {
                    db.run_script(sample)
                        .await
                        .unwrap_or_else(|wrong| panic!("sample of {}: {wrong:?}", step.name));
                }
            }
        }
    }
    let folder = Folder::new();
    let path = folder.path().join("tend.db");
    let db = Db::open(&Options::new(path.display().to_string())).await.expect("SQLite opens");
    run(&db, schemas).await;
    db.close().await;
    let Some(server) = postgres() else { return };
    let url = fresh_postgres(&server).await;
    let db = Db::open(&Options::new(&url)).await.expect("PostgreSQL opens");
    run(&db, schemas).await;
    db.close().await;
    drop_database(&server, &url).await;
}
