//! The system screens: what Tend itself is doing, for the people who run it.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, header};
use kernel::task::Status;
use kernel::{Id as _, Page, Paging, Problem, Recorded, Right, Scope, SignedDuration, Stage, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::args;
use web::{Access, Asks, Nav, Query, Refusal, Routes, Sample, Shown, Site, Text, View};

use crate::round::{Round, TaskReport};

/// A task that has not run for this many times its usual span is late: the screen says so.
const LATE_AFTER: f64 = 5.0;

/// More lines for `/metrics`, from a feature.
pub type MoreMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the system screens look at that the site does not hold.
pub struct Inside {
    /// The round.
    pub round: Round,
    /// When the process started.
    pub started_at: Timestamp,
    /// More lines for `/metrics`.
    pub metrics: Vec<MoreMetrics>,
    /// SQL, where the program was built with it.
    pub sql: Option<Arc<dyn kernel::lake::Sql>>,
}

/// Filled when the round exists; the doors are made before it.
pub type Later = Arc<OnceLock<Inside>>;

/// The doors of the system screens.
pub fn routes(inside: &Later) -> Routes {
    let (for_overview, for_tasks, for_metrics) = (Arc::clone(inside), Arc::clone(inside), Arc::clone(inside));
    Routes::new("server")
        .nav(Nav::new("system", "/system", "system", 90))
        .screen(
            "/system",
            Access::Administer,
            move |State(site): State<Site>, Asks(scope): Asks| async move {
                whole_installation(&scope)?;
                Ok::<_, Refusal>(Shown(overview(&site, &scope, for_overview.get()).await?))
            },
        )
        .screen("/system/tasks", Access::Administer, move |Asks(scope): Asks| async move {
            whole_installation(&scope)?;
            let tasks = for_tasks.get().map(|inside| inside.round.report()).unwrap_or_default();
            Ok::<_, Refusal>(Shown(TasksView { tasks }))
        })
        .screen("/system/audit", Access::Administer, audit)
        .raw(Method::GET, "/healthz", Access::Public, async || "ok\n")
        .raw(Method::GET, "/readyz", Access::Public, ready)
        .raw(Method::GET, "/metrics", Access::Public, move |State(site): State<Site>| async move {
            metrics(&site, for_metrics.get()).await
        })
}

/// The system belongs to the operator: an administrator of one client does not see it.
fn whole_installation(scope: &Scope) -> Result<(), Problem> {
    if scope.may_everywhere(Right::Administer) { Ok(()) } else { Err(Problem::not_found("screen")) }
}

/// The installation at a glance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SystemView {
    /// The version of the program.
    pub version: String,
    /// When the process started.
    pub started_at: Option<Timestamp>,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    /// Bytes on disk.
    pub size: u64,
    /// Facts recorded so far.
    pub facts: u64,
    /// What the event lake holds.
    pub lake: kernel::lake::Standing,
    /// Tasks that failed at their last run, or are late.
    pub troubled: Vec<TaskReport>,
    /// How many tasks there are.
    pub tasks: usize,
}

impl View for SystemView {
    const TEMPLATE: &'static str = "system/overview.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("system-title")
    }
    fn panels(&self) -> Vec<String> {
        Vec::new()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let fine = SystemView {
            version: "0.1.0".into(),
            started_at: Some(moment(0)),
            database: "SQLite".into(),
            size: 48_300_000,
            facts: 12_045,
            lake: kernel::lake::Standing {
                open_rows: 1_204,
                log_bytes: 210_000,
                files: 36,
                file_bytes: 812_000_000,
                file_rows: 51_400_310,
                duplicates: 3,
                refuses: None,
            },
            troubled: Vec::new(),
            tasks: 9,
        };
        let troubled = SystemView {
            troubled: vec![sample_task(true)],
            lake: kernel::lake::Standing {
                refuses: Some("the disk is full: free some space, or let the lake write elsewhere".into()),
                ..fine.lake.clone()
            },
            started_at: None,
            facts: 0,
            ..sample_fine(&fine)
        };
        vec![("fine", fine), ("troubled", troubled)]
    }
}

fn sample_fine(of: &SystemView) -> SystemView {
    SystemView {
        version: of.version.clone(),
        started_at: of.started_at,
        database: "PostgreSQL".into(),
        size: of.size,
        facts: of.facts,
        lake: of.lake.clone(),
        troubled: Vec::new(),
        tasks: of.tasks,
    }
}

