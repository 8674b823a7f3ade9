//! `tend pages`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::ground::{clock_and_dice, say};

/// Render every screen and letter with every sample, in every language and theme, into a folder with an index.
#[derive(Args)]
pub struct Pages {
    /// The folder to write.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

impl Pages {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (clock, _) = clock_and_dice();
        let rendered = server::render_samples(clock.now()).map_err(say)?;
        for page in &rendered {
            let file = self.out.join(&page.file);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(file, &page.bytes)?;
        }
        out!("{} files in {}", rendered.len(), self.out.display());
        Ok(ExitCode::SUCCESS)
    }
}
