//! The four figures that a public service publishes, by month, from records: on a screen with the records behind each
//! number, on a public page, and in the shape of the Performance Platform that used to show them.

use std::collections::BTreeMap;

use ::store::Db;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::lake::{Channel, Ending, Field, Group};
use kernel::{JourneyId, Kind, Problem, Ratio, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, IntoResponse, Path, Refusal, Response, Shown, Site, State as Reach, StatusCode, Text, View};

use super::shared::{
    Head, Named, Share, crumbs, day_of, euros, head, sample_head, sample_journey, sample_now, zone_of,
};
use crate::demand::model::{CostLine, Money, Plan};
use crate::demand::rules::costs::{of_line, spent};
use crate::demand::rules::kpi::{Counts, completion, cost_per_transaction, take_up};
use crate::demand::store as tables;
use crate::model::Journey;
use crate::store as journeys;

/// Months that are shown and published.
const MONTHS: usize = 12;
/// How long a public answer may be kept by whoever stands between: figures change once a day.
const CACHE: (&str, &str) = ("cache-control", "public, max-age=300");

/// The figures of a month.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MonthLine {
    /// Its first day.
    pub month: Date,
    /// In an address: `2026-10`.
    pub slug: String,
    /// Whether it is over and every day of it was counted.
    pub whole: bool,
    /// Days that were counted, of the days that are over.
    pub counted: u32,
    /// Days that are over.
    pub days: u32,
    /// Completed transactions through all ways, proper ends included.
    pub completed: u64,
    /// Still under way.
    pub in_progress: u64,
    /// What was spent in it, in the currency of the first cost line; null without costs.
    pub cost: Option<Money>,
    /// Cost per transaction; null with the reason in the notes.
    pub each: Option<Money>,
    /// Completed digitally, of all completed.
    pub take_up: Share,
    /// Properly ended, of all ended.
    pub completion: Share,
    /// What is to be known of the quality of these figures.
    pub notes: Vec<Text>,
}

/// Completed transactions by way.
type ByChannel = BTreeMap<Channel, u64>;

/// What was counted of a journey in a month.
struct Counted {
    counts: Counts,
    days: u32,
    /// Its days are told apart by way.
    channels: bool,
}

/// The first days of the last months, newest first, the one that runs now among them.
fn last_months(today: Date, many: usize) -> Vec<Date> {
    let first = today.first_of_month();
    (0..many).filter_map(|back| first.checked_sub(i64::try_from(back).ok()?.months()).ok()).collect()
}

