//! What an incident costs the people who come, on its room: live, from the lake and the usual hours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::budget::Grid;
use kernel::lake::{CountAsk, Lake, Looks, Question, RetentionAsk, Unit};
use kernel::{Id as _, IncidentId, JourneyId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, Path, Refusal, Shown, Site, State, Text, View};

use super::split::edges;
use crate::model::Journey;
use crate::objectives::model::{Trouble, TroubleKind};
use crate::objectives::rules::impact::{self, Basis, Lost, NOW, Usual, WEEKS};
use crate::objectives::rules::shares::{Part, needs};
use crate::objectives::store as tables;
use crate::objectives::tasks::ask;

/// Journeys that are reckoned; the rest is named.
const MOST: usize = 8;
/// Whoever comes back within this time after the end came back.
const BACK_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A journey that the incident touches.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Touched {
    /// The journey.
    pub id: JourneyId,
    /// Its name.
    pub name: String,
    /// The service, where it is another one than the incident's.
    pub of: Option<String>,
    /// The steps that need what fails; none when it is only known that it is the same service.
    pub steps: Vec<String>,
    /// Whom it counts: `case`, `user`, `visitor` or `visit`.
    pub unit: &'static str,
    /// How many start in a minute now; null when the incident is over.
    pub starts: Option<f64>,
    /// How many usually do at this hour.
    pub usual_starts: Option<f64>,
    /// How many complete in a minute now.
    pub completes: Option<f64>,
    /// How many usually do at this hour.
    pub usual_completes: Option<f64>,
    /// How many completed since it began.
    pub completed: u64,
    /// How many usually do in that time.
    pub usual: Option<Usual>,
    /// How many are lost.
    pub lost: Option<Lost>,
    /// How many of those who came during it and did not complete did later.
    pub came_back: Option<u64>,
}

/// What an incident costs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImpactPanel {
    /// The incident.
    pub incident: IncidentId,
    /// The service.
    pub service: ServiceId,
    /// Since when.
    pub since: Timestamp,
    /// Until when; null while it lasts.
    pub until: Option<Timestamp>,
    /// The journeys that it touches.
    pub journeys: Vec<Touched>,
    /// How many more there are.
    pub more: usize,
    /// Whether the service has journeys at all.
    pub any: bool,
}

