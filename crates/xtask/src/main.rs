//! The workshop: what people and CI do to this repository, in Rust and in one place.
//!
//! `cargo xtask test` is the gate: it installs what is missing and runs every check, cheapest first.
//! `cargo xtask tidy` holds the walls that a compiler does not see. `cargo xtask bench` measures the
//! promises about speed and memory. `cargo xtask sheet` and `pictures` make what people look at.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its terminal")]
#![expect(clippy::disallowed_methods, reason = "the workshop measures real time; nothing here ships")]

mod bench;
mod browser;
mod counts;
mod gates;
mod need;
mod postgres;
mod s3;
mod shell;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The workshop of Tend.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every gate, cheapest first; installs what is missing
    Test(gates::Options),
    /// Hold the walls: levels, doors, texts, files
    Tidy,
    /// Take a picture of every sample page, to look at them side by side
    Sheet(browser::Sheet),
    /// Take the pictures of the README from the running demonstration
    Pictures,
    /// Measure the promises about speed and memory; prints JSON
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Test(options) => gates::run(&options),
        Command::Tidy => tidy::run(),
        Command::Sheet(options) => browser::sheet(&options).map(|()| ExitCode::SUCCESS),
        Command::Bench(options) => bench::run(&options).map(|()| ExitCode::SUCCESS),
        Command::Pictures => browser::pictures().map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests;
