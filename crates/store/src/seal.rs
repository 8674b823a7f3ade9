//! Values that cannot be read without a key which is kept outside the database: who steals the database, or a
//! backup of it, does not have them.
//!
//! ChaCha20-Poly1305 (RFC 8439) with a nonce at random for every value, which holds for 2^32 values under one key; the
//! name of what a value belongs to is bound in, so that a value moved to another row does not open. What is kept
//! names its key: `sealed:1:KEY:NONCE AND TEXT`, in hexadecimal.

use std::fmt;
use std::sync::Arc;

use kernel::{Kind, Problem, Scope};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

use crate::audit::hex;

/// How a sealed value begins.
const MARK: &str = "sealed:1:";
/// More keys than anybody changes through; a file with more is something else.
const MAX_KEYS: usize = 50;

/// The keys of sealed values. The first one seals, each opens what it has sealed: a new key goes above the old ones.
#[derive(Clone)]
pub struct Keys(Arc<[Key]>);

struct Key {
    name: String,
    key: LessSafeKey,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| key.name.as_str())).finish()
    }
}

impl Keys {
    /// Reads the keys of a file: one a line, 64 hexadecimal digits; lines that begin with `#` are for people.
    ///
    /// # Errors
    /// In words, when there is no key in it, or something else.
    pub fn parse(text: &str) -> Result<Keys, String> {
        let lines = text.lines().map(str::trim).zip(1..);
        let mut keys = Vec::new();
        for (line, number) in lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#')) {
            let bytes = unhex(line).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            let bytes =
                bytes.ok_or_else(|| format!("line {number} is not a key of 64 hexadecimal digits"))?;
            let key =
                UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| "a key is refused".to_owned())?;
            keys.push(Key { name: name(&bytes), key: LessSafeKey::new(key) });
            if keys.len() > MAX_KEYS {
                return Err(format!("more than {MAX_KEYS} keys"));
            }
        }
        if keys.is_empty() { Err("there is no key in it".into()) } else { Ok(Keys(keys.into())) }
    }

    /// What stands in a file with a new key.
    #[must_use]
    pub fn fresh(random: [u8; 32]) -> String {
        format!(
            "# Opens the secrets in Tend's database. Keep a copy with your passwords, and not with the backups.\n{}\n",
            hex(&random)
        )
    }

    pub(crate) fn seal(&self, scope: &Scope, about: &str, plain: &str) -> Result<String, Problem> {
        let first = self.0.first().expect("parsed keys are never empty");
        let nonce = scope.random::<NONCE_LEN>();
        let mut text = plain.as_bytes().to_vec();
        first
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut text)
            .map_err(|_| Problem::fault("a value could not be sealed"))?;
        Ok(format!("{MARK}{}:{}{}", first.name, hex(&nonce), hex(&text)))
    }

    fn open(&self, about: &str, name: &str, kept: &str) -> Option<String> {
        let key = self.0.iter().find(|key| key.name == name)?;
        let mut bytes = unhex(kept)?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = key.key.open_in_place(nonce, Aad::from(about), text).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

/// Whether a value that is kept is sealed.
#[must_use]
pub fn is_sealed(kept: &str) -> bool {
    kept.starts_with(MARK)
}

/// The value; one that was kept before there was a key stands as it is.
pub(crate) fn unseal(keys: Option<&Keys>, about: &str, kept: &str) -> Result<String, Problem> {
    let Some((name, text)) = kept.strip_prefix(MARK).and_then(|rest| rest.split_once(':')) else {
        return Ok(kept.to_owned());
    };
    keys.and_then(|keys| keys.open(about, name, text))
        .ok_or_else(|| Problem::new(Kind::Unavailable, "secrets-key").with("key", name))
}

/// The name of a key, which tells nothing of it.
fn name(key: &[u8; 32]) -> String {
    let hash = Sha256::new().chain_update(b"tend secrets key").chain_update(key).finalize();
    hex(&hash[..4])
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let digits = text.bytes().all(|one| one.is_ascii_hexdigit());
    (digits && text.len().is_multiple_of(2)).then(|| text.as_bytes().chunks(2).map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scope_at;

    fn keys(bytes: &[u8]) -> Keys {
        let lines: Vec<String> = bytes.iter().map(|byte| hex(&[*byte; 32])).collect();
        Keys::parse(&lines.join("\n")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_and_for_its_row_only() {
        let scope = scope_at("2026-03-01T03:00:00Z");
        let old = keys(&[1]);
        let kept = old.seal(&scope, "totp per_1", "JBSWY3DP").unwrap();
        assert!(is_sealed(&kept) && !kept.contains("JBSWY3DP"), "{kept}");
        assert_ne!(kept, old.seal(&scope, "totp per_1", "JBSWY3DP").unwrap(), "never the same twice");
        assert_eq!(unseal(Some(&old), "totp per_1", &kept).unwrap(), "JBSWY3DP");
        assert_eq!(unseal(Some(&keys(&[2, 1])), "totp per_1", &kept).unwrap(), "JBSWY3DP", "under a new key");
        for (keys, about) in
            [(Some(&old), "totp per_2"), (Some(&keys(&[2])), "totp per_1"), (None, "totp per_1")]
        {
            assert_eq!(unseal(keys, about, &kept).unwrap_err().code, "secrets-key");
        }
        let mut changed = kept.clone();
        let last = if changed.ends_with('0') { "1" } else { "0" };
        changed.replace_range(changed.len() - 1.., last);
        for broken in [changed.as_str(), &kept[..kept.len() - 40], "sealed:1:", "sealed:1:zz:zz"] {
            assert!(unseal(Some(&old), "totp per_1", broken).is_err() || broken == "sealed:1:", "{broken}");
        }
        assert_eq!(
            unseal(None, "totp per_1", "JBSWY3DP").unwrap(),
            "JBSWY3DP",
            "from before there was a key"
        );
    }

    #[test]
    fn a_file_of_keys_is_read_or_refused_in_words() {
        assert!(Keys::parse(&Keys::fresh([7; 32])).is_ok());
        assert_eq!(format!("{:?}", keys(&[1])).len(), r#"["01234567"]"#.len(), "a key is never shown");
        for wrong in ["", "# nothing\n", "abc", &"0g".repeat(32), &"00".repeat(31)] {
            assert!(Keys::parse(wrong).is_err(), "{wrong}");
        }
    }
}
