//! What a service can carry, what it costs, and what is told of both.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::lake::Channel;
use kernel::{CapacityId, ClientId, JourneyId, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::rules::kpi::Money;

/// The most capacities of one service: beyond it nobody plans with them.
pub const MAX_CAPACITIES: usize = 30;
/// The most cost lines of one service.
pub const MAX_COSTS: usize = 200;
/// The longest name of a capacity or a cost line, in characters.
pub const MAX_NAME: usize = 120;
/// The longest lead time: nobody plans a purchase further ahead.
pub const MAX_LEAD_DAYS: u32 = 730;
/// The largest amount of one line, in hundredths: sums of [`MAX_COSTS`] lines over years stay exact.
pub const MAX_MINOR: i64 = 100_000_000_000_000;
/// The share that is kept free when nothing is said.
pub const USUAL_HEADROOM: f64 = 0.2;

/// Over how long something is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A minute.
    Minute,
    /// An hour.
    #[default]
    Hour,
    /// A day.
    Day,
}

impl Per {
    /// Every one of them.
    pub const ALL: [Per; 3] = [Per::Minute, Per::Hour, Per::Day];

    /// The word in files and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Per::Minute => "minute",
            Per::Hour => "hour",
            Per::Day => "day",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Per> {
        Per::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Who scales.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It follows demand without anybody.
    Itself,
    /// People add and remove.
    #[default]
    Hand,
}

impl How {
    /// The word in files and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            How::Itself => "itself",
            How::Hand => "hand",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<How> {
        [How::Itself, How::Hand].into_iter().find(|one| one.word() == word)
    }
}

/// Between which limits a capacity grows and shrinks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scales {
    /// The fewest pieces (instances, desks, people).
    pub from: u32,
    /// The most.
    pub to: u32,
    /// What one piece serves.
    pub each: f64,
    /// Who scales.
    pub how: How,
}

/// How often a cost comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Every month.
    #[default]
    Month,
    /// Every year; spread over its days.
    Year,
    /// Once, on its first day.
    Once,
}

impl Every {
    /// Every one of them.
    pub const ALL: [Every; 3] = [Every::Month, Every::Year, Every::Once];

    /// The word in files and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Every::Month => "month",
            Every::Year => "year",
            Every::Once => "once",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Every> {
        Every::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What one more piece costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// How much.
    pub amount: Money,
    /// How often.
    pub per: Every,
}

/// What a capacity is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shape {
    /// So many are served by the fewest pieces, in one [`Shape::per`].
    pub serves: f64,
    /// Over how long.
    pub per: Per,
    /// The demand it serves; none for all of the service.
    #[serde(default)]
    pub journey: Option<JourneyId>,
    /// The share that is kept free, 0 to below 1.
    pub headroom: f64,
    /// Between which limits it grows; none when it cannot.
    #[serde(default)]
    pub scales: Option<Scales>,
    /// How many days from the decision until one more serves.
    #[serde(default)]
    pub lead_days: u32,
    /// What one more costs.
    #[serde(default)]
    pub one_more: Option<Price>,
}

/// What a resource can carry at most.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Capacity {
    /// Its id.
    pub id: CapacityId,
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// Its name, unique within the service.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// How many pieces there are, as last reported; none when nobody reported.
    pub units: Option<u32>,
    /// When that was.
    pub scaled_at: Option<Timestamp>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Capacity {
    /// How many pieces there are; none when it does not come in pieces.
    #[must_use]
    pub fn pieces(&self) -> Option<u32> {
        self.shape.scales.map(|scales| self.units.unwrap_or(scales.from))
    }

    /// What it serves now in one of its periods.
    #[must_use]
    pub fn serves_now(&self) -> f64 {
        let more = self
            .shape
            .scales
            .zip(self.pieces())
            .map_or(0.0, |(scales, pieces)| (f64::from(pieces) - f64::from(scales.from)) * scales.each);
        (self.shape.serves + more).max(0.0)
    }
}

/// What of a capacity a person or a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

/// One thing that costs money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostLine {
    /// What is paid for.
    pub name: String,
    /// How much, each time.
    pub amount: Money,
    /// How often.
    pub per: Every,
    /// The way it serves; none for all.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// From this day; none for always.
    #[serde(default)]
    pub from: Option<Date>,
    /// Up to this day, included; none without an end.
    #[serde(default)]
    pub until: Option<Date>,
}

/// How it is seen whether cases are late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProcessRule {
    /// The property that says when a case was finished.
    pub ended: Option<String>,
    /// The property that says when it should be.
    pub due: Option<String>,
    /// The events that finish a case, by name.
    pub done: Vec<String>,
    /// It should be finished so long after its first event.
    #[schemars(with = "Option<String>")]
    pub within: Option<SignedDuration>,
}

