//! A mail server that delivers to nobody: it takes every mail, keeps the last hundred, and shows them in a
//! browser. It can be switched off, to see what becomes of mail that nobody takes.

mod mailbox;
mod pages;
mod server;
mod smtp;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use kernel::Clock;

use crate::gate::{self, Gate};
use crate::pages::Pages;
use mailbox::Mailbox;

/// Where to listen.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The loopback port of the mail server; 0 takes any free one.
    pub smtp: u16,
    /// The loopback port of the mailbox in the browser; 0 takes any free one.
    pub mailbox: u16,
    /// The address of Tend, for a link in the mailbox.
    pub tend: Option<String>,
}

/// The mail server and its mailbox, listening. Dropping it ends both.
pub struct Catcher {
    smtp: Arc<Gate>,
    pages: Gate,
}

impl Catcher {
    /// Starts both.
    pub async fn start(setup: Setup, clock: Arc<dyn Clock>) -> anyhow::Result<Catcher> {
        let mailbox = Arc::new(Mailbox::new(Arc::clone(&clock)));
        let smtp = Gate::open(setup.smtp, server::smtp(Arc::clone(&mailbox), server::Patience::usual()))
            .await
            .with_context(|| format!("mail server: port {}", setup.smtp))?;
        let smtp = Arc::new(smtp);
        let post = Arc::new(pages::Post {
            clock,
            mailbox,
            smtp: Arc::clone(&smtp),
            off_since: std::sync::Mutex::default(),
            pages: Pages::new(),
            tend: setup.tend,
        });
        let pages = Gate::open(setup.mailbox, gate::http(pages::router(post)))
            .await
            .with_context(|| format!("mailbox: port {}", setup.mailbox))?;
        Ok(Catcher { smtp, pages })
    }

    /// Where the mail server listens.
    #[must_use]
    pub fn smtp(&self) -> SocketAddr {
        self.smtp.address()
    }

    /// Where the mailbox is shown.
    #[must_use]
    pub fn mailbox(&self) -> SocketAddr {
        self.pages.address()
    }

    /// Stops listening.
    pub async fn stop(&self) {
        self.smtp.shut().await;
        self.pages.shut().await;
    }
}

#[cfg(test)]
mod tests;
