//! How much is asked of a service, how much will be, which capacity is full when, and what that costs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::{CapacityId, Fact, Id as _, JourneyId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, IntoResponse, Path, Query, Refusal, Response, Shown, Site, State as Reach, Text, View};

use super::kpis::{MonthLine, months};
use super::shared::{
    Head, Named, crumbs, csv_headers, day_of, euros, head, sample_head, sample_journey, sample_now, zone_of,
};
use crate::demand::model::{Capacity, Money, Per};
use crate::demand::rules::costs::{self, Standing as BudgetStanding};
use crate::demand::rules::forecast::{DAY, Expected, Forecast, MAX_HOURS, Method, NoForecast, WEEK};
use crate::demand::rules::growth::{self, Fit, Series, Standing};
use crate::demand::rules::plan::{Does, Full, outlook};
use crate::demand::series::{self, Counts, hour_of};
use crate::demand::store::{self as tables, Fitted};
use crate::store as journeys;

/// Months of the table of costs.
const MONTHS: usize = 3;
/// Hours of a trend of capacities: sixty days and a bit.
const TREND_HOURS: usize = 62 * DAY;

/// How far back the chart reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Range {
    /// A week, by the hour.
    #[default]
    #[serde(rename = "7d")]
    Week,
    /// Four weeks, by the day.
    #[serde(rename = "28d")]
    Month,
    /// Ninety days, by the day.
    #[serde(rename = "90d")]
    Quarter,
}

impl Range {
    fn hours(self) -> usize {
        match self {
            Range::Week => WEEK,
            Range::Month => 28 * DAY,
            Range::Quarter => 90 * DAY,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// How far back.
    #[serde(default)]
    pub range: Range,
    /// The journey; all of the service without.
    pub journey: Option<JourneyId>,
}

/// A point of the chart: what came, or what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// When its hour or day begins.
    pub at: Timestamp,
    /// What came; null when it was not measured or is still to come.
    pub value: Option<f64>,
    /// What is expected.
    pub middle: Option<f64>,
    /// One in ten is below.
    pub low: Option<f64>,
    /// One in ten is above.
    pub high: Option<f64>,
}

/// Something that happened, on the axis of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// `incident`.
    pub kind: &'static str,
    /// What.
    pub text: String,
    /// Where to read on.
    pub href: String,
}

/// Which method forecasts, and how both did.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Card {
    /// Who won.
    pub method: Method,
    /// The mean error of the same hour of last season, per cent.
    pub naive: f64,
    /// That of seasons and a trend; null when it could not be fitted.
    pub seasons: Option<f64>,
    /// By how many points the winner won; null without a competitor.
    pub by: Option<f64>,
    /// Hours that were compared.
    pub hours: usize,
    /// The share of them that lay within the interval.
    pub within: f64,
    /// The season, days.
    pub season_days: usize,
}

/// A day to come.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DayLine {
    /// The day, in the zone of the service.
    pub day: Date,
    /// What is expected.
    pub middle: f64,
    /// The sum of the lower limits of its hours.
    pub low: f64,
    /// The sum of the upper limits of its hours.
    pub high: f64,
    /// The upper limit of its busiest hour.
    pub busiest: f64,
}

/// A capacity and what is known of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CapacityLine {
    /// Its id.
    pub id: CapacityId,
    /// Its name.
    pub name: String,
    /// The journey it serves; null for all of the service.
    pub journey: Option<String>,
    /// Over how long it serves.
    pub per: Per,
    /// What it serves now.
    pub serves: f64,
    /// What may be used of it.
    pub usable: f64,
    /// How many pieces there are.
    pub pieces: Option<u32>,
    /// The upper limit of the busiest period ahead.
    pub busiest: Option<f64>,
    /// The share that is left then.
    pub headroom: Option<f64>,
    /// When it is full, in words.
    pub full: Text,
    /// What is to be done, in words.
    pub does: Text,
    /// `good`, `warn`, `bad` or `quiet`.
    pub tone: &'static str,
    /// The last day to decide.
    pub by: Option<Date>,
    /// What that costs, each time.
    pub costs: Option<Money>,
    /// How often that comes: `month`, `year` or `once`.
    pub every: Option<&'static str>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

