use super::*;

fn read_all(body: &str) -> Vec<Result<Incoming, Reject>> {
    decode(&Sent { body: body.as_bytes(), ..Sent::default() }).expect("it can be read")
}

fn refused(body: &[u8], says: &str) {
    let reject = decode(&Sent { body, ..Sent::default() }).expect_err("refused");
    assert!(reject.detail.contains(says), "{}: {}", String::from_utf8_lossy(body), reject.detail);
}

#[test]
fn one_a_list_and_an_envelope_are_read() {
    assert_eq!(read_all(r#"{"url":"https://svc.example/apply"}"#).len(), 1);
    assert_eq!(read_all(r#" [{"name":"a"},{"name":"b"}]"#).len(), 2);
    let events = read_all(r#"{"events":[{"name":"a","at":"2026-11-21T18:00:00Z"}],"sent_at":1795285500000}"#);
    let event = events[0].as_ref().expect("an event");
    assert_eq!(event.sent_at.map(|at| at.as_second()), Some(1_795_285_500));
    assert_eq!(event.name, "a");
}

#[test]
fn everything_that_can_be_said_is_read() {
    let event = read_all(
        r#"{"name":"paid","url":"https://svc.example/pay?utm_source=nl","referrer":"https://a.example/","at":1795285500,
            "id":"e1","user":"u1","visitor":"v1","session":"s1","case":12,"new_visit":true,"source":"s","medium":"m",
            "campaign":"c","channel":"phone","release":"1.2","language":"nl","ip":"192.0.2.1","user_agent":"Firefox",
            "bot":true,"value":12.5,"props":{"a":1,"b":true,"c":"x","d":null,"e\u00e9":"\u00fc"},
            "vitals":[{"name":"lcp","value":1800}],"load":"l1"}"#,
    )
    .remove(0)
    .expect("an event");
    assert_eq!((event.case.as_str(), event.channel, event.fresh), ("12", Channel::Phone, true));
    assert_eq!(event.props.len(), 4);
    assert_eq!(event.vitals, [(VitalName::Lcp, 1800.0)]);
    assert!(event.told && event.robot);
}

#[test]
fn an_event_without_a_name_is_a_page_view() {
    assert_eq!(
        read_all(r#"{"path":"/apply"}"#)[0].as_ref().map(|event| event.name.clone()),
        Ok("pageview".into())
    );
}

#[test]
fn mistakes_are_said() {
    refused(br#"{"nme":"a"}"#, "unknown field `nme`");
    refused(b"{\"name\":", "EOF");
    refused(b"", "EOF");
    refused(b"{\"name\":\"\xff\"}", "unicode");
    refused(br#"{"events":[{"name":"a"}],"sent_at":"soon"}"#, "sent_at");
    refused(br#"{"name":{"deep":1}}"#, "expected a text");
    let one = read_all(r#"[{"name":"a"},{"name":"b","at":"soon"},{"url":"data:x"}]"#);
    let reasons: Vec<_> = one.iter().map(|one| one.as_ref().err().map(|reject| reject.reason)).collect();
    assert_eq!(reasons, [None, Some(Reason::Malformed), Some(Reason::Address)]);
}

#[test]
fn too_much_is_cut_or_refused() {
    let names: Vec<String> = (0..10_000).map(|n| format!(r#""p{n}":"{n}""#)).collect();
    let event =
        read_all(&format!(r#"{{"name":"a","props":{{{}}}}}"#, names.join(","))).remove(0).expect("kept");
    assert_eq!(event.props.len(), kernel::lake::MAX_PROPS + 1);
    let big = format!(r#"{{"name":"a","props":{{"p":"{}"}}}}"#, "x".repeat(1_000_000));
    assert_eq!(read_all(&big)[0].as_ref().map(|event| event.props[0].1.len()), Ok(kernel::lake::MAX_PROP));
    let many = format!("[{}]", vec!["{}"; MAX_EVENTS + 1].join(","));
    refused(many.as_bytes(), "more than 20000 events");
}
