//! Secrets: how they are made, kept and compared.
//!
//! A secret that we make (session, token, link, code to recover) has 256 bits or is tried only a few times, so
//! its SHA-256 is kept. A secret that people make (a password) is kept as Argon2id.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use kernel::{Problem, Scope};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use totp_rs::{Builder, Totp};

/// Memory of one hash in KiB. OWASP Password Storage Cheat Sheet (2025): Argon2id with 19 MiB, 2 passes and one lane.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory; see [`MEMORY_KIB`].
const PASSES: u32 = 2;
/// Lanes; see [`MEMORY_KIB`].
const LANES: u32 = 1;
/// Hashes at once: bounds the memory a flood of sign-ins can take to twice 19 MiB; the others wait in line.
const AT_ONCE: usize = 2;
/// How many may wait in line before the answer is "try again".
const IN_LINE: usize = 64;

/// What stands before a token, so that scanners of leaked secrets know it.
pub const TOKEN_PREFIX: &str = "tend_";
/// Letters of the check at the end of a token.
const TOKEN_CHECK: usize = 6;
/// Crockford's base 32, lower case.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many codes to recover are given out.
pub const RECOVERY_CODES: usize = 10;
/// Seconds of one step of a code from an app (RFC 6238 section 4.1).
const TOTP_STEP: u64 = 30;

// -- secrets that we make

/// A new secret of 256 bits for a cookie or a link, in url-safe letters.
#[must_use]
pub fn fresh(scope: &Scope) -> String {
    letters(&scope.random::<32>())
}

/// What is kept of a secret that we made.
#[must_use]
pub fn kept(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Whether a secret is the one of which `kept` is kept, in a time that does not tell how much of it is right.
#[must_use]
pub fn is(secret: &str, kept_before: &str) -> bool {
    kept(secret).as_bytes().ct_eq(kept_before.as_bytes()).into()
}

/// The secret that forms of a session are bound to, from the secret in its cookie.
#[must_use]
pub fn form_secret(cookie: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"tend form secret\0");
    hash.update(cookie.as_bytes());
    hash.finalize().into()
}

/// Seals a text with a key that is used once: HMAC-SHA-256 in counter mode as the key stream (NIST SP 800-108 makes
/// keys this way). Whoever has only the database cannot read it.
#[must_use]
pub fn seal(key: &str, text: &str) -> String {
    hex(&stream(key, text.as_bytes()))
}

/// Opens what [`seal`] sealed.
#[must_use]
pub fn unseal(key: &str, sealed: &str) -> Option<String> {
    if !sealed.is_ascii() || sealed.len() % 2 == 1 {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..sealed.len()).step_by(2).map(|at| u8::from_str_radix(&sealed[at..at + 2], 16).ok()).collect();
    String::from_utf8(stream(key, &bytes?)).ok()
}

fn stream(key: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (count, block) in bytes.chunks(32).enumerate() {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(b"tend shown once");
        mac.update(&(count as u64).to_be_bytes());
        let pad = mac.finalize().into_bytes();
        out.extend(block.iter().zip(pad).map(|(byte, pad)| byte ^ pad));
    }
    out
}

/// A new token for programs: the prefix, 256 bits, and a check that tells a mistyped one without a database.
#[must_use]
pub fn fresh_token(scope: &Scope) -> String {
    let body = letters(&scope.random::<32>());
    format!("{TOKEN_PREFIX}{body}{}", token_check(&body))
}

/// Whether a text has the form of a token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.strip_prefix(TOKEN_PREFIX)
        .filter(|rest| rest.len() == 52 + TOKEN_CHECK && rest.is_ascii())
        .is_some_and(|rest| token_check(&rest[..52]) == rest[52..])
}

fn token_check(body: &str) -> String {
    letters(&Sha256::digest(body.as_bytes()))[..TOKEN_CHECK].to_owned()
}

/// A code of six digits, for proving an address by typing it over.
#[must_use]
pub fn fresh_code(scope: &Scope) -> String {
    // 2^64 is so much more than 10^6 that the remainder favours no code noticeably.
    format!("{:06}", u64::from_be_bytes(scope.random::<8>()) % 1_000_000)
}

/// New codes to recover with, shown once: two groups of five letters, 50 bits each.
#[must_use]
pub fn fresh_recovery(scope: &Scope) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let all = letters(&scope.random::<7>());
            format!("{}-{}", &all[..5], &all[5..10])
        })
        .collect()
}

/// A code to recover as it is compared: people leave out the dash and shout.
#[must_use]
pub fn clean_recovery(code: &str) -> Option<String> {
    let clean: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    (clean.len() == 10).then(|| format!("{}-{}", &clean[..5], &clean[5..]))
}

fn letters(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(LETTERS[((held >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(LETTERS[((held << (5 - bits)) & 31) as usize]));
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        out.push_str(&format!("{byte:02x}"));
        out
    })
}

// -- passwords

/// How a password compares with what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is right, and should be kept like this from now on, because the parameters have changed.
    RightAndAnew(String),
    /// It is wrong, or nothing is kept to compare with.
    Wrong,
}

