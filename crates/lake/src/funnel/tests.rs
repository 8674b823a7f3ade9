use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<Case>,
}
#[derive(serde::Deserialize)]
struct Case {
    name: String,
    steps: Vec<Vec<String>>,
    window_s: i64,
    events: Vec<Event>,
    expected: Expected,
}
#[derive(serde::Deserialize)]
struct Event {
    user: u32,
    t: i64,
    event: String,
}
#[derive(serde::Deserialize)]
struct Expected {
    ordered: Counts,
    strict: Counts,
    any_order: Counts,
}
#[derive(serde::Deserialize)]
struct Counts {
    counts: Vec<u64>,
    per_user: Option<BTreeMap<String, u8>>,
    time_to_convert_s: Option<BTreeMap<String, Option<i64>>>,
}

fn walk(spec: &Spec, events: &[Step]) -> Reached {
    let mut walker = Walker::new(spec).expect("a sound funnel");
    events.iter().for_each(|event| walker.push(*event));
    walker.finish()
}

fn counts(steps: u8, levels: impl Iterator<Item = u8> + Clone) -> Vec<u64> {
    (1..=steps).map(|step| levels.clone().filter(|level| *level >= step).count() as u64).collect()
}

#[test]
fn the_worked_cases_hold_in_every_order() {
    let cases: Cases =
        serde_json::from_str(include_str!("../../cases/funnels.json")).expect("the cases read");
    assert_eq!(cases.cases.len(), 13);
    for case in cases.cases {
        let mut users: BTreeMap<u32, Vec<Step>> = BTreeMap::new();
        for event in &case.events {
            let matches = case.steps.iter().enumerate();
            let matches = matches
                .filter(|(_, names)| names.contains(&event.event))
                .fold(0, |mask, (at, _)| mask | 1 << at);
            users.entry(event.user).or_default().push(Step { at: event.t, matches, excluded: 0 });
        }
        users.values_mut().for_each(|events| events.sort_by_key(|event| event.at));
        for (order, expected) in [
            (Order::Ordered, &case.expected.ordered),
            (Order::Strict, &case.expected.strict),
            (Order::Any, &case.expected.any_order),
        ] {
            let spec = Spec { order, ..Spec::ordered(case.steps.len() as u8, case.window_s) };
            let reached: BTreeMap<u32, Reached> =
                users.iter().map(|(user, events)| (*user, walk(&spec, events))).collect();
            let got = counts(spec.steps, reached.values().map(|one| one.level));
            assert_eq!(got, expected.counts, "{} {order:?}", case.name);
            for (user, level) in expected.per_user.iter().flatten() {
                assert_eq!(
                    reached[&user.parse::<u32>().expect("a number")].level,
                    *level,
                    "{} {user}",
                    case.name
                );
            }
            for (user, took) in expected.time_to_convert_s.iter().flatten() {
                assert_eq!(
                    reached[&user.parse::<u32>().expect("a number")].took,
                    *took,
                    "{} {user}",
                    case.name
                );
            }
        }
    }
}

/// Every chain there is, in the plainest way: the oracle.
pub(crate) fn deepest_chain(spec: &Spec, events: &[Step]) -> (u8, Option<i64>) {
    fn go(
        spec: &Spec,
        events: &[Step],
        used: &mut Vec<bool>,
        step: usize,
        start: i64,
        now: i64,
        best: &mut (u8, Vec<(i64, i64)>),
    ) {
        best.0 = best.0.max(step as u8);
        if step == usize::from(spec.steps) {
            best.1.push((now, start));
            return;
        }
        for at in 0..events.len() {
            let event = events[at];
            let fits = event.matches & (1 << step) != 0 && !used[at];
            if fits && (step == 0 || (event.at >= now && event.at - start <= spec.window)) {
                used[at] = true;
                go(spec, events, used, step + 1, if step == 0 { event.at } else { start }, event.at, best);
                used[at] = false;
            }
        }
    }
    let mut best = (0, Vec::new());
    go(spec, events, &mut vec![false; events.len()], 0, 0, i64::MIN, &mut best);
    let first = best.1.iter().map(|(done, _)| *done).min();
    let took = first.and_then(|first| {
        best.1.iter().filter(|(done, _)| *done == first).map(|(done, start)| done - start).min()
    });
    (best.0, took)
}

/// Distinct steps matched by distinct events within any window, by trying every choice.
pub(crate) fn any_by_trying(spec: &Spec, events: &[Step]) -> u8 {
    fn most(events: &[Step], step: usize, steps: usize, used: u32) -> u8 {
        if step == steps {
            return 0;
        }
        let mut best = most(events, step + 1, steps, used);
        for (at, event) in events.iter().enumerate() {
            if used & (1 << at) == 0 && event.matches & (1 << step) != 0 {
                best = best.max(1 + most(events, step + 1, steps, used | 1 << at));
            }
        }
        best
    }
    let windows = events.iter().map(|begin| {
        let within: Vec<Step> = events
            .iter()
            .filter(|one| one.at >= begin.at && one.at - begin.at <= spec.window)
            .copied()
            .collect();
        most(&within, 0, usize::from(spec.steps), 0)
    });
    windows.max().unwrap_or(0)
}

