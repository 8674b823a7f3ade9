//! The tables as people see them: columns with names that need no quotes, and how rows fill them.
//!
//! An empty text and a number of 0 that stands for "not known" are null, so that `count(campaign)` counts what has
//! one. The numbers of users and visits are keyed hashes; they tell units apart and say nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, RecordBatchOptions,
    StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use kernel::lake::{Check, Event, LogLine, Metric, Rows, Span, SqlKind, Table, Vital};
use kernel::{ClientId, Problem, ServiceId, Timestamp};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number that stands for something and is not counted with.
    Number,
    /// A number.
    Float,
    /// An instant, microseconds UTC.
    Time,
    /// A day, UTC.
    Day,
    /// True or false.
    Bool,
}

impl Type {
    fn arrow(self) -> DataType {
        match self {
            Type::Text => DataType::Utf8View,
            Type::Int => DataType::Int64,
            Type::Number => DataType::UInt64,
            Type::Float => DataType::Float64,
            Type::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Type::Day => DataType::Date32,
            Type::Bool => DataType::Boolean,
        }
    }

    /// What people are told that it holds.
    #[must_use]
    pub fn kind(self) -> SqlKind {
        match self {
            Type::Text => SqlKind::Text,
            Type::Int | Type::Number => SqlKind::Int,
            Type::Float => SqlKind::Float,
            Type::Time | Type::Day => SqlKind::Time,
            Type::Bool => SqlKind::Bool,
        }
    }
}

/// Columns that every table has.
pub const SHARED: &[(&str, Type)] = &[
    ("at", Type::Time),
    ("day", Type::Day),
    ("client", Type::Text),
    ("service", Type::Text),
    ("client_id", Type::Text),
    ("service_id", Type::Text),
];

/// The columns of a table of its own, after [`SHARED`].
#[must_use]
pub fn own(table: Table) -> &'static [(&'static str, Type)] {
    match table {
        Table::Events => &[
            ("received_at", Type::Time),
            ("name", Type::Text),
            ("path", Type::Text),
            ("host", Type::Text),
            ("referrer", Type::Text),
            ("source", Type::Text),
            ("medium", Type::Text),
            ("campaign", Type::Text),
            ("device", Type::Text),
            ("browser", Type::Text),
            ("os", Type::Text),
            ("language", Type::Text),
            ("channel", Type::Text),
            ("release", Type::Text),
            ("origin", Type::Text),
            ("bot", Type::Text),
            ("value", Type::Float),
            ("props", Type::Text),
            ("user_id", Type::Number),
            ("visitor_id", Type::Number),
            ("visit_id", Type::Number),
            ("case_id", Type::Number),
        ],
        Table::Checks => &[
            ("probe_id", Type::Text),
            ("took_ms", Type::Float),
            ("outcome", Type::Text),
            ("reason", Type::Text),
        ],
        Table::Vitals => &[
            ("name", Type::Text),
            ("value", Type::Float),
            ("path", Type::Text),
            ("device", Type::Text),
            ("release", Type::Text),
            ("bot", Type::Text),
            ("visit_id", Type::Number),
            ("load_id", Type::Number),
        ],
        Table::Spans => &[
            ("component", Type::Text),
            ("name", Type::Text),
            ("kind", Type::Text),
            ("took_ms", Type::Float),
            ("error", Type::Bool),
            ("peer", Type::Text),
            ("props", Type::Text),
            ("trace_id", Type::Text),
            ("span_id", Type::Text),
            ("parent_id", Type::Text),
        ],
        Table::Metrics => &[
            ("component", Type::Text),
            ("name", Type::Text),
            ("unit", Type::Text),
            ("kind", Type::Text),
            ("value", Type::Float),
            ("n", Type::Int),
            ("props", Type::Text),
        ],
        Table::Logs => &[
            ("component", Type::Text),
            ("severity", Type::Int),
            ("body", Type::Text),
            ("props", Type::Text),
            ("trace_id", Type::Text),
            ("span_id", Type::Text),
        ],
    }
}

/// All columns of a table in order.
pub fn all(table: Table) -> impl Iterator<Item = (&'static str, Type)> {
    SHARED.iter().chain(own(table)).copied()
}

