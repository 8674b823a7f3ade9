//! A realistic past for benchmarks and demonstrations: probes of a service with days of results, as the runner and
//! the folding would have left them. Written straight into the tables; no fact is told of it.

use jiff::{SignedDuration, Timestamp};
use kernel::{ClientId, ProbeId, Problem, Scope, ServiceId};
use store::{Db, args};

use crate::model::{Http, Plan, Reason, Span, Standing, State, Target, What};
use crate::rules::history::{
    Cell, Counted, DAY, HOUR, Lasted, Spent, day_of, day_start, hour_start, plus, put_day, service_spent,
    spent, write_cells,
};
use crate::rules::state;
use crate::store::{self as tables, Hour, ProbeDraft};
use crate::tasks::day_row;

/// How many probes are written in one transaction.
const PER_WRITE: usize = 20;

/// Random numbers that are the same for the same probe (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }
}

/// Gives each of these services an equal part of `probes` HTTP probes (every 30 s, at `url` and a number) with `days`
/// days of results up to now. Returns how many were added.
pub async fn seed(
    db: &Db,
    scope: &Scope,
    services: &[(ClientId, ServiceId)],
    url: &str,
    probes: usize,
    days: i64,
) -> Result<usize, Problem> {
    let mut added = 0;
    let mut histories: Vec<Vec<Vec<Lasted>>> = vec![Vec::new(); services.len()];
    while added < probes && !services.is_empty() {
        let mut tx = db.write_unaudited("watch.seed", scope).await?;
        for _ in 0..PER_WRITE.min(probes - added) {
            let place = added % services.len();
            let (client, service) = services[place];
            let draft = ProbeDraft {
                name: format!("page {added}"),
                plan: Plan::every(Span::seconds(30)),
                target: Target::Http(Http::get(format!("{url}{added}"))),
                component: None,
                environment: None,
                severity: 2,
                declared_in: None,
            };
            let probe = tables::add_probe(&mut tx, client, service, &draft).await?;
            let history = past(&mut tx, probe, client, service, days, added as u64).await?;
            histories[place].push(history);
            added += 1;
        }
        tx.commit().await?;
    }
    let mut tx = db.write_unaudited("watch.seed", scope).await?;
    for ((client, service), histories) in services.iter().zip(&histories) {
        let rows: Vec<&[Lasted]> = histories.iter().map(Vec::as_slice).collect();
        let strip = strip_of(|from, until| service_spent(&rows, from, until), scope.now(), days);
        tables::write_strip_of(&mut tx, *client, *service, &service.to_string(), &strip).await?;
    }
    tx.commit().await?;
    Ok(added)
}

fn strip_of(spent: impl Fn(Timestamp, Timestamp) -> Spent, now: Timestamp, days: i64) -> Vec<(i64, Spent)> {
    let today = day_of(now);
    let mut strip = Vec::new();
    for day in today - days + 1..=today {
        strip = put_day(strip, day, spent(day_start(day), day_start(day + 1).min(now)));
    }
    strip
}

/// A few outages, each some minutes long, about one a week.
fn outages(chance: &mut Chance, now: Timestamp, days: i64) -> Vec<Lasted> {
    let begins = plus(now, -days * DAY);
    let mut rows = vec![Lasted { state: State::Up, since: begins, until: None }];
    let mut at = begins;
    loop {
        let gap = 86_400 + i64::try_from(chance.next(12 * 86_400)).unwrap_or(0);
        let length = 120 + i64::try_from(chance.next(2_400)).unwrap_or(0);
        let state = if chance.next(3) == 0 { State::Degraded } else { State::Down };
        let since = at + SignedDuration::from_secs(gap);
        at = since + SignedDuration::from_secs(length);
        if at >= now {
            return rows;
        }
        for (state, since) in [(state, since), (State::Up, at)] {
            if let Some(last) = rows.last_mut() {
                last.until = Some(since);
            }
            rows.push(Lasted { state, since, until: None });
        }
    }
}

fn hour_cells(chance: &mut Chance, rows: &[Lasted], hour: Timestamp, now: Timestamp) -> Vec<(u16, Cell)> {
    let base = 40_000 + chance.next(20_000);
    let mut cells = Vec::new();
    for number in 0..12u16 {
        let mut cell = Cell::default();
        for check in 0..10i64 {
            let at = hour + SignedDuration::from_secs(i64::from(number) * 300 + check * 30);
            if at >= now {
                continue;
            }
            let holds = |row: &&Lasted| row.since <= at && row.until.is_none_or(|until| at < until);
            let state = rows.iter().find(holds).map_or(State::Up, |row| row.state);
            let noise = chance.next(100);
            let micros = base + noise * noise * 8;
            match state {
                State::Down => cell.add(Counted::Bad, None),
                State::Degraded => cell.add(Counted::Poor, Some(micros * 40)),
                _ => cell.add(Counted::Good, Some(micros)),
            }
        }
        if cell.checks() > 0 {
            cells.push((number, cell));
        }
    }
    cells
}

