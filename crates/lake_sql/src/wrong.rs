//! What went wrong, in words for whoever wrote the statement: with line and column where they are known, and
//! without the engine's own way of saying it.

use datafusion::common::DataFusionError;
use datafusion::logical_expr::sqlparser::parser::ParserError;
use kernel::{Kind, Problem};

/// The longest message; a plan can be long.
const MAX_MESSAGE: usize = 600;

/// The problem behind an error of the engine.
pub fn problem(error: &DataFusionError) -> Problem {
    if let Some(problem) = ours(error) {
        return problem;
    }
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Problem::new(Kind::Invalid, "sql-too-much-memory"),
        DataFusionError::IoError(_) => Problem::fault(error.to_string()),
        DataFusionError::Internal(_) | DataFusionError::ExecutionJoin(_) => {
            // A hole in the engine: a person can go on by saying it differently, and the log knows.
            mistake("sql-not-possible", &without_bug_report(&error.find_root().to_string()), None)
                .because(error.to_string())
        }
        root => {
            let place = error.diagnostic().and_then(|diagnostic| diagnostic.span);
            let place = place.map(|span| (span.start.line, span.start.column));
            let (said, inside) = match root {
                DataFusionError::SQL(wrong, _) => split_place(&parser_words(wrong)),
                other => (other.message().into_owned(), None),
            };
            mistake("sql-wrong", &said, place.or(inside))
        }
    }
}

/// A problem of ours that went through the engine.
fn ours(error: &DataFusionError) -> Option<Problem> {
    let DataFusionError::External(inside) = error.find_root() else { return None };
    let inside = inside.downcast_ref::<Problem>()?;
    let mut problem = Problem::new(inside.kind, inside.code);
    problem.args.clone_from(&inside.args);
    Some(problem.because(inside.to_string()))
}

/// A mistake in the statement: `sql-mistake` with its place, else a code that needs none.
fn mistake(code: &'static str, said: &str, place: Option<(u64, u64)>) -> Problem {
    // People write the short names.
    let said: String = said.trim().replace("tend.public.", "").chars().take(MAX_MESSAGE).collect();
    match place {
        Some((line, column)) => {
            let problem = Problem::new(Kind::Invalid, "sql-mistake").with("said", said);
            problem.with("line", line).with("column", column)
        }
        None => Problem::new(Kind::Invalid, code).with("said", said),
    }
}

fn parser_words(wrong: &ParserError) -> String {
    match wrong {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.clone(),
        ParserError::RecursionLimitExceeded => "the statement nests too deep".into(),
    }
}

/// "Expected: .., found: x at Line: 1, Column: 8" without and with its place.
fn split_place(said: &str) -> (String, Option<(u64, u64)>) {
    let Some((said, place)) = said.rsplit_once(" at Line: ") else { return (said.to_owned(), None) };
    let place = place.split_once(", Column: ").and_then(|(line, column)| {
        let column: String = column.chars().take_while(char::is_ascii_digit).collect();
        Some((line.trim().parse().ok()?, column.parse().ok()?))
    });
    (said.to_owned(), place)
}

fn without_bug_report(said: &str) -> String {
    said.split("\nThis issue was likely caused").next().unwrap_or(said).trim_end_matches('.').to_owned()
}
