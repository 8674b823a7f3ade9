//! One journey: how many come to a proper end, where the others leave, and who they are.

use std::fmt::Write as _;

use jiff::Timestamp;
use kernel::lake::{Device, Ending, Field, Group, MeasureAsk, Measured, People, Question, VitalName};
use kernel::{ComponentId, JourneyId, Problem, Right, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Response, Shown, Site, State as Reach, Text, View};

use super::gather::{self, Stretch};
use super::shared::{Head, Named, Point, Range, Who, crumbs, csv, head, quoted, sample_head, sample_now};
use crate::model::{Journey, ONE_DAY};
use crate::rules::funnel::{Difference, Report, Share, StepLine, Took, difference, report};
use crate::rules::looks;
use crate::rules::vitals::{Score, passes, score};
use crate::store as tables;

/// What is looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// How far back.
    pub range: Range,
    /// Who is counted.
    pub who: Who,
    /// Told apart by this field: `device`, `channel`, .., or a property of events.
    pub by: Option<String>,
    /// `before` compares with the stretch of the same length before.
    pub compare: Option<String>,
}

/// A step with what it came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepShown {
    /// Its name.
    pub name: String,
    /// What it looks for.
    pub looks: String,
    /// Whether it may be skipped.
    pub optional: bool,
    /// By which way it is done.
    pub channel: &'static str,
    /// The component that does it.
    pub component: Option<Named<ComponentId>>,
    /// The counts.
    pub line: StepLine,
    /// The same of the stretch before, of those who started.
    pub before: Option<Share>,
    /// How it differs from then.
    pub change: Option<Difference>,
}

/// A part of those who started.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Segment {
    /// The value; null for the rest.
    pub value: Option<String>,
    /// How many started.
    pub started: u64,
    /// Proper ends of those that have ended.
    pub completion: Share,
    /// The share of those who started that reached each step.
    pub steps: Vec<Share>,
    /// How it differs from all others together.
    pub difference: Difference,
    /// How long it took.
    pub took: Took,
}

/// How quick pages are on one kind of device.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Speed {
    /// `mobile`, `desktop`, ..
    pub device: String,
    /// LCP, INP and CLS.
    pub scores: Vec<(VitalName, Score)>,
    /// Whether all three are good; null when one is not known.
    pub passes: Option<bool>,
}

/// One journey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyView {
    /// The journey.
    pub journey: Head,
    /// What was asked for.
    pub asked: Asked,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// When it was counted.
    pub as_of: Timestamp,
    /// What the funnel says.
    pub report: Report,
    /// The steps.
    pub steps: Vec<StepShown>,
    /// What the stretch before says, when compared.
    pub before: Option<Report>,
    /// How the completion differs from then.
    pub change: Option<Difference>,
    /// How many started, by day or hour.
    pub started: Vec<Point>,
    /// The completion in per cent, by day.
    pub completion: Vec<Point>,
    /// Whether the trend is by the hour.
    pub by_hour: bool,
    /// Those who started, told apart.
    pub segments: Vec<Segment>,
    /// Whether the segments were counted from events just now.
    pub segments_from_events: bool,
    /// Fields to choose from.
    pub fields: Vec<String>,
    /// How quick pages were in the last 24 hours.
    pub speed: Vec<Speed>,
    /// What ends it other than its last step, in words.
    pub endings: Vec<(Ending, String)>,
    /// Days that are not counted yet.
    pub pending: usize,
    /// Whether anything ever came for this service.
    pub silent: bool,
    /// The asker may change it.
    pub may_change: bool,
    /// Panels of other parts.
    #[serde(skip)]
    #[schemars(skip)]
    more: Vec<String>,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<JourneyView>, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let now = scope.now();
    let dates = asked.range.dates(now, &journey.zone());
    let people: People = asked.who.into();
    let by = asked.by.as_deref().unwrap_or("device");
    let field = looks::field_of(by);
    let compare = asked.compare.as_deref() == Some("before");
    let earlier = async {
        match compare {
            true => {
                gather::stretch(&site, &scope, &journey, asked.range.before(dates), people).await.map(Some)
            }
            false => Ok(None),
        }
    };
    let (stretch, before, parts, speed, head, components) = futures::join!(
        gather::stretch(&site, &scope, &journey, dates, people),
        earlier,
        gather::parts(&site, &scope, &journey, dates, &field, people),
        speed(&site, &scope, &journey),
        head(&site.db, &scope, &journey),
        estate::graph::components(&site.db, &scope, journey.service),
    );
    let (stretch, parts, count) = (stretch?, parts?, journey.steps.len());
    let told = report(&stretch.whole, count);
    let before = before?.map(|before| report(&before.whole, count));
    let names: Vec<(ComponentId, String)> = components?.into_iter().map(|one| (one.id, one.name)).collect();
    let steps = steps(&journey, &told, before.as_ref(), &names);
    let (started, completion, by_hour) = trend(&stretch, &journey, count);
    let standing = site.lake.standing();
    let fill = [("id", id.to_string())];
    Ok(Shown(JourneyView {
        journey: head?,
        from: dates.0.to_string(),
        to: dates.1.to_string(),
        as_of: now,
        change: before.as_ref().map(|before| difference(&told.completion, &before.completion)),
        steps,
        before,
        started,
        completion,
        by_hour,
        segments: segments(&parts, &told, count),
        segments_from_events: parts.from_events,
        fields: fields(&journey, by),
        speed: speed?,
        endings: journey.endings.iter().map(|one| (one.ending, looks::shown(&one.looks))).collect(),
        pending: stretch.pending,
        silent: told.started == 0 && standing.open_rows + standing.file_rows == 0,
        may_change: scope.may(Right::Respond, journey.client, Some(journey.service)),
        report: told,
        more: site.panels("journey", &fill),
        asked,
    }))
}

