//! Random events, split over files at random, against the plainest way to count.

use std::collections::BTreeMap;

use kernel::lake::Order;
use proptest::prelude::*;

use super::*;
use crate::funnel::tests::{any_by_trying, deepest_chain};
use crate::funnel::{Exclusion, Reached, Spec, Step, Walker};

#[derive(Debug, Clone)]
struct Drop {
    unit: u64,
    seconds: i64,
    names: &'static str,
    place: usize,
}

/// What an event matches: the letters in its name.
fn drops() -> impl Strategy<Value = Vec<Drop>> {
    let names = prop_oneof![Just("a"), Just("b"), Just("c"), Just("ab"), Just("bc"), Just("x")];
    let drop = (1..6u64, 0..12i64, names, 0..4usize).prop_map(|(unit, seconds, names, place)| Drop {
        unit,
        seconds,
        names,
        place,
    });
    proptest::collection::vec(drop, 0..30)
}

fn pond(drops: &[Drop], unit: Unit) -> Pond {
    let mut pond = Pond::new();
    for place in 0..4 {
        let rows = drops.iter().filter(|drop| drop.place == place);
        let rows = rows.map(|drop| as_unit(event(drop.unit, drop.seconds, drop.names), unit, drop.unit));
        let rows = Rows::Events(rows.collect());
        if place == 3 { pond.batch(&rows) } else { pond.file(&rows) }
    }
    pond
}

fn ask(window: i64, order: Order, unit: Unit) -> FunnelAsk {
    let step = |letter: &str| StepAsk {
        looks: Looks {
            any: vec![vec![kernel::lake::Test {
                field: kernel::lake::Field::Name,
                is: kernel::lake::Match::Like(format!("**{letter}**")),
            }]],
        },
        optional: false,
    };
    FunnelAsk { unit, order, ..funnel_of(vec![step("a"), step("b"), step("c")], window) }
}

fn by_trying(drops: &[Drop], window: i64, order: Order) -> Vec<u64> {
    let mut units: BTreeMap<u64, Vec<Step>> = BTreeMap::new();
    for drop in drops {
        let letters = ["a", "b", "c"].iter().enumerate();
        let matches = letters.filter(|(_, letter)| drop.names.contains(**letter));
        let matches = matches.fold(0, |mask, (at, _)| mask | 1 << at);
        units.entry(drop.unit).or_default().push(Step { at: drop.seconds, matches, excluded: 0 });
    }
    let spec = Spec::ordered(3, window);
    let levels: Vec<u8> = units
        .into_values()
        .map(|mut events| {
            events.sort_by_key(|event| event.at);
            if order == Order::AnyOrder {
                any_by_trying(&spec, &events)
            } else {
                deepest_chain(&spec, &events).0
            }
        })
        .collect();
    (1..=3).map(|step| levels.iter().filter(|level| **level >= step).count() as u64).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn files_split_at_random_count_as_trying_every_chain(
        drops in drops(), window in 0..12i64, unit in 0..4usize, any in any::<bool>()
    ) {
        let (unit, order) = (UNITS[unit], if any { Order::AnyOrder } else { Order::Ordered });
        prop_assert_eq!(pond(&drops, unit).reached(ask(window, order, unit)), by_trying(&drops, window, order));
    }

    #[test]
    fn neither_arrival_nor_partition_nor_one_more_unit_changes_what_it_should_not(
        drops in drops(), window in 0..11i64, unit in 0..4usize, order in 0..3usize
    ) {
        let (unit, order) = (UNITS[unit], [Order::Ordered, Order::Strict, Order::AnyOrder][order]);
        let counts = pond(&drops, unit).reached(ask(window, order, unit));
        prop_assert!(counts.is_sorted_by(|one, next| one >= next), "monotone");
        let mut moved: Vec<Drop> = drops.iter().rev().cloned().collect();
        moved.iter_mut().enumerate().for_each(|(at, drop)| drop.place = at % 4);
        prop_assert_eq!(&pond(&moved, unit).reached(ask(window, order, unit)), &counts);
        let wider = pond(&drops, unit).reached(ask(window + 1, order, unit));
        prop_assert!(counts.iter().zip(&wider).all(|(narrow, wide)| narrow <= wide));
        let mut more = drops.clone();
        more.extend(drops.iter().filter(|drop| drop.unit == 1).map(|drop| Drop { unit: 77, ..drop.clone() }));
        let more = pond(&more, unit).reached(ask(window, order, unit));
        prop_assert!(counts.iter().zip(&more).all(|(few, many)| *many >= *few && *many <= few + 1));
    }
}

