//! Feeds our own format.
#![no_main]

use journeys::intake::{Sent, own};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = own::decode(&Sent { body: data, ..Sent::default() });
});
