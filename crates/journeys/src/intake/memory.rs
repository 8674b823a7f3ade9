//! What intake keeps in memory for a site: sources by key, open visits, the salts of the days, keys of subjects, what user
//! agents mean, counts, and how often each address comes. All of it is bounded, and all of it can be lost.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kernel::{ClientId, Fact, Problem, Recorded, Scope, ServiceId};
use rustc_hash::FxBuildHasher;
use store::{Db, args};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use web::Site;

use super::agents::Agents;
use super::identity::{self, Salt};
use super::sources::{self, Source};
use super::tally::Tally;
use super::visits::Visits;

/// A salt is destroyed this long after it was made.
pub const SALT_LASTS: SignedDuration = SignedDuration::from_hours(48);
/// Days that may have a salt at once: imports of old logs make one for each of theirs.
const MAX_SALTS: usize = 5_000;
/// Users and cases whose numbers are remembered.
const MAX_SUBJECTS: usize = 200_000;
/// For how long: a key that was erased by another process is forgotten by then.
const SUBJECTS_LAST: SignedDuration = SignedDuration::from_mins(5);
/// Sources are read anew after this long, for changes that another process made.
const SOURCES_LAST: SignedDuration = SignedDuration::from_secs(5);
/// Addresses whose requests are counted.
const MAX_ADDRESSES: usize = 50_000;
/// Requests of one address at once; a town hall behind one address does not come near it.
const BURST: f64 = 5_000.0;
/// Requests of one address per second, lasting.
const RATE: f64 = 500.0;
/// Parameters of one statement.
const CHUNK: usize = 100;
/// Microseconds of a day.
pub const DAY: i64 = 24 * 3_600 * 1_000_000;

/// The day of an instant, counted from 1970, UTC.
#[must_use]
pub fn day_of(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(DAY)
}

/// A user or a case, as a service declares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The service.
    pub service: ServiceId,
    /// `user` or `case`.
    pub kind: &'static str,
    /// What the service calls it.
    pub named: String,
}

#[derive(Default)]
struct Held {
    by_word: Arc<HashMap<String, Arc<Source>, FxBuildHasher>>,
    read_at: Option<Timestamp>,
}

struct Subjects {
    numbers: HashMap<Subject, u64, FxBuildHasher>,
    since: Timestamp,
}

/// The memory of intake for one site.
pub struct Memory {
    /// The scope in which signals are taken.
    pub scope: Scope,
    /// What user agents mean.
    pub agents: Agents,
    /// What was counted.
    pub tally: Tally,
    db: Db,
    changes: Mutex<Receiver<Arc<[Recorded]>>>,
    sources: Mutex<Held>,
    reading: tokio::sync::Mutex<()>,
    visits: Mutex<Visits>,
    salts: Mutex<HashMap<i64, (Salt, Timestamp)>>,
    subjects: Mutex<Subjects>,
    key: tokio::sync::OnceCell<[u8; 32]>,
    addresses: Mutex<HashMap<IpAddr, (f64, Timestamp), FxBuildHasher>>,
    /// Bytes of unpacked bodies that are in hand, in KiB.
    pub unpacked: Arc<tokio::sync::Semaphore>,
    /// Rows that the lake held when this began: whether there are visits to be read back.
    pub found_rows: u64,
    /// When this began.
    pub began_at: Timestamp,
    lookups: Mutex<(i64, u32)>,
}

/// KiB of unpacked bodies in hand at once.
const UNPACKED_KIB: usize = 96 * 1024;
/// Visits that are read back from the lake in one second after a start.
const LOOKUPS: u32 = 100;

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The memory of a site.
#[must_use]
pub fn of(site: &Site) -> Arc<Memory> {
    site.shared(|| Memory::new(site))
}

impl Memory {
    fn new(site: &Site) -> Self {
        let scope = Scope::task("intake.receive", Arc::clone(&site.clock), Arc::clone(&site.dice));
        let now = scope.now();
        let standing = site.lake.standing();
        Memory {
            agents: Agents::default(),
            tally: Tally::default(),
            db: site.db.clone(),
            changes: Mutex::new(site.db.changes()),
            sources: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            visits: Mutex::default(),
            salts: Mutex::default(),
            subjects: Mutex::new(Subjects { numbers: HashMap::default(), since: now }),
            key: tokio::sync::OnceCell::new(),
            addresses: Mutex::default(),
            unpacked: Arc::new(tokio::sync::Semaphore::new(UNPACKED_KIB)),
            found_rows: standing.open_rows + standing.file_rows,
            began_at: now,
            lookups: Mutex::new((0, 0)),
            scope,
        }
    }

