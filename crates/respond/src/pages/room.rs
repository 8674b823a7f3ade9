//! One incident: the room in which people work on it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    ClientId, Cursor, Fact, IncidentId, Paging, PersonId, Problem, Recorded, Right, Scope, ServiceId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Asks, Done, Input, Path, Query, Refusal, Shown, Site, State, Text, View};

use super::common::{Names, holder, paging_word, sample};
use crate::acts;
use crate::letters::Changed;
use crate::model::{Alert, Incident, Severity, State as Standing};
use crate::store::delivery::{self, DeliveryState, PageState, ShownDelivery};
use crate::store::incident::{self, Note};
use crate::store::status;
use crate::tasks::{Gathered, changes_of};

/// People whose number is offered to be called.
const MAX_CALLS: usize = 8;

/// An alert as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownAlert {
    title: String,
    reason: String,
    severity: u8,
    since: Timestamp,
    cleared_at: Option<Timestamp>,
    /// The probe or objective that raised it.
    href: Option<String>,
}

/// A summons with its deliveries.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownPage {
    person: String,
    person_id: PersonId,
    round: u32,
    step: u32,
    requested_at: Timestamp,
    state: PageState,
    deliveries: Vec<ShownDelivery>,
}

/// Something that happened, as the timeline shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Moment {
    at: Timestamp,
    /// `fact`, `note`, `change`, `page`, `state`.
    kind: String,
    title: Text,
    text: Option<Text>,
    by: Option<String>,
    href: Option<String>,
    icon: Option<String>,
    state: Option<String>,
}

/// Somebody who can be called.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Call {
    name: String,
    number: String,
}

/// What comes next if nobody acts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Next {
    at: Timestamp,
    people: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Room {
    id: IncidentId,
    number: u64,
    heading: String,
    client_id: ClientId,
    service_id: ServiceId,
    service: String,
    severity: u8,
    state: String,
    by: Option<String>,
    /// When it came into this state.
    at: Option<Timestamp>,
    /// When an acknowledgement runs out.
    until: Option<Timestamp>,
    /// Why it was resolved: words of a person, or `alerts-cleared`.
    reason: Option<String>,
    since: Timestamp,
    opened_at: Timestamp,
    lasted_s: i64,
    /// When it closes by itself, if nothing fails again.
    closes_at: Option<Timestamp>,
    by_us: bool,
    paging: Option<String>,
    alerts: Vec<ShownAlert>,
    raised: u64,
    pages: Vec<ShownPage>,
    next_page: Option<Next>,
    calls: Vec<Call>,
    suspects: Vec<Changed>,
    moments: Vec<Moment>,
    next: Option<Cursor>,
    next_update_at: Option<Timestamp>,
    update_overdue: bool,
    /// The address of the service's public page, if it has one.
    status_slug: Option<String>,
    may_respond: bool,
    may_write: bool,
    /// It is yours already.
    mine: bool,
    /// Addresses of what other features show of it.
    panel_urls: Vec<String>,
}

impl View for Room {
    const TEMPLATE: &'static str = "respond/room.html";
    const AREA: &'static str = "incidents";
    fn title(&self) -> Text {
        Text::raw(format!("#{} {}", self.number, self.heading))
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![
            (Text::key("incidents-title"), "/incidents".into()),
            (Text::raw(self.service.clone()), format!("/services/{}", self.service_id)),
        ]
    }
    fn live(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        self.panel_urls.clone()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::rooms()
    }
}

