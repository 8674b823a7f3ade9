//! Counts, common values and whole rows.

use kernel::lake::{CountAsk, Counted, Field, Match, Origin, Test, TopAsk, TopSort, VisitAsk};

use super::*;

fn some_events() -> Vec<Event> {
    (0..400u64)
        .map(|n| {
            let mut event = event(n % 37 + 1, (n * 977 % 200_000) as i64, ["A", "B", "C"][n as usize % 3]);
            event.path = format!("/p/{}", n % 11);
            event.visit = n % 91 + 1;
            event.bot = if n % 10 == 0 { "agent".into() } else { String::new() };
            event.props = vec![("amount".into(), (n % 50).to_string())];
            event
        })
        .collect()
}

fn count_of(by: Option<Field>, top: u32, cells: Vec<Timestamp>, distinct: bool) -> CountAsk {
    CountAsk { among: among(), looks: None, unit: Unit::Visitor, cells, by, top, distinct }
}

/// The plainest way.
fn plain(
    events: &[Event],
    cells: &[Timestamp],
    group: impl Fn(&Event) -> Option<String>,
) -> [(u64, u64, u64); 8] {
    use std::collections::HashSet;
    let mut out = [(0, 0, 0); 8];
    let mut seen: HashSet<(usize, bool, u64)> = HashSet::new();
    for event in events.iter().filter(|event| event.bot.is_empty()) {
        if group(event).is_none() {
            continue;
        }
        let cell = cells.iter().filter(|bound| **bound <= event.at).count().saturating_sub(1);
        out[cell].0 += 1;
        out[cell].1 += u64::from(seen.insert((cell, true, event.visit)));
        out[cell].2 += u64::from(seen.insert((cell, false, event.visitor)));
    }
    out
}

fn three(line: &Counted) -> (u64, u64, u64) {
    (line.events, line.visits.expect("asked for"), line.units.expect("asked for"))
}

#[test]
fn counts_are_what_counting_by_hand_gives() {
    let events = some_events();
    let mut pond = Pond::of_days(events[..300].to_vec());
    pond.batch(&Rows::Events(events[300..].to_vec()));
    let cells: Vec<Timestamp> = (0..8).map(|cell| at(cell * 30_000)).collect();
    let counted = pond.ask(&Question::Count(count_of(None, 0, cells.clone(), true))).count();
    let lines: Vec<_> = counted.iter().map(three).collect();
    assert_eq!(lines, plain(&events, &cells, |event| Some(event.name.clone())));

    let by_path = pond.ask(&Question::Count(count_of(Some(Field::Path), 4, cells.clone(), true))).count();
    let quick = pond.ask(&Question::Count(count_of(Some(Field::Path), 4, cells.clone(), false))).count();
    let short = |lines: &[Counted]| -> Vec<(u32, Group, u64)> {
        lines.iter().map(|line| (line.cell, line.group.clone(), line.events)).collect()
    };
    assert_eq!(short(&by_path), short(&quick));
    let named: std::collections::BTreeSet<String> = by_path
        .iter()
        .filter_map(|line| match &line.group {
            Group::Value(value) => Some(value.clone()),
            Group::All | Group::Rest => None,
        })
        .collect();
    assert_eq!(named.len(), 4);
    for group in named.iter().map(|name| Group::Value(name.clone())).chain([Group::Rest]) {
        let expected = plain(&events, &cells, |event| match &group {
            Group::Value(value) => (event.path == *value).then(|| value.clone()),
            Group::Rest => (!named.contains(&event.path)).then(String::new),
            Group::All => None,
        });
        for line in by_path.iter().filter(|line| line.group == group) {
            assert_eq!(three(line), expected[line.cell as usize], "{group:?} {}", line.cell);
        }
    }
}

