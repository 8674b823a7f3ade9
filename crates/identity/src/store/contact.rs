//! How people are reached: their contact methods and rules.

use jiff::{SignedDuration, Timestamp};
use kernel::{About, ContactMethodId, Fact, Id as _, PersonId, Problem, Scope};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Db, Row, Tx, args};

use crate::model::{Channel, MAX_METHODS, MAX_RULES, Method, Proof, Reachable, Rule};
use crate::{rules, secrets};

use super::people;

/// How long a code that proves an address holds.
pub const CODE_HOLDS: SignedDuration = SignedDuration::from_mins(30);
/// How often a code may be typed wrong before a new one is needed.
pub const CODE_TRIES: u32 = 5;

/// A contact method as its owner and administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Contact {
    /// Its id.
    pub id: ContactMethodId,
    /// `mail`, `chat`, `push` or `sms`.
    pub kind: crate::model::ChannelKind,
    /// Where it goes, without what is secret in it.
    pub shown: String,
    /// Since when it is known to work.
    pub verified_at: Option<Timestamp>,
    /// How it was proved.
    pub proof: Option<Proof>,
    /// Whether a code is out that can still be typed over.
    pub waits_for_code: bool,
    /// The file and line that declare it.
    pub declared_in: Option<String>,
    /// Where it goes, in full.
    #[serde(skip)]
    pub channel: Channel,
}

impl Contact {
    /// The same as the rules speak of it.
    #[must_use]
    pub fn method(&self) -> Method {
        Method { id: self.id, channel: self.channel.clone(), verified_at: self.verified_at }
    }
}

const COLUMNS: &str =
    "c.id, c.channel, c.verified_at, c.verified_by, c.code_expires_at, c.code_tries, c.declared_in";

fn read(row: &Row<'_>, now: Timestamp) -> Result<Contact, Problem> {
    let channel: Channel = serde_json::from_str(&row.get::<String>(1)?).map_err(Problem::fault)?;
    let expires: Option<Timestamp> = row.get(4)?;
    Ok(Contact {
        id: row.get(0)?,
        kind: channel.kind(),
        shown: channel.shown(),
        verified_at: row.get(2)?,
        proof: row.get::<Option<String>>(3)?.and_then(|word| Proof::from_word(&word)),
        waits_for_code: expires.is_some_and(|at| at > now) && row.get::<u32>(5)? < CODE_TRIES,
        declared_in: row.get(6)?,
        channel,
    })
}

