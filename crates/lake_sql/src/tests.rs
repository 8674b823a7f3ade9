//! The engine over parts in memory: what it answers, and what it does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::lake::{
    Channel, Check, Device, Event, LogLine, Metric, Origin, Rows, Sketch, Span, Sql as _, SqlKind, SqlLimits,
    SqlTable, StateTable, Table, Vital, VitalName,
};
use kernel::task::Answer;
use kernel::{
    Actor, ClientId, Clock, Dice, Grant, Id as _, Kind, Problem, Role, Scope, ServiceId, SignedDuration,
    Timestamp,
};
use lake::funnel::{Order, Spec, Step, Walker};
use lake::query::Source;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Engine, Opened, Part, Parts, Settings, columns};

const NOW: &str = "2026-11-22T12:00:00Z";

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW.parse().expect("an instant")
    }
}

impl Dice for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Parts in memory, all of them for everybody: the wall of the table itself must hold.
#[derive(Default)]
struct Memory(Vec<(Table, Part)>);

impl Parts for Memory {
    fn parts<'a>(&'a self, _: &'a Scope, table: Table) -> Answer<'a, Result<Vec<Part>, Problem>> {
        let parts = self.0.iter().filter(|(of, _)| *of == table).map(|(_, part)| part.clone()).collect();
        Box::pin(std::future::ready(Ok(parts)))
    }
}

impl Memory {
    fn put(&mut self, client: u128, service: u128, day: &str, rows: &Rows) {
        let source = Source::Batch(Arc::new(lake::table::batch(rows)));
        self.add(client, service, day, rows, source);
    }

    fn add(&mut self, client: u128, service: u128, day: &str, rows: &Rows, source: Source) {
        let day: Timestamp = format!("{day}T00:00:00Z").parse().expect("a day");
        let part = Part {
            client: ClientId::from_u128(client),
            service: ServiceId::from_u128(service),
            day,
            rows: rows.len() as u64,
            from: day,
            until: day + SignedDuration::from_hours(24) - SignedDuration::from_micros(1),
            run: Arc::new(Opened { source, hold: None }),
        };
        self.0.push((rows.table(), part));
    }

    fn engine(self) -> Engine {
        Engine::open(Arc::new(self), Settings { spill: None, threads: 2 }).expect("threads")
    }
}

fn event(client: u128, service: u128, at: &str, name: &str, visit: u64) -> Event {
    let at: Timestamp = at.parse().expect("an instant");
    Event {
        client: ClientId::from_u128(client),
        service: ServiceId::from_u128(service),
        at,
        received_at: at,
        key: 0,
        user: 0,
        visitor: visit,
        visit,
        case: 0,
        name: name.into(),
        path: format!("/{name}"),
        host: "permits.example".into(),
        referrer: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        device: Device::Mobile,
        browser: "Firefox".into(),
        os: "Linux".into(),
        language: "nl".into(),
        channel: Channel::Web,
        release: String::new(),
        bot: String::new(),
        origin: Origin::Tend,
        value: Some(1.5),
        props: vec![("method".into(), "ideal".into()), ("step".into(), "3".into())],
    }
}

fn somebody(grants: Vec<Grant>) -> Scope {
    Scope::new(Actor::Operator, grants, Arc::new(Still), Arc::new(Still))
}

fn everybody() -> Scope {
    Scope::operator(Arc::new(Still), Arc::new(Still))
}

fn reader_of(client: u128, service: Option<u128>) -> Scope {
    let service = service.map(ServiceId::from_u128);
    somebody(vec![Grant { role: Role::Reader, client: Some(ClientId::from_u128(client)), service }])
}

fn limits() -> SqlLimits {
    SqlLimits { rows: 1_000, time: SignedDuration::from_secs(30), bytes: 64 << 20, parquet: false }
}

async fn asks(engine: &Engine, scope: &Scope, statement: &str) -> Result<SqlTable, Problem> {
    engine.query(scope, statement.into(), Vec::new(), limits()).await
}

