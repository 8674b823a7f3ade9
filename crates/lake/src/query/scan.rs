//! Rows of files and batches that fit a filter, batch by batch; only the columns that a question needs, and of
//! those none that the statistics of a file already answer.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use kernel::lake::{Field, Table};
use kernel::{Kind, Problem};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection, RowSelector,
};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::filter::{Filter, place};
use super::{FileSource, Limits, Source};
use crate::table::{props_of, schema};

/// Rows that are decoded at once; few in tests, so that units lie across batches there too.
pub(super) const BATCH_ROWS: usize = if cfg!(test) { 12 } else { 8_192 };

/// What a scan looks for.
#[derive(Debug)]
pub(super) struct Scan<'q> {
    /// The table.
    pub table: Table,
    /// Its tests.
    pub filter: &'q Filter,
    /// From here, microseconds, inclusive.
    pub from: i64,
    /// To here, exclusive.
    pub until: i64,
    /// Columns that are needed besides those of the filter.
    pub columns: Vec<&'static str>,
    /// What the question may take.
    pub limits: &'q Limits,
}

/// Rows of one batch that fit.
#[derive(Debug)]
pub(super) struct Chunk {
    /// The columns that are needed; others may be missing.
    pub batch: RecordBatch,
    /// Places for which rows fit and what they match; only so many of them hold something. They are not cleared
    /// from batch to batch, because that would cost as much as filling them.
    rows: Vec<u32>,
    masks: Vec<u64>,
    kept: usize,
    /// The number in its source of the first row of the batch.
    pub first: u64,
}

fn missing(name: &str) -> Problem {
    Problem::fault(format!("the column {name} is missing or not of the kind it should be"))
}

impl Chunk {
    fn empty(table: Table) -> Chunk {
        let batch = RecordBatch::new_empty(schema(table));
        Chunk { batch, rows: Vec::new(), masks: Vec::new(), kept: 0, first: 0 }
    }

    /// Which rows fit, ascending.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows[..self.kept]
    }

    /// What each of them matches, a bit each.
    pub(super) fn masks(&self) -> &[u64] {
        &self.masks[..self.kept]
    }

    fn column(&self, name: &str) -> Result<&ArrayRef, Problem> {
        self.batch.column_by_name(name).ok_or_else(|| missing(name))
    }

    /// When each row of the batch happened.
    pub(super) fn at(&self) -> Result<&[i64], Problem> {
        let column = self.column("at")?.as_primitive_opt::<TimestampMicrosecondType>();
        Ok(column.ok_or_else(|| missing("at"))?.values())
    }

    /// A number of each row of the batch.
    pub(super) fn numbers(&self, name: &str) -> Result<&[u64], Problem> {
        let column = self.column(name)?.as_primitive_opt::<UInt64Type>();
        Ok(column.ok_or_else(|| missing(name))?.values())
    }

    /// A whole number of each row of the batch.
    pub(super) fn wholes(&self, name: &str) -> Result<&[i64], Problem> {
        let column = self.column(name)?.as_primitive_opt::<Int64Type>();
        Ok(column.ok_or_else(|| missing(name))?.values())
    }

    /// A measurement of each row of the batch.
    pub(super) fn floats(&self, name: &str) -> Result<&arrow_array::Float64Array, Problem> {
        self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| missing(name))
    }

    /// Yes or no of each row of the batch.
    pub(super) fn flags(&self, name: &str) -> Result<&arrow_array::BooleanArray, Problem> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| missing(name))
    }

    /// A wide number of each row of the batch.
    pub(super) fn wide(&self, name: &str) -> Result<&arrow_array::FixedSizeBinaryArray, Problem> {
        self.column(name)?.as_fixed_size_binary_opt().ok_or_else(|| missing(name))
    }

    /// A word of each row of the batch: keys and what they stand for.
    pub(super) fn words(&self, name: &str) -> Result<(&[i32], &ArrayRef), Problem> {
        let column = self.column(name)?.as_dictionary_opt::<Int32Type>().ok_or_else(|| missing(name))?;
        Ok((column.keys().values(), column.values()))
    }
}

/// The words of a dictionary.
pub(super) fn texts(values: &ArrayRef) -> Result<&StringArray, Problem> {
    values.as_string_opt::<i32>().ok_or_else(|| missing("a dictionary"))
}

/// The values of a field that one dictionary holds, each made into something once.
pub(super) struct PerWord<T> {
    name: Option<&'static str>,
    prop: Option<String>,
    of: Option<ArrayRef>,
    made: Vec<T>,
}

impl<T: Clone> PerWord<T> {
    pub(super) fn new(table: Table, field: &Field) -> Self {
        let (name, prop) = place(table, field).unzip();
        PerWord { name, prop: prop.flatten(), of: None, made: Vec::new() }
    }

