//! Form fields as a tree, read by serde. Ours because the common readers know neither empty fields, nor
//! lists, nor nested names, and do not say which field was wrong.

use std::fmt;

use kernel::{Kind, Problem};
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

/// Fields in one form or query.
pub const MAX_FIELDS: usize = 2_000;
/// Names are nested so deep at most.
const MAX_DEPTH: usize = 8;

/// Reads `a=1&b=2`. Text that is not UTF-8 after decoding is a malformed request.
pub fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let malformed = || Problem::new(Kind::Malformed, "malformed-text");
    let mut pairs = Vec::new();
    for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_FIELDS {
            return Err(Problem::new(Kind::TooLarge, "too-many-fields").with("limit", MAX_FIELDS));
        }
        let cut = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
        let name = decode(&part[..cut]).ok_or_else(malformed)?;
        let value = decode(part.get(cut + 1..).unwrap_or_default()).ok_or_else(malformed)?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decode(part: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let bytes: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    // Browsers send line ends as CR LF; inside Tend a line ends with LF.
    String::from_utf8(bytes).ok().map(|text| text.replace("\r\n", "\n"))
}

/// A field, or fields under a common name.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// The values of one name, in order.
    Leaf(Vec<String>),
    /// Names below this one, in order of appearance.
    Tree(Vec<(String, Node)>),
}

impl Node {
    /// The tree of the fields that are not empty.
    pub fn of(pairs: &[(String, String)]) -> Result<Node, Problem> {
        let mut root = Vec::new();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let path = path_of(name);
            if path.len() > MAX_DEPTH {
                return Err(Problem::invalid().field(name.clone(), "field-unknown"));
            }
            put(&mut root, &path, value);
        }
        Ok(Node::Tree(root))
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: &str) {
        let Node::Tree(mut below) = std::mem::replace(self, Node::Tree(Vec::new())) else { return };
        take(&mut below, &path_of(field));
        *self = Node::Tree(below);
    }

    /// Puts an empty text where nothing was.
    pub fn fill(&mut self, field: &str) {
        if let Node::Tree(root) = self {
            put(root, &path_of(field), "");
        }
    }
}

/// `a.b[0].c`, `a[b][0]` and `a.b.0.c` are all the path a, b, 0, c.
fn path_of(name: &str) -> Vec<&str> {
    name.split(['.', '[']).map(|part| part.trim_end_matches(']')).filter(|part| !part.is_empty()).collect()
}

fn put(below: &mut Vec<(String, Node)>, path: &[&str], value: &str) {
    let Some((first, rest)) = path.split_first() else { return };
    let at = below.iter().position(|(name, _)| name == first).unwrap_or_else(|| {
        let empty = if rest.is_empty() { Node::Leaf(Vec::new()) } else { Node::Tree(Vec::new()) };
        below.push(((*first).to_owned(), empty));
        below.len() - 1
    });
    match (&mut below[at].1, rest.is_empty()) {
        (Node::Leaf(values), true) => values.push(value.to_owned()),
        (Node::Tree(deeper), false) => put(deeper, rest, value),
        _ => {} // the same name as a value and as a group: the first use wins
    }
}

fn take(below: &mut Vec<(String, Node)>, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else { return };
    match below.iter().position(|(name, _)| name == first) {
        Some(at) if rest.is_empty() => drop(below.remove(at)),
        Some(at) => match &mut below[at].1 {
            Node::Tree(deeper) => take(deeper, rest),
            Node::Leaf(_) => drop(below.remove(at)),
        },
        None => {}
    }
}

/// Why a field could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    /// The field's path with dots; empty for the form as a whole.
    pub field: String,
    /// Whether it is wrong because nothing was given.
    pub missing: bool,
    /// The reason, in English.
    pub why: String,
}

impl Wrong {
    fn under(mut self, name: &str) -> Self {
        self.field = if self.field.is_empty() { name.to_owned() } else { format!("{name}.{}", self.field) };
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}
impl std::error::Error for Wrong {}
impl de::Error for Wrong {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Wrong { field: String::new(), missing: false, why: why.to_string() }
    }
    fn missing_field(field: &'static str) -> Self {
        Wrong { field: field.to_owned(), missing: true, why: "is missing".into() }
    }
}

/// Reads a [`Node`].
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a Node);

impl<'a> Reader<'a> {
    pub fn new(node: &'a Node) -> Self {
        Reader(node)
    }

    fn text(self) -> Result<&'a str, Wrong> {
        match self.0 {
            Node::Leaf(values) => Ok(values.last().map_or("", String::as_str)),
            Node::Tree(_) => Err(de::Error::custom("one value is expected, not a group")),
        }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let text = self.text()?.trim();
            let number = text.parse::<$type>().map_err(|error| <Wrong as de::Error>::custom(error))?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    numbers! {
        deserialize_i8 visit_i8 i8; deserialize_i16 visit_i16 i16; deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64; deserialize_u8 visit_u8 u8; deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32; deserialize_u64 visit_u64 u64; deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Node::Leaf(values) if values.len() > 1 => self.deserialize_seq(visitor),
            Node::Leaf(_) => visitor.visit_str(self.text()?),
            Node::Tree(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.text()?.trim() {
            "on" | "true" | "yes" | "1" => visitor.visit_bool(true),
            "off" | "false" | "no" | "0" | "" => visitor.visit_bool(false),
            other => Err(de::Error::custom(format!("{other:?} is neither on nor off"))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Node::Leaf(values) if values.iter().all(String::is_empty) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let items: Vec<(String, Node)> = match self.0 {
            Node::Leaf(values) => values
                .iter()
                .enumerate()
                .map(|(at, value)| (at.to_string(), Node::Leaf(vec![value.clone()])))
                .collect(),
            Node::Tree(below) => {
                let mut numbered: Vec<_> = below.clone();
                numbered.sort_by_key(|(name, _)| name.parse::<u32>().unwrap_or(u32::MAX));
                numbered
            }
        };
        visitor.visit_seq(Items { items: items.into_iter() })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Node::Tree(below) => visitor.visit_map(Fields { rest: below.iter(), value: None }),
            Node::Leaf(_) => Err(de::Error::custom("a group is expected, not one value")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.0 {
            Node::Leaf(_) => visitor.visit_enum(self.text()?.into_deserializer()),
            Node::Tree(below) => {
                let map = Fields { rest: below.iter(), value: None };
                visitor.visit_enum(de::value::MapAccessDeserializer::new(map))
            }
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct Items {
    items: std::vec::IntoIter<(String, Node)>,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Wrong;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        match self.items.next() {
            None => Ok(None),
            Some((name, node)) => {
                seed.deserialize(Reader(&node)).map(Some).map_err(|wrong| wrong.under(&name))
            }
        }
    }
}

struct Fields<'a> {
    rest: std::slice::Iter<'a, (String, Node)>,
    value: Option<&'a (String, Node)>,
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = Wrong;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        self.value = self.rest.next();
        match self.value {
            None => Ok(None),
            Some((name, _)) => seed.deserialize(name.as_str().into_deserializer()).map(Some),
        }
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let (name, node) =
            self.value.take().ok_or_else(|| <Wrong as de::Error>::custom("value before key"))?;
        seed.deserialize(Reader(node)).map_err(|wrong| wrong.under(name))
    }
}
