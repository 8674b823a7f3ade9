//! How fast a budget burns, and when somebody should know (SRE workbook, chapter 5, with the changes named here).
//!
//! - Four tiers. Each fires when its long and its short window, a twelfth of it, both burn at its factor or faster:
//!   the long one says that it matters, the short one that it still goes on.
//! - A tier's factor follows from the part of the budget that it stands for: part x window / long window. Windows
//!   under ten days take larger parts, because the usual ones would fire inside a healthy budget.
//! - No factor is below 14/15, which is what four weeks give the slowest tier: lower ones would fire inside a healthy
//!   budget too.
//! - A factor above 1 / (1 - target) can never be reached. It is lowered to nine tenths of that, so that an outage
//!   of nearly everything still calls somebody when the target is low.
//! - Nothing fires before one long window of history exists, on fewer than five bad events, or on fewer events than
//!   asked for: that is "not enough traffic", not "fine".
//! - What cannot be observed changes nothing: a fire stays a fire, and nothing new starts.
//! - A tier that pages is over when its short window is below the factor; a tier that makes work is over when its
//!   long window is. While one that pages burns, none of the other kind starts.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FLOOR, Grid, Method, Seen, Slices, Tally, Target, look};

/// Bad events below which nothing fires: one failure in a quiet hour is no trend.
pub const MIN_BAD: u64 = 5;
/// Events in the long window below which nothing fires.
pub const MIN_TOTAL: u64 = 20;
/// What part of the highest factor there is a tier is lowered to.
pub const CAP_SHARE: f64 = 0.9;
/// No factor is lower.
const LOWEST: f64 = 14.0 / 15.0;
/// Windows shorter than this take the larger parts.
const SHORT_BELOW: SignedDuration = SignedDuration::from_hours(24 * 10);

/// How urgent it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// An hour like this and the budget is noticeably smaller.
    Fast,
    /// Six hours.
    Slow,
    /// A day.
    Day,
    /// Three days.
    Days,
}

impl Tier {
    /// Every tier, the most urgent first.
    pub const ALL: [Tier; 4] = [Tier::Fast, Tier::Slow, Tier::Day, Tier::Days];

    /// The long window.
    #[must_use]
    pub fn long(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Tier::Fast => 1,
            Tier::Slow => 6,
            Tier::Day => 24,
            Tier::Days => 72,
        })
    }

    /// The short window: a twelfth.
    #[must_use]
    pub fn short(self) -> SignedDuration {
        self.long() / 12
    }

    /// Whether it summons somebody; the others make work for the day.
    #[must_use]
    pub fn pages(self) -> bool {
        match self {
            Tier::Fast | Tier::Slow => true,
            Tier::Day | Tier::Days => false,
        }
    }

    /// The severity of its alert, 1 to 4.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Tier::Fast => 1,
            Tier::Slow => 2,
            Tier::Day => 3,
            Tier::Days => 4,
        }
    }

    /// The part of the budget of a window that it stands for.
    #[must_use]
    pub fn part(self, window: SignedDuration) -> f64 {
        let small = window < SHORT_BELOW;
        match self {
            Tier::Fast if small => 0.08,
            Tier::Slow if small => 0.125,
            Tier::Day if small => 0.20,
            Tier::Days if small => 0.42,
            Tier::Fast => 0.02,
            Tier::Slow => 0.05,
            Tier::Day | Tier::Days => 0.10,
        }
    }

    /// The word in texts and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Tier::Fast => "fast",
            Tier::Slow => "slow",
            Tier::Day => "day",
            Tier::Days => "days",
        }
    }

    /// The tier of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

/// A tier for one objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rule {
    /// The tier.
    pub tier: Tier,
    /// At which burn it fires.
    pub factor: f64,
    /// Whether that was lowered to what can be reached.
    pub capped: bool,
}

