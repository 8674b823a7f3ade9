//! Every component on one screen, to look at. Its words are data, not texts: nobody but us reads it.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Refusal, Shown, View};
use crate::asks::Asks;
use crate::text::Text;

/// Every component.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Kitchen {
    /// Rows of a table.
    services: Vec<Service>,
    /// A timeline.
    moments: Vec<Moment>,
    /// A chart.
    points: Vec<Point>,
    /// Marks on it.
    marks: Vec<Mark>,
    /// Every icon.
    icons: Vec<String>,
    /// The time it was made for.
    now: Timestamp,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Service {
    name: String,
    client: String,
    state: String,
    sentence: Option<String>,
    days: Vec<Day>,
    share: Option<f64>,
    incidents: u32,
    on_call: Option<String>,
    changed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Day {
    day: String,
    state: Option<String>,
    text: Text,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Moment {
    at: Timestamp,
    kind: String,
    title: Text,
    text: Option<Text>,
    by: Option<String>,
    state: Option<String>,
    icon: Option<String>,
    href: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Point {
    at: Timestamp,
    value: Option<f64>,
    n: Option<u32>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Mark {
    at: Timestamp,
    until: Option<Timestamp>,
    kind: String,
    text: String,
}

fn before(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

fn days(now: Timestamp, bad: &[(usize, &str)], from: usize) -> Vec<Day> {
    let all = crate::show::last_days(now, &jiff::tz::TimeZone::UTC, 90);
    all.into_iter()
        .enumerate()
        .map(|(place, day)| {
            let word = bad.iter().find(|(at, _)| *at == place).map_or("up", |(_, word)| word);
            let state = (place >= from).then(|| word.to_owned());
            let text = match state.as_deref() {
                None => Text::raw("not measured"),
                Some("up") => Text::raw("no trouble"),
                Some(word) => Text::raw(format!("{word} for 12 min")),
            };
            Day { day: day.to_string(), state, text }
        })
        .collect()
}

fn service(now: Timestamp, name: &str, client: &str, state: &str, bad: &[(usize, &str)]) -> Service {
    Service {
        name: name.into(),
        client: client.into(),
        state: state.into(),
        sentence: None,
        days: days(now, bad, 0),
        share: Some(0.9997),
        incidents: 0,
        on_call: Some("Noor Kaya".into()),
        changed_at: Some(before(now, 60 * 24 * 3)),
    }
}

fn services(now: Timestamp) -> Vec<Service> {
    let lindehaven = "Municipality of Lindehaven";
    vec![
        Service {
            sentence: Some("Paying does not work since 10:42".into()),
            incidents: 1,
            share: Some(0.9871),
            ..service(
                now,
                "Parking permits",
                lindehaven,
                "down",
                &[(12, "degraded"), (40, "down"), (88, "degraded"), (89, "down")],
            )
        },
        Service {
            sentence: Some("Start page is slow since 11:20".into()),
            share: Some(0.9969),
            ..service(
                now,
                "Waste calendar",
                lindehaven,
                "degraded",
                &[(70, "degraded"), (71, "degraded"), (89, "degraded")],
            )
        },
        service(
            now,
            "Civil registry appointments",
            lindehaven,
            "up",
            &[(55, "maintenance"), (20, "unknown")],
        ),
        Service {
            on_call: None,
            ..service(now, "Permits archive", "Kustwerk", "maintenance", &[(89, "maintenance")])
        },
        Service {
            days: days(now, &[], 83),
            share: None,
            changed_at: None,
            ..service(now, "Tree register", "Province of Oost", "pending", &[])
        },
        service(now, "Tender portal", "Province of Oost", "unknown", &[(89, "unknown")]),
        service(now, "Open data", "Province of Oost", "up", &[]),
    ]
}

fn moment(at: Timestamp, kind: &str, title: &str) -> Moment {
    Moment {
        at,
        kind: kind.into(),
        title: Text::raw(title),
        text: None,
        by: None,
        state: None,
        icon: None,
        href: None,
    }
}

fn moments(now: Timestamp) -> Vec<Moment> {
    let raw = |text: &str| Some(Text::raw(text));
    vec![
        Moment {
            text: raw(
                "The bank says their gateway is back. Watching for ten minutes before I call it resolved.",
            ),
            by: Some("Noor Kaya".into()),
            ..moment(before(now, 4), "note", "Watching")
        },
        Moment {
            state: Some("up".into()),
            ..moment(before(now, 6), "state", "Payment came up after 31 min")
        },
        Moment {
            by: Some("Noor Kaya".into()),
            icon: Some("acknowledge".into()),
            ..moment(before(now, 27), "fact", "Acknowledged from the mail")
        },
        Moment {
            text: raw("Mail to noor@kustwerk.example taken by the relay (250 queued)"),
            icon: Some("page".into()),
            ..moment(before(now, 34), "page", "Noor Kaya was paged")
        },
        Moment {
            state: Some("open".into()),
            ..moment(before(now, 34), "state", "Incident opened: Payment is down")
        },
        Moment {
            state: Some("down".into()),
            ..moment(before(now, 37), "state", "Payment went down: connection refused after 12 ms")
        },
        Moment {
            href: Some("#".into()),
            by: Some("pipeline".into()),
            ..moment(before(now, 44), "change", "Release 2026.47.2 was deployed to production")
        },
        moment(before(now, 60 * 26), "fact", "Probe “bank gateway” was added"),
    ]
}

fn points(now: Timestamp) -> Vec<Point> {
    (0..144)
        .map(|place: i64| {
            let wave = f64::from((place * 37 % 23) as i32) * 2.6 + f64::from((place * 11 % 7) as i32) * 4.0;
            let spike = if (118..124).contains(&place) { 620.0 } else { 0.0 };
            let value = (!(60..68).contains(&place)).then_some(180.0 + wave + spike);
            Point { at: before(now, (143 - place) * 10), value, n: Some(20) }
        })
        .collect()
}

fn kitchen_at(now: Timestamp) -> Kitchen {
    Kitchen {
        services: services(now),
        moments: moments(now),
        points: points(now),
        marks: vec![
            Mark {
                at: before(now, 256),
                until: Some(before(now, 190)),
                kind: "incident".into(),
                text: "INC 1041 payment slow".into(),
            },
            Mark { at: before(now, 900), until: None, kind: "deployment".into(), text: "2026.47.2".into() },
        ],
        icons: crate::icons::icons().map(str::to_owned).collect(),
        now,
    }
}

impl View for Kitchen {
    const TEMPLATE: &'static str = "kitchen.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("kitchen-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::raw("Municipality of Lindehaven"), "/clients".into()),
            (Text::raw("Parking permits"), "/services".into()),
        ]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let now = "2026-11-21T11:26:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        vec![("all", kitchen_at(now))]
    }
}

/// `GET /system/components`.
pub(crate) async fn kitchen(Asks(scope): Asks) -> Result<Shown<Kitchen>, Refusal> {
    Ok(Shown(kitchen_at(scope.now())))
}
