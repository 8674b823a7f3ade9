//! How PostHog answers. Its clients for Python take nothing but 200 for success.

use super::*;
use crate::intake::posthog;

const TEXT: &str = "text/plain; charset=utf-8";

/// `/e/`, `/batch/` and the others.
pub async fn capture(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match taken(&site, from, request).await {
        Ok(outcome) => {
            let mut response = match outcome.because(Reason::UnknownKey) {
                Some(_) => answer(StatusCode::UNAUTHORIZED, TEXT, "API key is not valid: no source has it"),
                None => json(StatusCode::OK, r#"{"status":"Ok"}"#),
            };
            explain(&mut response, &outcome);
            response
        }
        Err(trouble) => {
            count_trouble(&site, Origin::Posthog, "", &trouble).await;
            let detail = match &trouble {
                Trouble::Busy(_) => "transient error, please retry".to_owned(),
                Trouble::Reject(reject) if reject.reason == Reason::TooOften => "rate limited".to_owned(),
                Trouble::Reject(reject) => reject.detail.clone(),
            };
            // What is too large is too large next time as well: 413 is what its clients do not send again.
            let mut response = answer(trouble.status(), TEXT, detail);
            explain_trouble(&mut response, &trouble);
            response
        }
    };
    allow(&mut response, origin.as_ref());
    response
}

async fn taken(site: &Site, from: Option<IpAddr>, request: Request) -> Result<Outcome, Trouble> {
    let arrived = arrive(site, from, request, Origin::Posthog).await?;
    let decoded = posthog::decode(&arrived.sent())?;
    take(site, &arrived.asked, decoded).await
}

/// `/flags/` and `/decide/`: there are no flags here.
pub async fn flags(request: Request) -> Response {
    const NONE: &str = r#"{"config":{"enable_collect_everything":false},"toolbarParams":{},"isAuthenticated":false,"supportedCompression":["gzip","gzip-js"],"featureFlags":{},"featureFlagPayloads":{},"flags":{},"errorsWhileComputingFlags":false,"sessionRecording":false,"surveys":false,"siteApps":[]}"#;
    let mut response = json(StatusCode::OK, NONE);
    allow(&mut response, request.headers().get(ORIGIN));
    response
}

fn settings(token: &str) -> serde_json::Value {
    serde_json::json!({
        "token": token,
        "supportedCompression": ["gzip", "gzip-js"],
        "hasFeatureFlags": false,
        "captureDeadClicks": false,
        "capturePerformance": false,
        "autocapture_opt_out": true,
        "autocaptureExceptions": false,
        "analytics": { "endpoint": "/i/v0/e/" },
        "elementsChainAsString": true,
        "sessionRecording": false,
        "heatmaps": false,
        "surveys": false,
        "siteApps": [],
        "defaultIdentifiedOnly": true,
    })
}

/// A token as it may stand in a script.
fn harmless(token: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !token.is_empty() && token.len() <= crate::intake::incoming::MAX_ID && token.bytes().all(letter)
}

/// `/array/{token}/config` and `/array/{token}/config.js`: what the client for browsers asks before it begins.
pub async fn config(
    web::Path((token, file)): web::Path<(String, String)>,
    request: Request,
) -> Result<Response, web::Refusal> {
    if !harmless(&token) {
        return Err(Problem::not_found("address").into());
    }
    let mut response = match file.as_str() {
        "config" => json(StatusCode::OK, settings(&token).to_string()),
        "config.js" => {
            let script = format!(
                "(function(){{var c=window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}};\
                 c[\"{token}\"]={{config:{},siteApps:[]}};}})();",
                settings(&token)
            );
            answer(StatusCode::OK, "text/javascript; charset=utf-8", script)
        }
        _ => return Err(Problem::not_found("address").into()),
    };
    allow(&mut response, request.headers().get(ORIGIN));
    Ok(response)
}
