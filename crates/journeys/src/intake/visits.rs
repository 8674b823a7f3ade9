//! Visits: one user's stay. A visit ends after 30 minutes 0 seconds of silence in the time of the events, after 24 hours
//! in all, or when the sender says that another one begins; never at midnight or on the hour (journeys reference 3.3).
//!
//! An event that comes late joins the visit it belongs to by its own time. What was acknowledged is never changed: when
//! a late event closes a gap between two visits, it joins the earlier one and the two stay two.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// The longest silence within a visit, microseconds.
pub const GAP: i64 = 30 * 60 * 1_000_000;
/// The longest visit, microseconds.
pub const LONGEST: i64 = 24 * 60 * 60 * 1_000_000;
/// Visits remembered of one unit: later events than these join them.
const STAYS: usize = 4;
/// Units remembered, in two halves: when the younger half is full, the older one is forgotten. About 80 bytes each.
pub const MAX_UNITS: usize = 400_000;

/// One visit, as far as is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Its number in the lake.
    pub visit: u64,
    /// The visitor it is kept under; differs from today's when it began yesterday.
    pub visitor: u64,
    first: i64,
    last: i64,
    /// Begun by the sender's word: nothing before belongs to it.
    hard: bool,
}

impl Stay {
    /// Whether an event at this time goes on where the visit stands.
    fn goes_on(&self, at: i64) -> bool {
        at >= self.first && at - self.last <= GAP && at - self.first <= LONGEST
    }

    /// Whether an event that came late lies shortly before it.
    fn begins_earlier(&self, at: i64) -> bool {
        !self.hard && at < self.first && self.first - at <= GAP && self.last - at <= LONGEST
    }
}

/// The visits that are open, or were lately. Bounded; keyed by numbers that hold the service already.
#[derive(Default)]
pub struct Visits {
    young: HashMap<u64, Vec<Stay>, FxBuildHasher>,
    old: HashMap<u64, Vec<Stay>, FxBuildHasher>,
}

impl Visits {
    /// The visit of a unit that an event at this time (microseconds) goes on, without changing anything.
    #[must_use]
    pub fn open(&self, unit: u64, at: i64) -> Option<Stay> {
        let stays = self.young.get(&unit).or_else(|| self.old.get(&unit))?;
        find(stays, at).map(|place| stays[place])
    }

    /// Whether anything is remembered of a unit.
    #[must_use]
    pub fn knows(&self, unit: u64) -> bool {
        self.young.contains_key(&unit) || self.old.contains_key(&unit)
    }

    /// Puts an event into the visit it belongs to, or into a new one that `make` numbers.
    pub fn place(
        &mut self,
        unit: u64,
        visitor: u64,
        at: i64,
        fresh: bool,
        make: impl FnOnce() -> u64,
    ) -> Stay {
        self.make_room();
        if !self.young.contains_key(&unit)
            && let Some(stays) = self.old.remove(&unit)
        {
            self.young.insert(unit, stays);
        }
        let stays = self.young.entry(unit).or_default();
        if !fresh && let Some(place) = find(stays, at) {
            let stay = &mut stays[place];
            stay.first = stay.first.min(at);
            stay.last = stay.last.max(at);
            return *stay;
        }
        if stays.len() == STAYS {
            stays.remove(0);
        }
        let stay = Stay { visit: make(), visitor, first: at, last: at, hard: fresh };
        stays.push(stay);
        stay
    }

    /// Remembers a visit that was read back from the lake.
    pub fn remember(&mut self, unit: u64, visit: u64, visitor: u64, first: i64, last: i64) {
        self.make_room();
        let stays = self.young.entry(unit).or_default();
        if stays.len() < STAYS && !stays.iter().any(|stay| stay.visit == visit) {
            stays.push(Stay { visit, visitor, first, last, hard: false });
        }
    }

    /// How many units are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn make_room(&mut self) {
        if self.young.len() >= MAX_UNITS / 2 {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

/// Which of the visits, in the order in which they were made, an event at this time belongs to: the latest that it goes
/// on, else the earliest that it lies shortly before.
fn find(stays: &[Stay], at: i64) -> Option<usize> {
    let on = (0..stays.len())
        .rev()
        .filter(|place| stays[*place].goes_on(at))
        .max_by_key(|place| stays[*place].first);
    on.or_else(|| {
        let before = (0..stays.len()).filter(|place| stays[*place].begins_earlier(at));
        before.min_by_key(|place| stays[*place].first)
    })
}

#[cfg(test)]
mod tests;
