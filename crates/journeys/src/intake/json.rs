//! JSON of strangers: read piece by piece, so that a body of some megabytes never becomes a tree of some hundred.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::incoming::MAX_EVENTS;

/// Values within one event; the largest real ones have a few hundred.
const MAX_VALUES: u32 = 20_000;

/// How many values may still be made.
struct Budget(Cell<u32>);

impl Budget {
    fn new() -> Self {
        Budget(Cell::new(MAX_VALUES))
    }

    fn pay<E: Error>(&self) -> Result<(), E> {
        match self.0.get().checked_sub(1) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(E::custom(format!("more than {MAX_VALUES} values in one event"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &Budget {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.pay()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Budget {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            all.insert(name, map.next_value_seed(self)?);
        }
        Ok(Value::Object(all))
    }
}

/// What stood around a list.
#[derive(Debug, Default)]
pub struct Around {
    /// The other fields.
    pub fields: Map<String, Value>,
    /// Whether there was a list.
    pub listed: bool,
}

struct Top<'a, F> {
    names: &'a [&'a str],
    each: &'a mut F,
}

struct List<'a, F>(&'a mut F);

impl<'de, F: FnMut(usize, Value)> Visitor<'de> for List<'_, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut place = 0;
        while let Some(item) = items.next_element_seed(&Budget::new())? {
            if place == MAX_EVENTS {
                return Err(A::Error::custom(format!("more than {MAX_EVENTS} events")));
            }
            (self.0)(place, item);
            place += 1;
        }
        Ok(())
    }
}

impl<'de, F: FnMut(usize, Value)> DeserializeSeed<'de> for List<'_, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(usize, Value)> Visitor<'de> for Top<'_, F> {
    type Value = Around;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Around, A::Error> {
        List(self.each).visit_seq(items)?;
        Ok(Around { listed: true, ..Around::default() })
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Around, A::Error> {
        let mut around = Around::default();
        let budget = Budget::new();
        while let Some(name) = map.next_key::<String>()? {
            if self.names.contains(&name.as_str()) && !around.listed {
                map.next_value_seed(List(&mut *self.each))?;
                around.listed = true;
            } else {
                around.fields.insert(name, map.next_value_seed(&budget)?);
            }
        }
        Ok(around)
    }
}

/// Reads a list, or an object with a list under one of these names, an item at a time.
pub fn each(
    body: &[u8],
    names: &[&str],
    mut each: impl FnMut(usize, Value),
) -> Result<Around, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let around = reader.deserialize_any(Top { names, each: &mut each })?;
    reader.end()?;
    Ok(around)
}

/// Reads one value.
pub fn one(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Budget::new().deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// The text of a field, or of a number; empty when it is neither.
#[must_use]
pub fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> std::borrow::Cow<'a, str> {
    match fields.get(name) {
        Some(Value::String(text)) => text.trim().into(),
        Some(Value::Number(number)) => number.to_string().into(),
        _ => "".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_an_item_at_a_time_wherever_it_stands() {
        for body in [r#"[1,2,3]"#, r#"{"batch":[1,2,3],"api_key":"k"}"#, r#"{"api_key":"k","batch":[1,2,3]}"#]
        {
            let mut found = Vec::new();
            let around =
                each(body.as_bytes(), &["batch"], |place, item| found.push((place, item))).expect("read");
            assert_eq!(found, [(0, 1.into()), (1, 2.into()), (2, 3.into())], "{body}");
            assert!(around.listed);
        }
        let around = each(br#"{"event":"a"}"#, &["batch"], |_, _| panic!("no list")).expect("read");
        assert_eq!((text(&around.fields, "event").as_ref(), around.listed), ("a", false));
    }

    #[test]
    fn too_much_and_too_deep_is_refused() {
        let wide = format!("[{}]", vec!["[]"; 30_000].join(","));
        assert!(one(wide.as_bytes()).is_err());
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(one(deep.as_bytes()).is_err());
        let many = format!("[{}]", vec!["0"; MAX_EVENTS + 1].join(","));
        assert!(each(many.as_bytes(), &[], |_, _| ()).is_err());
        for bad in [&b"{"[..], b"", b"[1,]", b"\xff", b"1 2", b"\"\xc3\x28\""] {
            assert!(one(bad).is_err());
        }
    }
}
