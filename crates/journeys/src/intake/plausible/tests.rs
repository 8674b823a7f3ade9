use super::*;

fn one(body: &str) -> Incoming {
    let mut decoded = decode(&Sent { body: body.as_bytes(), ..Sent::default() }).expect("an event");
    decoded.groups.remove(0).events.remove(0).1
}

fn refused(body: &[u8], answer: &str) {
    let errors = decode(&Sent { body, ..Sent::default() }).expect_err("refused");
    assert_eq!(errors.body(), answer, "{}", String::from_utf8_lossy(body));
}

#[test]
fn an_event_of_the_new_tracker_is_read() {
    let event = one(
        r#"{"n":"Submit application","v":36,"u":"https://svc.example/apply?utm_source=nl","d":"svc.example",
            "r":"https://www.gov.uk/","p":{"form":"apply","step":3,"none":null,"list":[1],"empty":""},
            "$":{"currency":"GBP","amount":12.5},"i":false}"#,
    );
    assert_eq!((event.name.as_str(), event.value), ("Submit application", Some(12.5)));
    let props: Vec<String> = event.props.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(props, ["form=apply", "step=3", "currency=GBP", "interactive=false"]);
}

#[test]
fn the_old_tracker_sends_properties_as_a_string() {
    let event = one(
        r#"{"n":"signup","u":"https://svc.example/a#b","d":"svc.example","w":1024,"h":1,"p":"{\"plan\":\"a\"}"}"#,
    );
    assert_eq!(event.props, [("plan".to_owned(), "a".to_owned())]);
    assert!(event.with_hash);
}

#[test]
fn several_domains_are_several_sites_and_none_is_the_host() {
    let keys = |body: &str| -> Vec<String> {
        let decoded = decode(&Sent { body: body.as_bytes(), ..Sent::default() }).expect("an event");
        decoded.groups.into_iter().map(|group| group.key).collect()
    };
    assert_eq!(
        keys(r#"{"n":"pageview","u":"https://www.svc.example/","d":"a.example, B.example"}"#),
        ["a.example", "b.example"]
    );
    assert_eq!(keys(r#"{"n":"pageview","u":"https://www.svc.example/"}"#), ["svc.example"]);
}

#[test]
fn what_is_missing_is_said_as_plausible_says_it() {
    refused(
        b"{}",
        r#"{"errors":{"domain":["can't be blank"],"event_name":["can't be blank"],"url":["is required"]}}"#,
    );
    refused(
        br#"{"n":"pageview","u":"data:text/html,x","d":"svc.example"}"#,
        r#"{"errors":{"url":["scheme is not allowed"]}}"#,
    );
    let unread = r#"{"errors":{"request":"Unable to parse request body as valid JSON"}}"#;
    for body in [&b"{\"n\":\"page"[..], b"[]", b"", b"\xff\xfe", b"null", b"{\"n\":\"\xc3\x28\"}"] {
        refused(body, unread);
    }
}
