//! Rows unit by unit, each in order of time.
//!
//! Files are sorted by the best known number of an event. When a question counts by that number, files are merged
//! as they stand: from all open files come the rows of units below the lowest unit that any of them has reached,
//! so memory is a batch of each file however many rows there are. When it counts by another number (visits in
//! files of visitors), rows that fit are gathered and sorted; when they are too many for the memory of a question,
//! they are gathered in several passes, each for a part of the units.

use kernel::lake::{Field, Table, Unit};
use kernel::{Kind, Problem};

use super::filter::Filter;
use super::parts::{Names, too_much};
use super::scan::{BATCH_ROWS, PerWord, Scan, Stream};
use super::{Limits, Source};

/// The most passes of one question: beyond it the answer would take minutes.
const MAX_PASSES: u64 = 64;
/// Files that are open at once with large batches.
const FEW_FILES: usize = 64;
/// Files that are open at once at all; an operating system gives a process about a thousand.
const MAX_OPEN: usize = 400;

/// Rows of one unit that are taken from one file at most: a program that was not recognised can leave millions, and
/// nothing that is asked about a unit needs more. Above the events that a funnel looks at, so that it notices.
const MOST_OF_ONE: u32 = if cfg!(test) { 10_100 } else { 50_000 };

/// A row that fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// Whose.
    pub unit: u64,
    /// When, microseconds.
    pub at: i64,
    /// What it matches.
    pub mask: u64,
    /// Its value, as a number of [`Names`].
    pub group: u32,
}

/// What is gathered.
pub(super) struct Gather<'q> {
    /// Whose rows.
    pub unit: Unit,
    /// Which rows.
    pub filter: &'q Filter,
    /// From here, inclusive.
    pub from: i64,
    /// To here, exclusive.
    pub until: i64,
    /// With the value of this field.
    pub by: Option<&'q Field>,
    /// What the question may take.
    pub limits: &'q Limits,
}

/// The column of a kind of unit.
pub(super) fn column(unit: Unit) -> &'static str {
    match unit {
        Unit::Case => "case",
        Unit::User => "user",
        Unit::Visitor => "visitor",
        Unit::Visit => "visit",
    }
}

/// The numbers that come before this one in the sort key of files.
fn before(unit: Unit) -> &'static [&'static str] {
    match unit {
        Unit::User => &[],
        Unit::Visitor => &["user"],
        Unit::Visit => &["user", "visitor"],
        Unit::Case => &["user", "visitor", "visit"],
    }
}

/// Rows of a batch as hits.
struct Hits<'q> {
    column: &'static str,
    by: Option<PerWord<u32>>,
    limits: &'q Limits,
    /// The unit of the last row, and how many rows in a row were its.
    last: u64,
    met: u32,
}

impl Hits<'_> {
    fn next(
        &mut self,
        stream: &mut Stream<'_>,
        names: &mut Names,
        mut keep: impl FnMut(u64) -> bool,
        out: &mut Vec<Hit>,
    ) -> Result<Option<u64>, Problem> {
        let Some(chunk) = stream.next()? else { return Ok(None) };
        if chunk.batch.num_rows() == 0 {
            return Ok(Some(0));
        }
        let units = chunk.numbers(self.column)?;
        let high = units.last().copied().unwrap_or(0);
        if chunk.rows().is_empty() {
            return Ok(Some(high));
        }
        let at = chunk.at()?;
        let keys = match &mut self.by {
            None => None,
            Some(by) => {
                let keys = by.ready(chunk, |word| names.number(word))?;
                names.check(self.limits)?;
                keys
            }
        };
        for (row, mask) in chunk.rows().iter().zip(chunk.masks()) {
            let unit = units[*row as usize];
            if unit == 0 || !keep(unit) {
                continue;
            }
            self.met = if unit == self.last { self.met + 1 } else { 1 };
            self.last = unit;
            if self.met > MOST_OF_ONE {
                continue;
            }
            let group = self.by.as_ref().map_or(0, |by| by.of(keys, *row));
            out.push(Hit { unit, at: at[*row as usize], mask: *mask, group });
        }
        Ok(Some(high))
    }
}

