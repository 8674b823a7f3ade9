//! `tend import`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use journeys::intake::csv::Mapping;
use journeys::intake::files::{File, Format, Numbered, wire};
use journeys::intake::lines::NotTaken;
use journeys::intake::{Asked, Reason, Source, memory};
use kernel::SignedDuration;
use kernel::lake::Origin;
use kernel::world::{Fetch, Reach, World};
use store::Ground;

use crate::ground::{clock_and_dice, open_existing, open_lake, real_world, say};
use crate::logs;
use crate::settings::{Data, Events, Outward};

/// Tries for one batch while Tend is busy; with the waits it asks for that is minutes.
const TRIES: u32 = 10;
/// The longest that one wait may be, seconds.
const LONGEST_WAIT: u64 = 60;
/// How much of an answer is read, bytes: it names at most a hundred events.
const MAX_ANSWER: usize = 256 * 1024;

/// Take in what happened before: access logs, and tables of events.
///
/// With --to, events are sent to a Tend that runs there, by the same door as every program's, with nothing
/// but the key of the source. Without it, the data folder is opened itself, which works only while no Tend
/// runs on it: two programs never write one log.
///
/// Every event has an id made of its line, so a file that is read again, or that was read up to the middle,
/// counts once; Tend remembers ids for 48 hours. Files may be packed with gzip. What was not taken is
/// listed with the reason and the numbers of the first lines.
#[derive(Subcommand)]
pub enum Import {
    /// Lines of an access log in the combined format. A page that was given is a page view, all else a
    /// `request` with its `status`.
    AccessLog(AccessLog),
    /// Rows of a table (CSV) whose columns are mapped to what an event is made of.
    Events(Table),
}

/// Where events go.
#[derive(Args)]
struct Target {
    /// The file, plain or packed with gzip.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key of the source that the events belong to, or another word that it is known by.
    #[arg(long, value_name = "KEY")]
    source: String,
    /// Where a Tend runs that takes them, like `https://tend.example`.
    #[arg(long, env = "TEND_TO", value_name = "URL")]
    to: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    events: Events,
    #[command(flatten)]
    outward: Outward,
}

/// Lines of an access log.
#[derive(Args)]
pub struct AccessLog {
    #[command(flatten)]
    target: Target,
    /// The host that it is the log of; lines do not say.
    #[arg(long, default_value = "", value_name = "HOST")]
    host: String,
}

/// Rows of a table.
#[derive(Args)]
pub struct Table {
    #[command(flatten)]
    target: Target,
    /// Which column becomes what: `name=COLUMN,at=COLUMN,case=COLUMN,prop.channel=COLUMN`. There is name, at,
    /// url, host, referrer, id, case, user, visitor, session, ip, agent, source, medium, campaign, device,
    /// browser, os, language, channel, release, value and prop.NAME; `name==TEXT` gives every row the same.
    #[arg(long, value_name = "MAPPING")]
    map: String,
    /// What separates columns. Default: what the first line has most of `,` `;` tab and `|`.
    #[arg(long, value_name = "LETTER")]
    delimiter: Option<char>,
    /// The zone of times that have none.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    zone: String,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Import::AccessLog(log) => log.target.import(Format::AccessLog { host: log.host }).await,
            Import::Events(table) => {
                let mapping = Mapping::parse(&table.map).map_err(anyhow::Error::msg).context("--map")?;
                let delimiter = match table.delimiter {
                    None => None,
                    Some('t') => Some(b'\t'),
                    Some(letter) => Some(u8::try_from(letter).context("--delimiter is one ASCII letter")?),
                };
                let zone = TimeZone::get(&table.zone).with_context(|| format!("--zone {}", table.zone))?;
                table.target.import(Format::Table { mapping, delimiter, zone }).await
            }
        }
    }
}

/// What became of the file.
#[derive(Debug, Default, serde::Serialize)]
struct Report {
    /// Lines or rows that were read.
    read: u64,
    /// Events of people that are kept.
    kept: u64,
    /// Events of programs that are kept apart.
    bots: u64,
    /// Events that had been kept before.
    duplicates: u64,
    /// What was not taken.
    not_taken: NotTaken,
}

