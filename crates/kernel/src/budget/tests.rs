//! Every figure here is one of the worked examples of the field, or follows from a property that must always hold.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::Ratio;
use crate::lake::Sketch;

const DAY: i64 = 86_400;

fn t(percent: f64) -> Target {
    Target::new(percent / 100.0).expect("a target")
}

fn at(second: i64) -> Timestamp {
    // A Monday, on the hour.
    Timestamp::from_second(1_764_547_200 + second).expect("a time of this century")
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

#[track_caller]
fn near(found: f64, wanted: f64, hair: f64) {
    assert!((found - wanted).abs() <= hair, "{found} is not {wanted}");
}

/// Slices of `every` seconds from `from`, as good out of total.
fn slices(every: i64, counts: &[(u64, u64)]) -> Slices {
    let mut made = Slices::new(SignedDuration::from_secs(every));
    for (number, (good, total)) in counts.iter().enumerate() {
        made.put(at(number as i64 * every), Ratio { good: *good, total: *total });
    }
    made
}

fn all(slices: &Slices) -> Grid {
    Grid { from: slices.first().expect("some"), until: slices.newest().expect("some") }
}

// ------------------------------------------------------------------------------- counts and methods

#[test]
fn one_data_set_three_answers() {
    let good = [2, 10, 12, 13, 13, 12, 13, 13, 12, 11];
    let total = [4, 10, 12, 13, 14, 15, 14, 13, 12, 11];
    let counts: Vec<(u64, u64)> = good.into_iter().zip(total).collect();
    let held = slices(60, &counts);
    let target = t(95.0);
    for (method, share, burn) in [
        (Method::Occurrences, 0.940_678, 1.186_44),
        (Method::TimeSlices { at_least: 0.95 }, 0.6, 8.0),
        (Method::RatioSlices, 0.915_714, 1.685_71),
    ] {
        let tally = held.tally(all(&held), method);
        near(tally.share().expect("asked"), share, 1e-6);
        near(tally.burn(target).expect("asked"), burn, 1e-5);
        assert_eq!(tally.counts, Ratio { good: 111, total: 118 });
    }
}

/// Two weeks at 99 %, of which the first `attack` minutes are at 1 %.
fn attacked(attack: usize) -> Slices {
    let counts: Vec<(u64, u64)> =
        (0..20_160).map(|m| if m < attack { (1, 100) } else { (99, 100) }).collect();
    slices(60, &counts)
}

#[test]
fn how_long_an_attack_may_last_depends_on_the_method() {
    let target = t(95.0);
    let burn = |attack: usize, method: Method| {
        let held = attacked(attack);
        held.tally(all(&held), method).burn(target).expect("asked")
    };
    let by_slices = Method::TimeSlices { at_least: 0.95 };
    assert!(burn(1_008, by_slices) <= 1.0 + 1e-9, "16 h 48 min");
    assert!(burn(1_009, by_slices) > 1.0);
    assert!(burn(822, Method::RatioSlices) < 1.0, "13 h 42 min 51 s");
    assert!(burn(823, Method::RatioSlices) > 1.0);
}

#[test]
fn requests_of_an_attack_add_to_what_is_counted() {
    // 336,000 requests at 99 % in two weeks; the attack's own fail at 99 %.
    let target = t(95.0);
    let with = |attack: f64| {
        let (good, total) = (0.99 * 336_000.0 + 0.01 * attack, 336_000.0 + attack);
        (total - good) / total / target.bad()
    };
    assert!(with(14_297.0) <= 1.0 && with(14_298.0) > 1.0);
    near((0.99 * 14_298.0_f64).round(), 14_155.0, 0.0);
    let exact = slices(1_209_600, &[(332_640 + 143, 336_000 + 14_298)]);
    near(exact.tally(all(&exact), Method::Occurrences).burn(target).expect("asked"), 1.0, 1e-4);
}

#[test]
fn the_mean_of_ratios_is_not_the_ratio_of_sums() {
    // By day a thousand a second with 0.05 % errors, by night one a second with 2 %.
    let hour = |rate: u64, bad: f64| {
        let total = rate * 3_600 * 100;
        (total - (total as f64 * bad).round() as u64, total)
    };
    let counts: Vec<(u64, u64)> =
        (0..24).map(|h| if h < 12 { hour(1_000, 0.000_5) } else { hour(1, 0.02) }).collect();
    let held = slices(3_600, &counts);
    let target = t(99.9);
    let truly = held.tally(all(&held), Method::Occurrences);
    near(truly.error().expect("asked"), 0.000_519_5, 1e-7);
    near(truly.burn(target).expect("asked"), 0.519, 1e-3);
    let averaged = held.tally(all(&held), Method::RatioSlices);
    near(averaged.error().expect("asked"), 0.010_25, 1e-6);
    near(averaged.burn(target).expect("asked"), 10.25, 1e-3);
}

#[test]
fn several_monitors_are_any_bad_or_their_average() {
    let up: Vec<(u64, u64)> = vec![(1, 1); 1_440];
    let mut down = up.clone();
    for minute in &mut down[600..660] {
        *minute = (0, 1);
    }
    let (a, b) = (slices(60, &down), slices(60, &up));
    let any = combine(&[a.clone(), b.clone()], Several::AnyBad);
    near(any.tally(all(&any), Method::Occurrences).bad(), 60.0, 0.0);
    let average = combine(&[a.clone(), b.clone()], Several::Average);
    let tally = average.tally(all(&average), Method::Occurrences);
    near(tally.error().expect("asked") * 1_440.0, 30.0, 1e-9);

    // Three monitors, 99.9 %, 30 days.
    let month = slices(60, &vec![(1, 1); 43_200]);
    for (how, minutes) in [(Several::AnyBad, 43.2), (Several::Average, 129.6)] {
        let of = combine(&[month.clone(), month.clone(), month.clone()], how);
        let tally = of.tally(all(&of), Method::Occurrences);
        near(budget(t(99.9), &tally, tally.expected).allowed, minutes, 1e-6);
    }
}

#[test]
fn budgets_as_time() {
    for (days, target, seconds) in
        [(30, 99.9, 2_592.0), (28, 99.9, 2_419.2), (7, 99.9, 604.8), (90, 99.9, 7_776.0), (31, 99.9, 2_678.4)]
    {
        near(t(target).allows(self::days(days)).as_secs_f64(), seconds, 1e-9);
    }
    let zone = TimeZone::UTC;
    let december: Timestamp = "2026-12-01T00:00:01Z".parse().expect("a time");
    let month = Window::Calendar(Period::Month);
    assert_eq!(month.length(december, &zone), days(31));
    // Full from the first day: one good minute has passed and all of it is there.
    let mut held = Slices::new(minutes(1));
    held.put(december, Ratio { good: 1, total: 1 });
    let now = december + minutes(1);
    let passed = month.passed(now, &zone, Timestamp::MIN);
    let tally = held.tally(passed, Method::TimeSlices { at_least: 1.0 });
    let held = budget(t(99.9), &tally, held.expected(month.whole(now, &zone)));
    near(held.allowed, 44.64, 1e-6);
    assert_eq!(held.left, Some(1.0));
}

#[test]
fn what_is_left_has_a_sign() {
    let held = slices(60, &[(0, 10), (90, 90)]);
    let tally = held.tally(all(&held), Method::Occurrences);
    let spent = budget(t(95.0), &tally, tally.expected);
    near(spent.left.expect("asked"), -1.0, 1e-9);
    let none = slices(60, &[(0, 0)]);
    let tally = none.tally(all(&none), Method::Occurrences);
    assert_eq!(budget(t(95.0), &tally, 1).left, None, "nothing asked is not everything left");
}

#[test]
fn targets_and_windows_read_and_write() {
    for (text, share, shown) in [
        ("99.9%", 0.999, "99.9%"),
        ("65 %", 0.65, "65%"),
        ("0.9995", 0.9995, "99.95%"),
        ("99.99999%", 0.999_999_9, "99.99999%"),
    ] {
        let target = Target::parse(text).expect("a target");
        near(target.share(), share, 1e-12);
        assert_eq!(target.to_string(), shown);
    }
    for bad in ["100%", "0", "1", "-5%", "x%", "", "NaN"] {
        assert!(Target::parse(bad).is_err(), "{bad}");
    }
    for text in ["28d", "1h", "week", "month", "quarter", "year"] {
        assert_eq!(Window::parse(text).expect("a window").to_string(), text);
    }
    for bad in ["59m", "367d", "fortnight", ""] {
        assert!(Window::parse(bad).is_err(), "{bad}");
    }
    let json = serde_json::to_string(&Window::default()).expect("plain");
    assert_eq!(json, "\"28d\"");
    assert_eq!(serde_json::from_str::<Window>(&json).expect("reads back"), Window::default());
}

#[test]
fn calendar_windows_follow_the_zone() {
    let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
    let now: Timestamp = "2026-03-30T10:00:00Z".parse().expect("a time");
    let hours = |period: Period| Window::Calendar(period).length(now, &zone).as_hours();
    // Summer time begins on 29 March: the month and the quarter are an hour short, this week is not.
    assert_eq!((hours(Period::Week), hours(Period::Month), hours(Period::Quarter)), (168, 743, 2_159));
    assert_eq!(hours(Period::Year), 8_760);
    let month = Window::Calendar(Period::Month).whole(now, &zone);
    assert_eq!(month.from.to_string(), "2026-02-28T23:00:00Z");
    // An objective made yesterday is asked about from yesterday.
    let young = Window::default().passed(now, &zone, now - days(1));
    assert_eq!(young.length(), days(1));
}

// ------------------------------------------------------------------------------- burning

#[test]
fn factors_follow_the_window() {
    let usual = |window: i64| {
        [(Tier::Fast, 0.02), (Tier::Slow, 0.05), (Tier::Day, 0.10), (Tier::Days, 0.10)]
            .map(|(tier, part)| part * days(window).as_secs_f64() / tier.long().as_secs_f64())
    };
    for (window, wanted) in [
        (30, [14.4, 6.0, 3.0, 1.0]),
        (28, [13.44, 5.6, 2.8, 0.933_333]),
        (7, [3.36, 1.4, 0.7, 0.233_333]),
        (90, [43.2, 18.0, 9.0, 3.0]),
    ] {
        for (found, wanted) in usual(window).into_iter().zip(wanted) {
            near(found, wanted, 1e-6);
        }
    }
    for (window, wanted) in [
        (30, [14.4, 6.0, 3.0, 1.0]),
        (28, [13.44, 5.6, 2.8, 0.933_333]),
        // The usual ones would fire inside a healthy budget.
        (7, [13.44, 3.5, 1.4, 0.98]),
        (90, [43.2, 18.0, 9.0, 3.0]),
        (14, [6.72, 2.8, 1.4, 0.933_333]),
    ] {
        let made = rules(days(window), t(99.9));
        for (rule, wanted) in made.iter().zip(wanted) {
            near(rule.factor, wanted, 1e-6);
            assert!(!rule.capped);
            assert_eq!(rule.tier.short() * 12, rule.tier.long());
        }
    }
    assert_eq!(rules(days(1), t(99.9)).len(), 3, "three days are no part of one");
}

#[test]
fn a_factor_that_cannot_be_reached_is_lowered() {
    let made = rules(days(30), t(90.0));
    near(made[0].factor, 9.0, 1e-9);
    assert!(made[0].capped && !made[1].capped, "10 is the most there is");
    assert!(time_to_fire(&Rule::at(Tier::Fast, 14.4), t(90.0), 1.0).is_none(), "as written it never fires");
    assert!(time_to_fire(&made[0], t(90.0), 1.0).is_some());
    let low = rules(days(28), t(65.0));
    assert!(time_to_fire(&low[0], t(65.0), 0.95).is_some(), "nearly nobody completes");
    assert!(time_to_fire(&low[0], t(65.0), 0.5).is_none());
}

#[test]
fn times_to_fire() {
    let target = t(99.9);
    let made = rules(days(30), target);
    let seconds = |error: f64| -> Vec<Option<f64>> {
        made.iter().map(|rule| time_to_fire(rule, target, error).map(|time| time.as_secs_f64())).collect()
    };
    for (error, wanted) in [
        (1.0, [Some(51.84), Some(129.6), Some(259.2), Some(259.2)]),
        (0.5, [Some(103.68), Some(259.2), Some(518.4), Some(518.4)]),
        (0.1, [Some(518.4), Some(1_296.0), Some(2_592.0), Some(2_592.0)]),
        (0.014_4, [Some(3_600.0), Some(9_000.0), Some(18_000.0), Some(18_000.0)]),
        (0.01, [None, Some(12_960.0), Some(25_920.0), Some(25_920.0)]),
        (0.006, [None, Some(21_600.0), Some(43_200.0), Some(43_200.0)]),
        (0.002, [None, None, None, Some(129_600.0)]),
    ] {
        for (found, wanted) in seconds(error).into_iter().zip(wanted) {
            match (found, wanted) {
                (Some(found), Some(wanted)) => near(found, wanted, 0.01),
                (found, wanted) => assert_eq!(found, wanted, "at {error}"),
            }
        }
    }
    near(time_to_reset(&made[0], target, 1.0).as_secs_f64(), 295.68, 0.01);
    near(time_to_reset(&made[1], target, 1.0).as_secs_f64(), 1_789.2, 0.01);
    // A 95 % objective in total outage, burn 1 over an hour: three minutes, not five hours.
    let three = time_to_fire(&Rule::at(Tier::Fast, 1.0), t(95.0), 1.0).expect("it fires");
    near(three.as_secs_f64(), 180.0, 1e-6);
}

#[test]
fn played_second_by_second_it_fires_and_resets_when_reckoned() {
    // 100 requests a second; an hour of calm, then nothing works for ten minutes, then all does.
    let target = t(99.9);
    let fast = &rules(days(30), target)[..1];
    let mut held = Slices::new(SignedDuration::from_secs(1));
    let (begins, ends) = (7_200, 7_800);
    for second in 0..begins {
        held.put(at(second), Ratio { good: 100, total: 100 });
    }
    let mut level = Level::Calm;
    let (mut fired, mut reset) = (None, None);
    for second in begins..begins + 1_200 {
        held.put(at(second), Ratio { good: if second < ends { 0 } else { 100 }, total: 100 });
        let now = at(second + 1);
        let seen = read(fast, target, &held, Method::Occurrences, now, minutes(1), Guard::default());
        let (next, does) = step(level, &seen, now);
        level = next;
        match does {
            Step::Raises(Tier::Fast) => fired = fired.or(Some(second + 1 - begins)),
            Step::Clears => reset = reset.or(Some(second + 1 - ends)),
            other => assert_eq!(other, Step::Stays),
        }
    }
    assert_eq!((fired, reset), (Some(52), Some(296)));
    assert!(matches!(level, Level::Fading(_)), "the hour still shows it: {level:?}");
}

/// One reading of one rule over one hour with so many events.
fn weighed(good: u64, total: u64, guard: Guard) -> Reading {
    let mut held = slices(300, &[(1, 1); 24]);
    for number in 12..24 {
        held.put(at(number * 300), Ratio::default());
    }
    held.put(at(23 * 300), Ratio { good, total });
    let target = t(99.9);
    let now = at(24 * 300);
    read(&rules(days(30), target)[..1], target, &held, Method::Occurrences, now, minutes(10), guard)[0]
}

#[test]
fn one_failure_in_a_quiet_hour_is_not_enough_to_say() {
    let none = Guard { bad: 0, total: 0, ..Guard::default() };
    let at_69 = weighed(68, 69, none);
    near(at_69.long.expect("seen"), 14.49, 0.01);
    assert_eq!(at_69.says, Weighed::Fires);
    let at_70 = weighed(69, 70, none);
    near(at_70.long.expect("seen"), 14.29, 0.01);
    assert_eq!(at_70.says, Weighed::Calm);
    // The guard: five bad ones, and enough of all.
    assert_eq!(weighed(68, 69, Guard::default()).says, Weighed::TooFew);
    assert_eq!(weighed(65, 69, Guard::default()).says, Weighed::TooFew, "four");
    assert_eq!(weighed(64, 69, Guard::default()).says, Weighed::Fires, "five");
    assert_eq!(weighed(10, 19, Guard::default()).says, Weighed::TooFew, "one too few of all");
    assert_eq!(weighed(10, 20, Guard::default()).says, Weighed::Fires);
}

#[test]
fn a_young_objective_does_not_fire_yet() {
    let target = t(99.9);
    let made = rules(days(30), target);
    let bad = slices(300, &[(0, 100); 12]);
    let says = |now: i64| -> Vec<Weighed> {
        let seen = read(&made, target, &bad, Method::Occurrences, at(now), minutes(10), Guard::default());
        seen.iter().map(|one| one.says).collect()
    };
    // Coverage is looked at before age: at 55 minutes, one of the twelve slices of the hour lies before the first.
    assert!(says(3_300).iter().all(|says| matches!(says, Weighed::Young | Weighed::Unseen)));
    assert_eq!(says(3_600)[0], Weighed::Fires, "a full hour");
    assert!(says(3_600)[1..].iter().all(|says| *says != Weighed::Fires));
}

fn reading(tier: Tier, says: Weighed) -> Reading {
    Reading { rule: Rule::at(tier, 1.0), long: Some(1.0), short: Some(1.0), says }
}

fn walk(from: Level, says: [Weighed; 4]) -> (Level, Step) {
    let readings: Vec<Reading> =
        Tier::ALL.into_iter().zip(says).map(|(tier, says)| reading(tier, says)).collect();
    step(from, &readings, at(100))
}

#[test]
fn pages_reset_on_the_short_window_and_work_for_the_day_on_the_long_one() {
    use Weighed::{Calm, Fades, Fires, Unseen};
    let burning = |tier: Tier| Level::Burning(Burning { tier, since: at(0) });
    let fading = |tier: Tier| Level::Fading(Burning { tier, since: at(0) });
    let begun = |tier: Tier| Level::Burning(Burning { tier, since: at(100) });
    for (from, says, to, does) in [
        (Level::Calm, [Calm, Calm, Calm, Calm], Level::Calm, Step::Stays),
        (Level::Calm, [Fires, Fires, Fires, Fires], begun(Tier::Fast), Step::Raises(Tier::Fast)),
        (Level::Calm, [Calm, Calm, Fires, Fires], begun(Tier::Day), Step::Raises(Tier::Day)),
        // Worse is said; better is not.
        (burning(Tier::Day), [Fires, Calm, Fires, Fires], burning(Tier::Fast), Step::Worsens(Tier::Fast)),
        (burning(Tier::Fast), [Fires, Fires, Calm, Calm], burning(Tier::Fast), Step::Stays),
        // A page is over by its short window.
        (burning(Tier::Fast), [Fades, Fires, Fires, Calm], fading(Tier::Fast), Step::Clears),
        (burning(Tier::Day), [Calm, Calm, Fades, Calm], burning(Tier::Day), Step::Stays),
        (burning(Tier::Day), [Calm, Calm, Calm, Fires], Level::Calm, Step::Clears),
        // While it fades no work for the day is made of it; burning again is said again.
        (fading(Tier::Fast), [Fades, Fades, Fires, Fires], fading(Tier::Fast), Step::Stays),
        (fading(Tier::Fast), [Fires, Fades, Calm, Calm], begun(Tier::Fast), Step::Raises(Tier::Fast)),
        (fading(Tier::Fast), [Calm, Fades, Calm, Calm], Level::Calm, Step::Stays),
        (fading(Tier::Fast), [Calm, Calm, Fires, Calm], fading(Tier::Fast), Step::Stays),
        // What cannot be seen freezes everything.
        (burning(Tier::Fast), [Unseen; 4], burning(Tier::Fast), Step::Stays),
        (fading(Tier::Fast), [Unseen; 4], fading(Tier::Fast), Step::Stays),
        (Level::Calm, [Unseen; 4], Level::Calm, Step::Stays),
    ] {
        assert_eq!(walk(from, says), (to, does), "{from:?} {says:?}");
    }
}

#[test]
fn how_long_nothing_may_be_measured() {
    for (target, minutes_) in [(99.9, 3), (99.0, 10), (90.0, 86)] {
        let found = blind_after(t(target), SignedDuration::from_secs(30)).as_secs_f64() / 60.0;
        near(found.round(), f64::from(minutes_), 0.0);
    }
    assert_eq!(blind_after(t(99.9), minutes(5)), minutes(15), "three measurements, when those are rare");
}

// ------------------------------------------------------------------------------- what is missing

/// Thirty days of minutes with a gap of six hours and twenty bad minutes.
fn with_gap() -> (Slices, Grid) {
    let mut held = Slices::new(minutes(1));
    for minute in 0..43_200_i64 {
        if !(10_000..10_360).contains(&minute) {
            let good = u64::from(!(20_000..20_020).contains(&minute));
            held.put(at(minute * 60), Ratio { good, total: 1 });
        }
    }
    (held, Grid { from: at(0), until: at(30 * DAY) })
}

#[test]
fn a_gap_is_neither_good_nor_bad() {
    let (held, grid) = with_gap();
    let tally = held.tally(grid, Method::TimeSlices { at_least: 1.0 });
    near(tally.coverage().expect("expected"), 0.991_667, 1e-6);
    for (missing, share, left) in [
        (Missing::Ignored, 0.999_533_1, 0.533),
        (Missing::Good, 0.999_537_0, 0.537),
        (Missing::Bad, 0.991_203_7, -7.796),
    ] {
        let tally = tally.with(missing);
        near(tally.share().expect("asked"), share, 1e-7);
        near(budget(t(99.9), &tally, tally.expected).left.expect("asked"), left, 1e-3);
    }
}

#[test]
fn what_may_be_believed_is_looked_at_in_order() {
    let (held, grid) = with_gap();
    let now = grid.until;
    let tally = held.tally(grid, Method::Occurrences);
    let look_at = |tally: &Tally, now: Timestamp| look(tally, held.newest(), now, minutes(3), FLOOR);
    assert!(matches!(look_at(&tally, now), Seen::Observed { .. }));
    assert!(matches!(look_at(&tally, now + minutes(3)), Seen::Observed { .. }), "at the limit");
    let late = look_at(&tally, now + minutes(4));
    assert_eq!(late, Seen::Stale { since: Some(now) }, "stale comes first");
    assert_eq!(look(&tally, None, now, minutes(3), FLOOR), Seen::Stale { since: None });
    let hour = Grid { from: at(10_000 * 60 - 60), until: at(10_060 * 60 - 60) };
    let gap = held.tally(hour, Method::Occurrences);
    assert!(
        matches!(look(&gap, Some(now), now, minutes(3), FLOOR), Seen::Sparse { coverage } if coverage < 0.02)
    );
    let idle = slices(60, &[(0, 0); 60]);
    let tally = idle.tally(all(&idle), Method::Occurrences);
    assert_eq!(look(&tally, idle.newest(), at(3_600), minutes(3), FLOOR), Seen::Idle, "not 100 %");
    assert_eq!(tally.share(), None);
}

#[test]
fn a_slice_measured_again_replaces_its_value() {
    let mut held = slices(60, &[(1, 2)]);
    held.put(at(30), Ratio { good: 5, total: 5 });
    assert_eq!(held.sum(all(&held)), Ratio { good: 5, total: 5 });
    assert_eq!(held.within(all(&held)).count(), 1);
}

#[test]
fn what_is_expected_comes_from_the_grid() {
    let held = slices(60, &[(1, 1), (1, 1)]);
    let grid = Grid { from: at(0), until: at(600) };
    assert_eq!((held.expected(grid), held.measured(grid)), (10, 2));
    // The slice that has not ended is looked at and not yet expected.
    let begun = Grid { from: at(0), until: at(90) };
    assert_eq!((held.expected(begun), held.measured(begun), held.sum(begun).total), (1, 1, 2));
    assert_eq!(held.expected(Grid { from: at(600), until: at(0) }), 0);
}

// ------------------------------------------------------------------------------- ledger and forecast

#[test]
fn a_ledger_names_who_spent_what_and_adds_up() {
    let mut counts = vec![(100, 100); 60];
    for slice in [5, 6, 7, 20, 21, 40] {
        counts[slice] = (90, 100);
    }
    let held = slices(60, &counts);
    let tally = held.tally(all(&held), Method::Occurrences);
    let budget = budget(t(99.0), &tally, tally.expected);
    let claim = |key: &'static str, from: i64, until: Option<i64>, rank: u8| Claim {
        key,
        from: at(from * 60),
        until: until.map(|end| at(end * 60)),
        rank,
    };
    // Two incidents overlap in slice 7; a maintenance lies over the first of slices 20 and 21, and yields.
    let claims = [
        claim("first", 5, Some(8), 0),
        claim("second", 7, Some(9), 0),
        claim("third", 21, None, 0),
        claim("maintenance", 20, Some(22), 1),
    ];
    let made = ledger(&held, all(&held), &claims, &budget);
    let lines: Vec<(Option<&str>, u64)> = made.lines.iter().map(|line| (line.key, line.bad)).collect();
    assert_eq!(
        lines,
        [(Some("first"), 30), (Some("second"), 0), (Some("third"), 20), (Some("maintenance"), 10), (None, 0)]
    );
    let spent: f64 = made.lines.iter().filter_map(|line| line.share).sum();
    near(spent + budget.left.expect("asked"), 1.0, 1e-9);
}

