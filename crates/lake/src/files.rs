//! Parquet files on this machine: written whole or not at all, read a batch at a time.

use std::fs::File as OsFile;
use std::io::{self, Write};
use std::path::Path;

use arrow_array::RecordBatch;
use kernel::lake::Table;
use kernel::{Kind, Problem};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest as _, Sha256};

use crate::disk::{Disk, remove};
use crate::merge::{Run, Span, merge};
use crate::table;

/// Rows that are read at once.
const ROWS: usize = 8 * 1024;

/// What came out of writing a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) sha256: String,
}

struct Out {
    file: OsFile,
    disk: Disk,
    hash: Sha256,
    bytes: u64,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(&mut self.file, bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A failure of the disk, said as what it is.
pub(crate) fn io_problem(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Problem::new(Kind::Unavailable, "disk-full").retry_after(60).because(error)
        }
        _ => Problem::fault(error),
    }
}

fn parquet_problem(error: parquet::errors::ParquetError) -> Problem {
    let full = error.to_string().contains(&io::Error::from(io::ErrorKind::StorageFull).to_string())
        || error.to_string().contains("No space left");
    if full {
        Problem::new(Kind::Unavailable, "disk-full").retry_after(60).because(error)
    } else {
        Problem::fault(error)
    }
}

/// Bytes as hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Merges runs into a file at `path`, through a temporary one beside the folder of files. None when there was
/// nothing to write. The file is on disk, under its name, when this returns.
pub(crate) fn write(
    disk: &Disk,
    temporary: &Path,
    path: &Path,
    table: Table,
    runs: Vec<Run>,
) -> Result<Option<Written>, Problem> {
    let written = write_part(disk, temporary, table, runs);
    let Ok(Some(done)) = written else {
        let _ = remove(temporary);
        return written;
    };
    let named = (|| {
        if let Some(folder) = path.parent() {
            let mut missing = Vec::new();
            let mut up = folder;
            while !up.exists() {
                missing.push(up.to_owned());
                let Some(above) = up.parent() else { break };
                up = above;
            }
            std::fs::create_dir_all(folder)?;
            if path.exists() {
                // Names are random; two alike mean that the dice are broken, and a file must not pay for that.
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(temporary, path)?;
            disk.sync_folder(folder)?;
            // New folders are names too.
            for folder in missing {
                if let Some(above) = folder.parent() {
                    disk.sync_folder(above)?;
                }
            }
        }
        Ok(())
    })();
    match named {
        Ok(()) => Ok(Some(done)),
        Err(error) => {
            let _ = remove(temporary);
            Err(io_problem(error))
        }
    }
}

fn write_part(disk: &Disk, path: &Path, table: Table, runs: Vec<Run>) -> Result<Option<Written>, Problem> {
    let mut writer: Option<ArrowWriter<Out>> = None;
    let mut rows = 0u64;
    let mut all = Span { from: i64::MAX, until: i64::MIN };
    merge(table, runs, &mut |batch, span| {
        let writer = match &mut writer {
            Some(writer) => writer,
            None => {
                let file = OsFile::create(path).map_err(io_problem)?;
                let out = Out { file, disk: disk.clone(), hash: Sha256::new(), bytes: 0 };
                let made = ArrowWriter::try_new(out, batch.schema(), Some(table::properties(table)));
                writer.insert(made.map_err(parquet_problem)?)
            }
        };
        writer.write(batch).map_err(parquet_problem)?;
        rows += batch.num_rows() as u64;
        all = Span { from: all.from.min(span.from), until: all.until.max(span.until) };
        Ok(())
    })?;
    let Some(mut writer) = writer else { return Ok(None) };
    writer.finish().map_err(parquet_problem)?;
    let out = writer.inner_mut();
    disk.sync(&out.file).map_err(io_problem)?;
    let sha256 = hex(&out.hash.clone().finalize());
    Ok(Some(Written { rows, bytes: out.bytes, from: all.from, until: all.until, sha256 }))
}

/// The rows of a file, in its order.
pub(crate) fn read(path: &Path) -> Result<Run, Problem> {
    let file = OsFile::open(path).map_err(io_problem)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(ROWS).build())
        .map_err(Problem::fault)?;
    Ok(Box::new(reader.map(|batch| batch.map_err(Problem::fault))))
}

/// How many rows the footer of a file says it has.
pub(crate) fn rows_of(path: &Path) -> Result<u64, Problem> {
    let file = OsFile::open(path).map_err(io_problem)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Problem::fault)?;
    Ok(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0))
}

/// The hash of a file.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = OsFile::open(path)?;
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        let read = io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

/// A batch as a run.
pub(crate) fn run_of(batches: Vec<RecordBatch>) -> Run {
    Box::new(batches.into_iter().map(Ok))
}
