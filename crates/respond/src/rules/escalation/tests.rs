use kernel::Id;
use proptest::prelude::*;

use super::*;
use crate::model::{Rung, Stage};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + seconds).unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::from_u128(number)
}

fn policy(waits_min: &[i64], repeat: u32) -> Policy {
    Policy {
        steps: waits_min.iter().map(|wait| Rung { wait_s: wait * 60, page: Vec::new() }).collect(),
        repeat,
        acknowledgement_s: 1_800,
        fallback: Vec::new(),
    }
}

/// What happens at a moment of a story.
enum Event {
    Ack(i64, u128),
    Resolve(i64),
}

/// Plays a story in steps of ten seconds: one line for each move, `minute:second move`.
fn play(policy: &Policy, on_call: impl Fn(i64) -> OnCall, events: &[Event], until_min: i64) -> Vec<String> {
    let (mut state, mut paging) = (State::Open, Paging::default());
    let mut told = Vec::new();
    for second in (0..=until_min * 60).step_by(10) {
        for event in events {
            let moved = match *event {
                Event::Ack(when, who) if when == second => {
                    state.clone().acknowledge(Some(person(who)), at(second), policy.acknowledgement())
                }
                Event::Resolve(when) if when == second => {
                    state.clone().resolve(None, at(second), "ok".into())
                }
                Event::Ack(..) | Event::Resolve(..) => continue,
            };
            let (Stage::Moved(next) | Stage::Already(next) | Stage::Refused(next)) = moved;
            state = next;
        }
        let decision = decide(policy, state, paging, &on_call(second), at(second));
        let again = decide(policy, decision.state.clone(), decision.paging, &on_call(second), at(second));
        assert_eq!(again.moves, [], "a decision is safe to repeat");
        for one in &decision.moves {
            let what = match one {
                Move::Expire { .. } => "expired".to_owned(),
                Move::Skip { step, .. } => format!("skip {step}"),
                Move::Climb { people, .. } => {
                    people.iter().map(|who| format!("U{}", who.to_u128())).collect::<Vec<_>>().join("+")
                }
                Move::NobodyOnCall { .. } => "nobody".to_owned(),
                Move::Exhaust => "exhausted".to_owned(),
            };
            told.push(format!("{}:{:02} {what}", second / 60, second % 60));
        }
        (state, paging) = (decision.state, decision.paging);
    }
    told
}

fn two(_: i64) -> OnCall {
    OnCall { steps: vec![vec![person(1)], vec![person(2)]], fallback: Vec::new() }
}

#[test]
fn once_through_the_steps() {
    assert_eq!(play(&policy(&[5, 10], 0), two, &[], 60), ["0:00 U1", "5:00 U2", "15:00 exhausted"]);
}

#[test]
fn twice_through_the_steps() {
    assert_eq!(
        play(&policy(&[5, 10], 1), two, &[], 60),
        ["0:00 U1", "5:00 U2", "15:00 U1", "20:00 U2", "30:00 exhausted"]
    );
}

#[test]
fn an_acknowledgement_stops_the_climb_and_expires() {
    let told = play(&policy(&[5, 10], 0), two, &[Event::Ack(180, 1)], 60);
    assert_eq!(
        told,
        ["0:00 U1", "33:00 expired", "33:00 U1", "38:00 U2", "48:00 exhausted"],
        "30 minutes after 0:03 it climbs again"
    );
}

#[test]
fn a_resolved_incident_pages_nobody() {
    let told = play(&policy(&[5, 10], 3), two, &[Event::Resolve(60)], 120);
    assert_eq!(told, ["0:00 U1"]);
}

#[test]
fn a_step_with_nobody_is_skipped_at_once() {
    let first_empty = |_: i64| OnCall { steps: vec![vec![], vec![person(2)]], fallback: Vec::new() };
    assert_eq!(
        play(&policy(&[5, 10], 0), first_empty, &[], 30),
        ["0:00 skip 0", "0:00 U2", "10:00 exhausted"]
    );
    let last_empty = |_: i64| OnCall { steps: vec![vec![person(1)], vec![]], fallback: Vec::new() };
    assert_eq!(
        play(&policy(&[5, 10], 1), last_empty, &[], 30),
        ["0:00 U1", "5:00 skip 1", "5:00 U1", "10:00 skip 1", "10:00 exhausted"]
    );
}