/// The schema of a table as the engine sees it.
#[must_use]
pub fn schema(table: Table) -> SchemaRef {
    let fields = all(table).map(|(name, kind)| {
        // Rows always have a time and a place; everything else may be unknown.
        let required = SHARED.iter().any(|(shared, _)| *shared == name);
        Field::new(name, kind.arrow(), !required)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// How services and clients are called.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The name of a service and of its client.
    pub services: HashMap<ServiceId, (String, String)>,
}

impl Names {
    /// The name of a service; its id when nobody said.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> String {
        self.services.get(&id).map_or_else(|| id.to_string(), |(name, _)| name.clone())
    }

    /// The name of the client of a service; its id when nobody said.
    #[must_use]
    pub fn client(&self, id: ClientId, service: ServiceId) -> String {
        self.services.get(&service).map_or_else(|| id.to_string(), |(_, client)| client.clone())
    }
}

/// Where rows belong: the same for all rows of a part.
#[derive(Debug, Clone)]
pub struct Place {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The day's midnight.
    pub day: Timestamp,
    /// The client's name.
    pub client_name: String,
    /// The service's name.
    pub service_name: String,
}

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

impl Place {
    /// The days since 1970.
    #[must_use]
    pub fn days(&self) -> i32 {
        i32::try_from(self.day.as_microsecond().div_euclid(DAY)).unwrap_or_default()
    }
}

/// Rows as columns of the given names, in their order.
pub fn fill(rows: &Rows, place: &Place, names: &[&str]) -> Result<RecordBatch, Problem> {
    let table = rows.table();
    let all = schema(table);
    let mut fields = Vec::with_capacity(names.len());
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let (_, field) = all.column_with_name(name).ok_or_else(|| Problem::fault("a column that is not there"))?;
        fields.push(field.clone());
        columns.push(match shared(rows.len(), place, name) {
            Some(column) => column,
            None => column(rows, name)?,
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(Problem::fault)
}

/// A column that is the same for all rows of a part.
#[must_use]
pub fn shared(rows: usize, place: &Place, name: &str) -> Option<ArrayRef> {
    let same = |text: &str| -> ArrayRef { Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(text, rows))) };
    Some(match name {
        "client" => same(&place.client_name),
        "service" => same(&place.service_name),
        "client_id" => same(&place.client.to_string()),
        "service_id" => same(&place.service.to_string()),
        "day" => Arc::new(Date32Array::from_iter_values(std::iter::repeat_n(place.days(), rows))),
        _ => return None,
    })
}

fn column(rows: &Rows, name: &str) -> Result<ArrayRef, Problem> {
    let found = match rows {
        Rows::Events(rows) => event(rows, name),
        Rows::Checks(rows) => check(rows, name),
        Rows::Vitals(rows) => vital(rows, name),
        Rows::Spans(rows) => span(rows, name),
        Rows::Metrics(rows) => metric(rows, name),
        Rows::Logs(rows) => log(rows, name),
    };
    found.ok_or_else(|| Problem::fault("a column that is not there"))
}

fn times(values: impl Iterator<Item = Timestamp>) -> ArrayRef {
    let values = TimestampMicrosecondArray::from_iter_values(values.map(Timestamp::as_microsecond));
    Arc::new(values.with_timezone("UTC"))
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(values.map(|text| (!text.is_empty()).then_some(text)).collect::<StringViewArray>())
}

fn owned(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringViewArray>())
}

fn numbers(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(values.map(|number| (number != 0).then_some(number)).collect::<UInt64Array>())
}

fn millis(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values.map(|micros| micros as f64 / 1_000.0)))
}

fn hex128(number: u128) -> Option<String> {
    (number != 0).then(|| format!("{number:032x}"))
}

fn hex64(number: u64) -> Option<String> {
    (number != 0).then(|| format!("{number:016x}"))
}

