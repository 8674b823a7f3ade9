//! The screen of a question: what was written, what it answers, and what there is to ask about.

use kernel::lake::{SqlColumns, SqlKind, SqlTable};
use kernel::{Problem, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use web::{Sample, Text, View};

use super::chart::{self, Chart};
use super::state;

/// How a program with SQL is built.
const HOW: &str = "cargo build --release --features sql";
/// How the problems of SQL begin.
const CODE: &str = "sql-";

/// Questions to begin with: the key of their title, and the statement.
pub const EXAMPLES: &[(&str, &str)] = &[
    (
        "sql-example-hours",
        "select date_trunc('hour', at) as hour, count(*) as events, count(distinct visit_id) as visits
from events
where at >= now() - interval '1 day' and bot is null
group by 1
order by 1",
    ),
    (
        "sql-example-pages",
        "select path, count(*) as views, count(distinct visit_id) as visits
from events
where name = 'pageview' and bot is null and at >= now() - interval '7 days'
group by path
order by views desc
limit 20",
    ),
    (
        "sql-example-funnel",
        "select level, count(*) as visits
from (
  select visit_id, funnel_level('2h', at, path = '/apply', name = 'payment started', path = '/apply/done') as level
  from events
  where visit_id is not null and bot is null
  group by visit_id
)
where level > 0
group by level
order by level",
    ),
    (
        "sql-example-vitals",
        "select path, device, count(*) as loads, p75(value) as lcp_ms
from vitals
where name = 'lcp' and bot is null
group by path, device
having count(*) >= 50
order by lcp_ms desc
limit 20",
    ),
    (
        "sql-example-operations",
        "select component, name, count(*) as calls, avg(case when error then 1.0 else 0.0 end) as failing,
  p50(took_ms) as p50_ms, p95(took_ms) as p95_ms
from spans
where at >= now() - interval '1 day'
group by component, name
order by calls desc
limit 20",
    ),
    (
        "sql-example-incidents",
        "select i.number, i.title, count(distinct e.visit_id) as visits
from incidents i
join events e on e.service_id = i.service_id and e.at between i.since and coalesce(i.resolved_at, now())
group by i.number, i.title
order by i.number desc",
    ),
    (
        "sql-example-props",
        "select prop(props, 'method') as method, count(*) as times
from events
where name = 'payment started'
group by 1
order by times desc",
    ),
];

/// A question with its answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExploreView {
    /// Whether this program knows SQL.
    pub built: bool,
    /// How to build one that does.
    pub how: String,
    /// What was asked; empty when nothing was yet.
    pub statement: String,
    /// The answer.
    pub answer: Option<SqlTable>,
    /// A picture of the answer, when it has one.
    pub chart: Option<Chart>,
    /// Why there is no answer.
    pub refused: Option<Refused>,
    /// What can be asked about.
    pub tables: Vec<TableView>,
    /// Questions to begin with.
    pub examples: Vec<Example>,
    /// Rows that a file holds at most.
    pub in_file: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Refused {
    /// What happened.
    pub title: Text,
    /// More about it.
    pub detail: Text,
    /// What to do.
    pub next: Text,
    /// The line of the statement, from 1; 0 when it is not about one.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// That line, with a mark under the place.
    pub shown: Option<String>,
}

/// A table that can be asked about.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub about: Text,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Whether the statement names it.
    pub named: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ColumnView {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: SqlKind,
    /// What it means.
    pub about: Text,
}

/// A question to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Example {
    /// What it answers.
    pub title: Text,
    /// The statement.
    pub statement: String,
}

/// The tables of the lake and of the state database as people see them.
pub fn schema(lake: Vec<SqlColumns>) -> Vec<TableView> {
    let state = state::NAMES.iter().map(|(name, columns)| SqlColumns { name, columns: columns.to_vec() });
    let column = |(name, kind): (&'static str, SqlKind)| ColumnView {
        name: name.into(),
        kind,
        about: Text::key(format!("sql-column-{}", name.replace('_', "-"))),
    };
    lake.into_iter()
        .chain(state)
        .map(|table| TableView {
            name: table.name.into(),
            about: Text::key(format!("sql-table-{}", table.name)),
            columns: table.columns.into_iter().map(column).collect(),
            named: false,
        })
        .collect()
}

impl ExploreView {
    /// This program does not know SQL.
    pub fn without_engine() -> Self {
        ExploreView {
            built: false,
            how: HOW.into(),
            statement: String::new(),
            answer: None,
            chart: None,
            refused: None,
            tables: Vec::new(),
            examples: Vec::new(),
            in_file: super::IN_FILE,
        }
    }

    /// Nothing was asked yet.
    pub fn blank(tables: Vec<TableView>) -> Self {
        let examples = EXAMPLES
            .iter()
            .map(|(title, statement)| Example { title: Text::key(*title), statement: (*statement).into() });
        ExploreView { built: true, tables, examples: examples.collect(), ..Self::without_engine() }
    }

    fn asked(statement: &str, tables: Vec<TableView>) -> Self {
        let words = statement.to_lowercase();
        let words: std::collections::BTreeSet<&str> =
            words.split(|one: char| !one.is_ascii_alphanumeric() && one != '_').collect();
        let tables =
            tables.into_iter().map(|table| TableView { named: words.contains(&*table.name), ..table });
        ExploreView { statement: statement.into(), ..Self::blank(tables.collect()) }
    }

    /// The answer.
    pub fn answered(statement: &str, tables: Vec<TableView>, table: SqlTable) -> Self {
        ExploreView { chart: chart::of(&table), answer: Some(table), ..Self::asked(statement, tables) }
    }

