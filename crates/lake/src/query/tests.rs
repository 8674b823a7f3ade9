//! Questions over real files: the worked cases, real journeys, and random ones against the plainest way.

mod cases;
mod journeys;
mod measures;
mod random;
mod rows;
mod ways;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::SignedDuration;
use kernel::Timestamp;
use kernel::lake::{
    Among, Event, FunnelAsk, FunnelCell, Group, Looks, Order, People, Question, Reply, Rows, StepAsk, Table,
    Unit,
};
use parquet::arrow::ArrowWriter;

use super::*;
use crate::table;

/// A folder with files, and what is not in one.
pub(super) struct Pond {
    folder: tempfile::TempDir,
    pub(super) sources: Vec<Source>,
    /// Rows of a row group: few, so that units lie across them.
    pub(super) group: usize,
}

impl Pond {
    pub(super) fn new() -> Pond {
        Pond { folder: tempfile::tempdir().expect("a folder"), sources: Vec::new(), group: 30 }
    }

    pub(super) fn file(&mut self, rows: &Rows) {
        if rows.is_empty() {
            return;
        }
        self.written(rows.table(), &table::batch(rows));
    }

    pub(super) fn written(&mut self, table: Table, batch: &arrow_array::RecordBatch) {
        let path = self.folder.path().join(format!("{}.parquet", self.sources.len()));
        let properties =
            table::properties(table).into_builder().set_max_row_group_row_count(Some(self.group)).build();
        let out = std::fs::File::create(&path).expect("a file");
        let mut writer = ArrowWriter::try_new(out, batch.schema(), Some(properties)).expect("it opens");
        writer.write(batch).expect("it writes");
        writer.close().expect("it closes");
        let times: Vec<i64> =
            table::order(table, batch).expect("its table").into_iter().map(|(_, at)| at).collect();
        let bound =
            |at: Option<&i64>| at.and_then(|at| Timestamp::from_microsecond(*at).ok()).expect("a time");
        self.sources.push(Source::File(FileSource {
            bytes: std::fs::metadata(&path).expect("it is there").len(),
            path,
            rows: batch.num_rows() as u64,
            from: bound(times.iter().min()),
            until: bound(times.iter().max()),
        }));
    }

    pub(super) fn batch(&mut self, rows: &Rows) {
        self.sources.push(Source::Batch(Arc::new(table::batch(rows))));
    }

    /// Events in files of a day each.
    pub(super) fn of_days(events: Vec<Event>) -> Pond {
        let mut days: std::collections::BTreeMap<i64, Vec<Event>> = std::collections::BTreeMap::new();
        for event in events {
            days.entry(event.at.as_second().div_euclid(86_400)).or_default().push(event);
        }
        let mut pond = Pond::new();
        if days.len() > 10 {
            pond.group = 1_000;
        }
        days.into_values().for_each(|events| pond.file(&Rows::Events(events)));
        pond
    }

    pub(super) fn ask(&self, question: &Question) -> Reply {
        run(question, &self.sources, &limits()).expect("an answer")
    }

    pub(super) fn funnel(&self, ask: FunnelAsk) -> Vec<FunnelCell> {
        self.ask(&Question::Funnel(ask)).funnel()
    }

    pub(super) fn reached(&self, ask: FunnelAsk) -> Vec<u64> {
        let cells = self.funnel(ask);
        assert_eq!((cells.len(), &cells[0].group), (1, &Group::All));
        cells[0].counts.reached.clone()
    }
}

pub(super) fn limits() -> Limits {
    Limits { bytes: 64 << 20, stop: Arc::new(AtomicBool::new(false)) }
}

pub(super) fn among() -> Among {
    Among {
        client: kernel::Id::from_u128(1),
        service: kernel::Id::from_u128(2),
        from: Timestamp::from_second(0).expect("in range"),
        until: Timestamp::from_second(4_000_000_000).expect("in range"),
        people: People::People,
        only: Vec::new(),
    }
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("in range")
}

pub(super) fn event(unit: u64, seconds: i64, name: &str) -> Event {
    table::tests::event(unit, seconds * 1_000_000, name)
}

pub(super) fn steps(names: &[&str]) -> Vec<StepAsk> {
    names.iter().map(|name| StepAsk { looks: Looks::named(*name), optional: false }).collect()
}

pub(super) fn funnel_of(steps: Vec<StepAsk>, seconds: i64) -> FunnelAsk {
    FunnelAsk {
        among: among(),
        unit: Unit::Visitor,
        steps,
        window: SignedDuration::from_secs(seconds),
        order: Order::Ordered,
        exclusions: Vec::new(),
        endings: Vec::new(),
        now: at(4_000_000_000),
        cells: Vec::new(),
        by: None,
        top: 0,
    }
}

/// Every kind of unit has the same number, so that all ways to gather are taken.
pub(super) fn as_unit(mut event: Event, unit: Unit, number: u64) -> Event {
    (event.user, event.visitor, event.visit, event.case) = match unit {
        Unit::User => (number, number / 2 + 7, 0, 0),
        Unit::Visitor => (0, number, number + 1_000, 3),
        // Visits in files of visitors: gathered, not merged.
        Unit::Visit => (0, number % 3 + 1, number, 0),
        Unit::Case => (0, 0, 0, number),
    };
    event
}

pub(super) const UNITS: [Unit; 4] = [Unit::User, Unit::Visitor, Unit::Visit, Unit::Case];
pub(super) const EVENTS: Table = Table::Events;
