//! Looking at Tend in a real browser: every sample page, the stories people click through, and pictures.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::counts::{Counts, of_node};
use crate::{need, shell};

/// Where pictures go.
#[derive(Args)]
pub struct Sheet {
    /// The folder for the pictures and their index.html
    #[arg(long, default_value = "e2e/out/sheet")]
    out: PathBuf,
    /// Only pages whose path contains this
    #[arg(long, default_value = "")]
    only: String,
}

/// What to build the program with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// By itself: quick on a desk.
    Alone,
    /// With every test: cargo then takes the same builds of the dependencies as for the tests, where another
    /// choice of packages would compile them again with other features.
    WithTests,
}

/// Builds the program and returns its path.
///
/// # Errors
/// When it does not compile.
pub fn program(build: Build) -> Result<PathBuf> {
    let what: &[&str] = match build {
        Build::Alone => &["-p", "tend"],
        // As the tests were built, or everything would be built a second time.
        Build::WithTests => &["--workspace", "--exclude", crate::gates::SQL, "--bins", "--tests"],
    };
    shell::run(shell::cargo().args(["build", "--locked"]).args(what))?;
    Ok(shell::target_dir().join("debug/tend"))
}

/// Renders every screen and letter with every sample into a folder.
///
/// # Errors
/// When a page does not render.
pub fn render(program: &Path) -> Result<PathBuf> {
    let out = shell::target_dir().join("pages");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    shell::run(Command::new(program).args(["pages", "--out"]).arg(&out))?;
    Ok(out)
}

/// Runs one file of browser tests.
///
/// # Errors
/// When it runs no test or the runner breaks.
pub fn test(file: &str, program: &Path, pages: Option<&Path>) -> Result<Counts> {
    tested(script(program, pages)?, file)
}

/// Runs real clients of npm and PyPI, and the tracker in a real browser, against a Tend that runs.
///
/// # Errors
/// When it runs no test or the runner breaks.
pub fn clients(program: &Path) -> Result<Counts> {
    let mut node = script(program, None)?;
    if let Some(python) = need::python(&shell::root().join("e2e/requirements.txt"))? {
        node.env("TEND_PYTHON", python);
    }
    tested(node, "clients.test.mjs")
}

fn tested(mut node: Command, file: &str) -> Result<Counts> {
    node.args(["--test", "--test-reporter=spec", file]);
    let said = shell::tee(&mut node)?;
    match of_node(&said.lines) {
        Some(counts) if counts.passed + counts.failed == 0 => bail!("{file} ran no test"),
        Some(counts) if said.success || counts.failed > 0 => Ok(counts),
        _ => bail!("{file} broke off"),
    }
}

/// The contact sheet: a picture of every sample page, light and dark, wide and narrow, side by side.
///
/// # Errors
/// When a page does not render or the browser does not start.
pub fn sheet(options: &Sheet) -> Result<()> {
    ready()?;
    let program = program(Build::Alone)?;
    let pages = render(&program)?;
    let out = shell::root().join(&options.out);
    let mut node = script(&program, Some(&pages))?;
    node.arg("sheet.mjs").env("TEND_OUT", &out).env("TEND_ONLY", &options.only);
    shell::run(&mut node)?;
    println!("look at {}", out.join("index.html").display());
    Ok(())
}

/// Takes the pictures of the README from the running demonstration.
///
/// # Errors
/// When the demonstration or the browser does not start.
pub fn pictures() -> Result<()> {
    ready()?;
    let program = program(Build::Alone)?;
    let mut node = script(&program, None)?;
    node.arg("pictures.mjs").env("TEND_OUT", shell::root().join("docs/img"));
    shell::run(&mut node)
}

/// Installs what the browser needs.
///
/// # Errors
/// When it cannot be installed.
pub fn ready() -> Result<()> {
    need::debian(&[&need::CHROMIUM, &need::NODE, &need::NPM])?;
    need::npm(&shell::root().join("e2e"))
}

fn script(program: &Path, pages: Option<&Path>) -> Result<Command> {
    let folder = shell::root().join("e2e");
    need::npm(&folder)?;
    let mut node = Command::new("node");
    node.current_dir(folder).env("TEND_BIN", program);
    if let Some(pages) = pages {
        node.env("TEND_PAGES", pages);
    }
    Ok(node)
}
