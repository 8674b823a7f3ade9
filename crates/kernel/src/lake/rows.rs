//! Rows: what happened, as signals become it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClientId, ProbeId, ServiceId};

/// The most rows of one append.
pub const MAX_APPEND: usize = 20_000;
/// The longest name of an event, metric or operation, in bytes.
pub const MAX_NAME: usize = 200;
/// The longest path, host, referrer or other address, in bytes (Plausible's limit).
pub const MAX_PATH: usize = 2_000;
/// The most properties of one event; the rest is cut off and counted.
pub const MAX_PROPS: usize = 50;
/// The longest value of a property, in bytes; longer ones are cut.
pub const MAX_PROP: usize = 2_000;

/// The tables of the lake.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Page views and named events of users.
    Events,
    /// Raw results of probes.
    Checks,
    /// Measurements in users' browsers.
    Vitals,
    /// Spans of traces.
    Spans,
    /// Points of metrics.
    Metrics,
    /// Lines of logs.
    Logs,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 6] =
        [Table::Events, Table::Checks, Table::Vitals, Table::Spans, Table::Metrics, Table::Logs];

    /// Its name in SQL, in files and in the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Table::Events => "events",
            Table::Checks => "checks",
            Table::Vitals => "vitals",
            Table::Spans => "spans",
            Table::Metrics => "metrics",
            Table::Logs => "logs",
        }
    }

    /// The table of that name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.word() == word)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
            schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in files, the API and SQL.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The one of that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// By which way a user comes.
    Channel {
        /// The web or an app.
        #[default]
        Web = "web",
        /// The telephone.
        Phone = "phone",
        /// A counter.
        Counter = "counter",
        /// A letter.
        Post = "post",
        /// A mail.
        Mail = "mail",
        /// Another program.
        Api = "api",
        /// Somebody inside the organisation.
        Inside = "inside",
    }
}

words! {
    /// What a user has in hand.
    Device {
        /// Not known.
        #[default]
        Unknown = "unknown",
        /// A computer.
        Desktop = "desktop",
        /// A phone.
        Mobile = "mobile",
        /// A tablet.
        Tablet = "tablet",
        /// Something else that says what it is.
        Other = "other",
    }
}

words! {
    /// By which door a row came in.
    Origin {
        /// Tend's own tracker or API.
        #[default]
        Tend = "tend",
        /// A Plausible client.
        Plausible = "plausible",
        /// An Umami client.
        Umami = "umami",
        /// A PostHog client.
        Posthog = "posthog",
        /// A Matomo client.
        Matomo = "matomo",
        /// A Snowplow client.
        Snowplow = "snowplow",
        /// OpenTelemetry.
        Otlp = "otlp",
        /// A line of an access log.
        AccessLog = "access_log",
        /// A line of a table.
        Csv = "csv",
    }
}

words! {
    /// What is measured in a browser.
    VitalName {
        /// Largest contentful paint, ms.
        #[default]
        Lcp = "lcp",
        /// Interaction to next paint, ms.
        Inp = "inp",
        /// Cumulative layout shift, a score without a unit.
        Cls = "cls",
        /// First contentful paint, ms.
        Fcp = "fcp",
        /// Time to first byte, ms.
        Ttfb = "ttfb",
    }
}

/// One row of user activity. A number of 0 in `user`, `visitor`, `visit` and `case` means that it is not known;
/// the numbers are keyed hashes made by `journeys`, never what the sender sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// When it happened, corrected for the sender's clock.
    pub at: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Same service and same key within 48 hours is the same event sent again; 0 when the sender gave no id.
    pub key: u128,
    /// The declared user.
    pub user: u64,
    /// The visitor of the day.
    pub visitor: u64,
    /// The visit.
    pub visit: u64,
    /// The case (application, order, ticket).
    pub case: u64,
    /// `pageview`, or the name of the event.
    pub name: String,
    /// The path of the page, without the query.
    pub path: String,
    /// The host of the page.
    pub host: String,
    /// The host of the page before, when it is another one.
    pub referrer: String,
    /// `utm_source`, or what the sender calls its source.
    pub source: String,
    /// `utm_medium`.
    pub medium: String,
    /// `utm_campaign`.
    pub campaign: String,
    /// What the user has in hand.
    pub device: Device,
    /// The browser's family.
    pub browser: String,
    /// The operating system's family.
    pub os: String,
    /// The language, as BCP 47.
    pub language: String,
    /// By which way.
    pub channel: Channel,
    /// The release of the service, when the sender says it.
    pub release: String,
    /// Empty for people; else why it is taken for a program (`agent`, `headless`, `declared`, ..).
    pub bot: String,
    /// By which door.
    pub origin: Origin,
    /// A number that came with it: seconds engaged, an amount.
    pub value: Option<f64>,
    /// Everything else, in order of keys.
    pub props: Vec<(String, String)>,
}

