//! YAML as a tree that knows where everything stands, and the way from there into the features' shapes.
//!
//! The parser is the one under `serde_saphyr`; what stands on top is ours because a person who declares forty
//! services wants to hear of all mistakes at once, each with its line, and `serde` alone stops at the first.
//! So the text is read into [`Node`]s once; each entry is then turned into its shape on its own, unknown keys
//! are collected rather than thrown, and every refusal carries the place of the node that caused it.
//! `serde_saphyr::Spanned` works inside the shapes as it does with `serde_saphyr` itself.
//!
//! Read on purpose: scalars as the shape wants them (a name `007` stays `007`), lists, maps with text keys.
//! Refused on purpose: anchors and aliases (ten lines can unfold to gigabytes), merge keys, tags, more than
//! one document in a file, keys that appear twice.

use std::cell::RefCell;
use std::fmt;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use kernel::code::closest;
use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

/// Deepest nesting that is read: the format itself needs nine.
pub const MAX_DEPTH: usize = 32;
/// The most mistakes that are collected in one file; after so many the file is probably something else.
pub const MAX_FAULTS: usize = 100;

/// The name under which `serde_saphyr::Spanned` asks for a place, and the first key of the answer. Both are
/// private to that crate; a test holds them.
const SPANNED: &str = "__yaml_spanned";
const PLACED: &str = "__serde_saphyr_private_spanned";

/// A place in a text; lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: Mark,
    /// What, as a sentence without a full stop.
    pub message: String,
}

/// A piece of YAML with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub at: Mark,
    /// What it is.
    pub what: What,
}

/// What a piece of YAML is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A single value; `plain` when it was written without quotes.
    Scalar {
        /// The text, without quotes and escapes.
        text: String,
        /// Whether it was written without quotes, so that it may mean a number or nothing.
        plain: bool,
    },
    /// Entries in order.
    List(Vec<Node>),
    /// Keys with their places, and values, in order; no key twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Where it stands.
    pub at: Mark,
    /// The key.
    pub text: String,
}

impl Node {
    /// Whether nothing is written here (`key:`, `~`, `null`).
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(&self.what, What::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Divides a map in two: what stands under `keys`, and the rest. Anything else stays whole as the rest.
    #[must_use]
    pub fn split(self, keys: &[&str]) -> (Node, Node) {
        let at = self.at;
        let (taken, rest) = match self.what {
            What::Map(entries) => {
                let (taken, rest): (Vec<_>, Vec<_>) =
                    entries.into_iter().partition(|(key, _)| keys.contains(&key.text.as_str()));
                (taken, What::Map(rest))
            }
            other => (Vec::new(), other),
        };
        (Node { at, what: What::Map(taken) }, Node { at, what: rest })
    }

    fn kind(&self) -> &'static str {
        match &self.what {
            _ if self.is_nothing() => "nothing",
            What::Scalar { .. } => "a single value",
            What::List(_) => "a list",
            What::Map(_) => "a map of keys",
        }
    }
}

/// Reads one file's text. None for an empty file. Faults of structure are collected as far as the text can
/// still be followed; a fault of syntax ends it.
pub fn parse(text: &str) -> (Option<Node>, Vec<Fault>) {
    let mut reader = Reader { faults: Vec::new(), documents: 0 };
    let root = match reader.document(text) {
        Ok(root) => root,
        Err(fault) => {
            reader.faults.push(fault);
            None
        }
    };
    reader.faults.truncate(MAX_FAULTS);
    (root, reader.faults)
}

struct Reader {
    faults: Vec<Fault>,
    documents: usize,
}

type Events<'t> = Parser<'t, granit_parser::StrInput<'t>>;

