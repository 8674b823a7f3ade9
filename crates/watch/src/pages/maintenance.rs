//! Planned maintenance of a service.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::{ClientId, Id as _, MaintenanceId, Problem, Right, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State as Reach, Text, View, Who};

use super::shared::{Named, crumbs};
use crate::model::Maintenance;
use crate::store as tables;

/// The longest maintenance: longer is a service that is not run.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 14);
/// The longest title, characters.
const MAX_TITLE: usize = 120;

/// A planned time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Window {
    /// Its id.
    pub id: MaintenanceId,
    /// What is done.
    pub title: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// It has begun.
    pub holds: bool,
}

/// Maintenance of a service: what is planned, and a form to plan more.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MaintenanceView {
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// What is planned or under way, the earliest first.
    pub windows: Vec<Window>,
    /// The asker may plan.
    pub may_plan: bool,
    /// The reader's time zone, in which the form's times are.
    pub zone: String,
    /// What the form begins with, as `2026-11-21T03:00`.
    pub from: String,
    /// What the form begins with.
    pub until: String,
}

/// What is to be planned.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PlanForm {
    /// What is done.
    pub title: String,
    /// When it begins: an instant, or a time on the clock of the zone.
    pub from: String,
    /// When it ends.
    pub until: String,
    /// The zone of times without one; the person's own when not said.
    pub zone: Option<String>,
}

fn clock_text(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    who: Who,
    Path(id): Path<ServiceId>,
) -> Result<Shown<MaintenanceView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let now = scope.now();
    let windows = tables::maintenances(&site.db, &scope, Some(id)).await?;
    let window = |it: Maintenance| Window {
        holds: it.holds(now),
        id: it.id,
        title: it.title,
        from: it.from,
        until: it.until,
    };
    let zone = who.caller.zone.clone().unwrap_or(TimeZone::UTC);
    let names = identity::clients::names(&site.db, &scope).await?;
    let client = names.get(&service.client_id).cloned().unwrap_or_default();
    Ok(Shown(MaintenanceView {
        service: Named { id, name: service.name },
        client: Named { id: service.client_id, name: client },
        windows: windows.into_iter().map(window).collect(),
        may_plan: scope.may(Right::Respond, service.client_id, Some(id)),
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        from: clock_text(now, &zone),
        until: clock_text(now + SignedDuration::from_hours(1), &zone),
    }))
}

/// An instant (`2026-11-21T03:00:00Z`), or a time on the clock of a zone (`2026-11-21T03:00`). A time that does not
/// exist or exists twice is taken as the earlier clock would have it (RFC 5545).
fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.trim().parse::<Timestamp>() {
        return Some(at);
    }
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    civil.to_zoned(zone.clone()).ok().map(|at| at.timestamp())
}

/// Plans one.
pub async fn plan(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    who: Who,
    Path(id): Path<ServiceId>,
    Input(form): Input<PlanForm>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Respond, "service", service.client_id, Some(id))?;
    let mut wrong = Problem::invalid();
    let zone = match form.zone.as_deref().map(TimeZone::get) {
        Some(Ok(zone)) => zone,
        Some(Err(_)) => {
            wrong = wrong.field("zone", "watch-field-zone");
            TimeZone::UTC
        }
        None => who.caller.zone.clone().unwrap_or(TimeZone::UTC),
    };
    let title = form.title.trim();
    if title.is_empty() {
        wrong = wrong.field("title", "field-required");
    } else if title.chars().count() > MAX_TITLE {
        wrong = wrong.field("title", "watch-field-too-long").field_with("value", MAX_TITLE);
    }
    let (from, until) = (instant(&form.from, &zone), instant(&form.until, &zone));
    for (field, at) in [("from", from), ("until", until)] {
        if at.is_none() {
            wrong = wrong.field(field, "watch-field-instant");
        }
    }
    if let (Some(from), Some(until)) = (from, until) {
        if until <= from || until <= scope.now() {
            wrong = wrong.field("until", "watch-field-until");
        } else if until.duration_since(from) > LONGEST {
            wrong = wrong.field("until", "watch-field-longest");
        }
    }
    wrong.or(())?;
    let (Some(from), Some(until)) = (from, until) else { return Err(Problem::invalid().into()) };
    let mut tx = site.db.write("watch.plan-maintenance", &scope).await?;
    let planned = tables::plan_maintenance(&mut tx, service.client_id, id, title, from, until).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{id}/maintenance"))
        .say("watch-maintenance-planned")
        .value(&serde_json::json!({ "id": planned, "from": from, "until": until })))
}

/// Ends one now, or calls it off.
pub async fn end(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<MaintenanceId>,
) -> Result<Done, Refusal> {
    let it = tables::maintenance(&site.db, &scope, id).await?;
    let it = it.ok_or_else(|| Problem::not_found("maintenance"))?;
    scope.require(Right::Respond, "maintenance", it.client, Some(it.service))?;
    let mut tx = site.db.write("watch.end-maintenance", &scope).await?;
    tables::end_maintenance(&mut tx, &it).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}/maintenance", it.service)).say("watch-maintenance-ended"))
}

impl View for MaintenanceView {
    const TEMPLATE: &'static str = "watch/maintenance.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("watch-maintenance")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let from: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
        let until = from + SignedDuration::from_hours(2);
        let window = |n: u128, title: &str, holds| Window {
            id: MaintenanceId::from_u128(n),
            title: title.into(),
            from,
            until,
            holds,
        };
        let some = MaintenanceView {
            service: Named { id: ServiceId::from_u128(2), name: "Parking permits".into() },
            client: Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() },
            windows: vec![window(1, "New database", true), window(2, "Certificates renewed", false)],
            may_plan: true,
            zone: "Europe/Amsterdam".into(),
            from: "2026-11-21T04:00".into(),
            until: "2026-11-21T05:00".into(),
        };
        let none = MaintenanceView { windows: vec![], ..some.clone() };
        let reader = MaintenanceView { may_plan: false, ..none.clone() };
        vec![("some", some), ("none", none), ("none-for-a-reader", reader)]
    }
}
