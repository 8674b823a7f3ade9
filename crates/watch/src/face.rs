//! What features above ask.

use jiff::Timestamp;
use kernel::{Problem, Ratio, Scope, ServiceId};
use store::Db;

use crate::model::{Reason, State};
use crate::rules::history::{Spent, day_of, worst_now};
use crate::store as tables;

/// The state of a service: the worst of its probes.
#[derive(Debug, Clone)]
pub struct ServiceState {
    /// The state.
    pub state: State,
    /// Since when some probe of it is in that state.
    pub since: Timestamp,
    /// The probe that has been so the longest; empty when all are up.
    pub probe: String,
    /// Why, unless it is up.
    pub reason: Option<Reason>,
}

/// The state of a service; none when it has no probes.
pub async fn state_of_service(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
) -> Result<Option<ServiceState>, Problem> {
    let filter = tables::Filter { service: Some(service), ..tables::Filter::default() };
    let lines = tables::lines(db, scope, &filter, 2_000).await?;
    let Some(state) = worst_now(lines.iter().map(|line| line.state)) else { return Ok(None) };
    let first = lines.into_iter().filter(|line| line.state == state).min_by_key(|line| line.since);
    Ok(first.map(|line| ServiceState {
        state,
        since: line.since,
        probe: if state == State::Up { String::new() } else { line.probe.name },
        reason: line.reason,
    }))
}

/// A day of a service.
#[derive(Debug, Clone)]
pub struct Day {
    /// The day, UTC.
    pub date: jiff::civil::Date,
    /// The worst state that lasted; none when nothing was measured.
    pub state: Option<State>,
    /// How long which state lasted, seconds.
    pub spent: Spent,
    /// Good seconds out of measured ones.
    pub good: Ratio,
}

/// The last days of a service, the oldest first, today included; one per day, also where nothing was measured.
pub async fn days(db: &Db, scope: &Scope, service: ServiceId, count: u16) -> Result<Vec<Day>, Problem> {
    let strips = tables::strips(db, scope, Some(&[service.to_string()])).await?;
    let known: std::collections::HashMap<i64, Spent> =
        strips.into_iter().flat_map(|(_, days)| days).collect();
    let today = day_of(scope.now());
    let one = |day: i64| {
        let spent = known.get(&day).copied().unwrap_or_default();
        let date = crate::rules::history::day_start(day).to_zoned(jiff::tz::TimeZone::UTC).date();
        Day { date, state: spent.worst(), good: spent.ratio(), spent }
    };
    Ok((today - i64::from(count) + 1..=today).map(one).collect())
}
