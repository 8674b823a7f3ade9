//! What people do on these screens, and what programs get.

use std::sync::Arc;

use estate::model::{Draft, Ownership, Phase};
use jiff::{SignedDuration, Timestamp};
use kernel::lake::{
    After, DayState, Ending, Event, Flow, FunnelCell, Group, Question, Reply, Table, Top, UnitLine,
};
use kernel::{Role, Scope};
use store::testing::TestClock;
use web::testing::Stage;
use web::{Language, Pages, Part, Settings};

use super::*;
use crate::canned::{Canned, cell, counts};

#[test]
fn every_example_renders_in_every_language() {
    let parts: Vec<Part> = crate::face::parts();
    let pages = Pages::new(&parts).expect("the pages fit together");
    let now = "2026-11-21T03:10:00Z".parse().expect("an instant");
    for sample in samples() {
        for language in Language::ALL {
            let reader = web::Reader { language, ..web::Reader::default() };
            let shown = pages.example(&sample, &reader, now);
            let shown =
                shown.unwrap_or_else(|error| panic!("{} {}: {error:?}", sample.template, sample.case));
            assert!(!shown.html.contains("journey-fault"), "{}: a key shows", shown.name);
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A site over a lake that answers by this, at 10:00 on 1 March 2026, with one service.
async fn stage(lake: Arc<Canned>) -> (Stage, Arc<TestClock>, Scope, kernel::ServiceId) {
    let clock = Arc::new(TestClock::at("2026-03-01T10:00:00Z"));
    let schemas = [&identity::SCHEMA, &estate::SCHEMA, &crate::SCHEMA];
    let parts = crate::face::parts();
    let stage = Stage::over(routes(), &parts, &schemas, Settings::default(), lake, clock.clone()).await;
    let scope = Scope::task("test", stage.site.clock.clone(), stage.site.dice.clone());
    let mut tx = stage.site.db.write("test", &scope).await.unwrap();
    let client = identity::clients::add(&mut tx, "Lindehaven", false, None).await.unwrap();
    let draft = Draft {
        client_id: client.id,
        name: "Parking permits".into(),
        description: String::new(),
        owner: None,
        ownership: Ownership::Client,
        consumers: String::new(),
        end_of_life: None,
    };
    let service = estate::services::add(&mut tx, &draft, Phase::Live, "", None).await.unwrap();
    tx.commit().await.unwrap();
    (stage, clock, scope, service.id)
}

const APPLY: &str = "name=Apply&unit=visit&window=2h&zone=UTC&steps.0.name=start&steps.0.looks=%2Fapply\
                     &steps.1.name=done&steps.1.looks=%2Fapply%2Fdone";

fn days(version: u64) -> Reply {
    let day = |day: &str, version| DayState { day: at(day), rows: 10, version };
    Reply::Days(vec![day("2026-02-28T00:00:00Z", version), day("2026-03-01T00:00:00Z", 1)])
}

/// Two days of a journey: yesterday 100 started and 60 came through; today 10 started at 9 and 4 came through.
fn two_days(version: u64) -> impl Fn(&Question) -> Option<Reply> + Send + 'static {
    move |question| match question {
        Question::Days { table: Table::Events, .. } => Some(days(version)),
        Question::Funnel(ask) if ask.by.is_some() => {
            let part = |group, started, done| FunnelCell { cell: 0, group, counts: counts(started, done) };
            let mobile = Group::Value("mobile".into());
            let cells = match ask.among.from < at("2026-03-01T00:00:00Z") {
                true => vec![part(Group::All, 100, 60), part(mobile, 70, 30), part(Group::Rest, 30, 30)],
                false => vec![part(Group::All, 10, 4), part(mobile, 10, 4)],
            };
            Some(Reply::Funnel(cells))
        }
        Question::Funnel(ask) if ask.among.from < at("2026-03-01T00:00:00Z") => {
            Some(Reply::Funnel(vec![cell(3, 40, 20), cell(4, 60, 40)]))
        }
        Question::Funnel(_) => Some(Reply::Funnel(vec![cell(9, 10, 4)])),
        Question::Count(_) => Some(Reply::Count(vec![])),
        _ => None,
    }
}

async fn fold(stage: &Stage, lake: &Arc<Canned>, scope: &Scope) -> kernel::task::Status {
    let site = &stage.site;
    let ground = store::Ground {
        db: site.db.clone(),
        world: site.world.clone(),
        lake: lake.clone(),
        clock: site.clock.clone(),
        dice: site.dice.clone(),
    };
    crate::tasks::tasks(&ground)[0].run(scope).await.unwrap()
}

#[tokio::test]
async fn days_are_folded_once_and_again_when_late_events_came() {
    let lake = Arc::new(Canned::new(two_days(1)));
    let (stage, clock, scope, service) = stage(lake.clone()).await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/journeys/new");
    let made = ana.fills_in(&new, &new, APPLY).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let journey = made.header("location").to_owned();
    lake.funnels();

    fold(&stage, &lake, &scope).await;
    assert_eq!(lake.funnels(), 6, "yesterday as a whole and by four fields, and today as far as it is");
    fold(&stage, &lake, &scope).await;
    assert_eq!(lake.funnels(), 0, "nothing changed");
    lake.answers(two_days(2));
    fold(&stage, &lake, &scope).await;
    assert_eq!(lake.funnels(), 5, "late events of yesterday");

    let shown = ana.get(&format!("/api/v1{journey}?range=7d")).await.json();
    assert_eq!(shown["report"]["started"], 110, "{shown:#}");
    assert_eq!(shown["report"]["completion"]["good"], 64);
    assert_eq!(shown["segments"][0]["value"], "mobile");
    assert_eq!(shown["segments"][0]["started"], 80);
    assert_eq!(shown["segments"][1]["value"], serde_json::Value::Null);
    assert_eq!(lake.funnels(), 2, "today as a whole and by the device; the rest is folded");
    let page = ana.get(&format!("{journey}?range=7d&compare=before")).await;
    assert!(page.body.contains("58.2") && page.body.contains("Most leave after start: 46."), "{}", page.body);

    // Another definition is another count: what was folded is not shown for it.
    let edit = format!("{journey}/edit");
    assert_eq!(ana.fills_in(&edit, &edit, &APPLY.replace("2h", "1h")).await.status, 303);
    lake.funnels();
    let shown = ana.get(&format!("/api/v1{journey}?range=7d")).await.json();
    assert_eq!(shown["report"]["started"], 110, "yesterday is asked for until it is folded again");
    fold(&stage, &lake, &scope).await;
    clock.moves(SignedDuration::from_hours(24));
    let csv = ana.get(&format!("{journey}/days.csv?range=7d")).await;
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 8);
    assert!(csv.body.contains("2026-02-28,100,60,0,0,40,0,"), "{}", csv.body);
    assert!(csv.body.contains("2026-02-27,,,,"), "null is never zero: {}", csv.body);
    let csv = ana.get(&format!("{journey}/funnel.csv?range=7d&by=device")).await;
    assert!(csv.body.contains("\"device: mobile\",2,\"done\""), "{}", csv.body);
}

#[tokio::test]
async fn an_engineer_describes_changes_and_removes_a_journey() {
    let (stage, _, _, service) = stage(Arc::new(Canned::new(|_| None))).await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/journeys/new");
    let long = APPLY.replace("unit=visit&window=2h", "unit=visitor&window=2d");
    let refused = ana.fills_in(&new, &new, &long).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("A visitor is recognised for a day only."), "{}", refused.body);
    let one_step = APPLY.split("&steps.1").next().unwrap();
    assert!(ana.fills_in(&new, &new, one_step).await.body.contains("has 2 to 32 steps; this one has 1"));
    let odd = format!("{APPLY}&steps.1.tests=method+ideal&within=soon&exclusions=cancelled");
    let odd = ana.fills_in(&new, &new, &odd).await;
    for said in ["is not a test", "is not a span of time", "does not say between which steps"] {
        assert!(odd.body.contains(said), "{said}: {}", odd.body);
    }
    let made =
        ana.fills_in(&new, &new, &format!("{APPLY}&completion=65&steps.0.tests=device%3A+mobile")).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let journey = made.header("location").to_owned();
    assert!(ana.fills_in(&new, &new, APPLY).await.body.contains("field-wrong"), "the name is taken");
    let edit = ana.get(&format!("{journey}/edit")).await;
    assert!(edit.body.contains("device: mobile") && edit.body.contains("65%"), "{}", edit.body);
    let list = ana.get("/journeys").await;
    assert!(list.body.contains("Apply"), "{}", list.body);
    let panel = ana.get(&format!("/journeys/panel/service/{service}")).await;
    assert!(panel.body.contains("Apply") && panel.body.contains("usual not known"), "{}", panel.body);
    let remove = format!("{journey}/remove");
    assert_eq!(ana.fills_in(&format!("{journey}/edit"), &remove, "confirm=no").await.status, 422);
    assert_eq!(ana.fills_in(&format!("{journey}/edit"), &remove, "confirm=Apply").await.status, 303);
    assert_eq!(ana.get(&journey).await.status, 404);
    let reader = stage.person(Role::Reader);
    assert_eq!(reader.get(&new).await.status, 403);
    assert_eq!(reader.get(&format!("/services/{service}/journeys")).await.status, 200);
}