pub(super) async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Query(paging): Query<Paging>,
) -> Result<Shown<Room>, Refusal> {
    let incident = find(&site, &scope, id).await?;
    let alerts = incident::alerts_of(&site.db, &scope, id).await?;
    let pages = delivery::pages_of(&site.db, &scope, id).await?;
    let deliveries = delivery::of_incident(&site.db, &scope, id).await?;
    let facts = site.db.timeline(&scope, &id.to_string(), &paging).await?;
    let notes = notes_of_page(&site, &scope, id, &facts.items).await?;
    let service = BTreeSet::from([incident.service_id]);
    let below = crate::below::Real { db: site.db.clone() };
    let gathered = Gathered::read(&site.db, &below, &scope.on_behalf("respond.look"), &service).await?;
    let next_page = gathered.next(&incident);
    let mut people: BTreeSet<PersonId> = pages.iter().map(|page| page.person_id).collect();
    people.extend(holder(&incident.state));
    people.extend(notes.iter().filter_map(|note| note.author));
    people.extend(facts.items.iter().flat_map(people_of_fact));
    people.extend(next_page.iter().flat_map(|(_, people)| people.iter().copied()));
    let names = Names::read(&site, &scope, people.iter().copied()).await?;
    let may_respond = scope.may(Right::Respond, incident.client_id, Some(incident.service_id));
    let calls =
        if may_respond { calls(&site, &scope, &pages_people(&pages, &next_page)).await? } else { Vec::new() };
    let status = status::of_service(&site.db, &scope, incident.service_id).await?;
    let suspects = changes_of(&site.db, &scope, incident.service_id).await?;
    let now = scope.now();
    let (at, until, reason) = match &incident.state {
        Standing::Open => (None, None, None),
        Standing::Acknowledged { at, until, .. } => (Some(*at), Some(*until), None),
        Standing::Resolved { at, reason, .. } => (Some(*at), None, Some(reason.clone())),
    };
    Ok(Shown(Room {
        id,
        number: incident.number,
        heading: incident.title.clone(),
        client_id: incident.client_id,
        service_id: incident.service_id,
        service: names.service(incident.service_id),
        severity: incident.severity.number(),
        state: incident.state.word().to_owned(),
        by: holder(&incident.state).map(|person| names.person(person)),
        at,
        until,
        reason,
        since: incident.since,
        opened_at: incident.opened_at,
        lasted_s: incident.duration(now).as_secs(),
        closes_at: incident.quiet_since.map(|since| since + site.settings.quiet_for),
        by_us: incident.by_us,
        paging: paging_word(&incident).map(str::to_owned),
        raised: alerts.iter().filter(|alert| alert.cleared_at.is_none()).count() as u64,
        alerts: alerts.into_iter().map(shown_alert).collect(),
        pages: pages
            .into_iter()
            .map(|page| ShownPage {
                person: names.person(page.person_id),
                person_id: page.person_id,
                round: page.round,
                step: page.step,
                requested_at: page.requested_at,
                state: page.state,
                deliveries: deliveries.iter().filter(|one| one.page_id == Some(page.id)).cloned().collect(),
            })
            .collect(),
        next_page: next_page.map(|(at, people)| Next {
            at,
            people: people.iter().map(|person| names.person(*person)).collect(),
        }),
        calls,
        suspects,
        moments: facts.items.iter().filter_map(|fact| moment(fact, &names, &notes)).collect(),
        next: facts.next,
        next_update_at: incident.next_update_at,
        update_overdue: incident.next_update_at.is_some_and(|at| at < now),
        status_slug: status.filter(|page| page.public).map(|page| page.slug),
        may_respond,
        may_write: scope.may(Right::Write, incident.client_id, Some(incident.service_id)),
        mine: matches!(&incident.state, Standing::Acknowledged { by: Some(by), .. }
            if scope.actor().person() == Some(*by)),
        panel_urls: site.panels("incident", &[("id", id.to_string())]),
    }))
}

pub(super) async fn find(site: &Site, scope: &Scope, id: IncidentId) -> Result<Incident, Problem> {
    incident::incident(&site.db, scope, id).await?.ok_or_else(|| Problem::not_found("incident"))
}

fn pages_people(
    pages: &[crate::store::delivery::Summons],
    next: &Option<(Timestamp, Vec<PersonId>)>,
) -> BTreeSet<PersonId> {
    let mut people: BTreeSet<PersonId> = pages.iter().map(|page| page.person_id).collect();
    people.extend(next.iter().flat_map(|(_, people)| people.iter().copied()));
    people.into_iter().take(MAX_CALLS).collect()
}

