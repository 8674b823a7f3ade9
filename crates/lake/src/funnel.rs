//! How far a unit came through the steps of a journey, in one pass over its events.
//!
//! The rules (journeys reference 3.1):
//! 1. A chain is distinct events e1..ek with t1 ≤ .. ≤ tk, each matching its step; the whole chain lies within
//!    the window: tk − t1 ≤ W, inclusive. One event fills at most one step of a chain.
//! 2. Every match of step 1 within the range of the report may start a new chain. A unit's level is its deepest
//!    chain, so counts never grow from one step to the next.
//! 3. Events of a unit with the same time may be used in either order.
//! 4. An optional step may be skipped.
//! 5. Strict: any other event of the unit between two matched steps ends the chain; a later clean run counts. A
//!    repeat of the step at which the chain stands is not another event.
//! 6. Any order: the greatest number of distinct steps matched by distinct events within one window.
//! 7. An exclusion ends chains that stand between its two steps; not the unit.
//! 8. Time to convert is the first completion minus the latest start that reaches it.
//! 9. Who has started, has not completed, and whose window has not passed at `now` is in progress, not dropped.
//!
//! Per level only the latest start is kept: of two chains at one level the later started can do whatever the
//! other can. So a unit costs O(events × steps) and a few words of memory.

/// The most steps of a funnel: one bit each in a mask.
pub const MAX_STEPS: usize = 32;
/// Events of one time that are looked at together. Larger groups come from clocks that count in days; beyond
/// this many events of one instant the rest add nothing that a person could tell apart.
pub const MAX_TIES: usize = 64;

/// In which order steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// One after the other, whatever lies between.
    #[default]
    Ordered,
    /// One after the other, with nothing between.
    Strict,
    /// Whichever way.
    Any,
}

/// Events that end a chain when they lie between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// The bit of an event's `excluded` mask.
    pub bit: u8,
    /// After this step, counted from 0.
    pub after: u8,
    /// And before this one.
    pub before: u8,
}

/// A funnel, without what its steps look for: that has become masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// How many steps, 2 to [`MAX_STEPS`].
    pub steps: u8,
    /// Steps that may be skipped; never the first or the last.
    pub optional: u32,
    /// The whole chain, in the unit of the events' times.
    pub window: i64,
    /// In which order.
    pub order: Order,
    /// What ends a chain.
    pub exclusions: Vec<Exclusion>,
    /// Starts count from here, inclusive.
    pub from: i64,
    /// And to here, exclusive. Later steps may lie up to a window beyond.
    pub until: i64,
}

/// Why a funnel cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadSpec {
    /// Fewer than 2 steps or more than [`MAX_STEPS`].
    Steps,
    /// The first or the last step is optional, or one that does not exist.
    Optional,
    /// The window is negative.
    Window,
    /// An exclusion names steps that do not exist or stand in the wrong order.
    Exclusion,
    /// The range ends before it begins.
    Range,
}

impl Spec {
    /// Ordered, nothing optional, no exclusions, over all of time.
    #[must_use]
    pub fn ordered(steps: u8, window: i64) -> Self {
        Spec {
            steps,
            optional: 0,
            window,
            order: Order::Ordered,
            exclusions: Vec::new(),
            from: i64::MIN,
            until: i64::MAX,
        }
    }

    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<(), BadSpec> {
        let steps = usize::from(self.steps);
        if !(2..=MAX_STEPS).contains(&steps) {
            return Err(BadSpec::Steps);
        }
        let all = mask_of(self.steps);
        if self.optional & !all != 0 || self.optional & 1 != 0 || self.optional & (1 << (steps - 1)) != 0 {
            return Err(BadSpec::Optional);
        }
        if self.window < 0 {
            return Err(BadSpec::Window);
        }
        let wrong = |one: &Exclusion| one.after >= one.before || one.before >= self.steps || one.bit > 31;
        if self.exclusions.iter().any(wrong) {
            return Err(BadSpec::Exclusion);
        }
        if self.from > self.until { Err(BadSpec::Range) } else { Ok(()) }
    }

    fn is_optional(&self, step: usize) -> bool {
        self.optional & (1 << step) != 0
    }
}

fn mask_of(steps: u8) -> u32 {
    if steps >= 32 { u32::MAX } else { (1 << steps) - 1 }
}

/// One event of a unit, in order of time. In strict order every event of the unit counts, also one that
/// matches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: i64,
    /// The steps it matches, a bit each.
    pub matches: u32,
    /// The exclusions it matches, a bit each.
    pub excluded: u32,
}

/// How far one unit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Steps reached; 0 when the unit never started.
    pub level: u8,
    /// Steps of any chain, a bit each: tells which optional ones were done.
    pub touched: u32,
    /// First completion minus the latest start that reaches it.
    pub took: Option<i64>,
    /// The latest start among the deepest chains.
    pub started_at: Option<i64>,
}

