//! Whether what came back is what was wanted.
//!
//! - The core of an HTTP answer is its status, texts, regular expression, JSON and headers; when one of them is
//!   not as wanted the check is bad. Latency and days left on the certificate only make it poor.
//! - All that is wrong is told, the first bad thing as the reason.
//! - An answer that was cut proves what it contains and disproves nothing: what is looked for and not found in
//!   it is bad with the reason that the answer is too large.
//! - A call that did not come back is bad when the target is at fault and unknown when Tend is, or when the
//!   address guard did not let it out.

use jiff::{SignedDuration, Timestamp};
use kernel::world::{Connected, Fault, Fetched, Ponged, Resolved, TlsSeen, Unreached, Why};
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::model::{
    Comparison, Details, Http, HttpExpect, JsonExpect, MAX_BODY, Reason, Seen, Span, StatusRange, Target,
    Verdict, What, cut,
};

/// The most an HTTP answer is read when nothing in its body is looked at: enough to show a failure.
pub const READ_LITTLE: usize = 16 * 1024;
/// The most an HTTP answer is read when its body is looked at.
pub const READ_MUCH: usize = 1024 * 1024;
/// The longest regular expression, characters.
pub const MAX_REGEX: usize = 500;
/// The most memory a regular expression may take, bytes. The engine is linear in the text; this bounds the
/// pattern (`(a{1000}){1000}`).
const REGEX_MEMORY: usize = 512 * 1024;
/// The longest JSON path, characters.
pub const MAX_PATH: usize = 300;
/// The most nodes of a JSON answer that one path is compared at.
const MAX_NODES: usize = 1_000;

/// Reads a regular expression, within the limits.
pub fn regex(text: &str) -> Result<Regex, String> {
    if text.chars().count() > MAX_REGEX {
        return Err(format!("longer than {MAX_REGEX} characters"));
    }
    RegexBuilder::new(text)
        .size_limit(REGEX_MEMORY)
        .dfa_size_limit(REGEX_MEMORY)
        .build()
        .map_err(|error| cut(&error.to_string().replace('\n', " "), 160))
}

/// Reads a JSON path, within the limits.
pub fn path(text: &str) -> Result<JsonPath, String> {
    if text.chars().count() > MAX_PATH {
        return Err(format!("longer than {MAX_PATH} characters"));
    }
    JsonPath::parse(text).map_err(|error| cut(&error.to_string(), 160))
}

/// Reads what a JSON place should hold, from the text behind it: `ok`, `= 3`, `!= x`, `>= 5`, `exists`.
#[must_use]
pub fn json_expect(path: &str, text: &str) -> JsonExpect {
    let text = text.trim();
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("!=", Comparison::NotEqual),
        (">", Comparison::Above),
        ("<", Comparison::Below),
        ("=", Comparison::Equal),
    ];
    let path = path.trim().to_owned();
    if text == "exists" {
        return JsonExpect { path, comparison: Comparison::Exists, value: Value::Null };
    }
    let (comparison, rest) = signs
        .into_iter()
        .find_map(|(sign, comparison)| text.strip_prefix(sign).map(|rest| (comparison, rest.trim())))
        .unwrap_or((Comparison::Equal, text));
    let value = serde_json::from_str(rest).unwrap_or_else(|_| Value::String(rest.to_owned()));
    JsonExpect { path, comparison, value }
}

/// Writes what a JSON place should hold, the way [`json_expect`] reads it.
#[must_use]
pub fn json_text(expect: &JsonExpect) -> String {
    match (expect.comparison, &expect.value) {
        (Comparison::Exists, _) => "exists".into(),
        (comparison, Value::String(text)) => format!("{} {text}", comparison.sign()),
        (comparison, value) => format!("{} {value}", comparison.sign()),
    }
}

/// Reads statuses: `200`, `2xx`, `200-299`, with commas or spaces between them.
pub fn statuses(text: &str) -> Result<Vec<StatusRange>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words.map(|word| status(word).ok_or_else(|| word.to_owned())).collect()
}

fn status(word: &str) -> Option<StatusRange> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|n| (100..=599).contains(n));
    if let Some(class) = word.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some(StatusRange { from: class * 100, to: class * 100 + 99 });
    }
    let (from, to) = word.split_once('-').unwrap_or((word, word));
    let range = StatusRange { from: number(from)?, to: number(to)? };
    (range.from <= range.to).then_some(range)
}

