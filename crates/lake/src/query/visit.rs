//! Whole rows: everything one unit did, and the newest of a table.

use std::collections::BTreeSet;

use kernel::Problem;
use kernel::lake::{Among, Event, Origin, Reply, Rows, Seen, Table, VisitAsk};
use rustc_hash::FxHashMap;

use super::filter::{Filter, Sought};
use super::scan::{BATCH_ROWS, Scan, Stream, fetch};
use super::units::column;
use super::{Limits, Source};

/// The most events of a visit that are shown.
const MAX_VISIT: u32 = 1_000;
/// The most newest rows.
const MAX_NEWEST: u32 = 200;

/// Where the rows are that are wanted: when, in which source, and which.
type Found = BTreeSet<(i64, usize, u64)>;

/// Everything one unit did, in order of time.
pub(super) fn visit(ask: &VisitAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let mut filter = Filter::new(Table::Events, &ask.among, &[Sought { bit: 0, looks: None }])?;
    filter.number = Some((column(ask.unit), ask.number));
    let limit = ask.limit.min(MAX_VISIT) as usize;
    let scan = whole(Table::Events, &ask.among, &filter, limits);
    let mut found = Found::new();
    for (number, source) in sources.iter().enumerate() {
        look(&scan, source, number, |place| {
            found.insert(place);
            if found.len() > limit {
                found.pop_last();
            }
        })?;
    }
    let mut events: Vec<Event> = Vec::new();
    for (_, rows) in fetched(Table::Events, sources, &found)? {
        if let Rows::Events(rows) = rows {
            events.extend(rows);
        }
    }
    events.sort_by_key(|event| (event.at, event.key));
    Ok(Reply::Visit(events))
}

/// The newest rows of a table.
pub(super) fn newest(
    among: &Among,
    table: Table,
    origin: Option<Origin>,
    limit: u32,
    sources: &[Source],
    limits: &Limits,
) -> Result<Reply, Problem> {
    let mut among = among.clone();
    if let Some(origin) = origin {
        among.only.push(kernel::lake::Test {
            field: kernel::lake::Field::Origin,
            is: kernel::lake::Match::Is(vec![origin.word().to_owned()]),
        });
    }
    let filter = Filter::new(table, &among, &[Sought { bit: 0, looks: None }])?;
    let scan = whole(table, &among, &filter, limits);
    let limit = limit.min(MAX_NEWEST) as usize;
    let mut found = Found::new();
    // The newest source first, so that older ones are not opened once there are enough.
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|number| match &sources[*number] {
        Source::Batch(_) => i64::MIN,
        Source::File(file) => -file.until.as_microsecond(),
    });
    for number in order {
        if let Source::File(file) = &sources[number]
            && found.len() >= limit
            && found.first().is_some_and(|(oldest, ..)| *oldest > file.until.as_microsecond())
        {
            continue;
        }
        look(&scan, &sources[number], number, |place| {
            found.insert(place);
            if found.len() > limit {
                found.pop_first();
            }
        })?;
    }
    let mut seen: Vec<Seen> = Vec::new();
    for (_, rows) in fetched(table, sources, &found)? {
        seen.extend(lines(rows));
    }
    seen.sort_by_key(|seen| std::cmp::Reverse(seen.at));
    Ok(Reply::Newest(seen))
}

fn whole<'q>(table: Table, among: &Among, filter: &'q Filter, limits: &'q Limits) -> Scan<'q> {
    let (from, until) = (among.from.as_microsecond(), among.until.as_microsecond());
    Scan { table, filter, from, until, columns: vec!["at"], limits }
}

fn look(
    scan: &Scan<'_>,
    source: &Source,
    number: usize,
    mut found: impl FnMut((i64, usize, u64)),
) -> Result<(), Problem> {
    let mut stream = Stream::new(scan, source, BATCH_ROWS)?;
    while let Some(chunk) = stream.next()? {
        if chunk.rows().is_empty() {
            continue;
        }
        let at = chunk.at()?;
        chunk.rows().iter().for_each(|row| found((at[*row as usize], number, chunk.first + u64::from(*row))));
    }
    Ok(())
}

