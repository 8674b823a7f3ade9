use std::io::ErrorKind;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;
use crate::testing::{Answer, Counting, Still, get, get_with, over, post, post_with};

const SLOW: Duration = Duration::from_millis(300);
const FORM: &str =
    "plate=g-123-bb&name=Joke+de+Boer&street=Lindelaan+4&postcode=3511ab&zone=harbour&months=6";

async fn demo() -> Demo {
    let mut setup = Setup::new(Ports::default());
    setup.slowness = SLOW;
    setup.tend = Some("http://127.0.0.1:1/".into());
    Demo::start(setup, Arc::new(Still), Arc::new(Counting::default())).await.expect("the demo starts")
}

async fn breaks(demo: &Demo, fault: &str) {
    let pressed = post(demo.addresses.controls, "/control/break", &format!("fault={fault}")).await;
    assert_eq!(pressed.expect("the panel answers").status, 303);
}

async fn heals(demo: &Demo, fault: &str) {
    let pressed = post(demo.addresses.controls, "/control/heal", &format!("fault={fault}")).await;
    assert_eq!(pressed.expect("the panel answers").status, 303);
}

async fn sees(at: SocketAddr, path: &str) -> Answer {
    get(at, path).await.expect("an answer")
}

#[tokio::test]
async fn a_resident_applies_pays_and_has_a_permit() {
    let demo = demo().await;
    let site = demo.addresses.site;
    assert!(sees(site, "/").await.body.contains("Start now"));
    let applied = post(site, "/apply", FORM).await.expect("an answer");
    assert_eq!(applied.status, 303);
    let payment = applied.header("location").expect("leads to the payment").to_owned();
    let page = sees(site, &payment).await;
    assert!(page.body.contains("€ 54.00") && page.body.contains("G123BB") && page.body.contains("Havenbank"));
    let unchosen = post(site, &payment, "").await.expect("an answer");
    assert_eq!(unchosen.status, 422);
    let unpaid = sees(site, &payment.replace("/payment", "/done")).await;
    assert_eq!(unpaid.header("location"), Some(payment.as_str()));
    let paid = post(site, &payment, "method=card").await.expect("an answer");
    let done = paid.header("location").expect("leads to the end").to_owned();
    let page = sees(site, &done).await;
    assert!(page.body.contains("Your permit is valid") && page.body.contains("pay_"));
    let status = sees(site, "/api/status").await.json();
    assert_eq!((status["applications"].as_u64(), status["paid"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test]
async fn paying_twice_pays_once() {
    let demo = demo().await;
    let applied = post(demo.addresses.site, "/apply", FORM).await.expect("an answer");
    let payment = applied.header("location").expect("leads to the payment");
    for _ in 0..2 {
        assert_eq!(post(demo.addresses.site, payment, "method=card").await.expect("an answer").status, 303);
    }
    assert_eq!(sees(demo.addresses.bank, "/health").await.json()["payments_accepted"], 1);
}

#[tokio::test]
async fn mistakes_are_all_said_and_what_was_typed_stays() {
    let demo = demo().await;
    let answer = post(demo.addresses.site, "/apply", "plate=%3Cb%3E&name=Joke").await.expect("an answer");
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("There are 5 problems"));
    assert!(answer.body.contains("value=\"Joke\"") && answer.body.contains("&lt;b&gt;"));
    assert!(!answer.body.contains("<b>"));
}

#[tokio::test]
async fn the_site_speaks_dutch_and_remembers_it() {
    let demo = demo().await;
    let site = demo.addresses.site;
    let asked = get_with(site, "/", "Accept-Language: nl-NL,en;q=0.5\r\n").await.expect("an answer");
    assert!(asked.body.contains("Nu aanvragen") && asked.body.contains("<html lang=\"nl\">"));
    let chosen = sees(site, "/language?to=nl&back=/apply").await;
    assert_eq!(chosen.header("location"), Some("/apply"));
    let page = get_with(site, "/apply", "Cookie: language=nl\r\nAccept-Language: en\r\n").await;
    assert!(page.expect("an answer").body.contains("Uw gegevens"));
    let elsewhere = sees(site, "/language?to=nl&back=//evil.example").await;
    assert_eq!(elsewhere.header("location"), Some("/"));
}

#[tokio::test]
async fn every_page_of_the_demo_renders_in_both_languages() {
    let demo = demo().await;
    let Addresses { site, town, controls, mailbox, .. } = *demo.addresses();
    let pages = [
        (site, "/"),
        (site, "/apply"),
        (site, "/payment"),
        (site, "/payment?reference=nope"),
        (site, "/about"),
        (town, "/waste"),
        (controls, "/control"),
        (mailbox, "/"),
    ];
    for (at, path) in pages {
        for language in ["en", "nl"] {
            let page = get_with(at, path, &format!("Cookie: language={language}\r\n")).await.expect(path);
            assert_eq!(page.status, 200, "{path} in {language}");
            assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{path} in {language}");
            assert!(page.header("content-security-policy").is_some());
        }
    }
    assert_eq!(sees(site, "/nowhere").await.status, 404);
}

#[tokio::test]
async fn down_refuses_connections_until_healed() {
    let demo = demo().await;
    let site = demo.addresses.site;
    assert_eq!(sees(site, "/health").await.status, 200);
    breaks(&demo, "down").await;
    assert_eq!(get(site, "/").await.expect_err("refused").kind(), ErrorKind::ConnectionRefused);
    let https = TcpStream::connect(demo.addresses.https).await;
    assert_eq!(https.expect_err("refused").kind(), ErrorKind::ConnectionRefused);
    let state = sees(demo.addresses.controls, "/control/state.json").await.json();
    assert_eq!(state["healthy"], false);
    assert_eq!(state["faults"]["down"], "2026-03-01T03:00:00Z");
    heals(&demo, "down").await;
    assert_eq!(sees(site, "/").await.status, 200);
}

#[tokio::test]
async fn slow_is_late_but_right() {
    let demo = demo().await;
    breaks(&demo, "slow").await;
    let begun = tokio::time::Instant::now();
    assert_eq!(sees(demo.addresses.site, "/").await.status, 200);
    assert!(begun.elapsed() >= SLOW);
}

#[tokio::test]
async fn a_wrong_answer_says_200_and_an_error_says_500() {
    let demo = demo().await;
    let site = demo.addresses.site;
    assert!(sees(site, "/payment").await.body.contains("LH-ABCD-2345"));
    breaks(&demo, "wrong-answer").await;
    let wrong = sees(site, "/payment").await;
    assert_eq!(wrong.status, 200);
    assert!(wrong.body.contains("PX-2041") && !wrong.body.contains("LH-ABCD-2345"));
    heals(&demo, "wrong-answer").await;
    breaks(&demo, "server-error").await;
    assert_eq!(sees(site, "/payment").await.status, 500);
    assert_eq!(sees(site, "/").await.status, 200);
}

#[tokio::test]
async fn without_the_bank_nobody_pays_and_nothing_is_lost() {
    let demo = demo().await;
    let site = demo.addresses.site;
    let applied = post(site, "/apply", FORM).await.expect("an answer");
    let payment = applied.header("location").expect("leads to the payment").to_owned();
    breaks(&demo, "bank-down").await;
    assert!(get(demo.addresses.bank, "/health").await.is_err());
    assert_eq!(sees(site, &payment).await.status, 502);
    let health = sees(site, "/health").await;
    assert_eq!(health.status, 503);
    assert_eq!(health.json()["checks"]["bank_gateway"], "unreachable");
    assert_eq!(sees(site, "/").await.status, 200);
    heals(&demo, "all").await;
    assert_eq!(post(site, &payment, "method=card").await.expect("an answer").status, 303);
}

#[tokio::test]
async fn the_expired_certificate_is_the_only_thing_wrong_with_it() {
    let demo = demo().await;
    assert_eq!(handshake(&demo).await, Ok(200));
    breaks(&demo, "expired-certificate").await;
    assert_eq!(handshake(&demo).await, Err("expired"));
    assert_eq!(sees(demo.addresses.site, "/").await.status, 200);
    heals(&demo, "expired-certificate").await;
    assert_eq!(handshake(&demo).await, Ok(200));
    // Swapping shuts and opens the port; the old listener must be gone each time.
    for _ in 0..20 {
        breaks(&demo, "expired-certificate").await;
        heals(&demo, "expired-certificate").await;
    }
    assert_eq!(handshake(&demo).await, Ok(200));
}

#[tokio::test]
async fn another_site_in_the_same_browser_cannot_press_the_buttons() {
    let demo = demo().await;
    let controls = demo.addresses.controls;
    let forged = post_with(controls, "/control/break", "fault=down", "Origin: http://evil.example\r\n").await;
    assert_eq!(forged.expect("an answer").status, 403);
    let forged = post_with(demo.addresses.mailbox, "/delete", "", "Sec-Fetch-Site: cross-site\r\n").await;
    assert_eq!(forged.expect("an answer").status, 403);
    assert_eq!(sees(controls, "/control/state.json").await.json()["healthy"], true);
    let own = format!("Origin: http://{controls}\r\n");
    let pressed = post_with(controls, "/control/break", "fault=slow", &own).await.expect("an answer");
    assert_eq!(pressed.status, 303);
    assert_eq!(post(controls, "/control/break", "fault=fire").await.expect("an answer").status, 422);
}

#[tokio::test]
async fn a_form_beyond_the_limit_is_refused() {
    let demo = demo().await;
    let large = format!("name={}", "x".repeat(17 * 1024));
    assert_eq!(post(demo.addresses.site, "/apply", &large).await.expect("an answer").status, 413);
}

/// Trusts the demo's authority, at the demo's time.
#[derive(Debug)]
struct AtThree(Arc<rustls::client::WebPkiServerVerifier>);

impl ServerCertVerifier for AtThree {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let now = u64::try_from(Still.now().as_second()).expect("after 1970");
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
        self.0.verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

async fn handshake(demo: &Demo) -> Result<u16, &'static str> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(demo.addresses.authority.as_bytes()).expect("PEM");
    roots.add(authority).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AtThree(verifier.build().expect("a verifier"))))
        .with_no_client_auth();
    let socket = TcpStream::connect(demo.addresses.https).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    match TlsConnector::from(Arc::new(config)).connect(name, socket).await {
        Ok(stream) => {
            let answer = over(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
            Ok(answer.expect("an answer").status)
        }
        Err(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => Err("expired"),
            _ => panic!("another failure: {error}"),
        },
    }
}
