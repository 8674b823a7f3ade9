//! Making, changing and removing a source.

use kernel::{ClientId, Problem, Right, Scope, ServiceId, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Named, crumbs, sample_client, sample_service};
use crate::intake::sources::{self, Identity, MAX_SOURCES, Source, SourceDraft, domain_of};

/// A source as people write it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SourceForm {
    /// For people.
    pub name: String,
    /// A domain a line.
    pub domains: String,
    /// A key a line.
    pub also: String,
    /// `none`, `daily` or `declared`.
    pub identity: String,
    /// How long events are kept: `400d`; nothing is for ever.
    pub keep: String,
    /// `on` when `DNT` and `Sec-GPC` are honoured.
    pub respects_signals: String,
}

/// The form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SourceFormView {
    /// The source, when it is there already.
    pub source: Option<Named<SourceId>>,
    /// The service.
    pub service: Named<ServiceId>,
    /// The client.
    pub client: Named<ClientId>,
    /// What stands in the fields.
    pub form: SourceForm,
    /// The file and line that declares it.
    pub declared_in: Option<String>,
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == ',');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What a form says, or all that is wrong with it.
fn read(form: &SourceForm) -> Result<SourceDraft, Problem> {
    let mut problem = Problem::invalid();
    let keep = form.keep.trim();
    let with_unit =
        if keep.bytes().all(|byte| byte.is_ascii_digit()) { format!("{keep}d") } else { keep.into() };
    let keep_days = match keep {
        "" => None,
        _ => match kernel::units::parse_span(&with_unit) {
            Ok(span) => Some(u32::try_from(span.as_hours() / 24).unwrap_or(u32::MAX)),
            Err(_) => {
                problem = problem.field("keep", "intake-field-span").field_with("value", keep);
                None
            }
        },
    };
    let draft = SourceDraft {
        name: form.name.trim().to_owned(),
        domains: words(&form.domains).iter().map(|word| domain_of(word)).collect(),
        also: words(&form.also),
        identity: Identity::from_word(&form.identity).unwrap_or_default(),
        respects_signals: form.respects_signals == "on",
        keep_days,
        declared_in: None,
    };
    for wrong in sources::wrong(&draft) {
        problem = problem.field(wrong.field, wrong.code).field_with("value", wrong.value);
    }
    problem.or(draft)
}

fn fill(source: &Source) -> SourceForm {
    SourceForm {
        name: source.name.clone(),
        domains: source.domains.join("\n"),
        also: source.also.join("\n"),
        identity: source.identity.word().to_owned(),
        keep: source.keep_days.map(|days| format!("{days}d")).unwrap_or_default(),
        respects_signals: if source.respects_signals { "on".into() } else { String::new() },
    }
}

async fn service(
    site: &Site,
    scope: &Scope,
    id: ServiceId,
) -> Result<(Named<ServiceId>, Named<ClientId>), Problem> {
    let service = estate::services::expect(&site.db, scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let names = identity::clients::names(&site.db, scope).await?;
    let client = names.get(&service.client_id).cloned().unwrap_or_default();
    Ok((Named { id, name: service.name }, Named { id: service.client_id, name: client }))
}

async fn changeable(site: &Site, scope: &Scope, id: SourceId) -> Result<Source, Problem> {
    let source = sources::expect(&site.db, scope, id).await?;
    scope.require(Right::Manage, "source", source.client, Some(source.service))?;
    Ok(source)
}

fn not_declared(source: &Source) -> Result<(), Problem> {
    match &source.declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(()),
    }
}

