//! Journey first, then components: what each part must promise so that the journey keeps its target, and which part
//! cannot today.
//!
//! - A journey needs its steps; a step needs its component; a component needs what it depends on, near and far, and
//!   what its service as a whole depends on. Each of these is one part, however many steps need it.
//! - The availability target is divided by weights: equally, or by what failed before. The parts multiply to the target
//!   again; that is checked and shown.
//! - What is measured of a part is what its callers saw (spans) or how long an alert named it (facts). A part that
//!   nothing measured has no figure: it is not taken for perfect, and the roll-up says how many such parts it left out.
//! - A latency limit for the journey is the steps' limit times the steps. It is divided by the steps' medians, and each
//!   step must keep its part so much more often that all together keep the whole. What the journey takes is the
//!   convolution of what the steps take.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use kernel::budget::{
    Composed, Gate, GateId, Grid, Spread, Target, Tree, contributions, parts_of_limit, split, wilson,
};
use kernel::{ComponentId, Ratio, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most parts of one journey that are looked at.
pub const MAX_PARTS: usize = 500;

/// One part: a component, or a service as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// The service.
    pub service: ServiceId,
    /// The component; none for the service as a whole.
    pub component: Option<ComponentId>,
}

/// Everything that a step needs, near and far, each once. `edges` are from what needs to what is needed.
#[must_use]
pub fn needs(service: ServiceId, component: Option<ComponentId>, edges: &[(Part, Part)]) -> BTreeSet<Part> {
    let mut of: BTreeMap<Part, Vec<Part>> = BTreeMap::new();
    for (from, to) in edges {
        of.entry(*from).or_default().push(*to);
    }
    // What a service depends on as a whole, each of its components does; the service that the journey belongs to, and
    // one of which only a component is needed, are looked through and are no parts.
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![(Part { service, component: None }, false)];
    todo.extend(component.map(|id| (Part { service, component: Some(id) }, true)));
    while let Some((next, counts)) = todo.pop() {
        if counts && found.len() < MAX_PARTS {
            found.insert(next);
        }
        if seen.insert(next) {
            todo.extend(of.get(&next).into_iter().flatten().map(|to| (*to, true)));
            if next.component.is_some() {
                todo.push((Part { component: None, ..next }, false));
            }
        }
    }
    found
}

/// What is measured of a part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Measured {
    /// Calls that did not fail.
    Spans {
        /// The calls.
        calls: Ratio,
    },
    /// Time in which no alert named it.
    Alerts {
        /// The share.
        share: f64,
    },
    /// Nothing.
    Nothing,
}

impl Measured {
    /// The share; none when nothing measured it.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        match self {
            Measured::Spans { calls } => calls.share(),
            Measured::Alerts { share } => Some(share),
            Measured::Nothing => None,
        }
    }
}

/// Whether a part keeps what it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Keeps,
    /// It does not, but so few were counted that it may.
    Unsure,
    /// It does not.
    Misses,
    /// Nothing measured it.
    Unknown,
}

/// The share of time in which no alert of these named the part.
#[must_use]
pub fn without_alerts(alerts: &[Grid], grid: Grid) -> f64 {
    let mut within: Vec<Grid> = alerts
        .iter()
        .map(|one| Grid { from: one.from.max(grid.from), until: one.until.min(grid.until) })
        .filter(|one| one.from < one.until)
        .collect();
    within.sort_by_key(|one| one.from);
    let (mut down, mut seen) = (SignedDuration::ZERO, grid.from);
    for one in within {
        let from = one.from.max(seen);
        if one.until > from {
            down += one.until.duration_since(from);
            seen = one.until;
        }
    }
    1.0 - down.as_secs_f64() / grid.length().as_secs_f64().max(1.0)
}

/// What one part must promise, and whether it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The part.
    pub part: Part,
    /// The steps that need it, by place.
    pub steps: Vec<usize>,
    /// What it must promise.
    pub must: f64,
    /// What is measured of it.
    pub measured: Measured,
    /// Whether that is enough.
    pub verdict: Verdict,
    /// Of what the parts cost the journey today, its share.
    pub blame: Option<f64>,
}

