use jiff::SignedDuration;
use kernel::{ClientId, Id as _, ServiceId};
use store::testing::{each_db, scope_at};

use super::*;
use crate::model::{Http, Plan, Span, Target};
use crate::store::{ProbeDraft, SCHEMA, add_probe, days_since, strips};

#[tokio::test]
async fn a_made_up_past_reads_like_one_that_was_watched() {
    each_db(&[&SCHEMA], async |db, _| {
        let scope = scope_at("2026-03-01T03:00:00Z");
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let mut tx = db.write("test", &scope).await.unwrap();
        let draft = ProbeDraft {
            name: "start page".into(),
            plan: Plan::every(Span::seconds(30)),
            target: Target::Http(Http::get("https://permits.example/")),
            component: None,
            environment: None,
            severity: 2,
            declared_in: None,
        };
        let probe = add_probe(&mut tx, client, service, &draft).await.unwrap();
        tx.commit().await.unwrap();
        let seeded = history(&db, &scope, 90).await.unwrap();
        assert_eq!(seeded.checks, 90 * 2_880 + 3 * 120, "a check every 30 s until now");
        assert!((2..20).contains(&seeded.outages), "{seeded}");
        let today = day_of(scope.now());
        let days = days_since(&db, &scope, 1, 0).await.unwrap();
        assert_eq!(
            days.iter().map(|day| day.day).collect::<Vec<_>>(),
            (today - 90..today).collect::<Vec<_>>()
        );
        assert!(days.iter().all(|day| day.whole.checks() == 2_880));
        for subject in [probe.to_string(), service.to_string()] {
            let strip = strips(&db, &scope, Some(&[subject])).await.unwrap().remove(0).1;
            let whole = strip.iter().filter(|(_, spent)| spent.up + spent.down == 86_400).count();
            assert_eq!(whole, 90, "every second of every full day is told");
        }
        // Once more puts the same in its place.
        assert_eq!(history(&db, &scope, 90).await.unwrap(), seeded);
        // The task that keeps the days finds nothing left to do.
        let told = crate::tasks::Fold::new(db.clone()).fold(&scope).await.unwrap();
        assert_eq!(told.done, 0);
    })
    .await;
}

#[test]
fn the_dice_stay_within_and_spread() {
    let mut dice = Dice(7);
    let thrown: Vec<u64> = (0..1_000).map(|_| dice.below(10)).collect();
    assert!(thrown.iter().all(|one| *one < 10));
    assert!((0..10).all(|one| thrown.iter().filter(|other| **other == one).count() > 50));
    assert!(SignedDuration::from_micros(CELL) == SignedDuration::from_mins(5));
}
