//! Components, environments, and what depends on what.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    About, ClientId, ComponentId, DependencyId, EnvironmentId, Fact, Id, Problem, Scope, ServiceId,
};
use store::{Args, Db, Row, Tx, args};

pub use crate::model::{Component, Dependency, End, Environment};
use crate::model::{MAX_COMPONENTS, MAX_DEPENDENCIES, MAX_ENVIRONMENTS, MAX_NAME, MAX_TEXT};
use crate::rules::Needs;
use crate::store::services::{self, Service};

/// The most rows of one kind that are read at once, over all services.
const MAX_ROWS: i64 = 50_000;

const COMPONENT: &str =
    "select id, service_id, name, description, environment_id, declared_in from components where {wall}";
const ENVIRONMENT: &str = "select id, service_id, name, declared_in from environments where {wall}";
const DEPENDENCY: &str = "select id, service_id, component_id, to_service_id, to_component_id, declared_in \
                          from dependencies where {wall}";

fn component(row: &Row<'_>) -> Result<Component, Problem> {
    Ok(Component {
        id: row.get(0)?,
        service_id: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        environment_id: row.get(4)?,
        declared_in: row.get(5)?,
    })
}

fn environment(row: &Row<'_>) -> Result<Environment, Problem> {
    Ok(Environment { id: row.get(0)?, service_id: row.get(1)?, name: row.get(2)?, declared_in: row.get(3)? })
}

fn dependency(row: &Row<'_>) -> Result<Dependency, Problem> {
    Ok(Dependency {
        id: row.get(0)?,
        from: End { service: row.get(1)?, component: row.get(2)? },
        to: End { service: row.get(3)?, component: row.get(4)? },
        declared_in: row.get(5)?,
    })
}