#[test]
fn a_forecast_says_when_it_will_be_gone() {
    let target = t(99.0);
    let hours = |counts: &[(u64, u64)]| {
        let held = slices(3_600, counts);
        let whole = Grid { from: at(0), until: at(30 * DAY) };
        (held, whole)
    };
    // Ten days without a fault, then a day at twice the allowed: by the calendar 19 days remain for 28 of budget.
    let mut counts = vec![(1_000, 1_000); 240];
    counts.extend(vec![(980, 1_000); 24]);
    let (held, whole) = hours(&counts);
    let now = at(11 * DAY);
    let tally = held.tally(Grid { from: whole.from, until: now }, Method::Occurrences);
    let left = budget(target, &tally, held.expected(whole));
    let ahead = forecast(&held, whole, &left, days(1), false, now);
    let Forecast::At { at: then } = ahead else { panic!("{ahead:?}") };
    near(then.duration_since(now).as_secs_f64() / DAY as f64, 14.0, 0.2);
    assert_eq!(forecast(&held, whole, &left, days(1), false, at(DAY)), Forecast::Lasts, "no fault lately");
    assert_eq!(forecast(&held, whole, &left, minutes(30), false, at(40 * DAY)), Forecast::Unknown);
    let gone = Budget { left: Some(-0.1), ..left };
    assert_eq!(forecast(&held, whole, &gone, days(1), false, now), Forecast::Gone);

    // Rolling: old faults leave while new ones of the same rate enter, so it lasts.
    let (held, _) = hours(&vec![(995, 1_000); 720]);
    let now = at(30 * DAY);
    let tally = held.tally(Grid { from: at(0), until: now }, Method::Occurrences);
    let half = budget(target, &tally, 720);
    near(half.left.expect("asked"), 0.5, 1e-9);
    assert_eq!(forecast(&held, Grid { from: at(0), until: now }, &half, days(3), true, now), Forecast::Lasts);
}

