//! What `watch` knows of a service, in the parts that its users would name: one for each component that is looked
//! at, and one for each probe that looks at none.

use jiff::Timestamp;
use kernel::{Problem, Scope, ServiceId};
use web::Site;

use crate::rules::status::Works;

/// A part of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedPart {
    /// The component's or probe's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it works.
    pub works: Works,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Ninety days, oldest first; none when nothing was measured.
    pub days: Vec<Option<Works>>,
}

/// Announced work.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedMaintenance {
    /// Its id.
    pub id: String,
    /// What is done.
    pub title: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Watched {
    /// Its parts.
    pub parts: Vec<WatchedPart>,
    /// When the last result came in.
    pub as_of: Option<Timestamp>,
    /// Announced work that is not over.
    pub maintenances: Vec<WatchedMaintenance>,
}

/// What is known of a service.
pub async fn watched(site: &Site, scope: &Scope, service: ServiceId) -> Result<Watched, Problem> {
    let components = estate::graph::components(&site.db, scope, service).await?;
    let parts = components.into_iter().map(|component| WatchedPart {
        id: component.id.to_string(),
        name: component.name,
        works: Works::Unknown,
        since: None,
        days: vec![None; 90],
    });
    Ok(Watched { parts: parts.collect(), ..Watched::default() })
}
