//! The decisions of this feature, as pure functions.
//!
//! - A person is summoned by their own rules, in order of time. Rules about a method that is gone or not
//!   proved do not count. When none is left, every proved method is used at once, mail first; when none is
//!   proved, every method there is: somebody who can be reached at all is never left out.
//! - Whoever guesses waits: after some free tries each further one doubles the wait, up to a limit, per
//!   account and per network address. A day of quiet forgets it.
//! - A password is long and not a common one; nothing is asked about its letters (NIST SP 800-63B-4, 3.1.1.2).
//! - A token never does more than its person, nor elsewhere.
//! - Nobody raises themselves, nobody gives what they do not hold, and one administrator always remains.

use jiff::{SignedDuration, Timestamp};
use kernel::{ContactMethodId, Grant, PersonId, Right, Role, Scope, units::parse_span};

use crate::model::{Channel, ChannelKind, Held, MAX_MAIL, MAX_NAME, MAX_URL, Method, Place, Rule};

// -- reaching a person

/// When to use which method: (after the summons, method), in order of time, then of the rules.
#[must_use]
pub fn plan(rules: &[Rule], methods: &[Method]) -> Vec<(SignedDuration, Method)> {
    let proved = |id: ContactMethodId| methods.iter().find(|m| m.id == id && m.verified_at.is_some());
    let mut steps: Vec<(SignedDuration, Method)> = Vec::new();
    for rule in rules {
        if let Some(method) = proved(rule.method) {
            steps.push((rule.after.max(SignedDuration::ZERO), method.clone()));
        }
    }
    if steps.is_empty() {
        return all_at_once(methods);
    }
    steps.sort_by_key(|(after, _)| *after);
    steps
}

fn all_at_once(methods: &[Method]) -> Vec<(SignedDuration, Method)> {
    let any_proved = methods.iter().any(|method| method.verified_at.is_some());
    let mut chosen: Vec<&Method> =
        methods.iter().filter(|method| !any_proved || method.verified_at.is_some()).collect();
    chosen.sort_by_key(|method| method.channel.kind());
    chosen.into_iter().map(|method| (SignedDuration::ZERO, method.clone())).collect()
}

/// A rule as people write it: `mail at once`, `push after 3m`, `push 2 after 3 minutes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    /// The kind of method.
    pub kind: ChannelKind,
    /// Which of that kind, counted from 1.
    pub nth: usize,
    /// How long after the summons.
    pub after: SignedDuration,
}

/// The longest a rule may wait: later than a day, nobody means it.
pub const MAX_RULE_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Reads a rule; the refusal is an English sentence for the author of a file.
pub fn parse_rule(text: &str) -> Result<RuleLine, String> {
    let wrong = || {
        let cut: String = text.chars().take(60).collect();
        format!("{cut:?} is not a rule; write for example \"mail at once\" or \"push after 3m\"")
    };
    let lower = text.trim().to_lowercase();
    let mut words = lower.split_whitespace().peekable();
    let kind = words.next().and_then(ChannelKind::from_word).ok_or_else(wrong)?;
    let nth = match words.peek().and_then(|word| word.parse::<usize>().ok()) {
        Some(nth @ 1..=99) => {
            words.next();
            nth
        }
        Some(_) => return Err(wrong()),
        None => 1,
    };
    let after = match words.next() {
        None | Some("immediately" | "now") => SignedDuration::ZERO,
        Some("at") if words.next() == Some("once") => SignedDuration::ZERO,
        Some("after") => {
            let rest: Vec<&str> = words.by_ref().collect();
            parse_wait(&rest).ok_or_else(wrong)?
        }
        Some(_) => return Err(wrong()),
    };
    match words.next() {
        None if after <= MAX_RULE_WAIT => Ok(RuleLine { kind, nth, after }),
        _ => Err(wrong()),
    }
}

fn parse_wait(words: &[&str]) -> Option<SignedDuration> {
    match words {
        [span] => parse_span(span).ok(),
        [number, unit] => {
            let unit = match *unit {
                "second" | "seconds" | "sec" | "s" => "s",
                "minute" | "minutes" | "min" | "m" => "m",
                "hour" | "hours" | "h" => "h",
                _ => return None,
            };
            parse_span(&format!("{number}{unit}")).ok()
        }
        _ => None,
    }
}

