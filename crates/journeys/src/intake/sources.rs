//! Sources: places where signals come from (a site, an app, a program), each of one service, and what they are known by.

use jiff::Timestamp;
use kernel::{About, ClientId, Fact, Id, Problem, Scope, ServiceId, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Db, Row, Tx, args};

use super::identity;

/// The longest name, characters.
pub const MAX_NAME: usize = 80;
/// The most domains and other keys of a source, each.
pub const MAX_DOMAINS: usize = 50;
/// The longest domain or other key, bytes (a domain name ends at 253).
pub const MAX_WORD: usize = 253;
/// The most sources of a service.
pub const MAX_SOURCES: usize = 100;
/// The longest time that events are kept, days: ten years.
pub const MAX_KEEP_DAYS: u32 = 3_653;
/// The most sources of an installation that are held in memory.
const MAX_ALL: i64 = 20_000;

/// How much is known of who a user is (journeys reference 3.4); shown on every chart.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Nothing: visits only where the client names them, no visitors.
    None,
    /// Visitors of a day, without cookies; unlinkable after 48 hours.
    #[default]
    Daily,
    /// Users whom the service declares, next to visitors of a day.
    Declared,
}

impl Identity {
    /// Every level.
    pub const ALL: [Identity; 3] = [Identity::None, Identity::Daily, Identity::Declared];

    /// The word in files, the API and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Identity::None => "none",
            Identity::Daily => "daily",
            Identity::Declared => "declared",
        }
    }

    /// The level of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Identity> {
        Identity::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The client.
    pub client: ClientId,
    /// The service it tells about.
    pub service: ServiceId,
    /// For people; unique within the service.
    pub name: String,
    /// The public key that clients send: public, because it stands in pages.
    pub key: String,
    /// The number that Matomo's clients send (`idsite`).
    pub number: u32,
    /// The UUID that Umami's clients send.
    pub uuid: String,
    /// Domains of the site: what Plausible's clients send.
    pub domains: Vec<String>,
    /// Other keys it answers to: those that clients already send to where they reported before.
    pub also: Vec<String>,
    /// How much is known of users.
    pub identity: Identity,
    /// Whether `DNT` and `Sec-GPC` are honoured.
    pub respects_signals: bool,
    /// How long events are kept, days; none is for ever.
    pub keep_days: Option<u32>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Source {
    /// Every word by which it is found, in lower case.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let own = [self.key.clone(), self.number.to_string(), self.uuid.clone()];
        let mut words: Vec<String> =
            own.iter().chain(&self.domains).chain(&self.also).map(|word| word.to_lowercase()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// What of a source a person or a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDraft {
    /// For people; unique within the service.
    pub name: String,
    /// Domains of the site.
    pub domains: Vec<String>,
    /// Other keys it answers to.
    pub also: Vec<String>,
    /// How much is known of users.
    pub identity: Identity,
    /// Whether `DNT` and `Sec-GPC` are honoured.
    pub respects_signals: bool,
    /// How long events are kept, days.
    pub keep_days: Option<u32>,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

impl Default for SourceDraft {
    fn default() -> Self {
        SourceDraft {
            name: String::new(),
            domains: Vec::new(),
            also: Vec::new(),
            identity: Identity::default(),
            respects_signals: true,
            keep_days: None,
            declared_in: None,
        }
    }
}

/// Something that is wrong with a draft: the field, the key of its text, and what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: &'static str,
    /// The key of the text for screens.
    pub code: &'static str,
    /// What it speaks of.
    pub value: String,
}

impl Wrong {
    /// A sentence for who wrote a file.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.code {
            "field-required" => format!("a source needs a {}", self.field),
            "intake-field-domain" => format!("{:?} is not a domain such as svc.example", self.value),
            "intake-field-many" => format!("more than {MAX_DOMAINS} {}", self.field),
            "intake-field-keep" => format!("keep is {}; it is from 1d to {MAX_KEEP_DAYS}d", self.value),
            "intake-field-word" => {
                format!("{:?} is not a key: 1 to {MAX_WORD} letters without spaces", self.value)
            }
            _ => format!("{} is longer than {MAX_NAME} letters", self.field),
        }
    }
}

/// A domain as it is compared: lower case, without `www.`, scheme and path.
#[must_use]
pub fn domain_of(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let host = super::incoming::address(&lower).map_or("", |address| address.host);
    let host = if host.is_empty() { lower.split(['/', ':']).next().unwrap_or_default() } else { host };
    host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.').to_owned()
}

fn is_domain(text: &str) -> bool {
    let letters = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte > 127)
    };
    !text.is_empty() && text.len() <= MAX_WORD && text.split('.').all(letters)
}