async fn rows(engine: &Engine, statement: &str) -> Vec<Vec<Value>> {
    match asks(engine, &everybody(), statement).await {
        Ok(table) => table.rows,
        Err(problem) => panic!("{statement}: {problem} {:?}", problem.cause),
    }
}

/// Two clients with a service each, and a second service of the first.
fn town() -> Memory {
    let mut memory = Memory::default();
    memory.put(1, 10, "2026-11-20", &Rows::Events(vec![event(1, 10, "2026-11-20T10:00:00Z", "start", 5)]));
    memory.put(
        1,
        10,
        "2026-11-21",
        &Rows::Events(vec![
            event(1, 10, "2026-11-21T10:00:00Z", "start", 6),
            event(1, 10, "2026-11-21T10:05:00Z", "done", 6),
        ]),
    );
    memory.put(
        1,
        11,
        "2026-11-21",
        &Rows::Events(vec![event(1, 11, "2026-11-21T11:00:00Z", "neighbour", 7)]),
    );
    memory.put(2, 20, "2026-11-21", &Rows::Events(vec![event(2, 20, "2026-11-21T12:00:00Z", "secret", 8)]));
    memory
}

fn services() -> StateTable {
    StateTable {
        name: "services",
        columns: vec![
            ("id", SqlKind::Text),
            ("name", SqlKind::Text),
            ("client", SqlKind::Text),
            ("since", SqlKind::Time),
        ],
        rows: vec![vec![
            json!(ServiceId::from_u128(10).to_string()),
            json!("Parking permits"),
            json!("Lindehaven"),
            json!("2026-01-02T03:04:05Z"),
        ]],
    }
}

#[tokio::test]
async fn counts_what_is_there() {
    let engine = town().engine();
    let counted =
        rows(&engine, "select name, count(*) as n from events group by name order by n desc, name").await;
    assert_eq!(
        counted,
        vec![
            vec![json!("start"), json!(2)],
            vec![json!("done"), json!(1)],
            vec![json!("neighbour"), json!(1)],
            vec![json!("secret"), json!(1)]
        ]
    );
}

#[tokio::test]
async fn every_column_can_be_named_without_quotes_and_is_filled() {
    let at: Timestamp = "2026-11-21T10:00:00.25Z".parse().expect("an instant");
    let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(10));
    let mut memory = Memory::default();
    let full = Event {
        user: 1,
        case: 2,
        referrer: "r".into(),
        source: "s".into(),
        medium: "m".into(),
        campaign: "c".into(),
        release: "1".into(),
        bot: "agent".into(),
        ..event(1, 10, "2026-11-21T10:00:00Z", "start", u64::MAX)
    };
    let props = vec![("a".to_owned(), "b".to_owned())];
    let all = [
        Rows::Events(vec![full]),
        Rows::Checks(vec![Check {
            client,
            service,
            probe: kernel::ProbeId::from_u128(4),
            at,
            took: 1_500,
            outcome: "failed".into(),
            reason: "refused".into(),
        }]),
        Rows::Vitals(vec![Vital {
            client,
            service,
            at,
            visit: 3,
            load: 4,
            path: "/".into(),
            device: Device::Desktop,
            release: "1".into(),
            name: VitalName::Lcp,
            value: 2_500.0,
            bot: "agent".into(),
        }]),
        Rows::Spans(vec![Span {
            client,
            service,
            at,
            took: 2_000,
            trace: 5,
            span: 6,
            parent: 7,
            component: "web".into(),
            name: "GET /".into(),
            kind: "server".into(),
            error: true,
            peer: "db".into(),
            props: props.clone(),
        }]),
        Rows::Metrics(vec![Metric {
            client,
            service,
            at,
            component: "web".into(),
            name: "cpu".into(),
            unit: "1".into(),
            kind: "gauge".into(),
            value: 0.5,
            count: 1,
            props: props.clone(),
        }]),
        Rows::Logs(vec![LogLine {
            client,
            service,
            at,
            component: "web".into(),
            severity: 17,
            body: "no".into(),
            trace: 5,
            span: 6,
            props,
        }]),
    ];
    for rows in &all {
        memory.put(1, 10, "2026-11-21", rows);
    }
    let engine = memory.engine();
    for table in Table::ALL {
        let names: Vec<&str> = columns::all(table).map(|(name, _)| name).collect();
        let statement =
            format!("select {} from {} order by {}", names.join(", "), table.word(), names.join(", "));
        let answer = asks(&engine, &everybody(), &statement).await.expect("an answer");
        let kinds: Vec<SqlKind> = columns::all(table).map(|(_, kind)| kind.kind()).collect();
        assert_eq!(
            answer.columns.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(),
            kinds,
            "{}",
            table.word()
        );
        for (name, cell) in names.iter().zip(&answer.rows[0]) {
            assert!(!cell.is_null(), "{}.{name} is empty", table.word());
        }
    }
    let spans = rows(&engine, "select took_ms, trace_id, span_id, error, at, day from spans").await;
    let expected = json!([
        2.0,
        format!("{:032x}", 5),
        format!("{:016x}", 6),
        true,
        "2026-11-21T10:00:00.250Z",
        "2026-11-21"
    ]);
    assert_eq!(json!(spans[0]), expected);
    let long = rows(&engine, "select visit_id from events").await;
    assert_eq!(long[0][0], json!(u64::MAX.to_string()), "a number that JSON would round is a text");
}

