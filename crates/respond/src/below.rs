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
}
