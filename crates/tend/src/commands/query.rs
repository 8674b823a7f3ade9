//! `tend query`

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use kernel::SignedDuration;
use kernel::lake::{SqlKind, SqlTable};
use kernel::world::{Fetch, Reach};
use serde_json::Value;

use crate::ground::clock_and_dice;
use crate::logs;
use crate::settings::{Data, Events};

/// The longest cell of a table on a terminal, in letters.
const WIDEST: usize = 60;
/// Longer than a running Tend takes for any statement.
const WAITS: SignedDuration = SignedDuration::from_secs(60);
/// The largest answer that is read, bytes.
const LARGEST: usize = 512 << 20;

/// Ask in SQL: one statement that reads. `select * from information_schema.tables` says what there is.
///
/// Without --url it reads the data folder itself, which no running Tend may have open, and sees everything. With
/// --url it asks a running Tend and sees what the token's owner may see.
#[derive(Args)]
pub struct Query {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    events: Events,
    /// The statement; `-` reads it from standard input.
    statement: String,
    /// Ask the Tend at this address instead of the data folder.
    #[arg(long, env = "TEND_URL", value_name = "URL")]
    url: Option<String>,
    /// The token to ask with (`tend token make`).
    #[arg(long, env = "TEND_TOKEN", value_name = "TOKEN", requires = "url", hide_env_values = true)]
    token: Option<String>,
    /// How the answer comes.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write it into this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned, for people.
    Table,
    /// RFC 4180.
    Csv,
    /// An array with an object for each row.
    Json,
    /// A Parquet file.
    Parquet,
}

