//! Objectives over the state database and a lake of a few lines.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kernel::budget::Level;
use kernel::lake::{
    Channel, DayState, Ending, Erase, Erased, FunnelCell, FunnelCounts, Group, Kept, Lake, Looks, Order,
    Question, Reply, Rows, Sketch, SpanCounts, Standing as LakeStanding, Table, Unit,
};
use kernel::task::{Answer, Status, Task};
use kernel::{ClientId, ComponentId, Fact, Id as _, Paging, Problem, Scope, ServiceId};
use store::Db;
use store::testing::{TestClock, each_db};

use super::model::{Kind, TroubleKind};
use super::store as tables;
use super::tasks::{Judge, Troubles};
use crate::face::SCHEMA;
use crate::model::{Definition, Draft, EndingRule, Step, Targets, usual_segments};

/// A lake in which every five minutes a hundred people start, and so many of them complete; the others fail.
struct Town {
    /// Since when completions are this share, newest last.
    completes: Mutex<Vec<(Timestamp, f64)>>,
    /// Whether it answers.
    answers: Mutex<bool>,
    begins: Timestamp,
}

impl Town {
    fn share(&self, at: Timestamp) -> f64 {
        let held = self.completes.lock().unwrap();
        held.iter().rev().find(|(since, _)| *since <= at).map_or(0.9, |(_, share)| *share)
    }
}

fn cells(bounds: &[Timestamp], from: Timestamp, until: Timestamp) -> Vec<(u32, Timestamp)> {
    let mut found = Vec::new();
    let mut at = from;
    while at < until {
        let cell = bounds.iter().rposition(|bound| *bound <= at).unwrap_or(0);
        found.push((u32::try_from(cell).unwrap(), at));
        at += SignedDuration::from_mins(5);
    }
    found
}

impl Lake for Town {
    fn append<'a>(&'a self, _: &'a Scope, _: Rows) -> Answer<'a, Result<Kept, Problem>> {
        Box::pin(async { Ok(Kept::default()) })
    }

    fn ask<'a>(&'a self, scope: &'a Scope, question: Question) -> Answer<'a, Result<Reply, Problem>> {
        Box::pin(async move {
            if !*self.answers.lock().unwrap() {
                return Err(Problem::fault("the lake does not answer"));
            }
            Ok(match question {
                Question::Days { table, .. } => {
                    let there = matches!(table, Table::Events | Table::Spans);
                    let day = DayState { day: self.begins, rows: 1, version: 1 };
                    Reply::Days(if there { vec![day] } else { vec![] })
                }
                Question::Funnel(ask) => {
                    let mut all: Vec<FunnelCell> = Vec::new();
                    let until = ask.among.until.min(scope.now());
                    for (cell, at) in cells(&ask.cells, ask.among.from.max(self.begins), until) {
                        let good = (self.share(at) * 100.0).round() as u64;
                        let counts = FunnelCounts {
                            reached: vec![100, 95, good],
                            in_progress: vec![0, 0, 0],
                            endings: [(Ending::Completed, good), (Ending::Failed, 100 - good)].into(),
                            ..FunnelCounts::default()
                        };
                        match all.iter_mut().find(|one| one.cell == cell) {
                            Some(held) => held.counts.merge(&counts),
                            None => all.push(FunnelCell { cell, group: Group::All, counts }),
                        }
                    }
                    Reply::Funnel(all)
                }
                Question::Spans { among, cells: bounds } => {
                    let until = among.until.min(scope.now());
                    let each =
                        cells(&bounds, among.from.max(self.begins), until).into_iter().map(|(cell, _)| {
                            let mut took_ms = Sketch::default();
                            took_ms.add_many(100.0, 99);
                            took_ms.add_many(9_000.0, 1);
                            let (component, operation) = ("web".into(), "GET /apply/form".into());
                            SpanCounts { cell, component, operation, calls: 100, errors: 0, took_ms }
                        });
                    Reply::Spans(each.collect())
                }
                _ => Reply::Measure(Vec::new()),
            })
        })
    }

    fn erase<'a>(&'a self, _: &'a Scope, _: Erase) -> Answer<'a, Result<Erased, Problem>> {
        Box::pin(async { Ok(Erased::default()) })
    }