#[tokio::test]
async fn a_journey_is_drawn_from_the_ways_that_led_to_an_end() {
    let lake = Arc::new(Canned::new(|question| match question {
        Question::Top(_) => Some(Reply::Top(vec![Top { value: "/apply/done".into(), events: 9, units: 7 }])),
        Question::Paths(ask) => {
            assert!(ask.to.is_some(), "ways that lead to the end");
            let flow = |place, from: &str, to: &str| Flow {
                place,
                from: Group::Value(from.into()),
                to: Some(Group::Value(to.into())),
                units: 7,
            };
            Some(Reply::Paths(vec![flow(0, "/apply", "/apply/form"), flow(1, "/apply/form", "/apply/done")]))
        }
        _ => None,
    }));
    let (stage, _, _, service) = stage(lake).await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/journeys/new");
    assert!(ana.get(&new).await.body.contains("end=%2Fapply%2Fdone"), "an end to pick");
    let drawn = ana.get(&format!("/api/v1{new}?end=/apply/done")).await.json();
    let looks: Vec<&str> = (0..3).filter_map(|n| drawn["form"]["steps"][n]["looks"].as_str()).collect();
    assert_eq!(looks, ["/apply", "/apply/form", "/apply/done"]);
    let page = ana.get(&format!("{new}?end=/apply/done")).await;
    assert!(
        page.body.contains("sankey-ribbon") && page.body.contains("value=\"/apply/form\""),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn behind_a_number_stand_visits_without_names() {
    let lake = Arc::new(Canned::new(|question| match question {
        Question::Units(ask) => {
            assert_eq!((ask.ending, ask.level), (Some(Ending::Failed), Some(1)));
            let line = UnitLine {
                number: 0xabc,
                level: 1,
                ending: Ending::Failed,
                started_at: at("2026-03-01T09:00:00Z"),
                last_at: at("2026-03-01T09:01:00Z"),
            };
            Some(Reply::Units(vec![line]))
        }
        Question::Visit(ask) if ask.number == 0xabc => {
            let event = Event {
                client: ask.among.client,
                service: ask.among.service,
                at: at("2026-03-01T09:00:00Z"),
                received_at: at("2026-03-01T09:00:00Z"),
                key: 0,
                user: 0,
                visitor: 0,
                visit: 0xabc,
                case: 0,
                name: "pageview".into(),
                path: "/apply".into(),
                host: String::new(),
                referrer: String::new(),
                source: String::new(),
                medium: String::new(),
                campaign: String::new(),
                device: kernel::lake::Device::Mobile,
                browser: String::new(),
                os: String::new(),
                language: String::new(),
                channel: kernel::lake::Channel::Web,
                release: String::new(),
                bot: String::new(),
                origin: kernel::lake::Origin::Tend,
                value: None,
                props: vec![("method".into(), "ideal".into())],
            };
            Some(Reply::Visit(vec![event]))
        }
        Question::Visit(_) => Some(Reply::Visit(vec![])),
        Question::After(ask) => {
            assert_eq!(ask.level, 1);
            Some(Reply::After(vec![After { value: "/help".into(), units: 3 }]))
        }
        _ => None,
    }));
    let (stage, _, _, service) = stage(lake).await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/journeys/new");
    let journey = ana.fills_in(&new, &new, APPLY).await.header("location").to_owned();
    let visits = ana.get(&format!("{journey}/visits?ending=failed&level=1")).await;
    assert!(visits.body.contains("/visits/0000000000000abc"), "{}", visits.body);
    let visit = ana.get(&format!("/api/v1{journey}/visits/0000000000000abc")).await.json();
    assert_eq!(visit["moments"][0]["steps"][0], "start");
    assert_eq!(ana.get(&format!("{journey}/visits/ffff")).await.status, 404);
    assert_eq!(ana.get(&format!("{journey}/visits/nonsense")).await.status, 404);
    assert!(ana.get(&format!("{journey}/after?level=1")).await.body.contains("/help"));
}

#[tokio::test]
async fn without_a_lake_every_screen_says_so_and_none_fails() {
    let (stage, _, scope, service) = stage(Arc::new(Canned::new(|_| None))).await;
    let ana = stage.person(Role::Engineer);
    let new = format!("/services/{service}/journeys/new");
    let journey = ana.fills_in(&new, &new, APPLY).await.header("location").to_owned();
    let of = |part: &str| format!("/services/{service}/{part}");
    let paths = [
        journey.clone(),
        format!("{journey}?who=bots&range=365d&by=props.x"),
        format!("{journey}/after"),
        format!("{journey}/visits"),
        format!("{journey}/speed"),
        of("explore?to=/apply/done&by=name&period=month"),
        of("explore.csv"),
        of("live"),
        of("telemetry?range=7d"),
        of("journeys"),
    ];
    for path in paths {
        let got = ana.get(&path).await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
    }
    let ground = Arc::new(Canned::new(|_| None));
    assert_eq!(fold(&stage, &ground, &scope).await.done, 0);
}
