//! Decisions about objectives: pure functions of what was read and the time.
//!
//! - A journey's targets ask for objectives: completion of the whole; errors of the whole where an ending tells of
//!   failures, and of each step whose component is known; latency of each step that has a component or a page.
//! - Completion counts those who start in a slice and whose window has passed or who have come to an end. Whoever is
//!   still on the way is neither good nor bad. A window is long because a few take long; waiting for it would hide a
//!   silent failure for as long. So whoever takes longer than nearly everybody who completes (1.25 x the p99 of the
//!   last week) counts as gone at first, and as what they turn out to be once their window has passed.
//! - A step is measured by the spans of its component; of those only the operations that name the step's page, when
//!   there are any. Where no span comes, by what browsers measure on the page (largest contentful paint).
//! - What was measured and no longer is, for as long as a total outage would need to be noticed, is an alert of its own.
//! - Slices are measured again while they can change: every round as far back as people usually take, every hour as
//!   far as the window of the journey goes.

pub mod impact;
pub mod shares;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kernel::budget::{Grid, Target, Window};
use kernel::lake::{Ending, FunnelCell, FunnelCounts, Group, Looks, Match, Measure, Sketch, SpanCounts};
use kernel::{JourneyId, ObjectiveId, Ratio, ServiceId};

use super::model::{IN_TIME, Kind, Objective, ROW, SLICE, Wanted};
use crate::model::{Journey, Step};

/// How far back a round measures again at least: late spans and the short tail of a visit.
const AGAIN: SignedDuration = SignedDuration::from_mins(30);
/// How far back a round measures a funnel again at most; the rest waits for the hourly sweep.
const FUNNEL_AGAIN: SignedDuration = SignedDuration::from_hours(3);
/// How often everything that can still change is measured again.
pub const SWEEP: SignedDuration = SignedDuration::from_hours(1);
/// How much is measured with one question: five days are 1,440 slices.
pub const CHUNK: SignedDuration = SignedDuration::from_hours(24 * 5);
/// The longest time that a sweep goes back, however long a journey's window is.
const MAX_SWEEP: SignedDuration = SignedDuration::from_hours(24 * 5);

/// The objectives that a journey's targets ask for.
#[must_use]
pub fn wanted(journey: &Journey) -> Vec<Wanted> {
    let targets = &journey.targets;
    let window = targets
        .within_seconds
        .filter(|seconds| *seconds >= 3_600)
        .map_or_else(Window::default, |seconds| Window::Rolling(SignedDuration::from_secs(seconds)));
    let whole = |kind: Kind, target: Target| Wanted {
        kind,
        step: None,
        component: None,
        target,
        window,
        limit_ms: None,
    };
    let mut found = Vec::new();
    if let Some(target) = targets.completion.and_then(Target::new) {
        found.push(whole(Kind::Completion, target));
    }
    let of_step = |kind: Kind, step: &Step, target: Target| Wanted {
        step: Some(step.name.clone()),
        component: step.component,
        ..whole(kind, target)
    };
    if let Some(target) = targets.errors.and_then(|errors| Target::new(1.0 - errors)) {
        if journey.endings.iter().any(|one| one.ending == Ending::Failed) {
            found.push(whole(Kind::Errors, target));
        }
        let known = journey.steps.iter().filter(|step| step.component.is_some());
        found.extend(known.map(|step| of_step(Kind::Errors, step, target)));
    }
    if let (Some(limit), Some(target)) = (targets.latency_ms.filter(|ms| *ms > 0), Target::new(IN_TIME)) {
        let known =
            journey.steps.iter().filter(|step| step.component.is_some() || !pages(&step.looks).is_empty());
        found.extend(
            known.map(|step| Wanted { limit_ms: Some(limit), ..of_step(Kind::Latency, step, target) }),
        );
    }
    found
}

/// What of an objective changed, as sentences for the fact; empty when nothing did.
#[must_use]
pub fn differences(held: &Wanted, next: &Wanted) -> Vec<String> {
    use kernel::code::differs;
    let mut found = Vec::new();
    differs(&mut found, "target", &held.target.to_string(), &next.target.to_string());
    differs(&mut found, "window", &held.window.to_string(), &next.window.to_string());
    let limit = |wanted: &Wanted| wanted.limit_ms.map_or_else(String::new, |ms| format!("{ms} ms"));
    differs(&mut found, "limit", &limit(held), &limit(next));
    let component = |wanted: &Wanted| wanted.component.map_or_else(String::new, |id| id.to_string());
    differs(&mut found, "component", &component(held), &component(next));
    found
}

