//! Now: who is there, the last half hour, and where in each journey they are.

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{
    Among, CountAsk, Field, Group, Looks, People, Question, Reply, Seen, Table, TopAsk, TopSort, Unit,
};
use kernel::{ClientId, JourneyId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::explore::ask;
use super::shared::{Named, Point, crumbs, sample_head, sample_now};
use crate::model::Journey;
use crate::rules::looks;
use crate::store as tables;
use crate::tasks::fold::among;

/// Minutes that are looked back upon.
const MINUTES: i64 = 30;
/// Somebody who did something in so many minutes is there now.
const NOW: i64 = 5;
/// Rows of what comes in.
const NEWEST: u32 = 15;

/// A step of a journey right now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepNow {
    /// Its name.
    pub name: String,
    /// How many reached it in the last half hour.
    pub reached: u64,
    /// How many stand there and may still go on.
    pub here: u64,
}

/// A journey right now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyNow {
    /// Its id.
    pub id: JourneyId,
    /// Its name.
    pub name: String,
    /// Its steps.
    pub steps: Vec<StepNow>,
}

/// A service right now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveView {
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// When.
    pub as_of: Timestamp,
    /// Visits of people that did something in the last five minutes.
    pub now: u64,
    /// Visits of the last half hour.
    pub visits: u64,
    /// Page views of the last half hour.
    pub views: u64,
    /// Events of programs of the last half hour.
    pub bots: u64,
    /// Events of people by the minute.
    pub minutes: Vec<Point>,
    /// Where in each journey they are.
    pub journeys: Vec<JourneyNow>,
    /// The pages they look at.
    pub pages: Vec<(String, u64)>,
    /// What came in last.
    pub newest: Vec<Seen>,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<LiveView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let now = scope.now();
    let minute = |back: i64| {
        let whole = now.as_second().div_euclid(60) * 60;
        Timestamp::from_second(whole - back * 60).unwrap_or(now)
    };
    let rows = |people: People, minutes: i64| Among {
        client: service.client_id,
        service: id,
        from: minute(minutes - 1),
        // What happens this very moment belongs to now.
        until: now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now),
        people,
        only: Vec::new(),
    };
    let cells: Vec<Timestamp> = (0..MINUTES).rev().map(minute).collect();
    let by_minute = counted(&site, &scope, rows(People::People, MINUTES), None, cells.clone(), false).await?;
    let views = Some(Looks::named(looks::PAGEVIEW));
    let all = counted(&site, &scope, rows(People::People, MINUTES), views.clone(), vec![], true).await?;
    let here = counted(&site, &scope, rows(People::People, NOW), None, vec![], true).await?;
    let bots = counted(&site, &scope, rows(People::Bots, MINUTES), None, vec![], false).await?;
    let top = TopAsk {
        among: rows(People::People, MINUTES),
        looks: views,
        field: Field::Path,
        unit: Unit::Visit,
        sort: TopSort::Units,
        limit: 8,
    };
    let pages = ask(&site, &scope, Question::Top(top)).await?.map(Reply::top).unwrap_or_default();
    let newest = Question::Newest {
        among: rows(People::All, MINUTES),
        table: Table::Events,
        origin: None,
        limit: NEWEST,
    };
    let newest = ask(&site, &scope, newest).await?.map(Reply::newest).unwrap_or_default();
    let mut journeys = Vec::new();
    for journey in tables::journeys_of(&site.db, &scope, id).await? {
        journeys.push(journey_now(&site, &scope, &journey).await?);
    }
    let clients = identity::clients::names(&site.db, &scope).await?;
    let name = clients.get(&service.client_id).cloned().unwrap_or_default();
    let sum = |counts: &[kernel::lake::Counted]| counts.iter().map(|one| one.events).sum::<u64>();
    let visits = |counts: &[kernel::lake::Counted]| counts.iter().filter_map(|one| one.visits).sum::<u64>();
    let point = |(place, at): (usize, &Timestamp)| {
        let n = by_minute.iter().filter(|one| one.cell as usize == place).map(|one| one.events).sum::<u64>();
        Point { at: *at, value: Some(n as f64), n }
    };
    Ok(Shown(LiveView {
        client: Named { id: service.client_id, name },
        service: Named { id, name: service.name },
        as_of: now,
        now: visits(&here),
        visits: visits(&all),
        views: sum(&all),
        bots: sum(&bots),
        minutes: cells.iter().enumerate().map(point).collect(),
        journeys,
        pages: pages.into_iter().map(|top| (top.value, top.units)).collect(),
        newest,
    }))
}

