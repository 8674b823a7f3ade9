//! Erasing one unit: everything is sealed, every file that holds the unit is written anew without it, and what
//! was destroyed is written down.

use std::sync::Arc;

use arrow_array::RecordBatch;
use kernel::lake::{Erase, Erased, Rows, Table, Unit};
use kernel::{ClientId, Kind, Problem, Right, Scope, ServiceId, Timestamp};
use store::{Row, args};

use crate::buffer::{Place, without};
use crate::engine::Lake;
use crate::files;
use crate::manifest::{Change, DayChange, File, Meta};
use crate::merge::Run;
use crate::table;

/// How long an erasure waits for questions that still read a file which is to be destroyed. A question that takes
/// longer is cut by its own limits.
const WAITS: std::time::Duration = std::time::Duration::from_secs(120);

/// A unit that is to be found nowhere.
#[derive(Debug, Clone)]
pub(crate) struct Gone {
    pub(crate) client: ClientId,
    pub(crate) service: ServiceId,
    pub(crate) unit: Unit,
    pub(crate) number: u64,
    /// Rows that came later are those of somebody new.
    pub(crate) before: Timestamp,
}

fn word(unit: Unit) -> &'static str {
    match unit {
        Unit::Case => "case",
        Unit::User => "user",
        Unit::Visitor => "visitor",
        Unit::Visit => "visit",
    }
}

impl Gone {
    pub(crate) fn read(row: &Row<'_>) -> Result<Gone, Problem> {
        let unit: String = row.get(2)?;
        let number: String = row.get(3)?;
        let known = [Unit::Case, Unit::User, Unit::Visitor, Unit::Visit];
        Ok(Gone {
            client: row.get(0)?,
            service: row.get(1)?,
            unit: known.into_iter().find(|one| word(*one) == unit).unwrap_or_default(),
            number: number.parse().map_err(Problem::fault)?,
            before: row.get(4)?,
        })
    }

    pub(crate) fn is_of(&self, place: &Place) -> bool {
        place.client == self.client && place.service == self.service && holds_units(place.table)
    }

