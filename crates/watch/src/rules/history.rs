//! How long which state lasted, and what the checks counted.
//!
//! - A day's spans come from the table of states: the time of a day is good (up), poor, bad, maintenance or
//!   not measured, each apart; what is not measured is never counted as good or bad, and never as zero.
//! - A failure that was not confirmed was no outage: pending time counts like the state before it, and as not
//!   measured where there is none.
//! - A service at an instant is in the worst state of its probes at that instant; an unknown probe does not
//!   hide another that is down, and a service is up only in so far as something of it is measured.
//! - What the checks counted (per 5 minutes) is kept beside it and never added to spans.

use jiff::{SignedDuration, Timestamp};

use crate::model::{State, Verdict};
use crate::sketch::{Sketch, put, take};

/// The length of a cell, microseconds: 5 minutes.
pub const CELL: i64 = 300 * 1_000_000;
/// The length of an hour row, microseconds.
pub const HOUR: i64 = 3_600 * 1_000_000;
/// The length of a day, microseconds. Days are UTC days.
pub const DAY: i64 = 24 * HOUR;
/// Cells in an hour.
pub const CELLS: usize = 12;
/// How long results are kept, days.
pub const KEEP_DAYS: i64 = 400;
/// How long hour rows are kept, hours.
pub const KEEP_HOURS: i64 = 48;

/// What the checks of 5 minutes came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Checks that were good, poor, bad, unknown, and those in maintenance whatever they came to.
    pub counts: [u32; 5],
    /// How long the answers took.
    pub latency: Sketch,
}

/// The place of a sort of check in [`Cell::counts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Everything as expected.
    Good = 0,
    /// Slow, or the certificate runs out.
    Poor = 1,
    /// Failed.
    Bad = 2,
    /// Could not be made.
    Unknown = 3,
    /// Made in planned maintenance.
    Maintenance = 4,
}

impl Counted {
    /// What a check counts as.
    #[must_use]
    pub fn of(verdict: &Verdict, in_maintenance: bool) -> Counted {
        match verdict {
            Verdict::Unknown(_) => Counted::Unknown,
            Verdict::Good | Verdict::Poor(_) | Verdict::Bad(_) if in_maintenance => Counted::Maintenance,
            Verdict::Good => Counted::Good,
            Verdict::Poor(_) => Counted::Poor,
            Verdict::Bad(_) => Counted::Bad,
        }
    }
}

impl Cell {
    /// Counts a check.
    pub fn add(&mut self, counted: Counted, micros: Option<u64>) {
        let count = &mut self.counts[counted as usize];
        *count = count.saturating_add(1);
        if let Some(micros) = micros {
            self.latency.add(micros);
        }
    }

