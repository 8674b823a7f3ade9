//! Signed-in browsers.

use jiff::Timestamp;
use kernel::{About, Fact, Id as _, PersonId, Problem, Scope, SessionId};
use store::{Db, Row, Tx, args};

use crate::model::{Person, Session, Standing};
use crate::{rules, secrets};

use super::people;

/// Sessions of one person shown and kept; the oldest make room.
pub const MAX_SESSIONS: i64 = 50;
/// The longest name of a browser that is kept, characters.
const MAX_AGENT: usize = 300;

const COLUMNS: &str = "s.id, s.person_id, s.made_at, s.seen_at, s.agent, s.address, s.signed_in_with";

fn read(row: &Row<'_>, at: usize) -> Result<Session, Problem> {
    Ok(Session {
        id: row.get(at)?,
        person_id: row.get(at + 1)?,
        made_at: row.get(at + 2)?,
        seen_at: row.get(at + 3)?,
        agent: row.get(at + 4)?,
        address: row.get(at + 5)?,
        with: row.get(at + 6)?,
    })
}

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// What the browser calls itself.
    pub agent: String,
    /// The network address.
    pub address: String,
}

/// Begins a session; the secret goes into the cookie and is not kept.
pub async fn begin(tx: &mut Tx, person: PersonId, from: &Origin, with: &str) -> Result<String, Problem> {
    let scope = tx.scope().clone();
    let secret = secrets::fresh(&scope);
    let agent: String = from.agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT).collect();
    tx.exec(
        "insert into sessions (id, hash, person_id, made_at, seen_at, agent, address, signed_in_with)
         values ($1, $2, $3, $4, $4, $5, $6, $7)",
        args![
            SessionId::new(&scope),
            secrets::kept(&secret),
            person,
            scope.now(),
            agent,
            &from.address,
            with
        ],
    )
    .await?;
    tx.exec(
        "delete from sessions where person_id = $1 and id not in
            (select id from sessions where person_id = $1 order by seen_at desc, id desc limit $2)",
        args![person, MAX_SESSIONS],
    )
    .await?;
    people::touch(tx, person).await?;
    tx.record(About::installation(), Fact::SignedIn { person, with: with.to_owned() }).await?;
    Ok(secret)
}

/// The session of a cookie and whose it is; none when it is unknown or over, or the person is suspended.
pub async fn find(db: &Db, scope: &Scope, secret: &str) -> Result<Option<(Session, Person)>, Problem> {
    if secret.len() > 200 {
        return Ok(None);
    }
    let sql = format!(
        "select {}, {COLUMNS} from sessions s join people p on p.id = s.person_id where s.hash = $1",
        people::columns()
    );
    let found = db
        .one(scope, &sql, args![secrets::kept(secret)], |row| {
            Ok((read(row, people::WIDTH)?, people::read(row)?))
        })
        .await?;
    Ok(found.filter(|(session, person)| {
        rules::session_holds(session.made_at, session.seen_at, scope.now())
            && !matches!(person.standing, Standing::Suspended { .. })
    }))
}

/// Notes that a session was used, if that was not noted lately.
pub async fn touch(db: &Db, scope: &Scope, session: &Session) -> Result<(), Problem> {
    if scope.now().duration_since(session.seen_at) < rules::SEEN_EVERY {
        return Ok(());
    }
    let mut tx = db.write_unaudited("identity.seen", scope).await?;
    tx.exec("update sessions set seen_at = $1 where id = $2", args![scope.now(), session.id]).await?;
    people::touch(&mut tx, session.person_id).await?;
    tx.commit().await
}

/// Somebody's sessions that still hold, last used first.
pub async fn of_person(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Session>, Problem> {
    let sql = format!(
        "select {COLUMNS} from sessions s where s.person_id = $1 order by s.seen_at desc, s.id desc limit $2"
    );
    let all = db.all(scope, &sql, args![person, MAX_SESSIONS], |row| read(row, 0)).await?;
    let now: Timestamp = scope.now();
    Ok(all.into_iter().filter(|s| rules::session_holds(s.made_at, s.seen_at, now)).collect())
}

/// Ends one session of somebody.
pub async fn end(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<(), Problem> {
    let touched = tx.exec("delete from sessions where id = $1 and person_id = $2", args![id, person]).await?;
    if touched == 0 {
        return Err(Problem::not_found("session"));
    }
    tx.record(About::installation(), Fact::SignedOut { person }).await?;
    Ok(())
}

/// Ends the session of a cookie; fine when it is over already.
pub async fn end_secret(tx: &mut Tx, secret: &str) -> Result<(), Problem> {
    let hash = secrets::kept(secret);
    let sql = "select person_id from sessions where hash = $1";
    let Some(person) = tx.one(sql, args![&hash], |row| row.get::<PersonId>(0)).await? else {
        return Ok(());
    };
    tx.exec("delete from sessions where hash = $1", args![hash]).await?;
    tx.record(About::installation(), Fact::SignedOut { person }).await?;
    Ok(())
}

/// Ends all sessions of somebody but one; returns how many.
pub async fn end_others(tx: &mut Tx, person: PersonId, keep: Option<SessionId>) -> Result<u64, Problem> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    let ended =
        tx.exec("delete from sessions where person_id = $1 and id <> $2", args![person, keep]).await?;
    if ended > 0 {
        tx.record(About::installation(), Fact::SignedOut { person }).await?;
    }
    Ok(ended)
}

pub(crate) async fn end_all(tx: &mut Tx, person: PersonId) -> Result<u64, Problem> {
    end_others(tx, person, None).await
}

/// Removes sessions that are over; returns how many.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<u64, Problem> {
    let now = tx.scope().now();
    tx.exec(
        "delete from sessions where seen_at < $1 or made_at < $2",
        args![now - rules::SESSION_IDLE - rules::SEEN_EVERY, now - rules::SESSION_MOST],
    )
    .await
}
