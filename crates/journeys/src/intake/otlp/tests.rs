use kernel::Id;
use store::testing::scope_at;

use super::*;

/// What the Python SDK's exporter sends for one span, unpacked.
const PYTHON: &str = "CqcCCtcBCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGcHl0aG9uCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiEKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIICgYxLjQ1LjIKPQoTc2VydmljZS5pbnN0YW5jZS5pZBImCiQ4NTc4ZWY0NC02NjVhLTQ4MDgtYThjZS1kZjBjM2VkODI5ODcKKAoMc2VydmljZS5uYW1lEhgKFnVua25vd25fc2VydmljZTpweXRob24SSwoDCgF0EkQKEJgTzbbncI953lkx/365APQSCNnnSp7UeC4kKgpHRVQgL2FwcGx5MAE5V1poy6Yi6hhBFOdoy6Yi6hh6AIUBAAEAAA==";
/// What the JavaScript SDK's JSON exporter sends for one span.
const JAVASCRIPT: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"unknown_service:node"}},{"key":"telemetry.sdk.version","value":{"stringValue":"2.12.1"}}],"droppedAttributesCount":0},"scopeSpans":[{"scope":{"name":"t"},"spans":[{"traceId":"555c64082fff2a2ae02323359394bab8","spanId":"3e9134ec6f85415d","name":"GET /apply","kind":1,"startTimeUnixNano":"1795285507375000000","endTimeUnixNano":"1795285507375448662","attributes":[],"droppedAttributesCount":0,"events":[],"droppedEventsCount":0,"status":{"code":0},"links":[],"droppedLinksCount":0,"flags":257}]}]}]}"#;

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().expect("a time")
}

fn places(names: &[&str]) -> BTreeMap<String, Place> {
    let scope = scope_at("2026-11-22T00:00:00Z");
    let place = Place {
        client: ClientId::new(&scope),
        service: ServiceId::new(&scope),
        oldest: "2026-01-01T00:00:00Z".parse().expect("a time"),
    };
    names.iter().map(|name| ((*name).to_owned(), place)).collect()
}

fn landed(signal: Signal, body: &str, names: &[&str]) -> Landed {
    let request = decode(signal, Encoding::Json, body.as_bytes()).expect("it is sound");
    land(request, &places(names), now())
}

fn spans(landed: Landed) -> Vec<Span> {
    match landed.rows {
        Rows::Spans(rows) => rows,
        other => panic!("not spans: {other:?}"),
    }
}

#[test]
fn a_span_of_the_python_sdk_lands() {
    let body = STANDARD.decode(PYTHON).expect("it is base64");
    let request = decode(Signal::Traces, Encoding::Protobuf, &body).expect("it is protobuf");
    assert_eq!(request.components(), BTreeSet::from(["unknown_service:python".to_owned()]));
    let rows = spans(land(request, &places(&["unknown_service:python"]), now()));
    let [span] = rows.as_slice() else { panic!("one span: {rows:?}") };
    assert_eq!((span.name.as_str(), span.kind.as_str(), span.error), ("GET /apply", "internal", false));
    assert_eq!(format!("{:x}", span.trace), "9813cdb6e7708f79de5931ff7eb900f4");
    assert_eq!(format!("{:x}", span.span), "d9e74a9ed4782e24");
    assert_eq!(span.parent, 0);
    assert!(span.took > 0 && span.at.to_string().starts_with("2026-11-21T18:25:0"), "{span:?}");
    assert_eq!(span.props.len(), 1, "of the resource only what tells something is kept: {:?}", span.props);
}

#[test]
fn a_span_of_the_javascript_sdk_lands_with_hexadecimal_ids() {
    let rows = spans(landed(Signal::Traces, JAVASCRIPT, &["unknown_service:node"]));
    assert_eq!(format!("{:x}", rows[0].trace), "555c64082fff2a2ae02323359394bab8");
    assert_eq!((rows[0].span, rows[0].took), (0x3e91_34ec_6f85_415d, 448));
    assert_eq!(rows[0].at.as_nanosecond(), 1_795_285_507_375_000_000);
}

