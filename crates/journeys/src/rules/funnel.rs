//! What a funnel says (journeys reference 3.1).
//!
//! 1. `share[k] = reached[k] / reached[0]`; `step_share[k] = reached[k] / reached[k-1]`.
//! 2. `dropped[k] = reached[k-1] − reached[k] − in_progress[k-1]`: whoever may still go on is not lost.
//! 3. A proper end is completed or not eligible (GOV.UK completion rate). The completion share is proper ends of
//!    those that have ended; those in progress are neither.
//! 4. Shares carry Wilson's 95 % interval (1927), differences of shares Newcombe's (1998, method 10).
//! 5. Time to convert is median, 75th and 90th percentile with n; never a mean alone.

use kernel::lake::{Ending, FunnelCounts, Sketch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_964;

/// A share with what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// How many did.
    pub good: u64,
    /// Out of how many.
    pub total: u64,
    /// The share, 0 to 1; null when there was nobody.
    pub share: Option<f64>,
    /// The lower end of the 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl Share {
    /// So many of so many.
    #[must_use]
    pub fn of(good: u64, total: u64) -> Self {
        let interval = wilson(good, total);
        Share {
            good,
            total,
            share: (total > 0).then(|| good as f64 / total as f64),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

/// Wilson's score interval at 95 %; none of nobody.
#[must_use]
pub fn wilson(good: u64, total: u64) -> Option<(f64, f64)> {
    if total == 0 || good > total {
        return None;
    }
    let n = total as f64;
    let p = good as f64 / n;
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    // At the edges the formula gives 0 and 1 up to rounding; say so exactly.
    let low = if good == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if good == total { 1.0 } else { (centre + half).min(1.0) };
    Some((low, high))
}

/// One step of the report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StepLine {
    /// Its place, counted from 1.
    pub place: usize,
    /// How many came at least this far.
    pub reached: u64,
    /// Of those who started.
    pub of_start: Share,
    /// Of those who reached the step before; none for the first.
    pub of_before: Option<Share>,
    /// How many stopped after the step before and may not go on any more; none for the first.
    pub dropped: Option<u64>,
    /// How many stand at this step and may still go on.
    pub in_progress: u64,
}

/// How long it took those who completed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Took {
    /// How many.
    pub n: u64,
    /// The median, ms; null when nobody completed.
    pub median_ms: Option<f64>,
    /// The 75th percentile, ms.
    pub p75_ms: Option<f64>,
    /// The 90th percentile, ms.
    pub p90_ms: Option<f64>,
}

impl Took {
    /// What a sketch says.
    #[must_use]
    pub fn of(sketch: &Sketch) -> Self {
        Took {
            n: sketch.count,
            median_ms: sketch.quantile(0.5),
            p75_ms: sketch.quantile(0.75),
            p90_ms: sketch.quantile(0.9),
        }
    }
}

/// How many ended in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EndingLine {
    /// Which way.
    pub ending: Ending,
    /// How many.
    pub units: u64,
}

/// What a funnel says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// How many started.
    pub started: u64,
    /// How many did all steps.
    pub completed: u64,
    /// How many may still go on.
    pub in_progress: u64,
    /// Proper ends of those that have ended.
    pub completion: Share,
    /// The steps.
    pub steps: Vec<StepLine>,
    /// The endings, every one of them.
    pub endings: Vec<EndingLine>,
    /// How long it took.
    pub took: Took,
    /// Units with more matching events than are looked at.
    pub truncated: u64,
    /// The step after which most are lost, counted from 1, with how many; none when nobody is.
    pub worst: Option<(usize, u64)>,
}

/// Every ending in the order in which people read them.
pub const ENDINGS: [Ending; 5] =
    [Ending::Completed, Ending::NotEligible, Ending::Failed, Ending::Abandoned, Ending::InProgress];

/// What the counts of a funnel of so many steps say.
#[must_use]
pub fn report(counts: &FunnelCounts, steps: usize) -> Report {
    let at = |all: &[u64], place: usize| all.get(place).copied().unwrap_or(0);
    let started = at(&counts.reached, 0);
    let line = |place: usize| {
        let reached = at(&counts.reached, place);
        let before = place.checked_sub(1).map(|before| at(&counts.reached, before));
        StepLine {
            place: place + 1,
            reached,
            of_start: Share::of(reached, started),
            of_before: before.map(|before| Share::of(reached, before)),
            dropped: before.map(|before| {
                before.saturating_sub(reached).saturating_sub(at(&counts.in_progress, place - 1))
            }),
            in_progress: at(&counts.in_progress, place),
        }
    };
    let lines: Vec<StepLine> = (0..steps).map(line).collect();
    let of = |ending: Ending| counts.endings.get(&ending).copied().unwrap_or(0);
    let in_progress = of(Ending::InProgress);
    let proper = of(Ending::Completed) + of(Ending::NotEligible);
    let worst = lines
        .iter()
        .filter_map(|line| Some((line.place - 1, line.dropped.filter(|dropped| *dropped > 0)?)))
        .max_by_key(|(place, dropped)| (*dropped, std::cmp::Reverse(*place)));
    Report {
        started,
        completed: at(&counts.reached, steps.saturating_sub(1)),
        in_progress,
        completion: Share::of(proper, started.saturating_sub(in_progress)),
        endings: ENDINGS.map(|ending| EndingLine { ending, units: of(ending) }).to_vec(),
        took: Took::of(&counts.took_ms),
        truncated: counts.truncated,
        worst,
        steps: lines,
    }
}

