//! How measurements are spread: values of events, web vitals, durations, metrics; and operations of components.

use arrow_array::Array as _;
use kernel::Problem;
use kernel::lake::{
    Among, Field, Group, Match, Measure, MeasureAsk, Measured, Reply, Sketch, SpanCounts, Table, Test,
};
use rustc_hash::FxHashMap;

use super::filter::{Filter, Sought};
use super::parts::{Cells, Common, Names, too_much};
use super::scan::{BATCH_ROWS, Chunk, PerWord, Scan, Stream};
use super::{Limits, Source};

/// Parts of the answer that are kept for a first pass before a second one is made instead.
const MAX_SLOTS: usize = 1 << 17;

/// A sketch that is being filled: the buckets between the lowest and the highest so far, side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    sum: f64,
    count: u64,
    zeros: u64,
    lowest: i32,
    buckets: Vec<u32>,
}

impl Filling {
    /// Adds a value several times; how many bytes it has grown by.
    #[inline]
    pub(super) fn add(&mut self, value: f64, times: u32) -> usize {
        if !value.is_finite() || times == 0 {
            return 0;
        }
        self.count += u64::from(times);
        self.sum += value * f64::from(times);
        if value <= 0.0 {
            self.zeros += u64::from(times);
            return 0;
        }
        let bucket = Sketch::bucket(value);
        let at = bucket.wrapping_sub(self.lowest) as u32 as usize;
        if let Some(place) = self.buckets.get_mut(at) {
            *place = place.saturating_add(times);
            return 0;
        }
        self.grow(bucket, times)
    }

    #[cold]
    fn grow(&mut self, bucket: i32, times: u32) -> usize {
        // Some room to both sides, because the next value is likely near.
        const ROOM: i32 = 16;
        let before = self.buckets.capacity();
        if self.buckets.is_empty() {
            self.lowest = bucket - ROOM;
            self.buckets = vec![0; 2 * ROOM as usize + 1];
        } else if bucket < self.lowest {
            let lowest = bucket - ROOM;
            let more = (self.lowest - lowest) as usize;
            self.buckets.splice(..0, std::iter::repeat_n(0, more));
            self.lowest = lowest;
        } else {
            self.buckets.resize((bucket - self.lowest + ROOM) as usize, 0);
        }
        let at = (bucket - self.lowest) as usize;
        self.buckets[at] += times;
        (self.buckets.capacity() - before) * size_of::<u32>()
    }

    /// As a sketch.
    pub(super) fn done(&self) -> Sketch {
        let met = self.buckets.iter().zip(self.lowest..).filter(|(count, _)| **count > 0);
        Sketch {
            count: self.count,
            sum: self.sum,
            zeros: self.zeros,
            buckets: met.map(|(count, bucket)| (bucket, u64::from(*count))).collect(),
        }
    }
}

/// Sketches by place and cell.
struct Grid {
    width: usize,
    slots: Vec<Filling>,
    bytes: usize,
}

impl Grid {
    fn new(width: usize) -> Grid {
        Grid { width, slots: Vec::new(), bytes: 0 }
    }

    fn reach(&mut self, places: usize) {
        if self.slots.len() < places * self.width {
            self.slots.resize_with(places * self.width, Filling::default);
        }
    }

    #[inline]
    fn add(&mut self, slot: usize, value: f64, times: u32) {
        self.bytes += self.slots[slot].add(value, times);
    }

    fn check(&self, limits: &Limits) -> Result<(), Problem> {
        let bytes = self.bytes + self.slots.len() * size_of::<Filling>();
        if bytes > limits.bytes { Err(too_much(limits)) } else { Ok(()) }
    }
}

/// What is measured, and where it is found.
struct What {
    table: Table,
    column: &'static str,
    /// Only rows of this name.
    name: Option<String>,
    /// By which the value is divided.
    per: f64,
}

