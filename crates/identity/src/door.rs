//! At the door: who shows this ticket.

use kernel::task::Answer;
use kernel::{Actor, Problem, Scope};
use store::Db;
use web::{Caller, Doorman, Language, Ticket};

use crate::store::people::Person;
use crate::store::{roles, sessions, tokens};
use crate::{rules, secrets};

/// Recognises people by their session, and programs by their token.
pub struct Door(Db);

impl Door {
    /// A door to this installation.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Door(db)
    }

    async fn by_cookie(&self, scope: &Scope, secret: &str) -> Result<Option<Caller>, Problem> {
        let Some((session, person)) = sessions::find(&self.0, scope, secret).await? else { return Ok(None) };
        // A database that cannot be written to now still lets people look.
        if let Err(problem) = sessions::touch(&self.0, &scope.on_behalf("identity.seen"), &session).await {
            tracing::warn!(%problem, "the time of last use was not noted: {problem}");
        }
        let grants = roles::grants_of(&self.0, scope, person.id).await?;
        Ok(Some(caller(Actor::Person(person.id), grants, person, secrets::form_secret(secret))))
    }

    async fn by_token(&self, scope: &Scope, secret: &str) -> Result<Option<Caller>, Problem> {
        let Some((token, person)) = tokens::find(&self.0, scope, secret).await? else { return Ok(None) };
        if let Err(problem) = tokens::touch(&self.0, &scope.on_behalf("identity.token_used"), &token).await {
            tracing::warn!(%problem, "the time of last use was not noted: {problem}");
        }
        let grants = roles::grants_of(&self.0, scope, person.id).await?;
        let grants = rules::narrowed(&grants, token.right.ceiling(), &token.places);
        Ok(Some(caller(Actor::Token(token.id, person.id), grants, person, [0; 32])))
    }
}

fn caller(actor: Actor, grants: Vec<kernel::Grant>, person: Person, secret: [u8; 32]) -> Caller {
    Caller {
        actor,
        grants,
        language: Language::from_tag(&person.language),
        zone: jiff::tz::TimeZone::get(&person.zone).ok(),
        name: person.name,
        secret,
    }
}

impl Doorman for Door {
    fn recognise<'a>(
        &'a self,
        scope: &'a Scope,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<Option<Caller>, Problem>> {
        Box::pin(async move {
            match ticket {
                Ticket::Cookie(secret) => self.by_cookie(scope, secret).await,
                Ticket::Bearer(secret) => self.by_token(scope, secret).await,
            }
        })
    }
}
