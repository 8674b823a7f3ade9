//! What the runner writes: everything that a fraction of a second of checks came to, in one transaction.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kernel::{About, AlertId, ClientId, Fact, ProbeId, Problem, Scope, ServiceId};
use store::{Db, Tx, args};

use crate::model::{Details, MAX_FAILURES, Reason, Standing, State};
use crate::rules::state::RowStep;

/// The most events that wait while the database refuses. Beyond it details of failures are forgotten first.
const MAX_WAITING: usize = 50_000;

/// The cells of a probe's hour, as they are now.
#[derive(Debug, Clone)]
pub struct HourRow {
    /// The cells, written by [`crate::rules::history::write_cells`].
    pub cells: Vec<u8>,
    /// When the last check began.
    pub last_at: Timestamp,
    /// How long its answer took, microseconds.
    pub last_micros: Option<u64>,
}

/// Where a probe stands, as it is now.
#[derive(Debug, Clone)]
pub struct StandingRow {
    /// The service.
    pub service: ServiceId,
    /// All of it.
    pub standing: Standing,
    /// What is shown of it.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<Reason>,
    /// The row of the table of states that is open.
    pub row: (State, Timestamp),
    /// When the last check began.
    pub checked_at: Option<Timestamp>,
    /// How long its answer took, microseconds.
    pub micros: Option<u64>,
}

/// A step in the table of states.
#[derive(Debug, Clone)]
pub struct StateRow {
    /// Where it goes.
    pub step: RowStep,
    /// The row that was open.
    pub open: Option<(State, Timestamp)>,
    /// The new state.
    pub state: State,
    /// Why.
    pub reason: Option<Reason>,
    /// When it was judged.
    pub at: Timestamp,
    /// What is told of it: from which state, since when; none for a change that only waits.
    pub tell: Option<(State, Timestamp)>,
}

/// An alert that rises or clears.
#[derive(Debug, Clone)]
pub enum AlertChange {
    /// It rises.
    Raised {
        /// Its id.
        alert: AlertId,
        /// Why.
        reason: String,
        /// 1 to 4.
        severity: u8,
        /// What an incident is opened for.
        cause: String,
        /// The first check that showed it.
        since: Timestamp,
    },
    /// It clears.
    Cleared {
        /// Its id.
        alert: AlertId,
        /// Why.
        reason: String,
    },
}

/// A failed check, for people who look into it.
#[derive(Debug, Clone)]
pub struct FailureRow {
    /// When it began.
    pub at: Timestamp,
    /// What it came to: `bad`, `poor` or `unknown`.
    pub verdict: &'static str,
    /// All that was wrong.
    pub findings: Vec<Reason>,
    /// What came back, masked.
    pub details: Details,
}

/// Something that must be written exactly once, in order.
#[derive(Debug, Clone)]
pub enum Event {
    /// A step in the table of states.
    State(StateRow),
    /// An alert.
    Alert(AlertChange),
    /// A failed check.
    Failure(FailureRow),
    /// A call of a job that has been judged.
    Beat(Timestamp),
}

/// Whose event it is.
#[derive(Debug, Clone)]
pub struct OfProbe {
    /// The probe.
    pub probe: ProbeId,
    /// Its name.
    pub name: std::sync::Arc<str>,
    /// Its client.
    pub client: ClientId,
    /// Its service.
    pub service: ServiceId,
}

/// What is to be written.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Cells by probe number and hour.
    pub hours: HashMap<(i64, Timestamp), HourRow>,
    /// Standings.
    pub standings: HashMap<ProbeId, StandingRow>,
    /// Events in order.
    pub events: Vec<(OfProbe, Event)>,
    /// Tend could not look, since when and why.
    pub blind: Vec<(Timestamp, String)>,
    /// When the runner was last at work.
    pub pulse: Option<Timestamp>,
    /// Every check by itself, for the lake.
    pub checks: Vec<kernel::lake::Check>,
}

