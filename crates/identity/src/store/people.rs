//! People: who has a name here, and whether they may sign in.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{About, ClientId, Fact, Id as _, Page, Paging, PersonId, Problem, Scope, TeamId, Wall};
use store::{Args, Db, Row, Tx, args};

use crate::model::{Channel, Standing, Theme};
use crate::rules;

pub use crate::model::Person;

/// People read at once where a list has no pages: choices in forms, `tend export`.
pub const MAX_PEOPLE: i64 = 10_000;
/// Ids named in one statement.
const MAX_IDS: usize = 500;
/// The longest reason for a suspension, characters.
pub const MAX_REASON: usize = 500;

const COLUMNS: &str = "p.id, p.name, p.mail, p.language, p.zone, p.theme, p.state, p.suspended_at, \
     p.suspended_reason, p.added_at, p.seen_at, p.declared_in";

pub(crate) fn read(row: &Row<'_>) -> Result<Person, Problem> {
    read_from(row, 0)
}

pub(crate) fn columns() -> &'static str {
    COLUMNS
}

/// How many columns [`columns`] names.
pub(crate) const WIDTH: usize = 12;

fn read_from(row: &Row<'_>, at: usize) -> Result<Person, Problem> {
    let standing = match row.get::<String>(at + 6)?.as_str() {
        "invited" => Standing::Invited,
        "active" => Standing::Active,
        "suspended" => Standing::Suspended {
            at: row.get::<Option<Timestamp>>(at + 7)?.unwrap_or(Timestamp::UNIX_EPOCH),
            reason: row.get::<Option<String>>(at + 8)?.unwrap_or_default(),
        },
        other => return Err(Problem::fault(format!("a person is in the unknown state {other:?}"))),
    };
    Ok(Person {
        id: row.get(at)?,
        name: row.get(at + 1)?,
        mail: row.get(at + 2)?,
        language: row.get(at + 3)?,
        zone: row.get(at + 4)?,
        theme: Theme::from_word(&row.get::<String>(at + 5)?),
        standing,
        added_at: row.get(at + 9)?,
        seen_at: row.get(at + 10)?,
        declared_in: row.get(at + 11)?,
    })
}

/// The person with an id, whoever asks: names stand on incidents and shifts that the asker sees. What is
/// shown of a person beyond the name is decided by [`seen`].
pub async fn person(db: &Db, scope: &Scope, id: PersonId) -> Result<Person, Problem> {
    let sql = format!("select {COLUMNS} from people p where p.id = $1");
    db.one(scope, &sql, args![id], read).await?.ok_or_else(|| Problem::not_found("person"))
}

/// The person with an id as a transaction sees them.
pub async fn person_in(tx: &mut Tx, id: PersonId) -> Result<Person, Problem> {
    let sql = format!("select {COLUMNS} from people p where p.id = $1");
    tx.one(&sql, args![id], read).await?.ok_or_else(|| Problem::not_found("person"))
}

/// The person with an id if the asker may look at them: themselves, and whoever holds a role or is in a team
/// within the asker's wall. Anybody for the operator's own people.
pub async fn seen(db: &Db, scope: &Scope, id: PersonId) -> Result<Person, Problem> {
    let sql = format!("select {COLUMNS} from people p where p.id = $1 and {}", within(scope, "$2"));
    db.one(scope, &sql, args![id, me(scope)], read).await?.ok_or_else(|| Problem::not_found("person"))
}

/// The condition that the asker may look at the person `p`; `me` is the placeholder of the asker's own id.
fn within(scope: &Scope, me: &str) -> String {
    match scope.wall() {
        // The comparison keeps the number of placeholders the same on both branches.
        Wall::Open => format!("(1 = 1 or p.id = {me})"),
        Wall::Within { .. } => format!(
            "(p.id = {me}
              or exists (select 1 from roles r where r.person_id = p.id and {{wall r.client_id}})
              or exists (select 1 from team_members m where m.person_id = p.id and {{wall m.client_id}}))"
        ),
    }
}

