//! Columns of the engine as cells for people and programs.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use kernel::lake::SqlKind;
use serde_json::Value;

/// The longest text of a cell, in characters; the rest is cut off.
const MAX_CELL: usize = 10_000;
/// The largest whole number that every reader of JSON keeps exactly.
const EXACT: u64 = 1 << 53;

/// What a column of this type is to people.
pub fn kind(of: &DataType) -> SqlKind {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => SqlKind::Text,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => SqlKind::Time,
        DataType::Boolean => SqlKind::Bool,
        DataType::Dictionary(_, value) => kind(value),
        one if one.is_integer() => SqlKind::Int,
        one if one.is_floating() || one.is_decimal() => SqlKind::Float,
        _ => SqlKind::Other,
    }
}

/// The first rows of a batch as cells.
pub fn rows(batch: &RecordBatch, limit: usize) -> Vec<Vec<Value>> {
    let rows = batch.num_rows().min(limit);
    let columns: Vec<Vec<Value>> =
        batch.columns().iter().map(|column| cells(&column.slice(0, rows))).collect();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    (0..rows).map(|_| columns.iter_mut().map(|column| column.next().unwrap_or_default()).collect()).collect()
}

fn cells(column: &ArrayRef) -> Vec<Value> {
    match column.data_type() {
        DataType::Boolean => column.as_boolean().iter().map(Value::from).collect(),
        DataType::Int8 => whole::<Int8Type>(column),
        DataType::Int16 => whole::<Int16Type>(column),
        DataType::Int32 => whole::<Int32Type>(column),
        DataType::Int64 => whole::<Int64Type>(column),
        DataType::UInt8 => whole::<UInt8Type>(column),
        DataType::UInt16 => whole::<UInt16Type>(column),
        DataType::UInt32 => whole::<UInt32Type>(column),
        DataType::UInt64 => whole::<UInt64Type>(column),
        DataType::Float32 => {
            column.as_primitive::<Float32Type>().iter().map(|one| float(one.map(f64::from))).collect()
        }
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().map(float).collect(),
        one if one.is_decimal() => match cast(column, &DataType::Float64) {
            Ok(floats) => cells(&floats),
            Err(_) => shown(column),
        },
        _ => shown(column),
    }
}

/// Whole numbers; what a reader of JSON would round is a text.
fn whole<T: ArrowPrimitiveType>(column: &ArrayRef) -> Vec<Value>
where
    T::Native: Into<Wide>,
{
    let exact = |Wide(number): Wide| match i64::try_from(number) {
        Ok(small) if small.unsigned_abs() <= EXACT => Value::from(small),
        _ => Value::from(number.to_string()),
    };
    column.as_primitive::<T>().iter().map(|one| one.map_or(Value::Null, |one| exact(one.into()))).collect()
}

/// Any whole number of the engine.
struct Wide(i128);

macro_rules! wide {
    ($($type:ty),*) => { $(impl From<$type> for Wide { fn from(one: $type) -> Wide { Wide(i128::from(one)) } })* };
}
wide!(i8, i16, i32, i64, u8, u16, u32, u64);

/// A number; what is none in JSON is a word, because it is not nothing.
fn float(one: Option<f64>) -> Value {
    match one {
        None => Value::Null,
        Some(one) if one.is_finite() => Value::from(one),
        Some(one) if one.is_nan() => "NaN".into(),
        Some(one) if one > 0.0 => "Infinity".into(),
        Some(_) => "-Infinity".into(),
    }
}

/// Everything else as the engine shows it; instants are RFC 3339.
fn shown(column: &ArrayRef) -> Vec<Value> {
    let options = FormatOptions::default();
    let Ok(formatter) = ArrayFormatter::try_new(column.as_ref(), &options) else {
        return vec![Value::Null; column.len()];
    };
    let one = |row: usize| match column.is_null(row) {
        true => Value::Null,
        false => Value::from(cut(formatter.value(row).to_string())),
    };
    (0..column.len()).map(one).collect()
}

fn cut(text: String) -> String {
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
