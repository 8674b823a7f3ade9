//! What `cargo xtask bench lake` runs: makes the events of the bench as day files, and answers one question over
//! them, saying what it took. Everything follows from the seed, so that two runs and the peers see the same rows.
#![expect(clippy::print_stdout, reason = "it speaks to the bench in JSON")]
#![expect(clippy::disallowed_methods, reason = "it measures real time; nothing here ships")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{
    Among, CountAsk, Device, Event, Field, FunnelAsk, Group, Looks, Match, MeasureAsk, Measured, Order,
    Origin, People, Question, Reply, Rows, StepAsk, Table, Test, Unit,
};
use kernel::{Id as _, Problem};
use lake::query::{self, FileSource, Limits, Source};
use lake::table;
use serde_json::{Value, json};

/// 1 September 2026.
const BEGIN: i64 = 1_788_220_800;
const DAY: i64 = 86_400;
/// Events of a visit on average, visits of a visitor on average: 20 events of a visitor.
const VISITS: u64 = 4;
/// The four steps of the funnel, among 50 names.
const STEPS: [&str; 4] = ["apply", "form sent", "payment started", "done"];
const SLICE: usize = 100_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["make", folder, visitors, days] => make(Path::new(folder), number(visitors), number(days)),
        ["ask", question, folder, times] => ask(question, Path::new(folder), number(times), 0),
        ["ask", question, folder, times, days] => {
            ask(question, Path::new(folder), number(times), number(days))
        }
        _ => Err(Problem::fault("make FOLDER VISITORS DAYS, or ask QUESTION FOLDER TIMES [DAYS]")),
    };
    match told {
        Ok(value) => {
            println!("{value}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            println!("{problem:?}");
            ExitCode::FAILURE
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or(0)
}

/// Numbers that look like chance: SplitMix64.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.roll()) * u128::from(end)) >> 64) as u64
    }

    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Small numbers are common, large ones rare.
    fn skewed(&mut self, end: u64) -> u64 {
        ((end as f64 + 1.0).powf(self.share()) - 1.0) as u64
    }
}

fn made(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::fault(problem)
}

/// One file for each day, in the order of files.
fn make(folder: &Path, visitors: u64, days: u64) -> Result<Value, Problem> {
    std::fs::create_dir_all(folder).map_err(made)?;
    // What a visitor is known by, in the order of files, with where their chances begin.
    let mut all: Vec<(u64, u64)> = (0..visitors).map(|one| (Dice(one ^ 0x5eed).roll() | 1, one)).collect();
    all.sort_unstable();
    let next = std::sync::atomic::AtomicU64::new(0);
    let rows = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        let work = || -> Result<(), Problem> {
            loop {
                let day = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if day >= days {
                    return Ok(());
                }
                let of_day = day_file(folder, &all, day, days)?;
                rows.fetch_add(of_day, std::sync::atomic::Ordering::Relaxed);
            }
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| made("a thread ended early"))?)
    })?;
    let bytes: u64 = files(folder)?.iter().map(|(file, _)| file.bytes).sum();
    Ok(json!({ "rows": rows.into_inner(), "bytes": bytes }))
}

fn day_file(folder: &Path, visitors: &[(u64, u64)], day: u64, days: u64) -> Result<u64, Problem> {
    let path = folder.join(format!("{day:03}.parquet"));
    let out = std::fs::File::create(&path).map_err(made)?;
    let mut writer = parquet::arrow::ArrowWriter::try_new(
        out,
        table::schema(Table::Events),
        Some(table::properties(Table::Events)),
    )
    .map_err(made)?;
    let mut rows = 0;
    let mut events: Vec<Event> = Vec::new();
    let mut write = |events: &mut Vec<Event>| -> Result<(), Problem> {
        rows += events.len() as u64;
        let batch = table::batch(&Rows::Events(std::mem::take(events)));
        // These days are over for more than 48 hours, so their files hold no keys.
        writer.write(&table::without_keys(&batch)).map_err(made)
    };
    for (number, seed) in visitors {
        let mut dice = Dice(*seed);
        for visit in 0..1 + dice.skewed(2 * VISITS + 3) {
            let on = dice.below(days);
            let chances = Dice(dice.roll() ^ visit);
            if on == day {
                a_visit(*number, day, chances, &mut events);
            }
        }
        if events.len() >= SLICE {
            write(&mut events)?;
        }
    }
    write(&mut events)?;
    writer.close().map_err(made)?;
    Ok(rows)
}