fn me(scope: &Scope) -> String {
    scope.actor().person().map(|id| id.to_string()).unwrap_or_default()
}

/// The person who signs in with an address.
pub async fn by_mail(db: &Db, scope: &Scope, mail: &str) -> Result<Option<Person>, Problem> {
    let sql = format!("select {COLUMNS} from people p where p.mail = $1");
    db.one(scope, &sql, args![mail.trim().to_lowercase()], read).await
}

/// Everybody of a name, capitals not counted: two people may share one.
pub async fn by_name(db: &Db, scope: &Scope, name: &str) -> Result<Vec<Person>, Problem> {
    let sql = format!("select {COLUMNS} from people p where p.name_key = $1 order by p.id");
    db.all(scope, &sql, args![name.trim().to_lowercase()], read).await
}

/// Everybody the asker may look at, by name; at most [`MAX_PEOPLE`].
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Person>, Problem> {
    let sql = format!(
        "select {COLUMNS} from people p where {} order by p.name_key, p.id limit $2",
        within(scope, "$1")
    );
    db.all(scope, &sql, args![me(scope), MAX_PEOPLE], read).await
}

/// Everybody, as a transaction sees them.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<Person>, Problem> {
    let sql = format!("select {COLUMNS} from people p order by p.name_key, p.id");
    tx.all(&sql, args![], read).await
}

/// The names of these people, by id. Ids of nobody are left out.
pub async fn names(
    db: &Db,
    scope: &Scope,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<HashMap<PersonId, String>, Problem> {
    let wanted: std::collections::BTreeSet<PersonId> = ids.into_iter().collect();
    let wanted: Vec<PersonId> = wanted.into_iter().collect();
    let mut out = HashMap::with_capacity(wanted.len());
    for some in wanted.chunks(MAX_IDS) {
        let sql = format!("select id, name from people where id in ({})", places(some.len()));
        let values: Args = some.iter().flat_map(|id| args![*id]).collect();
        out.extend(db.all(scope, &sql, values, |row| Ok((row.get(0)?, row.get(1)?))).await?);
    }
    Ok(out)
}

/// `$1, $2, ..` for so many values.
pub(crate) fn places(count: usize) -> String {
    (1..=count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// Which people are wanted.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct Filter {
    /// Part of the name or address.
    #[serde(default)]
    pub q: Option<String>,
    /// `active`, `invited` or `suspended`.
    #[serde(default)]
    pub state: Option<String>,
    /// Holds a role there, or everywhere.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// Is in that team.
    #[serde(default)]
    pub team: Option<TeamId>,
}

/// A page of people by name.
pub async fn list(db: &Db, scope: &Scope, filter: &Filter, paging: &Paging) -> Result<Page<Person>, Problem> {
    let mut sql = format!("select {COLUMNS} from people p where {}", within(scope, "$1"));
    let mut values = args![me(scope)];
    let mut also = |sql: &mut String, condition: &str, value: store::Value| {
        values.push(value);
        sql.push_str(" and ");
        sql.push_str(&condition.replace("$n", &format!("${}", values.len())));
    };
    if let Some(part) = filter.q.as_deref().map(str::trim).filter(|part| !part.is_empty()) {
        let text = store::Value::Text(like(part));
        also(&mut sql, "(p.name_key like $n escape '!' or p.mail like $n escape '!')", text);
    }
    if let Some(state) = &filter.state {
        also(&mut sql, "p.state = $n", store::Value::Text(state.clone()));
    }
    if let Some(client) = filter.client {
        let here = "exists (select 1 from roles h where h.person_id = p.id and (h.client_id = $n or h.client_id is null))";
        also(&mut sql, here, store::Value::Text(client.to_string()));
    }
    if let Some(team) = filter.team {
        let here = "exists (select 1 from team_members h where h.person_id = p.id and h.team_id = $n and {wall h.client_id})";
        also(&mut sql, here, store::Value::Text(team.to_string()));
    }
    if let Some(after) = &paging.after {
        let [name, id] = after.parts::<2>()?;
        also(&mut sql, "p.name_key >= $n", store::Value::Text(name.clone()));
        // The row comparison, written so that both databases use the index.
        let n = values.len();
        values.push(store::Value::Text(id.clone()));
        sql.push_str(&format!(" and (p.name_key > ${n} or p.id > ${})", n + 1));
    }
    values.push(store::Value::Int(paging.read_limit()));
    sql.push_str(&format!(" order by p.name_key, p.id limit ${}", values.len()));
    let rows = db.all(scope, &sql, values, read).await?;
    Ok(paging.page(rows, |person| vec![person.name.to_lowercase(), person.id.to_string()]))
}

/// A pattern that finds a text anywhere, with `!` before what would mean something else.
pub(crate) fn like(part: &str) -> String {
    let cut: String = part.chars().take(100).collect();
    let safe = cut.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{safe}%")
}

/// Somebody to be given a name.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// As they want to be called.
    pub name: String,
    /// The address they sign in with.
    pub mail: String,
    /// `en` or `nl`.
    pub language: String,
    /// The IANA name of their time zone.
    pub zone: String,
    /// The file and line that declare them.
    pub declared_in: Option<String>,
}

/// What of a person's own data is wrong, with the fields cleaned in place.
pub fn clean(name: &mut String, mail: &mut String, language: &str, zone: &str) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    match rules::clean_name(name) {
        Ok(good) => *name = good,
        Err(code) => problem = problem.field("name", code),
    }
    match rules::clean_mail(mail) {
        Ok(good) => *mail = good,
        Err(code) => problem = problem.field("mail", code),
    }
    if !matches!(language, "en" | "nl") {
        problem = problem.field("language", "field-bad-language");
    }
    if !is_zone(zone) {
        problem = problem.field("zone", "field-bad-zone");
    }
    problem.or(())
}

