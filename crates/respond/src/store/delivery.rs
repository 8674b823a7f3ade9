//! Pages and their deliveries: the durable outbox.

use std::collections::BTreeSet;

use identity::model::Channel;
use jiff::Timestamp;
use kernel::{
    ClientId, ContactMethodId, DeliveryId, IncidentId, PageId, PersonId, Problem, Scope, ServiceId,
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Args, Db, Row, Tx, args};

use crate::rules::delivery::LEFT_BEHIND;

/// Deliveries that are shown for one incident.
pub const MAX_SHOWN: u32 = 5_000;

/// How a summons ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// On its way, or waiting for an answer.
    Waiting,
    /// The incident was taken on.
    Acknowledged,
    /// It climbed on without an answer.
    Escalated,
    /// The person cannot be reached: no method, or every delivery failed.
    Exhausted,
    /// The incident was resolved.
    Resolved,
}

impl PageState {
    /// Every state.
    pub const ALL: [PageState; 5] = [
        PageState::Waiting,
        PageState::Acknowledged,
        PageState::Escalated,
        PageState::Exhausted,
        PageState::Resolved,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            PageState::Waiting => "waiting",
            PageState::Acknowledged => "acknowledged",
            PageState::Escalated => "escalated",
            PageState::Exhausted => "exhausted",
            PageState::Resolved => "resolved",
        }
    }

    fn from_word(word: &str) -> Result<PageState, Problem> {
        PageState::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| Problem::fault(format!("a page is in the unknown state {word}")))
    }
}

/// A summons.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Summons {
    /// Its id.
    pub id: PageId,
    /// The incident.
    pub incident_id: IncidentId,
    /// Who.
    pub person_id: PersonId,
    /// Which time the escalation was set off.
    pub cycle: u32,
    /// Which round.
    pub round: u32,
    /// By which step, from 0.
    pub step: u32,
    /// When.
    pub requested_at: Timestamp,
    /// How it stands.
    pub state: PageState,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Planned,
    /// On its way at this moment.
    Sending,
    /// The next hop took it.
    Sent,
    /// It could not be delivered, and is not tried again.
    Failed,
    /// It was not sent, because nobody needed it any more; the reason says why.
    Cancelled,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [DeliveryState; 5] = [
        DeliveryState::Planned,
        DeliveryState::Sending,
        DeliveryState::Sent,
        DeliveryState::Failed,
        DeliveryState::Cancelled,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Planned => "planned",
            DeliveryState::Sending => "sending",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed => "failed",
            DeliveryState::Cancelled => "cancelled",
        }
    }

    fn from_word(word: &str) -> Result<DeliveryState, Problem> {
        DeliveryState::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| Problem::fault(format!("a delivery is in the unknown state {word}")))
    }
}

/// What a delivery says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// You are needed.
    Page,
    /// It works again; you may sleep.
    Resolved,
}

impl DeliveryKind {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            DeliveryKind::Page => "page",
            DeliveryKind::Resolved => "resolved",
        }
    }
}

/// One message to one person through one method.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose service.
    pub client_id: ClientId,
    /// The service.
    pub service_id: ServiceId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The summons it belongs to.
    pub page_id: Option<PageId>,
    /// To whom.
    pub person_id: PersonId,
    /// Through which method.
    pub method_id: ContactMethodId,
    /// What it says.
    pub kind: DeliveryKind,
    /// Where to.
    pub channel: Channel,
    /// When it was decided on.
    pub made_at: Timestamp,
    /// When it was first to go out.
    pub planned_at: Timestamp,
    /// When it goes out next.
    pub next_at: Timestamp,
    /// Until when it is tried.
    pub deadline_at: Timestamp,
    /// How it stands.
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: u32,
    /// When the last one was.
    pub tried_at: Option<Timestamp>,
    /// What the next hop said, or why it was not sent.
    pub said: Option<String>,
    /// `Message-ID`, the same on every attempt.
    pub message_id: String,
}

const COLUMNS: &str = "id, client_id, service_id, incident_id, page_id, person_id, method_id, kind, channel, \
     planned_at, next_at, deadline_at, state, attempts, tried_at, said, message_id, made_at";

