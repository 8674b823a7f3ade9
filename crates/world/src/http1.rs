//! HTTP/1.1, one connection per request: a check that reuses a connection tests last minute's network.

use std::convert::Infallible;
use std::io::Read as _;
use std::net::IpAddr;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use kernel::world::{Fetch, Fetched, TlsSeen, Why};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use url::Url;

use crate::RealWorld;
use crate::dial::basic;
use crate::fail::{Fail, within};
use crate::limits::since;

/// Bytes of an answer's header lines together; browsers and servers stop at 8 to 64 KiB.
const HEADER_BYTES: usize = 64 * 1024;
/// Header lines of an answer.
const HEADER_LINES: usize = 200;
/// Letters of a URL; what browsers and servers agree on ends far earlier.
const URL_LETTERS: usize = 8 * 1024;
/// Room made for a body before any of it is there.
const FIRST_ROOM: usize = 4 * 1024;

/// Headers that belong to the connection, not to the caller.
const OURS: [HeaderName; 6] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::CONTENT_LENGTH,
    header::UPGRADE,
    header::TE,
    header::PROXY_AUTHORIZATION,
];
/// Headers that must not follow a redirect to another origin.
const SECRET: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

/// One request on its way, changed by redirects.
struct Hop {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

/// What came back of one hop.
struct Landed {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    truncated: bool,
    address: Option<IpAddr>,
    tls: Option<TlsSeen>,
}

impl RealWorld {
    pub(crate) async fn fetch_by(&self, ask: &Fetch, deadline: Instant) -> Result<Fetched, Fail> {
        let start = Instant::now();
        let mut hop = self.first_hop(ask)?;
        let mut followed = 0;
        loop {
            let landed = self.take_hop(&hop, ask, deadline).await?;
            match onward(&landed).filter(|_| ask.redirects > 0) {
                None => return finish(landed, ask.max_body, start),
                Some(_) if followed >= ask.redirects => {
                    let what = format!("more than {} redirects", ask.redirects);
                    return Err(Fail::theirs(Why::Redirect, what));
                }
                Some(to) => hop = hop.redirected(landed.status, &to)?,
            }
            followed += 1;
        }
    }

    fn first_hop(&self, ask: &Fetch) -> Result<Hop, Fail> {
        let mut url = readable(&ask.url).map_err(Fail::senseless)?;
        let method = Method::from_bytes(ask.method.as_bytes())
            .map_err(|_| Fail::senseless(format!("{:?} is not an HTTP method", ask.method)))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        if let Ok(agent) = HeaderValue::from_str(&self.user_agent) {
            headers.insert(header::USER_AGENT, agent);
        }
        if let Some(basic) = basic(&url).and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header::AUTHORIZATION, basic);
        }
        for (name, value) in &ask.headers {
            let parsed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value));
            let (Ok(name), Ok(value)) = parsed else {
                return Err(Fail::senseless(format!("the header {name:?} cannot be sent")));
            };
            if !OURS.contains(&name) {
                headers.insert(name, value);
            }
        }
        // They went into the header; what is left of the URL may stand in logs.
        let _ = (url.set_username(""), url.set_password(None));
        url.set_fragment(None);
        let body = ask.body.as_ref().map(|body| Bytes::copy_from_slice(body)).unwrap_or_default();
        Ok(Hop { url, method, headers, body })
    }

    async fn take_hop(&self, hop: &Hop, ask: &Fetch, deadline: Instant) -> Result<Landed, Fail> {
        let host = hop.url.host_str().unwrap_or_default();
        let port = hop.url.port_or_known_default().unwrap_or(80);
        let secure = hop.url.scheme() == "https";
        let proxy = self.proxy.as_ref().filter(|proxy| proxy.serves(host));
        let (stream, address) = match proxy {
            None => {
                self.direct(host, port, ask.reach, deadline).await.map(|(s, address)| (s, Some(address)))?
            }
            Some(proxy) => {
                self.vet_for_proxy(host, ask.reach, deadline).await?;
                let stream = if secure {
                    self.tunnel(proxy, host, port, deadline).await?
                } else {
                    self.to_proxy(proxy, deadline).await?
                };
                (stream, None)
            }
        };
        let mut request = hop.request(proxy.is_some() && !secure)?;
        if let Some(authorization) = proxy.filter(|_| !secure).and_then(|proxy| proxy.authorization())
            && let Ok(value) = HeaderValue::from_str(authorization)
        {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, value);
        }
        let silent = || Fail::theirs(Why::TimedOut, format!("{host} did not answer in full in time"));
        let (mut landed, tls) = if secure {
            let late = || Fail::theirs(Why::TimedOut, format!("TLS with {host} was not set up in time"));
            let setting_up = self.tls.wrap(stream, host, ask.verify_tls, self.clock.now());
            let (stream, seen) = within(deadline, late, setting_up).await?;
            (within(deadline, silent, exchange(stream, request, host, ask.max_body)).await?, Some(seen))
        } else {
            (within(deadline, silent, exchange(stream, request, host, ask.max_body)).await?, None)
        };
        landed.address = address;
        landed.tls = tls;
        Ok(landed)
    }
}

