//! For the tests of intake: a lake that remembers what it was given, and a site over it.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use kernel::lake::{Erase, Erased, Event, Kept, Lake, Question, Reply, Rows, Standing, Table, Vital};
use kernel::task::{Answer, Status};
use kernel::{ClientId, Id as _, Problem, Scope, ServiceId};
use store::testing::TestClock;
use web::testing::Stage;
use web::{Settings, Site};

use super::incoming::{Asked, Incoming};
use super::sources::{self, Identity, Source, SourceDraft};

/// A lake in memory: keeps rows, knows duplicates by key, and answers what one unit did.
#[derive(Default)]
pub struct Pond {
    rows: Mutex<(Vec<Event>, Vec<Vital>)>,
    others: Mutex<Vec<Rows>>,
    /// Whether it refuses rows.
    pub full: std::sync::atomic::AtomicBool,
}

impl Pond {
    /// Every event it holds.
    pub fn events(&self) -> Vec<Event> {
        self.rows.lock().unwrap().0.clone()
    }

    /// What it was given of telemetry, one by one.
    pub fn others(&self) -> Vec<Rows> {
        self.others.lock().unwrap().clone()
    }

    /// Every measurement it holds.
    pub fn vitals(&self) -> Vec<Vital> {
        self.rows.lock().unwrap().1.clone()
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(value))
}

impl Lake for Pond {
    fn append<'a>(&'a self, _: &'a Scope, rows: Rows) -> Answer<'a, Result<Kept, Problem>> {
        if self.full.load(std::sync::atomic::Ordering::Relaxed) {
            return ready(Err(Problem::new(kernel::Kind::Unavailable, "busy").retry_after(7)));
        }
        let mut held = self.rows.lock().unwrap();
        let mut kept = Kept::default();
        match rows {
            Rows::Events(events) => {
                for event in events {
                    if event.key != 0 && held.0.iter().any(|held| held.key == event.key) {
                        kept.duplicates += 1;
                    } else {
                        held.0.push(event);
                        kept.kept += 1;
                    }
                }
            }
            Rows::Vitals(vitals) => {
                kept.kept = vitals.len() as u64;
                held.1.extend(vitals);
            }
            other => {
                kept.kept = other.len() as u64;
                self.others.lock().unwrap().push(other);
            }
        }
        ready(Ok(kept))
    }

    fn ask<'a>(&'a self, _: &'a Scope, question: Question) -> Answer<'a, Result<Reply, Problem>> {
        let Question::Visit(ask) = question else { return ready(Err(Problem::not_found("lake"))) };
        let held = self.rows.lock().unwrap();
        let fits = |event: &&Event| event.visitor == ask.number || event.user == ask.number;
        ready(Ok(Reply::Visit(held.0.iter().filter(fits).cloned().collect())))
    }

    fn erase<'a>(&'a self, _: &'a Scope, whose: Erase) -> Answer<'a, Result<Erased, Problem>> {
        let mut held = self.rows.lock().unwrap();
        let before = held.0.len();
        held.0.retain(|event| event.user != whose.number && event.case != whose.number);
        ready(Ok(Erased { rows: (before - held.0.len()) as u64, ..Erased::default() }))
    }

    fn retain<'a>(
        &'a self,
        _: &'a Scope,
        _: ClientId,
        _: ServiceId,
        _: Table,
        _: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>> {
        ready(Ok(()))
    }

    fn tend<'a>(&'a self, _: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        ready(Ok(Status::idle()))
    }

    fn standing(&self) -> Standing {
        Standing { open_rows: self.events().len() as u64, ..Standing::default() }
    }
}

/// A site, its lake and its clock.
pub struct Ground {
    /// The site with its doors.
    pub stage: Stage,
    /// The lake.
    pub pond: Arc<Pond>,
    /// The clock; it moves when told.
    pub clock: Arc<TestClock>,
}

/// The service that tests tell about.
pub fn service() -> ServiceId {
    ServiceId::from_u128(2)
}

/// The client of that service.
pub fn client() -> ClientId {
    ClientId::from_u128(1)
}

impl Ground {
    /// A site at this time.
    pub async fn at(time: &str) -> Ground {
        let (pond, clock) = (Arc::new(Pond::default()), Arc::new(TestClock::at(time)));
        let stage = Stage::over(
            crate::routes(),
            &crate::parts(),
            &[&identity::SCHEMA, &estate::SCHEMA, &crate::SCHEMA],
            Settings::default(),
            pond.clone(),
            clock.clone(),
        )
        .await;
        Ground { stage, pond, clock }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.stage.site
    }

    /// A scope that may do anything.
    pub fn scope(&self) -> Scope {
        Scope::task("test", self.stage.site.clock.clone(), self.stage.site.dice.clone())
    }

    /// Adds a source.
    pub async fn source(&self, level: Identity, change: impl FnOnce(&mut SourceDraft)) -> Source {
        let mut draft = SourceDraft {
            name: "website".into(),
            domains: vec!["svc.example".into()],
            identity: level,
            ..SourceDraft::default()
        };
        change(&mut draft);
        let scope = self.scope();
        let mut tx = self.site().db.write("test.add", &scope).await.expect("a write");
        let source = sources::add(&mut tx, client(), service(), &draft).await.expect("added");
        tx.commit().await.expect("committed");
        source
    }

    /// Takes events.
    pub async fn takes(&self, source: &Source, asked: &Asked, events: Vec<Incoming>) -> super::Taken {
        super::receive(self.site(), source, asked, events).await.expect("taken")
    }

    /// Time passes.
    pub fn passes(&self, minutes: i64) {
        self.clock.moves(SignedDuration::from_mins(minutes));
    }
}
