//! Numbers instead of people (journeys reference 3.4). The lake holds no address, no user agent, no cookie and no name: it
//! holds numbers, and this says how they are made.
//!
//! - A *visitor* is a number for a day: SipHash-2-4 with 128 bits over service, address and user agent (or over what the
//!   sender calls the visitor), keyed by 16 random bytes of that day. The bytes are destroyed 48 hours after they were
//!   made; from then on nobody can tell which address a number was.
//! - A *user* or a *case* is a number that lasts: HMAC-SHA-256 of what the service declares, keyed by 32 random bytes made
//!   for that one user or case. Destroying those bytes breaks the link for ever (crypto-erasure).
//! - A *visit* is a number made of one of these and of when the visit began.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Id as _;
use kernel::ServiceId;
use sha2::{Digest, Sha256};
use siphasher::sip128::{Hasher128, SipHasher24};

/// The random bytes of a day.
pub type Salt = [u8; 16];

/// A hash that cannot be computed without the key. Parts are told apart by their length.
fn keyed(key: &Salt, service: ServiceId, parts: &[&[u8]]) -> u128 {
    let mut hasher = SipHasher24::new_with_key(key);
    std::hash::Hasher::write(&mut hasher, &service.to_u128().to_le_bytes());
    for part in parts {
        std::hash::Hasher::write(&mut hasher, &(part.len() as u64).to_le_bytes());
        std::hash::Hasher::write(&mut hasher, part);
    }
    hasher.finish128().as_u128()
}

/// The half that the lake holds; never 0, which means unknown.
fn half(hash: u128) -> u64 {
    let low = (hash & u128::from(u64::MAX)) as u64;
    if low == 0 { 1 } else { low }
}

/// The visitor of a day: by the sender's own name for them, else by where they come from.
#[must_use]
pub fn visitor(salt: &Salt, service: ServiceId, named: &str, ip: &[u8], user_agent: &str) -> u64 {
    half(if named.is_empty() {
        keyed(salt, service, &[b"at", ip, user_agent.as_bytes()])
    } else {
        keyed(salt, service, &[b"as", named.as_bytes()])
    })
}

/// The number of a visit that began at this time (microseconds).
#[must_use]
pub fn visit(key: &Salt, service: ServiceId, unit: u64, began: i64) -> u64 {
    half(keyed(key, service, &[b"visit", &unit.to_le_bytes(), &began.to_le_bytes()]))
}

/// The unit under which a visit is kept that the sender names.
#[must_use]
pub fn session(key: &Salt, service: ServiceId, named: &str) -> u64 {
    half(keyed(key, service, &[b"session", named.as_bytes()]))
}

/// The key by which an event that is sent again is known; none without an id.
#[must_use]
pub fn event(key: &Salt, service: ServiceId, origin: &str, source: u128, id: &str) -> u128 {
    if id.is_empty() {
        return 0;
    }
    let parts: [&[u8]; 4] = [b"event", origin.as_bytes(), &source.to_le_bytes(), id.as_bytes()];
    keyed(key, service, &parts).max(1)
}

/// The number of a page load.
#[must_use]
pub fn load(key: &Salt, service: ServiceId, visit: u64, named: &str, path: &str) -> u64 {
    half(if named.is_empty() {
        keyed(key, service, &[b"path", &visit.to_le_bytes(), path.as_bytes()])
    } else {
        keyed(key, service, &[b"load", named.as_bytes()])
    })
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The number of a declared user or case, under the key that was made for it.
#[must_use]
pub fn subject(key: &[u8; 32], service: ServiceId, kind: &str, named: &str) -> u64 {
    let sum = mac(key, &[kind.as_bytes(), &service.to_u128().to_le_bytes(), named.as_bytes()]);
    let mut low = [0; 8];
    low.copy_from_slice(&sum[..8]);
    half(u128::from(u64::from_le_bytes(low)))
}

/// Under which name the key of a subject is kept, as hexadecimal: not even the table of keys holds names.
#[must_use]
pub fn lookup(key: &[u8; 32], service: ServiceId, kind: &str, named: &str) -> String {
    let sum = mac(key, &[b"lookup", kind.as_bytes(), &service.to_u128().to_le_bytes(), named.as_bytes()]);
    hex(&sum[..16])
}

/// Bytes as hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Bytes of hexadecimal; none when it is none of so many.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The UUID that stands for a key, for clients that insist on one (RFC 9562, version 8: the bits are the hash's own).
#[must_use]
pub fn uuid_of(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid(bytes)
}

/// A number as a UUID.
#[must_use]
pub fn uuid_of_number(kind: &str, number: u64) -> String {
    uuid_of(&format!("{kind} {number}"))
}

fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

#[cfg(test)]
mod tests;
