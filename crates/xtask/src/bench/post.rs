//! A real SMTP server that says when it accepted what: aiosmtpd.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell;

const SCRIPT: &str = include_str!("post.py");

/// A mail that was accepted.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// When the server answered 250 to its data, seconds since 1970.
    pub at: f64,
    /// The subject, decoded.
    pub subject: String,
    /// The first plain text in it.
    pub text: String,
}

/// A running server.
pub struct Post {
    process: Child,
    mails: Arc<Mutex<Vec<Mail>>>,
    /// Where it listens on loopback.
    pub port: u16,
}

impl Post {
    /// Starts one.
    ///
    /// # Errors
    /// When aiosmtpd is missing or does not start.
    pub fn start() -> Result<Self> {
        let port = shell::free_port()?;
        // Debian's own Python is the one that has Debian's packages.
        let python = if Path::new("/usr/bin/python3").is_file() { "/usr/bin/python3" } else { "python3" };
        let mut command = Command::new(python);
        command.args(["-c", SCRIPT, &port.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("python3 cannot be started")?;
        let mut lines = BufReader::new(process.stdout.take().context("standard output is piped")?).lines();
        if !matches!(lines.next(), Some(Ok(line)) if line == "ready") {
            process.kill().ok();
            bail!("the mail server does not start: apt-get install python3-aiosmtpd");
        }
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Ok(mail) = serde_json::from_str::<Mail>(&line) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                }
            }
        });
        Ok(Post { process, mails, port })
    }

    /// Every mail accepted until now.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
