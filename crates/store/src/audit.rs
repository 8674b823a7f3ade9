//! The audit: who did what, each line carrying the hash of the one before it.
//!
//! A line's hash is SHA-256 over the previous hash and the line's own fields, so a line that was changed,
//! removed or put in shows at the next one. A line of a fact also carries the hash of the fact, so a fact
//! that was rewritten shows too. Whoever can rewrite the whole file can rewrite the whole chain: note the
//! last hash (`tend audit verify` prints it) somewhere else from time to time.

use kernel::{Problem, Recorded, Scope};
use sha2::{Digest as _, Sha256};

use crate::{Db, Tx, args, facts};

/// The hash before the first line.
const BEGINNING: &str = "tend";
/// Lines read at once when verifying: bounds memory.
const AT_ONCE: i64 = 2_000;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// How many lines were read.
    pub lines: u64,
    /// The hash of the last line.
    pub head: String,
    /// The first line that does not fit, with the reason.
    pub broken: Option<(i64, String)>,
}

pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep ("ab", "c") apart from ("a", "bc").
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Line {
    seq: i64,
    at: i64,
    actor: String,
    action: String,
    request: String,
    fact_seq: Option<i64>,
    fact_hash: Option<String>,
}

impl Line {
    fn hash(&self, previous: &str) -> String {
        hex(&sha256(&[
            previous.as_bytes(),
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.request.as_bytes(),
            &self.fact_seq.unwrap_or(0).to_be_bytes(),
            self.fact_hash.as_deref().unwrap_or("").as_bytes(),
        ]))
    }
}

/// The hash of a fact's row; of the text as it stands, so that it holds when the list of facts grows.
fn row_hash(
    id: &str,
    at: i64,
    actor: &str,
    client: Option<&str>,
    service: Option<&str>,
    body: &str,
) -> String {
    hex(&sha256(&[
        id.as_bytes(),
        &at.to_be_bytes(),
        actor.as_bytes(),
        client.unwrap_or("").as_bytes(),
        service.unwrap_or("").as_bytes(),
        body.as_bytes(),
    ]))
}

fn fact_hash(fact: &Recorded) -> Result<String, Problem> {
    Ok(row_hash(
        &fact.id.to_string(),
        fact.at.as_microsecond(),
        &fact.actor,
        fact.about.client.map(|id| id.to_string()).as_deref(),
        fact.about.service.map(|id| id.to_string()).as_deref(),
        &facts::body(&fact.fact)?,
    ))
}

pub(crate) async fn append(
    tx: &mut Tx,
    action: &str,
    scope: &Scope,
    recorded: &[Recorded],
) -> Result<(), Problem> {
    let last = tx
        .one("select seq, hash from audit order by seq desc limit 1", args![], |row| {
            Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
        })
        .await?;
    let (mut seq, mut previous) = last.unwrap_or((0, BEGINNING.to_owned()));
    let mut facts: Vec<Option<&Recorded>> = recorded.iter().map(Some).collect();
    if facts.is_empty() {
        facts.push(None);
    }
    for fact in facts {
        seq += 1;
        let line = Line {
            seq,
            at: scope.now().as_microsecond(),
            actor: scope.actor().to_string(),
            action: action.to_owned(),
            request: scope.request().to_string(),
            fact_seq: fact.map(|fact| fact.seq),
            fact_hash: fact.map(fact_hash).transpose()?,
        };
        let hash = line.hash(&previous);
        tx.exec(
            "insert into audit (seq, at, actor, action, request, fact_seq, fact_hash, previous, hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                line.seq,
                line.at,
                line.actor,
                line.action,
                line.request,
                line.fact_seq,
                line.fact_hash,
                previous,
                hash.clone()
            ],
        )
        .await?;
        previous = hash;
    }
    Ok(())
}

impl Db {
    /// Reads the whole chain and every fact, and says where it first does not fit.
    pub async fn verify_audit(&self, scope: &Scope) -> Result<Verified, Problem> {
        let mut found = Verified { lines: 0, head: BEGINNING.to_owned(), broken: None };
        let mut after = 0i64;
        loop {
            let lines = self
                .all(
                    scope,
                    "select seq, at, actor, action, request, fact_seq, fact_hash, previous, hash from audit
                     where seq > $1 order by seq limit $2",
                    args![after, AT_ONCE],
                    |row| {
                        let line = Line {
                            seq: row.get(0)?,
                            at: row.get(1)?,
                            actor: row.get(2)?,
                            action: row.get(3)?,
                            request: row.get(4)?,
                            fact_seq: row.get(5)?,
                            fact_hash: row.get(6)?,
                        };
                        Ok((line, row.get::<String>(7)?, row.get::<String>(8)?))
                    },
                )
                .await?;
            let Some((last, ..)) = lines.last() else { break };
            let (first_fact, last_fact) = (
                lines.iter().filter_map(|(line, ..)| line.fact_seq).min().unwrap_or(0),
                lines.iter().filter_map(|(line, ..)| line.fact_seq).max().unwrap_or(-1),
            );
            let hashes = self.fact_hashes(scope, first_fact, last_fact).await?;
            after = last.seq;
            for (line, previous, hash) in &lines {
                let wrong = if line.seq != i64::try_from(found.lines).unwrap_or(i64::MAX) + 1 {
                    Some("a line before it is missing".to_owned())
                } else if *previous != found.head {
                    Some("it does not follow the line before it".to_owned())
                } else if line.hash(previous) != *hash {
                    Some("the line was changed".to_owned())
                } else if line.fact_seq.is_some_and(|seq| hashes.get(&seq) != line.fact_hash.as_ref()) {
                    Some("its fact was changed or removed".to_owned())
                } else {
                    None
                };
                if let Some(reason) = wrong {
                    found.broken = Some((line.seq, reason));
                    return Ok(found);
                }
                found.lines += 1;
                found.head.clone_from(hash);
            }
        }
        let facts: i64 = self
            .one(scope, "select count(*) from facts where {wall}", args![], |row| row.get(0))
            .await?
            .unwrap_or(0);
        let audited: i64 = self
            .one(scope, "select count(*) from audit where fact_seq is not null", args![], |row| row.get(0))
            .await?
            .unwrap_or(0);
        if facts != audited {
            let reason = format!("there are {facts} facts and {audited} audit lines for facts");
            found.broken = Some((after, reason));
        }
        Ok(found)
    }

    async fn fact_hashes(
        &self,
        scope: &Scope,
        from: i64,
        to: i64,
    ) -> Result<std::collections::HashMap<i64, String>, Problem> {
        let rows = self
            .all(
                scope,
                "select seq, id, at, actor, client_id, service_id, body from facts where {wall} and seq between $1 and $2",
                args![from, to],
                |row| {
                    let hash = row_hash(
                        &row.get::<String>(1)?,
                        row.get(2)?,
                        &row.get::<String>(3)?,
                        row.get::<Option<String>>(4)?.as_deref(),
                        row.get::<Option<String>>(5)?.as_deref(),
                        &row.get::<String>(6)?,
                    );
                    Ok((row.get(0)?, hash))
                },
            )
            .await?;
        Ok(rows.into_iter().collect())
    }
}

impl Db {
    /// Whether a hash that was noted before is still in the chain.
    pub async fn has_audit_hash(&self, scope: &Scope, hash: &str) -> Result<bool, Problem> {
        let found = self
            .one(scope, "select 1 from audit where hash = $1", args![hash], |row| row.get::<i64>(0))
            .await?;
        Ok(found.is_some())
    }
}
