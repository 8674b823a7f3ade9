//! What came, hour by hour: from the roll-ups of journeys, and of a service without journeys from its visits.

use std::collections::BTreeMap;

use ::store::Db;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::lake::{Among, CountAsk, Group, Lake, People, Question, Unit};
use kernel::{ClientId, JourneyId, Kind, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;

use super::rules::forecast::{DAY, Hour, MAX_HOURS, WEEK};
use super::rules::growth::Series;
use crate::model::Journey;
use crate::store as journeys;

/// An hour.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// So many hours are asked of the lake when nothing is rolled up: four weeks.
const ASKED_HOURS: usize = 4 * WEEK;

/// What the demand of a service is counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Journeys that were started.
    #[default]
    Starts,
    /// Visits of people, of a service without journeys.
    Visits,
}

/// The start of the hour that holds an instant.
#[must_use]
pub fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(3_600) * 3_600).unwrap_or(at)
}

/// What came to one journey of a service, or to all of it, in so many hours up to the one that runs now.
pub async fn series(
    db: &Db,
    lake: &dyn Lake,
    scope: &Scope,
    of: (ClientId, ServiceId),
    journey: Option<JourneyId>,
    back: usize,
) -> Result<(Series, Counts), Problem> {
    let all = journeys::journeys_of(db, scope, of.1).await?;
    let mine: Vec<&Journey> = all.iter().filter(|one| journey.is_none_or(|id| one.id == id)).collect();
    if mine.is_empty() {
        return Ok((visits(db, lake, scope, of, back).await?, Counts::Visits));
    }
    let now = scope.now();
    let from = hour_of(now) - HOUR * i32::try_from(back.min(MAX_HOURS)).unwrap_or(0);
    // A day earlier: the day that holds the first hour may begin before it.
    let first: Date = from.to_zoned(jiff::tz::TimeZone::UTC).date().saturating_sub(1.day());
    let hours = journeys::hours(db, scope, Some(of.1), first).await?;
    let mut sums: BTreeMap<Timestamp, f64> = BTreeMap::new();
    let mut first_of_all: Vec<Timestamp> = Vec::new();
    for journey in mine {
        let Some(days) = hours.get(&journey.id) else { continue };
        let folds = journeys::folded(db, scope, journey.id).await?;
        let print = journey.fingerprint();
        let zone = journey.zone();
        let mut begins = None;
        for (day, counts) in days {
            // Counts of what the journey was before it changed are counts of something else.
            let Some(fold) = folds.get(day).filter(|fold| fold.fingerprint == print) else { continue };
            let Ok(midnight) = zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible() else { continue };
            let midnight = hour_of(midnight.timestamp());
            let until = hour_of(fold.at.min(now));
            for (place, [starts, _]) in counts.iter().enumerate() {
                let at = midnight + HOUR * i32::try_from(place).unwrap_or(0);
                // The hour that runs, and what was not there yet when the day was folded, is not known.
                if at >= until || at < from {
                    continue;
                }
                begins = Some(begins.map_or(at, |known: Timestamp| known.min(at)));
                *sums.entry(at).or_default() += *starts as f64;
            }
        }
        first_of_all.extend(begins);
    }
    // Before all of them were counted the sum is of something else.
    Ok((gather(&sums, first_of_all.into_iter().max(), hour_of(now)), Counts::Starts))
}

/// A series without a hole; hours that nobody counted are none, and so are those at its end.
fn gather(sums: &BTreeMap<Timestamp, f64>, begins: Option<Timestamp>, until: Timestamp) -> Series {
    let Some(begins) = begins else { return Series::default() };
    let mut hours: Vec<Hour> = Vec::new();
    let mut at = begins;
    while at < until && hours.len() < MAX_HOURS + DAY {
        hours.push(sums.get(&at).copied());
        at += HOUR;
    }
    Series { begins: Some(begins), hours }
}

async fn visits(
    db: &Db,
    lake: &dyn Lake,
    scope: &Scope,
    (client, service): (ClientId, ServiceId),
    back: usize,
) -> Result<Series, Problem> {
    let until = hour_of(scope.now());
    let from = until - HOUR * i32::try_from(back.min(MAX_HOURS)).unwrap_or(0);
    let rows = journeys::traffic(db, scope, service, from, until).await?;
    if let Some(first) = rows.first() {
        // Hours of a counted day without a row are hours in which nobody came.
        let last = rows.last().map_or(until, |row| row.hour + HOUR);
        let known: BTreeMap<Timestamp, f64> = rows.iter().map(|row| (row.hour, row.visits as f64)).collect();
        let mut found = gather(&known, Some(first.hour), last.min(until));
        found.hours.iter_mut().for_each(|hour| *hour = Some(hour.unwrap_or(0.0)));
        return Ok(found);
    }
    let from = until - HOUR * i32::try_from(ASKED_HOURS).unwrap_or(0);
    let cells = (0..ASKED_HOURS).map(|at| from + HOUR * i32::try_from(at).unwrap_or(0)).collect();
    let among = Among { client, service, from, until, people: People::People, only: Vec::new() };
    let ask = CountAsk { among, looks: None, unit: Unit::Visit, cells, by: None, top: 0, distinct: true };
    let counted = match lake.ask(scope, Question::Count(ask)).await {
        Ok(reply) => reply.count(),
        // An installation without a lake has counted nothing.
        Err(problem) if problem.kind == Kind::NotFound => Vec::new(),
        Err(problem) => return Err(problem),
    };
    let mut hours: Vec<Hour> = vec![Some(0.0); ASKED_HOURS];
    for one in counted.iter().filter(|one| one.group == Group::All) {
        if let Some(hour) = usize::try_from(one.cell).ok().and_then(|cell| hours.get_mut(cell)) {
            *hour = Some(one.visits.unwrap_or(one.events) as f64);
        }
    }
    // Before the first visit nobody was counting.
    let first = hours.iter().position(|hour| hour.is_some_and(|count| count > 0.0));
    let Some(first) = first else { return Ok(Series::default()) };
    hours.drain(..first);
    Ok(Series { begins: Some(from + HOUR * i32::try_from(first).unwrap_or(0)), hours })
}