/// Whether a text is the name of a time zone.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    zone.len() <= 64 && jiff::tz::TimeZone::get(zone).is_ok()
}

/// Gives somebody a name, and their address as the first way to reach them.
pub async fn add(tx: &mut Tx, new: NewPerson) -> Result<Person, Problem> {
    let NewPerson { mut name, mut mail, language, zone, declared_in } = new;
    clean(&mut name, &mut mail, &language, &zone)?;
    let scope = tx.scope().clone();
    let taken = tx.one("select 1 from people where mail = $1", args![&mail], |row| row.get::<i64>(0)).await?;
    if taken.is_some() {
        return Err(Problem::invalid().field("mail", "field-taken"));
    }
    let id = PersonId::new(&scope);
    tx.exec(
        "insert into people (id, name, name_key, mail, language, zone, theme, state, added_at, declared_in)
         values ($1, $2, $3, $4, $5, $6, 'system', 'invited', $7, $8)",
        args![id, &name, name.to_lowercase(), &mail, &language, &zone, scope.now(), declared_in.clone()],
    )
    .await?;
    tx.exec("insert into credentials (person_id) values ($1)", args![id]).await?;
    tx.record(About::installation(), Fact::PersonAdded { person: id, name: name.clone() }).await?;
    super::contact::add(tx, id, Channel::Mail { address: mail.clone() }, None, None).await?;
    Ok(Person {
        id,
        name,
        mail,
        language,
        zone,
        theme: Theme::System,
        standing: Standing::Invited,
        added_at: scope.now(),
        seen_at: None,
        declared_in,
    })
}

/// A person's own data as they may change it.
#[derive(Debug, Clone)]
pub struct Profile {
    /// As they want to be called.
    pub name: String,
    /// The address they sign in with.
    pub mail: String,
    /// `en` or `nl`.
    pub language: String,
    /// The IANA name of their time zone.
    pub zone: String,
    /// Which colours they want.
    pub theme: Theme,
    /// The file and line that declare them.
    pub declared_in: Option<String>,
}

