//! How many will come.
//!
//! 1. Two methods compete on the series itself: *the same hour of last week* (seasonal-naive) and a decomposition with
//!    daily and weekly seasons whose trend is smoothed (MSTL with AutoETS). Both forecast the last folds of the known
//!    past; the smaller error (sMAPE) wins, and both scores are shown. Neither wins everywhere: over holidays the naive
//!    one is better by far (journeys reference 7.1).
//! 2. Hours of incidents and hours that were not measured are not demand: they are filled from the same hour of other
//!    weeks before anything is fitted, and say nothing about errors.
//! 3. Less than two whole seasons give no forecast, and the reason is said.
//! 4. A forecast is an interval; its line alone is never shown. The naive method's interval comes from its own errors in
//!    the past; counts are never below zero.

use augurs::ets::AutoETS;
use augurs::mstl::MSTLModel;
use augurs::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hours of a day and of a week.
pub const DAY: usize = 24;
/// Hours of a week.
pub const WEEK: usize = 168;
/// The most hours that are fitted: 26 weeks. Older demand says little about next week.
pub const MAX_HOURS: usize = 26 * WEEK;
/// How often the methods are tried on the past.
const FOLDS: usize = 4;
/// The share of outcomes that the interval is meant to hold.
pub const LEVEL: f64 = 0.8;

/// One hour: how many, or none when it was not measured or an incident hid the demand.
pub type Hour = Option<f64>;

/// Which method forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The same hour of last season.
    SeasonalNaive,
    /// Seasons and a smoothed trend.
    Seasons,
}

/// How well the methods did on the past.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// Mean symmetric error of the naive method, percent.
    pub naive: f64,
    /// Of the decomposition; none when it could not be fitted.
    pub seasons: Option<f64>,
    /// Hours that were compared.
    pub hours: usize,
    /// Of these, how many lay within the winner's interval.
    pub within: usize,
}

/// How many will come in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Expected {
    /// The middle.
    pub middle: f64,
    /// One in ten is below.
    pub low: f64,
    /// One in ten is above.
    pub high: f64,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// Who won.
    pub method: Method,
    /// By how much.
    pub scores: Scores,
    /// The season of the naive method, hours.
    pub season: usize,
    /// Hour by hour from the end of the series.
    pub hours: Vec<Expected>,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoForecast {
    /// Fewer than two whole days and a day to compare with.
    TooShort {
        /// Hours that are there.
        have: usize,
        /// Hours that are needed.
        need: usize,
    },
    /// More than half of the hours were not measured.
    TooManyGaps,
    /// Nobody ever came.
    Nothing,
}

/// Forecasts an hourly series, oldest hour first, so many hours on.
pub fn forecast(series: &[Hour], horizon: usize) -> Result<Forecast, NoForecast> {
    let series = &series[series.len().saturating_sub(MAX_HOURS)..];
    let season = if series.len() >= 3 * WEEK { WEEK } else { DAY };
    let need = 3 * season;
    if series.len() < need {
        return Err(NoForecast::TooShort { have: series.len(), need });
    }
    let measured = series.iter().flatten().count();
    if measured * 2 < series.len() {
        return Err(NoForecast::TooManyGaps);
    }
    let filled = fill(series, season);
    if filled.iter().all(|value| *value <= 0.0) {
        return Err(NoForecast::Nothing);
    }
    let fold = season.min(horizon.max(1)).min((filled.len() - 2 * season) / FOLDS).max(1);
    let naive = backtest(series, &filled, fold, |past, many| Some(naive(past, season, many)));
    let seasons = backtest(series, &filled, fold, |past, many| decompose(past, season, many));
    let (method, winner) = match &seasons {
        Some(found) if found.smape < naive.as_ref().map_or(f64::MAX, |one| one.smape) => {
            (Method::Seasons, found)
        }
        _ => (Method::SeasonalNaive, naive.as_ref().ok_or(NoForecast::TooManyGaps)?),
    };
    let scores = Scores {
        naive: naive.as_ref().map_or(200.0, |one| one.smape),
        seasons: seasons.as_ref().map(|one| one.smape),
        hours: winner.hours,
        within: winner.within,
    };
    let ahead = match method {
        Method::Seasons => decompose(&filled, season, horizon),
        Method::SeasonalNaive => Some(self::naive(&filled, season, horizon)),
    };
    let hours = ahead.unwrap_or_default().into_iter().map(above_zero).collect();
    Ok(Forecast { method, scores, season, hours })
}

