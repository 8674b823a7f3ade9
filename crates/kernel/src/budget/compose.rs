//! What parts promise together, and what each must promise alone.
//!
//! - What needs several parts works when all of them do: the product, if they fail independently. Without knowing
//!   that, only Fréchet's bounds hold.
//! - A dependency that is reached by several ways fails once ("The Calculus of Service Availability", Treynor, Dahlin,
//!   Rau, Beyer, ACM Queue 15(2), 2017): a fault tree whose basic events are shared, never the product over the calls.
//! - A decision diagram (Bryant 1986) makes that exact. A tree too big for one is played through with dice of a fixed
//!   seed, and the answer says so.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{Target, wilson};
use crate::Ratio;

/// The most gates of a tree.
pub const MAX_GATES: usize = 20_000;
/// The most basic parts of a decision diagram: building one goes as deep as it has parts.
const MAX_VARIABLES: usize = 2_000;
/// The most nodes of a decision diagram; beyond it a tree is sampled.
const MAX_NODES: usize = 200_000;
/// Runs of a sampled tree: 2 million hold a share of 99.99 % to 0.0014 points.
const RUNS: u64 = 2_000_000;
/// The seed of sampling: the same tree gives the same answer.
const SEED: u64 = 0x7465_6e64;

/// Everything in a row: the product.
#[must_use]
pub fn series(parts: &[f64]) -> f64 {
    parts.iter().product()
}

/// Between what everything in a row lies, whatever fails together with what (Fréchet 1935).
#[must_use]
pub fn bounds(parts: &[f64]) -> (f64, f64) {
    let fails: f64 = parts.iter().map(|part| 1.0 - part).sum();
    ((1.0 - fails).max(0.0), parts.iter().copied().fold(1.0, f64::min))
}

/// `copies` of the same thing of which one is enough, where the part `beta` of their failures takes all of them at
/// once (the beta factor of IEC 61508-6).
#[must_use]
pub fn redundant(part: f64, copies: u32, beta: f64) -> f64 {
    let fails = 1.0 - part;
    let alone = ((1.0 - beta) * fails).powi(i32::try_from(copies).unwrap_or(i32::MAX));
    1.0 - (alone + beta * fails).min(1.0)
}

/// Something with a fallback that covers this part of its failures.
#[must_use]
pub fn fallback(part: f64, covers: f64) -> f64 {
    1.0 - (1.0 - part) * (1.0 - covers)
}

/// What each part must promise so that all in a row promise the target: the target to the power of the part's weight.
/// Weights that do not add up to 1 are made to; no weight at all is an equal one.
#[must_use]
pub fn split(target: Target, weights: &[f64]) -> Vec<f64> {
    shares(weights).iter().map(|weight| target.share().powf(*weight)).collect()
}

/// The same as people reckon it by hand: each part may spend its weight of what may be bad. Never laxer than
/// [`split`], and hardly stricter (Bernoulli's inequality).
#[must_use]
pub fn split_linear(target: Target, weights: &[f64]) -> Vec<f64> {
    shares(weights).iter().map(|weight| 1.0 - weight * target.bad()).collect()
}

fn shares(weights: &[f64]) -> Vec<f64> {
    let clean = |weight: &f64| if weight.is_finite() && *weight > 0.0 { *weight } else { 0.0 };
    let sum: f64 = weights.iter().map(clean).sum();
    if sum > 0.0 {
        weights.iter().map(|weight| clean(weight) / sum).collect()
    } else {
        vec![1.0 / weights.len().max(1) as f64; weights.len()]
    }
}

/// A gate of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateId(u32);

/// When something works.
#[derive(Debug, Clone, PartialEq)]
pub enum Gate {
    /// It is a basic part and works with this probability, independently of every other basic part.
    Part(f64),
    /// All of these work.
    All(Vec<GateId>),
    /// At least so many of these work.
    AtLeast(u32, Vec<GateId>),
    /// The first works, or its failure is covered with this probability.
    Fallback(GateId, f64),
    /// One of these is taken, each with this share (made to add up to 1).
    Branch(Vec<(f64, GateId)>),
}

/// A fault tree whose gates may be shared: whatever is reached by two ways is the same thing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    gates: Vec<Gate>,
}

/// How a figure came about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// Exactly.
    Exact,
    /// By playing it through; the true value lies between these with 95 % confidence.
    Sampled {
        /// How often.
        runs: u64,
        /// From here.
        low: f64,
        /// To here.
        high: f64,
    },
}

/// What a tree comes to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Composed {
    /// The share of the time it works, if basic parts fail independently.
    pub works: f64,
    /// How that came about.
    pub how: How,
    /// At least this, whatever fails together.
    pub low: f64,
    /// At most this, whatever fails together.
    pub high: f64,
}

