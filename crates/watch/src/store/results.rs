//! What was measured: cells, days, strips, the history of states, and failed checks.

use jiff::Timestamp;
use kernel::{ClientId, ProbeId, Problem, Scope, ServiceId};
use store::{Db, Row, Tx, args};

use super::probes::from_json;
use crate::model::{Details, Reason, State};
use crate::rules::history::{Cell, DAY, KEEP_DAYS, KEEP_HOURS, Lasted, Spent, read_strip, write_strip};
use crate::sketch::Sketch;

/// The most state changes that are read for one probe and span: one per slot of the shortest interval would
/// be more, and nobody could look at them.
const MAX_STATES: i64 = 20_000;

/// A step of a probe's history, for people.
#[derive(Debug, Clone)]
pub struct Change {
    /// The probe.
    pub probe: ProbeId,
    /// The state.
    pub state: State,
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Option<Reason>,
}

fn word(row: &Row<'_>, at: usize) -> Result<State, Problem> {
    let word: String = row.get(at)?;
    State::from_word(&word).ok_or_else(|| Problem::fault(format!("no state is called {word}")))
}

/// The last changes of a probe, newest first, from before an instant.
pub async fn changes_of(
    db: &Db,
    scope: &Scope,
    probe: ProbeId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Change>, Problem> {
    let text = "select probe_id, state, since, until_at, reason from watch_states
                where {wall} and probe_id = $1 and since < $2 order by since desc limit $3";
    let read = |row: &Row<'_>| {
        let reason: Option<String> = row.get(4)?;
        Ok(Change {
            probe: row.get(0)?,
            state: word(row, 1)?,
            since: row.get(2)?,
            until: row.get(3)?,
            reason: reason.as_deref().map(from_json).transpose()?,
        })
    };
    db.all(scope, text, args![probe, before, limit], read).await
}

/// The states of all probes, of one service or of one probe that touch a span, by probe and time.
pub async fn states_between(
    db: &Db,
    scope: &Scope,
    of: Of,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(ProbeId, ServiceId, Lasted)>, Problem> {
    let (column, value) = match of {
        Of::All => ("'' = $3", String::new()),
        Of::Service(service) => ("service_id = $3", service.to_string()),
        Of::Probe(probe) => ("probe_id = $3", probe.to_string()),
    };
    let limit = if matches!(of, Of::All) { "" } else { &format!(" limit {MAX_STATES}") };
    let text = format!(
        "select probe_id, service_id, state, since, until_at from watch_states
         where {{wall}} and {column} and since < $2 and (until_at is null or until_at > $1)
         order by probe_id, since{limit}"
    );
    let read = |row: &Row<'_>| {
        let lasted = Lasted { state: word(row, 2)?, since: row.get(3)?, until: row.get(4)? };
        Ok((row.get(0)?, row.get(1)?, lasted))
    };
    db.all(scope, &text, args![from, until, value], read).await
}

/// Whose history is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// Every probe within the wall.
    All,
    /// Those of a service.
    Service(ServiceId),
    /// One.
    Probe(ProbeId),
}

/// The hour rows of some probes from an instant on: number, hour, cells, last check, its microseconds.
pub async fn hours_since(
    db: &Db,
    scope: &Scope,
    numbers: &[i64],
    from: Timestamp,
) -> Result<Vec<Hour>, Problem> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    // Numbers are ours, not text from outside.
    let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let text = format!(
        "select number, hour, cells, last_at, last_micros from watch_hours
         where number in ({list}) and hour >= $1 order by number, hour"
    );
    let read = |row: &Row<'_>| {
        let cells: Vec<u8> = row.get(2)?;
        Ok(Hour {
            number: row.get(0)?,
            hour: row.get(1)?,
            cells: crate::rules::history::read_cells(&cells),
            last_at: row.get(3)?,
            last_micros: row.get(4)?,
        })
    };
    db.all(scope, &text, args![from], read).await
}

/// The cells of one probe and hour.
#[derive(Debug, Clone)]
pub struct Hour {
    /// The number of the probe.
    pub number: i64,
    /// When the hour begins.
    pub hour: Timestamp,
    /// The cells that counted something, by number within the hour.
    pub cells: Vec<(u16, Cell)>,
    /// When the last check began.
    pub last_at: Timestamp,
    /// How long its answer took, microseconds.
    pub last_micros: Option<u64>,
}

/// What the checks of a day came to.
#[derive(Debug, Clone)]
pub struct DayRow {
    /// The day, from 1970.
    pub day: i64,
    /// All checks of the day together.
    pub whole: Cell,
    /// The packed cells of 5 minutes.
    pub packed: Vec<u8>,
}

/// The days of a probe from a day on, oldest first.
pub async fn days_since(db: &Db, scope: &Scope, number: i64, from: i64) -> Result<Vec<DayRow>, Problem> {
    let text = "select day, good, poor, bad, unknown, maintenance, latency, cells from watch_days
                where number = $1 and day >= $2 order by day";
    let read = |row: &Row<'_>| {
        let counts = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        let latency: Vec<u8> = row.get(6)?;
        let latency = Sketch::read(&mut &latency[..]).unwrap_or_default();
        Ok(DayRow { day: row.get(0)?, whole: Cell { counts, latency }, packed: row.get(7)? })
    };
    db.all(scope, text, args![number, from], read).await
}