    /// The column it needs.
    pub(super) fn column(&self) -> Option<&'static str> {
        self.name
    }

    /// Makes ready for a chunk; afterwards [`PerWord::of`] answers for the keys that come back. Without a column
    /// every row has the empty value, and there are no keys.
    pub(super) fn ready<'c>(
        &mut self,
        chunk: &'c Chunk,
        mut make: impl FnMut(&str) -> T,
    ) -> Result<Option<&'c [i32]>, Problem> {
        let Some(name) = self.name else {
            self.made = vec![make("")];
            return Ok(None);
        };
        let (keys, values) = chunk.words(name)?;
        if !self.of.as_ref().is_some_and(|known| Arc::ptr_eq(known, values)) {
            let words = texts(values)?;
            self.made.clear();
            for at in 0..words.len() {
                let word = words.value(at);
                let made = match &self.prop {
                    None => make(word),
                    Some(prop) => {
                        let pairs = props_of(word);
                        make(pairs.iter().find(|(key, _)| key == prop).map_or("", |(_, value)| value))
                    }
                };
                self.made.push(made);
            }
            self.of = Some(Arc::clone(values));
        }
        Ok(Some(keys))
    }

    /// What was made of the value of a row.
    pub(super) fn of(&self, keys: Option<&[i32]>, row: u32) -> T {
        self.made[keys.map_or(0, |keys| keys[row as usize] as usize)].clone()
    }
}

/// Goes through one source.
pub(super) struct Stream<'q> {
    scan: &'q Scan<'q>,
    from: From,
    chunk: Chunk,
    alternatives: Vec<u64>,
    tables: Vec<(ArrayRef, Vec<u64>, bool)>,
}

enum From {
    File(Box<OpenFile>),
    Batch(Option<Arc<RecordBatch>>),
}

struct OpenFile {
    file: File,
    meta: ArrowReaderMetadata,
    batch_rows: usize,
    /// Row groups that may hold something, with the number of their first row; last first.
    groups: Vec<Group>,
    reader: Option<ParquetRecordBatchReader>,
    /// The number of the next row, of the group that is read.
    next: u64,
    /// Whether rows must be looked at one by one for their time.
    times: bool,
    /// Columns whose value is the same for all rows of the group.
    settled: Vec<&'static str>,
    /// What these allow.
    allowed: u64,
}

struct Group {
    index: usize,
    first: u64,
    times: bool,
    settled: Vec<&'static str>,
    allowed: u64,
}

/// The bounds of a column in a row group as the file tells them.
pub(super) fn bounds(group: &RowGroupMetaData, column: usize) -> Option<(i64, i64)> {
    match group.column(column).statistics()? {
        Statistics::Int64(known) => Some((*known.min_opt()?, *known.max_opt()?)),
        _ => None,
    }
}

fn same_word(group: &RowGroupMetaData, column: usize) -> Option<&str> {
    let known = group.column(column).statistics()?;
    if !known.min_is_exact() || !known.max_is_exact() || known.null_count_opt() != Some(0) {
        return None;
    }
    let (least, most) = (known.min_bytes_opt()?, known.max_bytes_opt()?);
    if least == most { std::str::from_utf8(least).ok() } else { None }
}

impl<'q> Stream<'q> {
    /// Over a source, reading this many rows at once.
    pub(super) fn new(scan: &'q Scan<'q>, source: &Source, batch_rows: usize) -> Result<Self, Problem> {
        let from = match source {
            Source::Batch(batch) => From::Batch(Some(Arc::clone(batch))),
            Source::File(file) => From::File(Box::new(OpenFile::new(scan, file, batch_rows)?)),
        };
        let chunk = Chunk::empty(scan.table);
        Ok(Stream { scan, from, chunk, alternatives: Vec::new(), tables: Vec::new() })
    }

    /// Whether this column never goes down and is never 0 before it is something, as the statistics of the file
    /// tell: the numbers that come before it in the sort key are all 0.
    pub(super) fn is_led_by(&self, leading: &[&str]) -> bool {
        match &self.from {
            From::Batch(_) => false,
            From::File(open) => open.meta.metadata().row_groups().iter().all(|group| {
                leading.iter().all(|name| {
                    let column = open.meta.schema().index_of(name);
                    column.is_ok_and(|column| bounds(group, column) == Some((0, 0)))
                })
            }),
        }
    }