#[test]
fn only_what_fits_is_counted() {
    let pond = Pond::of_days(some_events());
    let count = |only: Vec<Test>, people: People| {
        let mut ask = count_of(None, 0, Vec::new(), false);
        (ask.among.only, ask.among.people) = (only, people);
        pond.ask(&Question::Count(ask)).count()[0].events
    };
    let test = |field: Field, is: Match| vec![Test { field, is }];
    let amount = || Field::Prop("amount".into());
    assert_eq!(count(Vec::new(), People::All), 400);
    assert_eq!(count(Vec::new(), People::Bots), 40);
    assert_eq!(count(Vec::new(), People::People), 360);
    assert_eq!(count(test(Field::Name, Match::Not(vec!["A".into()])), People::All), 266);
    assert_eq!(count(test(Field::Path, Match::Like("/p/1?".into())), People::All), 36);
    assert_eq!(count(test(amount(), Match::AtLeast(48.0)), People::All), 16);
    assert_eq!(count(test(amount(), Match::AtMost(0.0)), People::All), 8);
    assert_eq!(count(test(Field::Prop("none".into()), Match::Absent), People::All), 400);
    assert_eq!(count(test(Field::Prop("none".into()), Match::Present), People::All), 0);
    assert_eq!(count(test(Field::Component, Match::Absent), People::All), 0, "events have no component");
}

#[test]
fn another_client_sees_nothing_even_when_handed_the_file() {
    let pond = Pond::of_days(some_events());
    let mut ask = count_of(None, 0, Vec::new(), false);
    ask.among.client = kernel::Id::from_u128(9);
    assert_eq!(pond.ask(&Question::Count(ask)).count()[0].events, 0);
}

#[test]
fn the_most_common_values_come_first() {
    let pond = Pond::of_days(some_events());
    let ask = |sort| TopAsk {
        among: Among { people: People::All, ..among() },
        looks: Some(Looks::named("A")),
        field: Field::Path,
        unit: Unit::Visitor,
        sort,
        limit: 3,
    };
    let top = pond.ask(&Question::Top(ask(TopSort::Events))).top();
    assert_eq!(top.len(), 3);
    assert_eq!((top[0].value.as_str(), top[0].events), ("/p/0", 13));
    assert!(top.iter().all(|line| line.units > 0 && line.units <= line.events));
    let by_units = pond.ask(&Question::Top(ask(TopSort::Units))).top();
    assert!(by_units.is_sorted_by(|one, next| one.units >= next.units));
}

#[test]
fn a_visit_is_everything_the_unit_did_in_order() {
    let events = some_events();
    let mut pond = Pond::of_days(events[..300].to_vec());
    pond.batch(&Rows::Events(events[300..].to_vec()));
    for (unit, number) in [(Unit::Visitor, 7), (Unit::Visit, 7), (Unit::Case, 7)] {
        let ask = VisitAsk { among: Among { people: People::All, ..among() }, unit, number, limit: 100 };
        let found = pond.ask(&Question::Visit(ask.clone())).visit();
        let mut expected: Vec<Event> = events
            .iter()
            .filter(|event| match unit {
                Unit::Visitor => event.visitor == number,
                Unit::Visit => event.visit == number,
                Unit::User | Unit::Case => false,
            })
            .cloned()
            .collect();
        expected.sort_by_key(|event| (event.at, event.key));
        assert_eq!(found, expected, "{unit:?}");
        let few = pond.ask(&Question::Visit(VisitAsk { limit: 2, ..ask })).visit();
        assert_eq!(few.len(), found.len().min(2));
        assert_eq!(few.as_slice(), &found[..few.len()], "the first ones");
    }
}

#[test]
fn the_newest_come_first_with_what_they_hold() {
    let events = some_events();
    let mut pond = Pond::of_days(events[..300].to_vec());
    pond.batch(&Rows::Events(events[300..].to_vec()));
    let newest = |origin| {
        let among = Among { people: People::All, ..among() };
        pond.ask(&Question::Newest { among, table: EVENTS, origin, limit: 5 }).newest()
    };
    let mut times: Vec<Timestamp> = events.iter().map(|event| event.at).collect();
    times.sort_unstable();
    let seen = newest(Some(Origin::Posthog));
    assert_eq!(
        seen.iter().map(|seen| seen.at).collect::<Vec<_>>(),
        times.into_iter().rev().take(5).collect::<Vec<_>>()
    );
    assert!(seen[0].fields.iter().any(|(name, _)| name == "amount"));
    assert!(newest(Some(Origin::Matomo)).is_empty());
}

#[test]
fn nobody_waiting_ends_it() {
    let pond = Pond::of_days(some_events());
    let limits = limits();
    limits.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let ask = Question::Count(count_of(None, 0, Vec::new(), false));
    assert_eq!(run(&ask, &pond.sources, &limits).expect_err("stopped").code, "timed-out");
}
