//! The nouns: a probe and what it expects, what one check saw, and where a probe stands.

use jiff::{SignedDuration, Timestamp};
use kernel::world::RecordKind;
use kernel::{AlertId, ClientId, ComponentId, MaintenanceId, ProbeId, ServiceId};
use serde::{Deserialize, Serialize};

/// A span of time that is written the way people write it in files: `30s`, `5m`, `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub SignedDuration);

impl Span {
    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Span(SignedDuration::from_secs(seconds))
    }

    /// In microseconds, never negative.
    #[must_use]
    pub fn micros(self) -> i64 {
        i64::try_from(self.0.as_micros()).unwrap_or(i64::MAX).max(0)
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&kernel::units::show_span(self.0))
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        kernel::units::parse_span(&text).map(Span).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["30s", "5m", "1h30m", "1d"] })
    }
}

/// The state of a probe, as a word. What is true in a state stands in [`Standing`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// What was asked works.
    Up,
    /// Time without alerts, as planned.
    Maintenance,
    /// Not checked yet, or a failure that waits to be confirmed.
    Pending,
    /// Nobody knows: Tend could not look.
    Unknown,
    /// It works, but slower than it should, or its certificate runs out.
    Degraded,
    /// It does not work, confirmed.
    Down,
}

impl State {
    /// Every state, from the best to the worst; the order decides which of several is shown.
    pub const ALL: [State; 6] =
        [State::Up, State::Maintenance, State::Pending, State::Unknown, State::Degraded, State::Down];

    /// The word in files, the database, the API and texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Up => "up",
            State::Maintenance => "maintenance",
            State::Pending => "pending",
            State::Unknown => "unknown",
            State::Degraded => "degraded",
            State::Down => "down",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What was not as it should be, as a word for texts and grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The HTTP status.
    Status,
    /// A text that should be there is not.
    TextMissing,
    /// A text that should not be there is.
    TextFound,
    /// The regular expression does not match.
    Regex,
    /// A value in the JSON answer.
    Json,
    /// A header of the answer.
    Header,
    /// It took too long.
    Latency,
    /// The certificate runs out.
    Certificate,
    /// The certificate is not to be trusted.
    Untrusted,
    /// The DNS answer.
    Answer,
    /// What a TCP server said.
    Banner,
    /// The answer is larger than what is read.
    TooLarge,
    /// The name does not resolve.
    Name,
    /// Nobody listens.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    Broken,
    /// TLS could not be set up.
    Tls,
    /// A redirect that may not be followed.
    Redirect,
    /// The answer does not follow the protocol.
    Protocol,
    /// A heartbeat did not come in time.
    Late,
    /// A job said that it failed.
    JobFailed,
    /// The address may not be probed.
    Guarded,
    /// A fault of Tend's own.
    Own,
    /// Tend's way out does not work.
    NoWayOut,
    /// Tend was not running, or was held up.
    Stopped,
    /// The clock of this machine was set.
    ClockSet,
    /// Somebody paused the probe.
    Paused,
    /// Nothing was checked yet.
    New,
    /// Planned maintenance.
    Planned,
}

impl What {
    /// Every word, for texts and samples.
    pub const ALL: [What; 29] = [
        What::Status,
        What::TextMissing,
        What::TextFound,
        What::Regex,
        What::Json,
        What::Header,
        What::Latency,
        What::Certificate,
        What::Untrusted,
        What::Answer,
        What::Banner,
        What::TooLarge,
        What::Name,
        What::Refused,
        What::TimedOut,
        What::Broken,
        What::Tls,
        What::Redirect,
        What::Protocol,
        What::Late,
        What::JobFailed,
        What::Guarded,
        What::Own,
        What::NoWayOut,
        What::Stopped,
        What::ClockSet,
        What::Paused,
        What::New,
        What::Planned,
    ];
}

/// Why a probe is in a state: what was wanted and what was got instead. Data; the sentence in the reader's
/// language is the text `watch-reason` with these as arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reason {
    /// What it is about.
    pub what: What,
    /// What was wanted; empty where that says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wanted: String,
    /// What was got, cut to [`MAX_SAID`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub got: String,
}

/// The longest text of a target or a job that is kept in a reason, characters.
pub const MAX_SAID: usize = 200;

impl Reason {
    /// A reason; what was got is cut.
    pub fn new(what: What, wanted: impl Into<String>, got: impl AsRef<str>) -> Self {
        Reason { what, wanted: cut(&wanted.into(), MAX_SAID), got: cut(got.as_ref(), MAX_SAID) }
    }

