use super::*;

/// Demand that follows the hour of the day and the day of the week, with a step a week and a little noise.
fn weeks(many: usize, growth: f64) -> Vec<Hour> {
    let mut noise = 7u64;
    (0..many * WEEK)
        .map(|at| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let hour = at % DAY;
            let day = (at / DAY) % 7;
            let busy = if (8..22).contains(&hour) { 40.0 } else { 5.0 };
            let weekend = if day >= 5 { 0.5 } else { 1.0 };
            let trend = 1.0 + growth * at as f64 / WEEK as f64;
            Some((busy * weekend * trend + (noise >> 60) as f64 / 4.0).round())
        })
        .collect()
}

#[test]
fn what_repeats_is_expected_again() {
    let found = forecast(&weeks(6, 0.0), WEEK).expect("long enough");
    assert_eq!(found.hours.len(), WEEK);
    assert_eq!(found.season, WEEK);
    let (noon, night, sunday) = (found.hours[12], found.hours[3], found.hours[6 * DAY + 12]);
    assert!((noon.middle - 42.0).abs() < 4.0 && (night.middle - 7.0).abs() < 4.0, "{noon:?} {night:?}");
    assert!(sunday.middle < noon.middle * 0.7);
    assert!(found.hours.iter().all(|one| one.low <= one.middle && one.middle <= one.high && one.low >= 0.0));
    assert!(found.scores.naive < 20.0 && found.scores.hours > 0);
}

#[test]
fn growth_is_seen_by_seasons_and_not_by_last_week() {
    let found = forecast(&weeks(12, 0.12), WEEK).expect("long enough");
    let scores = found.scores;
    assert_eq!(found.method, Method::Seasons, "{scores:?}");
    assert!(scores.seasons.expect("fitted") < scores.naive);
}

#[test]
fn too_little_is_refused_with_how_much_is_needed() {
    assert_eq!(forecast(&weeks(1, 0.0)[..60], DAY), Err(NoForecast::TooShort { have: 60, need: 72 }));
    assert!(forecast(&weeks(1, 0.0)[..80], DAY).is_ok_and(|found| found.season == DAY));
    assert_eq!(forecast(&vec![None; 600], DAY), Err(NoForecast::TooManyGaps));
    assert_eq!(forecast(&vec![Some(0.0); 600], DAY), Err(NoForecast::Nothing));
}

#[test]
fn hours_of_an_incident_do_not_lower_the_forecast() {
    let mut series = weeks(6, 0.0);
    let whole = forecast(&series, DAY).expect("long enough");
    for hour in &mut series[5 * WEEK + 8..5 * WEEK + 20] {
        *hour = None;
    }
    let masked = forecast(&series, DAY).expect("long enough");
    for (one, other) in whole.hours.iter().zip(&masked.hours) {
        assert!((one.middle - other.middle).abs() < 3.0, "{one:?} {other:?}");
    }
}

#[test]
fn the_interval_holds_about_what_it_says() {
    let found = forecast(&weeks(10, 0.0), WEEK).expect("long enough");
    let share = found.scores.within as f64 / found.scores.hours as f64;
    assert!(share > 0.6, "{share}");
}
