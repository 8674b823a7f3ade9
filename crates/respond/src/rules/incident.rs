//! What an alert does to incidents.
//!
//! - One incident per cause and service: an alert joins the open one of its cause, whichever probe raised it.
//! - An alert of a part that another open incident's part needs, or that needs it, joins that one: when the bank is
//!   down and paying fails with it, one person is woken once.
//! - If the last incident of the cause was resolved less than ten minutes ago, it is reopened: it was not over.
//! - Otherwise a new incident is opened.
//! - The worst severity among its alerts wins; it never falls by itself.
//! - When every alert has cleared and stayed so for the quiet time, the incident is resolved.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kernel::{IncidentId, ServiceId};

use crate::model::{Severity, State};

/// How long after it was resolved an incident is reopened by the same cause.
pub const REOPEN_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// An incident that an alert may belong to.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which one.
    pub id: IncidentId,
    /// On which service.
    pub service: ServiceId,
    /// What groups alerts into it.
    pub cause: String,
    /// Where it stands.
    pub state: State,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// What an alert does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// A new incident.
    Opens,
    /// Joins this one.
    Joins(IncidentId),
    /// Joins this one, which was thought over.
    Reopens(IncidentId),
}

/// The causes that a cause hangs together with, given which cause needs which: all that it needs, near and far,
/// and all that needs it. Two parts that merely need the same third one do not hang together.
#[must_use]
pub fn hangs_with(cause: &str, needs: &[(String, String)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for down in [true, false] {
        let mut todo = vec![cause.to_owned()];
        while let Some(at) = todo.pop() {
            for (from, to) in needs {
                let (here, there) = if down { (from, to) } else { (to, from) };
                if *here == at && there != cause && found.insert(there.clone()) {
                    todo.push(there.clone());
                }
            }
        }
    }
    found
}

/// What an alert of this cause does, raised on this service, where `near` are the causes it hangs together with.
#[must_use]
pub fn on_alert(
    service: ServiceId,
    cause: &str,
    near: &BTreeSet<String>,
    candidates: &[Candidate],
    now: Timestamp,
) -> Does {
    let mine = || candidates.iter().filter(|one| one.service == service && one.cause == cause);
    if let Some(open) = mine().find(|one| one.state.is_open()) {
        return Does::Joins(open.id);
    }
    let related = candidates.iter().filter(|one| one.service == service && near.contains(&one.cause));
    if let Some(open) = related.filter(|one| one.state.is_open()).min_by_key(|one| one.opened_at) {
        return Does::Joins(open.id);
    }
    let recent = mine().filter(|one| match &one.state {
        // A clock set back makes the end lie ahead; that is recent too.
        State::Resolved { at, .. } => now.duration_since(*at) <= REOPEN_WITHIN,
        State::Open | State::Acknowledged { .. } => false,
    });
    recent.max_by_key(|one| one.opened_at).map_or(Does::Opens, |one| Does::Reopens(one.id))
}

/// Whether an incident that has been quiet since then is over by itself.
#[must_use]
pub fn is_over(quiet_since: Timestamp, quiet_for: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(quiet_since) >= quiet_for
}

/// The severity after an alert of that severity joined, if it changes.
#[must_use]
pub fn worsened(now: Severity, by: Severity) -> Option<Severity> {
    let worst = now.worse(by);
    (worst != now).then_some(worst)
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + minutes * 60).unwrap()
    }

    fn candidate(number: u128, cause: &str, state: State) -> Candidate {
        let opened_at = at(i64::try_from(number).unwrap());
        Candidate {
            id: IncidentId::from_u128(number),
            service: ServiceId::from_u128(1),
            cause: cause.into(),
            state,
            opened_at,
        }
    }

    fn resolved(minute: i64) -> State {
        State::Resolved { by: None, at: at(minute), reason: "alerts-cleared".into() }
    }

    fn alone(service: ServiceId, cause: &str, known: &[Candidate], now: Timestamp) -> Does {
        on_alert(service, cause, &BTreeSet::new(), known, now)
    }

    #[test]
    fn what_needs_a_part_that_fails_joins_its_incident() {
        let needs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
        };
        let chain = needs(&[("web", "payment"), ("payment", "bank"), ("mail", "bank"), ("bank", "bank")]);
        let named = |causes: &[&str]| causes.iter().map(|cause| (*cause).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(hangs_with("web", &chain), named(&["payment", "bank"]));
        assert_eq!(hangs_with("bank", &chain), named(&["web", "payment", "mail"]));
        assert_eq!(hangs_with("mail", &chain), named(&["bank"]), "web needs the same, but is no part of it");
        let circle = needs(&[("a", "b"), ("b", "a")]);
        assert_eq!(hangs_with("a", &circle), named(&["b"]));

        let service = ServiceId::from_u128(1);
        let bank = [candidate(1, "bank", State::Open)];
        let near = hangs_with("web", &chain);
        let id = IncidentId::from_u128(1);
        assert_eq!(on_alert(service, "web", &near, &bank, at(60)), Does::Joins(id));
        assert_eq!(on_alert(ServiceId::from_u128(2), "web", &near, &bank, at(60)), Does::Opens);
        let over = [candidate(1, "bank", resolved(55))];
        assert_eq!(on_alert(service, "web", &near, &over, at(60)), Does::Opens, "it is not the same cause");
    }

    #[test]
    fn one_incident_per_cause() {
        let service = ServiceId::from_u128(1);
        let known = [
            candidate(1, "db", resolved(20)),
            candidate(2, "db", State::Open),
            candidate(3, "web", resolved(50)),
            candidate(4, "web", resolved(55)),
            candidate(5, "dns", resolved(10)),
        ];
        let id = IncidentId::from_u128;
        assert_eq!(alone(service, "db", &known, at(60)), Does::Joins(id(2)));
        assert_eq!(alone(service, "web", &known, at(60)), Does::Reopens(id(4)));
        assert_eq!(alone(service, "web", &known, at(65)), Does::Reopens(id(4)), "at the limit");
        assert_eq!(alone(service, "web", &known, at(66)), Does::Opens, "one past it");
        assert_eq!(alone(service, "dns", &known, at(60)), Does::Opens);
        assert_eq!(alone(ServiceId::from_u128(2), "db", &known, at(60)), Does::Opens, "not ours");
    }

    #[test]
    fn it_is_over_after_the_quiet_time_and_not_when_the_clock_is_set_back() {
        let quiet = SignedDuration::from_mins(2);
        assert!(!is_over(at(0), quiet, at(1)));
        assert!(is_over(at(0), quiet, at(2)));
        assert!(!is_over(at(0), quiet, at(-60)));
    }

    #[test]
    fn the_worst_severity_wins() {
        assert_eq!(worsened(Severity::new(3), Severity::new(1)), Some(Severity::new(1)));
        assert_eq!(worsened(Severity::new(2), Severity::new(3)), None);
    }
}