fn fields(journey: &Journey, by: &str) -> Vec<String> {
    let mut all: Vec<String> = journey.segments.iter().map(looks::field_word).collect();
    for field in
        ["device", "browser", "os", "language", "channel", "release", "source", "campaign", "referrer", by]
    {
        if !all.iter().any(|held| held == field) {
            all.push(field.to_owned());
        }
    }
    all
}

fn steps(
    journey: &Journey,
    told: &Report,
    before: Option<&Report>,
    components: &[(ComponentId, String)],
) -> Vec<StepShown> {
    let component = |id: ComponentId| {
        let name = components.iter().find(|(held, _)| *held == id).map(|(_, name)| name.clone());
        name.map(|name| Named { id, name })
    };
    let lines = journey.steps.iter().zip(&told.steps).enumerate();
    lines
        .map(|(place, (step, line))| {
            let earlier = before.and_then(|before| before.steps.get(place)).map(|line| line.of_start);
            StepShown {
                name: step.name.clone(),
                looks: looks::shown(&step.looks),
                optional: step.optional,
                channel: step.channel.word(),
                component: step.component.and_then(component),
                change: earlier.filter(|_| place > 0).map(|earlier| difference(&line.of_start, &earlier)),
                before: earlier,
                line: line.clone(),
            }
        })
        .collect()
}

fn trend(stretch: &Stretch, journey: &Journey, count: usize) -> (Vec<Point>, Vec<Point>, bool) {
    if let [today] = &stretch.days[..] {
        let cells = crate::rules::days::hours(today.day, &journey.zone());
        let hours = || cells.iter().zip(&stretch.hours);
        let started = hours().map(|(at, hour)| Point { at: *at, value: Some(hour[0] as f64), n: hour[0] });
        let done = hours().map(|(at, hour)| {
            let share = Share::of(hour[1].min(hour[0]), hour[0]).share;
            Point { at: *at, value: share.map(|share| share * 100.0), n: hour[0] }
        });
        return (started.collect(), done.collect(), true);
    }
    let mut started = Vec::with_capacity(stretch.days.len());
    let mut completion = Vec::with_capacity(stretch.days.len());
    for day in &stretch.days {
        let told = day.counts.as_ref().map(|counts| report(counts, count));
        let n = told.as_ref().map_or(0, |told| told.started);
        started.push(Point { at: day.begins, value: told.as_ref().map(|_| n as f64), n });
        let share = told.as_ref().map(|told| told.completion);
        let value = share.and_then(|share| share.share).map(|share| share * 100.0);
        completion.push(Point { at: day.begins, value, n: share.map_or(0, |share| share.total) });
    }
    (started, completion, false)
}

fn segments(parts: &gather::Parts, whole: &Report, count: usize) -> Vec<Segment> {
    let one = |(group, counts): &(Group, kernel::lake::FunnelCounts)| {
        let told = report(counts, count);
        let (all, own) = (&whole.completion, &told.completion);
        let others = Share::of(all.good.saturating_sub(own.good), all.total.saturating_sub(own.total));
        Segment {
            value: match group {
                Group::Value(value) => Some(value.clone()),
                Group::Rest | Group::All => None,
            },
            started: told.started,
            difference: difference(own, &others),
            completion: told.completion,
            steps: told.steps.iter().map(|line| line.of_start).collect(),
            took: told.took,
        }
    };
    parts.parts.iter().map(one).collect()
}

