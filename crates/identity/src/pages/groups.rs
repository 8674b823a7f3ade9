//! Clients and teams.

use std::collections::HashMap;

use kernel::{ClientId, Paging, PersonId, Problem, Right, Scope, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Access, Asks, Done, Input, Path, Query, Refusal, Routes, Sample, Shown, Site, State, Text, View};

use super::door::sample_id;
use super::me::{sample_person, sample_time};
use super::{Choice, administers};
use crate::model::{Client, Person, Standing, Team};
use crate::store::roles::RoleLine;
use crate::store::teams::TeamLine;
use crate::store::{clients, people, roles, teams};

pub(super) fn routes() -> Routes {
    Routes::new("identity")
        .screen("/clients", Access::See, show_clients)
        .action("/clients", Access::Administer, add_client)
        .screen("/clients/{id}", Access::See, show_client)
        .action("/clients/{id}/change", Access::Administer, change_client)
        .screen("/teams", Access::See, show_teams)
        .action("/teams", Access::Manage, add_team)
        .screen("/teams/{id}", Access::See, show_team)
        .action("/teams/{id}/change", Access::Manage, change_team)
        .action("/teams/{id}/members/add", Access::Manage, add_member)
        .action("/teams/{id}/members/{person}/remove", Access::Manage, remove_member)
        .action("/teams/{id}/remove", Access::Manage, remove_team)
}

pub(super) fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<ClientsView>();
    all.extend(web::samples_of::<ClientView>());
    all.extend(web::samples_of::<TeamsView>());
    all.extend(web::samples_of::<TeamView>());
    all
}

/// Part of a name, and where to look.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Filter {
    /// Part of the name.
    #[serde(default)]
    q: Option<String>,
    /// Of this client only.
    #[serde(default)]
    client: Option<ClientId>,
}

fn sample_client(n: u128, name: &str, is_operator: bool, declared: bool) -> Client {
    Client {
        id: sample_id(n),
        name: name.into(),
        is_operator,
        added_at: sample_time(60 * 24 * 90),
        declared_in: declared.then(|| "clients.yml:2".into()),
    }
}

// -- clients

/// The clients the asker may see.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ClientsView {
    /// The clients, by name.
    items: Vec<Client>,
    /// Where the next page starts.
    next: Option<kernel::Cursor>,
    /// Part of a name that was looked for.
    q: String,
    /// Whether the asker may add one.
    may_add: bool,
}

impl View for ClientsView {
    const TEMPLATE: &'static str = "identity/clients.html";
    const AREA: &'static str = "clients";
    fn title(&self) -> Text {
        Text::key("clients")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |items, q: &str, may_add| ClientsView { items, next: None, q: q.into(), may_add };
        vec![
            ("nobody found", view(Vec::new(), "zzz", true)),
            (
                "some",
                view(
                    vec![
                        sample_client(1, "Kustwerk", true, false),
                        sample_client(2, "Municipality of Lindehaven", false, true),
                        sample_client(3, "Zandstad", false, false),
                    ],
                    "",
                    true,
                ),
            ),
            ("one, as a reader", view(vec![sample_client(2, "Lindehaven", false, false)], "", false)),
        ]
    }
}

