//! Funnels over sources: what a question asks for becomes masks, the kernel walks each unit, and what became of
//! it is added up.

use jiff::SignedDuration;
use kernel::Problem;
use kernel::lake::{
    After, AfterAsk, Ending, Field, FunnelAsk, FunnelCell, FunnelCounts, Group, Order, Reply, UnitLine,
    UnitsAsk,
};
use rustc_hash::FxHashMap;

use super::filter::{Filter, Sought};
use super::measure::Filling;
use super::parts::{Cells, Common, Names, too_much};
use super::units::{Gather, Hit, each_unit, wrong};
use super::{Limits, Source};
use crate::funnel::{self, Exclusion, Reached, Spec, Step, Walker};
use crate::table::instant;

/// Events of one unit that are looked at; the unit is then counted as truncated (journeys reference 3.1).
const MAX_EVENTS: usize = 10_000;
/// The same for any order, which looks at every window anew.
const MAX_EVENTS_ANY: usize = 1_000;
/// Bits of steps are below this one, those of exclusions and endings from it on.
const OTHERS: u8 = 32;
/// Every row that is looked at at all.
const EVERY: u8 = 63;
/// The most units that are listed.
const MAX_UNITS: u32 = 200;
/// The most values that are listed after a step.
const MAX_AFTER: u32 = 200;

/// A funnel, made ready.
struct Funnel<'q> {
    ask: &'q FunnelAsk,
    spec: Spec,
    filter: Filter,
    now: i64,
    window: i64,
    /// Bits of exclusions, moved to begin at 0.
    exclusions: u32,
    /// Bit and ending.
    endings: Vec<(u8, Ending)>,
    most: usize,
}

/// What became of a unit that started.
struct Outcome {
    reached: Reached,
    started_at: i64,
    ending: Ending,
    truncated: bool,
}

