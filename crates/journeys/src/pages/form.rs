//! Describing a journey and changing one: by hand, or from the ways that people took to an end.

use jiff::SignedDuration;
use kernel::lake::{Among, Channel, Ending, Field, Looks, People, Question, Reply, TopAsk, TopSort, Unit};
use kernel::units::{parse_span, show_span};
use kernel::{ClientId, ComponentId, JourneyId, PersonId, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Query, Reading, Refusal, Shown, Site, State as Reach, Text, View};

use super::explore::{self, ask};
use super::shared::{Named, crumbs, sample_head};
use crate::code::{share, share_text};
use crate::model::{
    Definition, Draft, EndingRule, Exclusion, Journey, Step, Targets, USUAL_WINDOW, order_of, order_word,
    unit_of, unit_word, usual_segments,
};
use crate::rules::paths::{Picture, picture, strongest};
use crate::rules::{faults, looks};
use crate::store as tables;

/// Rows of steps on an empty form.
const ROWS: usize = 4;
/// Empty rows below the steps that are there.
const SPARE: usize = 2;
/// Events on a way that leads to an end.
const DEPTH: u8 = 6;
/// Ends to choose from, of each kind.
const ENDS: u32 = 12;

/// A step as people write it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StepForm {
    /// Its name.
    pub name: String,
    /// A path, or the name of an event; `|` between alternatives.
    pub looks: String,
    /// Further tests: `method: ideal, card; amount: >= 5`.
    pub tests: String,
    /// `on` when it may be skipped.
    pub optional: String,
    /// By which way it is done.
    pub channel: String,
    /// The id of a component.
    pub component: String,
}

/// A journey as people write it, each field as text; empty fields are as usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct JourneyForm {
    /// Its name.
    pub name: String,
    /// `visit`, `visitor`, `user` or `case`.
    pub unit: String,
    /// `2h`.
    pub window: String,
    /// `ordered`, `strict` or `any_order`.
    pub order: String,
    /// The steps; those without anything are left out.
    pub steps: Vec<StepForm>,
    /// What tells that somebody is not eligible: as of a step.
    pub not_eligible: String,
    /// What tells that the service failed.
    pub failed: String,
    /// What tells that somebody gave up.
    pub abandoned: String,
    /// `cancelled after form before done`, one a line.
    pub exclusions: String,
    /// Fields with commas between them.
    pub segments: String,
    /// The IANA name of the zone in which days begin.
    pub zone: String,
    /// The id of a person.
    pub owner: String,
    /// `65%`.
    pub completion: String,
    /// `28d`.
    pub within: String,
    /// `2s`.
    pub latency: String,
    /// `1%`.
    pub errors: String,
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A form that is being read: what is wrong is collected.
struct Wrong(Problem);

impl Wrong {
    fn refuse(&mut self, field: impl Into<String>, code: &'static str, value: &str) {
        let held = std::mem::replace(&mut self.0, Problem::invalid());
        self.0 = held.field(field, code).field_with("value", value);
    }

    fn span(&mut self, field: &'static str, text: &str) -> Option<SignedDuration> {
        let text = filled(text)?;
        let read = parse_span(text).ok();
        if read.is_none() {
            self.refuse(field, "journey-field-span", text);
        }
        read
    }

    fn share(&mut self, field: &'static str, text: &str) -> Option<f64> {
        let text = filled(text)?;
        let read = share(text).or_else(|| share(&format!("{text}%")));
        if read.is_none() {
            self.refuse(field, "journey-fault-share", text);
        }
        read
    }

    fn step(&mut self, row: usize, form: &StepForm) -> Step {
        let mut looks = looks::typed(&form.looks).unwrap_or_default();
        match looks::typed_tests(&form.tests) {
            Ok(tests) if !tests.is_empty() => {
                if looks.any.is_empty() {
                    looks.any.push(Vec::new());
                }
                looks.any.iter_mut().for_each(|one| one.extend(tests.iter().cloned()));
            }
            Ok(_) => {}
            Err(line) => self.refuse(format!("steps.{row}.tests"), "journey-field-test", &line),
        }
        let typed = filled(&form.looks).unwrap_or_default();
        // A step that was given no name is called what it looks for: that is what people do with paths.
        let name = filled(&form.name).unwrap_or(typed).to_owned();
        Step {
            name,
            looks,
            optional: form.optional == "on",
            channel: Channel::from_word(&form.channel).unwrap_or_default(),
            component: form.component.parse::<ComponentId>().ok(),
        }
    }

