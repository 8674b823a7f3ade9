//! Incidents, their alerts and what people wrote.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{
    AlertId, ClientId, Cursor, IncidentId, NoteId, Page, Paging as Pages, PersonId, ProbeId, Problem, Scope,
    ServiceId,
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Args, Db, Row, Tx, args};

use crate::model::{Alert, Climb, Incident, Paging, Severity, State};
use crate::rules::incident::Candidate;

/// Incidents that are looked through at once; far above what people can work on.
pub const MAX_OPEN: u32 = 5_000;

const COLUMNS: &str = "id, client_id, service_id, number, title, severity, cause, by_us, since, opened_at, state, \
     state_by, state_at, state_until, reason, first_acknowledged_at, quiet_since, next_update_at, cycle, \
     climb_round, climb_step, climb_at, exhausted_at, nobody_since";

/// An escalation may have something to do: it is due, or was never set off, or did its last thing in what is now
/// the future because the clock was set back. While every alert is cleared nobody more is woken: it climbs on when
/// one comes back, and is resolved when none does.
const CLIMBING: &str =
    "quiet_since is null and (due_at <= $1 or climb_at > $1 or state_at > $1 or nobody_since > $1
     or (state = 'open' and climb_at is null and nobody_since is null and exhausted_at is null))";

fn read_state(row: &Row<'_>) -> Result<State, Problem> {
    let word: String = row.get(10)?;
    Ok(match word.as_str() {
        "open" => State::Open,
        "acknowledged" => State::Acknowledged { by: row.get(11)?, at: row.get(12)?, until: row.get(13)? },
        "resolved" => State::Resolved { by: row.get(11)?, at: row.get(12)?, reason: row.get(14)? },
        other => return Err(Problem::fault(format!("an incident is in the unknown state {other}"))),
    })
}

fn read(row: &Row<'_>) -> Result<Incident, Problem> {
    let round: Option<u32> = row.get(19)?;
    let last = match round {
        Some(round) => Some(Climb { round, step: row.get(20)?, at: row.get(21)? }),
        None => None,
    };
    Ok(Incident {
        id: row.get(0)?,
        client_id: row.get(1)?,
        service_id: row.get(2)?,
        number: row.get(3)?,
        title: row.get(4)?,
        severity: Severity::new(row.get(5)?),
        cause: row.get(6)?,
        by_us: row.get(7)?,
        since: row.get(8)?,
        opened_at: row.get(9)?,
        state: read_state(row)?,
        first_acknowledged_at: row.get(15)?,
        quiet_since: row.get(16)?,
        next_update_at: row.get(17)?,
        paging: Paging { cycle: row.get(18)?, last, exhausted_at: row.get(22)?, nobody_since: row.get(23)? },
    })
}

/// One incident.
pub async fn incident(db: &Db, scope: &Scope, id: IncidentId) -> Result<Option<Incident>, Problem> {
    db.one(scope, &format!("select {COLUMNS} from incidents where {{wall}} and id = $1"), args![id], read)
        .await
}

/// One incident, as the transaction sees it.
pub async fn incident_in(tx: &mut Tx, id: IncidentId) -> Result<Option<Incident>, Problem> {
    tx.one(&format!("select {COLUMNS} from incidents where {{wall}} and id = $1"), args![id], read).await
}

/// Every incident that is not resolved, worst and oldest first.
pub async fn open(db: &Db, scope: &Scope) -> Result<Vec<Incident>, Problem> {
    let text = format!(
        "select {COLUMNS} from incidents where {{wall}} and state <> 'resolved'
         order by severity, opened_at limit $1"
    );
    db.all(scope, &text, args![MAX_OPEN], read).await
}