// ------------------------------------------------------------------------------- composition

fn parts(tree: &mut Tree, each: &[f64]) -> Vec<GateId> {
    each.iter().map(|part| tree.add(Gate::Part(*part)).expect("room")).collect()
}

fn works(tree: &Tree, root: GateId) -> f64 {
    let made = tree.composed(root);
    assert_eq!(made.how, How::Exact);
    assert!(made.low <= made.works + 1e-12 && made.works <= made.high + 1e-12, "{made:?}");
    made.works
}

#[test]
fn example_1_series_and_its_inverse() {
    let five = [0.9995; 5];
    near(series(&five), 0.997_502_50, 1e-8);
    let (low, high) = bounds(&five);
    near(low, 0.9975, 1e-12);
    near(high, 0.9995, 1e-12);
    near(split(t(99.9), &[1.0; 5])[0], 0.999_799_9, 1e-7);
    near(split_linear(t(99.9), &[1.0; 5])[0], 0.9998, 1e-12);
}

#[test]
fn example_2_an_unequal_split() {
    let weights = [50.0, 30.0, 20.0];
    let exact = split(t(99.5), &weights);
    for (found, wanted) in exact.iter().zip([0.997_496_87, 0.998_497_37, 0.998_997_99]) {
        near(*found, wanted, 1e-8);
    }
    near(series(&exact), 0.995, 1e-12);
    let linear = split_linear(t(99.5), &weights);
    for (found, wanted) in linear.iter().zip([0.9975, 0.9985, 0.999]) {
        near(*found, wanted, 1e-12);
    }
    near(series(&linear), 0.995_007_75, 1e-8);
}

