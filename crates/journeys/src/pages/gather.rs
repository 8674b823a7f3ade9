//! The counts of a journey over days: folded days from the roll-ups, today from the lake itself, and all of it from
//! the lake when something is asked that is not folded.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::lake::{Field, FunnelCounts, Group, Lake, People, Question};
use kernel::{Problem, Scope};
use std::sync::Arc;
use web::Site;

use crate::model::{Journey, TOP_VALUES};
use crate::rules::days::{bounds, day_of, days_between, hours};
use crate::store::{self as tables, Hour};
use crate::tasks::fold::{add_up, among};

/// Days without a roll-up that are asked for at once: yesterday until it is folded, and one more.
const MAX_UNFOLDED: usize = 2;

/// A day of a journey.
#[derive(Debug, Clone)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// When it begins.
    pub begins: Timestamp,
    /// Its counts; none when nothing is known of it.
    pub counts: Option<FunnelCounts>,
}

/// The counts over a stretch of days.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// All of it.
    pub whole: FunnelCounts,
    /// Every day.
    pub days: Vec<Day>,
    /// Starts and completions by the hour of the last day, when that is today.
    pub hours: Vec<Hour>,
    /// Days that are not folded yet, and so are missing.
    pub pending: usize,
}

/// What is asked of the lake right now, at the scope's time.
pub struct Asking<'a> {
    /// Where events are.
    pub lake: &'a Arc<dyn Lake>,
    /// Who asks.
    pub scope: &'a Scope,
    /// Who is counted.
    pub people: People,
}

impl Asking<'_> {
    /// The funnel between two instants, by cells or by a field.
    pub async fn funnel(
        &self,
        journey: &Journey,
        (from, until): (Timestamp, Timestamp),
        cells: Vec<Timestamp>,
        by: Option<Field>,
    ) -> Result<Vec<kernel::lake::FunnelCell>, Problem> {
        let mut rows = among(journey, from, until);
        rows.people = self.people;
        let mut ask = journey.funnel(rows, self.scope.now());
        ask.cells = cells;
        ask.by = by;
        match self.lake.ask(self.scope, Question::Funnel(ask)).await {
            Ok(reply) => Ok(reply.funnel()),
            Err(problem) if problem.kind == kernel::Kind::NotFound => Ok(Vec::new()),
            Err(problem) => Err(problem),
        }
    }

    async fn day(&self, journey: &Journey, day: Date) -> Result<crate::tasks::fold::Whole, Problem> {
        let zone = journey.zone();
        let cells = hours(day, &zone);
        let count = cells.len();
        Ok(add_up(self.funnel(journey, bounds(day, &zone), cells, None).await?, count))
    }
}

/// The counts from one day to another, both included.
pub async fn stretch(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
    (from, to): (Date, Date),
    people: People,
) -> Result<Stretch, Problem> {
    let (zone, asking) = (journey.zone(), Asking { lake: &site.lake, scope, people });
    let today = day_of(scope.now(), &zone);
    if people != People::People {
        return from_events(&asking, journey, (from, to)).await;
    }
    let folds = tables::folded(&site.db, scope, journey.id);
    let rows = tables::days(&site.db, scope, journey.id, None, from, to);
    let live = async {
        match from <= today && today <= to {
            true => asking.day(journey, today).await.map(Some),
            false => Ok(None),
        }
    };
    let (folds, rows, live) = futures::join!(folds, rows, live);
    let (folds, live) = (folds?, live?);
    let print = journey.fingerprint();
    let mut known: HashMap<Date, FunnelCounts> = rows?.into_iter().map(|row| (row.day, row.counts)).collect();
    // Counts of what the journey was before it changed are counts of something else.
    known.retain(|day, _| folds.get(day).is_some_and(|fold| fold.fingerprint == print));
    let mut out = Stretch::default();
    if let Some(live) = live {
        known.insert(today, live.counts);
        out.hours = live.hours;
    }
    let missing = missing(site, scope, journey, (from, to.min(today)), &known).await?;
    out.pending = missing.len();
    if missing.len() <= MAX_UNFOLDED {
        for day in missing {
            known.insert(day, asking.day(journey, day).await?.counts);
            out.pending -= 1;
        }
    }
    for day in days_between(from, to) {
        let counts = known.remove(&day);
        if let Some(counts) = &counts {
            out.whole.merge(counts);
        }
        out.days.push(Day { day, begins: bounds(day, &zone).0, counts });
    }
    Ok(out)
}

