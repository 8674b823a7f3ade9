//! What `watch` knows of a service, in the parts that its users would name: one for each component that is looked
//! at, and one for each probe that looks at none.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::{Problem, Scope, ServiceId};
use watch::rules::history::{Spent, day_of};
use watch::store::Line;
use web::Site;

use crate::rules::status::Works;

/// A part of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedPart {
    /// The component's or probe's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it works.
    pub works: Works,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Ninety days, oldest first; none when nothing was measured.
    pub days: Vec<Option<Works>>,
}

/// Announced work.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedMaintenance {
    /// Its id.
    pub id: String,
    /// What is done.
    pub title: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Watched {
    /// Its parts.
    pub parts: Vec<WatchedPart>,
    /// When the last result came in.
    pub as_of: Option<Timestamp>,
    /// Announced work that is not over.
    pub maintenances: Vec<WatchedMaintenance>,
}

/// Days of a strip.
const DAYS: i64 = 90;
/// How far back the last check is looked for.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(2);
/// Probes of one service that are looked at.
const MAX_PROBES: i64 = 2_000;

/// What is known of a service.
pub async fn watched(site: &Site, scope: &Scope, service: ServiceId) -> Result<Watched, Problem> {
    let filter = watch::store::Filter { service: Some(service), ..watch::store::Filter::default() };
    let lines = watch::store::lines(&site.db, scope, &filter, MAX_PROBES).await?;
    let components = estate::graph::components(&site.db, scope, service).await?;
    let subjects: Vec<String> = lines.iter().map(|line| line.probe.id.to_string()).collect();
    let strips: HashMap<String, Vec<(i64, Spent)>> =
        watch::store::strips(&site.db, scope, Some(&subjects)).await?.into_iter().collect();
    let now = scope.now();
    let today = day_of(now);
    let mut parts = Vec::new();
    for component in components {
        let mine: Vec<&Line> =
            lines.iter().filter(|line| line.probe.component == Some(component.id)).collect();
        if !mine.is_empty() {
            parts.push(part(component.id.to_string(), component.name, &mine, &strips, today));
        }
    }
    for line in lines.iter().filter(|line| line.probe.component.is_none()) {
        parts.push(part(line.probe.id.to_string(), line.probe.name.clone(), &[line], &strips, today));
    }
    let maintenances = watch::store::maintenances(&site.db, scope, Some(service)).await?;
    // The last check of a probe stands with its counts; its standing moves only when it changes.
    let numbers: Vec<i64> = lines.iter().map(|line| line.probe.number).collect();
    let recent = watch::store::hours_since(&site.db, scope, &numbers, now - LOOKED_BACK).await?;
    let checked = lines.iter().filter_map(|line| line.checked_at);
    Ok(Watched {
        parts,
        as_of: checked.chain(recent.iter().map(|hour| hour.last_at)).max(),
        maintenances: maintenances
            .into_iter()
            .map(|one| WatchedMaintenance {
                id: one.id.to_string(),
                title: one.title,
                from: one.from,
                until: one.until,
            })
            .collect(),
    })
}

/// One part of these probes: the worst of what they say, now and on each day.
fn part(
    id: String,
    name: String,
    lines: &[&Line],
    strips: &HashMap<String, Vec<(i64, Spent)>>,
    today: i64,
) -> WatchedPart {
    let works = lines.iter().map(|line| Works::from_state(line.state.word())).max().unwrap_or(Works::Unknown);
    let since = lines
        .iter()
        .filter(|line| Works::from_state(line.state.word()) == works)
        .map(|line| line.since)
        .min();
    let mut days: Vec<Option<Works>> = vec![None; usize::try_from(DAYS).unwrap_or(0)];
    for line in lines {
        for (day, spent) in strips.get(&line.probe.id.to_string()).into_iter().flatten() {
            let place = usize::try_from(day - (today - DAYS + 1)).ok().and_then(|at| days.get_mut(at));
            if let (Some(held), Some(state)) = (place, spent.worst()) {
                *held = (*held).max(Some(Works::from_state(state.word())));
            }
        }
    }
    WatchedPart { id, name, works, since, days }
}
