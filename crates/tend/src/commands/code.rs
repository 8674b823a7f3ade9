//! `tend check`, `tend apply` and `tend export`: service as code.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use server::code;

use crate::ground::{open, open_existing, operator, say};
use crate::logs;
use crate::settings::Data;

/// Say what is wrong in a folder of YAML, with the line and column of each mistake.
///
/// Changes nothing and needs no database: a name that stands nowhere in the folder may stand in the database,
/// which `tend apply --plan` looks at. Ends with status 1 when there is a mistake.
#[derive(Args)]
pub struct Check {
    /// The folder, or a single file.
    folder: PathBuf,
}

impl Check {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let checked = code::check_folder(&self.folder, None);
        out_raw!("{}", checked.report());
        Ok(if checked.mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Make a folder of YAML so, in one transaction, and say what changed. Done twice, the second time changes
/// nothing. What was declared before and no longer is, is removed; what people made on screen stays.
#[derive(Args)]
pub struct Apply {
    #[command(flatten)]
    data: Data,
    /// The folder, or a single file.
    folder: PathBuf,
    /// Only say what would change.
    #[arg(long)]
    plan: bool,
}

impl Apply {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open(&self.data).await?;
        let scope = operator();
        let stored = code::stored_names(&db, &scope).await.map_err(say)?;
        let checked = code::check_folder(&self.folder, Some(&stored));
        if !checked.mistakes.is_empty() {
            out_raw!("{}", checked.report());
            out!("Nothing was changed.");
            return Ok(ExitCode::FAILURE);
        }
        let outcome = if self.plan {
            code::plan(&db, &scope, &checked.folder).await
        } else {
            code::apply(&db, &scope, &checked.folder).await
        }
        .map_err(say)?;
        if !outcome.mistakes.is_empty() {
            out_raw!("{}", code::report(&outcome.mistakes, &checked.sources));
            out!("Nothing was changed.");
            return Ok(ExitCode::FAILURE);
        }
        if self.plan {
            out!("Nothing was changed yet. Applying would do this:");
        }
        out_raw!("{}", outcome.report());
        Ok(ExitCode::SUCCESS)
    }
}

/// Write what is in the database as YAML, in the form that `tend apply` reads.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    data: Data,
    /// The file to write; standard output otherwise. It must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Export {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let text = code::export(&db, &operator()).await.map_err(say)?;
        match self.out {
            None => out_raw!("{text}"),
            Some(file) => {
                let mut out = std::fs::File::create_new(&file)
                    .with_context(|| format!("{} cannot be made", file.display()))?;
                std::io::Write::write_all(&mut out, text.as_bytes())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
