//! Shifts as a calendar (RFC 5545): times in UTC, so that every program shows the same instant whatever it knows of
//! zones; the rota's zone is named for display. Lines are folded at 75 octets, texts escaped.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use kernel::PersonId;

use crate::model::Shift;
use crate::rules::rota::first_instant;

/// The longest line in octets without its break (RFC 5545 section 3.1).
const FOLD: usize = 75;

/// The calendar of a rota. A gap is an event too: somebody should see it.
#[must_use]
pub fn write(
    name: &str,
    id: &str,
    zone: &str,
    shifts: &[Shift],
    now: Timestamp,
    name_of: impl Fn(PersonId) -> String,
) -> String {
    let mut out = String::new();
    let mut line = |text: String| fold(&mut out, &text);
    line("BEGIN:VCALENDAR".into());
    line("VERSION:2.0".into());
    line("PRODID:-//Tend//On call//EN".into());
    line("CALSCALE:GREGORIAN".into());
    line("METHOD:PUBLISH".into());
    line(format!("NAME:{}", escape(name)));
    line(format!("X-WR-CALNAME:{}", escape(name)));
    line(format!("X-WR-TIMEZONE:{zone}"));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT1H".into());
    for shift in shifts {
        let who = shift.person.map_or_else(|| "–".to_owned(), &name_of);
        line("BEGIN:VEVENT".into());
        // The same shift keeps its identity whoever has it, so that a change moves it and does not double it.
        line(format!("UID:{id}-{}@tend", shift.from.as_second()));
        line(format!("DTSTAMP:{}", stamp(now)));
        line(format!("DTSTART:{}", stamp(shift.from)));
        line(format!("DTEND:{}", stamp(shift.until)));
        line(format!("SUMMARY:{}", escape(&format!("{name}: {who}"))));
        line("TRANSP:TRANSPARENT".into());
        line("END:VEVENT".into());
    }
    line("END:VCALENDAR".into());
    out
}

/// Where a feed begins that goes back at least this far: with the month. What began before is cut there, so that its
/// start, and with it its identity, stays from one reading of the feed to the next.
#[must_use]
pub fn begins(zone: &TimeZone, at_least: Timestamp) -> Timestamp {
    let first = zone.to_datetime(at_least).date().first_of_month();
    first_instant(zone, first.to_datetime(Time::midnight()))
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// RFC 5545 section 3.3.11.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

fn fold(out: &mut String, line: &str) {
    let mut used = 0;
    for letter in line.chars() {
        if used + letter.len_utf8() > FOLD {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(letter);
        used += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;
    use crate::model::Source;

    #[test]
    fn a_calendar_is_folded_escaped_and_keeps_its_uids() {
        let at = |second: i64| Timestamp::from_second(1_780_000_000 + second).unwrap();
        let shift = |person: Option<u128>, from, until| Shift {
            person: person.map(PersonId::from_u128),
            from: at(from),
            until: at(until),
            source: Source::Nobody,
        };
        let shifts = [shift(Some(1), 0, 3_600), shift(None, 3_600, 7_200)];
        let name = "Permits; nights, weekends\\ and a name that is far too long for one line é é é é é é é";
        let text = write(name, "rta_1", "Europe/Amsterdam", &shifts, at(0), |_| "Noor\nKaya".into());
        assert!(text.lines().all(|line| line.len() <= FOLD), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("NAME:Permits\\; nights\\, weekends\\\\ and"));
        assert!(unfolded.contains(": Noor\\nKaya\r\n"));
        assert_eq!(unfolded.matches("UID:rta_1-").count(), 2);
        assert!(unfolded.contains("DTSTART:20260528T202640Z\r\n"));
        let other = write(name, "rta_1", "Europe/Amsterdam", &shifts, at(99), |_| "Ben".into());
        let uids = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.starts_with("UID")).map(str::to_owned).collect()
        };
        assert_eq!(uids(&text), uids(&other));
    }

    #[test]
    fn a_feed_begins_at_the_same_instant_all_month() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let begins = |at: &str| begins(&zone, at.parse().unwrap()).to_string();
        assert_eq!(begins("2026-03-01T03:00:00Z"), "2026-02-28T23:00:00Z");
        assert_eq!(begins("2026-03-31T21:59:59Z"), "2026-02-28T23:00:00Z");
        assert_eq!(begins("2026-03-31T22:00:00Z"), "2026-03-31T22:00:00Z", "April there");
    }
}
