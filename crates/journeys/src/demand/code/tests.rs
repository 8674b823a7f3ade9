use kernel::code::{Declared, Place};

use super::*;

fn said(text: &str) -> (Vec<Draft>, Option<Plan>, Vec<String>) {
    let part: DemandPart = serde_saphyr::from_str(text).expect("it reads");
    let part = Declared::new(Place::new("town.yml", 1, 1), part);
    let (drafts, plan, mistakes) = read(&part);
    let told = mistakes.iter().map(|one| format!("{}:{} {}", one.place.line, one.place.column, one.message));
    (drafts, plan, told.collect())
}

#[test]
fn what_is_not_said_is_as_usual() {
    let (drafts, plan, told) = said("capacities: [{ name: gateway, serves: 25 }]");
    assert_eq!(told, [] as [&str; 0]);
    assert_eq!(plan, None, "costs on screen stay");
    let shape = &drafts[0].shape;
    assert_eq!((shape.serves, shape.per, shape.headroom), (25.0, Per::Hour, USUAL_HEADROOM));
    assert_eq!((shape.scales, shape.lead_days), (None, 0));
}

#[test]
fn amounts_are_exact_and_shares_are_shares() {
    let text = "
costs: [{ name: hosting, amount: 1200.10, currency: EUR, per: year, channel: counter, from: 2026-01-01 }]
budget: { amount: 90000, currency: EUR }
kpis: public
process: { ended: enddate, due: planned, within: 56d }
";
    let (_, plan, told) = said(text);
    assert_eq!(told, [] as [&str; 0]);
    let plan = plan.expect("it is said");
    assert_eq!((plan.costs[0].amount.minor, plan.costs[0].channel), (120_010, Some(Channel::Counter)));
    assert_eq!(plan.settings.budget.map(|money| money.minor), Some(9_000_000));
    assert!(plan.published && !plan.settings.alerts);
    assert_eq!(plan.settings.process.within.map(|span| span.as_hours()), Some(56 * 24));
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let text = "capacities:
  - { name: staff, serves: 0, per: week, headroom: 120% }
  - { name: Staff, serves: 4, scales: { from: 3, to: 2, each: 1 }, lead_time: soon }
costs:
  - { name: hosting, amount: -3, currency: EUR }
  - { name: licence, amount: 3, currency: euro, per: once }
kpis: open
";
    let (_, _, told) = said(text);
    let starts: Vec<&str> = told.iter().map(|one| one.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(starts.len(), 10, "{told:#?}");
    assert!(starts.contains(&"2:28") && starts.contains(&"7:7"), "{told:#?}");
}