/// The whole of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The parts, most to blame first.
    pub lines: Vec<Line>,
    /// What the musts come to together: the target again.
    pub check: f64,
    /// What is measured comes to together, each part once; none when nothing was measured.
    pub predicted: Option<Composed>,
    /// The same reckoned wrongly, each part as often as a step needs it.
    pub naive: Option<f64>,
    /// Parts that nothing measured.
    pub unknown: usize,
}

/// By what the target is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// Equally.
    #[default]
    Equal,
    /// By what failed before: a part that failed twice as much may go on to, half of the target; the other half is
    /// divided equally, so that a part that never failed is not promised to be perfect.
    Measured,
}

/// Divides the target of a journey over the parts that its steps need.
#[must_use]
pub fn divide(
    target: Target,
    steps: &[BTreeSet<Part>],
    measured: &BTreeMap<Part, Measured>,
    weights: Weights,
) -> Split {
    let parts: Vec<Part> = steps.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let of = |part: &Part| measured.get(part).copied().unwrap_or(Measured::Nothing);
    let failed: Vec<f64> = parts.iter().map(|part| 1.0 - of(part).share().unwrap_or(1.0)).collect();
    let sum: f64 = failed.iter().sum();
    let equal = 1.0 / parts.len().max(1) as f64;
    let weight: Vec<f64> = match weights {
        Weights::Measured if sum > 0.0 => failed.iter().map(|one| 0.5 * one / sum + 0.5 * equal).collect(),
        Weights::Measured | Weights::Equal => vec![equal; parts.len()],
    };
    let must = split(target, &weight);
    let known: Vec<Part> = parts.iter().copied().filter(|part| of(part).share().is_some()).collect();
    let rolled = rolled_up(&known, &of);
    let naive = steps.iter().flatten().filter_map(|part| of(part).share()).product::<f64>();
    let mut lines: Vec<Line> = parts
        .iter()
        .zip(&must)
        .map(|(part, must)| Line {
            part: *part,
            steps: (0..steps.len()).filter(|place| steps[*place].contains(part)).collect(),
            must: *must,
            measured: of(part),
            verdict: verdict(of(part), *must),
            blame: rolled.as_ref().and_then(|(_, blame)| blame.get(part).copied()),
        })
        .collect();
    lines.sort_by(|a, b| {
        b.blame.unwrap_or(-1.0).total_cmp(&a.blame.unwrap_or(-1.0)).then(a.part.cmp(&b.part))
    });
    Split {
        lines,
        check: must.iter().product(),
        predicted: rolled.map(|(composed, _)| composed),
        naive: (!known.is_empty()).then_some(naive),
        unknown: parts.len() - known.len(),
    }
}

fn rolled_up(known: &[Part], of: &impl Fn(&Part) -> Measured) -> Option<(Composed, BTreeMap<Part, f64>)> {
    if known.is_empty() {
        return None;
    }
    let mut tree = Tree::new();
    let mut gates: Vec<(GateId, Part)> = Vec::with_capacity(known.len());
    for part in known {
        gates.push((tree.add(Gate::Part(of(part).share()?))?, *part));
    }
    let root = tree.add(Gate::All(gates.iter().map(|(gate, _)| *gate).collect()))?;
    let composed = tree.composed(root);
    let blame = contributions(&tree, root).unwrap_or_default();
    let named = blame.into_iter().filter_map(|(gate, share)| {
        gates.iter().find(|(known, _)| *known == gate).map(|(_, part)| (*part, share))
    });
    Some((composed, named.collect()))
}

fn verdict(measured: Measured, must: f64) -> Verdict {
    match measured.share() {
        None => Verdict::Unknown,
        Some(share) if share >= must => Verdict::Keeps,
        Some(_) => match measured {
            Measured::Spans { calls } if wilson(calls).is_some_and(|(_, high)| high >= must) => {
                Verdict::Unsure
            }
            Measured::Spans { .. } | Measured::Alerts { .. } | Measured::Nothing => Verdict::Misses,
        },
    }
}

/// What one step takes, and its part of the limit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StepTime {
    /// Its place.
    pub step: usize,
    /// How many were measured.
    pub n: u64,
    /// Its part of the limit, ms.
    pub part_ms: f64,
    /// Below what it stays as often as it must, ms.
    pub takes_ms: f64,
    /// The median, ms.
    pub median_ms: f64,
    /// Whether it keeps its part.
    pub keeps: bool,
}

