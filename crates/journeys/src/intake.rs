//! Signals in, from the clients that are already out there.
//!
//! Who lives here, in the order in which data moves: [`doors`] (a request becomes bytes that may be looked at), one decoder
//! per protocol ([`plausible`], [`own`], ..; pure functions from bytes to [`Incoming`]), [`receive`] (time, programs, identity,
//! visits; then the lake), [`sources`] (to whom a signal belongs), [`memory`] and [`tally`] (what is held and counted), and the
//! screens. What comes in: requests of browsers and programs, and files. What goes out: rows of the lake.
//!
//! Promised: an answer that means success is given when the rows are on disk. What is not taken is counted with a
//! reason that people can read. No address, user agent, cookie or name reaches the lake or the state database.

use web::{Access, Method, Routes};

pub mod access_log;
pub mod agents;
pub mod code;
pub mod csv;
pub mod doors;
pub mod erase;
pub mod files;
pub mod identity;
pub mod incoming;
pub mod json;
pub mod lines;
pub mod matomo;
pub mod memory;
pub mod otlp;
pub mod own;
mod pages;
pub mod plausible;
pub mod posthog;
pub mod snowplow;
pub mod sources;
pub mod tally;
mod tasks;
pub mod telemetry;
pub mod tracker;
pub mod umami;
pub mod visits;

mod receive;
#[cfg(test)]
pub(crate) mod testing;

pub use incoming::{Asked, Decoded, Incoming, Reason, Reject, Sent};
pub use pages::{TEMPLATES, panels, samples};
pub use receive::{Taken, happened, receive};
pub use sources::{Identity, Source};
pub use tasks::tasks;

/// Where PostHog's clients send events.
const CAPTURES: [&str; 12] = [
    "/e",
    "/e/",
    "/batch",
    "/batch/",
    "/i/v0/e",
    "/i/v0/e/",
    "/capture",
    "/capture/",
    "/track",
    "/track/",
    "/engage",
    "/engage/",
];

/// The doors.
#[must_use]
pub fn routes() -> Routes {
    let max = doors::MAX_BODY;
    let mut routes = Routes::new("intake")
        .merge(pages::routes())
        .signal(Method::POST, "/api/event", max, doors::plausible_event)
        .signal(Method::POST, "/api/send", max, doors::umami::send)
        .signal(Method::POST, "/api/batch", max, doors::umami::batch)
        .signal(Method::POST, "/com.snowplowanalytics.snowplow/tp2", max, doors::snowplow::post)
        .signal(Method::GET, "/i", max, doors::snowplow::get)
        .signal(Method::POST, "/api/v1/events", max, doors::own_events)
        .raw(Method::GET, "/array/{token}/{file}", Access::Public, doors::posthog::config);
    for path in ["/matomo.php", "/piwik.php"] {
        routes = routes.signal(Method::GET, path, max, doors::matomo::track).signal(
            Method::POST,
            path,
            max,
            doors::matomo::track,
        );
    }
    for path in CAPTURES {
        routes = routes.signal(Method::GET, path, max, doors::posthog::capture).signal(
            Method::POST,
            path,
            max,
            doors::posthog::capture,
        );
    }
    for path in ["/flags", "/flags/", "/decide", "/decide/"] {
        routes = routes.signal(Method::GET, path, max, doors::posthog::flags).signal(
            Method::POST,
            path,
            max,
            doors::posthog::flags,
        );
    }
    for path in routes.signals() {
        routes = routes.signal(Method::OPTIONS, &path, max, doors::preflight);
    }
    routes.merge(tracker::routes()).merge(telemetry::routes())
}

#[cfg(test)]
mod tests;