async fn calls(site: &Site, scope: &Scope, people: &BTreeSet<PersonId>) -> Result<Vec<Call>, Problem> {
    use crate::below::Below as _;
    let below = crate::below::Real { db: site.db.clone() };
    let found = below.people(&scope.on_behalf("respond.look"), people).await?;
    let me = scope.actor().person();
    let mut calls: Vec<Call> = found
        .values()
        .filter(|reach| Some(reach.person.id) != me)
        .filter_map(|reach| {
            let number = reach.methods.iter().find_map(|method| match &method.channel {
                identity::Channel::Sms { number } => Some(number.clone()),
                identity::Channel::Mail { .. }
                | identity::Channel::Chat { .. }
                | identity::Channel::Push { .. } => None,
            })?;
            Some(Call { name: reach.person.name.clone(), number })
        })
        .collect();
    calls.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(calls)
}

/// The notes that the facts of a page of the timeline speak of.
async fn notes_of_page(
    site: &Site,
    scope: &Scope,
    id: IncidentId,
    facts: &[Recorded],
) -> Result<Vec<Note>, Problem> {
    let (Some(newest), Some(oldest)) = (facts.first(), facts.last()) else { return Ok(Vec::new()) };
    // A note's time is taken a moment before its fact's.
    let slack = SignedDuration::from_secs(60);
    incident::notes_between(&site.db, scope, id, oldest.at - slack, newest.at + slack).await
}

fn shown_alert(alert: Alert) -> ShownAlert {
    ShownAlert {
        title: alert.title,
        reason: alert.reason,
        severity: alert.severity.number(),
        since: alert.since,
        cleared_at: alert.cleared_at,
        href: (alert.probe_id.map(|probe| format!("/probes/{probe}")))
            .or(alert.objective_id.map(|objective| format!("/objectives/{objective}"))),
    }
}

fn people_of_fact(recorded: &Recorded) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = recorded.actor.parse().into_iter().collect();
    match &recorded.fact {
        Fact::IncidentAcknowledged { person, .. }
        | Fact::AcknowledgementExpired { person, .. }
        | Fact::IncidentResolved { person, .. } => people.extend(*person),
        Fact::EscalationClimbed { people: climbed, .. } => people.extend(climbed),
        Fact::NobodyOnCall { fallback, .. } => people.extend(fallback),
        Fact::PageSent { person, .. }
        | Fact::PageAttemptFailed { person, .. }
        | Fact::PageExhausted { person, .. } => people.push(*person),
        _ => {}
    }
    people
}

fn new_moment(recorded: &Recorded, kind: &str, title: Text) -> Moment {
    Moment {
        at: recorded.at,
        kind: kind.into(),
        title,
        text: None,
        by: None,
        href: None,
        icon: None,
        state: None,
    }
}