/// What the journey takes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Times {
    /// How often each step must keep its part.
    pub each: f64,
    /// The limit of the whole, ms.
    pub limit_ms: f64,
    /// The steps that are measured.
    pub steps: Vec<StepTime>,
    /// The share that is within the limit: the convolution.
    pub within: f64,
    /// The quantile of the target, ms.
    pub takes_ms: f64,
    /// The sum of the steps' quantiles, which people take it for, ms.
    pub added_ms: f64,
    /// The quantile at the worst, whatever slows one step with another, ms.
    pub worst_ms: f64,
}

/// Divides a limit for each step over the steps that are measured, and adds up what they take. `steps` are places with
/// how many were measured and their spread.
#[must_use]
pub fn times(limit_ms: f64, target: Target, steps: &[(usize, u64, Spread)]) -> Option<Times> {
    let (_, _, first) = steps.first()?;
    let whole = limit_ms * steps.len() as f64;
    let medians: Vec<f64> = steps.iter().map(|(_, _, spread)| spread.quantile(0.5)).collect();
    let (each, parts) = parts_of_limit(whole, target, &medians);
    let rest = &steps[1..];
    let sum = rest.iter().fold(first.clone(), |sum, (_, _, spread)| sum.then(spread));
    let lines = steps.iter().zip(parts).zip(&medians).map(|(((step, n, spread), part), median)| {
        let takes = spread.quantile(each);
        StepTime {
            step: *step,
            n: *n,
            part_ms: part,
            takes_ms: takes,
            median_ms: *median,
            keeps: takes <= part,
        }
    });
    Some(Times {
        each,
        limit_ms: whole,
        steps: lines.collect(),
        within: sum.within(whole),
        takes_ms: sum.quantile(target.share()),
        added_ms: steps.iter().map(|(_, _, spread)| spread.quantile(target.share())).sum(),
        worst_ms: worst(steps.iter().map(|(_, _, spread)| spread), target.share()),
    })
}

/// How finely what may be slower is divided between steps when the worst is looked for.
const CUTS: usize = 60;

