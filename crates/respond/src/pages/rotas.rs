//! One rota: its calendar, stand-ins, feed, and the form that changes it.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use kernel::{ClientId, Fact, Id, OverrideId, PersonId, Problem, Right, RotaId, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{
    Asks, Done, Input, IntoResponse, Path, Query, Refusal, Response, Shown, Site, State, StatusCode, Text,
    View,
};

use super::common::{Names, sample};
use super::on_call::zone_of;
use crate::model::{Day, Layer, Override, Rota, Rotation, Shift, Source, Window};
use crate::rules::rota::{Plan, first_instant, joined, layer_shifts, now_and_next, shifts};
use crate::store::{escalation, rota};

/// Layers of one rota; a rota that needs more is two rotas.
pub(crate) const MAX_LAYERS: usize = 8;
/// People of one layer.
pub(crate) const MAX_PEOPLE: usize = 50;
/// Places for people that the form offers for each layer, beyond those that are filled.
const FREE_PLACES: usize = 3;
/// The longest stand-in: a parental leave.
const MAX_OVERRIDE: SignedDuration = SignedDuration::from_hours(24 * 366);
/// How far the calendar feed reaches back and ahead.
const FEED_BACK: SignedDuration = SignedDuration::from_hours(24 * 14);
const FEED_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Width of a calendar row in its own units: a quarter of an hour is one.
const QUARTER_S: i64 = 900;

/// A coloured piece of a calendar row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Piece {
    /// Where it begins, in quarters of an hour from the start of the row.
    x: i64,
    width: i64,
    person: Option<String>,
    /// Which of the eight tints is theirs.
    tint: u8,
    from: Timestamp,
    until: Timestamp,
    /// Somebody stands in.
    stands_in: bool,
}

/// A row of the calendar: a layer, or what comes of all of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CalendarRow {
    /// `layer`, `final`, `week`.
    kind: String,
    /// The layer's number from 1; 0 for the others.
    number: u32,
    /// Its first day, on the rota's clock.
    day: String,
    /// Width in quarters of an hour.
    width: i64,
    pieces: Vec<Piece>,
}