    fn retain<'a>(
        &'a self,
        _: &'a Scope,
        _: ClientId,
        _: ServiceId,
        _: Table,
        _: Option<u32>,
    ) -> Answer<'a, Result<(), Problem>> {
        Box::pin(async { Ok(()) })
    }

    fn tend<'a>(&'a self, _: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async { Ok(Status::idle()) })
    }

    fn standing(&self) -> LakeStanding {
        LakeStanding::default()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Night {
    db: Db,
    clock: Arc<TestClock>,
    scope: Scope,
    town: Arc<Town>,
    judge: Judge,
    troubles: Troubles,
    service: ServiceId,
    component: ComponentId,
}

const NOW: &str = "2026-11-20T03:00:00Z";

impl Night {
    async fn new(db: &Db) -> Night {
        let clock = Arc::new(TestClock::at(NOW));
        let dice = Arc::new(store::testing::SeededDice::new(7));
        let scope = Scope::task("test", clock.clone(), dice);
        let town = Arc::new(Town {
            completes: Mutex::new(Vec::new()),
            answers: Mutex::new(true),
            begins: at("2026-11-01T00:00:00Z"),
        });
        let (client, service) = world(db, &scope).await;
        let mut tx = db.write("test", &scope).await.unwrap();
        let held = estate::services::expect_in(&mut tx, service).await.unwrap();
        let component = estate::graph::add_component(&mut tx, &held, "web", "", None, None).await.unwrap().id;
        crate::store::add(&mut tx, client, service, &draft(component)).await.unwrap();
        tx.commit().await.unwrap();
        let judge = Judge { db: db.clone(), lake: town.clone() };
        let troubles = Troubles { db: db.clone() };
        Night { db: db.clone(), clock, scope, town, judge, troubles, service, component }
    }

    /// Judges every minute for so long.
    async fn passes(&self, minutes: i64) {
        for _ in 0..minutes {
            self.clock.moves(SignedDuration::from_mins(1));
            self.round().await;
        }
    }

    async fn round(&self) {
        for _ in 0..20 {
            if self.judge.run(&self.scope).await.unwrap().left == 0 {
                break;
            }
        }
        self.troubles.run(&self.scope).await.unwrap();
    }

    fn completes(&self, share: f64) {
        self.town.completes.lock().unwrap().push((self.scope.now(), share));
    }

    async fn facts(&self) -> Vec<Fact> {
        let page = Paging { after: None, limit: Some(100) };
        let mut all = self.db.facts_of_service(&self.scope, self.service, &page).await.unwrap().items;
        all.reverse();
        all.into_iter().map(|one| one.fact).collect()
    }

    async fn of_kind(&self, kind: Kind) -> super::model::Objective {
        let all = tables::of_service(&self.db, &self.scope, self.service).await.unwrap();
        all.into_iter().find(|one| one.wanted.kind == kind).unwrap()
    }
}

async fn world(db: &Db, scope: &Scope) -> (ClientId, ServiceId) {
    let mut tx = db.write("test", scope).await.unwrap();
    let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.unwrap().id;
    let draft = estate::model::Draft {
        client_id: client,
        name: "Parking permits".into(),
        description: String::new(),
        owner: None,
        ownership: estate::model::Ownership::Client,
        consumers: String::new(),
        end_of_life: None,
    };
    let live = estate::model::Phase::Live;
    let service = estate::services::add(&mut tx, &draft, live, "", None).await.unwrap().id;
    tx.commit().await.unwrap();
    (client, service)
}

fn draft(web: ComponentId) -> Draft {
    let step = |name: &str, path: &str, component: Option<ComponentId>| Step {
        name: name.into(),
        looks: Looks::at(path),
        optional: false,
        channel: Channel::Web,
        component,
    };
    Draft {
        name: "Apply".into(),
        shape: Definition {
            unit: Unit::Visit,
            window: SignedDuration::from_hours(2),
            order: Order::Ordered,
            steps: vec![
                step("start", "/apply", None),
                step("form", "/apply/form", Some(web)),
                step("done", "/apply/done", None),
            ],
            endings: vec![EndingRule { ending: Ending::Failed, looks: Looks::named("failed") }],
            exclusions: vec![],
            segments: usual_segments(),
            zone: "Europe/Amsterdam".into(),
        },
        owner: None,
        targets: Targets {
            completion: Some(0.8),
            within_seconds: Some(14 * 86_400),
            latency_ms: Some(2_000),
            errors: None,
        },
        declared_in: None,
    }
}

async fn each(test: impl AsyncFn(Night)) {
    let schemas = [&identity::SCHEMA, &estate::SCHEMA, &SCHEMA];
    each_db(&schemas, async |db, _| test(Night::new(&db).await).await).await;
}

#[tokio::test]
async fn a_target_becomes_objectives_and_they_are_measured_back_to_the_begin_of_their_window() {
    each(async |night| {
        night.round().await;
        let completion = night.of_kind(Kind::Completion).await;
        let summary = completion.standing.summary.clone().unwrap();
        assert_eq!(summary.seen, "observed");
        // Fourteen days at 100 people every five minutes, nine in ten complete: half of the budget is left.
        assert_eq!(summary.counts.total / 100, 14 * 288);
        assert!((summary.left.unwrap() - 0.5).abs() < 1e-9, "{summary:?}");
        assert_eq!(completion.standing.level, Level::Calm);
        let latency = night.of_kind(Kind::Latency).await;
        // Only the form's component is seen in spans; the pages of the others were never measured.
        let all = tables::of_service(&night.db, &night.scope, night.service).await.unwrap();
        let measured: Vec<&str> = all
            .iter()
            .filter(|one| one.standing.summary.as_ref().is_some_and(|found| found.seen == "observed"))
            .map(|one| one.wanted.step.as_deref().unwrap_or("-"))
            .collect();
        assert_eq!(measured, ["-", "form"]);
        assert_eq!(latency.wanted.limit_ms, Some(2_000));
        let added =
            night.facts().await.into_iter().filter(|fact| matches!(fact, Fact::ObjectiveAdded { .. }));
        assert_eq!(added.count(), 4, "completion, and latency of three steps");
    })
    .await;
}

#[tokio::test]
async fn when_nearly_nobody_completes_an_alert_names_the_journey_and_clears_when_they_do_again() {
    each(async |night| {
        night.round().await;
        night.completes(0.05);
        night.passes(60).await;
        let raised: Vec<Fact> =
            night.facts().await.into_iter().filter(|fact| matches!(fact, Fact::AlertRaised { .. })).collect();
        let objective = night.of_kind(Kind::Completion).await;
        let Some(Fact::AlertRaised { alert, severity, cause, reason, objective: of, probe, .. }) =
            raised.first()
        else {
            panic!("nobody was told: {:?}", objective.standing)
        };
        assert_eq!((*severity, *of, *probe), (1, Some(objective.id), None));
        // People stop at the form, whose component is known.
        assert_eq!(*cause, kernel::fact::cause_of_part(night.service, night.component));
        assert!(reason.contains("the target is 80.0 %") && reason.contains("most stop at form"), "{reason}");
        assert_eq!(objective.standing.alert, Some(*alert));
        assert_eq!(raised.len(), 1, "one alert, however long it burns");

        night.completes(0.9);
        night.passes(15).await;
        let cleared = night.facts().await.into_iter().any(
            |fact| matches!(fact, Fact::AlertCleared { alert: of, objective: Some(_), .. } if of == *alert),
        );
        assert!(cleared);
        let standing = night.of_kind(Kind::Completion).await.standing;
        assert!(!matches!(standing.level, Level::Burning(_)) && standing.alert.is_none(), "{standing:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_measured_freezes_and_is_shown() {
    each(async |night| {
        night.round().await;
        night.completes(0.05);
        night.passes(60).await;
        let before = night.of_kind(Kind::Completion).await.standing;
        assert!(matches!(before.level, Level::Burning(_)));
        *night.town.answers.lock().unwrap() = false;
        for _ in 0..30 {
            night.clock.moves(SignedDuration::from_mins(1));
            night.judge.run(&night.scope).await.unwrap();
        }
        let after = night.of_kind(Kind::Completion).await.standing;
        assert_eq!(after.level, before.level, "a fault of our own is no recovery");
        assert_eq!(after.summary.unwrap().seen, "stale");
        // That nothing is measured is itself said, once for each objective that was measured, in one incident. A low
        // target waits longer: an outage would too.
        let blind = |facts: Vec<Fact>| -> Vec<(String, String)> {
            let told = facts.into_iter().filter_map(|fact| match fact {
                Fact::AlertRaised { title, cause, severity: 3, .. } => Some((title, cause)),
                _ => None,
            });
            told.collect()
        };
        let cause = super::rules::cause_of_blindness(night.service);
        assert_eq!(blind(night.facts().await), []);
        for _ in 0..20 {
            night.clock.moves(SignedDuration::from_mins(1));
            night.judge.run(&night.scope).await.unwrap();
        }
        let told = blind(night.facts().await);
        assert_eq!(told, [("Apply: latency (form) cannot be measured".to_owned(), cause)]);
        *night.town.answers.lock().unwrap() = true;
        night.passes(1).await;
        let again = night.facts().await.into_iter().any(
            |fact| matches!(fact, Fact::AlertCleared { reason, .. } if reason == "it is measured again"),
        );
        assert!(again);
    })
    .await;
}

#[tokio::test]
async fn during_a_maintenance_nobody_is_told() {
    each(async |night| {
        night.round().await;
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        let now = night.scope.now();
        let fact = Fact::MaintenancePlanned {
            maintenance: kernel::MaintenanceId::from_u128(1),
            title: "database".into(),
            from: now,
            until: now + SignedDuration::from_hours(2),
        };
        let client = night.of_kind(Kind::Completion).await.client;
        tx.record(kernel::About::service(client, night.service), fact).await.unwrap();
        tx.commit().await.unwrap();
        night.completes(0.05);
        night.passes(60).await;
        let told = night.facts().await.into_iter().any(|fact| matches!(fact, Fact::AlertRaised { .. }));
        assert!(!told);
        assert_eq!(night.of_kind(Kind::Completion).await.standing.level, Level::Calm);
        night.passes(62).await;
        assert!(
            matches!(night.of_kind(Kind::Completion).await.standing.level, Level::Burning(_)),
            "it is over"
        );
    })
    .await;
}

#[tokio::test]
async fn a_changed_target_changes_and_a_dropped_one_goes_with_its_alert() {
    each(async |night| {
        night.round().await;
        night.completes(0.05);
        night.passes(60).await;
        let journey =
            crate::store::journeys_of(&night.db, &night.scope, night.service).await.unwrap().remove(0);
        let mut next = journey.draft();
        next.targets.completion = None;
        next.targets.latency_ms = Some(1_000);
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        crate::store::change(&mut tx, &journey, &next).await.unwrap();
        tx.commit().await.unwrap();
        night.passes(1).await;
        let facts = night.facts().await;
        let changed: Vec<&Vec<String>> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::ObjectiveChanged { changed, .. } => Some(changed),
                _ => None,
            })
            .collect();
        assert_eq!(changed.len(), 3);
        assert_eq!(*changed[0], ["limit: 2000 ms -> 1000 ms"]);
        assert!(facts.iter().any(|fact| matches!(fact, Fact::ObjectiveRemoved { .. })));
        assert!(facts.iter().any(|fact| matches!(fact, Fact::AlertCleared { .. })));
        let left = tables::of_service(&night.db, &night.scope, night.service).await.unwrap();
        assert!(left.iter().all(|one| one.wanted.kind == Kind::Latency));
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_remembered_with_its_begin_and_end_and_a_fact_read_twice_changes_nothing() {
    each(async |night| {
        let about = {
            let service = estate::services::expect(&night.db, &night.scope, night.service).await.unwrap();
            kernel::About::service(service.client_id, night.service)
        };
        let incident = kernel::IncidentId::from_u128(5);
        let since = night.scope.now() - SignedDuration::from_mins(4);
        let alert = kernel::AlertId::from_u128(9);
        let raised = Fact::AlertRaised {
            alert,
            probe: None,
            title: "payment".into(),
            reason: String::new(),
            severity: 1,
            cause: "c".into(),
            since,
            objective: None,
        };
        let opened = Fact::IncidentOpened {
            incident,
            number: 14,
            title: "payment".into(),
            severity: 1,
            cause: "c".into(),
            by_us: true,
        };
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        for fact in [raised.clone(), opened, raised] {
            tx.record(about, fact).await.unwrap();
        }
        tx.commit().await.unwrap();
        night.troubles.run(&night.scope).await.unwrap();
        let (_, _, held) =
            tables::incident(&night.db, &night.scope, &incident.to_string()).await.unwrap().unwrap();
        assert_eq!((held.from, held.until, held.number), (since, None, Some(14)), "since its first alert");
        night.clock.moves(SignedDuration::from_mins(9));
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        let resolved = Fact::IncidentResolved { incident, person: None, reason: String::new() };
        tx.record(about, resolved).await.unwrap();
        tx.commit().await.unwrap();
        night.troubles.run(&night.scope).await.unwrap();
        let grid = kernel::budget::Grid { from: since, until: night.scope.now() };
        let all = tables::troubles(&night.db, &night.scope, night.service, TroubleKind::Incident, grid)
            .await
            .unwrap();
        assert_eq!((all.len(), all[0].until), (1, Some(night.scope.now())));
    })
    .await;
}
