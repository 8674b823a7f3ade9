//! The folder of YAML that tells Tend about the demo.

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::Addresses;

/// The files of the folder: name and text. Written for these addresses; everything listens on loopback, so
/// Tend must be told that loopback may be probed.
#[must_use]
pub fn declaration(addresses: &Addresses) -> Vec<(String, String)> {
    let fill = |text: &str| {
        text.replace("{site}", &addresses.site.to_string())
            .replace("{https}", &addresses.https.to_string())
            .replace("{bank}", &addresses.bank.to_string())
            .replace("{town}", &addresses.town.to_string())
            .replace("{monday}", &monday(addresses.started_at).to_string())
    };
    [
        ("kustwerk.yml", include_str!("../declared/kustwerk.yml")),
        ("lindehaven.yml", include_str!("../declared/lindehaven.yml")),
        ("duinzicht.yml", include_str!("../declared/duinzicht.yml")),
    ]
    .map(|(name, text)| (name.to_owned(), fill(text)))
    .into()
}

/// The Monday whose hand-off at nine was the last one, so that the first of the rota is on call.
fn monday(now: Timestamp) -> Date {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let local = now.to_zoned(zone).datetime();
    let handed_off = if local.time() < time(9, 0, 0, 0) { 1.day() } else { 0.days() };
    let day = local.date().checked_sub(handed_off).unwrap_or(local.date());
    if day.weekday() == Weekday::Monday { day } else { day.nth_weekday(-1, Weekday::Monday).unwrap_or(day) }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    #[test]
    fn every_file_is_yaml_and_no_address_is_left_open() {
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let addresses = Addresses {
            site: at(1),
            https: at(2),
            bank: at(3),
            town: at(4),
            controls: at(5),
            smtp: at(6),
            mailbox: at(7),
            authority: String::new(),
            started_at: Timestamp::UNIX_EPOCH,
        };
        for (name, text) in declaration(&addresses) {
            for open in ["{site}", "{https}", "{bank}", "{town}", "{monday}"] {
                assert!(!text.contains(open), "{name} still says {open}");
            }
            let read: Result<serde_json::Value, _> = serde_saphyr::from_str(&text);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }

    #[test]
    fn the_rota_begins_with_the_week_that_is_under_way() {
        let check = |now: &str| monday(now.parse().expect("a timestamp")).to_string();
        assert_eq!(check("2026-11-21T21:00:00Z"), "2026-11-16");
        assert_eq!(check("2026-11-23T07:59:59Z"), "2026-11-16");
        assert_eq!(check("2026-11-23T08:00:00Z"), "2026-11-23");
        assert_eq!(check("2026-11-22T23:30:00Z"), "2026-11-16");
        assert_eq!(check("2026-06-01T07:00:00Z"), "2026-06-01");
    }
}
