//! Connections: to a vetted address, directly or through the operator's proxy.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use kernel::world::{Connect, Connected, Reach, Why};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;
use url::Url;

use crate::RealWorld;
use crate::fail::{Fail, within};
use crate::limits::since;

/// Addresses of one name that are tried at most.
const ADDRESSES: usize = 8;
/// When an address stays silent this long the next one is tried beside it (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// A proxy's answer to CONNECT is a few lines.
const PROXY_ANSWER: usize = 8 * 1024;
/// Bytes read at once.
const CHUNK: usize = 16 * 1024;

/// The operator's HTTP proxy.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    host: String,
    port: u16,
    authorization: Option<String>,
    direct: Vec<String>,
}

impl Proxy {
    pub(crate) fn parse(text: &str, direct: &[String]) -> Result<Self, String> {
        let wrong = || "write for example http://proxy.example:3128".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        let host = url.host_str().filter(|_| url.scheme() == "http").ok_or_else(wrong)?;
        let direct = direct.iter().map(|host| host.trim_start_matches('.').to_ascii_lowercase()).collect();
        let port = url.port_or_known_default().unwrap_or(3128);
        Ok(Proxy { host: host.to_owned(), port, authorization: basic(&url), direct })
    }

    /// Whether calls to this host go through the proxy.
    pub(crate) fn serves(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let plain = host.trim_start_matches('[').trim_end_matches(']');
        let own = plain == "localhost" || plain.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        let below = |direct: &String| {
            host == *direct || host.strip_suffix(direct.as_str()).is_some_and(|rest| rest.ends_with('.'))
        };
        !own && !self.direct.iter().any(below)
    }

