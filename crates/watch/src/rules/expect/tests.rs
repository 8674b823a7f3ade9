use std::net::{IpAddr, Ipv4Addr};

use super::*;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn now() -> Timestamp {
    "2026-03-01T03:00:00Z".parse().expect("an instant")
}

fn answer(status: u16, body: &[u8]) -> Fetched {
    Fetched {
        status,
        headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
        body: body.to_vec(),
        truncated: false,
        took: SignedDuration::from_millis(120),
        address: Some(HERE),
        tls: None,
    }
}

fn with(change: impl FnOnce(&mut HttpExpect)) -> Http {
    let mut http = Http::get("https://example.org/");
    change(&mut http.expect);
    http
}

fn sees(probe: &Http, got: &Fetched) -> Seen {
    http(probe, &Ready::of(&Target::Http(probe.clone())), got, now())
}

/// Judges an answer of 200 with this body, and writes the verdict as a line.
fn check(change: impl FnOnce(&mut HttpExpect), body: &str, expected: &str) {
    let seen = sees(&with(change), &answer(200, body.as_bytes()));
    let told = match &seen.verdict {
        Verdict::Good => "good".to_owned(),
        Verdict::Poor(reason) => format!("poor: {}", reason.sentence()),
        Verdict::Bad(reason) => format!("bad: {}", reason.sentence()),
        Verdict::Unknown(reason) => format!("unknown: {}", reason.sentence()),
    };
    assert_eq!(told, expected, "{body}");
}

#[test]
fn status() {
    check(|_| {}, "", "good");
    check(|e| e.status = statuses("404, 5xx").expect("statuses"), "", "bad: status 200, expected 404, 5xx");
    assert_eq!(sees(&with(|_| {}), &answer(503, b"")).findings[0].sentence(), "status 503, expected 2xx");
    for (text, written) in [("200-204 301", "200-204, 301"), ("2xx,404", "2xx, 404"), ("", "2xx")] {
        assert_eq!(statuses_text(&statuses(text).expect(text)), written);
    }
    for bad in ["600", "99", "2x", "300-200", "abc", "9xx", "200-"] {
        assert!(statuses(bad).is_err(), "{bad}");
    }
}

#[test]
fn texts_and_expressions() {
    check(|e| e.text = vec!["Apply".into()], "<h1>Apply</h1>", "good");
    check(|e| e.text = vec!["Apply".into()], "<h1>Sorry</h1>", "bad: the answer does not contain \"Apply\"");
    check(|e| e.absent = vec!["error".into()], "an error", "bad: the answer contains \"error\"");
    check(|e| e.regex = Some("v[0-9]+".into()), "v42", "good");
    check(|e| e.regex = Some("^v[0-9]+$".into()), "x", "bad: the answer does not match ^v[0-9]+$");
}

#[test]
fn json() {
    let want = |path: &'static str, text: &'static str| {
        move |expect: &mut HttpExpect| expect.json = vec![json_expect(path, text)]
    };
    let body = r#"{"status":"ok","queue":{"length":7},"parts":[{"up":true},{"up":true},{"up":false}]}"#;
    check(want("$.status", "ok"), body, "good");
    check(want("$.status", "= ok"), body, "good");
    check(want("$.status", "!= ok"), body, "bad: JSON $.status != ok, got ok");
    check(want("$.queue.length", "< 10"), body, "good");
    check(want("$.queue.length", ">= 10"), body, "bad: JSON $.queue.length >= 10, got 7");
    check(want("$.parts[*].up", "true"), body, "bad: JSON $.parts[*].up = true, got false");
    check(want("$.nothing", "exists"), body, "bad: JSON $.nothing exists, got nothing");
    check(want("$.queue", "exists"), body, "good");
    check(want("$.status", "ok"), "<html>", "bad: JSON $.status, got no JSON");
    for text in ["ok", "= 3", "!= x", ">= 5", "exists", "< 2.5"] {
        let read = json_expect("$.a", text);
        assert_eq!(json_expect("$.a", &json_text(&read)), read, "{text}");
    }
}

#[test]
fn headers_latency_and_certificate() {
    check(|e| e.header = vec![("Content-Type".into(), "json".into())], "", "good");
    let html = |e: &mut HttpExpect| e.header = vec![("content-type".into(), "text/html".into())];
    check(html, "", "bad: header content-type: text/html, got application/json; charset=utf-8");
    check(|e| e.header = vec![("x-a".into(), "1".into())], "", "bad: header x-a: 1, got none");
    check(|e| e.latency_under = Some(Span::seconds(1)), "", "good");
    let quick = Span(SignedDuration::from_millis(120));
    check(|e| e.latency_under = Some(quick), "", "poor: took 120ms, should be under 120ms");

    let tls = |days: i64| TlsSeen {
        expires_at: now() + SignedDuration::from_hours(days * 24 + 1),
        untrusted: None,
        subject: "example.org".into(),
        issuer: "R3".into(),
    };
    let probe = with(|e| e.certificate_days = Some(14));
    assert_eq!(sees(&probe, &Fetched { tls: Some(tls(14)), ..answer(200, b"") }).verdict, Verdict::Good);
    let soon = sees(&probe, &Fetched { tls: Some(tls(3)), ..answer(200, b"") });
    assert_eq!(soon.findings[0].sentence(), "the certificate has 3 days left, should have 14");
    assert!(matches!(soon.verdict, Verdict::Poor(_)));
    assert_eq!(days_left(now() - SignedDuration::from_secs(1), now()), -1);
}

