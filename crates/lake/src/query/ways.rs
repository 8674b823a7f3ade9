//! Who comes back, and by which ways people go.

use kernel::Problem;
use kernel::lake::{Cohort, Flow, Group, Looks, PathsAsk, Reply, RetentionAsk, Table};
use rustc_hash::FxHashMap;

use super::filter::{Filter, Sought};
use super::parts::{Cells, Common, Names, too_much};
use super::units::{Gather, Hit, each_unit, wrong};
use super::{Limits, Source};

/// The most periods: one bit each of what a unit did.
const MAX_PERIODS: usize = 100;
/// The shortest and the longest path.
const DEPTHS: std::ops::RangeInclusive<u8> = 2..=10;

/// Who comes back.
pub(super) fn retention(ask: &RetentionAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    if ask.cells.len() > MAX_PERIODS {
        return Err(wrong("lake-too-many-cells").with("most", MAX_PERIODS));
    }
    let sought = [Sought { bit: 0, looks: ask.first.as_ref() }, Sought { bit: 1, looks: ask.again.as_ref() }];
    let filter = Filter::new(Table::Events, &ask.among, &sought)?;
    let cells = Cells::new(&ask.cells)?;
    let mut cohorts: Vec<Cohort> = (0..cells.len())
        .map(|cell| Cohort { cell: cell as u32, units: 0, again: vec![0; cells.len() - cell] })
        .collect();
    let (from, until) = (ask.among.from.as_microsecond(), ask.among.until.as_microsecond());
    let gather = Gather { unit: ask.unit, filter: &filter, from, until, by: None, limits };
    each_unit(&gather, sources, &mut Names::default(), |_, hits| {
        let Some(first) = hits.iter().position(|hit| hit.mask & 1 != 0) else { return Ok(()) };
        let start = cells.of(hits[first].at);
        let cohort = &mut cohorts[start];
        cohort.units += 1;
        let later = hits[first + 1..].iter().filter(|hit| hit.mask & 2 != 0);
        let mut done = later.fold(0u128, |done, hit| done | 1 << (cells.of(hit.at) - start));
        while done != 0 {
            cohort.again[done.trailing_zeros() as usize] += 1;
            done &= done - 1;
        }
        Ok(())
    })?;
    Ok(Reply::Retention(cohorts))
}

/// What is looked at on a path.
const NODE: u64 = 1;
const START: u64 = 2;
const END: u64 = 4;

/// The most common ways.
pub(super) fn paths(ask: &PathsAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    if !DEPTHS.contains(&ask.depth) {
        return Err(wrong("lake-path-depth").with("least", DEPTHS.start()).with("most", DEPTHS.end()));
    }
    let views = Looks::named("pageview");
    let mut sought = vec![Sought { bit: 0, looks: Some(ask.looks.as_ref().unwrap_or(&views)) }];
    sought.extend(ask.from.as_ref().map(|looks| Sought { bit: 1, looks: Some(looks) }));
    sought.extend(ask.to.as_ref().map(|looks| Sought { bit: 2, looks: Some(looks) }));
    let filter = Filter::new(Table::Events, &ask.among, &sought)?;
    let (from, until) = (ask.among.from.as_microsecond(), ask.among.until.as_microsecond());
    let gather = Gather { unit: ask.unit, filter: &filter, from, until, by: Some(&ask.by), limits };
    let depth = usize::from(ask.depth);
    let mut names = Names::default();
    // How many units have a value at a place, and go from one to the next there; 0 is the end of a path.
    let mut stand: Vec<Vec<u64>> = vec![Vec::new(); depth];
    let mut go: FxHashMap<(u8, u32, u32), u64> = FxHashMap::default();
    let mut path: Vec<u32> = Vec::new();
    let mut nodes: Vec<Hit> = Vec::new();
    each_unit(&gather, sources, &mut names, |names, hits| {
        nodes.clear();
        nodes.extend_from_slice(hits);
        // What happened at one time has no order of its own; the words give it one that is always the same.
        if nodes.windows(2).any(|two| two[0].at == two[1].at) {
            nodes.sort_by(|one, other| {
                one.at.cmp(&other.at).then_with(|| names.word(one.group).cmp(names.word(other.group)))
            });
        }
        let Some((first, ended)) = walk(ask, &nodes, depth, &mut path) else { return Ok(()) };
        for (at, value) in path.iter().enumerate() {
            let place = &mut stand[first + at];
            if place.len() <= *value as usize {
                place.resize(*value as usize + 1, 0);
            }
            place[*value as usize] += 1;
            let next = match path.get(at + 1) {
                Some(next) => *next + 1,
                None if ended => 0,
                None => continue,
            };
            *go.entry(((first + at) as u8, *value, next)).or_default() += 1;
        }
        let bytes = go.capacity() * 32 + stand.iter().map(|place| place.len() * 8).sum::<usize>();
        if bytes > limits.bytes { Err(too_much(limits)) } else { Ok(()) }
    })?;
    let common: Vec<Common> = stand
        .into_iter()
        .map(|mut weights| {
            weights.resize(names.len(), 0);
            Common::new(&weights, ask.top, &names)
        })
        .collect();
    let mut flows: FxHashMap<(u8, u32, u32), u64> = FxHashMap::default();
    for ((place, from, to), units) in go {
        let at = usize::from(place);
        let from = common[at].place[from as usize];
        let to = if to == 0 { 0 } else { common[at + 1].place[to as usize - 1] + 1 };
        *flows.entry((place, from, to)).or_default() += units;
    }
    let mut flows: Vec<_> = flows.into_iter().collect();
    flows.sort_unstable();
    let group = |at: usize, place: u32| -> Group { common[at].group(place as usize, &names) };
    let reply = flows.into_iter().map(|((place, from, to), units)| Flow {
        place,
        from: group(usize::from(place), from),
        to: (to > 0).then(|| group(usize::from(place) + 1, to - 1)),
        units,
    });
    Ok(Reply::Paths(reply.collect()))
}

/// The path of one unit: at which place it begins, and whether it ended by itself. The same value again and again
/// is one stay.
fn walk(ask: &PathsAsk, nodes: &[Hit], depth: usize, path: &mut Vec<u32>) -> Option<(usize, bool)> {
    path.clear();
    let begins = |mark: u64| nodes.iter().position(|hit| hit.mask & mark != 0);
    let stay = |path: &mut Vec<u32>, value: u32| {
        if path.last() != Some(&value) {
            path.push(value);
        }
    };
    match (&ask.from, &ask.to) {
        (None, Some(_)) => {
            let end = begins(END)?;
            for hit in nodes[..=end].iter().rev() {
                stay(path, hit.group);
                if path.len() == depth {
                    break;
                }
            }
            path.reverse();
            Some((depth - path.len(), false))
        }
        (from, to) => {
            let start = if from.is_some() { begins(START)? } else { begins(NODE)? };
            let last = match to {
                Some(_) => start + nodes[start..].iter().position(|hit| hit.mask & END != 0)?,
                None => nodes.len() - 1,
            };
            for hit in &nodes[start..=last] {
                if path.len() == depth && path.last() != Some(&hit.group) {
                    break;
                }
                stay(path, hit.group);
            }
            Some((0, to.is_none() && path.len() < depth))
        }
    }
}
