//! Numbers, shares, times and spans, as people read them in each language. Pure functions.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::text::Language;

/// What stands where nothing was measured: null is never zero.
pub const NOTHING: &str = "–";

/// A number with at most `places` decimals and the language's separators: 1,234.5 and 1.234,5.
#[must_use]
pub fn number(value: f64, places: usize, language: Language) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let (group, point) = match language {
        Language::En => (',', '.'),
        Language::Nl => ('.', ','),
    };
    let fixed = format!("{:.places$}", value.abs());
    let (whole, part) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let mut text = String::with_capacity(fixed.len() + 4);
    if value < 0.0 && fixed.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(point);
        text.push_str(part);
    }
    text
}

/// A share from 0 to 1 in per cent. Cut, not rounded, above 99 %: 99.996 % of good answers must not be
/// shown as 100 %.
#[must_use]
pub fn share(value: Option<f64>, language: Language) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return NOTHING.to_owned() };
    let percent = value * 100.0;
    let text = if percent > 99.0 && percent < 100.0 {
        // A hair is added before cutting, because 0.9995 × 100 is 99.949999… in binary.
        number(((percent + 1e-9) * 100.0).floor() / 100.0, 2, language)
    } else if (percent - percent.round()).abs() < 1e-9 {
        number(percent, 0, language)
    } else {
        number(percent, 1, language)
    };
    format!("{text}\u{202f}%")
}

/// Milliseconds: 0.4 ms, 85 ms, 1.25 s, 12 s.
#[must_use]
pub fn millis(value: f64, language: Language) -> String {
    match value {
        ms if ms < 1.0 => format!("{}\u{202f}ms", number(ms, 1, language)),
        ms if ms < 1_000.0 => format!("{}\u{202f}ms", number(ms, 0, language)),
        ms if ms < 10_000.0 => format!("{}\u{202f}s", number(ms / 1_000.0, 2, language)),
        ms => span(ms / 1_000.0, language),
    }
}

/// A span of so many seconds in its largest one or two units: 45 s, 4 min, 2 h 5 min, 3 d.
#[must_use]
pub fn span(seconds: f64, language: Language) -> String {
    let units = match language {
        Language::En => ["d", "h", "min", "s"],
        Language::Nl => ["d", "u", "min", "s"],
    };
    let tenths = (seconds.abs() * 10.0).round();
    if tenths < 100.0 && tenths % 10.0 != 0.0 {
        return format!("{}\u{a0}{}", number(tenths / 10.0, 1, language), units[3]);
    }
    #[allow(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer that exists")]
    let total = seconds.abs().round() as i64;
    let (days, hours, minutes, rest) = (total / 86_400, total / 3_600 % 24, total / 60 % 60, total % 60);
    let two = |a: i64, ua: &str, b: i64, ub: &str| match b {
        0 => format!("{a}\u{a0}{ua}"),
        _ => format!("{a}\u{a0}{ua} {b}\u{a0}{ub}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest}\u{a0}{}", units[3]),
        (0, 0, m) if m < 10 => two(m, units[2], rest, units[3]),
        (0, 0, m) => format!("{m}\u{a0}{}", units[2]),
        (0, h, m) => two(h, units[1], m, units[2]),
        (d, h, _) if d < 10 => two(d, units[0], h, units[1]),
        (d, ..) => format!("{}\u{a0}{}", number(d as f64, 0, language), units[0]),
    }
}

const MONTHS: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
];

const WEEKDAYS: [[&str; 7]; 2] =
    [["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ["ma", "di", "wo", "do", "vr", "za", "zo"]];

fn index(language: Language) -> usize {
    match language {
        Language::En => 0,
        Language::Nl => 1,
    }
}

/// The month's short name.
fn month(at: &Zoned, language: Language) -> &'static str {
    let place = usize::try_from(at.month() - 1).unwrap_or_default();
    MONTHS[index(language)].get(place).copied().unwrap_or_default()
}

/// The weekday's short name.
#[must_use]
pub fn weekday(at: &Zoned, language: Language) -> &'static str {
    let place = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
    WEEKDAYS[index(language)].get(place).copied().unwrap_or_default()
}

/// A day: 21 Nov 2026; without the year in the year of `now`.
#[must_use]
pub fn day(at: &Zoned, now: &Zoned, language: Language) -> String {
    if at.year() == now.year() {
        format!("{} {}", at.day(), month(at, language))
    } else {
        format!("{} {} {}", at.day(), month(at, language), at.year())
    }
}

/// The exact instant: Sat 21 Nov 2026, 10:42:07 CET.
#[must_use]
pub fn exact(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let at = at.to_zoned(zone.clone());
    format!(
        "{} {} {} {}, {:02}:{:02}:{:02} {}",
        weekday(&at, language),
        at.day(),
        month(&at, language),
        at.year(),
        at.hour(),
        at.minute(),
        at.second(),
        zone_name(&at)
    )
}

