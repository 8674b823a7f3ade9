//! All incidents, and opening one by hand.

use kernel::{Cursor, Id, NoteId, Paging, Problem, Right, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Query, Refusal, Shown, Site, State, Text, View};

use super::common::{Line, Names, line, people_in, sample};
use crate::acts::{self, MAX_TITLE, Opening};
use crate::model::Severity;
use crate::store::incident::{self, Filter};

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Incidents {
    pub open: u64,
    /// Of the open ones, how many nobody has taken on.
    pub unacknowledged: u64,
    pub items: Vec<Line>,
    pub next: Option<Cursor>,
    pub filter: Filter,
    pub filtered: bool,
    pub may_open: bool,
}

impl View for Incidents {
    const TEMPLATE: &'static str = "respond/incidents.html";
    const AREA: &'static str = "incidents";
    fn title(&self) -> Text {
        Text::key("incidents-title")
    }
    fn live(&self) -> Vec<String> {
        self.items.iter().map(|item| item.id.to_string()).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let empty = Incidents {
            open: 0,
            unacknowledged: 0,
            items: Vec::new(),
            next: None,
            filter: Filter::default(),
            filtered: false,
            may_open: true,
        };
        let items = vec![
            sample::line(
                14,
                "Paying does not work: the bank gateway answers 502",
                1,
                "open",
                Some("waiting"),
            ),
            sample::line(12, "Start page is slow", 3, "open", Some("exhausted")),
            sample::line(11, "Certificate of the API ends in 5 days", 4, "open", Some("nobody")),
            sample::line(9, "Nightly import did not run", 2, "acknowledged", None),
            sample::line(8, "Start page is down", 1, "resolved", None),
        ];
        let many = Incidents { open: 4, unacknowledged: 3, items, ..empty.clone() };
        let one = Incidents {
            open: 1,
            unacknowledged: 0,
            items: vec![sample::line(9, "Nightly import did not run", 2, "acknowledged", None)],
            ..empty.clone()
        };
        let filtered = Incidents {
            filtered: true,
            filter: Filter { q: Some("nothing".into()), ..Filter::default() },
            ..empty.clone()
        };
        let full = Incidents {
            items: (1..60)
                .map(|n| sample::line(n, &"a long title ".repeat(9), 2, "resolved", None))
                .collect(),
            next: Some(Cursor::new(vec!["x".into()])),
            ..many.clone()
        };
        vec![("empty", empty), ("one", one), ("many", many), ("filtered", filtered), ("too many", full)]
    }
}

pub(super) async fn list(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Shown<Incidents>, Refusal> {
    let page = incident::list(&site.db, &scope, &filter, &paging).await?;
    let open = incident::open(&site.db, &scope).await?;
    let names = Names::read(&site, &scope, people_in(&page.items)).await?;
    let now = scope.now();
    Ok(Shown(Incidents {
        open: open.len() as u64,
        unacknowledged: open.iter().filter(|one| one.state == crate::model::State::Open).count() as u64,
        items: page.items.iter().map(|incident| line(incident, &names, now)).collect(),
        next: page.next,
        filtered: filter.state.is_some()
            || filter.severity.is_some()
            || filter.service.is_some()
            || filter.q.is_some(),
        filter,
        may_open: scope.may_somewhere(Right::Write),
    }))
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct OpenForm {
    /// Id and name of every service one may open an incident on.
    pub services: Vec<(String, String)>,
    pub service: String,
}

impl View for OpenForm {
    const TEMPLATE: &'static str = "respond/open.html";
    const AREA: &'static str = "incidents";
    fn title(&self) -> Text {
        Text::key("incident-open-title")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let services = vec![
            (sample::id::<ServiceId>(1).to_string(), "Parking permits".into()),
            (sample::id::<ServiceId>(2).to_string(), "Waste calendar".into()),
        ];
        vec![
            ("empty", OpenForm { services: Vec::new(), service: String::new() }),
            ("many", OpenForm { service: services[1].0.clone(), services }),
        ]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Chosen {
    /// The service to begin with.
    #[serde(default)]
    service: Option<ServiceId>,
}

pub(super) async fn form(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(chosen): Query<Chosen>,
) -> Result<Shown<OpenForm>, Refusal> {
    let services = estate::services::all(&site.db, &scope).await?;
    Ok(Shown(OpenForm {
        services: services
            .into_iter()
            .filter(|service| scope.may(Right::Write, service.client_id, Some(service.id)))
            .map(|service| (service.id.to_string(), service.name))
            .collect(),
        service: chosen.service.map(|id| id.to_string()).unwrap_or_default(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Open {
    /// On which service.
    service: ServiceId,
    /// What is the matter.
    title: String,
    /// 1 (worst) to 4.
    severity: u8,
    /// A first note.
    #[serde(default)]
    note: Option<String>,
}

pub(super) async fn open(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Open>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, form.service).await?;
    scope.require(Right::Write, "service", service.client_id, Some(service.id))?;
    if !(1..=4).contains(&form.severity) {
        return Err(Problem::invalid().field("severity", "field-choice").into());
    }
    let title = acts::clean("title", &form.title, MAX_TITLE, false)?;
    let mut tx = site.db.write("respond.open", &scope).await?;
    let by_hand = NoteId::new(&scope);
    let incident = acts::open(
        &mut tx,
        Opening {
            client: service.client_id,
            service: service.id,
            title,
            severity: Severity::new(form.severity),
            // Each incident opened by hand is its own cause.
            cause: format!("by-hand/{by_hand}"),
            by_us: false,
            since: scope.now(),
        },
    )
    .await?;
    if let Some(note) = form.note {
        acts::note(&mut tx, incident.id, scope.actor().person(), &note).await?;
    }
    tx.commit().await?;
    Ok(Done::to(format!("/incidents/{}", incident.id))
        .say("incident-said-opened")
        .with("number", incident.number)
        .value(&incident))
}
