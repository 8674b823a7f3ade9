//! What several screens show in the same way.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{ClientId, Id as _, Problem, Scope, ServiceId, SourceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Site, Text};

use crate::intake::memory;
use crate::intake::sources::{Identity, Source};
use crate::intake::tally::{self, Counted, HOUR, What};

/// Hours of a sparkline and of the sums beside it.
pub const DAY_HOURS: i64 = 24;

/// Something with a name and an address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// What was counted of a source in the last 24 hours.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// Events of people.
    pub taken: u64,
    /// Events of programs, kept apart.
    pub bots: u64,
    /// Events that had been kept before.
    pub duplicates: u64,
    /// Measurements of browsers.
    pub vitals: u64,
    /// What was not taken, for whatever reason.
    pub ignored: u64,
}

impl Counts {
    /// Adds a count.
    pub fn add(&mut self, what: What, amount: u64) {
        match what {
            What::Taken => self.taken += amount,
            What::Bots => self.bots += amount,
            What::Duplicates => self.duplicates += amount,
            What::Vitals => self.vitals += amount,
            What::Cut => {}
            What::Ignored(_) => self.ignored += amount,
        }
    }
}

/// A source in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// How much is known of users.
    pub identity: Identity,
    /// Events of people a minute, over the last hour.
    pub per_minute: f64,
    /// Events of people in each of the last 24 hours, the oldest first.
    pub hours: Vec<Option<f64>>,
    /// When it was last heard; none when never in 90 days.
    pub last_at: Option<Timestamp>,
    /// What was counted in the last 24 hours.
    pub day: Counts,
}

/// Writes down what is counted, so that a screen shows it.
pub async fn settle(site: &Site) {
    let memory = memory::of(site);
    // A screen with counts a few seconds old is better than none.
    if let Err(problem) = memory.tally.flush(&site.db, &memory.scope).await {
        tracing::warn!(%problem, "counts could not be written down: {problem}");
    }
}

/// The hour of an instant, counted from 1970.
#[must_use]
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(HOUR)
}

/// Events a minute over the last hour: this hour so far, and of the one before as much as lies within 60 minutes.
#[must_use]
pub fn per_minute(counts: &[&Counted], now: Timestamp) -> f64 {
    let hour = hour_of(now);
    let passed = (now.as_microsecond() - hour * HOUR) as f64 / HOUR as f64;
    let of = |wanted: i64| -> f64 {
        let fitting = counts.iter().filter(|count| count.hour == wanted && count.what == What::Taken);
        fitting.map(|count| count.amount as f64).sum()
    };
    (of(hour) + of(hour - 1) * (1.0 - passed)) / 60.0
}

/// Events of people in each of the last hours, the oldest first; none before the source was there.
#[must_use]
pub fn hours(counts: &[&Counted], now: Timestamp, since: Timestamp, count: i64) -> Vec<Option<f64>> {
    let (last, first) = (hour_of(now), hour_of(since));
    let of = |hour: i64| {
        let fitting = counts.iter().filter(|count| count.hour == hour && count.what == What::Taken);
        (hour >= first).then(|| fitting.map(|count| count.amount as f64).sum())
    };
    (last - count + 1..=last).map(of).collect()
}

/// Rows of sources.
pub async fn rows(site: &Site, scope: &Scope, sources: Vec<Source>) -> Result<Vec<SourceRow>, Problem> {
    let (db, now) = (&site.db, scope.now());
    let counted = tally::since(db, scope, None, hour_of(now) - DAY_HOURS + 1).await?;
    let heard = tally::last_heard(db, scope).await?;
    let services: HashMap<ServiceId, String> =
        estate::services::all(db, scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let clients = identity::clients::names(db, scope).await?;
    let mut by_source: HashMap<SourceId, Vec<&Counted>> = HashMap::new();
    for count in &counted {
        by_source.entry(count.source).or_default().push(count);
    }
    let row = |source: Source| {
        let counts = by_source.remove(&source.id).unwrap_or_default();
        let mut day = Counts::default();
        counts.iter().for_each(|count| day.add(count.what, count.amount));
        let service = services.get(&source.service).cloned().unwrap_or_default();
        let client = clients.get(&source.client).cloned().unwrap_or_default();
        SourceRow {
            id: source.id,
            domains: source.domains,
            service: Named { id: source.service, name: service },
            client: Named { id: source.client, name: client },
            identity: source.identity,
            per_minute: (per_minute(&counts, now) * 10.0).round() / 10.0,
            hours: hours(&counts, now, source.created_at, DAY_HOURS),
            last_at: heard.get(&source.id).copied(),
            day,
            name: source.name,
        }
    };
    Ok(sources.into_iter().map(row).collect())
}

/// The crumbs of a service's screens: client ▸ service.
#[must_use]
pub fn crumbs(client: &Named<ClientId>, service: &Named<ServiceId>) -> Vec<(Text, String)> {
    vec![
        (Text::raw(client.name.as_str()), format!("/services?client={}", client.id)),
        (Text::raw(service.name.as_str()), format!("/services/{}", service.id)),
    ]
}

/// The service of samples.
#[must_use]
pub fn sample_service() -> Named<ServiceId> {
    Named { id: ServiceId::from_u128(2), name: "Parking permits".into() }
}

/// The client of samples.
#[must_use]
pub fn sample_client() -> Named<ClientId> {
    Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() }
}

/// Rows of samples: a busy site, one that was never heard, and a program that is mostly programs.
#[must_use]
pub fn sample_rows() -> Vec<SourceRow> {
    let now: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
    let row = |n: u128, name: &str, identity, per_minute: f64, day: Counts| SourceRow {
        id: SourceId::from_u128(n),
        name: name.into(),
        domains: if n == 1 { vec!["permits.lindehaven.example".into()] } else { Vec::new() },
        service: sample_service(),
        client: sample_client(),
        identity,
        per_minute,
        hours: (0..24).map(|hour| (n != 2).then(|| f64::from((hour * 7 + 3) % 24) * per_minute)).collect(),
        last_at: (n != 2).then_some(now),
        day,
    };
    let busy = Counts { taken: 12_480, bots: 832, duplicates: 12, vitals: 4_100, ignored: 45 };
    let odd = Counts { taken: 210, bots: 940, ..Counts::default() };
    vec![
        row(1, "website", Identity::Daily, 14.2, busy),
        row(2, "counter app", Identity::None, 0.0, Counts::default()),
        row(3, "back office", Identity::Declared, 0.2, odd),
    ]
}
