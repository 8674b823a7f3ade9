//! Plausible: `POST /api/event` (journeys reference 4.1).

use serde_json::{Map, Value};

use super::incoming::{Decoded, Incoming, Reason, Reject, Sent, address, text_of};
use super::sources::domain_of;

/// Names of an event that are required, with the message Plausible gives.
const BLANK: &str = "can't be blank";

/// What is wrong with a request, by field, as Plausible says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Errors(pub Map<String, Value>);

impl Errors {
    fn one(field: &str, message: &str) -> Self {
        let mut errors = Errors(Map::new());
        errors.add(field, message);
        errors
    }

    fn add(&mut self, field: &str, message: &str) {
        let list = if field == "request" { Value::from(message) } else { Value::from(vec![message]) };
        self.0.insert(field.to_owned(), list);
    }

    /// The body of the answer.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::json!({ "errors": self.0 }).to_string()
    }

    /// The same as a refusal, to be counted.
    #[must_use]
    pub fn reject(&self) -> Reject {
        let reason = match self.0.keys().next().map(String::as_str) {
            Some("request") => Reason::Malformed,
            Some("url") if self.0.len() == 1 => Reason::Address,
            _ => Reason::Missing,
        };
        Reject::new(reason, self.body())
    }
}

/// Reads a request: one event, for one or several domains.
pub fn decode(sent: &Sent<'_>) -> Result<Decoded, Errors> {
    let unread = || Errors::one("request", "Unable to parse request body as valid JSON");
    let body: Map<String, Value> = serde_json::from_slice(sent.body).map_err(|_| unread())?;
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| body.get(*name));
        found.and_then(Value::as_str).map(str::trim).unwrap_or_default()
    };
    let (name, url, domains) = (text(["n", "name"]), text(["u", "url"]), text(["d", "domain"]));
    let mut errors = Errors(Map::new());
    if name.is_empty() {
        errors.add("event_name", BLANK);
    }
    let found = address(url);
    if url.is_empty() {
        errors.add("url", "is required");
    } else if found.is_none() {
        errors.add("url", "scheme is not allowed");
    }
    let host = found.map_or("", |found| found.host);
    let domains = if domains.is_empty() { host } else { domains };
    if domains.trim_matches(',').is_empty() {
        errors.add("domain", BLANK);
    }
    if !errors.0.is_empty() {
        return Err(errors);
    }
    let event = event(&body, name, url, text(["r", "referrer"]));
    let mut decoded = Decoded::default();
    for domain in domains.split(',').map(domain_of).filter(|domain| !domain.is_empty()).take(10) {
        decoded.push(0, &domain, event.clone());
    }
    Ok(decoded)
}

fn event(body: &Map<String, Value>, name: &str, url: &str, referrer: &str) -> Incoming {
    let mut event = Incoming {
        name: name.to_owned(),
        url: url.to_owned(),
        referrer: referrer.to_owned(),
        with_hash: ["h", "hashMode"].iter().any(|name| truth(body.get(*name))),
        ..Incoming::default()
    };
    if let Some(props) = ["p", "props", "m", "meta"].iter().find_map(|name| body.get(*name)) {
        // The old tracker sends them as JSON within a string.
        let inner = props.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        if let Some(props) = inner.as_ref().unwrap_or(props).as_object() {
            for (name, value) in props.iter().filter(|(_, value)| !value.is_array() && !value.is_object()) {
                event.prop(name, text_of(value));
            }
        }
    }
    let revenue = body.get("$").or_else(|| body.get("revenue"));
    let revenue = match revenue {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    if let Some(revenue) = revenue {
        event.value = number(revenue.get("amount"));
        if let Some(currency) = revenue.get("currency") {
            event.prop("currency", text_of(currency));
        }
    }
    // Time with the page in hand, ms, and how far it was read, percent.
    if let Some(engaged) = number(body.get("e")) {
        event.value = Some(engaged / 1_000.0);
    }
    if let Some(depth) = number(body.get("sd")) {
        event.prop("scroll", depth.to_string());
    }
    let interactive = body.get("i").or_else(|| body.get("interactive"));
    if interactive == Some(&Value::Bool(false)) {
        event.prop("interactive", "false".into());
    }
    event
}

fn truth(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(truth)) => *truth,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => matches!(text.as_str(), "1" | "true"),
        _ => false,
    }
}

/// A number, however it is written.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests;