fn a_visit(visitor: u64, day: u64, mut dice: Dice, events: &mut Vec<Event>) {
    let pick = |dice: &mut Dice, words: &[&str]| words[dice.skewed(words.len() as u64) as usize].to_owned();
    let mut of_visitor = Dice(visitor);
    let device = [Device::Mobile, Device::Desktop, Device::Tablet][of_visitor.skewed(3) as usize];
    let browser = pick(&mut of_visitor, &["Chrome", "Safari", "Firefox", "Edge", "Samsung"]);
    let os = pick(&mut of_visitor, &["Android", "iOS", "Windows", "macOS", "Linux"]);
    let language = pick(&mut of_visitor, &["nl", "en", "de", "tr", "pl", "ar"]);
    let bot = if of_visitor.below(100) < 3 { "agent" } else { "" };
    let campaign = dice.below(10);
    let visit = dice.roll() | 1;
    let applies = dice.below(100) < 35;
    let most = 2 + dice.skewed(13);
    let mut step = 0;
    let mut micros = (dice.skewed(24) * 3_600 + dice.below(3_000)) as i64 * 1_000_000;
    for _ in 0..most {
        micros += dice.below(1_000_000) as i64 + dice.skewed(180_000_000) as i64;
        let at = (BEGIN + day as i64 * DAY) * 1_000_000 + micros.min(DAY * 1_000_000 - 1);
        let goes_on = applies && step < STEPS.len() && dice.below(100) < 70;
        let name = if goes_on {
            step += 1;
            STEPS[step - 1].to_owned()
        } else if dice.below(100) < 60 {
            "pageview".to_owned()
        } else {
            format!("event {}", dice.skewed(45))
        };
        let instant = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        // Most senders say no time of their own; the others differ by whole milliseconds.
        let delay = if dice.below(5) == 0 { dice.below(300) as i64 } else { 0 };
        let value = (dice.below(10) < 8).then(|| (40.0 * (4.0 * dice.share()).exp()).round());
        let method = ["card", "ideal", "transfer"][dice.skewed(3) as usize];
        events.push(Event {
            client: kernel::ClientId::from_u128(1),
            service: kernel::ServiceId::from_u128(2),
            at: instant,
            received_at: instant.saturating_add(SignedDuration::from_millis(delay)).unwrap_or(instant),
            key: u128::from(dice.roll()) << 64 | u128::from(dice.roll()),
            user: 0,
            visitor,
            visit,
            case: 0,
            path: format!("/page/{}", dice.skewed(200)),
            host: "permits.example".into(),
            referrer: if campaign == 0 { "search.example".into() } else { String::new() },
            source: if campaign < 2 { "newsletter".into() } else { String::new() },
            medium: if campaign < 2 { "mail".into() } else { String::new() },
            campaign: if campaign < 2 { format!("week {}", day / 7) } else { String::new() },
            device,
            browser: browser.clone(),
            os: os.clone(),
            language: language.clone(),
            channel: kernel::lake::Channel::Web,
            release: format!("1.{}", day / 5),
            bot: bot.into(),
            origin: Origin::Tend,
            value,
            props: if name == "payment started" {
                vec![("method".into(), method.into())]
            } else {
                Vec::new()
            },
            name,
        });
    }
}

fn files(folder: &Path) -> Result<Vec<(FileSource, u64)>, Problem> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).map_err(made)?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let day = path.file_stem().map(|stem| number(&stem.to_string_lossy())).unwrap_or(0);
        let bytes = path.metadata().map_err(made)?.len();
        out.push((FileSource { path, bytes, rows: 0, from: day_at(day), until: last_of(day) }, day));
    }
    Ok(out)
}

fn day_at(day: u64) -> Timestamp {
    Timestamp::from_second(BEGIN + day as i64 * DAY).unwrap_or(Timestamp::MAX)
}

fn last_of(day: u64) -> Timestamp {
    day_at(day + 1).saturating_sub(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX)
}

