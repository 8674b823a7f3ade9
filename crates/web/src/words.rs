//! What templates can say: functions and filters.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::asks::Reader;
use crate::moment;
use crate::show;
use crate::text::{Language, Text, TextArg};

/// Looks up a text in a language.
pub(crate) type Lookup = Arc<dyn Fn(&Text, Language) -> Option<String> + Send + Sync>;

/// Adds the functions and filters to the environment.
pub(crate) fn register(env: &mut Environment<'static>) {
    env.add_function("t", move |key: Value, args: Kwargs| {
        let text = with_args(text_of(&key, true)?, &args)?;
        said(&text)
    });
    env.add_filter("text", move |value: Value| said(&text_of(&value, false)?));
    env.add_filter("when", move |value: Value| when(&value));
    env.add_function("field_errors", move |name: String| field_errors(&name));
    env.add_filter("clock", clock);
    env.add_filter("exact", |value: Value| -> Result<String, Error> {
        let Some(at) = instant(&value)? else { return Ok(show::NOTHING.into()) };
        Ok(moment::with(|m| show::exact(at, &m.reader.zone, m.reader.language)))
    });
    env.add_filter("span", span);
    env.add_filter("num", |value: Value, places: Option<usize>| -> Result<String, Error> {
        let Some(number) = number(&value)? else { return Ok(show::NOTHING.into()) };
        Ok(show::number(number, places.unwrap_or(0), language()))
    });
    env.add_filter("ms", |value: Value| -> Result<String, Error> {
        let Some(number) = number(&value)? else { return Ok(show::NOTHING.into()) };
        Ok(show::millis(number, language()))
    });
    env.add_filter("share", |value: Value| -> Result<String, Error> {
        Ok(show::share(share(&value)?, language()))
    });
    env.add_filter("cell", cell);
    env.add_filter("day", day);
    env.add_filter("initials", |name: String| initials(&name));
    env.add_filter("address", |value: Value| show::address(&value.to_string()));
    env.add_function("lang", || language().tag());
    env.add_function("zone", || moment::with(|m| zone_name(m.now, &m.reader.zone)));
    env.add_function("now", || moment::with(|m| m.now.to_string()));
    env.add_function("here", || moment::with(|m| m.here.clone()));
    env.add_function("csrf", || {
        moment::change(|m| m.sealed = true);
        moment::with(|m| m.csrf.clone())
    });
    env.add_function("plain", || moment::with(|m| m.plain));
    env.add_function("form_begin", |action: String| {
        moment::change(|m| {
            m.form = Some(action);
            m.forms += 1;
        });
        ""
    });
    env.add_function("form_end", || {
        moment::change(|m| m.form = None);
        ""
    });
    env.add_function("form_refused", || moment::with(|m| m.refused_here().is_some()));
    env.add_function("action_refused", |action: String| {
        moment::with(|m| m.refused.as_ref().is_some_and(|refused| refused.action == action))
    });
    env.add_function("field_value", field_value);
    env.add_function("field_values", field_values);
    env.add_function("svg_icon", |name: String| -> Result<Value, Error> {
        crate::icons::icon(&name).map(Value::from_safe_string).ok_or_else(|| wrong(format!("no icon {name}")))
    });
    env.add_function("mark", || Value::from_safe_string(crate::assets::MARK.to_owned()));
    env.add_function("time_words", time_words);
    env.add_function("svg_shape", |word: String| Value::from_safe_string(crate::icons::shape(&word)));
    env.add_function("asset", |name: String| -> Result<String, Error> {
        crate::assets::address(&name).ok_or_else(|| wrong(format!("no asset {name}")))
    });
    env.add_function("svg_chart", crate::chart::chart);
    env.add_function("svg_spark", crate::chart::spark);
    env.add_function("svg_strip", crate::chart::strip);
    env.add_function("svg_bar", crate::chart::bar);
    env.add_function("svg_step", crate::chart::step);
    env.add_function("svg_spark_two", crate::chart::spark_two);
    env.add_function("svg_spark_band", crate::chart::spark_band);
    env.add_function("here_with", here_with);
    env.add_function("here_with_one", |name: String, value: Value| here_changed(&[(name, value)]));
    env.add_function("field_id", |name: String| field_id(&name));
    env.add_function("form_errors", form_errors);
}

