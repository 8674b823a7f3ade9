//! The public page of a service: one sentence, its parts with ninety days each, what is being done, and what was;
//! as a page, as RSS, and in the shape of the Statuspage API version 2 with what that shape forgot: when the data is
//! from, and whether it still says anything about now.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::{Id, IncidentId, Problem, Right, Scope, ServiceId, StatusPageId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{
    Asks, Done, Input, IntoResponse, Path, Reading, Refusal, Response, Shown, Site, State, StatusCode, Text,
    View,
};

use super::common::sample;
use super::rotas::taken;
use crate::model::{Incident, State as Standing};
use crate::rules::status::{self as rules, Says, Works};
use crate::store::incident::{self, Note};
use crate::store::status::{self, StatusPage};
use crate::watched::{Watched, watched};

/// How far the history reaches.
const HISTORY: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Incidents in the history.
const MAX_HISTORY: u32 = 200;
/// Incidents whose history is shown on the page itself; feeds and JSON have all of it.
const SHOWN_HISTORY: usize = 25;

/// A part of the service, in the words of its users.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Part {
    name: String,
    works: Works,
    since: Option<Timestamp>,
    /// The state and the SVG path of its days.
    days: Vec<(String, String)>,
    /// How many days are in it, and on how many of them something was wrong.
    measured: u32,
    troubled: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Update {
    at: Timestamp,
    /// `investigating`, `identified`, `monitoring`, `resolved`.
    state: String,
    text: String,
}

/// A disruption, as the public sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Disruption {
    id: IncidentId,
    /// What is the matter, once a person told the public; none while only we know.
    heading: Option<String>,
    state: String,
    since: Timestamp,
    until: Option<Timestamp>,
    lasted_s: i64,
    updates: Vec<Update>,
    next_update_at: Option<Timestamp>,
}

/// Announced work.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Announced {
    title: String,
    from: Timestamp,
    until: Timestamp,
    now: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct StatusScreen {
    slug: String,
    heading: String,
    says: Says,
    parts: Vec<Part>,
    now: Vec<Disruption>,
    announced: Vec<Announced>,
    history: Vec<Disruption>,
    generated_at: Timestamp,
    data_as_of: Option<Timestamp>,
    stale: bool,
    /// Only people who run the service see it yet.
    preview: bool,
}

impl View for StatusScreen {
    const TEMPLATE: &'static str = "respond/status.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::raw(self.heading.clone())
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::screens()
    }
}

/// The page and whether the asker sees it only because they run the service.
async fn find(site: &Site, asker: &Scope, slug: &str) -> Result<(StatusPage, bool), Problem> {
    let scope = asker.on_behalf("respond.status");
    let page = status::by_slug(&site.db, &scope, slug).await?.ok_or_else(|| Problem::not_found("page"))?;
    if page.public {
        return Ok((page, false));
    }
    if asker.sees(page.client_id, Some(page.service_id)) {
        Ok((page, true))
    } else {
        Err(Problem::not_found("page"))
    }
}

/// Everything the page is made of.
struct Read {
    page: StatusPage,
    watched: Watched,
    incidents: Vec<Incident>,
    updates: HashMap<IncidentId, Vec<Note>>,
    says: Says,
    preview: bool,
}

async fn read(site: &Site, asker: &Scope, slug: &str) -> Result<Read, Problem> {
    let (page, preview) = find(site, asker, slug).await?;
    let scope = asker.on_behalf("respond.status");
    let now = scope.now();
    let watched = watched(site, &scope, page.service_id).await?;
    let incidents = incident::since_of(&site.db, &scope, page.service_id, now - HISTORY, MAX_HISTORY).await?;
    let mut updates: HashMap<IncidentId, Vec<Note>> = HashMap::new();
    for note in incident::updates_of_service(&site.db, &scope, page.service_id, now - HISTORY).await? {
        updates.entry(note.incident_id).or_default().push(note);
    }
    let states: Vec<(String, Works)> =
        watched.parts.iter().map(|part| (part.name.clone(), part.works)).collect();
    let says = rules::says(&states, watched.as_of, now);
    Ok(Read { page, watched, incidents, updates, says, preview })
}

