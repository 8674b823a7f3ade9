//! Counts over time and by a field, and the most common values of a field.

use kernel::Problem;
use kernel::lake::{CountAsk, Counted, Group, Reply, Table, Top, TopAsk, TopSort, Unit};
use rustc_hash::FxHashSet;

use super::filter::{Filter, Sought};
use super::parts::{Cells, Common, Names, too_much};
use super::scan::{BATCH_ROWS, PerWord, Scan, Stream};
use super::units::column;
use super::{Limits, Source};

/// Counters that are kept for a first pass before a second one is made instead.
const MAX_COUNTERS: usize = 4 << 20;

/// Which are different: of each part of the answer the numbers that were met in it. Cells are kept apart, because
/// one that no later file reaches needs to be remembered no longer.
struct Different {
    met: Vec<FxHashSet<(u32, u64)>>,
    held: usize,
    last: (u32, u64),
    counts: Vec<u64>,
}

impl Different {
    fn new(cells: usize, parts: usize) -> Self {
        let met = vec![FxHashSet::default(); cells];
        Different { met, held: 0, last: (u32::MAX, 0), counts: vec![0; parts] }
    }

    #[inline]
    fn add(&mut self, cell: usize, part: u32, number: u64) {
        // Files are sorted by unit, so that the same comes again and again.
        if number == 0 || self.last == (part, number) {
            return;
        }
        self.last = (part, number);
        if self.met[cell].insert((part, number)) {
            self.held += 1;
            self.counts[part as usize] += 1;
        }
    }

    /// Nothing comes any more in cells before this one.
    fn close(&mut self, cell: usize) {
        for met in self.met.iter_mut().take(cell).filter(|met| !met.is_empty()) {
            self.held -= met.len();
            *met = FxHashSet::default();
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), Problem> {
        // A set doubles, and while it does there are two of it; a place takes 17 bytes.
        if self.held > limits.bytes / 64 { Err(too_much(limits)) } else { Ok(()) }
    }
}

fn scan<'q>(
    among: &kernel::lake::Among,
    filter: &'q Filter,
    columns: Vec<&'static str>,
    limits: &'q Limits,
) -> Scan<'q> {
    let (from, until) = (among.from.as_microsecond(), among.until.as_microsecond());
    Scan { table: Table::Events, filter, from, until, columns, limits }
}

/// How many events, visits and units.
pub(super) fn count(ask: &CountAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let filter = Filter::new(Table::Events, &ask.among, &[Sought { bit: 0, looks: ask.looks.as_ref() }])?;
    let cells = Cells::new(&ask.cells)?;
    let mut names = Names::default();
    let common = match &ask.by {
        None => {
            names.number("");
            Common { first: Vec::new(), place: vec![0] }
        }
        // With few cells what is counted by value is counted in full at once, and the rest is added up.
        Some(by) if !ask.distinct => {
            let found = by_value(ask, by, &filter, &cells, sources, limits, &mut names)?;
            if let Some(counted) = found {
                return Ok(Reply::Count(counted));
            }
            let weights = totals(ask, by, &filter, sources, limits, &mut names)?;
            Common::new(&weights, ask.top, &names)
        }
        Some(by) => {
            let weights = totals(ask, by, &filter, sources, limits, &mut names)?;
            Common::new(&weights, ask.top, &names)
        }
    };
    // Parts: per cell one for all, then one for each value and one for the rest.
    let places = 1 + if ask.by.is_some() { common.places() } else { 0 };
    let mut events = vec![0u64; cells.len() * places];
    let mut visits = Different::new(cells.len(), events.len());
    let mut units = Different::new(cells.len(), events.len());
    let mut columns = Vec::new();
    if ask.distinct {
        columns.extend(["visit", column(ask.unit)]);
    }
    let mut by = ask.by.as_ref().map(|by| PerWord::new(Table::Events, by));
    columns.extend(by.as_ref().and_then(PerWord::column));
    if cells.len() > 1 {
        columns.push("at");
    }
    let scan = scan(&ask.among, &filter, columns, limits);
    // What has no file yet comes first, then files by their beginnings: then it is known which cells are over.
    let begin = |source: &Source| match source {
        Source::Batch(_) => i64::MIN,
        Source::File(file) => file.from.as_microsecond(),
    };
    let mut sources: Vec<&Source> = sources.iter().collect();
    sources.sort_by_key(|source| begin(source));
    for source in sources {
        let over = cells.of(begin(source));
        visits.close(over);
        units.close(over);
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let at = if cells.len() > 1 { chunk.at()? } else { &[] };
            let keys = match &mut by {
                None => None,
                Some(by) => by.ready(chunk, |word| common.place[names.number(word) as usize])?,
            };
            let whom = if ask.distinct {
                Some((chunk.numbers("visit")?, chunk.numbers(column(ask.unit))?))
            } else {
                None
            };
            for row in chunk.rows() {
                let cell = at.get(*row as usize).map_or(0, |at| cells.of(*at));
                let all = cell * places;
                events[all] += 1;
                let part = by.as_ref().map(|by| all + 1 + by.of(keys, *row) as usize);
                if let Some(part) = part {
                    events[part] += 1;
                }
                if let Some((visit, unit)) = whom {
                    for part in [Some(all), part].into_iter().flatten() {
                        visits.add(cell, part as u32, visit[*row as usize]);
                        units.add(cell, part as u32, unit[*row as usize]);
                    }
                }
            }
            visits.check(limits)?;
            units.check(limits)?;
        }
    }
    let mut reply = Vec::new();
    for cell in 0..cells.len() {
        for place in 0..places {
            let part = cell * places + place;
            if place > 0 && events[part] == 0 {
                continue;
            }
            reply.push(Counted {
                cell: cell as u32,
                group: if place == 0 { Group::All } else { common.group(place - 1, &names) },
                events: events[part],
                visits: ask.distinct.then(|| visits.counts[part]),
                units: ask.distinct.then(|| units.counts[part]),
            });
        }
    }
    Ok(Reply::Count(reply))
}

