//! The probes of a service, on its screen.

use kernel::{Right, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Names, ProbeRow, rows, sample_rows};
use crate::model::State;
use crate::rules::history::worst_now;
use crate::store::{self as tables, Filter};

/// The most probes that the panel shows; the list of all has the rest.
const MOST: i64 = 30;

/// The probes of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServicePanel {
    /// The service.
    pub service: ServiceId,
    /// The state of all of them together; none without probes.
    pub state: Option<State>,
    /// How many there are.
    pub total: u64,
    /// How many are neither up nor in maintenance.
    pub troubled: u64,
    /// The ones that need a person first.
    pub probes: Vec<ProbeRow>,
    /// The asker may add some.
    pub may_add: bool,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServicePanel>, Refusal> {
    let db = &site.db;
    let service = estate::services::expect(db, &scope, id).await?;
    let filter = Filter { service: Some(id), ..Filter::default() };
    let lines = tables::lines(db, &scope, &filter, MOST).await?;
    let counts = tables::counts(db, &scope, Some(id)).await?;
    let names = Names::read(db, &scope).await?;
    let troubled = counts.iter().filter(|(state, _)| !matches!(state, State::Up | State::Maintenance));
    Ok(Shown(ServicePanel {
        service: id,
        state: worst_now(counts.iter().map(|(state, _)| *state)),
        total: counts.iter().map(|(_, count)| count).sum(),
        troubled: troubled.map(|(_, count)| count).sum(),
        probes: rows(db, &scope, lines, &names).await?,
        may_add: scope.may(Right::Respond, service.client_id, Some(id)),
    }))
}

impl View for ServicePanel {
    const TEMPLATE: &'static str = "watch/panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("watch-panel")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let probes = sample_rows();
        let service = probes[0].service.id;
        let many =
            ServicePanel { service, state: Some(State::Down), total: 6, troubled: 4, probes, may_add: true };
        let none = ServicePanel { state: None, total: 0, troubled: 0, probes: vec![], ..many.clone() };
        let reader = ServicePanel { may_add: false, ..none.clone() };
        vec![("many", many), ("none", none), ("none-for-a-reader", reader)]
    }
}
