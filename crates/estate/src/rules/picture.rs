//! The picture of what depends on what, laid out in columns from left to right.
//!
//! Everything stands to the right of what needs it, in the first column where that is so (longest path). A line
//! that passes over columns gets a bend in each, so that it goes between boxes and not through them. Within a
//! column boxes and bends are ordered by the average place of their neighbours, swept there and back a few
//! times (the barycentre rule of Sugiyama, Tagawa and Toda, 1981). Boxes without any line stand below in rows.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

/// Width of a box, in units of the picture (CSS pixels at 100 %).
pub const BOX_WIDTH: i32 = 184;
/// Height of a box.
pub const BOX_HEIGHT: i32 = 44;
/// Room between columns: enough for a curve that can be followed by eye.
const COLUMN_GAP: i32 = 56;
/// Room between boxes of a column.
const ROW_GAP: i32 = 16;
/// Height kept free for a line that passes through a column.
const BEND_HEIGHT: i32 = 12;
/// Room around everything.
const MARGIN: i32 = 4;
/// Boxes without lines in a row.
const LOOSE_IN_A_ROW: usize = 4;
/// Sweeps over the columns; more than this changes nothing in pictures of the size we allow.
const SWEEPS: usize = 8;
/// The most boxes in a picture. Above it a table says more.
pub const MAX_BOXES: usize = 80;

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Width of the whole.
    pub width: i32,
    /// Height of the whole.
    pub height: i32,
    /// The upper left corner of each box, in the order given.
    pub boxes: Vec<(i32, i32)>,
    /// The points each line goes through, in the order given: out of the right side of the box that needs,
    /// into the left side of the box that is needed.
    pub lines: Vec<Vec<(i32, i32)>>,
}

/// Lays out `count` boxes and the lines between them. None when there is nothing to lay out, too much, or a
/// circle (which the rules keep out).
#[must_use]
pub fn layout(count: usize, lines: &[(usize, usize)]) -> Option<Layout> {
    if count == 0 || count > MAX_BOXES || lines.iter().any(|(a, b)| *a >= count || *b >= count) {
        return None;
    }
    let column_of = columns(count, lines)?;
    let touched = |node: usize| lines.iter().any(|(from, to)| *from == node || *to == node);
    let loose: Vec<usize> = (0..count).filter(|node| !touched(*node)).collect();
    let mut sheet = Sheet::new(&column_of, lines, &touched);
    for sweep in 0..SWEEPS {
        sheet.sweep(sweep % 2 == 0);
    }
    Some(sheet.place(count, lines.len(), &loose))
}

fn columns(count: usize, lines: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<NodeIndex> = (0..count).map(|_| graph.add_node(())).collect();
    for (from, to) in lines {
        graph.add_edge(nodes[*from], nodes[*to], ());
    }
    let order = toposort(&graph, None).ok()?;
    let mut column = vec![0_usize; count];
    for node in order {
        for next in graph.neighbors(node) {
            column[next.index()] = column[next.index()].max(column[node.index()] + 1);
        }
    }
    Some(column)
}

#[derive(Clone, Copy)]
enum Spot {
    Box(usize),
    Bend { line: usize },
}

/// Spots per column with their neighbours in the columns beside them.
struct Sheet {
    spots: Vec<Spot>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    columns: Vec<Vec<usize>>,
    paths: Vec<Vec<usize>>,
}

impl Sheet {
    fn new(column_of: &[usize], lines: &[(usize, usize)], touched: &dyn Fn(usize) -> bool) -> Self {
        let last = column_of.iter().copied().max().unwrap_or(0);
        let mut sheet = Sheet {
            spots: (0..column_of.len()).map(Spot::Box).collect(),
            before: vec![Vec::new(); column_of.len()],
            after: vec![Vec::new(); column_of.len()],
            columns: vec![Vec::new(); last + 1],
            paths: Vec::with_capacity(lines.len()),
        };
        for node in (0..column_of.len()).filter(|node| touched(*node)) {
            sheet.columns[column_of[node]].push(node);
        }
        for (line, (from, to)) in lines.iter().enumerate() {
            let mut path = vec![*from];
            for column in column_of[*from] + 1..column_of[*to] {
                sheet.spots.push(Spot::Bend { line });
                sheet.before.push(Vec::new());
                sheet.after.push(Vec::new());
                sheet.columns[column].push(sheet.spots.len() - 1);
                path.push(sheet.spots.len() - 1);
            }
            path.push(*to);
            for pair in path.windows(2) {
                sheet.after[pair[0]].push(pair[1]);
                sheet.before[pair[1]].push(pair[0]);
            }
            sheet.paths.push(path);
        }
        sheet
    }

