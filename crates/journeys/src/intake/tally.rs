//! What was taken, kept apart, met twice and not taken, per source, hour and reason: counted in memory and written down
//! together every few seconds, so that no event costs a transaction. After `kill -9` the counts of these seconds are lost;
//! the events are not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kernel::lake::Origin;
use kernel::{ClientId, Problem, Scope, ServiceId, SourceId};
use rustc_hash::FxBuildHasher;
use store::{Db, args};

use super::incoming::{Reason, clip};
use super::sources::Source;

/// Microseconds of an hour.
pub const HOUR: i64 = 3_600 * 1_000_000;
/// How long counts are kept, hours: as long as people ask why last month looks odd.
const KEEP_HOURS: i64 = 24 * 90;
/// Unknown keys that are told apart before they are written down; the rest is counted together.
const MAX_STRAYS: usize = 200;
/// The longest unknown key that is shown, bytes.
const MAX_STRAY: usize = 60;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Events of people.
    Taken,
    /// Events of programs, kept apart.
    Bots,
    /// Events that were sent before.
    Duplicates,
    /// Measurements of browsers.
    Vitals,
    /// Events with more properties than are kept.
    Cut,
    /// Not taken, and why.
    Ignored(Reason),
}

impl What {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            What::Taken => "taken",
            What::Bots => "bots",
            What::Duplicates => "duplicates",
            What::Vitals => "vitals",
            What::Cut => "cut",
            What::Ignored(reason) => reason.word(),
        }
    }

    /// What has this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<What> {
        match word {
            "taken" => Some(What::Taken),
            "bots" => Some(What::Bots),
            "duplicates" => Some(What::Duplicates),
            "vitals" => Some(What::Vitals),
            "cut" => Some(What::Cut),
            other => Reason::from_word(other).map(What::Ignored),
        }
    }
}

