//! Backup and restore: one compressed file with every declared table, read in one snapshot while Tend runs,
//! and put back into an empty database of either kind.
//!
//! The file is zstd over JSON lines: a header, one line per row (`["table", cell, ..]` in the order of the
//! table's columns, which a line of their own names first), files that belong to the same moment (a line with name
//! and length, then the bytes), and a footer with the number of rows and the SHA-256 of everything before it. A
//! file without its footer is not a backup.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use kernel::{Kind, Problem, Scope, Timestamp};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::audit::hex;
use crate::db::Pools;
use crate::error::problem;
use crate::schema::OWN;
use crate::{Args, Db, Schema, Value, args};

/// zstd's own default: quick, and within a few per cent of the higher levels on such text.
const LEVEL: i32 = 3;
/// Rows put back per transaction: bounds the journal.
const ROWS_AT_ONCE: usize = 5_000;
/// Bytes of a file that are copied at once.
const PIECE: usize = 1 << 20;
/// The longest line that is read back: one row, whose largest cell is far below this.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// The form of the file; 1 had no files in it.
const FORMAT: u64 = 2;

/// A file that goes into a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name in the backup, with `/` between folders.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How much of it, from its beginning.
    pub bytes: u64,
}

/// Takes a file out of a backup: its name, and its bytes to be read to their end.
pub type Takes<'a> = dyn FnMut(&str, &mut dyn Read) -> Result<(), Problem> + Send + 'a;

/// What was backed up or restored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    /// Tables.
    pub tables: u64,
    /// Rows.
    pub rows: u64,
    /// Files.
    pub files: u64,
    /// SHA-256 of the uncompressed lines.
    pub sha256: String,
}

struct Sink<W: Write> {
    out: W,
    hash: Sha256,
    rows: u64,
}

impl<W: Write> Sink<W> {
    fn line(&mut self, line: &Json) -> Result<(), Problem> {
        let mut bytes = serde_json::to_vec(line).map_err(Problem::fault)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.out.write_all(&bytes).map_err(unwritable)
    }

    fn file(&mut self, file: &Attached) -> Result<(), Problem> {
        self.line(&json!({"file": file.name, "bytes": file.bytes}))?;
        let mut rest = File::open(&file.path).map_err(unreadable)?.take(file.bytes);
        let mut buffer = vec![0u8; PIECE];
        let mut written = 0u64;
        loop {
            let read = rest.read(&mut buffer).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            self.hash.update(&buffer[..read]);
            self.out.write_all(&buffer[..read]).map_err(unwritable)?;
            written += read as u64;
        }
        if written == file.bytes {
            Ok(())
        } else {
            Err(Problem::fault(format!("{} became shorter while it was copied", file.path.display())))
        }
    }
}

fn unwritable(error: std::io::Error) -> Problem {
    Problem::new(Kind::Unavailable, "backup-unwritable").because(error)
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::new(Kind::Malformed, "backup-unreadable").because(error)
}

impl Db {
    /// Writes a backup to a file that must not be there yet. Runs beside everything else.
    pub async fn backup(&self, scope: &Scope, file: &Path) -> Result<Counted, Problem> {
        self.backup_with(scope, file, async || Ok(Vec::new())).await
    }

    /// As [`Db::backup`], with files beside the rows. `attach` is called when the rows stand still, before the first
    /// is written: whatever it finds belongs to what the rows say. The files are copied after the rows.
    pub async fn backup_with(
        &self,
        scope: &Scope,
        file: &Path,
        attach: impl AsyncFnOnce() -> Result<Vec<Attached>, Problem>,
    ) -> Result<Counted, Problem> {
        let part = file.with_extension("part");
        let out = File::options().write(true).create_new(true).open(&part).map_err(unwritable)?;
        let written = self.write_backup(scope, out, attach).await;
        let done = written.and_then(|counted| {
            if file.exists() {
                return Err(unwritable(std::io::ErrorKind::AlreadyExists.into()));
            }
            // Only a whole backup gets the name.
            std::fs::rename(&part, file).map_err(unwritable).map(|()| counted)
        });
        if done.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        done
    }