fn slug(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

/// What was counted of a journey from a day to another, by month.
async fn counted(
    db: &Db,
    scope: &Scope,
    journey: &Journey,
    (from, to): (Date, Date),
) -> Result<BTreeMap<Date, Counted>, Problem> {
    let print = journey.fingerprint();
    let folds = journeys::folded(db, scope, journey.id).await?;
    let fits = |day: &Date| folds.get(day).is_some_and(|fold| fold.fingerprint == print);
    let channels = journey.segments.contains(&Field::Channel);
    let mut months: BTreeMap<Date, Counted> = BTreeMap::new();
    let mut of = |day: Date, add: &mut dyn FnMut(&mut Counted)| {
        let month = months.entry(day.first_of_month());
        add(month.or_insert_with(|| Counted { counts: Counts::default(), days: 0, channels }));
    };
    for row in journeys::days(db, scope, journey.id, None, from, to).await? {
        if row.group == Group::All && fits(&row.day) {
            of(row.day, &mut |month| {
                month.days += 1;
                for (ending, count) in &row.counts.endings {
                    *month.counts.endings.entry(*ending).or_default() += count;
                }
            });
        }
    }
    for row in journeys::days(db, scope, journey.id, Some(&Field::Channel), from, to).await? {
        let Group::Value(word) = &row.group else { continue };
        let Some(channel) = Channel::from_word(word).filter(|_| fits(&row.day)) else { continue };
        let completed = proper(&row.counts.endings);
        of(row.day, &mut |month| *month.counts.completed_by.entry(channel).or_default() += completed);
    }
    Ok(months)
}

/// Proper ends: completed, and told that they are not eligible.
fn proper(endings: &BTreeMap<Ending, u64>) -> u64 {
    let of = |ending| endings.get(&ending).copied().unwrap_or(0);
    of(Ending::Completed) + of(Ending::NotEligible)
}

fn merge(into: &mut Counts, other: &Counts) {
    for (ending, count) in &other.endings {
        *into.endings.entry(*ending).or_default() += count;
    }
    for (channel, count) in &other.completed_by {
        *into.completed_by.entry(*channel).or_default() += count;
    }
}

/// The figures of the last months, newest first; months before the first counted day are left out.
pub(super) async fn months(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    plan: &Plan,
    today: Date,
    many: usize,
) -> Result<Vec<MonthLine>, Problem> {
    let firsts = last_months(today, many);
    let Some(oldest) = firsts.last().copied() else { return Ok(Vec::new()) };
    let mut sums: BTreeMap<Date, Counted> = BTreeMap::new();
    for journey in journeys::journeys_of(db, scope, service).await? {
        for (month, one) in counted(db, scope, &journey, (oldest, today)).await? {
            let sum = sums.entry(month);
            let sum = sum.or_insert_with(|| Counted { counts: Counts::default(), days: 0, channels: true });
            merge(&mut sum.counts, &one.counts);
            sum.days = sum.days.max(one.days);
            sum.channels &= one.channels;
        }
    }
    let known = firsts.into_iter().filter_map(|month| Some(line(month, sums.get(&month)?, plan, today)));
    Ok(known.collect())
}

/// The figures of a month from what was counted.
fn line(month: Date, counted: &Counted, plan: &Plan, today: Date) -> MonthLine {
    let last = month.last_of_month();
    let counts = &counted.counts;
    let completed = proper(&counts.endings);
    let over = if last < today { last } else { today };
    let days = u32::try_from(over.day()).unwrap_or(0);
    // Only what was spent so far can be held against what was completed so far.
    let amounts: Vec<Money> = spent(&plan.costs, month, over).into_iter().map(|(_, money)| money).collect();
    let each = cost_per_transaction(&amounts, completed);
    let currency = amounts.first().map(|money| money.currency.clone());
    let one_currency = amounts.iter().all(|money| Some(&money.currency) == currency.as_ref());
    let cost = currency
        .filter(|_| one_currency)
        .map(|currency| Money { minor: amounts.iter().map(|money| money.minor).sum(), currency });
    let in_progress = counts.endings.get(&Ending::InProgress).copied().unwrap_or(0);
    let mut notes = Vec::new();
    if last >= today {
        notes.push(Text::key("kpi-note-running").with("day", over.to_string()));
    }
    if counted.days < days {
        notes.push(Text::key("kpi-note-days").with("n", u64::from(days - counted.days)));
    }
    if in_progress > 0 {
        notes.push(Text::key("kpi-note-progress").with("n", in_progress));
    }
    if !counted.channels {
        notes.push(Text::key("kpi-note-channels"));
    }
    if amounts.is_empty() {
        notes.push(Text::key("kpi-note-costs"));
    } else if !one_currency {
        notes.push(Text::key("kpi-note-currencies"));
    }
    let take_up = if counted.channels { take_up(counts) } else { Ratio::default() };
    MonthLine {
        month,
        slug: slug(month),
        whole: last < today && counted.days >= days,
        counted: counted.days,
        days,
        completed,
        in_progress,
        cost,
        each,
        take_up: take_up.into(),
        completion: completion(counts).into(),
        notes,
    }
}

// ------------------------------------------------------------------------------------------ inside

/// The figures of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KpisView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// By month, newest first.
    pub months: Vec<MonthLine>,
    /// Whether the public sees them.
    pub published: bool,
    /// The file and line that says so.
    pub declared_in: Option<String>,
}

