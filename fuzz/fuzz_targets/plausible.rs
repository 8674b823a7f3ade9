//! Feeds an event of Plausible.
#![no_main]

use journeys::intake::{Sent, plausible};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = plausible::decode(&Sent { body: data, ..Sent::default() });
});