fn question(name: &str, days: u64) -> Option<Question> {
    let among = |from: u64, until: u64| Among {
        client: kernel::ClientId::from_u128(1),
        service: kernel::ServiceId::from_u128(2),
        from: day_at(from),
        until: day_at(until),
        people: People::People,
        only: Vec::new(),
    };
    let funnel = |from, until, unit, steps: Vec<StepAsk>| {
        Question::Funnel(FunnelAsk {
            among: among(from, until),
            unit,
            steps,
            window: SignedDuration::from_mins(30),
            order: Order::Ordered,
            exclusions: Vec::new(),
            endings: Vec::new(),
            now: day_at(10_000),
            cells: Vec::new(),
            by: None,
            top: 0,
        })
    };
    let named = || STEPS.map(|name| StepAsk { looks: Looks::named(name), optional: false }).to_vec();
    let hours = || {
        (0..days * 24).filter_map(|hour| day_at(0).checked_add(SignedDuration::from_hours(hour as i64)).ok())
    };
    let count = |cells, by, distinct| {
        Question::Count(CountAsk {
            among: among(0, days),
            looks: None,
            unit: Unit::Visitor,
            cells,
            by,
            top: 50,
            distinct,
        })
    };
    let measure = |cells| {
        Question::Measure(MeasureAsk {
            among: among(0, days),
            measured: Measured::EventValue,
            cells,
            by: Some(Field::Name),
            top: 50,
        })
    };
    Some(match name {
        "funnel" => funnel(0, days, Unit::Visitor, named()),
        "funnel_by_visit" => funnel(0, days, Unit::Visit, named()),
        "funnel_by_path" => {
            let at = |pattern: &str| StepAsk {
                looks: Looks {
                    any: vec![vec![Test { field: Field::Path, is: Match::Like(pattern.into()) }]],
                },
                optional: false,
            };
            funnel(
                0,
                days,
                Unit::Visitor,
                vec![at("/page/1?"), at("/page/2?"), at("/page/3?"), at("/page/4?")],
            )
        }
        "funnel_day" => funnel(15, 16, Unit::Visitor, named()),
        "hourly" => count(hours().collect(), None, false),
        "hourly_by_name" => count(hours().collect(), Some(Field::Name), false),
        "visitors_daily" => count((0..days).map(day_at).collect(), None, true),
        "spread_by_name" => measure(Vec::new()),
        "hourly_spread_by_name" => measure(hours().collect()),
        _ => return None,
    })
}

/// Processor time of all threads until now, seconds.
fn cpu() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let ran = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    let nanos: u64 = ran.filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum();
    nanos as f64 / 1e9
}

fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn ask(name: &str, folder: &Path, times: u64, installed: u64) -> Result<Value, Problem> {
    let files = files(folder)?;
    let days = files.len() as u64;
    let mut sources: Vec<Source> = files.iter().map(|(file, _)| Source::File(file.clone())).collect();
    // An older installation: the same files once more, as days before.
    for day in days..installed {
        let (file, _) = &files[(day % days) as usize];
        let back = SignedDuration::from_hours(24 * (day / days * days) as i64);
        let moved = |at: Timestamp| at.saturating_sub(back).unwrap_or(at);
        sources.push(Source::File(FileSource {
            from: moved(file.from),
            until: moved(file.until),
            ..file.clone()
        }));
    }
    let question = question(name, days).ok_or_else(|| made(format!("no question {name}")))?;
    let limits = Limits { bytes: 256 << 20, stop: Arc::new(AtomicBool::new(false)) };
    let mut took = Vec::new();
    let mut answer = Value::Null;
    for _ in 0..times.max(1) {
        let (before, began) = (cpu(), Instant::now());
        let reply = query::run(&question, &sources, &limits)?;
        took.push(json!({ "cpu_seconds": cpu() - before, "wall_seconds": began.elapsed().as_secs_f64() }));
        answer = short(reply);
    }
    Ok(json!({ "runs": took, "rss_peak": peak(), "answer": answer }))
}

/// What can be compared with the answers of others.
fn short(reply: Reply) -> Value {
    match reply {
        Reply::Funnel(cells) => json!(cells[0].counts.reached),
        Reply::Count(counted) => {
            let all = counted.iter().filter(|one| one.group == Group::All);
            let (events, units) =
                all.fold((0, 0), |sum, one| (sum.0 + one.events, sum.1 + one.units.unwrap_or(0)));
            json!({ "lines": counted.len(), "events": events, "units": units })
        }
        Reply::Measure(measures) => {
            let shown = |measure: &kernel::lake::Measure| {
                let quantile = |share| measure.sketch.quantile(share);
                json!([measure.group, measure.sketch.count, quantile(0.5), quantile(0.95)])
            };
            json!({
                "lines": measures.len(),
                "events": measures.iter().filter(|one| one.group == Group::All).map(|one| one.sketch.count).sum::<u64>(),
                "first": measures.get(1).map(shown),
            })
        }
        _ => Value::Null,
    }
}
