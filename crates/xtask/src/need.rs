//! What the gates need on the machine, and how it comes there.
//!
//! Everything comes from package registries by their ordinary clients. What is there already is left alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// Something from Debian.
pub struct Debian {
    /// A program that is there when the package is.
    pub program: &'static str,
    /// The packages that bring it.
    pub packages: &'static [&'static str],
}

/// Databases for the store tests.
pub const POSTGRES: Debian = Debian { program: "psql", packages: &["postgresql"] };
/// The browser of the stories; with a font, or it draws empty boxes.
pub const CHROMIUM: Debian = Debian { program: "chromium", packages: &["chromium", "fonts-dejavu-core"] };
/// What the probes of the benchmarks look at.
pub const NGINX: Debian = Debian { program: "nginx", packages: &["nginx-light"] };
/// A real SMTP server for the benchmarks.
pub const SMTP: Debian = Debian { program: "aiosmtpd", packages: &["python3-aiosmtpd"] };
/// Runs the browser stories and bundles the browser code.
pub const NODE: Debian = Debian { program: "node", packages: &["nodejs"] };
/// Fetches the packages of the browser stories.
pub const NPM: Debian = Debian { program: "npm", packages: &["npm"] };

/// Runs the clients of PyPI.
pub const PYTHON: Debian = Debian { program: "python3", packages: &["python3", "python3-venv"] };

impl Debian {
    fn missing(&self) -> bool {
        let found = shell::exists(self.program);
        // A client without its server is no database.
        let whole = self.program != "psql" || crate::postgres::programs().is_some();
        !found || !whole
    }
}

/// Installs those that are missing, all in one go.
///
/// # Errors
/// When rights are lacking, with the command that an administrator would run; or what apt said.
pub fn debian(wanted: &[&Debian]) -> Result<()> {
    let packages: Vec<&str> =
        wanted.iter().filter(|one| one.missing()).flat_map(|one| one.packages.iter().copied()).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if !shell::exists("apt-get") {
        bail!("missing: {}. This is no Debian; install them by your system's means", packages.join(", "));
    }
    let root = shell::capture(Command::new("id").arg("-u"))?.trim() == "0";
    let sudo =
        !root && Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|out| out.status.success());
    if !root && !sudo {
        bail!(
            "missing: {}. Installing them needs rights that you lack here; let an administrator run\n    {by_hand}",
            packages.join(", ")
        );
    }
    println!("installing {}", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let mut command = if sudo { Command::new("sudo") } else { Command::new("apt-get") };
        if sudo {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-q", "-y"]).args(arguments);
        shell::run(&mut command)
    };
    apt(&["update"])?;
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(&packages);
    apt(&install).with_context(|| format!("try it by hand: {by_hand}"))
}

/// A cargo subcommand.
pub struct Tool {
    /// The crate and the program, `cargo-deny`.
    pub name: &'static str,
    /// The version to compile when no prebuilt one can be had.
    pub version: &'static str,
}

/// Runs the tests.
pub const NEXTEST: Tool = Tool { name: "cargo-nextest", version: "0.9.148" };
/// Checks licences, sources, bans and advisories.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// The path of a cargo subcommand, installed when missing.
///
/// A prebuilt one from `.ci/tools.txt` is taken where pip and such a build exist; otherwise it is compiled once
/// and kept in the cache.
///
/// # Errors
/// When it can neither be fetched nor compiled.
pub fn tool(tool: &Tool) -> Result<PathBuf> {
    let kept = shell::cache_dir().join("tools").join(format!("{}-{}", tool.name, tool.version));
    let program = kept.join("bin").join(tool.name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(found) =
        std::env::split_paths(&path).map(|place| place.join(tool.name)).find(|at| at.is_file())
    {
        return Ok(found);
    }
    if program.is_file() {
        return Ok(program);
    }
    println!("installing {} {}", tool.name, tool.version);
    if let Err(problem) = prebuilt(tool, &kept, &program) {
        println!("no prebuilt {} here ({problem:#}); compiling it once", tool.name);
        let mut install = shell::cargo();
        install.args(["install", "--locked", "--version", tool.version, tool.name, "--root"]).arg(&kept);
        install.env("CARGO_TARGET_DIR", shell::cache_dir().join("tools-target"));
        shell::run(&mut install)?;
    }
    Ok(program)
}

fn prebuilt(tool: &Tool, kept: &Path, program: &Path) -> Result<()> {
    let list = std::fs::read_to_string(shell::root().join(".ci/tools.txt"))?;
    let line = list
        .lines()
        .find(|line| !line.starts_with('#') && line.contains(tool.name) && line.contains(tool.version))
        .context("not in .ci/tools.txt")?;
    let wanted = tempfile::NamedTempFile::with_suffix(".txt")?;
    std::fs::write(wanted.path(), line)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]);
    pip.arg("--target").arg(kept).arg("-r").arg(wanted.path());
    shell::capture(&mut pip)?;
    if !program.is_file() {
        bail!("the package brought no {}", program.display());
    }
    Ok(())
}

/// The packages of a folder with a `package-lock.json`, installed when the lock file has changed since.
///
/// # Errors
/// What npm said.
pub fn npm(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let mark = folder.join("node_modules/.tend-lock");
    if std::fs::read(&mark).is_ok_and(|kept| kept == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder);
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    shell::run(&mut npm)?;
    std::fs::write(mark, lock)?;
    Ok(())
}

/// The Python of an environment with exactly what a file of requirements pins, made when the file has changed since;
/// none, with a word about it, when PyPI cannot be reached from here.
///
/// # Errors
/// When the file cannot be read.
pub fn python(requirements: &Path) -> Result<Option<PathBuf>> {
    let wanted =
        std::fs::read(requirements).with_context(|| format!("{} cannot be read", requirements.display()))?;
    let place = shell::cache_dir().join("clients");
    let (program, mark) = (place.join("bin/python"), place.join(".tend-requirements"));
    if program.is_file() && std::fs::read(&mark).is_ok_and(|kept| kept == wanted) {
        return Ok(Some(program));
    }
    if place.exists() {
        std::fs::remove_dir_all(&place)?;
    }
    let made = shell::capture(Command::new("python3").args(["-m", "venv"]).arg(&place)).and_then(|_| {
        let mut pip = Command::new(&program);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements);
        shell::capture(&mut pip)
    });
    match made {
        Ok(_) => {
            std::fs::write(mark, wanted)?;
            Ok(Some(program))
        }
        Err(problem) => {
            println!("the packages of {} cannot be had: {problem:#}", requirements.display());
            println!("clients of PyPI are NOT tested; all others are. Is PyPI reachable from here?");
            Ok(None)
        }
    }
}
