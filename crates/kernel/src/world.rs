//! The outside world as features see it: a face. The real one is the crate `world`, the model one is the
//! town in `testkit`; features link neither.
//!
//! Whoever asks gets either what came back, or [`Unreached`], which says whether the target was at fault or
//! we were: a check that failed through our own fault is UNKNOWN, never DOWN.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use crate::task::Answer;

/// How far a call may reach. The address guard of the real world holds it, also after every redirect and
/// after name resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Public addresses only, plus ranges that the operator's configuration allows. For whatever a client or
    /// a file supplied.
    #[default]
    Guarded,
    /// Anywhere: addresses from the operator's own configuration (mail relay, SMS gateway).
    Operator,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unreached {
    /// Whose fault it is.
    pub fault: Fault,
    /// What went wrong, as a word for grouping.
    pub why: Why,
    /// What went wrong, in one English sentence without secrets.
    pub what: String,
    /// How long it took to go wrong.
    pub after: SignedDuration,
}

/// Whose fault it is that nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The target's.
    Theirs,
    /// Our own: no descriptors, no route, our resolver, our proxy, our clock.
    Ours,
    /// Nobody's: the call was not allowed and never made.
    Refused,
}

/// What went wrong, as a word.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The name does not resolve.
    Name,
    /// Nobody listens.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    Broken,
    /// TLS failed, or the certificate is not to be trusted.
    Tls,
    /// Too many redirects, or one that may not be followed.
    Redirect,
    /// The answer is larger than allowed.
    TooLarge,
    /// The answer does not follow the protocol.
    Protocol,
    /// The address guard said no.
    Guarded,
    /// Something of our own.
    Own,
}

/// An HTTP request.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// `GET`, `HEAD`, `POST`, ..
    pub method: String,
    /// Absolute, `http` or `https`.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body to send.
    pub body: Option<Arc<[u8]>>,
    /// How long all of it may take.
    pub timeout: SignedDuration,
    /// How many redirects to follow; the guard holds at each.
    pub redirects: u8,
    /// How much of the answer's body to read at most, bytes. The rest is not read and `truncated` is set.
    pub max_body: usize,
    /// Whether a certificate that cannot be trusted ends the call. When false it is reported in
    /// [`Fetched::tls`] and the call goes on.
    pub verify_tls: bool,
    /// How far it may reach.
    pub reach: Reach,
}

impl Fetch {
    /// A GET with the usual limits: 10 s, 5 redirects, 256 KiB, verified, guarded.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Fetch {
            method: "GET".into(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            timeout: SignedDuration::from_secs(10),
            redirects: 5,
            max_body: 256 * 1024,
            verify_tls: true,
            reach: Reach::Guarded,
        }
    }
}

/// An HTTP answer.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, at most `max_body` bytes.
    pub body: Vec<u8>,
    /// The body was longer than `max_body`.
    pub truncated: bool,
    /// From the first byte out to the last byte read.
    pub took: SignedDuration,
    /// The address that answered, where known.
    pub address: Option<IpAddr>,
    /// The certificate shown, for `https`.
    pub tls: Option<TlsSeen>,
}

/// What a server showed when TLS was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSeen {
    /// When the first certificate of the chain to expire does so.
    pub expires_at: Timestamp,
    /// Why the certificate is not to be trusted, if it is not.
    pub untrusted: Option<String>,
    /// The subject, for people.
    pub subject: String,
    /// The issuer, for people.
    pub issuer: String,
}

/// A TCP connection, with TLS or without.
#[derive(Debug, Clone)]
pub struct Connect {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Set up TLS, with this server name.
    pub tls: Option<String>,
    /// Sent once connected.
    pub send: Option<Arc<[u8]>>,
    /// How many bytes to read at most; 0 does not wait for any.
    pub read: usize,
    /// How long all of it may take.
    pub timeout: SignedDuration,
    /// Whether a certificate that cannot be trusted ends the call.
    pub verify_tls: bool,
    /// How far it may reach.
    pub reach: Reach,
}

/// A connection that was made.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The address.
    pub address: IpAddr,
    /// What was read.
    pub read: Vec<u8>,
    /// The certificate shown.
    pub tls: Option<TlsSeen>,
    /// How long it took.
    pub took: SignedDuration,
}

/// A kind of DNS record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordKind {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Canonical name.
    Cname,
    /// Mail exchanger.
    Mx,
    /// Name server.
    Ns,
    /// Text.
    Txt,
}

/// A DNS question.
#[derive(Debug, Clone)]
pub struct Resolve {
    /// The name.
    pub name: String,
    /// The kind of record.
    pub kind: RecordKind,
    /// `address:port` of the server to ask; none for the system's.
    pub server: Option<String>,
    /// How long it may take.
    pub timeout: SignedDuration,
    /// How far it may reach.
    pub reach: Reach,
}

/// A DNS answer.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The records as text; empty when the name exists without such a record.
    pub records: Vec<String>,
    /// How long it took.
    pub took: SignedDuration,
}

/// An ICMP echo.
#[derive(Debug, Clone)]
pub struct Ping {
    /// A name or an address.
    pub host: String,
    /// How long it may take.
    pub timeout: SignedDuration,
    /// How far it may reach.
    pub reach: Reach,
}

/// An ICMP echo that came back.
#[derive(Debug, Clone)]
pub struct Ponged {
    /// The address.
    pub address: IpAddr,
    /// The round trip.
    pub took: SignedDuration,
}

/// A mail on its way out, through the operator's relay.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: Option<String>,
    /// `Message-ID` without angle brackets; the same on every attempt, so that a mail which went out twice
    /// after a crash can be recognised.
    pub message_id: String,
    /// More headers (`In-Reply-To`, `List-Unsubscribe`, `Auto-Submitted`).
    pub headers: Vec<(String, String)>,
}

/// An HTTP call that delivers something: a webhook, a push, an SMS gateway.
#[derive(Debug, Clone)]
pub struct Hook {
    /// The address.
    pub url: String,
    /// `POST` mostly.
    pub method: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long it may take.
    pub timeout: SignedDuration,
    /// How far it may reach.
    pub reach: Reach,
}

/// Proof that the next hop took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the other side said, cut to 500 characters ("250 2.0.0 queued as 4F2A").
    pub said: String,
    /// How long it took.
    pub took: SignedDuration,
}

/// Why it was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotSent {
    /// Whether trying again makes sense (the relay is down) or not (no such mailbox).
    pub again: bool,
    /// What went wrong, in one English sentence without secrets.
    pub what: String,
}

/// Everything that leaves the process.
pub trait World: Send + Sync {
    /// Makes an HTTP request. A status of any number is an answer, not an error.
    fn fetch<'a>(&'a self, ask: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>>;
    /// Opens a TCP connection.
    fn connect<'a>(&'a self, ask: &'a Connect) -> Answer<'a, Result<Connected, Unreached>>;
    /// Asks DNS. A name that does not exist is [`Why::Name`], the target's fault.
    fn resolve<'a>(&'a self, ask: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>>;
    /// Sends an ICMP echo.
    fn ping<'a>(&'a self, ask: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>>;
    /// Hands a mail to the relay.
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>>;
    /// Calls a hook; any status outside 200 to 299 is not sent.
    fn call_hook<'a>(&'a self, hook: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>>;
    /// Whether the way out works at all: the self-test target of the operator's configuration. `Ok` when
    /// none is configured.
    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>>;
}
