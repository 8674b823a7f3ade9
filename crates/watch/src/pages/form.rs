//! Making and changing a probe, and trying it before it is kept.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::world::RecordKind;
use kernel::{ClientId, Id as _, ProbeId, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Named, Names, crumbs, millis, reason_text};
use super::show::expect as expect_probe;
use crate::check::{Job, WayOut, check};
use crate::model::{Details, Http, HttpExpect, Plan, Probe, Span, Target, Verdict, record_word};
use crate::rules::expect::{self, Ready};
use crate::rules::faults;
use crate::store::{self as tables, ProbeDraft};

/// Stands for a secret that is kept as it is.
const KEPT: &str = "•••";

/// A probe as people write it, each field as text; empty fields are as usual. Fields of other kinds are ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProbeForm {
    /// http, tcp, tls, dns, ping or heartbeat.
    pub kind: String,
    pub name: String,
    pub http: String,
    pub method: String,
    /// A header a line, `name: value`.
    pub headers: String,
    pub body: String,
    /// `on` when a certificate that cannot be trusted is a failure.
    pub verify_tls: String,
    pub status: String,
    /// A text a line.
    pub text: String,
    /// A text a line.
    pub absent: String,
    pub regex: String,
    /// A place a line: `$.status = ok`, `$.queue.length < 10`, `$.version exists`.
    pub json: String,
    /// A header a line, `name: text it contains`.
    pub header: String,
    pub latency_under: String,
    pub certificate_days: String,
    /// `host:port`.
    pub tcp: String,
    pub send: String,
    pub banner: String,
    /// `host:port`.
    pub tls: String,
    /// `on` when the certificate must be trusted.
    pub trusted: String,
    pub dns: String,
    pub record: String,
    /// A record a line.
    pub answer: String,
    pub server: String,
    pub ping: String,
    pub grace: String,
    pub every: String,
    pub timeout: String,
    pub retries: String,
    pub retry_every: String,
    pub recover: String,
    pub severity: String,
    /// The id of a component.
    pub component: String,
    pub environment: String,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn joined(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().collect::<Vec<_>>().join("\n")
}

/// A form that is being read: what is wrong is collected.
struct Reading<'a> {
    form: &'a ProbeForm,
    wrong: Problem,
}

