use kernel::lake::{Channel, Device, Event, Origin, Rows};
use kernel::{SignedDuration, Timestamp};
use testkit::{Town, find, minutes};

use crate::town::KUSTWERK;

/// The checkout has a journey: start, pay, done. Nearly everybody who starts is promised to finish.
fn declared() -> String {
    let journey = r#"
    components: [{ name: payment }]
    journeys:
      - name: Buy something
        unit: visit
        window: 2h
        steps:
          - { name: start, path: /start }
          - { name: payment, path: /pay, component: payment }
          - { name: done, path: /done }
        endings: [{ failed: { event: payment failed } }]
        targets: { completion: 99%, within: 28d }
    escalation: Night watch"#;
    // Budgets recover slowly: who has taken it on has it until then.
    KUSTWERK.replacen("\n    escalation: Night watch", journey, 1).replacen(
        "acknowledgement: 30m",
        "acknowledgement: 3h",
        1,
    )
}

/// The people who come: one a minute, at five past the minute, who start, pay and are done or are failed.
struct People {
    client: kernel::ClientId,
    service: kernel::ServiceId,
    next: u64,
}

impl People {
    async fn of(town: &Town) -> People {
        let list = town.with_token("Olga").await.reads("/services").await.json();
        let is_it = |one: &serde_json::Value| one["name"] == "Checkout" && one["id"].is_string();
        let id =
            find(&list, &is_it).expect("the service is listed")["id"].as_str().unwrap_or_default().to_owned();
        let service = town.with_token("Olga").await.reads(&format!("/services/{id}")).await.json();
        let of_client = find(&service, &|one| one["client_id"].is_string()).expect("it says whose it is");
        let client = of_client["client_id"].as_str().unwrap_or_default();
        People { client: client.parse().expect("a client"), service: id.parse().expect("a service"), next: 0 }
    }

    fn event(&self, at: Timestamp, name: &str, path: &str) -> Event {
        Event {
            client: self.client,
            service: self.service,
            at,
            received_at: at,
            key: 0,
            user: 0,
            visitor: 1_000_000 + self.next,
            visit: self.next,
            case: 0,
            name: name.into(),
            path: path.into(),
            host: "checkout.example".into(),
            referrer: String::new(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            device: Device::Desktop,
            browser: String::new(),
            os: String::new(),
            language: String::new(),
            channel: Channel::Web,
            release: String::new(),
            bot: String::new(),
            origin: Origin::Tend,
            value: None,
            props: Vec::new(),
        }
    }

    /// Somebody comes at that time.
    fn comes(&mut self, at: Timestamp, pays: bool) -> Vec<Event> {
        self.next += 1;
        let later = |seconds: i64| at + SignedDuration::from_secs(seconds);
        let last = if pays {
            self.event(later(50), "pageview", "/done")
        } else {
            self.event(later(40), "payment failed", "/pay")
        };
        vec![self.event(at, "pageview", "/start"), self.event(later(20), "pageview", "/pay"), last]
    }

    /// For the last days, at this time of the day, somebody came every minute.
    async fn have_come(&mut self, town: &Town) {
        let now = town.now();
        let mut events = Vec::new();
        for day in (0..=4).rev() {
            let until = now - SignedDuration::from_hours(24 * day);
            for minute in (1..=180).rev() {
                events.extend(self.comes(until - minutes(minute), true));
            }
            // And went on to, on days that are over.
            for minute in 0..if day > 0 { 180 } else { 0 } {
                events.extend(self.comes(until + minutes(minute), true));
            }
        }
        self.tell(town, events).await;
    }

    async fn tell(&self, town: &Town, events: Vec<Event>) {
        let scope = town.tend().operator();
        let kept = town.tend().lake().shared().append(&scope, Rows::Events(events)).await;
        kept.expect("the lake keeps what people do");
    }

    /// For so many minutes somebody comes every minute.
    async fn come(&mut self, town: &mut Town, count: i64, pay: bool) {
        for _ in 0..count {
            let events = self.comes(town.now() - minutes(1), pay);
            self.tell(town, events).await;
            town.passes(minutes(1)).await;
        }
    }
}

#[tokio::test]
async fn paying_breaks_while_every_probe_is_green_and_the_right_person_hears_what_it_costs() {
    Town::tells(&declared(), async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        let olga = town.signed_in("Olga").await;
        let mut people = People::of(town).await;
        people.have_come(town).await;
        people.come(town, 3, true).await;
        ana.hears_nothing();

        // She looks at her mail every minute.
        let mut failing = 0;
        while !ana.has_a_page() && failing < 15 {
            people.come(town, 1, false).await;
            failing += 1;
        }
        assert!(olga.sees_probe_states("Checkout").await.iter().all(|state| state == "up"));
        let page = ana.is_paged_about("Buy something");
        ana.acknowledges_by(&page).await;
        people.come(town, 20 - failing, false).await;

        let id = olga.finds_incident("Buy something").await;
        let reader = town.with_token("Olga").await;
        let room = reader.reads(&format!("/incidents/{id}")).await.json();
        let alert = room["alerts"][0].clone();
        let reason = alert["reason"].as_str().unwrap_or_default().to_owned();
        assert!(reason.contains("most stop at payment"), "{reason}");
        assert!(alert["href"].as_str().is_some_and(|href| href.starts_with("/objectives/obj_")), "{alert}");

        let cost = reader.reads(&format!("/objectives/panel/incident/{id}")).await.json();
        let journey = &cost["journeys"][0];
        assert_eq!(journey["steps"], serde_json::json!(["payment"]), "{cost:#}");
        let (now, usual) = (journey["starts"].as_f64(), journey["usual_starts"].as_f64());
        assert!(now.is_some_and(|now| (0.8..1.2).contains(&now)), "one a minute: {journey:#}");
        assert!(usual.is_some_and(|usual| (0.8..1.2).contains(&usual)), "as always: {journey:#}");
        assert!(journey["completes"].as_f64().is_some_and(|rate| rate < 0.3), "{journey:#}");
        let lost = journey["lost"]["count"].as_f64().unwrap_or_default();
        assert!((10.0..25.0).contains(&lost) && journey["lost"]["certain"] == true, "{journey:#}");

        people.come(town, 80, true).await;
        ana.is_told_that_it_works_again("Buy something");
        ben.hears_nothing();
        let objective = alert["href"].as_str().unwrap_or_default().to_owned();
        let book = reader.reads(&objective).await.json();
        let line =
            book["ledger"].as_array().and_then(|lines| lines.iter().find(|line| line["kind"] == "incident"));
        let bad = line.and_then(|line| line["bad"].as_u64()).unwrap_or_default();
        assert!((15..=20).contains(&bad), "the incident spent what it cost: {:#}", book["ledger"]);
    })
    .await;
}
