//! Everything about running checks but running them: which are due, what their results change, what is to be
//! written. The engine (production) and the task (stories) both drive this one value, so that what a result
//! does is the same code however time passes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use kernel::{AlertId, Id, ProbeId, Problem, Scope, ServiceId};
use store::Db;

use crate::check::Job;
use crate::metrics::{metrics, note};
use crate::model::{
    Maintenance, Probe, Reason, Seen, Settled, Shown, Standing, State, Target, Verdict, What,
};
use crate::rules::expect::Ready;
use crate::rules::history::{Cell, Counted, cell_of, hour_start, read_cells, write_cells};
use crate::rules::state::{self, RowStep};
use crate::rules::{beat, schedule};
use crate::store::{
    self as tables, AlertChange, Batch, Beat, Event, FailureRow, HourRow, Loaded, Said, StandingRow, StateRow,
};

/// When the runner was not at work for longer than this, what happened meanwhile is unknown.
pub const BLIND_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// A clock that goes back less than this is being adjusted, not set.
const SET_BACK: SignedDuration = SignedDuration::from_secs(2);
/// How often the runner says that it is at work while nothing else is written.
const PULSE_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// The cells of the hour that is running.
#[derive(Debug, Clone)]
struct HourCells {
    hour: Timestamp,
    /// Finished cells, as bytes hold them; most probes have none that is read again.
    done: Vec<(u16, Cell)>,
}

struct Live {
    probe: Arc<Probe>,
    name: Arc<str>,
    ready: Arc<Ready>,
    standing: Standing,
    /// The open row of the table of states, as it is or as it is about to be written.
    row: (State, Timestamp),
    /// What was told last by a fact, for the next one's `from`.
    told: State,
    due: Timestamp,
    flying: bool,
    hour: Option<HourCells>,
    checked_at: Option<Timestamp>,
    micros: Option<u64>,
    /// For heartbeats: when the job last told that it ran.
    beat: Option<Timestamp>,
    /// For heartbeats: the last call that was judged, written or not.
    heard: Option<Timestamp>,
}

/// The probes in memory, in the order in which they are due.
#[derive(Default)]
pub struct Runner {
    live: HashMap<i64, Live>,
    numbers: HashMap<ProbeId, i64>,
    queue: BinaryHeap<Reverse<(Timestamp, i64)>>,
    windows: HashMap<ServiceId, Vec<Maintenance>>,
    /// The next instant at which a window opens or closes.
    edge: Option<Timestamp>,
    version: Option<i64>,
    ticked: Option<Timestamp>,
    pulsed: Option<Timestamp>,
    /// Results of checks that began before this instant and timed out may be our own fault.
    held_up: Option<Timestamp>,
    batch: Batch,
    urgent: bool,
    heartbeats: usize,
}

impl Runner {
    /// How many probes it holds.
    #[must_use]
    pub fn probes(&self) -> usize {
        self.live.len()
    }

    /// Whether any probe waits for calls of a job.
    #[must_use]
    pub fn has_heartbeats(&self) -> bool {
        self.heartbeats > 0
    }

