use ::store::testing::each_db;
use kernel::lake::Channel;

use super::*;
use crate::demand::model::{CostLine, Every, How, Money, Per, Scales, Shape};
use crate::demand::rules::forecast::NoForecast;
use crate::demand::rules::growth::{Fit, Standing};
use crate::face::SCHEMA;

fn staff() -> Draft {
    Draft {
        name: "counter staff".into(),
        shape: Shape {
            serves: 40.0,
            per: Per::Hour,
            journey: None,
            headroom: 0.2,
            scales: Some(Scales { from: 2, to: 6, each: 20.0, how: How::Hand }),
            lead_days: 30,
            one_more: None,
        },
        declared_in: None,
    }
}

#[tokio::test]
async fn a_capacity_is_added_changed_scaled_and_removed() {
    each_db(&[&SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let mut tx = db.write("test", &scope).await.unwrap();
        let id = add(&mut tx, client, service, &staff()).await.unwrap();
        tx.commit().await.unwrap();
        let held = expect(&db, &scope, id).await.unwrap();
        assert_eq!((held.pieces(), held.serves_now()), (Some(2), 40.0));

        let mut tx = db.write("test", &scope).await.unwrap();
        assert_eq!(change(&mut tx, &held, &staff()).await.unwrap(), [] as [&str; 0]);
        let mut next = staff();
        next.shape.serves = 50.0;
        assert_eq!(change(&mut tx, &held, &next).await.unwrap(), ["serves: 40 -> 50"]);
        assert!(scale(&mut tx, &held, 3, "more people at the counter").await.unwrap());
        tx.commit().await.unwrap();
        let held = expect(&db, &scope, id).await.unwrap();
        assert_eq!((held.units, held.serves_now()), (Some(3), 70.0));
        let told = scalings(&db, &scope, service, Timestamp::UNIX_EPOCH).await.unwrap();
        assert!(matches!(&told[..], [(_, Fact::CapacityScaled { from: 2, to: 3, .. })]), "{told:?}");

        let mut tx = db.write("test", &scope).await.unwrap();
        assert!(!scale(&mut tx, &held, 3, "again").await.unwrap(), "told once");
        remove(&mut tx, &held).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(of_service(&db, &scope, service).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_plan_and_a_fit_read_back_as_they_were_written() {
    each_db(&[&SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        assert_eq!(plan(&db, &scope, service).await.unwrap(), Plan::default());
        let wanted = Plan {
            costs: vec![CostLine {
                name: "hosting".into(),
                amount: Money { minor: 120_000, currency: "EUR".into() },
                per: Every::Month,
                channel: Some(Channel::Web),
                from: Some("2026-01-01".parse().unwrap()),
                until: None,
            }],
            published: true,
            ..Plan::default()
        };
        let fitted = Fitted {
            service,
            journey: Some(JourneyId::from_u128(7)),
            fitted_at: scope.now(),
            kept: Kept {
                ends: scope.now(),
                fit: Fit::None(NoForecast::TooShort { have: 3, need: 72 }),
                baseline: None,
                standing: Standing::Unknown,
            },
            raised: Some(AlertId::from_u128(9)),
        };
        let mut tx = db.write("test", &scope).await.unwrap();
        assert_eq!(write_plan(&mut tx, client, service, &wanted).await.unwrap(), ["costs", "kpis"]);
        assert_eq!(write_plan(&mut tx, client, service, &wanted).await.unwrap(), [] as [&str; 0]);
        write_fit(&mut tx, client, &fitted).await.unwrap();
        write_fit(&mut tx, client, &fitted).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(plan(&db, &scope, service).await.unwrap(), wanted);
        assert_eq!(fits(&db, &scope, service).await.unwrap(), [fitted]);
    })
    .await;
}