/// The quantile of a sum at the worst, whatever slows one step with another: the smallest sum of the steps' quantiles
/// over all ways to divide what may be slower between them (Makarov 1981), tried on a grid, which can only make it
/// larger.
fn worst<'s>(steps: impl Iterator<Item = &'s Spread>, share: f64) -> f64 {
    let unit = (1.0 - share) / CUTS as f64;
    let mut best = vec![0.0; CUTS + 1];
    for spread in steps {
        let own: Vec<f64> = (0..=CUTS).map(|cut| spread.quantile(1.0 - cut as f64 * unit)).collect();
        best = (0..=CUTS)
            .map(|cut| (0..=cut).map(|mine| own[mine] + best[cut - mine]).fold(f64::INFINITY, f64::min))
            .collect();
    }
    best[CUTS]
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Id as _;

    use super::*;

    fn service(n: u128) -> ServiceId {
        ServiceId::from_u128(n)
    }

    fn part(of: u128, component: u128) -> Part {
        Part { service: service(of), component: (component > 0).then(|| ComponentId::from_u128(component)) }
    }

    fn spans(good: u64, total: u64) -> Measured {
        Measured::Spans { calls: Ratio { good, total } }
    }

    #[test]
    fn a_step_needs_what_its_component_needs_near_and_far_once() {
        // web and payment need the db; payment needs the bank of another service; all of service 1 needs service 3.
        let edges = [
            (part(1, 1), part(1, 2)),
            (part(1, 1), part(1, 3)),
            (part(1, 2), part(1, 3)),
            (part(1, 2), part(2, 4)),
            (part(1, 0), part(3, 0)),
            (part(3, 0), part(4, 0)),
            (part(2, 0), part(5, 0)),
        ];
        let found = needs(service(1), Some(ComponentId::from_u128(1)), &edges);
        let wanted = BTreeSet::from([
            part(1, 1),
            part(1, 2),
            part(1, 3),
            part(2, 4),
            part(3, 0),
            part(4, 0),
            part(5, 0),
        ]);
        assert_eq!(found, wanted);
        assert_eq!(needs(service(1), None, &edges), BTreeSet::from([part(3, 0), part(4, 0)]));
        assert_eq!(needs(service(9), None, &edges), BTreeSet::new());
    }

    #[test]
    fn a_circle_ends() {
        let edges = [(part(1, 1), part(1, 2)), (part(1, 2), part(1, 1))];
        assert_eq!(
            needs(service(1), Some(ComponentId::from_u128(1)), &edges),
            BTreeSet::from([part(1, 1), part(1, 2)])
        );
    }

    #[test]
    fn a_shared_part_counts_once_and_the_check_comes_to_the_target() {
        // Five steps, each with its own part, and one database: the worked example of the field.
        let steps: Vec<BTreeSet<Part>> = (1..=5).map(|n| BTreeSet::from([part(1, n), part(1, 9)])).collect();
        let mut measured: BTreeMap<Part, Measured> =
            (1..=5).map(|n| (part(1, n), spans(9_995, 10_000))).collect();
        measured.insert(part(1, 9), spans(9_999, 10_000));
        let target = Target::new(0.999).expect("a target");
        let made = divide(target, &steps, &measured, Weights::Equal);
        assert!((made.predicted.expect("measured").works - 0.997_402_75).abs() < 1e-8);
        assert!((made.naive.expect("measured") - 0.997_003_85).abs() < 1e-8);
        assert!((made.check - 0.999).abs() < 1e-12);
        assert_eq!((made.lines.len(), made.unknown), (6, 0));
        let db = made.lines.iter().find(|line| line.part == part(1, 9)).expect("there");
        assert_eq!(db.steps, [0, 1, 2, 3, 4]);
        assert!((made.lines.iter().filter_map(|line| line.blame).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn who_cannot_keep_its_part_is_said_and_who_is_not_measured_too() {
        let steps = [BTreeSet::from([part(1, 1), part(1, 2), part(1, 3), part(1, 4)])];
        let measured = BTreeMap::from([
            (part(1, 1), spans(99_000, 100_000)),
            (part(1, 2), spans(99_990, 100_000)),
            (part(1, 3), spans(995, 1_000)),
        ]);
        let made = divide(Target::new(0.99).expect("a target"), &steps, &measured, Weights::Equal);
        let of = |n: u128| made.lines.iter().find(|line| line.part == part(1, n)).expect("there").verdict;
        assert_eq!(
            (of(1), of(2), of(3), of(4)),
            (Verdict::Misses, Verdict::Keeps, Verdict::Unsure, Verdict::Unknown)
        );
        assert_eq!((made.unknown, made.lines[0].part), (1, part(1, 1)));
        // By what failed before the worst may fail more.
        let by = divide(Target::new(0.99).expect("a target"), &steps, &measured, Weights::Measured);
        assert!(by.lines[0].must < made.lines[0].must);
        assert!((by.check - 0.99).abs() < 1e-12);
        let none = divide(Target::new(0.99).expect("a target"), &[], &measured, Weights::Equal);
        assert_eq!((none.lines.len(), none.predicted), (0, None));
    }

    #[test]
    fn time_with_alerts_is_counted_once_where_they_overlap() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).expect("a time");
        let grid = |from: i64, until: i64| Grid { from: at(from), until: at(until) };
        let alerts = [grid(90, 100), grid(10, 20), grid(15, 30), grid(16, 18), grid(-50, 2)];
        assert!((without_alerts(&alerts, grid(0, 100)) - 0.68).abs() < 1e-9);
        assert!((without_alerts(&[], grid(0, 100)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_steps_take_is_convolved() {
        let spread = |points: &[(f64, f64)]| Spread::new(points.iter().copied()).expect("some");
        let a = spread(&[(50.0, 0.90), (250.0, 0.09), (900.0, 0.01)]);
        let b = spread(&[(100.0, 0.80), (300.0, 0.15), (1_000.0, 0.05)]);
        let made =
            times(275.0, Target::new(0.95).expect("a target"), &[(0, 10, a), (2, 10, b)]).expect("measured");
        assert_eq!((made.limit_ms, made.takes_ms, made.added_ms), (550.0, 1_050.0, 550.0));
        assert!((made.within - 0.9405).abs() < 1e-9);
        assert!(made.worst_ms >= 1_050.0);
        let parts: Vec<f64> = made.steps.iter().map(|one| one.part_ms.round()).collect();
        assert_eq!(parts, [183.0, 367.0]);
        assert!(made.steps.iter().all(|one| !one.keeps), "{made:?}");
        assert_eq!(times(275.0, Target::new(0.95).expect("a target"), &[]), None);
    }
}
