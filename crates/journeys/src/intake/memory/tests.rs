use super::*;
use crate::intake::testing::{Ground, client, service};

#[tokio::test]
async fn an_erased_key_makes_another_number() {
    let ground = Ground::at("2026-11-21T12:00:00Z").await;
    let memory = of(ground.site());
    let subject = Subject { service: service(), kind: "user", named: "ana".into() };
    let wanted = HashSet::from([subject.clone()]);
    let first = memory.numbers(client(), &wanted).await.expect("a number");
    memory.forget_subjects();
    assert_eq!(memory.numbers(client(), &wanted).await.expect("the same"), first);
    let scope = ground.scope();
    let mut tx = ground.site().db.write("test.erase", &scope).await.expect("a write");
    tx.exec("delete from intake_subjects where {wall} and kind = 'user'", args![]).await.expect("gone");
    tx.commit().await.expect("committed");
    memory.forget_subjects();
    assert_ne!(memory.numbers(client(), &wanted).await.expect("another"), first);
}

#[tokio::test]
async fn one_address_may_come_often_and_not_without_end() {
    let ground = Ground::at("2026-11-21T12:00:00Z").await;
    let memory = of(ground.site());
    let from = Some("192.0.2.1".parse().expect("an address"));
    let taken = (0..6_000).filter(|_| memory.admits(from)).count();
    assert_eq!(taken, 5_000);
    assert!(memory.admits(Some("192.0.2.2".parse().expect("an address"))));
    ground.passes(1);
    assert!(memory.admits(from));
}