impl Rule {
    /// A tier at a factor, as written down by hand.
    #[must_use]
    pub fn at(tier: Tier, factor: f64) -> Rule {
        Rule { tier, factor, capped: false }
    }
}

/// The factor of a part of the budget: how fast it burns when that part goes within the long window.
fn factor(part: f64, window: SignedDuration, long: SignedDuration) -> f64 {
    part * window.as_secs_f64() / long.as_secs_f64()
}

/// The rules of an objective. A tier whose long window is longer than the objective's own is left out.
#[must_use]
pub fn rules(window: SignedDuration, target: Target) -> Vec<Rule> {
    let highest = CAP_SHARE / target.bad();
    Tier::ALL
        .into_iter()
        .filter(|tier| tier.long() <= window)
        .map(|tier| {
            let wanted = factor(tier.part(window), window, tier.long()).max(LOWEST);
            Rule { tier, factor: wanted.min(highest), capped: wanted > highest }
        })
        .collect()
}

/// How long a constant error must last, from a clean state, until a rule fires; none when it never does.
#[must_use]
pub fn time_to_fire(rule: &Rule, target: Target, error: f64) -> Option<SignedDuration> {
    let burn = error / target.bad();
    // A burn of exactly the factor fires; 0.0144 / 0.001 is not exactly 14.4 in binary.
    (burn >= rule.factor * (1.0 - 1e-9)).then(|| rule.tier.long().mul_f64((rule.factor / burn).min(1.0)))
}

/// How long after a constant error ended a rule that pages is over.
#[must_use]
pub fn time_to_reset(rule: &Rule, target: Target, error: f64) -> SignedDuration {
    let kept = (rule.factor * target.bad() / error).clamp(0.0, 1.0);
    rule.tier.short().mul_f64(1.0 - kept)
}

/// How long nothing may be measured before that itself should be known: three measurements, or as long as a total
/// outage would need to be noticed (Pyrra's rule for absent metrics), whichever is longer.
#[must_use]
pub fn blind_after(target: Target, every: SignedDuration) -> SignedDuration {
    let outage = SignedDuration::from_hours(1).mul_f64(14.0 * target.bad()) + SignedDuration::from_mins(2);
    (every * 3).max(outage)
}

/// What must be there before anything fires.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Guard {
    /// Bad events in the long window.
    pub bad: u64,
    /// Events in the long window.
    pub total: u64,
    /// The part of the slices of a window that must be measured.
    pub floor: f64,
}

impl Default for Guard {
    fn default() -> Self {
        Guard { bad: MIN_BAD, total: MIN_TOTAL, floor: FLOOR }
    }
}

/// What one rule makes of what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reading {
    /// The rule.
    pub rule: Rule,
    /// The burn over the long window, when it was observed.
    pub long: Option<f64>,
    /// The burn over the short window, when it was observed.
    pub short: Option<f64>,
    /// What the rule says.
    pub says: Weighed,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighed {
    /// Both windows burn.
    Fires,
    /// Only the long window still does.
    Fades,
    /// The long window does not.
    Calm,
    /// It would fire, on too few events to say so.
    TooFew,
    /// No full long window of history.
    Young,
    /// It cannot be said.
    Unseen,
}

/// What was measured over a rule's two windows, weighed.
#[must_use]
pub fn weigh(rule: Rule, target: Target, long: (Seen, Tally), short: (Seen, Tally), guard: Guard) -> Reading {
    let burn = |seen: Seen| seen.observed().map(|error| error / target.bad());
    let (slow, quick) = (burn(long.0), burn(short.0));
    let reached = |burn: f64| burn >= rule.factor * (1.0 - 1e-9);
    let says = match (slow, quick) {
        (Some(slow), _) if !reached(slow) => Weighed::Calm,
        (Some(_), Some(quick)) if !reached(quick) => Weighed::Fades,
        (Some(_), Some(_)) => {
            let counts = long.1.counts;
            if counts.bad() < guard.bad || counts.total < guard.total {
                Weighed::TooFew
            } else {
                Weighed::Fires
            }
        }
        (None, _) | (_, None) => Weighed::Unseen,
    };
    Reading { rule, long: slow, short: quick, says }
}

