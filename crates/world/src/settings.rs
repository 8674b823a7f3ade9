//! What the operator may set about the way out.

use std::path::PathBuf;

/// The operator's settings of the door outward. The default reaches public addresses directly, resolves
/// through the system's resolver, and sends no mail.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The mail relay: `smtp://user:password@host:port` (STARTTLS) or `smtps://..` (TLS from the start).
    /// `?tls=required|opportunistic|none` says it precisely; without it, STARTTLS is required as soon as
    /// there is a password, tried otherwise, and left out on loopback.
    pub relay: Option<String>,
    /// The sender of every mail: `Tend <tend@example.org>`.
    pub from: String,
    /// The HTTP proxy for HTTP(S) calls: `http://user:password@host:port`.
    pub proxy: Option<String>,
    /// Hosts reached without the proxy: names with everything below them. Loopback never goes through it.
    pub no_proxy: Vec<String>,
    /// Address ranges that guarded calls may reach although they are not public: `10.1.0.0/16`, `::1`.
    pub allow: Vec<String>,
    /// Name servers to ask instead of the system's: `192.0.2.53` or `192.0.2.53:5353`.
    pub resolvers: Vec<String>,
    /// PEM files with more certificate authorities to trust.
    pub root_files: Vec<PathBuf>,
    /// What to reach to find out whether the way out works: an `http(s)` address, or `tcp://host:port`.
    pub self_test: Option<String>,
    /// How many probe calls run at once; none derives it from the number of descriptors allowed.
    pub max_calls: Option<usize>,
    /// The `User-Agent` of HTTP calls that set none.
    pub user_agent: String,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("world setting {name:?}: {what}")]
pub struct BadSettings {
    /// Which field of [`Settings`].
    pub name: &'static str,
    /// What is wrong and what to write, in one English sentence.
    pub what: String,
}
