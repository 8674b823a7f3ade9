//! One objective: is it kept, what is left, how fast it burns, and who spent it.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use kernel::budget::{
    Claim, Grid, Method, Reading, Rule, Slices, Tier, Weighed, budget, ledger, time_to_fire,
};
use kernel::{Id as _, ObjectiveId, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Asks, IntoResponse, Path, Refusal, Response, Shown, Site, State, Text, View};

use super::lines::{ObjectiveLine, line, sample_lines};
use crate::model::Journey;
use crate::objectives::model::{Objective, Trouble, TroubleKind};
use crate::objectives::store as tables;
use crate::objectives::tasks::judged;

/// Points of the curve of what is spent.
const POINTS: i32 = 96;

/// What was spent by one time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// How much of the whole budget, per cent; null when nothing had been counted.
    pub value: Option<f64>,
    /// How many had been counted.
    pub n: u64,
}

/// Something that happened, on the axis of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// `incident` or `maintenance`.
    pub kind: TroubleKind,
    /// What.
    pub text: Text,
}

/// How one rule sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BurnLine {
    /// `fast`, `slow`, `day` or `days`.
    pub tier: Tier,
    /// The long window, seconds.
    pub long_s: i64,
    /// The short window, seconds.
    pub short_s: i64,
    /// The burn over the long window; null when it was not observed.
    pub long: Option<f64>,
    /// The burn over the short window.
    pub short: Option<f64>,
    /// At which burn it fires.
    pub fires_at: f64,
    /// Whether that was lowered to what can be reached.
    pub capped: bool,
    /// What it says: `fires`, `fades`, `calm`, `too_few`, `young` or `unseen`.
    pub says: Weighed,
    /// After how many seconds a total outage fires.
    pub outage_s: Option<i64>,
}

/// Who spent how much.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerLine {
    /// `incident` or `maintenance`; null for what nobody claims.
    pub kind: Option<TroubleKind>,
    /// Its name.
    pub title: String,
    /// The number of an incident.
    pub number: Option<u64>,
    /// Its address.
    pub href: Option<String>,
    /// When it began.
    pub from: Option<Timestamp>,
    /// How many went wrong.
    pub bad: u64,
    /// The part of the whole budget.
    pub share: Option<f64>,
}

/// One objective.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ObjectiveView {
    /// What it is, and where it stands.
    pub objective: ObjectiveLine,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// What the whole window allows to go wrong.
    pub allowed: f64,
    /// What went wrong.
    pub spent: f64,
    /// The curve of what is spent.
    pub points: Vec<Point>,
    /// Incidents and maintenances.
    pub marks: Vec<Mark>,
    /// The rules.
    pub burns: Vec<BurnLine>,
    /// Who spent it.
    pub ledger: Vec<LedgerLine>,
    /// Where the journey is declared.
    pub declared_in: Option<String>,
    /// When it was judged.
    pub judged_at: Option<Timestamp>,
}

struct Read {
    objective: Objective,
    journey: Journey,
    slices: Slices,
    passed: Grid,
    whole: Grid,
}

async fn gathered(site: &Site, scope: &Scope, id: ObjectiveId) -> Result<Read, Problem> {
    let objective = tables::expect(&site.db, scope, id).await?;
    let journey = crate::store::expect(&site.db, scope, objective.journey).await?;
    let (now, zone) = (scope.now(), journey.zone());
    let until = now + SignedDuration::from_hours(1);
    let grid = Grid { from: objective.needs_from(now, &zone), until };
    let slices = tables::slices(&site.db, scope, id, grid).await?;
    let window = objective.wanted.window;
    let whole = window.whole(now, &zone);
    let passed = window.passed(now, &zone, slices.first().unwrap_or(now));
    Ok(Read { objective, journey, slices, passed, whole })
}