impl Reading<'_> {
    fn refuse(&mut self, field: &'static str, code: &'static str, value: &str) {
        let wrong = std::mem::replace(&mut self.wrong, Problem::invalid());
        self.wrong = wrong.field(field, code).field_with("value", value);
    }

    fn span(&mut self, field: &'static str, text: &str) -> Option<Span> {
        let text = filled(text)?;
        // A bare number is seconds: that is what people type.
        let with_unit =
            if text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text}s") } else { text.into() };
        match kernel::units::parse_span(&with_unit) {
            Ok(span) => Some(Span(span)),
            Err(_) => {
                self.refuse(field, "watch-field-span", text);
                None
            }
        }
    }

    fn number<N: std::str::FromStr>(&mut self, field: &'static str, text: &str) -> Option<N> {
        let text = filled(text)?;
        let read = text.parse().ok();
        if read.is_none() {
            self.refuse(field, "watch-field-number", text);
        }
        read
    }

    fn host_port(&mut self, field: &'static str, text: &str) -> (String, u16) {
        let Some(text) = filled(text) else {
            self.refuse(field, "field-required", "");
            return (String::new(), 1);
        };
        let read = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        match read {
            Some((host, port)) => (host.trim_matches(['[', ']']).to_owned(), port),
            None => {
                self.refuse(field, "watch-field-host-port", text);
                ("unknown".into(), 1)
            }
        }
    }

    fn pairs(&mut self, field: &'static str, text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for line in lines(text) {
            match line.split_once(':') {
                Some((name, value)) => all.push((name.trim().to_lowercase(), value.trim().to_owned())),
                None => self.refuse(field, "watch-field-header", &line),
            }
        }
        all
    }

    fn plan(&mut self) -> Plan {
        let form = self.form;
        let mut plan = Plan::every(self.span("every", &form.every).unwrap_or(Span::seconds(60)));
        plan.timeout = self.span("timeout", &form.timeout).unwrap_or(plan.timeout);
        plan.retries = self.number("retries", &form.retries).unwrap_or(plan.retries);
        plan.retry_every = self.span("retry_every", &form.retry_every).unwrap_or(plan.retry_every);
        plan.recover = self.number("recover", &form.recover).unwrap_or(plan.recover);
        plan
    }

    fn target(&mut self, before: Option<&Target>, plan: &Plan) -> Target {
        let form = self.form;
        let latency_under = self.span("latency_under", &form.latency_under);
        let certificate_days = self.number("certificate_days", &form.certificate_days);
        match form.kind.as_str() {
            "tcp" => {
                let (host, port) = self.host_port("tcp", &form.tcp);
                let (send, expect) = (some(&form.send), some(&form.banner));
                Target::Tcp { host, port, send, expect, latency_under }
            }
            "tls" => {
                let (host, port) = self.host_port("tls", &form.tls);
                Target::Tls { host, port, trusted: form.trusted == "on", certificate_days }
            }
            "dns" => Target::Dns {
                name: form.dns.trim().to_owned(),
                record: record_of(&form.record),
                answer: lines(&form.answer),
                server: some(&form.server),
            },
            "ping" => Target::Ping { host: form.ping.trim().to_owned(), latency_under },
            "heartbeat" => {
                let usual = Span(plan.every.0.checked_div(10).unwrap_or_default());
                Target::Heartbeat { grace: self.span("grace", &form.grace).unwrap_or(usual) }
            }
            _ => Target::Http(self.http(before, latency_under, certificate_days)),
        }
    }

    fn http(&mut self, before: Option<&Target>, latency_under: Option<Span>, days: Option<u32>) -> Http {
        let form = self.form;
        let mut http = Http::get(form.http.trim());
        if let Some(method) = filled(&form.method) {
            http.method = method.to_uppercase();
        }
        http.headers = self.pairs("headers", &form.headers);
        let held = match before {
            Some(Target::Http(held)) => held.headers.clone(),
            Some(_) | None => Vec::new(),
        };
        for (name, value) in http.headers.iter_mut().filter(|(_, value)| value == KEPT) {
            if let Some((_, kept)) = held.iter().find(|(known, _)| known == name) {
                value.clone_from(kept);
            }
        }
        http.body = some(&form.body);
        http.verify_tls = form.verify_tls == "on";
        let status = expect::statuses(&form.status).unwrap_or_else(|word| {
            self.refuse("status", "watch-field-status", &word);
            Vec::new()
        });
        let json = lines(&form.json).iter().map(|line| json_line(line)).collect();
        http.expect = HttpExpect {
            status,
            text: lines(&form.text),
            absent: lines(&form.absent),
            regex: some(&form.regex),
            json,
            header: self.pairs("header", &form.header),
            latency_under,
            certificate_days: days,
        };
        http
    }
}

fn some(text: &str) -> Option<String> {
    filled(text).map(str::to_owned)
}

fn record_of(word: &str) -> RecordKind {
    let all =
        [RecordKind::A, RecordKind::Aaaa, RecordKind::Cname, RecordKind::Mx, RecordKind::Ns, RecordKind::Txt];
    all.into_iter().find(|kind| record_word(*kind).eq_ignore_ascii_case(word.trim())).unwrap_or(RecordKind::A)
}

/// `$.status = ok` in two: the path ends before the sign.
fn json_line(line: &str) -> crate::model::JsonExpect {
    let signs = [" >= ", " <= ", " != ", " = ", " > ", " < "];
    let cut = signs.iter().filter_map(|sign| line.find(sign)).min();
    match cut {
        Some(at) => expect::json_expect(&line[..at], &line[at..]),
        None => match line.strip_suffix(" exists") {
            Some(path) => expect::json_expect(path, "exists"),
            None => expect::json_expect(line, "exists"),
        },
    }
}

