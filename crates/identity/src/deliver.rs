//! The one place that turns a contact method into a call on the world.
//!
//! Whoever has something to say to a person (a sign-in link, a code, a page) makes a [`Content`] and hands it
//! over together with the [`Channel`]; what comes back is the proof that the next hop took it, or why not.

use jiff::SignedDuration;
use kernel::world::{Hook, Mail, NotSent, Reach, Receipt, World};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Channel;

/// How long a hook, a push server or a gateway may take.
const HOOK_TIMEOUT: SignedDuration = SignedDuration::from_secs(10);
/// The longest text sent to a chat: Slack cuts at 4,000 characters.
const MAX_CHAT: usize = 3500;
/// The longest text sent as a push message: ntfy turns what is longer than 4,096 bytes into an attachment.
const MAX_PUSH: usize = 3500;
/// The longest text message: three parts of 153 letters (3GPP TS 23.038, 7-bit alphabet, concatenated).
const MAX_SMS: usize = 459;
/// The longest title of a push message, characters.
const MAX_TITLE: usize = 200;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The same on every attempt, so that what went out twice after a crash can be recognised: a message id
    /// without angle brackets (`pag_…@tend.example`).
    pub message_id: String,
    /// One line.
    pub subject: String,
    /// All of it, as text. For chat, push and SMS the subject stands before it unless it begins with it.
    pub text: String,
    /// All of it, as HTML, for mail.
    pub html: Option<String>,
    /// Where to go.
    pub link: Option<String>,
    /// Whether it should ring.
    pub urgent: bool,
    /// More headers for mail.
    pub headers: Vec<(String, String)>,
}

/// The operator's gateway for text messages: an HTTP call with places for the number and the text.
///
/// `{number}` and `{text}` stand in the address (where they are percent-encoded) and in the body (where they
/// are written for its content type: JSON, form, or plain).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsGateway {
    /// The address, with places if the gateway wants them there.
    pub url: String,
    /// `POST` or `GET`.
    #[serde(default = "post")]
    pub method: String,
    /// Headers, among them usually the key.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body, with places.
    #[serde(default)]
    pub body: String,
}

fn post() -> String {
    "POST".into()
}

/// How a place in a template is written.
#[derive(Clone, Copy)]
enum Escape {
    Percent,
    Json,
    Plain,
}

impl SmsGateway {
    /// The longest address, body or header value.
    const MAX: usize = 4000;
    /// How many headers at most.
    const MAX_HEADERS: usize = 20;

    /// Refuses what cannot work: (field, text key) of each mistake.
    #[must_use]
    pub fn mistakes(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        let bare = self.url.replace("{number}", "0").replace("{text}", "x");
        if let Err(code) = crate::rules::clean_url(&bare) {
            wrong.push(("url", code));
        }
        if !matches!(self.method.as_str(), "POST" | "GET" | "PUT") {
            wrong.push(("method", "field-bad-method"));
        }
        let places = |place: &str| self.url.contains(place) || self.body.contains(place);
        if !places("{number}") {
            wrong.push(("body", "field-sms-number-missing"));
        } else if !places("{text}") {
            wrong.push(("body", "field-sms-text-missing"));
        }
        if self.body.len() > Self::MAX {
            wrong.push(("body", "field-too-long"));
        }
        let header_is_good = |(name, value): &(String, String)| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && value.len() <= Self::MAX
                && value.chars().all(|c| !c.is_control() && c.is_ascii())
        };
        if self.headers.len() > Self::MAX_HEADERS || !self.headers.iter().all(header_is_good) {
            wrong.push(("headers", "field-bad-header"));
        }
        if self.is_json() {
            let filled = fill(&self.body, "+3100", "x", Escape::Json);
            if !self.body.is_empty() && serde_json::from_str::<serde_json::Value>(&filled).is_err() {
                wrong.push(("body", "field-bad-json"));
            }
        }
        wrong
    }

    fn content_type(&self) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str())
    }

    fn is_json(&self) -> bool {
        match self.content_type() {
            Some(kind) => kind.contains("json"),
            None => {
                let body = self.body.trim_start();
                let is_place = body.starts_with("{number}") || body.starts_with("{text}");
                body.starts_with(['{', '[']) && !is_place
            }
        }
    }

    fn hook(&self, number: &str, text: &str) -> Hook {
        let is_form = self.content_type().is_some_and(|kind| kind.contains("form-urlencoded"));
        let escape = if self.is_json() {
            Escape::Json
        } else if is_form {
            Escape::Percent
        } else {
            Escape::Plain
        };
        let mut headers = self.headers.clone();
        if self.content_type().is_none() && !self.body.is_empty() {
            let kind = if self.is_json() { "application/json" } else { "text/plain; charset=utf-8" };
            headers.push(("Content-Type".into(), kind.into()));
        }
        Hook {
            url: fill(&self.url, number, text, Escape::Percent),
            method: self.method.clone(),
            headers,
            body: fill(&self.body, number, text, escape).into_bytes(),
            timeout: HOOK_TIMEOUT,
            // The operator configured it, and gateways often stand in the operator's own network.
            reach: Reach::Operator,
        }
    }
}