impl Reached {
    /// Whether the unit may still go on at `now`.
    #[must_use]
    pub fn in_progress(&self, spec: &Spec, now: i64) -> bool {
        self.level > 0
            && self.level < spec.steps
            && self.started_at.is_some_and(|start| now.saturating_sub(start) <= spec.window)
    }
}

/// The kernel: reused from unit to unit without allocating.
#[derive(Debug)]
pub struct Walker<'s> {
    spec: &'s Spec,
    /// Per step the latest start of a chain that ended there; `NONE` when there is none.
    best: [i64; MAX_STEPS],
    reached: Reached,
    ties: Vec<Step>,
    any: Vec<Step>,
}

const NONE: i64 = i64::MIN;

impl<'s> Walker<'s> {
    /// A kernel for a funnel that was checked.
    pub fn new(spec: &'s Spec) -> Result<Self, BadSpec> {
        spec.check()?;
        Ok(Walker {
            spec,
            best: [NONE; MAX_STEPS],
            reached: Reached::default(),
            ties: Vec::new(),
            any: Vec::new(),
        })
    }

    /// The next event of the unit; times never go back within one unit.
    pub fn push(&mut self, step: Step) {
        if self.spec.order == Order::Any {
            if step.matches != 0 {
                self.any.push(step);
            }
            return;
        }
        if self.ties.first().is_some_and(|first| first.at != step.at) {
            self.settle();
        }
        if self.ties.len() < MAX_TIES {
            self.ties.push(step);
        }
    }

    /// The end of the unit: how far it came. The kernel is ready for the next one.
    pub fn finish(&mut self) -> Reached {
        if self.spec.order == Order::Any {
            self.reached = any_order(self.spec, &self.any);
            self.any.clear();
        } else {
            self.settle();
            if self.reached.level > 0 {
                self.reached.started_at = Some(self.best_ever_start());
            }
        }
        self.best = [NONE; MAX_STEPS];
        std::mem::take(&mut self.reached)
    }

    /// The latest start of the deepest level that is still kept; when strict order has reset it, the start was
    /// noted when the level was reached.
    fn best_ever_start(&self) -> i64 {
        let kept = self.best[usize::from(self.reached.level) - 1];
        self.reached.started_at.map_or(kept, |noted| noted.max(kept))
    }

    fn settle(&mut self) {
        if self.ties.is_empty() {
            return;
        }
        let ties = std::mem::take(&mut self.ties);
        let at = ties[0].at;
        if let (Order::Ordered, [one]) = (self.spec.order, ties.as_slice()) {
            self.single(*one);
        } else {
            self.group(&ties, at);
        }
        self.ties = ties;
        self.ties.clear();
    }

    fn may_start(&self, at: i64) -> bool {
        at >= self.spec.from && at < self.spec.until
    }

    fn fits(&self, start: i64, at: i64) -> bool {
        start != NONE && at.saturating_sub(start) <= self.spec.window
    }

    /// The latest start of a chain that `step` may follow.
    fn before(&self, best: &[i64; MAX_STEPS], step: usize, at: i64) -> i64 {
        if step == 0 {
            return if self.may_start(at) { at } else { NONE };
        }
        let mut latest = NONE;
        for previous in (0..step).rev() {
            latest = latest.max(best[previous]);
            if !self.spec.is_optional(previous) {
                break;
            }
        }
        latest
    }

    fn note(&mut self, step: usize, start: i64, at: i64) {
        self.reached.touched |= 1 << step;
        let level = step as u8 + 1;
        if level > self.reached.level {
            self.reached.level = level;
            self.reached.started_at = Some(start);
            if level == self.spec.steps {
                self.reached.took = Some(at - start);
            }
        } else if level == self.reached.level {
            self.reached.started_at = self.reached.started_at.max(Some(start));
        }
    }

    fn single(&mut self, event: Step) {
        let at = event.at;
        // From the last step down, so that one event never fills two steps of a chain.
        let mut rest = event.matches & mask_of(self.spec.steps);
        let mut arrived = 0u32;
        let old = self.best;
        while rest != 0 {
            let step = 31 - rest.leading_zeros() as usize;
            rest &= !(1 << step);
            let start = self.before(&old, step, at);
            if self.fits(start, at) {
                arrived |= 1 << step;
                if start > self.best[step] {
                    self.best[step] = start;
                }
                self.note(step, start, at);
            }
        }
        if event.excluded != 0 {
            self.exclude(event.excluded, &old, arrived);
        }
    }

    /// Ends chains that stand between the two steps of an exclusion, but not those that arrived with it: of
    /// two things at one time the order is in the unit's favour.
    fn exclude(&mut self, excluded: u32, old: &[i64; MAX_STEPS], arrived: u32) {
        for one in &self.spec.exclusions {
            if excluded & (1 << one.bit) == 0 {
                continue;
            }
            let (after, before) = (usize::from(one.after), usize::from(one.before));
            let is_new = arrived & (1 << after) != 0 && self.best[after] != old[after];
            self.best[if is_new { after + 1 } else { after }..before].fill(NONE);
        }
    }