impl Event {
    /// The number by which files are sorted: the user if declared, else the visitor, the visit or the case.
    #[must_use]
    pub fn unit(&self) -> u64 {
        [self.user, self.visitor, self.visit, self.case].into_iter().find(|one| *one != 0).unwrap_or(0)
    }
}

/// One execution of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The probe.
    pub probe: ProbeId,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, microseconds; -1 when no answer came, so that no span was measured.
    pub took: i64,
    /// `passed`, `failed`, `degraded` or `unknown`.
    pub outcome: String,
    /// What was wrong, or empty.
    pub reason: String,
}

/// One measurement in a user's browser. Of several reports with the same load and name, the last counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vital {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// When it was reported.
    pub at: Timestamp,
    /// The visit, or 0.
    pub visit: u64,
    /// The page load it belongs to: a hash of the id the client gave it.
    pub load: u64,
    /// The page.
    pub path: String,
    /// What the user has in hand.
    pub device: Device,
    /// The release of the service, when the sender says it.
    pub release: String,
    /// What is measured.
    pub name: VitalName,
    /// How much, in the unit of the name.
    pub value: f64,
    /// Empty for people; else why it is taken for a program.
    pub bot: String,
}

/// One span of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, microseconds.
    pub took: i64,
    /// The trace.
    pub trace: u128,
    /// The span.
    pub span: u64,
    /// The span it is part of, or 0.
    pub parent: u64,
    /// `service.name` of the sender: a component of the service.
    pub component: String,
    /// The operation.
    pub name: String,
    /// `internal`, `server`, `client`, `producer` or `consumer`.
    pub kind: String,
    /// Whether it failed.
    pub error: bool,
    /// The component that was called, when the span says it (`peer.service`, `server.address`).
    pub peer: String,
    /// The attributes, in order of keys.
    pub props: Vec<(String, String)>,
}

/// One point of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// When it was measured.
    pub at: Timestamp,
    /// `service.name` of the sender.
    pub component: String,
    /// The name.
    pub name: String,
    /// The unit, as the sender says it.
    pub unit: String,
    /// `gauge`, `sum`, `histogram` or `summary`.
    pub kind: String,
    /// The value; of a histogram the sum.
    pub value: f64,
    /// Of a histogram how many; else 1.
    pub count: u64,
    /// The attributes, in order of keys.
    pub props: Vec<(String, String)>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// The client of the service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// When it was written.
    pub at: Timestamp,
    /// `service.name` of the sender.
    pub component: String,
    /// OpenTelemetry's severity number, 1 to 24; 0 when not said.
    pub severity: u8,
    /// The line.
    pub body: String,
    /// The trace, or 0.
    pub trace: u128,
    /// The span, or 0.
    pub span: u64,
    /// The attributes, in order of keys.
    pub props: Vec<(String, String)>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Rows {
    /// User activity.
    Events(Vec<Event>),
    /// Results of probes.
    Checks(Vec<Check>),
    /// Measurements in browsers.
    Vitals(Vec<Vital>),
    /// Spans.
    Spans(Vec<Span>),
    /// Points.
    Metrics(Vec<Metric>),
    /// Lines.
    Logs(Vec<LogLine>),
}

impl Rows {
    /// Which table they belong to.
    #[must_use]
    pub fn table(&self) -> Table {
        match self {
            Rows::Events(_) => Table::Events,
            Rows::Checks(_) => Table::Checks,
            Rows::Vitals(_) => Table::Vitals,
            Rows::Spans(_) => Table::Spans,
            Rows::Metrics(_) => Table::Metrics,
            Rows::Logs(_) => Table::Logs,
        }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Rows::Events(rows) => rows.len(),
            Rows::Checks(rows) => rows.len(),
            Rows::Vitals(rows) => rows.len(),
            Rows::Spans(rows) => rows.len(),
            Rows::Metrics(rows) => rows.len(),
            Rows::Logs(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of an append.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Kept {
    /// Rows that are kept.
    pub kept: u64,
    /// Rows that had been kept before.
    pub duplicates: u64,
}