/// Shows them.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<KpisView>, Refusal> {
    let head = head(&site.db, &scope, id).await?;
    let (plan, months) = read(&site.db, &scope, id).await?;
    Ok(Shown(KpisView { head, months, published: plan.published, declared_in: plan.declared_in }))
}

async fn read(db: &Db, scope: &Scope, id: ServiceId) -> Result<(Plan, Vec<MonthLine>), Problem> {
    let plan = tables::plan(db, scope, id).await?;
    let all = journeys::journeys_of(db, scope, id).await?;
    let today = day_of(scope.now(), &zone_of(&all));
    let months = months(db, scope, id, &plan, today, MONTHS).await?;
    Ok((plan, months))
}

impl View for KpisView {
    const TEMPLATE: &'static str = "demand/kpis.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("kpis")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.head.client, &self.head.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let (head, months) = (sample_head(), sample_months());
        let many = KpisView { head, months, published: true, declared_in: None };
        let none = KpisView { months: vec![], published: false, ..many.clone() };
        let reader = KpisView {
            head: Head { may_manage: false, ..sample_head() },
            declared_in: Some("lindehaven.yml:60".into()),
            ..many.clone()
        };
        vec![("published", many), ("none", none), ("declared", reader)]
    }
}

/// A journey's part of a month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyPart {
    /// The journey.
    pub journey: Named<JourneyId>,
    /// Its days that were counted.
    pub days: u32,
    /// Units by ending.
    pub endings: BTreeMap<Ending, u64>,
    /// Proper ends by way.
    pub channels: ByChannel,
}

/// A cost line's part of a month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CostPart {
    /// The line.
    pub line: CostLine,
    /// What of it falls into the month so far.
    pub amount: Money,
}

/// The records behind the figures of a month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MonthView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// The figures.
    pub figures: MonthLine,
    /// By journey.
    pub journeys: Vec<JourneyPart>,
    /// By cost line.
    pub costs: Vec<CostPart>,
}

/// Shows the records behind a month.
pub async fn month(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path((id, word)): Path<(ServiceId, String)>,
) -> Result<Shown<MonthView>, Refusal> {
    let db = &site.db;
    let head = head(db, &scope, id).await?;
    let first: Date = format!("{word}-01").parse().map_err(|_| Problem::not_found("month"))?;
    let plan = tables::plan(db, &scope, id).await?;
    let all = journeys::journeys_of(db, &scope, id).await?;
    let today = day_of(scope.now(), &zone_of(&all));
    if first > today {
        return Err(Problem::not_found("month").into());
    }
    let last = first.last_of_month().min(today);
    let mut sum = Counted { counts: Counts::default(), days: 0, channels: true };
    let mut parts = Vec::new();
    for journey in &all {
        let Some(one) = counted(db, &scope, journey, (first, last)).await?.remove(&first) else { continue };
        merge(&mut sum.counts, &one.counts);
        sum.days = sum.days.max(one.days);
        sum.channels &= one.channels;
        parts.push(JourneyPart {
            journey: Named { id: journey.id, name: journey.name.clone() },
            days: one.days,
            endings: one.counts.endings,
            channels: one.counts.completed_by,
        });
    }
    let cost = |line: &CostLine| CostPart {
        line: line.clone(),
        amount: Money { minor: of_line(line, first, last), currency: line.amount.currency.clone() },
    };
    let costs = plan.costs.iter().map(cost).filter(|part| part.amount.minor != 0).collect();
    let figures = line(first, &sum, &plan, today);
    Ok(Shown(MonthView { head, figures, journeys: parts, costs }))
}