    /// Which rows are the unit's, ascending.
    fn places(&self, rows: &Rows) -> Vec<usize> {
        let of = |at: usize, is: bool| is.then_some(at);
        match rows {
            Rows::Events(rows) => rows
                .iter()
                .enumerate()
                .filter_map(|(at, row)| {
                    let number = match self.unit {
                        Unit::Case => row.case,
                        Unit::User => row.user,
                        Unit::Visitor => row.visitor,
                        Unit::Visit => row.visit,
                    };
                    of(at, number == self.number && row.received_at <= self.before)
                })
                .collect(),
            Rows::Vitals(rows) if self.unit == Unit::Visit => rows
                .iter()
                .enumerate()
                .filter_map(|(at, row)| of(at, row.visit == self.number && row.at <= self.before))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A batch without the unit; the batch itself when it does not hold it.
    pub(crate) fn without(&self, table: Table, batch: &RecordBatch) -> Result<RecordBatch, Problem> {
        let rows = table::rows(table, batch)?;
        let places = self.places(&rows);
        if places.is_empty() {
            return Ok(batch.clone());
        }
        Ok(table::batch(&without(rows, &places)))
    }
}

/// Tables whose rows belong to somebody.
fn holds_units(table: Table) -> bool {
    match table {
        Table::Events | Table::Vitals => true,
        Table::Checks | Table::Spans | Table::Metrics | Table::Logs => false,
    }
}

impl Lake {
    /// Face of [`kernel::lake::Lake::erase`].
    pub(crate) async fn erase_unit(&self, scope: &Scope, whose: Erase) -> Result<Erased, Problem> {
        if !scope.sees(whose.client, Some(whose.service)) {
            return Err(Problem::not_found("service"));
        }
        scope.require(Right::Manage, "service", whose.client, Some(whose.service))?;
        if whose.number == 0 {
            // 0 means that it is not known: it would erase everybody of whom nothing is known.
            return Err(Problem::invalid().field("number", "field-required"));
        }
        // What is acknowledged must not be lost when whoever asked goes away halfway.
        let (lake, scope) = (self.clone(), scope.clone());
        tokio::spawn(async move { lake.erase_now(&scope, whose).await }).await.map_err(Problem::fault)?
    }

    async fn erase_now(&self, scope: &Scope, whose: Erase) -> Result<Erased, Problem> {
        let gone = Gone {
            client: whose.client,
            service: whose.service,
            unit: whose.unit,
            number: whose.number,
            before: scope.now(),
        };
        let id = self.new_id();
        self.note_asked(scope, &id, &gone).await?;
        let _keeping = self.0.keeping.lock().await;
        // Other nodes' files, as far as they are known.
        self.reload(scope).await?;
        // The log holds nobody after this; rows of the unit that it held are left out by the seal itself.
        let in_log = self.rows_in_log(&gone)?;
        let mut erased = Erased { rows: in_log, ..Erased::default() };
        erased.destroyed.extend(self.log_hashes()?);
        self.seal_all(scope).await?;
        let files = Arc::clone(&self.0.shared.state().files);
        let mine: Vec<Arc<File>> = files.all().filter(|file| gone.is_of(&file.meta.place)).cloned().collect();
        drop(files);
        let mut waiting = Vec::new();
        for file in mine {
            erased.files_read += 1;
            let Some((rows, promise)) = self.rewrite(scope, &gone, &file).await? else { continue };
            erased.files_rewritten += 1;
            erased.rows += rows;
            erased.destroyed.push(file.meta.sha256.clone());
            waiting.extend(promise);
        }
        for promise in waiting {
            let ended = tokio::time::timeout(WAITS, promise).await;
            if ended.is_err() {
                return Err(Problem::new(Kind::Unavailable, "busy")
                    .retry_after(60)
                    .because("a question still reads a file that is to be destroyed"));
            }
        }
        if self.sweep(scope).await? > 0 {
            return Err(Problem::new(Kind::Unavailable, "busy")
                .retry_after(60)
                .because("objects that are to be destroyed are still in the object store"));
        }
        self.verify_gone(&gone).await?;
        self.note_done(scope, &id, &erased).await?;
        Ok(erased)
    }

    async fn note_asked(&self, scope: &Scope, id: &str, gone: &Gone) -> Result<(), Problem> {
        let mut tx = self.0.db.write("lake.erase", scope).await?;
        let text =
            "insert into lake_erasures (id, client_id, service_id, unit, number, asked_at, asked_by, done_at,
            rows, files_read, files_rewritten, destroyed)
            values ($1, {client}, $2, $3, $4, $5, $6, null, 0, 0, 0, '[]')";
        let by = scope.actor().to_string();
        let args = args![id, gone.service, word(gone.unit), gone.number.to_string(), gone.before, by];
        tx.exec_in(gone.client, text, args).await?;
        tx.commit().await
    }

    async fn note_done(&self, scope: &Scope, id: &str, erased: &Erased) -> Result<(), Problem> {
        let destroyed = serde_json::to_string(&erased.destroyed).map_err(Problem::fault)?;
        let mut tx = self.0.db.write("lake.erased", scope).await?;
        tx.exec(
            "update lake_erasures set done_at = $2, rows = $3, files_read = $4, files_rewritten = $5,
             destroyed = $6 where {wall} and id = $1",
            args![id, scope.now(), erased.rows, erased.files_read, erased.files_rewritten, destroyed],
        )
        .await?;
        tx.commit().await
    }

    /// How many rows of the unit are in the log.
    fn rows_in_log(&self, gone: &Gone) -> Result<u64, Problem> {
        let chunks: Vec<_> = {
            let mut state = self.0.shared.state();
            let mut chunks = Vec::new();
            for (place, partition) in &mut state.open.partitions {
                if gone.is_of(place) {
                    chunks.extend(partition.chunks().into_iter().map(|chunk| (place.table, chunk)));
                }
            }
            for (place, (sealing, _)) in state.sealing.iter().flat_map(|sealing| &sealing.places) {
                if gone.is_of(place) {
                    chunks.extend(sealing.iter().map(|chunk| (place.table, Arc::clone(chunk))));
                }
            }
            chunks
        };
        let mut rows = 0;
        for (table, chunk) in chunks {
            rows += gone.places(&table::rows(table, &*chunk.batch()?)?).len() as u64;
        }
        Ok(rows)
    }

    /// Hashes of the segments of the log, which the seal destroys.
    fn log_hashes(&self) -> Result<Vec<String>, Problem> {
        let folder = &self.0.folders.log;
        let numbers = crate::log::numbers(folder).map_err(Problem::fault)?;
        numbers
            .into_iter()
            .map(|number| files::sha256_of(&crate::log::path_of(folder, number)).map_err(Problem::fault))
            .collect()
    }

    /// Writes a file anew without the unit. None when it does not hold it.
    async fn rewrite(
        &self,
        scope: &Scope,
        gone: &Gone,
        file: &Arc<File>,
    ) -> Result<Option<(u64, Vec<tokio::sync::oneshot::Receiver<()>>)>, Problem> {
        let pin = self.pinned(Arc::clone(file)).await?;
        let (lake, wanted, id, now) = (self.clone(), gone.clone(), self.new_id(), scope.now());
        let place = file.meta.place;
        let made = tokio::task::spawn_blocking(move || {
            if !holds(&wanted, &pin.0)? {
                return Ok::<_, Problem>(None);
            }
            let run: Run = Box::new(
                files::read(&pin.0.local)?
                    .map(move |batch| batch.and_then(|batch| wanted.without(place.table, &batch))),
            );
            lake.write_file(id, place, vec![run], now).map(Some)
        });
        let made: Option<Option<Meta>> = made.await.map_err(Problem::fault)??;
        let Some(meta) = made else { return Ok(None) };
        let kept = meta.as_ref().map_or(0, |meta| meta.rows);
        let rows = file.meta.rows.saturating_sub(kept);
        let day = DayChange { place, rows: -i64::try_from(rows).unwrap_or(i64::MAX), version: rows };
        let change = Change {
            add: meta.into_iter().collect(),
            remove: vec![Arc::clone(file)],
            days: vec![day],
            ..Change::default()
        };
        let promises = self.apply(scope, &change).await?;
        Ok(Some((rows, promises)))
    }

    /// Reads every file of the service once more, and the log.
    async fn verify_gone(&self, gone: &Gone) -> Result<(), Problem> {
        let files = Arc::clone(&self.0.shared.state().files);
        let mine: Vec<Arc<File>> = files.all().filter(|file| gone.is_of(&file.meta.place)).cloned().collect();
        drop(files);
        let mut left = self.rows_in_log(gone)?;
        for file in mine {
            let pin = self.pinned(file).await?;
            let gone = gone.clone();
            let held = tokio::task::spawn_blocking(move || holds(&gone, &pin.0));
            left += u64::from(held.await.map_err(Problem::fault)??);
        }
        if left > 0 {
            return Err(Problem::fault("rows of an erased unit are still there; ask again"));
        }
        Ok(())
    }
}

/// Whether a file holds rows of the unit.
fn holds(gone: &Gone, file: &File) -> Result<bool, Problem> {
    for batch in files::read(&file.local)? {
        let rows = table::rows(file.meta.place.table, &batch?)?;
        if !gone.places(&rows).is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
