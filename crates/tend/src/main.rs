//! `tend`: the program. A table of contents: one command, one file.

#[macro_use]
mod out;

mod commands;
mod ground;
mod logs;
mod settings;

use clap::{Parser, Subcommand};

/// Runs a live digital service from go-live to retirement.
///
/// One program knows what the service is made of, watches what its users experience, wakes the right
/// person and tells everybody what is true. Start with `tend demo`, or with `tend serve` and a folder of
/// YAML that `tend apply` makes so.
#[derive(Parser)]
#[command(
    name = "tend",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start Tend and serve its screens until stopped.
    Serve(commands::serve::Serve),
    /// See the main story in a minute: a small real service to break, people on call, a local mailbox.
    Demo(commands::demo::Demo),
    /// Say what is wrong in a folder of YAML, with the line and column of each mistake. Changes nothing.
    Check(commands::code::Check),
    /// Make a folder of YAML so, and say what changed.
    Apply(commands::code::Apply),
    /// Write what is in the database as YAML.
    Export(commands::code::Export),
    /// Copy everything into one file, while Tend runs.
    Backup(commands::backup::Backup),
    /// Put a backup back into an empty database.
    Restore(commands::backup::Restore),
    /// Ask in SQL: of the data folder, or of a running Tend with a token.
    Query(commands::query::Query),
    /// Look everything over and say what is not as it should be.
    Doctor(commands::doctor::Doctor),
    /// Take in what happened before: access logs and tables of events.
    #[command(subcommand)]
    Import(commands::import::Import),
    /// People: invite one.
    #[command(subcommand)]
    Person(commands::person::Person),
    /// Keys for programs: make, list and revoke.
    #[command(subcommand)]
    Token(commands::token::Token),
    /// The audit chain.
    #[command(subcommand)]
    Audit(commands::audit::Audit),
    /// Render every screen and letter with every sample into a folder.
    Pages(commands::pages::Pages),
    /// Print shell completions.
    Completions(commands::completions::Completions),
    /// The small service that `tend demo` runs beside itself.
    #[command(hide = true)]
    DemoService(commands::demo::DemoService),
    /// Fill a database with probes and their history, for benchmarks.
    #[command(hide = true)]
    SeedHistory(commands::seed::SeedHistory),
    /// Print every setting as Markdown, for the guide.
    #[command(hide = true)]
    SettingsGuide,
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            ground::say_error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<std::process::ExitCode> {
    match cli.command {
        Command::Serve(command) => command.run().await,
        Command::Demo(command) => command.run().await,
        Command::Check(command) => command.run(),
        Command::Apply(command) => command.run().await,
        Command::Export(command) => command.run().await,
        Command::Backup(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Query(command) => command.run().await,
        Command::Doctor(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Person(command) => command.run().await,
        Command::Token(command) => command.run().await,
        Command::Audit(command) => command.run().await,
        Command::Pages(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::DemoService(command) => command.run().await,
        Command::SeedHistory(command) => command.run().await,
        Command::SettingsGuide => {
            settings::print_guide();
            Ok(std::process::ExitCode::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