/// Shows it.
pub async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ObjectiveId>,
) -> Result<Shown<ObjectiveView>, Refusal> {
    let read = gathered(&site, &scope, id).await?;
    let Read { mut objective, journey, slices, passed, whole } = read;
    let service = estate::services::expect(&site.db, &scope, objective.service).await?;
    let looked = judged(&objective, &slices, scope.now(), &journey.zone());
    let judged_at = objective.standing.summary.as_ref().map(|found| found.at);
    if objective.standing.source.is_some() {
        objective.standing.summary = Some(looked.summary);
    }
    let tally = slices.tally(passed, Method::Occurrences);
    let held = budget(objective.wanted.target, &tally, slices.expected(whole));
    let mut troubles = Vec::new();
    for kind in [TroubleKind::Incident, TroubleKind::Maintenance] {
        troubles.extend(tables::troubles(&site.db, &scope, objective.service, kind, passed).await?);
    }
    let claims: Vec<Claim<usize>> = troubles.iter().enumerate().map(claim).collect();
    let book = ledger(&slices, passed, &claims, &held);
    let ledger = book.lines.iter().filter(|line| line.bad > 0);
    Ok(Shown(ObjectiveView {
        objective: line(&objective, &journey.name),
        service: objective.service,
        service_name: service.name,
        allowed: held.allowed,
        spent: held.spent,
        points: curve(&slices, passed, whole, held.allowed),
        marks: troubles.iter().map(mark).collect(),
        burns: looked.readings.iter().map(|one| burn_line(one, &objective)).collect(),
        ledger: ledger
            .map(|one| ledger_line(one.key.and_then(|key| troubles.get(key)), one.bad, one.share))
            .collect(),
        declared_in: journey.declared_in,
        judged_at,
    }))
}

fn claim((key, trouble): (usize, &Trouble)) -> Claim<usize> {
    let rank = u8::from(trouble.kind != TroubleKind::Incident);
    Claim { key, from: trouble.from, until: trouble.until, rank }
}

fn mark(trouble: &Trouble) -> Mark {
    let text = match trouble.number {
        Some(number) => Text::raw(format!("#{number} {}", trouble.title)),
        None => Text::raw(trouble.title.clone()),
    };
    Mark { at: trouble.from, until: trouble.until, kind: trouble.kind, text }
}

fn burn_line(one: &Reading, objective: &Objective) -> BurnLine {
    let Rule { tier, factor, capped } = one.rule;
    BurnLine {
        tier,
        long_s: tier.long().as_secs(),
        short_s: tier.short().as_secs(),
        long: one.long,
        short: one.short,
        fires_at: factor,
        capped,
        says: one.says,
        outage_s: time_to_fire(&one.rule, objective.wanted.target, 1.0).map(|time| time.as_secs()),
    }
}

fn ledger_line(trouble: Option<&Trouble>, bad: u64, share: Option<f64>) -> LedgerLine {
    let href = trouble.and_then(|one| match one.kind {
        TroubleKind::Incident => Some(format!("/incidents/{}", one.id)),
        TroubleKind::Maintenance | TroubleKind::Alert => None,
    });
    LedgerLine {
        kind: trouble.map(|one| one.kind),
        title: trouble.map(|one| one.title.clone()).unwrap_or_default(),
        number: trouble.and_then(|one| one.number),
        href,
        from: trouble.map(|one| one.from),
        bad,
        share,
    }
}

/// What was spent of the whole budget by each time of the window so far.
fn curve(slices: &Slices, passed: Grid, whole: Grid, allowed: f64) -> Vec<Point> {
    if allowed <= 0.0 {
        return Vec::new();
    }
    let mut each = slices.within(passed).peekable();
    let (mut bad, mut n) = (0u64, 0u64);
    (1..=POINTS)
        .map(|number| whole.from + whole.length().mul_f64(f64::from(number) / f64::from(POINTS)))
        .take_while(|at| *at <= passed.until)
        .map(|at| {
            while let Some((_, counts)) = each.next_if(|(begins, _)| *begins < at) {
                bad += counts.bad();
                n += counts.total;
            }
            Point { at, value: (n > 0).then(|| 100.0 * bad as f64 / allowed), n }
        })
        .collect()
}

/// What was counted, slice by slice, as CSV (RFC 4180), oldest first.
pub async fn csv(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ObjectiveId>,
) -> Result<Response, Refusal> {
    let Read { slices, passed, .. } = gathered(&site, &scope, id).await?;
    let mut out = String::from("from,seconds,good,total\r\n");
    for (at, counts) in slices.within(passed) {
        let _ = write!(out, "{at},{},{},{}\r\n", slices.every().as_secs(), counts.good, counts.total);
    }
    let headers = [
        ("content-type", "text/csv; charset=utf-8".to_owned()),
        ("content-disposition", format!("attachment; filename=\"{id}.csv\"")),
    ];
    Ok((headers, out).into_response())
}

