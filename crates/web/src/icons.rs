//! Icons and state shapes as inline SVG.

/// An icon of 16 by 16.
pub(crate) fn icon(name: &str) -> Option<String> {
    let path = ICONS.iter().find(|(held, _)| *held == name)?.1;
    Some(format!(r#"<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{path}</svg>"#))
}

const ICONS: &[(&str, &str)] =
    &[("search", r#"<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>"#)];

/// The shape of a state.
pub(crate) fn shape(_word: &str) -> String {
    String::new()
}
