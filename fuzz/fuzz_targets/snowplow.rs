//! Feeds requests of Snowplow, in the address and in the body.
#![no_main]

use journeys::intake::{Sent, snowplow};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = snowplow::decode_address(&Sent { query: &text, ..Sent::default() });
    let _ = snowplow::decode(&Sent { body: data, ..Sent::default() });
});
