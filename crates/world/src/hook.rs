//! Calls that deliver something, and the test of the way out.

use std::time::Duration;

use kernel::SignedDuration;
use kernel::world::{Fault, Fetch, Fetched, Hook, NotSent, Reach, Receipt, Unreached};
use tokio::time::Instant;
use url::Url;

use crate::RealWorld;
use crate::http1::readable;
use crate::limits::{deadline, since};

/// What is read of a hook's answer; gateways answer with a line or a small document.
const ANSWER: usize = 4 * 1024;
/// Letters kept of what the other side said.
pub(crate) const SAID: usize = 500;
/// How long a test of the way out counts.
const TESTED_FOR: Duration = Duration::from_secs(5);
/// How long it may take.
const TEST_TIME: SignedDuration = SignedDuration::from_secs(5);

impl RealWorld {
    /// Deliveries do not queue behind probes: their number is bounded by whoever hands them out.
    pub(crate) async fn deliver_hook(&self, hook: &Hook) -> Result<Receipt, NotSent> {
        let ask = Fetch {
            method: hook.method.clone(),
            url: hook.url.clone(),
            headers: hook.headers.clone(),
            body: Some(hook.body.as_slice().into()),
            timeout: hook.timeout,
            redirects: 0,
            max_body: ANSWER,
            verify_tls: true,
            reach: hook.reach,
        };
        let start = Instant::now();
        match self.fetch_by(&ask, deadline(start, hook.timeout)).await {
            Ok(fetched) => judge(&fetched, since(start)),
            Err(fail) => Err(NotSent { again: fail.fault != Fault::Refused, what: fail.what }),
        }
    }

    pub(crate) async fn test_way_out(&self) -> Result<(), Unreached> {
        let Some(target) = &self.self_test else { return Ok(()) };
        // Held while testing: whoever asks meanwhile waits for this answer instead of asking again.
        let mut tested = self.tested.lock().await;
        if let Some((at, outcome)) = &*tested
            && at.elapsed() < TESTED_FOR
        {
            return outcome.clone();
        }
        let start = Instant::now();
        let by = deadline(start, TEST_TIME);
        let outcome = match target.scheme() {
            "tcp" => {
                let host = target.host_str().unwrap_or_default();
                self.direct(host, target.port().unwrap_or(443), Reach::Operator, by).await.map(|_| ())
            }
            _ => {
                let mut ask = Fetch::get(target.as_str());
                (ask.redirects, ask.max_body, ask.verify_tls, ask.reach) =
                    (0, ANSWER, false, Reach::Operator);
                self.fetch_by(&ask, by).await.map(|_| ())
            }
        };
        let outcome = outcome.map_err(|fail| fail.after(since(start)));
        *tested = Some((Instant::now(), outcome.clone()));
        outcome
    }
}

/// Reads the target of the self-test.
pub(crate) fn self_test_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "tcp" && url.has_host() && url.port().is_some() => Ok(url),
        _ => readable(text).map_err(|_| "write an http or https address, or tcp://host:port".to_owned()),
    }
}

fn judge(fetched: &Fetched, took: SignedDuration) -> Result<Receipt, NotSent> {
    let body = String::from_utf8_lossy(&fetched.body);
    let said: String = format!("{} {}", fetched.status, body.trim()).trim().chars().take(SAID).collect();
    match fetched.status {
        200..=299 => Ok(Receipt { said, took }),
        300..=399 => Err(NotSent { again: false, what: format!("redirected, and hooks are not: {said}") }),
        408 | 425 | 429 | 500..=599 => Err(NotSent { again: true, what: format!("put off: {said}") }),
        _ => Err(NotSent { again: false, what: format!("refused: {said}") }),
    }
}
