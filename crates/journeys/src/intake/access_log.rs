//! Lines of access logs in the combined format, as web servers and proxies write them.
//!
//! ```text
//! 192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /apply HTTP/1.1" 200 1043 "https://www.example/" "Mozilla/5.0 .."
//! ```
//!
//! A line becomes one event: `pageview` when a page was fetched and given, `request` otherwise (pictures, styles,
//! refusals, other methods). Who asked is known by address and browser only, so visitors are those of a day. The
//! event's id is made of the line and of how often the same line was there before, so that a file that is read
//! twice, or that was read up to the middle, counts once.

use jiff::Timestamp;
use jiff::fmt::strtime;

use super::incoming::{Incoming, Reason, Reject, clip};

/// The longest line, in bytes; servers cut requests near 8 KiB, and referrer and browser can be as long.
pub const MAX_LINE: usize = 32 * 1024;
/// Endings of what belongs to a page and is none.
const PARTS: [&str; 24] = [
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "woff",
    "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "xml", "json", "txt",
];

/// One line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The address that asked; a name when the server looked it up.
    pub host: String,
    /// When.
    pub at: Timestamp,
    /// The method, or nothing when the request was no request.
    pub method: String,
    /// What was asked for, with its query.
    pub target: String,
    /// The answer.
    pub status: u16,
    /// Bytes of the answer; none when there was no body.
    pub bytes: Option<u64>,
    /// The page before, or nothing.
    pub referrer: String,
    /// What the browser calls itself, or nothing.
    pub user_agent: String,
}

/// Takes a line apart. What follows the browser (times, host names) is left alone: many servers add their own.
///
/// # Errors
/// What is wrong with it.
pub fn parse(line: &str) -> Result<Line, Reject> {
    if line.len() > MAX_LINE {
        return Err(Reject::new(Reason::TooLarge, format!("the line is longer than {MAX_LINE} bytes")));
    }
    let wrong = |what: &str| Reject::malformed(what.to_owned());
    let mut rest = line;
    let host = word(&mut rest).ok_or_else(|| wrong("there is no address at the beginning"))?;
    let at = rest.find('[').ok_or_else(|| wrong("there is no [time]"))?;
    let until = rest[at..].find(']').ok_or_else(|| wrong("the [time] does not end"))?;
    let time = &rest[at + 1..at + until];
    let at_time = strtime::parse("%d/%b/%Y:%H:%M:%S %z", time).and_then(|parsed| parsed.to_timestamp());
    let at_time = at_time.map_err(|_| wrong("the [time] is not like 17/May/2015:10:05:03 +0000"))?;
    rest = &rest[at + until + 1..];
    let request = quoted(&mut rest).ok_or_else(|| wrong("the request is not in quotes, or does not end"))?;
    let status = word(&mut rest).and_then(|status| status.parse::<u16>().ok());
    let status = status.ok_or_else(|| wrong("there is no status after the request"))?;
    let bytes = word(&mut rest).ok_or_else(|| wrong("there is no size after the status"))?;
    let referrer =
        quoted(&mut rest).ok_or_else(|| wrong("the referrer is not in quotes, or does not end"))?;
    let agent = quoted(&mut rest).ok_or_else(|| wrong("the browser is not in quotes, or does not end"))?;
    let mut parts = request.split_ascii_whitespace();
    let (method, target) = match (parts.next(), parts.next()) {
        (Some(method), Some(target)) => (method.to_owned(), target.to_owned()),
        // Noise on the port: `\x16\x03\x01`, an empty request, `-`.
        _ => (String::new(), String::new()),
    };
    Ok(Line {
        host: host.to_owned(),
        at: at_time,
        method,
        target,
        status,
        bytes: bytes.parse().ok(),
        referrer: dash(referrer),
        user_agent: dash(agent),
    })
}

/// The next word.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let text = rest.trim_start_matches(' ');
    let end = text.find(' ').unwrap_or(text.len());
    *rest = &text[end..];
    (end > 0).then(|| &text[..end])
}

/// The next text in quotes, with `\"`, `\\`, `\t`, `\n`, `\r` and `\xhh` undone. What `\x` gives is no UTF-8 when the
/// sender sent none, and then shows as replacement letters.
fn quoted(rest: &mut &str) -> Option<String> {
    let text = rest.trim_start_matches(' ').strip_prefix('"')?;
    let mut bytes = Vec::with_capacity(64);
    let mut at = 0;
    let raw = text.as_bytes();
    loop {
        match *raw.get(at)? {
            b'"' => break,
            b'\\' => {
                let (byte, long) = match *raw.get(at + 1)? {
                    b'n' => (b'\n', 2),
                    b't' => (b'\t', 2),
                    b'r' => (b'\r', 2),
                    b'x' => match raw.get(at + 2..at + 4).and_then(hex) {
                        Some(byte) => (byte, 4),
                        None => (b'x', 2),
                    },
                    other => (other, 2),
                };
                bytes.push(byte);
                at += long;
            }
            byte => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    *rest = &text[at + 1..];
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

fn hex(two: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()
}

fn dash(text: String) -> String {
    if text == "-" { String::new() } else { text }
}

impl Line {
    /// Whether somebody fetched a page and was given it.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let given = (200..300).contains(&self.status) || self.status == 304;
        let path = self.target.split(['?', '#']).next().unwrap_or_default();
        let file = path.rsplit('/').next().unwrap_or_default();
        let part = file
            .rsplit_once('.')
            .is_some_and(|(_, ending)| PARTS.iter().any(|part| part.eq_ignore_ascii_case(ending)));
        self.method == "GET" && given && !part
    }

    /// The event that it tells of; `again` says how often the very same line was there before.
    #[must_use]
    pub fn event(self, line: &str, again: u32) -> Incoming {
        let name = if self.is_page() { "pageview" } else { "request" };
        let mut props = vec![("status".to_owned(), self.status.to_string())];
        if self.method != "GET" && !self.method.is_empty() {
            props.push(("method".to_owned(), clip(&self.method, 20).to_owned()));
        }
        let url = if self.target.is_empty() { "/".to_owned() } else { self.target };
        Incoming {
            name: name.to_owned(),
            url,
            referrer: self.referrer,
            at: Some(self.at),
            id: super::lines::id(line, again),
            ip: self.host.parse().ok(),
            // A server that looks names up writes those.
            visitor: if self.host.parse::<std::net::IpAddr>().is_ok() { String::new() } else { self.host },
            user_agent: self.user_agent,
            // The line tells of its own user; the program that reads the file is not them.
            told: true,
            props,
            ..Incoming::default()
        }
    }
}

#[cfg(test)]
mod tests;
