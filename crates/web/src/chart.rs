//! Charts as SVG made on the server: lines for time, strips for availability, thin bars for parts. Missing
//! data is a gap. Every value can be pointed at; the same stands in a table beside it (components.html).
//!
//! The drawings have no inline styles: lines are stretched in a nested picture, texts are placed in per cent
//! and keep their size.

use jiff::Timestamp;
use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use crate::moment;
use crate::show;
use crate::words::{escape, instant, number, wrong};

/// Points of one chart: more than pixels show nothing more.
const MAX_POINTS: usize = 5_000;
/// Marks of one chart.
const MAX_MARKS: usize = 100;
/// Marks that are labelled directly; more would stand on each other.
const LABELLED: usize = 4;
/// Points that can be pointed at singly; of more, every other (third, ..) is.
const MAX_HITS: usize = 200;
/// Room for the times below a chart, in pixels.
const FOOT: usize = 20;
/// Room for labels above a chart, in pixels.
const HEAD: usize = 18;

struct Point {
    at: Timestamp,
    value: Option<f64>,
    n: Option<f64>,
    /// What is expected and between which limits, where something is.
    expected: Option<[f64; 3]>,
}

struct Mark {
    at: Timestamp,
    until: Option<Timestamp>,
    kind: String,
    text: String,
}

/// `svg_chart(points, label, unit, marks, height)`.
pub(crate) fn chart(
    points: Value,
    label: String,
    unit: String,
    marks: Value,
    height: usize,
) -> Result<Value, Error> {
    let points = read_points(&points)?;
    let marks = read_marks(&marks)?;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Ok(Value::from_safe_string(nothing(&label)));
    };
    let (from, to) = (first.at.as_microsecond() as f64, last.at.as_microsecond() as f64);
    if points.iter().all(|point| point.value.is_none() && point.expected.is_none()) || to <= from {
        return Ok(Value::from_safe_string(nothing(&label)));
    }
    let highest = points.iter().flat_map(|point| [point.value, point.expected.map(|[_, _, high]| high)]);
    let top = nice(highest.flatten().fold(0.0, f64::max));
    let x = |at: Timestamp| ((at.as_microsecond() as f64 - from) / (to - from)).clamp(0.0, 1.0) * 100.0;
    let plot = height.saturating_sub(FOOT + HEAD).max(20);
    let y = |value: f64| HEAD as f64 + plot as f64 * (1.0 - value / top);
    let mut svg =
        format!(r#"<svg role="img" aria-label="{}" height="{height}" width="100%">"#, escape(&label));
    grid(&mut svg, &y, top);
    times(&mut svg, first.at, last.at, height);
    spans(&mut svg, &marks, &x, plot);
    band(&mut svg, &points, top, &x, plot);
    lines(&mut svg, &points, top, &x, plot);
    lonely(&mut svg, &points, &x, &y);
    hits(&mut svg, &points, &unit, &x, plot);
    scale(&mut svg, top, &unit, &y);
    labels(&mut svg, &marks, &x, plot);
    svg.push_str("</svg>");
    Ok(Value::from_safe_string(svg))
}

/// `svg_spark(points, label, state)`.
pub(crate) fn spark(points: Value, label: String, state: Option<String>) -> Result<Value, Error> {
    let values: Vec<Option<f64>> =
        points.try_iter()?.take(MAX_POINTS).map(|value| number(&value)).collect::<Result<_, _>>()?;
    let top = values.iter().flatten().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let step = 100.0 / (values.len().saturating_sub(1).max(1)) as f64;
    let at = |place: usize, value: f64| (place as f64 * step, 22.0 - 20.0 * value / top);
    let mut path = String::new();
    let mut area = String::new();
    for run in runs(&values) {
        let line: Vec<String> = run
            .iter()
            .map(|(place, value)| at(*place, *value))
            .map(|(x, y)| format!("{x:.2},{y:.2}"))
            .collect();
        path.push_str(&format!("M{}", line.join("L")));
        let (start, end) = (run[0].0 as f64 * step, run[run.len() - 1].0 as f64 * step);
        area.push_str(&format!("M{start:.2},24L{}L{end:.2},24Z", line.join("L")));
    }
    let class = state.map(|state| format!(" state-{}", escape(&state))).unwrap_or_default();
    Ok(Value::from_safe_string(format!(
        r#"<svg class="spark{class}" role="img" aria-label="{}" viewBox="0 0 100 24" preserveAspectRatio="none"><path class="area" d="{area}"/><path d="{path}"/></svg>"#,
        escape(&label)
    )))
}

