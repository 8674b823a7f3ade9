//! Bundles what the browser loads (`assets/`) with esbuild from npm, by lock file, into `OUT_DIR`.
//!
//! Runs again only when a file in `assets/` changed. Needs no network while `node_modules` fits the lock file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

const MISSING: &str = "Tend's screens are bundled at build time with Node.js (20 or newer) and npm, and they were not \
    found. Install them: on Debian or Ubuntu `sudo apt-get install nodejs npm`, on Fedora `sudo dnf install nodejs`, \
    on macOS `brew install node`, on Windows `winget install OpenJS.NodeJS`.";

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("assets");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("assets");
    for watched in ["assets/package.json", "assets/package-lock.json", "assets/build.mjs", "assets/src"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rerun-if-env-changed=TEND_NODE");
    install(&root);
    run(Command::new(node()).arg("build.mjs").arg(&out).current_dir(&root), "bundle the assets");
}

fn node() -> String {
    env::var("TEND_NODE").unwrap_or_else(|_| "node".into())
}

/// Installs the packages of the lock file, unless exactly those are there.
fn install(root: &Path) {
    let lock = fs::read(root.join("package-lock.json")).unwrap_or_default();
    let stamp = root.join("node_modules/.tend-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(root);
    run(&mut command, "install the packages of assets/package-lock.json");
    if let Err(error) = fs::write(&stamp, &lock) {
        println!("cargo::warning=cannot note the installed packages: {error}");
    }
}

fn run(command: &mut Command, what: &str) {
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            fail(&format!("could not {what} ({}):\n{}", output.status, told.trim()));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => fail(MISSING),
        Err(error) => fail(&format!("could not {what}: {error}")),
    }
}

fn fail(why: &str) -> ! {
    for line in why.lines() {
        println!("cargo::error={line}");
    }
    exit(1);
}
