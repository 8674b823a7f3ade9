//! The gate: every check, cheapest first, with what it took and what it counted.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::counts::{Counts, of_nextest};
use crate::need::{self, Debian};
use crate::postgres::Cluster;
use crate::{browser, shell, tidy};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Run only this step; may be given several times
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Leave this step out; may be given several times
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
    /// Compile and test only this crate in the steps `tests` and `stories`; may be given several times
    #[arg(long, short, value_name = "CRATE")]
    package: Vec<String>,
    /// Show the steps and stop
    #[arg(long)]
    list: bool,
}

/// What the steps share.
#[derive(Default)]
struct Ground {
    packages: Vec<String>,
    postgres: Option<Cluster>,
    s3: Option<crate::s3::Server>,
    program: Option<PathBuf>,
    pages: Option<PathBuf>,
}

impl Ground {
    /// The program, built once.
    fn program(&mut self) -> Result<PathBuf> {
        if self.program.is_none() {
            self.program = Some(browser::program(browser::Build::WithTests)?);
        }
        Ok(self.program.clone().unwrap_or_default())
    }

    /// The rendered pages, rendered once.
    fn pages(&mut self) -> Result<PathBuf> {
        if self.pages.is_none() {
            self.pages = Some(browser::render(&self.program()?)?);
        }
        Ok(self.pages.clone().unwrap_or_default())
    }
}

/// One check.
struct Step {
    name: &'static str,
    about: &'static str,
    needs: &'static [&'static Debian],
    run: fn(&mut Ground) -> Result<Counts>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", about: "every file is formatted", needs: &[], run: fmt },
    Step { name: "tidy", about: "the walls stand", needs: &[], run: |_| tidy::check() },
    Step { name: "deny", about: "licences, sources, bans, advisories", needs: &[], run: deny },
    Step {
        name: "clippy",
        about: "no warning in any target",
        needs: &[&need::NODE, &need::NPM],
        run: clippy,
    },
    Step {
        name: "tests",
        about: "every crate, on SQLite and on PostgreSQL",
        needs: &[&need::NODE, &need::NPM, &need::POSTGRES],
        run: tests,
    },
    Step {
        name: "stories",
        about: "the promises, told in the model town",
        needs: &[&need::NODE, &need::NPM, &need::POSTGRES],
        run: stories,
    },
    Step {
        name: "sql",
        about: "SQL for people, which a plain build leaves out",
        needs: &[&need::NODE, &need::NPM],
        run: sql,
    },
    Step {
        name: "pages",
        about: "every screen and letter renders with every sample",
        needs: BROWSER,
        run: pages,
    },
    Step {
        name: "axe",
        about: "every page in Chromium: accessible, no error, no overflow",
        needs: BROWSER,
        run: axe,
    },
    Step {
        name: "browser",
        about: "what people click through, in Chromium",
        needs: BROWSER,
        run: browser_stories,
    },
    Step {
        name: "clients",
        about: "real clients from npm and PyPI, and the tracker in Chromium, against a Tend that runs",
        needs: &[&need::NODE, &need::NPM, &need::CHROMIUM, &need::PYTHON],
        run: clients,
    },
];

/// The crate that knows DataFusion: half an hour to build, so only its own step does it.
pub const SQL: &str = "lake_sql";

const BROWSER: &[&Debian] = &[&need::NODE, &need::NPM, &need::CHROMIUM];

/// Runs the steps that were asked for; the last line counts the tests.
///
/// # Errors
/// When a step does not exist. A step that fails is counted.
pub fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        STEPS.iter().for_each(|step| println!("{:<10} {}", step.name, step.about));
        return Ok(ExitCode::SUCCESS);
    }
    for name in options.only.iter().chain(&options.skip) {
        if !STEPS.iter().any(|step| step.name == name) {
            bail!("there is no step `{name}`; --list shows them");
        }
    }
    let chosen = |step: &&Step| {
        let named = |names: &[String]| names.iter().any(|name| name == step.name);
        (options.only.is_empty() || named(&options.only)) && !named(&options.skip)
    };
    let steps: Vec<&Step> = STEPS.iter().filter(chosen).collect();
    let started = Instant::now();
    let mut ground = Ground { packages: options.package.clone(), ..Ground::default() };
    let mut report = Report::default();
    let needs: Vec<&Debian> = steps.iter().flat_map(|step| step.needs.iter().copied()).collect();
    report.note("needs", Instant::now(), need::debian(&needs).map(|()| Counts::default()));
    for (at, step) in steps.iter().enumerate() {
        println!("\n== {}/{} {}: {}", at + 1, steps.len(), step.name, step.about);
        let since = Instant::now();
        report.note(step.name, since, (step.run)(&mut ground));
    }
    drop(ground);
    Ok(report.close(started))
}

/// What came of it.
#[derive(Default)]
struct Report {
    counts: Counts,
    lines: Vec<String>,
    failed: Vec<&'static str>,
}