/// A day's place in the row above the calendar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct DayMark {
    x: i64,
    width: i64,
    day: String,
    /// `monday`, ..
    weekday: String,
    today: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Turn {
    person: Option<String>,
    from: Timestamp,
    until: Timestamp,
    stands_in: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownOverride {
    id: OverrideId,
    person: String,
    from: Timestamp,
    until: Timestamp,
    over: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct RotaScreen {
    id: RotaId,
    name: String,
    zone: String,
    client: String,
    /// `week` or `month`.
    span: String,
    /// The first day shown.
    from: String,
    before: String,
    after: String,
    today: String,
    days: Vec<DayMark>,
    rows: Vec<CalendarRow>,
    /// Where now is, in quarters of an hour, if it is shown.
    now_x: Option<i64>,
    turns: Vec<Turn>,
    now: Option<Turn>,
    next: Option<Turn>,
    gaps: u64,
    overrides: Vec<ShownOverride>,
    people: Vec<(String, String)>,
    feed_url: Option<String>,
    declared_in: Option<String>,
    may_change: bool,
}

impl View for RotaScreen {
    const TEMPLATE: &'static str = "respond/rota.html";
    const AREA: &'static str = "on-call";
    fn title(&self) -> Text {
        Text::raw(self.name.clone())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("on-call-title"), "/on-call".into())]
    }
    fn live(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::rotas()
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Range {
    /// The first day.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    from: Option<Date>,
    /// `week` or `month`.
    #[serde(default)]
    span: Option<String>,
}

pub(super) async fn show(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<RotaId>,
    Query(range): Query<Range>,
) -> Result<Shown<RotaScreen>, Refusal> {
    let rota = find(&site, &scope, id).await?;
    let people: BTreeSet<PersonId> = rota
        .layers
        .iter()
        .flat_map(|layer| layer.people.iter().copied())
        .chain(rota.overrides.iter().map(|over| over.person))
        .collect();
    let names = Names::read(&site, &scope, people.iter().copied()).await?;
    let clients = identity::clients::names(&site.db, &scope).await?;
    let may_change = scope.may(Right::Respond, rota.client_id, None);
    let mut screen = calendar(&rota, &names, &range, scope.now());
    screen.client = clients.get(&rota.client_id).cloned().unwrap_or_default();
    screen.may_change = may_change;
    if may_change {
        screen.people = choices(&site, &scope).await?;
        screen.feed_url = Some(format!("{}/on-call/feed/{}.ics", site.settings.base_url, rota.feed_key));
    }
    Ok(Shown(screen))
}

async fn find(site: &Site, scope: &Scope, id: RotaId) -> Result<Rota, Problem> {
    rota::rota(&site.db, scope, id).await?.ok_or_else(|| Problem::not_found("rota"))
}

/// Everybody who may be put on a rota: id and name.
pub(super) async fn choices(site: &Site, scope: &Scope) -> Result<Vec<(String, String)>, Problem> {
    let people = identity::people::all(&site.db, scope).await?;
    Ok(people.into_iter().map(|person| (person.id.to_string(), person.name)).collect())
}

/// The days shown: from the Monday of the asked week, one or five weeks.
fn days_shown(range: &Range, zone: &TimeZone, now: Timestamp) -> (Date, i64, bool) {
    let month = range.span.as_deref() == Some("month");
    let today = zone.to_datetime(now).date();
    let asked = range.from.unwrap_or(today);
    let back = Day::of(asked).after_monday();
    let monday = asked.checked_sub(Span::new().days(back)).unwrap_or(asked);
    (monday, if month { 35 } else { 7 }, month)
}

fn day_after(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().days(days)).unwrap_or(day)
}

fn midnight(zone: &TimeZone, day: Date) -> Timestamp {
    first_instant(zone, day.to_datetime(Time::midnight()))
}

fn quarters(from: Timestamp, until: Timestamp) -> i64 {
    until.duration_since(from).as_secs() / QUARTER_S
}

fn calendar(rota: &Rota, names: &Names, range: &Range, now: Timestamp) -> RotaScreen {
    let zone = zone_of(rota);
    let (first, count, month) = days_shown(range, &zone, now);
    let (from, until) = (midnight(&zone, first), midnight(&zone, day_after(first, count)));
    let plan = Plan { zone: &zone, layers: &rota.layers, overrides: &rota.overrides };
    let tiles = shifts(&plan, from, until);
    let tints: Vec<PersonId> = rota
        .layers
        .iter()
        .flat_map(|layer| layer.people.iter().copied())
        .chain(rota.overrides.iter().map(|over| over.person))
        .fold(Vec::new(), |mut seen, person| {
            if !seen.contains(&person) {
                seen.push(person);
            }
            seen
        });
    let paint = |shifts: &[Shift], from: Timestamp| pieces(shifts, from, names, &tints);
    let mut rows = Vec::new();
    if month {
        for week in 0..count / 7 {
            let start = midnight(&zone, day_after(first, week * 7));
            let end = midnight(&zone, day_after(first, week * 7 + 7));
            let cut = cut(&tiles, start, end);
            rows.push(row("week", 0, day_after(first, week * 7), (start, end), paint(&cut, start)));
        }
    } else {
        for (index, layer) in (0u32..).zip(&rota.layers) {
            let own = layer_shifts(&zone, layer, index, from, until);
            rows.push(row("layer", index + 1, first, (from, until), paint(&joined(&own), from)));
        }
        rows.push(row("final", 0, first, (from, until), paint(&cut(&tiles, from, until), from)));
    }
    let turn = |shift: &Shift| Turn {
        person: shift.person.map(|person| names.person(person)),
        from: shift.from,
        until: shift.until,
        stands_in: matches!(shift.source, Source::Override(_)),
    };
    let turns: Vec<Turn> = joined(&tiles).iter().map(turn).collect();
    let (current, next) = now_and_next(&plan, now);
    let today = zone.to_datetime(now).date();
    let days = (0..7)
        .map(|day| {
            let date = day_after(first, day);
            let (start, end) = (midnight(&zone, date), midnight(&zone, day_after(date, 1)));
            DayMark {
                x: quarters(from, start),
                width: quarters(start, end),
                day: date.to_string(),
                weekday: Day::of(date).word().to_owned(),
                today: !month && date == today,
            }
        })
        .collect();
    RotaScreen {
        id: rota.id,
        name: rota.name.clone(),
        zone: rota.zone.clone(),
        client: String::new(),
        span: if month { "month" } else { "week" }.into(),
        from: first.to_string(),
        before: day_after(first, -count).to_string(),
        after: day_after(first, count).to_string(),
        today: today.to_string(),
        days,
        rows,
        now_x: (!month && from <= now && now < until).then(|| quarters(from, now)),
        gaps: turns.iter().filter(|turn| turn.person.is_none()).count() as u64,
        turns,
        now: current.as_ref().map(turn),
        next: next.as_ref().map(turn),
        overrides: shown_overrides(rota, names, now),
        people: Vec::new(),
        feed_url: None,
        declared_in: rota.declared_in.clone(),
        may_change: false,
    }
}

fn shown_overrides(rota: &Rota, names: &Names, now: Timestamp) -> Vec<ShownOverride> {
    // What ended a month ago is history, and stands in the timeline.
    let oldest = now - SignedDuration::from_hours(24 * 30);
    let mut shown: Vec<ShownOverride> = rota
        .overrides
        .iter()
        .filter(|over| over.until > oldest)
        .map(|over| ShownOverride {
            id: over.id,
            person: names.person(over.person),
            from: over.from,
            until: over.until,
            over: over.until <= now,
        })
        .collect();
    shown.sort_by_key(|over| (over.over, over.from));
    shown
}

fn row(
    kind: &str,
    number: u32,
    day: Date,
    (from, until): (Timestamp, Timestamp),
    pieces: Vec<Piece>,
) -> CalendarRow {
    CalendarRow { kind: kind.into(), number, day: day.to_string(), width: quarters(from, until), pieces }
}

fn cut(tiles: &[Shift], from: Timestamp, until: Timestamp) -> Vec<Shift> {
    let inside = tiles.iter().filter(|tile| tile.from < until && tile.until > from);
    inside.map(|tile| Shift { from: tile.from.max(from), until: tile.until.min(until), ..*tile }).collect()
}

fn pieces(shifts: &[Shift], from: Timestamp, names: &Names, tints: &[PersonId]) -> Vec<Piece> {
    shifts
        .iter()
        .map(|shift| {
            let place = shift.person.and_then(|person| tints.iter().position(|one| *one == person));
            Piece {
                x: quarters(from, shift.from),
                width: quarters(shift.from, shift.until).max(1),
                person: shift.person.map(|person| names.person(person)),
                tint: u8::try_from(place.unwrap_or(0) % 8).unwrap_or(0),
                from: shift.from,
                until: shift.until,
                stands_in: matches!(shift.source, Source::Override(_)),
            }
        })
        .collect()
}

// ------------------------------------------------------------------------------------------ stand-ins

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct NewOverride {
    person: PersonId,
    /// Wall-clock time in the rota's zone (`2026-11-21T09:00`), or an instant with its offset.
    from: String,
    until: String,
}

/// A moment as a form or a program writes it.
fn moment_of(field: &'static str, text: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let wall: DateTime = text
        .parse()
        .map_err(|_| Problem::invalid().field(field, "field-malformed").field_with("why", text))?;
    Ok(first_instant(zone, wall))
}

async fn changeable(site: &Site, scope: &Scope, id: RotaId) -> Result<Rota, Problem> {
    let rota = find(site, scope, id).await?;
    scope.require(Right::Respond, "rota", rota.client_id, None)?;
    Ok(rota)
}

pub(super) async fn add_override(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<RotaId>,
    Input(form): Input<NewOverride>,
) -> Result<Done, Refusal> {
    let rota = changeable(&site, &scope, id).await?;
    let zone = zone_of(&rota);
    let from = moment_of("from", &form.from, &zone)?;
    let until = moment_of("until", &form.until, &zone)?;
    if until <= from {
        return Err(Problem::invalid().field("until", "field-not-after").into());
    }
    if until.duration_since(from) > MAX_OVERRIDE || until <= scope.now() {
        return Err(Problem::invalid().field("until", "field-range").into());
    }
    identity::people::person(&site.db, &scope, form.person).await?;
    let over =
        Override { id: OverrideId::new(&scope), person: form.person, from, until, made_at: scope.now() };
    let mut tx = site.db.write("respond.override", &scope).await?;
    rota::insert_override(&mut tx, rota.client_id, id, &over, scope.actor().person()).await?;
    let fact = Fact::OverrideAdded { rota: id, over: over.id, person: over.person, from, until };
    tx.record(kernel::About::client(rota.client_id), fact).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/rotas/{id}")).say("rota-said-override").value(&over))
}

pub(super) async fn remove_override(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path((id, over)): Path<(RotaId, OverrideId)>,
) -> Result<Done, Refusal> {
    let rota = changeable(&site, &scope, id).await?;
    let mut tx = site.db.write("respond.override-remove", &scope).await?;
    if rota::remove_override(&mut tx, id, over).await? > 0 {
        let about = kernel::About::client(rota.client_id);
        tx.record(about, Fact::OverrideRemoved { rota: id, over }).await?;
    }
    tx.commit().await?;
    Ok(Done::to(format!("/rotas/{id}")).say("rota-said-override-removed"))
}

// ------------------------------------------------------------------------------------------ the form

/// A layer in the form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LayerFields {
    /// `weekly`, `daily`, `hourly`.
    rotation: String,
    every: u16,
    on: String,
    start: String,
    handoff: String,
    people: Vec<String>,
    days: Vec<String>,
    window_from: String,
    window_to: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct RotaForm {
    id: Option<RotaId>,
    name: String,
    zone: String,
    client: String,
    clients: Vec<(String, String)>,
    layers: Vec<LayerFields>,
    people: Vec<(String, String)>,
    zones: Vec<String>,
}

impl View for RotaForm {
    const TEMPLATE: &'static str = "respond/rota_form.html";
    const AREA: &'static str = "on-call";
    fn title(&self) -> Text {
        Text::key(if self.id.is_some() { "rota-edit-title" } else { "rota-new-title" })
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("on-call-title"), "/on-call".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        samples::forms()
    }
}

fn zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name == "UTC" || name.contains('/'))
        .collect();
    names.sort_unstable();
    names
}