fn read(row: &Row<'_>) -> Result<Delivery, Problem> {
    let kind: String = row.get(7)?;
    let channel: String = row.get(8)?;
    let state: String = row.get(12)?;
    Ok(Delivery {
        id: row.get(0)?,
        client_id: row.get(1)?,
        service_id: row.get(2)?,
        incident_id: row.get(3)?,
        page_id: row.get(4)?,
        person_id: row.get(5)?,
        method_id: row.get(6)?,
        kind: if kind == "page" { DeliveryKind::Page } else { DeliveryKind::Resolved },
        channel: serde_json::from_str(&channel).map_err(Problem::fault)?,
        planned_at: row.get(9)?,
        next_at: row.get(10)?,
        deadline_at: row.get(11)?,
        state: DeliveryState::from_word(&state)?,
        attempts: row.get(13)?,
        tried_at: row.get(14)?,
        said: row.get(15)?,
        message_id: row.get(16)?,
        made_at: row.get(17)?,
    })
}

/// Adds a summons; false when the person was summoned in this round already.
pub async fn insert_page(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    page: &Summons,
) -> Result<bool, Problem> {
    let touched = tx
        .exec_in(
            client,
            "insert into pages (id, client_id, service_id, incident_id, person_id, cycle, round, step, requested_at,
             state) values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (incident_id, cycle, round, person_id) do nothing",
            args![
                page.id,
                service,
                page.incident_id,
                page.person_id,
                page.cycle,
                page.round,
                page.step,
                page.requested_at,
                page.state.word()
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Adds deliveries of one client.
pub async fn insert(tx: &mut Tx, client: ClientId, deliveries: &[Delivery]) -> Result<(), Problem> {
    let mut rows: Vec<Args> = Vec::with_capacity(deliveries.len());
    for one in deliveries {
        let channel = serde_json::to_string(&one.channel).map_err(Problem::fault)?;
        rows.push(args![
            one.id,
            one.service_id,
            one.incident_id,
            one.page_id,
            one.person_id,
            one.method_id,
            one.kind.word(),
            channel,
            one.channel.word(),
            one.channel.shown(),
            one.planned_at,
            one.next_at,
            one.deadline_at,
            one.state.word(),
            one.attempts,
            one.message_id.as_str(),
            one.made_at
        ]);
    }
    tx.exec_many_in(
        client,
        "insert into deliveries (id, client_id, service_id, incident_id, page_id, person_id, method_id, kind, channel,
         channel_kind, shown, planned_at, next_at, deadline_at, state, attempts, message_id, made_at)
         values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        rows,
    )
    .await?;
    Ok(())
}

/// What is to be sent now: planned and due, and what was left behind while being sent. The clock may have been set
/// back: what was decided or tried in what is now the future does not wait for it.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, Problem> {
    let text = format!(
        "select {COLUMNS} from deliveries where {{wall}} and (
           (state = 'planned' and (next_at <= $1 or tried_at > $1 or (made_at > $1 and next_at <= made_at)))
           or (state = 'sending' and (tried_at <= $2 or tried_at > $3)))
         order by next_at limit $4"
    );
    tx.all(&text, args![now, now - LEFT_BEHIND, now + LEFT_BEHIND, limit], read).await
}

/// When the next delivery is due, or left behind.
pub async fn next_due(db: &Db, scope: &Scope) -> Result<Option<Timestamp>, Problem> {
    let text = "select min(next_at) from deliveries where {wall} and state = 'planned'";
    Ok(db.one(scope, text, args![], |row| row.get::<Option<Timestamp>>(0)).await?.flatten())
}

/// Whether anything is to be sent now; see [`due`].
pub async fn is_any_due(db: &Db, scope: &Scope, now: Timestamp) -> Result<bool, Problem> {
    let text = "select 1 from deliveries where {wall} and (
           (state = 'planned' and (next_at <= $1 or tried_at > $1 or (made_at > $1 and next_at <= made_at)))
           or (state = 'sending' and (tried_at <= $2 or tried_at > $3))) limit 1";
    let args = args![now, now - LEFT_BEHIND, now + LEFT_BEHIND];
    Ok(db.one(scope, text, args, |row| row.get::<i64>(0)).await?.is_some())
}

