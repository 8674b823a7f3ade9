//! What is wrong with a journey before it is kept. The same rules for files and forms: a sentence for the command
//! line, a key for screens.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use kernel::lake::{Ending, Looks, MAX_STEPS, MAX_TESTS, Match};
use kernel::units::show_span;

use crate::model::{Definition, Draft, MAX_NAME, MAX_RULES, MAX_SEGMENTS, MAX_WINDOW, Unsound};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field: `name`, `steps`, `window`, `unit`, `endings`, `exclusions`, `segments`, `zone`, `targets`.
    pub field: &'static str,
    /// Which entry of the field, counted from 0.
    pub at: Option<usize>,
    /// The key of its text on screen.
    pub code: &'static str,
    /// What the text speaks of.
    pub value: String,
    /// The sentence on the command line, in English, without a full stop.
    pub sentence: String,
}

fn fault(field: &'static str, at: Option<usize>, code: &'static str, value: &str, sentence: String) -> Fault {
    Fault { field, at, code, value: value.to_owned(), sentence }
}

/// Everything that is wrong.
#[must_use]
pub fn wrong(draft: &Draft) -> Vec<Fault> {
    let mut found = Vec::new();
    let name = draft.name.trim();
    if name.is_empty() {
        found.push(fault("name", None, "field-required", "", "a journey needs a name".into()));
    } else if name.chars().count() > MAX_NAME {
        let sentence = format!("the name is longer than {MAX_NAME} characters");
        found.push(fault("name", None, "journey-fault-long", "", sentence));
    }
    steps(&draft.shape, &mut found);
    timing(&draft.shape, &mut found);
    others(&draft.shape, &mut found);
    for share in [draft.targets.completion, draft.targets.errors].into_iter().flatten() {
        if !(0.0..=1.0).contains(&share) {
            let sentence = "a share lies between 0 % and 100 %".to_owned();
            found.push(fault("targets", None, "journey-fault-share", "", sentence));
        }
    }
    found
}

fn steps(shape: &Definition, found: &mut Vec<Fault>) {
    let count = shape.steps.len();
    if !(2..=MAX_STEPS).contains(&count) {
        let sentence = format!("a journey has 2 to {MAX_STEPS} steps; this one has {count}");
        found.push(fault("steps", None, "journey-fault-count", &count.to_string(), sentence));
    }
    let mut names = BTreeSet::new();
    for (at, step) in shape.steps.iter().enumerate() {
        let here = Some(at);
        let name = step.name.trim();
        if name.is_empty() {
            found.push(fault("steps", here, "journey-fault-unnamed", "", "a step needs a name".into()));
        } else if name.chars().count() > MAX_NAME {
            let sentence = format!("the name of a step is longer than {MAX_NAME} characters");
            found.push(fault("steps", here, "journey-fault-long", name, sentence));
        } else if !names.insert(name.to_lowercase()) {
            let sentence = format!("another step is called {name:?} already");
            found.push(fault("steps", here, "journey-fault-twice", name, sentence));
        }
        if let Some(why) = looks(&step.looks) {
            found.push(fault("steps", here, "journey-fault-looks", name, format!("step {name:?} {why}")));
        }
        if step.optional && (at == 0 || at + 1 == count) {
            let sentence = format!("step {name:?} cannot be optional: the first and the last never are");
            found.push(fault("steps", here, "journey-fault-optional", name, sentence));
        }
    }
}

/// What is wrong with what is looked for.
fn looks(looks: &Looks) -> Option<String> {
    if looks.any.is_empty() || looks.any.iter().any(Vec::is_empty) {
        return Some("looks for nothing; give it a path or an event".into());
    }
    if looks.any.iter().any(|tests| tests.len() > MAX_TESTS) || looks.any.len() > MAX_TESTS {
        return Some(format!("has more than {MAX_TESTS} tests"));
    }
    let hollow = |is: &Match| match is {
        Match::Is(words) | Match::Not(words) => words.is_empty(),
        Match::Like(pattern) => pattern.is_empty(),
        Match::Present | Match::Absent | Match::AtLeast(_) | Match::AtMost(_) => false,
    };
    let empty = looks.any.iter().flatten().any(|test| hollow(&test.is));
    empty.then(|| "has a test without a value".into())
}

fn timing(shape: &Definition, found: &mut Vec<Fault>) {
    if shape.window <= SignedDuration::ZERO || shape.window > MAX_WINDOW {
        let sentence = format!("the window is longer than nothing and at most {}", show_span(MAX_WINDOW));
        found.push(fault("window", None, "journey-fault-window", &show_span(MAX_WINDOW), sentence));
    }
    match Unsound::of(shape.unit, shape.window) {
        Some(Unsound::DailyVisitor) => {
            let sentence =
                "a visitor is recognised for a day only, so a window over 24h would count the same \
                            people as lost and as new; count cases or declared users, or shorten the window"
                    .to_owned();
            found.push(fault("window", None, "journey-fault-daily", "", sentence));
        }
        Some(Unsound::Visit) => {
            let sentence =
                "a visit ends after 24 hours at the latest; count cases or declared users, or shorten \
                            the window"
                    .to_owned();
            found.push(fault("window", None, "journey-fault-visit", "", sentence));
        }
        None => {}
    }
    if TimeZone::get(&shape.zone).is_err() {
        let sentence = format!("no time zone is called {:?}; write for example Europe/Amsterdam", shape.zone);
        found.push(fault("zone", None, "journey-fault-zone", &shape.zone, sentence));
    }
}

