//! Services as they stand in files: shape, check, apply, export.
//!
//! - A service is known by its client and name; a renamed one is a new one, and the old one is no longer declared.
//! - A service that is no longer declared stays: it becomes one that is kept on screen. Services are archived by
//!   people, never removed by a file that went missing.
//! - Components, environments and dependencies that were declared and no longer are, are removed.
//! - A dependency is written where it starts: on a component (`depends_on: [bank gateway, Maps/api]`) or on the service
//!   as a whole. A word is a component of the same service if there is one, else a service; `Service/component`
//!   names a component of another.
//! - A phase that the life of a service does not allow is a mistake, because files do not know the way there.

use std::collections::{BTreeMap, BTreeSet};

pub use identity::code::{Word, word};
use identity::code::{place, value};
use jiff::civil::Date;
use kernel::code::{Applying, Declared, Mistake, Names, Place, Seen};
use kernel::{ClientId, Problem, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use crate::graph::{self, Component, End, Environment};
use crate::model::{Draft, MAX_COMPONENTS, MAX_DEPENDENCIES, MAX_ENVIRONMENTS, MAX_NAME, MAX_TEXT};
use crate::rules::Needs;
use crate::services::{self, Ownership, Phase, Service};

/// A service in a file; its probes, rota and status page are other features' parts of the same entry.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePart {
    /// Its name.
    pub name: Word,
    /// Whose it is; the operator's own when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Word>,
    /// Where it is in its life; live when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Spanned<Phase>>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Word>,
    /// Who owns it and what was made for it; the client when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Spanned<Ownership>>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Word>,
    /// Who uses what it offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumers: Option<Word>,
    /// The day it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<Word>,
    /// Where its components run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Word>,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentPart>,
    /// What it depends on as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Word>,
}

/// A component in a file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentPart {
    /// Its name.
    pub name: Word,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Word>,
    /// Where it runs, when it runs in one place only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Word>,
    /// What it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Word>,
}

// ---------------------------------------------------------------------------------------------- names

/// Adds the names that these services give to things: services, components, environments.
pub fn names(parts: &[Declared<ServicePart>], names: &mut Names) {
    for part in parts {
        let service = &part.value.name.value;
        names.add("service", service.as_str());
        for component in &part.value.components {
            names.add("component", format!("{service}/{}", component.name.value));
        }
        for environment in &part.value.environments {
            names.add("environment", format!("{service}/{}", environment.value));
        }
    }
}