    async fn write_backup(
        &self,
        scope: &Scope,
        file: File,
        attach: impl AsyncFnOnce() -> Result<Vec<Attached>, Problem>,
    ) -> Result<Counted, Problem> {
        let zstd = zstd::Encoder::new(file, LEVEL).map_err(unwritable)?;
        let mut sink = Sink { out: zstd, hash: Sha256::new(), rows: 0 };
        let tables: Vec<&str> = std::iter::once("schema_steps").chain(self.tables()).collect();
        sink.line(&json!({
            "tend": env!("CARGO_PKG_VERSION"), "format": FORMAT, "at": scope.now(), "tables": tables,
        }))?;
        let attached;
        match self.pools() {
            Pools::Sqlite { readers, .. } => {
                // A read transaction of WAL sees one moment, however long it takes; it begins with its first read.
                let mut tx = readers.begin().await.map_err(problem)?;
                sqlx::query("select count(*) from schema_steps").execute(&mut *tx).await.map_err(problem)?;
                attached = attach().await?;
                for table in &tables {
                    let text = format!("select * from {table}");
                    let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *tx);
                    let mut named = false;
                    while let Some(row) = rows.try_next().await.map_err(problem)? {
                        if !named {
                            let columns: Vec<&str> =
                                row.columns().iter().map(|column| column.name()).collect();
                            sink.line(&json!({"table": table, "columns": columns}))?;
                            named = true;
                        }
                        let cells =
                            (0..row.columns().len())
                                .map(|at| lite_cell(&row, at))
                                .collect::<Result<Vec<_>, _>>()?;
                        sink.line(&Json::Array(cells))?;
                        sink.rows += 1;
                    }
                }
            }
            Pools::Postgres(pool) => {
                let mut tx = pool
                    .begin_with("begin isolation level repeatable read read only")
                    .await
                    .map_err(problem)?;
                sqlx::query("select count(*) from schema_steps").execute(&mut *tx).await.map_err(problem)?;
                attached = attach().await?;
                for table in &tables {
                    let text = format!("select * from {table}");
                    let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *tx);
                    let mut named = false;
                    while let Some(row) = rows.try_next().await.map_err(problem)? {
                        if !named {
                            let columns: Vec<&str> =
                                row.columns().iter().map(|column| column.name()).collect();
                            sink.line(&json!({"table": table, "columns": columns}))?;
                            named = true;
                        }
                        let cells = (0..row.columns().len())
                            .map(|at| pg_cell(&row, at))
                            .collect::<Result<Vec<_>, _>>()?;
                        sink.line(&Json::Array(cells))?;
                        sink.rows += 1;
                    }
                }
            }
        }
        for file in &attached {
            sink.file(file)?;
        }
        let sha256 = hex(&sink.hash.clone().finalize());
        let files = attached.len() as u64;
        let counted = Counted { tables: tables.len() as u64, rows: sink.rows, files, sha256: sha256.clone() };
        sink.line(&json!({"end": {"rows": sink.rows, "files": files, "sha256": sha256}}))?;
        let file = sink.out.finish().map_err(unwritable)?;
        file.sync_all().map_err(unwritable)?;
        Ok(counted)
    }

    /// Puts a backup back. The database must have been migrated and hold nothing yet; the steps in the backup
    /// must be the ones this program knows.
    ///
    /// Tables come back in the order in which they were declared, so a table is declared after those it
    /// refers to; within SQLite references are looked at when all is back.
    pub async fn restore(&self, scope: &Scope, file: &Path, schemas: &[&Schema]) -> Result<Counted, Problem> {
        self.restore_with(scope, file, schemas, &mut |_, _| Ok(())).await
    }

    /// As [`Db::restore`], handing the backup's files to `takes`, after the rows.
    pub async fn restore_with(
        &self,
        scope: &Scope,
        file: &Path,
        schemas: &[&Schema],
        takes: &mut Takes<'_>,
    ) -> Result<Counted, Problem> {
        if self.engine() == crate::Engine::Sqlite {
            self.run_script("pragma foreign_keys = off").await?;
        }
        let restored = self.put_all_back(scope, file, schemas, takes).await;
        if self.engine() == crate::Engine::Sqlite {
            self.run_script("pragma foreign_keys = on").await?;
        }
        restored
    }

    async fn put_all_back(
        &self,
        scope: &Scope,
        file: &Path,
        schemas: &[&Schema],
        takes: &mut Takes<'_>,
    ) -> Result<Counted, Problem> {
        let counted = check_backup(file)?;
        for table in self.tables() {
            let rows = self.count(table).await?;
            if rows > 0 {
                return Err(Problem::conflict("restore-not-empty").with("table", table).with("rows", rows));
            }
        }
        let known: Vec<(String, String)> = std::iter::once(&&OWN)
            .chain(schemas)
            .flat_map(|schema| {
                schema.steps.iter().map(|step| (schema.feature.to_owned(), step.name.to_owned()))
            })
            .collect();
        let mut lines = Lines::open(file)?;
        let mut insert = String::new();
        let mut table = String::new();
        let mut batch: Vec<Args> = Vec::new();
        while let Some(line) = lines.next()? {
            if let Some((name, bytes)) = file_line(&line) {
                self.put_back(scope, &insert, &mut batch).await?;
                let mut rest = lines.reader.by_ref().take(bytes);
                takes(name, &mut rest)?;
                // Whoever did not read it all does not want it.
                std::io::copy(&mut rest, &mut std::io::sink()).map_err(unreadable)?;
            } else if let Some(name) = line.get("table").and_then(Json::as_str) {
                self.put_back(scope, &insert, &mut batch).await?;
                let columns: Vec<&str> =
                    line["columns"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                let declared = name == "schema_steps" || self.tables().contains(&name);
                let named = columns
                    .iter()
                    .all(|column| column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
                if !declared || columns.is_empty() || !named {
                    return Err(unreadable(format!("the table {name} is not one of this program's")));
                }
                let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
                insert =
                    format!("insert into {name} ({}) values ({})", columns.join(", "), places.join(", "));
                table = name.to_owned();
            } else if let Json::Array(cells) = line {
                if table == "schema_steps" {
                    let text = |at: usize| cells.get(at).and_then(Json::as_str).unwrap_or("").to_owned();
                    if !known.contains(&(text(0), text(1))) {
                        return Err(Problem::conflict("restore-newer")
                            .with("step", format!("{}/{}", text(0), text(1))));
                    }
                    continue; // this database has its own
                }
                batch.push(cells.into_iter().map(cell_back).collect::<Result<_, _>>()?);
                if batch.len() >= ROWS_AT_ONCE {
                    self.put_back(scope, &insert, &mut batch).await?;
                }
            }
        }
        self.put_back(scope, &insert, &mut batch).await?;
        Ok(counted)
    }

    async fn put_back(&self, scope: &Scope, insert: &str, batch: &mut Vec<Args>) -> Result<(), Problem> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut tx = self.write_unaudited("store.restore", scope).await?;
        for row in batch.drain(..) {
            tx.insert_fact(insert, row).await?;
        }
        tx.commit().await
    }

    async fn count(&self, table: &str) -> Result<i64, Problem> {
        let text = format!("select count(*) from {table}");
        match self.pools() {
            Pools::Sqlite { readers, .. } => {
                sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(readers).await.map_err(problem)
            }
            Pools::Postgres(pool) => {
                sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(pool).await.map_err(problem)
            }
        }
    }
}

