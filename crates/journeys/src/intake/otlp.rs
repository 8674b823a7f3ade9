//! OpenTelemetry over HTTP: spans, points of metrics and lines of logs, as SDKs and collectors send them.
//!
//! Protobuf and JSON (ids as hexadecimal), plain or gzip, each answered in kind: 200 with what was not taken, or
//! a `Status` that says what is wrong. Only 429 and 503 are tried again by exporters, so those alone are used
//! for what may work later.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use kernel::lake::{LogLine, MAX_NAME, MAX_PROP, MAX_PROPS, Metric, Rows, Span};
use kernel::{ClientId, ServiceId};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Metric as Measured, ResourceMetrics, metric::Data, number_data_point::Value as Number,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span as Sent};
use prost::Message;
use serde::de::DeserializeOwned;

use super::incoming::{Reason, clip};

/// The longest line of a log, in bytes; the rest is cut off.
pub const MAX_LINE: usize = 16 * 1024;
/// How far a sender's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// `service.name` of senders that give none (the semantic conventions' own word).
const UNNAMED: &str = "unknown_service";
/// Attributes of the resource that are kept with each row; the others say what is in `component` or are the
/// SDK's own.
const OF_RESOURCE: [&str; 6] = [
    "service.version",
    "service.namespace",
    "service.instance.id",
    "deployment.environment.name",
    "host.name",
    "k8s.pod.name",
];

/// What is sent to a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `/v1/traces`.
    Traces,
    /// `/v1/metrics`.
    Metrics,
    /// `/v1/logs`.
    Logs,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// The encoding of a `Content-Type`; none for what OTLP does not know.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Encoding> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "application/x-protobuf" | "application/protobuf" => Some(Encoding::Protobuf),
            "application/json" => Some(Encoding::Json),
            _ => None,
        }
    }

    /// The `Content-Type` of an answer in it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }
}

/// A request that was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Spans.
    Traces(Vec<ResourceSpans>),
    /// Points.
    Metrics(Vec<ResourceMetrics>),
    /// Lines.
    Logs(Vec<ResourceLogs>),
}

/// Reads a body. The error says what is wrong with it, for the sender.
///
/// # Errors
/// When it is not what it says it is.
pub fn decode(signal: Signal, encoding: Encoding, body: &[u8]) -> Result<Request, String> {
    Ok(match signal {
        Signal::Traces => Request::Traces(read::<ExportTraceServiceRequest>(encoding, body)?.resource_spans),
        Signal::Metrics => {
            Request::Metrics(read::<ExportMetricsServiceRequest>(encoding, body)?.resource_metrics)
        }
        Signal::Logs => Request::Logs(read::<ExportLogsServiceRequest>(encoding, body)?.resource_logs),
    })
}

fn read<T: Message + Default + DeserializeOwned>(encoding: Encoding, body: &[u8]) -> Result<T, String> {
    match encoding {
        Encoding::Protobuf => T::decode(body).map_err(|error| error.to_string()),
        Encoding::Json => serde_json::from_slice(body).or_else(|_| {
            // Protobuf's JSON allows null for what is not set, the mapping of the messages does not.
            let mut value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            without_nulls(&mut value);
            serde_json::from_value(value).map_err(|error| error.to_string())
        }),
    }
}

fn without_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

impl Request {
    /// Every `service.name` in it, by which rows find their service when the request itself has no key.
    #[must_use]
    pub fn components(&self) -> BTreeSet<String> {
        match self {
            Request::Traces(all) => all.iter().map(|one| component_of(one.resource.as_ref())).collect(),
            Request::Metrics(all) => all.iter().map(|one| component_of(one.resource.as_ref())).collect(),
            Request::Logs(all) => all.iter().map(|one| component_of(one.resource.as_ref())).collect(),
        }
    }
}

/// Where rows of a component go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// What is older is not kept any more.
    pub oldest: Timestamp,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Landed {
    /// What goes into the lake.
    pub rows: Rows,
    /// What does not.
    pub rejected: Rejected,
}

/// How many rows were not taken, by the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejected(pub BTreeMap<Refused, u64>);

impl Rejected {
    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Why, as the answer says it.
    #[must_use]
    pub fn why(&self) -> String {
        let said = self.0.iter().map(|(reason, count)| format!("{count}: {}", reason.words()));
        said.collect::<Vec<_>>().join("; ")
    }
}