impl Hop {
    fn request(&self, absolute: bool) -> Result<Request<Full<Bytes>>, Fail> {
        let target = if absolute { self.url.as_str() } else { &self.url[url::Position::BeforePath..] };
        let unsendable = || Fail::senseless("the address cannot be sent");
        let uri: Uri = target.parse().map_err(|_| unsendable())?;
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        let headers = request.headers_mut();
        if !headers.contains_key(header::HOST) {
            let authority = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
            headers.insert(header::HOST, HeaderValue::from_str(authority).map_err(|_| unsendable())?);
        }
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        Ok(request)
    }

    /// The next request (RFC 9110 section 15.4).
    fn redirected(mut self, status: u16, to: &str) -> Result<Hop, Fail> {
        let bad =
            |why: String| Fail::theirs(Why::Redirect, format!("the redirect cannot be followed: {why}"));
        let joined = self.url.join(to).map_err(|_| bad("it leads to no address".into()))?;
        let mut next = readable(joined.as_str()).map_err(bad)?;
        let _ = (next.set_username(""), next.set_password(None));
        if next.origin() != self.url.origin() {
            for name in SECRET {
                self.headers.remove(name);
            }
            self.headers.remove(header::HOST);
        }
        let asks_anew = status == 303 || (matches!(status, 301 | 302) && self.method == Method::POST);
        if asks_anew && self.method != Method::HEAD {
            self.method = Method::GET;
            self.body = Bytes::new();
            self.headers.remove(header::CONTENT_TYPE);
        }
        self.url = next;
        Ok(self)
    }
}

/// An address that can be fetched, or what is wrong with it.
pub(crate) fn readable(text: &str) -> Result<Url, String> {
    if text.len() > URL_LETTERS {
        return Err("the address is too long".into());
    }
    let url = Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        other => Err(format!("only http and https addresses are fetched, not {other}")),
    }
}

/// Sends the request and reads the answer, up to its limits.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    host: &str,
    max_body: usize,
) -> Result<Landed, Fail> {
    let broken = |error: hyper::Error| broken_exchange(host, &error);
    let (mut sender, connection) = Builder::new()
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADER_LINES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let talk = async {
        let answer = sender.send_request(request).await.map_err(broken)?;
        let (head, mut incoming) = answer.into_parts();
        let mut body = Vec::with_capacity(FIRST_ROOM.min(max_body));
        let mut truncated = false;
        while let Some(frame) = incoming.frame().await {
            let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
            let room = max_body - body.len();
            body.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                truncated = true;
                break;
            }
        }
        let status = head.status.as_u16();
        Ok(Landed { status, headers: head.headers, body, truncated, address: None, tls: None })
    };
    // The connection moves the bytes while the talk waits for them. Its own end or failure reaches the talk.
    let moving = async {
        let _ = connection.await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        landed = talk => landed,
        never = moving => match never {},
    }
}

fn broken_exchange(host: &str, error: &hyper::Error) -> Fail {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    let what = || format!("{host} did not answer in HTTP: {error}");
    match cause {
        // The client half of the library has no question for this, only the words.
        _ if error.is_parse() && error.to_string().contains("too large") => {
            Fail::theirs(Why::TooLarge, format!("{host} sent more headers than {HEADER_BYTES} bytes"))
        }
        _ if error.is_parse() => Fail::theirs(Why::Protocol, what()),
        Some(cause) => Fail::io(&format!("talk with {host}"), cause),
        None if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => {
            Fail::theirs(Why::Broken, format!("{host} closed the connection before the answer was complete"))
        }
        None => Fail::theirs(Why::Protocol, what()),
    }
}

/// Where a redirect leads, if the answer is one.
fn onward(landed: &Landed) -> Option<String> {
    matches!(landed.status, 301 | 302 | 303 | 307 | 308)
        .then(|| landed.headers.get(header::LOCATION))
        .flatten()
        .map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned())
}

fn finish(landed: Landed, max_body: usize, start: Instant) -> Result<Fetched, Fail> {
    let gzipped = landed.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| {
        coding.as_bytes().eq_ignore_ascii_case(b"gzip") || coding.as_bytes().eq_ignore_ascii_case(b"x-gzip")
    });
    let (body, truncated) = if gzipped && !landed.body.is_empty() {
        unzipped(&landed.body, landed.truncated, max_body)?
    } else {
        (landed.body, landed.truncated)
    };
    let shown = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Fetched {
        status: landed.status,
        headers: landed
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), shown(value)))
            .collect(),
        body,
        truncated,
        took: since(start),
        address: landed.address,
        tls: landed.tls,
    })
}

/// Unpacks at most `max_body` bytes, however much they would become.
fn unzipped(packed: &[u8], cut: bool, max_body: usize) -> Result<(Vec<u8>, bool), Fail> {
    let mut body = Vec::new();
    let most = u64::try_from(max_body).unwrap_or(u64::MAX).saturating_add(1);
    let outcome = flate2::read::MultiGzDecoder::new(packed).take(most).read_to_end(&mut body);
    let more = body.len() > max_body;
    body.truncate(max_body);
    match outcome {
        Ok(_) => Ok((body, more || cut)),
        Err(_) if cut => Ok((body, true)),
        Err(_) => Err(Fail::theirs(Why::Protocol, "the answer says it is gzip and cannot be unpacked")),
    }
}
