//! A Rust file with its comments and texts told apart from its code, and its tests from what ships.

/// A Rust file.
pub struct Source {
    /// Path from the root.
    pub path: String,
    /// As written.
    pub text: String,
    /// With comments and the inside of texts blanked; lines stay where they are.
    pub code: Vec<String>,
    /// With only comments blanked.
    pub uncommented: Vec<String>,
    /// Whether each line is test code.
    test: Vec<bool>,
}

impl Source {
    /// Reads one.
    pub fn new(path: &str, text: &str) -> Self {
        let code = lines(&blank(text, true));
        let test = test_lines(path, &code);
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            uncommented: lines(&blank(text, false)),
            code,
            test,
        }
    }

    /// The crate it lies in.
    pub fn krate(&self) -> &str {
        self.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or("")
    }

    /// The code that ships, with line numbers from 1.
    pub fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        self.numbered(false)
    }

    /// The code of tests, with line numbers from 1.
    pub fn tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.numbered(true)
    }

    /// Whether a line, from 1, is test code.
    pub fn is_test(&self, line: usize) -> bool {
        self.test.get(line - 1).copied().unwrap_or(false)
    }

    fn numbered(&self, test: bool) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code.iter().zip(&self.test).enumerate();
        lines.filter(move |(_, (_, is))| **is == test).map(|(at, (line, _))| (at + 1, line.as_str()))
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Replaces comments, and texts when asked, by spaces; line breaks stay.
fn blank(text: &str, texts_too: bool) -> String {
    let from: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < from.len() {
        let end = match piece(&from, at) {
            Piece::Code => {
                out.push(from[at]);
                at += 1;
                continue;
            }
            Piece::Comment(end) => {
                cover(&from[at..end], &mut out);
                end
            }
            Piece::Text(end) if texts_too => {
                out.push('"');
                cover(&from[at + 1..end.saturating_sub(1).max(at + 1)], &mut out);
                if end > at + 1 {
                    out.push('"');
                }
                end
            }
            Piece::Text(end) => {
                out.extend(&from[at..end]);
                end
            }
        };
        at = end;
    }
    out
}

fn cover(what: &[char], out: &mut String) {
    out.extend(what.iter().map(|one| if *one == '\n' { '\n' } else { ' ' }));
}

enum Piece {
    Code,
    Comment(usize),
    Text(usize),
}

fn piece(from: &[char], at: usize) -> Piece {
    let next = from.get(at + 1).copied();
    match from[at] {
        '/' if next == Some('/') => {
            Piece::Comment((at..from.len()).find(|i| from[*i] == '\n').unwrap_or(from.len()))
        }
        '/' if next == Some('*') => Piece::Comment(block_end(from, at)),
        '"' => Piece::Text(quoted_end(from, at + 1, '"')),
        'r' if !after_word(from, at) => raw_end(from, at).map_or(Piece::Code, Piece::Text),
        '\'' => char_end(from, at).map_or(Piece::Code, Piece::Text),
        _ => Piece::Code,
    }
}

/// Whether the letter here goes on a word, so that an `r` is no raw text; `br".."` is one.
fn after_word(from: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| from[i]) else { return false };
    let in_word = before.is_alphanumeric() || before == '_';
    let byte =
        before == 'b' && !at.checked_sub(2).is_some_and(|i| from[i].is_alphanumeric() || from[i] == '_');
    in_word && !byte
}

fn block_end(from: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < from.len() {
        match (from[i], from.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) if depth == 1 => return i + 2,
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    from.len()
}

fn quoted_end(from: &[char], mut at: usize, quote: char) -> usize {
    while at < from.len() {
        match from[at] {
            '\\' => at += 2,
            one if one == quote => return at + 1,
            _ => at += 1,
        }
    }
    from.len()
}

fn raw_end(from: &[char], at: usize) -> Option<usize> {
    let hashes = from[at + 1..].iter().take_while(|one| **one == '#').count();
    let open = at + 1 + hashes;
    if from.get(open) != Some(&'"') {
        return None;
    }
    let closes =
        |i: usize| from[i] == '"' && from[i + 1..].iter().take_while(|one| **one == '#').count() >= hashes;
    Some((open + 1..from.len()).find(|i| closes(*i)).map_or(from.len(), |i| i + 1 + hashes))
}

/// The end of a character; nothing for a lifetime.
fn char_end(from: &[char], at: usize) -> Option<usize> {
    match (from.get(at + 1)?, from.get(at + 2)) {
        ('\\', _) => Some(quoted_end(from, at + 1, '\'')),
        (_, Some('\'')) => Some(at + 3),
        _ => None,
    }
}

/// Which lines are tests: whole files by name, and the blocks under `#[cfg(test)]` and `#[test]`.
fn test_lines(path: &str, code: &[String]) -> Vec<bool> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let by_name = path.contains("/tests/") || name == "tests.rs" || name.ends_with("_tests.rs");
    if by_name || path.starts_with("crates/testkit/") {
        return vec![true; code.len()];
    }
    let mut test = vec![false; code.len()];
    let mut at = 0;
    while at < code.len() {
        let line = code[at].trim();
        if line.starts_with("#[cfg(test)]")
            || line.starts_with("#[test]")
            || line.starts_with("#[tokio::test")
        {
            let end = block_end_line(code, at);
            test[at..=end].fill(true);
            at = end;
        }
        at += 1;
    }
    test
}

/// The line on which the item that starts here ends: its `;` or its closing brace.
fn block_end_line(code: &[String], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, line) in code.iter().enumerate().skip(start) {
        for one in line.chars() {
            match one {
                '{' => depth += 1,
                '}' if depth <= 1 => return at,
                '}' => depth -= 1,
                ';' if depth == 0 => return at,
                _ => {}
            }
        }
    }
    code.len() - 1
}

#[cfg(test)]
mod tests;
