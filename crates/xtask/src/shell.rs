//! Running other programs: where, how, and what they said.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).map(Path::to_path_buf).unwrap_or(here)
}

/// The folder that builds go to: `$CARGO_TARGET_DIR`, or `target` in the repository.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The folder for what outlives a build: tools and downloaded things.
pub fn cache_dir() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).unwrap_or_else(|| {
        std::env::var_os("HOME").map_or_else(std::env::temp_dir, |home| PathBuf::from(home).join(".cache"))
    });
    base.join("tend-ci")
}

/// The cargo that started us, so that a toolchain override holds.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let first = words.first().map(|word| word.rsplit('/').next().unwrap_or(word).to_owned());
    first.into_iter().chain(words.into_iter().skip(1)).collect::<Vec<_>>().join(" ")
}

/// Runs a command with its output passed through; an error says which command failed.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{} cannot be started", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command, returns what it printed; an error carries what it complained about.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", shown(command)))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        bail!("{} ended with {}: {}", shown(command), output.status, said.concat());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a command said while its output was passed through.
pub struct Said {
    /// Whether it ended well.
    pub success: bool,
    /// Its lines, standard output and standard error mixed.
    pub lines: Vec<String>,
}

/// Runs a command, passes its output through line by line and keeps it.
pub fn tee(command: &mut Command) -> Result<Said> {
    println!("$ {}", shown(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", shown(command)))?;
    let stderr = child.stderr.take().context("standard error is piped")?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let errors = std::thread::spawn(move || pass(stderr));
    let mut lines = pass(stdout);
    lines.extend(errors.join().unwrap_or_default());
    Ok(Said { success: child.wait()?.success(), lines })
}

fn pass(from: impl std::io::Read) -> Vec<String> {
    let mut lines = Vec::new();
    let mut from = BufReader::new(from);
    let mut raw = Vec::new();
    while from.read_until(b'\n', &mut raw).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&raw).trim_end().to_owned();
        println!("{line}");
        lines.push(line);
        raw.clear();
    }
    lines
}

/// Whether a program of this name can be started.
pub fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    places.into_iter().any(|place| place.join(program).is_file())
}

/// A port on loopback that nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
