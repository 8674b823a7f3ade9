//! The only door outward: fetch, connect, resolve, ping, send mail, call hooks.
//!
//! Who lives here: [`RealWorld`], which is [`kernel::world::World`] over real sockets, built once from
//! [`Settings`]; the address guard ([`guard`]), which decides what a target from a client or a file may
//! reach; and, behind them, our own resolving of names, dialling, TLS, HTTP/1.1, ICMP and the mail relay.
//!
//! Promised: every call ends within its time-out and reads no more than its limits. A guarded call connects
//! only to an address that was vetted after the name was resolved, at every redirect again, so a name that
//! changes its mind in between gains nothing. Whatever fails says whose fault it was: a failure of our own
//! (no descriptors, no route, our resolver, our proxy, our own lateness) is never blamed on the target.
//! Error sentences name hosts, never paths or queries, because hooks carry their secrets there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::OnceLock;

use ipnet::IpNet;
use kernel::Clock;
use kernel::world::{
    Answer, Connect, Connected, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt, Resolve,
    Resolved, Unreached, World,
};
use tokio::sync::{Mutex, Semaphore};

pub mod guard;

mod dial;
mod fail;
mod hook;
mod http1;
mod icmp;
mod limits;
mod names;
mod relay;
mod settings;
mod tls;

pub use limits::raise_descriptors;
pub use settings::{BadSettings, Settings};

/// The outside world over real sockets.
pub struct RealWorld {
    guard: guard::Guard,
    names: names::Names,
    tls: tls::Tls,
    proxy: Option<dial::Proxy>,
    relay: Result<relay::Relay, String>,
    mailer: OnceLock<relay::Mailer>,
    pingers: icmp::Pingers,
    self_test: Option<url::Url>,
    /// The last self-test and when it was made, so that a hundred failing probes make one.
    tested: Mutex<Option<(tokio::time::Instant, Result<(), Unreached>)>>,
    user_agent: String,
    calls: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

impl RealWorld {
    /// Builds the door. Opens nothing yet, except for reading the files named in the settings.
    ///
    /// # Errors
    /// A setting that cannot be used, with its name and what to write instead.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, BadSettings> {
        let bad = |name: &'static str| move |what: String| BadSettings { name, what };
        let allowed: Vec<IpNet> = settings
            .allow
            .iter()
            .map(|range| guard::range(range))
            .collect::<Result<_, _>>()
            .map_err(bad("allow"))?;
        let servers: Vec<SocketAddr> = settings
            .resolvers
            .iter()
            .map(|server| names::server_address(server))
            .collect::<Result<_, _>>()
            .map_err(bad("resolvers"))?;
        let roots = tls::read_roots(&settings.root_files).map_err(bad("root_files"))?;
        let self_test = settings.self_test.as_deref().map(hook::self_test_url).transpose();
        let relay = match &settings.relay {
            None => Err("no mail relay is configured".to_owned()),
            Some(relay) => Ok(relay::Relay::parse(relay, &settings.from, &roots).map_err(bad("relay"))?),
        };
        let proxy = settings.proxy.as_deref().map(|proxy| dial::Proxy::parse(proxy, &settings.no_proxy));
        Ok(RealWorld {
            guard: guard::Guard::new(allowed),
            names: names::Names::new(&servers).map_err(bad("resolvers"))?,
            tls: tls::Tls::new(&roots).map_err(bad("root_files"))?,
            proxy: proxy.transpose().map_err(bad("proxy"))?,
            relay,
            mailer: OnceLock::new(),
            pingers: icmp::Pingers::default(),
            self_test: self_test.map_err(bad("self_test"))?,
            tested: Mutex::new(None),
            user_agent: settings.user_agent.clone(),
            calls: Arc::new(Semaphore::new(settings.max_calls.unwrap_or_else(limits::default_calls).max(1))),
            clock,
        })
    }
}

impl World for RealWorld {
    fn fetch<'a>(&'a self, ask: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        Box::pin(self.limited(ask.timeout, move |deadline| self.fetch_by(ask, deadline)))
    }

    fn connect<'a>(&'a self, ask: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        Box::pin(self.limited(ask.timeout, move |deadline| self.connect_by(ask, deadline)))
    }

    fn resolve<'a>(&'a self, ask: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        Box::pin(self.limited(ask.timeout, move |deadline| self.resolve_by(ask, deadline)))
    }

    fn ping<'a>(&'a self, ask: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        Box::pin(self.limited(ask.timeout, move |deadline| self.ping_by(ask, deadline)))
    }

    fn send_mail<'a>(&'a self, mail: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(self.relay_mail(mail))
    }

    fn call_hook<'a>(&'a self, hook: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(self.deliver_hook(hook))
    }

    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>> {
        Box::pin(self.test_way_out())
    }
}

#[cfg(test)]
mod tests;
