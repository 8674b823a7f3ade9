//! The outside world of the model town: sites that go down, a mail relay, phones, a name server. The real
//! program meets it through the same face as the real one.
//!
//! Nothing here waits: a slow site says how slow it was. What was handed over is durable, like a mail that a
//! relay has taken: it counts as a step of the [`Fuse`] and is still there after the program was killed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::world::{
    Answer, Connect, Connected, Fault, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt,
    RecordKind, Resolve, Resolved, TlsSeen, Unreached, Why, World,
};
use kernel::{Clock, SignedDuration, Timestamp};
use store::testing::Fuse;
use url::Url;

/// How a site behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaves {
    /// 200 with its page.
    Well,
    /// Nobody listens.
    Down,
    /// This status instead.
    Answers(u16),
    /// 200 with another text than usual.
    SaysWrong(String),
    /// Takes this long; longer than the asker waits is a time-out.
    Slowly(SignedDuration),
    /// Shows a certificate that ended yesterday.
    ExpiredCertificate,
    /// Sends everybody elsewhere.
    RedirectsTo(String),
}

#[derive(Debug, Clone)]
struct Place {
    behaves: Behaves,
    page: String,
    asked: u64,
}

/// A mail that the relay took.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The mail.
    pub mail: Mail,
    /// When the relay took it.
    pub at: Timestamp,
    /// Whether the person has read it.
    pub read: bool,
}

/// A call that a phone or a chat took.
#[derive(Debug, Clone)]
pub struct Called {
    /// The call.
    pub hook: Hook,
    /// When.
    pub at: Timestamp,
    /// Whether the person has looked.
    pub read: bool,
}

#[derive(Default)]
struct Inner {
    places: BTreeMap<String, Place>,
    letters: Vec<Letter>,
    calls: Vec<Called>,
    relay_down: bool,
    full_mailboxes: BTreeSet<String>,
    unknown_mailboxes: BTreeSet<String>,
    dead_phones: BTreeSet<String>,
    cut_off: bool,
    tried: u64,
    fuse: Option<Arc<Fuse>>,
}

/// The outside world of the town.
pub struct Outside {
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

impl Outside {
    /// An empty world.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Outside { clock, inner: Mutex::default() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts durable steps with this fuse from now on.
    pub fn burns(&self, fuse: Option<Arc<Fuse>>) {
        self.inner().fuse = fuse;
    }

    /// Makes a site, or changes how it behaves.
    pub fn site(&self, host: &str, behaves: Behaves) {
        let fresh = Place { behaves: Behaves::Well, page: format!("Welcome to {host}"), asked: 0 };
        self.inner().places.entry(host.to_owned()).or_insert(fresh).behaves = behaves;
    }

    /// How often a site was asked.
    #[must_use]
    pub fn asked(&self, host: &str) -> u64 {
        self.inner().places.get(host).map_or(0, |place| place.asked)
    }

    /// Takes the mail relay down or up.
    pub fn relay_is_down(&self, down: bool) {
        self.inner().relay_down = down;
    }

    /// How many mails were offered to the relay, taken or not.
    #[must_use]
    pub fn mails_tried(&self) -> u64 {
        self.inner().tried
    }

    /// The relay says 4xx (try again) or takes it again.
    pub fn mailbox_is_full(&self, address: &str, full: bool) {
        let mut inner = self.inner();
        if full {
            inner.full_mailboxes.insert(address.to_owned());
        } else {
            inner.full_mailboxes.remove(address);
        }
    }

    /// The relay says 5xx for this address.
    pub fn mailbox_is_unknown(&self, address: &str) {
        self.inner().unknown_mailboxes.insert(address.to_owned());
    }

    /// Calls to this host fail, or no longer.
    pub fn phone_is_dead(&self, host: &str, dead: bool) {
        let mut inner = self.inner();
        if dead {
            inner.dead_phones.insert(host.to_owned());
        } else {
            inner.dead_phones.remove(host);
        }
    }

    /// Cuts the program off from everything, through its own fault.
    pub fn is_cut_off(&self, cut_off: bool) {
        self.inner().cut_off = cut_off;
    }

    /// Every mail taken so far.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.inner().letters.clone()
    }