/// Makes rows of a request. `places` knows where the rows of each component go.
#[must_use]
pub fn land(request: Request, places: &BTreeMap<String, Place>, now: Timestamp) -> Landed {
    let mut landing = Landing { places, now, rejected: Rejected::default() };
    let rows = match request {
        Request::Traces(all) => Rows::Spans(all.into_iter().flat_map(|one| landing.spans(one)).collect()),
        Request::Metrics(all) => {
            Rows::Metrics(all.into_iter().flat_map(|one| landing.metrics(one)).collect())
        }
        Request::Logs(all) => Rows::Logs(all.into_iter().flat_map(|one| landing.logs(one)).collect()),
    };
    Landed { rows, rejected: landing.rejected }
}

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// No source takes its `service.name`.
    Stranger,
    /// Its ids are missing or not valid.
    NoIds,
    /// Its time is not believed.
    WrongTime,
    /// Its value is no number.
    NotANumber,
    /// It has no points.
    NoData,
}

impl Refused {
    /// In words, for the answer.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Refused::Stranger => "no source takes this service.name, and the request has no key",
            Refused::NoIds => "trace id or span id is missing or not valid",
            Refused::WrongTime => "older than what is kept, or more than a day ahead",
            Refused::NotANumber => "the value is not a finite number",
            Refused::NoData => "a metric without data points",
        }
    }

    /// As the screen of sources counts it.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Refused::Stranger => Reason::UnknownKey,
            Refused::NoIds | Refused::NoData => Reason::Missing,
            Refused::WrongTime => Reason::TooOld,
            Refused::NotANumber => Reason::Range,
        }
    }
}

/// Rows of one request on their way.
struct Landing<'a> {
    places: &'a BTreeMap<String, Place>,
    now: Timestamp,
    rejected: Rejected,
}

