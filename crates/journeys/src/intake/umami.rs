//! Umami: `POST /api/send` and `POST /api/batch` (journeys reference 4.2).

use kernel::lake::VitalName;
use serde_json::{Map, Value};

use super::incoming::{Decoded, Incoming, Reason, Reject, Sent, instant_of, text_of};
use super::json;
use super::plausible::number;

/// The longest name of an event that Umami takes, in letters.
const MAX_NAME: usize = 50;

/// Reads `/api/send`: one message.
pub fn decode_one(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let value = json::one(sent.body).map_err(|error| Reject::malformed(error.to_string()))?;
    let mut decoded = Decoded::default();
    message(&mut decoded, 0, &value);
    Ok(decoded)
}

/// Reads `/api/batch`: a list of messages.
pub fn decode_many(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let mut decoded = Decoded::default();
    let around = json::each(sent.body, &[], |place, value| message(&mut decoded, place, &value));
    match around {
        Ok(around) if around.listed => Ok(decoded),
        Ok(_) => Err(Reject::malformed("expected a list of messages")),
        Err(error) => Err(Reject::malformed(error.to_string())),
    }
}

fn message(decoded: &mut Decoded, place: usize, value: &Value) {
    let nothing = Map::new();
    let payload = value.get("payload").and_then(Value::as_object).unwrap_or(&nothing);
    let keys = ["website", "link", "pixel"].map(|name| json::text(payload, name));
    let given: Vec<&str> = keys.iter().map(AsRef::as_ref).filter(|key| !key.is_empty()).collect();
    let key = given.first().copied().unwrap_or_default();
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let event = match (kind, given.len()) {
        ("event" | "identify" | "performance", 1) => event(kind, payload),
        ("event" | "identify" | "performance", _) => {
            Err(Reject::new(Reason::Missing, "exactly one of website, link and pixel must be given"))
        }
        _ => Err(Reject::malformed("type must be event, identify or performance")),
    };
    decoded.take(place, key, event);
}

fn event(kind: &str, payload: &Map<String, Value>) -> Result<Incoming, Reject> {
    let name = json::text(payload, "name");
    if name.chars().count() > MAX_NAME {
        return Err(Reject::malformed(format!("name is longer than {MAX_NAME} letters")));
    }
    let agent = json::text(payload, "userAgent");
    let mut event = Incoming {
        name: if name.is_empty() { "pageview".into() } else { name.into_owned() },
        url: json::text(payload, "url").into_owned(),
        with_hash: true,
        host: json::text(payload, "hostname").into_owned(),
        referrer: json::text(payload, "referrer").into_owned(),
        language: json::text(payload, "language").into_owned(),
        user: json::text(payload, "id").into_owned(),
        user_agent: agent.into_owned(),
        ip: json::text(payload, "ip").parse().ok(),
        browser: json::text(payload, "browser").into_owned(),
        os: json::text(payload, "os").into_owned(),
        ..Incoming::default()
    };
    event.told = event.ip.is_some() || !event.user_agent.is_empty();
    event.device = match json::text(payload, "device").as_ref() {
        "desktop" | "laptop" => kernel::lake::Device::Desktop,
        "mobile" => kernel::lake::Device::Mobile,
        "tablet" => kernel::lake::Device::Tablet,
        _ => kernel::lake::Device::Unknown,
    };
    if super::incoming::address(&event.url).is_none() {
        return Err(Reject::new(Reason::Address, "url is not an address of the web"));
    }
    if let Some(seconds) = number(payload.get("timestamp")) {
        event.at = Some(instant_of(seconds).ok_or_else(|| Reject::malformed("timestamp is not an instant"))?);
    }
    if let Some(data) = payload.get("data").and_then(Value::as_object) {
        for (name, value) in data {
            event.prop(name, text_of(value));
        }
    }
    event.prop("tag", json::text(payload, "tag").into_owned());
    match kind {
        "identify" => event.silent = true,
        "performance" => {
            event.name.clear();
            let names = [
                ("lcp", VitalName::Lcp),
                ("inp", VitalName::Inp),
                ("cls", VitalName::Cls),
                ("fcp", VitalName::Fcp),
                ("ttfb", VitalName::Ttfb),
            ];
            let read =
                names.into_iter().filter_map(|(name, vital)| Some((vital, number(payload.get(name))?)));
            event.vitals = read.collect();
            if event.vitals.is_empty() {
                event.silent = true;
            }
        }
        _ => {}
    }
    Ok(event)
}

#[cfg(test)]
mod tests;
