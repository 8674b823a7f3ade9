//! Facts: what happened, read as a timeline by people and as a feed by tasks.

use std::collections::BTreeSet;

use kernel::{About, Cursor, Fact, Page, Paging, Problem, Recorded, Scope, ServiceId};

use crate::{Args, Db, Row, Tx, args};

/// What a subscriber has not handled yet.
pub type Feed = Vec<Recorded>;

const COLUMNS: &str = "f.seq, f.id, f.at, f.actor, f.client_id, f.service_id, f.body";

fn read(row: &Row<'_>) -> Result<Recorded, Problem> {
    let body: String = row.get(6)?;
    Ok(Recorded {
        seq: row.get(0)?,
        id: row.get(1)?,
        at: row.get(2)?,
        actor: row.get(3)?,
        about: About { client: row.get(4)?, service: row.get(5)? },
        fact: serde_json::from_str(&body).map_err(Problem::fault)?,
    })
}

pub(crate) async fn insert(tx: &mut Tx, recorded: &[Recorded]) -> Result<(), Problem> {
    for fact in recorded {
        let body = body(&fact.fact)?;
        // The feed is read by tasks, which stand outside the wall; the row itself carries its client.
        let text = "insert into facts (seq, id, at, actor, client_id, service_id, name, body)
                    values ($1, $2, $3, $4, $5, $6, $7, $8)";
        tx.insert_fact(
            text,
            args![
                fact.seq,
                fact.id,
                fact.at,
                fact.actor.as_str(),
                fact.about.client,
                fact.about.service,
                fact.fact.name(),
                body.as_str()
            ],
        )
        .await?;
        for thing in things(fact) {
            tx.exec("insert into fact_things (thing, seq) values ($1, $2)", args![thing, fact.seq]).await?;
        }
    }
    Ok(())
}

pub(crate) fn body(fact: &Fact) -> Result<String, Problem> {
    serde_json::to_string(fact).map_err(Problem::fault)
}

/// Every id that a fact mentions: what it is about, who did it, and the ids in its fields.
#[must_use]
pub fn things(recorded: &Recorded) -> BTreeSet<String> {
    fn walk(value: &serde_json::Value, out: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::String(text) if is_id(text) => {
                out.insert(text.clone());
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| walk(field, out)),
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(&recorded.fact) {
        walk(&value, &mut out);
    }
    out.extend(recorded.about.client.map(|id| id.to_string()));
    out.extend(recorded.about.service.map(|id| id.to_string()));
    if is_id(&recorded.actor) {
        out.insert(recorded.actor.clone());
    }
    out
}

fn is_id(text: &str) -> bool {
    text.len() == 30
        && text.as_bytes()[3] == b'_'
        && kernel::id::KINDS.iter().any(|(prefix, _)| text.starts_with(prefix))
        && text.bytes().skip(4).all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

impl Db {
    /// What a subscriber has not handled yet, oldest first. Handle it in a transaction that also calls
    /// [`Tx::advance`] with the last `seq`; until then it comes again.
    pub async fn feed(&self, scope: &Scope, subscriber: &str, limit: u32) -> Result<Feed, Problem> {
        let text = format!(
            "select {COLUMNS} from facts f where {{wall f.client_id f.service_id}}
             and f.seq > coalesce((select c.seq from cursors c where c.subscriber = $1), 0) order by f.seq limit $2"
        );
        self.all(scope, &text, args![subscriber, limit], read).await
    }

    /// The facts that mention a thing, newest first.
    pub async fn timeline(
        &self,
        scope: &Scope,
        thing: &str,
        paging: &Paging,
    ) -> Result<Page<Recorded>, Problem> {
        let text = format!(
            "select {COLUMNS} from fact_things t join facts f on f.seq = t.seq
             where {{wall f.client_id f.service_id}} and t.thing = $1 and t.seq < $2 order by t.seq desc limit $3"
        );
        self.newest(scope, &text, thing, paging).await
    }

    /// The facts of a service, newest first.
    pub async fn facts_of_service(
        &self,
        scope: &Scope,
        service: ServiceId,
        paging: &Paging,
    ) -> Result<Page<Recorded>, Problem> {
        let text = format!(
            "select {COLUMNS} from facts f
             where {{wall f.client_id f.service_id}} and f.service_id = $1 and f.seq < $2 order by f.seq desc limit $3"
        );
        self.newest(scope, &text, &service.to_string(), paging).await
    }

    /// All facts the asker may see, newest first.
    pub async fn facts(&self, scope: &Scope, paging: &Paging) -> Result<Page<Recorded>, Problem> {
        let text = format!(
            "select {COLUMNS} from facts f
             where {{wall f.client_id f.service_id}} and $1 = 'all' and f.seq < $2 order by f.seq desc limit $3"
        );
        self.newest(scope, &text, "all", paging).await
    }

    async fn newest(
        &self,
        scope: &Scope,
        text: &str,
        first: &str,
        paging: &Paging,
    ) -> Result<Page<Recorded>, Problem> {
        let before: i64 = match &paging.after {
            None => i64::MAX,
            Some(cursor) => before_of(cursor)?,
        };
        let rows = self.all(scope, text, args![first, before, paging.read_limit()] as Args, read).await?;
        Ok(paging.page(rows, |row| vec![row.seq.to_string()]))
    }
}

fn before_of(cursor: &Cursor) -> Result<i64, Problem> {
    let [seq] = cursor.parts::<1>()?;
    seq.parse().map_err(|_| Problem::invalid().field("after", "field-bad-cursor"))
}
