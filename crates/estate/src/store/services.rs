//! Services and the phases they passed.

use jiff::civil::Date;
use kernel::{About, ClientId, Fact, Id, Problem, Scope, ServiceId};
use store::{Db, Row, Tx, args};

pub use crate::model::{Draft, Ownership, Phase, PhaseEntry, Service};
use crate::model::{MAX_NAME, MAX_TEXT};
use crate::rules;

/// The most services that are read at once. Lists are sorted by what needs a person, which other features
/// know, so all of them are looked at; this many take a few milliseconds.
pub const MAX_SERVICES: i64 = 5_000;

/// The most slugs that are tried for one name: as many services of the same name in one installation.
const MAX_SLUGS: usize = 1_000;

const COLUMNS: &str = "s.id, s.client_id, s.name, s.slug, s.phase, s.phase_since, s.description, s.owner_id, \
                       s.ownership, s.consumers, s.end_of_life, s.declared_in, s.created_at, s.changed_at";
const WALL: &str = "{wall s.client_id s.id}";

fn read(row: &Row<'_>) -> Result<Service, Problem> {
    Ok(Service {
        id: row.get(0)?,
        client_id: row.get(1)?,
        name: row.get(2)?,
        slug: row.get(3)?,
        phase: phase_of(&row.get::<String>(4)?)?,
        phase_since: row.get(5)?,
        description: row.get(6)?,
        owner: row.get(7)?,
        ownership: Ownership::from_word(&row.get::<String>(8)?)
            .ok_or_else(|| Problem::fault("a service's ownership is not a known word"))?,
        consumers: row.get(9)?,
        end_of_life: row
            .get::<Option<String>>(10)?
            .map(|text| text.parse::<Date>().map_err(Problem::fault))
            .transpose()?,
        declared_in: row.get(11)?,
        created_at: row.get(12)?,
        changed_at: row.get(13)?,
    })
}

fn phase_of(word: &str) -> Result<Phase, Problem> {
    Phase::from_word(word).ok_or_else(|| Problem::fault(format!("{word:?} is not a phase")))
}

/// One service, if it is there and may be seen.
pub async fn service(db: &Db, scope: &Scope, id: ServiceId) -> Result<Option<Service>, Problem> {
    db.one(scope, &format!("select {COLUMNS} from services s where {WALL} and s.id = $1"), args![id], read)
        .await
}

/// One service, or 404.
pub async fn expect(db: &Db, scope: &Scope, id: ServiceId) -> Result<Service, Problem> {
    service(db, scope, id).await?.ok_or_else(|| Problem::not_found("service"))
}

/// All services that may be seen, by name, at most [`MAX_SERVICES`].
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Service>, Problem> {
    db.all(scope, &all_text(), args![MAX_SERVICES], read).await
}

/// All services, as a transaction sees them.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<Service>, Problem> {
    tx.all(&all_text(), args![MAX_SERVICES], read).await
}

fn all_text() -> String {
    format!("select {COLUMNS} from services s where {WALL} order by s.name, s.id limit $1")
}

/// One service, as a transaction sees it, or 404.
pub async fn expect_in(tx: &mut Tx, id: ServiceId) -> Result<Service, Problem> {
    tx.one(&format!("select {COLUMNS} from services s where {WALL} and s.id = $1"), args![id], read)
        .await?
        .ok_or_else(|| Problem::not_found("service"))
}

