//! Capacities, costs, budget and what is published of them as they stand in files, within the entry of their service:
//! shape, check, apply, export.
//!
//! - A capacity is known by its service and name. One that was declared and no longer is, is removed; one that was made
//!   on screen stays, and a file that declares one of the same name takes it over.
//! - Costs, budget and the other settings are one whole: a file that says any of them says all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::code::{Applying, Declared, Mistake, Names, Place};
use kernel::lake::Channel;
use kernel::units::{parse_span, show_span};
use kernel::{ClientId, JourneyId, Problem, Scope, ServiceId};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use store::{Db, Tx};

use super::model::{
    Capacity, CostLine, Draft, Every, How, MAX_CAPACITIES, MAX_COSTS, Money, Per, Plan, Price, ProcessRule,
    Scales, Shape, USUAL_HEADROOM, Wrong, minor_of, wrong_capacity, wrong_cost,
};
use super::store as tables;

/// A text with its place.
pub type Word = Spanned<String>;

/// The keys of a service's entry that are demand's.
pub const KEYS: &[&str] = &["capacities", "costs", "budget", "kpis", "growth", "process"];

/// What a service's entry says of demand.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct DemandPart {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capacities: Vec<Spanned<CapacityPart>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<Spanned<CostPart>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Spanned<AmountPart>>,
    /// `public` or `private`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kpis: Option<Word>,
    /// `alert` or `quiet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<Spanned<ProcessPart>>,
}

/// A capacity in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct CapacityPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<Spanned<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journey: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scales: Option<Spanned<ScalesPart>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_time: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_more: Option<Spanned<PricePart>>,
}

/// Limits of scaling in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct ScalesPart {
    pub from: u32,
    pub to: u32,
    pub each: f64,
    /// `itself` or `hand`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Word>,
}

/// An amount in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct AmountPart {
    pub amount: f64,
    pub currency: String,
}

/// A price in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct PricePart {
    pub amount: f64,
    pub currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Word>,
}

/// A cost line in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct CostPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Spanned<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Spanned<Channel>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Word>,
}

/// How it is seen whether cases are late, in a file.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "a key of a file is named for what it is; the model says the rest")]
pub struct ProcessPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Word>,
}

/// What one service declares.
#[derive(Debug, Clone)]
pub struct ServiceDemand {
    /// The service's client, when its entry names one.
    pub client: Option<String>,
    /// The service's name.
    pub service: String,
    /// What it says.
    pub part: Declared<DemandPart>,
}

fn at<T>(place: &Place, word: Option<&Spanned<T>>) -> Place {
    word.map_or_else(|| place.clone(), |word| place.at(word.referenced.line(), word.referenced.column()))
}

fn text(word: Option<&Word>) -> String {
    word.map(|word| word.value.trim().to_owned()).unwrap_or_default()
}

