use kernel::Id as _;
use store::testing::each_db;

use super::*;

fn parts(yaml: &str) -> Vec<ServiceSources> {
    let sources: Vec<Spanned<SourcePart>> = serde_saphyr::from_str(yaml).expect("the shape fits");
    let declare = |source: Spanned<SourcePart>| {
        let line = u32::try_from(source.referenced.line()).expect("a short file");
        Declared::new(Place::new("town.yml", line, 3), source.value)
    };
    let sources = sources.into_iter().map(declare).collect();
    vec![ServiceSources { client: None, service: "Parking permits".into(), sources }]
}

fn told(yaml: &str) -> Vec<String> {
    check(&parts(yaml)).iter().map(ToString::to_string).collect()
}

#[test]
fn mistakes_say_where_and_what_is_right() {
    let none: [&str; 0] = [];
    assert_eq!(told("- { name: website, domains: [permits.example], identity: daily, keep: 400d }"), none);
    assert_eq!(
        told("- { name: website, identity: full }"),
        [r#"town.yml:1:30: no identity is called "full"; it is none, daily or declared"#]
    );
    assert_eq!(
        told("- { name: website, domains: [a.example, 'not one'] }"),
        [r#"town.yml:1:41: "not one" is not a domain such as svc.example"#]
    );
    assert_eq!(
        told("- { domains: [a.example], keep: soon }"),
        [
            r#"town.yml:1:33: "soon" is not a span of time; write for example 30s, 5m, 1h30m or 7d"#,
            "town.yml:1:3: a source needs a name"
        ]
    );
    assert_eq!(
        told("- { name: a, domains: [a.example] }\n- { name: A, domains: [www.A.example] }"),
        [
            r#"town.yml:2:11: source "A" is already declared at town.yml:1:11"#,
            r#"town.yml:2:24: domain "www.A.example" is already declared at town.yml:1:24"#
        ]
    );
}

#[tokio::test]
async fn applying_twice_changes_nothing_and_what_is_gone_goes() {
    each_db(&[&crate::SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let run = async |yaml: &str| {
            let mut applying = Applying::default();
            applying.ids.operator = Some(client);
            applying.ids.services.insert((client, "Parking permits".into()), service);
            let mut tx = db.write("test", &scope).await.expect("a write");
            apply(&mut tx, &parts(yaml), &mut applying).await.expect("applied");
            tx.commit().await.expect("committed");
            assert_eq!(applying.mistakes, []);
            applying.changes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let file = "- { name: website, domains: [permits.example], also: [phc_x], keep: 400d }";
        assert_eq!(run(file).await, ["+ source Parking permits/website"]);
        let none: [&str; 0] = [];
        assert_eq!(run(file).await, none);
        let key = sources::of_service(&db, &scope, service).await.expect("read")[0].key.clone();
        let exported = export(&db, &scope, service).await.expect("exported");
        let text = serde_saphyr::to_string(&exported).expect("written");
        assert_eq!(run(&text).await, none, "{text}");
        assert_eq!(
            run("- { name: website, domains: [permits.example], identity: none }").await,
            ["~ source Parking permits/website (also: phc_x -> , identity: daily -> none, keep: 400d -> for ever)"]
        );
        assert_eq!(sources::of_service(&db, &scope, service).await.expect("read")[0].key, key);
        assert_eq!(
            run("- { name: app, domains: [permits.example] }").await,
            ["- source Parking permits/website", "+ source Parking permits/app"]
        );
    })
    .await;
}
