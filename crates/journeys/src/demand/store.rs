//! The SQL on the tables of demand, one function per statement, named by intent.
//!
//! `capacities` holds what a service can carry; `demand_plans` its costs, budget and settings; `demand_fits` the last
//! forecast of each series, so that a screen never fits anything.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{About, AlertId, CapacityId, ClientId, Fact, Id, JourneyId, Problem, Scope, ServiceId};
use store::{Db, Row, Tx, args};

use super::model::{Capacity, Draft, MAX_CAPACITIES, Plan};
use super::rules::growth::Kept;

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(Problem::fault)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::fault)
}

// ------------------------------------------------------------------------------------------ capacities

const COLUMNS: &str = "k.id, k.client_id, k.service_id, k.name, k.definition, k.units, k.scaled_at, k.declared_in, \
                       k.created_at, k.changed_at";

fn read(row: &Row<'_>) -> Result<Capacity, Problem> {
    Ok(Capacity {
        id: row.get(0)?,
        client: row.get(1)?,
        service: row.get(2)?,
        name: row.get(3)?,
        shape: from_json(&row.get::<String>(4)?)?,
        units: row.get(5)?,
        scaled_at: row.get(6)?,
        declared_in: row.get(7)?,
        created_at: row.get(8)?,
        changed_at: row.get(9)?,
    })
}

/// One capacity, or 404.
pub async fn expect(db: &Db, scope: &Scope, id: CapacityId) -> Result<Capacity, Problem> {
    let text =
        format!("select {COLUMNS} from capacities k where {{wall k.client_id k.service_id}} and k.id = $1");
    db.one(scope, &text, args![id], read).await?.ok_or_else(|| Problem::not_found("capacity"))
}

/// The capacities of a service, by name.
pub async fn of_service(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Capacity>, Problem> {
    let text = format!(
        "select {COLUMNS} from capacities k where {{wall k.client_id k.service_id}} and k.service_id = $1
         order by k.name_key"
    );
    db.all(scope, &text, args![service], read).await
}

/// The same as a transaction sees them.
pub async fn of_service_in(tx: &mut Tx, service: ServiceId) -> Result<Vec<Capacity>, Problem> {
    let text = format!(
        "select {COLUMNS} from capacities k where {{wall k.client_id k.service_id}} and k.service_id = $1
         order by k.name_key"
    );
    tx.all(&text, args![service], read).await
}

/// Those that files declare, as a transaction sees them.
pub async fn declared_in(tx: &mut Tx) -> Result<Vec<Capacity>, Problem> {
    let text = format!(
        "select {COLUMNS} from capacities k where {{wall k.client_id k.service_id}} and k.declared_in is not null
         order by k.id"
    );
    tx.all(&text, args![], read).await
}

/// The journeys that capacities name, each once for its service.
pub async fn capacity_journeys(
    db: &Db,
    scope: &Scope,
) -> Result<Vec<(ClientId, ServiceId, JourneyId)>, Problem> {
    let text =
        format!("select {COLUMNS} from capacities k where {{wall k.client_id k.service_id}} order by k.id");
    let all = db.all(scope, &text, args![], read).await?;
    Ok(all.iter().filter_map(|one| Some((one.client, one.service, one.shape.journey?))).collect())
}

fn refuse_taken(problem: Problem) -> Problem {
    if problem.code == "taken" { Problem::invalid().field("name", "field-taken") } else { problem }
}

/// Adds a capacity. Refuses a name that the service has already, and one too many.
pub async fn add(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    draft: &Draft,
) -> Result<CapacityId, Problem> {
    if of_service_in(tx, service).await?.len() >= MAX_CAPACITIES {
        return Err(Problem::invalid()
            .field("name", "demand-fault-many")
            .field_with("value", MAX_CAPACITIES));
    }
    let (id, now, name) = (CapacityId::new(tx.scope()), tx.scope().now(), draft.name.trim());
    tx.exec_in(
        client,
        "insert into capacities (id, client_id, service_id, name, name_key, definition, declared_in, created_at,
         changed_at) values ($1, {client}, $2, $3, $4, $5, $6, $7, $7)",
        args![
            id,
            service,
            name,
            name.to_lowercase(),
            json(&draft.shape)?,
            draft.declared_in.as_deref(),
            now
        ],
    )
    .await
    .map_err(refuse_taken)?;
    let fact = Fact::CapacityAdded { capacity: id, name: name.to_owned() };
    tx.record(About::service(client, service), fact).await?;
    Ok(id)
}

