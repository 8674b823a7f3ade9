//! Who is on call when.
//!
//! - A hand-off is the *first* instant at which the wall clock of the rota's zone shows its time, or, where
//!   the clock jumps over that time, the first instant after the jump.
//! - Hourly rotations follow the wall clock too: an hour that comes twice is one shift of two hours.
//! - A window (`only`) begins at the first and ends at the *last* time the clock shows it, so that windows that
//!   meet leave no gap on the day the clock goes back.
//! - A later layer lies on top of the earlier ones; who stands in lies on top of all, the latest word first.
//! - Shifts tile time: no gap that is not shown as one, no overlap.
//! - Before its first day a layer has nobody.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span};

use crate::model::{Day, Layer, Override, Rotation, Shift, Source, Window};

/// The most shifts one question answers: more than a year of hourly ones.
pub const MAX_SHIFTS: usize = 10_000;
/// How far the turn is looked for around its estimate: no zone ever moved its clock by more than a day, and a
/// turn is at least an hour.
const MAX_STEPS: usize = 64;

/// Whose turn it is by the layers and stand-ins of one rota.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The zone of every wall-clock time in it.
    pub zone: &'a TimeZone,
    /// From the bottom to the top.
    pub layers: &'a [Layer],
    /// In the order in which they were made.
    pub overrides: &'a [Override],
}

/// The first instant at which the zone's clock shows this, or the first after the jump over it.
#[must_use]
pub fn first_instant(zone: &TimeZone, wall: DateTime) -> Timestamp {
    instant(zone, wall, false)
}

/// The last instant at which the zone's clock shows this, or the first after the jump over it.
#[must_use]
pub fn last_instant(zone: &TimeZone, wall: DateTime) -> Timestamp {
    instant(zone, wall, true)
}

fn instant(zone: &TimeZone, wall: DateTime, last: bool) -> Timestamp {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(wall).unwrap_or(Timestamp::MAX);
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, after } => at(if last { after } else { before }),
        AmbiguousOffset::Gap { after, .. } => zone
            .following(at(after))
            .find(|transition| transition.offset() == after)
            .map_or(at(after), |transition| transition.timestamp()),
    }
}

/// The wall-clock time of the turn with this number.
fn wall_of_turn(layer: &Layer, turn: i64) -> Option<DateTime> {
    let anchor = anchor(layer).to_datetime(layer.handoff);
    let span = match layer.rotation {
        Rotation::Weekly { .. } => Span::new().try_days(turn.checked_mul(7)?),
        Rotation::Daily { days } => Span::new().try_days(turn.checked_mul(i64::from(days.max(1)))?),
        Rotation::Hourly { hours } => Span::new().try_hours(turn.checked_mul(i64::from(hours.max(1)))?),
    };
    anchor.checked_add(span.ok()?).ok()
}

/// The day of turn 0: for a weekly rotation the last hand-off day not after the first day.
fn anchor(layer: &Layer) -> Date {
    match layer.rotation {
        Rotation::Weekly { on } => {
            let back = (Day::of(layer.start).after_monday() - on.after_monday()).rem_euclid(7);
            layer.start.checked_sub(Span::new().days(back)).unwrap_or(layer.start)
        }
        Rotation::Daily { .. } | Rotation::Hourly { .. } => layer.start,
    }
}

fn turn_starts(zone: &TimeZone, layer: &Layer, turn: i64) -> Timestamp {
    wall_of_turn(layer, turn).map_or(Timestamp::MAX, |wall| first_instant(zone, wall))
}

/// The number of the turn at an instant not before the layer's start.
fn turn_at(zone: &TimeZone, layer: &Layer, at: Timestamp) -> i64 {
    let wall = zone.to_datetime(at);
    let since = wall.duration_since(anchor(layer).to_datetime(layer.handoff)).as_secs();
    let each = match layer.rotation {
        Rotation::Weekly { .. } => 7 * 86_400,
        Rotation::Daily { days } => i64::from(days.max(1)) * 86_400,
        Rotation::Hourly { hours } => i64::from(hours.max(1)) * 3_600,
    };
    let mut turn = since.div_euclid(each);
    // The wall clock tells the turn but for the days on which it jumps.
    for _ in 0..MAX_STEPS {
        if turn_starts(zone, layer, turn) <= at {
            break;
        }
        turn -= 1;
    }
    for _ in 0..MAX_STEPS {
        if turn_starts(zone, layer, turn + 1) > at {
            break;
        }
        turn += 1;
    }
    turn
}

