use jiff::{SignedDuration, Timestamp};
use kernel::{AlertId, Id};
use proptest::prelude::*;

use super::*;
use crate::model::Span;

fn plan() -> Plan {
    Plan { retries: 1, recover: 2, ..Plan::every(Span::seconds(30)) }
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn verdict(letter: char) -> Verdict {
    let reason = |what| Reason::new(what, "", "");
    match letter {
        'P' => Verdict::Good,
        'W' => Verdict::Poor(reason(What::Latency)),
        'F' => Verdict::Bad(reason(What::Status)),
        'U' => Verdict::Unknown(reason(What::Own)),
        other => panic!("no such check: {other}"),
    }
}

/// Plays checks ten seconds apart, as a line of letters (P passes, W is slow, F fails, U could not be made),
/// and writes what is shown after each, with the second since when.
fn check(checks: &str, expected: &str) {
    let mut standing = Standing::new(at(0));
    let mut told = Vec::new();
    for (n, letter) in checks.split_whitespace().enumerate() {
        let letter = letter.chars().next().expect("a letter");
        standing = judge(standing, at(10 * (n as i64 + 1)), &verdict(letter), &plan());
        let seen = shown(&standing, &plan(), None);
        told.push(format!("{}@{}", seen.state.word(), seen.since.as_second()));
    }
    assert_eq!(told.join(" "), expected, "after {checks}");
}

#[test]
fn a_first_failure_waits_and_a_second_is_down_since_the_first() {
    check("P F F F", "up@10 pending@20 down@20 down@20");
    check("P F P F P", "up@10 pending@20 up@10 pending@40 up@10");
}

#[test]
fn it_is_up_again_after_two_passes_since_the_first_of_them() {
    check("P F F P P", "up@10 pending@20 down@20 down@20 up@40");
    check("P F F P F P P", "up@10 pending@20 down@20 down@20 down@20 down@20 up@60");
}

#[test]
fn a_new_probe_is_up_at_its_first_pass_and_down_only_when_sure() {
    check("P", "up@10");
    check("F F", "pending@10 down@10");
    check("W", "degraded@10");
}

#[test]
fn slow_twice_is_degraded_and_slow_once_is_nothing() {
    check("P W P", "up@10 up@10 up@10");
    check("P W W W P P", "up@10 up@10 degraded@20 degraded@20 degraded@20 up@50");
    check("P W F P", "up@10 up@10 pending@30 up@10");
    check("P W W F F", "up@10 up@10 degraded@20 pending@40 down@40");
}

#[test]
fn from_down_to_slow_is_degraded() {
    check("F F W W", "pending@10 down@10 down@10 degraded@30");
    check("F F P W P P", "pending@10 down@10 down@10 degraded@30 degraded@30 up@50");
}

#[test]
fn what_tend_could_not_see_is_unknown_and_changes_no_streak() {
    check("P U P", "up@10 up@10 up@10");
    check("P U U U P", "up@10 up@10 unknown@20 unknown@20 up@10");
    check("P F U F", "up@10 pending@20 pending@20 down@20");
    check("F F U U P P", "pending@10 down@10 down@10 unknown@30 down@10 up@50");
}

#[test]
fn a_stop_of_tend_is_unknown_at_once_and_ends_with_the_next_check() {
    let standing = judge(Standing::new(at(0)), at(10), &Verdict::Good, &plan());
    let stopped = blinded(standing, at(40), What::Stopped, &plan());
    let seen = shown(&stopped, &plan(), None);
    assert_eq!((seen.state, seen.since), (State::Unknown, at(40)));
    let back = judge(stopped, at(4_000), &Verdict::Good, &plan());
    assert_eq!(shown(&back, &plan(), None).state, State::Up);
}

#[test]
fn a_clock_set_back_leaves_nothing_in_the_future() {
    let mut standing = Standing::new(at(0));
    for n in [1_000, 1_010, 1_020] {
        standing = judge(standing, at(n), &verdict('F'), &plan());
    }
    let back = rewound(standing, at(500), &plan());
    assert!(back.since <= at(500) && back.bad.since <= Some(at(500)));
    assert_eq!(shown(&back, &plan(), None).state, State::Unknown);
    let checked = judge(back, at(510), &verdict('F'), &plan());
    assert_eq!(shown(&checked, &plan(), None).state, State::Down);
}

fn window() -> Maintenance {
    Maintenance {
        id: Id::from_u128(1),
        client: Id::from_u128(2),
        service: Id::from_u128(3),
        title: "new database".into(),
        from: at(0),
        until: at(100),
    }
}

#[test]
fn maintenance_hides_the_state_and_raises_nothing() {
    let mut standing = judge(Standing::new(at(0)), at(10), &verdict('F'), &plan());
    standing = judge(standing, at(20), &verdict('F'), &plan());
    assert_eq!(shown(&standing, &plan(), Some(&window())).state, State::Maintenance);
    assert_eq!(alert_step(&standing, &plan(), true), AlertStep::default());
    assert_eq!(alert_step(&standing, &plan(), false).raise, Some(Level::Down), "still down afterwards");
}

#[test]
fn an_alert_rises_once_and_clears_once() {
    let raised = |level| Some(Raised { alert: AlertId::from_u128(7), level });
    let mut down = judge(Standing::new(at(0)), at(10), &verdict('F'), &plan());
    assert_eq!(alert_step(&down, &plan(), false), AlertStep::default(), "not confirmed");
    down = judge(down, at(20), &verdict('F'), &plan());
    assert_eq!(alert_step(&down, &plan(), false), AlertStep { raise: Some(Level::Down), clear: None });
    down.raised = raised(Level::Down);
    assert_eq!(alert_step(&down, &plan(), false), AlertStep::default());

    let blind = blinded(down.clone(), at(30), What::Stopped, &plan());
    assert_eq!(alert_step(&blind, &plan(), false), AlertStep::default(), "frozen while nobody looks");

    let up = judge(judge(down.clone(), at(30), &Verdict::Good, &plan()), at(40), &Verdict::Good, &plan());
    assert_eq!(alert_step(&up, &plan(), false).clear, raised(Level::Down));
    assert_eq!(alert_step(&up, &plan(), true).clear, raised(Level::Down), "clears in maintenance too");

    let slow = judge(judge(down, at(30), &verdict('W'), &plan()), at(40), &verdict('W'), &plan());
    let both = AlertStep { raise: Some(Level::Degraded), clear: raised(Level::Down) };
    assert_eq!(alert_step(&slow, &plan(), false), both);
}

#[test]
fn severity_is_milder_when_only_degraded() {
    assert_eq!(severity(2, Level::Down), 2);
    assert_eq!(severity(2, Level::Degraded), 3);
    assert_eq!(severity(4, Level::Degraded), 4);
}

#[test]
fn rows_replace_what_was_provisional_and_never_overlap() {
    let shown = |state, second| Shown { state, since: at(second), reason: None };
    let step = |open, seen, now| row_step(open, &seen, at(now));
    assert_eq!(step(None, shown(State::Up, 5), 9), RowStep::Open(at(5)));
    assert_eq!(step(Some((State::Up, at(5))), shown(State::Up, 5), 9), RowStep::Keep);
    assert_eq!(step(Some((State::Pending, at(20))), shown(State::Down, 20), 30), RowStep::Replace);
    assert_eq!(step(Some((State::Pending, at(20))), shown(State::Up, 5), 30), RowStep::Open(at(30)));
    assert_eq!(step(Some((State::Down, at(20))), shown(State::Up, 40), 50), RowStep::Open(at(40)));
    assert_eq!(step(Some((State::Unknown, at(40))), shown(State::Down, 20), 60), RowStep::Open(at(60)));
    assert_eq!(step(Some((State::Up, at(40))), shown(State::Maintenance, 30), 60), RowStep::Open(at(60)));
}

proptest! {
    /// Whatever happens, rows tile the time: each begins no earlier than the one before.
    #[test]
    fn rows_tile_the_time(steps in proptest::collection::vec((0usize..5, 1i64..40, any::<bool>()), 1..80)) {
        let (mut standing, mut now, mut rows) = (Standing::new(at(0)), 0, Vec::<(State, Timestamp)>::new());
        for (kind, gap, maintained) in steps {
            now += gap;
            standing = match kind {
                0..=3 => judge(standing, at(now), &verdict(['P', 'W', 'F', 'U'][kind]), &plan()),
                _ => blinded(standing, at(now - gap), What::Stopped, &plan()),
            };
            let window = Maintenance { from: at(now - 3), until: at(now + 3), ..window() };
            let seen = shown(&standing, &plan(), maintained.then_some(&window));
            prop_assert!(seen.since <= at(now));
            match row_step(rows.last().copied(), &seen, at(now)) {
                RowStep::Keep => {}
                RowStep::Replace => rows.last_mut().expect("a row").0 = seen.state,
                RowStep::Open(begins) => {
                    prop_assert!(rows.last().is_none_or(|(_, since)| *since < begins));
                    prop_assert!(begins <= at(now));
                    rows.push((seen.state, begins));
                }
            }
            prop_assert_eq!(rows.last().expect("a row").0, seen.state);
        }
    }
}
