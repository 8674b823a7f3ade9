//! What is wrong with a probe that somebody wrote, in a form or in a file: all of it at once.

use crate::model::{Http, HttpExpect, Plan, Span, Target};
use crate::rules::expect;

/// The shortest interval: more often is load on the target, not knowledge.
pub const MIN_EVERY: Span = Span::seconds(5);
/// The longest interval: less often than daily is no watching.
pub const MAX_EVERY: Span = Span::seconds(86_400);
/// The longest interval of a heartbeat: a monthly job, and a few days.
pub const MAX_BEAT: Span = Span::seconds(40 * 86_400);
/// The shortest time-out.
pub const MIN_TIMEOUT: Span = Span(jiff::SignedDuration::from_millis(100));
/// The longest time-out: a check holds a slot of the engine as long.
pub const MAX_TIMEOUT: Span = Span::seconds(60);
/// The most retries and passes that may be asked for.
pub const MAX_TRIES: u32 = 20;
/// The longest name, characters.
pub const MAX_NAME: usize = 80;
/// The longest address, characters.
const MAX_URL: usize = 2_000;
/// The most texts, headers or JSON places a probe may look for, each.
const MAX_LOOKS: usize = 20;
/// The longest text that is looked for or sent, characters.
const MAX_TEXT: usize = 1_000;
/// The longest body that is sent, characters.
const MAX_SENT: usize = 16_000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field of the form, which is also the key in a file.
    pub field: &'static str,
    /// The key of the text.
    pub code: &'static str,
    /// What the text speaks of, as `value`.
    pub value: String,
}

impl Wrong {
    fn new(field: &'static str, code: &'static str, value: impl ToString) -> Self {
        Wrong { field, code, value: value.to_string() }
    }

    /// In English, for files.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (field, value) = (self.field, &self.value);
        match self.code {
            "field-required" => format!("{field} is missing"),
            "watch-field-url" => format!("{value:?} is not an http or https address"),
            "watch-field-host" => format!("{value:?} is not a host name or address"),
            "watch-field-too-often" => format!("{field} is {value}; the shortest is {MIN_EVERY}"),
            "watch-field-too-rare" => format!("{field} is too long; the longest is {value}"),
            "watch-field-timeout" => format!("{field} is {value}; it must be shorter than every"),
            "watch-field-timeout-span" => {
                format!("{field} is {value}; it must be from {MIN_TIMEOUT} to {MAX_TIMEOUT}")
            }
            "watch-field-regex" => format!("{field} cannot be read: {value}"),
            "watch-field-path" => format!("{field}: the JSON path cannot be read: {value}"),
            "watch-field-too-many" => format!("{field}: more than {value}"),
            "watch-field-too-long" => format!("{field}: longer than {value} characters"),
            "watch-field-header" => format!("{value:?} is not a header"),
            "watch-field-method" => format!("{value:?} is not a method; use GET, HEAD, POST, PUT or OPTIONS"),
            "watch-field-range" => format!("{field} must be {value}"),
            other => format!("{field}: {other} {value}"),
        }
    }
}

/// Everything that is wrong with a probe.
#[must_use]
pub fn wrong(name: &str, severity: u8, plan: &Plan, target: &Target) -> Vec<Wrong> {
    let mut found = Vec::new();
    match name.trim().chars().count() {
        0 => found.push(Wrong::new("name", "field-required", "")),
        length if length > MAX_NAME => found.push(Wrong::new("name", "watch-field-too-long", MAX_NAME)),
        _ => {}
    }
    if !(1..=4).contains(&severity) {
        found.push(Wrong::new("severity", "watch-field-range", "1 - 4"));
    }
    wrong_plan(plan, target, &mut found);
    wrong_target(target, &mut found);
    found
}