/// What a form says, or all that is wrong with it.
fn read(form: &ProbeForm, before: Option<&Probe>) -> Result<ProbeDraft, Problem> {
    let mut reading = Reading { form, wrong: Problem::invalid() };
    let plan = reading.plan();
    let target = reading.target(before.map(|probe| &probe.target), &plan);
    let severity = reading.number("severity", &form.severity).unwrap_or(2);
    for wrong in faults::wrong(&form.name, severity, &plan, &target) {
        if !reading.wrong.fields.iter().any(|held| held.field == wrong.field) {
            reading.refuse(wrong.field, wrong.code, &wrong.value);
        }
    }
    let component = match filled(&form.component).map(str::parse) {
        Some(Ok(component)) => Some(component),
        Some(Err(_)) => {
            reading.refuse("component", "watch-field-component", &form.component);
            None
        }
        None => None,
    };
    let draft = ProbeDraft {
        name: form.name.trim().to_owned(),
        plan,
        target,
        component,
        environment: some(&form.environment),
        severity,
        declared_in: None,
    };
    reading.wrong.or(draft)
}

/// The form of a probe, as it would be filled in. Secret values are not shown.
fn fill(probe: &Probe) -> ProbeForm {
    let plan = &probe.plan;
    let mut form = ProbeForm {
        kind: probe.target.kind().to_owned(),
        name: probe.name.clone(),
        every: plan.every.to_string(),
        timeout: plan.timeout.to_string(),
        retries: plan.retries.to_string(),
        retry_every: plan.retry_every.to_string(),
        recover: plan.recover.to_string(),
        severity: probe.severity.to_string(),
        component: probe.component.map(|id| id.to_string()).unwrap_or_default(),
        environment: probe.environment.clone().unwrap_or_default(),
        ..ProbeForm::default()
    };
    let span = |span: &Option<Span>| span.map(|span| span.to_string()).unwrap_or_default();
    let number = |number: &Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let on = |on: bool| if on { "on".to_owned() } else { String::new() };
    let host_port = |host: &str, port: u16| {
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    };
    match &probe.target {
        Target::Http(http) => {
            let expect = &http.expect;
            form.http.clone_from(&http.url);
            form.method.clone_from(&http.method);
            form.headers = joined(http.headers.iter().map(|(name, _)| format!("{name}: {KEPT}")));
            form.body = http.body.clone().unwrap_or_default();
            form.verify_tls = on(http.verify_tls);
            form.status =
                if expect.status.is_empty() { String::new() } else { expect::statuses_text(&expect.status) };
            form.text = joined(expect.text.iter().cloned());
            form.absent = joined(expect.absent.iter().cloned());
            form.regex = expect.regex.clone().unwrap_or_default();
            form.json =
                joined(expect.json.iter().map(|one| format!("{} {}", one.path, expect::json_text(one))));
            form.header = joined(expect.header.iter().map(|(name, text)| format!("{name}: {text}")));
            form.latency_under = span(&expect.latency_under);
            form.certificate_days = number(&expect.certificate_days);
        }
        Target::Tcp { host, port, send, expect, latency_under } => {
            form.tcp = host_port(host, *port);
            form.send = send.clone().unwrap_or_default();
            form.banner = expect.clone().unwrap_or_default();
            form.latency_under = span(latency_under);
        }
        Target::Tls { host, port, trusted, certificate_days } => {
            form.tls = host_port(host, *port);
            form.trusted = on(*trusted);
            form.certificate_days = number(certificate_days);
        }
        Target::Dns { name, record, answer, server } => {
            form.dns.clone_from(name);
            form.record = record_word(*record).to_owned();
            form.answer = joined(answer.iter().cloned());
            form.server = server.clone().unwrap_or_default();
        }
        Target::Ping { host, latency_under } => {
            form.ping.clone_from(host);
            form.latency_under = span(latency_under);
        }
        Target::Heartbeat { grace } => form.grace = grace.to_string(),
    }
    form
}

/// What one try came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Tried {
    /// `good`, `poor`, `bad` or `unknown`.
    pub verdict: &'static str,
    /// All that was wrong.
    pub findings: Vec<Text>,
    /// How long the answer took, milliseconds.
    pub latency_ms: Option<f64>,
    /// What came back.
    pub details: Details,
    /// When.
    pub at: Timestamp,
}

