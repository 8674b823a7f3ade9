//! The sources of a service, on its screen.

use kernel::{Right, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{SourceRow, rows, sample_rows, sample_service, settle};
use crate::intake::sources;

/// The most sources that the panel shows; the list has the rest.
const MOST: usize = 8;

/// The sources of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServiceSourcesPanel {
    /// The service.
    pub service: ServiceId,
    /// How many there are.
    pub total: usize,
    /// Some of them, by name.
    pub sources: Vec<SourceRow>,
    /// The asker may add some.
    pub may_add: bool,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<ServiceSourcesPanel>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    settle(&site).await;
    let mut held = sources::of_service(&site.db, &scope, id).await?;
    let total = held.len();
    held.truncate(MOST);
    Ok(Shown(ServiceSourcesPanel {
        service: id,
        total,
        sources: rows(&site, &scope, held).await?,
        may_add: scope.may(Right::Manage, service.client_id, Some(id)),
    }))
}

impl View for ServiceSourcesPanel {
    const TEMPLATE: &'static str = "intake/panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("intake-panel")
    }
    fn live(&self) -> Vec<String> {
        vec![self.service.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let many = ServiceSourcesPanel {
            service: sample_service().id,
            total: 3,
            sources: sample_rows(),
            may_add: true,
        };
        let none = ServiceSourcesPanel { total: 0, sources: vec![], ..many.clone() };
        let reader = ServiceSourcesPanel { may_add: false, ..none.clone() };
        vec![("many", many), ("none", none), ("none-for-a-reader", reader)]
    }
}
