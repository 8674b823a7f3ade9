use proptest::prelude::*;

use super::*;

const SECOND: i64 = 1_000_000;

/// Events of one unit at these seconds, in this order of arrival; `!` in front of one says that a visit begins. Returns
/// the visits as they come.
fn check(events: &str, expected: &str) {
    let mut visits = Visits::default();
    let mut next = 0;
    let found: Vec<String> = events
        .split_whitespace()
        .map(|word| {
            let fresh = word.starts_with('!');
            let at: i64 = word.trim_start_matches('!').parse().expect("seconds");
            let stay = visits.place(7, 7, at * SECOND, fresh, || {
                next += 1;
                next
            });
            stay.visit.to_string()
        })
        .collect();
    assert_eq!(found.join(" "), expected, "{events}");
}

#[test]
fn half_an_hour_of_silence_ends_a_visit_and_not_a_second_less() {
    check("0 1800 3600", "1 1 1");
    check("0 1801", "1 2");
    check("0 1800 3601", "1 1 2");
}

#[test]
fn a_day_ends_a_visit_however_busy() {
    let events: Vec<String> = (0..=97).map(|n| (n * 900).to_string()).collect();
    let expected: Vec<&str> = (0..=97).map(|n| if n <= 96 { "1" } else { "2" }).collect();
    check(&events.join(" "), &expected.join(" "));
}

#[test]
fn midnight_and_the_hour_do_not() {
    check("86390 86410", "1 1");
    check("3590 3610", "1 1");
}

#[test]
fn the_sender_may_say_that_a_visit_begins() {
    check("0 !60 120 50", "1 2 2 1");
}

#[test]
fn a_late_event_joins_the_visit_it_belongs_to() {
    check("0 60 7200 30", "1 1 2 1");
    check("3600 1800", "1 1");
    check("3600 1799", "1 2");
    check("0 3000 1500", "1 2 1");
}

#[test]
fn units_are_told_apart_and_memory_is_bounded() {
    let mut visits = Visits::default();
    for unit in 0..(MAX_UNITS as u64 + 10) {
        visits.place(unit, unit, 0, false, || unit + 1);
    }
    assert!(visits.len() <= MAX_UNITS);
    assert_eq!(visits.open(MAX_UNITS as u64, 60 * SECOND).map(|stay| stay.visit), Some(MAX_UNITS as u64 + 1));
    assert!(!visits.knows(0));
}

#[test]
fn what_was_read_back_goes_on() {
    let mut visits = Visits::default();
    visits.remember(7, 42, 9, 0, 600 * SECOND);
    let stay = visits.place(7, 7, 700 * SECOND, false, || 1);
    assert_eq!((stay.visit, stay.visitor), (42, 9));
}

/// The definition, over the whole history of a unit.
fn oracle(times: &[i64]) -> Vec<u64> {
    let mut visit = 0;
    let mut found = Vec::new();
    let (mut first, mut last) = (0, 0);
    for at in times {
        if visit == 0 || at - last > GAP || at - first > LONGEST {
            visit += 1;
            first = *at;
        }
        last = *at;
        found.push(visit);
    }
    found
}

proptest! {
    #[test]
    fn in_order_of_time_it_is_the_definition(mut times in prop::collection::vec(0i64..200_000, 0..200)) {
        times.sort_unstable();
        let times: Vec<i64> = times.into_iter().map(|at| at * SECOND).collect();
        let mut visits = Visits::default();
        let mut next = 0;
        let found: Vec<u64> = times.iter().map(|at| visits.place(1, 1, *at, false, || { next += 1; next }).visit).collect();
        prop_assert_eq!(found, oracle(&times));
    }

    #[test]
    fn in_any_order_no_visit_has_a_longer_silence_or_lasts_longer(times in prop::collection::vec(0i64..20_000, 1..100)) {
        let mut visits = Visits::default();
        let mut next = 0;
        let mut by_visit: std::collections::BTreeMap<u64, Vec<i64>> = std::collections::BTreeMap::new();
        for at in times {
            let stay = visits.place(1, 1, at * SECOND, false, || { next += 1; next });
            by_visit.entry(stay.visit).or_default().push(at * SECOND);
        }
        for times in by_visit.values_mut() {
            times.sort_unstable();
            prop_assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= GAP));
            prop_assert!(times[times.len() - 1] - times[0] <= LONGEST);
        }
    }
}