    fn exclusions(&mut self, text: &str, steps: &[Step]) -> Vec<Exclusion> {
        let mut all = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let parts = line.split_once(" after ").and_then(|(what, rest)| {
                let (after, before) = rest.split_once(" before ")?;
                let place = |name: &str| steps.iter().position(|step| step.name == name.trim());
                Some((looks::typed(what)?, place(after)?, place(before)?))
            });
            match parts {
                Some((looks, after, before)) => all.push(Exclusion {
                    looks,
                    after: u8::try_from(after).unwrap_or(u8::MAX),
                    before: u8::try_from(before).unwrap_or(u8::MAX),
                }),
                None => self.refuse("exclusions", "journey-field-exclusion", line),
            }
        }
        all
    }
}

/// Reads a form. Refuses with every field that is wrong.
fn read(form: &JourneyForm, zone: &str) -> Result<Draft, Problem> {
    let mut wrong = Wrong(Problem::invalid());
    let mut rows = Vec::new();
    let mut steps = Vec::new();
    for (row, one) in form.steps.iter().enumerate() {
        if [&one.name, &one.looks, &one.tests].iter().any(|text| filled(text).is_some()) {
            rows.push(row);
            steps.push(wrong.step(row, one));
        }
    }
    let mut endings = Vec::new();
    for (ending, text) in [
        (Ending::NotEligible, &form.not_eligible),
        (Ending::Failed, &form.failed),
        (Ending::Abandoned, &form.abandoned),
    ] {
        endings.extend(looks::typed(text).map(|looks| EndingRule { ending, looks }));
    }
    let exclusions = wrong.exclusions(&form.exclusions, &steps);
    let segments: Vec<Field> = form.segments.split(',').filter_map(filled).map(looks::field_of).collect();
    let millis = |span: SignedDuration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    let draft = Draft {
        name: form.name.trim().to_owned(),
        shape: Definition {
            unit: unit_of(&form.unit).unwrap_or(Unit::Visit),
            window: wrong.span("window", &form.window).unwrap_or(USUAL_WINDOW),
            order: order_of(&form.order).unwrap_or_default(),
            steps,
            endings,
            exclusions,
            segments: if segments.is_empty() { usual_segments() } else { segments },
            zone: filled(&form.zone).unwrap_or(zone).to_owned(),
        },
        owner: form.owner.parse::<PersonId>().ok(),
        targets: Targets {
            completion: wrong.share("completion", &form.completion),
            within_seconds: wrong.span("within", &form.within).map(|span| span.as_secs()),
            latency_ms: wrong.span("latency", &form.latency).map(millis),
            errors: wrong.share("errors", &form.errors),
        },
        declared_in: None,
    };
    for fault in faults::wrong(&draft) {
        let row = fault.at.and_then(|at| rows.get(at));
        let field = match (fault.field, row) {
            ("steps", Some(row)) if fault.code == "journey-fault-looks" => format!("steps.{row}.looks"),
            ("steps", Some(row)) => format!("steps.{row}.name"),
            ("steps", None) => "steps.0.name".to_owned(),
            ("targets", _) => continue, // said where it was read
            (field, _) => field.to_owned(),
        };
        wrong.refuse(field, fault.code, &fault.value);
    }
    if wrong.0.fields.is_empty() { Ok(draft) } else { Err(wrong.0) }
}

