//! How a process performs is read from its cases: a real permit office, with its known answers, through the real lake.

use std::collections::HashMap;
use std::io::Read as _;

use jiff::Timestamp;
use kernel::lake::{Channel, Device, Event, Origin, Rows};
use testkit::Town;
use testkit::persona::find;

use crate::town::KUSTWERK;

/// Source and licence: see SOURCES.md beside it.
const PERMIT: &[u8] = include_bytes!("../../../lake/tests/data/permit.csv.gz");

/// Events of one append; the whole file is taken in a few.
const BATCH: usize = 2_000;

fn rows() -> Vec<HashMap<String, String>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(PERMIT).read_to_string(&mut text).expect("it unpacks");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn event(row: &HashMap<String, String>, of: (kernel::ClientId, kernel::ServiceId), now: Timestamp) -> Event {
    let at = row["time:timestamp"].replacen(' ', "T", 1);
    let case = row["case:concept:name"].trim_start_matches("case-").parse::<u64>().expect("a number");
    let props = [("enddate", "case:enddate"), ("deadline", "case:deadline")];
    let props = props.iter().map(|(name, column)| ((*name).to_owned(), row[*column].clone()));
    Event {
        client: of.0,
        service: of.1,
        at: at.parse().expect("a time"),
        received_at: now,
        key: 0,
        user: 0,
        visitor: 0,
        visit: 0,
        case: case + 1,
        name: row["concept:name"].clone(),
        path: String::new(),
        host: String::new(),
        referrer: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        device: Device::Unknown,
        browser: String::new(),
        os: String::new(),
        language: String::new(),
        channel: match row["case:channel"].as_str() {
            "Internet" => Channel::Web,
            "e-mail" => Channel::Mail,
            "Desk" => Channel::Counter,
            "Post" => Channel::Post,
            _ => Channel::Inside,
        },
        release: String::new(),
        bot: String::new(),
        origin: Origin::Csv,
        value: None,
        props: props.filter(|(_, value)| !value.is_empty()).collect(),
    }
}

#[tokio::test]
async fn a_permit_office_learns_that_377_of_1329_finished_cases_were_late() {
    let service = "  - name: Checkout\n    client: Lindehaven\n";
    let process = format!("{service}    process: {{ ended: enddate, due: deadline }}\n");
    Town::tells(&KUSTWERK.replace(service, &process), async |town| {
        let olga = town.with_token("Olga").await;
        let services = olga.reads("/services").await.json();
        let checkout = find(&services, &|one| one["name"] == "Checkout").expect("it is declared");
        let id = checkout["id"].as_str().expect("an id").to_owned();
        let clients = olga.reads("/clients").await.json();
        let client = find(&clients, &|one| one["name"] == "Lindehaven").expect("it is declared");
        let of = (client["id"].as_str().expect("an id").parse().expect("an id"), id.parse().expect("an id"));
        let events: Vec<Event> = rows().iter().map(|row| event(row, of, town.now())).collect();
        assert_eq!(events.len(), 8_577);
        let (lake, scope) = (town.tend().lake().shared(), town.tend().operator());
        for part in events.chunks(BATCH) {
            lake.append(&scope, Rows::Events(part.to_vec())).await.expect("it is taken");
        }
        let seen = olga.reads(&format!("/services/{id}/process?range=all")).await.json();
        assert_eq!(
            (&seen["measures"]["total"], &seen["measures"]["finished"]),
            (&1_434.into(), &1_329.into())
        );
        assert_eq!((&seen["late"]["good"], &seen["late"]["total"]), (&377.into(), &1_329.into()));
        assert_eq!((&seen["take_up"]["good"], &seen["take_up"]["total"]), (&1_271.into(), &1_434.into()));
        let low = seen["take_up"]["low"].as_f64().expect("an interval");
        assert!((low - 0.869).abs() < 5e-4, "{low}");
        // People of another client see nothing of it.
        let stranger = town.with_token("Sanne").await;
        assert_eq!(stranger.reads(&format!("/services/{id}/process?range=all")).await.status.as_u16(), 404);
    })
    .await;
}
