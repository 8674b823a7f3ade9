//! What every protocol comes down to: events without a protocol, and reasons why something is not taken.

use std::net::IpAddr;

use jiff::Timestamp;
use kernel::lake::{Channel, Device, MAX_NAME, MAX_PATH, MAX_PROP, MAX_PROPS, Origin, VitalName};
use serde::{Deserialize, Serialize};

/// The most events of one request; the largest batch that a client sends by itself is PostHog's, with 1,000.
pub const MAX_EVENTS: usize = 20_000;
/// The longest id, token or case that is looked at, in bytes (PostHog cuts `distinct_id` at 200 letters).
pub const MAX_ID: usize = 200;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// Why an event, or a whole request, is not taken.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Reason { $($(#[$doc])* $name),* }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            /// The word in the header `x-tend-ignored`, in the database and in texts.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Reason::$name => $word),* }
            }

            /// The reason of that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Reason> {
                Reason::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

reasons! {
    /// No source has this key.
    UnknownKey = "unknown-key",
    /// The body cannot be read.
    Malformed = "malformed",
    /// More than is taken at once.
    TooLarge = "too-large",
    /// Something that an event cannot do without is missing.
    Missing = "missing",
    /// The address of the page is not one of the web.
    Address = "address",
    /// It happened before anything that is still kept.
    TooOld = "too-old",
    /// It will happen only in the future.
    Future = "future",
    /// The user asked not to be counted.
    OptedOut = "opted-out",
    /// A measurement outside what can be.
    Range = "range",
    /// A message of the protocol that is about no event.
    NoEvent = "no-event",
    /// Too many requests from one address.
    TooOften = "too-often",
}

/// A refusal of a request or of one event of it, said to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// What exactly, in English, for whoever programs the sender.
    pub detail: String,
}

impl Reject {
    /// A refusal.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Reject { reason, detail: detail.into() }
    }

    /// A body that cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Reject::new(Reason::Malformed, detail)
    }
}

/// A request as a decoder sees it: nothing of HTTP but what protocols look at. The body is unpacked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent<'a> {
    /// What stands after the `?`.
    pub query: &'a str,
    /// The content type, as sent.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Events of one request under one key, in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// The key of the source, as sent.
    pub key: String,
    /// The events with their place in the request.
    pub events: Vec<(usize, Incoming)>,
}

/// What a request comes down to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// Events by key.
    pub groups: Vec<Group>,
    /// Events that were refused, with their place and, when it could be read, their key.
    pub refused: Vec<(usize, String, Reject)>,
}

impl Decoded {
    /// Adds an event.
    pub fn push(&mut self, at: usize, key: &str, event: Incoming) {
        match self.groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.events.push((at, event)),
            None => self.groups.push(Group { key: key.to_owned(), events: vec![(at, event)] }),
        }
    }

    /// Adds what one event came to.
    pub fn take(&mut self, at: usize, key: &str, event: Result<Incoming, Reject>) {
        match event {
            Ok(event) => self.push(at, key, event),
            Err(reject) => self.refused.push((at, clip(key, MAX_ID).to_owned(), reject)),
        }
    }

    /// How many events were sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.events.len()).sum::<usize>() + self.refused.len()
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One event as a sender told it, before anybody judged it. Empty texts are unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Incoming {
    /// `pageview`, or the name of the event.
    pub name: String,
    /// The address of the page: absolute, or a path.
    pub url: String,
    /// Whether the part after `#` belongs to the path.
    pub with_hash: bool,
    /// The host, when the address has none.
    pub host: String,
    /// The address of the page before.
    pub referrer: String,
    /// When it happened, by the sender's clock; none is now.
    pub at: Option<Timestamp>,
    /// When it was sent, by the same clock: tells how wrong that clock is.
    pub sent_at: Option<Timestamp>,
    /// The id of the event: the same one again is the same event.
    pub id: String,
    /// The address of the user, when another program tells of them.
    pub ip: Option<IpAddr>,
    /// What the user's browser calls itself, when it is not the sender's.
    pub user_agent: String,
    /// Whether another program tells of the user, so that the request itself says nothing about them.
    pub told: bool,
    /// Whether the sender says that it is a program's doing.
    pub robot: bool,
    /// Whether it is about no event, and only keeps the visit open.
    pub silent: bool,
    /// The user, declared by the service.
    pub user: String,
    /// What the sender calls a visitor it does not know.
    pub visitor: String,
    /// What the sender calls a visit.
    pub session: String,
    /// The case (application, order, ticket).
    pub case: String,
    /// Whether the sender says that a visit begins.
    pub fresh: bool,
    /// `utm_source`; what the address says otherwise.
    pub source: String,
    /// `utm_medium`; what the address says otherwise.
    pub medium: String,
    /// `utm_campaign`; what the address says otherwise.
    pub campaign: String,
    /// What the user has in hand, when the sender knows.
    pub device: Device,
    /// The browser, when the sender knows.
    pub browser: String,
    /// The operating system, when the sender knows.
    pub os: String,
    /// The language.
    pub language: String,
    /// By which way.
    pub channel: Channel,
    /// The release.
    pub release: String,
    /// A number that came with it.
    pub value: Option<f64>,
    /// Everything else.
    pub props: Vec<(String, String)>,
    /// What was measured in the browser; an event of measurements alone has no name.
    pub vitals: Vec<(VitalName, f64)>,
    /// The page load that was measured.
    pub load: String,
}