/// Reads every rule from slices. `stale_after` is how old the newest measurement may be.
#[must_use]
pub fn read(
    rules: &[Rule],
    target: Target,
    slices: &Slices,
    method: Method,
    now: Timestamp,
    stale_after: SignedDuration,
    guard: Guard,
) -> Vec<Reading> {
    let newest = slices.newest();
    let over = |length: SignedDuration| {
        let tally = slices.tally(Grid::back(now, length), method);
        (look(&tally, newest, now, stale_after, guard.floor), tally)
    };
    let history = slices.first().map_or(SignedDuration::ZERO, |first| now.duration_since(first));
    rules
        .iter()
        .map(|rule| {
            let reading = weigh(*rule, target, over(rule.tier.long()), over(rule.tier.short()), guard);
            let young = history < rule.tier.long() && reading.says != Weighed::Unseen;
            Reading { says: if young { Weighed::Young } else { reading.says }, ..reading }
        })
        .collect()
}

/// Where an objective stands between two rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "level", rename_all = "snake_case")]
pub enum Level {
    /// Nothing burns.
    #[default]
    Calm,
    /// A tier burns.
    Burning(Burning),
    /// A tier that pages is over by its short window, and its long window still shows it.
    Fading(Burning),
}

/// What burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Burning {
    /// The most urgent tier that fired.
    pub tier: Tier,
    /// Since when it is known.
    pub since: Timestamp,
}

/// What a round changes about an objective's alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stays,
    /// Somebody should know.
    Raises(Tier),
    /// It is worse than was said: the alert before ends and this one begins.
    Worsens(Tier),
    /// It is over.
    Clears,
}

impl Level {
    /// The word in texts and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Calm => "calm",
            Level::Burning(_) => "burning",
            Level::Fading(_) => "fading",
        }
    }
}

fn says(readings: &[Reading], tier: Tier) -> Option<Weighed> {
    readings.iter().find(|one| one.rule.tier == tier).map(|one| one.says)
}

/// What the readings make of where an objective stands.
#[must_use]
pub fn step(level: Level, readings: &[Reading], now: Timestamp) -> (Level, Step) {
    let firing = Tier::ALL.into_iter().find(|tier| says(readings, *tier) == Some(Weighed::Fires));
    match level {
        Level::Calm => match firing {
            Some(tier) => (Level::Burning(Burning { tier, since: now }), Step::Raises(tier)),
            None => (Level::Calm, Step::Stays),
        },
        Level::Burning(held) => {
            if let Some(worse) = firing.filter(|tier| *tier < held.tier) {
                return (Level::Burning(Burning { tier: worse, since: held.since }), Step::Worsens(worse));
            }
            match says(readings, held.tier) {
                // What cannot be seen keeps the fire; a rule that no longer exists ends it.
                Some(Weighed::Unseen | Weighed::Young | Weighed::Fires | Weighed::TooFew) => {
                    (level, Step::Stays)
                }
                Some(Weighed::Fades) if held.tier.pages() => (Level::Fading(held), Step::Clears),
                Some(Weighed::Fades) => (level, Step::Stays),
                Some(Weighed::Calm) | None => (Level::Calm, Step::Clears),
            }
        }
        Level::Fading(held) => {
            // It burns again: said again. Work for the day is not made of what a page has just dealt with.
            if let Some(tier) = firing.filter(|tier| tier.pages()) {
                return (Level::Burning(Burning { tier, since: now }), Step::Raises(tier));
            }
            match says(readings, held.tier) {
                // The longer windows still hold what the page was about; they are waited for too.
                Some(Weighed::Calm) | None if firing.is_none() => (Level::Calm, Step::Stays),
                Some(_) | None => (level, Step::Stays),
            }
        }
    }
}