fn starts(zone: &TimeZone, layer: &Layer) -> Timestamp {
    first_instant(zone, layer.start.to_datetime(layer.handoff))
}

fn person_of_turn(layer: &Layer, turn: i64) -> Option<kernel::PersonId> {
    let count = i64::try_from(layer.people.len()).ok().filter(|count| *count > 0)?;
    layer.people.get(usize::try_from(turn.rem_euclid(count)).ok()?).copied()
}

/// The stretches of one window that begin on this day.
fn window_on(zone: &TimeZone, window: &Window, day: Date) -> Option<(Timestamp, Timestamp)> {
    if !window.days.is_empty() && !window.days.contains(&Day::of(day)) {
        return None;
    }
    let last_day = if window.to > window.from { day } else { day.tomorrow().ok()? };
    let from = first_instant(zone, day.to_datetime(window.from));
    let until = last_instant(zone, last_day.to_datetime(window.to));
    (from < until).then_some((from, until))
}

/// When the windows are open between two instants: sorted, not overlapping, cut to the question.
fn open_between(
    zone: &TimeZone,
    windows: &[Window],
    from: Timestamp,
    until: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    if windows.is_empty() {
        return vec![(from, until)];
    }
    let mut open = Vec::new();
    let mut day = zone.to_datetime(from).date();
    // A window that began two days ago can still be open: one day for the night, one for the clock.
    for _ in 0..2 {
        day = day.yesterday().unwrap_or(day);
    }
    let last = zone.to_datetime(until).date();
    while day <= last && open.len() < MAX_SHIFTS {
        open.extend(windows.iter().filter_map(|window| window_on(zone, window, day)));
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    open.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(open.len());
    for (start, end) in open {
        match merged.last_mut() {
            Some(before) if start <= before.1 => before.1 = before.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
        .into_iter()
        .map(|(start, end)| (start.max(from), end.min(until)))
        .filter(|(start, end)| start < end)
        .collect()
}

/// The shifts of one layer between two instants, in order; where it has nobody there is none.
#[must_use]
pub fn layer_shifts(
    zone: &TimeZone,
    layer: &Layer,
    index: u32,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Shift> {
    let from = from.max(starts(zone, layer));
    if layer.people.is_empty() || from >= until {
        return Vec::new();
    }
    let open = open_between(zone, &layer.only, from, until);
    let mut shifts = Vec::new();
    let mut turn = turn_at(zone, layer, from);
    let mut start = from;
    while start < until && shifts.len() < MAX_SHIFTS {
        let end = turn_starts(zone, layer, turn + 1).min(until);
        if start < end {
            let source = Source::Layer { layer: index, turn };
            let person = person_of_turn(layer, turn);
            let first = open.partition_point(|(_, closes)| *closes <= start);
            for (opens, closes) in open[first..].iter().take_while(|(opens, _)| *opens < end) {
                shifts.push(Shift { person, from: start.max(*opens), until: end.min(*closes), source });
            }
            start = end;
        }
        turn += 1;
    }
    shifts
}

/// Who is on call in one layer at an instant.
fn layer_at(zone: &TimeZone, layer: &Layer, index: u32, at: Timestamp) -> Option<(kernel::PersonId, Source)> {
    if at < starts(zone, layer) || !is_open(zone, &layer.only, at) {
        return None;
    }
    let turn = turn_at(zone, layer, at);
    Some((person_of_turn(layer, turn)?, Source::Layer { layer: index, turn }))
}

fn is_open(zone: &TimeZone, windows: &[Window], at: Timestamp) -> bool {
    if windows.is_empty() {
        return true;
    }
    let mut day = zone.to_datetime(at).date();
    // Today, and the two days before whose windows can reach into it.
    for _ in 0..3 {
        let holds = |window: &Window| {
            window_on(zone, window, day).is_some_and(|(from, until)| from <= at && at < until)
        };
        if windows.iter().any(holds) {
            return true;
        }
        day = day.yesterday().unwrap_or(day);
    }
    false
}

/// Lays `over` (sorted, not overlapping) on top of `base` (tiles).
fn paint(base: Vec<Shift>, over: &[Shift]) -> Vec<Shift> {
    let mut out = Vec::with_capacity(base.len() + 2 * over.len());
    let mut next = 0;
    for tile in base {
        let mut start = tile.from;
        while next < over.len() && over[next].until <= start {
            next += 1;
        }
        let mut at = next;
        while at < over.len() && over[at].from < tile.until {
            let top = over[at];
            if start < top.from {
                out.push(Shift { from: start, until: top.from, ..tile });
            }
            // The part of the top that lies in this tile; a part in the next tile joins it below.
            let part = Shift { from: top.from.max(tile.from), until: top.until.min(tile.until), ..top };
            match out.last_mut() {
                Some(before) if before.source == part.source && before.until == part.from => {
                    before.until = part.until;
                }
                _ => out.push(part),
            }
            start = part.until;
            at += 1;
        }
        if start < tile.until {
            out.push(Shift { from: start, ..tile });
        }
    }
    out
}

/// Who is on call between two instants: tiles without gap or overlap, where a tile with nobody is a gap in
/// the rota. Empty when `from` is not before `until`.
#[must_use]
pub fn shifts(plan: &Plan<'_>, from: Timestamp, until: Timestamp) -> Vec<Shift> {
    if from >= until {
        return Vec::new();
    }
    let mut tiles = vec![Shift { person: None, from, until, source: Source::Nobody }];
    for (index, layer) in (0u32..).zip(plan.layers) {
        tiles = paint(tiles, &layer_shifts(plan.zone, layer, index, from, until));
    }
    for over in plan.overrides {
        let (start, end) = (over.from.max(from), over.until.min(until));
        if start < end {
            let source = Source::Override(over.id);
            tiles = paint(tiles, &[Shift { person: Some(over.person), from: start, until: end, source }]);
        }
    }
    tiles
}

/// Who is on call at an instant, and why.
#[must_use]
pub fn on_call_at(plan: &Plan<'_>, at: Timestamp) -> Option<(kernel::PersonId, Source)> {
    let stands_in = plan.overrides.iter().rev().find(|over| over.from <= at && at < over.until);
    if let Some(over) = stands_in {
        return Some((over.person, Source::Override(over.id)));
    }
    let layers: Vec<(u32, &Layer)> = (0u32..).zip(plan.layers).collect();
    layers.into_iter().rev().find_map(|(index, layer)| layer_at(plan.zone, layer, index, at))
}

/// The shifts with neighbours of the same person (or gaps) made one: what a person calls their shift.
#[must_use]
pub fn joined(shifts: &[Shift]) -> Vec<Shift> {
    let mut out: Vec<Shift> = Vec::with_capacity(shifts.len());
    for shift in shifts {
        match out.last_mut() {
            Some(before) if before.person == shift.person && before.until == shift.from => {
                before.until = shift.until;
            }
            _ => out.push(*shift),
        }
    }
    out
}

/// How far ahead "next" is looked for.
pub const NEXT_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 35);

/// Who is on call now and until when, and who comes next; a gap counts as one who is nobody.
#[must_use]
pub fn now_and_next(plan: &Plan<'_>, now: Timestamp) -> (Option<Shift>, Option<Shift>) {
    // Most rotas hand over within a week; only the rest pays for a longer look.
    for within in [SignedDuration::from_hours(24 * 8), NEXT_WITHIN] {
        let all = joined(&shifts(plan, now, now + within));
        if all.len() > 1 || within == NEXT_WITHIN {
            return (all.first().copied(), all.get(1).copied());
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests;