impl Reader {
    fn document(&mut self, text: &str) -> Result<Option<Node>, Fault> {
        let mut events: Events<'_> = Parser::new_from_str(text);
        let mut root = None;
        while let Some((event, span)) = next(&mut events, text)? {
            match event {
                Event::DocumentStart(..) => {
                    self.documents += 1;
                    if self.documents == 2 {
                        self.fault(mark(&span), "a second document starts here; one file holds one document");
                    }
                }
                Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                    let node = self.node(&mut events, text, event, &span, 0)?;
                    root.get_or_insert(node);
                }
                _ => {}
            }
        }
        Ok(root.filter(|node: &Node| !node.is_nothing()))
    }

    fn node<'t>(
        &mut self,
        events: &mut Events<'t>,
        text: &'t str,
        event: Event<'t>,
        span: &Span,
        depth: usize,
    ) -> Result<Node, Fault> {
        let at = mark(span);
        if depth > MAX_DEPTH {
            return Err(Fault { at, message: format!("nested deeper than {MAX_DEPTH} levels") });
        }
        if event.anchor_id().is_some_and(|id| id != 0) || event.is_alias() {
            self.fault(at, "anchors (&) and aliases (*) are not read; write it out, or put quotes around it");
        }
        if event.tag().is_some() {
            self.fault(at, "tags (!) are not read; put quotes around it if it is a text");
        }
        let what = match event {
            Event::Scalar(value, style, ..) => {
                What::Scalar { text: value.into_owned(), plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => What::List(self.list(events, text, depth)?),
            Event::MappingStart(..) => What::Map(self.map(events, text, depth)?),
            _ => What::Scalar { text: String::new(), plain: true },
        };
        Ok(Node { at, what })
    }

    fn list<'t>(&mut self, events: &mut Events<'t>, text: &'t str, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        while let Some((event, span)) = next(events, text)? {
            match event {
                Event::SequenceEnd => break,
                event if event.is_node() => items.push(self.node(events, text, event, &span, depth + 1)?),
                _ => {}
            }
        }
        Ok(items)
    }

    fn map<'t>(
        &mut self,
        events: &mut Events<'t>,
        text: &'t str,
        depth: usize,
    ) -> Result<Vec<(Key, Node)>, Fault> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        while let Some((event, span)) = next(events, text)? {
            match event {
                Event::MappingEnd => break,
                event if event.is_node() => {
                    let key = self.node(events, text, event, &span, depth + 1)?;
                    let Some((event, span)) = next(events, text)? else { break };
                    let value = self.node(events, text, event, &span, depth + 1)?;
                    self.entry(&mut entries, key, value);
                }
                _ => {}
            }
        }
        Ok(entries)
    }

    fn entry(&mut self, entries: &mut Vec<(Key, Node)>, key: Node, value: Node) {
        let What::Scalar { text, .. } = key.what else {
            return self.fault(key.at, "a key is a single word, not a list or a map");
        };
        match entries.iter().find(|(known, _)| known.text == text) {
            Some((first, _)) => {
                let line = first.at.line;
                self.fault(key.at, format!("the key {text:?} is already given at line {line}"));
            }
            None => entries.push((Key { at: key.at, text }, value)),
        }
    }

    fn fault(&mut self, at: Mark, message: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { at, message: message.into() });
        }
    }
}

fn mark(span: &Span) -> Mark {
    at(span.start.line(), span.start.col())
}

fn at(line: usize, column_from_0: usize) -> Mark {
    let fits = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Mark { line: fits(line.max(1)), column: fits(column_from_0.saturating_add(1)) }
}

/// The next event that says something. A comment may stand anywhere, also between a key and its value.
fn next<'t>(events: &mut Events<'t>, text: &str) -> Result<Option<(Event<'t>, Span)>, Fault> {
    loop {
        return match events.next_event() {
            None => Ok(None),
            Some(Ok((Event::Comment(..), _))) => continue,
            Some(Ok(found)) => Ok(Some(found)),
            Some(Err(error)) => {
                Err(said(&error.info(), at(error.marker().line(), error.marker().col()), text))
            }
        };
    }
}

/// The parser's message; a tab that indents is said in plain words, since it cannot be seen. The parser
/// notices some of them only while it still reads the line before.
fn said(info: &str, at: Mark, text: &str) -> Fault {
    for (number, line) in (at.line..).zip(text.lines().skip(at.line as usize - 1).take(2)) {
        let blank = &line[..line.len() - line.trim_start().len()];
        if blank.contains('\t') {
            let at = Mark { line: number, column: 1 };
            return Fault { at, message: "a tab indents this line; YAML wants spaces".into() };
        }
    }
    Fault { at, message: format!("this is not YAML that can be read: {info}") }
}

// ---------------------------------------------------------------------------------------------- shapes

/// Turns a node into a shape. Unknown keys are put into `faults` and do not stop it; `also` are keys that are
/// known beside the shape's own, for suggestions on this node.
pub fn shape<T: de::DeserializeOwned>(node: &Node, also: &[&str], faults: &RefCell<Vec<Fault>>) -> Option<T> {
    match T::deserialize(Reads { node, also, faults }) {
        Ok(value) => Some(value),
        Err(wrong) => {
            push(faults, Fault { at: wrong.at.unwrap_or(node.at), message: wrong.message });
            None
        }
    }
}

fn push(faults: &RefCell<Vec<Fault>>, fault: Fault) {
    let mut faults = faults.borrow_mut();
    if faults.len() < MAX_FAULTS {
        faults.push(fault);
    }
}

/// A refusal on the way into a shape; the place is filled in by the innermost node that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    at: Option<Mark>,
    message: String,
}

