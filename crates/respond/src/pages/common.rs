//! What the screens share: names for ids, and lines of incidents.

use std::collections::HashMap;

use estate::model::Service;
use jiff::Timestamp;
use kernel::{IncidentId, PersonId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::Site;

use crate::model::{Incident, State};

/// Names of services and people.
pub(super) struct Names {
    pub services: HashMap<ServiceId, Service>,
    pub people: HashMap<PersonId, String>,
}

impl Names {
    /// The services that may be seen, and these people.
    pub async fn read(
        site: &Site,
        scope: &Scope,
        people: impl IntoIterator<Item = PersonId>,
    ) -> Result<Names, Problem> {
        let services = estate::services::all(&site.db, scope).await?;
        Ok(Names {
            services: services.into_iter().map(|service| (service.id, service)).collect(),
            people: identity::people::names(&site.db, scope, people).await?,
        })
    }

    pub fn service(&self, id: ServiceId) -> String {
        self.services.get(&id).map(|service| service.name.clone()).unwrap_or_default()
    }

    pub fn person(&self, id: PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_default()
    }
}

/// Everybody named in the state of these incidents.
pub(super) fn people_in(incidents: &[Incident]) -> Vec<PersonId> {
    incidents.iter().filter_map(|incident| holder(&incident.state)).collect()
}

pub(super) fn holder(state: &State) -> Option<PersonId> {
    match state {
        State::Open => None,
        State::Acknowledged { by, .. } | State::Resolved { by, .. } => *by,
    }
}

/// An incident in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Line {
    pub id: IncidentId,
    pub number: u64,
    pub title: String,
    pub service_id: ServiceId,
    pub service: String,
    pub severity: u8,
    /// `open`, `acknowledged`, `resolved`.
    pub state: String,
    /// Who took it on, or resolved it.
    pub by: Option<String>,
    pub since: Timestamp,
    /// Seconds it lasted, or lasts by now.
    pub lasted_s: i64,
    /// Whether an alert opened it; otherwise a person.
    pub by_us: bool,
    /// `waiting`, `nobody`, `exhausted`; none when nobody has to come.
    pub paging: Option<String>,
}

/// How paging stands, as a word.
pub(super) fn paging_word(incident: &Incident) -> Option<&'static str> {
    match &incident.state {
        State::Open if incident.paging.exhausted_at.is_some() => Some("exhausted"),
        State::Open if incident.paging.nobody_since.is_some() => Some("nobody"),
        State::Open => Some("waiting"),
        State::Acknowledged { .. } | State::Resolved { .. } => None,
    }
}

pub(super) fn line(incident: &Incident, names: &Names, now: Timestamp) -> Line {
    Line {
        id: incident.id,
        number: incident.number,
        title: incident.title.clone(),
        service_id: incident.service_id,
        service: names.service(incident.service_id),
        severity: incident.severity.number(),
        state: incident.state.word().to_owned(),
        by: holder(&incident.state).map(|person| names.person(person)),
        since: incident.since,
        lasted_s: incident.duration(now).as_secs(),
        by_us: incident.by_us,
        paging: paging_word(incident).map(str::to_owned),
    }
}

/// For samples.
pub(super) mod sample {
    use kernel::Id;

    use super::*;

    pub fn at(minutes_ago: i64) -> Timestamp {
        let now: Timestamp = "2026-11-21T03:12:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        now - jiff::SignedDuration::from_mins(minutes_ago)
    }

    pub fn id<T: Id>(number: u128) -> T {
        T::from_u128((1_780_000_000_000 << 80) | number)
    }

    pub fn line(number: u64, title: &str, severity: u8, state: &str, paging: Option<&str>) -> Line {
        Line {
            id: id(u128::from(number)),
            number,
            title: title.into(),
            service_id: id(1),
            service: "Parking permits".into(),
            severity,
            state: state.into(),
            by: (state != "open").then(|| "Noor Kaya".into()),
            since: at(i64::try_from(number).unwrap_or(1) * 7),
            lasted_s: 600,
            by_us: number.is_multiple_of(2),
            paging: paging.map(str::to_owned),
        }
    }
}