/// Writes a rule the way [`parse_rule`] reads it.
#[must_use]
pub fn show_rule(rule: &RuleLine) -> String {
    let nth = if rule.nth > 1 { format!(" {}", rule.nth) } else { String::new() };
    if rule.after.is_zero() {
        format!("{}{nth} at once", rule.kind.word())
    } else {
        format!("{}{nth} after {}", rule.kind.word(), kernel::units::show_span(rule.after))
    }
}

/// The rule of ids that a written rule means, if there is such a method.
#[must_use]
pub fn resolve_rule(line: &RuleLine, methods: &[Method]) -> Option<Rule> {
    let method = methods.iter().filter(|method| method.channel.kind() == line.kind).nth(line.nth - 1)?;
    Some(Rule { method: method.id, after: line.after })
}

/// How a rule of ids is written.
#[must_use]
pub fn write_rule(rule: &Rule, methods: &[Method]) -> Option<RuleLine> {
    let method = methods.iter().find(|method| method.id == rule.method)?;
    let kind = method.channel.kind();
    let nth = methods.iter().filter(|m| m.channel.kind() == kind).position(|m| m.id == rule.method)? + 1;
    Some(RuleLine { kind, nth, after: rule.after })
}

// -- addresses and names

/// A name as it is kept: trimmed, one space between words. The refusal is the text key of a field.
pub fn clean_name(text: &str) -> Result<String, &'static str> {
    // Count before anything else, so that a name of a megabyte costs nothing.
    if text.len() > MAX_NAME * 8 {
        return Err("field-too-long");
    }
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.is_empty() {
        return Err("field-required");
    }
    if clean.chars().count() > MAX_NAME {
        return Err("field-too-long");
    }
    if clean.chars().any(is_trickery) {
        return Err("field-bad-characters");
    }
    Ok(clean)
}

/// Control characters, and the marks that turn the direction of text around (Unicode TR 36, 3.2): in a name
/// they serve only to make it look like another.
fn is_trickery(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An address as it is kept: in lower case. The refusal is the text key of a field.
pub fn clean_mail(text: &str) -> Result<String, &'static str> {
    let mail = text.trim();
    if mail.is_empty() {
        return Err("field-required");
    }
    if mail.len() > MAX_MAIL {
        return Err("field-too-long");
    }
    let Some((local, domain)) = mail.rsplit_once('@') else { return Err("field-bad-mail") };
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"()<>[]:;@\\,\"".contains(c);
    let dotted = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let good = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(plain)
        && dotted(local)
        && domain.len() >= 2
        && dotted(domain)
        && domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
    if good { Ok(mail.to_lowercase()) } else { Err("field-bad-mail") }
}

/// A number as it is kept: `+` and 7 to 15 digits (ITU-T E.164).
pub fn clean_number(text: &str) -> Result<String, &'static str> {
    if text.len() > 64 {
        return Err("field-bad-number");
    }
    let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let number = number.strip_prefix("00").map_or(number.clone(), |rest| format!("+{rest}"));
    let digits = number.strip_prefix('+').unwrap_or_default();
    let good = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if good { Ok(number) } else { Err("field-bad-number") }
}

/// The address of a hook as it is kept. What it may reach is held by the world's address guard.
pub fn clean_url(text: &str) -> Result<String, &'static str> {
    let url = text.trim();
    if url.is_empty() {
        return Err("field-required");
    }
    if url.len() > MAX_URL {
        return Err("field-too-long");
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let good = !host.is_empty()
        && !host.contains('@')
        && url.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '"' && c != '<' && c != '>');
    if good { Ok(url.to_owned()) } else { Err("field-bad-url") }
}

/// A channel with its address cleaned.
pub fn clean_channel(channel: Channel) -> Result<Channel, &'static str> {
    Ok(match channel {
        Channel::Mail { address } => Channel::Mail { address: clean_mail(&address)? },
        Channel::Chat { url } => Channel::Chat { url: clean_url(&url)? },
        Channel::Push { url, token } => Channel::Push { url: clean_url(&url)?, token: clean_token(token)? },
        Channel::Sms { number } => Channel::Sms { number: clean_number(&number)? },
    })
}

fn clean_token(token: Option<String>) -> Result<Option<String>, &'static str> {
    let token = token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
    match &token {
        Some(text) if text.len() > 200 => Err("field-too-long"),
        Some(text) if !text.chars().all(|c| c.is_ascii_graphic()) => Err("field-bad-characters"),
        _ => Ok(token),
    }
}