impl What {
    fn of(measured: &Measured) -> What {
        let took = |table| What { table, column: "took_us", name: None, per: 1_000.0 };
        match measured {
            Measured::EventValue => What { table: Table::Events, column: "value", name: None, per: 1.0 },
            Measured::Vital(name) => {
                What { table: Table::Vitals, column: "value", name: Some(name.word().to_owned()), per: 1.0 }
            }
            Measured::SpanMs => took(Table::Spans),
            Measured::CheckMs => took(Table::Checks),
            Measured::Metric(name) => {
                What { table: Table::Metrics, column: "value", name: Some(name.clone()), per: 1.0 }
            }
        }
    }
}

/// The last report of a page load.
struct Report {
    at: i64,
    value: f64,
    slot: usize,
}

/// How a measurement is spread.
pub(super) fn measure(ask: &MeasureAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let what = What::of(&ask.measured);
    let mut among = ask.among.clone();
    if let Some(name) = &what.name {
        among.only.push(Test { field: Field::Name, is: Match::Is(vec![name.clone()]) });
    }
    let filter = Filter::new(what.table, &among, &[Sought { bit: 0, looks: None }])?;
    let cells = Cells::new(&ask.cells)?;
    let mut names = Names::default();
    let pass = Pass {
        what: &what,
        among: &among,
        filter: &filter,
        cells: &cells,
        by: ask.by.as_ref(),
        sources,
        limits,
    };
    // Every value has a place of its own, unless there are many; then a first look says which are common.
    let (grid, own, common) = match pass.fill(&mut names, None)? {
        Some(grid) => {
            let mut weights: Vec<u64> =
                grid.slots.chunks(cells.len()).map(|of| of.iter().map(|slot| slot.count).sum()).collect();
            weights.resize(names.len(), 0);
            (grid, true, Common::new(&weights, ask.top, &names))
        }
        None => {
            let common = Common::new(&pass.weigh(&mut names)?, ask.top, &names);
            (pass.fill(&mut names, Some(&common))?.ok_or_else(|| too_much(limits))?, false, common)
        }
    };
    let mut reply = Vec::new();
    for cell in 0..cells.len() {
        let mut parts: Vec<Sketch> = vec![Sketch::default(); common.places()];
        for (at, of) in grid.slots.chunks(cells.len()).enumerate() {
            if of[cell].count == 0 {
                continue;
            }
            let part = &mut parts[if own { common.place[at] as usize } else { at }];
            let sketch = of[cell].done();
            if part.count == 0 { *part = sketch } else { part.merge(&sketch) }
        }
        let mut all = Sketch::default();
        parts.iter().for_each(|part| all.merge(part));
        reply.push(Measure { cell: cell as u32, group: Group::All, sketch: all });
        if ask.by.is_some() {
            let some = parts.into_iter().enumerate().filter(|(_, part)| part.count > 0);
            reply.extend(some.map(|(place, sketch)| Measure {
                cell: cell as u32,
                group: common.group(place, &names),
                sketch,
            }));
        }
    }
    Ok(Reply::Measure(reply))
}

/// One way through the rows that are measured.
struct Pass<'q> {
    what: &'q What,
    among: &'q Among,
    filter: &'q Filter,
    cells: &'q Cells,
    by: Option<&'q Field>,
    sources: &'q [Source],
    limits: &'q Limits,
}

