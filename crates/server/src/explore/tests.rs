use kernel::Problem;
use kernel::lake::{SqlKind, SqlTable};
use serde_json::{Value, json};

use super::chart::{self, Chart};
use super::view::ExploreView;
use super::{csv, state};

fn table(columns: &[(&str, SqlKind)], rows: Value) -> SqlTable {
    SqlTable {
        columns: columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
        rows: serde_json::from_value(rows).expect("rows"),
        ..SqlTable::default()
    }
}

#[test]
fn a_file_keeps_nothing_and_empty_apart_and_is_no_formula() {
    let table = table(
        &[("a \"name\"", SqlKind::Text), ("n", SqlKind::Int)],
        json!([["x,y", 1], ["", null], [null, -2.5], ["=cmd()", 3], ["-1", true], ["say \"hi\"\nthere", 4]]),
    );
    assert_eq!(
        csv::write(&table),
        "\"a \"\"name\"\"\",\"n\"\r\n\"x,y\",1\r\n\"\",\r\n,-2.5\r\n\"'=cmd()\",3\r\n\"'-1\",true\r\n\"say \"\"hi\"\"\nthere\",4\r\n"
    );
}

#[test]
fn a_number_over_time_is_a_line_in_order() {
    let columns = [("who", SqlKind::Text), ("n", SqlKind::Int), ("day", SqlKind::Time), ("m", SqlKind::Int)];
    let rows = json!([["a", 2, "2026-11-22", 9], ["b", null, "2026-11-21T00:00:00Z", 9]]);
    let Some(Chart::Line { number, axis, points }) = chart::of(&table(&columns, rows)) else {
        panic!("a line");
    };
    assert_eq!((number.as_str(), axis.as_str()), ("n", "day"));
    assert_eq!(points.iter().map(|point| point.value).collect::<Vec<_>>(), [None, Some(2.0)]);
}

#[test]
fn a_number_over_words_is_bars() {
    let columns = [("n", SqlKind::Float), ("path", SqlKind::Text)];
    let Some(Chart::Bars { bars, max, .. }) = chart::of(&table(&columns, json!([[3.5, "/"], [1, "/b"]])))
    else {
        panic!("bars");
    };
    assert_eq!((bars.len(), bars[0].word.as_str(), max), (2, "/", 3.5));
}

#[test]
fn what_has_no_single_line_has_no_picture() {
    let time = [("at", SqlKind::Time), ("n", SqlKind::Int)];
    let word = [("a", SqlKind::Text), ("n", SqlKind::Int)];
    for (columns, rows) in [
        (&time[..], json!([["2026-11-21", 1], ["2026-11-21", 2]])),
        (&time[..], json!([["2026-11-21", 1], ["2026-11-22", -2]])),
        (&time[..], json!([["2026-11-21", 1]])),
        (&time[..], json!([["2026-11-21", 1], [null, 2]])),
        (&word[..], json!([["a", 1], ["a", 2]])),
        (&word[..], json!([["a", 0], ["b", 0]])),
        (&word[..], json!([["a", null], ["b", null]])),
        (&word[..1], json!([["a"], ["b"]])),
        (&word[1..], json!([[1], [2]])),
        (&[][..], json!([])),
    ] {
        assert_eq!(chart::of(&table(columns, rows.clone())), None, "{rows}");
    }
}

#[test]
fn a_mistake_is_shown_under_its_place() {
    let problem = Problem::new(kernel::Kind::Invalid, "sql-mistake")
        .with("said", "no")
        .with("line", 2)
        .with("column", 3);
    let view = ExploreView::refused("select\n\té, x", Vec::new(), &problem);
    let refused = view.refused.expect("refused");
    assert_eq!((refused.line, refused.column, refused.shown.as_deref()), (2, 3, Some("\té, x\n\t ^")));
    let nowhere = Problem::new(kernel::Kind::Invalid, "sql-mistake").with("line", 0).with("column", 0);
    assert_eq!(ExploreView::refused("select", Vec::new(), &nowhere).refused.expect("refused").shown, None);
    let beyond = Problem::new(kernel::Kind::Invalid, "sql-mistake").with("line", 9).with("column", 90);
    assert_eq!(ExploreView::refused("select", Vec::new(), &beyond).refused.expect("refused").shown, None);
}

#[test]
fn services_are_named_as_the_engine_expects() {
    let (name, columns) = state::NAMES[0];
    assert_eq!(name, "services");
    for wanted in ["id", "name", "client"] {
        assert!(columns.iter().any(|(column, _)| *column == wanted), "{wanted}");
    }
}

#[tokio::test]
async fn every_row_of_the_state_has_its_columns() {
    store::testing::each_db(&crate::schemas(), async |db, scope| {
        let statement = "select * from services, incidents, probes, journeys";
        for table in state::tables(&db, &scope, statement).await.expect("tables") {
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
        }
    })
    .await;
}