impl Target {
    async fn import(self, format: Format) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let sink = match &self.to {
            Some(to) => Sink::Running(Running::new(to, &self.source, &format, &self.outward)?),
            None => Sink::Folder(Box::new(Folder::open(&self, format.origin()).await?)),
        };
        let bar = bar(&self.file)?;
        let outcome = feed(&self.file, &format, &sink, &bar).await;
        bar.finish_and_clear();
        let closed = sink.close().await;
        let report = outcome?;
        closed?;
        if self.json {
            out!("{}", serde_json::to_string(&report)?);
        } else {
            report.tell();
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn feed(path: &Path, format: &Format, sink: &Sink, bar: &ProgressBar) -> anyhow::Result<Report> {
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{shown} cannot be opened"))?;
    let mut file =
        File::open(bar.wrap_read(file), format).map_err(anyhow::Error::from).context(shown.to_string())?;
    let mut report = Report::default();
    loop {
        let batch = file.batch().with_context(|| {
            format!("{shown} is taken up to line {} and cannot be read further", file.read())
        })?;
        if batch.is_empty() {
            break;
        }
        let told = sink.take(&batch).await?;
        report.kept += told.kept;
        report.bots += told.bots;
        report.duplicates += told.duplicates;
        for (index, reason) in told.ignored {
            let line = batch.get(index).map_or(0, |(line, _)| *line);
            file.not_taken().because(line, sentence(reason), reason);
        }
        for _ in 0..told.more_ignored {
            file.not_taken().because(0, "not taken, and the answer no longer said why", Reason::Malformed);
        }
        bar.set_message(format!("{} events", report.kept + report.bots));
    }
    report.read = file.read();
    report.not_taken = std::mem::take(file.not_taken());
    Ok(report)
}

/// A reason of the intake for who looks at a file; empty is the reason's word.
fn sentence(reason: Reason) -> &'static str {
    match reason {
        Reason::TooOld => "older than the source keeps",
        Reason::Future => "more than a day in the future",
        Reason::Address => "the address is none of the web",
        _ => "",
    }
}

/// Shows how far it is, by bytes of the file; silent where nobody looks.
fn bar(path: &Path) -> anyhow::Result<ProgressBar> {
    let size = std::fs::metadata(path).with_context(|| format!("{} cannot be opened", path.display()))?.len();
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}  {elapsed}, {eta} to go")?;
    Ok(ProgressBar::new(size).with_style(style))
}

impl Report {
    fn tell(&self) {
        out!("{} lines read.", self.read);
        out!("{} events kept, {} more of programs kept apart.", self.kept, self.bots);
        if self.duplicates > 0 {
            out!("{} had been kept before.", self.duplicates);
        }
        if self.not_taken.count() > 0 {
            out!("{} not taken:", self.not_taken.count());
        }
        for (reason, lines) in self.not_taken.reasons() {
            let named: Vec<String> =
                lines.first.iter().filter(|line| **line > 0).map(u64::to_string).collect();
            let more = if lines.count > named.len() as u64 { ", .." } else { "" };
            out!("  {:>8}  {reason} (lines {}{more})", lines.count, named.join(", "));
        }
    }
}

/// What became of a batch.
#[derive(Default)]
struct Told {
    kept: u64,
    bots: u64,
    duplicates: u64,
    ignored: Vec<(usize, Reason)>,
    more_ignored: u64,
}

/// Where events go.
enum Sink {
    /// To a Tend that runs.
    Running(Running),
    /// Into the folder of one that does not.
    Folder(Box<Folder>),
}

impl Sink {
    async fn take(&self, batch: &[Numbered]) -> anyhow::Result<Told> {
        match self {
            Sink::Running(running) => running.take(batch).await,
            Sink::Folder(folder) => folder.take(batch).await,
        }
    }

    async fn close(self) -> anyhow::Result<()> {
        match self {
            Sink::Running(_) => Ok(()),
            Sink::Folder(folder) => folder.close().await,
        }
    }
}

/// A Tend that runs.
struct Running {
    world: Arc<dyn World>,
    url: String,
    key: String,
}

impl Running {
    fn new(to: &str, key: &str, format: &Format, outward: &Outward) -> anyhow::Result<Running> {
        let url = format!("{}/api/v1/events?origin={}", to.trim_end_matches('/'), format.origin().word());
        Ok(Running { world: real_world(outward)?, url, key: key.to_owned() })
    }

