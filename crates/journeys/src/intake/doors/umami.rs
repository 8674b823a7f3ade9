//! How Umami answers.

use super::*;
use crate::intake::{identity, umami};

/// The header with the token that the client got before.
const FORM: &str = "umami.cache";
/// How long a client may keep its token; a visit is over long before.
const TOKEN_LASTS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

fn refused(status: StatusCode, message: &str) -> serde_json::Value {
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "payload-too-large",
        StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
        StatusCode::SERVICE_UNAVAILABLE => "service-unavailable",
        _ => "bad-request",
    };
    serde_json::json!({ "error": { "message": message, "code": code, "status": status.as_u16() } })
}

fn message_of(reject: &Reject) -> &str {
    match reject.reason {
        Reason::UnknownKey => "Website not found.",
        _ => &reject.detail,
    }
}

/// The ids that the client shows to nobody and sends back.
fn told(site: &Site, outcome: &Outcome) -> Option<serde_json::Value> {
    let (source, taken) = outcome.taken.last()?;
    let session = identity::uuid_of_number("umami session", taken.visitor.max(taken.visit));
    let visit = identity::uuid_of_number("umami visit", taken.visit);
    let now = memory::of(site).scope.now();
    let until = now.checked_add(TOKEN_LASTS).unwrap_or(now);
    let token = site.signer.sign(FORM, &format!("{} {session} {visit}", source.uuid), until);
    Some(serde_json::json!({ "cache": token, "sessionId": session, "visitId": visit }))
}

/// `POST /api/send`.
pub async fn send(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let taken = taken(&site, from, request, umami::decode_one).await;
    let mut response = match &taken {
        Ok(outcome) => {
            let mut response = match outcome.refused.first() {
                // Whoever asked not to be counted is not refused.
                Some((_, reject)) if reject.reason != Reason::OptedOut => {
                    let body = refused(StatusCode::BAD_REQUEST, message_of(reject));
                    json(StatusCode::BAD_REQUEST, body.to_string())
                }
                _ if !outcome.bot().is_empty() => json(StatusCode::OK, r#"{"beep":"boop"}"#),
                _ => {
                    let body = told(&site, outcome).unwrap_or_else(|| serde_json::json!({}));
                    json(StatusCode::OK, body.to_string())
                }
            };
            explain(&mut response, outcome);
            response
        }
        Err(trouble) => failed(trouble),
    };
    allow(&mut response, origin.as_ref());
    response
}

/// `POST /api/batch`.
pub async fn batch(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let taken = taken(&site, from, request, umami::decode_many).await;
    let mut response = match &taken {
        Ok(outcome) => {
            let wrong: Vec<_> =
                outcome.refused.iter().filter(|(_, reject)| reject.reason != Reason::OptedOut).collect();
            let details: Vec<_> = wrong
                .iter()
                .map(|(at, reject)| {
                    serde_json::json!({ "index": at, "response": refused(StatusCode::BAD_REQUEST, message_of(reject)) })
                })
                .collect();
            let mut body = serde_json::json!({
                "size": outcome.sent,
                "processed": outcome.sent.saturating_sub(wrong.len()),
                "errors": wrong.len(),
                "details": details,
            });
            if let Some(told) = told(&site, outcome) {
                body["cache"] = told["cache"].clone();
            }
            let mut response = json(StatusCode::OK, body.to_string());
            explain(&mut response, outcome);
            response
        }
        Err(trouble) => failed(trouble),
    };
    allow(&mut response, origin.as_ref());
    response
}

fn failed(trouble: &Trouble) -> Response {
    let body = refused(trouble.status(), &trouble.detail());
    let mut response = json(trouble.status(), body.to_string());
    explain_trouble(&mut response, trouble);
    response
}

async fn taken(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
    decode: fn(&Sent<'_>) -> Result<Decoded, Reject>,
) -> Result<Outcome, Trouble> {
    let result = async {
        let mut arrived = arrive(site, from, request, Origin::Umami).await?;
        // Umami's own client for servers calls itself so, and tells of nobody by that name.
        if arrived.asked.user_agent.starts_with("Mozilla/5.0 Umami/") {
            arrived.asked.user_agent.clear();
        }
        let server = arrived.asked.user_agent.is_empty();
        let mut decoded = decode(&arrived.sent())?;
        for (_, event) in decoded.groups.iter_mut().flat_map(|group| &mut group.events) {
            event.told |= server;
        }
        take(site, &arrived.asked, decoded).await
    }
    .await;
    if let Err(trouble) = &result {
        count_trouble(site, Origin::Umami, "", trouble).await;
    }
    result
}