/// Adds the names of what is in the database.
pub async fn stored_names(tx: &mut Tx, names: &mut Names) -> Result<(), Problem> {
    let services = services::all_in(tx).await?;
    let of: BTreeMap<ServiceId, &str> = services.iter().map(|one| (one.id, one.name.as_str())).collect();
    for service in &services {
        names.add("service", service.name.as_str());
    }
    for component in graph::all_components_in(tx).await? {
        if let Some(service) = of.get(&component.service_id) {
            names.add("component", format!("{service}/{}", component.name));
        }
    }
    for environment in graph::all_environments_in(tx).await? {
        if let Some(service) = of.get(&environment.service_id) {
            names.add("environment", format!("{service}/{}", environment.name));
        }
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------- check

/// Everything that is wrong with these services, as far as files and names tell.
#[must_use]
pub fn check(parts: &[Declared<ServicePart>], names: &Names) -> Vec<Mistake> {
    let mut checking = Checking { names, mistakes: Vec::new() };
    let mut services = Seen::default();
    for part in parts {
        let service = &part.value;
        let client = service.client.as_ref().map(|word| word.value.as_str());
        let (name, at) = (service.name.value.as_str(), place(&part.place, &service.name));
        checking.mistakes.extend(services.again((client, name.to_lowercase()), "service", name, at));
        checking.service(&part.place, service);
    }
    checking.circles(parts);
    checking.mistakes
}

struct Checking<'a> {
    names: &'a Names,
    mistakes: Vec<Mistake>,
}

impl Checking<'_> {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    fn name(&mut self, entry: &Place, word: &Word) {
        match word.value.trim().chars().count() {
            0 => self.wrong(place(entry, word), "a name is empty"),
            n if n > MAX_NAME => self.wrong(place(entry, word), format!("longer than {MAX_NAME} characters")),
            _ if word.value.contains('/') => {
                self.wrong(
                    place(entry, word),
                    "a name holds no slash; it stands between a service and its component",
                );
            }
            _ => {}
        }
    }

    fn text(&mut self, entry: &Place, word: Option<&Word>) {
        if let Some(word) = word.filter(|word| word.value.chars().count() > MAX_TEXT) {
            self.wrong(place(entry, word), format!("longer than {MAX_TEXT} characters"));
        }
    }

    fn refer(&mut self, entry: &Place, kind: &'static str, word: Option<&Word>) {
        if let Some(word) = word {
            self.mistakes.extend(self.names.refer(place(entry, word), kind, &word.value));
        }
    }

    fn service(&mut self, entry: &Place, service: &ServicePart) {
        self.name(entry, &service.name);
        self.refer(entry, "client", service.client.as_ref());
        self.refer(entry, "person", service.owner.as_ref());
        self.text(entry, service.description.as_ref());
        self.text(entry, service.consumers.as_ref());
        if let Some(day) = &service.end_of_life
            && day.value.parse::<Date>().is_err()
        {
            self.wrong(place(entry, day), format!("{:?} is not a day; write it like 2029-12-31", day.value));
        }
        self.environments(entry, service);
        self.components(entry, service);
        self.depends(entry, service, &service.depends_on);
    }

    fn environments(&mut self, entry: &Place, service: &ServicePart) {
        let mut seen = Seen::default();
        for environment in &service.environments {
            self.name(entry, environment);
            let at = place(entry, environment);
            let name = environment.value.as_str();
            self.mistakes.extend(seen.again(name.to_lowercase(), "environment", name, at));
        }
        if let Some(word) = service.environments.get(MAX_ENVIRONMENTS) {
            self.wrong(place(entry, word), format!("more than {MAX_ENVIRONMENTS} environments"));
        }
    }

    fn components(&mut self, entry: &Place, service: &ServicePart) {
        let mut seen = Seen::default();
        for component in &service.components {
            self.name(entry, &component.name);
            self.text(entry, component.description.as_ref());
            let at = place(entry, &component.name);
            let name = component.name.value.as_str();
            self.mistakes.extend(seen.again(name.to_lowercase(), "component", name, at));
            if let Some(word) = &component.environment {
                let known = service.environments.iter().map(|one| one.value.as_str());
                if !known.clone().any(|one| one == word.value) {
                    self.mistakes.push(Mistake::unknown(
                        place(entry, word),
                        "environment of this service",
                        &word.value,
                        known,
                    ));
                }
            }
            self.depends(entry, service, &component.depends_on);
        }
        if let Some(component) = service.components.get(MAX_COMPONENTS) {
            self.wrong(place(entry, &component.name), format!("more than {MAX_COMPONENTS} components"));
        }
        let leaving = service.components.iter().map(|one| one.depends_on.len()).sum::<usize>();
        if leaving + service.depends_on.len() > MAX_DEPENDENCIES {
            self.wrong(entry.clone(), format!("more than {MAX_DEPENDENCIES} dependencies"));
        }
    }

    fn depends(&mut self, entry: &Place, service: &ServicePart, words: &[Word]) {
        let mut seen = Seen::default();
        for word in words {
            let at = place(entry, word);
            let own = service.components.iter().map(|one| one.name.value.as_str());
            let kind = if word.value.contains('/') { "component" } else { "service" };
            if !own.clone().any(|one| one == word.value)
                && self.names.refer(at.clone(), kind, &word.value).is_some()
            {
                let known: Vec<&str> = own.chain(self.names.of(kind)).collect();
                self.mistakes.push(Mistake::unknown(at.clone(), "component or service", &word.value, known));
            }
            self.mistakes.extend(seen.again(word.value.as_str(), "dependency", &word.value, at));
        }
    }

    /// Circles among the files; each is told once, where the dependency that closes it is written. Services of
    /// the same name under several clients are told apart when it is applied.
    fn circles(&mut self, parts: &[Declared<ServicePart>]) {
        let mut numbers = Numbers::default();
        let mut needs = Needs::default();
        for part in parts {
            let service = &part.value;
            let own: BTreeSet<&str> = service.components.iter().map(|one| one.name.value.as_str()).collect();
            let whole = numbers.end(&service.name.value, None);
            let of_service = service.depends_on.iter().map(|word| (whole, word));
            let of_components = service
                .components
                .iter()
                .flat_map(|one| one.depends_on.iter().map(move |word| (one.name.value.as_str(), word)));
            let mut leaving: Vec<(End, &Word)> = of_service.collect();
            for (component, word) in of_components {
                leaving.push((numbers.end(&service.name.value, Some(component)), word));
            }
            for (from, word) in leaving {
                let to = numbers.written(&service.name.value, &own, &word.value);
                if let Err(circle) = needs.add(from, to) {
                    let way: Vec<String> = circle.iter().map(|end| numbers.name(*end)).collect();
                    let message = format!("this dependency closes a circle: {}", way.join(" -> "));
                    self.wrong(place(&part.place, word), message);
                }
            }
        }
    }
}

