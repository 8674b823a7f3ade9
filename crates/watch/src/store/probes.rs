//! Probes, where they stand, maintenance and the calls of jobs.

use jiff::Timestamp;
use kernel::{About, ClientId, ComponentId, Fact, Id, MaintenanceId, ProbeId, Problem, Scope, ServiceId};
use store::{Args, Db, Row, Tx, args};

use crate::model::{Maintenance, Plan, Probe, Reason, Standing, State, Target, What};

/// The most calls of jobs that are read at once.
const MAX_BEATS: i64 = 1_000;
/// The calls of a job that are kept to be shown.
const KEEP_BEATS: i64 = 20;

const PROBE: &str = "p.id, p.number, p.client_id, p.service_id, p.name, p.plan, p.target, p.component_id, \
                     p.environment, p.severity, p.paused_at, p.declared_in, p.beat, p.created_at";

fn read_probe(row: &Row<'_>) -> Result<Probe, Problem> {
    let (plan, target): (String, String) = (row.get(5)?, row.get(6)?);
    Ok(Probe {
        id: row.get(0)?,
        number: row.get(1)?,
        client: row.get(2)?,
        service: row.get(3)?,
        name: row.get(4)?,
        plan: from_json(&plan)?,
        target: from_json(&target)?,
        component: row.get(7)?,
        environment: row.get(8)?,
        severity: row.get(9)?,
        paused_at: row.get(10)?,
        declared_in: row.get(11)?,
        beat: row.get(12)?,
        created_at: row.get(13)?,
    })
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(Problem::fault)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::fault)
}

fn state(word: &str) -> Result<State, Problem> {
    State::from_word(word).ok_or_else(|| Problem::fault(format!("no state is called {word}")))
}

/// A number of the installation.
pub async fn meta(db: &Db, scope: &Scope, name: &str) -> Result<Option<i64>, Problem> {
    db.one(scope, "select value from watch_meta where name = $1", args![name], |row| row.get(0)).await
}

/// Sets a number of the installation.
pub async fn set_meta(tx: &mut Tx, name: &str, value: i64) -> Result<(), Problem> {
    tx.exec(
        "insert into watch_meta (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value",
        args![name, value],
    )
    .await?;
    Ok(())
}

async fn next(tx: &mut Tx, name: &str) -> Result<i64, Problem> {
    let value = tx
        .one(
            "insert into watch_meta (name, value) values ($1, 1)
             on conflict (name) do update set value = watch_meta.value + 1 returning value",
            args![name],
            |row| row.get(0),
        )
        .await?;
    value.ok_or_else(|| Problem::fault("a counter gave no number"))
}

/// What of a probe a person or a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeDraft {
    /// For people; unique within the service.
    pub name: String,
    /// When and how often.
    pub plan: Plan,
    /// What it looks at.
    pub target: Target,
    /// The component it looks at.
    pub component: Option<ComponentId>,
    /// The environment it looks at, by name.
    pub environment: Option<String>,
    /// 1 to 4.
    pub severity: u8,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

impl ProbeDraft {
    /// What a probe says now.
    #[must_use]
    pub fn of(probe: &Probe) -> Self {
        ProbeDraft {
            name: probe.name.clone(),
            plan: probe.plan,
            target: probe.target.clone(),
            component: probe.component,
            environment: probe.environment.clone(),
            severity: probe.severity,
            declared_in: probe.declared_in.clone(),
        }
    }
}

/// Secrets in the addresses that jobs call: 20 bytes, written in Crockford's letters.
fn new_beat(scope: &Scope) -> String {
    let letters = b"0123456789abcdefghjkmnpqrstvwxyz";
    scope.random::<32>().iter().map(|byte| char::from(letters[usize::from(byte & 31)])).collect()
}