fn some_events() -> impl Strategy<Value = Vec<Step>> {
    let event = (0i64..12, 0u32..8).prop_map(|(at, matches)| Step { at, matches, excluded: 0 });
    proptest::collection::vec(event, 0..9).prop_map(|mut events| {
        events.sort_by_key(|event| event.at);
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ordered_equals_the_oracle(events in some_events(), window in 0i64..12) {
        let spec = Spec::ordered(3, window);
        let (level, took) = deepest_chain(&spec, &events);
        let reached = walk(&spec, &events);
        prop_assert_eq!((reached.level, reached.took), (level, took));
    }

    #[test]
    fn any_order_equals_the_oracle(events in some_events(), window in 0i64..12) {
        let spec = Spec { order: Order::Any, ..Spec::ordered(3, window) };
        prop_assert_eq!(walk(&spec, &events).level, any_by_trying(&spec, &events));
    }

    #[test]
    fn strict_never_reaches_further_than_ordered(events in some_events(), window in 0i64..12) {
        let spec = Spec::ordered(3, window);
        let strict = Spec { order: Order::Strict, ..spec.clone() };
        prop_assert!(walk(&strict, &events).level <= walk(&spec, &events).level);
    }

    #[test]
    fn a_wider_window_never_loses_anybody(events in some_events(), window in 0i64..12) {
        for order in [Order::Ordered, Order::Strict, Order::Any] {
            let narrow = Spec { order, ..Spec::ordered(3, window) };
            let wide = Spec { order, ..Spec::ordered(3, window + 1) };
            prop_assert!(walk(&narrow, &events).level <= walk(&wide, &events).level);
        }
    }

    #[test]
    fn what_arrives_at_one_time_may_arrive_in_any_order(mut events in some_events(), window in 0i64..12) {
        for order in [Order::Ordered, Order::Strict, Order::Any] {
            let spec = Spec { order, ..Spec::ordered(3, window) };
            let before = walk(&spec, &events);
            events.reverse();
            events.sort_by_key(|event| event.at);
            prop_assert_eq!(before.level, walk(&spec, &events).level);
        }
    }
}

fn step(at: i64, matches: u32) -> Step {
    Step { at, matches, excluded: 0 }
}

#[test]
fn an_optional_step_may_be_skipped_and_is_told_when_done() {
    let spec = Spec { optional: 0b010, ..Spec::ordered(3, 100) };
    let skipped = walk(&spec, &[step(0, 1), step(5, 4)]);
    assert_eq!((skipped.level, skipped.touched, skipped.took), (3, 0b101, Some(5)));
    let done = walk(&spec, &[step(0, 1), step(2, 2), step(5, 4)]);
    assert_eq!((done.level, done.touched), (3, 0b111));
}

#[test]
fn an_exclusion_ends_the_chain_and_not_the_unit() {
    let spec = Spec { exclusions: vec![Exclusion { bit: 0, after: 0, before: 1 }], ..Spec::ordered(2, 100) };
    let excluded = |at| Step { at, matches: 0, excluded: 1 };
    assert_eq!(walk(&spec, &[step(0, 1), excluded(5), step(10, 2)]).level, 1);
    assert_eq!(
        walk(&spec, &[step(0, 1), excluded(5), step(7, 1), step(10, 2)]).level,
        2,
        "a clean second start"
    );
    assert_eq!(walk(&spec, &[step(0, 1), step(10, 2), excluded(12)]).level, 2, "too late to matter");
}

#[test]
fn starts_count_within_the_range_and_ends_beyond_it() {
    let spec = Spec { from: 10, until: 20, ..Spec::ordered(2, 100) };
    assert_eq!(walk(&spec, &[step(9, 1), step(15, 2)]).level, 0, "started before");
    assert_eq!(walk(&spec, &[step(10, 1), step(110, 2)]).level, 2, "ended after");
    assert_eq!(walk(&spec, &[step(20, 1), step(21, 2)]).level, 0, "started after");
}

#[test]
fn whoever_can_still_go_on_is_in_progress() {
    let spec = Spec::ordered(2, 100);
    let reached = walk(&spec, &[step(0, 1), step(50, 1)]);
    assert!(reached.in_progress(&spec, 150));
    assert!(!reached.in_progress(&spec, 151));
    assert!(!walk(&spec, &[step(0, 1), step(50, 2)]).in_progress(&spec, 60), "done is not in progress");
}

#[test]
fn a_funnel_that_makes_no_sense_is_refused() {
    let bad = |spec: Spec| spec.check().expect_err("it makes no sense");
    assert_eq!(bad(Spec::ordered(1, 0)), BadSpec::Steps);
    assert_eq!(bad(Spec::ordered(33, 0)), BadSpec::Steps);
    assert_eq!(bad(Spec { optional: 1, ..Spec::ordered(3, 0) }), BadSpec::Optional);
    assert_eq!(bad(Spec { optional: 0b100, ..Spec::ordered(3, 0) }), BadSpec::Optional);
    assert_eq!(bad(Spec::ordered(2, -1)), BadSpec::Window);
    let exclusion = Exclusion { bit: 0, after: 1, before: 1 };
    assert_eq!(bad(Spec { exclusions: vec![exclusion], ..Spec::ordered(2, 0) }), BadSpec::Exclusion);
    assert_eq!(bad(Spec { from: 1, until: 0, ..Spec::ordered(2, 0) }), BadSpec::Range);
    assert!(Spec::ordered(32, 0).check().is_ok());
}