/// Every task with its last status.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TasksView {
    /// In the order of the round.
    pub tasks: Vec<TaskReport>,
}

impl View for TasksView {
    const TEMPLATE: &'static str = "system/tasks.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("system-tasks-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("system-title"), "/system".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let waiting = TaskReport {
            runs: 0,
            last_at: None,
            last_ms: None,
            status: None,
            next_at: None,
            ..sample_task(false)
        };
        let running = TaskReport { running: true, ..sample_task(false) };
        vec![
            ("none", TasksView { tasks: Vec::new() }),
            ("many", TasksView { tasks: vec![sample_task(false), sample_task(true), waiting, running] }),
        ]
    }
}

fn sample_task(fails: bool) -> TaskReport {
    TaskReport {
        name: if fails { "respond.deliver" } else { "respond.escalate" }.into(),
        stage: Stage::Act,
        every_seconds: 5.0,
        runs: 1_204,
        failures: u64::from(fails) * 3,
        last_at: Some(moment(0)),
        last_ms: Some(1.8),
        next_at: Some(moment(5)),
        running: false,
        status: Some(Status { done: 3, note: "3 pages sent, 1 put off".into(), ..Status::default() }),
        error: fails.then(|| "store-busy (503): database is locked".into()),
    }
}

/// A fixed moment for samples.
fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_323_045 + seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// One fact of the audit.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditLine {
    /// Its place.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as kept.
    pub actor: String,
    /// What happened.
    pub fact: String,
    /// The client it concerns.
    pub client: Option<kernel::ClientId>,
    /// The service it concerns.
    pub service: Option<kernel::ServiceId>,
    /// What happened, as data.
    pub body: serde_json::Value,
}

/// Everything that happened, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditView {
    /// The lines.
    pub facts: Page<AuditLine>,
}

impl View for AuditView {
    const TEMPLATE: &'static str = "system/audit.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("system-audit-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("system-title"), "/system".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |seq: i64| AuditLine {
            seq,
            at: moment(seq),
            actor: "operator".into(),
            fact: "client_added".into(),
            client: Some(kernel::ClientId::from_u128(7)),
            service: None,
            body: serde_json::json!({"fact": "client_added", "name": "Lindehaven"}),
        };
        let many = Page {
            items: (1..=30).rev().map(line).collect(),
            next: Some(kernel::Cursor::new(vec!["1".into()])),
        };
        vec![
            ("empty", AuditView { facts: Page { items: Vec::new(), next: None } }),
            ("many", AuditView { facts: many }),
        ]
    }
}

async fn audit(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(paging): Query<Paging>,
) -> Result<Shown<AuditView>, Refusal> {
    whole_installation(&scope)?;
    let page = site.db.facts(&scope, &paging).await?;
    let items = page.items.into_iter().map(line).collect();
    Ok(Shown(AuditView { facts: Page { items, next: page.next } }))
}

fn line(recorded: Recorded) -> AuditLine {
    AuditLine {
        seq: recorded.seq,
        at: recorded.at,
        actor: recorded.actor,
        fact: recorded.fact.name(),
        client: recorded.about.client,
        service: recorded.about.service,
        body: serde_json::to_value(&recorded.fact).unwrap_or_default(),
    }
}

fn is_troubled(task: &TaskReport, now: Timestamp) -> bool {
    let late = task.last_at.is_some_and(|last| {
        now.duration_since(last).as_secs_f64() > (task.every_seconds * LATE_AFTER).max(30.0)
    });
    task.error.is_some() || (late && !task.running)
}

async fn overview(site: &Site, scope: &Scope, inside: Option<&Inside>) -> Result<SystemView, Problem> {
    let facts = count_facts(site, scope).await?;
    let now = scope.now();
    let report = inside.map(|inside| inside.round.report()).unwrap_or_default();
    Ok(SystemView {
        version: env!("CARGO_PKG_VERSION").into(),
        started_at: inside.map(|inside| inside.started_at),
        database: match site.db.engine() {
            store::Engine::Sqlite => "SQLite".into(),
            store::Engine::Postgres => "PostgreSQL".into(),
        },
        size: site.db.size(scope).await?,
        facts,
        lake: site.lake.standing(),
        tasks: report.len(),
        troubled: report.into_iter().filter(|task| is_troubled(task, now)).collect(),
    })
}