/// The services whose name, slug or description contains the words, those that start with them first.
pub async fn found(db: &Db, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Service>, Problem> {
    let words = escaped(words);
    let text = format!(
        "select {COLUMNS} from services s where {WALL}
           and (lower(s.name) like $1 escape '!' or s.slug like $1 escape '!' or lower(s.description) like $1 escape '!')
         order by case when lower(s.name) like $2 escape '!' then 0 else 1 end, s.name, s.id limit $3"
    );
    db.all(scope, &text, args![format!("%{words}%"), format!("{words}%"), limit], read).await
}

/// The words in lower case, with the signs that mean something to `like` made harmless.
pub(crate) fn escaped(words: &str) -> String {
    words.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The phases a service passed, newest first.
pub async fn phases(db: &Db, scope: &Scope, id: ServiceId) -> Result<Vec<PhaseEntry>, Problem> {
    let text = "select phase, from_phase, entered_at, reason from service_phases
                where {wall} and service_id = $1 order by entered_at desc, phase limit 100";
    db.all(scope, text, args![id], |row| {
        Ok(PhaseEntry {
            phase: phase_of(&row.get::<String>(0)?)?,
            from: row.get::<Option<String>>(1)?.as_deref().map(phase_of).transpose()?,
            entered_at: row.get(2)?,
            reason: row.get(3)?,
        })
    })
    .await
}

/// What is wrong with a draft, field by field; the names of the fields are those of the form.
pub fn check(draft: &Draft) -> Result<(), Problem> {
    let mut problem = Problem::invalid();
    if draft.name.trim().is_empty() {
        problem = problem.field("name", "field-required");
    } else if draft.name.chars().count() > MAX_NAME {
        problem = problem.field("name", "field-too-long").field_with("max", MAX_NAME);
    }
    for (field, text) in [("description", &draft.description), ("consumers", &draft.consumers)] {
        if text.chars().count() > MAX_TEXT {
            problem = problem.field(field, "field-too-long").field_with("max", MAX_TEXT);
        }
    }
    problem.or(())
}

/// Adds a service in a phase.
pub async fn add(
    tx: &mut Tx,
    draft: &Draft,
    phase: Phase,
    reason: &str,
    declared_in: Option<&str>,
) -> Result<Service, Problem> {
    check(draft)?;
    name_is_free(tx, draft.client_id, &draft.name, None).await?;
    let scope = tx.scope().clone();
    let now = scope.now();
    let mut service = Service {
        id: ServiceId::new(&scope),
        client_id: draft.client_id,
        name: draft.name.trim().to_owned(),
        slug: String::new(),
        phase,
        phase_since: now,
        description: draft.description.trim().to_owned(),
        owner: draft.owner,
        ownership: draft.ownership,
        consumers: draft.consumers.trim().to_owned(),
        end_of_life: draft.end_of_life,
        declared_in: declared_in.map(str::to_owned),
        created_at: now,
        changed_at: now,
    };
    insert(tx, &mut service).await?;
    entered(tx, &service, None, reason).await?;
    let about = About::service(service.client_id, service.id);
    let (name, phase) = (service.name.clone(), phase.word().to_owned());
    tx.record(about, Fact::ServiceAdded { service: service.id, name, phase }).await?;
    Ok(service)
}

/// Inserts it under the first free slug. Slugs are unique across the wall, so they are not read: the database
/// says whether one is taken, and all that shows of another client's service is a number behind a name.
async fn insert(tx: &mut Tx, service: &mut Service) -> Result<(), Problem> {
    let text = "insert into services (id, client_id, name, slug, phase, phase_since, description, owner_id, ownership,
                  consumers, end_of_life, declared_in, created_at, changed_at)
                values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
                on conflict (slug) do nothing";
    for slug in rules::slugs_of(&service.name).take(MAX_SLUGS) {
        let args = args![
            service.id,
            service.name.as_str(),
            slug.as_str(),
            service.phase.word(),
            service.phase_since,
            service.description.as_str(),
            service.owner,
            service.ownership.word(),
            service.consumers.as_str(),
            service.end_of_life.map(|day| day.to_string()),
            service.declared_in.clone(),
            service.created_at,
        ];
        if tx.exec_in(service.client_id, text, args).await? == 1 {
            service.slug = slug;
            return Ok(());
        }
    }
    Err(Problem::invalid().field("name", "field-taken"))
}

async fn name_is_free(
    tx: &mut Tx,
    client: ClientId,
    name: &str,
    except: Option<ServiceId>,
) -> Result<(), Problem> {
    let text = format!(
        "select s.id from services s where {WALL} and s.client_id = $1 and lower(s.name) = lower($2) limit 2"
    );
    let held = tx.all(&text, args![client, name.trim()], |row| row.get::<ServiceId>(0)).await?;
    if held.iter().all(|id| Some(*id) == except) {
        Ok(())
    } else {
        Err(Problem::invalid().field("name", "field-taken"))
    }
}

/// Makes a service what the draft says; answers the names of what changed. The client of a service cannot
/// change: everything on it stands within that client's wall.
pub async fn change(
    tx: &mut Tx,
    before: &Service,
    draft: &Draft,
    declared_in: Option<&str>,
) -> Result<Vec<String>, Problem> {
    check(draft)?;
    if draft.client_id != before.client_id {
        return Err(Problem::invalid().field("client", "field-client-stays"));
    }
    name_is_free(tx, before.client_id, &draft.name, Some(before.id)).await?;
    let changed = changed(before, draft);
    if changed.is_empty() && before.declared_in.as_deref() == declared_in {
        return Ok(changed);
    }
    let now = tx.scope().now();
    let text = "update services set name = $2, description = $3, owner_id = $4, ownership = $5, consumers = $6,
                  end_of_life = $7, declared_in = $8, changed_at = case when $9 = 0 then changed_at else $10 end
                where {wall client_id id} and id = $1";
    let args = args![
        before.id,
        draft.name.trim(),
        draft.description.trim(),
        draft.owner,
        draft.ownership.word(),
        draft.consumers.trim(),
        draft.end_of_life.map(|day| day.to_string()),
        declared_in.map(str::to_owned),
        changed.len() as i64,
        now,
    ];
    tx.exec(text, args).await?;
    if !changed.is_empty() {
        let about = About::service(before.client_id, before.id);
        let names = changed.iter().map(|what| (*what).to_owned()).collect();
        tx.record(about, Fact::ServiceChanged { service: before.id, changed: names }).await?;
    }
    Ok(changed)
}

fn changed(before: &Service, draft: &Draft) -> Vec<String> {
    [
        ("name", before.name != draft.name.trim()),
        ("description", before.description != draft.description.trim()),
        ("owner", before.owner != draft.owner),
        ("ownership", before.ownership != draft.ownership),
        ("consumers", before.consumers != draft.consumers.trim()),
        ("end_of_life", before.end_of_life != draft.end_of_life),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// Enters another phase, if it may follow.
pub async fn enter(tx: &mut Tx, service: &Service, to: Phase, reason: &str) -> Result<(), Problem> {
    let reason = reason.trim();
    if reason.chars().count() > MAX_TEXT {
        return Err(Problem::invalid().field("reason", "field-too-long").field_with("max", MAX_TEXT));
    }
    let phase = service.phase.enter(to).map_err(|refused| {
        Problem::invalid()
            .field("phase", "field-phase-cannot-follow")
            .field_with("from", refused.from.word())
            .field_with("to", refused.to.word())
    })?;
    let now = tx.scope().now();
    let text = "update services set phase = $2, phase_since = $3, changed_at = $3
                where {wall client_id id} and id = $1 and phase = $4";
    if tx.exec(text, args![service.id, phase.word(), now, service.phase.word()]).await? != 1 {
        return Err(Problem::conflict("changed-meanwhile"));
    }
    let after = Service { phase, phase_since: now, ..service.clone() };
    entered(tx, &after, Some(service.phase), reason).await?;
    let fact = Fact::PhaseEntered {
        service: service.id,
        from: service.phase.word().into(),
        to: phase.word().into(),
        reason: reason.into(),
    };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(())
}

async fn entered(tx: &mut Tx, service: &Service, from: Option<Phase>, reason: &str) -> Result<(), Problem> {
    let text = "insert into service_phases (client_id, service_id, entered_at, phase, from_phase, reason)
                values ({client}, $1, $2, $3, $4, $5)";
    let args = args![
        service.id,
        service.phase_since,
        service.phase.word(),
        from.map(|phase| phase.word().to_owned()),
        reason,
    ];
    tx.exec_in(service.client_id, text, args).await?;
    Ok(())
}

/// Says that something of a service changed.
pub(crate) async fn touched(tx: &mut Tx, id: ServiceId) -> Result<(), Problem> {
    let now = tx.scope().now();
    tx.exec("update services set changed_at = $2 where {wall client_id id} and id = $1", args![id, now])
        .await?;
    Ok(())
}
