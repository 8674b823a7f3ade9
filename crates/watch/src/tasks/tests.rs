//! Checks over time on both databases, against a small model of the outside.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use kernel::world::{
    Connect, Connected, Fault, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt, Resolve, Resolved,
    Unreached, Why, World,
};
use kernel::{ClientId, Clock as _, Fact, Id as _, ProbeId, Scope, ServiceId};
use store::Db;
use store::testing::{SeededDice, TestClock, each_db, upgrades};

use super::*;
use crate::model::{Http, Plan, Span, State, Target};
use crate::rules::history::day_of;
use crate::store::{Filter, Line, ProbeDraft, SCHEMA, Said};

/// Sites by address: a status, or a reason why nobody answers.
#[derive(Default)]
struct Outside {
    sites: Mutex<HashMap<String, Result<u16, Why>>>,
    way_out: Mutex<bool>,
    asked: Mutex<u64>,
}

fn lost<T>(fault: Fault, why: Why) -> Result<T, Unreached> {
    Err(Unreached { fault, why, what: format!("{why:?}"), after: SignedDuration::ZERO })
}

impl World for Outside {
    fn fetch<'a>(&'a self, ask: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        *self.asked.lock().unwrap() += 1;
        let told = self.sites.lock().unwrap().get(&ask.url).copied().unwrap_or(Ok(200));
        let answer = match told {
            Ok(status) => Ok(Fetched {
                status,
                headers: vec![("set-cookie".into(), "session=1".into())],
                body: b"hello".to_vec(),
                truncated: false,
                took: SignedDuration::from_millis(42),
                address: None,
                tls: None,
            }),
            Err(Why::Own) => lost(Fault::Ours, Why::Own),
            Err(Why::Guarded) => lost(Fault::Refused, Why::Guarded),
            Err(why) => lost(Fault::Theirs, why),
        };
        Box::pin(std::future::ready(answer))
    }
    fn connect<'a>(&'a self, _: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        Box::pin(std::future::ready(lost(Fault::Theirs, Why::Refused)))
    }
    fn resolve<'a>(&'a self, _: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        Box::pin(std::future::ready(lost(Fault::Theirs, Why::Name)))
    }
    fn ping<'a>(&'a self, _: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        Box::pin(std::future::ready(lost(Fault::Theirs, Why::TimedOut)))
    }
    fn send_mail<'a>(&'a self, _: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(std::future::ready(Err(NotSent { again: false, what: "no mail here".into() })))
    }
    fn call_hook<'a>(&'a self, _: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(std::future::ready(Err(NotSent { again: false, what: "no hooks here".into() })))
    }
    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>> {
        let blocked = *self.way_out.lock().unwrap();
        let answer = if blocked { lost(Fault::Ours, Why::Own) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    }
}

use kernel::task::Answer;

/// One installation with a clock that moves when told.
struct Town {
    db: Db,
    outside: Arc<Outside>,
    clock: Arc<TestClock>,
    checks: Checks,
    scope: Scope,
    client: ClientId,
    service: ServiceId,
}

const URL: &str = "https://permits.example/";

impl Town {
    fn new(db: Db) -> Town {
        let (clock, dice) = (Arc::new(TestClock::at("2026-03-01T03:00:00Z")), Arc::new(SeededDice::new(1)));
        let scope = Scope::task("test", clock.clone(), dice.clone());
        let outside = Arc::new(Outside::default());
        let ground = Ground {
            db: db.clone(),
            world: outside.clone(),
            lake: kernel::lake::NoLake::shared(),
            clock: clock.clone(),
            dice,
        };
        let checks = Checks::new(ground);
        let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
        Town { db, outside, clock, checks, scope, client, service }
    }