/// How quick the pages of the service were in the last 24 hours, on each kind of device.
async fn speed(site: &Site, scope: &Scope, journey: &Journey) -> Result<Vec<Speed>, Problem> {
    let now = scope.now();
    let from = now.checked_sub(ONE_DAY).unwrap_or(now);
    let mut devices: Vec<Speed> = Vec::new();
    for name in [VitalName::Lcp, VitalName::Inp, VitalName::Cls] {
        let ask = MeasureAsk {
            among: crate::tasks::fold::among(journey, from, now),
            measured: Measured::Vital(name),
            cells: Vec::new(),
            by: Some(Field::Device),
            top: u32::try_from(Device::ALL.len()).unwrap_or(8),
        };
        let measures = match site.lake.ask(scope, Question::Measure(ask)).await {
            Ok(reply) => reply.measure(),
            Err(problem) if problem.kind == kernel::Kind::NotFound => Vec::new(),
            Err(problem) => return Err(problem),
        };
        for measure in measures {
            let Group::Value(device) = measure.group else { continue };
            let told = (name, score(name, &measure.sketch));
            match devices.iter_mut().find(|held| held.device == device) {
                Some(held) => held.scores.push(told),
                None => devices.push(Speed { device, scores: vec![told], passes: None }),
            }
        }
    }
    for speed in &mut devices {
        speed.passes = passes(&speed.scores);
    }
    Ok(devices)
}

/// The funnel as CSV (RFC 4180): a row a step, as a whole and for each segment.
pub async fn download(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let dates = asked.range.dates(scope.now(), &journey.zone());
    let people: People = asked.who.into();
    let stretch = gather::stretch(&site, &scope, &journey, dates, people).await?;
    let count = journey.steps.len();
    let mut out = String::from("segment,step,name,reached,of_start,low,high,dropped,in_progress\r\n");
    let mut rows = |segment: &str, told: &Report| {
        for (step, line) in journey.steps.iter().zip(&told.steps) {
            let number = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
            let share = line.of_start;
            let _ = write!(
                out,
                "{},{},{},{},{},{},{},{},{}\r\n",
                quoted(segment),
                line.place,
                quoted(&step.name),
                line.reached,
                number(share.share),
                number(share.low),
                number(share.high),
                line.dropped.map(|dropped| dropped.to_string()).unwrap_or_default(),
                line.in_progress
            );
        }
    };
    rows("", &report(&stretch.whole, count));
    if let Some(by) = &asked.by {
        let parts = gather::parts(&site, &scope, &journey, dates, &looks::field_of(by), people).await?;
        for (group, counts) in &parts.parts {
            let value = match group {
                Group::Value(value) => value.as_str(),
                Group::Rest | Group::All => "…",
            };
            rows(&format!("{by}: {value}"), &report(counts, count));
        }
    }
    Ok(csv(&journey.slug, out))
}

/// The days as CSV, oldest first: what every ending came to.
pub async fn days(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let dates = asked.range.dates(scope.now(), &journey.zone());
    let stretch = gather::stretch(&site, &scope, &journey, dates, asked.who.into()).await?;
    let mut out = String::from(
        "day,started,completed,not_eligible,failed,abandoned,in_progress,median_ms,p75_ms,p90_ms\r\n",
    );
    for day in &stretch.days {
        // A day of which nothing is known has no numbers: null is never zero.
        let Some(counts) = &day.counts else {
            let _ = write!(out, "{},,,,,,,,,\r\n", day.day);
            continue;
        };
        let told = report(counts, journey.steps.len());
        let endings: Vec<String> = told.endings.iter().map(|one| one.units.to_string()).collect();
        let ms = |value: Option<f64>| value.map(|value| format!("{value:.0}")).unwrap_or_default();
        let took = told.took;
        let (median, p75, p90) = (ms(took.median_ms), ms(took.p75_ms), ms(took.p90_ms));
        let _ = write!(out, "{},{},{},{median},{p75},{p90}\r\n", day.day, told.started, endings.join(","));
    }
    Ok(csv(&format!("{}-days", journey.slug), out))
}

impl View for JourneyView {
    const TEMPLATE: &'static str = "journeys/journey.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::raw(self.journey.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.journey.client, &self.journey.service)
    }
    fn live(&self) -> Vec<String> {
        vec![self.journey.id.to_string(), "pulse".into()]
    }
    fn panels(&self) -> Vec<String> {
        self.more.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let many = sample();
        let mut none = sample();
        none.report = report(&kernel::lake::FunnelCounts::default(), 4);
        none.steps.iter_mut().zip(&none.report.steps).for_each(|(step, line)| step.line = line.clone());
        (none.segments, none.speed, none.started, none.completion) = (vec![], vec![], vec![], vec![]);
        none.silent = true;
        let mut compared = sample();
        let before = report(&sample_counts(1.3), 4);
        compared.asked.compare = Some("before".into());
        compared.change = Some(difference(&compared.report.completion, &before.completion));
        for (step, line) in compared.steps.iter_mut().zip(&before.steps) {
            step.before = Some(line.of_start);
            step.change = (line.place > 1).then(|| difference(&step.line.of_start, &line.of_start));
        }
        compared.before = Some(before);
        let mut declared = sample();
        declared.journey.declared_in = Some("lindehaven.yml:51".into());
        declared.pending = 3;
        declared.asked.who = Who::Bots;
        declared.segments_from_events = true;
        vec![("many", many), ("none", none), ("compared", compared), ("declared", declared)]
    }
}

