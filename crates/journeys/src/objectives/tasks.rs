//! What happens by itself: facts are read for what troubled a service, and every minute every objective is measured
//! and judged.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::budget::{
    Grid, Guard, Level, Method, Reading, Seen, Slices, Step, Tier, Window, blind_after, budget, forecast,
    look, read, rules as burn_rules, step,
};
use kernel::lake::{
    DayState, Field, FunnelCell, FunnelCounts, Group, Lake, Measure, MeasureAsk, Measured as What, Question,
    Sketch, SpanCounts, Table, VitalName,
};
use kernel::task::{Answer, Status, Task};
use kernel::{
    About, AlertId, ComponentId, Fact, Id as _, JourneyId, Kind as ProblemKind, ObjectiveId, Problem, Ratio,
    Recorded, Scope, ServiceId, Stage,
};
use store::{Db, Tx};

use super::model::{Kind, Objective, SLICE, STALE_AFTER, Source, Standing, Summary, Trouble, TroubleKind};
use super::rules::{self, Measured};
use super::store as tables;
use crate::model::Journey;

/// Facts read at once.
const BATCH: u32 = 500;
/// Pages of a service whose measurements are told apart.
const PAGES: u32 = 200;
/// Slices are kept for the window and this long after.
const KEEPS: SignedDuration = SignedDuration::from_hours(24 * 35);
/// A ticket about not seeing anything is as urgent as one about a slow burn.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Reads facts for incidents, maintenances and alerts.
pub struct Troubles {
    /// The database.
    pub db: Db,
}

const TROUBLES: &str = "journeys.troubles";

impl Troubles {
    async fn read(&self, scope: &Scope) -> Result<Status, Problem> {
        let feed = self.db.feed(scope, TROUBLES, BATCH).await?;
        let Some(last) = feed.last().map(|fact| fact.seq) else { return Ok(Status::idle()) };
        let mut tx = self.db.write_unaudited(TROUBLES, scope).await?;
        for recorded in &feed {
            handle(&mut tx, recorded).await?;
        }
        tx.advance(TROUBLES, last).await?;
        tx.commit().await?;
        let more = u64::from(feed.len() == BATCH as usize);
        Ok(Status::done(feed.len() as u64, format!("{} facts read", feed.len())).left(more))
    }
}

async fn handle(tx: &mut Tx, recorded: &Recorded) -> Result<(), Problem> {
    let About { client: Some(client), service: Some(service) } = recorded.about else { return Ok(()) };
    let whose = (client, service);
    match &recorded.fact {
        Fact::AlertRaised { alert, title, cause, since, .. } => {
            let trouble = Trouble {
                id: alert.to_string(),
                kind: TroubleKind::Alert,
                number: None,
                title: title.clone(),
                cause: cause.clone(),
                from: (*since).min(recorded.at),
                until: None,
            };
            tables::begins(tx, whose, &trouble).await
        }
        Fact::AlertCleared { alert, .. } => tables::ends(tx, &alert.to_string(), Some(recorded.at)).await,
        Fact::IncidentOpened { incident, number, title, cause, .. } => {
            let trouble = Trouble {
                id: incident.to_string(),
                kind: TroubleKind::Incident,
                number: Some(*number),
                title: title.clone(),
                cause: cause.clone(),
                from: recorded.at,
                until: None,
            };
            tables::begins(tx, whose, &trouble).await?;
            tables::began_with_alerts(tx, &trouble.id, cause).await
        }
        Fact::IncidentRenamed { incident, title } => tables::renames(tx, &incident.to_string(), title).await,
        Fact::IncidentResolved { incident, .. } => {
            tables::ends(tx, &incident.to_string(), Some(recorded.at)).await
        }
        Fact::IncidentReopened { incident, .. } => tables::ends(tx, &incident.to_string(), None).await,
        Fact::MaintenancePlanned { maintenance, title, from, until } => {
            let trouble = Trouble {
                id: maintenance.to_string(),
                kind: TroubleKind::Maintenance,
                number: None,
                title: title.clone(),
                cause: String::new(),
                from: *from,
                until: Some(*until),
            };
            tables::begins(tx, whose, &trouble).await
        }
        Fact::MaintenanceEnded { maintenance, .. } => {
            tables::cut_short(tx, &maintenance.to_string(), recorded.at).await
        }
        // Every other fact is somebody else's.
        _ => Ok(()),
    }
}

