//! How each client is connected: what to copy, with the keys of the source in it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::intake::sources::Source;

/// A client and what to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Way {
    /// `tracker`, `plausible`, `umami`, `posthog`, `matomo`, `snowplow`, `otlp` or `http`.
    pub client: &'static str,
    /// What to copy.
    pub snippet: String,
}

/// The ways of a source, the one with the least work first. `base` is where Tend is reached.
#[must_use]
pub fn ways(source: &Source, base: &str) -> Vec<Way> {
    let (key, uuid, number) = (&source.key, &source.uuid, source.number);
    let domain = source.domains.first().unwrap_or(key);
    let origin = base.trim_end_matches('/');
    vec![
        Way {
            client: "tracker",
            snippet: format!("<script defer src=\"{origin}/t.js\" data-key=\"{key}\"></script>"),
        },
        Way {
            client: "plausible",
            snippet: format!(
                "npm install @plausible-analytics/tracker\n\n\
                 import {{ init }} from \"@plausible-analytics/tracker\"\n\
                 init({{ domain: \"{domain}\", endpoint: \"{origin}/api/event\" }})"
            ),
        },
        Way {
            client: "umami",
            snippet: format!(
                "<script defer src=\"https://YOUR-UMAMI/script.js\"\n        data-website-id=\"{uuid}\"\n        data-host-url=\"{origin}\"></script>"
            ),
        },
        Way {
            client: "posthog",
            snippet: format!(
                "posthog.init(\"{key}\", {{ api_host: \"{origin}\", disable_session_recording: true }})\n\n\
                 # Python\nposthog = Posthog(\"{key}\", host=\"{origin}\")"
            ),
        },
        Way {
            client: "matomo",
            snippet: format!(
                "_paq.push([\"setTrackerUrl\", \"{origin}/matomo.php\"]);\n_paq.push([\"setSiteId\", \"{number}\"]);\n_paq.push([\"disableCookies\"]);"
            ),
        },
        Way {
            client: "snowplow",
            snippet: format!(
                "newTracker(\"tend\", \"{origin}\", {{ appId: \"{key}\", anonymousTracking: true }})"
            ),
        },
        Way {
            client: "otlp",
            snippet: format!(
                "OTEL_EXPORTER_OTLP_ENDPOINT={origin}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_EXPORTER_OTLP_HEADERS=\"authorization=Bearer%20{key}\""
            ),
        },
        Way {
            client: "http",
            snippet: format!(
                "curl {origin}/api/v1/events \\\n  -H \"Authorization: Bearer {key}\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{{\"name\":\"application received\",\"case\":\"A-1042\",\"channel\":\"counter\"}}'"
            ),
        },
    ]
}
