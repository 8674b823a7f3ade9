//! Icons and the shapes of states, as inline SVG: drawn here, 16 and 12 units wide.

/// An icon of 16 by 16, in the colour of its text.
pub(crate) fn icon(name: &str) -> Option<String> {
    let path = ICONS.iter().find(|(held, _)| *held == name)?.1;
    Some(format!(r#"<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{path}</svg>"#))
}

/// The names of all icons.
pub(crate) fn icons() -> impl Iterator<Item = &'static str> {
    ICONS.iter().map(|(name, _)| *name)
}

const ICONS: &[(&str, &str)] = &[
    ("acknowledge", r#"<path d="m3 8.5 3.2 3.2L13 4.8"/>"#),
    (
        "bell",
        r#"<path d="M4 11V7.2a4 4 0 0 1 8 0V11l1 1.25H3L4 11Z"/><path d="M6.75 14a1.4 1.4 0 0 0 2.5 0"/>"#,
    ),
    (
        "call",
        r#"<path d="M5.9 2.8 4 3.1a1.4 1.4 0 0 0-1.1 1.5c.4 4.5 4 8.1 8.5 8.5a1.4 1.4 0 0 0 1.5-1.1l.3-1.9-2.8-1.3-1.2 1.2A8 8 0 0 1 6 6.8l1.2-1.2-1.3-2.8Z"/>"#,
    ),
    ("change", r#"<path d="M8 2.5v11M4.5 6 8 2.5 11.5 6"/>"#),
    ("chevron", r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#),
    (
        "clients",
        r#"<path d="M2.5 13.5V4l5-1.5v11M7.5 6.5l6 1.5v5.5M1.5 13.5h13"/><path d="M4.75 6.5h.5M4.75 9.5h.5M10.25 10.5h.5"/>"#,
    ),
    ("clock", r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3.2l2 1.3"/>"#),
    ("close", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
    ("code", r#"<path d="m5.5 4.5-3.5 3.5 3.5 3.5M10.5 4.5 14 8l-3.5 3.5"/>"#),
    (
        "copy",
        r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.5 10.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1"/>"#,
    ),
    (
        "edit",
        r#"<path d="m3 10.2-.5 3.3 3.3-.5 7-7a1.2 1.2 0 0 0 0-1.7l-1.1-1.1a1.2 1.2 0 0 0-1.7 0l-7 7Z"/>"#,
    ),
    (
        "external",
        r#"<path d="M9 2.5h4.5V7M13.25 2.75 7.5 8.5M11.5 9.5v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3"/>"#,
    ),
    ("incidents", r#"<path d="M8 2.2 14.2 13H1.8L8 2.2Z"/><path d="M8 6.5v3M8 11.2v.1"/>"#),
    (
        "journeys",
        r#"<circle cx="3.5" cy="12.5" r="1.5"/><circle cx="12.5" cy="3.5" r="1.5"/><path d="M5 12.5h4.5a2.25 2.25 0 0 0 0-4.5h-3a2.25 2.25 0 0 1 0-4.5H11"/>"#,
    ),
    ("key", r#"<circle cx="5" cy="11" r="2.5"/><path d="m6.8 9.2 6.2-6.2M10.5 5.5l2 2"/>"#),
    (
        "link",
        r#"<path d="M6.8 9.2 9.2 6.8M7.5 4.5l1.3-1.3a2.8 2.8 0 0 1 4 4L11.5 8.5M8.5 11.5l-1.3 1.3a2.8 2.8 0 0 1-4-4L4.5 7.5"/>"#,
    ),
    ("mail", r#"<rect x="2" y="3.5" width="12" height="9" rx="1.5"/><path d="m2.5 4.5 5.5 4 5.5-4"/>"#),
    (
        "maintenance",
        r#"<path d="M9.8 2.7a3.6 3.6 0 0 0-3.4 4.9L2.6 11.4a1.4 1.4 0 0 0 2 2l3.8-3.8a3.6 3.6 0 0 0 4.9-4.3L11.2 7.3 9 7l-.3-2.2 2.2-2c-.4 0-.7-.1-1.1-.1Z"/>"#,
    ),
    ("moon", r#"<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z"/>"#),
    ("more", r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.4"/>"#),
    ("note", r#"<path d="M2.5 3.5h11v7h-6L4.5 13v-2.5h-2v-7Z"/>"#),
    ("on-call", r#"<path d="M5 2.5h6v11H5zM7.2 11.5h1.6"/><path d="M2.5 6v4M13.5 6v4"/>"#),
    ("page", r#"<path d="M13.5 2.5 7 9M13.5 2.5l-4 11L7 9 2.5 6.5l11-4Z"/>"#),
    (
        "people",
        r#"<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13.5c.3-2.6 2-4 4.5-4s4.2 1.4 4.5 4M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12.5 10c1.2.6 1.9 1.8 2 3.5"/>"#,
    ),
    ("plus", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("probes", r#"<path d="M1.5 8.5h3L6.5 3l3 10 2-4.5h3"/>"#),
    (
        "refresh",
        r#"<path d="M13 3.5v3h-3M3 12.5v-3h3"/><path d="M12.6 6.5A5 5 0 0 0 3.6 6M3.4 9.5a5 5 0 0 0 9 .5"/>"#,
    ),
    ("resolve", r#"<circle cx="8" cy="8" r="5.5"/><path d="m5.5 8.2 1.8 1.8 3.2-3.6"/>"#),
    ("search", r#"<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>"#),
    (
        "services",
        r#"<rect x="2.5" y="2.5" width="11" height="4.5" rx="1.2"/><rect x="2.5" y="9" width="11" height="4.5" rx="1.2"/><path d="M5 4.75h.01M5 11.25h.01"/>"#,
    ),
    ("signals", r#"<path d="M8 9v4.5M5.5 10.5a3.5 3.5 0 1 1 5 0M3.4 12.6a6.5 6.5 0 1 1 9.2 0"/>"#),
    ("sign-out", r#"<path d="M6.5 2.5h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M10 5l3 3-3 3M13 8H6"/>"#),
    ("status", r#"<path d="M2.5 13V9.5M6.2 13V5.5M9.8 13V8M13.5 13V3"/>"#),
    (
        "sun",
        r#"<circle cx="8" cy="8" r="2.75"/><path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"/>"#,
    ),
    (
        "system",
        r#"<path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6"/><circle cx="10.25" cy="4.5" r="1.75"/><circle cx="5.75" cy="11.5" r="1.75"/>"#,
    ),
    (
        "team",
        r#"<circle cx="8" cy="5" r="2.5"/><path d="M3.5 13.5c.3-2.8 1.9-4.3 4.5-4.3s4.2 1.5 4.5 4.3"/>"#,
    ),
    ("theme", r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor"/>"#),
    ("trash", r#"<path d="M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.8 6.8v4M9.2 6.8v4"/>"#),
];

/// The shape of a state: up ●, degraded ◐, down ■, unknown ◌, maintenance ▬, pending ◔; an incident is an
/// open, half or hollow triangle. A word it does not know is a small ring.
pub(crate) fn shape(word: &str) -> String {
    let drawing = match word {
        "up" | "resolved" => r#"<circle cx="6" cy="6" r="4.5" fill="currentColor"/>"#,
        "degraded" => {
            r#"<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.5a4.5 4.5 0 0 1 0 9Z" fill="currentColor"/>"#
        }
        "down" => r#"<rect x="1.5" y="1.5" width="9" height="9" rx="1" fill="currentColor"/>"#,
        "unknown" => {
            r#"<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.05 1.48"/>"#
        }
        "maintenance" => r#"<rect x="1" y="4" width="10" height="4" rx="1" fill="currentColor"/>"#,
        "pending" => {
            r#"<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 6V1.5A4.5 4.5 0 0 1 10.5 6Z" fill="currentColor"/>"#
        }
        "open" | "sev1" => r#"<path d="M6 1 11.4 10.6H.6Z" fill="currentColor"/>"#,
        "acknowledged" | "sev2" => {
            r#"<path d="M6 2.2 10.3 9.9H1.7Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M6 2.2V9.9H1.7Z" fill="currentColor"/>"#
        }
        "sev3" | "sev4" => {
            r#"<path d="M6 2.2 10.3 9.9H1.7Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>"#
        }
        _ => r#"<circle cx="6" cy="6" r="3" fill="none" stroke="currentColor" stroke-width="1.5"/>"#,
    };
    format!(r#"<svg class="shape" viewBox="0 0 12 12" aria-hidden="true">{drawing}</svg>"#)
}
