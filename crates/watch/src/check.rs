//! One check: asks the world, judges the answer.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use kernel::world::{Connect, Fetch, Ping, Reach, Resolve, World};

use crate::model::{Details, Http, Probe, Reason, Seen, Target, Verdict, What};
use crate::rules::expect::{self, Ready};

/// How long what the self-test said is believed.
const BELIEVED: SignedDuration = SignedDuration::from_secs(2);

/// The most of what a TCP server says that is read.
const READ_BANNER: usize = 4 * 1024;

/// Whether Tend's own way out works, asked once for all checks that fail at about the same time.
#[derive(Debug, Default)]
pub struct WayOut {
    told: tokio::sync::Mutex<Option<(Timestamp, Option<String>)>>,
}

impl WayOut {
    /// Why the way out does not work, if it does not.
    pub async fn blocked(&self, world: &dyn World, clock: &dyn Clock) -> Option<String> {
        let mut told = self.told.lock().await;
        if let Some((at, answer)) = &*told
            && clock.now().duration_since(*at).abs() < BELIEVED
        {
            return answer.clone();
        }
        let answer = world.self_test().await.err().map(|error| error.what);
        *told = Some((clock.now(), answer.clone()));
        answer
    }
}

/// What a check needs.
pub struct Job {
    /// The probe.
    pub probe: Arc<Probe>,
    /// Its expressions.
    pub ready: Arc<Ready>,
    /// When it was due.
    pub due: Timestamp,
}

/// Makes one check. Whether a failure is Tend's own is asked before it is believed.
pub async fn check(world: &dyn World, clock: &dyn Clock, way_out: &WayOut, job: &Job) -> Seen {
    let at = clock.now();
    let mut seen = ask(world, job, at).await;
    if expect::could_be_us(&seen.verdict)
        && let Some(why) = way_out.blocked(world, clock).await
    {
        let reason = Reason::new(What::NoWayOut, "", why);
        seen.findings.insert(0, reason.clone());
        seen.verdict = Verdict::Unknown(reason);
    }
    seen.details = expect::masked(seen.details, &job.probe.target);
    seen
}

async fn ask(world: &dyn World, job: &Job, at: Timestamp) -> Seen {
    let timeout = job.probe.plan.timeout;
    let lost = |why| expect::unreached(&why, timeout, at);
    let reach = Reach::Guarded;
    match &job.probe.target {
        Target::Http(http) => match world.fetch(&fetch(http, timeout.0)).await {
            Ok(got) => expect::http(http, &job.ready, &got, at),
            Err(why) => lost(why),
        },
        Target::Tcp { host, port, send, expect: wanted, latency_under } => {
            let connect = Connect {
                host: host.clone(),
                port: *port,
                tls: None,
                send: send.as_ref().map(|text| Arc::from(text.as_bytes())),
                read: if wanted.is_some() { READ_BANNER } else { 0 },
                timeout: timeout.0,
                verify_tls: true,
                reach,
            };
            match world.connect(&connect).await {
                Ok(got) => expect::tcp(wanted.as_deref(), *latency_under, &got, at),
                Err(why) => lost(why),
            }
        }
        Target::Tls { host, port, trusted, certificate_days } => {
            let connect = Connect {
                host: host.clone(),
                port: *port,
                tls: Some(host.clone()),
                send: None,
                read: 0,
                timeout: timeout.0,
                verify_tls: false,
                reach,
            };
            match world.connect(&connect).await {
                Ok(got) => expect::tls(*trusted, *certificate_days, &got, at),
                Err(why) => lost(why),
            }
        }
        Target::Dns { name, record, answer, server } => {
            let resolve = Resolve {
                name: name.clone(),
                kind: *record,
                server: server.clone(),
                timeout: timeout.0,
                reach,
            };
            match world.resolve(&resolve).await {
                Ok(got) => expect::dns(answer, &got, at),
                Err(why) => lost(why),
            }
        }
        Target::Ping { host, latency_under } => {
            let ping = Ping { host: host.clone(), timeout: timeout.0, reach };
            match world.ping(&ping).await {
                Ok(got) => expect::ping(*latency_under, &got, at),
                Err(why) => lost(why),
            }
        }
        // A job calls us; nothing is asked. The runner never starts a check of a heartbeat.
        Target::Heartbeat { .. } => Seen {
            at,
            verdict: Verdict::Good,
            micros: None,
            findings: Vec::new(),
            details: Details::default(),
        },
    }
}

fn fetch(http: &Http, timeout: SignedDuration) -> Fetch {
    let reads = expect::reads_body(&http.expect) && http.method != "HEAD";
    Fetch {
        method: http.method.clone(),
        url: http.url.clone(),
        headers: http.headers.clone(),
        body: http.body.as_ref().map(|body| Arc::from(body.as_bytes())),
        timeout,
        redirects: http.redirects,
        max_body: if reads { expect::READ_MUCH } else { expect::READ_LITTLE },
        verify_tls: http.verify_tls,
        reach: Reach::Guarded,
    }
}
