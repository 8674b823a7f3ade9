//! What is known of one user or case is erased: its rows in the lake, and the key that tied its name to its number.
//!
//! The rows go first. When that is interrupted the key is still there, and it can be asked for again; once the key is gone,
//! nobody can tell which number the name had, here or in a back-up of the lake.

use kernel::lake::{Erase, Erased, Unit};
use kernel::{About, ClientId, Fact, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::args;
use web::{Asks, Done, Input, Path, Refusal, Site, State as Reach};

use super::incoming::{MAX_ID, clip};
use super::memory::{self, Subject};

/// Whose data is erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// A user whom the service declared.
    #[default]
    User,
    /// A case.
    Case,
}

impl Whose {
    fn kind(self) -> &'static str {
        match self {
            Whose::User => "user",
            Whose::Case => "case",
        }
    }
    fn unit(self) -> Unit {
        match self {
            Whose::User => Unit::User,
            Whose::Case => Unit::Case,
        }
    }
}

/// Erases a user or case of a service, by the name the service gives it. None when nothing is known of it.
pub async fn erase(
    site: &Site,
    scope: &Scope,
    client: ClientId,
    service: ServiceId,
    whose: Whose,
    named: &str,
) -> Result<Option<Erased>, Problem> {
    let memory = memory::of(site);
    // As long as it was when it came in.
    let named = clip(named.trim(), MAX_ID).to_owned();
    let subject = Subject { service, kind: whose.kind(), named };
    let Some((lookup, number)) = memory.known(&subject).await? else { return Ok(None) };
    let erased = site.lake.erase(scope, Erase { client, service, unit: whose.unit(), number }).await?;
    let mut tx = site.db.write("intake.erase", scope).await?;
    tx.exec("delete from intake_subjects where {wall} and lookup = $1", args![lookup]).await?;
    let fact = Fact::SubjectErased { service, kind: whose.kind().to_owned(), rows: erased.rows };
    tx.record(About::service(client, service), fact).await?;
    tx.commit().await?;
    memory.forget_subjects();
    Ok(Some(erased))
}

/// What a person asks to be erased.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct EraseForm {
    /// A user or a case.
    pub whose: Whose,
    /// What the service calls them.
    pub named: String,
    /// `on` when it is meant: it cannot be undone.
    #[serde(default)]
    pub sure: String,
}

/// Erases.
pub async fn act(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<EraseForm>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let mut wrong = Problem::invalid();
    if form.named.trim().is_empty() {
        wrong = wrong.field("named", "field-required");
    }
    if form.sure != "on" {
        wrong = wrong.field("sure", "intake-field-sure");
    }
    wrong.or(())?;
    let erased = erase(&site, &scope, service.client_id, id, form.whose, &form.named).await?;
    let done = Done::to(format!("/services/{id}/sources"));
    Ok(match erased {
        None => done.say("intake-erased-nothing").value(&serde_json::json!({ "known": false })),
        Some(erased) => {
            let value = serde_json::json!({
                "known": true,
                "rows": erased.rows,
                "files_read": erased.files_read,
                "files_rewritten": erased.files_rewritten,
                "destroyed": erased.destroyed,
            });
            done.say("intake-erased").with("n", erased.rows).value(&value)
        }
    })
}
