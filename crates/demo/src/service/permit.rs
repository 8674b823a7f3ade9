//! The permits: what is asked, what is accepted, what it costs, and the applications in hand.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many applications are kept; the oldest goes first. A demo needs a few, a load test must not fill
/// the memory.
const KEPT: usize = 500;

/// The longest text taken in one field, characters.
const LONGEST: usize = 100;

/// Where one may park.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Zone {
    OldTown,
    Harbour,
    Station,
}

impl Zone {
    pub(crate) const ALL: [Zone; 3] = [Zone::OldTown, Zone::Harbour, Zone::Station];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Zone::OldTown => "old-town",
            Zone::Harbour => "harbour",
            Zone::Station => "station",
        }
    }

    /// The tariff, euro cents per month.
    fn cents_a_month(self) -> u32 {
        match self {
            Zone::OldTown => 1450,
            Zone::Harbour => 900,
            Zone::Station => 1150,
        }
    }

    /// What a permit costs, euro cents.
    pub(crate) fn price(self, months: u32) -> u32 {
        self.cents_a_month() * months
    }
}

/// For how many months a permit can be had.
pub(crate) const MONTHS: [u32; 3] = [3, 6, 12];

/// Euro cents as "€ 43.50", with a comma in Dutch.
pub(crate) fn euros(cents: u32, comma: bool) -> String {
    format!("€ {}{}{:02}", cents / 100, if comma { ',' } else { '.' }, cents % 100)
}

/// The form as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) plate: String,
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) postcode: String,
    pub(crate) zone: String,
    pub(crate) months: String,
}

/// A form in which everything is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) plate: String,
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) postcode: String,
    pub(crate) zone: Zone,
    pub(crate) months: u32,
}

/// A field that is wrong, and the text that says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Wrong {
    pub(crate) field: &'static str,
    pub(crate) text: &'static str,
}

/// Checks every field, so that all mistakes are said at once.
pub(crate) fn check(draft: &Draft) -> Result<Checked, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut refuse = |field, text| wrong.push(Wrong { field, text });
    let plate = plate(&draft.plate);
    if draft.plate.trim().is_empty() {
        refuse("plate", "wrong-plate-empty");
    } else if plate.is_none() {
        refuse("plate", "wrong-plate");
    }
    let name = line(&draft.name);
    if name.is_none() {
        refuse("name", "wrong-name");
    }
    let street = line(&draft.street).filter(|street| street.chars().any(|c| c.is_ascii_digit()));
    if street.is_none() {
        refuse("street", "wrong-street");
    }
    let postcode = postcode(&draft.postcode);
    if postcode.is_none() {
        refuse("postcode", "wrong-postcode");
    }
    let zone = Zone::ALL.into_iter().find(|zone| zone.word() == draft.zone);
    if zone.is_none() {
        refuse("zone", "wrong-zone");
    }
    let months = MONTHS.into_iter().find(|months| months.to_string() == draft.months);
    if months.is_none() {
        refuse("months", "wrong-months");
    }
    match (plate, name, street, postcode, zone, months) {
        (Some(plate), Some(name), Some(street), Some(postcode), Some(zone), Some(months)) => {
            Ok(Checked { plate, name, street, postcode, zone, months })
        }
        _ => Err(wrong),
    }
}

/// A number plate without its dashes: 5 to 8 letters and digits, at least one digit.
fn plate(typed: &str) -> Option<String> {
    let plate: String =
        typed.chars().filter(|c| !matches!(c, '-' | ' ')).take(LONGEST).collect::<String>().to_uppercase();
    let fits = (5..=8).contains(&plate.len())
        && plate.chars().all(|c| c.is_ascii_alphanumeric())
        && plate.chars().any(|c| c.is_ascii_digit());
    fits.then_some(plate)
}

/// Whether the address lies in the municipality: its postcodes begin with 35.
pub(crate) fn is_resident(asked: &Checked) -> bool {
    asked.postcode.starts_with("35")
}

/// One line of text that says something.
fn line(typed: &str) -> Option<String> {
    let line = typed.trim();
    let fits = !line.is_empty() && line.chars().count() <= LONGEST && !line.chars().any(char::is_control);
    fits.then(|| line.to_owned())
}

/// A Dutch postcode: "1234 AB".
fn postcode(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| *c != ' ').take(LONGEST).collect::<String>().to_uppercase();
    let fits = code.len() == 6
        && code.chars().take(4).all(|c| c.is_ascii_digit())
        && code.chars().skip(4).all(|c| c.is_ascii_uppercase())
        && !code.starts_with('0');
    fits.then(|| format!("{} {}", &code[..4], &code[4..]))
}

