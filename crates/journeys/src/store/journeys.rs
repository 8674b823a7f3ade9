//! Journeys as they are declared or drawn.

use kernel::{About, ClientId, Fact, Id, JourneyId, Problem, Scope, ServiceId};
use store::{Db, Row, Tx, args};

use super::{from_json, json};
use crate::model::{Definition, Draft, Journey, MAX_JOURNEYS, slug_of};
use crate::rules::looks;

const COLUMNS: &str = "j.id, j.client_id, j.service_id, j.name, j.slug, j.definition, j.targets, j.owner, \
                       j.declared_in, j.created_at, j.changed_at";

/// The most journeys that are read at once: fifty of each of two hundred services.
const MOST: i64 = 10_000;

fn read(row: &Row<'_>) -> Result<Journey, Problem> {
    let (definition, targets): (String, String) = (row.get(5)?, row.get(6)?);
    let shape: Definition = from_json(&definition)?;
    Ok(Journey {
        id: row.get(0)?,
        client: row.get(1)?,
        service: row.get(2)?,
        name: row.get(3)?,
        slug: row.get(4)?,
        unit: shape.unit,
        window: shape.window,
        order: shape.order,
        steps: shape.steps,
        endings: shape.endings,
        exclusions: shape.exclusions,
        segments: shape.segments,
        zone: shape.zone,
        owner: row.get(7)?,
        targets: from_json(&targets)?,
        declared_in: row.get(8)?,
        created_at: row.get(9)?,
        changed_at: row.get(10)?,
    })
}

/// One journey; none when it is not there or not for the asker to see.
pub async fn journey(db: &Db, scope: &Scope, id: JourneyId) -> Result<Option<Journey>, Problem> {
    let text =
        format!("select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}} and j.id = $1");
    db.one(scope, &text, args![id], read).await
}

/// One journey, or 404.
pub async fn expect(db: &Db, scope: &Scope, id: JourneyId) -> Result<Journey, Problem> {
    journey(db, scope, id).await?.ok_or_else(|| Problem::not_found("journey"))
}

/// The journeys of a service, by name.
pub async fn journeys_of(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Journey>, Problem> {
    let text = format!(
        "select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}} and j.service_id = $1
         order by j.name_key"
    );
    db.all(scope, &text, args![service], read).await
}

/// Every journey that the asker may see, by service and name.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Journey>, Problem> {
    let text = format!(
        "select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}}
         order by j.service_id, j.name_key limit $1"
    );
    db.all(scope, &text, args![MOST], read).await
}

/// The journeys whose name contains these words.
pub async fn found(db: &Db, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Journey>, Problem> {
    let escaped: String = words
        .trim()
        .to_lowercase()
        .chars()
        .flat_map(|letter| match letter {
            '%' | '_' | '!' => vec!['!', letter],
            letter => vec![letter],
        })
        .collect();
    let text = format!(
        "select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}}
         and j.name_key like $1 escape '!' order by j.name_key limit $2"
    );
    db.all(scope, &text, args![format!("%{escaped}%"), limit], read).await
}

/// The journeys of a service as a transaction sees them.
pub async fn journeys_in(tx: &mut Tx, service: ServiceId) -> Result<Vec<Journey>, Problem> {
    let text = format!(
        "select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}} and j.service_id = $1
         order by j.name_key"
    );
    tx.all(&text, args![service], read).await
}

/// The journeys that files declare, as a transaction sees them.
pub async fn declared_in(tx: &mut Tx) -> Result<Vec<Journey>, Problem> {
    let text = format!(
        "select {COLUMNS} from journeys j where {{wall j.client_id j.service_id}} and j.declared_in is not null
         order by j.id"
    );
    tx.all(&text, args![], read).await
}

/// A slug that no other journey of the service has.
async fn free_slug(tx: &mut Tx, service: ServiceId, name: &str) -> Result<String, Problem> {
    let wanted = slug_of(name);
    let held = journeys_in(tx, service).await?;
    let taken = |slug: &str| held.iter().any(|journey| journey.slug == slug);
    let numbered = (2..=held.len() + 2).map(|n| format!("{wanted}-{n}"));
    Ok(std::iter::once(wanted.clone()).chain(numbered).find(|slug| !taken(slug)).unwrap_or(wanted))
}

fn refuse_taken(problem: Problem) -> Problem {
    if problem.code == "taken" { Problem::invalid().field("name", "field-taken") } else { problem }
}

/// Adds a journey to a service. Refuses a name that the service has already, and one journey too many.
pub async fn add(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    draft: &Draft,
) -> Result<JourneyId, Problem> {
    let held = journeys_in(tx, service).await?;
    if held.len() >= MAX_JOURNEYS {
        let problem = Problem::invalid().field("name", "journey-fault-many");
        return Err(problem.field_with("value", MAX_JOURNEYS));
    }
    let (id, now) = (JourneyId::new(tx.scope()), tx.scope().now());
    let name = draft.name.trim();
    if held.iter().any(|journey| journey.name.to_lowercase() == name.to_lowercase()) {
        return Err(Problem::invalid().field("name", "field-taken"));
    }
    let slug = free_slug(tx, service, name).await?;
    tx.exec_in(
        client,
        "insert into journeys (id, client_id, service_id, name, name_key, slug, definition, targets, owner,
         declared_in, created_at, changed_at) values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        args![
            id,
            service,
            name,
            name.to_lowercase(),
            slug,
            json(&draft.shape)?,
            json(&draft.targets)?,
            draft.owner,
            draft.declared_in.as_deref(),
            now
        ],
    )
    .await
    .map_err(refuse_taken)?;
    let fact = Fact::JourneyAdded { journey: id, name: name.to_owned() };
    tx.record(About::service(client, service), fact).await?;
    Ok(id)
}

