//! Teams and who is in them.

use kernel::{About, ClientId, Fact, Id as _, Page, Paging, PersonId, Problem, Scope, TeamId};
use store::{Db, Row, Tx, args};

use crate::model::MAX_MEMBERS;
use crate::rules;

use super::people::{self, Person};

pub use crate::model::Team;

/// Teams read at once where a list has no pages.
pub const MAX_TEAMS: i64 = 10_000;

const COLUMNS: &str = "t.id, t.client_id, t.name, t.added_at, t.declared_in";

fn read(row: &Row<'_>) -> Result<Team, Problem> {
    Ok(Team {
        id: row.get(0)?,
        client_id: row.get(1)?,
        name: row.get(2)?,
        added_at: row.get(3)?,
        declared_in: row.get(4)?,
    })
}

/// The team with an id, if the asker sees its client, whole or in part.
pub async fn team(db: &Db, scope: &Scope, id: TeamId) -> Result<Team, Problem> {
    let sql = format!("select {COLUMNS} from teams t where t.id = $1 and {{wall t.client_id}}");
    db.one(scope, &sql, args![id], read).await?.ok_or_else(|| Problem::not_found("team"))
}

/// Every team the asker may see, by name.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Team>, Problem> {
    let sql = format!(
        "select {COLUMNS} from teams t where {{wall t.client_id}} order by t.name_key, t.id limit $1"
    );
    db.all(scope, &sql, args![MAX_TEAMS], read).await
}

/// Every team, as a transaction sees them.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<Team>, Problem> {
    let sql = format!("select {COLUMNS} from teams t where {{wall t.client_id}} order by t.name_key, t.id");
    tx.all(&sql, args![], read).await
}

/// The team of a name within a client, capitals not counted.
pub async fn by_name(db: &Db, scope: &Scope, client: ClientId, name: &str) -> Result<Option<Team>, Problem> {
    let sql = format!(
        "select {COLUMNS} from teams t where t.client_id = $1 and t.name_key = $2 and {{wall t.client_id}}"
    );
    db.one(scope, &sql, args![client, name.trim().to_lowercase()], read).await
}

/// A team with how many are in it.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct TeamLine {
    /// The team.
    #[serde(flatten)]
    pub team: Team,
    /// How many people are in it.
    pub members: u64,
}

/// A page of teams by name; `q` is part of a name.
pub async fn list(
    db: &Db,
    scope: &Scope,
    q: Option<&str>,
    client: Option<ClientId>,
    paging: &Paging,
) -> Result<Page<TeamLine>, Problem> {
    let (name, id) = match &paging.after {
        Some(after) => {
            let [name, id] = after.parts::<2>()?;
            (name.clone(), id.clone())
        }
        None => (String::new(), String::new()),
    };
    let sql = format!(
        "select {COLUMNS}, (select count(*) from team_members m where m.team_id = t.id)
         from teams t where {{wall t.client_id}} and t.name_key like $1 escape '!'
           and (t.name_key > $2 or (t.name_key = $2 and t.id > $3)) and ($4 = '' or t.client_id = $4)
         order by t.name_key, t.id limit $5"
    );
    let part = people::like(q.unwrap_or_default().trim());
    let client = client.map(|id| id.to_string()).unwrap_or_default();
    let rows = db
        .all(scope, &sql, args![part, name, id, client, paging.read_limit()], |row| {
            Ok(TeamLine { team: read(row)?, members: row.get(5)? })
        })
        .await?;
    Ok(paging.page(rows, |line| vec![line.team.name.to_lowercase(), line.team.id.to_string()]))
}

/// Who is in a team, in the order in which they were named.
pub async fn members(db: &Db, scope: &Scope, id: TeamId) -> Result<Vec<Person>, Problem> {
    let sql = format!(
        "select {} from people p join team_members m on m.person_id = p.id
         where m.team_id = $1 and {{wall m.client_id}} order by m.position, p.id",
        people::columns()
    );
    db.all(scope, &sql, args![id], people::read).await
}

/// Who is in a team, as a transaction sees it.
pub async fn members_in(tx: &mut Tx, id: TeamId) -> Result<Vec<PersonId>, Problem> {
    let sql = "select person_id from team_members where team_id = $1 and {wall client_id} order by position, person_id";
    tx.all(sql, args![id], |row| row.get(0)).await
}

