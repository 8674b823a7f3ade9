//! What comes in: path, query, and bodies as form or JSON. Whatever cannot be read becomes a [`Problem`]
//! that names the field.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use kernel::{Kind, Problem};
use serde::de::DeserializeOwned;

use crate::answer::Refusal;
use crate::site::Site;

pub(crate) mod form;

/// Fields that `c.form` adds: the seal, and the screen to come back to. Handlers do not see them.
pub(crate) const OURS: [&str; 2] = ["csrf", "_page"];
/// Wrong fields that are reported at once in one form.
const MAX_WRONG: usize = 32;

/// Parameters of the path. One that cannot be read is 404: there is nothing at such an address.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Site> for Path<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Refusal> {
        match axum::extract::Path::<T>::from_request_parts(parts, site).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            Err(_) => Err(Refusal(Problem::not_found("address"))),
        }
    }
}

/// Parameters of the query. Empty ones count as absent, so that `?state=&q=` of a filter form reads as no
/// filter. Take several (`Query<Filter>`, `Query<Paging>`) rather than flattening one into another.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Site> for Query<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Refusal> {
        let pairs = form::pairs(parts.uri.query().unwrap_or_default().as_bytes())?;
        Ok(Query(read_form(&pairs)?))
    }
}

/// The body of an action: a form's fields or JSON, by content type.
///
/// Of a form: empty fields count as absent (`Option`, `#[serde(default)]`, or the problem `field-required`),
/// ticked boxes are `on`, a repeated name is a list, and `rule[0].after` or `rule.0.after` are nested.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Site> for Input<T> {
    type Rejection = Refusal;
    async fn from_request(request: Request, site: &Site) -> Result<Self, Refusal> {
        let form = BodyKind::of(request.headers());
        let body = read_body(request.into_body(), site.settings.max_body).await?;
        let value = match form {
            BodyKind::Form => {
                let mut pairs = form::pairs(&body)?;
                pairs.retain(|(name, _)| !OURS.contains(&name.as_str()));
                read_form(&pairs)?
            }
            BodyKind::Json => read_json(&body)?,
            BodyKind::Other => return Err(Refusal(Problem::new(Kind::WrongType, "wrong-type"))),
        };
        Ok(Input(value))
    }
}

/// What a body claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Form,
    Json,
    Other,
}

impl BodyKind {
    pub(crate) fn of(headers: &http::HeaderMap) -> BodyKind {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return BodyKind::Form; // an action without fields has no body and no type
        };
        let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => BodyKind::Form,
            "application/json" => BodyKind::Json,
            other if other.starts_with("application/") && other.ends_with("+json") => BodyKind::Json,
            _ => BodyKind::Other,
        }
    }
}

/// Reads a whole body up to a limit in bytes.
pub(crate) async fn read_body(body: axum::body::Body, limit: usize) -> Result<bytes::Bytes, Problem> {
    use http_body_util::BodyExt as _;
    match http_body_util::Limited::new(body, limit).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large(limit)),
        Err(error) => Err(Problem::new(Kind::Malformed, "malformed").because(error)),
    }
}

/// More than `limit` bytes came.
pub(crate) fn too_large(limit: usize) -> Problem {
    Problem::new(Kind::TooLarge, "too-large").with("limit_kib", limit / 1024)
}

/// Reads form fields into a value; as many wrong fields as can be found are named at once. A wrong field is
/// taken out and a missing one filled with nothing, and what is left is read again.
pub(crate) fn read_form<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let mut tree = form::Node::of(pairs)?;
    let mut problem = Problem::invalid();
    for _ in 0..=MAX_WRONG {
        let wrong = match T::deserialize(form::Reader::new(&tree)) {
            Ok(value) if problem.fields.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(wrong) => wrong,
        };
        let known = problem.fields.iter().any(|held| held.field == wrong.field);
        match (known, wrong.missing) {
            (_, true) => tree.fill(&wrong.field),
            (false, false) => tree.remove(&wrong.field),
            (true, false) => break, // neither with nor without it can be read
        }
        if !known {
            problem = match wrong.missing {
                true => problem.field(wrong.field, "field-required"),
                false => problem.field(wrong.field, "field-malformed").field_with("why", wrong.why),
            };
        }
    }
    Err(problem)
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => match reader.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(Problem::new(Kind::Malformed, "malformed-json").with("why", error)),
        },
        Err(error) if error.inner().is_data() => {
            let path = error.path().to_string();
            let why = error.inner().to_string();
            let missing = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            Err(match missing {
                Some(name) if path == "." => Problem::invalid().field(name, "field-required"),
                Some(name) => Problem::invalid().field(format!("{path}.{name}"), "field-required"),
                None => Problem::invalid().field(path, "field-malformed").field_with("why", why),
            })
        }
        Err(error) => Err(Problem::new(Kind::Malformed, "malformed-json").with("why", error.inner())),
    }
}

#[cfg(test)]
mod tests;
