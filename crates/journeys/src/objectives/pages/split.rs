//! Journey first, then components: what each must promise, and which cannot today.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use kernel::budget::{Composed, Grid, How, Spread, Target};
use kernel::lake::{
    Field, Group, Lake, Measure, MeasureAsk, Measured as What, Question, Sketch, SpanCounts, VitalName,
};
use kernel::{ComponentId, Id as _, JourneyId, Problem, Ratio, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Db;
use web::{Asks, Path, Query, Refusal, Shown, Site, State, Text, View};

use crate::model::Journey;
use crate::objectives::model::{IN_TIME, Kind, TroubleKind};
use crate::objectives::rules::shares::{self, Measured, Part, Times, Verdict, Weights};
use crate::objectives::rules::{self};
use crate::objectives::store as tables;
use crate::objectives::tasks::ask;

/// The longest time over which parts are measured for this screen: longer ones cost a pass over more days.
const MOST: SignedDuration = SignedDuration::from_hours(24 * 28);
/// Pages whose measurements are told apart.
const PAGES: u32 = 200;

/// How to divide.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// `equal` or `measured`.
    #[serde(default)]
    pub weights: Weights,
    /// A target to try, per cent, in place of the journey's.
    #[serde(default)]
    pub target: Option<String>,
}

/// One part.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartLine {
    /// Its name, with its service where that is another one.
    pub name: String,
    /// Its address.
    pub href: Option<String>,
    /// The steps that need it.
    pub steps: Vec<String>,
    /// What it must promise.
    pub must: f64,
    /// What is measured of it.
    pub measured: Measured,
    /// The same as a share; null when nothing measured it.
    pub share: Option<f64>,
    /// Whether that is enough: `keeps`, `unsure`, `misses` or `unknown`.
    pub verdict: Verdict,
    /// Of what the parts cost the journey today, its share.
    pub blame: Option<f64>,
}

/// What a step takes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TimeLine {
    /// The step.
    pub step: String,
    /// How many were measured.
    pub n: u64,
    /// Its part of the limit, ms.
    pub part_ms: f64,
    /// Below what it stays as often as it must, ms.
    pub takes_ms: f64,
    /// The median, ms.
    pub median_ms: f64,
    /// Whether it keeps its part.
    pub keeps: bool,
}

/// How a journey's target is divided.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SplitView {
    /// The journey.
    pub journey: JourneyId,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// The availability that is divided; null when the journey has no target for errors.
    pub target: Option<f64>,
    /// Whether it was tried by the asker.
    pub tried: bool,
    /// How it is divided.
    pub weights: Weights,
    /// Days over which parts were measured.
    pub days: i64,
    /// The parts, most to blame first.
    pub parts: Vec<PartLine>,
    /// Parts that cannot keep what they must.
    pub missing: usize,
    /// Parts that nothing measured.
    pub unknown: usize,
    /// What the parts' promises come to together: the target again.
    pub check: Option<f64>,
    /// What is measured comes to together, each part once.
    pub predicted: Option<Composed>,
    /// The same with a part counted as often as a step needs it.
    pub naive: Option<f64>,
    /// What the journey itself was measured to do: the share that did not fail.
    pub measured: Option<f64>,
    /// How often each step must keep its part of the latency limit.
    pub each: Option<f64>,
    /// The limit of the whole, ms.
    pub limit_ms: Option<f64>,
    /// What the steps take.
    pub times: Vec<TimeLine>,
    /// The share of journeys within the limit, by convolution.
    pub within: Option<f64>,
    /// How long all but one in twenty take, ms.
    pub takes_ms: Option<f64>,
    /// The sum of the steps' percentiles, which is not that, ms.
    pub added_ms: Option<f64>,
    /// The same at the worst, whatever slows one step with another, ms.
    pub worst_ms: Option<f64>,
    /// Steps that are measured out of all.
    pub timed: Ratio,
    /// The asker may change targets.
    pub declared_in: Option<String>,
}

