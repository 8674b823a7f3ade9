//! How a Snowplow collector answers. Its trackers send nothing again after 400 and 401.

use super::*;
use crate::intake::snowplow;

/// `POST /com.snowplowanalytics.snowplow/tp2`.
pub async fn post(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let taken = taken(&site, from, request, snowplow::decode).await;
    let mut response = finish(&taken, || answer(StatusCode::OK, "text/plain; charset=utf-8", "ok"));
    allow(&mut response, origin.as_ref());
    response
}

/// `GET /i`.
pub async fn get(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let taken = taken(&site, from, request, snowplow::decode_address).await;
    let picture = || answer(StatusCode::OK, "image/gif", Bytes::from_static(&super::matomo::POINT));
    let mut response = finish(&taken, picture);
    allow(&mut response, origin.as_ref());
    response
}

fn finish(taken: &Result<Outcome, Trouble>, fine: impl FnOnce() -> Response) -> Response {
    match taken {
        Ok(outcome) => {
            let mut response = match outcome.refused.first() {
                // Some were taken: sending all of it again would not help the rest.
                _ if outcome.kept() > 0 => fine(),
                Some((_, reject)) if reject.reason == Reason::UnknownKey => {
                    refused(StatusCode::UNAUTHORIZED, reject)
                }
                Some((_, reject)) if reject.reason != Reason::OptedOut => {
                    refused(StatusCode::BAD_REQUEST, reject)
                }
                _ => fine(),
            };
            explain(&mut response, outcome);
            response
        }
        Err(trouble) => {
            let mut response = answer(trouble.status(), "text/plain; charset=utf-8", trouble.detail());
            explain_trouble(&mut response, trouble);
            response
        }
    }
}

fn refused(status: StatusCode, reject: &Reject) -> Response {
    answer(status, "text/plain; charset=utf-8", reject.detail.clone())
}

async fn taken(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
    decode: fn(&Sent<'_>) -> Result<Decoded, Reject>,
) -> Result<Outcome, Trouble> {
    let result = async {
        let arrived = arrive(site, from, request, Origin::Snowplow).await?;
        let decoded = decode(&arrived.sent())?;
        take(site, &arrived.asked, decoded).await
    }
    .await;
    if let Err(trouble) = &result {
        count_trouble(site, Origin::Snowplow, "", trouble).await;
    }
    result
}