#[tokio::test]
async fn what_is_not_known_is_null() {
    let mut memory = Memory::default();
    memory.put(1, 10, "2026-11-21", &Rows::Events(vec![event(1, 10, "2026-11-21T10:00:00Z", "start", 0)]));
    let engine = memory.engine();
    let found =
        rows(&engine, "select count(visit_id), count(campaign), count(bot), count(*) from events").await;
    assert_eq!(json!(found[0]), json!([0, 0, 0, 1]));
}

#[tokio::test]
async fn services_have_their_names_and_state_can_be_joined() {
    let engine = town().engine();
    let statement = "select e.service, e.client, s.since, count(*) from events e \
                     join services s on s.id = e.service_id group by 1, 2, 3";
    let answer =
        engine.query(&everybody(), statement.into(), vec![services()], limits()).await.expect("an answer");
    assert_eq!(json!(answer.rows), json!([["Parking permits", "Lindehaven", "2026-01-02T03:04:05Z", 3]]));
    let unnamed = rows(&engine, "select distinct service from events where name = 'secret'").await;
    assert_eq!(unnamed[0][0], json!(ServiceId::from_u128(20).to_string()));
}

#[tokio::test]
async fn only_parts_that_can_fit_are_read() {
    let engine = town().engine();
    for (filter, parts) in [
        ("true", 4),
        ("service = 'Parking permits'", 2),
        ("not (service = 'Parking permits')", 2),
        ("service_id = 'x'", 0),
        ("day = '2026-11-20'", 1),
        ("at >= '2026-11-21T00:00:00Z' and client = 'Lindehaven'", 1),
        ("at >= now() - interval '1 day'", 3),
        ("service in ('Parking permits') and name = 'start'", 2),
    ] {
        let statement = format!("explain select count(*) from events where {filter}");
        let answer = engine.query(&everybody(), statement, vec![services()], limits()).await.expect("a plan");
        let plan = json!(answer.rows).to_string();
        let read = if parts == 0 {
            !plan.contains("parts=") || plan.contains("parts=0")
        } else {
            plan.contains(&format!("parts={parts},"))
        };
        assert!(read, "{filter}: {plan}");
    }
}

// -- the wall

