//! Tiny servers on loopback. Each runs until the test ends.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What a server heard, one entry per request.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// How a server answers.
#[derive(Clone)]
pub(super) enum Served {
    /// With these bytes, then it closes.
    Bytes(Vec<u8>),
    /// With these bytes, then it stays silent and keeps the connection.
    ThenSilence(Vec<u8>),
    /// With these bytes first, then with these again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// With what the function makes of the request.
    By(fn(&str) -> String),
    /// With a byte now and then, never coming to an end.
    Drip,
}

pub(super) async fn serve(served: Served) -> (SocketAddr, Heard) {
    serve_over(served, None).await
}

pub(super) async fn serve_tls(served: Served, certificate: &Shown) -> SocketAddr {
    serve_over(served, Some(certificate.acceptor())).await.0
}

async fn serve_over(served: Served, tls: Option<TlsAcceptor>) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let to = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (served, to, tls) = (served.clone(), to.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => answer(stream, served, to).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            answer(stream, served, to).await;
                        }
                    }
                }
            });
        }
    });
    (address, heard)
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, served: Served, heard: Heard) {
    let Some(request) = request(&mut stream).await else { return };
    heard.0.lock().unwrap().push(request.clone());
    match served {
        Served::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Served::By(make) => drop(stream.write_all(make(&request).as_bytes()).await),
        Served::ThenSilence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Served::Endless(first, again) => {
            let mut next = stream.write_all(&first).await;
            while next.is_ok() {
                next = stream.write_all(&again).await;
            }
        }
        Served::Drip => {
            let mut next = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ").await;
            let mut beat = tokio::time::interval(std::time::Duration::from_millis(5));
            while next.is_ok() {
                beat.tick().await;
                next = stream.write_all(b"z").await;
            }
        }
    }
    let _ = stream.shutdown().await;
}

/// Head and body of a request, the latter by its `Content-Length`.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut chunk = [0u8; 4096];
        let count = stream.read(&mut chunk).await.ok()?;
        text.push_str(&String::from_utf8_lossy(&chunk[..count]));
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        // A TLS client says hello; a server without TLS answers that with whatever it has.
        if text.starts_with('\u{16}') {
            return Some(text);
        }
        if count == 0 || (text.contains("\r\n\r\n") && body.len() >= length.unwrap_or(0)) {
            return (count > 0).then_some(text);
        }
    }
}

pub(super) fn ok(body: &str) -> Served {
    Served::Bytes(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

/// A certificate with the authority that signed it.
pub(super) struct Shown {
    chain: Vec<rcgen::Certificate>,
    key: rcgen::KeyPair,
    pub(super) authority: String,
}

impl Shown {
    /// For this name, valid until that year.
    pub(super) fn new(name: &str, last_year: i32) -> Self {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Kustwerk authority");
        let authority_certificate = authority.self_signed(&authority_key).unwrap();
        let pem = authority_certificate.pem();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut own = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        own.not_before = rcgen::date_time_ymd(2020, 1, 1);
        own.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        own.distinguished_name.push(rcgen::DnType::CommonName, name);
        let own = own.signed_by(&key, &issuer).unwrap();
        Shown { chain: vec![own], key, authority: pem }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let chain = self.chain.iter().map(|certificate| certificate.der().clone()).collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