/// Days of which the lake holds rows and nobody has counted them yet.
async fn missing(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
    (from, to): (Date, Date),
    known: &HashMap<Date, FunnelCounts>,
) -> Result<Vec<Date>, Problem> {
    let open: Vec<Date> = days_between(from, to).into_iter().filter(|day| !known.contains_key(day)).collect();
    if open.is_empty() {
        return Ok(open);
    }
    let versions = versions(site, scope, journey).await?;
    let zone = journey.zone();
    let has_rows = |day: &Date| {
        let (begins, ends) = bounds(*day, &zone);
        crate::rules::days::has_rows(&versions, begins, ends)
    };
    Ok(open.into_iter().filter(has_rows).collect())
}

async fn versions(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
) -> Result<BTreeMap<Timestamp, u64>, Problem> {
    let table = kernel::lake::Table::Events;
    let question = Question::Days { client: journey.client, service: journey.service, table };
    match site.lake.ask(scope, question).await {
        Ok(reply) => Ok(reply.days().into_iter().map(|state| (state.day, state.version)).collect()),
        Err(problem) if problem.kind == kernel::Kind::NotFound => Ok(BTreeMap::new()),
        Err(problem) => Err(problem),
    }
}

/// Everything from the lake, a cell a day: for programs, of whom nothing is folded.
async fn from_events(
    asking: &Asking<'_>,
    journey: &Journey,
    (from, to): (Date, Date),
) -> Result<Stretch, Problem> {
    let zone = journey.zone();
    let days = days_between(from, to);
    let cells: Vec<Timestamp> = days.iter().map(|day| bounds(*day, &zone).0).collect();
    let span = (bounds(from, &zone).0, bounds(to, &zone).1);
    let mut out = Stretch::default();
    let mut found: HashMap<u32, FunnelCounts> = HashMap::new();
    for cell in asking.funnel(journey, span, cells, None).await? {
        if cell.group == Group::All {
            out.whole.merge(&cell.counts);
            found.entry(cell.cell).or_default().merge(&cell.counts);
        }
    }
    for (place, day) in days.into_iter().enumerate() {
        let counts = u32::try_from(place).ok().and_then(|place| found.remove(&place));
        out.days.push(Day { day, begins: bounds(day, &zone).0, counts });
    }
    Ok(out)
}

/// The counts of a stretch told apart by a field.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The parts, most units first, the rest last.
    pub parts: Vec<(Group, FunnelCounts)>,
    /// Whether they were counted from events just now, because their days are not folded by this field.
    pub from_events: bool,
}

/// The counts from one day to another told apart by a field.
pub async fn parts(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
    (from, to): (Date, Date),
    field: &Field,
    people: People,
) -> Result<Parts, Problem> {
    let (zone, asking) = (journey.zone(), Asking { lake: &site.lake, scope, people });
    let today = day_of(scope.now(), &zone);
    let folded = people == People::People && journey.segments.contains(field);
    let mut sums: BTreeMap<Group, FunnelCounts> = BTreeMap::new();
    let first = if folded { today } else { from };
    if folded {
        let folds = tables::folded(&site.db, scope, journey.id).await?;
        let print = journey.fingerprint();
        for row in tables::days(&site.db, scope, journey.id, Some(field), from, to).await? {
            let counts = folds.get(&row.day).is_some_and(|fold| fold.fingerprint == print) && row.day < today;
            if counts {
                sums.entry(row.group).or_default().merge(&row.counts);
            }
        }
    }
    if first <= to {
        let span = (bounds(first.max(from), &zone).0, bounds(to, &zone).1);
        for cell in asking.funnel(journey, span, Vec::new(), Some(field.clone())).await? {
            if cell.group != Group::All {
                sums.entry(cell.group).or_default().merge(&cell.counts);
            }
        }
    }
    let rest = sums.remove(&Group::Rest);
    let mut parts: Vec<(Group, FunnelCounts)> = sums.into_iter().collect();
    let started = |counts: &FunnelCounts| counts.reached.first().copied().unwrap_or(0);
    parts.sort_by_key(|(_, counts)| std::cmp::Reverse(started(counts)));
    // The most common values differ from day to day: over weeks there are more of them than any day had.
    let mut others = rest.unwrap_or_default();
    for (_, counts) in parts.drain(parts.len().min(TOP_VALUES as usize)..) {
        others.merge(&counts);
    }
    if started(&others) > 0 {
        parts.push((Group::Rest, others));
    }
    Ok(Parts { parts, from_events: !folded })
}