    /// When the next thing is due: a check, or a window that opens or closes.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let first = self.queue.peek().map(|Reverse((due, _))| *due);
        [first, self.edge].into_iter().flatten().min()
    }

    /// Whether something waits to be written at once: a state changed, an alert rose or cleared.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// Whether anything waits to be written.
    #[must_use]
    pub fn has_batch(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Reads what changed in the database since the last time. Cheap when nothing did.
    pub async fn sync(&mut self, db: &Db, scope: &Scope) -> Result<(), Problem> {
        let version = tables::meta(db, scope, "probes").await?.unwrap_or(0);
        if self.version == Some(version) {
            return Ok(());
        }
        let first = self.version.is_none();
        let loaded = tables::load_since(db, scope, self.version.unwrap_or(0)).await?;
        if first {
            self.ticked =
                tables::meta(db, scope, "pulse").await?.and_then(|at| Timestamp::from_microsecond(at).ok());
        }
        self.read_windows(tables::maintenances(db, scope, None).await?, scope.now());
        let fresh: Vec<i64> = loaded.iter().map(|loaded| loaded.probe.number).collect();
        for loaded in loaded {
            self.take_in(loaded, scope);
        }
        let known = tables::numbers(db, scope).await?;
        if known.len() != self.live.len() {
            let known: std::collections::HashSet<i64> = known.into_iter().collect();
            self.live.retain(|number, _| known.contains(number));
            self.numbers.retain(|_, number| known.contains(number));
        }
        if !fresh.is_empty() {
            self.read_hour(db, scope, first, &fresh).await?;
        }
        self.heartbeats = self.live.values().filter(|live| is_beat(&live.probe)).count();
        metrics().probes.store(self.live.len() as u64, Ordering::Relaxed);
        self.version = Some(version);
        Ok(())
    }

    async fn read_hour(&mut self, db: &Db, scope: &Scope, first: bool, fresh: &[i64]) -> Result<(), Problem> {
        let now = scope.now();
        if first {
            let hour = hour_start(now);
            for (number, cells) in tables::cells_of_hour(db, scope, hour).await? {
                if let Some(live) = self.live.get_mut(&number).filter(|live| live.hour.is_none()) {
                    live.hour = Some(HourCells { hour, done: read_cells(&cells) });
                }
            }
        }
        if fresh.iter().any(|number| self.live.get(number).is_some_and(|live| is_beat(&live.probe))) {
            for (probe, at) in tables::last_beats(db, scope).await? {
                if let Some(live) = self.numbers.get(&probe).and_then(|number| self.live.get_mut(number)) {
                    live.beat = live.beat.max(Some(at));
                }
            }
            let beats: Vec<i64> = fresh.to_vec();
            for number in beats {
                self.plan_beat(number);
            }
        }
        Ok(())
    }

    fn read_windows(&mut self, windows: Vec<Maintenance>, now: Timestamp) {
        self.windows.clear();
        for window in windows {
            self.windows.entry(window.service).or_default().push(window);
        }
        self.edge = Some(now);
    }

    fn take_in(&mut self, loaded: Loaded, scope: &Scope) {
        let now = scope.now();
        let Loaded { probe, standing, row, checked_at } = loaded;
        let (number, id) = (probe.number, probe.id);
        let plan = probe.plan;
        let due = if is_beat(&probe) || probe.paused_at.is_some() {
            Timestamp::MAX
        } else {
            let before = self.live.get(&number).and_then(|live| live.checked_at).max(checked_at);
            let due = schedule::due_at_start(id, &plan, before, now);
            let waits = schedule::wants_confirming(&standing, &plan);
            match before {
                Some(before) if waits => due.min((before + plan.retry_every.0).max(now)),
                Some(_) | None => due,
            }
        };
        let ready = Arc::new(Ready::of(&probe.target));
        let name = Arc::from(probe.name.as_str());
        let probe = Arc::new(probe);
        match self.live.get_mut(&number) {
            Some(live) => {
                // A probe that looks elsewhere has proved nothing yet of what it looks at now.
                if live.probe.target != probe.target {
                    let clean = Standing::new(now);
                    live.standing.bad = clean.bad;
                    live.standing.poor = clean.poor;
                    live.standing.fine = clean.fine;
                    live.standing.good = clean.good;
                }
                live.probe = probe;
                live.name = name;
                live.ready = ready;
                live.due = due;
            }
            None => {
                let told = if row.0 == State::Pending { settled_state(&standing) } else { row.0 };
                let (hour, micros, beat, heard, flying) = (None, None, None, None, false);
                let live = Live {
                    probe,
                    name,
                    ready,
                    standing,
                    row,
                    told,
                    due,
                    flying,
                    hour,
                    checked_at,
                    micros,
                    beat,
                    heard,
                };
                self.live.insert(number, live);
                self.numbers.insert(id, number);
            }
        }
        self.pause(number, scope);
        self.enqueue(number);
        self.plan_beat(number);
    }

    fn enqueue(&mut self, number: i64) {
        if let Some(live) = self.live.get(&number)
            && live.due < Timestamp::MAX
        {
            self.queue.push(Reverse((live.due, number)));
        }
    }

    /// A paused probe is unknown, and an alert that is out clears: nobody waits for it any more.
    fn pause(&mut self, number: i64, scope: &Scope) {
        let now = scope.now();
        let Some(live) = self.live.get_mut(&number) else { return };
        let blind_for_pause =
            live.standing.blind.as_ref().is_some_and(|blind| blind.reason.what == What::Paused);
        match (live.probe.paused_at, blind_for_pause) {
            (Some(_), false) => {
                let raised = live.standing.raised.take();
                let mut standing = live.standing.clone();
                standing.blind = None;
                standing = state::blinded(standing, now, What::Paused, &live.probe.plan);
                if let Some(raised) = raised {
                    let reason = "the probe was paused".to_owned();
                    let of = of(live);
                    let event = Event::Alert(AlertChange::Cleared { alert: raised.alert, reason });
                    self.batch.events.push((of, event));
                }
                self.change(number, standing, now, scope);
            }
            (None, true) => {
                let mut standing = live.standing.clone();
                standing.blind = None;
                self.change(number, standing, now, scope);
            }
            (Some(_), true) | (None, false) => {}
        }
    }

    /// Notes that time has come to `now`: windows open and close, gaps and clocks that were set are noticed.
    pub fn tick(&mut self, scope: &Scope) {
        let now = scope.now();
        if let Some(before) = self.ticked {
            if now.duration_since(before) > BLIND_AFTER {
                self.went_blind(before, now, scope);
            } else if before.duration_since(now) > SET_BACK {
                self.went_back(now, scope);
            }
        }
        self.ticked = Some(now);
        if self.edge.is_some_and(|edge| edge <= now) {
            self.at_edge(now, scope);
        }
        if self.pulsed.is_none_or(|pulsed| now.duration_since(pulsed).abs() >= PULSE_EVERY) {
            self.batch.pulse = Some(now);
            self.pulsed = Some(now);
        }
    }

    /// Notes that this process was held up until `now` (stopped, starved), though the clock is right.
    pub fn was_held_up(&mut self, now: Timestamp) {
        self.held_up = Some(now);
    }

    fn went_blind(&mut self, since: Timestamp, now: Timestamp, scope: &Scope) {
        let mut touched = 0u64;
        for number in self.live.keys().copied().collect::<Vec<_>>() {
            let Some(live) = self.live.get_mut(&number) else { continue };
            let (plan, id) = (live.probe.plan, live.probe.id);
            if live.probe.paused_at.is_some() {
                continue;
            }
            let first_missed = if let Target::Heartbeat { grace } = live.probe.target {
                let Some(beat) = live.beat else { continue };
                let until = beat::deadline(beat, &plan, grace);
                live.beat = Some(beat::after_gap(beat, &plan, grace, since, now));
                until
            } else {
                schedule::due_after(id, &plan, live.checked_at.unwrap_or(since).max(since))
            };
            if first_missed < now {
                let standing =
                    state::blinded(live.standing.clone(), first_missed.max(since), What::Stopped, &plan);
                self.change(number, standing, now, scope);
                touched += 1;
            }
            self.plan_beat(number);
        }
        if touched > 0 {
            let span = crate::model::Span(SignedDuration::from_secs(now.duration_since(since).as_secs()));
            self.batch.blind.push((since, format!("no checks for {span}; {touched} probes missed theirs")));
            self.urgent = true;
        }
    }

    fn went_back(&mut self, now: Timestamp, scope: &Scope) {
        self.queue.clear();
        for number in self.live.keys().copied().collect::<Vec<_>>() {
            let Some(live) = self.live.get_mut(&number) else { continue };
            let plan = live.probe.plan;
            live.checked_at = live.checked_at.map(|at| at.min(now));
            live.row.1 = live.row.1.min(now);
            live.beat = live.beat.map(|beat| beat.min(now));
            live.heard = live.heard.map(|heard| heard.min(now));
            live.hour = None;
            if !is_beat(&live.probe) && live.probe.paused_at.is_none() {
                live.due = schedule::due_at_start(live.probe.id, &plan, None, now);
                let standing = state::rewound(live.standing.clone(), now, &plan);
                self.change(number, standing, now, scope);
            }
            self.enqueue(number);
            self.plan_beat(number);
        }
        self.batch.blind.push((now, "the clock was set back".into()));
        self.urgent = true;
    }

    fn at_edge(&mut self, now: Timestamp, scope: &Scope) {
        for windows in self.windows.values_mut() {
            windows.retain(|window| window.until > now);
        }
        let services = |live: &Live| live.probe.service;
        let held: Vec<i64> = self
            .live
            .iter()
            .filter(|(_, live)| {
                live.row.0 == State::Maintenance || self.windows.contains_key(&services(live))
            })
            .map(|(number, _)| *number)
            .collect();
        for number in held {
            if let Some(standing) = self.live.get(&number).map(|live| live.standing.clone()) {
                self.change(number, standing, now, scope);
            }
        }
        self.windows.retain(|_, windows| !windows.is_empty());
        let edges = self.windows.values().flatten().flat_map(|window| [window.from, window.until]);
        self.edge = edges.filter(|edge| *edge > now).min();
    }

    /// Takes at most `room` checks that are due. A slot that passed while the probe's last check was still under
    /// way, or while nobody looked, is counted as missed.
    pub fn take_due(&mut self, now: Timestamp, room: usize) -> Vec<Job> {
        let mut jobs = Vec::new();
        while jobs.len() < room {
            let Some(Reverse((due, number))) = self.queue.peek().copied() else { break };
            if due > now {
                break;
            }
            self.queue.pop();
            let Some(live) = self.live.get_mut(&number) else { continue };
            // An entry that is no longer the probe's: it was planned anew since.
            if live.due != due || live.flying || is_beat(&live.probe) {
                continue;
            }
            live.flying = true;
            let missed = schedule::missed(live.probe.id, &live.probe.plan, due, now);
            metrics().missed.fetch_add(missed, Ordering::Relaxed);
            let late = u64::try_from(now.duration_since(due).as_micros()).unwrap_or(0);
            note(&metrics().lateness, late);
            metrics().in_flight.fetch_add(1, Ordering::Relaxed);
            jobs.push(Job { probe: Arc::clone(&live.probe), ready: Arc::clone(&live.ready), due });
        }
        jobs
    }

    /// Judges the result of a check.
    pub fn finish(&mut self, job: &Job, mut seen: Seen, scope: &Scope) {
        metrics().in_flight.fetch_sub(1, Ordering::Relaxed);
        let (now, number) = (scope.now(), job.probe.number);
        let Some(live) = self.live.get_mut(&number) else { return };
        live.flying = false;
        if live.probe.paused_at.is_some() {
            return;
        }
        if live.probe.target != job.probe.target {
            // It looks elsewhere since; what was seen says nothing about that.
            live.due = now;
            self.enqueue(number);
            return;
        }
        let timed_out = matches!(&seen.verdict, Verdict::Bad(reason) if reason.what == What::TimedOut);
        if timed_out && self.held_up.is_some_and(|until| seen.at <= until) {
            seen.verdict = Verdict::Unknown(Reason::new(What::Own, "", "Tend was held up during the check"));
        }
        self.judge(number, &seen, scope);
        if let Some(live) = self.live.get_mut(&number) {
            let (id, plan) = (live.probe.id, live.probe.plan);
            live.due = schedule::next_due(id, &plan, &live.standing, seen.at, now.max(job.due));
        }
        self.enqueue(number);
    }

    fn judge(&mut self, number: i64, seen: &Seen, scope: &Scope) {
        let Some(live) = self.live.get_mut(&number) else { return };
        let counted =
            Counted::of(&seen.verdict, in_window(&self.windows, live.probe.service, seen.at).is_some());
        let place = match &seen.verdict {
            Verdict::Good => 0,
            Verdict::Poor(_) => 1,
            Verdict::Bad(_) => 2,
            Verdict::Unknown(_) => 3,
        };
        metrics().checks[place].fetch_add(1, Ordering::Relaxed);
        let new_hour = count(live, counted, seen, scope.now(), &mut self.batch);
        keep_failure(live, seen, &mut self.batch);
        self.batch.checks.push(raw(live, seen));
        let plan = policy(&live.probe);
        let standing = state::judge(live.standing.clone(), seen.at, &seen.verdict, &plan);
        let changed = standing != live.standing;
        if changed || new_hour {
            self.change(number, standing, seen.at, scope);
        }
    }

    /// Puts a probe into another standing and notes all that follows from it.
    fn change(&mut self, number: i64, standing: Standing, at: Timestamp, scope: &Scope) {
        let Some(live) = self.live.get_mut(&number) else { return };
        live.standing = standing;
        let plan = policy(&live.probe);
        let window = in_window(&self.windows, live.probe.service, at);
        let shown = state::shown(&live.standing, &plan, window);
        let step = state::row_step(Some(live.row), &shown, at);
        if step != RowStep::Keep {
            let tell = tell(live, &shown);
            let row = StateRow {
                step,
                open: Some(live.row),
                state: shown.state,
                reason: shown.reason.clone(),
                at,
                tell,
            };
            live.row = (shown.state, if let RowStep::Open(begins) = step { begins } else { live.row.1 });
            self.batch.events.push((of(live), Event::State(row)));
            self.urgent = true;
        }
        let step = if live.probe.paused_at.is_some() {
            state::AlertStep::default()
        } else {
            state::alert_step(&live.standing, &plan, window.is_some())
        };
        if alert(live, step, scope, &mut self.batch) {
            self.urgent = true;
        }
        let row = StandingRow {
            service: live.probe.service,
            standing: live.standing.clone(),
            state: shown.state,
            since: shown.since,
            reason: shown.reason,
            row: live.row,
            checked_at: live.checked_at,
            micros: live.micros,
        };
        self.batch.standings.insert(live.probe.id, row);
    }

    /// Plans when a job is late.
    fn plan_beat(&mut self, number: i64) {
        let Some(live) = self.live.get_mut(&number) else { return };
        let Target::Heartbeat { grace } = live.probe.target else { return };
        live.due = match live.beat {
            Some(beat) if live.probe.paused_at.is_none() => beat::deadline(beat, &live.probe.plan, grace),
            Some(_) | None => Timestamp::MAX,
        };
        self.enqueue(number);
    }

    /// Judges calls of jobs, and jobs that are late.
    pub fn hear(&mut self, beats: Vec<Beat>, scope: &Scope) {
        let now = scope.now();
        for said in beats {
            let Some(number) = self.numbers.get(&said.probe).copied() else { continue };
            let Some(live) = self.live.get_mut(&number) else { continue };
            // Read again before what was made of it was written.
            if live.heard >= Some(said.at) {
                continue;
            }
            live.heard = Some(said.at);
            self.batch.events.push((of(live), Event::Beat(said.at)));
            if live.probe.paused_at.is_some() || !is_beat(&live.probe) || said.said == Said::Started {
                continue;
            }
            live.beat = live.beat.max(Some(said.at));
            let verdict = match said.said {
                Said::Failed => Verdict::Bad(Reason::new(What::JobFailed, "", &said.message)),
                Said::Done | Said::Started => Verdict::Good,
            };
            self.judge(number, &heard(said.at, verdict), scope);
            self.plan_beat(number);
        }
        self.late(now, scope);
    }

    fn late(&mut self, now: Timestamp, scope: &Scope) {
        let late: Vec<i64> = self
            .live
            .iter()
            .filter(|(_, live)| is_beat(&live.probe) && live.due <= now)
            .map(|(number, _)| *number)
            .collect();
        for number in late {
            let Some(live) = self.live.get_mut(&number) else { continue };
            let (due, every) = (live.due, live.probe.plan.every);
            let since = live.beat.map(|beat| beat.to_string()).unwrap_or_default();
            let verdict = Verdict::Bad(Reason::new(What::Late, every.to_string(), since));
            self.judge(number, &heard(due, verdict), scope);
            if let Some(live) = self.live.get_mut(&number) {
                // One failure per interval that passes without a call, not one per look.
                live.due = beat::next_late(due, every, now);
            }
            self.enqueue(number);
        }
    }

    /// What is to be written now; the runner goes on meanwhile.
    pub fn take_batch(&mut self) -> Batch {
        self.urgent = false;
        std::mem::take(&mut self.batch)
    }

    /// The database refused: what was to be written waits for the next time.
    pub fn put_back(&mut self, batch: Batch) {
        self.batch.after(batch);
        self.urgent = true;
    }
}

