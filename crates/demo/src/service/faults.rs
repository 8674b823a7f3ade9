//! What is broken on purpose, and since when.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// One way to break the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The web server stops listening: connections are refused.
    Down,
    /// Every page takes seconds longer.
    Slow,
    /// The payment pages answer 200 and show an error.
    WrongAnswer,
    /// The payment pages answer 500.
    ServerError,
    /// HTTPS shows a certificate that expired yesterday.
    ExpiredCertificate,
    /// The bank's gateway stops listening.
    BankDown,
}

impl Fault {
    /// Every fault, in the order of the control panel.
    pub(crate) const ALL: [Fault; 6] = [
        Fault::Down,
        Fault::Slow,
        Fault::WrongAnswer,
        Fault::ServerError,
        Fault::ExpiredCertificate,
        Fault::BankDown,
    ];

    /// The word in forms, JSON and texts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Fault::Down => "down",
            Fault::Slow => "slow",
            Fault::WrongAnswer => "wrong-answer",
            Fault::ServerError => "server-error",
            Fault::ExpiredCertificate => "expired-certificate",
            Fault::BankDown => "bank-down",
        }
    }

    /// The fault of that word.
    pub(crate) fn from_word(word: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.word() == word)
    }
}

/// The faults there are now.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<BTreeMap<Fault, Timestamp>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Fault, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Breaks; what is broken already stays broken since then.
    pub(crate) fn add(&self, fault: Fault, now: Timestamp) {
        self.lock().entry(fault).or_insert(now);
    }

    /// Heals one.
    pub(crate) fn remove(&self, fault: Fault) {
        self.lock().remove(&fault);
    }

    /// Since when, if it is broken so.
    pub(crate) fn since(&self, fault: Fault) -> Option<Timestamp> {
        self.lock().get(&fault).copied()
    }

    /// Whether it is broken so.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.lock().contains_key(&fault)
    }

    /// How many faults there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }
}
