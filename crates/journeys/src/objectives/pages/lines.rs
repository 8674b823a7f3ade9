//! Objectives as lines: on a journey and on a service.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::budget::{Forecast, Level, wilson};
use kernel::{Id as _, JourneyId, ObjectiveId, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State, Text, View};

use crate::model::Journey;
use crate::objectives::model::{Kind, Objective, Source};
use crate::objectives::store as tables;

/// The most lines that the panel of a service shows; each journey has the rest.
const MOST: usize = 12;

/// An objective in one line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ObjectiveLine {
    /// Its id.
    pub id: ObjectiveId,
    /// What is held: `completion`, `errors` or `latency`.
    pub kind: Kind,
    /// The step; null for the journey as a whole.
    pub step: Option<String>,
    /// The journey.
    pub journey: JourneyId,
    /// Its name.
    pub journey_name: String,
    /// The share that must be good.
    pub target: f64,
    /// Over which time: `28d`, `month`.
    pub window: String,
    /// In time is at most this, ms.
    pub limit_ms: Option<i64>,
    /// What measured it; null when nothing did yet.
    pub source: Option<Source>,
    /// The share that was good; null when nobody was counted.
    pub share: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many were good.
    pub good: u64,
    /// How many were counted.
    pub total: u64,
    /// The part of the time that was measured.
    pub coverage: Option<f64>,
    /// The part of the budget that is left; below 0 when more was spent.
    pub left: Option<f64>,
    /// When it will be gone, if it goes on like the last day.
    pub gone_at: Option<Timestamp>,
    /// `up`, `degraded`, `down` or `unknown`.
    pub state: &'static str,
    /// Why: `fine`, `burning`, `fading`, `spent`, `idle`, `sparse`, `stale`, `new`.
    pub why: &'static str,
}

/// An objective as a line.
#[must_use]
pub fn line(objective: &Objective, journey: &str) -> ObjectiveLine {
    let (standing, wanted) = (&objective.standing, &objective.wanted);
    let summary = standing.summary.as_ref();
    let counts = summary.map(|found| found.counts).unwrap_or_default();
    let left = summary.and_then(|found| found.left);
    let (state, why) = state(objective);
    let interval = wilson(counts);
    ObjectiveLine {
        id: objective.id,
        kind: wanted.kind,
        step: wanted.step.clone(),
        journey: objective.journey,
        journey_name: journey.to_owned(),
        target: wanted.target.share(),
        window: wanted.window.to_string(),
        limit_ms: wanted.limit_ms,
        source: standing.source,
        share: counts.share(),
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        good: counts.good,
        total: counts.total,
        coverage: summary.and_then(|found| found.coverage),
        left,
        gone_at: summary.and_then(|found| match found.forecast {
            Forecast::At { at } => Some(at),
            Forecast::Gone | Forecast::Lasts | Forecast::Unknown => None,
        }),
        state,
        why,
    }
}

fn state(objective: &Objective) -> (&'static str, &'static str) {
    let standing = &objective.standing;
    match standing.level {
        Level::Burning(held) if held.tier.pages() => return ("down", "burning"),
        Level::Burning(_) => return ("degraded", "burning"),
        Level::Fading(_) => return ("degraded", "fading"),
        Level::Calm => {}
    }
    match &standing.summary {
        None => ("unknown", "new"),
        Some(found) => match found.seen.as_str() {
            "observed" if found.left.is_some_and(|left| left <= 0.0) => ("degraded", "spent"),
            "observed" => ("up", "fine"),
            "idle" => ("unknown", "idle"),
            "sparse" => ("unknown", "sparse"),
            _ if standing.source.is_none() => ("unknown", "new"),
            _ => ("unknown", "stale"),
        },
    }
}

/// Those that need a person first.
fn weight(line: &ObjectiveLine) -> (u8, i64) {
    let state = match line.state {
        "down" => 0,
        "degraded" => 1,
        "unknown" => 2,
        _ => 3,
    };
    (state, line.left.map_or(i64::MAX, |left| (left * 1e6) as i64))
}

/// The objectives of a journey, on its screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyPanel {
    /// The journey.
    pub journey: JourneyId,
    /// Its objectives.
    pub lines: Vec<ObjectiveLine>,
}

/// Shows it.
pub async fn of_journey(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
) -> Result<Shown<JourneyPanel>, Refusal> {
    let journey = crate::store::expect(&site.db, &scope, id).await?;
    let held = tables::of_journey(&site.db, &scope, id).await?;
    let mut lines: Vec<ObjectiveLine> = held.iter().map(|one| line(one, &journey.name)).collect();
    let place = |line: &ObjectiveLine| {
        journey
            .steps
            .iter()
            .position(|step| Some(&step.name) == line.step.as_ref())
            .map_or(0, |place| place + 1)
    };
    lines.sort_by_key(|line| (line.kind, place(line)));
    Ok(Shown(JourneyPanel { journey: id, lines }))
}

