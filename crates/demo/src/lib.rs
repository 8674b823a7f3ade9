//! The demo: something real to look after, that one can break.
//!
//! Who lives here: a small web service of a made-up municipality with a payment gateway it depends on
//! ([`service`]), a control panel that breaks and heals it, a mail server that keeps what it is sent and
//! shows it in a browser ([`catcher`]), people who use the service from morning to night ([`users`]), and the folder of YAML that tells Tend about all of it
//! ([`declaration()`]). All of it listens on loopback and runs in a process of its own, so that Tend meets it
//! exactly as it meets the world: over sockets.
//!
//! Promised: everything is kept in memory and bounded; nothing here is used by Tend itself.

mod ask;
pub mod catcher;
mod declaration;
mod gate;
mod guard;
mod language;
mod pages;
pub mod service;
#[cfg(test)]
mod testing;
mod users;

pub use declaration::declaration;
pub use service::{Addresses, Ports, Setup, run};
pub use users::Users;
