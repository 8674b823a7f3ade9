//! Explore a service: the ways people take, who comes back, and what is most common.

use std::fmt::Write as _;

use jiff::{Timestamp, ToSpan};
use kernel::lake::{
    Among, Cohort, Field, Flow, Group, Looks, PathsAsk, People, Period, Question, Reply, RetentionAsk, Top,
    TopAsk, TopSort, Unit,
};
use kernel::{ClientId, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Response, Shown, Site, State as Reach, Text, View};

use super::shared::{Named, Range, Who, crumbs, csv, quoted, sample_head, sample_now};
use crate::model::unit_word;
use crate::rules::days::{bounds, day_of};
use crate::rules::looks;
use crate::rules::paths::{Picture, picture};

/// Events on a path in the picture.
const DEPTH: u8 = 5;
/// Values at each place of the picture.
const VALUES: u32 = 6;
/// Rows of a list of common values.
const COMMON: u32 = 10;

/// What is looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// How far back; a week when nothing is said.
    pub range: Option<Range>,
    /// Who is counted.
    pub who: Who,
    /// `path` or `name`: what the ways are made of.
    pub by: Option<String>,
    /// Ways from here on: a path or the name of an event.
    pub from: Option<String>,
    /// Ways that lead here.
    pub to: Option<String>,
    /// Who comes back by the day, week or month.
    pub period: Period,
}

/// A common value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Common {
    /// The value.
    pub value: String,
    /// Events.
    pub events: u64,
    /// Visits.
    pub visits: u64,
}

/// Common values of one field.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CommonOf {
    /// The field.
    pub field: String,
    /// The values, most visits first.
    pub values: Vec<Common>,
}

/// Who started in one period and came back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Back {
    /// When the period begins.
    pub at: Timestamp,
    /// How many started.
    pub units: u64,
    /// How many were there in each later period, the first of them the same one.
    pub again: Vec<u64>,
    /// The same as shares of those who started.
    pub shares: Vec<f64>,
}

/// Explore a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExploreView {
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// What was asked for.
    pub asked: Asked,
    /// How far back.
    pub range: Range,
    /// The ways, laid out.
    pub picture: Picture,
    /// Common values.
    pub common: Vec<CommonOf>,
    /// Who comes back; empty when nobody is known for longer than a visit.
    pub back: Vec<Back>,
    /// Whom `back` counts.
    pub back_unit: &'static str,
    /// Whether anything came at all.
    pub silent: bool,
    /// The asker may describe a journey.
    pub may_add: bool,
}

fn among(service: &estate::model::Service, asked: &Asked, scope: &Scope) -> Among {
    // A service has no zone of its own: its days here are those of UTC, and the screen says so.
    let zone = jiff::tz::TimeZone::UTC;
    let (from, to) = asked.range.unwrap_or(Range::Week).dates(scope.now(), &zone);
    Among {
        client: service.client_id,
        service: service.id,
        from: bounds(from, &zone).0,
        until: bounds(to, &zone).1,
        people: People::from(asked.who),
        only: Vec::new(),
    }
}

