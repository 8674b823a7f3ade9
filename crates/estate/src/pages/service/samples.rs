//! Examples: a bare one, a full one, one that is down, one with thirty components, one that is archived and
//! only looked at.

use kernel::{ClientId, ComponentId, DependencyId, EnvironmentId, Id, PersonId, ServiceId, Timestamp};
use web::Text;

use super::{
    Choice, Component, ComponentRow, Dependency, End, EnvironmentRow, Named, Names, Phase, PhaseEntry, Read,
    Service, ServiceView, dependency_rows, needed_by, picture, starts,
};
use crate::model::Ownership;
use crate::pages::timeline::Entry;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn service(number: u128, name: &str) -> Service {
    Service {
        id: ServiceId::from_u128(number),
        client_id: ClientId::from_u128(1),
        name: name.into(),
        slug: crate::rules::slug_of(name),
        phase: Phase::Live,
        phase_since: at("2026-01-12T09:00:00Z"),
        description: "Residents apply for a parking permit and pay for it.".into(),
        owner: Some(PersonId::from_u128(1)),
        ownership: Ownership::Client,
        consumers: "About 40,000 residents; the enforcement app asks it for valid permits.".into(),
        end_of_life: Some(jiff::civil::date(2029, 12, 31)),
        declared_in: None,
        created_at: at("2025-03-01T09:00:00Z"),
        changed_at: at("2026-02-11T09:30:00Z"),
    }
}

/// Entries of a night.
pub(crate) fn moments() -> Vec<Entry> {
    let entry = |time: &str, kind: &'static str, text: Text, by: Option<&str>, state: Option<&str>| Entry {
        at: at(time),
        kind,
        title: text,
        text: by.map(Text::raw),
        href: None,
        state: state.map(str::to_owned),
    };
    let probe = |to: &str, reason: &str| {
        let text = Text::key("fact-probe-state-changed").with("name", "payment page").with("to", to);
        text.with("from", "up").with("since", "").with("probe", "").with("reason", reason)
    };
    vec![
        entry("2026-03-01T02:41:00Z", "state", probe("up", "none"), None, Some("up")),
        entry(
            "2026-03-01T02:05:00Z",
            "fact",
            Text::key("fact-incident-acknowledged").with("person", "Noor Kaya").with("through", "link"),
            Some("Noor Kaya"),
            None,
        ),
        entry(
            "2026-03-01T02:02:10Z",
            "page",
            Text::key("fact-page-requested").with("person", "Noor Kaya"),
            None,
            None,
        ),
        entry("2026-03-01T02:02:00Z", "state", probe("down", "answered 500"), None, Some("down")),
        entry(
            "2026-01-12T09:00:00Z",
            "change",
            Text::key("fact-phase-entered")
                .with("from", "beta")
                .with("to", "live")
                .with("reason", "assessed"),
            Some("Ines Vermeer"),
            None,
        ),
    ]
}

fn read(service: Service, parts: &[&str], lines: &[(usize, usize)]) -> Read {
    let component = |(number, name): (usize, &&str)| Component {
        id: ComponentId::from_u128(number as u128),
        service_id: service.id,
        name: (*name).into(),
        description: String::new(),
        environment_id: Some(EnvironmentId::from_u128(1)),
        declared_in: None,
    };
    let mut components: Vec<Component> = parts.iter().enumerate().map(component).collect();
    let other = self::service(77, "Maps of the region");
    let tiles =
        Component { id: ComponentId::from_u128(900), service_id: other.id, ..component((900, &"tiles")) };
    let end = |at: usize| match components.get(at) {
        Some(one) => End { service: service.id, component: Some(one.id) },
        None => End { service: other.id, component: Some(tiles.id) },
    };
    let dependency = |(number, (from, to)): (usize, &(usize, usize))| Dependency {
        id: DependencyId::from_u128(number as u128),
        from: end(*from),
        to: end(*to),
        declared_in: None,
    };
    let dependencies = lines.iter().enumerate().map(dependency).collect();
    components.push(tiles);
    let all = vec![service.clone(), other];
    let names = Names::new(&all, &components);
    components.pop();
    Read { service, components, dependencies, all, names, component_columns: Vec::new() }
}