/// A capacity grew or shrank.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Scaled {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub name: String,
    /// From so many.
    pub from: u32,
    /// To so many.
    pub to: u32,
    /// Why.
    pub reason: String,
}

/// How much is asked of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DemandView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// The range of the chart.
    pub range: Range,
    /// The journey; null for all of the service.
    pub journey: Option<Named<JourneyId>>,
    /// Journeys to choose from.
    pub journeys: Vec<Named<JourneyId>>,
    /// What is counted.
    pub counts: Counts,
    /// What is the matter, in one sentence.
    pub answer: Text,
    /// The second sentence.
    pub second: Text,
    /// The last 24 whole hours; null when nothing was measured.
    pub last_day: Option<f64>,
    /// The next seven days.
    pub next: Option<DayLine>,
    /// How what comes compares with what was expected.
    pub standing: Standing,
    /// Growth that nobody expected tells somebody.
    pub alerts: bool,
    /// The chart.
    pub points: Vec<Point>,
    /// What happened.
    pub marks: Vec<Mark>,
    /// The forecast; null with the reason beside it.
    pub card: Option<Card>,
    /// Why there is none.
    pub none: Option<Text>,
    /// When it was made.
    pub fitted_at: Option<Timestamp>,
    /// The days to come.
    pub days: Vec<DayLine>,
    /// The capacities, those that need a decision first.
    pub capacities: Vec<CapacityLine>,
    /// How they were scaled, newest first.
    pub scaled: Vec<Scaled>,
    /// Costs and transactions by month, newest first.
    pub months: Vec<MonthLine>,
    /// Where the budget of the year stands.
    pub budget: Option<BudgetStanding>,
}

/// What the screen, the CSV and the panel are made of.
pub(super) struct Gathered {
    pub series: Series,
    pub counts: Counts,
    pub incidents: Vec<growth::Stretch>,
    pub fitted: Option<Fitted>,
}

/// The series of a service with its incidents and its forecast.
pub(super) async fn gather(
    site: &Site,
    scope: &Scope,
    of: &Head,
    journey: Option<JourneyId>,
    back: usize,
) -> Result<Gathered, Problem> {
    let (db, service) = (&site.db, of.service.id);
    let (series, counts) =
        series::series(db, &*site.lake, scope, (of.client.id, service), journey, back).await?;
    let since = hour_of(scope.now()) - SignedDuration::from_hours(i64::try_from(back).unwrap_or(0));
    let facts = tables::incident_facts(db, scope, service, since).await?;
    let fits = tables::fits(db, scope, service).await?;
    let fitted = fits.into_iter().find(|one| one.journey == journey);
    Ok(Gathered { series, counts, incidents: growth::incidents(&facts), fitted })
}

/// The forecast that is kept; none when there is none.
pub(super) fn forecast_of(fitted: Option<&Fitted>) -> Option<(Timestamp, &Forecast)> {
    match &fitted?.kept.fit {
        Fit::Forecast(found) => Some((fitted?.kept.ends, found)),
        Fit::None(_) => None,
    }
}

/// What came and what is expected, hour by hour.
pub(super) fn points(gathered: &Gathered, back: usize) -> Vec<Point> {
    let series = &gathered.series;
    let baseline = gathered.fitted.as_ref().and_then(|one| one.kept.baseline.as_ref());
    let point = |at: Timestamp, value: Option<f64>, expected: Option<Expected>| Point {
        at,
        value,
        middle: expected.map(|one| one.middle),
        low: expected.map(|one| one.low),
        high: expected.map(|one| one.high),
    };
    let first = series.hours.len().saturating_sub(back);
    let came = series.hours.iter().enumerate().skip(first).filter_map(|(place, value)| {
        let at = series.at(place)?;
        Some(point(at, *value, baseline.and_then(|one| one.of(at))))
    });
    let mut all: Vec<Point> = came.collect();
    if let Some((from, found)) = forecast_of(gathered.fitted.as_ref()) {
        let last = all.last().map(|point| point.at);
        let ahead = found.hours.iter().enumerate().filter_map(|(place, one)| {
            let at = from.checked_add(SignedDuration::from_hours(i64::try_from(place).ok()?)).ok()?;
            last.is_none_or(|last| at > last).then(|| point(at, None, Some(*one)))
        });
        all.extend(ahead);
    }
    all
}