#[test]
fn example_3_a_shared_dependency_fails_once() {
    let mut tree = Tree::new();
    let db = tree.add(Gate::Part(0.9999)).expect("room");
    let steps: Vec<GateId> = parts(&mut tree, &[0.9995; 5])
        .into_iter()
        .map(|own| tree.add(Gate::All(vec![own, db])).expect("room"))
        .collect();
    let root = tree.add(Gate::All(steps)).expect("room");
    near(works(&tree, root), 0.997_402_75, 1e-8);
    near(series(&[0.9995 * 0.9999; 5]), 0.997_003_85, 1e-8);
    near(series(&[0.9999; 5]), 0.999_500_10, 1e-8);
    let blame = contributions(&tree, root).expect("exact");
    near(blame.iter().map(|(_, share)| share).sum(), 1.0, 1e-9);
    assert_eq!(blame[0].0, db);
    near(blame[0].1, 0.0385, 0.001);
}

#[test]
fn example_4_redundancy_common_cause_fallback() {
    near(redundant(0.99, 2, 0.0), 0.9999, 1e-12);
    near(redundant(0.99, 2, 0.1), 0.998_919, 1e-9);
    near(fallback(0.99, 0.9), 0.999, 1e-12);
    let mut tree = Tree::new();
    let three = parts(&mut tree, &[0.99; 3]);
    let two_of_three = tree.add(Gate::AtLeast(2, three.clone())).expect("room");
    near(works(&tree, two_of_three), 0.999_702, 1e-9);
    let pair = tree.add(Gate::AtLeast(1, three[..2].to_vec())).expect("room");
    near(works(&tree, pair), 0.9999, 1e-12);
    let supplier = tree.add(Gate::Fallback(three[0], 0.9)).expect("room");
    near(works(&tree, supplier), 0.999, 1e-12);
    let core = tree.add(Gate::Part(0.9995)).expect("room");
    let after = tree.add(Gate::All(vec![core, supplier])).expect("room");
    near(works(&tree, after), 0.998_500_5, 1e-9);
}

