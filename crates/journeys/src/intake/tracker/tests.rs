use super::*;

fn read(body: &str) -> Result<Decoded, Reject> {
    decode(&Sent { body: body.as_bytes(), ..Sent::default() })
}

#[test]
fn a_batch_of_the_script_is_read() {
    let decoded = read(
        r#"{"k":"key","s":1772334180000,"i":"tab","d":"user-7","h":"web","x":"1.4.2","l":"nl-NL","e":[
            {"i":"load.0","n":"pageview","t":1772334179000,"u":"https://svc.example/apply?utm_source=nl","r":"https://www.gov.example/","c":"A-12"},
            {"i":"load.1","n":"payment started","t":1772334179500,"u":"https://svc.example/pay","p":{"method":"ideal","n":2},"v":12.5},
            {"n":"lcp","l":"load","t":1772334180000,"u":"https://svc.example/apply","v":1830.5}]}"#,
    )
    .expect("it is sound");
    assert_eq!((decoded.groups.len(), decoded.refused.len()), (1, 0));
    let group = &decoded.groups[0];
    assert_eq!((group.key.as_str(), group.events.len()), ("key", 3));
    let (_, view) = &group.events[0];
    assert_eq!((view.name.as_str(), view.id.as_str(), view.case.as_str()), ("pageview", "load.0", "A-12"));
    assert_eq!(
        (view.session.as_str(), view.user.as_str(), view.release.as_str()),
        ("tab", "user-7", "1.4.2")
    );
    assert_eq!(view.at.map(|at| at.as_millisecond()), Some(1_772_334_179_000));
    assert_eq!(view.sent_at.map(|at| at.as_millisecond()), Some(1_772_334_180_000));
    assert!(!view.told, "the browser itself asks");
    let (_, paid) = &group.events[1];
    assert_eq!((paid.value, paid.props.len()), (Some(12.5), 2));
    assert_eq!(paid.props[0], ("method".to_owned(), "ideal".to_owned()));
    let (_, vital) = &group.events[2];
    assert_eq!((vital.name.as_str(), vital.load.as_str()), ("", "load"));
    assert_eq!(vital.vitals, [(VitalName::Lcp, 1830.5)]);
}

#[test]
fn what_is_no_batch_is_refused_and_one_bad_event_does_not_take_the_others_along() {
    for body in ["", "{}", "[]", "null", r#"{"k":"key"}"#, r#"{"k":1,"e":[]}"#, "\u{0}"] {
        assert_eq!(read(body).expect_err("it is none").reason, Reason::Malformed, "{body}");
    }
    let decoded = read(r#"{"k":"key","e":[{"n":1},{"n":"x"},"y"]}"#).expect("it is a batch");
    assert_eq!((decoded.groups[0].events.len(), decoded.refused.len()), (1, 2));
    assert_eq!(decoded.refused[0].1, "key");
}

#[test]
fn a_batch_at_the_limit_is_read_and_one_longer_is_not() {
    let of = |count: usize| format!(r#"{{"k":"key","e":[{}]}}"#, vec![r#"{"n":"x"}"#; count].join(","));
    assert_eq!(read(&of(MAX_EVENTS)).expect("it fits").len(), MAX_EVENTS);
    assert_eq!(read(&of(MAX_EVENTS + 1)).expect_err("too many").reason, Reason::TooLarge);
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = decode(&Sent { body: &body, ..Sent::default() });
    }
}

const PAGE: &str = "https://svc.example/apply";

async fn sends(ground: &crate::intake::testing::Ground, body: String) -> web::testing::Got {
    let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
    let visitor = ground.stage.stranger().with("user-agent", browser).with("origin", "https://svc.example");
    visitor.ask("POST", "/t", Some("text/plain;charset=UTF-8"), body.into_bytes()).await
}

#[tokio::test]
async fn a_batch_comes_in_once_however_often_it_is_sent() {
    let ground = crate::intake::testing::Ground::at("2026-03-01T03:03:01Z").await;
    let source = ground.source(crate::intake::Identity::Daily, |_| {}).await;
    let body = format!(
        r#"{{"k":"{}","s":1772334180000,"e":[{{"i":"a.0","n":"pageview","t":1772334179000,"u":"{PAGE}"}},
        {{"n":"cls","l":"a","u":"{PAGE}","t":1772334179000,"v":0.02}}]}}"#,
        source.key
    );
    let got = sends(&ground, body.clone()).await;
    assert_eq!(
        (got.status.as_u16(), got.header("access-control-allow-origin")),
        (204, "https://svc.example")
    );
    assert_eq!(sends(&ground, body).await.status.as_u16(), 204);
    let events = ground.pond.events();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].name.as_str(), events[0].path.as_str()), ("pageview", "/apply"));
    // One second before it was sent, by whichever clock.
    assert_eq!(events[0].at.to_string(), "2026-03-01T03:03:00Z");
    let vitals = ground.pond.vitals();
    assert_eq!((vitals[0].name, vitals[0].value, vitals[0].path.as_str()), (VitalName::Cls, 0.02, "/apply"));
}

#[tokio::test]
async fn a_batch_that_is_not_taken_says_why_and_whether_to_come_again() {
    let ground = crate::intake::testing::Ground::at("2026-03-01T03:03:01Z").await;
    let source = ground.source(crate::intake::Identity::Daily, |_| {}).await;
    let of = |key: &str| format!(r#"{{"k":"{key}","e":[{{"n":"pageview","u":"{PAGE}"}}]}}"#);
    let got = sends(&ground, of("nobody")).await;
    assert_eq!((got.status.as_u16(), got.header("x-tend-ignored")), (401, "unknown-key"));
    assert_eq!(sends(&ground, "{".into()).await.status.as_u16(), 400);
    ground.pond.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let got = sends(&ground, of(&source.key)).await;
    assert_eq!((got.status.as_u16(), got.header("retry-after")), (503, "7"));
}

#[tokio::test]
async fn the_script_and_its_part_are_there_and_nothing_else() {
    let ground = crate::intake::testing::Ground::at("2026-03-01T03:03:01Z").await;
    let script = ground.stage.stranger().get("/t.js").await;
    assert_eq!(
        (script.status.as_u16(), script.header("cross-origin-resource-policy")),
        (200, "cross-origin")
    );
    let part =
        script.body.split("t/vitals-").nth(1).and_then(|rest| rest.split('"').next()).expect("it is named");
    assert_eq!(ground.stage.stranger().get(&format!("/t/vitals-{part}")).await.status.as_u16(), 200);
    assert_eq!(ground.stage.stranger().get("/t/app.js").await.status.as_u16(), 404);
}
