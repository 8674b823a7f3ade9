//! The screens: at the door ([`door`]), one's own ([`me`]), people and what they belong to ([`people`], [`groups`]),
//! and the operator's settings ([`operator`]).

mod door;
mod groups;
mod me;
mod operator;
mod people;
mod zones;

use kernel::{Actor, PersonId, Problem, Right, Scope};
use web::{Routes, Sample};

use crate::letters::{ChangeLetter, CodeLetter, InvitationLetter, SignInLetter, TestLetter};
use crate::model::{Person, Standing};

/// The doors of this feature.
#[must_use]
pub fn routes() -> Routes {
    door::routes()
        .merge(me::routes())
        .merge(people::routes())
        .merge(groups::routes())
        .merge(operator::routes())
}

/// The examples of every screen and letter.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    all.extend(door::samples());
    all.extend(me::samples());
    all.extend(people::samples());
    all.extend(groups::samples());
    all.extend(operator::samples());
    all.extend(letters());
    all
}

/// The examples of every letter.
#[must_use]
pub fn letters() -> Vec<Sample> {
    let mut all = web::letters_of::<SignInLetter>();
    all.extend(web::letters_of::<InvitationLetter>());
    all.extend(web::letters_of::<CodeLetter>());
    all.extend(web::letters_of::<TestLetter>());
    all.extend(web::letters_of::<ChangeLetter>());
    all
}

/// Somebody to write samples to.
pub(crate) fn sample_noor() -> Person {
    me::sample_person(1, "Noor Kaya", Standing::Active)
}

/// The templates, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("identity/parts.html", include_str!("../templates/identity/parts.html")),
    ("identity/sign_in.html", include_str!("../templates/identity/sign_in.html")),
    ("identity/sign_in_code.html", include_str!("../templates/identity/sign_in_code.html")),
    ("identity/sign_in_ask.html", include_str!("../templates/identity/sign_in_ask.html")),
    ("identity/sign_in_sent.html", include_str!("../templates/identity/sign_in_sent.html")),
    ("identity/sign_in_link.html", include_str!("../templates/identity/sign_in_link.html")),
    ("identity/first.html", include_str!("../templates/identity/first.html")),
    ("identity/invite.html", include_str!("../templates/identity/invite.html")),
    ("identity/me.html", include_str!("../templates/identity/me.html")),
    ("identity/security.html", include_str!("../templates/identity/security.html")),
    ("identity/totp.html", include_str!("../templates/identity/totp.html")),
    ("identity/shown.html", include_str!("../templates/identity/shown.html")),
    ("identity/tokens.html", include_str!("../templates/identity/tokens.html")),
    ("identity/contact.html", include_str!("../templates/identity/contact.html")),
    ("identity/people.html", include_str!("../templates/identity/people.html")),
    ("identity/new_person.html", include_str!("../templates/identity/new_person.html")),
    ("identity/person.html", include_str!("../templates/identity/person.html")),
    ("identity/clients.html", include_str!("../templates/identity/clients.html")),
    ("identity/client.html", include_str!("../templates/identity/client.html")),
    ("identity/teams.html", include_str!("../templates/identity/teams.html")),
    ("identity/team.html", include_str!("../templates/identity/team.html")),
    ("identity/operator.html", include_str!("../templates/identity/operator.html")),
    ("identity/messages.html", include_str!("../templates/identity/messages.html")),
    ("identity/sign_in.letter.html", include_str!("../templates/identity/sign_in.letter.html")),
    ("identity/invitation.letter.html", include_str!("../templates/identity/invitation.letter.html")),
    ("identity/code.letter.html", include_str!("../templates/identity/code.letter.html")),
    ("identity/change.letter.html", include_str!("../templates/identity/change.letter.html")),
    ("identity/test.letter.html", include_str!("../templates/identity/test.letter.html")),
];

/// The texts.
pub const TEXTS: web::Texts =
    web::Texts { en: include_str!("../texts/en.ftl"), nl: include_str!("../texts/nl.ftl") };

/// The person who asks, in person: a program with their token may not change how they sign in or are reached.
fn oneself(scope: &Scope) -> Result<PersonId, Problem> {
    match scope.actor() {
        Actor::Person(person) => Ok(*person),
        Actor::Token(..) => Err(Problem::forbidden()),
        Actor::Public | Actor::Task(_) | Actor::Operator => Err(Problem::unauthenticated()),
    }
}

/// Refuses whoever does not administer the whole installation.
fn administers(scope: &Scope) -> Result<(), Problem> {
    if scope.may_everywhere(Right::Administer) { Ok(()) } else { Err(Problem::forbidden()) }
}

/// A choice of a list: what is sent, and what is shown.
type Choice = (String, String);

#[cfg(test)]
mod tests;