fn spread(points: &[(f64, f64)]) -> Spread {
    Spread::new(points.iter().copied()).expect("not empty")
}

#[test]
fn example_5_percentiles_do_not_add() {
    let a = spread(&[(50.0, 0.90), (250.0, 0.09), (900.0, 0.01)]);
    let b = spread(&[(100.0, 0.80), (300.0, 0.15), (1_000.0, 0.05)]);
    let same = |found: &Spread, wanted: &[(f64, f64)]| {
        assert_eq!(found.points().len(), wanted.len(), "{found:?}");
        for ((value, weight), (at, chance)) in found.points().iter().zip(wanted) {
            near(*value, *at, 1e-9);
            near(*weight, *chance, 1e-9);
        }
    };
    let sum = a.then(&b);
    same(
        &sum,
        &[
            (150.0, 0.72),
            (350.0, 0.207),
            (550.0, 0.0135),
            (1_000.0, 0.008),
            (1_050.0, 0.045),
            (1_200.0, 0.0015),
            (1_250.0, 0.0045),
            (1_900.0, 0.0005),
        ],
    );
    let adding = |share: f64| a.quantile(share) + b.quantile(share);
    assert_eq!((adding(0.95), sum.quantile(0.95)), (550.0, 1_050.0));
    assert_eq!((adding(0.99), sum.quantile(0.99)), (1_250.0, 1_050.0));
    near(sum.within(550.0), 0.9405, 1e-9);
    same(&a.beside(&b), &[(100.0, 0.72), (250.0, 0.072), (300.0, 0.1485), (900.0, 0.0095), (1_000.0, 0.05)]);
    // When both slow down together, quantiles do add.
    for share in [0.5, 0.9, 0.95, 0.99] {
        assert_eq!(a.together(&b).quantile(share), adding(share));
        assert!(a.worst(&b, share) + 1e-9 >= sum.quantile(share).max(adding(share)), "at {share}");
    }
    // A hundred at once, each at its p99.
    let leaf = spread(&[(10.0, 0.99), (100.0, 0.01)]);
    near(1.0 - leaf.fanned(100).within(10.0), 0.634, 1e-3);
    near(leaf_quantile(0.99, 100), 0.999_899_5, 1e-7);
}

