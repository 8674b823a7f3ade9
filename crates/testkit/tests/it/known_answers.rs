//! Real data whose answers are known: read from files by the way of `tend import`, or sent by the API, into the lake.

use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use jiff::tz::TimeZone;
use journeys::intake::csv::Mapping;
use journeys::intake::files::{File, Format, Numbered, wire};
use journeys::intake::{Asked, Source, memory, receive};
use kernel::SignedDuration;
use kernel::lake::{
    Among, CountAsk, Field, FunnelAsk, Looks, Match, Order, People, Question, StepAsk, Test, Unit,
};
use testkit::Town;
use tower::ServiceExt as _;

const DECLARED: &str = r#"
services:
  - name: Permits
    sources: [{ name: register, also: [register], identity: declared }]
  - name: Shop
    sources: [{ name: shop, also: [shop], identity: declared }]
  - name: Site
    sources: [{ name: log, also: [log], identity: daily }]
  - name: Site by people
    sources: [{ name: apart, also: [apart], identity: declared }]
"#;

const PERMIT: [&str; 6] = [
    "Confirmation of receipt",
    "T02 Check confirmation of receipt",
    "T04 Determine confirmation of receipt",
    "T05 Print and send confirmation of receipt",
    "T06 Determine necessity of stop advice",
    "T10 Determine necessity to stop indication",
];

/// By which way events come in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// As `tend import` does it in a folder.
    Import,
    /// As `tend import --to` and every program do it.
    Api,
}

/// What became of a file.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    read: u64,
    kept: u64,
    bots: u64,
    duplicates: u64,
    not_taken: u64,
}

fn table(map: &str) -> Format {
    let mapping = Mapping::parse(map).expect("the mapping is sound");
    Format::Table { mapping, delimiter: None, zone: TimeZone::UTC }
}

fn permit() -> Format {
    table("name=concept:name,at=time:timestamp,case=case:concept:name,prop.channel=case:channel")
}

async fn source(town: &Town, key: &str) -> Source {
    let found = memory::of(town.tend().app().site()).source(key).await.expect("the database answers");
    (*found.unwrap_or_else(|| panic!("no source {key}"))).clone()
}

async fn reads(town: &Town, file: &str, format: &Format, key: &str, way: Way) -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    let mut file =
        File::open(std::fs::File::open(path).expect("the file is there"), format).expect("it begins");
    let mut outcome = Outcome::default();
    loop {
        let batch = file.batch().expect("the file is sound");
        if batch.is_empty() {
            break;
        }
        match way {
            Way::Import => imports(town, key, format, batch, &mut outcome).await,
            Way::Api => sends(town, key, format, &batch, &mut outcome).await,
        }
    }
    outcome.read = file.read();
    outcome.not_taken += file.not_taken().count();
    outcome
}

async fn imports(town: &Town, key: &str, format: &Format, batch: Vec<Numbered>, outcome: &mut Outcome) {
    let (site, source) = (town.tend().app().site(), source(town, key).await);
    let events = batch.into_iter().map(|(_, event)| event).collect();
    let taken = receive(site, &source, &Asked::by(format.origin()), events).await.expect("the lake takes it");
    outcome.kept += taken.kept;
    outcome.bots += taken.bots;
    outcome.duplicates += taken.duplicates;
    outcome.not_taken += taken.ignored.len() as u64;
}

async fn sends(town: &Town, key: &str, format: &Format, batch: &[Numbered], outcome: &mut Outcome) {
    let events: Vec<_> = batch.iter().map(|(_, event)| wire(event)).collect();
    let request = Request::post(format!("/api/v1/events?origin={}", format.origin().word()))
        .header("content-type", "application/json")
        .header("x-tend-key", key)
        .body(Body::from(serde_json::json!({ "events": events }).to_string()))
        .expect("the request is sound");
    let answer = town.tend().router().oneshot(request).await.expect("a router answers");
    assert_eq!(answer.status(), StatusCode::OK);
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("the answer is short");
    let told: serde_json::Value = serde_json::from_slice(&body).expect("the answer is JSON");
    let number = |name: &str| told[name].as_u64().expect("it says how many");
    outcome.kept += number("kept");
    outcome.bots += number("bots");
    outcome.duplicates += number("duplicates");
    outcome.not_taken += number("ignored");
}