impl Tree {
    /// Without gates.
    #[must_use]
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Adds a gate. Gates it names must have been added before, so a tree has no circles; names of others are left
    /// out. None when there are too many.
    pub fn add(&mut self, gate: Gate) -> Option<GateId> {
        if self.gates.len() >= MAX_GATES {
            return None;
        }
        let next = u32::try_from(self.gates.len()).ok()?;
        let known = |id: &GateId| id.0 < next;
        let gate = match gate {
            Gate::Part(part) => Gate::Part(if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }),
            Gate::All(of) => Gate::All(of.into_iter().filter(known).collect()),
            Gate::AtLeast(many, of) => Gate::AtLeast(many, of.into_iter().filter(known).collect()),
            Gate::Fallback(of, covers) => {
                if !known(&of) {
                    return None;
                }
                Gate::Fallback(of, covers.clamp(0.0, 1.0))
            }
            Gate::Branch(of) => Gate::Branch(of.into_iter().filter(|(_, id)| known(id)).collect()),
        };
        self.gates.push(gate);
        Some(GateId(next))
    }

    fn gate(&self, id: GateId) -> &Gate {
        &self.gates[id.0 as usize]
    }

    /// What works when `root` does.
    #[must_use]
    pub fn composed(&self, root: GateId) -> Composed {
        self.composed_with(root, MAX_NODES, RUNS)
    }

    /// The same with limits of the caller's: a diagram of at most `nodes`, else so many `runs`.
    #[must_use]
    pub fn composed_with(&self, root: GateId, nodes: usize, runs: u64) -> Composed {
        let (low, high) = self.between(root);
        match Diagram::of(self, root, nodes) {
            Some((diagram, top)) => {
                Composed { works: diagram.probability(top, &diagram.chances), how: How::Exact, low, high }
            }
            None => {
                let good = self.sample(root, runs);
                let (from, to) = wilson(Ratio { good, total: runs }).unwrap_or((0.0, 1.0));
                let works = good as f64 / runs.max(1) as f64;
                Composed { works, how: How::Sampled { runs, low: from, high: to }, low, high }
            }
        }
    }

    /// Bounds that hold whatever fails together: in a row each thing once, of several ways the best.
    fn between(&self, root: GateId) -> (f64, f64) {
        let mut known: Vec<(f64, f64)> = Vec::with_capacity(root.0 as usize + 1);
        for id in 0..=root.0 {
            let of = |id: &GateId| known[id.0 as usize];
            known.push(match &self.gates[id as usize] {
                Gate::Part(part) => (*part, *part),
                Gate::All(_) => {
                    let each: Vec<(f64, f64)> = self.flat(GateId(id)).iter().map(of).collect();
                    let lows: Vec<f64> = each.iter().map(|(low, _)| *low).collect();
                    let high = each.iter().map(|(_, high)| *high).fold(1.0, f64::min);
                    (bounds(&lows).0, high)
                }
                Gate::AtLeast(many, inside) => at_least_between(*many, inside.iter().map(of).collect()),
                Gate::Fallback(inside, covers) => {
                    let (low, high) = of(inside);
                    // What covers may fail together with what it covers.
                    (low.max(*covers), (high + covers).min(1.0))
                }
                Gate::Branch(inside) => {
                    let weights = shares(&inside.iter().map(|(weight, _)| *weight).collect::<Vec<_>>());
                    let each = weights.iter().zip(inside);
                    each.fold((0.0, 0.0), |(low, high), (weight, (_, id))| {
                        let (one_low, one_high) = of(id);
                        (low + weight * one_low, high + weight * one_high)
                    })
                }
            });
        }
        known[root.0 as usize]
    }

    /// What an `All` gate needs, with the `All` gates it needs opened, each thing once.
    fn flat(&self, root: GateId) -> BTreeSet<GateId> {
        let (mut found, mut seen, mut todo) = (BTreeSet::new(), BTreeSet::from([root]), vec![root]);
        while let Some(id) = todo.pop() {
            match self.gate(id) {
                Gate::All(inside) => todo.extend(inside.iter().filter(|one| seen.insert(**one))),
                _ => {
                    found.insert(id);
                }
            }
        }
        found
    }

    fn sample(&self, root: GateId, runs: u64) -> u64 {
        let mut dice = SplitMix(SEED);
        let mut works = vec![false; root.0 as usize + 1];
        let mut good = 0;
        for _ in 0..runs {
            for id in 0..works.len() {
                works[id] = match &self.gates[id] {
                    Gate::Part(part) => dice.next() < *part,
                    Gate::All(inside) => inside.iter().all(|one| works[one.0 as usize]),
                    Gate::AtLeast(many, inside) => {
                        inside.iter().filter(|one| works[one.0 as usize]).count() >= *many as usize
                    }
                    Gate::Fallback(inside, covers) => {
                        let covered = dice.next() < *covers;
                        works[inside.0 as usize] || covered
                    }
                    Gate::Branch(inside) => {
                        let weights = shares(&inside.iter().map(|(weight, _)| *weight).collect::<Vec<_>>());
                        let mut rest = dice.next();
                        let taken = weights.iter().position(|weight| {
                            rest -= weight;
                            rest < 0.0
                        });
                        let taken = taken.or(inside.len().checked_sub(1));
                        taken.is_some_and(|place| works[inside[place].1.0 as usize])
                    }
                };
            }
            good += u64::from(works[root.0 as usize]);
        }
        good
    }
}