static LINE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));
static WAITING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(IN_LINE)));

/// What an unknown name is compared with, so that it takes the same time as a known one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password", &[0x5a; 16]));

fn hasher() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within Argon2's range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str, salt: &[u8; 16]) -> String {
    let hash: phc::PasswordHash =
        argon2::PasswordHasher::hash_password_with_salt(&hasher(), password.as_bytes(), salt)
            .expect("a password within the limits hashes");
    hash.to_string()
}

fn is_current(hash: &PasswordHash) -> bool {
    hash.algorithm.as_str() == "argon2id"
        && Params::try_from(hash)
            .is_ok_and(|p| p.m_cost() == MEMORY_KIB && p.t_cost() == PASSES && p.p_cost() == LANES)
}

fn verify_now(password: &str, kept: Option<&str>, salt: &[u8; 16]) -> Verdict {
    let parsed = kept.and_then(|kept| PasswordHash::new(kept).ok());
    let Some(hash) = parsed else {
        // The same work as for a known name; its outcome means nothing.
        let dummy = PasswordHash::new(&NOBODYS).expect("our own hash parses");
        let _ = hasher().verify_password(password.as_bytes(), &dummy);
        return Verdict::Wrong;
    };
    if hasher().verify_password(password.as_bytes(), &hash).is_err() {
        Verdict::Wrong
    } else if is_current(&hash) {
        Verdict::Right
    } else {
        Verdict::RightAndAnew(hash_now(password, salt))
    }
}

/// Runs a hash on a thread of its own kind, a few at a time.
async fn in_line<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let busy = || Problem::new(kernel::Kind::Unavailable, "busy").retry_after(5);
    let _place = Arc::clone(&WAITING).try_acquire_owned().map_err(|_| busy())?;
    let permit = Arc::clone(&LINE).acquire_owned().await.map_err(Problem::fault)?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    })
    .await
    .map_err(Problem::fault)
}

/// What is kept of a password.
pub async fn hash_password(scope: &Scope, password: &str) -> Result<String, Problem> {
    let (password, salt) = (password.to_owned(), scope.random::<16>());
    in_line(move || hash_now(&password, &salt)).await
}

/// Compares a password with what is kept; takes as long when nothing is kept.
pub async fn verify_password(
    scope: &Scope,
    password: &str,
    kept: Option<String>,
) -> Result<Verdict, Problem> {
    // Longer than any password we would have taken: not worth hashing, and no secret about who exists.
    if password.len() > crate::rules::MAX_PASSWORD {
        return Ok(Verdict::Wrong);
    }
    let (password, salt) = (password.to_owned(), scope.random::<16>());
    in_line(move || verify_now(&password, kept.as_deref(), &salt)).await
}

// -- codes from an app

/// A new secret for an authenticator app, in base 32 (160 bits, RFC 4226 section 4).
#[must_use]
pub fn fresh_totp(scope: &Scope) -> String {
    totp_rs::Secret::from(scope.random::<20>()).to_base32()
}

fn totp(secret: &str, issuer: &str, account: &str) -> Result<Totp, Problem> {
    let secret = totp_rs::Secret::try_from_base32(secret)
        .map_err(|_| Problem::fault("a kept secret is not base 32"))?;
    // The address format gives the colon a meaning, so a name may not have one.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(secret)
        .with_step_duration(TOTP_STEP)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .map_err(|wrong| Problem::fault(format!("the code cannot be set up: {wrong}")))
}

/// What an app reads, as an `otpauth://` address.
pub fn totp_url(secret: &str, issuer: &str, account: &str) -> Result<String, Problem> {
    totp(secret, issuer, account)?.to_url().map_err(|wrong| Problem::fault(format!("{wrong}")))
}

/// The step (of 30 seconds since 1970) whose code this is, if it is one of now, the step before or after.
/// Whoever asks keeps the step and refuses it and those before from then on.
#[must_use]
pub fn totp_step(secret: &str, code: &str, now: Timestamp) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    totp(secret, "Tend", "").ok()?.check(&digits, u64::try_from(now.as_second()).ok()?)
}

/// The code of a secret at a time; for tests and the demo's walk-through.
#[must_use]
pub fn totp_code(secret: &str, now: Timestamp) -> Option<String> {
    Some(totp(secret, "Tend", "").ok()?.generate(u64::try_from(now.as_second()).ok()?).to_string())
}

/// A picture of a text for a phone's camera, as SVG without style attributes.
pub fn qr_svg(text: &str) -> Result<String, Problem> {
    let code = qrcode::QrCode::new(text.as_bytes()).map_err(Problem::fault)?;
    let svg =
        code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    // Inside a page there is no XML declaration.
    Ok(svg.split_once("?>").map_or(svg.clone(), |(_, rest)| rest.to_owned()))
}

#[cfg(test)]
mod tests;
