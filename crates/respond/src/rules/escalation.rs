//! What an incident's escalation does next.
//!
//! - Nobody has taken it on: the first step is climbed at once, each next one when the step before it has
//!   waited its time. After the last step it starts again as often as `repeat` says; then it is exhausted, and
//!   shown as such.
//! - Who is on call is decided at the moment of the climb. A step with nobody is skipped at once.
//! - No step has anybody: the fallback is paged and waits as the first step does. Nobody there either: it is said
//!   once, and looked again every minute; rounds are not used up by it.
//! - Somebody has taken it on: nothing climbs until the acknowledgement expires; then it is set off again
//!   from the first step.
//! - A person is paged once a round, however many steps name them.
//! - The clock may be set back: a wait that seems to start in the future starts now.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;

use crate::model::{Climb, Paging, Policy, State};

/// How often it is looked again when nobody at all could be found.
pub const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// How long the fallback waits when there is no first step to take the time from.
pub const FALLBACK_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// How long an acknowledgement holds when nobody says.
pub const ACKNOWLEDGEMENT: SignedDuration = SignedDuration::from_mins(30);

/// Who the steps and the fallback are at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnCall {
    /// One entry for each step of the policy, without doubles.
    pub steps: Vec<Vec<PersonId>>,
    /// The fallback, without doubles.
    pub fallback: Vec<PersonId>,
}

impl OnCall {
    fn nobody(&self) -> bool {
        self.steps.iter().all(Vec::is_empty)
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// The acknowledgement has run out.
    Expire {
        /// Whose it was.
        by: Option<PersonId>,
    },
    /// A step has nobody.
    Skip {
        /// Which round.
        round: u32,
        /// Which step.
        step: u32,
    },
    /// Page these people.
    Climb {
        /// Which round.
        round: u32,
        /// Which step; as many as there are steps means the fallback.
        step: u32,
        /// Whom the step names.
        people: Vec<PersonId>,
    },
    /// No step has anybody; said before the fallback is paged, and once when there is none.
    NobodyOnCall {
        /// The fallback.
        fallback: Vec<PersonId>,
    },
    /// Nobody came.
    Exhaust,
}

/// What to do now, where that leads, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// In order.
    pub moves: Vec<Move>,
    /// The state after the moves.
    pub state: State,
    /// The escalation after the moves.
    pub paging: Paging,
    /// When there is something to do again, if nobody acts.
    pub due_at: Option<Timestamp>,
}

/// What an incident's escalation does next.
#[must_use]
pub fn decide(policy: &Policy, state: State, paging: Paging, on_call: &OnCall, now: Timestamp) -> Decision {
    match state {
        State::Resolved { .. } => Decision { moves: Vec::new(), state, paging, due_at: None },
        State::Acknowledged { by, at, until } => {
            let (at, until) = if at > now { (now, now + until.duration_since(at)) } else { (at, until) };
            if now < until {
                let state = State::Acknowledged { by, at, until };
                return Decision { moves: Vec::new(), state, paging, due_at: Some(until) };
            }
            let mut decision = climb_from(policy, paging.again(), (0, 0), on_call, now);
            decision.moves.insert(0, Move::Expire { by });
            decision
        }
        State::Open => decide_open(policy, paging, on_call, now),
    }
}

fn decide_open(policy: &Policy, paging: Paging, on_call: &OnCall, now: Timestamp) -> Decision {
    let last = paging.last.map(|last| Climb { at: last.at.min(now), ..last });
    let paging = Paging { last, nobody_since: paging.nobody_since.map(|since| since.min(now)), ..paging };
    if paging.exhausted_at.is_some() {
        return still(paging, None);
    }
    let Some(last) = paging.last else {
        return climb_from(policy, paging, (0, 0), on_call, now);
    };
    let due = last.at + wait_of(policy, last.step);
    if now < due {
        return still(paging, Some(due));
    }
    match position_after(policy, last) {
        Some(next) => climb_from(policy, paging, next, on_call, now),
        None => exhaust(Vec::new(), paging, now),
    }
}

