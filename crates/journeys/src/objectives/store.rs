//! The SQL on the tables of objectives, one function per statement.

use jiff::Timestamp;
use kernel::budget::{Grid, Slices, Target, Window};
use kernel::{About, ClientId, Fact, Id as _, JourneyId, ObjectiveId, Problem, Ratio, Scope, ServiceId};
use store::{Args, Db, Row, Tx, args};

use super::model::{Kind, Objective, PER_ROW, ROW, SLICE, Standing, Trouble, TroubleKind, Wanted};
use super::rules::{self, Measured};

/// The most objectives that are read at once.
const MOST: i64 = 20_000;
/// The most troubles of one service that a ledger names.
const MOST_TROUBLES: i64 = 1_000;

const COLUMNS: &str =
    "select id, client_id, service_id, journey_id, kind, step, component_id, target, span, limit_ms,
                       created_at, standing from objectives where {wall}";

fn read(row: &Row<'_>) -> Result<Objective, Problem> {
    let kind: String = row.get(4)?;
    let step: String = row.get(5)?;
    Ok(Objective {
        id: row.get(0)?,
        client: row.get(1)?,
        service: row.get(2)?,
        journey: row.get(3)?,
        wanted: Wanted {
            kind: Kind::from_word(&kind).ok_or_else(|| Problem::fault(format!("no kind {kind}")))?,
            step: (!step.is_empty()).then_some(step),
            component: row.get(6)?,
            target: Target::new(row.get(7)?).ok_or_else(|| Problem::fault("a target outside 0 to 1"))?,
            window: Window::parse(&row.get::<String>(8)?).map_err(Problem::fault)?,
            limit_ms: row.get(9)?,
        },
        created_at: row.get(10)?,
        standing: serde_json::from_str(&row.get::<String>(11)?).map_err(Problem::fault)?,
    })
}

/// Every objective that the asker may see.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Objective>, Problem> {
    let text = format!("{COLUMNS} order by service_id, journey_id, kind, step limit $1");
    db.all(scope, &text, args![MOST], read).await
}

/// The objectives of a service.
pub async fn of_service(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Objective>, Problem> {
    let text = format!("{COLUMNS} and service_id = $1 order by journey_id, kind, step");
    db.all(scope, &text, args![service], read).await
}

/// The objectives of a journey.
pub async fn of_journey(db: &Db, scope: &Scope, journey: JourneyId) -> Result<Vec<Objective>, Problem> {
    let text = format!("{COLUMNS} and journey_id = $1 order by kind, step");
    db.all(scope, &text, args![journey], read).await
}

/// One objective, or 404.
pub async fn expect(db: &Db, scope: &Scope, id: ObjectiveId) -> Result<Objective, Problem> {
    db.one(scope, &format!("{COLUMNS} and id = $1"), args![id], read)
        .await?
        .ok_or_else(|| Problem::not_found("objective"))
}

fn json(standing: &Standing) -> Result<String, Problem> {
    serde_json::to_string(standing).map_err(Problem::fault)
}

/// Adds an objective.
pub async fn add(
    tx: &mut Tx,
    (client, service): (ClientId, ServiceId),
    (journey, name): (JourneyId, &str),
    wanted: Wanted,
) -> Result<Objective, Problem> {
    let objective = Objective {
        id: ObjectiveId::new(tx.scope()),
        client,
        service,
        journey,
        wanted,
        created_at: tx.scope().now(),
        standing: Standing::default(),
    };
    let wanted = &objective.wanted;
    let row = args![
        objective.id,
        service,
        journey,
        wanted.kind.word(),
        wanted.step.clone().unwrap_or_default(),
        wanted.component,
        wanted.target.share(),
        wanted.window.to_string(),
        wanted.limit_ms,
        objective.created_at,
        json(&objective.standing)?,
    ];
    let text = "insert into objectives (id, client_id, service_id, journey_id, kind, step, component_id, target, span,
                limit_ms, created_at, standing) values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    tx.exec_in(client, text, row).await?;
    let (name, target) = (objective.name(name), wanted.target.to_string());
    let fact = Fact::ObjectiveAdded { objective: objective.id, name, target };
    tx.record(About::service(client, service), fact).await?;
    Ok(objective)
}