/// Goes through the units of some sources, in no order that means anything.
///
/// # Errors
/// What [`Stream::next`] refuses, and when there is too much for one question.
pub(super) fn each_unit(
    gather: &Gather<'_>,
    sources: &[Source],
    names: &mut Names,
    mut each: impl FnMut(&mut Names, &[Hit]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut columns = vec!["at", column(gather.unit)];
    let by = || gather.by.map(|by| PerWord::new(Table::Events, by));
    columns.extend(by().and_then(|by| by.column()));
    let scan = Scan {
        table: Table::Events,
        filter: gather.filter,
        from: gather.from,
        until: gather.until,
        columns,
        limits: gather.limits,
    };
    let hits = || Hits { column: column(gather.unit), by: by(), limits: gather.limits, last: 0, met: 0 };
    let files = sources.iter().filter(|source| matches!(source, Source::File(_))).count();
    let batch_rows = if files > FEW_FILES { BATCH_ROWS / 4 } else { BATCH_ROWS };
    if files > MAX_OPEN {
        return gathered(&scan, &hits, sources, names, each);
    }
    let mut sorted = Vec::new();
    let mut loose = Vec::new();
    for source in sources {
        let stream = Stream::new(&scan, source, batch_rows)?;
        if stream.is_led_by(before(gather.unit)) {
            sorted.push(Run {
                stream,
                hits: hits(),
                waiting: Vec::new(),
                taken: 0,
                high: Some(0),
                before: 0,
            });
        } else {
            loose.push(source);
        }
    }
    if loose.iter().any(|source| matches!(source, Source::File(_))) {
        drop(sorted);
        return gathered(&scan, &hits, sources, names, each);
    }
    // What is not in a file yet is little: gathered and sorted it is one more run.
    let mut fresh = Vec::new();
    for source in loose {
        let mut stream = Stream::new(&scan, source, batch_rows)?;
        let mut hits = hits();
        while hits.next(&mut stream, names, |_| true, &mut fresh)?.is_some() {
            within(&fresh, gather.limits)?;
        }
    }
    sort(&mut fresh);
    merged(sorted, &fresh, gather.limits, names, &mut each)
}

fn within(hits: &Vec<Hit>, limits: &Limits) -> Result<(), Problem> {
    let bytes = hits.capacity() * size_of::<Hit>();
    if bytes > limits.bytes { Err(too_much(limits)) } else { Ok(()) }
}

fn sort(hits: &mut [Hit]) {
    hits.sort_unstable_by_key(|hit| (hit.unit, hit.at));
}

fn units_of<'h>(
    hits: &'h [Hit],
    names: &mut Names,
    each: &mut impl FnMut(&mut Names, &'h [Hit]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut rest = hits;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|hit| hit.unit == first.unit).count();
        let (one, more) = rest.split_at(count);
        each(names, one)?;
        rest = more;
    }
    Ok(())
}

/// A sorted file on its way.
struct Run<'q> {
    stream: Stream<'q>,
    hits: Hits<'q>,
    waiting: Vec<Hit>,
    /// Of those, how many were taken.
    taken: usize,
    /// The highest unit that was read; none when the file has ended.
    high: Option<u64>,
    before: u64,
}

impl Run<'_> {
    fn fill(&mut self, names: &mut Names) -> Result<(), Problem> {
        if self.taken == self.waiting.len() {
            self.waiting.clear();
        } else {
            self.waiting.drain(..self.taken);
        }
        self.taken = 0;
        self.high = self.hits.next(&mut self.stream, names, |_| true, &mut self.waiting)?.map(|high| {
            // A row without this unit ends a batch now and then; what was reached stays reached.
            self.before = self.before.max(high);
            self.before
        });
        // A file in another order would be counted wrongly and nobody would see it.
        if self.waiting.is_sorted_by_key(|hit| hit.unit) {
            Ok(())
        } else {
            Err(Problem::fault("a file is not in the order of its units"))
        }
    }
}

