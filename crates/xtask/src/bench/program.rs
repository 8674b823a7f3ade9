//! The program under measurement.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http::Client;
use super::machine::{self, Used};
use crate::shell;

/// How long a start may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Services in a file.
const PER_FILE: usize = 50;

/// A folder with data, and the program on it.
pub struct Program {
    binary: PathBuf,
    folder: tempfile::TempDir,
}

/// A running one.
pub struct Running {
    process: Child,
    log: PathBuf,
    /// Where it listens on loopback.
    pub port: u16,
    /// From the start of the process to the first good answer of `/readyz`.
    pub ready_after: Duration,
}

impl Program {
    /// With an empty folder.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn new(binary: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tend-bench-").tempdir()?;
        Ok(Program { binary: binary.to_owned(), folder })
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// How large its database is, with what has not been folded in yet, bytes.
    ///
    /// # Errors
    /// When there is none.
    pub fn database_bytes(&self) -> Result<u64> {
        let files = std::fs::read_dir(self.data())?;
        let sizes = files.flatten().filter(|file| file.file_name().to_string_lossy().starts_with("tend.db"));
        Ok(sizes.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum())
    }

    /// Runs a command of the program on its data.
    ///
    /// # Errors
    /// When it fails, with what it said.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--data").arg(self.data()).args(["--log", "warn"]);
        shell::capture(&mut command)
    }

    /// Makes a folder of YAML so: a head, then services, spread over files as people would.
    ///
    /// # Errors
    /// What the program finds wrong with it.
    pub fn apply(&self, head: &str, services: &[String]) -> Result<()> {
        let folder = self.folder.path().join("code");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("head.yml"), head)?;
        for (at, some) in services.chunks(PER_FILE).enumerate() {
            std::fs::write(
                folder.join(format!("services-{at:03}.yml")),
                format!("services:\n{}", some.concat()),
            )?;
        }
        self.command(&["apply", &folder.display().to_string()])?;
        Ok(())
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time, with its log.
    pub fn start(&self, more: &[&str]) -> Result<Running> {
        let port = shell::free_port()?;
        let log = self.folder.path().join("log");
        let mut command = Command::new(&self.binary);
        command.arg("serve").arg("--data").arg(self.data()).args(["--listen", &format!("127.0.0.1:{port}")]);
        command.args(["--log", "warn", "--allow", "127.0.0.0/8"]).args(more);
        command
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&log)?)
            .stderr(std::fs::File::create(&log)?);
        let started = Instant::now();
        let process = command.spawn().context("tend cannot be started")?;
        let mut running = Running { process, log, port, ready_after: Duration::ZERO };
        while started.elapsed() < PATIENCE {
            if ready(port) {
                running.ready_after = started.elapsed();
                return Ok(running);
            }
            if let Some(status) = running.process.try_wait()? {
                bail!("tend ended with {status}: {}", running.log());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("tend is not ready after {PATIENCE:?}: {}", running.log())
    }
}

fn ready(port: u16) -> bool {
    let answer = Client::connect(port, None).and_then(|mut client| client.get("/readyz", "*/*"));
    answer.is_ok_and(|answer| answer.status == 200)
}

impl Running {
    /// What it has used until now.
    ///
    /// # Errors
    /// When it has ended, with its log.
    pub fn used(&self) -> Result<Used> {
        machine::used(self.process.id()).with_context(|| self.log())
    }

    /// What `/metrics` says.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn metrics(&self) -> Result<String> {
        Ok(Client::connect(self.port, None)?.get("/metrics", "text/plain")?.text())
    }

    fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        Command::new("kill").arg(self.process.id().to_string()).status().ok();
        self.process.wait().ok();
    }
}