impl Task for Troubles {
    fn name(&self) -> &'static str {
        TROUBLES
    }

    fn stage(&self) -> Stage {
        Stage::Report
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(10)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.read(scope))
    }
}

/// Measures and judges every objective.
pub struct Judge {
    /// The database.
    pub db: Db,
    /// Where events are kept.
    pub lake: Arc<dyn Lake>,
}

const JUDGE: &str = "journeys.judge";

/// What was measured of some objectives in one stretch.
struct Taken {
    objective: ObjectiveId,
    grid: Grid,
    source: Source,
    counts: Measured,
}

impl Judge {
    async fn judge(&self, scope: &Scope) -> Result<Status, Problem> {
        let journeys = crate::store::all(&self.db, scope).await?;
        self.keep_to_targets(scope, &journeys).await?;
        let objectives = tables::all(&self.db, scope).await?;
        let by_id: HashMap<JourneyId, &Journey> = journeys.iter().map(|one| (one.id, one)).collect();
        let mut of: BTreeMap<ServiceId, Vec<Objective>> = BTreeMap::new();
        for objective in objectives {
            of.entry(objective.service).or_default().push(objective);
        }
        let (mut judged, mut left, mut failed) = (0, 0, 0);
        for objectives in of.into_values() {
            // One service that cannot be measured must not keep the others from being judged.
            match self.service(scope, &by_id, objectives).await {
                Ok((done, more)) => {
                    judged += done;
                    left += more;
                }
                Err(problem) => {
                    tracing::error!(%problem, "objectives of a service could not be judged");
                    failed += 1;
                }
            }
        }
        let note = match failed {
            0 => format!("{judged} objectives judged"),
            _ => format!("{judged} objectives judged, {failed} services could not be"),
        };
        Ok(Status::done(judged, note).left(left))
    }

    /// Adds, changes and removes objectives so that they are what the journeys' targets ask for.
    async fn keep_to_targets(&self, scope: &Scope, journeys: &[Journey]) -> Result<(), Problem> {
        let mut held: BTreeMap<JourneyId, Vec<Objective>> = BTreeMap::new();
        for objective in tables::all(&self.db, scope).await? {
            held.entry(objective.journey).or_default().push(objective);
        }
        let mut work = Vec::new();
        for journey in journeys {
            let of = held.remove(&journey.id).unwrap_or_default();
            let difference = rules::difference(&of, rules::wanted(journey));
            if difference != rules::Difference::default() {
                work.push((journey, of, difference));
            }
        }
        if work.is_empty() && held.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write("journeys.objectives", scope).await?;
        for (journey, of, difference) in work {
            let find = |id: &ObjectiveId| of.iter().find(|one| one.id == *id);
            for objective in difference.remove.iter().filter_map(find) {
                tables::remove(&mut tx, objective, &journey.name).await?;
            }
            for (id, next) in &difference.change {
                if let Some(objective) = find(id) {
                    tables::change(&mut tx, objective, &journey.name, next).await?;
                }
            }
            for wanted in difference.add {
                let whose = (journey.client, journey.service);
                tables::add(&mut tx, whose, (journey.id, &journey.name), wanted).await?;
            }
        }
        // Objectives of journeys that are gone.
        for objective in held.into_values().flatten() {
            tables::remove(&mut tx, &objective, "–").await?;
        }
        tx.commit().await
    }

