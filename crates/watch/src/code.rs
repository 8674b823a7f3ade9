//! Probes as they stand in files, within the entry of their service: shape, check, apply, export.
//!
//! - A probe is known by its service and name; a renamed one is a new one, with a history of its own.
//! - A probe that was declared and no longer is, is removed. One that was made on screen stays, and a file that
//!   declares one of the same name takes it over.
//! - What a file does not say is as usual ([`Plan::every`] with `every: 1m`).

use std::collections::{BTreeMap, BTreeSet};

pub use identity::code::Word;
use identity::code::{value, word};
use kernel::code::{Applying, Declared, Mistake, Names, Place, Seen};
use kernel::world::RecordKind;
use kernel::{ClientId, Problem, Scope, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use crate::model::{Http, HttpExpect, Plan, Probe, Span, Target};
use crate::rules::{expect, faults};
use crate::store::{self as tables, ProbeDraft};

/// The most probes one service may declare.
pub const MAX_PROBES: usize = 2_000;
/// The usual interval.
const USUAL: Span = Span::seconds(60);

/// The key of a service's entry under which its probes stand.
pub const KEY: &str = "probes";

/// One or several values, each as text: `200`, `[200, 204]`, `"2xx"`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(pub Vec<String>);

/// A value as text, whatever it is written as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plainly(pub String);

struct PlainVisitor;

impl<'de> serde::de::Visitor<'de> for PlainVisitor {
    type Value = Vec<String>;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a number, true or false, or a list of them")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(vec!["null".into()])
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Plainly(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(all)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(PlainVisitor).map(Texts)
    }
}

impl<'de> Deserialize<'de> for Plainly {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut all = d.deserialize_any(PlainVisitor)?;
        let one = all.pop().filter(|_| all.is_empty());
        one.map(Plainly).ok_or_else(|| serde::de::Error::custom("one value, not a list"))
    }
}

impl Serialize for Texts {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [one] => s.serialize_str(one),
            all => s.collect_seq(all),
        }
    }
}

impl Serialize for Plainly {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

/// A probe in a file: its name, one of `http`, `tcp`, `tls`, `dns`, `ping` and `heartbeat`, and what differs from
/// the usual.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct ProbePart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_every: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recover: Option<Spanned<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Spanned<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, Plainly>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirects: Option<Spanned<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_tls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Spanned<RecordKind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Spanned<ExpectPart>>,
}

/// What should come back, in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct ExpectPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<BTreeMap<String, Plainly>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<BTreeMap<String, Plainly>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_under: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
}

/// The probes that one service declares.
#[derive(Debug, Clone)]
pub struct ServiceProbes {
    /// The service's client, when its entry names one.
    pub client: Option<String>,
    /// The service's name.
    pub service: String,
    /// Its probes.
    pub probes: Vec<Declared<ProbePart>>,
}

fn at<T>(place: &Place, word: Option<&Spanned<T>>) -> Place {
    word.map_or_else(|| place.clone(), |word| identity::code::place(place, word))
}

fn said(word: Option<&Word>) -> Option<&str> {
    word.map(|word| word.value.trim())
}