/// The incidents of a service that are not resolved, worst and oldest first.
pub async fn open_of(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Incident>, Problem> {
    let text = format!(
        "select {COLUMNS} from incidents where {{wall}} and service_id = $1 and state <> 'resolved'
         order by severity, opened_at limit $2"
    );
    db.all(scope, &text, args![service, MAX_OPEN], read).await
}

/// Incidents of a service that were opened, or still lasted, after an instant; newest first.
pub async fn since_of(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Incident>, Problem> {
    let text = format!(
        "select {COLUMNS} from incidents where {{wall}} and service_id = $1
         and (opened_at >= $2 or state <> 'resolved') order by opened_at desc, id desc limit $3"
    );
    db.all(scope, &text, args![service, since, limit], read).await
}

/// How many are not resolved.
pub async fn count_open(db: &Db, scope: &Scope) -> Result<u64, Problem> {
    let text = "select count(*) from incidents where {wall} and state <> 'resolved'";
    Ok(db.one(scope, text, args![], |row| row.get(0)).await?.unwrap_or(0))
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Default, serde::Deserialize, Serialize, JsonSchema)]
pub struct Filter {
    /// `open`, `acknowledged`, `resolved`, or `now` for all that are not resolved; none for all.
    #[serde(default)]
    pub state: Option<String>,
    /// Only this severity.
    #[serde(default)]
    pub severity: Option<u8>,
    /// Only this service.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Only titles with this in them.
    #[serde(default)]
    pub q: Option<String>,
}

/// Incidents, newest first.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    paging: &Pages,
) -> Result<Page<Incident>, Problem> {
    let (before, before_id) = match &paging.after {
        None => (i64::MAX, String::new()),
        Some(cursor) => before_of(cursor)?,
    };
    let like = filter.q.as_deref().map(|q| {
        let escaped = q.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("%{escaped}%")
    });
    let mut sql = format!(
        "select {COLUMNS} from incidents where {{wall}} and (opened_at < $1 or (opened_at = $1 and id < $2))"
    );
    let mut args: Args = args![before, before_id];
    let mut also = |condition: &str, value: store::Value| {
        args.push(value);
        sql.push_str(&condition.replace("$n", &format!("${}", args.len())));
    };
    match filter.state.as_deref() {
        Some("now") => also(" and state <> $n", store::IntoValue::into_value("resolved")),
        Some(word) => also(" and state = $n", store::IntoValue::into_value(word)),
        None => {}
    }
    if let Some(severity) = filter.severity {
        also(" and severity = $n", store::IntoValue::into_value(severity));
    }
    if let Some(service) = filter.service {
        also(" and service_id = $n", store::IntoValue::into_value(service));
    }
    if let Some(like) = like {
        also(" and lower(title) like $n escape '\\'", store::IntoValue::into_value(like));
    }
    also(" order by opened_at desc, id desc limit $n", store::IntoValue::into_value(paging.read_limit()));
    let rows = db.all(scope, &sql, args, read).await?;
    Ok(paging.page(rows, |row| vec![row.opened_at.as_microsecond().to_string(), row.id.to_string()]))
}

fn before_of(cursor: &Cursor) -> Result<(i64, String), Problem> {
    let [at, id] = cursor.parts::<2>()?;
    let at = at.parse().map_err(|_| Problem::invalid().field("after", "field-bad-cursor"))?;
    Ok((at, id.clone()))
}

/// What an alert may join: open incidents, and those resolved after an instant.
pub async fn candidates(tx: &mut Tx, resolved_after: Timestamp) -> Result<Vec<Candidate>, Problem> {
    let text = format!(
        "select {COLUMNS} from incidents where {{wall}} and (state <> 'resolved' or state_at >= $1)
         order by opened_at desc limit $2"
    );
    tx.all(&text, args![resolved_after, MAX_OPEN], |row| {
        let known = read(row)?;
        Ok(Candidate {
            id: known.id,
            service: known.service_id,
            cause: known.cause,
            state: known.state,
            opened_at: known.opened_at,
        })
    })
    .await
}

