use base64::Engine as _;
use kernel::lake::Rows;
use web::testing::{Got, Visitor};

use crate::intake::Identity;
use crate::intake::sources::Source;
use crate::intake::testing::Ground;

const NOW: &str = "2026-11-22T00:00:00Z";
const PYTHON: &str = "CqcCCtcBCiIKFnRlbGVtZXRyeS5zZGsubGFuZ3VhZ2USCAoGcHl0aG9uCiUKEnRlbGVtZXRyeS5zZGsubmFtZRIPCg1vcGVudGVsZW1ldHJ5CiEKFXRlbGVtZXRyeS5zZGsudmVyc2lvbhIICgYxLjQ1LjIKPQoTc2VydmljZS5pbnN0YW5jZS5pZBImCiQ4NTc4ZWY0NC02NjVhLTQ4MDgtYThjZS1kZjBjM2VkODI5ODcKKAoMc2VydmljZS5uYW1lEhgKFnVua25vd25fc2VydmljZTpweXRob24SSwoDCgF0EkQKEJgTzbbncI953lkx/365APQSCNnnSp7UeC4kKgpHRVQgL2FwcGx5MAE5V1poy6Yi6hhBFOdoy6Yi6hh6AIUBAAEAAA==";

fn span(service: &str) -> Vec<u8> {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{service}"}}}}]}},
        "scopeSpans":[{{"spans":[{{"traceId":"555c64082fff2a2ae02323359394bab8","spanId":"3e9134ec6f85415d","name":"x",
        "startTimeUnixNano":"1795285507375000000"}}]}}]}}]}}"#
    )
    .into_bytes()
}

async fn ground() -> (Ground, Source) {
    let ground = Ground::at(NOW).await;
    let source = ground.source(Identity::Daily, |draft| draft.also = vec!["payments".into()]).await;
    (ground, source)
}

async fn sends(ground: &Ground, path: &str, kind: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Got {
    let visitor: Visitor<'_> = ground.stage.stranger();
    let visitor = headers.iter().fold(visitor, |visitor, (name, value)| visitor.with(name, value));
    visitor.ask("POST", path, Some(kind), body).await
}

#[tokio::test]
async fn spans_come_in_by_key_in_both_encodings_and_are_answered_in_kind() {
    let (ground, source) = ground().await;
    let bearer = format!("Bearer {}", source.key);
    let body = base64::engine::general_purpose::STANDARD.decode(PYTHON).expect("it is base64");
    let got =
        sends(&ground, "/v1/traces", "application/x-protobuf", &[("authorization", &bearer)], body).await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "application/x-protobuf"));
    assert!(got.body.is_empty(), "{}", got.body);
    let got =
        sends(&ground, "/v1/traces", "application/json", &[("x-tend-key", &source.key)], span("any")).await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "application/json"));
    assert_eq!(got.body, "{}");
    let held = ground.pond.others();
    assert_eq!(held.len(), 2);
    let Rows::Spans(rows) = &held[1] else { panic!("not spans: {held:?}") };
    assert_eq!((rows[0].service, rows[0].component.as_str()), (source.service, "any"));
}

#[tokio::test]
async fn without_a_key_the_name_of_the_service_finds_its_source() {
    let (ground, _) = ground().await;
    let got = sends(&ground, "/v1/traces", "application/json", &[], span("payments")).await;
    assert_eq!((got.status.as_u16(), got.body.as_str()), (200, "{}"));
    let got = sends(&ground, "/v1/traces", "application/json", &[], span("stranger")).await;
    assert_eq!(got.status.as_u16(), 401, "{}", got.body);
    assert_eq!(got.json()["code"], 16);
    assert!(got.json()["message"].as_str().expect("a text").contains("stranger"));
    assert_eq!(ground.pond.others().len(), 1);
}

#[tokio::test]
async fn packed_bodies_are_unpacked_and_other_packings_are_refused() {
    use std::io::Write as _;
    let (ground, _) = ground().await;
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    pack.write_all(&span("payments")).expect("memory takes it");
    let body = pack.finish().expect("memory takes it");
    let gzip = [("content-encoding", "gzip")];
    let got = sends(&ground, "/v1/traces", "application/json", &gzip, body.clone()).await;
    assert_eq!((got.status.as_u16(), ground.pond.others().len()), (200, 1));
    let got = sends(&ground, "/v1/traces", "application/json", &gzip, body[..body.len() / 2].to_vec()).await;
    assert_eq!(got.status.as_u16(), 400, "{}", got.body);
    let got = sends(&ground, "/v1/traces", "application/json", &[("content-encoding", "zstd")], body).await;
    assert_eq!(got.status.as_u16(), 415);
}

#[tokio::test]
async fn what_cannot_be_read_is_a_400_with_a_status_and_is_not_to_be_sent_again() {
    let (ground, source) = ground().await;
    let key = [("x-tend-key", source.key.as_str())];
    for path in ["/v1/traces", "/v1/metrics", "/v1/logs"] {
        let got = sends(
            &ground,
            path,
            "application/json",
            &key,
            b"{\"resourceSpans\":1,\"resourceMetrics\":1,\"resourceLogs\":1}".to_vec(),
        )
        .await;
        assert_eq!(
            (got.status.as_u16(), got.header("content-type")),
            (400, "application/json"),
            "{}",
            got.body
        );
        assert_eq!(got.json()["code"], 3);
        let got = sends(&ground, path, "application/x-protobuf", &key, vec![0xff; 40]).await;
        assert_eq!((got.status.as_u16(), got.header("content-type")), (400, "application/x-protobuf"));
        let got = sends(&ground, path, "text/plain", &key, Vec::new()).await;
        assert_eq!(got.status.as_u16(), 415);
    }
    assert!(ground.pond.others().is_empty());
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_a_full_lake_asks_to_come_again() {
    let (ground, source) = ground().await;
    let got =
        sends(&ground, "/v1/logs", "application/json", &[("x-tend-key", "nobody")], b"{}".to_vec()).await;
    assert_eq!(got.status.as_u16(), 401);
    ground.pond.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let got =
        sends(&ground, "/v1/traces", "application/json", &[("x-tend-key", &source.key)], span("any")).await;
    assert_eq!((got.status.as_u16(), got.header("retry-after")), (503, "7"));
    assert_eq!(got.json()["code"], 14);
}

#[tokio::test]
async fn part_of_a_request_can_be_taken() {
    let (ground, source) = ground().await;
    let body = String::from_utf8(span("any"))
        .expect("text")
        .replace(r#"{"traceId""#, r#"{"traceId":"","spanId":"","name":"y"},{"traceId""#);
    let got =
        sends(&ground, "/v1/traces", "application/json", &[("x-tend-key", &source.key)], body.into()).await;
    assert_eq!(got.status.as_u16(), 200);
    assert_eq!(got.json()["partialSuccess"]["rejectedSpans"], "1");
    assert_eq!(ground.pond.others()[0].len(), 1);
}

#[test]
fn rows_are_cut_into_parts_that_the_lake_takes() {
    let sizes = |count: usize| super::parts(vec![0_u8; count]).iter().map(Vec::len).collect::<Vec<_>>();
    let most = kernel::lake::MAX_APPEND;
    assert_eq!(sizes(0), Vec::<usize>::new());
    assert_eq!(sizes(most), [most]);
    assert_eq!(sizes(2 * most + 1), [most, most, 1]);
}