fn above_zero(one: Expected) -> Expected {
    Expected { middle: one.middle.max(0.0), low: one.low.max(0.0), high: one.high.max(0.0) }
}

/// Hours that say nothing take the mean of the same hour in the seasons around them.
fn fill(series: &[Hour], season: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0u32); season];
    for (at, value) in series.iter().enumerate() {
        if let Some(value) = value {
            sums[at % season].0 += value;
            sums[at % season].1 += 1;
        }
    }
    let known: Vec<f64> = series.iter().flatten().copied().collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let usual = |at: usize| match sums[at % season] {
        (_, 0) => mean,
        (sum, many) => sum / f64::from(many),
    };
    series.iter().enumerate().map(|(at, value)| value.unwrap_or_else(|| usual(at))).collect()
}

/// The same hour of the last season; the interval holds [`LEVEL`] of its own steps from season to season.
fn naive(past: &[f64], season: usize, many: usize) -> Vec<Expected> {
    let mut steps: Vec<f64> =
        past.iter().zip(&past[season..]).map(|(before, after)| after - before).collect();
    steps.sort_by(f64::total_cmp);
    let tail = (1.0 - LEVEL) / 2.0;
    let (below, above) = (at_share(&steps, tail), at_share(&steps, 1.0 - tail));
    let last = &past[past.len() - season..];
    (0..many)
        .map(|at| {
            let middle = last[at % season];
            // Each further season adds a step: errors grow with the root of their number.
            let seasons = ((at / season + 1) as f64).sqrt();
            Expected { middle, low: middle + below * seasons, high: middle + above * seasons }
        })
        .collect()
}

fn at_share(sorted: &[f64], share: f64) -> f64 {
    let at = (share * (sorted.len().max(1) - 1) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

/// Seasons and a smoothed trend, of logarithms, because a busy week is busier by a share and not by a number; none when
/// it cannot be fitted.
fn decompose(past: &[f64], season: usize, many: usize) -> Option<Vec<Expected>> {
    let periods = if season == WEEK { vec![DAY, WEEK] } else { vec![DAY] };
    let model = MSTLModel::new(periods, AutoETS::non_seasonal().into_trend_model());
    let logs: Vec<f64> = past.iter().map(|value| value.max(0.0).ln_1p()).collect();
    let found = model.fit(&logs).ok()?.predict(many, LEVEL).ok()?;
    let intervals = found.intervals?;
    let hours = found.point.iter().zip(intervals.lower.iter().zip(&intervals.upper));
    let back = |value: &f64| value.exp_m1();
    let hours: Vec<Expected> = hours
        .map(|(middle, (low, high))| Expected { middle: back(middle), low: back(low), high: back(high) })
        .collect();
    hours.iter().all(|one| one.middle.is_finite()).then_some(hours)
}

/// How a method did.
struct Tried {
    smape: f64,
    hours: usize,
    within: usize,
}

/// Forecasts the last folds of the past from what was known before each, and compares. Hours that were not measured
/// are not compared.
fn backtest(
    series: &[Hour],
    filled: &[f64],
    fold: usize,
    method: impl Fn(&[f64], usize) -> Option<Vec<Expected>>,
) -> Option<Tried> {
    let (mut error, mut hours, mut within) = (0.0, 0usize, 0usize);
    for back in (1..=FOLDS).rev() {
        let cut = filled.len() - back * fold;
        let ahead = method(&filled[..cut], fold)?;
        for (expected, actual) in ahead.iter().map(|one| above_zero(*one)).zip(&series[cut..cut + fold]) {
            let Some(actual) = actual else { continue };
            let size = expected.middle.abs() + actual.abs();
            error += if size > 0.0 { 200.0 * (expected.middle - actual).abs() / size } else { 0.0 };
            hours += 1;
            within += usize::from((expected.low..=expected.high).contains(actual));
        }
    }
    (hours > 0).then(|| Tried { smape: error / hours as f64, hours, within })
}

#[cfg(test)]
mod tests;