    fn sweep(&mut self, rightwards: bool) {
        let mut rank = vec![0_usize; self.spots.len()];
        for column in &self.columns {
            for (place, spot) in column.iter().enumerate() {
                rank[*spot] = place;
            }
        }
        let order: Vec<usize> = if rightwards {
            (1..self.columns.len()).collect()
        } else {
            (0..self.columns.len().saturating_sub(1)).rev().collect()
        };
        for column in order {
            let neighbours = if rightwards { &self.before } else { &self.after };
            // Thousandths, so that ties are ties and the order is the same on every machine.
            let wanted = |spot: usize| match neighbours[spot].len() {
                0 => rank[spot] * 1_000,
                n => neighbours[spot].iter().map(|other| rank[*other] * 1_000).sum::<usize>() / n,
            };
            let mut sorted: Vec<(usize, usize)> =
                self.columns[column].iter().map(|spot| (wanted(*spot), *spot)).collect();
            sorted.sort_by_key(|(wanted, _)| *wanted);
            self.columns[column] = sorted.into_iter().map(|(_, spot)| spot).collect();
            for (place, spot) in self.columns[column].iter().enumerate() {
                rank[*spot] = place;
            }
        }
    }

    fn height_of(&self, spot: usize) -> i32 {
        match self.spots[spot] {
            Spot::Box(_) => BOX_HEIGHT,
            Spot::Bend { .. } => BEND_HEIGHT,
        }
    }

    fn height_of_column(&self, column: &[usize]) -> i32 {
        let gaps = ROW_GAP * i32::try_from(column.len().saturating_sub(1)).unwrap_or(0);
        column.iter().map(|spot| self.height_of(*spot)).sum::<i32>() + gaps
    }

    fn place(&self, count: usize, line_count: usize, loose: &[usize]) -> Layout {
        let tallest = self.columns.iter().map(|column| self.height_of_column(column)).max().unwrap_or(0);
        let mut boxes = vec![(0, 0); count];
        let mut middle = vec![(0, 0); self.spots.len()];
        let mut width = 0;
        for (number, column) in self.columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
            let x = MARGIN + step(number, BOX_WIDTH + COLUMN_GAP);
            let mut y = MARGIN + (tallest - self.height_of_column(column)) / 2;
            for spot in column {
                middle[*spot] = (x, y + self.height_of(*spot) / 2);
                if let Spot::Box(node) = self.spots[*spot] {
                    boxes[node] = (x, y);
                }
                y += self.height_of(*spot) + ROW_GAP;
            }
            width = width.max(x + BOX_WIDTH + MARGIN);
        }
        let top = if tallest == 0 { MARGIN } else { MARGIN + tallest + 2 * ROW_GAP };
        let mut height = tallest + 2 * MARGIN;
        for (at, node) in loose.iter().enumerate() {
            let x = MARGIN + step(at % LOOSE_IN_A_ROW, BOX_WIDTH + ROW_GAP);
            let y = top + step(at / LOOSE_IN_A_ROW, BOX_HEIGHT + ROW_GAP);
            boxes[*node] = (x, y);
            width = width.max(x + BOX_WIDTH + MARGIN);
            height = y + BOX_HEIGHT + MARGIN;
        }
        let lines = (0..line_count).map(|line| self.points(line, &middle)).collect();
        Layout { width, height, boxes, lines }
    }

    fn points(&self, line: usize, middle: &[(i32, i32)]) -> Vec<(i32, i32)> {
        let path = &self.paths[line];
        let mut points = Vec::with_capacity(path.len() * 2);
        for (at, spot) in path.iter().enumerate() {
            let (x, y) = middle[*spot];
            if at > 0 {
                points.push((x, y));
            }
            if at + 1 < path.len() {
                points.push((x + BOX_WIDTH, y));
            }
            debug_assert!(!matches!(self.spots[*spot], Spot::Bend { line: other } if other != line));
        }
        points
    }
}

