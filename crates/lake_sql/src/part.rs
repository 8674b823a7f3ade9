//! Where rows come from: parts of the lake, each of one table, client, service and day.

use std::any::Any;
use std::sync::Arc;

use kernel::lake::Table;
use kernel::task::Answer;
use kernel::{ClientId, Problem, Scope, ServiceId, Timestamp};
use lake::query::Source;

/// One sorted run of rows of one table, client, service and day.
#[derive(Debug, Clone)]
pub struct Part {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The day's midnight, UTC.
    pub day: Timestamp,
    /// The rows.
    pub source: Source,
}

impl Part {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        match &self.source {
            Source::File(file) => file.rows,
            Source::Batch(batch) => batch.num_rows() as u64,
        }
    }
}

/// Parts as they were at one moment. What they name stays readable for as long as this is held.
#[derive(Clone, Default)]
pub struct Held {
    /// The parts.
    pub parts: Vec<Part>,
    /// Keeps files from being removed.
    pub hold: Option<Arc<dyn Any + Send + Sync>>,
}

/// Lists the parts of a table. The wall is held here: parts of a service that the scope does not see are not
/// listed.
pub trait Parts: Send + Sync {
    /// The parts that the scope sees.
    fn parts<'a>(&'a self, scope: &'a Scope, table: Table) -> Answer<'a, Result<Held, Problem>>;
}
