//! Feeds requests of PostHog: the first byte says in which wrapping.
#![no_main]

use journeys::intake::{Sent, posthog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(body);
    let sent = match first % 3 {
        0 => Sent { body, ..Sent::default() },
        1 => Sent { body, content_type: "application/x-www-form-urlencoded", ..Sent::default() },
        _ => Sent { query: &text, ..Sent::default() },
    };
    let _ = posthog::decode(&sent);
});
