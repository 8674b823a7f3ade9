//! Rows as columns: the Arrow schema of each table, the order of its files, and the way there and back.
//!
//! Texts are dictionaries, so that a question looks at each different value once and not at each row. Numbers of
//! units are plain and 0 when not known, as in the rows, because a column without nulls reads twice as fast.
//! Properties are one canonical JSON text: two events with the same properties share one dictionary value.
//! When a row arrived is kept as the delay after it happened, which is mostly nothing and so costs nothing.

mod columns;
mod read;

use std::sync::{Arc, OnceLock};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array as _, FixedSizeBinaryArray, new_null_array};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use kernel::lake::{Rows, Table};
use kernel::{Id as _, Problem};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

pub(crate) use columns::props_of;
pub(crate) use read::instant;
pub use read::rows;

/// Rows of a row group: small enough that what one open file holds in memory is a few hundred kilobytes, large
/// enough that its dictionaries and headers do not count (journeys reference 6.3).
pub const GROUP_ROWS: usize = 131_072;

/// The numbers of units of an event, best known first; the first that is not 0 is the sort key.
pub(crate) const UNITS: [&str; 4] = ["user", "visitor", "visit", "case"];

fn text(name: &str) -> Field {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Field::new(name, words, false)
}

fn number(name: &str) -> Field {
    Field::new(name, DataType::UInt64, false)
}

fn whole(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

fn key(name: &str) -> Field {
    Field::new(name, DataType::FixedSizeBinary(16), true)
}

fn at() -> Field {
    Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false)
}

fn fields(table: Table) -> Vec<Field> {
    let mut fields = vec![text("client"), text("service"), at()];
    let more = match table {
        Table::Events => vec![
            whole("delay_us"),
            key("key"),
            number("user"),
            number("visitor"),
            number("visit"),
            number("case"),
            text("name"),
            text("path"),
            text("host"),
            text("referrer"),
            text("source"),
            text("medium"),
            text("campaign"),
            text("device"),
            text("browser"),
            text("os"),
            text("language"),
            text("channel"),
            text("release"),
            text("bot"),
            text("origin"),
            Field::new("value", DataType::Float64, true),
            text("props"),
        ],
        Table::Checks => vec![text("probe"), whole("took_us"), text("outcome"), text("reason")],
        Table::Vitals => vec![
            number("visit"),
            number("load"),
            text("path"),
            text("device"),
            text("release"),
            text("name"),
            Field::new("value", DataType::Float64, false),
            text("bot"),
        ],
        Table::Spans => vec![
            whole("took_us"),
            key("trace"),
            number("span"),
            number("parent"),
            text("component"),
            text("name"),
            text("kind"),
            Field::new("error", DataType::Boolean, false),
            text("peer"),
            text("props"),
        ],
        Table::Metrics => vec![
            text("component"),
            text("name"),
            text("unit"),
            text("kind"),
            Field::new("value", DataType::Float64, false),
            number("count"),
            text("props"),
        ],
        Table::Logs => vec![
            text("component"),
            number("severity"),
            text("body"),
            key("trace"),
            number("span"),
            text("props"),
        ],
    };
    fields.extend(more);
    fields
}

/// The columns of a table.
#[must_use]
pub fn schema(table: Table) -> SchemaRef {
    static SCHEMAS: OnceLock<[SchemaRef; 6]> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| Table::ALL.map(|table| Arc::new(Schema::new(fields(table)))));
    let at = Table::ALL.iter().position(|one| *one == table).unwrap_or(0);
    Arc::clone(&schemas[at])
}