/// Why a delivery that was on its way is needed no more, if so: its incident was taken on or resolved, or the person
/// was summoned anew.
pub async fn called_off(tx: &mut Tx, one: &Delivery) -> Result<Option<&'static str>, Problem> {
    if one.kind == DeliveryKind::Resolved {
        return Ok(None);
    }
    let text = "select i.state, (select count(*) from pages p where p.incident_id = i.id and p.person_id = $2
                and p.requested_at > $3) from incidents i where {wall i.client_id i.service_id} and i.id = $1";
    let args = args![one.incident_id, one.person_id, one.made_at];
    let found = tx.one(text, args, |row| Ok((row.get::<String>(0)?, row.get::<u64>(1)?))).await?;
    Ok(match found {
        Some((state, _)) if state == "acknowledged" => Some("acknowledged"),
        Some((state, _)) if state == "resolved" => Some("resolved"),
        Some((_, newer)) if newer > 0 => Some("superseded"),
        _ => None,
    })
}

/// Who was summoned for these incidents.
pub async fn paged_for(
    db: &Db,
    scope: &Scope,
    incidents: &BTreeSet<IncidentId>,
) -> Result<Vec<(IncidentId, PersonId)>, Problem> {
    let (places, mut args) = super::places(incidents, 1);
    args.push(store::IntoValue::into_value(MAX_SHOWN));
    let text = format!(
        "select distinct incident_id, person_id from pages where {{wall}} and incident_id in ({places}) limit ${}",
        args.len()
    );
    db.all(scope, &text, args, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Writes how deliveries stand.
pub async fn save(tx: &mut Tx, deliveries: &[Delivery]) -> Result<(), Problem> {
    let rows = deliveries
        .iter()
        .map(|one| {
            args![one.id, one.state.word(), one.attempts, one.next_at, one.tried_at, one.said.as_deref()]
        })
        .collect();
    tx.exec_many(
        "update deliveries set state = $2, attempts = $3, next_at = $4, tried_at = $5, said = $6
         where {wall} and id = $1",
        rows,
    )
    .await?;
    Ok(())
}

/// Calls off what an incident still had to send to people who are needed no more. What is on its way, or was tried
/// before, is not called back by this when `untried_only`.
pub async fn cancel(tx: &mut Tx, incident: IncidentId, why: &str) -> Result<u64, Problem> {
    tx.exec(
        "update deliveries set state = 'cancelled', said = $2
         where {wall} and incident_id = $1 and state = 'planned' and kind = 'page'",
        args![incident, why],
    )
    .await
}

/// Calls off what one person still had to get about an incident from earlier summonses, because a new one takes
/// its place.
pub async fn supersede(
    tx: &mut Tx,
    incident: IncidentId,
    person: PersonId,
    by: PageId,
) -> Result<u64, Problem> {
    tx.exec(
        "update deliveries set state = 'cancelled', said = 'superseded'
         where {wall} and incident_id = $1 and person_id = $2 and state = 'planned' and kind = 'page'
         and page_id <> $3",
        args![incident, person, by],
    )
    .await
}

/// Ends the summonses of an incident that still wait.
pub async fn end_pages(
    tx: &mut Tx,
    incident: IncidentId,
    state: PageState,
    at: Timestamp,
) -> Result<u64, Problem> {
    tx.exec(
        "update pages set state = $2, ended_at = $3 where {wall} and incident_id = $1 and state = 'waiting'",
        args![incident, state.word(), at],
    )
    .await
}

/// Ends one summons that nothing can reach any more; false when it had ended otherwise than by climbing on.
pub async fn end_page(tx: &mut Tx, page: PageId, state: PageState, at: Timestamp) -> Result<bool, Problem> {
    let touched = tx
        .exec(
            "update pages set state = $2, ended_at = $3 where {wall} and id = $1
             and state in ('waiting', 'escalated')",
            args![page, state.word(), at],
        )
        .await?;
    Ok(touched == 1)
}

/// Those of these summonses of which no delivery is left that may still arrive or has arrived.
pub async fn is_out_of_ways(tx: &mut Tx, page: PageId) -> Result<bool, Problem> {
    let text = "select count(*) from deliveries where {wall} and page_id = $1
                and state in ('planned', 'sending', 'sent')";
    let left: u64 = tx.one(text, args![page], |row| row.get(0)).await?.unwrap_or(0);
    Ok(left == 0)
}

/// Who was summoned in a round.
pub async fn paged_in_round(
    tx: &mut Tx,
    incident: IncidentId,
    cycle: u32,
    round: u32,
) -> Result<BTreeSet<PersonId>, Problem> {
    let text = "select person_id from pages where {wall} and incident_id = $1 and cycle = $2 and round = $3";
    Ok(tx.all(text, args![incident, cycle, round], |row| row.get(0)).await?.into_iter().collect())
}

/// The deliveries through which somebody learnt of an incident, one for each person and method.
pub async fn reached(tx: &mut Tx, incident: IncidentId) -> Result<Vec<Delivery>, Problem> {
    let text = format!(
        "select {COLUMNS} from deliveries where {{wall}} and incident_id = $1 and kind = 'page'
         and state in ('sent', 'sending') order by planned_at limit $2"
    );
    let mut seen = BTreeSet::new();
    let all = tx.all(&text, args![incident, MAX_SHOWN], read).await?;
    Ok(all.into_iter().filter(|one| seen.insert((one.person_id, one.method_id))).collect())
}

fn read_page(row: &Row<'_>) -> Result<Summons, Problem> {
    let state: String = row.get(7)?;
    Ok(Summons {
        id: row.get(0)?,
        incident_id: row.get(1)?,
        person_id: row.get(2)?,
        cycle: row.get(3)?,
        round: row.get(4)?,
        step: row.get(5)?,
        requested_at: row.get(6)?,
        state: PageState::from_word(&state)?,
    })
}

const PAGE_COLUMNS: &str = "id, incident_id, person_id, cycle, round, step, requested_at, state";

/// One summons.
pub async fn page(db: &Db, scope: &Scope, id: PageId) -> Result<Option<Summons>, Problem> {
    let text = format!("select {PAGE_COLUMNS} from pages where {{wall}} and id = $1");
    db.one(scope, &text, args![id], read_page).await
}

/// The summonses of an incident, newest first.
pub async fn pages_of(db: &Db, scope: &Scope, incident: IncidentId) -> Result<Vec<Summons>, Problem> {
    let text = format!(
        "select {PAGE_COLUMNS} from pages where {{wall}} and incident_id = $1
         order by requested_at desc, id desc limit $2"
    );
    db.all(scope, &text, args![incident, MAX_SHOWN], read_page).await
}

/// Everybody summoned for the incidents that are not resolved, oldest first.
pub async fn pages_of_open(db: &Db, scope: &Scope) -> Result<Vec<Summons>, Problem> {
    let columns = PAGE_COLUMNS.split(", ").map(|name| format!("p.{name}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "select {columns} from pages p join incidents i on i.id = p.incident_id
         where {{wall p.client_id p.service_id}} and i.state <> 'resolved' order by p.requested_at limit $1"
    );
    db.all(scope, &text, args![MAX_SHOWN], read_page).await
}

/// A delivery as it is shown: without the address's secret part.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The summons it belongs to.
    pub page_id: Option<PageId>,
    /// To whom.
    pub person_id: PersonId,
    /// `page` or `resolved`.
    pub kind: String,
    /// `mail`, `push`, `chat`, `sms`.
    pub channel: String,
    /// Where to, without secrets.
    pub to: String,
    /// How it stands.
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: u32,
    /// When it goes out (again).
    pub next_at: Timestamp,
    /// When the last attempt was.
    pub tried_at: Option<Timestamp>,
    /// What the next hop said, or why it was not sent.
    pub said: Option<String>,
}

/// The deliveries of an incident, oldest first.
pub async fn of_incident(
    db: &Db,
    scope: &Scope,
    incident: IncidentId,
) -> Result<Vec<ShownDelivery>, Problem> {
    let text =
        "select id, page_id, person_id, kind, channel_kind, shown, state, attempts, next_at, tried_at, said
                from deliveries where {wall} and incident_id = $1 order by planned_at, id limit $2";
    db.all(scope, text, args![incident, MAX_SHOWN], |row| {
        let state: String = row.get(6)?;
        Ok(ShownDelivery {
            id: row.get(0)?,
            page_id: row.get(1)?,
            person_id: row.get(2)?,
            kind: row.get(3)?,
            channel: row.get(4)?,
            to: row.get(5)?,
            state: DeliveryState::from_word(&state)?,
            attempts: row.get(7)?,
            next_at: row.get(8)?,
            tried_at: row.get(9)?,
            said: row.get(10)?,
        })
    })
    .await
}