/// Writes statuses, the way [`statuses`] reads them.
#[must_use]
pub fn statuses_text(ranges: &[StatusRange]) -> String {
    let one = |range: &StatusRange| match (range.from, range.to) {
        (from, to) if from == to => from.to_string(),
        (from, to) if from % 100 == 0 && to == from + 99 => format!("{}xx", from / 100),
        (from, to) => format!("{from}-{to}"),
    };
    if ranges.is_empty() { "2xx".into() } else { ranges.iter().map(one).collect::<Vec<_>>().join(", ") }
}

/// The expressions of a probe, read once.
#[derive(Debug, Default)]
pub struct Ready {
    regex: Option<Regex>,
    paths: Vec<Option<JsonPath>>,
}

impl Ready {
    /// Reads the expressions of a target. One that cannot be read, which saving a probe refuses, never holds.
    #[must_use]
    pub fn of(target: &Target) -> Ready {
        let Target::Http(http) = target else { return Ready::default() };
        Ready {
            regex: http.expect.regex.as_deref().and_then(|text| regex(text).ok()),
            paths: http.expect.json.iter().map(|expect| path(&expect.path).ok()).collect(),
        }
    }
}

/// Whether the body of the answer matters.
#[must_use]
pub fn reads_body(expect: &HttpExpect) -> bool {
    !expect.text.is_empty() || !expect.absent.is_empty() || expect.regex.is_some() || !expect.json.is_empty()
}

/// What an HTTP answer comes to.
#[must_use]
pub fn http(http: &Http, ready: &Ready, got: &Fetched, at: Timestamp) -> Seen {
    let expect = &http.expect;
    let mut bad = status_findings(expect, got);
    let body = String::from_utf8_lossy(&got.body);
    bad.extend(text_findings(expect, ready, &body, got));
    bad.extend(json_findings(expect, ready, got));
    bad.extend(header_findings(expect, got));
    let mut poor = Vec::new();
    poor.extend(slow(expect.latency_under, got.took));
    poor.extend(expires(expect.certificate_days, got.tls.as_ref(), at));
    let mut details = details_of_tls(got.tls.as_ref());
    details.address = got.address.map(|address| address.to_string());
    details.status = Some(got.status);
    details.headers.clone_from(&got.headers);
    details.body_cut = got.truncated || got.body.len() > MAX_BODY;
    details.body = body_start(&got.body);
    seen(at, bad, poor, Some(got.took), details)
}

fn body_start(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]).into_owned()
}

fn seen(
    at: Timestamp,
    bad: Vec<Reason>,
    poor: Vec<Reason>,
    took: Option<SignedDuration>,
    details: Details,
) -> Seen {
    let verdict = match (bad.first(), poor.first()) {
        (Some(reason), _) => Verdict::Bad(reason.clone()),
        (None, Some(reason)) => Verdict::Poor(reason.clone()),
        (None, None) => Verdict::Good,
    };
    let micros = took.map(|took| u64::try_from(took.as_micros()).unwrap_or(0));
    Seen { at, verdict, micros, findings: bad.into_iter().chain(poor).collect(), details }
}

fn status_findings(expect: &HttpExpect, got: &Fetched) -> Vec<Reason> {
    let usual = [StatusRange { from: 200, to: 299 }];
    let wanted = if expect.status.is_empty() { &usual[..] } else { &expect.status };
    if wanted.iter().any(|range| (range.from..=range.to).contains(&got.status)) {
        return Vec::new();
    }
    vec![Reason::new(What::Status, statuses_text(wanted), got.status.to_string())]
}

fn too_large(got: &Fetched) -> Reason {
    Reason::new(What::TooLarge, format!("{} KiB", got.body.len() / 1024), "")
}

fn text_findings(expect: &HttpExpect, ready: &Ready, body: &str, got: &Fetched) -> Vec<Reason> {
    let mut found = Vec::new();
    let missing = |reason: Reason| if got.truncated { too_large(got) } else { reason };
    for text in &expect.text {
        if !body.contains(text.as_str()) {
            found.push(missing(Reason::new(What::TextMissing, text, "")));
        }
    }
    for text in &expect.absent {
        if body.contains(text.as_str()) {
            found.push(Reason::new(What::TextFound, text, ""));
        }
    }
    if let Some(pattern) = &expect.regex
        && !ready.regex.as_ref().is_some_and(|regex| regex.is_match(body))
    {
        found.push(missing(Reason::new(What::Regex, pattern, "")));
    }
    found
}