/// Checks that wait for the lake at most; when the database takes nothing for long, the oldest are let go, and
/// their counts are kept all the same.
const MAX_CHECKS: usize = kernel::lake::MAX_APPEND;

impl Batch {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty()
            && self.standings.is_empty()
            && self.events.is_empty()
            && self.blind.is_empty()
            && self.pulse.is_none()
    }

    /// Puts an older batch, that could not be written, in front of this one.
    pub fn after(&mut self, older: Batch) {
        for (key, row) in older.hours {
            self.hours.entry(key).or_insert(row);
        }
        for (key, row) in older.standings {
            self.standings.entry(key).or_insert(row);
        }
        self.pulse = self.pulse.or(older.pulse);
        let newer = std::mem::replace(&mut self.events, older.events);
        self.events.extend(newer);
        let blind = std::mem::replace(&mut self.blind, older.blind);
        self.blind.extend(blind);
        let newer = std::mem::replace(&mut self.checks, older.checks);
        self.checks.extend(newer);
        let over = self.checks.len().saturating_sub(MAX_CHECKS);
        self.checks.drain(..over);
        if self.events.len() > MAX_WAITING {
            self.events.retain(|(_, event)| !matches!(event, Event::Failure(_)));
        }
    }
}

fn micros(value: Option<u64>) -> Option<i64> {
    value.map(|value| i64::try_from(value).unwrap_or(i64::MAX))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::fault)
}

/// Hands every check of a batch that was written to the lake. What the lake refuses is not tried again: counts,
/// failures and states are in the database, and a lake that is full must not hold up the next check.
pub async fn tell_lake(lake: &dyn kernel::lake::Lake, scope: &Scope, checks: Vec<kernel::lake::Check>) {
    for some in checks.chunks(MAX_CHECKS) {
        if let Err(problem) = lake.append(scope, kernel::lake::Rows::Checks(some.to_vec())).await {
            tracing::debug!(%problem, checks = some.len(), "watch: the lake took no checks");
        }
    }
}

/// Writes a batch in one transaction: counts, standings, history, and the facts that others act upon.
pub async fn write_batch(db: &Db, scope: &Scope, batch: &Batch) -> Result<(), Problem> {
    let mut tx = db.write_unaudited("watch.results", scope).await?;
    for ((number, hour), row) in &batch.hours {
        tx.exec(
            "insert into watch_hours (number, hour, cells, last_at, last_micros) values ($1, $2, $3, $4, $5)
             on conflict (number, hour) do update set cells = excluded.cells, last_at = excluded.last_at,
             last_micros = excluded.last_micros",
            args![*number, *hour, row.cells.clone(), row.last_at, micros(row.last_micros)],
        )
        .await?;
    }
    let mut gone = HashSet::new();
    for (probe, row) in &batch.standings {
        if !write_standing(&mut tx, *probe, row).await? {
            gone.insert(*probe);
        }
    }
    for (since, reason) in &batch.blind {
        let fact = Fact::WatchBlind { since: *since, reason: reason.clone() };
        tx.record(About::installation(), fact).await?;
    }
    for (of, event) in batch.events.iter().filter(|(of, _)| !gone.contains(&of.probe)) {
        write_event(&mut tx, of, event).await?;
    }
    if let Some(pulse) = batch.pulse {
        super::set_meta(&mut tx, "pulse", pulse.as_microsecond()).await?;
    }
    tx.commit().await
}

/// False when the probe has been removed meanwhile.
async fn write_standing(tx: &mut Tx, probe: ProbeId, row: &StandingRow) -> Result<bool, Problem> {
    let reason = row.reason.as_ref().map(json).transpose()?;
    let touched = tx
        .exec(
            "update watch_standings set state = $2, since = $3, reason = $4, standing = $5, row_state = $6,
             row_since = $7, checked_at = $8, micros = $9 where {wall} and probe_id = $1",
            args![
                probe,
                row.state.word(),
                row.since,
                reason,
                json(&row.standing)?,
                row.row.0.word(),
                row.row.1,
                row.checked_at,
                micros(row.micros)
            ],
        )
        .await?;
    Ok(touched > 0)
}

