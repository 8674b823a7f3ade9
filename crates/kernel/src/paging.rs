//! Lists in pages, by key and not by offset: a page costs the same wherever it is, and rows that arrive
//! meanwhile are neither shown twice nor skipped.

use std::fmt;
use std::str::FromStr;

use crate::Problem;

/// Rows on a page when nobody says how many.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most rows on one page: above it a browser gets slow before the server does.
pub const MAX_LIMIT: u32 = 500;
/// The longest cursor that is read.
const MAX_CURSOR: usize = 512;

/// The sort key of the last row of a page. Opaque to callers; hex in addresses.
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema)]
#[schemars(transparent)]
pub struct Cursor(Vec<String>);

impl Cursor {
    /// A cursor of the parts of a sort key, in order.
    #[must_use]
    pub fn new(parts: Vec<String>) -> Self {
        Cursor(parts)
    }

    /// The parts, if there are exactly `N`.
    pub fn parts<const N: usize>(&self) -> Result<&[String; N], Problem> {
        self.0.as_slice().try_into().map_err(|_| Problem::invalid().field("after", "field-bad-cursor"))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.join("\u{1f}").bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for Cursor {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let bad = || Problem::invalid().field("after", "field-bad-cursor");
        if text.len() > MAX_CURSOR || !text.len().is_multiple_of(2) || !text.is_ascii() {
            return Err(bad());
        }
        let bytes = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| bad()))
            .collect::<Result<Vec<u8>, _>>()?;
        let joined = String::from_utf8(bytes).map_err(|_| bad())?;
        Ok(Cursor(joined.split('\u{1f}').map(str::to_owned).collect()))
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(|_| serde::de::Error::custom("not a cursor that Tend gave out"))
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct Paging {
    /// Start after this row; none for the first page.
    #[serde(default)]
    pub after: Option<Cursor>,
    /// How many rows; [`DEFAULT_LIMIT`] when not said, at most [`MAX_LIMIT`].
    #[serde(default)]
    pub limit: Option<u32>,
}

impl Paging {
    /// How many rows to show.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// How many rows to read: one more than shown, to know whether there is a next page.
    #[must_use]
    pub fn read_limit(&self) -> i64 {
        i64::from(self.limit()) + 1
    }

    /// Makes a page of what was read with [`Paging::read_limit`]; `key` gives a row's sort key.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> Vec<String>) -> Page<T> {
        let limit = self.limit() as usize;
        let next = (rows.len() > limit).then(|| {
            rows.truncate(limit);
            rows.last().map(|last| Cursor::new(key(last)))
        });
        Page { items: rows, next: next.flatten() }
    }
}

/// One page of a list.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_itself() {
        let cursor = Cursor::new(vec!["2026-01-01".into(), "inc_é".into()]);
        assert_eq!(cursor.to_string().parse::<Cursor>().ok(), Some(cursor));
    }

    #[test]
    fn a_bad_cursor_is_a_clear_refusal() {
        for bad in ["f", "zz", "ff", "é1", &"aa".repeat(300)] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let paging = Paging { after: None, limit: Some(2) };
        let key = |n: &u32| vec![n.to_string()];
        assert!(paging.page(vec![1, 2], key).next.is_none());
        let page = paging.page(vec![1, 2, 3], key);
        assert_eq!((page.items.len(), page.next), (2, Some(Cursor::new(vec!["2".into()]))));
    }
}
