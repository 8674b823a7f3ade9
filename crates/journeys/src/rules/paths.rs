//! The picture of paths (Sankey): a column per place, a box per value whose height is units, a ribbon per flow.
//!
//! 1. Within a column the most common value stands on top, the rest and the end of paths at the bottom.
//! 2. Heights share one scale: the fullest column fills the picture.
//! 3. A box too thin to see is drawn one unit high; ribbons keep their true width.

use std::collections::BTreeMap;

use kernel::lake::{Flow, Group};
use schemars::JsonSchema;
use serde::Serialize;

/// Width of a column's boxes, in units of the picture.
const BOX: f64 = 10.0;
/// From one column to the next.
const STEP: f64 = 210.0;
/// Height of the picture without gaps.
const HEIGHT: f64 = 300.0;
/// Between two boxes of a column: a line of text fits beside each.
const GAP: f64 = 14.0;
/// Room for the words beside the last column.
const WORDS: f64 = 180.0;
/// Room above the first box.
const TOP: f64 = 8.0;

/// A box: so many units were at this value at this place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Stop {
    /// The place on the path, counted from 0.
    pub place: u8,
    /// The value; null for the rest.
    pub value: Option<String>,
    /// The value as it fits beside the box: the end of a path tells more than its beginning.
    pub label: Option<String>,
    /// Whether paths end here.
    pub end: bool,
    /// Units.
    pub units: u64,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Height.
    pub height: f64,
}

/// A ribbon: so many units went from one box to another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Ribbon {
    /// The value it comes from; null for the rest.
    pub from: Option<String>,
    /// The value it goes to; null for the rest or the end.
    pub to: Option<String>,
    /// Whether the path ends there.
    pub end: bool,
    /// The place it comes from.
    pub place: u8,
    /// Units.
    pub units: u64,
    /// Its outline, as an SVG path.
    pub outline: String,
}

/// The picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Picture {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The boxes.
    pub stops: Vec<Stop>,
    /// The ribbons.
    pub ribbons: Vec<Ribbon>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Value(String),
    Rest,
    End,
}

fn key(group: &Group) -> Key {
    match group {
        Group::Value(value) => Key::Value(value.clone()),
        Group::Rest | Group::All => Key::Rest,
    }
}

fn word(key: &Key) -> Option<String> {
    match key {
        Key::Value(value) => Some(value.clone()),
        Key::Rest | Key::End => None,
    }
}

/// Lays the flows out. Empty when there are none.
#[must_use]
pub fn picture(flows: &[Flow]) -> Picture {
    let mut boxes: BTreeMap<(u8, Key), (u64, u64)> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.units > 0) {
        boxes.entry((flow.place, key(&flow.from))).or_default().1 += flow.units;
        let to = flow.to.as_ref().map_or(Key::End, key);
        boxes.entry((flow.place.saturating_add(1), to)).or_default().0 += flow.units;
    }
    let mut columns: BTreeMap<u8, Vec<(Key, u64)>> = BTreeMap::new();
    for ((place, key), (into, out)) in &boxes {
        columns.entry(*place).or_default().push((key.clone(), (*into).max(*out)));
    }
    let Some(fullest) = columns.values().map(|stops| stops.iter().map(|(_, units)| units).sum::<u64>()).max()
    else {
        return Picture::default();
    };
    let scale = HEIGHT / fullest.max(1) as f64;
    let (mut stops, mut places) = (Vec::new(), BTreeMap::new());
    let mut lowest: f64 = 0.0;
    for (place, mut column) in columns {
        let last = |key: &Key| match key {
            Key::Value(_) => 0,
            Key::Rest => 1,
            Key::End => 2,
        };
        column.sort_by(|a, b| {
            (last(&a.0), std::cmp::Reverse(a.1), &a.0).cmp(&(last(&b.0), std::cmp::Reverse(b.1), &b.0))
        });
        let (x, mut y) = (f64::from(place) * STEP, TOP);
        for (key, units) in column {
            let height = units as f64 * scale;
            places.insert((place, key.clone()), (x, y));
            let (value, end) = (word(&key), key == Key::End);
            let label = value.as_deref().map(short);
            stops.push(Stop {
                place,
                value,
                label,
                end,
                units,
                x,
                y: round(y),
                height: round(height.max(1.0)),
            });
            y += height.max(1.0) + GAP;
        }
        lowest = lowest.max(y);
    }
    let ribbons = ribbons(flows, &places, scale);
    let columns = stops.iter().map(|stop| stop.place).max().unwrap_or(0);
    Picture { width: f64::from(columns) * STEP + BOX + WORDS, height: round(lowest), stops, ribbons }
}

