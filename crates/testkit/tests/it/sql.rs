//! Questions in SQL over the real lake: what the screen, the API and the files answer, to whom, and that a funnel
//! is the same however it is asked.

use axum::http::{Method, StatusCode};
use kernel::lake::{
    Among, Channel, Device, Ending, Event, FunnelAsk, Lake as _, Looks, Order, Origin, People, Question,
    Rows, StepAsk, Table, Unit,
};
use kernel::{ClientId, ServiceId, SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::persona::find;
use testkit::{Browser, Seen, Town, minutes};

use crate::town::KUSTWERK;

/// With a service of the other client.
fn town() -> String {
    let other = "services:\n  - name: Harbour\n    client: Duinstad\n    journeys: [{ name: Moor, steps: [{ name: a, path: /a }, { name: b, path: /b }] }]\n";
    KUSTWERK.replace("services:\n", other)
}

/// A service and its client.
#[derive(Clone, Copy)]
struct Where {
    client: ClientId,
    service: ServiceId,
}

async fn place(olga: &Browser, client: &str, service: &str) -> Where {
    let id = |list: &Value, name: &str| {
        let found = find(list, &|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {list:#}"));
        found["id"].as_str().unwrap_or_default().to_owned()
    };
    let clients = olga.reads("/clients").await.json();
    let services = olga.reads("/services").await.json();
    Where {
        client: id(&clients, client).parse().expect("an id"),
        service: id(&services, service).parse().expect("an id"),
    }
}

fn event(of: Where, at: Timestamp, name: &str, visit: u64) -> Event {
    Event {
        client: of.client,
        service: of.service,
        at,
        received_at: at,
        key: 0,
        user: 0,
        visitor: visit,
        visit,
        case: 0,
        name: name.into(),
        path: format!("/{name}"),
        host: "checkout.example".into(),
        referrer: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        device: Device::Mobile,
        browser: "Firefox".into(),
        os: "Linux".into(),
        language: "nl".into(),
        channel: Channel::Web,
        release: String::new(),
        bot: String::new(),
        origin: Origin::Tend,
        value: None,
        props: vec![("method".into(), "=ideal".into())],
    }
}

async fn happens(town: &Town, events: Vec<Event>) {
    let scope = town.tend().operator();
    town.tend().lake().append(&scope, Rows::Events(events)).await.expect("the lake takes them");
}

fn address(path: &str, statement: &str) -> String {
    let encoded: String = statement
        .bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!("{path}?q={encoded}")
}

async fn asks(browser: &Browser, statement: &str) -> Seen {
    browser.reads(&address("/explore/sql", statement)).await
}

async fn rows(browser: &Browser, statement: &str) -> Value {
    let seen = asks(browser, statement).await;
    assert_eq!(seen.status, StatusCode::OK, "{statement}: {}", seen.body);
    seen.json()["answer"]["rows"].clone()
}

#[tokio::test]
async fn everybody_asks_about_what_they_may_see() {
    Town::tells(&town(), async |town| {
        let olga = town.with_token("Olga").await;
        let checkout = place(&olga, "Lindehaven", "Checkout").await;
        let harbour = place(&olga, "Duinstad", "Harbour").await;
        let now = town.now();
        happens(
            town,
            vec![
                event(checkout, now, "start", 1),
                event(checkout, now + minutes(1), "paid", 1),
                event(harbour, now, "secret", 2),
            ],
        )
        .await;
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let count = "select service, client, count(*) from events group by 1, 2 order by 1";
        assert_eq!(
            rows(&olga, count).await,
            json!([["Checkout", "Lindehaven", 2], ["Harbour", "Duinstad", 1]])
        );
        let cas = town.with_token("Cas").await;
        let sanne = town.with_token("Sanne").await;
        assert_eq!(rows(&cas, count).await, json!([["Checkout", "Lindehaven", 2]]));
        assert_eq!(rows(&sanne, count).await, json!([["Harbour", "Duinstad", 1]]));
        for statement in [
            "select * from events union all select * from events",
            "select name, (select max(name) from events) from events",
            "select * from services",
            "select * from incidents",
            "select * from probes",
            "select * from journeys",
            "select * from services s left join incidents i on i.service_id = s.id",
            "select * from information_schema.columns",
            "explain analyze select * from events",
        ] {
            let cas = rows(&cas, statement).await.to_string();
            assert!(
                !cas.contains("secret") && !cas.contains("Harbour") && !cas.contains("Duinstad"),
                "{cas}"
            );
            let sanne = rows(&sanne, statement).await.to_string();
            assert!(!sanne.contains("paid") && !sanne.contains("Checkout"), "{statement}: {sanne}");
        }
        // The rows of the state are those of the screens.
        let incidents =
            "select i.service, i.state, s.client from incidents i join services s on s.id = i.service_id";
        assert_eq!(rows(&cas, incidents).await, json!([["Checkout", "open", "Lindehaven"]]));
        let probes = rows(&cas, "select name, kind, state from probes order by name").await;
        assert_eq!(probes, json!([["payment page", "http", "down"], ["start page", "http", "down"]]));
        assert_eq!(
            rows(&sanne, "select service, name, steps from journeys").await,
            json!([["Harbour", "Moor", 2]])
        );
        let nobody = town.passer_by();
        for path in ["/explore/sql", "/explore/sql.csv", "/explore/sql.parquet"] {
            let seen = nobody.asks(Method::GET, &address(path, "select 1"), "*/*", None).await;
            assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        town.is_left_as_it_is();
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_a_page_a_value_and_two_files() {
    Town::tells(&town(), async |town| {
        let olga = town.with_token("Olga").await;
        let checkout = place(&olga, "Lindehaven", "Checkout").await;
        happens(town, vec![event(checkout, town.now(), "start", 1)]).await;
        let statement = "select name, prop(props, 'method') as method, visit_id from events";
        let csv = olga.asks(Method::GET, &address("/explore/sql.csv", statement), "*/*", None).await;
        assert_eq!(csv.status, StatusCode::OK, "{}", csv.body);
        assert_eq!(csv.body, "\"name\",\"method\",\"visit_id\"\r\n\"start\",\"'=ideal\",1\r\n");
        let parquet = olga.asks(Method::GET, &address("/explore/sql.parquet", statement), "*/*", None).await;
        assert_eq!(parquet.status, StatusCode::OK);
        assert!(parquet.body.starts_with("PAR1"), "a Parquet file begins and ends so");

        let wrong = asks(&olga, "select nme\nfrom events").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["code"], "sql-mistake", "{}", wrong.body);
        assert!(wrong.body.contains("Line 1, column 8"), "{}", wrong.body);
        let wrong = asks(&olga, "drop table events").await;
        assert_eq!(wrong.json()["code"], "sql-reads-only", "{}", wrong.body);

        let ana = town.signed_in("Ana").await;
        let blank = ana.browser.opens("/explore/sql").await;
        assert_eq!(blank.status, StatusCode::OK, "{}", blank.text());
        // Every table and column of the real engine has its texts: a key that is missing is shown as itself.
        assert!(blank.body.contains("probe_id") && !blank.body.contains("sql-column-"), "{}", blank.text());
        let page = ana.browser.opens(&address("/explore/sql", statement)).await;
        assert!(page.text().contains("=ideal"), "{}", page.text());
        let page = ana.browser.opens(&address("/explore/sql", "select nme from events")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Line 1, column 8"), "{}", page.text());
        town.is_left_as_it_is();
    })
    .await;
}

#[tokio::test]
async fn every_example_can_be_run() {
    Town::tells(&town(), async |town| {
        let olga = town.with_token("Olga").await;
        let checkout = place(&olga, "Lindehaven", "Checkout").await;
        happens(town, vec![event(checkout, town.now(), "start", 1)]).await;
        let blank = olga.reads("/explore/sql").await.json();
        let examples = blank["examples"].as_array().cloned().unwrap_or_default();
        assert!(examples.len() >= 5, "{blank:#}");
        for example in examples {
            rows(&olga, example["statement"].as_str().unwrap_or_default()).await;
        }
        for table in Table::ALL {
            rows(&olga, &format!("select * from {}", table.word())).await;
        }
        town.is_left_as_it_is();
    })
    .await;
}

/// The same every time, as random as it needs to be.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        // Numerical Recipes' linear congruential generator; the upper half is random enough.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[tokio::test]
async fn a_funnel_is_the_same_however_it_is_asked() {
    Town::tells(&town(), async |town| {
        let olga = town.with_token("Olga").await;
        let checkout = place(&olga, "Lindehaven", "Checkout").await;
        let begin = town.now() - SignedDuration::from_hours(30);
        let mut dice = Dice(20_261_122);
        let names = ["cart", "address", "paid", "help"];
        let mut events = Vec::new();
        for visit in 1..=400u64 {
            let first = begin + SignedDuration::from_secs(dice.roll(100_000) as i64);
            for _ in 0..dice.roll(9) {
                let at = first + SignedDuration::from_secs(dice.roll(4_000) as i64);
                events.push(event(checkout, at, names[dice.roll(4) as usize], visit));
            }
        }
        // In several appends and with a seal between, so that files and open rows are one table.
        let later = events.split_off(events.len() / 2);
        happens(town, events).await;
        town.tend().lake().tend(&town.tend().operator()).await.expect("the lake keeps house");
        happens(town, later).await;
        for (order, suffix) in [(Order::Ordered, ""), (Order::Strict, "_strict"), (Order::AnyOrder, "_any")] {
            let step = |name: &str| StepAsk { looks: Looks::named(name), optional: false };
            let question = Question::Funnel(FunnelAsk {
                among: Among {
                    client: checkout.client,
                    service: checkout.service,
                    from: begin - SignedDuration::from_hours(1),
                    until: town.now() + SignedDuration::from_hours(24),
                    people: People::People,
                    only: Vec::new(),
                },
                unit: Unit::Visit,
                steps: names[..3].iter().map(|name| step(name)).collect(),
                window: minutes(30),
                order,
                exclusions: Vec::new(),
                endings: Vec::new(),
                now: town.now(),
                cells: Vec::new(),
                by: None,
                top: 0,
            });
            let scope = town.tend().operator();
            let named = town.tend().lake().ask(&scope, question).await.expect("an answer").funnel();
            let counts = &named[0].counts;
            let statement = format!(
                "select count(*) filter (where level >= 1), count(*) filter (where level >= 2),
                        count(*) filter (where level >= 3), p50(took), p90(took)
                 from (select visit_id,
                         funnel_level{suffix}('30m', at, name = 'cart', name = 'address', name = 'paid') as level,
                         funnel_took{suffix}('30m', at, name = 'cart', name = 'address', name = 'paid') as took
                       from events where service = 'Checkout' and visit_id is not null and bot is null
                       group by visit_id)"
            );
            let in_sql = rows(&olga, &statement).await;
            let expected = json!([[
                counts.reached[0],
                counts.reached[1],
                counts.reached[2],
                counts.took_ms.quantile(0.5),
                counts.took_ms.quantile(0.9)
            ]]);
            assert_eq!(in_sql, expected, "{order:?}");
            assert!(counts.reached[2] > 0 && counts.endings[&Ending::Completed] == counts.reached[2], "{counts:?}");
        }
        town.is_left_as_it_is();
    })
    .await;
}