    async fn service(
        &self,
        scope: &Scope,
        journeys: &HashMap<JourneyId, &Journey>,
        mut objectives: Vec<Objective>,
    ) -> Result<(u64, u64), Problem> {
        let now = scope.now();
        // A lake that does not answer is a fault of our own: nothing new is measured, and judging goes on, so that
        // what is old is said to be old.
        let taken = self.measure(scope, journeys, &objectives).await.unwrap_or_else(|problem| {
            tracing::error!(%problem, "objectives could not be measured");
            Vec::new()
        });
        let mut left = 0;
        for objective in &mut objectives {
            for one in taken.iter().filter(|one| one.objective == objective.id) {
                measured(&mut objective.standing, one, now);
            }
            left += u64::from(taken.iter().filter(|one| one.objective == objective.id).count() > 1);
        }
        let mut tx = self.db.write_unaudited(JUDGE, scope).await?;
        for one in &taken {
            if let Some(objective) = objectives.iter().find(|held| held.id == one.objective) {
                tables::put(&mut tx, objective, &one.counts).await?;
            }
        }
        tx.commit().await?;
        let Some(service) = objectives.first().map(|one| one.service) else { return Ok((0, 0)) };
        let still = Grid { from: now, until: now + SignedDuration::from_secs(1) };
        let maintained =
            !tables::troubles(&self.db, scope, service, TroubleKind::Maintenance, still).await?.is_empty();
        let mut verdicts = Vec::with_capacity(objectives.len());
        for objective in objectives {
            let Some(journey) = journeys.get(&objective.journey) else { continue };
            verdicts.push(self.verdict(scope, journey, objective, maintained).await?);
        }
        let judged = verdicts.len() as u64;
        let quiet = verdicts.iter().all(|one| one.facts.is_empty());
        // A round in which nothing happened is housekeeping and no line of the audit.
        let mut tx = if quiet {
            self.db.write_unaudited(JUDGE, scope).await?
        } else {
            self.db.write(JUDGE, scope).await?
        };
        for verdict in verdicts {
            tables::stand(&mut tx, verdict.objective.id, &verdict.objective.standing).await?;
            let about = About::service(verdict.objective.client, verdict.objective.service);
            for fact in verdict.facts {
                tx.record(about, fact).await?;
            }
            if verdict.forgets {
                let window = verdict.objective.wanted.window.usual();
                tables::forget(&mut tx, verdict.objective.id, now - window - KEEPS).await?;
            }
        }
        tx.commit().await?;
        Ok((judged, left))
    }

    // -------------------------------------------------------------------------------- measuring

    async fn measure(
        &self,
        scope: &Scope,
        journeys: &HashMap<JourneyId, &Journey>,
        objectives: &[Objective],
    ) -> Result<Vec<Taken>, Problem> {
        let mut taken = Vec::new();
        let Some(any) = objectives.first().and_then(|one| journeys.get(&one.journey)) else {
            return Ok(taken);
        };
        let firsts = self.first_days(scope, any).await?;
        let now = scope.now();
        // Which stretches each group of objectives wants: one question serves all that want the same.
        let mut funnels: BTreeMap<(JourneyId, Timestamp, Timestamp), Vec<&Objective>> = BTreeMap::new();
        let mut signals: BTreeMap<(Timestamp, Timestamp), Vec<&Objective>> = BTreeMap::new();
        for objective in objectives {
            let Some(journey) = journeys.get(&objective.journey) else { continue };
            let funnel = rules::funnel_based(&objective.wanted);
            let first = if funnel { firsts.events } else { earliest(firsts.spans, firsts.vitals) };
            let Some(first) = first else { continue };
            for grid in rules::to_measure(objective, journey, first, now) {
                if grid.from >= grid.until {
                    continue;
                }
                if funnel {
                    funnels.entry((journey.id, grid.from, grid.until)).or_default().push(objective);
                } else {
                    signals.entry((grid.from, grid.until)).or_default().push(objective);
                }
            }
        }
        for ((id, from, until), of) in funnels {
            let Some(journey) = journeys.get(&id) else { continue };
            self.funnel(scope, journey, Grid { from, until }, &of, &mut taken).await?;
        }
        for ((from, until), of) in signals {
            self.signals(scope, journeys, Grid { from, until }, &of, &mut taken).await?;
        }
        Ok(taken)
    }