    /// What to send as `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

/// The `Authorization` that name and password in a URL ask for.
pub(crate) fn basic(url: &Url) -> Option<String> {
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    let (name, password) = (decode(url.username()), decode(url.password().unwrap_or_default()));
    (!name.is_empty() || !password.is_empty())
        .then(|| format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
}

/// Connects to the first of these addresses that answers, starting the next one when one fails or is slow.
pub(crate) async fn first_of(addresses: &[IpAddr], port: u16) -> Result<(TcpStream, IpAddr), Fail> {
    let mut rest = addresses.iter().take(ADDRESSES).copied();
    let mut racing = FuturesUnordered::new();
    let mut failed = None;
    loop {
        if let Some(address) = rest.next() {
            racing.push(async move { (address, TcpStream::connect(SocketAddr::new(address, port)).await) });
        }
        if racing.is_empty() {
            return Err(
                failed.unwrap_or_else(|| Fail::theirs(Why::Name, "there is no address to connect to"))
            );
        }
        tokio::select! {
            Some((address, outcome)) = racing.next() => match outcome {
                Ok(stream) => {
                    // An answer of a few packets should not wait for more to send; failing to say so is no harm.
                    let _ = stream.set_nodelay(true);
                    return Ok((stream, address));
                }
                Err(error) => {
                    let doing = format!("connect to {}", SocketAddr::new(address, port));
                    failed = Some(Fail::telling(failed, Fail::io(&doing, &error)));
                }
            },
            () = tokio::time::sleep(STAGGER), if rest.len() > 0 => {}
        }
    }
}

impl RealWorld {
    /// A TCP connection to a host, pinned to an address that was vetted.
    pub(crate) async fn direct(
        &self,
        host: &str,
        port: u16,
        reach: Reach,
        deadline: Instant,
    ) -> Result<(TcpStream, IpAddr), Fail> {
        let addresses = self.vetted(host, reach, deadline).await?;
        let silent = || Fail::theirs(Why::TimedOut, format!("{host} did not take a connection in time"));
        within(deadline, silent, first_of(&addresses, port)).await
    }

    /// A connection to the proxy. All that goes wrong with it is our own.
    pub(crate) async fn to_proxy(&self, proxy: &Proxy, deadline: Instant) -> Result<TcpStream, Fail> {
        let reached = self.direct(&proxy.host, proxy.port, Reach::Operator, deadline).await;
        let ours = |fail: Fail| Fail::own(format!("our proxy could not be reached: {}", fail.what));
        reached.map(|(stream, _)| stream).map_err(ours)
    }

    /// A way through the proxy to `host:port`.
    pub(crate) async fn tunnel(
        &self,
        proxy: &Proxy,
        host: &str,
        port: u16,
        deadline: Instant,
    ) -> Result<TcpStream, Fail> {
        let mut stream = self.to_proxy(proxy, deadline).await?;
        let mut ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = proxy.authorization() {
            ask.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        ask.push_str("\r\n");
        let late = || Fail::theirs(Why::TimedOut, format!("our proxy did not reach {host} in time"));
        within(deadline, late, async {
            let broken = |error| Fail::own(format!("our proxy broke the connection: {error}"));
            stream.write_all(ask.as_bytes()).await.map_err(broken)?;
            let mut answer = Vec::new();
            // Byte by byte: what follows the empty line belongs to the target already.
            while !answer.ends_with(b"\r\n\r\n") {
                if answer.len() >= PROXY_ANSWER {
                    return Err(Fail::own("our proxy's answer does not end"));
                }
                answer.push(stream.read_u8().await.map_err(broken)?);
            }
            match proxy_status(&answer) {
                Some(200..=299) => Ok(stream),
                Some(status @ (502..=504)) => Err(Fail::theirs(
                    Why::Broken,
                    format!("our proxy could not reach {host} (status {status})"),
                )),
                status => Err(Fail::own(format!("our proxy refused (status {})", status.unwrap_or(0)))),
            }
        })
        .await
    }

    /// With a proxy the name is resolved out there; what can be known here is still held against the guard.
    pub(crate) async fn vet_for_proxy(
        &self,
        host: &str,
        reach: Reach,
        deadline: Instant,
    ) -> Result<(), Fail> {
        match self.vetted(host, reach, deadline).await {
            Err(fail) if fail.why == Why::Guarded => Err(fail),
            _ => Ok(()),
        }
    }

    pub(crate) async fn connect_by(&self, ask: &Connect, deadline: Instant) -> Result<Connected, Fail> {
        let start = Instant::now();
        let host = plain_host(&ask.host)?;
        let (stream, address) = self.direct(&host, ask.port, ask.reach, deadline).await?;
        let silent =
            || Fail::theirs(Why::TimedOut, format!("{host} took the connection and then stayed silent"));
        let (read, tls) = match &ask.tls {
            None => (within(deadline, silent, talk(stream, ask)).await?, None),
            Some(name) => {
                let silent_tls =
                    || Fail::theirs(Why::TimedOut, format!("TLS with {host} was not set up in time"));
                let setting_up = self.tls.wrap(stream, name, ask.verify_tls, self.clock.now());
                let (stream, seen) = within(deadline, silent_tls, setting_up).await?;
                (within(deadline, silent, talk(stream, ask)).await?, Some(seen))
            }
        };
        Ok(Connected { address, read, tls, took: since(start) })
    }
}

/// Sends what is to be sent and reads until there is something: an answer, or the end.
async fn talk(
    mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    ask: &Connect,
) -> Result<Vec<u8>, Fail> {
    let broken = |error| Fail::io(&format!("talk with {}", ask.host), &error);
    if let Some(bytes) = &ask.send {
        stream.write_all(bytes).await.map_err(broken)?;
        stream.flush().await.map_err(broken)?;
    }
    let mut read = vec![0u8; ask.read.min(CHUNK)];
    if !read.is_empty() {
        let count = stream.read(&mut read).await.map_err(broken)?;
        read.truncate(count);
        if count == 0 {
            let what = format!("{} closed the connection without a word", ask.host);
            return Err(Fail::theirs(Why::Broken, what));
        }
    }
    Ok(read)
}

/// The host in the form in which URLs have it: no other spelling of an address slips past the guard.
pub(crate) fn plain_host(host: &str) -> Result<String, Fail> {
    let bracketed =
        if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    let parsed = url::Host::parse(&bracketed);
    parsed.map(|host| host.to_string()).map_err(|_| Fail::senseless(format!("{host:?} is not a host")))
}

fn proxy_status(answer: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(answer).ok()?.lines().next()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_ones_own_are_reached_without_the_proxy() {
        let proxy = Proxy::parse("http://u:p%40ss@proxy.example", &[".intern.example".into()]).unwrap();
        assert_eq!(proxy.authorization(), Some("Basic dTpwQHNz"));
        for (host, through) in [
            ("example.org", true),
            ("notintern.example", true),
            ("a.intern.example", false),
            ("Intern.Example", false),
            ("localhost", false),
            ("127.0.0.9", false),
            ("[::1]", false),
        ] {
            assert_eq!(proxy.serves(host), through, "{host}");
        }
        assert!(Proxy::parse("socks5://x", &[]).is_err() && Proxy::parse("proxy", &[]).is_err());
    }

    #[test]
    fn an_address_has_one_spelling() {
        for (host, plain) in
            [("0x7f.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("::1", "[::1]"), ("Ex.org", "ex.org")]
        {
            assert_eq!(plain_host(host).unwrap(), plain);
        }
        assert!(plain_host("a b").is_err() && plain_host("").is_err());
    }
}
