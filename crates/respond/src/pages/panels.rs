//! What this feature shows on the screens of others: panels of a service, columns of the service list, the number
//! in the sidebar.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::task::Answer;
use kernel::{Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Cell, Column, ColumnSource, CountSource, Path, Refusal, Shown, Site, State, Text, View};

use super::common::{Line, Names, line, people_in, sample};
use super::on_call::{ServiceLine, Step, service_lines};
use crate::store::{incident, status};

/// Resolved incidents shown below the open ones.
const RECENT: usize = 5;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct IncidentsPanel {
    service_id: ServiceId,
    open: Vec<Line>,
    recent: Vec<Line>,
    may_open: bool,
    /// The address of the public page, if there is one, and whether the public sees it.
    status_slug: Option<String>,
    status_public: bool,
    may_manage: bool,
}

impl View for IncidentsPanel {
    const TEMPLATE: &'static str = "respond/panel_incidents.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("incidents-title")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service_id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let empty = IncidentsPanel {
            service_id: sample::id(1),
            open: Vec::new(),
            recent: Vec::new(),
            may_open: true,
            status_slug: None,
            status_public: false,
            may_manage: true,
        };
        let many = IncidentsPanel {
            open: vec![sample::line(14, "Paying does not work", 1, "open", Some("waiting"))],
            recent: vec![sample::line(9, "Nightly import did not run", 2, "resolved", None)],
            status_slug: Some("parking-permits".into()),
            status_public: true,
            ..empty.clone()
        };
        vec![("empty", empty), ("many", many)]
    }
}

pub(super) async fn incidents(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<IncidentsPanel>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let filter = incident::Filter { service: Some(id), state: Some("resolved".into()), ..Default::default() };
    let paging = kernel::Paging { after: None, limit: Some(RECENT as u32) };
    let recent = incident::list(&site.db, &scope, &filter, &paging).await?.items;
    let open = incident::open_of(&site.db, &scope, id).await?;
    let names = Names::read(&site, &scope, people_in(&open).into_iter().chain(people_in(&recent))).await?;
    let status = status::of_service(&site.db, &scope, id).await?;
    let now = scope.now();
    Ok(Shown(IncidentsPanel {
        service_id: id,
        open: open.iter().map(|one| line(one, &names, now)).collect(),
        recent: recent.iter().map(|one| line(one, &names, now)).collect(),
        may_open: scope.may(Right::Write, service.client_id, Some(id)),
        status_public: status.as_ref().is_some_and(|page| page.public),
        status_slug: status.map(|page| page.slug),
        may_manage: scope.may(Right::Manage, service.client_id, Some(id)),
    }))
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct OnCallPanel {
    service_id: ServiceId,
    escalation: Option<String>,
    steps: Vec<Step>,
    nobody: bool,
    may_manage: bool,
}

impl View for OnCallPanel {
    const TEMPLATE: &'static str = "respond/panel_on_call.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("on-call-title")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service_id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let nobody = OnCallPanel {
            service_id: sample::id(1),
            escalation: None,
            steps: Vec::new(),
            nobody: true,
            may_manage: true,
        };
        let many = OnCallPanel {
            escalation: Some("Permits".into()),
            steps: vec![
                Step { people: vec!["Noor Kaya".into()], wait_s: 300 },
                Step { people: Vec::new(), wait_s: 300 },
                Step { people: vec!["Ben Smit".into(), "Ada Vos".into()], wait_s: 600 },
            ],
            nobody: false,
            ..nobody.clone()
        };
        vec![("nobody", nobody), ("many", many)]
    }
}

pub(super) async fn on_call(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<OnCallPanel>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let may_manage = scope.may(Right::Manage, service.client_id, Some(id));
    let mut names = Names { services: HashMap::from([(id, service)]), people: HashMap::new() };
    let lines = service_lines(&site, &scope, &mut names, &HashMap::new()).await?;
    let line = lines.into_iter().next();
    Ok(Shown(match line {
        Some(ServiceLine { escalation, steps, nobody, .. }) => {
            OnCallPanel { service_id: id, escalation, steps, nobody, may_manage }
        }
        None => OnCallPanel { service_id: id, escalation: None, steps: Vec::new(), nobody: true, may_manage },
    }))
}