/// What the lake answers; none when it is not there.
pub(super) async fn ask(site: &Site, scope: &Scope, question: Question) -> Result<Option<Reply>, Problem> {
    match site.lake.ask(scope, question).await {
        Ok(reply) => Ok(Some(reply)),
        Err(problem) if problem.kind == kernel::Kind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The flows that lead to or from something.
pub(super) async fn flows(
    site: &Site,
    scope: &Scope,
    among: Among,
    asked: &Asked,
    depth: u8,
) -> Result<Vec<Flow>, Problem> {
    let named = asked.by.as_deref() == Some("name");
    let end = |text: &Option<String>| text.as_deref().and_then(looks::typed);
    let (from, to) = (end(&asked.from), end(&asked.to));
    // A way that begins or ends with a named event is made of events and page views alike.
    let every = named || [&from, &to].iter().any(|end| end.as_ref().is_some_and(|looks| !is_page(looks)));
    let question = PathsAsk {
        among,
        unit: Unit::Visit,
        looks: every.then(|| Looks { any: vec![Vec::new()] }),
        by: if named { Field::Name } else { Field::Path },
        from,
        to,
        depth,
        top: VALUES,
    };
    Ok(ask(site, scope, Question::Paths(question)).await?.map(Reply::paths).unwrap_or_default())
}

fn is_page(looks: &Looks) -> bool {
    looks.any.iter().all(|tests| tests.iter().any(|test| test.field == Field::Path))
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<ExploreView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let rows = among(&service, &asked, &scope);
    let (flows, common, back) = futures::join!(
        flows(&site, &scope, rows.clone(), &asked, DEPTH),
        common(&site, &scope, &rows),
        back(&site, &scope, &rows, asked.period),
    );
    let (back, unit) = back?;
    let clients = identity::clients::names(&site.db, &scope).await?;
    let name = clients.get(&service.client_id).cloned().unwrap_or_default();
    let common = common?;
    Ok(Shown(ExploreView {
        client: Named { id: service.client_id, name },
        range: asked.range.unwrap_or(Range::Week),
        picture: picture(&flows?),
        silent: common.iter().all(|of| of.values.is_empty()),
        common,
        back,
        back_unit: unit_word(unit),
        may_add: scope.may(Right::Respond, service.client_id, Some(id)),
        service: Named { id, name: service.name },
        asked,
    }))
}

async fn common(site: &Site, scope: &Scope, rows: &Among) -> Result<Vec<CommonOf>, Problem> {
    let pages = Some(Looks::named(looks::PAGEVIEW));
    let fields = [
        (Field::Path, pages.clone()),
        (Field::Name, None),
        (Field::Referrer, pages.clone()),
        (Field::Campaign, pages.clone()),
        (Field::Device, pages.clone()),
        (Field::Browser, pages),
    ];
    let mut all = Vec::with_capacity(fields.len());
    for (field, looks) in fields {
        let question = TopAsk {
            among: rows.clone(),
            looks,
            field: field.clone(),
            unit: Unit::Visit,
            sort: TopSort::Units,
            limit: COMMON,
        };
        let found = ask(site, scope, Question::Top(question)).await?.map(Reply::top).unwrap_or_default();
        let one = |top: Top| Common { value: top.value, events: top.events, visits: top.units };
        let values = found.into_iter().filter(|top| !top.value.is_empty()).map(one).collect();
        all.push(CommonOf { field: looks::field_word(&field), values });
    }
    Ok(all)
}

/// Who comes back: declared users where there are some, else cases. Visitors of a day cannot be recognised on the
/// next, so nothing is said of them.
async fn back(
    site: &Site,
    scope: &Scope,
    rows: &Among,
    period: Period,
) -> Result<(Vec<Back>, Unit), Problem> {
    let zone = jiff::tz::TimeZone::UTC;
    let today = day_of(scope.now(), &zone);
    let nth = |back: i64| match period {
        Period::Day => today.saturating_sub(back.days()),
        Period::Week => {
            let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
            monday.saturating_sub((back * 7).days())
        }
        Period::Month => today.first_of_month().saturating_sub(back.months()),
    };
    let cells: Vec<Timestamp> = (0..10).rev().map(|back| bounds(nth(back), &zone).0).collect();
    for unit in [Unit::User, Unit::Case] {
        let mut rows = rows.clone();
        rows.from = cells[0];
        let question = RetentionAsk { among: rows, unit, first: None, again: None, cells: cells.clone() };
        let found = ask(site, scope, Question::Retention(question)).await?.map(Reply::retention);
        let cohorts: Vec<Cohort> =
            found.unwrap_or_default().into_iter().filter(|one| one.units > 0).collect();
        if !cohorts.is_empty() {
            let back = cohorts.into_iter().map(|cohort| of_cohort(&cohort, &cells));
            return Ok((back.collect(), unit));
        }
    }
    Ok((Vec::new(), Unit::User))
}

fn of_cohort(cohort: &Cohort, cells: &[Timestamp]) -> Back {
    let share = |again: &u64| *again as f64 / cohort.units.max(1) as f64;
    Back {
        at: cells.get(cohort.cell as usize).copied().unwrap_or(Timestamp::UNIX_EPOCH),
        units: cohort.units,
        shares: cohort.again.iter().map(share).collect(),
        again: cohort.again.clone(),
    }
}

/// The ways as CSV: how many went from what to what, at which place.
pub async fn download(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let rows = among(&service, &asked, &scope);
    let mut out = String::from("place,from,to,visits\r\n");
    let word = |group: &Group| match group {
        Group::Value(value) => value.clone(),
        Group::Rest | Group::All => "…".to_owned(),
    };
    for flow in flows(&site, &scope, rows, &asked, DEPTH).await? {
        let to = flow.to.as_ref().map(word).unwrap_or_default();
        let _ = write!(
            out,
            "{},{},{},{}\r\n",
            flow.place + 1,
            quoted(&word(&flow.from)),
            quoted(&to),
            flow.units
        );
    }
    Ok(csv(&format!("{}-ways", service.slug), out))
}

impl View for ExploreView {
    const TEMPLATE: &'static str = "journeys/explore.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journeys-explore")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let head = sample_head();
        let common = |field: &str, values: &[(&str, u64)]| CommonOf {
            field: field.into(),
            values: values
                .iter()
                .map(|(value, n)| Common { value: (*value).into(), events: n * 3 / 2, visits: *n })
                .collect(),
        };
        let back = (0..6u64)
            .map(|n| {
                let units = 120 + n * 17 % 40;
                let again: Vec<u64> = (0..6 - n).map(|later| units / (later * 2 + 1)).collect();
                let shares = again.iter().map(|again| *again as f64 / units as f64).collect();
                let at = sample_now() - jiff::SignedDuration::from_hours(24 * 7 * (6 - n as i64));
                Back { at, units, again, shares }
            })
            .collect();
        let many = ExploreView {
            service: head.service,
            client: head.client,
            asked: Asked::default(),
            range: Range::Week,
            picture: picture(&sample_flows()),
            common: vec![
                common(
                    "path",
                    &[("/", 8_120), ("/apply", 4_812), ("/apply/form", 3_604), ("/help/ideal", 812)],
                ),
                common("name", &[("pageview", 9_400), ("payment started", 2_190), ("payment failed", 96)]),
                common("referrer", &[("duckduckgo.com", 2_310), ("lindehaven.example", 1_200)]),
                common("campaign", &[]),
                common("device", &[("mobile", 5_912), ("desktop", 3_104), ("tablet", 196)]),
                common("browser", &[("Safari", 4_100), ("Chrome", 3_900), ("Firefox", 1_212)]),
            ],
            back,
            back_unit: "user",
            silent: false,
            may_add: true,
        };
        let mut none = ExploreView {
            picture: Picture::default(),
            back: vec![],
            common: vec![],
            silent: true,
            ..many.clone()
        };
        none.may_add = false;
        let mut to = many.clone();
        to.asked.to = Some("/apply/done".into());
        vec![("many", many), ("none", none), ("to-an-end", to)]
    }
}

/// Flows for samples.
pub(super) fn sample_flows() -> Vec<Flow> {
    let group = |text: &str| if text == "…" { Group::Rest } else { Group::Value(text.into()) };
    let flow = |place, from: &str, to: Option<&str>, units| Flow {
        place,
        from: group(from),
        to: to.map(group),
        units,
    };
    vec![
        flow(0, "/", Some("/apply"), 3_100),
        flow(0, "/", Some("/help"), 900),
        flow(0, "/", None, 1_400),
        flow(0, "/apply", Some("/apply/form"), 1_300),
        flow(0, "…", Some("/apply"), 600),
        flow(1, "/apply", Some("/apply/form"), 2_700),
        flow(1, "/apply", None, 1_000),
        flow(1, "/help", Some("/apply"), 420),
        flow(1, "/help", None, 480),
        flow(1, "/apply/form", Some("/apply/pay"), 900),
        flow(1, "/apply/form", Some("…"), 400),
        flow(2, "/apply/form", Some("/apply/pay"), 1_900),
        flow(2, "/apply/form", None, 800),
        flow(2, "/apply", Some("/apply/form"), 300),
        flow(2, "/apply/pay", Some("/apply/done"), 780),
        flow(3, "/apply/pay", Some("/apply/done"), 1_500),
        flow(3, "/apply/pay", None, 400),
    ]
}
