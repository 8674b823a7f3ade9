//! Who may press the buttons: a form of the same page, or a program on this machine. Another site open in
//! the same browser may not: its `Origin` differs, and a name that merely resolves to loopback is no
//! loopback `Host`.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a changing request that another site's page may have sent.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD && !is_own(request.headers()) {
        return (StatusCode::FORBIDDEN, "This form belongs to another site.\n").into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    if !is_loopback(host) {
        return false;
    }
    match text(header::ORIGIN) {
        Some(origin) => origin == format!("http://{host}"),
        // Browsers send an origin with every POST; what sends none is a program.
        None => text(header::HeaderName::from_static("sec-fetch-site"))
            .is_none_or(|site| site == "same-origin" || site == "none"),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: Option<&str>, site: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().expect("a header"));
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("a header"));
        }
        if let Some(site) = site {
            headers.insert("sec-fetch-site", site.parse().expect("a header"));
        }
        is_own(&headers)
    }

    #[test]
    fn only_the_page_itself_and_programs_may_press() {
        assert!(check("127.0.0.1:8650", Some("http://127.0.0.1:8650"), Some("same-origin")));
        assert!(check("localhost:8650", None, None));
        assert!(!check("127.0.0.1:8650", Some("http://evil.example"), Some("cross-site")));
        assert!(!check("127.0.0.1:8650", Some("null"), None));
        assert!(!check("127.0.0.1:8650", Some("http://127.0.0.1:9000"), None));
        assert!(!check("evil.example:8650", Some("http://evil.example:8650"), Some("same-origin")));
        assert!(!check("127.0.0.1:8650", None, Some("cross-site")));
    }
}
