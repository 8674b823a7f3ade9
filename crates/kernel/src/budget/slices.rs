//! Counts over a grid of time, and what they say of a target.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Ratio;

/// Below this share of measured slices nothing is said about an objective: it is unknown.
pub const FLOOR: f64 = 0.95;

/// What part must be good, above 0 and below 1. Everything good is no target: it allows nothing, so nothing could
/// ever be said but that it was missed.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Target(f64);

impl Target {
    /// The target of this share; none outside 0 to 1 and at either end.
    #[must_use]
    pub fn new(share: f64) -> Option<Target> {
        (share.is_finite() && share > 0.0 && share < 1.0).then_some(Target(share))
    }

    /// Reads `99.9%`, `99.9 %` or `0.999`.
    pub fn parse(text: &str) -> Result<Target, String> {
        let wrong = || format!("{text:?} is not a target; write for example 99.9%");
        let plain = text.trim();
        let share = match plain.strip_suffix('%') {
            Some(percent) => percent.trim().parse::<f64>().map_err(|_| wrong())? / 100.0,
            None => plain.parse::<f64>().map_err(|_| wrong())?,
        };
        Target::new(share).ok_or_else(wrong)
    }

    /// The share that must be good.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }

    /// The share that may be bad.
    #[must_use]
    pub fn bad(self) -> f64 {
        1.0 - self.0
    }

    /// How long a window may be bad.
    #[must_use]
    pub fn allows(self, window: SignedDuration) -> SignedDuration {
        // Rounded to the millisecond: 1 - 0.999 is not exactly 0.001 in binary.
        let millis = (self.bad() * window.as_millis() as f64).round();
        SignedDuration::from_millis(millis as i64)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Ten digits hold every target that people write and none of the noise behind them.
        let percent = (self.0 * 1e12).round() / 1e10;
        write!(f, "{percent}%")
    }
}

/// A stretch of time from its begin, inclusive, to its end, exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Grid {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

impl Grid {
    /// The stretch that ends here and is this long.
    #[must_use]
    pub fn back(until: Timestamp, length: SignedDuration) -> Grid {
        Grid { from: until.checked_sub(length).unwrap_or(Timestamp::MIN), until }
    }

    /// How long.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

/// Counts per slice of time, all slices equally long. A slice that is not there was not measured; one that is there
/// with nothing in it was measured, and nobody asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slices {
    every: SignedDuration,
    counts: BTreeMap<i64, Ratio>,
}

impl Slices {
    /// None yet, each this long (at least a microsecond).
    #[must_use]
    pub fn new(every: SignedDuration) -> Slices {
        Slices { every: every.max(SignedDuration::from_micros(1)), counts: BTreeMap::new() }
    }

    /// How long each is.
    #[must_use]
    pub fn every(&self) -> SignedDuration {
        self.every
    }

    fn micros(&self) -> i64 {
        i64::try_from(self.every.as_micros()).unwrap_or(i64::MAX).max(1)
    }

    fn index(&self, at: Timestamp) -> i64 {
        at.as_microsecond().div_euclid(self.micros())
    }

    fn begin(&self, index: i64) -> Timestamp {
        Timestamp::from_microsecond(index.saturating_mul(self.micros())).unwrap_or(Timestamp::MAX)
    }

    /// Where the slice begins that holds this instant.
    #[must_use]
    pub fn floor(&self, at: Timestamp) -> Timestamp {
        self.begin(self.index(at))
    }

    /// What was measured in the slice that holds this instant, in place of what was measured before.
    pub fn put(&mut self, at: Timestamp, counts: Ratio) {
        let index = self.index(at);
        self.counts.insert(index, counts);
    }

