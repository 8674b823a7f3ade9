//! The form of a capacity, and the door by which whatever scales says so.

use kernel::{CapacityId, Id as _, Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Head, Named, crumbs, head, sample_head, sample_journey};
use crate::demand::model::{
    Capacity, Draft, Every, How, Money, Per, Price, Scales, Shape, USUAL_HEADROOM, minor_of, wrong_capacity,
};
use crate::demand::store as tables;
use crate::store as journeys;

/// The longest reason of a scaling, in characters: a sentence.
const MAX_REASON: usize = 500;

/// A capacity as people write it, each field as text; empty fields are as usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CapacityForm {
    pub name: String,
    pub serves: String,
    /// minute, hour or day.
    pub per: String,
    /// The id of a journey; empty for all of the service.
    pub journey: String,
    /// Per cent.
    pub headroom: String,
    /// The fewest pieces; empty when it does not come in pieces.
    pub from: String,
    /// The most pieces.
    pub to: String,
    /// What one piece serves.
    pub each: String,
    /// itself or hand.
    pub how: String,
    /// Days.
    pub lead_time: String,
    /// What one more costs.
    pub one_more: String,
    pub currency: String,
    /// month, year or once.
    pub every: String,
}

/// A number as people write it: with a point or a comma before its decimals, and spaces between thousands.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain: String = text.trim().chars().filter(|letter| !letter.is_whitespace()).collect();
    plain.replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite())
}

pub(super) fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// What a form says, or all that is wrong with it.
fn read(form: &CapacityForm) -> Result<Draft, Problem> {
    let mut wrong = Problem::invalid();
    let mut numbers = |field: &'static str, text: &str, usual: f64| match filled(text) {
        None => usual,
        Some(text) => number(text).unwrap_or_else(|| {
            let held = std::mem::replace(&mut wrong, Problem::invalid());
            wrong = held.field(field, "demand-field-number").field_with("value", text);
            usual
        }),
    };
    let headroom = numbers("headroom", form.headroom.trim_end_matches([' ', '%']), USUAL_HEADROOM * 100.0);
    let serves = numbers("serves", &form.serves, 0.0);
    let scales = filled(&form.from).or(filled(&form.to)).map(|_| Scales {
        from: numbers("from", &form.from, 1.0) as u32,
        to: numbers("to", &form.to, 0.0) as u32,
        each: numbers("each", &form.each, 0.0),
        how: How::from_word(&form.how).unwrap_or_default(),
    });
    let lead_days = numbers("lead_time", &form.lead_time, 0.0).max(0.0) as u32;
    let price = filled(&form.one_more).map(|_| numbers("one_more", &form.one_more, 0.0));
    let one_more = price.map(|amount| Price {
        amount: Money { minor: minor_of(amount), currency: form.currency.trim().to_uppercase() },
        per: Every::from_word(&form.every).unwrap_or_default(),
    });
    let journey = match filled(&form.journey).map(str::parse) {
        None => None,
        Some(Ok(journey)) => Some(journey),
        Some(Err(_)) => {
            wrong = wrong.field("journey", "demand-field-journey");
            None
        }
    };
    let draft = Draft {
        name: form.name.trim().to_owned(),
        shape: Shape {
            serves,
            per: Per::from_word(&form.per).unwrap_or_default(),
            journey,
            headroom: headroom / 100.0,
            scales,
            lead_days,
            one_more,
        },
        declared_in: None,
    };
    for one in wrong_capacity(&draft) {
        if !wrong.fields.iter().any(|held| held.field == one.field) {
            wrong = wrong.field(one.field, one.code).field_with("value", &one.value);
        }
    }
    wrong.or(draft)
}

/// The form of a capacity, as it would be filled in.
fn fill(capacity: &Capacity) -> CapacityForm {
    let shape = &capacity.shape;
    let scales = shape.scales;
    let price = shape.one_more.as_ref();
    CapacityForm {
        name: capacity.name.clone(),
        serves: shape.serves.to_string(),
        per: shape.per.word().into(),
        journey: shape.journey.map(|id| id.to_string()).unwrap_or_default(),
        headroom: ((shape.headroom * 10_000.0).round() / 100.0).to_string(),
        from: scales.map(|scales| scales.from.to_string()).unwrap_or_default(),
        to: scales.map(|scales| scales.to.to_string()).unwrap_or_default(),
        each: scales.map(|scales| scales.each.to_string()).unwrap_or_default(),
        how: scales.map(|scales| scales.how.word().to_owned()).unwrap_or_default(),
        lead_time: if shape.lead_days == 0 { String::new() } else { shape.lead_days.to_string() },
        one_more: price.map(|price| (price.amount.minor as f64 / 100.0).to_string()).unwrap_or_default(),
        currency: price.map(|price| price.amount.currency.clone()).unwrap_or_default(),
        every: price.map(|price| price.per.word().to_owned()).unwrap_or_default(),
    }
}