fn at_least_between(many: u32, each: Vec<(f64, f64)>) -> (f64, f64) {
    let many = many as usize;
    if many == 0 {
        return (1.0, 1.0);
    }
    if many > each.len() {
        return (0.0, 0.0);
    }
    // Markov on the number that works, and on the number that fails.
    let (lows, highs): (Vec<f64>, Vec<f64>) = each.into_iter().unzip();
    let fails: f64 = lows.iter().map(|low| 1.0 - low).sum();
    let low = (1.0 - fails / (lows.len() - many + 1) as f64).max(0.0);
    let high = (highs.iter().sum::<f64>() / many as f64).min(1.0);
    let mut best = lows;
    best.sort_by(|a, b| b.total_cmp(a));
    // Of one-of-several, the best one alone already works so often.
    let low = if many == 1 { low.max(best.first().copied().unwrap_or(0.0)) } else { low };
    (low, high.max(low))
}

/// How much of what fails each basic part is to blame for: its own failures times how often they decide, as shares
/// that add up to 1. In the order in which the parts were added; none when the tree is too big to be exact, or
/// nothing fails.
#[must_use]
pub fn contributions(tree: &Tree, root: GateId) -> Option<Vec<(GateId, f64)>> {
    let (diagram, top) = Diagram::of(tree, root, MAX_NODES)?;
    let mut chances = diagram.chances.clone();
    let mut each = Vec::new();
    for (place, of) in diagram.parts.iter().enumerate() {
        let Some(id) = of else { continue };
        let own = chances[place];
        chances[place] = 1.0;
        let with = diagram.probability(top, &chances);
        chances[place] = 0.0;
        let without = diagram.probability(top, &chances);
        chances[place] = own;
        each.push((*id, (1.0 - own) * (with - without)));
    }
    let sum: f64 = each.iter().map(|(_, blame)| *blame).sum();
    if sum <= 0.0 {
        return None;
    }
    for (_, blame) in &mut each {
        *blame /= sum;
    }
    each.sort_by_key(|(id, _)| *id);
    Some(each)
}

/// A reduced ordered binary decision diagram: 0 is "fails", 1 is "works".
struct Diagram {
    nodes: Vec<(u32, u32, u32)>,
    unique: HashMap<(u32, u32, u32), u32>,
    done: HashMap<(u32, u32, u32), u32>,
    /// How likely each variable is.
    chances: Vec<f64>,
    /// Which basic part each variable is; none for a cover or a branch taken.
    parts: Vec<Option<GateId>>,
    limit: usize,
}

/// The variable of the two leaves, after every other.
const LEAF: u32 = u32::MAX;
const FAILS: u32 = 0;
const WORKS: u32 = 1;

impl Diagram {
    /// The diagram of what `root` needs; none when it grows too big.
    fn of(tree: &Tree, root: GateId, limit: usize) -> Option<(Diagram, u32)> {
        let mut made = Diagram {
            nodes: vec![(LEAF, FAILS, FAILS), (LEAF, WORKS, WORKS)],
            unique: HashMap::new(),
            done: HashMap::new(),
            chances: Vec::new(),
            parts: Vec::new(),
            limit,
        };
        let needed = needed(tree, root);
        let mut of: HashMap<GateId, u32> = HashMap::new();
        // Gates name only earlier ones, so in order of ids everything inside is there.
        for id in needed {
            let node = made.gate(tree, id, &of)?;
            of.insert(id, node);
        }
        let top = *of.get(&root)?;
        Some((made, top))
    }

