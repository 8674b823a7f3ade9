use kernel::Timestamp;
use kernel::lake::Rows;

use super::*;
use crate::tests::{NOON, event};

#[test]
fn sorted_runs_become_one_sorted_run_with_every_row_once() {
    let noon: Timestamp = NOON.parse().expect("a time");
    // Runs of different sizes, with keys that overlap and repeat.
    let runs: Vec<Vec<RecordBatch>> = (0..4u64)
        .map(|run| {
            let rows = (0..run * 3_000).map(|row| {
                let at = noon + jiff::SignedDuration::from_secs((row * 7 % 1_000) as i64);
                event(run * 100_000 + row, at)
            });
            let whole = table::batch(&Rows::Events(rows.collect()));
            (0..whole.num_rows().div_ceil(1_000))
                .map(|part| whole.slice(part * 1_000, 1_000.min(whole.num_rows() - part * 1_000)))
                .collect()
        })
        .collect();
    let all: Vec<RecordBatch> = runs.iter().flatten().cloned().collect();
    let mut merged = Vec::new();
    let runs = runs.into_iter().map(crate::files::run_of).collect();
    merge(Table::Events, runs, &mut |batch, span| {
        assert!(batch.num_rows() <= ROWS && span.from <= span.until);
        merged.push(batch.clone());
        Ok(())
    })
    .expect("it merges");
    let order: Vec<(u64, i64)> =
        merged.iter().flat_map(|batch| table::order(Table::Events, batch).expect("an order")).collect();
    assert_eq!(order.len(), 18_000);
    assert!(order.is_sorted());
    let numbers = |batches: &[RecordBatch]| {
        let mut found: Vec<i64> = batches
            .iter()
            .flat_map(|batch| match table::rows(Table::Events, batch).expect("rows") {
                Rows::Events(rows) => rows,
                _ => Vec::new(),
            })
            .map(|event| event.value.unwrap_or(-1.0) as i64)
            .collect();
        found.sort_unstable();
        found
    };
    assert_eq!(numbers(&merged), numbers(&all));
    let one = to_one(Table::Events, &all).expect("it merges");
    assert_eq!(numbers(std::slice::from_ref(&one)), numbers(&all));
    assert!(table::order(Table::Events, &one).expect("an order").is_sorted());
}