    /// The installation's key for numbers that last.
    pub async fn key(&self) -> Result<[u8; 32], Problem> {
        self.key.get_or_try_init(|| self.db.key(&self.scope, "intake")).await.copied()
    }

    /// The open visits.
    pub fn visits(&self) -> MutexGuard<'_, Visits> {
        lock(&self.visits)
    }

    // -- sources

    /// The source that answers to a key.
    pub async fn source(&self, word: &str) -> Result<Option<Arc<Source>>, Problem> {
        let held = self.fresh_sources().await?;
        Ok(find(&held, word))
    }

    /// The first source that answers to one of these keys.
    pub async fn source_of(&self, words: &[&str]) -> Result<Option<Arc<Source>>, Problem> {
        let held = self.fresh_sources().await?;
        Ok(words.iter().find_map(|word| find(&held, word)))
    }

    async fn fresh_sources(&self) -> Result<Arc<HashMap<String, Arc<Source>, FxBuildHasher>>, Problem> {
        if self.sources_changed() {
            lock(&self.sources).read_at = None;
        }
        let now = self.scope.now();
        let fresh = |held: &Held| {
            let read_at = held.read_at.filter(|at| now.duration_since(*at) < SOURCES_LAST);
            read_at.map(|_| Arc::clone(&held.by_word))
        };
        if let Some(held) = fresh(&lock(&self.sources)) {
            return Ok(held);
        }
        let _one_at_a_time = self.reading.lock().await;
        if let Some(held) = fresh(&lock(&self.sources)) {
            return Ok(held);
        }
        let mut by_word = HashMap::default();
        for source in sources::all(&self.db, &self.scope).await? {
            let source = Arc::new(source);
            for word in source.words() {
                by_word.insert(word, Arc::clone(&source));
            }
        }
        let by_word = Arc::new(by_word);
        *lock(&self.sources) = Held { by_word: Arc::clone(&by_word), read_at: Some(now) };
        Ok(by_word)
    }

    /// Whether somebody changed a source since this was asked last.
    fn sources_changed(&self) -> bool {
        let Ok(mut changes) = self.changes.try_lock() else { return false };
        let mut changed = false;
        loop {
            match changes.try_recv() {
                Ok(facts) => {
                    changed |= facts.iter().any(|recorded| {
                        matches!(
                            recorded.fact,
                            Fact::SourceAdded { .. }
                                | Fact::SourceChanged { .. }
                                | Fact::SourceRemoved { .. }
                        )
                    });
                }
                Err(TryRecvError::Lagged(_)) => changed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return changed,
            }
        }
    }

    // -- salts

    /// The salt of a day, if there is one that still lasts.
    pub fn salt(&self, day: i64) -> Option<Salt> {
        let now = self.scope.now();
        lock(&self.salts).get(&day).filter(|(_, made)| lasts(*made, now)).map(|(salt, _)| *salt)
    }

    /// Makes sure that these days have a salt, and reads those of the days before them, if there are any.
    pub async fn salt_days(&self, days: &HashSet<i64>) -> Result<(), Problem> {
        let now = self.scope.now();
        for day in days {
            if self.salt(*day).is_some() {
                continue;
            }
            let before = read_salt(&self.db, &self.scope, day - 1).await?;
            let made = match read_salt(&self.db, &self.scope, *day).await? {
                Some(held) if lasts(held.1, now) => held,
                _ => self.make_salt(*day).await?,
            };
            let mut held = lock(&self.salts);
            held.retain(|_, (_, made)| lasts(*made, now));
            if held.len() < MAX_SALTS {
                held.insert(*day, made);
                if let Some(before) = before.filter(|(_, made)| lasts(*made, now)) {
                    held.entry(day - 1).or_insert(before);
                }
            }
        }
        Ok(())
    }

    async fn make_salt(&self, day: i64) -> Result<(Salt, Timestamp), Problem> {
        let now = self.scope.now();
        let salt = identity::hex(&self.scope.random::<16>());
        let sealed = self.db.seal(&self.scope, &salt_name(day), &salt)?;
        let mut tx = self.db.write_unaudited("intake.salt", &self.scope).await?;
        let over = now.checked_sub(SALT_LASTS).unwrap_or(now);
        tx.exec("delete from intake_salts where made_at <= $1", args![over]).await?;
        // Another node may have made one meanwhile; one that cannot be opened any more is no salt.
        let theirs = tx
            .one("select sealed from intake_salts where day = $1", args![day], |row| row.get::<Vec<u8>>(0))
            .await?;
        if theirs.and_then(|sealed| open_salt(&self.db, day, &sealed)).is_none() {
            tx.exec(
                "insert into intake_salts (day, sealed, made_at) values ($1, $2, $3)
                 on conflict (day) do update set sealed = excluded.sealed, made_at = excluded.made_at",
                args![day, sealed.into_bytes(), now],
            )
            .await?;
        }
        tx.commit().await?;
        let held = read_salt(&self.db, &self.scope, day).await?;
        held.ok_or_else(|| Problem::fault("a salt that was made is not there"))
    }

    // -- subjects

    /// The numbers of users and cases; keys are made for those that have none.
    pub async fn numbers(
        &self,
        client: ClientId,
        wanted: &HashSet<Subject>,
    ) -> Result<HashMap<Subject, u64>, Problem> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        {
            let now = self.scope.now();
            let mut held = lock(&self.subjects);
            if now.duration_since(held.since) > SUBJECTS_LAST || held.numbers.len() > MAX_SUBJECTS {
                held.numbers.clear();
                held.since = now;
            }
            for subject in wanted {
                match held.numbers.get(subject) {
                    Some(number) => drop(found.insert(subject.clone(), *number)),
                    None => missing.push(subject),
                }
            }
        }
        for chunk in missing.chunks(CHUNK) {
            let key = self.key().await?;
            let secrets = self.secrets(&key, client, chunk).await?;
            let mut held = lock(&self.subjects);
            for (subject, secret) in chunk.iter().copied().zip(secrets) {
                let number = identity::subject(&secret, subject.service, subject.kind, &subject.named);
                held.numbers.insert(subject.clone(), number);
                found.insert(subject.clone(), number);
            }
        }
        Ok(found)
    }

    /// Under which name the key of a subject is kept, and its number; none when nothing is known of it.
    pub async fn known(&self, subject: &Subject) -> Result<Option<(String, u64)>, Problem> {
        let key = self.key().await?;
        let lookup = identity::lookup(&key, subject.service, subject.kind, &subject.named);
        let held = read_secrets(&self.db, &self.scope, std::slice::from_ref(&lookup)).await?;
        let number = held
            .get(&lookup)
            .map(|secret| identity::subject(secret, subject.service, subject.kind, &subject.named));
        Ok(number.map(|number| (lookup, number)))
    }

    /// The key of each subject, made when it is not there.
    async fn secrets(
        &self,
        key: &[u8; 32],
        client: ClientId,
        chunk: &[&Subject],
    ) -> Result<Vec<[u8; 32]>, Problem> {
        let lookups: Vec<String> = chunk
            .iter()
            .map(|subject| identity::lookup(key, subject.service, subject.kind, &subject.named))
            .collect();
        let mut held = read_secrets(&self.db, &self.scope, &lookups).await?;
        if held.len() < chunk.len() {
            let now = self.scope.now();
            let mut tx = self.db.write_unaudited("intake.subject", &self.scope).await?;
            for (subject, lookup) in
                chunk.iter().zip(&lookups).filter(|(_, lookup)| !held.contains_key(*lookup))
            {
                let secret = identity::hex(&self.scope.random::<32>());
                let sealed = self.db.seal(&self.scope, lookup, &secret)?.into_bytes();
                tx.exec_in(
                    client,
                    "insert into intake_subjects (lookup, client_id, service_id, kind, secret, made_at)
                     values ($1, {client}, $2, $3, $4, $5) on conflict (lookup) do nothing",
                    args![lookup.as_str(), subject.service, subject.kind, sealed, now],
                )
                .await?;
            }
            tx.commit().await?;
            held = read_secrets(&self.db, &self.scope, &lookups).await?;
        }
        let of = |lookup: &String| {
            held.get(lookup).copied().ok_or_else(|| Problem::fault("a key that was made is not there"))
        };
        lookups.iter().map(of).collect()
    }

    /// Forgets the numbers of subjects, after one was erased.
    pub fn forget_subjects(&self) {
        lock(&self.subjects).numbers.clear();
    }

    // -- limits

    /// Whether one more request of this address is taken now.
    pub fn admits(&self, from: Option<IpAddr>) -> bool {
        let Some(from) = from else { return true };
        let now = self.scope.now();
        let mut held = lock(&self.addresses);
        if held.len() >= MAX_ADDRESSES && !held.contains_key(&from) {
            held.clear();
        }
        let (tokens, seen) = held.entry(from).or_insert((BURST, now));
        let passed = now.duration_since(*seen).as_secs_f64().max(0.0);
        *tokens = (*tokens + passed * RATE).min(BURST);
        *seen = now;
        if *tokens < 1.0 {
            return false;
        }
        *tokens -= 1.0;
        true
    }

    /// Whether the lake may be asked once more for a visit that was open before the start.
    pub fn may_look_back(&self) -> bool {
        let now = self.scope.now();
        let over = now.as_microsecond() - self.began_at.as_microsecond() > super::visits::GAP;
        if over || self.found_rows == 0 {
            return false;
        }
        let mut held = lock(&self.lookups);
        if held.0 != now.as_second() {
            *held = (now.as_second(), 0);
        }
        held.1 += 1;
        held.1 <= LOOKUPS
    }
}

