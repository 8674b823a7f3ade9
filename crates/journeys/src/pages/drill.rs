//! Behind the numbers: where people went who left, the visits themselves without names, and one visit.

use jiff::Timestamp;
use kernel::lake::{AfterAsk, Ending, Event, Field, People, Question, UnitsAsk, VisitAsk};
use kernel::{JourneyId, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Head, Range, Who, crumbs, head, sample_head, sample_now};
use crate::model::Journey;
use crate::rules::days::bounds;
use crate::rules::looks;
use crate::store as tables;
use crate::tasks::fold::among;

/// Values that are listed after a step.
const AFTER: u32 = 25;
/// Visits on one screen.
const VISITS: u32 = 50;
/// Events of one visit that are shown.
const EVENTS: u32 = 500;

/// A part of a journey's units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// How far back.
    pub range: Range,
    /// Who is counted.
    pub who: Who,
    /// Whose last step is this one, counted from 1.
    pub level: Option<u8>,
    /// Who ended this way.
    pub ending: Option<Ending>,
    /// `path` or `name`: by what the next events are told apart.
    pub by: Option<String>,
    /// Visits after this one.
    pub after: Option<String>,
}

/// The question of a journey over a range, for one person who asks.
fn funnel(journey: &Journey, asked: &Asked, now: Timestamp) -> kernel::lake::FunnelAsk {
    let zone = journey.zone();
    let (from, to) = asked.range.dates(now, &zone);
    let mut rows = among(journey, bounds(from, &zone).0, bounds(to, &zone).1);
    rows.people = People::from(asked.who);
    journey.funnel(rows, now)
}

async fn ask(
    site: &Site,
    scope: &kernel::Scope,
    question: Question,
) -> Result<Option<kernel::lake::Reply>, Problem> {
    match site.lake.ask(scope, question).await {
        Ok(reply) => Ok(Some(reply)),
        Err(problem) if problem.kind == kernel::Kind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Something that people did next.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Next {
    /// What; empty when nothing came.
    pub value: String,
    /// How many.
    pub units: u64,
}

/// What people did after their last step; nobody is followed, only counted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AfterView {
    /// The journey.
    pub journey: Head,
    /// The names of its steps.
    pub steps: Vec<String>,
    /// What was asked for.
    pub asked: Asked,
    /// The step, counted from 1.
    pub level: u8,
    /// How many had it as their last.
    pub units: u64,
    /// What came next, the most common first.
    pub next: Vec<Next>,
}

/// Shows where people went after a step.
pub async fn after(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<AfterView>, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let most = u8::try_from(journey.steps.len().saturating_sub(1)).unwrap_or(1).max(1);
    let level = asked.level.unwrap_or(1).clamp(1, most);
    let by = if asked.by.as_deref() == Some("name") { Field::Name } else { Field::Path };
    let question = AfterAsk { funnel: funnel(&journey, &asked, scope.now()), level, by, limit: AFTER };
    let found = ask(&site, &scope, Question::After(question)).await?;
    let next: Vec<Next> = found
        .map(kernel::lake::Reply::after)
        .unwrap_or_default()
        .into_iter()
        .map(|one| Next { value: one.value, units: one.units })
        .collect();
    Ok(Shown(AfterView {
        journey: head(&site.db, &scope, &journey).await?,
        steps: journey.steps.iter().map(|step| step.name.clone()).collect(),
        level,
        units: next.iter().map(|one| one.units).sum(),
        next,
        asked,
    }))
}

/// One unit, without a name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Line {
    /// Its number in the lake, as hexadecimal; it names nobody.
    pub number: String,
    /// How many steps it did.
    pub level: u8,
    /// How it ended.
    pub ending: Ending,
    /// When it started.
    pub started_at: Timestamp,
    /// Its last matching event.
    pub last_at: Timestamp,
    /// From its start to there, ms.
    pub took_ms: i64,
}

/// Units of a journey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VisitsView {
    /// The journey.
    pub journey: Head,
    /// The names of its steps.
    pub steps: Vec<String>,
    /// What was asked for.
    pub asked: Asked,
    /// The units.
    pub lines: Vec<Line>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// Lists units of a journey.
pub async fn visits(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<VisitsView>, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let after = match &asked.after {
        Some(text) => number_of(text)?,
        None => 0,
    };
    let question = UnitsAsk {
        funnel: funnel(&journey, &asked, scope.now()),
        level: asked.level,
        ending: asked.ending,
        after,
        limit: VISITS + 1,
    };
    let found = ask(&site, &scope, Question::Units(question)).await?;
    let mut units = found.map(kernel::lake::Reply::units).unwrap_or_default();
    let more = units.len() > VISITS as usize;
    units.truncate(VISITS as usize);
    let next = units.last().filter(|_| more).map(|unit| format!("{:016x}", unit.number));
    let line = |unit: kernel::lake::UnitLine| Line {
        number: format!("{:016x}", unit.number),
        level: unit.level,
        ending: unit.ending,
        started_at: unit.started_at,
        last_at: unit.last_at,
        took_ms: i64::try_from(unit.last_at.duration_since(unit.started_at).as_millis()).unwrap_or(0),
    };
    Ok(Shown(VisitsView {
        journey: head(&site.db, &scope, &journey).await?,
        steps: journey.steps.iter().map(|step| step.name.clone()).collect(),
        lines: units.into_iter().map(line).collect(),
        next,
        asked,
    }))
}

fn number_of(text: &str) -> Result<u64, Problem> {
    u64::from_str_radix(text, 16).map_err(|_| Problem::not_found("address"))
}

/// One event of a unit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Since the event before, ms.
    pub after_ms: Option<i64>,
    /// Its name.
    pub name: String,
    /// The page.
    pub path: String,
    /// The steps it fits, by name.
    pub steps: Vec<String>,
    /// Everything else that it carries.
    pub fields: Vec<(String, String)>,
}

