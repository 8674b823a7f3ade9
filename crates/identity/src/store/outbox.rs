//! Messages on their way out: sign-in links, invitations, codes. Durable: what is posted in a transaction goes
//! out when that transaction is committed, also after a crash in between.

use jiff::{SignedDuration, Timestamp};
use kernel::{Id as _, MessageId, Page, Paging, PersonId, Problem, Scope};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Db, Row, Tx, args};

use crate::deliver::Content;
use crate::model::Channel;
use crate::rules;

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// To whom, if it is a person here.
    pub person: Option<PersonId>,
    /// What it is for, a word: `sign_in_link`, `invitation`, `code`.
    pub purpose: &'static str,
    /// Where it goes.
    pub channel: Channel,
    /// What it says. `message_id` is replaced by one made from the message's own id and this domain.
    pub content: Content,
    /// After how long nobody wants it any more.
    pub give_up_after: SignedDuration,
}

/// A message that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its id.
    pub id: MessageId,
    /// Where it goes.
    pub channel: Channel,
    /// What it says.
    pub content: Content,
    /// How often it was tried.
    pub attempts: u32,
    /// After when nobody wants it.
    pub give_up_at: Timestamp,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On its way.
    Waiting,
    /// The next hop took it.
    Sent,
    /// Given up.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [State; 3] = [State::Waiting, State::Sent, State::Failed];

    /// The word in the database and text keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Sent => "sent",
            State::Failed => "failed",
        }
    }
}

/// A message in a list: without what it says, which may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// Its id.
    pub id: MessageId,
    /// What it is for.
    pub purpose: String,
    /// Where it goes, without what is secret in it.
    pub shown: String,
    /// How it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// What the other side, or the failure, said last.
    pub said: String,
    /// When it was posted.
    pub made_at: Timestamp,
    /// When it will be tried next, while it waits.
    pub next_at: Option<Timestamp>,
    /// When it was sent or given up.
    pub done_at: Option<Timestamp>,
}

/// Posts a message with this transaction.
pub async fn post(tx: &mut Tx, message: Message) -> Result<MessageId, Problem> {
    let scope = tx.scope().clone();
    let id = MessageId::new(&scope);
    let mut content = message.content;
    let domain = content.message_id.rsplit('@').next().filter(|d| !d.is_empty()).unwrap_or("tend.invalid");
    content.message_id = format!("{id}@{domain}");
    let channel = serde_json::to_string(&message.channel).map_err(Problem::fault)?;
    let content = serde_json::to_string(&content).map_err(Problem::fault)?;
    tx.exec(
        "insert into messages (id, person_id, purpose, channel, shown, content, state, attempts, next_at, give_up_at, said, made_at)
         values ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $8, '', $7)",
        args![
            id,
            message.person,
            message.purpose,
            channel,
            message.channel.shown(),
            content,
            scope.now(),
            scope.now() + message.give_up_after
        ],
    )
    .await?;
    Ok(id)
}

/// Messages that are due, oldest first.
pub async fn due(db: &Db, scope: &Scope, limit: u32) -> Result<Vec<Due>, Problem> {
    let sql = "select id, channel, content, attempts, give_up_at from messages
               where state = 'waiting' and next_at <= $1 order by next_at, id limit $2";
    db.all(scope, sql, args![scope.now(), limit], |row| {
        Ok(Due {
            id: row.get(0)?,
            channel: serde_json::from_str(&row.get::<String>(1)?).map_err(Problem::fault)?,
            content: serde_json::from_str(&row.get::<String>(2)?).map_err(Problem::fault)?,
            attempts: row.get(3)?,
            give_up_at: row.get(4)?,
        })
    })
    .await
}

/// When the next message will be due, and how many wait.
pub async fn next_due(db: &Db, scope: &Scope) -> Result<(Option<Timestamp>, u64), Problem> {
    let sql = "select min(next_at), count(*) from messages where state = 'waiting'";
    Ok(db.one(scope, sql, args![], |row| Ok((row.get(0)?, row.get(1)?))).await?.unwrap_or((None, 0)))
}

/// Takes a message for one attempt: counts it and puts the next attempt off, so that a crash in the middle
/// costs a wait and not a storm. False when somebody else has it.
pub async fn take(tx: &mut Tx, message: &Due) -> Result<bool, Problem> {
    let next = tx.scope().now() + rules::next_attempt(message.attempts + 1);
    let sql = "update messages set attempts = attempts + 1, next_at = $1
               where id = $2 and state = 'waiting' and attempts = $3";
    Ok(tx.exec(sql, args![next, message.id, message.attempts]).await? > 0)
}

/// Notes how an attempt ended. What is done loses its content.
pub async fn settle(
    tx: &mut Tx,
    message: &Due,
    outcome: Result<&str, (&str, bool)>,
) -> Result<State, Problem> {
    let now = tx.scope().now();
    let next = now + rules::next_attempt(message.attempts + 1);
    let (state, said) = match outcome {
        Ok(said) => (State::Sent, said),
        Err((said, again)) if again && next < message.give_up_at => (State::Waiting, said),
        Err((said, _)) => (State::Failed, said),
    };
    let said: String = said.chars().take(500).collect();
    if state == State::Waiting {
        tx.exec("update messages set said = $1, next_at = $2 where id = $3", args![said, next, message.id])
            .await?;
    } else {
        tx.exec(
            "update messages set said = $1, state = $2, content = null, done_at = $3 where id = $4",
            args![said, state.word(), now, message.id],
        )
        .await?;
    }
    Ok(state)
}

/// A page of messages, newest first; `state` is a word of [`State`].
pub async fn list(
    db: &Db,
    scope: &Scope,
    state: Option<&str>,
    paging: &Paging,
) -> Result<Page<Line>, Problem> {
    let before = match &paging.after {
        Some(after) => after.parts::<1>()?[0].clone(),
        None => "~".to_owned(),
    };
    let sql = "select id, purpose, shown, state, attempts, said, made_at, next_at, done_at from messages
               where id < $1 and ($2 = '' or state = $2) order by id desc limit $3";
    let rows =
        db.all(scope, sql, args![before, state.unwrap_or_default(), paging.read_limit()], line).await?;
    Ok(paging.page(rows, |line| vec![line.id.to_string()]))
}

fn line(row: &Row<'_>) -> Result<Line, Problem> {
    let word: String = row.get(3)?;
    let state = State::ALL.into_iter().find(|state| state.word() == word).unwrap_or(State::Failed);
    Ok(Line {
        id: row.get(0)?,
        purpose: row.get(1)?,
        shown: row.get(2)?,
        state,
        attempts: row.get(4)?,
        said: row.get(5)?,
        made_at: row.get(6)?,
        next_at: row.get::<Option<Timestamp>>(7)?.filter(|_| state == State::Waiting),
        done_at: row.get(8)?,
    })
}

/// Removes messages that were done a month ago; returns how many.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<u64, Problem> {
    let month_ago = tx.scope().now() - SignedDuration::from_hours(30 * 24);
    tx.exec("delete from messages where state <> 'waiting' and made_at < $1", args![month_ago]).await
}