    /// In English, for facts, logs and the command line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (wanted, got) = (&self.wanted, &self.got);
        match self.what {
            What::Status => format!("status {got}, expected {wanted}"),
            What::TextMissing => format!("the answer does not contain \"{wanted}\""),
            What::TextFound => format!("the answer contains \"{wanted}\""),
            What::Regex => format!("the answer does not match {wanted}"),
            What::Json => format!("JSON {wanted}, got {got}"),
            What::Header => format!("header {wanted}, got {got}"),
            What::Latency => format!("took {got}, should be under {wanted}"),
            What::Certificate => format!("the certificate has {got} days left, should have {wanted}"),
            What::Untrusted => format!("the certificate is not trusted: {got}"),
            What::Answer => format!("the DNS answer is {got}, expected {wanted}"),
            What::Banner => format!("the server said {got}, expected {wanted}"),
            What::TooLarge => format!("the answer is larger than {wanted}"),
            What::Name => format!("the name does not resolve: {got}"),
            What::Refused => format!("connection refused: {got}"),
            What::TimedOut => format!("no answer within {wanted}"),
            What::Broken => format!("the connection broke: {got}"),
            What::Tls => format!("TLS failed: {got}"),
            What::Redirect => format!("a redirect could not be followed: {got}"),
            What::Protocol => format!("the answer is malformed: {got}"),
            What::Late => format!("no heartbeat since {got}, one was due every {wanted}"),
            What::JobFailed if got.is_empty() => "the job reported failure".into(),
            What::JobFailed => format!("the job reported failure: {got}"),
            What::Guarded => format!("this address may not be probed: {got}"),
            What::Own => format!("Tend could not check: {got}"),
            What::NoWayOut => format!("Tend has no way out: {got}"),
            What::Stopped => "Tend was not running".into(),
            What::ClockSet => "the clock of Tend's machine was set".into(),
            What::Paused => "paused".into(),
            What::New => "not checked yet".into(),
            What::Planned => format!("planned maintenance: {got}"),
        }
    }
}

/// The first `most` characters of a text without control characters.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    if text.chars().count() > most {
        short.push('…');
    }
    short
}

/// When and how often a probe is checked, and how sure to be before saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Plan {
    /// From one check to the next.
    pub every: Span,
    /// How long one check may take.
    pub timeout: Span,
    /// How many more failed checks it takes after the first one until the probe is down.
    pub retries: u32,
    /// From a failed check to the one that is to confirm it.
    pub retry_every: Span,
    /// How many checks in a row must pass until the probe is up again.
    pub recover: u32,
}

impl Plan {
    /// The usual plan for an interval: time-out 10 s, one retry, two passes to recover, each checked after a
    /// third of the interval, but at least 1 s and at most 10 s.
    #[must_use]
    pub fn every(every: Span) -> Self {
        let tenth = Span::seconds(10);
        // Whole milliseconds: that is what is kept, and a file must mean the same thing twice.
        let whole = |micros: i64| Span(SignedDuration::from_millis(micros / 1_000));
        let third = whole(every.micros() / 3);
        let timeout = whole((every.micros() * 4 / 5).min(tenth.micros()));
        Plan { every, timeout, retries: 1, retry_every: third.clamp(Span::seconds(1), tenth), recover: 2 }
    }
}

/// HTTP statuses that are fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StatusRange {
    /// The first one.
    pub from: u16,
    /// The last one.
    pub to: u16,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// A smaller number.
    Below,
    /// A number at most.
    AtMost,
    /// A greater number.
    Above,
    /// A number at least.
    AtLeast,
    /// Any value but not none.
    Exists,
}

impl Comparison {
    /// The sign people write.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Exists => "exists",
        }
    }
}

/// What a place in a JSON answer should hold. Every node that the path finds must, and it must find one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct JsonExpect {
    /// A JSONPath (RFC 9535).
    pub path: String,
    /// How.
    pub comparison: Comparison,
    /// With what; null for [`Comparison::Exists`].
    #[serde(default)]
    pub value: serde_json::Value,
}

/// What an HTTP answer should be. The first six are the core: when one fails the probe is down; latency and
/// certificate only degrade it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct HttpExpect {
    /// Statuses that are fine; none means 200 to 299.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<StatusRange>,
    /// Texts that must be there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// Texts that must not be there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// A regular expression that must match somewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Places in the JSON answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub json: Vec<JsonExpect>,
    /// Headers, and a text that each must contain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<(String, String)>,
    /// Degraded when it takes this long or longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_under: Option<Span>,
    /// Degraded when the certificate has fewer days left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_days: Option<u32>,
}