/// Hours as days of a zone; a day with a missing hour is not known, unless it is still to come.
fn by_day(points: &[Point], zone: &jiff::tz::TimeZone) -> Vec<Point> {
    let mut days: BTreeMap<Date, Vec<&Point>> = BTreeMap::new();
    points.iter().for_each(|point| days.entry(day_of(point.at, zone)).or_default().push(point));
    // The first and the last are rarely whole.
    let whole = days.values().filter(|hours| hours.len() >= DAY - 1);
    let sum = |hours: &[&Point], of: fn(&Point) -> Option<f64>| {
        hours.iter().map(|point| of(point)).sum::<Option<f64>>()
    };
    whole
        .map(|hours| Point {
            at: hours[0].at,
            value: sum(hours, |one| one.value),
            middle: sum(hours, |one| one.middle),
            low: sum(hours, |one| one.low),
            high: sum(hours, |one| one.high),
        })
        .collect()
}

/// Days to come, the first of them whole.
pub(super) fn days_ahead(fitted: Option<&Fitted>, zone: &jiff::tz::TimeZone) -> Vec<DayLine> {
    let Some((from, found)) = forecast_of(fitted) else { return Vec::new() };
    let mut days: Vec<(DayLine, usize)> = Vec::new();
    for (place, one) in found.hours.iter().enumerate() {
        let Ok(place) = i64::try_from(place) else { continue };
        let Ok(at) = from.checked_add(SignedDuration::from_hours(place)) else { continue };
        let day = day_of(at, zone);
        if days.last().is_none_or(|(line, _)| line.day != day) {
            days.push((DayLine { day, middle: 0.0, low: 0.0, high: 0.0, busiest: 0.0 }, 0));
        }
        if let Some((line, hours)) = days.last_mut() {
            line.middle += one.middle;
            line.low += one.low;
            line.high += one.high;
            line.busiest = line.busiest.max(one.high);
            *hours += 1;
        }
    }
    days.into_iter().filter(|(_, hours)| *hours >= DAY - 1).map(|(line, _)| line).collect()
}

/// All of the days to come together.
pub(super) fn together(fitted: Option<&Fitted>) -> Option<DayLine> {
    let (from, found) = forecast_of(fitted)?;
    let sum = |of: fn(&Expected) -> f64| found.hours.iter().map(of).sum();
    Some(DayLine {
        day: from.to_zoned(jiff::tz::TimeZone::UTC).date(),
        middle: sum(|one| one.middle),
        low: sum(|one| one.low),
        high: sum(|one| one.high),
        busiest: found.hours.iter().map(|one| one.high).fold(0.0, f64::max),
    })
}

fn card(found: &Forecast) -> Card {
    let scores = found.scores;
    Card {
        method: found.method,
        naive: scores.naive,
        seasons: scores.seasons,
        by: scores.seasons.map(|seasons| (seasons - scores.naive).abs()),
        hours: scores.hours,
        within: scores.within as f64 / scores.hours.max(1) as f64,
        season_days: found.season / DAY,
    }
}

/// Why there is no forecast.
pub(super) fn none_text(fitted: Option<&Fitted>) -> Text {
    match fitted.map(|one| &one.kept.fit) {
        None => Text::key("demand-none-waiting"),
        Some(Fit::None(NoForecast::TooShort { have, need })) => {
            Text::key("demand-none-short").with("have", *have as u64).with("need", *need as u64)
        }
        Some(Fit::None(NoForecast::TooManyGaps)) => Text::key("demand-none-gaps"),
        Some(Fit::None(NoForecast::Nothing) | Fit::Forecast(_)) => Text::key("demand-none-nothing"),
    }
}

/// Whole numbers in sentences: a tenth of a person says nothing.
pub(super) fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

fn day_after(today: Date, days: f64) -> Option<Date> {
    today.checked_add((days.floor() as i64).days()).ok()
}

