//! Rows of the state database as columns, to be joined.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use datafusion::common::Result;
use kernel::lake::{SqlKind, StateTable};
use serde_json::Value;

/// The rows as one batch. A cell that is not of its column's kind is null.
pub fn batch(table: &StateTable) -> Result<RecordBatch> {
    let fields = table.columns.iter().map(|(name, kind)| Field::new(*name, arrow(*kind), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = table.columns.iter().enumerate().map(|(at, (_, kind))| {
        column(*kind, table.rows.iter().map(move |row| row.get(at).unwrap_or(&Value::Null)))
    });
    let options = RecordBatchOptions::new().with_row_count(Some(table.rows.len()));
    Ok(RecordBatch::try_new_with_options(schema, columns.collect(), &options)?)
}

fn arrow(kind: SqlKind) -> DataType {
    match kind {
        SqlKind::Int => DataType::Int64,
        SqlKind::Float => DataType::Float64,
        SqlKind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        SqlKind::Bool => DataType::Boolean,
        SqlKind::Text | SqlKind::Other => DataType::Utf8View,
    }
}

fn column<'a>(kind: SqlKind, cells: impl Iterator<Item = &'a Value>) -> ArrayRef {
    match kind {
        SqlKind::Int => Arc::new(cells.map(Value::as_i64).collect::<Int64Array>()),
        SqlKind::Float => Arc::new(cells.map(Value::as_f64).collect::<Float64Array>()),
        SqlKind::Bool => Arc::new(cells.map(Value::as_bool).collect::<BooleanArray>()),
        SqlKind::Time => {
            let at = |cell: &Value| cell.as_str()?.parse::<kernel::Timestamp>().ok();
            let times = cells.map(|cell| at(cell).map(kernel::Timestamp::as_microsecond));
            Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        SqlKind::Text | SqlKind::Other => Arc::new(
            cells
                .map(|cell| match cell {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                })
                .collect::<StringViewArray>(),
        ),
    }
}