impl View for JourneyPanel {
    const TEMPLATE: &'static str = "objectives/journey_panel.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("objectives")
    }
    fn live(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.id.to_string()).chain([self.journey.to_string()]).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let journey = JourneyId::from_u128(7);
        vec![
            ("every state", JourneyPanel { journey, lines: sample_lines() }),
            ("none", JourneyPanel { journey, lines: Vec::new() }),
        ]
    }
}

/// The objectives of a service, on its screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServicePanel {
    /// The service.
    pub service: ServiceId,
    /// Those that need a person first.
    pub lines: Vec<ObjectiveLine>,
    /// How many there are.
    pub total: usize,
    /// How many are met.
    pub met: usize,
    /// Whether the service has journeys at all.
    pub journeys: usize,
}

/// Shows it.
pub async fn of_service(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServicePanel>, Refusal> {
    estate::services::expect(&site.db, &scope, id).await?;
    let journeys = crate::store::journeys_of(&site.db, &scope, id).await?;
    let held = tables::of_service(&site.db, &scope, id).await?;
    let mut lines = named(&held, &journeys);
    let (total, met) = (lines.len(), lines.iter().filter(|line| line.state == "up").count());
    lines.sort_by_key(weight);
    lines.truncate(MOST);
    Ok(Shown(ServicePanel { service: id, lines, total, met, journeys: journeys.len() }))
}

fn named(held: &[Objective], journeys: &[Journey]) -> Vec<ObjectiveLine> {
    let names: HashMap<JourneyId, &str> = journeys.iter().map(|one| (one.id, one.name.as_str())).collect();
    held.iter().filter_map(|one| Some(line(one, names.get(&one.journey)?))).collect()
}

impl View for ServicePanel {
    const TEMPLATE: &'static str = "objectives/service_panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("objectives")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let service = ServiceId::from_u128(1);
        let mut lines = sample_lines();
        lines.sort_by_key(weight);
        let many = ServicePanel { service, total: 9, met: 1, lines, journeys: 2 };
        let none = ServicePanel { lines: Vec::new(), total: 0, met: 0, ..many.clone() };
        let no_journeys = ServicePanel { journeys: 0, ..none.clone() };
        vec![("many", many), ("none", none), ("no journeys", no_journeys)]
    }
}

/// A line of every state.
pub(super) fn sample_lines() -> Vec<ObjectiveLine> {
    let base = ObjectiveLine {
        id: ObjectiveId::from_u128(1),
        kind: Kind::Completion,
        step: None,
        journey: JourneyId::from_u128(7),
        journey_name: "Apply for a parking permit".into(),
        target: 0.65,
        window: "28d".into(),
        limit_ms: None,
        source: Some(Source::Funnel),
        share: Some(0.7213),
        low: Some(0.708),
        high: Some(0.734),
        good: 3_174,
        total: 4_400,
        coverage: Some(1.0),
        left: Some(0.204),
        gone_at: None,
        state: "up",
        why: "fine",
    };
    let step = |number: u128, kind: Kind, name: &str, state: &'static str, why: &'static str| ObjectiveLine {
        id: ObjectiveId::from_u128(number),
        kind,
        step: Some(name.into()),
        target: if kind == Kind::Latency { 0.95 } else { 0.99 },
        limit_ms: (kind == Kind::Latency).then_some(2_000),
        source: Some(Source::Spans),
        share: Some(0.9931),
        low: Some(0.9921),
        high: Some(0.994),
        good: 31_502,
        total: 31_720,
        left: Some(0.31),
        state,
        why,
        ..base.clone()
    };
    let nothing = |line: ObjectiveLine| ObjectiveLine {
        share: None,
        low: None,
        high: None,
        good: 0,
        total: 0,
        left: None,
        ..line
    };
    let soon = Some("2026-11-23T04:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH));
    vec![
        ObjectiveLine {
            left: Some(-0.42),
            share: Some(0.503),
            low: Some(0.488),
            high: Some(0.518),
            good: 2_213,
            state: "down",
            why: "burning",
            ..base.clone()
        },
        ObjectiveLine { id: ObjectiveId::from_u128(2), ..base.clone() },
        ObjectiveLine {
            left: Some(0.06),
            gone_at: soon,
            ..step(3, Kind::Errors, "payment", "degraded", "burning")
        },
        step(4, Kind::Errors, "form", "degraded", "fading"),
        ObjectiveLine { left: Some(-0.11), ..step(5, Kind::Latency, "form", "degraded", "spent") },
        nothing(step(6, Kind::Latency, "start", "unknown", "idle")),
        ObjectiveLine { coverage: Some(0.71), ..step(7, Kind::Latency, "payment", "unknown", "sparse") },
        step(8, Kind::Latency, "check", "unknown", "stale"),
        ObjectiveLine {
            coverage: None,
            source: None,
            ..nothing(step(9, Kind::Latency, "done", "unknown", "new"))
        },
    ]
}
