//! A form proves that it came from a screen of ours that was shown to this very browser.
//!
//! The seal in the form is an HMAC over the session's secret, or, before sign-in, over a random cookie
//! (double submit). It is masked anew in every page, so that compression tells nothing about it (BREACH).
//! Browsers that say where a request comes from (`Sec-Fetch-Site`, `Origin`) are asked that first.

use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jiff::SignedDuration;
use kernel::{Kind, Problem, Scope};
use subtle::ConstantTimeEq as _;

use crate::app::Buffered;
use crate::asks::{Asking, Ticket};
use crate::cookie;
use crate::input::{BodyKind, form};
use crate::site::Site;

/// The cookie of who has not signed in.
const COOKIE: &str = "tend-form";
/// Bytes of a seal.
const SEAL: usize = 32;

/// What the forms of a page are sealed with.
pub(crate) struct Seal {
    /// The value of the hidden field.
    pub field: String,
    /// The cookie to set when the page has a form and the browser has no secret yet.
    pub cookie: Option<String>,
}

/// The seal for the forms of a page.
pub(crate) fn seal(site: &Site, asking: &Asking, headers: &HeaderMap) -> Seal {
    if let (Some(caller), Some(Ticket::Cookie(_))) = (&asking.caller, &asking.ticket) {
        return Seal { field: mask(&asking.scope, site.signer.seal("csrf", &caller.secret)), cookie: None };
    }
    let held = cookie::read(headers, COOKIE).filter(|value| value.len() >= 22).map(str::to_owned);
    let fresh = held.is_none();
    let value = held.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(asking.scope.random::<24>()));
    let day = SignedDuration::from_hours(24);
    Seal {
        field: mask(&asking.scope, site.signer.seal("csrf", value.as_bytes())),
        cookie: fresh.then(|| cookie::line(&site.settings, COOKIE, &value, day, true)),
    }
}

/// Whether a request carries the right seal.
pub(crate) fn check(site: &Site, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    same_origin(headers, site.settings.origin())?;
    let missing = || Problem::new(Kind::Forbidden, "form-expired");
    let sent = sent_seal(request).and_then(|text| unmask(&text)).ok_or_else(missing)?;
    let asking = request.extensions().get::<Asking>();
    let wanted = match asking.and_then(|asking| Some((asking.caller.as_ref()?, asking.ticket.as_ref()?))) {
        Some((caller, Ticket::Cookie(_))) => site.signer.seal("csrf", &caller.secret),
        _ => {
            let value = cookie::read(headers, COOKIE).ok_or_else(missing)?;
            site.signer.seal("csrf", value.as_bytes())
        }
    };
    if bool::from(wanted.ct_eq(&sent)) { Ok(()) } else { Err(missing()) }
}

/// Refuses what a browser itself says comes from elsewhere. Absent headers say nothing: the seal decides.
fn same_origin(headers: &HeaderMap, own: &str) -> Result<(), Problem> {
    let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let elsewhere = || Err(Problem::new(Kind::Forbidden, "form-from-elsewhere"));
    match get("sec-fetch-site") {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return elsewhere(),
        None => {}
    }
    match get("origin") {
        Some(origin) if origin != own && Some(authority(origin)) != get("host") => elsewhere(),
        _ => Ok(()),
    }
}

fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn sent_seal(request: &Request) -> Option<String> {
    if let Some(header) = request.headers().get("x-csrf-token") {
        return header.to_str().ok().map(str::to_owned);
    }
    if BodyKind::of(request.headers()) != BodyKind::Form {
        return None;
    }
    let Buffered(body) = request.extensions().get::<Buffered>()?;
    form::pairs(body).ok()?.into_iter().find(|(name, _)| name == "csrf").map(|(_, value)| value)
}

fn mask(scope: &Scope, seal: [u8; SEAL]) -> String {
    let pad = scope.random::<SEAL>();
    let hidden = pad.iter().zip(seal).map(|(pad, byte)| pad ^ byte);
    URL_SAFE_NO_PAD.encode(pad.iter().copied().chain(hidden).collect::<Vec<u8>>())
}

fn unmask(text: &str) -> Option<[u8; SEAL]> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (pad, hidden) = bytes.split_first_chunk::<SEAL>()?;
    let hidden: &[u8; SEAL] = hidden.try_into().ok()?;
    let mut seal = [0u8; SEAL];
    for (place, byte) in seal.iter_mut().enumerate() {
        *byte = pad[place] ^ hidden[place];
    }
    Some(seal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn browsers_are_believed_about_where_they_come_from() {
        let own = "https://tend.example";
        for (pairs, fine) in [
            (headers(&[("sec-fetch-site", "same-origin")]), true),
            (headers(&[("sec-fetch-site", "none")]), true),
            (headers(&[("sec-fetch-site", "same-site")]), false),
            (headers(&[("sec-fetch-site", "cross-site"), ("origin", "https://tend.example")]), false),
            (headers(&[("origin", "https://tend.example")]), true),
            (headers(&[("origin", "http://127.0.0.1:9"), ("host", "127.0.0.1:9")]), true),
            (headers(&[("origin", "https://evil.example"), ("host", "tend.example")]), false),
            (headers(&[("origin", "null")]), false),
            (headers(&[]), true),
        ] {
            assert_eq!(same_origin(&pairs, own).is_ok(), fine, "{pairs:?}");
        }
    }

    #[test]
    fn a_masked_seal_reads_back_and_never_looks_the_same() {
        let (clock, dice) = crate::testing::clock_and_dice();
        let scope = Scope::public(clock, dice);
        let (one, two) = (mask(&scope, [5; 32]), mask(&scope, [5; 32]));
        assert_ne!(one, two);
        assert_eq!((unmask(&one), unmask(&two)), (Some([5; 32]), Some([5; 32])));
        assert_eq!(unmask("AAAA"), None);
    }
}
