//! Who comes back, and by which ways.

use kernel::lake::{Field, PathsAsk, RetentionAsk};

use super::*;

const DAY: i64 = 86_400;

#[test]
fn who_comes_back_is_counted_once_in_each_period() {
    let pond = Pond::of_days(vec![
        event(1, 10, "A"),
        event(1, 20, "A"),
        event(1, DAY + 5, "A"),
        event(1, DAY + 6, "A"),
        event(1, 3 * DAY, "B"),
        event(2, 10, "A"),
        event(2, 3 * DAY, "A"),
        event(3, DAY + 1, "B"),
        event(3, DAY + 2, "A"),
        event(3, 2 * DAY, "A"),
        event(4, DAY, "B"),
    ]);
    let ask = RetentionAsk {
        among: Among { until: at(4 * DAY), ..among() },
        unit: Unit::Visitor,
        first: Some(Looks::named("A")),
        again: None,
        cells: (0..4).map(|day| at(day * DAY)).collect(),
    };
    let cohorts = pond.ask(&Question::Retention(ask.clone())).retention();
    let lines: Vec<_> = cohorts.iter().map(|cohort| (cohort.units, cohort.again.clone())).collect();
    assert_eq!(
        lines,
        [(2, vec![1, 1, 0, 2]), (1, vec![0, 1, 0]), (0, vec![0, 0]), (0, vec![0])],
        "in the first period only what comes after the first"
    );
    let only_a = RetentionAsk { again: Some(Looks::named("A")), ..ask };
    let cohorts = pond.ask(&Question::Retention(only_a)).retention();
    assert_eq!(cohorts[0].again, [1, 1, 0, 1]);
}

fn pond() -> Pond {
    let mut pond = Pond::new();
    let mut events = Vec::new();
    for (unit, path) in (1..).zip(["abcd", "abcd", "aabbcd", "abx", "ab", "bcd", "c"]) {
        for (second, page) in (0..).zip(path.chars()) {
            let mut event = event(unit, second, "pageview");
            event.path = format!("/{page}");
            events.push(event);
        }
        events.push(event(unit, 1, "click"));
    }
    pond.file(&Rows::Events(events));
    pond
}

fn flows(ask: PathsAsk) -> Vec<(u8, String, String, u64)> {
    let word = |group: Group| match group {
        Group::Value(value) => value,
        Group::Rest => "rest".into(),
        Group::All => "all".into(),
    };
    let flows = pond().ask(&Question::Paths(ask)).paths();
    flows
        .into_iter()
        .map(|flow| (flow.place, word(flow.from), flow.to.map(word).unwrap_or_default(), flow.units))
        .collect()
}

fn ask() -> PathsAsk {
    PathsAsk {
        among: among(),
        unit: Unit::Visitor,
        looks: None,
        by: Field::Path,
        from: None,
        to: None,
        depth: 3,
        top: 5,
    }
}

fn line(place: u8, from: &str, to: &str, units: u64) -> (u8, String, String, u64) {
    (place, from.into(), to.into(), units)
}

#[test]
fn flows_go_from_the_first_event_forwards() {
    assert_eq!(
        flows(ask()),
        [
            line(0, "/a", "/b", 5),
            line(0, "/b", "/c", 1),
            line(0, "/c", "", 1),
            line(1, "/b", "", 1),
            line(1, "/b", "/c", 3),
            line(1, "/b", "/x", 1),
            line(1, "/c", "/d", 1),
        ]
    );
}

#[test]
fn flows_go_backwards_from_where_they_end_and_rare_values_are_one() {
    let done = PathsAsk { to: Some(Looks::at("/d")), ..ask() };
    assert_eq!(flows(done), [line(0, "/b", "/c", 4), line(1, "/c", "/d", 4)]);
    let few = PathsAsk { top: 1, ..ask() };
    assert_eq!(
        flows(few),
        [
            line(0, "/a", "/b", 5),
            line(0, "rest", "", 1),
            line(0, "rest", "rest", 1),
            line(1, "/b", "", 1),
            line(1, "/b", "/c", 3),
            line(1, "/b", "rest", 1),
            line(1, "rest", "rest", 1),
        ]
    );
    let between = PathsAsk { from: Some(Looks::at("/b")), to: Some(Looks::at("/d")), ..ask() };
    assert_eq!(flows(between), [line(0, "/b", "/c", 4), line(1, "/c", "/d", 4)]);
    let long = PathsAsk { depth: 11, ..ask() };
    assert_eq!(
        run(&Question::Paths(long), &pond().sources, &limits()).expect_err("too long").code,
        "lake-path-depth"
    );
}
