//! Time zones to choose from: one per country or large region, so that a list stays a list. Others can be set
//! through a file or the API.

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Budapest",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Sofia",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Bogota",
    "America/Chicago",
    "America/Curacao",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Paramaribo",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// The zones to choose from, with the current one among them.
pub(super) fn choices(current: &str) -> Vec<String> {
    let mut all: Vec<String> = ZONES.iter().map(|zone| (*zone).to_owned()).collect();
    if !current.is_empty() && !ZONES.contains(&current) {
        all.insert(0, current.to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_exists_and_the_current_one_is_there() {
        for zone in ZONES {
            assert!(crate::store::people::is_zone(zone), "{zone}");
        }
        assert_eq!(choices("America/Aruba")[0], "America/Aruba");
        assert_eq!(choices("UTC").len(), ZONES.len());
    }
}
