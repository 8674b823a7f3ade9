//! `tend completions`

use std::process::ExitCode;

use clap::{Args, CommandFactory as _};

/// Print completions for a shell; put them where the shell looks for them.
#[derive(Args)]
pub struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::Cli::command(), "tend", &mut script);
        out_raw!("{}", String::from_utf8_lossy(&script));
        Ok(ExitCode::SUCCESS)
    }
}