/// The teams somebody is in, as far as the asker sees them.
pub async fn of_person(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Team>, Problem> {
    let sql = format!(
        "select {COLUMNS} from teams t join team_members m on m.team_id = t.id
         where m.person_id = $1 and {{wall t.client_id}} order by t.name_key, t.id"
    );
    db.all(scope, &sql, args![person], read).await
}

/// Adds a team to a client.
pub async fn add(
    tx: &mut Tx,
    client: ClientId,
    name: &str,
    declared_in: Option<String>,
) -> Result<Team, Problem> {
    let name = rules::clean_name(name).map_err(|code| Problem::invalid().field("name", code))?;
    refuse_taken(tx, client, &name, None).await?;
    let scope = tx.scope().clone();
    let id = TeamId::new(&scope);
    tx.exec_in(
        client,
        "insert into teams (id, client_id, name, name_key, added_at, declared_in)
         values ($1, {client}, $2, $3, $4, $5)",
        args![id, &name, name.to_lowercase(), scope.now(), declared_in.clone()],
    )
    .await?;
    tx.record(About::client(client), Fact::TeamAdded { team: id, name: name.clone() }).await?;
    Ok(Team { id, client_id: client, name, added_at: scope.now(), declared_in })
}

async fn refuse_taken(tx: &mut Tx, client: ClientId, name: &str, but: Option<TeamId>) -> Result<(), Problem> {
    let sql = "select id from teams where client_id = $1 and name_key = $2 and {wall client_id}";
    let other = tx.one(sql, args![client, name.to_lowercase()], |row| row.get::<TeamId>(0)).await?;
    match other {
        Some(id) if Some(id) != but => Err(Problem::invalid().field("name", "field-taken")),
        _ => Ok(()),
    }
}

/// Changes a team's name and members; returns what changed, empty when nothing did.
pub async fn change(
    tx: &mut Tx,
    before: &Team,
    name: &str,
    members: &[PersonId],
    declared_in: Option<String>,
) -> Result<Vec<String>, Problem> {
    let name = rules::clean_name(name).map_err(|code| Problem::invalid().field("name", code))?;
    if members.len() > MAX_MEMBERS {
        return Err(Problem::invalid().field("members", "field-too-many").field_with("most", MAX_MEMBERS));
    }
    let mut changed = Vec::new();
    if name != before.name {
        refuse_taken(tx, before.client_id, &name, Some(before.id)).await?;
        changed.push("name".to_owned());
    }
    let held = members_in(tx, before.id).await?;
    let mut wanted: Vec<PersonId> = Vec::with_capacity(members.len());
    for member in members {
        if !wanted.contains(member) {
            wanted.push(*member);
        }
    }
    if held != wanted {
        changed.push("members".to_owned());
        write_members(tx, before, &wanted).await?;
    }
    if changed.is_empty() && declared_in == before.declared_in {
        return Ok(changed);
    }
    tx.exec(
        "update teams set name = $1, name_key = $2, declared_in = $3 where id = $4 and {wall client_id}",
        args![&name, name.to_lowercase(), declared_in, before.id],
    )
    .await?;
    if !changed.is_empty() {
        let fact = Fact::TeamChanged { team: before.id, changed: changed.clone() };
        tx.record(About::client(before.client_id), fact).await?;
    }
    Ok(changed)
}

async fn write_members(tx: &mut Tx, team: &Team, wanted: &[PersonId]) -> Result<(), Problem> {
    tx.exec("delete from team_members where team_id = $1 and {wall client_id}", args![team.id]).await?;
    let rows = wanted.iter().zip(0i64..).map(|(person, at)| args![team.id, *person, at]).collect();
    tx.exec_many_in(
        team.client_id,
        "insert into team_members (team_id, person_id, position, client_id) values ($1, $2, $3, {client})",
        rows,
    )
    .await
    .map_err(|problem| match problem.code {
        "still-used" => Problem::invalid().field("members", "field-unknown-person"),
        _ => problem,
    })?;
    Ok(())
}

/// Removes a team.
pub async fn remove(tx: &mut Tx, team: &Team) -> Result<(), Problem> {
    tx.exec("delete from team_members where team_id = $1 and {wall client_id}", args![team.id]).await?;
    tx.exec("delete from teams where id = $1 and {wall client_id}", args![team.id]).await?;
    let fact = Fact::TeamChanged { team: team.id, changed: vec!["removed".into()] };
    tx.record(About::client(team.client_id), fact).await?;
    Ok(())
}