/// A journey as a form shows it.
fn form_of(draft: &Draft) -> JourneyForm {
    let shape = &draft.shape;
    let step = |step: &Step| StepForm {
        name: step.name.clone(),
        looks: looks::typed_text(&step.looks),
        tests: looks::tests_text(&step.looks),
        optional: if step.optional { "on".into() } else { String::new() },
        channel: step.channel.word().to_owned(),
        component: step.component.map(|id| id.to_string()).unwrap_or_default(),
    };
    let ending = |wanted: Ending| {
        let texts = shape.endings.iter().filter(|one| one.ending == wanted);
        texts.map(|one| looks::typed_text(&one.looks)).collect::<Vec<_>>().join(" | ")
    };
    let name = |place: u8| shape.steps.get(usize::from(place)).map_or("", |step| step.name.as_str());
    let exclusion = |one: &Exclusion| {
        format!("{} after {} before {}", looks::typed_text(&one.looks), name(one.after), name(one.before))
    };
    JourneyForm {
        name: draft.name.clone(),
        unit: unit_word(shape.unit).to_owned(),
        window: show_span(shape.window),
        order: order_word(shape.order).to_owned(),
        steps: shape.steps.iter().map(step).collect(),
        not_eligible: ending(Ending::NotEligible),
        failed: ending(Ending::Failed),
        abandoned: ending(Ending::Abandoned),
        exclusions: shape.exclusions.iter().map(exclusion).collect::<Vec<_>>().join("\n"),
        segments: shape.segments.iter().map(looks::field_word).collect::<Vec<_>>().join(", "),
        zone: shape.zone.clone(),
        owner: draft.owner.map(|id| id.to_string()).unwrap_or_default(),
        completion: draft.targets.completion.map(share_text).unwrap_or_default(),
        within: draft
            .targets
            .within_seconds
            .map(SignedDuration::from_secs)
            .map(show_span)
            .unwrap_or_default(),
        latency: draft.targets.latency_ms.map(SignedDuration::from_millis).map(show_span).unwrap_or_default(),
        errors: draft.targets.errors.map(share_text).unwrap_or_default(),
    }
}

/// The form of a journey.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JourneyFormView {
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// The journey, when there is one already.
    pub journey: Option<Named<JourneyId>>,
    /// Where it is declared; then nothing can be changed here.
    pub declared_in: Option<String>,
    /// What the form holds.
    pub form: JourneyForm,
    /// The end that was picked, to draw from the ways that lead there.
    pub end: Option<String>,
    /// These ways.
    pub picture: Picture,
    /// Pages that people reached in the last week, with how many visits: ends to pick from.
    pub pages: Vec<(String, u64)>,
    /// The same of named events.
    pub events: Vec<(String, u64)>,
    /// Components to choose from.
    pub components: Vec<Named<ComponentId>>,
    /// People to choose from.
    pub people: Vec<Named<PersonId>>,
}

/// From which end to draw.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Picked {
    /// A path or the name of an event.
    pub end: Option<String>,
}

async fn view(
    site: &Site,
    scope: &Scope,
    service: &estate::model::Service,
    journey: Option<&Journey>,
    form: JourneyForm,
) -> Result<JourneyFormView, Problem> {
    let db = &site.db;
    let clients = identity::clients::names(db, scope).await?;
    let name = clients.get(&service.client_id).cloned().unwrap_or_default();
    let components = estate::graph::components(db, scope, service.id).await?;
    let people = identity::people::all(db, scope).await?;
    let mut form = form;
    let rows = (form.steps.len() + SPARE).clamp(ROWS, kernel::lake::MAX_STEPS);
    form.steps.resize(rows.max(form.steps.len()), StepForm::default());
    Ok(JourneyFormView {
        client: Named { id: service.client_id, name },
        service: Named { id: service.id, name: service.name.clone() },
        declared_in: journey.and_then(|journey| journey.declared_in.clone()),
        journey: journey.map(|journey| Named { id: journey.id, name: journey.name.clone() }),
        form,
        end: None,
        picture: Picture::default(),
        pages: Vec::new(),
        events: Vec::new(),
        components: components.into_iter().map(|one| Named { id: one.id, name: one.name }).collect(),
        people: people.into_iter().map(|one| Named { id: one.id, name: one.name }).collect(),
    })
}