impl View for MonthView {
    const TEMPLATE: &'static str = "demand/month.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("kpi-month-title").with("month", self.figures.slug.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        let mut crumbs = crumbs(&self.head.client, &self.head.service);
        crumbs.push((Text::key("kpis"), format!("/services/{}/kpis", self.head.service.id)));
        crumbs
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let endings = [
            (Ending::Completed, 1_180),
            (Ending::NotEligible, 70),
            (Ending::Failed, 21),
            (Ending::Abandoned, 430),
            (Ending::InProgress, 12),
        ];
        let line = CostLine {
            name: "hosting".into(),
            amount: euros(120_000),
            per: crate::demand::model::Every::Month,
            channel: Some(Channel::Web),
            from: None,
            until: None,
        };
        let full = MonthView {
            head: sample_head(),
            figures: sample_months().remove(1),
            journeys: vec![JourneyPart {
                journey: sample_journey(),
                days: 31,
                endings: endings.into(),
                channels: Channel::ALL.iter().map(|one| (*one, 100)).collect(),
            }],
            costs: vec![CostPart { line, amount: euros(120_000) }],
        };
        let none = MonthView { journeys: vec![], costs: vec![], ..full.clone() };
        vec![("month", full), ("none", none)]
    }
}

// ------------------------------------------------------------------------------------------ outside

/// The figures of a service, for everybody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublicKpis {
    /// The service.
    pub service: Named<ServiceId>,
    /// Whole months, newest first.
    pub months: Vec<MonthLine>,
    /// Which definitions these figures follow.
    pub definition: &'static str,
    /// Only people who run the service see it.
    pub preview: bool,
}

/// The version of the definitions: it changes when a figure is counted in another way.
const DEFINITION: &str = "2026-1";

async fn find(site: &Site, asker: &Scope, id: ServiceId) -> Result<PublicKpis, Problem> {
    let scope = asker.on_behalf("journeys.kpis");
    let missing = || Problem::not_found("page");
    let service = estate::services::expect(&site.db, &scope, id)
        .await
        .map_err(|problem| if problem.kind == Kind::NotFound { missing() } else { problem })?;
    let (plan, months) = read(&site.db, &scope, id).await?;
    // What is not published is not there for who does not see the service.
    if !plan.published && !asker.sees(service.client_id, Some(id)) {
        return Err(missing());
    }
    Ok(PublicKpis {
        service: Named { id, name: service.name },
        months: months.into_iter().filter(|month| month.days > 0).collect(),
        definition: DEFINITION,
        preview: !plan.published,
    })
}

/// Shows them to everybody.
pub async fn public(
    Reach(site): Reach<Site>,
    Asks(asker): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<PublicKpis>, Refusal> {
    Ok(Shown(find(&site, &asker, id).await?))
}

/// One record of the Performance Platform.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Record {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_timestamp")]
    at: String,
    service: String,
    channel: &'static str,
    count: Option<f64>,
    #[serde(rename = "dataType")]
    kind: &'static str,
    period: &'static str,
}

/// Months as records of the Performance Platform (shape of its last exports).
pub(super) fn records(service: ServiceId, months: &[MonthLine]) -> Vec<Record> {
    let mut all = Vec::new();
    for month in months {
        let mut add = |channel, kind, count| {
            all.push(Record {
                id: format!("{service}.{}.{channel}.{kind}", month.slug),
                at: format!("{}T00:00:00Z", month.month),
                service: service.to_string(),
                channel,
                count,
                kind,
                period: "month",
            });
        };
        let money = |money: &Option<Money>| money.as_ref().map(|money| money.minor as f64 / 100.0);
        add("digital", "transactions", month.take_up.share.map(|_| month.take_up.good as f64));
        add("all", "transactions", Some(month.completed as f64));
        add("all", "cost", money(&month.cost));
        add("all", "cost-per-transaction", money(&month.each));
        add("all", "digital-take-up", month.take_up.share);
        add("all", "completion-rate", month.completion.share);
    }
    all
}

/// The same as records of the Performance Platform.
pub async fn performance(
    Reach(site): Reach<Site>,
    Asks(asker): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Response, Refusal> {
    let found = find(&site, &asker, id).await?;
    let body = serde_json::to_string(&records(id, &found.months)).map_err(Problem::fault)?;
    Ok((StatusCode::OK, [("content-type", "application/json"), CACHE], body).into_response())
}

impl View for PublicKpis {
    const TEMPLATE: &'static str = "demand/public.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::raw(self.service.name.as_str())
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let service = sample_head().service;
        let many = PublicKpis { service, months: sample_months(), definition: DEFINITION, preview: false };
        let none = PublicKpis { months: vec![], preview: true, ..many.clone() };
        vec![("many", many), ("none", none)]
    }
}