/// Makes an objective hold something else. What was counted by another limit or component is no longer that.
pub async fn change(tx: &mut Tx, objective: &Objective, name: &str, next: &Wanted) -> Result<(), Problem> {
    let counted_otherwise =
        objective.wanted.limit_ms != next.limit_ms || objective.wanted.component != next.component;
    let mut standing = objective.standing.clone();
    if counted_otherwise {
        tx.exec("delete from objective_slices where {wall} and objective_id = $1", args![objective.id])
            .await?;
        standing = Standing {
            level: standing.level,
            alert: standing.alert,
            blind: standing.blind,
            spent: standing.spent,
            ..Standing::default()
        };
    }
    tx.exec(
        "update objectives set component_id = $2, target = $3, span = $4, limit_ms = $5, standing = $6
         where {wall} and id = $1",
        args![
            objective.id,
            next.component,
            next.target.share(),
            next.window.to_string(),
            next.limit_ms,
            json(&standing)?
        ],
    )
    .await?;
    let changed = rules::differences(&objective.wanted, next);
    let fact = Fact::ObjectiveChanged { objective: objective.id, name: objective.name(name), changed };
    tx.record(About::service(objective.client, objective.service), fact).await?;
    Ok(())
}

/// Removes an objective with what was counted; an alert that it raised is over.
pub async fn remove(tx: &mut Tx, objective: &Objective, name: &str) -> Result<(), Problem> {
    let about = About::service(objective.client, objective.service);
    for alert in [objective.standing.alert, objective.standing.blind].into_iter().flatten() {
        let reason = "the target is no longer held".to_owned();
        let fact = Fact::AlertCleared { alert, probe: None, reason, objective: Some(objective.id) };
        tx.record(about, fact).await?;
    }
    tx.exec("delete from objective_slices where {wall} and objective_id = $1", args![objective.id]).await?;
    tx.exec("delete from objectives where {wall} and id = $1", args![objective.id]).await?;
    let fact = Fact::ObjectiveRemoved { objective: objective.id, name: objective.name(name) };
    tx.record(about, fact).await?;
    Ok(())
}

/// Keeps what is known of an objective.
pub async fn stand(tx: &mut Tx, id: ObjectiveId, standing: &Standing) -> Result<(), Problem> {
    tx.exec("update objectives set standing = $2 where {wall} and id = $1", args![id, json(standing)?])
        .await?;
    Ok(())
}

// ------------------------------------------------------------------------------------ slices

/// A row of slices as text.
fn written(counts: &[Option<Ratio>]) -> String {
    let one = |counts: &Option<Ratio>| {
        counts.map_or_else(|| "-".to_owned(), |ratio| format!("{}/{}", ratio.good, ratio.total))
    };
    counts.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn reads(text: &str) -> impl Iterator<Item = Option<Ratio>> + '_ {
    text.split(' ').map(|one| {
        let (good, total) = one.split_once('/')?;
        Some(Ratio { good: good.parse().ok()?, total: total.parse().ok()? })
    })
}

/// Writes what was measured in place of what was: whole rows, since [`rules::to_measure`] keeps to their borders.
pub async fn put(tx: &mut Tx, objective: &Objective, measured: &Measured) -> Result<(), Problem> {
    let mut rows: std::collections::BTreeMap<Timestamp, Vec<Option<Ratio>>> =
        std::collections::BTreeMap::new();
    for (at, counts) in measured {
        let begins = rules::floor(*at);
        let place = at.duration_since(begins).as_secs() / SLICE.as_secs().max(1);
        let row = rows.entry(begins).or_insert_with(|| vec![None; PER_ROW]);
        if let Some(held) = usize::try_from(place).ok().and_then(|place| row.get_mut(place)) {
            *held = Some(*counts);
        }
    }
    let each: Vec<Args> = rows
        .into_iter()
        .map(|(at, counts)| args![objective.id, at, objective.service, written(&counts)])
        .collect();
    let text = "insert into objective_slices (objective_id, at, client_id, service_id, counts)
                values ($1, $2, {client}, $3, $4)
                on conflict (objective_id, at) do update set counts = excluded.counts";
    tx.exec_many_in(objective.client, text, each).await?;
    Ok(())
}

/// What was counted within a stretch.
pub async fn slices(db: &Db, scope: &Scope, id: ObjectiveId, grid: Grid) -> Result<Slices, Problem> {
    let text =
        "select at, counts from objective_slices where {wall} and objective_id = $1 and at >= $2 and at < $3
                order by at";
    let args = args![id, rules::floor(grid.from), grid.until];
    let rows = db.all(scope, text, args, |row| Ok((row.get::<Timestamp>(0)?, row.get::<String>(1)?))).await?;
    let mut slices = Slices::new(SLICE);
    for (at, counts) in rows {
        let mut begins = at;
        for one in reads(&counts) {
            if let Some(ratio) = one {
                slices.put(begins, ratio);
            }
            begins += SLICE;
        }
    }
    Ok(slices)
}