fn still(paging: Paging, due_at: Option<Timestamp>) -> Decision {
    Decision { moves: Vec::new(), state: State::Open, paging, due_at }
}

fn exhaust(mut moves: Vec<Move>, paging: Paging, now: Timestamp) -> Decision {
    moves.push(Move::Exhaust);
    Decision { moves, state: State::Open, paging: Paging { exhausted_at: Some(now), ..paging }, due_at: None }
}

fn step_count(policy: &Policy) -> u32 {
    u32::try_from(policy.steps.len()).unwrap_or(u32::MAX)
}

fn wait_of(policy: &Policy, step: u32) -> SignedDuration {
    let rung = policy.steps.get(step as usize).or(policy.steps.first());
    rung.map_or(FALLBACK_WAIT, crate::model::Rung::wait)
}

/// When the climb after this one is due, and to which step.
#[must_use]
pub fn next_climb(policy: &Policy, last: Climb) -> Option<(Timestamp, u32)> {
    let (_, step) = position_after(policy, last)?;
    Some((last.at + wait_of(policy, last.step), step))
}

/// Round and step after a climb; none after the last step of the last round.
fn position_after(policy: &Policy, last: Climb) -> Option<(u32, u32)> {
    if last.step + 1 < step_count(policy) {
        return Some((last.round, last.step + 1));
    }
    (last.round < policy.repeat).then_some((last.round + 1, 0))
}

fn climb_from(
    policy: &Policy,
    paging: Paging,
    (mut round, mut step): (u32, u32),
    on_call: &OnCall,
    now: Timestamp,
) -> Decision {
    if on_call.nobody() {
        return page_fallback(policy, paging, round, on_call, now);
    }
    let mut moves = Vec::new();
    // Somebody is in some step, so this ends within one round and the steps of the next.
    loop {
        let people = on_call.steps.get(step as usize).cloned().unwrap_or_default();
        if !people.is_empty() {
            moves.push(Move::Climb { round, step, people });
            return climbed(policy, moves, paging, Climb { round, step, at: now });
        }
        moves.push(Move::Skip { round, step });
        match position_after(policy, Climb { round, step, at: now }) {
            Some(next) => (round, step) = next,
            None => return exhaust(moves, paging, now),
        }
    }
}

fn climbed(policy: &Policy, moves: Vec<Move>, paging: Paging, last: Climb) -> Decision {
    let due_at = Some(last.at + wait_of(policy, last.step));
    let paging = Paging { last: Some(last), nobody_since: None, ..paging };
    Decision { moves, state: State::Open, paging, due_at }
}

fn page_fallback(policy: &Policy, paging: Paging, round: u32, on_call: &OnCall, now: Timestamp) -> Decision {
    let people = on_call.fallback.clone();
    if people.is_empty() {
        let said = paging.nobody_since.is_some();
        let moves = if said { Vec::new() } else { vec![Move::NobodyOnCall { fallback: Vec::new() }] };
        let paging = Paging { nobody_since: paging.nobody_since.or(Some(now)), ..paging };
        return Decision { moves, state: State::Open, paging, due_at: Some(now + LOOK_AGAIN) };
    }
    let step = step_count(policy);
    let moves = vec![Move::NobodyOnCall { fallback: people.clone() }, Move::Climb { round, step, people }];
    climbed(policy, moves, paging, Climb { round, step, at: now })
}

/// Those of `people` who have not been paged in this round, in order and without doubles.
#[must_use]
pub fn not_yet_paged(people: &[PersonId], paged: &BTreeSet<PersonId>) -> Vec<PersonId> {
    let mut seen = paged.clone();
    people.iter().copied().filter(|person| seen.insert(*person)).collect()
}

#[cfg(test)]
mod tests;