fn fetched(table: Table, sources: &[Source], found: &Found) -> Result<Vec<(usize, Rows)>, Problem> {
    let mut wanted: FxHashMap<usize, Vec<u64>> = FxHashMap::default();
    found.iter().for_each(|(_, source, row)| wanted.entry(*source).or_default().push(*row));
    let mut out = Vec::new();
    for (source, mut rows) in wanted {
        rows.sort_unstable();
        out.push((source, fetch(table, &sources[source], &rows)?));
    }
    out.sort_by_key(|(source, _)| *source);
    Ok(out)
}

fn fields(named: Vec<(&str, String)>, props: Vec<(String, String)>) -> Vec<(String, String)> {
    let named = named.into_iter().filter(|(_, value)| !value.is_empty() && value != "0");
    named.map(|(name, value)| (name.to_owned(), value)).chain(props).collect()
}

/// Rows as text, a line each.
fn lines(rows: Rows) -> Vec<Seen> {
    let number = |number: u64| number.to_string();
    match rows {
        Rows::Events(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: Some(row.received_at),
                what: [row.name.as_str(), row.path.as_str()].join(" ").trim().to_owned(),
                fields: fields(
                    vec![
                        ("host", row.host),
                        ("referrer", row.referrer),
                        ("source", row.source),
                        ("medium", row.medium),
                        ("campaign", row.campaign),
                        ("device", row.device.word().to_owned()),
                        ("browser", row.browser),
                        ("os", row.os),
                        ("language", row.language),
                        ("channel", row.channel.word().to_owned()),
                        ("release", row.release),
                        ("bot", row.bot),
                        ("origin", row.origin.word().to_owned()),
                        ("value", row.value.map(|value| value.to_string()).unwrap_or_default()),
                    ],
                    row.props,
                ),
            })
            .collect(),
        Rows::Checks(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: None,
                what: [row.outcome.as_str(), row.reason.as_str()].join(" ").trim().to_owned(),
                fields: fields(
                    vec![("probe", row.probe.to_string()), ("took_us", row.took.to_string())],
                    Vec::new(),
                ),
            })
            .collect(),
        Rows::Vitals(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: None,
                what: format!("{} {}", row.name.word(), row.value),
                fields: fields(
                    vec![
                        ("path", row.path),
                        ("device", row.device.word().to_owned()),
                        ("release", row.release),
                        ("bot", row.bot),
                    ],
                    Vec::new(),
                ),
            })
            .collect(),
        Rows::Spans(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: None,
                what: [row.component.as_str(), row.name.as_str()].join(" ").trim().to_owned(),
                fields: fields(
                    vec![
                        ("kind", row.kind),
                        ("took_us", row.took.to_string()),
                        ("error", if row.error { "true".to_owned() } else { String::new() }),
                        ("peer", row.peer),
                        ("trace", format!("{:032x}", row.trace)),
                    ],
                    row.props,
                ),
            })
            .collect(),
        Rows::Metrics(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: None,
                what: format!("{} {} {}", row.name, row.value, row.unit).trim().to_owned(),
                fields: fields(
                    vec![("component", row.component), ("kind", row.kind), ("count", number(row.count))],
                    row.props,
                ),
            })
            .collect(),
        Rows::Logs(rows) => rows
            .into_iter()
            .map(|row| Seen {
                at: row.at,
                received_at: None,
                what: row.body,
                fields: fields(
                    vec![
                        ("component", row.component),
                        ("severity", number(u64::from(row.severity))),
                        ("trace", if row.trace == 0 { String::new() } else { format!("{:032x}", row.trace) }),
                    ],
                    row.props,
                ),
            })
            .collect(),
    }
}