fn step(times: usize, each: i32) -> i32 {
    i32::try_from(times).unwrap_or(0).saturating_mul(each)
}

/// The points as the `d` of an SVG path: level where it leaves and arrives, a soft bend between.
#[must_use]
pub fn curve(points: &[(i32, i32)]) -> String {
    let Some((x, y)) = points.first() else { return String::new() };
    let mut d = format!("M{x} {y}");
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        if y == to_y {
            d.push_str(&format!(" H{to_x}"));
        } else {
            let half = (x + to_x) / 2;
            d.push_str(&format!(" C{half} {y} {half} {to_y} {to_x} {to_y}"));
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_needed_stands_to_the_right() {
        let layout = layout(4, &[(0, 1), (1, 2), (0, 2)]).unwrap();
        let x: Vec<i32> = layout.boxes.iter().map(|(x, _)| *x).collect();
        assert!(x[0] < x[1] && x[1] < x[2], "{x:?}");
        assert_eq!(layout.lines[2].len(), 4, "the long line bends once on its way");
        assert!(layout.boxes[3].1 > layout.boxes[0].1, "what has no line stands below");
    }

    #[test]
    fn lines_do_not_cross_where_they_need_not() {
        // a and b each need one; listed crosswise.
        let layout = layout(4, &[(0, 3), (1, 2)]).unwrap();
        let above = |a: usize, b: usize| layout.boxes[a].1 < layout.boxes[b].1;
        assert_eq!(above(0, 1), above(3, 2));
    }

    #[test]
    fn nothing_too_much_and_circles_have_no_picture() {
        assert_eq!(layout(0, &[]), None);
        assert_eq!(layout(MAX_BOXES + 1, &[]), None);
        assert!(layout(MAX_BOXES, &[]).is_some());
        assert_eq!(layout(2, &[(0, 1), (1, 0)]), None);
        assert_eq!(layout(1, &[(0, 7)]), None);
    }

    #[test]
    fn a_curve_leaves_and_arrives_level() {
        assert_eq!(curve(&[(0, 5), (10, 5)]), "M0 5 H10");
        assert_eq!(curve(&[(0, 0), (10, 20)]), "M0 0 C5 0 5 20 10 20");
        assert_eq!(curve(&[]), "");
    }

    proptest! {
        #[test]
        fn no_two_boxes_overlap_and_all_fit(
            count in 1_usize..40,
            pairs in prop::collection::vec((0_usize..40, 0_usize..40), 0..60),
        ) {
            let lines: Vec<(usize, usize)> =
                pairs.into_iter().filter(|(a, b)| a < b && *b < count).collect();
            let layout = layout(count, &lines).unwrap();
            for (a, (x, y)) in layout.boxes.iter().enumerate() {
                prop_assert!(*x >= 0 && *y >= 0);
                prop_assert!(x + BOX_WIDTH <= layout.width && y + BOX_HEIGHT <= layout.height);
                for (other_x, other_y) in &layout.boxes[..a] {
                    prop_assert!((x - other_x).abs() >= BOX_WIDTH || (y - other_y).abs() >= BOX_HEIGHT);
                }
            }
            for (points, (from, to)) in layout.lines.iter().zip(&lines) {
                prop_assert_eq!(points[0].0, layout.boxes[*from].0 + BOX_WIDTH);
                prop_assert_eq!(points[points.len() - 1].0, layout.boxes[*to].0);
                prop_assert!(layout.boxes[*from].0 < layout.boxes[*to].0);
            }
        }
    }
}
