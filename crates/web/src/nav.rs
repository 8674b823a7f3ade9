//! The sidebar: what exists and what you may see.

use std::sync::Arc;

use kernel::task::Answer;
use kernel::{Problem, Scope};

use crate::site::Site;

/// An entry of the sidebar. Its text is the key `nav-AREA`; who sees it follows from the door at `href`.
#[derive(Clone)]
pub struct Nav {
    /// The area; [`crate::View::AREA`] of a screen says which entry is lit.
    pub area: &'static str,
    /// The address of its first screen.
    pub href: &'static str,
    /// The name of its icon in `icons.svg`.
    pub icon: &'static str,
    /// Its place; smaller is higher, and the first five stand in the bar of a phone.
    pub order: u16,
    /// The letter that follows `g` on the keyboard; given when the sidebar is put together.
    pub(crate) key: char,
    /// What stands behind it: a number of things that want attention.
    pub count: Option<Arc<dyn CountSource>>,
}

impl Nav {
    /// An entry without a number.
    #[must_use]
    pub const fn new(area: &'static str, href: &'static str, icon: &'static str, order: u16) -> Self {
        Nav { area, href, icon, order, key: ' ', count: None }
    }

    /// With a number.
    #[must_use]
    pub fn count(mut self, source: Arc<dyn CountSource>) -> Self {
        self.count = Some(source);
        self
    }
}

/// Counts what wants attention in an area, for the asker.
pub trait CountSource: Send + Sync {
    /// How many; none shows nothing, and so does zero.
    fn count<'a>(&'a self, site: &'a Site, scope: &'a Scope) -> Answer<'a, Result<Option<u64>, Problem>>;
}

/// Gives every entry the first letter of its area that no earlier one has, so that no two share a key.
pub(crate) fn give_keys(nav: &mut [Nav]) {
    let mut taken = Vec::with_capacity(nav.len());
    for entry in nav {
        entry.key = entry.area.chars().find(|letter| !taken.contains(letter)).unwrap_or(' ');
        taken.push(entry.key);
    }
}

/// Entries that stand by themselves when a screen is at their address and no feature registered its own.
pub(crate) const KNOWN: &[Nav] = &[
    Nav::new("services", "/services", "services", 10),
    Nav::new("incidents", "/incidents", "incidents", 20),
    Nav::new("on-call", "/on-call", "on-call", 30),
    Nav::new("probes", "/probes", "probes", 40),
    Nav::new("clients", "/clients", "clients", 50),
    Nav::new("people", "/people", "people", 60),
    Nav::new("system", "/system", "system", 90),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_entries_share_a_key() {
        let mut nav = KNOWN.to_vec();
        give_keys(&mut nav);
        let keys: String = nav.iter().map(|entry| entry.key).collect();
        assert_eq!(keys, "siopcey");
    }
}
