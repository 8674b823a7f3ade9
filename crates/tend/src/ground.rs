//! The real clock, the real dice, the real world: made here and nowhere else.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;

use anyhow::Context as _;
use kernel::{Clock, Dice, Problem, Scope, Timestamp};
use store::{Db, Keys, Options};

use crate::settings::{Data, Events, Outward};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's random source.
pub struct SystemDice;

impl Dice for SystemDice {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's random source is read")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has a random source");
    }
}

/// The clock and the dice.
pub fn clock_and_dice() -> (Arc<dyn Clock>, Arc<dyn Dice>) {
    (Arc::new(SystemClock), Arc::new(SystemDice))
}

/// Whoever sits at the command line.
pub fn operator() -> Scope {
    let (clock, dice) = clock_and_dice();
    Scope::operator(clock, dice)
}

/// The schema of every feature and of the lake.
pub fn schemas() -> Vec<&'static store::Schema> {
    let mut all = server::schemas();
    all.push(&lake::SCHEMA);
    all
}

/// Opens the lake beside the database.
pub async fn open_lake(data: &Data, events: &Events, db: &Db) -> anyhow::Result<lake::Lake> {
    let (clock, dice) = clock_and_dice();
    let options = events.lake(data);
    let folder = options.folder.display().to_string();
    lake::Lake::open(options, db.clone(), clock, dice)
        .await
        .map_err(say)
        .with_context(|| format!("the event lake at {folder} cannot be opened"))
}

/// SQL over the lake, where the program was built with it.
#[cfg(feature = "sql")]
pub fn open_sql(data: &Data, lake: &lake::Lake) -> anyhow::Result<Arc<dyn kernel::lake::Sql>> {
    let folder = data.data.join("lake").join("spill");
    let settings = lake_sql::Settings { spill: Some(folder.clone()), threads: 0 };
    let engine = lake_sql::Engine::open(Arc::new(lake.clone()), settings);
    Ok(Arc::new(engine.with_context(|| format!("{} cannot be used for SQL", folder.display()))?))
}

/// Opens the database and brings its schema up to date.
pub async fn open(data: &Data) -> anyhow::Result<Db> {
    let options = Options { keys: secrets_keys(data)?, ..Options::new(data.database_url()) };
    let db = Db::open(&options).await.map_err(say).with_context(|| {
        format!("the database at {} cannot be opened", without_password(&data.database_url()))
    })?;
    db.migrate(&operator(), &schemas()).await.map_err(say)?;
    Ok(db)
}

/// The keys of secrets, if their file is there.
fn secrets_keys(data: &Data) -> anyhow::Result<Option<Keys>> {
    let Some(file) = data.secrets_key_file() else { return Ok(None) };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    let keys = Keys::parse(&text).map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))?;
    Ok(Some(keys))
}

/// Makes the file with the key of secrets, for its owner only, unless it is there.
pub fn make_secrets_key(data: &Data) -> anyhow::Result<()> {
    let Some(file) = data.secrets_key_file() else { return Ok(()) };
    let made = || -> std::io::Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = std::fs::OpenOptions::new();
        let mut made = match options.write(true).create_new(true).mode(0o600).open(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            opened => opened?,
        };
        let mut random = [0; 32];
        SystemDice.fill(&mut random);
        made.write_all(Keys::fresh(random).as_bytes())?;
        made.sync_all()?;
        tracing::info!("a key for secrets is made in {}; keep a copy elsewhere", file.display());
        Ok(())
    };
    made().with_context(|| format!("the key for secrets cannot be made in {}", file.display()))
}

/// Opens a database that must be there: a folder mistyped is not a reason to make a new one.
pub async fn open_existing(data: &Data) -> anyhow::Result<Db> {
    let file = data.data.join("tend.db");
    if data.database.is_none() && !file.exists() {
        anyhow::bail!(
            "there is no database at {}; say where it is with --data or --database",
            file.display()
        );
    }
    open(data).await
}

/// The way out.
pub fn real_world(outward: &Outward) -> anyhow::Result<Arc<dyn kernel::world::World>> {
    let (clock, _) = clock_and_dice();
    // The usual soft limit of 1,024 files would hold 512 probes up.
    world::raise_descriptors();
    Ok(Arc::new(world::RealWorld::new(&outward.world(), clock)?))
}

/// A problem as an error of the command line: the English texts, then what caused it.
pub fn say(problem: Problem) -> anyhow::Error {
    let said = server::texts().problem_in_words(&problem);
    let cause = std::error::Error::source(&problem).map(server::chain);
    match cause {
        Some(cause) => anyhow::anyhow!(cause).context(said),
        None => anyhow::anyhow!(said),
    }
}

/// Prints an error with everything it came from.
#[expect(clippy::print_stderr, reason = "an error of the command line goes to standard error")]
pub fn say_error(error: &anyhow::Error) {
    eprintln!("tend: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.find('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://..{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}
