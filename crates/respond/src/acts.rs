//! What people and tasks do to an incident, each in one transaction that is safe to repeat.

use jiff::{SignedDuration, Timestamp};
use kernel::{About, ClientId, DeliveryId, Fact, Id, IncidentId, NoteId, PersonId, Problem, ServiceId};
use store::Tx;

use crate::model::{Incident, Paging, Severity, Stage, State};
use crate::rules::escalation::ACKNOWLEDGEMENT;
use crate::store::delivery::{self, Delivery, DeliveryKind, DeliveryState, PageState};
use crate::store::escalation;
use crate::store::incident::{self, Note};

/// The longest title, characters: one line in a mail's subject.
pub const MAX_TITLE: usize = 200;
/// The longest note or update, characters: more belongs in a document that the note points to.
pub const MAX_NOTE: usize = 10_000;
/// The states with which the public is told something, as in the Statuspage shape.
pub const PUBLIC_STATES: [&str; 4] = ["investigating", "identified", "monitoring", "resolved"];

fn about(incident: &Incident) -> About {
    About::service(incident.client_id, incident.service_id)
}

/// When the escalation of an incident must be looked at again after people did something.
fn due(incident: &Incident, now: Timestamp) -> Option<Timestamp> {
    match &incident.state {
        State::Open => Some(now),
        State::Acknowledged { until, .. } => Some(*until),
        State::Resolved { .. } => None,
    }
}

/// The incident, or 404.
pub async fn load(tx: &mut Tx, id: IncidentId) -> Result<Incident, Problem> {
    incident::incident_in(tx, id).await?.ok_or_else(|| Problem::not_found("incident"))
}

/// A text of people: trimmed, without control characters but line breaks, not empty, not too long.
pub fn clean(field: &'static str, text: &str, most: usize, lines: bool) -> Result<String, Problem> {
    let cleaned: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|letter| !letter.is_control() || (lines && (*letter == '\n' || *letter == '\t')))
        .collect();
    let cleaned = cleaned.trim().to_owned();
    if cleaned.is_empty() {
        return Err(Problem::invalid().field(field, "field-required"));
    }
    if cleaned.chars().count() > most {
        return Err(Problem::invalid().field(field, "field-too-long").field_with("max", most));
    }
    Ok(cleaned)
}

/// What is needed to open an incident.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Whose service.
    pub client: ClientId,
    /// The service.
    pub service: ServiceId,
    /// What is the matter.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// What groups alerts into it.
    pub cause: String,
    /// By an alert.
    pub by_us: bool,
    /// Since when users feel it.
    pub since: Timestamp,
}

/// Opens an incident; its escalation is due at once.
pub async fn open(tx: &mut Tx, opening: Opening) -> Result<Incident, Problem> {
    let now = tx.scope().now();
    let mut incident = Incident {
        id: IncidentId::new(tx.scope()),
        client_id: opening.client,
        service_id: opening.service,
        number: 0,
        title: opening.title.chars().take(MAX_TITLE).collect(),
        severity: opening.severity,
        cause: opening.cause,
        by_us: opening.by_us,
        // A cause that seems to begin in the future began when we learnt of it: the clock was set back.
        since: opening.since.min(now),
        opened_at: now,
        state: State::Open,
        first_acknowledged_at: None,
        quiet_since: None,
        next_update_at: None,
        paging: Paging::default(),
    };
    incident::insert(tx, &mut incident).await?;
    let fact = Fact::IncidentOpened {
        incident: incident.id,
        number: incident.number,
        title: incident.title.clone(),
        severity: incident.severity.number(),
        cause: incident.cause.clone(),
        by_us: incident.by_us,
    };
    tx.record(about(&incident), fact).await?;
    Ok(incident)
}

/// Takes an incident on. Doing so again holds it longer and says nothing new; a resolved one is refused.
pub async fn acknowledge(
    tx: &mut Tx,
    id: IncidentId,
    by: Option<PersonId>,
    through: &str,
) -> Result<Incident, Problem> {
    let now = tx.scope().now();
    let mut incident = load(tx, id).await?;
    let policy = escalation::policy_of(tx, incident.service_id).await?;
    let span = policy.map_or(ACKNOWLEDGEMENT, |row| row.policy.acknowledgement());
    let moved = match incident.state.clone().acknowledge(by, now, span) {
        Stage::Moved(state) => {
            incident.state = state;
            true
        }
        Stage::Already(state) => {
            incident.state = state;
            false
        }
        Stage::Refused(_) => {
            return Err(Problem::conflict("incident-resolved").with("number", incident.number));
        }
    };
    if moved {
        incident.first_acknowledged_at = incident.first_acknowledged_at.or(Some(now));
        delivery::cancel(tx, id, "acknowledged").await?;
        delivery::end_pages(tx, id, PageState::Acknowledged, now).await?;
        if let State::Acknowledged { until, .. } = incident.state {
            let fact =
                Fact::IncidentAcknowledged { incident: id, person: by, through: through.to_owned(), until };
            tx.record(about(&incident), fact).await?;
        }
    }
    incident::save(tx, &incident, due(&incident, now)).await?;
    Ok(incident)
}