/// Everything one unit did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VisitView {
    /// The journey from which it was looked at.
    pub journey: Head,
    /// Its number, as hexadecimal.
    pub number: String,
    /// Its events, in order.
    pub moments: Vec<Moment>,
    /// Whether there were more than are shown.
    pub cut: bool,
}

/// Shows one unit.
pub async fn visit(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path((id, number)): Path<(JourneyId, String)>,
) -> Result<Shown<VisitView>, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let known = number_of(&number)?;
    let now = scope.now();
    let from = Timestamp::UNIX_EPOCH;
    let mut rows = among(&journey, from, now.checked_add(crate::model::ONE_DAY).unwrap_or(now));
    rows.people = People::All;
    let question = VisitAsk { among: rows, unit: journey.unit, number: known, limit: EVENTS + 1 };
    let found = ask(&site, &scope, Question::Visit(question)).await?;
    let mut events = found.map(kernel::lake::Reply::visit).unwrap_or_default();
    if events.is_empty() {
        return Err(Problem::not_found("visit").into());
    }
    let cut = events.len() > EVENTS as usize;
    events.truncate(EVENTS as usize);
    let mut before: Option<Timestamp> = None;
    let moments = events.into_iter().map(|event| {
        let after_ms =
            before.and_then(|before| i64::try_from(event.at.duration_since(before).as_millis()).ok());
        before = Some(event.at);
        moment(event, after_ms, &journey)
    });
    let moments = moments.collect();
    Ok(Shown(VisitView {
        journey: head(&site.db, &scope, &journey).await?,
        number: format!("{known:016x}"),
        moments,
        cut,
    }))
}

fn moment(event: Event, after_ms: Option<i64>, journey: &Journey) -> Moment {
    let fits = |step: &&crate::model::Step| looks::fits(&step.looks, &event);
    let steps = journey.steps.iter().filter(fits).map(|step| step.name.clone()).collect();
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() && value != "unknown" {
            fields.push((name.to_owned(), value.to_owned()));
        }
    };
    add("device", event.device.word());
    add("browser", &event.browser);
    add("os", &event.os);
    add("channel", if event.channel == kernel::lake::Channel::Web { "" } else { event.channel.word() });
    add("referrer", &event.referrer);
    add("source", &event.source);
    add("campaign", &event.campaign);
    add("release", &event.release);
    add("bot", &event.bot);
    event.props.iter().for_each(|(name, value)| add(name, value));
    Moment { at: event.at, after_ms, name: event.name, path: event.path, steps, fields }
}

impl View for AfterView {
    const TEMPLATE: &'static str = "journeys/after.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journey-tab-after")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        under(&self.journey)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let next = |value: &str, units| Next { value: value.into(), units };
        let many = AfterView {
            journey: sample_head(),
            steps: sample_steps(),
            asked: Asked::default(),
            level: 2,
            units: 1_360,
            next: vec![next("", 812), next("/help/ideal", 240), next("/", 188), next("/contact", 120)],
        };
        let none = AfterView { units: 0, next: vec![], ..many.clone() };
        vec![("many", many), ("none", none)]
    }
}

impl View for VisitsView {
    const TEMPLATE: &'static str = "journeys/visits.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journey-tab-visits")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        under(&self.journey)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let now = sample_now();
        let line = |n: u64, level, ending, minutes: i64| Line {
            number: format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            level,
            ending,
            started_at: now - jiff::SignedDuration::from_mins(minutes + 12),
            last_at: now - jiff::SignedDuration::from_mins(minutes),
            took_ms: 720_000,
        };
        let many = VisitsView {
            journey: sample_head(),
            steps: sample_steps(),
            asked: Asked::default(),
            lines: vec![
                line(1, 4, Ending::Completed, 8),
                line(2, 1, Ending::NotEligible, 20),
                line(3, 3, Ending::Failed, 40),
                line(4, 2, Ending::Abandoned, 400),
                line(5, 2, Ending::InProgress, 1),
            ],
            next: Some("00000000000000ff".into()),
        };
        let none = VisitsView { lines: vec![], next: None, ..many.clone() };
        vec![("many", many), ("none", none)]
    }
}

impl View for VisitView {
    const TEMPLATE: &'static str = "journeys/visit.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journey-visit").with("number", self.number.get(..6).unwrap_or_default())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        under(&self.journey)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let now = sample_now();
        let moment = |seconds: i64, name: &str, path: &str, steps: &[&str]| Moment {
            at: now + jiff::SignedDuration::from_secs(seconds),
            after_ms: (seconds > 0).then_some(34_000),
            name: name.into(),
            path: path.into(),
            steps: steps.iter().map(|step| (*step).to_owned()).collect(),
            fields: vec![("device".into(), "mobile".into()), ("browser".into(), "Firefox".into())],
        };
        let one = VisitView {
            journey: sample_head(),
            number: "9e3779b97f4a7c15".into(),
            moments: vec![
                moment(0, "pageview", "/", &[]),
                moment(34, "pageview", "/apply", &["start"]),
                moment(68, "pageview", "/apply/form", &["form"]),
                moment(102, "payment failed", "/apply/pay", &[]),
            ],
            cut: true,
        };
        vec![("one", one)]
    }
}

/// The crumbs of a journey's own screens.
pub(super) fn under(journey: &Head) -> Vec<(Text, String)> {
    let mut all = crumbs(&journey.client, &journey.service);
    all.push((Text::raw(journey.name.as_str()), format!("/journeys/{}", journey.id)));
    all
}

fn sample_steps() -> Vec<String> {
    ["start", "form", "payment", "done"].map(str::to_owned).to_vec()
}
