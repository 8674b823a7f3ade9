//! When the next check is.
//!
//! - A probe has fixed slots, an interval apart, at a phase that its id gives: probes spread evenly, and a
//!   restart changes nothing and starts no burst. A check never waits for the one before to finish.
//! - Within its slot a check is put off by a small amount that differs from slot to slot, so as not to march
//!   in step with something at the target.
//! - A failure that waits for confirmation, and a recovery, are looked at again after the retry interval,
//!   unless the next slot comes first.
//! - A slot in which no check could begin is missed: it is counted, and not made up for.

use jiff::{SignedDuration, Timestamp};
use kernel::{Id, ProbeId};

use crate::model::{Plan, Settled, Standing};

/// The most by which a check is put off within its slot.
const JITTER: i64 = 500_000;
/// A probe that was never checked, or whose slot passed while Tend was stopped, is checked within this time
/// and not at once, so that many of them make no burst.
const CATCH_UP: i64 = 5_000_000;

/// A number that looks random but is always the same (SplitMix64, Steele et al. 2014).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn seed(probe: ProbeId) -> u64 {
    let bits = probe.to_u128();
    mixed(bits as u64).wrapping_add((bits >> 64) as u64)
}

fn within(number: u64, micros: i64) -> i64 {
    let most = u64::try_from(micros.max(1)).unwrap_or(1);
    i64::try_from(number % most).unwrap_or(0)
}

fn micros(at: i64) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX)
}

/// The number of the slot that `at` falls into; slots before 1970 do not exist.
#[must_use]
pub fn slot_of(probe: ProbeId, plan: &Plan, at: Timestamp) -> i64 {
    let every = plan.every.micros().max(1);
    (at.as_microsecond() - within(mixed(seed(probe)), every)).div_euclid(every)
}

/// When the check of a slot is due.
#[must_use]
pub fn due_in(probe: ProbeId, plan: &Plan, slot: i64) -> Timestamp {
    let every = plan.every.micros().max(1);
    let phase = within(mixed(seed(probe)), every);
    let jitter = within(mixed(seed(probe) ^ slot.cast_unsigned()), (every / 20).min(JITTER));
    micros(slot.saturating_mul(every).saturating_add(phase).saturating_add(jitter))
}

/// The first due time after `at`.
#[must_use]
pub fn due_after(probe: ProbeId, plan: &Plan, at: Timestamp) -> Timestamp {
    let slot = slot_of(probe, plan, at);
    let this = due_in(probe, plan, slot);
    if this > at { this } else { due_in(probe, plan, slot + 1) }
}

/// When a probe is due after a start of Tend (or of the probe): soon when it was never checked or a slot has
/// passed since it was, else at its next slot.
#[must_use]
pub fn due_at_start(probe: ProbeId, plan: &Plan, checked: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let next = due_after(probe, plan, now);
    if checked.is_some_and(|checked| due_after(probe, plan, checked) > now) {
        return next;
    }
    let soon = within(mixed(seed(probe)), CATCH_UP.min(plan.every.micros()));
    next.min(now + SignedDuration::from_micros(soon))
}

/// How many slots passed between a due time and `now` without a check, beyond the one that is made now.
#[must_use]
pub fn missed(probe: ProbeId, plan: &Plan, due: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(slot_of(probe, plan, now) - slot_of(probe, plan, due)).unwrap_or(0)
}

/// Whether the next check confirms something and need not wait for the slot.
#[must_use]
pub fn wants_confirming(standing: &Standing, plan: &Plan) -> bool {
    match standing.settled {
        Settled::New | Settled::Up => {
            (standing.bad.count > 0 && standing.bad.count <= plan.retries)
                || (standing.poor.count > 0 && standing.poor.count <= plan.retries)
        }
        Settled::Degraded(_) => {
            (standing.bad.count > 0 && standing.bad.count <= plan.retries)
                || (standing.good.count > 0 && standing.good.count < plan.recover)
        }
        Settled::Down(_) => standing.fine.count > 0 && standing.fine.count < plan.recover,
    }
}

