use std::collections::BTreeMap;

use jiff::civil::{Time, date, time};
use kernel::{Id, OverrideId, PersonId};
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::from_u128(number)
}

fn people(count: u128) -> Vec<PersonId> {
    (1..=count).map(person).collect()
}

fn layer(rotation: Rotation, start: Date, handoff: Time, count: u128) -> Layer {
    Layer { rotation, start, handoff, people: people(count), only: Vec::new() }
}

fn ts(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The hand-offs of a layer from `from`, as instants in UTC, and the lengths of the shifts between them.
#[track_caller]
fn check_hand_offs(zone_name: &str, layer: &Layer, from: &str, until: &str, expected: &[&str]) {
    let zone = zone(zone_name);
    let shifts = layer_shifts(&zone, layer, 0, ts(from), ts(until));
    let starts: Vec<String> = shifts.iter().map(|shift| shift.from.to_string()).collect();
    assert_eq!(starts, expected, "{zone_name}");
    for pair in shifts.windows(2) {
        assert_eq!(pair[0].until, pair[1].from);
    }
}

fn daily(start: Date, handoff: Time) -> Layer {
    layer(Rotation::Daily { days: 1 }, start, handoff, 3)
}

#[test]
fn chicago_jumps_over_the_hand_off_in_march() {
    check_hand_offs(
        "America/Chicago",
        &daily(date(2020, 3, 7), time(2, 30, 0, 0)),
        "2020-03-07T08:30:00Z",
        "2020-03-09T08:00:00Z",
        &["2020-03-07T08:30:00Z", "2020-03-08T08:00:00Z", "2020-03-09T07:30:00Z"],
    );
}

#[test]
fn lord_howe_moves_by_half_an_hour() {
    check_hand_offs(
        "Australia/Lord_Howe",
        &daily(date(2026, 10, 3), time(2, 15, 0, 0)),
        "2026-10-02T15:45:00Z",
        "2026-10-04T16:00:00Z",
        &["2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
    );
}

#[test]
fn london_in_spring_hands_over_when_the_clock_has_jumped() {
    check_hand_offs(
        "Europe/London",
        &daily(date(2026, 3, 28), time(1, 30, 0, 0)),
        "2026-03-28T01:30:00Z",
        "2026-03-30T01:00:00Z",
        &["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    );
}

#[test]
fn london_in_autumn_hands_over_the_first_time_it_is_half_past_one() {
    check_hand_offs(
        "Europe/London",
        &daily(date(2026, 10, 24), time(1, 30, 0, 0)),
        "2026-10-24T00:30:00Z",
        "2026-10-26T02:00:00Z",
        &["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
}

#[test]
fn new_york_in_autumn() {
    check_hand_offs(
        "America/New_York",
        &daily(date(2026, 10, 31), time(1, 30, 0, 0)),
        "2026-11-01T05:30:00Z",
        "2026-11-02T07:00:00Z",
        &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
    );
}

#[test]
fn cairo_skips_midnight() {
    check_hand_offs(
        "Africa/Cairo",
        &daily(date(2026, 4, 23), time(0, 0, 0, 0)),
        "2026-04-22T22:00:00Z",
        "2026-04-24T22:00:00Z",
        &["2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
    );
}

#[test]
fn hourly_in_chicago_in_march_keeps_to_the_wall_clock() {
    // 00:30 and 01:30 CST, then 03:00 (02:30 does not exist), 03:30 and 04:30 CDT.
    check_hand_offs(
        "America/Chicago",
        &layer(Rotation::Hourly { hours: 1 }, date(2020, 3, 7), time(2, 30, 0, 0), 3),
        "2020-03-08T06:30:00Z",
        "2020-03-08T10:00:00Z",
        &[
            "2020-03-08T06:30:00Z",
            "2020-03-08T07:30:00Z",
            "2020-03-08T08:00:00Z",
            "2020-03-08T08:30:00Z",
            "2020-03-08T09:30:00Z",
        ],
    );
}

#[test]
fn hourly_in_chicago_in_november_has_one_shift_of_two_hours() {
    check_hand_offs(
        "America/Chicago",
        &layer(Rotation::Hourly { hours: 1 }, date(2020, 10, 31), time(0, 30, 0, 0), 3),
        "2020-11-01T05:30:00Z",
        "2020-11-01T08:45:00Z",
        &["2020-11-01T05:30:00Z", "2020-11-01T06:30:00Z", "2020-11-01T08:30:00Z"],
    );
}

#[test]
fn apia_lost_a_whole_day_and_nobody_a_turn_of_no_length() {
    let zone = zone("Pacific/Apia");
    let layer = daily(date(2011, 12, 28), time(9, 0, 0, 0));
    let shifts = layer_shifts(&zone, &layer, 0, ts("2011-12-28T19:00:00Z"), ts("2012-01-02T00:00:00Z"));
    assert!(shifts.iter().all(|shift| shift.from < shift.until));
    assert!(shifts.windows(2).all(|pair| pair[0].until == pair[1].from));
}

#[test]
fn a_weekly_rota_hands_over_on_its_day() {
    let zone = zone("Europe/Amsterdam");
    // The first day is a Wednesday; the first turn is short.
    let layer = layer(Rotation::Weekly { on: Day::Monday }, date(2026, 11, 4), time(9, 0, 0, 0), 2);
    let shifts = layer_shifts(&zone, &layer, 0, ts("2026-11-01T00:00:00Z"), ts("2026-11-20T00:00:00Z"));
    let seen: Vec<(String, Option<PersonId>)> =
        shifts.iter().map(|shift| (shift.from.to_string(), shift.person)).collect();
    assert_eq!(
        seen,
        [
            ("2026-11-04T08:00:00Z".into(), Some(person(1))),
            ("2026-11-09T08:00:00Z".into(), Some(person(2))),
            ("2026-11-16T08:00:00Z".into(), Some(person(1))),
        ]
    );
}

#[test]
fn office_hours_lie_on_top_and_leave_the_rest() {
    let zone = zone("Europe/Amsterdam");
    let base = Layer { people: vec![person(1)], ..daily(date(2026, 11, 1), time(0, 0, 0, 0)) };
    let office = Layer {
        people: vec![person(2)],
        only: vec![Window {
            days: vec![Day::Monday, Day::Tuesday],
            from: time(9, 0, 0, 0),
            to: time(17, 0, 0, 0),
        }],
        ..daily(date(2026, 11, 1), time(0, 0, 0, 0))
    };
    let layers = [base, office];
    let plan = Plan { zone: &zone, layers: &layers, overrides: &[] };
    let got = joined(&shifts(&plan, ts("2026-11-16T00:00:00Z"), ts("2026-11-19T00:00:00Z")));
    let seen: Vec<(String, u128)> =
        got.iter().map(|shift| (shift.from.to_string(), shift.person.map_or(0, Id::to_u128))).collect();
    assert_eq!(
        seen,
        [
            ("2026-11-16T00:00:00Z".into(), 1),
            ("2026-11-16T08:00:00Z".into(), 2),
            ("2026-11-16T16:00:00Z".into(), 1),
            ("2026-11-17T08:00:00Z".into(), 2),
            ("2026-11-17T16:00:00Z".into(), 1),
        ]
    );
}

#[test]
fn a_night_window_ends_the_next_morning() {
    let zone = zone("Europe/Amsterdam");
    let night = Layer {
        people: vec![person(7)],
        only: vec![Window { days: vec![Day::Friday], from: time(22, 0, 0, 0), to: time(6, 0, 0, 0) }],
        ..daily(date(2026, 11, 1), time(0, 0, 0, 0))
    };
    let layers = [night];
    let plan = Plan { zone: &zone, layers: &layers, overrides: &[] };
    let on = |text: &str| on_call_at(&plan, ts(text)).is_some();
    assert!(!on("2026-11-20T20:59:59Z"));
    assert!(on("2026-11-20T21:00:00Z"));
    assert!(on("2026-11-21T04:59:59Z"));
    assert!(!on("2026-11-21T05:00:00Z"));
}

#[test]
fn the_latest_stand_in_counts_and_a_reversed_one_never() {
    let zone = zone("UTC");
    let layers = [Layer { people: vec![person(1)], ..daily(date(2026, 11, 1), time(0, 0, 0, 0)) }];
    let over = |number: u128, who: u128, from: &str, until: &str| Override {
        id: OverrideId::from_u128(number),
        person: person(who),
        from: ts(from),
        until: ts(until),
        made_at: ts("2026-11-01T00:00:00Z"),
    };
    let overrides = [
        over(1, 2, "2026-11-10T08:00:00Z", "2026-11-10T12:00:00Z"),
        over(2, 3, "2026-11-10T10:00:00Z", "2026-11-10T14:00:00Z"),
        over(3, 4, "2026-11-10T16:00:00Z", "2026-11-10T15:00:00Z"),
    ];
    let plan = Plan { zone: &zone, layers: &layers, overrides: &overrides };
    let got = joined(&shifts(&plan, ts("2026-11-10T00:00:00Z"), ts("2026-11-11T00:00:00Z")));
    let seen: Vec<(u128, String)> =
        got.iter().map(|shift| (shift.person.map_or(0, Id::to_u128), shift.until.to_string())).collect();
    assert_eq!(
        seen,
        [
            (1, "2026-11-10T08:00:00Z".into()),
            (2, "2026-11-10T10:00:00Z".into()),
            (3, "2026-11-10T14:00:00Z".into()),
            (1, "2026-11-11T00:00:00Z".into()),
        ]
    );
}

#[test]
fn a_rota_with_nobody_is_one_gap() {
    let zone = zone("UTC");
    let layers = [Layer { people: Vec::new(), ..daily(date(2026, 1, 1), time(0, 0, 0, 0)) }];
    for layers in [&layers[..], &[]] {
        let plan = Plan { zone: &zone, layers, overrides: &[] };
        let (now, next) = now_and_next(&plan, ts("2026-11-10T00:00:00Z"));
        assert_eq!(now.map(|shift| shift.person), Some(None));
        assert_eq!(next, None);
        assert_eq!(on_call_at(&plan, ts("2026-11-10T00:00:00Z")), None);
    }
}

fn any_rotation() -> impl Strategy<Value = Rotation> {
    prop_oneof![
        (0usize..7).prop_map(|day| Rotation::Weekly { on: Day::ALL[day] }),
        (1u16..5).prop_map(|days| Rotation::Daily { days }),
        (1u16..30).prop_map(|hours| Rotation::Hourly { hours }),
    ]
}

fn any_time() -> impl Strategy<Value = Time> {
    (0i8..24, 0i8..12).prop_map(|(hour, five)| time(hour, five * 5, 0, 0))
}

fn any_window() -> impl Strategy<Value = Window> {
    (any_time(), any_time(), proptest::sample::subsequence(Day::ALL.to_vec(), 0..4))
        .prop_map(|(from, to, days)| Window { days, from, to })
}

fn any_layer(year: i16) -> impl Strategy<Value = Layer> {
    (any_rotation(), 0i64..500, any_time(), 0u128..4, proptest::collection::vec(any_window(), 0..3)).prop_map(
        move |(rotation, days, handoff, count, only)| Layer {
            start: date(year - 1, 1, 1) + Span::new().days(days),
            only,
            ..layer(rotation, date(year, 1, 1), handoff, count)
        },
    )
}

fn any_zone() -> impl Strategy<Value = String> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    proptest::sample::select(names)
}

/// The most the zone's clock went back at once in the year.
fn largest_step_back(zone: &TimeZone, year: i16) -> SignedDuration {
    let from = date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let until = date(year + 1, 1, 2).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let mut offset = zone.to_offset(from - SignedDuration::from_hours(48));
    let mut most = SignedDuration::ZERO;
    for transition in zone.following(from - SignedDuration::from_hours(48)) {
        if transition.timestamp() > until {
            break;
        }
        let back = i64::from(offset.seconds() - transition.offset().seconds());
        most = most.max(SignedDuration::from_secs(back));
        offset = transition.offset();
    }
    most
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// For any zone and year shifts tile time, are never longer than nominal + 2 h (but where the clock of
    /// a zone itself goes back further, as Casey's does by 3 h), and the engine's answer is the calendar's.
    #[test]
    fn shifts_tile_time_and_say_what_the_engine_says(
        name in any_zone(),
        year in 2005i16..2036,
        layers in proptest::collection::vec(any_layer(2005), 0..3),
        shift_years in Just(()),
        overrides in proptest::collection::vec((0i64..9_000, 1i64..200, 1u128..5), 0..3),
    ) {
        let () = shift_years;
        let zone = zone(&name);
        let layers: Vec<Layer> = layers
            .into_iter()
            .map(|layer| Layer { start: layer.start + Span::new().years(year - 2005), ..layer })
            .collect();
        let from = first_instant(&zone, date(year, 1, 1).at(0, 0, 0, 0));
        let until = from + SignedDuration::from_hours(24 * 366);
        let overrides: Vec<Override> = (1u128..).zip(overrides).map(|(id, (after, length, who))| Override {
            id: OverrideId::from_u128(id),
            person: person(who),
            from: from + SignedDuration::from_hours(after),
            until: from + SignedDuration::from_hours(after + length),
            made_at: from,
        }).collect();
        let plan = Plan { zone: &zone, layers: &layers, overrides: &overrides };
        let tiles = shifts(&plan, from, until);
        prop_assert_eq!(tiles.first().map(|tile| tile.from), Some(from));
        prop_assert_eq!(tiles.last().map(|tile| tile.until), Some(until));
        for pair in tiles.windows(2) {
            prop_assert_eq!(pair[0].until, pair[1].from);
        }
        let slack = SignedDuration::from_hours(2).max(largest_step_back(&zone, year));
        for (index, layer) in (0u32..).zip(&layers) {
            let nominal = match layer.rotation {
                Rotation::Weekly { .. } => SignedDuration::from_hours(7 * 24),
                Rotation::Daily { days } => SignedDuration::from_hours(24 * i64::from(days)),
                Rotation::Hourly { hours } => SignedDuration::from_hours(i64::from(hours)),
            };
            let mut lengths: BTreeMap<i64, SignedDuration> = BTreeMap::new();
            for shift in layer_shifts(&zone, layer, index, from, until) {
                prop_assert!(shift.from < shift.until);
                let Source::Layer { turn, .. } = shift.source else { panic!("a layer's shift") };
                *lengths.entry(turn).or_default() += shift.until.duration_since(shift.from);
            }
            for (turn, length) in lengths {
                prop_assert!(length <= nominal + slack, "turn {} of {}: {:?}", turn, name, length);
            }
        }
        let mut at = from;
        let mut tile = 0;
        while at < until {
            while tiles[tile].until <= at {
                tile += 1;
            }
            prop_assert_eq!(on_call_at(&plan, at).map(|(who, _)| who), tiles[tile].person, "{} {}", name, at);
            at += SignedDuration::from_mins(15);
        }
    }
}
