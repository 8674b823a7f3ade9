//! The mails that were taken, and what of them is shown.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kernel::Clock;
use mail_parser::{MessageParser, PartType};
use serde::Serialize;
use tokio::sync::watch;

use super::smtp::Envelope;

/// Mails kept; the oldest goes first.
pub(super) const KEPT: usize = 100;
/// Bytes kept in all, so that a hundred of the largest do not add up.
const BYTES: usize = 32 * 1024 * 1024;
/// Characters of the text shown in the list.
const PREVIEW: usize = 120;

/// One mail.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    /// Counts up from 1; never used again.
    pub(super) number: u64,
    pub(super) received_at: Timestamp,
    pub(super) envelope: Envelope,
    pub(super) raw: Arc<[u8]>,
    pub(super) seen: Seen,
    pub(super) read: bool,
}

/// What a reader sees of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Seen {
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) preview: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

/// How many mails one recipient has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Count {
    pub(super) mails: usize,
    pub(super) unread: usize,
}

#[derive(Debug, Default)]
struct Kept {
    mails: VecDeque<Mail>,
    bytes: usize,
    last: u64,
}

/// All mails that are kept.
pub(super) struct Mailbox {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
    changed: watch::Sender<u64>,
}

impl Mailbox {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Mailbox {
        Mailbox { clock, kept: Mutex::default(), changed: watch::channel(0).0 }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the changes; changes whenever the mailbox does.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Keeps a mail and gives its number.
    pub(super) fn add(&self, envelope: Envelope, raw: Vec<u8>) -> u64 {
        let seen = seen(&raw);
        let mut kept = self.lock();
        kept.bytes += raw.len();
        kept.last += 1;
        let number = kept.last;
        let received_at = self.clock.now();
        kept.mails.push_back(Mail { number, received_at, envelope, raw: raw.into(), seen, read: false });
        while kept.mails.len() > KEPT || kept.bytes > BYTES {
            let Some(oldest) = kept.mails.pop_front() else { break };
            kept.bytes -= oldest.raw.len();
        }
        drop(kept);
        self.tell();
        number
    }

    /// The mails of a recipient, or all; newest first.
    pub(super) fn list(&self, to: Option<&str>) -> Vec<Mail> {
        let kept = self.lock();
        let wanted = |mail: &&Mail| to.is_none_or(|to| mail.envelope.to.iter().any(|address| address == to));
        kept.mails.iter().rev().filter(wanted).cloned().collect()
    }

    /// One mail.
    pub(super) fn find(&self, number: u64) -> Option<Mail> {
        self.lock().mails.iter().find(|mail| mail.number == number).cloned()
    }

    /// Remembers that it was opened.
    pub(super) fn mark_read(&self, number: u64) {
        if let Some(mail) = self.lock().mails.iter_mut().find(|mail| mail.number == number) {
            mail.read = true;
        }
    }

    /// How many each recipient has.
    pub(super) fn recipients(&self) -> BTreeMap<String, Count> {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for mail in &self.lock().mails {
            for address in &mail.envelope.to {
                let count = counts.entry(address.clone()).or_default();
                count.mails += 1;
                count.unread += usize::from(!mail.read);
            }
        }
        counts
    }

    /// Throws all away; numbers go on.
    pub(super) fn clear(&self) {
        let mut kept = self.lock();
        kept.mails.clear();
        kept.bytes = 0;
        drop(kept);
        self.tell();
    }
}

/// Reads what there is to see; a mail that cannot be read is shown as it came.
fn seen(raw: &[u8]) -> Seen {
    let Some(message) = MessageParser::default().parse(raw) else {
        let text = String::from_utf8_lossy(raw).into_owned();
        return Seen { preview: preview(&text), text, ..Seen::default() };
    };
    let html = message.html_body.iter().find_map(|part| match &message.parts.get(*part as usize)?.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let text = message.body_text(0).map(|text| text.into_owned()).unwrap_or_default();
    Seen {
        subject: message.subject().unwrap_or_default().to_owned(),
        from: addresses(message.from()),
        to: addresses(message.to()),
        preview: preview(&text),
        text,
        html,
    }
}

/// "Name <address>, .."
fn addresses(header: Option<&mail_parser::Address<'_>>) -> String {
    let Some(header) = header else { return String::new() };
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    header.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn preview(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(PREVIEW) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}
