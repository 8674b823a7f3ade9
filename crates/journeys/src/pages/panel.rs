//! The journeys of a service, on its screen.

use kernel::{Right, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::list::{JourneyRow, rows, sample_rows};
use super::shared::Names;
use crate::rules::usual::Standing;
use crate::store as tables;

/// The most journeys that the panel shows; the list has the rest.
const MOST: usize = 12;

/// The journeys of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServicePanel {
    /// The service.
    pub service: ServiceId,
    /// The journeys; those that need a person first.
    pub journeys: Vec<JourneyRow>,
    /// How many there are.
    pub total: usize,
    /// How many have less than usual.
    pub less: usize,
    /// The asker may add some.
    pub may_add: bool,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServicePanel>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    let journeys = tables::journeys_of(&site.db, &scope, id).await?;
    let names = Names::read(&site.db, &scope).await?;
    let mut journeys = rows(&site, &scope, journeys, Some(id), &names).await?;
    let total = journeys.len();
    let less = journeys.iter().filter(|row| row.standing == Standing::Less).count();
    journeys.truncate(MOST);
    let may_add = scope.may(Right::Respond, service.client_id, Some(id));
    Ok(Shown(ServicePanel { service: id, journeys, total, less, may_add }))
}

impl View for ServicePanel {
    const TEMPLATE: &'static str = "journeys/panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("journeys")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.to_string(), "pulse".into()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let journeys = sample_rows();
        let service = journeys[0].service.id;
        let many = ServicePanel { service, total: 14, less: 1, journeys, may_add: true };
        let none = ServicePanel { journeys: vec![], total: 0, less: 0, ..many.clone() };
        let reader = ServicePanel { may_add: false, ..none.clone() };
        vec![("many", many), ("none", none), ("none-for-a-reader", reader)]
    }
}
