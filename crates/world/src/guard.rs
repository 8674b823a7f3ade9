//! The address guard: what a target supplied by a client or a file may reach.
//!
//! The rules, in plain sentences:
//! - Only public unicast addresses. Not this machine, not private or shared networks, not link-local (where
//!   clouds keep their metadata and credentials), not multicast, not ranges for documentation or tests.
//! - An IPv6 address that carries an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) is judged by
//!   both.
//! - What the operator's configuration allows is allowed, whichever of its two forms is named.
//!
//! Ranges: the IANA special-purpose address registries (RFC 6890 and successors).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use kernel::world::Reach;

/// Decides which addresses a call may connect to.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<IpNet>,
}

impl Guard {
    /// A guard that also lets through these ranges.
    #[must_use]
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Guard { allowed }
    }

    /// Why this address may not be reached, as words that follow "is" ("a private address"); none if it may.
    #[must_use]
    pub fn objects(&self, reach: Reach, address: IpAddr) -> Option<&'static str> {
        match reach {
            Reach::Operator => None,
            Reach::Guarded if self.allows(address) => None,
            Reach::Guarded => not_public(address),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        let forms = [Some(address), carried(address).map(IpAddr::V4)];
        forms.into_iter().flatten().any(|form| self.allowed.iter().any(|range| range.contains(&form)))
    }
}

/// Reads a range as operators write it: `10.0.0.0/8`, or a single address.
///
/// # Errors
/// A sentence that says what to write.
pub fn range(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        format!("{text:?} is not a range of addresses; write for example 10.1.0.0/16 or fd00::/8")
    })
}

/// Why an address is not public; none if it is.
#[must_use]
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_v4(address),
        IpAddr::V6(address) => match carried(IpAddr::V6(address)) {
            Some(inner) => not_public_v4(inner).or_else(|| not_public_v6(address)),
            None => not_public_v6(address),
        },
    }
}

fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("an unspecified address"),
        (127, ..) => Some("an address of this machine"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("a private address"),
        (100, 64..=127, _) => Some("an address of a shared network"),
        (169, 254, _) => Some("a link-local address"),
        (192, 0, 0) | (192, 0, 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => {
            Some("a reserved address")
        }
        (224..=239, ..) => Some("a multicast address"),
        (240..=255, ..) => Some("a reserved address"),
        _ => None,
    }
}

fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, ..] = address.segments();
    match (a, b) {
        _ if address.is_unspecified() => Some("an unspecified address"),
        _ if address.is_loopback() => Some("an address of this machine"),
        _ if carried(IpAddr::V6(address)).is_some() => None,
        (0xfc00..=0xfdff, _) => Some("a private address"),
        (0xfe80..=0xfebf, _) => Some("a link-local address"),
        (0xfec0..=0xfeff, _) => Some("a private address"),
        (0xff00..=0xffff, _) => Some("a multicast address"),
        (0x2001, 0x0db8 | 0x0002) | (0x3fff, 0x0000..=0x0fff) => Some("a reserved address"),
        (0x2001, 0x0010..=0x002f) => Some("a reserved address"),
        // Global unicast is 2000::/3; everything else is not handed out.
        (0x2000..=0x3fff, _) => None,
        _ => Some("a reserved address"),
    }
}

/// The IPv4 address that an IPv6 address carries, if it is of a kind that does: mapped `::ffff:0:0/96`,
/// compatible `::/96`, NAT64 `64:ff9b::/96` and `64:ff9b:1::/48`, 6to4 `2002::/16`, Teredo `2001::/32`.
fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => from(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => from(high, low),
        [0x64, 0xff9b, 0 | 1, _, _, _, high, low] => from(high, low),
        [0x2002, high, low, ..] => from(high, low),
        [0x2001, 0, _, _, _, _, high, low] => from(!high, !low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, public: bool) {
        let parsed: IpAddr = address.parse().unwrap();
        assert_eq!(not_public(parsed).is_none(), public, "{address}: {:?}", not_public(parsed));
    }

    #[test]
    fn only_public_addresses_pass() {
        for public in ["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1"] {
            check(public, true);
        }
        for public in ["2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::101:101", "2002:101:101::1"] {
            check(public, true);
        }
        for own in
            ["127.0.0.1", "127.255.0.9", "0.0.0.0", "::1", "::", "10.0.0.1", "172.16.0.1", "192.168.1.1"]
        {
            check(own, false);
        }
        for shared in ["100.64.0.1", "169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "fc00::1"]
        {
            check(shared, false);
        }
        for other in
            ["224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "2001:db8::1", "100::1"]
        {
            check(other, false);
        }
    }

    #[test]
    fn an_address_within_an_address_is_judged_too() {
        for hidden in [
            "::ffff:169.254.169.254",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2002:7f00:1::",
            // Teredo keeps the client's address inverted: this is 127.0.0.1.
            "2001:0:1:2:3:4:80ff:fffe",
        ] {
            check(hidden, false);
        }
    }

    #[test]
    fn the_operator_may_allow_ranges_and_reaches_anything() {
        let guard = Guard::new(vec![range("10.1.0.0/16").unwrap(), range("::1").unwrap()]);
        let objects = |reach, address: &str| guard.objects(reach, address.parse().unwrap());
        assert_eq!(objects(Reach::Guarded, "10.1.2.3"), None);
        assert_eq!(objects(Reach::Guarded, "::ffff:10.1.2.3"), None);
        assert_eq!(objects(Reach::Guarded, "::1"), None);
        assert_eq!(objects(Reach::Guarded, "10.2.0.1"), Some("a private address"));
        assert_eq!(objects(Reach::Guarded, "169.254.169.254"), Some("a link-local address"));
        assert_eq!(objects(Reach::Operator, "169.254.169.254"), None);
        assert!(range("10.0.0.0/40").is_err() && range("").is_err());
    }
}
