//! What a check does to where a probe stands.
//!
//! - A first failure proves nothing: the probe is *pending* until `retries` more failed in a row. Then it is
//!   *down*, since the first of them.
//! - It is *degraded* when latency or certificate are not as wanted as many times in a row.
//! - It is up again after `recover` good checks in a row, since the first of them; when they were not bad but
//!   not all good, it is degraded.
//! - A check that Tend itself could not make counts for nothing: it neither adds to a streak nor breaks it.
//!   After `retries` more of them the probe is *unknown*; what was settled stays settled underneath, and an
//!   alert neither rises nor clears meanwhile.
//! - In planned maintenance the probe is measured and judged as always, shown as *maintenance*, and no alert is
//!   raised; one that is out may clear. A probe that is still down afterwards raises its alert then.
//! - An instant never lies before the one it follows: a clock that goes back cannot make a negative span.

use jiff::Timestamp;

use crate::model::{
    Blind, Level, Maintenance, Plan, Raised, Reason, Run, Settled, Shown, Standing, State, Verdict, What,
};

/// Where a probe stands after a check that began at `at`.
#[must_use]
pub fn judge(mut before: Standing, at: Timestamp, verdict: &Verdict, plan: &Plan) -> Standing {
    let at = at.max(before.since);
    if let Verdict::Unknown(reason) = verdict {
        before.blind = Some(blinder(before.blind, at, reason, plan));
        return before;
    }
    before.blind = None;
    let most = plan.retries.saturating_add(1).max(plan.recover);
    let (good, bad) = (matches!(verdict, Verdict::Good), matches!(verdict, Verdict::Bad(_)));
    before.bad = run(before.bad, bad, at, most);
    before.poor = run(before.poor, !good, at, most);
    before.fine = run(before.fine, !bad, at, most);
    before.good = run(before.good, good, at, most);
    settle(before, at, verdict, plan)
}

fn run(before: Run, holds: bool, at: Timestamp, most: u32) -> Run {
    if !holds {
        return Run::default();
    }
    Run { count: (before.count + 1).min(most), since: before.since.or(Some(at)) }
}

fn blinder(before: Option<Blind>, at: Timestamp, reason: &Reason, plan: &Plan) -> Blind {
    match before {
        Some(blind) => Blind { checks: (blind.checks + 1).min(plan.retries.saturating_add(1)), ..blind },
        None => Blind { since: at, reason: reason.clone(), checks: 1 },
    }
}

fn settle(mut now: Standing, at: Timestamp, verdict: &Verdict, plan: &Plan) -> Standing {
    let confirmed = |run: Run| run.count > plan.retries;
    let recovered = |run: Run| run.count >= plan.recover.max(1);
    let before = now.since;
    let since = move |run: Run| run.since.unwrap_or(at).max(before);
    let next = match (&now.settled, verdict) {
        (Settled::Down(_), Verdict::Bad(_)) => None,
        (_, Verdict::Bad(reason)) if confirmed(now.bad) => {
            Some((Settled::Down(reason.clone()), since(now.bad)))
        }
        (Settled::New, Verdict::Good) => Some((Settled::Up, since(now.good))),
        (Settled::New, Verdict::Poor(reason)) => Some((Settled::Degraded(reason.clone()), since(now.poor))),
        (Settled::Up, Verdict::Poor(reason)) if confirmed(now.poor) => {
            Some((Settled::Degraded(reason.clone()), since(now.poor)))
        }
        (Settled::Degraded(_), Verdict::Good) if recovered(now.good) => Some((Settled::Up, since(now.good))),
        (Settled::Down(_), Verdict::Good) if recovered(now.good) => Some((Settled::Up, since(now.good))),
        (Settled::Down(_), Verdict::Poor(reason)) if recovered(now.fine) => {
            Some((Settled::Degraded(reason.clone()), since(now.fine)))
        }
        (Settled::New | Settled::Up | Settled::Degraded(_) | Settled::Down(_), _) => None,
    };
    if let Some((settled, since)) = next {
        now.settled = settled;
        now.since = since;
    }
    now
}

/// Tend did not look from `since` on (it was stopped, held up, or its clock was set): unknown at once.
#[must_use]
pub fn blinded(mut before: Standing, since: Timestamp, what: What, plan: &Plan) -> Standing {
    let checks = plan.retries.saturating_add(1);
    let since = match &before.blind {
        Some(blind) if blind.checks >= checks => return before,
        Some(blind) => blind.since,
        None => since.max(before.since),
    };
    before.blind = Some(Blind { since, reason: Reason::new(what, "", ""), checks });
    before
}