/// The components of a service, by name.
pub async fn components(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Component>, Problem> {
    db.all(scope, &format!("{COMPONENT} and service_id = $1 order by name, id"), args![service], component)
        .await
}

/// Every component that may be seen, by service and name.
pub async fn all_components(db: &Db, scope: &Scope) -> Result<Vec<Component>, Problem> {
    let text = format!("{COMPONENT} order by service_id, name, id limit $1");
    db.all(scope, &text, args![MAX_ROWS], component).await
}

/// Every component that may be seen, as a transaction sees them.
pub async fn all_components_in(tx: &mut Tx) -> Result<Vec<Component>, Problem> {
    tx.all(&format!("{COMPONENT} order by service_id, name, id limit $1"), args![MAX_ROWS], component).await
}

/// One component, or 404.
pub async fn expect_component(db: &Db, scope: &Scope, id: ComponentId) -> Result<Component, Problem> {
    db.one(scope, &format!("{COMPONENT} and id = $1"), args![id], component)
        .await?
        .ok_or_else(|| Problem::not_found("component"))
}

/// The components whose name or description contains the words.
pub async fn found(db: &Db, scope: &Scope, words: &str, limit: u32) -> Result<Vec<Component>, Problem> {
    let words = services::escaped(words);
    let text = format!(
        "{COMPONENT} and (lower(name) like $1 escape '!' or lower(description) like $1 escape '!')
         order by case when lower(name) like $2 escape '!' then 0 else 1 end, name, id limit $3"
    );
    db.all(scope, &text, args![format!("%{words}%"), format!("{words}%"), limit], component).await
}

/// The environments of a service, by name.
pub async fn environments(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Environment>, Problem> {
    let text = format!("{ENVIRONMENT} and service_id = $1 order by name, id");
    db.all(scope, &text, args![service], environment).await
}

/// Every environment that may be seen, as a transaction sees them.
pub async fn all_environments_in(tx: &mut Tx) -> Result<Vec<Environment>, Problem> {
    tx.all(&format!("{ENVIRONMENT} order by service_id, name, id limit $1"), args![MAX_ROWS], environment)
        .await
}

/// What a service and its components depend on, and what depends on them as far as the asker sees it.
pub async fn dependencies(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Dependency>, Problem> {
    let text = format!("{DEPENDENCY} and (service_id = $1 or to_service_id = $1) order by id limit $2");
    db.all(scope, &text, args![service, MAX_ROWS], dependency).await
}

/// Every dependency that may be seen: for other features that follow what needs what, near and far.
pub async fn all_dependencies(db: &Db, scope: &Scope) -> Result<Vec<Dependency>, Problem> {
    db.all(scope, &format!("{DEPENDENCY} order by id limit $1"), args![MAX_ROWS], dependency).await
}

/// One dependency, or 404.
pub async fn expect_dependency(db: &Db, scope: &Scope, id: DependencyId) -> Result<Dependency, Problem> {
    db.one(scope, &format!("{DEPENDENCY} and id = $1"), args![id], dependency)
        .await?
        .ok_or_else(|| Problem::not_found("dependency"))
}

/// Every dependency that may be seen, as a transaction sees them.
pub async fn all_dependencies_in(tx: &mut Tx) -> Result<Vec<Dependency>, Problem> {
    tx.all(&format!("{DEPENDENCY} order by id limit $1"), args![MAX_ROWS], dependency).await
}

/// The names of ends as people read them: `Parking permits`, `Parking permits/payment`. An end that may not be
/// seen has no name.
#[derive(Debug, Clone, Default)]
pub struct Names {
    services: HashMap<ServiceId, String>,
    components: HashMap<ComponentId, (ServiceId, String)>,
}

impl Names {
    /// The names of these.
    #[must_use]
    pub fn new(services: &[Service], components: &[Component]) -> Self {
        Names {
            services: services.iter().map(|service| (service.id, service.name.clone())).collect(),
            components: components.iter().map(|one| (one.id, (one.service_id, one.name.clone()))).collect(),
        }
    }

    /// The names of everything that may be seen.
    pub async fn read(db: &Db, scope: &Scope) -> Result<Self, Problem> {
        Ok(Names::new(&services::all(db, scope).await?, &all_components(db, scope).await?))
    }

    /// The same, as a transaction sees it.
    pub async fn read_in(tx: &mut Tx) -> Result<Self, Problem> {
        Ok(Names::new(&services::all_in(tx).await?, &all_components_in(tx).await?))
    }

    /// The name of a service.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Option<&str> {
        self.services.get(&id).map(String::as_str)
    }

    /// The name of a component.
    #[must_use]
    pub fn component(&self, id: ComponentId) -> Option<&str> {
        self.components.get(&id).map(|(_, name)| name.as_str())
    }

    /// The name of an end, the service in front of the component; none where it may not be seen, and where the
    /// component is not one of the service.
    #[must_use]
    pub fn end(&self, end: End) -> Option<String> {
        let service = self.service(end.service)?;
        match end.component {
            None => Some(service.to_owned()),
            Some(id) => {
                let (of, name) = self.components.get(&id)?;
                (*of == end.service).then(|| format!("{service}/{name}"))
            }
        }
    }

    /// The name of an end, or a dash where it may not be seen.
    #[must_use]
    pub fn end_or_dash(&self, end: End) -> String {
        self.end(end).unwrap_or_else(|| "–".into())
    }
}

fn check_name(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Problem::invalid().field("name", "field-required")),
        n if n > MAX_NAME => {
            Err(Problem::invalid().field("name", "field-too-long").field_with("max", MAX_NAME))
        }
        // A slash stands between a service and its component wherever a dependency is written.
        _ if name.contains('/') => Err(Problem::invalid().field("name", "field-no-slash")),
        _ => Ok(name),
    }
}

fn check_text(text: &str) -> Result<&str, Problem> {
    if text.chars().count() > MAX_TEXT {
        return Err(Problem::invalid().field("description", "field-too-long").field_with("max", MAX_TEXT));
    }
    Ok(text.trim())
}

async fn count(tx: &mut Tx, text: &str, args: Args) -> Result<usize, Problem> {
    Ok(tx.all(text, args, |_| Ok(())).await?.len())
}

async fn name_is_free(
    tx: &mut Tx,
    table: &str,
    service: ServiceId,
    name: &str,
    except: Option<String>,
) -> Result<(), Problem> {
    let text =
        format!("select id from {table} where {{wall}} and service_id = $1 and lower(name) = lower($2)");
    let held = tx.all(&text, args![service, name], |row| row.get::<String>(0)).await?;
    if held.iter().all(|id| Some(id) == except.as_ref()) {
        Ok(())
    } else {
        Err(Problem::invalid().field("name", "field-taken"))
    }
}