/// A reading of one part: what it comes to, and what is wrong with it.
struct Reading<'a> {
    place: &'a Place,
    part: &'a ProbePart,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    fn span(&mut self, word: Option<&Word>) -> Option<Span> {
        let word = word?;
        match kernel::units::parse_span(&word.value) {
            Ok(span) => Some(Span(span)),
            Err(why) => {
                self.wrong(at(self.place, Some(word)), why);
                None
            }
        }
    }

    fn host_port(&mut self, word: &Word) -> (String, u16) {
        let split = word.value.trim().rsplit_once(':');
        let read = split.and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        match read {
            Some((host, port)) => (host.trim_matches(['[', ']']).to_owned(), port),
            None => {
                let message = format!("{:?} is not of the form host:port", word.value);
                self.wrong(at(self.place, Some(word)), message);
                (String::new(), 0)
            }
        }
    }

    fn plan(&mut self) -> Plan {
        let part = self.part;
        let every = self.span(part.every.as_ref()).unwrap_or(USUAL);
        let mut plan = Plan::every(every);
        if let Some(timeout) = self.span(part.timeout.as_ref()) {
            plan.timeout = timeout;
        }
        if let Some(retry) = self.span(part.retry_every.as_ref()) {
            plan.retry_every = retry;
        }
        plan.retries = part.retries.as_ref().map_or(plan.retries, |retries| retries.value);
        plan.recover = part.recover.as_ref().map_or(plan.recover, |recover| recover.value);
        plan
    }

    fn target(&mut self) -> Option<Target> {
        let part = self.part;
        let kinds = [
            ("http", &part.http),
            ("tcp", &part.tcp),
            ("tls", &part.tls),
            ("dns", &part.dns),
            ("ping", &part.ping),
            ("heartbeat", &part.heartbeat),
        ];
        let given: Vec<_> =
            kinds.into_iter().filter_map(|(kind, word)| Some((kind, word.as_ref()?))).collect();
        let [(kind, word)] = given[..] else {
            let place = self.place.clone();
            let one_of = "one of http, tcp, tls, dns, ping and heartbeat";
            if let Some((_, second)) = given.get(1) {
                self.wrong(at(&place, Some(second)), format!("a probe has only {one_of}"));
            } else {
                self.wrong(place, format!("a probe needs {one_of}"));
            }
            return None;
        };
        self.only_for(kind);
        let wanted = part.expect.as_ref().map(|wanted| wanted.value.clone()).unwrap_or_default();
        let latency_under = self.span(wanted.latency_under.as_ref());
        let value = word.value.trim().to_owned();
        Some(match kind {
            "http" => Target::Http(self.http(value, &wanted, latency_under)),
            "tcp" => {
                let (host, port) = self.host_port(word);
                let expect = wanted.text.and_then(|texts| texts.0.into_iter().next());
                Target::Tcp {
                    host,
                    port,
                    send: part.send.as_ref().map(|w| w.value.clone()),
                    expect,
                    latency_under,
                }
            }
            "tls" => {
                let (host, port) = self.host_port(word);
                let trusted = wanted.trusted.unwrap_or(true);
                Target::Tls { host, port, trusted, certificate_days: wanted.certificate_days }
            }
            "dns" => Target::Dns {
                name: value,
                record: part.record.as_ref().map_or(RecordKind::A, |record| record.value),
                answer: wanted.answer.unwrap_or_default().0,
                server: said(part.server.as_ref()).map(str::to_owned),
            },
            "ping" => Target::Ping { host: value, latency_under },
            _ => {
                let usual = Span(self.plan_every().0.checked_div(10).unwrap_or_default());
                Target::Heartbeat { grace: self.span(part.grace.as_ref()).unwrap_or(usual) }
            }
        })
    }

    fn plan_every(&self) -> Span {
        said(self.part.every.as_ref())
            .and_then(|text| kernel::units::parse_span(text).ok())
            .map_or(USUAL, Span)
    }

    fn http(&mut self, url: String, wanted: &ExpectPart, latency_under: Option<Span>) -> Http {
        let part = self.part;
        let status = wanted.status.as_ref().map(|texts| expect::statuses(&texts.0.join(" ")));
        let status = status.unwrap_or(Ok(Vec::new())).unwrap_or_else(|word| {
            self.wrong(
                at(self.place, part.expect.as_ref()),
                format!("{word:?} is not a status, such as 200 or 2xx"),
            );
            Vec::new()
        });
        let pairs = |map: &Option<BTreeMap<String, Plainly>>| -> Vec<(String, String)> {
            map.iter().flatten().map(|(name, value)| (name.to_lowercase(), value.0.clone())).collect()
        };
        let texts = |texts: &Option<Texts>| texts.clone().unwrap_or_default().0;
        let mut http = Http::get(url);
        if let Some(method) = said(part.method.as_ref()) {
            http.method = method.to_uppercase();
        }
        http.headers = pairs(&part.headers);
        http.body = part.body.as_ref().map(|body| body.value.clone());
        http.redirects = part.redirects.as_ref().map_or(http.redirects, |redirects| redirects.value);
        http.verify_tls = part.verify_tls.unwrap_or(true);
        let json = wanted.json.iter().flatten().map(|(path, value)| expect::json_expect(path, &value.0));
        http.expect = HttpExpect {
            status,
            text: texts(&wanted.text),
            absent: texts(&wanted.absent),
            regex: wanted.regex.as_ref().map(|regex| regex.value.clone()),
            json: json.collect(),
            header: pairs(&wanted.header),
            latency_under,
            certificate_days: wanted.certificate_days,
        };
        http
    }

    /// Keys that mean nothing for this kind are mistakes: somebody believes that they do something.
    fn only_for(&mut self, kind: &str) {
        let (part, place) = (self.part, self.place);
        let http = kind == "http";
        let mut found: Vec<(&str, Place)> = Vec::new();
        let mut not = |held: bool, name: &'static str, place: Place| {
            if held {
                found.push((name, place));
            }
        };
        not(part.method.is_some() && !http, "method", at(place, part.method.as_ref()));
        not(part.headers.is_some() && !http, "headers", place.clone());
        not(part.body.is_some() && !http, "body", at(place, part.body.as_ref()));
        not(part.redirects.is_some() && !http, "redirects", at(place, part.redirects.as_ref()));
        not(part.verify_tls.is_some() && !http, "verify_tls", place.clone());
        not(part.record.is_some() && kind != "dns", "record", at(place, part.record.as_ref()));
        not(part.server.is_some() && kind != "dns", "server", at(place, part.server.as_ref()));
        not(part.send.is_some() && kind != "tcp", "send", at(place, part.send.as_ref()));
        not(part.grace.is_some() && kind != "heartbeat", "grace", at(place, part.grace.as_ref()));
        not(part.timeout.is_some() && kind == "heartbeat", "timeout", at(place, part.timeout.as_ref()));
        if let Some(expect) = &part.expect {
            let (wanted, place) = (&expect.value, at(place, Some(expect)));
            let timed = matches!(kind, "http" | "tcp" | "ping");
            not(wanted.status.is_some() && !http, "expect.status", place.clone());
            not(wanted.text.is_some() && !http && kind != "tcp", "expect.text", place.clone());
            not(wanted.absent.is_some() && !http, "expect.absent", place.clone());
            not(wanted.regex.is_some() && !http, "expect.regex", place.clone());
            not(wanted.json.is_some() && !http, "expect.json", place.clone());
            not(wanted.header.is_some() && !http, "expect.header", place.clone());
            not(wanted.latency_under.is_some() && !timed, "expect.latency_under", place.clone());
            let certified = http || kind == "tls";
            not(wanted.certificate_days.is_some() && !certified, "expect.certificate_days", place.clone());
            not(wanted.answer.is_some() && kind != "dns", "expect.answer", place.clone());
            not(wanted.trusted.is_some() && kind != "tls", "expect.trusted", place);
        }
        for (name, place) in found {
            self.wrong(place, format!("{name} means nothing for a probe of kind {kind}"));
        }
    }

    fn field_place(&self, field: &str) -> Place {
        let part = self.part;
        match field {
            "name" => at(self.place, part.name.as_ref()),
            "every" => at(self.place, part.every.as_ref()),
            "timeout" => at(self.place, part.timeout.as_ref()),
            "retry_every" => at(self.place, part.retry_every.as_ref()),
            "retries" => at(self.place, part.retries.as_ref()),
            "recover" => at(self.place, part.recover.as_ref()),
            "severity" => at(self.place, part.severity.as_ref()),
            "http" => at(self.place, part.http.as_ref()),
            "tcp" => at(self.place, part.tcp.as_ref()),
            "tls" => at(self.place, part.tls.as_ref()),
            "dns" => at(self.place, part.dns.as_ref()),
            "ping" => at(self.place, part.ping.as_ref()),
            "method" => at(self.place, part.method.as_ref()),
            "body" => at(self.place, part.body.as_ref()),
            "server" => at(self.place, part.server.as_ref()),
            "send" => at(self.place, part.send.as_ref()),
            "grace" => at(self.place, part.grace.as_ref()),
            _ => at(self.place, part.expect.as_ref()),
        }
    }
}