fn lite_cell(row: &sqlx::sqlite::SqliteRow, at: usize) -> Result<Json, Problem> {
    let kind = {
        let raw = row.try_get_raw(at).map_err(problem)?;
        if raw.is_null() {
            return Ok(Json::Null);
        }
        raw.type_info().name().to_owned()
    };
    Ok(match kind.as_str() {
        "INTEGER" => json!(row.try_get_unchecked::<i64, _>(at).map_err(problem)?),
        "REAL" => json!({"r": row.try_get_unchecked::<f64, _>(at).map_err(problem)?}),
        "BLOB" => json!({"b": hex(&row.try_get_unchecked::<Vec<u8>, _>(at).map_err(problem)?)}),
        _ => json!(row.try_get_unchecked::<String, _>(at).map_err(problem)?),
    })
}

fn pg_cell(row: &sqlx::postgres::PgRow, at: usize) -> Result<Json, Problem> {
    let raw = row.try_get_raw(at).map_err(problem)?;
    if raw.is_null() {
        return Ok(Json::Null);
    }
    Ok(match raw.type_info().name() {
        "INT8" => json!(row.try_get::<i64, _>(at).map_err(problem)?),
        "FLOAT8" => json!({"r": row.try_get::<f64, _>(at).map_err(problem)?}),
        "BYTEA" => json!({"b": hex(&row.try_get::<Vec<u8>, _>(at).map_err(problem)?)}),
        "TEXT" => json!(row.try_get::<String, _>(at).map_err(problem)?),
        other => {
            return Err(Problem::fault(format!(
                "a column of type {other}: use text, bigint, double precision or bytes"
            )));
        }
    })
}

