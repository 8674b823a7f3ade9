//! Answers: counts that stay counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Ending, Event};

/// How a number is spread, in a few hundred bytes, mergeable: counts in buckets whose borders grow by 2 %, so a
/// quantile is right to 1 % (DDSketch, VLDB 2019, with relative accuracy 0.01).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sketch {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// How many were zero or less.
    pub zeros: u64,
    /// Bucket to count; bucket k holds values from 1.02^(k-1), exclusive, to 1.02^k, inclusive.
    pub buckets: BTreeMap<i32, u64>,
}

/// The ratio of a bucket's borders: (1 + a) / (1 - a) with a = 0.01, rounded down.
const GROWTH: f64 = 1.02;

impl Sketch {
    /// Adds a value; what is not a number is not added.
    pub fn add(&mut self, value: f64) {
        self.add_many(value, 1);
    }

    /// Adds a value several times.
    pub fn add_many(&mut self, value: f64, times: u64) {
        if !value.is_finite() || times == 0 {
            return;
        }
        self.count += times;
        self.sum += value * times as f64;
        if value <= 0.0 {
            self.zeros += times;
        } else {
            *self.buckets.entry(Self::bucket(value)).or_default() += times;
        }
    }

    /// The bucket of a value above zero.
    #[must_use]
    pub fn bucket(value: f64) -> i32 {
        (value.ln() / GROWTH.ln()).ceil() as i32
    }

    /// Adds another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        self.count += other.count;
        self.sum += other.sum;
        self.zeros += other.zeros;
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
    }

    /// The value below which this share lies (nearest rank); none when empty.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = ((share.clamp(0.0, 1.0) * self.count as f64).ceil() as u64).max(1);
        let mut seen = self.zeros;
        if rank <= seen {
            return Some(0.0);
        }
        for (bucket, count) in &self.buckets {
            seen += count;
            if rank <= seen {
                // The middle of the bucket, so that the error is the same to both sides.
                return Some(2.0 * GROWTH.powi(*bucket) / (1.0 + GROWTH));
            }
        }
        None
    }

    /// The mean; none when empty. Never shown alone.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// How far units came. `reached[k]` is how many came at least to step k (counted from 0) and never grows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FunnelCounts {
    /// Units that came at least this far.
    pub reached: Vec<u64>,
    /// Units that stand at this step and whose window has not passed.
    pub in_progress: Vec<u64>,
    /// Units by ending; every unit that started has one.
    pub endings: BTreeMap<Ending, u64>,
    /// How long it took those who completed, ms.
    pub took_ms: Sketch,
    /// Units with more matching events than are looked at.
    pub truncated: u64,
}

impl FunnelCounts {
    /// Adds another one of the same funnel.
    pub fn merge(&mut self, other: &FunnelCounts) {
        add_up(&mut self.reached, &other.reached);
        add_up(&mut self.in_progress, &other.in_progress);
        for (ending, count) in &other.endings {
            *self.endings.entry(*ending).or_default() += count;
        }
        self.took_ms.merge(&other.took_ms);
        self.truncated += other.truncated;
    }
}

fn add_up(mine: &mut Vec<u64>, theirs: &[u64]) {
    if mine.len() < theirs.len() {
        mine.resize(theirs.len(), 0);
    }
    for (one, other) in mine.iter_mut().zip(theirs) {
        *one += other;
    }
}

/// One cell of a funnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FunnelCell {
    /// Which stretch of time; 0 when none were asked for.
    pub cell: u32,
    /// Which value; none for all, or for the rest when told apart.
    pub group: Group,
    /// The counts.
    pub counts: FunnelCounts,
}

/// Which part of an answer.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Everything together.
    All,
    /// This value.
    Value(String),
    /// Values beyond the most common ones, together.
    Rest,
}

/// One unit of a funnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UnitLine {
    /// Its number in the lake.
    pub number: u64,
    /// How many steps.
    pub level: u8,
    /// How it ended.
    pub ending: Ending,
    /// When it started.
    pub started_at: Timestamp,
    /// Its last matching event.
    pub last_at: Timestamp,
}

/// What came after a last step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct After {
    /// The value, or empty when nothing came.
    pub value: String,
    /// How many units.
    pub units: u64,
}

/// How many, in one cell and group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Counted {
    /// Which stretch of time.
    pub cell: u32,
    /// Which value.
    pub group: Group,
    /// Events.
    pub events: u64,
    /// Visits, when asked for.
    pub visits: Option<u64>,
    /// Units, when asked for.
    pub units: Option<u64>,
}