    /// The next rows that fit; may be none of a batch.
    pub(super) fn next(&mut self) -> Result<Option<&Chunk>, Problem> {
        if self.scan.limits.stop.load(Ordering::Relaxed) {
            return Err(Problem::new(Kind::TimedOut, "timed-out"));
        }
        let (batch, first, times, settled, allowed) = match &mut self.from {
            From::Batch(batch) => {
                let Some(batch) = batch.take() else { return Ok(None) };
                (batch.as_ref().clone(), 0, true, Vec::new(), self.scan.filter.possible)
            }
            From::File(open) => {
                let Some(batch) = open.next(self.scan)? else { return Ok(None) };
                let first = open.next;
                open.next += batch.num_rows() as u64;
                (batch, first, open.times, open.settled.clone(), open.allowed)
            }
        };
        self.chunk.batch = batch;
        self.chunk.first = first;
        self.chunk.kept = 0;
        self.choose(times, &settled, allowed)?;
        Ok(Some(&self.chunk))
    }

    fn choose(&mut self, times: bool, settled: &[&str], mut allowed: u64) -> Result<(), Problem> {
        let filter = self.scan.filter;
        let count = self.chunk.batch.num_rows();
        self.tables.resize_with(filter.columns.len(), || {
            (Arc::new(StringArray::from(Vec::<&str>::new())) as ArrayRef, Vec::new(), false)
        });
        let mut open: Vec<usize> = Vec::new();
        for (at, column) in filter.columns.iter().enumerate() {
            if settled.contains(&column.name) {
                continue;
            }
            let (_, values) = self.chunk.words(column.name)?;
            let (known, table, same) = &mut self.tables[at];
            if !Arc::ptr_eq(known, values) {
                let words = texts(values)?;
                table.clear();
                table.extend((0..words.len()).map(|at| column.allows(words.value(at), filter.possible)));
                *same = table.iter().all(|one| *one == table[0]);
                *known = Arc::clone(values);
            }
            if *same {
                allowed &= table.first().copied().unwrap_or(u64::MAX);
            } else {
                open.push(at);
            }
        }
        if allowed == 0 || count == 0 {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.chunk.rows);
        let mut masks = std::mem::take(&mut self.chunk.masks);
        let chunk = &self.chunk;
        let lookup = |column: usize| -> Result<(&[i32], &[u64]), Problem> {
            let (keys, _) = chunk.words(filter.columns[column].name)?;
            Ok((keys, self.tables[column].1.as_slice()))
        };
        if rows.len() < count {
            rows.resize(count, 0);
            masks.resize(count, 0);
        }
        let mut kept = 0;
        match open.as_slice() {
            [] => {
                (0..count as u32).zip(&mut rows).for_each(|(row, place)| *place = row);
                masks[..count].fill(allowed);
                kept = count;
            }
            [one] => {
                let (keys, table) = lookup(*one)?;
                for (row, key) in (0..).zip(keys) {
                    let mask = table[*key as usize] & allowed;
                    rows[kept] = row;
                    masks[kept] = mask;
                    kept += usize::from(mask != 0);
                }
            }
            [one, more @ ..] => {
                let alternatives = &mut self.alternatives;
                alternatives.clear();
                let (keys, table) = lookup(*one)?;
                alternatives.extend(keys.iter().map(|key| table[*key as usize] & allowed));
                for column in more {
                    let (keys, table) = lookup(*column)?;
                    for (mask, key) in alternatives.iter_mut().zip(keys) {
                        *mask &= table[*key as usize];
                    }
                }
                for (row, mask) in (0..).zip(alternatives.iter()) {
                    rows[kept] = row;
                    masks[kept] = *mask;
                    kept += usize::from(*mask != 0);
                }
            }
        }
        if times && kept > 0 {
            let (from, until) = (self.scan.from, self.scan.until);
            let at = chunk.at()?;
            kept = retain(&mut rows, &mut masks, kept, |row| (from..until).contains(&at[row as usize]));
        }
        if let Some((name, wanted)) = filter.number {
            let numbers = chunk.numbers(name)?;
            kept = retain(&mut rows, &mut masks, kept, |row| numbers[row as usize] == wanted);
        }
        if !filter.is_plain() {
            masks[..kept].iter_mut().for_each(|mask| *mask = filter.bits(*mask));
        }
        self.chunk.rows = rows;
        self.chunk.masks = masks;
        self.chunk.kept = kept;
        Ok(())
    }
}

/// Of the first so many rows those that are to be kept; how many that are.
fn retain(rows: &mut [u32], masks: &mut [u64], count: usize, keep: impl Fn(u32) -> bool) -> usize {
    let mut kept = 0;
    for at in 0..count {
        let row = rows[at];
        rows[kept] = row;
        masks[kept] = masks[at];
        kept += usize::from(keep(row));
    }
    kept
}

fn open(file: &FileSource) -> Result<(File, ArrowReaderMetadata), Problem> {
    let opened = File::open(&file.path).map_err(Problem::fault)?;
    let meta = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()).map_err(Problem::fault)?;
    Ok((opened, meta))
}