/// Ids for names that may have none yet, so that the rule about circles can speak of them.
#[derive(Default)]
struct Numbers {
    names: Vec<String>,
    known: BTreeMap<String, u128>,
}

impl Numbers {
    fn number(&mut self, name: String) -> u128 {
        let next = self.names.len() as u128;
        *self.known.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            next
        })
    }

    fn end(&mut self, service: &str, component: Option<&str>) -> End {
        let number = self.number(service.to_owned());
        let part = component.map(|component| self.number(format!("{service}/{component}")));
        End { service: kernel::Id::from_u128(number), component: part.map(kernel::Id::from_u128) }
    }

    fn written(&mut self, service: &str, own: &BTreeSet<&str>, word: &str) -> End {
        match word.split_once('/') {
            _ if own.contains(word) => self.end(service, Some(word)),
            Some((service, component)) => self.end(service, Some(component)),
            None => self.end(word, None),
        }
    }

    fn name(&self, end: End) -> String {
        let number = end.component.map_or(kernel::Id::to_u128(end.service), kernel::Id::to_u128);
        usize::try_from(number).ok().and_then(|at| self.names.get(at)).cloned().unwrap_or_default()
    }
}

// ---------------------------------------------------------------------------------------------- apply

/// What the database holds, read once.
struct Held {
    services: Vec<Service>,
    components: Vec<Component>,
    environments: Vec<Environment>,
}

impl Held {
    async fn read(tx: &mut Tx) -> Result<Held, Problem> {
        Ok(Held {
            services: services::all_in(tx).await?,
            components: graph::all_components_in(tx).await?,
            environments: graph::all_environments_in(tx).await?,
        })
    }
}

/// Makes the database what these services say.
pub async fn apply(
    tx: &mut Tx,
    parts: &[Declared<ServicePart>],
    applying: &mut Applying,
) -> Result<(), Problem> {
    let held = Held::read(tx).await?;
    let mut declared = Vec::with_capacity(parts.len());
    for part in parts {
        if let Some(service) = apply_service(tx, &held, part, applying).await? {
            declared.push((part, service));
        }
    }
    let kept: BTreeSet<ServiceId> = declared.iter().map(|(_, service)| service.id).collect();
    for service in held.services.iter().filter(|one| !kept.contains(&one.id)) {
        applying.ids.services.insert((service.client_id, service.name.clone()), service.id);
        if service.declared_in.is_some() {
            let draft = draft_of(service);
            services::change(tx, service, &draft, None).await?;
            applying.changed(
                "service",
                service.name.as_str(),
                vec!["no longer declared; it stays, kept on screen".into()],
            );
        }
    }
    for (part, service) in &declared {
        apply_environments(tx, &held, part, service, applying).await?;
    }
    for (part, service) in &declared {
        apply_components(tx, &held, part, service, applying).await?;
    }
    remove_undeclared(tx, &held, &declared, applying).await?;
    apply_dependencies(tx, &declared, applying).await?;
    Ok(())
}

fn draft_of(service: &Service) -> Draft {
    Draft {
        client_id: service.client_id,
        name: service.name.clone(),
        description: service.description.clone(),
        owner: service.owner,
        ownership: service.ownership,
        consumers: service.consumers.clone(),
        end_of_life: service.end_of_life,
    }
}

fn text(word: Option<&Word>) -> String {
    word.map(|word| word.value.trim().to_owned()).unwrap_or_default()
}

fn draft(client_id: ClientId, part: &ServicePart, applying: &Applying) -> Draft {
    Draft {
        client_id,
        name: part.name.value.trim().to_owned(),
        description: text(part.description.as_ref()),
        owner: part.owner.as_ref().and_then(|word| applying.ids.people.get(&word.value).copied()),
        ownership: part.ownership.as_ref().map_or(Ownership::Client, |ownership| ownership.value),
        consumers: text(part.consumers.as_ref()),
        end_of_life: part.end_of_life.as_ref().and_then(|day| day.value.parse().ok()),
    }
}