fn merged(
    mut runs: Vec<Run<'_>>,
    mut fresh: &[Hit],
    limits: &Limits,
    names: &mut Names,
    each: &mut impl FnMut(&mut Names, &[Hit]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut sorter = Sorter::default();
    let mut parts: Vec<usize> = Vec::new();
    loop {
        // Below this unit every run has told all it has.
        let cut = runs.iter().filter_map(|run| run.high).min();
        let below = |hits: &[Hit]| cut.map_or(hits.len(), |cut| hits.partition_point(|hit| hit.unit < cut));
        parts.clear();
        parts.extend(runs.iter().map(|run| below(&run.waiting[run.taken..])));
        let (now, later) = fresh.split_at(below(fresh));
        fresh = later;
        let told = runs.iter().zip(&parts).map(|(run, count)| &run.waiting[run.taken..run.taken + count]);
        let sorted = sorter.sort(told.chain([now]));
        within(&sorter.sorted, limits)?;
        units_of(&sorter.sorted[..sorted], names, each)?;
        runs.iter_mut().zip(&parts).for_each(|(run, count)| run.taken += count);
        let Some(cut) = cut else { return Ok(()) };
        for run in &mut runs {
            while run.high.is_some_and(|high| high <= cut) {
                run.fill(names)?;
                within(&run.waiting, limits)?;
            }
        }
    }
}

/// Brings some sorted runs together. Units are keyed hashes, so the places of their high bits are filled about
/// evenly: one pass counts, one puts each row where it belongs, and what little meets in one place is sorted there.
/// Units that are no hashes (a test, a sender's own numbers) meet in few places and are sorted as usual.
#[derive(Default)]
struct Sorter {
    sorted: Vec<Hit>,
    begins: Vec<u32>,
}

impl Sorter {
    /// How many there are; they are in order at the beginning of `sorted`, which is not cleared.
    fn sort<'h>(&mut self, runs: impl Iterator<Item = &'h [Hit]> + Clone) -> usize {
        let (mut count, mut least, mut most) = (0usize, u64::MAX, 0);
        for run in runs.clone() {
            if let [first, ..] = run {
                count += run.len();
                least = least.min(first.unit);
                most = most.max(run[run.len() - 1].unit);
            }
        }
        if count == 0 {
            return 0;
        }
        let span = most - least;
        let places = count as u64;
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(u64::BITS - places.leading_zeros());
        self.begins.clear();
        self.begins.resize((span >> shift) as usize + 2, 0);
        let place = |hit: &Hit| ((hit.unit - least) >> shift) as usize;
        for run in runs.clone() {
            run.iter().for_each(|hit| self.begins[place(hit) + 1] += 1);
        }
        let mut begin = 0;
        for count in &mut self.begins {
            begin += *count;
            *count = begin;
        }
        if self.sorted.len() < count {
            self.sorted.resize(count, Hit { unit: 0, at: 0, mask: 0, group: 0 });
        }
        for run in runs {
            for hit in run {
                let to = &mut self.begins[place(hit)];
                self.sorted[*to as usize] = *hit;
                *to += 1;
            }
        }
        // Each beginning has moved to its end.
        let mut begin = 0;
        for end in &self.begins {
            let end = *end as usize;
            let here = &mut self.sorted[begin..end];
            if here.len() > 1 && !here.is_sorted_by_key(|hit| (hit.unit, hit.at)) {
                here.sort_by_key(|hit| (hit.unit, hit.at));
            }
            begin = end;
        }
        count
    }
}

/// Part of the units for a pass.
fn part(unit: u64, passes: u64) -> u64 {
    (unit.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % passes
}

fn gathered<'q>(
    scan: &Scan<'_>,
    hits: &impl Fn() -> Hits<'q>,
    sources: &[Source],
    names: &mut Names,
    mut each: impl FnMut(&mut Names, &[Hit]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    // Half of the memory: while the list grows there are two of it.
    let most = scan.limits.bytes / size_of::<Hit>() / 2;
    let mut passes = 1;
    let mut pass = 0;
    let mut all: Vec<Hit> = Vec::new();
    while pass < passes {
        all.clear();
        for source in sources {
            let mut stream = Stream::new(scan, source, BATCH_ROWS)?;
            let mut hits = hits();
            while hits.next(&mut stream, names, |unit| part(unit, passes) == pass, &mut all)?.is_some() {
                while all.len() > most {
                    // Only the first pass finds out how many there are; hashes share out evenly, so that the
                    // others have about as much.
                    if pass > 0 && all.len() < 2 * most {
                        break;
                    }
                    passes *= 2;
                    if pass > 0 || passes > MAX_PASSES {
                        return Err(too_much(scan.limits));
                    }
                    all.retain(|hit| part(hit.unit, passes) == 0);
                }
            }
        }
        sort(&mut all);
        units_of(&all, names, &mut each)?;
        pass += 1;
    }
    Ok(())
}

/// A problem of what was asked and not of what was found.
pub(super) fn wrong(code: &'static str) -> Problem {
    Problem::new(Kind::Invalid, code)
}
