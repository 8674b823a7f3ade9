//! Style, script and pictures, embedded in the binary.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// The address of an asset, with the digest of its content.
pub(crate) fn address(name: &str) -> Option<String> {
    Some(format!("/assets/{name}"))
}

/// `GET /assets/{name}`.
pub(crate) async fn serve() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// `GET /favicon.svg`.
pub(crate) async fn favicon() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