/// One application.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) reference: String,
    pub(crate) asked: Checked,
    pub(crate) made_at: Timestamp,
    pub(crate) state: State,
}

/// How far an application is.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// Waits for the money.
    Unpaid,
    /// Paid, and so granted.
    Paid { payment: String, at: Timestamp },
}

/// The applications in hand.
#[derive(Debug, Default)]
pub(crate) struct Permits {
    kept: VecDeque<Application>,
}

impl Permits {
    pub(crate) fn add(&mut self, application: Application) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(application);
    }

    pub(crate) fn find(&self, reference: &str) -> Option<&Application> {
        self.kept.iter().find(|application| application.reference == reference)
    }

    /// Marks it paid; a second payment changes nothing.
    pub(crate) fn pay(&mut self, reference: &str, payment: String, at: Timestamp) {
        let found = self.kept.iter_mut().find(|application| application.reference == reference);
        if let Some(application) = found
            && matches!(application.state, State::Unpaid)
        {
            application.state = State::Paid { payment, at };
        }
    }

    /// When the last application came in.
    pub(crate) fn last_at(&self) -> Option<Timestamp> {
        self.kept.back().map(|application| application.made_at)
    }

    /// How many are kept, and how many of them are paid.
    pub(crate) fn count(&self) -> (usize, usize) {
        let paid = self.kept.iter().filter(|a| matches!(a.state, State::Paid { .. })).count();
        (self.kept.len(), paid)
    }
}

/// A reference people can read out: no letters or digits that look alike.
pub(crate) fn reference(random: [u8; 8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut text = String::from("LH-");
    for (at, byte) in random.into_iter().enumerate() {
        if at == 4 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Draft {
        Draft {
            plate: "g-123-bb".into(),
            name: " Joke de Boer ".into(),
            street: "Lindelaan 4".into(),
            postcode: "3511ab".into(),
            zone: "harbour".into(),
            months: "6".into(),
        }
    }

    fn refused(change: impl FnOnce(&mut Draft)) -> Vec<&'static str> {
        let mut draft = good();
        change(&mut draft);
        check(&draft).expect_err("refused").into_iter().map(|wrong| wrong.text).collect()
    }

    #[test]
    fn a_good_form_is_tidied() {
        let checked = check(&good()).expect("accepted");
        assert_eq!(checked.plate, "G123BB");
        assert_eq!(checked.name, "Joke de Boer");
        assert_eq!(checked.postcode, "3511 AB");
        assert!(is_resident(&checked));
        assert_eq!(checked.zone.price(checked.months), 5400);
        assert_eq!(euros(5405, true), "€ 54,05");
    }

    #[test]
    fn every_field_says_what_is_wrong_with_it() {
        assert_eq!(refused(|d| d.plate.clear()), ["wrong-plate-empty"]);
        assert_eq!(refused(|d| d.plate = "ABCDEF".into()), ["wrong-plate"]);
        assert_eq!(refused(|d| d.plate = "É-123-B".into()), ["wrong-plate"]);
        assert_eq!(refused(|d| d.name = "a\u{0}b".into()), ["wrong-name"]);
        assert_eq!(refused(|d| d.name = "x".repeat(LONGEST + 1)), ["wrong-name"]);
        assert_eq!(refused(|d| d.street = "Lindelaan".into()), ["wrong-street"]);
        assert_eq!(refused(|d| d.postcode = "0511 AB".into()), ["wrong-postcode"]);
        assert_eq!(refused(|d| d.postcode = "35é1AB".into()), ["wrong-postcode"]);
        assert_eq!(refused(|d| d.zone = "moon".into()), ["wrong-zone"]);
        assert_eq!(refused(|d| d.months = "7".into()), ["wrong-months"]);
        assert_eq!(check(&Draft::default()).expect_err("refused").len(), 6);
    }

    #[test]
    fn the_applications_kept_are_bounded() {
        let mut permits = Permits::default();
        let asked = check(&good()).expect("accepted");
        for number in 0..=KEPT {
            permits.add(Application {
                reference: format!("{number}"),
                asked: asked.clone(),
                made_at: Timestamp::UNIX_EPOCH,
                state: State::Unpaid,
            });
        }
        assert_eq!(permits.count(), (KEPT, 0));
        assert!(permits.find("0").is_none());
        permits.pay("1", "pay_1".into(), Timestamp::UNIX_EPOCH);
        permits.pay("1", "pay_2".into(), Timestamp::UNIX_EPOCH);
        assert!(matches!(&permits.find("1").expect("kept").state,
            State::Paid { payment, .. } if payment == "pay_1"));
    }
}
