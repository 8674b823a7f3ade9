//! The entries of files, divided among the features whose parts stand in them.

use std::cell::RefCell;

use kernel::code::{Declared, Mistake, Names, Place};
use serde::de::DeserializeOwned;

use super::read::Source;
use super::yaml::{self, Fault, Mark, Node, What};

/// The sections a file may have.
const SECTIONS: &[&str] = &["operator", "clients", "people", "teams", "services", "rotas", "escalations"];
/// The keys of a service's entry that are not the estate's.
const PROBES: &str = watch::code::KEY;
const JOURNEYS: &str = journeys::code::KEY;
const SOURCES: &str = journeys::intake::code::KEY;
const DEMAND: &[&str] = journeys::demand::code::KEYS;
const ON_CALL: &[&str] = &["on_call", "escalation", "status_page"];

/// Everything a folder declares.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The operator, clients, people, teams.
    pub identity: identity::code::Parts,
    /// Services and what they are made of.
    pub services: Vec<Declared<estate::code::ServicePart>>,
    /// The probes of each service.
    pub probes: Vec<watch::code::ServiceProbes>,
    /// The journeys of each service.
    pub journeys: Vec<journeys::code::ServiceJourneys>,
    /// The sources of each service.
    pub sources: Vec<journeys::intake::code::ServiceSources>,
    /// What each service says of demand: capacities, costs, what is published.
    pub demand: Vec<journeys::demand::code::ServiceDemand>,
    /// Rotas, escalations, and what services say of paging and of their public pages.
    pub respond: respond::code::Parts,
}

impl Folder {
    /// Adds the names that it gives to things.
    pub fn names(&self, names: &mut Names) {
        identity::code::names(&self.identity, names);
        estate::code::names(&self.services, names);
        watch::code::names(&self.probes, names);
        journeys::code::names(&self.journeys, names);
        respond::code::names(&self.respond, names);
    }

    /// Everything that is wrong with it, as far as files and names tell.
    #[must_use]
    pub fn check(&self, names: &Names) -> Vec<Mistake> {
        let mut mistakes = identity::code::check(&self.identity, names);
        mistakes.extend(estate::code::check(&self.services, names));
        mistakes.extend(watch::code::check(&self.probes, names));
        mistakes.extend(journeys::code::check(&self.journeys, names));
        mistakes.extend(journeys::intake::code::check(&self.sources));
        mistakes.extend(journeys::demand::code::check(&self.demand, names));
        mistakes.extend(respond::code::check(&self.respond, names));
        mistakes
    }
}

/// Reads all texts; what cannot be read is a mistake, and the rest is read all the same.
#[must_use]
pub fn parse(sources: &[Source]) -> (Folder, Vec<Mistake>) {
    let mut folder = Folder::default();
    let mut mistakes = Vec::new();
    for source in sources {
        let (root, faults) = yaml::parse(&source.text);
        let faults = RefCell::new(faults);
        if let Some(root) = root {
            let reading = Reading { source, faults: &faults };
            reading.file(root, &mut folder);
        }
        let place = |at: Mark| Place::new(source.file.clone(), at.line, at.column);
        let said = |fault: Fault| Mistake::new(place(fault.at), fault.message);
        mistakes.extend(faults.into_inner().into_iter().map(said));
    }
    (folder, mistakes)
}

struct Reading<'a> {
    source: &'a Source,
    faults: &'a RefCell<Vec<Fault>>,
}

impl Reading<'_> {
    fn fault(&self, at: Mark, message: String) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < yaml::MAX_FAULTS {
            faults.push(Fault { at, message });
        }
    }

    fn place(&self, at: Mark) -> Place {
        Place::new(self.source.file.clone(), at.line, at.column)
    }

    fn file(&self, root: Node, folder: &mut Folder) {
        let What::Map(sections) = root.what else {
            return self.fault(root.at, format!("a file holds sections: {}", SECTIONS.join(", ")));
        };
        for (key, node) in sections {
            match key.text.as_str() {
                "operator" => folder.identity.operator.extend(self.entry(&node, &[])),
                "clients" => folder.identity.clients.extend(self.list(node)),
                "people" => folder.identity.people.extend(self.list(node)),
                "teams" => folder.identity.teams.extend(self.list(node)),
                "services" => {
                    for item in self.items(node) {
                        self.service(item, folder);
                    }
                }
                "rotas" => folder.respond.rotas.extend(self.list(node)),
                "escalations" => folder.respond.escalations.extend(self.list(node)),
                other => self.fault(key.at, yaml::unknown_key(other, SECTIONS)),
            }
        }
    }

    /// The items of a list; nothing is an empty one.
    fn items(&self, node: Node) -> Vec<Node> {
        match node.what {
            What::List(items) => items,
            _ if node.is_nothing() => Vec::new(),
            _ => {
                self.fault(node.at, "expected a list; begin each entry with a hyphen".into());
                Vec::new()
            }
        }
    }

    fn list<T: DeserializeOwned>(&self, node: Node) -> Vec<Declared<T>> {
        self.items(node).iter().filter_map(|item| self.entry(item, &[])).collect()
    }

    /// What stands under a key of a map.
    fn under(&self, node: Node, wanted: &str) -> Option<Node> {
        let What::Map(entries) = node.what else { return None };
        entries.into_iter().find(|(key, _)| key.text == wanted).map(|(_, value)| value)
    }

    fn entry<T: DeserializeOwned>(&self, node: &Node, also: &[&str]) -> Option<Declared<T>> {
        let value = yaml::shape(node, also, self.faults)?;
        Some(Declared::new(self.place(node.at), value))
    }

    fn service(&self, node: Node, folder: &mut Folder) {
        let (probes, rest) = node.split(&[PROBES]);
        let (journeys, rest) = rest.split(&[JOURNEYS]);
        let (sources, rest) = rest.split(&[SOURCES]);
        let (demand, rest) = rest.split(DEMAND);
        let (on_call, own) = rest.split(ON_CALL);
        let also: Vec<&str> =
            [PROBES, JOURNEYS, SOURCES].iter().chain(DEMAND).chain(ON_CALL).copied().collect();
        // Read also when the rest of the entry is wrong, so that all mistakes are told.
        let probes = self.under(probes, PROBES).map(|list| self.list(list)).unwrap_or_default();
        let journeys = self.under(journeys, JOURNEYS).map(|list| self.list(list)).unwrap_or_default();
        let sources = self.under(sources, SOURCES).map(|list| self.list(list)).unwrap_or_default();
        let demand = self.entry(&demand, &[]);
        let on_call = self.entry(&on_call, &[]);
        let Some(service) = self.entry::<estate::code::ServicePart>(&own, &also) else { return };
        let client = service.value.client.as_ref().map(|word| word.value.clone());
        let name = service.value.name.value.clone();
        // Also without any: what was declared before and is not any more must be seen to be gone.
        if let Some(part) = on_call {
            let (client, service) = (client.clone(), name.clone());
            folder.respond.services.push(respond::code::ServiceOnCall { client, service, part });
        }
        if let Some(part) = demand {
            let (client, service) = (client.clone(), name.clone());
            folder.demand.push(journeys::demand::code::ServiceDemand { client, service, part });
        }
        let (of, service_name) = (client.clone(), name.clone());
        folder.sources.push(journeys::intake::code::ServiceSources {
            client: of.clone(),
            service: service_name.clone(),
            sources,
        });
        folder.journeys.push(journeys::code::ServiceJourneys { client: of, service: service_name, journeys });
        folder.probes.push(watch::code::ServiceProbes { client, service: name, probes });
        folder.services.push(service);
    }
}
