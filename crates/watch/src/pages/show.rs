//! One probe: does it work, since when, how fast, and what came back when it did not.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use kernel::{ProbeId, Problem, Ratio, Right, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, IntoResponse, Path, Query, Refusal, Response, Shown, Site, State as Reach, Text, View};

use super::shared::{
    Names, ProbeRow, StripDay, crumbs, millis, reason_text, rows, sample_rows, strip, total, with_today,
};
use crate::model::{Details, Plan, Probe, Reason, Span, State, Target, What, record_word};
use crate::rules::expect::{json_text, statuses_text};
use crate::rules::history::{
    CELL, Cell, DAY, HOUR, KEEP_DAYS, Lasted, Spent, day_of, day_start, hour_start, plus, read_cells,
};
use crate::store::{self as tables, Filter, Said};

/// State changes on the screen; the CSV has all.
const MAX_CHANGES: i64 = 50;
/// The longest span of a CSV, days.
const CSV_DAYS: i64 = KEEP_DAYS;

/// How far back the chart reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Range {
    /// The last day, in 5 minutes.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// The last week, in hours.
    #[serde(rename = "7d")]
    Week,
    /// The last 90 days, in days.
    #[serde(rename = "90d")]
    Quarter,
}

/// Which range.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// How far back the chart reaches.
    #[serde(default)]
    pub range: Range,
}

/// What the checks of one step of the chart came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Point {
    /// When the step begins.
    pub at: Timestamp,
    /// The median latency, milliseconds; null when nothing was measured.
    pub value: Option<f64>,
    /// The latency that 95 % of the answers did not exceed, milliseconds.
    pub p95: Option<f64>,
    /// Checks made.
    pub n: u64,
    /// Checks that failed.
    pub bad: u64,
}

/// Something that happened, on the axis of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// `incident` or `maintenance`.
    pub kind: &'static str,
    /// What.
    pub text: Text,
}

/// A step of the history.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeLine {
    /// The state.
    pub state: State,
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
    /// How long it lasted, seconds; so far, while it lasts.
    pub seconds: i64,
    /// Why.
    pub reason: Option<Text>,
}

/// A failed check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FailureLine {
    /// When it began.
    pub at: Timestamp,
    /// `bad`, `poor` or `unknown`.
    pub verdict: String,
    /// All that was wrong.
    pub findings: Vec<Text>,
    /// What came back.
    pub details: Details,
}

/// A call of a job.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BeatLine {
    /// When.
    pub at: Timestamp,
    /// What it said.
    pub said: Said,
    /// Its message.
    pub message: String,
}

/// Something the probe expects.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Expectation {
    /// What it is about.
    pub what: Text,
    /// What is wanted.
    pub wanted: String,
    /// Whether it makes the probe down, or only degraded.
    pub core: bool,
}

/// One probe.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProbeView {
    /// The probe and where it stands.
    pub probe: ProbeRow,
    /// When and how often.
    pub plan: Plan,
    /// 1 to 4.
    pub severity: u8,
    /// The component it looks at.
    pub component: Option<String>,
    /// What it expects.
    pub expects: Vec<Expectation>,
    /// 90 days.
    pub days: Vec<StripDay>,
    /// Good seconds of measured ones, over the 90 days.
    pub good: Ratio,
    /// How long which state lasted, over the 90 days.
    pub spent: Spent,
    /// The range of the chart.
    pub range: Range,
    /// The chart.
    pub points: Vec<Point>,
    /// All checks of the range together: how many.
    pub checks: u64,
    /// Of these, how many failed.
    pub checks_bad: u64,
    /// The median over the range, milliseconds.
    pub p50_ms: Option<f64>,
    /// The 95th percentile over the range, milliseconds.
    pub p95_ms: Option<f64>,
    /// What happened in the range.
    pub marks: Vec<Mark>,
    /// The last changes of state, newest first.
    pub changes: Vec<ChangeLine>,
    /// The last failed checks, newest first.
    pub failures: Vec<FailureLine>,
    /// The last calls of the job, newest first.
    pub beats: Vec<BeatLine>,
    /// The address the job calls; only for those who may change the probe.
    pub beat_url: Option<String>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
    /// The asker may change it.
    pub may_change: bool,
}