/// Adds a probe to a service.
pub async fn add_probe(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    draft: &ProbeDraft,
) -> Result<ProbeId, Problem> {
    let (id, now) = (ProbeId::new(tx.scope()), tx.scope().now());
    let beat = matches!(draft.target, Target::Heartbeat { .. }).then(|| new_beat(tx.scope()));
    let (number, version) = (next(tx, "number").await?, next(tx, "probes").await?);
    tx.exec_in(
        client,
        "insert into probes (id, client_id, service_id, number, name, kind, plan, target, component_id, environment,
         severity, paused_at, declared_in, beat, created_at, version)
         values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, $11, $12, $13, $14)",
        args![
            id,
            service,
            number,
            draft.name.as_str(),
            draft.target.kind(),
            json(&draft.plan)?,
            json(&draft.target)?,
            draft.component,
            draft.environment.as_deref(),
            draft.severity,
            draft.declared_in.as_deref(),
            beat,
            now,
            version
        ],
    )
    .await?;
    let reason = json(&Reason::new(What::New, "", ""))?;
    let standing = json(&Standing::new(now))?;
    tx.exec_in(
        client,
        "insert into watch_standings (probe_id, client_id, service_id, state, since, reason, standing, row_state,
         row_since, folded_day) values ($1, {client}, $2, 'pending', $3, $4, $5, 'pending', $3, $6)",
        args![id, service, now, reason.as_str(), standing, crate::rules::history::day_of(now) - 1],
    )
    .await?;
    tx.exec_in(
        client,
        "insert into watch_states (probe_id, since, client_id, service_id, until_at, state, reason, told_at)
         values ($1, $2, {client}, $3, null, 'pending', $4, $2)",
        args![id, now, service, reason],
    )
    .await?;
    tx.record(About::service(client, service), Fact::ProbeAdded { probe: id, name: draft.name.clone() })
        .await?;
    Ok(id)
}

/// What differs between a probe and a draft of it, a short phrase each.
#[must_use]
pub fn differences(probe: &Probe, draft: &ProbeDraft) -> Vec<String> {
    let mut found = Vec::new();
    kernel::code::differs(&mut found, "name", &probe.name, &draft.name);
    if probe.target != draft.target {
        let (before, after) = (probe.target.shown(), draft.target.shown());
        let same = before == after;
        found.push(if same { "what it expects".into() } else { format!("target: {before} -> {after}") });
    }
    let (before, after) = (&probe.plan, &draft.plan);
    kernel::code::differs(&mut found, "every", &before.every, &after.every);
    kernel::code::differs(&mut found, "timeout", &before.timeout, &after.timeout);
    kernel::code::differs(&mut found, "retries", &before.retries, &after.retries);
    kernel::code::differs(&mut found, "retry_every", &before.retry_every, &after.retry_every);
    kernel::code::differs(&mut found, "recover", &before.recover, &after.recover);
    kernel::code::differs(&mut found, "severity", &probe.severity, &draft.severity);
    if probe.component != draft.component {
        found.push("component".into());
    }
    if probe.environment != draft.environment {
        found.push("environment".into());
    }
    found
}

/// Changes a probe; returns what differs. A place in another file alone is no change that anybody is told of.
pub async fn change_probe(tx: &mut Tx, probe: &Probe, draft: &ProbeDraft) -> Result<Vec<String>, Problem> {
    let changed = differences(probe, draft);
    if changed.is_empty() && probe.declared_in == draft.declared_in {
        return Ok(changed);
    }
    let beats = matches!(draft.target, Target::Heartbeat { .. });
    let beat = beats.then(|| probe.beat.clone().unwrap_or_else(|| new_beat(tx.scope())));
    let version = next(tx, "probes").await?;
    tx.exec(
        "update probes set name = $2, kind = $3, plan = $4, target = $5, component_id = $6, environment = $7,
         severity = $8, declared_in = $9, beat = $10, version = $11 where {wall} and id = $1",
        args![
            probe.id,
            draft.name.as_str(),
            draft.target.kind(),
            json(&draft.plan)?,
            json(&draft.target)?,
            draft.component,
            draft.environment.as_deref(),
            draft.severity,
            draft.declared_in.as_deref(),
            beat,
            version
        ],
    )
    .await?;
    if !changed.is_empty() {
        let fact = Fact::ProbeChanged { probe: probe.id, name: draft.name.clone(), changed: changed.clone() };
        tx.record(About::service(probe.client, probe.service), fact).await?;
    }
    Ok(changed)
}