fn disruption(incident: &Incident, updates: Option<&Vec<Note>>, now: Timestamp) -> Disruption {
    let updates: Vec<Update> = updates
        .into_iter()
        .flatten()
        .map(|note| Update {
            at: note.written_at,
            state: note.public_state.clone().unwrap_or_default(),
            text: note.body.clone(),
        })
        .collect();
    Disruption {
        id: incident.id,
        // Titles are ours until somebody chose to tell the public.
        heading: (!updates.is_empty()).then(|| incident.title.clone()),
        state: incident.state.word().to_owned(),
        since: incident.since,
        until: match &incident.state {
            Standing::Resolved { at, .. } => Some(*at),
            Standing::Open | Standing::Acknowledged { .. } => None,
        },
        lasted_s: incident.duration(now).as_secs(),
        next_update_at: incident.next_update_at,
        updates,
    }
}

pub(super) async fn show(
    State(site): State<Site>,
    Asks(asker): Asks,
    Path(slug): Path<String>,
) -> Result<Shown<StatusScreen>, Refusal> {
    let read = read(&site, &asker, &slug).await?;
    let now = asker.now();
    let all = |open: bool| {
        let of_kind = read.incidents.iter().filter(move |one| one.state.is_open() == open);
        of_kind.map(|one| disruption(one, read.updates.get(&one.id), now))
    };
    Ok(Shown(StatusScreen {
        slug,
        heading: read.page.title.clone(),
        parts: read
            .watched
            .parts
            .iter()
            .map(|part| Part {
                name: part.name.clone(),
                works: part.works,
                since: part.since,
                days: rules::strip_paths(&part.days)
                    .into_iter()
                    .map(|(state, path)| (state.to_owned(), path))
                    .collect(),
                measured: count(part.days.iter().filter(|day| day.is_some())),
                troubled: count(
                    part.days.iter().filter(|day| matches!(day, Some(Works::Down | Works::Degraded))),
                ),
            })
            .collect(),
        now: all(true).collect(),
        announced: read
            .watched
            .maintenances
            .iter()
            .map(|one| Announced {
                title: one.title.clone(),
                from: one.from,
                until: one.until,
                now: one.from <= now,
            })
            .collect(),
        history: all(false).take(SHOWN_HISTORY).collect(),
        generated_at: now,
        data_as_of: read.watched.as_of,
        stale: read.watched.as_of.is_none_or(|as_of| rules::is_stale(as_of, now)),
        says: read.says,
        preview: read.preview,
    }))
}

fn count<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

// ------------------------------------------------------------------------------------------ feed

/// How long a feed or JSON answer may be kept by whoever stands between.
const CACHE: (&str, &str) = ("cache-control", "public, max-age=30");

pub(super) async fn rss(
    State(site): State<Site>,
    Asks(asker): Asks,
    Reading(reader): Reading,
    Path(slug): Path<String>,
) -> Result<Response, Refusal> {
    let read = read(&site, &asker, &slug).await?;
    let now = asker.now();
    let say = |text: Text| rules::xml(&site.pages.text(&text, reader.language));
    let link = rules::xml(&format!("{}/status/{}", site.settings.base_url, read.page.slug));
    let date = |at: Timestamp| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mut items = String::new();
    for one in &read.incidents {
        let shown = disruption(one, read.updates.get(&one.id), now);
        let heading = match &shown.heading {
            Some(heading) => rules::xml(heading),
            None => say(Text::key("status-disruption")),
        };
        let state = say(Text::key(format!("public-state-{}", public_state(&shown))));
        let body = shown.updates.first().map(|update| rules::xml(&update.text)).unwrap_or_default();
        let at = shown.updates.first().map(|update| update.at).or(shown.until).unwrap_or(shown.since);
        items.push_str(&format!(
            "<item><title>{heading}: {state}</title><link>{link}#{id}</link>\
             <guid isPermaLink=\"false\">{id}-{}</guid><pubDate>{}</pubDate><description>{body}</description></item>\n",
            at.as_second(),
            date(at),
            id = one.id,
        ));
    }
    let title = rules::xml(&read.page.title);
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\
         <channel><title>{title}</title><link>{link}</link><description>{}</description>\
         <language>{}</language><lastBuildDate>{}</lastBuildDate>\
         <atom:link href=\"{link}/feed.rss\" rel=\"self\" type=\"application/rss+xml\"/>\n{items}</channel></rss>\n",
        say(sentence(&read.says)),
        reader.language,
        date(now),
    );
    let headers = [("content-type", "application/rss+xml; charset=utf-8"), CACHE];
    Ok((StatusCode::OK, headers, text).into_response())
}

