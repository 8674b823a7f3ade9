//! Decisions of the estate, pure.
//!
//! - A slug is the name in lower-case ASCII letters, digits and hyphens; what it cannot spell it leaves out.
//!   When a slug is taken the next number is put behind it.
//! - A dependency may not close a circle. A service counts as depending on its own components, because to
//!   need a service is to need its parts; so a circle through the parts of two services is a circle as well.
//! - The picture of a graph puts everything to the right of what needs it ([`picture`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::End;

pub mod picture;

/// The longest slug.
const MAX_SLUG: usize = 60;

/// The name as it stands in an address: `Bewonersparkeren & Zo (2026)` becomes `bewonersparkeren-zo-2026`.
/// Letters with accents lose them where that is one of the usual European ones; others are left out.
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(letters) => slug.push_str(letters),
            None if letter.is_ascii_alphanumeric() => slug.push(letter),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    slug.truncate(MAX_SLUG);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "service".into() } else { slug.into() }
}

fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'æ' => "ae",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'œ' => "oe",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ł' => "l",
        'ś' | 'š' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'č' | 'ć' => "c",
        _ => return None,
    })
}

/// The slugs to try for a name, in order: `parking`, `parking-2`, `parking-3`, ..
pub fn slugs_of(name: &str) -> impl Iterator<Item = String> {
    let slug = slug_of(name);
    (1_u32..).map(move |number| if number == 1 { slug.clone() } else { format!("{slug}-{number}") })
}

/// What depends on what, for finding circles.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    next: BTreeMap<End, BTreeSet<End>>,
}

impl Needs {
    /// Needs that are known to hold no circle, because each was checked when it was added.
    #[must_use]
    pub fn trusting(known: impl IntoIterator<Item = (End, End)>) -> Self {
        let mut needs = Needs::default();
        for (from, to) in known {
            needs.contain(from, to);
            needs.next.entry(from).or_default().insert(to);
        }
        needs
    }

    fn contain(&mut self, from: End, to: End) {
        for end in [from, to] {
            if end.component.is_some() {
                self.next.entry(End { component: None, ..end }).or_default().insert(end);
            }
        }
    }

    /// Says that `from` needs `to`, unless that closes a circle: then the circle is answered, starting and
    /// ending at `from`, and nothing is added.
    pub fn add(&mut self, from: End, to: End) -> Result<(), Vec<End>> {
        self.contain(from, to);
        match self.way(to, from) {
            Some(back) => Err(std::iter::once(from).chain(back).collect()),
            None => {
                self.next.entry(from).or_default().insert(to);
                Ok(())
            }
        }
    }

    /// The way from `from` to `to` along needs, both included; the shortest one.
    #[must_use]
    pub fn way(&self, from: End, to: End) -> Option<Vec<End>> {
        let mut came: BTreeMap<End, End> = BTreeMap::new();
        let mut seen = BTreeSet::from([from]);
        let mut edge = vec![from];
        while !edge.is_empty() && !seen.contains(&to) {
            let mut next = Vec::new();
            for end in edge {
                for other in self.next.get(&end).into_iter().flatten() {
                    if seen.insert(*other) {
                        came.insert(*other, end);
                        next.push(*other);
                    }
                }
            }
            edge = next;
        }
        seen.contains(&to).then(|| {
            let mut way = vec![to];
            while let Some(before) = way.last().filter(|last| **last != from).and_then(|last| came.get(last))
            {
                way.push(*before);
            }
            way.reverse();
            way
        })
    }
}

#[cfg(test)]
mod tests;