async fn show_clients(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Shown<ClientsView>, Refusal> {
    let page = clients::list(&site.db, &scope, filter.q.as_deref(), &paging).await?;
    Ok(Shown(ClientsView {
        items: page.items,
        next: page.next,
        q: filter.q.unwrap_or_default(),
        may_add: administers(&scope).is_ok(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Named {
    /// The name.
    #[serde(default)]
    name: String,
}

async fn add_client(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Named>,
) -> Result<Done, Refusal> {
    administers(&scope)?;
    let mut tx = site.db.write("identity.add_client", &scope).await?;
    let client = clients::add(&mut tx, &form.name, false, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/clients/{}", client.id)).say("client-added").value(&client))
}

/// One client.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ClientView {
    /// The client.
    client: Client,
    /// Who holds a role here.
    people: Vec<RoleLine>,
    /// Its teams.
    teams: Vec<TeamLine>,
    /// Panels of other features.
    panel_urls: Vec<String>,
    /// Whether the asker may rename it.
    may_change: bool,
    /// Whether the asker may add a team.
    may_add_team: bool,
}

impl View for ClientView {
    const TEMPLATE: &'static str = "identity/client.html";
    const AREA: &'static str = "clients";
    fn title(&self) -> Text {
        Text::raw(self.client.name.clone())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("clients"), "/clients".into())]
    }
    fn live(&self) -> Vec<String> {
        vec![self.client.id.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        self.panel_urls.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |client: Client, people, teams, may: bool| ClientView {
            people,
            teams,
            panel_urls: Vec::new(),
            may_change: may && client.declared_in.is_none(),
            may_add_team: may,
            client,
        };
        let people = kernel::Role::ALL
            .into_iter()
            .zip(20u128..)
            .map(|(role, n)| RoleLine {
                held: crate::model::Held {
                    id: sample_id(n),
                    person_id: sample_id(n),
                    role,
                    client_id: Some(sample_id(2)),
                    service_id: (role == kernel::Role::Agent).then(|| sample_id(5)),
                    granted_at: sample_time(900),
                    granted_by: "operator".into(),
                    declared_in: None,
                },
                name: format!("Person {n}"),
            })
            .collect();
        vec![
            ("empty", view(sample_client(3, "Zandstad", false, false), Vec::new(), Vec::new(), false)),
            (
                "declared",
                view(
                    sample_client(2, "Lindehaven", false, true),
                    people,
                    vec![sample_team(1, 3, false)],
                    true,
                ),
            ),
            (
                "the operator's own",
                view(sample_client(1, "Kustwerk", true, false), Vec::new(), Vec::new(), true),
            ),
        ]
    }
}

fn sample_team(n: u128, members: u64, declared: bool) -> TeamLine {
    TeamLine {
        team: Team {
            id: sample_id(n),
            client_id: sample_id(2),
            name: "Permits team".into(),
            added_at: sample_time(60 * 24 * 9),
            declared_in: declared.then(|| "people.yml:40".into()),
        },
        members,
    }
}

async fn show_client(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ClientId>,
) -> Result<Shown<ClientView>, Refusal> {
    let client = clients::client(&site.db, &scope, id).await?;
    let first = Paging { after: None, limit: Some(100) };
    Ok(Shown(ClientView {
        people: roles::of_client(&site.db, &scope, id).await?,
        teams: teams::list(&site.db, &scope, None, Some(id), &first).await?.items,
        panel_urls: site.panels("client", &[("id", id.to_string())]),
        may_change: administers(&scope).is_ok() && client.declared_in.is_none(),
        may_add_team: scope.may(Right::Manage, id, None),
        client,
    }))
}

async fn change_client(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ClientId>,
    Input(form): Input<Named>,
) -> Result<Done, Refusal> {
    let client = clients::client(&site.db, &scope, id).await?;
    administers(&scope)?;
    if client.declared_in.is_some() {
        return Err(Refusal(Problem::conflict("declared-in-file")));
    }
    let mut tx = site.db.write("identity.change_client", &scope).await?;
    if client.is_operator {
        crate::store::operator::rename(&mut tx, &form.name, None).await?;
    } else {
        clients::change(&mut tx, &client, &form.name, None).await?;
    }
    tx.commit().await?;
    Ok(Done::to(format!("/clients/{id}")).say("saved"))
}

// -- teams

/// The teams the asker may see.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TeamsView {
    /// The teams, by name.
    items: Vec<TeamLine>,
    /// Where the next page starts.
    next: Option<kernel::Cursor>,
    /// Part of a name that was looked for.
    q: String,
    /// The client that was asked for.
    client: String,
    /// Names of clients by id.
    names: HashMap<String, String>,
    /// Clients to look in.
    clients: Vec<Choice>,
    /// Clients the asker may add a team to.
    may_add_to: Vec<Choice>,
}

impl View for TeamsView {
    const TEMPLATE: &'static str = "identity/teams.html";
    const AREA: &'static str = "people";
    fn title(&self) -> Text {
        Text::key("teams")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("people"), "/people".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let client = sample_id::<ClientId>(2).to_string();
        let view = |items, may: bool| TeamsView {
            items,
            next: None,
            q: String::new(),
            client: String::new(),
            names: HashMap::from([(client.clone(), "Lindehaven".to_owned())]),
            clients: vec![(client.clone(), "Lindehaven".into())],
            may_add_to: may.then(|| (client.clone(), "Lindehaven".to_owned())).into_iter().collect(),
        };
        vec![
            ("empty", view(Vec::new(), true)),
            ("some", view(vec![sample_team(1, 3, false), sample_team(2, 0, true)], true)),
            ("as a reader", view(vec![sample_team(1, 3, false)], false)),
        ]
    }
}

async fn show_teams(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Shown<TeamsView>, Refusal> {
    let page = teams::list(&site.db, &scope, filter.q.as_deref(), filter.client, &paging).await?;
    let all = clients::all(&site.db, &scope).await?;
    let choice = |client: &Client| (client.id.to_string(), client.name.clone());
    Ok(Shown(TeamsView {
        items: page.items,
        next: page.next,
        q: filter.q.unwrap_or_default(),
        client: filter.client.map(|id| id.to_string()).unwrap_or_default(),
        names: all.iter().map(choice).collect(),
        clients: all.iter().map(choice).collect(),
        may_add_to: all.iter().filter(|c| scope.may(Right::Manage, c.id, None)).map(choice).collect(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AddTeam {
    /// The name.
    #[serde(default)]
    name: String,
    /// Whose it is.
    client: ClientId,
}

async fn add_team(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<AddTeam>,
) -> Result<Done, Refusal> {
    scope.require(Right::Manage, "client", form.client, None)?;
    let mut tx = site.db.write("identity.add_team", &scope).await?;
    let team = teams::add(&mut tx, form.client, &form.name, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/teams/{}", team.id)).say("team-added").value(&team))
}

/// One team.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TeamView {
    /// The team.
    team: Team,
    /// The name of its client.
    client: String,
    /// Who is in it, in order.
    members: Vec<Person>,
    /// Who could be added.
    others: Vec<Choice>,
    /// Panels of other features.
    panel_urls: Vec<String>,
    /// Whether the asker may change it.
    may_change: bool,
}

impl View for TeamView {
    const TEMPLATE: &'static str = "identity/team.html";
    const AREA: &'static str = "people";
    fn title(&self) -> Text {
        Text::raw(self.team.name.clone())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::raw(self.client.clone()), format!("/clients/{}", self.team.client_id)),
            (Text::key("teams"), "/teams".into()),
        ]
    }
    fn live(&self) -> Vec<String> {
        vec![self.team.id.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        self.panel_urls.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let suspended = Standing::Suspended { at: sample_time(9), reason: String::new() };
        let view = |declared, members: Vec<Person>, may| TeamView {
            team: sample_team(1, 0, declared).team,
            client: "Lindehaven".into(),
            members,
            others: vec![(sample_id::<PersonId>(9).to_string(), "Cas de Vries".into())],
            panel_urls: Vec::new(),
            may_change: may,
        };
        let some = || {
            vec![
                sample_person(1, "Noor Kaya", Standing::Active),
                sample_person(2, "Ben Smit", Standing::Invited),
                sample_person(3, "Cas de Vries", suspended.clone()),
            ]
        };
        vec![
            ("empty", view(false, Vec::new(), true)),
            ("some", view(false, some(), true)),
            ("declared", view(true, some(), false)),
        ]
    }
}

async fn show_team(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<TeamId>,
) -> Result<Shown<TeamView>, Refusal> {
    let team = teams::team(&site.db, &scope, id).await?;
    let members = teams::members(&site.db, &scope, id).await?;
    let may_change = team.declared_in.is_none() && scope.may(Right::Manage, team.client_id, None);
    let others = match may_change {
        true => people::all(&site.db, &scope)
            .await?
            .into_iter()
            .filter(|p| {
                !matches!(p.standing, Standing::Suspended { .. }) && !members.iter().any(|m| m.id == p.id)
            })
            .map(|person| (person.id.to_string(), person.name))
            .collect(),
        false => Vec::new(),
    };
    Ok(Shown(TeamView {
        client: clients::client(&site.db, &scope, team.client_id).await?.name,
        members,
        others,
        panel_urls: site.panels("team", &[("id", id.to_string())]),
        may_change,
        team,
    }))
}

/// The team if the asker may change it.
async fn changeable(site: &Site, scope: &Scope, id: TeamId) -> Result<Team, Problem> {
    let team = teams::team(&site.db, scope, id).await?;
    scope.require(Right::Manage, "team", team.client_id, None)?;
    if team.declared_in.is_some() {
        return Err(Problem::conflict("declared-in-file"));
    }
    Ok(team)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ChangeTeam {
    /// The name.
    #[serde(default)]
    name: String,
    /// Who is in it, in order; unchanged when not said.
    #[serde(default)]
    members: Option<Vec<PersonId>>,
}

/// Only people whom the asker may look at can be put into a team; members whom they may not see stay.
async fn check_members(site: &Site, scope: &Scope, new: &[PersonId]) -> Result<(), Problem> {
    for id in new {
        people::seen(&site.db, scope, *id)
            .await
            .map_err(|_| Problem::invalid().field("members", "field-unknown-person"))?;
    }
    Ok(())
}

async fn change_team(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<TeamId>,
    Input(form): Input<ChangeTeam>,
) -> Result<Done, Refusal> {
    let team = changeable(&site, &scope, id).await?;
    if let Some(members) = &form.members {
        check_members(&site, &scope, members).await?;
    }
    let mut tx = site.db.write("identity.change_team", &scope).await?;
    let members = match form.members {
        Some(members) => members,
        None => teams::members_in(&mut tx, id).await?,
    };
    teams::change(&mut tx, &team, &form.name, &members, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/teams/{id}")).say("saved"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AddMember {
    /// Who.
    person: PersonId,
}

async fn add_member(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<TeamId>,
    Input(form): Input<AddMember>,
) -> Result<Done, Refusal> {
    let team = changeable(&site, &scope, id).await?;
    people::seen(&site.db, &scope, form.person)
        .await
        .map_err(|_| Problem::invalid().field("person", "field-unknown-person"))?;
    let mut tx = site.db.write("identity.add_member", &scope).await?;
    let mut members = teams::members_in(&mut tx, id).await?;
    if !members.contains(&form.person) {
        members.push(form.person);
    }
    teams::change(&mut tx, &team, &team.name, &members, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/teams/{id}")).say("member-added"))
}

async fn remove_member(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path((id, person)): Path<(TeamId, PersonId)>,
) -> Result<Done, Refusal> {
    let team = changeable(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.remove_member", &scope).await?;
    let mut members = teams::members_in(&mut tx, id).await?;
    members.retain(|member| *member != person);
    teams::change(&mut tx, &team, &team.name, &members, None).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/teams/{id}")).say("member-removed"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct RemoveTeam {
    /// The name of the team, typed over.
    #[serde(default)]
    confirm: Option<String>,
}

async fn remove_team(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<TeamId>,
    Input(form): Input<RemoveTeam>,
) -> Result<Done, Refusal> {
    let team = changeable(&site, &scope, id).await?;
    if form.confirm.as_deref().map(str::trim) != Some(team.name.as_str()) {
        return Err(Refusal(Problem::invalid().field("confirm", "field-type-name")));
    }
    let mut tx = site.db.write("identity.remove_team", &scope).await?;
    teams::remove(&mut tx, &team).await?;
    tx.commit().await?;
    Ok(Done::to("/teams").say("team-removed"))
}
