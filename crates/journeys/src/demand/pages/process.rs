//! How the process behind a service performs, from its cases: who is late, where cases wait, which way people come.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kernel::lake::{Among, Cases, CasesAsk, Channel, MAX_CASES, People, Question, Reply};
use kernel::{Kind, Problem, Scope, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Asks, Path, Query, Refusal, Shown, Site, State as Reach, Text, View};

use super::shared::{Head, Share, crumbs, head, sample_head};
use crate::demand::model::ProcessRule;
use crate::demand::rules::kpi::{Counts, take_up};
use crate::demand::rules::process::{Case, Wait, judged, late, props_of, waits};
use crate::demand::store as tables;

/// Waits that are shown.
const MOST: usize = 12;

/// How far back the screen looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Range {
    /// Four weeks.
    #[serde(rename = "28d")]
    Month,
    /// Ninety days.
    #[default]
    #[serde(rename = "90d")]
    Quarter,
    /// A year.
    #[serde(rename = "365d")]
    Year,
    /// All that is kept.
    #[serde(rename = "all")]
    All,
}

impl Range {
    fn from(self, now: Timestamp) -> Timestamp {
        let days = match self {
            Range::Month => 28,
            Range::Quarter => 90,
            Range::Year => 365,
            Range::All => return Timestamp::UNIX_EPOCH,
        };
        now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// How far back.
    #[serde(default)]
    pub range: Range,
}

/// How many came by a way.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChannelLine {
    /// The way.
    pub channel: Channel,
    /// How many cases.
    pub cases: u64,
}

/// What the cases of a service tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Measures {
    /// Cases with an event in the range.
    pub total: u64,
    /// Of these, how many were looked at.
    pub looked_at: u64,
    /// Cases that were finished.
    pub finished: u64,
    /// Cases that are open.
    pub open: u64,
    /// Cases that are open and should be finished.
    pub overdue: u64,
    /// Where cases wait, longest in total first.
    pub waits: Vec<Wait>,
    /// By which way they came, most first.
    pub channels: Vec<ChannelLine>,
}

/// How the process performs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProcessView {
    /// Where it stands.
    #[serde(flatten)]
    pub head: Head,
    /// How far back.
    pub range: Range,
    /// How it is seen whether cases are late.
    pub rule: ProcessRule,
    /// Whether it is said at all.
    pub judged: bool,
    /// What the cases tell.
    pub measures: Measures,
    /// Finished cases that were late, of those with a due date.
    pub late: Share,
    /// Cases that came digitally.
    pub take_up: Share,
    /// What is the matter, in one sentence.
    pub answer: Text,
}

/// What cases tell, by a rule.
#[must_use]
pub fn measure(
    found: &Cases,
    rule: &ProcessRule,
    now: Timestamp,
) -> (Measures, kernel::Ratio, kernel::Ratio) {
    let cases: Vec<Case> = judged(&found.cases, rule);
    let mut by: BTreeMap<Channel, u64> = BTreeMap::new();
    found.cases.iter().for_each(|case| *by.entry(case.channel).or_default() += 1);
    let mut channels: Vec<ChannelLine> =
        by.iter().map(|(channel, cases)| ChannelLine { channel: *channel, cases: *cases }).collect();
    channels.sort_by_key(|line| std::cmp::Reverse(line.cases));
    let count = |fits: &dyn Fn(&Case) -> bool| cases.iter().filter(|case| fits(case)).count() as u64;
    let measures = Measures {
        total: found.total,
        looked_at: cases.len() as u64,
        finished: count(&|case| case.ended_at.is_some()),
        open: count(&|case| case.ended_at.is_none()),
        overdue: count(&|case| case.ended_at.is_none() && case.due_at.is_some_and(|due| now > due)),
        waits: waits(&cases, MOST),
        channels,
    };
    let counts = Counts { completed_by: by, ..Counts::default() };
    (measures, late(&cases), take_up(&counts))
}

