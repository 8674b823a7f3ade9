//! ICMP echoes: through the unprivileged datagram socket, or a raw one where that is permitted.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use kernel::SignedDuration;
use kernel::world::{Ping, Ponged, Why};
use surge_ping::{Client, Config, ICMP, PingIdentifier, PingSequence, SurgeError};
use tokio::time::Instant;

use crate::RealWorld;
use crate::dial::plain_host;
use crate::fail::{Fail, within};

/// Bytes sent along: what the common `ping` sends.
const PAYLOAD: [u8; 56] = [0x54; 56];

/// One socket per family for all echoes, opened when first needed.
#[derive(Default)]
pub(crate) struct Pingers {
    v4: OnceLock<Result<Client, String>>,
    v6: OnceLock<Result<Client, String>>,
    /// Counts echoes: the low half is the sequence, the high half the identifier, so that two echoes to
    /// one address are told apart.
    sent: AtomicU32,
}

impl Pingers {
    fn client(&self, address: IpAddr) -> Result<&Client, Fail> {
        let (cell, kind) = if address.is_ipv4() { (&self.v4, ICMP::V4) } else { (&self.v6, ICMP::V6) };
        let open = || {
            Client::new(&Config::builder().kind(kind).build()).map_err(|_| {
                "not allowed to send ICMP: let the group of this process into the setting \
                 net.ipv4.ping_group_range, or give the program CAP_NET_RAW"
                    .to_owned()
            })
        };
        cell.get_or_init(open).as_ref().map_err(Fail::own)
    }
}

impl RealWorld {
    pub(crate) async fn ping_by(&self, ask: &Ping, deadline: Instant) -> Result<Ponged, Fail> {
        let host = plain_host(&ask.host)?;
        let address = self.vetted(&host, ask.reach, deadline).await?.remove(0);
        let client = self.pingers.client(address)?;
        let count = self.pingers.sent.fetch_add(1, Ordering::Relaxed);
        let [a, b, c, d] = count.to_be_bytes();
        let mut pinger = client.pinger(address, PingIdentifier(u16::from_be_bytes([a, b]))).await;
        pinger
            .timeout(deadline.saturating_duration_since(Instant::now()) + std::time::Duration::from_secs(1));
        let silent = || Fail::theirs(Why::TimedOut, format!("{host} did not echo in time"));
        let echo = async {
            let answer = pinger.ping(PingSequence(u16::from_be_bytes([c, d])), &PAYLOAD).await;
            answer.map_err(|error| match error {
                SurgeError::IOError(error) => Fail::io(&format!("send an echo to {address}"), &error),
                SurgeError::Timeout { .. } => silent(),
                error => Fail::own(format!("the echo to {address} could not be made: {error}")),
            })
        };
        let (_, took) = within(deadline, silent, echo).await?;
        Ok(Ponged { address, took: SignedDuration::try_from(took).unwrap_or(SignedDuration::MAX) })
    }
}
