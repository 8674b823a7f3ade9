use jiff::SignedDuration;
use kernel::lake::{Channel, Field, FunnelCounts, Group, Looks, Order, Unit};
use kernel::{ClientId, Id as _, ServiceId};
use store::testing::each_db;

use super::*;
use crate::face::SCHEMA;
use crate::model::{Definition, Draft, Step, Targets, usual_segments};
use crate::rules::days::Folded;

fn draft(name: &str) -> Draft {
    let step = |name: &str, path: &str| Step {
        name: name.into(),
        looks: Looks::at(path),
        optional: false,
        channel: Channel::Web,
        component: None,
    };
    Draft {
        name: name.into(),
        shape: Definition {
            unit: Unit::Visit,
            window: SignedDuration::from_hours(2),
            order: Order::Ordered,
            steps: vec![step("start", "/apply"), step("done", "/apply/done")],
            endings: vec![],
            exclusions: vec![],
            segments: usual_segments(),
            zone: "Europe/Amsterdam".into(),
        },
        owner: None,
        targets: Targets::default(),
        declared_in: None,
    }
}

#[tokio::test]
async fn a_journey_is_added_changed_and_removed_with_its_days() {
    each_db(&[&SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let mut tx = db.write("test", &scope).await.unwrap();
        let id = add(&mut tx, client, service, &draft("Apply for a permit")).await.unwrap();
        let again = add(&mut tx, client, service, &draft("apply for a PERMIT")).await.unwrap_err();
        assert_eq!(again.fields[0].code, "field-taken");
        let other = add(&mut tx, client, service, &draft("Apply for a permit?")).await.unwrap();
        tx.commit().await.unwrap();
        let held = expect(&db, &scope, id).await.unwrap();
        assert_eq!(held.slug, "apply-for-a-permit");
        assert_eq!(expect(&db, &scope, other).await.unwrap().slug, "apply-for-a-permit-2");
        assert_eq!(held.shape(), draft("x").shape);

        let mut tx = db.write("test", &scope).await.unwrap();
        let mut next = held.draft();
        assert_eq!(change(&mut tx, &held, &next).await.unwrap(), [] as [&str; 0]);
        next.shape.window = SignedDuration::from_hours(1);
        assert_eq!(change(&mut tx, &held, &next).await.unwrap(), ["window: 2h -> 1h"]);
        tx.commit().await.unwrap();
        let changed = expect(&db, &scope, id).await.unwrap();
        assert_ne!(changed.fingerprint(), held.fingerprint());

        let counts = FunnelCounts { reached: vec![10, 6], ..FunnelCounts::default() };
        let day: jiff::civil::Date = "2026-02-28".parse().unwrap();
        let fold = DayFold {
            day,
            folded: Folded { version: 3, fingerprint: held.fingerprint(), at: scope.now(), settled: true },
            hours: vec![[10, 6], [0, 0]],
            counts: vec![
                (None, Group::All, counts.clone()),
                (Some(Field::Device), Group::Value("mobile".into()), counts.clone()),
                (Some(Field::Device), Group::Rest, counts.clone()),
            ],
        };
        for _ in 0..2 {
            let mut tx = db.write_unaudited("test", &scope).await.unwrap();
            write_day(&mut tx, &held, &fold).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(folded(&db, &scope, id).await.unwrap()[&day], fold.folded);
        let read = days(&db, &scope, id, None, day, day).await.unwrap();
        assert_eq!(read, [DayCounts { day, group: Group::All, counts: counts.clone() }]);
        let read = days(&db, &scope, id, Some(&Field::Device), day, day).await.unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(hours(&db, &scope, Some(service), day).await.unwrap()[&id][&day], fold.hours);

        let stranger =
            kernel::Grant { role: kernel::Role::Admin, client: Some(ClientId::from_u128(9)), service: None };
        let actor = kernel::Actor::Person(kernel::PersonId::from_u128(9));
        let stranger = scope.recognised(actor, vec![stranger]);
        assert!(journey(&db, &stranger, id).await.unwrap().is_none());
        assert!(days(&db, &stranger, id, None, day, day).await.unwrap().is_empty());
        assert!(all(&db, &stranger).await.unwrap().is_empty());

        let mut tx = db.write("test", &scope).await.unwrap();
        remove(&mut tx, &changed).await.unwrap();
        tx.commit().await.unwrap();
        assert!(journey(&db, &scope, id).await.unwrap().is_none());
        assert!(folded(&db, &scope, id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn hours_of_a_service_are_kept_and_counted_again() {
    each_db(&[&SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let day: jiff::Timestamp = "2026-02-28T00:00:00Z".parse().unwrap();
        for (version, views) in [(1, 10), (2, 20)] {
            let mut tx = db.write_unaudited("test", &scope).await.unwrap();
            let hour = TrafficHour { hour: day, views, events: views, visits: 3, bots: 1 };
            write_traffic(&mut tx, client, service, day, version, &[hour]).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(traffic_folded(&db, &scope, service).await.unwrap()[&day], 2);
        let until = day + SignedDuration::from_hours(1);
        let read = traffic(&db, &scope, service, day, until).await.unwrap();
        assert_eq!((read.len(), read[0].views), (1, 20));
    })
    .await;
}