async fn apply_service(
    tx: &mut Tx,
    held: &Held,
    part: &Declared<ServicePart>,
    applying: &mut Applying,
) -> Result<Option<Service>, Problem> {
    let service = &part.value;
    let client = service.client.as_ref();
    let Some(client_id) = applying.ids.client(client.map(|word| word.value.as_str())) else {
        match client {
            Some(word) => applying.mistakes.push(Mistake::unknown(
                place(&part.place, word),
                "client",
                &word.value,
                applying.ids.clients.keys().map(String::as_str),
            )),
            None => applying.mistake(
                &part.place,
                "no client is named, and the operator has none of its own; add `operator: { name: .. }`",
            ),
        }
        return Ok(None);
    };
    if let Some(word) = service.owner.as_ref().filter(|word| !applying.ids.people.contains_key(&word.value)) {
        let known = applying.ids.people.keys().map(String::as_str);
        applying.mistakes.push(Mistake::unknown(place(&part.place, word), "person", &word.value, known));
        return Ok(None);
    }
    let draft = draft(client_id, service, applying);
    let phase = service.phase.as_ref().map_or(Phase::Live, |phase| phase.value);
    let declared_in = part.place.declared_in();
    let before = held
        .services
        .iter()
        .find(|one| one.client_id == client_id && one.name.to_lowercase() == draft.name.to_lowercase());
    let after = match before {
        None => {
            let added = services::add(tx, &draft, phase, &declared_in, Some(&declared_in)).await?;
            applying.added("service", added.name.as_str());
            added
        }
        Some(before) => {
            let names = &applying.ids.people;
            let mut details = differences(before, &draft, |id| {
                names.iter().find(|(_, held)| **held == id).map_or_else(String::new, |(name, _)| name.clone())
            });
            services::change(tx, before, &draft, Some(&declared_in)).await?;
            if phase != before.phase {
                if let Err(refused) = before.phase.enter(phase) {
                    let at =
                        service.phase.as_ref().map_or(part.place.clone(), |word| place(&part.place, word));
                    applying.mistake(
                        &at,
                        format!("{refused}; from there it may enter {}", words_of(before.phase.next())),
                    );
                    return Ok(None);
                }
                services::enter(tx, before, phase, &declared_in).await?;
                details.push(format!("phase: {} -> {}", before.phase.word(), phase.word()));
            }
            applying.changed("service", draft.name.as_str(), details);
            services::expect_in(tx, before.id).await?
        }
    };
    applying.ids.services.insert((after.client_id, after.name.clone()), after.id);
    Ok(Some(after))
}

fn words_of(phases: &[Phase]) -> String {
    if phases.is_empty() {
        return "no other phase".into();
    }
    phases.iter().map(|phase| phase.word()).collect::<Vec<_>>().join(" or ")
}

fn differences(before: &Service, after: &Draft, person: impl Fn(kernel::PersonId) -> String) -> Vec<String> {
    let mut details = Vec::new();
    let day = |day: Option<Date>| day.map_or_else(|| "none".to_owned(), |day| day.to_string());
    let who = |id: Option<kernel::PersonId>| id.map_or_else(|| "nobody".to_owned(), &person);
    kernel::code::differs(&mut details, "name", &before.name, &after.name);
    kernel::code::differs(&mut details, "owner", &who(before.owner), &who(after.owner));
    kernel::code::differs(&mut details, "ownership", &before.ownership.word(), &after.ownership.word());
    kernel::code::differs(&mut details, "end of life", &day(before.end_of_life), &day(after.end_of_life));
    if before.description != after.description {
        details.push("description".into());
    }
    if before.consumers != after.consumers {
        details.push("consumers".into());
    }
    details
}

async fn apply_environments(
    tx: &mut Tx,
    held: &Held,
    part: &Declared<ServicePart>,
    service: &Service,
    applying: &mut Applying,
) -> Result<(), Problem> {
    for word in &part.value.environments {
        let declared_in = place(&part.place, word).declared_in();
        let before =
            held.environments.iter().find(|one| one.service_id == service.id && one.name == word.value);
        let id = match before {
            Some(before) => {
                if before.declared_in.as_ref() != Some(&declared_in) {
                    graph::declare_environment(tx, before.id, Some(&declared_in)).await?;
                }
                before.id
            }
            None => {
                applying.added("environment", format!("{}/{}", service.name, word.value));
                graph::add_environment(tx, service, &word.value, Some(&declared_in)).await?.id
            }
        };
        applying.ids.environments.insert((service.id, word.value.clone()), id);
    }
    Ok(())
}

