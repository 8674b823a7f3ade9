//! Feeds requests of Matomo, in the address and in the body.
#![no_main]

use journeys::intake::{Sent, matomo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = matomo::decode(&Sent { query: &text, ..Sent::default() });
    let _ = matomo::decode(&Sent { body: data, ..Sent::default() });
});
