use kernel::lake::{Channel, Field, Order, Unit};
use kernel::{ClientId, ComponentId, Id as _};

use super::*;
use crate::model::{EndingRule, Targets};
use crate::objectives::model::Standing;

pub(in crate::objectives) fn journey(targets: Targets) -> Journey {
    let step = |name: &str, looks: Looks, component: Option<u128>| Step {
        name: name.into(),
        looks,
        optional: false,
        channel: Channel::Web,
        component: component.map(ComponentId::from_u128),
    };
    Journey {
        id: JourneyId::from_u128(7),
        client: ClientId::from_u128(1),
        service: ServiceId::from_u128(2),
        name: "Apply for a parking permit".into(),
        slug: "apply".into(),
        unit: Unit::Visit,
        window: SignedDuration::from_hours(2),
        order: Order::Ordered,
        steps: vec![
            step("start", Looks::at("/apply"), None),
            step("form", Looks::at("/apply/form"), Some(3)),
            step("payment", Looks::named("payment started"), Some(4)),
            step("done", Looks::at("/apply/done"), None),
        ],
        endings: vec![EndingRule { ending: Ending::Failed, looks: Looks::named("payment failed") }],
        exclusions: vec![],
        segments: vec![Field::Device],
        zone: "Europe/Amsterdam".into(),
        owner: None,
        targets,
        declared_in: None,
        created_at: at("2026-11-01T00:00:00Z"),
        changed_at: at("2026-11-01T00:00:00Z"),
    }
}