/// Pauses a probe, or lets it go on.
pub async fn pause_probe(tx: &mut Tx, probe: &Probe, pause: bool) -> Result<(), Problem> {
    if probe.paused_at.is_some() == pause {
        return Ok(());
    }
    let version = next(tx, "probes").await?;
    let paused_at = pause.then(|| tx.scope().now());
    tx.exec(
        "update probes set paused_at = $2, version = $3 where {wall} and id = $1",
        args![probe.id, paused_at, version],
    )
    .await?;
    let changed = vec![if pause { "paused" } else { "resumed" }.to_owned()];
    let fact = Fact::ProbeChanged { probe: probe.id, name: probe.name.clone(), changed };
    tx.record(About::service(probe.client, probe.service), fact).await?;
    Ok(())
}

/// Removes a probe and what it measured; an alert that is out clears with it.
pub async fn remove_probe(tx: &mut Tx, probe: &Probe) -> Result<(), Problem> {
    let about = About::service(probe.client, probe.service);
    let standing = tx
        .one("select standing from watch_standings where {wall} and probe_id = $1", args![probe.id], |row| {
            row.get::<String>(0)
        })
        .await?;
    let raised = standing.and_then(|text| from_json::<Standing>(&text).ok()).and_then(|s| s.raised);
    if let Some(raised) = raised {
        let reason = "the probe was removed".to_owned();
        let fact = Fact::AlertCleared { alert: raised.alert, probe: Some(probe.id), reason, objective: None };
        tx.record(about, fact).await?;
    }
    for table in ["watch_standings", "watch_states", "watch_failures", "watch_beats"] {
        tx.exec(&format!("delete from {table} where {{wall}} and probe_id = $1"), args![probe.id]).await?;
    }
    tx.exec("delete from watch_strips where {wall} and subject = $1", args![probe.id]).await?;
    tx.exec("delete from watch_hours where number = $1", args![probe.number]).await?;
    tx.exec("delete from watch_days where number = $1", args![probe.number]).await?;
    tx.exec("delete from probes where {wall} and id = $1", args![probe.id]).await?;
    next(tx, "probes").await?;
    tx.record(about, Fact::ProbeRemoved { probe: probe.id, name: probe.name.clone() }).await?;
    Ok(())
}

/// One probe.
pub async fn probe(db: &Db, scope: &Scope, id: ProbeId) -> Result<Option<Probe>, Problem> {
    let text = format!("select {PROBE} from probes p where {{wall p.client_id p.service_id}} and p.id = $1");
    db.one(scope, &text, args![id], read_probe).await
}

/// The probes of a service, by name.
pub async fn probes_of(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Probe>, Problem> {
    let text = format!(
        "select {PROBE} from probes p where {{wall p.client_id p.service_id}} and p.service_id = $1 order by p.name"
    );
    db.all(scope, &text, args![service], read_probe).await
}

/// The probes of a service as a transaction sees them.
pub async fn probes_in(tx: &mut Tx, service: ServiceId) -> Result<Vec<Probe>, Problem> {
    let text = format!(
        "select {PROBE} from probes p where {{wall p.client_id p.service_id}} and p.service_id = $1 order by p.name"
    );
    tx.all(&text, args![service], read_probe).await
}

/// The probes that files declare, as a transaction sees them.
pub async fn declared_in(tx: &mut Tx) -> Result<Vec<Probe>, Problem> {
    let text = format!(
        "select {PROBE} from probes p where {{wall p.client_id p.service_id}} and p.declared_in is not null order by p.number"
    );
    tx.all(&text, args![], read_probe).await
}

/// The probe whose job calls this secret address.
pub async fn probe_of_beat(db: &Db, scope: &Scope, beat: &str) -> Result<Option<Probe>, Problem> {
    let text =
        format!("select {PROBE} from probes p where {{wall p.client_id p.service_id}} and p.beat = $1");
    db.one(scope, &text, args![beat], read_probe).await
}

/// What the runner must know of a probe.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The probe.
    pub probe: Probe,
    /// Where it stands.
    pub standing: Standing,
    /// The row of the table of states that is open.
    pub row: (State, Timestamp),
    /// When the last check began, as far as was written.
    pub checked_at: Option<Timestamp>,
}

