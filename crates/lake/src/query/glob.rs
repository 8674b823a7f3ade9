//! Patterns of paths: `*` is anything within a segment, `**` anything at all, `?` one letter of a segment.

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Letter(char),
    AnyLetter,
    WithinSegment,
    Anything,
}

/// A pattern, made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    /// What stands before the first wildcard.
    start: String,
    /// From the first wildcard on.
    parts: Vec<Part>,
}

impl Glob {
    /// Of a pattern. Every text is one; there is no way to write a wildcard as itself.
    pub(super) fn new(pattern: &str) -> Glob {
        let cut = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let mut parts = Vec::new();
        let mut letters = pattern[cut..].chars().peekable();
        while let Some(letter) = letters.next() {
            let part = match letter {
                '*' if letters.next_if_eq(&'*').is_some() => Part::Anything,
                '*' => Part::WithinSegment,
                '?' => Part::AnyLetter,
                other => Part::Letter(other),
            };
            parts.push(part);
        }
        Glob { start: pattern[..cut].to_owned(), parts }
    }

    /// Whether a text is like it. Takes time in proportion to the text times the pattern, whatever they are.
    pub(super) fn fits(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.start.as_str()) else { return false };
        match self.parts.as_slice() {
            [] => rest.is_empty(),
            [Part::Anything] => true,
            [Part::WithinSegment] => !rest.contains('/'),
            parts => walk(parts, rest),
        }
    }
}

/// All places of the pattern at which one may stand, letter by letter.
fn walk(parts: &[Part], text: &str) -> bool {
    let mut standing = vec![false; parts.len() + 1];
    let mut next = standing.clone();
    standing[0] = true;
    skip(parts, &mut standing);
    for letter in text.chars() {
        next.fill(false);
        for (at, part) in parts.iter().enumerate() {
            if !standing[at] {
                continue;
            }
            match part {
                Part::Letter(wanted) if *wanted == letter => next[at + 1] = true,
                Part::AnyLetter if letter != '/' => next[at + 1] = true,
                Part::WithinSegment if letter != '/' => next[at] = true,
                Part::Anything => next[at] = true,
                Part::Letter(_) | Part::AnyLetter | Part::WithinSegment => {}
            }
        }
        skip(parts, &mut next);
        std::mem::swap(&mut standing, &mut next);
    }
    standing[parts.len()]
}

/// A star may stand for nothing.
fn skip(parts: &[Part], standing: &mut [bool]) {
    for (at, part) in parts.iter().enumerate() {
        if standing[at] && matches!(part, Part::WithinSegment | Part::Anything) {
            standing[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_people_expect() {
        for (pattern, yes, no) in [
            ("/apply", vec!["/apply"], vec!["/apply/", "/applying", "/"]),
            ("/apply/*", vec!["/apply/", "/apply/form"], vec!["/apply", "/apply/form/2"]),
            ("/apply/**", vec!["/apply/", "/apply/form/2"], vec!["/apply"]),
            ("/apply**", vec!["/apply", "/apply/form/2"], vec!["/app"]),
            ("/*/done", vec!["/apply/done", "//done"], vec!["/apply/form/done", "/done"]),
            ("/**/done", vec!["/apply/done", "/apply/form/done"], vec!["/done/"]),
            ("/case/???", vec!["/case/123", "/case/äöü"], vec!["/case/12", "/case/1/3"]),
            ("*", vec!["", "abc"], vec!["/"]),
            ("**", vec!["", "/a/b"], vec![]),
            ("", vec![""], vec!["a"]),
        ] {
            let glob = Glob::new(pattern);
            yes.iter().for_each(|text| assert!(glob.fits(text), "{pattern} {text}"));
            no.iter().for_each(|text| assert!(!glob.fits(text), "{pattern} {text}"));
        }
    }

    #[test]
    fn a_pattern_of_stars_takes_no_time() {
        let glob = Glob::new(&"*a".repeat(100));
        assert!(!glob.fits(&"a".repeat(99)));
        assert!(glob.fits(&"a".repeat(2_000)));
    }
}