/// The form of a new one.
pub async fn new(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<SourceFormView>, Refusal> {
    let (service, client) = service(&site, &scope, id).await?;
    let form = SourceForm {
        identity: Identity::Daily.word().into(),
        keep: "400d".into(),
        respects_signals: "on".into(),
        ..SourceForm::default()
    };
    Ok(Shown(SourceFormView { source: None, service, client, form, declared_in: None }))
}

async fn taken(
    tx: &mut store::Tx,
    draft: &SourceDraft,
    own: Option<SourceId>,
    service: ServiceId,
) -> Result<(), Problem> {
    if let Some((field, word)) = sources::word_taken(tx, draft, own).await? {
        return Err(Problem::invalid().field(field, "intake-field-taken").field_with("value", word));
    }
    let held = sources::of_service_in(tx, service).await?;
    let others = || held.iter().filter(|source| Some(source.id) != own);
    if others().any(|source| source.name.to_lowercase() == draft.name.to_lowercase()) {
        return Err(Problem::invalid().field("name", "field-taken"));
    }
    if own.is_none() && held.len() >= MAX_SOURCES {
        return Err(Problem::conflict("intake-too-many").with("max", MAX_SOURCES));
    }
    Ok(())
}

/// Adds one.
pub async fn add(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<SourceForm>,
) -> Result<Done, Refusal> {
    let (service, client) = service(&site, &scope, id).await?;
    let draft = read(&form)?;
    let mut tx = site.db.write("intake.add-source", &scope).await?;
    taken(&mut tx, &draft, None, service.id).await?;
    let source = sources::add(&mut tx, client.id, service.id, &draft).await?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": source.id, "key": source.key, "number": source.number, "uuid": source.uuid });
    Ok(Done::to(format!("/sources/{}", source.id))
        .say("intake-source-added")
        .with("name", draft.name)
        .value(&value))
}

/// The form of one that is there.
pub async fn edit(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<SourceId>,
) -> Result<Shown<SourceFormView>, Refusal> {
    let source = changeable(&site, &scope, id).await?;
    let (service, client) = service(&site, &scope, source.service).await?;
    Ok(Shown(SourceFormView {
        form: fill(&source),
        declared_in: source.declared_in,
        source: Some(Named { id, name: source.name }),
        service,
        client,
    }))
}

/// Changes it.
pub async fn change(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<SourceId>,
    Input(form): Input<SourceForm>,
) -> Result<Done, Refusal> {
    let source = changeable(&site, &scope, id).await?;
    not_declared(&source)?;
    let draft = read(&form)?;
    let mut tx = site.db.write("intake.change-source", &scope).await?;
    taken(&mut tx, &draft, Some(id), source.service).await?;
    sources::change(&mut tx, &source, &draft).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/sources/{id}")).say("intake-source-changed").with("name", draft.name))
}

/// What a person types to prove that they mean it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Confirm {
    /// The name of the source.
    pub confirm: String,
}

/// Removes it; what it told stays.
pub async fn remove(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<SourceId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let source = changeable(&site, &scope, id).await?;
    not_declared(&source)?;
    if form.confirm.trim() != source.name {
        return Err(Problem::invalid().field("confirm", "intake-field-confirm").into());
    }
    let mut tx = site.db.write("intake.remove-source", &scope).await?;
    sources::remove(&mut tx, &source).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/services/{}/sources", source.service))
        .say("intake-source-removed")
        .with("name", source.name))
}

impl View for SourceFormView {
    const TEMPLATE: &'static str = "intake/form.html";
    const AREA: &'static str = "sources";
    fn title(&self) -> Text {
        match &self.source {
            Some(source) => Text::key("intake-form-change").with("name", &source.name),
            None => Text::key("intake-form-new"),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.client, &self.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        use kernel::Id as _;
        let form = SourceForm {
            identity: "daily".into(),
            keep: "400d".into(),
            respects_signals: "on".into(),
            ..SourceForm::default()
        };
        let new = SourceFormView {
            source: None,
            service: sample_service(),
            client: sample_client(),
            form,
            declared_in: None,
        };
        let source = Some(Named { id: SourceId::from_u128(1), name: "website".to_owned() });
        let form = SourceForm {
            name: "website".into(),
            domains: "permits.lindehaven.example\nlindehaven.example".into(),
            also: "phc_formerly".into(),
            ..new.form.clone()
        };
        let change = SourceFormView { source, form, ..new.clone() };
        let declared = SourceFormView { declared_in: Some("lindehaven.yml:51".into()), ..change.clone() };
        vec![("new", new), ("change", change), ("declared", declared)]
    }
}
