//! The engine as a whole, over both databases: whatever happens between an acknowledgement and a question,
//! nothing is lost and nothing is doubled.

mod crash;
mod erasing;
mod house;
mod model;
mod objects;
mod taking;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::lake::{Channel, Device, Event, Kept, Lake as _, Origin, Question, Reply, Rows, Table};
use kernel::{ClientId, Id as _, Problem, Scope, ServiceId, SignedDuration, Timestamp};
use store::Db;
use store::testing::{Folder, SeededDice, TestClock, each_db};

use crate::buffer::Chunk;
use crate::engine::Needs;
use crate::{Faults, Lake, Limits, Options, files, table};

pub(crate) const NOON: &str = "2026-03-01T12:00:00Z";

pub(crate) fn client(number: u128) -> ClientId {
    ClientId::from_u128(number)
}

pub(crate) fn service(number: u128) -> ServiceId {
    ServiceId::from_u128(number)
}

/// An event of service 1 with a number by which it is told again.
pub(crate) fn event(number: u64, at: Timestamp) -> Event {
    Event {
        client: client(1),
        service: service(1),
        at,
        received_at: at,
        key: 0,
        user: 0,
        visitor: number % 7 + 1,
        visit: number % 11 + 1,
        case: 0,
        name: "pageview".into(),
        path: format!("/step/{}", number % 5),
        host: "permits.example".into(),
        referrer: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        device: Device::Mobile,
        browser: "Firefox".into(),
        os: "Linux".into(),
        language: "nl".into(),
        channel: Channel::Web,
        release: String::new(),
        bot: String::new(),
        origin: Origin::Tend,
        value: Some(number as f64),
        props: vec![("n".into(), number.to_string())],
    }
}

/// A lake on a database, with a clock that moves when told.
pub(crate) struct Place {
    pub(crate) lake: Lake,
    pub(crate) db: Db,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) dice: Arc<SeededDice>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) folder: PathBuf,
    pub(crate) limits: Limits,
}

impl Place {
    pub(crate) async fn open(db: &Db, folder: &Path, limits: Limits) -> Place {
        let clock = Arc::new(TestClock::at(NOON));
        let faults = Faults::none();
        let dice = Arc::new(SeededDice::new(3));
        let lake = opened(db, folder, &limits, &clock, &dice, &faults).await.expect("the lake opens");
        Place { lake, db: db.clone(), clock, dice, faults, folder: folder.to_owned(), limits }
    }

    pub(crate) async fn reopens(&mut self) {
        self.lake.close().await;
        let again = opened(&self.db, &self.folder, &self.limits, &self.clock, &self.dice, &self.faults).await;
        self.lake = again.expect("the lake opens again");
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::task("test", self.clock.clone(), self.dice.clone())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.scope().now()
    }

    pub(crate) async fn takes(&self, numbers: impl IntoIterator<Item = u64>) -> Result<Kept, Problem> {
        let now = self.now();
        let rows = numbers.into_iter().map(|number| event(number, now)).collect();
        self.lake.append(&self.scope(), Rows::Events(rows)).await
    }

    /// The numbers of all events of service 1, and how often each is there.
    pub(crate) fn numbers(&self) -> BTreeMap<u64, u32> {
        let mut found = BTreeMap::new();
        for event in all_events(&self.lake) {
            *found.entry(event.value.unwrap_or(-1.0) as u64).or_default() += 1;
        }
        found
    }

    pub(crate) async fn days(&self, table: Table) -> Vec<kernel::lake::DayState> {
        let ask = Question::Days { client: client(1), service: service(1), table };
        match self.lake.ask(&self.scope(), ask).await.expect("days are answered") {
            Reply::Days(days) => days,
            other => panic!("another answer: {other:?}"),
        }
    }

    pub(crate) async fn passes(&self, span: SignedDuration) {
        self.clock.moves(span);
        while self.lake.tend(&self.scope()).await.expect("it keeps house").left > 0 {}
    }
}

pub(crate) async fn opened(
    db: &Db,
    folder: &Path,
    limits: &Limits,
    clock: &Arc<TestClock>,
    dice: &Arc<SeededDice>,
    faults: &Arc<Faults>,
) -> Result<Lake, Problem> {
    let options =
        Options { limits: limits.clone(), faults: Some(Arc::clone(faults)), ..Options::new(folder) };
    Lake::open(options, db.clone(), clock.clone(), dice.clone()).await
}

/// Every event of service 1, as a question would read them.
pub(crate) fn all_events(lake: &Lake) -> Vec<Event> {
    let needs = Needs::everything(client(1), service(1), Table::Events);
    let (chunks, found) = lake.snapshot(&needs);
    let mut batches: Vec<arrow_array::RecordBatch> =
        chunks.iter().map(|chunk: &Arc<Chunk>| (*chunk.batch().expect("a batch")).clone()).collect();
    for file in found {
        batches
            .extend(files::read(&file.local).expect("the file opens").map(|batch| batch.expect("it reads")));
    }
    let mut events = Vec::new();
    for batch in batches {
        match table::rows(Table::Events, &batch).expect("rows come back") {
            Rows::Events(rows) => events.extend(rows),
            other => panic!("other rows: {other:?}"),
        }
    }
    events
}

/// The folder's files, relative, sorted.
pub(crate) fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("below").display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// Runs a test over each database, in a folder of its own.
pub(crate) async fn each(test: impl AsyncFn(Db, PathBuf)) {
    each_db(&[&crate::SCHEMA], async |db, _| {
        let folder = Folder::new();
        test(db, folder.path().join("lake")).await;
    })
    .await;
}

#[tokio::test]
async fn every_step_of_the_schema_meets_data() {
    store::testing::upgrades(&[&crate::SCHEMA]).await;
}
