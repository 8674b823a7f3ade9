//! `bench page`: from the confirming failed check to the mail accepted by an SMTP server.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;

use super::numbers::{quantile, spread};
use super::post::{Mail, Post};
use super::probes::EVERY;
use super::program::Program;
use super::site::{Asked, Site};
use super::{Found, Goal};
use crate::need;

/// How many failures confirm one another before the probe is down: the first and one repetition.
const CONFIRMS: usize = 2;
/// The goal, seconds.
const GOAL: f64 = 1.0;
/// The share of probes that fail at once.
const FAILING: f64 = 0.2;

/// How the failing probes lie.
struct Shape {
    /// What it shows.
    name: &'static str,
    /// Probes of a service; all of a failing service fail, for one cause.
    per_service: usize,
}

const SHAPES: &[Shape] = &[
    Shape { name: "5 probes fail per cause", per_service: 5 },
    Shape { name: "every failing probe is its own cause", per_service: 1 },
];

/// Measures.
pub fn measure(binary: &Path, probes: usize) -> Result<Found> {
    need::debian(&[&need::NGINX, &need::SMTP])?;
    let mut figures = serde_json::Map::new();
    let mut goals = Vec::new();
    for shape in SHAPES {
        let seen = one(binary, probes, shape.per_service)?;
        let p99 = quantile(&seen.latencies, 0.99);
        goals.push(Goal::at_most(&format!("{}: to the mail accepted, p99, seconds", shape.name), GOAL, p99));
        let more = seen.mails as f64 - seen.causes as f64;
        goals.push(Goal::at_most(&format!("{}: mails more than causes", shape.name), 0.0, Some(more.abs())));
        let value = json!({
            "causes": seen.causes, "failing_probes": seen.failing, "mails": seen.mails, "causes_without_mail": seen.missing,
            "seconds_from_confirming_check_to_mail_accepted": spread(&seen.latencies),
        });
        figures.insert(shape.name.to_owned(), value);
    }
    Ok(Found {
        data: json!({ "probes": probes, "share_failing": FAILING, "every_seconds": EVERY }),
        figures: figures.into(),
        goals,
    })
}

struct Seen {
    latencies: Vec<f64>,
    causes: usize,
    failing: usize,
    mails: usize,
    missing: usize,
}

fn one(binary: &Path, probes: usize, per_service: usize) -> Result<Seen> {
    let (site, post) = (Site::start()?, Post::start()?);
    let program = Program::new(binary)?;
    let failing = (probes as f64 * FAILING) as usize / per_service * per_service;
    program.apply(HEAD, &services(&site, probes, failing, per_service))?;
    let relay = format!("smtp://127.0.0.1:{}?tls=none", post.port);
    let running = program.start(&["--mail-relay", &relay])?;
    std::thread::sleep(Duration::from_secs(EVERY + 5));
    let early = post.mails().len();
    site.break_it()?;
    let causes = failing / per_service;
    await_mails(&post, early + causes)?;
    drop(running);
    let mails: Vec<Mail> = post.mails().split_off(early);
    let confirmed = confirmed(&site.asked()?, per_service);
    let latencies: Vec<f64> = confirmed
        .iter()
        .filter_map(|(service, at)| {
            let name = service_name(*service);
            let mail = mails.iter().find(|mail| mail.subject.contains(&name) || mail.text.contains(&name))?;
            Some(mail.at - at)
        })
        .collect();
    if latencies.is_empty() {
        bail!("no mail names its service; the first is {:?}", mails.first().map(|mail| &mail.subject));
    }
    Ok(Seen {
        missing: causes.saturating_sub(latencies.len()),
        latencies,
        causes,
        failing,
        mails: mails.len(),
    })
}

/// Waits until as many mails came, and then a while for those that should not come.
fn await_mails(post: &Post, wanted: usize) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(EVERY * 3);
    while post.mails().len() < wanted && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    if post.mails().is_empty() {
        bail!("no mail came in {} seconds", EVERY * 3);
    }
    std::thread::sleep(Duration::from_secs(5));
    Ok(())
}

/// When each failing service was confirmed to be down: the earliest time at which one of its probes had failed
/// often enough in a row.
pub fn confirmed(asked: &[Asked], per_service: usize) -> HashMap<usize, f64> {
    let mut failures: HashMap<usize, usize> = HashMap::new();
    let mut confirmed: HashMap<usize, f64> = HashMap::new();
    for one in asked.iter().filter(|one| one.status == 503) {
        let Some(probe) = one.path.strip_prefix("/may-fail/").and_then(|number| number.parse::<usize>().ok())
        else {
            continue;
        };
        let count = failures.entry(probe).or_default();
        *count += 1;
        if *count == CONFIRMS {
            let at = confirmed.entry(probe / per_service).or_insert(one.at);
            *at = at.min(one.at);
        }
    }
    confirmed
}

fn service_name(service: usize) -> String {
    format!("Service {service:04}")
}

const HEAD: &str = "operator: { name: Bench }
clients: [{ name: Town }]
people:
  - { name: Ana Day, email: ana@town.example, roles: [{ role: engineer, client: Town }],
      contact: [{ mail: ana@town.example }], rules: [mail at once] }
";

fn services(site: &Site, probes: usize, failing: usize, per_service: usize) -> Vec<String> {
    let retries = CONFIRMS - 1;
    let mut services = Vec::new();
    for first in (0..probes).step_by(per_service) {
        let name = service_name(first / per_service);
        let mut yaml = format!("  - name: {name}\n    client: Town\n    on_call: [Ana Day]\n    probes:\n");
        for at in first..probes.min(first + per_service) {
            let url = site.url(&format!("/{}/{at}", if at < failing { "may-fail" } else { "ok" }));
            let plan =
                format!("every: {EVERY}s, timeout: 10s, retries: {retries}, expect: {{ status: 200 }}");
            writeln!(yaml, "      - {{ name: probe {at:05}, http: \"{url}\", {plan} }}")
                .expect("a String takes all");
        }
        services.push(yaml);
    }
    services
}
