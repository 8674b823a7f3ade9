//! Files of what happened before: access logs and tables, plain or packed, read in batches of events.
//!
//! Memory is bounded whatever the file holds: a line or row that is too long is counted and passed over, and only
//! one batch is held. The numbers of lines are those an editor shows.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::bufread::MultiGzDecoder;
use jiff::tz::TimeZone;
use kernel::lake::Origin;
use serde_json::{Map, Value, json};

use super::access_log;
use super::csv::{Bound, MAX_ROW, Mapping, delimiter};
use super::incoming::{Incoming, Reason, Reject};
use super::lines::{NotTaken, Repeats};

/// How much of a file is read at a time, bytes.
const BUFFER: usize = 64 * 1024;
/// The most events of a batch: far below what one request may hold, and enough that the disk is not asked for each.
pub const MAX_BATCH: usize = 2_000;

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Format {
    /// Lines of an access log.
    AccessLog {
        /// The host that it is the log of, when lines do not say.
        host: String,
    },
    /// Rows of a table.
    Table {
        /// Which column becomes what.
        mapping: Mapping,
        /// What separates columns; none looks at the first line.
        delimiter: Option<u8>,
        /// The zone of times that have none.
        zone: TimeZone,
    },
}

impl Format {
    /// By which door its events come in.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match self {
            Format::AccessLog { .. } => Origin::AccessLog,
            Format::Table { .. } => Origin::Csv,
        }
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The disk, or what is packed is damaged.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not the table that the mapping is for.
    #[error("{0}")]
    Header(String),
}

/// An event with the number of the line it stands in.
pub type Numbered = (u64, Incoming);

/// A line with its number: an event, or why it is none.
type Judged = (u64, Result<Incoming, Reject>);

/// A file that is being read.
pub struct File {
    inner: Inner,
    repeats: Repeats,
    not_taken: NotTaken,
    read: u64,
}

enum Inner {
    Lines { reader: Box<dyn BufRead>, host: String },
    Rows { reader: csv::Reader<Box<dyn Read>>, bound: Bound, budget: Arc<AtomicUsize> },
}

impl File {
    /// Begins to read. What is packed with gzip is known by its first bytes.
    ///
    /// # Errors
    /// When the beginning cannot be read, or a table lacks a column of the mapping.
    pub fn open(read: impl Read + 'static, format: &Format) -> Result<File, Unreadable> {
        let mut reader: Box<dyn BufRead> = Box::new(BufReader::with_capacity(BUFFER, read));
        if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
            reader = Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(reader)));
        }
        let inner = match format {
            Format::AccessLog { host } => Inner::Lines { reader, host: host.clone() },
            Format::Table { mapping, delimiter, zone } => table(reader, mapping, *delimiter, zone)?,
        };
        Ok(File { inner, repeats: Repeats::default(), not_taken: NotTaken::default(), read: 0 })
    }

    /// The next events, at most [`MAX_BATCH`]; empty at the end.
    ///
    /// # Errors
    /// When the rest cannot be read. What came before was sound.
    pub fn batch(&mut self) -> Result<Vec<Numbered>, Unreadable> {
        let mut events = Vec::new();
        while events.len() < MAX_BATCH {
            let Some((number, event)) = self.next()? else { break };
            self.read += 1;
            match event {
                Ok(event) => events.push((number, event)),
                Err(reject) => self.not_taken.add(number, &reject),
            }
        }
        Ok(events)
    }

    /// How many lines or rows were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read
    }

    /// What was not taken so far; whoever takes the events adds what they refuse.
    pub fn not_taken(&mut self) -> &mut NotTaken {
        &mut self.not_taken
    }

    fn next(&mut self) -> Result<Option<Judged>, Unreadable> {
        match &mut self.inner {
            Inner::Lines { reader, host } => loop {
                let Some(line) = line(reader.as_mut())? else { return Ok(None) };
                let number = self.read + 1;
                let Some(line) = line else {
                    let most = access_log::MAX_LINE;
                    let long = Reject::new(Reason::TooLarge, format!("the line is longer than {most} bytes"));
                    return Ok(Some((number, Err(long))));
                };
                if line.trim().is_empty() {
                    self.read += 1;
                    continue;
                }
                let event = access_log::parse(&line).map(|parsed| {
                    let again = self.repeats.before(&line);
                    Incoming { host: host.clone(), ..parsed.event(&line, again) }
                });
                return Ok(Some((number, event)));
            },
            Inner::Rows { reader, bound, budget } => {
                budget.store(MAX_ROW + BUFFER, Ordering::Relaxed);
                let mut record = csv::ByteRecord::new();
                match reader.read_byte_record(&mut record) {
                    Ok(false) => return Ok(None),
                    Ok(true) => {}
                    Err(error) => return Err(Unreadable::Io(error.into())),
                }
                let number = record.position().map_or(0, csv::Position::line);
                let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
                let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                let again = self.repeats.before(&cells.join("\u{1f}"));
                Ok(Some((number, bound.event(&cells, again))))
            }
        }
    }
}

