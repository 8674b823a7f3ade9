//! The state of every service, in the list of services: the word, a sentence when it is not fine, and 90 days.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::task::Answer;
use kernel::{Problem, Ratio, Scope, ServiceId};
use serde::Serialize;
use web::{Cell, ColumnSource, Site, Text};

use super::shared::{StripDay, reason_text, strip, total};
use crate::model::State;
use crate::rules::history::{Spent, worst_now};
use crate::store as tables;

/// How much a service in a state needs a person; incidents weigh more, a service without probes least.
fn weight(state: State) -> i64 {
    match state {
        State::Down => 500,
        State::Degraded => 400,
        State::Unknown => 300,
        State::Pending => 200,
        State::Maintenance => 100,
        State::Up => 10,
    }
}

/// The state of a service.
#[derive(Debug, Clone, Serialize)]
struct StateCell {
    state: State,
    since: Timestamp,
    probe: String,
    others: usize,
    reason: Option<Text>,
    /// The worst of each day, without words: a hundred services have nine thousand days.
    days: Vec<Option<State>>,
    good: Ratio,
}

/// The column.
pub struct StateColumn;

impl ColumnSource for StateColumn {
    fn title(&self) -> Text {
        Text::key("watch-column-state")
    }

    fn cells<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
    ) -> Answer<'a, Result<HashMap<String, Cell>, Problem>> {
        Box::pin(async move {
            let briefs = tables::briefs(&site.db, scope).await?;
            let strips: HashMap<String, Vec<(i64, Spent)>> =
                tables::strips(&site.db, scope, None).await?.into_iter().collect();
            let mut of: HashMap<ServiceId, Vec<tables::Brief>> = HashMap::new();
            for brief in briefs {
                of.entry(brief.service).or_default().push(brief);
            }
            let now = scope.now();
            let cells = of.into_iter().filter_map(|(service, briefs)| {
                let key = service.to_string();
                let days = strips.get(&key).map(Vec::as_slice).unwrap_or_default();
                let cell = cell(briefs, strip(days, now))?;
                let weight = weight(cell.state);
                Some((key, Cell::new("watch/cell.html", &cell, weight)))
            });
            Ok(cells.collect())
        })
    }
}

fn cell(mut briefs: Vec<tables::Brief>, days: Vec<StripDay>) -> Option<StateCell> {
    let state = worst_now(briefs.iter().map(|brief| brief.state))?;
    briefs.retain(|brief| brief.state == state);
    let first = briefs.iter().min_by_key(|brief| brief.since)?;
    let since = if state == State::Up { briefs.iter().map(|brief| brief.since).max()? } else { first.since };
    let good = total(&days).ratio();
    Some(StateCell {
        state,
        since,
        probe: first.name.clone(),
        others: briefs.len() - 1,
        reason: first.reason.as_ref().map(reason_text),
        days: days.into_iter().map(|day| day.state).collect(),
        good,
    })
}

/// The state of a component.
#[derive(Debug, Clone, Serialize)]
struct ComponentCell {
    state: State,
    since: Timestamp,
}

/// The state of every component that a probe names.
pub struct ComponentColumn;

impl ColumnSource for ComponentColumn {
    fn title(&self) -> Text {
        Text::key("watch-column-component")
    }

    fn cells<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
    ) -> Answer<'a, Result<HashMap<String, Cell>, Problem>> {
        Box::pin(async move {
            let mut worst: HashMap<String, ComponentCell> = HashMap::new();
            for (component, state, since) in tables::component_states(&site.db, scope).await? {
                let held = worst.entry(component.to_string()).or_insert(ComponentCell { state, since });
                if state > held.state {
                    *held = ComponentCell { state, since };
                } else if state == held.state {
                    held.since = held.since.min(since);
                }
            }
            let cell = |(id, cell): (String, ComponentCell)| {
                let weight = weight(cell.state);
                (id, Cell::new("watch/component-cell.html", &cell, weight))
            };
            Ok(worst.into_iter().map(cell).collect())
        })
    }
}