impl OpenFile {
    fn new(scan: &Scan<'_>, source: &FileSource, batch_rows: usize) -> Result<Self, Problem> {
        let (file, meta) = open(source)?;
        let mut groups = Vec::new();
        let mut first = 0;
        for (index, group) in meta.metadata().row_groups().iter().enumerate() {
            let here = first;
            first += group.num_rows() as u64;
            if let Some(group) = Self::group(scan, &meta, &file, group, index, here)? {
                groups.push(group);
            }
        }
        groups.reverse();
        let (next, times, settled, allowed) = (0, true, Vec::new(), scan.filter.possible);
        Ok(OpenFile { file, meta, batch_rows, groups, reader: None, next, times, settled, allowed })
    }

    /// A row group, unless nothing in it can fit.
    fn group(
        scan: &Scan<'_>,
        meta: &ArrowReaderMetadata,
        file: &File,
        group: &RowGroupMetaData,
        index: usize,
        first: u64,
    ) -> Result<Option<Group>, Problem> {
        let place = |name: &str| meta.schema().index_of(name).map_err(|_| missing(name));
        let mut times = true;
        if let Some((least, most)) = bounds(group, place("at")?) {
            if most < scan.from || least >= scan.until {
                return Ok(None);
            }
            times = least < scan.from || most >= scan.until;
        }
        if let Some((name, wanted)) = scan.filter.number {
            let column = place(name)?;
            if let Some((least, most)) = bounds(group, column)
                && !(least as u64..=most as u64).contains(&wanted)
            {
                return Ok(None);
            }
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(
                file.try_clone().map_err(Problem::fault)?,
                meta.clone(),
            );
            let bloom = reader.get_row_group_column_bloom_filter(index, column).map_err(Problem::fault)?;
            if bloom.is_some_and(|bloom| !bloom.check(&(wanted as i64))) {
                return Ok(None);
            }
        }
        let mut settled = Vec::new();
        let mut allowed = scan.filter.possible;
        for column in &scan.filter.columns {
            if let Some(word) = same_word(group, place(column.name)?) {
                allowed &= column.allows(word, scan.filter.possible);
                settled.push(column.name);
            }
        }
        Ok((allowed != 0).then_some(Group { index, first, times, settled, allowed }))
    }

    fn next(&mut self, scan: &Scan<'_>) -> Result<Option<RecordBatch>, Problem> {
        loop {
            if let Some(reader) = &mut self.reader {
                match reader.next() {
                    Some(batch) => return Ok(Some(batch.map_err(Problem::fault)?)),
                    None => self.reader = None,
                }
            }
            let Some(group) = self.groups.pop() else { return Ok(None) };
            let needed = |name: &str| {
                scan.columns.contains(&name)
                    || name == "at" && group.times
                    || scan.filter.number.is_some_and(|(number, _)| number == name)
                    || scan.filter.columns.iter().any(|column| column.name == name)
                        && !group.settled.contains(&name)
            };
            let mut columns: Vec<usize> = Vec::new();
            for (at, field) in self.meta.schema().fields().iter().enumerate() {
                if needed(field.name()) {
                    columns.push(at);
                }
            }
            if columns.is_empty() {
                // A reader without columns knows no rows; the cheapest column counts them.
                columns.push(self.meta.schema().index_of("client").map_err(|_| missing("client"))?);
            }
            let mask = ProjectionMask::leaves(self.meta.parquet_schema(), columns);
            let file = self.file.try_clone().map_err(Problem::fault)?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.meta.clone())
                .with_projection(mask)
                .with_row_groups(vec![group.index])
                .with_batch_size(self.batch_rows)
                .build()
                .map_err(Problem::fault)?;
            self.reader = Some(reader);
            self.next = group.first;
            self.times = group.times;
            self.settled = group.settled;
            self.allowed = group.allowed;
        }
    }
}

/// Whole rows of a source by their numbers, ascending.
pub(super) fn fetch(table: Table, source: &Source, rows: &[u64]) -> Result<kernel::lake::Rows, Problem> {
    let batch = match source {
        Source::Batch(batch) => {
            let wanted = arrow_array::UInt64Array::from(rows.to_vec());
            arrow_select::take::take_record_batch(batch, &wanted).map_err(Problem::fault)?
        }
        Source::File(file) => {
            let (file, meta) = open(file)?;
            let mut selectors: Vec<RowSelector> = Vec::new();
            let mut next = 0;
            for row in rows {
                selectors.push(RowSelector::skip((*row - next) as usize));
                selectors.push(RowSelector::select(1));
                next = row + 1;
            }
            let schema = Arc::clone(meta.schema());
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, meta)
                .with_row_selection(RowSelection::from(selectors))
                .build()
                .map_err(Problem::fault)?;
            let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(Problem::fault)?;
            arrow_select::concat::concat_batches(&schema, &batches).map_err(Problem::fault)?
        }
    };
    crate::table::rows(table, &batch)
}