#[tokio::test]
async fn nobody_reads_another_clients_rows() {
    let engine = town().engine();
    let scope = reader_of(1, None);
    for statement in [
        "select * from events",
        "select * from events union all select * from events",
        "select (select max(name) from events) as x, (select string_agg(name, ',') from events) as y",
        "with e as (select * from events) select a.name, b.name from e a cross join e b",
        "select * from events where client_id <> '' or 1 = 1",
        "select * from tend.public.events",
        "select name from events where exists (select 1 from events x where x.name >= 's')",
        "select * from information_schema.tables",
        "select * from information_schema.columns",
        "select * from information_schema.views",
        "explain analyze verbose select * from events",
        "explain verbose select * from events where name = 'start'",
        "show tables",
        "show columns from events",
        "describe events",
        "select distinct client, client_id, service_id from events",
        "select min(name), max(name), count(*) from events",
    ] {
        let answer = asks(&engine, &scope, statement).await;
        let answer = answer.unwrap_or_else(|problem| panic!("{statement}: {problem} {:?}", problem.cause));
        let said = json!(answer.rows).to_string();
        assert!(!said.contains("secret"), "{statement}: {said}");
        assert!(!said.contains(&ClientId::from_u128(2).to_string()), "{statement}: {said}");
        assert!(!said.contains(&ServiceId::from_u128(20).to_string()), "{statement}: {said}");
    }
    let counted = asks(&engine, &scope, "select count(*) from events").await.expect("an answer");
    assert_eq!(counted.rows, vec![vec![json!(4)]]);
}

#[tokio::test]
async fn who_sees_one_service_sees_one_service() {
    let engine = town().engine();
    let counted = asks(&engine, &reader_of(1, Some(11)), "select name from events").await.expect("an answer");
    assert_eq!(json!(counted.rows), json!([["neighbour"]]));
    let nothing =
        asks(&engine, &somebody(Vec::new()), "select count(*) from events").await.expect("an answer");
    assert_eq!(json!(nothing.rows), json!([[0]]));
}

#[tokio::test]
async fn the_wall_holds_whatever_is_asked() {
    // A statement of every shape that the grammar of this test knows, by somebody who sees one client.
    let engine = town().engine();
    let scope = reader_of(1, None);
    let sources = [
        "events",
        "(select * from events)",
        "(select * from events union select * from events)",
        "tend.public.events",
    ];
    let filters = [
        "true",
        "name like '%e%'",
        "service_id in (select service_id from events)",
        "at < now()",
        "bot is null or true",
    ];
    let lists = [
        "*",
        "name",
        "client, service, name",
        "max(name) over (partition by client_id) as m",
        "name || client_id as x",
    ];
    for source in sources {
        for filter in filters {
            for list in lists {
                let statement = format!("select {list} from {source} as e where {filter}");
                let answer = asks(&engine, &scope, &statement).await;
                let answer =
                    answer.unwrap_or_else(|problem| panic!("{statement}: {problem} {:?}", problem.cause));
                assert!(!json!(answer.rows).to_string().contains("secret"), "{statement}");
            }
        }
    }
}

// -- reading only

#[tokio::test]
async fn a_statement_only_reads() {
    let engine = town().engine();
    for (statement, code) in [
        ("create external table x stored as csv location '/etc/passwd'", "sql-reads-only"),
        ("create table x as select * from events", "sql-reads-only"),
        ("create view x as select 1", "sql-reads-only"),
        ("copy events to '/tmp/x.csv'", "sql-reads-only"),
        ("copy (select 1) to '/tmp/x.csv' stored as csv", "sql-reads-only"),
        ("explain copy (select 1) to '/tmp/x.csv'", "sql-reads-only"),
        ("explain analyze create table x as select 1", "sql-reads-only"),
        ("insert into events select * from events", "sql-reads-only"),
        ("explain insert into events select * from events", "sql-reads-only"),
        ("update events set name = 'x'", "sql-reads-only"),
        ("delete from events", "sql-reads-only"),
        ("truncate table events", "sql-reads-only"),
        ("drop table events", "sql-reads-only"),
        ("set datafusion.execution.batch_size = 1", "sql-reads-only"),
        ("reset datafusion.execution.batch_size", "sql-reads-only"),
        ("show all", "sql-reads-only"),
        ("show datafusion.execution.batch_size", "sql-reads-only"),
        ("select * from information_schema.df_settings", "sql-reads-only"),
        ("prepare p as select 1", "sql-reads-only"),
        ("execute p", "sql-reads-only"),
        ("begin", "sql-reads-only"),
        ("create function f() returns int return 1", "sql-reads-only"),
        ("select 1 into x", "sql-reads-only"),
        ("with x as (insert into events select 1) select * from x", "sql-reads-only"),
        ("select 1; select 2", "sql-one-statement"),
        ("select 1; drop table events", "sql-one-statement"),
        ("", "sql-one-statement"),
        ("-- nothing", "sql-one-statement"),
    ] {
        let problem = asks(&engine, &everybody(), statement).await.expect_err(statement);
        assert_eq!((problem.code, problem.kind), (code, Kind::Invalid), "{statement}: {problem}");
    }
    for statement in [
        "select * from '/etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from '/tmp/x.parquet'",
        "select * from read_csv('/etc/passwd')",
        "select * from parquet_metadata('/etc/passwd')",
        "select load_extension('x')",
        "select * from 'https://example.org/x.csv'",
    ] {
        let problem = asks(&engine, &everybody(), statement).await.expect_err(statement);
        assert!(["sql-mistake", "sql-wrong"].contains(&problem.code), "{statement}: {problem}");
    }
}

