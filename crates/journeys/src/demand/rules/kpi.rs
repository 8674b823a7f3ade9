//! The four figures that a public service publishes (GOV.UK Service Manual), from counts.

use kernel::Ratio;
use kernel::lake::{Channel, Ending};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Money in hundredths of its currency (cents), so that sums are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// How much, in the smallest unit.
    pub minor: i64,
    /// The currency, ISO 4217.
    pub currency: String,
}

/// What counts towards the figures of a period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Journeys by ending; those in progress are not ended.
    pub endings: BTreeMap<Ending, u64>,
    /// Completed transactions by the way they came.
    pub completed_by: BTreeMap<Channel, u64>,
}

/// Cost per transaction: all costs of the period through all channels by all completed transactions. None when costs are
/// in several currencies, when there are none, or when nothing was completed.
#[must_use]
pub fn cost_per_transaction(costs: &[Money], completed: u64) -> Option<Money> {
    let currency = &costs.first()?.currency;
    if completed == 0 || costs.iter().any(|cost| &cost.currency != currency) {
        return None;
    }
    let sum: i64 = costs.iter().map(|cost| cost.minor).sum();
    let each = sum as f64 / completed as f64;
    Some(Money { minor: each.round() as i64, currency: currency.clone() })
}

/// Digital take-up: completed digitally (the web, mail to a form, another program) of all completed.
#[must_use]
pub fn take_up(counts: &Counts) -> Ratio {
    let digital = [Channel::Web, Channel::Mail, Channel::Api];
    let good = digital.iter().filter_map(|channel| counts.completed_by.get(channel)).sum();
    Ratio { good, total: counts.completed_by.values().sum() }
}

/// Completion rate: completed of ended. Who was told that they are not eligible completed; who is in progress has not ended.
#[must_use]
pub fn completion(counts: &Counts) -> Ratio {
    let of = |ending: Ending| counts.endings.get(&ending).copied().unwrap_or(0);
    let good = of(Ending::Completed) + of(Ending::NotEligible);
    Ratio { good, total: good + of(Ending::Abandoned) + of(Ending::Failed) }
}

/// The interval of a share at 95 % (Wilson 1927); none when nothing was counted.
#[must_use]
pub fn wilson(ratio: Ratio) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_964;
    let p = ratio.share()?;
    let n = ratio.total as f64;
    let whole = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / whole;
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / whole;
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(cents: i64) -> Money {
        Money { minor: cents, currency: "EUR".into() }
    }

    #[test]
    fn costs_are_summed_over_all_channels_and_divided_once() {
        assert_eq!(cost_per_transaction(&[euros(120_000), euros(30_050)], 1_000), Some(euros(150)));
        assert_eq!(cost_per_transaction(&[euros(1), Money { minor: 1, currency: "GBP".into() }], 5), None);
        assert_eq!(cost_per_transaction(&[euros(100)], 0), None);
        assert_eq!(cost_per_transaction(&[], 5), None);
    }

    #[test]
    fn the_permit_process_is_used_digitally_by_89_of_100() {
        // Known answer of the receipt phase of environmental permits: 1,250 by internet and 21 by mail of 1,434.
        let completed_by = [
            (Channel::Web, 1_250),
            (Channel::Mail, 21),
            (Channel::Counter, 109),
            (Channel::Post, 53),
            (Channel::Inside, 1),
        ];
        let counts = Counts { completed_by: completed_by.into(), ..Counts::default() };
        let found = take_up(&counts);
        assert_eq!((found.good, found.total), (1_271, 1_434));
        let (low, high) = wilson(found).expect("counted");
        assert!((low - 0.869).abs() < 5e-4 && (high - 0.902).abs() < 5e-4, "{low} {high}");
    }

    #[test]
    fn not_eligible_is_a_proper_end_and_in_progress_is_none() {
        let endings = [
            (Ending::Completed, 60),
            (Ending::NotEligible, 10),
            (Ending::Abandoned, 25),
            (Ending::Failed, 5),
            (Ending::InProgress, 400),
        ];
        let counts = Counts { endings: endings.into(), ..Counts::default() };
        assert_eq!(completion(&counts), Ratio { good: 70, total: 100 });
        assert_eq!(completion(&Counts::default()).share(), None);
    }

    #[test]
    fn intervals_are_those_of_the_reference() {
        let of = |good, total| {
            let (low, high) = wilson(Ratio { good, total }).expect("counted");
            ((low * 1_000.0).round() / 10.0, (high * 1_000.0).round() / 10.0)
        };
        assert_eq!(of(45, 60), (62.8, 84.2));
        assert_eq!(of(5, 5), (56.6, 100.0));
        assert_eq!(of(0, 8), (0.0, 32.4));
        assert_eq!(wilson(Ratio::default()), None);
    }
}