    /// The same installation after a restart: what was in memory is gone.
    fn restarts(self) -> Town {
        let clock = self.clock.clone();
        let ground = Ground {
            db: self.db.clone(),
            world: self.outside.clone(),
            lake: kernel::lake::NoLake::shared(),
            clock: clock.clone(),
            dice: Arc::new(SeededDice::new(2)),
        };
        Town { checks: Checks::new(ground), ..self }
    }

    fn draft(name: &str, target: Target, every: i64) -> ProbeDraft {
        let plan = Plan::every(Span::seconds(every));
        let name = name.to_owned();
        ProbeDraft { name, plan, target, component: None, environment: None, severity: 2, declared_in: None }
    }

    async fn watches(&self, name: &str, target: Target, every: i64) -> ProbeId {
        let mut tx = self.db.write("test", &self.scope).await.unwrap();
        let draft = Town::draft(name, target, every);
        let id = crate::store::add_probe(&mut tx, self.client, self.service, &draft).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    fn site(&self, url: &str, answer: Result<u16, Why>) {
        self.outside.sites.lock().unwrap().insert(url.into(), answer);
    }

    /// Runs the round until the time has passed.
    async fn passes(&self, seconds: i64) {
        let until = self.clock.now() + SignedDuration::from_secs(seconds);
        loop {
            let status = self.checks.run_due(&self.scope).await.unwrap();
            let now = self.clock.now();
            if now >= until {
                return;
            }
            let next = status.next_at.unwrap_or(until).clamp(now, until);
            let beat = now + SignedDuration::from_secs(5);
            self.clock.set(next.min(beat).max(now + SignedDuration::from_micros(1)));
        }
    }

    async fn line(&self, probe: ProbeId) -> Line {
        let filter = Filter { probe: Some(probe), ..Filter::default() };
        crate::store::lines(&self.db, &self.scope, &filter, 1).await.unwrap().remove(0)
    }

    async fn state(&self, probe: ProbeId) -> State {
        self.line(probe).await.state
    }

    /// The names of facts of watch, in order.
    async fn told(&self) -> Vec<String> {
        let feed = self.db.feed(&self.scope, "test", 1_000).await.unwrap();
        let line = |fact: &Fact| match fact {
            Fact::ProbeStateChanged { from, to, .. } => Some(format!("{from}>{to}")),
            Fact::AlertRaised { severity, .. } => Some(format!("raised {severity}")),
            Fact::AlertCleared { .. } => Some("cleared".into()),
            Fact::WatchBlind { .. } => Some("blind".into()),
            _ => None,
        };
        feed.iter().filter_map(|recorded| line(&recorded.fact)).collect()
    }

    /// States of a probe as `state@seconds`, the first one at zero, oldest first.
    async fn history(&self, probe: ProbeId) -> Vec<State> {
        let changes =
            crate::store::changes_of(&self.db, &self.scope, probe, Timestamp::MAX, 100).await.unwrap();
        let mut rows: Vec<_> = changes.into_iter().rev().collect();
        for pair in rows.windows(2) {
            assert_eq!(pair[0].until, Some(pair[1].since), "rows tile the time: {rows:?}");
        }
        assert_eq!(rows.last().unwrap().until, None);
        rows.drain(..).map(|row| row.state).collect()
    }
}

fn http(url: &str) -> Target {
    Target::Http(Http::get(url))
}

#[tokio::test]
async fn the_schema_upgrades_with_data() {
    upgrades(&[&SCHEMA]).await;
}

#[tokio::test]
async fn a_site_that_breaks_is_told_once_and_its_recovery_too() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.passes(60).await;
        assert_eq!(town.state(probe).await, State::Up);
        town.site(URL, Ok(503));
        let broke = town.clock.now();
        town.passes(60).await;
        let line = town.line(probe).await;
        assert_eq!(
            (line.state, line.reason.unwrap().sentence().as_str()),
            (State::Down, "status 503, expected 2xx")
        );
        assert!(line.since.duration_since(broke).as_secs() <= 31, "since the first failed check");
        town.passes(600).await;
        assert_eq!(town.told().await, ["pending>up", "up>down", "raised 2"]);
        town.site(URL, Ok(200));
        town.passes(60).await;
        assert_eq!(town.told().await, ["pending>up", "up>down", "raised 2", "down>up", "cleared"]);
        assert_eq!(town.history(probe).await, [State::Pending, State::Up, State::Down, State::Up]);
        let failures = crate::store::failures_of(&town.db, &town.scope, probe).await.unwrap();
        assert_eq!(failures.len(), 20, "bounded");
        assert_eq!(failures[0].details.headers[0].1, "•••", "no cookie is kept");
    })
    .await;
}

