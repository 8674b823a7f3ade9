//! Signing in: by password and code, by a link, by an invitation, as the first administrator.
//!
//! Every way counts its tries first, answers the same for known and unknown names, and ends in a session that
//! is made new: a session id that the browser brought along is never taken over.

use kernel::{About, Actor, Fact, PersonId, Problem, Scope};
use store::{Db, Tx};

use crate::model::{LinkPurpose, Person, Standing};
use crate::rules::{self, PER_ACCOUNT, PER_ADDRESS, PER_MAILBOX};
use crate::secrets::{self, Verdict};
use crate::store::sessions::Origin;
use crate::store::tries::What;
use crate::store::{contact, credentials, links, people, sessions, tries};

/// What comes after a step that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Signed in; the secret goes into the cookie.
    In {
        /// Who.
        person: PersonId,
        /// The secret of the new session.
        secret: String,
    },
    /// The code of the second factor is still to come; the secret names this attempt.
    Code {
        /// The secret of the attempt.
        secret: String,
    },
}

/// Counted and allowed to try, in the name of nobody yet.
fn clerk(scope: &Scope) -> Scope {
    scope.on_behalf("identity.sign_in")
}

fn themselves(scope: &Scope, person: PersonId) -> Scope {
    scope.recognised(Actor::Person(person), Vec::new())
}

fn refused() -> Problem {
    Problem::invalid().field("password", "field-sign-in-refused")
}

async fn note_refusal(db: &Db, scope: &Scope, person: Option<PersonId>, why: &str) -> Result<(), Problem> {
    let mut tx = db.write("identity.sign_in_refused", scope).await?;
    tx.record(About::installation(), Fact::SignInRefused { person, why: why.to_owned() }).await?;
    tx.commit().await
}

/// Signs in with a password; a code may still be asked for.
pub async fn with_password(
    db: &Db,
    scope: &Scope,
    mail: &str,
    password: &str,
    from: &Origin,
) -> Result<Step, Problem> {
    let clerk = clerk(scope);
    // A name longer than any address is counted by its beginning.
    let mail: String = mail.trim().chars().take(crate::model::MAX_MAIL).collect();
    let asked = [(What::Account(&mail), PER_ACCOUNT), (What::Address(&from.address), PER_ADDRESS)];
    tries::count(db, &clerk, &asked).await?;
    let person = people::by_mail(db, &clerk, &mail).await?.filter(may_sign_in);
    let kept = match &person {
        Some(person) => credentials::of(db, &clerk, person.id).await?,
        None => credentials::Credentials::default(),
    };
    let verdict = secrets::verify_password(&clerk, password, kept.password.clone()).await?;
    let person = match (verdict, person) {
        (Verdict::Wrong, person) => {
            note_refusal(db, &clerk, person.map(|person| person.id), "password").await?;
            return Err(refused());
        }
        (Verdict::Right | Verdict::RightAndAnew(_), None) => return Err(refused()),
        (Verdict::RightAndAnew(hash), Some(person)) => {
            let mut tx = db.write_unaudited("identity.renew_password", &clerk).await?;
            credentials::renew_password(&mut tx, person.id, &hash).await?;
            tx.commit().await?;
            person
        }
        (Verdict::Right, Some(person)) => person,
    };
    let mut tx = db.write("identity.sign_in", &themselves(scope, person.id)).await?;
    let step = if kept.totp.is_some() {
        Step::Code { secret: links::make(&mut tx, LinkPurpose::SecondStep, Some(person.id)).await? }
    } else {
        tries::forgive(&mut tx, &person.mail, &from.address).await?;
        admit(&mut tx, &person, from, "password").await?
    };
    tx.commit().await?;
    Ok(step)
}

fn may_sign_in(person: &Person) -> bool {
    match person.standing {
        Standing::Active | Standing::Invited => true,
        Standing::Suspended { .. } => false,
    }
}

async fn admit(tx: &mut Tx, person: &Person, from: &Origin, with: &str) -> Result<Step, Problem> {
    people::activate(tx, person.id).await?;
    let secret = sessions::begin(tx, person.id, from, with).await?;
    Ok(Step::In { person: person.id, secret })
}