#[test]
fn a_cut_answer_disproves_nothing() {
    let long = vec![b'x'; 2_048];
    let got = Fetched { truncated: true, ..answer(200, &long) };
    let seen = sees(&with(|e| e.text = vec!["Apply".into()]), &got);
    assert_eq!(seen.findings[0].sentence(), "the answer is larger than 2 KiB");
    assert_eq!(sees(&with(|e| e.text = vec!["xx".into()]), &got).verdict, Verdict::Good);
    let json = sees(&with(|e| e.json = vec![json_expect("$.a", "1")]), &got);
    assert_eq!(json.findings[0].what, What::TooLarge, "ten megabytes of JSON are not read");
}

#[test]
fn what_is_not_utf8_is_read_as_far_as_it_goes() {
    let got = answer(200, b"caf\xe9 Apply \xff\xfe");
    assert_eq!(sees(&with(|e| e.text = vec!["Apply".into()]), &got).verdict, Verdict::Good);
}

#[test]
fn expressions_that_explode_are_refused() {
    for bomb in ["((a{1000}){1000}){1000}", "(", &"a".repeat(501), r"\p{L}{5000}"] {
        assert!(regex(bomb).is_err(), "{bomb}");
    }
    assert!(regex("(a+)+$").is_ok(), "linear time, so harmless");
    assert!(path("$.a[").is_err() && path("$.a[0].b").is_ok());
}

#[test]
fn who_is_at_fault_decides() {
    let lost = |fault, why| Unreached { fault, why, what: "it".into(), after: SignedDuration::ZERO };
    let judged = |fault, why| unreached(&lost(fault, why), Span::seconds(3), now()).verdict;
    assert!(matches!(judged(Fault::Theirs, Why::TimedOut), Verdict::Bad(_)));
    assert!(matches!(judged(Fault::Ours, Why::TimedOut), Verdict::Unknown(_)));
    assert!(matches!(judged(Fault::Refused, Why::Guarded), Verdict::Unknown(_)));
    assert!(could_be_us(&judged(Fault::Theirs, Why::Name)));
    assert!(!could_be_us(&judged(Fault::Theirs, Why::Tls)));
}

#[test]
fn tcp_tls_dns_and_ping() {
    let took = SignedDuration::from_millis(3);
    let said = Connected { address: HERE, read: b"220 mail ready".to_vec(), tls: None, took };
    assert_eq!(tcp(Some("220"), None, &said, now()).verdict, Verdict::Good);
    let wrong = tcp(Some("250"), None, &said, now());
    assert_eq!(wrong.findings[0].sentence(), "the server said 220 mail ready, expected 250");
    assert!(matches!(tls(true, None, &said, now()).verdict, Verdict::Bad(_)));
    let shown = TlsSeen {
        expires_at: now() + SignedDuration::from_hours(24 * 90),
        untrusted: Some("self-signed".into()),
        subject: String::new(),
        issuer: String::new(),
    };
    let seen = tls(true, Some(14), &Connected { tls: Some(shown.clone()), ..said.clone() }, now());
    assert_eq!(seen.findings[0].what, What::Untrusted);
    let local = tls(false, Some(14), &Connected { tls: Some(shown.clone()), ..said.clone() }, now());
    assert_eq!(local.verdict, Verdict::Good);
    let old = TlsSeen { expires_at: now() - SignedDuration::from_hours(30), ..shown };
    let over = tls(false, None, &Connected { tls: Some(old), ..said }, now());
    assert_eq!(over.findings[0].sentence(), "the certificate has -2 days left, should have 0");
    let records = Resolved { records: vec!["Mail.Example.org.".into()], took };
    assert_eq!(dns(&["mail.example.org".into()], &records, now()).verdict, Verdict::Good);
    assert!(matches!(dns(&["1.2.3.4".into()], &records, now()).verdict, Verdict::Bad(_)));
    assert!(matches!(dns(&[], &Resolved { records: vec![], took }, now()).verdict, Verdict::Bad(_)));
    assert_eq!(ping(None, &Ponged { address: HERE, took }, now()).verdict, Verdict::Good);
}

#[test]
fn secrets_do_not_stay_in_what_is_kept() {
    let mut sent = Http::get("https://example.org/");
    sent.headers = vec![("authorization".into(), "Bearer s3cr3t-token".into())];
    let mut got = answer(500, b"you sent s3cr3t-token");
    got.headers.push(("set-cookie".into(), "session=abc".into()));
    let seen = http(&sent, &Ready::default(), &got, now());
    let kept = masked(seen.details, &Target::Http(sent));
    assert_eq!(kept.body, "you sent •••");
    assert!(kept.headers.iter().any(|(name, value)| name == "set-cookie" && value == "•••"));
}