async fn apply_components(
    tx: &mut Tx,
    held: &Held,
    part: &Declared<ServicePart>,
    service: &Service,
    applying: &mut Applying,
) -> Result<(), Problem> {
    for written in &part.value.components {
        let name = written.name.value.trim();
        let declared_in = place(&part.place, &written.name).declared_in();
        let environment = written
            .environment
            .as_ref()
            .and_then(|word| applying.ids.environments.get(&(service.id, word.value.clone())).copied());
        let description = text(written.description.as_ref());
        let before = held.components.iter().find(|one| one.service_id == service.id && one.name == name);
        let id = match before {
            Some(before) => {
                let after = Component {
                    description,
                    environment_id: environment,
                    declared_in: Some(declared_in),
                    ..before.clone()
                };
                let changed = graph::change_component(tx, service, before, &after).await?;
                applying.changed("component", format!("{}/{name}", service.name), changed);
                before.id
            }
            None => {
                applying.added("component", format!("{}/{name}", service.name));
                graph::add_component(tx, service, name, &description, environment, Some(&declared_in))
                    .await?
                    .id
            }
        };
        applying.ids.components.insert((service.id, name.to_owned()), id);
    }
    Ok(())
}

/// Removes components and environments that files declared and no longer do, also those of services that are no
/// longer declared; keeps the ids of what was made on screen.
async fn remove_undeclared(
    tx: &mut Tx,
    held: &Held,
    declared: &[(&Declared<ServicePart>, Service)],
    applying: &mut Applying,
) -> Result<(), Problem> {
    let service_of = |id: ServiceId| {
        let now = declared.iter().map(|(_, service)| service).find(|service| service.id == id);
        now.or_else(|| held.services.iter().find(|service| service.id == id))
    };
    for component in &held.components {
        let key = (component.service_id, component.name.clone());
        let Some(service) = service_of(component.service_id) else { continue };
        if applying.ids.components.contains_key(&key) {
            continue;
        }
        if component.declared_in.is_some() {
            graph::remove_component(tx, service, component).await?;
            applying.removed("component", format!("{}/{}", service.name, component.name));
        } else {
            applying.ids.components.insert(key, component.id);
        }
    }
    for environment in &held.environments {
        let key = (environment.service_id, environment.name.clone());
        let Some(service) = service_of(environment.service_id) else { continue };
        if applying.ids.environments.contains_key(&key) {
            continue;
        }
        if environment.declared_in.is_some() {
            graph::remove_environment(tx, service, environment).await?;
            applying.removed("environment", format!("{}/{}", service.name, environment.name));
        } else {
            applying.ids.environments.insert(key, environment.id);
        }
    }
    Ok(())
}

async fn apply_dependencies(
    tx: &mut Tx,
    declared: &[(&Declared<ServicePart>, Service)],
    applying: &mut Applying,
) -> Result<(), Problem> {
    let mut wanted: Vec<(End, End, Place)> = Vec::new();
    for (part, service) in declared {
        let whole = End { service: service.id, component: None };
        for word in &part.value.depends_on {
            wanted.extend(resolved(part, service, whole, word, applying));
        }
        for written in &part.value.components {
            let key = (service.id, written.name.value.trim().to_owned());
            let from = End { service: service.id, component: applying.ids.components.get(&key).copied() };
            for word in &written.depends_on {
                wanted.extend(resolved(part, service, from, word, applying));
            }
        }
    }
    let held = graph::all_dependencies_in(tx).await?;
    let names = graph::Names::read_in(tx).await?;
    let title = |one: &(End, End)| format!("{} on {}", names.end_or_dash(one.0), names.end_or_dash(one.1));
    for one in &held {
        let still = wanted.iter().any(|(from, to, _)| *from == one.from && *to == one.to);
        if one.declared_in.is_some() && !still {
            graph::remove_dependency(tx, one, &names).await?;
            applying.removed("dependency", title(&(one.from, one.to)));
        }
    }
    for (from, to, at) in wanted {
        let declared_in = at.declared_in();
        match held.iter().find(|one| one.from == from && one.to == to) {
            Some(before) if before.declared_in.as_ref() == Some(&declared_in) => {}
            Some(before) => graph::declare_dependency(tx, before.id, Some(&declared_in)).await?,
            None => match graph::add_dependency(tx, from, to, Some(&declared_in)).await {
                Ok(_) => applying.added("dependency", title(&(from, to))),
                Err(problem) if problem.fields.iter().any(|field| field.code == "field-circle") => {
                    let way =
                        problem.fields.iter().flat_map(|field| &field.args).map(|(_, way)| way.as_str());
                    let way = way.collect::<String>().replace('→', "->");
                    applying.mistake(&at, format!("this dependency closes a circle: {way}"));
                }
                Err(problem) => return Err(problem),
            },
        }
    }
    Ok(())
}

