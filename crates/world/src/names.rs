//! Names become addresses here, by our own resolver with its own cache, and nowhere else.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use kernel::world::{Reach, RecordKind, Resolve, Resolved, Why};
use tokio::time::Instant;

use crate::RealWorld;
use crate::fail::{Fail, within};
use crate::limits::since;

/// Time for one question to one server; a lost datagram is asked again within a probe's ten seconds.
const QUESTION: Duration = Duration::from_secs(2);
/// How often a question is asked of each server.
const ATTEMPTS: usize = 2;
/// Questions under way at once to one server: every probe of a large installation in the same second.
const QUESTIONS: usize = 2_048;
/// A name that came back is seen within this long, whatever its zone says about its absence.
const ABSENT_FOR: Duration = Duration::from_secs(30);
/// An address is looked up anew at least this often, whatever its zone says.
const PRESENT_FOR: Duration = Duration::from_secs(3_600);
/// Records given back of one answer; the largest sensible answers have a few dozen.
const RECORDS: usize = 256;

/// Our own resolver.
pub(crate) struct Names {
    resolver: TokioResolver,
}

impl Names {
    /// Asks these servers, or the system's when there are none.
    pub(crate) fn new(servers: &[SocketAddr]) -> Result<Self, String> {
        let (config, mut options) = if servers.is_empty() {
            hickory_resolver::system_conf::read_system_conf()
                .map_err(|error| format!("cannot read the system's name servers: {error}"))?
        } else {
            let servers = servers.iter().map(|server| name_server(*server)).collect();
            (ResolverConfig::from_parts(None, Vec::new(), servers), ResolverOpts::default())
        };
        options.timeout = QUESTION;
        options.attempts = ATTEMPTS;
        options.max_active_requests = QUESTIONS;
        options.negative_max_ttl = Some(ABSENT_FOR);
        options.positive_max_ttl = Some(PRESENT_FOR);
        Ok(Names { resolver: build(config, options)? })
    }

    /// The addresses of a host, IPv4 first, at least one.
    pub(crate) async fn addresses(&self, host: &str, deadline: Instant) -> Result<Vec<IpAddr>, Fail> {
        if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(vec![address]);
        }
        let late = || Fail::own(format!("the name server did not answer about {host} in time"));
        within(deadline, late, async {
            let found =
                self.resolver.lookup_ip(absolute(host)).await.map_err(|error| of_ours(host, &error))?;
            let mut addresses: Vec<IpAddr> = found.iter().collect();
            addresses.sort_by_key(IpAddr::is_ipv6);
            if addresses.is_empty() { Err(no_such(host)) } else { Ok(addresses) }
        })
        .await
    }
}

impl RealWorld {
    /// The addresses of a host that a call may connect to; refused when there are none.
    pub(crate) async fn vetted(
        &self,
        host: &str,
        reach: Reach,
        deadline: Instant,
    ) -> Result<Vec<IpAddr>, Fail> {
        let addresses = self.names.addresses(host, deadline).await?;
        let mut objection = None;
        let vetted: Vec<IpAddr> = addresses
            .into_iter()
            .filter(|address| match self.guard.objects(reach, *address) {
                None => true,
                Some(why) => {
                    objection = Some((*address, why));
                    false
                }
            })
            .collect();
        match objection {
            Some((address, why)) if vetted.is_empty() => Err(Fail::refused(format!(
                "not called: {host} is at {address}, which is {why} that the operator has not allowed"
            ))),
            _ => Ok(vetted),
        }
    }

    pub(crate) async fn resolve_by(&self, ask: &Resolve, deadline: Instant) -> Result<Resolved, Fail> {
        let start = Instant::now();
        let kind = record_type(ask.kind);
        let name = absolute(&ask.name);
        let found = match &ask.server {
            None => {
                let late = || Fail::own(format!("the name server did not answer about {} in time", ask.name));
                let ours = |error: NetError| of_ours(&ask.name, &error);
                within(deadline, late, async { records(self.names.resolver.lookup(name, kind).await, ours) })
                    .await
            }
            Some(server) => {
                let address = server_address(server).map_err(Fail::senseless)?;
                if let Some(why) = self.guard.objects(ask.reach, address.ip()) {
                    let what = format!("not asked: {address} is {why} that the operator has not allowed");
                    return Err(Fail::refused(what));
                }
                let resolver = of_one(address)?;
                let silent =
                    || Fail::theirs(Why::TimedOut, format!("the name server {address} did not answer"));
                let theirs = |error: NetError| of_theirs(&ask.name, address, &error);
                within(deadline, silent, async { records(resolver.lookup(name, kind).await, theirs) }).await
            }
        }?;
        let wanted = found.into_iter().filter(|(found, _)| *found == kind).map(|(_, text)| text);
        let records: BTreeSet<String> = wanted.take(RECORDS).collect();
        Ok(Resolved { records: records.into_iter().collect(), took: since(start) })
    }
}