/// Months of samples.
pub(super) fn sample_months() -> Vec<MonthLine> {
    let today = day_of(sample_now(), &jiff::tz::TimeZone::UTC);
    let share = |good, total| Share::from(Ratio { good, total });
    let month = |back: usize, completed: u64| {
        let month = last_months(today, 12)[back];
        MonthLine {
            month,
            slug: slug(month),
            whole: back > 0,
            counted: if back == 0 { 21 } else { 30 },
            days: if back == 0 { 21 } else { 30 },
            completed,
            in_progress: if back == 0 { 12 } else { 0 },
            cost: Some(euros(520_000)),
            each: Some(euros(520_000 / completed as i64)),
            take_up: share(completed * 88 / 100, completed),
            completion: share(completed, completed * 10 / 7),
            notes: Vec::new(),
        }
    };
    let mut all = vec![month(0, 860), month(1, 1_250), month(2, 1_310)];
    all[0].notes = vec![
        Text::key("kpi-note-running").with("day", "2026-11-21"),
        Text::key("kpi-note-progress").with("n", 12u64),
    ];
    all[2].each = None;
    all[2].cost = None;
    all[2].notes = vec![
        Text::key("kpi-note-days").with("n", 2u64),
        Text::key("kpi-note-costs"),
        Text::key("kpi-note-currencies"),
        Text::key("kpi-note-channels"),
    ];
    all
}

#[cfg(test)]
mod tests {
    use kernel::Id as _;

    use super::*;

    #[test]
    fn records_have_the_shape_of_the_performance_platform() {
        let months = sample_months();
        let all = records(ServiceId::from_u128(2), &months[1..2]);
        let json = serde_json::to_value(&all).expect("plain data");
        let each =
            json.as_array().and_then(|all| all.iter().find(|one| one["dataType"] == "cost-per-transaction"));
        let each = each.expect("it is there");
        assert_eq!(
            (each["_timestamp"].as_str(), each["period"].as_str()),
            (Some("2026-10-01T00:00:00Z"), Some("month"))
        );
        assert_eq!((each["count"].as_f64(), each["channel"].as_str()), (Some(4.16), Some("all")));
        let none = records(ServiceId::from_u128(2), &months[2..]);
        assert!(
            none.iter().any(|one| one.kind == "cost" && one.count.is_none()),
            "not measured is null, never 0"
        );
    }

    #[test]
    fn a_month_counts_what_was_spent_and_completed_up_to_today() {
        let today: Date = "2026-11-15".parse().expect("a day");
        let plan = Plan {
            costs: vec![CostLine {
                name: "hosting".into(),
                amount: euros(120_000),
                per: crate::demand::model::Every::Month,
                channel: None,
                from: None,
                until: None,
            }],
            ..Plan::default()
        };
        let counts = Counts {
            endings: [(Ending::Completed, 40), (Ending::NotEligible, 10), (Ending::Abandoned, 50)].into(),
            completed_by: [(Channel::Web, 45), (Channel::Counter, 5)].into(),
        };
        let counted = Counted { counts, days: 14, channels: true };
        let found = line(today.first_of_month(), &counted, &plan, today);
        assert_eq!((found.completed, found.cost, found.each), (50, Some(euros(60_000)), Some(euros(1_200))));
        assert_eq!((found.completion.share, found.take_up.share), (Some(0.5), Some(0.9)));
        assert!(!found.whole);
        let keys: Vec<String> = found.notes.iter().map(|note| format!("{note:?}")).collect();
        assert!(keys[0].contains("kpi-note-running") && keys[1].contains("kpi-note-days"), "{keys:?}");
    }
}