/// Shows it.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
) -> Result<Shown<ImpactPanel>, Refusal> {
    let (service, incident) = match tables::incident(&site.db, &scope, &id.to_string()).await? {
        Some((_, service, incident)) => (service, incident),
        None => opened_just_now(&site, &scope, id).await?,
    };
    let journeys = crate::store::all(&site.db, &scope).await?;
    let any = journeys.iter().any(|one| one.service == service);
    let edges = edges(&site.db, &scope).await?;
    let mut touched: Vec<(&Journey, Vec<usize>)> = journeys
        .iter()
        .filter_map(|one| Some((one, touches(one, service, &incident.cause, &edges)?)))
        .collect();
    // Those whose steps are known first, and those of the service itself before others.
    touched.sort_by_key(|(one, steps)| (steps.is_empty(), one.service != service));
    let more = touched.len().saturating_sub(MOST);
    touched.truncate(MOST);
    let names: BTreeMap<ServiceId, String> =
        estate::services::all(&site.db, &scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let mut lines = Vec::with_capacity(touched.len());
    for (journey, steps) in touched {
        let mut line = reckoned(&site, &scope, journey, &incident).await?;
        line.of = (journey.service != service).then(|| names.get(&journey.service).cloned()).flatten();
        line.steps = steps.iter().map(|place| journey.steps[*place].name.clone()).collect();
        lines.push(line);
    }
    Ok(Shown(ImpactPanel {
        incident: id,
        service,
        since: incident.from,
        until: incident.until,
        journeys: lines,
        more,
        any,
    }))
}

/// An incident whose facts have not been read yet: it is open, and began when its fact was recorded.
async fn opened_just_now(
    site: &Site,
    scope: &Scope,
    id: IncidentId,
) -> Result<(ServiceId, Trouble), Problem> {
    let page = kernel::Paging { after: None, limit: Some(100) };
    let facts = site.db.timeline(scope, &id.to_string(), &page).await?.items;
    let found = facts.iter().rev().find_map(|recorded| match &recorded.fact {
        kernel::Fact::IncidentOpened { incident, number, title, cause, .. } if *incident == id => Some((
            recorded.about.service?,
            Trouble {
                id: id.to_string(),
                kind: TroubleKind::Incident,
                number: Some(*number),
                title: title.clone(),
                cause: cause.clone(),
                from: recorded.at,
                until: None,
            },
        )),
        _ => None,
    });
    found.ok_or_else(|| Problem::not_found("incident"))
}

/// The steps of a journey that need what fails; none at all when the journey is not touched. A cause that names no
/// component touches every journey of its service, and no step in particular.
fn touches(journey: &Journey, service: ServiceId, cause: &str, edges: &[(Part, Part)]) -> Option<Vec<usize>> {
    let own = journey.service == service;
    let named = cause.split_once('/').map_or("", |(_, named)| named);
    if named == journey.id.to_string() {
        return Some(Vec::new());
    }
    if named.parse::<JourneyId>().is_ok() {
        return None;
    }
    let failing = Part { service, component: named.parse().ok() };
    let whole = Part { service, component: None };
    let needing: Vec<BTreeSet<Part>> =
        journey.steps.iter().map(|step| needs(journey.service, step.component, edges)).collect();
    let steps: Vec<usize> = (0..needing.len())
        .filter(|place| {
            let of = &needing[*place];
            // Another service that needs this one as a whole is touched by any part of it.
            of.contains(&failing) && failing.component.is_some() || (!own && of.contains(&whole))
        })
        .collect();
    match (own, steps.is_empty()) {
        (_, false) => Some(steps),
        // A component that no step names may matter to any of them.
        (true, true) => Some(Vec::new()),
        (false, true) => None,
    }
}

async fn reckoned(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
    incident: &Trouble,
) -> Result<Touched, Problem> {
    let (now, zone) = (scope.now(), journey.zone());
    let until = incident.until.unwrap_or(now);
    let lasted = Grid { from: incident.from, until: until.max(incident.from + SignedDuration::from_secs(1)) };
    let first_day = crate::rules::days::day_of(now - SignedDuration::from_hours(24 * (7 * WEEKS + 2)), &zone);
    let folded = crate::store::hours(&site.db, scope, Some(journey.service), first_day).await?;
    let hours = folded.get(&journey.id).map(|days| impact::hours(days, &zone)).unwrap_or_default();
    let past = Grid { from: now - SignedDuration::from_hours(24 * (7 * WEEKS + 2)), until: lasted.from };
    let masked: Vec<Grid> = tables::troubles(&site.db, scope, journey.service, TroubleKind::Incident, past)
        .await?
        .into_iter()
        .filter(|one| one.id != incident.id)
        .map(|one| Grid { from: one.from, until: one.until.unwrap_or(now) })
        .collect();
    let [first, last] = ends(journey);
    let counts = Counts { lake: &site.lake, scope, journey };
    let recent = Grid::back(now, NOW);
    let live = incident.until.is_none();
    let minutes = NOW.as_secs_f64() / 60.0;
    let per_minute = async |looks: &Looks| -> Result<Option<f64>, Problem> {
        if !live {
            return Ok(None);
        }
        Ok(Some(counts.units(looks, recent).await? as f64 / minutes))
    };
    let usual_now = |place: usize| {
        let usual = impact::usual(&hours, recent, place, &masked, &zone).filter(|_| live);
        usual.map(|usual| usual.count / minutes)
    };
    let completed = counts.units(&last, lasted).await?;
    let usual = impact::usual(&hours, lasted, 1, &masked, &zone);
    Ok(Touched {
        id: journey.id,
        name: journey.name.clone(),
        of: None,
        steps: Vec::new(),
        unit: crate::model::unit_word(journey.unit),
        starts: per_minute(&first).await?,
        usual_starts: usual_now(0),
        completes: per_minute(&last).await?,
        usual_completes: usual_now(1),
        completed,
        lost: usual.as_ref().map(|usual| impact::lost(usual, completed)),
        usual,
        came_back: counts.came_back(&last, lasted, now).await?,
    })
}

fn ends(journey: &Journey) -> [Looks; 2] {
    let of = |step: Option<&crate::model::Step>| step.map(|step| step.looks.clone()).unwrap_or_default();
    [of(journey.steps.first()), of(journey.steps.last())]
}

struct Counts<'a> {
    lake: &'a Arc<dyn Lake>,
    scope: &'a Scope,
    journey: &'a Journey,
}

impl Counts<'_> {
    async fn units(&self, looks: &Looks, grid: Grid) -> Result<u64, Problem> {
        let question = CountAsk {
            among: crate::objectives::among(self.journey.client, self.journey.service, grid),
            looks: Some(looks.clone()),
            unit: self.journey.unit,
            cells: Vec::new(),
            by: None,
            top: 0,
            distinct: true,
        };
        let found = ask(self.lake, self.scope, Question::Count(question)).await?.count();
        Ok(found.first().map_or(0, |one| one.units.unwrap_or(one.events)))
    }

    /// How many who took a step during it and did not complete then, did within a week after it. A visit cannot come
    /// back, so its visitor is followed, whom we know for a day.
    async fn came_back(&self, last: &Looks, lasted: Grid, now: Timestamp) -> Result<Option<u64>, Problem> {
        let until = now.min(lasted.until + BACK_WITHIN);
        if until <= lasted.until {
            return Ok(None);
        }
        let unit = match self.journey.unit {
            Unit::Visit => Unit::Visitor,
            unit @ (Unit::Case | Unit::User | Unit::Visitor) => unit,
        };
        let any = self.journey.steps.iter().flat_map(|step| step.looks.any.clone()).collect();
        let question = RetentionAsk {
            among: crate::objectives::among(
                self.journey.client,
                self.journey.service,
                Grid { from: lasted.from, until },
            ),
            unit,
            first: Some(Looks { any }),
            again: Some(last.clone()),
            cells: vec![lasted.from, lasted.until],
        };
        let cohorts = ask(self.lake, self.scope, Question::Retention(question)).await?.retention();
        let Some(during) = cohorts.iter().find(|one| one.cell == 0) else { return Ok(None) };
        let at = |place: usize| during.again.get(place).copied().unwrap_or(0);
        Ok(Some(at(1).min(during.units.saturating_sub(at(0)))))
    }
}

