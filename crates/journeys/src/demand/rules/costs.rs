//! What was spent over some days, and what is left of a budget (MAP 105).
//!
//! 1. A cost of a month is spread over the days of its month, one of a year over the days of its year, so that a line
//!    that begins or ends in the middle counts for its days. What is paid once counts on its day.
//! 2. Amounts are rounded once, per line and stretch; sums are exact.
//! 3. A line in another currency than the budget's is not counted against it, and that is said.

use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::kpi::Money;
use crate::demand::model::{CostLine, Every};

/// What a line comes to from one day to another, both included, in hundredths.
#[must_use]
pub fn of_line(line: &CostLine, from: Date, to: Date) -> i64 {
    let begins = line.from.map_or(from, |day| day.max(from));
    let ends = line.until.map_or(to, |day| day.min(to));
    if line.per == Every::Once {
        let on = line.from.is_some_and(|day| (from..=to).contains(&day));
        return if on { line.amount.minor } else { 0 };
    }
    let (mut day, mut share) = (begins, 0.0);
    // Month by month: the days of a month (or of its year) are what one day is a part of.
    while day <= ends {
        let last = day.last_of_month().min(ends);
        let days = f64::from(days_between(day, last));
        share += match line.per {
            Every::Year => days / f64::from(day.days_in_year()),
            Every::Month | Every::Once => days / f64::from(day.days_in_month()),
        };
        match last.checked_add(1.day()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    (line.amount.minor as f64 * share).round() as i64
}

/// How many days, both included.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days()) + 1
}

/// What each line comes to from one day to another, both included; lines that come to nothing are left out.
#[must_use]
pub fn spent(lines: &[CostLine], from: Date, to: Date) -> Vec<(&CostLine, Money)> {
    let money =
        |line: &CostLine| Money { minor: of_line(line, from, to), currency: line.amount.currency.clone() };
    lines.iter().map(|line| (line, money(line))).filter(|(_, money)| money.minor != 0).collect()
}

/// Where a budget stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Standing {
    /// What may be spent in the year.
    pub budget: Money,
    /// What was spent up to today.
    pub spent: Money,
    /// What the lines come to over the whole year.
    pub planned: Money,
    /// What is left for more when the lines stay as they are; below zero when they are too much.
    pub free: i64,
    /// Lines in another currency, which are not counted.
    pub others: usize,
}

/// Where a budget of a year stands today.
#[must_use]
pub fn standing(lines: &[CostLine], budget: &Money, today: Date) -> Standing {
    let (first, last) = (today.first_of_year(), today.last_of_year());
    let own = |line: &&CostLine| line.amount.currency == budget.currency;
    let sum = |to: Date| lines.iter().filter(own).map(|line| of_line(line, first, to)).sum();
    let money = |minor| Money { minor, currency: budget.currency.clone() };
    let planned: i64 = sum(last);
    Standing {
        budget: budget.clone(),
        spent: money(sum(today)),
        planned: money(planned),
        free: budget.minor - planned,
        others: lines.iter().filter(|line| !own(line)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(minor: i64, per: Every, from: Option<&str>, until: Option<&str>) -> CostLine {
        let day = |text: &str| text.parse().expect("a day");
        CostLine {
            name: "hosting".into(),
            amount: Money { minor, currency: "EUR".into() },
            per,
            channel: None,
            from: from.map(day),
            until: until.map(day),
        }
    }

    fn of(line: &CostLine, from: &str, to: &str) -> i64 {
        of_line(line, from.parse().expect("a day"), to.parse().expect("a day"))
    }

    #[test]
    fn a_month_costs_what_it_costs_and_half_of_it_half() {
        let whole = line(120_000, Every::Month, None, None);
        assert_eq!(of(&whole, "2026-02-01", "2026-02-28"), 120_000);
        assert_eq!(of(&whole, "2026-01-01", "2026-12-31"), 1_440_000);
        assert_eq!(of(&whole, "2026-11-01", "2026-11-15"), 60_000);
        let late = line(120_000, Every::Month, Some("2026-11-16"), Some("2026-12-31"));
        assert_eq!(of(&late, "2026-11-01", "2026-11-30"), 60_000);
        assert_eq!(of(&late, "2026-10-01", "2026-10-31"), 0);
    }

    #[test]
    fn a_year_is_spread_over_its_days_and_once_is_once() {
        let year = line(36_500, Every::Year, None, None);
        assert_eq!(of(&year, "2026-01-01", "2026-01-31"), 3_100);
        assert_eq!(of(&year, "2025-01-01", "2026-12-31"), 73_000);
        let once = line(5_000, Every::Once, Some("2026-03-03"), None);
        assert_eq!(
            (of(&once, "2026-03-01", "2026-03-31"), of(&once, "2026-04-01", "2026-04-30")),
            (5_000, 0)
        );
    }

    #[test]
    fn what_is_left_of_a_budget_is_what_no_line_will_take() {
        let mut other = line(1, Every::Year, None, None);
        other.amount.currency = "GBP".into();
        let lines = [line(10_000, Every::Month, None, None), other];
        let budget = Money { minor: 150_000, currency: "EUR".into() };
        let found = standing(&lines, &budget, "2026-06-30".parse().expect("a day"));
        assert_eq!((found.spent.minor, found.planned.minor, found.free), (60_000, 120_000, 30_000));
        assert_eq!(found.others, 1);
    }
}