    async fn first_days(&self, scope: &Scope, any: &Journey) -> Result<Firsts, Problem> {
        let (client, service) = (any.client, any.service);
        let first = async |table: Table| -> Result<Option<Timestamp>, Problem> {
            let days: Vec<DayState> =
                ask(&self.lake, scope, Question::Days { client, service, table }).await?.days();
            Ok(days.iter().filter(|day| day.rows > 0).map(|day| day.day).min())
        };
        Ok(Firsts {
            events: first(Table::Events).await?,
            spans: first(Table::Spans).await?,
            vitals: first(Table::Vitals).await?,
        })
    }

    async fn funnel(
        &self,
        scope: &Scope,
        journey: &Journey,
        grid: Grid,
        of: &[&Objective],
        taken: &mut Vec<Taken>,
    ) -> Result<(), Problem> {
        let slices = rules::slices(grid, scope.now());
        // What is final is asked with the whole window, the rest with the time after which people are given up.
        let cut = rules::settled(&slices, journey.window, scope.now());
        let border = slices.get(cut).copied().unwrap_or(grid.until);
        let mut cells = Vec::new();
        if cut > 0 {
            let until = Grid { until: border, ..grid };
            cells = self.funnel_cells(scope, journey, until, slices[..cut].to_vec(), journey.window).await?;
        }
        if cut < slices.len() {
            let from = Grid { from: border, ..grid };
            let window = self.gives_up(scope, journey).await?;
            let rest = self.funnel_cells(scope, journey, from, slices[cut..].to_vec(), window).await?;
            let shift = u32::try_from(cut).unwrap_or(u32::MAX);
            cells.extend(rest.into_iter().map(|one| FunnelCell { cell: one.cell + shift, ..one }));
        }
        for objective in of {
            let counts = match objective.wanted.kind {
                Kind::Completion => rules::completions(&slices, &cells),
                Kind::Errors | Kind::Latency => rules::not_failed(&slices, &cells),
            };
            taken.push(Taken { objective: objective.id, grid, source: Source::Funnel, counts });
        }
        Ok(())
    }

    /// After how long people are given up, by the last week's days.
    async fn gives_up(&self, scope: &Scope, journey: &Journey) -> Result<SignedDuration, Problem> {
        let today = crate::rules::days::day_of(scope.now(), &journey.zone());
        let from = today.saturating_sub(jiff::Span::new().days(7));
        let mut took = Sketch::default();
        for day in crate::store::days(&self.db, scope, journey.id, None, from, today).await? {
            if day.group == Group::All {
                took.merge(&day.counts.took_ms);
            }
        }
        Ok(rules::gives_up(&took, journey.window))
    }

    async fn funnel_cells(
        &self,
        scope: &Scope,
        journey: &Journey,
        grid: Grid,
        cells: Vec<Timestamp>,
        window: SignedDuration,
    ) -> Result<Vec<FunnelCell>, Problem> {
        let mut question = journey.funnel(super::among(journey.client, journey.service, grid), scope.now());
        question.cells = cells;
        question.window = window;
        Ok(ask(&self.lake, scope, Question::Funnel(question)).await?.funnel())
    }