async fn among(town: &Town, key: &str, from: &str, until: &str, only: Vec<Test>) -> Among {
    let source = source(town, key).await;
    let at = |text: &str| text.parse().expect("an instant");
    Among {
        client: source.client,
        service: source.service,
        from: at(from),
        until: at(until),
        people: People::People,
        only,
    }
}

async fn reached(town: &Town, among: &Among, unit: Unit, steps: &[&str], window: SignedDuration) -> Vec<u64> {
    let step = |name: &&str| StepAsk { looks: Looks::named(*name), optional: false };
    let ask = FunnelAsk {
        among: among.clone(),
        unit,
        steps: steps.iter().map(step).collect(),
        window,
        order: Order::Ordered,
        exclusions: Vec::new(),
        endings: Vec::new(),
        now: town.tend().operator().now(),
        cells: Vec::new(),
        by: None,
        top: 0,
    };
    let answer = town.tend().lake().shared().ask(&town.tend().operator(), Question::Funnel(ask)).await;
    let mut cells = answer.expect("the lake answers").funnel();
    assert_eq!(cells.len(), 1, "one cell, one group");
    cells.remove(0).counts.reached
}

/// Events and units.
async fn count(town: &Town, among: &Among, unit: Unit) -> (u64, Option<u64>) {
    let ask = CountAsk {
        among: among.clone(),
        looks: None,
        unit,
        cells: Vec::new(),
        by: None,
        top: 0,
        distinct: true,
    };
    let answer = town.tend().lake().shared().ask(&town.tend().operator(), Question::Count(ask)).await;
    let all = answer.expect("the lake answers").count();
    (all[0].events, all[0].units)
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn permit_holds(way: Way) {
    Town::tells(DECLARED, async |town| {
        let outcome = reads(town, "permit.csv.gz", &permit(), "register", way).await;
        assert_eq!(outcome, Outcome { read: 8_577, kept: 8_577, ..Outcome::default() }, "{way:?}");
        let all = among(town, "register", "2010-01-01T00:00:00Z", "2013-01-01T00:00:00Z", Vec::new()).await;
        let came = async |window| reached(town, &all, Unit::Case, &PERMIT, window).await;
        assert_eq!(came(DAY * 4_000).await, [1434, 1316, 1303, 1299, 797, 784]);
        assert_eq!(came(DAY * 7).await, [1434, 1250, 1210, 1140, 645, 619]);
        assert_eq!(came(DAY).await, [1434, 1163, 1070, 909, 570, 542]);
        assert_eq!(count(town, &all, Unit::Case).await, (8_577, Some(1_434)));
        let digital = Test {
            field: Field::Prop("channel".into()),
            is: Match::Is(vec!["Internet".into(), "e-mail".into()]),
        };
        let digital = Among { only: vec![digital], ..all.clone() };
        assert_eq!(count(town, &digital, Unit::Case).await.1, Some(1_271), "digital take-up is 88.6 %");
        let again = reads(town, "permit.csv.gz", &permit(), "register", way).await;
        assert_eq!((again.kept, again.duplicates), (0, 8_577), "a file that is read again counts once");
    })
    .await;
}

#[tokio::test]
async fn permits_that_are_imported_give_the_known_funnel() {
    permit_holds(Way::Import).await;
}

#[tokio::test]
async fn permits_that_come_by_the_api_give_the_known_funnel() {
    permit_holds(Way::Api).await;
}

#[tokio::test]
async fn the_shop_gives_the_known_funnels_of_users_and_of_visits() {
    const STEPS: [&str; 6] =
        ["product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"];
    for way in [Way::Import, Way::Api] {
        Town::tells(DECLARED, async |town| {
            let format = table("name=event,at=timestamp,user=user_id,session=session_id,device=platform");
            let outcome = reads(town, "shop.csv.gz", &format, "shop", way).await;
            assert_eq!((outcome.read, outcome.kept, outcome.not_taken), (31_106, 31_106, 0), "{way:?}");
            let all = among(town, "shop", "2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z", Vec::new()).await;
            let half = SignedDuration::from_mins(30);
            let user = async |window| reached(town, &all, Unit::User, &STEPS, window).await;
            assert_eq!(user(half).await, [598, 480, 317, 157, 62, 12]);
            assert_eq!(user(DAY).await, [598, 482, 324, 169, 69, 16]);
            assert_eq!(user(DAY * 14).await, [598, 493, 372, 236, 126, 57]);
            let visit = async |window| reached(town, &all, Unit::Visit, &STEPS, window).await;
            assert_eq!(visit(half).await, [2868, 942, 464, 182, 65, 12]);
            assert_eq!(visit(DAY).await, [2868, 944, 477, 194, 72, 15]);
            assert_eq!(visit(DAY * 14).await, [2868, 944, 477, 194, 72, 15]);
            assert_eq!(count(town, &all, Unit::User).await.1, Some(600));
        })
        .await;
    }
}

/// Programs by the rule with which the known answers were made: words in the name that a browser gives itself.
fn is_program(agent: &str) -> bool {
    const WORDS: [&str; 13] = [
        "bot", "crawl", "spider", "slurp", "feed", "fetch", "curl", "libwww", "ruby", "rss", "search",
        "embed", "link",
    ];
    let agent = agent.to_lowercase();
    WORDS.iter().any(|word| agent.contains(word))
}

const LOG: &str = "access.log.gz";

fn log() -> Format {
    Format::AccessLog { host: "www.example".into() }
}

/// The lines of people, by that rule; `change` looks at each.
fn people(change: impl Fn(&mut journeys::intake::Incoming)) -> Vec<Vec<Numbered>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(LOG);
    let mut file = File::open(std::fs::File::open(path).expect("it is there"), &log()).expect("it begins");
    let mut batches = Vec::new();
    loop {
        let mut batch = file.batch().expect("the file is sound");
        if batch.is_empty() {
            return batches;
        }
        batch.retain(|(_, event)| !is_program(&event.user_agent));
        batch.iter_mut().for_each(|(_, event)| change(event));
        batches.push(batch);
    }
}