/// What differs between a journey and a draft of it, a short phrase each.
#[must_use]
pub fn differences(journey: &Journey, draft: &Draft) -> Vec<String> {
    use crate::model::{order_word, unit_word};
    use kernel::code::differs;
    let (mut found, shape) = (Vec::new(), &draft.shape);
    differs(&mut found, "name", &journey.name.as_str(), &draft.name.trim());
    differs(&mut found, "unit", &unit_word(journey.unit), &unit_word(shape.unit));
    let span = kernel::units::show_span;
    differs(&mut found, "window", &span(journey.window), &span(shape.window));
    differs(&mut found, "order", &order_word(journey.order), &order_word(shape.order));
    differs(&mut found, "zone", &journey.zone, &shape.zone);
    if journey.steps != shape.steps {
        let names = |steps: &[crate::model::Step]| {
            steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (before, after) = (names(&journey.steps), names(&shape.steps));
        found.push(if before == after { "steps".into() } else { format!("steps: {before} -> {after}") });
    }
    let fields =
        |all: &[kernel::lake::Field]| all.iter().map(looks::field_word).collect::<Vec<_>>().join(", ");
    differs(&mut found, "segments", &fields(&journey.segments), &fields(&shape.segments));
    for (name, same) in [
        ("endings", journey.endings == shape.endings),
        ("exclusions", journey.exclusions == shape.exclusions),
        ("owner", journey.owner == draft.owner),
        ("targets", journey.targets == draft.targets),
    ] {
        if !same {
            found.push(name.into());
        }
    }
    found
}

/// Changes a journey; returns what differs. Its days are folded anew when it counts something else now.
pub async fn change(tx: &mut Tx, journey: &Journey, draft: &Draft) -> Result<Vec<String>, Problem> {
    let changed = differences(journey, draft);
    if changed.is_empty() && journey.declared_in == draft.declared_in {
        return Ok(changed);
    }
    let (name, now) = (draft.name.trim(), tx.scope().now());
    tx.exec(
        "update journeys set name = $2, name_key = $3, definition = $4, targets = $5, owner = $6, declared_in = $7,
         changed_at = $8 where {wall} and id = $1",
        args![
            journey.id,
            name,
            name.to_lowercase(),
            json(&draft.shape)?,
            json(&draft.targets)?,
            draft.owner,
            draft.declared_in.as_deref(),
            now
        ],
    )
    .await
    .map_err(refuse_taken)?;
    if !changed.is_empty() {
        let (id, changed) = (journey.id, changed.clone());
        let fact = Fact::JourneyChanged { journey: id, name: name.to_owned(), changed };
        tx.record(About::service(journey.client, journey.service), fact).await?;
    }
    Ok(changed)
}

/// Removes a journey and its roll-ups; the events it counted stay.
pub async fn remove(tx: &mut Tx, journey: &Journey) -> Result<(), Problem> {
    for table in ["journey_days", "journey_folds"] {
        tx.exec(&format!("delete from {table} where {{wall}} and journey_id = $1"), args![journey.id])
            .await?;
    }
    tx.exec("delete from journeys where {wall} and id = $1", args![journey.id]).await?;
    let fact = Fact::JourneyRemoved { journey: journey.id, name: journey.name.clone() };
    tx.record(About::service(journey.client, journey.service), fact).await?;
    Ok(())
}
