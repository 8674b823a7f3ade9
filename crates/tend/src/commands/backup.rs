//! `tend backup` and `tend restore`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::ground::{open, open_existing, operator, say, schemas};
use crate::logs;
use crate::settings::Data;

/// Copy everything into one file, in one moment, while Tend runs.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    data: Data,
    /// The file to write; it must not be there yet.
    file: PathBuf,
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let folder = self.data.lake_folder();
        let counted = lake::backup::backup(&db, &operator(), &folder, &self.file).await.map_err(say)?;
        out!(
            "{}: {} rows of {} tables, {} files of events and their log, SHA-256 {}",
            self.file.display(),
            counted.rows,
            counted.tables,
            counted.files,
            counted.sha256
        );
        out!("It holds secrets of the installation: keep it as safe as the database.");
        if let Some(key) = self.data.secrets_key_file().filter(|key| key.exists()) {
            out!(
                "Secrets of second factors in it open only with {}, which is not in it: keep a copy elsewhere.",
                key.display()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Put a backup back into an empty database; also from SQLite into PostgreSQL and the other way.
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    data: Data,
    /// The backup.
    file: PathBuf,
    /// Only read the backup to its end and compare it with its footer.
    #[arg(long)]
    check: bool,
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        if self.check {
            let counted = store::backup::check_backup(&self.file).map_err(say)?;
            let made = store::backup::made_at(&self.file).map_err(say)?;
            out!(
                "Whole: {} rows of {} tables and {} files, made {made}.",
                counted.rows,
                counted.tables,
                counted.files
            );
            return Ok(ExitCode::SUCCESS);
        }
        let db = open(&self.data).await?;
        let scope = operator();
        let folder = self.data.lake_folder();
        let restored = lake::backup::restore(&db, &scope, &folder, &self.file, &schemas()).await;
        let counted = restored.map_err(say)?;
        out!("{} rows of {} tables and {} files are back.", counted.rows, counted.tables, counted.files);
        let unwell: Vec<_> =
            db.examine(&scope).await.map_err(say)?.into_iter().filter(|found| !found.well).collect();
        for found in &unwell {
            out!("{}: {}", found.what, found.said);
        }
        Ok(if unwell.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
