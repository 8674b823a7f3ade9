//! When a page goes out, and when it is tried again.
//!
//! - Each person's own rules say which methods go out how long after the page.
//! - A temporary failure is tried again after 15 s, 30 s, 1 min, 2 min and then every 5 min, until the deadline
//!   of the channel. A permanent one is not tried again.
//! - A delivery that was being sent when the program stopped is sent once more, with the same `Message-ID`,
//!   and says so; never a third time for the same reason.
//! - The clock may be set back: what seems to wait longer than any wait there is, is due.

use jiff::{SignedDuration, Timestamp};
use kernel::ContactMethodId;

/// Waits after the first, second, .. failure; the last one repeats.
pub const BACK_OFF_S: [i64; 5] = [15, 30, 60, 120, 300];
/// How long a mail is tried: relays are down for hours, and a late mail still tells what happened.
pub const MAIL_DEADLINE: SignedDuration = SignedDuration::from_hours(24);
/// How long anything else is tried: a push that comes hours late wakes somebody for nothing.
pub const OTHER_DEADLINE: SignedDuration = SignedDuration::from_hours(2);
/// After this long a delivery that is still being sent was left behind by a process that stopped. Longer than
/// any channel's time-out.
pub const LEFT_BEHIND: SignedDuration = SignedDuration::from_secs(60);

/// The longest wait there is between attempts.
#[must_use]
pub fn longest_wait() -> SignedDuration {
    SignedDuration::from_secs(BACK_OFF_S[BACK_OFF_S.len() - 1])
}

/// One message that a page plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Through which method.
    pub method: ContactMethodId,
    /// When.
    pub at: Timestamp,
}

/// What a person's rules make of a page: each method once, at its earliest time. No rules: every method at once.
#[must_use]
pub fn plan(
    methods: &[ContactMethodId],
    rules: &[(ContactMethodId, SignedDuration)],
    now: Timestamp,
) -> Vec<Planned> {
    let known: Vec<_> = rules.iter().filter(|(method, _)| methods.contains(method)).copied().collect();
    let rules: Vec<(ContactMethodId, SignedDuration)> = if known.is_empty() {
        methods.iter().map(|method| (*method, SignedDuration::ZERO)).collect()
    } else {
        known
    };
    let mut planned: Vec<Planned> = Vec::with_capacity(rules.len());
    for (method, after) in rules {
        let at = now + after.max(SignedDuration::ZERO);
        match planned.iter_mut().find(|one| one.method == method) {
            Some(one) => one.at = one.at.min(at),
            None => planned.push(Planned { method, at }),
        }
    }
    planned.sort_by_key(|one| one.at);
    planned
}

/// What comes after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Done.
    Sent,
    /// Again then.
    Again(Timestamp),
    /// Never again.
    Failed,
}

/// What comes after the attempt with this number (from 1) that failed.
#[must_use]
pub fn after_failure(again: bool, attempt: u32, deadline: Timestamp, now: Timestamp) -> After {
    let last = BACK_OFF_S.len() - 1;
    let wait = BACK_OFF_S[(attempt.max(1) as usize - 1).min(last)];
    let next = now + SignedDuration::from_secs(wait);
    if again && next <= deadline { After::Again(next) } else { After::Failed }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
    }

    fn method(number: u128) -> ContactMethodId {
        ContactMethodId::from_u128(number)
    }

    #[test]
    fn personal_rules_say_when() {
        let rules = [
            (method(2), SignedDuration::from_mins(3)),
            (method(1), SignedDuration::ZERO),
            (method(2), SignedDuration::from_mins(9)),
        ];
        assert_eq!(
            plan(&[method(1), method(2)], &rules, at(0)),
            [Planned { method: method(1), at: at(0) }, Planned { method: method(2), at: at(180) }]
        );
    }

    #[test]
    fn without_rules_every_method_is_used_at_once() {
        let gone = [(method(7), SignedDuration::ZERO)];
        for rules in [&[][..], &gone] {
            let planned = plan(&[method(1), method(2)], rules, at(0));
            assert_eq!(planned.iter().map(|one| one.at).collect::<Vec<_>>(), [at(0), at(0)]);
        }
        assert_eq!(plan(&[], &gone, at(0)), []);
    }

    #[test]
    fn a_relay_that_is_down_for_an_hour_is_tried_until_it_is_back() {
        let (mut now, mut attempt, mut waits) = (0, 1, Vec::new());
        while let After::Again(next) = after_failure(true, attempt, at(3_600), at(now)) {
            let next = next.duration_since(at(0)).as_secs();
            waits.push(next - now);
            now = next;
            attempt += 1;
        }
        assert_eq!(&waits[..7], [15, 30, 60, 120, 300, 300, 300]);
        assert!(now <= 3_600 && now > 3_300);
    }

    #[test]
    fn a_permanent_failure_is_not_tried_again() {
        assert_eq!(after_failure(false, 1, at(3_600), at(0)), After::Failed);
    }
}