#[test]
fn nobody_at_all_means_the_fallback() {
    let fallback = |_: i64| OnCall { steps: vec![vec![], vec![]], fallback: vec![person(9)] };
    assert_eq!(play(&policy(&[5, 10], 0), fallback, &[], 30), ["0:00 nobody", "0:00 U9", "5:00 exhausted"]);
}

#[test]
fn a_service_without_steps_and_fallback_waits_for_somebody() {
    let later = |second: i64| OnCall {
        steps: vec![if second < 600 { vec![] } else { vec![person(1)] }],
        fallback: Vec::new(),
    };
    assert_eq!(play(&policy(&[5], 0), later, &[], 30), ["0:00 nobody", "10:00 U1", "15:00 exhausted"]);
}

#[test]
fn a_rota_edited_while_it_climbs_counts_from_the_next_step() {
    let edited = |second: i64| OnCall {
        steps: vec![vec![person(1)], vec![person(if second < 120 { 2 } else { 3 })]],
        fallback: Vec::new(),
    };
    assert_eq!(play(&policy(&[5, 10], 0), edited, &[], 10), ["0:00 U1", "5:00 U3"]);
}

#[test]
fn a_policy_that_lost_its_steps_while_it_climbs_ends() {
    let last = Climb { round: 0, step: 3, at: at(0) };
    let paging = Paging { last: Some(last), ..Paging::default() };
    let on_call = OnCall { steps: vec![vec![person(1)]], fallback: Vec::new() };
    let decision = decide(&policy(&[5], 0), State::Open, paging, &on_call, at(300));
    assert_eq!(decision.moves, [Move::Exhaust]);
}

#[test]
fn the_clock_set_back_does_not_hold_the_climb() {
    let last = Climb { round: 0, step: 0, at: at(86_400) };
    let paging = Paging { last: Some(last), ..Paging::default() };
    let decision = decide(&policy(&[5, 10], 0), State::Open, paging, &two(0), at(0));
    assert_eq!((decision.moves, decision.due_at), (vec![], Some(at(300))));
    let held = State::Acknowledged { by: None, at: at(86_400), until: at(86_400 + 1_800) };
    let decision = decide(&policy(&[5, 10], 0), held, paging, &two(0), at(0));
    assert_eq!(decision.due_at, Some(at(1_800)), "an acknowledgement never holds longer than it says");
}

#[test]
fn a_person_in_two_steps_is_paged_once_a_round() {
    let paged = BTreeSet::from([person(1)]);
    assert_eq!(not_yet_paged(&[person(1), person(2), person(2)], &paged), [person(2)]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the policy and the people: it ends, and every round pages everybody who is there.
    #[test]
    fn every_escalation_ends(
        waits in proptest::collection::vec(1i64..20, 0..5),
        repeat in 0u32..4,
        filled in proptest::collection::vec(any::<bool>(), 5),
        fallback in any::<bool>(),
    ) {
        let policy = policy(&waits, repeat);
        let on_call = OnCall {
            steps: (0..waits.len()).map(|step| if filled[step] { vec![person(step as u128 + 1)] } else { vec![] }).collect(),
            fallback: if fallback { vec![person(99)] } else { vec![] },
        };
        let there = on_call.steps.iter().filter(|step| !step.is_empty()).count();
        let told = play(&policy, |_| on_call.clone(), &[], waits.iter().sum::<i64>() * (i64::from(repeat) + 1) + 30 * 4 + 1);
        let pages = told.iter().filter(|line| line.contains('U')).count();
        let rounds = repeat as usize + 1;
        if there > 0 {
            prop_assert_eq!(pages, there * rounds);
            prop_assert!(told.last().unwrap().ends_with("exhausted"));
        } else if fallback {
            prop_assert_eq!(pages, rounds);
            prop_assert!(told.last().unwrap().ends_with("exhausted"));
        } else {
            prop_assert_eq!(told, ["0:00 nobody"]);
        }
    }
}
