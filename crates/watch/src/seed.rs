//! A past for probes that have none, so that benches and people can see screens with months behind them.
//!
//! For each probe: cells of 5 minutes with the checks its interval would have made and latencies around a mean of
//! its own, an outage of some minutes about every two weeks, and everything that [`crate::tasks::Fold`] makes of
//! that. It is written to the same tables in the same form; only the checks are made up.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{About, Fact, Id as _, Problem, Scope, ServiceId};
use store::{Db, Tx, args};

use crate::model::{Probe, Reason, Standing, State, Verdict, What};
use crate::rules::history::{
    CELL, CELLS, Cell, Counted, HOUR, KEEP_HOURS, Lasted, Spent, day_of, day_start, plus, put_day,
    service_spent, spent, write_cells,
};
use crate::rules::state::judge;
use crate::store::{Hour, load_since, numbers, write_day, write_strip_of};
use crate::tasks::day_row;

/// The most days that are made up: as many as are kept.
const MOST_DAYS: i64 = crate::rules::history::KEEP_DAYS;
/// An outage begins in a cell with this chance: one in two weeks of cells.
const OUTAGE_ONE_IN: u64 = 14 * 288;
/// The longest outage, cells of 5 minutes.
const LONGEST_OUTAGE: u64 = 9;

/// What was made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Probes that got a past.
    pub probes: usize,
    /// Days of it.
    pub days: i64,
    /// Checks in it.
    pub checks: u64,
    /// Outages in it.
    pub outages: u64,
}

/// Gives every probe a past of so many days.
///
/// # Errors
/// What the database says. A probe that has a past already gets this one in its place.
pub async fn history(db: &Db, scope: &Scope, days: i64) -> Result<Seeded, Problem> {
    let days = days.clamp(1, MOST_DAYS);
    let mut seeded = Seeded { probes: 0, days, checks: 0, outages: 0 };
    let mut of_service: HashMap<ServiceId, (Probe, Vec<Vec<Lasted>>)> = HashMap::new();
    // Numbers first: a database without probes is no mistake, but nothing is to be done.
    if numbers(db, scope).await?.is_empty() {
        return Ok(seeded);
    }
    for loaded in load_since(db, scope, -1).await? {
        let probe = loaded.probe;
        let past = Past::make_up(&probe, scope.now(), days);
        seeded.probes += 1;
        seeded.checks += past.checks;
        seeded.outages += past.outages;
        write(db, scope, &probe, &past, days).await?;
        let entry = of_service.entry(probe.service).or_insert_with(|| (probe.clone(), Vec::new()));
        entry.1.push(past.states);
    }
    let mut tx = db.write_unaudited("watch.seed", scope).await?;
    for (service, (probe, states)) in of_service {
        let strip = strip(&states, scope.now(), days);
        write_strip_of(&mut tx, probe.client, service, &service.to_string(), &strip).await?;
    }
    tx.commit().await?;
    Ok(seeded)
}

/// A past.
struct Past {
    hours: Vec<Hour>,
    states: Vec<Lasted>,
    checks: u64,
    outages: u64,
}

impl Past {
    fn make_up(probe: &Probe, now: Timestamp, days: i64) -> Past {
        let mut dice = Dice(probe.id.to_u128() as u64 | 1);
        let begins = day_start(day_of(now) - days);
        let per_cell = (CELL / probe.plan.every.micros().max(1)).clamp(1, 300);
        let mean = 20_000 + dice.below(180_000);
        let mut past = Past { hours: Vec::new(), states: vec![up(begins)], checks: 0, outages: 0 };
        let (mut left, mut at) = (0, begins);
        while at < now {
            let mut cells = Vec::with_capacity(CELLS);
            for number in 0..CELLS {
                let cell_at = plus(at, CELL * number as i64);
                if cell_at >= now {
                    break;
                }
                if left == 0 && dice.below(OUTAGE_ONE_IN) == 0 && cell_at > begins {
                    left = 1 + dice.below(LONGEST_OUTAGE);
                    past.turn(cell_at, State::Down);
                    past.outages += 1;
                } else if left > 0 {
                    left -= 1;
                    if left == 0 {
                        past.turn(cell_at, State::Up);
                    }
                }
                let cell = cell(&mut dice, per_cell, mean, left > 0);
                past.checks += cell.checks();
                cells.push((u16::try_from(number).unwrap_or(0), cell));
            }
            let last_at = now.min(plus(at, HOUR - 1));
            past.hours.push(Hour { number: probe.number, hour: at, cells, last_at, last_micros: Some(mean) });
            at = plus(at, HOUR);
        }
        if left > 0 {
            past.turn(now, State::Up);
        }
        past
    }

    fn turn(&mut self, at: Timestamp, state: State) {
        if let Some(before) = self.states.last_mut() {
            before.until = Some(at);
        }
        self.states.push(Lasted { state, since: at, until: None });
    }
}

fn up(since: Timestamp) -> Lasted {
    Lasted { state: State::Up, since, until: None }
}

fn cell(dice: &mut Dice, checks: i64, mean: u64, down: bool) -> Cell {
    let mut cell = Cell::default();
    for _ in 0..checks {
        // A long tail to the right, as latencies have: the product of two draws.
        let spread = 50 + dice.below(100) * (1 + dice.below(4)) / 2;
        let counted = if down { Counted::Bad } else { Counted::Good };
        cell.add(counted, (!down).then_some(mean * spread / 100));
    }
    cell
}

