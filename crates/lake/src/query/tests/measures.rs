//! How measurements are spread, operations and who calls whom.

use kernel::lake::{
    Check, Device, Field, Measure, MeasureAsk, Measured, Metric, Sketch, Span, Vital, VitalName,
};

use super::*;

fn measure(
    pond: &Pond,
    measured: Measured,
    cells: Vec<Timestamp>,
    by: Option<Field>,
    top: u32,
) -> Vec<Measure> {
    pond.ask(&Question::Measure(MeasureAsk { among: among(), measured, cells, by, top })).measure()
}

fn sketch(values: impl Iterator<Item = f64>) -> Sketch {
    let mut sketch = Sketch::default();
    values.for_each(|value| sketch.add(value));
    sketch
}

fn same(one: &Sketch, other: &Sketch) -> bool {
    (one.sum - other.sum).abs() < 1e-6 * other.sum.abs().max(1.0)
        && (one.count, one.zeros, &one.buckets) == (other.count, other.zeros, &other.buckets)
}

#[test]
fn values_of_events_are_spread_by_hour_and_by_name() {
    let events: Vec<Event> = (0..600u64)
        .map(|n| {
            let mut event = event(n % 50 + 1, (n * 613 % 172_800) as i64, &format!("n{}", n % 7));
            event.value = (n % 4 != 0).then_some((n % 97) as f64 * 1.5 - 3.0);
            event
        })
        .collect();
    let pond = Pond::of_days(events.clone());
    let cells: Vec<Timestamp> = (0..48).map(|hour| at(hour * 3_600)).collect();
    let found = measure(&pond, Measured::EventValue, cells, Some(Field::Name), 3);
    let named: std::collections::BTreeSet<&Group> =
        found.iter().map(|one| &one.group).filter(|group| matches!(group, Group::Value(_))).collect();
    assert_eq!(named.len(), 3);
    for one in &found {
        let hour = i64::from(one.cell);
        let values = events.iter().filter(|event| {
            let group = Group::Value(event.name.clone());
            let group = if named.contains(&group) { group } else { Group::Rest };
            event.at.as_second() / 3_600 == hour && (one.group == Group::All || one.group == group)
        });
        let expected = sketch(values.filter_map(|event| event.value));
        assert!(same(&one.sketch, &expected), "{} {:?}", one.cell, one.group);
    }
    let total = |group: &Group| -> u64 {
        found.iter().filter(|one| one.group == *group).map(|one| one.sketch.count).sum()
    };
    assert_eq!(total(&Group::All), 450);
    assert!(total(&Group::Rest) > 0 && total(&Group::Rest) < 450);
}

#[test]
fn of_a_page_load_the_last_report_counts() {
    let vital = |seconds: i64, load: u64, name: VitalName, value: f64, device: Device| Vital {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        at: at(seconds),
        visit: 1,
        load,
        path: "/apply".into(),
        device,
        release: String::new(),
        name,
        value,
        bot: String::new(),
    };
    let mut pond = Pond::new();
    pond.file(&Rows::Vitals(vec![
        vital(1, 7, VitalName::Lcp, 900.0, Device::Mobile),
        vital(3, 7, VitalName::Lcp, 2_400.0, Device::Mobile),
        vital(3, 8, VitalName::Lcp, 1_000.0, Device::Desktop),
        vital(3, 7, VitalName::Inp, 40.0, Device::Mobile),
        vital(4, 0, VitalName::Lcp, 10.0, Device::Desktop),
        vital(5, 0, VitalName::Lcp, 10.0, Device::Desktop),
    ]));
    pond.batch(&Rows::Vitals(vec![vital(2, 8, VitalName::Lcp, 5.0, Device::Desktop)]));
    let found = measure(&pond, Measured::Vital(VitalName::Lcp), Vec::new(), Some(Field::Device), 5);
    let of = |word: &str| {
        let group = Group::Value(word.into());
        found.iter().find(|one| one.group == group).map(|one| one.sketch.clone()).expect("a device")
    };
    assert!(same(&of("mobile"), &sketch([2_400.0].into_iter())));
    assert!(same(&of("desktop"), &sketch([10.0, 10.0, 1_000.0].into_iter())));
    assert_eq!(found[0].sketch.count, 4);
}

