//! Several sorted runs as one.
//!
//! A run hands out batches in the order of files. The merge takes rows from whichever run has the smallest key,
//! and of equal ones from the first run, a batch of each in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use arrow_array::RecordBatch;
use arrow_select::interleave::interleave_record_batch;
use kernel::Problem;
use kernel::lake::Table;

use crate::table;

/// Rows of a batch that the merge hands out.
const ROWS: usize = 16 * 1024;

/// Batches in the order of files.
pub(crate) type Run = Box<dyn Iterator<Item = Result<RecordBatch, Problem>> + Send>;

/// When the first and last row of some were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

struct Head {
    run: Run,
    batch: RecordBatch,
    order: Vec<(u64, i64)>,
    next: usize,
}

/// Merges runs and hands every batch to `out` with the span of its times.
pub(crate) fn merge(
    table: Table,
    runs: Vec<Run>,
    out: &mut dyn FnMut(&RecordBatch, Span) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut heads = Vec::new();
    for mut run in runs {
        if let Some((batch, order)) = next_of(table, &mut run)? {
            heads.push(Head { run, batch, order, next: 0 });
        }
    }
    let mut heap: BinaryHeap<Reverse<((u64, i64), usize)>> =
        heads.iter().enumerate().map(|(at, head)| Reverse((head.order[0], at))).collect();
    let mut picked: Vec<(usize, usize)> = Vec::with_capacity(ROWS);
    while let Some(Reverse((_, at))) = heap.pop() {
        let head = &mut heads[at];
        // Everything of this run up to the smallest key of the others.
        let bound = heap.peek().map(|Reverse((key, other))| (*key, *other));
        while head.next < head.order.len() && picked.len() < ROWS {
            if bound.is_some_and(|bound| (head.order[head.next], at) > bound) {
                break;
            }
            picked.push((at, head.next));
            head.next += 1;
        }
        let empty = head.next == head.order.len();
        if empty || picked.len() >= ROWS {
            flush(&heads, &mut picked, out)?;
        }
        let head = &mut heads[at];
        if empty {
            let Some((batch, order)) = next_of(table, &mut head.run)? else {
                head.order = Vec::new();
                continue;
            };
            (head.batch, head.order, head.next) = (batch, order, 0);
        }
        heap.push(Reverse((head.order[head.next], at)));
    }
    flush(&heads, &mut picked, out)
}

/// A batch and the key of each of its rows.
type Keyed = (RecordBatch, Vec<(u64, i64)>);

fn next_of(table: Table, run: &mut Run) -> Result<Option<Keyed>, Problem> {
    for batch in run {
        let batch = batch?;
        if batch.num_rows() > 0 {
            let order = table::order(table, &batch)?;
            return Ok(Some((batch, order)));
        }
    }
    Ok(None)
}

fn flush(
    heads: &[Head],
    picked: &mut Vec<(usize, usize)>,
    out: &mut dyn FnMut(&RecordBatch, Span) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let (Some(first), Some(last)) = (picked.first().copied(), picked.last().copied()) else { return Ok(()) };
    let times = picked.iter().map(|(at, row)| heads[*at].order[*row].1);
    let span = times.fold(Span { from: i64::MAX, until: i64::MIN }, |span, at| Span {
        from: span.from.min(at),
        until: span.until.max(at),
    });
    // A stretch of one run needs no copy.
    let one = picked.iter().all(|(at, _)| *at == first.0);
    let batch = if one {
        heads[first.0].batch.slice(first.1, last.1 + 1 - first.1)
    } else {
        let batches: Vec<&RecordBatch> = heads.iter().map(|head| &head.batch).collect();
        interleave_record_batch(&batches, picked).map_err(Problem::fault)?
    };
    picked.clear();
    out(&batch, span)
}

/// Merges batches in memory to one.
pub(crate) fn to_one(table: Table, batches: &[RecordBatch]) -> Result<RecordBatch, Problem> {
    let mut order: Vec<((u64, i64), usize, usize)> = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        order.extend(table::order(table, batch)?.into_iter().enumerate().map(|(row, key)| (key, at, row)));
    }
    order.sort_unstable();
    let picked: Vec<(usize, usize)> = order.into_iter().map(|(_, at, row)| (at, row)).collect();
    let all: Vec<&RecordBatch> = batches.iter().collect();
    interleave_record_batch(&all, &picked).map_err(Problem::fault)
}

#[cfg(test)]
mod tests;
