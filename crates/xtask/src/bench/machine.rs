//! The machine, and what a process used of it, as the kernel tells.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::shell;

/// What a process has used until now.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// Processor time in user and kernel, seconds.
    pub cpu_seconds: f64,
    /// Resident memory now, bytes.
    pub rss: u64,
    /// The most resident memory it ever had, bytes.
    pub rss_peak: u64,
}

/// What a process has used.
///
/// # Errors
/// When it has ended.
pub fn used(pid: u32) -> Result<Used> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the program has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    Ok(Used {
        cpu_seconds: cpu_ticks(&stat).context("/proc/PID/stat")? as f64 / ticks_per_second(),
        rss: kib(&status, "VmRSS:").context("VmRSS")? * 1024,
        rss_peak: kib(&status, "VmHWM:").context("VmHWM")? * 1024,
    })
}

/// User and kernel ticks: fields 14 and 15 of proc(5), counted after the name in brackets.
pub fn cpu_ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// A line of `/proc/PID/status` in KiB.
pub fn kib(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line[name.len()..].trim().strip_suffix("kB")?.trim().parse().ok()
}

fn ticks_per_second() -> f64 {
    let said = shell::capture(Command::new("getconf").arg("CLK_TCK"));
    said.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(100.0)
}

/// The load average of the last minute: a bench on a busy machine says so itself.
pub fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// What the figures depend on.
pub fn environment(binary: &Path, load_before: Option<f64>) -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu =
        cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let said = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(shell::root());
        shell::capture(&mut command).ok().map(|text| text.trim().to_owned())
    };
    json!({
        "cpu": cpu,
        "cores": std::thread::available_parallelism().map(usize::from).ok(),
        "memory_bytes": kib(&read("/proc/meminfo"), "MemTotal:").map(|kib| kib * 1024),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "rustc": said("rustc", &["--version"]),
        "commit": said("git", &["rev-parse", "--short=12", "HEAD"]),
        "changed_since_commit": said("git", &["status", "--porcelain"]).map(|text| !text.is_empty()),
        "build": if binary.components().any(|part| part.as_os_str() == "debug") { "debug" } else { "release" },
        "load_before": load_before,
    })
}