/// Adds a component.
pub async fn add_component(
    tx: &mut Tx,
    service: &Service,
    name: &str,
    description: &str,
    environment: Option<EnvironmentId>,
    declared_in: Option<&str>,
) -> Result<Component, Problem> {
    let (name, description) = (check_name(name)?, check_text(description)?);
    let held = count(tx, &format!("{COMPONENT} and service_id = $1"), args![service.id]).await?;
    if held >= MAX_COMPONENTS {
        return Err(Problem::invalid().field("name", "field-too-many").field_with("max", MAX_COMPONENTS));
    }
    name_is_free(tx, "components", service.id, name, None).await?;
    let component = Component {
        id: ComponentId::new(tx.scope()),
        service_id: service.id,
        name: name.into(),
        description: description.into(),
        environment_id: environment,
        declared_in: declared_in.map(str::to_owned),
    };
    let text =
        "insert into components (id, client_id, service_id, name, description, environment_id, declared_in)
                values ($1, {client}, $2, $3, $4, $5, $6)";
    let row = args![component.id, service.id, name, description, environment, component.declared_in.clone()];
    tx.exec_in(service.client_id, text, row).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::ComponentAdded { component: component.id, name: name.into() };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(component)
}

/// Makes a component what is said; answers the names of what changed.
pub async fn change_component(
    tx: &mut Tx,
    service: &Service,
    before: &Component,
    after: &Component,
) -> Result<Vec<String>, Problem> {
    let (name, description) = (check_name(&after.name)?, check_text(&after.description)?);
    let changed: Vec<String> = [
        ("name", before.name != name),
        ("description", before.description != description),
        ("environment", before.environment_id != after.environment_id),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(what, _)| what.to_owned())
    .collect();
    if changed.is_empty() && before.declared_in == after.declared_in {
        return Ok(changed);
    }
    name_is_free(tx, "components", service.id, name, Some(before.id.to_string())).await?;
    let text = "update components set name = $2, description = $3, environment_id = $4, declared_in = $5
                where {wall} and id = $1";
    let row = args![before.id, name, description, after.environment_id, after.declared_in.clone()];
    tx.exec(text, row).await?;
    if !changed.is_empty() {
        services::touched(tx, service.id).await?;
        let fact =
            Fact::ComponentChanged { component: before.id, name: name.into(), changed: changed.clone() };
        tx.record(About::service(service.client_id, service.id), fact).await?;
    }
    Ok(changed)
}

/// Removes a component and every dependency on or of it.
pub async fn remove_component(tx: &mut Tx, service: &Service, component: &Component) -> Result<(), Problem> {
    let text = format!("{DEPENDENCY} and (component_id = $1 or to_component_id = $1)");
    let touching = tx.all(&text, args![component.id], dependency).await?;
    let names = Names::read_in(tx).await?;
    for dependency in touching {
        remove_dependency(tx, &dependency, &names).await?;
    }
    tx.exec("delete from components where {wall} and id = $1", args![component.id]).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::ComponentRemoved { component: component.id, name: component.name.clone() };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(())
}

/// Adds an environment.
pub async fn add_environment(
    tx: &mut Tx,
    service: &Service,
    name: &str,
    declared_in: Option<&str>,
) -> Result<Environment, Problem> {
    let name = check_name(name)?;
    let held = count(tx, &format!("{ENVIRONMENT} and service_id = $1"), args![service.id]).await?;
    if held >= MAX_ENVIRONMENTS {
        return Err(Problem::invalid().field("name", "field-too-many").field_with("max", MAX_ENVIRONMENTS));
    }
    name_is_free(tx, "environments", service.id, name, None).await?;
    let environment = Environment {
        id: EnvironmentId::new(tx.scope()),
        service_id: service.id,
        name: name.into(),
        declared_in: declared_in.map(str::to_owned),
    };
    let text = "insert into environments (id, client_id, service_id, name, declared_in)
                values ($1, {client}, $2, $3, $4)";
    let row = args![environment.id, service.id, name, environment.declared_in.clone()];
    tx.exec_in(service.client_id, text, row).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::EnvironmentAdded { environment: environment.id, name: name.into() };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(environment)
}

/// Says where an environment is declared now.
pub async fn declare_environment(
    tx: &mut Tx,
    id: EnvironmentId,
    declared_in: Option<&str>,
) -> Result<(), Problem> {
    let text = "update environments set declared_in = $2 where {wall} and id = $1";
    tx.exec(text, args![id, declared_in.map(str::to_owned)]).await?;
    Ok(())
}