/// How files of a table are written.
#[must_use]
pub fn properties(table: Table) -> WriterProperties {
    let zstd = ZstdLevel::try_new(3).unwrap_or_default();
    let at = ColumnPath::from("at");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_created_by("tend".into())
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_bloom_filter_max_ndv(GROUP_ROWS as u64)
        // Times have no repeats worth a dictionary.
        .set_column_dictionary_enabled(at.clone(), false)
        .set_column_encoding(at, Encoding::DELTA_BINARY_PACKED);
    for name in ["delay_us", "took_us"] {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    // Hashes never repeat: a dictionary would hold them all once more.
    properties = properties.set_column_dictionary_enabled(ColumnPath::from("key"), false);
    let sought: &[&str] = match table {
        Table::Events => &UNITS,
        Table::Spans => &["trace"],
        Table::Checks | Table::Vitals | Table::Metrics | Table::Logs => &[],
    };
    for name in sought {
        properties = properties.set_column_bloom_filter_enabled(ColumnPath::from(*name), true);
    }
    properties.build()
}

/// Rows as one batch in the order of files: events by (unit, time), other tables by (natural key, time).
#[must_use]
pub fn batch(rows: &Rows) -> RecordBatch {
    match rows {
        Rows::Events(rows) => columns::events(&sorted(rows, |row| (row.unit(), row.at, row.key))),
        Rows::Checks(rows) => columns::checks(&sorted(rows, |row| (fold(row.probe.to_u128()), row.at, 0))),
        Rows::Vitals(rows) => {
            columns::vitals(&sorted(rows, |row| (place(row.name.word(), row.load), row.at, 0)))
        }
        Rows::Spans(rows) => {
            columns::spans(&sorted(rows, |row| (fold(row.trace), row.at, u128::from(row.span))))
        }
        Rows::Metrics(rows) => {
            columns::metrics(&sorted(rows, |row| (place(&row.name, hash(&row.component)), row.at, 0)))
        }
        Rows::Logs(rows) => columns::logs(&sorted(rows, |row| (0, row.at, u128::from(row.span)))),
    }
}

fn sorted<T, K: Ord>(rows: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    let mut all: Vec<&T> = rows.iter().collect();
    all.sort_by_cached_key(|row| key(row));
    all
}

/// A wide number as a narrow one.
pub(crate) fn fold(wide: u128) -> u64 {
    (wide >> 64) as u64 ^ wide as u64
}

/// The same on every machine and for ever, because the order of files rests on it.
fn hash(word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// A sort key that keeps the rows of one name together and, within them, those of one other number.
fn place(name: &str, other: u64) -> u64 {
    hash(name) << 40 | other >> 24
}

/// The sort key of each row of a batch, in the order of files.
///
/// # Errors
/// When the batch is not of that table.
pub fn order(table: Table, batch: &RecordBatch) -> Result<Vec<(u64, i64)>, Problem> {
    let times = column(batch, "at")?;
    let times = times.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(|| strange("at"))?;
    let firsts: Vec<u64> = match table {
        Table::Events => {
            let units: Vec<_> =
                UNITS.into_iter().map(|name| numbers(batch, name)).collect::<Result<_, Problem>>()?;
            (0..batch.num_rows())
                .map(|row| units.iter().map(|unit| unit[row]).find(|unit| *unit != 0).unwrap_or(0))
                .collect()
        }
        Table::Checks => each_word(batch, "probe", |word| {
            word.parse::<kernel::ProbeId>().map_or(0, |id| fold(id.to_u128()))
        })?,
        Table::Vitals => {
            let names = each_word(batch, "name", hash)?;
            let loads = numbers(batch, "load")?;
            names.iter().zip(loads).map(|(name, load)| name << 40 | load >> 24).collect()
        }
        Table::Spans => {
            let traces = wide(batch, "trace")?;
            (0..batch.num_rows()).map(|row| fold(wide_at(traces, row))).collect()
        }
        Table::Metrics => {
            let names = each_word(batch, "name", hash)?;
            let components = each_word(batch, "component", hash)?;
            names.iter().zip(components).map(|(name, component)| name << 40 | component >> 24).collect()
        }
        Table::Logs => vec![0; batch.num_rows()],
    };
    Ok(firsts.into_iter().zip(times.values().iter().copied()).collect())
}

/// A batch of events without the keys by which repeats are known. Keys are random, so they are half of what an
/// event costs on disk; after 48 hours nothing asks for them.
#[must_use]
pub fn without_keys(batch: &RecordBatch) -> RecordBatch {
    let Ok(at) = batch.schema_ref().index_of("key") else { return batch.clone() };
    let mut columns = batch.columns().to_vec();
    columns[at] = new_null_array(columns[at].data_type(), batch.num_rows());
    RecordBatch::try_new(batch.schema(), columns).unwrap_or_else(|_| batch.clone())
}

/// A batch as one Parquet file in memory.
///
/// # Errors
/// When it cannot be written, which does not happen for a batch of that table.
pub fn parquet(table: Table, batch: &RecordBatch) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), Some(properties(table)))
        .map_err(Problem::fault)?;
    writer.write(batch).map_err(Problem::fault)?;
    writer.close().map_err(Problem::fault)?;
    Ok(out)
}

fn strange(column: &str) -> Problem {
    Problem::fault(format!("the column {column} is missing or not of the kind it should be"))
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b arrow_array::ArrayRef, Problem> {
    batch.column_by_name(name).ok_or_else(|| strange(name))
}

fn numbers<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b [u64], Problem> {
    let column = column(batch, name)?.as_primitive_opt::<UInt64Type>().ok_or_else(|| strange(name))?;
    Ok(column.values())
}

fn wide<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b FixedSizeBinaryArray, Problem> {
    column(batch, name)?.as_fixed_size_binary_opt().ok_or_else(|| strange(name))
}

fn wide_at(column: &FixedSizeBinaryArray, row: usize) -> u128 {
    if column.is_null(row) {
        return 0;
    }
    column.value(row).try_into().map_or(0, u128::from_be_bytes)
}

/// A number for each row, found once for each different word.
fn each_word(batch: &RecordBatch, name: &str, what: impl Fn(&str) -> u64) -> Result<Vec<u64>, Problem> {
    let words = read::Words::of(batch, name)?;
    let found: Vec<u64> = words.values().map(what).collect();
    Ok(words.keys().iter().map(|key| found.get(*key as usize).copied().unwrap_or(0)).collect())
}

#[cfg(test)]
pub(crate) mod tests;