/// Properties as a JSON object; none is null.
fn props<'a>(values: impl Iterator<Item = &'a Vec<(String, String)>>) -> ArrayRef {
    owned(values.map(|props| {
        let object: serde_json::Map<String, serde_json::Value> =
            props.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
        (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
    }))
}

fn event(rows: &[Event], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "received_at" => times(all.map(|row| row.received_at)),
        "name" => texts(all.map(|row| row.name.as_str())),
        "path" => texts(all.map(|row| row.path.as_str())),
        "host" => texts(all.map(|row| row.host.as_str())),
        "referrer" => texts(all.map(|row| row.referrer.as_str())),
        "source" => texts(all.map(|row| row.source.as_str())),
        "medium" => texts(all.map(|row| row.medium.as_str())),
        "campaign" => texts(all.map(|row| row.campaign.as_str())),
        "device" => texts(all.map(|row| row.device.word())),
        "browser" => texts(all.map(|row| row.browser.as_str())),
        "os" => texts(all.map(|row| row.os.as_str())),
        "language" => texts(all.map(|row| row.language.as_str())),
        "channel" => texts(all.map(|row| row.channel.word())),
        "release" => texts(all.map(|row| row.release.as_str())),
        "origin" => texts(all.map(|row| row.origin.word())),
        "bot" => texts(all.map(|row| row.bot.as_str())),
        "value" => Arc::new(all.map(|row| row.value).collect::<Float64Array>()),
        "props" => props(all.map(|row| &row.props)),
        "user_id" => numbers(all.map(|row| row.user)),
        "visitor_id" => numbers(all.map(|row| row.visitor)),
        "visit_id" => numbers(all.map(|row| row.visit)),
        "case_id" => numbers(all.map(|row| row.case)),
        _ => return None,
    })
}

fn check(rows: &[Check], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "probe_id" => owned(all.map(|row| Some(row.probe.to_string()))),
        "took_ms" => millis(all.map(|row| row.took)),
        "outcome" => texts(all.map(|row| row.outcome.as_str())),
        "reason" => texts(all.map(|row| row.reason.as_str())),
        _ => return None,
    })
}

fn vital(rows: &[Vital], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "name" => texts(all.map(|row| row.name.word())),
        "value" => Arc::new(Float64Array::from_iter_values(all.map(|row| row.value))),
        "path" => texts(all.map(|row| row.path.as_str())),
        "device" => texts(all.map(|row| row.device.word())),
        "release" => texts(all.map(|row| row.release.as_str())),
        "bot" => texts(all.map(|row| row.bot.as_str())),
        "visit_id" => numbers(all.map(|row| row.visit)),
        "load_id" => numbers(all.map(|row| row.load)),
        _ => return None,
    })
}

fn span(rows: &[Span], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "component" => texts(all.map(|row| row.component.as_str())),
        "name" => texts(all.map(|row| row.name.as_str())),
        "kind" => texts(all.map(|row| row.kind.as_str())),
        "took_ms" => millis(all.map(|row| row.took)),
        "error" => Arc::new(all.map(|row| Some(row.error)).collect::<BooleanArray>()),
        "peer" => texts(all.map(|row| row.peer.as_str())),
        "props" => props(all.map(|row| &row.props)),
        "trace_id" => owned(all.map(|row| hex128(row.trace))),
        "span_id" => owned(all.map(|row| hex64(row.span))),
        "parent_id" => owned(all.map(|row| hex64(row.parent))),
        _ => return None,
    })
}

fn metric(rows: &[Metric], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "component" => texts(all.map(|row| row.component.as_str())),
        "name" => texts(all.map(|row| row.name.as_str())),
        "unit" => texts(all.map(|row| row.unit.as_str())),
        "kind" => texts(all.map(|row| row.kind.as_str())),
        "value" => Arc::new(Float64Array::from_iter_values(all.map(|row| row.value))),
        "n" => Arc::new(Int64Array::from_iter_values(all.map(|row| i64::try_from(row.count).unwrap_or(i64::MAX)))),
        "props" => props(all.map(|row| &row.props)),
        _ => return None,
    })
}

fn log(rows: &[LogLine], name: &str) -> Option<ArrayRef> {
    let all = rows.iter();
    Some(match name {
        "at" => times(all.map(|row| row.at)),
        "component" => texts(all.map(|row| row.component.as_str())),
        "severity" => {
            let known = all.map(|row| (row.severity != 0).then_some(i64::from(row.severity)));
            Arc::new(known.collect::<Int64Array>())
        }
        "body" => texts(all.map(|row| row.body.as_str())),
        "props" => props(all.map(|row| &row.props)),
        "trace_id" => owned(all.map(|row| hex128(row.trace))),
        "span_id" => owned(all.map(|row| hex64(row.span))),
        _ => return None,
    })
}