fn resolved(
    part: &Declared<ServicePart>,
    service: &Service,
    from: End,
    word: &Word,
    applying: &mut Applying,
) -> Option<(End, End, Place)> {
    let at = place(&part.place, word);
    let ids = &applying.ids;
    let own = ids.components.get(&(service.id, word.value.clone()));
    let to = match (own, word.value.split_once('/')) {
        (Some(component), _) => Some(End { service: service.id, component: Some(*component) }),
        (None, Some((other, component))) => ids.service(service.client_id, other).and_then(|(_, id)| {
            let component = ids.components.get(&(id, component.to_owned()))?;
            Some(End { service: id, component: Some(*component) })
        }),
        (None, None) => {
            ids.service(service.client_id, &word.value).map(|(_, id)| End { service: id, component: None })
        }
    };
    if to.is_none() {
        let known = ids.services.keys().map(|(_, name)| name.as_str());
        applying.mistakes.push(Mistake::unknown(at.clone(), "component or service", &word.value, known));
    }
    to.map(|to| (from, to, at))
}

// ---------------------------------------------------------------------------------------------- export

fn said(text: &str) -> Option<Word> {
    (!text.is_empty()).then(|| word(text))
}

/// Every service the asker may see, as it would stand in a file, with its id. `client` and `person` give the names;
/// a client's name is left out where it is none, for the operator's own.
pub async fn export(
    db: &Db,
    scope: &kernel::Scope,
    client: impl Fn(ClientId) -> Option<String>,
    person: impl Fn(kernel::PersonId) -> Option<String>,
) -> Result<Vec<(Service, ServicePart)>, Problem> {
    let services = services::all(db, scope).await?;
    let components = graph::all_components(db, scope).await?;
    let names = graph::Names::new(&services, &components);
    let mut parts = Vec::with_capacity(services.len());
    for service in &services {
        let environments = graph::environments(db, scope, service.id).await?;
        let dependencies = graph::dependencies(db, scope, service.id).await?;
        let depends = |component: Option<kernel::ComponentId>| -> Vec<Word> {
            let from = End { service: service.id, component };
            let mut names: Vec<String> = dependencies
                .iter()
                .filter(|one| one.from == from)
                .filter_map(|one| written(&names, service.id, one.to))
                .collect();
            names.sort_unstable();
            names.into_iter().map(word).collect()
        };
        let own = components.iter().filter(|one| one.service_id == service.id);
        let part = ServicePart {
            name: word(service.name.as_str()),
            client: client(service.client_id).map(word),
            phase: Some(value(service.phase)),
            owner: service.owner.and_then(&person).map(word),
            ownership: (service.ownership != Ownership::Client).then(|| value(service.ownership)),
            description: said(&service.description),
            consumers: said(&service.consumers),
            end_of_life: service.end_of_life.map(|day| word(day.to_string())),
            environments: environments.iter().map(|one| word(one.name.as_str())).collect(),
            components: own
                .map(|one| ComponentPart {
                    name: word(one.name.as_str()),
                    description: said(&one.description),
                    environment: environments
                        .iter()
                        .find(|held| Some(held.id) == one.environment_id)
                        .map(|held| word(held.name.as_str())),
                    depends_on: depends(Some(one.id)),
                })
                .collect(),
            depends_on: depends(None),
        };
        parts.push((service.clone(), part));
    }
    Ok(parts)
}

fn written(names: &graph::Names, from: ServiceId, to: End) -> Option<String> {
    match to.component {
        Some(component) if to.service == from => names.component(component).map(str::to_owned),
        _ => names.end(to),
    }
}

#[cfg(test)]
mod tests;
