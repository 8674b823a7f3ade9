//! Questions over the lake: funnels, counts and spreads over 20 million events, against ClickHouse (chdb) and
//! DuckDB over the same Parquet files in the same run.
//!
//! Processor seconds are compared and not wall time, because a bench shares its machine with others. Each question
//! is asked in a process of its own, once to warm up and then several times; the median counts. Peers do what
//! makes them quickest: the funnel of ClickHouse is also measured over rows that were filtered before.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Found, Goal, numbers};
use crate::shell;

const SCRIPT: &str = include_str!("lake.py");
/// The peers, as PyPI has them.
const PEERS: [&str; 2] = ["chdb==4.4.0", "duckdb==2.0.0"];
/// What the goal is about.
const VISITORS: u64 = 1_000_000;
const DAYS: u64 = 30;
/// Changes when the events that are made change.
const EDITION: u32 = 1;
/// Questions, with those that peers answer.
const QUESTIONS: [&str; 9] = [
    "funnel",
    "funnel_by_visit",
    "funnel_by_path",
    "funnel_day",
    "hourly",
    "hourly_by_name",
    "visitors_daily",
    "spread_by_name",
    "hourly_spread_by_name",
];
const OF_CHDB: [&str; 10] = [
    "funnel",
    "funnel_only_steps",
    "funnel_strict_once",
    "funnel_strict_once_only_steps",
    "funnel_day",
    "hourly",
    "hourly_by_name",
    "visitors_daily",
    "spread_by_name",
    "hourly_spread_by_name",
];
const OF_DUCKDB: [&str; 7] = [
    "funnel",
    "funnel_day",
    "hourly",
    "hourly_by_name",
    "visitors_daily",
    "spread_by_name",
    "hourly_spread_by_name",
];

/// The program that answers, built with the settings of a release.
///
/// # Errors
/// What cargo said.
pub fn program() -> Result<PathBuf> {
    shell::run(shell::cargo().args(["build", "--release", "--locked", "-p", "lake", "--example", "bench"]))?;
    Ok(shell::target_dir().join("release/examples/bench"))
}

/// Asks every question of us and of the peers.
///
/// # Errors
/// When the events cannot be made, a question is not answered, or answers differ.
pub fn measure(binary: &Path, visitors: Option<usize>, times: u64) -> Result<Found> {
    let visitors = visitors.map_or(VISITORS, |visitors| visitors as u64);
    let (folder, made) = events(binary, visitors)?;
    let times = times.clamp(1, 9);
    let mut ours = serde_json::Map::new();
    for question in QUESTIONS {
        println!("{question}");
        ours.insert(question.to_owned(), ask_us(binary, question, &folder, times, None)?);
    }
    let mut by_age = serde_json::Map::new();
    for installed in [30, 90, 365] {
        let told = ask_us(binary, "funnel_day", &folder, times, Some(installed))?;
        by_age.insert(installed.to_string(), told);
    }
    let mut peers = serde_json::Map::new();
    let mut without = None;
    match python() {
        Ok(python) => {
            let of_peers = [("chdb", OF_CHDB.as_slice()), ("duckdb", OF_DUCKDB.as_slice())];
            for (engine, questions) in of_peers {
                let mut told = serde_json::Map::new();
                for question in questions {
                    println!("{engine} {question}");
                    told.insert((*question).to_owned(), ask_peer(&python, engine, question, &folder, times)?);
                }
                peers.insert(engine.to_owned(), Value::Object(told));
            }
        }
        Err(problem) => {
            println!("without peers: {problem:#}");
            without = Some(format!("{problem:#}"));
        }
    }
    same_answers(&ours, &peers)?;
    let figures =
        json!({ "ours": ours, "by_age_days": by_age, "peers": peers, "without_peers_because": without });
    Ok(Found { goals: goals(&figures, &made), data: made, figures })
}

/// Makes the events, unless they are there from the last time.
fn events(binary: &Path, visitors: u64) -> Result<(PathBuf, Value)> {
    let folder = shell::cache_dir().join(format!("bench-lake-{EDITION}-{visitors}-{DAYS}"));
    let mark = folder.join("made.json");
    if let Ok(text) = std::fs::read_to_string(&mark) {
        return Ok((folder, serde_json::from_str(&text)?));
    }
    println!("making the events of {visitors} visitors on {DAYS} days in {}", folder.display());
    let mut command = Command::new(binary);
    command.arg("make").arg(&folder).args([visitors.to_string(), DAYS.to_string()]);
    let made: Value = serde_json::from_str(shell::capture(&mut command)?.trim())?;
    let part = |name: &str| made[name].as_u64().unwrap_or(0);
    let each = part("bytes") as f64 / part("rows").max(1) as f64;
    let made = json!({
        "visitors": visitors,
        "days": DAYS,
        "events": part("rows"),
        "bytes": part("bytes"),
        "bytes_per_event": each,
        "keys": "none: the days are over for more than 48 hours",
    });
    std::fs::write(mark, made.to_string())?;
    Ok((folder, made))
}