fn blank_layer(start: &str) -> LayerFields {
    LayerFields {
        rotation: "weekly".into(),
        every: 1,
        on: "monday".into(),
        start: start.to_owned(),
        handoff: "09:00".into(),
        people: vec![String::new(); FREE_PLACES + 1],
        days: Vec::new(),
        window_from: String::new(),
        window_to: String::new(),
    }
}

fn layer_fields(layer: &Layer) -> LayerFields {
    let (rotation, every, on) = match layer.rotation {
        Rotation::Weekly { on } => ("weekly", 1, on),
        Rotation::Daily { days } => ("daily", days, Day::Monday),
        Rotation::Hourly { hours } => ("hourly", hours, Day::Monday),
    };
    let window = layer.only.first();
    let clock = |time: Time| time.strftime("%H:%M").to_string();
    let mut people: Vec<String> = layer.people.iter().map(ToString::to_string).collect();
    people.extend(std::iter::repeat_n(String::new(), FREE_PLACES));
    LayerFields {
        rotation: rotation.into(),
        every,
        on: on.word().into(),
        start: layer.start.to_string(),
        handoff: clock(layer.handoff),
        people,
        days: window.map(|w| w.days.iter().map(|day| day.word().to_owned()).collect()).unwrap_or_default(),
        window_from: window.map(|w| clock(w.from)).unwrap_or_default(),
        window_to: window.map(|w| clock(w.to)).unwrap_or_default(),
    }
}

