//! The worked cases of journeys reference 3.2, through files.

use std::collections::BTreeMap;

use kernel::lake::{FunnelCounts, Order};
use serde_json::Value;

use super::*;

#[test]
fn the_worked_cases_hold_through_files_in_every_order_and_for_every_unit() {
    let cases: Value =
        serde_json::from_str(include_str!("../../../cases/funnels.json")).expect("the cases read");
    for case in cases["cases"].as_array().expect("a list") {
        let names = |step: &Value| -> Vec<String> {
            step.as_array()
                .expect("names")
                .iter()
                .map(|name| name.as_str().expect("a name").to_owned())
                .collect()
        };
        let steps: Vec<StepAsk> = case["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .map(|step| {
                let any = names(step).into_iter().map(|name| Looks::named(name).any.remove(0)).collect();
                StepAsk { looks: Looks { any }, optional: false }
            })
            .collect();
        for unit in UNITS {
            let mut pond = Pond::new();
            let events: Vec<Event> = case["events"]
                .as_array()
                .expect("events")
                .iter()
                .map(|one| {
                    let number = one["user"].as_u64().expect("a number");
                    let seconds = one["t"].as_i64().expect("a time");
                    as_unit(event(number, seconds, one["event"].as_str().expect("a name")), unit, number)
                })
                .collect();
            let (some, more) = events.split_at(events.len() / 2);
            pond.file(&Rows::Events(some.to_vec()));
            pond.batch(&Rows::Events(more.to_vec()));
            for (order, expected) in
                [(Order::Ordered, "ordered"), (Order::Strict, "strict"), (Order::AnyOrder, "any_order")]
            {
                let window = case["window_s"].as_i64().expect("seconds");
                let ask = FunnelAsk { unit, order, ..funnel_of(steps.clone(), window) };
                let expected = &case["expected"][expected];
                let counts: Vec<u64> = serde_json::from_value(expected["counts"].clone()).expect("counts");
                assert_eq!(pond.reached(ask.clone()), counts, "{} {order:?} {unit:?}", case["name"]);
                let took: Option<BTreeMap<String, Option<i64>>> =
                    serde_json::from_value(expected["time_to_convert_s"].clone()).unwrap_or_default();
                if let Some(took) = took {
                    let sum: i64 = took.values().flatten().sum();
                    let found = pond.funnel(ask)[0].counts.took_ms.sum;
                    assert!((found - sum as f64 * 1_000.0).abs() < 1e-6, "{} {order:?}", case["name"]);
                }
            }
        }
    }
}

#[test]
fn who_can_still_go_on_is_apart_and_endings_are_told() {
    use kernel::lake::{Ending, EndingAsk};
    let mut pond = Pond::new();
    pond.file(&Rows::Events(vec![
        event(1, 0, "A"),
        event(1, 50, "B"),
        event(2, 0, "A"),
        event(2, 10, "not eligible"),
        event(3, 0, "A"),
        event(3, 10, "failed"),
        event(3, 20, "not eligible"),
        event(3, 500, "failed"),
        event(4, 950, "A"),
        event(5, 0, "A"),
        event(6, 990, "failed"),
        event(7, 940, "A"),
        event(7, 941, "failed"),
    ]));
    let told = |ending, name: &str| EndingAsk { ending, looks: Looks::named(name) };
    let ask = FunnelAsk {
        now: at(1_000),
        endings: vec![told(Ending::NotEligible, "not eligible"), told(Ending::Failed, "failed")],
        ..funnel_of(steps(&["A", "B"]), 100)
    };
    let counts = &pond.funnel(ask.clone())[0].counts;
    assert_eq!((counts.reached.clone(), counts.in_progress.clone()), (vec![6, 1], vec![1, 0]));
    let expected = [
        (Ending::Completed, 1),
        (Ending::NotEligible, 2),
        (Ending::Failed, 1),
        (Ending::Abandoned, 1),
        (Ending::InProgress, 1),
    ];
    assert_eq!(counts.endings, expected.into_iter().collect());
    let of = |ending| {
        let ask = kernel::lake::UnitsAsk { funnel: ask.clone(), level: None, ending, after: 0, limit: 10 };
        let units = pond.ask(&Question::Units(ask)).units();
        units.into_iter().map(|unit| unit.number).collect::<Vec<u64>>()
    };
    assert_eq!(of(Some(Ending::NotEligible)), [2, 3], "the last one told counts, within the window");
    assert_eq!(of(Some(Ending::InProgress)), [4]);
    assert_eq!(of(None), [1, 2, 3, 4, 5, 7]);
}

