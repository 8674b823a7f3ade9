//! Feeds what our own tracker sends.
#![no_main]

use journeys::intake::{Sent, tracker};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = tracker::decode(&Sent { body: data, ..Sent::default() });
});
