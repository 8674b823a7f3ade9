use super::*;

fn check(text: &str, host: &str, path: &str, query: &str) {
    let found = address(text).unwrap_or_else(|| panic!("{text} is an address"));
    assert_eq!((found.host, found.path, found.query), (host, path, query), "{text}");
}

#[test]
fn an_address_comes_apart() {
    check("https://svc.example/apply?utm_source=nl#top", "svc.example", "/apply", "utm_source=nl");
    check("http://ana:secret@svc.example:8080", "svc.example", "/", "");
    check("https://[2001:db8::1]:443/a", "2001:db8::1", "/a", "");
    check("//svc.example/a", "svc.example", "/a", "");
    check("/apply?x=1", "", "/apply", "x=1");
    check("/go?to=https://other.example/", "", "/go", "to=https://other.example/");
    check("android-app://com.example/x", "com.example", "/x", "");
    check("", "", "/", "");
    check("apply/form", "", "apply/form", "");
    for none in ["data:text/html,hello", "javascript:alert(1)", "mailto:a@b.example"] {
        assert_eq!(address(none), None, "{none}");
    }
}

#[test]
fn instants_are_read_as_clients_write_them() {
    for text in [
        "2026-11-21T18:25:00Z",
        "2026-11-21T19:25:00+01:00",
        "2026-11-21T18:25:00",
        "2026-11-21 18:25:00",
        "1795285500",
        "1795285500000",
        "1795285500.0",
    ] {
        assert_eq!(instant(text).map(|at| at.as_second()), Some(1_795_285_500), "{text}");
    }
    for none in ["", "soon", "1e300", "NaN"] {
        assert_eq!(instant(none).filter(|at| at.as_second() != 0), None, "{none}");
    }
}

#[test]
fn everything_is_cut_between_letters() {
    let mut event = Incoming { name: "é".repeat(200), ..Incoming::default() };
    for n in 0..10_000 {
        event.prop(&format!("name {n}"), "x".repeat(10));
    }
    event.props[0].1 = "ü".repeat(600_000);
    assert!(event.clamp());
    assert_eq!((event.name.len(), event.props.len(), event.props[0].1.len()), (200, MAX_PROPS, MAX_PROP));
    let mut odd = format!("x{}", "é".repeat(200));
    clip_in(&mut odd, MAX_NAME);
    assert_eq!(odd.len(), 199);
}

#[test]
fn a_case_is_a_case_on_every_protocol() {
    let mut event = Incoming::default();
    for (name, value) in
        [("case", "A-12"), ("channel", "phone"), ("release", "1.2"), ("plan", "a"), ("none", "")]
    {
        event.prop(name, value.into());
    }
    assert_eq!((event.case.as_str(), event.channel, event.release.as_str()), ("A-12", Channel::Phone, "1.2"));
    assert_eq!(event.props, [("plan".to_owned(), "a".to_owned())]);
}

#[test]
fn every_reason_has_a_word_of_its_own() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_word(reason.word()), Some(*reason));
        let json = serde_json::to_value(reason).expect("plain data");
        assert_eq!(json, reason.word());
    }
}