/// A probe, or 404.
pub async fn expect(site: &Site, scope: &Scope, id: ProbeId) -> Result<Probe, Problem> {
    tables::probe(&site.db, scope, id).await?.ok_or_else(|| Problem::not_found("probe"))
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<ProbeView>, Refusal> {
    let db = &site.db;
    let filter = Filter { probe: Some(id), ..Filter::default() };
    let lines = tables::lines(db, &scope, &filter, 1).await?;
    let probe = lines.first().map(|line| line.probe.clone()).ok_or_else(|| Problem::not_found("probe"))?;
    let names = Names::read(db, &scope).await?;
    let row = rows(db, &scope, lines, &names).await?.into_iter().next();
    let row = row.ok_or_else(|| Problem::not_found("probe"))?;
    let may_change = scope.may(Right::Respond, probe.client, Some(probe.service));
    let folded = tables::strips(db, &scope, Some(&[id.to_string()])).await?;
    let folded = folded.into_iter().next().map(|(_, days)| days).unwrap_or_default();
    let days = strip(&with_today(db, &scope, id, folded).await?, scope.now());
    let spent = total(&days);
    let chart = chart(&site, &scope, &probe, asked.range).await?;
    let beat_url = probe.beat.as_ref().filter(|_| may_change);
    let beat_url = beat_url.map(|secret| format!("{}/beat/{secret}", site.settings.base_url));
    let components = estate::graph::components(db, &scope, probe.service).await?;
    let component = components.into_iter().find(|one| Some(one.id) == probe.component).map(|one| one.name);
    Ok(Shown(ProbeView {
        plan: probe.plan,
        severity: probe.severity,
        component,
        expects: expectations(&probe.target),
        good: spent.ratio(),
        spent,
        days,
        range: asked.range,
        checks: chart.whole.checks(),
        checks_bad: u64::from(chart.whole.counts[2]),
        p50_ms: chart.whole.latency.quantile(0.5).map(millis),
        p95_ms: chart.whole.latency.quantile(0.95).map(millis),
        points: chart.points,
        marks: marks(&site, &scope, id, chart.from).await?,
        changes: changes(&site, &scope, id).await?,
        failures: failures(&site, &scope, id).await?,
        beats: beats(&site, &scope, &probe).await?,
        beat_url,
        declared_in: probe.declared_in,
        may_change,
        probe: row,
    }))
}

struct Chart {
    from: Timestamp,
    points: Vec<Point>,
    whole: Cell,
}

fn point(at: Timestamp, cell: Option<&Cell>) -> Point {
    let quantile = |q| cell.and_then(|cell| cell.latency.quantile(q)).map(millis);
    let (n, bad) = cell.map_or((0, 0), |cell| (cell.checks(), u64::from(cell.counts[2])));
    Point { at, value: quantile(0.5), p95: quantile(0.95), n, bad }
}

async fn chart(site: &Site, scope: &Scope, probe: &Probe, range: Range) -> Result<Chart, Problem> {
    let now = scope.now();
    let (length, step) = match range {
        Range::Day => (DAY, CELL),
        Range::Week => (7 * DAY, HOUR),
        Range::Quarter => (90 * DAY, DAY),
    };
    let last = now.as_microsecond().div_euclid(step);
    let count = length / step;
    let from = Timestamp::from_microsecond((last - count + 1) * step).unwrap_or(now);
    let mut steps: Vec<Option<Cell>> = vec![None; usize::try_from(count).unwrap_or(0)];
    let mut add = |at: i64, cell: &Cell| {
        let place = at.div_euclid(step) - (last - count + 1);
        if let Some(slot) = usize::try_from(place).ok().and_then(|place| steps.get_mut(place)) {
            slot.get_or_insert_with(Cell::default).merge(cell);
        }
    };
    for hour in tables::hours_since(&site.db, scope, &[probe.number], hour_start(from)).await? {
        for (number, cell) in &hour.cells {
            add(hour.hour.as_microsecond() + i64::from(*number) * CELL, cell);
        }
    }
    // Hours stay for two days and are folded into days one day after; what both have is taken from the hours.
    let oldest = oldest_hour(site, scope, probe.number).await?;
    for day in tables::days_since(&site.db, scope, probe.number, day_of(from)).await? {
        let begins = day_start(day.day).as_microsecond();
        if oldest.is_some_and(|oldest| oldest.as_microsecond() <= begins) {
            continue;
        }
        if range == Range::Quarter {
            add(begins, &day.whole);
            continue;
        }
        let Ok(bytes) = zstd::decode_all(&day.packed[..]) else { continue };
        for (number, cell) in read_cells(&bytes) {
            let at = begins + i64::from(number) * CELL;
            if oldest.is_none_or(|oldest| at < oldest.as_microsecond()) {
                add(at, &cell);
            }
        }
    }
    let mut whole = Cell::default();
    steps.iter().flatten().for_each(|cell| whole.merge(cell));
    let points = steps.iter().enumerate().map(|(n, cell)| {
        let at = plus(from, i64::try_from(n).unwrap_or(0) * step);
        point(at, cell.as_ref())
    });
    Ok(Chart { from, points: points.collect(), whole })
}

async fn oldest_hour(site: &Site, scope: &Scope, number: i64) -> Result<Option<Timestamp>, Problem> {
    let text = "select min(hour) from watch_hours where number = $1";
    let read = site.db.one(scope, text, store::args![number], |row| row.get::<Option<Timestamp>>(0)).await?;
    Ok(read.flatten())
}

async fn marks(site: &Site, scope: &Scope, id: ProbeId, from: Timestamp) -> Result<Vec<Mark>, Problem> {
    let states = tables::states_between(&site.db, scope, tables::Of::Probe(id), from, scope.now()).await?;
    let mark = |lasted: Lasted| {
        let kind = match lasted.state {
            State::Down | State::Degraded => "incident",
            State::Maintenance => "maintenance",
            State::Up | State::Pending | State::Unknown => return None,
        };
        let text = Text::key(format!("watch-state-{}", lasted.state.word()));
        Some(Mark { at: lasted.since.max(from), until: lasted.until, kind, text })
    };
    Ok(states.into_iter().filter_map(|(_, _, lasted)| mark(lasted)).collect())
}

async fn changes(site: &Site, scope: &Scope, id: ProbeId) -> Result<Vec<ChangeLine>, Problem> {
    let now = scope.now();
    let later = plus(now, DAY);
    let changes = tables::changes_of(&site.db, scope, id, later, MAX_CHANGES).await?;
    let line = |change: tables::Change| ChangeLine {
        state: change.state,
        since: change.since,
        until: change.until,
        seconds: change.until.unwrap_or(now).duration_since(change.since).as_secs().max(0),
        reason: change.reason.as_ref().map(reason_text),
    };
    Ok(changes.into_iter().map(line).collect())
}

async fn failures(site: &Site, scope: &Scope, id: ProbeId) -> Result<Vec<FailureLine>, Problem> {
    let failures = tables::failures_of(&site.db, scope, id).await?;
    let line = |failure: tables::Failure| FailureLine {
        at: failure.at,
        verdict: failure.verdict,
        findings: failure.findings.iter().map(reason_text).collect(),
        details: failure.details,
    };
    Ok(failures.into_iter().map(line).collect())
}

async fn beats(site: &Site, scope: &Scope, probe: &Probe) -> Result<Vec<BeatLine>, Problem> {
    if probe.beat.is_none() {
        return Ok(Vec::new());
    }
    let beats = tables::beats_of(&site.db, scope, probe.id).await?;
    Ok(beats
        .into_iter()
        .map(|beat| BeatLine { at: beat.at, said: beat.said, message: beat.message })
        .collect())
}

/// What a target expects, a line each.
#[must_use]
pub fn expectations(target: &Target) -> Vec<Expectation> {
    let mut all = Vec::new();
    let mut add = |what: &'static str, wanted: String, core: bool| {
        all.push(Expectation { what: Text::key(what), wanted, core });
    };
    let under = |span: &Option<Span>| span.map(|span| format!("< {span}"));
    match target {
        Target::Http(http) => {
            let expect = &http.expect;
            add("watch-expect-status", statuses_text(&expect.status), true);
            expect.text.iter().for_each(|text| add("watch-expect-text", text.clone(), true));
            expect.absent.iter().for_each(|text| add("watch-expect-absent", text.clone(), true));
            expect.regex.iter().for_each(|text| add("watch-expect-regex", text.clone(), true));
            for place in &expect.json {
                add("watch-expect-json", format!("{} {}", place.path, json_text(place)), true);
            }
            for (name, text) in &expect.header {
                add("watch-expect-header", format!("{name}: {text}"), true);
            }
            under(&expect.latency_under)
                .into_iter()
                .for_each(|text| add("watch-expect-latency", text, false));
            if let Some(days) = expect.certificate_days {
                add("watch-expect-certificate", format!("≥ {days}"), false);
            }
        }
        Target::Tcp { expect, latency_under, .. } => {
            add("watch-expect-connects", String::new(), true);
            expect.iter().for_each(|text| add("watch-expect-banner", text.clone(), true));
            under(latency_under).into_iter().for_each(|text| add("watch-expect-latency", text, false));
        }
        Target::Tls { trusted, certificate_days, .. } => {
            add(if *trusted { "watch-expect-trusted" } else { "watch-expect-valid" }, String::new(), true);
            if let Some(days) = certificate_days {
                add("watch-expect-certificate", format!("≥ {days}"), false);
            }
        }
        Target::Dns { record, answer, .. } => {
            let wanted = format!("{} {}", record_word(*record), answer.join(", "));
            add("watch-expect-answer", wanted.trim().to_owned(), true);
        }
        Target::Ping { latency_under, .. } => {
            add("watch-expect-echo", String::new(), true);
            under(latency_under).into_iter().for_each(|text| add("watch-expect-latency", text, false));
        }
        Target::Heartbeat { grace } => add("watch-expect-beat", format!("+ {grace}"), true),
    }
    all
}