/// Somebody's methods, in the order in which they were added.
pub async fn methods(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Contact>, Problem> {
    let sql =
        format!("select {COLUMNS} from contact_methods c where c.person_id = $1 order by c.position, c.id");
    let now = scope.now();
    db.all(scope, &sql, args![person], |row| read(row, now)).await
}

/// Somebody's methods, as a transaction sees them.
pub async fn methods_in(tx: &mut Tx, person: PersonId) -> Result<Vec<Contact>, Problem> {
    let sql =
        format!("select {COLUMNS} from contact_methods c where c.person_id = $1 order by c.position, c.id");
    let now = tx.scope().now();
    tx.all(&sql, args![person], |row| read(row, now)).await
}

const RULES: &str = "select method_id, after from contact_rules where person_id = $1 order by position";

/// Somebody's rules, in their order.
pub async fn rules(db: &Db, scope: &Scope, person: PersonId) -> Result<Vec<Rule>, Problem> {
    db.all(scope, RULES, args![person], |row| Ok(Rule { method: row.get(0)?, after: row.get(1)? })).await
}

/// Somebody's rules, as a transaction sees them.
pub async fn rules_in(tx: &mut Tx, person: PersonId) -> Result<Vec<Rule>, Problem> {
    tx.all(RULES, args![person], |row| Ok(Rule { method: row.get(0)?, after: row.get(1)? })).await
}

/// Everything needed to reach somebody; see [`Reachable::plan`].
pub async fn reach(db: &Db, scope: &Scope, person: PersonId) -> Result<Reachable, Problem> {
    let found = people::person(db, scope, person).await?;
    let methods = methods(db, scope, person).await?.iter().map(Contact::method).collect();
    Ok(Reachable { person: found, methods, rules: rules(db, scope, person).await? })
}

/// Everything needed to reach somebody, as a transaction sees it.
pub async fn reach_in(tx: &mut Tx, person: PersonId) -> Result<Reachable, Problem> {
    let found = people::person_in(tx, person).await?;
    let methods = methods_in(tx, person).await?.iter().map(Contact::method).collect();
    Ok(Reachable { person: found, methods, rules: rules_in(tx, person).await? })
}

/// Adds a way to reach somebody. `proof` says that it is known to work already.
pub async fn add(
    tx: &mut Tx,
    person: PersonId,
    channel: Channel,
    proof: Option<Proof>,
    declared_in: Option<String>,
) -> Result<ContactMethodId, Problem> {
    let field = match &channel {
        Channel::Mail { .. } => "address",
        Channel::Chat { .. } | Channel::Push { .. } => "url",
        Channel::Sms { .. } => "number",
    };
    let channel = rules::clean_channel(channel).map_err(|code| Problem::invalid().field(field, code))?;
    let held = methods_in(tx, person).await?;
    if held.iter().any(|method| method.channel == channel) {
        return Err(Problem::invalid().field(field, "field-taken"));
    }
    if held.len() >= MAX_METHODS {
        return Err(Problem::invalid().field(field, "field-too-many").field_with("most", MAX_METHODS));
    }
    let scope = tx.scope().clone();
    let id = ContactMethodId::new(&scope);
    let json = serde_json::to_string(&channel).map_err(Problem::fault)?;
    tx.exec(
        "insert into contact_methods
            (id, person_id, position, kind, channel, verified_at, verified_by, code_tries, added_at, declared_in)
         select $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, 0, $7, $8
         from contact_methods where person_id = $2",
        args![
            id,
            person,
            channel.word(),
            json,
            proof.map(|_| scope.now()),
            proof.map(Proof::word),
            scope.now(),
            declared_in
        ],
    )
    .await?;
    let added = Fact::ContactMethodAdded { person, method: id, channel: channel.word().to_owned() };
    tx.record(About::installation(), added).await?;
    if proof.is_some() {
        tx.record(About::installation(), Fact::ContactMethodVerified { person, method: id }).await?;
    }
    Ok(id)
}

/// Makes a code for a method that is to be proved; the code goes out to the method and nowhere else.
pub async fn make_code(tx: &mut Tx, person: PersonId, id: ContactMethodId) -> Result<String, Problem> {
    let scope = tx.scope().clone();
    let code = secrets::fresh_code(&scope);
    let touched = tx
        .exec(
            "update contact_methods set code_hash = $1, code_expires_at = $2, code_tries = 0
             where id = $3 and person_id = $4 and verified_at is null",
            args![secrets::kept(&format!("{id}{code}")), scope.now() + CODE_HOLDS, id, person],
        )
        .await?;
    if touched == 0 { Err(Problem::not_found("contact-method")) } else { Ok(code) }
}

/// How typing a code over went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// It is the code; the method is proved.
    Right,
    /// It is not; so many tries are left.
    Wrong(u32),
    /// No code is out, or it is too old or was tried too often.
    Stale,
}

/// Compares a code that was typed over. The caller commits also when it is wrong, so that tries count.
pub async fn type_code(
    tx: &mut Tx,
    person: PersonId,
    id: ContactMethodId,
    code: &str,
) -> Result<Typed, Problem> {
    let sql =
        "select code_hash, code_expires_at, code_tries from contact_methods where id = $1 and person_id = $2";
    let row = tx
        .one(sql, args![id, person], |row| {
            Ok((row.get::<Option<String>>(0)?, row.get::<Option<Timestamp>>(1)?, row.get::<u32>(2)?))
        })
        .await?;
    let Some((hash, expires, tries)) = row else { return Err(Problem::not_found("contact-method")) };
    let now = tx.scope().now();
    let (Some(hash), Some(expires)) = (hash, expires) else { return Ok(Typed::Stale) };
    if expires <= now || tries >= CODE_TRIES {
        return Ok(Typed::Stale);
    }
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    if !secrets::is(&format!("{id}{digits}"), &hash) {
        tx.exec("update contact_methods set code_tries = code_tries + 1 where id = $1", args![id]).await?;
        return Ok(match CODE_TRIES - tries - 1 {
            0 => Typed::Stale,
            left => Typed::Wrong(left),
        });
    }
    prove(tx, person, id, Proof::Code).await?;
    Ok(Typed::Right)
}

/// Notes that a method is known to work.
pub async fn prove(tx: &mut Tx, person: PersonId, id: ContactMethodId, proof: Proof) -> Result<(), Problem> {
    let now = tx.scope().now();
    let touched = tx
        .exec(
            "update contact_methods set verified_at = $1, verified_by = $2, code_hash = null, code_expires_at = null
             where id = $3 and person_id = $4 and verified_at is null",
            args![now, proof.word(), id, person],
        )
        .await?;
    if touched > 0 {
        tx.record(About::installation(), Fact::ContactMethodVerified { person, method: id }).await?;
    }
    Ok(())
}