async fn clients_of(site: &Site, scope: &Scope, right: Right) -> Result<Vec<(String, String)>, Problem> {
    let clients = identity::clients::all(&site.db, scope).await?;
    Ok(clients
        .into_iter()
        .filter(|client| scope.may(right, client.id, None))
        .map(|client| (client.id.to_string(), client.name))
        .collect())
}

pub(super) async fn new(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<RotaForm>, Refusal> {
    let clients = clients_of(&site, &scope, Right::Respond).await?;
    let today = TimeZone::UTC.to_datetime(scope.now()).date().to_string();
    Ok(Shown(RotaForm {
        id: None,
        name: String::new(),
        zone: "Europe/Amsterdam".into(),
        client: clients.first().map(|(id, _)| id.clone()).unwrap_or_default(),
        clients,
        layers: vec![blank_layer(&today)],
        people: choices(&site, &scope).await?,
        zones: zones(),
    }))
}

fn not_declared(declared_in: Option<&String>) -> Result<(), Problem> {
    match declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(()),
    }
}

pub(super) async fn edit(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<RotaId>,
) -> Result<Shown<RotaForm>, Refusal> {
    let rota = changeable(&site, &scope, id).await?;
    not_declared(rota.declared_in.as_ref())?;
    let today = zone_of(&rota).to_datetime(scope.now()).date().to_string();
    let mut layers: Vec<LayerFields> = rota.layers.iter().map(layer_fields).collect();
    if layers.len() < MAX_LAYERS {
        layers.push(blank_layer(&today));
    }
    Ok(Shown(RotaForm {
        id: Some(id),
        name: rota.name,
        zone: rota.zone,
        client: rota.client_id.to_string(),
        clients: clients_of(&site, &scope, Right::Respond).await?,
        layers,
        people: choices(&site, &scope).await?,
        zones: zones(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct LayerInput {
    rotation: String,
    #[serde(default)]
    every: Option<u16>,
    #[serde(default)]
    on: Option<String>,
    start: String,
    handoff: String,
    #[serde(default)]
    people: Vec<Option<PersonId>>,
    #[serde(default)]
    days: Vec<String>,
    #[serde(default)]
    window_from: Option<String>,
    #[serde(default)]
    window_to: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SaveRota {
    /// The rota to change; none makes a new one.
    #[serde(default)]
    id: Option<RotaId>,
    client: ClientId,
    name: String,
    zone: String,
    #[serde(default)]
    layers: Vec<LayerInput>,
}

/// A layer of the form; none when nobody was put on it.
fn layer_of(at: usize, input: LayerInput) -> Result<Option<Layer>, Problem> {
    let field = |name: &str| format!("layers[{at}].{name}");
    let wrong = |name: &str| Problem::invalid().field(field(name), "field-choice");
    let people: Vec<PersonId> = input.people.into_iter().flatten().collect();
    if people.is_empty() {
        return Ok(None);
    }
    if people.len() > MAX_PEOPLE {
        return Err(Problem::invalid().field(field("people"), "field-range"));
    }
    let every = input.every.unwrap_or(1);
    if every == 0 || every > 1_000 {
        return Err(Problem::invalid().field(field("every"), "field-range"));
    }
    let rotation = match input.rotation.as_str() {
        "weekly" => {
            let on = input.on.as_deref().unwrap_or("monday");
            Rotation::Weekly { on: Day::from_word(on).ok_or_else(|| wrong("on"))? }
        }
        "daily" => Rotation::Daily { days: every },
        "hourly" => Rotation::Hourly { hours: every },
        _ => return Err(wrong("rotation")),
    };
    let time = |name: &str, text: &str| text.parse::<Time>().map_err(|_| wrong(name));
    let days: Vec<Day> = input
        .days
        .iter()
        .map(|day| Day::from_word(day).ok_or_else(|| wrong("days")))
        .collect::<Result<_, _>>()?;
    let only = match (input.window_from, input.window_to) {
        (None, None) if days.is_empty() => Vec::new(),
        (from, to) => vec![Window {
            days,
            from: time("window_from", from.as_deref().unwrap_or("00:00"))?,
            to: time("window_to", to.as_deref().unwrap_or("00:00"))?,
        }],
    };
    Ok(Some(Layer {
        rotation,
        start: input.start.parse().map_err(|_| wrong("start"))?,
        handoff: time("handoff", &input.handoff)?,
        people,
        only,
    }))
}

/// A secret for the address of a calendar feed.
pub(crate) fn feed_key(scope: &Scope) -> String {
    scope.random::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn save(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<SaveRota>,
) -> Result<Done, Refusal> {
    let before = match form.id {
        Some(id) => Some(changeable(&site, &scope, id).await?),
        None => None,
    };
    let client = before.as_ref().map_or(form.client, |rota| rota.client_id);
    scope.require(Right::Respond, "client", client, None)?;
    if let Some(rota) = &before {
        not_declared(rota.declared_in.as_ref())?;
    }
    let name = crate::acts::clean("name", &form.name, 120, false)?;
    if TimeZone::get(&form.zone).is_err() {
        return Err(Problem::invalid().field("zone", "field-respond-zone").into());
    }
    if form.layers.len() > MAX_LAYERS {
        return Err(Problem::invalid().field("layers", "field-range").into());
    }
    let mut layers = Vec::new();
    for (at, input) in form.layers.into_iter().enumerate() {
        layers.extend(layer_of(at, input)?);
    }
    let people: BTreeSet<PersonId> = layers.iter().flat_map(|layer| layer.people.iter().copied()).collect();
    let known = identity::people::names(&site.db, &scope, people.iter().copied()).await?;
    if known.len() != people.len() {
        return Err(Problem::not_found("person").into());
    }
    let rota = Rota {
        id: before.as_ref().map_or_else(|| RotaId::new(&scope), |rota| rota.id),
        client_id: client,
        name: name.clone(),
        zone: form.zone,
        layers,
        overrides: Vec::new(),
        declared_in: None,
        feed_key: before.as_ref().map_or_else(|| feed_key(&scope), |rota| rota.feed_key.clone()),
    };
    let changed = changed_parts(before.as_ref(), &rota);
    let mut tx = site.db.write("respond.rota", &scope).await?;
    rota::save(&mut tx, &rota).await.map_err(|problem| taken(problem, "name"))?;
    tx.record(kernel::About::client(client), Fact::RotaChanged { rota: rota.id, name, changed }).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/rotas/{}", rota.id)).say("rota-said-saved").value(&rota))
}

/// A name that another has, as a mistake of the field.
pub(crate) fn taken(problem: Problem, field: &'static str) -> Problem {
    if problem.code == "taken" { Problem::invalid().field(field, "field-taken") } else { problem }
}

/// Which parts differ.
pub(crate) fn changed_parts(before: Option<&Rota>, after: &Rota) -> Vec<String> {
    let Some(before) = before else { return vec!["added".to_owned()] };
    let mut changed = Vec::new();
    for (name, differs) in [
        ("name", before.name != after.name),
        ("zone", before.zone != after.zone),
        ("layers", before.layers != after.layers),
    ] {
        if differs {
            changed.push(name.to_owned());
        }
    }
    changed
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Confirm {
    /// The name of the rota.
    #[serde(default)]
    confirm: Option<String>,
}

pub(super) async fn remove(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<RotaId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let rota = changeable(&site, &scope, id).await?;
    not_declared(rota.declared_in.as_ref())?;
    if form.confirm.as_deref() != Some(rota.name.as_str()) {
        return Err(Problem::invalid().field("confirm", "field-respond-not-the-name").into());
    }
    let users = escalation::all(&site.db, &scope).await?;
    let target = crate::model::Target::Rota(id);
    let used = users.iter().any(|row| {
        row.policy.fallback.contains(&target)
            || row.policy.steps.iter().any(|step| step.page.contains(&target))
    });
    if used {
        return Err(Problem::conflict("still-used").into());
    }
    let mut tx = site.db.write("respond.rota-remove", &scope).await?;
    rota::remove(&mut tx, id).await?;
    let fact = Fact::RotaChanged { rota: id, name: rota.name, changed: vec!["removed".to_owned()] };
    tx.record(kernel::About::client(rota.client_id), fact).await?;
    tx.commit().await?;
    Ok(Done::to("/on-call").say("rota-said-removed"))
}

pub(super) async fn new_feed(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<RotaId>,
) -> Result<Done, Refusal> {
    let mut rota = changeable(&site, &scope, id).await?;
    rota.feed_key = feed_key(&scope);
    let mut tx = site.db.write("respond.rota-feed", &scope).await?;
    rota::save(&mut tx, &rota).await?;
    let fact = Fact::RotaChanged { rota: id, name: rota.name, changed: vec!["feed".to_owned()] };
    tx.record(kernel::About::client(rota.client_id), fact).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/rotas/{id}")).say("rota-said-feed"))
}

// ------------------------------------------------------------------------------------------ the feed

/// The calendar feed: whoever knows its address sees who is on call, nothing else.
pub(super) async fn feed(
    State(site): State<Site>,
    Asks(asker): Asks,
    Path(file): Path<String>,
) -> Result<Response, Refusal> {
    let scope = asker.on_behalf("respond.feed");
    let key = file.strip_suffix(".ics").ok_or_else(|| Problem::not_found("link"))?;
    let id = rota::by_feed_key(&site.db, &scope, key).await?.ok_or_else(|| Problem::not_found("link"))?;
    let rota = find(&site, &scope, id).await?;
    let now = scope.now();
    let zone = zone_of(&rota);
    let plan = Plan { zone: &zone, layers: &rota.layers, overrides: &rota.overrides };
    let from = crate::rules::calendar::begins(&zone, now - FEED_BACK);
    let tiles = joined(&shifts(&plan, from, now + FEED_AHEAD));
    let people = tiles.iter().filter_map(|tile| tile.person);
    let names = identity::people::names(&site.db, &scope, people).await?;
    let name_of = |person: PersonId| names.get(&person).cloned().unwrap_or_default();
    let text =
        crate::rules::calendar::write(&rota.name, &rota.id.to_string(), &rota.zone, &tiles, now, name_of);
    let headers = [
        ("content-type", "text/calendar; charset=utf-8"),
        ("cache-control", "private, max-age=300"),
        ("x-robots-tag", "noindex"),
    ];
    Ok((StatusCode::OK, headers, text).into_response())
}

mod samples {
    use super::*;
    use sample::{at, id};

    fn rota(people: &[u128]) -> Rota {
        let layer = |people: &[u128], only: Vec<Window>| Layer {
            rotation: Rotation::Weekly { on: Day::Monday },
            start: jiff::civil::date(2026, 11, 2),
            handoff: jiff::civil::time(9, 0, 0, 0),
            people: people.iter().map(|number| id(*number)).collect(),
            only,
        };
        let night = Window {
            days: vec![Day::Tuesday, Day::Thursday],
            from: jiff::civil::time(18, 0, 0, 0),
            to: jiff::civil::time(8, 0, 0, 0),
        };
        Rota {
            id: id(1),
            client_id: id(1),
            name: "Permits".into(),
            zone: "Europe/Amsterdam".into(),
            layers: if people.is_empty() {
                Vec::new()
            } else {
                vec![layer(people, Vec::new()), layer(&[3], vec![night])]
            },
            overrides: vec![Override {
                id: id(1),
                person: id(2),
                from: at(-600),
                until: at(-1_800),
                made_at: at(100),
            }],
            declared_in: None,
            feed_key: "0123".into(),
        }
    }

    pub(super) fn rotas() -> Vec<(&'static str, RotaScreen)> {
        let people = [(1, "Noor Kaya"), (2, "Ben Smit"), (3, "Ada Vos")];
        let names = Names {
            services: std::collections::HashMap::new(),
            people: people.iter().map(|(number, name)| (id(*number), (*name).to_owned())).collect(),
        };
        let week = Range { from: None, span: None };
        let month = Range { from: None, span: Some("month".into()) };
        let finish = |mut screen: RotaScreen| {
            screen.client = "Municipality of Lindehaven".into();
            screen.may_change = true;
            screen.people = vec![(id::<PersonId>(1).to_string(), "Noor Kaya".into())];
            screen.feed_url = Some("https://tend.example/on-call/feed/0123.ics".into());
            screen
        };
        let with_week = finish(calendar(&rota(&[1, 2]), &names, &week, at(0)));
        let with_month = finish(calendar(&rota(&[1, 2]), &names, &month, at(0)));
        let mut declared = calendar(&rota(&[1, 2]), &names, &week, at(0));
        declared.declared_in = Some("town/on-call.yml:12".into());
        let mut empty = rota(&[]);
        empty.overrides.clear();
        let empty = finish(calendar(&empty, &names, &week, at(0)));
        vec![("week", with_week), ("month", with_month), ("declared, reader", declared), ("empty", empty)]
    }

    pub(super) fn forms() -> Vec<(&'static str, RotaForm)> {
        let people = vec![
            (id::<PersonId>(1).to_string(), "Noor Kaya".to_owned()),
            (id::<PersonId>(2).to_string(), "Ben Smit".to_owned()),
        ];
        let fresh = RotaForm {
            id: None,
            name: String::new(),
            zone: "Europe/Amsterdam".into(),
            client: id::<ClientId>(1).to_string(),
            clients: vec![(id::<ClientId>(1).to_string(), "Kustwerk".into())],
            layers: vec![blank_layer("2026-11-21")],
            people,
            zones: vec!["Europe/Amsterdam".into(), "UTC".into()],
        };
        let rota = rota(&[1, 2]);
        let mut layers: Vec<LayerFields> = rota.layers.iter().map(layer_fields).collect();
        layers.push(layer_fields(&Layer { rotation: Rotation::Daily { days: 2 }, ..rota.layers[0].clone() }));
        layers.push(layer_fields(&Layer {
            rotation: Rotation::Hourly { hours: 12 },
            ..rota.layers[0].clone()
        }));
        let edit = RotaForm { id: Some(rota.id), name: rota.name, layers, ..fresh.clone() };
        vec![("new", fresh), ("edit", edit)]
    }
}
