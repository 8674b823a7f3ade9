//! `respond.alerts`: reads what was judged, and opens, joins, reopens and resolves incidents.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::task::{Answer, Status, Task};
use kernel::{About, ClientId, Fact, IncidentId, Problem, Recorded, Scope, ServiceId, Stage};
use store::{Db, Tx};

use crate::acts::{self, Opening};
use crate::below::Below;
use crate::model::{Alert, Incident, Severity};
use crate::rules::incident::{self as rules, Candidate, Does};
use crate::store::incident::{self, Joining};

/// Facts read at once: a burst of a thousand alerts is two transactions.
const BATCH: u32 = 500;
/// The longest title made of an alert, characters: about what a phone shows of a subject in two lines.
const TITLE: usize = 100;
/// The name of the task and of its cursor.
const NAME: &str = "respond.alerts";

/// Opens and closes incidents as alerts come and go.
pub struct Alerts {
    /// The database.
    pub db: Db,
    /// What parts need each other.
    pub below: Arc<dyn Below>,
    /// How long all alerts of an incident must stay cleared before it is resolved by itself.
    pub quiet_for: SignedDuration,
    /// The domain of `Message-ID`s.
    pub mail_domain: String,
}

/// What one transaction knows of incidents.
struct Known {
    candidates: Vec<Candidate>,
    needs: HashMap<ServiceId, Vec<(String, String)>>,
    loaded: HashMap<IncidentId, Incident>,
    touched: u64,
}

impl Alerts {
    async fn read_facts(&self, scope: &Scope) -> Result<(u64, usize), Problem> {
        let feed = self.db.feed(scope, NAME, BATCH).await?;
        let Some(last) = feed.last().map(|fact| fact.seq) else { return Ok((0, 0)) };
        let needs = self.needs(scope, &feed).await?;
        let mut tx = self.db.write(NAME, scope).await?;
        let now = scope.now();
        let needed = feed.iter().any(|fact| matches!(fact.fact, Fact::AlertRaised { .. }));
        let candidates = if needed {
            incident::candidates(&mut tx, now - rules::REOPEN_WITHIN).await?
        } else {
            Vec::new()
        };
        let mut known = Known { candidates, needs, loaded: HashMap::new(), touched: 0 };
        for recorded in &feed {
            handle(&mut tx, &mut known, recorded, now).await?;
        }
        for changed in known.loaded.values() {
            acts::save_as_is(&mut tx, changed).await?;
        }
        tx.advance(NAME, last).await?;
        tx.commit().await?;
        Ok((known.touched, feed.len()))
    }

    /// What the parts of the services need that these facts raise alerts on.
    async fn needs(
        &self,
        scope: &Scope,
        feed: &[Recorded],
    ) -> Result<HashMap<ServiceId, Vec<(String, String)>>, Problem> {
        let mut known = HashMap::new();
        for recorded in feed.iter().filter(|one| matches!(one.fact, Fact::AlertRaised { .. })) {
            let Some(service) = recorded.about.service else { continue };
            if let Entry::Vacant(unread) = known.entry(service) {
                unread.insert(self.below.needs(scope, service).await?);
            }
        }
        Ok(known)
    }

    async fn resolve_quiet(&self, scope: &Scope) -> Result<(u64, Option<Timestamp>), Problem> {
        let now = scope.now();
        let quiet = incident::quiet(&self.db, scope).await?;
        // Quiet since what is now the future: the clock was set back, and the wait starts now.
        let wants = |since: Timestamp| rules::is_over(since, self.quiet_for, now) || since > now;
        let (over, waiting): (Vec<_>, Vec<_>) = quiet.into_iter().partition(|(_, since)| wants(*since));
        let next = waiting.first().map(|(_, since)| *since + self.quiet_for);
        if over.is_empty() {
            return Ok((0, next));
        }
        let mut tx = self.db.write("respond.resolve", scope).await?;
        let mut resolved = 0;
        for (id, _) in over {
            // An alert may have come back between reading and writing.
            let mut incident = acts::load(&mut tx, id).await?;
            let Some(since) = incident.quiet_since else { continue };
            if rules::is_over(since, self.quiet_for, now) {
                acts::resolve(&mut tx, id, None, "alerts-cleared".to_owned(), &self.mail_domain).await?;
                resolved += 1;
            } else if since > now {
                incident.quiet_since = Some(now);
                acts::save_as_is(&mut tx, &incident).await?;
            }
        }
        tx.commit().await?;
        Ok((resolved, next))
    }
}