/// What the page says first, as a text.
fn sentence(says: &Says) -> Text {
    let with = |key: &'static str, parts: &[String]| Text::key(key).with("parts", parts.join(", "));
    match says {
        Says::Nothing => Text::key("status-nothing"),
        Says::Stale { since } => {
            Text::key("status-stale").with("since", since.strftime("%Y-%m-%d %H:%M UTC").to_string())
        }
        Says::Works => Text::key("status-works"),
        Says::Troubled { worst: Works::Down, parts } => with("status-down", parts),
        Says::Troubled { parts, .. } => with("status-degraded", parts),
        Says::Maintained { parts } => with("status-maintained", parts),
        Says::PartlyUnknown { parts } if parts.is_empty() => Text::key("status-nothing"),
        Says::PartlyUnknown { parts } => with("status-unknown", parts),
    }
}

/// Where a disruption stands in the Statuspage shape.
fn public_state(shown: &Disruption) -> String {
    match (shown.state.as_str(), shown.updates.first()) {
        ("resolved", _) => "resolved".to_owned(),
        (_, Some(update)) if update.state != "resolved" => update.state.clone(),
        _ => "investigating".to_owned(),
    }
}

// ------------------------------------------------------------------------------------------ Statuspage

pub(super) async fn api(
    state: State<Site>,
    asks: Asks,
    reading: Reading,
    Path((slug, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    answer(state, asks, reading, slug, &file).await
}

pub(super) async fn api_in(
    state: State<Site>,
    asks: Asks,
    reading: Reading,
    Path((slug, folder, file)): Path<(String, String, String)>,
) -> Result<Response, Refusal> {
    answer(state, asks, reading, slug, &format!("{folder}/{file}")).await
}

async fn answer(
    State(site): State<Site>,
    Asks(asker): Asks,
    Reading(reader): Reading,
    slug: String,
    file: &str,
) -> Result<Response, Refusal> {
    let read = read(&site, &asker, &slug).await?;
    let shape = Shape {
        now: asker.now(),
        base: format!("{}/status/{}", site.settings.base_url, read.page.slug),
        description: site.pages.text(&sentence(&read.says), reader.language),
        disruption: site.pages.text(&Text::key("status-disruption"), reader.language),
        read: &read,
    };
    let mut body = match file {
        "summary.json" => json!({
            "status": shape.status(),
            "components": shape.components(),
            "incidents": shape.incidents(|one| one.state.is_open()),
            "scheduled_maintenances": shape.maintenances(|_| true),
        }),
        "status.json" => json!({ "status": shape.status() }),
        "components.json" => json!({ "components": shape.components() }),
        "incidents.json" => json!({ "incidents": shape.incidents(|_| true) }),
        "incidents/unresolved.json" => json!({ "incidents": shape.incidents(|one| one.state.is_open()) }),
        "scheduled-maintenances.json" => json!({ "scheduled_maintenances": shape.maintenances(|_| true) }),
        "scheduled-maintenances/active.json" => {
            json!({ "scheduled_maintenances": shape.maintenances(|from| from <= shape.now) })
        }
        "scheduled-maintenances/upcoming.json" => {
            json!({ "scheduled_maintenances": shape.maintenances(|from| from > shape.now) })
        }
        _ => return Err(Problem::not_found("address").into()),
    };
    shape.finish(&mut body);
    let headers =
        [("content-type", "application/json; charset=utf-8"), CACHE, ("access-control-allow-origin", "*")];
    Ok((StatusCode::OK, headers, body.to_string()).into_response())
}

/// The Statuspage shape of a page.
struct Shape<'a> {
    now: Timestamp,
    base: String,
    description: String,
    disruption: String,
    read: &'a Read,
}

impl Shape<'_> {
    fn finish(&self, body: &mut Value) {
        let updated = self.read.watched.as_of.unwrap_or(self.now);
        body["page"] = json!({
            "id": self.read.page.id,
            "name": self.read.page.title,
            "url": self.base,
            "time_zone": "Etc/UTC",
            "updated_at": updated,
        });
        body["generated_at"] = json!(self.now);
        body["data_as_of"] = json!(self.read.watched.as_of);
        body["stale"] = json!(self.is_stale());
    }

    fn is_stale(&self) -> bool {
        self.read.watched.as_of.is_none_or(|as_of| rules::is_stale(as_of, self.now))
    }

    fn status(&self) -> Value {
        json!({ "indicator": rules::indicator(&self.read.says), "description": self.description })
    }

    fn components(&self) -> Vec<Value> {
        let parts = self.read.watched.parts.iter().enumerate();
        parts
            .map(|(at, part)| {
                let works = if self.is_stale() { Works::Unknown } else { part.works };
                json!({
                    "id": part.id,
                    "name": part.name,
                    "status": works.statuspage(),
                    "created_at": part.since,
                    "updated_at": part.since,
                    "position": at + 1,
                    "description": null,
                    "showcase": true,
                    "start_date": null,
                    "group_id": null,
                    "page_id": self.read.page.id,
                    "group": false,
                    "only_show_if_degraded": false,
                })
            })
            .collect()
    }

    fn incidents(&self, wanted: impl Fn(&Incident) -> bool) -> Vec<Value> {
        self.read.incidents.iter().filter(|one| wanted(one)).map(|one| self.incident(one)).collect()
    }

    fn incident(&self, incident: &Incident) -> Value {
        let notes = self.read.updates.get(&incident.id);
        let shown = disruption(incident, notes, self.now);
        let updates: Vec<Value> = notes
            .into_iter()
            .flatten()
            .map(|note| {
                json!({
                    "id": note.id,
                    "status": note.public_state,
                    "body": note.body,
                    "incident_id": incident.id,
                    "created_at": note.written_at,
                    "updated_at": note.written_at,
                    "display_at": note.written_at,
                    "affected_components": null,
                })
            })
            .collect();
        let updated = notes.and_then(|notes| notes.first()).map(|note| note.written_at);
        json!({
            "id": incident.id,
            "name": shown.heading.clone().unwrap_or_else(|| self.disruption.clone()),
            "status": public_state(&shown),
            "created_at": incident.opened_at,
            "updated_at": updated.or(shown.until).unwrap_or(incident.opened_at),
            "monitoring_at": null,
            "resolved_at": shown.until,
            "started_at": incident.since,
            "impact": rules::impact(incident.severity.number()),
            "shortlink": format!("{}#{}", self.base, incident.id),
            "page_id": self.read.page.id,
            "incident_updates": updates,
            "components": [],
        })
    }

    fn maintenances(&self, wanted: impl Fn(Timestamp) -> bool) -> Vec<Value> {
        let all = self.read.watched.maintenances.iter().filter(|one| wanted(one.from));
        all.map(|one| {
            json!({
                "id": one.id,
                "name": one.title,
                "status": if one.from <= self.now { "in_progress" } else { "scheduled" },
                "created_at": one.from,
                "updated_at": one.from,
                "monitoring_at": null,
                "resolved_at": null,
                "impact": "maintenance",
                "shortlink": self.base,
                "started_at": one.from,
                "scheduled_for": one.from,
                "scheduled_until": one.until,
                "page_id": self.read.page.id,
                "incident_updates": [],
                "components": [],
            })
        })
        .collect()
    }
}

