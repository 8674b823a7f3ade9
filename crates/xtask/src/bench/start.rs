//! `bench start`: from nothing to ready, memory at rest, size, and the time to build.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::numbers::{quantile, spread};
use super::program::Program;
use super::{Found, Goal};
use crate::shell;

const TIMES: usize = 10;
/// The goals: milliseconds, bytes, seconds.
const GOAL_READY: f64 = 300.0;
const GOAL_RSS: f64 = 80.0 * 1024.0 * 1024.0;
const GOAL_BUILD: f64 = 360.0;
/// What is settled after a start has settled by then.
const REST: Duration = Duration::from_secs(10);

/// Measures.
pub fn measure(binary: &Path, build: bool) -> Result<Found> {
    let program = Program::new(binary)?;
    let first = program.start(&[])?.ready_after.as_secs_f64() * 1000.0;
    let mut starts = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        starts.push(program.start(&[])?.ready_after.as_secs_f64() * 1000.0);
    }
    let running = program.start(&[])?;
    std::thread::sleep(REST);
    let used = running.used()?;
    drop(running);
    let built = if build { Some(build_from_nothing()?) } else { None };
    let mut goals = vec![
        Goal::at_most(
            "start to ready on an existing database, median, ms",
            GOAL_READY,
            quantile(&starts, 0.5),
        ),
        Goal::at_most("memory at rest, bytes", GOAL_RSS, Some(used.rss as f64)),
    ];
    if build {
        goals.push(Goal::at_most("release build from nothing, seconds", GOAL_BUILD, built));
    }
    Ok(Found {
        data: json!({ "starts": TIMES, "rest_seconds": REST.as_secs() }),
        figures: json!({
            "first_start_ms": first,
            "start_ms": spread(&starts),
            "rss_at_rest_bytes": used.rss,
            "cpu_seconds_until_rest": used.cpu_seconds,
            "binary_bytes": std::fs::metadata(binary)?.len(),
            "release_build_seconds": built,
        }),
        goals,
    })
}

/// The release build in an empty folder; what is downloaded is there before.
fn build_from_nothing() -> Result<f64> {
    shell::run(shell::cargo().args(["fetch", "--locked"]))?;
    let target = tempfile::Builder::new()
        .prefix("tend-build-")
        .tempdir_in(shell::cache_dir().parent().unwrap_or(Path::new("/tmp")))?;
    let since = Instant::now();
    shell::run(
        shell::cargo()
            .args(["build", "--release", "--locked", "-p", "tend"])
            .env("CARGO_TARGET_DIR", target.path()),
    )?;
    Ok(since.elapsed().as_secs_f64())
}
