//! What is there, in the shapes of files.

use std::collections::HashMap;

use kernel::{ClientId, ComponentId, JourneyId, PersonId, Problem, Scope, ServiceId};
use serde::Serialize;
use store::Db;

/// One file with everything.
#[derive(Serialize)]
struct Everything {
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<identity::code::OperatorPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clients: Vec<identity::code::ClientPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<identity::code::PersonPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    teams: Vec<identity::code::TeamPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<Service>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rotas: Vec<respond::code::RotaPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    escalations: Vec<respond::code::EscalationPart>,
}

/// A service with the parts of every feature.
#[derive(Serialize)]
struct Service {
    #[serde(flatten)]
    estate: estate::code::ServicePart,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    probes: Vec<watch::code::ProbePart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    journeys: Vec<journeys::code::JourneyPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<journeys::intake::code::SourcePart>,
    #[serde(flatten)]
    demand: journeys::demand::code::DemandPart,
    #[serde(flatten)]
    on_call: respond::code::OnCallPart,
}

/// Everything the asker may see, as the text of one file that declares it.
pub async fn export(db: &Db, scope: &Scope) -> Result<String, Problem> {
    let names: HashMap<ServiceId, String> =
        estate::services::all(db, scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let identity = identity::code::export(db, scope, |id| names.get(&id).cloned()).await?;
    let clients: HashMap<ClientId, String> = identity::clients::all(db, scope)
        .await?
        .into_iter()
        .filter(|client| !client.is_operator)
        .map(|client| (client.id, client.name))
        .collect();
    let people: HashMap<PersonId, String> =
        identity::people::all(db, scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let client = |id: ClientId| clients.get(&id).cloned();
    let person = |id: PersonId| people.get(&id).cloned();
    let mut respond = respond::code::export(db, scope, client, person).await?;
    let services = estate::code::export(db, scope, client, person).await?;
    let components: HashMap<ComponentId, String> =
        estate::graph::all_components(db, scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let journey_names: HashMap<JourneyId, String> =
        journeys::store::all(db, scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let mut whole = Vec::with_capacity(services.len());
    for (service, estate) in services {
        let probes = watch::code::export(db, scope, service.id, |id| components.get(&id).cloned()).await?;
        let component = |id| components.get(&id).cloned();
        let journeys = journeys::code::export(db, scope, service.id, component, person).await?;
        let sources = journeys::intake::code::export(db, scope, service.id).await?;
        let journey = |id| journey_names.get(&id).cloned();
        let demand = journeys::demand::code::export(db, scope, service.id, journey).await?;
        let on_call = respond.services.remove(&service.id).unwrap_or_default();
        whole.push(Service { estate, probes, journeys, sources, demand, on_call });
    }
    let everything = Everything {
        operator: identity.operator.map(|(_, part)| part),
        clients: identity.clients.into_iter().map(|(_, part)| part).collect(),
        people: identity.people.into_iter().map(|(_, part)| part).collect(),
        teams: identity.teams.into_iter().map(|(_, part)| part).collect(),
        services: whole,
        rotas: respond.rotas,
        escalations: respond.escalations,
    };
    serde_saphyr::to_string(&everything).map_err(Problem::fault)
}