/// The rows of people of a service in the last week.
fn last_week(service: &estate::model::Service, scope: &Scope) -> Among {
    let now = scope.now();
    Among {
        client: service.client_id,
        service: service.id,
        from: now.checked_sub(SignedDuration::from_hours(24 * 7)).unwrap_or(now),
        until: now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now),
        people: People::People,
        only: Vec::new(),
    }
}

async fn ends(
    site: &Site,
    scope: &Scope,
    among: &Among,
    field: Field,
    looks: Option<Looks>,
) -> Result<Vec<(String, u64)>, Problem> {
    let question =
        TopAsk { among: among.clone(), looks, field, unit: Unit::Visit, sort: TopSort::Units, limit: ENDS };
    let found = ask(site, scope, Question::Top(question)).await?.map(Reply::top).unwrap_or_default();
    let kept = found.into_iter().filter(|top| !top.value.is_empty() && top.value != looks::PAGEVIEW);
    Ok(kept.map(|top| (top.value, top.units)).collect())
}

/// The form of a new journey; drawn from the ways to an end when one was picked.
pub async fn new(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(picked): Query<Picked>,
    Reading(reader): Reading,
) -> Result<Shown<JourneyFormView>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Respond, "service", service.client_id, Some(id))?;
    let among = last_week(&service, &scope);
    let mut form = JourneyForm {
        unit: "visit".into(),
        window: show_span(USUAL_WINDOW),
        order: "ordered".into(),
        zone: reader.zone.iana_name().unwrap_or("UTC").to_owned(),
        segments: usual_segments().iter().map(looks::field_word).collect::<Vec<_>>().join(", "),
        ..JourneyForm::default()
    };
    let mut drawn = Picture::default();
    if let Some(end) = &picked.end {
        let asked = explore::Asked { to: Some(end.clone()), ..explore::Asked::default() };
        let flows = explore::flows(&site, &scope, among.clone(), &asked, DEPTH).await?;
        let mut way = strongest(&flows);
        // A named event has no page of its own on the way; it is the end all the same.
        if !end.starts_with('/') {
            way.push(end.clone());
        }
        let step =
            |value: &String| StepForm { looks: value.clone(), channel: "web".into(), ..StepForm::default() };
        form.steps = way.iter().map(step).collect();
        drawn = picture(&flows);
    }
    let mut view = view(&site, &scope, &service, None, form).await?;
    view.pages = ends(&site, &scope, &among, Field::Path, Some(Looks::named(looks::PAGEVIEW))).await?;
    view.events = ends(&site, &scope, &among, Field::Name, None).await?;
    (view.end, view.picture) = (picked.end, drawn);
    Ok(Shown(view))
}

/// Adds a journey.
pub async fn add(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Reading(reader): Reading,
    Input(form): Input<JourneyForm>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Respond, "service", service.client_id, Some(id))?;
    let draft = read(&form, reader.zone.iana_name().unwrap_or("UTC"))?;
    known_parts(&site, &scope, id, &draft).await?;
    let mut tx = site.db.write("journeys.add", &scope).await?;
    let journey = tables::add(&mut tx, service.client_id, id, &draft).await?;
    tx.commit().await?;
    let done = Done::to(format!("/journeys/{journey}")).say("journey-added");
    Ok(done.value(&serde_json::json!({ "id": journey })))
}

/// Refuses a component of another service, and an owner whom the asker cannot see.
async fn known_parts(site: &Site, scope: &Scope, service: ServiceId, draft: &Draft) -> Result<(), Problem> {
    let components = estate::graph::components(&site.db, scope, service).await?;
    for (row, step) in draft.shape.steps.iter().enumerate() {
        let known = step.component.is_none_or(|id| components.iter().any(|one| one.id == id));
        if !known {
            return Err(Problem::invalid().field(format!("steps.{row}.component"), "field-unknown"));
        }
    }
    if let Some(owner) = draft.owner {
        let people = identity::people::all(&site.db, scope).await?;
        if !people.iter().any(|one| one.id == owner) {
            return Err(Problem::invalid().field("owner", "field-unknown"));
        }
    }
    Ok(())
}