/// A Python with the peers.
fn python() -> Result<PathBuf> {
    let folder = shell::cache_dir().join("bench-lake");
    let python = folder.join("bin/python");
    if !python.is_file() {
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("Python 3 with venv is needed for the peers: apt-get install python3-venv")?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--disable-pip-version-check"]).args(PEERS);
    shell::run(&mut install)
        .context("the peers come from PyPI; without it only our own figures are measured")?;
    Ok(python)
}

fn ask_us(binary: &Path, question: &str, folder: &Path, times: u64, days: Option<u64>) -> Result<Value> {
    let mut command = Command::new(binary);
    command.args(["ask", question]).arg(folder).arg((times + 1).to_string());
    command.args(days.map(|days| days.to_string()));
    told(&mut command)
}

fn ask_peer(python: &Path, engine: &str, question: &str, folder: &Path, times: u64) -> Result<Value> {
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT, engine, question]).arg(folder).arg((times + 1).to_string());
    told(&mut command)
}

fn told(command: &mut Command) -> Result<Value> {
    let text = shell::capture(command)?;
    let told: Value = serde_json::from_str(text.trim()).with_context(|| text.clone())?;
    let runs = told["runs"].as_array().context("runs")?;
    let median = |name: &str| {
        let all: Vec<f64> = runs.iter().skip(1).filter_map(|run| run[name].as_f64()).collect();
        numbers::quantile(&all, 0.5)
    };
    Ok(json!({
        "cpu_seconds": median("cpu_seconds"),
        "wall_seconds": median("wall_seconds"),
        "rss_peak": told["rss_peak"],
        "answer": told["answer"],
    }))
}

/// Answers are compared where they mean the same; a bench of a wrong answer is worth nothing.
fn same_answers(ours: &serde_json::Map<String, Value>, peers: &serde_json::Map<String, Value>) -> Result<()> {
    for (mine, engine, theirs) in [
        ("funnel", "chdb", "funnel_strict_once"),
        ("funnel", "chdb", "funnel_strict_once_only_steps"),
        ("funnel_day", "chdb", "funnel_day"),
    ] {
        let (mine, theirs) =
            (&ours[mine]["answer"], &peers.get(engine).unwrap_or(&Value::Null)[theirs]["answer"]);
        if !theirs.is_null() && mine != theirs {
            bail!("the funnels differ: {mine} and, by {engine}, {theirs}");
        }
    }
    for question in ["hourly", "hourly_by_name", "spread_by_name", "hourly_spread_by_name"] {
        for (engine, told) in peers {
            let (mine, theirs) = (&ours[question]["answer"]["events"], &told[question]["answer"]["events"]);
            if mine != theirs {
                bail!("{question} differs: {mine} and, by {engine}, {theirs}");
            }
        }
    }
    Ok(())
}

fn goals(figures: &Value, made: &Value) -> Vec<Goal> {
    let cpu = |of: &Value, question: &str| of[question]["cpu_seconds"].as_f64();
    let (ours, chdb) = (&figures["ours"], &figures["peers"]["chdb"]);
    let share = |question: &str, theirs: &[&str]| {
        let least = theirs.iter().filter_map(|theirs| cpu(chdb, theirs)).fold(f64::INFINITY, f64::min);
        cpu(ours, question).filter(|_| least.is_finite()).map(|mine| mine / least)
    };
    let mib = |question: &str| ours[question]["rss_peak"].as_f64().map(|bytes| bytes / f64::from(1 << 20));
    let day = ours["funnel_day"]["wall_seconds"].as_f64().map(|seconds| seconds * 1_000.0);
    let old = cpu(&figures["by_age_days"], "365").zip(cpu(&figures["by_age_days"], "30"));
    vec![
        Goal::at_most(
            "funnel of 4 steps over everything, CPU, share of chdb's default",
            0.4,
            share("funnel", &["funnel"]),
        ),
        Goal::at_most(
            "the same, share of chdb's 'strict_once', which means the same",
            0.25,
            share("funnel", &["funnel_strict_once"]),
        ),
        Goal::at_most(
            "the same, share of chdb's quickest way (rows filtered before)",
            1.0,
            share(
                "funnel",
                &["funnel_only_steps", "funnel_strict_once_only_steps", "funnel", "funnel_strict_once"],
            ),
        ),
        Goal::at_most("funnel over everything, peak memory, MiB", 300.0, mib("funnel")),
        Goal::at_most("funnel over one day, ms", 100.0, day),
        Goal::at_most("hourly counts, CPU, share of chdb's", 1.0, share("hourly", &["hourly"])),
        Goal::at_most(
            "hourly counts by name, CPU, share of chdb's",
            1.0,
            share("hourly_by_name", &["hourly_by_name"]),
        ),
        Goal::at_most(
            "p50 and p95 by name, CPU, share of chdb's",
            1.0,
            share("spread_by_name", &["spread_by_name"]),
        ),
        Goal::at_most(
            "p50 and p95 by hour and name, CPU, share of chdb's",
            1.0,
            share("hourly_spread_by_name", &["hourly_spread_by_name"]),
        ),
        Goal::at_most("bytes per event on disk", 20.0, made["bytes_per_event"].as_f64()),
        Goal::at_most(
            "one day with 365 days installed, share of 30 days",
            1.2,
            old.map(|(old, young)| old / young),
        ),
    ]
}