fn yes() -> bool {
    true
}
fn get() -> String {
    "GET".into()
}
fn five() -> u8 {
    5
}

/// An HTTP request and what should come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Http {
    /// Absolute, `http` or `https`.
    pub url: String,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// Headers to send. Values are masked on screens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How many redirects are followed.
    #[serde(default = "five")]
    pub redirects: u8,
    /// Whether a certificate that cannot be trusted is a failure.
    #[serde(default = "yes")]
    pub verify_tls: bool,
    /// What should come back.
    #[serde(default)]
    pub expect: HttpExpect,
}

impl Http {
    /// A GET of this address that expects 200 to 299.
    pub fn get(url: impl Into<String>) -> Self {
        let (method, headers, body) = (get(), Vec::new(), None);
        let (redirects, verify_tls, expect) = (five(), true, HttpExpect::default());
        Http { url: url.into(), method, headers, body, redirects, verify_tls, expect }
    }
}

/// What a probe looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A web address.
    Http(Http),
    /// A port that takes connections.
    Tcp {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
        /// Sent once connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        send: Option<String>,
        /// A text that must come back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
        /// Degraded when it takes this long or longer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latency_under: Option<Span>,
    },
    /// A certificate.
    Tls {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
        /// Whether a certificate that cannot be trusted is a failure. One that has run out always is.
        #[serde(default = "yes")]
        trusted: bool,
        /// Degraded when the certificate has fewer days left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate_days: Option<u32>,
    },
    /// A name.
    Dns {
        /// The name.
        name: String,
        /// The kind of record.
        record: RecordKind,
        /// Records that must be among the answers; none means that any answer is fine.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answer: Vec<String>,
        /// `address:port` of the server to ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<String>,
    },
    /// A host that answers ICMP echo.
    Ping {
        /// A name or an address.
        host: String,
        /// Degraded when it takes this long or longer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latency_under: Option<Span>,
    },
    /// A job that calls a URL of Tend each time it is done.
    Heartbeat {
        /// How much later than the interval a call may come.
        grace: Span,
    },
}

impl Target {
    /// The kind as a word, as in files.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Target::Http(_) => "http",
            Target::Tcp { .. } => "tcp",
            Target::Tls { .. } => "tls",
            Target::Dns { .. } => "dns",
            Target::Ping { .. } => "ping",
            Target::Heartbeat { .. } => "heartbeat",
        }
    }

    /// Every kind.
    pub const KINDS: [&'static str; 6] = ["http", "tcp", "tls", "dns", "ping", "heartbeat"];

    /// What is looked at, in a line for people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Target::Http(http) if http.method == "GET" => http.url.clone(),
            Target::Http(http) => format!("{} {}", http.method, http.url),
            Target::Tcp { host, port, .. } | Target::Tls { host, port, .. } => format!("{host}:{port}"),
            Target::Dns { name, record, .. } => format!("{name} {}", record_word(*record)),
            Target::Ping { host, .. } => host.clone(),
            Target::Heartbeat { .. } => String::new(),
        }
    }

    /// The host that must answer, if there is one.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        match self {
            Target::Http(http) => {
                url::Url::parse(&http.url).ok().and_then(|url| url.host_str().map(str::to_owned))
            }
            Target::Tcp { host, .. } | Target::Tls { host, .. } | Target::Ping { host, .. } => {
                Some(host.clone())
            }
            Target::Dns { name, .. } => Some(name.clone()),
            Target::Heartbeat { .. } => None,
        }
    }
}

/// The word of a DNS record kind.
#[must_use]
pub fn record_word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::A => "A",
        RecordKind::Aaaa => "AAAA",
        RecordKind::Cname => "CNAME",
        RecordKind::Mx => "MX",
        RecordKind::Ns => "NS",
        RecordKind::Txt => "TXT",
    }
}