pub(crate) fn wrong(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, why.into())
}

fn language() -> Language {
    moment::with(|m| m.reader.language)
}

fn said(text: &Text) -> Result<String, Error> {
    let (language, lookup) = moment::with(|m| (m.reader.language, m.lookup.clone()));
    match lookup.and_then(|lookup| lookup(text, language)) {
        Some(words) => Ok(words),
        None if moment::with(|m| m.strict) => {
            Err(wrong(format!("no text, or not all it speaks of: {text:?}")))
        }
        None => Ok(match text {
            Text::Key { key, .. } => {
                tracing::error!(key = %key, "there is no text for the key {key}");
                key.to_string()
            }
            Text::Raw(data) => data.clone(),
        }),
    }
}

/// A [`Text`] that was serialised; a plain string is a key or data, as the caller says.
fn text_of(value: &Value, string_is_key: bool) -> Result<Text, Error> {
    match value.kind() {
        ValueKind::String if string_is_key => Ok(Text::key(value.to_string())),
        ValueKind::String => Ok(Text::raw(value.to_string())),
        ValueKind::Map => {
            let json = serde_json::to_value(value).map_err(|error| wrong(error.to_string()))?;
            serde_json::from_value(json).map_err(|error| wrong(format!("not a text: {error}")))
        }
        kind => Err(wrong(format!("a text is a key or a Text, not {kind}"))),
    }
}

fn with_args(mut text: Text, args: &Kwargs) -> Result<Text, Error> {
    let names: Vec<String> = args.args().map(str::to_owned).collect();
    for name in names {
        let value: Value = args.get(&name)?;
        let arg = match number_of(&value) {
            Some(number) => TextArg::Number(number),
            None => TextArg::Word(value.to_string()),
        };
        text = text.with(name, arg);
    }
    args.assert_all_used()?;
    Ok(text)
}

fn number_of(value: &Value) -> Option<f64> {
    (value.kind() == ValueKind::Number).then(|| f64::try_from(value.clone()).ok()).flatten()
}

/// A number; none for none. Anything else is a mistake in the template.
pub(crate) fn number(value: &Value) -> Result<Option<f64>, Error> {
    if value.is_none() {
        return Ok(None);
    }
    number_of(value).map(Some).ok_or_else(|| wrong(format!("{value} is not a number")))
}

/// An instant: RFC 3339 text, or a number of microseconds.
pub(crate) fn instant(value: &Value) -> Result<Option<Timestamp>, Error> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(text) = value.as_str() {
        return text.parse().map(Some).map_err(|_| wrong(format!("{text:?} is not an instant")));
    }
    let micros = value.as_i64().ok_or_else(|| wrong(format!("{value} is not an instant")))?;
    Timestamp::from_microsecond(micros).map(Some).map_err(|error| wrong(error.to_string()))
}

/// `{{ at|when }}`: relative within a day, with the exact time for whoever points at it or hears it.
fn when(value: &Value) -> Result<Value, Error> {
    let Some(at) = instant(value)? else { return Ok(Value::from(show::NOTHING)) };
    let (now, zone, letter) = moment::with(|m| (m.now, m.reader.zone.clone(), m.letter));
    let exact = show::exact(at, &zone, language());
    if letter {
        return Ok(Value::from(exact));
    }
    let words = match show::relative(at, now) {
        Some((key, number)) => said(&Text::key(key).with("n", number))?,
        None => show::clock(at, now, &zone, language()),
    };
    Ok(Value::from_safe_string(format!(
        r#"<time datetime="{at}" title="{}" data-when>{}</time>"#,
        escape(&exact),
        escape(&words)
    )))
}