fn wrong_plan(plan: &Plan, target: &Target, found: &mut Vec<Wrong>) {
    let beats = matches!(target, Target::Heartbeat { .. });
    let longest = if beats { MAX_BEAT } else { MAX_EVERY };
    if plan.every < MIN_EVERY {
        found.push(Wrong::new("every", "watch-field-too-often", plan.every));
    } else if plan.every > longest {
        found.push(Wrong::new("every", "watch-field-too-rare", longest));
    }
    if beats {
        return;
    }
    if plan.timeout < MIN_TIMEOUT || plan.timeout > MAX_TIMEOUT {
        found.push(Wrong::new("timeout", "watch-field-timeout-span", plan.timeout));
    } else if plan.timeout >= plan.every {
        found.push(Wrong::new("timeout", "watch-field-timeout", plan.timeout));
    }
    if plan.retries > MAX_TRIES {
        found.push(Wrong::new("retries", "watch-field-range", format!("0 - {MAX_TRIES}")));
    }
    if plan.recover == 0 || plan.recover > MAX_TRIES {
        found.push(Wrong::new("recover", "watch-field-range", format!("1 - {MAX_TRIES}")));
    }
    if plan.retry_every < Span::seconds(1) || plan.retry_every > MAX_EVERY {
        found.push(Wrong::new("retry_every", "watch-field-range", format!("1s - {MAX_EVERY}")));
    }
}

fn wrong_target(target: &Target, found: &mut Vec<Wrong>) {
    match target {
        Target::Http(http) => wrong_http(http, found),
        Target::Tcp { host, port, send, expect, .. } => {
            wrong_host("tcp", host, Some(*port), found);
            wrong_text("send", send.as_deref(), found);
            wrong_text("banner", expect.as_deref(), found);
        }
        Target::Tls { host, port, certificate_days, .. } => {
            wrong_host("tls", host, Some(*port), found);
            wrong_days(*certificate_days, found);
        }
        Target::Dns { name, answer, server, .. } => {
            wrong_host("dns", name, None, found);
            if answer.len() > MAX_LOOKS {
                found.push(Wrong::new("answer", "watch-field-too-many", MAX_LOOKS));
            }
            if let Some(server) = server
                && server.parse::<std::net::SocketAddr>().is_err()
            {
                found.push(Wrong::new("server", "watch-field-host", server));
            }
        }
        Target::Ping { host, .. } => wrong_host("ping", host, None, found),
        Target::Heartbeat { grace } => {
            if *grace > MAX_BEAT {
                found.push(Wrong::new("grace", "watch-field-too-rare", MAX_BEAT));
            }
        }
    }
}

fn wrong_text(field: &'static str, text: Option<&str>, found: &mut Vec<Wrong>) {
    if text.is_some_and(|text| text.chars().count() > MAX_TEXT) {
        found.push(Wrong::new(field, "watch-field-too-long", MAX_TEXT));
    }
}

fn wrong_days(days: Option<u32>, found: &mut Vec<Wrong>) {
    if days.is_some_and(|days| days > 365) {
        found.push(Wrong::new("certificate_days", "watch-field-range", "0 - 365"));
    }
}

/// Whether a text can be a host: a name of letters, digits, hyphens and dots, or an address.
#[must_use]
pub fn is_host(host: &str) -> bool {
    let named = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let bare = host.trim_end_matches('.');
    host.parse::<std::net::IpAddr>().is_ok() || (bare.len() <= 253 && bare.split('.').all(named))
}

fn wrong_host(field: &'static str, host: &str, port: Option<u16>, found: &mut Vec<Wrong>) {
    if host.trim().is_empty() {
        found.push(Wrong::new(field, "field-required", ""));
    } else if !is_host(host) || port == Some(0) {
        found.push(Wrong::new(field, "watch-field-host", host));
    }
}

fn wrong_http(http: &Http, found: &mut Vec<Wrong>) {
    let parsed = url::Url::parse(&http.url).ok();
    let is_web = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if http.url.trim().is_empty() {
        found.push(Wrong::new("http", "field-required", ""));
    } else if !is_web || http.url.len() > MAX_URL {
        found.push(Wrong::new("http", "watch-field-url", crate::model::cut(&http.url, 100)));
    }
    if !matches!(http.method.as_str(), "GET" | "HEAD" | "POST" | "PUT" | "OPTIONS") {
        found.push(Wrong::new("method", "watch-field-method", &http.method));
    }
    if let Some((name, _)) = http.headers.iter().find(|(name, value)| !is_header(name, value)) {
        found.push(Wrong::new("headers", "watch-field-header", name));
    }
    if http.headers.len() > MAX_LOOKS {
        found.push(Wrong::new("headers", "watch-field-too-many", MAX_LOOKS));
    }
    if http.body.as_ref().is_some_and(|body| body.chars().count() > MAX_SENT) {
        found.push(Wrong::new("body", "watch-field-too-long", MAX_SENT));
    }
    if http.redirects > 10 {
        found.push(Wrong::new("redirects", "watch-field-range", "0 - 10"));
    }
    wrong_expect(&http.expect, found);
}

