//! Rows into columns.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, TimestampMicrosecondArray, UInt64Array,
};
use kernel::lake::{Check, Event, LogLine, Metric, Span, Table, Vital};

use super::schema;

/// The text of no properties.
const NO_PROPS: &str = "{}";

fn build(table: Table, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema(table), columns).expect("the columns are those of the schema")
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> ArrayRef {
    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
    all.for_each(|word| builder.append_value(word));
    Arc::new(builder.finish())
}

/// Like [`words`] for what has to be written out first: neighbours are mostly the same.
fn written<T: PartialEq>(all: impl Iterator<Item = T>, write: impl Fn(&T) -> String) -> ArrayRef {
    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
    let mut last: Option<(T, String)> = None;
    for one in all {
        if last.as_ref().is_none_or(|(known, _)| *known != one) {
            let text = write(&one);
            last = Some((one, text));
        }
        if let Some((_, text)) = &last {
            builder.append_value(text);
        }
    }
    Arc::new(builder.finish())
}

fn numbers(all: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(all))
}

fn wholes(all: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(all))
}

fn keys(all: impl ExactSizeIterator<Item = u128>) -> ArrayRef {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(all.len(), 16);
    for key in all {
        if key == 0 {
            builder.append_null();
        } else {
            builder.append_value(key.to_be_bytes()).expect("a key is 16 bytes");
        }
    }
    Arc::new(builder.finish())
}

fn times(all: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(all).with_timezone("UTC"))
}

/// Properties as one JSON object, in their order.
fn props(pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return NO_PROPS.to_owned();
    }
    let mut text = String::from("{");
    for (at, (key, value)) in pairs.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        for (part, end) in [(key, ":"), (value, "")] {
            text.push_str(&serde_json::to_string(part).unwrap_or_default());
            text.push_str(end);
        }
    }
    text.push('}');
    text
}

/// The properties of such a text, in their order; none when it is not one.
pub(crate) fn props_of(text: &str) -> Vec<(String, String)> {
    struct Pairs;
    impl<'de> serde::de::Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of texts")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    if text == NO_PROPS {
        return Vec::new();
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    serde::Deserializer::deserialize_map(&mut reader, Pairs).unwrap_or_default()
}

macro_rules! texts {
    ($rows:expr, $($field:ident),*) => { [$(words($rows.iter().map(|row| row.$field.as_str()))),*] };
}
macro_rules! marks {
    ($rows:expr, $($field:ident),*) => { [$(words($rows.iter().map(|row| row.$field.word()))),*] };
}

macro_rules! heads {
    ($rows:expr) => {
        vec![
            written($rows.iter().map(|row| row.client), ToString::to_string),
            written($rows.iter().map(|row| row.service), ToString::to_string),
            times($rows.iter().map(|row| row.at.as_microsecond())),
        ]
    };
}

macro_rules! all_props {
    ($rows:expr) => {
        written($rows.iter().map(|row| &row.props), |pairs| props(pairs))
    };
}

pub(super) fn events(rows: &[&Event]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.push(wholes(rows.iter().map(|row| row.received_at.as_microsecond() - row.at.as_microsecond())));
    columns.push(keys(rows.iter().map(|row| row.key)));
    columns.push(numbers(rows.iter().map(|row| row.user)));
    columns.push(numbers(rows.iter().map(|row| row.visitor)));
    columns.push(numbers(rows.iter().map(|row| row.visit)));
    columns.push(numbers(rows.iter().map(|row| row.case)));
    columns.extend(texts!(rows, name, path, host, referrer, source, medium, campaign));
    columns.extend(marks!(rows, device));
    columns.extend(texts!(rows, browser, os, language));
    columns.extend(marks!(rows, channel));
    columns.extend(texts!(rows, release, bot));
    columns.extend(marks!(rows, origin));
    columns.push(Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.value))));
    columns.push(all_props!(rows));
    build(Table::Events, columns)
}

pub(super) fn checks(rows: &[&Check]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.push(written(rows.iter().map(|row| row.probe), ToString::to_string));
    columns.push(wholes(rows.iter().map(|row| row.took)));
    columns.extend(texts!(rows, outcome, reason));
    build(Table::Checks, columns)
}

pub(super) fn vitals(rows: &[&Vital]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.push(numbers(rows.iter().map(|row| row.visit)));
    columns.push(numbers(rows.iter().map(|row| row.load)));
    columns.extend(texts!(rows, path));
    columns.extend(marks!(rows, device));
    columns.extend(texts!(rows, release));
    columns.extend(marks!(rows, name));
    columns.push(Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.value))));
    columns.extend(texts!(rows, bot));
    build(Table::Vitals, columns)
}

pub(super) fn spans(rows: &[&Span]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.push(wholes(rows.iter().map(|row| row.took)));
    columns.push(keys(rows.iter().map(|row| row.trace)));
    columns.push(numbers(rows.iter().map(|row| row.span)));
    columns.push(numbers(rows.iter().map(|row| row.parent)));
    columns.extend(texts!(rows, component, name, kind));
    columns.push(Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.error)))));
    columns.extend(texts!(rows, peer));
    columns.push(all_props!(rows));
    build(Table::Spans, columns)
}

pub(super) fn metrics(rows: &[&Metric]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.extend(texts!(rows, component, name, unit, kind));
    columns.push(Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.value))));
    columns.push(numbers(rows.iter().map(|row| row.count)));
    columns.push(all_props!(rows));
    build(Table::Metrics, columns)
}

pub(super) fn logs(rows: &[&LogLine]) -> RecordBatch {
    let mut columns = heads!(rows);
    columns.extend(texts!(rows, component));
    columns.push(numbers(rows.iter().map(|row| u64::from(row.severity))));
    columns.extend(texts!(rows, body));
    columns.push(keys(rows.iter().map(|row| row.trace)));
    columns.push(numbers(rows.iter().map(|row| row.span)));
    columns.push(all_props!(rows));
    build(Table::Logs, columns)
}