fn of(live: &Live) -> tables::OfProbe {
    tables::OfProbe {
        probe: live.probe.id,
        name: Arc::clone(&live.name),
        client: live.probe.client,
        service: live.probe.service,
    }
}

fn is_beat(probe: &Probe) -> bool {
    matches!(probe.target, Target::Heartbeat { .. })
}

/// A job says itself that it failed, and its lateness has its grace: neither is confirmed by a second time.
fn policy(probe: &Probe) -> crate::model::Plan {
    if is_beat(probe) {
        return crate::model::Plan { retries: 0, recover: 1, ..probe.plan };
    }
    probe.plan
}

fn heard(at: Timestamp, verdict: Verdict) -> Seen {
    let findings = verdict.reason().cloned().into_iter().collect();
    Seen { at, verdict, micros: None, findings, details: crate::model::Details::default() }
}

fn settled_state(standing: &Standing) -> State {
    match standing.settled {
        Settled::New => State::Pending,
        Settled::Up => State::Up,
        Settled::Degraded(_) => State::Degraded,
        Settled::Down(_) => State::Down,
    }
}

/// What is told of a change: not a failure that waits, and not the return from one to what was before.
fn tell(live: &mut Live, shown: &Shown) -> Option<(State, Timestamp)> {
    if shown.state == State::Pending || shown.state == live.told {
        return None;
    }
    let from = std::mem::replace(&mut live.told, shown.state);
    Some((from, shown.since))
}

