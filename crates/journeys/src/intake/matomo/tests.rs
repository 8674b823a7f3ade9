use super::*;

fn one(query: &str) -> Result<Incoming, Reject> {
    let mut read = decode(&Sent { query, ..Sent::default() })?;
    match read.decoded.groups.pop() {
        Some(mut group) => Ok(group.events.remove(0).1),
        None => Err(read.decoded.refused.remove(0).2),
    }
}

#[test]
fn a_page_view_is_read() {
    let event = one(
        "idsite=1&rec=1&url=https%3A%2F%2Fsvc.example%2Fapply&uid=u2&_id=0123456789abcdef&urlref=https://www.gov.uk/\
         &cvar=%7B%221%22%3A%5B%22a%22%2C%22b%22%5D%7D&dimension2=x&new_visit=1&pv_id=abc&lang=nl&cdt=2026-11-21%2018:25:00",
    )
    .expect("an event");
    assert_eq!((event.url.as_str(), event.user.as_str()), ("https://svc.example/apply", "u2"));
    assert_eq!(event.visitor, "0123456789abcdef");
    assert!(event.fresh);
    assert_eq!(event.props, [("a".to_owned(), "b".to_owned()), ("dimension2".to_owned(), "x".to_owned())]);
    assert_eq!(event.at.map(|at| at.as_second()), Some(1_795_285_500));
}

#[test]
fn events_have_the_name_of_what_was_done() {
    let check = |query: &str, name: &str, value: Option<f64>| {
        let event = one(&format!("idsite=1&rec=1&url=/x&{query}")).expect("an event");
        assert_eq!((event.name.as_str(), event.value), (name, value), "{query}");
    };
    check("e_c=form&e_a=submit&e_n=apply&e_v=2.5", "submit", Some(2.5));
    check("idgoal=3&revenue=10", "goal", Some(10.0));
    check("idgoal=0&ec_id=A1&revenue=99.95", "order", Some(99.95));
    check("search=permit&search_count=7", "search", Some(7.0));
    check("download=https://svc.example/a.pdf", "download", None);
    check("link=https://other.example", "outbound", None);
    assert!(one("idsite=1&rec=1&ping=1").expect("read").silent);
}

#[test]
fn a_bulk_holds_texts_and_objects() {
    let body = br#"{"requests":["?url=https%3A%2F%2Fsvc.example%2Fa&idsite=1&rec=1",{"idsite":1,"rec":1,"url":"/b"},"?idsite=1",7],"token_auth":"x"}"#;
    let read = decode(&Sent { body, ..Sent::default() }).expect("a bulk");
    assert!(read.bulk);
    assert_eq!((read.decoded.groups[0].events.len(), read.decoded.refused.len()), (2, 2));
}

#[test]
fn mistakes_are_said() {
    assert_eq!(one("").expect_err("refused").reason, Reason::NoEvent);
    assert_eq!(one("rec=1").expect_err("refused").reason, Reason::UnknownKey);
    assert_eq!(one("idsite=1&rec=1&url=javascript:x").expect_err("refused").reason, Reason::Address);
    assert_eq!(one("idsite=1&rec=1&cdt=soon").expect_err("refused").reason, Reason::Malformed);
    assert!(decode(&Sent { body: br#"{"requests":["#, ..Sent::default() }).is_err());
    assert!(decode(&Sent { body: br#"{"requests":7}"#, ..Sent::default() }).is_err());
    // Invalid UTF-8 becomes replacement characters; a picture's address must not fail for one letter.
    assert_eq!(one("idsite=1&rec=1&e_a=%ff%fe").expect("kept").name, "\u{fffd}\u{fffd}");
}