/// What a part says, as a draft without its component, and what is wrong with it.
fn read(part: &Declared<ProbePart>) -> (Option<ProbeDraft>, Vec<Mistake>) {
    let mut reading = Reading { place: &part.place, part: &part.value, mistakes: Vec::new() };
    let plan = reading.plan();
    let Some(target) = reading.target() else { return (None, reading.mistakes) };
    let name = name_of(&part.value);
    let severity = part.value.severity.as_ref().map_or(2, |severity| severity.value);
    if reading.mistakes.is_empty() {
        for wrong in faults::wrong(&name, severity, &plan, &target) {
            let place = reading.field_place(wrong.field);
            reading.wrong(place, wrong.sentence());
        }
    }
    let environment = said(part.value.environment.as_ref()).map(str::to_owned);
    let declared_in = Some(part.place.declared_in());
    let draft = ProbeDraft { name, plan, target, component: None, environment, severity, declared_in };
    (Some(draft), reading.mistakes)
}

/// A probe's name; that of its heartbeat when it has none of its own.
fn name_of(part: &ProbePart) -> String {
    said(part.name.as_ref()).or(said(part.heartbeat.as_ref())).unwrap_or_default().to_owned()
}

/// Adds the names that these services give to probes.
pub fn names(parts: &[ServiceProbes], names: &mut Names) {
    for part in parts {
        for probe in &part.probes {
            names.add("probe", format!("{}/{}", part.service, name_of(&probe.value)));
        }
    }
}