fn all_targets() -> Targets {
    Targets {
        completion: Some(0.65),
        within_seconds: Some(28 * 86_400),
        latency_ms: Some(2_000),
        errors: Some(0.01),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn objective(wanted: Wanted) -> Objective {
    Objective {
        id: ObjectiveId::from_u128(1),
        client: ClientId::from_u128(1),
        service: ServiceId::from_u128(2),
        journey: JourneyId::from_u128(7),
        wanted,
        created_at: at("2026-11-01T00:00:00Z"),
        standing: Standing::default(),
    }
}

#[test]
fn targets_ask_for_objectives_where_something_can_measure_them() {
    let found = wanted(&journey(all_targets()));
    let words: Vec<String> = found
        .iter()
        .map(|one| format!("{} {} {}", one.kind.word(), one.step.as_deref().unwrap_or("-"), one.target))
        .collect();
    assert_eq!(
        words,
        [
            "completion - 65%",
            "errors - 99%",
            "errors form 99%",
            "errors payment 99%",
            "latency start 95%",
            "latency form 95%",
            "latency payment 95%",
            "latency done 95%"
        ]
    );
    assert!(wanted(&journey(Targets::default())).is_empty());
    let impossible = Targets { completion: Some(1.0), errors: Some(0.0), ..Targets::default() };
    assert!(wanted(&journey(impossible)).is_empty(), "a target of everything allows nothing");
    let mut plain = journey(all_targets());
    plain.endings.clear();
    assert!(wanted(&plain).iter().all(|one| one.kind != Kind::Errors || one.step.is_some()));
}

#[test]
fn only_what_differs_is_added_changed_and_removed() {
    let now = wanted(&journey(all_targets()));
    let held: Vec<Objective> = now.iter().cloned().map(objective).collect();
    assert_eq!(difference(&held, now.clone()), Difference::default());
    let stricter = wanted(&journey(Targets { completion: Some(0.7), latency_ms: None, ..all_targets() }));
    let found = difference(&held, stricter);
    assert_eq!((found.add.len(), found.change.len(), found.remove.len()), (0, 1, 4));
    assert_eq!(differences(&held[0].wanted, &found.change[0].1), ["target: 65% -> 70%"]);
    assert_eq!(difference(&[], now).add.len(), 8);
}

#[test]
fn patterns_fit_paths() {
    for (pattern, path, fits) in [
        ("/apply", "/apply", true),
        ("/apply", "/apply/form", false),
        ("/apply/*", "/apply/form", true),
        ("/apply/*", "/apply/form/two", false),
        ("/apply/**", "/apply/form/two", true),
        ("/**/done", "/a/b/done", true),
        ("/p?y", "/pay", true),
        ("/p?y", "/p/y", false),
        ("*", "", true),
        ("", "", true),
    ] {
        assert_eq!(like(pattern, path), fits, "{pattern} {path}");
    }
}

#[test]
fn what_is_measured_when() {
    let now = at("2026-11-22T10:07:00Z");
    let journey = journey(all_targets());
    let first = at("2026-09-01T00:00:00Z");
    let mut one = objective(wanted(&journey)[0].clone());
    let spans = |one: &Objective, first: Timestamp| -> Vec<String> {
        let each = to_measure(one, &journey, first, now);
        each.iter().map(|grid| format!("{} {}", grid.from, kernel::units::show_span(grid.length()))).collect()
    };
    // At first: as far as the window of the journey goes, and backwards from there.
    assert_eq!(spans(&one, first), ["2026-11-22T07:00:00Z 4h", "2026-11-17T07:00:00Z 5d"]);
    one.standing.swept_at = Some(now - SignedDuration::from_mins(10));
    one.standing.measured_until = Some(now - SignedDuration::from_mins(1));
    one.standing.filled_from = Some(at("2026-10-25T10:00:00Z"));
    assert_eq!(spans(&one, first), ["2026-11-22T07:00:00Z 4h"], "everything the window needs is there");
    // Latency needs less, and nothing is asked from before the lake has rows.
    let mut slow = objective(wanted(&journey)[5].clone());
    assert_eq!(spans(&slow, at("2026-11-22T09:30:00Z")), ["2026-11-22T09:00:00Z 2h"]);
    // After a stop of a week nothing is left out.
    slow.standing.measured_until = Some(now - SignedDuration::from_hours(24 * 7));
    slow.standing.filled_from = Some(at("2026-10-25T10:00:00Z"));
    assert_eq!(spans(&slow, first), ["2026-11-15T10:00:00Z 5d"]);
    let grid = Grid { from: at("2026-11-22T10:00:00Z"), until: at("2026-11-22T11:00:00Z") };
    assert_eq!(slices(grid, now).len(), 2, "none that has not begun");
}

fn cell(number: u32, reached: &[u64], endings: &[(Ending, u64)]) -> FunnelCell {
    let counts = FunnelCounts {
        reached: reached.to_vec(),
        in_progress: vec![],
        endings: endings.iter().copied().collect(),
        ..FunnelCounts::default()
    };
    FunnelCell { cell: number, group: Group::All, counts }
}

#[test]
fn whoever_takes_longer_than_nearly_everybody_is_given_up_at_first() {
    let two_hours = SignedDuration::from_hours(2);
    let mut took = Sketch::default();
    assert_eq!(gives_up(&took, two_hours), two_hours, "nobody completed yet");
    took.add_many(240_000.0, 199);
    assert_eq!(gives_up(&took, two_hours), two_hours, "one too few");
    took.add_many(1_200_000.0, 100);
    let after = gives_up(&took, two_hours).as_secs_f64() / 60.0;
    assert!((after - 25.0).abs() < 0.6, "1.25 x 20 minutes: {after}");
    assert_eq!(gives_up(&took, SignedDuration::from_mins(20)), SignedDuration::from_mins(20));
    let mut quick = Sketch::default();
    quick.add_many(9_000.0, 500);
    assert_eq!(gives_up(&quick, two_hours), SignedDuration::from_mins(10), "nobody sooner");
    let now = at("2026-11-22T10:07:00Z");
    let each = [at("2026-11-22T08:00:00Z"), at("2026-11-22T08:05:00Z"), at("2026-11-22T08:10:00Z")];
    assert_eq!(settled(&each, two_hours, now), 1, "the second holds starts of 08:09");
    assert_eq!(settled(&each, SignedDuration::from_hours(1), now), 3);
}

#[test]
fn who_is_still_on_the_way_is_neither_good_nor_bad() {
    let slices = [at("2026-11-22T10:00:00Z"), at("2026-11-22T10:05:00Z")];
    let cells = [cell(
        1,
        &[10, 8, 6, 5],
        &[
            (Ending::Completed, 5),
            (Ending::NotEligible, 1),
            (Ending::Failed, 2),
            (Ending::Abandoned, 1),
            (Ending::InProgress, 1),
        ],
    )];
    let counts = |made: Measured| made.into_iter().map(|(_, one)| (one.good, one.total)).collect::<Vec<_>>();
    assert_eq!(counts(completions(&slices, &cells)), [(0, 0), (6, 9)]);
    assert_eq!(counts(not_failed(&slices, &cells)), [(0, 0), (7, 9)]);
}

#[test]
fn spans_of_the_steps_page_count_before_all_of_the_component() {
    let mut took = Sketch::default();
    for ms in [100.0, 1_900.0, 2_100.0, 5_000.0] {
        took.add(ms);
    }
    let span = |component: &str, operation: &str, errors: u64| SpanCounts {
        cell: 0,
        component: component.into(),
        operation: operation.into(),
        calls: 4,
        errors,
        took_ms: took.clone(),
    };
    let spans =
        [span("web", "GET /apply/form", 1), span("Web", "render", 4), span("payment", "POST /pay", 0)];
    let named = spans_of(&spans, "web", &Looks::at("/apply/form"));
    assert_eq!(named.len(), 1);
    assert_eq!(spans_of(&spans, "web", &Looks::at("/elsewhere")).len(), 2, "by the component alone");
    let slices = [at("2026-11-22T10:00:00Z")];
    assert_eq!(of_spans(&slices, &named, None)[0].1, Ratio { good: 3, total: 4 });
    assert_eq!(of_spans(&slices, &named, Some(2_000))[0].1, Ratio { good: 2, total: 4 });
}

#[test]
fn the_step_where_more_stop_than_before_is_named() {
    let counts = |reached: &[u64]| cell(0, reached, &[]).counts;
    let before = counts(&[1_000, 800, 700, 650]);
    assert_eq!(weakest(&counts(&[100, 80, 70, 5]), &before), Some(2));
    assert_eq!(weakest(&counts(&[100, 20, 18, 17]), &before), Some(0));
    assert_eq!(weakest(&counts(&[100, 80, 70, 65]), &before), None, "as always");
    assert_eq!(weakest(&counts(&[0, 0, 0, 0]), &before), None);
}

#[test]
fn the_cause_is_the_component_where_it_fails_else_the_journey() {
    let journey = journey(all_targets());
    let (service, all) = (journey.service, wanted(&journey));
    let part = |n: u128| kernel::fact::cause_of_part(service, ComponentId::from_u128(n));
    assert_eq!(cause(service, &journey, &all[0], Some(2)), part(4));
    assert_eq!(cause(service, &journey, &all[0], Some(0)), part(3), "of the step that should follow");
    assert_eq!(cause(service, &journey, &all[0], Some(3)), cause_of_journey(service, journey.id));
    assert_eq!(cause(service, &journey, &all[0], None), cause_of_journey(service, journey.id));
    assert_eq!(cause(service, &journey, &all[2], None), part(3), "the step's own");
}

#[test]
fn a_reason_says_how_much_of_how_many() {
    let all = wanted(&journey(all_targets()));
    let counts = Ratio { good: 5, total: 41 };
    let text = reason(&all[0], counts, SignedDuration::from_hours(1), Some("payment"));
    assert_eq!(
        text,
        "12.2 % of 41 came to a proper end in the last 1h; the target is 65.0 %; most stop at payment"
    );
}
