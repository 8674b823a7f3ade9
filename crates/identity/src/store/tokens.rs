//! Keys for programs.

use jiff::{SignedDuration, Timestamp};
use kernel::{About, Fact, Id as _, Page, Paging, PersonId, Problem, Scope, TokenId};
use store::{Db, Row, Tx, args};

use crate::model::{MAX_TOKENS, Person, Place, Standing, Token, TokenRight};
use crate::{rules, secrets};

use super::people;

/// The longest a token may live: a year and a day, so that "once a year" can be a habit.
pub const MAX_LIFE: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Places a token may be limited to.
pub const MAX_PLACES: usize = 100;

const COLUMNS: &str =
    "t.id, t.person_id, t.name, t.most, t.places, t.made_at, t.expires_at, t.used_at, t.revoked_at";

fn read(row: &Row<'_>, at: usize) -> Result<Token, Problem> {
    let word: String = row.get(at + 3)?;
    Ok(Token {
        id: row.get(at)?,
        person_id: row.get(at + 1)?,
        name: row.get(at + 2)?,
        right: TokenRight::from_word(&word)
            .ok_or_else(|| Problem::fault(format!("a token has the unknown right {word:?}")))?,
        places: serde_json::from_str(&row.get::<String>(at + 4)?).map_err(Problem::fault)?,
        made_at: row.get(at + 5)?,
        expires_at: row.get(at + 6)?,
        used_at: row.get(at + 7)?,
        revoked_at: row.get(at + 8)?,
    })
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do at most.
    pub right: TokenRight,
    /// Where; empty means wherever its person may.
    pub places: Vec<Place>,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Makes a token; its secret is returned and not kept.
pub async fn make(tx: &mut Tx, person: PersonId, new: NewToken) -> Result<(Token, String), Problem> {
    let scope = tx.scope().clone();
    let mut problem = Problem::invalid();
    let name = rules::clean_name(&new.name).unwrap_or_else(|code| {
        problem.fields.push(kernel::FieldProblem { field: "name".into(), code, args: Vec::new() });
        String::new()
    });
    if new.expires_at <= scope.now() || new.expires_at > scope.now() + MAX_LIFE {
        problem = problem.field("expires", "field-bad-expiry");
    }
    if new.places.len() > MAX_PLACES {
        problem = problem.field("places", "field-too-many").field_with("most", MAX_PLACES);
    }
    let sql = "select count(*) from tokens where person_id = $1 and revoked_at is null and expires_at > $2";
    let held = tx.one(sql, args![person, scope.now()], |row| row.get::<usize>(0)).await?.unwrap_or(0);
    if held >= MAX_TOKENS {
        problem = problem.field("name", "field-too-many").field_with("most", MAX_TOKENS);
    }
    problem.or(())?;
    people::person_in(tx, person).await?;
    let secret = secrets::fresh_token(&scope);
    let token = Token {
        id: TokenId::new(&scope),
        person_id: person,
        name,
        right: new.right,
        places: new.places,
        made_at: scope.now(),
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
    };
    let places = serde_json::to_string(&token.places).map_err(Problem::fault)?;
    tx.exec(
        "insert into tokens (id, hash, person_id, name, most, places, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            token.id,
            secrets::kept(&secret),
            person,
            &token.name,
            token.right.word(),
            places,
            token.made_at,
            token.expires_at
        ],
    )
    .await?;
    let fact = Fact::TokenMade { token: token.id, person, name: token.name.clone() };
    tx.record(About::installation(), fact).await?;
    Ok((token, secret))
}

/// The token of a secret and in whose name it acts; none when it is unknown, expired or withdrawn, or its
/// person is suspended.
pub async fn find(db: &Db, scope: &Scope, secret: &str) -> Result<Option<(Token, Person)>, Problem> {
    if !secrets::is_token(secret) {
        return Ok(None);
    }
    let sql = format!(
        "select {}, {COLUMNS} from tokens t join people p on p.id = t.person_id where t.hash = $1",
        people::columns()
    );
    let found = db
        .one(scope, &sql, args![secrets::kept(secret)], |row| {
            Ok((read(row, people::WIDTH)?, people::read(row)?))
        })
        .await?;
    Ok(found.filter(|(token, person)| {
        token.revoked_at.is_none()
            && token.expires_at > scope.now()
            && !matches!(person.standing, Standing::Suspended { .. })
    }))
}

/// Notes that a token was used, if that was not noted lately.
pub async fn touch(db: &Db, scope: &Scope, token: &Token) -> Result<(), Problem> {
    if token.used_at.is_some_and(|at| scope.now().duration_since(at) < rules::SEEN_EVERY) {
        return Ok(());
    }
    let mut tx = db.write_unaudited("identity.token_used", scope).await?;
    tx.exec("update tokens set used_at = $1 where id = $2", args![scope.now(), token.id]).await?;
    tx.commit().await
}

/// A page of somebody's tokens, newest first, those that no longer work included.
pub async fn of_person(
    db: &Db,
    scope: &Scope,
    person: PersonId,
    paging: &Paging,
) -> Result<Page<Token>, Problem> {
    let before = match &paging.after {
        Some(after) => after.parts::<1>()?[0].clone(),
        None => "~".to_owned(),
    };
    let sql = format!(
        "select {COLUMNS} from tokens t where t.person_id = $1 and t.id < $2 order by t.id desc limit $3"
    );
    let rows = db.all(scope, &sql, args![person, before, paging.read_limit()], |row| read(row, 0)).await?;
    Ok(paging.page(rows, |token| vec![token.id.to_string()]))
}

/// Withdraws a token of somebody.
pub async fn revoke(tx: &mut Tx, person: PersonId, id: TokenId) -> Result<(), Problem> {
    let now = tx.scope().now();
    let sql = "update tokens set revoked_at = $1 where id = $2 and person_id = $3 and revoked_at is null";
    if tx.exec(sql, args![now, id, person]).await? == 0 {
        return Err(Problem::not_found("token"));
    }
    tx.record(About::installation(), Fact::TokenRevoked { token: id, person }).await?;
    Ok(())
}