impl Report {
    fn note(&mut self, name: &'static str, since: Instant, outcome: Result<Counts>) {
        let took = since.elapsed().as_secs_f64();
        let counts = match outcome {
            Ok(counts) => counts,
            // A gate that could not count is one test that failed.
            Err(problem) => {
                println!("{name}: {problem:#}");
                Counts { failed: 1, ..Counts::default() }
            }
        };
        let word = if counts.failed > 0 { "FAILED" } else { "ok" };
        println!("== {name} {word} in {took:.1} s");
        self.lines.push(format!("{name:<10} {word:<7} {took:>7.1} s  {:>5} passed", counts.passed));
        self.counts += counts;
        if counts.failed > 0 {
            self.failed.push(name);
        }
    }

    fn close(self, started: Instant) -> ExitCode {
        println!("\n{}", self.lines.join("\n"));
        println!("all in {:.0} s", started.elapsed().as_secs_f64());
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        println!("{}", self.counts);
        self.counts.exit()
    }
}

fn fmt(_: &mut Ground) -> Result<Counts> {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Counts::default())
}

fn clippy(_: &mut Ground) -> Result<Counts> {
    shell::run(shell::cargo().args([
        "clippy",
        "--workspace",
        "--exclude",
        SQL,
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Counts::default())
}

fn deny(_: &mut Ground) -> Result<Counts> {
    let program = need::tool(&need::DENY)?;
    let deny = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.current_dir(shell::root()).args(arguments);
        command
    };
    let fetched = shell::capture(deny(&["fetch", "db"]).env("GIT_TERMINAL_PROMPT", "0"));
    let offline = fetched.is_err();
    if offline {
        println!(
            "the advisory database cannot be reached from here: advisories are NOT checked, all else is"
        );
    }
    // Two majors of a crate are the cargo-deny book's business, not a page of every log.
    let mut check = vec![
        "--offline",
        "check",
        "--hide-inclusion-graph",
        "-A",
        "duplicate",
        "bans",
        "licenses",
        "sources",
    ];
    if !offline {
        check.push("advisories");
    }
    shell::run(&mut deny(&check))?;
    Ok(Counts { skipped: u64::from(offline), ..Counts::default() })
}

fn tests(ground: &mut Ground) -> Result<Counts> {
    nextest(ground, "not package(testkit)")
}

fn stories(ground: &mut Ground) -> Result<Counts> {
    nextest(ground, "package(testkit)")
}

fn sql(_: &mut Ground) -> Result<Counts> {
    shell::run(shell::cargo().args([
        "clippy",
        "-p",
        SQL,
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    let mut command = std::process::Command::new(need::tool(&need::NEXTEST)?);
    command.current_dir(shell::root()).env("CARGO_TERM_COLOR", "never");
    command.args(["nextest", "run", "--locked", "-p", SQL, "-p", "testkit", "--features", "testkit/sql"]);
    command.args(["-E", "package(lake_sql) or test(/^sql::/)"]);
    counted(&mut command)
}

fn pages(ground: &mut Ground) -> Result<Counts> {
    ground.pages()?;
    Ok(Counts::default())
}

fn axe(ground: &mut Ground) -> Result<Counts> {
    let (program, pages) = (ground.program()?, ground.pages()?);
    browser::test("pages.test.mjs", &program, Some(&pages))
}

fn browser_stories(ground: &mut Ground) -> Result<Counts> {
    browser::test("stories.test.mjs", &ground.program()?, None)
}

fn clients(ground: &mut Ground) -> Result<Counts> {
    browser::clients(&ground.program()?)
}

fn nextest(ground: &mut Ground, filter: &str) -> Result<Counts> {
    let program = need::tool(&need::NEXTEST)?;
    if ground.postgres.is_none() {
        ground.postgres = Some(Cluster::start()?);
    }
    let url = ground.postgres.as_ref().map(Cluster::url).unwrap_or_default();
    if ground.s3.is_none() {
        match crate::s3::Server::start() {
            Ok(server) => ground.s3 = Some(server),
            Err(problem) => println!("MISSING: the lake's test of an object store is left out: {problem:#}"),
        }
    }
    let mut command = std::process::Command::new(program);
    command.current_dir(shell::root());
    command.args(["nextest", "run", "--locked", "-E", filter]);
    if ground.packages.is_empty() {
        command.args(["--workspace", "--exclude", SQL]);
    }
    command.args(ground.packages.iter().flat_map(|package| ["-p", package]));
    command.env("TEND_TEST_POSTGRES", url).env("CARGO_TERM_COLOR", "never");
    if let Some(server) = &ground.s3 {
        command.env("TEND_TEST_S3", server.url());
    }
    counted(&mut command)
}

/// Runs tests and counts them.
fn counted(command: &mut std::process::Command) -> Result<Counts> {
    let said = shell::tee(command)?;
    match of_nextest(&said.lines) {
        Some(counts) if said.success || counts.failed > 0 => Ok(counts),
        Some(_) => bail!("nextest failed"),
        None => bail!("no test ran"),
    }
}
