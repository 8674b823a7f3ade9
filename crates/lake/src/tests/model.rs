//! Random lives of a lake against a model that only remembers.

use std::collections::BTreeMap;
use std::io::Write as _;

use kernel::SignedDuration;
use kernel::lake::{CountAsk, Lake as _, Question, Reply, Rows, Table, Unit};
use proptest::prelude::*;
use store::testing::Folder;
use store::{Db, Options as DbOptions};

use super::{Place, client, event, service};
use crate::Limits;

#[derive(Debug, Clone)]
enum Step {
    /// New rows, some of them sent again later.
    Takes {
        count: u64,
        days_late: i64,
    },
    /// Rows that came before are sent again.
    Again {
        last: u64,
    },
    Seals,
    /// Time passes, and the round does what is due.
    Passes {
        hours: i64,
    },
    /// A clean stop and start.
    Reopens,
    /// A crash in the middle of a write: part of a record stands at the end of the log.
    Tears {
        part: usize,
    },
    /// The disk is full for one append and one seal.
    Full {
        left: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..40u64, 0..3i64).prop_map(|(count, days_late)| Step::Takes { count, days_late }),
        2 => (1..60u64).prop_map(|last| Step::Again { last }),
        2 => Just(Step::Seals),
        2 => (1..30i64).prop_map(|hours| Step::Passes { hours }),
        1 => Just(Step::Reopens),
        1 => (1..400usize).prop_map(|part| Step::Tears { part }),
        1 => (0..3_000i64).prop_map(|left| Step::Full { left }),
    ];
    proptest::collection::vec(step, 1..25)
}

async fn keyed(place: &Place, numbers: impl Iterator<Item = u64>, days_late: i64) -> Result<(u64, u64), ()> {
    let at = place.now() - SignedDuration::from_hours(24 * days_late);
    let rows = numbers.map(|number| {
        let mut one = event(number, at);
        one.key = u128::from(number) + 1;
        one
    });
    let kept = place.lake.append(&place.scope(), Rows::Events(rows.collect())).await;
    kept.map(|kept| (kept.kept, kept.duplicates)).map_err(|_| ())
}

async fn lives(steps: Vec<Step>) {
    let folder = Folder::new();
    let path = folder.path().join("tend.db").display().to_string();
    let db = Db::open(&DbOptions::new(path)).await.expect("SQLite opens");
    db.migrate(&store::testing::scope_at(super::NOON), &[&crate::SCHEMA]).await.expect("the schema applies");
    let mut place = Place::open(&db, &folder.path().join("lake"), Limits::default()).await;
    let mut next = 0u64;
    for step in steps {
        match step {
            Step::Takes { count, days_late } => {
                let kept = keyed(&place, next..next + count, days_late).await;
                assert_eq!(kept, Ok((count, 0)));
                next += count;
            }
            Step::Again { last } => {
                // Only what certainly came within two days.
                let from = next.saturating_sub(last);
                let kept = keyed(&place, from..next, 0).await.expect("it is read");
                // What came longer ago than that is new again, and the model would have to know when.
                place.lake.seal(&place.scope()).await.expect("it seals");
                let counted = place.numbers();
                let more: u64 = (from..next).map(|number| u64::from(counted[&number] - 1)).sum();
                assert_eq!(kept.0, more, "what is kept again is said");
                assert_eq!(kept.0 + kept.1, next - from);
                if more > 0 {
                    return; // from here on the model does not know how often
                }
            }
            Step::Seals => {
                place.lake.seal(&place.scope()).await.expect("it seals");
            }
            Step::Passes { hours } => place.passes(SignedDuration::from_hours(hours)).await,
            Step::Reopens => place.reopens().await,
            Step::Tears { part } => {
                place.lake.close().await;
                let log = place.folder.join("log");
                let last = *crate::log::numbers(&log).expect("it reads").last().expect("a segment");
                let torn = crate::log::frame(&Rows::Events(vec![event(9_999_999, place.now())]), place.now());
                let part = part.min(torn.len() - 1);
                std::fs::OpenOptions::new()
                    .append(true)
                    .open(crate::log::path_of(&log, last))
                    .and_then(|mut file| file.write_all(&torn[..part]))
                    .expect("it is torn");
                place.reopens().await;
            }
            Step::Full { left } => {
                place.faults.disk_holds(left);
                let kept = keyed(&place, next..next + 3, 0).await;
                let _ = place.lake.seal(&place.scope()).await;
                place.faults.disk_holds(i64::MAX);
                if kept.is_ok() {
                    next += 3;
                }
            }
        }
        let model: BTreeMap<u64, u32> = (0..next).map(|number| (number, 1)).collect();
        assert_eq!(place.numbers(), model);
        let days = place.days(Table::Events).await;
        assert_eq!(days.iter().map(|day| day.rows).sum::<u64>(), next);
        assert_eq!(days.iter().map(|day| day.version).sum::<u64>(), next, "only what was added counts");
    }
    place.lake.close().await;
    db.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_nothing_is_lost_and_nothing_is_doubled(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(lives(steps));
    }
}

/// Counts while rows come in, are sealed and compacted: an answer never misses a row that was acknowledged before
/// the question, and never counts one twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_beside_seals_and_compactions_see_one_moment() {
    let folder = Folder::new();
    let path = folder.path().join("tend.db").display().to_string();
    let db = Db::open(&DbOptions::new(path)).await.expect("SQLite opens");
    db.migrate(&store::testing::scope_at(super::NOON), &[&crate::SCHEMA]).await.expect("the schema applies");
    let place = Place::open(&db, &folder.path().join("lake"), Limits::default()).await;
    let kept = std::sync::atomic::AtomicU64::new(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::SeqCst;
    const ROUNDS: u64 = 40;
    const EACH: u64 = 50;
    let living = async {
        for round in 0..ROUNDS {
            place.takes(round * EACH..round * EACH + EACH).await.expect("it is kept");
            kept.fetch_add(EACH, order);
            if round % 2 == 0 {
                place.lake.seal(&place.scope()).await.expect("it seals");
            }
            // Eight files of a size become one.
            place.lake.tend(&place.scope()).await.expect("it keeps house");
        }
        done.store(true, order);
    };
    let asking = async {
        let mut asked = 0u32;
        while !done.load(order) {
            let before = kept.load(order);
            let counted = counted(&place).await;
            let after = kept.load(order) + EACH; // one append may be under way
            assert!((before..=after).contains(&counted), "{counted} of {before} to {after}");
            asked += 1;
            tokio::task::yield_now().await;
        }
        asked
    };
    let ((), asked) = tokio::join!(living, asking);
    assert!(asked > 5, "{asked} questions");
    assert_eq!(counted(&place).await, ROUNDS * EACH);
    assert!(place.lake.standing().files < 12, "they were compacted meanwhile");
}

pub(super) async fn counted(place: &Place) -> u64 {
    let among = kernel::lake::Among {
        client: client(1),
        service: service(1),
        from: place.now() - SignedDuration::from_hours(24),
        until: place.now() + SignedDuration::from_hours(24),
        people: kernel::lake::People::All,
        only: Vec::new(),
    };
    let ask = CountAsk {
        among,
        looks: None,
        unit: Unit::Visit,
        cells: Vec::new(),
        by: None,
        top: 0,
        distinct: false,
    };
    match place.lake.ask(&place.scope(), Question::Count(ask)).await.expect("it is answered") {
        Reply::Count(rows) => rows.iter().map(|row| row.events).sum(),
        other => panic!("another answer: {other:?}"),
    }
}