/// Everything that is wrong with these probes, as far as files and names tell.
#[must_use]
pub fn check(parts: &[ServiceProbes], names: &Names) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for service in parts {
        let mut first = Seen::default();
        if let Some(over) = service.probes.get(MAX_PROBES) {
            mistakes.push(Mistake::new(over.place.clone(), format!("more than {MAX_PROBES} probes")));
        }
        for probe in service.probes.iter().take(MAX_PROBES) {
            mistakes.extend(read(probe).1);
            let name = name_of(&probe.value);
            let place = at(&probe.place, probe.value.name.as_ref());
            mistakes.extend(first.again(name.to_lowercase(), "probe", &name, place));
            for (kind, word) in
                [("component", &probe.value.component), ("environment", &probe.value.environment)]
            {
                let Some(word) = word else { continue };
                let full = format!("{}/{}", service.service, word.value.trim());
                mistakes.extend(names.refer(at(&probe.place, Some(word)), kind, &full));
            }
        }
    }
    mistakes
}

/// Makes the database what these probes say. The services must have been applied before.
pub async fn apply(tx: &mut Tx, parts: &[ServiceProbes], applying: &mut Applying) -> Result<(), Problem> {
    let mut declared: BTreeSet<ServiceId> = BTreeSet::new();
    for part in parts {
        let client = applying.ids.client(part.client.as_deref());
        let Some((client, service)) = client.and_then(|client| applying.ids.service(client, &part.service))
        else {
            continue; // estate said what is wrong with the service itself
        };
        declared.insert(service);
        apply_service(tx, client, service, part, applying).await?;
    }
    for probe in tables::declared_in(tx).await? {
        if !declared.contains(&probe.service) {
            tables::remove_probe(tx, &probe).await?;
            applying.removed("probe", probe.name.as_str());
        }
    }
    Ok(())
}

async fn apply_service(
    tx: &mut Tx,
    client: ClientId,
    service: ServiceId,
    part: &ServiceProbes,
    applying: &mut Applying,
) -> Result<(), Problem> {
    let held = tables::probes_in(tx, service).await?;
    let mut kept = BTreeSet::new();
    for declared in &part.probes {
        let (draft, mistakes) = read(declared);
        let Some(mut draft) = draft.filter(|_| mistakes.is_empty()) else {
            applying.mistakes.extend(mistakes);
            continue;
        };
        let word = declared.value.component.as_ref();
        if let Some(word) = word {
            let key = (service, word.value.trim().to_owned());
            draft.component = applying.ids.components.get(&key).copied();
            if draft.component.is_none() {
                let known = applying.ids.components.keys().filter(|(of, _)| *of == service);
                let known: Vec<&str> = known.map(|(_, name)| name.as_str()).collect();
                applying.mistakes.push(Mistake::unknown(
                    at(&declared.place, Some(word)),
                    "component",
                    &word.value,
                    known,
                ));
                continue;
            }
        }
        let shown = format!("{}/{}", part.service, draft.name);
        let before = held.iter().find(|probe| probe.name.to_lowercase() == draft.name.to_lowercase());
        let id = match before {
            Some(before) => {
                let details = tables::change_probe(tx, before, &draft).await?;
                applying.changed("probe", shown, details);
                before.id
            }
            None => {
                applying.added("probe", shown);
                tables::add_probe(tx, client, service, &draft).await?
            }
        };
        kept.insert(id);
        applying.ids.probes.insert((service, draft.name), id);
    }
    for probe in held.iter().filter(|probe| probe.declared_in.is_some() && !kept.contains(&probe.id)) {
        tables::remove_probe(tx, probe).await?;
        applying.removed("probe", format!("{}/{}", part.service, probe.name));
    }
    Ok(())
}

/// The probes of a service as they would stand in its entry. `component` gives the name of a component.
pub async fn export(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    component: impl Fn(kernel::ComponentId) -> Option<String>,
) -> Result<Vec<ProbePart>, Problem> {
    let probes = tables::probes_of(db, scope, service).await?;
    Ok(probes.iter().map(|probe| part_of(probe, probe.component.and_then(&component))).collect())
}