/// What is to be done to the objectives of one journey.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// To add.
    pub add: Vec<Wanted>,
    /// To change.
    pub change: Vec<(ObjectiveId, Wanted)>,
    /// To remove.
    pub remove: Vec<ObjectiveId>,
}

/// Compares what is held with what is wanted.
#[must_use]
pub fn difference(held: &[Objective], wanted: Vec<Wanted>) -> Difference {
    let key = |one: &Wanted| (one.kind, one.step.clone());
    let mut left: BTreeMap<_, &Objective> = held.iter().map(|one| (key(&one.wanted), one)).collect();
    let mut found = Difference::default();
    for next in wanted {
        match left.remove(&key(&next)) {
            None => found.add.push(next),
            Some(one) if one.wanted != next => found.change.push((one.id, next)),
            Some(_) => {}
        }
    }
    found.remove = left.into_values().map(|one| one.id).collect();
    found
}

/// The pages that a step looks for, as patterns.
#[must_use]
pub fn pages(looks: &Looks) -> Vec<&str> {
    let tests = looks.any.iter().flatten().filter(|test| test.field == kernel::lake::Field::Path);
    let mut found = Vec::new();
    for test in tests {
        match &test.is {
            Match::Like(pattern) => found.push(pattern.as_str()),
            Match::Is(paths) => found.extend(paths.iter().map(String::as_str)),
            Match::Not(_) | Match::Present | Match::Absent | Match::AtLeast(_) | Match::AtMost(_) => {}
        }
    }
    found
}

/// Whether a path is like a pattern: `*` within a segment, `**` anything, `?` one letter.
#[must_use]
pub fn like(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<char>, Vec<char>) = (pattern.chars().collect(), path.chars().collect());
    // open[j]: the pattern so far fits the first j letters.
    let mut open = vec![false; path.len() + 1];
    open[0] = true;
    let mut at = 0;
    while at < pattern.len() {
        let any = pattern[at] == '*' && pattern.get(at + 1) == Some(&'*');
        let mut next = vec![false; path.len() + 1];
        for place in 0..=path.len() {
            next[place] = match pattern[at] {
                '*' => open[place] || (place > 0 && next[place - 1] && (any || path[place - 1] != '/')),
                '?' => place > 0 && open[place - 1] && path[place - 1] != '/',
                letter => place > 0 && open[place - 1] && path[place - 1] == letter,
            };
        }
        open = next;
        at += if any { 2 } else { 1 };
    }
    open[path.len()]
}

// ------------------------------------------------------------------------------------ when and what to measure

/// So many must have completed before it is said how long nearly everybody takes.
const ENOUGH: u64 = 200;
/// Nobody is given up sooner.
const SOONEST: SignedDuration = SignedDuration::from_mins(10);

/// After how long whoever has not completed counts as gone at first: never later than the window.
#[must_use]
pub fn gives_up(took_ms: &Sketch, window: SignedDuration) -> SignedDuration {
    let nearly_all = took_ms.quantile(0.99).filter(|_| took_ms.count >= ENOUGH);
    let after = nearly_all.map_or(window, |ms| SignedDuration::from_millis((1.25 * ms).min(1e15) as i64));
    after.max(SOONEST).min(window)
}

/// How many of these slices are final: the windows of all who started in them have passed.
#[must_use]
pub fn settled(slices: &[Timestamp], window: SignedDuration, now: Timestamp) -> usize {
    slices.partition_point(|at| now.duration_since(*at) >= window + SLICE)
}

