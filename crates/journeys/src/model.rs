//! A journey: what a user comes to do, as ordered steps with typed endings.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::lake::{
    Among, Channel, Ending, EndingAsk, ExclusionAsk, Field, FunnelAsk, Looks, Order, StepAsk, Unit,
};
use kernel::{ClientId, ComponentId, JourneyId, PersonId, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest name of a journey or step, in characters: it still stands beside its bar on a phone.
pub const MAX_NAME: usize = 120;
/// The most journeys of one service: beyond it nobody looks at them, and each costs a pass over every day.
pub const MAX_JOURNEYS: usize = 50;
/// The most fields by which the days of a journey are told apart; each is one more pass over the day.
pub const MAX_SEGMENTS: usize = 6;
/// The most endings and the most exclusions that a journey declares.
pub const MAX_RULES: usize = 16;
/// The longest window: raw events are rarely kept longer than a year and a bit.
pub const MAX_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 400);
/// A visitor of a day, and a visit, end with the day at the latest (journeys reference 3.3 and 3.4).
pub const ONE_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many values of a field are told apart; the rest is added up.
pub const TOP_VALUES: u32 = 12;

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What people call it.
    pub name: String,
    /// What fits it.
    pub looks: Looks,
    /// Whether it may be skipped; never the first or the last.
    #[serde(default)]
    pub optional: bool,
    /// By which way it is done.
    #[serde(default)]
    pub channel: Channel,
    /// The component that does it.
    #[serde(default)]
    pub component: Option<ComponentId>,
}

/// What tells that a journey ended other than by its last step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndingRule {
    /// `not_eligible`, `failed` or `abandoned`.
    pub ending: Ending,
    /// What tells of it.
    pub looks: Looks,
}

/// What ends an attempt when it lies between two steps (counted from 0).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exclusion {
    /// What it is.
    pub looks: Looks,
    /// After this step.
    pub after: u8,
    /// And before this one.
    pub before: u8,
}

/// What the journey promises. What is made of it is the business of objectives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Targets {
    /// The least share of those who start that comes to a proper end, 0 to 1.
    pub completion: Option<f64>,
    /// Over how long all of it is held, seconds.
    pub within_seconds: Option<i64>,
    /// How long a step may take at most, ms.
    pub latency_ms: Option<i64>,
    /// The largest share of steps that fail, 0 to 1.
    pub errors: Option<f64>,
}

/// A journey of a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// Its name, unique within the service.
    pub name: String,
    /// Its short name in addresses and files, unique within the service.
    pub slug: String,
    /// Whom it counts.
    pub unit: Unit,
    /// The whole chain.
    pub window: SignedDuration,
    /// In which order steps are done.
    pub order: Order,
    /// Its steps, 2 to 32.
    pub steps: Vec<Step>,
    /// What tells of other endings.
    pub endings: Vec<EndingRule>,
    /// What ends an attempt.
    pub exclusions: Vec<Exclusion>,
    /// By which fields its days are told apart.
    pub segments: Vec<Field>,
    /// The IANA name of the zone in which its days begin.
    pub zone: String,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// What it promises.
    pub targets: Targets,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// What of a journey a person or a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// For people; unique within the service.
    pub name: String,
    /// What it counts, and how.
    pub shape: Definition,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// What it promises.
    pub targets: Targets,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

/// What a journey counts, and how: all that a roll-up depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Whom it counts.
    pub unit: Unit,
    /// The whole chain.
    pub window: SignedDuration,
    /// In which order.
    #[serde(default)]
    pub order: Order,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What tells of other endings.
    #[serde(default)]
    pub endings: Vec<EndingRule>,
    /// What ends an attempt.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// By which fields its days are told apart.
    #[serde(default = "usual_segments")]
    pub segments: Vec<Field>,
    /// The zone in which its days begin.
    pub zone: String,
}

/// What most people ask first: on what, by which way, since which release, by which campaign.
#[must_use]
pub fn usual_segments() -> Vec<Field> {
    vec![Field::Device, Field::Channel, Field::Release, Field::Campaign]
}

