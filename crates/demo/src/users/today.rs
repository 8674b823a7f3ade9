//! The people of today: they meet the real site over real sockets, and the tracker in its pages tells Tend.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Clock;
use tokio::sync::Semaphore;

use super::habits::{User, arrivals};
use super::lots::Lots;
use super::visit::{Page, Place, Told, visit};
use crate::ask::{self, Answer, Ask};

/// The most people on the site at once: a site that answers nobody must not gather them.
const MOST: usize = 400;
/// How long the tracker waits for Tend.
const TELL_WITHIN: Duration = Duration::from_secs(5);
/// The most redirects followed.
const REDIRECTS: usize = 3;

/// Where the people go, and whom the tracker tells.
#[derive(Debug, Clone)]
pub(crate) struct Where {
    pub(crate) site: SocketAddr,
    pub(crate) tend: SocketAddr,
    /// The key of the source.
    pub(crate) key: &'static str,
}

/// Lets people come until it is dropped.
pub(crate) async fn come(to: Where, clock: Arc<dyn Clock>, seed: u64) {
    let mut lots = Lots::new(seed);
    let room = Arc::new(Semaphore::new(MOST));
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let served = Arc::new(AtomicU64::new(0));
    loop {
        let now = clock.now().to_zoned(zone.clone());
        let weekday = usize::try_from(now.weekday().to_monday_zero_offset()).unwrap_or(0);
        let hour = usize::try_from(now.hour()).unwrap_or(0);
        tokio::time::sleep(Duration::from_secs_f64(lots.wait(arrivals(weekday, hour)).min(60.0))).await;
        let Ok(seat) = Arc::clone(&room).try_acquire_owned() else { continue };
        let mut theirs = Lots::new(lots.next());
        let user = User::new(&mut theirs);
        let mut browser =
            Browser::new(to.clone(), Arc::clone(&clock), served.fetch_add(1, Ordering::Relaxed));
        tokio::spawn(async move {
            visit(&mut browser, &user, &mut theirs).await;
            drop(seat);
        });
    }
}

/// Somebody's browser.
struct Browser {
    to: Where,
    clock: Arc<dyn Clock>,
    /// Tells the loads of pages apart, and the events of each.
    number: u64,
    loads: u64,
    events: u64,
}

impl Browser {
    fn new(to: Where, clock: Arc<dyn Clock>, number: u64) -> Browser {
        Browser { to, clock, number, loads: 0, events: 0 }
    }

    async fn ask(&mut self, user: &User, method: &str, path: &str, form: &str) -> Option<Page> {
        let began = self.clock.now();
        let within = Duration::from_secs_f64(user.patience);
        let (mut method, mut path, mut form) = (method.to_owned(), path.to_owned(), form.to_owned());
        for _ in 0..=REDIRECTS {
            let headers = [
                ("User-Agent", user.agent),
                ("Accept-Language", user.language()),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ];
            let what = Ask { method: &method, path: &path, headers: &headers, body: form.as_bytes() };
            let answer = ask::ask(self.to.site, within, what).await.ok()?;
            match answer.header("location") {
                Some(next) if (300..400).contains(&answer.status) => {
                    (method, path, form) = ("GET".into(), next.to_owned(), String::new());
                }
                _ => {
                    self.loads += 1;
                    return Some(Page {
                        good: good(&answer, &path),
                        path,
                        took: since(began, self.clock.now()),
                    });
                }
            }
        }
        None
    }
}

/// Whether the page is what it should be, as somebody sees it who looks at it. A form that comes back with mistakes is.
fn good(answer: &Answer, path: &str) -> bool {
    let shown = matches!(answer.status, 200 | 422);
    shown && (!path.ends_with("/payment") || answer.body.contains("name=\"method\""))
}

fn since(began: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(began)).unwrap_or_default()
}

impl Place for Browser {
    async fn open(&mut self, user: &User, path: &str) -> Option<Page> {
        self.ask(user, "GET", path, "").await
    }

    async fn send(&mut self, user: &User, path: &str, form: &str) -> Option<Page> {
        self.ask(user, "POST", path, form).await
    }

    async fn think(&mut self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }

    async fn tell(&mut self, user: &User, told: Vec<Told>) {
        let now = self.clock.now().as_millisecond();
        let events: Vec<serde_json::Value> = told
            .iter()
            .map(|one| {
                self.events += 1;
                batch_event(one, self.to.site, user, now, self.number, self.loads, self.events)
            })
            .collect();
        let batch = serde_json::json!({
            "k": self.to.key, "s": now, "x": super::RELEASE, "l": user.language(), "h": "web", "e": events,
        });
        let body = batch.to_string();
        let headers = [
            ("User-Agent", user.agent),
            ("X-Forwarded-For", user.address.as_str()),
            ("Content-Type", "text/plain;charset=UTF-8"),
        ];
        let what = Ask { method: "POST", path: "/t", headers: &headers, body: body.as_bytes() };
        if let Err(error) = ask::ask(self.to.tend, TELL_WITHIN, what).await {
            tracing::debug!("what a user did was not told: {error:#}");
        }
    }
}

fn batch_event(
    one: &Told,
    site: SocketAddr,
    user: &User,
    now: i64,
    number: u64,
    load: u64,
    event: u64,
) -> serde_json::Value {
    let url = format!("http://{site}{}", one.path);
    match one.vital {
        Some(value) => serde_json::json!({
            "n": one.name, "l": format!("{number:x}.{load:x}"), "t": now, "u": url, "v": value,
        }),
        None => serde_json::json!({
            "i": format!("{number:x}.{load:x}.{event:x}.{now:x}"), "n": one.name, "t": now, "u": url,
            "r": if load <= 1 { user.from } else { "" }, "c": one.case,
        }),
    }
}