/// `{{ at|clock }}`: the time of day, with the day where it is another.
fn clock(value: Value) -> Result<Value, Error> {
    let Some(at) = instant(&value)? else { return Ok(Value::from(show::NOTHING)) };
    let (words, exact, letter) = moment::with(|m| {
        let Reader { zone, language, .. } = &m.reader;
        (show::clock(at, m.now, zone, *language), show::exact(at, zone, *language), m.letter)
    });
    if letter {
        return Ok(Value::from(exact));
    }
    Ok(Value::from_safe_string(format!(
        r#"<time datetime="{at}" title="{}">{}</time>"#,
        escape(&exact),
        escape(&words)
    )))
}

/// `{{ date|day }}`: a civil date (2026-11-21) or instant as a day.
pub(crate) fn day(value: Value) -> Result<String, Error> {
    if value.is_none() {
        return Ok(show::NOTHING.into());
    }
    moment::with(|m| {
        let zone = &m.reader.zone;
        let civil = value.as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok());
        let at = match civil.filter(|_| value.as_str().is_some_and(|text| text.len() == 10)) {
            Some(date) => date.to_zoned(zone.clone()).map_err(|error| wrong(error.to_string()))?,
            None => instant(&value)?.unwrap_or(m.now).to_zoned(zone.clone()),
        };
        Ok(show::day(&at, &m.now.to_zoned(zone.clone()), m.reader.language))
    })
}

/// `{{ seconds|span }}`; `{{ micros|span("us") }}`, `{{ millis|span("ms") }}`; durations of jiff as they are.
fn span(value: Value, unit: Option<String>) -> Result<String, Error> {
    if value.is_none() {
        return Ok(show::NOTHING.into());
    }
    if let Some(text) = value.as_str() {
        let span: SignedDuration = text.parse().map_err(|_| wrong(format!("{text:?} is not a span")))?;
        return Ok(show::span(span.as_secs_f64(), language()));
    }
    let number = number(&value)?.unwrap_or_default();
    let seconds = match unit.as_deref() {
        None | Some("s") => number,
        Some("ms") => number / 1e3,
        Some("us") => number / 1e6,
        Some(other) => return Err(wrong(format!("span knows s, ms and us, not {other}"))),
    };
    Ok(show::span(seconds, language()))
}

/// The texts of relative times for the script that keeps them ticking: `%` stands for the number. JSON in a
/// script element is data, and `<` is written so that it cannot end the element.
fn time_words() -> Result<Value, Error> {
    let forms = |key: &str| -> Result<serde_json::Value, Error> {
        let one = said(&Text::key(key.to_owned()).with("n", 1))?;
        let other = said(&Text::key(key.to_owned()).with("n", 22))?;
        Ok(serde_json::json!({ "one": one.replace('1', "%"), "other": other.replace("22", "%") }))
    };
    let words = serde_json::json!({
        "now": { "other": said(&Text::key("time-now"))? },
        "minutes": forms("time-minutes-ago")?,
        "hours": forms("time-hours-ago")?,
        "inMinutes": forms("time-in-minutes")?,
        "inHours": forms("time-in-hours")?,
    });
    Ok(Value::from_safe_string(words.to_string().replace('<', "\\u003c")))
}

/// A Ratio, or a share from 0 to 1.
fn share(value: &Value) -> Result<Option<f64>, Error> {
    if value.kind() != ValueKind::Map {
        return number(value);
    }
    let (good, total) = (number(&value.get_attr("good")?)?, number(&value.get_attr("total")?)?);
    Ok(match (good, total) {
        (Some(good), Some(total)) if total > 0.0 => Some(good / total),
        _ => None,
    })
}

/// `{{ cell|cell }}`: a [`crate::Cell`] of another feature, by its own template; nothing shows "–".
fn cell(state: &State, value: Value) -> Result<Value, Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(Value::from(show::NOTHING));
    }
    let template = value.get_attr("template")?;
    let name = template.as_str().ok_or_else(|| wrong("a cell names its template"))?;
    let html = state.env().get_template(name)?.render(value.get_attr("data")?)?;
    Ok(Value::from_safe_string(html))
}

fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

fn zone_name(now: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    show::zone_name(&now.to_zoned(zone.clone()))
}

