//! Roles: who may do and see what, within which client or service.

use kernel::{About, ClientId, Fact, Grant, Id as _, PersonId, Problem, Role, RoleId, Scope};
use store::{Db, Row, Tx, args};

use crate::model::{Held, MAX_ROLES};
use crate::rules::{self, Barred};

use super::people::{self, Person};

const COLUMNS: &str =
    "r.id, r.person_id, r.role, r.client_id, r.service_id, r.granted_at, r.granted_by, r.declared_in";

fn read(row: &Row<'_>) -> Result<Held, Problem> {
    Ok(Held {
        id: row.get(0)?,
        person_id: row.get(1)?,
        role: row.get(2)?,
        client_id: row.get(3)?,
        service_id: row.get(4)?,
        granted_at: row.get(5)?,
        granted_by: row.get(6)?,
        declared_in: row.get(7)?,
    })
}

/// What somebody may do and see, for their scope. Asked by the doorman and by whoever acts in somebody's
/// name; not narrowed to the asker's wall.
pub async fn grants_of(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Grant>, Problem> {
    let sql = format!("select {COLUMNS} from roles r where r.person_id = $1 order by r.id");
    Ok(db.all(scope, &sql, args![person], read).await?.iter().map(Held::grant).collect())
}

/// The roles somebody holds, as far as the asker sees their clients.
pub async fn of_person(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Held>, Problem> {
    let sql = format!(
        "select {COLUMNS} from roles r where r.person_id = $1 and (r.client_id is null or {{wall r.client_id r.service_id}})
         order by r.client_id, r.service_id, r.role, r.id"
    );
    db.all(scope, &sql, args![person], read).await
}

/// The roles these people hold, as far as the asker sees their clients: one question for a whole list.
pub async fn of_people(
    db: &Db,
    scope: &Scope,
    ids: &[PersonId],
) -> Result<std::collections::HashMap<PersonId, Vec<Held>>, Problem> {
    let mut out: std::collections::HashMap<PersonId, Vec<Held>> = std::collections::HashMap::new();
    for some in ids.chunks(500) {
        let sql = format!(
            "select {COLUMNS} from roles r
             where r.person_id in ({}) and (r.client_id is null or {{wall r.client_id r.service_id}})
             order by r.client_id, r.service_id, r.role, r.id",
            people::places(some.len())
        );
        let values = some.iter().flat_map(|id| args![*id]).collect();
        for held in db.all(scope, &sql, values, read).await? {
            out.entry(held.person_id).or_default().push(held);
        }
    }
    Ok(out)
}

/// The roles somebody holds, as a transaction sees them.
pub async fn of_person_in(tx: &mut Tx, person: PersonId) -> Result<Vec<Held>, Problem> {
    let sql = format!("select {COLUMNS} from roles r where r.person_id = $1 order by r.id");
    tx.all(&sql, args![person], read).await
}

/// A role with the name of who holds it.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct RoleLine {
    /// The role.
    #[serde(flatten)]
    pub held: Held,
    /// The name of who holds it.
    pub name: String,
}

/// Who holds a role in a client (also the roles that hold for every client when `with_everywhere`), by role and
/// name; at most 500.
pub async fn of_client(db: &Db, scope: &Scope, client: ClientId) -> Result<Vec<RoleLine>, Problem> {
    let sql = format!(
        "select {COLUMNS}, p.name from roles r join people p on p.id = r.person_id
         where r.client_id = $1 and {{wall r.client_id r.service_id}} and p.state <> 'suspended'
         order by p.name_key, r.id limit 500"
    );
    db.all(scope, &sql, args![client], |row| Ok(RoleLine { held: read(row)?, name: row.get(8)? })).await
}

/// People with one of these roles on a service, its client, or everywhere, who are not suspended. Who answers
/// for a service: `&[Role::ServiceOwner]`.
pub async fn people_with(
    db: &Db,
    scope: &Scope,
    roles: &[Role],
    client: ClientId,
    service: Option<kernel::ServiceId>,
) -> Result<Vec<(Person, Role)>, Problem> {
    let words = roles.iter().map(|role| format!("'{}'", role.word())).collect::<Vec<_>>().join(", ");
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select {}, r.role from people p join roles r on r.person_id = p.id
         where r.role in ({words}) and p.state <> 'suspended'
           and (r.client_id is null or (r.client_id = $1 and (r.service_id is null or r.service_id = $2)))
         order by p.name_key, p.id limit 500",
        people::columns()
    );
    let service = service.map(|id| id.to_string()).unwrap_or_default();
    db.all(scope, &sql, args![client, service], |row| Ok((people::read(row)?, row.get(people::WIDTH)?))).await
}

