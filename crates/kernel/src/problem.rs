//! Every way of saying no, in one value that becomes a page or `application/problem+json` (RFC 9457).
//!
//! A problem carries a code, not sentences: the sentences (what happened, what is safe, what to do next)
//! are texts in the reader's language, found by the code. A cause is kept for the log and never shown.

use std::fmt;

/// The class of a problem; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 400: the request cannot be understood.
    Malformed,
    /// 401: sign in first.
    Unauthenticated,
    /// 403: seen, but not for you to do.
    Forbidden,
    /// 404: not there, or not for you to see.
    NotFound,
    /// 405: this address does not take that method.
    WrongMethod,
    /// 409: true when asked, no longer true.
    Conflict,
    /// 410: it was there and is gone (a used or expired link).
    Gone,
    /// 413: more than Tend takes at once.
    TooLarge,
    /// 415: not in a form Tend reads.
    WrongType,
    /// 422: understood, and a field is wrong.
    Invalid,
    /// 429: too often; try later.
    TooMany,
    /// 500: a fault of ours.
    Fault,
    /// 503: cannot now; nothing is lost, try again.
    Unavailable,
    /// 504: it took too long.
    TimedOut,
}

impl Kind {
    /// Every kind, for samples and tests.
    pub const ALL: [Kind; 14] = [
        Kind::Malformed,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::WrongMethod,
        Kind::Conflict,
        Kind::Gone,
        Kind::TooLarge,
        Kind::WrongType,
        Kind::Invalid,
        Kind::TooMany,
        Kind::Fault,
        Kind::Unavailable,
        Kind::TimedOut,
    ];

    /// The HTTP status code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Kind::Malformed => 400,
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::WrongMethod => 405,
            Kind::Conflict => 409,
            Kind::Gone => 410,
            Kind::TooLarge => 413,
            Kind::WrongType => 415,
            Kind::Invalid => 422,
            Kind::TooMany => 429,
            Kind::Fault => 500,
            Kind::Unavailable => 503,
            Kind::TimedOut => 504,
        }
    }
}

/// What is wrong with one field of a form or body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name as sent.
    pub field: String,
    /// The text's key: `field-required`, `field-taken`, ..
    pub code: &'static str,
    /// What the text speaks of.
    pub args: Vec<(&'static str, String)>,
}

/// One refusal or failure.
#[derive(Debug)]
pub struct Problem {
    /// The class.
    pub kind: Kind,
    /// The text's key without its `problem-` prefix, and the last part of the RFC 9457 `type`.
    pub code: &'static str,
    /// What the text speaks of.
    pub args: Vec<(&'static str, String)>,
    /// Fields that are wrong, for [`Kind::Invalid`].
    pub fields: Vec<FieldProblem>,
    /// Seconds after which asking again makes sense.
    pub retry_after: Option<u32>,
    /// Why, for the log only.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    /// A problem of a kind with a code.
    #[must_use]
    pub fn new(kind: Kind, code: &'static str) -> Self {
        Problem { kind, code, args: Vec::new(), fields: Vec::new(), retry_after: None, cause: None }
    }

    /// Not there, or not for you to see. `what` is a word with a text `noun-WHAT`.
    #[must_use]
    pub fn not_found(what: &'static str) -> Self {
        Self::new(Kind::NotFound, "not-found").with("what", what)
    }

    /// Seen, but not for you to do.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(Kind::Forbidden, "forbidden")
    }

    /// Sign in first.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "unauthenticated")
    }

    /// True when asked, no longer true.
    #[must_use]
    pub fn conflict(code: &'static str) -> Self {
        Self::new(Kind::Conflict, code)
    }

    /// A form or body whose fields are wrong; add them with [`Problem::field`].
    #[must_use]
    pub fn invalid() -> Self {
        Self::new(Kind::Invalid, "invalid")
    }

    /// A fault of ours.
    #[must_use]
    pub fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut problem = Self::new(Kind::Fault, "fault");
        problem.cause = Some(cause.into());
        problem
    }

    /// Adds something the text speaks of.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, code: &'static str) -> Self {
        self.fields.push(FieldProblem { field: field.into(), code, args: Vec::new() });
        self
    }

    /// Adds something the last added field's text speaks of.
    #[must_use]
    pub fn field_with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        if let Some(last) = self.fields.last_mut() {
            last.args.push((name, value.to_string()));
        }
        self
    }

    /// Says after how many seconds asking again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The problem if any field was wrong.
    pub fn or<T>(self, value: T) -> Result<T, Problem> {
        if self.fields.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problem {
    /// For logs and the command line; people on screens read the texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code, self.kind.status())?;
        for (name, value) in &self.args {
            write!(f, ", {name}: {value}")?;
        }
        for wrong in &self.fields {
            write!(f, "; {}: {}", wrong.field, wrong.code)?;
            for (name, value) in &wrong.args {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}
