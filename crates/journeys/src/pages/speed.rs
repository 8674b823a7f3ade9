//! How quick pages are for users, by page and device.

use std::collections::BTreeMap;

use kernel::lake::{Device, Field, Group, Match, MeasureAsk, Measured, Question, Test, VitalName};
use kernel::{JourneyId, Problem, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::drill::under;
use super::shared::{Head, Range, head, sample_head};
use crate::model::Journey;
use crate::rules::days::bounds;
use crate::rules::vitals::{Rating, Score, passes, score};
use crate::store as tables;
use crate::tasks::fold::among;

/// Pages on the screen.
const PAGES: u32 = 20;

/// What is looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// How far back; a week when nothing is said.
    pub range: Option<Range>,
    /// `mobile`, `desktop`, `tablet`; phones when nothing is said.
    pub device: Option<Device>,
}

/// A page on one kind of device.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PageSpeed {
    /// The page.
    pub path: String,
    /// LCP, INP, CLS, FCP, TTFB.
    pub scores: Vec<(VitalName, Score)>,
    /// Whether LCP, INP and CLS are all good; null when one is not known.
    pub passes: Option<bool>,
}

/// How quick pages are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SpeedView {
    /// The journey from which it was looked at.
    pub journey: Head,
    /// How far back.
    pub range: Range,
    /// The kind of device.
    pub device: Device,
    /// The pages, the most loaded first.
    pub pages: Vec<PageSpeed>,
    /// How many of them are slow in some way.
    pub slow: usize,
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<JourneyId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<SpeedView>, Refusal> {
    let journey = tables::expect(&site.db, &scope, id).await?;
    let range = asked.range.unwrap_or(Range::Week);
    let device = asked.device.unwrap_or(Device::Mobile);
    let pages = pages(&site, &scope, &journey, range, device).await?;
    Ok(Shown(SpeedView {
        journey: head(&site.db, &scope, &journey).await?,
        range,
        device,
        slow: slow(&pages),
        pages,
    }))
}

fn slow(pages: &[PageSpeed]) -> usize {
    let poor = |page: &&PageSpeed| page.scores.iter().any(|(_, score)| score.rating == Some(Rating::Poor));
    pages.iter().filter(poor).count()
}

async fn pages(
    site: &Site,
    scope: &Scope,
    journey: &Journey,
    range: Range,
    device: Device,
) -> Result<Vec<PageSpeed>, Problem> {
    let zone = journey.zone();
    let (from, to) = range.dates(scope.now(), &zone);
    let mut found: BTreeMap<String, Vec<(VitalName, Score)>> = BTreeMap::new();
    for name in VitalName::ALL {
        let mut rows = among(journey, bounds(from, &zone).0, bounds(to, &zone).1);
        rows.only = vec![Test { field: Field::Device, is: Match::Is(vec![device.word().to_owned()]) }];
        let ask = MeasureAsk {
            among: rows,
            measured: Measured::Vital(*name),
            cells: Vec::new(),
            by: Some(Field::Path),
            top: PAGES,
        };
        let measures = match site.lake.ask(scope, Question::Measure(ask)).await {
            Ok(reply) => reply.measure(),
            Err(problem) if problem.kind == kernel::Kind::NotFound => Vec::new(),
            Err(problem) => return Err(problem),
        };
        for measure in measures {
            if let Group::Value(path) = measure.group {
                found.entry(path).or_default().push((*name, score(*name, &measure.sketch)));
            }
        }
    }
    let mut pages: Vec<PageSpeed> =
        found.into_iter().map(|(path, scores)| PageSpeed { path, passes: passes(&scores), scores }).collect();
    let loads = |page: &PageSpeed| page.scores.iter().map(|(_, score)| score.n).max().unwrap_or(0);
    pages.sort_by_key(|page| std::cmp::Reverse(loads(page)));
    pages.truncate(PAGES as usize);
    Ok(pages)
}

impl View for SpeedView {
    const TEMPLATE: &'static str = "journeys/speed.html";
    const AREA: &'static str = "journeys";
    fn title(&self) -> Text {
        Text::key("journey-tab-speed")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        under(&self.journey)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let one = |n, p75: f64, rating| Score { n, p75: Some(p75), rating: Some(rating) };
        let page = |path: &str, lcp, inp, cls| {
            let scores = vec![(VitalName::Lcp, lcp), (VitalName::Inp, inp), (VitalName::Cls, cls)];
            PageSpeed { path: path.into(), passes: passes(&scores), scores }
        };
        let few = Score { n: 12, p75: None, rating: None };
        let pages = vec![
            page(
                "/apply",
                one(2_310, 2_100.0, Rating::Good),
                one(2_010, 140.0, Rating::Good),
                one(2_310, 0.04, Rating::Good),
            ),
            page(
                "/apply/form",
                one(1_310, 4_800.0, Rating::Poor),
                one(1_200, 320.0, Rating::NeedsImprovement),
                one(1_310, 0.31, Rating::Poor),
            ),
            page("/apply/done", few, few, few),
        ];
        let many = SpeedView {
            journey: sample_head(),
            range: Range::Week,
            device: Device::Mobile,
            slow: slow(&pages),
            pages,
        };
        let none = SpeedView { pages: vec![], slow: 0, ..many.clone() };
        vec![("many", many), ("none", none)]
    }
}
