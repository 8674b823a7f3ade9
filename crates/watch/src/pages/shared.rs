//! What several screens show in the same way.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::{ClientId, ProbeId, Problem, Ratio, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use store::Db;
use web::Text;

use crate::model::{Reason, State, Target};
use crate::rules::history::{CELL, Spent, day_of, day_start, plus};
use crate::store::{self as tables, Hour, Line};

/// How far back a sparkline reaches.
pub const SPARK: SignedDuration = SignedDuration::from_hours(3);
/// Days in a strip.
pub const STRIP_DAYS: i64 = 90;

/// Something with a name and an address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// A probe in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProbeRow {
    /// Its id.
    pub id: ProbeId,
    /// Its name.
    pub name: String,
    /// http, tcp, tls, dns, ping or heartbeat.
    pub kind: &'static str,
    /// What it looks at; empty for a heartbeat.
    pub target: String,
    /// From one check to the next, seconds.
    pub every_seconds: i64,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// The environment.
    pub environment: Option<String>,
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Why, unless it is up.
    pub reason: Option<Text>,
    /// When the last check began.
    pub checked_at: Option<Timestamp>,
    /// How long its answer took, milliseconds.
    pub latency_ms: Option<f64>,
    /// The median of every 5 minutes of the last 3 hours, milliseconds; null where nothing was measured.
    pub latency_recent_ms: Vec<Option<f64>>,
    /// Somebody paused it.
    pub paused: bool,
}

/// A reason in the reader's language.
#[must_use]
pub fn reason_text(reason: &Reason) -> Text {
    let what = serde_json::to_value(reason.what).ok();
    let word = what.as_ref().and_then(|value| value.as_str()).unwrap_or("own").replace('_', "-");
    Text::key(format!("watch-reason-{word}")).with("wanted", &reason.wanted).with("got", &reason.got)
}

/// Milliseconds of microseconds, to a tenth.
#[must_use]
pub fn millis(micros: u64) -> f64 {
    (micros as f64 / 100.0).round() / 10.0
}

/// The median of every 5 minutes of a span that ends now; none where nothing was measured.
#[must_use]
pub fn spark(hours: &[&Hour], now: Timestamp, span: SignedDuration) -> Vec<Option<f64>> {
    let last = now.as_microsecond().div_euclid(CELL);
    let count = i64::try_from(span.as_micros()).unwrap_or(0) / CELL;
    let mut cells = HashMap::new();
    for hour in hours {
        let first = hour.hour.as_microsecond().div_euclid(CELL);
        for (number, cell) in &hour.cells {
            cells.insert(first + i64::from(*number), cell);
        }
    }
    let point = |at: i64| cells.get(&at).and_then(|cell| cell.latency.quantile(0.5)).map(millis);
    (last - count + 1..=last).map(point).collect()
}

/// Names of services and clients, read once for a list.
pub struct Names {
    services: HashMap<ServiceId, String>,
    clients: HashMap<ClientId, String>,
}

impl Names {
    /// All that the asker may see.
    pub async fn read(db: &Db, scope: &Scope) -> Result<Self, Problem> {
        let services = estate::services::all(db, scope).await?;
        let services = services.into_iter().map(|service| (service.id, service.name)).collect();
        Ok(Names { services, clients: identity::clients::names(db, scope).await? })
    }

    /// A service with its name; its id when the name is not there.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Named<ServiceId> {
        Named { id, name: self.services.get(&id).cloned().unwrap_or_else(|| id.to_string()) }
    }

    /// A client with its name.
    #[must_use]
    pub fn client(&self, id: ClientId) -> Named<ClientId> {
        Named { id, name: self.clients.get(&id).cloned().unwrap_or_else(|| id.to_string()) }
    }
}

/// Lines with their sparklines.
pub async fn rows(db: &Db, scope: &Scope, lines: Vec<Line>, names: &Names) -> Result<Vec<ProbeRow>, Problem> {
    let now = scope.now();
    let numbers: Vec<i64> = lines.iter().map(|line| line.probe.number).collect();
    let from = crate::rules::history::hour_start(now.checked_sub(SPARK).unwrap_or(now));
    let mut hours: HashMap<i64, Vec<Hour>> = HashMap::new();
    for hour in tables::hours_since(db, scope, &numbers, from).await? {
        hours.entry(hour.number).or_default().push(hour);
    }
    let row = |line: Line| {
        let hours = hours.remove(&line.probe.number).unwrap_or_default();
        row(line, &hours, names, now)
    };
    Ok(lines.into_iter().map(row).collect())
}

fn row(line: Line, hours: &[Hour], names: &Names, now: Timestamp) -> ProbeRow {
    let latest = hours.last().filter(|hour| line.checked_at.is_none_or(|at| at <= hour.last_at));
    let (checked_at, micros) =
        latest.map_or((line.checked_at, line.micros), |hour| (Some(hour.last_at), hour.last_micros));
    let recent: Vec<&Hour> = hours.iter().collect();
    ProbeRow {
        id: line.probe.id,
        kind: line.probe.target.kind(),
        target: line.probe.target.shown(),
        every_seconds: line.probe.plan.every.0.as_secs(),
        service: names.service(line.probe.service),
        client: names.client(line.probe.client),
        environment: line.probe.environment,
        state: line.state,
        since: line.since,
        reason: line.reason.as_ref().map(reason_text),
        checked_at,
        latency_ms: micros.map(millis),
        latency_recent_ms: if matches!(line.probe.target, Target::Heartbeat { .. }) {
            Vec::new()
        } else {
            spark(&recent, now, SPARK)
        },
        paused: line.probe.paused_at.is_some(),
        name: line.probe.name,
    }
}

