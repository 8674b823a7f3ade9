//! The one way in, for every protocol and every file: events without a protocol become rows of the lake.
//!
//! In this order: who asked not to be counted, whose clock is wrong, which program it is, which page, who (as numbers), which
//! visit; then the lake. What is not taken is counted with its reason. Nothing of a person is kept that is not in a row.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{
    Among, Device, Event, MAX_APPEND, MAX_PATH, Origin, People, Question, Rows, Unit, VisitAsk, Vital,
    VitalName,
};
use kernel::{Id as _, Problem};
use web::Site;

use super::agents::Agent;
use super::identity::{self, Salt};
use super::incoming::{Asked, Incoming, Reason, Reject, address, clip, clip_in, pairs};
use super::memory::{self, Memory, Subject, day_of};
use super::sources::{Identity, Source};
use super::tally::What;
use super::visits;

/// A clock that is ahead by up to this much is a clock that is wrong; beyond, the event is not believed.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Nothing older is believed where events are kept for ever, days: ten years, as for [`super::sources::MAX_KEEP_DAYS`].
const OLDEST_DAYS: i64 = 3_653;
/// What a file may tell of where events are kept for ever, days: a century.
const MAX_FILE_DAYS: u32 = 36_525;
/// The longest time of a measurement, ms, and the largest shift; larger ones are mistakes of the sender (Umami's bounds).
const MAX_MS: f64 = 60_000.0;
const MAX_SHIFT: f64 = 100.0;
/// Events that are read back to find the visit that was open before a start.
const LOOK_BACK: u32 = 1_000;

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Events of people that are kept.
    pub kept: u64,
    /// Events of programs that are kept apart.
    pub bots: u64,
    /// Events that had been kept before.
    pub duplicates: u64,
    /// Measurements that are kept.
    pub vitals: u64,
    /// What was not taken, by its place in the batch.
    pub ignored: Vec<(usize, Reject)>,
    /// Why the last event was taken for a program's; empty for people.
    pub bot: String,
    /// The visitor of the last event, or 0.
    pub visitor: u64,
    /// The visit of the last event, or 0.
    pub visit: u64,
}

/// When something happened, by our clock. `sent_at` is of the sender's clock, as `at` is: their difference holds
/// however wrong that clock is.
pub fn happened(
    at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    received: Timestamp,
    keep_days: Option<u32>,
) -> Result<Timestamp, Reason> {
    let Some(at) = at else { return Ok(received) };
    let at = match sent_at {
        Some(sent) => received.checked_sub(sent.duration_since(at)).map_err(|_| Reason::TooOld)?,
        None => at,
    };
    let ahead = at.duration_since(received);
    if ahead > AHEAD {
        return Err(Reason::Future);
    }
    let days = keep_days.map_or(OLDEST_DAYS, i64::from);
    if -ahead > SignedDuration::from_hours(24 * days) {
        return Err(Reason::TooOld);
    }
    Ok(at.min(received))
}

/// Keeps what a client told of a source. Answers when it is on disk. What is refused for the whole (the lake is full or
/// away) is a problem, and nothing of the batch is kept; what is refused of single events is in the answer.
pub async fn receive(
    site: &Site,
    source: &Source,
    asked: &Asked,
    incoming: Vec<Incoming>,
) -> Result<Taken, Problem> {
    let memory = memory::of(site);
    let now = memory.scope.now();
    let mut batch = Batch::new(&memory, source, asked, now, incoming.len());
    if asked.opted_out && source.respects_signals {
        let ignored = incoming.len() as u64;
        batch.taken.ignored = (0..incoming.len()).map(|at| (at, opted_out())).collect();
        memory.tally.count(source, now, &[(What::Ignored(Reason::OptedOut), ignored)]);
        return Ok(batch.taken);
    }
    let mut judged = Vec::with_capacity(incoming.len());
    for (at, event) in incoming.into_iter().enumerate() {
        match batch.judge(event) {
            Ok(event) => judged.push(event),
            Err(reject) => batch.taken.ignored.push((at, reject)),
        }
    }
    let known = batch.known(&judged).await?;
    batch.look_back(site, &judged, &known).await;
    for event in judged {
        batch.row(event, &known);
    }
    batch.append(site).await
}

fn opted_out() -> Reject {
    Reject::new(Reason::OptedOut, "the user asked not to be counted (DNT or Sec-GPC)")
}

/// An event with its time and what its user agent means.
struct Judged {
    event: Incoming,
    at: Timestamp,
    agent: std::sync::Arc<Agent>,
    bot: &'static str,
    ip: Option<IpAddr>,
    /// Whether the request says something about the user.
    direct: bool,
}

/// The numbers that had to be read: of users and cases, and the salts.
struct Known {
    numbers: HashMap<Subject, u64>,
    salts: HashMap<i64, Salt>,
    key: Salt,
}