    /// Adds what another cell counted.
    pub fn merge(&mut self, other: &Cell) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine = mine.saturating_add(theirs);
        }
        self.latency.merge(&other.latency);
    }

    /// How many checks were made.
    #[must_use]
    pub fn checks(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// How many checks of one sort.
    #[must_use]
    pub fn count(&self, counted: Counted) -> u64 {
        u64::from(self.counts[counted as usize])
    }

    fn write(&self, out: &mut Vec<u8>) {
        // Nearly every cell has good checks alone: a bit per count that is not zero saves four bytes.
        let present = (0..5).filter(|n| self.counts[*n] > 0).fold(0u64, |bits, n| bits | 1 << n);
        put(out, present);
        self.counts.iter().filter(|count| **count > 0).for_each(|count| put(out, u64::from(*count)));
        self.latency.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Cell> {
        let present = take(bytes).filter(|bits| *bits < 32)?;
        let mut counts = [0u32; 5];
        for (n, count) in counts.iter_mut().enumerate() {
            if present & (1 << n) != 0 {
                *count = u32::try_from(take(bytes)?).ok()?;
            }
        }
        Some(Cell { counts, latency: Sketch::read(bytes)? })
    }
}

/// Writes cells as bytes: for each that counted something its number within the span, then the cell.
#[must_use]
pub fn write_cells(cells: &[(u16, Cell)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut before = 0;
    for (number, cell) in cells {
        put(&mut out, u64::from(number - before));
        cell.write(&mut out);
        before = *number;
    }
    out
}

/// Reads cells; stops at the first byte that makes no sense, so that a damaged row loses itself and no more.
#[must_use]
pub fn read_cells(mut bytes: &[u8]) -> Vec<(u16, Cell)> {
    let mut cells = Vec::new();
    let mut number = 0u16;
    while !bytes.is_empty() {
        let Some(step) = take(&mut bytes).and_then(|step| u16::try_from(step).ok()) else { break };
        let Some(next) = number.checked_add(step).filter(|next| *next < 288) else { break };
        let Some(cell) = Cell::read(&mut bytes) else { break };
        number = next;
        cells.push((number, cell));
    }
    cells
}

/// How long something was in which state, seconds. What is left of the time was not measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Spent {
    /// Up.
    pub up: u32,
    /// Degraded.
    pub degraded: u32,
    /// Down.
    pub down: u32,
    /// Unknown: Tend could not look.
    pub unknown: u32,
    /// In planned maintenance.
    pub maintenance: u32,
}

impl Spent {
    /// Good out of measured, in seconds; maintenance and unknown are left out, degraded is good.
    #[must_use]
    pub fn ratio(&self) -> kernel::Ratio {
        let good = u64::from(self.up) + u64::from(self.degraded);
        kernel::Ratio { good, total: good + u64::from(self.down) }
    }

    /// Adds the spans of another time.
    #[must_use]
    pub fn plus(self, other: Spent) -> Spent {
        Spent {
            up: self.up.saturating_add(other.up),
            degraded: self.degraded.saturating_add(other.degraded),
            down: self.down.saturating_add(other.down),
            unknown: self.unknown.saturating_add(other.unknown),
            maintenance: self.maintenance.saturating_add(other.maintenance),
        }
    }

    /// The state that a strip shows for the time: the worst that lasted; none when nothing was measured.
    #[must_use]
    pub fn worst(&self) -> Option<State> {
        let order = [
            (self.down, State::Down),
            (self.degraded, State::Degraded),
            (self.up, State::Up),
            (self.maintenance, State::Maintenance),
            (self.unknown, State::Unknown),
        ];
        order.into_iter().find(|(seconds, _)| *seconds > 0).map(|(_, state)| state)
    }

    fn add(&mut self, state: State, micros: i64, carry: &mut [i64; 5]) {
        let (place, seconds) = match state {
            State::Up => (0, &mut self.up),
            State::Degraded => (1, &mut self.degraded),
            State::Down => (2, &mut self.down),
            State::Unknown => (3, &mut self.unknown),
            State::Maintenance => (4, &mut self.maintenance),
            State::Pending => return,
        };
        // Parts of seconds add up before they are cut, so that many short spans do not vanish.
        carry[place] += micros.max(0);
        *seconds = seconds.saturating_add(u32::try_from(carry[place] / 1_000_000).unwrap_or(u32::MAX));
        carry[place] %= 1_000_000;
    }
}

/// A row of the table of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// The state.
    pub state: State,
    /// When it began.
    pub since: Timestamp,
    /// When it ended; none while it lasts.
    pub until: Option<Timestamp>,
}

/// Rows by time, with pending time given to the state before it.
#[must_use]
pub fn confirmed(rows: &[Lasted]) -> Vec<Lasted> {
    let mut out: Vec<Lasted> = Vec::with_capacity(rows.len());
    for row in rows {
        match (row.state, out.last_mut()) {
            (State::Pending, Some(before)) => before.until = row.until,
            (_, _) => out.push(*row),
        }
    }
    out
}

/// How long which state lasted between two instants, from one probe's rows in the order of time.
#[must_use]
pub fn spent(rows: &[Lasted], from: Timestamp, until: Timestamp) -> Spent {
    service_spent(&[rows], from, until)
}

/// How long a service was in which state between two instants: at each the worst of its probes.
#[must_use]
pub fn service_spent(probes: &[&[Lasted]], from: Timestamp, until: Timestamp) -> Spent {
    let mut edges: Vec<(Timestamp, usize, Option<State>)> = Vec::new();
    for (probe, rows) in probes.iter().enumerate() {
        for row in confirmed(rows) {
            let (begins, ends) = (row.since.max(from), row.until.unwrap_or(until).min(until));
            if begins < ends {
                edges.push((begins, probe, Some(row.state)));
                edges.push((ends, probe, None));
            }
        }
    }
    // At one instant what ends comes before what begins, or a probe would lose its new state.
    edges.sort_by_key(|(at, probe, state)| (*at, *probe, state.is_some()));
    let mut now: Vec<Option<State>> = vec![None; probes.len()];
    let (mut sum, mut carry, mut before) = (Spent::default(), [0i64; 5], from);
    for (at, probe, state) in edges {
        if at > before {
            if let Some(worst) = worst(now.iter().flatten().copied()) {
                sum.add(worst, micros_between(before, at), &mut carry);
            }
            before = at;
        }
        now[probe] = state;
    }
    sum
}

