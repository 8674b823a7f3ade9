//! `tend audit`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::ground::{open_existing, operator, say};
use crate::logs;
use crate::settings::Data;

/// The audit chain.
#[derive(Subcommand)]
pub enum Audit {
    /// Read the whole chain and every fact, and say where it first does not fit.
    Verify(Verify),
}

/// Read the whole chain. Ends with status 1 when something was changed.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    data: Data,
    /// The hash of the last line as you noted it before; it must still be in the chain.
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

impl Audit {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Audit::Verify(verify) = self;
        verify.run().await
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let scope = operator();
        let verified = db.verify_audit(&scope).await.map_err(say)?;
        if let Some((line, reason)) = verified.broken {
            out!("The audit chain is broken at line {line}: {reason}.");
            return Ok(ExitCode::FAILURE);
        }
        if let Some(head) = self.head
            && !db.has_audit_hash(&scope, &head).await.map_err(say)?
        {
            out!(
                "The chain fits together, but {head} is not in it: it was rewritten since you noted that hash."
            );
            return Ok(ExitCode::FAILURE);
        }
        out!("{} lines fit together. Note the last hash somewhere else: {}", verified.lines, verified.head);
        Ok(ExitCode::SUCCESS)
    }
}