#[test]
fn checks_and_metrics_are_measured_too() {
    let mut pond = Pond::new();
    let check = |n: u128| Check {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        probe: kernel::Id::from_u128(n % 2),
        at: at(n as i64),
        took: n as i64 * 1_000,
        outcome: "passed".into(),
        reason: String::new(),
    };
    let silent = Check { took: -1, outcome: "failed".into(), ..check(11) };
    pond.file(&Rows::Checks((1..=10).map(check).chain([silent]).collect()));
    let probe: kernel::ProbeId = kernel::Id::from_u128(1);
    let found = measure(&pond, Measured::CheckMs, Vec::new(), Some(Field::Prop("probe".into())), 5);
    let mine = found.iter().find(|one| one.group == Group::Value(probe.to_string())).expect("the probe");
    assert!(same(&mine.sketch, &sketch([1.0, 3.0, 5.0, 7.0, 9.0].into_iter())));

    let mut pond = Pond::new();
    let metric = |name: &str, kind: &str, value: f64, count: u64| Metric {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        at: at(1),
        component: "web".into(),
        name: name.into(),
        unit: "ms".into(),
        kind: kind.into(),
        value,
        count,
        props: Vec::new(),
    };
    pond.file(&Rows::Metrics(vec![
        metric("duration", "histogram", 50.0, 10),
        metric("queue", "gauge", 3.0, 1),
        metric("queue", "gauge", 4.0, 1),
    ]));
    let found = measure(&pond, Measured::Metric("duration".into()), Vec::new(), None, 0);
    assert_eq!((found.len(), found[0].sketch.count, found[0].sketch.sum), (1, 10, 50.0));
    let found = measure(&pond, Measured::Metric("queue".into()), Vec::new(), None, 0);
    assert!(same(&found[0].sketch, &sketch([3.0, 4.0].into_iter())));
}

fn span(trace: u128, number: u64, parent: u64, component: &str, name: &str) -> Span {
    Span {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        at: at(trace as i64),
        took: 1_000 * number as i64,
        trace,
        span: number,
        parent,
        component: component.into(),
        name: name.into(),
        kind: "server".into(),
        error: false,
        peer: String::new(),
        props: Vec::new(),
    }
}

fn spans() -> Vec<Span> {
    let mut spans = Vec::new();
    for trace in 1..=20u128 {
        let mut client = span(trace, 2, 1, "web", "call");
        (client.kind, client.peer) = ("client".into(), "api.example".into());
        let mut answer = span(trace, 3, 2, "api", "GET /x");
        answer.error = trace % 5 == 0;
        let mut cache = span(trace, 4, 3, "api", "get");
        (cache.kind, cache.peer) = ("client".into(), "redis".into());
        spans.extend([span(trace, 1, 0, "web", "GET /"), client, answer, cache]);
    }
    spans
}

#[test]
fn operations_have_calls_errors_and_durations() {
    let mut pond = Pond::new();
    pond.file(&Rows::Spans(spans()));
    let cells = vec![at(0), at(11)];
    let found = pond.ask(&Question::Spans { among: among(), cells }).spans();
    let lines: Vec<_> = found
        .iter()
        .map(|one| (one.cell, one.component.as_str(), one.operation.as_str(), one.calls, one.errors))
        .collect();
    assert_eq!(
        lines,
        [
            (0, "api", "GET /x", 10, 2),
            (0, "api", "get", 10, 0),
            (0, "web", "GET /", 10, 0),
            (0, "web", "call", 10, 0),
            (1, "api", "GET /x", 10, 2),
            (1, "api", "get", 10, 0),
            (1, "web", "GET /", 10, 0),
            (1, "web", "call", 10, 0),
        ]
    );
    assert_eq!(found[0].took_ms.sum, 30.0);
}

#[test]
fn a_call_is_one_edge_whether_one_side_or_both_tell_of_it() {
    let mut pond = Pond::new();
    // The two sides of a trace lie in different files.
    let (some, more): (Vec<Span>, Vec<Span>) = spans().into_iter().partition(|span| span.component == "web");
    pond.file(&Rows::Spans(some));
    pond.batch(&Rows::Spans(more));
    let ask = Question::Edges { among: among() };
    let found = pond.ask(&ask).edges();
    let lines: Vec<_> =
        found.iter().map(|one| (one.from.as_str(), one.to.as_str(), one.calls, one.errors)).collect();
    assert_eq!(lines, [("api", "redis", 20, 0), ("web", "api", 20, 4)]);
    assert_eq!((found[1].last_at, found[1].took_ms.sum), (at(20), 60.0));
    let little = Limits { bytes: 4_000, ..limits() };
    assert_eq!(run(&ask, &pond.sources, &little).expect("in passes").edges(), found);
}