fn json_findings(expect: &HttpExpect, ready: &Ready, got: &Fetched) -> Vec<Reason> {
    if expect.json.is_empty() {
        return Vec::new();
    }
    if got.truncated {
        return vec![too_large(got)];
    }
    let Ok(answer) = serde_json::from_slice::<Value>(&got.body) else {
        return vec![Reason::new(What::Json, &expect.json[0].path, "no JSON")];
    };
    let pairs = expect.json.iter().zip(&ready.paths);
    pairs.filter_map(|(wanted, path)| json_finding(wanted, path.as_ref(), &answer)).collect()
}

fn json_finding(wanted: &JsonExpect, path: Option<&JsonPath>, answer: &Value) -> Option<Reason> {
    let tell = |got: &str| Reason::new(What::Json, format!("{} {}", wanted.path, json_text(wanted)), got);
    let Some(path) = path else { return Some(tell("a path that cannot be read")) };
    let nodes: Vec<&Value> = path.query(answer).all().into_iter().take(MAX_NODES).collect();
    if nodes.is_empty() {
        return Some(tell("nothing"));
    }
    let wrong = nodes.into_iter().find(|node| !compares(wanted.comparison, node, &wanted.value))?;
    Some(tell(&plain(wrong)))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn compares(comparison: Comparison, node: &Value, wanted: &Value) -> bool {
    let same = || {
        node == wanted || plain(node) == plain(wanted) || {
            let numbers = (node.is_number() || wanted.is_number()).then(|| (number(node), number(wanted)));
            matches!(numbers, Some((Some(left), Some(right))) if left == right)
        }
    };
    let ordered = |holds: fn(f64, f64) -> bool| {
        number(node).zip(number(wanted)).is_some_and(|(left, right)| holds(left, right))
    };
    match comparison {
        Comparison::Exists => true,
        Comparison::Equal => same(),
        Comparison::NotEqual => !same(),
        Comparison::Below => ordered(|left, right| left < right),
        Comparison::AtMost => ordered(|left, right| left <= right),
        Comparison::Above => ordered(|left, right| left > right),
        Comparison::AtLeast => ordered(|left, right| left >= right),
    }
}

fn header_findings(expect: &HttpExpect, got: &Fetched) -> Vec<Reason> {
    let mut found = Vec::new();
    for (name, text) in &expect.header {
        let mut values = got.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).peekable();
        let first = values.peek().map(|(_, value)| value.clone());
        if !values.any(|(_, value)| value.contains(text.as_str())) {
            let got = first.unwrap_or_else(|| "none".into());
            found.push(Reason::new(What::Header, format!("{name}: {text}"), got));
        }
    }
    found
}

fn slow(under: Option<Span>, took: SignedDuration) -> Option<Reason> {
    let under = under.filter(|under| took >= under.0)?;
    Some(Reason::new(What::Latency, under.to_string(), Span(in_millis(took)).to_string()))
}

fn in_millis(took: SignedDuration) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))
}

/// Whole days until an instant; negative once it has passed.
#[must_use]
pub fn days_left(until: Timestamp, at: Timestamp) -> i64 {
    until.duration_since(at).as_secs().div_euclid(86_400)
}

fn expires(days: Option<u32>, tls: Option<&TlsSeen>, at: Timestamp) -> Option<Reason> {
    let (days, left) = (i64::from(days?), days_left(tls?.expires_at, at));
    (left < days).then(|| Reason::new(What::Certificate, days.to_string(), left.to_string()))
}

fn details_of_tls(tls: Option<&TlsSeen>) -> Details {
    Details {
        certificate_until: tls.map(|tls| tls.expires_at),
        issuer: tls.map(|tls| cut(&tls.issuer, 100)),
        ..Details::default()
    }
}

/// What a TCP connection comes to.
#[must_use]
pub fn tcp(wanted: Option<&str>, under: Option<Span>, got: &Connected, at: Timestamp) -> Seen {
    let said = String::from_utf8_lossy(&got.read);
    let bad = wanted
        .filter(|wanted| !said.contains(*wanted))
        .map(|wanted| Reason::new(What::Banner, wanted, if said.is_empty() { "nothing" } else { &*said }));
    let details = Details {
        address: Some(got.address.to_string()),
        body: body_start(&got.read),
        body_cut: got.read.len() > MAX_BODY,
        ..Details::default()
    };
    seen(at, bad.into_iter().collect(), slow(under, got.took).into_iter().collect(), Some(got.took), details)
}