/// Fills both places in one pass, so that a text which itself reads `{number}` stays what it is.
fn fill(template: &str, number: &str, text: &str, escape: Escape) -> String {
    let write = |value: &str| match escape {
        Escape::Percent => percent(value),
        Escape::Json => json_inside(value),
        Escape::Plain => value.to_owned(),
    };
    let mut out = String::with_capacity(template.len() + text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{number}") {
            out.push_str(&write(number));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{text}") {
            out.push_str(&write(text));
            rest = after;
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986 section 2.3.
fn percent(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The inside of a JSON string.
fn json_inside(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

impl Channel {
    /// Hands the content to the next hop of this channel.
    ///
    /// # Errors
    /// [`NotSent`], which says whether trying again makes sense.
    pub async fn deliver(
        &self,
        world: &dyn World,
        sms: Option<&SmsGateway>,
        content: &Content,
    ) -> Result<Receipt, NotSent> {
        match self {
            Channel::Mail { address } => world.send_mail(&mail(address, content)).await,
            Channel::Chat { url } => world.call_hook(&chat(url, content)).await,
            Channel::Push { url, token } => world.call_hook(&push(url, token.as_deref(), content)).await,
            Channel::Sms { number } => match sms {
                Some(gateway) => world.call_hook(&gateway.hook(number, &short(content))).await,
                None => Err(NotSent {
                    again: true,
                    what: "no gateway for text messages is configured".to_owned(),
                }),
            },
        }
    }
}

fn mail(address: &str, content: &Content) -> Mail {
    let mut headers = content.headers.clone();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("auto-submitted")) {
        // RFC 3834 section 5: keeps out-of-office replies from answering.
        headers.push(("Auto-Submitted".into(), "auto-generated".into()));
    }
    Mail {
        to: address.to_owned(),
        subject: one_line(&content.subject),
        text: content.text.clone(),
        html: content.html.clone(),
        message_id: content.message_id.clone(),
        headers,
    }
}

/// `{"text": ..}`, which Slack, Mattermost, Rocket.Chat and Zulip's Slack shape all take.
fn chat(url: &str, content: &Content) -> Hook {
    let mut text = format!("*{}*", chat_escape(&one_line(&content.subject)));
    let rest = after_subject(content);
    if !rest.is_empty() {
        text.push('\n');
        text.push_str(&cut(&chat_escape(rest), MAX_CHAT));
    }
    if let Some(link) = &content.link {
        text.push_str(&format!("\n<{}>", link.replace(['<', '>', '|'], "")));
    }
    json_hook(url, Vec::new(), &serde_json::json!({ "text": text }))
}

/// The three characters that Slack's text gives a meaning ("Formatting text for app surfaces").
fn chat_escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn push(url: &str, token: Option<&str>, content: &Content) -> Hook {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    if path.trim_end_matches('/').ends_with("/message") {
        gotify(url, token, content)
    } else {
        ntfy(url, token, content)
    }
}

/// ntfy's "publish": the body is the text, the rest are headers.
fn ntfy(url: &str, token: Option<&str>, content: &Content) -> Hook {
    let mut headers = vec![
        ("Title".to_owned(), encoded_word(&cut(&one_line(&content.subject), MAX_TITLE))),
        ("Priority".to_owned(), if content.urgent { "urgent" } else { "default" }.to_owned()),
        ("Tags".to_owned(), if content.urgent { "rotating_light" } else { "bell" }.to_owned()),
        ("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()),
    ];
    if let Some(link) = content.link.as_ref().filter(|link| header_safe(link)) {
        headers.push(("Click".to_owned(), link.clone()));
    }
    if let Some(token) = token.filter(|token| header_safe(token)) {
        headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    let rest = after_subject(content);
    let body = cut(if rest.is_empty() { &content.subject } else { rest }, MAX_PUSH);
    hook(url, headers, body.into_bytes())
}

/// Gotify's `POST /message`; 8 and above rings on Android, 4 does not.
fn gotify(url: &str, token: Option<&str>, content: &Content) -> Hook {
    let headers = token
        .filter(|token| header_safe(token))
        .map(|token| ("X-Gotify-Key".to_owned(), token.to_owned()))
        .into_iter()
        .collect();
    let rest = after_subject(content);
    let mut body = serde_json::json!({
        "title": cut(&one_line(&content.subject), MAX_TITLE),
        "message": cut(if rest.is_empty() { &content.subject } else { rest }, MAX_PUSH),
        "priority": if content.urgent { 9 } else { 4 },
    });
    if let Some(link) = &content.link {
        body["extras"] = serde_json::json!({ "client::notification": { "click": { "url": link } } });
    }
    json_hook(url, headers, &body)
}

/// A text message: the subject and the link whole, and of the rest what fits.
fn short(content: &Content) -> String {
    let link = content.link.as_deref().map(|link| format!(" {link}")).unwrap_or_default();
    let room = MAX_SMS.saturating_sub(link.chars().count()).max(60);
    let rest = one_line(after_subject(content));
    let said = if rest.is_empty() {
        one_line(&content.subject)
    } else {
        format!("{}. {rest}", one_line(&content.subject).trim_end_matches('.'))
    };
    // A text that already carries the link would pay for it twice.
    match &content.link {
        Some(url) if said.contains(url.as_str()) => cut(&said, MAX_SMS),
        _ => format!("{}{link}", cut(&said, room)),
    }
}

fn after_subject(content: &Content) -> &str {
    content.text.strip_prefix(&content.subject).unwrap_or(&content.text).trim()
}

fn json_hook(url: &str, mut headers: Vec<(String, String)>, body: &serde_json::Value) -> Hook {
    headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    hook(url, headers, body.to_string().into_bytes())
}

fn hook(url: &str, headers: Vec<(String, String)>, body: Vec<u8>) -> Hook {
    Hook {
        url: url.to_owned(),
        method: "POST".to_owned(),
        headers,
        body,
        timeout: HOOK_TIMEOUT,
        // A person or a client supplied the address.
        reach: Reach::Guarded,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

fn header_safe(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_graphic() || c == ' ')
}

/// A header's value as ASCII: words outside it as RFC 2047 section 4.1, which ntfy reads.
fn encoded_word(text: &str) -> String {
    if header_safe(text) {
        return text.to_owned();
    }
    use base64::Engine as _;
    format!("=?UTF-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(text))
}

#[cfg(test)]
mod tests;