    /// Every call taken so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Called> {
        self.inner().calls.clone()
    }

    /// Reads the unread letters to an address that `wanted` accepts.
    pub fn reads(&self, address: &str, wanted: impl Fn(&Mail) -> bool) -> Vec<Letter> {
        let mut inner = self.inner();
        let fitting =
            inner.letters.iter_mut().filter(|letter| !letter.read && letter.mail.to.contains(address));
        fitting
            .filter(|letter| wanted(&letter.mail))
            .map(|letter| {
                letter.read = true;
                letter.clone()
            })
            .collect()
    }

    /// Looks at the unread calls to an address that begins like this.
    pub fn looks_at(&self, url: &str) -> Vec<Called> {
        let mut inner = self.inner();
        let fitting = inner.calls.iter_mut().filter(|call| !call.read && call.hook.url.starts_with(url));
        fitting
            .map(|call| {
                call.read = true;
                call.clone()
            })
            .collect()
    }

    fn unreached(fault: Fault, why: Why, what: impl Into<String>, after: SignedDuration) -> Unreached {
        Unreached { fault, why, what: what.into(), after }
    }

    /// How the place at a host behaves now, or why it cannot be reached.
    fn visit(&self, host: &str, timeout: SignedDuration) -> Result<(Place, SignedDuration), Unreached> {
        let mut inner = self.inner();
        if inner.cut_off {
            let what = "could not connect: the network is unreachable";
            return Err(Self::unreached(Fault::Ours, Why::Own, what, SignedDuration::ZERO));
        }
        let Some(place) = inner.places.get_mut(host) else {
            let what = format!("the name {host} does not resolve");
            return Err(Self::unreached(Fault::Theirs, Why::Name, what, SignedDuration::from_millis(5)));
        };
        place.asked += 1;
        match &place.behaves {
            Behaves::Down => {
                let what = format!("could not connect to {host}: connection refused");
                Err(Self::unreached(Fault::Theirs, Why::Refused, what, SignedDuration::from_millis(2)))
            }
            Behaves::Slowly(took) if *took >= timeout => {
                let what = format!("{host} did not answer in full in time");
                Err(Self::unreached(Fault::Theirs, Why::TimedOut, what, timeout))
            }
            Behaves::Slowly(took) => Ok((place.clone(), *took)),
            _ => Ok((place.clone(), SignedDuration::from_millis(40))),
        }
    }

    fn certificate(&self, host: &str, place: &Place) -> TlsSeen {
        let expired = place.behaves == Behaves::ExpiredCertificate;
        let days = if expired { -1 } else { 200 };
        TlsSeen {
            expires_at: self.clock.now() + SignedDuration::from_hours(24 * days),
            untrusted: expired.then(|| "the certificate has expired".to_owned()),
            subject: format!("CN={host}"),
            issuer: "CN=Town authority".to_owned(),
        }
    }

    fn trusted(host: &str, seen: &TlsSeen, verify: bool) -> Result<(), Unreached> {
        match &seen.untrusted {
            Some(why) if verify => {
                let took = SignedDuration::from_millis(20);
                Err(Self::unreached(Fault::Theirs, Why::Tls, format!("{host}: {why}"), took))
            }
            _ => Ok(()),
        }
    }

    fn fetched(&self, ask: &Fetch, url: &str, redirects: u8) -> Result<Fetched, Unreached> {
        let parsed = Url::parse(url).map_err(|_| {
            Self::unreached(Fault::Refused, Why::Protocol, "not an address", SignedDuration::ZERO)
        })?;
        let host = parsed.host_str().unwrap_or_default();
        let (place, took) = self.visit(host, ask.timeout)?;
        let tls = (parsed.scheme() == "https").then(|| self.certificate(host, &place));
        if let Some(seen) = &tls {
            Self::trusted(host, seen, ask.verify_tls)?;
        }
        let (status, text) = match &place.behaves {
            Behaves::RedirectsTo(_) if redirects > 0 && redirects == ask.redirects + 1 => {
                return Err(Self::unreached(Fault::Theirs, Why::Redirect, "too many redirects", took));
            }
            Behaves::RedirectsTo(to) if ask.redirects > 0 => {
                if to.contains("169.254.169.254") {
                    let what = "not called: a link-local address that the operator has not allowed";
                    return Err(Self::unreached(Fault::Refused, Why::Guarded, what, took));
                }
                return self.fetched(ask, to, redirects + 1);
            }
            Behaves::RedirectsTo(_) => (302, String::new()),
            Behaves::Answers(status) => (*status, "it does not work".to_owned()),
            Behaves::SaysWrong(text) => (200, text.clone()),
            Behaves::Well | Behaves::Down | Behaves::Slowly(_) | Behaves::ExpiredCertificate => {
                (200, place.page.clone())
            }
        };
        let body: Vec<u8> = text.bytes().take(ask.max_body).collect();
        Ok(Fetched {
            status,
            headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            truncated: body.len() < text.len(),
            body,
            took,
            address: "198.51.100.7".parse().ok(),
            tls,
        })
    }

    fn take_mail(&self, mail: &Mail) -> Result<Receipt, NotSent> {
        let mut inner = self.inner();
        inner.tried += 1;
        if inner.relay_down || inner.cut_off {
            return Err(NotSent { again: true, what: "the mail relay could not be reached".into() });
        }
        if inner.full_mailboxes.iter().any(|address| mail.to.contains(address)) {
            return Err(NotSent { again: true, what: "452 4.2.2 mailbox full".into() });
        }
        if inner.unknown_mailboxes.iter().any(|address| mail.to.contains(address)) {
            return Err(NotSent { again: false, what: "550 5.1.1 no such mailbox".into() });
        }
        inner.letters.push(Letter { mail: mail.clone(), at: self.clock.now(), read: false });
        let said = format!("250 2.0.0 queued as {:04X}", inner.letters.len());
        Ok(Receipt { said, took: SignedDuration::from_millis(30) })
    }

    fn take_call(&self, hook: &Hook) -> Result<Receipt, NotSent> {
        let mut inner = self.inner();
        let host = Url::parse(&hook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        if inner.cut_off || host.is_none_or(|host| inner.dead_phones.contains(&host)) {
            return Err(NotSent { again: true, what: "could not connect: connection refused".into() });
        }
        inner.calls.push(Called { hook: hook.clone(), at: self.clock.now(), read: false });
        Ok(Receipt { said: "200 ok".into(), took: SignedDuration::from_millis(30) })
    }

    /// The fuse, to wait for outside of the lock.
    fn fuse(&self) -> Option<Arc<Fuse>> {
        self.inner().fuse.clone()
    }

    async fn hands_over<T>(&self, take: impl FnOnce() -> Result<T, NotSent>) -> Result<T, NotSent> {
        let fuse = self.fuse();
        if let Some(fuse) = &fuse {
            fuse.holds().await;
        }
        let taken = take()?;
        if let Some(fuse) = &fuse {
            fuse.step().await;
        }
        Ok(taken)
    }
}