/// A thing Tend does on purpose to see whether something works.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Its id.
    pub id: ProbeId,
    /// A small number that stands for it in the tables of results.
    pub number: i64,
    /// Whose it is.
    pub client: ClientId,
    /// The service it looks at.
    pub service: ServiceId,
    /// For people; unique within the service.
    pub name: String,
    /// When and how often.
    pub plan: Plan,
    /// What it looks at.
    pub target: Target,
    /// The component it looks at, where declared.
    pub component: Option<ComponentId>,
    /// The environment it looks at, by name.
    pub environment: Option<String>,
    /// The severity of the alert when it is down, 1 (worst) to 4.
    pub severity: u8,
    /// When somebody paused it.
    pub paused_at: Option<Timestamp>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
    /// The secret in the address that a job calls.
    pub beat: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Probe {
    /// What an incident is opened for: one per component of a service where the probe names one, else one
    /// per host that the service's probes ask, else one per job. Failures of one machine are one incident,
    /// however many probes see them and in whatever way they fail.
    #[must_use]
    pub fn cause(&self) -> String {
        match (self.component, self.target.host()) {
            (Some(component), _) => cause_of_part(self.service, component),
            (None, Some(host)) => format!("{}/{}", self.service, host.to_lowercase()),
            (None, None) => format!("{}/{}", self.service, self.id),
        }
    }
}

/// The cause of alerts about a part of a service.
#[must_use]
pub fn cause_of_part(service: ServiceId, part: ComponentId) -> String {
    kernel::fact::cause_of_part(service, part)
}

/// What one check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything as expected.
    Good,
    /// The core holds; latency or certificate does not.
    Poor(Reason),
    /// The core does not hold.
    Bad(Reason),
    /// Tend could not look.
    Unknown(Reason),
}

impl Verdict {
    /// The reason, unless all is good.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Verdict::Good => None,
            Verdict::Poor(reason) | Verdict::Bad(reason) | Verdict::Unknown(reason) => Some(reason),
        }
    }
}

/// What one check saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When the check began; spans are counted from here.
    pub at: Timestamp,
    /// What it came to.
    pub verdict: Verdict,
    /// How long the answer took, microseconds; none when none came.
    pub micros: Option<u64>,
    /// Everything that was not as it should be, the reason of the verdict first.
    pub findings: Vec<Reason>,
    /// What came back, for people who look into a failure.
    pub details: Details,
}

/// What came back, for people who look into a failure; secrets are masked before it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Details {
    /// The address that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The start of the body, or the DNS records, or what the server said; at most [`MAX_BODY`] bytes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The body goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub body_cut: bool,
    /// When the certificate expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_until: Option<Timestamp>,
    /// Who issued the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// How much of a body is kept with a failure, bytes.
pub const MAX_BODY: usize = 4 * 1024;
/// How many failed checks are kept per probe.
pub const MAX_FAILURES: i64 = 20;

/// Checks in a row of one sort, and when the first of them was. Counted no further than the plan asks, so
/// that a probe in its usual state changes nothing that must be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// How many.
    pub count: u32,
    /// When the first one was; none while there are none.
    pub since: Option<Timestamp>,
}

/// What is settled about a probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "reason", rename_all = "snake_case")]
pub enum Settled {
    /// Nothing yet.
    New,
    /// It works.
    Up,
    /// It works, but not as it should.
    Degraded(Reason),
    /// It does not work.
    Down(Reason),
}

/// Tend cannot look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Reason,
    /// How many checks in a row came to nothing.
    pub checks: u32,
}

/// What an alert was raised for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The probe is degraded.
    Degraded,
    /// The probe is down.
    Down,
}

/// An alert that has not cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The alert.
    pub alert: AlertId,
    /// What for.
    pub level: Level,
}

/// Where a probe stands. All of it is kept, so that a restart forgets no streak and raises no false alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What is settled.
    pub settled: Settled,
    /// Since when: the first check that showed it.
    pub since: Timestamp,
    /// Checks in a row that were bad.
    pub bad: Run,
    /// Checks in a row that were not good.
    pub poor: Run,
    /// Checks in a row that were not bad.
    pub fine: Run,
    /// Checks in a row that were good.
    pub good: Run,
    /// Tend cannot look; what is settled stays settled meanwhile.
    pub blind: Option<Blind>,
    /// The alert that is out.
    pub raised: Option<Raised>,
}

impl Standing {
    /// Of a probe that was just made.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        let none = Run::default();
        let settled = Settled::New;
        Standing {
            settled,
            since: at,
            bad: none,
            poor: none,
            fine: none,
            good: none,
            blind: None,
            raised: None,
        }
    }
}

/// What is shown of a standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Why, unless it is up.
    pub reason: Option<Reason>,
}

/// A planned time without alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// Its id.
    pub id: MaintenanceId,
    /// Whose it is.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// What is done, for people.
    pub title: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; earlier than planned when it was called off.
    pub until: Timestamp,
}

impl Maintenance {
    /// Whether it holds at that instant.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
