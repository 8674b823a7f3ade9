//! PostHog: `/e/`, `/batch/`, `/i/v0/e/`, `/capture/`, `/track/` and `/engage/` (journeys reference 4.3).

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use kernel::lake::{Device, VitalName};
use serde_json::{Map, Value};

use super::doors::MAX_UNPACKED;
use super::incoming::{
    Decoded, Incoming, Reason, Reject, Sent, clip, instant, instant_of, millis, pairs, text_of,
};
use super::json;
use super::plausible::number;

/// Base64 as old clients write it: with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Messages that are about a person, a flag or a recording, and about no event of a user.
const NO_EVENTS: &[&str] = &[
    "$set",
    "$identify",
    "$create_alias",
    "$alias",
    "$merge_dangerously",
    "$groupidentify",
    "$feature_flag_called",
    "$snapshot",
    "$snapshot_items",
    "$opt_in",
    "$$heatmap",
    "$$client_ingestion_warning",
];

/// Properties that are ids of people or of advertisements, which are not kept.
const NOT_KEPT: &[&str] = &[
    "token",
    "distinct_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gad_source",
    "mc_cid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "irclid",
    "_kx",
    "oppref",
    "bfcid",
    "title",
];

/// Texts of refusals, as PostHog's clients log them.
const NO_DISTINCT_ID: &str = "event submitted without a distinct_id";
const NO_NAME: &str = "event submitted with an empty event name";
const NO_KEY: &str = "event submitted without an api_key";
const MANY_KEYS: &str = "batch submitted with inconsistent api_key values";
const EMPTY: &str = "request holds no event";

/// The JSON in a request: in the body or the address, in a form, in base64, packed; or all of it.
fn payload(sent: &Sent<'_>) -> Result<Vec<u8>, Reject> {
    let undecodable = |why: &str| Reject::malformed(format!("failed to decode request: {why}"));
    let form = sent.content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
        || sent.body.starts_with(b"data=");
    let in_address = pairs(sent.query).find(|(name, _)| name == "data").map(|(_, data)| data);
    let bytes: Vec<u8> = match in_address {
        Some(data) => data.replace(' ', "+").into_bytes(),
        None if form && !sent.body.starts_with(b"{") && !sent.body.starts_with(b"[") => {
            let body = std::str::from_utf8(sent.body).map_err(|_| undecodable("the form is not UTF-8"))?;
            let data = pairs(body).find(|(name, _)| name == "data").map(|(_, data)| data);
            // Decoding the form turned the plus signs of base64 into spaces; JSON starts with a bracket.
            let data = data.ok_or_else(|| undecodable("the form has no data"))?;
            if data.starts_with(['{', '[']) { data.into_bytes() } else { data.replace(' ', "+").into_bytes() }
        }
        None => sent.body.to_vec(),
    };
    let plain = |bytes: &[u8]| {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        matches!(first, Some(b'{' | b'['))
    };
    let bytes = if plain(&bytes) || bytes.starts_with(&[0x1f, 0x8b]) {
        bytes
    } else {
        let text: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
        BASE64.decode(text).map_err(|_| undecodable("it is neither JSON nor base64"))?
    };
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    let most = MAX_UNPACKED as u64 + 1;
    let read = flate2::read::MultiGzDecoder::new(&bytes[..]).take(most).read_to_end(&mut out);
    read.map_err(|_| undecodable("it cannot be unpacked"))?;
    if out.len() > MAX_UNPACKED {
        return Err(Reject::new(Reason::TooLarge, "maximum event size exceeded"));
    }
    Ok(out)
}

/// An event with its own key, and its place in the request.
type Placed = (usize, Result<(String, Incoming), Reject>);

/// Reads a request.
pub fn decode(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let body = payload(sent)?;
    let mut read: Vec<Placed> = Vec::new();
    let around = json::each(&body, &["batch"], |place, value| {
        let event = match value {
            Value::Object(fields) => event(&fields),
            _ => Err(Reject::malformed("failed to parse request: an event is an object")),
        };
        read.push((place, event));
    })
    .map_err(|error| Reject::malformed(format!("failed to parse request: {error}")))?;
    if !around.listed {
        read.push((0, event(&around.fields)));
    }
    let query = |wanted: &str| pairs(sent.query).find(|(name, _)| name == wanted).map(|(_, value)| value);
    let key = key_of(&around.fields).or_else(|| query("api_key")).or_else(|| query("token"));
    let historical = around.fields.get("historical_migration") == Some(&Value::Bool(true));
    let sent_at =
        instant(&json::text(&around.fields, "sent_at")).or_else(|| query("_").and_then(|at| millis(&at)));
    gather(read, key, sent_at.filter(|_| !historical))
}

/// All events under one key: PostHog takes all of a request or nothing.
fn gather(read: Vec<Placed>, key: Option<String>, sent_at: Option<Timestamp>) -> Result<Decoded, Reject> {
    if read.is_empty() {
        return Err(Reject::new(Reason::Missing, EMPTY));
    }
    let mut decoded = Decoded::default();
    let mut known = key.unwrap_or_default();
    for (place, event) in read {
        let (own, mut event) = event?;
        if known.is_empty() {
            known = own;
        } else if !own.is_empty() && own != known {
            return Err(Reject::new(Reason::UnknownKey, MANY_KEYS));
        }
        event.sent_at = sent_at;
        decoded.push(place, "", event);
    }
    if known.is_empty() {
        return Err(Reject::new(Reason::UnknownKey, NO_KEY));
    }
    for group in &mut decoded.groups {
        group.key.clone_from(&known);
    }
    Ok(decoded)
}

