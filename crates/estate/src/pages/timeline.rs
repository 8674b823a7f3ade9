//! The timeline of a service: its facts as sentences, newest first.

use kernel::{Cursor, Fact, Paging, Problem, Recorded, Scope, ServiceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Shown, Site, State, Text, View, facts};

use crate::services;

/// Pages of facts that are looked through for one page of one kind.
const PAGES: usize = 10;

/// What kind of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What the service is and is made of.
    Estate,
    /// What was seen of it.
    Watch,
    /// What people were asked to do.
    Respond,
    /// Who may do what.
    People,
}

impl Sort {
    /// Every kind.
    pub const ALL: [Sort; 4] = [Sort::Estate, Sort::Watch, Sort::Respond, Sort::People];

    fn of(fact: &Fact) -> Sort {
        let name = fact.name();
        let starts = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
        if starts(&["service_", "phase_", "component_", "environment_", "dependency_", "declaration_"]) {
            Sort::Estate
        } else if starts(&["probe_", "alert_raised", "alert_cleared", "maintenance_", "watch_"]) {
            Sort::Watch
        } else if starts(&[
            "role_", "person_", "team_", "client_", "token_", "contact_", "sign", "pass", "totp_", "admin",
            "install",
        ]) {
            Sort::People
        } else {
            Sort::Respond
        }
    }
}

/// One entry, as `c.timeline` shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// How it looks: `fact`, `change`, `page`, `state`.
    pub kind: &'static str,
    /// What happened.
    pub title: Text,
    /// Who did it; nobody is named for what Tend does by itself, which is most of it.
    pub text: Option<Text>,
    /// Where more is told.
    pub href: Option<String>,
    /// The state it came into.
    pub state: Option<String>,
}

fn look(fact: &Fact) -> (&'static str, Option<String>) {
    match fact {
        Fact::ProbeStateChanged { to, .. } => ("state", Some(to.clone())),
        Fact::PhaseEntered { .. } | Fact::ServiceChanged { .. } | Fact::DeclarationApplied { .. } => {
            ("change", None)
        }
        Fact::PageRequested { .. }
        | Fact::PageSent { .. }
        | Fact::PageAttemptFailed { .. }
        | Fact::PageExhausted { .. } => ("page", None),
        _ => ("fact", None),
    }
}

fn href(fact: &Fact) -> Option<String> {
    let fields = serde_json::to_value(fact).ok()?;
    let known = [("incident", "incidents"), ("probe", "probes"), ("component", "components")];
    let gone = matches!(fact, Fact::ComponentRemoved { .. } | Fact::ProbeRemoved { .. });
    known.into_iter().filter(|_| !gone).find_map(|(field, path)| {
        let id = fields.get(field)?.as_str()?;
        Some(format!("/{path}/{id}"))
    })
}

/// Facts as entries, with the names of the people in them.
pub async fn entries(site: &Site, scope: &Scope, recorded: &[Recorded]) -> Result<Vec<Entry>, Problem> {
    let names = identity::people::names(&site.db, scope, facts::people_in(recorded)).await?;
    let entry = |one: &Recorded| {
        let (kind, state) = look(&one.fact);
        Entry {
            at: one.at,
            kind,
            title: facts::fact_text(&one.fact, &names),
            text: (!one.actor.starts_with("task:")).then(|| facts::actor_text(one, &names)),
            href: href(&one.fact),
            state,
        }
    };
    Ok(recorded.iter().map(entry).collect())
}

/// What is wanted of the timeline.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Filter {
    /// Only facts of this kind.
    #[serde(default)]
    pub kind: Option<Sort>,
    /// Start after this entry.
    #[serde(default)]
    pub after: Option<Cursor>,
}

/// The timeline screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TimelineView {
    /// Whose.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// What was asked for.
    pub filter: Filter,
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page starts.
    pub next: Option<Cursor>,
}

/// Shows it.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(filter): Query<Filter>,
) -> Result<Shown<TimelineView>, Refusal> {
    let service = services::expect(&site.db, &scope, id).await?;
    let (recorded, next) = recorded(&site, &scope, id, &filter).await?;
    let entries = entries(&site, &scope, &recorded).await?;
    Ok(Shown(TimelineView { id, name: service.name, filter, entries, next }))
}

async fn recorded(
    site: &Site,
    scope: &Scope,
    id: ServiceId,
    filter: &Filter,
) -> Result<(Vec<Recorded>, Option<Cursor>), Problem> {
    let mut paging = Paging { after: filter.after.clone(), limit: None };
    let mut kept = Vec::new();
    for _ in 0..PAGES {
        let page = site.db.facts_of_service(scope, id, &paging).await?;
        let fits = |one: &Recorded| filter.kind.is_none_or(|kind| Sort::of(&one.fact) == kind);
        kept.extend(page.items.into_iter().filter(fits));
        paging.after = page.next;
        if paging.after.is_none() || kept.len() >= paging.limit() as usize {
            break;
        }
    }
    Ok((kept, paging.after))
}

impl View for TimelineView {
    const TEMPLATE: &'static str = "estate/timeline.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("estate-timeline-title").with("name", self.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::raw(self.name.as_str()), format!("/services/{}", self.id))]
    }
    fn live(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        use kernel::Id;
        let empty = TimelineView {
            id: ServiceId::from_u128(1),
            name: "Parking permits".into(),
            filter: Filter::default(),
            entries: Vec::new(),
            next: None,
        };
        let many = TimelineView {
            entries: super::service::samples::moments(),
            filter: Filter { kind: Some(Sort::Watch), after: None },
            next: Some(Cursor::new(vec!["1".into()])),
            ..empty.clone()
        };
        vec![("empty", empty), ("many", many)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_kind_and_most_facts_of_a_service_are_not_about_people() {
        let by_name = |name: &str| Fact::all().iter().any(|(held, _)| held == name);
        assert!(by_name("phase_entered") && by_name("incident_opened"));
        let incident = kernel::Id::from_u128(1);
        let reopened = Fact::IncidentReopened { incident, reason: String::new() };
        assert_eq!(Sort::of(&reopened), Sort::Respond);
        assert_eq!(href(&reopened), Some(format!("/incidents/{incident}")));
        let cleared = Fact::AlertCleared {
            alert: kernel::Id::from_u128(1),
            probe: None,
            reason: String::new(),
            objective: None,
        };
        assert_eq!((Sort::of(&cleared), href(&cleared)), (Sort::Watch, None));
        let joined = Fact::AlertJoined { incident, alert: kernel::Id::from_u128(1), title: String::new() };
        assert_eq!(Sort::of(&joined), Sort::Respond);
    }
}