/// The form of a capacity.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CapacityFormView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// The capacity that is changed; null for a new one.
    pub capacity: Option<Named<CapacityId>>,
    /// What stands in the form.
    pub form: CapacityForm,
    /// Journeys to choose from: id and name.
    pub journeys: Vec<(String, String)>,
    /// The file and line that declares it; then nothing can be changed here.
    pub declared_in: Option<String>,
    /// The address at which whatever scales says so.
    pub scaled_at: Option<String>,
}

async fn view(
    site: &Site,
    scope: &Scope,
    id: ServiceId,
    capacity: Option<&Capacity>,
) -> Result<CapacityFormView, Problem> {
    let head = head(&site.db, scope, id).await?;
    scope.require(Right::Manage, "service", head.client.id, Some(id))?;
    let all = journeys::journeys_of(&site.db, scope, id).await?;
    let at = |one: &Capacity| format!("{}/api/v1/capacities/{}/scaled", site.settings.base_url, one.id);
    Ok(CapacityFormView {
        head,
        capacity: capacity.map(|one| Named { id: one.id, name: one.name.clone() }),
        form: capacity.map(fill).unwrap_or_default(),
        journeys: all.into_iter().map(|one| (one.id.to_string(), one.name)).collect(),
        declared_in: capacity.and_then(|one| one.declared_in.clone()),
        scaled_at: capacity.filter(|one| one.shape.scales.is_some()).map(at),
    })
}

/// Shows the form of a new capacity.
pub async fn new(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<CapacityFormView>, Refusal> {
    Ok(Shown(view(&site, &scope, id, None).await?))
}

/// Shows the form of a capacity.
pub async fn edit(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<CapacityId>,
) -> Result<Shown<CapacityFormView>, Refusal> {
    let capacity = tables::expect(&site.db, &scope, id).await?;
    Ok(Shown(view(&site, &scope, capacity.service, Some(&capacity)).await?))
}

/// Refuses a journey of another service.
async fn own_journey(site: &Site, scope: &Scope, id: ServiceId, draft: &Draft) -> Result<(), Problem> {
    let Some(journey) = draft.shape.journey else { return Ok(()) };
    let found = journeys::journey(&site.db, scope, journey).await?;
    match found.filter(|one| one.service == id) {
        Some(_) => Ok(()),
        None => Err(Problem::invalid().field("journey", "demand-field-journey")),
    }
}

/// Keeps a new capacity.
pub async fn add(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<CapacityForm>,
) -> Result<Done, Refusal> {
    let service = estate::services::expect(&site.db, &scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let draft = read(&form)?;
    own_journey(&site, &scope, id, &draft).await?;
    let mut tx = site.db.write("demand.add-capacity", &scope).await?;
    let capacity = tables::add(&mut tx, service.client_id, id, &draft).await?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": capacity });
    let done = Done::to(format!("/services/{id}/demand#capacities"));
    Ok(done.say("demand-capacity-added").with("name", draft.name).value(&value))
}

/// The capacity, when the asker may change it and no file declares it.
async fn changeable(site: &Site, scope: &Scope, id: CapacityId) -> Result<Capacity, Problem> {
    let capacity = tables::expect(&site.db, scope, id).await?;
    scope.require(Right::Manage, "capacity", capacity.client, Some(capacity.service))?;
    match &capacity.declared_in {
        Some(place) => Err(Problem::conflict("declared").with("place", place)),
        None => Ok(capacity),
    }
}

/// Keeps a changed capacity.
pub async fn change(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<CapacityId>,
    Input(form): Input<CapacityForm>,
) -> Result<Done, Refusal> {
    let capacity = changeable(&site, &scope, id).await?;
    let draft = read(&form)?;
    own_journey(&site, &scope, capacity.service, &draft).await?;
    let mut tx = site.db.write("demand.change-capacity", &scope).await?;
    let changed = tables::change(&mut tx, &capacity, &draft).await?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": id, "changed": changed });
    let done = Done::to(format!("/services/{}/demand#capacities", capacity.service));
    Ok(done.say("demand-capacity-changed").with("name", draft.name).value(&value))
}

/// What a person types to prove that they mean it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Confirm {
    /// The name of the capacity.
    pub confirm: String,
}

/// Removes it.
pub async fn remove(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<CapacityId>,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let capacity = changeable(&site, &scope, id).await?;
    if form.confirm.trim() != capacity.name {
        return Err(Problem::invalid().field("confirm", "demand-field-confirm").into());
    }
    let mut tx = site.db.write("demand.remove-capacity", &scope).await?;
    tables::remove(&mut tx, &capacity).await?;
    tx.commit().await?;
    let done = Done::to(format!("/services/{}/demand#capacities", capacity.service));
    Ok(done.say("demand-capacity-removed").with("name", capacity.name))
}

/// What whatever scales says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ScaledForm {
    /// How many pieces there are now.
    pub units: u32,
    /// Why, in a sentence.
    pub reason: String,
}