fn key_of(fields: &Map<String, Value>) -> Option<String> {
    let found = ["api_key", "token", "$token"].iter().map(|name| json::text(fields, name));
    found.into_iter().find(|key| !key.is_empty()).map(std::borrow::Cow::into_owned)
}

/// An id, whatever it is written as.
fn id_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        other => Some(other.to_string()),
    }
    .filter(|id| !id.is_empty())
    .map(|id| clip(&id, super::incoming::MAX_ID).to_owned())
}

fn event(fields: &Map<String, Value>) -> Result<(String, Incoming), Reject> {
    let nothing = Map::new();
    let props = fields.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
    let name = json::text(fields, "event");
    let about_person =
        fields.contains_key("$set") || fields.contains_key("$set_once") || fields.contains_key("$unset");
    if name.is_empty() && !about_person {
        return Err(Reject::new(Reason::Missing, NO_NAME));
    }
    let distinct = ["distinct_id", "$distinct_id"].iter().find_map(|name| id_of(fields.get(*name)));
    let distinct = distinct.or_else(|| id_of(props.get("distinct_id")));
    let distinct = distinct.ok_or_else(|| Reject::new(Reason::Missing, NO_DISTINCT_ID))?;
    let key = key_of(fields).or_else(|| key_of(props)).unwrap_or_default();
    let text = |name: &str| json::text(props, name).into_owned();
    let library = text("$lib");
    let browser = library == "web" || props.contains_key("$raw_user_agent");
    let mut event = Incoming {
        silent: NO_EVENTS.contains(&name.as_ref()) || name.is_empty(),
        name: plain_name(&name).to_owned(),
        url: text("$current_url"),
        host: text("$host"),
        referrer: Some(text("$referrer")).filter(|from| from != "$direct").unwrap_or_default(),
        id: id_of(fields.get("uuid")).or_else(|| id_of(props.get("$insert_id"))).unwrap_or_default(),
        user_agent: Some(text("$raw_user_agent"))
            .filter(|agent| !agent.is_empty())
            .unwrap_or_else(|| text("$user_agent")),
        told: !browser,
        session: text("$session_id"),
        source: text("utm_source"),
        medium: text("utm_medium"),
        campaign: text("utm_campaign"),
        language: text("$browser_language"),
        release: text("$app_version"),
        load: text("$pageview_id"),
        ip: text("$ip").parse().ok(),
        ..Incoming::default()
    };
    // A browser that nobody signed in with has a number of its own making, which is no declared user.
    let anonymous = props.get("$is_identified") == Some(&Value::Bool(false))
        || id_of(props.get("$device_id")).is_some_and(|device| device == distinct);
    if anonymous {
        event.visitor = distinct
    } else {
        event.user = distinct
    }
    if super::incoming::address(&event.url).is_none() {
        event.url.clear();
    }
    event.at = at_of(fields, props)?;
    if props.get("$is_server") != Some(&Value::Bool(true)) {
        (event.browser, event.os) = (text("$browser"), text("$os"));
        event.device = match text("$device_type").as_str() {
            "Desktop" => Device::Desktop,
            "Mobile" => Device::Mobile,
            "Tablet" => Device::Tablet,
            _ => Device::Unknown,
        };
    }
    for (name, value) in
        props.iter().filter(|(name, _)| !name.starts_with('$') && !NOT_KEPT.contains(&name.as_str()))
    {
        event.prop(name, text_of(value));
    }
    if name == "$web_vitals" {
        event.name.clear();
        event.vitals = vitals(props);
        event.silent = event.vitals.is_empty();
    }
    Ok((key, event))
}

/// `$pageview` is what everybody calls a page view; the sign says only that the client named it.
fn plain_name(name: &str) -> &str {
    match name {
        "$screen" => "pageview",
        name => name.strip_prefix('$').unwrap_or(name),
    }
}

fn at_of(fields: &Map<String, Value>, props: &Map<String, Value>) -> Result<Option<Timestamp>, Reject> {
    let own = json::text(fields, "timestamp");
    let inner = json::text(props, "timestamp");
    let text = if own.is_empty() { inner } else { own };
    if !text.is_empty() {
        let at = instant(&text).ok_or_else(|| {
            Reject::malformed(format!("failed to parse request: timestamp {:?}", clip(&text, 40)))
        })?;
        return Ok(Some(at));
    }
    Ok(number(props.get("$time")).and_then(instant_of))
}

fn vitals(props: &Map<String, Value>) -> Vec<(VitalName, f64)> {
    let names = [
        ("LCP", VitalName::Lcp),
        ("INP", VitalName::Inp),
        ("CLS", VitalName::Cls),
        ("FCP", VitalName::Fcp),
        ("TTFB", VitalName::Ttfb),
    ];
    let read = |(name, vital): (&str, VitalName)| {
        number(props.get(&format!("$web_vitals_{name}_value"))).map(|value| (vital, value))
    };
    names.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests;