/// Every state of the last 400 days and how long it lasted, as CSV (RFC 4180), oldest first.
pub async fn csv(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
) -> Result<Response, Refusal> {
    let probe = expect(&site, &scope, id).await?;
    let now = scope.now();
    let from = plus(now, -CSV_DAYS * DAY);
    let mut changes = tables::changes_of(&site.db, &scope, id, plus(now, DAY), 100_000).await?;
    changes.retain(|change| change.until.is_none_or(|until| until > from));
    let mut out = String::from("state,since,until,seconds,reason\r\n");
    for change in changes.iter().rev() {
        let until = change.until.map(|until| until.to_string()).unwrap_or_default();
        let seconds = change.until.unwrap_or(now).duration_since(change.since).as_secs().max(0);
        let reason = change.reason.as_ref().map(Reason::sentence).unwrap_or_default();
        let _ =
            write!(out, "{},{},{until},{seconds},{}\r\n", change.state.word(), change.since, quoted(&reason));
    }
    let name: String = probe.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let headers = [
        ("content-type", "text/csv; charset=utf-8".to_owned()),
        ("content-disposition", format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, out).into_response())
}

/// A field of a CSV; one that a spreadsheet would take for a formula is kept from being one.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

impl View for ProbeView {
    const TEMPLATE: &'static str = "watch/probe.html";
    const AREA: &'static str = "probes";
    fn title(&self) -> Text {
        Text::raw(self.probe.name.as_str())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.probe.client, &self.probe.service)
    }
    fn live(&self) -> Vec<String> {
        vec![self.probe.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let cases = ["up", "down", "pending", "degraded", "unknown", "maintenance"];
        let mut all: Vec<(&'static str, Self)> =
            cases.into_iter().zip(sample_rows()).map(|(case, row)| (case, sample(row))).collect();
        let fresh = ProbeView {
            points: vec![],
            days: strip(&[], "2026-11-21T03:00:00Z".parse().expect("an instant")),
            good: Ratio::default(),
            spent: Spent::default(),
            checks: 0,
            checks_bad: 0,
            p50_ms: None,
            p95_ms: None,
            marks: vec![],
            changes: vec![],
            failures: vec![],
            may_change: false,
            beat_url: None,
            ..sample(sample_rows().remove(2))
        };
        let mut paused = sample(sample_rows().remove(4));
        paused.probe.paused = true;
        let declared =
            ProbeView { declared_in: Some("lindehaven.yml:51".into()), ..sample(sample_rows().remove(0)) };
        all.extend([("new", fresh), ("paused", paused), ("declared", declared)]);
        all
    }
}

fn sample(probe: ProbeRow) -> ProbeView {
    let now: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
    let back = |minutes: i64| now - SignedDuration::from_mins(minutes);
    let today = day_of(now);
    let spent = |n: i64| match n % 23 {
        5 => Spent { up: 85_000, down: 1_400, ..Spent::default() },
        11 => Spent { up: 80_000, degraded: 6_400, ..Spent::default() },
        17 => Spent { maintenance: 86_400, ..Spent::default() },
        _ => Spent { up: 86_400, ..Spent::default() },
    };
    let days: Vec<(i64, Spent)> = (0..80).map(|n| (today - n, spent(n))).collect();
    let days = strip(&days, now);
    let points = (0..288)
        .map(|n| {
            let value = (n % 97 > 6).then(|| 60.0 + f64::from(n * 37 % 60));
            let at = back(i64::from(288 - n) * 5);
            Point { at, value, p95: value.map(|v| v * 1.8), n: if value.is_some() { 10 } else { 0 }, bad: 0 }
        })
        .collect();
    let reason = |reason: &Reason| Some(reason_text(reason));
    let down = Reason::new(What::Status, "2xx", "503");
    let line = |state, since, until: Option<i64>, why| ChangeLine {
        state,
        since: back(since),
        until: until.map(back),
        seconds: (since - until.unwrap_or(0)) * 60,
        reason: why,
    };
    let beats = probe.kind == "heartbeat";
    let details = Details {
        address: Some("203.0.113.7".into()),
        status: Some(503),
        headers: vec![("content-type".into(), "text/html".into()), ("set-cookie".into(), "•••".into())],
        body: "<h1>Service unavailable</h1>\n<p>Please try again later.</p>".into(),
        body_cut: false,
        certificate_until: Some(now + SignedDuration::from_hours(24 * 60)),
        issuer: Some("Let's Encrypt R11".into()),
    };
    let job = Target::Heartbeat { grace: Span::seconds(3_600) };
    let mut http = crate::model::Http::get("https://permits.lindehaven.example/");
    http.expect.text = vec!["Apply for a permit".into()];
    http.expect.json = vec![crate::rules::expect::json_expect("$.status", "ok")];
    http.expect.latency_under = Some(Span::seconds(2));
    http.expect.certificate_days = Some(14);
    ProbeView {
        plan: Plan::every(Span::seconds(probe.every_seconds)),
        severity: 2,
        component: Some("payment".into()),
        expects: expectations(&if beats { job } else { Target::Http(http) }),
        good: total(&days).ratio(),
        spent: total(&days),
        days,
        range: Range::Day,
        points,
        checks: 2_880,
        checks_bad: 14,
        p50_ms: (!beats).then_some(84.3),
        p95_ms: (!beats).then_some(152.0),
        marks: vec![Mark {
            at: back(600),
            until: Some(back(560)),
            kind: "incident",
            text: Text::key("watch-state-down"),
        }],
        changes: vec![
            line(probe.state, 30, None, probe.reason.clone()),
            line(State::Up, 560, Some(30), None),
            line(State::Down, 600, Some(560), reason(&down)),
            line(State::Up, 90_000, Some(600), None),
        ],
        failures: vec![
            FailureLine { at: back(561), verdict: "bad".into(), findings: vec![reason_text(&down)], details },
            FailureLine {
                at: back(570),
                verdict: "unknown".into(),
                findings: vec![reason_text(&Reason::new(What::Own, "", "too many open files"))],
                details: Details::default(),
            },
        ],
        beats: if beats {
            vec![
                BeatLine { at: back(10), said: Said::Done, message: "412 rows".into() },
                BeatLine { at: back(14), said: Said::Started, message: String::new() },
                BeatLine { at: back(1_450), said: Said::Failed, message: "disk full".into() },
            ]
        } else {
            vec![]
        },
        beat_url: beats.then(|| "https://tend.example/beat/0123456789abcdefghjkmnpqrstvwxyz".into()),
        declared_in: None,
        may_change: true,
        probe,
    }
}