// ------------------------------------------------------------------------------------------ settings

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct StatusSettings {
    service_id: ServiceId,
    service: String,
    exists: bool,
    slug: String,
    heading: String,
    public: bool,
    base_url: String,
    declared_in: Option<String>,
}

impl View for StatusSettings {
    const TEMPLATE: &'static str = "respond/status_settings.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("status-settings-title").with("service", &self.service)
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::raw(self.service.clone()), format!("/services/{}", self.service_id))]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let fresh = StatusSettings {
            service_id: sample::id(1),
            service: "Parking permits".into(),
            exists: false,
            slug: "parking-permits".into(),
            heading: "Parking permits".into(),
            public: false,
            base_url: "https://tend.example".into(),
            declared_in: None,
        };
        let public = StatusSettings { exists: true, public: true, ..fresh.clone() };
        let declared = StatusSettings { declared_in: Some("town/parking.yml:40".into()), ..public.clone() };
        vec![("new", fresh), ("public", public), ("declared", declared)]
    }
}

pub(super) async fn settings(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<StatusSettings>, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let page = status::of_service(&site.db, &scope, id).await?;
    Ok(Shown(StatusSettings {
        service_id: id,
        exists: page.is_some(),
        slug: page.as_ref().map_or_else(|| service.slug.clone(), |page| page.slug.clone()),
        heading: page.as_ref().map_or_else(|| service.name.clone(), |page| page.title.clone()),
        public: page.as_ref().is_some_and(|page| page.public),
        service: service.name,
        base_url: site.settings.base_url.clone(),
        declared_in: page.and_then(|page| page.declared_in),
    }))
}

