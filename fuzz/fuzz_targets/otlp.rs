//! Feeds telemetry, protobuf and JSON: the first byte says which.
#![no_main]

use journeys::intake::otlp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use journeys::intake::otlp::{Encoding, Signal};
    let Some((first, body)) = data.split_first() else { return };
    let signals = [Signal::Traces, Signal::Metrics, Signal::Logs];
    let signal = signals[usize::from(first / 2 % 3)];
    let encoding = if first % 2 == 0 { Encoding::Protobuf } else { Encoding::Json };
    let _ = otlp::decode(signal, encoding, body);
});