/// What is wanted of the demand of a service besides its costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Settings {
    /// What may be spent in a year.
    pub budget: Option<Money>,
    /// Whether unexpected growth alerts somebody.
    pub alerts: bool,
    /// How it is seen whether cases are late.
    pub process: ProcessRule,
}

/// Costs and settings of a service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What is paid.
    pub costs: Vec<CostLine>,
    /// What is wanted.
    pub settings: Settings,
    /// Whether the four figures are public.
    pub published: bool,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

/// Something that a rule found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: &'static str,
    /// The key of the sentence.
    pub code: &'static str,
    /// What was given.
    pub value: String,
}

impl Wrong {
    fn new(field: &'static str, code: &'static str, value: impl ToString) -> Wrong {
        Wrong { field, code, value: value.to_string() }
    }

    /// The sentence for files, in English.
    #[must_use]
    pub fn sentence(&self) -> String {
        let value = &self.value;
        match self.code {
            "demand-fault-name" => format!("a name has 1 to {MAX_NAME} characters"),
            "demand-fault-serves" => format!("{value} is not a number above zero"),
            "demand-fault-headroom" => format!("{value} is not a share from 0% to below 100%"),
            "demand-fault-scales" => "a capacity grows from some to at least as many".to_owned(),
            "demand-fault-lead" => format!("{value} is longer than {MAX_LEAD_DAYS} days"),
            "demand-fault-currency" => {
                format!("{value:?} is not a currency of three letters, such as EUR")
            }
            "demand-fault-amount" => format!("{value} is not an amount"),
            "demand-fault-once" => "what is paid once needs its day: from".to_owned(),
            "demand-fault-days" => "it ends before it begins".to_owned(),
            _ => format!("{value} does not fit"),
        }
    }
}

/// Whether a name fits.
fn wrong_name(name: &str) -> Option<Wrong> {
    let length = name.trim().chars().count();
    (length == 0 || length > MAX_NAME).then(|| Wrong::new("name", "demand-fault-name", name))
}

fn wrong_money(field: &'static str, money: &Money) -> Option<Wrong> {
    if money.currency.len() != 3 || !money.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(Wrong::new("currency", "demand-fault-currency", &money.currency));
    }
    (money.minor < 0 || money.minor > MAX_MINOR)
        .then(|| Wrong::new(field, "demand-fault-amount", money.minor / 100))
}

/// All that is wrong with a capacity.
#[must_use]
pub fn wrong_capacity(draft: &Draft) -> Vec<Wrong> {
    let shape = &draft.shape;
    let mut all: Vec<Wrong> = wrong_name(&draft.name).into_iter().collect();
    let positive = |value: f64| value.is_finite() && value > 0.0;
    if !positive(shape.serves) {
        all.push(Wrong::new("serves", "demand-fault-serves", shape.serves));
    }
    if !(0.0..1.0).contains(&shape.headroom) {
        all.push(Wrong::new("headroom", "demand-fault-headroom", shape.headroom));
    }
    if let Some(scales) = &shape.scales {
        if scales.from == 0 || scales.to < scales.from {
            all.push(Wrong::new("to", "demand-fault-scales", scales.to));
        }
        if !positive(scales.each) {
            all.push(Wrong::new("each", "demand-fault-serves", scales.each));
        }
    }
    if shape.lead_days > MAX_LEAD_DAYS {
        all.push(Wrong::new("lead_time", "demand-fault-lead", shape.lead_days));
    }
    all.extend(shape.one_more.as_ref().and_then(|price| wrong_money("one_more", &price.amount)));
    all
}

/// All that is wrong with a cost line.
#[must_use]
pub fn wrong_cost(line: &CostLine) -> Vec<Wrong> {
    let mut all: Vec<Wrong> = wrong_name(&line.name).into_iter().collect();
    all.extend(wrong_money("amount", &line.amount));
    if line.per == Every::Once && line.from.is_none() {
        all.push(Wrong::new("from", "demand-fault-once", ""));
    }
    if line.from.zip(line.until).is_some_and(|(from, until)| until < from) {
        all.push(Wrong::new("until", "demand-fault-days", ""));
    }
    all
}

/// An amount as people write it (`1200`, `1200.50`), in hundredths.
#[must_use]
pub fn minor_of(amount: f64) -> i64 {
    if amount.is_finite() { (amount * 100.0).round() as i64 } else { i64::MAX }
}
