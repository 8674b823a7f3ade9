//! Days of journeys and hours of services, as they were folded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::lake::{Field, FunnelCounts, Group};
use kernel::{ClientId, JourneyId, Problem, Scope, ServiceId};
use store::{Db, Tx, args};

use super::{from_json, json};
use crate::model::Journey;
use crate::rules::days::Folded;
use crate::rules::looks;

/// Starts and completions of one hour.
pub type Hour = [u64; 2];

/// The days of a journey that were folded.
pub async fn folded(db: &Db, scope: &Scope, journey: JourneyId) -> Result<BTreeMap<Date, Folded>, Problem> {
    let text = "select day, version, fingerprint, folded_at, settled from journey_folds
                where {wall} and journey_id = $1";
    let rows = db
        .all(scope, text, args![journey], |row| {
            let folded = Folded {
                version: row.get(1)?,
                fingerprint: row.get(2)?,
                at: row.get(3)?,
                settled: row.get(4)?,
            };
            Ok((date(&row.get::<String>(0)?)?, folded))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

fn date(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(Problem::fault)
}

/// The counts of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayCounts {
    /// The day, in the journey's zone.
    pub day: Date,
    /// Which part of it.
    pub group: Group,
    /// The counts.
    pub counts: FunnelCounts,
}

fn part(group: &Group) -> (&'static str, &str) {
    match group {
        Group::All => ("all", ""),
        Group::Value(value) => ("value", value),
        Group::Rest => ("rest", ""),
    }
}

/// One day of a journey, ready to be kept.
#[derive(Debug, Clone)]
pub struct DayFold {
    /// The day.
    pub day: Date,
    /// From what it was made.
    pub folded: Folded,
    /// Its hours, from its first.
    pub hours: Vec<Hour>,
    /// Its counts: as a whole (no field), and by each field.
    pub counts: Vec<(Option<Field>, Group, FunnelCounts)>,
}

/// Keeps a day in place of what was known of it.
pub async fn write_day(tx: &mut Tx, journey: &Journey, fold: &DayFold) -> Result<(), Problem> {
    let day = fold.day.to_string();
    for table in ["journey_days", "journey_folds"] {
        let text = format!("delete from {table} where {{wall}} and journey_id = $1 and day = $2");
        tx.exec(&text, args![journey.id, day.as_str()]).await?;
    }
    tx.exec_in(
        journey.client,
        "insert into journey_folds (journey_id, day, client_id, service_id, version, fingerprint, folded_at, settled,
         hours) values ($1, $2, {client}, $3, $4, $5, $6, $7, $8)",
        args![
            journey.id,
            day.as_str(),
            journey.service,
            fold.folded.version,
            fold.folded.fingerprint.as_str(),
            fold.folded.at,
            fold.folded.settled,
            json(&fold.hours)?
        ],
    )
    .await?;
    let mut rows = Vec::with_capacity(fold.counts.len());
    for (field, group, counts) in &fold.counts {
        let (part, value) = part(group);
        let field = field.as_ref().map(looks::field_word).unwrap_or_default();
        rows.push(args![journey.id, day.as_str(), field, part, value, journey.service, json(counts)?]);
    }
    tx.exec_many_in(
        journey.client,
        "insert into journey_days (journey_id, day, field, part, value, client_id, service_id, counts)
         values ($1, $2, $3, $4, $5, {client}, $6, $7)",
        rows,
    )
    .await?;
    Ok(())
}

/// The days of a journey from one to another, both included: as a whole, or told apart by a field.
pub async fn days(
    db: &Db,
    scope: &Scope,
    journey: JourneyId,
    field: Option<&Field>,
    from: Date,
    to: Date,
) -> Result<Vec<DayCounts>, Problem> {
    let field = field.map(looks::field_word).unwrap_or_default();
    let text = "select day, part, value, counts from journey_days
                where {wall} and journey_id = $1 and field = $2 and day >= $3 and day <= $4
                order by day, part, value";
    db.all(scope, text, args![journey, field, from.to_string(), to.to_string()], |row| {
        let (part, value): (String, String) = (row.get(1)?, row.get(2)?);
        let group = match part.as_str() {
            "all" => Group::All,
            "rest" => Group::Rest,
            _ => Group::Value(value),
        };
        Ok(DayCounts {
            day: date(&row.get::<String>(0)?)?,
            group,
            counts: from_json(&row.get::<String>(3)?)?,
        })
    })
    .await
}

/// The hours of days of several journeys, from a day on: by journey and day.
pub async fn hours(
    db: &Db,
    scope: &Scope,
    service: Option<ServiceId>,
    from: Date,
) -> Result<BTreeMap<JourneyId, BTreeMap<Date, Vec<Hour>>>, Problem> {
    let text = "select journey_id, day, hours from journey_folds
                where {wall} and day >= $1 and (service_id = $2 or $2 = '') order by journey_id, day";
    let service = service.map(|id| id.to_string()).unwrap_or_default();
    let rows = db
        .all(scope, text, args![from.to_string(), service], |row| {
            let hours: Vec<Hour> = from_json(&row.get::<String>(2)?)?;
            Ok((row.get::<JourneyId>(0)?, date(&row.get::<String>(1)?)?, hours))
        })
        .await?;
    let mut all: BTreeMap<JourneyId, BTreeMap<Date, Vec<Hour>>> = BTreeMap::new();
    for (journey, day, hours) in rows {
        all.entry(journey).or_default().insert(day, hours);
    }
    Ok(all)
}

/// What a service did in one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrafficHour {
    /// When it begins.
    pub hour: Timestamp,
    /// Page views of people.
    pub views: u64,
    /// Events of people, page views among them.
    pub events: u64,
    /// Visits of people that had a page view in it.
    pub visits: u64,
    /// Events of programs.
    pub bots: u64,
}