/// What a difference of two shares is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The later share is higher by more than chance.
    Higher,
    /// The later share is lower by more than chance.
    Lower,
    /// No difference that could not be chance.
    Same,
    /// One of them counts nobody.
    Unknown,
}

/// The difference of two shares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// The later share minus the earlier one; null when one of them counts nobody.
    pub by: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What it is worth.
    pub verdict: Verdict,
}

/// By how much the later share differs from the earlier one.
#[must_use]
pub fn difference(now: &Share, before: &Share) -> Difference {
    let unknown = Difference { by: None, low: None, high: None, verdict: Verdict::Unknown };
    let (Some(p1), Some(l1), Some(u1)) = (now.share, now.low, now.high) else { return unknown };
    let (Some(p2), Some(l2), Some(u2)) = (before.share, before.low, before.high) else { return unknown };
    let by = p1 - p2;
    let low = by - ((p1 - l1).powi(2) + (u2 - p2).powi(2)).sqrt();
    let high = by + ((u1 - p1).powi(2) + (p2 - l2).powi(2)).sqrt();
    let verdict = match (low > 0.0, high < 0.0) {
        (true, _) => Verdict::Higher,
        (_, true) => Verdict::Lower,
        _ => Verdict::Same,
    };
    Difference { by: Some(by), low: Some(low), high: Some(high), verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, percent: f64) -> bool {
        (found * 100.0 - percent).abs() < 0.05
    }

    #[test]
    fn wilson_gives_the_intervals_of_the_reference() {
        for (good, total, low, high) in
            [(45, 60, 62.8, 84.2), (5, 5, 56.6, 100.0), (0, 8, 0.0, 32.4), (1_271, 1_434, 86.9, 90.2)]
        {
            let (l, h) = wilson(good, total).expect("somebody");
            assert!(near(l, low) && near(h, high), "{good}/{total}: {l} {h}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    fn counts(reached: &[u64], in_progress: &[u64], endings: &[(Ending, u64)]) -> FunnelCounts {
        FunnelCounts {
            reached: reached.to_vec(),
            in_progress: in_progress.to_vec(),
            endings: endings.iter().copied().collect(),
            ..FunnelCounts::default()
        }
    }

    #[test]
    fn whoever_may_still_go_on_is_not_lost() {
        let counts = counts(
            &[100, 60, 40],
            &[10, 5, 0],
            &[
                (Ending::Completed, 40),
                (Ending::NotEligible, 5),
                (Ending::Abandoned, 40),
                (Ending::InProgress, 15),
            ],
        );
        let report = report(&counts, 3);
        let dropped: Vec<Option<u64>> = report.steps.iter().map(|step| step.dropped).collect();
        assert_eq!(dropped, [None, Some(30), Some(15)]);
        assert_eq!(report.worst, Some((1, 30)));
        assert_eq!(
            (report.completion.good, report.completion.total),
            (45, 85),
            "not eligible is a proper end"
        );
        assert_eq!(report.steps[2].of_before.map(|share| (share.good, share.total)), Some((40, 60)));
        assert_eq!(report.steps[2].of_start.share, Some(0.4));
        assert_eq!(report.endings.iter().map(|one| one.units).sum::<u64>(), report.started);
    }

    #[test]
    fn the_permit_process_reads_as_in_the_reference() {
        let counts = counts(&[1434, 1316, 1303, 1299, 797, 784], &[0; 6], &[(Ending::Completed, 784)]);
        let report = report(&counts, 6);
        assert_eq!(report.worst, Some((4, 502)));
        assert_eq!(report.completed, 784);
    }

    #[test]
    fn nobody_is_no_share() {
        let report = report(&FunnelCounts::default(), 3);
        assert_eq!((report.started, report.completion.share, report.worst), (0, None, None));
        assert_eq!(report.took.median_ms, None);
    }

    #[test]
    fn a_difference_is_told_from_chance() {
        // Newcombe (1998), table II, case (a): 56/70 against 48/80 is 0.2 (0.0524 to 0.3339).
        let told = difference(&Share::of(56, 70), &Share::of(48, 80));
        assert!((told.low.unwrap() - 0.0524).abs() < 5e-4, "{told:?}");
        assert!((told.high.unwrap() - 0.3339).abs() < 5e-4, "{told:?}");
        assert_eq!(told.verdict, Verdict::Higher);
        assert_eq!(difference(&Share::of(9, 10), &Share::of(8, 10)).verdict, Verdict::Same);
        assert_eq!(difference(&Share::of(10, 100), &Share::of(40, 100)).verdict, Verdict::Lower);
        assert_eq!(difference(&Share::of(0, 0), &Share::of(1, 2)).verdict, Verdict::Unknown);
    }
}
