//! For the tests of journeys: a lake that answers what it is told to.

use std::sync::Mutex;

use kernel::lake::{
    Erase, Erased, FunnelCell, FunnelCounts, Group, Kept, Lake, Question, Reply, Rows, Standing, Table,
};
use kernel::task::{Answer, Status};
use kernel::{ClientId, Problem, Scope, ServiceId};

type Answers = Box<dyn Fn(&Question) -> Option<Reply> + Send>;

/// A lake that answers what it is told to, and remembers what it was asked.
pub struct Canned {
    answers: Mutex<Answers>,
    asked: Mutex<Vec<Question>>,
}

impl Canned {
    /// A lake that answers by this; what it gives no answer to is not there.
    pub fn new(answers: impl Fn(&Question) -> Option<Reply> + Send + 'static) -> Self {
        Canned { answers: Mutex::new(Box::new(answers)), asked: Mutex::default() }
    }

    /// From now on it answers by this.
    pub fn answers(&self, answers: impl Fn(&Question) -> Option<Reply> + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// How many funnels it was asked for since it was last asked this.
    pub fn funnels(&self) -> usize {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.iter().filter(|one| matches!(one, Question::Funnel(_))).count()
    }
}

/// Counts of a funnel of two steps.
pub fn counts(started: u64, done: u64) -> FunnelCounts {
    FunnelCounts {
        reached: vec![started, done],
        in_progress: vec![0, 0],
        endings: [(kernel::lake::Ending::Completed, done), (kernel::lake::Ending::Abandoned, started - done)]
            .into(),
        ..FunnelCounts::default()
    }
}

/// One cell with all units.
pub fn cell(cell: u32, started: u64, done: u64) -> FunnelCell {
    FunnelCell { cell, group: Group::All, counts: counts(started, done) }
}

impl Lake for Canned {
    fn append<'a>(&'a self, _: &'a Scope, _: Rows) -> Answer<'a, Result<Kept, Problem>> {
        Box::pin(std::future::ready(Ok(Kept::default())))
    }
    fn ask<'a>(&'a self, _: &'a Scope, question: Question) -> Answer<'a, Result<Reply, Problem>> {
        let reply = (self.answers.lock().unwrap())(&question);
        self.asked.lock().unwrap().push(question);
        Box::pin(std::future::ready(reply.ok_or_else(|| Problem::not_found("lake"))))
    }
    fn erase<'a>(&'a self, _: &'a Scope, _: Erase) -> Answer<'a, Result<Erased, Problem>> {
        Box::pin(std::future::ready(Ok(Erased::default())))
    }
    fn retain<'a>(
        &'a self,
        _: &'a Scope,
        _: ClientId,
        _: ServiceId,
        _: Table,
        _: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn tend<'a>(&'a self, _: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(std::future::ready(Ok(Status::idle())))
    }
    fn standing(&self) -> Standing {
        Standing { open_rows: 1, ..Standing::default() }
    }
}