#[tokio::test]
async fn a_trailing_semicolon_is_fine() {
    assert_eq!(rows(&town().engine(), "select 1;").await, vec![vec![json!(1)]]);
}

// -- limits

#[tokio::test]
async fn what_never_ends_is_ended() {
    let engine = town().engine();
    let short = SqlLimits { time: SignedDuration::from_millis(200), ..limits() };
    for statement in [
        "with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t",
        "select count(*) from generate_series(1, 9000000000000000) a",
        "select sum(a.value * b.value) from generate_series(1, 1000000) a cross join generate_series(1, 1000000) b",
        "select count(*) from generate_series(1, 1000000) a join generate_series(1, 1000000) b on a.value > b.value + 1",
        "select count(*) from generate_series(1, 1000000) a join generate_series(1, 1000000) b on a.value > b.value + 9000000",
        "select count(*) from generate_series(1, 1000000) a join generate_series(1, 1000000) b on a.value % 2 = b.value % 3 and a.value > b.value + 9000000",
        "select count(*) from generate_series(1, 1000000) a left join generate_series(1, 1000000) b on a.value * b.value = -1",
        "select count(*) from generate_series(1, 1000000) a where exists (select 1 from generate_series(1, 1000000) b where a.value + b.value < 0)",
        "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b where a.value % 7 = b.value % 11",
    ] {
        let problem =
            engine.query(&everybody(), statement.into(), Vec::new(), short).await.expect_err(statement);
        let ended = ["sql-took-too-long", "sql-too-much-memory"].contains(&problem.code);
        assert!(ended, "{statement}: {problem} {:?}", problem.cause);
    }
    // The threads are free again: what was ended does not go on in the background.
    for _ in 0..8 {
        assert_eq!(rows(&engine, "select count(*) from events").await[0][0], json!(5));
    }
}

#[tokio::test]
async fn too_much_memory_is_refused() {
    let engine = town().engine();
    let small = SqlLimits { bytes: 4 << 20, ..limits() };
    for statement in [
        "select value, count(*) from generate_series(1, 3000000) group by value order by 2 desc limit 1",
        "select * from generate_series(1, 3000000) a join generate_series(1, 3000000) b using (value)",
        "select string_agg(cast(value as varchar), ',') from generate_series(1, 3000000)",
        "select array_agg(value) from generate_series(1, 3000000)",
        "select value from generate_series(1, 3000000) order by value desc",
        "select max(s) from (select sum(value) over () as s from generate_series(1, 3000000))",
    ] {
        let problem =
            engine.query(&everybody(), statement.into(), Vec::new(), small).await.expect_err(statement);
        assert_eq!(problem.code, "sql-too-much-memory", "{statement}: {problem} {:?}", problem.cause);
    }
}