/// What the kernel says of each unit when it is handed what the rows match: the questions in between are only a
/// translation.
fn by_kernel(drops: &[Drop], spec: &Spec) -> Vec<Reached> {
    let mut units: BTreeMap<u64, Vec<Step>> = BTreeMap::new();
    for drop in drops {
        let letters = ["a", "b", "c"].iter().enumerate();
        let matches = letters.filter(|(_, letter)| drop.names.contains(**letter));
        let matches = matches.fold(0, |mask, (at, _)| mask | 1 << at);
        let excluded = u32::from(drop.names == "x");
        units.entry(drop.unit).or_default().push(Step { at: drop.seconds, matches, excluded });
    }
    let mut walker = Walker::new(spec).expect("a sound funnel");
    units
        .into_values()
        .map(|mut events| {
            events.sort_by_key(|event| event.at);
            events.into_iter().for_each(|event| walker.push(event));
            walker.finish()
        })
        .filter(|reached| reached.level > 0)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn optional_steps_exclusions_ranges_and_time_are_as_the_kernel_says(
        drops in drops(),
        window in 0..12i64,
        strict in any::<bool>(),
        optional in any::<bool>(),
        from in 0..6i64,
        now in 0..30i64
    ) {
        let order = if strict { Order::Strict } else { Order::Ordered };
        let mut ask = ask(window, order, Unit::Visit);
        ask.steps[1].optional = optional;
        ask.exclusions = vec![kernel::lake::ExclusionAsk { looks: Looks::named("x"), after: 0, before: 1 }];
        (ask.among.from, ask.among.until, ask.now) = (at(from), at(9), at(now));
        let spec = Spec {
            order: if strict { crate::funnel::Order::Strict } else { crate::funnel::Order::Ordered },
            optional: u32::from(optional) << 1,
            exclusions: vec![Exclusion { bit: 0, after: 0, before: 1 }],
            from,
            until: 9,
            ..Spec::ordered(3, window)
        };
        // Rows before the range are not read; in strict order they could end nothing that counts.
        let seen: Vec<Drop> = drops.iter().filter(|drop| drop.seconds >= from).cloned().collect();
        let seen: Vec<Drop> = seen.into_iter().filter(|drop| drop.seconds < 9 + window).collect();
        let expected = by_kernel(&seen, &spec);
        let counts = pond(&drops, Unit::Visit).funnel(ask)[0].counts.clone();
        for step in 1..=3u8 {
            let reached = expected.iter().filter(|one| one.level >= step).count() as u64;
            prop_assert_eq!(counts.reached[usize::from(step) - 1], reached);
            let stands = expected.iter().filter(|one| one.level == step && one.in_progress(&spec, now));
            prop_assert_eq!(counts.in_progress[usize::from(step) - 1], stands.count() as u64);
        }
        let took: i64 = expected.iter().filter_map(|one| one.took).sum();
        prop_assert!((counts.took_ms.sum - took as f64 * 1_000.0).abs() < 1e-6);
        prop_assert_eq!(counts.endings.values().sum::<u64>(), expected.len() as u64);
    }
}

#[test]
fn little_memory_takes_more_passes_and_gives_the_same_answer() {
    let drops: Vec<Drop> = (0..4_000)
        .map(|at| Drop {
            unit: 1 + (at * 7_919) % 500,
            seconds: (at % 13) as i64,
            names: ["a", "b", "c", "x"][at as usize % 4],
            place: at as usize % 3,
        })
        .collect();
    let pond = pond(&drops, Unit::Visit);
    let ask = Question::Funnel(ask(5, Order::Ordered, Unit::Visit));
    let much = run(&ask, &pond.sources, &limits()).expect("an answer");
    let little = Limits { bytes: 20_000, ..limits() };
    assert_eq!(run(&ask, &pond.sources, &little).expect("an answer"), much);
    let nothing = Limits { bytes: 100, ..limits() };
    assert_eq!(run(&ask, &pond.sources, &nothing).expect_err("too little").code, "lake-too-much");
}

#[test]
fn numbers_that_are_no_hashes_are_brought_together_as_well() {
    let numbers = [1, 2, 3, 1 << 20, u64::MAX - 1, u64::MAX];
    let mut pond = Pond::new();
    for (file, names) in ["a", "b", "c"].iter().enumerate() {
        let of = |(place, number): (usize, &u64)| {
            let mut event = event(*number, (file * 10 + place) as i64, names);
            (event.visit, event.visitor) = (0, *number);
            event
        };
        pond.file(&Rows::Events(numbers.iter().enumerate().map(of).collect()));
    }
    assert_eq!(pond.reached(ask(100, Order::Ordered, Unit::Visitor)), [6, 6, 6]);
    assert_eq!(pond.reached(ask(15, Order::Ordered, Unit::Visitor)), [6, 6, 0]);
}

#[test]
fn a_file_in_another_order_is_a_fault_and_not_a_wrong_number() {
    let mut pond = Pond::new();
    let rows = (1..60).map(|unit| event(unit, 5, "a")).collect();
    let sorted = table::batch(&Rows::Events(rows));
    let backwards = arrow_array::UInt64Array::from_iter_values((0..sorted.num_rows() as u64).rev());
    let batch = arrow_select::take::take_record_batch(&sorted, &backwards).expect("rows");
    pond.written(EVENTS, &batch);
    let asked = Question::Funnel(ask(5, Order::Ordered, Unit::Visitor));
    assert_eq!(run(&asked, &pond.sources, &limits()).expect_err("not sorted").code, "fault");
}
