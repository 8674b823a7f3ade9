//! What is asked of the features below: who people are and how to reach them, what services are called and who
//! owns them. Everything is asked for many at once, so that a thousand incidents cost as many questions as one.

use std::collections::{BTreeSet, HashMap};

use identity::model::Reachable;
use kernel::task::Answer;
use kernel::{ClientId, PersonId, Problem, Scope, ServiceId, TeamId};

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Whose it is.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<PersonId>,
}

/// The features below, as the tasks see them.
pub trait Below: Send + Sync {
    /// How to reach these people; whoever is unknown is left out.
    fn people<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<PersonId>,
    ) -> Answer<'a, Result<HashMap<PersonId, Reachable>, Problem>>;

    /// Who is in these teams.
    fn teams<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<TeamId>,
    ) -> Answer<'a, Result<HashMap<TeamId, Vec<PersonId>>, Problem>>;

    /// What these services are.
    fn services<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<ServiceId>,
    ) -> Answer<'a, Result<HashMap<ServiceId, Served>, Problem>>;

    /// Which part of this service needs which, as causes of alerts: the first needs the second.
    fn needs<'a>(
        &'a self,
        scope: &'a Scope,
        service: ServiceId,
    ) -> Answer<'a, Result<Vec<(String, String)>, Problem>>;
}

/// The real features below.
pub struct Real {
    /// The database.
    pub db: store::Db,
}

impl Below for Real {
    fn people<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<PersonId>,
    ) -> Answer<'a, Result<HashMap<PersonId, Reachable>, Problem>> {
        Box::pin(async move {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                match identity::reach(&self.db, scope, *id).await {
                    Ok(reach) => {
                        found.insert(*id, reach);
                    }
                    // Somebody who is gone is nobody to page, and no reason to page nobody else.
                    Err(problem) if problem.kind == kernel::Kind::NotFound => {}
                    Err(problem) => return Err(problem),
                }
            }
            Ok(found)
        })
    }

    fn teams<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<TeamId>,
    ) -> Answer<'a, Result<HashMap<TeamId, Vec<PersonId>>, Problem>> {
        Box::pin(async move {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                let members = identity::teams::members(&self.db, scope, *id).await?;
                found.insert(*id, members.into_iter().map(|person| person.id).collect());
            }
            Ok(found)
        })
    }

    fn services<'a>(
        &'a self,
        scope: &'a Scope,
        ids: &'a BTreeSet<ServiceId>,
    ) -> Answer<'a, Result<HashMap<ServiceId, Served>, Problem>> {
        Box::pin(async move {
            Ok(estate::services::all(&self.db, scope)
                .await?
                .into_iter()
                .filter(|service| ids.contains(&service.id))
                .map(|service| {
                    let served =
                        Served { client_id: service.client_id, name: service.name, owner: service.owner };
                    (service.id, served)
                })
                .collect())
        })
    }
    fn needs<'a>(
        &'a self,
        scope: &'a Scope,
        service: ServiceId,
    ) -> Answer<'a, Result<Vec<(String, String)>, Problem>> {
        Box::pin(async move {
            let edges = estate::graph::dependencies(&self.db, scope, service).await?;
            let inside = |end: &estate::model::End| {
                (end.service == service)
                    .then_some(end.component?)
                    .map(|part| watch::cause_of_part(service, part))
            };
            Ok(edges.iter().filter_map(|edge| Some((inside(&edge.from)?, inside(&edge.to)?))).collect())
        })
    }
}