impl Wrong {
    fn new(message: impl Into<String>) -> Self {
        Wrong { at: None, message: message.into() }
    }

    fn at(mut self, at: Mark) -> Self {
        self.at.get_or_insert(at);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Wrong::new(message.to_string().trim_end_matches('.'))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Wrong::new(format!("expected {expected}, found {}", plainly(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Wrong::new(format!("expected {expected}, found {}", plainly(found)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Wrong::new(match closest(variant, expected.iter().copied()) {
            Some(close) => format!("{variant:?} is not known here; did you mean {close:?}?"),
            None => format!("{variant:?} is not known here; known are {}", expected.join(", ")),
        })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Wrong::new(unknown_key(field, expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Wrong::new(format!("the key {field:?} is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Wrong::new(format!("the key {field:?} is given twice"))
    }
}

fn plainly(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => value.to_string(),
        Unexpected::Str(text) => format!("{:?}", text.chars().take(64).collect::<String>()),
        Unexpected::Unit | Unexpected::Option => "nothing".into(),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "a map of keys".into(),
        other => other.to_string(),
    }
}

pub(super) fn unknown_key(key: &str, known: &[&str]) -> String {
    let shown: String = key.chars().take(64).collect();
    match closest(key, known.iter().copied()) {
        Some(close) => format!("unknown key {shown:?}; did you mean {close:?}?"),
        None if known.is_empty() => format!("unknown key {shown:?}; no keys are known here"),
        None => format!("unknown key {shown:?}; known are {}", known.join(", ")),
    }
}

/// Reads one node as what a shape asks for.
#[derive(Clone, Copy)]
struct Reads<'a> {
    node: &'a Node,
    also: &'a [&'a str],
    faults: &'a RefCell<Vec<Fault>>,
}

impl<'a> Reads<'a> {
    fn within(&self, node: &'a Node) -> Reads<'a> {
        Reads { node, also: &[], faults: self.faults }
    }

    fn wrong(&self, expected: &dyn Expected) -> Wrong {
        let found = match &self.node.what {
            What::Scalar { text, .. } if !self.node.is_nothing() => plainly(Unexpected::Str(text)),
            _ => self.node.kind().to_owned(),
        };
        Wrong::new(format!("expected {expected}, found {found}")).at(self.node.at)
    }

    fn plain(&self) -> Option<&'a str> {
        match &self.node.what {
            What::Scalar { text, plain: true } => Some(text),
            _ => None,
        }
    }

    /// The meaning of a scalar when the shape does not say what it wants: YAML 1.2's core schema, without
    /// octal and hexadecimal numbers, infinities and not-a-number.
    fn guess<V: Visitor<'a>>(&self, text: &'a str, plain: bool, visitor: V) -> Result<V::Value, Wrong> {
        match text {
            _ if !plain => visitor.visit_borrowed_str(text),
            _ if self.node.is_nothing() => visitor.visit_unit(),
            "true" | "True" | "TRUE" => visitor.visit_bool(true),
            "false" | "False" | "FALSE" => visitor.visit_bool(false),
            _ => {
                if let Ok(number) = text.parse::<u64>() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = text.parse::<i64>() {
                    visitor.visit_i64(number)
                } else if let Some(number) = float(text) {
                    visitor.visit_f64(number)
                } else {
                    visitor.visit_borrowed_str(text)
                }
            }
        }
    }

    fn number<V: Visitor<'a>>(&self, visitor: V) -> Result<V::Value, Wrong> {
        let Some(text) = self.plain() else { return Err(self.wrong(&visitor)) };
        if let Ok(number) = text.parse::<u64>() {
            visitor.visit_u64(number)
        } else if let Ok(number) = text.parse::<i64>() {
            visitor.visit_i64(number)
        } else {
            Err(self.wrong(&visitor))
        }
    }

    fn fields<V: Visitor<'a>>(
        &self,
        entries: &'a [(Key, Node)],
        known: Option<&[&str]>,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let mut kept = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match known {
                Some(known) if !known.contains(&key.text.as_str()) => {
                    let all: Vec<&str> = known.iter().chain(self.also).copied().collect();
                    push(self.faults, Fault { at: key.at, message: unknown_key(&key.text, &all) });
                }
                _ => kept.push((key, value)),
            }
        }
        visitor.visit_map(Fields { reads: *self, entries: kept.into_iter(), value: None })
    }
}

fn float(text: &str) -> Option<f64> {
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
    numeric.then(|| text.parse().ok()).flatten()
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
            self.number(visitor).map_err(|wrong| wrong.at(self.node.at))
        })*
    };
}

macro_rules! texts {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match &self.node.what {
                What::Scalar { text, .. } if !self.node.is_nothing() => visitor.visit_borrowed_str(text),
                _ => Err(self.wrong(&visitor)),
            }.map_err(|wrong: Wrong| wrong.at(self.node.at))
        })*
    };
}

