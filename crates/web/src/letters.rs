//! The text half of a letter.

/// Makes text of what the macros of `letters.html` wrote in plain mode: entities back to letters, at most
/// one empty line in a row.
pub(crate) fn plain(rendered: &str) -> String {
    let mut text = String::with_capacity(rendered.len());
    let mut empty = true;
    for line in rendered.lines().map(str::trim_end) {
        let line = line.trim_start();
        if line.is_empty() {
            if !empty {
                text.push('\n');
            }
            empty = true;
        } else {
            text.push_str(&unescape(line));
            text.push('\n');
            empty = false;
        }
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('\n');
    text
}

/// The five entities that autoescaping makes, and no others, back to letters.
fn unescape(line: &str) -> String {
    line.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_come_back_once_and_empty_lines_fold() {
        assert_eq!(
            plain("\n\n  A &amp; B\n\n\n &amp;lt;i&amp;gt; &#x27;x&#x27;\n"),
            "A & B\n\n&lt;i&gt; 'x'\n"
        );
    }
}
