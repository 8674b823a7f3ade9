//! How Matomo answers: a picture of one point, or JSON for a bulk.

use super::*;
use crate::intake::matomo;

/// The picture, byte for byte.
pub(super) const POINT: [u8; 43] = [
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x21, 0xf9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
];

/// `matomo.php` and `piwik.php`.
pub async fn track(Reach(site): Reach<Site>, From(from): From, request: Request) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match taken(&site, from, request).await {
        Ok((outcome, bulk, image)) => {
            let mut response = if bulk { bulk_answer(&outcome) } else { single_answer(&outcome, image) };
            explain(&mut response, &outcome);
            response
        }
        Err((trouble, bulk)) => {
            count_trouble(&site, Origin::Matomo, "", &trouble).await;
            let mut response = if bulk {
                json(trouble.status(), r#"{"status":"error","tracked":0,"invalid":0}"#)
            } else {
                answer(trouble.status(), "image/gif", Bytes::from_static(&POINT))
            };
            explain_trouble(&mut response, &trouble);
            response
        }
    };
    allow(&mut response, origin.as_ref());
    response
}

fn counts(reject: &Reject) -> bool {
    reject.reason != Reason::OptedOut
}

fn single_answer(outcome: &Outcome, image: bool) -> Response {
    let refused = outcome.refused.iter().any(|(_, reject)| counts(reject));
    match (refused, image) {
        (true, _) => answer(StatusCode::BAD_REQUEST, "image/gif", Bytes::from_static(&POINT)),
        (false, true) => answer(StatusCode::OK, "image/gif", Bytes::from_static(&POINT)),
        (false, false) => StatusCode::NO_CONTENT.into_response(),
    }
}

fn bulk_answer(outcome: &Outcome) -> Response {
    let invalid = outcome.refused.iter().filter(|(_, reject)| counts(reject)).count();
    let tracked = outcome.sent - invalid;
    json(StatusCode::OK, format!(r#"{{"status":"success","tracked":{tracked},"invalid":{invalid}}}"#))
}

async fn taken(
    site: &Site,
    from: Option<IpAddr>,
    request: Request,
) -> Result<(Outcome, bool, bool), (Trouble, bool)> {
    let arrived = arrive(site, from, request, Origin::Matomo).await.map_err(|trouble| (trouble, false))?;
    let bulk = matomo::is_bulk(&arrived.sent());
    let read = matomo::decode(&arrived.sent()).map_err(|reject| (reject.into(), bulk))?;
    let outcome = take(site, &arrived.asked, read.decoded).await.map_err(|trouble| (trouble, bulk))?;
    Ok((outcome, read.bulk, read.image))
}