/// A day of a strip.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StripDay {
    /// The day, UTC.
    pub day: String,
    /// The worst state that lasted; null when nothing was measured.
    pub state: Option<State>,
    /// Good seconds out of measured ones.
    pub good: Ratio,
    /// How long which state lasted.
    pub spent: Spent,
    /// In words.
    pub text: Text,
}

/// The days of a strip, the oldest first, with a day without state where nothing was measured.
#[must_use]
pub fn strip(days: &[(i64, Spent)], now: Timestamp) -> Vec<StripDay> {
    let by_day: HashMap<i64, Spent> = days.iter().copied().collect();
    let today = day_of(now);
    let one = |day: i64| {
        let spent = by_day.get(&day).copied().unwrap_or_default();
        let date = day_start(day).to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        StripDay { day: date, state: shown_as(&spent), good: spent.ratio(), text: day_text(&spent), spent }
    };
    (today - STRIP_DAYS + 1..=today).map(one).collect()
}

/// A few seconds of being down colour a day; so they should, but a day of maintenance is not a day of it for a
/// single minute.
fn shown_as(spent: &Spent) -> Option<State> {
    spent.worst()
}

fn day_text(spent: &Spent) -> Text {
    let Some(share) = spent.ratio().share() else {
        return match spent.worst() {
            Some(State::Maintenance) => Text::key("watch-day-maintenance"),
            Some(_) => Text::key("watch-day-unknown"),
            None => Text::key("watch-day-none"),
        };
    };
    if spent.down == 0 && spent.degraded == 0 {
        return Text::key("watch-day-good");
    }
    let minutes = |seconds: u32| f64::from(seconds.div_ceil(60));
    // Cut, not rounded: a day with an outage is never 100 %.
    let percent = (share * 10_000.0 + 1e-9).floor() / 100.0;
    Text::key("watch-day")
        .with("percent", percent)
        .with("down", minutes(spent.down))
        .with("degraded", minutes(spent.degraded))
}

/// The sum of the days of a strip.
#[must_use]
pub fn total(days: &[StripDay]) -> Spent {
    days.iter().fold(Spent::default(), |sum, day| sum.plus(day.spent))
}

/// Today so far, added to the days that are folded.
pub async fn with_today(
    db: &Db,
    scope: &Scope,
    probe: ProbeId,
    days: Vec<(i64, Spent)>,
) -> Result<Vec<(i64, Spent)>, Problem> {
    let now = scope.now();
    let today = day_of(now);
    // What is not folded yet: today, and yesterday shortly after midnight.
    let first = days.last().map_or(today - 1, |(day, _)| (*day + 1).clamp(today - 1, today));
    let from = day_start(first);
    let rows: Vec<_> = tables::states_between(db, scope, tables::Of::Probe(probe), from, now)
        .await?
        .into_iter()
        .map(|(_, _, lasted)| lasted)
        .collect();
    let mut days = days;
    for day in first..=today {
        let until = day_start(day + 1).min(plus(now, 0));
        let spent = crate::rules::history::spent(&rows, day_start(day), until);
        if spent != Spent::default() {
            days = crate::rules::history::put_day(days, day, spent);
        }
    }
    Ok(days)
}

/// The crumbs of a service's screens: client ▸ service.
#[must_use]
pub fn crumbs(client: &Named<ClientId>, service: &Named<ServiceId>) -> Vec<(Text, String)> {
    vec![
        (Text::raw(client.name.as_str()), format!("/services?client={}", client.id)),
        (Text::raw(service.name.as_str()), format!("/services/{}", service.id)),
    ]
}

/// Rows for samples: one in every state.
#[must_use]
pub fn sample_rows() -> Vec<ProbeRow> {
    use crate::model::What;
    use kernel::Id as _;
    let now: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
    let kinds = [
        ("http", "https://permits.lindehaven.example/", "start page", State::Up),
        ("http", "https://permits.lindehaven.example/pay", "payment page", State::Down),
        ("tcp", "db.lindehaven.example:5432", "database port", State::Pending),
        ("tls", "permits.lindehaven.example:443", "certificate", State::Degraded),
        ("dns", "lindehaven.example A", "name", State::Unknown),
        ("heartbeat", "", "nightly import", State::Maintenance),
    ];
    let reason = |state: State| match state {
        State::Up => None,
        State::Down => Some(Reason::new(What::Status, "2xx", "503")),
        State::Degraded => Some(Reason::new(What::Certificate, "14", "3")),
        State::Unknown => Some(Reason::new(What::NoWayOut, "", "no route to host")),
        State::Maintenance => Some(Reason::new(What::Planned, "", "new database")),
        State::Pending => Some(Reason::new(What::New, "", "")),
    };
    let row = |(n, (kind, target, name, state)): (usize, (&'static str, &str, &str, State))| ProbeRow {
        id: ProbeId::from_u128(n as u128 + 1),
        name: name.into(),
        kind,
        target: target.into(),
        every_seconds: 30,
        service: Named { id: ServiceId::from_u128(2), name: "Parking permits".into() },
        client: Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() },
        environment: Some("production".into()),
        state,
        since: now,
        reason: reason(state).as_ref().map(reason_text),
        checked_at: (state != State::Pending).then_some(now),
        latency_ms: (kind == "http").then_some(84.3),
        latency_recent_ms: if kind == "heartbeat" {
            Vec::new()
        } else {
            (0..36).map(|n| (n % 11 != 7).then(|| 60.0 + f64::from(n * 37 % 50))).collect()
        },
        paused: false,
    };
    kinds.into_iter().enumerate().map(row).collect()
}
