//! The first start: a one-time link that makes the administrator.

use kernel::{About, Actor, Fact, Grant, Problem, Role, Scope};
use store::Db;

use crate::model::LinkPurpose;
use crate::sign_in::{Step, Welcome};
use crate::store::sessions::Origin;
use crate::store::{contact, credentials, links, operator, people, roles, sessions};
use crate::{rules, secrets};

/// The path of a link that makes the first administrator: a new one each time this is asked while nobody who
/// may sign in administers the installation, and then the older one stops working. None once there is one.
///
/// Prepares the operator and its own client when they are not there yet.
pub async fn link(db: &Db, scope: &Scope) -> Result<Option<String>, Problem> {
    if roles::has_administrator(db, scope).await? {
        return Ok(None);
    }
    let mut tx = db.write("identity.first_link", scope).await?;
    operator::prepare(&mut tx).await?;
    let secret = links::make(&mut tx, LinkPurpose::First, None).await?;
    tx.commit().await?;
    Ok(Some(format!("/first/{secret}")))
}

/// Whether a link may still be used.
pub async fn look(db: &Db, scope: &Scope, secret: &str) -> Result<(), Problem> {
    let scope = scope.on_behalf("identity.first");
    links::look(db, &scope, LinkPurpose::First, secret).await?;
    if roles::has_administrator(db, &scope).await? {
        return Err(Problem::new(kernel::Kind::Gone, "link-used"));
    }
    Ok(())
}

/// Makes the first administrator and signs them in. `organisation` names the operator.
pub async fn take(
    db: &Db,
    scope: &Scope,
    secret: &str,
    organisation: Option<&str>,
    mail: &str,
    welcome: Welcome,
    from: &Origin,
) -> Result<Step, Problem> {
    look(db, scope, secret).await?;
    let (mut name, mut mail) = (welcome.name.clone(), mail.to_owned());
    let rest = people::clean(&mut name, &mut mail, &welcome.language, &welcome.zone);
    let mut problem = rest.err().unwrap_or_else(Problem::invalid);
    if let Err(code) = rules::check_password(&welcome.password, &name, &mail) {
        problem = problem.field("password", code);
    }
    if let Some(organisation) = organisation
        && let Err(code) = rules::clean_name(organisation)
    {
        problem = problem.field("organisation", code);
    }
    problem.or(())?;
    let hash = secrets::hash_password(scope, &welcome.password).await?;

    let clerk = scope.on_behalf("identity.first");
    // Somebody whom a file declares may be the first to come.
    let known = people::by_mail(db, &clerk, &mail).await?;
    let mut tx = db.write("identity.first", &clerk).await?;
    links::take(&mut tx, LinkPurpose::First, secret).await?;
    let before = operator::prepare(&mut tx).await?;
    if let Some(organisation) = organisation
        && before.declared_in.is_none()
    {
        operator::rename(&mut tx, organisation, None).await.map_err(organisation_field)?;
    }
    let person = match known {
        Some(person) => person,
        None => {
            let new = people::NewPerson {
                name,
                mail,
                language: welcome.language,
                zone: welcome.zone,
                declared_in: None,
            };
            people::add(&mut tx, new).await?
        }
    };
    credentials::set_password(&mut tx, person.id, &hash).await?;
    // Whoever reads the log of the first start runs the installation; their word about the address is proof.
    contact::prove_mail(&mut tx, person.id, &person.mail).await?;
    people::activate(&mut tx, person.id).await?;
    let all = Grant { role: Role::Admin, client: None, service: None };
    roles::give(&mut tx, person.id, &all, None).await?;
    tx.record(About::installation(), Fact::AdministratorMade { person: person.id }).await?;
    let secret = sessions::begin(&mut tx, person.id, from, "first").await?;
    tx.commit().await?;
    Ok(Step::In { person: person.id, secret })
}

fn organisation_field(mut problem: Problem) -> Problem {
    for wrong in &mut problem.fields {
        wrong.field = "organisation".into();
    }
    problem
}

/// An administrator without a link, for the demo and tests, where nobody could read a log. Refused once there
/// is an administrator.
pub async fn administrator(
    db: &Db,
    scope: &Scope,
    name: &str,
    mail: &str,
    password: &str,
) -> Result<kernel::PersonId, Problem> {
    let path = link(db, scope).await?.ok_or_else(|| Problem::conflict("administrator-exists"))?;
    let welcome = Welcome {
        name: name.to_owned(),
        password: password.to_owned(),
        language: "en".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
    };
    let secret = path.trim_start_matches("/first/");
    let public = scope.recognised(Actor::Public, Vec::new());
    match take(db, &public, secret, None, mail, welcome, &Origin::default()).await? {
        Step::In { person, .. } => Ok(person),
        Step::Code { .. } => Err(Problem::fault("a new person has no second factor")),
    }
}
