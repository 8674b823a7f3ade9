//! What a service costs, its budget, and what is told of its demand.

use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::lake::Channel;
use kernel::{Problem, Right, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Done, Input, Path, Refusal, Shown, Site, State as Reach, Text, View};

use super::capacity::{filled, number};
use super::kpis::{MonthLine, months, sample_months};
use super::shared::{Head, crumbs, day_of, euros, head, sample_head, zone_of};
use crate::demand::model::{
    CostLine, Every, MAX_COSTS, Money, Plan, ProcessRule, Settings, minor_of, wrong_cost,
};
use crate::demand::rules::costs::{self, Standing};
use crate::demand::store as tables;
use crate::store as journeys;

/// Months that are shown.
const MONTHS: usize = 12;

/// Costs and settings of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CostsView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// What is paid.
    pub costs: Vec<CostLine>,
    /// What is wanted besides.
    pub settings: Settings,
    /// The span within which a case is due, in days.
    pub within_days: Option<i64>,
    /// Whether the four figures are public.
    pub published: bool,
    /// The file and line that declares it; then nothing can be changed here.
    pub declared_in: Option<String>,
    /// Where the budget of the year stands.
    pub budget: Option<Standing>,
    /// What a transaction cost, by month, newest first.
    pub months: Vec<MonthLine>,
}

/// Shows them.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
) -> Result<Shown<CostsView>, Refusal> {
    let db = &site.db;
    let head = head(db, &scope, id).await?;
    let plan = tables::plan(db, &scope, id).await?;
    let zone = zone_of(&journeys::journeys_of(db, &scope, id).await?);
    let today = day_of(scope.now(), &zone);
    Ok(Shown(CostsView {
        head,
        budget: plan.settings.budget.as_ref().map(|budget| costs::standing(&plan.costs, budget, today)),
        months: months(db, &scope, id, &plan, today, MONTHS).await?,
        within_days: plan.settings.process.within.map(|span| span.as_hours() / 24),
        costs: plan.costs,
        settings: plan.settings,
        published: plan.published,
        declared_in: plan.declared_in,
    }))
}

/// A cost line as people write it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CostForm {
    pub name: String,
    pub amount: String,
    pub currency: String,
    /// month, year or once.
    pub per: String,
    /// web, phone, counter, post, mail, api or inside; empty for all.
    pub channel: String,
    pub from: String,
    pub until: String,
}

fn read(form: &CostForm) -> Result<CostLine, Problem> {
    let mut wrong = Problem::invalid();
    let amount = number(&form.amount);
    if amount.is_none() {
        wrong = wrong.field("amount", "demand-field-number").field_with("value", &form.amount);
    }
    let mut day = |field: &'static str, text: &str| -> Option<Date> {
        let text = filled(text)?;
        let found = text.parse().ok();
        if found.is_none() {
            let held = std::mem::replace(&mut wrong, Problem::invalid());
            wrong = held.field(field, "demand-field-day").field_with("value", text);
        }
        found
    };
    let (from, until) = (day("from", &form.from), day("until", &form.until));
    let line = CostLine {
        name: form.name.trim().to_owned(),
        amount: Money {
            minor: minor_of(amount.unwrap_or(0.0)),
            currency: form.currency.trim().to_uppercase(),
        },
        per: Every::from_word(&form.per).unwrap_or_default(),
        channel: Channel::from_word(form.channel.trim()).filter(|_| filled(&form.channel).is_some()),
        from,
        until,
    };
    for one in wrong_cost(&line) {
        if !wrong.fields.iter().any(|held| held.field == one.field) {
            wrong = wrong.field(one.field, one.code).field_with("value", &one.value);
        }
    }
    wrong.or(line)
}

/// Changes the plan of a service when the asker may and no file declares it.
async fn change(
    site: &Site,
    scope: &Scope,
    id: ServiceId,
    with: impl FnOnce(&mut Plan) -> Result<(), Problem>,
) -> Result<Vec<String>, Problem> {
    let service = estate::services::expect(&site.db, scope, id).await?;
    scope.require(Right::Manage, "service", service.client_id, Some(id))?;
    let mut tx = site.db.write("demand.costs", scope).await?;
    let mut plan = tables::plan_in(&mut tx, id).await?;
    if let Some(place) = &plan.declared_in {
        return Err(Problem::conflict("declared").with("place", place));
    }
    with(&mut plan)?;
    let changed = tables::write_plan(&mut tx, service.client_id, id, &plan).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Adds a cost line.
pub async fn add(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<CostForm>,
) -> Result<Done, Refusal> {
    let name = form.name.trim().to_owned();
    change(&site, &scope, id, |plan| {
        let line = read(&form)?;
        if plan.costs.len() >= MAX_COSTS {
            return Err(Problem::invalid().field("name", "demand-fault-many").field_with("value", MAX_COSTS));
        }
        plan.costs.push(line);
        Ok(())
    })
    .await?;
    Ok(Done::to(format!("/services/{id}/costs")).say("demand-cost-added").with("name", name))
}

/// Which line goes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RemoveForm {
    /// Its place, from 0.
    pub place: usize,
    /// Its name, so that nothing else goes when somebody else changed the lines meanwhile.
    pub name: String,
}

