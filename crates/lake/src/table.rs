//! Rows as columns: the Arrow schema of each table, and the way there and back.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int64Type, UInt64Type};
use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use kernel::Problem;
use kernel::lake::{Rows, Table};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// The columns of a table.
#[must_use]
pub fn schema(_table: Table) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("unit", DataType::UInt64, false),
        Field::new("at", DataType::Int64, false),
        Field::new("row", DataType::Binary, false),
    ]))
}

/// How files of a table are written.
#[must_use]
pub fn properties(_table: Table) -> WriterProperties {
    let zstd = ZstdLevel::try_new(3).unwrap_or_default();
    WriterProperties::builder().set_compression(Compression::ZSTD(zstd)).build()
}

/// Rows as one batch in the order of files: events by (unit, time), other tables by (natural key, time).
#[must_use]
pub fn batch(rows: &Rows) -> RecordBatch {
    let mut lines: Vec<(u64, i64, Vec<u8>)> = Vec::new();
    macro_rules! each {
        ($rows:expr, $variant:ident, $unit:expr) => {
            for row in $rows {
                let one = Rows::$variant(vec![row.clone()]);
                let bytes = postcard::to_stdvec(&one).expect("a row can be written");
                lines.push(($unit(row), row.at.as_microsecond(), bytes));
            }
        };
    }
    match rows {
        Rows::Events(rows) => each!(rows, Events, kernel::lake::Event::unit),
        Rows::Checks(rows) => each!(rows, Checks, |_| 0),
        Rows::Vitals(rows) => each!(rows, Vitals, |_| 0),
        Rows::Spans(rows) => each!(rows, Spans, |_| 0),
        Rows::Metrics(rows) => each!(rows, Metrics, |_| 0),
        Rows::Logs(rows) => each!(rows, Logs, |_| 0),
    }
    lines.sort_by_key(|line| (line.0, line.1));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from_iter_values(lines.iter().map(|line| line.0))),
        Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| line.1))),
        Arc::new(BinaryArray::from_iter_values(lines.iter().map(|line| line.2.as_slice()))),
    ];
    RecordBatch::try_new(schema(rows.table()), columns).expect("the columns are those of the schema")
}

/// The sort key of each row of a batch, in the order of files.
pub fn order(_table: Table, batch: &RecordBatch) -> Result<Vec<(u64, i64)>, Problem> {
    let units = batch.column(0).as_primitive::<UInt64Type>();
    let times = batch.column(1).as_primitive::<Int64Type>();
    Ok(units.values().iter().copied().zip(times.values().iter().copied()).collect())
}

/// A batch as rows again, for rewriting.
pub fn rows(table: Table, batch: &RecordBatch) -> Result<Rows, Problem> {
    let cells = batch.column(2).as_binary::<i32>();
    let mut out = match table {
        Table::Events => Rows::Events(Vec::new()),
        Table::Checks => Rows::Checks(Vec::new()),
        Table::Vitals => Rows::Vitals(Vec::new()),
        Table::Spans => Rows::Spans(Vec::new()),
        Table::Metrics => Rows::Metrics(Vec::new()),
        Table::Logs => Rows::Logs(Vec::new()),
    };
    for cell in cells.iter().flatten() {
        let one: Rows = postcard::from_bytes(cell).map_err(Problem::fault)?;
        match (&mut out, one) {
            (Rows::Events(all), Rows::Events(one)) => all.extend(one),
            (Rows::Checks(all), Rows::Checks(one)) => all.extend(one),
            (Rows::Vitals(all), Rows::Vitals(one)) => all.extend(one),
            (Rows::Spans(all), Rows::Spans(one)) => all.extend(one),
            (Rows::Metrics(all), Rows::Metrics(one)) => all.extend(one),
            (Rows::Logs(all), Rows::Logs(one)) => all.extend(one),
            _ => return Err(Problem::fault("a row of another table")),
        }
    }
    Ok(out)
}