/// The next line without its end; none within when it is too long, and then it is passed over.
fn line(reader: &mut dyn BufRead) -> io::Result<Option<Option<String>>> {
    let mut bytes = Vec::new();
    let mut long = false;
    loop {
        let held = reader.fill_buf()?;
        if held.is_empty() {
            if bytes.is_empty() && !long {
                return Ok(None);
            }
            break;
        }
        let end = held.iter().position(|byte| *byte == b'\n');
        let part = &held[..end.unwrap_or(held.len())];
        if bytes.len() + part.len() > access_log::MAX_LINE + 1 {
            long = true;
            bytes.clear();
        } else if !long {
            bytes.extend_from_slice(part);
        }
        let used = end.map_or(held.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(Some((!long).then(|| String::from_utf8_lossy(&bytes).into_owned())))
}

fn table(
    mut reader: Box<dyn BufRead>,
    mapping: &Mapping,
    said: Option<u8>,
    zone: &TimeZone,
) -> Result<Inner, Unreadable> {
    let begin = reader.fill_buf()?;
    let first = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = said.unwrap_or_else(|| delimiter(&String::from_utf8_lossy(first)));
    let budget = Arc::new(AtomicUsize::new(MAX_ROW + BUFFER));
    let bounded: Box<dyn Read> = Box::new(Bounded { reader, budget: Arc::clone(&budget) });
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(bounded);
    let header = reader.byte_headers().map_err(|error| Unreadable::Io(error.into()))?;
    let header: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let bound = mapping.bind(&header, zone.clone()).map_err(Unreadable::Header)?;
    Ok(Inner::Rows { reader, bound, budget })
}

/// Stops where one row would take more memory than a row may: a quote that is never closed makes the rest of a
/// file one row.
struct Bounded {
    reader: Box<dyn BufRead>,
    budget: Arc<AtomicUsize>,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        let left = self.budget.load(Ordering::Relaxed);
        if read > left {
            let what = format!("a row is longer than {MAX_ROW} bytes; is a quote never closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.budget.store(left - read, Ordering::Relaxed);
        Ok(read)
    }
}

/// An event as `POST /api/v1/events` takes it.
#[must_use]
pub fn wire(event: &Incoming) -> Value {
    let mut fields = Map::new();
    let texts = [
        ("name", &event.name),
        ("url", &event.url),
        ("host", &event.host),
        ("referrer", &event.referrer),
        ("id", &event.id),
        ("user", &event.user),
        ("visitor", &event.visitor),
        ("session", &event.session),
        ("case", &event.case),
        ("source", &event.source),
        ("medium", &event.medium),
        ("campaign", &event.campaign),
        ("browser", &event.browser),
        ("os", &event.os),
        ("release", &event.release),
        ("language", &event.language),
        ("user_agent", &event.user_agent),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        fields.insert(name.to_owned(), json!(text));
    }
    fields.extend(event.at.map(|at| ("at".to_owned(), json!(at))));
    fields.extend(event.ip.map(|ip| ("ip".to_owned(), json!(ip))));
    fields.extend(event.value.map(|value| ("value".to_owned(), json!(value))));
    fields.insert("channel".into(), json!(event.channel));
    if event.device != kernel::lake::Device::Unknown {
        fields.insert("device".into(), json!(event.device));
    }
    if !event.props.is_empty() {
        fields.insert(
            "props".into(),
            event.props.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
        );
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests;
