//! Who spent a budget, and when it will be gone.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Budget, Grid, Slices};

/// Something that may have spent a budget: an incident, a maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<K> {
    /// Which one.
    pub key: K,
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
    /// Of two that claim the same slice the lower rank takes it; of equal ranks the one that began first.
    pub rank: u8,
}

/// One line of a ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Line<K> {
    /// Who spent it; none for what nobody claims.
    pub key: Option<K>,
    /// Bad events.
    pub bad: u64,
    /// The part of the whole budget.
    pub share: Option<f64>,
}

/// A ledger: its lines, in the order of the claims with what nobody claims last, add up to everything that was bad.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger<K> {
    /// The lines.
    pub lines: Vec<Line<K>>,
    /// All bad events.
    pub bad: u64,
}

/// Who spent what within a stretch of time. Every bad event of a slice goes to one claim that overlaps the slice, so
/// that nothing is counted twice.
#[must_use]
pub fn ledger<K: Clone>(slices: &Slices, grid: Grid, claims: &[Claim<K>], budget: &Budget) -> Ledger<K> {
    let mut spent = vec![0u64; claims.len() + 1];
    for (at, counts) in slices.within(grid).filter(|(_, counts)| counts.bad() > 0) {
        let end = at + slices.every();
        let takes = claims
            .iter()
            .enumerate()
            .filter(|(_, claim)| claim.from < end && claim.until.is_none_or(|until| until > at))
            .min_by_key(|(_, claim)| (claim.rank, claim.from));
        spent[takes.map_or(claims.len(), |(place, _)| place)] += counts.bad();
    }
    let share = |bad: u64| (budget.allowed > 0.0).then(|| bad as f64 / budget.allowed);
    let named = claims.iter().map(|claim| Some(claim.key.clone())).chain([None]);
    let lines = named.zip(&spent).map(|(key, bad)| Line { key, bad: *bad, share: share(*bad) }).collect();
    Ledger { lines, bad: spent.iter().sum() }
}

/// When a budget will be gone, if all goes on as in the time just passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "forecast", rename_all = "snake_case")]
pub enum Forecast {
    /// It is gone.
    Gone,
    /// Then.
    At {
        /// When.
        at: Timestamp,
    },
    /// Not within the window ahead.
    Lasts,
    /// Nothing to go by.
    Unknown,
}

/// Steps of a forecast: finer than a hundredth of the window says more than anybody knows.
const STEPS: i32 = 200;

/// Looks ahead by letting what happened in `recent` go on. In a window that rolls, what is old leaves it at the back
/// while the new enters; in one that follows the calendar (`rolls` false) nothing leaves before its end.
#[must_use]
pub fn forecast(
    slices: &Slices,
    whole: Grid,
    budget: &Budget,
    recent: SignedDuration,
    rolls: bool,
    now: Timestamp,
) -> Forecast {
    let Some(left) = budget.left else { return Forecast::Unknown };
    if left <= 0.0 {
        return Forecast::Gone;
    }
    let last = slices.sum(Grid::back(now, recent));
    if last.total == 0 {
        return Forecast::Unknown;
    }
    if last.bad() == 0 {
        return Forecast::Lasts;
    }
    let per_second = |count: u64| count as f64 / recent.as_secs_f64();
    let (bad_rate, rate) = (per_second(last.bad()), per_second(last.total));
    let ahead = if rolls { whole.length() } else { whole.until.duration_since(now) };
    let held = slices.sum(Grid { from: whole.from, until: now });
    let young = slices.first().is_none_or(|first| first > whole.from);
    for number in 1..=STEPS {
        let passes = ahead.mul_f64(f64::from(number) / f64::from(STEPS));
        let seconds = passes.as_secs_f64();
        let gone = if rolls {
            slices.sum(Grid { from: whole.from, until: whole.from + passes })
        } else {
            crate::Ratio::default()
        };
        let bad = held.bad().saturating_sub(gone.bad()) as f64 + bad_rate * seconds;
        let total = held.total.saturating_sub(gone.total) as f64 + rate * seconds;
        // A full window that rolls allows its part of what it will then hold; any other allows what was reckoned.
        let allowed = if rolls && !young { budget.target.bad() * total } else { budget.allowed };
        if bad >= allowed {
            return Forecast::At { at: now + passes };
        }
    }
    Forecast::Lasts
}