/// Probes that changed since a version.
pub async fn load_since(db: &Db, scope: &Scope, version: i64) -> Result<Vec<Loaded>, Problem> {
    let text = format!(
        "select {PROBE}, s.standing, s.row_state, s.row_since,
           coalesce((select h.last_at from watch_hours h where h.number = p.number order by h.hour desc limit 1), s.checked_at)
         from probes p join watch_standings s on s.probe_id = p.id
         where {{wall p.client_id p.service_id}} and p.version > $1 order by p.number"
    );
    let read = |row: &Row<'_>| {
        let (standing, row_state): (String, String) = (row.get(14)?, row.get(15)?);
        let probe = read_probe(row)?;
        let standing = from_json(&standing)?;
        Ok(Loaded { probe, standing, row: (state(&row_state)?, row.get(16)?), checked_at: row.get(17)? })
    };
    db.all(scope, &text, args![version], read).await
}

/// The numbers of all probes.
pub async fn numbers(db: &Db, scope: &Scope) -> Result<Vec<i64>, Problem> {
    db.all(scope, "select number from probes where {wall}", args![], |row| row.get(0)).await
}

/// The cells of one hour, by probe number.
pub async fn cells_of_hour(db: &Db, scope: &Scope, hour: Timestamp) -> Result<Vec<(i64, Vec<u8>)>, Problem> {
    let text = "select number, cells from watch_hours where hour = $1";
    db.all(scope, text, args![hour], |row| Ok((row.get(0)?, row.get(1)?))).await
}

fn read_maintenance(row: &Row<'_>) -> Result<Maintenance, Problem> {
    Ok(Maintenance {
        id: row.get(0)?,
        client: row.get(1)?,
        service: row.get(2)?,
        title: row.get(3)?,
        from: row.get(4)?,
        until: row.get(5)?,
    })
}

const MAINTENANCE: &str = "id, client_id, service_id, title, from_at, until_at";

/// Maintenance that has not ended, of all services or of one, the earliest first.
pub async fn maintenances(
    db: &Db,
    scope: &Scope,
    service: Option<ServiceId>,
) -> Result<Vec<Maintenance>, Problem> {
    let text = format!(
        "select {MAINTENANCE} from maintenances where {{wall}} and until_at > $1
         and ($2 = '' or service_id = $2) order by from_at"
    );
    let of = service.map(|service| service.to_string()).unwrap_or_default();
    db.all(scope, &text, args![scope.now(), of], read_maintenance).await
}

/// Plans maintenance.
pub async fn plan_maintenance(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    title: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<MaintenanceId, Problem> {
    let (id, now) = (MaintenanceId::new(tx.scope()), tx.scope().now());
    tx.exec_in(
        client,
        "insert into maintenances (id, client_id, service_id, title, from_at, until_at, created_at)
         values ($1, {client}, $2, $3, $4, $5, $6)",
        args![id, service, title, from, until, now],
    )
    .await?;
    next(tx, "probes").await?;
    let fact = Fact::MaintenancePlanned { maintenance: id, title: title.to_owned(), from, until };
    tx.record(About::service(client, service), fact).await?;
    Ok(id)
}

/// One maintenance.
pub async fn maintenance(db: &Db, scope: &Scope, id: MaintenanceId) -> Result<Option<Maintenance>, Problem> {
    let text = format!("select {MAINTENANCE} from maintenances where {{wall}} and id = $1");
    db.one(scope, &text, args![id], read_maintenance).await
}

/// Ends maintenance now; one that has not begun never does.
pub async fn end_maintenance(tx: &mut Tx, it: &Maintenance) -> Result<(), Problem> {
    let now = tx.scope().now();
    if it.until <= now {
        return Ok(());
    }
    tx.exec("update maintenances set until_at = $2 where {wall} and id = $1", args![it.id, now.max(it.from)])
        .await?;
    if it.from > now {
        tx.exec("delete from maintenances where {wall} and id = $1", args![it.id]).await?;
    }
    next(tx, "probes").await?;
    let fact = Fact::MaintenanceEnded { maintenance: it.id, title: it.title.clone() };
    tx.record(About::service(it.client, it.service), fact).await?;
    Ok(())
}

/// What a job said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is done.
    Done,
    /// It began.
    Started,
    /// It failed.
    Failed,
}

