use store::testing::each_db;

use super::*;

fn draft(name: &str, domain: &str) -> SourceDraft {
    SourceDraft { name: name.into(), domains: vec![domain.into()], ..SourceDraft::default() }
}

#[tokio::test]
async fn a_source_answers_to_all_its_keys_and_nobody_elses() {
    each_db(&[&crate::SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let mut tx = db.write("test", &scope).await.expect("a write");
        let mut first = draft("website", "svc.example");
        first.also = vec!["phc_Test".into()];
        let source = add(&mut tx, client, service, &first).await.expect("added");
        let taken = word_taken(&mut tx, &draft("other", "SVC.example"), None).await.expect("asked");
        assert_eq!(taken, Some(("domains", "SVC.example".into())));
        assert_eq!(word_taken(&mut tx, &first, Some(source.id)).await.expect("asked"), None);
        tx.commit().await.expect("committed");
        for key in [source.key.as_str(), "1", &source.uuid, "svc.example", "Svc.Example", "phc_test"] {
            let found = by_key(&db, &scope, key).await.expect("asked");
            assert_eq!(found.as_ref(), Some(&source), "{key}");
        }
        assert_eq!(by_key(&db, &scope, "other.example").await.expect("asked"), None);
        let mut tx = db.write("test", &scope).await.expect("a write");
        let moved = SourceDraft { domains: vec!["new.example".into()], also: vec![], ..first };
        let changed = change(&mut tx, &source, &moved).await.expect("changed");
        assert_eq!(changed, ["domains: svc.example -> new.example", "also: phc_Test -> "]);
        tx.commit().await.expect("committed");
        assert_eq!(by_key(&db, &scope, "svc.example").await.expect("asked"), None);
        let source = by_key(&db, &scope, "new.example").await.expect("asked").expect("there");
        let mut tx = db.write("test", &scope).await.expect("a write");
        remove(&mut tx, &source).await.expect("removed");
        let next = add(&mut tx, client, service, &moved).await.expect("added");
        assert_eq!(next.number, 2, "a number is never given out again");
        tx.commit().await.expect("committed");
    })
    .await;
}

#[test]
fn domains_are_compared_without_ornament() {
    for (text, domain) in [
        ("https://www.SVC.example/apply", "svc.example"),
        ("svc.example:8080", "svc.example"),
        ("www.svc.example.", "svc.example"),
        ("svc.example/apply", "svc.example"),
        ("(none)", "(none)"),
    ] {
        assert_eq!(domain_of(text), domain, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let mut bad = draft("", "not a domain");
    bad.also = vec!["with space".into()];
    bad.keep_days = Some(0);
    let told: Vec<String> = wrong(&bad).iter().map(Wrong::sentence).collect();
    assert_eq!(
        told,
        [
            "a source needs a name",
            "\"not a domain\" is not a domain such as svc.example",
            "\"with space\" is not a key: 1 to 253 letters without spaces",
            "keep is 0d; it is from 1d to 3653d"
        ]
    );
    assert_eq!(wrong(&draft("website", "svc.example")), []);
}
