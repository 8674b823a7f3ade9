use kernel::code::Names;
use kernel::{ClientId, Id as _, ServiceId};
use store::testing::each_db;

use super::*;
use crate::store::SCHEMA;

const FILE: &str = r#"
- { name: start page, http: "https://permits.example/", every: 30s, timeout: 10s, retries: 2, component: web,
    severity: 1, environment: production, expect: { status: 200, text: Apply, json: { "$.status": ok, "$.n": "> 3" },
    header: { content-type: text/html }, latency_under: 2s, certificate_days: 14 } }
- { name: api, http: "https://permits.example/api", method: post, body: "{}", headers: { x-key: 123 }, verify_tls: false,
    expect: { status: [200, 204], absent: [error, oops], regex: "v[0-9]+" } }
- { name: db port, tcp: "db.example:5432", send: hello, expect: { text: "220" } }
- { name: certificate, tls: "[2001:db8::1]:443", expect: { certificate_days: 14, trusted: false } }
- { name: name, dns: example.org, record: AAAA, expect: { answer: "2001:db8::1" } }
- { ping: host.example, name: ping }
- { heartbeat: nightly import, every: 1d, grace: 1h }
"#;

fn parts(yaml: &str) -> Vec<ServiceProbes> {
    let probes: Vec<Spanned<ProbePart>> = serde_saphyr::from_str(yaml).expect("the shape fits");
    let declare = |probe: Spanned<ProbePart>| {
        let line = u32::try_from(probe.referenced.line()).expect("a short file");
        Declared::new(Place::new("town.yml", line, 3), probe.value)
    };
    let probes = probes.into_iter().map(declare).collect();
    vec![ServiceProbes { client: None, service: "Parking permits".into(), probes }]
}

/// Checks a file of probes against a service with a component `web` and an environment `production`.
fn check(yaml: &str, expected: &[&str]) {
    let mut names = Names::default();
    names.complete = true;
    names.add("component", "Parking permits/web");
    names.add("environment", "Parking permits/production");
    let told: Vec<String> = super::check(&parts(yaml), &names).iter().map(ToString::to_string).collect();
    assert_eq!(told, expected);
}

#[test]
fn every_kind_can_be_written() {
    check(FILE, &[]);
}

#[test]
fn mistakes_say_where_and_what_is_right() {
    let line = |text: &str| format!("- {{ {text} }}");
    let case = |text: &str, expected: &str| check(&line(text), &[expected]);
    case("name: a", "town.yml:1:3: a probe needs one of http, tcp, tls, dns, ping and heartbeat");
    case("name: a, http: example.org", r#"town.yml:1:20: "example.org" is not an http or https address"#);
    case("name: a, ping: h, every: 3s", "town.yml:1:30: every is 3s; the shortest is 5s");
    case(
        "name: a, ping: h, every: soon",
        r#"town.yml:1:30: "soon" is not a span of time; write for example 30s, 5m, 1h30m or 7d"#,
    );
    case(
        "name: a, ping: h, every: 30s, timeout: 30s",
        "town.yml:1:44: timeout is 30s; it must be shorter than every",
    );
    case("name: a, tcp: host", r#"town.yml:1:19: "host" is not of the form host:port"#);
    case(
        "name: a, ping: h, http: 'https://x.example'",
        "town.yml:1:20: a probe has only one of http, tcp, tls, dns, ping and heartbeat",
    );
    case("name: a, ping: h, grace: 1h", "town.yml:1:30: grace means nothing for a probe of kind ping");
    case(
        "name: a, ping: h, component: wep",
        r#"town.yml:1:34: no component is called "Parking permits/wep"; did you mean "Parking permits/web"?"#,
    );
    case(
        "name: a, http: 'https://x.example', expect: { regex: '(' }",
        "town.yml:1:49: regex cannot be read: regex parse error:     (     ^ error: unclosed group",
    );
    case(
        "name: a, http: 'https://x.example', expect: { status: 2000 }",
        r#"town.yml:1:49: "2000" is not a status, such as 200 or 2xx"#,
    );
    check(
        "- { name: a, ping: h }\n- { name: A, ping: h }",
        &[r#"town.yml:2:11: probe "A" is already declared at town.yml:1:11"#],
    );
    assert!(serde_saphyr::from_str::<Vec<ProbePart>>("- { name: a, colour: red }").is_err());
}

#[tokio::test]
async fn applying_twice_changes_nothing_and_what_is_gone_goes() {
    each_db(&[&SCHEMA], async |db, scope| {
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        let apply = async |yaml: &str| {
            let mut applying = Applying::default();
            applying.ids.operator = Some(client);
            applying.ids.services.insert((client, "Parking permits".into()), service);
            applying.ids.components.insert((service, "web".into()), kernel::ComponentId::from_u128(3));
            let mut tx = db.write("test", &scope).await.unwrap();
            super::apply(&mut tx, &parts(yaml), &mut applying).await.unwrap();
            tx.commit().await.unwrap();
            assert!(applying.mistakes.is_empty(), "{:?}", applying.mistakes);
            applying.changes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(apply(FILE).await.len(), 7);
        assert!(apply(FILE).await.is_empty(), "once");
        let changed = FILE.replace("every: 30s", "every: 45s");
        assert_eq!(apply(&changed).await, ["~ probe Parking permits/start page (every: 30s -> 45s)"]);
        let fewer: String =
            changed.lines().filter(|line| !line.contains("ping")).collect::<Vec<_>>().join("\n");
        assert_eq!(apply(&fewer).await, ["- probe Parking permits/ping"]);

        let name = |_| Some("web".to_owned());
        let exported = export(&db, &scope, service, name).await.unwrap();
        let yaml = serde_saphyr::to_string(&exported).unwrap();
        let again = parts(&yaml);
        let held = tables::probes_of(&db, &scope, service).await.unwrap();
        for probe in &again[0].probes {
            let (draft, mistakes) = read(probe);
            assert!(mistakes.is_empty(), "{mistakes:?}\n{yaml}");
            let draft = draft.unwrap();
            let before = held.iter().find(|held| held.name == draft.name).expect("known");
            assert_eq!((&before.plan, &before.target), (&draft.plan, &draft.target), "{yaml}");
        }
    })
    .await;
}
