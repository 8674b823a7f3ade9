//! Tables in parts, for an engine that reads them itself (`lake_sql`).

use std::any::Any;
use std::sync::Arc;

use kernel::lake::Table;
use kernel::{ClientId, Problem, Scope, ServiceId, Timestamp};

use crate::buffer::{Chunk, DAY, Place};
use crate::engine::{Lake, instant, source_of};
use crate::manifest::File;
use crate::query::Source;

/// What is known of one sorted run of rows without reading it.
#[derive(Clone)]
pub struct Part {
    /// The client.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// The day's midnight, UTC.
    pub day: Timestamp,
    /// How many rows; of rows that are not in a file yet, about how many.
    pub rows: u64,
    /// Not before this.
    pub from: Timestamp,
    /// Not after this.
    pub until: Timestamp,
    run: Run,
}

#[derive(Clone)]
enum Run {
    Chunk(Arc<Chunk>),
    File(Arc<File>),
}

/// Rows that can be read for as long as `hold` is held.
pub struct Opened {
    /// The rows.
    pub source: Source,
    /// Keeps a file from going.
    pub hold: Option<Arc<dyn Any + Send + Sync>>,
}

impl Part {
    /// A chunk may hold any time of its day.
    fn of_chunk(place: &Place, rows: u64, chunk: Arc<Chunk>) -> Part {
        let day = place.midnight();
        let until = instant(day.as_microsecond().saturating_add(DAY - 1));
        Part {
            client: place.client,
            service: place.service,
            day,
            rows,
            from: day,
            until,
            run: Run::Chunk(chunk),
        }
    }

    fn of_file(file: Arc<File>) -> Part {
        let (place, meta) = (file.meta.place, &file.meta);
        Part {
            client: place.client,
            service: place.service,
            day: place.midnight(),
            rows: meta.rows,
            from: instant(meta.from),
            until: instant(meta.until),
            run: Run::File(file),
        }
    }
}

impl Lake {
    /// The parts of a table that the scope sees, all of them as they are at one moment.
    pub async fn parts(&self, scope: &Scope, table: Table) -> Result<Vec<Part>, Problem> {
        self.refresh(scope).await?;
        let sees = |place: &Place| place.table == table && scope.sees(place.client, Some(place.service));
        let mut parts = Vec::new();
        let mut open = |place: &Place, rows: u64, chunks: &[Arc<Chunk>]| {
            let each = rows.div_ceil(chunks.len().max(1) as u64);
            parts.extend(chunks.iter().map(|chunk| Part::of_chunk(place, each, Arc::clone(chunk))));
        };
        let mut state = self.0.shared.state();
        for (place, partition) in state.open.partitions.iter_mut().filter(|(place, _)| sees(place)) {
            let rows = partition.rows;
            open(place, rows, &partition.chunks());
        }
        for (place, (chunks, rows)) in state.sealing.iter().flat_map(|sealing| &sealing.places) {
            if sees(place) {
                open(place, *rows, chunks);
            }
        }
        let files = Arc::clone(&state.files);
        drop(state);
        let seen = files.all().filter(|file| sees(&file.meta.place));
        parts.extend(seen.map(|file| Part::of_file(Arc::clone(file))));
        Ok(parts)
    }

    /// Makes a part ready to be read: a file that is only in the object store is fetched.
    pub async fn open_part(&self, part: &Part) -> Result<Opened, Problem> {
        match &part.run {
            Run::Chunk(chunk) => Ok(Opened { source: Source::Batch(chunk.batch()?), hold: None }),
            Run::File(file) => {
                let pin = self.pinned(Arc::clone(file)).await?;
                Ok(Opened { source: Source::File(source_of(&pin.0)), hold: Some(Arc::new(pin)) })
            }
        }
    }
}
