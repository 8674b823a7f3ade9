//! Questions: plain data, with what they look for, over what, and for whom.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Origin, Table};
use crate::{ClientId, ServiceId};

/// The most steps of a funnel.
pub const MAX_STEPS: usize = 32;
/// The most tests of one predicate.
pub const MAX_TESTS: usize = 16;
/// The most groups of one answer; the rest is added up as one.
pub const MAX_GROUPS: u32 = 200;

/// Over which rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Among {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// From here, inclusive.
    pub from: Timestamp,
    /// To here, exclusive.
    pub until: Timestamp,
    /// People, programs, or both.
    pub people: People,
    /// Only rows that fit all of these.
    pub only: Where,
}

/// Who is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum People {
    /// People only.
    #[default]
    People,
    /// Programs only.
    Bots,
    /// Both.
    All,
}

/// A column of an event, or one of its properties.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name of the event, operation or metric.
    Name,
    /// The path of the page.
    Path,
    /// The host of the page.
    Host,
    /// The host of the page before.
    Referrer,
    /// The source of the campaign.
    Source,
    /// Its medium.
    Medium,
    /// Its name.
    Campaign,
    /// What the user has in hand.
    Device,
    /// The browser.
    Browser,
    /// The operating system.
    Os,
    /// The language.
    Language,
    /// By which way the user comes.
    Channel,
    /// The release.
    Release,
    /// By which door the row came.
    Origin,
    /// Why it is taken for a program; empty for people.
    Bot,
    /// The component (spans, metrics, logs).
    Component,
    /// A property by its name.
    Prop(String),
}

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// One of these.
    Is(Vec<String>),
    /// None of these.
    Not(Vec<String>),
    /// Like this pattern: `*` is anything within a segment of a path, `**` anything at all, `?` one letter.
    Like(String),
    /// There, and not empty.
    Present,
    /// Not there, or empty.
    Absent,
    /// A number of at least this.
    AtLeast(f64),
    /// A number of at most this.
    AtMost(f64),
}

/// One test of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Test {
    /// Which field.
    pub field: Field,
    /// What it must be.
    pub is: Match,
}

/// All of these tests; none means anything fits.
pub type Where = Vec<Test>;

/// Any of these; what a step looks for. Never empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Looks {
    /// The alternatives.
    pub any: Vec<Where>,
}

impl Looks {
    /// An event of this name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Looks {
        Looks { any: vec![vec![Test { field: Field::Name, is: Match::Is(vec![name.into()]) }]] }
    }

    /// A page view of a path like this.
    #[must_use]
    pub fn at(path: impl Into<String>) -> Looks {
        let view = Test { field: Field::Name, is: Match::Is(vec!["pageview".into()]) };
        Looks { any: vec![vec![view, Test { field: Field::Path, is: Match::Like(path.into()) }]] }
    }
}

/// Whom a question counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The case.
    Case,
    /// The declared user.
    User,
    /// The visitor of a day.
    Visitor,
    /// The visit.
    #[default]
    Visit,
}

/// In which order steps are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// One after the other, whatever lies between.
    #[default]
    Ordered,
    /// One after the other, with nothing between.
    Strict,
    /// Whichever way.
    AnyOrder,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepAsk {
    /// What fits it.
    pub looks: Looks,
    /// Whether it may be skipped; never the first or the last.
    pub optional: bool,
}

/// What ends a chain when it lies between two steps (counted from 0).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExclusionAsk {
    /// What it is.
    pub looks: Looks,
    /// After this step.
    pub after: u8,
    /// And before this one.
    pub before: u8,
}

/// How a journey ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All steps done.
    Completed,
    /// Told that they are not eligible: a proper end, counted as completed (GOV.UK completion rate).
    NotEligible,
    /// A failure of the service ended it.
    Failed,
    /// The window passed and nothing else ended it.
    Abandoned,
    /// The window has not passed yet.
    InProgress,
}

/// Which event tells of an ending. A unit that has not completed and met this after its start, within the
/// window, has this ending; the last such event counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndingAsk {
    /// Which ending: `not_eligible`, `failed` or `abandoned`.
    pub ending: Ending,
    /// What tells of it.
    pub looks: Looks,
}

/// How far units came (journeys reference 3.1). The start lies in `among`; later steps up to a window beyond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelAsk {
    /// Over which rows.
    pub among: Among,
    /// Whom it counts.
    pub unit: Unit,
    /// 2 to [`MAX_STEPS`] steps.
    pub steps: Vec<StepAsk>,
    /// The whole chain.
    pub window: SignedDuration,
    /// In which order.
    pub order: Order,
    /// What ends a chain.
    pub exclusions: Vec<ExclusionAsk>,
    /// What tells of an ending.
    pub endings: Vec<EndingAsk>,
    /// The time now: whose window has not passed by then is in progress.
    pub now: Timestamp,
    /// Boundaries of time within `among` by which starts are told apart, ascending; empty means one cell. Cell
    /// i holds starts from boundary i (inclusive) to i + 1 (exclusive); a start before the first is in cell 0.
    pub cells: Vec<Timestamp>,
    /// A field of the first matching event by which units are told apart.
    pub by: Option<Field>,
    /// How many values of it, most units first; the rest is added up.
    pub top: u32,
}

/// Units of one part of a funnel, without names: their numbers in the lake, to look at their events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitsAsk {
    /// The funnel.
    pub funnel: FunnelAsk,
    /// Units whose deepest chain has this many steps.
    pub level: Option<u8>,
    /// Units with this ending.
    pub ending: Option<Ending>,
    /// Units after this number.
    pub after: u64,
    /// How many, at most 200.
    pub limit: u32,
}