/// The zone's abbreviation at that instant.
#[must_use]
pub fn zone_name(at: &Zoned) -> String {
    at.time_zone().to_offset_info(at.timestamp()).abbreviation().to_owned()
}

/// The absolute time in short: 10:42 today, else 20 Nov 10:42, else 20 Nov 2025 10:42.
#[must_use]
pub fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    if at.date() == now.date() { time } else { format!("{} {time}", day(&at, &now, language)) }
}

/// Which text says how long ago or how far ahead an instant is: the key, with a number where it has one.
/// Relative within a day, none beyond.
#[must_use]
pub fn relative(at: Timestamp, now: Timestamp) -> Option<(&'static str, i64)> {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        -59..=59 => Some(("time-now", 0)),
        60..=3_599 => Some(("time-minutes-ago", seconds / 60)),
        3_600..=86_399 => Some(("time-hours-ago", seconds / 3_600)),
        -3_599..=-60 => Some(("time-in-minutes", -seconds / 60)),
        -86_399..=-3_600 => Some(("time-in-hours", -seconds / 3_600)),
        _ => None,
    }
}

/// The last `count` days in a zone, oldest first, for strips.
#[must_use]
pub fn last_days(now: Timestamp, zone: &TimeZone, count: u16) -> Vec<jiff::civil::Date> {
    let today = now.to_zoned(zone.clone()).date();
    (0..i64::from(count)).rev().filter_map(|back| today.checked_sub(back.days()).ok()).collect()
}

/// A value in an address, percent-encoded but for what RFC 3986 leaves unreserved.
#[must_use]
pub fn address(value: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(value, KEEP).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_separators_of_the_language() {
        for (value, places, en, nl) in [
            (1_234.5, 1, "1,234.5", "1.234,5"),
            (0.0, 0, "0", "0"),
            (-0.04, 1, "0.0", "0,0"),
            (-1_000_000.0, 0, "−1,000,000", "−1.000.000"),
            (999.0, 0, "999", "999"),
        ] {
            assert_eq!(number(value, places, Language::En), en);
            assert_eq!(number(value, places, Language::Nl), nl);
        }
        assert_eq!(number(f64::NAN, 0, Language::En), NOTHING);
    }

    #[test]
    fn a_share_near_all_is_cut_and_nothing_is_not_zero() {
        for (value, text) in [
            (Some(1.0), "100 %"),
            (Some(0.999_96), "99.99 %"),
            (Some(0.9995), "99.95 %"),
            (Some(0.5), "50 %"),
            (Some(0.123), "12.3 %"),
            (Some(0.0), "0 %"),
            (None, "–"),
        ] {
            assert_eq!(share(value, Language::En), text.replace(' ', "\u{202f}"));
        }
        assert_eq!(share(Some(0.9995), Language::Nl), "99,95\u{202f}%");
    }

    #[test]
    fn spans_show_their_largest_units() {
        for (seconds, en) in [
            (0.0, "0 s"),
            (45.0, "45 s"),
            (240.0, "4 min"),
            (250.0, "4 min 10 s"),
            (1_259.0, "20 min"),
            (7_500.0, "2 h 5 min"),
            (86_400.0, "1 d"),
            (100.0 * 86_400.0, "100 d"),
        ] {
            assert_eq!(span(seconds, Language::En).replace('\u{a0}', " "), en);
        }
        assert_eq!(span(4.8, Language::En), "4.8\u{a0}s");
        assert_eq!(span(0.5, Language::Nl), "0,5\u{a0}s");
        assert_eq!(span(9.97, Language::En), "10\u{a0}s");
        assert_eq!(span(7_200.0, Language::Nl), "2\u{a0}u");
    }

    #[test]
    fn times_are_relative_for_a_day() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(relative(at("2026-11-21T11:59:30Z"), now), Some(("time-now", 0)));
        assert_eq!(relative(at("2026-11-21T11:30:00Z"), now), Some(("time-minutes-ago", 30)));
        assert_eq!(relative(at("2026-11-21T14:30:00Z"), now), Some(("time-in-hours", 2)));
        assert_eq!(relative(at("2026-11-20T11:00:00Z"), now), None);
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        assert_eq!(clock(at("2026-11-21T09:42:00Z"), now, &zone, Language::En), "10:42");
        assert_eq!(clock(at("2025-03-01T09:42:00Z"), now, &zone, Language::Nl), "1 mrt 2025 10:42");
        assert_eq!(exact(at("2026-11-21T09:42:07Z"), &zone, Language::En), "Sat 21 Nov 2026, 10:42:07 CET");
    }

    #[test]
    fn days_end_today_in_the_readers_zone() {
        let now: Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
        let days = last_days(now, &TimeZone::get("Europe/Amsterdam").unwrap(), 90);
        assert_eq!((days.len(), days[89].to_string()), (90, "2026-11-22".to_owned()));
    }
}