fn host_port(host: &str, port: u16) -> Word {
    word(if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
}

/// A probe as it would stand in a file.
#[must_use]
pub fn part_of(probe: &Probe, component: Option<String>) -> ProbePart {
    let usual = Plan::every(probe.plan.every);
    let plan = &probe.plan;
    let beats = matches!(probe.target, Target::Heartbeat { .. });
    let differs = |now: Span, usual: Span| (now != usual && !beats).then(|| word(now.to_string()));
    let mut part = ProbePart {
        name: (!beats).then(|| word(probe.name.as_str())),
        every: Some(word(plan.every.to_string())),
        timeout: differs(plan.timeout, usual.timeout),
        retries: (plan.retries != usual.retries && !beats).then(|| value(plan.retries)),
        retry_every: differs(plan.retry_every, usual.retry_every),
        recover: (plan.recover != usual.recover && !beats).then(|| value(plan.recover)),
        component: component.map(word),
        environment: probe.environment.as_deref().map(word),
        severity: Some(value(probe.severity)),
        ..ProbePart::default()
    };
    let mut wanted = ExpectPart::default();
    let under = |span: &Option<Span>| span.map(|span| word(span.to_string()));
    match &probe.target {
        Target::Http(http) => http_part(http, &mut part, &mut wanted),
        Target::Tcp { host, port, send, expect, latency_under } => {
            part.tcp = Some(host_port(host, *port));
            part.send = send.as_deref().map(word);
            wanted.text = expect.clone().map(|text| Texts(vec![text]));
            wanted.latency_under = under(latency_under);
        }
        Target::Tls { host, port, trusted, certificate_days } => {
            part.tls = Some(host_port(host, *port));
            wanted.trusted = (!trusted).then_some(false);
            wanted.certificate_days = *certificate_days;
        }
        Target::Dns { name, record, answer, server } => {
            part.dns = Some(word(name.as_str()));
            part.record = Some(value(*record));
            part.server = server.as_deref().map(word);
            wanted.answer = (!answer.is_empty()).then(|| Texts(answer.clone()));
        }
        Target::Ping { host, latency_under } => {
            part.ping = Some(word(host.as_str()));
            wanted.latency_under = under(latency_under);
        }
        Target::Heartbeat { grace } => {
            part.heartbeat = Some(word(probe.name.as_str()));
            part.grace = Some(word(grace.to_string()));
        }
    }
    let empty =
        serde_json::to_value(&wanted).is_ok_and(|value| value.as_object().is_some_and(|o| o.is_empty()));
    part.expect = (!empty).then(|| value(wanted));
    part
}

fn http_part(http: &Http, part: &mut ProbePart, wanted: &mut ExpectPart) {
    let usual = Http::get("");
    let pairs = |pairs: &[(String, String)]| -> Option<BTreeMap<String, Plainly>> {
        let map: BTreeMap<_, _> = pairs.iter().map(|(n, v)| (n.clone(), Plainly(v.clone()))).collect();
        (!map.is_empty()).then_some(map)
    };
    let texts = |texts: &[String]| (!texts.is_empty()).then(|| Texts(texts.to_vec()));
    part.http = Some(word(http.url.as_str()));
    part.method = (http.method != usual.method).then(|| word(http.method.as_str()));
    part.headers = pairs(&http.headers);
    part.body = http.body.as_deref().map(word);
    part.redirects = (http.redirects != usual.redirects).then(|| value(http.redirects));
    part.verify_tls = (!http.verify_tls).then_some(false);
    let expected = &http.expect;
    let ranges = expect::statuses_text(&expected.status);
    wanted.status = (!expected.status.is_empty()).then(|| Texts(vec![ranges]));
    wanted.text = texts(&expected.text);
    wanted.absent = texts(&expected.absent);
    wanted.regex = expected.regex.as_deref().map(word);
    let json: BTreeMap<_, _> =
        expected.json.iter().map(|one| (one.path.clone(), Plainly(expect::json_text(one)))).collect();
    wanted.json = (!json.is_empty()).then_some(json);
    wanted.header = pairs(&expected.header);
    wanted.latency_under = expected.latency_under.map(|span| word(span.to_string()));
    wanted.certificate_days = expected.certificate_days;
}

#[cfg(test)]
mod tests;
