//! Rows as bytes of the log.
//!
//! A record is the time of the append, the table, and runs of rows of one client and service. Numbers that are
//! hashes take their fixed size, times and counts are variable, texts carry their length. The log lives for
//! minutes, so there is one version and no schema in it; a record of another version is refused, never guessed.

use kernel::lake::{
    Channel, Check, Device, Event, LogLine, Metric, Origin, Rows, Span, Table, Vital, VitalName,
};
use kernel::{ClientId, Id as _, ProbeId, ServiceId, Timestamp};

/// The version of a record.
const VERSION: u8 = 1;
/// The most properties that are read back of one row; far above what is ever written.
const MAX_READ_PROPS: u64 = 100_000;

/// Why bytes are not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record does not read: it was written by another version, or it is damaged")]
pub struct Unreadable;

/// Bytes being read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Unreadable)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        self.take(N)?.try_into().map_err(|_| Unreadable)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        Ok(self.array::<1>()?[0])
    }

    fn count(&mut self) -> Result<u64, Unreadable> {
        let mut value = 0u64;
        for place in 0..10u32 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(place * 7).ok_or(Unreadable)?;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Unreadable)
    }
}

fn put_count(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// One field of a row.
trait Cell: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable>;
}

macro_rules! fixed {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
                Ok(<$type>::from_le_bytes(from.array()?))
            }
        }
    )*};
}
fixed!(u8, u64, u128, f64);

impl Cell for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        // Zigzag, so that small negatives stay small.
        put_count(out, ((self << 1) ^ (self >> 63)) as u64);
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        let value = from.count()?;
        Ok(((value >> 1) as i64) ^ -((value & 1) as i64))
    }
}

impl Cell for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_microsecond().put(out);
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        Timestamp::from_microsecond(i64::take(from)?).map_err(|_| Unreadable)
    }
}

impl Cell for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        Ok(from.byte()? != 0)
    }
}

impl Cell for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_count(out, self.len() as u64);
        out.extend_from_slice(self.as_bytes());
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        let count = usize::try_from(from.count()?).map_err(|_| Unreadable)?;
        let text = std::str::from_utf8(from.take(count)?).map_err(|_| Unreadable)?;
        Ok(text.to_owned())
    }
}

impl Cell for Option<f64> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.put(out);
            }
        }
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        Ok(if from.byte()? == 0 { None } else { Some(f64::take(from)?) })
    }
}

impl Cell for Vec<(String, String)> {
    fn put(&self, out: &mut Vec<u8>) {
        put_count(out, self.len() as u64);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        let count = from.count()?;
        if count > MAX_READ_PROPS {
            return Err(Unreadable);
        }
        (0..count).map(|_| Ok((String::take(from)?, String::take(from)?))).collect()
    }
}

impl Cell for ProbeId {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_u128().put(out);
    }
    fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
        Ok(ProbeId::from_u128(u128::take(from)?))
    }
}

macro_rules! words {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn put(&self, out: &mut Vec<u8>) {
                // The lists only grow at their end, so the place is as good as the word.
                let place = <$type>::ALL.iter().position(|one| one == self).unwrap_or_default();
                out.push(place as u8);
            }
            fn take(from: &mut Bytes<'_>) -> Result<Self, Unreadable> {
                <$type>::ALL.get(usize::from(from.byte()?)).copied().ok_or(Unreadable)
            }
        }
    )*};
}
words!(Channel, Device, Origin, VitalName);

/// A row of some table.
pub(crate) trait Row: Sized {
    /// Whose it is.
    fn owner(&self) -> (ClientId, ServiceId);
    /// When, in microseconds.
    fn at(&self) -> i64;
    fn put(&self, out: &mut Vec<u8>);
    fn take(from: &mut Source<'_>, client: ClientId, service: ServiceId) -> Result<Self, Unreadable>;
}

/// Bytes being read, for rows.
pub(crate) struct Source<'a>(Bytes<'a>);

macro_rules! row {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl Row for $type {
            fn owner(&self) -> (ClientId, ServiceId) {
                (self.client, self.service)
            }
            fn at(&self) -> i64 {
                self.at.as_microsecond()
            }
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }
            fn take(from: &mut Source<'_>, client: ClientId, service: ServiceId) -> Result<Self, Unreadable> {
                Ok($type { client, service, $($field: Cell::take(&mut from.0)?),* })
            }
        }
    };
}