/// The incidents whose escalation may have something to do.
pub async fn climbing(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Incident>, Problem> {
    let text = format!(
        "select {COLUMNS} from incidents where {{wall}} and state <> 'resolved'
         and {CLIMBING} order by due_at limit $2"
    );
    tx.all(&text, args![now, limit], read).await
}

/// When the next escalation is due.
pub async fn next_due(db: &Db, scope: &Scope) -> Result<Option<Timestamp>, Problem> {
    let text =
        "select min(due_at) from incidents where {wall} and state <> 'resolved' and quiet_since is null";
    Ok(db.one(scope, text, args![], |row| row.get::<Option<Timestamp>>(0)).await?.flatten())
}

/// Unresolved incidents of which every alert is cleared.
pub async fn quiet(db: &Db, scope: &Scope) -> Result<Vec<(IncidentId, Timestamp)>, Problem> {
    let text = "select id, quiet_since from incidents where {wall} and state <> 'resolved'
                and quiet_since is not null order by quiet_since limit $1";
    db.all(scope, text, args![MAX_OPEN], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// When the escalation of an incident is due.
pub async fn due_at(tx: &mut Tx, id: IncidentId) -> Result<Option<Timestamp>, Problem> {
    let text = "select due_at from incidents where {wall} and id = $1";
    Ok(tx.one(text, args![id], |row| row.get::<Option<Timestamp>>(0)).await?.flatten())
}

/// The services with an incident whose escalation may have something to do, and how many such incidents there are.
pub async fn services_climbing(
    db: &Db,
    scope: &Scope,
    now: Timestamp,
) -> Result<BTreeSet<ServiceId>, Problem> {
    let text = format!(
        "select distinct service_id from incidents where {{wall}} and state <> 'resolved' and {CLIMBING}"
    );
    Ok(db.all(scope, &text, args![now], |row| row.get(0)).await?.into_iter().collect())
}

/// The next number of the installation.
async fn next_number(tx: &mut Tx) -> Result<u64, Problem> {
    let text = "insert into incident_numbers (id, last) values ('one', 1)
                on conflict (id) do update set last = incident_numbers.last + 1 returning last";
    Ok(tx.one(text, args![], |row| row.get(0)).await?.unwrap_or(1))
}

fn state_args(state: &State) -> (Option<PersonId>, Option<Timestamp>, Option<Timestamp>, Option<String>) {
    match state {
        State::Open => (None, None, None, None),
        State::Acknowledged { by, at, until } => (*by, Some(*at), Some(*until), None),
        State::Resolved { by, at, reason } => (*by, Some(*at), None, Some(reason.clone())),
    }
}

/// Adds an incident, giving it the next number. Its escalation is due at once.
pub async fn insert(tx: &mut Tx, incident: &mut Incident) -> Result<(), Problem> {
    incident.number = next_number(tx).await?;
    tx.exec_in(
        incident.client_id,
        "insert into incidents (id, client_id, service_id, number, title, severity, cause, by_us, since, opened_at,
         state, cycle, due_at) values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $9)",
        args![
            incident.id,
            incident.service_id,
            incident.number,
            incident.title.as_str(),
            incident.severity.number(),
            incident.cause.as_str(),
            incident.by_us,
            incident.since,
            incident.opened_at,
            incident.paging.cycle
        ],
    )
    .await?;
    Ok(())
}

/// Writes what can change about an incident.
pub async fn save(tx: &mut Tx, incident: &Incident, due_at: Option<Timestamp>) -> Result<(), Problem> {
    let (by, at, until, reason) = state_args(&incident.state);
    let last = incident.paging.last;
    tx.exec(
        "update incidents set title = $2, severity = $3, state = $4, state_by = $5, state_at = $6,
         state_until = $7, reason = $8, first_acknowledged_at = $9, quiet_since = $10, next_update_at = $11,
         cycle = $12, climb_round = $13, climb_step = $14, climb_at = $15, exhausted_at = $16,
         nobody_since = $17, due_at = $18 where {wall} and id = $1",
        args![
            incident.id,
            incident.title.as_str(),
            incident.severity.number(),
            incident.state.word(),
            by,
            at,
            until,
            reason,
            incident.first_acknowledged_at,
            incident.quiet_since,
            incident.next_update_at,
            incident.paging.cycle,
            last.map(|climb| climb.round),
            last.map(|climb| climb.step),
            last.map(|climb| climb.at),
            incident.paging.exhausted_at,
            incident.paging.nobody_since,
            due_at
        ],
    )
    .await?;
    Ok(())
}

/// An alert as it joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The alert.
    pub alert: Alert,
    /// Whose service.
    pub client_id: ClientId,
    /// The service.
    pub service_id: ServiceId,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// Adds an alert to an incident; false when it was there already.
pub async fn insert_alert(tx: &mut Tx, joining: &Joining) -> Result<bool, Problem> {
    let alert = &joining.alert;
    let touched = tx
        .exec_in(
            joining.client_id,
            "insert into incident_alerts (id, client_id, service_id, incident_id, probe_id, title, reason,
             severity, since, raised_at, objective_id) values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (id) do nothing",
            args![
                alert.id,
                joining.service_id,
                alert.incident_id,
                alert.probe_id,
                alert.title.as_str(),
                alert.reason.as_str(),
                alert.severity.number(),
                alert.since,
                joining.raised_at,
                alert.objective_id,
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Whether the alert is known.
pub async fn knows_alert(tx: &mut Tx, alert: AlertId) -> Result<bool, Problem> {
    let text = "select 1 from incident_alerts where {wall} and id = $1";
    Ok(tx.one(text, args![alert], |row| row.get::<i64>(0)).await?.is_some())
}

/// Marks an alert cleared: its incident, title, and how many of that incident's alerts are still raised.
pub async fn clear_alert(
    tx: &mut Tx,
    alert: AlertId,
    at: Timestamp,
) -> Result<Option<(IncidentId, String, u64)>, Problem> {
    let cleared = tx
        .one(
            "update incident_alerts set cleared_at = $2 where {wall} and id = $1 and cleared_at is null
             returning incident_id, title",
            args![alert, at],
            |row| Ok((row.get::<IncidentId>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    let Some((incident, title)) = cleared else { return Ok(None) };
    let text =
        "select count(*) from incident_alerts where {wall} and incident_id = $1 and cleared_at is null";
    let left: u64 = tx.one(text, args![incident], |row| row.get(0)).await?.unwrap_or(0);
    Ok(Some((incident, title, left)))
}

fn read_alert(row: &Row<'_>) -> Result<Alert, Problem> {
    Ok(Alert {
        id: row.get(0)?,
        incident_id: row.get(1)?,
        probe_id: row.get(2)?,
        title: row.get(3)?,
        reason: row.get(4)?,
        severity: Severity::new(row.get(5)?),
        since: row.get(6)?,
        cleared_at: row.get(7)?,
        objective_id: row.get(8)?,
    })
}

/// The alerts of an incident, raised ones first.
pub async fn alerts_of(db: &Db, scope: &Scope, incident: IncidentId) -> Result<Vec<Alert>, Problem> {
    let text = "select id, incident_id, probe_id, title, reason, severity, since, cleared_at, objective_id
         from incident_alerts
                where {wall} and incident_id = $1 order by case when cleared_at is null then 0 else 1 end, raised_at
                limit $2";
    db.all(scope, text, args![incident, MAX_OPEN], read_alert).await
}

/// Title and reason of each alert of an incident, newest first.
pub async fn words_of_alerts(tx: &mut Tx, incident: IncidentId) -> Result<Vec<(String, String)>, Problem> {
    let text = "select title, reason from incident_alerts where {wall} and incident_id = $1
                order by raised_at desc limit $2";
    tx.all(text, args![incident, MAX_OPEN], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The alerts of these incidents, raised ones first.
pub async fn alerts_of_these(
    db: &Db,
    scope: &Scope,
    incidents: &BTreeSet<IncidentId>,
) -> Result<Vec<Alert>, Problem> {
    let (places, mut args) = super::places(incidents, 1);
    args.push(store::IntoValue::into_value(MAX_OPEN));
    let text = format!(
        "select id, incident_id, probe_id, title, reason, severity, since, cleared_at, objective_id
         from incident_alerts
         where {{wall}} and incident_id in ({places})
         order by case when cleared_at is null then 0 else 1 end, raised_at limit ${}",
        args.len()
    );
    db.all(scope, &text, args, read_alert).await
}

/// These incidents.
pub async fn these(
    db: &Db,
    scope: &Scope,
    incidents: &BTreeSet<IncidentId>,
) -> Result<Vec<Incident>, Problem> {
    let (places, args) = super::places(incidents, 1);
    db.all(scope, &format!("select {COLUMNS} from incidents where {{wall}} and id in ({places})"), args, read)
        .await
}

/// The probe of an open incident with this cause, if another probe may belong to it.
pub async fn probe_of(db: &Db, scope: &Scope, incident: IncidentId) -> Result<Option<ProbeId>, Problem> {
    let text =
        "select probe_id from incident_alerts where {wall} and incident_id = $1 and probe_id is not null
                order by raised_at limit 1";
    db.one(scope, text, args![incident], |row| row.get(0)).await
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The incident.
    pub incident_id: IncidentId,
    /// Who wrote it; none for us.
    pub author: Option<PersonId>,
    /// For the public, with the state it was published with (`investigating`, `identified`, `monitoring`,
    /// `resolved`); none for a note among ourselves.
    pub public_state: Option<String>,
    /// The words.
    pub body: String,
    /// When.
    pub written_at: Timestamp,
}

fn read_note(row: &Row<'_>) -> Result<Note, Problem> {
    Ok(Note {
        id: row.get(0)?,
        incident_id: row.get(1)?,
        author: row.get(2)?,
        public_state: row.get(3)?,
        body: row.get(4)?,
        written_at: row.get(5)?,
    })
}

const NOTE_COLUMNS: &str = "id, incident_id, author, public_state, body, written_at";
/// Notes that are shown in one room: the newest ones; the rest is in the timeline's pages.
pub const MAX_NOTES: u32 = 2_000;

/// The notes of an incident, newest first.
pub async fn notes_of(db: &Db, scope: &Scope, incident: IncidentId) -> Result<Vec<Note>, Problem> {
    let text = format!(
        "select {NOTE_COLUMNS} from incident_notes where {{wall}} and incident_id = $1
         order by written_at desc, id desc limit $2"
    );
    db.all(scope, &text, args![incident, MAX_NOTES], read_note).await
}

/// The notes with these ids of one incident that were written between two instants, for one page of a timeline.
pub async fn notes_between(
    db: &Db,
    scope: &Scope,
    incident: IncidentId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Note>, Problem> {
    let text = format!(
        "select {NOTE_COLUMNS} from incident_notes where {{wall}} and incident_id = $1
         and written_at >= $2 and written_at <= $3 order by written_at desc, id desc limit $4"
    );
    db.all(scope, &text, args![incident, from, until, MAX_NOTES], read_note).await
}

/// What the public was told about a service's incidents since an instant, newest first.
pub async fn updates_of_service(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    since: Timestamp,
) -> Result<Vec<Note>, Problem> {
    let text = format!(
        "select {NOTE_COLUMNS} from incident_notes where {{wall}} and service_id = $1 and written_at >= $2
         and public_state is not null order by written_at desc, id desc limit $3"
    );
    db.all(scope, &text, args![service, since, MAX_NOTES], read_note).await
}

/// Adds a note.
pub async fn insert_note(tx: &mut Tx, incident: &Incident, note: &Note) -> Result<(), Problem> {
    tx.exec_in(
        incident.client_id,
        "insert into incident_notes (id, client_id, service_id, incident_id, author, public_state, body, written_at)
         values ($1, {client}, $2, $3, $4, $5, $6, $7)",
        args![
            note.id,
            incident.service_id,
            incident.id,
            note.author,
            note.public_state.as_deref(),
            note.body.as_str(),
            note.written_at
        ],
    )
    .await?;
    Ok(())
}
