//! Folds what was counted into days, keeps the strips, and forgets what is old.

use std::collections::HashMap;

use jiff::SignedDuration;
use kernel::task::{Answer, Status, Task};
use kernel::{ClientId, ProbeId, Problem, Scope, ServiceId, Stage, Timestamp};
use store::Db;

use crate::rules::history::{
    CELLS, Cell, DAY, Lasted, Spent, day_of, day_start, plus, put_day, service_spent, spent, write_cells,
};
use crate::store::{self as tables, DayRow, Hour, Of, Unfolded};

/// Probes folded in one transaction.
const PER_RUN: i64 = 200;
/// A day is folded this long after its end, so that a failure at midnight is confirmed by then.
const SETTLES: SignedDuration = SignedDuration::from_mins(15);
/// Days looked at per probe and run: after a long stop the rest comes with the next run.
const DAYS_PER_RUN: i64 = 3;
/// Level of compression of a day's cells: beyond it costs more time than it saves bytes.
const ZSTD: i32 = 9;

/// Keeps the days.
pub struct Fold {
    db: Db,
}

impl Fold {
    pub(crate) fn new(db: Db) -> Self {
        Fold { db }
    }

    pub(crate) async fn fold(&self, scope: &Scope) -> Result<Status, Problem> {
        let now = scope.now();
        let last = day_of(plus(now, -i64::try_from(SETTLES.as_micros()).unwrap_or(0))) - 1;
        let unfolded = tables::unfolded(&self.db, scope, last, PER_RUN).await?;
        let (count, more) = (unfolded.len(), unfolded.len() as i64 == PER_RUN);
        for probe in &unfolded {
            self.fold_probe(scope, probe, last).await?;
        }
        self.fold_services(scope, day_of(now), now).await?;
        if unfolded.is_empty() {
            let mut tx = self.db.write_unaudited("watch.prune", scope).await?;
            tables::prune(&mut tx, now).await?;
            tx.commit().await?;
        }
        Ok(Status::done(count as u64, format!("{count} probe days folded")).left(u64::from(more)))
    }

    async fn fold_probe(&self, scope: &Scope, probe: &Unfolded, last: i64) -> Result<(), Problem> {
        let first = (probe.folded + 1).max(last - crate::rules::history::KEEP_DAYS);
        let upto = last.min(first + DAYS_PER_RUN - 1);
        let hours = tables::hours_since(&self.db, scope, &[probe.number], day_start(first)).await?;
        let span = (day_start(first), day_start(upto + 1));
        let states = tables::states_between(&self.db, scope, Of::Probe(probe.probe), span.0, span.1).await?;
        let rows: Vec<Lasted> = states.into_iter().map(|(_, _, lasted)| lasted).collect();
        let subject = probe.probe.to_string();
        let strips = tables::strips(&self.db, scope, Some(std::slice::from_ref(&subject))).await?;
        let mut days = strips.into_iter().next().map(|(_, days)| days).unwrap_or_default();
        let mut tx = self.db.write_unaudited("watch.fold", scope).await?;
        for day in first..=upto {
            if let Some(row) = day_row(day, &hours) {
                tables::write_day(&mut tx, probe.number, &row).await?;
            }
            let told = spent(&rows, day_start(day), day_start(day + 1));
            if told != Spent::default() {
                days = put_day(days, day, told);
            }
        }
        tables::write_strip_of(&mut tx, probe.client, probe.service, &subject, &days).await?;
        tables::set_folded(&mut tx, probe.probe, upto).await?;
        tx.commit().await
    }

    /// The strips of services, with today as far as it is. Yesterday is told again until it has settled.
    async fn fold_services(&self, scope: &Scope, today: i64, now: Timestamp) -> Result<(), Problem> {
        let yesterday = day_start(today - 1);
        let states = tables::states_between(&self.db, scope, Of::All, yesterday, now).await?;
        let clients = service_clients(&self.db, scope).await?;
        let strips: HashMap<String, Vec<(i64, Spent)>> =
            tables::strips(&self.db, scope, None).await?.into_iter().collect();
        let mut of: HashMap<ServiceId, HashMap<ProbeId, Vec<Lasted>>> = HashMap::new();
        for (probe, service, lasted) in states {
            of.entry(service).or_default().entry(probe).or_default().push(lasted);
        }
        let mut changed = Vec::new();
        for (service, probes) in of {
            let rows: Vec<&[Lasted]> = probes.values().map(Vec::as_slice).collect();
            let before = strips.get(&service.to_string()).cloned().unwrap_or_default();
            let mut days = before.clone();
            for (day, until) in [(today - 1, day_start(today)), (today, now)] {
                let told = service_spent(&rows, day_start(day), until);
                if told != Spent::default() {
                    days = put_day(days, day, told);
                }
            }
            if days != before
                && let Some(client) = clients.get(&service)
            {
                changed.push((*client, service, days));
            }
        }
        let mut tx = self.db.write_unaudited("watch.fold", scope).await?;
        for (client, service, days) in changed {
            tables::write_strip_of(&mut tx, client, service, &service.to_string(), &days).await?;
        }
        tx.commit().await
    }
}

async fn service_clients(db: &Db, scope: &Scope) -> Result<HashMap<ServiceId, ClientId>, Problem> {
    let text = "select distinct service_id, client_id from watch_standings where {wall}";
    let rows = db.all(scope, text, store::args![], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(rows.into_iter().collect())
}

/// A day of a probe from its hours; none when nothing was counted.
#[must_use]
pub fn day_row(day: i64, hours: &[Hour]) -> Option<DayRow> {
    let (begins, ends) = (day_start(day), day_start(day + 1));
    let mut whole = Cell::default();
    let mut cells = Vec::new();
    for hour in hours.iter().filter(|hour| begins <= hour.hour && hour.hour < ends) {
        let first = (hour.hour.as_microsecond().rem_euclid(DAY) / crate::rules::history::HOUR) * CELLS as i64;
        for (number, cell) in &hour.cells {
            whole.merge(cell);
            cells.push((u16::try_from(first).unwrap_or(0) + number, cell.clone()));
        }
    }
    if whole.checks() == 0 {
        return None;
    }
    let packed = zstd::encode_all(&write_cells(&cells)[..], ZSTD).unwrap_or_default();
    Some(DayRow { day, whole, packed })
}

impl Task for Fold {
    fn name(&self) -> &'static str {
        "watch.fold"
    }

    fn stage(&self) -> Stage {
        Stage::Report
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(5)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.fold(scope))
    }
}