fn full_text(full: Full, today: Date) -> Text {
    let on = |days: f64| day_after(today, days).map(|day| day.to_string()).unwrap_or_default();
    match full {
        Full::Now => Text::key("demand-full-now"),
        Full::Forecast { days } => {
            let text = Text::key("demand-full-forecast").with("n", u64::from(days));
            text.with("day", on(f64::from(days)))
        }
        Full::Trend(found) => Text::key("demand-full-trend")
            .with("n", whole(found.days))
            .with("from", whole(found.earliest))
            .with("to", found.latest.map_or_else(|| "–".to_owned(), |days| whole(days).to_string())),
        Full::TooFew { have, need } => {
            Text::key("demand-full-few").with("have", have as u64).with("need", need as u64)
        }
        Full::NotGrowing => Text::key("demand-full-flat"),
    }
}

fn does_text(does: Does, capacity: &Capacity, today: Date) -> (Text, &'static str, Option<Date>) {
    match does {
        Does::Nothing => (Text::key("demand-does-nothing"), "quiet", None),
        Does::ByItself { pieces } => {
            (Text::key("demand-does-itself").with("n", u64::from(pieces)), "quiet", None)
        }
        Does::AtLimit { needs, most } => {
            let text = Text::key("demand-does-limit").with("needs", u64::from(needs));
            (text.with("most", u64::from(most)), "bad", None)
        }
        Does::Add { more, within } => {
            let by = today.checked_add(within.days()).ok();
            let key = match (within < 0, more) {
                (true, _) => "demand-does-late",
                (false, None) => "demand-does-widen",
                (false, Some(_)) => "demand-does-add",
            };
            let text = Text::key(key).with("n", u64::from(more.unwrap_or(1))).with("name", &capacity.name);
            let text = text.with("day", by.map(|day| day.to_string()).unwrap_or_default());
            (text, if within < 0 { "bad" } else { "warn" }, by)
        }
    }
}

