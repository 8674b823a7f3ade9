//! A picture of an answer, when it has one: the first number over the first time or word.
//!
//! The rules:
//! 1. The number is the first column of numbers; the axis is the first column of instants, else the first of texts.
//! 2. Each place on the axis stands once: an answer with two numbers for one place has no single line through it.
//! 3. Over time it is a line, in order of time; over words it is bars, in the order of the answer.
//! 4. Nothing below zero: the axis begins there.

use kernel::Timestamp;
use kernel::lake::{SqlKind, SqlTable};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// Bars that are drawn; more cannot be told apart.
const MAX_BARS: usize = 20;
/// Points of a line.
const MAX_POINTS: usize = 500;

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Chart {
    /// A line over time.
    Line {
        /// The column of the number.
        number: String,
        /// The column of the axis.
        axis: String,
        /// Its points.
        points: Vec<Point>,
    },
    /// Bars.
    Bars {
        /// The column of the number.
        number: String,
        /// The column of the axis.
        axis: String,
        /// The bars.
        bars: Vec<Bar>,
        /// The longest.
        max: f64,
    },
}

/// A point of a line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// How much; none is a gap.
    pub value: Option<f64>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bar {
    /// Of what.
    pub word: String,
    /// How much.
    pub value: f64,
}

/// The picture of an answer.
#[must_use]
pub fn of(table: &SqlTable) -> Option<Chart> {
    let first = |wanted: fn(SqlKind) -> bool| table.columns.iter().position(|(_, kind)| wanted(*kind));
    let number = first(|kind| matches!(kind, SqlKind::Int | SqlKind::Float))?;
    let name = |at: usize| table.columns[at].0.clone();
    let value = |row: &[Value]| row.get(number).and_then(Value::as_f64);
    if table.rows.iter().filter_map(|row| value(row)).any(|value| value < 0.0) {
        return None;
    }
    if let Some(axis) = first(|kind| kind == SqlKind::Time) {
        let mut points: Vec<Point> = table
            .rows
            .iter()
            .map(|row| Some(Point { at: instant(row.get(axis)?.as_str()?)?, value: value(row) }))
            .collect::<Option<_>>()?;
        points.sort_by_key(|point| point.at);
        let repeats = points.windows(2).any(|two| two[0].at == two[1].at);
        let fits = (2..=MAX_POINTS).contains(&points.len()) && !repeats;
        return fits.then(|| Chart::Line { number: name(number), axis: name(axis), points });
    }
    let axis = first(|kind| kind == SqlKind::Text)?;
    let bar = |row: &Vec<Value>| {
        let word = row.get(axis)?.as_str().unwrap_or("–").to_owned();
        Some(Bar { word, value: value(row)? })
    };
    let bars: Vec<Bar> = table.rows.iter().take(MAX_BARS).filter_map(bar).collect();
    let words: std::collections::BTreeSet<&str> = bars.iter().map(|bar| bar.word.as_str()).collect();
    let fits = bars.len() >= 2 && words.len() == bars.len();
    let max = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    (fits && max > 0.0).then(|| Chart::Bars { number: name(number), axis: name(axis), bars, max })
}

/// An instant or a day.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let whole = if text.contains('T') { format!("{text}Z") } else { format!("{text}T00:00:00Z") };
        whole.parse().ok()
    })
}