fn cell_back(cell: Json) -> Result<Value, Problem> {
    Ok(match cell {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text),
        Json::Number(number) => {
            Value::Int(number.as_i64().ok_or_else(|| unreadable("an integer is too large"))?)
        }
        Json::Object(fields) => {
            if let Some(real) = fields.get("r").and_then(Json::as_f64) {
                Value::Real(real)
            } else if let Some(text) = fields.get("b").and_then(Json::as_str) {
                Value::Bytes(unhex(text).ok_or_else(|| unreadable("bytes are not hexadecimal"))?)
            } else {
                return Err(unreadable("a cell is neither number nor bytes"));
            }
        }
        Json::Bool(_) | Json::Array(_) => return Err(unreadable("a cell has a form that no backup has")),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The lines of a backup, without header and footer checks.
struct Lines {
    reader: BufReader<zstd::Decoder<'static, BufReader<File>>>,
}

impl Lines {
    fn open(file: &Path) -> Result<Self, Problem> {
        let open = File::open(file).map_err(unreadable)?;
        Ok(Lines { reader: BufReader::new(zstd::Decoder::new(open).map_err(unreadable)?) })
    }

    fn raw(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let mut line = Vec::new();
        let read = self.reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(unreadable("a line is cut off or longer than any row"));
        }
        Ok(Some(line))
    }

    fn next(&mut self) -> Result<Option<Json>, Problem> {
        self.raw()?.map(|line| serde_json::from_slice(&line).map_err(unreadable)).transpose()
    }
}

/// The name and length of a file that follows.
fn file_line(line: &Json) -> Option<(&str, u64)> {
    Some((line.get("file")?.as_str()?, line.get("bytes")?.as_u64()?))
}

/// Hashes so many bytes of a reader.
fn hash_some(reader: &mut impl Read, bytes: u64, hash: &mut Sha256) -> Result<(), Problem> {
    let mut rest = reader.take(bytes);
    let mut buffer = vec![0u8; PIECE];
    let mut left = bytes;
    while left > 0 {
        let read = rest.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            return Err(unreadable("a file in the backup is cut off"));
        }
        hash.update(&buffer[..read]);
        left -= read as u64;
    }
    Ok(())
}

/// Reads a backup to its end and compares it with its footer.
pub fn check_backup(file: &Path) -> Result<Counted, Problem> {
    let mut lines = Lines::open(file)?;
    let mut hash = Sha256::new();
    let (mut rows, mut tables, mut files, mut first) = (0u64, 0u64, 0u64, true);
    while let Some(raw) = lines.raw()? {
        let line: Json = serde_json::from_slice(&raw).map_err(unreadable)?;
        if first {
            if !line.get("format").and_then(Json::as_u64).is_some_and(|form| (1..=FORMAT).contains(&form)) {
                return Err(unreadable("this is not a backup of Tend, or of a newer one"));
            }
            tables = line["tables"].as_array().map_or(0, Vec::len) as u64;
            first = false;
        }
        if let Some(end) = line.get("end") {
            let sha256 = hex(&hash.finalize());
            if end["sha256"].as_str() != Some(&sha256) || end["rows"].as_u64() != Some(rows) {
                return Err(unreadable("the backup was changed after it was written"));
            }
            return Ok(Counted { tables, rows, files, sha256 });
        }
        rows += u64::from(line.is_array());
        hash.update(&raw);
        if let Some((_, bytes)) = file_line(&line) {
            hash_some(&mut lines.reader, bytes, &mut hash)?;
            files += 1;
        }
    }
    Err(unreadable("the backup has no end: it was cut off"))
}

/// When a backup was made.
pub fn made_at(file: &Path) -> Result<Timestamp, Problem> {
    let header = Lines::open(file)?.next()?.ok_or_else(|| unreadable("the file is empty"))?;
    serde_json::from_value(header["at"].clone()).map_err(unreadable)
}

impl Db {
    /// How many rows each declared table holds.
    pub async fn row_counts(&self) -> Result<Vec<(&'static str, i64)>, Problem> {
        let mut counts = Vec::new();
        for table in self.tables() {
            counts.push((table, self.count(table).await?));
        }
        Ok(counts)
    }

    /// Bytes the database takes on disk.
    pub async fn size(&self, scope: &Scope) -> Result<u64, Problem> {
        let text = match self.pools() {
            Pools::Sqlite { .. } => {
                "select page_count * page_size from pragma_page_count(), pragma_page_size()"
            }
            Pools::Postgres(_) => "select pg_database_size(current_database())",
        };
        Ok(self.one(scope, text, args![], |row| row.get::<u64>(0)).await?.unwrap_or(0))
    }
}