/// What a TLS set-up comes to: bad when the certificate has run out, or should be trusted and is not.
#[must_use]
pub fn tls(trusted: bool, days: Option<u32>, got: &Connected, at: Timestamp) -> Seen {
    let shown = got.tls.as_ref();
    let mut bad = Vec::new();
    if let Some(tls) = shown.filter(|tls| tls.expires_at <= at) {
        let left = days_left(tls.expires_at, at).to_string();
        bad.push(Reason::new(What::Certificate, days.unwrap_or(0).to_string(), left));
    }
    if let Some(why) = shown.filter(|_| trusted).and_then(|tls| tls.untrusted.as_deref()) {
        bad.push(Reason::new(What::Untrusted, "", why));
    }
    if shown.is_none() {
        bad.push(Reason::new(What::Tls, "", "no certificate was shown"));
    }
    let mut details = details_of_tls(shown);
    details.address = Some(got.address.to_string());
    let poor = expires(days, shown, at).filter(|_| bad.is_empty()).into_iter().collect();
    seen(at, bad, poor, Some(got.took), details)
}

/// What a DNS answer comes to: every wanted record must be there; without any wanted, one of any kind.
#[must_use]
pub fn dns(wanted: &[String], got: &Resolved, at: Timestamp) -> Seen {
    let clean = |record: &str| record.trim().trim_end_matches('.').to_lowercase();
    let told: Vec<String> = got.records.iter().map(|record| clean(record)).collect();
    let missing = wanted.iter().any(|record| !told.contains(&clean(record)));
    let listed = if told.is_empty() { "empty".to_owned() } else { told.join(", ") };
    let wanted = if wanted.is_empty() { "a record".to_owned() } else { wanted.join(", ") };
    let bad = (missing || told.is_empty()).then(|| Reason::new(What::Answer, wanted, &listed));
    let details = Details { body: body_start(got.records.join("\n").as_bytes()), ..Details::default() };
    seen(at, bad.into_iter().collect(), Vec::new(), Some(got.took), details)
}

/// What an echo comes to.
#[must_use]
pub fn ping(under: Option<Span>, got: &Ponged, at: Timestamp) -> Seen {
    let details = Details { address: Some(got.address.to_string()), ..Details::default() };
    seen(at, Vec::new(), slow(under, got.took).into_iter().collect(), Some(got.took), details)
}

/// What it comes to that nothing came back.
#[must_use]
pub fn unreached(why: &Unreached, timeout: Span, at: Timestamp) -> Seen {
    let what = match why.why {
        Why::Name => What::Name,
        Why::Refused => What::Refused,
        Why::TimedOut => What::TimedOut,
        Why::Broken => What::Broken,
        Why::Tls => What::Tls,
        Why::Redirect => What::Redirect,
        Why::TooLarge => What::TooLarge,
        Why::Protocol => What::Protocol,
        Why::Guarded => What::Guarded,
        Why::Own => What::Own,
    };
    let wanted = if what == What::TimedOut { timeout.to_string() } else { String::new() };
    let verdict = match why.fault {
        Fault::Theirs => Verdict::Bad(Reason::new(what, wanted, &why.what)),
        Fault::Ours => Verdict::Unknown(Reason::new(What::Own, "", &why.what)),
        Fault::Refused => Verdict::Unknown(Reason::new(What::Guarded, "", &why.what)),
    };
    let findings = verdict.reason().cloned().into_iter().collect();
    Seen { at, verdict, micros: None, findings, details: Details::default() }
}

/// Whether a failure could as well be Tend's own way out, so that it must be tested before it is believed.
#[must_use]
pub fn could_be_us(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Bad(Reason { what: What::Name | What::TimedOut | What::Refused | What::Broken, .. })
    )
}

/// Hides what may be secret in what came back: cookies and tokens in headers, and what we sent as a header
/// or body if the answer repeats it.
#[must_use]
pub fn masked(mut details: Details, target: &Target) -> Details {
    const SECRET: [&str; 5] = ["cookie", "authorization", "token", "secret", "api-key"];
    for (name, value) in &mut details.headers {
        if SECRET.iter().any(|part| name.contains(part)) {
            *value = "•••".into();
        } else {
            *value = cut(value, crate::model::MAX_SAID);
        }
    }
    if let Target::Http(http) = target {
        let sent = http.headers.iter().map(|(_, value)| value.as_str());
        for secret in sent.chain(http.body.as_deref()).filter(|secret| secret.len() >= 4) {
            let bare = secret.split_whitespace().last().unwrap_or(secret);
            details.body = details.body.replace(secret, "•••").replace(bare, "•••");
        }
    }
    details
}

#[cfg(test)]
mod tests;
