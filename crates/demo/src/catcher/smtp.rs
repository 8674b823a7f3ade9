//! What a mail server says to what it hears: RFC 5321 with SIZE (1870), 8BITMIME (6152), PIPELINING (2920)
//! and enhanced status codes (2034). Pure: lines in, answers out.

/// The largest mail taken, bytes.
pub(super) const LARGEST: usize = 1024 * 1024;
/// The longest command line, bytes; RFC 5321 asks for 512, extensions add to it.
pub(super) const COMMAND: usize = 2048;
/// The longest line of a mail, bytes. RFC 5321 section 4.5.3.1.6 asks for 1000; more is a fault of the sender.
pub(super) const LINE: usize = 1000;
/// Recipients of one mail; RFC 5321 section 4.5.3.1.8 asks for 100.
const RECIPIENTS: usize = 100;
/// The longest address, bytes (RFC 5321 section 4.5.3.1.3).
const ADDRESS: usize = 256;
/// Refusals after which a talk is over: whoever is this lost will not find the way.
const REFUSALS: u32 = 20;

/// From whom and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Envelope {
    /// The return path; empty for a bounce.
    pub(super) from: String,
    /// At least one.
    pub(super) to: Vec<String>,
}

/// What to do after a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Say this and listen.
    Say(String),
    /// Say this and take a mail.
    Take(String),
    /// Say this and hang up.
    End(String),
}

/// One talk.
#[derive(Debug, Default)]
pub(super) struct Talk {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
    refusals: u32,
}

impl Talk {
    /// Hears one command line without its line end.
    pub(super) fn hear(&mut self, line: &[u8]) -> Next {
        let Ok(line) = std::str::from_utf8(line) else { return self.refuse("500 5.5.2 Not text") };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.greet(rest, true),
            "HELO" => self.greet(rest, false),
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" => self.data(rest),
            "RSET" => {
                self.reset();
                Next::Say("250 2.0.0 Forgotten".into())
            }
            "NOOP" => Next::Say("250 2.0.0 Still here".into()),
            "VRFY" => Next::Say("252 2.1.5 Send it and see".into()),
            "QUIT" => Next::End("221 2.0.0 Goodbye".into()),
            _ => self.refuse("500 5.5.1 Not a command I know"),
        }
    }

    /// Refuses a line that was no line.
    pub(super) fn refuse(&mut self, said: &str) -> Next {
        self.refusals += 1;
        if self.refusals >= REFUSALS {
            Next::End("421 4.7.0 Too many mistakes".into())
        } else {
            Next::Say(said.into())
        }
    }

    /// The envelope of the mail being taken; the talk is ready for the next.
    pub(super) fn envelope(&mut self) -> Envelope {
        let envelope =
            Envelope { from: self.from.take().unwrap_or_default(), to: std::mem::take(&mut self.to) };
        self.reset();
        envelope
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn greet(&mut self, name: &str, extended: bool) -> Next {
        if name.is_empty() {
            return self.refuse("501 5.5.4 Say who you are");
        }
        self.greeted = true;
        self.reset();
        Next::Say(if extended {
            format!(
                "250-localhost\r\n250-PIPELINING\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES"
            )
        } else {
            "250 localhost".into()
        })
    }

    fn mail(&mut self, rest: &str) -> Next {
        if !self.greeted {
            return self.refuse("503 5.5.1 Say EHLO first");
        }
        if self.from.is_some() {
            return self.refuse("503 5.5.1 One mail at a time");
        }
        let Some((address, parameters)) = path(rest, "FROM:") else {
            return self.refuse("501 5.1.7 Say MAIL FROM:<address>");
        };
        for parameter in parameters.split_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match (name.to_ascii_uppercase().as_str(), value) {
                ("SIZE", size) => match size.parse::<usize>() {
                    Ok(size) if size <= LARGEST => {}
                    Ok(_) => return self.refuse("552 5.3.4 Too large"),
                    Err(_) => return self.refuse("501 5.5.4 SIZE is a number"),
                },
                ("BODY", body) if matches!(body.to_ascii_uppercase().as_str(), "7BIT" | "8BITMIME") => {}
                _ => return self.refuse("555 5.5.4 Not a parameter I know"),
            }
        }
        self.from = Some(address.to_owned());
        Next::Say("250 2.1.0 Go on".into())
    }

    fn rcpt(&mut self, rest: &str) -> Next {
        if self.from.is_none() {
            return self.refuse("503 5.5.1 Say MAIL first");
        }
        match path(rest, "TO:") {
            Some((address, "")) if address.contains('@') => {
                if self.to.len() == RECIPIENTS {
                    return self.refuse("452 4.5.3 Too many recipients");
                }
                self.to.push(address.to_owned());
                Next::Say("250 2.1.5 Go on".into())
            }
            Some((_, parameters)) if !parameters.is_empty() => {
                self.refuse("555 5.5.4 Not a parameter I know")
            }
            _ => self.refuse("501 5.1.3 Say RCPT TO:<address>"),
        }
    }

    fn data(&mut self, rest: &str) -> Next {
        if self.to.is_empty() {
            return self.refuse("503 5.5.1 Say RCPT first");
        }
        if !rest.is_empty() {
            return self.refuse("501 5.5.4 DATA stands alone");
        }
        Next::Take("354 End with a dot on a line".into())
    }
}

/// `FROM:<address> PARAMETERS` -> the address and the parameters.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let head = rest.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, parameters) = rest[word.len()..].trim_start().strip_prefix('<')?.split_once('>')?;
    let fits = address.len() <= ADDRESS && !address.chars().any(|c| c.is_control() || c == ' ' || c == '<');
    fits.then_some((address, parameters.trim()))
}

/// A mail being taken.
#[derive(Debug)]
pub(super) struct Taking {
    bytes: Vec<u8>,
    wrong: Option<&'static str>,
    whole: bool,
}

impl Taking {
    /// The first line of a mail stands after the line end of `DATA`.
    pub(super) fn new() -> Taking {
        Taking { bytes: Vec::new(), wrong: None, whole: true }
    }

    /// Takes one line; `whole` says that it ended as lines of mail do, with CR LF. True when it was the end.
    ///
    /// Only CR LF, dot, CR LF ends a mail. A server that also ends it at a bare LF can be made to see two
    /// mails where another saw one.
    pub(super) fn line(&mut self, line: &[u8], whole: bool) -> bool {
        if line == b"." && whole && self.whole {
            return true;
        }
        self.whole = whole;
        if !whole {
            self.wrong.get_or_insert("554 5.6.0 Lines end with CR LF");
        }
        let line = line.strip_prefix(b".").unwrap_or(line);
        if self.bytes.len() + line.len() + 2 > LARGEST {
            self.wrong.get_or_insert("552 5.3.4 Too large");
        }
        if self.wrong.is_none() {
            self.bytes.extend_from_slice(line);
            self.bytes.extend_from_slice(b"\r\n");
        }
        false
    }

    /// A line went on beyond the longest.
    pub(super) fn too_long(&mut self, whole: bool) {
        self.wrong.get_or_insert("554 5.6.0 A line is too long");
        self.whole = whole;
    }

    /// The mail, or why it is not taken.
    pub(super) fn end(self) -> Result<Vec<u8>, &'static str> {
        self.wrong.map_or(Ok(self.bytes), Err)
    }
}
