//! Which component calls which, from spans of traces.

use arrow_array::Array as _;
use kernel::Problem;
use kernel::lake::{Among, Edge, Field, Reply, Sketch, Table};
use rustc_hash::FxHashMap;

use super::filter::{Filter, Sought};
use super::parts::{Names, too_much};
use super::scan::{BATCH_ROWS, PerWord, Scan, Stream, texts};
use super::{Limits, Source};
use crate::table::{fold, instant};

/// The most passes over the files, each for a part of the traces.
const MAX_PASSES: u64 = 64;

/// What of a span makes an edge.
#[derive(Debug, Clone, Copy)]
struct Link {
    trace: u64,
    span: u64,
    parent: u64,
    component: u32,
    peer: u32,
    at: i64,
    took: i64,
    /// Whether it says of itself that it called somebody.
    calls: bool,
    error: bool,
}

#[derive(Default)]
struct Adding {
    calls: u64,
    errors: u64,
    took_ms: Sketch,
    last_at: i64,
}

impl Adding {
    fn add(&mut self, link: &Link) {
        self.calls += 1;
        self.errors += u64::from(link.error);
        self.took_ms.add(link.took as f64 / 1_000.0);
        self.last_at = self.last_at.max(link.at);
    }
}

/// Which component calls which: a span whose parent belongs to another component, and a span that says whom it
/// called when nobody on the other side told of it.
pub(super) fn edges(among: &Among, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let filter = Filter::new(Table::Spans, among, &[Sought { bit: 0, looks: None }])?;
    let scan = Scan {
        table: Table::Spans,
        filter: &filter,
        from: among.from.as_microsecond(),
        until: among.until.as_microsecond(),
        columns: vec!["at", "took_us", "trace", "span", "parent", "component", "kind", "error", "peer"],
        limits,
    };
    let mut names = Names::default();
    let nobody = names.number("");
    let mut found: FxHashMap<(u32, u32), Adding> = FxHashMap::default();
    let most = limits.bytes / size_of::<Link>() / 2;
    let (mut pass, passes) = (0, std::cell::Cell::new(1));
    let mut links: Vec<Link> = Vec::new();
    while pass < passes.get() {
        links.clear();
        for source in sources {
            let mine = |link: &Link| link.trace % passes.get() == pass;
            gather(&scan, source, &mut names, mine, &mut links, |links| {
                // Only the first pass finds out how many there are; traces share out evenly.
                while links.len() > if pass == 0 { most } else { 2 * most } {
                    passes.set(passes.get() * 2);
                    if pass > 0 || passes.get() > MAX_PASSES {
                        return Err(too_much(limits));
                    }
                    links.retain(mine);
                }
                Ok(())
            })?;
        }
        links.sort_unstable_by_key(|link| (link.trace, link.span));
        links
            .chunk_by(|one, other| one.trace == other.trace)
            .for_each(|trace| join(trace, nobody, &mut found));
        pass += 1;
    }
    let mut edges: Vec<Edge> = found
        .into_iter()
        .map(|((from, to), adding)| Edge {
            from: names.word(from).to_owned(),
            to: names.word(to).to_owned(),
            calls: adding.calls,
            errors: adding.errors,
            took_ms: adding.took_ms,
            last_at: instant(adding.last_at),
        })
        .collect();
    edges.sort_by(|one, other| (&one.from, &one.to).cmp(&(&other.from, &other.to)));
    Ok(Reply::Edges(edges))
}

fn gather(
    scan: &Scan<'_>,
    source: &Source,
    names: &mut Names,
    keep: impl Fn(&Link) -> bool,
    links: &mut Vec<Link>,
    mut room: impl FnMut(&mut Vec<Link>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut components = PerWord::new(Table::Spans, &Field::Component);
    let mut stream = Stream::new(scan, source, BATCH_ROWS)?;
    while let Some(chunk) = stream.next()? {
        if chunk.rows().is_empty() {
            continue;
        }
        let component = components.ready(chunk, |word| names.number(word))?;
        let (peers, words) = chunk.words("peer")?;
        let words = texts(words)?;
        let called: Vec<u32> = (0..words.len()).map(|at| names.number(words.value(at))).collect();
        let (kinds, words) = chunk.words("kind")?;
        let words = texts(words)?;
        let calls: Vec<bool> =
            (0..words.len()).map(|at| matches!(words.value(at), "client" | "producer")).collect();
        names.check(scan.limits)?;
        let (at, took, errors) = (chunk.at()?, chunk.wholes("took_us")?, chunk.flags("error")?);
        let (spans, parents, traces) =
            (chunk.numbers("span")?, chunk.numbers("parent")?, chunk.wide("trace")?);
        for row in chunk.rows() {
            let place = *row as usize;
            let trace = if traces.is_null(place) {
                0
            } else {
                traces.value(place).try_into().map_or(0, |bytes| fold(u128::from_be_bytes(bytes)))
            };
            let link = Link {
                trace,
                span: spans[place],
                parent: parents[place],
                component: components.of(component, *row),
                peer: called[peers[place] as usize],
                at: at[place],
                took: took[place],
                calls: calls[kinds[place] as usize],
                error: errors.value(place),
            };
            if keep(&link) {
                links.push(link);
            }
        }
        room(links)?;
    }
    Ok(())
}

/// The edges of one trace, whose spans are in order of their numbers.
fn join(trace: &[Link], nobody: u32, found: &mut FxHashMap<(u32, u32), Adding>) {
    let mut answered = vec![false; trace.len()];
    for link in trace {
        if link.parent == 0 {
            continue;
        }
        let Ok(parent) = trace.binary_search_by_key(&link.parent, |other| other.span) else { continue };
        if trace[parent].component != link.component {
            answered[parent] = true;
            found.entry((trace[parent].component, link.component)).or_default().add(link);
        }
    }
    for (link, answered) in trace.iter().zip(answered) {
        if !answered && link.calls && link.peer != nobody && link.peer != link.component {
            found.entry((link.component, link.peer)).or_default().add(link);
        }
    }
}