/// `svg_strip(days, label, brief)`: a bar a day; worse is taller, so that it can be told without colour.
pub(crate) fn strip(days: Value, label: String, brief: Option<bool>) -> Result<Value, Error> {
    let days: Vec<Value> = days.try_iter()?.take(MAX_POINTS).collect();
    let mut svg = format!(
        r#"<svg role="img" aria-label="{}" viewBox="0 0 {} 28" preserveAspectRatio="none">"#,
        escape(&label),
        (days.len() * 10).saturating_sub(2).max(1)
    );
    if brief == Some(true) {
        svg.push_str(&brief_bars(&days)?);
        svg.push_str("</svg>");
        return Ok(Value::from_safe_string(svg));
    }
    for (place, day) in days.iter().enumerate() {
        let state = day.get_attr("state")?;
        let word = state.as_str().unwrap_or("none");
        let height = bar_height(word);
        let when = day.get_attr("day")?;
        let text = day.get_attr("text")?;
        svg.push_str(&format!(
            r#"<rect class="state-{}" x="{}" y="{}" width="8" height="{height}" rx="1"><title>{}: {}</title></rect>"#,
            escape(word),
            place * 10,
            28 - height,
            escape(&crate::words::day(when)?),
            escape(&crate::words::plain_text(&text)?),
        ));
    }
    svg.push_str("</svg>");
    Ok(Value::from_safe_string(svg))
}

fn bar_height(word: &str) -> usize {
    match word {
        "down" => 28,
        "degraded" => 24,
        "up" => 19,
        "unknown" => 14,
        "maintenance" => 10,
        _ => 5,
    }
}

