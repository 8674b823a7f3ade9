//! Rows of a table as events: which column is what is said by a mapping.
//!
//! ```text
//! name=concept:name,at=time:timestamp,case=case:concept:name,prop.channel=case:channel
//! ```
//!
//! Left what it becomes, right the name of the column; `name==pageview` (two equals signs) gives every row the same
//! text. A row's event has an id made of the row and of how often the same row was there before, so that a
//! file that is read twice counts once; a mapping of `id` takes the file's own.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::lake::{Channel, Device};

use super::incoming::{Incoming, Reason, Reject, instant};

/// The longest row, in bytes.
pub const MAX_ROW: usize = 1024 * 1024;
/// The most parts of a mapping: all that an event has, and as many properties as it can have.
pub const MAX_MAPPED: usize = 80;

/// What a column can become, besides `prop.NAME`.
pub const TARGETS: [&str; 22] = [
    "name", "at", "url", "host", "referrer", "id", "case", "user", "visitor", "session", "ip", "agent",
    "source", "medium", "campaign", "device", "browser", "os", "language", "channel", "release", "value",
];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    /// The column of this name.
    Column(String),
    /// The same text for every row.
    Text(String),
}

/// Which column becomes what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping(Vec<(String, From)>);

impl Mapping {
    /// Reads `what=column,what=column,..`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Mapping, String> {
        let mut seen = BTreeSet::new();
        let mut parts = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (target, from) =
                part.split_once('=').ok_or_else(|| format!("`{part}` is not WHAT=COLUMN"))?;
            let (target, from) = (target.trim(), from.trim());
            let known = TARGETS.contains(&target)
                || target.strip_prefix("prop.").is_some_and(|name| !name.is_empty());
            if !known {
                return Err(format!(
                    "`{target}` is nothing that a row can become; there is {} and prop.NAME",
                    TARGETS.join(", ")
                ));
            }
            if !seen.insert(target.to_owned()) {
                return Err(format!("`{target}` is mapped twice"));
            }
            let from = match from.strip_prefix('=') {
                Some(text) => From::Text(text.to_owned()),
                None => From::Column(from.to_owned()),
            };
            parts.push((target.to_owned(), from));
        }
        if parts.len() > MAX_MAPPED {
            return Err(format!("more than {MAX_MAPPED} parts"));
        }
        if !seen.contains("at") {
            return Err("nothing is mapped to `at`: when did it happen?".into());
        }
        if !seen.contains("name") && !seen.contains("url") {
            return Err("nothing is mapped to `name` (what happened) or `url` (which page was seen)".into());
        }
        Ok(Mapping(parts))
    }

    /// The mapping against the columns of a file.
    ///
    /// # Errors
    /// When the file has no such column, with those that it has.
    pub fn bind(&self, header: &[&str], zone: TimeZone) -> Result<Bound, String> {
        let place = |name: &str| {
            let strip = |text: &str| text.trim().trim_start_matches('\u{feff}').to_owned();
            header.iter().position(|column| strip(column) == name)
        };
        let mut parts = Vec::new();
        for (target, from) in &self.0 {
            let cell = match from {
                From::Text(text) => Cell::Text(text.clone()),
                From::Column(name) => Cell::Column(place(name).ok_or_else(|| {
                    format!("the file has no column `{name}`; it has {}", header.join(", "))
                })?),
            };
            parts.push((target.clone(), cell));
        }
        Ok(Bound { parts, zone })
    }
}

/// Where a value stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Column(usize),
    Text(String),
}

/// A mapping that knows the columns of its file.
#[derive(Debug, Clone)]
pub struct Bound {
    parts: Vec<(String, Cell)>,
    zone: TimeZone,
}

impl Bound {
    /// The event of a row; `again` says how often the very same row was there before.
    ///
    /// # Errors
    /// Why it is none.
    pub fn event(&self, row: &[&str], again: u32) -> Result<Incoming, Reject> {
        let mut event = Incoming { told: true, ..Incoming::default() };
        for (target, cell) in &self.parts {
            let value = match cell {
                Cell::Text(text) => text.as_str(),
                Cell::Column(at) => row.get(*at).copied().unwrap_or_default().trim(),
            };
            if !value.is_empty() {
                self.set(&mut event, target, value)?;
            }
        }
        if event.at.is_none() {
            return Err(Reject::new(Reason::Missing, "the row has no time"));
        }
        if event.name.is_empty() && event.url.is_empty() {
            return Err(Reject::new(Reason::Missing, "the row says neither what happened nor on which page"));
        }
        if event.name.is_empty() {
            "pageview".clone_into(&mut event.name);
        }
        if event.id.is_empty() {
            event.id = super::lines::id(&row.join("\u{1f}"), again);
        }
        Ok(event)
    }

    fn set(&self, event: &mut Incoming, target: &str, value: &str) -> Result<(), Reject> {
        let text = || value.to_owned();
        match target {
            "name" => event.name = text(),
            "at" => {
                let at = self.time(value);
                event.at = Some(at.ok_or_else(|| Reject::malformed("the time is none that is understood"))?);
            }
            "url" => event.url = text(),
            "host" => event.host = text(),
            "referrer" => event.referrer = text(),
            "id" => event.id = text(),
            "case" => event.case = text(),
            "user" => event.user = text(),
            "visitor" => event.visitor = text(),
            "session" => event.session = text(),
            "ip" => event.ip = value.parse().ok(),
            "agent" => event.user_agent = text(),
            "source" => event.source = text(),
            "medium" => event.medium = text(),
            "campaign" => event.campaign = text(),
            "device" => event.device = Device::from_word(&value.to_lowercase()).unwrap_or_default(),
            "browser" => event.browser = text(),
            "os" => event.os = text(),
            "language" => event.language = text(),
            "channel" => {
                event.channel = Channel::from_word(&value.to_lowercase()).ok_or_else(|| {
                    let known: Vec<&str> = Channel::ALL.iter().map(|one| one.word()).collect();
                    Reject::new(Reason::Range, format!("the channel is none of {}", known.join(", ")))
                })?;
            }
            "release" => event.release = text(),
            "value" => {
                let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
                event.value = Some(number.ok_or_else(|| Reject::malformed("the value is not a number"))?);
            }
            other => {
                let name = other.strip_prefix("prop.").unwrap_or(other);
                event.props.push((name.to_owned(), text()));
            }
        }
        Ok(())
    }

    /// A time without a zone is one of the zone that was said.
    fn time(&self, value: &str) -> Option<jiff::Timestamp> {
        match value.parse::<DateTime>() {
            // With an offset it is also a time without one to the parser, so the instant is tried first.
            _ if value.parse::<jiff::Timestamp>().is_ok() => value.parse().ok(),
            Ok(civil) => self.zone.to_ambiguous_timestamp(civil).compatible().ok(),
            Err(_) => instant(value),
        }
    }
}

/// What separates the columns, by the first line: the one of `,`, `;`, tab and `|` that is there most often.
#[must_use]
pub fn delimiter(header: &str) -> u8 {
    let count = |letter: &u8| header.bytes().filter(|byte| byte == letter).count();
    // The last of equals wins, so the usual one stands last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests;
