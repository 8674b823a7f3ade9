//! Mail, through the operator's relay.

use std::time::{Duration, SystemTime};

use kernel::world::{Mail, NotSent, Receipt};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::{Category, Response};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use tokio::time::Instant;
use url::Url;

use crate::RealWorld;
use crate::hook::SAID;
use crate::limits::since;

/// Time for one step of the conversation with the relay.
const STEP: Duration = Duration::from_secs(20);
/// Time for a mail as a whole; a page that hangs longer must go another way meanwhile.
const WHOLE: Duration = Duration::from_secs(60);
/// Connections to the relay at once; relays commonly allow ten or twenty from one address.
const CONNECTIONS: u32 = 8;
/// An unused connection is closed after this long, before relays do so themselves.
const IDLE: Duration = Duration::from_secs(30);

/// The transport, made when first needed because it starts a task of its own.
pub(crate) type Mailer = AsyncSmtpTransport<Tokio1Executor>;

/// How to reach the relay, checked.
#[derive(Clone)]
pub(crate) struct Relay {
    host: String,
    port: u16,
    credentials: Option<Credentials>,
    tls: Tls,
    from: Mailbox,
}

impl Relay {
    pub(crate) fn parse(text: &str, from: &str, roots: &[CertificateDer<'static>]) -> Result<Self, String> {
        let wrong =
            || "write for example smtp://user:password@mail.example:587 or smtps://mail.example".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "smtp" | "smtps")).ok_or_else(wrong)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        let credentials = (!url.username().is_empty())
            .then(|| Credentials::new(decode(url.username()), decode(url.password().unwrap_or_default())));
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, mode)| mode.into_owned());
        let own = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let mut parameters = TlsParameters::builder(host.clone());
        for root in roots {
            let root = Certificate::from_der(root.to_vec()).map_err(|error| error.to_string())?;
            parameters = parameters.add_root_certificate(root);
        }
        let parameters = parameters.build_rustls().map_err(|error| error.to_string())?;
        let implicit = url.scheme() == "smtps";
        let tls = match (implicit, asked.as_deref()) {
            (true, None | Some("required")) => Tls::Wrapper(parameters),
            (false, Some("required")) => Tls::Required(parameters),
            (false, Some("opportunistic")) => Tls::Opportunistic(parameters),
            (false, Some("none")) => Tls::None,
            (false, None) if own => Tls::None,
            (false, None) if credentials.is_some() => Tls::Required(parameters),
            (false, None) => Tls::Opportunistic(parameters),
            (_, Some(_)) => return Err("tls is required, opportunistic or none; smtps always has it".into()),
        };
        let usual = match (implicit, credentials.is_some()) {
            (true, _) => 465,
            (false, true) => 587,
            (false, false) => 25,
        };
        let from = from.parse().map_err(|_| {
            format!("the sender {from:?} is not a mail address; write for example Tend <tend@example.org>")
        })?;
        Ok(Relay { host, port: url.port().unwrap_or(usual), credentials, tls, from })
    }

    fn mailer(&self) -> Mailer {
        let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE);
        let mut builder = Mailer::builder_dangerous(self.host.clone())
            .port(self.port)
            .tls(self.tls.clone())
            .timeout(Some(STEP))
            .pool_config(pool);
        if let Some(credentials) = &self.credentials {
            builder = builder.credentials(credentials.clone());
        }
        builder.build()
    }
}

impl RealWorld {
    pub(crate) async fn relay_mail(&self, mail: &Mail) -> Result<Receipt, NotSent> {
        let relay = self.relay.as_ref().map_err(|what| NotSent { again: true, what: what.clone() })?;
        let message = written(mail, &relay.from, SystemTime::from(self.clock.now()))
            .map_err(|what| NotSent { again: false, what })?;
        let mailer = self.mailer.get_or_init(|| relay.mailer());
        let start = Instant::now();
        match tokio::time::timeout(WHOLE, mailer.send(message)).await {
            Ok(Ok(answer)) => Ok(Receipt { said: said(&answer), took: since(start) }),
            Ok(Err(error)) => Err(refused(&error)),
            Err(_) => Err(NotSent { again: true, what: "the mail relay did not answer in time".into() }),
        }
    }
}

fn said(answer: &Response) -> String {
    let words = answer.message().collect::<Vec<_>>().join(" ");
    format!("{} {words}", answer.code()).chars().take(SAID).collect()
}

/// What the relay's refusal means for this mail. A 5xx ends it, except where it speaks of the connection
/// or of our credentials (x.2.x replies, 530 to 538): that the operator mends, and the mail must not be lost.
fn refused(error: &lettre::transport::smtp::Error) -> NotSent {
    let ours = error
        .status()
        .is_some_and(|code| code.category == Category::Connections || matches!(u16::from(code), 530..=538));
    let mut what = format!("the mail relay did not take it: {error}");
    let mut cause = std::error::Error::source(error);
    // The transport's message may repeat its cause; two levels tell all there is.
    for _ in 0..2 {
        let Some(inner) = cause else { break };
        let text = inner.to_string();
        if !what.contains(&text) {
            what.push_str(&format!(": {text}"));
        }
        cause = inner.source();
    }
    NotSent { again: !error.is_permanent() || ours, what: what.chars().take(SAID).collect() }
}

/// The mail as it goes over the wire.
fn written(mail: &Mail, from: &Mailbox, date: SystemTime) -> Result<Message, String> {
    let to: Mailbox = mail.to.parse().map_err(|_| format!("{:?} is not a mail address", mail.to))?;
    let mut builder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(mail.subject.replace(['\r', '\n'], " "))
        .date(date)
        .message_id(Some(format!("<{}>", mail.message_id)));
    let said = |name: &str| mail.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    if !said("Auto-Submitted") {
        builder = builder.raw_header(raw("Auto-Submitted", "auto-generated")?);
    }
    for (name, value) in &mail.headers {
        builder = builder.raw_header(raw(name, value)?);
    }
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.text.clone());
    let message = match &mail.html {
        None => builder.singlepart(text),
        Some(html) => {
            let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html.clone());
            builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))
        }
    };
    message.map_err(|error| format!("the mail cannot be written: {error}"))
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("the header {name:?} cannot be sent");
    let line = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| wrong())?;
    if value.contains(['\r', '\n']) { Err(wrong()) } else { Ok(HeaderValue::new(line, value.to_owned())) }
}