async fn past(
    tx: &mut store::Tx,
    probe: ProbeId,
    client: ClientId,
    service: ServiceId,
    days: i64,
    nth: u64,
) -> Result<Vec<Lasted>, Problem> {
    let now = tx.scope().now();
    let mut chance = Chance(nth.wrapping_mul(0x1234_5678_9abc_def1));
    let rows = outages(&mut chance, now, days);
    let number: Option<i64> =
        tx.one("select number from probes where {wall} and id = $1", args![probe], |row| row.get(0)).await?;
    let number = number.ok_or_else(|| Problem::not_found("probe"))?;
    let (today, last_hour) = (day_of(now), hour_start(now));
    for day in today - days + 1..=today {
        let mut hours = Vec::new();
        for n in 0..24 {
            let hour = plus(day_start(day), n * HOUR);
            if hour <= last_hour {
                let cells = hour_cells(&mut chance, &rows, hour, now);
                hours.push(Hour { number, hour, cells, last_at: hour, last_micros: Some(50_000) });
            }
        }
        if day < today
            && let Some(row) = day_row(day, &hours)
        {
            tables::write_day(tx, number, &row).await?;
        }
        for hour in hours.iter().filter(|hour| hour.hour > plus(now, -48 * HOUR)) {
            let last = plus(hour.hour, HOUR - 30_000_000).min(now);
            tx.exec(
                "insert into watch_hours (number, hour, cells, last_at, last_micros) values ($1, $2, $3, $4, $5)",
                args![number, hour.hour, write_cells(&hour.cells), last, hour.last_micros],
            )
            .await?;
        }
    }
    write_states(tx, probe, client, service, &rows).await?;
    let strip = strip_of(|from, until| spent(&rows, from, until), now, days);
    tables::write_strip_of(tx, client, service, &probe.to_string(), &strip).await?;
    tables::set_folded(tx, probe, today - 1).await?;
    Ok(rows)
}

async fn write_states(
    tx: &mut store::Tx,
    probe: ProbeId,
    client: ClientId,
    service: ServiceId,
    rows: &[Lasted],
) -> Result<(), Problem> {
    tx.exec("delete from watch_states where {wall} and probe_id = $1", args![probe]).await?;
    let reason = serde_json::to_string(&Reason::new(What::Status, "2xx", "503")).map_err(Problem::fault)?;
    for row in rows {
        let why = (row.state != State::Up).then_some(reason.as_str());
        tx.exec_in(
            client,
            "insert into watch_states (probe_id, since, client_id, service_id, until_at, state, reason, told_at)
             values ($1, $2, {client}, $3, $4, $5, $6, $2)",
            args![probe, row.since, service, row.until, row.state.word(), why],
        )
        .await?;
    }
    let Some(last) = rows.last() else { return Ok(()) };
    let now = tx.scope().now();
    let plan = Plan::every(Span::seconds(30));
    let standing = state::judge(Standing::new(last.since), last.since, &crate::model::Verdict::Good, &plan);
    let standing = serde_json::to_string(&standing).map_err(Problem::fault)?;
    tx.exec(
        "update watch_standings set state = 'up', since = $2, reason = null, standing = $3, row_state = 'up',
         row_since = $2, checked_at = $4, micros = 50000 where {wall} and probe_id = $1",
        args![probe, last.since, standing, now],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Id as _;
    use store::testing::each_db;

    use super::*;
    use crate::store::SCHEMA;

    #[tokio::test]
    async fn the_past_adds_up_and_is_small() {
        each_db(&[&SCHEMA], async |db, scope| {
            let service = (ClientId::from_u128(1), ServiceId::from_u128(2));
            assert_eq!(seed(&db, &scope, &[service], "https://x.example/", 3, 30).await.unwrap(), 3);
            let days = crate::days(&db, &scope, service.1, 30).await.unwrap();
            assert!(days[1..].iter().all(|day| day.good.total > 0));
            assert!(days[2..29].iter().all(|day| (86_390..=86_400).contains(&day.good.total)), "{days:?}");
            let rows = tables::days_since(&db, &scope, 1, 0).await.unwrap();
            let size: usize = rows.iter().map(|row| row.packed.len()).sum();
            assert!(size / rows.len() < 3_000, "{} bytes a day", size / rows.len());
        })
        .await;
    }
}