/// The versions of days (UTC) from which hours of a service were counted.
pub async fn traffic_folded(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
) -> Result<BTreeMap<Timestamp, u64>, Problem> {
    let text = "select day, version from traffic_folds where {wall} and service_id = $1";
    let rows = db.all(scope, text, args![service], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(rows.into_iter().collect())
}

/// Keeps the hours of a day (UTC) of a service in place of what was known of them.
pub async fn write_traffic(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    day: Timestamp,
    version: u64,
    hours: &[TrafficHour],
) -> Result<(), Problem> {
    let ends = day.checked_add(crate::model::ONE_DAY).unwrap_or(day);
    let text = "delete from traffic_hours where {wall} and service_id = $1 and hour >= $2 and hour < $3";
    tx.exec(text, args![service, day, ends]).await?;
    let rows = hours
        .iter()
        .map(|hour| args![service, hour.hour, hour.views, hour.events, hour.visits, hour.bots])
        .collect();
    tx.exec_many_in(
        client,
        "insert into traffic_hours (service_id, hour, client_id, views, events, visits, bots)
         values ($1, $2, {client}, $3, $4, $5, $6)",
        rows,
    )
    .await?;
    tx.exec_in(
        client,
        "insert into traffic_folds (service_id, day, client_id, version) values ($1, $2, {client}, $3)
         on conflict (service_id, day) do update set version = excluded.version",
        args![service, day, version],
    )
    .await?;
    Ok(())
}

/// The hours of a service between two instants, oldest first.
pub async fn traffic(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<TrafficHour>, Problem> {
    let text = "select hour, views, events, visits, bots from traffic_hours
                where {wall} and service_id = $1 and hour >= $2 and hour < $3 order by hour";
    db.all(scope, text, args![service, from, until], |row| {
        Ok(TrafficHour {
            hour: row.get(0)?,
            views: row.get(1)?,
            events: row.get(2)?,
            visits: row.get(3)?,
            bots: row.get(4)?,
        })
    })
    .await
}

/// The counts of journeys from a day on, all days together, as far as they are folded for what the journey is now.
pub async fn sums(
    db: &Db,
    scope: &Scope,
    service: Option<ServiceId>,
    from: Date,
) -> Result<BTreeMap<JourneyId, FunnelCounts>, Problem> {
    let text = "select d.journey_id, d.counts, f.fingerprint from journey_days d
                join journey_folds f on f.journey_id = d.journey_id and f.day = d.day
                where {wall d.client_id d.service_id} and {wall f.client_id f.service_id} and d.field = ''
                and d.day >= $1 and (d.service_id = $2 or $2 = '') order by d.journey_id, d.day desc";
    let service = service.map(|id| id.to_string()).unwrap_or_default();
    let rows = db
        .all(scope, text, args![from.to_string(), service], |row| {
            let counts: FunnelCounts = from_json(&row.get::<String>(1)?)?;
            Ok((row.get::<JourneyId>(0)?, counts, row.get::<String>(2)?))
        })
        .await?;
    let mut all: BTreeMap<JourneyId, (String, FunnelCounts)> = BTreeMap::new();
    for (journey, counts, print) in rows {
        // The newest day knows what the journey is now.
        let (held, sum) = all.entry(journey).or_insert_with(|| (print.clone(), FunnelCounts::default()));
        if *held == print {
            sum.merge(&counts);
        }
    }
    Ok(all.into_iter().map(|(journey, (_, sum))| (journey, sum)).collect())
}