impl Said {
    fn word(self) -> &'static str {
        match self {
            Said::Done => "done",
            Said::Started => "started",
            Said::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Said {
        match word {
            "started" => Said::Started,
            "failed" => Said::Failed,
            _ => Said::Done,
        }
    }
}

/// A call of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat {
    /// The probe.
    pub probe: ProbeId,
    /// When it came.
    pub at: Timestamp,
    /// What it said.
    pub said: Said,
    /// The message, cut.
    pub message: String,
}

fn read_beat(row: &Row<'_>) -> Result<Beat, Problem> {
    let said: String = row.get(2)?;
    Ok(Beat { probe: row.get(0)?, at: row.get(1)?, said: Said::from_word(&said), message: row.get(3)? })
}

/// Keeps a call of a job before it is judged: once answered, it is not lost.
pub async fn keep_beat(tx: &mut Tx, probe: &Probe, said: Said, message: &str) -> Result<(), Problem> {
    let now = tx.scope().now();
    tx.exec_in(
        probe.client,
        "insert into watch_beats (probe_id, at, client_id, service_id, what, message, handled)
         values ($1, $2, {client}, $3, $4, $5, 0)
         on conflict (probe_id, at) do update set what = excluded.what, message = excluded.message, handled = 0",
        args![probe.id, now, probe.service, said.word(), message],
    )
    .await?;
    tx.exec(
        "delete from watch_beats where {wall} and probe_id = $1 and handled = 1 and at <=
         (select at from watch_beats where {wall} and probe_id = $1 order by at desc limit 1 offset $2)",
        args![probe.id, KEEP_BEATS],
    )
    .await?;
    Ok(())
}

/// Calls that have not been judged, oldest first.
pub async fn new_beats(db: &Db, scope: &Scope) -> Result<Vec<Beat>, Problem> {
    let text = "select probe_id, at, what, message from watch_beats where {wall} and handled = 0 order by at limit $1";
    db.all(scope, text, args![MAX_BEATS], read_beat).await
}

