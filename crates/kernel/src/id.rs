//! Ids are types, from one register.
//!
//! An id is 128 bits: 48 bits of milliseconds since 1970 and 80 random bits, so ids sort by the
//! time they were made. As text it is a short prefix that names its kind and 26 letters of
//! Crockford's base 32 (`inc_01jd3v…`); that text is what the database, URLs and people see.

use std::fmt;
use std::str::FromStr;

use crate::{Scope, Timestamp};

/// The alphabet of Crockford's base 32, lower case: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Length of the part after the prefix: 26 letters of 5 bits hold 128 bits.
const LETTERS: usize = 26;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id of the form {prefix}_ and 26 letters")]
pub struct BadId {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// What every id can do, whatever its kind.
pub trait Id: Copy + fmt::Display + FromStr<Err = BadId> {
    /// The prefix of the kind, without the underscore.
    const PREFIX: &'static str;
    /// A new id at the scope's time, from the scope's dice.
    fn new(scope: &Scope) -> Self;
    /// The id with exactly these bits.
    fn from_u128(bits: u128) -> Self;
    /// The bits.
    fn to_u128(self) -> u128;
}

pub(crate) fn bits_at(at: Timestamp, random: [u8; 10]) -> u128 {
    let millis = u128::try_from(at.as_millisecond().max(0)).unwrap_or(0) & ((1 << 48) - 1);
    let mut low = [0u8; 16];
    low[6..].copy_from_slice(&random);
    (millis << 80) | u128::from_be_bytes(low)
}

fn write_letters(bits: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0u8; LETTERS];
    let mut rest = bits;
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    // The alphabet is ASCII, so this cannot fail; an empty text would be caught by every test.
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn read_letters(text: &str) -> Option<u128> {
    if text.len() != LETTERS {
        return None;
    }
    let mut bits: u128 = 0;
    for (place, letter) in text.bytes().enumerate() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        if place == 0 && value > 7 {
            return None; // 26 letters are 130 bits; the first two must be zero
        }
        bits = (bits << 5) | value as u128;
    }
    Some(bits)
}

macro_rules! register {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(u128);

            impl Id for $name {
                const PREFIX: &'static str = $prefix;
                fn new(scope: &Scope) -> Self {
                    Self(bits_at(scope.now(), scope.random::<10>()))
                }
                fn from_u128(bits: u128) -> Self { Self(bits) }
                fn to_u128(self) -> u128 { self.0 }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!($prefix, "_"))?;
                    write_letters(self.0, f)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
            }

            impl FromStr for $name {
                type Err = BadId;
                fn from_str(text: &str) -> Result<Self, BadId> {
                    text.strip_prefix(concat!($prefix, "_"))
                        .and_then(read_letters)
                        .map(Self)
                        .ok_or_else(|| BadId { text: text.chars().take(64).collect(), prefix: $prefix })
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<str>::deserialize(d)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }

            impl schemars::JsonSchema for $name {
                fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    schemars::json_schema!({
                        "type": "string",
                        "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
                    })
                }
            }
        )*

        /// Every prefix with the name of its kind, in the order of the register.
        pub const KINDS: &[(&str, &str)] = &[$(($prefix, stringify!($name))),*];
    };
}

// Alphabetical and append-only: a prefix, once given out, is never used for anything else.
register! {
    /// A judged condition that someone should know.
    AlertId = "alr";
    /// What a resource can carry at most.
    CapacityId = "cap";
    /// One execution of a probe.
    CheckId = "chk";
    /// An organisation whose services are run: the wall.
    ClientId = "cli";
    /// A declared part of a service.
    ComponentId = "cmp";
    /// One way to reach a person.
    ContactMethodId = "cme";
    /// One try to deliver something to somebody.
    DeliveryId = "dlv";
    /// A place where components run.
    EnvironmentId = "env";
    /// The steps by which a page climbs.
    EscalationId = "esc";
    /// What happened.
    FactId = "fct";
    /// People at work on a degraded service.
    IncidentId = "inc";
    /// A link that may be used once.
    InviteId = "inv";
    /// What a user comes to do.
    JourneyId = "jny";
    /// A planned time in which alerts stay quiet.
    MaintenanceId = "mnt";
    /// One mail or other message on its way out.
    MessageId = "msg";
    /// The target for an indicator over a window.
    ObjectiveId = "obj";
    /// Somebody who stands in for the person whose shift it is.
    OverrideId = "ovr";
    /// A summons to a person.
    PageId = "pag";
    /// Somebody with a name in Tend.
    PersonId = "per";
    /// A thing Tend does on purpose to see whether something works.
    ProbeId = "prb";
    /// One request, in logs and error answers.
    RequestId = "req";
    /// A role of one person within a client or service.
    RoleId = "rol";
    /// Who is on call over time.
    RotaId = "rta";
    /// What is run live for users.
    ServiceId = "svc";
    /// A signed-in browser.
    SessionId = "ses";
    /// One way in which a service depends on another, or a component on a component.
    DependencyId = "dep";
    /// A place where signals come from: a site, an app, a program.
    SourceId = "src";
    /// The public page of a service.
    StatusPageId = "stp";
    /// People who answer for something.
    TeamId = "tea";
    /// A key for programs.
    TokenId = "tok";
    /// An entry in an incident's timeline that a person wrote.
    NoteId = "not";
}

#[cfg(test)]
mod tests;
