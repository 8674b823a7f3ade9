//! `tend token`

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use identity::{Place, TokenRight};
use kernel::{Paging, PersonId, Scope, Timestamp, TokenId};
use store::Db;

use crate::commands::person::{client_of, service_of};
use crate::ground::{open_existing, operator, say};
use crate::logs;
use crate::settings::Data;

/// Keys for programs.
#[derive(Subcommand)]
pub enum Token {
    /// Make a key and print it, once.
    Make(Make),
    /// List somebody's keys; the keys themselves are not kept.
    List(List),
    /// Withdraw a key at once.
    Revoke(Revoke),
}

/// Make a key. It never may more than the person it belongs to.
#[derive(Args)]
pub struct Make {
    #[command(flatten)]
    data: Data,
    /// The mail address of the person it belongs to.
    #[arg(long, value_name = "MAIL")]
    person: String,
    /// What it is for.
    name: String,
    /// see, respond or manage.
    #[arg(long, default_value = "see", value_parser = read_right)]
    right: TokenRight,
    /// Only for this client.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only for this service of that client.
    #[arg(long, requires = "client", value_name = "NAME")]
    service: Option<String>,
    /// After how long it stops working: `12h`, `30d`.
    #[arg(long, default_value = "90d", value_parser = kernel::units::parse_span, value_name = "SPAN")]
    expires: kernel::SignedDuration,
}

/// List somebody's keys.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    data: Data,
    /// The mail address of the person.
    #[arg(long, value_name = "MAIL")]
    person: String,
}

/// Withdraw a key.
#[derive(Args)]
pub struct Revoke {
    #[command(flatten)]
    data: Data,
    /// The mail address of the person it belongs to.
    #[arg(long, value_name = "MAIL")]
    person: String,
    /// Its id, as `tend token list` shows it.
    id: TokenId,
}

fn read_right(word: &str) -> Result<TokenRight, String> {
    TokenRight::from_word(word)
        .ok_or_else(|| format!("{word} is no right of a key; there are see, respond and manage"))
}

async fn person_of(db: &Db, scope: &Scope, mail: &str) -> anyhow::Result<PersonId> {
    let found = identity::people::by_mail(db, scope, mail).await.map_err(say)?;
    Ok(found.with_context(|| format!("nobody has the address {mail}"))?.id)
}

impl Token {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Token::Make(make) => make.run().await,
            Token::List(list) => list.run().await,
            Token::Revoke(revoke) => revoke.run().await,
        }
    }
}

impl Make {
    async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let scope = operator();
        let person = person_of(&db, &scope, &self.person).await?;
        let mut places = Vec::new();
        if let Some(name) = &self.client {
            let client = client_of(&db, &scope, name).await?;
            let service = match &self.service {
                Some(name) => Some(service_of(&db, &scope, client, name).await?),
                None => None,
            };
            places.push(Place { client, service });
        }
        let new = identity::tokens::NewToken {
            name: self.name,
            right: self.right,
            places,
            expires_at: scope.now() + self.expires,
        };
        let mut tx = db.write("tend.token_make", &scope).await.map_err(say)?;
        let (token, secret) = identity::tokens::make(&mut tx, person, new).await.map_err(say)?;
        tx.commit().await.map_err(say)?;
        out!("{secret}");
        out!("It is shown only now. Id {}, works until {}.", token.id, shown(token.expires_at));
        Ok(ExitCode::SUCCESS)
    }
}

/// To the second.
fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let scope = operator();
        let person = person_of(&db, &scope, &self.person).await?;
        let paging = Paging { after: None, limit: Some(kernel::paging::MAX_LIMIT) };
        let page = identity::tokens::of_person(&db, &scope, person, &paging).await.map_err(say)?;
        if page.items.is_empty() {
            out!("No keys. Make one with: tend token make --person {} NAME", self.person);
            return Ok(ExitCode::SUCCESS);
        }
        for token in page.items {
            let used = token.used_at.map_or("never used".to_owned(), |at| format!("last used {}", shown(at)));
            out!(
                "{}  {}  may {}, until {}, {used}",
                token.id,
                token.name,
                token.right.word(),
                shown(token.expires_at)
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Revoke {
    async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let scope = operator();
        let person = person_of(&db, &scope, &self.person).await?;
        let mut tx = db.write("tend.token_revoke", &scope).await.map_err(say)?;
        identity::tokens::revoke(&mut tx, person, self.id).await.map_err(say)?;
        tx.commit().await.map_err(say)?;
        out!("{} works no more.", self.id);
        Ok(ExitCode::SUCCESS)
    }
}
