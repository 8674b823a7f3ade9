//! How long things take together. Percentiles do not add; spreads do.

use serde::{Deserialize, Serialize};

use super::Target;
use crate::lake::Sketch;

/// The most points of a spread; more are put together on a grid that grows by 1 %.
pub const MAX_POINTS: usize = 2_000;
/// How much neighbours of a thinned spread differ.
const GROWTH: f64 = 1.01;
/// What floating point adds up wrongly at most.
const HAIR: f64 = 1e-9;

/// How a duration is spread: values in ms, ascending, each with its chance; the chances add up to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Spread {
    points: Vec<(f64, f64)>,
}

impl Spread {
    /// A spread of values and weights; what is not a number, and what has no weight, is left out. None when nothing
    /// is left.
    #[must_use]
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Spread> {
        let mut points: Vec<(f64, f64)> =
            points.into_iter().filter(|(value, weight)| value.is_finite() && *weight > 0.0).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sum: f64 = points.iter().map(|(_, weight)| weight).sum();
        if !sum.is_finite() || sum <= 0.0 {
            return None;
        }
        for (_, weight) in &mut points {
            *weight /= sum;
        }
        Some(Spread { points }.thinned())
    }

    /// What a sketch holds; none when it is empty.
    #[must_use]
    pub fn of_sketch(sketch: &Sketch) -> Option<Spread> {
        let middle = |bucket: i32| {
            let mut one = Sketch::default();
            one.buckets.insert(bucket, 1);
            one.count = 1;
            one.quantile(0.5).unwrap_or_default()
        };
        let zeros = (sketch.zeros > 0).then_some((0.0, sketch.zeros as f64));
        let buckets = sketch.buckets.iter().map(|(bucket, count)| (middle(*bucket), *count as f64));
        Spread::new(zeros.into_iter().chain(buckets))
    }

    /// Something that always takes so long.
    #[must_use]
    pub fn always(value: f64) -> Spread {
        Spread { points: vec![(value, 1.0)] }
    }

    /// The points.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// Equal values put together; and when there are too many, near ones, at their mean.
    fn thinned(mut self) -> Spread {
        self.points.dedup_by(|next, held| {
            let same = next.0 == held.0;
            if same {
                held.1 += next.1;
            }
            same
        });
        if self.points.len() <= MAX_POINTS {
            return self;
        }
        let bucket =
            |value: f64| if value <= 0.0 { i64::MIN } else { (value.ln() / GROWTH.ln()).ceil() as i64 };
        let mut thin: Vec<(i64, f64, f64)> = Vec::new();
        for (value, weight) in self.points {
            match thin.last_mut() {
                Some(held) if held.0 == bucket(value) => {
                    held.1 += value * weight;
                    held.2 += weight;
                }
                _ => thin.push((bucket(value), value * weight, weight)),
            }
        }
        Spread { points: thin.into_iter().map(|(_, sum, weight)| (sum / weight, weight)).collect() }
    }

    /// One after the other, independently: the convolution.
    #[must_use]
    pub fn then(&self, other: &Spread) -> Spread {
        self.with(other, |a, b| a + b)
    }

    /// Both at once, until the slower one is done: the maximum.
    #[must_use]
    pub fn beside(&self, other: &Spread) -> Spread {
        self.with(other, f64::max)
    }

    fn with(&self, other: &Spread, how: impl Fn(f64, f64) -> f64) -> Spread {
        let each =
            self.points.iter().flat_map(|(a, p)| other.points.iter().map(move |(b, q)| (*a, *b, p * q)));
        let points: Vec<(f64, f64)> = each.map(|(a, b, weight)| (how(a, b), weight)).collect();
        Spread::new(points).unwrap_or_else(|| self.clone())
    }

    /// So many of it at once, until the slowest is done.
    #[must_use]
    pub fn fanned(&self, out: u32) -> Spread {
        let power = |share: f64| share.min(1.0).powf(f64::from(out.max(1)));
        let mut below = 0.0;
        let points: Vec<(f64, f64)> = self
            .points
            .iter()
            .map(|(value, weight)| {
                let before = power(below);
                below += weight;
                (*value, power(below) - before)
            })
            .collect();
        Spread::new(points).unwrap_or_else(|| self.clone())
    }

    /// One after the other when whatever slows one slows the other as much: quantiles add.
    #[must_use]
    pub fn together(&self, other: &Spread) -> Spread {
        let (mut mine, mut theirs) = (self.points.iter(), other.points.iter());
        let (mut a, mut b) = (mine.next().copied(), theirs.next().copied());
        let mut points = Vec::with_capacity(self.points.len() + other.points.len());
        while let (Some((left, p)), Some((right, q))) = (a, b) {
            let weight = p.min(q);
            points.push((left + right, weight));
            a = if p - weight > HAIR { Some((left, p - weight)) } else { mine.next().copied() };
            b = if q - weight > HAIR { Some((right, q - weight)) } else { theirs.next().copied() };
        }
        Spread::new(points).unwrap_or_else(|| self.clone())
    }

    /// The value below which this share lies (nearest rank).
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let mut below = 0.0;
        for (value, weight) in &self.points {
            below += weight;
            if below + HAIR >= share {
                return *value;
            }
        }
        self.points.last().map_or(0.0, |(value, _)| *value)
    }

    /// The share that is at most this.
    #[must_use]
    pub fn within(&self, limit: f64) -> f64 {
        self.points.iter().take_while(|(value, _)| *value <= limit).map(|(_, weight)| weight).sum()
    }

    /// The quantile of both in a row, at the worst, whatever slows one with the other: the smallest sum over all ways
    /// to divide what may be slower (Makarov 1981).
    #[must_use]
    pub fn worst(&self, other: &Spread, share: f64) -> f64 {
        let slower = (1.0 - share).max(0.0);
        let mut cuts = vec![0.0, slower];
        for spread in [self, other] {
            let mut above = 1.0;
            for (_, weight) in &spread.points {
                above -= weight;
                let cut = if std::ptr::eq(spread, self) { above } else { slower - above };
                if (0.0..=slower).contains(&cut) {
                    cuts.push(cut);
                }
            }
        }
        let at = |mine: f64| self.quantile(1.0 - mine) + other.quantile(1.0 - (slower - mine));
        cuts.into_iter().map(at).fold(f64::INFINITY, f64::min)
    }
}

/// Which share of each of `n` independent things must be in time so that this share of all at once (or all in a row,
/// each within its own limit) is.
#[must_use]
pub fn leaf_quantile(share: f64, n: u32) -> f64 {
    share.powf(1.0 / f64::from(n.max(1)))
}

/// Divides a limit over things in a row: each gets a part of it by its weight, and must keep it with the share of
/// [`leaf_quantile`]. If all do and slow down independently, the whole keeps the limit with the target's share.
#[must_use]
pub fn parts_of_limit(limit: f64, target: Target, weights: &[f64]) -> (f64, Vec<f64>) {
    let sum: f64 = weights.iter().filter(|weight| **weight > 0.0).sum();
    let n = weights.len();
    let part = |weight: &f64| {
        if sum > 0.0 { limit * weight.max(0.0) / sum } else { limit / n.max(1) as f64 }
    };
    (leaf_quantile(target.share(), u32::try_from(n).unwrap_or(u32::MAX)), weights.iter().map(part).collect())
}