impl Landing<'_> {
    fn reject(&mut self, reason: Refused, count: usize) {
        if count > 0 {
            *self.rejected.0.entry(reason).or_default() += u64::try_from(count).unwrap_or(u64::MAX);
        }
    }

    /// Where the rows of a resource go, with the name of the component and what is kept of the resource.
    fn origin(&mut self, resource: Option<&Resource>, rows: usize) -> Option<(Place, String, Props)> {
        let component = component_of(resource);
        let Some(place) = self.places.get(&component).copied() else {
            self.reject(Refused::Stranger, rows);
            return None;
        };
        let attributes = resource.map_or(&[][..], |resource| &resource.attributes);
        let kept = attributes.iter().filter(|one| OF_RESOURCE.contains(&one.key.as_str()));
        Some((place, component, kept.filter_map(property).collect()))
    }

    /// The instant of a number of nanoseconds since 1970, within what is kept.
    fn instant(&mut self, nanos: u64, place: &Place) -> Option<Timestamp> {
        let at = Timestamp::from_nanosecond(i128::from(nanos)).ok();
        // The lake counts in microseconds.
        let at = at.and_then(|at| Timestamp::from_microsecond(at.as_microsecond()).ok());
        let fits = at.filter(|at| *at >= place.oldest && *at <= self.now + AHEAD);
        if fits.is_none() {
            self.reject(Refused::WrongTime, 1);
        }
        fits
    }

    fn spans(&mut self, sent: ResourceSpans) -> Vec<Span> {
        let count = sent.scope_spans.iter().map(|scope| scope.spans.len()).sum();
        let Some((place, component, kept)) = self.origin(sent.resource.as_ref(), count) else {
            return Vec::new();
        };
        let spans = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.filter_map(|span| self.span(span, &place, &component, &kept)).collect()
    }

    fn span(&mut self, sent: Sent, place: &Place, component: &str, kept: &Props) -> Option<Span> {
        let (Some(trace), Some(span)) = (trace_of(&sent.trace_id), span_of(&sent.span_id)) else {
            self.reject(Refused::NoIds, 1);
            return None;
        };
        let at = self.instant(sent.start_time_unix_nano, place)?;
        let took = sent.end_time_unix_nano.saturating_sub(sent.start_time_unix_nano) / 1_000;
        let kind = kind_word(sent.kind);
        let props = props(&sent.attributes, kept);
        Some(Span {
            client: place.client,
            service: place.service,
            at,
            took: i64::try_from(took).unwrap_or(i64::MAX),
            trace,
            span,
            parent: span_of(&sent.parent_span_id).unwrap_or(0),
            component: component.to_owned(),
            name: clip(&sent.name, MAX_NAME).to_owned(),
            kind: kind.to_owned(),
            error: sent.status.is_some_and(|status| status.code == STATUS_ERROR),
            peer: peer_of(kind, &props),
            props,
        })
    }

    fn metrics(&mut self, sent: ResourceMetrics) -> Vec<Metric> {
        let count = sent.scope_metrics.iter().flat_map(|scope| &scope.metrics).map(points_in).sum();
        let Some((place, component, kept)) = self.origin(sent.resource.as_ref(), count) else {
            return Vec::new();
        };
        let metrics = sent.scope_metrics.into_iter().flat_map(|scope| scope.metrics);
        metrics.flat_map(|metric| self.metric(metric, &place, &component, &kept)).collect()
    }

    fn metric(&mut self, sent: Measured, place: &Place, component: &str, kept: &Props) -> Vec<Metric> {
        let Some(data) = sent.data else {
            self.reject(Refused::NoData, 1);
            return Vec::new();
        };
        let (kind, meaning, points) = points_of(data);
        let point = |point: Point, at: Timestamp, value: f64| Metric {
            client: place.client,
            service: place.service,
            at,
            component: component.to_owned(),
            name: clip(&sent.name, MAX_NAME).to_owned(),
            unit: clip(&sent.unit, MAX_NAME).to_owned(),
            kind: kind.to_owned(),
            value,
            count: point.count,
            props: props(&point.attributes, &[kept.as_slice(), meaning.as_slice()].concat()),
        };
        let mut rows = Vec::with_capacity(points.len());
        for one in points {
            let Some(value) = one.value.filter(|value| value.is_finite()) else {
                // "No recorded value" says that a series has ended; it is no mistake of the sender.
                self.reject(Refused::NotANumber, usize::from(one.flags & NO_RECORDED_VALUE == 0));
                continue;
            };
            if let Some(at) = self.instant(one.at, place) {
                rows.push(point(one, at, value));
            }
        }
        rows
    }

    fn logs(&mut self, sent: ResourceLogs) -> Vec<LogLine> {
        let count = sent.scope_logs.iter().map(|scope| scope.log_records.len()).sum();
        let Some((place, component, kept)) = self.origin(sent.resource.as_ref(), count) else {
            return Vec::new();
        };
        let lines = sent.scope_logs.into_iter().flat_map(|scope| scope.log_records);
        lines.filter_map(|line| self.line(line, &place, &component, &kept)).collect()
    }

    fn line(&mut self, sent: LogRecord, place: &Place, component: &str, kept: &Props) -> Option<LogLine> {
        let at = match (sent.time_unix_nano, sent.observed_time_unix_nano) {
            (0, 0) => Some(self.now),
            (0, observed) => self.instant(observed, place),
            (written, _) => self.instant(written, place),
        }?;
        let mut kept = kept.clone();
        if !sent.event_name.is_empty() {
            kept.push(("event.name".into(), clip(&sent.event_name, MAX_PROP).to_owned()));
        }
        let body = sent.body.and_then(|body| text_of(&body)).unwrap_or_default();
        Some(LogLine {
            client: place.client,
            service: place.service,
            at,
            component: component.to_owned(),
            severity: severity_of(sent.severity_number, &sent.severity_text),
            body: clip(&body, MAX_LINE).to_owned(),
            trace: trace_of(&sent.trace_id).unwrap_or(0),
            span: span_of(&sent.span_id).unwrap_or(0),
            props: props(&sent.attributes, &kept),
        })
    }
}

type Props = Vec<(String, String)>;

/// `STATUS_CODE_ERROR`.
const STATUS_ERROR: i32 = 2;
/// The bit of a point's flags that says that it has no value.
const NO_RECORDED_VALUE: u32 = 1;

/// A point of any kind of metric.
struct Point {
    at: u64,
    value: Option<f64>,
    count: u64,
    flags: u32,
    attributes: Vec<KeyValue>,
}

