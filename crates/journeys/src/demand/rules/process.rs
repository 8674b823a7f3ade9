//! How the process behind a service performs, from its cases: who is late, what waits, which way people come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::Ratio;
use kernel::lake::CaseLine;
use schemars::JsonSchema;
use serde::Serialize;

use crate::demand::model::ProcessRule;

/// One case: its events in order of time, and the day it should have been ready, when that is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// Name and time of each event.
    pub events: Vec<(String, Timestamp)>,
    /// When it was finished.
    pub ended_at: Option<Timestamp>,
    /// When it should be finished.
    pub due_at: Option<Timestamp>,
}

/// Cases of the lake as a rule sees them: when each ended and when it was due. Properties come in the order `ended`,
/// `due`, each only when the rule names it.
#[must_use]
pub fn judged(lines: &[CaseLine], rule: &ProcessRule) -> Vec<Case> {
    lines
        .iter()
        .map(|line| {
            let mut props = line.props.iter();
            let ended = rule.ended.as_ref().and_then(|_| props.next()).and_then(|text| instant(text));
            let due = rule.due.as_ref().and_then(|_| props.next()).and_then(|text| instant(text));
            let done = line.events.iter().rev().find(|(name, _)| rule.done.contains(name)).map(|(_, at)| *at);
            let first = line.events.first().map(|(_, at)| *at);
            let within = rule.within.zip(first).and_then(|(span, first)| first.checked_add(span).ok());
            Case { events: line.events.clone(), ended_at: ended.or(done), due_at: due.or(within) }
        })
        .collect()
}

/// The properties that a rule needs, in the order of [`judged`].
#[must_use]
pub fn props_of(rule: &ProcessRule) -> Vec<String> {
    [&rule.ended, &rule.due].into_iter().flatten().cloned().collect()
}

/// An instant as tables and forms write it: with a zone, without one (then UTC), or as a day (then its end).
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim().replacen(' ', "T", 1);
    let with_zone = text.parse::<Timestamp>().ok();
    with_zone.or_else(|| format!("{text}Z").parse().ok()).or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
    })
}

/// How many finished cases were late, of those with a due date.
#[must_use]
pub fn late(cases: &[Case]) -> Ratio {
    let finished = cases.iter().filter_map(|case| Some((case.ended_at?, case.due_at?)));
    finished.fold(Ratio::default(), |sum, (ended, due)| Ratio {
        good: sum.good + u64::from(ended > due),
        total: sum.total + 1,
    })
}

/// Waiting between two steps that follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Wait {
    /// After this.
    pub from: String,
    /// Before this.
    pub to: String,
    /// How many cases did the one right after the other.
    pub cases: u64,
    /// The middle one waited so long, seconds.
    pub median: f64,
    /// One in ten waited longer, seconds.
    pub p90: f64,
    /// All of them together, seconds: where the time goes.
    pub total: f64,
}

/// Finished cases that were in time, of those with a due date. What is still open and late by now is late too.
#[must_use]
pub fn in_time(cases: &[Case], now: Timestamp) -> Ratio {
    let judged = cases.iter().filter_map(|case| {
        let due = case.due_at?;
        match case.ended_at {
            Some(ended) => Some(ended <= due),
            None => (now > due).then_some(false),
        }
    });
    judged
        .fold(Ratio::default(), |sum, good| Ratio { good: sum.good + u64::from(good), total: sum.total + 1 })
}

/// Where cases wait, longest in total first; events at the same instant do not wait for each other.
#[must_use]
pub fn waits(cases: &[Case], most: usize) -> Vec<Wait> {
    let mut between: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for case in cases {
        for pair in case.events.windows(2) {
            let seconds = pair[1].1.duration_since(pair[0].1).as_secs_f64();
            between.entry((&pair[0].0, &pair[1].0)).or_default().push(seconds.max(0.0));
        }
    }
    let mut waits: Vec<Wait> = between
        .into_iter()
        .map(|((from, to), mut seconds)| {
            seconds.sort_by(f64::total_cmp);
            Wait {
                from: from.to_owned(),
                to: to.to_owned(),
                cases: seconds.len() as u64,
                median: nearest(&seconds, 0.5),
                p90: nearest(&seconds, 0.9),
                total: seconds.iter().sum(),
            }
        })
        .collect();
    waits.sort_by(|one, other| other.total.total_cmp(&one.total));
    waits.truncate(most);
    waits
}

/// Nearest rank.
fn nearest(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).expect("a timestamp")
    }

    fn case(events: &[(&str, i64)], ended: Option<i64>, due: Option<i64>) -> Case {
        Case {
            events: events.iter().map(|(name, hour)| ((*name).to_owned(), at(*hour))).collect(),
            ended_at: ended.map(at),
            due_at: due.map(at),
        }
    }

    #[test]
    fn open_and_overdue_is_late_and_open_within_its_time_is_not_judged() {
        let cases = [
            case(&[], Some(5), Some(5)),
            case(&[], Some(6), Some(5)),
            case(&[], None, Some(5)),
            case(&[], None, Some(50)),
            case(&[], Some(1), None),
        ];
        assert_eq!(in_time(&cases, at(10)), Ratio { good: 1, total: 3 });
    }

    #[test]
    fn cases_end_and_are_due_as_the_rule_says() {
        let line = |events: &[(&str, i64)], props: &[&str]| CaseLine {
            number: 1,
            channel: kernel::lake::Channel::Web,
            events: events.iter().map(|(name, hour)| ((*name).to_owned(), at(*hour))).collect(),
            props: props.iter().map(|one| (*one).to_owned()).collect(),
        };
        let by_props =
            ProcessRule { ended: Some("ended".into()), due: Some("due".into()), ..ProcessRule::default() };
        let found = judged(
            &[
                line(&[("a", 0)], &["1970-01-02 00:00:00+00:00", "1970-01-01"]),
                line(&[("a", 0)], &["1970-01-01 20:00:00", "1970-01-01"]),
                line(&[("a", 0)], &["", "1970-01-01"]),
            ],
            &by_props,
        );
        assert_eq!(late(&found), Ratio { good: 1, total: 2 });
        let by_event = ProcessRule {
            done: vec!["decide".into()],
            within: Some(jiff::SignedDuration::from_hours(5)),
            ..ProcessRule::default()
        };
        let cases = [line(&[("a", 0), ("decide", 6)], &[]), line(&[("a", 0), ("decide", 5)], &[])];
        assert_eq!(late(&judged(&cases, &by_event)), Ratio { good: 1, total: 2 });
    }

    #[test]
    fn the_longest_wait_in_total_comes_first() {
        let cases = [
            case(&[("receipt", 0), ("check", 2), ("decide", 30)], None, None),
            case(&[("receipt", 0), ("check", 4), ("decide", 5)], None, None),
        ];
        let found = waits(&cases, 10);
        assert_eq!((found[0].from.as_str(), found[0].to.as_str(), found[0].cases), ("check", "decide", 2));
        assert_eq!(found[0].total, 29.0 * 3_600.0);
        assert_eq!((found[1].median, found[1].p90), (2.0 * 3_600.0, 4.0 * 3_600.0));
        assert_eq!(waits(&cases, 1).len(), 1);
    }
}