/// The form of a probe, and what came back when it was tried.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProbeFormView {
    /// The probe that is changed; none for a new one.
    pub probe: Option<Named<ProbeId>>,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// What stands in the form.
    pub form: ProbeForm,
    /// Components to choose from: id and name.
    pub components: Vec<(String, String)>,
    /// Environments to choose from.
    pub environments: Vec<String>,
    /// Kinds to choose from.
    pub kinds: Vec<&'static str>,
    /// The file and line that declares it; then nothing can be changed here.
    pub declared_in: Option<String>,
    /// What came back when it was tried.
    pub tried: Option<Tried>,
}

/// What the form begins with.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Begin {
    /// The kind.
    pub kind: Option<String>,
    /// The component.
    pub component: Option<String>,
}

async fn view(
    site: &Site,
    scope: &Scope,
    service: &estate::services::Service,
    probe: Option<&Probe>,
    form: ProbeForm,
) -> Result<ProbeFormView, Problem> {
    let db = &site.db;
    let names = Names::read(db, scope).await?;
    let components = estate::graph::components(db, scope, service.id).await?;
    let environments = estate::graph::environments(db, scope, service.id).await?;
    Ok(ProbeFormView {
        probe: probe.map(|probe| Named { id: probe.id, name: probe.name.clone() }),
        service: Named { id: service.id, name: service.name.clone() },
        client: names.client(service.client_id),
        form,
        components: components.into_iter().map(|one| (one.id.to_string(), one.name)).collect(),
        environments: environments.into_iter().map(|one| one.name).collect(),
        kinds: Target::KINDS.to_vec(),
        declared_in: probe.and_then(|probe| probe.declared_in.clone()),
        tried: None,
    })
}

/// The service, when the asker may change its probes.
async fn service(site: &Site, scope: &Scope, id: ServiceId) -> Result<estate::services::Service, Problem> {
    let service = estate::services::expect(&site.db, scope, id).await?;
    scope.require(Right::Respond, "service", service.client_id, Some(id))?;
    Ok(service)
}

/// The probe, when the asker may change it.
async fn changeable(site: &Site, scope: &Scope, id: ProbeId) -> Result<Probe, Problem> {
    let probe = expect_probe(site, scope, id).await?;
    scope.require(Right::Respond, "probe", probe.client, Some(probe.service))?;
    Ok(probe)
}

fn not_declared(probe: &Probe) -> Result<(), Problem> {
    match &probe.declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(()),
    }
}

/// Shows the form of a new probe.
pub async fn new(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(begin): Query<Begin>,
) -> Result<Shown<ProbeFormView>, Refusal> {
    let service = service(&site, &scope, id).await?;
    let kind =
        begin.kind.filter(|kind| Target::KINDS.contains(&kind.as_str())).unwrap_or_else(|| "http".into());
    let on = "on".to_owned();
    let every = if kind == "heartbeat" { "1d" } else { "1m" };
    let form = ProbeForm {
        kind,
        verify_tls: on.clone(),
        trusted: on,
        every: every.into(),
        severity: "2".into(),
        component: begin.component.unwrap_or_default(),
        ..ProbeForm::default()
    };
    Ok(Shown(view(&site, &scope, &service, None, form).await?))
}

/// Shows the form of a probe.
pub async fn edit(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
) -> Result<Shown<ProbeFormView>, Refusal> {
    let probe = changeable(&site, &scope, id).await?;
    let service = service(&site, &scope, probe.service).await?;
    Ok(Shown(view(&site, &scope, &service, Some(&probe), fill(&probe)).await?))
}

fn taken(problem: Problem) -> Problem {
    if problem.code == "taken" { Problem::invalid().field("name", "field-taken") } else { problem }
}

/// Keeps a new probe.
pub async fn add(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<ProbeForm>,
) -> Result<Done, Refusal> {
    let service = service(&site, &scope, id).await?;
    let draft = read(&form, None)?;
    let mut tx = site.db.write("watch.add-probe", &scope).await?;
    let probe = tables::add_probe(&mut tx, service.client_id, id, &draft).await.map_err(taken)?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": probe });
    Ok(Done::to(format!("/probes/{probe}")).say("watch-probe-added").with("name", draft.name).value(&value))
}