/// The word of a kind of metric, what else its numbers mean, and its points.
fn points_of(data: Data) -> (&'static str, Props, Vec<Point>) {
    const AGGREGATION: &str = "aggregation";
    let temporality = |number: i32| match number {
        1 => vec![(AGGREGATION.to_owned(), "delta".to_owned())],
        2 => vec![(AGGREGATION.to_owned(), "cumulative".to_owned())],
        _ => Vec::new(),
    };
    match data {
        Data::Gauge(gauge) => ("gauge", Vec::new(), gauge.data_points.into_iter().map(number).collect()),
        Data::Sum(sum) => (
            "sum",
            temporality(sum.aggregation_temporality),
            sum.data_points.into_iter().map(number).collect(),
        ),
        Data::Histogram(all) => {
            let points = all.data_points.into_iter().map(|point| Point {
                at: point.time_unix_nano,
                value: Some(point.sum.unwrap_or(0.0)),
                count: point.count,
                flags: point.flags,
                attributes: point.attributes,
            });
            ("histogram", temporality(all.aggregation_temporality), points.collect())
        }
        Data::ExponentialHistogram(all) => {
            let points = all.data_points.into_iter().map(|point| Point {
                at: point.time_unix_nano,
                value: Some(point.sum.unwrap_or(0.0)),
                count: point.count,
                flags: point.flags,
                attributes: point.attributes,
            });
            ("histogram", temporality(all.aggregation_temporality), points.collect())
        }
        Data::Summary(all) => {
            let points = all.data_points.into_iter().map(|point| Point {
                at: point.time_unix_nano,
                value: Some(point.sum),
                count: point.count,
                flags: point.flags,
                attributes: point.attributes,
            });
            ("summary", Vec::new(), points.collect())
        }
    }
}

fn number(point: opentelemetry_proto::tonic::metrics::v1::NumberDataPoint) -> Point {
    let value = point.value.map(|value| match value {
        Number::AsDouble(value) => value,
        // Beyond 2^53 the last digits go; a chart does not show them.
        Number::AsInt(value) => value as f64,
    });
    Point { at: point.time_unix_nano, value, count: 1, flags: point.flags, attributes: point.attributes }
}

fn points_in(metric: &Measured) -> usize {
    match &metric.data {
        None => 1,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(all)) => all.data_points.len(),
        Some(Data::ExponentialHistogram(all)) => all.data_points.len(),
        Some(Data::Summary(all)) => all.data_points.len(),
    }
}

fn component_of(resource: Option<&Resource>) -> String {
    let attributes = resource.map_or(&[][..], |resource| &resource.attributes);
    let named = attributes.iter().find(|one| one.key == "service.name");
    let named = named.and_then(|one| one.value.as_ref());
    let name = named.and_then(text_of).filter(|name| !name.is_empty());
    name.map_or_else(|| UNNAMED.to_owned(), |name| clip(&name, MAX_NAME).to_owned())
}

/// A valid trace id: 16 bytes that are not all zero.
fn trace_of(bytes: &[u8]) -> Option<u128> {
    <[u8; 16]>::try_from(bytes).ok().map(u128::from_be_bytes).filter(|id| *id != 0)
}

/// A valid span id: 8 bytes that are not all zero.
fn span_of(bytes: &[u8]) -> Option<u64> {
    <[u8; 8]>::try_from(bytes).ok().map(u64::from_be_bytes).filter(|id| *id != 0)
}

fn kind_word(kind: i32) -> &'static str {
    match kind {
        2 => "server",
        3 => "client",
        4 => "producer",
        5 => "consumer",
        _ => "internal",
    }
}

/// Whom a span called. `server.address` on the side that was called is that side itself.
fn peer_of(kind: &str, props: &Props) -> String {
    const SAID: &str = "peer.service";
    const CALLED: [&str; 5] =
        ["server.address", "net.peer.name", "messaging.destination.name", "db.system.name", "db.system"];
    let value = |key: &str| props.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let calls = kind == "client" || kind == "producer";
    let called = || CALLED.into_iter().filter(|_| calls).find_map(value);
    clip(&value(SAID).or_else(called).unwrap_or_default(), MAX_NAME).to_owned()
}