#[tokio::test]
async fn an_access_log_gives_the_known_numbers_of_lines_and_of_visitors() {
    Town::tells(DECLARED, async |town| {
        let mut outcome = Outcome::default();
        for batch in people(|_| {}) {
            sends(town, "log", &log(), &batch, &mut outcome).await;
        }
        let by_user = people(|event| {
            let address = event.ip.map(|ip| ip.to_string()).unwrap_or_default();
            event.user = format!("{address} {}", event.user_agent);
        });
        for batch in by_user {
            imports(town, "apart", &log(), batch, &mut outcome).await;
        }
        assert_eq!(outcome.kept + outcome.bots, 2 * 7_658);
        // Both: our own eye for programs is a sharper one, and is not what is counted here.
        let mut all = among(town, "apart", "2015-05-17T00:00:00Z", "2015-05-21T00:00:00Z", Vec::new()).await;
        all.people = People::All;
        assert_eq!(count(town, &all, Unit::User).await, (7_658, Some(1_549)));
        let mut sum = 0;
        for day in 17..21 {
            let (from, until) =
                (format!("2015-05-{day}T00:00:00Z"), format!("2015-05-{}T00:00:00Z", day + 1));
            let mut day = among(town, "log", &from, &until, Vec::new()).await;
            day.people = People::All;
            sum += count(town, &day, Unit::Visitor).await.1.expect("units were asked for");
        }
        assert_eq!(sum, 1_660, "visitors of a day, summed");
    })
    .await;
}

#[tokio::test]
async fn lines_of_an_access_log_that_are_none_are_counted_and_programs_stand_apart() {
    Town::tells(DECLARED, async |town| {
        let outcome = reads(town, LOG, &log(), "log", Way::Import).await;
        assert_eq!((outcome.read, outcome.not_taken), (10_000, 1), "line 8,899 has a quote that never ends");
        assert_eq!(outcome.kept + outcome.bots, 9_999);
        assert!((7_500..8_100).contains(&outcome.kept), "{outcome:?}");
        let views = Test { field: Field::Name, is: Match::Is(vec!["pageview".into()]) };
        let views = among(town, "log", "2015-05-17T00:00:00Z", "2015-05-21T00:00:00Z", vec![views]).await;
        let (pages, _) = count(town, &views, Unit::Visitor).await;
        assert!((1_000..outcome.kept).contains(&pages), "{pages} pages were seen");
        let again = reads(town, LOG, &log(), "log", Way::Api).await;
        assert_eq!((again.kept, again.duplicates), (0, 9_999), "by whichever way: {again:?}");
    })
    .await;
}