#[test]
fn example_6_branches_by_traffic() {
    let mut tree = Tree::new();
    let common = tree.add(Gate::Part(0.9998)).expect("room");
    let [card, bank, form] = parts(&mut tree, &[0.999, 0.997, 0.9995])[..] else { panic!("three") };
    let by_card = tree.add(Gate::All(vec![card, form])).expect("room");
    let by_bank = tree.add(Gate::All(vec![bank, form])).expect("room");
    let way = tree.add(Gate::Branch(vec![(70.0, by_card), (30.0, by_bank)])).expect("room");
    let root = tree.add(Gate::All(vec![common, way])).expect("room");
    near(works(&tree, root), 0.997_701_22, 1e-9);
}

#[test]
fn example_7_the_extra_nine() {
    let year = 365.0 * 24.0 * 60.0;
    near((1.0 - 0.9999) * year, 52.56, 1e-6);
    let five = 5.0 * (1.0 - 0.99999) * year;
    near(five, 26.28, 1e-6);
    near((1.0 - 0.9999) * year - five, 26.28, 1e-6);
    // Three outages of twenty minutes are more than all of it.
    let minutes = slices(60, &vec![(1, 1); 525_600]);
    let tally = Tally { good: 525_600.0 - 60.0, ..minutes.tally(all(&minutes), Method::Occurrences) };
    assert!(budget(t(99.99), &tally, tally.expected).left.expect("asked") < 0.0);
}