/// The strips of some subjects (ids of probes or services as text), or of all services when none are named.
pub async fn strips(
    db: &Db,
    scope: &Scope,
    subjects: Option<&[String]>,
) -> Result<Vec<(String, Vec<(i64, Spent)>)>, Problem> {
    let mut given = args![];
    let condition = match subjects {
        None => "subject = service_id".to_owned(),
        Some([]) => return Ok(Vec::new()),
        Some(subjects) => {
            given.extend(subjects.iter().map(|subject| store::Value::Text(subject.clone())));
            let places = (1..=subjects.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
            format!("subject in ({places})")
        }
    };
    let text = format!("select subject, days from watch_strips where {{wall}} and {condition}");
    let read = |row: &Row<'_>| {
        let days: Vec<u8> = row.get(1)?;
        Ok((row.get(0)?, read_strip(&days)))
    };
    db.all(scope, &text, given, read).await
}

/// Writes a strip.
pub async fn write_strip_of(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    subject: &str,
    days: &[(i64, Spent)],
) -> Result<(), Problem> {
    tx.exec_in(
        client,
        "insert into watch_strips (subject, client_id, service_id, days) values ($1, {client}, $2, $3)
         on conflict (subject) do update set days = excluded.days",
        args![subject, service, write_strip(days)],
    )
    .await?;
    Ok(())
}

/// A probe whose day is to be folded.
#[derive(Debug, Clone)]
pub struct Unfolded {
    /// The probe.
    pub probe: ProbeId,
    /// Its number.
    pub number: i64,
    /// Its client.
    pub client: ClientId,
    /// Its service.
    pub service: ServiceId,
    /// The last day that is folded.
    pub folded: i64,
}

/// Probes whose last folded day is before one.
pub async fn unfolded(db: &Db, scope: &Scope, day: i64, limit: i64) -> Result<Vec<Unfolded>, Problem> {
    let text = "select p.id, p.number, p.client_id, p.service_id, s.folded_day
                from watch_standings s join probes p on p.id = s.probe_id
                where {wall p.client_id p.service_id} and s.folded_day < $1 order by s.folded_day, p.number limit $2";
    let read = |row: &Row<'_>| {
        Ok(Unfolded {
            probe: row.get(0)?,
            number: row.get(1)?,
            client: row.get(2)?,
            service: row.get(3)?,
            folded: row.get(4)?,
        })
    };
    db.all(scope, text, args![day, limit], read).await
}

/// Writes a day of a probe.
pub async fn write_day(tx: &mut Tx, number: i64, row: &DayRow) -> Result<(), Problem> {
    let counts = row.whole.counts.map(i64::from);
    let mut latency = Vec::new();
    row.whole.latency.write(&mut latency);
    tx.exec(
        "insert into watch_days (number, day, good, poor, bad, unknown, maintenance, latency, cells)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (number, day) do update set good = excluded.good, poor = excluded.poor, bad = excluded.bad,
         unknown = excluded.unknown, maintenance = excluded.maintenance, latency = excluded.latency,
         cells = excluded.cells",
        args![number, row.day, counts[0], counts[1], counts[2], counts[3], counts[4], latency, row.packed.clone()],
    )
    .await?;
    Ok(())
}

/// Notes that a probe's days are folded up to one.
pub async fn set_folded(tx: &mut Tx, probe: ProbeId, day: i64) -> Result<(), Problem> {
    tx.exec("update watch_standings set folded_day = $2 where {wall} and probe_id = $1", args![probe, day])
        .await?;
    Ok(())
}

/// Forgets what is older than is kept; hours only once their day is folded. Returns how many rows went.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, Problem> {
    let oldest_day = crate::rules::history::day_of(now) - KEEP_DAYS;
    let unfolded: Option<i64> = tx
        .one("select min(folded_day) from watch_standings where {wall}", args![], |row| {
            row.get::<Option<i64>>(0)
        })
        .await?
        .flatten();
    let mut hours_before = now.as_microsecond() - KEEP_HOURS * crate::rules::history::HOUR;
    if let Some(folded) = unfolded {
        hours_before = hours_before.min((folded + 1).saturating_mul(DAY));
    }
    let mut gone = tx.exec("delete from watch_hours where hour < $1", args![hours_before]).await?;
    gone += tx.exec("delete from watch_days where day < $1", args![oldest_day]).await?;
    gone += tx
        .exec(
            "delete from watch_states where {wall} and until_at < $1",
            args![oldest_day.saturating_mul(DAY)],
        )
        .await?;
    gone += tx
        .exec(
            "delete from maintenances where {wall} and until_at < $1",
            args![oldest_day.saturating_mul(DAY)],
        )
        .await?;
    Ok(gone)
}

/// A failed check, as it was kept.
#[derive(Debug, Clone)]
pub struct Failure {
    /// When it began.
    pub at: Timestamp,
    /// `bad`, `poor` or `unknown`.
    pub verdict: String,
    /// All that was wrong.
    pub findings: Vec<Reason>,
    /// What came back.
    pub details: Details,
}

/// The last failed checks of a probe, newest first.
pub async fn failures_of(db: &Db, scope: &Scope, probe: ProbeId) -> Result<Vec<Failure>, Problem> {
    let text = "select at, verdict, findings, details from watch_failures
                where {wall} and probe_id = $1 order by at desc limit $2";
    let read = |row: &Row<'_>| {
        let (findings, details): (String, String) = (row.get(2)?, row.get(3)?);
        let (at, verdict) = (row.get(0)?, row.get(1)?);
        Ok(Failure { at, verdict, findings: from_json(&findings)?, details: from_json(&details)? })
    };
    db.all(scope, text, args![probe, crate::model::MAX_FAILURES], read).await
}
