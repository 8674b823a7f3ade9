//! One source: what came in, what did not and why, and how to connect a client to it.

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{Among, Field, Match, People, Question, Seen, Table, Test};
use kernel::{ClientId, Id as _, Right, Scope, ServiceId, SourceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::connect::{Way, ways};
use super::shared::{
    Counts, DAY_HOURS, Named, SourceRow, crumbs, hour_of, rows, sample_client, sample_rows, sample_service,
    settle,
};
use crate::intake::sources::{self, Identity, Source};
use crate::intake::tally::{self, HOUR, What};

/// Hours of the chart.
const CHART_HOURS: i64 = 24 * 7;
/// Newest events that are shown.
const NEWEST: u32 = 20;

/// A point of the chart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Point {
    /// When the hour began.
    pub at: Timestamp,
    /// Events of people; null before the source was there.
    pub value: Option<f64>,
}

/// Why something was not counted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Reasoned {
    /// The reason's word.
    pub reason: &'static str,
    /// How many in the last 24 hours.
    pub day: u64,
    /// How many in the last 7 days.
    pub week: u64,
    /// The last one.
    pub last_at: Timestamp,
}

/// One source.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SourceView {
    /// The source.
    pub source: Source,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// Events of people a minute, over the last hour.
    pub per_minute: f64,
    /// When it was last heard.
    pub last_at: Option<Timestamp>,
    /// What was counted in the last 24 hours.
    pub day: Counts,
    /// Events of people, hour by hour, in the last 7 days.
    pub hours: Vec<Point>,
    /// What was not counted, most first.
    pub reasons: Vec<Reasoned>,
    /// Events with more properties than are kept, in the last 7 days.
    pub cut: u64,
    /// The newest events of the service, from the domains of this source if it has some.
    pub newest: Vec<Seen>,
    /// How clients are connected.
    pub ways: Vec<Way>,
    /// The asker may change it.
    pub may_change: bool,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<SourceId>,
) -> Result<Shown<SourceView>, Refusal> {
    let source = sources::expect(&site.db, &scope, id).await?;
    settle(&site).await;
    let now = scope.now();
    let row = rows(&site, &scope, vec![source.clone()]).await?.into_iter().next();
    let counted = tally::since(&site.db, &scope, Some(id), hour_of(now) - CHART_HOURS + 1).await?;
    let row = row.ok_or_else(|| kernel::Problem::not_found("source"))?;
    let (reasons, cut) = reasoned(&counted, now);
    let may_change = scope.may(Right::Manage, source.client, Some(source.service));
    Ok(Shown(SourceView {
        service: row.service,
        client: row.client,
        per_minute: row.per_minute,
        last_at: row.last_at,
        day: row.day,
        hours: points(&counted, &source, now),
        reasons,
        cut,
        newest: newest(&site, &scope, &source, now).await,
        ways: ways(&source, &site.settings.base_url),
        may_change,
        source,
    }))
}

fn points(counted: &[tally::Counted], source: &Source, now: Timestamp) -> Vec<Point> {
    let counts: Vec<&tally::Counted> = counted.iter().collect();
    let values = super::shared::hours(&counts, now, source.created_at, CHART_HOURS);
    let first = hour_of(now) - CHART_HOURS + 1;
    let at = |hour: i64| Timestamp::from_microsecond(hour * HOUR).unwrap_or(now);
    values.into_iter().zip(first..).map(|(value, hour)| Point { at: at(hour), value }).collect()
}

fn reasoned(counted: &[tally::Counted], now: Timestamp) -> (Vec<Reasoned>, u64) {
    let day = hour_of(now) - DAY_HOURS + 1;
    let mut found: Vec<Reasoned> = Vec::new();
    let mut cut = 0;
    for count in counted {
        let reason = match count.what {
            What::Ignored(reason) => reason.word(),
            What::Cut => {
                cut += count.amount;
                continue;
            }
            What::Taken | What::Bots | What::Duplicates | What::Vitals => continue,
        };
        let today = if count.hour >= day { count.amount } else { 0 };
        match found.iter_mut().find(|one| one.reason == reason) {
            Some(one) => {
                one.day += today;
                one.week += count.amount;
                one.last_at = one.last_at.max(count.last_at);
            }
            None => found.push(Reasoned { reason, day: today, week: count.amount, last_at: count.last_at }),
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.week));
    (found, cut)
}