/// Counts by value in one pass; none when there are too many values for that.
fn by_value(
    ask: &CountAsk,
    by: &kernel::lake::Field,
    filter: &Filter,
    cells: &Cells,
    sources: &[Source],
    limits: &Limits,
    names: &mut Names,
) -> Result<Option<Vec<Counted>>, Problem> {
    let width = cells.len();
    let mut counts: Vec<u64> = Vec::new();
    let mut by = PerWord::new(Table::Events, by);
    let mut columns: Vec<&'static str> = by.column().into_iter().collect();
    if width > 1 {
        columns.push("at");
    }
    let scan = scan(&ask.among, filter, columns, limits);
    for source in sources {
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let at = if width > 1 { chunk.at()? } else { &[] };
            let keys = by.ready(chunk, |word| names.number(word) as usize * width)?;
            names.check(limits)?;
            if names.len() * width > MAX_COUNTERS {
                return Ok(None);
            }
            counts.resize(names.len() * width, 0);
            if width > 1 {
                for row in chunk.rows() {
                    counts[by.of(keys, *row) + cells.of(at[*row as usize])] += 1;
                }
            } else {
                for row in chunk.rows() {
                    counts[by.of(keys, *row)] += 1;
                }
            }
        }
    }
    let weights: Vec<u64> = counts.chunks(width).map(|one| one.iter().sum()).collect();
    let common = Common::new(&weights, ask.top, names);
    let mut reply = Vec::new();
    for cell in 0..width {
        let mut parts = vec![0u64; common.places()];
        for (value, of) in counts.chunks(width).enumerate() {
            parts[common.place[value] as usize] += of[cell];
        }
        let line = |group: Group, events: u64| Counted {
            cell: cell as u32,
            group,
            events,
            visits: None,
            units: None,
        };
        reply.push(line(Group::All, parts.iter().sum()));
        let some = parts.iter().enumerate().filter(|(_, events)| **events > 0);
        reply.extend(some.map(|(place, events)| line(common.group(place, names), *events)));
    }
    Ok(Some(reply))
}

/// How often each value was met.
fn totals(
    ask: &CountAsk,
    by: &kernel::lake::Field,
    filter: &Filter,
    sources: &[Source],
    limits: &Limits,
    names: &mut Names,
) -> Result<Vec<u64>, Problem> {
    let mut counts: Vec<u64> = Vec::new();
    let mut by = PerWord::new(Table::Events, by);
    let scan = scan(&ask.among, filter, by.column().into_iter().collect(), limits);
    for source in sources {
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let keys = by.ready(chunk, |word| names.number(word) as usize)?;
            names.check(limits)?;
            counts.resize(names.len(), 0);
            chunk.rows().iter().for_each(|row| counts[by.of(keys, *row)] += 1);
        }
    }
    Ok(counts)
}

/// The most common values.
pub(super) fn top(ask: &TopAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let filter = Filter::new(Table::Events, &ask.among, &[Sought { bit: 0, looks: ask.looks.as_ref() }])?;
    let mut names = Names::default();
    let mut events: Vec<u64> = Vec::new();
    let mut units = Different::new(1, 0);
    let mut by = PerWord::new(Table::Events, &ask.field);
    let unit: Unit = ask.unit;
    let mut columns = vec![column(unit)];
    columns.extend(by.column());
    let scan = scan(&ask.among, &filter, columns, limits);
    for source in sources {
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let numbers = chunk.numbers(column(unit))?;
            let keys = by.ready(chunk, |word| names.number(word))?;
            names.check(limits)?;
            events.resize(names.len(), 0);
            units.counts.resize(names.len(), 0);
            for row in chunk.rows() {
                let value = by.of(keys, *row);
                events[value as usize] += 1;
                units.add(0, value, numbers[*row as usize]);
            }
            units.check(limits)?;
        }
    }
    let weights = match ask.sort {
        TopSort::Events => &events,
        TopSort::Units => &units.counts,
    };
    let common = Common::new(weights, ask.limit, &names);
    let line = |value: &u32| Top {
        value: names.word(*value).to_owned(),
        events: events[*value as usize],
        units: units.counts[*value as usize],
    };
    Ok(Reply::Top(common.first.iter().map(line).collect()))
}
