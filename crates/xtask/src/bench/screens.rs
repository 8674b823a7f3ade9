//! `bench screens`: the list of services and one service, with much history behind them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::http::Client;
use super::numbers::{quantile, spread};
use super::probes::{HEAD, services};
use super::program::{Program, Running};
use super::site::Site;
use super::{Found, Goal};
use crate::need;

/// How often each screen is asked for.
const TIMES: usize = 200;
/// How often before that, uncounted: caches of the database fill as in a running day.
const WARM: usize = 20;
/// The goal for the server's time, p95, milliseconds.
const GOAL: f64 = 30.0;

/// Measures.
pub fn measure(binary: &Path, probes: usize, days: u32) -> Result<Found> {
    need::debian(&[&need::NGINX])?;
    let site = Site::start()?;
    let program = Program::new(binary)?;
    program.apply(HEAD, &services(&site, probes))?;
    eprintln!("filling {probes} probes with {days} days");
    let since = Instant::now();
    // No probes of its own: those that were declared get the past.
    let said = program.command(&["seed-history", "--probes", "0", "--days", &days.to_string()])?;
    let seeded: Value = serde_json::from_str(&said).with_context(|| said.clone())?;
    if seeded["probes"] != json!(probes) {
        bail!("not every probe got a past: {said}");
    }
    let filled = since.elapsed().as_secs_f64();
    let bytes = program.database_bytes()?;
    let token = token(&program)?;
    let running = program.start(&[])?;
    let service = one_service(&running, &token)?;
    let screens = [
        ("services", "/services".to_owned()),
        ("service", format!("/services/{service}")),
        ("services as JSON", "/api/v1/services".to_owned()),
        ("service as JSON", format!("/api/v1/services/{service}")),
    ];
    let mut figures = serde_json::Map::new();
    let mut goals = Vec::new();
    for (name, path) in &screens {
        let (times, size) = time(&running, &token, path)?;
        if !name.ends_with("JSON") {
            goals.push(Goal::at_most(
                &format!("{name}: time of the server, p95, ms"),
                GOAL,
                quantile(&times, 0.95),
            ));
        }
        figures.insert((*name).to_owned(), json!({ "milliseconds": spread(&times), "bytes": size }));
    }
    let per = bytes as f64 / probes as f64 / f64::from(days);
    figures.insert(
        "database".into(),
        json!({ "bytes": bytes, "bytes_per_probe_and_day": per, "filled_in_seconds": filled }),
    );
    figures.insert("rss_bytes".into(), json!(running.used()?.rss));
    let data = json!({ "seeded": seeded, "requests_per_screen": TIMES, "clients": 1 });
    Ok(Found { data, figures: figures.into(), goals })
}

/// A token that may see everything.
fn token(program: &Program) -> Result<String> {
    program.command(&["person", "invite", "Bench", "bench@town.example", "--role", "admin"])?;
    let said = program.command(&["token", "make", "--person", "bench@town.example", "bench"])?;
    let token = said
        .split_whitespace()
        .find(|word| word.starts_with("tend_"))
        .context("`tend token` printed no token")?;
    Ok(token.to_owned())
}

/// The id of a service, from the list.
fn one_service(running: &Running, token: &str) -> Result<String> {
    let answer = Client::connect(running.port, Some(token))?.get("/api/v1/services", "application/json")?;
    let list: Value = serde_json::from_slice(&answer.body).with_context(|| answer.text())?;
    let id = find_id(&list).with_context(|| format!("no service in {}", answer.text()))?;
    Ok(id.to_owned())
}

fn find_id(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_str).filter(|id| id.starts_with("svc_"));
            id.or_else(|| fields.values().find_map(find_id))
        }
        Value::Array(items) => items.iter().find_map(find_id),
        _ => None,
    }
}

/// Times a screen over one open connection, milliseconds; and its size, bytes.
fn time(running: &Running, token: &str, path: &str) -> Result<(Vec<f64>, usize)> {
    let mut client = Client::connect(running.port, Some(token))?;
    let mut times = Vec::with_capacity(TIMES);
    let mut size = 0;
    for round in 0..WARM + TIMES {
        let since = Instant::now();
        let answer = client.get(path, "text/html")?;
        let took = since.elapsed().as_secs_f64() * 1000.0;
        if answer.status != 200 {
            bail!(
                "{path} answered {}: {}",
                answer.status,
                answer.text().chars().take(300).collect::<String>()
            );
        }
        size = answer.body.len();
        if round >= WARM {
            times.push(took);
        }
    }
    Ok((times, size))
}
