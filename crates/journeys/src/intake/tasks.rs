//! What happens by itself: counts are written down, salts that are over are destroyed, and the lake is told how long
//! to keep what.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use kernel::lake::Table;
use kernel::task::{Answer, Status, Task};
use kernel::{ClientId, Kind, Problem, Scope, ServiceId, Stage};
use store::Ground;
use web::Site;

use super::{memory, sources, tally};

/// Every task.
#[must_use]
pub fn tasks(ground: &Ground, site: &Site) -> Vec<Arc<dyn Task>> {
    vec![Arc::new(Count { site: site.clone() }), Arc::new(Keep { ground: ground.clone() })]
}

/// Writes down what was counted.
struct Count {
    site: Site,
}

impl Task for Count {
    fn name(&self) -> &'static str {
        "intake.count"
    }
    fn stage(&self) -> Stage {
        Stage::Signal
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let written = memory::of(&self.site).tally.flush(&self.site.db, scope).await?;
            Ok(Status::done(written, format!("{written} counts written down")))
        })
    }
}

/// Destroys salts that are over, forgets old counts, and tells the lake how long to keep what.
struct Keep {
    ground: Ground,
}

impl Task for Keep {
    fn name(&self) -> &'static str {
        "intake.keep"
    }
    fn stage(&self) -> Stage {
        Stage::Report
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(15)
    }
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let db = &self.ground.db;
            let gone = memory::drop_salts(db, scope).await?;
            tally::prune(db, scope).await?;
            let told = kept(&sources::all(db, scope).await?);
            for ((client, service), days) in &told {
                for table in [Table::Events, Table::Vitals] {
                    match self.ground.lake.retain(scope, *client, *service, table, *days).await {
                        // An installation without a lake keeps nothing.
                        Err(problem) if problem.kind == Kind::NotFound => {}
                        told => told?,
                    }
                }
            }
            Ok(Status::done(gone, format!("{gone} salts destroyed; {} services keep events", told.len())))
        })
    }
}

/// How long events of each service are kept: as long as the source that keeps them longest.
fn kept(all: &[sources::Source]) -> BTreeMap<(ClientId, ServiceId), Option<u32>> {
    let mut told: BTreeMap<_, Option<u32>> = BTreeMap::new();
    for source in all {
        let days = told.entry((source.client, source.service)).or_insert(source.keep_days);
        *days = days.zip(source.keep_days).map(|(held, own)| held.max(own));
    }
    told
}