/// A common value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Top {
    /// The value.
    pub value: String,
    /// Events.
    pub events: u64,
    /// Units.
    pub units: u64,
}

/// How a measurement is spread, in one cell and group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Measure {
    /// Which stretch of time.
    pub cell: u32,
    /// Which value.
    pub group: Group,
    /// The spread.
    pub sketch: Sketch,
}

/// Units that started in one period, and how many came back in each later one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cohort {
    /// The period.
    pub cell: u32,
    /// Units.
    pub units: u64,
    /// How many did it again in this and each later period.
    pub again: Vec<u64>,
}

/// How many went from one value to the next at one place of the path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Flow {
    /// Between the n-th and the next event, counted from 0.
    pub place: u8,
    /// From this value.
    pub from: Group,
    /// To this one; none when the path ended.
    pub to: Option<Group>,
    /// Units.
    pub units: u64,
}

/// One operation of a component, in one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SpanCounts {
    /// Which stretch of time.
    pub cell: u32,
    /// The component.
    pub component: String,
    /// The operation.
    pub operation: String,
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// How long they took, ms.
    pub took_ms: Sketch,
}

/// One component calls another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edge {
    /// The caller.
    pub from: String,
    /// The called.
    pub to: String,
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// How long they took, ms.
    pub took_ms: Sketch,
    /// The last one.
    pub last_at: Timestamp,
}

/// A row as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Seen {
    /// When it happened.
    pub at: Timestamp,
    /// When it arrived, where the table keeps it.
    pub received_at: Option<Timestamp>,
    /// What it is, in one line.
    pub what: String,
    /// Its other columns that are not empty.
    pub fields: Vec<(String, String)>,
}

/// One day of a table of a service, UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DayState {
    /// Its midnight.
    pub day: Timestamp,
    /// Rows.
    pub rows: u64,
    /// Grows whenever rows of the day are added or erased; compaction does not change it.
    pub version: u64,
}

/// A case and what happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CaseLine {
    /// Its number in the lake.
    pub number: u64,
    /// By which way it came.
    pub channel: super::Channel,
    /// Name and time of each event, in order of time.
    pub events: Vec<(String, Timestamp)>,
    /// The last value of each property that was asked for; empty when it has none.
    pub props: Vec<String>,
}

/// Cases, all of them or a sample.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cases {
    /// How many there are.
    pub total: u64,
    /// Those that were looked at.
    pub cases: Vec<CaseLine>,
}

/// How an answer came about, for people who ask why it took long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stood {
    /// Files that were read.
    pub files: u64,
    /// Rows that were looked at.
    pub rows: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

/// The answer to a [`super::Question`], variant by variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To `Funnel`: cell by cell; [`Group::All`] comes first in each.
    Funnel(Vec<FunnelCell>),
    /// To `Units`.
    Units(Vec<UnitLine>),
    /// To `After`.
    After(Vec<After>),
    /// To `Visit`.
    Visit(Vec<Event>),
    /// To `Count`: as with `Funnel`, so parts are never added to [`Group::All`]. Cells without events are there.
    Count(Vec<Counted>),
    /// To `Top`.
    Top(Vec<Top>),
    /// To `Measure`: as with `Count`.
    Measure(Vec<Measure>),
    /// To `Retention`.
    Retention(Vec<Cohort>),
    /// To `Paths`.
    Paths(Vec<Flow>),
    /// To `Spans`.
    Spans(Vec<SpanCounts>),
    /// To `Cases`.
    Cases(Cases),
    /// To `Edges`.
    Edges(Vec<Edge>),
    /// To `Newest`.
    Newest(Vec<Seen>),
    /// To `Days`.
    Days(Vec<DayState>),
}

macro_rules! into {
    ($($name:ident $variant:ident -> $type:ty;)*) => {
        impl Reply {
            $(
                /// The rows of this answer; empty when it answers another question, which does not happen
                /// between a lake and whoever asked it.
                #[must_use]
                pub fn $name(self) -> $type {
                    match self { Reply::$variant(rows) => rows, _ => Vec::new() }
                }
            )*
        }
    };
}

into! {
    funnel Funnel -> Vec<FunnelCell>;
    units Units -> Vec<UnitLine>;
    after After -> Vec<After>;
    visit Visit -> Vec<Event>;
    count Count -> Vec<Counted>;
    top Top -> Vec<Top>;
    measure Measure -> Vec<Measure>;
    retention Retention -> Vec<Cohort>;
    paths Paths -> Vec<Flow>;
    spans Spans -> Vec<SpanCounts>;
    edges Edges -> Vec<Edge>;
    newest Newest -> Vec<Seen>;
    days Days -> Vec<DayState>;
}