fn ribbons(flows: &[Flow], places: &BTreeMap<(u8, Key), (f64, f64)>, scale: f64) -> Vec<Ribbon> {
    let mut sorted: Vec<&Flow> = flows.iter().filter(|flow| flow.units > 0).collect();
    let top = |place: u8, key: &Key| places.get(&(place, key.clone())).map_or(0.0, |(_, y)| *y);
    let to = |flow: &Flow| flow.to.as_ref().map_or(Key::End, key);
    // From the top down on both sides, so that ribbons of one box cross as little as they can.
    sorted.sort_by(|a, b| {
        let order = |flow: &Flow| {
            let (from, to) = (key(&flow.from), to(flow));
            (flow.place, top(flow.place, &from), top(flow.place + 1, &to))
        };
        let (one, other) = (order(a), order(b));
        one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)).then(one.2.total_cmp(&other.2))
    });
    let mut out: BTreeMap<(u8, Key), f64> = BTreeMap::new();
    let mut into = out.clone();
    let mut all = Vec::with_capacity(sorted.len());
    for flow in sorted {
        let (from, to) = (key(&flow.from), to(flow));
        let thick = flow.units as f64 * scale;
        let (from_at, to_at) = ((flow.place, from.clone()), (flow.place + 1, to.clone()));
        let (Some((x1, y1)), Some((x2, y2))) = (places.get(&from_at), places.get(&to_at)) else { continue };
        let left = out.entry(from_at).or_insert(*y1);
        let right = into.entry(to_at).or_insert(*y2);
        let (x1, middle) = (x1 + BOX, (x1 + BOX + x2) / 2.0);
        let outline = format!(
            "M{x1:.1} {l:.1}C{middle:.1} {l:.1} {middle:.1} {r:.1} {x2:.1} {r:.1}V{rb:.1}C{middle:.1} {rb:.1} {middle:.1} {lb:.1} {x1:.1} {lb:.1}Z",
            l = *left,
            r = *right,
            rb = *right + thick,
            lb = *left + thick,
        );
        *left += thick;
        *right += thick;
        let end = to == Key::End;
        all.push(Ribbon {
            from: word(&from),
            to: word(&to),
            end,
            place: flow.place,
            units: flow.units,
            outline,
        });
    }
    all
}

/// A step before is proposed when at least this share of those who reached the end came through it.
const WORTH: f64 = 0.2;

/// The flows into a value at the place after this one; into any value when none is given.
fn into<'a>(flows: &'a [Flow], place: u8, to: Option<&'a str>) -> impl Iterator<Item = &'a Flow> {
    flows.iter().filter(move |flow| {
        flow.place == place
            && match (&flow.to, to) {
                (Some(Group::Value(value)), Some(wanted)) => value == wanted,
                (Some(Group::Value(_)), None) => true,
                _ => false,
            }
    })
}

/// The strongest way to the last place, from its first step on: who reached the end came mostly through these.
#[must_use]
pub fn strongest(flows: &[Flow]) -> Vec<String> {
    let Some(last) = flows.iter().filter(|flow| flow.to.is_some()).map(|flow| flow.place).max() else {
        return Vec::new();
    };
    let best = into(flows, last, None).max_by_key(|flow| flow.units);
    let Some(Group::Value(end)) = best.and_then(|flow| flow.to.clone()) else { return Vec::new() };
    let all: u64 = into(flows, last, Some(&end)).map(|flow| flow.units).sum();
    let mut way = vec![end];
    for place in (0..=last).rev() {
        let to = way.last().cloned().unwrap_or_default();
        let strongest = into(flows, place, Some(&to))
            .filter_map(|flow| match &flow.from {
                Group::Value(value) => Some((flow.units, value.clone())),
                Group::All | Group::Rest => None,
            })
            .max();
        match strongest {
            Some((units, value)) if units as f64 >= WORTH * all as f64 && !way.contains(&value) => {
                way.push(value)
            }
            _ => break,
        }
    }
    way.reverse();
    way
}

/// Letters that fit beside a box.
const LETTERS: usize = 22;

fn short(value: &str) -> String {
    let count = value.chars().count();
    if count <= LETTERS {
        return value.to_owned();
    }
    std::iter::once('…').chain(value.chars().skip(count + 1 - LETTERS)).collect()
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(place: u8, from: &str, to: Option<&str>, units: u64) -> Flow {
        let group = |text: &str| if text == "…" { Group::Rest } else { Group::Value(text.into()) };
        Flow { place, from: group(from), to: to.map(group), units }
    }

    #[test]
    fn nothing_is_an_empty_picture() {
        assert_eq!(picture(&[]), Picture::default());
        assert_eq!(picture(&[flow(0, "/", None, 0)]), Picture::default());
    }

    #[test]
    fn the_strongest_way_is_proposed_and_side_paths_are_not() {
        let flows = [
            flow(0, "/", Some("/apply"), 70),
            flow(0, "/help", Some("/apply"), 20),
            flow(1, "/apply", Some("/pay"), 80),
            flow(1, "/news", Some("/pay"), 5),
            flow(2, "/pay", Some("/done"), 85),
            flow(2, "…", Some("/done"), 15),
        ];
        assert_eq!(strongest(&flows), ["/", "/apply", "/pay", "/done"]);
        assert_eq!(strongest(&flows[4..]), ["/pay", "/done"]);
        assert_eq!(
            strongest(&[flow(0, "/rare", Some("/done"), 1), flow(0, "…", Some("/done"), 99)]),
            ["/done"]
        );
        assert_eq!(strongest(&[]), [] as [&str; 0]);
    }

    #[test]
    fn what_flows_in_flows_out_or_ends_and_the_most_common_stands_on_top() {
        let flows = [
            flow(0, "/", Some("/apply"), 60),
            flow(0, "/", Some("/help"), 30),
            flow(0, "…", Some("/apply"), 10),
            flow(1, "/apply", Some("/done"), 50),
            flow(1, "/apply", None, 20),
            flow(1, "/help", None, 30),
        ];
        let picture = picture(&flows);
        let column: Vec<(Option<&str>, u64)> = picture
            .stops
            .iter()
            .filter(|stop| stop.place == 1)
            .map(|stop| (stop.value.as_deref(), stop.units))
            .collect();
        assert_eq!(column, [(Some("/apply"), 70), (Some("/help"), 30)]);
        let last = picture.stops.iter().filter(|stop| stop.place == 2).collect::<Vec<_>>();
        assert_eq!((last[0].value.as_deref(), last[1].end, last[1].units), (Some("/done"), true, 50));
        assert_eq!(picture.ribbons.len(), 6);
        // The fullest column fills the picture: 100 units are 300 high.
        assert_eq!(picture.stops[0].height, 270.0);
        assert!(picture.stops.iter().all(|stop| stop.y + stop.height <= picture.height));
    }
}