/// OpenTelemetry's severity number, or the first of the range that a word stands for.
fn severity_of(number: i32, word: &str) -> u8 {
    if let Some(number) = u8::try_from(number).ok().filter(|number| (1..=24).contains(number)) {
        return number;
    }
    let word = word.to_ascii_lowercase();
    let ranges =
        [("trace", 1), ("debug", 5), ("info", 9), ("warn", 13), ("err", 17), ("fatal", 21), ("crit", 21)];
    ranges.into_iter().find(|(start, _)| word.starts_with(start)).map_or(0, |(_, number)| number)
}

/// The attributes of a row with what is kept of its resource, in order of keys, each key once, within limits.
fn props(attributes: &[KeyValue], kept: &[(String, String)]) -> Props {
    let mut all: BTreeMap<String, String> = kept.iter().cloned().collect();
    all.extend(attributes.iter().filter_map(property));
    all.into_iter().take(MAX_PROPS).collect()
}

fn property(one: &KeyValue) -> Option<(String, String)> {
    let text = text_of(one.value.as_ref()?)?;
    (!one.key.is_empty()).then(|| (clip(&one.key, MAX_NAME).to_owned(), clip(&text, MAX_PROP).to_owned()))
}

/// A value as text: a list and a map as JSON, bytes as base64; none for what is empty.
fn text_of(value: &AnyValue) -> Option<String> {
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        other => Some(match json_of(other) {
            serde_json::Value::String(text) => text,
            json => json.to_string(),
        }),
    }
}

fn json_of(value: &Value) -> serde_json::Value {
    let inner = |value: &AnyValue| value.value.as_ref().map_or(serde_json::Value::Null, json_of);
    match value {
        Value::StringValue(text) => text.clone().into(),
        Value::BoolValue(is) => (*is).into(),
        Value::IntValue(number) => (*number).into(),
        Value::DoubleValue(number) => (*number).into(),
        Value::BytesValue(bytes) => STANDARD.encode(bytes).into(),
        Value::ArrayValue(list) => list.values.iter().map(inner).collect(),
        Value::KvlistValue(map) => {
            let fields = map.values.iter();
            fields
                .map(|one| (one.key.clone(), one.value.as_ref().map_or(serde_json::Value::Null, inner)))
                .collect()
        }
        // An index into a dictionary that only profiles have.
        Value::StringValueStrindex(_) => serde_json::Value::Null,
    }
}

// -- answers

/// The body of a 200: empty when everything was taken, else how many were not and why.
#[must_use]
pub fn answer(signal: Signal, encoding: Encoding, rejected: &Rejected) -> Vec<u8> {
    let count = i64::try_from(rejected.count()).unwrap_or(i64::MAX);
    let why = rejected.why();
    match encoding {
        Encoding::Json if count == 0 => b"{}".to_vec(),
        Encoding::Json => {
            let field = match signal {
                Signal::Traces => "rejectedSpans",
                Signal::Metrics => "rejectedDataPoints",
                Signal::Logs => "rejectedLogRecords",
            };
            // Numbers of 64 bits are text in protobuf's JSON.
            let partial =
                serde_json::json!({ "partialSuccess": { field: count.to_string(), "errorMessage": why } });
            partial.to_string().into_bytes()
        }
        Encoding::Protobuf => {
            let partly = (count > 0).then_some((count, why));
            match signal {
                Signal::Traces => ExportTraceServiceResponse {
                    partial_success: partly.map(|(rejected_spans, error_message)| {
                        ExportTracePartialSuccess { rejected_spans, error_message }
                    }),
                }
                .encode_to_vec(),
                Signal::Metrics => ExportMetricsServiceResponse {
                    partial_success: partly.map(|(rejected_data_points, error_message)| {
                        ExportMetricsPartialSuccess { rejected_data_points, error_message }
                    }),
                }
                .encode_to_vec(),
                Signal::Logs => ExportLogsServiceResponse {
                    partial_success: partly.map(|(rejected_log_records, error_message)| {
                        ExportLogsPartialSuccess { rejected_log_records, error_message }
                    }),
                }
                .encode_to_vec(),
            }
        }
    }
}

/// What an error answer holds: `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The body of an answer that is not 200. `code` is one of gRPC's.
#[must_use]
pub fn refusal(encoding: Encoding, code: i32, message: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => Status { code, message: message.to_owned() }.encode_to_vec(),
        Encoding::Json => serde_json::json!({ "code": code, "message": message }).to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests;
