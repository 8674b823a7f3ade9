//! Components as telemetry sees them: how often, how well, how quickly, and who calls whom.

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{Among, Edge, People, Question, Reply, SpanCounts};
use kernel::{ClientId, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::explore::ask;
use super::shared::{Named, crumbs, sample_head, sample_now};
use crate::rules::funnel::Share;
use crate::store as tables;

/// The most operations on the screen.
const MOST: usize = 100;

/// How far back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Back {
    /// The last hour.
    #[default]
    #[serde(rename = "1h")]
    Hour,
    /// The last day.
    #[serde(rename = "24h")]
    Day,
    /// The last week.
    #[serde(rename = "7d")]
    Week,
}

impl Back {
    fn span(self) -> SignedDuration {
        match self {
            Back::Hour => SignedDuration::from_hours(1),
            Back::Day => SignedDuration::from_hours(24),
            Back::Week => SignedDuration::from_hours(24 * 7),
        }
    }
}

/// What is looked at.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// How far back.
    pub range: Back,
}

/// One operation of a component.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Operation {
    /// The component, as telemetry calls it.
    pub component: String,
    /// The operation.
    pub operation: String,
    /// Calls.
    pub calls: u64,
    /// Calls a minute.
    pub per_minute: f64,
    /// Those that failed.
    pub errors: Share,
    /// The median, ms.
    pub p50_ms: Option<f64>,
    /// The 95th percentile, ms.
    pub p95_ms: Option<f64>,
}

/// One component calls another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Call {
    /// The caller.
    pub from: String,
    /// The called.
    pub to: String,
    /// Calls of the day in which it was last seen.
    pub calls: u64,
    /// Those that failed.
    pub errors: Share,
    /// The 95th percentile, ms.
    pub p95_ms: Option<f64>,
    /// When it was seen first.
    pub first_at: Timestamp,
    /// When it was seen last.
    pub last_at: Timestamp,
    /// Whether a dependency says so too.
    pub declared: bool,
}

/// Components as telemetry sees them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TelemetryView {
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// How far back.
    pub range: Back,
    /// The operations, the most called first.
    pub operations: Vec<Operation>,
    /// How many operations there are.
    pub total: usize,
    /// Calls.
    pub calls: u64,
    /// Those that failed.
    pub errors: Share,
    /// Who calls whom, as far as it was ever seen.
    pub edges: Vec<Call>,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<TelemetryView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let now = scope.now();
    let span = asked.range.span();
    let among = Among {
        client: service.client_id,
        service: id,
        from: now.checked_sub(span).unwrap_or(now),
        until: now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now),
        people: People::All,
        only: Vec::new(),
    };
    let spans = ask(&site, &scope, Question::Spans { among, cells: Vec::new() }).await?;
    let mut found = spans.map(Reply::spans).unwrap_or_default();
    found.sort_by_key(|one| std::cmp::Reverse(one.calls));
    let (calls, errors) =
        found.iter().fold((0, 0), |(calls, errors), one| (calls + one.calls, errors + one.errors));
    let (total, minutes) = (found.len(), span.as_secs() as f64 / 60.0);
    found.truncate(MOST);
    let clients = identity::clients::names(&site.db, &scope).await?;
    let name = clients.get(&service.client_id).cloned().unwrap_or_default();
    Ok(Shown(TelemetryView {
        client: Named { id: service.client_id, name },
        range: asked.range,
        operations: found.into_iter().map(|one| operation(one, minutes)).collect(),
        total,
        calls,
        errors: Share::of(errors, calls),
        edges: edges(&site, &scope, id).await?,
        service: Named { id, name: service.name },
    }))
}

fn operation(one: SpanCounts, minutes: f64) -> Operation {
    Operation {
        per_minute: one.calls as f64 / minutes,
        errors: Share::of(one.errors, one.calls),
        p50_ms: one.took_ms.quantile(0.5),
        p95_ms: one.took_ms.quantile(0.95),
        component: one.component,
        operation: one.operation,
        calls: one.calls,
    }
}

/// Calls that were seen, with whether the estate knows them.
pub(super) async fn edges(
    site: &Site,
    scope: &kernel::Scope,
    id: ServiceId,
) -> Result<Vec<Call>, kernel::Problem> {
    let names = estate::graph::Names::read(&site.db, scope).await?;
    let known: Vec<(String, String)> = estate::graph::dependencies(&site.db, scope, id)
        .await?
        .iter()
        .map(|one| (names.end_or_dash(one.from).to_lowercase(), names.end_or_dash(one.to).to_lowercase()))
        .collect();
    let same = |shown: &str, seen: &str| shown == seen || shown.rsplit('/').next() == Some(seen);
    let call = |(edge, first_at): (Edge, Timestamp)| {
        let (from, to) = (edge.from.to_lowercase(), edge.to.to_lowercase());
        Call {
            declared: known.iter().any(|(a, b)| same(a, &from) && same(b, &to)),
            calls: edge.calls,
            errors: Share::of(edge.errors, edge.calls),
            p95_ms: edge.took_ms.quantile(0.95),
            first_at,
            last_at: edge.last_at,
            from: edge.from,
            to: edge.to,
        }
    };
    Ok(tables::call_edges(&site.db, scope, id).await?.into_iter().map(call).collect())
}

impl View for TelemetryView {
    const TEMPLATE: &'static str = "journeys/telemetry.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("telemetry")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn live(&self) -> Vec<String> {
        vec!["pulse".into()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let (head, now) = (sample_head(), sample_now());
        let operation = |component: &str, operation: &str, calls: u64, errors: u64| Operation {
            component: component.into(),
            operation: operation.into(),
            calls,
            per_minute: calls as f64 / 60.0,
            errors: Share::of(errors, calls),
            p50_ms: Some(23.4),
            p95_ms: Some(182.0),
        };
        let call = |from: &str, to: &str, declared| Call {
            from: from.into(),
            to: to.into(),
            calls: 2_190,
            errors: Share::of(12, 2_190),
            p95_ms: Some(240.0),
            first_at: now - SignedDuration::from_hours(24 * 40),
            last_at: now,
            declared,
        };
        let many = TelemetryView {
            service: head.service,
            client: head.client,
            range: Back::Hour,
            operations: vec![
                operation("web", "GET /apply", 4_812, 3),
                operation("payment", "POST /pay", 2_190, 212),
                operation("payment", "settle", 2_100, 0),
            ],
            total: 3,
            calls: 9_102,
            errors: Share::of(215, 9_102),
            edges: vec![call("web", "payment", true), call("payment", "bank gateway", false)],
        };
        let none = TelemetryView {
            operations: vec![],
            total: 0,
            calls: 0,
            errors: Share::of(0, 0),
            edges: vec![],
            ..many.clone()
        };
        vec![("many", many), ("none", none)]
    }
}