#[tokio::test]
async fn a_text_cannot_grow_past_the_limits() {
    let engine = town().engine();
    let doubling: String = (0..40).fold("select repeat('x', 1000) as s".into(), |inner, _| {
        format!("select s || s as s from ({inner})")
    });
    let concat = doubling.replace("s || s", "concat(s, s)");
    for statement in [
        "select repeat('x', 1000000000)".to_owned(),
        "select length(repeat(name, 100000000)) from events".to_owned(),
        "select levenshtein(repeat('x', 1000000), repeat('y', 1000000))".to_owned(),
        "select lpad('x', 1000000000, 'y')".to_owned(),
        "select rpad('x', 1000000000)".to_owned(),
        "select replace(repeat('x', 1000000), 'x', repeat('y', 1000000))".to_owned(),
        "select regexp_replace(repeat('x', 1000000), 'x', repeat('y', 1000000), 'g')".to_owned(),
        doubling,
        concat,
    ] {
        let problem = asks(&engine, &everybody(), &statement).await.expect_err(&statement);
        // A statement nested too deep does not even get there.
        let refused = problem.code == "sql-too-much-memory" || problem.to_string().contains("deep");
        assert!(refused, "{statement}: {problem} {:?}", problem.cause);
    }
    let fine = rows(
        &engine,
        "select 'a' || 1 || 'b', 'a' || null, concat('a', null), repeat('ab', 2), lpad('7', 3, '0')",
    )
    .await;
    assert_eq!(json!(fine[0]), json!(["a1b", null, "a", "abab", "007"]));
}

#[tokio::test]
async fn rows_beyond_the_limit_are_cut_and_said_to_be() {
    let engine = town().engine();
    let few = SqlLimits { rows: 3, ..limits() };
    let answer =
        engine.query(&everybody(), "select * from generate_series(1, 10)".into(), Vec::new(), few).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.rows.len(), answer.cut), (3, true));
    let answer =
        engine.query(&everybody(), "select * from generate_series(1, 3)".into(), Vec::new(), few).await;
    assert!(!answer.expect("an answer").cut);
}

#[tokio::test]
async fn a_statement_that_nests_deep_is_a_mistake_not_a_crash() {
    let engine = town().engine();
    let parens = format!("select {}1{}", "(".repeat(2_400), ")".repeat(2_400));
    let sum = format!("select 1{}", "+1".repeat(2_490));
    let not = format!("select {}true", "not ".repeat(1_200));
    let or = format!("select 1 where 1=1{}", " or 1=2".repeat(600));
    let case = format!("select {}1{}", "case when true then ".repeat(180), " end".repeat(180));
    let queries = format!("{}select 1{}", "select * from (".repeat(180), ")".repeat(180));
    for statement in [parens, sum, not, or, case, queries, "x".repeat(crate::guard::MAX_STATEMENT + 1)] {
        // An answer or a refusal; what counts is that the program goes on.
        let _ = asks(&engine, &everybody(), &statement).await;
    }
    assert_eq!(rows(&engine, "select 1").await, vec![vec![json!(1)]]);
}

// -- mistakes