/// What was typed into a field that was refused, else the given value.
fn field_value(name: String, given: Value) -> Value {
    moment::with(|m| match m.refused_here() {
        None => given,
        Some(refused) => {
            let typed = refused.fields.iter().rev().find(|(held, _)| *held == name);
            typed.map_or_else(|| Value::from(""), |(_, value)| Value::from(value.clone()))
        }
    })
}

/// Every value typed under a name, for boxes and multiple choices.
fn field_values(name: String, given: Value) -> Value {
    moment::with(|m| match m.refused_here() {
        None => given,
        Some(refused) => refused
            .fields
            .iter()
            .filter(|(held, _)| *held == name)
            .map(|(_, value)| Value::from(value.clone()))
            .collect(),
    })
}

/// The sentences about a field.
fn field_errors(name: &str) -> Result<Vec<String>, Error> {
    let wrong = moment::with(|m| {
        let fields = m.refused_here().map(|refused| refused.problem.fields.as_slice()).unwrap_or_default();
        let same = |held: &str| held == name || held.replace(['[', ']'], ".") == name;
        fields.iter().filter(|field| same(&field.field)).map(field_text).collect::<Vec<_>>()
    });
    wrong.iter().map(said).collect()
}

/// The text about a field. Limits are `$max`, whatever the rule called them, and the word `none` where a rule
/// did not say.
pub(crate) fn field_text(field: &kernel::FieldProblem) -> Text {
    let text = Text::key(field.code).with("max", "none");
    field.args.iter().fold(text, |text, (name, value)| {
        let text = if matches!(*name, "most" | "limit") { text.with("max", value.as_str()) } else { text };
        text.with(*name, value.as_str())
    })
}

/// The id of a field: the same name may stand in several forms of a screen.
fn field_id(name: &str) -> String {
    let form = moment::with(|m| m.forms);
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("f{form}-{name}")
}

/// What is wrong with the refused form: each sentence with the field it is about, where there is one.
fn form_errors() -> Result<Value, Error> {
    moment::change(|m| m.refused_shown = true);
    let (problem, fields) = moment::with(|m| match m.refused_here() {
        Some(refused) => (problem_text(&refused.problem), refused.problem.fields.clone()),
        None => (Text::raw(""), Vec::new()),
    });
    if fields.is_empty() {
        let text = said(&problem)?;
        return Ok(Value::from(vec![minijinja::context! { id => "", text }]));
    }
    let lines = fields.iter().map(|field| {
        let text = said(&field_text(field))?;
        Ok(minijinja::context! { id => field_id(&field.field), text })
    });
    lines.collect::<Result<Vec<Value>, Error>>().map(Value::from)
}

/// What happened, in one sentence.
pub(crate) fn problem_text(problem: &kernel::Problem) -> Text {
    let key = format!("problem-{}.title", problem.code);
    problem.args.iter().fold(Text::key(key), |text, (name, value)| text.with(*name, value.as_str()))
}

/// The address of this screen with other parameters: `here_with(sort="name", after=none)`.
fn here_with(args: Kwargs) -> Result<String, Error> {
    let names: Vec<String> = args.args().map(str::to_owned).collect();
    let changes = names.into_iter().map(|name| args.get::<Value>(&name).map(|value| (name, value)));
    Ok(here_changed(&changes.collect::<Result<Vec<_>, _>>()?))
}

fn here_changed(changes: &[(String, Value)]) -> String {
    let here = moment::with(|m| m.here.clone());
    let (path, query) = here.split_once('?').unwrap_or((&here, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty()).filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !changes.iter().any(|(changed, _)| changed == name)
    });
    let added = changes.iter().filter(|(_, value)| !value.is_none() && !value.is_undefined());
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.extend(added.map(|(name, value)| format!("{name}={}", show::address(&value.to_string()))));
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A Text or string as words, for drawings.
pub(crate) fn plain_text(value: &Value) -> Result<String, Error> {
    said(&text_of(value, false)?)
}

/// Escapes for HTML text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#x27;"),
            other => safe.push(other),
        }
    }
    safe
}