fn others(shape: &Definition, found: &mut Vec<Fault>) {
    let most = format!("at most {MAX_RULES}");
    if shape.endings.len() > MAX_RULES {
        found.push(fault("endings", None, "journey-fault-many", &MAX_RULES.to_string(), most.clone()));
    }
    if shape.exclusions.len() > MAX_RULES {
        found.push(fault("exclusions", None, "journey-fault-many", &MAX_RULES.to_string(), most));
    }
    if shape.segments.len() > MAX_SEGMENTS {
        let sentence = format!("at most {MAX_SEGMENTS} segments");
        found.push(fault("segments", None, "journey-fault-many", &MAX_SEGMENTS.to_string(), sentence));
    }
    for (at, one) in shape.endings.iter().enumerate() {
        if matches!(one.ending, Ending::Completed | Ending::InProgress) {
            let sentence = "an ending is not_eligible, failed or abandoned".to_owned();
            found.push(fault("endings", Some(at), "journey-fault-ending", "", sentence));
        }
        if let Some(why) = looks(&one.looks) {
            found.push(fault("endings", Some(at), "journey-fault-looks", "", format!("an ending {why}")));
        }
    }
    for (at, one) in shape.exclusions.iter().enumerate() {
        let steps = shape.steps.len();
        if one.after >= one.before || usize::from(one.before) >= steps {
            let sentence = "an exclusion lies between two steps of the journey, the earlier first".to_owned();
            found.push(fault("exclusions", Some(at), "journey-fault-exclusion", "", sentence));
        }
        if let Some(why) = looks(&one.looks) {
            let sentence = format!("an exclusion {why}");
            found.push(fault("exclusions", Some(at), "journey-fault-looks", "", sentence));
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::lake::{Channel, Order, Unit};

    use super::*;
    use crate::model::{Step, Targets, usual_segments};

    fn draft() -> Draft {
        let step = |name: &str| Step {
            name: name.into(),
            looks: Looks::at(format!("/{name}")),
            optional: false,
            channel: Channel::Web,
            component: None,
        };
        let shape = Definition {
            unit: Unit::Visit,
            window: SignedDuration::from_hours(2),
            order: Order::Ordered,
            steps: vec![step("start"), step("form"), step("done")],
            endings: vec![],
            exclusions: vec![],
            segments: usual_segments(),
            zone: "Europe/Amsterdam".into(),
        };
        Draft { name: "Apply".into(), shape, owner: None, targets: Targets::default(), declared_in: None }
    }

    fn check(change: impl FnOnce(&mut Draft), expected: &[&str]) {
        let mut draft = draft();
        change(&mut draft);
        let codes: Vec<&str> = wrong(&draft).iter().map(|fault| fault.code).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_sound_journey_has_no_faults_and_each_fault_is_named() {
        check(|_| {}, &[]);
        check(|one| one.name = " ".into(), &["field-required"]);
        check(|one| one.name = "x".repeat(MAX_NAME), &[]);
        check(|one| one.name = "x".repeat(MAX_NAME + 1), &["journey-fault-long"]);
        check(|one| one.shape.steps.truncate(1), &["journey-fault-count"]);
        check(|one| one.shape.steps[1].name = "START".into(), &["journey-fault-twice"]);
        check(|one| one.shape.steps[0].optional = true, &["journey-fault-optional"]);
        check(|one| one.shape.steps[1].optional = true, &[]);
        check(|one| one.shape.steps[1].looks.any.clear(), &["journey-fault-looks"]);
        check(|one| one.shape.zone = "Europe/Nowhere".into(), &["journey-fault-zone"]);
        check(|one| one.targets.completion = Some(65.0), &["journey-fault-share"]);
        check(|one| one.shape.window = SignedDuration::ZERO, &["journey-fault-window"]);
    }

    #[test]
    fn more_than_a_day_of_daily_visitors_is_refused() {
        let over = SignedDuration::from_secs(24 * 3_600 + 1);
        let with = |unit, window| {
            move |one: &mut Draft| {
                one.shape.unit = unit;
                one.shape.window = window;
            }
        };
        check(with(Unit::Visitor, crate::model::ONE_DAY), &[]);
        check(with(Unit::Visitor, over), &["journey-fault-daily"]);
        check(with(Unit::Visit, over), &["journey-fault-visit"]);
        check(with(Unit::Case, over), &[]);
        check(with(Unit::User, over), &[]);
    }

    #[test]
    fn exclusions_stand_between_steps() {
        let with = |after, before| {
            move |one: &mut Draft| {
                let looks = Looks::named("cancelled");
                one.shape.exclusions = vec![crate::model::Exclusion { looks, after, before }];
            }
        };
        check(with(0, 2), &[]);
        check(with(1, 1), &["journey-fault-exclusion"]);
        check(with(0, 3), &["journey-fault-exclusion"]);
    }
}
