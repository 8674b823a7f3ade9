//! The address that jobs call. Any of GET, POST and HEAD, so that `curl`, `wget` and every scheduler can. The answer
//! is short and the same for every job; an address that is not one is 404.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use kernel::{Kind, Problem};
use web::{IntoResponse, Path, Refusal, Response, Site, State as Reach, StatusCode};

use crate::model::{MAX_SAID, cut};
use crate::store::{self as tables, Said};
use crate::tasks::NEWS;

/// What the three addresses say.
pub const SAYS: [Said; 3] = [Said::Done, Said::Started, Said::Failed];
/// Calls of one job in a minute; a job that calls more often is in a loop.
const PER_MINUTE: u32 = 60;
/// Calls of addresses that do not exist, all together, in a minute: guessing 32 letters is hopeless, and this
/// keeps it from costing us.
const STRANGERS: u32 = 600;
/// Secrets that are counted at once; beyond it the oldest minute is forgotten.
const MAX_COUNTED: usize = 20_000;
/// The most bytes of a body that are looked at.
const MAX_BODY: usize = 4 * 1024;

/// Counts calls per minute.
#[derive(Default)]
struct Gate {
    minute: Option<Timestamp>,
    calls: HashMap<String, u32>,
}

static GATE: Mutex<Option<Gate>> = Mutex::new(None);

/// False when it is too often.
fn may_pass(who: &str, most: u32, now: Timestamp) -> bool {
    let mut gate = GATE.lock().unwrap_or_else(PoisonError::into_inner);
    let gate = gate.get_or_insert_with(Gate::default);
    let fresh =
        gate.minute.is_some_and(|minute| now.duration_since(minute).abs() < SignedDuration::from_mins(1));
    if !fresh || gate.calls.len() > MAX_COUNTED {
        gate.calls.clear();
        gate.minute = Some(now);
    }
    let count = gate.calls.entry(who.to_owned()).or_insert(0);
    *count = count.saturating_add(1);
    *count <= most
}

fn too_many() -> Problem {
    Problem::new(Kind::TooMany, "too-often").retry_after(60)
}

/// Keeps a call and says so.
pub async fn hear(
    Reach(site): Reach<Site>,
    Path(secret): Path<String>,
    body: Bytes,
    said: Said,
) -> Result<Response, Refusal> {
    let now = site.clock.now();
    let scope = kernel::Scope::public(site.clock.clone(), site.dice.clone()).on_behalf("watch.beat");
    let well_formed = secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !well_formed {
        return Err(Problem::not_found("address").into());
    }
    if !may_pass(&secret, PER_MINUTE, now) {
        return Err(too_many().into());
    }
    let Some(probe) = tables::probe_of_beat(&site.db, &scope, &secret).await? else {
        if !may_pass("", STRANGERS, now) {
            return Err(too_many().into());
        }
        return Err(Problem::not_found("address").into());
    };
    let message = cut(String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]).trim(), MAX_SAID);
    let mut tx = site.db.write_unaudited("watch.beat", &scope).await?;
    tables::keep_beat(&mut tx, &probe, said, &message).await?;
    tx.commit().await?;
    NEWS.notify_one();
    Ok((StatusCode::OK, "OK\n").into_response())
}