/// Resolves an incident. Doing so again changes nothing.
pub async fn resolve(
    tx: &mut Tx,
    id: IncidentId,
    by: Option<PersonId>,
    reason: String,
    mail_domain: &str,
) -> Result<Incident, Problem> {
    let now = tx.scope().now();
    let mut incident = load(tx, id).await?;
    let Stage::Moved(state) = incident.state.clone().resolve(by, now, reason.clone()) else {
        return Ok(incident);
    };
    incident.state = state;
    incident.next_update_at = None;
    delivery::cancel(tx, id, "resolved").await?;
    delivery::end_pages(tx, id, PageState::Resolved, now).await?;
    let told = delivery::reached(tx, id).await?;
    let letters: Vec<Delivery> = told.into_iter().map(|one| all_clear(tx, one, now, mail_domain)).collect();
    delivery::insert(tx, incident.client_id, &letters).await?;
    incident::save(tx, &incident, None).await?;
    tx.record(about(&incident), Fact::IncidentResolved { incident: id, person: by, reason }).await?;
    Ok(incident)
}

/// The word to somebody who was summoned that it works again, on the way on which they were summoned.
fn all_clear(tx: &Tx, summoned: Delivery, now: Timestamp, mail_domain: &str) -> Delivery {
    let id = DeliveryId::new(tx.scope());
    Delivery {
        id,
        page_id: None,
        kind: DeliveryKind::Resolved,
        made_at: now,
        planned_at: now,
        next_at: now,
        deadline_at: now + crate::rules::delivery::deadline(summoned.channel.kind()),
        state: DeliveryState::Planned,
        attempts: 0,
        tried_at: None,
        said: None,
        message_id: format!("{id}@{mail_domain}"),
        ..summoned
    }
}

/// Reopens a resolved incident: it climbs again from the first step. Doing so again changes nothing.
pub async fn reopen(tx: &mut Tx, id: IncidentId, reason: &str) -> Result<Incident, Problem> {
    let now = tx.scope().now();
    let mut incident = load(tx, id).await?;
    let Stage::Moved(state) = incident.state.clone().reopen() else { return Ok(incident) };
    incident.state = state;
    incident.paging = incident.paging.again();
    incident.quiet_since = None;
    incident::save(tx, &incident, Some(now)).await?;
    tx.record(about(&incident), Fact::IncidentReopened { incident: id, reason: reason.to_owned() }).await?;
    Ok(incident)
}

/// Gives it another title.
pub async fn rename(tx: &mut Tx, id: IncidentId, title: &str) -> Result<Incident, Problem> {
    let title = clean("title", title, MAX_TITLE, false)?;
    let mut incident = load(tx, id).await?;
    if incident.title != title {
        incident.title.clone_from(&title);
        save_as_is(tx, &incident).await?;
        tx.record(about(&incident), Fact::IncidentRenamed { incident: id, title }).await?;
    }
    Ok(incident)
}

/// Changes how bad it is.
pub async fn change_severity(
    tx: &mut Tx,
    id: IncidentId,
    to: Severity,
    reason: String,
) -> Result<Incident, Problem> {
    let mut incident = load(tx, id).await?;
    let from = incident.severity;
    if from != to {
        incident.severity = to;
        save_as_is(tx, &incident).await?;
        let fact = Fact::SeverityChanged { incident: id, from: from.number(), to: to.number(), reason };
        tx.record(about(&incident), fact).await?;
    }
    Ok(incident)
}

/// Writes what does not touch the escalation: what is due stays due.
pub(crate) async fn save_as_is(tx: &mut Tx, incident: &Incident) -> Result<(), Problem> {
    let due_at = incident::due_at(tx, incident.id).await?;
    incident::save(tx, incident, due_at).await
}

/// Writes a note, which also keeps an acknowledgement alive: somebody is at work.
pub async fn note(
    tx: &mut Tx,
    id: IncidentId,
    author: Option<PersonId>,
    body: &str,
) -> Result<Note, Problem> {
    let body = clean("body", body, MAX_NOTE, true)?;
    let mut incident = load(tx, id).await?;
    let note = Note {
        id: NoteId::new(tx.scope()),
        incident_id: id,
        author,
        public_state: None,
        body,
        written_at: tx.scope().now(),
    };
    incident::insert_note(tx, &incident, &note).await?;
    keep_alive(tx, &mut incident, author).await?;
    tx.record(about(&incident), Fact::NoteWritten { incident: id, note: note.id }).await?;
    Ok(note)
}

/// Tells the public something. `next_in` is when the next update is promised.
pub async fn publish(
    tx: &mut Tx,
    id: IncidentId,
    author: Option<PersonId>,
    body: &str,
    state: &str,
    next_in: Option<SignedDuration>,
) -> Result<Note, Problem> {
    let body = clean("body", body, MAX_NOTE, true)?;
    if !PUBLIC_STATES.contains(&state) {
        return Err(Problem::invalid().field("state", "field-choice"));
    }
    let mut incident = load(tx, id).await?;
    let now = tx.scope().now();
    let note = Note {
        id: NoteId::new(tx.scope()),
        incident_id: id,
        author,
        public_state: Some(state.to_owned()),
        body,
        written_at: now,
    };
    incident::insert_note(tx, &incident, &note).await?;
    incident.next_update_at = next_in.filter(|_| incident.state.is_open()).map(|span| now + span);
    keep_alive(tx, &mut incident, author).await?;
    let fact = Fact::UpdatePublished { incident: id, note: note.id, state: state.to_owned() };
    tx.record(about(&incident), fact).await?;
    Ok(note)
}

async fn keep_alive(tx: &mut Tx, incident: &mut Incident, author: Option<PersonId>) -> Result<(), Problem> {
    let now = tx.scope().now();
    match &mut incident.state {
        State::Acknowledged { by, at, until } if *by == author => {
            let span = until.duration_since(*at).min(ACKNOWLEDGEMENT);
            *until = (*until).max(now + span);
            let due_at = Some(*until);
            incident::save(tx, incident, due_at).await
        }
        _ => save_as_is(tx, incident).await,
    }
}