/// How long a visit's journey may take when nothing else is said: as long as the stay itself rarely exceeds.
pub const USUAL_WINDOW: SignedDuration = SignedDuration::from_hours(2);

/// Why a number of units over a window would be a fiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsound {
    /// A visitor is recognised for a day only.
    DailyVisitor,
    /// A visit ends after a day at the latest.
    Visit,
}

impl Unsound {
    /// Why such a unit cannot be followed over such a window; none when it can.
    #[must_use]
    pub fn of(unit: Unit, window: SignedDuration) -> Option<Unsound> {
        if window <= ONE_DAY {
            return None;
        }
        match unit {
            Unit::Visitor => Some(Unsound::DailyVisitor),
            Unit::Visit => Some(Unsound::Visit),
            Unit::Case | Unit::User => None,
        }
    }
}

impl Definition {
    /// The zone, or UTC when its name is not known here (a newer list of zones declared it).
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The question over some rows. `cells` and `by` are left empty for the asker to fill.
    #[must_use]
    pub fn funnel(&self, among: Among, now: Timestamp) -> FunnelAsk {
        let step = |step: &Step| StepAsk { looks: step.looks.clone(), optional: step.optional };
        let ending = |one: &EndingRule| EndingAsk { ending: one.ending, looks: one.looks.clone() };
        let exclusion =
            |one: &Exclusion| ExclusionAsk { looks: one.looks.clone(), after: one.after, before: one.before };
        FunnelAsk {
            among,
            unit: self.unit,
            steps: self.steps.iter().map(step).collect(),
            window: self.window,
            order: self.order,
            exclusions: self.exclusions.iter().map(exclusion).collect(),
            endings: self.endings.iter().map(ending).collect(),
            now,
            cells: Vec::new(),
            by: None,
            top: TOP_VALUES,
        }
    }
}

impl Journey {
    /// What it counts, and how.
    #[must_use]
    pub fn shape(&self) -> Definition {
        Definition {
            unit: self.unit,
            window: self.window,
            order: self.order,
            steps: self.steps.clone(),
            endings: self.endings.clone(),
            exclusions: self.exclusions.clone(),
            segments: self.segments.clone(),
            zone: self.zone.clone(),
        }
    }

    /// What a person or a file says of it now.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            shape: self.shape(),
            owner: self.owner,
            targets: self.targets,
            declared_in: self.declared_in.clone(),
        }
    }

    /// The zone in which its days begin.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The question over some rows of its service.
    #[must_use]
    pub fn funnel(&self, among: Among, now: Timestamp) -> FunnelAsk {
        self.shape().funnel(among, now)
    }

    /// A text that differs whenever its roll-ups must be made anew: the definition without names and owners.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut shape = self.shape();
        for step in &mut shape.steps {
            step.name.clear();
            step.component = None;
            step.channel = Channel::Web;
        }
        let text = serde_json::to_string(&shape).unwrap_or_default();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A short name in addresses: letters and digits of the name, joined by hyphens.
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '-',
        };
        if plain != '-' || !slug.ends_with('-') {
            slug.push(plain);
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "journey".into() } else { slug.chars().take(60).collect() }
}

macro_rules! word_of {
    ($($(#[$doc:meta])* $name:ident, $from:ident : $type:ty { $($variant:path = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(one: $type) -> &'static str {
            match one { $($variant => $word),* }
        }

        /// The one of that word.
        #[must_use]
        pub fn $from(word: &str) -> Option<$type> {
            match word { $($word => Some($variant),)* _ => None }
        }
    )*};
}

word_of! {
    /// The word of a unit in files and the API.
    unit_word, unit_of: Unit {
        Unit::Case = "case", Unit::User = "user", Unit::Visitor = "visitor", Unit::Visit = "visit",
    }
    /// The word of an order.
    order_word, order_of: Order {
        Order::Ordered = "ordered", Order::Strict = "strict", Order::AnyOrder = "any_order",
    }
    /// The word of an ending.
    ending_word, ending_of: Ending {
        Ending::Completed = "completed", Ending::NotEligible = "not_eligible", Ending::Failed = "failed",
        Ending::Abandoned = "abandoned", Ending::InProgress = "in_progress",
    }
}
