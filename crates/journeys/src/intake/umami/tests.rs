use super::*;

const SITE: &str = "11111111-1111-4111-8111-111111111111";

fn one(body: &str) -> Result<Incoming, Reject> {
    let mut decoded = decode_one(&Sent { body: body.as_bytes(), ..Sent::default() })?;
    match decoded.groups.pop() {
        Some(mut group) => Ok(group.events.remove(0).1),
        None => Err(decoded.refused.remove(0).2),
    }
}

#[test]
fn a_page_view_a_named_event_and_measurements_are_read() {
    let view = one(&format!(
        r#"{{"type":"event","payload":{{"website":"{SITE}","url":"/apply","hostname":"svc.example","referrer":"https://www.gov.uk/","language":"en-GB"}}}}"#
    ))
    .expect("an event");
    assert_eq!(
        (view.name.as_str(), view.url.as_str(), view.host.as_str()),
        ("pageview", "/apply", "svc.example")
    );
    let named = one(&format!(
        r#"{{"type":"event","payload":{{"website":"{SITE}","name":"signup","data":{{"plan":"a","n":2}},"id":"u1","timestamp":1795285500}}}}"#
    ))
    .expect("an event");
    assert_eq!((named.name.as_str(), named.user.as_str(), named.props.len()), ("signup", "u1", 2));
    assert_eq!(named.at.map(|at| at.as_second()), Some(1_795_285_500));
    let measured = one(&format!(
        r#"{{"type":"performance","payload":{{"website":"{SITE}","url":"/apply","lcp":1800,"cls":0.03}}}}"#
    ))
    .expect("measurements");
    assert_eq!((measured.name.as_str(), measured.vitals.len()), ("", 2));
    let known =
        one(&format!(r#"{{"type":"identify","payload":{{"website":"{SITE}","id":"u1"}}}}"#)).expect("read");
    assert!(known.silent);
}

#[test]
fn mistakes_are_said() {
    for (body, says) in [
        ("{", "EOF"),
        ("[]", "type must be"),
        (r#"{"type":"other","payload":{}}"#, "type must be"),
        (r#"{"type":"event","payload":{}}"#, "exactly one"),
        (r#"{"type":"event","payload":{"website":"a","link":"b"}}"#, "exactly one"),
        (r#"{"type":"event","payload":{"website":"a","url":"data:x"}}"#, "address"),
        (r#"{"type":"event","payload":{"website":"a","timestamp":1e300}}"#, "instant"),
    ] {
        let reject = one(body).expect_err("refused");
        assert!(reject.detail.contains(says), "{body}: {}", reject.detail);
    }
    let long = format!(r#"{{"type":"event","payload":{{"website":"a","name":"{}"}}}}"#, "x".repeat(51));
    assert!(one(&long).is_err());
}

#[test]
fn a_batch_keeps_its_order() {
    let body = format!(
        r#"[{{"type":"event","payload":{{"website":"{SITE}"}}}},{{"type":"x"}},{{"type":"event","payload":{{"website":"b"}}}}]"#
    );
    let decoded = decode_many(&Sent { body: body.as_bytes(), ..Sent::default() }).expect("a batch");
    assert_eq!((decoded.len(), decoded.groups.len(), decoded.refused[0].0), (3, 2, 1));
    assert!(decode_many(&Sent { body: b"{}", ..Sent::default() }).is_err());
}