impl View for ImpactPanel {
    const TEMPLATE: &'static str = "objectives/impact.html";
    const AREA: &'static str = "incidents";
    fn title(&self) -> Text {
        Text::key("impact")
    }
    fn live(&self) -> Vec<String> {
        vec![self.incident.to_string(), self.service.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let at = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let usual = Usual { count: 128.0, spread: 14.0, basis: Basis::Weeks(8) };
        let full = Touched {
            id: JourneyId::from_u128(7),
            name: "Apply for a parking permit".into(),
            of: None,
            steps: vec!["payment".into()],
            unit: "visit",
            starts: Some(3.2),
            usual_starts: Some(3.4),
            completes: Some(0.13),
            usual_completes: Some(2.1),
            completed: 9,
            lost: Some(impact::lost(&usual, 9)),
            usual: Some(usual.clone()),
            came_back: Some(4),
        };
        let whole = Touched {
            name: "Renew a permit".into(),
            of: Some("Resident permits".into()),
            steps: Vec::new(),
            unit: "case",
            starts: Some(0.4),
            usual_starts: None,
            completes: Some(0.0),
            usual_completes: None,
            completed: 0,
            usual: None,
            lost: None,
            came_back: None,
            ..full.clone()
        };
        let ordinary = Touched {
            name: "Ask a question".into(),
            steps: Vec::new(),
            unit: "user",
            completed: 120,
            lost: Some(impact::lost(&usual, 120)),
            usual: Some(Usual { basis: Basis::Days(5), ..usual.clone() }),
            came_back: Some(0),
            ..full.clone()
        };
        let open = ImpactPanel {
            incident: IncidentId::from_u128(14),
            service: ServiceId::from_u128(1),
            since: at("2026-11-21T09:42:00Z"),
            until: None,
            journeys: vec![full.clone(), ordinary, whole],
            more: 2,
            any: true,
        };
        let over = Touched {
            starts: None,
            usual_starts: None,
            completes: None,
            usual_completes: None,
            unit: "visitor",
            came_back: Some(41),
            ..full
        };
        let resolved = ImpactPanel {
            until: Some(at("2026-11-21T10:42:00Z")),
            journeys: vec![over],
            more: 0,
            ..open.clone()
        };
        let none = ImpactPanel { journeys: Vec::new(), more: 0, any: false, ..open.clone() };
        let untouched = ImpactPanel { any: true, ..none.clone() };
        vec![("open", open), ("resolved", resolved), ("no journeys", none), ("none touched", untouched)]
    }
}

#[cfg(test)]
mod tests {
    use kernel::ComponentId;

    use super::*;
    use crate::model::Targets;
    use crate::objectives::rules::tests::journey;

    #[test]
    fn an_incident_touches_the_steps_that_need_what_fails() {
        // The form is done by component 3, the payment by 4, which needs 5 of another service.
        let one = journey(Targets::default());
        let part = |of: ServiceId, n: u128| Part {
            service: of,
            component: (n > 0).then(|| ComponentId::from_u128(n)),
        };
        let bank = ServiceId::from_u128(9);
        let edges = [(part(one.service, 4), part(bank, 5)), (part(one.service, 3), part(one.service, 6))];
        let cause = |of: ServiceId, n: u128| kernel::fact::cause_of_part(of, ComponentId::from_u128(n));
        let touched = |of: ServiceId, cause: &str| touches(&one, of, cause, &edges);
        assert_eq!(touched(one.service, &cause(one.service, 4)), Some(vec![2]));
        assert_eq!(touched(one.service, &cause(one.service, 6)), Some(vec![1]), "what the form needs");
        assert_eq!(touched(one.service, &cause(one.service, 99)), Some(vec![]), "no step names it");
        assert_eq!(touched(one.service, &format!("{}/bank.example", one.service)), Some(vec![]));
        assert_eq!(touched(bank, &cause(bank, 5)), Some(vec![2]), "of another service");
        assert_eq!(touched(bank, &cause(bank, 7)), None);
        let journey_cause = |id: u128| format!("{}/{}", one.service, JourneyId::from_u128(id));
        assert_eq!(touched(one.service, &journey_cause(7)), Some(vec![]));
        assert_eq!(touched(one.service, &journey_cause(8)), None, "another journey's own");
        let by_whole = [(part(one.service, 0), part(bank, 0))];
        assert_eq!(touches(&one, bank, &cause(bank, 7), &by_whole), Some(vec![0, 1, 2, 3]));
    }
}