/// The refusal of a role change, as a problem.
pub fn barred(why: Barred) -> Problem {
    match why {
        Barred::NotYours => Problem::forbidden(),
        Barred::Oneself | Barred::LastAdministrator | Barred::Declared => Problem::conflict(why.code()),
    }
}

fn about(grant: &Grant) -> About {
    About { client: grant.client, service: grant.service }
}

/// Gives a role. Giving what is already held changes nothing.
pub async fn grant(
    tx: &mut Tx,
    person: PersonId,
    grant: &Grant,
    declared_in: Option<String>,
) -> Result<Held, Problem> {
    let scope = tx.scope().clone();
    rules::may_change_role(&scope, person, grant).map_err(barred)?;
    give(tx, person, grant, declared_in).await
}

/// Gives a role without asking who gives it: to the first administrator.
pub(crate) async fn give(
    tx: &mut Tx,
    person: PersonId,
    grant: &Grant,
    declared_in: Option<String>,
) -> Result<Held, Problem> {
    let scope = tx.scope().clone();
    if grant.service.is_some() && grant.client.is_none() {
        return Err(Problem::invalid().field("client", "field-required"));
    }
    people::person_in(tx, person).await?;
    let held = of_person_in(tx, person).await?;
    if let Some(same) = held.iter().find(|held| held.grant() == *grant) {
        return Ok(same.clone());
    }
    if held.len() >= MAX_ROLES {
        return Err(Problem::invalid().field("role", "field-too-many").field_with("most", MAX_ROLES));
    }
    let new = Held {
        id: RoleId::new(&scope),
        person_id: person,
        role: grant.role,
        client_id: grant.client,
        service_id: grant.service,
        granted_at: scope.now(),
        granted_by: scope.actor().to_string(),
        declared_in,
    };
    tx.exec(
        "insert into roles (id, person_id, role, client_id, service_id, granted_at, granted_by, declared_in)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            new.id,
            new.person_id,
            new.role,
            new.client_id,
            new.service_id,
            new.granted_at,
            &new.granted_by,
            new.declared_in.clone()
        ],
    )
    .await
    .map_err(|problem| match problem.code {
        "still-used" => Problem::invalid().field("client", "field-unknown-client"),
        _ => problem,
    })?;
    tx.record(about(grant), Fact::RoleGranted { person, role: grant.role }).await?;
    Ok(new)
}

/// Takes a role away.
pub async fn revoke(tx: &mut Tx, id: RoleId) -> Result<Held, Problem> {
    let scope = tx.scope().clone();
    let sql = format!("select {COLUMNS} from roles r where r.id = $1");
    let held = tx.one(&sql, args![id], read).await?.ok_or_else(|| Problem::not_found("role"))?;
    let grant = held.grant();
    if grant.client.is_some_and(|client| !scope.sees(client, grant.service)) {
        return Err(Problem::not_found("role"));
    }
    rules::may_change_role(&scope, held.person_id, &grant).map_err(barred)?;
    if held.declared_in.is_some() {
        return Err(barred(Barred::Declared));
    }
    take(tx, &held).await?;
    Ok(held)
}

/// Takes a role away that a file declared and no longer does.
pub(crate) async fn take(tx: &mut Tx, held: &Held) -> Result<(), Problem> {
    keep_an_administrator(tx, |other| other.id == held.id).await?;
    tx.exec("delete from roles where id = $1", args![held.id]).await?;
    let fact = Fact::RoleRevoked { person: held.person_id, role: held.role };
    tx.record(about(&held.grant()), fact).await?;
    Ok(())
}

/// Refuses what would leave nobody who may sign in and administers the installation.
pub(crate) async fn keep_an_administrator(
    tx: &mut Tx,
    leaves: impl Fn(&Held) -> bool,
) -> Result<(), Problem> {
    let sql = format!(
        "select {COLUMNS} from roles r join people p on p.id = r.person_id
         where r.role = 'admin' and r.client_id is null and p.state = 'active'"
    );
    let held = tx.all(&sql, args![], read).await?;
    let before = held.len();
    let after = rules::administrators_without(held.iter(), leaves);
    if before > 0 && after == 0 { Err(barred(Barred::LastAdministrator)) } else { Ok(()) }
}

/// Whether anybody who may sign in administers the installation.
pub async fn has_administrator(db: &Db, scope: &Scope) -> Result<bool, Problem> {
    let sql = "select count(*) from roles r join people p on p.id = r.person_id
               where r.role = 'admin' and r.client_id is null and p.state = 'active'";
    Ok(db.one(scope, sql, args![], |row| row.get::<i64>(0)).await?.unwrap_or(0) > 0)
}
