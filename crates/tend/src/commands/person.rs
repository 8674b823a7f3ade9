//! `tend person`

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use kernel::{ClientId, Grant, Role, Scope, ServiceId};
use store::Db;

use crate::ground::{open, operator, say};
use crate::logs;
use crate::settings::Data;

/// People.
#[derive(Subcommand)]
pub enum Person {
    /// Give somebody a name and a role, and print the link with which they choose a password.
    Invite(Invite),
}

/// Invite somebody. Done again for a known address, it adds the role and prints a new link.
#[derive(Args)]
pub struct Invite {
    #[command(flatten)]
    data: Data,
    /// Their name.
    name: String,
    /// Their mail address.
    mail: String,
    /// admin, service_owner, engineer, agent, client_contact or reader.
    #[arg(long, default_value = "reader", value_parser = read_role)]
    role: Role,
    /// The client the role holds for; every client when left out.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// The only service of that client the role holds for.
    #[arg(long, requires = "client", value_name = "NAME")]
    service: Option<String>,
    /// en or nl.
    #[arg(long, default_value = "en")]
    language: String,
    /// Their time zone.
    #[arg(long, default_value = "UTC", value_name = "IANA NAME")]
    zone: String,
    /// Where people reach Tend, for the link.
    #[arg(long, env = "TEND_BASE_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    base_url: String,
}

fn read_role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("{word} is no role; there are {}", words.join(", "))
    })
}

/// The client of a name.
pub async fn client_of(db: &Db, scope: &Scope, name: &str) -> anyhow::Result<ClientId> {
    let found = identity::clients::by_name(db, scope, name).await.map_err(say)?;
    Ok(found.with_context(|| format!("no client is called {name:?}"))?.id)
}

/// The service of a name.
pub async fn service_of(db: &Db, scope: &Scope, client: ClientId, name: &str) -> anyhow::Result<ServiceId> {
    let all = estate::services::all(db, scope).await.map_err(say)?;
    let found = all
        .into_iter()
        .find(|service| service.client_id == client && service.name.eq_ignore_ascii_case(name));
    Ok(found.with_context(|| format!("the client has no service called {name:?}"))?.id)
}

impl Person {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Person::Invite(invite) = self;
        invite.run().await
    }
}

impl Invite {
    async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open(&self.data).await?;
        let scope = operator();
        let client = match &self.client {
            Some(name) => Some(client_of(&db, &scope, name).await?),
            None => None,
        };
        let service = match (&self.service, client) {
            (Some(name), Some(client)) => Some(service_of(&db, &scope, client, name).await?),
            _ => None,
        };
        let known = identity::people::by_mail(&db, &scope, &self.mail).await.map_err(say)?;
        let mut tx = db.write("tend.person_invite", &scope).await.map_err(say)?;
        let person = match known {
            Some(person) => person,
            None => {
                let new = identity::people::NewPerson {
                    name: self.name.clone(),
                    mail: self.mail.clone(),
                    language: self.language.clone(),
                    zone: self.zone.clone(),
                    declared_in: None,
                };
                identity::people::add(&mut tx, new).await.map_err(say)?
            }
        };
        let grant = Grant { role: self.role, client, service };
        identity::roles::grant(&mut tx, person.id, &grant, None).await.map_err(say)?;
        if person.standing != identity::Standing::Invited {
            tx.commit().await.map_err(say)?;
            out!("{} has the role {}; they sign in as before.", person.name, self.role.word());
            return Ok(ExitCode::SUCCESS);
        }
        let secret = identity::sign_in::invite(&mut tx, person.id).await.map_err(say)?;
        tx.commit().await.map_err(say)?;
        if self.base_url.is_empty() {
            bail!("--base-url is empty; say where people reach Tend");
        }
        let path = identity::sign_in::invitation_path(&secret);
        out!("{} is invited. The link works once, for seven days:", person.name);
        out!("{}{path}", self.base_url.trim_end_matches('/'));
        Ok(ExitCode::SUCCESS)
    }
}