/// What differs between a capacity and a draft of it, a short phrase each.
#[must_use]
pub fn differences(before: &Capacity, draft: &Draft) -> Vec<String> {
    use kernel::code::differs;
    let (mut found, old, new) = (Vec::new(), &before.shape, &draft.shape);
    differs(&mut found, "name", &before.name.as_str(), &draft.name.trim());
    differs(&mut found, "serves", &old.serves, &new.serves);
    differs(&mut found, "per", &old.per.word(), &new.per.word());
    differs(&mut found, "headroom", &old.headroom, &new.headroom);
    differs(&mut found, "lead time", &old.lead_days, &new.lead_days);
    for (name, same) in [
        ("journey", old.journey == new.journey),
        ("limits of scaling", old.scales == new.scales),
        ("cost of one more", old.one_more == new.one_more),
    ] {
        if !same {
            found.push(name.into());
        }
    }
    found
}

/// Changes a capacity; returns what differs.
pub async fn change(tx: &mut Tx, before: &Capacity, draft: &Draft) -> Result<Vec<String>, Problem> {
    let changed = differences(before, draft);
    if changed.is_empty() && before.declared_in == draft.declared_in {
        return Ok(changed);
    }
    let (name, now) = (draft.name.trim(), tx.scope().now());
    tx.exec(
        "update capacities set name = $2, name_key = $3, definition = $4, declared_in = $5, changed_at = $6
         where {wall} and id = $1",
        args![before.id, name, name.to_lowercase(), json(&draft.shape)?, draft.declared_in.as_deref(), now],
    )
    .await
    .map_err(refuse_taken)?;
    if !changed.is_empty() {
        let (capacity, changed) = (before.id, changed.clone());
        let fact = Fact::CapacityChanged { capacity, name: name.to_owned(), changed };
        tx.record(About::service(before.client, before.service), fact).await?;
    }
    Ok(changed)
}

/// Removes a capacity; what was scaled stays in the history.
pub async fn remove(tx: &mut Tx, capacity: &Capacity) -> Result<(), Problem> {
    tx.exec("delete from capacities where {wall} and id = $1", args![capacity.id]).await?;
    let fact = Fact::CapacityRemoved { capacity: capacity.id, name: capacity.name.clone() };
    tx.record(About::service(capacity.client, capacity.service), fact).await?;
    Ok(())
}

/// Keeps how many pieces there are now. Says nothing when there are as many as before.
pub async fn scale(tx: &mut Tx, capacity: &Capacity, units: u32, reason: &str) -> Result<bool, Problem> {
    let (now, from) = (tx.scope().now(), capacity.pieces().unwrap_or(units));
    if capacity.units == Some(units) {
        return Ok(false);
    }
    tx.exec(
        "update capacities set units = $2, scaled_at = $3 where {wall} and id = $1",
        args![capacity.id, units, now],
    )
    .await?;
    let (name, reason) = (capacity.name.clone(), reason.to_owned());
    let fact = Fact::CapacityScaled { capacity: capacity.id, name, from, to: units, reason };
    tx.record(About::service(capacity.client, capacity.service), fact).await?;
    Ok(true)
}

// ------------------------------------------------------------------------------------------ costs and settings

fn read_plan(row: &Row<'_>) -> Result<Plan, Problem> {
    Ok(Plan {
        costs: from_json(&row.get::<String>(0)?)?,
        settings: from_json(&row.get::<String>(1)?)?,
        published: row.get(2)?,
        declared_in: row.get(3)?,
    })
}

/// Costs and settings of a service; empty when nothing was said.
pub async fn plan(db: &Db, scope: &Scope, service: ServiceId) -> Result<Plan, Problem> {
    let text =
        "select costs, settings, published, declared_in from demand_plans where {wall} and service_id = $1";
    Ok(db.one(scope, text, args![service], read_plan).await?.unwrap_or_default())
}

/// The same as a transaction sees it.
pub async fn plan_in(tx: &mut Tx, service: ServiceId) -> Result<Plan, Problem> {
    let text =
        "select costs, settings, published, declared_in from demand_plans where {wall} and service_id = $1";
    Ok(tx.one(text, args![service], read_plan).await?.unwrap_or_default())
}