/// Everything that is wrong with a draft by itself.
#[must_use]
pub fn wrong(draft: &SourceDraft) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut add = |field, code, value: &str| found.push(Wrong { field, code, value: value.to_owned() });
    if draft.name.trim().is_empty() {
        add("name", "field-required", "");
    } else if draft.name.chars().count() > MAX_NAME {
        add("name", "intake-field-long", &draft.name);
    }
    for domain in &draft.domains {
        if !is_domain(domain) {
            add("domains", "intake-field-domain", domain);
        }
    }
    for word in &draft.also {
        let fits = !word.is_empty() && word.len() <= MAX_WORD && word.chars().all(|one| !one.is_whitespace());
        if !fits {
            add("also", "intake-field-word", word);
        }
    }
    for (field, count) in [("domains", draft.domains.len()), ("also", draft.also.len())] {
        if count > MAX_DOMAINS {
            add(field, "intake-field-many", "");
        }
    }
    if let Some(days) = draft.keep_days.filter(|days| *days == 0 || *days > MAX_KEEP_DAYS) {
        add("keep", "intake-field-keep", &format!("{days}d"));
    }
    found
}

const SOURCE: &str = "s.id, s.client_id, s.service_id, s.name, s.public_key, s.number, s.domains, s.also, s.identity, \
                      s.respects_signals, s.keep_days, s.declared_in, s.created_at";
const WALL: &str = "{wall s.client_id s.service_id}";

fn read(row: &Row<'_>) -> Result<Source, Problem> {
    let (domains, also): (String, String) = (row.get(6)?, row.get(7)?);
    let key: String = row.get(4)?;
    Ok(Source {
        id: row.get(0)?,
        client: row.get(1)?,
        service: row.get(2)?,
        name: row.get(3)?,
        uuid: identity::uuid_of(&key),
        key,
        number: row.get(5)?,
        domains: serde_json::from_str(&domains).map_err(Problem::fault)?,
        also: serde_json::from_str(&also).map_err(Problem::fault)?,
        identity: Identity::from_word(&row.get::<String>(8)?)
            .ok_or_else(|| Problem::fault("a source's identity is not a known word"))?,
        respects_signals: row.get(9)?,
        keep_days: row.get(10)?,
        declared_in: row.get(11)?,
        created_at: row.get(12)?,
    })
}

/// The sources of a service, by name.
pub async fn of_service(db: &Db, scope: &Scope, service: ServiceId) -> Result<Vec<Source>, Problem> {
    let text = format!("select {SOURCE} from sources s where {WALL} and s.service_id = $1 order by s.name");
    db.all(scope, &text, args![service], read).await
}

/// Every source that may be seen, by name.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Source>, Problem> {
    let text = format!("select {SOURCE} from sources s where {WALL} order by s.name, s.id limit $1");
    db.all(scope, &text, args![MAX_ALL], read).await
}

/// One source, if it is there and may be seen.
pub async fn source(db: &Db, scope: &Scope, id: SourceId) -> Result<Option<Source>, Problem> {
    let text = format!("select {SOURCE} from sources s where {WALL} and s.id = $1");
    db.one(scope, &text, args![id], read).await
}

/// One source, or 404.
pub async fn expect(db: &Db, scope: &Scope, id: SourceId) -> Result<Source, Problem> {
    source(db, scope, id).await?.ok_or_else(|| Problem::not_found("source"))
}

/// The source that answers to a key: its own, its number, its UUID, a domain or another key of it.
pub async fn by_key(db: &Db, scope: &Scope, key: &str) -> Result<Option<Source>, Problem> {
    let text = format!(
        "select {SOURCE} from sources s join source_words w on w.source_id = s.id where {WALL} and w.word = $1"
    );
    db.one(scope, &text, args![key.trim().to_lowercase()], read).await
}

/// The sources of a service, as a transaction sees them.
pub async fn of_service_in(tx: &mut Tx, service: ServiceId) -> Result<Vec<Source>, Problem> {
    let text = format!("select {SOURCE} from sources s where {WALL} and s.service_id = $1 order by s.name");
    tx.all(&text, args![service], read).await
}

/// The sources that files declare, as a transaction sees them.
pub async fn declared_in(tx: &mut Tx) -> Result<Vec<Source>, Problem> {
    let text = format!(
        "select {SOURCE} from sources s where {WALL} and s.declared_in is not null order by s.number"
    );
    tx.all(&text, args![], read).await
}

/// 13 of Crockford's letters: 65 bits, so that nobody meets another's key by chance.
fn new_key(scope: &Scope) -> String {
    let letters = b"0123456789abcdefghjkmnpqrstvwxyz";
    scope.random::<13>().iter().map(|byte| char::from(letters[usize::from(byte & 31)])).collect()
}

fn json(words: &[String]) -> Result<String, Problem> {
    serde_json::to_string(words).map_err(Problem::fault)
}