/// Keeps how many pieces there are now. Said twice, it is kept once.
pub async fn scaled(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<CapacityId>,
    Input(form): Input<ScaledForm>,
) -> Result<Done, Refusal> {
    let capacity = tables::expect(&site.db, &scope, id).await?;
    scope.require(Right::Respond, "capacity", capacity.client, Some(capacity.service))?;
    if capacity.shape.scales.is_none() {
        return Err(Problem::conflict("demand-does-not-scale").into());
    }
    let reason: String = form.reason.trim().chars().take(MAX_REASON).collect();
    let mut tx = site.db.write("demand.scaled", &scope).await?;
    let told = tables::scale(&mut tx, &capacity, form.units, &reason).await?;
    tx.commit().await?;
    let value = serde_json::json!({ "id": id, "units": form.units, "changed": told });
    let done = Done::to(format!("/services/{}/demand#capacities", capacity.service));
    Ok(done.say("demand-capacity-scaled").with("name", capacity.name).value(&value))
}

impl View for CapacityFormView {
    const TEMPLATE: &'static str = "demand/capacity.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        match &self.capacity {
            Some(capacity) => Text::raw(capacity.name.as_str()),
            None => Text::key("demand-capacity-new"),
        }
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        let mut crumbs = crumbs(&self.head.client, &self.head.service);
        crumbs.push((Text::key("demand"), format!("/services/{}/demand", self.head.service.id)));
        crumbs
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let new = CapacityFormView {
            head: sample_head(),
            capacity: None,
            form: CapacityForm::default(),
            journeys: vec![(sample_journey().id.to_string(), sample_journey().name)],
            declared_in: None,
            scaled_at: None,
        };
        let change = CapacityFormView {
            capacity: Some(Named { id: CapacityId::from_u128(1), name: "counter staff".into() }),
            form: CapacityForm {
                name: "counter staff".into(),
                serves: "40".into(),
                from: "2".into(),
                to: "6".into(),
                each: "20".into(),
                ..CapacityForm::default()
            },
            scaled_at: Some("https://tend.example/api/v1/capacities/cap_1/scaled".into()),
            ..new.clone()
        };
        let declared = CapacityFormView { declared_in: Some("lindehaven.yml:60".into()), ..change.clone() };
        vec![("new", new), ("change", change), ("declared", declared)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_the_capacity_says_and_all_that_is_wrong_at_once() {
        let form = CapacityForm {
            name: "counter staff".into(),
            serves: "40".into(),
            per: "hour".into(),
            headroom: "12,5 %".into(),
            from: "2".into(),
            to: "6".into(),
            each: "20".into(),
            lead_time: "30".into(),
            one_more: "3 200,50".into(),
            currency: "eur".into(),
            ..CapacityForm::default()
        };
        let draft = read(&form).expect("it fits");
        assert_eq!(draft.shape.headroom, 0.125);
        let price = draft.shape.one_more.as_ref().expect("it is said");
        assert_eq!((price.amount.minor, price.amount.currency.as_str()), (320_050, "EUR"));
        let wrong = CapacityForm { serves: "many".into(), to: "1".into(), each: "0".into(), ..form };
        let problem = read(&wrong).expect_err("much is wrong");
        let fields: Vec<&str> = problem.fields.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["serves", "to", "each"]);
    }
}
