//! What the probes look at: nginx, with as many addresses as are wanted and some that can be broken at once.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http::Client;
use crate::shell;

/// A running nginx. `/ok/N` always answers 200; `/may-fail/N` answers 503 while the site is broken.
pub struct Site {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

/// A request that nginx answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// When the answer was sent, seconds since 1970.
    pub at: f64,
    /// The path.
    pub path: String,
    /// The status.
    pub status: u16,
}

impl Site {
    /// Starts one.
    ///
    /// # Errors
    /// When nginx does not start.
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tend-nginx-").tempdir()?;
        // The workers run as somebody else than root and must be able to see the mark and write the log.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open)?;
        let port = shell::free_port()?;
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, config_of(&folder.path().display().to_string(), port))?;
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].iter().map(PathBuf::from).find(|at| at.is_file());
        let mut command = Command::new(program.unwrap_or_else(|| "nginx".into()));
        command.arg("-p").arg(folder.path()).arg("-c").arg(&config).args([
            "-g",
            "daemon off;",
            "-e",
            "stderr",
        ]);
        let process =
            command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().context("nginx cannot be started")?;
        let site = Site { process, folder, port };
        site.ready()?;
        Ok(site)
    }

    fn ready(&self) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if Client::connect(self.port, None).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("nginx does not answer")
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Breaks everything under `/may-fail/`, all at the same instant.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub fn break_it(&self) -> Result<()> {
        Ok(std::fs::write(self.folder.path().join("broken"), "")?)
    }

    /// Every request answered until now.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn asked(&self) -> Result<Vec<Asked>> {
        let log = std::fs::read_to_string(self.folder.path().join("access.log"))?;
        Ok(log.lines().filter_map(asked).collect())
    }
}

/// A line of the access log as written by our format.
pub fn asked(line: &str) -> Option<Asked> {
    let mut words = line.split(' ');
    let at = words.next()?.parse().ok()?;
    Some(Asked { at, path: words.next()?.to_owned(), status: words.next()?.parse().ok()? })
}

impl Drop for Site {
    fn drop(&mut self) {
        let stopped = Command::new("kill").arg(self.process.id().to_string()).status();
        if stopped.is_err() {
            eprintln!("nginx could not be asked to stop");
        }
        self.process.wait().ok();
    }
}

fn config_of(folder: &str, port: u16) -> String {
    format!(
        "worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_rlimit_nofile 40000;
events {{ worker_connections 30000; }}
http {{
  log_format ours '$msec $uri $status';
  access_log {folder}/access.log ours;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_timeout 75;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /ok/ {{ return 200 'all is well\\n'; }}
    location /may-fail/ {{ if (-f {folder}/broken) {{ return 503 'broken\\n'; }} return 200 'all is well\\n'; }}
  }}
}}
"
    )
}
