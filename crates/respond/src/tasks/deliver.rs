//! `respond.deliver`: sends what is due, many at once, and records what the next hop said.
//!
//! Every delivery is marked `sending` in one commit before it leaves and gets its outcome in another after it.
//! A process that stops in between leaves `sending` behind; it is sent once more after a minute, with the same
//! `Message-ID`, and the timeline says so. While slow ones are still on their way, new ones are picked up.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use identity::deliver::{Content, SmsGateway};
use identity::model::Reachable;
use jiff::{SignedDuration, Timestamp};
use kernel::task::{Answer, Status, Task};
use kernel::world::{NotSent, Receipt, World};
use kernel::{
    About, DeliveryId, Fact, IncidentId, Paging, PersonId, Problem, Recorded, Scope, ServiceId, Stage,
};
use store::Db;
use tokio::sync::broadcast::error::RecvError;

use crate::below::{Below, Served};
use crate::letters::{Changed, Failed, PageLetter, Words, Writes};
use crate::model::{Incident, State};
use crate::rules::delivery::{After, after_failure};
use crate::store::delivery::{self, Delivery, DeliveryKind, DeliveryState, PageState};
use crate::store::incident;

/// Messages on their way at once.
const AT_ONCE: usize = 64;
/// The most one attempt may take. Below [`crate::rules::delivery::LEFT_BEHIND`], so that nothing is taken for
/// left behind that is still on its way.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long an acknowledge link holds.
pub const LINK_HOLDS: SignedDuration = SignedDuration::from_hours(24);
/// The purpose of an acknowledge link.
pub const ACKNOWLEDGE: &str = "respond.ack";
/// Before this long ago, what changed is no suspect.
const CHANGES_WITHIN: SignedDuration = SignedDuration::from_hours(6);
/// Suspects in a letter.
const MAX_CHANGES: usize = 5;
/// Failed things in a letter.
const MAX_FAILED: usize = 8;
/// The longest answer of a next hop that is kept, characters.
const MAX_SAID: usize = 500;
/// What stands in `said` of a delivery that is sent once more after a stop.
const INTERRUPTED: &str = "interrupted";
/// Times that new deliveries are picked up in one run; then the round comes back.
const MAX_REFILLS: u32 = 1_000;

/// Sends pages.
pub struct Deliver {
    /// The database.
    pub db: Db,
    /// The way out.
    pub world: Arc<dyn World>,
    /// Who people are.
    pub below: Arc<dyn Below>,
    /// Writes the letters.
    pub writes: Arc<dyn Writes>,
    /// The gateway for text messages; the operator's own settings when not given.
    pub sms: Option<SmsGateway>,
    /// The domain of `Message-ID`s.
    pub mail_domain: String,
}

/// What came of an attempt.
type Outcome = (Delivery, Result<Receipt, NotSent>);

/// What letters speak of, read once for a batch.
struct Gathered {
    incidents: HashMap<IncidentId, Incident>,
    services: HashMap<ServiceId, Served>,
    people: HashMap<PersonId, Reachable>,
    failed: HashMap<IncidentId, Vec<Failed>>,
    paged: HashMap<IncidentId, BTreeSet<PersonId>>,
    changes: HashMap<ServiceId, Vec<Changed>>,
    sms: Option<SmsGateway>,
}

/// A delivery on its way, with the proof in the database that it is.
struct Marked {
    delivery: Delivery,
    again: bool,
}

#[derive(Default)]
struct Count {
    sent: u64,
    failed: u64,
}

impl Deliver {
    /// Marks what is due as being sent. What was left behind a second time is given up.
    async fn mark(&self, scope: &Scope, on_their_way: &BTreeSet<DeliveryId>) -> Result<Vec<Marked>, Problem> {
        let room = AT_ONCE.saturating_sub(on_their_way.len());
        if room == 0 || !delivery::is_any_due(&self.db, scope, scope.now()).await? {
            return Ok(Vec::new());
        }
        let mut tx = self.db.write("respond.deliver", scope).await?;
        let now = scope.now();
        let due = delivery::due(&mut tx, now, AT_ONCE as u32).await?;
        let mut marked = Vec::new();
        let mut given_up = Vec::new();
        for mut one in due.into_iter().filter(|one| !on_their_way.contains(&one.id)).take(room) {
            let again = one.state == DeliveryState::Sending;
            if again && one.said.as_deref() == Some(INTERRUPTED) {
                one.state = DeliveryState::Failed;
                one.said = Some("interrupted-twice".to_owned());
                given_up.push(one);
                continue;
            }
            one.state = DeliveryState::Sending;
            one.attempts += 1;
            one.tried_at = Some(now);
            one.said = again.then(|| INTERRUPTED.to_owned());
            marked.push(Marked { delivery: one, again });
        }
        let all: Vec<Delivery> =
            marked.iter().map(|one| one.delivery.clone()).chain(given_up.iter().cloned()).collect();
        delivery::save(&mut tx, &all).await?;
        for one in &given_up {
            self.fail(&mut tx, one, "it was interrupted twice; it may or may not have arrived").await?;
        }
        tx.commit().await?;
        Ok(marked)
    }