/// Notes which file declares a method, or that none does any more.
pub(crate) async fn declare(
    tx: &mut Tx,
    person: PersonId,
    id: ContactMethodId,
    declared_in: Option<&str>,
) -> Result<(), Problem> {
    tx.exec(
        "update contact_methods set declared_in = $1 where id = $2 and person_id = $3",
        args![declared_in.map(str::to_owned), id, person],
    )
    .await?;
    Ok(())
}

/// Notes that a link sent to somebody's mail address came back: their mail works.
pub(crate) async fn prove_mail(tx: &mut Tx, person: PersonId, mail: &str) -> Result<(), Problem> {
    let held = methods_in(tx, person).await?;
    let same = |contact: &&Contact| matches!(&contact.channel, Channel::Mail { address } if address == mail);
    match held.iter().find(same) {
        Some(contact) if contact.verified_at.is_none() => prove(tx, person, contact.id, Proof::Link).await,
        Some(_) => Ok(()),
        None if held.len() < MAX_METHODS => {
            let channel = Channel::Mail { address: mail.to_owned() };
            add(tx, person, channel, Some(Proof::Link), None).await.map(|_| ())
        }
        None => Ok(()),
    }
}

/// Removes a way to reach somebody, and the rules that used it.
pub async fn remove(tx: &mut Tx, person: PersonId, id: ContactMethodId) -> Result<(), Problem> {
    let held = methods_in(tx, person).await?;
    let Some(contact) = held.iter().find(|contact| contact.id == id) else {
        return Err(Problem::not_found("contact-method"));
    };
    if contact.declared_in.is_some() {
        return Err(Problem::conflict("declared-in-file"));
    }
    take(tx, person, id).await
}

/// Removes a method that a file declared and no longer does.
pub(crate) async fn take(tx: &mut Tx, person: PersonId, id: ContactMethodId) -> Result<(), Problem> {
    tx.exec("delete from contact_rules where person_id = $1 and method_id = $2", args![person, id]).await?;
    tx.exec("delete from contact_methods where id = $1 and person_id = $2", args![id, person]).await?;
    tx.record(About::installation(), Fact::ContactMethodRemoved { person, method: id }).await?;
    Ok(())
}

/// Replaces somebody's rules; says whether they differ from before.
pub async fn set_rules(tx: &mut Tx, person: PersonId, new: &[Rule]) -> Result<bool, Problem> {
    if new.len() > MAX_RULES {
        return Err(Problem::invalid().field("rules", "field-too-many").field_with("most", MAX_RULES));
    }
    let methods = methods_in(tx, person).await?;
    let mut problem = Problem::invalid();
    for (at, rule) in new.iter().enumerate() {
        if !methods.iter().any(|method| method.id == rule.method) {
            problem = problem.field(format!("rules.{at}.method"), "field-unknown-method");
        }
        if rule.after.is_negative() || rule.after > rules::MAX_RULE_WAIT {
            problem = problem.field(format!("rules.{at}.after"), "field-bad-wait");
        }
    }
    problem.or(())?;
    if rules_in(tx, person).await? == new {
        return Ok(false);
    }
    tx.exec("delete from contact_rules where person_id = $1", args![person]).await?;
    let rows = new.iter().zip(0i64..).map(|(rule, at)| args![person, at, rule.method, rule.after]).collect();
    tx.exec_many(
        "insert into contact_rules (person_id, position, method_id, after) values ($1, $2, $3, $4)",
        rows,
    )
    .await?;
    tx.record(About::installation(), Fact::ContactRulesChanged { person }).await?;
    Ok(true)
}

/// By how many proved ways each of these people can be reached, for lists: (kinds, proved).
pub async fn kinds_of_all(
    db: &Db,
    scope: &Scope,
    ids: &[PersonId],
) -> Result<std::collections::HashMap<PersonId, Vec<(String, bool)>>, Problem> {
    let mut out: std::collections::HashMap<PersonId, Vec<(String, bool)>> = std::collections::HashMap::new();
    for some in ids.chunks(500) {
        let sql = format!(
            "select person_id, kind, max(case when verified_at is null then 0 else 1 end) from contact_methods
             where person_id in ({}) group by person_id, kind order by person_id, kind",
            people::places(some.len())
        );
        let values = some.iter().flat_map(|id| args![*id]).collect();
        let rows = db
            .all(scope, &sql, values, |row| {
                Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<i64>(2)? == 1))
            })
            .await?;
        for (person, kind, proved) in rows {
            out.entry(person).or_default().push((kind, proved));
        }
    }
    Ok(out)
}