async fn write_event(tx: &mut Tx, of: &OfProbe, event: &Event) -> Result<(), Problem> {
    match event {
        Event::State(row) => write_state(tx, of, row).await,
        Event::Alert(change) => write_alert(tx, of, change).await,
        Event::Failure(row) => write_failure(tx, of, row).await,
        Event::Beat(at) => {
            tx.exec(
                "update watch_beats set handled = 1 where {wall} and probe_id = $1 and at = $2",
                args![of.probe, *at],
            )
            .await?;
            Ok(())
        }
    }
}

async fn write_state(tx: &mut Tx, of: &OfProbe, row: &StateRow) -> Result<(), Problem> {
    let reason = row.reason.as_ref().map(json).transpose()?;
    let begins = match row.step {
        RowStep::Keep => return Ok(()),
        RowStep::Replace => row.open.map_or(row.at, |(_, since)| since),
        RowStep::Open(begins) => begins,
    };
    // What reaches beyond where the new row begins was told by a clock that has been set back since.
    tx.exec(
        "delete from watch_states where {wall} and probe_id = $1 and since > $2",
        args![of.probe, begins],
    )
    .await?;
    tx.exec(
        "update watch_states set until_at = $2
         where {wall} and probe_id = $1 and since < $2 and (until_at is null or until_at > $2)",
        args![of.probe, begins],
    )
    .await?;
    tx.exec_in(
        of.client,
        "insert into watch_states (probe_id, since, client_id, service_id, until_at, state, reason, told_at)
         values ($1, $2, {client}, $3, null, $4, $5, $6)
         on conflict (probe_id, since) do update set state = excluded.state, reason = excluded.reason,
         told_at = excluded.told_at, until_at = null",
        args![of.probe, begins, of.service, row.state.word(), reason, row.at],
    )
    .await?;
    if let Some((from, since)) = row.tell {
        let (name, from, to) = (of.name.to_string(), from.word().into(), row.state.word().into());
        let reason = row.reason.as_ref().map(Reason::sentence).unwrap_or_default();
        let fact = Fact::ProbeStateChanged { probe: of.probe, name, from, to, since, reason };
        tx.record(About::service(of.client, of.service), fact).await?;
    }
    Ok(())
}

async fn write_alert(tx: &mut Tx, of: &OfProbe, change: &AlertChange) -> Result<(), Problem> {
    let probe = Some(of.probe);
    let fact = match change.clone() {
        AlertChange::Raised { alert, reason, severity, cause, since } => {
            let title = of.name.to_string();
            Fact::AlertRaised { alert, probe, title, reason, severity, cause, since, objective: None }
        }
        AlertChange::Cleared { alert, reason } => {
            Fact::AlertCleared { alert, probe, reason, objective: None }
        }
    };
    tx.record(About::service(of.client, of.service), fact).await?;
    Ok(())
}

async fn write_failure(tx: &mut Tx, of: &OfProbe, row: &FailureRow) -> Result<(), Problem> {
    tx.exec_in(
        of.client,
        "insert into watch_failures (probe_id, at, client_id, service_id, verdict, findings, details)
         values ($1, $2, {client}, $3, $4, $5, $6) on conflict (probe_id, at) do nothing",
        args![of.probe, row.at, of.service, row.verdict, json(&row.findings)?, json(&row.details)?],
    )
    .await?;
    tx.exec(
        "delete from watch_failures where {wall} and probe_id = $1 and at <=
         (select at from watch_failures where {wall} and probe_id = $1 order by at desc limit 1 offset $2)",
        args![of.probe, MAX_FAILURES],
    )
    .await?;
    Ok(())
}