/// A fact as a moment of the timeline; none for facts that say nothing of their own.
fn moment(recorded: &Recorded, names: &Names, notes: &[Note]) -> Option<Moment> {
    let by: Option<PersonId> = recorded.actor.parse().ok();
    let name = |person: &PersonId| names.person(*person);
    let all = |people: &[PersonId]| people.iter().map(name).collect::<Vec<_>>().join(", ");
    let new = |kind: &str, title: Text| new_moment(recorded, kind, title);
    let state = |state: &str, title: Text| Moment { state: Some(state.into()), ..new("state", title) };
    let person_or_us = |person: &Option<PersonId>, key: &'static str, ours: &'static str| match person {
        Some(person) => Text::key(key).with("name", name(person)),
        None => Text::key(ours),
    };
    let mut made = match &recorded.fact {
        Fact::IncidentOpened { by_us: true, .. } => state("down", Text::key("moment-opened")),
        Fact::IncidentOpened { by_us: false, .. } => state("down", Text::key("moment-opened-by-hand")),
        Fact::AlertJoined { title, .. } => new("fact", Text::key("moment-alert-joined").with("title", title)),
        Fact::AlertLeft { title, .. } => new("fact", Text::key("moment-alert-left").with("title", title)),
        Fact::IncidentAcknowledged { person, through, .. } => {
            let title = person_or_us(person, "moment-acknowledged", "moment-acknowledged-program");
            let through =
                Text::key(if through == "link" { "moment-through-link" } else { "moment-through-screen" });
            Moment { text: (person.is_some()).then_some(through), ..state("acknowledged", title) }
        }
        Fact::AcknowledgementExpired { person, .. } => state(
            "open",
            person_or_us(person, "moment-acknowledgement-expired", "moment-acknowledgement-expired-program"),
        ),
        Fact::SeverityChanged { from, to, reason, .. } => Moment {
            text: Some(Text::raw(reason.clone())).filter(|_| !reason.is_empty()),
            ..new("fact", Text::key("moment-severity").with("from", *from).with("to", *to))
        },
        Fact::IncidentRenamed { title, .. } => new("fact", Text::key("moment-renamed").with("title", title)),
        Fact::NoteWritten { note, .. } => {
            let note = notes.iter().find(|one| one.id == *note)?;
            let title = match note.author {
                Some(author) => Text::raw(name(&author)),
                None => Text::key("moment-note"),
            };
            return Some(Moment { text: Some(Text::raw(note.body.clone())), ..new("note", title) });
        }
        Fact::UpdatePublished { note, state, .. } => {
            let note = notes.iter().find(|one| one.id == *note)?;
            Moment {
                text: Some(Text::raw(note.body.clone())),
                icon: Some("external".into()),
                ..new("change", Text::key(format!("moment-update-{state}")))
            }
        }
        Fact::IncidentResolved { reason, .. } if reason == "alerts-cleared" => {
            state("resolved", Text::key("moment-resolved-by-us"))
        }
        Fact::IncidentResolved { person, reason, .. } => Moment {
            text: Some(Text::raw(reason.clone())).filter(|_| !reason.is_empty()),
            ..state("resolved", person_or_us(person, "moment-resolved", "moment-resolved-program"))
        },
        Fact::IncidentReopened { reason, .. } if reason == "same-cause" => {
            state("open", Text::key("moment-reopened-cause"))
        }
        Fact::IncidentReopened { reason, .. } => Moment {
            text: Some(Text::raw(reason.clone())).filter(|_| !reason.is_empty()),
            ..state("open", Text::key("moment-reopened"))
        },
        Fact::EscalationClimbed { people, step, .. } if !people.is_empty() => {
            new("page", Text::key("moment-climbed").with("people", all(people)).with("step", *step + 1))
        }
        Fact::StepSkipped { step, .. } => new("page", Text::key("moment-skipped").with("step", *step + 1)),
        Fact::NobodyOnCall { fallback, .. } if fallback.is_empty() => {
            Moment { state: Some("down".into()), ..new("page", Text::key("moment-nobody")) }
        }
        Fact::NobodyOnCall { fallback, .. } => {
            new("page", Text::key("moment-nobody-fallback").with("people", all(fallback)))
        }
        Fact::EscalationExhausted { .. } => {
            Moment { state: Some("down".into()), ..new("page", Text::key("moment-exhausted")) }
        }
        Fact::PageSent { person, channel, attempt, said, .. } => Moment {
            text: Some(Text::raw(said.clone())).filter(|_| !said.is_empty()),
            ..new(
                "page",
                Text::key(format!("moment-sent-{channel}"))
                    .with("name", name(person))
                    .with("attempt", *attempt),
            )
        },
        Fact::PageAttemptFailed { person, channel, why, final_try, .. } => {
            let key = if *final_try { "moment-failed" } else { "moment-put-off" };
            Moment {
                text: Some(Text::raw(why.clone())),
                state: Some("degraded".into()),
                ..new("page", Text::key(key).with("name", name(person)).with("channel", channel))
            }
        }
        Fact::PageExhausted { person, .. } => Moment {
            state: Some("down".into()),
            ..new("page", Text::key("moment-page-exhausted").with("name", name(person)))
        },
        _ => return None,
    };
    made.by = by.filter(|_| made.kind != "note").map(|person| name(&person));
    // "Noor took it on" says who already.
    if matches!(
        &recorded.fact,
        Fact::IncidentAcknowledged { person: Some(_), .. } | Fact::IncidentResolved { person: Some(_), .. }
    ) {
        made.by = None;
    }
    Some(made)
}