struct Batch<'a> {
    memory: &'a Memory,
    source: &'a Source,
    asked: &'a Asked,
    now: Timestamp,
    taken: Taken,
    events: Vec<Event>,
    vitals: Vec<Vital>,
    cut: u64,
    silent: u64,
}

impl<'a> Batch<'a> {
    fn new(memory: &'a Memory, source: &'a Source, asked: &'a Asked, now: Timestamp, size: usize) -> Self {
        let events = Vec::with_capacity(size);
        let taken = Taken::default();
        Batch { memory, source, asked, now, taken, events, vitals: Vec::new(), cut: 0, silent: 0 }
    }

    /// How old an event may be. A file may tell of any past; a clock that stands in the seventies is a live sender's.
    fn keep_days(&self) -> Option<u32> {
        let file = matches!(self.asked.origin, Origin::AccessLog | Origin::Csv);
        self.source.keep_days.or(file.then_some(MAX_FILE_DAYS))
    }

    /// What of an event is believed.
    fn judge(&mut self, mut event: Incoming) -> Result<Judged, Reject> {
        if event.name.trim().is_empty() && event.vitals.is_empty() && !event.silent {
            return Err(Reject::new(Reason::Missing, "an event needs a name"));
        }
        let at = happened(event.at, event.sent_at, self.now, self.keep_days()).map_err(|reason| {
            let at = event.at.map(|at| at.to_string()).unwrap_or_default();
            Reject::new(reason, format!("the time of the event, {at}, is not believed"))
        })?;
        if !event.vitals.is_empty() {
            let sent = event.vitals.len();
            event.vitals.retain(|(name, value)| fits(*name, *value));
            if event.vitals.len() < sent && event.name.is_empty() && event.vitals.is_empty() {
                return Err(Reject::new(Reason::Range, "the measurement is outside what can be"));
            }
        }
        if event.clamp() {
            self.cut += 1;
        }
        let ids = !event.user.is_empty() || !event.visitor.is_empty() || !event.session.is_empty();
        let silent = self.asked.user_agent.trim().is_empty() && event.user_agent.is_empty();
        // A program that tells of somebody by name need not say what it is itself.
        let told = event.told || (silent && ids);
        let agent = match (event.user_agent.is_empty(), told) {
            (false, _) => self.memory.agents.of(&event.user_agent),
            (true, false) => self.memory.agents.of(&self.asked.user_agent),
            (true, true) => std::sync::Arc::default(),
        };
        let bot = if event.robot { "declared" } else { agent.bot };
        let ip = event.ip.or(if told { None } else { self.asked.from });
        Ok(Judged { at, bot, ip, agent, direct: !told, event })
    }

    /// Reads what numbers are made of.
    async fn known(&self, judged: &[Judged]) -> Result<Known, Problem> {
        let mut days = HashSet::new();
        let mut subjects = HashSet::new();
        let declares = self.source.identity == Identity::Declared;
        for one in judged {
            if self.source.identity != Identity::None {
                days.insert(day_of(one.at));
            }
            if declares && !one.event.user.is_empty() {
                subjects.insert(self.subject("user", &one.event.user));
            }
            if !one.event.case.is_empty() {
                subjects.insert(self.subject("case", &one.event.case));
            }
        }
        self.memory.salt_days(&days).await?;
        let numbers = if subjects.is_empty() {
            HashMap::new()
        } else {
            self.memory.numbers(self.source.client, &subjects).await?
        };
        let mut salts = HashMap::new();
        for day in days.iter().flat_map(|day| [*day, day - 1]) {
            if let Some(salt) = self.memory.salt(day) {
                salts.insert(day, salt);
            }
        }
        let whole = self.memory.key().await?;
        let mut key = Salt::default();
        key.copy_from_slice(&whole[..16]);
        Ok(Known { numbers, salts, key })
    }

    fn subject(&self, kind: &'static str, named: &str) -> Subject {
        Subject { service: self.source.service, kind, named: named.to_owned() }
    }

    /// The visitor of an event on a day; 0 when nothing tells who it is.
    fn visitor(&self, judged: &Judged, known: &Known, day: i64) -> u64 {
        if self.source.identity == Identity::None {
            return 0;
        }
        let Some(salt) = known.salts.get(&day) else { return 0 };
        let event = &judged.event;
        let named = if event.visitor.is_empty() { &event.user } else { &event.visitor };
        if named.is_empty() && judged.ip.is_none() && !judged.direct {
            return 0;
        }
        let mut bytes = [0; 16];
        let ip: &[u8] = match judged.ip {
            Some(IpAddr::V4(ip)) => {
                bytes[..4].copy_from_slice(&ip.octets());
                &bytes[..4]
            }
            Some(IpAddr::V6(ip)) => {
                bytes = ip.octets();
                &bytes
            }
            None => &[],
        };
        let agent = if event.user_agent.is_empty() { &self.asked.user_agent } else { &event.user_agent };
        identity::visitor(salt, self.source.service, named, ip, agent)
    }

