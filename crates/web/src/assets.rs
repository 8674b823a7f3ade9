//! Style, script and pictures, embedded in the binary.

/// The address of an asset, with the digest of its content.
pub(crate) fn address(name: &str) -> Option<String> {
    Some(format!("/assets/{name}"))
}