fn micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl<'q> Funnel<'q> {
    fn new(ask: &'q FunnelAsk, every: bool) -> Result<Self, Problem> {
        if ask.exclusions.len() + ask.endings.len() > usize::from(EVERY - OTHERS) {
            return Err(wrong("lake-funnel-exclusions"));
        }
        let order = match ask.order {
            Order::Ordered => funnel::Order::Ordered,
            Order::Strict => funnel::Order::Strict,
            Order::AnyOrder => funnel::Order::Any,
        };
        let window = micros(ask.window);
        let optional = ask.steps.iter().take(32).enumerate();
        let optional = optional.filter(|(_, step)| step.optional).fold(0, |mask, (at, _)| mask | 1 << at);
        let exclusions = ask.exclusions.iter().enumerate();
        let spec = Spec {
            steps: u8::try_from(ask.steps.len()).unwrap_or(u8::MAX),
            optional,
            window,
            order,
            exclusions: exclusions
                .map(|(bit, one)| Exclusion { bit: bit as u8, after: one.after, before: one.before })
                .collect(),
            from: ask.among.from.as_microsecond(),
            until: ask.among.until.as_microsecond(),
        };
        spec.check().map_err(|bad| {
            wrong(match bad {
                funnel::BadSpec::Steps => "lake-funnel-steps",
                funnel::BadSpec::Optional => "lake-funnel-optional",
                funnel::BadSpec::Window => "lake-funnel-window",
                funnel::BadSpec::Exclusion => "lake-funnel-exclusions",
                funnel::BadSpec::Range => "lake-funnel-range",
            })
        })?;
        // Without an order nothing lies between two steps.
        if ask.order == Order::AnyOrder && !ask.exclusions.is_empty() {
            return Err(wrong("lake-funnel-exclusions"));
        }
        let looks = ask.steps.iter().map(|step| &step.looks);
        let mut sought: Vec<Sought<'_>> =
            (0..).zip(looks).map(|(bit, looks)| Sought { bit, looks: Some(looks) }).collect();
        let others =
            ask.exclusions.iter().map(|one| &one.looks).chain(ask.endings.iter().map(|one| &one.looks));
        sought.extend((OTHERS..).zip(others).map(|(bit, looks)| Sought { bit, looks: Some(looks) }));
        if every || ask.order == Order::Strict {
            sought.push(Sought { bit: EVERY, looks: None });
        }
        let filter = Filter::new(kernel::lake::Table::Events, &ask.among, &sought)?;
        let first_ending = OTHERS + ask.exclusions.len() as u8;
        Ok(Funnel {
            ask,
            spec,
            filter,
            now: ask.now.as_microsecond(),
            window,
            exclusions: ((1u64 << ask.exclusions.len()) - 1) as u32,
            endings: (first_ending..).zip(&ask.endings).map(|(bit, one)| (bit, one.ending)).collect(),
            most: if ask.order == Order::AnyOrder { MAX_EVENTS_ANY } else { MAX_EVENTS },
        })
    }

    fn gather<'a>(&'a self, by: Option<&'a Field>, limits: &'a Limits) -> Gather<'a> {
        Gather {
            unit: self.ask.unit,
            filter: &self.filter,
            from: self.spec.from,
            // The last start lies before the end of the range, and its window is inclusive.
            until: self.spec.until.saturating_add(self.window),
            by,
            limits,
        }
    }

    /// What became of a unit; none when it never started.
    fn walk(&self, walker: &mut Walker<'_>, hits: &[Hit]) -> Option<Outcome> {
        let starts = if self.ask.order == Order::AnyOrder { u64::from(u32::MAX) } else { 1 };
        if !hits.iter().any(|hit| hit.mask & starts != 0) {
            return None;
        }
        for hit in hits.iter().take(self.most) {
            walker.push(Step {
                at: hit.at,
                matches: hit.mask as u32,
                excluded: (hit.mask >> OTHERS) as u32 & self.exclusions,
            });
        }
        let reached = walker.finish();
        let started_at = reached.started_at?;
        let last_told = || {
            let within = hits
                .iter()
                .rev()
                .filter(|hit| hit.at >= started_at && hit.at.saturating_sub(started_at) <= self.window);
            within.into_iter().find_map(|hit| {
                self.endings.iter().find(|(bit, _)| hit.mask & 1 << bit != 0).map(|(_, ending)| *ending)
            })
        };
        let ending = if reached.level == self.spec.steps {
            Ending::Completed
        } else if let Some(told) = last_told() {
            told
        } else if reached.in_progress(&self.spec, self.now) {
            Ending::InProgress
        } else {
            Ending::Abandoned
        };
        Some(Outcome { reached, started_at, ending, truncated: hits.len() > self.most })
    }

    /// The value of the event at which a unit can first have started.
    fn group(&self, hits: &[Hit]) -> u32 {
        let steps = if self.ask.order == Order::AnyOrder { u64::from(u32::MAX) } else { 1 };
        let first = hits
            .iter()
            .find(|hit| hit.mask & steps != 0 && (self.spec.from..self.spec.until).contains(&hit.at));
        first.map_or(0, |hit| hit.group)
    }

    /// The last event of the steps that a unit did, within its window.
    fn last_step<'h>(&self, outcome: &Outcome, hits: &'h [Hit]) -> Option<(usize, &'h Hit)> {
        let done = (1u64 << outcome.reached.level) - 1;
        let steps = match self.ask.order {
            Order::AnyOrder => u64::from(u32::MAX),
            Order::Ordered | Order::Strict => done,
        };
        hits.iter().enumerate().rev().find(|(_, hit)| {
            hit.mask & steps != 0
                && hit.at >= outcome.started_at
                && hit.at.saturating_sub(outcome.started_at) <= self.window
        })
    }
}

fn add(part: &mut Part, outcome: &Outcome) {
    let counts = &mut part.counts;
    let level = usize::from(outcome.reached.level);
    counts.reached.iter_mut().take(level).for_each(|reached| *reached += 1);
    if outcome.ending == Ending::InProgress
        && let Some(stands) = counts.in_progress.get_mut(level.saturating_sub(1))
    {
        *stands += 1;
    }
    *counts.endings.entry(outcome.ending).or_default() += 1;
    if let Some(took) = outcome.reached.took {
        part.took_ms.add(took as f64 / 1_000.0, 1);
    }
    counts.truncated += u64::from(outcome.truncated);
}

/// Counts that are being added to.
#[derive(Clone)]
struct Part {
    counts: FunnelCounts,
    took_ms: Filling,
}

impl Part {
    fn empty(steps: usize) -> Part {
        let counts =
            FunnelCounts { reached: vec![0; steps], in_progress: vec![0; steps], ..FunnelCounts::default() };
        Part { counts, took_ms: Filling::default() }
    }

    fn done(self) -> FunnelCounts {
        FunnelCounts { took_ms: self.took_ms.done(), ..self.counts }
    }
}