/// A part that is being read: what is wrong is collected.
struct Reading<'a> {
    place: &'a Place,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn wrong<T>(&mut self, word: Option<&Spanned<T>>, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(at(self.place, word), message));
    }

    /// A word out of a few; the usual one when nothing is said.
    fn one_of<T: Default>(&mut self, word: Option<&Word>, of: impl Fn(&str) -> Option<T>, known: &str) -> T {
        let Some(word) = word else { return T::default() };
        let found = of(word.value.trim());
        if found.is_none() {
            self.wrong(Some(word), format!("{:?} is not one of {known}", word.value));
        }
        found.unwrap_or_default()
    }

    fn day(&mut self, word: Option<&Word>) -> Option<Date> {
        let word = word?;
        let found = word.value.trim().parse().ok();
        if found.is_none() {
            self.wrong(Some(word), format!("{:?} is not a day such as 2026-03-01", word.value));
        }
        found
    }

    fn capacity(&mut self, part: &Spanned<CapacityPart>) -> Draft {
        let (whole, part) = (part, &part.value);
        let headroom = match &part.headroom {
            None => USUAL_HEADROOM,
            Some(word) => share_of(&word.value).unwrap_or(f64::NAN),
        };
        let scales = part.scales.as_ref().map(|scales| Scales {
            from: scales.value.from,
            to: scales.value.to,
            each: scales.value.each,
            how: self.one_of(scales.value.by.as_ref(), How::from_word, "itself, hand"),
        });
        let lead_days = match part.lead_time.as_ref().map(|word| (word, parse_span(&word.value))) {
            None => 0,
            Some((_, Ok(span))) => u32::try_from(span.as_hours() / 24).unwrap_or(u32::MAX),
            Some((word, Err(why))) => {
                self.wrong(Some(word), why);
                0
            }
        };
        let one_more = part.one_more.as_ref().map(|price| Price {
            amount: money(price.value.amount, &price.value.currency),
            per: self.one_of(price.value.per.as_ref(), Every::from_word, "month, year, once"),
        });
        let draft = Draft {
            name: text(part.name.as_ref()),
            shape: Shape {
                serves: part.serves.as_ref().map_or(f64::NAN, |serves| serves.value),
                per: self.one_of(part.per.as_ref(), Per::from_word, "minute, hour, day"),
                journey: None,
                headroom,
                scales,
                lead_days,
                one_more,
            },
            declared_in: Some(at(self.place, Some(whole)).declared_in()),
        };
        for wrong in wrong_capacity(&draft) {
            let place = match wrong.field {
                "name" => part.name.as_ref().map(|word| at(self.place, Some(word))),
                "serves" => part.serves.as_ref().map(|word| at(self.place, Some(word))),
                "headroom" => part.headroom.as_ref().map(|word| at(self.place, Some(word))),
                "lead_time" => part.lead_time.as_ref().map(|word| at(self.place, Some(word))),
                "to" | "each" => part.scales.as_ref().map(|word| at(self.place, Some(word))),
                _ => part.one_more.as_ref().map(|word| at(self.place, Some(word))),
            };
            self.say(place.unwrap_or_else(|| at(self.place, Some(whole))), &wrong);
        }
        draft
    }

    fn say(&mut self, place: Place, wrong: &Wrong) {
        self.mistakes.push(Mistake::new(place, wrong.sentence()));
    }

    fn cost(&mut self, whole: &Spanned<CostPart>) -> CostLine {
        let part = &whole.value;
        let line = CostLine {
            name: text(part.name.as_ref()),
            amount: money(
                part.amount.as_ref().map_or(f64::NAN, |amount| amount.value),
                &text(part.currency.as_ref()),
            ),
            per: self.one_of(part.per.as_ref(), Every::from_word, "month, year, once"),
            channel: part.channel.as_ref().map(|channel| channel.value),
            from: self.day(part.from.as_ref()),
            until: self.day(part.until.as_ref()),
        };
        for wrong in wrong_cost(&line) {
            let place = match wrong.field {
                "name" => part.name.as_ref().map(|word| at(self.place, Some(word))),
                "currency" => part.currency.as_ref().map(|word| at(self.place, Some(word))),
                "amount" => part.amount.as_ref().map(|word| at(self.place, Some(word))),
                "until" => part.until.as_ref().map(|word| at(self.place, Some(word))),
                _ => part.per.as_ref().map(|word| at(self.place, Some(word))),
            };
            self.say(place.unwrap_or_else(|| at(self.place, Some(whole))), &wrong);
        }
        line
    }

    fn plan(&mut self, part: &DemandPart) -> Option<Plan> {
        let said = !part.costs.is_empty()
            || part.budget.is_some()
            || part.kpis.is_some()
            || part.growth.is_some()
            || part.process.is_some();
        if !said {
            return None;
        }
        let mut plan = Plan { declared_in: Some(self.place.declared_in()), ..Plan::default() };
        if let Some(over) = part.costs.get(MAX_COSTS) {
            self.wrong(Some(over), format!("more than {MAX_COSTS} cost lines"));
        }
        plan.costs = part.costs.iter().take(MAX_COSTS).map(|line| self.cost(line)).collect();
        if let Some(budget) = &part.budget {
            let amount = money(budget.value.amount, &budget.value.currency);
            // A budget is held to what a cost line is held to.
            let line = CostLine {
                name: "budget".into(),
                amount: amount.clone(),
                per: Every::Year,
                channel: None,
                from: None,
                until: None,
            };
            for wrong in wrong_cost(&line) {
                self.say(at(self.place, Some(budget)), &wrong);
            }
            plan.settings.budget = Some(amount);
        }
        let yes = |wanted: &'static str, other: &'static str| {
            move |word: &str| {
                [(wanted, true), (other, false)].into_iter().find(|one| one.0 == word).map(|one| one.1)
            }
        };
        plan.published = self.one_of(part.kpis.as_ref(), yes("public", "private"), "public, private");
        plan.settings.alerts = self.one_of(part.growth.as_ref(), yes("alert", "quiet"), "alert, quiet");
        if let Some(process) = &part.process {
            let value = &process.value;
            let within = value.within.as_ref().and_then(|word| match parse_span(&word.value) {
                Ok(span) => Some(span),
                Err(why) => {
                    self.wrong(Some(word), why);
                    None
                }
            });
            let (ended, due, done) = (value.ended.clone(), value.due.clone(), value.done.clone());
            plan.settings.process = ProcessRule { ended, due, done, within };
        }
        Some(plan)
    }
}

