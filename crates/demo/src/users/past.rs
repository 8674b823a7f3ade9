//! The people of the weeks before: the same habits, without waiting. The service did not run then, so their visits are
//! made up here and told through the API, with the times at which they would have come.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::habits::{User, arrivals};
use super::lots::Lots;
use super::visit::{Page, Place, Told, visit};
use crate::ask::{self, Ask};
use crate::service::reference;

/// How far back the made-up past goes: two of each hour of the week, so that there is a usual.
pub(crate) const DAYS: i64 = 14;
/// Events of one request.
const BATCH: usize = 1_000;
/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(30);
/// How often the first request is tried, and how long lies between.
const TRIES: u32 = 60;
const AGAIN: Duration = Duration::from_millis(500);
/// One visit in so many has its pages measured; the others only count.
const MEASURED: u64 = 4;

/// The past up to a time, one batch after the other: yesterday first, because that is looked at first.
pub(crate) struct Past {
    site: SocketAddr,
    lots: Lots,
    /// Where the day in hand has come to, and where it ends.
    at: Timestamp,
    ends: Timestamp,
    days: i64,
    until: Timestamp,
    zone: TimeZone,
    number: u64,
    waiting: Vec<Value>,
}

impl Past {
    /// The weeks before this time.
    pub(crate) fn before(site: SocketAddr, until: Timestamp, seed: u64) -> Past {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
        Past {
            site,
            lots: Lots::new(seed),
            at: until,
            ends: until,
            days: 0,
            until,
            zone,
            number: 0,
            waiting: Vec::new(),
        }
    }

    /// The next events; none when the past is over.
    pub(crate) async fn batch(&mut self) -> Option<Vec<Value>> {
        while self.waiting.len() < BATCH && (self.at < self.ends || self.day_before()) {
            let local = self.at.to_zoned(self.zone.clone());
            let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
            let hour = usize::try_from(local.hour()).unwrap_or(0);
            let wait = self.lots.wait(arrivals(weekday, hour));
            self.at = later(self.at, wait);
            let mut theirs = Lots::new(self.lots.next());
            let user = User::new(&mut theirs);
            let mut memory = Memory::new(self.site, self.number, self.at, theirs.next());
            visit(&mut memory, &user, &mut theirs).await;
            self.number += 1;
            // What they would do after now, the people of today do.
            self.waiting
                .extend(memory.events.into_iter().filter(|(at, _)| *at < self.until).map(|(_, one)| one));
        }
        let many = self.waiting.len().min(BATCH);
        (many > 0).then(|| self.waiting.drain(..many).collect())
    }
}

impl Past {
    /// Goes to the day before; false when there is none.
    fn day_before(&mut self) -> bool {
        if self.days == DAYS {
            return false;
        }
        let back =
            |days: i64| self.until.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(self.until);
        (self.at, self.ends) = (back(self.days + 1), back(self.days));
        self.days += 1;
        true
    }
}

fn later(at: Timestamp, seconds: f64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs_f64(seconds)).unwrap_or(at)
}