#[tokio::test]
async fn one_lost_answer_is_no_outage() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.passes(60).await;
        town.site(URL, Err(Why::TimedOut));
        while town.state(probe).await != State::Pending {
            town.passes(1).await;
        }
        town.site(URL, Ok(200));
        town.passes(60).await;
        assert_eq!(town.told().await, ["pending>up"]);
        assert_eq!(town.history(probe).await, [State::Pending, State::Up, State::Pending, State::Up]);
    })
    .await;
}

#[tokio::test]
async fn our_own_fault_is_unknown_and_never_down() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let (ours, guarded) = ("https://ours.example/", "http://169.254.169.254/");
        let first = town.watches("ours", http(ours), 30).await;
        let second = town.watches("metadata", http(guarded), 30).await;
        let third = town.watches("no way out", http(URL), 30).await;
        town.site(ours, Err(Why::Own));
        town.site(guarded, Err(Why::Guarded));
        town.site(URL, Err(Why::TimedOut));
        *town.outside.way_out.lock().unwrap() = true;
        town.passes(120).await;
        for probe in [first, second, third] {
            assert_eq!(town.state(probe).await, State::Unknown);
        }
        assert!(!town.told().await.iter().any(|fact| fact.starts_with("raised")));
        *town.outside.way_out.lock().unwrap() = false;
        town.passes(90).await;
        assert_eq!(town.state(third).await, State::Down, "our way out works, so it is theirs");
    })
    .await;
}

#[tokio::test]
async fn a_restart_forgets_no_streak_and_raises_nothing_twice() {
    each_db(&[&SCHEMA], async |db, _| {
        let mut town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.passes(60).await;
        town.site(URL, Ok(500));
        while town.state(probe).await != State::Pending {
            town.passes(1).await;
        }
        town = town.restarts();
        let asked = *town.outside.asked.lock().unwrap();
        town.passes(11).await;
        assert_eq!(*town.outside.asked.lock().unwrap(), asked + 1, "one more check confirms");
        assert_eq!(town.state(probe).await, State::Down);
        town = town.restarts();
        town.passes(300).await;
        assert_eq!(town.told().await, ["pending>up", "up>down", "raised 2"]);
        let hours =
            crate::store::hours_since(&town.db, &town.scope, &[1], Timestamp::UNIX_EPOCH).await.unwrap();
        let counted: u64 = hours.iter().flat_map(|hour| &hour.cells).map(|(_, cell)| cell.checks()).sum();
        assert_eq!(counted, *town.outside.asked.lock().unwrap(), "every check is counted once");
    })
    .await;
}

#[tokio::test]
async fn a_night_without_tend_is_unknown_and_not_up() {
    each_db(&[&SCHEMA], async |db, _| {
        let mut town = Town::new(db);
        let often = town.watches("often", http(URL), 30).await;
        let daily = town.watches("daily", http("https://daily.example/"), 86_400).await;
        town.passes(120).await;
        town = town.restarts();
        town.clock.moves(SignedDuration::from_hours(2));
        town.passes(60).await;
        assert_eq!(town.history(often).await, [State::Pending, State::Up, State::Unknown, State::Up]);
        assert_eq!(town.state(daily).await, State::Up);
        let told = town.told().await;
        assert!(told.contains(&"blind".to_owned()) && !told.iter().any(|fact| fact.starts_with("raised")));
    })
    .await;
}

