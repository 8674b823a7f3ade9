//! Folds the days of journeys and counts the hours of services.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::lake::{
    Among, CountAsk, DayState, Field, FunnelCounts, Group, Lake, Looks, People, Question, Table, Unit,
};
use kernel::task::{Answer, Status, Task};
use kernel::{ClientId, Problem, Scope, ServiceId, Stage};
use store::Ground;

use crate::model::{Journey, ONE_DAY};
use crate::rules::days::{self, Folded, bounds, day_of};
use crate::rules::looks::PAGEVIEW;
use crate::store::{self as tables, DayFold, Hour, TrafficHour};

/// Questions asked in one run: at a tenth of a second each the round goes on after a few seconds, and what is
/// left comes with the next run.
const MAX_ASKS: usize = 60;
/// Days that are looked back upon: what the lake may hold at most.
const LOOK_BACK: i64 = 400;

/// Keeps the days of journeys and the hours of services.
pub struct Fold {
    ground: Ground,
}

/// The lake's versions of a service's days.
type Versions = BTreeMap<Timestamp, u64>;

impl Fold {
    pub(crate) fn new(ground: Ground) -> Self {
        Fold { ground }
    }

    pub(crate) async fn fold(&self, scope: &Scope) -> Result<Status, Problem> {
        let mut by_service: BTreeMap<(ClientId, ServiceId), Vec<Journey>> = BTreeMap::new();
        for service in estate::services::all(&self.ground.db, scope).await? {
            by_service.insert((service.client_id, service.id), Vec::new());
        }
        for journey in tables::all(&self.ground.db, scope).await? {
            by_service.entry((journey.client, journey.service)).or_default().push(journey);
        }
        let (mut asks, mut done, mut left) = (0usize, 0u64, 0u64);
        for ((client, service), journeys) in by_service {
            asks += self.calls(scope, client, service).await?;
            let versions = self.versions(scope, client, service, Table::Events).await?;
            if versions.is_empty() {
                continue;
            }
            for journey in &journeys {
                for day in self.due(scope, journey, &versions).await? {
                    if asks >= MAX_ASKS {
                        left += 1;
                        continue;
                    }
                    asks += self.fold_day(scope, journey, day, &versions).await?;
                    done += 1;
                }
            }
            for (day, version) in self.uncounted(scope, service, &versions).await? {
                if asks >= MAX_ASKS {
                    left += 1;
                    continue;
                }
                self.count_day(scope, client, service, day, version).await?;
                asks += 3;
                done += 1;
            }
        }
        Ok(Status::done(done, format!("{done} days counted")).left(left))
    }

    /// Reads who calls whom from the newest day of spans, when it changed; how many questions it took.
    async fn calls(&self, scope: &Scope, client: ClientId, service: ServiceId) -> Result<usize, Problem> {
        let versions = self.versions(scope, client, service, Table::Spans).await?;
        let Some((day, version)) = versions.last_key_value() else { return Ok(0) };
        // Versions of different days do not compare, so the day is part of the number.
        let version = version.wrapping_add(u64::try_from(day.as_second()).unwrap_or(0));
        if tables::calls_folded(&self.ground.db, scope, service).await? == Some(version) {
            return Ok(0);
        }
        let until = day.checked_add(ONE_DAY).unwrap_or(*day);
        let among = Among { client, service, from: *day, until, people: People::All, only: Vec::new() };
        let edges = self.ground.lake.ask(scope, Question::Edges { among }).await?.edges();
        let mut tx = self.ground.db.write_unaudited("journeys.calls", scope).await?;
        tables::write_calls(&mut tx, client, service, version, &edges).await?;
        tx.commit().await?;
        Ok(1)
    }

    async fn versions(
        &self,
        scope: &Scope,
        client: ClientId,
        service: ServiceId,
        table: Table,
    ) -> Result<Versions, Problem> {
        let question = Question::Days { client, service, table };
        match self.ground.lake.ask(scope, question).await {
            Ok(reply) => {
                let version = |state: DayState| (state.day, state.version);
                Ok(reply.days().into_iter().map(version).collect())
            }
            // An installation without a lake, and a service of which nothing ever came.
            Err(problem) if problem.kind == kernel::Kind::NotFound => Ok(Versions::new()),
            Err(problem) => Err(problem),
        }
    }

    /// The days of a journey that are to be folded now: today first, then the newest, because those are looked at.
    async fn due(&self, scope: &Scope, journey: &Journey, lake: &Versions) -> Result<Vec<Date>, Problem> {
        let (zone, now) = (journey.zone(), scope.now());
        let folded = tables::folded(&self.ground.db, scope, journey.id).await?;
        let print = journey.fingerprint();
        let today = day_of(now, &zone);
        let Some(first) = lake.keys().next() else { return Ok(Vec::new()) };
        let first = day_of(*first, &zone).max(today.saturating_sub(LOOK_BACK.days()));
        let mut due = days::days_between(first, today);
        due.retain(|day| {
            let (begins, ends) = bounds(*day, &zone);
            let version = days::version(lake, begins, ends, journey.window);
            days::has_rows(lake, begins, ends)
                && days::due(folded.get(day), version, &print, journey.window, now)
        });
        due.reverse();
        Ok(due)
    }

