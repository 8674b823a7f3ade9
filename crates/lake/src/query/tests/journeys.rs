//! Real journeys with known answers: a permit and a shop.

use std::collections::HashMap;
use std::io::Read as _;

use super::*;

fn table_of(packed: &[u8]) -> Vec<HashMap<String, String>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("it unpacks");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn instant(text: &str) -> Timestamp {
    let text = text.replacen(' ', "T", 1);
    text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse()).expect("a time")
}

/// A number for a word, never 0.
fn number(word: &str) -> u64 {
    let hash = word.bytes().fold(14_695_981_039_346_656_037u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    });
    hash.max(1)
}

const DAY: i64 = 86_400;
const NO_WINDOW: i64 = 4_000 * DAY;

#[test]
fn the_permit_has_its_known_answers_by_case() {
    let rows = table_of(include_bytes!("../../../tests/data/permit.csv.gz"));
    assert_eq!(rows.len(), 8_577);
    let events: Vec<Event> = rows
        .iter()
        .map(|row| {
            let mut event = event(1, 0, &row["concept:name"]);
            event.at = instant(&row["time:timestamp"]);
            (event.visitor, event.visit, event.case) = (0, 0, number(&row["case:concept:name"]));
            event.props = vec![("channel".into(), row["case:channel"].clone())];
            event
        })
        .collect();
    let pond = Pond::of_days(events);
    let names = [
        "Confirmation of receipt",
        "T02 Check confirmation of receipt",
        "T04 Determine confirmation of receipt",
        "T05 Print and send confirmation of receipt",
        "T06 Determine necessity of stop advice",
        "T10 Determine necessity to stop indication",
    ];
    for (window, expected) in [
        (NO_WINDOW, [1_434, 1_316, 1_303, 1_299, 797, 784]),
        (7 * DAY, [1_434, 1_250, 1_210, 1_140, 645, 619]),
        (DAY, [1_434, 1_163, 1_070, 909, 570, 542]),
    ] {
        let ask = FunnelAsk { unit: Unit::Case, ..funnel_of(steps(&names), window) };
        assert_eq!(pond.reached(ask), expected, "{window} s");
    }
    let by_channel = FunnelAsk {
        unit: Unit::Case,
        by: Some(kernel::lake::Field::Prop("channel".into())),
        top: 10,
        ..funnel_of(steps(&names), NO_WINDOW)
    };
    let cells = pond.funnel(by_channel);
    let of = |name: &str| {
        let cell = cells.iter().find(|cell| cell.group == Group::Value(name.into())).expect("a channel");
        cell.counts.reached[0]
    };
    assert_eq!((of("Internet") + of("e-mail"), of("Desk")), (1_271, 109), "digital take-up 1271 of 1434");
}

#[test]
fn cases_come_whole_and_a_sample_is_the_same_whenever_it_is_asked() {
    let rows = table_of(include_bytes!("../../../tests/data/permit.csv.gz"));
    let events: Vec<Event> = rows
        .iter()
        .map(|row| {
            let mut event = event(1, 0, &row["concept:name"]);
            event.at = instant(&row["time:timestamp"]);
            (event.visitor, event.visit, event.case) = (0, 0, number(&row["case:concept:name"]));
            event.props = vec![("ended".into(), row["case:enddate"].clone())];
            event
        })
        .collect();
    let pond = Pond::of_days(events);
    let ask = |limit| {
        let ask =
            kernel::lake::CasesAsk { among: among(), props: vec!["ended".into(), "none".into()], limit };
        match pond.ask(&Question::Cases(ask)) {
            Reply::Cases(found) => found,
            other => panic!("{other:?}"),
        }
    };
    let all = ask(20_000);
    assert_eq!((all.total, all.cases.len()), (1_434, 1_434));
    assert_eq!(all.cases.iter().map(|case| case.events.len()).sum::<usize>(), 8_577);
    assert_eq!(all.cases.iter().filter(|case| !case.props[0].is_empty()).count(), 1_329, "finished");
    assert!(
        all.cases.iter().all(|case| case.props[1].is_empty() && case.events.is_sorted_by_key(|one| one.1))
    );
    let some = ask(100);
    assert_eq!((some.total, some.cases.len()), (1_434, 100));
    assert!(
        some.cases.iter().zip(&all.cases).all(|(one, other)| one == other),
        "whole cases, the first by number"
    );
}

#[test]
fn the_shop_has_its_known_answers_by_user_and_by_session() {
    let rows = table_of(include_bytes!("../../../tests/data/shop.csv.gz"));
    assert_eq!(rows.len(), 31_106);
    let mut events: Vec<Event> = Vec::new();
    for row in &rows {
        let mut event = event(1, 0, &row["event"]);
        event.at = instant(&row["timestamp"]);
        (event.user, event.visitor) = (number(&row["user_id"]), 0);
        event.visit = number(&row["session_id"]);
        events.push(event);
    }
    let pond = Pond::of_days(events);
    let names = ["product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"];
    for (unit, window, expected) in [
        (Unit::User, 1_800, [598, 480, 317, 157, 62, 12]),
        (Unit::User, DAY, [598, 482, 324, 169, 69, 16]),
        (Unit::User, 14 * DAY, [598, 493, 372, 236, 126, 57]),
        (Unit::Visit, 1_800, [2_868, 942, 464, 182, 65, 12]),
        (Unit::Visit, DAY, [2_868, 944, 477, 194, 72, 15]),
        (Unit::Visit, 14 * DAY, [2_868, 944, 477, 194, 72, 15]),
    ] {
        let ask = FunnelAsk { unit, ..funnel_of(steps(&names), window) };
        assert_eq!(pond.reached(ask), expected, "{unit:?} {window} s");
    }
    let count = kernel::lake::CountAsk {
        among: among(),
        looks: None,
        unit: Unit::User,
        cells: Vec::new(),
        by: None,
        top: 0,
        distinct: true,
    };
    let counted = pond.ask(&Question::Count(count)).count();
    assert_eq!((counted[0].events, counted[0].units, counted[0].visits), (31_106, Some(600), Some(3_605)));
}