/// Changes a person's own data; returns what changed, by field, empty when nothing did.
pub async fn change(tx: &mut Tx, before: &Person, new: Profile) -> Result<Vec<String>, Problem> {
    let Profile { mut name, mut mail, language, zone, theme, declared_in } = new;
    clean(&mut name, &mut mail, &language, &zone)?;
    let mut changed = Vec::new();
    for (field, differs) in [
        ("name", name != before.name),
        ("mail", mail != before.mail),
        ("language", language != before.language),
        ("zone", zone != before.zone),
        ("theme", theme != before.theme),
    ] {
        if differs {
            changed.push(field.to_owned());
        }
    }
    if changed.is_empty() && declared_in == before.declared_in {
        return Ok(changed);
    }
    if mail != before.mail {
        let other =
            tx.one("select 1 from people where mail = $1", args![&mail], |row| row.get::<i64>(0)).await?;
        if other.is_some() {
            return Err(Problem::invalid().field("mail", "field-taken"));
        }
    }
    tx.exec(
        "update people set name = $1, name_key = $2, mail = $3, language = $4, zone = $5, theme = $6, declared_in = $7
         where id = $8",
        args![&name, name.to_lowercase(), &mail, &language, &zone, theme.word(), declared_in, before.id],
    )
    .await?;
    if !changed.is_empty() {
        let fact = Fact::PersonChanged { person: before.id, changed: changed.clone() };
        tx.record(About::installation(), fact).await?;
    }
    Ok(changed)
}

/// Ends somebody's access: their sessions end, their tokens stop, nobody pages them.
pub async fn suspend(tx: &mut Tx, id: PersonId, reason: &str) -> Result<(), Problem> {
    let person = person_in(tx, id).await?;
    if tx.scope().actor().person() == Some(id) {
        return Err(Problem::conflict("suspend-oneself"));
    }
    let reason = reason.trim();
    if reason.chars().count() > MAX_REASON {
        return Err(Problem::invalid().field("reason", "field-too-long"));
    }
    if matches!(person.standing, Standing::Suspended { .. }) {
        return Ok(());
    }
    super::roles::keep_an_administrator(tx, |held| held.person_id == id).await?;
    let now = tx.scope().now();
    tx.exec(
        "update people set state = 'suspended', suspended_at = $1, suspended_reason = $2 where id = $3",
        args![now, reason, id],
    )
    .await?;
    super::sessions::end_all(tx, id).await?;
    super::links::withdraw_all(tx, id).await?;
    tx.record(About::installation(), Fact::PersonSuspended { person: id, reason: reason.to_owned() }).await?;
    Ok(())
}

/// Gives somebody their access back.
pub async fn reinstate(tx: &mut Tx, id: PersonId) -> Result<(), Problem> {
    let person = person_in(tx, id).await?;
    if !matches!(person.standing, Standing::Suspended { .. }) {
        return Ok(());
    }
    let sql = "select password from credentials where person_id = $1";
    let password = tx.one(sql, args![id], |row| row.get::<Option<String>>(0)).await?.flatten();
    let state = if password.is_some() { "active" } else { "invited" };
    tx.exec(
        "update people set state = $1, suspended_at = null, suspended_reason = null where id = $2",
        args![state, id],
    )
    .await?;
    let fact = Fact::PersonChanged { person: id, changed: vec!["suspended".into()] };
    tx.record(About::installation(), fact).await?;
    Ok(())
}

/// Notes that an invited person has signed in for the first time.
pub(crate) async fn activate(tx: &mut Tx, id: PersonId) -> Result<(), Problem> {
    tx.exec("update people set state = 'active' where id = $1 and state = 'invited'", args![id]).await?;
    Ok(())
}

/// Notes when somebody was last seen.
pub(crate) async fn touch(tx: &mut Tx, id: PersonId) -> Result<(), Problem> {
    let now = tx.scope().now();
    tx.exec("update people set seen_at = $1 where id = $2", args![now, id]).await?;
    Ok(())
}