#[test]
fn a_tree_too_big_for_a_diagram_is_played_and_says_so() {
    let mut tree = Tree::new();
    let each = parts(&mut tree, &[0.9; 12]);
    let root = tree.add(Gate::AtLeast(9, each)).expect("room");
    let exact = works(&tree, root);
    let sampled = tree.composed_with(root, 10, 200_000);
    let How::Sampled { runs: 200_000, low, high } = sampled.how else { panic!("{sampled:?}") };
    assert!(low <= exact && exact <= high, "{exact} in {low} to {high}");
    assert_eq!(tree.composed_with(root, 10, 200_000), sampled, "the same dice, the same answer");
}

#[test]
fn a_tree_takes_no_circle_and_has_a_limit() {
    let mut tree = Tree::new();
    let part = tree.add(Gate::Part(0.5)).expect("room");
    let mut other = Tree::new();
    for _ in 0..5 {
        other.add(Gate::Part(0.5)).expect("room");
    }
    let later = other.add(Gate::Part(0.1)).expect("room");
    let root = tree.add(Gate::All(vec![part, later])).expect("room");
    near(works(&tree, root), 0.5, 1e-12);
    assert!(tree.add(Gate::Fallback(later, 0.5)).is_none());
    let mut full = Tree::new();
    for _ in 0..MAX_GATES {
        full.add(Gate::Part(1.0)).expect("room");
    }
    assert!(full.add(Gate::Part(1.0)).is_none());
}

#[test]
fn a_latency_limit_is_divided() {
    let (share, each) = parts_of_limit(2_000.0, t(95.0), &[3.0, 1.0]);
    assert_eq!(each, [1_500.0, 500.0]);
    near(share, 0.95_f64.sqrt(), 1e-12);
    // Both keep their part with that share, so the sum keeps the limit with the target's.
    let slow = |limit: f64| spread(&[(limit, share), (limit * 10.0, 1.0 - share)]);
    assert!(slow(1_500.0).then(&slow(500.0)).within(2_000.0) >= 0.95 - 1e-9);
}

#[test]
fn a_sketch_becomes_a_spread() {
    let mut sketch = Sketch::default();
    for value in 1..=1_000 {
        sketch.add(f64::from(value));
    }
    let made = Spread::of_sketch(&sketch).expect("not empty");
    for share in [0.5, 0.95, 0.99] {
        near(made.quantile(share), sketch.quantile(share).expect("not empty"), 1e-6);
    }
    assert_eq!(Spread::of_sketch(&Sketch::default()), None);
    let twice = made.then(&made);
    assert!(twice.points().len() <= MAX_POINTS);
    near(twice.quantile(0.5), 1_000.0, 30.0);
}

#[test]
fn wilson_as_published() {
    for (good, total, low, high) in [(45, 60, 0.628, 0.842), (5, 5, 0.566, 1.0), (0, 8, 0.0, 0.324)] {
        let (from, to) = wilson(Ratio { good, total }).expect("counted");
        near(from, low, 5e-4);
        near(to, high, 5e-4);
    }
    assert_eq!(wilson(Ratio::default()), None);
}

// ------------------------------------------------------------------------------- what must always hold

/// A small random tree over shared parts: each gate names earlier ones.
fn any_tree() -> impl Strategy<Value = (Vec<f64>, Vec<(u8, Vec<usize>)>)> {
    let gates =
        prop::collection::vec((0u8..4, prop::collection::vec(any::<prop::sample::Index>(), 1..4)), 1..6);
    (prop::collection::vec(0.0..=1.0_f64, 2..6), gates).prop_map(|(parts, gates)| {
        let made = gates.into_iter().enumerate().map(|(number, (kind, inside))| {
            (kind, inside.iter().map(|one| one.index(parts.len() + number)).collect())
        });
        let made: Vec<(u8, Vec<usize>)> = made.collect();
        (parts, made)
    })
}

fn grown(chances: &[f64], gates: &[(u8, Vec<usize>)]) -> (Tree, GateId) {
    let mut tree = Tree::new();
    let mut ids = parts(&mut tree, chances);
    for (kind, inside) in gates {
        let of: Vec<GateId> = inside.iter().map(|place| ids[*place]).collect();
        let gate = match kind {
            0 => Gate::All(of),
            1 => Gate::AtLeast(1, of),
            2 => Gate::AtLeast(2, of),
            _ => Gate::Branch(of.iter().map(|id| (1.0, *id)).collect()),
        };
        ids.push(tree.add(gate).expect("room"));
    }
    (tree, *ids.last().expect("some"))
}

/// Every world one by one: which parts work, and which way each branch takes.
fn brute(chances: &[f64], gates: &[(u8, Vec<usize>)]) -> f64 {
    fn value(world: &[bool], ways: &[usize], gates: &[(u8, Vec<usize>)], place: usize) -> bool {
        let Some(number) = place.checked_sub(world.len()) else { return world[place] };
        let (kind, inside) = &gates[number];
        let each: Vec<bool> = inside.iter().map(|one| value(world, ways, gates, *one)).collect();
        match kind {
            0 => each.iter().all(|one| *one),
            1 => each.iter().any(|one| *one),
            2 => each.iter().filter(|one| **one).count() >= 2,
            _ => each[ways[number]],
        }
    }
    let options: Vec<usize> =
        gates.iter().map(|(kind, inside)| if *kind > 2 { inside.len() } else { 1 }).collect();
    let all_ways: usize = options.iter().product();
    let mut sum = 0.0;
    for bits in 0..1usize << chances.len() {
        let world: Vec<bool> = (0..chances.len()).map(|place| bits >> place & 1 == 1).collect();
        let chance: f64 = world
            .iter()
            .zip(chances)
            .map(|(works, chance)| if *works { *chance } else { 1.0 - chance })
            .product();
        for mut number in 0..all_ways {
            let ways: Vec<usize> = options
                .iter()
                .map(|many| {
                    let way = number % many;
                    number /= many;
                    way
                })
                .collect();
            let top = chances.len() + gates.len() - 1;
            if value(&world, &ways, gates, top) {
                sum += chance / all_ways as f64;
            }
        }
    }
    sum
}