/// Tells Tend of the past, as soon as it takes something. Ends early when Tend does not take it.
pub(crate) async fn tell(
    site: SocketAddr,
    tend: SocketAddr,
    key: &str,
    until: Timestamp,
    seed: u64,
) -> anyhow::Result<u64> {
    let mut past = Past::before(site, until, seed);
    let mut told = 0;
    let authorization = format!("Bearer {key}");
    let headers = [("Content-Type", "application/json"), ("Authorization", authorization.as_str())];
    while let Some(events) = past.batch().await {
        told += events.len() as u64;
        let body = json!({ "events": events }).to_string();
        let what = Ask { method: "POST", path: "/api/v1/events", headers: &headers, body: body.as_bytes() };
        // The service starts before Tend does, and Tend before it knows of the source.
        let mut tries = if told == events.len() as u64 { TRIES } else { 1 };
        loop {
            tries -= 1;
            let answer = ask::ask(tend, WITHIN, what).await.context("the past could not be told");
            match answer {
                Ok(answer) if (200..300).contains(&answer.status) => break,
                Ok(answer) => ensure!(tries > 0, "Tend answered {}: {}", answer.status, answer.body),
                Err(error) => ensure!(tries > 0, error),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
    Ok(told)
}

/// A visit that nobody has to wait for.
struct Memory {
    site: SocketAddr,
    number: u64,
    at: Timestamp,
    lots: Lots,
    loads: u64,
    events: Vec<(Timestamp, Value)>,
}

impl Memory {
    fn new(site: SocketAddr, number: u64, at: Timestamp, seed: u64) -> Memory {
        Memory { site, number, at, lots: Lots::new(seed), loads: 0, events: Vec::new() }
    }

    fn page(&mut self, path: String) -> Option<Page> {
        self.loads += 1;
        let seconds = self.lots.between(0.015, 0.12);
        self.at = later(self.at, seconds);
        Some(Page { good: true, path, took: Duration::from_secs_f64(seconds) })
    }
}

impl Place for Memory {
    async fn open(&mut self, _: &User, path: &str) -> Option<Page> {
        self.page(path.to_owned())
    }

    async fn send(&mut self, user: &User, path: &str, form: &str) -> Option<Page> {
        let next = if path != "/apply" {
            path.replace("/payment", "/done")
        } else if form.starts_with("plate=&") {
            "/apply".to_owned()
        } else if user.resident {
            format!("/apply/{}/payment", reference(self.lots.next().to_be_bytes()))
        } else {
            "/apply/not-eligible".to_owned()
        };
        self.page(next)
    }

    async fn think(&mut self, seconds: f64) {
        self.at = later(self.at, seconds);
    }

    async fn tell(&mut self, user: &User, told: Vec<Told>) {
        let load = format!("p{:x}.{:x}", self.number, self.loads);
        let mut measured: Vec<Value> = Vec::new();
        for one in told {
            if let Some(value) = one.vital {
                if self.number.is_multiple_of(MEASURED) {
                    measured.push(json!({ "name": one.name, "value": value }));
                }
                continue;
            }
            let id = format!("{load}.{:x}", self.events.len());
            let event = json!({
                "name": one.name, "url": format!("http://{}{}", self.site, one.path),
                "referrer": if self.loads <= 1 { user.from } else { "" }, "at": self.at.to_string(), "id": id,
                "session": format!("p{:x}", self.number), "case": one.case.unwrap_or_default(),
                "release": super::RELEASE, "language": user.language(), "ip": user.address, "user_agent": user.agent,
            });
            self.events.push((self.at, event));
        }
        if let (false, Some((_, event))) = (measured.is_empty(), self.events.last_mut()) {
            event["vitals"] = Value::Array(measured);
            event["load"] = Value::String(load);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn past(until: &str) -> Vec<Value> {
        let until: Timestamp = until.parse().expect("a timestamp");
        let mut past = Past::before(SocketAddr::from(([127, 0, 0, 1], 80)), until, 11);
        // The last of the days, and of it the last six hours.
        past.days = DAYS;
        past.at = until.checked_sub(SignedDuration::from_hours(6)).expect("a timestamp");
        let mut all = Vec::new();
        while let Some(batch) = past.batch().await {
            assert!(batch.len() <= BATCH);
            all.extend(batch);
        }
        all
    }

    #[tokio::test]
    async fn the_days_are_told_from_yesterday_back_and_none_is_left_out() {
        let until: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a timestamp");
        let mut past = Past::before(SocketAddr::from(([127, 0, 0, 1], 80)), until, 3);
        let mut days = Vec::new();
        while past.day_before() {
            days.push((past.at, past.ends));
        }
        assert_eq!(days.len(), usize::try_from(DAYS).expect("few"));
        assert_eq!(days[0].1, until);
        assert!(days.windows(2).all(|two| two[0].0 == two[1].1), "{days:?}");
    }

    #[tokio::test]
    async fn the_past_is_the_same_every_time_and_ends_now() {
        let all = past("2026-11-21T12:00:00Z").await;
        assert_eq!(all, past("2026-11-21T12:00:00Z").await);
        let times: Vec<Timestamp> =
            all.iter().map(|one| one["at"].as_str().expect("a text").parse().expect("a timestamp")).collect();
        let until: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a timestamp");
        assert!(times.iter().all(|at| *at < until));
        assert!(times.len() > 2_000, "{} events in six hours", times.len());
    }

    #[tokio::test]
    async fn people_go_from_step_to_step_and_fewer_arrive() {
        let all = past("2026-11-20T18:00:00Z").await;
        let count = |path: &str| {
            let end = |url: &str| url.split('?').next().unwrap_or_default().ends_with(path);
            all.iter()
                .filter(|one| one["name"] == "pageview" && end(one["url"].as_str().unwrap_or_default()))
                .count()
        };
        let (start, payment, done) = (count(":80/"), count("/payment"), count("/done"));
        assert!(start > payment && payment > done && done > start / 3, "{start} {payment} {done}");
        assert!(count("/apply/not-eligible") > 0);
    }
}
