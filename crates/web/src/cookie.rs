//! Cookies, read and written.

use http::HeaderMap;
use http::header::COOKIE;
use jiff::SignedDuration;

use crate::site::Settings;

/// The value of a cookie.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(held, _)| *held == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` line. `hidden` keeps it from scripts.
pub(crate) fn line(
    settings: &Settings,
    name: &str,
    value: &str,
    max_age: SignedDuration,
    hidden: bool,
) -> String {
    let secure = if settings.secure() { "; Secure" } else { "" };
    let hidden = if hidden { "; HttpOnly" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={}; SameSite=Lax{secure}{hidden}", max_age.as_secs())
}