/// Keeps a changed probe.
pub async fn change(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
    Input(form): Input<ProbeForm>,
) -> Result<Done, Refusal> {
    let probe = changeable(&site, &scope, id).await?;
    not_declared(&probe)?;
    let draft = read(&form, Some(&probe))?;
    let mut tx = site.db.write("watch.change-probe", &scope).await?;
    let changed = tables::change_probe(&mut tx, &probe, &draft).await.map_err(taken)?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": id, "changed": changed });
    Ok(Done::to(format!("/probes/{id}")).say("watch-probe-changed").with("name", draft.name).value(&value))
}

async fn try_it(
    site: &Site,
    scope: &Scope,
    service: ServiceId,
    client: ClientId,
    draft: ProbeDraft,
) -> Tried {
    let probe = Probe {
        id: ProbeId::new(scope),
        number: 0,
        client,
        service,
        name: draft.name,
        plan: draft.plan,
        target: draft.target,
        component: None,
        environment: None,
        severity: draft.severity,
        paused_at: None,
        declared_in: None,
        beat: None,
        created_at: scope.now(),
    };
    let ready = Arc::new(Ready::of(&probe.target));
    let job = Job { probe: Arc::new(probe), ready, due: scope.now() };
    let seen = check(&*site.world, &*site.clock, &WayOut::default(), &job).await;
    let verdict = match seen.verdict {
        Verdict::Good => "good",
        Verdict::Poor(_) => "poor",
        Verdict::Bad(_) => "bad",
        Verdict::Unknown(_) => "unknown",
    };
    let findings = seen.findings.iter().map(reason_text).collect();
    Tried { verdict, findings, latency_ms: seen.micros.map(millis), details: seen.details, at: seen.at }
}

/// Makes one check of what stands in the form, and shows what came back. Nothing is kept.
pub async fn try_new(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<ProbeForm>,
) -> Result<Shown<ProbeFormView>, Refusal> {
    let service = service(&site, &scope, id).await?;
    let draft = read(&form, None)?;
    let tried = try_it(&site, &scope, id, service.client_id, draft).await;
    let mut view = view(&site, &scope, &service, None, form).await?;
    view.tried = Some(tried);
    Ok(Shown(view))
}

/// The same for a probe that is there.
pub async fn try_changed(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
    Input(form): Input<ProbeForm>,
) -> Result<Shown<ProbeFormView>, Refusal> {
    let probe = changeable(&site, &scope, id).await?;
    let service = service(&site, &scope, probe.service).await?;
    let draft = read(&form, Some(&probe))?;
    let tried = try_it(&site, &scope, service.id, service.client_id, draft).await;
    let mut view = view(&site, &scope, &service, Some(&probe), form).await?;
    view.tried = Some(tried);
    Ok(Shown(view))
}

async fn pause_or(site: &Site, scope: &Scope, id: ProbeId, pause: bool) -> Result<Probe, Problem> {
    let probe = changeable(site, scope, id).await?;
    let mut tx = site.db.write("watch.pause-probe", scope).await?;
    tables::pause_probe(&mut tx, &probe, pause).await?;
    tx.commit().await?;
    Ok(probe)
}

/// Pauses it.
pub async fn pause(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
) -> Result<Done, Refusal> {
    let probe = pause_or(&site, &scope, id, true).await?;
    Ok(Done::to(format!("/probes/{id}")).say("watch-probe-paused").with("name", probe.name))
}

/// Lets it go on.
pub async fn resume(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
) -> Result<Done, Refusal> {
    let probe = pause_or(&site, &scope, id, false).await?;
    Ok(Done::to(format!("/probes/{id}")).say("watch-probe-resumed").with("name", probe.name))
}

/// What a person types to prove that they mean it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Confirm {
    /// The name of the probe.
    pub confirm: String,
}

/// Removes it with its history.
pub async fn remove(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ProbeId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let probe = changeable(&site, &scope, id).await?;
    not_declared(&probe)?;
    if form.confirm.trim() != probe.name {
        return Err(Problem::invalid().field("confirm", "watch-field-confirm").into());
    }
    let mut tx = site.db.write("watch.remove-probe", &scope).await?;
    tables::remove_probe(&mut tx, &probe).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}", probe.service)).say("watch-probe-removed").with("name", probe.name))
}

