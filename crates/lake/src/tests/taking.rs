use std::sync::Arc;

use kernel::lake::{Check, Lake as _, Rows, Table};
use kernel::{Grant, Id as _, Kind, ProbeId, Role, Scope, SignedDuration};
use store::testing::SeededDice;

use super::{Place, client, each, event, service};
use crate::Limits;

#[tokio::test]
async fn what_is_acknowledged_can_be_asked_about_at_once_and_after_a_restart() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        let kept = place.takes(1..=3).await.expect("it is kept");
        assert_eq!((kept.kept, kept.duplicates), (3, 0));
        assert_eq!(place.numbers().into_keys().collect::<Vec<_>>(), [1, 2, 3]);
        let days = place.days(Table::Events).await;
        assert_eq!(days.iter().map(|day| (day.rows, day.version)).collect::<Vec<_>>(), [(3, 3)]);
        place.reopens().await;
        place.takes([4]).await.expect("it is kept");
        assert_eq!(place.numbers().into_keys().collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(place.lake.standing().open_rows, 4);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_is_sent_again_within_48_hours_is_kept_once_also_after_restarts_and_seals() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        let now = place.now();
        let send = async |place: &Place, numbers: &[u64]| {
            let keyed = |number: &u64| {
                let mut one = event(*number, now);
                one.key = u128::from(*number) << 70 | 5;
                one
            };
            let rows = numbers.iter().map(keyed).collect();
            let kept = place.lake.append(&place.scope(), Rows::Events(rows)).await.expect("it is kept");
            (kept.kept, kept.duplicates)
        };
        assert_eq!(send(&place, &[1, 2, 1]).await, (2, 1), "within one append");
        assert_eq!(send(&place, &[2, 3]).await, (1, 1), "between two");
        place.reopens().await;
        assert_eq!(send(&place, &[1, 2, 3]).await, (0, 3), "after a restart, from the log");
        place.lake.seal(&place.scope()).await.expect("it seals");
        assert_eq!(send(&place, &[3, 4]).await, (1, 1), "after a seal");
        place.lake.seal(&place.scope()).await.expect("it seals");
        place.reopens().await;
        place.clock.moves(SignedDuration::from_hours(47));
        assert_eq!(send(&place, &[1, 2, 3, 4]).await, (0, 4), "after a seal and a restart");
        // Another service may use the same key.
        let mut other = event(1, now);
        (other.service, other.key) = (service(2), 1 << 70 | 5);
        let kept = place.lake.append(&place.scope(), Rows::Events(vec![other])).await.expect("it is kept");
        assert_eq!(kept.kept, 1);
        place.clock.moves(SignedDuration::from_hours(2));
        assert_eq!(send(&place, &[1]).await, (1, 0), "after 49 hours it is a new one");
        assert_eq!(place.lake.standing().duplicates, 4, "since the last start");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_neither_asks_nor_appends() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        place.takes([1]).await.expect("it is kept");
        let grant = Grant { role: Role::Admin, client: Some(client(2)), service: None };
        let stranger =
            Scope::new(kernel::Actor::Public, vec![grant], place.clock.clone(), Arc::new(SeededDice::new(1)));
        let days =
            kernel::lake::Question::Days { client: client(1), service: service(1), table: Table::Events };
        let refused = place.lake.ask(&stranger, days).await.expect_err("not theirs");
        assert_eq!(refused.kind, Kind::NotFound);
        let rows = Rows::Events(vec![event(2, place.now())]);
        let refused = place.lake.append(&stranger, rows).await.expect_err("not theirs");
        assert_eq!(refused.kind, Kind::NotFound);
        let whose = kernel::lake::Erase {
            client: client(1),
            service: service(1),
            unit: kernel::lake::Unit::Visit,
            number: 2,
        };
        assert_eq!(place.lake.erase(&stranger, whose).await.expect_err("no").kind, Kind::NotFound);
        let kept = place.lake.retain(&stranger, client(1), service(1), Table::Events, Some(1)).await;
        assert_eq!(kept.expect_err("no").kind, Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_reads_go_on_and_nothing_that_was_acknowledged_is_lost() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..10).await.expect("it is kept");
        // Every number of bytes that may still fit of the next append.
        for left in [0, 1, 7, 8, 9, 60, 200] {
            place.faults.disk_holds(left);
            let refused = place.takes(100..110).await.expect_err("the disk is full");
            assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "disk-full"));
            assert!(place.lake.standing().refuses.is_some());
            assert_eq!(place.numbers().len(), 10, "reading goes on");
            // A seal needs room too, and fails without harm.
            assert!(place.lake.seal(&place.scope()).await.is_err());
            assert_eq!(place.numbers().len(), 10);
        }
        place.faults.disk_holds(i64::MAX);
        place.takes(10..20).await.expect("it is kept again");
        assert!(place.lake.standing().refuses.is_none());
        place.reopens().await;
        assert_eq!(place.numbers(), (0..20).map(|number| (number, 1)).collect());
        place.lake.seal(&place.scope()).await.expect("it seals");
        assert_eq!(place.numbers(), (0..20).map(|number| (number, 1)).collect());
    })
    .await;
}

#[tokio::test]
async fn what_a_failed_sync_left_behind_is_not_read_back() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        place.takes([1]).await.expect("it is kept");
        place.faults.sync_fails(true);
        let refused = place.takes([2]).await.expect_err("it is not on disk");
        assert_eq!(refused.kind, Kind::Unavailable);
        place.faults.sync_fails(false);
        place.takes([3]).await.expect("it is kept, in a new segment");
        place.reopens().await;
        assert_eq!(place.numbers().into_keys().collect::<Vec<_>>(), [1, 3]);
    })
    .await;
}

#[tokio::test]
async fn too_much_at_once_is_refused() {
    each(async |db, folder| {
        let limits = Limits { buffer_bytes: 1_000, ..Limits::default() };
        let place = Place::open(&db, &folder, limits).await;
        let most = kernel::lake::MAX_APPEND as u64;
        assert_eq!(place.takes(0..=most).await.expect_err("too many").kind, Kind::TooLarge);
        place.takes(0..20).await.expect("it is kept");
        let refused = place.takes([20]).await.expect_err("the buffer is full");
        assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "busy"));
        assert!(refused.retry_after.is_some());
        place.lake.seal(&place.scope()).await.expect("it seals");
        place.takes([20]).await.expect("there is room again");
        assert_eq!(place.numbers().len(), 21);
    })
    .await;
}

#[tokio::test]
async fn every_table_comes_back_as_it_went_in() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        let check = Check {
            client: client(1),
            service: service(1),
            probe: ProbeId::from_u128(5),
            at: place.now(),
            took: 1_234,
            outcome: "passed".into(),
            reason: String::new(),
        };
        place.lake.append(&place.scope(), Rows::Checks(vec![check])).await.expect("it is kept");
        assert_eq!(place.days(Table::Checks).await.len(), 1);
        place.reopens().await;
        place.lake.seal(&place.scope()).await.expect("it seals");
        let days = place.days(Table::Checks).await;
        assert_eq!((days[0].rows, days[0].version), (1, 1));
        assert!(place.days(Table::Events).await.is_empty());
    })
    .await;
}