// ------------------------------------------------------------------------------------------ actions

async fn allowed(site: &Site, scope: &Scope, id: IncidentId, right: Right) -> Result<Incident, Problem> {
    let incident = find(site, scope, id).await?;
    scope.require(right, "incident", incident.client_id, Some(incident.service_id))?;
    Ok(incident)
}

/// One thing that a person does to an incident: whether they may, then in one transaction of that name, then the
/// room again, which says so.
async fn act(
    site: &Site,
    scope: &Scope,
    (id, right): (IncidentId, Right),
    (name, say): (&'static str, &'static str),
    does: impl AsyncFnOnce(&mut Tx) -> Result<Incident, Problem>,
) -> Result<Done, Refusal> {
    allowed(site, scope, id, right).await?;
    let mut tx = site.db.write(name, scope).await?;
    let incident = does(&mut tx).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/incidents/{id}")).say(say).with("number", incident.number).value(&incident))
}

/// Words that a person writes on an incident; the answer is the note.
async fn write(
    site: &Site,
    scope: &Scope,
    id: IncidentId,
    (name, say): (&'static str, &'static str),
    does: impl AsyncFnOnce(&mut Tx) -> Result<Note, Problem>,
) -> Result<Done, Refusal> {
    allowed(site, scope, id, Right::Write).await?;
    let mut tx = site.db.write(name, scope).await?;
    let note = does(&mut tx).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/incidents/{id}")).say(say).value(&note))
}

fn through(scope: &Scope) -> &'static str {
    match scope.actor() {
        kernel::Actor::Token(..) => "api",
        kernel::Actor::Person(_)
        | kernel::Actor::Public
        | kernel::Actor::Task(_)
        | kernel::Actor::Operator => "screen",
    }
}

pub(super) async fn acknowledge(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
) -> Result<Done, Refusal> {
    let words = ("respond.acknowledge", "incident-said-acknowledged");
    act(&site, &scope, (id, Right::Respond), words, async |tx| {
        acts::acknowledge(tx, id, scope.actor().person(), through(&scope)).await
    })
    .await
}

/// Why something is done.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Why {
    #[serde(default)]
    reason: Option<String>,
}

impl Why {
    fn clean(self) -> Result<String, Problem> {
        self.reason.map_or(Ok(String::new()), |reason| acts::clean("reason", &reason, acts::MAX_NOTE, true))
    }
}

pub(super) async fn resolve(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(why): Input<Why>,
) -> Result<Done, Refusal> {
    let words = ("respond.resolve", "incident-said-resolved");
    act(&site, &scope, (id, Right::Respond), words, async |tx| {
        let domain = crate::mail_domain(&site.settings.base_url);
        acts::resolve(tx, id, scope.actor().person(), why.clean()?, &domain).await
    })
    .await
}

