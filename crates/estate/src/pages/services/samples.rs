//! Examples: none, all fine, one down, several, some not watched, filtered to nothing, too many.

use kernel::{Id, ServiceId, Timestamp};
use web::Text;

use super::{Answer, Choice, Filter, Phase, ServiceRow, ServicesView, answer};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

fn one(number: u128, name: &str, client: &str, state: Option<&str>) -> ServiceRow {
    ServiceRow {
        id: ServiceId::from_u128(number),
        name: name.into(),
        client: client.into(),
        phase: Phase::Live,
        state: state.map(str::to_owned),
        since: state.map(|_| at("2026-03-01T02:02:00Z")),
        say: None,
        open: u64::from(state == Some("down")),
        weight: match state {
            Some("down") => 900,
            Some("degraded") => 500,
            _ => 0,
        },
        cells: Vec::new(),
        changed_at: at("2026-02-11T09:30:00Z"),
    }
}

fn view(rows: Vec<ServiceRow>) -> ServicesView {
    let found = rows.len();
    ServicesView {
        answer: answer(&rows),
        columns: Vec::new(),
        rows,
        found,
        next: None,
        filter: Filter::default(),
        clients: ["Duinzicht", "Lindehaven"]
            .into_iter()
            .map(|name| Choice { value: name.into(), name: name.into(), group: String::new() })
            .collect(),
        may_add: true,
    }
}

/// Every example.
pub fn all() -> Vec<(&'static str, ServicesView)> {
    let fine = vec![
        one(1, "Parking permits", "Lindehaven", Some("up")),
        one(2, "Waste calendar", "Duinzicht", Some("up")),
        one(3, "Address look-up", "Duinzicht", Some("up")),
    ];
    let mut down = fine.clone();
    down[0] = ServiceRow {
        say: Some(Text::key("service-paged").with("people", "Noor Kaya")),
        ..one(1, "Parking permits", "Lindehaven", Some("down"))
    };
    let mut several = down.clone();
    several[1] = one(2, "Waste calendar", "Duinzicht", Some("degraded"));
    let mut unwatched = fine.clone();
    unwatched[1] = one(2, "Waste calendar", "Duinzicht", None);
    unwatched[2] = one(3, "Address look-up", "Duinzicht", Some("pending"));
    let phases = Phase::ALL.into_iter().zip(["up", "degraded", "unknown", "maintenance", "pending", "down"]);
    let every = phases
        .enumerate()
        .map(|(n, (phase, state))| ServiceRow {
            phase,
            ..one(n as u128, phase.word(), "Lindehaven", Some(state))
        })
        .collect();
    let many =
        (1..=100).map(|n| one(n, &format!("Service {n:03} of the municipality"), "Lindehaven", Some("up")));
    let no_match = ServicesView {
        answer: answer(&fine),
        filter: Filter { q: Some("zoning".into()), ..Filter::default() },
        ..view(Vec::new())
    };
    vec![
        ("none", ServicesView { clients: Vec::new(), answer: Answer::default(), ..view(Vec::new()) }),
        ("one", view(fine[..1].to_vec())),
        ("fine", view(fine)),
        ("down", view(down)),
        ("several", view(several)),
        ("unwatched", view(unwatched)),
        ("every-phase-and-state", view(every)),
        ("a-hundred", view(many.collect())),
        ("no-match", no_match),
    ]
}
