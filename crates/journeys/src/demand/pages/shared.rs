//! What several screens show in the same way.

use ::store::Db;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{ClientId, Id as _, JourneyId, Problem, Ratio, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;

pub use crate::pages::shared::{Named, Names, crumbs};

use crate::demand::model::Money;
use crate::demand::rules::kpi::wilson;
use crate::model::Journey;

/// Where a screen stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Head {
    /// The service.
    pub service: Named<ServiceId>,
    /// Its client.
    pub client: Named<ClientId>,
    /// The asker may change what is declared here.
    pub may_manage: bool,
}

/// The head of a service's screens, or 404.
pub async fn head(db: &Db, scope: &Scope, id: ServiceId) -> Result<Head, Problem> {
    let service = estate::services::expect(db, scope, id).await?;
    let names = Names::read(db, scope).await?;
    Ok(Head {
        service: Named { id, name: service.name },
        client: names.client(service.client_id),
        may_manage: scope.may(Right::Manage, service.client_id, Some(id)),
    })
}

/// The zone in which days of a service begin: that of its first journey.
#[must_use]
pub fn zone_of(journeys: &[Journey]) -> TimeZone {
    journeys.first().map_or(TimeZone::UTC, Journey::zone)
}

/// The day that holds an instant.
#[must_use]
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// A share with its counts and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Share {
    /// Of these.
    pub total: u64,
    /// So many.
    pub good: u64,
    /// The share; null when nothing was counted.
    pub share: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<Ratio> for Share {
    fn from(ratio: Ratio) -> Share {
        let (low, high) = wilson(ratio).unzip();
        Share { total: ratio.total, good: ratio.good, share: ratio.share(), low, high }
    }
}

/// Headers of a CSV of this name.
#[must_use]
pub fn csv_headers(name: &str) -> [(&'static str, String); 2] {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    [
        ("content-type", "text/csv; charset=utf-8".to_owned()),
        ("content-disposition", format!("attachment; filename=\"{plain}.csv\"")),
    ]
}

/// The time of samples.
#[must_use]
pub fn sample_now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().expect("an instant")
}

/// The head of samples.
#[must_use]
pub fn sample_head() -> Head {
    Head {
        service: Named { id: ServiceId::from_u128(2), name: "Parking permits".into() },
        client: Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() },
        may_manage: true,
    }
}

/// A journey of samples.
#[must_use]
pub fn sample_journey() -> Named<JourneyId> {
    Named { id: JourneyId::from_u128(1), name: "Apply for a parking permit".into() }
}

/// Euros of samples.
#[must_use]
pub fn euros(minor: i64) -> Money {
    Money { minor, currency: "EUR".into() }
}
