//! TLS: set up with whatever is shown, judged afterwards, before a single byte of the call is sent.
//!
//! One configuration serves both kinds of call: the handshake itself proves that the other side holds the
//! key of the certificate it shows; whether that certificate is to be trusted is judged right after it by
//! the clock of the process, so that an untrusted one can still be reported. Sessions are never resumed: a
//! resumed session would show the certificate of last time.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::Timestamp;
use kernel::world::{TlsSeen, Why};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::fail::Fail;

/// More certificates than this in one file are a bundle of the whole web twice over: a mistake.
const ROOTS: usize = 2_000;
/// Letters of a subject or issuer kept for people.
const NAME_LETTERS: usize = 200;

/// How TLS is set up and judged.
pub(crate) struct Tls {
    connector: TlsConnector,
    judge: Arc<WebPkiServerVerifier>,
}

/// Reads more authorities from PEM files.
pub(crate) fn read_roots(files: &[PathBuf]) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut roots = Vec::new();
    for file in files {
        let shown = file.display();
        let pem = std::fs::read(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let found: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{shown} is not a PEM file of certificates: {error}"))?;
        if found.is_empty() || found.len() > ROOTS {
            return Err(format!("{shown} holds {} certificates; 1 to {ROOTS} are read", found.len()));
        }
        roots.extend(found);
    }
    Ok(roots)
}

impl Tls {
    pub(crate) fn new(more_roots: &[CertificateDer<'static>]) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in more_roots {
            roots
                .add(root.clone())
                .map_err(|error| format!("a certificate authority is not usable: {error}"))?;
        }
        let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| format!("no certificate could be judged: {error}"))?;
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("no TLS version can be used: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(JudgedLater(provider)))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Tls { connector: TlsConnector::from(Arc::new(config)), judge })
    }

    /// Sets up TLS as `name` and says what was shown. An untrusted certificate is a failure when `verify`.
    pub(crate) async fn wrap(
        &self,
        stream: TcpStream,
        name: &str,
        verify: bool,
        now: Timestamp,
    ) -> Result<(TlsStream<TcpStream>, TlsSeen), Fail> {
        let server = ServerName::try_from(name.trim_start_matches('[').trim_end_matches(']').to_owned())
            .map_err(|_| {
                Fail::senseless(format!("{name:?} is not a name that a certificate could be for"))
            })?;
        let stream = self
            .connector
            .connect(server.clone(), stream)
            .await
            .map_err(|error| broken_handshake(name, &error))?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let seen = self.judge(chain, &server, now)?;
        match &seen.untrusted {
            Some(why) if verify => Err(Fail::theirs(Why::Tls, format!("{name}: {why}"))),
            _ => Ok((stream, seen)),
        }
    }

    fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: Timestamp,
    ) -> Result<TlsSeen, Fail> {
        let Some((own, between)) = chain.split_first() else {
            return Err(Fail::theirs(Why::Tls, "no certificate was shown"));
        };
        let (subject, issuer, mut expires_at) = read(own)?;
        for certificate in between {
            expires_at = expires_at.min(read(certificate)?.2);
        }
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let verdict = self.judge.verify_server_cert(own, between, name, &[], at);
        Ok(TlsSeen { expires_at, untrusted: verdict.err().map(|error| untrusted(&error)), subject, issuer })
    }
}

/// Reads subject, issuer and the last instant of validity.
fn read(certificate: &CertificateDer<'_>) -> Result<(String, String, Timestamp), Fail> {
    let unreadable = |_| Fail::theirs(Why::Tls, "the certificate cannot be read");
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(unreadable)?;
    let expires_at =
        Timestamp::from_second(parsed.validity().not_after.timestamp()).unwrap_or(Timestamp::MAX);
    let shown = |name: String| name.chars().take(NAME_LETTERS).collect();
    Ok((shown(parsed.subject().to_string()), shown(parsed.issuer().to_string()), expires_at))
}

fn untrusted(error: &rustls::Error) -> String {
    use CertificateError as Is;
    let rustls::Error::InvalidCertificate(error) = error else {
        return format!("the certificate is not to be trusted: {error}");
    };
    match error {
        Is::Expired | Is::ExpiredContext { .. } => "the certificate has expired".into(),
        Is::NotValidYet | Is::NotValidYetContext { .. } => "the certificate is not valid yet".into(),
        Is::NotValidForName | Is::NotValidForNameContext { .. } => {
            "the certificate is for another name".into()
        }
        Is::UnknownIssuer => "the certificate is signed by an unknown authority".into(),
        Is::Revoked => "the certificate has been revoked".into(),
        other => format!("the certificate is not to be trusted: {other}"),
    }
}

fn broken_handshake(name: &str, error: &std::io::Error) -> Fail {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => Fail::theirs(Why::Tls, format!("TLS with {name} failed: {error}")),
        None => Fail::io(&format!("set up TLS with {name}"), error),
    }
}

/// Accepts any chain during the handshake, but only with a true signature; the chain is judged right after.
#[derive(Debug)]
struct JudgedLater(Arc<CryptoProvider>);

impl ServerCertVerifier for JudgedLater {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
