//! The link in a page's mail: what is the matter, and one big button. Works without signing in, because the link is
//! personal, good for this one thing, and ends after a day. Looking never acts, so that mail scanners do not
//! acknowledge.

use jiff::Timestamp;
use kernel::{IncidentId, Kind, PageId, Problem, Scope};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Done, Path, Refusal, Shown, Site, State, Text, View};

use super::common::{Names, holder, sample};
use crate::acts;
use crate::letters::Failed;
use crate::model::State as Standing;
use crate::store::delivery::{self, Summons};
use crate::store::incident;
use crate::tasks::ACKNOWLEDGE;

/// Failed things that fit on a phone.
const MAX_FAILED: usize = 4;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Link {
    token: String,
    number: u64,
    heading: String,
    service: String,
    severity: u8,
    /// `open`, `acknowledged`, `resolved`.
    state: String,
    since: Timestamp,
    lasted_s: i64,
    /// For whom this link is.
    person: String,
    /// Who has it now.
    by: Option<String>,
    at: Option<Timestamp>,
    until: Option<Timestamp>,
    mine: bool,
    failed: Vec<Failed>,
    others: Vec<String>,
    incident_url: String,
    /// The zone of the person the link is for.
    zone: String,
}

impl View for Link {
    const TEMPLATE: &'static str = "respond/acknowledge.html";
    const AREA: &'static str = "incidents";
    fn title(&self) -> Text {
        Text::raw(format!("#{} {}", self.number, self.heading))
    }
    fn zone(&self) -> Option<jiff::tz::TimeZone> {
        jiff::tz::TimeZone::get(&self.zone).ok()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let open = Link {
            token: "x".into(),
            number: 14,
            heading: "Paying does not work: the bank gateway answers 502".into(),
            service: "Parking permits".into(),
            severity: 1,
            state: "open".into(),
            since: sample::at(11),
            lasted_s: 660,
            person: "Noor Kaya".into(),
            by: None,
            at: None,
            until: None,
            mine: false,
            failed: vec![Failed { title: "payment".into(), reason: "status 502, expected 200".into() }],
            others: vec!["Ben Smit".into()],
            incident_url: "/incidents/inc_x".into(),
            zone: "Europe/Amsterdam".into(),
        };
        let held = |mine: bool| Link {
            state: "acknowledged".into(),
            by: Some(if mine { "Noor Kaya" } else { "Ben Smit" }.into()),
            at: Some(sample::at(2)),
            until: Some(sample::at(-28)),
            mine,
            ..open.clone()
        };
        let resolved = Link {
            state: "resolved".into(),
            at: Some(sample::at(1)),
            failed: Vec::new(),
            others: Vec::new(),
            ..open.clone()
        };
        vec![
            ("taken by another", held(false)),
            ("taken by me", held(true)),
            ("resolved", resolved),
            ("open", open),
        ]
    }
}

async fn summons(site: &Site, scope: &Scope, token: &str) -> Result<Summons, Problem> {
    let payload = site.signer.verify(ACKNOWLEDGE, token, scope.now())?;
    let page: PageId = payload.parse().map_err(|_| Problem::not_found("link"))?;
    delivery::page(&site.db, scope, page).await?.ok_or_else(|| Problem::not_found("link"))
}

pub(super) async fn show(
    State(site): State<Site>,
    Asks(asker): Asks,
    Path(token): Path<String>,
) -> Result<Shown<Link>, Refusal> {
    let scope = asker.on_behalf("respond.ack-link");
    let page = summons(&site, &scope, &token).await?;
    let incident = found(&site, &scope, page.incident_id).await?;
    let ids = std::collections::BTreeSet::from([incident.id]);
    let paged = delivery::paged_for(&site.db, &scope, &ids).await?;
    let everybody = paged.iter().map(|(_, person)| *person).chain(holder(&incident.state));
    let names = Names::read(&site, &scope, everybody.chain([page.person_id])).await?;
    let (at, until) = match &incident.state {
        Standing::Open => (None, None),
        Standing::Acknowledged { at, until, .. } => (Some(*at), Some(*until)),
        Standing::Resolved { at, .. } => (Some(*at), None),
    };
    let alerts = incident::alerts_of(&site.db, &scope, incident.id).await?;
    Ok(Shown(Link {
        token,
        number: incident.number,
        heading: incident.title.clone(),
        service: names.service(incident.service_id),
        severity: incident.severity.number(),
        state: incident.state.word().to_owned(),
        since: incident.since,
        lasted_s: incident.duration(scope.now()).as_secs(),
        person: names.person(page.person_id),
        by: holder(&incident.state).map(|person| names.person(person)),
        at,
        until,
        mine: holder(&incident.state) == Some(page.person_id),
        failed: alerts
            .into_iter()
            .filter(|alert| alert.cleared_at.is_none())
            .take(MAX_FAILED)
            .map(|alert| Failed { title: alert.title, reason: alert.reason })
            .collect(),
        others: paged
            .iter()
            .filter(|(_, person)| *person != page.person_id)
            .map(|(_, person)| names.person(*person))
            .collect(),
        incident_url: format!("/incidents/{}", incident.id),
        zone: identity::people::person(&site.db, &scope, page.person_id).await?.zone,
    }))
}

async fn found(site: &Site, scope: &Scope, id: IncidentId) -> Result<crate::model::Incident, Problem> {
    incident::incident(&site.db, scope, id).await?.ok_or_else(|| Problem::not_found("link"))
}

pub(super) async fn acknowledge(
    State(site): State<Site>,
    Asks(asker): Asks,
    Path(token): Path<String>,
) -> Result<Done, Refusal> {
    let scope = asker.on_behalf("respond.ack-link");
    let page = summons(&site, &scope, &token).await?;
    let reach = identity::reach(&site.db, &scope, page.person_id).await?;
    if reach.plan().is_empty() {
        // Suspended since: the link was theirs and is no longer.
        return Err(Problem::new(Kind::Gone, "link-expired").into());
    }
    let mut tx = site.db.write("respond.acknowledge", &scope).await?;
    let incident = acts::acknowledge(&mut tx, page.incident_id, Some(page.person_id), "link").await?;
    tx.commit().await?;
    Ok(Done::to(format!("/a/{token}")).value(&incident))
}