/// When the next check is due, after one that began at `began` and ended at `now`.
#[must_use]
pub fn next_due(
    probe: ProbeId,
    plan: &Plan,
    standing: &Standing,
    began: Timestamp,
    now: Timestamp,
) -> Timestamp {
    let slot = due_after(probe, plan, began.max(now));
    if wants_confirming(standing, plan) { slot.min((began + plan.retry_every.0).max(now)) } else { slot }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Span, Verdict};
    use crate::rules::state::judge;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn probe(n: u128) -> ProbeId {
        ProbeId::from_u128(n << 64 | n)
    }

    #[test]
    fn slots_are_an_interval_apart_and_survive_a_restart() {
        let plan = Plan::every(Span::seconds(30));
        for n in 1..50 {
            let mut due = due_after(probe(n), &plan, at(1_000_000));
            for _ in 0..20 {
                let next = due_after(probe(n), &plan, due);
                let apart = next.duration_since(due).as_millis();
                assert!((29_500..=30_500).contains(&apart), "{apart} ms");
                assert_eq!(due_after(probe(n), &plan, due + SignedDuration::from_millis(7)), next);
                due = next;
            }
        }
    }

    #[test]
    fn a_thousand_probes_spread_over_the_interval() {
        let plan = Plan::every(Span::seconds(30));
        let mut per_second = [0u32; 30];
        for n in 1..=3_000 {
            let due = due_after(probe(n), &plan, at(3_000)).duration_since(at(3_000));
            per_second[(due.as_secs() as usize).min(29)] += 1;
        }
        assert!(per_second.iter().all(|count| (50..=160).contains(count)), "{per_second:?}");
    }

    #[test]
    fn a_start_makes_no_burst_and_starves_nobody() {
        let plan = Plan::every(Span::seconds(86_400));
        let yesterday = at(10 * 86_400);
        let now = at(10 * 86_400 + 3_600);
        for n in 1..200 {
            let due = due_after(probe(n), &plan, yesterday);
            let start = due_at_start(probe(n), &plan, Some(yesterday), now);
            assert_eq!(start == due, due > now, "only a slot that passed is made up for");
            assert!(start >= now && (due > now || start <= now + SignedDuration::from_secs(5)));
        }
    }

    #[test]
    fn slots_that_pass_are_counted() {
        let plan = Plan::every(Span::seconds(10));
        let due = due_in(probe(5), &plan, 100);
        assert_eq!(missed(probe(5), &plan, due, due), 0);
        assert_eq!(missed(probe(5), &plan, due, due + SignedDuration::from_secs(9)), 0);
        assert_eq!(missed(probe(5), &plan, due, due + SignedDuration::from_secs(30)), 3);
        assert_eq!(missed(probe(5), &plan, due, due - SignedDuration::from_secs(300)), 0, "clock set back");
    }

    #[test]
    fn a_failure_is_looked_at_again_soon_and_a_settled_one_is_not() {
        let plan = Plan { retries: 1, recover: 2, ..Plan::every(Span::seconds(300)) };
        let bad = Verdict::Bad(crate::model::Reason::new(crate::model::What::Status, "", ""));
        let now = due_in(probe(9), &plan, 100);
        let up = judge(Standing::new(at(0)), now, &Verdict::Good, &plan);
        assert_eq!(next_due(probe(9), &plan, &up, now, now), due_in(probe(9), &plan, 101));
        let waits = judge(up, now, &bad, &plan);
        let retry = now + plan.retry_every.0;
        assert_eq!(next_due(probe(9), &plan, &waits, now, now), retry);
        let down = judge(waits, retry, &bad, &plan);
        assert_eq!(next_due(probe(9), &plan, &down, retry, retry), due_in(probe(9), &plan, 101));
        let recovering = judge(down, retry, &Verdict::Good, &plan);
        assert_eq!(next_due(probe(9), &plan, &recovering, retry, retry), retry + plan.retry_every.0);
    }
}