impl<'q> Pass<'q> {
    fn scan(&self, columns: Vec<&'static str>) -> Scan<'q> {
        Scan {
            table: self.what.table,
            filter: self.filter,
            from: self.among.from.as_microsecond(),
            until: self.among.until.as_microsecond(),
            columns,
            limits: self.limits,
        }
    }

    /// How many measurements each value has; of page loads every report, which is near enough to tell which
    /// values are common.
    fn weigh(&self, names: &mut Names) -> Result<Vec<u64>, Problem> {
        let mut weights = Vec::new();
        let Some(by) = self.by else { return Ok(weights) };
        let mut by = PerWord::new(self.what.table, by);
        let scan = self.scan(self.columns(by.column()));
        for source in self.sources {
            let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
            while let Some(chunk) = stream.next()? {
                if chunk.rows().is_empty() {
                    continue;
                }
                let keys = by.ready(chunk, |word| names.number(word) as usize)?;
                names.check(self.limits)?;
                weights.resize(names.len(), 0);
                self.values(chunk, |row, _, times| weights[by.of(keys, row)] += u64::from(times))?;
            }
        }
        Ok(weights)
    }

    fn columns(&self, by: Option<&'static str>) -> Vec<&'static str> {
        let mut columns = vec!["at", self.what.column];
        columns.extend(by);
        match self.what.table {
            Table::Vitals => columns.push("load"),
            Table::Metrics => columns.extend(["kind", "count"]),
            Table::Events | Table::Checks | Table::Spans | Table::Logs => {}
        }
        columns
    }

    /// Fills sketches by value, or by place when it is known which values are common. None when there are too
    /// many values for the former.
    fn fill(&self, names: &mut Names, common: Option<&Common>) -> Result<Option<Grid>, Problem> {
        let width = self.cells.len();
        let mut grid = Grid::new(width);
        let mut by = self.by.map(|by| PerWord::new(self.what.table, by));
        let vitals = self.what.table == Table::Vitals;
        let scan = self.scan(self.columns(by.as_ref().and_then(PerWord::column)));
        if by.is_none() {
            names.number("");
        }
        grid.reach(common.map_or(usize::from(by.is_none()), Common::places));
        let mut reports: FxHashMap<u64, Report> = FxHashMap::default();
        for source in self.sources {
            let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
            while let Some(chunk) = stream.next()? {
                if chunk.rows().is_empty() {
                    continue;
                }
                let at = chunk.at()?;
                let keys = match &mut by {
                    None => None,
                    Some(by) => by.ready(chunk, |word| {
                        let value = names.number(word);
                        width * common.map_or(value, |common| common.place[value as usize]) as usize
                    })?,
                };
                names.check(self.limits)?;
                if common.is_none() {
                    if names.len() * width > MAX_SLOTS && self.by.is_some() {
                        return Ok(None);
                    }
                    grid.reach(names.len());
                }
                let slot =
                    |row: u32| by.as_ref().map_or(0, |by| by.of(keys, row)) + self.cells.of(at[row as usize]);
                if vitals {
                    let (values, loads) = (chunk.floats("value")?.values(), chunk.numbers("load")?);
                    for row in chunk.rows() {
                        let (slot, value) = (slot(*row), values[*row as usize]);
                        let report = Report { at: at[*row as usize], value, slot };
                        match (loads[*row as usize], reports.entry(loads[*row as usize])) {
                            (0, _) => grid.add(slot, value, 1),
                            (_, std::collections::hash_map::Entry::Vacant(empty)) => {
                                empty.insert(report);
                            }
                            (_, std::collections::hash_map::Entry::Occupied(mut known)) => {
                                if known.get().at <= report.at {
                                    known.insert(report);
                                }
                            }
                        }
                    }
                    if reports.len() * 2 * size_of::<(u64, Report)>() > self.limits.bytes {
                        return Err(too_much(self.limits));
                    }
                } else {
                    self.values(chunk, |row, value, times| grid.add(slot(row), value, times))?;
                }
                grid.check(self.limits)?;
            }
        }
        reports.into_values().for_each(|report| grid.add(report.slot, report.value, 1));
        Ok(Some(grid))
    }

    /// The value of each row, and how many times it counts.
    fn values(&self, chunk: &Chunk, mut each: impl FnMut(u32, f64, u32)) -> Result<(), Problem> {
        if self.what.column == "took_us" {
            let took = chunk.wholes("took_us")?;
            // A check without an answer took no time that could be told: it is written as less than none.
            let answered = chunk.rows().iter().filter(|row| took[**row as usize] >= 0);
            answered.for_each(|row| each(*row, took[*row as usize] as f64 / self.what.per, 1));
            return Ok(());
        }
        let values = chunk.floats(self.what.column)?;
        if self.what.table == Table::Metrics {
            // A histogram says a sum and how many: its mean, that often, is the best there is.
            let counts = chunk.numbers("count")?;
            let (kinds, words) = chunk.words("kind")?;
            let words = super::scan::texts(words)?;
            let spread: Vec<bool> =
                (0..words.len()).map(|at| matches!(words.value(at), "histogram" | "summary")).collect();
            for row in chunk.rows() {
                let at = *row as usize;
                let count = if spread[kinds[at] as usize] { counts[at] } else { 1 };
                let times = u32::try_from(count).unwrap_or(u32::MAX);
                each(*row, values.value(at) / f64::from(times.max(1)), times);
            }
            return Ok(());
        }
        match values.nulls() {
            None => {
                let values = values.values();
                chunk.rows().iter().for_each(|row| each(*row, values[*row as usize], 1));
            }
            Some(nulls) => {
                let all = values.values();
                for row in chunk.rows() {
                    if nulls.is_valid(*row as usize) {
                        each(*row, all[*row as usize], 1);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Rate, errors and duration of operations by component.
pub(super) fn spans(
    among: &Among,
    cells: &[kernel::Timestamp],
    sources: &[Source],
    limits: &Limits,
) -> Result<Reply, Problem> {
    let filter = Filter::new(Table::Spans, among, &[Sought { bit: 0, looks: None }])?;
    let cells = Cells::new(cells)?;
    let mut names = Names::default();
    let mut components = PerWord::new(Table::Spans, &Field::Component);
    let mut operations = PerWord::new(Table::Spans, &Field::Name);
    let mut pairs: FxHashMap<(u32, u32), usize> = FxHashMap::default();
    let mut grid = Grid::new(cells.len());
    let mut errors: Vec<u64> = Vec::new();
    let scan = Scan {
        table: Table::Spans,
        filter: &filter,
        from: among.from.as_microsecond(),
        until: among.until.as_microsecond(),
        columns: vec!["at", "took_us", "component", "name", "error"],
        limits,
    };
    for source in sources {
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let (at, took, failed) = (chunk.at()?, chunk.wholes("took_us")?, chunk.flags("error")?);
            let component = components.ready(chunk, |word| names.number(word))?;
            let operation = operations.ready(chunk, |word| names.number(word))?;
            names.check(limits)?;
            for row in chunk.rows() {
                let pair = (components.of(component, *row), operations.of(operation, *row));
                let known = pairs.len();
                let pair = *pairs.entry(pair).or_insert(known);
                if pair == known {
                    grid.reach(known + 1);
                    errors.resize(grid.slots.len(), 0);
                }
                let slot = pair * cells.len() + cells.of(at[*row as usize]);
                grid.add(slot, took[*row as usize] as f64 / 1_000.0, 1);
                errors[slot] += u64::from(failed.value(*row as usize));
            }
            grid.check(limits)?;
        }
    }
    let mut reply: Vec<SpanCounts> = Vec::new();
    for ((component, operation), pair) in pairs {
        for cell in 0..cells.len() {
            let slot = pair * cells.len() + cell;
            if grid.slots[slot].count == 0 {
                continue;
            }
            let took_ms = grid.slots[slot].done();
            reply.push(SpanCounts {
                cell: cell as u32,
                component: names.word(component).to_owned(),
                operation: names.word(operation).to_owned(),
                calls: took_ms.count,
                errors: errors[slot],
                took_ms,
            });
        }
    }
    reply.sort_by(|one, other| {
        (one.cell, &one.component, &one.operation).cmp(&(other.cell, &other.component, &other.operation))
    });
    Ok(Reply::Spans(reply))
}