/// Adds a source to a service. A name, domain or key that another source has is a conflict.
pub async fn add(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    draft: &SourceDraft,
) -> Result<Source, Problem> {
    let scope = tx.scope().clone();
    // Numbers are never given out again: an old page would tell its news to somebody else.
    let number = tx
        .one(
            "insert into intake_numbers (name, value) values ('source', 1)
             on conflict (name) do update set value = intake_numbers.value + 1 returning value",
            args![],
            |row| row.get::<u32>(0),
        )
        .await?
        .ok_or_else(|| Problem::fault("a counter gave no number"))?;
    let key = new_key(&scope);
    let source = Source {
        id: SourceId::new(&scope),
        client,
        service,
        name: draft.name.trim().to_owned(),
        uuid: identity::uuid_of(&key),
        key,
        number,
        domains: draft.domains.clone(),
        also: draft.also.clone(),
        identity: draft.identity,
        respects_signals: draft.respects_signals,
        keep_days: draft.keep_days,
        declared_in: draft.declared_in.clone(),
        created_at: scope.now(),
    };
    tx.exec_in(
        client,
        "insert into sources (id, client_id, service_id, name, public_key, number, domains, also, identity,
         respects_signals, keep_days, declared_in, created_at)
         values ($1, {client}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            source.id,
            service,
            source.name.as_str(),
            source.key.as_str(),
            number,
            json(&source.domains)?,
            json(&source.also)?,
            source.identity.word(),
            source.respects_signals,
            source.keep_days,
            source.declared_in.as_deref(),
            source.created_at
        ],
    )
    .await?;
    write_words(tx, &source).await?;
    let fact = Fact::SourceAdded { source: source.id, name: source.name.clone() };
    tx.record(About::service(client, service), fact).await?;
    Ok(source)
}

async fn write_words(tx: &mut Tx, source: &Source) -> Result<(), Problem> {
    tx.exec("delete from source_words where source_id = $1", args![source.id]).await?;
    let rows = source.words().into_iter().map(|word| args![word, source.id]).collect();
    tx.exec_many("insert into source_words (word, source_id) values ($1, $2)", rows).await?;
    Ok(())
}

/// What differs between a source and a draft of it, a short phrase each.
#[must_use]
pub fn differences(source: &Source, draft: &SourceDraft) -> Vec<String> {
    let mut found = Vec::new();
    kernel::code::differs(&mut found, "name", &source.name, &draft.name);
    kernel::code::differs(&mut found, "domains", &source.domains.join(", "), &draft.domains.join(", "));
    kernel::code::differs(&mut found, "also", &source.also.join(", "), &draft.also.join(", "));
    kernel::code::differs(&mut found, "identity", &source.identity.word(), &draft.identity.word());
    kernel::code::differs(&mut found, "respects_signals", &source.respects_signals, &draft.respects_signals);
    let days = |days: Option<u32>| days.map_or_else(|| "for ever".to_owned(), |days| format!("{days}d"));
    kernel::code::differs(&mut found, "keep", &days(source.keep_days), &days(draft.keep_days));
    found
}

/// Changes a source; returns what differs.
pub async fn change(tx: &mut Tx, source: &Source, draft: &SourceDraft) -> Result<Vec<String>, Problem> {
    let changed = differences(source, draft);
    if changed.is_empty() && source.declared_in == draft.declared_in {
        return Ok(changed);
    }
    tx.exec(
        "update sources set name = $2, domains = $3, also = $4, identity = $5, respects_signals = $6,
         keep_days = $7, declared_in = $8 where {wall} and id = $1",
        args![
            source.id,
            draft.name.trim(),
            json(&draft.domains)?,
            json(&draft.also)?,
            draft.identity.word(),
            draft.respects_signals,
            draft.keep_days,
            draft.declared_in.as_deref()
        ],
    )
    .await?;
    if !changed.is_empty() {
        let after = Source { domains: draft.domains.clone(), also: draft.also.clone(), ..source.clone() };
        write_words(tx, &after).await?;
        let fact =
            Fact::SourceChanged { source: source.id, name: draft.name.clone(), changed: changed.clone() };
        tx.record(About::service(source.client, source.service), fact).await?;
    }
    Ok(changed)
}

/// Removes a source and its counts. What it told stays until it expires.
pub async fn remove(tx: &mut Tx, source: &Source) -> Result<(), Problem> {
    tx.exec("delete from source_words where source_id = $1", args![source.id]).await?;
    tx.exec("delete from intake_counts where {wall} and source_id = $1", args![source.id]).await?;
    tx.exec("delete from sources where {wall} and id = $1", args![source.id]).await?;
    let fact = Fact::SourceRemoved { source: source.id, name: source.name.clone() };
    tx.record(About::service(source.client, source.service), fact).await?;
    Ok(())
}

/// Which word of a draft another source has already, and the id of that source.
pub async fn word_taken(
    tx: &mut Tx,
    draft: &SourceDraft,
    own: Option<SourceId>,
) -> Result<Option<(&'static str, String)>, Problem> {
    for (field, words) in [("domains", &draft.domains), ("also", &draft.also)] {
        for word in words {
            let text = "select source_id from source_words where word = $1";
            let holder: Option<SourceId> = tx.one(text, args![word.to_lowercase()], |row| row.get(0)).await?;
            if holder.is_some() && holder != own {
                return Ok(Some((field, word.clone())));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