/// The newest events; none when the lake cannot tell, which is said elsewhere.
async fn newest(site: &Site, scope: &Scope, source: &Source, now: Timestamp) -> Vec<Seen> {
    let only = match source.domains.is_empty() {
        true => Vec::new(),
        false => vec![Test { field: Field::Host, is: Match::Is(source.domains.clone()) }],
    };
    let among = Among {
        client: source.client,
        service: source.service,
        from: now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now),
        until: now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now),
        people: People::All,
        only,
    };
    let ask = Question::Newest { among, table: Table::Events, origin: None, limit: NEWEST };
    match site.lake.ask(scope, ask).await {
        Ok(reply) => reply.newest(),
        Err(problem) => {
            tracing::debug!(%problem, "the newest events cannot be read: {problem}");
            Vec::new()
        }
    }
}

impl View for SourceView {
    const TEMPLATE: &'static str = "intake/source.html";
    const AREA: &'static str = "sources";
    fn title(&self) -> Text {
        Text::raw(self.source.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        let mut crumbs = crumbs(&self.client, &self.service);
        crumbs.push((Text::key("intake-sources"), format!("/services/{}/sources", self.service.id)));
        crumbs
    }
    fn live(&self) -> Vec<String> {
        vec![self.source.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let now: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
        let SourceRow { per_minute, day, .. } = sample_rows().remove(0);
        let reason = |reason, day, week| Reasoned { reason, day, week, last_at: now };
        let seen = |what: &str, fields: &[(&str, &str)]| Seen {
            at: now,
            received_at: Some(now),
            what: what.into(),
            fields: fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        };
        let source = sample_source();
        let hour = |n: i64| Point {
            at: now - SignedDuration::from_hours(CHART_HOURS - n),
            value: (n > 20).then_some(((n * 37) % 24 * 40) as f64),
        };
        let busy = SourceView {
            ways: ways(&source, "https://tend.kustwerk.example"),
            source,
            service: sample_service(),
            client: sample_client(),
            per_minute,
            last_at: Some(now),
            day,
            hours: (0..CHART_HOURS).map(hour).collect(),
            reasons: crate::intake::incoming::Reason::ALL
                .iter()
                .zip(1..)
                .map(|(one, n)| reason(one.word(), n, 100 - n * 3))
                .collect(),
            cut: 4,
            newest: vec![
                seen(
                    "pageview /apply",
                    &[("host", "permits.lindehaven.example"), ("device", "mobile"), ("browser", "Safari")],
                ),
                seen("payment started", &[("path", "/apply/pay"), ("method", "ideal"), ("channel", "web")]),
                seen("pageview /", &[("host", "permits.lindehaven.example"), ("bot", "agent")]),
            ],
            may_change: true,
        };
        let quiet = SourceView {
            per_minute: 0.0,
            last_at: None,
            day: Counts::default(),
            hours: vec![],
            reasons: vec![],
            cut: 0,
            newest: vec![],
            ..busy.clone()
        };
        let mut none = quiet.clone();
        none.source.identity = Identity::None;
        none.source.domains.clear();
        none.source.keep_days = None;
        none.source.respects_signals = false;
        let mut declared = SourceView { may_change: false, ..busy.clone() };
        declared.source.identity = Identity::Declared;
        declared.source.declared_in = Some("lindehaven.yml:51".into());
        declared.source.also = vec!["phc_formerly".into()];
        vec![("busy", busy), ("silent", quiet), ("without-identity", none), ("declared", declared)]
    }
}

/// A source for samples.
fn sample_source() -> Source {
    Source {
        id: SourceId::from_u128(1),
        client: sample_client().id,
        service: sample_service().id,
        name: "website".into(),
        key: "7kq2m9x4t0v1z".into(),
        number: 12,
        uuid: "2f1c4f0e-6c1d-8c55-9b0a-3f7a5f0f8d11".into(),
        domains: vec!["permits.lindehaven.example".into()],
        also: vec![],
        identity: Identity::Daily,
        respects_signals: true,
        keep_days: Some(400),
        declared_in: None,
        created_at: "2026-11-01T03:00:00Z".parse().expect("an instant"),
    }
}
