//! What happens by itself: every series is forecast anew once an hour, one a round and off the request path, and
//! unexpected growth tells somebody when the owner wants it.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::store::{Ground, Tx};
use jiff::{SignedDuration, Timestamp};
use kernel::task::{Answer, Status, Task};
use kernel::{About, AlertId, ClientId, Fact, Id, JourneyId, Problem, Scope, ServiceId, Stage};

use super::rules::forecast::{Hour, MAX_HOURS, WEEK, forecast};
use super::rules::growth::{self, CAUSE, Fit, Kept, Standing};
use super::series::{self, hour_of};
use super::store::{self as tables, Fitted};

/// How often a series is fitted: its hours come one at a time.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// How bad unexpected growth is: somebody should look in working hours.
const SEVERITY: u8 = 4;

/// The tasks of the round.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    vec![Arc::new(Refit { ground: ground.clone() })]
}

/// A series that is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Which {
    client: ClientId,
    service: ServiceId,
    journey: Option<JourneyId>,
}

/// Forecasts one series that is due.
pub struct Refit {
    ground: Ground,
}

impl Task for Refit {
    fn name(&self) -> &'static str {
        "demand.refit"
    }
    fn stage(&self) -> Stage {
        Stage::Evaluate
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(1)
    }
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(self.refit(scope))
    }
}

impl Refit {
    async fn refit(&self, scope: &Scope) -> Result<Status, Problem> {
        let due = self.due(scope).await?;
        let Some((which, _)) = due.first() else { return Ok(Status::done(0, "nothing is due")) };
        let note = self.one(scope, *which).await?;
        Ok(Status::done(1, note).left(due.len() as u64 - 1))
    }

    /// The series whose hour is over, the one that waits longest first.
    async fn due(&self, scope: &Scope) -> Result<Vec<(Which, Option<Timestamp>)>, Problem> {
        let db = &self.ground.db;
        let now = scope.now();
        let fitted = tables::fitted_at(db, scope).await?;
        let mut wanted: BTreeSet<Which> = BTreeSet::new();
        for service in estate::services::all(db, scope).await? {
            wanted.insert(Which { client: service.client_id, service: service.id, journey: None });
        }
        for (client, service, journey) in tables::capacity_journeys(db, scope).await? {
            wanted.insert(Which { client, service, journey: Some(journey) });
        }
        let known: BTreeSet<(ServiceId, String)> =
            wanted.iter().map(|one| (one.service, word(one.journey))).collect();
        let gone: Vec<&(ServiceId, String)> = fitted.keys().filter(|key| !known.contains(key)).collect();
        if !gone.is_empty() {
            let mut tx = db.write("demand.forget", scope).await?;
            for (service, journey) in gone {
                tables::forget_fit(&mut tx, *service, journey).await?;
            }
            tx.commit().await?;
        }
        let mut due: Vec<(Which, Option<Timestamp>)> = wanted
            .into_iter()
            .map(|one| (one, fitted.get(&(one.service, word(one.journey))).copied()))
            // Once the hour after it is whole; and when the clock was set back.
            .filter(|(_, at)| at.is_none_or(|at| hour_of(at) + AGAIN <= now || at > now))
            .collect();
        due.sort_by_key(|(_, at)| *at);
        Ok(due)
    }

    async fn one(&self, scope: &Scope, which: Which) -> Result<String, Problem> {
        let db = &self.ground.db;
        let of = (which.client, which.service);
        let (series, _) = series::series(db, &*self.ground.lake, scope, of, which.journey, MAX_HOURS).await?;
        let ends = hour_of(scope.now());
        let since = ends - SignedDuration::from_hours(i64::try_from(MAX_HOURS).unwrap_or(0));
        let facts = tables::incident_facts(db, scope, which.service, since).await?;
        let masked = series.masked(&growth::incidents(&facts));
        let hours = padded(&masked, ends);
        // Seconds of one core; requests are answered meanwhile.
        let found =
            tokio::task::spawn_blocking(move || forecast(&hours, WEEK)).await.map_err(Problem::fault)?;
        let fit = match found {
            Ok(found) => Fit::Forecast(found),
            Err(why) => Fit::None(why),
        };
        let held = tables::fits(db, scope, which.service).await?;
        let held = held.into_iter().find(|one| one.journey == which.journey);
        let before = held.as_ref().map(|one| one.kept.standing).unwrap_or_default();
        let held_baseline = held.as_ref().and_then(|one| one.kept.baseline.clone());
        let standing = growth::judge(before, held_baseline.as_ref(), &masked);
        let baseline = growth::baseline(held_baseline, standing, &fit, ends);
        let note = format!("{}{}: {standing:?}", which.service, word(which.journey));
        let kept = Kept { ends, fit, baseline, standing };
        let raised = held.and_then(|one| one.raised);
        let plan = tables::plan(db, scope, which.service).await?;
        // One alert a service: the journeys that capacities name are parts of the same demand.
        let alerts = plan.settings.alerts && which.journey.is_none();
        let mut tx = db.write("demand.refit", scope).await?;
        let raised = tell(&mut tx, which, standing, raised, alerts).await?;
        let fitted_at = scope.now();
        let (service, journey) = (which.service, which.journey);
        let fitted = Fitted { service, journey, fitted_at, kept, raised };
        tables::write_fit(&mut tx, which.client, &fitted).await?;
        tx.commit().await?;
        Ok(note)
    }
}

/// The hours up to now: what is not counted yet is not known.
fn padded(series: &growth::Series, ends: Timestamp) -> Vec<Hour> {
    let mut hours = series.hours.clone();
    while !hours.is_empty() && series.at(hours.len()).is_some_and(|at| at < ends) {
        hours.push(None);
    }
    hours
}

fn word(journey: Option<JourneyId>) -> String {
    journey.map(|id| id.to_string()).unwrap_or_default()
}

/// Raises or clears the alert of a service's demand; returns the one that stands.
async fn tell(
    tx: &mut Tx,
    which: Which,
    standing: Standing,
    raised: Option<AlertId>,
    wanted: bool,
) -> Result<Option<AlertId>, Problem> {
    let about = About::service(which.client, which.service);
    match (standing, raised) {
        (Standing::More(out), None) if wanted => {
            let alert = AlertId::new(tx.scope());
            let fact = Fact::AlertRaised {
                alert,
                probe: None,
                title: "demand".into(),
                reason: format!(
                    "{:.0} an hour came where at most {:.0} were expected, for {} hours",
                    out.actual, out.limit, out.hours
                ),
                severity: SEVERITY,
                cause: format!("{CAUSE}{}", which.service),
                since: out.since,
                objective: None,
            };
            tx.record(about, fact).await?;
            Ok(Some(alert))
        }
        (Standing::More(_), raised) if wanted => Ok(raised),
        (_, Some(alert)) => {
            let reason = if wanted { "as many come as expected" } else { "nobody wants to be told" };
            let fact = Fact::AlertCleared { alert, probe: None, reason: reason.into(), objective: None };
            tx.record(about, fact).await?;
            Ok(None)
        }
        (_, None) => Ok(None),
    }
}