/// What a request says by itself, whatever stands in it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// By which door it came.
    pub origin: Origin,
    /// From which address, proxies that are trusted taken off.
    pub from: Option<IpAddr>,
    /// `User-Agent`.
    pub user_agent: String,
    /// The first language of `Accept-Language`.
    pub language: String,
    /// `DNT: 1` or `Sec-GPC: 1`.
    pub opted_out: bool,
}

impl Asked {
    /// Nothing but the door: for files.
    #[must_use]
    pub fn by(origin: Origin) -> Self {
        Asked { origin, from: None, user_agent: String::new(), language: String::new(), opted_out: false }
    }
}

/// The first `most` bytes of a text, cut between letters.
#[must_use]
pub fn clip(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Cuts a text where it stands.
pub fn clip_in(text: &mut String, most: usize) {
    if text.len() > most {
        let end = clip(text, most).len();
        text.truncate(end);
    }
}

impl Incoming {
    /// Cuts everything to what is kept; says whether properties were cut off.
    pub fn clamp(&mut self) -> bool {
        clip_in(&mut self.name, MAX_NAME);
        for text in [&mut self.url, &mut self.host, &mut self.referrer] {
            // The query holds the campaign, so the address is cut to the path only later.
            clip_in(text, 2 * MAX_PATH);
        }
        for text in [
            &mut self.id,
            &mut self.user,
            &mut self.visitor,
            &mut self.session,
            &mut self.case,
            &mut self.source,
            &mut self.medium,
            &mut self.campaign,
            &mut self.browser,
            &mut self.os,
            &mut self.release,
            &mut self.load,
        ] {
            clip_in(text, MAX_ID);
        }
        clip_in(&mut self.language, 35); // BCP 47's longest sensible tag (RFC 5646 4.4.1)
        self.value = self.value.filter(|value| value.is_finite());
        let cut = self.props.len() > MAX_PROPS;
        self.props.truncate(MAX_PROPS);
        for (name, value) in &mut self.props {
            clip_in(name, MAX_NAME);
            clip_in(value, MAX_PROP);
        }
        cut
    }

    /// Sets the property that has a meaning of its own, or keeps it as one of many. `case` names the case on every
    /// protocol, so that clients that know no cases can send one.
    pub fn prop(&mut self, name: &str, value: String) {
        match name {
            _ if value.is_empty() || self.props.len() > MAX_PROPS => {}
            "case" | "case_key" => self.case = value,
            "release" if self.release.is_empty() => self.release = value,
            "channel" => match Channel::from_word(&value) {
                Some(channel) => self.channel = channel,
                None => self.props.push((name.to_owned(), value)),
            },
            _ => self.props.push((clip(name, MAX_NAME).to_owned(), value)),
        }
    }
}

/// A JSON value as a property: texts, numbers and truths as they are, lists and objects as JSON, nothing as nothing.
#[must_use]
pub fn text_of(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => clip(text, MAX_PROP).to_owned(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(fields) if fields.is_empty() => String::new(),
        Value::Array(_) | Value::Object(_) => {
            let mut text = value.to_string();
            clip_in(&mut text, MAX_PROP);
            text
        }
    }
}

/// Milliseconds since 1970, whatever they are written as; none when they are none.
#[must_use]
pub fn millis(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.trim().parse::<i64>().ok()?).ok()
}

/// An instant as clients write it: RFC 3339 (a missing zone is UTC), seconds or milliseconds since 1970.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return instant_of(number);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// An instant as a number: seconds until the year 5138, milliseconds beyond.
#[must_use]
pub fn instant_of(number: f64) -> Option<Timestamp> {
    const SECONDS_UNTIL: f64 = 1e11;
    let seconds = if number.abs() < SECONDS_UNTIL { number } else { number / 1_000.0 };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "beyond the range it saturates, and is refused there"
    )]
    let micros = (seconds * 1e6) as i64;
    Timestamp::from_microsecond(micros).ok()
}

/// The parts of an address, as they stand in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// The host, without user and port.
    pub host: &'a str,
    /// The path; `/` when there is none.
    pub path: &'a str,
    /// After the `?`.
    pub query: &'a str,
    /// After the `#`.
    pub hash: &'a str,
}

/// Takes an address apart: absolute, without a scheme (`//host/path`), or a path. What has another scheme than
/// http and https and yet a host is an app's (`android-app://host/path`); without one (`data:`, `javascript:`)
/// it is no address.
#[must_use]
pub fn address(text: &str) -> Option<Address<'_>> {
    let text = text.trim();
    let (rest, hash) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let rest = match rest.find("://") {
        Some(at) if !rest[..at].contains('/') => &rest[at + 1..],
        _ => rest,
    };
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find(['/', '\\']).unwrap_or(rest.len());
            (host_of(&rest[..end]), &rest[end..])
        }
        None if rest.is_empty() || rest.starts_with('/') => ("", rest),
        // `mailto:a@b`, `data:..`; a path may hold a colon only after a slash.
        None if rest.find(':').is_some_and(|at| rest.find('/').is_none_or(|slash| at < slash)) => {
            return None;
        }
        None => ("", rest),
    };
    Some(Address { host, path: if path.is_empty() { "/" } else { path }, query, hash })
}

/// The host of an authority.
fn host_of(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(six) = host.strip_prefix('[') {
        return six.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

/// Each pair of a query or form, decoded; what is no UTF-8 gets replacement characters.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    })
}

/// A part of a query or form without its escapes.
#[must_use]
pub fn decoded(text: &str) -> String {
    let plus = if text.contains('+') { text.replace('+', " ") } else { text.to_owned() };
    if plus.contains('%') {
        percent_encoding::percent_decode_str(&plus).decode_utf8_lossy().into_owned()
    } else {
        plus
    }
}

#[cfg(test)]
mod tests;
