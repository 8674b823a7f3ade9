//! What a statement may say. The rules:
//! 1. One statement, of a bounded length.
//! 2. It reads: select (with or without `with`), explain, show tables, show columns, describe. Nothing else, at any depth.
//! 3. It names tables, never files; and not the engine's own settings.

use std::collections::VecDeque;

use datafusion::logical_expr::sqlparser::ast::{Query, SetExpr, Statement as Sql};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use kernel::{Kind, Problem};

use crate::wrong;

/// The longest statement, in bytes. It fits into an address, so that a query can be sent to somebody as a link.
pub const MAX_STATEMENT: usize = 5_000;
/// How deep a statement may nest.
const MAX_DEPTH: usize = 50;

/// The one statement of a text, when it only reads.
pub fn one_reading(text: &str) -> Result<Statement, Problem> {
    if text.len() > MAX_STATEMENT {
        return Err(Problem::new(Kind::Invalid, "sql-too-long").with("limit", MAX_STATEMENT));
    }
    let mut statements = parse(text)?;
    let (Some(statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(Problem::new(Kind::Invalid, "sql-one-statement"));
    };
    reads(&statement)?;
    Ok(statement)
}

fn parse(text: &str) -> Result<VecDeque<Statement>, Problem> {
    let parser = DFParserBuilder::new(text).with_recursion_limit(MAX_DEPTH).build();
    parser.and_then(|mut parser| parser.parse_statements()).map_err(|error| wrong::problem(&error))
}

fn reads(statement: &Statement) -> Result<(), Problem> {
    match statement {
        Statement::Explain(explained) => reads(&explained.statement),
        Statement::Statement(sql) => {
            sql_reads(sql)?;
            // What shows tables goes through the engine's own lists, where it shows tables.
            let shows =
                matches!(**sql, Sql::ExplainTable { .. } | Sql::ShowTables { .. } | Sql::ShowColumns { .. });
            if shows { Ok(()) } else { names_tables(statement) }
        }
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => Err(only_reads()),
    }
}

fn sql_reads(sql: &Sql) -> Result<(), Problem> {
    match sql {
        Sql::Query(query) => query_reads(query),
        Sql::Explain { statement, .. } => sql_reads(statement),
        Sql::ExplainTable { .. } | Sql::ShowTables { .. } | Sql::ShowColumns { .. } => Ok(()),
        _ => Err(only_reads()),
    }
}

fn query_reads(query: &Query) -> Result<(), Problem> {
    for with in query.with.iter().flat_map(|with| &with.cte_tables) {
        query_reads(&with.query)?;
    }
    body_reads(&query.body)
}

/// What a body that is written here says. What stands in expressions is looked at in the plan, where the engine
/// refuses every node that changes something.
fn body_reads(body: &SetExpr) -> Result<(), Problem> {
    match body {
        SetExpr::Select(select) if select.into.is_some() => Err(only_reads()),
        SetExpr::Select(_) | SetExpr::Values(_) | SetExpr::Table(_) => Ok(()),
        SetExpr::Query(query) => query_reads(query),
        SetExpr::SetOperation { left, right, .. } => body_reads(left).and_then(|()| body_reads(right)),
        _ => Err(only_reads()),
    }
}

/// The settings of the engine tell of this machine and are nobody's business.
fn names_tables(statement: &Statement) -> Result<(), Problem> {
    let (tables, _) = resolve_table_references(statement, true).map_err(|error| wrong::problem(&error))?;
    match tables.iter().any(|table| table.table().eq_ignore_ascii_case("df_settings")) {
        true => Err(only_reads()),
        false => Ok(()),
    }
}

fn only_reads() -> Problem {
    Problem::new(Kind::Invalid, "sql-reads-only")
}
