//! Feeds addresses, instants and user agents.
#![no_main]

use journeys::intake::{agents, incoming, sources};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = incoming::address(&text);
    let _ = incoming::instant(&text);
    let _ = agents::agent_of(&text);
    let _ = sources::domain_of(&text);
});