async fn handle(tx: &mut Tx, known: &mut Known, recorded: &Recorded, now: Timestamp) -> Result<(), Problem> {
    match &recorded.fact {
        Fact::AlertRaised { alert, probe, title, reason, severity, cause, since, objective } => {
            let About { client: Some(client), service: Some(service) } = recorded.about else {
                tracing::error!(%alert, "alert {alert} is about no service, so nobody can be paged for it");
                return Ok(());
            };
            if incident::knows_alert(tx, *alert).await? {
                return Ok(());
            }
            let alert = Alert {
                id: *alert,
                // Replaced below by the incident it belongs to.
                incident_id: <IncidentId as kernel::Id>::from_u128(0),
                probe_id: *probe,
                objective_id: *objective,
                title: title.clone(),
                reason: reason.clone(),
                severity: Severity::new(*severity),
                since: *since,
                cleared_at: None,
            };
            known.touched += 1;
            raised(tx, known, Place { client, service, at: recorded.at.min(now) }, cause, alert).await
        }
        Fact::AlertCleared { alert, .. } => {
            if let Some((id, title, left)) = incident::clear_alert(tx, *alert, recorded.at).await? {
                let incident = loaded(tx, known, id).await?;
                if left == 0 && incident.state.is_open() {
                    incident.quiet_since = Some(now);
                }
                let about = About::service(incident.client_id, incident.service_id);
                tx.record(about, Fact::AlertLeft { incident: id, alert: *alert, title }).await?;
                known.touched += 1;
            }
            Ok(())
        }
        // Every other fact is somebody else's.
        _ => Ok(()),
    }
}

/// Where and when an alert was raised.
#[derive(Clone, Copy)]
struct Place {
    client: ClientId,
    service: ServiceId,
    at: Timestamp,
}

async fn raised(
    tx: &mut Tx,
    known: &mut Known,
    place: Place,
    cause: &str,
    mut alert: Alert,
) -> Result<(), Problem> {
    let now = tx.scope().now();
    let needs = known.needs.get(&place.service).map(Vec::as_slice).unwrap_or_default();
    let near = rules::hangs_with(cause, needs);
    match rules::on_alert(place.service, cause, &near, &known.candidates, now) {
        Does::Opens => {
            let opening = Opening {
                client: place.client,
                service: place.service,
                title: title_of(&alert),
                severity: alert.severity,
                cause: cause.to_owned(),
                by_us: true,
                since: alert.since,
            };
            let incident = acts::open(tx, opening).await?;
            known.candidates.push(Candidate {
                id: incident.id,
                service: place.service,
                cause: cause.to_owned(),
                state: incident.state.clone(),
                opened_at: incident.opened_at,
            });
            alert.incident_id = incident.id;
            insert(tx, place, alert).await?;
        }
        Does::Joins(id) => join(tx, known, place, id, alert).await?,
        Does::Reopens(id) => {
            let reopened = acts::reopen(tx, id, "same-cause").await?;
            known.loaded.remove(&id);
            retitle(tx, &reopened, &alert).await?;
            if let Some(candidate) = known.candidates.iter_mut().find(|one| one.id == id) {
                candidate.state = reopened.state;
            }
            join(tx, known, place, id, alert).await?;
        }
    }
    Ok(())
}

/// A cause that comes back may fail in another way: the title says how it fails now, unless a person said it better.
async fn retitle(tx: &mut Tx, reopened: &Incident, alert: &Alert) -> Result<(), Problem> {
    let earlier = incident::words_of_alerts(tx, reopened.id).await?;
    if earlier.iter().any(|(title, reason)| title_from(title, reason) == reopened.title) {
        acts::rename(tx, reopened.id, &title_of(alert)).await?;
    }
    Ok(())
}

fn title_of(alert: &Alert) -> String {
    title_from(&alert.title, &alert.reason)
}

/// What an incident is called until a person says it better: what fails, and how.
fn title_from(what: &str, how: &str) -> String {
    let title = if how.is_empty() || what.contains(how) { what.to_owned() } else { format!("{what}: {how}") };
    if title.chars().count() <= TITLE {
        title
    } else {
        title.chars().take(TITLE - 1).chain(['…']).collect()
    }
}

async fn join(
    tx: &mut Tx,
    known: &mut Known,
    place: Place,
    id: IncidentId,
    mut alert: Alert,
) -> Result<(), Problem> {
    let about = About::service(place.client, place.service);
    let (alert_id, title, severity) = (alert.id, alert.title.clone(), alert.severity);
    alert.incident_id = id;
    insert(tx, place, alert).await?;
    let incident = loaded(tx, known, id).await?;
    incident.quiet_since = None;
    let from = incident.severity;
    let worse = rules::worsened(from, severity);
    if let Some(to) = worse {
        incident.severity = to;
    }
    tx.record(about, Fact::AlertJoined { incident: id, alert: alert_id, title: title.clone() }).await?;
    if let Some(to) = worse {
        let fact =
            Fact::SeverityChanged { incident: id, from: from.number(), to: to.number(), reason: title };
        tx.record(about, fact).await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, place: Place, alert: Alert) -> Result<(), Problem> {
    let joining = Joining { alert, client_id: place.client, service_id: place.service, raised_at: place.at };
    incident::insert_alert(tx, &joining).await?;
    Ok(())
}

async fn loaded<'k>(tx: &mut Tx, known: &'k mut Known, id: IncidentId) -> Result<&'k mut Incident, Problem> {
    match known.loaded.entry(id) {
        Entry::Occupied(held) => Ok(held.into_mut()),
        Entry::Vacant(free) => Ok(free.insert(acts::load(tx, id).await?)),
    }
}

impl Task for Alerts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn stage(&self) -> Stage {
        Stage::Act
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let (touched, read) = self.read_facts(scope).await?;
            let (resolved, next) = self.resolve_quiet(scope).await?;
            let more = u64::from(read == BATCH as usize);
            let note = format!("{touched} alerts handled, {resolved} incidents resolved");
            Ok(Status::done(touched + resolved, note).left(more).next_at(next))
        })
    }
}
