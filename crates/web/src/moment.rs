//! What a template may know about the moment it is rendered in, without every macro having to pass it on:
//! language, zone, time, the form's seal, what was sent and refused.
//!
//! Rendering is synchronous and on one thread, so the moment lives in a thread-local for exactly as long as
//! one render takes.

use std::cell::RefCell;
use std::sync::Arc;

use jiff::Timestamp;
use kernel::Problem;

use crate::asks::Reader;

/// The moment of one render.
#[derive(Clone)]
pub(crate) struct Moment {
    pub reader: Reader,
    pub now: Timestamp,
    /// The hidden field of forms; empty where there are no forms.
    pub csrf: String,
    /// The path and query of the screen, to come back to.
    pub here: String,
    /// What was sent and why it was refused.
    pub refused: Option<RefusedForm>,
    /// The action of the form that is being rendered.
    pub form: Option<String>,
    /// Finds texts, for what is drawn in Rust.
    pub lookup: Option<crate::words::Lookup>,
    /// Whether a form used the seal.
    pub sealed: bool,
    /// Whether the refused form showed what is wrong with it.
    pub refused_shown: bool,
    /// How many forms have begun.
    pub forms: u32,
    /// Whether a letter is being rendered: its times are exact.
    pub letter: bool,
    /// Whether the text half of a letter is being rendered.
    pub plain: bool,
    /// Whether a missing text is an error (tests, samples) rather than its key on the screen.
    pub strict: bool,
}

/// A form that was sent and refused.
#[derive(Clone)]
pub(crate) struct RefusedForm {
    /// The address it was sent to.
    pub action: String,
    /// The fields as sent.
    pub fields: Arc<[(String, String)]>,
    /// What is wrong.
    pub problem: Arc<Problem>,
}

impl Moment {
    pub fn new(reader: Reader, now: Timestamp) -> Self {
        Moment {
            reader,
            now,
            csrf: String::new(),
            here: "/".into(),
            refused: None,
            form: None,
            lookup: None,
            sealed: false,
            refused_shown: false,
            forms: 0,
            letter: false,
            plain: false,
            strict: false,
        }
    }

    /// The refused form, if it is the one being rendered.
    pub fn refused_here(&self) -> Option<&RefusedForm> {
        self.refused.as_ref().filter(|refused| self.form.as_deref() == Some(refused.action.as_str()))
    }
}

thread_local! {
    static MOMENT: RefCell<Vec<Moment>> = const { RefCell::new(Vec::new()) };
}

/// Puts the moment back when the render ends, also by panic.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        MOMENT.with_borrow_mut(|stack| stack.pop());
    }
}

/// Runs a render in a moment, and gives the moment back as the render left it.
pub(crate) fn within<T>(moment: Moment, render: impl FnOnce() -> T) -> (T, Moment) {
    MOMENT.with_borrow_mut(|stack| stack.push(moment));
    let _guard = Guard;
    let rendered = render();
    (rendered, with(Moment::clone))
}

/// Reads the moment; outside a render it is the beginning of time in English.
pub(crate) fn with<T>(read: impl FnOnce(&Moment) -> T) -> T {
    MOMENT.with_borrow(|stack| match stack.last() {
        Some(moment) => read(moment),
        None => read(&Moment::new(Reader::default(), Timestamp::UNIX_EPOCH)),
    })
}

/// Changes the moment.
pub(crate) fn change(change: impl FnOnce(&mut Moment)) {
    MOMENT.with_borrow_mut(|stack| {
        if let Some(moment) = stack.last_mut() {
            change(moment);
        }
    });
}