/// Shows it.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<SplitView>, Refusal> {
    let journey = crate::store::expect(&site.db, &scope, id).await?;
    let service = estate::services::expect(&site.db, &scope, journey.service).await?;
    let tried = match asked.target.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            let text = if text.ends_with('%') { text.to_owned() } else { format!("{text}%") };
            let target = Target::parse(&text.replace(',', "."));
            Some(target.map_err(|_| Problem::invalid().field("target", "objective-fault-target"))?)
        }
    };
    let own = journey.targets.errors.and_then(|errors| Target::new(1.0 - errors));
    let target = tried.or(own);
    let length = journey.targets.within_seconds.map_or(MOST, SignedDuration::from_secs).min(MOST);
    let grid = Grid::back(scope.now(), length);
    let signals = Signals::read(&site.db, &site.lake, &scope, &journey, grid).await?;
    let steps = signals.needs(&journey);
    let divided = match target {
        Some(target) => Some(shares::divide(target, &steps, &signals.measured(&steps, grid), asked.weights)),
        None => None,
    };
    let times = signals.times(&journey);
    let held = tables::of_journey(&site.db, &scope, id).await?;
    let measured = held
        .iter()
        .find(|one| one.wanted.kind == Kind::Errors && one.wanted.step.is_none())
        .and_then(|one| one.standing.summary.as_ref()?.counts.share());
    let step_name =
        |place: &usize| journey.steps.get(*place).map_or_else(String::new, |step| step.name.clone());
    let parts: Vec<PartLine> = divided
        .iter()
        .flat_map(|split| &split.lines)
        .map(|line| PartLine {
            name: signals.name(line.part, journey.service),
            href: Some(match line.part.component {
                Some(component) => format!("/components/{component}"),
                None => format!("/services/{}", line.part.service),
            }),
            steps: line.steps.iter().map(step_name).collect(),
            must: line.must,
            measured: line.measured,
            share: line.measured.share(),
            verdict: line.verdict,
            blame: line.blame,
        })
        .collect();
    Ok(Shown(SplitView {
        journey: id,
        name: journey.name.clone(),
        service: journey.service,
        service_name: service.name,
        target: target.map(Target::share),
        tried: tried.is_some(),
        weights: asked.weights,
        days: length.as_hours() / 24,
        missing: parts.iter().filter(|part| part.verdict == Verdict::Misses).count(),
        unknown: divided.as_ref().map_or(0, |split| split.unknown),
        check: divided.as_ref().map(|split| split.check),
        predicted: divided.as_ref().and_then(|split| split.predicted),
        naive: divided.as_ref().and_then(|split| split.naive),
        parts,
        measured,
        each: times.as_ref().map(|times| times.each),
        limit_ms: times.as_ref().map(|times| times.limit_ms),
        within: times.as_ref().map(|times| times.within),
        takes_ms: times.as_ref().map(|times| times.takes_ms),
        added_ms: times.as_ref().map(|times| times.added_ms),
        worst_ms: times.as_ref().map(|times| times.worst_ms),
        timed: Ratio {
            good: times.as_ref().map_or(0, |times| times.steps.len() as u64),
            total: journey.steps.len() as u64,
        },
        times: times
            .iter()
            .flat_map(|times| &times.steps)
            .map(|one| TimeLine {
                step: step_name(&one.step),
                n: one.n,
                part_ms: one.part_ms,
                takes_ms: one.takes_ms,
                median_ms: one.median_ms,
                keeps: one.keeps,
            })
            .collect(),
        declared_in: journey.declared_in,
    }))
}

/// Everything that was read of the parts.
struct Signals {
    names: estate::graph::Names,
    edges: Vec<(Part, Part)>,
    spans: Vec<SpanCounts>,
    vitals: Vec<Measure>,
    alerts: BTreeMap<String, Vec<Grid>>,
}