    /// The declared user, the visitor and the visit of an event.
    fn who(&self, judged: &Judged, known: &Known) -> (u64, u64, u64) {
        let event = &judged.event;
        let service = self.source.service;
        let user = match (self.source.identity, event.user.is_empty()) {
            (Identity::Declared, false) => {
                known.numbers.get(&self.subject("user", &event.user)).copied().unwrap_or(0)
            }
            _ => 0,
        };
        let day = day_of(judged.at);
        let mut visitor = self.visitor(judged, known, day);
        if !event.session.is_empty() {
            return (user, visitor, identity::session(&known.key, service, &event.session));
        }
        if user == 0 && visitor == 0 {
            return (0, 0, 0);
        }
        let at = judged.at.as_microsecond();
        let mut visits = self.memory.visits();
        if user == 0 && !event.fresh && visits.open(visitor, at).is_none() {
            // A visit that began yesterday goes on under yesterday's number.
            let before = self.visitor(judged, known, day - 1);
            if before != 0 && visits.open(before, at).is_some() {
                visitor = before;
            }
        }
        let unit = if user == 0 { visitor } else { user };
        let make = || identity::visit(&known.key, service, unit, at);
        let stay = visits.place(unit, visitor, at, event.fresh, make);
        (user, if stay.visitor == 0 { visitor } else { stay.visitor }, stay.visit)
    }

    /// After a start, asks the lake for visits that were open before it.
    async fn look_back(&self, site: &Site, judged: &[Judged], known: &Known) {
        if self.memory.found_rows == 0 {
            return;
        }
        for one in judged.iter().filter(|one| one.event.session.is_empty() && !one.event.fresh) {
            let user = self.known_user(one, known);
            let (unit, number) = match user {
                0 => (Unit::Visitor, self.visitor(one, known, day_of(one.at))),
                user => (Unit::User, user),
            };
            if number == 0 || self.memory.visits().knows(number) || !self.memory.may_look_back() {
                continue;
            }
            let from = one.at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(one.at);
            let among = Among {
                client: self.source.client,
                service: self.source.service,
                from,
                until: one.at,
                people: People::All,
                only: Vec::new(),
            };
            let ask = Question::Visit(VisitAsk { among, unit, number, limit: LOOK_BACK });
            let Ok(reply) = site.lake.ask(&self.memory.scope, ask).await else { continue };
            let mut stays: HashMap<u64, (u64, i64, i64)> = HashMap::new();
            for event in reply.visit() {
                let at = event.at.as_microsecond();
                let stay = stays.entry(event.visit).or_insert((event.visitor, at, at));
                *stay = (stay.0, stay.1.min(at), stay.2.max(at));
            }
            let mut visits = self.memory.visits();
            for (visit, (visitor, first, last)) in stays.into_iter().filter(|(visit, _)| *visit != 0) {
                if one.at.as_microsecond() - last <= visits::GAP {
                    visits.remember(number, visit, visitor, first, last);
                }
            }
        }
    }

    fn known_user(&self, judged: &Judged, known: &Known) -> u64 {
        if self.source.identity != Identity::Declared || judged.event.user.is_empty() {
            return 0;
        }
        known.numbers.get(&self.subject("user", &judged.event.user)).copied().unwrap_or(0)
    }

    /// Makes rows of an event.
    fn row(&mut self, judged: Judged, known: &Known) {
        let (user, visitor, visit) = self.who(&judged, known);
        let Judged { mut event, at, agent, bot, .. } = judged;
        let case = if event.case.is_empty() {
            0
        } else {
            known.numbers.get(&self.subject("case", &event.case)).copied().unwrap_or(0)
        };
        let page = Page::of(&mut event);
        let device = if event.device == Device::Unknown { agent.device } else { event.device };
        let (client, service) = (self.source.client, self.source.service);
        for (name, value) in &event.vitals {
            self.vitals.push(Vital {
                client,
                service,
                at,
                visit,
                load: identity::load(&known.key, service, visit, &event.load, &page.path),
                path: page.path.clone(),
                device,
                release: event.release.clone(),
                name: *name,
                value: *value,
                bot: bot.to_owned(),
            });
        }
        self.taken.bot = bot.to_owned();
        (self.taken.visitor, self.taken.visit) = (visitor, visit);
        self.silent += u64::from(event.silent);
        if event.name.is_empty() || event.silent {
            return;
        }
        let key = identity::event(
            &known.key,
            service,
            self.asked.origin.word(),
            self.source.id.to_u128(),
            &event.id,
        );
        event.props.sort_unstable();
        // Of several with the same name the first counts.
        event.props.dedup_by(|later, first| later.0 == first.0);
        let or = |own: String, found: &str| if own.is_empty() { found.to_owned() } else { own };
        self.events.push(Event {
            client,
            service,
            at,
            received_at: self.now,
            key,
            user,
            visitor,
            visit,
            case,
            name: event.name,
            path: page.path,
            host: page.host,
            referrer: page.referrer,
            source: event.source,
            medium: event.medium,
            campaign: event.campaign,
            device,
            browser: or(event.browser, &agent.browser),
            os: or(event.os, &agent.os),
            language: or(event.language, &self.asked.language),
            channel: event.channel,
            release: event.release,
            bot: bot.to_owned(),
            origin: self.asked.origin,
            value: event.value,
            props: event.props,
        });
    }

