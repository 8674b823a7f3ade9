//! The tables as people see them: columns with names that need no quotes, and how rows fill them.
//!
//! An empty text and a number of 0 that stands for "not known" are null, so that `count(campaign)` counts what has
//! one. The numbers of users and visits are keyed hashes; they tell units apart and say nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{
    ArrayRef, Date32Array, Float64Array, RecordBatch, RecordBatchOptions, StringViewArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::compute::{binary, cast, nullif, take};
use datafusion::common::{Result, internal_datafusion_err};
use kernel::lake::{SqlKind, Table};
use kernel::{ClientId, ServiceId, Timestamp};

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

/// The columns of the lake that a column of people is made of.
#[must_use]
pub fn made_of(name: &str) -> &'static [&'static str] {
    match name {
        "client" | "service" | "client_id" | "service_id" | "day" => &[],
        "received_at" => &["at", "delay_us"],
        "took_ms" => &["took_us"],
        "user_id" => &["user"],
        "visitor_id" => &["visitor"],
        "visit_id" => &["visit"],
        "case_id" => &["case"],
        "load_id" => &["load"],
        "probe_id" => &["probe"],
        "trace_id" => &["trace"],
        "span_id" => &["span"],
        "parent_id" => &["parent"],
        "n" => &["count"],
        "at" => &["at"],
        other => own_name(other),
    }
}

/// Columns that are called in the lake as they are here.
fn own_name(name: &str) -> &'static [&'static str] {
    let all = Table::ALL.iter().flat_map(|table| own(*table));
    all.map(|(known, _)| known).find(|known| **known == name).map(std::slice::from_ref).unwrap_or_default()
}

/// Rows as the lake keeps them as columns of these names.
pub fn fill(table: Table, rows: &RecordBatch, place: &Place, names: &[String]) -> Result<RecordBatch> {
    let all = schema(table);
    let mut fields = Vec::with_capacity(names.len());
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        fields.push(all.field_with_name(name)?.clone());
        columns.push(match same_for_all(rows.num_rows(), place, name) {
            Some(column) => column,
            None => column(rows, name)?,
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}

/// A column that is the same for all rows of a part.
fn same_for_all(rows: usize, place: &Place, name: &str) -> Option<ArrayRef> {
    let same = |text: &str| -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(text, rows)))
    };
    Some(match name {
        "client" => same(&place.client_name),
        "service" => same(&place.service_name),
        "client_id" => same(&place.client.to_string()),
        "service_id" => same(&place.service.to_string()),
        "day" => Arc::new(Date32Array::from_iter_values(std::iter::repeat_n(place.days(), rows))),
        _ => return None,
    })
}

fn column(rows: &RecordBatch, name: &str) -> Result<ArrayRef> {
    let of = |name: &str| {
        let found = rows.column_by_name(name).cloned();
        found.ok_or_else(|| internal_datafusion_err!("the lake has no column {name}"))
    };
    match name {
        "at" => of("at"),
        "received_at" => {
            let (at, delay) = (of("at")?, of("delay_us")?);
            let delay = delay.as_primitive::<Int64Type>();
            let at = at.as_primitive::<TimestampMicrosecondType>();
            let received: TimestampMicrosecondArray = binary(at, delay, i64::wrapping_add)?;
            Ok(Arc::new(received.with_timezone("UTC")))
        }
        "took_ms" => {
            let took = of("took_us")?;
            let millis: Float64Array =
                took.as_primitive::<Int64Type>().unary(|micros| micros as f64 / 1_000.0);
            Ok(Arc::new(millis))
        }
        "user_id" | "visitor_id" | "visit_id" | "case_id" | "load_id" => {
            let numbers = of(made_of(name)[0])?;
            Ok(nullif(&numbers, &eq(&numbers, &UInt64Array::new_scalar(0))?)?)
        }
        "severity" => {
            let known = of("severity")?;
            let known = nullif(&known, &eq(&known, &UInt64Array::new_scalar(0))?)?;
            Ok(cast(&known, &DataType::Int64)?)
        }
        "n" => Ok(cast(&of("count")?, &DataType::Int64)?),
        "trace_id" => {
            let traces = of("trace")?;
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            Ok(Arc::new(
                traces.as_fixed_size_binary().iter().map(|one| one.map(hex)).collect::<StringViewArray>(),
            ))
        }
        "span_id" | "parent_id" => {
            let spans = of(made_of(name)[0])?;
            let hex = |number: u64| (number != 0).then(|| format!("{number:016x}"));
            let spans = spans.as_primitive::<UInt64Type>().iter().map(|one| one.and_then(hex));
            Ok(Arc::new(spans.collect::<StringViewArray>()))
        }
        "value" | "error" => of(name),
        "probe_id" => texts(&of("probe")?, &[]),
        "props" => texts(&of("props")?, &["{}"]),
        other => texts(&of(other)?, &[]),
    }
}

/// Texts as views, without those that say nothing. Files keep each text once, so few are looked at.
fn texts(texts: &ArrayRef, nothing: &[&str]) -> Result<ArrayRef> {
    let Some(words) = texts.as_any_dictionary_opt() else { return Ok(cast(texts, &DataType::Utf8View)?) };
    let values = cast(words.values(), &DataType::Utf8View)?;
    let says = values.as_string_view();
    let says = says.iter().map(|text| text.filter(|text| !text.is_empty() && !nothing.contains(text)));
    let values: ArrayRef = Arc::new(says.collect::<StringViewArray>());
    Ok(take(&values, words.keys(), None)?)
}