/// Which stretches of time are measured in this round, the newest first, each at most [`CHUNK`] long and on the
/// borders of rows, so that a row is always written whole. `first` is where the lake's rows begin; without rows
/// nothing is measured.
#[must_use]
pub fn to_measure(objective: &Objective, journey: &Journey, first: Timestamp, now: Timestamp) -> Vec<Grid> {
    let standing = &objective.standing;
    let until = ceil(now);
    let first = floor(first);
    let funnel = funnel_based(&objective.wanted);
    let sweeps = standing.swept_at.is_none_or(|at| now.duration_since(at) >= SWEEP);
    let again = match (funnel, sweeps) {
        (true, true) => (journey.window + AGAIN).min(MAX_SWEEP),
        (true, false) => (journey.window + AGAIN).min(FUNNEL_AGAIN),
        (false, _) => AGAIN,
    };
    let mut from = floor(now.checked_sub(again).unwrap_or(now));
    if let Some(last) = standing.measured_until {
        from = from.min(floor(last));
    }
    let newest = Grid { from: from.max(first).min(until), until };
    let mut found = if newest.length() > CHUNK {
        // After a long stop: the oldest part first, so that no gap is left behind.
        vec![Grid { from: newest.from, until: newest.from + CHUNK }]
    } else {
        vec![newest]
    };
    let needs = floor(objective.needs_from(now, &journey.zone())).max(first);
    let filled = standing.filled_from.unwrap_or(newest.from);
    if filled > needs {
        found.push(Grid { from: needs.max(filled - CHUNK), until: filled });
    }
    found
}

/// Whether the funnel measures it.
#[must_use]
pub fn funnel_based(wanted: &Wanted) -> bool {
    match wanted.kind {
        Kind::Completion => true,
        Kind::Errors => wanted.step.is_none(),
        Kind::Latency => false,
    }
}

/// Where the row begins that holds an instant.
#[must_use]
pub fn floor(at: Timestamp) -> Timestamp {
    let row = row_micros();
    Timestamp::from_microsecond(at.as_microsecond().div_euclid(row) * row).unwrap_or(at)
}

fn ceil(at: Timestamp) -> Timestamp {
    let begins = floor(at);
    if begins == at { at } else { begins + ROW }
}

fn row_micros() -> i64 {
    i64::try_from(ROW.as_micros()).unwrap_or(i64::MAX)
}

/// The slices of a stretch: where each begins, none in the future.
#[must_use]
pub fn slices(grid: Grid, now: Timestamp) -> Vec<Timestamp> {
    let mut at = grid.from;
    let mut found = Vec::new();
    while at < grid.until && at <= now {
        found.push(at);
        at += SLICE;
    }
    found
}

/// What was counted in each slice.
pub type Measured = Vec<(Timestamp, Ratio)>;

/// Those who came to a proper end out of those who no longer are on their way.
#[must_use]
pub fn completions(slices: &[Timestamp], cells: &[FunnelCell]) -> Measured {
    by_slice(slices, cells, |counts| {
        let of = |ending: Ending| counts.endings.get(&ending).copied().unwrap_or(0);
        decided(counts, of(Ending::Completed) + of(Ending::NotEligible))
    })
}

/// Those whom the service did not fail.
#[must_use]
pub fn not_failed(slices: &[Timestamp], cells: &[FunnelCell]) -> Measured {
    by_slice(slices, cells, |counts| {
        let failed = counts.endings.get(&Ending::Failed).copied().unwrap_or(0);
        let all = decided(counts, 0).total;
        Ratio { good: all.saturating_sub(failed), total: all }
    })
}

fn decided(counts: &FunnelCounts, good: u64) -> Ratio {
    let all: u64 = counts.endings.values().sum();
    let on_their_way = counts.endings.get(&Ending::InProgress).copied().unwrap_or(0);
    let total = all.saturating_sub(on_their_way);
    Ratio { good: good.min(total), total }
}

fn by_slice(slices: &[Timestamp], cells: &[FunnelCell], count: impl Fn(&FunnelCounts) -> Ratio) -> Measured {
    let mut found: Measured = slices.iter().map(|at| (*at, Ratio::default())).collect();
    for cell in cells.iter().filter(|cell| cell.group == Group::All) {
        if let Some((_, counts)) = found.get_mut(cell.cell as usize) {
            *counts = count(&cell.counts);
        }
    }
    found
}

/// The spans that speak of a step: those of its component, and of them the operations that name its page, when any
/// does.
#[must_use]
pub fn spans_of<'s>(spans: &'s [SpanCounts], component: &str, looks: &Looks) -> Vec<&'s SpanCounts> {
    let own: Vec<&SpanCounts> =
        spans.iter().filter(|one| one.component.eq_ignore_ascii_case(component)).collect();
    let pages = pages(looks);
    let names = |one: &&&SpanCounts| {
        let route = one.operation.rsplit(' ').next().unwrap_or_default();
        route.starts_with('/') && pages.iter().any(|page| like(page, route))
    };
    let named: Vec<&SpanCounts> = own.iter().filter(names).copied().collect();
    if named.is_empty() { own } else { named }
}