impl Query {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let statement = match self.statement.as_str() {
            "-" => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
                text
            }
            text => text.to_owned(),
        };
        let bytes = match &self.url {
            Some(url) => self.ask_afar(url, &statement).await?,
            None => {
                let table = self.ask_here(statement).await?;
                if table.cut {
                    tracing::warn!("only the first {} rows are shown", table.rows.len());
                }
                written(self.format, table)?
            }
        };
        match &self.out {
            Some(file) => std::fs::write(file, bytes)
                .with_context(|| format!("{} cannot be written", file.display()))?,
            None => {
                // A reader that has seen enough may close it.
                let _ = std::io::stdout().lock().write_all(&bytes);
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn ask_afar(&self, url: &str, statement: &str) -> anyhow::Result<Vec<u8>> {
        let path = match self.format {
            Format::Table | Format::Json => "/api/v1/explore/sql",
            Format::Csv => "/explore/sql.csv",
            Format::Parquet => "/explore/sql.parquet",
        };
        let mut ask = Fetch::get(format!("{}{path}?q={}", url.trim_end_matches('/'), encoded(statement)));
        ask.headers.push(("accept".into(), "application/json".into()));
        if let Some(token) = &self.token {
            ask.headers.push(("authorization".into(), format!("Bearer {token}")));
        }
        (ask.timeout, ask.max_body, ask.reach) = (WAITS, LARGEST, Reach::Operator);
        let (clock, _) = clock_and_dice();
        let world = world::RealWorld::new(&world::Settings::default(), clock)?;
        let answer = kernel::world::World::fetch(&world, &ask).await?;
        if answer.truncated {
            bail!("the answer is larger than {} MiB", LARGEST >> 20);
        }
        if answer.status != 200 {
            bail!("{}", refusal(answer.status, &answer.body));
        }
        match self.format {
            Format::Csv | Format::Parquet => Ok(answer.body),
            Format::Table | Format::Json => {
                let view: Value =
                    serde_json::from_slice(&answer.body).context("this is no answer of Tend")?;
                let table = read(&view["answer"]).context("this is no answer of Tend")?;
                if table.cut {
                    tracing::warn!(
                        "only the first {} rows are shown; --format csv gives more",
                        table.rows.len()
                    );
                }
                written(self.format, table)
            }
        }
    }

    #[cfg(not(feature = "sql"))]
    async fn ask_here(&self, _: String) -> anyhow::Result<SqlTable> {
        let _ = &self.events;
        bail!(
            "this tend was built without SQL; build it with `cargo build --release --features sql`, \
             or ask a running one with --url"
        )
    }

    #[cfg(feature = "sql")]
    async fn ask_here(&self, statement: String) -> anyhow::Result<SqlTable> {
        use crate::ground::{open_existing, open_lake, operator, say};
        let db = open_existing(&self.data).await?;
        let lake = open_lake(&self.data, &self.events, &db)
            .await
            .context("a running Tend may have it open; ask that one with --url and --token")?;
        let engine = crate::ground::open_sql(&self.data, &lake)?;
        let scope = operator();
        let tables = server::explore::state_tables(&db, &scope, &statement).await.map_err(say)?;
        let limits = server::explore::limits(server::explore::IN_FILE, self.format == Format::Parquet);
        let answered = engine.query(&scope, statement, tables, limits).await;
        lake.close().await;
        answered.map_err(say)
    }
}

/// What a running Tend says when it does not answer: title and detail of the problem.
fn refusal(status: u16, body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let part = |name: &str| problem[name].as_str().map(str::to_owned);
    match (part("title"), part("detail")) {
        (Some(title), Some(detail)) => format!("{title}. {detail}"),
        (Some(title), None) => title,
        _ => format!("it answered {status}"),
    }
}

/// A statement within an address.
fn encoded(statement: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~*(),".contains(&byte);
    let mut out = String::with_capacity(statement.len() * 2);
    for byte in statement.trim().bytes() {
        match byte {
            b' ' => out.push('+'),
            byte if keep(byte) => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The table of a JSON answer.
fn read(answer: &Value) -> Option<SqlTable> {
    let column = |column: &Value| {
        let kind = match column.get(1)?.as_str()? {
            "int" => SqlKind::Int,
            "float" => SqlKind::Float,
            "time" => SqlKind::Time,
            "bool" => SqlKind::Bool,
            "text" => SqlKind::Text,
            _ => SqlKind::Other,
        };
        Some((column.get(0)?.as_str()?.to_owned(), kind))
    };
    let columns = answer["columns"].as_array()?.iter().map(column).collect::<Option<_>>()?;
    let rows = answer["rows"].as_array()?.iter().map(|row| row.as_array().cloned()).collect::<Option<_>>()?;
    let took_ms = answer["took_ms"].as_u64().unwrap_or_default();
    Some(SqlTable { columns, rows, cut: answer["cut"].as_bool().unwrap_or_default(), took_ms, parquet: None })
}

fn written(format: Format, table: SqlTable) -> anyhow::Result<Vec<u8>> {
    Ok(match format {
        Format::Table => aligned(&table).into_bytes(),
        Format::Csv => server::explore::to_csv(&table).into_bytes(),
        Format::Json => {
            let names = table.columns.iter().map(|(name, _)| name.clone());
            let names: Vec<String> = names.collect();
            let row =
                |row: &Vec<Value>| Value::Object(names.iter().cloned().zip(row.iter().cloned()).collect());
            let rows: Vec<Value> = table.rows.iter().map(row).collect();
            let mut text = serde_json::to_vec_pretty(&rows)?;
            text.push(b'\n');
            text
        }
        Format::Parquet => table.parquet.context("the engine wrote no file")?,
    })
}

/// Columns under their names, numbers to the right; then how many rows and how long it took.
fn aligned(table: &SqlTable) -> String {
    let cell = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => on_one_line(text),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let width = |at: usize, name: &str| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or(0)
    };
    let columns: Vec<(String, usize, bool)> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, (name, kind))| {
            let name = on_one_line(name);
            let width = width(at, &name);
            (name, width, matches!(kind, SqlKind::Int | SqlKind::Float))
        })
        .collect();
    let line = |cells: &[String]| {
        let padded = columns.iter().zip(cells).map(|((_, width, right), cell)| {
            let space = " ".repeat(width - cell.chars().count().min(*width));
            if *right { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let heads: Vec<String> = columns.iter().map(|(name, _, _)| name.clone()).collect();
    let rule: Vec<String> = columns.iter().map(|(_, width, _)| "─".repeat(*width)).collect();
    let mut out = line(&heads) + &line(&rule);
    rows.iter().for_each(|row| out.push_str(&line(row)));
    let more = if table.cut { ", and there are more" } else { "" };
    let s = if table.rows.len() == 1 { "" } else { "s" };
    out.push_str(&format!("{} row{s} in {} ms{more}\n", table.rows.len(), table.took_ms));
    out
}

/// A text on one line, cut where a terminal would break it; nothing in it may steer a terminal.
fn on_one_line(text: &str) -> String {
    let plain: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    match plain.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_nothing_steers_the_terminal() {
        let answer = serde_json::json!({
            "columns": [["name", "text"], ["n", "int"]],
            "rows": [["start", 1204], ["\u{1b}[2Jx", null], [null, 7]],
            "cut": true, "took_ms": 84,
        });
        let table = read(&answer).expect("a table");
        let said = aligned(&table);
        assert_eq!(
            said,
            "name      n\n─────  ────\nstart  1204\n [2Jx     –\n–         7\n3 rows in 84 ms, and there are more\n"
        );
    }

    #[test]
    fn a_statement_fits_into_an_address() {
        assert_eq!(
            encoded(" select 'é' from t\nwhere a=1 and b like '%&#+' "),
            "select+%27%C3%A9%27+from+t%0Awhere+a%3D1+and+b+like+%27%25%26%23%2B%27"
        );
    }

    #[test]
    fn json_is_rows_by_name() {
        let answer = serde_json::json!({"columns": [["a", "int"]], "rows": [[1]]});
        let text = written(Format::Json, read(&answer).expect("a table")).expect("text");
        assert_eq!(serde_json::from_slice::<Value>(&text).expect("json"), serde_json::json!([{"a": 1}]));
    }
}