impl World for Outside {
    fn fetch<'a>(&'a self, ask: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        Box::pin(std::future::ready(self.fetched(ask, &ask.url, 0)))
    }

    fn connect<'a>(&'a self, ask: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        let connected = self.visit(&ask.host, ask.timeout).and_then(|(place, took)| {
            let tls = ask.tls.as_ref().map(|name| self.certificate(name, &place));
            if let Some(seen) = &tls {
                Self::trusted(&ask.host, seen, ask.verify_tls)?;
            }
            let read = place.page.bytes().take(ask.read).collect();
            Ok(Connected { address: [198, 51, 100, 7].into(), read, tls, took })
        });
        Box::pin(std::future::ready(connected))
    }

    fn resolve<'a>(&'a self, ask: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        let known = self.inner().places.contains_key(&ask.name);
        let took = SignedDuration::from_millis(3);
        let resolved = match (self.inner().cut_off, known, ask.kind) {
            (true, ..) => Err(Self::unreached(Fault::Ours, Why::Own, "our name server did not answer", took)),
            (false, false, _) => {
                let what = format!("the name {} does not resolve", ask.name);
                Err(Self::unreached(Fault::Theirs, Why::Name, what, took))
            }
            (false, true, RecordKind::A) => Ok(Resolved { records: vec!["198.51.100.7".into()], took }),
            (false, true, _) => Ok(Resolved { records: Vec::new(), took }),
        };
        Box::pin(std::future::ready(resolved))
    }

    fn ping<'a>(&'a self, ask: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        let echo = self.visit(&ask.host, ask.timeout);
        let echo = echo.map(|(_, took)| Ponged { address: [198, 51, 100, 7].into(), took });
        Box::pin(std::future::ready(echo))
    }

    fn send_mail<'a>(&'a self, mail: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(self.hands_over(move || self.take_mail(mail)))
    }

    fn call_hook<'a>(&'a self, hook: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(self.hands_over(move || self.take_call(hook)))
    }

    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>> {
        let outcome = if self.inner().cut_off {
            let what = "could not connect: the network is unreachable";
            Err(Self::unreached(Fault::Ours, Why::Own, what, SignedDuration::ZERO))
        } else {
            Ok(())
        };
        Box::pin(std::future::ready(outcome))
    }
}
