//! A private S3 server for the lake's tests: `moto` from PyPI in an environment of its own, on loopback, with
//! everything in memory, gone afterwards.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::shell;

/// What is installed, pinned.
const WANTED: &str = ".ci/s3.txt";
/// How long the server may take to answer.
const ANSWERS_WITHIN: u32 = 300;

/// A running server; dropping it stops it.
pub struct Server {
    child: Child,
    port: u16,
}

/// The server's program, installed when the list has changed since.
fn program() -> Result<PathBuf> {
    let folder = shell::cache_dir().join("s3");
    let wanted = std::fs::read(shell::root().join(WANTED))?;
    let mark = folder.join("wanted.txt");
    let program = folder.join("bin/moto_server");
    if program.is_file() && std::fs::read(&mark).is_ok_and(|kept| kept == wanted) {
        return Ok(program);
    }
    println!("installing an S3 server ({WANTED})");
    shell::capture(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("python3 with venv is needed: apt-get install python3-venv")?;
    let mut pip = Command::new(folder.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "-r"]);
    pip.arg(shell::root().join(WANTED));
    shell::capture(&mut pip)?;
    std::fs::write(mark, wanted)?;
    Ok(program)
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    /// When it cannot be installed, or does not answer.
    pub fn start() -> Result<Self> {
        let port = shell::free_port()?;
        let child = Command::new(program()?)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the S3 server does not start")?;
        let server = Server { child, port };
        for _ in 0..ANSWERS_WITHIN {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            #[expect(clippy::disallowed_methods, reason = "waits for another program")]
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the S3 server does not answer on port {port}")
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
