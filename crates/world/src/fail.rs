//! Whose fault a failure is.
//!
//! The rules, in plain sentences:
//! - What our own machine refuses (descriptors, memory, no route to any network, no address to send from, a
//!   local firewall) is ours.
//! - A host that is unreachable beyond a working route, refuses, resets or stays silent is at fault itself.
//! - A time-out that our own process noticed more than a second late is ours: we were not listening.
//! - What the guard refused was never made and is nobody's fault.

use std::io;
use std::time::Duration;

use kernel::SignedDuration;
use kernel::world::{Fault, Unreached, Why};
use tokio::time::Instant;

/// A timer that fires this late shows that the process itself was stopped or starved, and then silence
/// says nothing about the target.
const LATE: Duration = Duration::from_secs(1);

/// The error numbers of "too many open files", in this process and on this machine: the same on every
/// Unix; the standard library has no word for them.
const NO_DESCRIPTORS: [i32; 2] = [24, 23];

/// Why nothing came back, before it is known how long that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fail {
    pub(crate) fault: Fault,
    pub(crate) why: Why,
    pub(crate) what: String,
}

impl Fail {
    pub(crate) fn theirs(why: Why, what: impl Into<String>) -> Self {
        Fail { fault: Fault::Theirs, why, what: what.into() }
    }

    pub(crate) fn own(what: impl Into<String>) -> Self {
        Fail { fault: Fault::Ours, why: Why::Own, what: what.into() }
    }

    /// The call was not allowed and never made.
    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Fail { fault: Fault::Refused, why: Why::Guarded, what: what.into() }
    }

    /// The call makes no sense and was never made.
    pub(crate) fn senseless(what: impl Into<String>) -> Self {
        Fail { fault: Fault::Refused, why: Why::Protocol, what: what.into() }
    }

    pub(crate) fn after(self, after: SignedDuration) -> Unreached {
        Unreached { fault: self.fault, why: self.why, what: self.what, after }
    }

    /// A failure of the system's network calls while doing `doing` ("connect to 192.0.2.1").
    pub(crate) fn io(doing: &str, error: &io::Error) -> Self {
        use io::ErrorKind as Is;
        let no_descriptors = error.raw_os_error().is_some_and(|code| NO_DESCRIPTORS.contains(&code));
        let what = format!("could not {doing}: {error}");
        match error.kind() {
            _ if no_descriptors => {
                Fail::own(format!("could not {doing}: no file descriptors left ({error})"))
            }
            Is::NetworkUnreachable | Is::NetworkDown | Is::AddrNotAvailable | Is::AddrInUse => {
                Fail::own(what)
            }
            Is::OutOfMemory | Is::PermissionDenied | Is::ResourceBusy | Is::QuotaExceeded => Fail::own(what),
            Is::ConnectionRefused => Fail::theirs(Why::Refused, what),
            Is::TimedOut | Is::HostUnreachable => Fail::theirs(Why::TimedOut, what),
            _ => Fail::theirs(Why::Broken, what),
        }
    }

    /// Of two failures the one that says more about the target: theirs before ours.
    pub(crate) fn telling(earlier: Option<Fail>, later: Fail) -> Fail {
        match earlier {
            Some(earlier) if earlier.fault == Fault::Theirs || later.fault != Fault::Theirs => earlier,
            _ => later,
        }
    }
}

/// Runs one step of a call until the call's deadline. `late` is the failure when time runs out in it.
pub(crate) async fn within<T>(
    deadline: Instant,
    late: impl FnOnce() -> Fail,
    step: impl Future<Output = Result<T, Fail>>,
) -> Result<T, Fail> {
    match tokio::time::timeout_at(deadline, step).await {
        Ok(outcome) => outcome,
        Err(_) if Instant::now().duration_since(deadline) > LATE => {
            Err(Fail::own("this process was too busy to notice whether an answer came"))
        }
        Err(_) => Err(late()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_troubles_are_not_blamed_on_the_target() {
        let cases = [
            (io::Error::from_raw_os_error(24), Fault::Ours, Why::Own),
            (io::Error::from_raw_os_error(23), Fault::Ours, Why::Own),
            (io::ErrorKind::NetworkUnreachable.into(), Fault::Ours, Why::Own),
            (io::ErrorKind::AddrNotAvailable.into(), Fault::Ours, Why::Own),
            (io::ErrorKind::PermissionDenied.into(), Fault::Ours, Why::Own),
            (io::ErrorKind::ConnectionRefused.into(), Fault::Theirs, Why::Refused),
            (io::ErrorKind::ConnectionReset.into(), Fault::Theirs, Why::Broken),
            (io::ErrorKind::HostUnreachable.into(), Fault::Theirs, Why::TimedOut),
        ];
        for (error, fault, why) in cases {
            let fail = Fail::io("connect", &error);
            assert_eq!((fail.fault, fail.why), (fault, why), "{error}");
        }
    }

    #[test]
    fn of_two_addresses_the_one_that_answered_tells_more() {
        let own = || Fail::own("no route");
        let theirs = || Fail::theirs(Why::Refused, "refused");
        assert_eq!(Fail::telling(None, own()), own());
        assert_eq!(Fail::telling(Some(own()), theirs()), theirs());
        assert_eq!(Fail::telling(Some(theirs()), own()), theirs());
    }
}
