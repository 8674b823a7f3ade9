//! The door against real sockets on loopback: servers that behave, and servers that do not.

use std::net::SocketAddr;
use std::sync::Arc;

use kernel::world::{Connect, Fault, Fetch, Hook, Mail, Ping, Reach, RecordKind, Resolve, Why, World};
use kernel::{Clock, SignedDuration, Timestamp};

use crate::{RealWorld, Settings};

mod fetches;
mod mails;
mod names;
mod servers;

use servers::Served;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }
}

/// Loopback allowed, as an operator does who watches services of the own machine.
fn world_with(change: impl FnOnce(&mut Settings)) -> RealWorld {
    let mut settings = Settings {
        from: "Tend <tend@example.org>".into(),
        allow: vec!["127.0.0.0/8".into()],
        resolvers: vec!["127.0.0.1:9".into()],
        user_agent: "Tend/0.1".into(),
        ..Settings::default()
    };
    change(&mut settings);
    RealWorld::new(&settings, Arc::new(Noon)).unwrap()
}

fn world() -> RealWorld {
    world_with(|_| ())
}

fn get(at: SocketAddr, path: &str) -> Fetch {
    Fetch::get(format!("http://{at}{path}"))
}

/// Short, because the server will stay silent for ever.
fn briefly() -> SignedDuration {
    SignedDuration::from_millis(150)
}

#[test]
fn a_call_that_waits_is_small() {
    // Three thousand calls that all hang are to cost megabytes, not a gigabyte.
    let world = world();
    let fetch = Fetch::get("http://127.0.0.1/");
    let deadline = tokio::time::Instant::now();
    let size = std::mem::size_of_val(&world.fetch_by(&fetch, deadline));
    assert!(size < 16_000, "{size}");
}