pub(super) async fn reopen(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(why): Input<Why>,
) -> Result<Done, Refusal> {
    let words = ("respond.reopen", "incident-said-reopened");
    act(&site, &scope, (id, Right::Respond), words, async |tx| acts::reopen(tx, id, &why.clean()?).await)
        .await
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Rename {
    title: String,
}

pub(super) async fn rename(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(form): Input<Rename>,
) -> Result<Done, Refusal> {
    let words = ("respond.rename", "incident-said-changed");
    act(&site, &scope, (id, Right::Write), words, async |tx| acts::rename(tx, id, &form.title).await).await
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ToSeverity {
    /// 1 (worst) to 4.
    severity: u8,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn severity(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(form): Input<ToSeverity>,
) -> Result<Done, Refusal> {
    let words = ("respond.severity", "incident-said-changed");
    act(&site, &scope, (id, Right::Respond), words, async |tx| {
        if !(1..=4).contains(&form.severity) {
            return Err(Problem::invalid().field("severity", "field-choice"));
        }
        let reason = Why { reason: form.reason }.clean()?;
        acts::change_severity(tx, id, Severity::new(form.severity), reason).await
    })
    .await
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Write {
    body: String,
}

pub(super) async fn note(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(form): Input<Write>,
) -> Result<Done, Refusal> {
    let author = scope.actor().person();
    let words = ("respond.note", "incident-said-noted");
    write(&site, &scope, id, words, async |tx| acts::note(tx, id, author, &form.body).await).await
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Publish {
    body: String,
    /// `investigating`, `identified`, `monitoring` or `resolved`.
    state: String,
    /// Minutes until the next update is promised.
    #[serde(default)]
    next_min: Option<u32>,
}

pub(super) async fn publish(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<IncidentId>,
    Input(form): Input<Publish>,
) -> Result<Done, Refusal> {
    // A promise further away than a week is none.
    let next = form.next_min.map(|minutes| SignedDuration::from_mins(i64::from(minutes.min(10_080))));
    let author = scope.actor().person();
    let words = ("respond.publish", "incident-said-published");
    write(&site, &scope, id, words, async |tx| {
        acts::publish(tx, id, author, &form.body, &form.state, next).await
    })
    .await
}

mod samples {
    use super::*;
    use sample::{at, id};

    fn said(minutes_ago: i64, kind: &str, title: Text, text: Option<&str>, state: Option<&str>) -> Moment {
        Moment {
            at: at(minutes_ago),
            kind: kind.into(),
            title,
            text: text.map(Text::raw),
            by: (kind == "change").then(|| "Noor Kaya".into()),
            href: None,
            icon: None,
            state: state.map(str::to_owned),
        }
    }

    fn delivered(channel: &str, state: DeliveryState, said: Option<&str>) -> ShownDelivery {
        ShownDelivery {
            id: id(1),
            page_id: Some(id(1)),
            person_id: id(1),
            kind: "page".into(),
            channel: channel.into(),
            to: if channel == "mail" { "noor@kustwerk.example".into() } else { "ntfy.example/…".into() },
            state,
            attempts: 1,
            next_at: at(-3),
            tried_at: Some(at(9)),
            said: said.map(str::to_owned),
        }
    }

    fn page(person: &str, step: u32, state: PageState, deliveries: Vec<ShownDelivery>) -> ShownPage {
        ShownPage {
            person: person.into(),
            person_id: id(u128::from(step) + 1),
            round: 0,
            step,
            requested_at: at(10 - i64::from(step) * 5),
            state,
            deliveries,
        }
    }

    pub(super) fn rooms() -> Vec<(&'static str, Room)> {
        let alert = |title: &str, cleared: bool| ShownAlert {
            title: title.into(),
            reason: "status 502, expected 200".into(),
            severity: 1,
            since: at(11),
            cleared_at: cleared.then(|| at(1)),
            href: Some("/probes/prb_x".into()),
        };
        let open = Room {
            id: id(14),
            number: 14,
            heading: "Paying does not work: the bank gateway answers 502".into(),
            client_id: id(1),
            service_id: id(1),
            service: "Parking permits".into(),
            severity: 1,
            state: "open".into(),
            by: None,
            at: None,
            until: None,
            reason: None,
            since: at(11),
            opened_at: at(10),
            lasted_s: 660,
            closes_at: None,
            by_us: true,
            paging: Some("waiting".into()),
            alerts: vec![alert("payment", false), alert("bank gateway", false), alert("start page", true)],
            raised: 2,
            pages: vec![
                page(
                    "Ben Smit",
                    1,
                    PageState::Waiting,
                    vec![
                        delivered("mail", DeliveryState::Planned, Some("the relay refuses connections")),
                        delivered("push", DeliveryState::Sending, None),
                    ],
                ),
                page(
                    "Noor Kaya",
                    0,
                    PageState::Escalated,
                    vec![
                        delivered("mail", DeliveryState::Sent, Some("250 2.0.0 queued as 4F2A")),
                        delivered("push", DeliveryState::Failed, Some("the topic does not exist")),
                        delivered("chat", DeliveryState::Cancelled, Some("superseded")),
                    ],
                ),
            ],
            next_page: Some(Next { at: at(-4), people: vec!["Ada Vos".into(), "Permits team".into()] }),
            calls: vec![Call { name: "Ben Smit".into(), number: "+31612345678".into() }],
            suspects: vec![
                Changed { at: at(31), what: "change-declaration".into(), name: "3".into() },
                Changed { at: at(190), what: "change-component".into(), name: "bank gateway".into() },
            ],
            moments: vec![
                said(
                    4,
                    "note",
                    Text::raw("Noor Kaya"),
                    Some("The bank says they rolled something out at 02:55.\nI am on the phone with them."),
                    None,
                ),
                said(
                    5,
                    "change",
                    Text::key("moment-update-investigating"),
                    Some("Paying for a permit does not work at the moment. Your application is kept."),
                    None,
                ),
                said(
                    5,
                    "page",
                    Text::key("moment-climbed").with("people", "Ben Smit").with("step", 2),
                    None,
                    None,
                ),
                said(
                    9,
                    "page",
                    Text::key("moment-sent-mail").with("name", "Noor Kaya").with("attempt", 1),
                    Some("250 2.0.0 queued as 4F2A"),
                    None,
                ),
                said(
                    10,
                    "page",
                    Text::key("moment-climbed").with("people", "Noor Kaya").with("step", 1),
                    None,
                    None,
                ),
                said(10, "fact", Text::key("moment-alert-joined").with("title", "bank gateway"), None, None),
                said(10, "state", Text::key("moment-opened"), None, Some("down")),
            ],
            next: None,
            next_update_at: Some(at(-20)),
            update_overdue: false,
            status_slug: Some("parking-permits".into()),
            may_respond: true,
            may_write: true,
            mine: false,
            panel_urls: Vec::new(),
        };
        let acknowledged = Room {
            state: "acknowledged".into(),
            by: Some("Noor Kaya".into()),
            at: Some(at(3)),
            until: Some(at(-27)),
            paging: None,
            next_page: None,
            mine: true,
            update_overdue: true,
            next_update_at: Some(at(2)),
            ..open.clone()
        };
        let resolved = Room {
            state: "resolved".into(),
            by: None,
            at: Some(at(1)),
            reason: Some("alerts-cleared".into()),
            raised: 0,
            alerts: vec![alert("payment", true)],
            next_update_at: None,
            pages: vec![
                page("Noor Kaya", 0, PageState::Resolved, Vec::new()),
                page("Ben Smit", 1, PageState::Acknowledged, Vec::new()),
            ],
            ..acknowledged.clone()
        };
        let by_person = Room {
            by: Some("Noor Kaya".into()),
            reason: Some("The bank rolled back; paying works again.".into()),
            ..resolved.clone()
        };
        let exhausted = Room {
            paging: Some("exhausted".into()),
            next_page: None,
            pages: vec![page("Noor Kaya", 0, PageState::Exhausted, Vec::new())],
            ..open.clone()
        };
        let nobody = Room {
            paging: Some("nobody".into()),
            next_page: None,
            pages: Vec::new(),
            calls: Vec::new(),
            suspects: Vec::new(),
            by_us: false,
            alerts: Vec::new(),
            raised: 0,
            moments: Vec::new(),
            status_slug: None,
            next_update_at: None,
            ..open.clone()
        };
        let reader = Room { may_respond: false, may_write: false, ..open.clone() };
        vec![
            ("open", open),
            ("acknowledged", acknowledged),
            ("resolved by us", resolved),
            ("resolved by a person", by_person),
            ("exhausted", exhausted),
            ("nobody on call, empty", nobody),
            ("reader", reader),
        ]
    }
}
