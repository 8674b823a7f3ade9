//! Snowplow: `POST /com.snowplowanalytics.snowplow/tp2` and `GET /i` (journeys reference 4.5). Every value is a text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::incoming::{Decoded, Incoming, Reason, Reject, Sent, clip, millis, pairs, text_of};
use super::json;

/// Parameters of one request that are looked at; the protocol knows about 150.
const MAX_PARAMETERS: usize = 300;

/// Reads a request of tp2.
pub fn decode(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let mut decoded = Decoded::default();
    let around = json::each(sent.body, &["data"], |place, value| match value {
        Value::Object(fields) => one(&mut decoded, place, &fields),
        _ => decoded.take(place, "", Err(Reject::malformed("an event is an object"))),
    })
    .map_err(|error| Reject::malformed(error.to_string()))?;
    if !around.listed {
        return Err(Reject::malformed("data is not a list"));
    }
    let schema = around.fields.get("schema").and_then(Value::as_str).unwrap_or_default();
    if !schema.is_empty() && !schema.starts_with("iglu:com.snowplowanalytics.snowplow/payload_data/") {
        return Err(Reject::malformed(format!("the schema is {:?}", clip(schema, 100))));
    }
    Ok(decoded)
}

/// Reads an event in an address.
pub fn decode_address(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let fields =
        pairs(sent.query).take(MAX_PARAMETERS).map(|(name, value)| (name, Value::String(value))).collect();
    let mut decoded = Decoded::default();
    one(&mut decoded, 0, &fields);
    Ok(decoded)
}

fn one(decoded: &mut Decoded, place: usize, fields: &Map<String, Value>) {
    let key = json::text(fields, "aid").into_owned();
    decoded.take(place, &key, event(fields));
}

fn event(fields: &Map<String, Value>) -> Result<Incoming, Reject> {
    let text = |name: &str| json::text(fields, name).into_owned();
    if text("aid").is_empty() {
        return Err(Reject::new(Reason::UnknownKey, "aid is missing: it names the source"));
    }
    let kind = text("e");
    let version = text("tv");
    let mut event = Incoming {
        name: "pageview".into(),
        url: text("url"),
        referrer: text("refr"),
        id: text("eid"),
        user: text("uid"),
        visitor: first(&[text("duid"), text("nuid"), text("tnuid")]),
        session: text("sid"),
        user_agent: text("ua"),
        ip: text("ip").parse().ok(),
        language: text("lang"),
        // Whatever is not the tracker for browsers tells of somebody else.
        told: !version.starts_with("js-"),
        ..Incoming::default()
    };
    if super::incoming::address(&event.url).is_none() {
        return Err(Reject::new(Reason::Address, "url is not an address of the web"));
    }
    let instant = |name: &str| match text(name) {
        at if at.is_empty() => Ok(None),
        at => {
            millis(&at).map(Some).ok_or_else(|| Reject::malformed(format!("{name} is {:?}", clip(&at, 40))))
        }
    };
    // What the sender knows to be true needs no correction; what its device says is corrected by when it was sent.
    match instant("ttm")? {
        Some(at) => event.at = Some(at),
        None => (event.at, event.sent_at) = (instant("dtm")?, instant("stm")?),
    }
    let number = |name: &str| text(name).parse::<f64>().ok().filter(|number| number.is_finite());
    match kind.as_str() {
        "pv" => {}
        "pp" => event.silent = true,
        "se" => {
            event.name = first(&[text("se_ac"), text("se_ca")]);
            for (name, field) in [("category", "se_ca"), ("label", "se_la"), ("property", "se_pr")] {
                event.prop(name, text(field));
            }
            event.value = number("se_va");
        }
        "ue" => described(&mut event, fields)?,
        "tr" | "ti" => {
            event.name = if kind == "tr" { "order".into() } else { "order line".into() };
            event.prop("order", first(&[text("tr_id"), text("ti_id")]));
            event.value = number("tr_tt").or_else(|| number("ti_pr"));
        }
        "" => return Err(Reject::new(Reason::Missing, "e is missing: it says what kind of event it is")),
        other => return Err(Reject::malformed(format!("no kind of event is called {:?}", clip(other, 40)))),
    }
    if event.name.is_empty() {
        return Err(Reject::new(Reason::Missing, "the event has no name"));
    }
    load_of(&mut event, fields);
    Ok(event)
}

fn first(texts: &[String]) -> String {
    texts.iter().find(|text| !text.is_empty()).cloned().unwrap_or_default()
}

/// A field that holds JSON, as it is or in base64.
fn inner(fields: &Map<String, Value>, plain: &str, packed: &str) -> Option<Value> {
    let text = json::text(fields, packed);
    if !text.is_empty() {
        let text = text.trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?;
        return json::one(&bytes).ok();
    }
    json::one(json::text(fields, plain).as_bytes()).ok()
}

/// An event that a schema describes: `iglu:com.example/payment_started/jsonschema/1-0-0` is a payment that started.
fn described(event: &mut Incoming, fields: &Map<String, Value>) -> Result<(), Reject> {
    let wrong = || Reject::malformed("ue_px or ue_pr is not a self-describing event");
    let outer = inner(fields, "ue_pr", "ue_px").ok_or_else(wrong)?;
    let inside = outer.get("data").ok_or_else(wrong)?;
    let schema = inside.get("schema").and_then(Value::as_str).ok_or_else(wrong)?;
    let name = schema.trim_start_matches("iglu:").split('/').nth(1).unwrap_or_default();
    event.name = name.replace('_', " ");
    for (name, value) in inside.get("data").and_then(Value::as_object).into_iter().flatten() {
        event.prop(name, text_of(value));
    }
    Ok(())
}

/// The page load, from the context that the tracker for browsers adds.
fn load_of(event: &mut Incoming, fields: &Map<String, Value>) {
    let Some(contexts) = inner(fields, "co", "cx") else { return };
    let all = contexts.get("data").and_then(Value::as_array).into_iter().flatten();
    for context in all.take(50) {
        let schema = context.get("schema").and_then(Value::as_str).unwrap_or_default();
        if schema.contains("/web_page/") {
            event.load = context.pointer("/data/id").and_then(Value::as_str).unwrap_or_default().to_owned();
        }
    }
}

#[cfg(test)]
mod tests;