fn micros_between(from: Timestamp, until: Timestamp) -> i64 {
    until.as_microsecond() - from.as_microsecond()
}

/// The state of several probes together: down if one is, then degraded, then up; what is unknown, pending or
/// in maintenance shows only when nothing else is known.
#[must_use]
pub fn worst(states: impl IntoIterator<Item = State>) -> Option<State> {
    let weight = |state: &State| match state {
        State::Down => 5,
        State::Degraded => 4,
        State::Up => 3,
        State::Maintenance => 2,
        State::Unknown => 1,
        State::Pending => 0,
    };
    states.into_iter().max_by_key(weight)
}

/// The state of a service now, from its probes: like [`worst`], but what waits or cannot be seen is told
/// before what is fine, since a person may have to look.
#[must_use]
pub fn worst_now(states: impl IntoIterator<Item = State>) -> Option<State> {
    states.into_iter().max()
}

/// The day an instant falls into, counted from 1970.
#[must_use]
pub fn day_of(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(DAY)
}

/// When a day begins.
#[must_use]
pub fn day_start(day: i64) -> Timestamp {
    Timestamp::from_microsecond(day.saturating_mul(DAY)).unwrap_or(Timestamp::MAX)
}

/// When the hour of an instant begins.
#[must_use]
pub fn hour_start(at: Timestamp) -> Timestamp {
    let micros = at.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(HOUR)).unwrap_or(at)
}

/// The number of the cell of an instant within its hour.
#[must_use]
pub fn cell_of(at: Timestamp) -> u16 {
    u16::try_from(at.as_microsecond().rem_euclid(HOUR) / CELL).unwrap_or(0)
}