/// Only a path of this installation may be gone to after sign-in; anything else becomes the start page.
///
/// `//host`, `/\host` and control characters are how browsers are talked into leaving.
#[must_use]
pub fn safe_next(next: Option<&str>) -> String {
    let next = next.unwrap_or("/");
    let good = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= MAX_URL
        && next.chars().all(|c| !c.is_control() && c != '\\')
        && !next.starts_with("/sign-");
    if good { next.to_owned() } else { "/".to_owned() }
}

// -- passwords

/// The shortest password, characters. NIST SP 800-63B-4 asks for 8 beside a second factor and 15 alone;
/// tries are slowed down per account, which is why 10 is enough for people who do not use a second factor.
pub const MIN_PASSWORD: usize = 10;
/// The longest password, bytes: long enough for any phrase, short enough that hashing it costs nothing.
pub const MAX_PASSWORD: usize = 512;

/// The heads of the lists of leaked passwords that are long enough to pass otherwise.
const COMMON: &[&str] = &[
    "1234567890",
    "12345678910",
    "0123456789",
    "0987654321",
    "123456789a",
    "1q2w3e4r5t",
    "qwertyuiop",
    "1qaz2wsx3edc",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "p@ssw0rd123",
    "wachtwoord",
    "wachtwoord1",
    "wachtwoord12",
    "wachtwoord123",
    "welkom12345",
    "welkom2024",
    "welkom2025",
    "welkom2026",
    "welcome123",
    "welcome1234",
    "welcome2025",
    "welcome2026",
    "iloveyou12",
    "letmein123",
    "letmein1234",
    "administrator",
    "administrator1",
    "admin12345",
    "changeme123",
    "qwerty12345",
    "qwerty123456",
    "abcdefghij",
    "abcdefghijk",
    "1111111111",
    "0000000000",
    "football123",
    "baseball123",
    "sunshine123",
    "princess123",
    "superman123",
    "monkey12345",
    "dragon12345",
    "zomer2025!",
    "zomer2026!",
    "winter2025",
    "winter2026",
    "september2026",
    "geheim1234",
    "geheim12345",
    "amsterdam1",
    "amsterdam123",
    "rotterdam123",
    "nederland123",
    "feyenoord1",
    "feyenoord123",
    "trustno1trustno1",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "asdfghjkl;",
    "asdfghjkl1",
    "zxcvbnm123",
    "q1w2e3r4t5",
    "tendtendtend",
];

/// Whether a password will do for this person. The refusal is the text key of a field.
pub fn check_password(password: &str, name: &str, mail: &str) -> Result<(), &'static str> {
    if password.is_empty() {
        return Err("field-required");
    }
    if password.len() > MAX_PASSWORD {
        return Err("field-too-long");
    }
    if password.chars().count() < MIN_PASSWORD {
        return Err("field-password-short");
    }
    let lower = password.trim().to_lowercase();
    let local = mail.split('@').next().unwrap_or_default().to_lowercase();
    let own = [name.to_lowercase(), name.to_lowercase().replace(' ', ""), mail.to_lowercase(), local];
    if own.iter().any(|word| word.chars().count() >= 3 && is_mostly(&lower, word)) {
        return Err("field-password-own");
    }
    let kinds: std::collections::BTreeSet<char> = lower.chars().collect();
    if COMMON.contains(&lower.as_str()) || kinds.len() < 4 {
        return Err("field-password-common");
    }
    Ok(())
}

/// Whether nothing but a few signs are added to a word.
fn is_mostly(password: &str, word: &str) -> bool {
    password.contains(word) && password.chars().count() < word.chars().count() + 5
}

// -- guessing

/// What was tried under one key (an account or an address).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many in a row failed.
    pub failed: u32,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
}

/// How many failed tries are free, before waiting begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Tries that cost nothing: people mistype.
    pub free: u32,
    /// The longest wait.
    pub most: SignedDuration,
}

/// Per account: five slips, then 2 s, 4 s, .. up to a quarter of an hour, which leaves an attacker a
/// hundred guesses a day.
pub const PER_ACCOUNT: Patience = Patience { free: 5, most: SignedDuration::from_mins(15) };
/// Per network address: an office of people shares one, so more are free.
pub const PER_ADDRESS: Patience = Patience { free: 30, most: SignedDuration::from_mins(5) };
/// Mails with links to one account: enough for an impatient person, too few to fill a mailbox.
pub const PER_MAILBOX: Patience = Patience { free: 3, most: SignedDuration::from_mins(60) };
/// After so much quiet, what was tried is forgotten.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