/// Removes a cost line.
pub async fn remove(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<RemoveForm>,
) -> Result<Done, Refusal> {
    change(&site, &scope, id, |plan| {
        if plan.costs.get(form.place).is_none_or(|line| line.name != form.name) {
            return Err(Problem::not_found("cost"));
        }
        plan.costs.remove(form.place);
        Ok(())
    })
    .await?;
    Ok(Done::to(format!("/services/{id}/costs")).say("demand-cost-removed").with("name", form.name))
}

/// Settings as people write them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsForm {
    /// What may be spent in a year; empty without a budget.
    pub budget: String,
    pub budget_currency: String,
    /// `on` when unexpected growth tells somebody.
    pub alerts: String,
    /// `on` when the four figures are public.
    pub published: String,
    /// The property that says when a case was finished.
    pub ended: String,
    /// The property that says when it should be.
    pub due: String,
    /// Events that finish a case, a name a line.
    pub done: String,
    /// Days after which it is due.
    pub within: String,
}

fn read_settings(form: &SettingsForm) -> Result<(Settings, bool), Problem> {
    let mut wrong = Problem::invalid();
    let budget = filled(&form.budget).map(|text| {
        let amount = number(text);
        let minor = amount.map_or(-1, minor_of);
        Money { minor, currency: form.budget_currency.trim().to_uppercase() }
    });
    if let Some(money) = &budget {
        let currency =
            money.currency.len() == 3 && money.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if money.minor < 0 {
            wrong = wrong.field("budget", "demand-field-number").field_with("value", &form.budget);
        }
        if !currency {
            wrong =
                wrong.field("budget_currency", "demand-fault-currency").field_with("value", &money.currency);
        }
    }
    let days = filled(&form.within).map(number);
    if days.is_some_and(|days| days.is_none_or(|days| !(0.0..=3_650.0).contains(&days))) {
        wrong = wrong.field("within", "demand-field-number").field_with("value", &form.within);
    }
    let within = days.flatten().map(|days| SignedDuration::from_secs((days * 86_400.0) as i64));
    let owned = |text: &str| filled(text).map(str::to_owned);
    let done = form.done.lines().filter_map(filled).map(str::to_owned).collect();
    let process = ProcessRule { ended: owned(&form.ended), due: owned(&form.due), done, within };
    wrong.or((Settings { budget, alerts: form.alerts == "on", process }, form.published == "on"))
}

/// Keeps the settings.
pub async fn settings(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Input(form): Input<SettingsForm>,
) -> Result<Done, Refusal> {
    let changed = change(&site, &scope, id, |plan| {
        (plan.settings, plan.published) = read_settings(&form)?;
        Ok(())
    })
    .await?;
    let value = serde_json::json!({ "changed": changed });
    Ok(Done::to(format!("/services/{id}/costs")).say("demand-settings-kept").value(&value))
}

impl View for CostsView {
    const TEMPLATE: &'static str = "demand/costs.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("demand-costs")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        let mut crumbs = crumbs(&self.head.client, &self.head.service);
        crumbs.push((Text::key("demand"), format!("/services/{}/demand", self.head.service.id)));
        crumbs
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let day = |text: &str| text.parse().ok();
        let line = |name: &str, minor, per, channel, from| CostLine {
            name: name.into(),
            amount: euros(minor),
            per,
            channel,
            from,
            until: None,
        };
        let full = CostsView {
            head: sample_head(),
            costs: vec![
                line("hosting", 120_000, Every::Month, None, None),
                line("counter staff", 4_800_050, Every::Year, Some(Channel::Counter), day("2026-01-01")),
                line("new form", 950_000, Every::Once, Some(Channel::Web), day("2026-03-03")),
            ],
            settings: Settings { budget: Some(euros(9_000_000)), alerts: true, ..Settings::default() },
            within_days: Some(56),
            published: true,
            declared_in: None,
            budget: Some(Standing {
                budget: euros(9_000_000),
                spent: euros(8_610_000),
                planned: euros(9_240_050),
                free: -240_050,
                others: 0,
            }),
            months: sample_months(),
        };
        let none = CostsView {
            costs: vec![],
            settings: Settings::default(),
            within_days: None,
            published: false,
            budget: None,
            months: vec![],
            ..full.clone()
        };
        let declared = CostsView { declared_in: Some("lindehaven.yml:60".into()), ..full.clone() };
        let reader = CostsView { head: Head { may_manage: false, ..sample_head() }, ..none.clone() };
        vec![("many", full), ("none", none), ("declared", declared), ("none-for-a-reader", reader)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_cost_and_with_settings_is_told_by_field() {
        let form = CostForm {
            amount: "much".into(),
            per: "once".into(),
            currency: "€".into(),
            ..CostForm::default()
        };
        let fields: Vec<String> =
            read(&form).expect_err("wrong").fields.into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["amount", "name", "currency", "from"]);
        let form = SettingsForm { budget: "x".into(), within: "-3".into(), ..SettingsForm::default() };
        let fields: Vec<String> =
            read_settings(&form).expect_err("wrong").fields.into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["budget", "budget_currency", "within"]);
        assert!(read_settings(&SettingsForm::default()).is_ok());
    }
}
