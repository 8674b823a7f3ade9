//! Journeys: all of them or those of a service, with their completions against what is usual at that hour.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::lake::FunnelCounts;
use kernel::task::Answer;
use kernel::{JourneyId, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Found, Path, Query, Refusal, SearchSource, Shown, Site, State as Reach, Text, View};

use super::shared::{Named, Names, sample_head, sample_now};
use crate::model::{Journey, unit_word};
use crate::rules::days::{day_of, hours};
use crate::rules::funnel::{Share, report};
use crate::rules::usual::{Standing, WEEKS, compare, usual};
use crate::store::{self as tables, Hour};

/// Hours of a sparkline.
const HOURS: usize = 24;
/// Days over which the completion in a list is counted.
const DAYS: i64 = 28;

/// A journey in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyRow {
    /// Its id.
    pub id: JourneyId,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: Named<ServiceId>,
    /// `case`, `user`, `visitor` or `visit`.
    pub unit: &'static str,
    /// How many steps.
    pub steps: usize,
    /// Proper ends of those that ended, over the last 28 days.
    pub completion: Share,
    /// How many started over the last 28 days.
    pub started: u64,
    /// The step after which most are lost, and how many.
    pub worst: Option<(String, u64)>,
    /// Completions of each of the last 24 whole hours; null where nothing was counted.
    pub hours: Vec<Option<u64>>,
    /// What is usual at these hours.
    pub usual: Vec<Option<u64>>,
    /// How the last whole hour compares.
    pub standing: Standing,
    /// Completions of the last whole hour.
    pub last_hour: Option<u64>,
    /// What is usual for it.
    pub last_usual: Option<u64>,
}

/// Journeys.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneysView {
    /// Only of this service.
    pub service: Option<Named<ServiceId>>,
    /// Services to choose from.
    pub services: Vec<Named<ServiceId>>,
    /// The journeys; those that need a person first.
    pub journeys: Vec<JourneyRow>,
    /// How many have less than usual.
    pub less: usize,
    /// The asker may add some to the service.
    pub may_add: bool,
}

/// Which journeys.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// Only of this service.
    pub service: Option<ServiceId>,
}

/// Shows all.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Query(asked): Query<Asked>,
) -> Result<Shown<JourneysView>, Refusal> {
    Ok(Shown(view(&site, &scope, asked.service).await?))
}