/// The longest last part of an address.
pub(crate) const MAX_SLUG: usize = 64;

/// Whether a text may be the last part of an address: small letters, digits and single hyphens between them.
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_SLUG
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SaveStatus {
    slug: String,
    title: String,
    #[serde(default)]
    public: bool,
}

pub(super) async fn save(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<SaveStatus>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let before = status::of_service(&site.db, &scope, id).await?;
    if let Some(place) = before.as_ref().and_then(|page| page.declared_in.as_ref()) {
        return Err(Problem::conflict("declared").with("place", place).into());
    }
    let title = crate::acts::clean("title", &form.title, 120, false)?;
    if !is_slug(&form.slug) {
        return Err(Problem::invalid().field("slug", "field-slug").into());
    }
    let page = StatusPage {
        id: before.as_ref().map_or_else(|| StatusPageId::new(&scope), |page| page.id),
        client_id: service.client_id,
        service_id: id,
        slug: form.slug,
        title,
        public: form.public,
        declared_in: None,
    };
    let mut tx = site.db.write("respond.status-page", &scope).await?;
    status::save(&mut tx, &page).await.map_err(|problem| taken(problem, "slug"))?;
    let changed = vec![if page.public { "published" } else { "hidden" }.to_owned()];
    let about = kernel::About::service(service.client_id, id);
    tx.record(about, kernel::Fact::StatusPageChanged { changed }).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/status-pages/{id}")).say("status-said-saved").value(&page))
}

mod samples {
    use super::*;
    use sample::{at, id};

    fn part(name: &str, works: Works, trouble_on: &[usize]) -> Part {
        let days: Vec<Option<Works>> = (0..90)
            .map(|day| match day {
                0..20 => None,
                day if trouble_on.contains(&day) => Some(Works::Down),
                89 => Some(works),
                _ => Some(Works::Up),
            })
            .collect();
        Part {
            name: name.into(),
            works,
            since: Some(at(11)),
            days: rules::strip_paths(&days).into_iter().map(|(word, path)| (word.into(), path)).collect(),
            measured: 70,
            troubled: u32::try_from(trouble_on.len()).unwrap_or(0),
        }
    }