/// The second step: a code from the app, or one to recover with.
pub async fn with_code(
    db: &Db,
    scope: &Scope,
    attempt: &str,
    code: &str,
    from: &Origin,
) -> Result<Step, Problem> {
    let clerk = clerk(scope);
    let link = links::look(db, &clerk, LinkPurpose::SecondStep, attempt).await?;
    let id = link.person_id.ok_or_else(|| Problem::not_found("link"))?;
    let person = people::person(db, &clerk, id).await?;
    let asked = [(What::Account(&person.mail), PER_ACCOUNT), (What::Address(&from.address), PER_ADDRESS)];
    tries::count(db, &clerk, &asked).await?;
    let mut tx = db.write("identity.sign_in", &themselves(scope, id)).await?;
    let Some(with) = use_code(&mut tx, id, code).await?.filter(|_| may_sign_in(&person)) else {
        drop(tx);
        note_refusal(db, &clerk, Some(id), "code").await?;
        return Err(Problem::invalid().field("code", "field-code-refused"));
    };
    links::take(&mut tx, LinkPurpose::SecondStep, attempt).await?;
    tries::forgive(&mut tx, &person.mail, &from.address).await?;
    let step = admit(&mut tx, &person, from, with).await?;
    tx.commit().await?;
    Ok(step)
}

/// Uses a code from the app or one to recover with; says which it was, none when it is neither.
pub(crate) async fn use_code(
    tx: &mut Tx,
    person: PersonId,
    code: &str,
) -> Result<Option<&'static str>, Problem> {
    let now = tx.scope().now();
    let Some(kept) = credentials::of_in(tx, person).await?.totp else { return Ok(None) };
    let secret = credentials::open_totp(tx.db(), person, &kept);
    if let Ok(secret) = &secret
        && let Some(step) = secrets::totp_step(secret, code, now)
    {
        return Ok(credentials::use_step(tx, person, step).await?.then_some("totp"));
    }
    // Codes to recover work also while the key is missing.
    if credentials::use_recovery(tx, person, code).await? {
        return Ok(Some("recovery"));
    }
    secret.map(|_| None)
}

/// Asks for a sign-in link by mail. `post` gets the person and the secret, and posts the letter in the same
/// transaction. The answer is the same whether or not the address is known.
pub async fn ask_link(
    db: &Db,
    scope: &Scope,
    mail: &str,
    from: &Origin,
    post: impl AsyncFnOnce(&mut Tx, &Person, &str) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let clerk = clerk(scope);
    let mail = rules::clean_mail(mail).map_err(|code| Problem::invalid().field("mail", code))?;
    let asked = [(What::Mailbox(&mail), PER_MAILBOX), (What::Address(&from.address), PER_ADDRESS)];
    tries::count(db, &clerk, &asked).await?;
    let Some(person) = people::by_mail(db, &clerk, &mail).await?.filter(may_sign_in) else {
        return Ok(());
    };
    let mut tx = db.write("identity.sign_in_link", &clerk).await?;
    let secret = links::make(&mut tx, LinkPurpose::SignIn, Some(person.id)).await?;
    post(&mut tx, &person, &secret).await?;
    tx.record(About::installation(), Fact::SignInLinkAsked { person: person.id }).await?;
    tx.commit().await
}

/// Who a link that may still be used belongs to; nothing is used up.
pub async fn whose_link(
    db: &Db,
    scope: &Scope,
    purpose: LinkPurpose,
    secret: &str,
) -> Result<Person, Problem> {
    let clerk = clerk(scope);
    let link = links::look(db, &clerk, purpose, secret).await?;
    let id = link.person_id.ok_or_else(|| Problem::not_found("link"))?;
    let person = people::person(db, &clerk, id).await?;
    if may_sign_in(&person) { Ok(person) } else { Err(Problem::not_found("link")) }
}

/// Signs in with a link from a mail; a code is still asked for where there is a second factor.
pub async fn with_link(db: &Db, scope: &Scope, secret: &str, from: &Origin) -> Result<Step, Problem> {
    let person = whose_link(db, scope, LinkPurpose::SignIn, secret).await?;
    let kept = credentials::of(db, &clerk(scope), person.id).await?;
    let mut tx = db.write("identity.sign_in", &themselves(scope, person.id)).await?;
    links::take(&mut tx, LinkPurpose::SignIn, secret).await?;
    contact::prove_mail(&mut tx, person.id, &person.mail).await?;
    let step = if kept.totp.is_some() {
        Step::Code { secret: links::make(&mut tx, LinkPurpose::SecondStep, Some(person.id)).await? }
    } else {
        admit(&mut tx, &person, from, "link").await?
    };
    tx.commit().await?;
    Ok(step)
}