row!(Event {
    at,
    received_at,
    key,
    user,
    visitor,
    visit,
    case,
    name,
    path,
    host,
    referrer,
    source,
    medium,
    campaign,
    device,
    browser,
    os,
    language,
    channel,
    release,
    bot,
    origin,
    value,
    props,
});
row!(Check { probe, at, took, outcome, reason });
row!(Vital { at, visit, load, path, device, release, name, value, bot });
row!(Span { at, took, trace, span, parent, component, name, kind, error, peer, props });
row!(Metric { at, component, name, unit, kind, value, count, props });
row!(LogLine { at, component, severity, body, trace, span, props });

/// Does the same with the rows of any table.
macro_rules! each_table {
    ($rows:expr, $list:ident => $body:expr) => {
        match $rows {
            ::kernel::lake::Rows::Events($list) => $body,
            ::kernel::lake::Rows::Checks($list) => $body,
            ::kernel::lake::Rows::Vitals($list) => $body,
            ::kernel::lake::Rows::Spans($list) => $body,
            ::kernel::lake::Rows::Metrics($list) => $body,
            ::kernel::lake::Rows::Logs($list) => $body,
        }
    };
}
pub(crate) use each_table;

/// Moves all rows of one to the end of another of the same table; false when they are not.
pub(crate) fn join(into: &mut Rows, from: Rows) -> bool {
    match (into, from) {
        (Rows::Events(all), Rows::Events(mut more)) => all.append(&mut more),
        (Rows::Checks(all), Rows::Checks(mut more)) => all.append(&mut more),
        (Rows::Vitals(all), Rows::Vitals(mut more)) => all.append(&mut more),
        (Rows::Spans(all), Rows::Spans(mut more)) => all.append(&mut more),
        (Rows::Metrics(all), Rows::Metrics(mut more)) => all.append(&mut more),
        (Rows::Logs(all), Rows::Logs(mut more)) => all.append(&mut more),
        _ => return false,
    }
    true
}

fn put_list<R: Row>(rows: &[R], out: &mut Vec<u8>) {
    for run in rows.chunk_by(|a, b| a.owner() == b.owner()) {
        let Some(first) = run.first() else { continue };
        let (client, service) = first.owner();
        put_count(out, run.len() as u64);
        client.to_u128().put(out);
        service.to_u128().put(out);
        for row in run {
            row.put(out);
        }
    }
    put_count(out, 0);
}

fn take_list<R: Row>(from: &mut Source<'_>) -> Result<Vec<R>, Unreadable> {
    let mut rows = Vec::new();
    loop {
        let count = from.0.count()?;
        if count == 0 {
            return Ok(rows);
        }
        let client = ClientId::from_u128(u128::take(&mut from.0)?);
        let service = ServiceId::from_u128(u128::take(&mut from.0)?);
        for _ in 0..count {
            rows.push(R::take(from, client, service)?);
        }
    }
}

/// Writes a record to the end of `out`.
pub(crate) fn put(rows: &Rows, at: Timestamp, out: &mut Vec<u8>) {
    out.push(VERSION);
    at.put(out);
    let table = Table::ALL.iter().position(|one| *one == rows.table()).unwrap_or_default();
    out.push(table as u8);
    each_table!(rows, list => put_list(list, out));
}

/// Reads a record: when it was appended, and its rows.
pub(crate) fn take(bytes: &[u8]) -> Result<(Timestamp, Rows), Unreadable> {
    let mut from = Source(Bytes(bytes));
    if from.0.byte()? != VERSION {
        return Err(Unreadable);
    }
    let at = Timestamp::take(&mut from.0)?;
    let table = *Table::ALL.get(usize::from(from.0.byte()?)).ok_or(Unreadable)?;
    let rows = match table {
        Table::Events => Rows::Events(take_list(&mut from)?),
        Table::Checks => Rows::Checks(take_list(&mut from)?),
        Table::Vitals => Rows::Vitals(take_list(&mut from)?),
        Table::Spans => Rows::Spans(take_list(&mut from)?),
        Table::Metrics => Rows::Metrics(take_list(&mut from)?),
        Table::Logs => Rows::Logs(take_list(&mut from)?),
    };
    if from.0.0.is_empty() { Ok((at, rows)) } else { Err(Unreadable) }
}

#[cfg(test)]
mod tests;