#[test]
fn json_may_say_null_numbers_as_numbers_and_what_is_not_known_yet() {
    let body = r#"{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"spans":[{"traceId":"555C64082FFF2A2AE02323359394BAB8",
        "spanId":"3e9134ec6f85415d","parentSpanId":null,"name":"x","startTimeUnixNano":1795285507375000000,"endTimeUnixNano":1795285507376000000,
        "attributes":[{"key":"a","value":{"intValue":7}},{"key":"b","value":{"intValue":"8"}},{"key":"c","value":null}],"news":{"a":[1]}}]}]}]}"#;
    let rows = spans(landed(Signal::Traces, body, &["unknown_service"]));
    assert_eq!(rows[0].props, [("a".to_owned(), "7".to_owned()), ("b".to_owned(), "8".to_owned())]);
    assert_eq!(rows[0].took, 1_000);
}

fn span_json(fields: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"web"}}}}]}},
        "scopeSpans":[{{"spans":[{{"traceId":"555c64082fff2a2ae02323359394bab8","spanId":"3e9134ec6f85415d","name":"x",
        "startTimeUnixNano":"1795285507375000000","endTimeUnixNano":"1795285507376000000",{fields}}}]}}]}}]}}"#
    )
}

#[test]
fn whom_a_span_called_is_told_by_the_side_that_calls() {
    let peer = |kind: u8, key: &str| {
        let attribute = format!(r#"{{"key":"{key}","value":{{"stringValue":"bank"}}}}"#);
        let body = span_json(&format!(r#""kind":{kind},"attributes":[{attribute}]"#));
        spans(landed(Signal::Traces, &body, &["web"])).remove(0).peer
    };
    assert_eq!(peer(3, "server.address"), "bank");
    assert_eq!(peer(2, "server.address"), "", "the side that is called says its own address");
    assert_eq!(peer(2, "peer.service"), "bank");
    assert_eq!(peer(4, "messaging.destination.name"), "bank");
    assert_eq!(peer(3, "http.method"), "");
}

#[test]
fn a_failed_span_says_so() {
    let of = |code: u8| span_json(&format!(r#""kind":2,"status":{{"code":{code},"message":"no"}}"#));
    let failed = |code| spans(landed(Signal::Traces, &of(code), &["web"]))[0].error;
    assert_eq!([failed(0), failed(1), failed(2)], [false, false, true]);
}

#[test]
fn what_is_not_taken_is_counted_by_reason_and_the_rest_lands() {
    let span = |trace: &str, span: &str, start: &str| {
        format!(r#"{{"traceId":"{trace}","spanId":"{span}","name":"x","startTimeUnixNano":"{start}"}}"#)
    };
    let (trace, id, time) = ("555c64082fff2a2ae02323359394bab8", "3e9134ec6f85415d", "1795285507375000000");
    let all = [
        span(trace, id, time),
        span("00000000000000000000000000000000", id, time),
        span("", id, time),
        span(trace, "3e91", time),
        span(trace, id, "0"),
        span(trace, id, "4070908800000000000"),
        span(trace, id, "18446744073709551615"),
    ];
    let name = |name: &str| {
        format!(r#"{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{name}"}}}}]}}"#)
    };
    let body = format!(
        r#"{{"resourceSpans":[{{"resource":{},"scopeSpans":[{{"spans":[{}]}}]}},{{"resource":{},"scopeSpans":[{{"spans":[{}]}}]}}]}}"#,
        name("web"),
        all.join(","),
        name("stranger"),
        all[0]
    );
    let landed = landed(Signal::Traces, &body, &["web"]);
    assert_eq!(landed.rows.len(), 1);
    assert_eq!(
        landed.rejected.0,
        BTreeMap::from([(Refused::NoIds, 3), (Refused::WrongTime, 3), (Refused::Stranger, 1)])
    );
    let said =
        String::from_utf8(answer(Signal::Traces, Encoding::Json, &landed.rejected)).expect("it is text");
    let said: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(said["partialSuccess"]["rejectedSpans"], "7");
    assert!(said["partialSuccess"]["errorMessage"].as_str().expect("a text").contains("3: trace id"));
    let bytes = answer(Signal::Traces, Encoding::Protobuf, &landed.rejected);
    let said = ExportTraceServiceResponse::decode(bytes.as_slice()).expect("it is protobuf");
    assert_eq!(said.partial_success.map(|partly| partly.rejected_spans), Some(7));
}

#[test]
fn a_request_that_was_taken_whole_is_answered_with_nothing() {
    let nothing = Rejected::default();
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        assert_eq!(answer(signal, Encoding::Json, &nothing), b"{}");
        assert!(answer(signal, Encoding::Protobuf, &nothing).is_empty());
    }
}

#[test]
fn points_of_every_kind_of_metric_land_with_what_they_mean() {
    let at = r#""timeUnixNano":"1795285507375000000""#;
    let body = format!(
        r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[
        {{"name":"g","unit":"1","gauge":{{"dataPoints":[{{{at},"asDouble":0.5}},{{{at},"asInt":"-3"}},{{{at},"flags":1}},{{{at}}}]}}}},
        {{"name":"s","unit":"By","sum":{{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{{{at},"asInt":"7","attributes":[{{"key":"k","value":{{"boolValue":true}}}}]}}]}}}},
        {{"name":"h","unit":"ms","histogram":{{"aggregationTemporality":1,"dataPoints":[{{{at},"count":"4","sum":10.5,"bucketCounts":["1","3"],"explicitBounds":[5]}}]}}}},
        {{"name":"e","exponentialHistogram":{{"aggregationTemporality":1,"dataPoints":[{{{at},"count":"2","sum":1,"scale":1,"zeroCount":"0"}}]}}}},
        {{"name":"y","summary":{{"dataPoints":[{{{at},"count":"9","sum":3,"quantileValues":[]}}]}}}},
        {{"name":"nothing"}}]}}]}}]}}"#
    );
    let landed = landed(Signal::Metrics, &body, &["unknown_service"]);
    assert_eq!(
        landed.rejected.0,
        BTreeMap::from([(Refused::NotANumber, 1), (Refused::NoData, 1)]),
        "an ended series is no mistake"
    );
    let Rows::Metrics(rows) = landed.rows else { panic!("not metrics") };
    let told: Vec<_> =
        rows.iter().map(|row| (row.name.as_str(), row.kind.as_str(), row.value, row.count)).collect();
    assert_eq!(
        told,
        [
            ("g", "gauge", 0.5, 1),
            ("g", "gauge", -3.0, 1),
            ("s", "sum", 7.0, 1),
            ("h", "histogram", 10.5, 4),
            ("e", "histogram", 1.0, 2),
            ("y", "summary", 3.0, 9)
        ]
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(rows[2].props, [pair("aggregation", "cumulative"), pair("k", "true")]);
    assert_eq!(rows[3].props, [pair("aggregation", "delta")]);
}

