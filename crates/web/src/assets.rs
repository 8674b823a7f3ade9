//! Style, script and pictures, bundled by `build.rs` and embedded in the binary. Their addresses carry the
//! digest of their content, so browsers keep them for ever.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
};
use kernel::Problem;

use crate::answer::Refusal;

/// One file.
pub(crate) struct Asset {
    /// The name in templates.
    name: &'static str,
    /// The name in addresses, with the digest.
    file: &'static str,
    /// The media type.
    kind: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets/assets.rs"));

/// The address of an asset, with the digest of its content.
pub(crate) fn address(name: &str) -> Option<String> {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| format!("/assets/{}", asset.file))
}

/// What pages of others load, by its name in [`ASSETS`].
const SHARED: [&str; 2] = ["t.js", "vitals.js"];
/// An address that carries the digest of its content is kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The tracker's address stays the same on every page that names it: browsers keep it for a day and ask for a
/// newer one, by its tag, while they go on using what they have for up to a week.
const FOR_A_DAY: &str = "public, max-age=86400, stale-while-revalidate=604800";

/// `GET /assets/{name}`.
pub(crate) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    let asset =
        ASSETS.iter().find(|asset| asset.file == file).ok_or_else(|| Problem::not_found("address"))?;
    Ok(answer(asset, &headers, FOR_EVER))
}

/// The tracker (`t.js`), or a part of it by its file name with the digest, for pages of any host; none when there
/// is no such file.
#[must_use]
pub fn shared(file: &str, headers: &HeaderMap) -> Option<Response> {
    let found = ASSETS
        .iter()
        .filter(|asset| SHARED.contains(&asset.name))
        .find(|asset| asset.file == file || (asset.name == file && file == SHARED[0]))?;
    let keep = if found.file == file { FOR_EVER } else { FOR_A_DAY };
    let mut response = answer(found, headers, keep);
    let head = response.headers_mut();
    head.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    head.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    Some(response)
}

/// The compressed sizes of what pages of others load, in bytes: the tracker and the part it loads later.
#[must_use]
pub fn shared_sizes() -> Vec<(&'static str, usize)> {
    let shared = ASSETS.iter().filter(|asset| SHARED.contains(&asset.name));
    shared.map(|asset| (asset.name, asset.gzip.len())).collect()
}

fn answer(asset: &Asset, headers: &HeaderMap, keep: &'static str) -> Response {
    let tag = format!("\"{}\"", asset.file);
    let has = |name, wanted: &str| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .is_some_and(|held| held.contains(wanted))
    };
    let mut response = if has(IF_NONE_MATCH, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if has(ACCEPT_ENCODING, "gzip") {
        ([(CONTENT_ENCODING, "gzip"), (CONTENT_TYPE, asset.kind)], asset.gzip).into_response()
    } else {
        ([(CONTENT_TYPE, asset.kind)], asset.plain).into_response()
    };
    let answered = response.headers_mut();
    answered.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    answered.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answered.insert(ETAG, tag);
    }
    response
}

/// The mark of Tend: a steady line that dips and is brought back.
pub(crate) const MARK: &str = r##"<svg viewBox="0 0 20 20" xmlns="http://www.w3.org/2000/svg" aria-hidden="true"><rect width="20" height="20" rx="5.5" fill="#4f46e5"/><path d="M4 7.5h4.1c1.2 0 1.5 5.3 3 5.3 1.3 0 1.4-5.3 2.7-5.3H16" fill="none" stroke="#fff" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;

/// `GET /favicon.svg`.
pub(crate) async fn favicon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, MARK).into_response()
}

/// All of it, for `tend pages`: the rendered samples look for it beside themselves.
#[must_use]
pub fn assets() -> Vec<(&'static str, &'static [u8])> {
    ASSETS.iter().map(|asset| (asset.file, asset.plain)).collect()
}

#[cfg(test)]
mod tests;