fn lasts(made: Timestamp, now: Timestamp) -> bool {
    now.duration_since(made) < SALT_LASTS
}

fn find(held: &HashMap<String, Arc<Source>, FxBuildHasher>, word: &str) -> Option<Arc<Source>> {
    let word = word.trim();
    if word.is_empty() || word.len() > sources::MAX_WORD {
        return None;
    }
    if let Some(found) = held.get(word) {
        return Some(Arc::clone(found));
    }
    held.get(&word.to_lowercase()).cloned()
}

/// For what a salt is sealed.
fn salt_name(day: i64) -> String {
    format!("intake.salt {day}")
}

fn open_salt(db: &Db, day: i64, sealed: &[u8]) -> Option<Salt> {
    let text = db.unseal(&salt_name(day), std::str::from_utf8(sealed).ok()?).ok()?;
    identity::unhex(&text)
}

async fn read_salt(db: &Db, scope: &Scope, day: i64) -> Result<Option<(Salt, Timestamp)>, Problem> {
    let text = "select sealed, made_at from intake_salts where day = $1";
    let row = db.one(scope, text, args![day], |row| Ok((row.get::<Vec<u8>>(0)?, row.get(1)?))).await?;
    Ok(row.and_then(|(sealed, made)| Some((open_salt(db, day, &sealed)?, made))))
}