impl<'a> de::Deserializer<'a> for Reads<'a> {
    type Error = Wrong;

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
    deserialize_identifier }

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.what {
            What::Scalar { text, plain } => self.guess(text, *plain, visitor),
            What::List(_) => self.deserialize_seq(visitor),
            What::Map(_) => self.deserialize_map(visitor),
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.plain() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => Err(self.wrong(&"true or false")),
        }
    }

    fn deserialize_f32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.plain().and_then(float) {
            Some(number) => visitor.visit_f64(number),
            None => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.node.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.node.is_nothing() { visitor.visit_unit() } else { Err(self.wrong(&visitor)) }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if name == SPANNED {
            visitor.visit_newtype_struct(Placed(self))
        } else {
            visitor.visit_newtype_struct(self)
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.what {
            What::List(items) => visitor.visit_seq(Items { reads: self, items: items.iter() }),
            _ if self.node.is_nothing() => visitor.visit_seq(Items { reads: self, items: [].iter() }),
            _ => Err(self.wrong(&"a list")),
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.what {
            What::Map(entries) => self.fields(entries, None, visitor),
            _ if self.node.is_nothing() => self.fields(&[], None, visitor),
            _ => Err(self.wrong(&"a map of keys")),
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.node.what {
            What::Map(entries) => self.fields(entries, Some(known), visitor),
            _ => Err(self.wrong(&format!("keys ({})", known.join(", ")).as_str())),
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.node.what {
            What::Scalar { text, .. } if !self.node.is_nothing() => {
                visitor.visit_enum(de::value::StrDeserializer::<Wrong>::new(text))
            }
            What::Map(entries) if entries.len() == 1 => {
                visitor.visit_enum(Variant { reads: self, key: &entries[0].0, value: &entries[0].1 })
            }
            _ => Err(self.wrong(&format!("one of {}", known.join(", ")).as_str())),
        }
        .map_err(|wrong| wrong.at(self.node.at))
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }
}

struct Items<'a> {
    reads: Reads<'a>,
    items: std::slice::Iter<'a, Node>,
}

impl<'a> SeqAccess<'a> for Items<'a> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        match self.items.next() {
            None => Ok(None),
            Some(node) => {
                seed.deserialize(self.reads.within(node)).map(Some).map_err(|wrong| wrong.at(node.at))
            }
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'a> {
    reads: Reads<'a>,
    entries: std::vec::IntoIter<(&'a Key, &'a Node)>,
    value: Option<&'a Node>,
}

impl<'a> MapAccess<'a> for Fields<'a> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::<Wrong>::new(&key.text)).map(Some).map_err(|wrong| wrong.at(key.at))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let node = self.value.take().expect("serde asks for a value only after its key");
        seed.deserialize(self.reads.within(node)).map_err(|wrong| wrong.at(node.at))
    }
}

struct Variant<'a> {
    reads: Reads<'a>,
    key: &'a Key,
    value: &'a Node,
}

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = Wrong;
    type Variant = Reads<'a>;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Reads<'a>), Wrong> {
        let variant = seed
            .deserialize(StrDeserializer::<Wrong>::new(&self.key.text))
            .map_err(|wrong| wrong.at(self.key.at))?;
        Ok((variant, self.reads.within(self.value)))
    }
}

impl<'a> VariantAccess<'a> for Reads<'a> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        if self.node.is_nothing() { Ok(()) } else { Err(self.wrong(&"nothing")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Wrong> {
        seed.deserialize(self).map_err(|wrong| wrong.at(self.node.at))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        de::Deserializer::deserialize_seq(self, visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        de::Deserializer::deserialize_struct(self, "", fields, visitor)
    }
}

/// A node wrapped for `serde_saphyr::Spanned`: a map of marker, value and places.
struct Placed<'a>(Reads<'a>);

impl<'de> de::Deserializer<'de> for Placed<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_map(PlacedFields { reads: self.0, next: 0 })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct PlacedFields<'a> {
    reads: Reads<'a>,
    next: usize,
}

impl<'a> MapAccess<'a> for PlacedFields<'a> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some(key) = [PLACED, "value", "referenced", "defined"].get(self.next) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(StrDeserializer::<Wrong>::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let at = self.reads.node.at;
        match self.next {
            1 => seed.deserialize(().into_deserializer()),
            2 => seed.deserialize(self.reads).map_err(|wrong: Wrong| wrong.at(at)),
            _ => {
                let place = [("line", at.line), ("column", at.column)];
                seed.deserialize(MapDeserializer::<_, Wrong>::new(place.into_iter()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
