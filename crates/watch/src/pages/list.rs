//! All probes.

use kernel::{ClientId, Cursor, Paging, Problem, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Found, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Named, Names, ProbeRow, rows, sample_rows};
use crate::model::State;
use crate::store::{self as tables, Filter, urgency};

/// Which probes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this client.
    pub client: Option<ClientId>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only whose name or target contains this.
    pub q: Option<String>,
}

/// How many probes are in a state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Count {
    /// The state.
    pub state: State,
    /// How many.
    pub count: u64,
}

/// All probes, those that need a person first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProbesView {
    /// What was asked for.
    pub asked: Asked,
    /// How many probes are in which state, before filters.
    pub counts: Vec<Count>,
    /// How many probes there are, before filters.
    pub total: u64,
    /// Clients to choose from.
    pub clients: Vec<Named<ClientId>>,
    /// One page of probes.
    pub probes: Vec<ProbeRow>,
    /// Where the next page starts.
    pub next: Option<Cursor>,
}

/// Shows them.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Query(asked): Query<Asked>,
    Query(paging): Query<Paging>,
) -> Result<Shown<ProbesView>, Refusal> {
    let db = &site.db;
    let after = match &paging.after {
        Some(cursor) => {
            let [urgent, name, id] = cursor.parts::<3>()?;
            Some((urgent.parse().unwrap_or(0), name.clone(), id.clone()))
        }
        None => None,
    };
    let filter = Filter {
        state: asked.state,
        client: asked.client,
        service: None,
        kind: asked.kind.clone(),
        text: asked.q.clone(),
        probe: None,
        after,
    };
    let lines = tables::lines(db, &scope, &filter, paging.read_limit()).await?;
    let key = |line: &tables::Line| {
        vec![urgency(line.state).to_string(), line.probe.name.clone(), line.probe.id.to_string()]
    };
    let page = paging.page(lines, key);
    let names = Names::read(db, &scope).await?;
    let mut counts: Vec<Count> = tables::counts(db, &scope, None)
        .await?
        .into_iter()
        .map(|(state, count)| Count { state, count })
        .collect();
    counts.sort_by_key(|count| urgency(count.state));
    let mut clients: Vec<_> = identity::clients::names(db, &scope)
        .await?
        .into_iter()
        .map(|(id, name)| Named { id, name })
        .collect();
    clients.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Shown(ProbesView {
        asked,
        total: counts.iter().map(|count| count.count).sum(),
        counts,
        clients,
        probes: rows(db, &scope, page.items, &names).await?,
        next: page.next,
    }))
}

impl View for ProbesView {
    const TEMPLATE: &'static str = "watch/probes.html";
    const AREA: &'static str = "probes";
    fn title(&self) -> Text {
        Text::key("watch-probes")
    }
    fn live(&self) -> Vec<String> {
        self.probes.iter().map(|probe| probe.id.to_string()).collect()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let many = ProbesView {
            asked: Asked::default(),
            counts: State::ALL.into_iter().rev().map(|state| Count { state, count: 1 }).collect(),
            total: 6,
            clients: vec![sample_rows().remove(0).client],
            probes: sample_rows(),
            next: Some(Cursor::new(vec!["5".into(), "z".into(), "prb".into()])),
        };
        let none = ProbesView {
            counts: vec![],
            total: 0,
            clients: vec![],
            probes: vec![],
            next: None,
            ..many.clone()
        };
        let fine = ProbesView {
            counts: vec![Count { state: State::Up, count: 1 }],
            total: 1,
            probes: vec![sample_rows().remove(0)],
            next: None,
            ..many.clone()
        };
        let asked = Asked { state: Some(State::Down), q: Some("nothing".into()), ..Asked::default() };
        let no_match = ProbesView { asked, probes: vec![], next: None, ..many.clone() };
        vec![("many", many), ("none", none), ("fine", fine), ("no-match", no_match)]
    }
}

/// Finds probes by name and target.
pub async fn found(site: &Site, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    let filter = Filter { text: Some(words.to_owned()), ..Filter::default() };
    let lines = tables::lines(&site.db, scope, &filter, i64::from(limit)).await?;
    let names = Names::read(&site.db, scope).await?;
    let found = lines.into_iter().map(|line| Found {
        hint: names.service(line.probe.service).name,
        href: format!("/probes/{}", line.probe.id),
        state: Some(line.state.word().to_owned()),
        title: line.probe.name,
    });
    Ok(found.collect())
}
