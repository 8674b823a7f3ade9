use std::sync::Arc;

use kernel::{Actor, Clock, Dice, Id, ServiceId};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn method(id: u128, channel: Channel, verified: bool) -> Method {
    Method { id: Id::from_u128(id), channel, verified_at: verified.then(|| at("2026-01-01T00:00:00Z")) }
}

fn mail(id: u128, verified: bool) -> Method {
    method(id, Channel::Mail { address: "noor@kustwerk.example".into() }, verified)
}

fn push(id: u128, verified: bool) -> Method {
    method(id, Channel::Push { url: "https://ntfy.example/noor".into(), token: None }, verified)
}

fn rule(method: u128, minutes: i64) -> Rule {
    Rule { method: Id::from_u128(method), after: SignedDuration::from_mins(minutes) }
}

fn planned(rules: &[Rule], methods: &[Method]) -> Vec<(i64, u128)> {
    plan(rules, methods).into_iter().map(|(after, m)| (after.as_secs() / 60, m.id.to_u128())).collect()
}

#[test]
fn rules_go_in_order_of_time_and_only_through_proved_methods() {
    let methods = [mail(1, true), push(2, true), push(3, false)];
    assert_eq!(planned(&[rule(2, 3), rule(1, 0)], &methods), [(0, 1), (3, 2)]);
    assert_eq!(planned(&[rule(3, 0), rule(2, 1)], &methods), [(1, 2)]);
    assert_eq!(
        planned(&[rule(1, 0), rule(1, 10)], &methods),
        [(0, 1), (10, 1)],
        "the same method may ring twice"
    );
}

#[test]
fn without_rules_every_proved_method_is_used_at_once_mail_first() {
    assert_eq!(planned(&[], &[push(2, true), mail(1, true)]), [(0, 1), (0, 2)]);
    assert_eq!(planned(&[rule(9, 0)], &[push(2, true), mail(1, false)]), [(0, 2)]);
}

#[test]
fn somebody_with_any_method_is_never_left_out() {
    assert_eq!(planned(&[], &[push(2, false), mail(1, false)]), [(0, 1), (0, 2)]);
    assert_eq!(planned(&[rule(2, 5)], &[push(2, false)]), [(0, 2)]);
    assert!(plan(&[rule(2, 5)], &[]).is_empty());
}

