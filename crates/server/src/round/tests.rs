use super::*;
use kernel::task::Answer;
use kernel::{Clock as _, Problem};
use std::sync::atomic::AtomicU64;
use store::testing::{SeededDice, TestClock, each_db};

struct Nowhere;
impl kernel::world::World for Nowhere {
    fn fetch<'a>(
        &'a self,
        _: &'a kernel::world::Fetch,
    ) -> Answer<'a, Result<kernel::world::Fetched, kernel::world::Unreached>> {
        unreachable!("no task here goes out")
    }
    fn connect<'a>(
        &'a self,
        _: &'a kernel::world::Connect,
    ) -> Answer<'a, Result<kernel::world::Connected, kernel::world::Unreached>> {
        unreachable!("no task here goes out")
    }
    fn resolve<'a>(
        &'a self,
        _: &'a kernel::world::Resolve,
    ) -> Answer<'a, Result<kernel::world::Resolved, kernel::world::Unreached>> {
        unreachable!("no task here goes out")
    }
    fn ping<'a>(
        &'a self,
        _: &'a kernel::world::Ping,
    ) -> Answer<'a, Result<kernel::world::Ponged, kernel::world::Unreached>> {
        unreachable!("no task here goes out")
    }
    fn send_mail<'a>(
        &'a self,
        _: &'a kernel::world::Mail,
    ) -> Answer<'a, Result<kernel::world::Receipt, kernel::world::NotSent>> {
        unreachable!("no task here goes out")
    }
    fn call_hook<'a>(
        &'a self,
        _: &'a kernel::world::Hook,
    ) -> Answer<'a, Result<kernel::world::Receipt, kernel::world::NotSent>> {
        unreachable!("no task here goes out")
    }
    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), kernel::world::Unreached>> {
        Box::pin(async { Ok(()) })
    }
}

type Log = Arc<Mutex<Vec<&'static str>>>;

struct Named {
    name: &'static str,
    stage: Stage,
    log: Log,
    left: AtomicU64,
    fails: bool,
}

impl Task for Named {
    fn name(&self) -> &'static str {
        self.name
    }
    fn stage(&self) -> Stage {
        self.stage
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(1)
    }
    fn run<'a>(&'a self, _: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async {
            self.log.lock().expect("the log").push(self.name);
            if self.fails {
                return Err(Problem::fault("it rained"));
            }
            let left = self.left.load(Ordering::SeqCst);
            self.left.store(left.saturating_sub(1), Ordering::SeqCst);
            Ok(Status::done(1, "worked").left(left))
        })
    }
}

fn named(name: &'static str, stage: Stage, left: u64, fails: bool, log: &Log) -> Arc<dyn Task> {
    Arc::new(Named { name, stage, log: log.clone(), left: AtomicU64::new(left), fails })
}

#[tokio::test]
async fn tasks_run_in_the_direction_of_the_data_and_come_back_while_work_is_left() {
    each_db(&[], async |db, _| {
        let clock = Arc::new(TestClock::at("2026-03-01T03:00:00Z"));
        let ground = Ground {
            db,
            world: Arc::new(Nowhere),
            lake: kernel::lake::NoLake::shared(),
            clock: clock.clone(),
            dice: Arc::new(SeededDice::new(1)),
        };
        let log = Log::default();
        let round = Round::new(
            ground,
            vec![
                named("report", Stage::Report, 0, false, &log),
                named("act", Stage::Act, 1, false, &log),
                named("breaks", Stage::Evaluate, 0, true, &log),
                named("signal", Stage::Signal, 0, false, &log),
            ],
        );
        let next = round.until_quiet().await;
        assert_eq!(*log.lock().expect("the log"), ["signal", "breaks", "act", "report", "act"]);
        assert_eq!(next, Some(clock.now() + SignedDuration::from_mins(1)));
        let report = round.report();
        assert_eq!((report[1].failures, report[1].error.is_some()), (1, true));

        log.lock().expect("the log").clear();
        assert_eq!(round.turn(false, None).await.ran, 0, "nothing is due");
        clock.moves(SignedDuration::from_hours(-1));
        assert_eq!(round.turn(false, None).await.ran, 4, "a clock set back asks every task again");
    })
    .await;
}

#[tokio::test]
async fn one_node_runs_the_round() {
    each_db(&[], async |db, _| {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let clock = Arc::new(TestClock::at("2026-03-01T03:00:00Z"));
        let node = |seed| Ground {
            db: db.clone(),
            world: Arc::new(Nowhere),
            lake: kernel::lake::NoLake::shared(),
            clock: clock.clone(),
            dice: Arc::new(SeededDice::new(seed)),
        };
        let (one, two) = (Round::new(node(1), vec![]), Round::new(node(2), vec![]));
        assert!(one.turn(true, None).await.ours);
        assert!(!two.turn(true, None).await.ours);
        clock.moves(LEASE);
        assert!(two.turn(true, None).await.ours, "the first node is gone");
        assert!(!one.turn(true, None).await.ours);
    })
    .await;
}
