use super::*;

fn one(fields: &str) -> Result<Incoming, Reject> {
    let body = format!(
        r#"{{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{{"aid":"app",{fields}}}]}}"#
    );
    let mut decoded = decode(&Sent { body: body.as_bytes(), ..Sent::default() })?;
    match decoded.groups.pop() {
        Some(mut group) => Ok(group.events.remove(0).1),
        None => Err(decoded.refused.remove(0).2),
    }
}

#[test]
fn every_kind_of_event_is_read() {
    let view = one(r#""e":"pv","url":"https://svc.example/apply","eid":"e1","dtm":"1795285500908","stm":"1795285500000","tv":"py-1.1.0""#)
        .expect("an event");
    assert_eq!((view.name.as_str(), view.id.as_str(), view.told), ("pageview", "e1", true));
    assert_eq!(view.at.map(|at| at.as_millisecond()), Some(1_795_285_500_908));
    let done = one(r#""e":"se","se_ca":"form","se_ac":"submit","se_la":"apply","se_va":"1","tv":"js-4.0.0""#)
        .expect("an event");
    assert_eq!((done.name.as_str(), done.value, done.told), ("submit", Some(1.0), false));
    let inner = r#"{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{"schema":"iglu:com.example/payment_started/jsonschema/1-0-0","data":{"method":"ideal","case":"A-1"}}}"#;
    for field in [
        format!(r#""ue_px":"{}""#, URL_SAFE_NO_PAD.encode(inner)),
        format!(r#""ue_pr":{}"#, Value::String(inner.into())),
    ] {
        let event = one(&format!(r#""e":"ue",{field}"#)).expect("an event");
        assert_eq!((event.name.as_str(), event.case.as_str()), ("payment started", "A-1"));
        assert_eq!(event.props, [("method".to_owned(), "ideal".to_owned())]);
    }
    assert!(one(r#""e":"pp""#).expect("read").silent);
    assert_eq!(one(r#""e":"tr","tr_id":"o1","tr_tt":"12.5""#).expect("an event").value, Some(12.5));
}

#[test]
fn an_address_holds_an_event() {
    let sent =
        Sent { query: "e=pv&url=https%3A%2F%2Fsvc.example%2Fapply&aid=app&eid=e1&sid=s1", ..Sent::default() };
    let decoded = decode_address(&sent).expect("read");
    assert_eq!(
        (decoded.groups[0].key.as_str(), decoded.groups[0].events[0].1.session.as_str()),
        ("app", "s1")
    );
}

#[test]
fn mistakes_are_said() {
    assert_eq!(one(r#""e":"xx""#).expect_err("refused").reason, Reason::Malformed);
    assert_eq!(one(r#""x":"y""#).expect_err("refused").reason, Reason::Missing);
    assert_eq!(one(r#""e":"pv","dtm":"soon""#).expect_err("refused").reason, Reason::Malformed);
    assert_eq!(one(r#""e":"ue","ue_px":"!!""#).expect_err("refused").reason, Reason::Malformed);
    assert_eq!(one(r#""e":"pv","url":"data:x""#).expect_err("refused").reason, Reason::Address);
    for body in [&b"{"[..], b"{}", b"[1]", b"\xff", br#"{"schema":"iglu:other","data":[]}"#] {
        let read = decode(&Sent { body, ..Sent::default() });
        assert!(read.is_err() || read.is_ok_and(|decoded| decoded.groups.is_empty()));
    }
}