/// Reads `address` or `address:port`; port 53 when none is given.
pub(crate) fn server_address(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    text.parse::<SocketAddr>()
        .or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)))
        .map_err(|_| format!("{text:?} is not a name server; write its address, for example 192.0.2.53:53"))
}

fn name_server(server: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    NameServerConfig::new(server.ip(), true, connections.into())
}

fn build(config: ResolverConfig, options: ResolverOpts) -> Result<TokioResolver, String> {
    let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    builder.build().map_err(|error| format!("cannot make a resolver: {error}"))
}

/// A resolver that asks one server, remembers nothing and believes no file.
fn of_one(server: SocketAddr) -> Result<TokioResolver, Fail> {
    let mut options = ResolverOpts::default();
    options.timeout = QUESTION;
    options.attempts = ATTEMPTS;
    options.cache_size = 0;
    options.use_hosts_file = hickory_resolver::config::ResolveHosts::Never;
    build(ResolverConfig::from_parts(None, Vec::new(), vec![name_server(server)]), options).map_err(Fail::own)
}

/// With a final dot no search domain is tried: a probe names what it means.
fn absolute(name: &str) -> String {
    if name.ends_with('.') || !name.contains('.') { name.to_owned() } else { format!("{name}.") }
}

fn records(
    answer: Result<hickory_resolver::lookup::Lookup, NetError>,
    fail: impl FnOnce(NetError) -> Fail,
) -> Result<Vec<(RecordType, String)>, Fail> {
    match answer {
        Ok(found) => {
            Ok(found.answers().iter().map(|record| (record.record_type(), shown(&record.data))).collect())
        }
        // The name is there, but has no record of this kind.
        Err(error) if error.is_no_records_found() && !error.is_nx_domain() => Ok(Vec::new()),
        Err(error) => Err(fail(error)),
    }
}

/// A record as people write it: names without the final dot, texts without quotes.
fn shown(data: &RData) -> String {
    match data {
        RData::TXT(text) => {
            text.txt_data.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
        }
        other => other.to_string().trim_end_matches('.').to_owned(),
    }
}

fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Mx => RecordType::MX,
        RecordKind::Ns => RecordType::NS,
        RecordKind::Txt => RecordType::TXT,
    }
}

fn no_such(name: &str) -> Fail {
    Fail::theirs(Why::Name, format!("the name {name} does not resolve"))
}

/// A failure of our own resolver: only a clear "no such name" is the target's fault.
fn of_ours(name: &str, error: &NetError) -> Fail {
    match error {
        _ if error.is_no_records_found() => no_such(name),
        NetError::Proto(error) => Fail::theirs(Why::Name, format!("{name:?} is not a name ({error})")),
        error => Fail::own(format!("our name server could not answer about {name}: {error}")),
    }
}

/// A failure of the server that was to be tested.
fn of_theirs(name: &str, server: SocketAddr, error: &NetError) -> Fail {
    match error {
        _ if error.is_no_records_found() => no_such(name),
        NetError::Proto(error) => Fail::theirs(Why::Name, format!("{name:?} is not a name ({error})")),
        NetError::Io(error) => Fail::io(&format!("ask the name server {server}"), error),
        NetError::Timeout => Fail::theirs(Why::TimedOut, format!("the name server {server} did not answer")),
        NetError::Dns(DnsError::ResponseCode(code)) => {
            Fail::theirs(Why::Protocol, format!("the name server {server} answered {code} about {name}"))
        }
        error => Fail::theirs(Why::Broken, format!("the name server {server} did not answer well: {error}")),
    }
}