/// The capacities of a service with what is known of each; those that need a decision first.
pub(super) async fn capacity_lines(
    site: &Site,
    scope: &Scope,
    of: &Head,
    today: Date,
) -> Result<Vec<CapacityLine>, Problem> {
    let db = &site.db;
    let capacities = tables::of_service(db, scope, of.service.id).await?;
    let names: BTreeMap<JourneyId, String> = journeys::journeys_of(db, scope, of.service.id)
        .await?
        .into_iter()
        .map(|one| (one.id, one.name))
        .collect();
    let mut known: BTreeMap<Option<JourneyId>, Gathered> = BTreeMap::new();
    for capacity in &capacities {
        let journey = capacity.shape.journey;
        if let std::collections::btree_map::Entry::Vacant(unread) = known.entry(journey) {
            unread.insert(gather(site, scope, of, journey, TREND_HOURS).await?);
        }
    }
    let mut lines: Vec<(u8, CapacityLine)> = Vec::new();
    for capacity in capacities {
        let Some(gathered) = known.get(&capacity.shape.journey) else { continue };
        let masked = gathered.series.masked(&gathered.incidents);
        let ahead = forecast_of(gathered.fitted.as_ref()).map(|(_, found)| &found.hours[..]);
        let found = outlook(&capacity, &masked.hours, ahead);
        let (does, tone, by) = does_text(found.does, &capacity, today);
        let price = capacity.shape.one_more.as_ref();
        let costs = found
            .costs
            .zip(price)
            .map(|(minor, price)| Money { minor, currency: price.amount.currency.clone() });
        let rank = ["bad", "warn", "quiet"].iter().position(|one| *one == tone).unwrap_or(9) as u8;
        let line = CapacityLine {
            id: capacity.id,
            journey: capacity.shape.journey.and_then(|id| names.get(&id).cloned()),
            per: capacity.shape.per,
            serves: found.serves,
            usable: found.usable,
            pieces: capacity.pieces(),
            busiest: found.busiest,
            headroom: found.headroom,
            full: full_text(found.full, today),
            does,
            tone,
            by,
            every: costs.as_ref().and(price).map(|price| price.per.word()),
            costs,
            declared_in: capacity.declared_in.clone(),
            name: capacity.name,
        };
        lines.push((rank, line));
    }
    lines.sort_by_key(|(rank, _)| *rank);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// What is the matter, in two sentences.
pub(super) fn answer(
    standing: Standing,
    next: Option<&DayLine>,
    capacities: &[CapacityLine],
    none: &Text,
    counts: Counts,
) -> (Text, Text) {
    let first = match standing {
        Standing::More(out) => Text::key("demand-answer-more")
            .with("actual", whole(out.actual))
            .with("limit", whole(out.limit))
            .with("hours", out.hours as u64),
        Standing::Less(out) => Text::key("demand-answer-less")
            .with("actual", whole(out.actual))
            .with("limit", whole(out.limit))
            .with("hours", out.hours as u64),
        Standing::Usual | Standing::Unknown => match next {
            Some(next) => {
                let what = if counts == Counts::Starts { "starts" } else { "visits" };
                Text::key("demand-answer-next")
                    .with("n", whole(next.middle))
                    .with("low", whole(next.low))
                    .with("high", whole(next.high))
                    .with("what", what)
            }
            None => none.clone(),
        },
    };
    let worst = capacities.first().filter(|line| line.tone != "quiet");
    let second = match worst {
        Some(line) => Text::key("demand-answer-capacity").with("name", &line.name),
        None if capacities.is_empty() => Text::key("demand-answer-no-capacity"),
        None => Text::key("demand-answer-room").with("n", capacities.len() as u64),
    };
    (first, second)
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<DemandView>, Refusal> {
    let db = &site.db;
    let head = head(db, &scope, id).await?;
    let all = journeys::journeys_of(db, &scope, id).await?;
    let named = |one: &crate::model::Journey| Named { id: one.id, name: one.name.clone() };
    let journey = match asked.journey {
        Some(wanted) => {
            let found = all.iter().find(|one| one.id == wanted);
            Some(named(found.ok_or_else(|| Problem::not_found("journey"))?))
        }
        None => None,
    };
    let zone = zone_of(&all);
    let today = day_of(scope.now(), &zone);
    let back = asked.range.hours();
    let gathered = gather(&site, &scope, &head, journey.as_ref().map(|one| one.id), back.max(DAY)).await?;
    let mut points = points(&gathered, back);
    if asked.range != Range::Week {
        points = by_day(&points, &zone);
    }
    let since = points.first().map_or(scope.now(), |point| point.at);
    let fitted = gathered.fitted.as_ref();
    let found = forecast_of(fitted).map(|(_, found)| card(found));
    let none = none_text(fitted);
    let capacities = capacity_lines(&site, &scope, &head, today).await?;
    let plan = tables::plan(db, &scope, id).await?;
    let next = together(fitted);
    let standing = fitted.map(|one| one.kept.standing).unwrap_or_default();
    let (answer, second) = answer(standing, next.as_ref(), &capacities, &none, gathered.counts);
    let hours = &gathered.series.hours;
    let last = &hours[hours.len().saturating_sub(DAY)..];
    let scaled = tables::scalings(db, &scope, id, since).await?;
    Ok(Shown(DemandView {
        range: asked.range,
        journeys: all.iter().map(named).collect(),
        counts: gathered.counts,
        answer,
        second,
        last_day: last.iter().flatten().copied().reduce(|sum, one| sum + one),
        next,
        standing,
        alerts: plan.settings.alerts,
        marks: marks(&gathered.incidents, since),
        none: found.is_none().then_some(none),
        card: found,
        fitted_at: fitted.map(|one| one.fitted_at),
        days: days_ahead(fitted, &zone),
        capacities,
        scaled: scaled.into_iter().filter_map(scaled_line).collect(),
        months: months(db, &scope, id, &plan, today, MONTHS).await?,
        budget: plan.settings.budget.as_ref().map(|budget| costs::standing(&plan.costs, budget, today)),
        points,
        journey,
        head,
    }))
}

fn scaled_line((at, fact): (Timestamp, Fact)) -> Option<Scaled> {
    match fact {
        Fact::CapacityScaled { name, from, to, reason, .. } => Some(Scaled { at, name, from, to, reason }),
        _ => None,
    }
}

fn marks(incidents: &[growth::Stretch], since: Timestamp) -> Vec<Mark> {
    let shown = incidents.iter().filter(|one| one.until.is_none_or(|until| until > since));
    shown
        .map(|one| Mark {
            at: one.from.max(since),
            until: one.until,
            kind: "incident",
            text: format!("#{} {}", one.number, one.title),
            href: format!("/incidents/{}", one.incident),
        })
        .collect()
}

/// Every hour that is known, with what was expected of it and what is, as CSV (RFC 4180), oldest first.
pub async fn csv(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let head = head(&site.db, &scope, id).await?;
    let gathered = gather(&site, &scope, &head, asked.journey, MAX_HOURS).await?;
    let mut out = String::from("hour,actual,expected,low,high\r\n");
    let cell = |value: Option<f64>| value.map(|value| format!("{:.1}", value)).unwrap_or_default();
    for point in points(&gathered, MAX_HOURS) {
        let (actual, middle) = (cell(point.value), cell(point.middle));
        let _ = write!(out, "{},{actual},{middle},{},{}\r\n", point.at, cell(point.low), cell(point.high));
    }
    Ok((csv_headers(&format!("demand-{}", head.service.name)), out).into_response())
}

impl View for DemandView {
    const TEMPLATE: &'static str = "demand/demand.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("demand")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.head.client, &self.head.service)
    }
    fn live(&self) -> Vec<String> {
        vec![self.head.service.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let usual = sample();
        let out = growth::Out { since: sample_now(), hours: 5, actual: 84.0, limit: 61.0 };
        let again = |standing: Standing| {
            let (answer, second) =
                answer(standing, usual.next.as_ref(), &usual.capacities, &Text::raw(""), Counts::Starts);
            DemandView { standing, answer, second, ..usual.clone() }
        };
        let bare = DemandView {
            points: vec![],
            marks: vec![],
            card: None,
            none: Some(Text::key("demand-none-short").with("have", 31u64).with("need", 72u64)),
            days: vec![],
            capacities: vec![],
            scaled: vec![],
            months: vec![],
            budget: None,
            last_day: None,
            next: None,
            counts: Counts::Visits,
            journeys: vec![],
            answer: Text::key("demand-none-short").with("have", 31u64).with("need", 72u64),
            second: Text::key("demand-answer-no-capacity"),
            ..usual.clone()
        };
        let reader = DemandView { head: Head { may_manage: false, ..sample_head() }, ..bare.clone() };
        let waiting =
            DemandView { answer: Text::key("demand-none-waiting"), fitted_at: None, ..bare.clone() };
        let days = DemandView {
            range: Range::Month,
            points: by_day(&usual.points, &jiff::tz::TimeZone::UTC),
            journey: Some(sample_journey()),
            alerts: true,
            ..usual.clone()
        };
        vec![
            ("usual", usual.clone()),
            ("more", again(Standing::More(out))),
            ("less", again(Standing::Less(out))),
            ("by-day", days),
            ("new", bare),
            ("new-for-a-reader", reader),
            ("waiting", waiting),
        ]
    }
}

/// A week of demand and a forecast, as the screens show them.
pub(super) fn sample_points() -> Vec<Point> {
    let now = sample_now();
    (-168..168)
        .map(|hour: i64| {
            let at = now + SignedDuration::from_hours(hour);
            let of_day = (hour + 9).rem_euclid(24);
            let busy = if (8..22).contains(&of_day) { 30 + (of_day * 7) % 13 } else { 4 };
            let weekend = if (hour + 9).div_euclid(24).rem_euclid(7) < 2 { 0.6 } else { 1.0 };
            let middle = busy as f64 * weekend;
            let came = (hour < 0 && hour != -60)
                .then(|| (middle * (0.9 + ((hour * 13) % 7).abs() as f64 / 30.0)).round());
            let expected = (hour >= -18).then_some(middle);
            Point {
                at,
                value: came,
                middle: expected,
                low: expected.map(|one| one * 0.7),
                high: expected.map(|one| one * 1.35),
            }
        })
        .collect()
}

fn sample() -> DemandView {
    let now = sample_now();
    let today = day_of(now, &jiff::tz::TimeZone::UTC);
    let day = |n: i64| DayLine {
        day: today.saturating_add(n.days()),
        middle: 540.0 - n as f64 * 12.0,
        low: 401.0,
        high: 700.0,
        busiest: 58.0,
    };
    let line = |id: u128, name: &str, full: Text, does: Text, tone: &'static str| CapacityLine {
        id: CapacityId::from_u128(id),
        name: name.into(),
        journey: (id == 1).then(|| sample_journey().name),
        per: Per::Hour,
        serves: 60.0,
        usable: 48.0,
        pieces: Some(3),
        busiest: Some(58.0),
        headroom: Some(0.033),
        full,
        does,
        tone,
        by: (tone == "warn").then(|| today.saturating_add(3.days())),
        costs: (tone == "warn").then(|| euros(320_000)),
        every: (tone == "warn").then_some("month"),
        declared_in: (id == 2).then(|| "lindehaven.yml:60".to_owned()),
    };
    let add =
        Text::key("demand-does-add").with("n", 1u64).with("name", "counter staff").with("day", "2026-11-24");
    let late =
        Text::key("demand-does-late").with("n", 1u64).with("name", "back office").with("day", "2026-11-02");
    let limit = Text::key("demand-does-limit").with("needs", 6u64).with("most", 4u64);
    let capacities = vec![
        line(4, "print room", Text::key("demand-full-now"), limit, "bad"),
        line(5, "back office", full_text(Full::Forecast { days: 2 }, today), late, "bad"),
        line(1, "counter staff", full_text(Full::Forecast { days: 5 }, today), add, "warn"),
        line(2, "payment gateway", Text::key("demand-full-flat"), Text::key("demand-does-nothing"), "quiet"),
        line(
            3,
            "application servers",
            full_text(
                Full::Trend(crate::demand::rules::capacity::Saturation {
                    days: 40.0,
                    earliest: 31.0,
                    latest: Some(55.0),
                }),
                today,
            ),
            Text::key("demand-does-itself").with("n", 4u64),
            "quiet",
        ),
        line(
            6,
            "new counter",
            full_text(Full::TooFew { have: 3, need: 7 }, today),
            Text::key("demand-does-widen").with("n", 1u64).with("name", "x").with("day", "2026-12-01"),
            "warn",
        ),
    ];
    let next = day(0);
    let next = DayLine { middle: 3_420.0, low: 2_600.0, high: 4_390.0, ..next };
    let (answer, second) = answer(Standing::Usual, Some(&next), &capacities, &Text::raw(""), Counts::Starts);
    DemandView {
        head: sample_head(),
        range: Range::Week,
        journey: None,
        journeys: vec![sample_journey()],
        counts: Counts::Starts,
        answer,
        second,
        last_day: Some(487.0),
        next: Some(next),
        standing: Standing::Usual,
        alerts: false,
        points: sample_points(),
        marks: vec![Mark {
            at: now - SignedDuration::from_hours(62),
            until: Some(now - SignedDuration::from_hours(59)),
            kind: "incident",
            text: "#12 Paying fails".into(),
            href: "/incidents/inc_1".into(),
        }],
        card: Some(Card {
            method: Method::Seasons,
            naive: 24.1,
            seasons: Some(18.3),
            by: Some(5.8),
            hours: 672,
            within: 0.81,
            season_days: 7,
        }),
        none: None,
        fitted_at: Some(now - SignedDuration::from_mins(12)),
        days: (0..6).map(day).collect(),
        capacities,
        scaled: vec![Scaled {
            at: now - SignedDuration::from_hours(26),
            name: "application servers".into(),
            from: 2,
            to: 3,
            reason: "load above 70 %".into(),
        }],
        months: super::kpis::sample_months(),
        budget: Some(BudgetStanding {
            budget: euros(9_000_000),
            spent: euros(5_610_000),
            planned: euros(6_240_050),
            free: 2_759_950,
            others: 1,
        }),
    }
}