/// Shows those of a service.
pub async fn of_service(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<JourneysView>, Refusal> {
    Ok(Shown(view(&site, &scope, Some(id)).await?))
}

async fn view(site: &Site, scope: &Scope, service: Option<ServiceId>) -> Result<JourneysView, Problem> {
    let db = &site.db;
    let names = Names::read(db, scope).await?;
    let services = estate::services::all(db, scope).await?;
    let chosen = match service {
        Some(id) => Some(estate::services::expect(db, scope, id).await?),
        None => None,
    };
    let journeys = match service {
        Some(id) => tables::journeys_of(db, scope, id).await?,
        None => tables::all(db, scope).await?,
    };
    let journeys = rows(site, scope, journeys, service, &names).await?;
    Ok(JourneysView {
        may_add: chosen.as_ref().is_some_and(|one| scope.may(Right::Respond, one.client_id, Some(one.id))),
        service: chosen.map(|one| Named { id: one.id, name: one.name }),
        services: services.into_iter().map(|one| Named { id: one.id, name: one.name }).collect(),
        less: journeys.iter().filter(|row| row.standing == Standing::Less).count(),
        journeys,
    })
}

/// Journeys as rows, from what is folded: no question is asked of the lake.
pub async fn rows(
    site: &Site,
    scope: &Scope,
    journeys: Vec<Journey>,
    service: Option<ServiceId>,
    names: &Names,
) -> Result<Vec<JourneyRow>, Problem> {
    let now = scope.now();
    let back = i64::try_from(WEEKS).unwrap_or(4) * 7 + 2;
    let from = day_of(now, &jiff::tz::TimeZone::UTC).saturating_sub(back.days());
    let known = tables::hours(&site.db, scope, service, from).await?;
    let sums = tables::sums(&site.db, scope, service, from.saturating_add((back - DAYS).days())).await?;
    let empty = BTreeMap::new();
    let mut rows: Vec<JourneyRow> = Vec::with_capacity(journeys.len());
    for journey in journeys {
        let days = known.get(&journey.id).unwrap_or(&empty);
        let counts = sums.get(&journey.id).cloned().unwrap_or_default();
        rows.push(row(&journey, days, &counts, names, now));
    }
    rows.sort_by_key(|row| row.standing != Standing::Less);
    Ok(rows)
}

fn row(
    journey: &Journey,
    days: &BTreeMap<Date, Vec<Hour>>,
    counts: &FunnelCounts,
    names: &Names,
    now: Timestamp,
) -> JourneyRow {
    let zone = journey.zone();
    let mut at: BTreeMap<Timestamp, u64> = BTreeMap::new();
    for (day, held) in days {
        at.extend(hours(*day, &zone).into_iter().zip(held.iter().map(|hour| hour[1])));
    }
    let hour = SignedDuration::from_hours(1);
    let this = hours(day_of(now, &zone), &zone).into_iter().rfind(|begins| *begins <= now).unwrap_or(now);
    let nth = |back: usize| this.checked_sub(hour * i32::try_from(back).unwrap_or(0)).unwrap_or(this);
    let usually = |begins: Timestamp| {
        let week = |back: usize| {
            // The same hour on the clock: weeks are counted in the zone, so that the change of clocks is no hour.
            let earlier = begins.to_zoned(zone.clone()).checked_sub((i64::try_from(back).ok()? * 7).days());
            at.get(&earlier.ok()?.timestamp()).copied()
        };
        usual(&(1..=WEEKS).filter_map(week).collect::<Vec<u64>>())
    };
    let shown: Vec<Timestamp> = (1..=HOURS).rev().map(nth).collect();
    let completions: Vec<Option<u64>> = shown.iter().map(|begins| at.get(begins).copied()).collect();
    let expected: Vec<Option<u64>> = shown.iter().map(|begins| usually(*begins)).collect();
    let (last, last_usual) = (completions.last().copied().flatten(), expected.last().copied().flatten());
    let told = report(counts, journey.steps.len());
    JourneyRow {
        id: journey.id,
        name: journey.name.clone(),
        service: names.service(journey.service),
        unit: unit_word(journey.unit),
        steps: journey.steps.len(),
        completion: told.completion,
        started: told.started,
        worst: told.worst.and_then(|(place, lost)| Some((journey.steps.get(place - 1)?.name.clone(), lost))),
        standing: last.map_or(Standing::Unknown, |count| compare(count, last_usual)),
        hours: completions,
        usual: expected,
        last_hour: last,
        last_usual,
    }
}

impl View for JourneysView {
    const TEMPLATE: &'static str = "journeys/journeys.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journeys")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        let service = self.service.as_ref();
        service
            .map(|one| (Text::raw(one.name.as_str()), format!("/services/{}", one.id)))
            .into_iter()
            .collect()
    }
    fn live(&self) -> Vec<String> {
        let kinds = ["fact:journey_added", "fact:journey_changed", "fact:journey_removed", "pulse"];
        kinds.map(str::to_owned).to_vec()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let service = sample_head().service;
        let many = JourneysView {
            service: None,
            services: vec![service.clone()],
            journeys: sample_rows(),
            less: 1,
            may_add: false,
        };
        let none = JourneysView { journeys: vec![], less: 0, ..many.clone() };
        let fine = JourneysView { journeys: sample_rows().split_off(1), less: 0, ..many.clone() };
        let of_service = JourneysView { service: Some(service.clone()), may_add: true, ..many.clone() };
        let nothing = JourneysView { journeys: vec![], less: 0, ..of_service.clone() };
        vec![
            ("many", many),
            ("none", none),
            ("fine", fine),
            ("of-a-service", of_service),
            ("none-of-a-service", nothing),
        ]
    }
}

/// Rows for samples: less than usual, as usual, unknown.
#[must_use]
pub fn sample_rows() -> Vec<JourneyRow> {
    use kernel::Id as _;
    let _ = sample_now();
    let service = sample_head().service;
    let usual: Vec<Option<u64>> = (0..24u64).map(|n| Some(if n < 7 { 2 } else { 14 + n * 7 % 11 })).collect();
    let row = |n: u128, name: &str, standing: Standing, hours: Vec<Option<u64>>| JourneyRow {
        id: JourneyId::from_u128(n),
        name: name.into(),
        service: service.clone(),
        unit: "visit",
        steps: 4,
        completion: Share::of(2_088, 4_669),
        started: 4_812,
        worst: Some(("payment".into(), 1_360)),
        last_hour: hours.last().copied().flatten(),
        hours,
        last_usual: Some(19),
        usual: usual.clone(),
        standing,
    };
    let low = (0..24u64).map(|n| Some(if n > 20 { 3 } else { n * 5 % 17 })).collect();
    let fine = (0..24u64).map(|n| (n != 5).then_some(10 + n * 5 % 17)).collect();
    let mut new = row(7, "Give up a permit", Standing::Unknown, vec![None; 24]);
    (new.completion, new.started, new.worst) = (Share::of(0, 0), 0, None);
    (new.usual, new.last_usual) = (vec![None; 24], None);
    vec![
        row(5, "Apply for a parking permit", Standing::Less, low),
        row(6, "Renew a parking permit", Standing::Usual, fine),
        new,
    ]
}

/// Finds journeys by name.
pub struct JourneySearch;

impl SearchSource for JourneySearch {
    fn title(&self) -> Text {
        Text::key("journeys")
    }
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>> {
        Box::pin(async move {
            let journeys = tables::found(&site.db, scope, words, limit).await?;
            let names = Names::read(&site.db, scope).await?;
            let found = |journey: Journey| Found {
                title: journey.name.clone(),
                hint: names.service(journey.service).name,
                href: format!("/journeys/{}", journey.id),
                state: None,
            };
            Ok(journeys.into_iter().map(found).collect())
        })
    }
}