    /// Hands the rows to the lake, and counts.
    async fn append(mut self, site: &Site) -> Result<Taken, Problem> {
        let bots = self.events.iter().filter(|event| !event.bot.is_empty()).count() as u64;
        let people = self.events.len() as u64 - bots;
        let mut events = std::mem::take(&mut self.events);
        let mut duplicates = 0;
        while !events.is_empty() {
            let rest = events.split_off(events.len().min(MAX_APPEND));
            let kept = site.lake.append(&self.memory.scope, Rows::Events(events)).await?;
            duplicates += kept.duplicates;
            events = rest;
        }
        let mut measured = std::mem::take(&mut self.vitals);
        let vitals = measured.len() as u64;
        while !measured.is_empty() {
            let rest = measured.split_off(measured.len().min(MAX_APPEND));
            site.lake.append(&self.memory.scope, Rows::Vitals(measured)).await?;
            measured = rest;
        }
        // Which of them were duplicates the lake does not say; those of people are most.
        let (kept, spare) = (people.saturating_sub(duplicates), duplicates.saturating_sub(people));
        self.taken.kept = kept;
        self.taken.bots = bots.saturating_sub(spare);
        self.taken.duplicates = duplicates;
        self.taken.vitals = vitals;
        let mut counts = vec![
            (What::Taken, kept),
            (What::Bots, self.taken.bots),
            (What::Duplicates, duplicates),
            (What::Vitals, vitals),
            (What::Cut, self.cut),
            (What::Ignored(Reason::NoEvent), self.silent),
        ];
        for (_, reject) in &self.taken.ignored {
            match counts.iter_mut().find(|(what, _)| *what == What::Ignored(reject.reason)) {
                Some((_, amount)) => *amount += 1,
                None => counts.push((What::Ignored(reject.reason), 1)),
            }
        }
        self.memory.tally.count(self.source, self.now, &counts);
        Ok(self.taken)
    }
}

fn fits(name: VitalName, value: f64) -> bool {
    let most = match name {
        VitalName::Cls => MAX_SHIFT,
        VitalName::Lcp | VitalName::Inp | VitalName::Fcp | VitalName::Ttfb => MAX_MS,
    };
    value.is_finite() && (0.0..=most).contains(&value)
}

/// Where an event happened.
struct Page {
    path: String,
    host: String,
    referrer: String,
}

impl Page {
    /// Takes the addresses of an event apart, and its campaign out of them.
    fn of(event: &mut Incoming) -> Page {
        let url = std::mem::take(&mut event.url);
        let found = address(&url).unwrap_or_default();
        let mut path = clip(found.path, MAX_PATH).to_owned();
        if event.with_hash && !found.hash.is_empty() {
            path.push('#');
            path.push_str(found.hash);
            clip_in(&mut path, MAX_PATH);
        }
        if url.is_empty() {
            path.clear();
        }
        let host = if found.host.is_empty() { event.host.as_str() } else { found.host };
        let host = bare(host);
        let referrer = address(&event.referrer).map(|address| bare(address.host)).unwrap_or_default();
        campaign(event, found.query);
        Page { path, referrer: if referrer == host { String::new() } else { referrer }, host }
    }
}

/// A host as it is shown and compared.
fn bare(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    host.strip_prefix("www.").map(str::to_owned).unwrap_or(host)
}

fn campaign(event: &mut Incoming, query: &str) {
    if query.is_empty() {
        return;
    }
    for (name, mut value) in pairs(query).take(64) {
        let place = match name.as_str() {
            "utm_source" => &mut event.source,
            "utm_medium" => &mut event.medium,
            "utm_campaign" => &mut event.campaign,
            // What Plausible takes for a source as well.
            "source" | "ref" if !query.contains("utm_source=") => &mut event.source,
            _ => continue,
        };
        if place.is_empty() {
            clip_in(&mut value, super::incoming::MAX_ID);
            *place = value;
        }
    }
}

#[cfg(test)]
mod tests;