/// The bars without a word on each, as one path for each state: a list of a hundred services has nine thousand
/// days, and what one of them says is on the service's own screen.
fn brief_bars(days: &[Value]) -> Result<String, Error> {
    let mut paths: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for (place, day) in days.iter().enumerate() {
        let state = if day.kind() == ValueKind::Map { day.get_attr("state")? } else { day.clone() };
        let word = state.as_str().unwrap_or("none");
        let height = bar_height(word);
        let path = paths.entry(word.to_owned()).or_default();
        path.push_str(&format!("M{} {}h8v{height}h-8z", place * 10, 28 - height));
    }
    let path = |(word, d): (String, String)| format!(r#"<path class="state-{}" d="{d}"/>"#, escape(&word));
    Ok(paths.into_iter().map(path).collect())
}

/// `svg_bar(value, max, label)`.
pub(crate) fn bar(value: Value, max: Value, label: String) -> Result<Value, Error> {
    let share = match (number(&value)?, number(&max)?) {
        (Some(value), Some(max)) if max > 0.0 => (value / max).clamp(0.0, 1.0) * 100.0,
        _ => 0.0,
    };
    Ok(Value::from_safe_string(format!(
        r#"<svg class="bar" role="img" aria-label="{}" viewBox="0 0 100 6" preserveAspectRatio="none"><rect class="bar-all" width="100" height="6" rx="2"/><rect class="bar-part" width="{share:.2}" height="6" rx="2"/></svg>"#,
        escape(&label)
    )))
}

/// What a bar of a funnel shows: shares of those who started, 0 to 1.
struct Bar {
    before: f64,
    reached: f64,
    open: f64,
    low: Option<f64>,
    high: Option<f64>,
}

/// `svg_step([before, reached, open, low, high], label)`: one bar of a funnel. Its width is people: those who
/// reached the step are solid, those of them who may still go on hatched, those who left on the way an outline; ticks
/// mark the interval.
pub(crate) fn step(shares: Value, label: String) -> Result<Value, Error> {
    let share = |value: Value| Ok::<_, Error>(number(&value)?.map(|share| share.clamp(0.0, 1.0)));
    let shares: Vec<Option<f64>> = shares.try_iter()?.take(5).map(share).collect::<Result<_, _>>()?;
    let at = |place: usize| shares.get(place).copied().flatten();
    let bar = Bar {
        before: at(0).unwrap_or(0.0),
        reached: at(1).unwrap_or(0.0),
        open: at(2).unwrap_or(0.0),
        low: at(3),
        high: at(4),
    };
    Ok(Value::from_safe_string(step_bar(&bar, &label)))
}

fn step_bar(bar: &Bar, label: &str) -> String {
    let percent = |share: f64| format!("{:.2}%", share * 100.0);
    let solid = (bar.reached - bar.open).max(0.0);
    let mut svg = format!(
        r#"<svg class="step-bar" role="img" aria-label="{}" width="100%" height="30">"#,
        escape(label)
    );
    svg.push_str(r#"<rect class="step-track" width="100%" height="22" y="4" rx="3"/>"#);
    if bar.before > bar.reached {
        svg.push_str(&format!(
            r#"<rect class="step-left" x="0" width="{}" y="4" height="22" rx="3"/>"#,
            percent(bar.before)
        ));
    }
    svg.push_str(&format!(
        r#"<rect class="step-here" width="{}" y="4" height="22" rx="3"/>"#,
        percent(solid)
    ));
    if bar.open > 0.0 {
        // A thick line of dashes is a hatching that needs no pattern and keeps its width at every size.
        let (from, to) = (percent(solid), percent(bar.reached));
        svg.push_str(&format!(r#"<line class="step-open" x1="{from}" x2="{to}" y1="15" y2="15"/>"#));
    }
    if let (Some(low), Some(high)) = (bar.low, bar.high)
        && high - low < 1.0
    {
        let (from, to) = (percent(low), percent(high));
        svg.push_str(&format!(
            r#"<g class="step-tick"><line x1="{from}" x2="{to}" y1="15" y2="15"/><line x1="{from}" x2="{from}" y1="10" y2="20"/><line x1="{to}" x2="{to}" y1="10" y2="20"/></g>"#
        ));
    }
    svg.push_str("</svg>");
    svg
}

/// `svg_spark_two(points, usual, label, state)`: a sparkline over what is usual, on the same scale.
pub(crate) fn spark_two(
    points: Value,
    usual: Value,
    label: String,
    state: Option<String>,
) -> Result<Value, Error> {
    let read = |all: &Value| -> Result<Vec<Option<f64>>, Error> {
        all.try_iter()?.take(MAX_POINTS).map(|value| number(&value)).collect()
    };
    let (values, usual) = (read(&points)?, read(&usual)?);
    let top = values.iter().chain(&usual).flatten().copied().fold(0.0, f64::max).max(1.0);
    let step = 100.0 / (values.len().max(usual.len()).saturating_sub(1).max(1)) as f64;
    let path = |values: &[Option<f64>]| {
        runs(values)
            .iter()
            .map(|run| {
                let at = |(place, value): &(usize, f64)| {
                    format!("{:.2},{:.2}", *place as f64 * step, 22.0 - 20.0 * value / top)
                };
                format!("M{}", run.iter().map(at).collect::<Vec<_>>().join("L"))
            })
            .collect::<String>()
    };
    let class = state.map(|state| format!(" state-{}", escape(&state))).unwrap_or_default();
    Ok(Value::from_safe_string(format!(
        r#"<svg class="spark{class}" role="img" aria-label="{}" viewBox="0 0 100 24" preserveAspectRatio="none"><path class="usual" d="{}"/><path d="{}"/></svg>"#,
        escape(&label),
        path(&usual),
        path(&values)
    )))
}

/// `svg_spark_band(points, label)`: what came, and what is expected with its limits, on the same scale.
pub(crate) fn spark_band(points: Value, label: String) -> Result<Value, Error> {
    let points = read_points(&points)?;
    let highest = points.iter().flat_map(|point| [point.value, point.expected.map(|[_, _, high]| high)]);
    let top = highest.flatten().fold(0.0, f64::max).max(1.0);
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Ok(Value::from_safe_string(nothing(&label)));
    };
    let (from, to) = (first.at.as_microsecond() as f64, last.at.as_microsecond() as f64);
    let x = |at: Timestamp| 100.0 * (at.as_microsecond() as f64 - from) / (to - from).max(1.0);
    let mut svg = format!(r#"<svg role="img" aria-label="{}" height="48" width="100%">"#, escape(&label));
    let mut inner = String::new();
    band(&mut inner, &points, top, &x, 44);
    lines(&mut inner, &points, top, &x, 44);
    svg.push_str(&inner.replace(&format!(r#"y="{HEAD}""#), r#"y="2""#));
    svg.push_str("</svg>");
    Ok(Value::from_safe_string(svg))
}

fn nothing(label: &str) -> String {
    format!(r#"<p class="chart-empty" role="img" aria-label="{}">{}</p>"#, escape(label), show::NOTHING)
}

/// Runs of values without a gap between them.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (place, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                if !open {
                    runs.push(Vec::new());
                }
                if let Some(run) = runs.last_mut() {
                    run.push((place, *value));
                }
                open = true;
            }
            None => open = false,
        }
    }
    runs
}

/// The next of 1, 2, 2.5, 5 or 10 times a power of ten that holds the value.
fn nice(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * power).find(|top| *top >= value).unwrap_or(value)
}

fn grid(svg: &mut String, y: &impl Fn(f64) -> f64, top: f64) {
    for (class, share) in [("chart-base", 0.0), ("chart-grid", 0.5), ("chart-grid", 1.0)] {
        let line = y(top * share);
        svg.push_str(&format!(r#"<line class="{class}" x1="0" x2="100%" y1="{line:.1}" y2="{line:.1}"/>"#));
    }
}

/// The values of the grid lines, over the chart's own line so that they stay readable.
fn scale(svg: &mut String, top: f64, unit: &str, y: &impl Fn(f64) -> f64) {
    let language = moment::with(|m| m.reader.language);
    let unit = if unit.is_empty() { String::new() } else { format!("\u{202f}{}", escape(unit)) };
    for value in [top / 2.0, top] {
        let words = show::number(value, usize::from(value.fract() != 0.0), language);
        svg.push_str(&format!(r#"<text x="0" y="{:.1}">{words}{unit}</text>"#, y(value) - 4.0));
    }
}

fn times(svg: &mut String, from: Timestamp, to: Timestamp, height: usize) {
    let (zone, language) = moment::with(|m| (m.reader.zone.clone(), m.reader.language));
    let span = to.duration_since(from);
    let short = span.as_secs() <= 36 * 3_600;
    for (share, anchor) in [(0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end")] {
        let Ok(at) = from.checked_add(span * share / 100) else { continue };
        let at = at.to_zoned(zone.clone());
        let words = if short {
            format!("{:02}:{:02}", at.hour(), at.minute())
        } else {
            show::day(&at, &at, language)
        };
        svg.push_str(&format!(
            r#"<text x="{share}%" y="{}" text-anchor="{anchor}">{words}</text>"#,
            height - 4
        ));
    }
}

fn lines(svg: &mut String, points: &[Point], top: f64, x: &impl Fn(Timestamp) -> f64, plot: usize) {
    let values: Vec<Option<f64>> = points.iter().map(|point| point.value).collect();
    let (mut line, mut area) = (String::new(), String::new());
    for run in runs(&values) {
        let places: Vec<String> = run
            .iter()
            .map(|(place, value)| format!("{:.3},{:.3}", x(points[*place].at), 100.0 * (1.0 - value / top)))
            .collect();
        let (start, end) = (x(points[run[0].0].at), x(points[run[run.len() - 1].0].at));
        line.push_str(&format!("M{}", places.join("L")));
        area.push_str(&format!("M{start:.3},100L{}L{end:.3},100Z", places.join("L")));
    }
    svg.push_str(&format!(
        r#"<svg x="0" y="{HEAD}" width="100%" height="{plot}" viewBox="0 0 100 100" preserveAspectRatio="none"><path class="chart-area" d="{area}"/><path class="chart-line" d="{line}"/></svg>"#
    ));
}

/// What is expected: its limits as a band, its middle as a broken line. Nothing of points that expect nothing.
fn band(svg: &mut String, points: &[Point], top: f64, x: &impl Fn(Timestamp) -> f64, plot: usize) {
    let middles: Vec<Option<f64>> =
        points.iter().map(|point| point.expected.map(|[_, middle, _]| middle)).collect();
    let (mut limits, mut middle) = (String::new(), String::new());
    for run in runs(&middles) {
        let at = |place: usize, which: usize| {
            let value = points[place].expected.map_or(0.0, |expected| expected[which]);
            format!("{:.3},{:.3}", x(points[place].at), 100.0 * (1.0 - value / top))
        };
        let along = |which: usize| run.iter().map(|(place, _)| at(*place, which)).collect::<Vec<_>>();
        let back: Vec<String> = run.iter().rev().map(|(place, _)| at(*place, 0)).collect();
        limits.push_str(&format!("M{}L{}Z", along(2).join("L"), back.join("L")));
        middle.push_str(&format!("M{}", along(1).join("L")));
    }
    if !limits.is_empty() {
        svg.push_str(&format!(
            r#"<svg x="0" y="{HEAD}" width="100%" height="{plot}" viewBox="0 0 100 100" preserveAspectRatio="none"><path class="chart-band" d="{limits}"/><path class="chart-expected" d="{middle}"/></svg>"#
        ));
    }
}

/// Points with a gap on both sides, which a line cannot show.
fn lonely(svg: &mut String, points: &[Point], x: &impl Fn(Timestamp) -> f64, y: &impl Fn(f64) -> f64) {
    let values: Vec<Option<f64>> = points.iter().map(|point| point.value).collect();
    for run in runs(&values).iter().filter(|run| run.len() == 1) {
        let (place, value) = run[0];
        svg.push_str(&format!(
            r#"<circle class="chart-dot" cx="{:.2}%" cy="{:.1}" r="2"/>"#,
            x(points[place].at),
            y(value)
        ));
    }
}

fn hits(svg: &mut String, points: &[Point], unit: &str, x: &impl Fn(Timestamp) -> f64, plot: usize) {
    let (zone, language, now) = moment::with(|m| (m.reader.zone.clone(), m.reader.language, m.now));
    let every = points.len().div_ceil(MAX_HITS).max(1);
    let width = 100.0 / (points.len().div_ceil(every).max(1)) as f64;
    for point in points.iter().step_by(every) {
        let words = match point.value {
            Some(value) => {
                let places = if value.abs() < 10.0 && value.fract() != 0.0 { 2 } else { 0 };
                format!("{}\u{202f}{unit}", show::number(value, places, language))
            }
            None => show::NOTHING.to_owned(),
        };
        let words = match point.expected {
            Some([low, middle, high]) => {
                let plain = |value: f64| show::number(value, 0, language);
                format!("{words} ({}: {} – {})", plain(middle), plain(low), plain(high))
            }
            None => words,
        };
        let n = point.n.map(|n| format!(" (n = {})", show::number(n, 0, language))).unwrap_or_default();
        let left = (x(point.at) - width / 2.0).clamp(0.0, 100.0 - width);
        svg.push_str(&format!(
            r#"<rect class="chart-hit" x="{left:.2}%" y="{HEAD}" width="{width:.2}%" height="{plot}"><title>{}: {}{n}</title></rect>"#,
            escape(&show::clock(point.at, now, &zone, language)),
            escape(words.trim()),
        ));
    }
}

fn spans(svg: &mut String, marks: &[Mark], x: &impl Fn(Timestamp) -> f64, plot: usize) {
    for mark in marks {
        let Some(until) = mark.until else { continue };
        let (from, to) = (x(mark.at), x(until));
        svg.push_str(&format!(
            r#"<rect class="chart-span mark-{}" x="{from:.2}%" y="{HEAD}" width="{:.2}%" height="{plot}"/>"#,
            escape(&mark.kind),
            (to - from).max(0.3)
        ));
    }
}

fn labels(svg: &mut String, marks: &[Mark], x: &impl Fn(Timestamp) -> f64, plot: usize) {
    for mark in marks {
        let (at, kind, text) = (x(mark.at), escape(&mark.kind), escape(&mark.text));
        svg.push_str(&format!(
            r#"<g class="mark-{kind}"><line class="chart-mark" x1="{at:.2}%" x2="{at:.2}%" y1="{HEAD}" y2="{}"/><title>{text}</title>"#,
            HEAD + plot
        ));
        if marks.len() <= LABELLED {
            let anchor = if at > 66.0 { "end" } else { "start" };
            svg.push_str(&format!(
                r#"<text class="mark-label" x="{at:.2}%" y="11" text-anchor="{anchor}">{text}</text>"#
            ));
        }
        svg.push_str("</g>");
    }
}

fn read_points(points: &Value) -> Result<Vec<Point>, Error> {
    let read = points.try_iter()?.take(MAX_POINTS).map(|point| {
        let at = instant(&point.get_attr("at")?)?.ok_or_else(|| wrong("a point stands at an instant"))?;
        let n = point.get_attr("n").unwrap_or_default();
        let n = if n.is_undefined() { None } else { number(&n)? };
        let part = |name: &str| -> Result<Option<f64>, Error> {
            let value = point.get_attr(name).unwrap_or_default();
            if value.is_undefined() { Ok(None) } else { number(&value) }
        };
        let expected = match (part("low")?, part("middle")?, part("high")?) {
            (Some(low), Some(middle), Some(high)) => Some([low, middle, high]),
            _ => None,
        };
        Ok(Point { at, value: number(&point.get_attr("value")?)?, n, expected })
    });
    read.collect()
}

fn read_marks(marks: &Value) -> Result<Vec<Mark>, Error> {
    let read = marks.try_iter()?.take(MAX_MARKS).map(|mark| {
        let at = instant(&mark.get_attr("at")?)?.ok_or_else(|| wrong("a mark stands at an instant"))?;
        let until = mark.get_attr("until").unwrap_or_default();
        let until = if until.is_undefined() { None } else { instant(&until)? };
        Ok(Mark {
            at,
            until,
            kind: mark.get_attr("kind")?.to_string(),
            text: crate::words::plain_text(&mark.get_attr("text")?)?,
        })
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_ends_a_run() {
        let runs = runs(&[Some(1.0), Some(2.0), None, Some(3.0), None]);
        assert_eq!(runs, [vec![(0, 1.0), (1, 2.0)], vec![(3, 3.0)]]);
    }

    #[test]
    fn the_top_of_a_scale_is_a_round_number_that_holds_the_value() {
        for (value, top) in [(0.0, 1.0), (1.0, 1.0), (84.0, 100.0), (130.0, 200.0), (2_100.0, 2_500.0)] {
            assert!((nice(value) - top).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn what_is_expected_is_a_band_and_is_read_with_its_limits() {
        let at = |hour: u32| format!("2026-11-21T{hour:02}:00:00Z");
        let points = Value::from(vec![
            minijinja::context! { at => at(1), value => 4.0, low => (), middle => (), high => () },
            minijinja::context! { at => at(2), value => (), low => 3.0, middle => 5.0, high => 9.0 },
            minijinja::context! { at => at(3), value => (), low => 3.0, middle => 6.0, high => 10.0 },
        ]);
        let html = chart(points, "Demand".into(), String::new(), Value::from(Vec::<Value>::new()), 160);
        let html = html.unwrap().to_string();
        assert!(html.contains("chart-band") && html.contains("chart-expected"), "{html}");
        assert!(html.contains("(5: 3 – 9)"), "{html}");
    }

    #[test]
    fn a_chart_of_nothing_says_so() {
        let none = chart(
            Value::from(Vec::<Value>::new()),
            "Latency".into(),
            String::new(),
            Value::from(Vec::<Value>::new()),
            160,
        );
        assert!(none.unwrap().to_string().contains("chart-empty"));
    }

    #[test]
    fn the_width_of_a_step_is_people_and_those_still_going_are_hatched() {
        let bar = Bar { before: 0.8, reached: 0.5, open: 0.1, low: Some(0.45), high: Some(0.55) };
        let svg = step_bar(&bar, "form");
        assert!(svg.contains(r#"class="step-left" x="0" width="80.00%""#), "{svg}");
        assert!(svg.contains(r#"class="step-here" width="40.00%""#), "{svg}");
        assert!(svg.contains(r#"class="step-open" x1="40.00%" x2="50.00%""#), "{svg}");
        assert!(svg.contains(r#"x1="45.00%" x2="45.00%""#), "{svg}");
    }

    #[test]
    fn labels_cannot_break_out() {
        let days =
            Value::from(vec![minijinja::context! { day => "2026-11-21", state => "up", text => "<b>" }]);
        let html = strip(days, "\"><script>".into(), None).unwrap().to_string();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn a_brief_strip_is_one_path_for_each_state_and_takes_plain_words() {
        let words = crate::pages::data(&[Some("up"), Some("down"), None, Some("up")]);
        let html = strip(words, "days".into(), Some(true)).unwrap().to_string();
        assert_eq!(html.matches("<path").count(), 3, "{html}");
        assert!(html.contains(r#"class="state-up" d="M0 9h8v19h-8zM30 9h8v19h-8z""#), "{html}");
        assert!(!html.contains("<title>"));
    }
}