/// How far units came.
pub(super) fn funnel(ask: &FunnelAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let funnel = Funnel::new(ask, false)?;
    let cells = Cells::new(&ask.cells)?;
    let steps = ask.steps.len();
    let mut walker = Walker::new(&funnel.spec).map_err(|_| wrong("lake-funnel-steps"))?;
    let mut names = Names::default();
    let mut all = vec![Part::empty(steps); cells.len()];
    // Which values are most common is known at the end; until then what became of each unit is kept.
    let mut kept: Vec<(u32, u32, Outcome)> = Vec::new();
    let gather = funnel.gather(ask.by.as_ref(), limits);
    each_unit(&gather, sources, &mut names, |_, hits| {
        let Some(outcome) = funnel.walk(&mut walker, hits) else { return Ok(()) };
        let cell = cells.of(outcome.started_at);
        add(&mut all[cell], &outcome);
        if ask.by.is_some() {
            if kept.len() * size_of::<(u32, u32, Outcome)>() > limits.bytes / 2 {
                return Err(too_much(limits));
            }
            kept.push((cell as u32, funnel.group(hits), outcome));
        }
        Ok(())
    })?;
    let mut reply = Vec::new();
    let mut weights = vec![0u64; names.len()];
    kept.iter().for_each(|(_, group, _)| weights[*group as usize] += 1);
    let common = Common::new(&weights, ask.top, &names);
    let mut parts: FxHashMap<(u32, u32), Part> = FxHashMap::default();
    for (cell, group, outcome) in &kept {
        let part = parts.entry((*cell, common.place[*group as usize])).or_insert_with(|| Part::empty(steps));
        add(part, outcome);
    }
    for (cell, part) in (0..).zip(all) {
        reply.push(FunnelCell { cell, group: Group::All, counts: part.done() });
        for place in 0..common.places() {
            if let Some(part) = parts.remove(&(cell, place as u32)) {
                reply.push(FunnelCell { cell, group: common.group(place, &names), counts: part.done() });
            }
        }
    }
    Ok(Reply::Funnel(reply))
}

/// Which units came so far or ended so.
pub(super) fn units(ask: &UnitsAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let funnel = Funnel::new(&ask.funnel, false)?;
    let mut walker = Walker::new(&funnel.spec).map_err(|_| wrong("lake-funnel-steps"))?;
    let limit = ask.limit.min(MAX_UNITS) as usize;
    let mut lines = std::collections::BTreeMap::new();
    let gather = funnel.gather(None, limits);
    each_unit(&gather, sources, &mut Names::default(), |_, hits| {
        let number = hits[0].unit;
        let full = lines.len() >= limit;
        if number <= ask.after || full && lines.last_key_value().is_none_or(|(last, _)| *last < number) {
            return Ok(());
        }
        let Some(outcome) = funnel.walk(&mut walker, hits) else { return Ok(()) };
        let level = outcome.reached.level;
        if ask.level.is_some_and(|wanted| wanted != level)
            || ask.ending.is_some_and(|wanted| wanted != outcome.ending)
        {
            return Ok(());
        }
        let last_at = funnel.last_step(&outcome, hits).map_or(outcome.started_at, |(_, hit)| hit.at);
        lines.insert(
            number,
            UnitLine {
                number,
                level,
                ending: outcome.ending,
                started_at: instant(outcome.started_at),
                last_at: instant(last_at),
            },
        );
        if lines.len() > limit {
            lines.pop_last();
        }
        Ok(())
    })?;
    Ok(Reply::Units(lines.into_values().collect()))
}

/// What units did after a step that was their last. Who may still go on is left out.
pub(super) fn after(ask: &AfterAsk, sources: &[Source], limits: &Limits) -> Result<Reply, Problem> {
    let funnel = Funnel::new(&ask.funnel, true)?;
    let mut walker = Walker::new(&funnel.spec).map_err(|_| wrong("lake-funnel-steps"))?;
    let mut names = Names::default();
    let nothing = names.number("");
    let mut counts: Vec<u64> = vec![0];
    let gather = funnel.gather(Some(&ask.by), limits);
    let mut steps: Vec<Hit> = Vec::new();
    each_unit(&gather, sources, &mut names, |names, hits| {
        // Except in strict order the kernel sees only what matches, as in the funnel itself.
        steps.clear();
        steps.extend(
            hits.iter().filter(|hit| ask.funnel.order == Order::Strict || hit.mask & !(1 << EVERY) != 0),
        );
        let Some(outcome) = funnel.walk(&mut walker, &steps) else { return Ok(()) };
        if outcome.reached.level != ask.level
            || matches!(outcome.ending, Ending::Completed | Ending::InProgress)
        {
            return Ok(());
        }
        let next = funnel.last_step(&outcome, hits).and_then(|(at, _)| hits.get(at + 1));
        counts.resize(names.len().max(1), 0);
        counts[next.map_or(nothing, |hit| hit.group) as usize] += 1;
        Ok(())
    })?;
    counts.resize(names.len().max(1), 0);
    let common = Common::new(&counts, ask.limit.min(MAX_AFTER), &names);
    let line = |value: &u32| After { value: names.word(*value).to_owned(), units: counts[*value as usize] };
    Ok(Reply::After(common.first.iter().map(line).collect()))
}