impl Tries {
    /// How long to wait before the next try; none when it may be made now.
    #[must_use]
    pub fn wait(&self, patience: Patience, now: Timestamp) -> Option<SignedDuration> {
        let last_at = self.last_at?;
        if self.failed < patience.free {
            return None;
        }
        let doublings = (self.failed - patience.free + 1).min(30);
        let wait = SignedDuration::from_secs(1 << doublings).min(patience.most);
        let left = wait - now.duration_since(last_at);
        // A clock set back must not lock anybody out for longer than the wait itself.
        (left > SignedDuration::ZERO).then(|| left.min(wait))
    }

    /// The tries after one more, counted before it is known how it ends, so that tries made at the same
    /// moment count too.
    #[must_use]
    pub fn counted(self, now: Timestamp) -> Tries {
        let forgotten = self.last_at.is_none_or(|last| now.duration_since(last) > FORGOTTEN_AFTER);
        Tries { failed: if forgotten { 1 } else { self.failed.saturating_add(1) }, last_at: Some(now) }
    }
}

// -- messages

/// How long to wait after the n-th attempt to send a message: quick at first, because somebody sits and
/// waits for a link; then patient, because a relay that is down stays down for a while.
#[must_use]
pub fn next_attempt(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(match attempts {
        0 | 1 => 10,
        2 => 30,
        3 => 60,
        4 => 120,
        _ => 300,
    })
}

// -- who may do what

/// The person's grants as a token may use them: no more than `ceiling`, nowhere else than `places`
/// (everywhere when there are none).
#[must_use]
pub fn narrowed(grants: &[Grant], ceiling: Role, places: &[Place]) -> Vec<Grant> {
    let mut out: Vec<Grant> = Vec::new();
    for grant in grants {
        // Roles are ordered from most to least.
        let role = grant.role.max(ceiling);
        let mut add = |client, service| {
            let narrow = Grant { role, client, service };
            if !out.contains(&narrow) {
                out.push(narrow);
            }
        };
        if places.is_empty() {
            add(grant.client, grant.service);
        }
        for place in places {
            if grant.client.is_some_and(|client| client != place.client) {
                continue;
            }
            match (grant.service, place.service) {
                (Some(held), Some(wanted)) if held != wanted => {}
                (held, wanted) => add(Some(place.client), held.or(wanted)),
            }
        }
    }
    out
}

/// Why a role may not be given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// The asker does not administer that client.
    NotYours,
    /// People do not change their own roles.
    Oneself,
    /// Somebody must remain who administers the installation.
    LastAdministrator,
    /// A file declares it.
    Declared,
}

impl Barred {
    /// The code of the problem.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Barred::NotYours => "role-not-yours",
            Barred::Oneself => "role-own",
            Barred::LastAdministrator => "last-administrator",
            Barred::Declared => "declared-in-file",
        }
    }
}

/// Whether the asker may give or take a role there.
pub fn may_change_role(scope: &Scope, person: PersonId, grant: &Grant) -> Result<(), Barred> {
    let allowed = match grant.client {
        None => scope.may_everywhere(Right::Administer),
        Some(client) => scope.may(Right::Administer, client, grant.service),
    };
    if !allowed {
        return Err(Barred::NotYours);
    }
    match scope.actor().person() {
        Some(asker) if asker == person => Err(Barred::Oneself),
        _ => Ok(()),
    }
}

/// Whether somebody who may sign in still administers the installation without these roles.
#[must_use]
pub fn administrators_without<'a>(
    held: impl Iterator<Item = &'a Held>,
    leaves: impl Fn(&Held) -> bool,
) -> usize {
    held.filter(|held| held.role == Role::Admin && held.client_id.is_none() && !leaves(held)).count()
}

// -- sessions

/// What a browser calls itself, in words: `Firefox, Linux`. Browsers claim to be each other, so the order in
/// which they are asked for matters; one that is not known keeps the beginning of its own words.
#[must_use]
pub fn browser(agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

/// How long a session lasts without being used.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(12);
/// How long a session lasts at most.
pub const SESSION_MOST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often the time of last use is written down: a write per request would cost more than the request.
pub const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Whether a session that began and was last seen then still holds.
#[must_use]
pub fn session_holds(made_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
    // The time of last use may be up to `SEEN_EVERY` old.
    now.duration_since(seen_at) <= SESSION_IDLE + SEEN_EVERY && now.duration_since(made_at) <= SESSION_MOST
}

#[cfg(test)]
mod tests;