    async fn gather(&self, scope: &Scope, marked: &[Marked]) -> Result<Gathered, Problem> {
        let ids: BTreeSet<IncidentId> = marked.iter().map(|one| one.delivery.incident_id).collect();
        let services: BTreeSet<ServiceId> = marked.iter().map(|one| one.delivery.service_id).collect();
        let incidents: HashMap<IncidentId, Incident> =
            incident::these(&self.db, scope, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
        let mut paged: HashMap<IncidentId, BTreeSet<PersonId>> = HashMap::new();
        for (incident, person) in delivery::paged_for(&self.db, scope, &ids).await? {
            paged.entry(incident).or_default().insert(person);
        }
        let mut failed: HashMap<IncidentId, Vec<Failed>> = HashMap::new();
        for alert in incident::alerts_of_these(&self.db, scope, &ids).await? {
            let list = failed.entry(alert.incident_id).or_default();
            if list.len() < MAX_FAILED {
                list.push(Failed { title: alert.title, reason: alert.reason });
            }
        }
        let mut people: BTreeSet<PersonId> = paged.values().flatten().copied().collect();
        people.extend(marked.iter().map(|one| one.delivery.person_id));
        let mut changes = HashMap::new();
        for service in &services {
            changes.insert(*service, changes_of(&self.db, scope, *service).await?);
        }
        let by_text = |one: &Marked| matches!(one.delivery.channel, identity::Channel::Sms { .. });
        let sms = match &self.sms {
            None if marked.iter().any(by_text) => identity::sms_gateway(&self.db, scope).await?,
            given => given.clone(),
        };
        Ok(Gathered {
            sms,
            incidents,
            services: self.below.services(scope, &services).await?,
            people: self.below.people(scope, &people).await?,
            failed,
            paged,
            changes,
        })
    }

    fn content(&self, gathered: &Gathered, marked: &Marked, now: Timestamp) -> Result<Content, Problem> {
        let one = &marked.delivery;
        let incident =
            gathered.incidents.get(&one.incident_id).ok_or_else(|| Problem::not_found("incident"))?;
        let person = gathered.people.get(&one.person_id).map(|reach| &reach.person);
        let letter = self.letter(gathered, marked, incident, now);
        let Words { subject, text, html } =
            self.writes.write(&letter, person.map_or("en", |person| person.language.as_str()))?;
        let thread = format!("<{}@{}>", incident.id, self.mail_domain);
        let link = letter.acknowledge_url.unwrap_or(letter.incident_url);
        Ok(Content {
            message_id: one.message_id.clone(),
            subject,
            text,
            html,
            link: Some(link),
            urgent: one.kind == DeliveryKind::Page,
            headers: vec![("In-Reply-To".into(), thread.clone()), ("References".into(), thread)],
        })
    }

    fn letter(
        &self,
        gathered: &Gathered,
        marked: &Marked,
        incident: &Incident,
        now: Timestamp,
    ) -> PageLetter {
        let one = &marked.delivery;
        let name = |id: &PersonId| gathered.people.get(id).map(|reach| reach.person.name.clone());
        let person = gathered.people.get(&one.person_id).map(|reach| &reach.person);
        let zone = person.map_or_else(|| "UTC".to_owned(), |person| person.zone.clone());
        let resolved = one.kind == DeliveryKind::Resolved;
        let reason = match &incident.state {
            State::Resolved { reason, .. } => reason.clone(),
            State::Open | State::Acknowledged { .. } => String::new(),
        };
        let acknowledge_url = one.page_id.filter(|_| !resolved).map(|page| {
            let token = self.writes.sign(ACKNOWLEDGE, &page.to_string(), now + LINK_HOLDS);
            self.writes.url(&format!("/a/{token}"))
        });
        PageLetter {
            resolved,
            number: incident.number,
            title: incident.title.clone(),
            service: gathered
                .services
                .get(&incident.service_id)
                .map_or_else(String::new, |service| service.name.clone()),
            severity: incident.severity,
            state: incident.state.word().to_owned(),
            since: incident.since,
            lasted_s: incident.duration(now).as_secs(),
            person: name(&one.person_id).unwrap_or_default(),
            since_text: clock_in(&zone, incident.since),
            zone,
            others: gathered
                .paged
                .get(&incident.id)
                .into_iter()
                .flatten()
                .filter(|id| **id != one.person_id)
                .filter_map(name)
                .collect(),
            failed: gathered.failed.get(&incident.id).cloned().unwrap_or_default(),
            changes: gathered.changes.get(&incident.service_id).cloned().unwrap_or_default(),
            acknowledge_url,
            incident_url: self.writes.url(&format!("/incidents/{}", incident.id)),
            reason,
            again: marked.again,
        }
    }

    async fn send(
        &self,
        delivery: Delivery,
        content: Result<Content, Problem>,
        sms: Option<SmsGateway>,
    ) -> Outcome {
        let outcome = match content {
            Ok(content) => {
                let sending = delivery.channel.deliver(&*self.world, sms.as_ref(), &content);
                tokio::time::timeout(PATIENCE, sending).await.unwrap_or_else(|_| {
                    Err(NotSent { again: true, what: "no answer within 45 seconds".to_owned() })
                })
            }
            Err(problem) => {
                tracing::error!(%problem, delivery = %delivery.id, "the letter {} cannot be written", delivery.id);
                Err(NotSent { again: true, what: "the letter could not be written".to_owned() })
            }
        };
        (delivery, outcome)
    }

    async fn record(&self, scope: &Scope, outcomes: Vec<Outcome>) -> Result<Count, Problem> {
        let mut tx = self.db.write("respond.delivered", scope).await?;
        let now = scope.now();
        let mut count = Count::default();
        for (mut one, outcome) in outcomes {
            let about = About::service(one.client_id, one.service_id);
            match outcome {
                Ok(receipt) => {
                    one.state = DeliveryState::Sent;
                    let said: String = receipt.said.chars().take(MAX_SAID).collect();
                    one.said = Some(said.clone());
                    delivery::save(&mut tx, std::slice::from_ref(&one)).await?;
                    count.sent += 1;
                    if let Some(page) = one.page_id {
                        let fact = Fact::PageSent {
                            incident: one.incident_id,
                            page,
                            delivery: one.id,
                            person: one.person_id,
                            channel: one.channel.word().to_owned(),
                            attempt: one.attempts,
                            said,
                        };
                        tx.record(about, fact).await?;
                    }
                }
                Err(not_sent) => {
                    let after = after_failure(not_sent.again, one.attempts, one.deadline_at, now);
                    let what: String = not_sent.what.chars().take(MAX_SAID).collect();
                    one.said = Some(what.clone());
                    count.failed += 1;
                    if let After::Again(next) = after {
                        (one.state, one.next_at) = (DeliveryState::Planned, next);
                        self.put_off(&mut tx, &mut one, &what).await?;
                    } else {
                        one.state = DeliveryState::Failed;
                        delivery::save(&mut tx, std::slice::from_ref(&one)).await?;
                        self.fail(&mut tx, &one, &what).await?;
                    }
                }
            }
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Tries again later, unless it was called off while it was on its way.
    async fn put_off(&self, tx: &mut store::Tx, one: &mut Delivery, what: &str) -> Result<(), Problem> {
        if let Some(why) = delivery::called_off(tx, one).await? {
            (one.state, one.said) = (DeliveryState::Cancelled, Some(why.to_owned()));
        }
        delivery::save(tx, std::slice::from_ref(one)).await?;
        self.tell_failure(tx, one, what, false).await
    }

    async fn fail(&self, tx: &mut store::Tx, one: &Delivery, what: &str) -> Result<(), Problem> {
        self.tell_failure(tx, one, what, true).await?;
        let Some(page) = one.page_id else { return Ok(()) };
        let now = tx.scope().now();
        if delivery::is_out_of_ways(tx, page).await?
            && delivery::end_page(tx, page, PageState::Exhausted, now).await?
        {
            let fact = Fact::PageExhausted { incident: one.incident_id, page, person: one.person_id };
            tx.record(About::service(one.client_id, one.service_id), fact).await?;
        }
        Ok(())
    }

    async fn tell_failure(
        &self,
        tx: &mut store::Tx,
        one: &Delivery,
        what: &str,
        final_try: bool,
    ) -> Result<(), Problem> {
        let Some(page) = one.page_id else { return Ok(()) };
        let fact = Fact::PageAttemptFailed {
            incident: one.incident_id,
            page,
            delivery: one.id,
            person: one.person_id,
            channel: one.channel.word().to_owned(),
            attempt: one.attempts,
            why: what.to_owned(),
            final_try,
        };
        tx.record(About::service(one.client_id, one.service_id), fact).await?;
        Ok(())
    }

    async fn send_all(&self, scope: &Scope) -> Result<Count, Problem> {
        let mut changes = self.db.changes();
        let mut sending = FuturesUnordered::new();
        let mut on_their_way = BTreeSet::new();
        let mut count = Count::default();
        for _ in 0..MAX_REFILLS {
            let marked = self.mark(scope, &on_their_way).await?;
            if !marked.is_empty() {
                let gathered = self.gather(scope, &marked).await?;
                for one in marked {
                    let content = self.content(&gathered, &one, scope.now());
                    on_their_way.insert(one.delivery.id);
                    sending.push(self.send(one.delivery, content, gathered.sms.clone()));
                }
            }
            let mut done: Vec<Outcome> = Vec::new();
            tokio::select! {
                first = sending.next() => match first {
                    Some(first) => done.push(first),
                    None => break,
                },
                // Something happened: perhaps somebody else is to be summoned while a slow one is on its way.
                seen = changes.recv() => if matches!(seen, Err(RecvError::Closed)) { break },
            }
            while let Some(Some(next)) = sending.next().now_or_never() {
                done.push(next);
            }
            if !done.is_empty() {
                for (delivery, _) in &done {
                    on_their_way.remove(&delivery.id);
                }
                let more = self.record(scope, done).await?;
                count.sent += more.sent;
                count.failed += more.failed;
            }
        }
        Ok(count)
    }
}

/// What changed lately on a service: the first to look at.
pub(crate) async fn changes_of(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Changed>, Problem> {
    let page = db.facts_of_service(scope, service, &Paging { after: None, limit: Some(200) }).await?;
    let oldest = scope.now() - CHANGES_WITHIN;
    Ok(page.items.iter().filter(|fact| fact.at >= oldest).filter_map(changed).take(MAX_CHANGES).collect())
}

/// A fact as a suspect, if it is one.
pub(crate) fn changed(recorded: &Recorded) -> Option<Changed> {
    let (what, name) = match &recorded.fact {
        Fact::DeclarationApplied { changed, .. } => ("change-declaration", changed.to_string()),
        Fact::PhaseEntered { to, .. } => ("change-phase", to.clone()),
        Fact::ComponentAdded { name, .. } => ("change-component-added", name.clone()),
        Fact::ComponentChanged { name, .. } => ("change-component", name.clone()),
        Fact::ComponentRemoved { name, .. } => ("change-component-removed", name.clone()),
        Fact::DependencyAdded { to, .. } => ("change-dependency-added", to.clone()),
        Fact::DependencyRemoved { to, .. } => ("change-dependency-removed", to.clone()),
        Fact::ProbeAdded { name, .. } => ("change-probe-added", name.clone()),
        Fact::ProbeChanged { name, .. } => ("change-probe", name.clone()),
        Fact::ServiceChanged { changed, .. } => ("change-service", changed.join(", ")),
        _ => return None,
    };
    Some(Changed { at: recorded.at, what: what.to_owned(), name })
}

fn clock_in(zone: &str, at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

impl Task for Deliver {
    fn name(&self) -> &'static str {
        "respond.deliver"
    }

    fn stage(&self) -> Stage {
        Stage::Act
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }

    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let count = self.send_all(scope).await?;
            let next = delivery::next_due(&self.db, scope).await?;
            let note = format!("{} sent, {} put off or failed", count.sent, count.failed);
            Ok(Status::done(count.sent + count.failed, note).next_at(next))
        })
    }
}