    async fn signals(
        &self,
        scope: &Scope,
        journeys: &HashMap<JourneyId, &Journey>,
        grid: Grid,
        of: &[&Objective],
        taken: &mut Vec<Taken>,
    ) -> Result<(), Problem> {
        let Some(whose) = of.first() else { return Ok(()) };
        let slices = rules::slices(grid, scope.now());
        let among = super::among(whose.client, whose.service, grid);
        let spans: Vec<SpanCounts> =
            ask(&self.lake, scope, Question::Spans { among: among.clone(), cells: slices.clone() })
                .await?
                .spans();
        let vitals: Vec<Measure> = if of.iter().any(|one| one.wanted.kind == Kind::Latency) {
            let question = MeasureAsk {
                among,
                measured: What::Vital(VitalName::Lcp),
                cells: slices.clone(),
                by: Some(Field::Path),
                top: PAGES,
            };
            ask(&self.lake, scope, Question::Measure(question)).await?.measure()
        } else {
            Vec::new()
        };
        let names: HashMap<ComponentId, String> = estate::graph::components(&self.db, scope, whose.service)
            .await?
            .into_iter()
            .map(|one| (one.id, one.name))
            .collect();
        for objective in of {
            let Some(step) = journeys.get(&objective.journey).and_then(|journey| {
                journey.steps.iter().find(|step| Some(&step.name) == objective.wanted.step.as_ref())
            }) else {
                continue;
            };
            let name = objective.wanted.component.and_then(|id| names.get(&id));
            let own = name.map(|name| rules::spans_of(&spans, name, &step.looks)).unwrap_or_default();
            let pages = rules::pages(&step.looks);
            let seen: Vec<&Measure> = vitals
                .iter()
                .filter(|one| match &one.group {
                    Group::Value(path) => pages.iter().any(|page| rules::like(page, path)),
                    Group::All | Group::Rest => false,
                })
                .collect();
            let latency = objective.wanted.kind == Kind::Latency;
            let limit = objective.wanted.limit_ms.filter(|_| latency);
            // What measured it before goes on to, unless it fell silent and the other speaks.
            let before = objective.standing.source.unwrap_or(Source::Spans);
            let by_vitals = latency && (own.is_empty() && (!seen.is_empty() || before == Source::Vitals));
            let (source, counts) = if by_vitals {
                (Source::Vitals, rules::of_vitals(&slices, &seen, limit.unwrap_or(i64::MAX)))
            } else {
                (Source::Spans, rules::of_spans(&slices, &own, limit))
            };
            let silent = own.is_empty() && seen.is_empty() && objective.standing.source.is_none();
            // Nothing ever measured it: that is not the same as nobody having come.
            if !silent {
                taken.push(Taken { objective: objective.id, grid, source, counts });
            }
        }
        Ok(())
    }

    // -------------------------------------------------------------------------------- judging

    async fn verdict(
        &self,
        scope: &Scope,
        journey: &Journey,
        mut objective: Objective,
        maintained: bool,
    ) -> Result<Verdict, Problem> {
        let (now, zone) = (scope.now(), journey.zone());
        let from = objective.needs_from(now, &zone);
        let slices =
            tables::slices(&self.db, scope, objective.id, Grid { from, until: now + rules::SWEEP }).await?;
        let looked = judged(&objective, &slices, now, &zone);
        let mut facts = Vec::new();
        let name = objective.name(&journey.name);
        let (level, does) = match looked.step {
            // During a maintenance nobody is woken; it is looked at again when it is over.
            (_, Step::Raises(_) | Step::Worsens(_)) if maintained => (objective.standing.level, Step::Stays),
            other => other,
        };
        objective.standing.level = level;
        match does {
            Step::Stays => {}
            Step::Clears => {
                facts.extend(cleared(&mut objective, "the budget no longer burns"));
            }
            Step::Raises(tier) | Step::Worsens(tier) => {
                let before = cleared(&mut objective, "it is worse than was said");
                let raised = self.raised(scope, journey, &mut objective, tier, &slices).await?;
                facts.push(raised);
                facts.extend(before);
            }
        }
        facts.extend(blind(scope, &mut objective, &name, &looked.summary));
        let left = looked.summary.left.filter(|_| looked.observed);
        match left {
            Some(left) if left <= 0.0 && !objective.standing.spent => {
                objective.standing.spent = true;
                facts.push(Fact::BudgetSpent { objective: objective.id, name });
            }
            Some(left) if left > 0.0 && objective.standing.spent => {
                objective.standing.spent = false;
                facts.push(Fact::BudgetRestored { objective: objective.id, name });
            }
            _ => {}
        }
        let forgets = objective.standing.swept_at == Some(now);
        objective.standing.summary = Some(looked.summary);
        Ok(Verdict { objective, facts, forgets })
    }