/// Forgets slices older than this.
pub async fn forget(tx: &mut Tx, id: ObjectiveId, before: Timestamp) -> Result<(), Problem> {
    let text = "delete from objective_slices where {wall} and objective_id = $1 and at < $2";
    tx.exec(text, args![id, before.saturating_sub(ROW).unwrap_or(before)]).await?;
    Ok(())
}

// ------------------------------------------------------------------------------------ troubles

/// Something began; known already when the fact is read twice.
pub async fn begins(
    tx: &mut Tx,
    (client, service): (ClientId, ServiceId),
    trouble: &Trouble,
) -> Result<(), Problem> {
    let number = trouble.number.and_then(|number| i64::try_from(number).ok());
    let row = args![
        trouble.id.as_str(),
        service,
        trouble.kind.word(),
        number,
        trouble.title.as_str(),
        trouble.cause.as_str(),
        trouble.from,
        trouble.until,
    ];
    let text =
        "insert into troubles (id, client_id, service_id, kind, number, title, cause, from_at, until_at)
                values ($1, {client}, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";
    tx.exec_in(client, text, row).await?;
    Ok(())
}

/// It ended then, or, with none, goes on after all.
pub async fn ends(tx: &mut Tx, id: &str, until: Option<Timestamp>) -> Result<(), Problem> {
    tx.exec("update troubles set until_at = $2 where {wall} and id = $1", args![id, until]).await?;
    Ok(())
}

/// A planned maintenance was called off or cut short: it ends now unless it was over.
pub async fn cut_short(tx: &mut Tx, id: &str, at: Timestamp) -> Result<(), Problem> {
    let text = "update troubles set until_at = case when from_at > $2 then from_at else $2 end
                where {wall} and id = $1 and until_at > $2";
    tx.exec(text, args![id, at]).await?;
    Ok(())
}

/// It is called that now.
pub async fn renames(tx: &mut Tx, id: &str, title: &str) -> Result<(), Problem> {
    tx.exec("update troubles set title = $2 where {wall} and id = $1", args![id, title]).await?;
    Ok(())
}

/// An incident began no later than the alerts of its cause that are raised.
pub async fn began_with_alerts(tx: &mut Tx, incident: &str, cause: &str) -> Result<(), Problem> {
    let text = "update troubles set from_at = coalesce((select min(a.from_at) from troubles a
                    where {wall a.client_id a.service_id} and a.kind = 'alert' and a.cause = $2
                    and a.until_at is null and a.from_at < troubles.from_at), from_at)
                where {wall} and id = $1";
    tx.exec(text, args![incident, cause]).await?;
    Ok(())
}

/// What troubled a service within a stretch, in order of begin.
pub async fn troubles(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    kind: TroubleKind,
    grid: Grid,
) -> Result<Vec<Trouble>, Problem> {
    let text = "select id, kind, number, title, cause, from_at, until_at from troubles
                where {wall} and service_id = $1 and kind = $2 and from_at < $4 and (until_at is null or until_at > $3)
                order by from_at, id limit $5";
    let args = args![service, kind.word(), grid.from, grid.until, MOST_TROUBLES];
    db.all(scope, text, args, |row| {
        Ok(Trouble {
            id: row.get(0)?,
            kind: TroubleKind::from_word(&row.get::<String>(1)?).unwrap_or(TroubleKind::Alert),
            number: row.get::<Option<u64>>(2)?,
            title: row.get(3)?,
            cause: row.get(4)?,
            from: row.get(5)?,
            until: row.get(6)?,
        })
    })
    .await
}

/// One incident as facts told it.
pub async fn incident(
    db: &Db,
    scope: &Scope,
    id: &str,
) -> Result<Option<(ClientId, ServiceId, Trouble)>, Problem> {
    let text = "select client_id, service_id, number, title, cause, from_at, until_at from troubles
                where {wall} and id = $1 and kind = 'incident'";
    db.one(scope, text, args![id], |row| {
        let trouble = Trouble {
            id: id.to_owned(),
            kind: TroubleKind::Incident,
            number: row.get::<Option<u64>>(2)?,
            title: row.get(3)?,
            cause: row.get(4)?,
            from: row.get(5)?,
            until: row.get(6)?,
        };
        Ok((row.get(0)?, row.get(1)?, trouble))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_back() {
        let counts = [Some(Ratio { good: 5, total: 6 }), None, Some(Ratio::default())];
        let text = written(&counts);
        assert_eq!(text, "5/6 - 0/0");
        assert_eq!(reads(&text).collect::<Vec<_>>(), counts);
    }
}
