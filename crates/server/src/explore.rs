//! Questions in SQL: a screen to ask them, the same as JSON, CSV and Parquet.
//!
//! A question is an address (`/explore/sql?q=select ..`), so that it can be sent to somebody, who sees what they
//! may see. The engine is `lake_sql`, linked only where the program was built with the feature `sql`;
//! without it the same screen says how to get it.

mod chart;
mod csv;
mod state;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::Method;
use kernel::lake::{Sql, SqlLimits, SqlTable};
use kernel::{Kind, Problem, Scope, SignedDuration};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Access, Asks, Nav, Query, Refusal, Routes, Shown, Site};

pub use csv::write as to_csv;
pub use state::{NAMES as STATE_TABLES, tables as state_tables};
pub use view::{ExploreView, samples};

use crate::system::Later;

/// Rows that a screen shows; whoever wants more takes the file.
const SHOWN: usize = 500;
/// Rows of a file.
pub const IN_FILE: usize = 100_000;
/// Below what a request may take at all.
const TIME: SignedDuration = SignedDuration::from_secs(20);
/// Bytes of memory of one question.
const BYTES: usize = 256 << 20;

/// What a statement may take, for an answer of so many rows.
#[must_use]
pub fn limits(rows: usize, parquet: bool) -> SqlLimits {
    SqlLimits { rows, time: TIME, bytes: BYTES, parquet }
}

/// The doors of this screen.
pub fn routes(inside: &Later) -> Routes {
    let (for_screen, for_csv, for_parquet) = (Arc::clone(inside), Arc::clone(inside), Arc::clone(inside));
    Routes::new("server")
        .nav(Nav::new("explore", "/explore/sql", "code", 80))
        .screen(
            "/explore/sql",
            Access::See,
            move |State(site): State<Site>, Asks(scope): Asks, Query(asked): Query<Asked>, uri: http::Uri| async move {
                let program = uri.path().starts_with(web::API);
                Ok::<_, Refusal>(Shown(screen(&site, &scope, engine(&for_screen), asked, program).await?))
            },
        )
        .raw(
            Method::GET,
            "/explore/sql.csv",
            Access::See,
            move |State(site): State<Site>, Asks(scope): Asks, Query(asked): Query<Asked>| async move {
                let table = answer(&site, &scope, engine(&for_csv), &asked, limits(IN_FILE, false)).await?;
                Ok::<_, Refusal>(file("csv", "text/csv; charset=utf-8", csv::write(&table).into_bytes()))
            },
        )
        .raw(
            Method::GET,
            "/explore/sql.parquet",
            Access::See,
            move |State(site): State<Site>, Asks(scope): Asks, Query(asked): Query<Asked>| async move {
                let table = answer(&site, &scope, engine(&for_parquet), &asked, limits(IN_FILE, true)).await?;
                let bytes = table.parquet.unwrap_or_default();
                Ok::<_, Refusal>(file("parquet", "application/vnd.apache.parquet", bytes))
            },
        )
}

fn engine(inside: &Later) -> Option<Arc<dyn Sql>> {
    inside.get().and_then(|inside| inside.sql.clone())
}

/// What is asked.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Asked {
    /// One statement that reads.
    #[serde(default)]
    pub q: Option<String>,
}

impl Asked {
    fn statement(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|statement| !statement.is_empty())
    }
}

/// What a question without the engine is answered.
fn not_built() -> Problem {
    Problem::new(Kind::NotFound, "sql-not-built")
}

async fn answer(
    site: &Site,
    scope: &Scope,
    engine: Option<Arc<dyn Sql>>,
    asked: &Asked,
    limits: SqlLimits,
) -> Result<SqlTable, Problem> {
    let engine = engine.ok_or_else(not_built)?;
    let statement = asked.statement().unwrap_or_default();
    let tables = state::tables(&site.db, scope, statement).await?;
    engine.query(scope, statement.to_owned(), tables, limits).await
}

/// A mistake in the statement is part of the screen, beside what was written; a program gets the problem.
async fn screen(
    site: &Site,
    scope: &Scope,
    engine: Option<Arc<dyn Sql>>,
    asked: Asked,
    program: bool,
) -> Result<ExploreView, Problem> {
    let Some(sql) = &engine else {
        // Who asks nothing is told how it stands; a program that asks something hears why it gets no answer.
        let asks = program && asked.statement().is_some();
        return if asks { Err(not_built()) } else { Ok(ExploreView::without_engine()) };
    };
    let schema = view::schema(sql.tables());
    let Some(statement) = asked.statement() else { return Ok(ExploreView::blank(schema)) };
    match answer(site, scope, engine.clone(), &asked, limits(SHOWN, false)).await {
        Ok(table) => Ok(ExploreView::answered(statement, schema, table)),
        Err(problem) if program || problem.kind == Kind::Fault => Err(problem),
        Err(problem) => {
            if let Some(cause) = &problem.cause {
                tracing::info!(problem = problem.code, cause = %cause, "a question in SQL was refused");
            }
            Ok(ExploreView::refused(statement, schema, &problem))
        }
    }
}

fn file(ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"tend.{ending}\"");
    ([(http::header::CONTENT_TYPE, kind.to_owned()), (http::header::CONTENT_DISPOSITION, name)], bytes)
        .into_response()
}

#[cfg(test)]
mod tests;
