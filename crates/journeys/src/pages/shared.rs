//! What several screens show in the same way.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kernel::lake::{People, Unit};
use kernel::{ClientId, JourneyId, PersonId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Db;
use web::Text;

use crate::model::{Journey, order_word, unit_word};
use crate::rules::{days, looks};

/// Something with a name and an address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// How far back a screen looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Range {
    /// Today.
    #[serde(rename = "today")]
    Today,
    /// Today and the six days before.
    #[serde(rename = "7d")]
    Week,
    /// Four weeks: every weekday as often.
    #[default]
    #[serde(rename = "28d")]
    Month,
    /// Ninety days.
    #[serde(rename = "90d")]
    Quarter,
    /// A year.
    #[serde(rename = "365d")]
    Year,
}

impl Range {
    /// How many days, today among them.
    #[must_use]
    pub fn days(self) -> i64 {
        match self {
            Range::Today => 1,
            Range::Week => 7,
            Range::Month => 28,
            Range::Quarter => 90,
            Range::Year => 365,
        }
    }

    /// The first and the last day, in a zone.
    #[must_use]
    pub fn dates(self, now: Timestamp, zone: &jiff::tz::TimeZone) -> (Date, Date) {
        let today = days::day_of(now, zone);
        (today.saturating_sub((self.days() - 1).days()), today)
    }

    /// The stretch of the same length before.
    #[must_use]
    pub fn before(self, (from, _): (Date, Date)) -> (Date, Date) {
        (from.saturating_sub(self.days().days()), from.saturating_sub(1.day()))
    }
}

/// Who is counted, in an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// People.
    #[default]
    People,
    /// Programs.
    Bots,
    /// Both.
    All,
}

impl From<Who> for People {
    fn from(who: Who) -> People {
        match who {
            Who::People => People::People,
            Who::Bots => People::Bots,
            Who::All => People::All,
        }
    }
}

/// Names of services and clients, read once for a list.
pub struct Names {
    services: HashMap<ServiceId, String>,
    clients: HashMap<ClientId, String>,
}

impl Names {
    /// All that the asker may see.
    pub async fn read(db: &Db, scope: &Scope) -> Result<Self, Problem> {
        let services = estate::services::all(db, scope).await?;
        let services = services.into_iter().map(|service| (service.id, service.name)).collect();
        Ok(Names { services, clients: identity::clients::names(db, scope).await? })
    }

    /// A service with its name; its id when the name is not there.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Named<ServiceId> {
        Named { id, name: self.services.get(&id).cloned().unwrap_or_else(|| id.to_string()) }
    }

    /// A client with its name.
    #[must_use]
    pub fn client(&self, id: ClientId) -> Named<ClientId> {
        Named { id, name: self.clients.get(&id).cloned().unwrap_or_else(|| id.to_string()) }
    }
}

/// The crumbs of a service's screens: client ▸ service.
#[must_use]
pub fn crumbs(client: &Named<ClientId>, service: &Named<ServiceId>) -> Vec<(Text, String)> {
    vec![
        (Text::raw(client.name.as_str()), format!("/services?client={}", client.id)),
        (Text::raw(service.name.as_str()), format!("/services/{}", service.id)),
    ]
}

/// A journey as the head of its screens, with its definition.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Head {
    /// Its id.
    pub id: JourneyId,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// `case`, `user`, `visitor` or `visit`.
    pub unit: &'static str,
    /// How much is known of who a unit is: `declared`, `daily` or `visit`.
    pub identity: &'static str,
    /// The whole chain, seconds.
    pub window_seconds: i64,
    /// `ordered`, `strict` or `any_order`.
    pub order: &'static str,
    /// The zone in which its days begin.
    pub zone: String,
    /// Who answers for it.
    pub owner: Option<Named<PersonId>>,
    /// By which fields its days are told apart.
    pub segments: Vec<String>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

/// How much is known of who a unit is (journeys reference 3.4).
#[must_use]
pub fn identity_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Case | Unit::User => "declared",
        Unit::Visitor => "daily",
        Unit::Visit => "visit",
    }
}

/// The head of a journey's screens.
pub async fn head(db: &Db, scope: &Scope, journey: &Journey) -> Result<Head, Problem> {
    let names = Names::read(db, scope).await?;
    let owner = match journey.owner {
        Some(id) => {
            let name = identity::people::names(db, scope, [id]).await?.remove(&id);
            name.map(|name| Named { id, name })
        }
        None => None,
    };
    Ok(Head {
        id: journey.id,
        name: journey.name.clone(),
        service: names.service(journey.service),
        client: names.client(journey.client),
        unit: unit_word(journey.unit),
        identity: identity_word(journey.unit),
        window_seconds: journey.window.as_secs(),
        order: order_word(journey.order),
        zone: journey.zone.clone(),
        owner,
        segments: journey.segments.iter().map(looks::field_word).collect(),
        declared_in: journey.declared_in.clone(),
    })
}

/// A point of a chart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Point {
    /// When its stretch begins.
    pub at: Timestamp,
    /// How much; null where nothing was counted.
    pub value: Option<f64>,
    /// Out of how many.
    pub n: u64,
}

/// A head for samples.
#[must_use]
pub fn sample_head() -> Head {
    use kernel::Id as _;
    Head {
        id: JourneyId::from_u128(5),
        name: "Apply for a parking permit".into(),
        service: Named { id: ServiceId::from_u128(2), name: "Parking permits".into() },
        client: Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() },
        unit: "visit",
        identity: "visit",
        window_seconds: 7_200,
        order: "ordered",
        zone: "Europe/Amsterdam".into(),
        owner: Some(Named { id: PersonId::from_u128(7), name: "Noor Kaya".into() }),
        segments: ["device", "channel", "release", "campaign"].map(str::to_owned).to_vec(),
        declared_in: None,
    }
}

/// The time of all samples.
#[must_use]
pub fn sample_now() -> Timestamp {
    "2026-11-21T03:00:00Z".parse().expect("an instant")
}

/// A field of a CSV; one that a spreadsheet would take for a formula is kept from being one.
#[must_use]
pub fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A CSV to keep.
#[must_use]
pub fn csv(name: &str, text: String) -> web::Response {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let headers = [
        ("content-type", "text/csv; charset=utf-8".to_owned()),
        ("content-disposition", format!("attachment; filename=\"{name}.csv\"")),
    ];
    web::IntoResponse::into_response((headers, text))
}