    /// Why there is none.
    pub fn refused(statement: &str, tables: Vec<TableView>, problem: &Problem) -> Self {
        ExploreView { refused: Some(refused(statement, problem)), ..Self::asked(statement, tables) }
    }
}

fn refused(statement: &str, problem: &Problem) -> Refused {
    // Every problem of the engine has all three sentences; another one is told by its kind.
    let key = match problem.code.starts_with(CODE) {
        true => format!("problem-{}", problem.code),
        false => "problem-sql-refused".to_owned(),
    };
    let say = |part: &str| {
        let text = Text::key(format!("{key}.{part}"));
        problem.args.iter().fold(text, |text, (name, value)| text.with(*name, value.clone()))
    };
    let number = |wanted: &str| {
        let found = problem.args.iter().find(|(name, _)| *name == wanted);
        found.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or(0)
    };
    let (line, column) = (number("line"), number("column"));
    let shown = statement.lines().nth(line.wrapping_sub(1)).map(|text| {
        let before: String = text.chars().take(column.saturating_sub(1)).collect();
        // A tab stays one, so that the mark stands under its place however wide tabs are shown.
        let space: String = before.chars().map(|one| if one == '\t' { '\t' } else { ' ' }).collect();
        format!("{text}\n{space}^")
    });
    Refused { title: say("title"), detail: say("detail"), next: say("next"), line, column, shown }
}

impl View for ExploreView {
    const TEMPLATE: &'static str = "explore/sql.html";
    const AREA: &'static str = "explore";

    fn title(&self) -> Text {
        Text::key("sql-title")
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let schema = || schema(sample_columns());
        let (_, statement) = EXAMPLES[0];
        let answered = |columns: &[(&str, SqlKind)], rows: Vec<Vec<Value>>, cut| {
            let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
            let table = SqlTable { columns, rows, cut, took_ms: 84, parquet: None };
            ExploreView::answered(statement, schema(), table)
        };
        let hours: Vec<Vec<Value>> = (0..24)
            .map(|hour| {
                let at =
                    Timestamp::from_second(1_767_225_600 + hour * 3_600).unwrap_or(Timestamp::UNIX_EPOCH);
                let events = if hour == 5 { Value::Null } else { json!(40 + hour * (24 - hour)) };
                vec![json!(at), events, json!((hour * 37) % 23)]
            })
            .collect();
        let kinds = [
            ("name", SqlKind::Text),
            ("n", SqlKind::Int),
            ("share", SqlKind::Float),
            ("at", SqlKind::Time),
            ("error", SqlKind::Bool),
            ("names", SqlKind::Other),
        ];
        let every = vec![
            vec![
                json!("start"),
                json!(1_204),
                json!(0.333_333_333),
                json!("2026-01-01T00:00:00Z"),
                json!(true),
                json!("[a, b]"),
            ],
            vec![
                Value::Null,
                json!("18446744073709551615"),
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
            ],
        ];
        let pages = ["/", "/apply", "/apply/form", "/apply/payment", "/apply/done"];
        let bars = pages.iter().enumerate().map(|(at, path)| vec![json!(path), json!(900 - 200 * at)]);
        let wrong = |code, line: usize, column: usize| {
            let problem = Problem::new(kernel::Kind::Invalid, code)
                .with("said", "table 'tend.public.evnts' not found")
                .with("line", line)
                .with("column", column)
                .with("limit", 5_000)
                .with("seconds", 20);
            ExploreView::refused("select name\nfrom evnts", schema(), &problem)
        };
        vec![
            ("not-built", ExploreView::without_engine()),
            ("blank", ExploreView::blank(schema())),
            (
                "over-time",
                answered(
                    &[("hour", SqlKind::Time), ("events", SqlKind::Int), ("visits", SqlKind::Int)],
                    hours,
                    false,
                ),
            ),
            (
                "over-words",
                answered(&[("path", SqlKind::Text), ("views", SqlKind::Int)], bars.collect(), true),
            ),
            ("every-kind", answered(&kinds, every, false)),
            ("no-rows", answered(&kinds, Vec::new(), false)),
            ("mistake", wrong("sql-mistake", 2, 6)),
            ("wrong", wrong("sql-wrong", 0, 0)),
            ("not-possible", wrong("sql-not-possible", 0, 0)),
            ("only-reads", wrong("sql-reads-only", 0, 0)),
            ("one-statement", wrong("sql-one-statement", 0, 0)),
            ("too-long", wrong("sql-too-long", 0, 0)),
            ("took-too-long", wrong("sql-took-too-long", 0, 0)),
            ("too-much-memory", wrong("sql-too-much-memory", 0, 0)),
            ("busy", wrong("sql-busy", 0, 0)),
            ("refused", wrong("lake-file-missing", 0, 0)),
        ]
    }
}

/// Some columns of the lake, for samples without an engine; that all of them have texts is a story of the real one.
fn sample_columns() -> Vec<SqlColumns> {
    use SqlKind::{Float, Int, Text as Words, Time};
    vec![
        SqlColumns {
            name: "events",
            columns: vec![
                ("at", Time),
                ("service", Words),
                ("name", Words),
                ("path", Words),
                ("device", Words),
                ("value", Float),
                ("props", Words),
                ("visit_id", Int),
            ],
        },
        SqlColumns {
            name: "vitals",
            columns: vec![("at", Time), ("name", Words), ("value", Float), ("path", Words)],
        },
    ]
}

/// The samples of this screen.
#[must_use]
pub fn samples() -> Vec<Sample> {
    web::samples_of::<ExploreView>()
}
