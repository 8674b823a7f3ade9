//! How much may go on at once, and for how long.

use std::time::Duration;

use kernel::SignedDuration;
use kernel::world::Unreached;
use tokio::time::Instant;

use crate::RealWorld;
use crate::fail::Fail;

/// More calls at once than this gain nothing on one machine: 10,000 probes every 30 s that all hang until
/// a time-out of 10 s are 3,333 calls.
const MOST_CALLS: u64 = 4_096;

/// Calls at once when the number of descriptors is unknown.
const FEW_CALLS: u64 = 256;

/// Descriptors that a process of this kind never needs more of.
const MOST_DESCRIPTORS: u64 = 65_536;

/// A day: the longest time-out a call can ask for. Keeps instants within what the timer can hold.
const LONGEST_CALL: Duration = Duration::from_secs(86_400);

/// Raises the soft limit on open files to what the system allows, and says how many that is. Called once
/// at start, before the world is built; without it 1,024 descriptors mean 512 probes at once.
pub fn raise_descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.unwrap_or(MOST_DESCRIPTORS).min(MOST_DESCRIPTORS);
    let current = now.current.unwrap_or(MOST_DESCRIPTORS);
    if current >= wanted {
        return current;
    }
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: now.maximum });
    if raised.is_ok() { wanted } else { current }
}

/// Half of the descriptors: the other half is for the database, the listener and its clients.
pub(crate) fn default_calls() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    usize::try_from(limit.map_or(FEW_CALLS, |limit| (limit / 2).clamp(16, MOST_CALLS))).unwrap_or(16)
}

/// The instant at which a call that may take this long must be over.
pub(crate) fn deadline(start: Instant, timeout: SignedDuration) -> Instant {
    start + Duration::try_from(timeout).unwrap_or(Duration::ZERO).min(LONGEST_CALL)
}

/// How long it is since `start`.
pub(crate) fn since(start: Instant) -> SignedDuration {
    SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::MAX)
}

impl RealWorld {
    /// Runs a probe's call when there is room for it. Waiting for room counts neither as the target's time
    /// nor against it: no room within the time-out is our own fault.
    pub(crate) async fn limited<T, F>(
        &self,
        timeout: SignedDuration,
        call: impl FnOnce(Instant) -> F,
    ) -> Result<T, Unreached>
    where
        F: Future<Output = Result<T, Fail>>,
    {
        let asked = Instant::now();
        let room = tokio::time::timeout_at(deadline(asked, timeout), self.calls.acquire()).await;
        let Ok(Ok(_room)) = room else {
            return Err(Fail::own("as many calls as allowed were under way already").after(since(asked)));
        };
        let start = Instant::now();
        call(deadline(start, timeout)).await.map_err(|fail| fail.after(since(start)))
    }
}
