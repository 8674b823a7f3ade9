//! Cases with what happened to each: a fair sample when there are more than wanted.

use std::collections::BTreeMap;

use kernel::lake::{CaseLine, Cases, CasesAsk, Channel, Field, MAX_CASES, Reply, Table};
use kernel::{Problem, Timestamp};
use rustc_hash::FxHashSet;

use super::filter::{Filter, Sought};
use super::parts::{Names, too_much};
use super::scan::{BATCH_ROWS, PerWord, Scan, Stream};
use super::{Limits, Source};

/// The most events of one case that are looked at; a case with more is no case.
const MAX_EVENTS: usize = 1_000;
/// What an event of a case takes, bytes: its name's number, its time and its share of the case.
const EVENT_BYTES: usize = 48;

#[derive(Default)]
struct Case {
    events: Vec<(i64, u32)>,
    channel: Option<(i64, u32)>,
    props: Vec<(i64, u32)>,
}

/// The cases. Numbers of cases are hashes, so the smallest of them are a sample like any other: the same cases
/// whenever it is asked, and every case as likely as the next.
pub(super) fn cases(ask: &CasesAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let filter = Filter::new(Table::Events, &ask.among, &[Sought { bit: 0, looks: None }])?;
    let most = ask.limit.clamp(1, MAX_CASES) as usize;
    let mut names = Names::default();
    names.number("");
    let mut by_name = PerWord::new(Table::Events, &Field::Name);
    let mut by_channel = PerWord::new(Table::Events, &Field::Channel);
    let mut by_prop: Vec<PerWord<u32>> =
        ask.props.iter().map(|prop| PerWord::new(Table::Events, &Field::Prop(prop.clone()))).collect();
    let mut columns = vec!["at", "case"];
    let words = [&by_name, &by_channel].into_iter().chain(&by_prop);
    for column in words.filter_map(PerWord::column) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let (from, until) = (ask.among.from.as_microsecond(), ask.among.until.as_microsecond());
    let scan = Scan { table: Table::Events, filter: &filter, from, until, columns, limits };
    let mut found: BTreeMap<u64, Case> = BTreeMap::new();
    let mut met: FxHashSet<u64> = FxHashSet::default();
    let mut held = 0usize;
    for source in sources {
        let mut stream = Stream::new(&scan, source, BATCH_ROWS)?;
        while let Some(chunk) = stream.next()? {
            if chunk.rows().is_empty() {
                continue;
            }
            let (at, numbers) = (chunk.at()?, chunk.numbers("case")?);
            let name_keys = by_name.ready(chunk, |word| names.number(word))?;
            let channel_keys = by_channel.ready(chunk, |word| names.number(word))?;
            let mut prop_keys = Vec::with_capacity(by_prop.len());
            for prop in &mut by_prop {
                prop_keys.push(prop.ready(chunk, |word| names.number(word))?);
            }
            for row in chunk.rows() {
                let (number, at) = (numbers[*row as usize], at[*row as usize]);
                if number == 0 {
                    continue;
                }
                met.insert(number);
                let full = found.len() >= most && !found.contains_key(&number);
                if full && found.last_key_value().is_some_and(|(last, _)| number > *last) {
                    continue;
                }
                let case = found.entry(number).or_default();
                if case.events.len() < MAX_EVENTS {
                    case.events.push((at, by_name.of(name_keys, *row)));
                    held += 1;
                }
                // The way of a case is that of its first event.
                if case.channel.is_none_or(|(known, _)| at < known) {
                    case.channel = Some((at, by_channel.of(channel_keys, *row)));
                }
                case.props.resize(by_prop.len(), (i64::MIN, 0));
                for (place, prop) in by_prop.iter().enumerate() {
                    let value = prop.of(prop_keys[place], *row);
                    // What was said last counts.
                    if value != 0 && at >= case.props[place].0 {
                        case.props[place] = (at, value);
                    }
                }
                if found.len() > most
                    && let Some((_, gone)) = found.pop_last()
                {
                    held -= gone.events.len();
                }
            }
            names.check(limits)?;
            if held * EVENT_BYTES + met.len() * 17 > limits.bytes {
                return Err(too_much(limits));
            }
        }
    }
    let word = |number: u32| names.word(number).to_owned();
    let instant = |at: i64| Timestamp::from_microsecond(at).map_err(Problem::fault);
    let mut cases = Vec::with_capacity(found.len());
    for (number, mut case) in found {
        case.events.sort_unstable();
        let mut events = Vec::with_capacity(case.events.len());
        for (at, name) in case.events {
            events.push((word(name), instant(at)?));
        }
        let channel = case.channel.and_then(|(_, channel)| Channel::from_word(names.word(channel)));
        let props = case.props.into_iter().map(|(_, value)| word(value)).collect();
        cases.push(CaseLine { number, channel: channel.unwrap_or_default(), events, props });
    }
    Ok(Reply::Cases(Cases { total: met.len() as u64, cases }))
}