    async fn raised(
        &self,
        scope: &Scope,
        journey: &Journey,
        objective: &mut Objective,
        tier: Tier,
        slices: &Slices,
    ) -> Result<Fact, Problem> {
        let now = scope.now();
        let stops_at = match objective.wanted.kind {
            Kind::Completion | Kind::Errors if objective.wanted.step.is_none() => {
                self.stops_at(scope, journey, tier).await?
            }
            Kind::Completion | Kind::Errors | Kind::Latency => None,
        };
        let step = stops_at.and_then(|place| journey.steps.get(place)).map(|step| step.name.as_str());
        let counts = slices.sum(Grid::back(now, tier.long()));
        let alert = AlertId::new(scope);
        objective.standing.alert = Some(alert);
        Ok(Fact::AlertRaised {
            alert,
            probe: None,
            title: objective.name(&journey.name),
            reason: rules::reason(&objective.wanted, counts, tier.long(), step),
            severity: tier.severity(),
            cause: rules::cause(objective.service, journey, &objective.wanted, stops_at),
            since: began(slices, tier, now),
            objective: Some(objective.id),
        })
    }

    /// Where people stop now who went on before.
    async fn stops_at(&self, scope: &Scope, journey: &Journey, tier: Tier) -> Result<Option<usize>, Problem> {
        let now = scope.now();
        let late = Grid::back(now, tier.long());
        let early = Grid { from: late.from - RECENT.max(tier.long()), until: late.from };
        let whole = Grid { from: early.from, until: late.until };
        let window = self.gives_up(scope, journey).await?;
        let cells = self.funnel_cells(scope, journey, whole, vec![early.from, late.from], window).await?;
        let of = |number: u32| -> FunnelCounts {
            cells
                .iter()
                .find(|cell| cell.cell == number && cell.group == Group::All)
                .map(|cell| cell.counts.clone())
                .unwrap_or_default()
        };
        Ok(rules::weakest(&of(1), &of(0)))
    }
}

struct Firsts {
    events: Option<Timestamp>,
    spans: Option<Timestamp>,
    vitals: Option<Timestamp>,
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    [a, b].into_iter().flatten().min()
}

struct Verdict {
    objective: Objective,
    facts: Vec<Fact>,
    forgets: bool,
}

/// Notes down what was measured.
fn measured(standing: &mut Standing, one: &Taken, now: Timestamp) {
    standing.source = Some(one.source);
    let until = one.grid.until.min(now);
    let newest = standing.measured_until.is_none_or(|at| one.grid.until >= at);
    if newest {
        standing.measured_until = Some(until);
        if standing.swept_at.is_none_or(|at| now.duration_since(at) >= rules::SWEEP) {
            standing.swept_at = Some(now);
        }
    }
    standing.filled_from = Some(standing.filled_from.map_or(one.grid.from, |from| from.min(one.grid.from)));
}

fn cleared(objective: &mut Objective, reason: &str) -> Option<Fact> {
    let alert = objective.standing.alert.take()?;
    let reason = reason.to_owned();
    Some(Fact::AlertCleared { alert, probe: None, reason, objective: Some(objective.id) })
}

/// The severity of the alert that something cannot be measured: work for the day.
const BLIND: u8 = 3;

