//! The organisation that runs this installation.

use jiff::Timestamp;
use kernel::{About, Fact, Problem, Scope};
use store::{Db, Row, Tx, args};

use crate::deliver::SmsGateway;
use crate::rules;

use super::clients;

/// The name before anybody gave one.
pub const UNNAMED: &str = "Operator";

/// The operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its name, also that of its own client.
    pub name: String,
    /// The gateway for text messages, if there is one.
    pub sms: Option<SmsGateway>,
    /// When the installation was prepared.
    pub prepared_at: Timestamp,
    /// The file and line that declare it.
    pub declared_in: Option<String>,
}

const READ: &str = "select name, sms, prepared_at, declared_in from operator where id = 'operator'";

fn read(row: &Row<'_>) -> Result<Operator, Problem> {
    let sms = row.get::<Option<String>>(1)?;
    Ok(Operator {
        name: row.get(0)?,
        sms: sms.map(|json| serde_json::from_str(&json).map_err(Problem::fault)).transpose()?,
        prepared_at: row.get(2)?,
        declared_in: row.get(3)?,
    })
}

/// The operator; none before the first start.
pub async fn operator(db: &Db, scope: &Scope) -> Result<Option<Operator>, Problem> {
    db.one(scope, READ, args![], read).await
}

/// The gateway for text messages, if one is configured.
pub async fn sms_gateway(db: &Db, scope: &Scope) -> Result<Option<SmsGateway>, Problem> {
    Ok(operator(db, scope).await?.and_then(|operator| operator.sms))
}

/// The operator, made together with its own client when it is not there yet.
pub async fn prepare(tx: &mut Tx) -> Result<Operator, Problem> {
    if let Some(operator) = tx.one(READ, args![], read).await? {
        return Ok(operator);
    }
    let now = tx.scope().now();
    tx.exec("insert into operator (id, name, prepared_at) values ('operator', $1, $2)", args![UNNAMED, now])
        .await?;
    clients::add(tx, UNNAMED, true, None).await?;
    tx.record(About::installation(), Fact::InstallationPrepared {}).await?;
    Ok(Operator { name: UNNAMED.to_owned(), sms: None, prepared_at: now, declared_in: None })
}

/// Names the operator and its own client; says whether the name differs from before.
pub async fn rename(tx: &mut Tx, name: &str, declared_in: Option<String>) -> Result<bool, Problem> {
    let before = prepare(tx).await?;
    let name = rules::clean_name(name).map_err(|code| Problem::invalid().field("name", code))?;
    let own = clients::all_in(tx).await?.into_iter().find(|client| client.is_operator);
    let own = own.ok_or_else(|| Problem::fault("the operator has no client of its own"))?;
    clients::change(tx, &own, &name, declared_in.clone()).await?;
    tx.exec(
        "update operator set name = $1, declared_in = $2 where id = 'operator'",
        args![&name, declared_in],
    )
    .await?;
    Ok(name != before.name)
}

/// Sets the gateway for text messages; says whether it differs from before.
pub async fn set_sms(tx: &mut Tx, sms: Option<&SmsGateway>) -> Result<bool, Problem> {
    let before = prepare(tx).await?;
    if let Some(gateway) = sms {
        let mut problem = Problem::invalid();
        for (field, code) in gateway.mistakes() {
            problem = problem.field(field, code);
        }
        problem.or(())?;
    }
    if before.sms.as_ref() == sms {
        return Ok(false);
    }
    let json = sms.map(serde_json::to_string).transpose().map_err(Problem::fault)?;
    tx.exec("update operator set sms = $1 where id = 'operator'", args![json]).await?;
    Ok(true)
}
