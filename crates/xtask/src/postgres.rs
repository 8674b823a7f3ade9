//! A private PostgreSQL for the tests: on loopback, in a temporary folder, gone afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// A running cluster; dropping it stops it and removes its folder.
pub struct Cluster {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

/// The folder with `initdb` and `pg_ctl`: Debian keeps them apart per version; the newest is taken.
pub fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file() && bin.join("pg_ctl").is_file())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

impl Cluster {
    /// Starts one.
    ///
    /// # Errors
    /// What `initdb` or the server said.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL's server programs are missing")?;
        let folder = tempfile::Builder::new().prefix("tend-postgres-").tempdir()?;
        if is_root() {
            shell::capture(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        let mut init = as_postgres(&programs.join("initdb"));
        init.arg("-D").arg(&data);
        init.args(["-U", "tend", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        shell::capture(&mut init)?;
        let port = shell::free_port()?;
        let cluster = Cluster { programs, folder, port };
        cluster.serve(&data)?;
        Ok(cluster)
    }

    fn serve(&self, data: &Path) -> Result<()> {
        // No fsync: nothing here outlives the run, and a test's database is made and dropped in between.
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {} -c unix_socket_directories= -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB",
            self.port
        );
        let log = self.folder.path().join("log");
        let mut start = as_postgres(&self.programs.join("pg_ctl"));
        start.arg("-D").arg(data).arg("-l").arg(&log).args(["-w", "-t", "60", "-o", &options, "start"]);
        shell::capture(&mut start)
            .with_context(|| format!("PostgreSQL: {}", std::fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(())
    }

    /// Where databases may be made.
    pub fn url(&self) -> String {
        format!("postgres://tend@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_postgres(&self.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "stop"]);
        if let Err(problem) = shell::capture(&mut stop) {
            eprintln!("the private PostgreSQL did not stop: {problem:#}");
        }
    }
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    shell::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