proptest! {
    #[test]
    fn a_diagram_says_what_trying_everything_says((chances, gates) in any_tree()) {
        let (tree, root) = grown(&chances, &gates);
        let made = tree.composed(root);
        prop_assert_eq!(made.how, How::Exact);
        prop_assert!((made.works - brute(&chances, &gates)).abs() < 1e-9);
        prop_assert!(made.low <= made.works + 1e-9 && made.works <= made.high + 1e-9, "{:?}", made);
    }

    #[test]
    fn a_split_comes_together_again(share in 0.01..0.9999_f64, weights in prop::collection::vec(0.01..10.0_f64, 1..20)) {
        let target = Target::new(share).expect("inside");
        let exact = split(target, &weights);
        prop_assert!((series(&exact) - share).abs() < 1e-9);
        // By hand is never laxer.
        for (hand, exact) in split_linear(target, &weights).iter().zip(&exact) {
            prop_assert!(hand + 1e-12 >= *exact);
        }
        let (low, high) = bounds(&exact);
        prop_assert!(low <= share + 1e-9 && share <= high + 1e-9);
    }

    #[test]
    fn adding_a_need_never_makes_it_work_more_often(each in prop::collection::vec(0.0..=1.0_f64, 1..8), more in 0.0..=1.0_f64) {
        let mut tree = Tree::new();
        let of = parts(&mut tree, &each);
        let before = tree.add(Gate::All(of.clone())).expect("room");
        let one = tree.add(Gate::Part(more)).expect("room");
        let after = tree.add(Gate::All(of.iter().copied().chain([one]).collect())).expect("room");
        // Named twice it still fails once.
        let twice = tree.add(Gate::All(vec![before, after, one])).expect("room");
        prop_assert!(works(&tree, after) <= works(&tree, before) + 1e-12);
        prop_assert!((works(&tree, twice) - works(&tree, after)).abs() < 1e-12);
    }

    #[test]
    fn sums_of_spreads_keep_chance_and_mean(
        a in prop::collection::vec((0.0..1_000.0_f64, 0.01..1.0_f64), 1..12),
        b in prop::collection::vec((0.0..1_000.0_f64, 0.01..1.0_f64), 1..12),
        share in 0.01..0.999_f64,
    ) {
        let (a, b) = (spread(&a), spread(&b));
        let mean = |one: &Spread| one.points().iter().map(|(value, weight)| value * weight).sum::<f64>();
        for both in [a.then(&b), a.together(&b)] {
            prop_assert!((both.points().iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!((mean(&both) - mean(&a) - mean(&b)).abs() < 1e-3);
            prop_assert!(both.quantile(share) <= a.worst(&b, share) + 1e-6);
        }
        let slower = a.beside(&b);
        prop_assert!(slower.quantile(share) + 1e-9 >= a.quantile(share).max(b.quantile(share)));
        prop_assert!(a.fanned(5).quantile(share) + 1e-9 >= a.quantile(share));
    }

    #[test]
    fn counts_do_not_care_about_order_or_parts(counts in prop::collection::vec((0u64..50, 0u64..50), 1..60), cut in any::<prop::sample::Index>()) {
        let counts: Vec<(u64, u64)> = counts.into_iter().map(|(good, bad)| (good, good + bad)).collect();
        let held = slices(60, &counts);
        let mut backwards = Slices::new(minutes(1));
        for (at, counts) in held.within(all(&held)).rev() {
            backwards.put(at, Ratio::default());
            backwards.put(at, counts);
        }
        prop_assert_eq!(&held, &backwards);
        let grid = all(&held);
        let middle = grid.from + minutes(cut.index(counts.len()) as i64);
        let parts = [Grid { until: middle, ..grid }, Grid { from: middle, ..grid }];
        prop_assert_eq!(held.sum(grid), parts.iter().map(|part| held.sum(*part)).sum());
        prop_assert_eq!(held.expected(grid), parts.iter().map(|part| held.expected(*part)).sum::<u64>());
    }

    #[test]
    fn a_ledger_counts_every_bad_one_once(
        counts in prop::collection::vec((0u64..50, 0u64..50), 1..60),
        claims in prop::collection::vec((0i64..60, prop::option::of(0i64..30), 0u8..2), 0..8),
    ) {
        let counts: Vec<(u64, u64)> = counts.into_iter().map(|(good, bad)| (good, good + bad)).collect();
        let held = slices(60, &counts);
        let tally = held.tally(all(&held), Method::Occurrences);
        let budget = budget(t(99.0), &tally, tally.expected);
        let claims: Vec<Claim<usize>> = claims.into_iter().enumerate().map(|(key, (from, length, rank))| Claim {
            key, from: at(from * 60 + 7), until: length.map(|length| at((from + length) * 60 + 11)), rank,
        }).collect();
        let made = ledger(&held, all(&held), &claims, &budget);
        prop_assert_eq!(made.bad, tally.counts.bad());
        prop_assert_eq!(made.lines.len(), claims.len() + 1);
        if let Some(left) = budget.left {
            let spent: f64 = made.lines.iter().filter_map(|line| line.share).sum();
            prop_assert!((spent + left - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn worse_never_fires_later(error in 0.001..1.0_f64, more in 1.0..4.0_f64, share in 0.5..0.9999_f64) {
        let target = Target::new(share).expect("inside");
        for rule in rules(days(28), target) {
            let (one, worse) = (time_to_fire(&rule, target, error), time_to_fire(&rule, target, (error * more).min(1.0)));
            if let Some(one) = one {
                prop_assert!(worse.is_some_and(|worse| worse <= one + SignedDuration::from_millis(1)));
            }
            prop_assert!(time_to_fire(&rule, target, 1.0).is_some(), "a total outage always fires");
        }
    }
}