#[tokio::test]
async fn a_clock_set_back_makes_no_negative_span() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.passes(7_200).await;
        town.clock.moves(SignedDuration::from_hours(-1));
        town.passes(90).await;
        assert_eq!(town.state(probe).await, State::Up);
        let changes =
            crate::store::changes_of(&town.db, &town.scope, probe, Timestamp::MAX, 100).await.unwrap();
        for change in &changes {
            assert!(change.since <= town.clock.now());
            assert!(change.until.is_none_or(|until| until >= change.since), "{change:?}");
        }
        assert!(changes.iter().any(|change| change.state == State::Unknown));
    })
    .await;
}

#[tokio::test]
async fn maintenance_keeps_alerts_quiet_and_what_is_still_down_rises_afterwards() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.passes(60).await;
        let now = town.clock.now();
        let mut tx = town.db.write("test", &town.scope).await.unwrap();
        let (from, until) = (now + SignedDuration::from_secs(60), now + SignedDuration::from_secs(660));
        crate::store::plan_maintenance(&mut tx, town.client, town.service, "new database", from, until)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        town.passes(61).await;
        assert_eq!(town.state(probe).await, State::Maintenance);
        town.site(URL, Ok(503));
        town.passes(300).await;
        assert_eq!(town.told().await, ["pending>up", "up>maintenance"]);
        town.passes(300).await;
        assert_eq!(town.state(probe).await, State::Down);
        assert_eq!(town.told().await, ["pending>up", "up>maintenance", "maintenance>down", "raised 2"]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_does_not_call_is_late_and_one_that_fails_is_down_at_once() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let job = Target::Heartbeat { grace: Span::seconds(60) };
        let probe = town.watches("nightly import", job, 600).await;
        town.passes(2_000).await;
        assert_eq!(town.state(probe).await, State::Pending, "nobody knows yet that it runs");
        let calls = async |said, message: &str| {
            let it = crate::store::probe(&town.db, &town.scope, probe).await.unwrap().unwrap();
            let mut tx = town.db.write_unaudited("test", &town.scope).await.unwrap();
            crate::store::keep_beat(&mut tx, &it, said, message).await.unwrap();
            tx.commit().await.unwrap();
            town.passes(1).await;
        };
        calls(Said::Done, "").await;
        assert_eq!(town.state(probe).await, State::Up);
        town.passes(655).await;
        assert_eq!(town.state(probe).await, State::Up, "within its grace");
        town.passes(10).await;
        assert_eq!(town.state(probe).await, State::Down);
        calls(Said::Started, "").await;
        assert_eq!(town.state(probe).await, State::Down, "that it began proves nothing");
        calls(Said::Done, "").await;
        assert_eq!(town.state(probe).await, State::Up);
        calls(Said::Failed, "disk full").await;
        assert_eq!(town.line(probe).await.reason.unwrap().sentence(), "the job reported failure: disk full");
        let told = ["pending>up", "up>down", "raised 2", "down>up", "cleared", "up>down", "raised 2"];
        assert_eq!(town.told().await, told);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_judged_once_however_often_it_is_read() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let job = Target::Heartbeat { grace: Span::seconds(60) };
        let probe = town.watches("nightly import", job, 600).await;
        let mut runner = crate::runner::Runner::default();
        runner.sync(&town.db, &town.scope).await.unwrap();
        let it = crate::store::probe(&town.db, &town.scope, probe).await.unwrap().unwrap();
        let mut tx = town.db.write_unaudited("test", &town.scope).await.unwrap();
        crate::store::keep_beat(&mut tx, &it, Said::Failed, "disk full").await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..3 {
            let beats = crate::store::new_beats(&town.db, &town.scope).await.unwrap();
            assert_eq!(beats.len(), 1);
            runner.hear(beats, &town.scope);
        }
        let batch = runner.take_batch();
        crate::store::write_batch(&town.db, &town.scope, &batch).await.unwrap();
        assert!(crate::store::new_beats(&town.db, &town.scope).await.unwrap().is_empty());
        let hours =
            crate::store::hours_since(&town.db, &town.scope, &[1], Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(hours[0].cells[0].1.checks(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_database_refused_is_written_later_and_once() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.site(URL, Ok(500));
        let mut runner = crate::runner::Runner::default();
        let way_out = crate::check::WayOut::default();
        runner.sync(&town.db, &town.scope).await.unwrap();
        for _ in 0..4 {
            town.clock.moves(SignedDuration::from_secs(31));
            runner.tick(&town.scope);
            for job in runner.take_due(town.clock.now(), 10) {
                let seen = crate::check::check(&*town.outside, &*town.clock, &way_out, &job).await;
                runner.finish(&job, seen, &town.scope);
            }
            // The database says no: the batch comes back and waits.
            let refused = runner.take_batch();
            runner.put_back(refused);
        }
        assert_eq!(town.state(probe).await, State::Pending, "nothing was written");
        let batch = runner.take_batch();
        crate::store::write_batch(&town.db, &town.scope, &batch).await.unwrap();
        assert_eq!(town.told().await, ["pending>down", "raised 2"]);
        let hours =
            crate::store::hours_since(&town.db, &town.scope, &[1], Timestamp::UNIX_EPOCH).await.unwrap();
        let counted: u64 = hours.iter().flat_map(|hour| &hour.cells).map(|(_, cell)| cell.checks()).sum();
        assert_eq!(counted, *town.outside.asked.lock().unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_target_that_never_answers_holds_nobody_else() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        town.watches("hangs", http("https://hangs.example/"), 30).await;
        town.watches("works", http(URL), 30).await;
        let mut runner = crate::runner::Runner::default();
        runner.sync(&town.db, &town.scope).await.unwrap();
        town.clock.moves(SignedDuration::from_secs(31));
        let jobs = runner.take_due(town.clock.now(), 10);
        let (hung, fine): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.probe.name == "hangs");
        for job in &fine {
            let seen =
                crate::check::check(&*town.outside, &*town.clock, &crate::check::WayOut::default(), job)
                    .await;
            runner.finish(job, seen, &town.scope);
        }
        town.clock.moves(SignedDuration::from_secs(31));
        let again = runner.take_due(town.clock.now(), 10);
        assert_eq!((hung.len(), again.len()), (1, 1));
        assert_eq!(again[0].probe.name, "works", "the one that hangs is not asked a second time meanwhile");
    })
    .await;
}

#[tokio::test]
async fn a_paused_probe_is_unknown_and_a_removed_one_clears_its_alert() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        town.site(URL, Ok(500));
        town.passes(90).await;
        let it = crate::store::probe(&town.db, &town.scope, probe).await.unwrap().unwrap();
        let mut tx = town.db.write("test", &town.scope).await.unwrap();
        crate::store::pause_probe(&mut tx, &it, true).await.unwrap();
        tx.commit().await.unwrap();
        let asked = *town.outside.asked.lock().unwrap();
        town.passes(120).await;
        assert_eq!(town.state(probe).await, State::Unknown);
        assert_eq!(*town.outside.asked.lock().unwrap(), asked, "nothing is asked");
        assert_eq!(town.told().await, ["pending>down", "raised 2", "cleared", "down>unknown"]);
        let it = crate::store::probe(&town.db, &town.scope, probe).await.unwrap().unwrap();
        let mut tx = town.db.write("test", &town.scope).await.unwrap();
        crate::store::pause_probe(&mut tx, &it, false).await.unwrap();
        tx.commit().await.unwrap();
        town.passes(60).await;
        assert_eq!(town.state(probe).await, State::Down);
        let mut tx = town.db.write("test", &town.scope).await.unwrap();
        crate::store::remove_probe(&mut tx, &it).await.unwrap();
        tx.commit().await.unwrap();
        town.passes(60).await;
        assert_eq!(town.told().await.last().unwrap(), "cleared");
        assert!(crate::store::numbers(&town.db, &town.scope).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn days_are_folded_and_add_up() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 300).await;
        town.passes(3_600).await;
        town.site(URL, Ok(500));
        town.passes(7_200).await;
        town.site(URL, Ok(200));
        town.passes(86_400).await;
        let fold = Fold::new(town.db.clone());
        let status = fold.fold(&town.scope).await.unwrap();
        assert_eq!(status.done, 1);
        let day = day_of(town.clock.now()) - 1;
        let days = crate::store::days_since(&town.db, &town.scope, 1, day).await.unwrap();
        let hours =
            crate::store::hours_since(&town.db, &town.scope, &[1], Timestamp::UNIX_EPOCH).await.unwrap();
        let of_day = fold::day_row(day, &hours).unwrap();
        assert_eq!(days[0].whole, of_day.whole);
        assert!(days[0].whole.counts[2] >= 23 && days[0].packed.len() < 3_000);
        let subjects = [probe.to_string(), town.service.to_string()];
        let strips = crate::store::strips(&town.db, &town.scope, Some(&subjects)).await.unwrap();
        assert_eq!(strips.len(), 2);
        for (subject, strip) in strips {
            let spent = strip.iter().find(|(at, _)| *at == day).unwrap().1;
            let (measured, down) = (spent.ratio().total, spent.down);
            assert!((75_000..=75_600).contains(&measured), "{subject}: from 03:00 to midnight: {measured}");
            assert!((6_900..=7_700).contains(&down), "{subject}: two hours: {down}");
        }
        assert_eq!(fold.fold(&town.scope).await.unwrap().done, 0, "once");
    })
    .await;
}

