//! Objectives, budgets and how they compose: pure arithmetic on counts, for every feature that promises something.
//!
//! Who lives here: counts over a grid of equal stretches ([`Slices`]) and what they say of a target ([`Budget`]);
//! windows that roll or follow the calendar ([`Window`]); how fast a budget burns and when somebody should know
//! ([`Rule`], [`Burning`]); who spent it ([`ledger`]) and when it will be gone ([`forecast`]); what a chain of parts
//! promises together and what each must promise alone ([`Tree`], [`split`], [`Spread`]).
//!
//! Promised: counts, never ratios, are added up. What was not measured is neither good nor bad. Nothing asked is not
//! everything fine. A budget that is left has a sign. A dependency that several steps share fails once.

mod burn;
mod compose;
mod latency;
mod ledger;
mod slices;
mod window;

pub use burn::{
    Burning, CAP_SHARE, Guard, Level, MIN_BAD, MIN_TOTAL, Reading, Rule, Step, Tier, Weighed, blind_after,
    read, rules, step, time_to_fire, time_to_reset, weigh,
};
pub use compose::{
    Composed, Gate, GateId, How, MAX_GATES, Tree, bounds, contributions, fallback, redundant, series, split,
    split_linear,
};
pub use latency::{MAX_POINTS, Spread, leaf_quantile, parts_of_limit};
pub use ledger::{Claim, Forecast, Ledger, Line, forecast, ledger};
pub use slices::{
    Budget, FLOOR, Grid, Method, Missing, Seen, Several, Slices, Tally, Target, budget, combine, look, wilson,
};
pub use window::{Period, Window};

#[cfg(test)]
mod tests;