/// What units do after a step that was their last: the most common next events, without people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AfterAsk {
    /// The funnel.
    pub funnel: FunnelAsk,
    /// The step (counted from 1) that was the last.
    pub level: u8,
    /// Told apart by this field.
    pub by: Field,
    /// How many.
    pub limit: u32,
}

/// Everything one unit did, in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitAsk {
    /// Over which rows.
    pub among: Among,
    /// Which kind of unit.
    pub unit: Unit,
    /// Its number.
    pub number: u64,
    /// How many events, at most 1,000.
    pub limit: u32,
}

/// How many events, visits and units, over time and by a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountAsk {
    /// Over which rows.
    pub among: Among,
    /// Which events; none means all.
    pub looks: Option<Looks>,
    /// Whom `units` counts.
    pub unit: Unit,
    /// Boundaries of time, as in [`FunnelAsk::cells`].
    pub cells: Vec<Timestamp>,
    /// Told apart by this field.
    pub by: Option<Field>,
    /// How many values of it, most events first.
    pub top: u32,
    /// Whether to count visits and units too, which takes longer than counting events.
    pub distinct: bool,
}

/// By what the most common values are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopSort {
    /// Events.
    #[default]
    Events,
    /// Units.
    Units,
}

/// The most common values of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopAsk {
    /// Over which rows.
    pub among: Among,
    /// Which events; none means all.
    pub looks: Option<Looks>,
    /// The field.
    pub field: Field,
    /// Whom `units` counts.
    pub unit: Unit,
    /// By what they are ordered.
    pub sort: TopSort,
    /// How many.
    pub limit: u32,
}

/// What is measured by [`MeasureAsk`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// The value of events.
    EventValue,
    /// A vital, in its unit.
    Vital(super::VitalName),
    /// How long spans took, ms.
    SpanMs,
    /// How long checks took, ms.
    CheckMs,
    /// The value of a metric of this name.
    Metric(String),
}

/// How a measurement is spread: counts, sums and a sketch, over time and by a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureAsk {
    /// Over which rows; tests on fields that the table does not have match nothing.
    pub among: Among,
    /// What.
    pub measured: Measured,
    /// Boundaries of time, as in [`FunnelAsk::cells`].
    pub cells: Vec<Timestamp>,
    /// Told apart by this field.
    pub by: Option<Field>,
    /// How many values of it, most measurements first.
    pub top: u32,
}

/// A day, a week or a month of retention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    #[default]
    Day,
    /// Seven days.
    Week,
    /// A month.
    Month,
}

/// Who comes back: units by the period of their first matching event, and in which later periods they did `again`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionAsk {
    /// Over which rows.
    pub among: Among,
    /// Whom it counts.
    pub unit: Unit,
    /// What starts; none means anything.
    pub first: Option<Looks>,
    /// What coming back is; none means anything.
    pub again: Option<Looks>,
    /// Boundaries of the periods, ascending, as the caller's zone has them; at most 100.
    pub cells: Vec<Timestamp>,
}

/// The most common ways from here to there, as flows between the n-th and the next event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathsAsk {
    /// Over which rows.
    pub among: Among,
    /// Whose path; visits when not otherwise wanted.
    pub unit: Unit,
    /// Which events are looked at; none means page views.
    pub looks: Option<Looks>,
    /// By this field: the path or the name.
    pub by: Field,
    /// Where paths start; none means the first event.
    pub from: Option<Looks>,
    /// Where they end, going backwards from it; none means forwards from the start.
    pub to: Option<Looks>,
    /// How many events, 2 to 10.
    pub depth: u8,
    /// How many values at each place; the rest is added up.
    pub top: u32,
}

/// The most cases of one answer.
pub const MAX_CASES: u32 = 20_000;

/// Cases with everything that happened to each, for measures of a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CasesAsk {
    /// Over which rows.
    pub among: Among,
    /// Properties of which the last value of each case is wanted.
    pub props: Vec<String>,
    /// How many cases, at most [`MAX_CASES`]; of more, a sample that is the same whenever it is asked.
    pub limit: u32,
}

/// A named question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// How far units came.
    Funnel(FunnelAsk),
    /// Which units, by number.
    Units(UnitsAsk),
    /// What they did after their last step.
    After(AfterAsk),
    /// Everything one unit did.
    Visit(VisitAsk),
    /// How many.
    Count(CountAsk),
    /// The most common values.
    Top(TopAsk),
    /// How a measurement is spread.
    Measure(MeasureAsk),
    /// Who comes back.
    Retention(RetentionAsk),
    /// The most common ways.
    Paths(PathsAsk),
    /// Rate, errors and duration of operations by component.
    Spans {
        /// Over which rows.
        among: Among,
        /// Boundaries of time, as in [`FunnelAsk::cells`].
        cells: Vec<Timestamp>,
    },
    /// Cases with what happened to each.
    Cases(CasesAsk),
    /// Which component calls which.
    Edges {
        /// Over which rows.
        among: Among,
    },
    /// The newest rows of a table as text, for a look at what comes in.
    Newest {
        /// Over which rows.
        among: Among,
        /// Of which table.
        table: Table,
        /// Only of this door.
        origin: Option<Origin>,
        /// How many, at most 200.
        limit: u32,
    },
    /// Which days of a table of a service hold rows, and whether they changed since somebody looked.
    Days {
        /// The client.
        client: ClientId,
        /// The service.
        service: ServiceId,
        /// The table.
        table: Table,
    },
}