async fn mine(site: &Site, scope: &Scope, id: JourneyId) -> Result<Journey, Problem> {
    let journey = tables::expect(&site.db, scope, id).await?;
    scope.require(Right::Respond, "journey", journey.client, Some(journey.service))?;
    Ok(journey)
}

/// The form of a journey that is there.
pub async fn edit(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
) -> Result<Shown<JourneyFormView>, Refusal> {
    let journey = mine(&site, &scope, id).await?;
    let service = estate::services::expect(&site.db, &scope, journey.service).await?;
    let form = form_of(&journey.draft());
    Ok(Shown(view(&site, &scope, &service, Some(&journey), form).await?))
}

/// What is declared in a file is changed there.
fn not_declared(journey: &Journey) -> Result<(), Problem> {
    match &journey.declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(()),
    }
}

/// Changes a journey.
pub async fn change(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Input(form): Input<JourneyForm>,
) -> Result<Done, Refusal> {
    let journey = mine(&site, &scope, id).await?;
    not_declared(&journey)?;
    let draft = read(&form, &journey.zone)?;
    known_parts(&site, &scope, journey.service, &draft).await?;
    let mut tx = site.db.write("journeys.change", &scope).await?;
    tables::change(&mut tx, &journey, &draft).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/journeys/{id}")).say("journey-changed"))
}

/// The name, typed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Confirm {
    /// The name of the journey.
    pub confirm: String,
}

/// Removes a journey.
pub async fn remove(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Input(typed): Input<Confirm>,
) -> Result<Done, Refusal> {
    let journey = mine(&site, &scope, id).await?;
    not_declared(&journey)?;
    if typed.confirm.trim() != journey.name {
        return Err(Problem::invalid().field("confirm", "journey-field-confirm").into());
    }
    let mut tx = site.db.write("journeys.remove", &scope).await?;
    tables::remove(&mut tx, &journey).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}/journeys", journey.service)).say("journey-removed"))
}

impl View for JourneyFormView {
    const TEMPLATE: &'static str = "journeys/form.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        match &self.journey {
            Some(journey) => Text::raw(journey.name.as_str()),
            None => Text::key("journeys-add"),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        use kernel::Id as _;
        let head = sample_head();
        let step = |name: &str, looks: &str, tests: &str| StepForm {
            name: name.into(),
            looks: looks.into(),
            tests: tests.into(),
            channel: "web".into(),
            ..StepForm::default()
        };
        let mut form = JourneyForm {
            unit: "visit".into(),
            window: "2h".into(),
            order: "ordered".into(),
            zone: "Europe/Amsterdam".into(),
            steps: vec![StepForm::default(); ROWS],
            ..JourneyForm::default()
        };
        let new = JourneyFormView {
            service: head.service.clone(),
            client: head.client.clone(),
            journey: None,
            declared_in: None,
            form: form.clone(),
            end: None,
            picture: Picture::default(),
            pages: vec![("/apply/done".into(), 1_876), ("/apply".into(), 4_812)],
            events: vec![("payment started".into(), 2_190)],
            components: vec![Named { id: ComponentId::from_u128(3), name: "payment".into() }],
            people: vec![Named { id: PersonId::from_u128(7), name: "Noor Kaya".into() }],
        };
        form.steps = vec![
            step("start", "/apply", ""),
            step("payment", "payment started", "method: ideal, card"),
            step("done", "/apply/done", ""),
            StepForm::default(),
        ];
        form.name = "Apply for a parking permit".into();
        form.completion = "65%".into();
        let drawn = JourneyFormView {
            end: Some("/apply/done".into()),
            picture: picture(&explore::sample_flows()),
            form: form.clone(),
            ..new.clone()
        };
        let journey = Some(Named { id: head.id, name: head.name });
        let edit = JourneyFormView { journey, form, pages: vec![], events: vec![], ..new.clone() };
        let declared = JourneyFormView { declared_in: Some("lindehaven.yml:51".into()), ..edit.clone() };
        let silent = JourneyFormView { pages: vec![], events: vec![], ..new.clone() };
        vec![("new", new), ("drawn", drawn), ("edit", edit), ("declared", declared), ("silent", silent)]
    }
}