/// Shows it.
pub async fn show(
    Reach(site): Reach<Site>,
    Asks(scope): Asks,
    Path(id): Path<ServiceId>,
    Query(asked): Query<Asked>,
) -> Result<Shown<ProcessView>, Refusal> {
    let head = head(&site.db, &scope, id).await?;
    let rule = tables::plan(&site.db, &scope, id).await?.settings.process;
    let found = cases(&site, &scope, &head, &rule, asked.range).await?;
    let (measures, late, take_up) = measure(&found, &rule, scope.now());
    Ok(Shown(view(head, asked.range, rule, measures, late.into(), take_up.into())))
}

fn view(
    head: Head,
    range: Range,
    rule: ProcessRule,
    measures: Measures,
    late: Share,
    take_up: Share,
) -> ProcessView {
    let said =
        (rule.ended.is_some() || !rule.done.is_empty()) && (rule.due.is_some() || rule.within.is_some());
    let answer = match (measures.total, said, late.total) {
        (0, ..) => Text::key("process-answer-none"),
        (cases, false, _) => Text::key("process-answer-cases").with("n", cases),
        (_, true, 0) => Text::key("process-answer-unfinished"),
        (_, true, finished) => {
            Text::key("process-answer-late").with("late", late.good).with("finished", finished)
        }
    };
    ProcessView { head, range, rule, judged: said, measures, late, take_up, answer }
}

async fn cases(
    site: &Site,
    scope: &Scope,
    of: &Head,
    rule: &ProcessRule,
    range: Range,
) -> Result<Cases, Problem> {
    let among = Among {
        client: of.client.id,
        service: of.service.id,
        from: range.from(scope.now()),
        until: scope.now(),
        people: People::All,
        only: Vec::new(),
    };
    let ask = CasesAsk { among, props: props_of(rule), limit: MAX_CASES };
    match site.lake.ask(scope, Question::Cases(ask)).await {
        Ok(Reply::Cases(found)) => Ok(found),
        Ok(_) => Ok(Cases::default()),
        // An installation without a lake has no cases.
        Err(problem) if problem.kind == Kind::NotFound => Ok(Cases::default()),
        Err(problem) => Err(problem),
    }
}

impl View for ProcessView {
    const TEMPLATE: &'static str = "demand/process.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("process")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        crumbs(&self.head.client, &self.head.service)
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let share = |good, total| Share::from(kernel::Ratio { good, total });
        let wait = |from: &str, to: &str, cases, hours: f64| Wait {
            from: from.into(),
            to: to.into(),
            cases,
            median: hours * 3_600.0,
            p90: hours * 9_000.0,
            total: hours * 3_600.0 * cases as f64,
        };
        let channels = Channel::ALL.iter().zip([1_250, 4, 109, 53, 21, 2, 1]);
        let measures = Measures {
            total: 61_434,
            looked_at: 1_434,
            finished: 1_329,
            open: 105,
            overdue: 41,
            waits: vec![
                wait(
                    "T02 Check confirmation of receipt",
                    "T04 Determine confirmation of receipt",
                    1_280,
                    31.0,
                ),
                wait("Confirmation of receipt", "T02 Check confirmation of receipt", 1_316, 4.0),
            ],
            channels: channels.map(|(channel, cases)| ChannelLine { channel: *channel, cases }).collect(),
        };
        let rule = ProcessRule {
            ended: Some("enddate".into()),
            due: Some("enddate_planned".into()),
            ..ProcessRule::default()
        };
        let full =
            view(sample_head(), Range::Year, rule, measures.clone(), share(377, 1_329), share(1_271, 1_434));
        let plain = view(
            sample_head(),
            Range::Quarter,
            ProcessRule::default(),
            measures,
            share(0, 0),
            share(1_271, 1_434),
        );
        let none = view(
            sample_head(),
            Range::All,
            ProcessRule::default(),
            Measures::default(),
            share(0, 0),
            share(0, 0),
        );
        let by_event = ProcessRule {
            done: vec!["decided".into()],
            within: Some(SignedDuration::from_hours(24 * 56)),
            ..ProcessRule::default()
        };
        let early = Measures { total: 3, looked_at: 3, open: 3, ..Measures::default() };
        let early = view(sample_head(), Range::Month, by_event, early, share(0, 0), share(3, 3));
        vec![("judged", full), ("not-judged", plain), ("none", none), ("none-finished", early)]
    }
}
