//! When a page goes out, and when it is tried again.
//!
//! - Each person's own rules say which methods go out how long after the page (`identity`).
//! - A temporary failure is tried again after 15 s, 30 s, 1 min, 2 min and then every 5 min, until the deadline
//!   of the channel. A permanent one is not tried again.
//! - A delivery that was being sent when the program stopped is sent once more, with the same `Message-ID`,
//!   and says so; never a third time for the same reason.
//! - The clock may be set back: what seems to wait longer than any wait there is, is due.

use identity::model::ChannelKind;
use jiff::{SignedDuration, Timestamp};

/// Waits after the first, second, .. failure; the last one repeats.
pub const BACK_OFF_S: [i64; 5] = [15, 30, 60, 120, 300];
/// How long a mail is tried: relays are down for hours, and a late mail still tells what happened.
pub const MAIL_DEADLINE: SignedDuration = SignedDuration::from_hours(24);
/// How long anything else is tried: a push that comes hours late wakes somebody for nothing.
pub const OTHER_DEADLINE: SignedDuration = SignedDuration::from_hours(2);
/// After this long a delivery that is still being sent was left behind by a process that stopped. Longer than
/// any channel's time-out.
pub const LEFT_BEHIND: SignedDuration = SignedDuration::from_secs(60);

/// How long a channel is tried.
#[must_use]
pub fn deadline(kind: ChannelKind) -> SignedDuration {
    match kind {
        ChannelKind::Mail => MAIL_DEADLINE,
        ChannelKind::Push | ChannelKind::Chat | ChannelKind::Sms => OTHER_DEADLINE,
    }
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
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
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
