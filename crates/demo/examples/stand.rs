//! The demo alone, without Tend: `cargo run -p demo --example stand < /dev/tty`.

use std::sync::Arc;

use demo::{Ports, Setup};
use kernel::{Clock, Dice, Timestamp};

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "an example is a program of its own")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) {
        use std::io::Read;
        let source = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(bytes));
        source.expect("the system has random bytes");
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut setup = Setup::new(Ports::usual());
    setup.tend = Some("http://127.0.0.1:8600/".into());
    demo::run(setup, Arc::new(SystemClock), Arc::new(SystemDice)).await
}