async fn read_secrets(
    db: &Db,
    scope: &Scope,
    lookups: &[String],
) -> Result<HashMap<String, [u8; 32]>, Problem> {
    let places: Vec<String> = (1..=lookups.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "select lookup, secret from intake_subjects where {{wall}} and lookup in ({})",
        places.join(", ")
    );
    let args = lookups.iter().flat_map(|lookup| args![lookup.as_str()]).collect();
    let rows = db.all(scope, &text, args, |row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?))).await?;
    let mut found = HashMap::new();
    for (lookup, sealed) in rows {
        let sealed = String::from_utf8(sealed).map_err(Problem::fault)?;
        // A key that cannot be opened is a problem and not a new key: a user would become two.
        let secret = identity::unhex(&db.unseal(&lookup, &sealed)?);
        let secret = secret.ok_or_else(|| Problem::fault("the key of a subject is not 32 bytes"))?;
        found.insert(lookup, secret);
    }
    Ok(found)
}

/// Deletes salts that are over.
pub async fn drop_salts(db: &Db, scope: &Scope) -> Result<u64, Problem> {
    let over = scope.now().checked_sub(SALT_LASTS).unwrap_or_else(|_| scope.now());
    let mut tx = db.write_unaudited("intake.salts", scope).await?;
    let gone = tx.exec("delete from intake_salts where made_at <= $1", args![over]).await?;
    tx.commit().await?;
    Ok(gone)
}

#[cfg(test)]
mod tests;
