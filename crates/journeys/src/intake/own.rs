//! Tend's own way in: `POST /api/v1/events` with a source's key; one event, a list, or `{"events": [..], "sent_at": ..}`.
//! Read without a tree in between, because this is the door for many events a second.

use std::borrow::Cow;
use std::fmt;

use kernel::lake::{Channel, Device, VitalName};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::incoming::{Incoming, MAX_EVENTS, Reason, Reject, Sent, clip, instant, instant_of};

/// A text that is borrowed where JSON allows it; numbers and truths count as texts.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true or false")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(if value { "true" } else { "false" }))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }
}

/// Properties, at most so many that it can be seen that there were too many.
struct Props(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Props {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropsVisitor)
    }
}

struct PropsVisitor;

impl<'de> Visitor<'de> for PropsVisitor {
    type Value = Props;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties: an object of texts, numbers, true and false")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Props, A::Error> {
        let mut props = Vec::new();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if props.len() > kernel::lake::MAX_PROPS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<Text<'de>>()?.0;
            if !value.is_empty() {
                let value = clip(&value, kernel::lake::MAX_PROP).to_owned();
                props.push((clip(&name.0, kernel::lake::MAX_NAME).to_owned(), value));
            }
        }
        Ok(Props(props))
    }
}

/// An event as it is sent. A field that is not known is a mistake: somebody believes that it says something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    url: Option<Text<'a>>,
    #[serde(borrow, default)]
    path: Option<Text<'a>>,
    #[serde(borrow, default)]
    host: Option<Text<'a>>,
    #[serde(borrow, default)]
    referrer: Option<Text<'a>>,
    #[serde(borrow, default)]
    at: Option<Text<'a>>,
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    user: Option<Text<'a>>,
    #[serde(borrow, default)]
    visitor: Option<Text<'a>>,
    #[serde(borrow, default)]
    session: Option<Text<'a>>,
    #[serde(borrow, default)]
    case: Option<Text<'a>>,
    #[serde(default)]
    new_visit: bool,
    #[serde(borrow, default)]
    source: Option<Text<'a>>,
    #[serde(borrow, default)]
    medium: Option<Text<'a>>,
    #[serde(borrow, default)]
    campaign: Option<Text<'a>>,
    #[serde(default)]
    channel: Channel,
    #[serde(borrow, default)]
    release: Option<Text<'a>>,
    #[serde(borrow, default)]
    language: Option<Text<'a>>,
    #[serde(borrow, default)]
    ip: Option<Text<'a>>,
    #[serde(borrow, default)]
    user_agent: Option<Text<'a>>,
    #[serde(default)]
    device: Device,
    #[serde(borrow, default)]
    browser: Option<Text<'a>>,
    #[serde(borrow, default)]
    os: Option<Text<'a>>,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    value: Option<f64>,
    #[serde(default)]
    props: Option<Props>,
    #[serde(default)]
    vitals: Vec<WireVital>,
    #[serde(borrow, default)]
    load: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireVital {
    name: VitalName,
    value: f64,
}

fn owned(text: Option<Text<'_>>) -> String {
    text.map(|text| text.0.into_owned()).unwrap_or_default()
}

impl Wire<'_> {
    fn incoming(self) -> Result<Incoming, Reject> {
        let at = match self.at.filter(|text| !text.0.is_empty()) {
            None => None,
            Some(text) => Some(instant(&text.0).ok_or_else(|| {
                Reject::malformed(format!("at is {:?}; write it as 2026-11-21T18:25:00Z", clip(&text.0, 40)))
            })?),
        };
        let ip = match self.ip.filter(|text| !text.0.is_empty()) {
            None => None,
            Some(text) => Some(text.0.parse().map_err(|_| {
                Reject::malformed(format!("ip is {:?}, which is no address", clip(&text.0, 40)))
            })?),
        };
        let url = match self.url {
            Some(url) => url.0.into_owned(),
            None => owned(self.path),
        };
        if super::incoming::address(&url).is_none() {
            return Err(Reject::new(Reason::Address, "url is not an address of the web"));
        }
        let vitals: Vec<_> = self.vitals.iter().map(|one| (one.name, one.value)).collect();
        let mut name = owned(self.name);
        if name.is_empty() && vitals.is_empty() {
            name.push_str("pageview");
        }
        let (user, visitor) = (owned(self.user), owned(self.visitor));
        Ok(Incoming {
            name,
            told: ip.is_some() || !user.is_empty() || !visitor.is_empty(),
            url,
            host: owned(self.host),
            referrer: owned(self.referrer),
            at,
            id: owned(self.id),
            user,
            visitor,
            session: owned(self.session),
            case: owned(self.case),
            fresh: self.new_visit,
            source: owned(self.source),
            medium: owned(self.medium),
            campaign: owned(self.campaign),
            channel: self.channel,
            release: owned(self.release),
            language: owned(self.language),
            ip,
            user_agent: owned(self.user_agent),
            device: self.device,
            browser: owned(self.browser),
            os: owned(self.os),
            robot: self.bot,
            value: self.value,
            props: self.props.map(|props| props.0).unwrap_or_default(),
            vitals,
            load: owned(self.load),
            ..Incoming::default()
        })
    }
}

/// The body in one of its three forms.
enum Body {
    Events(Vec<Result<Incoming, Reject>>),
    Envelope { events: Vec<Result<Incoming, Reject>>, sent_at: Option<String> },
}

struct Many;

impl<'de> Visitor<'de> for Many {
    type Value = Vec<Result<Incoming, Reject>>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::with_capacity(items.size_hint().unwrap_or(64).min(1_024));
        while let Some(wire) = items.next_element::<Wire<'de>>()? {
            if events.len() == MAX_EVENTS {
                return Err(serde::de::Error::custom(format!("more than {MAX_EVENTS} events")));
            }
            events.push(wire.incoming());
        }
        Ok(events)
    }
}

struct Events(Vec<Result<Incoming, Reject>>);

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Many).map(Events)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    events: Events,
    #[serde(borrow, default)]
    sent_at: Option<Text<'a>>,
}

fn read(body: &[u8]) -> Result<Body, serde_json::Error> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return serde_json::from_slice::<Events>(body).map(|events| Body::Events(events.0));
    }
    // An envelope is known by its first key, so that a big body is read once.
    let start = body.iter().position(|byte| *byte == b'"').unwrap_or(body.len());
    let envelope = [&b"\"events\""[..], b"\"sent_at\""].iter().any(|key| body[start..].starts_with(key));
    if envelope {
        let envelope: Envelope<'_> = serde_json::from_slice(body)?;
        let sent_at = envelope.sent_at.map(|text| text.0.into_owned());
        return Ok(Body::Envelope { events: envelope.events.0, sent_at });
    }
    serde_json::from_slice::<Wire<'_>>(body).map(|wire| Body::Events(vec![wire.incoming()]))
}

/// Reads a request. The error is about the whole of it; a refusal of one event stands in its place.
pub fn decode(sent: &Sent<'_>) -> Result<Vec<Result<Incoming, Reject>>, Reject> {
    match read(sent.body) {
        Ok(Body::Events(events)) => Ok(events),
        Ok(Body::Envelope { mut events, sent_at }) => {
            let Some(text) = sent_at else { return Ok(events) };
            let sent_at = instant(&text).or_else(|| text.parse().ok().and_then(instant_of));
            let sent_at = sent_at.ok_or_else(|| Reject::malformed("sent_at is not an instant"))?;
            for event in events.iter_mut().flatten() {
                event.sent_at = Some(sent_at);
            }
            Ok(events)
        }
        Err(error) => Err(Reject::malformed(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