/// Removes an environment; components that ran in it run nowhere in particular.
pub async fn remove_environment(
    tx: &mut Tx,
    service: &Service,
    environment: &Environment,
) -> Result<(), Problem> {
    let text = "update components set environment_id = null where {wall} and environment_id = $1";
    tx.exec(text, args![environment.id]).await?;
    tx.exec("delete from environments where {wall} and id = $1", args![environment.id]).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::EnvironmentRemoved { environment: environment.id, name: environment.name.clone() };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(())
}

/// Adds a dependency. Both ends must be seen by the writer, so a dependency on another client's service can be
/// written only by somebody who sees both. A circle is refused, and named.
pub async fn add_dependency(
    tx: &mut Tx,
    from: End,
    to: End,
    declared_in: Option<&str>,
) -> Result<Dependency, Problem> {
    let service = services::expect_in(tx, from.service).await?;
    services::expect_in(tx, to.service).await?;
    let names = Names::read_in(tx).await?;
    let (Some(from_name), Some(to_name)) = (names.end(from), names.end(to)) else {
        return Err(Problem::not_found("component"));
    };
    let known = all_dependencies_in(tx).await?;
    if known.iter().any(|one| one.from == from && one.to == to) {
        return Err(Problem::invalid().field("to", "field-taken"));
    }
    if known.iter().filter(|one| one.from.service == from.service).count() >= MAX_DEPENDENCIES {
        return Err(Problem::invalid().field("to", "field-too-many").field_with("max", MAX_DEPENDENCIES));
    }
    refuse_circle(&known, from, to, &names)?;
    let dependency = Dependency {
        id: DependencyId::new(tx.scope()),
        from,
        to,
        declared_in: declared_in.map(str::to_owned),
    };
    insert_dependency(tx, service.client_id, &dependency).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::DependencyAdded { dependency: dependency.id, from: from_name, to: to_name };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(dependency)
}

fn refuse_circle(known: &[Dependency], from: End, to: End, names: &Names) -> Result<(), Problem> {
    let mut needs = Needs::trusting(known.iter().map(|one| (one.from, one.to)));
    needs.add(from, to).map_err(|circle| {
        let way: Vec<String> = circle.into_iter().map(|end| names.end_or_dash(end)).collect();
        Problem::invalid().field("to", "field-circle").field_with("way", way.join(" → "))
    })
}

async fn insert_dependency(tx: &mut Tx, client: ClientId, dependency: &Dependency) -> Result<(), Problem> {
    let text =
        "insert into dependencies (id, client_id, service_id, component_id, to_service_id, to_component_id,
                  declared_in)
                values ($1, {client}, $2, $3, $4, $5, $6)";
    let row = args![
        dependency.id,
        dependency.from.service,
        dependency.from.component,
        dependency.to.service,
        dependency.to.component,
        dependency.declared_in.clone(),
    ];
    tx.exec_in(client, text, row).await?;
    Ok(())
}

/// Says where a dependency is declared now.
pub async fn declare_dependency(
    tx: &mut Tx,
    id: DependencyId,
    declared_in: Option<&str>,
) -> Result<(), Problem> {
    let text = "update dependencies set declared_in = $2 where {wall} and id = $1";
    tx.exec(text, args![id, declared_in.map(str::to_owned)]).await?;
    Ok(())
}

/// Removes a dependency.
pub async fn remove_dependency(tx: &mut Tx, dependency: &Dependency, names: &Names) -> Result<(), Problem> {
    let service = services::expect_in(tx, dependency.from.service).await?;
    tx.exec("delete from dependencies where {wall} and id = $1", args![dependency.id]).await?;
    services::touched(tx, service.id).await?;
    let fact = Fact::DependencyRemoved {
        dependency: dependency.id,
        from: names.end_or_dash(dependency.from),
        to: names.end_or_dash(dependency.to),
    };
    tx.record(About::service(service.client_id, service.id), fact).await?;
    Ok(())
}

/// What each service depends on, as far as it may be seen: for other features that ask what an outage touches.
pub async fn needed_by(db: &Db, scope: &Scope) -> Result<BTreeMap<ServiceId, Vec<ServiceId>>, Problem> {
    let text = format!("{DEPENDENCY} order by id limit $1");
    let mut needed_by: BTreeMap<ServiceId, Vec<ServiceId>> = BTreeMap::new();
    for one in db.all(scope, &text, args![MAX_ROWS], dependency).await? {
        let by = needed_by.entry(one.to.service).or_default();
        if one.from.service != one.to.service && !by.contains(&one.from.service) {
            by.push(one.from.service);
        }
    }
    Ok(needed_by)
}