impl Signals {
    async fn read(
        db: &Db,
        lake: &Arc<dyn Lake>,
        scope: &Scope,
        journey: &Journey,
        grid: Grid,
    ) -> Result<Signals, Problem> {
        let edges = edges(db, scope).await?;
        let among = crate::objectives::among(journey.client, journey.service, grid);
        let question = Question::Spans { among: among.clone(), cells: Vec::new() };
        let spans = ask(lake, scope, question).await?.spans();
        let question = MeasureAsk {
            among,
            measured: What::Vital(VitalName::Lcp),
            cells: Vec::new(),
            by: Some(Field::Path),
            top: PAGES,
        };
        let vitals = ask(lake, scope, Question::Measure(question)).await?.measure();
        let mut services: BTreeSet<ServiceId> = BTreeSet::from([journey.service]);
        for step in &journey.steps {
            services.extend(
                shares::needs(journey.service, step.component, &edges).iter().map(|part| part.service),
            );
        }
        let mut alerts: BTreeMap<String, Vec<Grid>> = BTreeMap::new();
        for service in services {
            for one in tables::troubles(db, scope, service, TroubleKind::Alert, grid).await? {
                let lasted = Grid { from: one.from, until: one.until.unwrap_or(grid.until) };
                alerts.entry(one.cause).or_default().push(lasted);
            }
        }
        Ok(Signals { names: estate::graph::Names::read(db, scope).await?, edges, spans, vitals, alerts })
    }

    fn needs(&self, journey: &Journey) -> Vec<BTreeSet<Part>> {
        journey.steps.iter().map(|step| shares::needs(journey.service, step.component, &self.edges)).collect()
    }

    fn measured(&self, steps: &[BTreeSet<Part>], grid: Grid) -> BTreeMap<Part, Measured> {
        let parts: BTreeSet<Part> = steps.iter().flatten().copied().collect();
        parts.into_iter().map(|part| (part, self.of(part, grid))).collect()
    }

    fn of(&self, part: Part, grid: Grid) -> Measured {
        let Some(component) = part.component else { return Measured::Nothing };
        let name = self.names.component(component).unwrap_or_default();
        let own = self.spans.iter().filter(|one| one.component.eq_ignore_ascii_case(name));
        let calls: Ratio =
            own.map(|one| Ratio { good: one.calls.saturating_sub(one.errors), total: one.calls }).sum();
        if calls.total > 0 {
            return Measured::Spans { calls };
        }
        // No alert is no measurement: nobody may be looking.
        match self.alerts.get(&kernel::fact::cause_of_part(part.service, component)) {
            Some(alerts) => Measured::Alerts { share: shares::without_alerts(alerts, grid) },
            None => Measured::Nothing,
        }
    }

    fn times(&self, journey: &Journey) -> Option<Times> {
        let limit = journey.targets.latency_ms.filter(|ms| *ms > 0)?;
        let steps: Vec<(usize, u64, Spread)> = journey
            .steps
            .iter()
            .enumerate()
            .filter_map(|(place, step)| {
                let name = step.component.and_then(|id| self.names.component(id));
                let spans =
                    name.map(|name| rules::spans_of(&self.spans, name, &step.looks)).unwrap_or_default();
                let mut sketch = Sketch::default();
                spans.iter().for_each(|span| sketch.merge(&span.took_ms));
                if sketch.count == 0 {
                    let pages = rules::pages(&step.looks);
                    for one in &self.vitals {
                        if let Group::Value(path) = &one.group
                            && pages.iter().any(|page| rules::like(page, path))
                        {
                            sketch.merge(&one.sketch);
                        }
                    }
                }
                Some((place, sketch.count, Spread::of_sketch(&sketch)?))
            })
            .collect();
        shares::times(limit as f64, Target::new(IN_TIME)?, &steps)
    }

    fn name(&self, part: Part, home: ServiceId) -> String {
        let service = || self.names.service(part.service).unwrap_or("–").to_owned();
        match part.component.map(|id| self.names.component(id).unwrap_or("–")) {
            None => service(),
            Some(name) if part.service == home => name.to_owned(),
            Some(name) => format!("{}/{name}", service()),
        }
    }
}

