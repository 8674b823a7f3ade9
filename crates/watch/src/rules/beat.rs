//! When a job is late.
//!
//! - A job that calls every so often is late when the interval and its grace have passed since its last call;
//!   before its first call it is never late, since nobody knows yet that it runs.
//! - A call that may have come while Tend was stopped is given the benefit of the doubt: the job is next
//!   expected one interval and its grace after Tend was back.

use jiff::Timestamp;

use crate::model::{Plan, Span};

/// By when a job must call again.
#[must_use]
pub fn deadline(beat: Timestamp, plan: &Plan, grace: Span) -> Timestamp {
    let span = plan.every.0.checked_add(grace.0).unwrap_or(plan.every.0);
    beat.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The call to count from after Tend was stopped from `since` to `until`: `until` itself when a call was to be
/// expected in between, else the one that is known.
#[must_use]
pub fn after_gap(beat: Timestamp, plan: &Plan, grace: Span, since: Timestamp, until: Timestamp) -> Timestamp {
    let expected = beat.checked_add(plan.every.0).unwrap_or(Timestamp::MAX);
    let earliest = expected.checked_sub(grace.0).unwrap_or(Timestamp::MIN).max(beat);
    let latest = deadline(beat, plan, grace);
    if since <= latest && until >= earliest { until } else { beat }
}

/// When a job that is late counts as failed again: at the next interval after `now`.
#[must_use]
pub fn next_late(due: Timestamp, every: Span, now: Timestamp) -> Timestamp {
    let each = every.micros().max(1);
    let passed = (now.as_microsecond() - due.as_microsecond()).max(0) / each;
    Timestamp::from_microsecond(due.as_microsecond().saturating_add((passed + 1).saturating_mul(each)))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    #[test]
    fn a_job_has_its_interval_and_its_grace() {
        let plan = Plan::every(Span::seconds(100));
        assert_eq!(deadline(at(1_000), &plan, Span::seconds(10)), at(1_110));
        assert_eq!(next_late(at(1_110), plan.every, at(1_110)), at(1_210));
        assert_eq!(next_late(at(1_110), plan.every, at(1_999)), at(2_010));
    }

    #[test]
    fn a_call_that_tend_may_have_missed_is_not_held_against_the_job() {
        let plan = Plan::every(Span::seconds(100));
        let after = |since, until| after_gap(at(1_000), &plan, Span::seconds(10), at(since), at(until));
        assert_eq!(after(1_080, 1_120), at(1_120), "it was due in between");
        assert_eq!(after(1_010, 1_050), at(1_000), "it was not");
        assert_eq!(after(1_105, 1_300), at(1_300), "within its grace");
    }
}