#[test]
fn a_line_of_a_log_lands_with_its_severity_and_its_trace() {
    let line = |fields: &str| {
        format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"timeUnixNano":"1795285507375000000",{fields}}}]}}]}}]}}"#
        )
    };
    let of = |fields: &str| match landed(Signal::Logs, &line(fields), &["unknown_service"]).rows {
        Rows::Logs(mut rows) => rows.remove(0),
        other => panic!("not logs: {other:?}"),
    };
    let one = of(r#""severityNumber":17,"severityText":"ERROR","body":{"stringValue":"payment refused"},
        "traceId":"555c64082fff2a2ae02323359394bab8","spanId":"3e9134ec6f85415d","eventName":"paid""#);
    assert_eq!((one.severity, one.body.as_str()), (17, "payment refused"));
    assert_eq!((one.trace != 0, one.span), (true, 0x3e91_34ec_6f85_415d));
    assert_eq!(one.props, [("event.name".to_owned(), "paid".to_owned())]);
    let map = r#""severityText":"Warning","body":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"bytesValue":"aGk="}]}}}]}}"#;
    assert_eq!((of(map).severity, of(map).body.as_str()), (13, r#"{"a":[1,"aGk="]}"#));
    assert_eq!(of(r#""severityNumber":99"#).severity, 0);
    let long = of(&format!(r#""body":{{"stringValue":"{}"}}"#, "é".repeat(MAX_LINE)));
    assert_eq!(long.body.len(), MAX_LINE);
}

#[test]
fn a_line_without_a_time_has_the_one_at_which_it_was_seen() {
    let of = |fields: &str| {
        let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{{fields}}}]}}]}}]}}"#);
        match landed(Signal::Logs, &body, &["unknown_service"]).rows {
            Rows::Logs(rows) => rows[0].at,
            other => panic!("not logs: {other:?}"),
        }
    };
    assert_eq!(of(r#""observedTimeUnixNano":"1795285507375000000""#).as_second(), 1_795_285_507);
    assert_eq!(of(""), now());
}

#[test]
fn more_attributes_than_are_kept_are_cut_and_long_ones_too() {
    let attribute =
        |n: usize| format!(r#"{{"key":"k{n:03}","value":{{"stringValue":"{}"}}}}"#, "v".repeat(3 * MAX_PROP));
    let all: Vec<String> = (0..MAX_PROPS + 10).map(attribute).collect();
    let body = span_json(&format!(r#""attributes":[{}]"#, all.join(",")));
    let rows = spans(landed(Signal::Traces, &body, &["web"]));
    assert_eq!(rows[0].props.len(), MAX_PROPS);
    assert!(rows[0].props.iter().all(|(_, value)| value.len() == MAX_PROP));
}

#[test]
fn content_types_are_those_of_otlp() {
    assert_eq!(Encoding::of("application/x-protobuf"), Some(Encoding::Protobuf));
    assert_eq!(Encoding::of("Application/JSON; charset=utf-8"), Some(Encoding::Json));
    for other in ["", "text/plain", "application/grpc"] {
        assert_eq!(Encoding::of(other), None, "{other}");
    }
}

#[test]
fn a_refusal_is_a_status() {
    let bytes = refusal(Encoding::Protobuf, 16, "no source has this key");
    let status = Status::decode(bytes.as_slice()).expect("it is protobuf");
    assert_eq!((status.code, status.message.as_str()), (16, "no source has this key"));
    assert_eq!(refusal(Encoding::Json, 3, "x"), br#"{"code":3,"message":"x"}"#);
}

#[test]
fn nesting_without_end_is_refused_and_overflows_nothing() {
    let deep = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{}{}}}]}}]}}]}}"#,
        r#"{"arrayValue":{"values":["#.repeat(10_000),
        "]}}".repeat(10_000)
    );
    assert!(decode(Signal::Logs, Encoding::Json, deep.as_bytes()).is_err());
    let mut value = AnyValue { value: Some(Value::BoolValue(true)) };
    for _ in 0..60 {
        let list = opentelemetry_proto::tonic::common::v1::ArrayValue { values: vec![value] };
        value = AnyValue { value: Some(Value::ArrayValue(list)) };
    }
    let line = LogRecord { body: Some(value), ..LogRecord::default() };
    let scope =
        opentelemetry_proto::tonic::logs::v1::ScopeLogs { log_records: vec![line], ..Default::default() };
    let all = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let body = ExportLogsServiceRequest { resource_logs: vec![all] }.encode_to_vec();
    // Prost stops at a depth of 100 messages.
    assert!(decode(Signal::Logs, Encoding::Protobuf, &body).is_err());
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
            for encoding in [Encoding::Protobuf, Encoding::Json] {
                if let Ok(request) = decode(signal, encoding, &body) {
                    let names: Vec<String> = request.components().into_iter().collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    let _ = land(request, &places(&names), now());
                }
            }
        }
    }

    #[test]
    fn a_truncated_body_is_refused_or_lands_what_it_says(end in 0usize..298) {
        let body = STANDARD.decode(PYTHON).expect("it is base64");
        if let Ok(request) = decode(Signal::Traces, Encoding::Protobuf, &body[..end.min(body.len())]) {
            proptest::prop_assert!(land(request, &places(&["unknown_service:python"]), now()).rows.len() <= 1);
        }
    }
}
