//! An answer as CSV (RFC 4180).

use kernel::lake::SqlTable;
use serde_json::Value;

/// The answer with its head, lines ended by CR LF. Null is an empty field; an empty text is a quoted one.
pub fn write(table: &SqlTable) -> String {
    let mut out = String::new();
    let head: Vec<String> = table.columns.iter().map(|(name, _)| quoted(name)).collect();
    line(&mut out, &head);
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        line(&mut out, &cells);
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// A text. Paths and properties are written by strangers; one that a spreadsheet would take for a formula is
/// kept from being one.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