type Place = (SourceId, i64, What);
type Stray = (i64, &'static str, Reason, String);

#[derive(Default)]
struct Counts {
    of: HashMap<Place, (ClientId, ServiceId, u64, Timestamp), FxBuildHasher>,
    strays: HashMap<Stray, (u64, Timestamp), FxBuildHasher>,
}

/// What was counted and is not written down yet.
#[derive(Default)]
pub struct Tally(Mutex<Counts>);

impl Tally {
    fn held(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts something of a source.
    pub fn count(&self, source: &Source, at: Timestamp, counts: &[(What, u64)]) {
        let hour = at.as_microsecond().div_euclid(HOUR);
        let mut held = self.held();
        for (what, amount) in counts.iter().filter(|(_, amount)| *amount > 0) {
            let fresh = (source.client, source.service, 0, at);
            let entry = held.of.entry((source.id, hour, *what)).or_insert(fresh);
            entry.2 += amount;
            entry.3 = entry.3.max(at);
        }
    }

    /// Counts something that belongs to no source.
    pub fn stray(&self, door: Origin, reason: Reason, word: &str, at: Timestamp, amount: u64) {
        let hour = at.as_microsecond().div_euclid(HOUR);
        let mut held = self.held();
        let shown: String = clip(word, MAX_STRAY).chars().filter(|letter| !letter.is_control()).collect();
        let mut place = (hour, door.word(), reason, shown);
        if held.strays.len() >= MAX_STRAYS && !held.strays.contains_key(&place) {
            place.3.clear();
        }
        let entry = held.strays.entry(place).or_insert((0, at));
        entry.0 += amount;
        entry.1 = entry.1.max(at);
    }

    /// Writes down what was counted; when that fails, it is counted still.
    pub async fn flush(&self, db: &Db, scope: &Scope) -> Result<u64, Problem> {
        let counts = std::mem::take(&mut *self.held());
        if counts.of.is_empty() && counts.strays.is_empty() {
            return Ok(0);
        }
        let result = write(db, scope, &counts).await;
        if result.is_err() {
            let mut held = self.held();
            for (place, (client, service, amount, at)) in counts.of {
                held.of.entry(place).or_insert((client, service, 0, at)).2 += amount;
            }
            for (place, (amount, at)) in counts.strays {
                held.strays.entry(place).or_insert((0, at)).0 += amount;
            }
        }
        result
    }
}

async fn write(db: &Db, scope: &Scope, counts: &Counts) -> Result<u64, Problem> {
    let mut tx = db.write_unaudited("intake.count", scope).await?;
    for ((source, hour, what), (client, service, amount, at)) in &counts.of {
        tx.exec_in(
            *client,
            "insert into intake_counts (source_id, hour, what, client_id, service_id, amount, last_at)
             values ($1, $2, $3, {client}, $4, $5, $6)
             on conflict (source_id, hour, what) do update set amount = intake_counts.amount + excluded.amount,
             last_at = excluded.last_at",
            args![*source, *hour, what.word(), *service, *amount, *at],
        )
        .await?;
    }
    for ((hour, door, reason, word), (amount, at)) in &counts.strays {
        tx.exec(
            "insert into intake_strays (hour, door, reason, word, amount, last_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (hour, door, reason, word) do update set amount = intake_strays.amount + excluded.amount,
             last_at = excluded.last_at",
            args![*hour, *door, reason.word(), word.as_str(), *amount, *at],
        )
        .await?;
    }
    tx.commit().await?;
    Ok((counts.of.len() + counts.strays.len()) as u64)
}

/// Forgets what is old.
pub async fn prune(db: &Db, scope: &Scope) -> Result<(), Problem> {
    let before = scope.now().as_microsecond().div_euclid(HOUR) - KEEP_HOURS;
    let mut tx = db.write_unaudited("intake.prune", scope).await?;
    tx.exec("delete from intake_counts where {wall} and hour < $1", args![before]).await?;
    tx.exec("delete from intake_strays where hour < $1", args![before]).await?;
    tx.commit().await
}

/// A count as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// The source.
    pub source: SourceId,
    /// The hour, counted from 1970.
    pub hour: i64,
    /// What.
    pub what: What,
    /// How many.
    pub amount: u64,
    /// The last one.
    pub last_at: Timestamp,
}

/// What was counted since an hour, of one source or of all that may be seen.
pub async fn since(
    db: &Db,
    scope: &Scope,
    source: Option<SourceId>,
    hour: i64,
) -> Result<Vec<Counted>, Problem> {
    let only = if source.is_some() { "and source_id = $2" } else { "" };
    let text = format!(
        "select source_id, hour, what, amount, last_at from intake_counts where {{wall}} and hour >= $1 {only}
         order by hour, what"
    );
    let mut args = args![hour];
    args.extend(source.map(|id| args![id]).unwrap_or_default());
    let rows = db
        .all(scope, &text, args, |row| {
            let word: String = row.get(2)?;
            let (source, hour, amount, last_at) = (row.get(0)?, row.get(1)?, row.get(3)?, row.get(4)?);
            Ok(What::from_word(&word).map(|what| Counted { source, hour, what, amount, last_at }))
        })
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// When each source that may be seen was last heard.
pub async fn last_heard(db: &Db, scope: &Scope) -> Result<HashMap<SourceId, Timestamp>, Problem> {
    let text = "select source_id, max(last_at) from intake_counts where {wall} group by source_id";
    let rows = db.all(scope, text, args![], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(rows.into_iter().collect())
}

/// A signal that belonged to no source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StrayLine {
    /// By which door.
    pub door: String,
    /// Why it was not taken.
    pub reason: String,
    /// The key it named, cut; empty for many different ones.
    pub word: String,
    /// How many.
    pub amount: u64,
    /// The last one.
    pub last_at: Timestamp,
}

/// What belonged to no source since an hour, most first. For the operator alone: a key may be anybody's.
pub async fn strays(db: &Db, scope: &Scope, hour: i64, limit: u32) -> Result<Vec<StrayLine>, Problem> {
    let text = "select door, reason, word, cast(sum(amount) as bigint), max(last_at) from intake_strays
                where hour >= $1 group by door, reason, word order by 4 desc, word limit $2";
    db.all(scope, text, args![hour, limit], |row| {
        Ok(StrayLine {
            door: row.get(0)?,
            reason: row.get(1)?,
            word: row.get(2)?,
            amount: row.get(3)?,
            last_at: row.get(4)?,
        })
    })
    .await
}