    pub(super) fn screens() -> Vec<(&'static str, StatusScreen)> {
        let past = Disruption {
            id: id(2),
            heading: Some("Applying was slow".into()),
            state: "resolved".into(),
            since: at(60 * 24 * 9),
            until: Some(at(60 * 24 * 9 - 48)),
            lasted_s: 2_880,
            updates: vec![
                Update {
                    at: at(60 * 24 * 9 - 48),
                    state: "resolved".into(),
                    text: "It is fast again.".into(),
                },
                Update {
                    at: at(60 * 24 * 9 - 10),
                    state: "identified".into(),
                    text: "Too many people at once; we add machines.".into(),
                },
            ],
            next_update_at: None,
        };
        let quiet = Disruption {
            id: id(3),
            heading: None,
            updates: Vec::new(),
            since: at(60 * 24 * 30),
            until: Some(at(60 * 24 * 30 - 4)),
            lasted_s: 240,
            ..past.clone()
        };
        let fine = StatusScreen {
            slug: "parking-permits".into(),
            heading: "Parking permits".into(),
            says: Says::Works,
            parts: vec![
                part("Applying for a permit", Works::Up, &[44]),
                part("Paying", Works::Up, &[44, 45, 80]),
                part("Looking up a permit", Works::Up, &[]),
            ],
            now: Vec::new(),
            announced: Vec::new(),
            history: vec![past.clone(), quiet.clone()],
            generated_at: at(0),
            data_as_of: Some(at(0)),
            stale: false,
            preview: false,
        };
        let open = Disruption {
            id: id(14),
            heading: Some("Paying does not work".into()),
            state: "acknowledged".into(),
            since: at(11),
            until: None,
            lasted_s: 660,
            updates: vec![Update { at: at(5), state: "investigating".into(), text: "Paying for a permit does not work at the moment. Your application is kept: you can pay later.".into() }],
            next_update_at: Some(at(-20)),
        };
        let silent = Disruption {
            id: id(15),
            heading: None,
            updates: Vec::new(),
            state: "open".into(),
            next_update_at: None,
            ..open.clone()
        };
        let down = StatusScreen {
            says: Says::Troubled { worst: Works::Down, parts: vec!["Paying".into()] },
            parts: vec![
                part("Applying for a permit", Works::Degraded, &[44]),
                part("Paying", Works::Down, &[44, 45, 80, 89]),
                part("Looking up a permit", Works::Up, &[]),
            ],
            now: vec![open, silent],
            announced: vec![Announced {
                title: "New bank gateway".into(),
                from: at(-3_000),
                until: at(-3_060),
                now: false,
            }],
            preview: true,
            ..fine.clone()
        };
        let slow = StatusScreen {
            says: Says::Troubled { worst: Works::Degraded, parts: vec!["Paying".into()] },
            ..fine.clone()
        };
        let maintained = StatusScreen {
            says: Says::Maintained { parts: vec!["Paying".into()] },
            parts: vec![part("Paying", Works::Maintenance, &[])],
            announced: vec![Announced {
                title: "New bank gateway".into(),
                from: at(10),
                until: at(-50),
                now: true,
            }],
            ..fine.clone()
        };
        let unknown = StatusScreen {
            says: Says::PartlyUnknown { parts: vec!["Paying".into()] },
            parts: vec![part("Paying", Works::Unknown, &[]), part("Applying for a permit", Works::Up, &[])],
            ..fine.clone()
        };
        let stale = StatusScreen {
            says: Says::Stale { since: at(90) },
            data_as_of: Some(at(90)),
            stale: true,
            ..fine.clone()
        };
        let empty = StatusScreen {
            says: Says::Nothing,
            parts: Vec::new(),
            history: Vec::new(),
            data_as_of: None,
            stale: true,
            ..fine.clone()
        };
        vec![
            ("fine", fine),
            ("down", down),
            ("slow", slow),
            ("maintenance", maintained),
            ("partly unknown", unknown),
            ("stale", stale),
            ("empty", empty),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["a", "parking-permits", "x9"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "é", "a/b", "..", &"a".repeat(65)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