    /// Whether nothing was measured at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Where the first measured slice begins.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        self.counts.keys().next().map(|index| self.begin(*index))
    }

    /// Where the last measured slice ends.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.counts.keys().next_back().map(|index| self.begin(index + 1))
    }

    /// The measured slices that begin within, in order.
    pub fn within(&self, grid: Grid) -> impl DoubleEndedIterator<Item = (Timestamp, Ratio)> + '_ {
        let (from, until) = self.edges(grid);
        self.counts.range(from..until.max(from)).map(|(index, counts)| (self.begin(*index), *counts))
    }

    /// The slices that begin within: the first, and one past the last.
    fn edges(&self, grid: Grid) -> (i64, i64) {
        let up = |at: Timestamp| -(-at.as_microsecond()).div_euclid(self.micros());
        (up(grid.from), up(grid.until))
    }

    /// How many whole slices lie within: what should have been measured, whatever was.
    #[must_use]
    pub fn expected(&self, grid: Grid) -> u64 {
        let (from, _) = self.edges(grid);
        u64::try_from(self.index(grid.until) - from).unwrap_or(0)
    }

    /// How many of them were measured.
    #[must_use]
    pub fn measured(&self, grid: Grid) -> u64 {
        let (from, _) = self.edges(grid);
        self.counts.range(from..self.index(grid.until).max(from)).count() as u64
    }

    /// Everything within, added up.
    #[must_use]
    pub fn sum(&self, grid: Grid) -> Ratio {
        self.within(grid).map(|(_, counts)| counts).sum()
    }

    /// What a method makes of what was measured within.
    #[must_use]
    pub fn tally(&self, grid: Grid, method: Method) -> Tally {
        let mut tally = Tally {
            method,
            counts: Ratio::default(),
            good: 0.0,
            total: 0.0,
            measured: self.measured(grid),
            expected: self.expected(grid),
        };
        for (_, counts) in self.within(grid) {
            tally.counts = tally.counts + counts;
            let Some(share) = counts.share() else { continue };
            match method {
                Method::Occurrences => {}
                Method::TimeSlices { at_least } => {
                    tally.total += 1.0;
                    // A share of 0.95 made of 19/20 must reach a limit of 0.95.
                    tally.good += f64::from(u8::from(share >= at_least - 1e-12));
                }
                Method::RatioSlices => {
                    tally.total += 1.0;
                    tally.good += share;
                }
            }
        }
        if method == Method::Occurrences {
            tally.good = tally.counts.good as f64;
            tally.total = tally.counts.total as f64;
        }
        tally
    }
}

/// How slices become one figure. The same data give three answers, so whoever shows one names its method (OpenSLO
/// v1, `budgetingMethod`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Method {
    /// Good events out of all events.
    #[default]
    Occurrences,
    /// Good slices out of measured slices; a slice is good when at least this share of its events is.
    TimeSlices {
        /// The share.
        at_least: f64,
    },
    /// The mean of the shares of slices. One event at night weighs as much as a thousand by day.
    RatioSlices,
}

impl Method {
    /// The word in texts and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Method::Occurrences => "occurrences",
            Method::TimeSlices { .. } => "time_slices",
            Method::RatioSlices => "ratio_slices",
        }
    }
}

/// What becomes of slices that should have been measured and were not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// They are left out, and the coverage says so.
    #[default]
    Ignored,
    /// They count as good.
    Good,
    /// They count as bad.
    Bad,
}

/// What was measured, in the unit of its method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Tally {
    /// The method.
    pub method: Method,
    /// Events.
    pub counts: Ratio,
    /// Good events or slices.
    pub good: f64,
    /// Events, or slices in which something was asked.
    pub total: f64,
    /// Whole slices that were measured.
    pub measured: u64,
    /// Whole slices that should have been.
    pub expected: u64,
}

impl Tally {
    /// The share that was good; none when nothing was asked.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.total > 0.0).then(|| self.good / self.total)
    }

    /// The share that was bad; none when nothing was asked.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.total - self.good) / self.total)
    }

    /// What was bad.
    #[must_use]
    pub fn bad(&self) -> f64 {
        self.total - self.good
    }

    /// How many times faster than allowed it goes wrong; none when nothing was asked.
    #[must_use]
    pub fn burn(&self, target: Target) -> Option<f64> {
        self.error().map(|error| error / target.bad())
    }

    /// The part of the slices that was measured, at most 1; none when none should have been.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        (self.expected > 0).then(|| (self.measured as f64 / self.expected as f64).min(1.0))
    }

    /// With the slices that are missing counted this way, each with what a measured one holds on average.
    #[must_use]
    pub fn with(mut self, missing: Missing) -> Tally {
        let absent = self.expected.saturating_sub(self.measured) as f64;
        if self.measured == 0 || missing == Missing::Ignored {
            return self;
        }
        let more = absent * self.total / self.measured as f64;
        self.total += more;
        if missing == Missing::Good {
            self.good += more;
        }
        self
    }
}