fn is_header(name: &str, value: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(letter) && !value.chars().any(char::is_control)
}

fn wrong_expect(wanted: &HttpExpect, found: &mut Vec<Wrong>) {
    let counts = [("text", wanted.text.len()), ("absent", wanted.absent.len()), ("json", wanted.json.len())];
    for (field, count) in counts.into_iter().chain([("header", wanted.header.len())]) {
        if count > MAX_LOOKS {
            found.push(Wrong::new(field, "watch-field-too-many", MAX_LOOKS));
        }
    }
    for (field, texts) in [("text", &wanted.text), ("absent", &wanted.absent)] {
        texts.iter().for_each(|text| wrong_text(field, Some(text), found));
    }
    if let Some(Err(why)) = wanted.regex.as_deref().map(expect::regex) {
        found.push(Wrong::new("regex", "watch-field-regex", why));
    }
    for place in &wanted.json {
        if let Err(why) = expect::path(&place.path) {
            found.push(Wrong::new("json", "watch-field-path", why));
        }
    }
    if let Some((name, _)) = wanted.header.iter().find(|(name, value)| !is_header(name, value)) {
        found.push(Wrong::new("header", "watch-field-header", name));
    }
    wrong_days(wanted.certificate_days, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(plan: Plan, target: Target, expected: &[&str]) {
        let told: Vec<String> = wrong("start page", 2, &plan, &target).iter().map(Wrong::sentence).collect();
        assert_eq!(told, expected);
    }

    fn usual() -> Plan {
        Plan::every(Span::seconds(30))
    }

    #[test]
    fn a_sound_probe_has_nothing_wrong() {
        for target in [
            Target::Http(Http::get("https://example.org/a?b=c")),
            Target::Tcp {
                host: "db.example".into(),
                port: 5432,
                send: None,
                expect: None,
                latency_under: None,
            },
            Target::Ping { host: "2001:db8::1".into(), latency_under: None },
            Target::Heartbeat { grace: Span::seconds(3_600) },
        ] {
            check(usual(), target, &[]);
        }
        let monthly = Plan::every(Span::seconds(31 * 86_400));
        check(monthly, Target::Heartbeat { grace: Span::seconds(3_600) }, &[]);
    }

    #[test]
    fn intervals_and_time_outs_have_limits() {
        let http = || Target::Http(Http::get("https://example.org/"));
        check(Plan { timeout: Span::seconds(3), ..Plan::every(Span::seconds(5)) }, http(), &[]);
        check(
            Plan { timeout: Span::seconds(3), every: Span::seconds(4), ..usual() },
            http(),
            &["every is 4s; the shortest is 5s"],
        );
        check(
            Plan { timeout: Span::seconds(30), ..usual() },
            http(),
            &["timeout is 30s; it must be shorter than every"],
        );
        check(
            Plan { every: Span::seconds(86_401), ..usual() },
            http(),
            &["every is too long; the longest is 1d"],
        );
    }

    #[test]
    fn addresses_and_expressions_are_read_before_they_are_kept() {
        for bad in ["ftp://example.org", "example.org", "http://", "javascript:alert(1)"] {
            let wanted = format!("{bad:?} is not an http or https address");
            check(usual(), Target::Http(Http::get(bad)), &[&wanted]);
        }
        let ping = |host: &str| Target::Ping { host: host.into(), latency_under: None };
        check(usual(), ping("a b"), &["\"a b\" is not a host name or address"]);
        check(usual(), ping("-rf"), &["\"-rf\" is not a host name or address"]);
        check(usual(), ping(""), &["ping is missing"]);
        let mut http = Http::get("https://example.org/");
        http.expect.regex = Some("(".into());
        http.headers = vec![("x-a".into(), "1\r\nhost: evil".into())];
        let told = wrong("", 5, &usual(), &Target::Http(http));
        let fields: Vec<&str> = told.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["name", "severity", "headers", "regex"]);
    }
}