/// Calls that did not fail, or were in time.
#[must_use]
pub fn of_spans(slices: &[Timestamp], spans: &[&SpanCounts], limit_ms: Option<i64>) -> Measured {
    let mut found: Measured = slices.iter().map(|at| (*at, Ratio::default())).collect();
    for span in spans {
        if let Some((_, held)) = found.get_mut(span.cell as usize) {
            let counts = match limit_ms {
                None => Ratio { good: span.calls.saturating_sub(span.errors), total: span.calls },
                Some(limit) => in_time(&span.took_ms, limit),
            };
            *held = *held + counts;
        }
    }
    found
}

/// Measurements in browsers that were in time.
#[must_use]
pub fn of_vitals(slices: &[Timestamp], vitals: &[&Measure], limit_ms: i64) -> Measured {
    let mut found: Measured = slices.iter().map(|at| (*at, Ratio::default())).collect();
    for one in vitals {
        if let Some((_, held)) = found.get_mut(one.cell as usize) {
            *held = *held + in_time(&one.sketch, limit_ms);
        }
    }
    found
}

/// How many of a sketch are at most this, right to 1 %.
#[must_use]
pub fn in_time(sketch: &Sketch, limit_ms: i64) -> Ratio {
    let last = Sketch::bucket(limit_ms as f64);
    let good = sketch.zeros + sketch.buckets.range(..=last).map(|(_, count)| count).sum::<u64>();
    Ratio { good: good.min(sketch.count), total: sketch.count }
}

// ------------------------------------------------------------------------------------ what to say

/// The step at which more people stop than did before: its place, counted from 0. None when nothing got worse.
#[must_use]
pub fn weakest(now: &FunnelCounts, before: &FunnelCounts) -> Option<usize> {
    let steps = now.reached.len().saturating_sub(1);
    let goes_on = |counts: &FunnelCounts, step: usize| {
        let at = counts.reached.get(step).copied().unwrap_or(0);
        let waiting = counts.in_progress.get(step).copied().unwrap_or(0);
        let next = counts.reached.get(step + 1).copied().unwrap_or(0);
        Ratio { good: next, total: at.saturating_sub(waiting).max(next) }
    };
    (0..steps)
        .filter_map(|step| {
            let (late, early) = (goes_on(now, step), goes_on(before, step));
            let worse = early.share().unwrap_or(1.0) - late.share()?;
            let lost = worse * late.total as f64;
            (lost >= 1.0).then_some((step, lost))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(step, _)| step)
}

/// What groups the alert with others into one incident: the component of the step where it fails, else of the step
/// that should follow, else the journey.
#[must_use]
pub fn cause(service: ServiceId, journey: &Journey, wanted: &Wanted, stops_at: Option<usize>) -> String {
    let at = |place: usize| journey.steps.get(place).and_then(|step| step.component);
    let component =
        wanted.component.or_else(|| stops_at.and_then(|place| at(place).or_else(|| at(place + 1))));
    component.map_or_else(
        || cause_of_journey(service, journey.id),
        |part| kernel::fact::cause_of_part(service, part),
    )
}

/// The cause of alerts about a journey as a whole.
#[must_use]
pub fn cause_of_journey(service: ServiceId, journey: JourneyId) -> String {
    format!("{service}/{journey}")
}

/// The cause of alerts about what cannot be measured of a service: all of it is one incident.
#[must_use]
pub fn cause_of_blindness(service: ServiceId) -> String {
    format!("{service}/objectives")
}

/// What is the matter, in one English line: data of an alert.
#[must_use]
pub fn reason(wanted: &Wanted, counts: Ratio, over: SignedDuration, stops_at: Option<&str>) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let share = counts.share().map_or_else(|| "nobody".to_owned(), percent);
    let what = match wanted.kind {
        Kind::Completion => "came to a proper end",
        Kind::Errors => "did not fail",
        Kind::Latency => "were in time",
    };
    let span = kernel::units::show_span(over);
    let mut text = format!(
        "{share} of {} {what} in the last {span}; the target is {}",
        counts.total,
        percent(wanted.target.share())
    );
    if let Some(step) = stops_at {
        text.push_str(&format!("; most stop at {step}"));
    }
    text
}

#[cfg(test)]
pub(in crate::objectives) mod tests;