    /// Events of one time, in whichever order helps.
    fn group(&mut self, ties: &[Step], at: i64) {
        let old = self.best;
        let strict = self.spec.order == Order::Strict;
        let mut new = if strict { [NONE; MAX_STEPS] } else { old };
        let steps = usize::from(self.spec.steps);
        let mut arrived = 0u32;
        // From every standing place (nowhere, or behind a step), go on as far as distinct events allow.
        for from in 0..=steps {
            let start = match from {
                0 if self.may_start(at) => at,
                0 => continue,
                _ => old[from - 1],
            };
            if !self.fits(start, at) {
                continue;
            }
            self.extend(ties, from, start, at, &mut new, &mut arrived, strict);
        }
        self.best = new;
        let excluded = ties.iter().fold(0, |all, one| all | one.excluded);
        if excluded != 0 {
            self.exclude(excluded, &old, arrived);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `group`, split off to be read by itself")]
    fn extend(
        &mut self,
        ties: &[Step],
        from: usize,
        start: i64,
        at: i64,
        new: &mut [i64; MAX_STEPS],
        arrived: &mut u32,
        strict: bool,
    ) {
        let steps = usize::from(self.spec.steps);
        let mut taken: Vec<Option<usize>> = vec![None; ties.len()];
        if strict && from > 0 && leftovers_repeat(ties, &taken, from - 1, from - 1) {
            new[from - 1] = new[from - 1].max(start);
        }
        for (step, best) in new.iter_mut().enumerate().take(steps).skip(from) {
            let mut tried = vec![false; ties.len()];
            if place(step, ties, &mut taken, &mut tried) {
                *arrived |= 1 << step;
                self.note(step, start, at);
                // In strict order a chain that began before goes on only if what was left over repeats a step on
                // its way; one that begins here has the rest before it.
                if !strict || from == 0 || leftovers_repeat(ties, &taken, from - 1, step) {
                    *best = (*best).max(start);
                }
            } else if !self.spec.is_optional(step) || step == from && from == 0 {
                break;
            }
        }
    }
}

/// Whether every event that was not taken matches one of the steps from `low` to `high`.
fn leftovers_repeat(ties: &[Step], taken: &[Option<usize>], low: usize, high: usize) -> bool {
    let way = (low..=high).fold(0u32, |mask, step| mask | 1 << step);
    ties.iter().zip(taken).all(|(event, taken)| taken.is_some() || event.matches & way != 0)
}

/// Finds an event for a step, moving others aside where they fit elsewhere (augmenting paths).
fn place(step: usize, ties: &[Step], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for at in 0..ties.len() {
        if ties[at].matches & (1 << step) == 0 || tried[at] {
            continue;
        }
        tried[at] = true;
        let free = match taken[at] {
            None => true,
            Some(other) => place(other, ties, taken, tried),
        };
        if free {
            taken[at] = Some(step);
            return true;
        }
    }
    false
}

/// The greatest number of distinct steps matched by distinct events within one window.
fn any_order(spec: &Spec, events: &[Step]) -> Reached {
    let mut reached = Reached::default();
    let all = mask_of(spec.steps);
    for (first, begin) in events.iter().enumerate() {
        if begin.at < spec.from || begin.at >= spec.until {
            continue;
        }
        // Which event a step is matched by, within the window that begins with this event.
        let mut taken: [Option<usize>; MAX_STEPS] = [None; MAX_STEPS];
        let mut count = 0u8;
        for (at, event) in events.iter().enumerate().skip(first) {
            if event.at.saturating_sub(begin.at) > spec.window {
                break;
            }
            let mut tried = 0u32;
            if give(at, event.matches & all, events, &mut taken, &mut tried, all) {
                count += 1;
                let touched = (0..usize::from(spec.steps)).filter(|step| taken[*step].is_some());
                reached.touched |= touched.fold(0, |mask, step| mask | 1 << step);
                if count > reached.level {
                    reached.level = count;
                    reached.started_at = Some(begin.at);
                    if count == spec.steps {
                        reached.took = Some(event.at - begin.at);
                    }
                } else if count == reached.level {
                    reached.started_at = reached.started_at.max(Some(begin.at));
                }
            }
            if count == spec.steps {
                break;
            }
        }
    }
    reached
}

/// Gives an event to a step, moving others aside where they fit elsewhere.
fn give(
    event: usize,
    matches: u32,
    events: &[Step],
    taken: &mut [Option<usize>; MAX_STEPS],
    tried: &mut u32,
    all: u32,
) -> bool {
    let mut rest = matches;
    while rest != 0 {
        let step = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        if *tried & (1 << step) != 0 {
            continue;
        }
        *tried |= 1 << step;
        let free = match taken[step] {
            None => true,
            Some(other) => give(other, events[other].matches & all, events, taken, tried, all),
        };
        if free {
            taken[step] = Some(event);
            return true;
        }
    }
    false
}

#[cfg(test)]
pub(crate) mod tests;
