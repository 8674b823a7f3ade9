//! Who the users are and what they are like: pure, from a seed.

use super::lots::Lots;

/// How many people come in a minute, on average over a day.
pub(crate) const PER_MINUTE: f64 = 10.0;

/// The day as it goes at a town hall's site: how busy each hour is, against the average.
const HOURS: [f64; 24] = [
    0.55, 0.50, 0.48, 0.48, 0.50, 0.58, 0.72, 0.90, 1.10, 1.28, 1.36, 1.34, 1.24, 1.22, 1.26, 1.24, 1.18,
    1.14, 1.20, 1.34, 1.40, 1.26, 0.98, 0.73,
];
/// The week, from Monday.
const DAYS: [f64; 7] = [1.14, 1.10, 1.06, 1.04, 0.98, 0.84, 0.84];

/// How many people come in a second, at this hour of a day of the week (Monday is 0).
pub(crate) fn arrivals(weekday: usize, hour: usize) -> f64 {
    PER_MINUTE / 60.0 * HOURS[hour % 24] * DAYS[weekday % 7]
}

/// Somebody who comes to the site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User {
    pub(crate) address: String,
    pub(crate) agent: &'static str,
    pub(crate) mobile: bool,
    pub(crate) dutch: bool,
    /// The site they come from, or none.
    pub(crate) from: &'static str,
    /// What is added to the address of the first page.
    pub(crate) campaign: &'static str,
    /// Wants a permit; the others look something up.
    pub(crate) applies: bool,
    /// Lives in the municipality.
    pub(crate) resident: bool,
    /// Makes a mistake in the form first.
    pub(crate) errs: bool,
    /// Leaves at the form.
    pub(crate) leaves_form: bool,
    /// Leaves when the form comes back with mistakes.
    pub(crate) gives_up: bool,
    /// Leaves when the price is clear.
    pub(crate) leaves_payment: bool,
    /// Puts the payment off and comes back for it.
    pub(crate) pays_later: bool,
    /// How many times they try again when paying does not work.
    pub(crate) tries: u32,
    /// How long they wait for a page, seconds.
    pub(crate) patience: f64,
    /// How quickly they read and type: 1 is usual, 2 takes twice as long.
    pub(crate) pace: f64,
    pub(crate) plate: String,
    pub(crate) zone: &'static str,
    pub(crate) months: &'static str,
    pub(crate) method: &'static str,
}

const PHONES: &[(f64, &str)] = &[
    (
        5.0,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    ),
    (
        6.0,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    ),
    (1.0, "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"),
];
const COMPUTERS: &[(f64, &str)] = &[
    (
        6.0,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ),
    (
        2.0,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    ),
    (
        2.0,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    ),
    (1.5, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"),
];
const FROM: &[(f64, (&str, &str))] = &[
    (45.0, ("", "")),
    (32.0, ("https://www.google.com/", "")),
    (12.0, ("https://www.lindehaven.example/wonen", "")),
    (7.0, ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=zone-old-town")),
    (4.0, ("https://www.facebook.com/", "?utm_source=facebook&utm_medium=social&utm_campaign=zone-old-town")),
];

impl User {
    /// Somebody.
    pub(crate) fn new(lots: &mut Lots) -> User {
        let mobile = lots.odds(0.58);
        let (from, campaign) = lots.pick(FROM);
        User {
            // Addresses of TEST-NET-2 and of the benchmark range: nobody's.
            address: format!("198.18.{}.{}", lots.next() % 256, 1 + lots.next() % 254),
            agent: if mobile { lots.pick(PHONES) } else { lots.pick(COMPUTERS) },
            mobile,
            dutch: lots.odds(0.86),
            from,
            campaign,
            applies: lots.odds(0.8),
            resident: lots.odds(0.95),
            errs: lots.odds(if mobile { 0.3 } else { 0.2 }),
            leaves_form: lots.odds(if mobile { 0.14 } else { 0.09 }),
            gives_up: lots.odds(0.25),
            leaves_payment: lots.odds(0.08),
            pays_later: lots.odds(0.06),
            tries: lots.pick(&[(3.0, 0), (4.0, 1), (2.0, 2), (1.0, 3)]),
            patience: lots.between(2.5, 9.0),
            pace: lots.between(0.5, 1.8),
            plate: plate(lots),
            zone: lots.pick(&[(5.0, "old-town"), (3.0, "harbour"), (2.0, "station")]),
            months: lots.pick(&[(2.0, "3"), (3.0, "6"), (5.0, "12")]),
            method: lots.pick(&[(6.0, "bank-transfer"), (3.0, "savings"), (2.0, "card")]),
        }
    }

    /// The language as a browser says it.
    pub(crate) fn language(&self) -> &'static str {
        if self.dutch { "nl-NL" } else { "en-GB" }
    }
}

fn plate(lots: &mut Lots) -> String {
    let letter = |lots: &mut Lots| char::from(b"BDFGHJKLNPRSTVXZ"[(lots.next() % 16) as usize]);
    let (a, b, c) = (letter(lots), letter(lots), letter(lots));
    format!("{a}-{:03}-{b}{c}", lots.next() % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_people() {
        let people = |seed| {
            let mut lots = Lots::new(seed);
            (0..20).map(|_| User::new(&mut lots)).collect::<Vec<_>>()
        };
        assert_eq!(people(7), people(7));
        assert_ne!(people(7), people(8));
    }

    #[test]
    fn a_week_comes_to_its_average() {
        let week: f64 = (0..7).flat_map(|day| (0..24).map(move |hour| arrivals(day, hour))).sum();
        let average = week / (7.0 * 24.0) * 60.0;
        assert!((average / PER_MINUTE - 1.0).abs() < 0.02, "{average} a minute");
    }

    #[test]
    fn most_people_want_a_permit_and_some_are_not_eligible() {
        let mut lots = Lots::new(1);
        let people: Vec<User> = (0..10_000).map(|_| User::new(&mut lots)).collect();
        let share = |what: fn(&User) -> bool| people.iter().filter(|one| what(one)).count() as f64 / 10_000.0;
        assert!((share(|one| one.applies) - 0.8).abs() < 0.02);
        assert!((share(|one| !one.resident) - 0.05).abs() < 0.01);
        assert!(people.iter().all(|one| one.plate.len() == 8));
    }
}
