//! Charts as SVG made on the server.

use minijinja::Value;

/// A line chart.
pub(crate) fn chart() -> Value {
    Value::from("")
}

/// A sparkline.
pub(crate) fn spark() -> Value {
    Value::from("")
}

/// A strip of days.
pub(crate) fn strip() -> Value {
    Value::from("")
}

/// A thin bar.
pub(crate) fn bar() -> Value {
    Value::from("")
}