/// The days of a strip as bytes: the first day, then for each day that was measured its distance and spans.
#[must_use]
pub fn write_strip(days: &[(i64, Spent)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut before = 0;
    for (day, spent) in days {
        put(&mut out, u64::try_from(day - before).unwrap_or(0));
        for seconds in [spent.up, spent.degraded, spent.down, spent.unknown, spent.maintenance] {
            put(&mut out, u64::from(seconds));
        }
        before = *day;
    }
    out
}

/// Reads the days of a strip.
#[must_use]
pub fn read_strip(mut bytes: &[u8]) -> Vec<(i64, Spent)> {
    let mut days = Vec::new();
    let mut day = 0i64;
    while !bytes.is_empty() {
        let Some(step) = take(&mut bytes).and_then(|step| i64::try_from(step).ok()) else { break };
        let mut seconds = [0u32; 5];
        for place in &mut seconds {
            *place = take(&mut bytes).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        }
        let [up, degraded, down, unknown, maintenance] = seconds;
        day = day.saturating_add(step);
        days.push((day, Spent { up, degraded, down, unknown, maintenance }));
    }
    days
}

/// Puts a day into a strip, in place of what it said of that day, and forgets days older than is kept.
#[must_use]
pub fn put_day(mut days: Vec<(i64, Spent)>, day: i64, spent: Spent) -> Vec<(i64, Spent)> {
    days.retain(|(known, _)| *known != day && *known > day - KEEP_DAYS);
    days.push((day, spent));
    days.sort_unstable_by_key(|(day, _)| *day);
    days
}

/// The end of a span that begins here.
#[must_use]
pub fn plus(at: Timestamp, micros: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_micros(micros)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    /// Rows written as `up 0, down 60, up 90`, the last one open.
    fn rows(text: &str) -> Vec<Lasted> {
        let parts: Vec<(State, i64)> = text
            .split(", ")
            .map(|part| part.split_once(' ').expect("state and second"))
            .map(|(state, second)| (State::from_word(state).expect("state"), second.parse().expect("second")))
            .collect();
        let ends = parts.iter().skip(1).map(|(_, second)| Some(at(*second))).chain([None]);
        parts
            .iter()
            .zip(ends)
            .map(|((state, since), until)| Lasted { state: *state, since: at(*since), until })
            .collect()
    }

    /// up / degraded / down / unknown / maintenance seconds between two seconds.
    fn check(probes: &[&str], from: i64, until: i64, expected: [u32; 5]) {
        let rows: Vec<Vec<Lasted>> = probes.iter().map(|text| rows(text)).collect();
        let slices: Vec<&[Lasted]> = rows.iter().map(Vec::as_slice).collect();
        let got = service_spent(&slices, at(from), at(until));
        assert_eq!([got.up, got.degraded, got.down, got.unknown, got.maintenance], expected, "{probes:?}");
    }

    #[test]
    fn spans_are_cut_to_the_time_asked() {
        check(&["up 0, down 60, up 90"], 0, 100, [70, 0, 30, 0, 0]);
        check(&["up 0, down 60, up 90"], 70, 80, [0, 0, 10, 0, 0]);
        check(&["up 50"], 0, 100, [50, 0, 0, 0, 0]);
        check(&[], 0, 100, [0; 5]);
    }

    #[test]
    fn an_unconfirmed_failure_is_no_outage_and_a_new_probe_is_not_measured() {
        check(&["up 0, pending 40, up 50"], 0, 100, [100, 0, 0, 0, 0]);
        check(&["pending 0, up 50"], 0, 100, [50, 0, 0, 0, 0]);
        check(&["down 0, pending 40"], 0, 100, [0, 0, 100, 0, 0]);
    }

    #[test]
    fn a_service_is_as_bad_as_its_worst_probe() {
        check(&["up 0, down 10, up 20", "up 0, degraded 15, up 40"], 0, 100, [70, 20, 10, 0, 0]);
        check(&["unknown 0", "up 0"], 0, 100, [100, 0, 0, 0, 0]);
        check(&["unknown 0", "maintenance 50"], 0, 100, [0, 0, 0, 50, 50]);
        // Vector 4 of the reference: any probe down counts once, however many are.
        check(&["up 0, down 10, up 70", "up 0, down 10, up 70", "up 0"], 0, 100, [40, 0, 60, 0, 0]);
    }

    #[test]
    fn a_share_leaves_out_what_was_not_measured() {
        let spent = Spent { up: 80, degraded: 10, down: 10, unknown: 500, maintenance: 300 };
        assert_eq!(spent.ratio(), kernel::Ratio { good: 90, total: 100 });
        assert_eq!(Spent { unknown: 60, ..Spent::default() }.ratio().share(), None, "null is never zero");
        assert_eq!(Spent::default().worst(), None);
    }

    #[test]
    fn cells_and_strips_read_back_and_damage_stays_small() {
        let mut cell = Cell::default();
        for n in 0..10u64 {
            cell.add(Counted::Good, Some(80_000 + n * 3_000));
        }
        let cells = vec![(0, cell.clone()), (7, Cell::default()), (287, cell)];
        let bytes = write_cells(&cells);
        assert_eq!(read_cells(&bytes), cells);
        assert_eq!(read_cells(&bytes[..bytes.len() - 3]).len(), 2);
        let days = vec![(20_000, Spent { up: 86_400, ..Spent::default() }), (20_003, Spent::default())];
        assert_eq!(read_strip(&write_strip(&days)), days);
        let replaced = put_day(days.clone(), 20_003, Spent { down: 5, ..Spent::default() });
        assert_eq!((replaced.len(), replaced[1].1.down), (2, 5));
        assert_eq!(put_day(days, 20_403, Spent::default()).len(), 1);
    }

    #[test]
    fn a_day_of_a_probe_stays_under_three_kilobytes() {
        let cells: Vec<(u16, Cell)> = (0..288u16)
            .map(|number| {
                let mut cell = Cell::default();
                for n in 0..10u64 {
                    let noise = (u64::from(number) * 7_919 + n * 104_729) % 1_009;
                    cell.add(Counted::Good, Some(60_000 + noise * noise / 12));
                }
                (number, cell)
            })
            .collect();
        let raw = write_cells(&cells);
        let packed = zstd::encode_all(&raw[..], 9).expect("memory to memory");
        assert!(packed.len() < 3_000, "{} bytes, {} raw", packed.len(), raw.len());
    }
}