fn in_window(
    windows: &HashMap<ServiceId, Vec<Maintenance>>,
    service: ServiceId,
    at: Timestamp,
) -> Option<&Maintenance> {
    windows.get(&service)?.iter().find(|window| window.holds(at))
}

/// Counts a check in its cell; true when it is the first one of its hour.
fn count(live: &mut Live, counted: Counted, seen: &Seen, now: Timestamp, batch: &mut Batch) -> bool {
    // An hour whose cells are no longer in memory is not begun anew, or it would lose what it counted.
    let held = live.hour.as_ref().is_some_and(|cells| cells.hour == hour_start(seen.at));
    let at = if held { seen.at } else { seen.at.max(hour_start(now)) };
    let hour = hour_start(at);
    let cell = cell_of(at);
    let fresh = live.hour.as_ref().is_none_or(|cells| cells.hour != hour);
    if fresh {
        live.hour = Some(HourCells { hour, done: Vec::with_capacity(1) });
    }
    live.checked_at = live.checked_at.max(Some(seen.at));
    live.micros = seen.micros;
    let Some(cells) = &mut live.hour else { return fresh };
    match cells.done.binary_search_by_key(&cell, |(at, _)| *at) {
        Ok(place) => cells.done[place].1.add(counted, seen.micros),
        Err(place) => {
            let mut new = Cell::default();
            new.add(counted, seen.micros);
            cells.done.insert(place, (cell, new));
        }
    }
    let row = HourRow { cells: write_cells(&cells.done), last_at: seen.at, last_micros: seen.micros };
    batch.hours.insert((live.probe.number, hour), row);
    fresh
}

