//! Demand on the screen of a service: the next days with their interval, and the capacity that is full first.

use kernel::ServiceId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::demand::{
    CapacityLine, DayLine, Point, answer, capacity_lines, gather, none_text, points, sample_points, together,
};
use super::shared::{Head, day_of, head, sample_head, zone_of};
use crate::demand::rules::forecast::{DAY, WEEK};
use crate::demand::rules::growth::Standing;
use crate::demand::series::Counts;
use crate::store as journeys;

/// Capacities that the panel shows; the screen has all.
const MOST: usize = 3;

/// Demand, in short.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DemandPanel {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// What is counted.
    pub counts: Counts,
    /// What is the matter, in one sentence.
    pub answer: Text,
    /// How what comes compares with what was expected.
    pub standing: Standing,
    /// Two days that were and the forecast, by the hour.
    pub points: Vec<Point>,
    /// The next seven days.
    pub next: Option<DayLine>,
    /// The capacities that need a decision first.
    pub capacities: Vec<CapacityLine>,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<DemandPanel>, Refusal> {
    let head = head(&site.db, &scope, id).await?;
    let gathered = gather(&site, &scope, &head, None, WEEK).await?;
    let zone = zone_of(&journeys::journeys_of(&site.db, &scope, id).await?);
    let mut capacities = capacity_lines(&site, &scope, &head, day_of(scope.now(), &zone)).await?;
    let fitted = gathered.fitted.as_ref();
    let next = together(fitted);
    let standing = fitted.map(|one| one.kept.standing).unwrap_or_default();
    let (answer, _) = answer(standing, next.as_ref(), &capacities, &none_text(fitted), gathered.counts);
    capacities.truncate(MOST);
    let (counts, points) = (gathered.counts, points(&gathered, 2 * DAY));
    Ok(Shown(DemandPanel { head, counts, answer, standing, points, next, capacities }))
}

impl View for DemandPanel {
    const TEMPLATE: &'static str = "demand/panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("demand")
    }
    fn live(&self) -> Vec<String> {
        vec![self.head.service.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let (_, full) = super::demand::DemandView::samples().remove(0);
        let many = DemandPanel {
            head: sample_head(),
            counts: full.counts,
            answer: full.answer.clone(),
            standing: full.standing,
            points: sample_points().split_off(120),
            next: full.next.clone(),
            capacities: full.capacities.into_iter().take(MOST).collect(),
        };
        let none = DemandPanel {
            points: vec![],
            next: None,
            capacities: vec![],
            answer: Text::key("demand-none-waiting"),
            ..many.clone()
        };
        vec![("many", many), ("none", none)]
    }
}
