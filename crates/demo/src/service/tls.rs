//! HTTPS with a certificate that can be swapped for an expired one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::gate::{Serve, shut};

/// Handshakes under way at once.
const HANDSHAKES: usize = 64;
/// How long a handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// The certificates of the town: one to use, one that expired yesterday, and the authority behind both.
#[derive(Debug)]
pub(crate) struct Certificates {
    /// The authority's certificate as PEM, for whoever wants to trust it.
    pub(crate) authority: String,
    valid: Arc<CertifiedKey>,
    expired: Arc<CertifiedKey>,
    shown: Mutex<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Makes an authority and two certificates for loopback as of `now`.
    pub(crate) fn new(now: Timestamp) -> anyhow::Result<Certificates> {
        let key = KeyPair::generate()?;
        let params = authority(now)?;
        let authority = params.self_signed(&key)?.pem();
        let issuer = Issuer::new(params, key);
        let valid = Arc::new(leaf(&issuer, now, -1, 90).context("the certificate in use")?);
        let expired = Arc::new(leaf(&issuer, now, -91, -1).context("the expired certificate")?);
        let shown = Mutex::new(Arc::clone(&valid));
        Ok(Certificates { authority, valid, expired, shown })
    }

    /// Shows the expired certificate, or the good one again; says whether that is a change.
    pub(crate) fn show_expired(&self, expired: bool) -> bool {
        let next = if expired { &self.expired } else { &self.valid };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = !Arc::ptr_eq(&shown, next);
        *shown = Arc::clone(next);
        changes
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn authority(now: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Lindehaven demo authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    spans(&mut params, now, -400, 400)?;
    Ok(params)
}

fn leaf(issuer: &Issuer<'_, KeyPair>, now: Timestamp, from: i32, to: i32) -> anyhow::Result<CertifiedKey> {
    let key = KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "parking.lindehaven.example");
    spans(&mut params, now, from, to)?;
    let certificate = params.signed_by(&key, issuer)?;
    let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    let signing = ring::sign::any_supported_type(&private)?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], signing))
}

/// Valid from so many days after today to so many days after today.
fn spans(params: &mut CertificateParams, now: Timestamp, from: i32, to: i32) -> anyhow::Result<()> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = |days: i32| -> anyhow::Result<_> {
        let date = today.checked_add(days.days())?;
        let month = u8::try_from(date.month())?;
        Ok(rcgen::date_time_ymd(i32::from(date.year()), month, u8::try_from(date.day())?))
    };
    params.not_before = day(from)?;
    params.not_after = day(to)?;
    Ok(())
}

/// Serves a router over HTTPS.
pub(crate) fn https(app: Router, certificates: Arc<Certificates>) -> anyhow::Result<Serve> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    // A resumed session would not see the certificate that is shown now.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    Ok(Box::new(move |listener, closing| {
        let (app, config) = (app.clone(), Arc::clone(&config));
        Box::pin(async move {
            let listener = TlsListener::start(listener, config);
            if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(shut(closing)).await {
                tracing::warn!(%error, "the demo's https listener ended");
            }
        })
    }))
}

/// Shakes hands beside the accepting, so that a slow visitor holds up nobody. The listener itself is held here
/// and not in a task of its own: when this is dropped the port is free, not a moment later.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    room: Arc<Semaphore>,
    shaken: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    fn start(listener: TcpListener, config: Arc<ServerConfig>) -> TlsListener {
        let (shaken, ready) = mpsc::channel(HANDSHAKES);
        let room = Arc::new(Semaphore::new(HANDSHAKES));
        TlsListener { listener, acceptor: TlsAcceptor::from(config), room, shaken, ready }
    }

    /// Shakes hands with a visitor; with too many at once, the newest is turned away.
    fn shake(&self, socket: TcpStream, from: SocketAddr) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else { return };
        let (acceptor, shaken) = (self.acceptor.clone(), self.shaken.clone());
        tokio::spawn(async move {
            let _permit = permit;
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_WITHIN, acceptor.accept(socket)).await {
                let _ = shaken.send((stream, from)).await;
            }
        });
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(ready) = self.ready.recv() => return ready,
                accepted = self.listener.accept() => match accepted {
                    Ok((socket, from)) => self.shake(socket, from),
                    Err(_) => tokio::task::yield_now().await,
                },
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
