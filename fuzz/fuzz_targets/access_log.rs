//! Feeds a line of an access log.
#![no_main]

use journeys::intake::access_log;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = access_log::parse(&String::from_utf8_lossy(data));
});