/// Whether a figure may be believed. Looked at in this order: the newest measurement is too old, too much is
/// missing, nothing was asked, observed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// Nothing was measured since then, or ever.
    Stale {
        /// The end of the newest measured slice.
        since: Option<Timestamp>,
    },
    /// Too many slices are missing.
    Sparse {
        /// The part that is there.
        coverage: f64,
    },
    /// Measured, and nobody asked: undefined, not 100 %.
    Idle,
    /// Measured.
    Observed {
        /// The share that was bad.
        error: f64,
    },
}

impl Seen {
    /// Whether it was observed.
    #[must_use]
    pub fn observed(self) -> Option<f64> {
        match self {
            Seen::Observed { error } => Some(error),
            Seen::Stale { .. } | Seen::Sparse { .. } | Seen::Idle => None,
        }
    }

    /// The word in texts and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Seen::Stale { .. } => "stale",
            Seen::Sparse { .. } => "sparse",
            Seen::Idle => "idle",
            Seen::Observed { .. } => "observed",
        }
    }
}

/// Looks whether a tally may be believed. `newest` is the end of the newest measured slice; a measurement is stale
/// when it is older than `stale_after`.
#[must_use]
pub fn look(
    tally: &Tally,
    newest: Option<Timestamp>,
    now: Timestamp,
    stale_after: SignedDuration,
    floor: f64,
) -> Seen {
    match newest {
        None => return Seen::Stale { since: None },
        Some(at) if now.duration_since(at) > stale_after => return Seen::Stale { since: Some(at) },
        Some(_) => {}
    }
    if let Some(coverage) = tally.coverage()
        && coverage < floor
    {
        return Seen::Sparse { coverage };
    }
    tally.error().map_or(Seen::Idle, |error| Seen::Observed { error })
}

/// What an objective allows, what was spent and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Budget {
    /// The target.
    pub target: Target,
    /// What the whole window allows, in the unit of the method. Of a window that is not over, or of an objective
    /// younger than it, the rest is taken to bring as much as what has passed.
    pub allowed: f64,
    /// What was bad.
    pub spent: f64,
    /// The part that is left, from 1 down; below 0 when more was spent than allowed. None when nothing was asked.
    pub left: Option<f64>,
}

/// The budget of a window. `whole` is all of it; the tally is of the part of it that has passed and that the
/// objective has existed.
#[must_use]
pub fn budget(target: Target, tally: &Tally, whole: u64) -> Budget {
    let passed = tally.expected.max(1) as f64;
    // Never less than what has passed: a window that rolls may hold one slice more than its length says.
    let ahead = (whole as f64 / passed).max(1.0);
    let allowed = target.bad() * tally.total * ahead;
    let spent = tally.bad();
    Budget { target, allowed, spent, left: (allowed > 0.0).then(|| 1.0 - spent / allowed) }
}

/// How several things measured by time become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// A slice is bad when any is bad in it.
    #[default]
    AnyBad,
    /// Each counts for itself, in slices times things.
    Average,
}

/// Puts several series of the same grid together. A slice in which none was measured is not measured; with
/// [`Several::AnyBad`] one good slice with another missing counts as good, since the missing one is not bad.
#[must_use]
pub fn combine(all: &[Slices], several: Several) -> Slices {
    let mut made = Slices::new(all.first().map_or(SignedDuration::from_secs(60), Slices::every));
    for one in all {
        for (index, counts) in &one.counts {
            let held = made.counts.entry(*index).or_insert(match several {
                Several::AnyBad => Ratio { good: 1, total: 1 },
                Several::Average => Ratio::default(),
            });
            match several {
                Several::AnyBad => held.good = held.good.min(u64::from(counts.bad() == 0)),
                Several::Average => *held = *held + *counts,
            }
        }
    }
    made
}

/// The interval that holds the true share with 95 % confidence (Wilson 1927, without correction); none when nothing
/// was counted.
#[must_use]
pub fn wilson(counts: Ratio) -> Option<(f64, f64)> {
    /// The 97.5 % quantile of the normal distribution.
    const Z: f64 = 1.959_964;
    let share = counts.share()?;
    let n = counts.total as f64;
    let centre = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / (1.0 + Z * Z / n);
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}