fn money(amount: f64, currency: &str) -> Money {
    let minor = if amount.is_finite() && amount >= 0.0 { minor_of(amount) } else { -1 };
    Money { minor, currency: currency.trim().to_owned() }
}

/// `20%` or `0.2`.
fn share_of(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|share| share / 100.0),
        None => text.parse().ok(),
    }
}

/// What a part says, and what is wrong with it.
fn read(part: &Declared<DemandPart>) -> (Vec<Draft>, Option<Plan>, Vec<Mistake>) {
    let mut reading = Reading { place: &part.place, mistakes: Vec::new() };
    let mut first: BTreeMap<String, Place> = BTreeMap::new();
    if let Some(over) = part.value.capacities.get(MAX_CAPACITIES) {
        reading.wrong(Some(over), format!("more than {MAX_CAPACITIES} capacities"));
    }
    let mut drafts = Vec::new();
    for capacity in part.value.capacities.iter().take(MAX_CAPACITIES) {
        let draft = reading.capacity(capacity);
        let place = at(&part.place, capacity.value.name.as_ref().or(None));
        match first.get(&draft.name.to_lowercase()) {
            Some(first) => {
                let mistake = Mistake::twice(place, "capacity", &draft.name, first);
                reading.mistakes.push(mistake);
            }
            None => drop(first.insert(draft.name.to_lowercase(), place)),
        }
        drafts.push(draft);
    }
    let plan = reading.plan(&part.value);
    (drafts, plan, reading.mistakes)
}

/// Everything that is wrong with these parts, as far as files and names tell.
#[must_use]
pub fn check(parts: &[ServiceDemand], names: &Names) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for service in parts {
        mistakes.extend(read(&service.part).2);
        for word in service.part.value.capacities.iter().filter_map(|one| one.value.journey.as_ref()) {
            let full = format!("{}/{}", service.service, word.value.trim());
            mistakes.extend(names.refer(at(&service.part.place, Some(word)), "journey", &full));
        }
    }
    mistakes
}

/// Makes the database what these parts say. Services and journeys must have been applied before.
pub async fn apply(tx: &mut Tx, parts: &[ServiceDemand], applying: &mut Applying) -> Result<(), Problem> {
    let mut declared: BTreeSet<ServiceId> = BTreeSet::new();
    let mut planned: BTreeSet<ServiceId> = BTreeSet::new();
    for part in parts {
        let client = applying.ids.client(part.client.as_deref());
        let Some((client, service)) = client.and_then(|client| applying.ids.service(client, &part.service))
        else {
            continue; // estate said what is wrong with the service itself
        };
        declared.insert(service);
        let (drafts, plan, mistakes) = read(&part.part);
        if !mistakes.is_empty() {
            applying.mistakes.extend(mistakes);
            continue;
        }
        apply_capacities(tx, (client, service), part, drafts, applying).await?;
        if let Some(plan) = plan {
            planned.insert(service);
            let changed = tables::write_plan(tx, client, service, &plan).await?;
            applying.changed("costs", part.service.as_str(), changed);
        }
    }
    for capacity in tables::declared_in(tx).await? {
        if !declared.contains(&capacity.service) {
            tables::remove(tx, &capacity).await?;
            applying.removed("capacity", capacity.name.as_str());
        }
    }
    for (client, service) in tables::plans_declared_in(tx).await? {
        if !planned.contains(&service) {
            tables::write_plan(tx, client, service, &Plan::default()).await?;
            applying.removed("costs", service.to_string());
        }
    }
    Ok(())
}

