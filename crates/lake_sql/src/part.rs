//! Where rows come from: parts of the lake, each of one table, client, service and day.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use kernel::lake::Table;
use kernel::task::Answer;
use kernel::{ClientId, Problem, Scope, ServiceId, Timestamp};
use lake::query::Source;

/// What is known of one sorted run of rows without reading it.
#[derive(Clone)]
pub struct Part {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The day's midnight, UTC.
    pub day: Timestamp,
    /// How many rows.
    pub rows: u64,
    /// Not before this.
    pub from: Timestamp,
    /// Not after this.
    pub until: Timestamp,
    /// The way to the rows.
    pub run: Arc<dyn Run>,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} of {}, {})", self.day, self.service, self.rows)
    }
}

/// Something that becomes rows. Only what fits a statement is opened: a file may have to be fetched first.
pub trait Run: Send + Sync {
    /// The rows, to be read for as long as what is answered is held.
    fn open(&self) -> Answer<'_, Result<Opened, Problem>>;
}

/// Rows that can be read.
#[derive(Clone)]
pub struct Opened {
    /// The rows.
    pub source: Source,
    /// Keeps a file from being removed.
    pub hold: Option<Arc<dyn Any + Send + Sync>>,
}

impl Run for Opened {
    fn open(&self) -> Answer<'_, Result<Opened, Problem>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// Lists the parts of a table as they are at one moment. The wall is held here: parts of a service that the
/// scope does not see are not listed.
pub trait Parts: Send + Sync {
    /// The parts that the scope sees.
    fn parts<'a>(&'a self, scope: &'a Scope, table: Table) -> Answer<'a, Result<Vec<Part>, Problem>>;
}

impl Parts for lake::Lake {
    fn parts<'a>(&'a self, scope: &'a Scope, table: Table) -> Answer<'a, Result<Vec<Part>, Problem>> {
        Box::pin(async move {
            let parts = lake::Lake::parts(self, scope, table).await?.into_iter();
            Ok(parts
                .map(|part| Part {
                    client: part.client,
                    service: part.service,
                    day: part.day,
                    rows: part.rows,
                    from: part.from,
                    until: part.until,
                    run: Arc::new(OfLake(self.clone(), part)),
                })
                .collect())
        })
    }
}

/// A part of the real lake.
struct OfLake(lake::Lake, lake::Part);

impl Run for OfLake {
    fn open(&self) -> Answer<'_, Result<Opened, Problem>> {
        Box::pin(async move {
            let opened = self.0.open_part(&self.1).await?;
            Ok(Opened { source: opened.source, hold: opened.hold })
        })
    }
}
