//! Feeds messages of Umami, single and many.
#![no_main]

use journeys::intake::{Sent, umami};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let sent = Sent { body: data, ..Sent::default() };
    let _ = umami::decode_one(&sent);
    let _ = umami::decode_many(&sent);
});