    fn gate(&mut self, tree: &Tree, id: GateId, of: &HashMap<GateId, u32>) -> Option<u32> {
        let inside = |id: &GateId| of.get(id).copied();
        match tree.gate(id) {
            Gate::Part(part) => self.variable(*part, Some(id)),
            Gate::All(each) => {
                let mut all = WORKS;
                for one in each {
                    all = self.ite(inside(one)?, all, FAILS)?;
                }
                Some(all)
            }
            Gate::AtLeast(many, each) => {
                // counts[k]: at least k of those looked at so far.
                let mut counts = vec![FAILS; *many as usize + 1];
                counts[0] = WORKS;
                for one in each {
                    let node = inside(one)?;
                    for k in (1..counts.len()).rev() {
                        counts[k] = self.ite(node, counts[k - 1], counts[k])?;
                    }
                }
                counts.last().copied()
            }
            Gate::Fallback(of_what, covers) => {
                let covered = self.variable(*covers, None)?;
                self.ite(inside(of_what)?, WORKS, covered)
            }
            Gate::Branch(each) => {
                let weights = shares(&each.iter().map(|(weight, _)| *weight).collect::<Vec<_>>());
                let mut rest = 1.0;
                let mut takes = Vec::with_capacity(each.len());
                for weight in &weights {
                    // The chance of this way, given that none before was taken.
                    let chance = if rest > 0.0 { (weight / rest).min(1.0) } else { 0.0 };
                    takes.push(self.variable(chance, None)?);
                    rest -= weight;
                }
                let mut made = FAILS;
                for (place, (_, id)) in each.iter().enumerate().rev() {
                    let way = inside(id)?;
                    let last = place + 1 == each.len();
                    made = if last { way } else { self.ite(takes[place], way, made)? };
                }
                Some(made)
            }
        }
    }

    fn variable(&mut self, chance: f64, part: Option<GateId>) -> Option<u32> {
        if self.chances.len() >= MAX_VARIABLES {
            return None;
        }
        let variable = u32::try_from(self.chances.len()).ok()?;
        self.chances.push(chance);
        self.parts.push(part);
        self.node(variable, FAILS, WORKS)
    }

    fn node(&mut self, variable: u32, low: u32, high: u32) -> Option<u32> {
        if low == high {
            return Some(low);
        }
        if let Some(known) = self.unique.get(&(variable, low, high)) {
            return Some(*known);
        }
        if self.nodes.len() >= self.limit {
            return None;
        }
        let next = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push((variable, low, high));
        self.unique.insert((variable, low, high), next);
        Some(next)
    }

    /// If `which` works then `yes` else `no`. Recursion is as deep as there are variables, so with a limit.
    fn ite(&mut self, which: u32, yes: u32, no: u32) -> Option<u32> {
        match (which, yes, no) {
            (WORKS, ..) => return Some(yes),
            (FAILS, ..) => return Some(no),
            (_, WORKS, FAILS) => return Some(which),
            _ if yes == no => return Some(yes),
            _ => {}
        }
        if let Some(known) = self.done.get(&(which, yes, no)) {
            return Some(*known);
        }
        let top = [which, yes, no].into_iter().map(|id| self.nodes[id as usize].0).min()?;
        let open = |made: &Diagram, id: u32| {
            let (variable, low, high) = made.nodes[id as usize];
            if variable == top { (low, high) } else { (id, id) }
        };
        let (a, b, c) = (open(self, which), open(self, yes), open(self, no));
        let high = self.ite(a.1, b.1, c.1)?;
        let low = self.ite(a.0, b.0, c.0)?;
        let made = self.node(top, low, high)?;
        self.done.insert((which, yes, no), made);
        Some(made)
    }

    fn probability(&self, top: u32, chances: &[f64]) -> f64 {
        // A node's branches were made before it, so in order of numbers both are there.
        let mut known = vec![0.0; top as usize + 1];
        for (id, slot) in (0..=top as usize).map(|id| (id, self.nodes[id])) {
            known[id] = match slot.0 {
                LEAF => id as f64,
                variable => {
                    let chance = chances[variable as usize];
                    chance * known[slot.2 as usize] + (1.0 - chance) * known[slot.1 as usize]
                }
            };
        }
        known[top as usize]
    }
}

/// Everything `root` needs, itself included, in order of ids.
fn needed(tree: &Tree, root: GateId) -> BTreeSet<GateId> {
    let (mut found, mut todo) = (BTreeSet::from([root]), vec![root]);
    while let Some(id) = todo.pop() {
        let inside: Vec<GateId> = match tree.gate(id) {
            Gate::Part(_) => Vec::new(),
            Gate::All(each) | Gate::AtLeast(_, each) => each.clone(),
            Gate::Fallback(of, _) => vec![*of],
            Gate::Branch(each) => each.iter().map(|(_, id)| *id).collect(),
        };
        todo.extend(inside.into_iter().filter(|one| found.insert(*one)));
    }
    found
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for playing a tree through, and the same everywhere.
struct SplitMix(u64);

impl SplitMix {
    /// From 0, inclusive, to 1, exclusive.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }
}