async fn count_facts(site: &Site, scope: &Scope) -> Result<u64, Problem> {
    // Facts are numbered without holes, so the last number is their count.
    let text = "select coalesce(max(seq), 0) from facts where {wall}";
    Ok(site.db.one(scope, text, args![], |row| row.get(0)).await?.unwrap_or(0))
}

async fn ready(State(site): State<Site>) -> Response {
    let scope = Scope::task("server.ready", Arc::clone(&site.clock), Arc::clone(&site.dice));
    match site.db.is_ready(&scope).await {
        Ok(()) => "ready\n".into_response(),
        Err(problem) => {
            tracing::warn!(error = %crate::chain(&problem), "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Prometheus text exposition, version 0.0.4.
async fn metrics(site: &Site, inside: Option<&Inside>) -> Response {
    let scope = Scope::task("server.metrics", Arc::clone(&site.clock), Arc::clone(&site.dice));
    let mut out = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(
        out,
        "# HELP tend_build_info The version that runs.\n# TYPE tend_build_info gauge\ntend_build_info{{version=\"{version}\"}} 1"
    );
    if let Ok(size) = site.db.size(&scope).await {
        let _ = writeln!(
            out,
            "# HELP tend_database_bytes Bytes of the state database on disk.\n# TYPE tend_database_bytes gauge\ntend_database_bytes {size}"
        );
    }
    if let Ok(facts) = count_facts(site, &scope).await {
        let _ = writeln!(
            out,
            "# HELP tend_facts_total Facts recorded.\n# TYPE tend_facts_total counter\ntend_facts_total {facts}"
        );
    }
    lake_metrics(&mut out, &site.lake.standing());
    if let Some(inside) = inside {
        let up = scope.now().duration_since(inside.started_at).max(SignedDuration::ZERO).as_secs_f64();
        let _ = writeln!(
            out,
            "# HELP tend_uptime_seconds Seconds since the process started.\n# TYPE tend_uptime_seconds gauge\ntend_uptime_seconds {up}"
        );
        task_metrics(&mut out, &inside.round.report(), scope.now());
        for more in &inside.metrics {
            out.push_str(&more());
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}

fn lake_metrics(out: &mut String, lake: &kernel::lake::Standing) {
    let rows = [
        (
            "tend_lake_open_rows",
            "gauge",
            "Rows in the log of events that are in no file yet.",
            lake.open_rows,
        ),
        ("tend_lake_log_bytes", "gauge", "Bytes of the log of events.", lake.log_bytes),
        ("tend_lake_files", "gauge", "Files of events.", lake.files),
        ("tend_lake_file_bytes", "gauge", "Bytes of the files of events.", lake.file_bytes),
        ("tend_lake_file_rows", "gauge", "Rows in the files of events.", lake.file_rows),
        (
            "tend_lake_duplicates_total",
            "counter",
            "Events that were sent again and not kept twice, since the start.",
            lake.duplicates,
        ),
        (
            "tend_lake_refuses",
            "gauge",
            "Whether the lake takes no rows at the moment.",
            u64::from(lake.refuses.is_some()),
        ),
    ];
    for (name, kind, help, value) in rows {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
}

fn task_metrics(out: &mut String, report: &[TaskReport], now: Timestamp) {
    type Read = fn(&TaskReport, Timestamp) -> Option<f64>;
    let rows: [(&str, &str, &str, Read); 4] = [
        ("tend_task_runs_total", "counter", "Runs of a task.", |task, _| Some(task.runs as f64)),
        ("tend_task_failures_total", "counter", "Runs of a task that failed.", |task, _| {
            Some(task.failures as f64)
        }),
        ("tend_task_last_seconds", "gauge", "How long the last run of a task took.", |task, _| {
            task.last_ms.map(|ms| ms / 1000.0)
        }),
        ("tend_task_age_seconds", "gauge", "Seconds since a task last began.", |task, now| {
            task.last_at.map(|at| now.duration_since(at).as_secs_f64())
        }),
    ];
    for (name, kind, help, read) in rows {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for task in report {
            if let Some(value) = read(task, now) {
                let _ = writeln!(out, "{name}{{task=\"{}\"}} {value}", task.name);
            }
        }
    }
}

/// The samples of these screens.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<SystemView>();
    all.extend(web::samples_of::<TasksView>());
    all.extend(web::samples_of::<AuditView>());
    all
}