fn view(read: Read) -> ServiceView {
    let row = |one: &Component| ComponentRow {
        id: one.id,
        name: one.name.clone(),
        description: one.description.clone(),
        environment: Some("production".into()),
        state: None,
        cells: Vec::new(),
        declared_in: one.declared_in.clone(),
    };
    ServiceView {
        client: "Lindehaven".into(),
        owner: Some(Named { id: PersonId::from_u128(1), name: "Ines Vermeer".into() }),
        state: Some("up".into()),
        since: Some(at("2026-03-01T02:41:00Z")),
        say: None,
        shows: Vec::new(),
        component_columns: Vec::new(),
        components: read.components.iter().map(row).collect(),
        environments: vec![EnvironmentRow {
            id: EnvironmentId::from_u128(1),
            name: "production".into(),
            components: read.components.len(),
            declared_in: None,
        }],
        dependencies: dependency_rows(&read),
        needed_by: needed_by(&read),
        picture: picture(&read),
        phases: vec![
            PhaseEntry {
                phase: Phase::Live,
                from: Some(Phase::Beta),
                entered_at: at("2026-01-12T09:00:00Z"),
                reason: "The assessment was passed.".into(),
            },
            PhaseEntry {
                phase: Phase::Beta,
                from: None,
                entered_at: at("2025-03-01T09:00:00Z"),
                reason: String::new(),
            },
        ],
        people: vec![
            (Named { id: PersonId::from_u128(1), name: "Ines Vermeer".into() }, "service_owner".into()),
            (Named { id: PersonId::from_u128(2), name: "Noor Kaya".into() }, "engineer".into()),
            (Named { id: PersonId::from_u128(3), name: "Sam de Wit".into() }, "agent".into()),
        ],
        entries: moments(),
        next_phases: read.service.phase.next().to_vec(),
        starts: starts(&read),
        targets: vec![Choice {
            value: "svc".into(),
            name: "Maps of the region".into(),
            group: "Maps of the region".into(),
        }],
        may_manage: true,
        panels: Vec::new(),
        service: read.service,
    }
}

fn with_states(mut view: ServiceView) -> ServiceView {
    let words = ["up", "down", "degraded", "maintenance", "pending", "unknown"];
    for (row, state) in view.components.iter_mut().zip(words.iter().cycle()) {
        row.state = Some((*state).to_owned());
    }
    if let Some(picture) = &mut view.picture {
        for (one, state) in picture.boxes.iter_mut().zip(words.iter().cycle()) {
            one.state = Some((*state).to_owned());
        }
    }
    view
}

/// Every example.
pub fn all() -> Vec<(&'static str, ServiceView)> {
    let parking = service(1, "Parking permits");
    let few = &["web", "payment", "bank gateway", "a component whose name is far too long for its box"];
    let full = || view(read(service(1, "Parking permits"), few, &[(0, 1), (1, 2), (0, 9), (0, 2)]));
    let names: Vec<String> = (1..=30).map(|n| format!("component {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lines: Vec<(usize, usize)> =
        (1..26).map(|n| (n / 3, n)).chain([(0, 9), (2, 14), (4, 25), (7, 23), (11, 30)]).collect();
    let many = view(read(service(1, "Everything at once"), &names, &lines));
    let bare = ServiceView {
        state: None,
        since: None,
        owner: None,
        environments: Vec::new(),
        people: Vec::new(),
        entries: Vec::new(),
        phases: Vec::new(),
        ..view(read(
            Service {
                description: String::new(),
                consumers: String::new(),
                end_of_life: None,
                owner: None,
                ..parking.clone()
            },
            &[],
            &[],
        ))
    };
    let mut declared = full();
    declared.service.declared_in = Some("town/parking.yml:30".into());
    for row in &mut declared.components {
        row.declared_in = Some("town/parking.yml:38".into());
    }
    for row in &mut declared.environments {
        row.declared_in = Some("town/parking.yml:36".into());
    }
    for row in &mut declared.dependencies {
        row.declared_in = Some("town/parking.yml:40".into());
    }
    let archived = ServiceView {
        may_manage: false,
        starts: Vec::new(),
        targets: Vec::new(),
        state: Some("unknown".into()),
        ..view(read(Service { phase: Phase::Archived, ..parking }, few, &[(0, 1)]))
    };
    let mut hidden = full();
    if let Some(row) = hidden.dependencies.first_mut() {
        row.to = super::EndShown { name: None, href: None };
    }
    vec![
        ("bare", bare),
        ("up", full()),
        (
            "down",
            ServiceView {
                state: Some("down".into()),
                say: Some(Text::key("service-paged").with("people", "Noor Kaya")),
                ..with_states(full())
            },
        ),
        ("slow", ServiceView { state: Some("degraded".into()), ..full() }),
        ("pending", ServiceView { state: Some("pending".into()), ..full() }),
        ("maintenance", ServiceView { state: Some("maintenance".into()), ..full() }),
        ("thirty-components", with_states(many)),
        ("declared", declared),
        ("archived-and-only-looked-at", archived),
        ("depends-on-what-may-not-be-seen", hidden),
    ]
}