/// Makes an invitation; older ones of the same person stop working. The path of the link is
/// [`invitation_path`] of what is returned.
pub async fn invite(tx: &mut Tx, person: PersonId) -> Result<String, Problem> {
    let found = people::person_in(tx, person).await?;
    if found.standing != Standing::Invited {
        return Err(Problem::conflict("not-invited"));
    }
    let secret = links::make(tx, LinkPurpose::Invite, Some(person)).await?;
    tx.record(About::installation(), Fact::PersonInvited { person }).await?;
    Ok(secret)
}

/// The path of an invitation.
#[must_use]
pub fn invitation_path(secret: &str) -> String {
    format!("/invite/{secret}")
}

/// What a new person says about themselves.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// As they want to be called.
    pub name: String,
    /// The password they choose.
    pub password: String,
    /// `en` or `nl`.
    pub language: String,
    /// The IANA name of their time zone.
    pub zone: String,
}

/// Checks the chosen password and what else is said, and gives the hash.
async fn hash_chosen(scope: &Scope, welcome: &Welcome, mail: &str) -> Result<String, Problem> {
    let (mut name, mut mail) = (welcome.name.clone(), mail.to_owned());
    let rest = people::clean(&mut name, &mut mail, &welcome.language, &welcome.zone);
    let mut problem = rest.err().unwrap_or_else(Problem::invalid);
    if let Err(code) = rules::check_password(&welcome.password, &name, &mail) {
        problem = problem.field("password", code);
    }
    problem.or(())?;
    secrets::hash_password(scope, &welcome.password).await
}

/// Takes an invitation: sets name and password, proves the mail address, and signs in.
pub async fn with_invitation(
    db: &Db,
    scope: &Scope,
    secret: &str,
    welcome: Welcome,
    from: &Origin,
) -> Result<Step, Problem> {
    let person = whose_link(db, scope, LinkPurpose::Invite, secret).await?;
    let hash = hash_chosen(scope, &welcome, &person.mail).await?;
    let mut tx = db.write("identity.take_invitation", &themselves(scope, person.id)).await?;
    links::take(&mut tx, LinkPurpose::Invite, secret).await?;
    // What a file declares stays as the file says.
    if person.declared_in.is_none() {
        let profile = people::Profile {
            name: welcome.name,
            mail: person.mail.clone(),
            language: welcome.language,
            zone: welcome.zone,
            theme: person.theme,
            declared_in: None,
        };
        people::change(&mut tx, &person, profile).await?;
    }
    credentials::set_password(&mut tx, person.id, &hash).await?;
    contact::prove_mail(&mut tx, person.id, &person.mail).await?;
    let step = admit(&mut tx, &person, from, "invitation").await?;
    tx.commit().await?;
    Ok(step)
}

/// Sets a password. The old one must come along, unless there is none, or the session was begun by a link a
/// short while ago, which is how somebody who forgot theirs sets a new one. `tell` says so to the person, in the same
/// transaction.
pub async fn change_password(
    db: &Db,
    scope: &Scope,
    person: &Person,
    session: Option<&crate::model::Session>,
    old: Option<&str>,
    new: &str,
    tell: impl AsyncFnOnce(&mut Tx) -> Result<(), Problem>,
) -> Result<(), Problem> {
    rules::check_password(new, &person.name, &person.mail)
        .map_err(|code| Problem::invalid().field("new", code))?;
    let kept = credentials::of(db, scope, person.id).await?;
    if kept.password.is_some() && !session.is_some_and(|session| by_fresh_link(session, scope)) {
        tries::count(db, &clerk(scope), &[(What::Account(&person.mail), PER_ACCOUNT)]).await?;
        let verdict = secrets::verify_password(scope, old.unwrap_or_default(), kept.password).await?;
        if verdict == Verdict::Wrong {
            return Err(Problem::invalid().field("old", "field-password-wrong"));
        }
    }
    let hash = secrets::hash_password(scope, new).await?;
    let mut tx = db.write("identity.set_password", scope).await?;
    tries::forgive(&mut tx, &person.mail, "").await?;
    credentials::set_password(&mut tx, person.id, &hash).await?;
    sessions::end_others(&mut tx, person.id, session.map(|session| session.id)).await?;
    tell(&mut tx).await?;
    tx.commit().await
}

/// Whether a session was begun by a link or an invitation a short while ago.
#[must_use]
pub fn by_fresh_link(session: &crate::model::Session, scope: &Scope) -> bool {
    session.with == "link"
        && scope.now().duration_since(session.made_at) <= jiff::SignedDuration::from_mins(15)
}
