//! The folder of YAML that tells Tend about the demo.

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
    };
    [
        ("kustwerk.yml", include_str!("../declared/kustwerk.yml")),
        ("lindehaven.yml", include_str!("../declared/lindehaven.yml")),
        ("duinzicht.yml", include_str!("../declared/duinzicht.yml")),
    ]
    .map(|(name, text)| (name.to_owned(), fill(text)))
    .into()
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
        };
        for (name, text) in declaration(&addresses) {
            for open in ["{site}", "{https}", "{bank}", "{town}"] {
                assert!(!text.contains(open), "{name} still says {open}");
            }
            let read: Result<serde_json::Value, _> = serde_saphyr::from_str(&text);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
}