async fn counted(
    site: &Site,
    scope: &Scope,
    among: Among,
    looks: Option<Looks>,
    cells: Vec<Timestamp>,
    distinct: bool,
) -> Result<Vec<kernel::lake::Counted>, Problem> {
    let question = CountAsk { among, looks, unit: Unit::Visit, cells, by: None, top: 0, distinct };
    let found = ask(site, scope, Question::Count(question)).await?.map(Reply::count).unwrap_or_default();
    Ok(found.into_iter().filter(|one| one.group == Group::All).collect())
}

async fn journey_now(site: &Site, scope: &Scope, journey: &Journey) -> Result<JourneyNow, Problem> {
    let now = scope.now();
    let from = now.checked_sub(SignedDuration::from_mins(MINUTES)).unwrap_or(now);
    let until = now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now);
    let question = journey.funnel(among(journey, from, until), now);
    let cells = ask(site, scope, Question::Funnel(question)).await?.map(Reply::funnel).unwrap_or_default();
    let mut counts = kernel::lake::FunnelCounts::default();
    cells.iter().filter(|cell| cell.group == Group::All).for_each(|cell| counts.merge(&cell.counts));
    let at = |all: &[u64], place: usize| all.get(place).copied().unwrap_or(0);
    let step = |(place, step): (usize, &crate::model::Step)| StepNow {
        name: step.name.clone(),
        reached: at(&counts.reached, place),
        here: at(&counts.in_progress, place),
    };
    let steps = journey.steps.iter().enumerate().map(step).collect();
    Ok(JourneyNow { id: journey.id, name: journey.name.clone(), steps })
}

impl View for LiveView {
    const TEMPLATE: &'static str = "journeys/live.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journeys-live")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn live(&self) -> Vec<String> {
        vec!["pulse".into()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let (head, now) = (sample_head(), sample_now());
        let minutes = (0..MINUTES)
            .rev()
            .map(|back| {
                let n = u64::try_from(40 + back * 37 % 31).unwrap_or(0);
                Point { at: now - SignedDuration::from_mins(back), value: Some(n as f64), n }
            })
            .collect();
        let step = |name: &str, reached, here| StepNow { name: name.into(), reached, here };
        let seen = |back: i64, what: &str| Seen {
            at: now - SignedDuration::from_secs(back),
            received_at: None,
            what: what.into(),
            fields: vec![("device".into(), "mobile".into())],
        };
        let many = LiveView {
            service: head.service,
            client: head.client,
            as_of: now,
            now: 42,
            visits: 318,
            views: 1_204,
            bots: 96,
            minutes,
            journeys: vec![JourneyNow {
                id: head.id,
                name: head.name,
                steps: vec![
                    step("start", 84, 12),
                    step("form", 61, 21),
                    step("payment", 38, 6),
                    step("done", 31, 0),
                ],
            }],
            pages: vec![("/".into(), 120), ("/apply".into(), 84), ("/apply/form".into(), 61)],
            newest: vec![
                seen(2, "pageview /apply"),
                seen(5, "payment started /apply/pay"),
                seen(9, "pageview /"),
            ],
        };
        let none = LiveView {
            now: 0,
            visits: 0,
            views: 0,
            bots: 0,
            minutes: vec![],
            journeys: vec![],
            pages: vec![],
            newest: vec![],
            ..many.clone()
        };
        vec![("many", many), ("none", none)]
    }
}