#[test]
fn rules_read_as_people_write_them() {
    for (text, expected) in [
        ("mail at once", "mail at once"),
        ("  Mail  AT once ", "mail at once"),
        ("mail", "mail at once"),
        ("sms immediately", "sms at once"),
        ("push after 3m", "push after 3m"),
        ("push after 3 minutes", "push after 3m"),
        ("push after 1 minute", "push after 1m"),
        ("chat after 90s", "chat after 1m30s"),
        ("push 2 after 1h", "push 2 after 1h"),
        ("mail 2 at once", "mail 2 at once"),
    ] {
        assert_eq!(parse_rule(text).map(|rule| show_rule(&rule)).as_deref(), Ok(expected), "{text}");
    }
    for bad in [
        "",
        "pigeon at once",
        "mail sometime",
        "mail at",
        "mail at once please",
        "push after",
        "push after 3",
        "push after soon",
        "push after -3m",
        "push 0 at once",
        "push 100 at once",
        "push after 3 fortnights",
        "push after 25h",
        "push after 3m mail",
        "mail mail at once",
        "push after 99999999999999999999m",
    ] {
        assert!(parse_rule(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_written_rule_finds_its_method_and_back() {
    let methods = [mail(1, true), push(2, true), push(3, true)];
    let line = parse_rule("push 2 after 3m").unwrap();
    let rule = resolve_rule(&line, &methods).unwrap();
    assert_eq!(rule.method, Id::from_u128(3));
    assert_eq!(write_rule(&rule, &methods), Some(line));
    assert_eq!(resolve_rule(&parse_rule("sms at once").unwrap(), &methods), None);
}

#[test]
fn names_are_trimmed_and_tricks_refused() {
    assert_eq!(clean_name("  Noor   Kaya "), Ok("Noor Kaya".into()));
    assert_eq!(
        clean_name("<script>alert(1)</script>"),
        Ok("<script>alert(1)</script>".into()),
        "escaped when shown"
    );
    assert_eq!(clean_name("مريم"), Ok("مريم".into()), "right-to-left names are names");
    assert_eq!(clean_name(" \u{a0} "), Err("field-required"));
    assert_eq!(clean_name("Noor\u{202e}ayaK"), Err("field-bad-characters"));
    assert_eq!(clean_name("Noor\0"), Err("field-bad-characters"));
    assert_eq!(clean_name(&"a".repeat(MAX_NAME)).map(|name| name.len()), Ok(MAX_NAME));
    assert_eq!(clean_name(&"a".repeat(MAX_NAME + 1)), Err("field-too-long"));
    assert_eq!(clean_name(&"a".repeat(10_000)), Err("field-too-long"));
}

#[test]
fn addresses_are_read_and_written_one_way() {
    assert_eq!(clean_mail(" Noor@Kustwerk.Example "), Ok("noor@kustwerk.example".into()));
    assert_eq!(clean_mail("o'neil+tend@sub.example.co"), Ok("o'neil+tend@sub.example.co".into()));
    for bad in [
        "noor",
        "@x.nl",
        "a@",
        "a b@x.nl",
        "a@x..nl",
        "a@.nl",
        "a@x.nl\r\nBcc: b@y.nl",
        "a,b@x.nl",
        "<a@x.nl>",
    ] {
        assert_eq!(clean_mail(bad), Err("field-bad-mail"), "{bad}");
    }
    assert_eq!(clean_mail(&format!("{}@x.nl", "a".repeat(300))), Err("field-too-long"));
    assert_eq!(clean_number("+31 6-1234 5678"), Ok("+31612345678".into()));
    assert_eq!(clean_number("0031612345678"), Ok("+31612345678".into()));
    for bad in ["", "0612345678", "+0612345678", "+31x", "+123456", "+1234567890123456", "++31612345678"] {
        assert_eq!(clean_number(bad), Err("field-bad-number"), "{bad}");
    }
    assert_eq!(clean_url("https://ntfy.example/noor"), Ok("https://ntfy.example/noor".into()));
    for bad in ["javascript:alert(1)", "ftp://x.example", "https://", "https://a@b.example/", "https://a b"] {
        assert_eq!(clean_url(bad), Err("field-bad-url"), "{bad}");
    }
}

#[test]
fn nobody_is_sent_elsewhere_after_sign_in() {
    for good in ["/", "/incidents/inc_1?tab=a#b", "/a//b"] {
        assert_eq!(safe_next(Some(good)), good);
    }
    for bad in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        "/\t/evil.example",
        "/a\r\nb",
        "/sign-in?next=/",
    ] {
        assert_eq!(safe_next(Some(bad)), "/", "{bad}");
    }
    assert_eq!(safe_next(None), "/");
}

#[test]
fn a_password_is_long_and_not_common() {
    let check = |password: &str| check_password(password, "Noor Kaya", "noor@kustwerk.example");
    assert_eq!(check("vijf rode fietsen"), Ok(()));
    assert_eq!(check("aap noot mies"), Ok(()), "no rule about letters and signs");
    assert_eq!(check(""), Err("field-required"));
    assert_eq!(check("kort9chr!"), Err("field-password-short"));
    assert_eq!(check("Wachtwoord123"), Err("field-password-common"));
    assert_eq!(check("abababababab"), Err("field-password-common"));
    assert_eq!(check("noorkaya2026"), Err("field-password-own"));
    assert_eq!(check("noor@kustwerk.example"), Err("field-password-own"));
    assert_eq!(check(&"é".repeat(300)), Err("field-too-long"));
    assert_eq!(check(&"aéd8 ".repeat(50)), Ok(()));
}

#[test]
fn whoever_guesses_waits_longer_each_time() {
    let now = at("2026-03-01T03:00:00Z");
    let mut tries = Tries::default();
    for _ in 0..PER_ACCOUNT.free - 1 {
        tries = tries.counted(now);
    }
    assert_eq!(tries.wait(PER_ACCOUNT, now), None);
    let mut waits = Vec::new();
    for _ in 0..12 {
        tries = tries.counted(now);
        waits.push(tries.wait(PER_ACCOUNT, now).unwrap().as_secs());
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    assert_eq!(tries.wait(PER_ACCOUNT, now + SignedDuration::from_secs(899)).unwrap().as_secs(), 1);
    assert_eq!(tries.wait(PER_ACCOUNT, now + SignedDuration::from_secs(900)), None);
    let earlier = now - SignedDuration::from_hours(48);
    assert_eq!(
        tries.wait(PER_ACCOUNT, earlier).unwrap().as_secs(),
        900,
        "a clock set back locks nobody out for days"
    );
    assert_eq!(tries.counted(now + SignedDuration::from_hours(25)).failed, 1, "a day of quiet forgets");
    assert_eq!(Tries { failed: u32::MAX, last_at: Some(now) }.counted(now).failed, u32::MAX);
}

fn grant(role: Role, client: Option<u128>, service: Option<u128>) -> Grant {
    Grant { role, client: client.map(Id::from_u128), service: service.map(Id::from_u128) }
}

fn place(client: u128, service: Option<u128>) -> Place {
    Place { client: Id::from_u128(client), service: service.map(ServiceId::from_u128) }
}

#[test]
fn a_token_does_no_more_than_its_person_and_nowhere_else() {
    let admin = [grant(Role::Admin, None, None)];
    assert_eq!(narrowed(&admin, Role::Engineer, &[]), [grant(Role::Engineer, None, None)]);
    assert_eq!(
        narrowed(&admin, Role::Reader, &[place(1, None), place(2, Some(9))]),
        [grant(Role::Reader, Some(1), None), grant(Role::Reader, Some(2), Some(9))]
    );
    let agent = [grant(Role::Agent, Some(1), Some(7))];
    assert_eq!(narrowed(&agent, Role::ServiceOwner, &[]), agent, "a token never raises its person");
    assert_eq!(narrowed(&agent, Role::Engineer, &[place(1, None)]), agent);
    assert_eq!(narrowed(&agent, Role::Engineer, &[place(1, Some(7))]), agent);
    assert_eq!(narrowed(&agent, Role::Engineer, &[place(1, Some(8)), place(2, None)]), []);
    assert_eq!(narrowed(&[], Role::Engineer, &[place(1, None)]), []);
}

struct Still;
impl Clock for Still {
    fn now(&self) -> Timestamp {
        at("2026-03-01T03:00:00Z")
    }
}
impl Dice for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[test]
fn nobody_raises_themselves_or_gives_what_is_not_theirs() {
    let me: PersonId = Id::from_u128(1);
    let other: PersonId = Id::from_u128(2);
    let scope = |grants| Scope::new(Actor::Person(me), grants, Arc::new(Still), Arc::new(Still));
    let whole = scope(vec![grant(Role::Admin, None, None)]);
    let of_one = scope(vec![grant(Role::Admin, Some(1), None)]);
    let owner = scope(vec![grant(Role::ServiceOwner, None, None)]);
    assert_eq!(may_change_role(&whole, other, &grant(Role::Admin, None, None)), Ok(()));
    assert_eq!(may_change_role(&whole, me, &grant(Role::Reader, Some(1), None)), Err(Barred::Oneself));
    assert_eq!(may_change_role(&of_one, other, &grant(Role::Admin, Some(1), None)), Ok(()));
    assert_eq!(may_change_role(&of_one, other, &grant(Role::Reader, Some(1), Some(5))), Ok(()));
    assert_eq!(may_change_role(&of_one, other, &grant(Role::Reader, Some(2), None)), Err(Barred::NotYours));
    assert_eq!(may_change_role(&of_one, other, &grant(Role::Reader, None, None)), Err(Barred::NotYours));
    assert_eq!(may_change_role(&owner, other, &grant(Role::Reader, Some(1), None)), Err(Barred::NotYours));
    let line = Scope::operator(Arc::new(Still), Arc::new(Still));
    assert_eq!(may_change_role(&line, other, &grant(Role::Admin, None, None)), Ok(()));
}

#[test]
fn sessions_end_by_rest_and_by_age() {
    let begun = at("2026-03-01T00:00:00Z");
    let hours = SignedDuration::from_hours;
    assert!(session_holds(begun, begun, begun + hours(12)));
    assert!(!session_holds(begun, begun, begun + hours(13)));
    assert!(session_holds(begun, begun + hours(700), begun + hours(711)));
    assert!(!session_holds(begun, begun + hours(719), begun + hours(721)));
}

#[test]
fn a_browser_is_named_in_words() {
    for (agent, name) in [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("curl/8.1", "curl"),
        ("", ""),
    ] {
        assert_eq!(browser(agent), name);
    }
    assert_eq!(browser(&"x".repeat(5000)).len(), 60);
}