/// Says that what was measured no longer is, and that it is again.
fn blind(scope: &Scope, objective: &mut Objective, name: &str, found: &Summary) -> Option<Fact> {
    let (standing, now) = (&mut objective.standing, scope.now());
    if found.seen != "stale" {
        let reason = "it is measured again".to_owned();
        let alert = standing.blind.take()?;
        return Some(Fact::AlertCleared { alert, probe: None, reason, objective: Some(objective.id) });
    }
    let since = standing.measured_until?;
    if standing.blind.is_some() || now.duration_since(since) < blind_after(objective.wanted.target, SLICE) {
        return None;
    }
    let alert = AlertId::new(scope);
    standing.blind = Some(alert);
    Some(Fact::AlertRaised {
        alert,
        probe: None,
        title: format!("{name} cannot be measured"),
        reason: "the event lake has given no answer; a fault of our own until shown otherwise".to_owned(),
        severity: BLIND,
        cause: rules::cause_of_blindness(objective.service),
        since,
        objective: Some(objective.id),
    })
}

/// Since when it burns: the first slice of the last unbroken run with something bad in it.
fn began(slices: &Slices, tier: Tier, now: Timestamp) -> Timestamp {
    let recent: Vec<(Timestamp, Ratio)> = slices.within(Grid::back(now, tier.long())).collect();
    let run = recent.iter().rev().skip_while(|(_, counts)| counts.total == 0);
    run.take_while(|(_, counts)| counts.bad() > 0 || counts.total == 0).last().map_or(now, |(at, _)| *at)
}

/// What was found when slices were looked at.
pub(super) struct Looked {
    /// What is kept of it.
    pub summary: Summary,
    /// The readings of the alert rules.
    pub readings: Vec<Reading>,
    /// Where it stands next, and what that changes.
    pub step: (Level, Step),
    /// Whether the window was observed.
    pub observed: bool,
}

/// Looks at the slices of an objective: pure.
pub(super) fn judged(
    objective: &Objective,
    slices: &Slices,
    now: Timestamp,
    zone: &jiff::tz::TimeZone,
) -> Looked {
    let wanted = &objective.wanted;
    let whole = wanted.window.whole(now, zone);
    let since = slices.first().unwrap_or(now);
    let tally = slices.tally(wanted.window.passed(now, zone, since), Method::Occurrences);
    // The slice that is measured now ends ahead of us; it is not older than now.
    let newest = objective.standing.measured_until.min(slices.newest());
    let seen = look(&tally, newest, now, STALE_AFTER, kernel::budget::FLOOR);
    let held = budget(wanted.target, &tally, slices.expected(whole));
    let rolls = matches!(wanted.window, Window::Rolling(_));
    let ahead = forecast(slices, whole, &held, SignedDuration::from_hours(24), rolls, now);
    let rules = burn_rules(wanted.window.usual(), wanted.target);
    let readings =
        read(&rules, wanted.target, slices, Method::Occurrences, now, STALE_AFTER, Guard::default());
    let stale = matches!(seen, Seen::Stale { .. });
    let level = objective.standing.level;
    let summary = Summary {
        at: now,
        seen: seen.word().to_owned(),
        counts: tally.counts,
        coverage: tally.coverage(),
        left: held.left,
        forecast: ahead,
    };
    // What is stale freezes everything, whatever older slices say.
    let next = if stale { (level, Step::Stays) } else { step(level, &readings, now) };
    Looked { summary, readings, step: next, observed: seen.observed().is_some() }
}

/// Asks the lake; an installation without one holds nothing.
pub(super) async fn ask(
    lake: &Arc<dyn Lake>,
    scope: &Scope,
    question: Question,
) -> Result<kernel::lake::Reply, Problem> {
    match lake.ask(scope, question).await {
        Err(problem) if problem.kind == ProblemKind::NotFound => Ok(kernel::lake::Reply::Days(Vec::new())),
        other => other,
    }
}

impl Task for Judge {
    fn name(&self) -> &'static str {
        JUDGE
    }

    fn stage(&self) -> Stage {
        Stage::Evaluate
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(1)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.judge(scope))
    }
}