    /// Folds one day; how many questions it took.
    async fn fold_day(
        &self,
        scope: &Scope,
        journey: &Journey,
        day: Date,
        lake: &Versions,
    ) -> Result<usize, Problem> {
        let (zone, now) = (journey.zone(), scope.now());
        let (begins, ends) = bounds(day, &zone);
        let whole = whole_day(&self.ground.lake, scope, journey, day).await?;
        let mut counts = vec![(None, Group::All, whole.counts)];
        let mut asks = 1;
        // Today's parts are asked for when somebody looks: they would be folded anew every minute.
        let parts: &[Field] = if ends <= now { &journey.segments } else { &[] };
        for field in parts {
            let mut ask = journey.funnel(among(journey, begins, ends.min(now)), now);
            ask.by = Some(field.clone());
            let cells = self.ground.lake.ask(scope, Question::Funnel(ask)).await?.funnel();
            let told = cells.into_iter().filter(|cell| cell.group != Group::All);
            counts.extend(told.map(|cell| (Some(field.clone()), cell.group, cell.counts)));
            asks += 1;
        }
        let settled = ends.checked_add(journey.window).is_ok_and(|settles| settles <= now);
        let version = days::version(lake, begins, ends, journey.window).unwrap_or(0);
        let folded = Folded { version, fingerprint: journey.fingerprint(), at: now, settled };
        let fold = DayFold { day, folded, hours: whole.hours, counts };
        let mut tx = self.ground.db.write_unaudited("journeys.fold", scope).await?;
        // It may have been removed meanwhile; days of nothing are not kept.
        let there =
            tables::journeys_in(&mut tx, journey.service).await?.iter().any(|one| one.id == journey.id);
        if there {
            tables::write_day(&mut tx, journey, &fold).await?;
        }
        tx.commit().await?;
        Ok(asks)
    }

    /// The days (UTC) of a service of which hours are to be counted: those that changed, today among them.
    async fn uncounted(
        &self,
        scope: &Scope,
        service: ServiceId,
        lake: &Versions,
    ) -> Result<Vec<(Timestamp, u64)>, Problem> {
        let counted = tables::traffic_folded(&self.ground.db, scope, service).await?;
        let changed = |(day, version): (&Timestamp, &u64)| {
            counted.get(day).is_none_or(|held| held < version).then_some((*day, *version))
        };
        Ok(lake.iter().rev().filter_map(changed).collect())
    }

    async fn count_day(
        &self,
        scope: &Scope,
        client: ClientId,
        service: ServiceId,
        day: Timestamp,
        version: u64,
    ) -> Result<(), Problem> {
        let until = day.checked_add(ONE_DAY).unwrap_or(day);
        let hours: Vec<Timestamp> =
            (0..24).filter_map(|hour| day.checked_add(SignedDuration::from_hours(hour)).ok()).collect();
        let ask = |people: People, looks: Option<Looks>, distinct: bool| CountAsk {
            among: Among { client, service, from: day, until, people, only: Vec::new() },
            looks,
            unit: Unit::Visit,
            cells: hours.clone(),
            by: None,
            top: 0,
            distinct,
        };
        let mut counted: Vec<TrafficHour> =
            hours.iter().map(|hour| TrafficHour { hour: *hour, ..TrafficHour::default() }).collect();
        let views = ask(People::People, Some(Looks::named(PAGEVIEW)), true);
        for (kind, ask) in
            [views, ask(People::People, None, false), ask(People::Bots, None, false)].into_iter().enumerate()
        {
            for cell in self.ground.lake.ask(scope, Question::Count(ask)).await?.count() {
                let Some(hour) = counted.get_mut(cell.cell as usize) else { continue };
                match kind {
                    0 => (hour.views, hour.visits) = (cell.events, cell.visits.unwrap_or(0)),
                    1 => hour.events = cell.events,
                    _ => hour.bots = cell.events,
                }
            }
        }
        counted.retain(|hour| hour.events + hour.bots > 0);
        let mut tx = self.ground.db.write_unaudited("journeys.traffic", scope).await?;
        tables::write_traffic(&mut tx, client, service, day, version, &counted).await?;
        tx.commit().await
    }
}

/// A day of a journey as the lake tells it.
pub(crate) struct Whole {
    /// All of it.
    pub counts: FunnelCounts,
    /// Starts and completions by the hour.
    pub hours: Vec<Hour>,
}

/// The rows of people of a journey's service between two instants.
pub(crate) fn among(journey: &Journey, from: Timestamp, until: Timestamp) -> Among {
    Among {
        client: journey.client,
        service: journey.service,
        from,
        until,
        people: People::People,
        only: Vec::new(),
    }
}

/// Asks for a day: in one question with its hours as cells, because a unit is counted in one of them only.
pub(crate) async fn whole_day(
    lake: &std::sync::Arc<dyn Lake>,
    scope: &Scope,
    journey: &Journey,
    day: Date,
) -> Result<Whole, Problem> {
    let (zone, now) = (journey.zone(), scope.now());
    let (begins, ends) = bounds(day, &zone);
    let mut ask = journey.funnel(among(journey, begins, ends), now);
    ask.cells = days::hours(day, &zone);
    let count = ask.cells.len();
    let cells = lake.ask(scope, Question::Funnel(ask)).await?.funnel();
    Ok(add_up(cells, count))
}

/// The day that its hours make.
pub(crate) fn add_up(cells: Vec<kernel::lake::FunnelCell>, count: usize) -> Whole {
    let mut whole = Whole { counts: FunnelCounts::default(), hours: vec![[0, 0]; count] };
    for cell in cells.into_iter().filter(|cell| cell.group == Group::All) {
        if let Some(hour) = whole.hours.get_mut(cell.cell as usize) {
            let of = |place: Option<&u64>| place.copied().unwrap_or(0);
            *hour = [of(cell.counts.reached.first()), of(cell.counts.reached.last())];
        }
        whole.counts.merge(&cell.counts);
    }
    whole
}

impl Task for Fold {
    fn name(&self) -> &'static str {
        "journeys.fold"
    }

    fn stage(&self) -> Stage {
        Stage::Report
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(1)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.fold(scope))
    }
}