async fn apply_capacities(
    tx: &mut Tx,
    (client, service): (ClientId, ServiceId),
    part: &ServiceDemand,
    drafts: Vec<Draft>,
    applying: &mut Applying,
) -> Result<(), Problem> {
    let held = tables::of_service_in(tx, service).await?;
    let same = |capacity: &Capacity, draft: &Draft| capacity.name.to_lowercase() == draft.name.to_lowercase();
    for gone in held.iter().filter(|one| one.declared_in.is_some()) {
        if !drafts.iter().any(|draft| same(gone, draft)) {
            tables::remove(tx, gone).await?;
            applying.removed("capacity", format!("{}/{}", part.service, gone.name));
        }
    }
    let journeys = crate::store::journeys_in(tx, service).await?;
    for (mut draft, said) in drafts.into_iter().zip(&part.part.value.capacities) {
        if let Some(word) = &said.value.journey {
            let wanted = word.value.trim().to_lowercase();
            draft.shape.journey =
                journeys.iter().find(|one| one.name.to_lowercase() == wanted).map(|one| one.id);
            if draft.shape.journey.is_none() {
                let known = journeys.iter().map(|one| one.name.as_str());
                let place = at(&part.part.place, Some(word));
                applying.mistakes.push(Mistake::unknown(place, "journey", &word.value, known));
                continue;
            }
        }
        let shown = format!("{}/{}", part.service, draft.name);
        match held.iter().find(|capacity| same(capacity, &draft)) {
            Some(before) => {
                let details = tables::change(tx, before, &draft).await?;
                applying.changed("capacity", shown, details);
            }
            None => {
                tables::add(tx, client, service, &draft).await?;
                applying.added("capacity", shown);
            }
        }
    }
    Ok(())
}

fn value<T>(value: T) -> Spanned<T> {
    Spanned::new(value, serde_saphyr::Location::UNKNOWN, serde_saphyr::Location::UNKNOWN)
}

fn word(text: impl Into<String>) -> Word {
    value(text.into())
}

fn amount_of(money: &Money) -> f64 {
    money.minor as f64 / 100.0
}

/// What is there of a service, as it would stand in its entry. `journey` gives names.
pub async fn export(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
    journey: impl Fn(JourneyId) -> Option<String>,
) -> Result<DemandPart, Problem> {
    let capacities = tables::of_service(db, scope, service).await?;
    let plan = tables::plan(db, scope, service).await?;
    let (settings, process) = (&plan.settings, &plan.settings.process);
    let process_part = ProcessPart {
        ended: process.ended.clone(),
        due: process.due.clone(),
        done: process.done.clone(),
        within: process.within.map(|span| word(show_span(span))),
    };
    Ok(DemandPart {
        capacities: capacities.iter().map(|one| value(capacity_part(one, &journey))).collect(),
        costs: plan.costs.iter().map(|line| value(cost_part(line))).collect(),
        budget: settings
            .budget
            .as_ref()
            .map(|money| value(AmountPart { amount: amount_of(money), currency: money.currency.clone() })),
        kpis: plan.published.then(|| word("public")),
        growth: settings.alerts.then(|| word("alert")),
        process: (*process != ProcessRule::default()).then(|| value(process_part)),
    })
}

fn capacity_part(capacity: &Capacity, journey: impl Fn(JourneyId) -> Option<String>) -> CapacityPart {
    let shape = &capacity.shape;
    CapacityPart {
        name: Some(word(capacity.name.as_str())),
        serves: Some(value(shape.serves)),
        per: Some(word(shape.per.word())),
        journey: shape.journey.and_then(journey).map(word),
        headroom: Some(word(format!("{}%", (shape.headroom * 10_000.0).round() / 100.0))),
        scales: shape.scales.map(|scales| {
            let by = Some(word(scales.how.word()));
            value(ScalesPart { from: scales.from, to: scales.to, each: scales.each, by })
        }),
        lead_time: (shape.lead_days > 0).then(|| word(format!("{}d", shape.lead_days))),
        one_more: shape.one_more.as_ref().map(|price| {
            let currency = price.amount.currency.clone();
            let per = Some(word(price.per.word()));
            value(PricePart { amount: amount_of(&price.amount), currency, per })
        }),
    }
}

fn cost_part(line: &CostLine) -> CostPart {
    CostPart {
        name: Some(word(line.name.as_str())),
        amount: Some(value(amount_of(&line.amount))),
        currency: Some(word(line.amount.currency.as_str())),
        per: Some(word(line.per.word())),
        channel: line.channel.map(value),
        from: line.from.map(|day| word(day.to_string())),
        until: line.until.map(|day| word(day.to_string())),
    }
}

#[cfg(test)]
mod tests;