/// The services of which files declare costs or settings.
pub async fn plans_declared_in(tx: &mut Tx) -> Result<Vec<(ClientId, ServiceId)>, Problem> {
    let text = "select client_id, service_id from demand_plans where {wall} and declared_in is not null
                order by service_id";
    tx.all(text, args![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// What differs between two plans, a short phrase each.
#[must_use]
pub fn plan_differences(before: &Plan, after: &Plan) -> Vec<String> {
    let (old, new) = (&before.settings, &after.settings);
    [
        ("costs", before.costs == after.costs),
        ("budget", old.budget == new.budget),
        ("growth", old.alerts == new.alerts),
        ("process", old.process == new.process),
        ("kpis", before.published == after.published),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// Keeps costs and settings; returns what differs.
pub async fn write_plan(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    plan: &Plan,
) -> Result<Vec<String>, Problem> {
    let before = plan_in(tx, service).await?;
    let changed = plan_differences(&before, plan);
    if changed.is_empty() && before.declared_in == plan.declared_in {
        return Ok(changed);
    }
    let now = tx.scope().now();
    tx.exec_in(
        client,
        "insert into demand_plans (service_id, client_id, costs, settings, published, declared_in, changed_at)
         values ($1, {client}, $2, $3, $4, $5, $6)
         on conflict (service_id) do update set costs = excluded.costs, settings = excluded.settings,
         published = excluded.published, declared_in = excluded.declared_in, changed_at = excluded.changed_at",
        args![
            service,
            json(&plan.costs)?,
            json(&plan.settings)?,
            plan.published,
            plan.declared_in.as_deref(),
            now
        ],
    )
    .await?;
    if !changed.is_empty() {
        let fact = Fact::CostsChanged { service, changed: changed.clone() };
        tx.record(About::service(client, service), fact).await?;
    }
    Ok(changed)
}

// ------------------------------------------------------------------------------------------ forecasts

/// What was last found of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The service.
    pub service: ServiceId,
    /// The journey; none for all of the service.
    pub journey: Option<JourneyId>,
    /// When it was fitted.
    pub fitted_at: Timestamp,
    /// What was found.
    pub kept: Kept,
    /// The alert that stands.
    pub raised: Option<AlertId>,
}

/// The word of a journey in the key of a fit.
fn key(journey: Option<JourneyId>) -> String {
    journey.map(|id| id.to_string()).unwrap_or_default()
}

/// What was last found of each series of a service.
pub async fn fits(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Fitted>, Problem> {
    let text = "select service_id, journey, fitted_at, body, raised from demand_fits
                where {wall} and service_id = $1 order by journey";
    db.all(scope, text, args![service], |row| {
        let journey: String = row.get(1)?;
        let journey = if journey.is_empty() { None } else { Some(journey.parse().map_err(Problem::fault)?) };
        Ok(Fitted {
            service: row.get(0)?,
            journey,
            fitted_at: row.get(2)?,
            kept: from_json(&row.get::<String>(3)?)?,
            raised: row.get(4)?,
        })
    })
    .await
}

/// When each series was last fitted, by service and journey (as text; empty for all of the service).
pub async fn fitted_at(
    db: &Db,
    scope: &Scope,
) -> Result<std::collections::BTreeMap<(ServiceId, String), Timestamp>, Problem> {
    let text = "select service_id, journey, fitted_at from demand_fits where {wall}";
    let rows = db.all(scope, text, args![], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).await?;
    Ok(rows.into_iter().collect())
}

/// Keeps what was found of a series.
pub async fn write_fit(tx: &mut Tx, client: ClientId, fitted: &Fitted) -> Result<(), Problem> {
    tx.exec_in(
        client,
        "insert into demand_fits (service_id, journey, client_id, fitted_at, body, raised)
         values ($1, $2, {client}, $3, $4, $5)
         on conflict (service_id, journey) do update set fitted_at = excluded.fitted_at, body = excluded.body,
         raised = excluded.raised",
        args![fitted.service, key(fitted.journey), fitted.fitted_at, json(&fitted.kept)?, fitted.raised],
    )
    .await?;
    Ok(())
}

/// Forgets a series that is no more.
pub async fn forget_fit(tx: &mut Tx, service: ServiceId, journey: &str) -> Result<(), Problem> {
    let text = "delete from demand_fits where {wall} and service_id = $1 and journey = $2";
    tx.exec(text, args![service, journey]).await?;
    Ok(())
}

// ------------------------------------------------------------------------------------------ what others know

/// The most facts of incidents that are read of one service: 26 weeks of a very bad one.
const MAX_FACTS: i64 = 5_000;

/// What happened to incidents of a service since an instant, oldest first.
pub async fn incident_facts(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, Fact)>, Problem> {
    let text = "select at, body from facts where {wall} and service_id = $1 and at >= $2
                and name in ('incident_opened', 'incident_resolved', 'incident_reopened') order by seq limit $3";
    db.all(scope, text, args![service, since, MAX_FACTS], |row| {
        Ok((row.get(0)?, from_json(&row.get::<String>(1)?)?))
    })
    .await
}

/// How often capacities of a service were scaled since an instant, newest first.
pub async fn scalings(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, Fact)>, Problem> {
    let text = "select at, body from facts where {wall} and service_id = $1 and at >= $2
                and name = 'capacity_scaled' order by seq desc limit 50";
    db.all(scope, text, args![service, since], |row| Ok((row.get(0)?, from_json(&row.get::<String>(1)?)?)))
        .await
}

/// The first day of which a journey of the service has a roll-up.
pub async fn first_day(db: &Db, scope: &Scope, service: ServiceId) -> Result<Option<Date>, Problem> {
    let text = "select min(day) from journey_folds where {wall} and service_id = $1";
    let found = db.one(scope, text, args![service], |row| row.get::<Option<String>>(0)).await?;
    found.flatten().map(|text| text.parse().map_err(Problem::fault)).transpose()
}

#[cfg(test)]
mod tests;
