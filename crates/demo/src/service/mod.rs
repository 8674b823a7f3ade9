//! The made-up municipality of Lindehaven: its parking permits, the bank gateway they need, two quiet
//! neighbours, and the control panel.
//!
//! [`run`] is the whole child process: it starts everything, prints one line of JSON with the
//! [`Addresses`], and ends when its standard input closes (the parent is gone) or on ctrl-c.

mod bank;
mod controls;
mod faults;
mod permit;
mod site;
mod tls;
mod town;

pub(crate) use permit::reference;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kernel::{Clock, Dice, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::catcher::{self, Catcher};
use crate::gate::{self, Gate};
use crate::pages::Pages;
use crate::users::{self, Users};

/// What the fault "slow" adds to every page.
const SLOWNESS: Duration = Duration::from_secs(4);

/// The loopback ports to listen on; 0 takes any free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ports {
    /// The permit site over HTTP.
    pub site: u16,
    /// The permit site over HTTPS.
    pub https: u16,
    /// The bank gateway.
    pub bank: u16,
    /// The waste calendar and the address look-up of Duinzicht.
    pub town: u16,
    /// The control panel.
    pub controls: u16,
    /// The mail server.
    pub smtp: u16,
    /// The mailbox in the browser.
    pub mailbox: u16,
}

impl Ports {
    /// The ports of a demo that people read about: 8611 to 8617, in the order of the fields.
    #[must_use]
    pub fn usual() -> Ports {
        Ports { site: 8611, https: 8612, bank: 8613, town: 8614, controls: 8615, smtp: 8616, mailbox: 8617 }
    }
}

/// What to start and how.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where to listen.
    pub ports: Ports,
    /// The address of Tend, for the links of the control panel and the mailbox.
    pub tend: Option<String>,
    /// What the fault "slow" adds to every page.
    pub slowness: Duration,
    /// Who comes, if it is known where Tend is.
    pub users: Users,
}

impl Setup {
    /// On these ports, with the usual slowness.
    #[must_use]
    pub fn new(ports: Ports) -> Setup {
        Setup { ports, tend: None, slowness: SLOWNESS, users: Users::None }
    }
}

/// Where everything listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The permit site over HTTP.
    pub site: SocketAddr,
    /// The permit site over HTTPS.
    pub https: SocketAddr,
    /// The bank gateway.
    pub bank: SocketAddr,
    /// The waste calendar (`/waste`) and the address look-up (`/addresses/health`) of Duinzicht.
    pub town: SocketAddr,
    /// The control panel (`/control`).
    pub controls: SocketAddr,
    /// The mail server, plain SMTP.
    pub smtp: SocketAddr,
    /// The mailbox in the browser.
    pub mailbox: SocketAddr,
    /// The certificate of the authority behind the HTTPS port, as PEM, for whoever wants to trust it.
    pub authority: String,
    /// When it was started; the week of the declared rota begins with it.
    pub started_at: Timestamp,
}

/// Everything of the demo, listening. Dropping it ends it.
pub struct Demo {
    addresses: Addresses,
    gates: Vec<Arc<Gate>>,
    catcher: Catcher,
    users: Option<JoinHandle<()>>,
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(users) = &self.users {
            users.abort();
        }
    }
}

impl Demo {
    /// Starts everything.
    pub async fn start(setup: Setup, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> anyhow::Result<Demo> {
        let ports = setup.ports;
        let tracker =
            setup.tend.as_deref().filter(|_| setup.users != Users::None).map(|tend| (tend, users::KEY));
        let pages = Pages::tracked(tracker);
        let started_at = clock.now();
        let faults = Arc::new(faults::Faults::default());
        let certificates = Arc::new(tls::Certificates::new(started_at)?);
        let bank = open("bank gateway", ports.bank, gate::http(bank::router(Arc::clone(&dice)))).await?;
        let app = site::router(Arc::new(site::Site {
            clock: Arc::clone(&clock),
            dice: Arc::clone(&dice),
            pages: pages.clone(),
            faults: Arc::clone(&faults),
            bank: bank.address(),
            slowness: setup.slowness,
            started_at,
            permits: Default::default(),
        }));
        let site = open("site", ports.site, gate::http(app.clone())).await?;
        let https = open("https", ports.https, tls::https(app, Arc::clone(&certificates))?).await?;
        let quiet = gate::http(town::router(Arc::clone(&clock), pages.clone()));
        let town = open("town", ports.town, quiet).await?;
        let mail = catcher::Setup { smtp: ports.smtp, mailbox: ports.mailbox, tend: setup.tend.clone() };
        let catcher = Catcher::start(mail, Arc::clone(&clock)).await?;
        let tend_at = setup.tend.as_deref().and_then(|tend| tend.trim_start_matches("http://").parse().ok());
        let controls = Arc::new(controls::Controls {
            clock,
            pages,
            faults,
            certificates: Arc::clone(&certificates),
            site: Arc::clone(&site),
            https: Arc::clone(&https),
            bank: Arc::clone(&bank),
            addresses: std::sync::OnceLock::new(),
            tend: setup.tend,
            turn: tokio::sync::Mutex::default(),
        });
        let users = tend_at.filter(|_| setup.users != Users::None).map(|tend| {
            tokio::spawn(users::come(setup.users, site.address(), tend, Arc::clone(&controls.clock)))
        });
        let panel = gate::http(controls::router(Arc::clone(&controls)));
        let panel = open("controls", ports.controls, panel).await?;
        let addresses = Addresses {
            site: site.address(),
            https: https.address(),
            bank: bank.address(),
            town: town.address(),
            controls: panel.address(),
            smtp: catcher.smtp(),
            mailbox: catcher.mailbox(),
            authority: certificates.authority.clone(),
            started_at,
        };
        controls.addresses.get_or_init(|| addresses.clone());
        Ok(Demo { addresses, gates: vec![site, https, bank, town, panel], catcher, users })
    }

    /// Where everything listens.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Stops listening everywhere.
    pub async fn stop(&self) {
        for gate in &self.gates {
            gate.shut().await;
        }
        self.catcher.stop().await;
    }
}

async fn open(name: &str, port: u16, serve: gate::Serve) -> anyhow::Result<Arc<Gate>> {
    Ok(Arc::new(Gate::open(port, serve).await.with_context(|| format!("{name}: port {port}"))?))
}

/// The child process: starts everything, prints one line of JSON ([`Addresses`]) when all of it listens, and
/// ends when standard input closes or on ctrl-c.
pub async fn run(setup: Setup, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> anyhow::Result<()> {
    let demo = Demo::start(setup, clock, dice).await?;
    let line = serde_json::to_string(demo.addresses())?;
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    tokio::select! {
        () = parent_gone() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    demo.stop().await;
    Ok(())
}

/// Resolves when standard input ends. A thread of its own reads it: the runtime would wait for a read that
/// never ends before it lets the process go.
async fn parent_gone() {
    let (send, gone) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut bytes = [0u8; 256];
        let mut input = std::io::stdin().lock();
        while input.read(&mut bytes).is_ok_and(|read| read > 0) {}
        let _ = send.send(());
    });
    let _ = gone.await;
}

#[cfg(test)]
mod tests;