/// What needs what, as far as the asker sees it.
pub(super) async fn edges(db: &Db, scope: &Scope) -> Result<Vec<(Part, Part)>, Problem> {
    let part = |end: estate::model::End| Part { service: end.service, component: end.component };
    let all = estate::graph::all_dependencies(db, scope).await?;
    Ok(all.into_iter().map(|one| (part(one.from), part(one.to))).collect())
}

impl View for SplitView {
    const TEMPLATE: &'static str = "objectives/split.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("split-title").with("journey", &self.name)
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::raw(self.service_name.clone()), format!("/services/{}", self.service)),
            (Text::raw(self.name.clone()), format!("/journeys/{}", self.journey)),
        ]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let spans = |good: u64, total: u64| Measured::Spans { calls: Ratio { good, total } };
        let part =
            |name: &str, steps: &[&str], measured: Measured, verdict: Verdict, blame: Option<f64>| PartLine {
                name: name.into(),
                href: Some(format!("/components/{}", ComponentId::from_u128(1))),
                steps: steps.iter().map(|step| (*step).to_owned()).collect(),
                must: 0.998_326,
                measured,
                share: measured.share(),
                verdict,
                blame,
            };
        let time = |step: &str, part_ms: f64, takes_ms: f64| TimeLine {
            step: step.into(),
            n: 31_720,
            part_ms,
            takes_ms,
            median_ms: part_ms / 5.0,
            keeps: takes_ms <= part_ms,
        };
        let full = SplitView {
            journey: JourneyId::from_u128(7),
            name: "Apply for a parking permit".into(),
            service: ServiceId::from_u128(1),
            service_name: "Parking permits".into(),
            target: Some(0.99),
            tried: false,
            weights: Weights::Equal,
            days: 28,
            parts: vec![
                part("payment", &["payment"], spans(98_900, 100_000), Verdict::Misses, Some(0.71)),
                part("Bank/gateway", &["payment"], spans(997, 1_000), Verdict::Unsure, Some(0.19)),
                part(
                    "database",
                    &["form", "payment", "done"],
                    Measured::Alerts { share: 0.998_9 },
                    Verdict::Keeps,
                    Some(0.07),
                ),
                part("web", &["start", "form", "done"], spans(99_952, 100_000), Verdict::Keeps, Some(0.03)),
                part("mail", &["done"], Measured::Nothing, Verdict::Unknown, None),
            ],
            missing: 1,
            unknown: 1,
            check: Some(0.99),
            predicted: Some(Composed { works: 0.984_4, how: How::Exact, low: 0.984_3, high: 0.989 }),
            naive: Some(0.981_8),
            measured: Some(0.987_1),
            each: Some(0.983),
            limit_ms: Some(6_000.0),
            times: vec![
                time("start", 900.0, 610.0),
                time("form", 1_400.0, 1_250.0),
                time("payment", 3_700.0, 5_200.0),
            ],
            within: Some(0.941),
            takes_ms: Some(6_310.0),
            added_ms: Some(5_480.0),
            worst_ms: Some(8_900.0),
            timed: Ratio { good: 3, total: 4 },
            declared_in: Some("permits.yml:31".into()),
        };
        let sampled = SplitView {
            predicted: Some(Composed {
                works: 0.984_4,
                how: How::Sampled { runs: 2_000_000, low: 0.984_2, high: 0.984_6 },
                low: 0.984_3,
                high: 0.989,
            }),
            tried: true,
            weights: Weights::Measured,
            missing: 0,
            ..full.clone()
        };
        let bare = SplitView {
            parts: Vec::new(),
            missing: 0,
            unknown: 0,
            check: Some(1.0),
            predicted: None,
            naive: None,
            measured: None,
            each: None,
            limit_ms: None,
            times: Vec::new(),
            within: None,
            takes_ms: None,
            added_ms: None,
            worst_ms: None,
            timed: Ratio { good: 0, total: 4 },
            ..full.clone()
        };
        let no_target = SplitView { target: None, check: None, ..bare.clone() };
        vec![
            ("full", full),
            ("sampled and tried", sampled),
            ("no components", bare),
            ("no target", no_target),
        ]
    }
}
