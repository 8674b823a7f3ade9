//! The promises about speed and memory, measured: each bench prints one JSON value with the machine, the amount
//! of data, the figures, and which goals they meet. A bench never fails on time; it fails when it cannot measure.
//!
//! Everything is real: the release build over loopback, nginx as the site, an SMTP server, `/proc` for what
//! the process used. What can be measured from outside is measured from outside.

mod http;
mod lake;
mod machine;
mod numbers;
mod page;
mod post;
mod probes;
mod program;
mod screens;
mod site;
mod start;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use crate::shell;

/// What to measure, and how much of it.
#[derive(Args)]
pub struct Options {
    /// Which bench
    name: Name,
    /// The program to measure; without it the release build is made first
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
    /// How many probes; the default is what the goal is about
    #[arg(long, value_name = "NUMBER")]
    probes: Option<usize>,
    /// How long to measure, after everything has run once, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    seconds: u64,
    /// How many visitors the events of `lake` are made of, about 20 events each
    #[arg(long, value_name = "NUMBER")]
    visitors: Option<usize>,
    /// How many times `lake` asks each question
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    times: u64,
    /// How many days of history `screens` looks at
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,
    /// `start` also times a release build from nothing
    #[arg(long)]
    build: bool,
    /// Write the JSON here too
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The benches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Many HTTP probes: CPU per check, memory, lateness
    Probes,
    /// From the confirming failed check to the mail accepted
    Page,
    /// Services and one service with much history: time, bytes, database size
    Screens,
    /// Cold start, memory at rest, size, build time
    Start,
    /// Questions over 20 million events, against chdb and DuckDB on the same files
    Lake,
}

/// A promise and what was measured.
#[derive(Debug, Serialize)]
struct Goal {
    what: String,
    most: f64,
    measured: Option<f64>,
    /// Nothing when it could not be measured.
    met: Option<bool>,
}

impl Goal {
    fn at_most(what: &str, most: f64, measured: Option<f64>) -> Self {
        Goal { what: what.to_owned(), most, measured, met: measured.map(|measured| measured <= most) }
    }
}

/// What a bench found.
struct Found {
    data: Value,
    figures: Value,
    goals: Vec<Goal>,
}

/// Runs a bench and prints its JSON.
///
/// # Errors
/// When something it needs is missing or it cannot measure; never because of a figure.
pub fn run(options: &Options) -> Result<()> {
    let binary = match &options.bin {
        Some(given) => given.canonicalize()?,
        None if options.name == Name::Lake => lake::program()?,
        None => release()?,
    };
    let load = machine::load();
    let found = match options.name {
        Name::Probes => probes::measure(&binary, options.probes.unwrap_or(1_000), options.seconds)?,
        Name::Page => page::measure(&binary, options.probes.unwrap_or(1_000))?,
        Name::Screens => screens::measure(&binary, options.probes.unwrap_or(1_000), options.days)?,
        Name::Start => start::measure(&binary, options.build)?,
        Name::Lake => lake::measure(&binary, options.visitors, options.times)?,
    };
    let value = json!({
        "bench": format!("{:?}", options.name).to_lowercase(),
        "environment": machine::environment(&binary, load),
        "data": found.data,
        "figures": found.figures,
        "goals": found.goals,
    });
    let text = serde_json::to_string_pretty(&value)?;
    println!("{text}");
    if let Some(out) = &options.out {
        std::fs::write(out, text + "\n")?;
    }
    Ok(())
}

fn release() -> Result<PathBuf> {
    shell::run(shell::cargo().args(["build", "--release", "--locked", "-p", "tend"]))?;
    Ok(shell::target_dir().join("release/tend"))
}

#[cfg(test)]
mod tests;
