//! Escalation policies and which service has which.

use kernel::{ClientId, EscalationId, Problem, Scope, ServiceId};
use store::{Db, Row, Tx, args};

use crate::model::{Policy, PolicyRow};

/// Policies that are read at once.
pub const MAX_POLICIES: u32 = 2_000;

const COLUMNS: &str = "id, client_id, name, only_service, policy, declared_in";

fn read(row: &Row<'_>) -> Result<PolicyRow, Problem> {
    let policy: String = row.get(4)?;
    Ok(PolicyRow {
        id: row.get(0)?,
        client_id: row.get(1)?,
        name: row.get(2)?,
        only_service: row.get(3)?,
        policy: serde_json::from_str::<Policy>(&policy).map_err(Problem::fault)?,
        declared_in: row.get(5)?,
    })
}

/// One policy.
pub async fn policy(db: &Db, scope: &Scope, id: EscalationId) -> Result<Option<PolicyRow>, Problem> {
    let text = format!("select {COLUMNS} from escalations where {{wall client_id only_service}} and id = $1");
    db.one(scope, &text, args![id], read).await
}

/// Every policy, by name.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<PolicyRow>, Problem> {
    let text = format!(
        "select {COLUMNS} from escalations where {{wall client_id only_service}} order by name limit $1"
    );
    db.all(scope, &text, args![MAX_POLICIES], read).await
}

/// Every policy, as the transaction sees it.
pub async fn all_in(tx: &mut Tx) -> Result<Vec<PolicyRow>, Problem> {
    let text = format!(
        "select {COLUMNS} from escalations where {{wall client_id only_service}} order by name limit $1"
    );
    tx.all(&text, args![MAX_POLICIES], read).await
}

/// The policy of a service, if it has one.
pub async fn policy_of(tx: &mut Tx, service: ServiceId) -> Result<Option<PolicyRow>, Problem> {
    let columns = COLUMNS.split(", ").map(|name| format!("e.{name}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "select {columns} from service_escalations s join escalations e on e.id = s.escalation_id
         where {{wall s.client_id s.service_id}} and s.service_id = $1"
    );
    tx.one(&text, args![service], read).await
}

/// The policy of each service that has one.
pub async fn by_service(db: &Db, scope: &Scope) -> Result<Vec<(ServiceId, EscalationId)>, Problem> {
    let text = "select service_id, escalation_id from service_escalations where {wall} limit 100000";
    db.all(scope, text, args![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Adds or replaces a policy.
pub async fn save(tx: &mut Tx, row: &PolicyRow) -> Result<(), Problem> {
    let policy = serde_json::to_string(&row.policy).map_err(Problem::fault)?;
    tx.exec_in(
        row.client_id,
        "insert into escalations (id, client_id, name, only_service, policy, declared_in)
         values ($1, {client}, $2, $3, $4, $5)
         on conflict (id) do update set name = excluded.name, policy = excluded.policy,
         declared_in = excluded.declared_in",
        args![row.id, row.name.as_str(), row.only_service, policy, row.declared_in.as_deref()],
    )
    .await?;
    Ok(())
}

/// Removes a policy; refused while a service has it.
pub async fn remove(tx: &mut Tx, id: EscalationId) -> Result<u64, Problem> {
    tx.exec("delete from escalations where {wall client_id only_service} and id = $1", args![id]).await
}

/// Gives a service its policy.
pub async fn assign(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    policy: EscalationId,
) -> Result<(), Problem> {
    tx.exec_in(
        client,
        "insert into service_escalations (service_id, client_id, escalation_id) values ($1, {client}, $2)
         on conflict (service_id) do update set escalation_id = excluded.escalation_id",
        args![service, policy],
    )
    .await?;
    Ok(())
}

/// Takes a service's policy away: its owner is paged.
pub async fn unassign(tx: &mut Tx, service: ServiceId) -> Result<u64, Problem> {
    tx.exec("delete from service_escalations where {wall} and service_id = $1", args![service]).await
}

/// Takes a policy away from every service that has it.
pub async fn unassign_all(tx: &mut Tx, policy: EscalationId) -> Result<u64, Problem> {
    tx.exec("delete from service_escalations where {wall} and escalation_id = $1", args![policy]).await
}