/// A check as the lake keeps it.
fn raw(live: &Live, seen: &Seen) -> kernel::lake::Check {
    let (outcome, reason) = match &seen.verdict {
        Verdict::Good => ("passed", None),
        Verdict::Poor(reason) => ("degraded", Some(reason)),
        Verdict::Bad(reason) => ("failed", Some(reason)),
        Verdict::Unknown(reason) => ("unknown", Some(reason)),
    };
    kernel::lake::Check {
        client: live.probe.client,
        service: live.probe.service,
        probe: live.probe.id,
        at: seen.at,
        took: seen.micros.and_then(|micros| i64::try_from(micros).ok()).unwrap_or(-1),
        outcome: outcome.into(),
        reason: reason.map(Reason::sentence).unwrap_or_default(),
    }
}

fn keep_failure(live: &Live, seen: &Seen, batch: &mut Batch) {
    let verdict = match seen.verdict {
        Verdict::Good => return,
        Verdict::Poor(_) => "poor",
        Verdict::Bad(_) => "bad",
        Verdict::Unknown(_) => "unknown",
    };
    let (findings, details) = (seen.findings.clone(), seen.details.clone());
    batch.events.push((of(live), Event::Failure(FailureRow { at: seen.at, verdict, findings, details })));
}

/// Raises and clears, the new one first; true when it did anything.
fn alert(live: &mut Live, step: state::AlertStep, scope: &Scope, batch: &mut Batch) -> bool {
    if step == state::AlertStep::default() {
        return false;
    }
    if step.clear.is_some() {
        live.standing.raised = None;
    }
    if let Some(level) = step.raise {
        let alert = AlertId::new(scope);
        live.standing.raised = Some(crate::model::Raised { alert, level });
        let reason = match &live.standing.settled {
            Settled::New | Settled::Up => String::new(),
            Settled::Degraded(reason) | Settled::Down(reason) => reason.sentence(),
        };
        let severity = state::severity(live.probe.severity, level);
        let (cause, since) = (live.probe.cause(), live.standing.since);
        let raised = AlertChange::Raised { alert, reason, severity, cause, since };
        batch.events.push((of(live), Event::Alert(raised)));
    }
    if let Some(raised) = step.clear {
        let reason = format!("{} is {}", live.name, settled_state(&live.standing).word());
        let cleared = AlertChange::Cleared { alert: raised.alert, reason };
        batch.events.push((of(live), Event::Alert(cleared)));
    }
    true
}