#[tokio::test]
async fn two_hundred_probes_of_one_host_have_one_cause() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        for n in 0..200 {
            let url = format!("https://permits.example/{n}");
            town.site(&url, Err(Why::Refused));
            town.watches(&format!("page {n}"), http(&url), 30).await;
        }
        town.passes(60).await;
        let feed = town.db.feed(&town.scope, "test", 2_000).await.unwrap();
        let causes: Vec<&String> = feed
            .iter()
            .filter_map(|recorded| match &recorded.fact {
                Fact::AlertRaised { cause, .. } => Some(cause),
                _ => None,
            })
            .collect();
        assert_eq!(causes.len(), 200);
        assert!(causes.iter().all(|cause| *cause == causes[0]));
    })
    .await;
}

/// A clock that moves on by a second whenever somebody looks at it.
struct Hurried(Arc<TestClock>);

impl kernel::Clock for Hurried {
    fn now(&self) -> Timestamp {
        self.0.moves(SignedDuration::from_secs(1));
        self.0.now()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_writes_what_it_saw_before_it_stops() {
    each_db(&[&SCHEMA], async |db, _| {
        let town = Town::new(db);
        let probe = town.watches("start page", http(URL), 30).await;
        let ground = Ground {
            db: town.db.clone(),
            world: town.outside.clone(),
            lake: kernel::lake::NoLake::shared(),
            clock: Arc::new(Hurried(town.clock.clone())),
            dice: Arc::new(SeededDice::new(3)),
        };
        let engine = Engine::new(ground);
        let mut changes = town.db.changes();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(engine.run(async move {
            let _ = stopped.await;
        }));
        let up = async {
            loop {
                let facts = changes.recv().await.unwrap();
                if facts.iter().any(|fact| matches!(fact.fact, Fact::ProbeStateChanged { .. })) {
                    break;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), up).await.expect("a check within its slot");
        stop.send(()).unwrap();
        running.await.unwrap();
        assert_eq!(town.state(probe).await, State::Up);
    })
    .await;
}