    async fn take(&self, batch: &[Numbered]) -> anyhow::Result<Told> {
        let events: Vec<serde_json::Value> = batch.iter().map(|(_, event)| wire(event)).collect();
        let body: Arc<[u8]> = serde_json::json!({ "events": events }).to_string().into_bytes().into();
        for _ in 0..TRIES {
            let ask = Fetch {
                method: "POST".into(),
                headers: vec![
                    ("content-type".into(), "application/json".into()),
                    ("x-tend-key".into(), self.key.clone()),
                ],
                body: Some(Arc::clone(&body)),
                timeout: SignedDuration::from_secs(60),
                redirects: 0,
                max_body: MAX_ANSWER,
                // The address is the operator's own, typed by them.
                reach: Reach::Operator,
                ..Fetch::get(&self.url)
            };
            let answer =
                self.world.fetch(&ask).await.with_context(|| format!("{} does not answer", self.url))?;
            match answer.status {
                200 => return told(&answer.body),
                429 | 503 => {
                    let after = answer.headers.iter().find(|(name, _)| name == "retry-after");
                    let seconds = after.and_then(|(_, value)| value.parse().ok()).unwrap_or(5);
                    tokio::time::sleep(Duration::from_secs(LONGEST_WAIT.min(seconds))).await;
                }
                status => {
                    let said = String::from_utf8_lossy(&answer.body);
                    anyhow::bail!(
                        "{} answers {status}: {}",
                        self.url,
                        said.chars().take(500).collect::<String>()
                    );
                }
            }
        }
        anyhow::bail!(
            "{} stayed busy; run the same command again later, nothing will be counted twice",
            self.url
        )
    }
}

fn told(body: &[u8]) -> anyhow::Result<Told> {
    let answer: serde_json::Value = serde_json::from_slice(body).context("the answer is not Tend's")?;
    let number = |name: &str| answer[name].as_u64().unwrap_or(0);
    let named = answer["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ignored: Vec<(usize, Reason)> = named
        .iter()
        .filter_map(|one| {
            let index = usize::try_from(one["index"].as_u64()?).ok()?;
            Some((index, Reason::from_word(one["reason"].as_str()?)?))
        })
        .collect();
    Ok(Told {
        kept: number("kept"),
        bots: number("bots"),
        duplicates: number("duplicates"),
        more_ignored: number("ignored").saturating_sub(ignored.len() as u64),
        ignored,
    })
}

/// The folder of a Tend that does not run.
struct Folder {
    app: server::App,
    lake: lake::Lake,
    db: store::Db,
    source: Source,
    origin: Origin,
}

impl Folder {
    async fn open(target: &Target, origin: Origin) -> anyhow::Result<Folder> {
        let db = open_existing(&target.data).await?;
        let running = "when a Tend runs on this folder, say where with --to http://127.0.0.1:8080";
        let lake = open_lake(&target.data, &target.events, &db).await.context(running)?;
        let (clock, dice) = clock_and_dice();
        let world = real_world(&target.outward)?;
        let ground = Ground { db: db.clone(), world, lake: lake.shared(), clock, dice };
        let app = server::App::open(ground, web::Settings::default()).await.map_err(say)?;
        let found = memory::of(app.site()).source(&target.source).await.map_err(say)?;
        let source = found.with_context(|| format!("no source is known by {}", target.source))?;
        Ok(Folder { app, lake, db, source: (*source).clone(), origin })
    }

    async fn take(&self, batch: &[Numbered]) -> anyhow::Result<Told> {
        let events = batch.iter().map(|(_, event)| event.clone()).collect();
        let asked = Asked::by(self.origin);
        let taken =
            journeys::intake::receive(self.app.site(), &self.source, &asked, events).await.map_err(say)?;
        Ok(Told {
            kept: taken.kept,
            bots: taken.bots,
            duplicates: taken.duplicates,
            ignored: taken.ignored.into_iter().map(|(index, reject)| (index, reject.reason)).collect(),
            more_ignored: 0,
        })
    }

    async fn close(self) -> anyhow::Result<()> {
        let memory = memory::of(self.app.site());
        memory.tally.flush(&self.db, &crate::ground::operator()).await.map_err(say)?;
        self.lake.close().await;
        self.db.close().await;
        Ok(())
    }
}