#[test]
fn cells_and_values_add_up_to_all() {
    use kernel::lake::Field;
    let mut events = Vec::new();
    for unit in 1..=60u64 {
        let release = format!("1.{}", unit % 5 + u64::from(unit % 7 == 0));
        for (step, name) in (0..unit % 4).zip(["A", "B", "C"]) {
            let mut event = event(unit, unit as i64 * 600 + step as i64 * 60, name);
            event.release = if step == 0 { release.clone() } else { "later".into() };
            events.push(event);
        }
    }
    let pond = Pond::of_days(events);
    let bounds: Vec<Timestamp> = (0..10).map(|hour| at(hour * 3_600)).collect();
    let ask = FunnelAsk {
        cells: bounds,
        by: Some(Field::Release),
        top: 3,
        ..funnel_of(steps(&["A", "B", "C"]), 3_600)
    };
    let cells = pond.funnel(ask.clone());
    let whole = &pond.funnel(funnel_of(steps(&["A", "B", "C"]), 3_600))[0].counts;
    let (mut all, mut parts) = (FunnelCounts::default(), FunnelCounts::default());
    for cell in &cells {
        if cell.group == Group::All { all.merge(&cell.counts) } else { parts.merge(&cell.counts) }
    }
    for sum in [&all, &parts] {
        assert_eq!(
            (&sum.reached, &sum.endings, sum.took_ms.count),
            (&whole.reached, &whole.endings, whole.took_ms.count)
        );
    }
    assert_eq!(whole.reached, [45, 30, 15]);
    assert!(cells.iter().any(|cell| cell.group == Group::Rest));
    let values: std::collections::BTreeSet<_> = cells
        .iter()
        .filter(|cell| matches!(cell.group, Group::Value(_)))
        .map(|cell| cell.group.clone())
        .collect();
    assert_eq!(values.len(), 3);
    assert!(!values.contains(&Group::Value("later".into())), "the value of the first event");
}

#[test]
fn what_came_after_the_last_step_is_told_without_people() {
    use kernel::lake::{AfterAsk, Field};
    let mut pond = Pond::new();
    let mut events = Vec::new();
    for unit in 1..=9 {
        events.push(event(unit, 0, "A"));
        if unit > 2 {
            events.push(event(unit, 10, if unit > 5 { "help" } else { "home" }));
            events.push(event(unit, 20, "home"));
        }
        if unit == 9 {
            events.push(event(unit, 30, "B"));
        }
    }
    pond.file(&Rows::Events(events));
    let ask = AfterAsk { funnel: funnel_of(steps(&["A", "B"]), 100), level: 1, by: Field::Name, limit: 5 };
    let after = pond.ask(&Question::After(ask)).after();
    let lines: Vec<(&str, u64)> = after.iter().map(|line| (line.value.as_str(), line.units)).collect();
    assert_eq!(lines, [("help", 3), ("home", 3), ("", 2)]);
}

#[test]
fn funnels_that_make_no_sense_are_refused_with_what_is_wrong() {
    let pond = Pond::new();
    let code = |ask: FunnelAsk| {
        run(&Question::Funnel(ask), &pond.sources, &limits()).expect_err("it makes no sense").code
    };
    assert_eq!(code(funnel_of(steps(&["A"]), 10)), "lake-funnel-steps");
    assert_eq!(code(funnel_of(steps(&["A", "B"]), -10)), "lake-funnel-window");
    let mut optional = funnel_of(steps(&["A", "B"]), 10);
    optional.steps[0].optional = true;
    assert_eq!(code(optional), "lake-funnel-optional");
}

#[test]
fn a_unit_with_more_events_than_anybody_can_do_is_counted_and_said_to_be() {
    let mut pond = Pond::new();
    pond.group = 5_000;
    let mut events: Vec<Event> = (0..10_300).map(|second| event(7, second, "A")).collect();
    events.push(event(7, 20_000, "B"));
    events.push(event(8, 0, "A"));
    events.push(event(8, 1, "B"));
    pond.file(&Rows::Events(events));
    let counts = &pond.funnel(funnel_of(steps(&["A", "B"]), 100_000))[0].counts;
    assert_eq!((counts.reached.as_slice(), counts.truncated), ([2, 1].as_slice(), 1));
}
