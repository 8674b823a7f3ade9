use kernel::Timestamp;
use kernel::lake::{
    Channel, Check, Device, Event, LogLine, Metric, Origin, Rows, Span, Table, Vital, VitalName,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::*;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).expect("in range")
}

pub(crate) fn event(unit: u64, micros: i64, name: &str) -> Event {
    Event {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        at: at(micros),
        received_at: at(micros + 250),
        key: u128::from(unit) << 64 | micros as u128,
        user: 0,
        visitor: unit,
        visit: unit ^ 1,
        case: 0,
        name: name.into(),
        path: "/apply".into(),
        host: "svc.example".into(),
        referrer: String::new(),
        source: "nl".into(),
        medium: String::new(),
        campaign: "spring \"26\"".into(),
        device: Device::Mobile,
        browser: "Firefox".into(),
        os: "Android".into(),
        language: "nl".into(),
        channel: Channel::Web,
        release: "1.4.0".into(),
        bot: String::new(),
        origin: Origin::Posthog,
        value: unit.is_multiple_of(2).then_some(12.5),
        props: vec![("a".into(), "x \"y\"\n".into()), ("b".into(), String::new())],
    }
}

fn some(table: Table) -> Rows {
    let (client, service) = (kernel::Id::from_u128(1), kernel::Id::from_u128(2));
    let props = vec![("k".to_owned(), "v".to_owned())];
    match table {
        Table::Events => {
            Rows::Events((0..50).map(|n| event(n * 7 % 11, n as i64 * 3 % 17, "pageview")).collect())
        }
        Table::Checks => Rows::Checks(
            (0..9)
                .map(|n| Check {
                    client,
                    service,
                    probe: kernel::Id::from_u128(n % 3),
                    at: at(n as i64),
                    took: 5,
                    outcome: "failed".into(),
                    reason: "refused".into(),
                })
                .collect(),
        ),
        Table::Vitals => Rows::Vitals(
            (0..9u64)
                .map(|n| Vital {
                    client,
                    service,
                    at: at(n as i64),
                    visit: n,
                    load: n << 40,
                    path: "/".into(),
                    device: Device::Desktop,
                    release: String::new(),
                    name: if n % 2 == 0 { VitalName::Cls } else { VitalName::Lcp },
                    value: n as f64 / 3.0,
                    bot: String::new(),
                })
                .collect(),
        ),
        Table::Spans => Rows::Spans(
            (0..9u64)
                .map(|n| Span {
                    client,
                    service,
                    at: at(n as i64),
                    took: 1_000,
                    trace: u128::from(n / 3) << 64 | 7,
                    span: n + 1,
                    parent: n,
                    component: "web".into(),
                    name: "GET /".into(),
                    kind: "server".into(),
                    error: n == 4,
                    peer: "db".into(),
                    props: props.clone(),
                })
                .collect(),
        ),
        Table::Metrics => Rows::Metrics(
            (0..9u64)
                .map(|n| Metric {
                    client,
                    service,
                    at: at(n as i64),
                    component: "web".into(),
                    name: format!("m{}", n % 2),
                    unit: "ms".into(),
                    kind: "gauge".into(),
                    value: n as f64,
                    count: 1,
                    props: props.clone(),
                })
                .collect(),
        ),
        Table::Logs => Rows::Logs(
            (0..9u64)
                .map(|n| LogLine {
                    client,
                    service,
                    at: at(n as i64),
                    component: "web".into(),
                    severity: 9,
                    body: format!("line {n}"),
                    trace: 0,
                    span: n,
                    props: Vec::new(),
                })
                .collect(),
        ),
    }
}

fn through_parquet(table: Table, batch: &RecordBatch) -> RecordBatch {
    let file = bytes::Bytes::from(parquet(table, batch).expect("it writes"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("it opens").build().expect("it reads");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("whole")).collect();
    arrow_select::concat::concat_batches(&schema(table), &batches).expect("the schema is kept")
}

#[test]
fn every_table_comes_back_from_a_file_as_it_went_and_sorted() {
    for table in Table::ALL {
        let rows = some(table);
        let there = batch(&rows);
        let order = order(table, &there).expect("its own table");
        assert!(order.is_sorted(), "{table:?}");
        let back = super::rows(table, &through_parquet(table, &there)).expect("its own table");
        assert_eq!(back, super::rows(table, &there).expect("its own table"));
        assert_eq!(batch(&back), there, "{table:?}");
        assert_eq!(back.len(), rows.len());
    }
}

#[test]
fn an_event_is_the_same_afterwards() {
    let one = event(7, 1_234_567, "payment started");
    let back = super::rows(Table::Events, &batch(&Rows::Events(vec![one.clone()]))).expect("events");
    assert_eq!(back, Rows::Events(vec![one]));
}

#[test]
fn keys_are_forgotten_and_nothing_else() {
    let there = batch(&some(Table::Events));
    let Rows::Events(rows) = super::rows(Table::Events, &without_keys(&there)).expect("events") else {
        panic!("events")
    };
    let Rows::Events(mut kept) = super::rows(Table::Events, &there).expect("events") else {
        panic!("events")
    };
    kept.iter_mut().for_each(|event| event.key = 0);
    assert_eq!(rows, kept);
}

#[test]
fn a_batch_of_another_table_is_a_fault_and_not_a_panic() {
    let checks = batch(&some(Table::Checks));
    assert!(super::rows(Table::Events, &checks).is_err());
    assert!(order(Table::Spans, &checks).is_err());
}

proptest! {
    #[test]
    fn properties_survive_whatever_they_hold(pairs in proptest::collection::vec((".*", ".*"), 0..5)) {
        let mut one = event(1, 1, "x");
        one.props = pairs.clone();
        let Rows::Events(back) = super::rows(Table::Events, &batch(&Rows::Events(vec![one]))).expect("events") else {
            panic!("events")
        };
        prop_assert_eq!(&back[0].props, &pairs);
    }
}
