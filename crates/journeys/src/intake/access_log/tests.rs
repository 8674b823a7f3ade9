use super::*;

const GOOD: &str = r#"83.149.9.216 - frank [17/May/2015:10:05:03 +0200] "GET /apply?step=2&utm_source=nl HTTP/1.1" 200 203023 "http://www.example/a b" "Mozilla/5.0 (X11)""#;

fn wrong(line: &str) -> String {
    parse(line).expect_err("the line is wrong").detail
}

#[test]
fn a_line_of_the_combined_format_is_taken_apart() {
    let line = parse(GOOD).expect("it is well formed");
    assert_eq!(line.host, "83.149.9.216");
    assert_eq!(line.at.to_string(), "2015-05-17T08:05:03Z");
    assert_eq!((line.method.as_str(), line.target.as_str()), ("GET", "/apply?step=2&utm_source=nl"));
    assert_eq!((line.status, line.bytes), (200, Some(203_023)));
    assert_eq!(
        (line.referrer.as_str(), line.user_agent.as_str()),
        ("http://www.example/a b", "Mozilla/5.0 (X11)")
    );
}

#[test]
fn quotes_within_a_field_are_escaped_and_what_was_escaped_comes_back() {
    let line = parse(
        r#"::1 - - [01/Jan/2026:00:00:00 +0000] "GET /\x22\"\\ HTTP/1.1" 200 - "-" "say \"hi\"\t\xc3\xa9 \xff""#,
    )
    .expect("it is well formed");
    assert_eq!(line.target, "/\"\"\\");
    assert_eq!(line.user_agent, "say \"hi\"\té \u{fffd}");
    assert_eq!((line.bytes, line.referrer.as_str()), (None, ""));
}

#[test]
fn what_servers_add_at_the_end_is_left_alone() {
    let long = format!("{GOOD} 0.012 upstream=\"10.0.0.1:80\" \"more");
    assert_eq!(parse(&long), parse(GOOD));
}

#[test]
fn a_request_that_is_none_is_a_line_all_the_same() {
    for request in [r"\x16\x03\x01", "-", ""] {
        let text = format!(r#"192.0.2.1 - - [17/May/2015:10:05:03 +0000] "{request}" 400 226 "-" "-""#);
        let line = parse(&text).expect("it is a line");
        assert_eq!((line.method.as_str(), line.target.as_str(), line.status), ("", "", 400));
        let event = line.event(&text, 0);
        assert_eq!((event.name.as_str(), event.url.as_str()), ("request", "/"));
    }
}

#[test]
fn every_way_to_be_wrong_is_said() {
    assert_eq!(wrong(""), "there is no address at the beginning");
    assert_eq!(wrong("192.0.2.1 - -"), "there is no [time]");
    assert_eq!(wrong("192.0.2.1 - - [17/May/2015"), "the [time] does not end");
    assert!(
        wrong("192.0.2.1 - - [yesterday] \"GET / HTTP/1.1\" 200 1").starts_with("the [time] is not like")
    );
    let begun = "192.0.2.1 - - [17/May/2015:10:05:03 +0000]";
    assert_eq!(wrong(&format!("{begun} GET /")), "the request is not in quotes, or does not end");
    assert_eq!(wrong(&format!("{begun} \"GET / HTTP/1.1")), "the request is not in quotes, or does not end");
    assert_eq!(wrong(&format!("{begun} \"GET /\\")), "the request is not in quotes, or does not end");
    assert_eq!(wrong(&format!("{begun} \"GET / HTTP/1.1\" ok")), "there is no status after the request");
    assert_eq!(wrong(&format!("{begun} \"GET / HTTP/1.1\" 200")), "there is no size after the status");
    let until = format!("{begun} \"GET / HTTP/1.1\" 200 7");
    assert_eq!(wrong(&until), "the referrer is not in quotes, or does not end");
    assert_eq!(wrong(&format!("{until} \"-\" \"Mozilla")), "the browser is not in quotes, or does not end");
}

#[test]
fn a_line_at_the_limit_is_read_and_one_longer_is_not() {
    let fill = |most: usize| {
        let begun = r#"192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 7 "-" ""#;
        format!("{begun}{}\"", "a".repeat(most - begun.len() - 1))
    };
    assert!(parse(&fill(MAX_LINE)).is_ok());
    assert_eq!(parse(&fill(MAX_LINE + 1)).expect_err("too long").reason, Reason::TooLarge);
}

#[test]
fn a_page_that_was_given_is_a_page_view_and_all_else_a_request() {
    let name = |method: &str, target: &str, status: u16| {
        let line = format!(
            r#"192.0.2.1 - - [17/May/2015:10:05:03 +0000] "{method} {target} HTTP/1.1" {status} 7 "-" "x""#
        );
        parse(&line).expect("it is well formed").event(&line, 0).name
    };
    for (method, target, status) in
        [("GET", "/", 200), ("GET", "/apply", 304), ("GET", "/a.b/c", 200), ("GET", "/a.html?x=y.png", 200)]
    {
        assert_eq!(name(method, target, status), "pageview", "{method} {target} {status}");
    }
    for (method, target, status) in
        [("POST", "/", 200), ("GET", "/missing", 404), ("GET", "/a/x.PNG", 200), ("GET", "/s.css?v=1", 200)]
    {
        assert_eq!(name(method, target, status), "request", "{method} {target} {status}");
    }
}

#[test]
fn an_event_tells_of_its_own_user_and_the_same_line_twice_is_two_events() {
    let line = parse(GOOD).expect("it is well formed");
    let (first, second) = (line.clone().event(GOOD, 0), line.event(GOOD, 1));
    assert!(first.told && first.ip.is_some());
    assert_eq!(first.props, [("status".to_owned(), "200".to_owned())]);
    assert_ne!(first.id, second.id);
    assert_eq!(first.id, parse(GOOD).expect("again").event(GOOD, 0).id);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", tail in "[\\[\\]\"\\\\ x0-9a-f-]{0,60}") {
        let _ = parse(&text);
        let _ = parse(&format!("192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"{tail}"));
        let _ = parse(&format!("192.0.2.1{tail}"));
    }
}
