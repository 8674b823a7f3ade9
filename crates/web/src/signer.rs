//! Links that carry their own proof: what for, what, until when, and a seal that only this installation
//! can make (HMAC-SHA-256, RFC 2104).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use kernel::{Kind, Problem};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The longest token that is read: a link longer than this is not ours.
const MAX_TOKEN: usize = 2048;
/// Bytes of the seal.
const SEAL: usize = 32;

/// Seals links and reads them back. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    key: [u8; 32],
}

impl Signer {
    /// A signer with the installation's key (`db.key(&scope, "signer")`).
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Signer { key }
    }

    /// A token for one purpose that holds until `expires_at`; only url-safe letters.
    #[must_use]
    pub fn sign(&self, purpose: &str, payload: &str, expires_at: Timestamp) -> String {
        let mut body = expires_at.as_microsecond().to_be_bytes().to_vec();
        body.extend_from_slice(payload.as_bytes());
        let seal = self.seal(purpose, &body);
        body.extend_from_slice(&seal);
        URL_SAFE_NO_PAD.encode(body)
    }

    /// The payload of a token of this purpose. A token that is not ours, or for something else, is 404
    /// like any address that does not exist; one that was ours and is past its time is 410.
    pub fn verify(&self, purpose: &str, token: &str, now: Timestamp) -> Result<String, Problem> {
        let unknown = || Problem::not_found("link");
        if token.len() > MAX_TOKEN {
            return Err(unknown());
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unknown())?;
        let (body, seal) = bytes.split_last_chunk::<SEAL>().ok_or_else(unknown)?;
        if !bool::from(self.seal(purpose, body).ct_eq(seal)) {
            return Err(unknown());
        }
        let (expires, payload) = body.split_first_chunk::<8>().ok_or_else(unknown)?;
        if now.as_microsecond() >= i64::from_be_bytes(*expires) {
            return Err(Problem::new(Kind::Gone, "link-expired"));
        }
        String::from_utf8(payload.to_vec()).map_err(|_| unknown())
    }

    /// A seal over bytes for one purpose; the purpose's length is sealed too, so no two purposes collide.
    pub(crate) fn seal(&self, purpose: &str, body: &[u8]) -> [u8; SEAL] {
        seal(&self.key, purpose, body)
    }
}

/// HMAC-SHA-256 over the purpose, its length and the body.
pub(crate) fn seal(key: &[u8; 32], purpose: &str, body: &[u8]) -> [u8; SEAL] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(&(purpose.len() as u64).to_be_bytes());
    mac.update(purpose.as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_reads_back_for_its_purpose_until_its_time() {
        let signer = Signer::new([7; 32]);
        let token = signer.sign("respond.ack", "pag_1", at(100));
        assert_eq!(signer.verify("respond.ack", &token, at(99)).unwrap(), "pag_1");
        assert_eq!(signer.verify("respond.ack", &token, at(100)).unwrap_err().kind, Kind::Gone);
        assert_eq!(signer.verify("identity.link", &token, at(1)).unwrap_err().kind, Kind::NotFound);
        assert_eq!(
            Signer::new([8; 32]).verify("respond.ack", &token, at(1)).unwrap_err().kind,
            Kind::NotFound
        );
    }

    #[test]
    fn any_changed_letter_is_refused() {
        let signer = Signer::new([7; 32]);
        let token = signer.sign("a", "payload", at(100));
        for place in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_ne!(signer.verify("a", &forged, at(1)).ok().as_deref(), Some("payload"), "letter {place}");
        }
        for odd in ["", "a", "!!", &"A".repeat(5000)] {
            assert!(signer.verify("a", odd, at(1)).is_err());
        }
    }
}