/// The number of open incidents, for the sidebar.
pub(super) struct OpenIncidents;

impl CountSource for OpenIncidents {
    fn count<'a>(&'a self, site: &'a Site, scope: &'a Scope) -> Answer<'a, Result<Option<u64>, Problem>> {
        Box::pin(async move { incident::count_open(&site.db, scope).await.map(Some) })
    }
}

/// The columns of the service list.
#[must_use]
pub fn columns() -> Vec<Column> {
    vec![
        Column { on: "services", key: "incidents", order: 20, source: Arc::new(IncidentsColumn) },
        Column { on: "services", key: "on-call", order: 30, source: Arc::new(OnCallColumn) },
    ]
}

#[derive(Serialize)]
struct IncidentsCell {
    open: usize,
    severity: u8,
    first: String,
    first_id: String,
    service_id: String,
    unacknowledged: usize,
    /// A short sentence for the list, after what is wrong.
    say: Text,
}

struct IncidentsColumn;

impl ColumnSource for IncidentsColumn {
    fn title(&self) -> Text {
        Text::key("incidents-title")
    }

    fn cells<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
    ) -> Answer<'a, Result<HashMap<String, Cell>, Problem>> {
        Box::pin(async move {
            let mut by_service: BTreeMap<ServiceId, Vec<crate::model::Incident>> = BTreeMap::new();
            for one in incident::open(&site.db, scope).await? {
                by_service.entry(one.service_id).or_default().push(one);
            }
            let cell = |(service, open): (ServiceId, Vec<crate::model::Incident>)| {
                // The list is sorted worst and oldest first.
                let first = open.first()?;
                let unacknowledged = open.iter().filter(|one| one.state == crate::model::State::Open).count();
                let weight = weight(first.severity.number(), unacknowledged > 0);
                let data = IncidentsCell {
                    open: open.len(),
                    severity: first.severity.number(),
                    first: first.title.clone(),
                    first_id: first.id.to_string(),
                    service_id: service.to_string(),
                    unacknowledged,
                    say: match unacknowledged {
                        0 => Text::key("cell-say-taken"),
                        _ => Text::key("cell-say-waiting"),
                    },
                };
                Some((service.to_string(), Cell::new("respond/cell_incidents.html", &data, weight)))
            };
            Ok(by_service.into_iter().filter_map(cell).collect())
        })
    }
}

/// How much a service with an open incident needs a person: worse first, unattended before attended.
fn weight(severity: u8, unattended: bool) -> i64 {
    let worse = i64::from(5 - severity.clamp(1, 4)) * 100;
    worse + if unattended { 1_000 } else { 0 }
}

struct OnCallColumn;

#[derive(Serialize)]
struct OnCallCell {
    people: Vec<String>,
    nobody: bool,
}

impl ColumnSource for OnCallColumn {
    fn title(&self) -> Text {
        Text::key("on-call-title")
    }

    fn cells<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
    ) -> Answer<'a, Result<HashMap<String, Cell>, Problem>> {
        Box::pin(async move {
            let mut names = Names::read(site, scope, []).await?;
            let lines = service_lines(site, scope, &mut names, &HashMap::new()).await?;
            Ok(lines
                .into_iter()
                .map(|line| {
                    let first = line.steps.into_iter().find(|step| !step.people.is_empty());
                    let data = OnCallCell {
                        people: first.map(|step| step.people).unwrap_or_default(),
                        nobody: line.nobody,
                    };
                    let weight = if line.nobody { 50 } else { 0 };
                    (line.id.to_string(), Cell::new("respond/cell_on_call.html", &data, weight))
                })
                .collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_works_on_comes_before_what_somebody_does() {
        assert!(weight(4, true) > weight(1, false));
        assert!(weight(1, true) > weight(2, true));
    }
}