impl View for ObjectiveView {
    const TEMPLATE: &'static str = "objectives/objective.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        match &self.objective.step {
            Some(step) => Text::key("objective-title-step")
                .with("kind", self.objective.kind.word())
                .with("step", step)
                .with("journey", &self.objective.journey_name),
            None => Text::key("objective-title")
                .with("kind", self.objective.kind.word())
                .with("journey", &self.objective.journey_name),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::raw(self.service_name.clone()), format!("/services/{}", self.service)),
            (Text::raw(self.objective.journey_name.clone()), format!("/journeys/{}", self.objective.journey)),
        ]
    }
    fn live(&self) -> Vec<String> {
        vec![self.objective.id.to_string(), self.service.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples()
    }
}

fn samples() -> Vec<(&'static str, ObjectiveView)> {
    let at = |day: i64| Timestamp::from_second(1_763_769_600 + day * 86_400).unwrap_or(Timestamp::UNIX_EPOCH);
    let burn = |tier: Tier, long: Option<f64>, fires_at: f64, capped: bool, says: Weighed| BurnLine {
        tier,
        long_s: tier.long().as_secs(),
        short_s: tier.short().as_secs(),
        long,
        short: long.map(|burn| burn * 1.1),
        fires_at,
        capped,
        says,
        outage_s: Some(tier.long().as_secs() / 12),
    };
    let own = |title: &str, number: Option<u64>, kind: Option<TroubleKind>, bad: u64| LedgerLine {
        kind,
        title: title.into(),
        number,
        href: number.map(|_| "/incidents/inc_x".into()),
        from: kind.map(|_| at(9)),
        bad,
        share: Some(bad as f64 / 1_540.0),
    };
    let lines = sample_lines();
    let spent = [0.0, 2.0, 3.0, 4.0, 7.0, 9.0, 10.0, 12.0, 13.0, 45.0, 48.0, 50.0, 51.0, 142.0];
    let point =
        |(day, value): (usize, &f64)| Point { at: at(day as i64), value: Some(*value), n: 160 * day as u64 };
    let burning = ObjectiveView {
        objective: lines[0].clone(),
        service: ServiceId::from_u128(1),
        service_name: "Parking permits".into(),
        allowed: 1_540.0,
        spent: 2_187.0,
        points: spent.iter().enumerate().map(point).collect(),
        marks: vec![
            Mark {
                at: at(9),
                until: Some(at(10)),
                kind: TroubleKind::Incident,
                text: Text::raw("#14 Paying does not work"),
            },
            Mark {
                at: at(4),
                until: Some(at(5)),
                kind: TroubleKind::Maintenance,
                text: Text::raw("New database"),
            },
        ],
        burns: vec![
            burn(Tier::Fast, Some(2.71), 2.57, true, Weighed::Fires),
            burn(Tier::Slow, Some(1.4), 2.57, true, Weighed::Calm),
            burn(Tier::Day, Some(2.6), 2.57, true, Weighed::Fades),
            burn(Tier::Days, None, 0.93, false, Weighed::Unseen),
        ],
        ledger: vec![
            own("Paying does not work", Some(14), Some(TroubleKind::Incident), 1_320),
            own("New database", None, Some(TroubleKind::Maintenance), 212),
            own("", None, None, 655),
        ],
        declared_in: Some("permits.yml:31".into()),
        judged_at: Some(at(13)),
    };
    let fine = ObjectiveView {
        objective: lines[1].clone(),
        spent: 1_226.0,
        ledger: vec![own("", None, None, 1_226)],
        burns: vec![
            burn(Tier::Fast, Some(0.7), 2.57, true, Weighed::TooFew),
            burn(Tier::Slow, Some(0.8), 2.57, true, Weighed::Calm),
            burn(Tier::Day, Some(0.8), 2.57, true, Weighed::Young),
            burn(Tier::Days, Some(0.8), 0.93, false, Weighed::Calm),
        ],
        declared_in: None,
        marks: Vec::new(),
        points: burning.points[..12].to_vec(),
        ..burning.clone()
    };
    let of = |place: usize| ObjectiveView { objective: lines[place].clone(), ..fine.clone() };
    let new = ObjectiveView {
        objective: lines[8].clone(),
        allowed: 0.0,
        spent: 0.0,
        points: Vec::new(),
        marks: Vec::new(),
        burns: Vec::new(),
        ledger: Vec::new(),
        judged_at: None,
        ..fine.clone()
    };
    vec![
        ("burning", burning),
        ("fine", fine.clone()),
        ("work for the day", of(2)),
        ("fading", of(3)),
        ("spent", of(4)),
        ("idle", of(5)),
        ("sparse", of(6)),
        ("stale", of(7)),
        ("new", new),
    ]
}
