//! Matomo: `matomo.php` and `piwik.php`, single and bulk (journeys reference 4.4).

use std::collections::HashMap;

use serde_json::Value;

use super::incoming::{Decoded, Incoming, Reason, Reject, Sent, clip, instant, pairs, text_of};
use super::json;

/// Parameters of one request that are looked at; Matomo's own tracker sends about 40.
const MAX_PARAMETERS: usize = 300;

/// The parameters of one request.
type Parameters = HashMap<String, String>;

/// A request as Matomo understands it.
#[derive(Debug)]
pub struct Read {
    /// The events.
    pub decoded: Decoded,
    /// Whether it was a bulk, which is answered in JSON.
    pub bulk: bool,
    /// Whether the sender wants an image as an answer.
    pub image: bool,
}

/// Reads a request.
pub fn decode(sent: &Sent<'_>) -> Result<Read, Reject> {
    if is_bulk(sent) {
        return bulk(sent).map(|decoded| Read { decoded, bulk: true, image: false });
    }
    let mut all: Parameters = pairs(sent.query).take(MAX_PARAMETERS).collect();
    if let Ok(body) = std::str::from_utf8(sent.body) {
        all.extend(pairs(body.trim()).take(MAX_PARAMETERS));
    }
    let image = all.get("send_image").map(String::as_str) != Some("0");
    let mut decoded = Decoded::default();
    one(&mut decoded, 0, &all);
    Ok(Read { decoded, bulk: false, image })
}

/// Whether a body is a bulk: Matomo looks for the word.
#[must_use]
pub fn is_bulk(sent: &Sent<'_>) -> bool {
    let first = sent.body.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'{') && sent.body.windows(10).any(|bytes| bytes == b"\"requests\"")
}

fn bulk(sent: &Sent<'_>) -> Result<Decoded, Reject> {
    let mut decoded = Decoded::default();
    let around = json::each(sent.body, &["requests"], |place, value| {
        let all: Parameters = match &value {
            Value::String(text) => {
                let query = text.split_once('?').map_or(text.as_str(), |(_, query)| query);
                pairs(query).take(MAX_PARAMETERS).collect()
            }
            Value::Object(fields) => {
                let fields = fields.iter().take(MAX_PARAMETERS);
                fields.map(|(name, value)| (name.clone(), text_of(value))).collect()
            }
            _ => Parameters::new(),
        };
        one(&mut decoded, place, &all);
    });
    match around {
        Ok(around) if around.listed => Ok(decoded),
        Ok(_) => Err(Reject::malformed("requests is not a list")),
        Err(error) => Err(Reject::malformed(error.to_string())),
    }
}

fn one(decoded: &mut Decoded, place: usize, all: &Parameters) {
    let key = all.get("idsite").map(|key| key.trim()).unwrap_or_default().to_owned();
    decoded.take(place, &key, event(all));
}

fn event(all: &Parameters) -> Result<Incoming, Reject> {
    let text = |name: &str| all.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    if text("rec") != "1" {
        return Err(Reject::new(Reason::NoEvent, "rec=1 is missing, so nothing is recorded"));
    }
    if text("idsite").is_empty() {
        return Err(Reject::new(Reason::UnknownKey, "idsite is missing"));
    }
    let named = |names: [&str; 2]| {
        names.iter().map(|name| text(name)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let mut event = Incoming {
        name: "pageview".into(),
        url: text("url"),
        referrer: text("urlref"),
        user: text("uid"),
        visitor: named(["cid", "_id"]),
        user_agent: text("ua"),
        ip: text("cip").parse().ok(),
        language: text("lang"),
        fresh: text("new_visit") == "1",
        load: text("pv_id"),
        source: named(["_rcn", "mtm_source"]),
        silent: text("ping") == "1",
        ..Incoming::default()
    };
    event.told = event.ip.is_some() || !event.user_agent.is_empty();
    if super::incoming::address(&event.url).is_none() {
        return Err(Reject::new(Reason::Address, "url is not an address of the web"));
    }
    let cdt = text("cdt");
    if !cdt.is_empty() {
        let at = instant(&cdt);
        event.at = Some(at.ok_or_else(|| Reject::malformed(format!("cdt is {:?}", clip(&cdt, 40))))?);
    }
    what(&mut event, all);
    // `{"1":["name","value"]}`; the place says nothing to people.
    if let Some(Value::Object(variables)) = all.get("cvar").and_then(|text| json::one(text.as_bytes()).ok()) {
        for pair in variables.values() {
            if let (Some(name), Some(value)) = (pair.get(0).and_then(Value::as_str), pair.get(1)) {
                event.prop(name, text_of(value));
            }
        }
    }
    let mut dimensions: Vec<_> = all.iter().filter(|(name, _)| is_dimension(name)).collect();
    dimensions.sort();
    for (name, value) in dimensions {
        event.prop(name, value.clone());
    }
    Ok(event)
}

fn is_dimension(name: &str) -> bool {
    name.strip_prefix("dimension")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What happened, when it is no page view.
fn what(event: &mut Incoming, all: &Parameters) {
    let text = |name: &str| all.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let has = |name: &str| all.get(name).is_some_and(|text| !text.trim().is_empty());
    let number = |name: &str| text(name).parse::<f64>().ok().filter(|number| number.is_finite());
    if has("e_a") || has("e_c") {
        event.name = if has("e_a") { text("e_a") } else { text("e_c") };
        event.prop("category", text("e_c"));
        event.prop("label", text("e_n"));
        event.value = number("e_v");
    } else if has("idgoal") {
        event.name = if text("idgoal") == "0" { "order".into() } else { "goal".into() };
        event.prop("goal", text("idgoal"));
        event.prop("order", text("ec_id"));
        event.value = number("revenue");
    } else if has("search") {
        event.name = "search".into();
        event.prop("search", text("search"));
        event.value = number("search_count");
    } else if has("download") {
        event.name = "download".into();
        event.prop("address", text("download"));
    } else if has("link") {
        event.name = "outbound".into();
        event.prop("address", text("link"));
    }
}

#[cfg(test)]
mod tests;