/// After the clock was set back to `now`: nothing may lie in the future, and what lies there is not known.
#[must_use]
pub fn rewound(mut before: Standing, now: Timestamp, plan: &Plan) -> Standing {
    before.since = before.since.min(now);
    for run in [&mut before.bad, &mut before.poor, &mut before.fine, &mut before.good] {
        run.since = run.since.map(|since| since.min(now));
    }
    before.blind = None;
    blinded(before, now, What::ClockSet, plan)
}

/// What is shown: maintenance before unknown, unknown before a failure that waits, that before what is settled.
#[must_use]
pub fn shown(standing: &Standing, plan: &Plan, window: Option<&Maintenance>) -> Shown {
    if let Some(window) = window {
        let reason = Some(Reason::new(What::Planned, "", &window.title));
        return Shown { state: State::Maintenance, since: window.from, reason };
    }
    if let Some(blind) = standing.blind.as_ref().filter(|blind| blind.checks > plan.retries) {
        return Shown { state: State::Unknown, since: blind.since, reason: Some(blind.reason.clone()) };
    }
    let (since, waits) = (standing.since, standing.bad.since.filter(|_| standing.bad.count > 0));
    match (&standing.settled, waits) {
        (Settled::Down(reason), _) => Shown { state: State::Down, since, reason: Some(reason.clone()) },
        (_, Some(waits)) => Shown { state: State::Pending, since: waits.max(since), reason: None },
        (Settled::New, None) => {
            Shown { state: State::Pending, since, reason: Some(Reason::new(What::New, "", "")) }
        }
        (Settled::Up, None) => Shown { state: State::Up, since, reason: None },
        (Settled::Degraded(reason), None) => {
            Shown { state: State::Degraded, since, reason: Some(reason.clone()) }
        }
    }
}

/// What must happen to the alert of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlertStep {
    /// Raise one of this level.
    pub raise: Option<Level>,
    /// Clear this one. After raising, so that an incident that both belong to stays open.
    pub clear: Option<Raised>,
}

/// What must happen to the alert, told from the levels alone: safe to ask again.
#[must_use]
pub fn alert_step(standing: &Standing, plan: &Plan, in_maintenance: bool) -> AlertStep {
    let wanted = match standing.settled {
        Settled::New | Settled::Up => None,
        Settled::Degraded(_) => Some(Level::Degraded),
        Settled::Down(_) => Some(Level::Down),
    };
    let blind = standing.blind.as_ref().is_some_and(|blind| blind.checks > plan.retries);
    match (wanted, standing.raised) {
        (None, Some(raised)) if !blind => AlertStep { raise: None, clear: Some(raised) },
        (Some(level), Some(raised)) if raised.level != level && !blind && !in_maintenance => {
            AlertStep { raise: Some(level), clear: Some(raised) }
        }
        (Some(level), None) if !blind && !in_maintenance => AlertStep { raise: Some(level), clear: None },
        (None | Some(_), None | Some(_)) => AlertStep::default(),
    }
}

/// The severity of an alert: that of the probe when it is down, one milder when it is only degraded.
#[must_use]
pub fn severity(probe: u8, level: Level) -> u8 {
    match level {
        Level::Down => probe.clamp(1, 4),
        Level::Degraded => probe.saturating_add(1).clamp(1, 4),
    }
}

/// What to do to the table of states when something else is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStep {
    /// The row that is open says so already.
    Keep,
    /// The row that is open was provisional or has no length: say it in its place.
    Replace,
    /// Close the open row and open a new one here.
    Open(Timestamp),
}

/// How the table of states follows: rows tile the time without gap or overlap. A row is only ever reaching
/// back as far as the open one began; what was known to be unknown or maintenance stays so.
#[must_use]
pub fn row_step(open: Option<(State, Timestamp)>, shown: &Shown, at: Timestamp) -> RowStep {
    let Some((state, since)) = open else { return RowStep::Open(shown.since) };
    if state == shown.state && (shown.since <= since || state != State::Pending) {
        return RowStep::Keep;
    }
    let begins = match state {
        State::Pending if shown.since >= since => shown.since,
        State::Unknown | State::Maintenance | State::Pending => at.max(since),
        State::Up | State::Degraded | State::Down if shown.since > since => shown.since,
        State::Up | State::Degraded | State::Down => at.max(since),
    };
    if begins == since { RowStep::Replace } else { RowStep::Open(begins) }
}

#[cfg(test)]
mod tests;