fn strip(states: &[Vec<Lasted>], now: Timestamp, days: i64) -> Vec<(i64, Spent)> {
    let rows: Vec<&[Lasted]> = states.iter().map(Vec::as_slice).collect();
    let today = day_of(now);
    (today - days..=today).fold(Vec::new(), |strip, day| {
        let told = service_spent(&rows, day_start(day), day_start(day + 1).min(now));
        put_day(strip, day, told)
    })
}

async fn write(db: &Db, scope: &Scope, probe: &Probe, past: &Past, days: i64) -> Result<(), Problem> {
    let today = day_of(scope.now());
    let mut tx = db.write_unaudited("watch.seed", scope).await?;
    let mut strip = Vec::new();
    for day in today - days..today {
        if let Some(row) = day_row(day, of_day(&past.hours, day)) {
            write_day(&mut tx, probe.number, &row).await?;
        }
        strip = put_day(strip, day, spent(&past.states, day_start(day), day_start(day + 1)));
    }
    write_strip_of(&mut tx, probe.client, probe.service, &probe.id.to_string(), &strip).await?;
    let kept = past.hours.partition_point(|hour| hour.hour < plus(scope.now(), -KEEP_HOURS * HOUR));
    write_hours(&mut tx, &past.hours[kept..]).await?;
    write_states(&mut tx, probe, &past.states).await?;
    write_standing(&mut tx, probe, past, today).await?;
    tx.commit().await
}

fn of_day(hours: &[Hour], day: i64) -> &[Hour] {
    let first = hours.partition_point(|hour| hour.hour < day_start(day));
    let last = hours.partition_point(|hour| hour.hour < day_start(day + 1));
    &hours[first..last]
}

async fn write_hours(tx: &mut Tx, hours: &[Hour]) -> Result<(), Problem> {
    for hour in hours {
        let micros = hour.last_micros.and_then(|micros| i64::try_from(micros).ok());
        tx.exec(
            "insert into watch_hours (number, hour, cells, last_at, last_micros) values ($1, $2, $3, $4, $5)
             on conflict (number, hour) do update set cells = excluded.cells, last_at = excluded.last_at,
             last_micros = excluded.last_micros",
            args![hour.number, hour.hour, write_cells(&hour.cells), hour.last_at, micros],
        )
        .await?;
    }
    Ok(())
}

async fn write_states(tx: &mut Tx, probe: &Probe, states: &[Lasted]) -> Result<(), Problem> {
    tx.exec("delete from watch_states where {wall} and probe_id = $1", args![probe.id]).await?;
    let about = About::service(probe.client, probe.service);
    let reason = Reason::new(What::Status, "200", "503");
    let words = serde_json::to_string(&reason).map_err(Problem::fault)?;
    for (at, row) in states.iter().enumerate() {
        tx.exec_in(
            probe.client,
            "insert into watch_states (probe_id, since, client_id, service_id, until_at, state, reason, told_at)
             values ($1, $2, {client}, $3, $4, $5, $6, $2)",
            args![
                probe.id,
                row.since,
                probe.service,
                row.until,
                row.state.word(),
                (row.state != State::Up).then_some(words.as_str())
            ],
        )
        .await?;
        if let Some(before) = at.checked_sub(1).and_then(|before| states.get(before)) {
            tx.record(about, changed(probe, before.state, row, &reason)).await?;
        }
    }
    Ok(())
}

fn changed(probe: &Probe, from: State, to: &Lasted, reason: &Reason) -> Fact {
    let down = to.state != State::Up;
    Fact::ProbeStateChanged {
        probe: probe.id,
        name: probe.name.clone(),
        from: from.word().to_owned(),
        to: to.state.word().to_owned(),
        since: to.since,
        reason: if down { reason.sentence() } else { String::new() },
    }
}

async fn write_standing(tx: &mut Tx, probe: &Probe, past: &Past, today: i64) -> Result<(), Problem> {
    let since = past.states.last().map_or(probe.created_at, |row| row.since);
    let standing = judge(Standing::new(since), since, &Verdict::Good, &probe.plan);
    let standing = serde_json::to_string(&standing).map_err(Problem::fault)?;
    let checked = past.hours.last().map(|hour| hour.last_at);
    let micros =
        past.hours.last().and_then(|hour| hour.last_micros).and_then(|micros| i64::try_from(micros).ok());
    tx.exec(
        "update watch_standings set state = 'up', since = $2, reason = null, standing = $3, row_state = 'up',
         row_since = $2, checked_at = $4, micros = $5, folded_day = $6 where {wall} and probe_id = $1",
        args![probe.id, since, standing, checked, micros, today - 1],
    )
    .await?;
    Ok(())
}

/// Numbers that look random and are always the same (Marsaglia, "Xorshift RNGs", 2003): a past needs no secrets.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most.max(1)
    }
}

/// For a message: how long a past is.
impl std::fmt::Display for Seeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Seeded { probes, days, checks, outages } = self;
        write!(f, "{probes} probes, {days} days, {checks} checks, {outages} outages")
    }
}

#[cfg(test)]
mod tests;