fn sample_counts(better: f64) -> kernel::lake::FunnelCounts {
    let count = |n: f64| n.round() as u64;
    let reached: Vec<u64> = [4_812.0, 3_604.0, 2_190.0 * better, 1_876.0 * better].map(count).to_vec();
    let done = reached[3];
    let (eligible, failed, going) = (212, 96, 143);
    let mut took_ms = kernel::lake::Sketch::default();
    (1..=done).for_each(|n| took_ms.add(120_000.0 + (n * 37 % 900) as f64 * 1_000.0));
    kernel::lake::FunnelCounts {
        endings: [
            (Ending::Completed, done),
            (Ending::NotEligible, eligible),
            (Ending::Failed, failed),
            (Ending::InProgress, going),
            (Ending::Abandoned, reached[0] - done - eligible - failed - going),
        ]
        .into(),
        in_progress: vec![61, 54, 28, 0],
        reached,
        took_ms,
        truncated: 0,
    }
}

fn sample() -> JourneyView {
    use kernel::Id as _;
    let (now, counts) = (sample_now(), sample_counts(1.0));
    let told = report(&counts, 4);
    let step = |place: usize, name: &str, looks: &str, component: Option<&str>| StepShown {
        name: name.into(),
        looks: looks.into(),
        optional: false,
        channel: "web",
        component: component.map(|name| Named { id: ComponentId::from_u128(3), name: name.into() }),
        line: told.steps[place].clone(),
        before: None,
        change: None,
    };
    let day = |back: i64| now - jiff::SignedDuration::from_hours(24 * back);
    let points = |value: fn(i64) -> f64| -> Vec<Point> {
        (0..28i64)
            .rev()
            .map(|back| {
                let known = back != 9;
                Point { at: day(back), value: known.then(|| value(back)), n: if known { 170 } else { 0 } }
            })
            .collect()
    };
    let part = |value: Option<&str>, started: u64, good: u64| {
        let own = Share::of(good, started);
        let others = Share::of(told.completion.good - good, told.completion.total - started);
        Segment {
            value: value.map(str::to_owned),
            started,
            completion: own,
            steps: vec![Share::of(started, started), own, own, own],
            difference: difference(&own, &others),
            took: told.took,
        }
    };
    let measured = |n, p75, rating| Score { n, p75, rating };
    use crate::rules::vitals::Rating::{Good, NeedsImprovement, Poor};
    let scores = |lcp, inp, cls| vec![(VitalName::Lcp, lcp), (VitalName::Inp, inp), (VitalName::Cls, cls)];
    let speed = vec![
        Speed {
            device: "mobile".into(),
            scores: scores(
                measured(2_310, Some(2_840.0), Some(NeedsImprovement)),
                measured(1_904, Some(540.0), Some(Poor)),
                measured(2_310, Some(0.04), Some(Good)),
            ),
            passes: Some(false),
        },
        Speed {
            device: "desktop".into(),
            scores: scores(
                measured(1_120, Some(1_610.0), Some(Good)),
                measured(980, Some(120.0), Some(Good)),
                measured(1_120, Some(0.02), Some(Good)),
            ),
            passes: Some(true),
        },
        Speed {
            device: "tablet".into(),
            scores: scores(measured(31, None, None), measured(20, None, None), measured(31, None, None)),
            passes: None,
        },
    ];
    JourneyView {
        journey: sample_head(),
        asked: Asked { by: Some("device".into()), ..Asked::default() },
        from: "2026-10-25".into(),
        to: "2026-11-21".into(),
        as_of: now,
        steps: vec![
            step(0, "start", "/apply", None),
            step(1, "form", "/apply/form", Some("web")),
            step(2, "payment", "payment started (method: ideal, card)", Some("payment")),
            step(3, "done", "/apply/done", None),
        ],
        before: None,
        change: None,
        started: points(|back| 172.0 + (back * 37 % 41) as f64),
        completion: points(|back| 42.0 + (back * 13 % 9) as f64),
        by_hour: false,
        segments: vec![
            part(Some("mobile"), 2_912, 1_030),
            part(Some("desktop"), 1_604, 960),
            part(None, 96, 52),
        ],
        segments_from_events: false,
        fields: ["device", "channel", "release", "campaign", "browser"].map(str::to_owned).to_vec(),
        speed,
        endings: vec![
            (Ending::NotEligible, "/apply/not-eligible".into()),
            (Ending::Failed, "payment failed".into()),
        ],
        pending: 0,
        silent: false,
        may_change: true,
        report: told,
        more: Vec::new(),
    }
}
