use flate2::Compression;
use std::io::Write as _;

use super::*;

const EVENT: &str = r#"{"api_key":"phc_test","event":"submit","distinct_id":"u1","properties":{"plan":"a"}}"#;

fn read(sent: Sent<'_>) -> Incoming {
    let mut decoded = decode(&sent).expect("it can be read");
    assert_eq!(decoded.groups[0].key, "phc_test");
    decoded.groups.remove(0).events.remove(0).1
}

fn body(body: &str) -> Sent<'_> {
    Sent { body: body.as_bytes(), ..Sent::default() }
}

fn refused(text: &str, reason: Reason, says: &str) {
    let reject = decode(&body(text)).expect_err("refused");
    assert_eq!(reject.reason, reason, "{text}");
    assert!(reject.detail.contains(says), "{text}: {}", reject.detail);
}

#[test]
fn every_wrapping_comes_off() {
    let packed = base64::engine::general_purpose::STANDARD.encode(EVENT);
    let form = format!("data={}", packed.replace('+', "%2B").replace('=', "%3D"));
    let loose = format!("data={packed}");
    let query = format!("ip=1&data={}", packed.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(EVENT.as_bytes()).expect("packed");
    let gzip = gzip.finish().expect("packed");
    let double = base64::engine::general_purpose::STANDARD.encode(&gzip);
    let form_type = "application/x-www-form-urlencoded";
    for sent in [
        body(EVENT),
        Sent { body: &gzip, ..Sent::default() },
        Sent { body: packed.as_bytes(), ..Sent::default() },
        Sent { body: double.as_bytes(), ..Sent::default() },
        Sent { body: form.as_bytes(), content_type: form_type, ..Sent::default() },
        Sent { body: loose.as_bytes(), content_type: form_type, ..Sent::default() },
        Sent { body: loose.as_bytes(), ..Sent::default() },
        Sent { query: &query, ..Sent::default() },
    ] {
        assert_eq!(read(sent).name, "submit", "{sent:?}");
    }
}

#[test]
fn one_a_list_and_a_batch_are_read() {
    for text in [
        EVENT.to_owned(),
        format!("[{EVENT}]"),
        format!(r#"{{"batch":[{EVENT}],"sent_at":"2026-11-21T18:25:00Z","api_key":"phc_test"}}"#),
        r#"{"event":"submit","properties":{"token":"phc_test","distinct_id":12}}"#.into(),
    ] {
        assert_eq!(read(body(&text)).name, "submit", "{text}");
    }
    let sent = Sent { query: "_=1795285500000&compression=gzip-js", ..body(EVENT) };
    assert_eq!(read(sent).sent_at.map(|at| at.as_second()), Some(1_795_285_500));
    let old = format!(
        r#"{{"batch":[{EVENT}],"sent_at":"2026-11-21T18:25:00Z","api_key":"phc_test","historical_migration":true}}"#
    );
    assert_eq!(read(body(&old)).sent_at, None);
}

#[test]
fn a_browser_that_nobody_signed_in_with_is_a_visitor() {
    let text = r#"{"api_key":"phc_test","event":"$pageview","uuid":"e1","timestamp":"2026-11-21T18:25:52.344Z","properties":{
        "distinct_id":"d1","$device_id":"d1","$lib":"web","$current_url":"https://svc.example/apply","$session_id":"s1",
        "$referrer":"$direct","$raw_user_agent":"Firefox","utm_source":"nl","gclid":"secret","form":"apply","$set":{"email":"x"}}}"#;
    let event = read(body(text));
    assert_eq!((event.name.as_str(), event.visitor.as_str(), event.user.as_str()), ("pageview", "d1", ""));
    assert_eq!((event.session.as_str(), event.source.as_str(), event.referrer.as_str()), ("s1", "nl", ""));
    assert_eq!(event.props, [("form".to_owned(), "apply".to_owned())]);
    assert!(!event.told && event.user_agent == "Firefox");
    let known = read(body(EVENT));
    assert!(known.told && known.user == "u1");
}

#[test]
fn measurements_are_measurements_and_what_is_about_a_person_is_no_event() {
    let vitals = read(body(
        r#"{"api_key":"phc_test","event":"$web_vitals","distinct_id":"d","properties":{"$web_vitals_LCP_value":1800.5,"$web_vitals_CLS_value":0.1}}"#,
    ));
    assert_eq!((vitals.name.as_str(), vitals.vitals.len()), ("", 2));
    for name in ["$set", "$identify", "$snapshot"] {
        let text = format!(r#"{{"api_key":"phc_test","event":"{name}","distinct_id":"d"}}"#);
        assert!(read(body(&text)).silent, "{name}");
    }
}

#[test]
fn mistakes_are_said_as_posthog_says_them() {
    refused("{", Reason::Malformed, "failed to parse request");
    refused("", Reason::Malformed, "EOF");
    refused("!!!", Reason::Malformed, "failed to decode request");
    refused("[]", Reason::Missing, "request holds no event");
    refused(r#"{"batch":[],"api_key":"k"}"#, Reason::Missing, "request holds no event");
    refused(r#"{"api_key":"k","event":"a"}"#, Reason::Missing, "without a distinct_id");
    refused(r#"{"api_key":"k","distinct_id":"d"}"#, Reason::Missing, "empty event name");
    refused(r#"{"event":"a","distinct_id":"d"}"#, Reason::UnknownKey, "without an api_key");
    refused(
        r#"[{"api_key":"a","event":"a","distinct_id":"d"},{"api_key":"b","event":"a","distinct_id":"d"}]"#,
        Reason::UnknownKey,
        "inconsistent",
    );
    refused(
        r#"{"api_key":"k","event":"a","distinct_id":"d","timestamp":"soon"}"#,
        Reason::Malformed,
        "timestamp",
    );
    assert!(decode(&Sent { body: b"\xff\xfe\xfd", ..Sent::default() }).is_err());
}

#[test]
fn a_bomb_within_base64_is_refused() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..30 {
        gzip.write_all(&vec![b' '; 1024 * 1024]).expect("packed");
    }
    let packed = base64::engine::general_purpose::STANDARD.encode(gzip.finish().expect("packed"));
    let reject = decode(&body(&packed)).expect_err("refused");
    assert_eq!(reject.reason, Reason::TooLarge);
}