#[tokio::test]
async fn a_mistake_says_where() {
    let engine = town().engine();
    let arg = |problem: &Problem, name: &str| {
        problem.args.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    for (statement, line, column, says) in [
        ("select nme from events", "1", "8", "nme"),
        ("select name\nfrom evnts", "2", "6", "evnts"),
        ("select name\n  frm events", "2", "7", "events"),
        ("select count(* from events", "1", "16", "from"),
        ("select nosuch(name) from events", "1", "8", "nosuch"),
    ] {
        let problem = asks(&engine, &everybody(), statement).await.expect_err(statement);
        assert_eq!(problem.code, "sql-mistake", "{statement}");
        assert_eq!(
            (arg(&problem, "line"), arg(&problem, "column")),
            (line.into(), column.into()),
            "{problem}"
        );
        assert!(arg(&problem, "said").contains(says), "{problem}");
    }
    for statement in [
        "select 1 / 0",
        "select cast('x' as int)",
        "select sum(name) from events",
        "select quantile(value, 2) from events",
    ] {
        let problem = asks(&engine, &everybody(), statement).await.expect_err(statement);
        assert_eq!(problem.kind, Kind::Invalid, "{statement}: {problem} {:?}", problem.cause);
        assert!(!arg(&problem, "said").contains("DataFusion"), "{problem}");
    }
}

// -- functions of our own

#[tokio::test]
async fn properties_are_found_by_name() {
    let engine = town().engine();
    let found = rows(
        &engine,
        "select prop(props, 'method'), prop(props, 'none'), prop(props, 'step') from events limit 1",
    )
    .await;
    assert_eq!(json!(found[0]), json!(["ideal", null, "3"]));
    let odd = r#"select prop('{"a b":1,"n":null,"o":{"x":2}}', 'a b'), prop('{"n":null}', 'n'), prop('no', 'n'), prop(null, 'n')"#;
    assert_eq!(json!(rows(&engine, odd).await[0]), json!(["1", null, null, null]));
}

#[tokio::test]
async fn now_is_the_askers_clock() {
    let engine = town().engine();
    let found = rows(&engine, "select now(), current_timestamp, current_date, today()").await;
    assert_eq!(
        json!(found[0]),
        json!(["2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22", "2026-11-22"])
    );
}

#[tokio::test]
async fn times_can_be_cut_and_moved_to_a_zone() {
    let engine = town().engine();
    let found = rows(&engine, "select date_trunc('hour', at), at at time zone 'Europe/Amsterdam' as there, date_part('hour', at) as h from events order by events.at limit 1").await;
    assert_eq!(json!(found[0]), json!(["2026-11-20T10:00:00Z", "2026-11-20T11:00:00+01:00", 10]));
}

#[tokio::test]
async fn quantiles_are_those_of_the_sketch() {
    let mut memory = Memory::default();
    let mut sketch = Sketch::default();
    for day in 0..3 {
        let events = (0..500u32).map(|n| {
            let value = f64::from((n * 7919 + day * 104_729) % 10_007) / 3.0;
            sketch.add(value);
            Event { value: Some(value), ..event(1, 10, &format!("2026-11-2{day}T10:00:00Z"), "paid", 5) }
        });
        let events = Rows::Events(events.collect());
        memory.put(1, 10, &format!("2026-11-2{day}"), &events);
    }
    let engine = memory.engine();
    let found =
        rows(&engine, "select p50(value), p75(value), p95(value), quantile(value, 0.99) from events").await;
    let expected = [0.5, 0.75, 0.95, 0.99].map(|share| sketch.quantile(share));
    assert_eq!(json!(found[0]), json!(expected));
    let grouped = rows(&engine, "select day, p50(value) from events group by day order by day").await;
    assert_eq!(grouped.len(), 3);
    assert_eq!(json!(rows(&engine, "select p50(value) from events where false").await), json!([[null]]));
}

#[tokio::test]
async fn a_funnel_takes_its_window_as_people_write_it() {
    let engine = town().engine();
    for window in ["'10m'", "interval '10 minutes'", "600", "600.0"] {
        let statement = format!(
            "select max(level), max(took) from (select funnel_level({window}, at, name = 'start', name = 'done') as level, \
             funnel_took({window}, at, name = 'start', name = 'done') as took from events group by visit_id)"
        );
        assert_eq!(json!(rows(&engine, &statement).await), json!([[2, 300_000.0]]), "{window}");
    }
    for wrong in [
        "funnel_level('10m', at, name = 'start')",
        "funnel_level('10 bananas', at, name = 'start', name = 'done')",
        "funnel_level(name, at, name = 'start', name = 'done')",
        "funnel_level('10m', at)",
        "funnel_level()",
    ] {
        let statement = format!("select {wrong} from events");
        let problem = asks(&engine, &everybody(), &statement).await.expect_err(wrong);
        let said = ["sql-mistake", "sql-wrong"].contains(&problem.code);
        assert!(said, "{wrong}: {problem} {:?}", problem.cause);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever way rows are spread over parts and partitions, SQL says of each unit what the kernel says.
    #[test]
    fn a_funnel_in_sql_is_the_kernels(
        events in prop::collection::vec((1u64..30, 0i64..400, 0usize..4, 0u128..3), 1..250),
        window in 1i64..200,
        order in prop::sample::select(vec![Order::Ordered, Order::Strict, Order::Any]),
    ) {
        let names = ["a", "b", "c", "other"];
        let mut units: BTreeMap<u64, Vec<Step>> = BTreeMap::new();
        let mut parts: BTreeMap<u128, Vec<Event>> = BTreeMap::new();
        let start: Timestamp = "2026-11-21T10:00:00Z".parse().expect("an instant");
        for (unit, second, name, part) in &events {
            let at = start + SignedDuration::from_secs(*second);
            let matches = if *name < 3 { 1u32 << name } else { 0 };
            units.entry(*unit).or_default().push(Step { at: at.as_microsecond(), matches, excluded: 0 });
            let event = Event { at, ..event(1, 10 + part, "2026-11-21T10:00:00Z", names[*name], *unit) };
            parts.entry(*part).or_default().push(event);
        }
        let spec = Spec { order, ..Spec::ordered(3, window * 1_000_000) };
        let mut walker = Walker::new(&spec).expect("a funnel");
        let expected: Vec<(u64, u8, Option<f64>)> = units.into_iter().map(|(unit, mut steps)| {
            steps.sort_by_key(|step| (step.at, step.matches));
            steps.into_iter().for_each(|step| walker.push(step));
            let reached = walker.finish();
            (unit, reached.level, reached.took.map(|took| took as f64 / 1_000.0))
        }).collect();

        let mut memory = Memory::default();
        for (part, events) in parts {
            memory.put(1, 10 + part, "2026-11-21", &Rows::Events(events));
        }
        let suffix = match order { Order::Ordered => "", Order::Strict => "_strict", Order::Any => "_any" };
        let ask = format!("'{window}s', at, name = 'a', name = 'b', name = 'c'");
        let statement = format!(
            "select visit_id, funnel_level{suffix}({ask}), funnel_took{suffix}({ask}) from events group by visit_id order by 1"
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let found = runtime.block_on(async { rows(&memory.engine(), &statement).await });
        let found: Vec<(u64, u8, Option<f64>)> = found.into_iter().map(|row| {
            (row[0].as_u64().expect("a unit"), u8::try_from(row[1].as_u64().expect("a level")).expect("small"), row[2].as_f64())
        }).collect();
        prop_assert_eq!(found, expected);
    }
}

// -- files

#[tokio::test]
async fn an_answer_comes_as_a_parquet_file() {
    let engine = town().engine();
    let wanted = SqlLimits { parquet: true, rows: 2, ..limits() };
    let answer = engine
        .query(&everybody(), "select name, at, value from events order by name".into(), Vec::new(), wanted)
        .await;
    let file = answer.expect("an answer").parquet.expect("a file");
    let read =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file));
    let batches: Vec<_> =
        read.expect("a file").build().expect("a reader").collect::<Result<_, _>>().expect("rows");
    assert_eq!(batches.iter().map(arrow_array::RecordBatch::num_rows).sum::<usize>(), 2);
    assert_eq!(batches[0].num_columns(), 3);
}

#[tokio::test]
async fn files_and_open_rows_are_one_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.parquet");
    let sealed = Rows::Events(vec![
        event(1, 10, "2026-11-21T09:00:00Z", "sealed", 3),
        event(1, 10, "2026-11-21T09:30:00Z", "sealed", 4),
    ]);
    let batch = lake::table::batch(&sealed);
    let file = std::fs::File::create(&path).expect("a file");
    let properties = lake::table::properties(Table::Events);
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("an end");
    let mut memory = town();
    let source = Source::File(lake::query::FileSource {
        bytes: std::fs::metadata(&path).expect("a file").len(),
        path,
        rows: 2,
        from: "2026-11-21T09:00:00Z".parse().expect("an instant"),
        until: "2026-11-21T09:30:00Z".parse().expect("an instant"),
    });
    memory.add(1, 10, "2026-11-21", &sealed, source);
    let engine = memory.engine();
    let found = rows(&engine, "select name, count(*) from events where client_id = (select max(client_id) from events where name = 'sealed') and service_id like '%' group by name order by name").await;
    assert_eq!(json!(found), json!([["done", 1], ["neighbour", 1], ["sealed", 2], ["start", 2]]));
}
