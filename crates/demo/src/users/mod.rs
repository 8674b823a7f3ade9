//! People who use the service: simulated, from a seed, and behaving like people. They come more by day than by night,
//! mistype, give up, go away and come back, wait only so long for a page, and try again when paying does not work.
//!
//! Those of today ([`today`]) open the real pages over real sockets; what the tracker in a browser would tell Tend, they
//! tell it, at the same door. Those of the weeks before ([`past`]) are made up, because the service did not run then.

mod habits;
mod lots;
mod past;
mod today;
mod visit;

use std::net::SocketAddr;
use std::sync::Arc;

use kernel::Clock;

/// The release of the service that its pages name.
pub(crate) const RELEASE: &str = "2026.11";
/// The key of the source, as declared.
pub const KEY: &str = "lindehaven-permits";
/// From which the people are made.
const SEED: u64 = 20_261_121;

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Users {
    /// Nobody.
    #[default]
    None,
    /// The people of today.
    Today,
    /// Those, and the people of the weeks before, of whom Tend has not heard yet.
    WithPast,
}

/// Tells of the past and lets people come, until it is dropped.
pub(crate) async fn come(users: Users, site: SocketAddr, tend: SocketAddr, clock: Arc<dyn Clock>) {
    let until = clock.now();
    let told = async {
        if users != Users::WithPast {
            return;
        }
        match past::tell(site, tend, KEY, until, SEED).await {
            Ok(events) => tracing::info!(events, "the past is told"),
            Err(error) => tracing::warn!("{error:#}"),
        }
    };
    let to = today::Where { site, tend, key: KEY };
    futures::join!(told, today::come(to, clock, SEED + 1));
}