impl View for ProbeFormView {
    const TEMPLATE: &'static str = "watch/form.html";
    const AREA: &'static str = "probes";
    fn title(&self) -> Text {
        match &self.probe {
            Some(probe) => Text::key("watch-form-change").with("name", &probe.name),
            None => Text::key("watch-form-new"),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let at: Timestamp = "2026-11-21T03:00:00Z".parse().expect("an instant");
        let of = |kind: &str| ProbeFormView {
            probe: None,
            service: Named { id: ServiceId::from_u128(2), name: "Parking permits".into() },
            client: Named { id: ClientId::from_u128(1), name: "Municipality of Lindehaven".into() },
            form: ProbeForm {
                kind: kind.into(),
                every: "1m".into(),
                severity: "2".into(),
                ..ProbeForm::default()
            },
            components: vec![("cmp_1".into(), "payment".into())],
            environments: vec!["production".into()],
            kinds: Target::KINDS.to_vec(),
            declared_in: None,
            tried: None,
        };
        let mut all: Vec<(&'static str, Self)> =
            Target::KINDS.into_iter().map(|kind| (kind, of(kind))).collect();
        let verdicts = [
            ("tried-good", "good"),
            ("tried-poor", "poor"),
            ("tried-bad", "bad"),
            ("tried-unknown", "unknown"),
        ];
        for (case, verdict) in verdicts {
            let found = crate::model::Reason::new(crate::model::What::Status, "2xx", "503");
            let findings = if verdict == "good" { vec![] } else { vec![reason_text(&found)] };
            let details = Details { status: Some(503), body: "Sorry".into(), ..Details::default() };
            let tried = Some(Tried { verdict, findings, latency_ms: Some(84.3), details, at });
            all.push((case, ProbeFormView { tried, ..of("http") }));
        }
        let probe = Some(Named { id: ProbeId::from_u128(1), name: "start page".to_owned() });
        all.push(("change", ProbeFormView { probe: probe.clone(), ..of("http") }));
        let declared_in = Some("lindehaven.yml:51".to_owned());
        all.push(("declared", ProbeFormView { probe, declared_in, ..of("http") }));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(target: Target) -> Probe {
        Probe {
            id: ProbeId::from_u128(1),
            number: 1,
            client: ClientId::from_u128(1),
            service: ServiceId::from_u128(1),
            name: "start page".into(),
            plan: Plan::every(Span::seconds(30)),
            target,
            component: None,
            environment: Some("production".into()),
            severity: 2,
            paused_at: None,
            declared_in: None,
            beat: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_form_says_what_the_probe_says() {
        let mut http = Http::get("https://example.org/a");
        http.headers = vec![("authorization".into(), "Bearer secret".into())];
        http.expect.json =
            vec![expect::json_expect("$.a[?@.b == 1]", ">= 5"), expect::json_expect("$.b", "exists")];
        http.expect.status = expect::statuses("200-204, 301").expect("statuses");
        http.expect.header = vec![("content-type".into(), "text/html; charset=utf-8".into())];
        let (host, send) = ("db.example".to_owned(), Some("hello".to_owned()));
        for target in [
            Target::Http(http),
            Target::Tcp {
                host: host.clone(),
                port: 5432,
                send,
                expect: None,
                latency_under: Some(Span::seconds(1)),
            },
            Target::Tls { host: "2001:db8::1".into(), port: 443, trusted: false, certificate_days: Some(14) },
            Target::Dns {
                name: host.clone(),
                record: RecordKind::Mx,
                answer: vec!["a".into(), "b".into()],
                server: None,
            },
            Target::Ping { host, latency_under: None },
            Target::Heartbeat { grace: Span::seconds(90) },
        ] {
            let before = probe(target);
            let form = fill(&before);
            assert!(!form.headers.contains("secret"), "a secret is not shown");
            let draft = read(&form, Some(&before)).expect("what was filled in is fine");
            assert_eq!(ProbeDraft::of(&before), draft);
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let form = ProbeForm {
            kind: "http".into(),
            http: "example.org".into(),
            every: "2".into(),
            retries: "many".into(),
            status: "20x".into(),
            regex: "(".into(),
            json: "$.a[ = 1".into(),
            ..ProbeForm::default()
        };
        let problem = read(&form, None).expect_err("much is wrong");
        let fields: Vec<&str> = problem.fields.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!(fields, ["retries", "status", "name", "every", "http", "regex", "json"]);
    }
}