/// When each job last said anything that tells that it ran, by probe.
pub async fn last_beats(db: &Db, scope: &Scope) -> Result<Vec<(ProbeId, Timestamp)>, Problem> {
    let text = "select probe_id, max(at) from watch_beats where {wall} and handled = 1 and what <> 'started'
                group by probe_id";
    db.all(scope, text, args![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The last calls of one job, newest first.
pub async fn beats_of(db: &Db, scope: &Scope, probe: ProbeId) -> Result<Vec<Beat>, Problem> {
    let text = "select probe_id, at, what, message from watch_beats where {wall} and probe_id = $1
                order by at desc limit $2";
    db.all(scope, text, args![probe, KEEP_BEATS], read_beat).await
}

/// Probes with where they stand, as lists show them.
#[derive(Debug, Clone)]
pub struct Line {
    /// The probe.
    pub probe: Probe,
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<Reason>,
    /// When the last check began, as far as the standing tells.
    pub checked_at: Option<Timestamp>,
    /// How long its answer took, microseconds.
    pub micros: Option<u64>,
}

fn read_line(row: &Row<'_>) -> Result<Line, Problem> {
    let (word, reason): (String, Option<String>) = (row.get(14)?, row.get(16)?);
    Ok(Line {
        probe: read_probe(row)?,
        state: state(&word)?,
        since: row.get(15)?,
        reason: reason.as_deref().map(from_json).transpose()?,
        checked_at: row.get(17)?,
        micros: row.get(18)?,
    })
}

/// Which probes a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this client.
    pub client: Option<ClientId>,
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only whose name or target contains this, capitals not counted.
    pub text: Option<String>,
    /// Only this one.
    pub probe: Option<ProbeId>,
    /// After this key: how urgent, name, id.
    pub after: Option<(i64, String, String)>,
}

/// How urgent a state is, for sorting in SQL: the same order as [`State`]'s.
const URGENCY: &str = "case s.state when 'down' then 0 when 'degraded' then 1 when 'unknown' then 2 \
                       when 'pending' then 3 when 'maintenance' then 4 else 5 end";

/// How urgent a state is: 0 is the most.
#[must_use]
pub fn urgency(state: State) -> i64 {
    match state {
        State::Down => 0,
        State::Degraded => 1,
        State::Unknown => 2,
        State::Pending => 3,
        State::Maintenance => 4,
        State::Up => 5,
    }
}

/// Probes by urgency, then name.
pub async fn lines(db: &Db, scope: &Scope, filter: &Filter, limit: i64) -> Result<Vec<Line>, Problem> {
    let mut text = format!(
        "select {PROBE}, s.state, s.since, s.reason, s.checked_at, s.micros
         from probes p join watch_standings s on s.probe_id = p.id where {{wall p.client_id p.service_id}}"
    );
    let mut given: Args = args![];
    let mut and = |condition: &str, value: store::Value| {
        given.push(value);
        text.push_str(&format!(" and {}", condition.replace("$?", &format!("${}", given.len()))));
    };
    use store::IntoValue as _;
    if let Some(state) = filter.state {
        and("s.state = $?", state.word().into_value());
    }
    if let Some(client) = filter.client {
        and("p.client_id = $?", client.into_value());
    }
    if let Some(service) = filter.service {
        and("p.service_id = $?", service.into_value());
    }
    if let Some(kind) = &filter.kind {
        and("p.kind = $?", kind.into_value());
    }
    if let Some(probe) = filter.probe {
        and("p.id = $?", probe.into_value());
    }
    if let Some(words) = &filter.text {
        let like = format!("%{}%", words.to_lowercase().replace(['%', '_'], ""));
        and("(lower(p.name) || ' ' || lower(p.target)) like $?", like.into_value());
    }
    if let Some((urgent, name, id)) = &filter.after {
        and(&format!("{URGENCY} >= $?"), urgent.into_value());
        let place = given.len();
        given.extend(args![name.as_str(), id.as_str()]);
        let (name, id) = (place + 1, place + 2);
        text.push_str(&format!(
            " and ({URGENCY} > ${place} or p.name > ${name} or (p.name = ${name} and p.id > ${id}))"
        ));
    }
    given.push(limit.into_value());
    text.push_str(&format!(" order by {URGENCY}, p.name, p.id limit ${}", given.len()));
    db.all(scope, &text, given, read_line).await
}

/// How many probes are in which state.
pub async fn counts(
    db: &Db,
    scope: &Scope,
    service: Option<ServiceId>,
) -> Result<Vec<(State, u64)>, Problem> {
    let text = "select state, count(*) from watch_standings where {wall} and ($1 = '' or service_id = $1)
                group by state";
    let of = service.map(|service| service.to_string()).unwrap_or_default();
    let read = |row: &Row<'_>| Ok((state(&row.get::<String>(0)?)?, row.get(1)?));
    db.all(scope, text, args![of], read).await
}

/// Where a service's probe stands, in as few columns as a list of services needs.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The service.
    pub service: ServiceId,
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// The probe's name.
    pub name: String,
    /// Why.
    pub reason: Option<Reason>,
}

/// Where the probes of all services stand: those that are not up with their reason, and for those that are up
/// one row per service.
pub async fn briefs(db: &Db, scope: &Scope) -> Result<Vec<Brief>, Problem> {
    let text = "select s.service_id, s.state, s.since, p.name, s.reason
                from watch_standings s join probes p on p.id = s.probe_id
                where {wall s.client_id s.service_id} and s.state <> 'up'
                union all
                select s.service_id, 'up', max(s.since), '', null from watch_standings s
                where {wall s.client_id s.service_id} and s.state = 'up' group by s.service_id";
    let read = |row: &Row<'_>| {
        let (word, reason): (String, Option<String>) = (row.get(1)?, row.get(4)?);
        Ok(Brief {
            service: row.get(0)?,
            state: state(&word)?,
            since: row.get(2)?,
            name: row.get(3)?,
            reason: reason.as_deref().map(from_json).transpose()?,
        })
    };
    db.all(scope, text, args![], read).await
}

/// The state of every probe that names a component, with the component.
pub async fn component_states(
    db: &Db,
    scope: &Scope,
) -> Result<Vec<(ComponentId, State, Timestamp)>, Problem> {
    let text =
        "select p.component_id, s.state, s.since from probes p join watch_standings s on s.probe_id = p.id
                where {wall p.client_id p.service_id} and p.component_id is not null";
    let read = |row: &Row<'_>| Ok((row.get(0)?, state(&row.get::<String>(1)?)?, row.get(2)?));
    db.all(scope, text, args![], read).await
}
